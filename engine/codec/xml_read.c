/* Events of FHIR XML to the tree of FHIR JSON. */
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include "codec/fhir_types.h"
#include "codec/json_strict.h"
#include "codec/xml.h"
#include "codec/xml_events.h"
#include "codec/xml_scan.h"

#include <assert.h>

/* Elements of one parent that FHIR does not have: each is looked for among the others. */
enum { STRANGERS_MAX = 64 };

/* What an open element is. */
enum role {
	RESOURCE,  /* Encounter */
	ELEMENT,   /* a datatype or nested structure */
	PRIMITIVE, /* value, id and extensions */
	HOLDER,    /* contained, entry.resource: a resource will stand in it */
	NARRATIVE, /* div, and whatever is in it */
	UNKNOWN,   /* nothing of what is in it is kept */
};

/* One member of an object that repeats: two arrays side by side, of primitives. */
struct sides {
	struct ww_json *values, *others; /* NULL as long as there was none to put in */
	size_t n;
};

struct frame {
	enum role role;
	const struct ww_fhir_type *type; /* of what stands in it; NULL: unknown */
	struct ww_json *object;          /* where children go; of a primitive once it has some */
	struct ww_json *value;           /* of a primitive */
	ww_str name;                     /* in the parent */
	bool many;                       /* in the parent */
	unsigned levels;                 /* of JSON, up to here */
	unsigned strangers;              /* children that FHIR does not have */
	/* The child last begun. */
	const struct ww_fhir_element *last;
	ww_str last_name;
	struct ww_json *array; /* of the children of that name that are no primitives */
	struct sides sides;    /* of those that are */
};

struct reading {
	struct ww_ctx *cx;
	ww_str text;
	struct frame frames[WW_XML_DEPTH_MAX + 1]; /* the first holds the root */
	size_t n;
	size_t skipped;   /* elements open within a NARRATIVE or UNKNOWN */
	size_t narrative; /* byte at which div began */
};

static struct frame *
top(struct reading *rd)
{
	return &rd->frames[rd->n - 1];
}

static void
push(struct reading *rd, struct frame f)
{
	assert(rd->n <= WW_XML_DEPTH_MAX);
	rd->frames[rd->n++] = f;
}

/* -- attributes --------------------------------------------------------------------------------------- */

static bool
is_schema_hint(const struct ww_xml_attribute *a)
{
	return ww_str_is(a->space, "http://www.w3.org/2001/XMLSchema-instance") &&
	       (ww_str_is(a->name, "schemaLocation") ||
	           ww_str_is(a->name, "noNamespaceSchemaLocation"));
}

/* id and url, as the type has them, become members. */
static void
take_attributes(struct reading *rd, struct ww_xml_reader *r, const struct ww_xml_element *e,
    const struct ww_fhir_type *type, struct ww_json *object)
{
	const struct ww_fhir_type *unused;
	size_t i;

	for (i = 0; i < e->attributes_n; i++) {
		const struct ww_xml_attribute *a = &e->attributes[i];
		const struct ww_fhir_element *known =
		    a->space.n == 0 ? ww_fhir_element_find(type, a->name, &unused) : NULL;

		if (known != NULL && known->attribute)
			(void)ww_json_set(
			    rd->cx, object, known->name, ww_json_string(rd->cx, a->value));
		else if (!is_schema_hint(a))
			ww_xml_refuse(
			    r, WW_E_SYNTAX, "an attribute that FHIR does not have at this place");
	}
}

static struct ww_json *
value_of(struct ww_ctx *cx, const struct ww_fhir_type *type, ww_str text)
{
	switch ((int)type->primitive) {
	case WW_FHIR_BOOLEAN:
		return ww_str_is(text, "true") || ww_str_is(text, "false")
		           ? ww_json_bool(cx, ww_str_is(text, "true"))
		           : ww_json_string(cx, text);
	case WW_FHIR_INTEGER:
	case WW_FHIR_DECIMAL:
	case WW_FHIR_UNSIGNED:
	case WW_FHIR_POSITIVE:
		return ww_json_digits(cx, text);
	default:
		return ww_json_string(cx, text);
	}
}

