/* Slices of bytes. */
#include "unit.h"

START_TEST(has_a_pointer_even_when_made_from_nothing)
{
	ck_assert_ptr_nonnull(ww_str_from(NULL).p);
	ck_assert_ptr_nonnull(ww_str_of(NULL, 0).p);
	ck_assert_uint_eq(ww_str_from(NULL).n, 0);
	ck_assert(ww_str_eq(ww_str_from(NULL), ww_str_empty()));
}
END_TEST

START_TEST(compares_lengths_before_bytes)
{
	ck_assert(ww_str_eq(WW_STR("abc"), ww_str_from("abc")));
	ck_assert(!ww_str_eq(WW_STR("abc"), WW_STR("ab")));
	ck_assert(!ww_str_eq(WW_STR("a\0b"), WW_STR("a\0c")));
	ck_assert(ww_str_is(WW_STR("PID"), "PID"));
	ck_assert(!ww_str_is(WW_STR("PID"), "PI"));
}
END_TEST

START_TEST(ignores_case_of_ascii_letters_only)
{
	ck_assert(ww_str_ieq(WW_STR("Utf-8"), WW_STR("UTF-8")));
	ck_assert(!ww_str_ieq(WW_STR("[a"), WW_STR("{a")));
	ck_assert(!ww_str_ieq(WW_STR("\xc4"), WW_STR("\xe4")));
}
END_TEST

START_TEST(orders_a_prefix_before_what_it_starts)
{
	ck_assert_int_lt(ww_str_cmp(WW_STR("ab"), WW_STR("abc")), 0);
	ck_assert_int_gt(ww_str_cmp(WW_STR("b"), WW_STR("abc")), 0);
	ck_assert_int_eq(ww_str_cmp(WW_STR(""), WW_STR("")), 0);
	ck_assert_int_gt(ww_str_cmp(WW_STR("\xff"), WW_STR("a")), 0);
}
END_TEST

START_TEST(cuts_at_the_first_separator)
{
	ww_str rest, first = ww_str_cut(WW_STR("a^b^c"), '^', &rest);

	unit_str_is(first, "a");
	unit_str_is(rest, "b^c");
	first = ww_str_cut(WW_STR("^b"), '^', &rest);
	unit_str_is(first, "");
	unit_str_is(rest, "b");
}
END_TEST

START_TEST(leaves_no_rest_without_a_separator)
{
	ww_str rest, first = ww_str_cut(WW_STR("abc"), '^', &rest);

	unit_str_is(first, "abc");
	unit_str_is(rest, "");
	ck_assert_ptr_nonnull(rest.p);
	first = ww_str_cut(ww_str_empty(), '^', &rest);
	unit_str_is(first, "");
	unit_str_is(rest, "");
}
END_TEST

START_TEST(clips_a_part_to_the_whole)
{
	unit_str_is(ww_str_sub(WW_STR("abcdef"), 2, 3), "cde");
	unit_str_is(ww_str_sub(WW_STR("abc"), 2, SIZE_MAX), "c");
	unit_str_is(ww_str_sub(WW_STR("abc"), SIZE_MAX, 1), "");
}
END_TEST

START_TEST(trims_blanks_and_tabs_at_both_ends)
{
	unit_str_is(ww_str_trim(WW_STR(" \t a b\t ")), "a b");
	unit_str_is(ww_str_trim(WW_STR("  ")), "");
	unit_str_is(ww_str_trim(WW_STR("\na")), "\na");
}
END_TEST

START_TEST(finds_a_byte_or_the_end)
{
	ck_assert_uint_eq(ww_str_find(WW_STR("abc"), 'c'), 2);
	ck_assert_uint_eq(ww_str_find(WW_STR("abc"), 'x'), 3);
	ck_assert_uint_eq(ww_str_find(ww_str_empty(), 'x'), 0);
	ck_assert(ww_str_starts(WW_STR("abc"), WW_STR("ab")));
	ck_assert(!ww_str_starts(WW_STR("ab"), WW_STR("abc")));
}
END_TEST

START_TEST(reads_numbers_up_to_the_maximum)
{
	uint64_t v = 7;

	ck_assert(ww_str_u64(WW_STR("18446744073709551615"), UINT64_MAX, &v));
	ck_assert(v == UINT64_MAX);
	ck_assert(ww_str_u64(WW_STR("007"), 9, &v));
	ck_assert_uint_eq(v, 7);
	ck_assert(ww_str_u64(WW_STR("0"), 0, &v));
	ck_assert_uint_eq(v, 0);
}
END_TEST

START_TEST(refuses_what_is_no_number_and_leaves_the_result_alone)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "1.0", "0x1", "a",
		"18446744073709551616", "99999999999999999999" };
	uint64_t v = 7;
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++)
		ck_assert_msg(!ww_str_u64(ww_str_from(bad[i]), UINT64_MAX, &v), "%s", bad[i]);
	ck_assert(!ww_str_u64(WW_STR("10"), 9, &v));
	ck_assert(!ww_str_u64(WW_STR("256"), 255, &v));
	ck_assert_uint_eq(v, 7);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		has_a_pointer_even_when_made_from_nothing,
		compares_lengths_before_bytes,
		ignores_case_of_ascii_letters_only,
		orders_a_prefix_before_what_it_starts,
		cuts_at_the_first_separator,
		leaves_no_rest_without_a_separator,
		clips_a_part_to_the_whole,
		trims_blanks_and_tabs_at_both_ends,
		finds_a_byte_or_the_end,
		reads_numbers_up_to_the_maximum,
		refuses_what_is_no_number_and_leaves_the_result_alone,
	};

	return unit_main("str", tests, UNIT_COUNT(tests));
}
