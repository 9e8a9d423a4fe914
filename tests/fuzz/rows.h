/* What fuzz targets of mappers share. */
#ifndef WW_FUZZ_ROWS_H
#define WW_FUZZ_ROWS_H

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/model.h>

#include "model/model_json.h"

#include <stdlib.h>

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Every text is one that can be read: counting its bytes finds what points to nowhere. */
static void
read_row(struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	struct ww_buf out = { 0 };
	struct ww_json *back, *v = ww_row_json(cx, e, row);

	if (ww_json_write(cx, v, false, &out) == WW_OK)
		must(ww_json_parse(cx, ww_buf_view(&out), &back) == WW_OK ||
		     ww_arena_status(cx->arena) != WW_OK);
	ww_buf_free(&out);
}

#endif
