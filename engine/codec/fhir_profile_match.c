/* Whether values are what a profile fixes, and which slice they belong to. */
#include "codec/fhir_profile_parts.h"

#include "codec/fhir_primitive.h"

#include <string.h>

/* -- values ------------------------------------------------------------------------------------------- */

static bool
same_scalar(const struct ww_json *a, const struct ww_json *b)
{
	int d;

	if (ww_json_kind(a) != ww_json_kind(b))
		return false;
	switch (ww_json_kind(a)) {
	case WW_JSON_BOOL:
		return ww_json_true(a) == ww_json_true(b);
	case WW_JSON_NUMBER:
		return ww_fhir_decimal_cmp(ww_json_number(a), ww_json_number(b), &d) && d == 0;
	case WW_JSON_STRING:
		return ww_str_eq(ww_json_str(a), ww_json_str(b));
	case WW_JSON_NONE:
	case WW_JSON_NULL:
	case WW_JSON_ARRAY:
	case WW_JSON_OBJECT:
		break;
	}
	return ww_json_kind(a) == WW_JSON_NULL;
}

bool
ww_fhir_equals(const struct ww_json *a, const struct ww_json *b)
{
	const struct ww_json *x = ww_json_first(a), *y = ww_json_first(b);

	if (ww_json_kind(a) != ww_json_kind(b) || ww_json_len(a) != ww_json_len(b))
		return false;
	if (ww_json_kind(a) == WW_JSON_ARRAY) {
		for (; x != NULL && ww_fhir_equals(x, y); x = ww_json_next(x))
			y = ww_json_next(y);
		return x == NULL;
	}
	if (ww_json_kind(a) != WW_JSON_OBJECT)
		return same_scalar(a, b);
	for (; y != NULL; y = ww_json_next(y))
		if (!ww_fhir_equals(ww_json_get(a, ww_json_key(y).p), y))
			return false;
	return true;
}

static bool
one_fits(const struct ww_json *array, const struct ww_json *pattern)
{
	const struct ww_json *v = ww_json_first(array);

	for (; v != NULL; v = ww_json_next(v))
		if (ww_fhir_fits(v, pattern))
			return true;
	return false;
}

bool
ww_fhir_fits(const struct ww_json *v, const struct ww_json *pattern)
{
	const struct ww_json *p = ww_json_first(pattern);

	if (ww_json_kind(v) != ww_json_kind(pattern))
		return false;
	if (ww_json_kind(v) == WW_JSON_ARRAY) {
		for (; p != NULL; p = ww_json_next(p))
			if (!one_fits(v, p))
				return false;
		return true;
	}
	if (ww_json_kind(v) != WW_JSON_OBJECT)
		return same_scalar(v, pattern);
	for (; p != NULL; p = ww_json_next(p))
		if (!ww_fhir_fits(ww_json_get(v, ww_json_key(p).p), p))
			return false;
	return true;
}

/* -- bindings ----------------------------------------------------------------------------------------- */

static bool
has_code(const struct ww_fhir_node *n, ww_str system, ww_str code)
{
	return n->codes != NULL ? ww_fhir_codes_have(n->codes, system, code)
	                        : ww_fhir_code_in(n->valueset, system, code);
}

bool
ww_fhir_is_bound(const struct ww_fhir_node *n, const struct ww_json *v)
{
	const struct ww_json *c;

	if (ww_json_kind(v) == WW_JSON_STRING)
		return has_code(n, ww_str_empty(), ww_json_str(v));
	if (ww_json_get(v, "coding") == NULL)
		return ww_json_get(v, "extension") != NULL ||
		       has_code(n, ww_json_str(ww_json_get(v, "system")),
		           ww_json_str(ww_json_get(v, "code")));
	for (c = ww_json_first(ww_json_get(v, "coding")); c != NULL; c = ww_json_next(c))
		if (has_code(n, ww_json_str(ww_json_get(c, "system")),
		        ww_json_str(ww_json_get(c, "code"))))
			return true;
	return false;
}

/* -- slices ------------------------------------------------------------------------------------------- */

const struct ww_fhir_node *
ww_fhir_node_child(const struct ww_fhir_node *node, ww_str name)
{
	const struct ww_fhir_node *c;

	for (c = node != NULL ? node->children : NULL; c != NULL && !ww_str_eq(c->name, name);
	     c = c->next)
		;
	return c;
}

/* What the slice says of the value at a path: a node, or a piece of a fixed value or pattern above it. */
struct said {
	const struct ww_fhir_node *node;
	const struct ww_json *piece;
};

static const struct ww_json *
member_of(const struct ww_json *v, ww_str name)
{
	const struct ww_json *c = ww_json_kind(v) == WW_JSON_OBJECT ? ww_json_first(v) : NULL;

	while (c != NULL && !ww_str_eq(ww_json_key(c), name))
		c = ww_json_next(c);
	return c;
}

static struct said
said_at(const struct ww_fhir_node *slice, ww_str path)
{
	struct said s = { .node = slice };

	if (ww_str_is(path, "$this"))
		path = ww_str_empty();
	while (path.n > 0 && (s.node != NULL || s.piece != NULL)) {
		ww_str name = ww_str_cut(path, '.', &path);
		const struct ww_fhir_node *above = s.node;

		if (above != NULL && s.piece == NULL)
			s.piece =
			    above->want.pattern != NULL ? above->want.pattern : above->want.fixed;
		s.node = ww_fhir_node_child(above, name);
		if (ww_json_kind(s.piece) == WW_JSON_ARRAY)
			s.piece = ww_json_first(s.piece);
		s.piece = member_of(s.piece, name);
	}
	return s;
}

