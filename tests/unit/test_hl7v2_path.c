/* Paths: compiling them, and what they lead to. */
#include "message.h"

START_TEST(compiles_every_form_of_a_path)
{
	static const struct {
		const char *text;
		struct ww_hl7_path want;
	} rows[] = {
		{ "PID", { "PID", 0, 0, 0, 0, 0 } },
		{ "OBX(3)", { "OBX", 3, 0, 0, 0, 0 } },
		{ "PID-3", { "PID", 0, 3, 0, 0, 0 } },
		{ "PID.3", { "PID", 0, 3, 0, 0, 0 } },
		{ "OBX(2)-5", { "OBX", 2, 5, 0, 0, 0 } },
		{ "PID-3(2).4.1", { "PID", 0, 3, 2, 4, 1 } },
		{ "Z9A(65535)-65535(65535).65535.65535",
		    { "Z9A", 65535, 65535, 65535, 65535, 65535 } },
		{ "MSH.9.2", { "MSH", 0, 9, 0, 2, 0 } },
		{ "MSH-2", { "MSH", 0, 2, 0, 0, 0 } },
	};
	struct ww_ctx cx = message_ctx();
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		const struct ww_hl7_path *w = &rows[i].want;
		struct ww_hl7_path p;

		ck_assert_int_eq(ww_hl7_path(&cx, ww_str_from(rows[i].text), &p), WW_OK);
		ck_assert_str_eq(p.segment, w->segment);
		ck_assert(p.n == w->n && p.field == w->field && p.repetition == w->repetition &&
		          p.component == w->component && p.subcomponent == w->subcomponent);
	}
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(names_the_position_of_the_fault)
{
	static const struct {
		const char *text;
		size_t position;
	} rows[] = {
		{ "", 1 },
		{ ".5", 1 },
		{ "pid-3", 1 },
		{ "PI-3", 3 },
		{ "1ID-3", 1 },
		{ "PID-", 5 },
		{ "PID-0", 5 },
		{ "PID-03", 5 },
		{ "PID-65536", 5 },
		{ "PID-3(", 7 },
		{ "PID-3()", 7 },
		{ "PID-3(2", 8 },
		{ "PID-3(0)", 7 },
		{ "PID-3(*)", 7 },
		{ "PID(1-3", 6 },
		{ "PID-3.", 7 },
		{ "PID-3.1.2.3", 10 },
		{ "PID-3 ", 6 },
		{ "PIDX-3", 4 },
		{ "/PID-3", 1 },
		{ "PID-3-1", 6 },
		{ "MSH-1.1", 8 },
		{ "MSH-2(1)", 9 },
		{ "BHS-2.1", 8 },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7_path p;
		char want[32];

		ck_assert_int_eq(ww_hl7_path(&cx, ww_str_from(rows[i].text), &p), WW_E_SYNTAX);
		ck_assert_str_eq(cx.fail.place, rows[i].text);
		snprintf(want, sizeof(want), "position %zu:", rows[i].position);
		ck_assert_msg(strncmp(cx.fail.reason, want, strlen(want)) == 0, "%s: %s",
		    rows[i].text, cx.fail.reason);
		ww_arena_free(cx.arena);
	}
}
END_TEST

#define BODY                                                                                       \
	"\rPID|1||A1^^^HOSP&1.2&ISO^MR~B2^^^PLAN^MB||Muster^Anna^\"\"|\"\"|M|\"\"~X|a\\T\\b|\"\"^" \
	"x||"                                                                                      \
	"\rOBX|1|ST|c1||first\rOBX|2|ST|c2||second\r"

