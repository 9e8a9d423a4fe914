/* Deliveries: order, waits, lost answers, and what the journal must hold before anything leaves. Sinks without a
 * network, one thread for courier and apply, the writer's thread beside it. */
#include "tests/unit/unit.h"

#include "courier/courier.h"
#include "courier/sink_test.h"
#include "courier/trouble.h"
#include "store/writer.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>
#include <wardwire/log.h>

#include <sched.h>

#define AT(hhmm) "20260302" hhmm
#define LATER(day, hhmm) "202603" day hhmm

/* -- a wire between courier and receiver ------------------------------------------------------------ */

enum { CALLS_MAX = 256 };

/* What becomes of a request on the wire. */
enum fate {
	PASSES,
	LOST_THERE, /* it never reaches the receiver */
	LOST_BACK,  /* it does, and its answer is lost */
};

struct call {
	struct wire *w;
	enum ww_verb verb;
	ww_str type, key;
	ww_sink_done *done;
	void *arg;
	enum fate fate;
	bool settled; /* done was called */
	bool answered;
	struct ww_answer answer;
};

struct wire {
	struct ww_sink inner; /* the receiver; none: the test answers */
	struct site *s;
	struct call calls[CALLS_MAX];
	size_t n;
	int timeout; /* of the last poll */
	size_t sent; /* also those forgotten */
	bool forget; /* calls that are over are not kept */
	uint64_t read, attempts,
	    outcomes; /* the journal's last record that was looked at, and what was found */
	size_t lose;  /* the call (from 1) that meets that fate; 0: none */
	enum fate fate;
};

/* The ATTEMPT of a request is in the journal, and applied, before the request is made. */
static void
check_announced(struct wire *w)
{
	struct ww_record r;
	bool found = true;

	while (found) {
		site_ok(w->s, ww_journal_read(&w->s->journal, &w->s->own, w->read + 1, &r, &found));
		w->read = found ? r.seq : w->read;
		w->attempts += found && r.kind == WW_REC_ATTEMPT;
		w->outcomes += found && r.kind == WW_REC_OUTCOME;
	}
	ck_assert_uint_gt(w->attempts, w->sent);
	ck_assert_uint_le(w->outcomes, w->sent);
}

static void
on_inner(void *arg, const struct ww_answer *a)
{
	struct call *c = arg;

	c->answered = true;
	c->answer = *a;
	c->answer.remote_id = ww_arena_str(c->w->s->own.arena, a->remote_id);
	c->answer.etag = ww_arena_str(c->w->s->own.arena, a->etag);
	if (c->fate == LOST_BACK)
		c->answer = (struct ww_answer){ .result = WW_RESULT_UNCERTAIN,
			.remote_id = ww_str_empty(),
			.etag = ww_str_empty(),
			.reason = "no answer" };
}

static ww_status
wire_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct wire *w = self;
	struct call *c;

	check_announced(w);
	w->sent++;
	if (w->forget && w->n > 0 && w->calls[w->n - 1].settled)
		w->n = 0;
	c = &w->calls[w->n];
	ck_assert_uint_lt(w->n, CALLS_MAX);
	*c = (struct call){ .w = w, .verb = r->verb, .done = done, .arg = arg };
	c->type = ww_arena_str(w->s->own.arena, r->type);
	c->key = ww_arena_str(w->s->own.arena, r->key);
	w->n++;
	c->fate = w->n == w->lose ? w->fate : PASSES;
	if (c->fate == LOST_THERE) {
		c->fate = LOST_BACK; /* the same answer, without the effect */
		on_inner(c, &(struct ww_answer){ .result = WW_RESULT_SENT,
		                .remote_id = ww_str_empty(),
		                .etag = ww_str_empty() });
		return WW_OK;
	}
	if (w->inner.ops == NULL)
		return WW_OK;
	return w->inner.ops->send(w->inner.self, cx, r, on_inner, c);
}

static void
wire_poll(void *self, int timeout_ms)
{
	struct wire *w = self;

	w->timeout = timeout_ms; /* tests do not wait */
	if (w->inner.ops != NULL)
		w->inner.ops->poll(w->inner.self, 0);
	for (size_t i = 0; i < w->n; i++) {
		struct call *c = &w->calls[i];

		if (!c->answered || c->settled)
			continue;
		c->settled = true;
		c->done(c->arg, &c->answer);
	}
}

static void
wire_wake(void *self)
{
	(void)self;
}

static void
wire_close(void *self)
{
	static const struct ww_answer closed = { .result = WW_RESULT_UNCERTAIN,
		.remote_id = WW_STR_INIT(""),
		.etag = WW_STR_INIT(""),
		.reason = "stopped before the answer" };
	struct wire *w = self;

	for (size_t i = 0; i < w->n; i++) {
		if (!w->calls[i].settled)
			w->calls[i].done(w->calls[i].arg, &closed);
		w->calls[i].settled = true;
	}
	if (w->inner.ops != NULL)
		w->inner.ops->close(w->inner.self);
}

static const struct ww_sink_ops wire_ops = {
	.name = "wire", .send = wire_send, .poll = wire_poll, .wake = wire_wake, .close = wire_close
};

/* The newest call for that row; the rows of different people go in no order. */
static size_t
call_for(const struct wire *w, const struct ww_outbox *row)
{
	for (size_t i = w->n; i-- > 0;) {
		ww_str key = w->calls[i].key;

		if (key.n > row->key.n &&
		    ww_str_eq(ww_str_sub(key, key.n - row->key.n, row->key.n), row->key))
			return i;
	}
	ck_abort_msg("no call for the row");
}

/* Answers the n-th call. */
static void
reply(struct wire *w, size_t n, enum ww_result result, int http)
{
	struct call *c = &w->calls[n];

	ck_assert_uint_lt(n, w->n);
	c->answered = true;
	c->answer = (struct ww_answer){ .result = result,
		.http = http,
		.remote_id = result == WW_RESULT_SENT ? ww_arena_printf(w->s->own.arena, "id%zu", n)
		                                      : ww_str_empty(),
		.etag = ww_str_empty(),
		.reason = "" };
}

