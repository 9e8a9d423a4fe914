/* The growing buffer. */
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/status.h>

#include <string.h>

START_TEST(is_empty_when_all_zero)
{
	struct ww_buf b = { 0 };

	unit_str_is(ww_buf_view(&b), "");
	ck_assert_ptr_nonnull(ww_buf_view(&b).p);
	ww_buf_consume(&b, 0);
	ww_buf_free(&b);
}
END_TEST

START_TEST(grows_and_keeps_what_was_written)
{
	struct ww_buf b = { 0 };
	int i;

	for (i = 0; i < 100000; i++)
		ww_buf_byte(&b, (char)('a' + i % 26));
	ck_assert_int_eq(b.error, WW_OK);
	ck_assert_uint_eq(ww_buf_view(&b).n, 100000);
	ck_assert_int_eq(ww_buf_view(&b).p[99999], 'a' + 99999 % 26);
	ww_buf_free(&b);
}
END_TEST

START_TEST(takes_text_in_every_form)
{
	struct ww_buf b = { 0 };

	ww_buf_cstr(&b, "MSH");
	ww_buf_byte(&b, '|');
	ww_buf_str_add(&b, WW_STR("^~\\&"));
	ww_buf_printf(&b, "|%d", 5);
	ww_buf_add(&b, "", 0);
	unit_str_is(ww_buf_view(&b), "MSH|^~\\&|5");
	ww_buf_free(&b);
}
END_TEST

START_TEST(formats_text_longer_than_its_small_buffer)
{
	struct ww_buf b = { 0 };

	ww_buf_printf(&b, "%200d", 1);
	ww_buf_printf(&b, "%127d", 2);
	ww_buf_printf(&b, "%128d", 3);
	ck_assert_uint_eq(b.n, 200 + 127 + 128);
	ck_assert_int_eq(b.p[b.n - 1], '3');
	ww_buf_free(&b);
}
END_TEST

START_TEST(takes_exactly_its_limit)
{
	struct ww_buf b = { .limit = 300 };

	ww_buf_printf(&b, "%300d", 1);
	ck_assert_int_eq(b.error, WW_OK);
	ck_assert_uint_eq(b.n, 300);
	ww_buf_byte(&b, 'x');
	ck_assert_int_eq(b.error, WW_E_LIMIT);
	ww_buf_free(&b);
	ck_assert_uint_eq(b.limit, 300);
}
END_TEST

START_TEST(keeps_its_first_error_and_writes_no_more)
{
	struct ww_buf b = { .limit = 4 };

	ww_buf_cstr(&b, "abc");
	ww_buf_cstr(&b, "de");
	ww_buf_byte(&b, 'x');
	ck_assert_int_eq(b.error, WW_E_LIMIT);
	unit_str_is(ww_buf_view(&b), "abc");
	ww_buf_clear(&b);
	ck_assert_int_eq(b.error, WW_OK);
	ww_buf_cstr(&b, "abcd");
	unit_str_is(ww_buf_view(&b), "abcd");
	ww_buf_free(&b);
}
END_TEST

START_TEST(refuses_a_size_that_overflows)
{
	struct ww_buf b = { 0 };

	ww_buf_byte(&b, 'a');
	ww_buf_add(&b, "b", SIZE_MAX);
	ck_assert_int_eq(b.error, WW_E_LIMIT);
	ww_buf_free(&b);
}
END_TEST

START_TEST(writes_numbers_low_byte_first)
{
	struct ww_buf b = { 0 };

	ww_buf_le32(&b, 0x04030201u);
	ww_buf_le64(&b, 0x0c0b0a0908070605u);
	ck_assert_uint_eq(b.n, 12);
	ck_assert_mem_eq(b.p, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c", 12);
	ww_buf_free(&b);
}
END_TEST

START_TEST(consumes_from_the_front)
{
	struct ww_buf b = { 0 };

	ww_buf_cstr(&b, "abcdef");
	ww_buf_consume(&b, 2);
	unit_str_is(ww_buf_view(&b), "cdef");
	ww_buf_consume(&b, 4);
	unit_str_is(ww_buf_view(&b), "");
	ww_buf_free(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		is_empty_when_all_zero,
		grows_and_keeps_what_was_written,
		takes_text_in_every_form,
		formats_text_longer_than_its_small_buffer,
		takes_exactly_its_limit,
		keeps_its_first_error_and_writes_no_more,
		refuses_a_size_that_overflows,
		writes_numbers_low_byte_first,
		consumes_from_the_front,
	};

	return unit_main("buf", tests, UNIT_COUNT(tests));
}
