#include "main/fhir_files.h"

#include "base/fs.h"
#include "base/options.h"
#include "codec/xml.h"
#include "main/site.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 256 << 20 };

bool
ww_fhir_file_is(const char *file)
{
	FILE *f = strcmp(file, "-") == 0 ? NULL : fopen(file, "rb");
	int c = 0;

	if (f == NULL)
		return false;
	do
		c = fgetc(f);
	while (
	    c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xef || c == 0xbb || c == 0xbf);
	(void)fclose(f);
	return c == '{' || c == '<';
}

/* -- items ------------------------------------------------------------------------------------------ */

static int
complain(struct ww_ctx *cx, const struct ww_fhir_item *item)
{
	(void)fprintf(stderr, "wardwire: %s: resource %zu: ", item->file, item->number);
	return ww_site_complain("", cx);
}

static int
hand_over(struct ww_ctx *cx, struct ww_fhir_item *item,
    int (*each)(void *arg, struct ww_ctx *cx, const struct ww_fhir_item *item), void *arg)
{
	ww_status s;

	item->number++;
	ww_ctx_clear(cx);
	s = strcmp(item->format, "xml") == 0 ? ww_xml_read(cx, item->text, 0, &item->tree)
	                                     : ww_json_parse(cx, item->text, &item->tree);
	return s == WW_OK ? each(arg, cx, item) : complain(cx, item);
}

/* A line each, when the first line is an object by itself. */
static bool
is_lines(struct ww_ctx *cx, ww_str text)
{
	ww_str rest, first = ww_str_cut(text, '\n', &rest);
	struct ww_json *tree;
	bool whole;

	if (ww_str_trim(rest).n == 0)
		return false;
	whole = ww_json_parse(cx, first, &tree) == WW_OK;
	ww_ctx_clear(cx);
	return whole;
}

static int
each_line(struct ww_ctx *cx, struct ww_fhir_item *item, ww_str text,
    int (*each)(void *arg, struct ww_ctx *cx, const struct ww_fhir_item *item), void *arg)
{
	int code = WW_EXIT_OK;

	while (text.n > 0 && code <= WW_EXIT_INPUT) {
		int one;

		item->text = ww_str_trim(ww_str_cut(text, '\n', &text));
		if (item->text.n == 0)
			continue;
		one = hand_over(cx, item, each, arg);
		if (one > code)
			code = one;
	}
	return code;
}

int
ww_fhir_files_each(const char *file,
    int (*each)(void *arg, struct ww_ctx *cx, const struct ww_fhir_item *item), void *arg)
{
	struct ww_ctx outer = { .arena = ww_arena_new(0) }, inner = { .arena = ww_arena_new(0) };
	struct ww_fhir_item item = { .file = file, .format = "json" };
	struct ww_buf text = { 0 };
	int code;

	if (outer.arena == NULL || inner.arena == NULL) {
		code = WW_EXIT_ENVIRONMENT;
	} else if (ww_fs_get(&outer, file, FILE_MAX, &text) != WW_OK) {
		code = ww_site_complain("", &outer);
	} else if (is_lines(&inner, ww_buf_view(&text))) {
		code = each_line(&inner, &item, ww_buf_view(&text), each, arg);
	} else {
		item.text = ww_str_trim(ww_buf_view(&text));
		if (ww_str_find(item.text, '<') < ww_str_find(item.text, '{'))
			item.format = "xml";
		code = hand_over(&inner, &item, each, arg);
	}
	ww_buf_free(&text);
	ww_arena_free(inner.arena);
	ww_arena_free(outer.arena);
	return code;
}

/* -- what is in one ---------------------------------------------------------------------------------- */

static bool
is_bundle(const struct ww_json *tree)
{
	return ww_str_is(ww_json_str(ww_json_get(tree, "resourceType")), "Bundle");
}

const struct ww_json *
ww_fhir_walk(struct ww_fhir_walk *w, const struct ww_json *tree, ww_str *full_url)
{
	const struct ww_json *resource = NULL;

	*full_url = ww_str_empty();
	if (w->over)
		return NULL;
	if (!is_bundle(tree)) {
		w->over = true;
		return tree;
	}
	do {
		w->entry = w->entry == NULL ? ww_json_first(ww_json_get(tree, "entry"))
		                            : ww_json_next(w->entry);
		w->over = w->entry == NULL;
		resource = ww_json_get(w->entry, "resource");
	} while (!w->over && resource == NULL);
	*full_url = ww_json_str(ww_json_get(w->entry, "fullUrl"));
	return resource;
}

ww_str
ww_fhir_walk_name(struct ww_ctx *cx, const struct ww_json *resource)
{
	ww_str type = ww_json_str(ww_json_get(resource, "resourceType"));
	ww_str id = ww_json_str(ww_json_get(resource, "id"));

	return id.n == 0
	           ? type
	           : ww_arena_printf(cx->arena, "%.*s/%.*s", WW_STR_FMT(type), WW_STR_FMT(id));
}

/* reference ends in "Type/id", behind nothing or a base. */
static bool
means(ww_str reference, const struct ww_json *resource)
{
	ww_str type = ww_json_str(ww_json_get(resource, "resourceType"));
	ww_str id = ww_json_str(ww_json_get(resource, "id"));
	ww_str tail = ww_str_sub(
	    reference, reference.n - (reference.n < id.n ? reference.n : id.n), reference.n);
	size_t before = type.n + 1 + id.n;

	if (id.n == 0 || reference.n < before || !ww_str_eq(tail, id) ||
	    reference.p[reference.n - id.n - 1] != '/')
		return false;
	tail = ww_str_sub(reference, reference.n - before, type.n);
	return ww_str_eq(tail, type) &&
	       (reference.n == before || reference.p[reference.n - before - 1] == '/');
}

ww_status
ww_fhir_walk_resolve(void *arg, ww_str reference, const struct ww_json **out)
{
	const struct ww_json *r;
	ww_str url;

	*out = NULL;
	for (struct ww_fhir_walk w = { 0 }; (r = ww_fhir_walk(&w, arg, &url)) != NULL;) {
		if (url.n != 0 && ww_str_eq(url, reference))
			*out = r;
		if (url.n != 0 && ww_str_eq(url, reference))
			return WW_OK;
	}
	for (struct ww_fhir_walk w = { 0 };
	     *out == NULL && (r = ww_fhir_walk(&w, arg, &url)) != NULL;) {
		if (means(reference, r))
			*out = r;
	}
	return WW_OK;
}
