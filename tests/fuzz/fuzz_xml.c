/* Any bytes as FHIR XML: what is read can be written as JSON and read as that, and what can be written as XML comes back
 * the same. */
#include "json_same.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include "codec/xml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_tree(struct ww_ctx *cx, struct ww_json *v)
{
	struct ww_buf json = { 0 }, xml = { 0 };
	struct ww_json *again;

	if (ww_json_write(cx, v, false, &json) != WW_OK ||
	    ww_json_parse(cx, ww_buf_view(&json), &again) != WW_OK || !json_same(v, again))
		abort();
	if (ww_xml_write(cx, v, &xml) == WW_OK &&
	    (ww_xml_read(cx, ww_buf_view(&xml), 0, &again) != WW_OK || !json_same(v, again)))
		abort();
	ww_buf_free(&json);
	ww_buf_free(&xml);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_json *v;

	if (cx.arena == NULL)
		return 0;
	if (size < 1u << 16 && ww_xml_read(&cx, ww_str_of(data, size), 0, &v) == WW_OK)
		check_tree(&cx, v);
	ww_arena_free(cx.arena);
	return 0;
}