/* -- the beginning of an element ----------------------------------------------------------------------- */

/* Of JSON; a level more for the array. */
static bool
is_too_deep(struct ww_xml_reader *r, unsigned levels)
{
	if (levels <= WW_JSON_DEPTH_MAX)
		return false;
	ww_xml_refuse(r, WW_E_LIMIT, "more than 64 levels");
	return true;
}

/* A text that could not be copied is empty, and would be taken for another. */
static bool
is_short_of_memory(const struct reading *rd, struct ww_xml_reader *r)
{
	int s = ww_arena_status(rd->cx->arena);

	if (s != WW_OK)
		ww_xml_refuse(r, (ww_status)s, "more than there is memory for");
	return s != WW_OK;
}

static bool
is_again(const struct frame *parent, ww_str name)
{
	return ww_str_eq(parent->last_name, name);
}

/* R4's order, and once what stands once. Moves the parent on to that child. */
static bool
take_turn(
    struct ww_xml_reader *r, struct frame *parent, const struct ww_fhir_element *e, ww_str name)
{
	bool again = is_again(parent, name);

	if ((again && !e->many) || (!again && ww_json_get(parent->object, name.p) != NULL)) {
		ww_xml_refuse(r, WW_E_SYNTAX,
		    again ? "an element twice that may stand once"
		          : "elements of one name that do not follow one another");
		return false;
	}
	if (parent->last != NULL && e < parent->last) {
		ww_xml_refuse(r, WW_E_SYNTAX, "an element that is not in the order of FHIR");
		return false;
	}
	if (again)
		return true;
	parent->last = e;
	parent->last_name = name;
	parent->array = NULL;
	parent->sides = (struct sides){ .n = 0 };
	return true;
}

/* Puts a child that is no primitive into its parent. */
static void
put_object(struct reading *rd, struct frame *parent, const struct frame *child, struct ww_json *v)
{
	if (!child->many) {
		(void)ww_json_set(rd->cx, parent->object, child->name.p, v);
		return;
	}
	if (parent->array == NULL)
		parent->array =
		    ww_json_set(rd->cx, parent->object, child->name.p, ww_json_array(rd->cx));
	(void)ww_json_add(rd->cx, parent->array, v);
}

static struct frame
resource_frame(struct reading *rd, const struct ww_xml_element *e, unsigned levels)
{
	struct frame f = { .role = RESOURCE,
		.type = ww_fhir_resource_find(e->name),
		.object = ww_json_object(rd->cx),
		.levels = levels };

	(void)ww_json_set(rd->cx, f.object, "resourceType", ww_json_string(rd->cx, e->name));
	if (f.type != NULL && f.type->kind == WW_FHIR_OTHER)
		f.type = NULL;
	return f;
}

/* Root, or the child of a HOLDER. */
static void
start_resource(struct reading *rd, struct ww_xml_reader *r, const struct ww_xml_element *e)
{
	struct frame *holder = top(rd);
	struct frame f = resource_frame(rd, e, holder->levels + 1);
	size_t i;

	if (holder->object != NULL) {
		ww_xml_refuse(r, WW_E_SYNTAX, "a second resource where one may stand");
		return;
	}
	for (i = 0; i < e->attributes_n; i++)
		if (!is_schema_hint(&e->attributes[i]))
			ww_xml_refuse(r, WW_E_SYNTAX, "an attribute of a resource");
	if (is_too_deep(r, f.levels))
		return;
	holder->object = f.object;
	if (rd->n > 1)
		put_object(rd, &rd->frames[rd->n - 2], holder, f.object);
	push(rd, f);
}

static void
start_primitive(
    struct reading *rd, struct ww_xml_reader *r, const struct ww_xml_element *e, struct frame child)
{
	const struct ww_fhir_type *type = child.type;
	struct ww_xml_attribute others[WW_XML_ATTRIBUTES_MAX];
	struct ww_xml_element rest = { .attributes = others };
	size_t i;

