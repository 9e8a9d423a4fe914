/* The messages of one lane: announced some ahead, sent one by one, each after the OUTCOME of the one before it is durable. */
#include "courier/forward.h"

#include "base/failpoint.h"
#include "courier/parts.h"
#include "model/record.h"

#include <wardwire/journal.h>
#include <wardwire/log.h>

#include <stdlib.h>
#include <string.h>

enum {
	WIDTH_MAX = 64,  /* messages announced ahead */
	LANE_MAX = 1024, /* of a lane, also those that are over and not applied yet */
	AGAIN_MS = 1000, /* until the next try when the ledger or the journal cannot be read */
};

/* One message on its way. */
struct ww_parcel {
	struct ww_parcel *next;
	struct ww_slip slip;
	struct ww_forward *lane;
	ww_id row;
	int64_t revision, message;
	ww_str key;
	bool unwanted;   /* not to be sent now */
	int64_t started; /* ms */
	char text[];     /* of key */
};

/* -- the end of one ----------------------------------------------------------------------------------- */

static void
log_outcome(const struct ww_parcel *p, const struct ww_answer *a)
{
	struct ww_forward *f = p->lane;
	bool good = a->result == WW_RESULT_SENT;
	bool over = good || a->result == WW_RESULT_PARKED;
	int64_t now = ww_courier_now(p->slip.c);
	enum ww_log_level level = good ? WW_LOG_INFO : WW_LOG_WARN;

	if (over)
		ww_quiet_over(&f->quiet, "lane", f->lane->name, now);
	else
		level = ww_quiet_failed(&f->quiet, a->reason, now);
	ww_log(level,
	    "journal=%llu delivery=" WW_ID_FMT
	    " message=%lld to=%.*s verb=forward result=%s http=%ld ms=%lld%s%s%s",
	    (unsigned long long)p->slip.attempt, WW_ID_ARG(p->row), (long long)p->message,
	    WW_STR_FMT(f->lane->name), ww_result_text(a->result), a->http,
	    (long long)(now - p->started), good ? "" : " reason=\"", good ? "" : a->reason,
	    good ? "" : "\"");
}

static void
report(struct ww_parcel *p, const struct ww_answer *a)
{
	struct ww_rec_outcome o = {
		.outbox = p->row,
		.revision = p->revision,
		.verb = WW_VERB_FORWARD,
		.result = a->result,
		.http = a->http,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.reason = ww_str_from(a->reason),
		.key = p->key,
		.status = ww_str_empty(),
	};

	ww_slip_report(&p->slip, &o);
}

/* The next of the lane counts as dealt with, in whichever way. */
static void
pass(struct ww_forward *f)
{
	f->next = f->next->next;
	f->unsent--;
}

/* Those that were announced and not sent wait for another turn. */
static void
give_back(struct ww_forward *f)
{
	for (struct ww_parcel *p = f->next; p != NULL; p = p->next)
		p->unwanted = true;
	f->anew = true;
	f->width = 1;
}

static void
note_answer(struct ww_forward *f, struct ww_courier *c, const struct ww_answer *a)
{
	unsigned most = c->set.config->retry_most < WW_COURIER_PROBE_S ? c->set.config->retry_most
	                                                               : WW_COURIER_PROBE_S;

	if (a->result == WW_RESULT_SENT || a->result == WW_RESULT_PARKED) {
		f->tries = 0;
		f->width = f->width < WIDTH_MAX ? 2 * f->width : WIDTH_MAX;
		return;
	}
	f->tries++;
	f->until = ww_answer_rest(c, most, f->tries, a->retry_after);
	give_back(f);
}

static void
on_answer(void *arg, const struct ww_answer *a)
{
	struct ww_parcel *p = arg;
	struct ww_answer out = *a;

	WW_FAILPOINT_IF(a->result == WW_RESULT_SENT, "after-answer");
	if (ww_answer_shuts_out(&p->lane->refusals, a))
		out.result = WW_RESULT_PAUSED;
	note_answer(p->lane, p->slip.c, &out);
	log_outcome(p, &out);
	report(p, &out);
}

/* -- sending ------------------------------------------------------------------------------------------ */

/* The bytes of a text that has each as the character of that number (apply/acknowledge.c). */
static ww_str
bytes_of(struct ww_ctx *cx, ww_str text)
{
	char *to = ww_arena_alloc(cx->arena, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; to != NULL && i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c >= 0x80 && i + 1 < text.n)
			c = (unsigned char)(c << 6 | ((unsigned char)text.p[++i] & 0x3f));
		to[n++] = (char)c;
	}
	return ww_str_of(to, n);
}

