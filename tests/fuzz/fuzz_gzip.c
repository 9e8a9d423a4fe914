/* Any bytes as gzip: never more comes of them than asked for, and pieces give what the whole gives. */
#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "codec/gzip.h"

#include <stdlib.h>

enum { MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same by pieces of seven bytes. */
static ww_status
feed(struct ww_ctx *cx, ww_str in, struct ww_buf *out)
{
	struct ww_gunzip *g = ww_gunzip_new();
	ww_status s = WW_OK;

	if (g == NULL)
		return WW_E_MEMORY;
	while (s == WW_OK && in.n > 0) {
		ww_str piece = ww_str_sub(in, 0, 7);
		size_t before;

		in = ww_str_sub(in, 7, in.n);
		do {
			before = ww_buf_view(out).n;
			s = ww_gunzip_feed(g, cx, &piece, 1000, out);
		} while (s == WW_OK && (piece.n > 0 || ww_buf_view(out).n > before));
	}
	if (s == WW_OK)
		s = ww_gunzip_end(g, cx);
	ww_gunzip_free(g);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 16) };
	struct ww_buf whole = { 0 }, pieces = { 0 };
	ww_status s;

	if (cx.arena == NULL)
		return 0;
	s = ww_gzip_read(&cx, ww_str_of(data, size), MAX, &whole);
	if (ww_buf_view(&whole).n > MAX)
		abort();
	if (s == WW_OK && (feed(&cx, ww_str_of(data, size), &pieces) != WW_OK ||
	                      !ww_str_eq(ww_buf_view(&whole), ww_buf_view(&pieces))))
		abort();
	ww_buf_free(&whole);
	ww_buf_free(&pieces);
	ww_arena_free(cx.arena);
	return 0;
}
