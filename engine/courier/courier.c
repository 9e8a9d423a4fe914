/* Lanes and flights. A flight is one row on its way: ATTEMPT durable, request, OUTCOME durable, OUTCOME
 * applied; only then may the row be looked at again. */
#include "courier/courier.h"

#include "base/crypto.h"
#include "base/failpoint.h"
#include "courier/trouble.h"
#include "model/record.h"
#include "store/writer.h"

#include <wardwire/buf.h>
#include <wardwire/composer.h>
#include <wardwire/journal.h>
#include <wardwire/log.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum phase {
	ANNOUNCING, /* the ATTEMPT is being written */
	READY,      /* it is durable; once it is applied too: send */
	FLYING,     /* the request is under way */
	REPORTING,  /* the OUTCOME is being written */
	REPORTED,   /* it is durable, and not applied yet */
	LOST,       /* the journal closed: the next start takes over */
};

struct flight {
	struct flight *next;
	struct ww_courier *c;
	struct ww_submit submit; /* first ATTEMPT, then OUTCOME */
	struct ww_buf body;      /* of that record */
	_Atomic int phase;
	uint64_t attempt, outcome; /* sequences of the two records */
	struct ww_ctx cx;          /* its arena holds the row and the request */
	struct ww_outbox row;
	const struct ww_endpoint *endpoint;
	enum ww_verb verb;
	int64_t started; /* monotonic ms */
};

enum { LOOK_ROWS = 32 }; /* read beyond what can start at once */

/* Rest of one row, and of one endpoint. */
struct rest {
	ww_id row; /* 0: unused */
	unsigned tries;
	int64_t until; /* monotonic ms */
};

struct gate {
	unsigned tries;
	int64_t until;
	unsigned flying;
	bool paused;
};

struct ww_courier {
	struct ww_courier_settings set;
	struct ww_ctx cx;
	struct flight *flights;
	size_t flying;
	struct gate *gates; /* one an endpoint */
	struct rest *rests;
	size_t rests_n, rests_cap;
	uint64_t seen;   /* applied sequence of the last look at the rows */
	int64_t look_at; /* monotonic ms of the next look in any case */
	bool draining;
};

static int64_t
monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct gate *
gate_of(struct ww_courier *c, const struct ww_endpoint *e)
{
	return &c->gates[e - c->set.config->endpoints];
}

/* -- rests ------------------------------------------------------------------------------------------ */

static struct rest *
find_rest(struct ww_courier *c, ww_id row)
{
	for (size_t i = 0; i < c->rests_n; i++) {
		if (c->rests[i].row == row)
			return &c->rests[i];
	}
	return NULL;
}

/* The rest of that row, made when missing; NULL when memory is short: the row then rests with its endpoint. */
static struct rest *
make_rest(struct ww_courier *c, ww_id row)
{
	struct rest *r = find_rest(c, row);

	if (r != NULL)
		return r;
	if (c->rests_n == c->rests_cap) {
		size_t cap = c->rests_cap == 0 ? 64 : 2 * c->rests_cap;
		struct rest *more = realloc(c->rests, cap * sizeof(*more));

		if (more == NULL)
			return NULL;
		c->rests = more;
		c->rests_cap = cap;
	}
	r = &c->rests[c->rests_n++];
	*r = (struct rest){ .row = row };
	return r;
}

static void
drop_rest(struct ww_courier *c, ww_id row)
{
	struct rest *r = find_rest(c, row);

	if (r != NULL)
		*r = c->rests[--c->rests_n];
}

static int64_t
rest_from_now(struct ww_courier *c, unsigned tries, long retry_after)
{
	uint8_t jitter;

	ww_random(&jitter, 1);
	return monotonic_ms() + ww_trouble_rest(c->set.config->retry_first,
	                            c->set.config->retry_most, tries, jitter, retry_after);
}

