/* Changing messages: a segment is cut into fields when one of them is changed for the first time, and a change
 * replaces the bytes of one field. */
#include "codec/hl7v2_parts.h"
#include "codec/utf8.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2_edit.h>

#include <string.h>

struct segment {
	const struct ww_hl7_segment *from; /* NULL: made here */
	uint32_t id;                       /* 0: a line that is no segment */
	ww_str *part;                      /* the id and the fields behind it; NULL: as it came */
	size_t parts, room;
};

struct ww_hl7_edit {
	struct ww_ctx *cx;
	const struct ww_hl7 *m; /* NULL: a new message */
	struct ww_hl7_delims delims;
	struct segment *segment;
	size_t segments, room;
	bool changed;
};

/* -- opening ----------------------------------------------------------------------------------------- */

/* The n rows of size bytes at old, with room for at least one more; NULL when memory is short. */
static void *
grown(struct ww_arena *a, const void *old, size_t size, size_t n, size_t *room)
{
	void *p = ww_arena_array(a, 2 * n + 8, size);

	if (p == NULL)
		return NULL;
	if (n > 0)
		memcpy(p, old, n * size);
	*room = 2 * n + 8;
	return p;
}

/* Makes room for a segment at index i. */
static ww_status
open_at(struct ww_hl7_edit *e, size_t i)
{
	struct segment *p = e->segment;

	if (e->segments == WW_HL7_SEGMENTS_MAX)
		return ww_fail(
		    e->cx, WW_E_LIMIT, NULL, "more than %d segments", WW_HL7_SEGMENTS_MAX);
	if (e->segments == e->room) {
		p = grown(e->cx->arena, p, sizeof(*p), e->segments, &e->room);
		if (p == NULL)
			return ww_fail_memory(e->cx);
		e->segment = p;
	}
	memmove(p + i + 1, p + i, (e->segments - i) * sizeof(*p));
	p[i] = (struct segment){ .id = 0 };
	e->segments++;
	return WW_OK;
}

static ww_status
add_part(struct ww_hl7_edit *e, struct segment *s, ww_str text)
{
	if (s->parts == s->room) {
		ww_str *p = grown(e->cx->arena, s->part, sizeof(*p), s->parts, &s->room);

		if (p == NULL)
			return ww_fail_memory(e->cx);
		s->part = p;
	}
	s->part[s->parts++] = text;
	return WW_OK;
}

ww_status
ww_hl7_edit_of(struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_hl7_edit **out)
{
	struct ww_hl7_edit *e = ww_arena_alloc(cx->arena, sizeof(*e));
	size_t i;

	if (e == NULL)
		return ww_fail_memory(cx);
	*e = (struct ww_hl7_edit){ .cx = cx, .m = m, .delims = m->delims };
	if (m->wire != NULL)
		return ww_fail(
		    cx, WW_E_CHARSET, "MSH-18", "messages in this set are read, not written");
	if (ww_hl7_count(m, "ADD") > 0) /* it would go on with what is put before it */
		return ww_fail(cx, WW_E_SEGMENT, "ADD", "a part of a message is not changed");
	e->segment = ww_arena_array(cx->arena, m->segments + 1, sizeof(*e->segment));
	if (e->segment == NULL)
		return ww_fail_memory(cx);
	e->room = m->segments + 1;
	for (i = 0; i < m->segments; i++)
		e->segment[i] = (struct segment){ .from = &m->segment[i], .id = m->segment[i].id };
	e->segments = m->segments;
	*out = e;
	return WW_OK;
}

ww_status
ww_hl7_edit_new(struct ww_ctx *cx, const struct ww_hl7_delims *d, struct ww_hl7_edit **out)
{
	struct ww_hl7_edit *e = ww_arena_alloc(cx->arena, sizeof(*e));
	const char set[] = { d->component, d->repetition, d->escape, d->subcomponent,
		d->truncation };
	ww_status s;

	if (e == NULL)
		return ww_fail_memory(cx);
	*e = (struct ww_hl7_edit){ .cx = cx, .delims = *d, .changed = true };
	s = open_at(e, 0);
	if (s == WW_OK)
		s = add_part(e, &e->segment[0], WW_STR("MSH"));
	if (s == WW_OK)
		s = add_part(e, &e->segment[0],
		    ww_arena_str(cx->arena, ww_str_of(set, sizeof(set) - (d->truncation == '\0'))));
	if (s != WW_OK)
		return s;
	e->segment[0].id = ww_hl7_pack("MSH");
	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx);
	*out = e;
	return WW_OK;
}

