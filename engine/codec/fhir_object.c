/* Objects, arrays and values against the table of their type: which members there may be, how many, and of what kind. */
#include "codec/fhir_walk.h"

#include "codec/fhir_primitive.h"
#include "codec/fhir_xhtml.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
	ELEMENTS_MAX = 128, /* of one type: fhir_tables.awk refuses more */
	DEPTH_MAX = 64,
	NAME_SIZE = 80, /* of an element with "_" before it; the longest in R4 has 44 */
};

/* The elements of one object that were met. */
struct seen {
	uint64_t bits[ELEMENTS_MAX / 64];
	const struct ww_fhir_type *of[ELEMENTS_MAX]; /* of a choice; where its bit is set */
};

static bool
is_seen(const struct seen *s, size_t i)
{
	return (s->bits[i / 64] >> (i % 64) & 1) != 0;
}

/* One member: what its name means. */
struct member {
	const struct ww_fhir_element *e;
	const struct ww_fhir_type *type;
	bool sibling; /* "_name": id and extensions of a primitive */
};

static bool
is_object(const struct ww_json *v)
{
	return ww_json_kind(v) == WW_JSON_OBJECT;
}

/* -- one value --------------------------------------------------------------------------------------- */

/* How JSON writes a primitive. */
static enum ww_json_kind
kind_of(enum ww_fhir_primitive p)
{
	if (p == WW_FHIR_BOOLEAN)
		return WW_JSON_BOOL;
	return p <= WW_FHIR_DECIMAL ? WW_JSON_NUMBER : WW_JSON_STRING;
}

static const char *
kind_fault(enum ww_json_kind want)
{
	return want == WW_JSON_BOOL     ? "not a JSON boolean"
	       : want == WW_JSON_NUMBER ? "not a JSON number"
	                                : "not a JSON string";
}

/* The faults of a narrative have keys of their own. */
static const char *
check_xhtml(struct ww_fhir_walk *w, const struct ww_fhir_at *at, ww_str text)
{
	struct ww_fhir_xhtml x;

	ww_fhir_xhtml_look(text, &x);
	if (x.fault == NULL && x.disallowed != NULL)
		ww_fhir_say_rule(w, at, ww_str_empty(), "txt-1", x.disallowed);
	if (x.fault == NULL && !x.content)
		ww_fhir_say_rule(w, at, ww_str_empty(), "txt-2", "nothing but white space");
	return x.fault;
}

void
ww_fhir_check_primitive(
    struct ww_fhir_walk *w, const struct ww_fhir_at *at, const struct ww_fhir_element *e)
{
	enum ww_fhir_primitive p = at->type->primitive;
	enum ww_json_kind want = kind_of(p);
	const char *fault;
	ww_str text;

	if (ww_json_kind(at->v) != want) {
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_KIND, kind_fault(want));
		return;
	}
	if (p == WW_FHIR_BOOLEAN)
		return;
	text = p <= WW_FHIR_DECIMAL ? ww_json_number(at->v) : ww_json_str(at->v);
	if (text.n == 0) {
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_EMPTY, "an empty string");
		return;
	}
	fault = p == WW_FHIR_XHTML ? check_xhtml(w, at, text) : ww_fhir_primitive_fault(p, text);
	if (fault != NULL)
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_PRIMITIVE, fault);
	else if (e->valueset != 0)
		ww_fhir_check_binding(w, at, e);
	if (text.p[0] == '#' && (p == WW_FHIR_URI || p == WW_FHIR_URL || p == WW_FHIR_CANONICAL))
		ww_fhir_note_local(w, ww_str_sub(text, 1, text.n));
}

/* An extension is told by an absolute URL; within another its name there is enough. */
static void
check_extension(struct ww_fhir_walk *w, const struct ww_fhir_at *at)
{
	ww_str url = ww_json_str(ww_json_get(at->v, "url"));

	if (url.n > 0 && ww_str_find(url, ':') == url.n && at->up->type != at->type)
		ww_fhir_say(w, at, WW_STR("url"), WW_FHIR_BAD_URL, "not an absolute URL");
}

static void
check_structure(
    struct ww_fhir_walk *w, const struct ww_fhir_at *at, const struct ww_fhir_element *e)
{
	const struct ww_json *first = ww_json_first(at->v);

	if (!is_object(at->v)) {
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_KIND, "not a JSON object");
		return;
	}
	if (first == NULL) {
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_EMPTY, "an empty object");
		return;
	}
	if (ww_json_next(first) == NULL && ww_str_is(ww_json_key(first), "id"))
		ww_fhir_say_rule(w, at, ww_str_empty(), "ele-1", "nothing but an id");
	ww_fhir_check_object(w, at);
	if (e->valueset != 0)
		ww_fhir_check_binding(w, at, e);
	if (strcmp(at->type->name, "Reference") == 0)
		ww_fhir_check_reference(w, at, e);
	else if (strcmp(at->type->name, "Extension") == 0)
		check_extension(w, at);
}

