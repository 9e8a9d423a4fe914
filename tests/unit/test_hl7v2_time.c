/* Times of a message: whose offset holds for them, and what is noticed about them. */
#include "tests/unit/message.h"

#include "base/fs.h"

#include <wardwire/buf.h>

static struct ww_ctx cx;

/* The message with that MSH-7 and EVN-2. */
static struct ww_hl7 *
message_with(const char *msh7, const char *evn2)
{
	ww_str text;

	if (cx.arena == NULL)
		cx = message_ctx();
	ww_ctx_clear(&cx);
	text = ww_arena_printf(
	    cx.arena, "MSH|^~\\&|ADM|HOSP|WW|PAYER|%s||ADT^A01|M1|P|2.5.1\rEVN|A01|%s", msh7, evn2);
	return message_of(&cx, text.p);
}

/* In New York, 2026: on 8 March 02:00 to 03:00 does not exist, on 1 November 01:00 to 02:00 exists twice. */
START_TEST(reads_a_time_in_its_own_offset_then_that_of_msh_7_then_the_zone)
{
	static const struct {
		const char *msh7, *evn2;
		const char *want; /* empty: no time */
		const char *warnings;
	} rows[] = {
		{ "20260302101500", "202603020900", "202603020900-0500", "" },
		{ "20260302101500-0600", "202603020900", "202603020900-0600", "" },
		{ "20260302101500+0000", "202603020900", "202603020900+0000", "" },
		{ "20260302101500-0600", "202603020900+0100", "202603020900+0100", "" },
		{ "2026-0600", "202603020900", "202603020900-0600", "" },
		{ "soon-0600", "202603020900", "202603020900-0500", "" },
		{ "", "202603020900", "202603020900-0500", "" },
		{ "20260302101500", " 202603020900 ", "202603020900-0500", "" },
		{ "20260302101500", "20260302", "20260302", "" },
		{ "20260302101500", "20260308", "20260308", "" },
		{ "20260302101500", "20261101", "20261101", "" },
		{ "20260302101500", "", "", "" },
		{ "20260302101500", "\"\"", "", "" },
		{ "20260302101500", "20260230", "", "time_invalid" },
		{ "20260302101500", "202603022400", "", "time_invalid" },
		{ "20260302101500", "soon", "", "time_invalid" },
		{ "20260302101500", "20260308023000", "20260308023000-0500", "time_in_gap" },
		{ "20260302101500-0600", "20260308023000", "20260308023000-0600", "" },
		/* an offset that is the zone's is that of the time of year only */
		{ "20260302101500-0500", "20260308023000", "20260308023000-0500", "time_in_gap" },
		{ "20260302101500-0500", "202507020900", "202507020900-0400", "" },
		{ "20260302101500-0600", "202507020900", "202507020900-0600", "" },
		/* a date has none */
		{ "20260302101500-0600", "20260302", "20260302", "" },
		{ "20260302101500", "20261101013000", "20261101013000-0400", "time_twice" },
		{ "20260302101500", "20261101013000-0500", "20261101013000-0500", "" },
		{ "20260302101500", "20260302101530.12345", "20260302101530.123-0500", "time_cut" },
		{ "20260302101500", "20261101013000.1234", "20261101013000.123-0400",
		    "time_cut time_twice" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_hl7 *m = message_with(rows[i].msh7, rows[i].evn2);
		ww_time t = { .ms = 42 };
		struct ww_buf b = { 0 };
		bool found = ww_hl7_time(&cx, m, "EVN-2", ww_zone_find("America/New_York"), &t);

		if (found)
			ww_time_write_hl7(t, &b);
		ck_assert_msg(ww_str_is(ww_buf_view(&b), rows[i].want), "row %zu: %.*s", i,
		    WW_STR_FMT(ww_buf_view(&b)));
		ck_assert(found || t.ms == 42);
		unit_str_is(ww_hl7_warning_names(&cx, ww_hl7_warnings(m)), rows[i].warnings);
		ww_buf_free(&b);
	}
}
END_TEST

START_TEST(names_each_warning_once_and_in_their_order)
{
	const struct ww_hl7 *m = message_with("", "soon");
	uint32_t all =
	    (UINT32_C(1) << WW_HL7_WARN_time_invalid) | (UINT32_C(1) << WW_HL7_WARN_leading_bytes);
	ww_time t;

	ck_assert_uint_eq(ww_hl7_warnings(m), 0);
	ck_assert(!ww_hl7_time(&cx, m, "EVN-2", NULL, &t));
	ck_assert(!ww_hl7_time(&cx, m, "EVN-2", NULL, &t));
	unit_str_is(ww_hl7_warning_names(&cx, ww_hl7_warnings(m)), "time_invalid");
	unit_str_is(ww_hl7_warning_names(&cx, all), "leading_bytes time_invalid");
	unit_str_is(ww_hl7_warning_names(&cx, 0), "");
	for (unsigned i = 0; i < WW_HL7_WARNINGS_N; i++)
		ck_assert_ptr_null(strchr(ww_hl7_warning_name((enum ww_hl7_warning)i), ' '));
}
END_TEST

/* docs/interfaces.md has a row for each, in the words of the table. */
START_TEST(has_every_warning_in_the_documents)
{
	struct ww_buf docs = { 0 };
	size_t i;

	cx = message_ctx();
	ck_assert_int_eq(ww_fs_get(&cx, "docs/interfaces.md", 1 << 20, &docs), WW_OK);
	ww_buf_byte(&docs, '\0');
	for (i = 0; i < WW_HL7_WARNINGS_N; i++) {
		enum ww_hl7_warning w = (enum ww_hl7_warning)i;
		ww_str row = ww_arena_printf(
		    cx.arena, "\n| `%s` | %s |\n", ww_hl7_warning_name(w), ww_hl7_warning_text(w));

		ck_assert_msg(strstr(ww_buf_view(&docs).p, row.p) != NULL,
		    "docs/interfaces.md lacks: %s", row.p);
	}
	ww_buf_free(&docs);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_a_time_in_its_own_offset_then_that_of_msh_7_then_the_zone,
		names_each_warning_once_and_in_their_order,
		has_every_warning_in_the_documents,
	};

	return unit_main("hl7v2_time", tests, UNIT_COUNT(tests));
}
