/* Memory of one message. */
#include "unit.h"

#include <wardwire/arena.h>
#include <wardwire/status.h>

#include <stdalign.h>
#include <string.h>

START_TEST(gives_zeroed_memory_aligned_for_any_type)
{
	struct ww_arena *a = ww_arena_new(0);
	size_t n, i;

	for (n = 0; n < 3000; n += 7) {
		unsigned char *p = ww_arena_alloc(a, n);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
		for (i = 0; i < n; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, n);
	}
	ww_arena_free(a);
}
END_TEST

START_TEST(gives_zeroed_memory_again_after_a_reset)
{
	struct ww_arena *a = ww_arena_new(0);
	unsigned char *p = ww_arena_alloc(a, 100);

	memset(p, 0xff, 100);
	ww_arena_reset(a);
	ck_assert_uint_eq(ww_arena_used(a), 0);
	p = ww_arena_alloc(a, 100);
	ck_assert_uint_eq(p[0], 0);
	ck_assert_uint_eq(p[99], 0);
	ww_arena_free(a);
}
END_TEST

START_TEST(keeps_pieces_apart_when_large_ones_come_between)
{
	struct ww_arena *a = ww_arena_new(0);
	unsigned char *piece[200];
	size_t i, size;

	for (i = 0; i < UNIT_COUNT(piece); i++) {
		size = i % 9 == 0 ? 300000 : i * 50;
		piece[i] = ww_arena_alloc(a, size + 1);
		ck_assert_ptr_nonnull(piece[i]);
		memset(piece[i], (int)i, size + 1);
	}
	for (i = 0; i < UNIT_COUNT(piece); i++) {
		size = i % 9 == 0 ? 300000 : i * 50;
		ck_assert_uint_eq(piece[i][0], i);
		ck_assert_uint_eq(piece[i][size], i);
	}
	ww_arena_free(a);
}
END_TEST

START_TEST(puts_texts_close_together_and_what_needs_it_aligned_behind_them)
{
	struct ww_arena *a = ww_arena_new(0);

	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < 2000; i++) {
			ww_str one = ww_arena_str(a, WW_STR("one")),
			       two = ww_arena_str(a, WW_STR("two"));
			unsigned char *p = ww_arena_alloc(a, 1 + i % 40);

			ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
			for (size_t k = 0; k < 1 + i % 40; k++)
				ck_assert_uint_eq(p[k], 0);
			memset(p, 0xff, 1 + i % 40);
			unit_str_is(one, "one");
			ck_assert_str_eq(one.p, "one");
			ck_assert_str_eq(two.p, "two");
		}
		ww_arena_reset(a); /* and again where other bytes were */
	}
	for (size_t i = 0; i < 100; i++)
		(void)ww_arena_str(a, WW_STR("one"));
	ck_assert_uint_eq(ww_arena_used(a), 400);
	ww_arena_free(a);
}
END_TEST

START_TEST(counts_texts_against_the_limit)
{
	struct ww_arena *a = ww_arena_new(1000);

	for (size_t i = 0; i < 250; i++)
		unit_str_is(ww_arena_str(a, WW_STR("one")), "one");
	ck_assert_int_eq(ww_arena_status(a), WW_OK);
	unit_str_is(ww_arena_str(a, WW_STR("x")), "");
	ck_assert_int_eq(ww_arena_status(a), WW_E_LIMIT);
	ww_arena_free(a);
}
END_TEST

START_TEST(says_limit_when_its_limit_is_passed)
{
	struct ww_arena *a = ww_arena_new(1000);

	ck_assert_ptr_nonnull(ww_arena_alloc(a, 900));
	ck_assert_int_eq(ww_arena_status(a), WW_OK);
	ck_assert_ptr_null(ww_arena_alloc(a, 200));
	ck_assert_int_eq(ww_arena_status(a), WW_E_LIMIT);
	ck_assert_ptr_nonnull(ww_arena_alloc(a, 16));
	ck_assert_int_eq(ww_arena_status(a), WW_E_LIMIT);
	ck_assert_uint_le(ww_arena_used(a), 1000);
	ww_arena_reset(a);
	ck_assert_int_eq(ww_arena_status(a), WW_OK);
	ww_arena_free(a);
}
END_TEST

START_TEST(refuses_an_array_whose_size_overflows)
{
	struct ww_arena *a = ww_arena_new(0);

	ck_assert_ptr_null(ww_arena_array(a, SIZE_MAX / 2, 3));
	ck_assert_int_eq(ww_arena_status(a), WW_E_LIMIT);
	ww_arena_reset(a);
	ck_assert_ptr_null(ww_arena_alloc(a, SIZE_MAX));
	ck_assert_ptr_nonnull(ww_arena_array(a, 0, 8));
	ck_assert_ptr_nonnull(ww_arena_array(a, 8, 0));
	ww_arena_free(a);
}
END_TEST

START_TEST(copies_text_with_a_nul_behind_it)
{
	struct ww_arena *a = ww_arena_new(0);
	ww_str s = ww_arena_str(a, ww_str_sub(WW_STR("abcdef"), 0, 3));

	unit_str_is(s, "abc");
	ck_assert_int_eq(s.p[3], '\0');
	ck_assert_str_eq(ww_arena_cstr(a, WW_STR("x")), "x");
	ck_assert_str_eq(ww_arena_cstr(a, ww_str_empty()), "");
	ww_arena_free(a);
}
END_TEST

START_TEST(copies_text_in_capitals)
{
	struct ww_arena *a = ww_arena_new(0);
	static const char text[] = "aZ-9 \xc3\xa4";

	unit_str_is(ww_arena_upper(a, ww_str_from(text)), "AZ-9 \xc3\xa4");
	unit_str_is(ww_arena_upper(a, ww_str_empty()), "");
	ck_assert_str_eq(text, "aZ-9 \xc3\xa4");
	ww_arena_free(a);
}
END_TEST

START_TEST(formats_text_of_any_length)
{
	struct ww_arena *a = ww_arena_new(0);

	unit_str_is(ww_arena_printf(a, "%s-%d", "PID", 3), "PID-3");
	ck_assert_uint_eq(ww_arena_printf(a, "%20000d", 1).n, 20000);
	ww_arena_free(a);
}
END_TEST

START_TEST(gives_the_empty_slice_when_a_copy_does_not_fit)
{
	struct ww_arena *a = ww_arena_new(16);

	unit_str_is(ww_arena_str(a, WW_STR("longer than sixteen")), "");
	ck_assert_str_eq(ww_arena_cstr(a, WW_STR("longer than sixteen")), "");
	unit_str_is(ww_arena_printf(a, "%s", "longer than sixteen"), "");
	ck_assert_int_eq(ww_arena_status(a), WW_E_LIMIT);
	ww_arena_free(a);
}
END_TEST

START_TEST(frees_nothing_without_complaint)
{
	ww_arena_free(NULL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		gives_zeroed_memory_aligned_for_any_type,
		gives_zeroed_memory_again_after_a_reset,
		keeps_pieces_apart_when_large_ones_come_between,
		puts_texts_close_together_and_what_needs_it_aligned_behind_them,
		counts_texts_against_the_limit,
		says_limit_when_its_limit_is_passed,
		refuses_an_array_whose_size_overflows,
		copies_text_with_a_nul_behind_it,
		copies_text_in_capitals,
		formats_text_of_any_length,
		gives_the_empty_slice_when_a_copy_does_not_fit,
		frees_nothing_without_complaint,
	};

	return unit_main("arena", tests, UNIT_COUNT(tests));
}