static void
check_item(struct ww_fhir_walk *w, struct ww_fhir_at *at, const struct ww_fhir_element *e)
{
	const struct ww_fhir_type *any;

	switch (at->type->kind) {
	case WW_FHIR_PRIMITIVE:
		ww_fhir_check_primitive(w, at, e);
		break;
	case WW_FHIR_ANY:
		any = at->type;
		ww_fhir_check_resource(w, at, strcmp(e->name, "contained") == 0);
		at->type = any;
		break;
	case WW_FHIR_DATATYPE:
	case WW_FHIR_NESTED:
	case WW_FHIR_RESOURCE:
	case WW_FHIR_OTHER:
		check_structure(w, at, e);
		break;
	}
}

/* -- arrays, and primitives with their siblings ------------------------------------------------------- */

/* The other half of a primitive: "_name" of name, or the reverse; NULL: not there. */
static const struct ww_json *
other_half(const struct ww_fhir_at *object, ww_str name, bool sibling)
{
	char key[NAME_SIZE];

	if (name.n + 2 > sizeof(key))
		return NULL;
	snprintf(key, sizeof(key), "%s%.*s", sibling ? "" : "_", WW_STR_FMT(name));
	return ww_json_get(object->v, key);
}

static bool
is_value(const struct ww_json *v)
{
	return v != NULL && ww_json_kind(v) != WW_JSON_NULL;
}

/* The type has a number of its own that is always there: Claim.item.sequence. */
static bool
is_numbered(const struct ww_fhir_type *t)
{
	const struct ww_fhir_type *of;
	const struct ww_fhir_element *e;

	if (t->kind != WW_FHIR_NESTED)
		return false;
	e = ww_fhir_element_find(t, WW_STR("sequence"), &of);
	return e != NULL && e->min > 0 && of->primitive == WW_FHIR_POSITIVE;
}

static void
check_array(struct ww_fhir_walk *w, struct ww_fhir_at *at, const struct member *m)
{
	const struct ww_json *other = NULL; /* the element of "_name" beside this one */
	bool primitive = m->type->kind == WW_FHIR_PRIMITIVE, asked = false;
	size_t other_at = 0;

	if (ww_json_first(at->v) == NULL) {
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_EMPTY, "an empty array");
		return;
	}
	/* One alone needs no comparing, and most types have no such number. */
	if (ww_json_next(ww_json_first(at->v)) != NULL && is_numbered(m->type))
		ww_fhir_check_sequence(w, at);
	at->index = 0;
	for (at->v = ww_json_first(at->v); at->v != NULL;
	     at->v = ww_json_next(at->v), at->index++) {
		if (ww_json_kind(at->v) != WW_JSON_NULL) {
			check_item(w, at, m->e);
			continue;
		}
		/* Null stands for a value of which there are only extensions. */
		if (primitive && !asked) {
			other = ww_json_first(other_half(at->up, at->name, false));
			other_at = 0;
			asked = true;
		}
		for (; other_at < at->index; other_at++)
			other = ww_json_next(other);
		if (!primitive || !is_value(other))
			ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_NULL, "null");
	}
}

/* "_name": an Element beside the value, or an array of them beside an array of values. */
static void
check_half(struct ww_fhir_walk *w, struct ww_fhir_at *at, const struct ww_json *value)
{
	static const struct ww_fhir_element none = { .name = "" };
	const struct ww_json *first = ww_json_first(at->v);
	bool id =
	    first != NULL && ww_json_next(first) == NULL && ww_str_is(ww_json_key(first), "id");

	/* Beside a value an id alone is enough. */
	if (is_object(at->v) && id && is_value(value))
		ww_fhir_check_object(w, at);
	else
		check_structure(w, at, &none);
}

static void
check_sibling(struct ww_fhir_walk *w, struct ww_fhir_at *at, const struct member *m)
{
	const struct ww_json *value = other_half(at->up, at->name, true), *v;
	ww_str name = at->name;
	char key[NAME_SIZE];

	at->type = ww_fhir_type_find(WW_STR("Element"));
	snprintf(key, sizeof(key), "_%.*s", WW_STR_FMT(name));
	at->name = ww_str_from(key);
	if (!m->e->many) {
		check_half(w, at, value);
		return;
	}
	if (ww_json_kind(at->v) != WW_JSON_ARRAY) {
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_ARRAY, "not an array");
		return;
	}
	if (ww_json_first(at->v) == NULL)
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_EMPTY, "an empty array");
	if (ww_json_kind(value) == WW_JSON_ARRAY && ww_json_len(value) != ww_json_len(at->v))
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_SIBLING,
		    "not as many elements as there are values");
	v = ww_json_first(value);
	at->index = 0;
	for (at->v = ww_json_first(at->v); at->v != NULL;
	     at->v = ww_json_next(at->v), at->index++) {
		if (ww_json_kind(at->v) != WW_JSON_NULL)
			check_half(w, at, v);
		else if (v == NULL) /* a null beside a null is said of the value */
			ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_NULL, "null");
		v = ww_json_next(v);
	}
}

