/* The tree of FHIR JSON as FHIR XML. */
#include "codec/xml.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include "codec/fhir_types.h"
#include "codec/xml_events.h"

#include <stdio.h>
#include <stdlib.h>

struct writer {
	struct ww_ctx *cx;
	struct ww_buf *out;
	size_t depth;
};

/* A member of an object, with its "_" sibling. */
struct item {
	const struct ww_fhir_element *element;
	const struct ww_fhir_type *type;
	ww_str name;
	const struct ww_json *value, *other; /* NULL: not there */
};

struct items {
	struct item *rows;
	size_t n;
};

static ww_status
fail_in(struct writer *w, const struct ww_fhir_type *type, ww_str name, const char *why)
{
	char place[64];

	snprintf(
	    place, sizeof(place), "%s%s%.*s", type->name, name.n > 0 ? "." : "", WW_STR_FMT(name));
	return ww_fail(w->cx, WW_E_VALUE, place, "%s", why);
}

/* -- text -------------------------------------------------------------------------------------------- */

/* What a byte inside an attribute is written as; NULL: as itself. Blanks would be changed by every reader. */
static const char *
escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

static void
write_attribute(struct writer *w, const char *name, ww_str value)
{
	size_t i, from = 0;

	ww_buf_byte(w->out, ' ');
	ww_buf_cstr(w->out, name);
	ww_buf_cstr(w->out, "=\"");
	for (i = 0; i < value.n; i++) {
		const char *e = escape_of(value.p[i]);

		if (e == NULL)
			continue;
		ww_buf_add(w->out, value.p + from, i - from);
		ww_buf_cstr(w->out, e);
		from = i + 1;
	}
	ww_buf_add(w->out, value.p + from, value.n - from);
	ww_buf_byte(w->out, '"');
}

/* U+FFFE and U+FFFF, which JSON may hold and XML may not. */
static bool
holds_no_character(ww_str s)
{
	size_t i;

	for (i = 0; i + 2 < s.n; i++)
		if ((unsigned char)s.p[i] == 0xef && (unsigned char)s.p[i + 1] == 0xbf &&
		    (unsigned char)s.p[i + 2] >= 0xbe)
			return true;
	return false;
}

static ww_str
scalar_text(const struct ww_json *v)
{
	if (ww_json_kind(v) == WW_JSON_BOOL)
		return ww_json_true(v) ? WW_STR("true") : WW_STR("false");
	return ww_json_kind(v) == WW_JSON_NUMBER ? ww_json_number(v) : ww_json_str(v);
}

/* -- the members of an object, in R4's order ------------------------------------------------------------- */

static struct item *
item_of(struct items *list, ww_str name)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		if (ww_str_eq(list->rows[i].name, name))
			return &list->rows[i];
	list->rows[list->n] = (struct item){ .name = name };
	return &list->rows[list->n++];
}

static int
by_order(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->element != y->element)
		return x->element < y->element ? -1 : 1;
	return ww_str_cmp(x->name, y->name);
}

static ww_status
collect(struct writer *w, const struct ww_json *object, const struct ww_fhir_type *type,
    struct items *list)
{
	bool resource = type->kind == WW_FHIR_RESOURCE;
	const struct ww_json *m;
	size_t i;

	list->rows = ww_arena_array(w->cx->arena, ww_json_len(object) + 1, sizeof(*list->rows));
	if (list->rows == NULL)
		return ww_fail_memory(w->cx);
	for (m = ww_json_first(object); m != NULL; m = ww_json_next(m)) {
		ww_str name = ww_json_key(m);
		bool other = ww_str_starts(name, WW_STR("_"));
		struct item *it;

		if (resource && ww_str_is(name, "resourceType"))
			continue;
		it = item_of(list, ww_str_sub(name, other, name.n));
		*(other ? &it->other : &it->value) = m;
	}
	for (i = 0; i < list->n; i++) {
		struct item *it = &list->rows[i];

		it->element = ww_fhir_element_find(type, it->name, &it->type);
		if (it->element == NULL)
			return fail_in(
			    w, type, ww_str_empty(), "an element that FHIR does not have");
		if (it->other != NULL && it->type->kind != WW_FHIR_PRIMITIVE)
			return fail_in(w, type, it->name, "\"_\" before what is no primitive");
	}
	qsort(list->rows, list->n, sizeof(*list->rows), by_order);
	return WW_OK;
}

