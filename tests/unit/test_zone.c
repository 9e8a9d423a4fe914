/* Time zones: the system's files, and small ones made here for the rules no real zone uses. */
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/time.h>

#include <unistd.h>

static int64_t
ms_of(int year, int month, int day, int hour, int minute, int second)
{
	return (ww_day_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * 1000;
}

static const struct ww_zone *
zone(const char *name)
{
	const struct ww_zone *z = ww_zone_find(name);

	ck_assert_msg(z != NULL, "no zone %s", name);
	return z;
}

static void
be32(struct ww_buf *b, uint32_t v)
{
	int i;

	for (i = 24; i >= 0; i -= 8)
		ww_buf_byte(b, (char)(v >> i & 255));
}

static void
header(struct ww_buf *b, char version, uint32_t times, uint32_t types)
{
	int i;

	ww_buf_cstr(b, "TZif");
	ww_buf_byte(b, version);
	for (i = 0; i < 15; i++)
		ww_buf_byte(b, '\0');
	be32(b, 0);
	be32(b, 0);
	be32(b, 0);
	be32(b, times);
	be32(b, types);
	be32(b, 4);
}

/* What ww_zone_find makes of a zone file with that content. */
static const struct ww_zone *
zone_of(ww_str content)
{
	char dir[] = "/tmp/ww-zone-XXXXXX", path[64];
	const struct ww_zone *z;
	FILE *f;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/T", dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(content.p, 1, content.n, f), content.n);
	fclose(f);
	ck_assert_int_eq(setenv("TZDIR", dir, 1), 0);
	z = ww_zone_find("T");
	unlink(path);
	rmdir(dir);
	return z;
}

/* A file without transitions: type 0 is UTC, all else is in the footer. */
static void
write_file(struct ww_buf *b, const char *footer)
{
	header(b, '2', 0, 1);
	ww_buf_add(b, "\0\0\0\0\0\0LMT", 10);
	header(b, '2', 0, 1);
	ww_buf_add(b, "\0\0\0\0\0\0LMT", 10);
	ww_buf_printf(b, "\n%s\n", footer);
}

static const struct ww_zone *
zone_with_footer(const char *footer)
{
	struct ww_buf b = { 0 };
	const struct ww_zone *z;

	write_file(&b, footer);
	z = zone_of(ww_buf_view(&b));
	ww_buf_free(&b);
	return z;
}

/* The offset changes from before to after exactly at that instant. */
static void
changes_at(const struct ww_zone *z, int64_t ms, int before, int after)
{
	ck_assert_int_eq(ww_zone_offset(z, ms - 1), before);
	ck_assert_int_eq(ww_zone_offset(z, ms), after);
}

START_TEST(finds_both_changes_of_new_york_in_2026)
{
	const struct ww_zone *z = zone("America/New_York");

	changes_at(z, ms_of(2026, 3, 8, 7, 0, 0), -300, -240);
	changes_at(z, ms_of(2026, 11, 1, 6, 0, 0), -240, -300);
}
END_TEST

START_TEST(goes_on_with_the_footer_beyond_the_last_transition)
{
	const struct ww_zone *z = zone("America/New_York");

	changes_at(z, ms_of(2050, 3, 13, 7, 0, 0), -300, -240);
	changes_at(z, ms_of(2050, 11, 6, 6, 0, 0), -240, -300);
	changes_at(zone("Europe/Berlin"), ms_of(2090, 3, 26, 1, 0, 0), 60, 120);
}
END_TEST

START_TEST(knows_summers_around_new_year_in_the_south)
{
	const struct ww_zone *z = zone("Australia/Sydney");

	changes_at(z, ms_of(2026, 4, 4, 16, 0, 0), 660, 600);
	changes_at(z, ms_of(2050, 10, 1, 16, 0, 0), 600, 660);
	ck_assert_int_eq(ww_zone_offset(z, ms_of(2051, 1, 1, 0, 0, 0)), 660);
	ck_assert_int_eq(ww_zone_offset(z, ms_of(2050, 12, 31, 23, 0, 0)), 660);
}
END_TEST

START_TEST(knows_a_summer_time_that_is_written_as_the_standard)
{
	const struct ww_zone *z = zone("Europe/Dublin");

	changes_at(z, ms_of(2026, 3, 29, 1, 0, 0), 0, 60);
	changes_at(z, ms_of(2050, 3, 27, 1, 0, 0), 0, 60);
	changes_at(z, ms_of(2050, 10, 30, 1, 0, 0), 60, 0);
}
END_TEST

START_TEST(knows_zones_without_summer_and_with_odd_offsets)
{
	ck_assert_int_eq(ww_zone_offset(zone("Asia/Kathmandu"), ms_of(2026, 7, 1, 0, 0, 0)), 345);
	ck_assert_int_eq(ww_zone_offset(zone("America/Phoenix"), ms_of(2060, 7, 1, 0, 0, 0)), -420);
	ck_assert_int_eq(
	    ww_zone_offset(zone("America/New_York"), ms_of(1850, 1, 1, 0, 0, 0)), -296);
}
END_TEST

START_TEST(refuses_names_that_leave_the_directory)
{
	static const char *const bad[] = { "", "/etc/localtime", "../zoneinfo/UTC",
		"America/../UTC", "..", "No/Such_Zone", "America", "tzdata.zi", "UTC\n",
		"zone1970.tab",
		"A/very/long/name/that/does/not/fit/the/room/there/is/for/names/of/zones" };
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++)
		ck_assert_msg(ww_zone_find(bad[i]) == NULL, "%s", bad[i]);
	ck_assert_ptr_null(ww_zone_find(NULL));
}
END_TEST

