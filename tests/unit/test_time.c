/* Times as HL7 v2 and FHIR write them, and the clocks. */
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/time.h>

#include <string.h>
#include <unistd.h>

/* Milliseconds of a UTC instant. */
static int64_t
ms_of(int year, int month, int day, int hour, int minute, int second)
{
	return (ww_day_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * 1000;
}

static const struct ww_zone *
new_york(void)
{
	const struct ww_zone *z = ww_zone_find("America/New_York");

	ck_assert_msg(z != NULL, "these tests need the system's time zone files");
	return z;
}

static ww_time
hl7(const char *text)
{
	ww_time t = { 0 };

	ck_assert_msg(ww_time_hl7(ww_str_from(text), new_york(), &t), "%s", text);
	return t;
}

static ww_time
fhir(const char *text)
{
	ww_time t = { 0 };

	ck_assert_msg(ww_time_fhir(ww_str_from(text), new_york(), &t), "%s", text);
	return t;
}

static void
refuses_hl7(const char *text)
{
	ww_time t = { .ms = 42 };

	ck_assert_msg(!ww_time_hl7(ww_str_from(text), ww_zone_utc(), &t), "%s", text);
	ck_assert_int_eq(t.ms, 42);
}

static void
refuses_fhir(const char *text)
{
	ww_time t = { .ms = 42 };

	ck_assert_msg(!ww_time_fhir(ww_str_from(text), ww_zone_utc(), &t), "%s", text);
	ck_assert_int_eq(t.ms, 42);
}

/* What t looks like in both forms. */
static void
writes(ww_time t, const char *as_hl7, const char *as_fhir)
{
	struct ww_buf b = { 0 };

	ww_time_write_hl7(t, &b);
	unit_str_is(ww_buf_view(&b), as_hl7);
	ww_buf_clear(&b);
	ww_time_write_fhir(t, &b);
	unit_str_is(ww_buf_view(&b), as_fhir);
	ww_buf_free(&b);
}

START_TEST(counts_days_there_and_back_over_all_years)
{
	int64_t day, first = ww_day_of(0, 1, 1), last = ww_day_of(9999, 12, 31);
	int y, m, d, before = 0, wrong = 0; /* an assert per day would take seconds */

	ck_assert_int_eq(ww_day_of(1970, 1, 1), 0);
	ck_assert_int_eq(ww_day_of(2000, 3, 1), 11017);
	ck_assert_int_eq(last - first + 1, 3652425);
	for (day = first; day <= last; day++) {
		ww_day_civil(day, &y, &m, &d);
		wrong += ww_day_of(y, m, d) != day || (d != before + 1 && d != 1);
		before = d;
	}
	ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(reads_every_precision_of_hl7)
{
	static const struct {
		const char *text;
		enum ww_prec prec;
		const char *fhir;
	} rows[] = {
		{ "2026", WW_PREC_YEAR, "2026" },
		{ "202603", WW_PREC_MONTH, "2026-03" },
		{ "20260302", WW_PREC_DAY, "2026-03-02" },
		{ "2026030210", WW_PREC_HOUR, "2026-03-02T10:00:00-05:00" },
		{ "202603021015", WW_PREC_MIN, "2026-03-02T10:15:00-05:00" },
		{ "20260302101530", WW_PREC_SEC, "2026-03-02T10:15:30-05:00" },
		{ "20260302101530.5", WW_PREC_MS, "2026-03-02T10:15:30.5-05:00" },
		{ "20260302101530.05", WW_PREC_MS, "2026-03-02T10:15:30.05-05:00" },
		{ "20260302101530.50", WW_PREC_MS, "2026-03-02T10:15:30.50-05:00" },
		{ "20260302101530.500", WW_PREC_MS, "2026-03-02T10:15:30.500-05:00" },
		{ "20260302101530.1230", WW_PREC_MS, "2026-03-02T10:15:30.123-05:00" },
	};
	struct ww_buf b = { 0 };
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		ww_time t = hl7(rows[i].text);

		ck_assert_uint_eq(t.prec, rows[i].prec);
		ck_assert((t.flags | WW_TIME_TENTHS | WW_TIME_HUNDREDTHS) ==
		          (WW_TIME_ASSUMED | WW_TIME_TENTHS | WW_TIME_HUNDREDTHS));
		ww_buf_clear(&b);
		ww_time_write_fhir(t, &b);
		unit_str_is(ww_buf_view(&b), rows[i].fhir);
	}
	ww_buf_free(&b);
}
END_TEST

START_TEST(says_when_digits_of_a_second_are_not_kept)
{
	static const char *const cut[] = { "20260302101530.1234", "20260302101530.0009",
		"20260302101530.123456789" };
	size_t i;

	for (i = 0; i < UNIT_COUNT(cut); i++)
		ck_assert_msg(hl7(cut[i]).flags == (WW_TIME_ASSUMED | WW_TIME_CUT), "%s", cut[i]);
	writes(hl7("20260302101530.1239-0500"), "20260302101530.123-0500",
	    "2026-03-02T10:15:30.123-05:00");
	ck_assert_uint_eq(hl7("20260302101530.123000000-0500").flags, 0);
	ck_assert_uint_eq(fhir("2026-03-02T10:15:00.1239-05:00").flags, WW_TIME_CUT);
}
END_TEST

START_TEST(takes_an_offset_given_apart_where_the_text_has_none)
{
	static const struct {
		const char *text;
		const char *hl7;
		unsigned flags;
	} rows[] = {
		{ "202603021015", "202603021015+0200", WW_TIME_ASSUMED },
		{ "202603021015-0500", "202603021015-0500", 0 },
		{ "20260302", "20260302", WW_TIME_ASSUMED },
		/* no zone is asked, so there is no gap */
		{ "20260308023000", "20260308023000+0200", WW_TIME_ASSUMED },
	};
	size_t i;
	ww_time t = { .ms = 42 };

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_buf b = { 0 };

		ck_assert(ww_time_hl7_at(ww_str_from(rows[i].text), 120, &t));
		ck_assert_uint_eq(t.flags, rows[i].flags);
		ww_time_write_hl7(t, &b);
		unit_str_is(ww_buf_view(&b), rows[i].hl7);
		ww_buf_free(&b);
	}
	t.ms = 42;
	ck_assert(!ww_time_hl7_at(WW_STR("2026030"), 120, &t));
	ck_assert_int_eq(t.ms, 42);
}
END_TEST

