/* Unpacking gzip: what is whole comes back, and nothing else does. zlib packs here as a sender would. */
#include "unit.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "codec/gzip.h"

#include <string.h>

#include <zlib.h>

enum { MAX = 1 << 20, ROOM = 1 << 16, GZIP_WINDOW = 15 + 16 };

static struct ww_ctx cx;
static struct ww_buf out;
static unsigned char packed[ROOM];

static void
setup(void)
{
	cx = (struct ww_ctx){ .arena = ww_arena_new(1 << 16) };
}

static void
teardown(void)
{
	ww_buf_free(&out);
	ww_arena_free(cx.arena);
}

/* n bytes of text as one gzip member, at that place of packed. */
static ww_str
pack(size_t at, const void *text, size_t n)
{
	z_stream z = { 0 };
	static unsigned char copy[8 << 20];

	ck_assert_uint_le(n, sizeof(copy));
	memcpy(copy, text, n);
	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = copy;
	z.avail_in = (uInt)n;
	z.next_out = packed + at;
	z.avail_out = (uInt)(sizeof(packed) - at);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = z.total_out;
	deflateEnd(&z);
	return ww_str_of(packed + at, n);
}

static void
fails(ww_str in, size_t max, ww_status s)
{
	ww_buf_clear(&out);
	cx.fail = (struct ww_failure){ .status = WW_OK };
	ck_assert_int_eq(ww_gzip_read(&cx, in, max, &out), s);
	ck_assert_int_eq(cx.fail.status, s);
}

START_TEST(unpacks_what_was_packed)
{
	setup();
	ck_assert_int_eq(
	    ww_gzip_read(&cx, pack(0, "{\"resourceType\":\"Patient\"}", 26), MAX, &out), WW_OK);
	unit_str_is(ww_buf_view(&out), "{\"resourceType\":\"Patient\"}");
	ww_buf_clear(&out);
	ck_assert_int_eq(ww_gzip_read(&cx, pack(0, "", 0), MAX, &out), WW_OK);
	ck_assert_uint_eq(ww_buf_view(&out).n, 0);
	teardown();
}
END_TEST

START_TEST(refuses_every_cut_of_it)
{
	ww_str whole;

	setup();
	whole = pack(0, "an admission, twice an admission", 32);
	for (size_t n = 0; n < whole.n; n++)
		fails(ww_str_sub(whole, 0, n), MAX, WW_E_SYNTAX);
	teardown();
}
END_TEST

START_TEST(refuses_what_follows_the_end)
{
	ww_str one, two;

	setup();
	one = pack(0, "one", 3);
	packed[one.n] = 0;
	fails(ww_str_of(packed, one.n + 1), MAX, WW_E_SYNTAX);
	two = pack(one.n, "two", 3);
	fails(ww_str_of(packed, one.n + two.n), MAX, WW_E_SYNTAX);
	teardown();
}
END_TEST

START_TEST(refuses_what_is_not_gzip_or_has_another_checksum)
{
	ww_str whole;

	setup();
	fails(WW_STR("{\"resourceType\":\"Patient\"}"), MAX, WW_E_SYNTAX);
	fails(WW_STR("\x78\x9c\x03\x00\x00\x00\x00\x01"), MAX, WW_E_SYNTAX); /* zlib's own form */
	whole = pack(0, "an admission", 12);
	packed[whole.n - 8] ^= 1;
	fails(whole, MAX, WW_E_SYNTAX);
	teardown();
}
END_TEST

START_TEST(stops_at_the_size_that_was_asked_for)
{
	ww_str whole;

	setup();
	whole = pack(0, "0123456789", 10);
	fails(whole, 9, WW_E_LIMIT);
	ww_buf_clear(&out);
	cx.fail = (struct ww_failure){ .status = WW_OK };
	ck_assert_int_eq(ww_gzip_read(&cx, whole, 10, &out), WW_OK);
	teardown();
}
END_TEST

