/* A roster that says something else: who was told wrongly hears of it, who should know gets what is open, and nobody
 * else hears anything. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#define AT(hhmm) "20260302" hhmm
#define ON(day, hhmm) "202603" day hhmm

#define NO_LONGER "the payer's roster no longer names this practice for that day"
#define NOT_THAT_MEMBER                                                                            \
	"the patient is not that member: birth date or name on the payer's roster differ"

/* Rows of the person in most tests: member 1, who is rcca's when the stay begins. */
#define MEMBER(practice, birth, from, to)                                                          \
	"M0001,\"TESTFAMILY1, GIVEN1\"," birth ",F," practice "," from "," to "\n"
#define RCCA MEMBER("rcca", "1950-03-02", "2025-01-01", "")
#define RCCA_UNTIL(to) MEMBER("rcca", "1950-03-02", "2025-01-01", to)
#define LAKESIDE_FROM(from) MEMBER("lakeside", "1950-03-02", from, "")
#define OTHERS "M0009,\"TESTFAMILY9, GIVEN9\",1950-03-02,F,rcca,2025-01-01,\n"

static void
reads(struct site *s, const char *rows)
{
	(void)site_edition(s, ww_arena_printf(s->own.arena, "%s%s", SITE_ROSTER_HEADER, rows));
	site_apply(s);
}

static void
opens(struct site *s, const char *rows)
{
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	(void)site_config(s, SITE_CONFIG);
	reads(s, rows);
	s->now = site_ms(AT("0800"));
}

