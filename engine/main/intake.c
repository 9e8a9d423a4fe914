/* Check, journal, acknowledge: AA leaves only after the record is durable. */
#include "main/intake.h"

#include "codec/ack.h"
#include "link/loop.h"
#include "main/choose.h"
#include "model/record.h"

#include <wardwire/buf.h>
#include <wardwire/log.h>

#include <stdlib.h>
#include <string.h>

enum { FAULTS_MOST = 8 };

struct ww_intake {
	struct ww_intake_settings set;
	struct ww_ctx cx;
	const struct ww_feed *feed; /* of the input at hand; a fallback until it is known */
};

/* Whoever waits for what is said. */
struct caller {
	void (*said)(void *arg, const struct ww_intake_word *w);
	void *arg;
};

/* A message on its way to the journal. */
struct pending {
	struct ww_submit submit;
	struct ww_post post;
	struct ww_loop *loop; /* to which the answer goes back */
	struct caller caller;
	struct ww_buf body;   /* of the record */
	struct ww_buf answer; /* ready to be said once the record is durable */
	ww_status status;
};

static void
free_pending(struct pending *p)
{
	ww_buf_free(&p->body);
	ww_buf_free(&p->answer);
	free(p);
}

static void
say(struct caller c, enum ww_intake_fate fate, ww_str answer)
{
	struct ww_intake_word w = { .fate = fate, .answer = answer, .last = true };

	c.said(c.arg, &w);
}

/* On the loop's thread again. */
static void
on_settled(struct ww_post *post)
{
	struct pending *p = (struct pending *)((char *)post - offsetof(struct pending, post));

	if (p->status == WW_OK)
		say(p->caller, WW_INTAKE_STORED, ww_buf_view(&p->answer));
	else
		say(p->caller, WW_INTAKE_TRY_AGAIN, ww_str_empty());
	free_pending(p);
}

/* On the writer's thread. */
static void
on_durable(struct ww_submit *s, ww_status status)
{
	struct pending *p = (struct pending *)((char *)s - offsetof(struct pending, submit));

	p->status = status;
	p->post.fn = on_settled;
	ww_loop_post(p->loop, &p->post);
}

/* What the answer names: all that the message as it stands is refused for, or what was found before it could be looked at. */
static size_t
faults_of(const struct ww_intake *in, const struct ww_hl7 *m, struct ww_failure *faults)
{
	struct ww_failure found[FAULTS_MOST];
	size_t n = m != NULL ? ww_hl7_faults(&in->cx, m, found, FAULTS_MOST) : 0;

	if (n == 0 || found[0].status != faults[0].status)
		return 1;
	memcpy(faults, found, n * sizeof(*faults));
	return n;
}

static void
refuse(struct ww_intake *in, const struct ww_hl7 *m, ww_str bytes, ww_str peer, struct caller c)
{
	struct ww_failure why = in->cx.fail, faults[FAULTS_MOST] = { why };
	int64_t now = ww_clock_now(&in->set.clock);
	struct ww_ack ack = { .code = ww_ack_code(&why),
		.failures = faults,
		.failures_n = faults_of(in, m, faults),
		.now = now,
		.number = (*in->set.number)++ };
	struct ww_buf answer = { 0 };

	if (ww_refused_add(in->set.refused, &in->cx, now, in->feed->name, peer, &why, bytes) !=
	    WW_OK)
		ww_log(WW_LOG_ERROR, "refused=lost feed=%.*s code=WW-%03d",
		    WW_STR_FMT(in->feed->name), ww_status_number(in->cx.fail.status));
	ww_log(WW_LOG_WARN,
	    "refused=kept feed=%.*s answer=%s code=WW-%03d place=\"%s\" reason=\"%s\"",
	    WW_STR_FMT(in->feed->name), ack.code, ww_status_number(why.status), why.place,
	    why.reason);
	ww_ack_write(&in->cx, m, &ack, &answer);
	if (answer.error == WW_OK)
		say(c, WW_INTAKE_REFUSED, ww_buf_view(&answer));
	else
		say(c, WW_INTAKE_TRY_AGAIN, ww_str_empty());
	ww_buf_free(&answer);
}