/* An application acknowledgement was composed when it was owed. */
static ww_status
read_ack(struct ww_courier *c, const struct ww_parcel *p, ww_str *out, bool *found)
{
	struct ww_template t;
	ww_status s;

	ww_row_init(&ww_entity_template, &t);
	t.outbox = p->row;
	s = ww_get(c->set.view, &c->cx, template, &t, found);
	if (s == WW_OK && *found)
		*out = bytes_of(&c->cx, t.text);
	return s == WW_OK && ww_arena_status(c->cx.arena) != WW_OK ? ww_fail_memory(&c->cx) : s;
}

/* The bytes as they came. False: not there any more. */
static ww_status
read_message(struct ww_courier *c, const struct ww_parcel *p, ww_str *out, bool *found)
{
	struct ww_rec_message body;
	struct ww_record r;
	ww_status s = ww_journal_read(c->set.journal, &c->cx, (uint64_t)p->message, &r, found);

	*found = s == WW_OK && *found && r.seq == (uint64_t)p->message && r.kind == WW_REC_MESSAGE;
	if (s != WW_OK || !*found)
		return s;
	s = ww_rec_message_read(&c->cx, r.body, &body);
	*out = body.raw;
	return s;
}

/* As it is in the ledger now: an order may have parked or discarded it since it was announced. */
static ww_status
is_due(struct ww_courier *c, const struct ww_parcel *p, bool *due)
{
	struct ww_outbox row;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = p->row;
	s = ww_get(c->set.view, &c->cx, outbox, &row, &found);
	*due = s == WW_OK && found && row.state == WW_outbox_state_DUE;
	return s;
}

static void
request(struct ww_courier *c, struct ww_parcel *p, ww_str bytes)
{
	const struct ww_endpoint *e = p->lane->lane->endpoint;
	struct ww_request rq = {
		.verb = WW_VERB_FORWARD,
		.base = e->url,
		.type = ww_str_empty(),
		.key = p->key,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.body = bytes,
		.timeout = e->timeout,
		.lane = p->lane->lane->name,
		.insist = e->insist,
		.tls = &e->tls,
	};
	struct ww_answer a;
	ww_status s = c->set.sink->ops->send(c->set.sink->self, &c->cx, &rq, on_answer, p);

	if (s == WW_OK)
		return;
	a = ww_answer_none(ww_status_class(s) == WW_TRANSIENT ? WW_RESULT_RETRY : WW_RESULT_PARKED,
	    c->cx.fail.status == s ? c->cx.fail.reason : ww_status_text(s));
	on_answer(p, &a);
}

/* Sends the next one, or says why it does not go. False: it stays the next. */
static bool
launch(struct ww_courier *c, struct ww_forward *f)
{
	struct ww_answer withdrawn =
	    ww_answer_none(WW_RESULT_RETRY, "withdrawn before it was sent");
	struct ww_answer gone =
	    ww_answer_none(WW_RESULT_PARKED, "the journal does not have its bytes any more");
	struct ww_parcel *p = f->next;
	bool due = false, found = false;
	ww_str bytes = ww_str_empty();
	ww_status s;

	ww_ctx_clear(&c->cx);
	s = is_due(c, p, &due);
	if (s == WW_OK && due)
		s = p->lane->lane->acks ? read_ack(c, p, &bytes, &found)
		                        : read_message(c, p, &bytes, &found);
	if (s != WW_OK) {
		ww_log(WW_LOG_WARN, "courier=waiting code=WW-%03d reason=\"%s\"",
		    ww_status_number(s), c->cx.fail.reason);
		f->until = ww_courier_now(c) + AGAIN_MS;
		return false;
	}
	pass(f);
	p->started = ww_courier_now(c);
	if (!due) {
		report(p, &withdrawn);
		return true;
	}
	f->sent = p;
	WW_FAILPOINT("after-attempt");
	atomic_store(&p->slip.phase, WW_SLIP_FLYING);
	if (found)
		request(c, p, bytes);
	else
		on_answer(p, &gone);
	return true;
}

static bool
is_stopped(const struct ww_courier *c, const struct ww_forward *f)
{
	return c->held || c->draining || f->own.held || f->endpoint.held;
}

/* Takes the oldest off the lane. */
static void
land(struct ww_courier *c, struct ww_forward *f)
{
	struct ww_parcel *p = f->first;

	if (f->sent == p)
		f->sent = NULL;
	if (f->next == p)
		pass(f);
	f->first = p->next;
	if (f->first == NULL)
		f->last = NULL;
	f->n--;
	c->flying--;
	ww_slip_free(&p->slip);
	free(p);
}