static bool
is_extension(const struct ww_fhir_node *element)
{
	return ww_str_is(element->name, "extension") ||
	       ww_str_is(element->name, "modifierExtension");
}

/* The URL of the extension that a slice of extensions stands for; empty: none is said. */
static ww_str
extension_url(const struct ww_fhir_node *slice)
{
	const struct ww_fhir_node *url = ww_fhir_node_child(slice, WW_STR("url"));

	if (url != NULL && url->want.fixed != NULL)
		return ww_json_str(url->want.fixed);
	return slice->want.types != NULL && !slice->want.types->more ? slice->want.types->profile
	                                                             : ww_str_empty();
}

static bool
tells(const struct ww_fhir_discriminator *d, const struct ww_fhir_node *slice)
{
	struct said s = said_at(slice, d->path);

	switch (d->kind) {
	case WW_FHIR_BY_VALUE:
		return s.piece != NULL ||
		       (s.node != NULL &&
		           (s.node->want.fixed != NULL || s.node->want.pattern != NULL ||
		               s.node->codes != NULL || s.node->valueset != 0));
	case WW_FHIR_BY_EXISTS:
		return s.node != NULL && (s.node->want.min > 0 || s.node->want.max == 0);
	case WW_FHIR_BY_TYPE:
		return s.node != NULL && s.node->want.types != NULL;
	case WW_FHIR_BY_OTHER:
		break;
	}
	return false;
}

bool
ww_fhir_slice_is_told(const struct ww_fhir_node *element, const struct ww_fhir_node *slice)
{
	const struct ww_fhir_discriminator *d = element->want.discriminators;

	if (is_extension(element))
		return extension_url(slice).n > 0;
	/* The slices of a choice are its types, whatever is said. */
	if (element->choice && d == NULL)
		return slice->want.types != NULL;
	for (; d != NULL; d = d->next)
		if (!tells(d, slice))
			return false;
	return element->want.discriminators != NULL;
}

/* Calls for the values at a path below v until one is good. */
static bool
any_at(const struct ww_json *v, ww_str path, const struct said *s,
    bool (*good)(const struct said *s, const struct ww_json *v))
{
	const struct ww_json *c;
	ww_str name, rest;

	if (ww_json_kind(v) == WW_JSON_ARRAY) {
		for (c = ww_json_first(v); c != NULL; c = ww_json_next(c))
			if (any_at(c, path, s, good))
				return true;
		return false;
	}
	if (v == NULL)
		return false;
	if (path.n == 0 || ww_str_is(path, "$this"))
		return good(s, v);
	name = ww_str_cut(path, '.', &rest);
	return any_at(member_of(v, name), rest, s, good);
}

static bool
is_as_said(const struct said *s, const struct ww_json *v)
{
	if (s->piece != NULL)
		return ww_fhir_fits(v, s->piece);
	if (s->node->want.fixed != NULL)
		return ww_fhir_equals(v, s->node->want.fixed);
	if (s->node->want.pattern != NULL)
		return ww_fhir_fits(v, s->node->want.pattern);
	return ww_fhir_is_bound(s->node, v);
}

static bool
is_there(const struct said *s, const struct ww_json *v)
{
	(void)s;
	return ww_json_kind(v) != WW_JSON_NULL;
}

/* Resources by their type; values of a choice by the end of their member's name. */
static bool
is_of_type(const struct ww_fhir_node *n, ww_str member, const struct ww_json *v)
{
	ww_str type = ww_json_str(ww_json_get(v, "resourceType"));
	const struct ww_fhir_typed *t;
	size_t i;

	for (t = n->want.types; t != NULL; t = t->next) {
		if (type.n > 0 ? ww_str_eq(type, t->code) || ww_str_is(t->code, "Resource")
		               : !n->choice)
			return true;
		if (type.n > 0 || member.n != n->name.n + t->code.n)
			continue;
		for (i = 1; i < t->code.n && member.p[n->name.n + i] == t->code.p[i]; i++)
			;
		if (i == t->code.n && (member.p[n->name.n] | 0x20) == (t->code.p[0] | 0x20))
			return true;
	}
	return n->want.types == NULL;
}

static bool
is_typed(const struct said *s, const struct ww_json *v)
{
	return is_of_type(s->node, ww_json_key(v), v);
}

static bool
discriminates(const struct ww_fhir_discriminator *d, const struct ww_fhir_node *slice,
    ww_str member, const struct ww_json *v)
{
	struct said s = said_at(slice, d->path);

	switch (d->kind) {
	case WW_FHIR_BY_VALUE:
		return any_at(v, d->path, &s, is_as_said);
	case WW_FHIR_BY_EXISTS:
		return any_at(v, d->path, &s, is_there) == (s.node->want.min > 0);
	case WW_FHIR_BY_TYPE:
		return ww_str_is(d->path, "$this") ? is_of_type(slice, member, v)
		                                   : any_at(v, d->path, &s, is_typed);
	case WW_FHIR_BY_OTHER:
		break;
	}
	return false;
}

bool
ww_fhir_slice_has(const struct ww_fhir_node *element, const struct ww_fhir_node *slice,
    ww_str member, const struct ww_json *v)
{
	const struct ww_fhir_discriminator *d = element->want.discriminators;

	if (is_extension(element))
		return ww_str_eq(ww_json_str(ww_json_get(v, "url")), extension_url(slice));
	if (element->choice && d == NULL)
		return is_of_type(slice, member, v);
	for (; d != NULL; d = d->next)
		if (!discriminates(d, slice, member, v))
			return false;
	return true;
}

bool
ww_fhir_node_takes(const struct ww_fhir_node *n, ww_str member, const struct ww_json *v)
{
	return is_of_type(n, member, v);
}
