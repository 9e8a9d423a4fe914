/* Lanes and flights. A flight is one row on its way: ATTEMPT durable, request, OUTCOME durable, OUTCOME
 * applied; only then may the row be looked at again. */
#include "courier/courier.h"

#include "base/crypto.h"
#include "base/failpoint.h"
#include "courier/gate.h"
#include "courier/lanes.h"
#include "courier/trouble.h"
#include "model/record.h"
#include "store/writer.h"

#include <wardwire/buf.h>
#include <wardwire/composer.h>
#include <wardwire/journal.h>
#include <wardwire/log.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum phase {
	ANNOUNCING, /* the ATTEMPT is being written */
	READY,      /* it is durable; once it is applied too: send */
	FLYING,     /* the request is under way */
	REPORTING,  /* the OUTCOME is being written */
	REPORTED,   /* it is durable, and not applied yet */
	LOST,       /* the journal closed: the next start takes over */
};

struct queue;

struct flight {
	struct flight *next, *prev;
	struct ww_courier *c;
	struct ww_submit submit; /* first ATTEMPT, then OUTCOME */
	struct ww_buf body;      /* of that record */
	_Atomic int phase;
	uint64_t attempt, outcome; /* sequences of the two records */
	struct ww_ctx cx;          /* its arena holds the row and the request */
	struct ww_outbox row;
	ww_str template; /* read when it is about to be sent */
	const struct ww_endpoint *endpoint;
	struct queue *queue;
	struct ww_lane *lane;
	enum ww_verb verb;
	bool done;       /* the row needs nothing more for now */
	int64_t started; /* ms */
};

enum {
	PAGE = 128,    /* rows read at once */
	PAGES = 8,     /* turned at one look: others want to be looked at too */
	LOOK_MS = 20,  /* until the next look then */
	LANE_ROWS = 4, /* likewise, of one person */
	PAGE_MS =
	    5, /* a pass that found nobody new is not begun again before that, for each of its pages */
	PROBE_S =
	    60, /* an endpoint in trouble with more than one notice is tried at least so often */
	READY_MAX = 64,     /* lanes of an endpoint that are kept for their next row */
	RESTING_MAX = 1024, /* lanes of an endpoint; then no other is begun */
};

/* What waits for one endpoint. The due rows are gone through page by page, from the oldest to the newest and then
 * anew; a page says only whose turn it is, and that person's oldest row is then asked for. So the work for a row does
 * not depend on how many there are, and nothing is kept of those that wait their turn. */
struct queue {
	struct ww_gate gate;
	struct ww_lanes lanes;
	ww_id page[PAGE]; /* persons */
	size_t page_n, page_at;
	ww_id at;          /* rows up to that one were on a page of this pass */
	unsigned pages;    /* turned at this look */
	bool over;         /* there was no further page */
	uint64_t began;    /* the applied sequence when the pass began */
	unsigned length;   /* pages of the pass so far; 0: somebody new was on one */
	int64_t again;     /* ms: no new pass before then */
	int64_t retried;   /* newest order to try at once that was obeyed */
	bool alarm;        /* logged */
	bool paused;       /* by an answer; logged */
	unsigned refusals; /* answers in a row that do not let us in */
	bool turn;         /* of a lane that waits for its next row; else of a new one */
};

struct ww_courier {
	struct ww_courier_settings set;
	struct ww_ctx cx;
	struct flight *flights;
	size_t flying;
	struct queue *queues; /* one an endpoint */
	uint64_t seen;        /* applied sequence of the last look at the rows */
	uint64_t hands;       /* likewise, at what operators ordered; 0: not yet */
	int64_t look_at;      /* ms of the next look in any case */
	bool draining;
	bool held; /* nothing is started */
	pthread_mutex_t lock;
	struct ww_gauge *gauges; /* under lock; one an endpoint */
};

static int64_t
now_ms(const struct ww_courier *c)
{
	return ww_clock_now(&c->set.ticks);
}

/* -- what an answer means for those behind it --------------------------------------------------------- */

static int64_t
rest_from_now(struct ww_courier *c, unsigned most, unsigned tries, long retry_after)
{
	uint8_t dice[2];
	uint16_t jitter;

	ww_random(dice, sizeof(dice));
	jitter = (uint16_t)(dice[0] << 8 | dice[1]);
	return now_ms(c) +
	       ww_trouble_rest(c->set.config->retry_first, most, tries, jitter, retry_after);
}

