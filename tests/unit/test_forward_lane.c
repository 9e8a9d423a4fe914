/* Messages on their way along routes: order, one at a time, what the journal must hold before the next one leaves, and that no
 * lane waits for another. Apply and courier on one thread, the writer's beside it. */
#include "tests/unit/unit.h"

#include "courier/courier.h"
#include "store/writer.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/log.h>

#include <sched.h>
#include <stdatomic.h>

#define AT(hhmm) "20260302" hhmm

/* -- peers ------------------------------------------------------------------------------------------- */

enum { SENT_MAX = 1024, LANES_MAX = 3 };

enum mood { TAKES, IS_AWAY, REFUSES, HANGS };

struct sent {
	ww_str lane, key, body;
	ww_sink_done *done;
	void *arg;
	bool over;
};

/* Stands for all peers. */
struct peers {
	struct site *s;
	struct sent sent[SENT_MAX];
	size_t n;
	struct {
		const char *lane;
		enum mood mood;
	} moods[LANES_MAX]; /* of those not named here: TAKES */
};

static enum mood
mood_of(const struct peers *p, ww_str lane)
{
	for (size_t i = 0; i < LANES_MAX; i++) {
		if (p->moods[i].lane != NULL && ww_str_is(lane, p->moods[i].lane))
			return p->moods[i].mood;
	}
	return TAKES;
}

/* What must be durable before it leaves: its ATTEMPT, and the OUTCOME of all that were sent before on its lane. */
static void
check_journal(const struct peers *p, ww_str lane, ww_str key)
{
	struct ww_record r = { .seq = 0 };
	size_t attempts = 0, outcomes = 0, before = 0;
	bool found = true;

	for (size_t i = 0; i < p->n; i++) {
		if (!ww_str_eq(p->sent[i].lane, lane))
			continue;
		ck_assert_msg(p->sent[i].over, "two of a lane are under way");
		before++;
	}
	while (found) {
		struct ww_rec_attempt a;
		struct ww_rec_outcome o;

		site_ok(p->s, ww_journal_read(&p->s->journal, &p->s->own, r.seq + 1, &r, &found));
		if (found && r.kind == WW_REC_ATTEMPT) {
			site_ok(p->s, ww_rec_attempt_read(&p->s->own, r.body, &a));
			attempts += ww_str_eq(a.key, key);
		} else if (found && r.kind == WW_REC_OUTCOME) {
			site_ok(p->s, ww_rec_outcome_read(&p->s->own, r.body, &o));
			for (size_t i = 0; i < p->n; i++)
				outcomes += ww_str_eq(p->sent[i].lane, lane) &&
				            ww_str_eq(p->sent[i].key, o.key);
		}
	}
	ck_assert_uint_gt(attempts, 0);
	ck_assert_uint_ge(outcomes, before);
}

static ww_status
peers_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct peers *p = self;

	(void)cx;
	ck_assert_int_eq(r->verb, WW_VERB_FORWARD);
	ck_assert_uint_lt(p->n, SENT_MAX);
	check_journal(p, r->lane, r->key);
	p->sent[p->n++] = (struct sent){ .lane = ww_arena_str(p->s->own.arena, r->lane),
		.key = ww_arena_str(p->s->own.arena, r->key),
		.body = ww_arena_str(p->s->own.arena, r->body),
		.done = done,
		.arg = arg };
	return WW_OK;
}

static void
end(struct sent *x, enum ww_result result)
{
	const struct ww_answer a = { .result = result,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.status = ww_str_empty(),
		.reason = result == WW_RESULT_SENT ? "" : "as the test wants it" };

	x->over = true;
	x->done(x->arg, &a);
}

static void
peers_poll(void *self, int timeout_ms)
{
	static const enum ww_result results[] = {
		[TAKES] = WW_RESULT_SENT, [IS_AWAY] = WW_RESULT_RETRY, [REFUSES] = WW_RESULT_PARKED
	};
	struct peers *p = self;

	(void)timeout_ms;
	for (size_t i = 0; i < p->n; i++) {
		enum mood mood = mood_of(p, p->sent[i].lane);

		if (!p->sent[i].over && mood != HANGS)
			end(&p->sent[i], results[mood]);
	}
}

static void
peers_wake(void *self)
{
	(void)self;
}