static void
check_value(struct ww_fhir_walk *w, struct ww_fhir_at *at, const struct member *m)
{
	bool array = ww_json_kind(at->v) == WW_JSON_ARRAY;

	if (m->sibling)
		check_sibling(w, at, m);
	else if (array != m->e->many)
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_ARRAY,
		    array ? "an array where there is one value" : "not an array");
	else if (array)
		check_array(w, at, m);
	else
		check_item(w, at, m->e);
}

/* -- objects ----------------------------------------------------------------------------------------- */

/* Nothing that could stand for a required element, also where it is only warned of. */
static bool
is_nothing(const struct ww_json *v)
{
	switch (ww_json_kind(v)) {
	case WW_JSON_STRING:
		return ww_json_str(v).n == 0;
	case WW_JSON_ARRAY:
	case WW_JSON_OBJECT:
		return ww_json_first(v) == NULL;
	case WW_JSON_NONE:
	case WW_JSON_NULL:
		return true;
	case WW_JSON_BOOL:
	case WW_JSON_NUMBER:
		break;
	}
	return false;
}

/* Notes the element; false when it is a choice that has another type already. */
static bool
note(struct seen *s, size_t i, const struct member *m, const struct ww_json *v)
{
	bool first = !is_seen(s, i);

	if (is_nothing(v))
		return true;
	s->bits[i / 64] |= UINT64_C(1) << (i % 64);
	if (!m->e->choice)
		return true;
	if (first)
		s->of[i] = m->type;
	return s->of[i] == m->type;
}

/* What a modifier says is not understood here, so that no one may act as if it were not there. */
static void
check_modifier(struct ww_fhir_walk *w, const struct ww_fhir_at *at)
{
	if (w->rules->modifiers == WW_FHIR_MODIFIERS_PLAIN)
		return;
	if (ww_str_is(at->name, "modifierExtension") || ww_str_is(at->name, "implicitRules"))
		ww_fhir_say_as(w, at, ww_str_empty(),
		    w->rules->modifiers == WW_FHIR_MODIFIERS_PARK ? WW_FHIR_WARNING : WW_FHIR_ERROR,
		    WW_E_MODIFIER, "modifier",
		    "changes the meaning in a way that is not understood");
}

static void
check_member(struct ww_fhir_walk *w, const struct ww_fhir_at *at, const struct ww_json *v,
    ww_str key, struct seen *seen)
{
	struct member m = { .sibling = key.n > 0 && key.p[0] == '_' };
	struct ww_fhir_at child = { .up = at, .name = key, .index = WW_FHIR_ALONE, .v = v };

	if (m.sibling)
		child.name = ww_str_sub(key, 1, key.n);
	m.e = ww_fhir_element_find(at->type, child.name, &m.type);
	if (m.e == NULL || (m.sibling && m.type->kind != WW_FHIR_PRIMITIVE)) {
		ww_fhir_say(
		    w, at, key, WW_FHIR_BAD_UNKNOWN, "there is no element of that name here");
		return;
	}
	child.type = m.type;
	if (!note(seen, (size_t)(m.e - ww_fhir_type_element(at->type, 0)), &m, v))
		ww_fhir_say(w, at, key, WW_FHIR_BAD_CHOICE, "a second type of one choice");
	if (m.e->modifier)
		check_modifier(w, &child);
	if (ww_json_kind(v) == WW_JSON_NULL)
		ww_fhir_say(w, at, key, WW_FHIR_BAD_NULL, "null");
	else
		check_value(w, &child, &m);
}

static void
check_missing(struct ww_fhir_walk *w, const struct ww_fhir_at *at, const struct seen *seen)
{
	const struct ww_fhir_element *e = ww_fhir_type_element(at->type, 0);
	size_t i;

	for (i = 0; i < at->type->elements_n; i++)
		if (e[i].min > 0 && !is_seen(seen, i))
			ww_fhir_say(w, at, ww_str_from(e[i].name), WW_FHIR_BAD_MISSING,
			    "a required element is missing");
}

void
ww_fhir_check_object(struct ww_fhir_walk *w, const struct ww_fhir_at *at)
{
	bool resource = at->type->kind == WW_FHIR_RESOURCE;
	const struct ww_json *v;
	struct seen seen;

	if (++w->depth > DEPTH_MAX) {
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_DEPTH, "nested more than 64 deep");
		w->depth--;
		return;
	}
	memset(seen.bits, 0, sizeof(seen.bits));
	assert(at->type->elements_n <= ELEMENTS_MAX);
	for (v = ww_json_first(at->v); v != NULL; v = ww_json_next(v)) {
		ww_str key = ww_json_key(v);

		if (!resource || !ww_str_is(key, "resourceType"))
			check_member(w, at, v, key, &seen);
	}
	check_missing(w, at, &seen);
	ww_fhir_check_rules(w, at);
	w->depth--;
}
