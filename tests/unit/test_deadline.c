/* The clock of a Task: when it warns and runs out, what stops it, what begins it anew, and when the backup gets the Task. And
 * the timers that it stands on: in order, each once, in chunks, and the same from the journal. */
#include "tests/unit/unit.h"

#include "report/status.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

enum { MINUTE = 60000, HOUR = 60 * MINUTE };
#define DAY ((int64_t)24 * HOUR)

static void
tick(struct site *s, int64_t time)
{
	struct ww_buf none = { 0 };

	(void)site_record(s, WW_REC_TICK, time, &none);
	site_apply(s);
}

/* The n-th round of all Tasks. */
static struct ww_deadline
round_of(struct site *s, size_t n)
{
	struct ww_rows rows = site_rows(s, &ww_entity_deadline);

	ck_assert_uint_lt(n, rows.n);
	return *WW_ROW(&rows, deadline, n);
}

static size_t
count(struct site *s, const struct ww_entity *e)
{
	return site_rows(s, e).n;
}

/* "task-warning+18h task-breach+24h": timers, and how long after t they are due. */
static const char *
timers(struct site *s, int64_t t)
{
	struct ww_rows rows = site_rows(s, &ww_entity_timer);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_timer *r = WW_ROW(&rows, timer, i);
		int64_t minutes = (r->due_ms - t) / MINUTE;

		text = ww_arena_printf(s->own.arena, "%s%s%s+%d:%02d", text, i > 0 ? " " : "",
		    ww_timer_kind_text(r->kind), (int)(minutes / 60), (int)(minutes % 60))
		           .p;
	}
	return text;
}

static void
send(struct site *s)
{
	for (size_t i = 0; i < count(s, &ww_entity_outbox); i++) {
		struct ww_outbox row = site_row(s, i);
		uint64_t seq;

		if (row.state != WW_outbox_state_DUE)
			continue;
		seq = site_attempt(s, &row, row.sent == 0 ? WW_VERB_CREATE : WW_VERB_UPDATE);
		(void)site_outcome(s, &row, seq, row.sent == 0 ? WW_VERB_CREATE : WW_VERB_UPDATE,
		    WW_RESULT_SENT, row.sent == 0 ? 201 : 200);
		site_apply(s);
	}
}

/* The receiver's answer to a send says what the Task's status is there. */
static void
says(struct site *s, size_t row, const char *status)
{
	struct ww_outbox o = site_row(s, row);
	struct ww_rec_outcome r = { .outbox = o.id,
		.revision = o.wanted,
		.verb = WW_VERB_UPDATE,
		.result = WW_RESULT_SENT,
		.http = 200,
		.remote_id = WW_STR("r"),
		.etag = ww_str_empty(),
		.reason = ww_str_empty(),
		.key = o.key,
		.status = ww_str_from(status) };
	struct ww_buf body = { 0 };

	r.attempt = (int64_t)site_attempt(s, &o, WW_VERB_UPDATE);
	ww_rec_outcome_write(&r, &body);
	(void)site_record(s, WW_REC_OUTCOME, s->now + 100, &body);
	site_apply(s);
}

#define ADMIT .trigger = "A01", .at = "202603021000"