static void
peers_close(void *self)
{
	struct peers *p = self;

	for (size_t i = 0; i < p->n; i++) {
		if (!p->sent[i].over)
			end(&p->sent[i], WW_RESULT_UNCERTAIN);
	}
}

static const struct ww_sink_ops peers_ops = { .name = "peers",
	.send = peers_send,
	.poll = peers_poll,
	.wake = peers_wake,
	.close = peers_close };

/* -- the bench ---------------------------------------------------------------------------------------- */

#define CONFIG                                                                                     \
	"data: data\n"                                                                             \
	"retry: {first: 1, most: 1}\n"                                                             \
	"listeners: [{name: a, mllp: 'localhost:0'}]\n"                                            \
	"feeds: [{name: mercy, on: a}]\n"                                                          \
	"endpoints: [{name: lab, mllp: 'localhost:1', refused: retry}, {name: web, http: "         \
	"'http://localhost:2/in'}, {name: out, dir: o}]\n"                                         \
	"routes: [{name: r, to: [lab, web, out]}]\n"

struct bench {
	struct site s;
	struct ww_journal gate; /* what the writer writes to */
	atomic_bool shut;       /* it takes nothing */
	struct ww_writer *writer;
	struct ww_courier *courier;
	struct peers peers;
	struct ww_sink sink;
	int64_t ticks; /* ms; moved by the test */
};

static ww_status
gate_append(void *self, struct ww_ctx *cx, struct ww_record *r, size_t n)
{
	struct bench *b = self;

	if (atomic_load(&b->shut))
		return ww_fail(cx, WW_E_FULL, NULL, "as the test wants it");
	return ww_journal_append(&b->s.journal, cx, r, n);
}

static const struct ww_journal_ops gate_ops = { .name = "gate", .append = gate_append };

static int64_t
now_of(void *self)
{
	struct site *s = self;

	return s->now += 10;
}

static int64_t
ticks_of(void *self)
{
	return ((struct bench *)self)->ticks;
}

static uint64_t
applied(void *arg)
{
	return ww_apply_cursor(((struct bench *)arg)->s.apply);
}

static void
start(struct bench *b)
{
	struct ww_writer_settings ws = {
		.journal = &b->gate, .clock = { now_of, &b->s }, .retry_ms = 1
	};
	struct ww_courier_settings cs = { .view = &b->s.ledger,
		.journal = &b->s.journal,
		.sink = &b->sink,
		.clock = { now_of, &b->s },
		.ticks = { ticks_of, b },
		.config = ww_apply_config(b->s.apply),
		.applied = applied,
		.arg = b };

	b->peers.n = 0;
	site_ok(&b->s, ww_writer_start(&b->s.own, &ws, &b->writer));
	cs.writer = b->writer;
	site_ok(&b->s, ww_courier_new(&b->s.own, &cs, &b->courier));
}

static void
stop(struct bench *b)
{
	ww_writer_stop(b->writer);
	ww_courier_detach(b->courier);
	peers_close(&b->peers);
	ww_courier_free(b->courier);
	site_apply(&b->s);
}

static void
enter(struct bench *b)
{
	ww_log_set_level((enum ww_log_level) - 1);
	memset(b, 0, sizeof(*b));
	site_open_empty(&b->s);
	(void)site_engine(&b->s, SITE_KEY);
	(void)site_config(&b->s, CONFIG);
	site_apply(&b->s);
	b->peers.s = &b->s;
	b->gate = (struct ww_journal){ &gate_ops, b };
	b->sink = (struct ww_sink){ &peers_ops, &b->peers };
	b->ticks = 1000000;
	start(b);
}

static void
leave(struct bench *b)
{
	stop(b);
	site_rebuilds(&b->s);
	site_close(&b->s);
}

/* The journal belongs to the writer's thread while there is something for it to write. */
static void
wait_for_writer(struct bench *b)
{
	while (ww_writer_pending(b->writer) > 0)
		sched_yield();
}

/* Rounds until nothing moves any more: nothing is being written, all is applied, and no request waits but those that hang. */
static void
settle(struct bench *b)
{
	for (unsigned quiet = 0; quiet < 3;) {
		uint64_t before = applied(b);
		size_t n = b->peers.n;

		ww_courier_step(b->courier, 0);
		wait_for_writer(b);
		site_apply(&b->s);
		quiet = applied(b) == before && b->peers.n == n ? quiet + 1 : 0;
	}
}