START_TEST(has_utc_where_there_are_no_files)
{
	setenv("TZDIR", "/nonexistent", 1);
	ck_assert_ptr_eq(ww_zone_find("UTC"), ww_zone_utc());
	ck_assert_ptr_null(ww_zone_find("America/New_York"));
	ck_assert_int_eq(ww_zone_offset(ww_zone_utc(), ms_of(2026, 7, 1, 0, 0, 0)), 0);
	ck_assert_int_eq(ww_zone_offset(NULL, 0), 0);
	ck_assert_str_eq(ww_zone_version(), "unknown");
}
END_TEST

START_TEST(gives_the_same_zone_each_time)
{
	ck_assert_ptr_eq(zone("Europe/Paris"), zone("Europe/Paris"));
}
END_TEST

START_TEST(does_not_depend_on_the_zone_of_the_process)
{
	setenv("TZ", "Asia/Tokyo", 1);
	ck_assert_int_eq(ww_zone_offset(zone("Europe/Paris"), ms_of(2026, 1, 1, 0, 0, 0)), 60);
}
END_TEST

START_TEST(names_the_version_of_the_rules)
{
	if (access("/usr/share/zoneinfo/tzdata.zi", R_OK) == 0) {
		ck_assert_int_eq(ww_zone_version()[0], '2');
		ck_assert_uint_eq(ww_str_from(ww_zone_version()).n, 5);
	}
}
END_TEST

START_TEST(reads_days_counted_without_the_leap_day)
{
	const struct ww_zone *z = zone_with_footer("AAA0BBB,J60/0,J300");

	ck_assert_ptr_nonnull(z);
	changes_at(z, ms_of(2023, 3, 1, 0, 0, 0), 0, 60);
	changes_at(z, ms_of(2024, 3, 1, 0, 0, 0), 0, 60);
	changes_at(z, ms_of(2024, 10, 27, 1, 0, 0), 60, 0);
}
END_TEST