	child.role = PRIMITIVE;
	child.type = ww_fhir_type_find(WW_STR("Element"));
	child.levels++; /* its _name */
	for (i = 0; i < e->attributes_n; i++)
		if (e->attributes[i].space.n == 0 && ww_str_is(e->attributes[i].name, "value"))
			child.value = value_of(rd->cx, type, e->attributes[i].value);
		else
			others[rest.attributes_n++] = e->attributes[i];
	if (rest.attributes_n > 0) {
		child.object = ww_json_object(rd->cx);
		take_attributes(rd, r, &rest, child.type, child.object);
	}
	push(rd, child);
}

static void
start_structure(
    struct reading *rd, struct ww_xml_reader *r, const struct ww_xml_element *e, struct frame child)
{
	struct frame *parent = top(rd);

	child.role = ELEMENT;
	child.object = ww_json_object(rd->cx);
	child.levels++;
	if (is_too_deep(r, child.levels))
		return;
	put_object(rd, parent, &child, child.object);
	take_attributes(rd, r, e, child.type, child.object);
	push(rd, child);
}

static void
start_unknown(struct reading *rd, struct ww_xml_reader *r, const struct ww_xml_element *e)
{
	struct frame *parent = top(rd);
	ww_str value = ww_str_empty();
	const char *name = ww_arena_cstr(rd->cx->arena, e->name);
	size_t i;

	if (is_short_of_memory(rd, r))
		return;
	if (parent->type != NULL && ww_json_get(parent->object, name) != NULL) {
		ww_xml_refuse(r, WW_E_SYNTAX, "an element twice that FHIR does not have");
		return;
	}
	if (parent->type != NULL && ++parent->strangers > STRANGERS_MAX) {
		ww_xml_refuse(r, WW_E_LIMIT, "too many elements that FHIR does not have");
		return;
	}
	for (i = 0; i < e->attributes_n; i++)
		if (ww_str_is(e->attributes[i].name, "value"))
			value = e->attributes[i].value;
	/* Of a resource without tables the id alone, which every resource has. */
	if (parent->type != NULL || ww_str_is(e->name, "id"))
		(void)ww_json_set(rd->cx, parent->object, name, ww_json_string(rd->cx, value));
	push(rd, (struct frame){ .role = UNKNOWN });
}

/* The '<' of the tag whose end was reached: no value holds one. */
static size_t
tag_start(const struct reading *rd, size_t at)
{
	while (at > 0 && rd->text.p[at] != '<')
		at--;
	return at;
}

static void
start_child(struct reading *rd, struct ww_xml_reader *r, const struct ww_xml_element *e)
{
	struct frame *parent = top(rd);
	const struct ww_fhir_type *type = NULL;
	const struct ww_fhir_element *known =
	    parent->type != NULL ? ww_fhir_element_find(parent->type, e->name, &type) : NULL;
	struct frame child = { .type = type, .levels = parent->levels };

	if (parent->object == NULL)
		parent->object = ww_json_object(rd->cx); /* of a primitive */
	if (known == NULL || known->attribute) {
		start_unknown(rd, r, e);
		return;
	}
	child.many = known->many;
	child.levels += child.many;
	child.name = ww_arena_str(rd->cx->arena, e->name);
	if (is_short_of_memory(rd, r) || is_too_deep(r, child.levels) ||
	    !take_turn(r, parent, known, child.name))
		return;

	if (type->kind == WW_FHIR_PRIMITIVE && type->primitive == WW_FHIR_XHTML) {
		child.role = NARRATIVE;
		rd->narrative = tag_start(rd, ww_xml_offset(r));
		push(rd, child);
	} else if (type->kind == WW_FHIR_PRIMITIVE) {
		start_primitive(rd, r, e, child);
	} else if (type->kind == WW_FHIR_ANY || type->kind == WW_FHIR_RESOURCE) {
		child.role = HOLDER;
		push(rd, child);
	} else {
		start_structure(rd, r, e, child);
	}
}

static bool
is_narrative(const struct reading *rd, const struct ww_xml_element *e)
{
	const struct ww_fhir_type *parent = rd->frames[rd->n - 1].type;

	return parent != NULL && ww_str_is(ww_str_from(parent->name), "Narrative") &&
	       ww_str_is(e->name, "div");
}