/* Messages from..to, of as many people. */
static void
tell(struct bench *b, int from, int to)
{
	wait_for_writer(b);
	for (int i = from; i <= to; i++) {
		const char *control = ww_arena_printf(b->s.own.arena, "C%d", i).p;

		(void)site_does(&b->s, .trigger = "A01", .at = AT("1000"), .person = i % 20 + 1,
		    .control = control);
	}
}

static void
order(struct bench *b, const char *what, const char *subject)
{
	wait_for_writer(b);
	(void)site_order(&b->s, what, subject, "as the test wants it");
}

/* MSH-10 of what was sent on that lane, "C1 C2 C3". */
static const char *
got(struct bench *b, const char *lane)
{
	const char *text = "";

	for (size_t i = 0; i < b->peers.n; i++) {
		ww_str rest = b->peers.sent[i].body, field = ww_str_empty();

		if (!ww_str_is(b->peers.sent[i].lane, lane))
			continue;
		for (int k = 0; k < 10; k++)
			field = ww_str_cut(rest, '|', &rest);
		text = ww_arena_printf(
		    b->s.own.arena, "%s%s%.*s", text, text[0] != '\0' ? " " : "", WW_STR_FMT(field))
		           .p;
	}
	return text;
}

#define got_is(b, lane, want) ck_assert_str_eq(got(b, lane), want)

static size_t
in_state(struct bench *b, const char *lane, enum ww_outbox_state state)
{
	struct ww_rows rows = site_rows(&b->s, &ww_entity_outbox);
	size_t n = 0;

	for (size_t i = 0; i < rows.n; i++)
		n += ww_str_is(WW_ROW(&rows, outbox, i)->endpoint, lane) &&
		     WW_ROW(&rows, outbox, i)->state == (int64_t)state;
	return n;
}

static void
set_mood(struct bench *b, size_t i, const char *lane, enum mood mood)
{
	b->peers.moods[i].lane = lane;
	b->peers.moods[i].mood = mood;
}

/* C1 to C4 were sent on all lanes; on r/lab C5 hangs, and C6 to C8 are announced behind it. */
static void
enter_hung(struct bench *b)
{
	enter(b);
	tell(b, 1, 4);
	settle(b);
	set_mood(b, 0, "r/lab", HANGS);
	tell(b, 5, 8);
	settle(b);
}

/* -- tests ------------------------------------------------------------------------------------------- */

