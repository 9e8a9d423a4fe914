/* An engine that begins with a backup: it holds what it would send, looks for what may have been sent before, and goes
 * on when an operator says so. A rebuild knows all of that. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#include <wardwire/log.h>

#define AT(hhmm) "20260302" hhmm
#define HOUR ((int64_t)3600 * 1000)

/* The ENGINE record that a restore writes at that time. */
static uint64_t
restore(struct site *s, const char *at, const char *feeds)
{
	struct ww_rec_engine r = { .build = WW_STR("test"),
		.tzdata = WW_STR("2026a"),
		.rules = WW_STR("admission/1"),
		.delivery_key = ww_str_empty(),
		.restored = (int64_t)ww_apply_cursor(s->apply),
		.restored_ms = s->now,
		.feeds = ww_str_from(feeds) };
	struct ww_buf body = { 0 };
	uint64_t seq;

	ww_rec_engine_write(&r, &body);
	seq = site_record(s, WW_REC_ENGINE, site_ms(at), &body);
	site_apply(s);
	return seq;
}

static struct ww_cursor
cursor_of(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_cursor);

	return *WW_ROW(&rows, cursor, 0);
}

static void
settle(struct site *s, size_t i)
{
	struct ww_outbox row = site_row(s, i);
	uint64_t attempt = site_attempt(s, &row, WW_VERB_CREATE);

	(void)site_outcome(s, &row, attempt, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	site_apply(s);
}

START_TEST(looks_for_what_was_due_or_parked)
{
	struct site s;
	int64_t seq;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 1);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 2);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 3);
	settle(&s, 0);
	(void)site_order(&s, "park",
	    ww_arena_printf(s.own.arena, WW_ID_FMT, WW_ID_ARG(site_row(&s, 1).id)).p, "a test");
	site_apply(&s);
	site_outbox_is(&s, "Task stay settled create; Task stay parked create; "
	                   "Task stay due create");
	seq = (int64_t)restore(&s, AT("2000"), "mercy 1772463605000\nnorth 0\n");
	ck_assert_int_eq(cursor_of(&s).held, seq);
	ck_assert_int_eq(cursor_of(&s).restored, seq);
	ck_assert_int_eq(site_row(&s, 0).attempt, 0); /* its version is asked for when it must be */
	ck_assert_int_eq(site_row(&s, 1).attempt, seq);
	ck_assert_int_eq(site_row(&s, 2).attempt, seq);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(remembers_where_the_backup_ends)
{
	const struct ww_gap *gap;
	const struct ww_restore *r;
	struct ww_rows rows;
	struct site s;
	int64_t seq;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	seq = (int64_t)restore(&s, AT("2000"), "mercy 1772463605000\nnorth 0\n");
	rows = site_rows(&s, &ww_entity_restore);
	ck_assert_uint_eq(rows.n, 1);
	r = WW_ROW(&rows, restore, 0);
	ck_assert(r->seq == seq && r->last == seq - 1 && r->released == 0);
	ck_assert_int_eq(r->last_ms, site_ms(AT("1000")) + 5000);
	ck_assert_int_eq(r->since_ms, site_ms(AT("2000")));
	rows = site_rows(&s, &ww_entity_gap);
	ck_assert_uint_eq(rows.n, 2);
	gap = WW_ROW(&rows, gap, 0);
	unit_str_is(gap->feed, "mercy");
	ck_assert(gap->last_ms == INT64_C(1772463605000) && gap->restored == seq);
	ck_assert_int_eq(WW_ROW(&rows, gap, 1)->last_ms, 0);
	site_close(&s);
}
END_TEST

/* What the hospital sends again was perhaps told by the engine that was lost; what happens now was not. */
START_TEST(looks_first_for_what_is_sent_again)
{
	struct site s;
	int64_t seq;

	site_open(&s);
	seq = (int64_t)restore(&s, AT("1200"), "");
	site_does(&s, .trigger = "A01", .at = AT("1100"), .person = 1);
	site_does(&s, .trigger = "A01", .at = AT("1300"), .person = 2);
	ck_assert_int_eq(site_row(&s, 0).attempt, seq);
	ck_assert_int_eq(site_row(&s, 1).attempt, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Sent again with its cancellation: nobody hears of it, unless it turns out that somebody did. */
START_TEST(withdraws_what_was_perhaps_told)
{
	struct ww_outbox row;
	struct site s;
	uint64_t attempt;

	site_open(&s);
	(void)restore(&s, AT("1200"), "");
	site_does(&s, .trigger = "A01", .at = AT("1100"));
	site_does(&s, .trigger = "A11", .at = AT("1130"));
	site_outbox_is(&s, "Task stay due cancel; Communication correction due create");
	row = site_row(&s, 0);
	attempt = site_attempt(&s, &row, WW_VERB_SEARCH);
	(void)site_outcome(&s, &row, attempt, WW_VERB_SEARCH, WW_RESULT_ABSENT, 200);
	site_apply(&s);
	site_outbox_is(
	    &s, "Task stay suppressed cancel; Communication correction suppressed create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(is_released_once_and_by_order)
{
	struct ww_rows rows;
	struct site s;
	int64_t seq;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	(void)site_order(&s, "release", "", "before there is anything to release");
	site_apply(&s);
	rows = site_rows(&s, &ww_entity_operator);
	unit_str_is(WW_ROW(&rows, operator, 0)->refused, "WW-216 sending is not held");
	(void)restore(&s, AT("2000"), "");
	seq = (int64_t)site_order(&s, "release", "", "the practice was called");
	site_apply(&s);
	ck_assert_int_eq(cursor_of(&s).held, 0);
	ck_assert_int_ne(cursor_of(&s).restored, 0);
	rows = site_rows(&s, &ww_entity_restore);
	ck_assert_int_eq(WW_ROW(&rows, restore, 0)->released, seq);
	rows = site_rows(&s, &ww_entity_operator);
	ck_assert_int_eq(WW_ROW(&rows, operator, 1)->changed, 1);
	/* From now on its age counts, and not from before the engine was lost. */
	ck_assert_int_eq(site_row(&s, 0).owed_ms, s.now);
	(void)site_order(&s, "release", "", "once more");
	site_apply(&s);
	rows = site_rows(&s, &ww_entity_operator);
	unit_str_is(WW_ROW(&rows, operator, 2)->refused, "WW-216 sending is not held");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Days may pass before somebody releases it: nothing is parked for its age meanwhile. */
START_TEST(parks_nothing_while_it_is_held)
{
	struct ww_buf none = { 0 };
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	(void)restore(&s, AT("1200"), "");
	(void)site_record(&s, WW_REC_TICK, s.now + 24 * 90 * HOUR, &none);
	site_apply(&s);
	site_outbox_is(&s, "Task stay due create");
	(void)site_order(&s, "release", "", "late");
	(void)site_record(&s, WW_REC_TICK, s.now + HOUR / 60, &none);
	site_apply(&s);
	site_outbox_is(&s, "Task stay due create");
	(void)site_record(&s, WW_REC_TICK, s.now + 24 * 90 * HOUR, &none);
	site_apply(&s);
	site_outbox_is(&s, "Task stay parked create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { looks_for_what_was_due_or_parked,
		remembers_where_the_backup_ends, looks_first_for_what_is_sent_again,
		withdraws_what_was_perhaps_told, is_released_once_and_by_order,
		parks_nothing_while_it_is_held };

	return unit_main("restored", tests, UNIT_COUNT(tests));
}