START_TEST(takes_the_offset_of_the_text_at_any_precision)
{
	ww_time t = hl7("20260302101530.250+0530");

	writes(
	    hl7("20260302101530.2+0530"), "20260302101530.2+0530", "2026-03-02T10:15:30.2+05:30");
	writes(
	    fhir("2026-03-02T10:15:30.25Z"), "20260302101530.25+0000", "2026-03-02T10:15:30.25Z");

	ck_assert_int_eq(t.ms, ms_of(2026, 3, 2, 4, 45, 30) + 250);
	ck_assert_int_eq(t.offset, 330);
	ck_assert_uint_eq(t.flags, 0);
	ck_assert_int_eq(hl7("2026-0500").ms, ms_of(2026, 1, 1, 5, 0, 0));
	ck_assert_int_eq(hl7("20260302+0100").ms, ms_of(2026, 3, 1, 23, 0, 0));
	ck_assert_int_eq(hl7("2026030210-0000").ms, ms_of(2026, 3, 2, 10, 0, 0));
	ck_assert_int_eq(hl7("2026030210+1459").offset, 899);
}
END_TEST

START_TEST(writes_the_text_it_read)
{
	writes(hl7("2026-0500"), "2026", "2026");
	writes(hl7("202603"), "202603", "2026-03");
	writes(hl7("20260302"), "20260302", "2026-03-02");
	writes(hl7("2026030210-0500"), "2026030210-0500", "2026-03-02T10:00:00-05:00");
	writes(hl7("202603021015+0545"), "202603021015+0545", "2026-03-02T10:15:00+05:45");
	writes(hl7("20260302101500+0000"), "20260302101500+0000", "2026-03-02T10:15:00Z");
	writes(hl7("19000228235959.001-1200"), "19000228235959.001-1200",
	    "1900-02-28T23:59:59.001-12:00");
}
END_TEST