START_TEST(sends_the_bytes_as_they_came)
{
	struct said said = { .trigger = "A01", .at = AT("1000"), .control = "C1" };
	struct bench b;
	ww_str bytes;

	enter(&b);
	bytes = site_bytes(&b.s, &said);
	(void)site_message(&b.s, "mercy", bytes, b.s.now + 1000);
	site_apply(&b.s);
	settle(&b);
	ck_assert_uint_eq(b.peers.n, 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert(ww_str_eq(b.peers.sent[i].body, bytes));
	unit_str_is(b.peers.sent[0].lane, "r/lab");
	unit_str_is(b.peers.sent[0].key, "000000000003-r@lab");
	ck_assert_uint_eq(in_state(&b, "r/lab", WW_outbox_state_SETTLED), 1);
	leave(&b);
}
END_TEST

/* More than are announced ahead. */
START_TEST(keeps_the_order_of_many)
{
	const char *want = "C1";
	struct bench b;

	enter(&b);
	for (int i = 2; i <= 150; i++)
		want = ww_arena_printf(b.s.own.arena, "%s C%d", want, i).p;
	tell(&b, 1, 150);
	settle(&b);
	got_is(&b, "r/lab", want);
	got_is(&b, "r/out", want);
	ck_assert_uint_eq(in_state(&b, "r/lab", WW_outbox_state_SETTLED), 150);
	ck_assert_uint_eq(ww_courier_flying(b.courier), 0);
	leave(&b);
}
END_TEST

START_TEST(waits_with_a_lane_for_the_message_that_failed)
{
	struct bench b;

	enter(&b);
	tell(&b, 1, 3);
	settle(&b);
	set_mood(&b, 0, "r/lab", IS_AWAY);
	tell(&b, 4, 9);
	settle(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4");
	got_is(&b, "r/web", "C1 C2 C3 C4 C5 C6 C7 C8 C9");
	ck_assert_uint_eq(ww_courier_gauge(b.courier, 3).failed, 1);
	ck_assert_uint_eq(in_state(&b, "r/lab", WW_outbox_state_DUE), 6);
	b.ticks += 1001;
	settle(&b); /* still away */
	set_mood(&b, 0, "r/lab", TAKES);
	b.ticks += 1001;
	settle(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C4 C4 C5 C6 C7 C8 C9");
	ck_assert_uint_eq(in_state(&b, "r/lab", WW_outbox_state_SETTLED), 9);
	leave(&b);
}
END_TEST

START_TEST(goes_on_behind_a_message_that_is_refused_for_good)
{
	struct bench b;

	enter(&b);
	set_mood(&b, 0, "r/web", REFUSES);
	tell(&b, 1, 2);
	settle(&b);
	set_mood(&b, 0, "r/web", TAKES);
	tell(&b, 3, 4);
	settle(&b);
	got_is(&b, "r/web", "C1 C2 C3 C4");
	ck_assert_uint_eq(in_state(&b, "r/web", WW_outbox_state_PARKED), 2);
	/* A person wants them sent after all. */
	order(&b, "retry-all", "r/web");
	settle(&b);
	got_is(&b, "r/web", "C1 C2 C3 C4 C1 C2");
	ck_assert_uint_eq(in_state(&b, "r/web", WW_outbox_state_SETTLED), 4);
	leave(&b);
}
END_TEST

START_TEST(waits_for_no_other_lane)
{
	struct bench b;

	enter(&b);
	set_mood(&b, 0, "r/lab", HANGS);
	set_mood(&b, 1, "r/out", IS_AWAY);
	tell(&b, 1, 5);
	settle(&b);
	got_is(&b, "r/lab", "C1");
	got_is(&b, "r/out", "C1");
	got_is(&b, "r/web", "C1 C2 C3 C4 C5");
	leave(&b);
}
END_TEST

START_TEST(sends_nothing_while_paused)
{
	static const char *const subjects[] = { "r/lab", "lab" }; /* the lane, and its endpoint */

	for (size_t i = 0; i < UNIT_COUNT(subjects); i++) {
		struct bench b;

		enter(&b);
		set_mood(&b, 0, "r/lab", HANGS);
		tell(&b, 1, 4);
		settle(&b);
		order(&b, "pause", subjects[i]);
		set_mood(&b, 0, "r/lab", TAKES);
		settle(&b); /* the one under way ends */
		got_is(&b, "r/lab", "C1");
		got_is(&b, "r/web", "C1 C2 C3 C4");
		order(&b, "resume", subjects[i]);
		settle(&b);
		got_is(&b, "r/lab", "C1 C2 C3 C4");
		leave(&b);
	}
}
END_TEST

START_TEST(sends_nothing_that_an_order_took_away)
{
	struct bench b;

	enter_hung(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C5");
	order(&b, "park",
	    ww_arena_printf(b.s.own.arena, WW_ID_FMT, WW_ID_ARG(site_row(&b.s, (size_t)5 * 3).id))
	        .p);
	set_mood(&b, 0, "r/lab", TAKES);
	settle(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C5 C7 C8");
	order(&b, "retry-all", "lab");
	settle(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C5 C7 C8 C6");
	leave(&b);
}
END_TEST

/* Rounds in which time passes, and nothing is written or applied but what is allowed. */
static void
rounds(struct bench *b)
{
	for (int i = 0; i < 10; i++) {
		b->ticks += 1001;
		ww_courier_step(b->courier, 0);
		if (!atomic_load(&b->shut))
			wait_for_writer(b);
	}
}

START_TEST(sends_nothing_that_is_not_announced)
{
	struct bench b;

	enter(&b);
	tell(&b, 1, 2);
	atomic_store(&b.shut, true);
	rounds(&b);
	ck_assert_uint_eq(b.peers.n, 0);
	atomic_store(&b.shut, false);
	settle(&b);
	got_is(&b, "r/lab", "C1 C2");
	leave(&b);
}
END_TEST

START_TEST(sends_nothing_before_it_is_known_how_the_last_one_ended)
{
	struct bench b;

	enter_hung(&b);
	atomic_store(&b.shut, true);
	set_mood(&b, 0, "r/lab", TAKES);
	rounds(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C5");
	atomic_store(&b.shut, false);
	settle(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C5 C6 C7 C8");
	leave(&b);
}
END_TEST

/* Apply may be far behind. */
START_TEST(goes_on_while_nothing_is_applied_and_sends_nothing_twice)
{
	struct bench b;

	enter(&b);
	tell(&b, 1, 5);
	rounds(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C5");
	rounds(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C5");
	ck_assert_uint_eq(in_state(&b, "r/lab", WW_outbox_state_DUE), 5);
	settle(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C5");
	leave(&b);
}
END_TEST

/* What was sent and of which no end is known is sent again as it was; what was announced only, for the first time. */
START_TEST(sends_again_after_a_restart_what_has_no_outcome)
{
	struct bench b;
	ww_str key, body;

	enter_hung(&b);
	key = b.peers.sent[b.peers.n - 1].key;
	body = b.peers.sent[b.peers.n - 1].body;
	ck_assert_uint_eq(in_state(&b, "r/lab", WW_outbox_state_DUE), 4);
	for (size_t i = 0; i < b.peers.n; i++) {
		if (!b.peers.sent[i].over) {
			key = b.peers.sent[i].key;
			body = b.peers.sent[i].body;
		}
	}
	stop(&b);
	set_mood(&b, 0, "r/lab", TAKES);
	start(&b);
	settle(&b);
	got_is(&b, "r/lab", "C5 C6 C7 C8");
	ck_assert(ww_str_eq(b.peers.sent[0].key, key) && ww_str_eq(b.peers.sent[0].body, body));
	got_is(&b, "r/web", "");
	leave(&b);
}
END_TEST

START_TEST(ends_what_is_under_way_and_starts_nothing_when_it_stops)
{
	struct bench b;

	enter_hung(&b);
	ck_assert(!ww_courier_drain(b.courier, 0));
	set_mood(&b, 0, "r/lab", TAKES);
	settle(&b);
	got_is(&b, "r/lab", "C1 C2 C3 C4 C5");
	ck_assert_uint_eq(ww_courier_flying(b.courier), 0);
	leave(&b);
}
END_TEST

/* Restored: nothing leaves before the release. */
START_TEST(sends_nothing_while_sending_is_held)
{
	struct ww_rec_engine r = { .build = WW_STR("test"),
		.tzdata = WW_STR("2026a"),
		.rules = ww_str_empty(),
		.delivery_key = ww_str_empty(),
		.restored = 3,
		.restored_ms = 1,
		.feeds = ww_str_empty() };
	struct ww_buf body = { 0 };
	struct bench b;

	enter(&b);
	set_mood(&b, 0, "r/lab", IS_AWAY);
	tell(&b, 1, 2);
	settle(&b);
	wait_for_writer(&b);
	ww_rec_engine_write(&r, &body);
	(void)site_record(&b.s, WW_REC_ENGINE, b.s.now + 1000, &body);
	site_apply(&b.s);
	set_mood(&b, 0, "r/lab", TAKES);
	b.ticks += 1001;
	tell(&b, 3, 3);
	settle(&b);
	got_is(&b, "r/lab", "C1");
	got_is(&b, "r/web", "C1 C2");
	order(&b, "release", "");
	settle(&b);
	got_is(&b, "r/lab", "C1 C1 C2 C3");
	got_is(&b, "r/web", "C1 C2 C3");
	leave(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { sends_the_bytes_as_they_came, keeps_the_order_of_many,
		waits_with_a_lane_for_the_message_that_failed,
		goes_on_behind_a_message_that_is_refused_for_good, waits_for_no_other_lane,
		sends_nothing_while_paused, sends_nothing_that_an_order_took_away,
		sends_nothing_that_is_not_announced,
		sends_nothing_before_it_is_known_how_the_last_one_ended,
		goes_on_while_nothing_is_applied_and_sends_nothing_twice,
		sends_again_after_a_restart_what_has_no_outcome,
		ends_what_is_under_way_and_starts_nothing_when_it_stops,
		sends_nothing_while_sending_is_held };

	return unit_main("forward_lane", tests, UNIT_COUNT(tests));
}
