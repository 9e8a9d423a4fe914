/* Rosters: the forms of a row, and every reason to leave one out. */
#include "unit.h"

#include "config/load.h"

#include <wardwire/buf.h>

#include <string.h>

static struct ww_ctx cx;
static struct ww_roster_row *rows;
static struct ww_roster_fault *faults;
static size_t rows_n, faults_n;

static struct ww_party parties[] = {
	{ .name = WW_STR_INIT("rcca") },
	{ .name = WW_STR_INIT("elm") },
};
static const struct ww_config config = { .parties = parties, .parties_n = 2 };

static ww_status
parse(ww_str csv)
{
	ww_arena_free(cx.arena);
	cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	ck_assert_ptr_nonnull(cx.arena);
	return ww_roster_parse(&cx, csv, &config, NULL, &rows, &rows_n, &faults, &faults_n);
}

static void
takes(const char *csv, size_t n)
{
	ck_assert_int_eq(parse(ww_str_from(csv)), WW_OK);
	ck_assert_msg(faults_n == 0, "line %u: %s", faults_n > 0 ? faults[0].line : 0,
	    faults_n > 0 ? faults[0].text : "");
	ck_assert_uint_eq(rows_n, n);
}

#define HEADER "member_id,name,birth_date,sex,practice,effective,end\n"

/* A file of one row: left out for that reason alone. */
static void
leaves_out(const char *row, const char *why)
{
	char text[512];

	snprintf(text, sizeof(text), "%s%s\n", HEADER, row);
	ck_assert_int_eq(parse(ww_str_from(text)), WW_OK);
	ck_assert_uint_eq(rows_n, 0);
	ck_assert_uint_eq(faults_n, 1);
	ck_assert_uint_eq(faults[0].line, 2);
	ck_assert_str_eq(faults[0].text, why);
}

static void
refuses_file(const char *csv, ww_status want, const char *place, const char *why)
{
	ck_assert_int_eq(parse(ww_str_from(csv)), want);
	ck_assert_str_eq(cx.fail.place, place);
	ck_assert_str_eq(cx.fail.reason, why);
	ck_assert_uint_eq(rows_n + faults_n, 0);
}

static void
day_is(ww_time t, int y, int m, int d)
{
	ck_assert_int_eq(t.prec, WW_PREC_DAY);
	ck_assert_int_eq(ww_time_day(t, NULL), ww_day_of(y, m, d));
}

START_TEST(reads_a_row)
{
	takes(HEADER "A-100,\"TESTPERSON, ADA\",1950-03-02,F,rcca,2026-01-01,2026-12-31\n", 1);
	ck_assert_uint_eq(rows[0].line, 2);
	unit_str_is(rows[0].member_id, "A-100");
	unit_str_is(rows[0].family, "TESTPERSON");
	unit_str_is(rows[0].given, "ADA");
	unit_str_is(rows[0].sex, "F");
	unit_str_is(rows[0].practice, "rcca");
	day_is(rows[0].birth, 1950, 3, 2);
	day_is(rows[0].effective, 2026, 1, 1);
	day_is(rows[0].end, 2026, 12, 31);
}
END_TEST

START_TEST(takes_columns_in_any_order_and_case)
{
	takes("Note, PRACTICE ,Given,Birth_Date,FAMILY,Member_ID\nx,elm,Ada, 03/02/1950 "
	      ",Testperson, 7 \n",
	    1);
	unit_str_is(rows[0].member_id, "7");
	unit_str_is(rows[0].family, "Testperson");
	unit_str_is(rows[0].given, "Ada");
	unit_str_is(rows[0].sex, "");
	day_is(rows[0].birth, 1950, 3, 2);
	ck_assert(!ww_time_known(rows[0].effective) && !ww_time_known(rows[0].end));
}
END_TEST

START_TEST(takes_a_file_from_a_spreadsheet)
{
	takes("\xef\xbb\xbf"
	      "member_id,name,birth_date,sex,practice,effective,end\r\n"
	      "1,\"TESTPERSON, ADA\",3/2/1950,female,rcca,1/1/2026,\r\n"
	      ",,,,,,\r\n"
	      "2,TESTPERSON,19500302,Male,elm\r\n",
	    2);
	day_is(rows[0].birth, 1950, 3, 2);
	unit_str_is(rows[0].sex, "F");
	ck_assert_uint_eq(rows[1].line, 4);
	unit_str_is(rows[1].sex, "M");
	unit_str_is(rows[1].family, "TESTPERSON");
	unit_str_is(rows[1].given, "");
}
END_TEST

