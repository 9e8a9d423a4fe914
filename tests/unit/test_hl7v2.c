/* Parsing of HL7 v2 messages: header, line ends, fields, limits. */
#include "message.h"

START_TEST(numbers_the_fields_of_a_header_from_its_separator)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, MSH "\rPID|1||4711\r");

	unit_str_is(ww_hl7_at(&cx, m, "MSH-1"), "|");
	unit_str_is(ww_hl7_at(&cx, m, "MSH-2"), "^~\\&");
	unit_str_is(ww_hl7_at(&cx, m, "MSH-3"), "ADM");
	unit_str_is(ww_hl7_at(&cx, m, "MSH-9.3"), "ADT_A01");
	unit_str_is(ww_hl7_at(&cx, m, "PID-3"), "4711");
	ck_assert_uint_eq(ww_hl7_segment_fields(m, 0), 12);
	ck_assert_uint_eq(ww_hl7_segment_fields(m, 1), 3);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(takes_any_punctuation_as_delimiters)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, "MSH@~&#\\@A@B\rPID@1@@x~y\\z&second#F#\r");

	unit_str_is(ww_hl7_at(&cx, m, "MSH-1"), "@");
	unit_str_is(ww_hl7_at(&cx, m, "MSH-2"), "~&#\\");
	unit_str_is(ww_hl7_at(&cx, m, "PID-3.2.2"), "z");
	unit_str_is(ww_hl7_at(&cx, m, "PID-3(2)"), "second@");
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(takes_a_truncation_character_in_any_version)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, "MSH|^~\\&#|A|B|C|D|||ADT^A01|1|P|2.3\r");

	ck_assert_int_eq(ww_hl7_delims(m)->truncation, '#');
	unit_str_is(ww_hl7_at(&cx, m, "MSH-3"), "A");
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(refuses_headers_that_are_not_usable)
{
	static const struct {
		const char *text;
		ww_status status;
		const char *place;
	} rows[] = {
		{ "", WW_E_NOT_HL7, "MSH" },
		{ "HELLO WORLD", WW_E_NOT_HL7, "MSH" },
		{ "PID|1||4711\r", WW_E_NOT_HL7, "MSH" },
		{ "msh|^~\\&|A", WW_E_NOT_HL7, "MSH" },
		{ "\vMSH|^~\\&|A", WW_E_NOT_HL7, "MSH" },
		{ "FHS|^~\\&|A\rMSH|^~\\&|A", WW_E_NOT_HL7, "FHS" },
		{ "BHS|^~\\&|A\rMSH|^~\\&|A", WW_E_NOT_HL7, "BHS" },
		{ "MSH", WW_E_HEADER, "MSH-1" },
		{ "MSH\r|^~\\&", WW_E_HEADER, "MSH-1" },
		{ "MSHA^~\\&A", WW_E_HEADER, "MSH-1" },
		{ "MSH\"^~\\&\"", WW_E_HEADER, "MSH-1" },
		{ "MSH|^~", WW_E_HEADER, "MSH-2" },
		{ "MSH|^~\\", WW_E_HEADER, "MSH-2" },
		{ "MSH|^~|ADM|HOSP|WW", WW_E_HEADER, "MSH-2" },
		{ "MSH|^~\\|ADM|HOSP|WW", WW_E_HEADER, "MSH-2" },
		{ "MSH|^~\\&#%|ADM|HOSP", WW_E_HEADER, "MSH-2" },
		{ "MSH|^^\\&|ADM|HOSP", WW_E_HEADER, "MSH-2" },
		{ "MSH|^~\\a|ADM|HOSP", WW_E_HEADER, "MSH-2" },
		{ "MSH|^~\\\"|ADM|HOSP", WW_E_HEADER, "MSH-2" },
		{ "MSH|^~\\\t|ADM|HOSP", WW_E_HEADER, "MSH-2" },
		{ "MSH|^~\\\xe9|ADM|HOSP", WW_E_HEADER, "MSH-2" },
		{ "MSH|^~\rPID|1", WW_E_HEADER, "MSH-2" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7 *m = NULL;

		ck_assert_msg(ww_hl7_parse(&cx, ww_str_from(rows[i].text), &m) == rows[i].status,
		    "%s gave %s", rows[i].text, ww_status_name(cx.fail.status));
		ck_assert_str_eq(cx.fail.place, rows[i].place);
		ck_assert_ptr_null(m);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(skips_a_byte_order_mark_and_blanks_before_the_header)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, "\r\n\xef\xbb\xbf \t" MSH);

	ck_assert_uint_eq(ww_hl7_segments(m), 1);
	unit_str_is(ww_hl7_bytes(m), MSH);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(reads_the_same_segments_whatever_ends_the_lines)
{
	static const char *const texts[] = {
		MSH "\rPID|1||A\rZZZ|x\r",
		MSH "\nPID|1||A\nZZZ|x\n",
		MSH "\r\nPID|1||A\r\nZZZ|x\r\n",
		MSH "\r\nPID|1||A\rZZZ|x\n",
		MSH "\nPID|1||A\r\r\n\rZZZ|x",
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(texts); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7 *m = message_of(&cx, texts[i]);

		ck_assert_uint_eq(ww_hl7_segments(m), 3);
		unit_str_is(ww_hl7_segment_id(m, 1), "PID");
		unit_str_is(ww_hl7_at(&cx, m, "MSH-12"), "2.5.1");
		unit_str_is(ww_hl7_at(&cx, m, "PID-3"), "A");
		unit_str_is(ww_hl7_at(&cx, m, "ZZZ-1"), "x");
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(keeps_a_line_feed_in_a_field_of_a_message_with_returns)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, MSH "\rNTE|1||first\nsecond|4\nPV1|1|I\rZZZ|\nend\r");

	unit_str_is(ww_hl7_at(&cx, m, "NTE-3"), "first\nsecond");
	unit_str_is(ww_hl7_at(&cx, m, "NTE-4"), "4");
	unit_str_is(ww_hl7_at(&cx, m, "PV1-2"), "I");
	unit_str_is(ww_hl7_at(&cx, m, "ZZZ-1"), "\nend");
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(takes_line_feeds_at_the_start_of_a_line_for_empty_lines)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, MSH "\r\n\ntext\r\n\n\nNTE|1|a\n\nb\r");

	ck_assert_uint_eq(ww_hl7_segments(m), 3);
	unit_str_is(ww_hl7_at(&cx, m, "NTE-2"), "a\n\nb");
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(keeps_a_line_that_is_no_segment_apart)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m =
	    message_of(&cx, MSH "\rNTE|1||text\rgoes|on\rPID|1||A\rMpid|2\rPI\rPIDX|\r");
	size_t i;

	ck_assert_uint_eq(ww_hl7_segments(m), 7);
	for (i = 2; i < 7; i++)
		ck_assert_uint_eq(ww_hl7_segment_id(m, i).n, i == 3 ? 3 : 0);
	unit_str_is(ww_hl7_at(&cx, m, "NTE-3"), "text");
	unit_str_is(ww_hl7_at(&cx, m, "PID-3"), "A");
	ck_assert_uint_eq(ww_hl7_segment_fields(m, 2), 0);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(counts_segments_and_repetitions)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, MSH "\rPID|1||A~B~C||\rDG1|1\rDG1|2\rPV1\r");

	ck_assert_uint_eq(ww_hl7_count(m, "DG1"), 2);
	ck_assert_uint_eq(ww_hl7_count(m, "IN1"), 0);
	ck_assert_uint_eq(ww_hl7_repetitions(m, "PID", 1, 3), 3);
	ck_assert_uint_eq(ww_hl7_repetitions(m, "PID", 1, 4), 0);
	ck_assert_uint_eq(ww_hl7_repetitions(m, "PID", 1, 99), 0);
	ck_assert_uint_eq(ww_hl7_repetitions(m, "PID", 2, 3), 0);
	ck_assert_uint_eq(ww_hl7_repetitions(m, "MSH", 1, 2), 1);
	ck_assert_uint_eq(ww_hl7_count(m, "PV1"), 1);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(finds_every_field_of_a_long_row_of_separators)
{
	struct ww_ctx cx = message_ctx();
	char *text = message_repeat("|", 999, MSH "\rZZZ");
	struct ww_hl7 *m;

	m = message_of(&cx, text);
	ck_assert_uint_eq(ww_hl7_segment_fields(m, 1), 999);
	free(text);
	ww_arena_free(cx.arena);
}
END_TEST

/* Parses text, which is freed, and expects it beyond a limit. */
static void
is_beyond_limits(char *text)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = NULL;

	ck_assert_int_eq(ww_hl7_parse(&cx, ww_str_from(text), &m), WW_E_LIMIT);
	free(text);
	ww_arena_free(cx.arena);
}

