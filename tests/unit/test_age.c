/* What too long a wait does to a notice: an alarm, then parking, both by the journaled time alone; and what becomes of a
 * parked notice when the hospital takes back what it tells of. */
#include "tests/unit/unit.h"

#include "report/queue.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#define AT(hhmm) "20260302" hhmm
#define LATER(day, hhmm) "202603" day hhmm

#define MINUTE ((int64_t)60000)
#define HOUR (60 * MINUTE)

static void
tick(struct site *s, int64_t time)
{
	struct ww_buf none = { 0 };

	(void)site_record(s, WW_REC_TICK, time, &none);
	site_apply(s);
}

static int64_t
alarm_of(struct site *s, const char *endpoint)
{
	struct ww_hand h;
	bool found = false;

	ww_row_init(&ww_entity_hand, &h);
	h.endpoint = ww_str_from(endpoint);
	site_ok(s, ww_get(&s->ledger, &s->own, hand, &h, &found)); /* none: blank */
	return h.alarm_ms;
}

static void
end(struct site *s, size_t n, enum ww_verb verb, enum ww_result result, int http)
{
	struct ww_outbox row = site_row(s, n);
	uint64_t at = site_attempt(s, &row, verb);

	(void)site_outcome(s, &row, at, verb, result, http);
	site_apply(s);
}

static void
order(struct site *s, const char *what, size_t n)
{
	struct ww_outbox row = site_row(s, n);

	(void)site_order(
	    s, what, ww_arena_printf(s->own.arena, WW_ID_FMT, WW_ID_ARG(row.id)).p, "so that");
}

/* -- age -------------------------------------------------------------------------------------------- */

