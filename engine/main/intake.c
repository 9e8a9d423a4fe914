/* An input from its first byte to its last word: AA leaves only after the record is durable. */
#include "main/intake_parts.h"

#include "link/loop.h"

#include <wardwire/log.h>

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_MS = 500 };

/* Deadlines run on a clock that nobody sets. */
static int64_t
ticks(void)
{
	struct ww_clock c = ww_clock_ticks();

	return ww_clock_now(&c);
}

/* -- what is odd ------------------------------------------------------------------------------------ */

static const char *const names[WW_INTAKE_TROUBLES] = {
	[WW_INTAKE_ACK_CODE] = "ack_code_unknown",
	[WW_INTAKE_ACK_HALF] = "ack_one_of_two",
	[WW_INTAKE_ACK_MODE] = "ack_asks_for_enhanced",
	[WW_INTAKE_ACK_NOWHERE] = "app_ack_undeliverable",
	[WW_INTAKE_ACK_CAME] = "ack_came_in",
	[WW_INTAKE_BATCH] = "batch_envelope",
};

void
ww_intake_trouble(struct ww_intake *in, enum ww_intake_trouble t, const struct ww_feed *feed)
{
	if (ww_seldom_note(&in->troubles[t], ticks()))
		ww_log(
		    WW_LOG_WARN, "intake=odd feed=%.*s why=%s", WW_STR_FMT(feed->name), names[t]);
}

/* What happened more than once: how often, when its minute is over or at the end. */
static void
say_troubles(struct ww_intake *in, int64_t now, bool at_end)
{
	for (size_t t = 0; t < WW_INTAKE_TROUBLES; t++) {
		uint64_t more = 0;

		/* Senders that set MSH-15 and MSH-16 set them always: once is enough. */
		if (t != WW_INTAKE_ACK_MODE)
			more = ww_seldom_rest(&in->troubles[t], now, at_end);
		if (more > 0)
			ww_log(WW_LOG_WARN, "intake=odd why=%s more=%" PRIu64 " times=%" PRIu64,
			    names[t], more, in->troubles[t].times);
	}
}

/* -- memory ----------------------------------------------------------------------------------------- */

static void
free_piece(struct ww_piece *p)
{
	ww_buf_free(&p->body);
	ww_buf_free(&p->head);
	ww_buf_free(&p->answer);
	ww_buf_free(&p->application);
	free(p);
}

static void
free_input(struct ww_input *i)
{
	struct ww_piece *p;
	struct ww_group *g;

	while ((p = i->pieces) != NULL) {
		i->pieces = p->next;
		free_piece(p);
	}
	while ((g = i->groups) != NULL) {
		i->groups = g->next;
		ww_buf_free(&g->begin[0]);
		ww_buf_free(&g->begin[1]);
		free(g);
	}
	for (int k = 0; k < 2; k++) {
		ww_buf_free(&i->file[k]);
		ww_buf_free(&i->text[k]);
	}
	free(i);
}

/* -- those that wait until they are applied --------------------------------------------------------- */

static void
link_waiting(struct ww_input *i)
{
	struct ww_intake *in = i->in;

	i->next = NULL;
	i->prev = in->last;
	*(i->prev != NULL ? &i->prev->next : &in->first) = i;
	in->last = i;
}

static void
unlink_waiting(struct ww_input *i)
{
	struct ww_intake *in = i->in;

	*(i->prev != NULL ? &i->prev->next : &in->first) = i->next;
	*(i->next != NULL ? &i->next->prev : &in->last) = i->prev;
}

static void go_on(struct ww_input *i);

/* On the loop's thread: what became of the record is known. */
static void
on_applied(struct ww_post *post)
{
	struct ww_piece *p = (struct ww_piece *)((char *)post - offsetof(struct ww_piece, await) -
	                                         offsetof(struct ww_await, post));

	p->waits = false;
	p->input->waiting--;
	if (!p->input->over)
		ww_intake_applied(p, p->await.end, &p->await.why);
	go_on(p->input);
}

