/* Blobs: a text is found again under its digest, whole or not at all. */
#include "journal_fixture.h"

#include <wardwire/buf.h>

/* SHA-256 of "abc", FIPS 180-2 appendix B.1. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

START_TEST(gives_back_what_was_put)
{
	struct fixture f;
	struct ww_buf b = { .p = NULL };
	char hex[65];
	struct stat st;

	fixture_open(&f);
	ck_assert_int_eq(ww_blob_put(&f.cx, &ww_fs_real, f.dir, WW_STR("abc"), hex), WW_OK);
	ck_assert_str_eq(hex, ABC);
	ck_assert_int_eq(stat(fixture_path(f.dir, ABC), &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(ww_blob_get(&f.cx, &ww_fs_real, f.dir, WW_STR(ABC), &b), WW_OK);
	unit_str_is(ww_buf_view(&b), "abc");
	ww_buf_clear(&b);
	ck_assert_int_eq(ww_blob_put(&f.cx, &ww_fs_real, f.dir, ww_str_empty(), hex), WW_OK);
	ck_assert_int_eq(ww_blob_get(&f.cx, &ww_fs_real, f.dir, ww_str_from(hex), &b), WW_OK);
	ck_assert_uint_eq(ww_buf_view(&b).n, 0);
	ww_buf_free(&b);
	fixture_close(&f);
}
END_TEST

START_TEST(does_not_write_what_is_there)
{
	struct fixture f;
	struct fault x = { .call = FAULT_NONE };
	struct ww_fs fs = fault_fs(&x);
	char hex[65];

	fixture_open(&f);
	ck_assert_int_eq(ww_blob_put(&f.cx, &fs, f.dir, WW_STR("abc"), hex), WW_OK);
	ck_assert_uint_eq(x.calls[FAULT_PWRITE], 1);
	ck_assert_int_eq(ww_blob_put(&f.cx, &fs, f.dir, WW_STR("abc"), hex), WW_OK);
	ck_assert_uint_eq(x.calls[FAULT_PWRITE], 1);
	/* The names, of the folder too, may not have been durable. */
	ck_assert_uint_eq(x.calls[FAULT_SYNC_DIR], 4);
	fixture_close(&f);
}
END_TEST

START_TEST(writes_again_what_is_damaged)
{
	struct fixture f;
	struct ww_buf b = { .p = NULL };
	char hex[65];

	fixture_open(&f);
	ck_assert_int_eq(ww_blob_put(&f.cx, &ww_fs_real, f.dir, WW_STR("abc"), hex), WW_OK);
	fixture_store(fixture_path(f.dir, hex), (const uint8_t *)"abd", 3);
	ck_assert_int_eq(ww_blob_get(&f.cx, &ww_fs_real, f.dir, WW_STR(ABC), &b), WW_E_DAMAGED);
	ck_assert_uint_eq(ww_buf_view(&b).n, 0);
	ww_ctx_clear(&f.cx);
	ck_assert_int_eq(ww_blob_put(&f.cx, &ww_fs_real, f.dir, WW_STR("abc"), hex), WW_OK);
	ck_assert_int_eq(ww_blob_get(&f.cx, &ww_fs_real, f.dir, WW_STR(ABC), &b), WW_OK);
	ww_buf_free(&b);
	fixture_close(&f);
}
END_TEST

START_TEST(does_not_find_what_was_never_put)
{
	static const char *const names[] = { ABC, "", "abc", "../../../../../../../../etc/passwd",
		"BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" };
	struct fixture f;
	struct ww_buf b = { .p = NULL };
	size_t i;

	fixture_open(&f);
	for (i = 0; i < UNIT_COUNT(names); i++) {
		ww_ctx_clear(&f.cx);
		ck_assert_int_eq(ww_blob_get(&f.cx, &ww_fs_real, f.dir, ww_str_from(names[i]), &b),
		    WW_E_NOT_FOUND);
	}
	ww_buf_free(&b);
	fixture_close(&f);
}
END_TEST

START_TEST(is_whole_or_absent_whatever_call_fails)
{
	static const enum fault_call calls[] = { FAULT_OPEN, FAULT_PWRITE, FAULT_DATASYNC,
		FAULT_CLOSE, FAULT_RENAME, FAULT_SYNC_DIR };
	size_t i;

	for (i = 0; i < UNIT_COUNT(calls); i++) {
		struct fixture f;
		struct fault x = { .call = calls[i], .nth = 1, .err = ENOSPC };
		struct ww_fs fs = fault_fs(&x);
		struct ww_buf b = { .p = NULL };
		char hex[65];
		ww_status s;

		fixture_open(&f);
		ck_assert_int_eq(ww_blob_put(&f.cx, &fs, f.dir, WW_STR("abc"), hex), WW_E_FULL);
		ww_ctx_clear(&f.cx);
		s = ww_blob_get(&f.cx, &ww_fs_real, f.dir, WW_STR(ABC), &b);
		ck_assert(s == WW_E_NOT_FOUND || s == WW_OK);
		ww_ctx_clear(&f.cx);
		ck_assert_int_eq(ww_blob_put(&f.cx, &fs, f.dir, WW_STR("abc"), hex), WW_OK);
		ww_buf_free(&b);
		fixture_close(&f);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		gives_back_what_was_put,
		does_not_write_what_is_there,
		writes_again_what_is_damaged,
		does_not_find_what_was_never_put,
		is_whole_or_absent_whatever_call_fails,
	};

	return unit_main("blob", tests, UNIT_COUNT(tests));
}
