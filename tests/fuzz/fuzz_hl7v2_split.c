/* Any bytes can be cut into parts; the parts are in order, apart, and free of frame bytes. */
#include "codec/hl7v2_split.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	ww_str text = ww_str_of(data, size);
	const char *at = text.p;
	struct ww_buf wire = { 0 };
	struct ww_hl7_part *parts;
	size_t n, i;

	if (cx.arena == NULL)
		return 0;
	if (ww_hl7_split(&cx, text, &parts, &n) != WW_OK)
		abort();
	for (i = 0; i < n; i++) {
		ww_str p = parts[i].text;

		if (p.n == 0 || p.p < at || p.p + p.n > text.p + text.n)
			abort();
		if (ww_str_find(p, '\x0b') < p.n || ww_str_find(p, '\x1c') < p.n)
			abort();
		at = p.p + p.n;
		ww_hl7_split_wire(p, &wire);
	}
	ww_buf_free(&wire);
	ww_arena_free(cx.arena);
	return 0;
}