START_TEST(follows_a_path_to_the_text_of_a_leaf)
{
	static const struct {
		const char *path;
		enum ww_hl7_state state;
		const char *text;
	} rows[] = {
		{ "PID-3", WW_HL7_VALUE, "A1" },
		{ "PID-3(2)", WW_HL7_VALUE, "B2" },
		{ "PID-3(3)", WW_HL7_ABSENT, "" },
		{ "PID-3.2", WW_HL7_EMPTY, "" },
		{ "PID-3.4", WW_HL7_VALUE, "HOSP" },
		{ "PID-3.4.2", WW_HL7_VALUE, "1.2" },
		{ "PID-3.4.4", WW_HL7_ABSENT, "" },
		{ "PID-3(2).5", WW_HL7_VALUE, "MB" },
		{ "PID-5.2", WW_HL7_VALUE, "Anna" },
		{ "PID-5.3", WW_HL7_DELETE, "" },
		{ "PID-5.4", WW_HL7_ABSENT, "" },
		{ "PID-6", WW_HL7_DELETE, "" },
		{ "PID-6.3", WW_HL7_DELETE, "" },
		{ "PID-6.3.2", WW_HL7_DELETE, "" },
		{ "PID-6(2)", WW_HL7_ABSENT, "" },
		{ "PID-7", WW_HL7_VALUE, "M" },
		{ "PID-7.1.1", WW_HL7_VALUE, "M" },
		{ "PID-7.2", WW_HL7_ABSENT, "" },
		{ "PID-8", WW_HL7_DELETE, "" },
		{ "PID-8(2)", WW_HL7_VALUE, "X" },
		{ "PID-9", WW_HL7_VALUE, "a&b" },
		{ "PID-10.1", WW_HL7_DELETE, "" },
		{ "PID-10.2", WW_HL7_VALUE, "x" },
		{ "PID-11", WW_HL7_EMPTY, "" },
		{ "PID-25", WW_HL7_ABSENT, "" },
		{ "PID(2)-3", WW_HL7_ABSENT, "" },
		{ "IN1-2", WW_HL7_ABSENT, "" },
		{ "OBX-5", WW_HL7_VALUE, "first" },
		{ "OBX(2)-5", WW_HL7_VALUE, "second" },
		{ "OBX(2)", WW_HL7_VALUE, "OBX|2|ST|c2||second" },
	};
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, MSH BODY);
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		ww_str text;

		ck_assert_msg(
		    message_text(&cx, m, rows[i].path, &text) == rows[i].state, "%s", rows[i].path);
		unit_str_is(text, rows[i].text);
	}
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(gives_the_raw_bytes_of_exactly_that_depth)
{
	static const struct {
		const char *path;
		enum ww_hl7_state state;
		const char *raw;
	} rows[] = {
		{ "PID-3", WW_HL7_VALUE, "A1^^^HOSP&1.2&ISO^MR~B2^^^PLAN^MB" },
		{ "PID-3(1)", WW_HL7_VALUE, "A1^^^HOSP&1.2&ISO^MR" },
		{ "PID-3.4", WW_HL7_VALUE, "HOSP&1.2&ISO" },
		{ "PID-3.4.3", WW_HL7_VALUE, "ISO" },
		{ "PID-6", WW_HL7_DELETE, "\"\"" },
		{ "PID-8", WW_HL7_VALUE, "\"\"~X" },
		{ "PID-9", WW_HL7_VALUE, "a\\T\\b" },
		{ "MSH-2", WW_HL7_VALUE, "^~\\&" },
	};
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, MSH BODY);
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		ww_str raw;

		ck_assert_int_eq(message_raw(&cx, m, rows[i].path, &raw), rows[i].state);
		unit_str_is(raw, rows[i].raw);
	}
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(tells_a_quoted_text_from_the_delete_marker)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, MSH "\rPID|\"|\"text\"|\"\"x|\\X2222\\\r");
	ww_str text;

	ck_assert_int_eq(message_text(&cx, m, "PID-1", &text), WW_HL7_VALUE);
	ck_assert_int_eq(message_text(&cx, m, "PID-2", &text), WW_HL7_VALUE);
	ck_assert_int_eq(message_text(&cx, m, "PID-3", &text), WW_HL7_VALUE);
	ck_assert_int_eq(message_text(&cx, m, "PID-4", &text), WW_HL7_VALUE);
	unit_str_is(text, "\"\"");
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(takes_segment_and_repetition_from_a_loop)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, MSH BODY);
	ww_str text;

	ck_assert_int_eq(ww_hl7_nth(&cx, m, "OBX-5", 2, 1, &text), WW_HL7_VALUE);
	unit_str_is(text, "second");
	ck_assert_int_eq(ww_hl7_nth(&cx, m, "PID-3.5", 1, 2, &text), WW_HL7_VALUE);
	unit_str_is(text, "MB");
	ck_assert_int_eq(ww_hl7_nth(&cx, m, "PID-3.5", 1, 70000, &text), WW_HL7_ABSENT);
	ck_assert_int_eq(ww_hl7_nth(&cx, m, "OBX-5", 3, 1, &text), WW_HL7_ABSENT);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(finds_repetitions_in_any_order)
{
	struct ww_ctx cx = message_ctx();
	struct ww_hl7 *m = message_of(&cx, MSH "\rPID|1||a~b~c~d|e~f~g\r");
	static const size_t order[] = { 3, 1, 4, 2, 2, 5, 4, 3 };
	static const char *const want[] = { "", "a", "b", "c", "d", "" };
	ww_str text;
	size_t i;

	for (i = 0; i < UNIT_COUNT(order); i++) {
		(void)ww_hl7_nth(&cx, m, "PID-3", 1, order[i], &text);
		unit_str_is(text, want[order[i]]);
		(void)ww_hl7_nth(&cx, m, "PID-4", 1, 3, &text);
		unit_str_is(text, order[i] == 0 ? "" : "g");
		(void)ww_hl7_nth(&cx, m, "PID-3", 1, order[i], &text);
		unit_str_is(text, want[order[i]]);
	}
	ww_arena_free(cx.arena);
}
END_TEST

