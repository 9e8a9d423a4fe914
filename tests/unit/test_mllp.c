/* MLLP framing: frames out of bytes, however they come. */
#include "unit.h"

#include "codec/mllp.h"

#include <string.h>

enum { LIMIT = 1 << 20 };

/* Feeds text in pieces of that size and gathers what comes out: frames in brackets, other events named. */
static struct ww_buf
fed(const char *text, size_t n, size_t piece, size_t limit, uint64_t *restarts)
{
	struct ww_buf out = { 0 };
	struct ww_mllp d;
	size_t at;

	ww_mllp_start(&d, limit);
	for (at = 0; at < n; at += piece) {
		ww_str frame, in = ww_str_sub(ww_str_of(text, n), at, piece);

		while (in.n > 0) {
			enum ww_mllp_event e = ww_mllp_feed(&d, &in, &frame);

			if (e == WW_MLLP_FRAME)
				ww_buf_printf(&out, "[%.*s]", WW_STR_FMT(frame));
			if (e == WW_MLLP_NOISE || e == WW_MLLP_TOO_BIG) {
				ww_buf_cstr(&out, e == WW_MLLP_NOISE ? "noise" : "big");
				at = n;
				break;
			}
		}
	}
	if (ww_mllp_open(&d))
		ww_buf_cstr(&out, "open");
	*restarts = d.restarts;
	ww_mllp_free(&d);
	return out;
}

START_TEST(finds_the_same_frames_in_pieces_of_any_size)
{
	static const struct {
		const char *text, *want;
		uint64_t restarts;
	} rows[] = {
		{ "\vabc\x1c\r", "[abc]", 0 },
		{ "\vabc\x1c\r\vd\x1c\r\n\ve\x1c\n\vf\x1c\vg\x1c\r", "[abc][d][e][f][g]", 0 },
		{ "\v\x1c\r", "[]", 0 },
		{ " \r\n\vabc\x1c\r  ", "[abc]", 0 },
		{ "noise\x1c\r\vabc\x1c\r", "[abc]", 0 },
		{ "\vlost\vabc\x1c\r", "[abc]", 1 },
		{ "\v\v\v\vabc\x1c\r\vd", "[abc]open", 3 },
		{ "\vab\rPID|\rc\x1c\r", "[ab\rPID|\rc]", 0 },
		{ "\vabc", "open", 0 },
		{ "abc", "", 0 },
	};
	size_t i, piece;

	for (i = 0; i < UNIT_COUNT(rows); i++)
		for (piece = 1; piece < 12; piece++) {
			uint64_t restarts;
			struct ww_buf got =
			    fed(rows[i].text, strlen(rows[i].text), piece, LIMIT, &restarts);

			unit_str_is(ww_buf_view(&got), rows[i].want);
			ck_assert_uint_eq(restarts, rows[i].restarts);
			ww_buf_free(&got);
		}
}
END_TEST

START_TEST(ends_a_frame_beyond_the_limit)
{
	uint64_t restarts;
	struct ww_buf got = fed("\v12345678\x1c\r\v123456789\x1c\r", 23, 4, 8, &restarts);

	unit_str_is(ww_buf_view(&got), "[12345678]bigopen");
	ww_buf_free(&got);
}
END_TEST

START_TEST(bears_four_kibibytes_of_noise_and_any_number_of_blanks)
{
	static char text[3 * 4096];
	uint64_t restarts;
	struct ww_buf got;

	memset(text, ' ', sizeof(text));
	memset(text, 'x', 4096);
	got = fed(text, sizeof(text), 1000, LIMIT, &restarts);
	unit_str_is(ww_buf_view(&got), "");
	ww_buf_free(&got);
	text[sizeof(text) - 1] = 'x';
	got = fed(text, sizeof(text), 1000, LIMIT, &restarts);
	unit_str_is(ww_buf_view(&got), "noise");
	ww_buf_free(&got);
}
END_TEST

START_TEST(starts_anew_a_million_times_in_linear_time)
{
	size_t n = 1 << 20;
	char *text = malloc(n);
	uint64_t restarts;
	struct ww_buf got;

	ck_assert_ptr_nonnull(text);
	memset(text, '\v', n);
	got = fed(text, n, n, LIMIT, &restarts);
	unit_str_is(ww_buf_view(&got), "open");
	ck_assert_uint_eq(restarts, n - 1);
	ww_buf_free(&got);
	free(text);
}
END_TEST

START_TEST(writes_a_frame_that_it_reads_back)
{
	struct ww_buf b = { 0 }, got;
	uint64_t restarts;
	ww_str v;

	ck_assert(ww_mllp_write(WW_STR("MSH|^~\\&|A\r"), &b));
	v = ww_buf_view(&b);
	unit_str_is(v, "\vMSH|^~\\&|A\r\x1c\r");
	got = fed(v.p, v.n, 3, LIMIT, &restarts);
	unit_str_is(ww_buf_view(&got), "[MSH|^~\\&|A\r]");
	ww_buf_free(&got);
	ww_buf_free(&b);
}
END_TEST

START_TEST(refuses_to_write_what_a_frame_cannot_carry)
{
	struct ww_buf b = { 0 };

	ck_assert(!ww_mllp_write(WW_STR("a\vb"), &b));
	ck_assert(!ww_mllp_write(WW_STR("a\x1c"), &b));
	ck_assert_uint_eq(ww_buf_view(&b).n, 0);
	ww_buf_free(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		finds_the_same_frames_in_pieces_of_any_size,
		ends_a_frame_beyond_the_limit,
		bears_four_kibibytes_of_noise_and_any_number_of_blanks,
		starts_anew_a_million_times_in_linear_time,
		writes_a_frame_that_it_reads_back,
		refuses_to_write_what_a_frame_cannot_carry,
	};

	return unit_main("mllp", tests, UNIT_COUNT(tests));
}