/* "create Task, search Communication" */
static const char *
calls(const struct wire *w)
{
	static const char *const verbs[] = { "create", "update", "search" };
	const char *text = "";

	for (size_t i = 0; i < w->n; i++)
		text = ww_arena_printf(w->s->own.arena, "%s%s%s %.*s", text, i > 0 ? ", " : "",
		    verbs[w->calls[i].verb], WW_STR_FMT(w->calls[i].type))
		           .p;
	return text;
}

/* -- a view that counts --------------------------------------------------------------------------- */

struct counting {
	struct ww_ledger inner;
	uint64_t rows;
};

static ww_status
counting_find(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_index *ix,
    size_t columns, const void *like, size_t limit, struct ww_rows *out)
{
	struct counting *c = self;
	ww_status s = c->inner.ops->find(c->inner.self, cx, e, ix, columns, like, limit, out);

	if (s == WW_OK && e == &ww_entity_outbox)
		c->rows += out->n;
	return s;
}

static ww_status
counting_begin(void *self, struct ww_ctx *cx)
{
	(void)self;
	(void)cx;
	return WW_OK;
}

static void
counting_rollback(void *self)
{
	(void)self;
}

static const struct ww_ledger_ops counting_ops = { .name = "counting",
	.begin = counting_begin,
	.rollback = counting_rollback,
	.find = counting_find };

/* -- the bench -------------------------------------------------------------------------------------- */

struct bench {
	struct site s;
	struct ww_config config; /* the one in force with other waits */
	struct ww_writer *writer;
	struct counting view;
	struct ww_ledger counted;
	struct wire wire;
	struct ww_sink sink;
	struct ww_courier *courier;
	int64_t simulated; /* ms by which waits are measured; 0: they are by the machine's clock */
};

static int64_t
ticks_of(void *self)
{
	return ((struct bench *)self)->simulated;
}

static int64_t
now_of(void *self)
{
	struct site *s = self;

	return s->now += 100;
}

static uint64_t
applied(void *arg)
{
	struct bench *b = arg;

	return ww_apply_cursor(b->s.apply);
}

static void
start_courier(struct bench *b)
{
	struct ww_writer_settings ws = {
		.journal = &b->s.journal, .clock = { now_of, &b->s }, .retry_ms = 1
	};
	struct ww_courier_settings cs = { .view = &b->counted,
		.sink = &b->sink,
		.clock = { now_of, &b->s },
		.ticks = ww_clock_ticks(),
		.config = &b->config,
		.applied = applied,
		.arg = b };

	b->view.inner = b->s.ledger;
	b->counted = (struct ww_ledger){ &counting_ops, &b->view };
	site_ok(&b->s, ww_writer_start(&b->s.own, &ws, &b->writer));
	cs.writer = b->writer;
	if (b->simulated != 0)
		cs.ticks = (struct ww_clock){ ticks_of, b };
	site_ok(&b->s, ww_courier_new(&b->s.own, &cs, &b->courier));
}

/* A site with a courier that never waits; make NULL: the test answers. */
static void
bench_open(struct bench *b, ww_status (*make)(struct ww_ctx *cx, struct ww_sink *out))
{
	ww_log_set_level(WW_LOG_ERROR);
	memset(b, 0, sizeof(*b));
	site_open(&b->s);
	b->config = *ww_apply_config(b->s.apply);
	b->config.retry_first = b->config.retry_most = 0;
	b->wire.s = &b->s;
	if (make != NULL)
		site_ok(&b->s, make(&b->s.own, &b->wire.inner));
	b->sink = (struct ww_sink){ &wire_ops, &b->wire };
	start_courier(b);
}

static void
stop_courier(struct bench *b)
{
	ww_writer_stop(b->writer);
	ww_courier_detach(b->courier);
	b->sink.ops->close(b->sink.self);
	ww_courier_free(b->courier);
}

static void
bench_close(struct bench *b)
{
	stop_courier(b);
	site_close(&b->s);
}

/* Everything handed to the writer is durable. */
static void
settle_writer(struct bench *b)
{
	while (ww_writer_pending(b->writer) > 0)
		(void)sched_yield();
}

/* One round of all parts. */
static void
turn(struct bench *b)
{
	ww_courier_step(b->courier, 0);
	settle_writer(b);
	site_apply(&b->s);
}

/* As many rounds as anything can need that does not wait for the test. */
static void
turns(struct bench *b)
{
	for (int i = 0; i < 12; i++)
		turn(b);
}

static void
arrive(struct bench *b, int person)
{
	site_does(&b->s, .trigger = "A04", .at = AT("0900"), .class_ = "E", .person = person);
}

static void
admit(struct bench *b, int person)
{
	site_does(&b->s, .trigger = "A01", .at = AT("1000"), .person = person);
}

/* -- the plain way ---------------------------------------------------------------------------------- */