static void
note_gate(struct flight *f, const struct ww_answer *a, const struct ww_trouble *t)
{
	struct ww_courier *c = f->c;
	struct ww_gate *g = &f->queue->gate;
	unsigned most = c->set.config->retry_most < PROBE_S ? c->set.config->retry_most : PROBE_S;
	bool was_bad = g->tries > 0;

	if (a->result == WW_RESULT_SENT)
		ww_gate_good(g, f->endpoint->inflight);
	else if (t->well)
		ww_gate_well(g);
	else if (t->wait_endpoint)
		ww_gate_bad(g, now_ms(c), rest_from_now(c, most, g->tries + 1, a->retry_after));
	else
		ww_gate_slow(g);
	if (was_bad && g->tries == 0)
		ww_lanes_relieve(
		    &f->queue->lanes, now_ms(c), (int64_t)c->set.config->retry_first * 1000);
}

static void
note_lane(struct flight *f, const struct ww_answer *a, const struct ww_trouble *t)
{
	struct ww_lane *k = f->lane;

	if (t->wait_row) {
		k->row = f->row.id;
		k->tries++;
		k->until =
		    rest_from_now(f->c, f->c->set.config->retry_most, k->tries, a->retry_after);
		k->endpoint = t->wait_endpoint;
	} else if (a->result == WW_RESULT_PARKED ||
	           (a->result == WW_RESULT_SENT && f->verb != WW_VERB_SEARCH)) {
		k->tries = 0;
		f->done = true;
	}
}

/* A server that indexes late does not find at once what it has stored: then one search that finds nothing proves
 * nothing. True when it is to be searched again. */
static bool
searches_again(struct flight *f, const struct ww_answer *a)
{
	static const int64_t waits[] = { 2000, 10000, 60000 };
	struct ww_lane *k = f->lane;

	if (f->verb != WW_VERB_SEARCH || a->result != WW_RESULT_ABSENT)
		return false;
	if (k->absents + 1 >= f->endpoint->searches) {
		k->absents = 0;
		return false;
	}
	k->row = f->row.id;
	k->until = now_ms(f->c) + waits[k->absents];
	k->endpoint = false;
	k->absents++;
	return true;
}

/* -- one flight -------------------------------------------------------------------------------------- */

static void
land(struct flight *f)
{
	struct ww_courier *c = f->c;
	struct ww_lanes *lanes = &f->queue->lanes;

	*(f->prev != NULL ? &f->prev->next : &c->flights) = f->next;
	if (f->next != NULL)
		f->next->prev = f->prev;
	c->flying--;
	f->queue->gate.flying--;
	if (f->lane->until > now_ms(c))
		ww_lanes_set(lanes, f->lane, WW_LANE_RESTING);
	else if (f->done && lanes->ready.n >= READY_MAX)
		ww_lanes_drop(lanes, f->lane); /* what else there is of it comes in its turn */
	else
		ww_lanes_set(lanes, f->lane, WW_LANE_READY);
	ww_buf_free(&f->body);
	ww_arena_free(f->cx.arena);
	free(f);
}

/* On the writer's thread: the record is durable, or the journal closed. */
static void
on_written(struct ww_submit *s, ww_status status)
{
	struct flight *f = (struct flight *)((char *)s - offsetof(struct flight, submit));
	struct ww_courier *c = f->c;
	int was = atomic_load(&f->phase);

	if (was == ANNOUNCING)
		f->attempt = s->rec.seq;
	else
		f->outcome = s->rec.seq;
	atomic_store(&f->phase, status != WW_OK ? LOST : was == ANNOUNCING ? READY : REPORTED);
	ww_courier_wake(c);
}

static void
submit(struct flight *f, enum ww_record_kind kind, enum phase phase)
{
	f->submit.rec = (struct ww_record){ .kind = (uint8_t)kind, .body = ww_buf_view(&f->body) };
	f->submit.done = on_written;
	if (f->c->set.writer == NULL) { /* the journal is closed: the next start takes over */
		atomic_store(&f->phase, LOST);
		return;
	}
	atomic_store(&f->phase, phase);
	ww_writer_submit(f->c->set.writer, &f->submit);
}