static void
on_start(void *arg, struct ww_xml_reader *r, const struct ww_xml_element *e)
{
	struct reading *rd = arg;
	enum role role = top(rd)->role;

	if (role == NARRATIVE || role == UNKNOWN)
		rd->skipped++;
	else if (!ww_str_is(e->space, WW_XML_FHIR) && !is_narrative(rd, e))
		ww_xml_refuse(r, WW_E_SYNTAX, "an element that is not of FHIR's namespace");
	else if (role == HOLDER)
		start_resource(rd, r, e);
	else
		start_child(rd, r, e);
}

/* -- its end ------------------------------------------------------------------------------------------- */

/* Adds v, or a null, to an array that has as many as there were elements before. */
static void
add_side(struct reading *rd, struct frame *parent, const char *name, struct ww_json **side,
    struct ww_json *v)
{
	size_t i;

	if (*side == NULL && v == NULL)
		return;
	if (*side == NULL) {
		*side = ww_json_set(rd->cx, parent->object, name, ww_json_array(rd->cx));
		for (i = 0; i < parent->sides.n; i++)
			(void)ww_json_add(rd->cx, *side, ww_json_null(rd->cx));
	}
	(void)ww_json_add(rd->cx, *side, v != NULL ? v : ww_json_null(rd->cx));
}

static void
end_primitive(struct reading *rd, struct frame *parent, struct frame *p)
{
	const char *other;

	if (p->value == NULL && p->object == NULL)
		p->value = ww_json_string(rd->cx, ww_str_empty()); /* ww_fhir_check's to refuse */
	other = p->object != NULL ? ww_arena_printf(rd->cx->arena, "_%s", p->name.p).p : "";
	if (!p->many) {
		(void)ww_json_set(rd->cx, parent->object, p->name.p, p->value);
		(void)ww_json_set(rd->cx, parent->object, other, p->object);
		return;
	}
	add_side(rd, parent, p->name.p, &parent->sides.values, p->value);
	add_side(rd, parent, other, &parent->sides.others, p->object);
	parent->sides.n++;
}

static void
on_end(void *arg, struct ww_xml_reader *r)
{
	struct reading *rd = arg;
	struct frame *f = top(rd), *parent;

	if (rd->skipped > 0) {
		rd->skipped--;
		return;
	}
	assert(rd->n > 1); /* the library sees to it that ends and beginnings match */
	rd->n--;
	parent = top(rd);
	if (f->role == PRIMITIVE)
		end_primitive(rd, parent, f);
	else if (f->role == NARRATIVE)
		(void)ww_json_set(rd->cx, parent->object, f->name.p,
		    ww_json_string(rd->cx,
		        ww_str_sub(rd->text, rd->narrative, ww_xml_offset(r) - rd->narrative)));
	else if (f->role == HOLDER && f->object == NULL)
		ww_xml_refuse(r, WW_E_SYNTAX, "no resource where one belongs");
}

static void
on_text(void *arg, struct ww_xml_reader *r, ww_str text)
{
	struct reading *rd = arg;
	enum role role = top(rd)->role;
	size_t i;

	if (role == NARRATIVE || role == UNKNOWN)
		return;
	for (i = 0; i < text.n; i++)
		if (text.p[i] != ' ' && text.p[i] != '\n' && text.p[i] != '\r' &&
		    text.p[i] != '\t') {
			ww_xml_refuse(r, WW_E_SYNTAX, "text where only elements may stand");
			return;
		}
}

ww_status
ww_xml_read(struct ww_ctx *cx, ww_str text, size_t max, struct ww_json **out)
{
	struct reading rd = { .cx = cx, .text = ww_xml_unmarked(text), .n = 1 };
	struct ww_xml_handler h = { .start = on_start, .end = on_end, .text = on_text, .arg = &rd };
	ww_status s;

	if (max == 0)
		max = WW_XML_BYTES_MAX;
	if (text.n > max)
		return ww_fail(cx, WW_E_LIMIT, NULL, "XML of more than %zu bytes", max);
	rd.frames[0] = (struct frame){ .role = HOLDER };
	s = ww_xml_events(cx, rd.text, &h);
	if (s != WW_OK)
		return s;
	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx); /* part of the tree may be missing */
	*out = rd.frames[0].object;
	return WW_OK;
}
