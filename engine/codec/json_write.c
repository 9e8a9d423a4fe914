/* A JSON tree as text. Not the library's printer: that formats numbers, indents by tabs and gives each text
 * twice its memory. */
#include <wardwire/json.h>

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

struct writer {
	struct ww_buf *out;
	bool indented;
	size_t depth;
};

/* What a byte inside a string is written as; NULL: as itself. Other control characters are in no tree. */
static const char *
escape_of(char c)
{
	static const struct {
		char c;
		const char *text;
	} rows[] = {
		{ '"', "\\\"" },
		{ '\\', "\\\\" },
		{ '\n', "\\n" },
		{ '\r', "\\r" },
		{ '\t', "\\t" },
	};
	size_t i;

	if ((unsigned char)c > '\\' || (c >= ' ' && c != '"' && c != '\\'))
		return NULL;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].c == c)
			return rows[i].text;
	return NULL;
}

static void
write_string(struct writer *w, ww_str s)
{
	size_t i, from = 0;

	ww_buf_byte(w->out, '"');
	for (i = 0; i < s.n; i++) {
		const char *e = escape_of(s.p[i]);

		if (e == NULL)
			continue;
		ww_buf_add(w->out, s.p + from, i - from);
		ww_buf_cstr(w->out, e);
		from = i + 1;
	}
	ww_buf_add(w->out, s.p + from, s.n - from);
	ww_buf_byte(w->out, '"');
}

static void
new_line(struct writer *w)
{
	size_t i;

	if (!w->indented)
		return;
	ww_buf_byte(w->out, '\n');
	for (i = 0; i < w->depth; i++)
		ww_buf_cstr(w->out, "  ");
}

static void write_value(struct writer *w, const struct ww_json *v);

static void
write_children(struct writer *w, const struct ww_json *v)
{
	bool object = ww_json_kind(v) == WW_JSON_OBJECT;
	const struct ww_json *c = ww_json_first(v);

	ww_buf_byte(w->out, object ? '{' : '[');
	w->depth++;
	for (; c != NULL; c = ww_json_next(c)) {
		new_line(w);
		if (object) {
			write_string(w, ww_json_key(c));
			ww_buf_cstr(w->out, w->indented ? ": " : ":");
		}
		write_value(w, c);
		if (ww_json_next(c) != NULL)
			ww_buf_byte(w->out, ',');
	}
	w->depth--;
	if (ww_json_first(v) != NULL)
		new_line(w);
	ww_buf_byte(w->out, object ? '}' : ']');
}

static void
write_value(struct writer *w, const struct ww_json *v)
{
	switch (ww_json_kind(v)) {
	case WW_JSON_STRING:
		write_string(w, ww_json_str(v));
		return;
	case WW_JSON_NUMBER:
		ww_buf_str_add(w->out, ww_json_number(v));
		return;
	case WW_JSON_BOOL:
		ww_buf_cstr(w->out, ww_json_true(v) ? "true" : "false");
		return;
	case WW_JSON_ARRAY:
	case WW_JSON_OBJECT:
		write_children(w, v);
		return;
	case WW_JSON_NONE:
	case WW_JSON_NULL:
		ww_buf_cstr(w->out, "null");
		return;
	}
}

ww_status
ww_json_write(struct ww_ctx *cx, const struct ww_json *v, bool indented, struct ww_buf *out)
{
	struct writer w = { .out = out, .indented = indented };

	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx); /* part of the tree may be missing */
	if (v == NULL)
		return ww_fail(cx, WW_E_BUG, NULL, "there is no JSON value to write");
	write_value(&w, v);
	if (out->error != WW_OK)
		return ww_fail(
		    cx, (ww_status)out->error, NULL, "%s", ww_status_text((ww_status)out->error));
	return WW_OK;
}