START_TEST(delivers_and_tells_the_journal_before_and_after)
{
	static const uint8_t kinds[] = { WW_REC_ENGINE, WW_REC_CONFIG, WW_REC_ROSTER,
		WW_REC_MESSAGE, WW_REC_ATTEMPT, WW_REC_OUTCOME };
	struct ww_sink_held held;
	struct bench b;

	bench_open(&b, ww_sink_memory);
	admit(&b, 1);
	turns(&b);
	site_outbox_is(&b.s, "Task stay settled create");
	ck_assert_str_eq(calls(&b.wire), "create Task");
	ck_assert_uint_eq(ww_sink_memory_resources(&b.wire.inner), 1);
	held = ww_sink_memory_resource(&b.wire.inner, 0);
	ck_assert(ww_str_eq(site_row(&b.s, 0).remote_id, held.id));
	for (size_t i = 0; i < UNIT_COUNT(kinds); i++) {
		struct ww_record r;
		bool found;

		site_ok(&b.s, ww_journal_read(&b.s.journal, &b.s.own, i + 1, &r, &found));
		ck_assert(found && r.kind == kinds[i]);
	}
	/* Later facts are updates of the same resource. */
	site_does(&b.s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	turns(&b);
	site_outbox_is(&b.s, "Task stay settled update");
	ck_assert_str_eq(calls(&b.wire), "create Task, update Task");
	held = ww_sink_memory_resource(&b.wire.inner, 0);
	ck_assert_uint_eq(held.version, 2);
	site_rebuilds(&b.s);
	bench_close(&b);
}
END_TEST

START_TEST(sends_to_a_sink_that_keeps_nothing)
{
	struct bench b;

	bench_open(&b, ww_sink_null);
	arrive(&b, 1);
	site_does(&b.s, .trigger = "A06", .at = AT("1300"));
	turns(&b);
	site_outbox_is(&b.s, "Communication ed-arrival settled create; Task stay settled create");
	bench_close(&b);
}
END_TEST

START_TEST(sends_nothing_while_the_journal_takes_nothing)
{
	struct ww_journal inner;
	struct bench b;

	bench_open(&b, ww_sink_memory);
	admit(&b, 1);
	stop_courier(&b);
	inner = b.s.journal;
	site_ok(&b.s, ww_journal_failing(&b.s.own, inner, WW_E_IO, 1, 20, &b.s.journal));
	memset(&b.wire.inner, 0, sizeof(b.wire.inner));
	site_ok(&b.s, ww_sink_memory(&b.s.own, &b.wire.inner));
	start_courier(&b);
	for (int i = 0; i < 5; i++)
		ww_courier_step(b.courier, 0);
	turns(&b); /* check_announced looks at each request */
	ck_assert_str_eq(calls(&b.wire), "create Task");
	site_outbox_is(&b.s, "Task stay settled create");
	bench_close(&b);
}
END_TEST

/* -- order ------------------------------------------------------------------------------------------ */

START_TEST(keeps_the_order_of_one_person)
{
	struct bench b;

	bench_open(&b, NULL);
	arrive(&b, 1);
	site_does(&b.s, .trigger = "A06", .at = AT("1300"));
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Communication");
	reply(&b.wire, 0, WW_RESULT_SENT, 201);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Communication, create Task");
	/* What is called for during a flight waits for its end. */
	site_does(&b.s, .trigger = "A03", .at = LATER("05", "1100"));
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 2);
	reply(&b.wire, 1, WW_RESULT_SENT, 201);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Communication, create Task, update Task");
	bench_close(&b);
}
END_TEST

/* The first of a lane rests after a conflict: what stands behind it waits, other people do not. */
START_TEST(keeps_the_order_while_the_first_one_rests)
{
	struct bench b;

	bench_open(&b, NULL);
	b.config.retry_first = b.config.retry_most = 3600;
	arrive(&b, 1);
	site_does(&b.s, .trigger = "A06", .at = AT("1300"));
	turns(&b);
	reply(&b.wire, 0, WW_RESULT_CONFLICT, 412);
	turns(&b);
	admit(&b, 2);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Communication, create Task");
	site_outbox_is(&b.s, "Communication ed-arrival due create; Task stay due create; "
	                     "Task stay due create");
	ck_assert_int_ne(site_row(&b.s, 2).attempt, 0);
	ck_assert_int_eq(site_row(&b.s, 1).attempts, 0);
	bench_close(&b);
}
END_TEST

START_TEST(lets_nobody_wait_for_another_person)
{
	struct bench b;

	bench_open(&b, NULL);
	admit(&b, 1); /* is never answered */
	for (int p = 2; p <= 5; p++)
		admit(&b, p);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 2); /* as many as an endpoint gets at first */
	for (size_t i = 1; i < 5; i++) {
		struct ww_outbox row = site_row(&b.s, i);

		reply(&b.wire, call_for(&b.wire, &row), WW_RESULT_SENT, 201);
		turns(&b);
	}
	ck_assert_uint_eq(b.wire.n, 5);
	site_outbox_is(&b.s, "Task stay due create; Task stay settled create; "
	                     "Task stay settled create; Task stay settled create; "
	                     "Task stay settled create");
	bench_close(&b);
}
END_TEST

/* A row that was not called for by a message: due, of that person, at the practice rcca. */
static void
put_due(struct bench *b, ww_id id, ww_id person)
{
	struct ww_template t = { .outbox = id, .text = WW_STR("{\"resourceType\":\"Task\"}") };
	struct ww_outbox row;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = id;
	row.key = ww_arena_printf(b->s.own.arena, "stay-%lld", (long long)id);
	row.person = person;
	row.practice = WW_STR("rcca");
	row.endpoint = WW_STR("rcca-ehr");
	row.resource = WW_resource_type_TASK;
	row.subject = WW_STR("stay");
	row.state = WW_outbox_state_DUE;
	row.wanted = 1;
	row.change = WW_STR("create");
	site_ok(&b->s, ww_put(&b->s.ledger, &b->s.own, outbox, &row));
	site_ok(&b->s, ww_put(&b->s.ledger, &b->s.own, template, &t));
}

/* Somebody with very many notices has one under way like everybody else. */
START_TEST(lets_nobody_wait_for_one_with_very_many)
{
	struct bench b;

	bench_open(&b, NULL);
	for (ww_id i = 1; i <= 1000; i++)
		put_due(&b, i << 16 | 1, 7);
	for (ww_id i = 2001; i <= 2040; i++)
		put_due(&b, i << 16 | 1, i);
	for (size_t i = 0; i < 60; i++) {
		turns(&b);
		ck_assert_uint_gt(b.wire.n, i);
		reply(&b.wire, i, WW_RESULT_SENT, 201);
	}
	turns(&b);
	for (ww_id i = 2001; i <= 2040; i++) {
		struct ww_outbox row = { .id = i << 16 | 1 };
		bool found;

		site_ok(&b.s, ww_get(&b.s.ledger, &b.s.own, outbox, &row, &found));
		ck_assert_int_eq(row.state, WW_outbox_state_SETTLED);
	}
	bench_close(&b);
}
END_TEST

/* The work for one row does not depend on how many are due. */
START_TEST(reads_few_rows_for_each_however_many_are_due)
{
	static const ww_id sizes[] = { 200, 100000 };
	uint64_t read[UNIT_COUNT(sizes)];

	for (size_t k = 0; k < UNIT_COUNT(sizes); k++) {
		struct bench b;

		bench_open(&b, NULL);
		for (ww_id i = 1; i <= sizes[k]; i++)
			put_due(&b, i << 16 | 1, i);
		turns(&b);
		b.view.rows = 0;
		for (size_t i = 0; i < 150; i++) {
			ck_assert_uint_gt(b.wire.n, i);
			reply(&b.wire, i, WW_RESULT_SENT, 201);
			for (int t = 0; t < 4; t++)
				turn(&b);
		}
		read[k] = b.view.rows;
		bench_close(&b);
	}
	ck_assert_uint_lt(read[0], 150 * 4);
	ck_assert_uint_lt(read[1], read[0] + 300); /* two more pages at most */
}
END_TEST

