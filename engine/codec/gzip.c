/* gzip by zlib: inflated piece by piece into a buffer of fixed size, counted before anything is kept. */
#include "codec/gzip.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum {
	PIECE = 16384,
	GZIP_WINDOW = 15 + 16
}; /* the largest window; 16 more: a gzip header, no other */

struct ww_gunzip {
	z_stream z;
	uint64_t in, out; /* bytes of all members so far */
	bool ended;       /* stands after a member, or before the first */
	bool any;         /* a member was there */
};

/* -- one piece --------------------------------------------------------------------------------------- */

static bool
is_out_of_proportion(const struct ww_gunzip *g)
{
	return g->out > WW_GZIP_FREE && (g->out - WW_GZIP_FREE) / WW_GZIP_RATIO > g->in;
}

/* Inflates into p; *n is what came. */
static ww_status
inflate_piece(struct ww_gunzip *g, struct ww_ctx *cx, ww_str *in, unsigned char *p, size_t *n)
{
	/* zlib reads only, though its type does not say so. */
	union {
		const char *given;
		unsigned char *taken;
	} from = { .given = in->p };
	size_t most = in->n < UINT_MAX ? in->n : UINT_MAX, taken, room = *n;
	int r;

	g->z.next_in = from.taken;
	g->z.avail_in = (uInt)most;
	g->z.next_out = p;
	g->z.avail_out = (uInt)room;
	r = inflate(&g->z, Z_NO_FLUSH);
	taken = most - g->z.avail_in;
	*n = room - g->z.avail_out;
	*in = ww_str_sub(*in, taken, in->n);
	g->in += taken;
	g->out += *n;
	if (is_out_of_proportion(g))
		return ww_fail(
		    cx, WW_E_LIMIT, NULL, "gzip data that grows more than %d times", WW_GZIP_RATIO);

	switch (r) {
	case Z_STREAM_END:
		g->ended = true;
		return WW_OK;
	case Z_OK:
	case Z_BUF_ERROR: /* nothing to take, or nowhere to put it */
		return WW_OK;
	case Z_MEM_ERROR:
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory to inflate gzip data");
	default:
		return ww_fail(cx, WW_E_SYNTAX, NULL, "damaged gzip data, or none");
	}
}

/* -- by pieces --------------------------------------------------------------------------------------- */

struct ww_gunzip *
ww_gunzip_new(void)
{
	struct ww_gunzip *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->ended = true;
	if (inflateInit2(&g->z, GZIP_WINDOW) != Z_OK) {
		free(g);
		return NULL;
	}
	return g;
}

void
ww_gunzip_free(struct ww_gunzip *g)
{
	if (g == NULL)
		return;
	(void)inflateEnd(&g->z);
	free(g);
}

ww_status
ww_gunzip_feed(struct ww_gunzip *g, struct ww_ctx *cx, ww_str *in, size_t max, struct ww_buf *out)
{
	unsigned char piece[PIECE];

	while (max > 0) {
		size_t n = max < sizeof(piece) ? max : sizeof(piece);
		ww_status s;

		if (g->ended && in->n == 0)
			break;
		if (g->ended) {
			(void)inflateReset(&g->z);
			g->ended = false;
			g->any = true;
		}
		s = inflate_piece(g, cx, in, piece, &n);
		if (s != WW_OK)
			return s;
		ww_buf_add(out, piece, n);
		max -= n;
		if (n == 0 && in->n == 0)
			break;
	}
	return out->error == WW_OK
	           ? WW_OK
	           : ww_fail(cx, (ww_status)out->error, NULL, "no room for what gzip data holds");
}

ww_status
ww_gunzip_end(const struct ww_gunzip *g, struct ww_ctx *cx)
{
	return g->ended && g->any ? WW_OK
	                          : ww_fail(cx, WW_E_SYNTAX, NULL, "gzip data that ends early");
}

/* -- as a whole -------------------------------------------------------------------------------------- */

/* Feeds until the first member ends, the data does, or more than max came of it. */
static ww_status
read_member(struct ww_gunzip *g, struct ww_ctx *cx, ww_str *packed, size_t max, struct ww_buf *out)
{
	unsigned char piece[PIECE];
	size_t n = sizeof(piece);
	ww_status s;

	g->ended = false;
	g->any = true;
	while (!g->ended && (packed->n > 0 || n > 0)) {
		n = sizeof(piece);
		s = inflate_piece(g, cx, packed, piece, &n);
		if (s != WW_OK)
			return s;
		if (g->out > max)
			return ww_fail(
			    cx, WW_E_LIMIT, NULL, "gzip data that holds more than %zu bytes", max);
		ww_buf_add(out, piece, n);
	}
	return out->error == WW_OK
	           ? ww_gunzip_end(g, cx)
	           : ww_fail(cx, (ww_status)out->error, NULL, "no room for what gzip data holds");
}

ww_status
ww_gzip_read(struct ww_ctx *cx, ww_str packed, size_t max, struct ww_buf *out)
{
	struct ww_gunzip *g = ww_gunzip_new();
	ww_status s;

	if (g == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory to inflate gzip data");
	s = read_member(g, cx, &packed, max, out);
	if (s == WW_OK && packed.n > 0)
		s = ww_fail(cx, WW_E_SYNTAX, NULL, "bytes after the end of gzip data");
	ww_gunzip_free(g);
	return s;
}
