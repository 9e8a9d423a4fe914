/* One message at the door: checked, then on its way to the journal or refused, with what is to be said of it. */
#include "main/intake_parts.h"

#include "codec/ack.h"
#include "main/choose.h"
#include "model/fold.h"
#include "model/record.h"

#include <wardwire/log.h>
#include <wardwire/mapper.h>

#include <stdlib.h>
#include <string.h>

enum { FAULTS_MOST = 8 };

/* Adds a piece to i; NULL: memory is short, and i says so. */
static struct ww_piece *
add_piece(struct ww_input *i, const struct ww_feed *feed)
{
	struct ww_piece *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		i->try_again = true;
		return NULL;
	}
	p->input = i;
	p->feed = feed;
	*i->last_piece = p;
	i->last_piece = &p->next;
	return p;
}

/* -- acknowledgements ------------------------------------------------------------------------------- */

/* What the modes of acknowledgement make of a message. */
static void
plan(struct ww_piece *p, const struct ww_hl7 *m)
{
	static const struct {
		enum ww_ack_oddity oddity;
		enum ww_intake_trouble trouble;
	} rows[] = {
		{ WW_ACK_ODD_CODE, WW_INTAKE_ACK_CODE },
		{ WW_ACK_ODD_HALF, WW_INTAKE_ACK_HALF },
		{ WW_ACK_ODD_MODE, WW_INTAKE_ACK_MODE },
	};
	struct ww_intake *in = p->input->in;

	p->plan = ww_ack_plan_of(&in->cx, m, p->feed->ack.mode);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((p->plan.odd & (unsigned)rows[i].oddity) != 0)
			ww_intake_trouble(in, rows[i].trouble, p->feed);
}

static void
write_ack(struct ww_piece *p, const struct ww_hl7 *m, struct ww_ack ack, struct ww_buf *out)
{
	struct ww_intake *in = p->input->in;

	ack.now = ww_clock_now(&in->set.clock);
	ack.number = (*in->set.number)++;
	ww_ack_write(&in->cx, m, &ack, out);
	if (out->error != WW_OK)
		p->input->try_again = true;
}

/* An application acknowledgement on the connection of the message: an answer to it would be taken for a message. */
static void
write_application(struct ww_piece *p, const struct ww_hl7 *m, struct ww_ack ack)
{
	ack.accept = "NE";
	write_ack(p, m, ack, &p->application);
}

void
ww_intake_nowhere(const struct ww_piece *p)
{
	ww_intake_trouble(p->input->in, WW_INTAKE_ACK_NOWHERE, p->feed);
}

/* -- taken ------------------------------------------------------------------------------------------ */

/* What is said when it is durable, and what waits until it is applied. */
static void
prepare_answers(struct ww_piece *p, const struct ww_hl7 *m, const struct ww_hl7 *header)
{
	const struct ww_feed_ack *how = &p->feed->ack;
	const struct ww_ack_plan *plan = &p->plan;

	if (how->when == WW_ACK_NOT)
		return;
	p->answer_waits = !plan->enhanced && how->when == WW_ACK_APPLIED;
	p->application_waits =
	    plan->enhanced && plan->application != WW_ACK_NEVER && how->on_connection;
	p->input->unanswered += p->answer_waits;
	p->input->unapplied += p->application_waits;
	if (p->answer_waits || p->application_waits)
		ww_buf_str_add(&p->head, ww_hl7_bytes(header));
	if (!p->answer_waits && ww_ack_is_due(plan->accept, true))
		write_ack(p, m,
		    (struct ww_ack){ .code = plan->enhanced ? ww_ack_accept_code(NULL) : "AA" },
		    &p->answer);
	if (plan->asked && !how->on_connection && how->to.n == 0)
		ww_intake_nowhere(p);
}

static void
journal(struct ww_input *i, const struct ww_hl7 *m, const struct ww_hl7 *header, ww_str bytes,
    ww_str peer)
{
	const struct ww_feed *feed = i->in->feed;
	struct ww_rec_message body = { .feed = feed->name, .peer = peer, .raw = bytes };
	struct ww_piece *p = add_piece(i, feed);

	if (p == NULL)
		return;
	plan(p, m);
	prepare_answers(p, m, header);
	ww_rec_message_write(&body, &p->body);
	if (p->body.error != WW_OK || p->head.error != WW_OK)
		i->try_again = true;
	if (i->try_again)
		return;
	p->submit.rec = (struct ww_record){ .kind = WW_REC_MESSAGE, .body = ww_buf_view(&p->body) };
	p->submit.done = ww_intake_durable;
	i->open++;
	ww_writer_submit(i->in->set.writer, &p->submit);
}