/* Nor on how many there are of each person: a hundred with two hundred each. */
START_TEST(reads_few_rows_for_each_when_people_have_many)
{
	struct bench b;

	bench_open(&b, ww_sink_memory);
	b.wire.forget = true;
	for (ww_id i = 1; i <= 20000; i++)
		put_due(&b, i << 16 | 1, 1 + i % 100);
	while (b.wire.sent < 500)
		turn(&b);
	b.view.rows = 0;
	while (b.wire.sent < 1500)
		turn(&b);
	ck_assert_uint_lt(b.view.rows, 1000 * 8);
	bench_close(&b);
}
END_TEST

/* One person whose notice rests has very many behind it: a look does not go through all of them at once, and the others
 * behind are reached all the same. */
START_TEST(goes_through_a_long_list_in_parts)
{
	struct bench b;
	uint64_t most = 0;

	bench_open(&b, NULL);
	stop_courier(&b);
	b.config.retry_first = b.config.retry_most = 86400;
	b.wire = (struct wire){ .s = &b.s };
	b.simulated = 1;
	start_courier(&b);
	for (ww_id i = 1; i <= 5000; i++)
		put_due(&b, i << 16 | 1, 7);
	put_due(&b, 5001 << 16 | 1, 8);
	turn(&b);
	turn(&b);
	ck_assert_uint_eq(b.wire.n, 1);
	reply(&b.wire, 0, WW_RESULT_CONFLICT, 412);
	for (int i = 0; i < 20 && b.wire.n < 2; i++) {
		uint64_t before = b.view.rows;

		turn(&b);
		if (b.view.rows - before > most)
			most = b.view.rows - before;
		b.simulated += 20;
	}
	ck_assert_uint_eq(b.wire.n, 2);
	ck_assert_uint_lt(most, 1100);
	bench_close(&b);
}
END_TEST

/* Rows that fail one by one are not tried without end: only so many are remembered, then no other is begun. */
START_TEST(remembers_no_more_than_so_many_that_fail)
{
	const struct ww_answer failed = { .result = WW_RESULT_RETRY, .http = 500 };
	struct bench b;

	bench_open(&b, NULL);
	b.config.retry_first = b.config.retry_most = 86400;
	site_ok(&b.s, ww_sink_failing(&b.s.own, &failed, 1, &b.wire.inner));
	b.wire.forget = true;
	for (ww_id i = 1; i <= 1500; i++)
		put_due(&b, i << 16 | 1, i);
	for (int i = 0; i < 1500 * 5; i++)
		turn(&b);
	ck_assert_uint_ge(b.wire.sent, 1024);
	ck_assert_uint_le(b.wire.sent, 1024 + 4);
	bench_close(&b);
}
END_TEST

START_TEST(lets_no_endpoint_wait_for_another)
{
	struct ww_outbox rcca, lakeside;
	struct bench b;

	bench_open(&b, NULL);
	b.config.retry_first = b.config.retry_most = 3600;
	admit(&b, 20); /* of both */
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 2);
	rcca = site_row(&b.s, 0);
	lakeside = site_row(&b.s, 1);
	reply(&b.wire, call_for(&b.wire, &rcca), WW_RESULT_RETRY, 503);
	reply(&b.wire, call_for(&b.wire, &lakeside), WW_RESULT_SENT, 201);
	turns(&b);
	admit(&b, 1);
	admit(&b, 19);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 3);
	site_outbox_is(&b.s, "Task stay due create; Task stay settled create lakeside; "
	                     "Task stay due create; Task stay due create lakeside");
	ck_assert_int_ne(site_row(&b.s, 3).attempt, 0);
	bench_close(&b);
}
END_TEST

START_TEST(sends_nothing_to_an_endpoint_that_is_paused)
{
	struct bench b;

	bench_open(&b, ww_sink_memory);
	(void)site_order(&b.s, "pause", "rcca-ehr", "");
	admit(&b, 1);
	admit(&b, 19);
	turns(&b);
	site_outbox_is(&b.s, "Task stay due create; Task stay settled create lakeside");
	(void)site_order(&b.s, "resume", "rcca-ehr", "");
	turns(&b);
	site_outbox_is(&b.s, "Task stay settled create; Task stay settled create lakeside");
	bench_close(&b);
}
END_TEST

START_TEST(passes_by_what_is_parked)
{
	struct bench b;

	bench_open(&b, NULL);
	arrive(&b, 1);
	site_does(&b.s, .trigger = "A06", .at = AT("1300"));
	turns(&b);
	reply(&b.wire, 0, WW_RESULT_PARKED, 400);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Communication, create Task");
	reply(&b.wire, 1, WW_RESULT_SENT, 201);
	turns(&b);
	site_outbox_is(&b.s, "Communication ed-arrival parked create; Task stay settled create");
	bench_close(&b);
}
END_TEST

START_TEST(parks_what_cannot_be_written)
{
	struct ww_template t = { .text = WW_STR("{") };
	struct bench b;

	bench_open(&b, ww_sink_memory);
	admit(&b, 1);
	t.outbox = site_row(&b.s, 0).id;
	site_ok(&b.s, ww_put(&b.s.ledger, &b.s.own, template, &t));
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 0);
	site_outbox_is(&b.s, "Task stay parked create");
	bench_close(&b);
}
END_TEST

/* -- trouble ---------------------------------------------------------------------------------------- */

