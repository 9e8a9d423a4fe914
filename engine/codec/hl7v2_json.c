/* The tree that `wardwire parse --json` shows: decoded texts under the numbers of fields and components. */
#include "codec/hl7v2_json.h"
#include "codec/hl7v2_parts.h"
#include "codec/utf8.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <stdio.h>

struct view {
	struct ww_ctx *cx;
	const struct ww_hl7 *m;
};

/* JSON holds Unicode and, with us, no NUL: other bytes are written as HL7 escapes them. */
static struct ww_json *
shown(struct view v, ww_str text)
{
	struct ww_buf b = { 0 };
	struct ww_json *node;
	size_t i = 0;

	if (ww_utf8_valid(text) && ww_str_find(text, '\0') == text.n)
		return ww_json_string(v.cx, text);
	while (i < text.n) {
		size_t n = text.p[i] != '\0' ? ww_utf8_first(ww_str_sub(text, i, text.n)) : 0;

		ww_buf_add(&b, text.p + i, n);
		if (n == 0)
			ww_buf_printf(&b, "%cX%02X%c", v.m->delims.escape,
			    (unsigned)(unsigned char)text.p[i], v.m->delims.escape);
		i += n > 0 ? n : 1;
	}
	node = b.error == 0 ? ww_json_string(v.cx, ww_buf_view(&b)) : NULL;
	ww_buf_free(&b);
	return node;
}

static void
set(struct view v, struct ww_json *object, size_t number, struct ww_json *node)
{
	char key[24];

	snprintf(key, sizeof(key), "%zu", number);
	(void)ww_json_set(v.cx, object, key, node); /* the key is copied */
}

static struct ww_json *
null_node(struct view v)
{
	struct ww_json *node = NULL;

	/* The short way to a null: building has no call for what FHIR never holds. */
	return ww_json_parse(v.cx, WW_STR("null"), &node) == WW_OK ? node : NULL;
}

static struct ww_json *
leaf(struct view v, ww_str raw)
{
	switch (ww_hl7_state_of(raw)) {
	case WW_HL7_DELETE:
		return null_node(v);
	case WW_HL7_VALUE:
		return shown(v, ww_hl7_decode(v.cx, v.m, raw));
	case WW_HL7_ABSENT:
	case WW_HL7_EMPTY:
	default:
		return NULL;
	}
}

/* The parts of raw between bytes sep, each made by one: NULL when all are empty, the first alone when it is
 * the only one and a text, else an object of them. */
static struct ww_json *
parts(struct view v, ww_str raw, char sep, struct ww_json *(*one)(struct view v, ww_str raw))
{
	struct ww_json *first, *object = NULL;
	size_t i, n = 1;
	ww_str tail = raw;

	for (i = 0; i < raw.n; i++)
		n += raw.p[i] == sep;
	first = one(v, ww_str_cut(raw, sep, &tail));
	if (ww_json_kind(first) == WW_JSON_OBJECT) { /* else taken for an object of this level */
		object = ww_json_object(v.cx);
		set(v, object, 1, first);
	}
	for (i = 2; i <= n; i++) {
		struct ww_json *node = one(v, ww_str_cut(tail, sep, &tail));

		if (node == NULL)
			continue;
		if (object == NULL) {
			object = ww_json_object(v.cx);
			if (first != NULL)
				set(v, object, 1, first);
		}
		set(v, object, i, node);
	}
	return object != NULL ? object : first;
}

static struct ww_json *
component(struct view v, ww_str raw)
{
	return parts(v, raw, v.m->delims.subcomponent, leaf);
}

static struct ww_json *
repetition(struct view v, ww_str raw)
{
	return parts(v, raw, v.m->delims.component, component);
}

/* The array of a field's repetitions, or NULL when it says nothing. Those left empty before the last are
 * shown, as their number counts. */
static struct ww_json *
repetitions(struct view v, ww_str raw)
{
	struct ww_json *array = NULL;
	size_t skipped = 0;
	ww_str tail = raw;

	while (tail.n > 0) {
		struct ww_json *node =
		    repetition(v, ww_str_cut(tail, v.m->delims.repetition, &tail));

		if (node == NULL) {
			skipped++;
			continue;
		}
		if (array == NULL)
			array = ww_json_array(v.cx);
		for (; skipped > 0; skipped--)
			(void)ww_json_add(v.cx, array, ww_json_string(v.cx, ww_str_empty()));
		(void)ww_json_add(v.cx, array, node);
	}
	return array;
}

static struct ww_json *
opaque(struct view v, ww_str raw)
{
	struct ww_json *array = ww_json_array(v.cx);

	(void)ww_json_add(v.cx, array, shown(v, raw));
	return array;
}

static struct ww_json *
fields(struct view v, const struct ww_hl7_segment *s, size_t n)
{
	struct ww_json *object = ww_json_object(v.cx);
	size_t f;
	ww_str raw;

	for (f = 1; f <= n; f++) {
		struct ww_json *array = NULL;

		if (ww_hl7_field(v.m, s, f, &raw))
			array = ww_hl7_opaque(s, f) ? opaque(v, raw) : repetitions(v, raw);
		if (array != NULL)
			set(v, object, f, array);
	}
	return object;
}

static struct ww_json *
segment(struct view v, size_t i)
{
	const struct ww_hl7_segment *s = &v.m->segment[i];
	struct ww_json *object = ww_json_object(v.cx);
	ww_str text;

	if (s->id == 0) {
		(void)ww_hl7_utf8(v.cx, v.m, ww_hl7_segment_bytes(v.m, s), false, &text);
		(void)ww_json_set(v.cx, object, "text", shown(v, text));
		return object;
	}
	(void)ww_json_set(v.cx, object, "id", ww_json_string(v.cx, ww_hl7_segment_id(v.m, i)));
	(void)ww_json_set(v.cx, object, "fields", fields(v, s, ww_hl7_segment_fields(v.m, i)));
	return object;
}

void
ww_hl7_json(struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_json **out)
{
	struct view v = { cx, m };
	struct ww_json *segments = ww_json_array(cx), *top = ww_json_object(cx);
	size_t i;

	for (i = 0; i < ww_hl7_segments(m); i++)
		(void)ww_json_add(cx, segments, segment(v, i));
	(void)ww_json_set(cx, top, "segments", segments);
	*out = ww_arena_status(cx->arena) == 0 ? top : NULL;
}
