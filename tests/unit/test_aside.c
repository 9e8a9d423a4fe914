/* Records that are passed by, and how they get another chance. */
#include "tests/unit/unit.h"

#include "tests/unit/request_fixture.h"

#include <wardwire/log.h>

#define AT(hhmm) "20260302" hhmm
#define DEADLY "WW-901 the engine ended twice while it was applied"

static void
enter(struct site *s)
{
	ww_log_set_level((enum ww_log_level) - 1);
	site_open(s);
}

static uint64_t
admits(struct site *s, int person)
{
	return site_says(s, (struct said){ .trigger = "A01", .at = AT("1000"), .person = person });
}

/* An order that is not applied yet. */
static uint64_t
orders(struct site *s, const char *order, const char *subject)
{
	struct ww_rec_operator r = { .order = ww_str_from(order),
		.subject = ww_str_from(subject),
		.reason = WW_STR("again"),
		.who = WW_STR("tester") };
	struct ww_buf body = { 0 };

	ww_rec_operator_write(&r, &body);
	return site_record(s, WW_REC_OPERATOR, s->now + 100, &body);
}

/* What the start of an engine appends that died twice. */
static uint64_t
names(struct site *s, uint64_t failed)
{
	struct ww_rec_quarantine r = { (int64_t)failed, WW_STR("WW-901") };
	struct ww_buf body = { 0 };

	ww_rec_quarantine_write(&r, &body);
	return site_record(s, WW_REC_QUARANTINE, s->now + 1000, &body);
}

/* A new process applies what there is. */
static void
start(struct site *s)
{
	ww_apply_close(s->apply);
	site_apply_open(s);
	site_apply(s);
}

/* "4 message: the reason", one after the other. */
static const char *
set_aside(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_quarantine);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_quarantine *q = WW_ROW(&rows, quarantine, i);

		text = site_join(s, text,
		    ww_arena_printf(s->own.arena, "%d %.*s by %d: %.*s", (int)q->seq,
		        WW_STR_FMT(q->kind), (int)q->by, WW_STR_FMT(q->reason)));
	}
	return text;
}

static struct ww_operator
order_row(struct site *s, uint64_t seq)
{
	struct ww_operator o;
	bool found = false;

	ww_row_init(&ww_entity_operator, &o);
	o.seq = (int64_t)seq;
	site_ok(s, ww_get(&s->ledger, &s->own, operator, & o, &found));
	ck_assert(found);
	return o;
}

static uint64_t
order_about(struct site *s, const char *order, uint64_t seq, const char *reason)
{
	const char *subject = ww_arena_printf(s->own.arena, "%llu", (unsigned long long)seq).p;

	return site_order(s, order, subject, reason);
}

static uint64_t
replays(struct site *s, uint64_t seq)
{
	return order_about(s, "replay", seq, "the fault is mended");
}

static uint64_t
dismisses(struct site *s, uint64_t seq)
{
	return order_about(s, "dismiss", seq, "known from elsewhere");
}

/* -- passing by -------------------------------------------------------------------------------------- */