START_TEST(rests_longer_each_time_and_never_too_long)
{
	static const struct {
		unsigned first, most, tries;
		uint16_t jitter;
		long retry_after;
		int64_t ms;
	} rows[] = {
		{ 5, 900, 1, 65535, 0, 5000 },
		{ 5, 900, 1, 0, 0, 0 },
		{ 5, 900, 2, 65535, 0, 10000 },
		{ 5, 900, 3, 32768, 0, 10000 },
		{ 5, 900, 8, 65535, 0, 640000 },
		{ 5, 900, 9, 65535, 0, 900000 },
		{ 5, 900, 4000000000, 65535, 0, 900000 },
		{ 5, 900, 4000000000, 13107, 0, 180000 },
		{ 1, 1, 7, 65535, 0, 1000 },
		{ 900, 5, 1, 65535, 0, 5000 }, /* the longest wait holds for the first, too */
		{ 5, 900, 1, 65535, 4, 5000 },
		{ 5, 900, 1, 0, 4, 4000 },
		{ 5, 900, 1, 65535, 3600, 3600000 }, /* what the receiver asks for is not cut */
		{ 0, 0, 1, 65535, 0, 0 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		int64_t ms = ww_trouble_rest(rows[i].first, rows[i].most, rows[i].tries,
		    rows[i].jitter, rows[i].retry_after);

		ck_assert_msg(ms == rows[i].ms, "row %zu: %lld", i, (long long)ms);
	}
}
END_TEST

START_TEST(knows_what_each_result_means)
{
	static const struct {
		enum ww_result result;
		struct ww_trouble want;
	} rows[] = {
		{ WW_RESULT_SENT, { .well = true } },
		{ WW_RESULT_RETRY, { .wait_row = true, .wait_endpoint = true } },
		{ WW_RESULT_UNCERTAIN, { .wait_row = true, .wait_endpoint = true } },
		{ WW_RESULT_PARKED, { .well = true } },
		{ WW_RESULT_ABSENT, { .well = true } },
		{ WW_RESULT_CONFLICT, { .wait_row = true, .well = true } },
		{ WW_RESULT_PAUSED, { .wait_endpoint = true } },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_answer a = { .result = rows[i].result };
		struct ww_trouble t = ww_trouble_of(&a);

		ck_assert(t.wait_row == rows[i].want.wait_row && t.well == rows[i].want.well &&
		          t.wait_endpoint == rows[i].want.wait_endpoint);
	}
}
END_TEST

START_TEST(knows_what_is_no_use_to_repeat)
{
	static const struct {
		enum ww_result result;
		int http;
		unsigned most; /* in a row; 0: any number */
	} rows[] = {
		{ WW_RESULT_SENT, 201, 0 },
		{ WW_RESULT_RETRY, 0, 0 },
		{ WW_RESULT_RETRY, 301, 1 },
		{ WW_RESULT_RETRY, 307, 1 },
		{ WW_RESULT_PARKED, 400, 0 },
		{ WW_RESULT_RETRY, 401, 2 },
		{ WW_RESULT_PARKED, 403, 3 },
		{ WW_RESULT_RETRY, 403, 0 }, /* throttled */
		{ WW_RESULT_PARKED, 404, 0 },
		{ WW_RESULT_RETRY, 429, 0 },
		{ WW_RESULT_UNCERTAIN, 503, 0 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_answer a = { .result = rows[i].result, .http = rows[i].http };

		ck_assert_msg(
		    ww_trouble_refusals(&a) == rows[i].most, "row %zu: http %d", i, rows[i].http);
	}
}
END_TEST

START_TEST(tries_again_until_it_is_taken)
{
	static const struct ww_answer script[] = { { .result = WW_RESULT_RETRY, .http = 503 },
		{ .result = WW_RESULT_RETRY },
		{ .result = WW_RESULT_SENT, .http = 201, .remote_id = WW_STR_INIT("r1") } };
	struct bench b;

	bench_open(&b, NULL);
	site_ok(&b.s, ww_sink_failing(&b.s.own, script, 3, &b.wire.inner));
	admit(&b, 1);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Task, create Task, create Task");
	ck_assert_int_eq(site_row(&b.s, 0).attempts, 3);
	site_outbox_is(&b.s, "Task stay settled create");
	unit_str_is(site_row(&b.s, 0).remote_id, "r1");
	bench_close(&b);
}
END_TEST

/* An endpoint in trouble gets one request at a time until it answers sensibly again. */
START_TEST(asks_an_endpoint_in_trouble_one_thing_at_a_time)
{
	struct bench b;

	bench_open(&b, NULL);
	for (int p = 1; p <= 4; p++)
		admit(&b, p);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 2);
	for (size_t i = 0; i < 2; i++)
		reply(&b.wire, i, WW_RESULT_RETRY, 503);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 3);
	reply(&b.wire, 2, WW_RESULT_SENT, 201);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 5); /* well again: two at a time */
	bench_close(&b);
}
END_TEST

START_TEST(rests_as_long_as_the_receiver_asks)
{
	static const struct ww_answer script[] = {
		{ .result = WW_RESULT_RETRY, .http = 429, .retry_after = 3600 },
	};
	struct bench b;

	bench_open(&b, NULL);
	site_ok(&b.s, ww_sink_failing(&b.s.own, script, 1, &b.wire.inner));
	admit(&b, 1);
	turns(&b);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 1);
	bench_close(&b);
}
END_TEST

/* An endpoint that does not let us in gets nothing more until a person has looked. */
START_TEST(pauses_an_endpoint_that_refuses_us)
{
	struct bench b;

	bench_open(&b, NULL);
	admit(&b, 1);
	turns(&b);
	reply(&b.wire, 0, WW_RESULT_RETRY, 401); /* perhaps in passing */
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 2);
	reply(&b.wire, 1, WW_RESULT_RETRY, 401);
	turns(&b);
	admit(&b, 2);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 2);
	site_outbox_is(&b.s, "Task stay due create; Task stay due create");
	(void)site_order(&b.s, "resume", "rcca-ehr", "");
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 3); /* one at a time, in trouble */
	reply(&b.wire, 2, WW_RESULT_SENT, 201);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 4);
	reply(&b.wire, 3, WW_RESULT_RETRY, 401);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 5); /* counted anew */
	bench_close(&b);
}
END_TEST

START_TEST(parks_what_is_forbidden_until_it_is_three_in_a_row)
{
	struct bench b;

	bench_open(&b, NULL);
	for (int p = 1; p <= 5; p++) {
		admit(&b, p);
		turns(&b);
		reply(&b.wire, (size_t)p - 1, p == 2 ? WW_RESULT_SENT : WW_RESULT_PARKED,
		    p == 2 ? 201 : 403);
		turns(&b);
	}
	site_outbox_is(&b.s, "Task stay parked create; Task stay settled create; Task stay parked "
	                     "create; Task stay parked create; Task stay due create");
	ck_assert_uint_eq(b.wire.n, 5);
	admit(&b, 6);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 5);
	bench_close(&b);
}
END_TEST

