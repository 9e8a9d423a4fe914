/* Messages as people see them. */
#include "unit.h"

#include "codec/hl7v2_names.h"
#include "codec/hl7v2_view.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>

#include <string.h>

static void
shows(bool tree, const char *message, const char *want)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	ww_str raw = ww_str_from(message);
	struct ww_buf b = { 0 };
	struct ww_hl7 *m = NULL;

	if (ww_hl7_parse(&cx, raw, &m) != WW_OK)
		m = NULL;
	if (tree)
		ww_hl7_view_tree(&cx, m, &b);
	else
		ww_hl7_view_hex(m, raw, &b);
	unit_str_is(ww_buf_view(&b), want);
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
}

START_TEST(numbers_only_what_there_are_several_of)
{
	shows(true, "MSH|^~\\&\rZBX|a~b\rZBX|c^d&e\r",
	    "MSH  Message header\n"
	    "  MSH-1             Field separator                                   |\n"
	    "  MSH-2             Encoding characters                               ^~\\&\n"
	    "ZBX(1)\n"
	    "  ZBX(1)-1(1)                                                         a\n"
	    "  ZBX(1)-1(2)                                                         b\n"
	    "ZBX(2)\n"
	    "  ZBX(2)-1.1                                                          c\n"
	    "  ZBX(2)-1.2.1                                                        d\n"
	    "  ZBX(2)-1.2.2                                                        e\n");
}
END_TEST

START_TEST(decodes_and_lets_no_control_byte_through)
{
	shows(true, "MSH|^~\\&\rNTE|||a\\F\\b\x1b|\"\"\rhello\x07\xff\r",
	    "MSH  Message header\n"
	    "  MSH-1             Field separator                                   |\n"
	    "  MSH-2             Encoding characters                               ^~\\&\n"
	    "NTE  Notes and comments\n"
	    "  NTE-3             Comment                                           "
	    "a|b\\X1B\\\n"
	    "  NTE-4                                                               \"\"\n"
	    "?    hello\\X07\\\\XFF\\\n");
}
END_TEST

START_TEST(marks_delimiters_below_their_bytes)
{
	shows(false, "MSH|^~\\&|A\nZ1|b^c&d~\\\xe9\x01",
	    "00000000  4d 53 48 7c 5e 7e 5c 26 7c 41 0a                 MSH|^~\\&|A.\n"
	    "                   d  d  d  d  d  f     .\n"
	    "0000000b  5a 31 7c 62 5e 63 26 64 7e 5c e9 01              Z1|b^c&d~\\..\n"
	    "                f     c     s     r  e  +  !\n");
}
END_TEST

START_TEST(shows_bytes_that_are_no_message)
{
	shows(false, "hello |\r",
	    "00000000  68 65 6c 6c 6f 20 7c 0d                          hello |.\n"
	    "                               .\n");
	shows(false, "", "");
}
END_TEST

START_TEST(knows_standard_names)
{
	const char *type;

	ck_assert_str_eq(ww_hl7_names_segment("PV1"), "Patient visit");
	ck_assert_ptr_null(ww_hl7_names_segment("ZPV"));
	ck_assert_str_eq(ww_hl7_names_field("PID", 3, &type), "Patient identifier list");
	ck_assert_str_eq(type, "CX");
	ck_assert_str_eq(ww_hl7_names_component("CX", 4, &type), "Assigning authority");
	ck_assert_str_eq(type, "HD");
	ck_assert_ptr_null(ww_hl7_names_field("PID", 300, &type));
	ck_assert_ptr_null(type);
	ck_assert_ptr_null(ww_hl7_names_component(NULL, 1, &type));
}
END_TEST

/* A row whose segment is misspelled, or that stands twice, would never be seen. */
START_TEST(every_row_of_the_names_is_found)
{
	const struct ww_hl7_named_field *f;
	const char *type;
	size_t i;

	for (i = 0; (f = ww_hl7_names_at(i)) != NULL; i++) {
		ck_assert_ptr_nonnull(ww_hl7_names_segment(f->segment));
		ck_assert_ptr_eq(ww_hl7_names_field(f->segment, f->field, &type), f->name);
	}
	ck_assert_uint_gt(i, 100);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		numbers_only_what_there_are_several_of,
		decodes_and_lets_no_control_byte_through,
		marks_delimiters_below_their_bytes,
		shows_bytes_that_are_no_message,
		knows_standard_names,
		every_row_of_the_names_is_found,
	};

	return unit_main("hl7v2_view", tests, UNIT_COUNT(tests));
}