static void
journal(struct ww_intake *in, const struct ww_hl7 *m, ww_str bytes, ww_str peer, struct caller c)
{
	struct ww_rec_message body = { .feed = in->feed->name, .peer = peer, .raw = bytes };
	struct ww_ack ack = {
		.code = "AA", .now = ww_clock_now(&in->set.clock), .number = (*in->set.number)++
	};
	struct pending *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		say(c, WW_INTAKE_TRY_AGAIN, ww_str_empty());
		return;
	}
	p->loop = in->set.loop;
	p->caller = c;
	ww_rec_message_write(&body, &p->body);
	ww_ack_write(&in->cx, m, &ack, &p->answer);
	if (p->body.error != WW_OK || p->answer.error != WW_OK) {
		say(c, WW_INTAKE_TRY_AGAIN, ww_str_empty());
		free_pending(p);
		return;
	}
	p->submit.rec = (struct ww_record){ .kind = WW_REC_MESSAGE, .body = ww_buf_view(&p->body) };
	p->submit.done = on_durable;
	ww_writer_submit(in->set.writer, &p->submit);
}

/* A message with a fault that stays: answered, unless there must be no answer. */
static void
refuse_or_pass(
    struct ww_intake *in, const struct ww_hl7 *m, ww_str bytes, ww_str peer, struct caller c)
{
	if (m == NULL || !ww_ack_is(&in->cx, m)) {
		refuse(in, m, bytes, peer, c);
		return;
	}
	/* An acknowledgement is never answered: two engines would acknowledge each other for ever. */
	ww_log(WW_LOG_WARN, "refused=closed feed=%.*s reason=\"an acknowledgement came in\"",
	    WW_STR_FMT(in->feed->name));
	say(c, WW_INTAKE_REFUSED, ww_str_empty());
}

static void
begin(struct ww_intake *in)
{
	ww_ctx_clear(&in->cx);
	in->feed = ww_choose_fallback(in->set.choose);
}

/* Whose it is says how it is read, so that is found out first, from the header. That it is nobody's is for later to say,
 * when nothing else is wrong with it. */
static struct ww_hl7 *
find_feed(struct ww_intake *in, ww_str bytes, const struct ww_intake_peer *peer)
{
	struct ww_ctx apart = { .arena = in->cx.arena };
	struct ww_hl7 *header = ww_hl7_header(&in->cx, bytes);

	if (header == NULL ||
	    ww_choose_feed(&apart, in->set.choose, header, peer->names, &in->feed) != WW_OK)
		in->feed = ww_choose_fallback(in->set.choose);
	return header;
}

void
ww_intake_take(struct ww_intake *in, ww_str bytes, const struct ww_intake_peer *peer,
    void (*said)(void *arg, const struct ww_intake_word *w), void *arg)
{
	struct caller c = { said, arg };
	struct ww_hl7 *header, *m = NULL;
	ww_status s;

	begin(in);
	header = find_feed(in, bytes, peer);
	s = ww_hl7_accept(&in->cx, bytes, &in->feed->source, &m);
	if (s == WW_OK && ww_hl7_segments(m) > in->set.max_segments)
		s = ww_fail(&in->cx, WW_E_LIMIT, NULL, "more than %zu segments (max_segments)",
		    in->set.max_segments);
	if (s == WW_OK)
		s = ww_choose_feed(&in->cx, in->set.choose, header, peer->names, &in->feed);
	if (s == WW_OK)
		journal(in, m, bytes, peer->address, c);
	else if (ww_status_class(s) == WW_TRANSIENT)
		say(c, WW_INTAKE_TRY_AGAIN, ww_str_empty());
	else
		refuse_or_pass(in, m, bytes, peer->address, c);
}

void
ww_intake_too_big(struct ww_intake *in, ww_str head, const struct ww_intake_peer *peer,
    void (*said)(void *arg, const struct ww_intake_word *w), void *arg)
{
	struct caller c = { said, arg };

	begin(in);
	(void)ww_fail(
	    &in->cx, WW_E_LIMIT, NULL, "more than %zu bytes (max_message)", in->set.max_message);
	refuse_or_pass(in, ww_hl7_header(&in->cx, head), head, peer->address, c);
}

ww_status
ww_intake_new(struct ww_ctx *cx, const struct ww_intake_settings *set, struct ww_intake **out)
{
	struct ww_intake *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "intake");
	in->set = *set;
	in->cx.arena = ww_arena_new(set->arena);
	if (in->cx.arena == NULL) {
		free(in);
		return ww_fail(cx, WW_E_MEMORY, NULL, "intake");
	}
	*out = in;
	return WW_OK;
}

void
ww_intake_free(struct ww_intake *in)
{
	if (in == NULL)
		return;
	ww_arena_free(in->cx.arena);
	free(in);
}
