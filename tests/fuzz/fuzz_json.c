/* Any bytes as JSON: the reader ends, and what it takes is written so that it reads the same again. */
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text of v, compact or indented, in the arena. */
static ww_str
text_of(struct ww_ctx *cx, const struct ww_json *v, bool indented)
{
	struct ww_buf b = { 0 };
	ww_status s = ww_json_write(cx, v, indented, &b);
	ww_str text;

	assert(s == WW_OK);
	text = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_json *v, *again;
	ww_str first;
	ww_status s;

	if (cx.arena == NULL)
		return 0;
	s = ww_json_parse(&cx, ww_str_of(data, size), &v);
	assert(s == WW_OK || s == WW_E_SYNTAX || s == WW_E_LIMIT);
	if (s == WW_OK) {
		first = text_of(&cx, v, false);
		s = ww_json_parse(&cx, text_of(&cx, v, true), &again);
		assert(s == WW_OK);
		assert(ww_str_eq(first, text_of(&cx, again, false)));
	}
	/* A string of any bytes is written so that it can be read. */
	s = ww_json_parse(&cx, text_of(&cx, ww_json_string(&cx, ww_str_of(data, size)), false), &v);
	assert(s == WW_OK);
	ww_arena_free(cx.arena);
	return 0;
}
