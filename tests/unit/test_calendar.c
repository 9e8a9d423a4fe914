/* Business days and deadlines: holidays of the federal government over the years, where a year ends, calendars of a
 * configuration, and hours of the day where clocks change. */
#include "tests/unit/unit.h"

#include <wardwire/arena.h>
#include <wardwire/calendar.h>
#include <wardwire/ctx.h>
#include <wardwire/time.h>

#include <stdio.h>
#include <string.h>

static int64_t
day_of(const char *iso)
{
	int y, m, d;

	ck_assert_int_eq(sscanf(iso, "%4d-%2d-%2d", &y, &m, &d), 3);
	return ww_day_of(y, m, d);
}

static const char *
iso_of(int64_t day)
{
	static char text[8][32];
	static unsigned next;
	char *p = text[next++ % 8];
	int y, m, d;

	ww_day_civil(day, &y, &m, &d);
	snprintf(p, 32, "%04d-%02d-%02d", y, m, d);
	return p;
}

/* What the Office of Personnel Management publishes for these years. */
START_TEST(keeps_the_holidays_of_the_government)
{
	static const char *const days[] = { "2021-01-01", "2021-01-18", "2021-02-15", "2021-05-31",
		"2021-06-18", "2021-07-05", "2021-09-06", "2021-10-11", "2021-11-11", "2021-11-25",
		"2021-12-24", "2021-12-31", "2022-01-17", "2022-02-21", "2022-05-30", "2022-06-20",
		"2022-07-04", "2022-09-05", "2022-10-10", "2022-11-11", "2022-11-24", "2022-12-26",
		"2023-01-02", "2023-01-16", "2023-02-20", "2023-05-29", "2023-06-19", "2023-07-04",
		"2023-09-04", "2023-10-09", "2023-11-10", "2023-11-23", "2023-12-25" };
	const struct ww_calendar *c = ww_calendar_federal();
	size_t next = 0;

	for (int64_t day = day_of("2021-01-01"); day <= day_of("2023-12-31"); day++) {
		bool is = next < UNIT_COUNT(days) && day == day_of(days[next]);

		ck_assert_msg((ww_calendar_holiday(c, day).n > 0) == is, "%s", iso_of(day));
		next += is;
	}
	ck_assert_uint_eq(next, UNIT_COUNT(days));
	ck_assert_uint_eq(ww_calendar_holiday(c, day_of("2020-06-19")).n, 0);
	ck_assert(ww_str_is(ww_calendar_holiday(c, day_of("2021-12-31")), "New Year's Day"));
	ck_assert(ww_str_is(ww_calendar_name(c), "us-federal"));
}
END_TEST

START_TEST(counts_business_days)
{
	static const struct {
		const char *from;
		uint32_t n;
		const char *to;
	} rows[] = {
		{ "2026-11-20", 0, "2026-11-20" }, { "2026-11-20", 1, "2026-11-23" }, /* Friday */
		{ "2026-11-21", 1, "2026-11-23" }, /* Saturday and Sunday are day 0 */
		{ "2026-11-22", 1, "2026-11-23" },
		{ "2026-11-25", 1, "2026-11-27" }, /* Thanksgiving between */
		{ "2026-11-26", 1, "2026-11-27" }, /* from the holiday itself */
		{ "2026-07-02", 1, "2026-07-06" }, /* July 4 is a Saturday */
		{ "2021-12-29", 2, "2022-01-03" }, /* January 1 is kept on December 31 */
		{ "2021-12-30", 1, "2022-01-03" }, { "2021-12-31", 1, "2022-01-03" },
		{ "2022-12-30", 1, "2023-01-03" }, /* and here on January 2 */
		{ "2023-12-29", 1, "2024-01-02" },
		{ "2024-02-28", 2, "2024-03-01" },   /* a leap day */
		{ "2026-01-01", 250, "2026-12-31" }, /* all of a year's */
	};
	const struct ww_calendar *c = ww_calendar_federal();

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_str_eq(
		    iso_of(ww_calendar_add(c, day_of(rows[i].from), rows[i].n)), rows[i].to);
}
END_TEST

/* -- calendars of a configuration ----------------------------------------------------------------------- */