static void
log_outcome(const struct flight *f, const struct ww_answer *a)
{
	bool good = a->result == WW_RESULT_SENT || a->result == WW_RESULT_ABSENT;

	ww_log(good ? WW_LOG_INFO : WW_LOG_WARN,
	    "journal=%llu delivery=" WW_ID_FMT
	    " resource=%s to=%.*s verb=%s result=%s http=%ld ms=%lld%s%s%s",
	    (unsigned long long)f->attempt, WW_ID_ARG(f->row.id),
	    ww_resource_type_text(f->row.resource), WW_STR_FMT(f->endpoint->name),
	    f->verb == WW_VERB_CREATE   ? "create"
	    : f->verb == WW_VERB_UPDATE ? "update"
	                                : "search",
	    ww_result_text(a->result), a->http, (long long)(now_ms(f->c) - f->started),
	    good ? "" : " reason=\"", good ? "" : a->reason, good ? "" : "\"");
}

/* Tells the journal how it ended. */
static void
report(struct flight *f, const struct ww_answer *a)
{
	struct ww_rec_outcome o = {
		.outbox = f->row.id,
		.attempt = (int64_t)f->attempt,
		.revision = f->row.wanted,
		.verb = f->verb,
		.result = a->result,
		.http = a->http,
		.remote_id = a->remote_id,
		.etag = a->etag,
		.reason = ww_str_from(a->reason),
		.key = f->row.key,
		.status = a->status,
	};

	log_outcome(f, a);
	ww_buf_clear(&f->body);
	ww_rec_outcome_write(&o, &f->body);
	submit(f, WW_REC_OUTCOME, REPORTING);
}

static struct ww_answer
no_answer(enum ww_result result, const char *reason)
{
	return (struct ww_answer){ .result = result,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.reason = reason };
}

/* Counts what does not let us in. True when it is too much: the endpoint is to be paused. */
static bool
shuts_us_out(struct flight *f, const struct ww_answer *a)
{
	unsigned most = ww_trouble_refusals(a);

	if (most > 0)
		f->queue->refusals++;
	else if (a->http != 0) /* no answer says nothing about it */
		f->queue->refusals = 0;
	return most > 0 && f->queue->refusals >= most;
}

/* The request has ended. */
static void
on_answer(void *arg, const struct ww_answer *a)
{
	struct flight *f = arg;
	struct ww_answer again = no_answer(WW_RESULT_RETRY, "not found yet"), out = *a;
	struct ww_trouble t;

	WW_FAILPOINT_IF(a->result == WW_RESULT_SENT, "after-answer");
	if (shuts_us_out(f, a)) {
		out.result = WW_RESULT_PAUSED;
		a = &out;
	}
	t = ww_trouble_of(a);
	note_gate(f, a, &t);
	again.http = a->http;
	if (searches_again(f, a))
		a = &again;
	else
		note_lane(f, a, &t);
	report(f, a);
}

static void
fail_flight(struct flight *f, ww_status s)
{
	struct ww_answer a =
	    no_answer(ww_status_class(s) == WW_TRANSIENT ? WW_RESULT_RETRY : WW_RESULT_PARKED,
	        ww_status_text(s));

	on_answer(f, &a);
}

/* Reads row and template as they were at one moment: what is sent is the revision that the OUTCOME will name. */
static ww_status
read_together(struct flight *f, struct ww_outbox *row, struct ww_template *t, bool *found)
{
	struct ww_ledger *view = f->c->set.view;
	ww_status s = ww_ledger_begin(view, &f->cx);

	if (s != WW_OK)
		return s;
	s = ww_get(view, &f->cx, outbox, row, found);
	if (s == WW_OK && *found && f->verb != WW_VERB_SEARCH)
		s = ww_get(view, &f->cx, template, t, found);
	ww_ledger_rollback(view);
	return s;
}

/* Reads the row once more, now that the ledger has all that stands before the ATTEMPT in the journal. Without this
 * a notice withdrawn between our look at the rows and the ATTEMPT would leave, and nobody would take it back. */
static bool
read_again(struct flight *f, bool *wanted)
{
	struct ww_outbox row;
	struct ww_template t;
	bool found = false;

	ww_row_init(&ww_entity_outbox, &row);
	ww_row_init(&ww_entity_template, &t);
	row.id = t.outbox = f->row.id;
	if (read_together(f, &row, &t, &found) != WW_OK)
		return false;
	/* One that is to be cancelled and is not there yet need not be made. */
	*wanted = found && row.state == WW_outbox_state_DUE &&
	          (f->verb != WW_VERB_CREATE || !ww_str_is(row.change, "cancel"));
	if (!*wanted)
		return true;
	f->row = row;
	f->template = t.text;
	return true;
}