START_TEST(writes_an_offset_fhir_does_not_have_as_one_it_has)
{
	writes(hl7("202603021015+1430"), "202603021015+1430", "2026-03-02T09:45:00+14:00");
}
END_TEST

START_TEST(writes_nothing_for_an_unknown_time)
{
	writes((ww_time){ 0 }, "", "");
}
END_TEST

START_TEST(ignores_the_second_component)
{
	ck_assert_int_eq(hl7("20260302^D").ms, hl7("20260302").ms);
	refuses_hl7("^D");
}
END_TEST

START_TEST(refuses_a_month_of_thirteen)
{
	refuses_hl7("202613");
	refuses_hl7("202600");
	refuses_fhir("2026-13");
	refuses_fhir("2026-00-01");
}
END_TEST

START_TEST(knows_the_length_of_every_month)
{
	refuses_hl7("20260229");
	refuses_hl7("19000229");
	refuses_hl7("20260431");
	refuses_hl7("20260132");
	refuses_hl7("20260100");
	refuses_fhir("2026-02-29");
	hl7("20240229");
	hl7("20000229");
	hl7("20261231");
	fhir("2024-02-29");
}
END_TEST

START_TEST(refuses_what_no_clock_shows)
{
	refuses_hl7("2026030224");
	refuses_hl7("202603021060");
	refuses_hl7("20260302101560");
	refuses_fhir("2026-03-02T24:00:00Z");
	refuses_fhir("2026-03-02T10:60:00Z");
	refuses_fhir("2026-03-02T10:15:61Z");
}
END_TEST

START_TEST(refuses_other_counts_of_digits)
{
	static const char *const bad[] = { "", "2", "20", "202", "20260", "2026030", "202603021",
		"20260302101", "2026030210153", "202603021015301" };
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++)
		refuses_hl7(bad[i]);
}
END_TEST

START_TEST(refuses_malformed_fractions_and_offsets)
{
	static const char *const bad[] = { "20260302101530.", "202603021015.5",
		"20260302101530.-0500", "20260302101530.5x", "20260302-", "20260302-05",
		"20260302-050", "20260302-05000", "20260302+1500", "20260302+0560",
		"20260302-05:00", "20260302Z", "20260302 ", " 20260302", "2026-03-02", "0000",
		"00000000", "-2026", "\"\"" };
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++)
		refuses_hl7(bad[i]);
}
END_TEST

START_TEST(reads_the_fhir_forms)
{
	ck_assert_uint_eq(fhir("2026").prec, WW_PREC_YEAR);
	ck_assert_uint_eq(fhir("2026-03").prec, WW_PREC_MONTH);
	ck_assert_int_eq(fhir("2026-03-02").ms, ms_of(2026, 3, 2, 5, 0, 0));
	ck_assert_int_eq(fhir("2026-03-02T10:15:00Z").ms, ms_of(2026, 3, 2, 10, 15, 0));
	ck_assert_int_eq(
	    fhir("2026-03-02T10:15:00.1239-05:00").ms, ms_of(2026, 3, 2, 15, 15, 0) + 123);
	ck_assert_int_eq(fhir("2016-12-31T23:59:60Z").ms, ms_of(2017, 1, 1, 0, 0, 0));
	ck_assert_uint_eq(fhir("2026-03-02T10:15:00+14:00").flags, 0);
}
END_TEST

START_TEST(refuses_what_fhir_does_not_allow)
{
	static const char *const bad[] = { "", "26", "0000", "2026-", "2026-3", "2026-03-",
		"2026-03-2", "202603", "2026-03-02T", "2026-03-02T10", "2026-03-02T10:15",
		"2026-03-02T10:15Z", "2026-03-02T10:15:00", "2026-03-02 10:15:00Z",
		"2026-03-02T10:15:00.Z", "2026-03-02T10:15:00z", "2026-03-02T10:15:00-0500",
		"2026-03-02T10:15:00+14:01", "2026-03-02T10:15:00ZZ", "2026T10:15:00Z",
		"2026-03-02Z" };
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++)
		refuses_fhir(bad[i]);
}
END_TEST