/* The n-th notice reaches its receiver. */
static void
sends(struct site *s, size_t n)
{
	struct ww_outbox row = site_row(s, n);
	uint64_t attempt = site_attempt(s, &row, WW_VERB_CREATE);

	(void)site_outcome(s, &row, attempt, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	site_apply(s);
}

/* Its receiver gives the Task a status. */
static void
sets_status(struct site *s, size_t n, const char *status)
{
	struct ww_outbox row = site_row(s, n);
	struct ww_rec_outcome r = { .outbox = row.id,
		.attempt = (int64_t)site_attempt(s, &row, WW_VERB_UPDATE),
		.revision = row.wanted,
		.verb = WW_VERB_UPDATE,
		.result = WW_RESULT_SENT,
		.http = 200,
		.remote_id = row.remote_id,
		.etag = row.etag,
		.reason = ww_str_empty(),
		.status = ww_str_from(status) };
	struct ww_buf body = { 0 };

	ww_rec_outcome_write(&r, &body);
	(void)site_record(s, WW_REC_OUTCOME, s->now + 100, &body);
	site_apply(s);
}

static void
ticks(struct site *s)
{
	struct ww_buf none = { 0 };

	(void)site_record(s, WW_REC_TICK, s->now + 60000, &none);
	site_apply(s);
}

/* Why the n-th flag was retracted. */
static void
reason_is(struct site *s, size_t n, const char *want)
{
	struct ww_rows flags = site_rows(s, &ww_entity_flag);

	ck_assert_uint_lt(n, flags.n);
	unit_str_is(WW_ROW(&flags, flag, n)->reason, want);
}

START_TEST(tells_the_old_practice_and_the_new_one_at_once)
{
	struct site s;

	opens(&s, RCCA);
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	sends(&s, 0);
	sends(&s, 1);
	reads(&s, RCCA_UNTIL("2026-02-28") LAKESIDE_FROM("2026-03-01"));
	site_flags_are(&s, "ed-arrival retracted; admission retracted; admission open lakeside");
	reason_is(&s, 0, NO_LONGER);
	site_outbox_is(&s, "Communication ed-arrival settled create; Task stay due cancel; "
	                   "Task stay due create lakeside; Communication correction due create; "
	                   "Communication correction due create");
	ck_assert_ptr_nonnull(
	    strstr(ww_arena_cstr(s.own.arena, site_template(&s, site_row(&s, 3).id)), NO_LONGER));
	/* From there on the stay is the new practice's alone. */
	site_does(&s, .trigger = "A03", .at = ON("05", "1100"), .to = "01");
	site_flags_are(&s, "ed-arrival retracted; admission retracted; admission open lakeside; "
	                   "discharge open lakeside; readmission-risk open lakeside");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(says_nothing_of_what_was_not_sent_yet)
{
	struct site s;

	opens(&s, RCCA);
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	reads(&s, RCCA_UNTIL("2026-02-28"));
	site_flags_are(&s, "ed-arrival retracted; admission retracted");
	site_outbox_is(
	    &s, "Communication ed-arrival suppressed create; Task stay suppressed create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* What an edition says of member 1 during the stay, what the practices have then, and why rcca does not. */
START_TEST(goes_by_what_the_roster_says_of_the_day)
{
	static const struct {
		const char *edition, *flags, *why;
	} rows[] = {
		{ RCCA OTHERS, "admission open", "" },
		/* Gone: for what begins from now on. */
		{ OTHERS, "admission open", "" },
		{ RCCA_UNTIL("2026-03-02"), "admission open", "" },
		{ RCCA_UNTIL("2026-03-01"), "admission retracted", NO_LONGER },
		/* The row is another, the practice is not. */
		{ MEMBER("rcca", "1950-03-02", "2026-03-01", ""), "admission open", "" },
		{ LAKESIDE_FROM("2026-03-03"), "admission open", "" },
		{ LAKESIDE_FROM("2026-03-02"), "admission retracted; admission open lakeside",
		    NO_LONGER },
		{ LAKESIDE_FROM(""), "admission retracted; admission open lakeside", NO_LONGER },
		{ RCCA LAKESIDE_FROM(""), "admission open; admission open lakeside", "" },
		{ MEMBER("rcca", "1950-03-03", "2025-01-01", ""), "admission retracted",
		    NOT_THAT_MEMBER },
		{ "M0001,\"OTHER, SOMEONE\",1950-03-02,F,rcca,2025-01-01,\n", "admission retracted",
		    NOT_THAT_MEMBER },
		{ "M0001,\"TESTFAMILY1, OTHER\",1950-03-02,M,rcca,2025-01-01,\n", "admission open",
		    "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;

		opens(&s, RCCA);
		site_does(&s, .trigger = "A01", .at = AT("1000"));
		reads(&s, rows[i].edition);
		ck_assert_msg(
		    strcmp(site_flags(&s), rows[i].flags) == 0, "%zu: %s", i, site_flags(&s));
		reason_is(&s, 0, rows[i].why);
		/* The next message finds nothing more to do. */
		site_does(&s, .trigger = "A08", .at = AT("1100"));
		ck_assert_msg(
		    strcmp(site_flags(&s), rows[i].flags) == 0, "%zu, A08: %s", i, site_flags(&s));
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(tells_a_practice_of_a_stay_when_the_member_comes_onto_its_roster)
{
	static const struct said rows[] = {
		{ .member = "M-0001" },
		{ .member = "", .in1_36 = "M0001" },
		{ .member = "", .in2_61 = "M0001" },
		{ .no_in1 = true, .pid3 = "MR1^^^MERCY^MR~m0001^^^ACME^MB" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct said m = rows[i];
		struct site s;

		opens(&s, OTHERS);
		m.trigger = "A01";
		m.at = AT("1000");
		(void)site_tells(&s, m);
		site_flags_are(&s, "");
		reads(&s, OTHERS RCCA);
		site_flags_are(&s, "admission open");
		site_outbox_is(&s, "Task stay due create");
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* Stays that have ended: as long as somebody has the Task before them, and not for ever. */
START_TEST(lets_what_is_over_rest)
{
	static const struct {
		const char *out, *status;
		const char *flags;
	} rows[] = {
		{ ON("05", "1100"), "requested",
		    "admission retracted; discharge retracted; readmission-risk retracted; "
		    "discharge open lakeside; readmission-risk open lakeside" },
		{ ON("05", "1100"), "in-progress",
		    "admission retracted; discharge retracted; readmission-risk retracted; "
		    "discharge open lakeside; readmission-risk open lakeside" },
		{ ON("05", "1100"), "completed",
		    "admission open; discharge open; readmission-risk open" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;

		opens(&s, RCCA);
		site_does(&s, .trigger = "A01", .at = AT("1000"));
		sends(&s, 0);
		site_does(&s, .trigger = "A03", .at = rows[i].out, .to = "01");
		sets_status(&s, 0, rows[i].status);
		reads(&s, LAKESIDE_FROM("2025-01-01"));
		ck_assert_msg(
		    strcmp(site_flags(&s), rows[i].flags) == 0, "%zu: %s", i, site_flags(&s));
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(leaves_what_ended_long_ago_to_the_next_message)
{
	struct site s;

	opens(&s, RCCA);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	sends(&s, 0);
	site_does(&s, .trigger = "A03", .at = ON("05", "1100"), .to = "01");
	s.now = site_ms(ON("20", "1100"));
	reads(&s, RCCA_UNTIL("2026-02-28"));
	site_flags_are(&s, "admission open; discharge open; readmission-risk open");
	site_does(&s, .trigger = "A08", .at = ON("20", "1200"));
	site_flags_are(&s, "admission retracted; discharge retracted; readmission-risk retracted");
	reason_is(&s, 0, NO_LONGER);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(says_who_corrected_what)
{
	static const struct {
		struct said m;
		const char *why;
	} rows[] = {
		{ { .birth = "19500303" }, "the hospital corrected who the patient is" },
		{ { .name = "OTHER^SOMEONE" }, "the hospital corrected who the patient is" },
		{ { .in = "20241230" },
		    "the hospital corrected the day of the visit, and the payer's roster names "
		    "another practice or none for it" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct said m = rows[i].m;
		struct site s;

		opens(&s, RCCA);
		site_does(&s, .trigger = "A01", .at = AT("1000"), .in = AT("1000"));
		m.trigger = "A01";
		m.at = AT("1100");
		if (m.in == NULL)
			m.in = AT("1000");
		(void)site_tells(&s, m);
		site_flags_are(&s, "admission retracted");
		reason_is(&s, 0, rows[i].why);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(sends_nothing_of_what_is_only_observed_or_a_test)
{
	struct site s;

	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	(void)site_config(&s, SITE_CONFIG_WITH(", state: observe"));
	reads(&s, RCCA);
	s.now = site_ms(AT("0800"));
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_does(&s, .trigger = "A01", .at = AT("1001"), .feed = "north", .msh11 = "T",
	    .pid3 = "T1^^^MERCY^MR", .visit = "T1^^^MERCY");
	reads(&s, LAKESIDE_FROM(""));
	site_flags_are(&s, "admission retracted; admission retracted; admission open lakeside; "
	                   "admission open lakeside");
	site_outbox_is(&s, "");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

#define OLD_NAME "  - {file: roster.csv}\n"

/* The configuration with other rosters than roster.csv. */
static const char *
config_with(struct site *s, const char *rosters)
{
	ww_str c = ww_str_from(SITE_CONFIG);

	c.n -= sizeof(OLD_NAME) - 1;
	return ww_arena_printf(s->own.arena, "%.*s%s", WW_STR_FMT(c), rosters).p;
}

/* A roster under a new name is no reason to withdraw a Task: what has gone with the old one is looked at when the new
 * one is there. */
START_TEST(waits_for_the_roster_that_takes_the_place_of_another)
{
	struct ww_rec_roster r;
	struct ww_buf body = { 0 };
	struct site s;

	opens(&s, RCCA);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	(void)site_config(&s, config_with(&s, "  - {file: march.csv}\n"));
	site_apply(&s);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_recheck).n, 1);
	site_flags_are(&s, "admission open");
	r = (struct ww_rec_roster){ WW_STR("march"),
		site_keep_blob(&s, WW_STR(SITE_ROSTER_HEADER OTHERS)) };
	ww_rec_roster_write(&r, &body);
	(void)site_record(&s, WW_REC_ROSTER, s.now + 1000, &body);
	ticks(&s);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_recheck).n, 0);
	site_flags_are(&s, "admission open");
	r.blob = site_keep_blob(&s, WW_STR(SITE_ROSTER_HEADER LAKESIDE_FROM("")));
	ww_rec_roster_write(&r, &body);
	(void)site_record(&s, WW_REC_ROSTER, s.now + 1000, &body);
	site_apply(&s);
	site_flags_are(&s, "admission retracted; admission open lakeside");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* More stays than one record takes: the rest follow as time goes on, and no message waits for all of them. */
START_TEST(takes_many_stays_in_turns)
{
	enum { PEOPLE = 2100 };
	struct ww_buf before = { 0 }, after = { 0 };
	struct ww_rows flags;
	struct site s;
	size_t moved = 0;

	for (int i = 1; i <= PEOPLE; i++) {
		static const char *const row =
		    "M%04d,\"TESTFAMILY%d, GIVEN%d\",1950-03-02,F,%s,2025-01-01,\n";

		ww_buf_printf(&before, row, i, i, i, "rcca");
		ww_buf_printf(&after, row, i, i, i, "lakeside");
	}
	ww_buf_byte(&before, '\0');
	ww_buf_byte(&after, '\0');
	opens(&s, ww_buf_view(&before).p);
	for (int i = 1; i <= PEOPLE; i++)
		(void)site_says(
		    &s, (struct said){ .trigger = "A01", .at = AT("1000"), .person = i });
	site_apply(&s);
	reads(&s, ww_buf_view(&after).p);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_recheck).n, 100);
	ticks(&s);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_recheck).n, 0);
	flags = site_rows(&s, &ww_entity_flag);
	for (size_t i = 0; i < flags.n; i++)
		moved += WW_ROW(&flags, flag, i)->state == WW_flag_state_OPEN &&
		         ww_str_is(WW_ROW(&flags, flag, i)->practice, "lakeside");
	ck_assert_uint_eq(moved, PEOPLE);
	ck_assert_uint_eq(flags.n, 2 * PEOPLE);
	ww_buf_free(&before);
	ww_buf_free(&after);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { tells_the_old_practice_and_the_new_one_at_once,
		says_nothing_of_what_was_not_sent_yet, goes_by_what_the_roster_says_of_the_day,
		tells_a_practice_of_a_stay_when_the_member_comes_onto_its_roster,
		lets_what_is_over_rest, leaves_what_ended_long_ago_to_the_next_message,
		says_who_corrected_what, sends_nothing_of_what_is_only_observed_or_a_test,
		waits_for_the_roster_that_takes_the_place_of_another, takes_many_stays_in_turns };

	return unit_main("reattribute", tests, UNIT_COUNT(tests));
}