/* 10,000 long repetitions: one search from the start for each would read 150 GB, and the test would not
 * end. */
START_TEST(reads_all_repetitions_of_a_huge_field_in_one_pass)
{
	enum { LONG = 3000, MOST = 10000 };
	struct ww_ctx cx = message_ctx();
	char *one = malloc(LONG + 1), *text;
	struct ww_hl7 *m;
	size_t r, n = 0;
	ww_str got;

	ck_assert_ptr_nonnull(one);
	memset(one, 'x', LONG);
	one[LONG - 1] = '~';
	one[LONG] = '\0';
	text = message_repeat(one, MOST - 1, MSH "\rPID|1||");
	m = message_of(&cx, text);
	ck_assert_uint_eq(ww_hl7_repetitions(m, "PID", 1, 3), MOST);
	for (r = 1; r <= MOST; r++) {
		(void)ww_hl7_nth(&cx, m, "PID-3.1", 1, r, &got);
		n += got.n;
	}
	ck_assert_uint_eq(n, (size_t)(MOST - 1) * (LONG - 1));
	free(text);
	free(one);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(decodes_a_declared_character_set_into_utf8)
{
	static const struct {
		const char *set, *raw, *text;
	} rows[] = {
		{ "8859/1", "M\xfcller", "M\xc3\xbcller" },
		{ "iso-8859-1", "M\xfcller", "M\xc3\xbcller" },
		{ "8859/15", "\xa4", "\xe2\x82\xac" },
		{ "8859/2", "\xb1", "\xc4\x85" },
		{ "8859/5", "\xbf", "\xd0\x9f" },
		{ "8859/1", "M\\XFC\\ller", "M\xc3\xbcller" },
		{ " unicode utf-8 ", "M\xc3\xbcller", "M\xc3\xbcller" },
		{ "UNICODE UTF-8", "M\\XC3BC\\ller", "M\xc3\xbcller" },
		{ "", "M\xc3\xbcller", "M\xc3\xbcller" },
		{ "UTF-8~UNICODE", "M\xc3\xbcller", "M\xc3\xbcller" },
		/* A hex escape that makes no letter of the set stays an escape. */
		{ "UNICODE UTF-8", "a\\XFF\\b\\X2D\\c", "a\\XFF\\b-c" },
		{ "8859/3", "a\\XA5\\b", "a\\XA5\\b" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		char text[256];
		struct ww_hl7 *m;
		ww_str raw;

		snprintf(
		    text, sizeof(text), MSH "||||||%s\rPID|1||||%s\r", rows[i].set, rows[i].raw);
		m = message_of(&cx, text);
		unit_str_is(ww_hl7_at(&cx, m, "PID-5"), rows[i].text);
		ck_assert_int_eq(message_raw(&cx, m, "PID-5", &raw), WW_HL7_VALUE);
		unit_str_is(raw, rows[i].raw);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(tells_a_value_that_was_cut_off)
{
	static const struct {
		const char *path;
		bool cut;
	} rows[] = {
		{ "PID-3", true },
		{ "PID-3.2", false },
		{ "PID-3.3", false },
		{ "PID-3.3.2", true },
		{ "PID-4", false },
		{ "PID-5", false },
		{ "PID-9", false },
		{ "MSH-2", false },
		{ "PID", false },
		{ "PID-6(2)", true },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = message_ctx();
		struct ww_hl7 *m =
		    message_of(&cx, "MSH|^~\\&#|A\rPID|1||abc#^a#c^x&y#&#|abc\\P\\|\"\"|a~#\r");
		struct ww_hl7_path p;

		ck_assert_int_eq(ww_hl7_path(&cx, ww_str_from(rows[i].path), &p), WW_OK);
		ck_assert_msg(ww_hl7_truncated(m, &p) == rows[i].cut, "%s", rows[i].path);
		m = message_of(&cx, "MSH|^~\\&|A\rPID|1||abc#^a#c^x#|\r");
		ck_assert(!ww_hl7_truncated(m, &p));
		ww_arena_free(cx.arena);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		compiles_every_form_of_a_path,
		names_the_position_of_the_fault,
		follows_a_path_to_the_text_of_a_leaf,
		gives_the_raw_bytes_of_exactly_that_depth,
		tells_a_quoted_text_from_the_delete_marker,
		takes_segment_and_repetition_from_a_loop,
		finds_repetitions_in_any_order,
		reads_all_repetitions_of_a_huge_field_in_one_pass,
		decodes_a_declared_character_set_into_utf8,
		tells_a_value_that_was_cut_off,
	};

	return unit_main("hl7v2_path", tests, UNIT_COUNT(tests));
}