static const struct ww_calendar *
read(struct ww_ctx *cx, const char *csv)
{
	const struct ww_calendar *c = NULL;
	ww_status s = ww_calendar_read(cx, WW_STR("ours"), ww_str_from(csv), &c);

	ck_assert_msg(s == WW_OK, "%s %s", cx->fail.place, cx->fail.reason);
	return c;
}

START_TEST(reads_a_calendar)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	const struct ww_calendar *c =
	    read(&cx, "# ours\ndate,name,weekend,since\nus-federal\n2026-11-27,Day after,,\n"
	              "11 fri last,Every year,,2027\n02-29,Leap day,nearest,\n");

	ck_assert(ww_str_is(ww_calendar_name(c), "ours"));
	ck_assert(ww_str_is(ww_calendar_holiday(c, day_of("2026-11-26")), "Thanksgiving Day"));
	ck_assert(ww_str_is(ww_calendar_holiday(c, day_of("2026-11-27")), "Day after"));
	ck_assert(ww_str_is(ww_calendar_holiday(c, day_of("2027-11-26")), "Every year"));
	ck_assert_uint_eq(ww_calendar_holiday(c, day_of("2025-11-28")).n, 0);
	ck_assert(ww_str_is(ww_calendar_holiday(c, day_of("2028-02-29")), "Leap day"));
	ck_assert_uint_eq(ww_calendar_holiday(c, day_of("2027-03-01")).n, 0);
	ck_assert_str_eq(iso_of(ww_calendar_add(c, day_of("2026-11-25"), 1)), "2026-11-30");
	c = read(&cx, "date,name\n"); /* no holidays at all */
	ck_assert_str_eq(iso_of(ww_calendar_add(c, day_of("2026-11-25"), 1)), "2026-11-26");
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(names_what_is_wrong_in_a_calendar)
{
	static const struct {
		const char *csv, *place;
	} rows[] = {
		{ "", "line 1" },
		{ "day,name\n", "line 1, date" },
		{ "date,name,weekend,since\n2026-02-30,X,,\n", "line 2, date" },
		{ "date,name,weekend,since\n2026-2-3,X,,\n", "line 2, date" },
		{ "date,name,weekend,since\n13-01,X,,\n", "line 2, date" },
		{ "date,name,weekend,since\n01 monday 3,X,,\n", "line 2, date" },
		{ "date,name,weekend,since\n01 mon 6,X,,\n", "line 2, date" },
		{ "date,name,weekend,since\nus-state\n", "line 2, date" },
		{ "date,name,weekend,since\n01-01,,,\n", "line 2, name" },
		{ "date,name,weekend,since\n01-01,X,next,\n", "line 2, weekend" },
		{ "date,name,weekend,since\n\n01-01,X,,21\n", "line 3, since" },
	};
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		const struct ww_calendar *c = NULL;

		ww_ctx_clear(&cx);
		ck_assert_int_eq(
		    ww_calendar_read(&cx, WW_STR("ours"), ww_str_from(rows[i].csv), &c),
		    WW_E_CONFIG);
		ck_assert_ptr_null(c);
		ck_assert_str_eq(cx.fail.place, rows[i].place);
	}
	ww_arena_free(cx.arena);
}
END_TEST

/* The table that is compiled in is what the reader makes of the file. */
START_TEST(has_the_file_compiled_in)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	const struct ww_calendar *c;
	char text[8192];
	size_t n;
	FILE *f = fopen("profiles/calendars/us-federal.csv", "r");

	ck_assert_ptr_nonnull(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	c = read(&cx, text);
	for (int64_t day = day_of("1980-01-01"); day < day_of("2060-01-01"); day++)
		ck_assert_msg(ww_str_eq(ww_calendar_holiday(c, day),
		                  ww_calendar_holiday(ww_calendar_federal(), day)),
		    "%s", iso_of(day));
	ww_arena_free(cx.arena);
}
END_TEST

/* -- instants -------------------------------------------------------------------------------------------- */

static int64_t
at(const char *text)
{
	ww_time t = { 0 };

	ck_assert_msg(ww_time_fhir(ww_str_from(text), ww_zone_utc(), &t), "no time: %s", text);
	return t.ms;
}