/* -- elements ------------------------------------------------------------------------------------------ */

static ww_status write_content(
    struct writer *w, const struct items *list, const struct ww_fhir_type *type);
static ww_status write_resource(struct writer *w, const struct ww_json *v);

/* <name, its attributes, its content, its end. value is an attribute more unless NULL. */
static ww_status
write_element(struct writer *w, ww_str name, const char *space, const struct ww_json *value,
    const struct ww_json *object, const struct ww_fhir_type *type)
{
	struct items list = { .n = 0 };
	ww_status s = object != NULL ? collect(w, object, type, &list) : WW_OK;
	size_t i, attributes = 0;

	if (s != WW_OK)
		return s;
	ww_buf_byte(w->out, '<');
	ww_buf_str_add(w->out, name);
	if (space != NULL)
		write_attribute(w, "xmlns", ww_str_from(space));
	for (i = 0; i < list.n; i++)
		if (list.rows[i].element->attribute) {
			write_attribute(
			    w, list.rows[i].element->name, scalar_text(list.rows[i].value));
			attributes++;
		}
	if (value != NULL)
		write_attribute(w, "value", scalar_text(value));
	if (attributes == list.n) {
		ww_buf_cstr(w->out, "/>");
		return WW_OK;
	}
	ww_buf_byte(w->out, '>');
	s = write_content(w, &list, type);
	ww_buf_cstr(w->out, "</");
	ww_buf_str_add(w->out, name);
	ww_buf_byte(w->out, '>');
	return s;
}

/* The narrative is a whole element of XHTML: what stands before, between and after is the library's to judge. */
struct narrative {
	bool begun;
};

static void
on_start(void *arg, struct ww_xml_reader *r, const struct ww_xml_element *e)
{
	struct narrative *n = arg;

	if (!n->begun && (!ww_str_is(e->space, WW_XML_XHTML) || !ww_str_is(e->name, "div")))
		ww_xml_refuse(r, WW_E_SYNTAX, "no div of XHTML");
	n->begun = true;
}

static void
on_end(void *arg, struct ww_xml_reader *r)
{
	(void)arg;
	(void)r;
}

static void
on_text(void *arg, struct ww_xml_reader *r, ww_str text)
{
	(void)arg;
	(void)r;
	(void)text;
}

static bool
is_narrative(struct writer *w, ww_str div)
{
	struct narrative n = { .begun = false };
	struct ww_xml_handler h = { .start = on_start, .end = on_end, .text = on_text, .arg = &n };
	struct ww_ctx cx = { .arena = w->cx->arena }; /* its reasons are not ours */

	return ww_str_starts(div, WW_STR("<div")) && ww_xml_events(&cx, div, &h) == WW_OK;
}

static ww_status
write_primitive(struct writer *w, const struct item *it, const struct ww_fhir_type *in,
    const struct ww_json *value, const struct ww_json *other)
{
	enum ww_json_kind kind = ww_json_kind(value);

	if (kind == WW_JSON_OBJECT || kind == WW_JSON_ARRAY)
		return fail_in(w, in, it->name, "no primitive where one belongs");
	if (ww_json_kind(other) != WW_JSON_NONE && ww_json_kind(other) != WW_JSON_NULL &&
	    ww_json_kind(other) != WW_JSON_OBJECT)
		return fail_in(w, in, it->name, "no object beside a primitive");
	if ((kind == WW_JSON_NULL || kind == WW_JSON_NONE) && ww_json_len(other) == 0)
		return fail_in(w, in, it->name, "neither value nor extension");
	if (holds_no_character(scalar_text(value)))
		return fail_in(w, in, it->name, "a character that XML does not have");
	if (it->type->primitive == WW_FHIR_XHTML) {
		if (!is_narrative(w, ww_json_str(value)))
			return fail_in(w, in, it->name, "not XHTML");
		ww_buf_str_add(w->out, ww_json_str(value));
		return WW_OK;
	}
	return write_element(w, it->name, NULL, kind == WW_JSON_NULL ? NULL : value,
	    ww_json_kind(other) == WW_JSON_OBJECT ? other : NULL,
	    ww_fhir_type_find(WW_STR("Element")));
}