/* The endpoint rests for a day; an operator who knows better ends that. */
START_TEST(tries_at_once_when_an_operator_says_so)
{
	const struct ww_answer failed = {
		.result = WW_RESULT_RETRY, .http = 503, .retry_after = 86400
	};
	struct bench b;

	bench_open(&b, NULL);
	site_ok(&b.s, ww_sink_failing(&b.s.own, &failed, 1, &b.wire.inner));
	admit(&b, 1);
	turns(&b);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 1);
	(void)site_order(&b.s, "retry-all", "lakeside-ehr", "");
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 1);
	(void)site_order(&b.s, "retry-all", "rcca-ehr", "");
	turns(&b);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 2); /* once, and it rests again */
	ck_assert_uint_eq(ww_courier_gauge(b.courier, 0).failed, 2);
	ck_assert_int_gt(ww_courier_gauge(b.courier, 0).wait_ms, 86000000);
	ck_assert_uint_eq(ww_courier_gauge(b.courier, 1).failed, 0);
	bench_close(&b);
}
END_TEST

/* Restored from a backup: nothing leaves, not even a question, until somebody says so; then it is asked for first. */
START_TEST(sends_nothing_after_a_restore_before_it_is_released)
{
	struct ww_rec_engine r = { .build = WW_STR("test"),
		.tzdata = ww_str_empty(),
		.rules = ww_str_empty(),
		.delivery_key = ww_str_empty(),
		.restored = 1,
		.restored_ms = 1,
		.feeds = ww_str_empty() };
	struct ww_buf body = { 0 };
	struct bench b;

	bench_open(&b, NULL);
	(void)site_says(&b.s, (struct said){ .trigger = "A01", .at = AT("1000") });
	ww_rec_engine_write(&r, &body);
	(void)site_record(&b.s, WW_REC_ENGINE, b.s.now + 1000, &body);
	site_apply(&b.s);
	turns(&b);
	admit(&b, 2);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 0);
	ck_assert_uint_eq(ww_courier_flying(b.courier), 0);
	(void)site_order(&b.s, "release", "", "a test");
	site_apply(&b.s);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "search Task, search Task");
	reply(&b.wire, 0, WW_RESULT_SENT, 200);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "search Task, search Task, update Task");
	bench_close(&b);
}
END_TEST

START_TEST(sends_nothing_that_an_operator_holds_back)
{
	struct ww_outbox row;
	struct bench b;

	bench_open(&b, ww_sink_memory);
	admit(&b, 1);
	row = site_row(&b.s, 0);
	(void)site_order(&b.s, "park",
	    ww_arena_printf(b.s.own.arena, WW_ID_FMT, WW_ID_ARG(row.id)).p, "so that");
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 0);
	(void)site_order(&b.s, "retry-all", "rcca-ehr", "");
	turns(&b);
	site_outbox_is(&b.s, "Task stay settled create");
	bench_close(&b);
}
END_TEST

/* Each notice rests for up to a day; an endpoint that is away is asked each minute all the same, with another one. */
START_TEST(asks_an_endpoint_that_is_away_each_minute)
{
	struct bench b;

	bench_open(&b, NULL);
	stop_courier(&b);
	b.config.retry_first = b.config.retry_most = 86400;
	b.wire = (struct wire){ .s = &b.s };
	b.simulated = 1;
	start_courier(&b);
	for (int p = 1; p <= 6; p++)
		admit(&b, p);
	turns(&b);
	reply(&b.wire, 0, WW_RESULT_RETRY, 503);
	reply(&b.wire, 1, WW_RESULT_RETRY, 503);
	for (size_t n = 2; n < 6; n++) {
		turns(&b);
		ck_assert_int_le(ww_courier_gauge(b.courier, 0).wait_ms, 60000);
		b.simulated += 60000;
		turns(&b);
		ck_assert_uint_eq(b.wire.n, n + 1);
		reply(&b.wire, n, WW_RESULT_RETRY, 503);
	}
	bench_close(&b);
}
END_TEST

/* A row's rest is over and the endpoint's is not: the courier sleeps until there is something to do. */
START_TEST(sleeps_while_an_endpoint_rests)
{
	static const long waits[] = { 10, 1000 };
	struct bench b;

	bench_open(&b, NULL);
	stop_courier(&b);
	b.wire = (struct wire){ .s = &b.s };
	b.simulated = 1;
	start_courier(&b);
	admit(&b, 1);
	admit(&b, 2);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 2);
	for (size_t i = 0; i < 2; i++) {
		reply(&b.wire, i, WW_RESULT_RETRY, 503);
		b.wire.calls[i].answer.retry_after = waits[i];
	}
	turns(&b);
	b.simulated += 11000;
	turns(&b);
	ww_courier_step(b.courier, 1000);
	ck_assert_int_eq(b.wire.timeout, 1000);
	ck_assert_uint_eq(b.wire.n, 2);
	b.simulated += 989000;
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 3);
	bench_close(&b);
}
END_TEST

/* A server that indexes late: a search that finds nothing is made again before anything is sent again. */
START_TEST(searches_as_often_as_the_endpoint_needs)
{
	static const int64_t waits[] = { 2000, 10000 };
	struct ww_endpoint slow[2];
	struct bench b;

	bench_open(&b, NULL);
	memcpy(slow, b.config.endpoints, sizeof(slow));
	slow[0].searches = 3;
	b.config.endpoints = slow;
	stop_courier(&b);
	b.wire = (struct wire){ .s = &b.s };
	b.simulated = 1;
	start_courier(&b);
	admit(&b, 1);
	turns(&b);
	reply(&b.wire, 0, WW_RESULT_UNCERTAIN, 0);
	turns(&b);
	for (size_t i = 1; i < 3; i++) {
		ck_assert_uint_eq(b.wire.n, i + 1);
		ck_assert_int_eq(b.wire.calls[i].verb, WW_VERB_SEARCH);
		reply(&b.wire, i, WW_RESULT_ABSENT, 200);
		turns(&b);
		unit_str_is(site_row(&b.s, 0).reason, "not found yet");
		b.simulated += waits[i - 1] - 1;
		turns(&b);
		ck_assert_uint_eq(b.wire.n, i + 1);
		b.simulated++;
		turns(&b);
	}
	reply(&b.wire, 3, WW_RESULT_ABSENT, 200);
	turns(&b);
	ck_assert_str_eq(
	    calls(&b.wire), "create Task, search Task, search Task, search Task, create Task");
	bench_close(&b);
}
END_TEST

