/* Paths that name several places. */
#include "unit.h"

#include "codec/hl7v2_list.h"

#include <wardwire/ctx.h>

static const char message[] = "MSH|^~\\&|A|B|C|D|1||ADT^A01|1|P|2.5\r"
                              "PID|1||a^^^X~b^^^Y||\r"
                              "DG1|1||I10^one\rDG1|2||I11^two~I12^three\rDG1|3\r";

static void
lists(const char *path, const char *want)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_hl7_list l;
	struct ww_hl7 *m;
	char have[200] = "";
	size_t i, n, at = 0;
	ww_str text;

	ck_assert_int_eq(ww_hl7_parse(&cx, ww_str_from(message), &m), WW_OK);
	ck_assert_int_eq(ww_hl7_list_read(&cx, ww_str_from(path), &l), WW_OK);
	n = ww_hl7_list_count(m, &l);
	for (i = 0; i < n; i++) {
		struct ww_hl7_path p = ww_hl7_list_at(m, &l, i);

		(void)ww_hl7_text(&cx, m, &p, &text);
		at += (size_t)snprintf(have + at, sizeof(have) - at, "%.*s;", WW_STR_FMT(text));
	}
	ck_assert_str_eq(have, want);
	ww_arena_free(cx.arena);
}

START_TEST(goes_through_segments_and_repetitions_in_wire_order)
{
	lists("PID-3(*).1", "a;b;");
	lists("PID.3(*).4", "X;Y;");
	lists("DG1(*)-1", "1;2;3;");
	lists("DG1(*)-3.2", "one;two;;");
	lists("DG1(*)-3(*).1", "I10;I11;I12;");
	lists("DG1(2)-3(*).1", "I11;I12;");
	lists("PV1(*)-2", "");
}
END_TEST

START_TEST(takes_plain_paths)
{
	lists("PID-3(2).1", "b;");
	lists("PV1-2", ";");
	lists("MSH-2", "^~\\&;");
}
END_TEST

START_TEST(refuses_a_star_where_no_number_stands)
{
	static const char *const bad[] = { "PID(*", "PID-3.1(*)", "PID-(*)", "(*)-3", "PID(*)(*)-3",
		"PID-3(*)(*)", "PID-*", "MSH-2(*)", "P(*)ID" };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_hl7_list l;
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++)
		ck_assert_msg(
		    ww_hl7_list_read(&cx, ww_str_from(bad[i]), &l) == WW_E_SYNTAX, "%s", bad[i]);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(what_is_behind_the_last_is_nowhere)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_hl7_path p;
	struct ww_hl7_list l;
	struct ww_hl7 *m;
	ww_str text;

	ck_assert_int_eq(ww_hl7_parse(&cx, ww_str_from(message), &m), WW_OK);
	ck_assert_int_eq(ww_hl7_list_read(&cx, WW_STR("DG1(*)-3(*)"), &l), WW_OK);
	p = ww_hl7_list_at(m, &l, 3);
	ck_assert_int_eq(ww_hl7_text(&cx, m, &p, &text), WW_HL7_ABSENT);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		goes_through_segments_and_repetitions_in_wire_order,
		takes_plain_paths,
		refuses_a_star_where_no_number_stands,
		what_is_behind_the_last_is_nowhere,
	};

	return unit_main("hl7v2_list", tests, UNIT_COUNT(tests));
}