/* The next one goes, or is given back. True when it did. */
static bool
move_next(struct ww_courier *c, struct ww_forward *f)
{
	struct ww_answer behind = ww_answer_none(WW_RESULT_RETRY, "not sent yet: the lane waits");
	struct ww_parcel *p = f->next;

	if (f->sent != NULL && ww_slip_phase(&f->sent->slip) >= WW_SLIP_REPORTED)
		f->sent = NULL;
	if (p == NULL || ww_slip_phase(&p->slip) != WW_SLIP_ANNOUNCED)
		return false;
	if (p->unwanted) {
		pass(f);
		report(p, &behind);
		return true;
	}
	if (f->sent != NULL)
		return false;
	if (f->until > ww_courier_now(c)) {
		ww_courier_look_again(c, f->until);
		return false;
	}
	return launch(c, f);
}

bool
ww_forward_advance(struct ww_courier *c, struct ww_forward *f)
{
	uint64_t applied = c->set.applied(c->set.arg);
	bool landed = false;

	if (f->next != NULL && !f->next->unwanted && is_stopped(c, f))
		give_back(f);
	while (move_next(c, f))
		;
	while (f->first != NULL) {
		enum ww_slip_phase phase = ww_slip_phase(&f->first->slip);

		if (phase != WW_SLIP_LOST &&
		    (phase != WW_SLIP_REPORTED || applied < f->first->slip.outcome))
			break;
		land(c, f);
		landed = true;
	}
	return landed;
}

/* -- announcing --------------------------------------------------------------------------------------- */

/* False: memory is short. */
static bool
announce(struct ww_courier *c, struct ww_forward *f, const struct ww_outbox *row)
{
	struct ww_parcel *p = calloc(1, sizeof(*p) + row->key.n + 1);
	struct ww_rec_attempt a;

	if (p == NULL)
		return false;
	memcpy(p->text, row->key.p, row->key.n);
	p->key = (ww_str){ p->text, row->key.n };
	p->slip.c = c;
	p->lane = f;
	p->row = row->id;
	p->revision = row->wanted;
	p->message = row->message;
	if (f->last != NULL)
		f->last->next = p;
	else
		f->first = p;
	f->last = p;
	if (f->next == NULL)
		f->next = p;
	f->n++;
	f->unsent++;
	f->at = row->id;
	c->flying++;
	a = (struct ww_rec_attempt){
		.outbox = p->row, .revision = p->revision, .verb = WW_VERB_FORWARD, .key = p->key
	};
	ww_slip_announce(&p->slip, &a);
	return true;
}

/* How many may be announced now. In portions, so that they share a sync. */
static size_t
room_of(const struct ww_forward *f)
{
	size_t room = f->width > f->unsent ? f->width - f->unsent : 0;

	if (f->anew || f->n >= LANE_MAX || 2 * f->unsent > f->width)
		return 0;
	return room < LANE_MAX - f->n ? room : LANE_MAX - f->n;
}

ww_status
ww_forward_look(struct ww_courier *c, struct ww_forward *f, int64_t now)
{
	struct ww_outbox like;
	struct ww_rows rows;
	size_t room;
	ww_status s;

	if (f->until > now)
		ww_courier_look_again(c, f->until);
	if (f->until > now || is_stopped(c, f))
		return WW_OK;
	if (f->n == 0) { /* nothing is under way, so nothing can be taken twice */
		f->at = 0;
		f->anew = false;
		f->width = f->width > 0 ? f->width : 1;
	}
	room = room_of(f);
	if (room == 0 || (f->over == c->seen && f->n > 0))
		return WW_OK;
	ww_row_init(&ww_entity_outbox, &like);
	like.state = WW_outbox_state_DUE;
	like.endpoint = f->lane->name;
	like.id = f->at;
	s = ww_ledger_after(
	    c->set.view, &c->cx, &ww_entity_outbox, "by_endpoint", &like, room, &rows);
	f->over = s == WW_OK && rows.n < room ? c->seen : 0;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		if (!announce(c, f, WW_ROW(&rows, outbox, i)))
			s = ww_fail(&c->cx, WW_E_MEMORY, NULL, "no memory for a delivery");
	}
	return s;
}

void
ww_forward_retry(struct ww_forward *f)
{
	f->refusals = 0;
	f->until = 0;
	f->anew = true;
}

void
ww_forward_free(struct ww_courier *c, struct ww_forward *f)
{
	while (f->first != NULL)
		land(c, f);
}