START_TEST(takes_every_sex_of_the_table)
{
	takes(HEADER "1,A,19500101,m,rcca,,\n2,A,19500101,F,rcca,,\n3,A,19500101,O,rcca,,\n"
	             "4,A,19500101,u,rcca,,\n5,A,19500101,A,rcca,,\n6,A,19500101,N,rcca,,\n",
	    6);
	unit_str_is(rows[0].sex, "M");
	unit_str_is(rows[3].sex, "U");
}
END_TEST

START_TEST(leaves_out_rows_that_break_a_rule)
{
	static const char date_rule[] = "not a date: YYYY-MM-DD, YYYYMMDD or MM/DD/YYYY";
	static const char *const bad_dates[] = { "1950-02-30", "19500230", "2/30/1950", "1950-3-2",
		"3/2/50", "13/01/1950", "02.03.1950", "1950", "1950-03", "1950-03-02T10:00:00Z",
		"0/1/1950" };
	char row[128], why[128];

	leaves_out(",A,19500101,F,rcca,,", "member_id: must not be empty");
	leaves_out(" - ,A,19500101,F,rcca,,", "member_id: must not be empty");
	leaves_out("1,,19500101,F,rcca,,",
	    "name: must not be empty: a member is matched by birth date and name");
	leaves_out("1,\" , \",19500101,F,rcca,,",
	    "name: must not be empty: a member is matched by birth date and name");
	leaves_out("1,\"A\nB\",19500101,F,rcca,,", "name: must be one line");
	leaves_out("1,A,,F,rcca,,", "birth_date: must not be empty");
	leaves_out("1,A,19500101,X,rcca,,", "sex: one of M, F, O, U, A, N, male, female, or empty");
	leaves_out("1,A,19500101,F,,,", "practice: must not be empty");
	leaves_out(
	    "1,A,19500101,F,oak,,", "practice: not the name of a party in the configuration");
	leaves_out("1,A,19500101,F,rcca,2026-01-02,2026-01-01", "end: before effective");
	leaves_out("1,A,19500101,F,rcca,soon,",
	    "effective: not a date: YYYY-MM-DD, YYYYMMDD or MM/DD/YYYY");
	leaves_out(
	    "1,A,19500101,F,rcca,,never", "end: not a date: YYYY-MM-DD, YYYYMMDD or MM/DD/YYYY");
	for (size_t i = 0; i < UNIT_COUNT(bad_dates); i++) {
		snprintf(row, sizeof(row), "1,A,%s,F,rcca,,", bad_dates[i]);
		snprintf(why, sizeof(why), "birth_date: %s", date_rule);
		leaves_out(row, why);
	}
	takes(HEADER "1,A,19500101,F,rcca,2026-01-01,2026-01-01\n", 1);
}
END_TEST

START_TEST(sees_the_comma_that_was_not_quoted)
{
	leaves_out("1,TESTPERSON, ADA,19500101,F,rcca,,",
	    "more cells than the header has columns: a cell with a comma needs double quotes");
}
END_TEST

START_TEST(sees_a_file_of_another_character_set)
{
	leaves_out("1,M\xfcLLER,19500101,F,rcca,,", "not UTF-8: save the file as CSV UTF-8");
}
END_TEST

START_TEST(leaves_out_the_later_of_two_equal_rows)
{
	ck_assert_int_eq(parse(WW_STR(HEADER "a-1,A,19500101,F,rcca,2026-01-01,\n"
	                                     "a1,B,19500101,F,elm,2026-01-01,\n"
	                                     "A 1,C,19500101,F,rcca,20260101,\n"
	                                     "a1,D,19500101,F,rcca,,\n"
	                                     "a1,E,19500101,F,rcca,,2026-05-05\n"
	                                     ",F,19500101,F,rcca,,\n"
	                                     "A1,G,19500101,F,rcca,1/1/2026,\n")),
	    WW_OK);
	ck_assert_uint_eq(rows_n, 3);
	unit_str_is(rows[0].family, "A");
	unit_str_is(rows[1].family, "B");
	unit_str_is(rows[2].family, "D");
	ck_assert_uint_eq(faults_n, 4);
	for (size_t i = 0; i < 4; i++) {
		static const unsigned lines[] = { 4, 6, 7, 8 };

		ck_assert_uint_eq(faults[i].line, lines[i]);
		ck_assert_str_eq(faults[i].text, i == 2 ? "member_id: must not be empty"
		                                        : "member_id: given twice for the same "
		                                          "practice, program and effective date");
	}
}
END_TEST