START_TEST(reads_a_time_in_the_spring_gap_with_the_offset_before_it)
{
	ww_time t = hl7("20260308023000");

	ck_assert_int_eq(t.ms, ms_of(2026, 3, 8, 7, 30, 0));
	ck_assert_uint_eq(t.flags, WW_TIME_ASSUMED | WW_TIME_SHIFTED);
	writes(t, "20260308023000-0500", "2026-03-08T02:30:00-05:00");
	ck_assert_uint_eq(hl7("20260308015959").flags, WW_TIME_ASSUMED);
	ck_assert_int_eq(hl7("20260308015959").ms, ms_of(2026, 3, 8, 6, 59, 59));
	ck_assert_uint_eq(hl7("20260308030000").flags, WW_TIME_ASSUMED);
	ck_assert_int_eq(hl7("20260308030000").ms, ms_of(2026, 3, 8, 7, 0, 0));
}
END_TEST

START_TEST(reads_a_time_in_the_autumn_overlap_as_its_first_pass)
{
	ww_time t = hl7("20261101013000");

	ck_assert_int_eq(t.ms, ms_of(2026, 11, 1, 5, 30, 0));
	ck_assert_int_eq(t.offset, -240);
	ck_assert_uint_eq(t.flags, WW_TIME_ASSUMED | WW_TIME_TWICE);
	ck_assert_uint_eq(hl7("20261101015959").flags, WW_TIME_ASSUMED | WW_TIME_TWICE);
	ck_assert_uint_eq(hl7("20261101005959").flags, WW_TIME_ASSUMED);
	ck_assert_uint_eq(hl7("20261101020000").flags, WW_TIME_ASSUMED);
	ck_assert_uint_eq(hl7("20261101013000-0500").flags, 0);
	ck_assert_uint_eq(hl7("20261101").flags, WW_TIME_ASSUMED);
	ck_assert_int_eq(hl7("20261101005959").ms, ms_of(2026, 11, 1, 4, 59, 59));
	ck_assert_int_eq(hl7("20261101020000").ms, ms_of(2026, 11, 1, 7, 0, 0));
}
END_TEST

START_TEST(keeps_the_date_of_a_day_that_a_zone_skipped)
{
	const struct ww_zone *apia = ww_zone_find("Pacific/Apia");
	ww_time t;

	ck_assert(ww_time_hl7(WW_STR("20111230"), apia, &t));
	writes(t, "20111230", "2011-12-30");
	ck_assert(ww_time_hl7(WW_STR("20111231"), apia, &t));
	ck_assert_int_eq(t.ms, ms_of(2011, 12, 30, 10, 0, 0));
}
END_TEST

START_TEST(keeps_dates_of_the_time_before_zones)
{
	writes(hl7("18800101"), "18800101", "1880-01-01");
	writes(hl7("0001"), "0001", "0001");
}
END_TEST

START_TEST(compares_at_the_coarser_precision)
{
	ck_assert_int_eq(ww_time_cmp(hl7("20260302"), hl7("202603021015")), 0);
	ck_assert_int_eq(ww_time_cmp(hl7("202603022359"), hl7("20260302")), 0);
	ck_assert_int_eq(ww_time_cmp(hl7("20260302"), hl7("202603030000")), -1);
	ck_assert_int_eq(ww_time_cmp(hl7("202603030000"), hl7("20260302")), 1);
	ck_assert_int_eq(ww_time_cmp(hl7("2026"), hl7("20261231")), 0);
	ck_assert_int_eq(ww_time_cmp(hl7("202602"), hl7("20260301")), -1);
	/* 23:30 in New York is the next day in London, yet the same day as New York's date */
	ck_assert_int_eq(ww_time_cmp(hl7("20260302"), hl7("202603030430+0000")), 0);
}
END_TEST