/* -- places ------------------------------------------------------------------------------------------ */

static ww_status
refuse(const struct ww_hl7_edit *e, ww_status s, const struct ww_hl7_path *p, const char *why)
{
	char place[WW_HL7_PATH_TEXT];

	ww_hl7_path_text(p, place);
	return ww_fail(e->cx, s, place, "%s", why);
}

/* Index of the segment that p names, or e->segments. */
static size_t
find(const struct ww_hl7_edit *e, const struct ww_hl7_path *p)
{
	uint32_t id = ww_hl7_pack(p->segment);
	size_t i, n = p->n > 0 ? p->n : 1;

	for (i = 0; i < e->segments; i++)
		if (e->segment[i].id == id && --n == 0)
			break;
	return i;
}

/* The index in part of field f: of a header the separator counts as field 1. */
static size_t
part_of(const struct ww_hl7_path *p)
{
	struct ww_hl7_path header = *p;

	header.field = 1;
	return ww_hl7_path_is_opaque(&header) ? p->field - (size_t)1 : p->field;
}

static ww_status
cut_into_parts(struct ww_hl7_edit *e, struct segment *s)
{
	ww_str rest = s->from->text;
	size_t i, n = ww_hl7_tally(rest, e->delims.field) + 1;

	s->part = ww_arena_array(e->cx->arena, n + 4, sizeof(*s->part));
	if (s->part == NULL)
		return ww_fail_memory(e->cx);
	s->room = n + 4;
	for (i = 0; i < n; i++)
		s->part[i] = ww_str_cut(rest, e->delims.field, &rest);
	s->parts = n;
	return WW_OK;
}

/* -- changes of a field ------------------------------------------------------------------------------ */

/* One level down: part number of a whole that is parted by sep. */
struct level {
	char sep;
	size_t number;
	size_t begin, end; /* of the whole that is parted */
};

enum { LEVELS = 3 };

/* The levels that p goes down below the field. */
static size_t
levels_of(const struct ww_hl7_path *p, const struct ww_hl7_delims *d, struct level *l)
{
	size_t n = 0;

	if (p->repetition == 0 && p->component == 0)
		return 0;
	l[n++] =
	    (struct level){ .sep = d->repetition, .number = p->repetition > 0 ? p->repetition : 1 };
	if (p->component > 0)
		l[n++] = (struct level){ .sep = d->component, .number = p->component };
	if (p->subcomponent > 0)
		l[n++] = (struct level){ .sep = d->subcomponent, .number = p->subcomponent };
	return n;
}

/* Narrows *begin and *end to part number of the bytes between them. Returns how many separators are missing: the
 * part would stand at *end behind them. */
static size_t
narrow(ww_str field, const struct level *l, size_t *begin, size_t *end)
{
	size_t i = l->number, at;

	for (; i > 1; i--) {
		at = *begin + ww_str_find(ww_str_sub(field, *begin, *end - *begin), l->sep);
		if (at == *end)
			break;
		*begin = at + 1;
	}
	if (i > 1) {
		*begin = *end;
		return i - 1;
	}
	*end = *begin + ww_str_find(ww_str_sub(field, *begin, *end - *begin), l->sep);
	return 0;
}

/* From where on a field goes away when the part from begin to end of the levels becomes empty: with the
 * separators before it that nothing follows any more. */
static size_t
without_trailing(ww_str field, const struct level *l, size_t n, size_t begin, size_t end)
{
	while (n-- > 0 && end == l[n].end) {
		while (begin > l[n].begin && field.p[begin - 1] == l[n].sep)
			begin--;
		if (begin > l[n].begin)
			break;
	}
	return begin;
}

/* The field with value in the place of the part that p names. */
static ww_status
replace(struct ww_hl7_edit *e, const struct ww_hl7_path *p, ww_str field, ww_str value, ww_str *out)
{
	struct level l[LEVELS] = { 0 };
	size_t n = levels_of(p, &e->delims, l), begin = 0, end = field.n, pads = 0, i, at;
	size_t missing[LEVELS] = { 0 };
	char *made;

	for (i = 0; i < n; i++) {
		l[i].begin = begin;
		l[i].end = end;
		missing[i] = narrow(field, &l[i], &begin, &end);
		pads += missing[i];
	}
	if (value.n == 0 && pads > 0) {
		*out = field;
		return WW_OK;
	}
	if (value.n == 0)
		begin = without_trailing(field, l, n, begin, end);
	made = ww_arena_alloc(e->cx->arena, begin + pads + value.n + field.n - end);
	if (made == NULL)
		return ww_fail_memory(e->cx);
	memcpy(made, field.p, begin);
	at = begin;
	for (i = 0; i < n; i++) {
		memset(made + at, l[i].sep, missing[i]);
		at += missing[i];
	}
	if (value.n > 0)
		memcpy(made + at, value.p, value.n);
	at += value.n;
	memcpy(made + at, field.p + end, field.n - end);
	*out = ww_str_of(made, at + field.n - end);
	return WW_OK;
}