START_TEST(reports_each_bad_row_once_and_keeps_the_others)
{
	ck_assert_int_eq(
	    parse(WW_STR(HEADER "1,A,19500101,F,rcca,,\n,,x,y,z,,\n3,C,19500101,F,rcca,,\n")),
	    WW_OK);
	ck_assert_uint_eq(rows_n, 2);
	ck_assert_uint_eq(faults_n, 1);
	ck_assert_uint_eq(rows[1].line, 4);
}
END_TEST

START_TEST(says_nothing_of_the_content_in_its_faults)
{
	ck_assert_int_eq(parse(WW_STR(HEADER "CANARY,CANARY,CANARY,F,rcca,,\n"
	                                     "CANARY,CANARY,19500101,CANARY,rcca,,\n"
	                                     "CANARY,CANARY,19500101,F,CANARY,,\n"
	                                     "CANARY,CANARY,19500101,F,rcca,CANARY,\n")),
	    WW_OK);
	ck_assert_uint_eq(faults_n, 4);
	for (size_t i = 0; i < faults_n; i++)
		ck_assert_ptr_null(strstr(faults[i].text, "CANARY"));
}
END_TEST

START_TEST(refuses_a_file_without_its_columns)
{
	refuses_file(
	    "", WW_E_CONFIG, "line 1", "the file is empty: a row of column names must come first");
	refuses_file(
	    "name,birth_date,practice\n", WW_E_CONFIG, "line 1", "a column is missing: member_id");
	refuses_file("\nmember_id,name,practice\n", WW_E_CONFIG, "line 2",
	    "a column is missing: birth_date");
	refuses_file(
	    "member_id,name,birth_date\n", WW_E_CONFIG, "line 1", "a column is missing: practice");
	refuses_file("member_id,family,birth_date,practice\n", WW_E_CONFIG, "line 1",
	    "a column is missing: name, or family and given");
	refuses_file("member_id,name,birth_date,practice,NAME\n", WW_E_CONFIG, "line 1",
	    "two columns are named name");
	refuses_file(
	    HEADER "1,\"A,19500101,F,rcca,,\n", WW_E_SYNTAX, "line 2", "a quote is never closed");
}
END_TEST

START_TEST(takes_a_file_with_no_member)
{
	takes(HEADER, 0);
}
END_TEST

START_TEST(reads_many_rows)
{
	struct ww_buf b = { 0 };

	ww_buf_cstr(&b, HEADER);
	for (int i = 0; i < 60000; i++)
		ww_buf_printf(&b, "M%d,\"TESTPERSON, ADA\",1950-03-02,F,rcca,,\n", i % 59999);
	ck_assert_int_eq(parse(ww_buf_view(&b)), WW_OK);
	ck_assert_uint_eq(rows_n, 59999);
	ck_assert_uint_eq(faults_n, 1);
	ck_assert_uint_eq(faults[0].line, 60001);
	ww_buf_free(&b);
}
END_TEST

START_TEST(fails_with_the_limit_wherever_the_arena_ends)
{
	size_t limit = 64;
	ww_status s;

	do {
		ww_arena_free(cx.arena);
		cx = (struct ww_ctx){ .arena = ww_arena_new(limit) };
		s = ww_roster_parse(&cx,
		    WW_STR(HEADER "1,A,19500101,F,rcca,,\n1,A,19500101,F,rcca,,\n"), &config, NULL,
		    &rows, &rows_n, &faults, &faults_n);
		ck_assert(s == WW_OK || s == WW_E_LIMIT);
		limit += 64;
	} while (s != WW_OK);
	ck_assert_uint_gt(limit, 4096);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_a_row,
		takes_columns_in_any_order_and_case,
		takes_a_file_from_a_spreadsheet,
		takes_every_sex_of_the_table,
		leaves_out_rows_that_break_a_rule,
		sees_the_comma_that_was_not_quoted,
		sees_a_file_of_another_character_set,
		leaves_out_the_later_of_two_equal_rows,
		reports_each_bad_row_once_and_keeps_the_others,
		says_nothing_of_the_content_in_its_faults,
		refuses_a_file_without_its_columns,
		takes_a_file_with_no_member,
		reads_many_rows,
		fails_with_the_limit_wherever_the_arena_ends,
	};

	return unit_main("roster", tests, UNIT_COUNT(tests));
}