START_TEST(refuses_what_is_beyond_its_limits)
{
	is_beyond_limits(message_repeat("ZZZ|\r", 10000, MSH "\r"));
	is_beyond_limits(message_repeat("|", 1001, MSH "\rZZZ"));
	is_beyond_limits(message_repeat("|", 100000, MSH "\rZZZ"));
	is_beyond_limits(message_repeat("~", 10000, MSH "\rPID|1||"));
	is_beyond_limits(message_repeat("^", 1000, MSH "\rPID|1||"));
	is_beyond_limits(message_repeat("&", 1000, MSH "\rPID|1||"));
}
END_TEST

START_TEST(takes_what_is_just_within_its_limits)
{
	static const char *const units[] = { "ZZZ|\r", "~", "^", "&" };
	static const size_t most[] = { 9999, 9999, 999, 999 };
	size_t i;

	for (i = 0; i < UNIT_COUNT(units); i++) {
		struct ww_ctx cx = message_ctx();
		char *text = message_repeat(units[i], most[i], i == 0 ? MSH "\r" : MSH "\rPID|1||");

		(void)message_of(&cx, text);
		free(text);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(reads_bytes_below_a_blank_and_a_zero_byte_as_data)
{
	static const char text[] = MSH "\rPID|1||A\0B\x01|C\r";
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = NULL;

	ck_assert_int_eq(ww_hl7_parse(&cx, ww_str_of(text, sizeof(text) - 1), &m), WW_OK);
	ck_assert_uint_eq(ww_hl7_at(&cx, m, "PID-3").n, 4);
	unit_str_is(ww_hl7_at(&cx, m, "PID-4"), "C");
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(joins_continued_segments_at_the_very_character)
{
	static const struct {
		const char *text, *path, *want;
	} rows[] = {
		{ MSH "\rOBX|12\rADD|345\rNTE|1\r", "OBX-1", "12345" },
		{ MSH "\rOBX|12\rADD|345\rNTE|1\r", "NTE-1", "1" },
		{ MSH "\rOBX|12\rADD||x\r", "OBX-2", "x" },
		{ MSH "\rOBX|12|a\rADD|b^c\rADD|d|e\r", "OBX-2.2", "cd" },
		{ MSH "\rOBX|12|a\rADD|b^c\rADD|d|e\r", "OBX-3", "e" },
		{ MSH "\rOBX|1|a \\\rADD|T\\ b\r", "OBX-2", "a & b" }, /* inside an escape */
		{ MSH "\rOBX|1|a \\\rADD|\rADD|T\\ b", "OBX-2", "a & b" },
		{ MSH "\rOBX|1|ab\rADD\rADD|c\r", "OBX-2", "abc" },
		{ MSH "\nOBX|1|ab\n\nADD|c\n", "OBX-2", "abc" },
		{ MSH "\r\nOBX|1|ab\r\nADD|c\r\n", "OBX-2", "abc" },
		{ MSH "\rOBX\rADD||c\r", "OBX-1", "c" },
		{ MSH "\rOBX\rADD|\rADD||c\r", "OBX-1", "c" },
		{ MSH "\rOBX\rADD|2|c\r", "ADD-2", "c" }, /* no id goes on */
		{ MSH "\rADD|c\rOBX|1\r", "ADD-1", "c" },
		{ MSH "\rno\rADD|c\r", "ADD-1", "c" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7 *m = message_of(&cx, rows[i].text);

		unit_str_is(ww_hl7_at(&cx, m, rows[i].path), rows[i].want);
		ck_assert_uint_eq(
		    ww_hl7_count(m, "ADD"), strncmp(rows[i].path, "ADD", 3) == 0 ? 1 : 0);
		ww_arena_free(cx.arena);
	}
}
END_TEST

/* Copying all that there is for each line would take a minute. */
START_TEST(joins_many_lines_in_linear_time)
{
	struct ww_ctx cx = message_ctx();
	char *text = message_repeat("ADD|0123456789\r", 200000, MSH "\rOBX|1|\r");
	struct ww_hl7 *m = message_of(&cx, text);

	ck_assert_uint_eq(ww_hl7_segments(m), 2);
	ck_assert_uint_eq(ww_hl7_at(&cx, m, "OBX-2").n, 2000000);
	free(text);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(limits_what_is_joined_as_any_segment)
{
	is_beyond_limits(message_repeat("ADD|||||||||||\r", 101, MSH "\rOBX|1\r"));
}
END_TEST

START_TEST(finds_fields_in_any_order)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m =
	    message_of(&cx, MSH "\rPV1|1|I|W^1|E|||||||||||||||V1|||\rDG1|1|2\rDG1|3|4\r");
	static const struct {
		const char *path, *want;
	} rows[] = {
		{ "PV1-19", "V1" },
		{ "PV1-2", "I" },
		{ "PV1-3.2", "1" },
		{ "PV1-22", "" },
		{ "PV1-23", "" },
		{ "PV1-19", "V1" },
		{ "DG1-2", "2" },
		{ "DG1(2)-1", "3" },
		{ "DG1(1)-1", "1" },
		{ "DG1(2)-2", "4" },
		{ "DG1(3)-1", "" },
		{ "PV1-4", "E" },
		{ "MSH-12", "2.5.1" },
		{ "MSH-3", "ADM" },
		{ "PV1-20", "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		unit_str_is(ww_hl7_at(&cx, m, rows[i].path), rows[i].want);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(warns_of_what_it_takes_all_the_same)
{
	static const struct {
		const char *text, *names;
	} rows[] = {
		{ MSH "\rPID|1||A\r", "" },
		{ MSH "\n\nPID|1||A\n", "" },
		{ MSH "\r\nPID|1||A\r\n", "" },
		{ "\r\n" MSH "\r", "leading_bytes" },
		{ "\xef\xbb\xbf" MSH "\r", "leading_bytes" },
		{ MSH "\rNTE|1||a\nb\r", "lf_in_field" },
		{ MSH "\rNTE|1||a\x01z\r", "control_byte" },
		{ MSH "\rNTE|1||a\tz\r", "control_byte" },
		{ MSH "\rNTE|1||a\x7fz\r", "" },
		{ MSH "\rfree text\\X\\\r", "bad_segment_id" },
		{ MSH "\rNTE|1||\\XC3A4\\ \\H\\ \\.sp+2\\ \\C2842\\ \\F\\ \\P\\\r", "" },
		{ MSH "\rNTE|1||\\XC3A\\\r", "escape_bad_hex" },
		{ MSH "\rNTE|1||\\X00\\\r", "escape_bad_hex" },
		{ MSH "\rNTE|1||a^b~c&\\Zx\\\r", "escape_unknown" },
		{ MSH "\rNTE|1||C:\\dir\\ and 5 \\T\\ 6\r", "escape_unknown" },
		{ MSH "\rNTE|1||abc\\F\r", "escape_unterminated" },
		{ MSH "\rNTE|1||abc\\F|\\\r", "escape_unterminated" }, /* each leaf by itself */
		{ MSH "\rNTE|1||abc#\r", "" },
		{ "MSH|^~\\&#|A\rNTE|1||abc#\r", "truncated" },
		{ "MSH|^~\\&#|A\rNTE|1||a#^abc\r", "truncated" },
		{ "MSH|^~\\&#|A\rNTE|1||a#c^abc\\P\\\r", "" },
		{ "\n" MSH "\rNTE|1|\x02|\\q|\n|\\q\\|\\X\\\rx\r",
		    "leading_bytes lf_in_field control_byte bad_segment_id escape_bad_hex "
		    "escape_unknown escape_unterminated" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7 *m = message_of(&cx, rows[i].text);
		ww_str names = ww_hl7_warning_names(&cx, ww_hl7_warnings(m));

		ck_assert_msg(
		    ww_str_is(names, rows[i].names), "%s: %.*s", rows[i].text, WW_STR_FMT(names));
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(tells_short_memory_from_a_bad_message)
{
	struct ww_ctx cx = { .arena = ww_arena_new(64) };
	struct ww_hl7 *m = NULL;

	ck_assert_int_eq(ww_hl7_parse(&cx, WW_STR(MSH), &m), WW_E_LIMIT);
	ck_assert_str_eq(cx.fail.place, "");
	ck_assert_ptr_null(m);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		numbers_the_fields_of_a_header_from_its_separator,
		takes_any_punctuation_as_delimiters,
		takes_a_truncation_character_in_any_version,
		refuses_headers_that_are_not_usable,
		skips_a_byte_order_mark_and_blanks_before_the_header,
		reads_the_same_segments_whatever_ends_the_lines,
		keeps_a_line_feed_in_a_field_of_a_message_with_returns,
		takes_line_feeds_at_the_start_of_a_line_for_empty_lines,
		keeps_a_line_that_is_no_segment_apart,
		counts_segments_and_repetitions,
		finds_every_field_of_a_long_row_of_separators,
		refuses_what_is_beyond_its_limits,
		takes_what_is_just_within_its_limits,
		reads_bytes_below_a_blank_and_a_zero_byte_as_data,
		joins_continued_segments_at_the_very_character,
		joins_many_lines_in_linear_time,
		limits_what_is_joined_as_any_segment,
		finds_fields_in_any_order,
		warns_of_what_it_takes_all_the_same,
		tells_short_memory_from_a_bad_message,
	};

	return unit_main("hl7v2", tests, UNIT_COUNT(tests));
}
