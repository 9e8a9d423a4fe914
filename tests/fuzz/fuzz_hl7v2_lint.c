/* Lint and the views of whatever bytes: they end, and every finding lies within the bytes. */
#include "codec/hl7v2_lint.h"
#include "codec/hl7v2_list.h"
#include "codec/hl7v2_view.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The first line is a path with or without stars, the rest the message. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ww_ctx cx = { .arena = ww_arena_new((size_t)64 << 20) };
	ww_str raw, path = ww_str_cut(ww_str_of(data, n), '\n', &raw);
	struct ww_lint_finding *f = NULL;
	struct ww_hl7_list list;
	struct ww_hl7 *m = NULL;
	struct ww_buf out = { 0 };
	size_t i, count = 0;

	if (ww_hl7_lint(&cx, raw, &f, &count) == WW_OK)
		for (i = 0; i < count; i++)
			if (f[i].offset > raw.n || f[i].code[0] == '\0')
				abort();
	ww_ctx_clear(&cx);
	if (ww_hl7_parse(&cx, raw, &m) == WW_OK) {
		ww_hl7_view_tree(&cx, m, &out);
		if (ww_hl7_list_read(&cx, path, &list) == WW_OK) {
			count = ww_hl7_list_count(m, &list);
			for (i = 0; i < count && i < 100; i++) {
				struct ww_hl7_path p = ww_hl7_list_at(m, &list, i);
				ww_str text;

				(void)ww_hl7_text(&cx, m, &p, &text);
			}
		}
	} else {
		m = NULL;
	}
	ww_hl7_view_hex(m, raw, &out);
	ww_buf_free(&out);
	ww_arena_free(cx.arena);
	return 0;
}