START_TEST(compares_times_of_one_precision_as_instants)
{
	ck_assert_int_eq(ww_time_cmp(hl7("202603021015-0500"), hl7("202603021515+0000")), 0);
	ck_assert_int_eq(ww_time_cmp(hl7("202603021015-0500"), hl7("202603021015+0000")), 1);
	ck_assert_int_eq(ww_time_cmp(hl7("20260302-0500"), hl7("20260302+0900")), 0);
}
END_TEST

START_TEST(sorts_an_unknown_time_first_and_equal_to_nothing)
{
	ww_time none = { 0 };

	ck_assert_int_eq(ww_time_cmp(none, hl7("2026")), -1);
	ck_assert_int_eq(ww_time_cmp(hl7("2026"), none), 1);
	ck_assert_int_ne(ww_time_cmp(none, none), 0);
}
END_TEST

START_TEST(names_the_calendar_day_in_a_zone)
{
	int64_t second = ww_day_of(2026, 3, 2);

	ck_assert_int_eq(ww_time_day(hl7("202603030430+0000"), new_york()), second);
	ck_assert_int_eq(ww_time_day(hl7("202603030430+0000"), ww_zone_utc()), second + 1);
	ck_assert_int_eq(ww_time_day(hl7("20260302+0900"), new_york()), second);
}
END_TEST

START_TEST(shows_an_instant_in_a_zone_to_the_second)
{
	ww_time t = ww_time_at(ms_of(2026, 7, 1, 12, 0, 0) + 999, new_york());

	writes(t, "20260701080000-0400", "2026-07-01T08:00:00-04:00");
	writes(ww_time_at(-1, NULL), "19691231235959+0000", "1969-12-31T23:59:59Z");
}
END_TEST

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

START_TEST(reads_a_clock_from_a_file_and_keeps_the_last_good_answer)
{
	char path[] = "/tmp/ww-clock-XXXXXX";
	int fd = mkstemp(path);
	struct ww_clock c = ww_clock_file(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(ww_clock_now(&c), 0);
	put(path, "1772446500000\n");
	ck_assert_int_eq(ww_clock_now(&c), 1772446500000);
	put(path, "soon");
	ck_assert_int_eq(ww_clock_now(&c), 1772446500000);
	put(path, "1772446500001");
	ck_assert_int_eq(ww_clock_now(&c), 1772446500001);
	unlink(path);
	ck_assert_int_eq(ww_clock_now(&c), 1772446500001);
}
END_TEST

START_TEST(has_a_system_clock_past_2020)
{
	struct ww_clock c = ww_clock_system();

	ck_assert_int_gt(ww_clock_now(&c), ms_of(2020, 1, 1, 0, 0, 0));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		counts_days_there_and_back_over_all_years,
		reads_every_precision_of_hl7,
		says_when_digits_of_a_second_are_not_kept,
		takes_an_offset_given_apart_where_the_text_has_none,
		takes_the_offset_of_the_text_at_any_precision,
		writes_the_text_it_read,
		writes_an_offset_fhir_does_not_have_as_one_it_has,
		writes_nothing_for_an_unknown_time,
		ignores_the_second_component,
		refuses_a_month_of_thirteen,
		knows_the_length_of_every_month,
		refuses_what_no_clock_shows,
		refuses_other_counts_of_digits,
		refuses_malformed_fractions_and_offsets,
		reads_the_fhir_forms,
		refuses_what_fhir_does_not_allow,
		reads_a_time_in_the_spring_gap_with_the_offset_before_it,
		reads_a_time_in_the_autumn_overlap_as_its_first_pass,
		keeps_the_date_of_a_day_that_a_zone_skipped,
		keeps_dates_of_the_time_before_zones,
		compares_at_the_coarser_precision,
		compares_times_of_one_precision_as_instants,
		sorts_an_unknown_time_first_and_equal_to_nothing,
		names_the_calendar_day_in_a_zone,
		shows_an_instant_in_a_zone_to_the_second,
		reads_a_clock_from_a_file_and_keeps_the_last_good_answer,
		has_a_system_clock_past_2020,
	};

	return unit_main("time", tests, UNIT_COUNT(tests));
}
