/* libyaml's events made into a tree. */
#include "config/yaml.h"

#include <wardwire/ctx.h>

#include "config/fault.h"

#include <yaml.h>

enum { DEPTH_MAX = 16 };

struct reader {
	yaml_parser_t parser;
	struct ww_faults *faults;
	ww_str text;
	unsigned depth;
	bool stop; /* no sense in reading on */
};

/* -- events ----------------------------------------------------------------------------------------- */

static void
fault_at(struct reader *r, yaml_mark_t at, const char *text)
{
	ww_fault_add(r->faults, (unsigned)at.line + 1, (unsigned)at.column + 1, "%s", text);
}

/* Bytes that cannot be YAML carry an offset and no mark. */
static yaml_mark_t
mark_of_byte(const struct reader *r, size_t at)
{
	yaml_mark_t m = { 0 };

	for (; m.index < at && m.index < r->text.n; m.index++) {
		unsigned char c = (unsigned char)r->text.p[m.index];

		if (c == '\n') {
			m.line++;
			m.column = 0;
		} else if ((c & 0xc0) != 0x80) {
			m.column++;
		}
	}
	return m;
}

/* libyaml's own words say what it looked for; a tab is the case they do not explain. */
static void
report_parse_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	yaml_mark_t at = p->problem_mark;

	r->stop = true;
	/* It fails without an event and without an error where it could not keep what it had read. */
	if (p->error == YAML_MEMORY_ERROR || p->error == YAML_NO_ERROR) {
		(void)ww_fail(r->faults->cx, WW_E_MEMORY, NULL, "%s", ww_status_text(WW_E_MEMORY));
	} else if (p->error == YAML_READER_ERROR) {
		at = mark_of_byte(r, p->problem_offset);
		ww_fault_add(r->faults, (unsigned)at.line + 1, (unsigned)at.column + 1,
		    "this byte cannot stand in a YAML text: control character, or not UTF-8");
	} else if (at.index < r->text.n && r->text.p[at.index] == '\t') {
		fault_at(r, at, "a tab where YAML wants blanks: indent with blanks");
	} else {
		ww_fault_add(r->faults, (unsigned)at.line + 1, (unsigned)at.column + 1,
		    "not YAML: %s%s%s", p->problem != NULL ? p->problem : "unreadable",
		    p->context != NULL ? " " : "", p->context != NULL ? p->context : "");
	}
}

/* The next event; false when there is none to be had. The caller deletes it. */
static bool
next_event(struct reader *r, yaml_event_t *e)
{
	if (!r->stop && yaml_parser_parse(&r->parser, e) && e->type != YAML_NO_EVENT)
		return true;
	if (!r->stop)
		report_parse_error(r);
	return false;
}

/* -- nodes ------------------------------------------------------------------------------------------ */

static const yaml_char_t *
anchor_of(const yaml_event_t *e, const yaml_char_t **tag)
{
	*tag = NULL;
	if (e->type == YAML_SCALAR_EVENT) {
		*tag = e->data.scalar.tag;
		return e->data.scalar.anchor;
	}
	if (e->type == YAML_SEQUENCE_START_EVENT) {
		*tag = e->data.sequence_start.tag;
		return e->data.sequence_start.anchor;
	}
	if (e->type == YAML_MAPPING_START_EVENT) {
		*tag = e->data.mapping_start.tag;
		return e->data.mapping_start.anchor;
	}
	return e->data.alias.anchor;
}

/* The node that an event opens, without its children; NULL when memory is short. */
static struct ww_yaml *
new_node(struct reader *r, const yaml_event_t *e)
{
	struct ww_yaml *v = ww_arena_alloc(r->faults->cx->arena, sizeof(*v));
	const yaml_char_t *tag;

	if (v == NULL) {
		r->stop = true;
		return NULL;
	}
	v->line = (unsigned)e->start_mark.line + 1;
	v->column = (unsigned)e->start_mark.column + 1;
	v->text = v->key = ww_str_empty();
	if (anchor_of(e, &tag) != NULL)
		fault_at(
		    r, e->start_mark, "anchors (&) and aliases (*) are not taken: write it out");
	if (tag != NULL)
		fault_at(r, e->start_mark, "tags (!) are not taken");
	if (e->type == YAML_SEQUENCE_START_EVENT)
		v->kind = WW_YAML_LIST;
	else if (e->type == YAML_MAPPING_START_EVENT)
		v->kind = WW_YAML_MAP;
	if (e->type != YAML_SCALAR_EVENT)
		return v;
	v->kind = WW_YAML_SCALAR;
	v->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	v->text = ww_arena_str(
	    r->faults->cx->arena, ww_str_of(e->data.scalar.value, e->data.scalar.length));
	return v;
}

static struct ww_yaml *read_node(struct reader *r, const yaml_event_t *e);