START_TEST(passes_by_the_record_that_one_behind_it_names)
{
	for (int bad = 1; bad <= 3; bad++) {
		uint64_t seq = 0;
		struct site s;

		enter(&s);
		for (int i = 1; i <= 3; i++)
			seq = i == bad ? admits(&s, i) : (admits(&s, i), seq);
		(void)names(&s, seq);
		start(&s);
		ck_assert_str_eq(site_disposition(&s, seq), "quarantined: " DEADLY);
		site_flags_are(&s, "admission open; admission open");
		ck_assert_str_eq(set_aside(&s),
		    ww_arena_printf(s.own.arena, "%d message by 7: " DEADLY, (int)seq).p);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* A configuration, a roster, an order: nothing is left of them but that they were passed by. */
START_TEST(passes_by_records_of_every_kind)
{
	struct site s;
	uint64_t order;

	enter(&s);
	(void)site_config(&s, SITE_CONFIG_WITH(", state: observe"));
	(void)site_edition(&s, WW_STR(SITE_ROSTER_HEADER));
	(void)names(&s, 4);
	(void)names(&s, 5);
	(void)admits(&s, 1);
	start(&s);
	ck_assert_str_eq(set_aside(&s), "4 config by 6: " DEADLY "; 5 roster by 7: " DEADLY);
	site_flags_are(&s, "admission open");
	site_outbox_is(&s, "Task stay due create");
	(void)names(&s, site_asks(&s, (struct asked){ .type = "Patient",
	                                  .raw = "{\"resourceType\":\"Patient\"}" }));
	start(&s);
	ck_assert_int_eq(site_answer_of(&s, 9).http, 500);
	ck_assert_int_eq(site_request_message(&s, 9).disposition, WW_disposition_QUARANTINED);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_resource).n, 0);
	order = orders(&s, "pause", "rcca-ehr");
	(void)names(&s, order);
	start(&s);
	unit_str_is(order_row(&s, order).refused, DEADLY);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_hand).n, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(takes_no_notice_of_what_names_nothing_before_it)
{
	struct ww_buf body = { 0 };
	struct site s;

	enter(&s);
	(void)names(&s, 6);
	ww_buf_cstr(&body, "\x01");
	(void)site_record(&s, WW_REC_QUARANTINE, s.now + 1000, &body);
	(void)admits(&s, 1);
	start(&s);
	site_flags_are(&s, "admission open");
	ck_assert_str_eq(set_aside(&s), "");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(runs_a_copy_of_what_ended_the_engine)
{
	struct said m = { .trigger = "A01", .at = AT("1000"), .control = "1" };
	struct site s;
	uint64_t seq;

	enter(&s);
	seq = site_says(&s, m);
	(void)names(&s, seq);
	start(&s);
	site_flags_are(&s, "");
	ck_assert_str_eq(site_disposition(&s, site_tells(&s, m)), "applied");
	site_flags_are(&s, "admission open");
	/* And then it need not be run itself. */
	ck_assert_int_eq(order_row(&s, replays(&s, seq)).changed, 1);
	ck_assert_str_eq(site_disposition(&s, seq), "duplicate: the same message as journal 6");
	ck_assert_str_eq(set_aside(&s), "");
	site_flags_are(&s, "admission open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- another chance ---------------------------------------------------------------------------------- */

START_TEST(applies_a_message_again_when_that_is_ordered)
{
	struct site s;
	uint64_t seq, order;

	enter(&s);
	seq = admits(&s, 1);
	(void)admits(&s, 2);
	(void)names(&s, seq);
	start(&s);
	site_flags_are(&s, "admission open");
	order = replays(&s, seq);
	unit_str_is(order_row(&s, order).refused, "");
	ck_assert_int_eq(order_row(&s, order).changed, 1);
	ck_assert_str_eq(site_disposition(&s, seq), "applied");
	ck_assert_str_eq(set_aside(&s), "");
	site_flags_are(&s, "admission open; admission open");
	site_outbox_is(&s, "Task stay due create; Task stay due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(refuses_to_run_what_still_fails_and_undoes_nothing_else)
{
	struct said lost = { .trigger = "A01", .at = AT("1000"), .feed = "nobody" };
	struct site s;
	uint64_t seq, order;

	enter(&s);
	seq = site_tells(&s, lost);
	ck_assert_str_eq(set_aside(&s),
	    "4 message by 0: WW-216 feed no feed of that name in the configuration in force");
	(void)admits(&s, 2); /* in the same batch as the order */
	order = replays(&s, seq);
	unit_str_is(order_row(&s, order).refused,
	    "WW-216 feed no feed of that name in the configuration in force");
	unit_str_is(order_row(&s, order).reason, "the fault is mended");
	ck_assert_int_eq(order_row(&s, order).changed, 0);
	site_flags_are(&s, "admission open");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(runs_what_failed_for_want_of_a_configuration)
{
	struct said early = { .trigger = "A01", .at = AT("1000") };
	struct site s;
	uint64_t seq;

	ww_log_set_level((enum ww_log_level) - 1);
	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	seq = site_tells(&s, early);
	(void)site_config(&s, SITE_CONFIG);
	(void)site_edition(&s, site_roster(&s));
	ck_assert_int_eq(order_row(&s, replays(&s, seq)).changed, 1);
	ck_assert_str_eq(site_disposition(&s, seq), "applied");
	site_flags_are(&s, "admission open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(says_why_an_order_to_run_something_again_is_refused)
{
	struct site s;
	uint64_t roster;

	enter(&s);
	unit_str_is(order_row(&s, replays(&s, 99)).refused, "WW-214 no such record is set aside");
	roster = site_edition(&s, WW_STR("no roster at all"));
	site_apply(&s);
	unit_str_is(order_row(&s, replays(&s, roster)).refused,
	    "WW-216 only a message or a request can be run again");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(gives_up_a_record_when_that_is_ordered)
{
	struct site s;
	uint64_t roster, message;

	enter(&s);
	roster = site_edition(&s, WW_STR("no roster at all"));
	message =
	    site_tells(&s, (struct said){ .trigger = "A01", .at = AT("1000"), .feed = "nobody" });
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 2);
	ck_assert_int_eq(order_row(&s, dismisses(&s, roster)).changed, 1);
	ck_assert_int_eq(order_row(&s, dismisses(&s, message)).changed, 1);
	ck_assert_str_eq(set_aside(&s), "");
	ck_assert_int_eq(site_message_row(&s, message).disposition, WW_disposition_QUARANTINED);
	unit_str_is(
	    order_row(&s, dismisses(&s, message)).refused, "WW-214 no such record is set aside");
	unit_str_is(
	    order_row(&s, replays(&s, message)).refused, "WW-214 no such record is set aside");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The order is what was in hand when the engine ended again. */
START_TEST(passes_by_an_order_that_ended_the_engine)
{
	struct site s;
	uint64_t seq, order;

	enter(&s);
	seq = admits(&s, 1);
	(void)names(&s, seq);
	start(&s);
	order = orders(&s, "replay", "4");
	(void)names(&s, order);
	start(&s);
	unit_str_is(order_row(&s, order).refused, DEADLY);
	ck_assert_int_eq(site_message_row(&s, seq).disposition, WW_disposition_QUARANTINED);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		passes_by_the_record_that_one_behind_it_names,
		passes_by_records_of_every_kind,
		takes_no_notice_of_what_names_nothing_before_it,
		runs_a_copy_of_what_ended_the_engine,
		applies_a_message_again_when_that_is_ordered,
		refuses_to_run_what_still_fails_and_undoes_nothing_else,
		runs_what_failed_for_want_of_a_configuration,
		says_why_an_order_to_run_something_again_is_refused,
		gives_up_a_record_when_that_is_ordered,
		passes_by_an_order_that_ended_the_engine,
	};

	return unit_main("aside", tests, UNIT_COUNT(tests));
}