static ww_status
write_one(struct writer *w, const struct item *it, const struct ww_fhir_type *in,
    const struct ww_json *value, const struct ww_json *other)
{
	ww_status s;

	if (it->type->kind == WW_FHIR_PRIMITIVE)
		return write_primitive(w, it, in, value, other);
	if (ww_json_kind(value) != WW_JSON_OBJECT)
		return fail_in(w, in, it->name, "no object where one belongs");
	if (it->type->kind != WW_FHIR_ANY && it->type->kind != WW_FHIR_RESOURCE)
		return write_element(w, it->name, NULL, NULL, value, it->type);
	ww_buf_byte(w->out, '<');
	ww_buf_str_add(w->out, it->name);
	ww_buf_byte(w->out, '>');
	s = write_resource(w, value);
	ww_buf_cstr(w->out, "</");
	ww_buf_str_add(w->out, it->name);
	ww_buf_byte(w->out, '>');
	return s;
}

/* One element, or one for each place of the array or the two side by side. */
static ww_status
write_item(struct writer *w, const struct item *it, const struct ww_fhir_type *in)
{
	const struct ww_json *value = it->value, *other = it->other;
	ww_status s = WW_OK;

	if (!it->element->many)
		return write_one(w, it, in, value, other);
	if ((value != NULL && ww_json_kind(value) != WW_JSON_ARRAY) ||
	    (other != NULL && ww_json_kind(other) != WW_JSON_ARRAY))
		return fail_in(w, in, it->name, "no array where one belongs");
	value = ww_json_first(value);
	other = ww_json_first(other);
	if (value == NULL && other == NULL)
		return fail_in(w, in, it->name, "an empty array");
	for (; s == WW_OK && (value != NULL || other != NULL);
	     value = ww_json_next(value), other = ww_json_next(other))
		s = write_one(w, it, in, value, other);
	return s;
}

static ww_status
write_content(struct writer *w, const struct items *list, const struct ww_fhir_type *type)
{
	ww_status s = WW_OK;
	size_t i;

	if (++w->depth > WW_XML_DEPTH_MAX)
		return ww_fail(w->cx, WW_E_LIMIT, type->name, "more than 64 levels");
	for (i = 0; s == WW_OK && i < list->n; i++)
		if (!list->rows[i].element->attribute)
			s = write_item(w, &list->rows[i], type);
	w->depth--;
	return s;
}

static ww_status
write_resource(struct writer *w, const struct ww_json *v)
{
	ww_str name = ww_json_str(ww_json_get(v, "resourceType"));
	const struct ww_fhir_type *type = ww_fhir_resource_find(name);

	if (type == NULL || type->kind != WW_FHIR_RESOURCE)
		return ww_fail(w->cx, WW_E_VALUE, "resourceType",
		    "a resource type whose elements are not known");
	return write_element(w, name, w->depth == 0 ? WW_XML_FHIR : NULL, NULL, v, type);
}

ww_status
ww_xml_write(struct ww_ctx *cx, const struct ww_json *resource, struct ww_buf *out)
{
	struct writer w = { .cx = cx, .out = out };
	ww_status s;

	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx); /* part of the tree may be missing */
	ww_buf_cstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	s = write_resource(&w, resource);
	if (s == WW_OK && out->error != WW_OK)
		return ww_fail(
		    cx, (ww_status)out->error, NULL, "%s", ww_status_text((ww_status)out->error));
	return s;
}