/* The next child of a list or value of a map; NULL at their end. */
static struct ww_yaml *
read_next(struct reader *r)
{
	struct ww_yaml *v = NULL;
	yaml_event_t e;

	if (!next_event(r, &e))
		return NULL;
	if (e.type != YAML_SEQUENCE_END_EVENT && e.type != YAML_MAPPING_END_EVENT)
		v = read_node(r, &e);
	yaml_event_delete(&e);
	return v;
}

/* The next value of a map with its key; one whose key is no word is passed over. */
static struct ww_yaml *
read_member(struct reader *r)
{
	struct ww_yaml *key, *v;

	do {
		key = read_next(r);
		v = key != NULL ? read_next(r) : NULL;
		if (v == NULL)
			return NULL;
		if (key->kind == WW_YAML_MAP || key->kind == WW_YAML_LIST)
			ww_fault_add(r->faults, key->line, key->column, "a key must be one word");
	} while (key->kind != WW_YAML_SCALAR);
	v->key = key->text;
	v->key_line = key->line;
	v->key_column = key->column;
	return v;
}

static void
read_children(struct reader *r, struct ww_yaml *v)
{
	struct ww_yaml **link = &v->first, *c;

	do {
		c = v->kind == WW_YAML_MAP ? read_member(r) : read_next(r);
		*link = c;
		link = c != NULL ? &c->next : link;
	} while (c != NULL);
}

/* The node that event opens, whole. */
static struct ww_yaml *
read_node(struct reader *r, const yaml_event_t *e)
{
	struct ww_yaml *v = new_node(r, e);

	if (v == NULL || (v->kind != WW_YAML_MAP && v->kind != WW_YAML_LIST))
		return v;
	if (r->depth == DEPTH_MAX) {
		fault_at(r, e->start_mark, "more than 16 levels");
		r->stop = true;
		return NULL;
	}
	r->depth++;
	read_children(r, v);
	r->depth--;
	return v;
}

/* -- documents -------------------------------------------------------------------------------------- */

static bool
is_framing(yaml_event_type_t t)
{
	return t == YAML_STREAM_START_EVENT || t == YAML_DOCUMENT_START_EVENT ||
	       t == YAML_DOCUMENT_END_EVENT;
}

static void
read_documents(struct reader *r, struct ww_yaml **root)
{
	bool end = false;
	yaml_event_t e;

	while (!end && next_event(r, &e)) {
		if (e.type == YAML_STREAM_END_EVENT) {
			end = true;
		} else if (e.type == YAML_DOCUMENT_START_EVENT && *root != NULL) {
			fault_at(r, e.start_mark, "a second document (---): the file must be one");
			end = true;
		} else if (!is_framing(e.type)) {
			*root = read_node(r, &e);
		}
		yaml_event_delete(&e);
	}
	if (r->stop)
		*root = NULL;
}

ww_status
ww_yaml_read(struct ww_faults *f, ww_str text, struct ww_yaml **root)
{
	struct reader r = { .faults = f, .text = text };

	*root = NULL;
	if (!yaml_parser_initialize(&r.parser))
		return ww_fail(f->cx, WW_E_MEMORY, NULL, "%s", ww_status_text(WW_E_MEMORY));
	yaml_parser_set_encoding(
	    &r.parser, YAML_UTF8_ENCODING); /* else a mark could make it UTF-16 */
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.p, text.n);
	read_documents(&r, root);
	yaml_parser_delete(&r.parser);
	if (ww_arena_status(f->cx->arena) != WW_OK)
		return ww_fail_memory(f->cx);
	if (*root == NULL && f->n == 0 && f->cx->fail.status == WW_OK)
		ww_fault_add(f, 1, 1, "the file is empty");
	return f->cx->fail.status;
}

const struct ww_yaml *
ww_yaml_get(const struct ww_yaml *m, const char *key)
{
	const struct ww_yaml *c;

	if (m == NULL || m->kind != WW_YAML_MAP)
		return NULL;
	for (c = m->first; c != NULL; c = c->next)
		if (ww_str_is(c->key, key))
			return c;
	return NULL;
}

bool
ww_yaml_is_null(const struct ww_yaml *v)
{
	return v->kind == WW_YAML_SCALAR && !v->quoted &&
	       (v->text.n == 0 || ww_str_is(v->text, "~") || ww_str_ieq(v->text, WW_STR("null")));
}

const struct ww_yaml *
ww_yaml_scalar(const struct ww_yaml *m, const char *key)
{
	const struct ww_yaml *v = ww_yaml_get(m, key);

	return v != NULL && v->kind == WW_YAML_SCALAR && !ww_yaml_is_null(v) ? v : NULL;
}

const struct ww_yaml *
ww_yaml_entries(const struct ww_yaml *m, const char *key)
{
	const struct ww_yaml *v = ww_yaml_get(m, key);

	return v != NULL && v->kind == WW_YAML_LIST ? v->first : NULL;
}
