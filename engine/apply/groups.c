/* Messages about several patients or visits (A17, A24, A40, A45, ...): each taken as a message of its own. */
#include "apply/work.h"

#include <wardwire/buf.h>
#include <wardwire/hl7v2.h>

/* Segment i as it stands, ended by CR. */
static void
add_segment(const struct ww_hl7 *m, size_t i, struct ww_buf *b)
{
	ww_str id = ww_hl7_segment_id(m, i), raw;
	struct ww_hl7_path p = { .n = 1 };

	if (id.n != sizeof(p.segment) - 1)
		return;
	for (size_t k = 0; k < id.n; k++)
		p.segment[k] = id.p[k];
	for (size_t k = 0; k < i; k++)
		p.n = (uint16_t)(p.n + ww_str_eq(ww_hl7_segment_id(m, k), id));
	(void)ww_hl7_raw(m, &p, &raw);
	ww_buf_str_add(b, raw);
	ww_buf_byte(b, '\r');
}

ww_status
ww_group(
    struct ww_work *w, const struct ww_hl7 *m, const char *begins, size_t n, struct ww_hl7 **out)
{
	struct ww_buf b = { 0 };
	size_t seen = 0;
	ww_str bytes;
	ww_status s;

	for (size_t i = 0; i < ww_hl7_segments(m); i++) {
		seen += ww_str_is(ww_hl7_segment_id(m, i), begins);
		if (seen == 0 || seen == n)
			add_segment(m, i, &b);
	}
	s = (ww_status)b.error;
	bytes = ww_arena_str(w->cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	if (s != WW_OK || ww_arena_status(w->cx->arena) != WW_OK)
		return ww_fail_memory(w->cx);
	return ww_hl7_read(w->cx, bytes, &w->feed->source, out);
}
