/* Draws messages as a tree and in hex. */
#include "codec/hl7v2_view.h"
#include "codec/hl7v2_names.h"
#include "codec/hl7v2_parts.h"
#include "codec/utf8.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <stdio.h>
#include <string.h>

/* -- the tree ----------------------------------------------------------------------------------------- */

/* Columns of paths and names; longer ones push what follows to the right. */
enum { PATH_WIDTH = 16, NAME_WIDTH = 48 };

struct tree {
	struct ww_ctx *cx;
	const struct ww_hl7 *m;
	struct ww_buf *out;
	const char *segment; /* its id */
	size_t n, of;        /* its number among those of that id, and how many there are */
};

/* Where a value stands, its name, and what its parts are called. */
struct place {
	ww_str path, name;
	const char *type;
};

/* What could steer a terminal, or is no text, as HL7 escapes it. */
static void
put_text(struct ww_buf *out, ww_str text)
{
	while (text.n > 0) {
		unsigned char c = (unsigned char)text.p[0];
		size_t n = c < ' ' || c == 0x7f ? 0 : ww_utf8_first(text);

		if (n > 0)
			ww_buf_add(out, text.p, n);
		else
			ww_buf_printf(out, "\\X%02X\\", c);
		text = ww_str_sub(text, n > 0 ? n : 1, text.n);
	}
}

static void
put_line(struct tree *t, const struct place *p, ww_str raw)
{
	bool deletes = ww_hl7_state_of(raw) == WW_HL7_DELETE;

	ww_buf_printf(t->out, "  %-*.*s  %-*.*s  ", PATH_WIDTH, WW_STR_FMT(p->path), NAME_WIDTH,
	    WW_STR_FMT(p->name));
	put_text(t->out, deletes ? raw : ww_hl7_decode(t->cx, t->m, raw));
	ww_buf_byte(t->out, '\n');
}

static struct place
below(struct tree *t, const struct place *p, size_t number)
{
	struct place part = { .path = ww_arena_printf(
		                  t->cx->arena, "%.*s.%zu", WW_STR_FMT(p->path), number) };
	const char *name = ww_hl7_names_component(p->type, number, &part.type);

	part.name = p->name;
	if (name != NULL)
		part.name = ww_arena_printf(
		    t->cx->arena, "%.*s%s%s", WW_STR_FMT(p->name), p->name.n > 0 ? ": " : "", name);
	return part;
}

static void
put_component(struct tree *t, const struct place *p, ww_str raw)
{
	char sep = t->m->delims.subcomponent;
	size_t i;

	if (ww_str_find(raw, sep) == raw.n) {
		if (raw.n > 0)
			put_line(t, p, raw);
		return;
	}
	for (i = 1; raw.n > 0; i++) {
		struct place part = below(t, p, i);
		ww_str leaf = ww_str_cut(raw, sep, &raw);

		if (leaf.n > 0)
			put_line(t, &part, leaf);
	}
}

static void
put_repetition(struct tree *t, const struct place *p, ww_str raw)
{
	char sep = t->m->delims.component;
	size_t i;

	if (ww_str_find(raw, sep) == raw.n) {
		put_component(t, p, raw);
		return;
	}
	for (i = 1; raw.n > 0; i++) {
		struct place part = below(t, p, i);

		put_component(t, &part, ww_str_cut(raw, sep, &raw));
	}
}

static void
put_field(struct tree *t, const struct ww_hl7_segment *s, size_t f)
{
	char sep = t->m->delims.repetition;
	struct place p = { .type = NULL }, one;
	ww_str raw;
	size_t r;
	bool repeats;

	if (!ww_hl7_field(t->m, s, f, &raw) || raw.n == 0)
		return;
	p.name = ww_str_from(ww_hl7_names_field(t->segment, f, &p.type));
	if (t->of > 1)
		p.path = ww_arena_printf(t->cx->arena, "%s(%zu)-%zu", t->segment, t->n, f);
	else
		p.path = ww_arena_printf(t->cx->arena, "%s-%zu", t->segment, f);
	if (ww_hl7_opaque(s, f)) {
		ww_buf_printf(t->out, "  %-*.*s  %-*.*s  %.*s\n", PATH_WIDTH, WW_STR_FMT(p.path),
		    NAME_WIDTH, WW_STR_FMT(p.name), WW_STR_FMT(raw));
		return;
	}
	repeats = ww_str_find(raw, sep) < raw.n;
	for (r = 1; raw.n > 0; r++) {
		one = p;
		if (repeats)
			one.path =
			    ww_arena_printf(t->cx->arena, "%.*s(%zu)", WW_STR_FMT(p.path), r);
		put_repetition(t, &one, ww_str_cut(raw, sep, &raw));
	}
}