/* Where something waits for apply it is asked to say so, until the longest wait of its feeds is over. */
static void
start_waiting(struct ww_input *i)
{
	int64_t wait = 0;

	for (struct ww_piece *p = i->pieces; p != NULL; p = p->next) {
		if (!p->answer_waits && !p->application_waits)
			continue;
		if (wait < (int64_t)p->feed->ack.wait * 1000)
			wait = (int64_t)p->feed->ack.wait * 1000;
		p->waits = true;
		i->waiting++;
		p->await.seq = p->submit.rec.seq;
		p->await.post.fn = on_applied;
		ww_awaits_add(i->in->set.awaits, &p->await);
	}
	if (i->waiting == 0)
		return;
	i->deadline = ticks() + wait;
	link_waiting(i);
}

/* Waits for nothing more, but what is on its way already. */
static void
stop_waiting(struct ww_input *i)
{
	for (struct ww_piece *p = i->pieces; p != NULL && i->waiting > 0; p = p->next)
		if (p->waits && ww_awaits_drop(i->in->set.awaits, &p->await)) {
			p->waits = false;
			i->waiting--;
		}
}

/* -- what is said ----------------------------------------------------------------------------------- */

static enum ww_intake_fate
fate_of(const struct ww_input *i)
{
	if (i->refused)
		return i->stored ? WW_INTAKE_PARTLY : WW_INTAKE_REFUSED;
	return WW_INTAKE_STORED;
}

static void
say(struct ww_input *i, const struct ww_intake_word *w)
{
	i->over = w->last;
	if (w->last)
		stop_waiting(i);
	i->said(i->arg, w);
}

static void
say_try_again(struct ww_input *i)
{
	const struct ww_intake_word w = { .fate = WW_INTAKE_TRY_AGAIN,
		.step = WW_INTAKE_ANSWERED,
		.answer = ww_str_empty(),
		.last = true };

	say(i, &w);
}

/* The text of a step; of a batch it may fail for want of memory, which i then says. */
static ww_str
text_of(struct ww_input *i, bool later)
{
	if (i->batch)
		return ww_intake_batch_text(i, later);
	return i->pieces == NULL
	           ? ww_str_empty()
	           : ww_buf_view(later ? &i->pieces->application : &i->pieces->answer);
}

/* A further word follows the answer. */
static bool
has_more(const struct ww_input *i)
{
	for (const struct ww_piece *p = i->pieces; p != NULL; p = p->next)
		if (p->application_waits || p->application.n > 0)
			return true;
	return false;
}

static void
say_step(struct ww_input *i, enum ww_intake_step step, bool last)
{
	struct ww_intake_word w = { .fate = fate_of(i),
		.step = step,
		.answer = ww_str_empty(),
		.bad = !i->batch && i->pieces != NULL && i->pieces->bad,
		.last = last,
		.hang_up = i->hang_up };

	if (step != WW_INTAKE_KNOWN)
		w.answer = text_of(i, step == WW_INTAKE_APPLICATION);
	if (i->try_again)
		say_try_again(i);
	else
		say(i, &w);
}

/* All is durable or refused: says what can be said. */
static void
advance(struct ww_input *i)
{
	if (!i->known && !i->try_again)
		start_waiting(i);
	i->known = true;
	if (i->try_again) {
		say_try_again(i);
		return;
	}
	if (i->unanswered > 0) {
		if (!i->told)
			say_step(i, WW_INTAKE_KNOWN, false);
		i->told = true;
		return;
	}
	if (!i->answered) {
		i->answered = true;
		say_step(i, WW_INTAKE_ANSWERED, !has_more(i));
	}
	if (!i->over && i->unapplied == 0)
		say_step(i, WW_INTAKE_APPLICATION, true);
}

static void
go_on(struct ww_input *i)
{
	if (i->taking || i->open > 0)
		return;
	if (!i->over)
		advance(i);
	if (!i->over || i->waiting > 0)
		return;
	if (i->deadline != 0)
		unlink_waiting(i);
	free_input(i);
}

/* -- the journal ------------------------------------------------------------------------------------ */

/* On the loop's thread again. */
static void
on_settled(struct ww_post *post)
{
	struct ww_piece *p = (struct ww_piece *)((char *)post - offsetof(struct ww_piece, durable));
	struct ww_input *i = p->input;

	ww_buf_free(&p->body);
	i->open--;
	i->stored = i->stored || p->status == WW_OK;
	i->try_again = i->try_again || p->status != WW_OK;
	go_on(i);
}