static void
request(struct flight *f)
{
	struct ww_courier *c = f->c;
	const struct ww_outbox *row = &f->row;
	bool task = row->resource == WW_resource_type_TASK;
	struct ww_request rq = {
		.verb = f->verb,
		.base = f->endpoint->url,
		.type = ww_str_from(ww_resource_type_text(row->resource)),
		.remote_id = row->remote_id,
		.etag = row->etag,
		.body = ww_str_empty(),
		.timeout = f->endpoint->timeout,
	};
	ww_status s = WW_OK;

	rq.key = ww_arena_printf(f->cx.arena, "%.*s/%s|%.*s", WW_STR_FMT(c->set.config->system),
	    task ? "task" : "communication", WW_STR_FMT(row->key));
	if (f->verb != WW_VERB_SEARCH)
		s = ww_compose_finish(&f->cx, f->template,
		    f->verb == WW_VERB_UPDATE ? row->remote_id : ww_str_empty(), row->remote_status,
		    ww_clock_now(&c->set.clock), &rq.body);
	if (s == WW_OK)
		s = c->set.sink->ops->send(c->set.sink->self, &f->cx, &rq, on_answer, f);
	if (s != WW_OK)
		fail_flight(f, s);
}

static void
launch(struct flight *f)
{
	struct ww_answer withdrawn = no_answer(WW_RESULT_RETRY, "withdrawn before it was sent");
	bool wanted;

	if (!read_again(f, &wanted)) {
		ww_log(WW_LOG_WARN, "courier=waiting code=WW-%03d reason=\"%s\"",
		    ww_status_number(f->cx.fail.status), f->cx.fail.reason);
		f->cx.fail = (struct ww_failure){ .status = WW_OK };
		return; /* still ready at the next round */
	}
	WW_FAILPOINT("after-attempt");
	atomic_store(&f->phase, FLYING);
	f->started = now_ms(f->c);
	if (wanted)
		request(f);
	else
		report(f, &withdrawn);
}

/* What to do about a row: one whose last effect is unknown is looked for first. */
static enum ww_verb
verb_of(const struct ww_outbox *row)
{
	if (row->attempt != 0)
		return WW_VERB_SEARCH;
	return row->remote_id.n != 0 ? WW_VERB_UPDATE : WW_VERB_CREATE;
}

/* False: memory is short. */
static bool
announce(struct ww_courier *c, struct queue *q, const struct ww_endpoint *endpoint,
    struct ww_lane *lane, const struct ww_outbox *row)
{
	struct flight *f = calloc(1, sizeof(*f));
	struct ww_rec_attempt a;

	if (f == NULL)
		return false;
	f->cx.arena = ww_arena_new(0);
	f->row = *row;
	if (f->cx.arena == NULL || !ww_row_keep(&ww_entity_outbox, &f->row, f->cx.arena)) {
		ww_arena_free(f->cx.arena);
		free(f);
		return false;
	}
	f->c = c;
	f->queue = q;
	f->lane = lane;
	f->endpoint = endpoint;
	f->verb = verb_of(row);
	f->next = c->flights;
	if (f->next != NULL)
		f->next->prev = f;
	c->flights = f;
	c->flying++;
	q->gate.flying++;
	a = (struct ww_rec_attempt){
		.outbox = row->id, .revision = row->wanted, .verb = f->verb, .key = row->key
	};
	ww_rec_attempt_write(&a, &f->body);
	submit(f, WW_REC_ATTEMPT, ANNOUNCING);
	return true;
}

/* -- choosing ---------------------------------------------------------------------------------------- */

/* Notes that nothing will happen before then. */
static void
look_again(struct ww_courier *c, int64_t then)
{
	if (then < c->look_at)
		c->look_at = then;
}

