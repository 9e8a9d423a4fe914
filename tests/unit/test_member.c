/* How a payer's member numbers are compared. */
#include "tests/unit/unit.h"

#include "model/member.h"

START_TEST(compares_numbers_however_they_are_written)
{
	static const struct {
		const char *number, *key;
	} rows[] = {
		{ "M1001", "M1001" }, { "m-1001", "M1001" }, { " m 10 01 ", "M1001" }, { "--", "" },
		{ "", "" }, { "00123-01", "12301" }, { "000", "" }, { " 0-0100", "100" },
		{ "M.1001", "M.1001" },
		{ "\xc3\xa4"
		  "1",
		    "\xc3\xa4"
		    "1" }, /* bytes beyond ASCII stay as they are */
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = { .arena = ww_arena_new(0) };

		unit_str_is(ww_member_key(&cx, ww_str_from(rows[i].number)), rows[i].key);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(gives_nothing_when_memory_is_short)
{
	struct ww_ctx cx = { .arena = ww_arena_new(8) };

	unit_str_is(ww_member_key(&cx, WW_STR("M10010000000000000000")), "");
	ck_assert_int_eq(ww_arena_status(cx.arena), WW_E_LIMIT);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(compares_numbers_of_providers_by_their_digits)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "12-3456789", "123456789", true },
		{ "1234567893", "1234567893", true },
		{ "123456789", "1234567890", false },
		{ "1234567890", "123456789", false },
		{ "", "", false },
		{ "NPI", "-", false },
		{ "", "1", false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(
		    ww_same_digits(ww_str_from(rows[i].a), ww_str_from(rows[i].b)) == rows[i].same,
		    "row %zu", i);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { compares_numbers_however_they_are_written,
		compares_numbers_of_providers_by_their_digits, gives_nothing_when_memory_is_short };

	return unit_main("member", tests, UNIT_COUNT(tests));
}
