/* Prints JSON on standard output. */
#include "main/print.h"

#include "base/options.h"
#include "main/site.h"

#include <stdio.h>

int
ww_print_json(struct ww_ctx *cx, const struct ww_json *v, bool indented)
{
	struct ww_buf b = { 0 };
	int code = WW_EXIT_OK;

	if (ww_json_write(cx, v, indented, &b) != WW_OK)
		code = ww_site_complain("", cx);
	else
		(void)printf("%.*s\n", WW_STR_FMT(ww_buf_view(&b)));
	ww_buf_free(&b);
	return code;
}

/* -- a story as text ----------------------------------------------------------------------------------- */

static void
print_value(const struct ww_json *v)
{
	switch (ww_json_kind(v)) {
	case WW_JSON_STRING:
		(void)printf("%.*s", WW_STR_FMT(ww_json_str(v)));
		break;
	case WW_JSON_NUMBER:
		(void)printf("%.*s", WW_STR_FMT(ww_json_number(v)));
		break;
	case WW_JSON_BOOL:
		(void)printf("%s", ww_json_true(v) ? "yes" : "no");
		break;
	case WW_JSON_NONE:
	case WW_JSON_NULL:
	case WW_JSON_ARRAY:
	case WW_JSON_OBJECT:
		break;
	}
}

static bool
is_tree(const struct ww_json *v)
{
	return ww_json_kind(v) == WW_JSON_OBJECT || ww_json_kind(v) == WW_JSON_ARRAY;
}

static bool
is_flat(const struct ww_json *v)
{
	for (const struct ww_json *c = ww_json_first(v); c != NULL; c = ww_json_next(c)) {
		if (is_tree(c))
			return false;
	}
	return true;
}

/* "key: value, key: value" of the plain members. */
static void
print_plain(const struct ww_json *v)
{
	const char *between = "";

	for (const struct ww_json *c = ww_json_first(v); c != NULL; c = ww_json_next(c)) {
		if (is_tree(c))
			continue;
		(void)printf("%s", between);
		if (ww_json_key(c).n > 0)
			(void)printf("%.*s ", WW_STR_FMT(ww_json_key(c)));
		print_value(c);
		between = ", ";
	}
}

/* A tree whose depth is that of our own story: plain members on one line, the others indented below it. */
static void
print_story(const struct ww_json *v, int depth)
{
	for (const struct ww_json *c = ww_json_first(v); c != NULL; c = ww_json_next(c)) {
		if (!is_tree(c) || ww_json_len(c) == 0)
			continue;
		(void)printf("%*s%.*s%s", depth * 2, "", WW_STR_FMT(ww_json_key(c)),
		    ww_json_key(c).n > 0 ? ": " : "- ");
		print_plain(c);
		(void)printf("\n");
		if (!is_flat(c))
			print_story(c, depth + 1);
	}
}

void
ww_print_story(const struct ww_json *v)
{
	if (!is_tree(ww_json_first(v))) {
		print_plain(v);
		(void)printf("\n");
	}
	print_story(v, 0);
}
