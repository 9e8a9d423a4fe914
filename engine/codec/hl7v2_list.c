/* Paths with a * in the place of a number: the number is put in for one place after the other. */
#include "codec/hl7v2_list.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>

ww_status
ww_hl7_list_read(struct ww_ctx *cx, ww_str text, struct ww_hl7_list *out)
{
	static const ww_str star = WW_STR_INIT("(*)");
	struct ww_buf plain = { 0 };
	size_t at = 0;
	ww_status s;

	*out = (struct ww_hl7_list){ .segments = false };
	while (at < text.n) {
		/* Behind the segment's three letters it is the segment's, else the field's. */
		bool *which = at == 3 ? &out->segments : &out->repetitions;

		if (at < 3 || *which || !ww_str_starts(ww_str_sub(text, at, text.n), star)) {
			ww_buf_byte(&plain, text.p[at++]);
			continue;
		}
		/* 1 stands in for it, so that only what may have a number may have a *. */
		ww_buf_cstr(&plain, "(1)");
		*which = true;
		at += star.n;
	}
	s = plain.error == WW_OK ? ww_hl7_path(cx, ww_buf_view(&plain), &out->path)
	                         : ww_fail_memory(cx);
	ww_buf_free(&plain);
	if (out->segments)
		out->path.n = 0;
	if (out->repetitions)
		out->path.repetition = 0;
	return s;
}

/* Places in the n-th such segment. */
static size_t
in_segment(const struct ww_hl7 *m, const struct ww_hl7_list *l, size_t n)
{
	return l->repetitions ? ww_hl7_repetitions(m, l->path.segment, n, l->path.field) : 1;
}

/* The segments it looks at: from the first up to and without the last. */
static void
range(const struct ww_hl7 *m, const struct ww_hl7_list *l, size_t *first, size_t *end)
{
	*first = l->segments || l->path.n == 0 ? 1 : l->path.n;
	*end = l->segments ? ww_hl7_count(m, l->path.segment) + 1 : *first + 1;
}

size_t
ww_hl7_list_count(const struct ww_hl7 *m, const struct ww_hl7_list *l)
{
	size_t n, end, count = 0;

	range(m, l, &n, &end);
	for (; n < end; n++)
		count += in_segment(m, l, n);
	return count;
}

struct ww_hl7_path
ww_hl7_list_at(const struct ww_hl7 *m, const struct ww_hl7_list *l, size_t i)
{
	struct ww_hl7_path p = l->path;
	size_t n, end, here;

	range(m, l, &n, &end);
	for (; l->segments && n < end; n++) {
		here = in_segment(m, l, n);
		if (i < here)
			break;
		i -= here;
	}
	p.n = (uint16_t)(n < end ? n : UINT16_MAX); /* a message has fewer segments */
	if (l->repetitions)
		p.repetition = (uint16_t)(i + 1);
	return p;
}
