/* Form fields. */
#include "codec/form.h"

#include <wardwire/ctx.h>

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static ww_status
decode(struct ww_ctx *cx, ww_str text, ww_str *out)
{
	char *p = ww_arena_alloc(cx->arena, text.n + 1);
	size_t n = 0;

	if (p == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < text.n; i++) {
		int high, low;

		if (text.p[i] != '%') {
			p[n++] = text.p[i] == '+' ? ' ' : text.p[i];
			continue;
		}
		high = text.n - i > 2 ? hex_value(text.p[i + 1]) : -1;
		low = text.n - i > 2 ? hex_value(text.p[i + 2]) : -1;
		if (high < 0 || low < 0)
			return ww_fail(
			    cx, WW_E_SYNTAX, "form", "a percent sign without two digits");
		p[n++] = (char)(high << 4 | low);
		i += 2;
	}
	*out = ww_str_of(p, n);
	return WW_OK;
}

ww_status
ww_form_next(struct ww_ctx *cx, ww_str *rest, struct ww_form_field *out)
{
	ww_str field = ww_str_empty(), value;
	ww_status s;

	*out = (struct ww_form_field){ ww_str_empty(), ww_str_empty() };
	while (rest->n > 0 && field.n == 0)
		field = ww_str_cut(*rest, '&', rest);
	if (field.n == 0)
		return WW_OK;
	s = decode(cx, ww_str_cut(field, '=', &value), &out->name);
	if (s == WW_OK && out->name.n == 0)
		return ww_fail(cx, WW_E_SYNTAX, "form", "a field without a name");
	return s == WW_OK ? decode(cx, value, &out->value) : s;
}