/* The person's oldest due row for that endpoint. */
static ww_status
oldest_row(struct ww_courier *c, const struct ww_endpoint *e, ww_id person, struct ww_outbox *out,
    bool *found)
{
	struct ww_outbox like;
	struct ww_rows rows = { .n = LANE_ROWS };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_outbox, &like);
	like.person = person;
	like.state = WW_outbox_state_DUE;
	*found = false;
	while (s == WW_OK && !*found && rows.n == LANE_ROWS) {
		s = ww_ledger_after(
		    c->set.view, &c->cx, &ww_entity_outbox, "by_lane", &like, LANE_ROWS, &rows);
		for (size_t i = 0; s == WW_OK && !*found && i < rows.n; i++) {
			*out = *WW_ROW(&rows, outbox, i);
			*found = ww_str_eq(out->endpoint, e->name);
			like.id = out->id;
		}
	}
	return s;
}

/* Starts the oldest row of the lane; one that has none is forgotten. */
static ww_status
start_lane(struct ww_courier *c, struct queue *q, const struct ww_endpoint *e, struct ww_lane *lane,
    bool *started)
{
	struct ww_outbox row;
	bool found;
	ww_status s = oldest_row(c, e, lane->person, &row, &found);

	*started = false;
	if (s != WW_OK || !found) {
		ww_lanes_drop(&q->lanes, lane);
		return s;
	}
	if (lane->row != row.id)
		lane->tries = lane->absents = 0, lane->row = row.id;
	lane->until = 0;
	*started = announce(c, q, e, lane, &row);
	if (*started) {
		ww_lanes_set(&q->lanes, lane, WW_LANE_FLYING);
		return WW_OK;
	}
	ww_lanes_drop(&q->lanes, lane);
	return ww_fail(&c->cx, WW_E_MEMORY, NULL, "no memory for a delivery");
}

/* Reads the next page; a pass that is over begins anew when the rows may have changed since it began. False: there is
 * no page. */
static ww_status
turn_page(struct ww_courier *c, struct queue *q, const struct ww_endpoint *e, bool *more)
{
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	*more = false;
	if (q->over && q->began == c->seen)
		return WW_OK;
	if (q->over && q->again > now_ms(c)) {
		look_again(c, q->again);
		return WW_OK;
	}
	if (q->over) {
		q->over = false;
		q->at = 0;
		q->began = c->seen;
		q->length = 0;
	}
	ww_row_init(&ww_entity_outbox, &like);
	like.state = WW_outbox_state_DUE;
	like.endpoint = e->name;
	like.id = q->at;
	s = ww_ledger_after(
	    c->set.view, &c->cx, &ww_entity_outbox, "by_endpoint", &like, PAGE, &rows);
	if (s != WW_OK)
		return s;
	for (size_t i = 0; i < rows.n; i++) {
		q->page[i] = WW_ROW(&rows, outbox, i)->person;
		q->at = WW_ROW(&rows, outbox, i)->id;
	}
	q->page_at = 0;
	q->page_n = rows.n;
	q->over = rows.n < PAGE;
	q->length++;
	q->again = q->over && q->length > 1 ? now_ms(c) + q->length * PAGE_MS : 0;
	*more = true;
	return WW_OK;
}

/* A lane of which nothing is known yet and which has a row; *out NULL: there is none. */
static ww_status
new_lane(struct ww_courier *c, struct queue *q, const struct ww_endpoint *e, struct ww_lane **out)
{
	bool more = true;
	ww_status s = WW_OK;

	*out = NULL;
	while (s == WW_OK && more && *out == NULL && q->lanes.resting.n < RESTING_MAX) {
		if (q->page_at == q->page_n && q->pages == PAGES) {
			look_again(c, now_ms(c) + LOOK_MS);
			break;
		}
		if (q->page_at == q->page_n) {
			s = turn_page(c, q, e, &more);
			q->pages++;
			continue;
		}
		if (ww_lanes_find(&q->lanes, q->page[q->page_at]) == NULL) {
			*out = ww_lanes_add(&q->lanes, q->page[q->page_at]);
			if (*out == NULL)
				return ww_fail(&c->cx, WW_E_MEMORY, NULL, "no memory for a lane");
			q->length = 0;
			q->again = 0;
		}
		q->page_at++;
	}
	return s;
}

/* By turns one that waits for its next row and a new one, so that nobody with many rows keeps the others waiting. */
static ww_status
next_lane(struct ww_courier *c, struct queue *q, const struct ww_endpoint *e, struct ww_lane **out)
{
	struct ww_lane *ready = q->lanes.ready.first;
	ww_status s = WW_OK;

	q->turn = !q->turn;
	*out = NULL;
	if (!q->turn || ready == NULL)
		s = new_lane(c, q, e, out);
	if (s == WW_OK && *out == NULL)
		*out = ready;
	return s;
}