START_TEST(says_when_a_span_is_over)
{
	static const struct {
		const char *from;
		struct ww_span span;
		const char *zone, *due;
	} rows[] = {
		{ "2026-11-20T10:00:00-05:00", { WW_SPAN_MINUTES, 30 }, "America/New_York",
		    "2026-11-20T10:30:00-05:00" },
		{ "2026-10-31T10:00:00-04:00", { WW_SPAN_HOURS, 24 }, "America/New_York",
		    "2026-11-01T09:00:00-05:00" }, /* 24 hours, though clocks went back */
		{ "2026-11-20T10:00:00-05:00", { WW_SPAN_DAYS, 14 }, "America/New_York",
		    "2026-12-04T23:59:59-05:00" },
		{ "2026-10-30T23:30:00-04:00", { WW_SPAN_DAYS, 2 }, "America/New_York",
		    "2026-11-01T23:59:59-05:00" },
		{ "2026-11-20T10:00:00-05:00", { WW_SPAN_BUSINESS_DAYS, 2 }, "America/New_York",
		    "2026-11-24T23:59:59-05:00" },
		/* Friday in New York, Saturday by UTC: whose Friday it is says the zone */
		{ "2026-11-21T02:00:00Z", { WW_SPAN_BUSINESS_DAYS, 1 }, "America/New_York",
		    "2026-11-23T23:59:59-05:00" },
		{ "2026-11-24T02:00:00Z", { WW_SPAN_BUSINESS_DAYS, 1 }, "America/New_York",
		    "2026-11-24T23:59:59-05:00" },
		{ "2026-11-24T02:00:00Z", { WW_SPAN_BUSINESS_DAYS, 1 }, NULL,
		    "2026-11-25T23:59:59Z" },
		{ "2021-12-30T12:00:00-06:00", { WW_SPAN_BUSINESS_DAYS, 1 }, "America/Chicago",
		    "2022-01-03T23:59:59-06:00" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		const struct ww_zone *z = rows[i].zone != NULL ? ww_zone_find(rows[i].zone) : NULL;

		ck_assert_int_eq(
		    ww_calendar_due(NULL, z, at(rows[i].from), rows[i].span), at(rows[i].due));
	}
	ck_assert_int_eq(ww_calendar_part(1000, 1000 + 86400000, 75), 1000 + 64800000);
	ck_assert_int_eq(ww_calendar_part(0, 199, 50), 99);
}
END_TEST

START_TEST(finds_the_next_hour_of_the_day)
{
	static const struct {
		const char *after;
		unsigned minute;
		const char *next;
	} rows[] = {
		{ "2026-11-20T10:00:00-05:00", 600, "2026-11-20T10:00:00-05:00" },
		{ "2026-11-20T10:00:01-05:00", 600, "2026-11-21T10:00:00-05:00" },
		{ "2026-11-20T10:00:00-05:00", 0, "2026-11-21T00:00:00-05:00" },
		{ "2026-03-07T12:00:00-05:00", 150,
		    "2026-03-08T03:30:00-04:00" }, /* 2:30 is left out */
		{ "2026-03-08T03:30:01-04:00", 150, "2026-03-09T02:30:00-04:00" },
		{ "2026-10-31T12:00:00-04:00", 90, "2026-11-01T01:30:00-04:00" }, /* comes twice */
		{ "2026-11-01T01:30:01-04:00", 90, "2026-11-02T01:30:00-05:00" },
		{ "2026-12-31T23:59:00-05:00", 120, "2027-01-01T02:00:00-05:00" },
	};
	const struct ww_zone *z = ww_zone_find("America/New_York");

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(
		    ww_calendar_next(z, at(rows[i].after), rows[i].minute) == at(rows[i].next),
		    "%s", rows[i].next);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { keeps_the_holidays_of_the_government, counts_business_days,
		reads_a_calendar, names_what_is_wrong_in_a_calendar, has_the_file_compiled_in,
		says_when_a_span_is_over, finds_the_next_hour_of_the_day };

	return unit_main("calendar", tests, UNIT_COUNT(tests));
}