START_TEST(warns_and_runs_out)
{
	struct site s;
	int64_t t;

	site_open(&s);
	site_does(&s, ADMIT);
	t = s.now;
	ck_assert_str_eq(timers(&s, t), "task-warning+18:00 task-breach+24:00");
	tick(&s, t + 18 * HOUR - 1);
	ck_assert_int_eq(round_of(&s, 0).warned_ms, 0);
	tick(&s, t + 18 * HOUR);
	ck_assert_int_eq(round_of(&s, 0).warned_ms, t + 18 * HOUR);
	ck_assert_int_eq(site_row(&s, 0).warned_ms, t + 18 * HOUR);
	ck_assert_str_eq(timers(&s, t), "task-breach+24:00");
	tick(&s, t + 24 * HOUR + 5);
	ck_assert_int_eq(round_of(&s, 0).breached_ms, t + 24 * HOUR + 5);
	ck_assert_int_eq(site_row(&s, 0).breached_ms, t + 24 * HOUR + 5);
	ck_assert_str_eq(timers(&s, t), "");
	ck_assert_int_eq(round_of(&s, 0).received_ms, t);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* "running 1 breached 2", as wardwire status has it. */
static const char *
clocks(struct site *s)
{
	struct ww_json *o = NULL;
	const char *text = "";

	site_ok(s, ww_status_report(&s->ledger, &s->own, &o));
	for (const struct ww_json *c = ww_json_first(ww_json_get(o, "clocks")); c != NULL;
	     c = ww_json_next(c))
		text = ww_arena_printf(s->own.arena, "%s%s%.*s %d", text,
		    text[0] != '\0' ? " " : "", WW_STR_FMT(ww_json_key(c)), (int)ww_json_int(c))
		           .p;
	return text;
}

START_TEST(is_counted_by_how_late_it_is)
{
	struct site s;
	int64_t t;

	site_open(&s);
	ck_assert_str_eq(clocks(&s), "");
	site_does(&s, ADMIT);
	t = s.now;
	ck_assert_str_eq(clocks(&s), "running 1");
	tick(&s, t + 18 * HOUR);
	ck_assert_str_eq(clocks(&s), "warned 1");
	site_does(&s, .trigger = "A01", .at = "202603031100", .person = 2);
	ck_assert_str_eq(clocks(&s), "running 1 warned 1");
	tick(&s, t + 24 * HOUR);
	ck_assert_str_eq(clocks(&s), "running 1 breached 1");
	send(&s);
	says(&s, 0, "in-progress");
	ck_assert_str_eq(clocks(&s), "running 1");
	site_does(&s, .trigger = "A11", .at = "202603031200", .person = 2);
	ck_assert_str_eq(clocks(&s), "");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* A week without the engine: each timer fires once, and what came in before the first TICK is dealt with first. */
START_TEST(catches_up_without_doubling)
{
	struct site s;
	int64_t t;

	site_open(&s);
	site_does(&s, ADMIT);
	t = s.now;
	tick(&s, t + 7 * DAY);
	tick(&s, t + 7 * DAY + MINUTE);
	ck_assert_int_eq(round_of(&s, 0).warned_ms, t + 7 * DAY);
	ck_assert_int_eq(round_of(&s, 0).breached_ms, t + 7 * DAY);
	ck_assert_uint_eq(count(&s, &ww_entity_deadline), 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(stops_when_somebody_acts)
{
	static const struct {
		const char *status;
		bool stops;
	} rows[] = {
		{ "requested", false },
		{ "received", false },
		{ "accepted", true },
		{ "in-progress", true },
		{ "completed", true },
		{ "rejected", true },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;
		int64_t t;

		site_open(&s);
		site_does(&s, ADMIT);
		t = s.now;
		send(&s);
		says(&s, 0, rows[i].status);
		ck_assert_msg((timers(&s, t)[0] == '\0') == rows[i].stops, "%s", rows[i].status);
		tick(&s, t + 2 * DAY);
		ck_assert_msg(
		    (round_of(&s, 0).breached_ms == 0) == rows[i].stops, "%s", rows[i].status);
		ck_assert((round_of(&s, 0).acknowledged_ms != 0) == rows[i].stops);
		ck_assert_int_ne(round_of(&s, 0).sent_ms, 0);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* The discharge is something new to be done, also for those who took up the Task when the patient came. */
START_TEST(begins_anew_with_news)
{
	struct site s;
	int64_t t;

	site_open(&s);
	site_does(&s, ADMIT);
	send(&s);
	says(&s, 0, "in-progress");
	site_does(&s, .trigger = "A03", .at = "202603051000", .out = "202603051000");
	t = s.now;
	ck_assert_uint_eq(count(&s, &ww_entity_deadline), 2);
	ck_assert_str_eq(timers(&s, t), "task-warning+18:00 task-breach+24:00");
	send(&s);
	says(&s, 0, "in-progress"); /* as before: nobody has done anything yet */
	ck_assert_str_eq(timers(&s, t), "task-warning+18:00 task-breach+24:00");
	says(&s, 0, "completed");
	ck_assert_str_eq(timers(&s, t), "");
	ck_assert_int_ne(round_of(&s, 1).done_ms, 0);
	ck_assert_int_eq(round_of(&s, 0).done_ms, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* What is owed longest goes on: news do not give more time for what nobody has looked at. */
START_TEST(gives_no_more_time_for_what_nobody_saw)
{
	struct site s;
	int64_t t;

	site_open(&s);
	site_does(&s, ADMIT);
	t = s.now;
	site_does(&s, .trigger = "A03", .at = "202603030900", .out = "202603030900");
	ck_assert_uint_eq(count(&s, &ww_entity_deadline), 1);
	tick(&s, t + 24 * HOUR);
	ck_assert_int_eq(round_of(&s, 0).breached_ms, t + 24 * HOUR);
	site_close(&s);
}
END_TEST

START_TEST(ends_with_what_is_withdrawn)
{
	struct site s;
	int64_t t;

	site_open(&s);
	site_does(&s, ADMIT);
	t = s.now;
	site_does(&s, .trigger = "A11", .at = "202603021100");
	ck_assert_str_eq(timers(&s, t), "");
	tick(&s, t + 2 * DAY);
	ck_assert_int_eq(round_of(&s, 0).breached_ms, 0);
	ck_assert_int_ne(round_of(&s, 0).ended_ms, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* An operator's order to give it up: nobody is late with what nobody is to do. */
START_TEST(does_not_run_out_for_what_was_discarded)
{
	struct site s;
	int64_t t;

	site_open(&s);
	site_does(&s, ADMIT);
	t = s.now;
	(void)site_order(&s, "discard",
	    ww_arena_printf(s.own.arena, WW_ID_FMT, WW_ID_ARG(site_row(&s, 0).id)).p, "test");
	ck_assert_int_eq(site_row(&s, 0).state, WW_outbox_state_DISCARDED);
	tick(&s, t + 2 * DAY);
	ck_assert_int_eq(round_of(&s, 0).breached_ms, 0);
	site_close(&s);
}
END_TEST

/* More than one record can fire: the next ones do, and apply says that work is left until it is done. */
START_TEST(fires_in_chunks)
{
	enum { STAYS = 1300 }; /* two timers each */
	struct site s;
	struct ww_buf none = { 0 };
	struct ww_rows rows;
	size_t late = 0;

	site_open(&s);
	for (int i = 0; i < STAYS; i++)
		(void)site_says(&s,
		    (struct said){ ADMIT, .visit = ww_arena_printf(s.own.arena, "W%d^^^MERCY", i).p,
		        .control = ww_arena_printf(s.own.arena, "W%d", i).p });
	site_apply(&s);
	ck_assert_int_eq(ww_apply_due(s.apply), s.now + 18 * HOUR);
	tick(&s, s.now + 3 * DAY);
	ck_assert_int_eq(ww_apply_due(s.apply), 0);
	ck_assert_uint_eq(count(&s, &ww_entity_timer), 2 * STAYS - 2000);
	(void)site_record(&s, WW_REC_TICK, s.now, &none);
	site_apply(&s);
	ck_assert_uint_eq(count(&s, &ww_entity_timer), 0);
	ck_assert_int_gt(ww_apply_due(s.apply), s.now);
	rows = site_rows(&s, &ww_entity_deadline);
	for (size_t i = 0; i < rows.n; i++)
		late += WW_ROW(&rows, deadline, i)->breached_ms != 0;
	ck_assert_uint_eq(late, STAYS);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { warns_and_runs_out, is_counted_by_how_late_it_is,
		catches_up_without_doubling, stops_when_somebody_acts, begins_anew_with_news,
		gives_no_more_time_for_what_nobody_saw, ends_with_what_is_withdrawn,
		does_not_run_out_for_what_was_discarded, fires_in_chunks };

	return unit_main("deadline", tests, UNIT_COUNT(tests));
}