static ww_status
start_endpoint(struct ww_courier *c, size_t i, int64_t now)
{
	const struct ww_endpoint *e = &c->set.config->endpoints[i];
	struct queue *q = &c->queues[i];
	unsigned places = ww_gate_room(&q->gate, e->inflight, now);
	ww_status s = WW_OK;

	q->pages = 0;
	ww_lanes_wake(&q->lanes, now);
	if (q->gate.until > now)
		look_again(c, q->gate.until);
	while (s == WW_OK && places > 0) {
		struct ww_lane *lane;
		bool started = false;

		s = next_lane(c, q, e, &lane);
		if (s != WW_OK || lane == NULL)
			break;
		s = start_lane(c, q, e, lane, &started);
		places -= started;
	}
	if (q->lanes.resting.n > 0)
		look_again(c, q->lanes.wake);
	return s;
}

static void
log_pause(const struct ww_endpoint *e, const struct ww_hand *h)
{
	if (h->why.n > 0)
		ww_log(WW_LOG_ERROR, "endpoint=%.*s paused=\"%.*s\"", WW_STR_FMT(e->name),
		    WW_STR_FMT(h->why));
	else
		ww_log(WW_LOG_WARN, "endpoint=%.*s paused=over", WW_STR_FMT(e->name));
}

static void
log_alarm(const struct ww_endpoint *e, const struct ww_hand *h)
{
	if (h->alarm_ms != 0)
		ww_log(WW_LOG_ERROR, "endpoint=%.*s alarm=\"a notice is due for too long\"",
		    WW_STR_FMT(e->name));
	else
		ww_log(WW_LOG_WARN, "endpoint=%.*s alarm=over", WW_STR_FMT(e->name));
}

/* What an operator ordered about the endpoint, and what the clock says of it. */
static void
take_hand(struct ww_courier *c, size_t i, const struct ww_hand *h)
{
	struct queue *q = &c->queues[i];

	q->gate.paused = h->paused != 0;
	if (h->retried != q->retried) {
		q->retried = h->retried;
		q->refusals = 0;
		q->gate.until = 0;
		ww_lanes_end_rests(&q->lanes);
	}
	if ((h->why.n > 0) != q->paused)
		log_pause(&c->set.config->endpoints[i], h);
	q->paused = h->why.n > 0;
	if ((h->alarm_ms != 0) != q->alarm)
		log_alarm(&c->set.config->endpoints[i], h);
	q->alarm = h->alarm_ms != 0;
}

/* After a restore nothing leaves before an operator's release. */
static ww_status
read_hold(struct ww_courier *c)
{
	struct ww_cursor cursor;
	bool found;
	ww_status s;

	ww_ctx_clear(&c->cx);
	ww_row_init(&ww_entity_cursor, &cursor);
	cursor.id = 1;
	s = ww_get(c->set.view, &c->cx, cursor, &cursor, &found);
	if (s != WW_OK)
		return s;
	if ((cursor.held != 0) != c->held)
		ww_log(WW_LOG_WARN, "sending=%s journal=%lld",
		    cursor.held != 0 ? "held" : "released",
		    (long long)(cursor.held != 0 ? cursor.held : cursor.seq));
	c->held = cursor.held != 0;
	return WW_OK;
}

static ww_status
read_hands(struct ww_courier *c)
{
	const struct ww_config *config = c->set.config;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < config->endpoints_n; i++) {
		struct ww_hand h;
		bool found;

		ww_ctx_clear(&c->cx);
		ww_row_init(&ww_entity_hand, &h);
		h.endpoint = config->endpoints[i].name;
		s = ww_get(c->set.view, &c->cx, hand, &h, &found);
		if (s == WW_OK)
			take_hand(c, i, &h);
	}
	if (s == WW_OK)
		s = read_hold(c);
	c->hands = s == WW_OK ? c->seen : 0;
	return s;
}

static void
show_gauges(struct ww_courier *c, int64_t now)
{
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->set.config->endpoints_n; i++) {
		const struct queue *q = &c->queues[i];

		c->gauges[i] = (struct ww_gauge){
			.window = ww_gate_width(&q->gate, c->set.config->endpoints[i].inflight),
			.flying = q->gate.flying,
			.failed = q->gate.tries,
			.resting = q->lanes.resting.n,
			.wait_ms = q->gate.until > now ? q->gate.until - now : 0,
		};
	}
	pthread_mutex_unlock(&c->lock);
}

