/* Any bytes as an extract of any kind: the first line is the headers, and what comes of the rows can be written. */
#include <wardwire/buf.h>
#include <wardwire/csv_kind.h>
#include <wardwire/json.h>

#include "codec/columns.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_made(struct ww_ctx *cx, struct ww_json *const *made, size_t n)
{
	struct ww_json *again;

	if (n == 0 || n > WW_CSV_RESOURCES)
		abort();
	for (size_t i = 0; i < n; i++) {
		struct ww_buf b = { 0 };

		if (ww_json_write(cx, made[i], false, &b) != WW_OK ||
		    ww_json_parse(cx, ww_buf_view(&b), &again) != WW_OK ||
		    ww_json_str(ww_json_get(again, "id")).n == 0)
			abort();
		ww_buf_free(&b);
	}
}

static void
read_as(struct ww_ctx *cx, const struct ww_csv_kind *kind, ww_str text)
{
	struct ww_feed feed = { .name = WW_STR("f") };
	struct ww_columns names;
	struct ww_columns_head head;
	ww_str rest, line = ww_str_cut(text, '\n', &rest);

	if (ww_columns_read(cx, kind, ww_str_empty(), &names) != WW_OK ||
	    ww_columns_head_read(cx, &names, line, &head) != WW_OK)
		return;
	while (rest.n > 0) {
		struct ww_json *made[WW_CSV_RESOURCES];
		const ww_str *cells;
		size_t n = 0;

		line = ww_str_cut(rest, '\n', &rest);
		cx->fail = (struct ww_failure){ .status = WW_OK };
		if (ww_columns_row_read(cx, &head, line, &cells) == WW_OK &&
		    kind->map(cx, &feed, &cells, 1, made, &n) == WW_OK)
			check_made(cx, made, n);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	ww_str text = ww_str_of(data, size < 1 << 14 ? size : 1 << 14);
	struct ww_columns names;

	if (cx.arena == NULL)
		return 0;
	for (size_t i = 0; ww_csv_kinds[i] != NULL; i++) {
		ww_ctx_clear(&cx);
		read_as(&cx, ww_csv_kinds[i], text);
		ww_ctx_clear(&cx);
		if (ww_columns_read(&cx, ww_csv_kinds[i], text, &names) == WW_OK &&
		    names.kind != ww_csv_kinds[i])
			abort();
	}
	ww_arena_free(cx.arena);
	return 0;
}