START_TEST(alarms_where_a_notice_is_due_for_too_long)
{
	struct site s;
	int64_t t;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	t = site_row(&s, 0).owed_ms;
	ck_assert_int_eq(t, s.now);
	tick(&s, t + 10 * MINUTE - 1);
	ck_assert_int_eq(alarm_of(&s, "rcca-ehr"), 0);
	tick(&s, t + 10 * MINUTE);
	ck_assert_int_eq(alarm_of(&s, "rcca-ehr"), t + 10 * MINUTE);
	ck_assert_int_eq(alarm_of(&s, "lakeside-ehr"), 0);
	tick(&s, t + 20 * MINUTE);
	ck_assert_int_eq(alarm_of(&s, "rcca-ehr"), t + 10 * MINUTE); /* still the same one */
	end(&s, 0, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	tick(&s, s.now + 1);
	ck_assert_int_eq(alarm_of(&s, "rcca-ehr"), 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(parks_what_is_due_for_longer_than_may_be)
{
	struct site s;
	int64_t t;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	t = site_row(&s, 0).owed_ms;
	site_does(&s, .trigger = "A01", .at = AT("1500"), .person = 2);
	tick(&s, t + 72 * HOUR - 1);
	site_outbox_is(&s, "Task stay due create; Task stay due create");
	tick(&s, t + 72 * HOUR);
	site_outbox_is(&s, "Task stay parked create; Task stay due create");
	unit_str_is(site_row(&s, 0).reason, "not delivered within 72 hours");
	/* It is not lost: an order makes it due again, with all the time there is. */
	order(&s, "retry", 0);
	tick(&s, s.now + 71 * HOUR);
	site_outbox_is(&s, "Task stay due create; Task stay parked create");
	tick(&s, s.now + HOUR);
	site_outbox_is(&s, "Task stay parked create; Task stay parked create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* A Task that changes every day is not old: it is due since the first change that it lacks. */
START_TEST(counts_from_the_first_change_that_is_lacking)
{
	struct site s;
	int64_t t;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	end(&s, 0, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	ck_assert_int_eq(site_row(&s, 0).owed_ms, 0);
	tick(&s, s.now + 100 * HOUR);
	site_outbox_is(&s, "Task stay settled create");
	site_does(&s, .trigger = "A03", .at = LATER("07", "1100"));
	t = site_row(&s, 0).owed_ms;
	ck_assert_int_eq(t, s.now);
	site_does(&s, .trigger = "A13", .at = LATER("07", "1200"));
	ck_assert_int_eq(site_row(&s, 0).owed_ms, t);
	tick(&s, t + 72 * HOUR);
	site_outbox_is(&s, "Task stay parked update");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* More rows than a page, old ones that became due again among them. */
START_TEST(parks_all_that_are_old_and_no_other)
{
	struct ww_rows rows;
	struct site s;
	size_t parked = 0;
	int64_t t;

	site_open(&s);
	for (int i = 0; i < 90; i++)
		site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 1 + i % 15,
		    .visit = ww_arena_printf(s.own.arena, "V%d^^^MERCY", i).p);
	t = s.now;
	order(&s, "park", 3);
	tick(&s, t + 60 * HOUR);
	order(&s, "retry", 3);
	tick(&s, t + 72 * HOUR);
	rows = site_rows(&s, &ww_entity_outbox);
	for (size_t i = 0; i < rows.n; i++)
		parked += WW_ROW(&rows, outbox, i)->state == WW_outbox_state_PARKED;
	ck_assert_uint_eq(rows.n, 90);
	ck_assert_uint_eq(parked, 89);
	ck_assert_int_eq(site_row(&s, 3).state, WW_outbox_state_DUE);
	ck_assert_int_ne(alarm_of(&s, "rcca-ehr"), 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- a withdrawal behind what is parked -------------------------------------------------------------- */

/* Nothing of it left: both are settled, and nobody hears of it. */
START_TEST(settles_a_parked_creation_with_its_withdrawal)
{
	static const char *const ways[] = { "age", "order", "refused" };

	for (size_t i = 0; i < UNIT_COUNT(ways); i++) {
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"));
		site_does(&s, .trigger = "A04", .at = AT("1000"), .class_ = "E", .person = 2);
		for (size_t n = 0; n < 2; n++) {
			if (i == 1)
				order(&s, "park", n);
			else if (i == 2)
				end(&s, n, WW_VERB_CREATE, WW_RESULT_PARKED, 422);
		}
		if (i == 0)
			tick(&s, s.now + 73 * HOUR);
		site_outbox_is(
		    &s, "Task stay parked create; Communication ed-arrival parked create");
		site_does(&s, .trigger = "A11", .at = LATER("06", "1000"));
		site_does(&s, .trigger = "A11", .at = LATER("06", "1000"), .person = 2);
		site_outbox_is(&s, "Task stay suppressed create; "
		                   "Communication ed-arrival suppressed create");
		ck_assert(ww_str_starts(
		    site_row(&s, 0).reason, WW_STR("withdrawn before it was sent: ")));
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* It may have arrived: a search says whether there is something to take back. */
START_TEST(searches_for_a_parked_creation_that_may_have_arrived)
{
	static const struct {
		enum ww_result found;
		const char *after;
	} rows[] = {
		{ WW_RESULT_ABSENT, "Task stay suppressed cancel; "
		                    "Communication ed-arrival suppressed cancel; "
		                    "Communication correction suppressed create; "
		                    "Communication correction suppressed create" },
		{ WW_RESULT_SENT, "Task stay due cancel; "
		                  "Communication ed-arrival settled create; "
		                  "Communication correction due create; "
		                  "Communication correction due create" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"));
		site_does(&s, .trigger = "A04", .at = AT("1000"), .class_ = "E", .person = 2);
		for (size_t n = 0; n < 2; n++)
			end(&s, n, WW_VERB_CREATE, WW_RESULT_UNCERTAIN, 0);
		tick(&s, s.now + 73 * HOUR);
		site_outbox_is(
		    &s, "Task stay parked create; Communication ed-arrival parked create");
		site_does(&s, .trigger = "A11", .at = LATER("06", "1000"));
		site_does(&s, .trigger = "A11", .at = LATER("06", "1000"), .person = 2);
		site_outbox_is(&s, "Task stay due cancel; Communication ed-arrival due cancel; "
		                   "Communication correction due create; "
		                   "Communication correction due create");
		for (size_t n = 0; n < 2; n++)
			end(&s, n, WW_VERB_SEARCH, rows[i].found, 200);
		site_outbox_is(&s, rows[i].after);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* The receiver deleted the Task, and then the hospital takes the stay back. */
START_TEST(lets_go_of_what_was_deleted_and_is_withdrawn)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	end(&s, 0, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1000"));
	end(&s, 0, WW_VERB_UPDATE, WW_RESULT_PARKED, 410);
	site_outbox_is(&s, "Task stay parked update; Communication update due create");
	site_does(&s, .trigger = "A11", .at = LATER("06", "1000"));
	site_outbox_is(&s, "Task stay suppressed cancel; Communication update suppressed create; "
	                   "Communication correction due create");
	ck_assert(ww_str_starts(
	    site_row(&s, 0).reason, WW_STR("deleted by the receiver, then withdrawn: ")));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- what is shown ---------------------------------------------------------------------------------- */

START_TEST(shows_what_waits_by_endpoint)
{
	struct ww_queue_filter f = { .endpoint = ww_str_empty(), .most = 10 };
	struct ww_json *v = NULL;
	struct site s;

	site_open(&s);
	for (int p = 1; p <= 3; p++)
		site_does(&s, .trigger = "A01", .at = AT("1000"), .person = p);
	site_does(&s, .trigger = "A01", .at = AT("1200"), .person = 19);
	order(&s, "park", 1);
	(void)site_order(&s, "pause", "lakeside-ehr", "so that");
	tick(&s, s.now + 30 * MINUTE);
	site_ok(&s, ww_queue_endpoints(&s.ledger, &s.own, &v));
	ck_assert_uint_eq(ww_json_len(v), 2);
	unit_str_is(ww_json_str(ww_json_get(ww_json_at(v, 0), "name")), "lakeside-ehr");
	ck_assert_int_eq(ww_json_int(ww_json_get(ww_json_at(v, 0), "due")), 1);
	ck_assert_ptr_nonnull(ww_json_get(ww_json_at(v, 0), "paused"));
	ck_assert_ptr_nonnull(ww_json_get(ww_json_at(v, 0), "alarm"));
	unit_str_is(ww_json_str(ww_json_get(ww_json_at(v, 1), "name")), "rcca-ehr");
	ck_assert_int_eq(ww_json_int(ww_json_get(ww_json_at(v, 1), "due")), 2);
	ck_assert_int_eq(ww_json_int(ww_json_get(ww_json_at(v, 1), "parked")), 1);
	unit_str_is(ww_json_str(ww_json_get(ww_json_at(v, 1), "oldest")), "2026-03-02T15:00:05Z");
	ck_assert_ptr_null(ww_json_get(ww_json_at(v, 1), "paused"));

	site_ok(&s, ww_queue_list(&s.ledger, &s.own, &f, &v));
	ck_assert_uint_eq(ww_json_len(v), 4);
	f.most = 2;
	site_ok(&s, ww_queue_list(&s.ledger, &s.own, &f, &v));
	ck_assert_uint_eq(ww_json_len(v), 2);
	f.state = WW_outbox_state_PARKED;
	site_ok(&s, ww_queue_list(&s.ledger, &s.own, &f, &v));
	ck_assert_uint_eq(ww_json_len(v), 1);
	unit_str_is(
	    ww_json_str(ww_json_get(ww_json_at(v, 0), "reason")), "parked by an operator: so that");
	f = (struct ww_queue_filter){
		.endpoint = WW_STR("rcca-ehr"), .state = WW_outbox_state_DUE, .most = 10
	};
	site_ok(&s, ww_queue_list(&s.ledger, &s.own, &f, &v));
	ck_assert_uint_eq(ww_json_len(v), 2);
	ck_assert_ptr_nonnull(ww_json_get(ww_json_at(v, 0), "since"));
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { alarms_where_a_notice_is_due_for_too_long,
		parks_what_is_due_for_longer_than_may_be,
		counts_from_the_first_change_that_is_lacking, parks_all_that_are_old_and_no_other,
		settles_a_parked_creation_with_its_withdrawal,
		searches_for_a_parked_creation_that_may_have_arrived,
		lets_go_of_what_was_deleted_and_is_withdrawn, shows_what_waits_by_endpoint };

	return unit_main("age", tests, UNIT_COUNT(tests));
}
