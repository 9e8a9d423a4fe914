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
			if (e == WW_MLLP_TOO_BIG)
				ww_buf_printf(&out, "big(%.*s)", WW_STR_FMT(frame));
			if (e == WW_MLLP_NOISE || e == WW_MLLP_ENDLESS) {
				ww_buf_cstr(&out, e == WW_MLLP_NOISE ? "noise" : "endless");
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

START_TEST(tells_a_frame_beyond_the_limit_when_it_has_ended)
{
	static const char text[] =
	    "\v12345678\x1c\r\v123456789abcdef\x1c\r\vnext\x1c\r\v123456789\vy\x1c\r";
	size_t piece;

	for (piece = 1; piece < sizeof(text); piece++) {
		uint64_t restarts;
		struct ww_buf got = fed(text, sizeof(text) - 1, piece, 8, &restarts);

		unit_str_is(ww_buf_view(&got), "[12345678]big(12345678)[next][y]");
		ck_assert_uint_eq(restarts, 1);
		ww_buf_free(&got);
	}
}
END_TEST

START_TEST(keeps_the_beginning_alone_of_a_frame_beyond_the_limit)
{
	static char text[3 << 20];
	struct ww_mllp d;
	ww_str frame, in;
	size_t at;

	memset(text, 'x', sizeof(text));
	text[0] = '\v';
	text[sizeof(text) - 1] = '\x1c';
	ww_mllp_start(&d, LIMIT);
	for (at = 0; at < sizeof(text); at += 4096) {
		enum ww_mllp_event e;

		in = ww_str_of(text + at, 4096);
		e = ww_mllp_feed(&d, &in, &frame);
		ck_assert_int_eq(e, at + 4096 < sizeof(text) ? WW_MLLP_MORE : WW_MLLP_TOO_BIG);
		if (at > LIMIT)
			ck_assert_uint_le(ww_mllp_held(&d), 128 << 10);
	}
	ck_assert_uint_eq(frame.n, 64 << 10);
	ww_mllp_free(&d);
	ck_assert_uint_eq(ww_mllp_held(&d), 0);
}
END_TEST

START_TEST(gives_up_on_a_frame_without_end)
{
	static char text[300];
	uint64_t restarts;
	struct ww_buf got;

	memset(text, 'x', sizeof(text));
	text[0] = '\v';
	got = fed(text, sizeof(text), 7, 8, &restarts);
	unit_str_is(ww_buf_view(&got), "endlessopen");
	ww_buf_free(&got);
}
END_TEST

START_TEST(holds_no_memory_between_frames)
{
	static const char bytes[] = "\vabc\x1c\r";
	struct ww_mllp d;
	ww_str frame, in = ww_str_of(bytes, sizeof(bytes) - 1);

	ww_mllp_start(&d, LIMIT);
	ck_assert_int_eq(ww_mllp_feed(&d, &in, &frame), WW_MLLP_FRAME);
	ck_assert_ptr_eq(frame.p, bytes + 1); /* not copied */
	ck_assert_uint_eq(ww_mllp_held(&d), 0);
	in = ww_str_of(bytes, 3);
	ck_assert_int_eq(ww_mllp_feed(&d, &in, &frame), WW_MLLP_MORE);
	ck_assert_uint_gt(ww_mllp_held(&d), 0);
	in = ww_str_of(bytes + 3, sizeof(bytes) - 4);
	ck_assert_int_eq(ww_mllp_feed(&d, &in, &frame), WW_MLLP_FRAME);
	unit_str_is(frame, "abc");
	ck_assert_int_eq(ww_mllp_feed(&d, &in, &frame), WW_MLLP_MORE); /* the CR */
	ck_assert_uint_eq(ww_mllp_held(&d), 0);
	ww_mllp_free(&d);
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
		tells_a_frame_beyond_the_limit_when_it_has_ended,
		keeps_the_beginning_alone_of_a_frame_beyond_the_limit,
		gives_up_on_a_frame_without_end,
		holds_no_memory_between_frames,
		bears_four_kibibytes_of_noise_and_any_number_of_blanks,
		starts_anew_a_million_times_in_linear_time,
		writes_a_frame_that_it_reads_back,
		refuses_to_write_what_a_frame_cannot_carry,
	};

	return unit_main("mllp", tests, UNIT_COUNT(tests));
}