static bool
within_limits(const struct ww_hl7_path *p)
{
	return p->field <= WW_HL7_FIELDS_MAX && p->repetition <= WW_HL7_REPETITIONS_MAX &&
	       p->component <= WW_HL7_COMPONENTS_MAX && p->subcomponent <= WW_HL7_COMPONENTS_MAX;
}

/* Puts bytes into the place. */
static ww_status
put(struct ww_hl7_edit *e, const struct ww_hl7_path *p, ww_str value)
{
	size_t i = find(e, p), f;
	struct segment *s;
	ww_status st = WW_OK;
	ww_str old, field;

	if (p->field == 0 || ww_hl7_path_is_opaque(p))
		return refuse(e, WW_E_SYNTAX, p, "no field that can be written");
	if (i == e->segments)
		return refuse(e, WW_E_NOT_FOUND, p, "there is no such segment");
	if (!within_limits(p))
		return refuse(e, WW_E_LIMIT, p, "beyond what a message may have");
	s = &e->segment[i];
	f = part_of(p);
	if (s->part == NULL)
		st = cut_into_parts(e, s);
	old = st == WW_OK && f < s->parts ? s->part[f] : ww_str_empty();
	if (st == WW_OK)
		st = replace(e, p, old, value, &field);
	if (st != WW_OK || ww_str_eq(field, old))
		return st;
	while (st == WW_OK && s->parts <= f)
		st = add_part(e, s, ww_str_empty());
	if (st != WW_OK)
		return st;
	e->changed = true;
	s->part[f] = field;
	if (field.n == 0 && f + 1 == s->parts)
		while (s->parts > 1 && s->part[s->parts - 1].n == 0)
			s->parts--;
	return WW_OK;
}

ww_status
ww_hl7_edit_text(
    struct ww_hl7_edit *e, const struct ww_hl7_path *p, ww_str text, enum ww_hl7_form form)
{
	struct ww_buf b = { 0 };
	ww_str bytes = text;