static void
put_segment(struct tree *t, size_t i)
{
	const struct ww_hl7_segment *s = &t->m->segment[i];
	ww_str id = ww_hl7_segment_id(t->m, i);
	char text[4] = "";
	const char *name;
	size_t k;

	if (s->id == 0) {
		ww_buf_cstr(t->out, "?    ");
		put_text(t->out, ww_hl7_segment_bytes(t->m, s));
		ww_buf_byte(t->out, '\n');
		return;
	}
	(void)snprintf(text, sizeof(text), "%.*s", WW_STR_FMT(id));
	t->segment = text;
	t->of = ww_hl7_count(t->m, text);
	t->n = 1;
	for (k = 0; k < i; k++)
		t->n += t->m->segment[k].id == s->id;
	name = ww_hl7_names_segment(text);
	ww_buf_printf(t->out, "%s", text);
	if (t->of > 1)
		ww_buf_printf(t->out, "(%zu)", t->n);
	ww_buf_printf(t->out, "%s%s\n", name != NULL ? "  " : "", name != NULL ? name : "");
	for (k = 1; k <= ww_hl7_segment_fields(t->m, i); k++)
		put_field(t, s, k);
}

void
ww_hl7_view_tree(struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_buf *out)
{
	struct tree t = { .cx = cx, .m = m, .out = out };
	size_t i;

	for (i = 0; i < ww_hl7_segments(m); i++)
		put_segment(&t, i);
}

/* -- the bytes ------------------------------------------------------------------------------------------ */

enum { BYTES = 16 };

struct dump {
	ww_str bytes;
	const struct ww_hl7_delims *delims; /* NULL: not known */
	size_t header, declared;            /* offsets of MSH and of the end of MSH-2 */
	struct ww_buf *out;
};

static char
mark_of_delimiter(const struct ww_hl7_delims *d, char c)
{
	const struct {
		char byte, mark;
	} marks[] = { { d->field, 'f' }, { d->repetition, 'r' }, { d->component, 'c' },
		{ d->subcomponent, 's' }, { d->escape, 'e' } };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (c == marks[i].byte)
			return marks[i].mark;
	return ' ';
}

/* What the byte at that offset is; ' ' for a plain one. */
static char
mark_of(const struct dump *d, size_t at)
{
	char c = d->bytes.p[at];

	if (d->delims != NULL && at >= d->header + WW_HL7_ID_N && at < d->declared)
		return 'd';
	if (c == '\r' || c == '\n')
		return '.';
	if ((unsigned char)c < ' ' || c == 0x7f)
		return '!';
	if ((unsigned char)c > 0x7f)
		return '+';
	return d->delims != NULL ? mark_of_delimiter(d->delims, c) : ' ';
}

static void
put_marks(const struct dump *d, size_t from, size_t n)
{
	char marks[3 * BYTES + 1];
	size_t i, last = 0;

	memset(marks, ' ', sizeof(marks));
	for (i = 0; i < n; i++) {
		char mark = mark_of(d, from + i);

		if (mark != ' ') {
			last = 3 * i + 2;
			marks[last - 1] = mark;
		}
	}
	if (last > 0)
		ww_buf_printf(d->out, "         %.*s\n", (int)last, marks);
}

static void
put_bytes(const struct dump *d, size_t from, size_t n)
{
	size_t i;

	ww_buf_printf(d->out, "%08zx ", from);
	for (i = 0; i < BYTES; i++)
		if (i < n)
			ww_buf_printf(
			    d->out, " %02x", (unsigned)(unsigned char)d->bytes.p[from + i]);
		else
			ww_buf_cstr(d->out, "   ");
	ww_buf_cstr(d->out, "  ");
	for (i = 0; i < n; i++) {
		char c = d->bytes.p[from + i];

		ww_buf_byte(d->out, c >= ' ' && c < 0x7f ? c : '.');
	}
	ww_buf_byte(d->out, '\n');
	put_marks(d, from, n);
}

static void
put_piece(const struct dump *d, size_t from, size_t end)
{
	for (; from < end; from += BYTES)
		put_bytes(d, from, end - from < BYTES ? end - from : BYTES);
}

void
ww_hl7_view_hex(const struct ww_hl7 *m, ww_str raw, struct ww_buf *out)
{
	struct dump d = { .bytes = raw, .out = out };
	size_t i, at = 0, end;

	if (m != NULL) {
		d.delims = &m->delims;
		d.header = (size_t)(m->bytes.p - raw.p);
		d.declared = d.header + WW_HL7_ID_N + 5 + (m->delims.truncation != '\0');
		/* Each with what ends it. */
		for (i = 1; i < ww_hl7_segments(m); i++, at = end) {
			end = d.header + m->segment[i].start;
			put_piece(&d, at, end);
		}
	}
	put_piece(&d, at, raw.n);
}