/* Eight megabytes of nothing are eight thousand bytes packed: a thousand to one. */
START_TEST(stops_at_growth_out_of_proportion_before_the_size)
{
	static const char nothing[8 << 20];
	ww_str whole;

	setup();
	whole = pack(0, nothing, sizeof(nothing));
	ck_assert_uint_lt(whole.n, sizeof(nothing) / 500);
	fails(whole, sizeof(nothing), WW_E_LIMIT);
	ck_assert_uint_le(ww_buf_view(&out).n, WW_GZIP_FREE + WW_GZIP_RATIO * (whole.n + 1));
	/* A little of anything is no danger. */
	ww_buf_clear(&out);
	cx.fail = (struct ww_failure){ .status = WW_OK };
	ck_assert_int_eq(ww_gzip_read(&cx, pack(0, nothing, WW_GZIP_FREE), MAX, &out), WW_OK);
	ck_assert_uint_eq(ww_buf_view(&out).n, WW_GZIP_FREE);
	teardown();
}
END_TEST

/* Feeds all of in by pieces of n bytes, taking m at a time. */
static ww_status
feed(ww_str in, size_t n, size_t m)
{
	struct ww_gunzip *g = ww_gunzip_new();
	ww_status s = WW_OK;

	ck_assert_ptr_nonnull(g);
	while (s == WW_OK && in.n > 0) {
		ww_str piece = ww_str_sub(in, 0, n);
		size_t before;

		in = ww_str_sub(in, n, in.n);
		do {
			before = ww_buf_view(&out).n;
			s = ww_gunzip_feed(g, &cx, &piece, m, &out);
			ck_assert_uint_le(ww_buf_view(&out).n - before, m);
		} while (s == WW_OK && (piece.n > 0 || ww_buf_view(&out).n > before));
	}
	if (s == WW_OK)
		s = ww_gunzip_end(g, &cx);
	ww_gunzip_free(g);
	return s;
}

START_TEST(feeds_members_in_a_row_by_pieces_of_any_size)
{
	static const size_t sizes[] = { 1, 2, 7, 64, ROOM };
	ww_str one, two;

	setup();
	one = pack(0, "first line\n", 11);
	two = pack(one.n, "second line\n", 12);
	for (size_t i = 0; i < UNIT_COUNT(sizes); i++)
		for (size_t j = 0; j < UNIT_COUNT(sizes); j++) {
			ww_buf_clear(&out);
			ck_assert_int_eq(
			    feed(ww_str_of(packed, one.n + two.n), sizes[i], sizes[j]), WW_OK);
			unit_str_is(ww_buf_view(&out), "first line\nsecond line\n");
		}
	teardown();
}
END_TEST

START_TEST(a_fed_file_that_ends_early_or_goes_on_with_rubbish_is_damaged)
{
	ww_str one;

	setup();
	one = pack(0, "first line\n", 11);
	ck_assert_int_eq(feed(ww_str_sub(one, 0, one.n - 1), 3, 3), WW_E_SYNTAX);
	memset(packed + one.n, 'x', 20);
	ck_assert_int_eq(feed(ww_str_of(packed, one.n + 20), 3, 3), WW_E_SYNTAX);
	ck_assert_int_eq(feed(ww_str_empty(), 3, 3), WW_E_SYNTAX);
	teardown();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		unpacks_what_was_packed,
		refuses_every_cut_of_it,
		refuses_what_follows_the_end,
		refuses_what_is_not_gzip_or_has_another_checksum,
		stops_at_the_size_that_was_asked_for,
		stops_at_growth_out_of_proportion_before_the_size,
		feeds_members_in_a_row_by_pieces_of_any_size,
		a_fed_file_that_ends_early_or_goes_on_with_rubbish_is_damaged,
	};

	return unit_main("gzip", tests, UNIT_COUNT(tests));
}