/* On the writer's thread. */
void
ww_intake_durable(struct ww_submit *s, ww_status status)
{
	struct ww_piece *p = (struct ww_piece *)((char *)s - offsetof(struct ww_piece, submit));

	p->status = status;
	p->durable.fn = on_settled;
	ww_loop_post(p->input->in->set.loop, &p->durable);
}

/* -- deadlines -------------------------------------------------------------------------------------- */

/* It is durable all the same: sent again it is a duplicate, and gets the answer that it would have got. */
static void
give_up(struct ww_input *i)
{
	for (struct ww_piece *p = i->pieces; i->answered && p != NULL; p = p->next)
		if (p->application_waits) {
			p->application_waits = false;
			i->unapplied--;
			ww_intake_nowhere(p);
		}
	i->try_again = !i->answered;
	go_on(i);
}

static void
on_look(void *arg)
{
	struct ww_intake *in = arg;
	struct ww_input *i, *next;
	int64_t now = ticks();

	for (i = in->first; i != NULL; i = next) {
		next = i->next;
		if (!i->over && i->deadline <= now)
			give_up(i);
	}
	say_troubles(in, now, false);
}

uint64_t
ww_intake_undelivered(const struct ww_intake *in)
{
	return in->troubles[WW_INTAKE_ACK_NOWHERE].times;
}

/* -- taking ----------------------------------------------------------------------------------------- */

/* NULL: it was said to be tried again. */
static struct ww_input *
new_input(struct ww_intake *in, void (*said)(void *arg, const struct ww_intake_word *w), void *arg)
{
	const struct ww_intake_word again = { .fate = WW_INTAKE_TRY_AGAIN,
		.step = WW_INTAKE_ANSWERED,
		.answer = ww_str_empty(),
		.last = true };
	struct ww_input *i = calloc(1, sizeof(*i));

	if (i == NULL) {
		said(arg, &again);
		return NULL;
	}
	i->in = in;
	i->said = said;
	i->arg = arg;
	i->last_piece = &i->pieces;
	i->last_group = &i->groups;
	i->taking = true;
	return i;
}

void
ww_intake_take(struct ww_intake *in, ww_str bytes, const struct ww_intake_peer *peer,
    void (*said)(void *arg, const struct ww_intake_word *w), void *arg)
{
	struct ww_input *i = new_input(in, said, arg);

	if (i == NULL)
		return;
	i->batch = ww_hl7_batch_is(bytes);
	if (i->batch)
		ww_intake_batch(i, bytes, peer);
	else
		ww_intake_message(i, bytes, peer);
	i->taking = false;
	go_on(i);
}

void
ww_intake_too_big(struct ww_intake *in, ww_str head, const struct ww_intake_peer *peer,
    void (*said)(void *arg, const struct ww_intake_word *w), void *arg)
{
	ww_intake_beyond(in, head, in->set.max_message, "max_message", peer, said, arg);
}

void
ww_intake_beyond(struct ww_intake *in, ww_str head, size_t most, const char *key,
    const struct ww_intake_peer *peer, void (*said)(void *arg, const struct ww_intake_word *w),
    void *arg)
{
	struct ww_input *i = new_input(in, said, arg);

	if (i == NULL)
		return;
	ww_intake_too_long(i, head, most, key, peer);
	i->taking = false;
	go_on(i);
}

/* -- start and end ---------------------------------------------------------------------------------- */

ww_status
ww_intake_new(struct ww_ctx *cx, const struct ww_intake_settings *set, struct ww_intake **out)
{
	struct ww_intake *in = calloc(1, sizeof(*in));
	ww_status s;

	if (in == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "intake");
	in->set = *set;
	in->cx.arena = ww_arena_new(set->arena);
	s = in->cx.arena != NULL
	        ? ww_loop_timer_new(set->loop, cx, LOOK_MS, on_look, in, &in->timer)
	        : ww_fail(cx, WW_E_MEMORY, NULL, "intake");
	if (s != WW_OK) {
		ww_intake_free(in);
		return s;
	}
	*out = in;
	return WW_OK;
}

void
ww_intake_free(struct ww_intake *in)
{
	struct ww_input *i, *next;

	if (in == NULL)
		return;
	for (i = in->first; i != NULL; i = next) {
		next = i->next;
		give_up(i);
	}
	say_troubles(in, ticks(), true);
	ww_loop_timer_free(in->timer);
	ww_arena_free(in->cx.arena);
	free(in);
}