/* -- answers that are lost -------------------------------------------------------------------------- */

START_TEST(looks_for_what_may_have_arrived)
{
	struct bench b;

	/* It did: adopted, and brought up to date. */
	bench_open(&b, ww_sink_memory);
	b.wire.lose = 1;
	b.wire.fate = LOST_BACK;
	admit(&b, 1);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Task, search Task, update Task");
	ck_assert_uint_eq(ww_sink_memory_resources(&b.wire.inner), 1);
	site_outbox_is(&b.s, "Task stay settled create");
	bench_close(&b);
	/* It did not. */
	bench_open(&b, ww_sink_memory);
	b.wire.lose = 1;
	b.wire.fate = LOST_THERE;
	admit(&b, 1);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Task, search Task, create Task");
	ck_assert_uint_eq(ww_sink_memory_resources(&b.wire.inner), 1);
	site_outbox_is(&b.s, "Task stay settled create");
	bench_close(&b);
}
END_TEST

START_TEST(updates_the_version_that_is_there)
{
	struct bench b;

	bench_open(&b, ww_sink_memory);
	admit(&b, 1);
	turns(&b);
	ww_sink_memory_touch(&b.wire.inner, 0); /* as a nurse who accepts the Task */
	site_does(&b.s, .trigger = "A03", .at = LATER("05", "1100"));
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Task, update Task, search Task, update Task");
	site_outbox_is(&b.s, "Task stay settled update");
	/* Deleted there: a person must look, and nothing is made again. */
	ww_sink_memory_delete(&b.wire.inner, 0);
	site_does(&b.s, .trigger = "A13", .at = LATER("05", "1200"));
	turns(&b);
	site_outbox_is(&b.s, "Task stay parked update; Communication correction settled create");
	bench_close(&b);
}
END_TEST

/* A day with an answer lost, at every place it can be lost at, there and back: the receiver has each thing once,
 * in its last state. */
static void
play_day(struct bench *b)
{
	arrive(b, 1);
	turns(b);
	site_does(&b->s, .trigger = "A06", .at = AT("1300"));
	turns(b);
	site_does(&b->s, .trigger = "A11", .at = AT("1400"));
	turns(b);
	site_does(&b->s, .trigger = "A06", .at = AT("1500"));
	turns(b);
	site_does(&b->s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	turns(b);
	turns(b);
}

/* What the receiver has, without what only says when it was sent. The key of a correction is made from the journal
 * number of its cause, which answers that are lost move on. */
static void
write_held(struct bench *b, struct ww_buf *out)
{
	for (size_t i = 0; i < ww_sink_memory_resources(&b->wire.inner); i++) {
		struct ww_sink_held h = ww_sink_memory_resource(&b->wire.inner, i);
		struct ww_json *v = NULL;

		site_ok(&b->s, ww_json_parse(&b->s.own, h.body, &v));
		ww_json_remove(v, "sent");
		ww_json_remove(v, "id"); /* only in the body of an update */
		if (ww_str_is(h.type, "Communication"))
			ww_json_remove(v, "identifier");
		site_ok(&b->s, ww_json_write(&b->s.own, v, false, out));
		ww_buf_byte(out, '\n');
	}
}

START_TEST(ends_the_same_whichever_answer_is_lost)
{
	static const enum fate fates[] = { LOST_THERE, LOST_BACK };
	struct ww_buf want = { 0 };
	struct bench b;
	size_t calls_n;

	bench_open(&b, ww_sink_memory);
	play_day(&b);
	calls_n = b.wire.n;
	ck_assert_uint_ge(calls_n, 6);
	write_held(&b, &want);
	bench_close(&b);
	for (size_t f = 0; f < UNIT_COUNT(fates); f++) {
		for (size_t k = 1; k <= calls_n; k++) {
			struct ww_buf got = { 0 };
			char what[48];

			bench_open(&b, ww_sink_memory);
			b.wire.lose = k;
			b.wire.fate = fates[f];
			play_day(&b);
			ck_assert_uint_gt(b.wire.n, calls_n);
			write_held(&b, &got);
			snprintf(what, sizeof(what), "call %zu lost %s", k,
			    fates[f] == LOST_BACK ? "back" : "there");
			site_same(ww_buf_view(&want), ww_buf_view(&got), what);
			site_outbox_is(&b.s,
			    "Communication ed-arrival settled create; Task stay settled cancel; "
			    "Communication correction settled create; Task stay settled update");
			site_rebuilds(&b.s);
			ww_buf_free(&got);
			bench_close(&b);
		}
	}
	ww_buf_free(&want);
}
END_TEST

/* -- withdrawn at the last moment ------------------------------------------------------------------- */

/* The row was due at the last look; what withdraws it stands in the journal before the ATTEMPT. */
START_TEST(does_not_send_what_was_withdrawn_before_the_attempt)
{
	struct bench b;

	bench_open(&b, ww_sink_memory);
	admit(&b, 1);
	(void)site_says(&b.s, (struct said){ .trigger = "A11", .at = AT("1100") });
	/* Durable is not enough: the ledger must have what stands before it. */
	ww_courier_step(b.courier, 0);
	settle_writer(&b);
	ww_courier_step(b.courier, 0);
	ck_assert_uint_eq(b.wire.n, 0);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 0);
	site_outbox_is(&b.s, "Task stay suppressed create");
	ck_assert_uint_eq(site_rows(&b.s, &ww_entity_attempt).n, 1);
	ck_assert_uint_eq(ww_courier_flying(b.courier), 0);
	site_rebuilds(&b.s);
	bench_close(&b);
}
END_TEST

/* The same behind the ATTEMPT, and known before the request is made. */
START_TEST(does_not_send_what_was_withdrawn_after_the_attempt)
{
	struct bench b;

	bench_open(&b, ww_sink_memory);
	admit(&b, 1);
	arrive(&b, 2);
	ww_courier_step(b.courier, 0);
	settle_writer(&b);
	(void)site_says(&b.s, (struct said){ .trigger = "A11", .at = AT("1100") });
	(void)site_says(&b.s, (struct said){ .trigger = "A11", .at = AT("1100"), .person = 2 });
	site_apply(&b.s);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 0);
	site_outbox_is(&b.s, "Task stay suppressed cancel; "
	                     "Communication ed-arrival suppressed cancel; "
	                     "Communication correction suppressed create; "
	                     "Communication correction suppressed create");
	site_rebuilds(&b.s);
	bench_close(&b);
}
END_TEST