static void
start_due(struct ww_courier *c)
{
	int64_t now = now_ms(c);
	ww_status s;

	c->look_at = now + 1000;
	c->seen = c->set.applied(c->set.arg);
	s = c->hands == c->seen ? WW_OK : read_hands(c);
	for (size_t i = 0; s == WW_OK && !c->held && i < c->set.config->endpoints_n; i++) {
		ww_ctx_clear(&c->cx);
		s = start_endpoint(c, i, now);
	}
	show_gauges(c, now);
	if (s != WW_OK)
		ww_log(WW_LOG_WARN, "courier=waiting code=WW-%03d reason=\"%s\"",
		    ww_status_number(s), c->cx.fail.reason);
}

/* -- rounds ------------------------------------------------------------------------------------------ */

/* Moves each flight on as far as it can go without waiting. True when a row may be looked at again. */
static bool
advance(struct ww_courier *c)
{
	uint64_t applied = c->set.applied(c->set.arg);
	bool landed = false;
	struct flight *next;

	for (struct flight *f = c->flights; f != NULL; f = next) {
		int phase = atomic_load(&f->phase);

		next = f->next;
		if (phase == READY && applied >= f->attempt) {
			launch(f);
		} else if (phase == LOST || (phase == REPORTED && applied >= f->outcome)) {
			land(f);
			landed = true;
		}
	}
	return landed;
}

struct ww_gauge
ww_courier_gauge(struct ww_courier *c, size_t endpoint)
{
	struct ww_gauge g;

	pthread_mutex_lock(&c->lock);
	g = c->gauges[endpoint];
	pthread_mutex_unlock(&c->lock);
	return g;
}

void
ww_courier_step(struct ww_courier *c, int timeout_ms)
{
	bool landed = advance(c);
	int64_t now = now_ms(c);

	if (!c->draining && (landed || c->set.applied(c->set.arg) != c->seen || now >= c->look_at))
		start_due(c);
	now = now_ms(c);
	if (!c->draining && c->look_at - now < timeout_ms)
		timeout_ms = c->look_at > now ? (int)(c->look_at - now) : 0;
	c->set.sink->ops->poll(c->set.sink->self, timeout_ms);
}

void
ww_courier_wake(struct ww_courier *c)
{
	c->set.sink->ops->wake(c->set.sink->self);
}

bool
ww_courier_drain(struct ww_courier *c, int timeout_ms)
{
	int64_t end = now_ms(c) + timeout_ms;

	c->draining = true;
	while (c->flying > 0 && now_ms(c) < end)
		ww_courier_step(c, 50);
	return c->flying == 0;
}

void
ww_courier_detach(struct ww_courier *c)
{
	c->set.writer = NULL;
}

size_t
ww_courier_flying(const struct ww_courier *c)
{
	return c->flying;
}

ww_status
ww_courier_new(struct ww_ctx *cx, const struct ww_courier_settings *set, struct ww_courier **out)
{
	struct ww_courier *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "courier");
	c->set = *set;
	c->cx.arena = ww_arena_new(0);
	pthread_mutex_init(&c->lock, NULL);
	c->queues = calloc(set->config->endpoints_n + 1, sizeof(*c->queues));
	c->gauges = calloc(set->config->endpoints_n + 1, sizeof(*c->gauges));
	if (c->cx.arena == NULL || c->queues == NULL || c->gauges == NULL) {
		ww_courier_free(c);
		return ww_fail(cx, WW_E_MEMORY, NULL, "courier");
	}
	for (size_t i = 0; i < set->config->endpoints_n; i++) {
		c->queues[i].over = true;
		c->queues[i].began = UINT64_MAX; /* the first pass begins at once */
	}
	*out = c;
	return WW_OK;
}

void
ww_courier_free(struct ww_courier *c)
{
	if (c == NULL)
		return;
	while (c->flights != NULL)
		land(c->flights);
	for (size_t i = 0; c->queues != NULL && i < c->set.config->endpoints_n; i++)
		ww_lanes_free(&c->queues[i].lanes);
	free(c->queues);
	free(c->gauges);
	pthread_mutex_destroy(&c->lock);
	ww_arena_free(c->cx.arena);
	free(c);
}