	if (e->m != NULL ? !ww_hl7_from_utf8(e->cx, e->m, text, &bytes) : !ww_utf8_valid(text))
		return ww_arena_status(e->cx->arena) != WW_OK
		           ? ww_fail_memory(e->cx)
		           : refuse(e, WW_E_CHARSET, p,
		                 "a character is not in the set of the message");
	ww_hl7_encode(bytes, &e->delims, form, &b);
	if (b.error == WW_OK)
		bytes = ww_arena_str(e->cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	if (b.error != WW_OK || ww_arena_status(e->cx->arena) != WW_OK)
		return ww_fail_memory(e->cx);
	return put(e, p, bytes);
}

/* The raw value has neither a line end nor a delimiter that would end the place. */
static bool
fits(const struct ww_hl7_edit *e, const struct ww_hl7_path *p, ww_str raw)
{
	const struct ww_hl7_delims *d = &e->delims;
	const char ends[] = { '\r', '\n', d->field, d->repetition, d->component, d->subcomponent };
	size_t i, n = 3;

	if (p->repetition > 0 || p->component > 0)
		n++;
	if (p->component > 0)
		n++;
	if (p->subcomponent > 0)
		n++;
	for (i = 0; i < raw.n; i++)
		if (memchr(ends, raw.p[i], n) != NULL)
			return false;
	return true;
}

ww_status
ww_hl7_edit_raw(struct ww_hl7_edit *e, const struct ww_hl7_path *p, ww_str raw)
{
	if (!fits(e, p, raw))
		return refuse(e, WW_E_SYNTAX, p, "a delimiter in it would end this place");
	raw = ww_arena_str(e->cx->arena, raw);
	if (ww_arena_status(e->cx->arena) != WW_OK)
		return ww_fail_memory(e->cx);
	return put(e, p, raw);
}

/* -- segments and repetitions ------------------------------------------------------------------------ */

/* Takes a repetition out of a field, so that those behind it move up. */
static ww_status
remove_repetition(struct ww_hl7_edit *e, struct segment *s, size_t f, size_t number)
{
	struct level l = { .sep = e->delims.repetition, .number = number };
	ww_str field = s->part[f];
	size_t begin = 0, end = field.n;
	char *made;

	if (narrow(field, &l, &begin, &end) > 0)
		return WW_OK;
	if (end < field.n)
		end++;
	else if (begin > 0)
		begin--;
	made = ww_arena_alloc(e->cx->arena, field.n);
	if (made == NULL)
		return ww_fail_memory(e->cx);
	memcpy(made, field.p, begin);
	memcpy(made + begin, field.p + end, field.n - end);
	s->part[f] = ww_str_of(made, begin + field.n - end);
	e->changed = true;
	return WW_OK;
}

ww_status
ww_hl7_edit_remove(struct ww_hl7_edit *e, const struct ww_hl7_path *p)
{
	size_t i = find(e, p), f = part_of(p);
	struct segment *s = &e->segment[i];
	ww_status st = WW_OK;

	if (ww_hl7_path_is_opaque(p) || (p->field == 0 && i == 0))
		return refuse(e, WW_E_SYNTAX, p, "a message is none without it");
	if (i == e->segments)
		return WW_OK;
	if (p->field == 0) {
		memmove(s, s + 1, (e->segments - i - 1) * sizeof(*s));
		e->segments--;
		e->changed = true;
		return WW_OK;
	}
	if (p->repetition == 0 || p->component > 0)
		return put(e, p, ww_str_empty());
	if (s->part == NULL)
		st = cut_into_parts(e, s);
	return st == WW_OK && f < s->parts ? remove_repetition(e, s, f, p->repetition) : st;
}

ww_status
ww_hl7_edit_add(struct ww_hl7_edit *e, const char *id, const struct ww_hl7_path *behind, size_t *n)
{
	size_t i = behind != NULL ? find(e, behind) : e->segments - 1, k, count = 1;
	struct ww_hl7_path checked;
	ww_status st;

	st = ww_hl7_path(e->cx, ww_str_from(id), &checked);
	if (st != WW_OK)
		return st;
	if (strcmp(checked.segment, id) != 0 || strcmp(id, "MSH") == 0 || strcmp(id, "ADD") == 0)
		return refuse(e, WW_E_SYNTAX, &checked, "no segment to add");
	if (i == e->segments)
		return refuse(e, WW_E_NOT_FOUND, behind, "there is no such segment");
	st = open_at(e, i + 1);
	if (st == WW_OK)
		st = add_part(e, &e->segment[i + 1],
		    ww_arena_str(e->cx->arena, ww_str_from(checked.segment)));
	if (st != WW_OK)
		return st;
	e->segment[i + 1].id = ww_hl7_pack(checked.segment);
	e->changed = true;
	for (k = 0; k <= i; k++)
		count += e->segment[k].id == e->segment[i + 1].id;
	*n = count;
	return WW_OK;
}

/* -- writing ----------------------------------------------------------------------------------------- */

/* An LF that was data stays, unless what stands behind it now looks like a segment: then it would end this one. */
static void
write_line(const struct ww_hl7_delims *d, ww_str line, struct ww_buf *out)
{
	while (line.n > 0) {
		size_t n = ww_str_find(line, '\n');

		ww_buf_add(out, line.p, n);
		line = ww_str_sub(line, n, line.n);
		if (line.n == 0)
			break;
		line = ww_str_sub(line, 1, line.n);
		if (ww_hl7_begins_segment(line, d->field))
			ww_hl7_escape(WW_STR("\n"), d, out);
		else
			ww_buf_byte(out, '\n');
	}
	ww_buf_byte(out, '\r');
}

static void
write_parts(const struct ww_hl7_edit *e, const struct segment *s, struct ww_buf *out)
{
	struct ww_buf line = { 0 };
	size_t i;

	for (i = 0; i < s->parts; i++) {
		if (i > 0)
			ww_buf_byte(&line, e->delims.field);
		ww_buf_str_add(&line, s->part[i]);
	}
	write_line(&e->delims, ww_buf_view(&line), out);
	if (line.error != WW_OK)
		out->error = line.error;
	ww_buf_free(&line);
}

void
ww_hl7_edit_write(const struct ww_hl7_edit *e, struct ww_buf *out)
{
	size_t i;

	if (!e->changed) {
		ww_buf_str_add(out, e->m->raw);
		return;
	}
	for (i = 0; i < e->segments; i++) {
		const struct segment *s = &e->segment[i];

		if (s->part != NULL)
			write_parts(e, s, out);
		else
			ww_hl7_segment_write(e->m, s->from, out);
	}
}