/* What became known before the request was made goes with it. */
START_TEST(sends_the_newest_there_is)
{
	struct bench b;

	bench_open(&b, ww_sink_memory);
	admit(&b, 1);
	ww_courier_step(b.courier, 0);
	settle_writer(&b);
	site_does(&b.s, .trigger = "A03", .at = LATER("05", "1100"));
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "create Task");
	site_outbox_is(&b.s, "Task stay settled update");
	bench_close(&b);
}
END_TEST

/* -- the end ---------------------------------------------------------------------------------------- */

START_TEST(finishes_what_is_under_way_and_starts_nothing)
{
	struct bench b;

	bench_open(&b, NULL);
	admit(&b, 1);
	turns(&b);
	ck_assert_uint_eq(ww_courier_flying(b.courier), 1);
	admit(&b, 2);
	ck_assert(!ww_courier_drain(b.courier, 1));
	ck_assert_uint_eq(b.wire.n, 1);
	reply(&b.wire, 0, WW_RESULT_SENT, 201);
	turns(&b);
	ck_assert(ww_courier_drain(b.courier, 0));
	ck_assert_uint_eq(ww_courier_flying(b.courier), 0);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 1);
	site_outbox_is(&b.s, "Task stay settled create; Task stay due create");
	bench_close(&b);
}
END_TEST

/* Stopped with a request open: its answer comes too late for the journal, and the next start looks for it. */
START_TEST(leaves_what_is_open_to_the_next_start)
{
	struct bench b;

	bench_open(&b, NULL);
	admit(&b, 1);
	admit(&b, 2);
	turns(&b);
	stop_courier(&b);
	site_apply(&b.s);
	ck_assert_int_ne(site_row(&b.s, 0).attempt, 0);
	memset(&b.wire, 0, sizeof(b.wire));
	b.wire.s = &b.s;
	start_courier(&b);
	turns(&b);
	ck_assert_str_eq(calls(&b.wire), "search Task, search Task");
	reply(&b.wire, 0, WW_RESULT_ABSENT, 200);
	reply(&b.wire, 1, WW_RESULT_SENT, 200);
	turns(&b);
	ck_assert_uint_eq(b.wire.n, 4); /* one is made, the other brought up to date */
	ck_assert(
	    (b.wire.calls[2].verb == WW_VERB_CREATE) != (b.wire.calls[3].verb == WW_VERB_CREATE));
	for (size_t i = 2; i < 4; i++)
		reply(
		    &b.wire, i, WW_RESULT_SENT, b.wire.calls[i].verb == WW_VERB_CREATE ? 201 : 200);
	turns(&b);
	site_outbox_is(&b.s, "Task stay settled create; Task stay settled create");
	bench_close(&b);
}
END_TEST

/* The disk takes nothing and the engine stops: the ATTEMPT is not durable, so nothing was sent. */
START_TEST(ends_while_the_journal_is_in_trouble)
{
	struct ww_journal inner;
	struct bench b;

	bench_open(&b, ww_sink_memory);
	admit(&b, 1);
	stop_courier(&b);
	inner = b.s.journal;
	site_ok(&b.s, ww_journal_failing(&b.s.own, inner, WW_E_FULL, 1, UINT64_MAX, &b.s.journal));
	site_ok(&b.s, ww_sink_memory(&b.s.own, &b.wire.inner));
	ww_log_set_level((enum ww_log_level) - 1);
	start_courier(&b);
	ww_courier_step(b.courier, 0);
	ck_assert_uint_eq(ww_courier_flying(b.courier), 1);
	ck_assert(!ww_courier_drain(b.courier, 1));
	ww_writer_stop(b.writer);
	ww_courier_detach(b.courier);
	ww_courier_step(b.courier, 0);
	ck_assert_uint_eq(ww_courier_flying(b.courier), 0);
	ck_assert_uint_eq(b.wire.n, 0);
	b.sink.ops->close(b.sink.self);
	ww_courier_free(b.courier);
	site_close(&b.s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { asks_an_endpoint_that_is_away_each_minute,
		sleeps_while_an_endpoint_rests, reads_few_rows_for_each_when_people_have_many,
		goes_through_a_long_list_in_parts,
		sends_nothing_after_a_restore_before_it_is_released,
		tries_at_once_when_an_operator_says_so, sends_nothing_that_an_operator_holds_back,
		lets_nobody_wait_for_one_with_very_many,
		reads_few_rows_for_each_however_many_are_due,
		remembers_no_more_than_so_many_that_fail, searches_as_often_as_the_endpoint_needs,
		delivers_and_tells_the_journal_before_and_after, sends_to_a_sink_that_keeps_nothing,
		sends_nothing_while_the_journal_takes_nothing, keeps_the_order_of_one_person,
		keeps_the_order_while_the_first_one_rests, lets_nobody_wait_for_another_person,
		lets_no_endpoint_wait_for_another, sends_nothing_to_an_endpoint_that_is_paused,
		passes_by_what_is_parked, parks_what_cannot_be_written,
		rests_longer_each_time_and_never_too_long, knows_what_each_result_means,
		knows_what_is_no_use_to_repeat, pauses_an_endpoint_that_refuses_us,
		parks_what_is_forbidden_until_it_is_three_in_a_row, tries_again_until_it_is_taken,
		asks_an_endpoint_in_trouble_one_thing_at_a_time, rests_as_long_as_the_receiver_asks,
		looks_for_what_may_have_arrived, updates_the_version_that_is_there,
		ends_the_same_whichever_answer_is_lost,
		does_not_send_what_was_withdrawn_before_the_attempt,
		does_not_send_what_was_withdrawn_after_the_attempt, sends_the_newest_there_is,
		finishes_what_is_under_way_and_starts_nothing,
		leaves_what_is_open_to_the_next_start, ends_while_the_journal_is_in_trouble };

	return unit_main("courier", tests, UNIT_COUNT(tests));
}