void
ww_intake_applied(struct ww_piece *p, enum ww_await_end end, const struct ww_failure *why)
{
	struct ww_input *i = p->input;
	struct ww_intake *in = i->in;
	struct ww_ack ack = { .code = end == WW_AWAIT_ASIDE ? "AE" : "AA",
		.failures = why,
		.failures_n = end == WW_AWAIT_ASIDE };
	struct ww_hl7 *m;

	ww_ctx_clear(&in->cx);
	/* What there is of it, as the source is read: it was parsed when it came in. */
	(void)!ww_hl7_read(&in->cx, ww_buf_view(&p->head), &p->feed->source, &m);
	p->bad = end == WW_AWAIT_ASIDE;
	if (p->answer_waits) {
		p->answer_waits = false;
		i->unanswered--;
		i->try_again = i->try_again || end == WW_AWAIT_UNKNOWN;
		if (end != WW_AWAIT_UNKNOWN)
			write_ack(p, m, ack, &p->answer);
	}
	if (p->application_waits) {
		p->application_waits = false;
		i->unapplied--;
		if (end == WW_AWAIT_UNKNOWN)
			ww_intake_nowhere(p);
		else if (ww_ack_is_due(p->plan.application, !p->bad))
			write_application(p, m, ack);
	}
}

/* -- refused ---------------------------------------------------------------------------------------- */

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

/* Where there is no accept acknowledgement, the application acknowledgement is what tells the sender. Returns the code said. */
static const char *
answer_refused(struct ww_piece *p, const struct ww_hl7 *m, struct ww_ack ack)
{
	const struct ww_feed_ack *how = &p->feed->ack;
	const struct ww_ack_plan *plan = &p->plan;
	const struct ww_failure *why = &ack.failures[0];

	if (how->when == WW_ACK_NOT)
		return "none";
	if (ww_ack_is_due(plan->accept, false)) {
		ack.code = plan->enhanced ? ww_ack_accept_code(why) : ww_ack_code(why);
		write_ack(p, m, ack, &p->answer);
		return ack.code;
	}
	if (!ww_ack_is_due(plan->application, false))
		return "none";
	if (!how->on_connection) {
		ww_intake_nowhere(p);
		return "none";
	}
	ack.code = ww_ack_code(why);
	write_application(p, m, ack);
	return ack.code;
}

static void
refuse(struct ww_input *i, const struct ww_hl7 *m, ww_str bytes, ww_str peer)
{
	struct ww_intake *in = i->in;
	const struct ww_feed *feed = in->feed;
	struct ww_failure why = in->cx.fail, faults[FAULTS_MOST] = { why };
	struct ww_ack ack = { .failures = faults };
	struct ww_piece *p = add_piece(i, feed);
	const char *code;

	if (p == NULL)
		return;
	ack.failures_n = faults_of(in, m, faults);
	p->bad = true;
	i->refused = true;
	plan(p, m);
	if (ww_refused_add(in->set.refused, &in->cx, ww_clock_now(&in->set.clock), feed->name, peer,
	        &why, bytes) != WW_OK)
		ww_log(WW_LOG_ERROR, "refused=lost feed=%.*s code=WW-%03d", WW_STR_FMT(feed->name),
		    ww_status_number(in->cx.fail.status));
	code = answer_refused(p, m, ack);
	ww_log(WW_LOG_WARN,
	    "refused=kept feed=%.*s answer=%s code=WW-%03d place=\"%s\" reason=\"%s\"",
	    WW_STR_FMT(feed->name), code, ww_status_number(why.status), why.place, why.reason);
}

/* An acknowledgement is never answered: two engines would acknowledge each other for ever. In enhanced mode it may be one for
 * an application acknowledgement of ours; else somebody sends what is not for us. */
static void
pass_acknowledgement(struct ww_input *i)
{
	const struct ww_feed *feed = i->in->feed;

	if (add_piece(i, feed) == NULL)
		return;
	ww_intake_trouble(i->in, WW_INTAKE_ACK_CAME, feed);
	i->refused = true;
	i->hang_up = !i->batch && feed->ack.mode == WW_ACK_ORIGINAL;
}

static void
refuse_or_pass(
    struct ww_input *i, const struct ww_hl7 *m, ww_str bytes, const struct ww_intake_peer *peer)
{
	if (m != NULL && ww_ack_is(&i->in->cx, m))
		pass_acknowledgement(i);
	else
		refuse(i, m, bytes, peer->address);
}

/* -- at the door ------------------------------------------------------------------------------------ */

/* MSH-13 of 0 or -1 in a message that has nothing but its header asks for the sequence number we expect (chapter 2, 2.9.1). We
 * hold none, and there is nothing to keep. */