static void
note_rest(struct flight *f, const struct ww_answer *a)
{
	struct ww_courier *c = f->c;
	struct ww_trouble t = ww_trouble_of(a);
	struct gate *g = gate_of(c, f->endpoint);
	struct rest *r;

	if (t.well)
		g->tries = 0, g->until = 0;
	if (t.wait_endpoint) {
		g->tries++;
		g->until = rest_from_now(c, g->tries, a->retry_after);
	}
	if (t.wait_row && (r = make_rest(c, f->row.id)) != NULL) {
		r->tries++;
		r->until = rest_from_now(c, r->tries, a->retry_after);
	}
	if ((a->result == WW_RESULT_SENT && f->verb != WW_VERB_SEARCH) ||
	    a->result == WW_RESULT_PARKED)
		drop_rest(c, f->row.id);
}

/* -- one flight -------------------------------------------------------------------------------------- */

static void
land(struct flight *f)
{
	struct ww_courier *c = f->c;
	struct flight **p = &c->flights;

	while (*p != f)
		p = &(*p)->next;
	*p = f->next;
	c->flying--;
	gate_of(c, f->endpoint)->flying--;
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
	    ww_result_text(a->result), a->http, (long long)(monotonic_ms() - f->started),
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

/* The request has ended. */
static void
on_answer(void *arg, const struct ww_answer *a)
{
	struct flight *f = arg;

	WW_FAILPOINT_IF(a->result == WW_RESULT_SENT, "after-answer");
	note_rest(f, a);
	report(f, a);
}

static struct ww_answer
no_answer(enum ww_result result, const char *reason)
{
	return (struct ww_answer){ .result = result,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.reason = reason };
}

static void
fail_flight(struct flight *f, ww_status s)
{
	struct ww_answer a =
	    no_answer(ww_status_class(s) == WW_TRANSIENT ? WW_RESULT_RETRY : WW_RESULT_PARKED,
	        ww_status_text(s));

	on_answer(f, &a);
}

/* Reads the row once more, now that the ledger has all that stands before the ATTEMPT in the journal. Without this
 * a notice withdrawn between our look at the rows and the ATTEMPT would leave, and nobody would take it back. */
static bool
read_again(struct flight *f, bool *wanted)
{
	struct ww_outbox row;
	bool found = false;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = f->row.id;
	if (ww_get(f->c->set.view, &f->cx, outbox, &row, &found) != WW_OK)
		return false;
	/* One that is to be cancelled and is not there yet need not be made. */
	*wanted = found && row.state == WW_outbox_state_DUE &&
	          (f->verb != WW_VERB_CREATE || !ww_str_is(row.change, "cancel"));
	if (*wanted)
		f->row = row;
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
		.base = f->endpoint->fhir,
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
		s = ww_compose_finish(&f->cx, row->template,
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
	f->started = monotonic_ms();
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

static void
announce(struct ww_courier *c, const struct ww_outbox *row, const struct ww_endpoint *endpoint)
{
	struct flight *f = calloc(1, sizeof(*f));
	struct ww_rec_attempt a;

	if (f == NULL)
		return; /* short of memory: the row is still due at the next look */
	f->cx.arena = ww_arena_new(0);
	f->row = *row;
	if (f->cx.arena == NULL || !ww_row_keep(&ww_entity_outbox, &f->row, f->cx.arena)) {
		ww_arena_free(f->cx.arena);
		free(f);
		return;
	}
	f->c = c;
	f->endpoint = endpoint;
	f->verb = verb_of(row);
	f->next = c->flights;
	c->flights = f;
	c->flying++;
	gate_of(c, endpoint)->flying++;
	a = (struct ww_rec_attempt){
		.outbox = row->id, .revision = row->wanted, .verb = f->verb, .key = row->key
	};
	ww_rec_attempt_write(&a, &f->body);
	submit(f, WW_REC_ATTEMPT, ANNOUNCING);
}

/* -- choosing ---------------------------------------------------------------------------------------- */

/* A lane is one person's notices for one endpoint: one is under way at a time, in the order of their ids. */
static bool
lane_flying(const struct ww_courier *c, const struct ww_endpoint *e, ww_id person)
{
	for (const struct flight *f = c->flights; f != NULL; f = f->next) {
		if (f->endpoint == e && f->row.person == person)
			return true;
	}
	return false;
}

/* The row is not the first of its lane. */
static bool
lane_taken(const struct ww_rows *rows, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (WW_ROW(rows, outbox, k)->person == WW_ROW(rows, outbox, i)->person)
			return true;
	}
	return false;
}

/* Notes that nothing will happen before then. */
static void
look_again(struct ww_courier *c, int64_t then)
{
	if (then < c->look_at)
		c->look_at = then;
}

static bool
row_rests(struct ww_courier *c, ww_id row, int64_t now)
{
	const struct rest *r = find_rest(c, row);

	if (r == NULL || r->until <= now)
		return false;
	look_again(c, r->until);
	return true;
}

/* How many more requests the endpoint may get: one at a time while it is in trouble. */
static size_t
room(struct ww_courier *c, const struct ww_endpoint *e, int64_t now)
{
	const struct gate *g = gate_of(c, e);
	size_t most = g->tries > 0 ? 1 : e->inflight;

	if (g->paused)
		return 0;
	if (g->until > now) {
		look_again(c, g->until);
		return 0;
	}
	return g->flying < most ? most - g->flying : 0;
}

/* Starts what is due at one endpoint. Only the oldest rows are read: as many as could start, those that
 * cannot because they fly or rest, and some whose lane is taken; the next look sees the others. */
static ww_status
start_endpoint(struct ww_courier *c, const struct ww_endpoint *e, int64_t now)
{
	size_t places = room(c, e, now);
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	if (places == 0)
		return WW_OK;
	ww_row_init(&ww_entity_outbox, &like);
	like.state = WW_outbox_state_DUE;
	like.endpoint = e->name;
	s = ww_ledger_first(c->set.view, &c->cx, &ww_entity_outbox, "by_endpoint", &like,
	    LOOK_ROWS + places + c->flying + c->rests_n, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n && places > 0; i++) {
		const struct ww_outbox *row = WW_ROW(&rows, outbox, i);

		if (lane_taken(&rows, i) || lane_flying(c, e, row->person) ||
		    row_rests(c, row->id, now))
			continue;
		announce(c, row, e);
		places--;
	}
	return s;
}

/* Marks the endpoints that an operator has paused. */
static ww_status
read_pauses(struct ww_courier *c)
{
	const struct ww_config *config = c->set.config;
	struct ww_rows rows;
	ww_status s;

	ww_ctx_clear(&c->cx);
	s = ww_ledger_scan(c->set.view, &c->cx, &ww_entity_pause, 0, NULL, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < config->endpoints_n; i++) {
		c->gates[i].paused = false;
		for (size_t k = 0; k < rows.n; k++)
			c->gates[i].paused |=
			    ww_str_eq(config->endpoints[i].name, WW_ROW(&rows, pause, k)->endpoint);
	}
	return s;
}

static void
start_due(struct ww_courier *c)
{
	int64_t now = monotonic_ms();
	ww_status s;

	c->look_at = now + 1000;
	c->seen = c->set.applied(c->set.arg);
	s = read_pauses(c);
	for (size_t i = 0; s == WW_OK && i < c->set.config->endpoints_n; i++) {
		ww_ctx_clear(&c->cx);
		s = start_endpoint(c, &c->set.config->endpoints[i], now);
	}
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

void
ww_courier_step(struct ww_courier *c, int timeout_ms)
{
	bool landed = advance(c);
	int64_t now = monotonic_ms();

	if (!c->draining && (landed || c->set.applied(c->set.arg) != c->seen || now >= c->look_at))
		start_due(c);
	now = monotonic_ms();
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
	int64_t end = monotonic_ms() + timeout_ms;

	c->draining = true;
	while (c->flying > 0 && monotonic_ms() < end)
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
	c->gates = calloc(set->config->endpoints_n + 1, sizeof(*c->gates));
	if (c->cx.arena == NULL || c->gates == NULL) {
		ww_courier_free(c);
		return ww_fail(cx, WW_E_MEMORY, NULL, "courier");
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
	free(c->rests);
	free(c->gates);
	ww_arena_free(c->cx.arena);
	free(c);
}