START_TEST(reads_days_counted_with_the_leap_day)
{
	const struct ww_zone *z = zone_with_footer("<+03>-3<+04>-3:30,59/0,299/-1:30");

	ck_assert_ptr_nonnull(z);
	changes_at(z, ms_of(2023, 2, 28, 21, 0, 0), 180, 210);
	changes_at(z, ms_of(2024, 2, 28, 21, 0, 0), 180, 210);
	changes_at(z, ms_of(2023, 10, 26, 19, 0, 0), 210, 180);
}
END_TEST

START_TEST(reads_the_last_week_of_a_month_and_december)
{
	const struct ww_zone *z = zone_with_footer("AAA5BBB,M2.5.4,M12.5.0/24");

	ck_assert_ptr_nonnull(z);
	changes_at(z, ms_of(2024, 2, 29, 7, 0, 0), -300, -240);
	changes_at(z, ms_of(2023, 2, 23, 7, 0, 0), -300, -240);
	changes_at(z, ms_of(2024, 12, 30, 4, 0, 0), -240, -300);
}
END_TEST

START_TEST(refuses_a_footer_it_does_not_understand)
{
	static const char *const bad[] = { "A5", "AAA", "AAA25", "AAA5BBB", "AAA5BBB,M3.2.0",
		"AAA5BBB,M3.2.0,M13.1.0", "AAA5BBB,M3.6.0,M11.1.0", "AAA5BBB,J0,J1",
		"AAA5BBB,366,1", "AAA5BBB,M3.2.0/168,M11.1.0", "AAA5BBB,M3.2.0,M11.1.0x", "<AAA5",
		"AAA5:60", "AAA99999999999999999999" };
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++)
		ck_assert_msg(zone_with_footer(bad[i]) == NULL, "%s", bad[i]);
}
END_TEST

START_TEST(refuses_a_file_cut_anywhere)
{
	struct ww_buf b = { 0 };
	size_t n;

	write_file(&b, "AAA5");
	for (n = 0; n < b.n; n++)
		ck_assert_msg(zone_of(ww_str_of(b.p, n)) == NULL, "%zu bytes", n);
	ck_assert_ptr_nonnull(zone_of(ww_buf_view(&b)));
	ww_buf_free(&b);
}
END_TEST

START_TEST(refuses_a_file_with_counts_that_do_not_fit)
{
	struct ww_buf b = { 0 };
	size_t at;

	write_file(&b, "AAA5");
	for (at = 54 + 20; at < 54 + 44; at++) { /* each byte of the counts of the second header */
		char was = b.p[at];

		b.p[at] = '\x7f';
		ck_assert_msg(zone_of(ww_buf_view(&b)) == NULL, "byte %zu", at);
		b.p[at] = was;
	}
	ww_buf_free(&b);
}
END_TEST

START_TEST(refuses_a_file_of_version_one)
{
	struct ww_buf b = { 0 };

	header(&b, '\0', 0, 1);
	ww_buf_add(&b, "\0\0\0\0\0\0LMT", 10);
	ck_assert_ptr_null(zone_of(ww_buf_view(&b)));
	ww_buf_free(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		finds_both_changes_of_new_york_in_2026,
		goes_on_with_the_footer_beyond_the_last_transition,
		knows_summers_around_new_year_in_the_south,
		knows_a_summer_time_that_is_written_as_the_standard,
		knows_zones_without_summer_and_with_odd_offsets,
		refuses_names_that_leave_the_directory,
		has_utc_where_there_are_no_files,
		gives_the_same_zone_each_time,
		does_not_depend_on_the_zone_of_the_process,
		names_the_version_of_the_rules,
		reads_days_counted_without_the_leap_day,
		reads_days_counted_with_the_leap_day,
		reads_the_last_week_of_a_month_and_december,
		refuses_a_footer_it_does_not_understand,
		refuses_a_file_cut_anywhere,
		refuses_a_file_with_counts_that_do_not_fit,
		refuses_a_file_of_version_one,
	};

	return unit_main("zone", tests, UNIT_COUNT(tests));
}