static bool
is_probe(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	ww_str number = ww_str_trim(ww_hl7_at(cx, m, "MSH-13"));

	return ww_hl7_segments(m) == 1 && (ww_str_is(number, "0") || ww_str_is(number, "-1"));
}

static void
answer_probe(struct ww_input *i, const struct ww_hl7 *m)
{
	const struct ww_feed *feed = i->in->feed;
	struct ww_piece *p = add_piece(i, feed);

	if (p == NULL)
		return;
	plan(p, m);
	i->stored = true;
	if (feed->ack.when != WW_ACK_NOT && ww_ack_is_due(p->plan.accept, true))
		write_ack(p, m,
		    (struct ww_ack){ .code = p->plan.enhanced ? ww_ack_accept_code(NULL) : "AA",
		        .sequence = "-1" },
		    &p->answer);
}

static bool
takes(const struct ww_mapper *mapper, ww_str event)
{
	ww_str rest = ww_str_from(mapper->events);

	if (mapper->events == NULL)
		return ww_act_of(event) != WW_ACT_NONE;
	while (rest.n > 0)
		if (ww_str_eq(ww_str_cut(rest, ' ', &rest), event))
			return true;
	return false;
}

/* Message types and trigger events that nothing is made of are stored all the same, unless the feed says otherwise. */
static ww_status
check_known(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed)
{
	const struct ww_mapper *mapper =
	    ww_mapper_find(ww_arena_upper(cx->arena, ww_str_trim(ww_hl7_at(cx, m, "MSH-9.1"))));
	ww_str event = ww_str_trim(ww_hl7_at(cx, m, "MSH-9.2"));

	if (!feed->refuse_unknown)
		return WW_OK;
	if (mapper == NULL)
		return ww_fail(cx, WW_E_TYPE, "MSH-9.1", "nothing is made of this message type");
	if (event.n == 0)
		event = ww_str_trim(ww_hl7_at(cx, m, "EVN-1"));
	if (!takes(mapper, ww_arena_upper(cx->arena, event)))
		return ww_fail(cx, WW_E_EVENT, "MSH-9.2", "nothing is made of this trigger event");
	return WW_OK;
}

static ww_status
check_size(struct ww_intake *in, const struct ww_hl7 *m)
{
	if (ww_hl7_segments(m) > in->set.max_segments)
		return ww_fail(&in->cx, WW_E_LIMIT, NULL, "more than %zu segments (max_segments)",
		    in->set.max_segments);
	return WW_OK;
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
ww_intake_message(struct ww_input *i, ww_str bytes, const struct ww_intake_peer *peer)
{
	struct ww_intake *in = i->in;
	struct ww_hl7 *header, *m = NULL;
	ww_status s;

	begin(in);
	header = find_feed(in, bytes, peer);
	s = ww_hl7_accept(&in->cx, bytes, &in->feed->source, &m);
	if ((s == WW_OK || s == WW_E_SEGMENT) && is_probe(&in->cx, m)) {
		answer_probe(i, m);
		return;
	}
	if (s == WW_OK)
		s = check_size(in, m);
	if (s == WW_OK)
		s = ww_choose_feed(&in->cx, in->set.choose, header, peer->names, &in->feed);
	if (s == WW_OK)
		s = check_known(&in->cx, m, in->feed);
	if (s == WW_OK)
		journal(i, m, header, bytes, peer->address);
	else if (ww_status_class(s) == WW_TRANSIENT)
		i->try_again = true;
	else
		refuse_or_pass(i, m, bytes, peer);
}

void
ww_intake_too_long(struct ww_input *i, ww_str head, size_t most, const char *key,
    const struct ww_intake_peer *peer)
{
	struct ww_intake *in = i->in;
	struct ww_hl7 *header;

	begin(in);
	header = find_feed(in, head, peer);
	(void)ww_fail(&in->cx, WW_E_LIMIT, NULL, "more than %zu bytes (%s)", most, key);
	refuse_or_pass(i, header, head, peer);
}

void
ww_intake_too_many(struct ww_input *i, ww_str bytes, const struct ww_intake_peer *peer, int most)
{
	begin(i->in);
	(void)ww_fail(
	    &i->in->cx, WW_E_LIMIT, NULL, "a batch of more than %d messages and headers", most);
	refuse_or_pass(i, NULL, bytes, peer);
}

const struct ww_feed *
ww_intake_feed_of(struct ww_input *i, ww_str bytes, const struct ww_intake_peer *peer)
{
	begin(i->in);
	(void)find_feed(i->in, bytes, peer);
	return i->in->feed;
}
