/* Parsing of HL7 v2 messages: the header, and where the segments are. Fields and what is below them are split
 * when asked for. */
#include "codec/hl7v2_parts.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <string.h>

/* -- header ------------------------------------------------------------------------------------------ */

/* A byte order mark, line ends and blanks before MSH carry nothing. */
static ww_str
without_leading(ww_str raw)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t n;

	do {
		n = raw.n;
		if (ww_str_starts(raw, WW_STR(mark)))
			raw = ww_str_sub(raw, sizeof(mark) - 1, n);
		while (raw.n > 0 && memchr("\r\n \t", raw.p[0], 4) != NULL)
			raw = ww_str_sub(raw, 1, raw.n);
	} while (raw.n < n);
	return raw;
}

static ww_status
read_delims(struct ww_ctx *cx, ww_str b, struct ww_hl7_delims *d)
{
	size_t field;
	const char *wrong = ww_hl7_delims_read(b, d, &field);

	if (wrong == NULL)
		return WW_OK;
	return ww_fail(cx, WW_E_HEADER, field == 1 ? "MSH-1" : "MSH-2", "%s", wrong);
}

/* -- lines ------------------------------------------------------------------------------------------- */

/* The id of the segment that begins at p, 0 when none does. */
static uint32_t
id_at(ww_str s, char field)
{
	size_t i;

	if (s.n < WW_HL7_ID_N || (s.n > WW_HL7_ID_N && s.p[WW_HL7_ID_N] != field))
		return 0;
	for (i = 0; i < WW_HL7_ID_N; i++) {
		char c = s.p[i];

		if (!(c >= 'A' && c <= 'Z') && (i == 0 || !(c >= '0' && c <= '9')))
			return 0;
	}
	return ww_hl7_pack(s.p);
}

bool
ww_hl7_begins_segment(ww_str rest, char field)
{
	ww_str line = ww_str_sub(rest, 0, WW_HL7_ID_N + 1);

	if (line.n == WW_HL7_ID_N + 1 &&
	    (line.p[WW_HL7_ID_N] == '\r' || line.p[WW_HL7_ID_N] == '\n'))
		line.n = WW_HL7_ID_N;
	return id_at(line, field) != 0;
}

/* In a message that also has CR, a lone LF ends a segment only where a new one begins; elsewhere it is data
 * of the running field. */
static bool
lf_ends(const struct ww_hl7_lines *l)
{
	ww_str rest = ww_str_sub(l->bytes, l->lf + 1, l->bytes.n);

	return rest.n == 0 || (l->lf > 0 && l->bytes.p[l->lf - 1] == '\r') ||
	       ww_hl7_begins_segment(rest, l->field);
}

/* Offset of the next byte c at or after from, or the end. */
static size_t
next(ww_str b, size_t from, char c)
{
	return from + ww_str_find(ww_str_sub(b, from, b.n), c);
}

struct ww_hl7_lines
ww_hl7_lines_from(ww_str bytes, char field, size_t at)
{
	struct ww_hl7_lines l = { .bytes = bytes, .field = field, .at = at };

	l.cr = next(bytes, at, '\r');
	l.lf = next(bytes, at, '\n');
	l.has_cr = l.cr < bytes.n;
	return l;
}

bool
ww_hl7_lines_next(struct ww_hl7_lines *l, size_t *start, size_t *end)
{
	size_t n = l->bytes.n;

	while (l->at < n) {
		*start = l->at;
		/* At the start of a line there is no field that it could be in. */
		while (l->lf < l->cr && l->has_cr && l->lf > *start && !lf_ends(l)) {
			l->lf_kept = true;
			l->lf = next(l->bytes, l->lf + 1, '\n');
		}
		*end = l->cr < l->lf ? l->cr : l->lf;
		l->at = *end < n ? *end + 1 : n;
		/* Each kind is looked for once more only when the one found is passed: a message full of the
		 * one kind costs no search for the other at each line. */
		if (l->cr < l->at)
			l->cr = next(l->bytes, l->at, '\r');
		if (l->lf < l->at)
			l->lf = next(l->bytes, l->at, '\n');
		if (*end > *start)
			return true;
	}
	return false;
}

/* -- segments ---------------------------------------------------------------------------------------- */

/* What is being built. */
struct index {
	struct ww_hl7 *m;
	size_t room;  /* for segments */
	char *joined; /* the text of a continued segment, NULL when the last is none */
	size_t joined_n, joined_room; /* that has grown twice as large each time */
};

/* Only a long field can pass these limits, so few are looked at; of those hardly one has so many delimiters
 * that they have to be counted by levels. */
static bool
within_limits(const struct ww_hl7_delims *d, ww_str field)
{
	size_t i, repetitions = 1, components = 1, subcomponents = 1;

	if (field.n < WW_HL7_COMPONENTS_MAX ||
	    (ww_hl7_tally(field, d->repetition) < WW_HL7_REPETITIONS_MAX &&
	        ww_hl7_tally(field, d->component) < WW_HL7_COMPONENTS_MAX &&
	        ww_hl7_tally(field, d->subcomponent) < WW_HL7_COMPONENTS_MAX))
		return true;
	for (i = 0; i < field.n; i++) {
		char c = field.p[i];

		if (c == d->repetition) {
			repetitions++;
			components = subcomponents = 1;
		} else if (c == d->component) {
			components++;
			subcomponents = 1;
		} else if (c == d->subcomponent) {
			subcomponents++;
		}
		if (repetitions > WW_HL7_REPETITIONS_MAX || components > WW_HL7_COMPONENTS_MAX ||
		    subcomponents > WW_HL7_COMPONENTS_MAX)
			return false;
	}
	return true;
}

static ww_status
check_limits(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_hl7_segment *s)
{
	char place[WW_HL7_ID_N + 1] = "";
	size_t f, fields;
	ww_str field;

	if (s->id == 0 || s->text.n < WW_HL7_COMPONENTS_MAX)
		return WW_OK;
	memcpy(place, s->text.p, WW_HL7_ID_N);
	fields = ww_hl7_tally(s->text, m->delims.field);
	if (fields > WW_HL7_FIELDS_MAX)
		return ww_fail(
		    cx, WW_E_LIMIT, place, "more than %d fields in one segment", WW_HL7_FIELDS_MAX);
	for (f = 1; f <= fields + 1; f++)
		if (ww_hl7_field(m, s, f, &field) && !within_limits(&m->delims, field))
			return ww_fail(cx, WW_E_LIMIT, place,
			    "a field has more than %d repetitions or %d components",
			    WW_HL7_REPETITIONS_MAX, WW_HL7_COMPONENTS_MAX);
	return WW_OK;
}

/* The last segment is whole. */
static ww_status
end_segment(struct ww_ctx *cx, struct index *ix)
{
	struct ww_hl7_segment *s;

	if (ix->m->segments == 0)
		return WW_OK;
	s = &ix->m->segment[ix->m->segments - 1];
	if (ix->joined != NULL)
		s->text = ww_str_of(ix->joined, ix->joined_n);
	ix->joined = NULL;
	return check_limits(cx, ix->m, s);
}

static ww_status
join(struct ww_ctx *cx, struct index *ix, ww_str more)
{
	size_t n = ix->joined_n + more.n;

	if (ix->joined == NULL || n > ix->joined_room) {
		char *p = ww_arena_alloc(cx->arena, 2 * n);

		if (p == NULL)
			return ww_fail_memory(cx);
		if (ix->joined_n > 0)
			memcpy(p, ix->joined, ix->joined_n);
		ix->joined = p;
		ix->joined_room = 2 * n;
	}
	if (more.n > 0)
		memcpy(ix->joined + ix->joined_n, more.p, more.n);
	ix->joined_n = n;
	return WW_OK;
}

/* ADD goes on with the segment before it at the very character: the break may fall inside an escape, so the
 * texts are joined before anything is split. */
static ww_status
continue_segment(struct ww_ctx *cx, struct index *ix, ww_str line, size_t end)
{
	struct ww_hl7_segment *s = &ix->m->segment[ix->m->segments - 1];
	ww_status st = WW_OK;

	if (ix->joined == NULL) {
		ix->joined_n = 0;
		st = join(cx, ix, s->text);
	}
	s->end = (uint32_t)end;
	s->continued = true;
	return st == WW_OK ? join(cx, ix, ww_str_sub(line, WW_HL7_ID_N + 1, line.n)) : st;
}

/* Behind the header ADD is the first segment of a fragment: it goes on with one of the fragment before. Behind a
 * line that is no segment it goes on with nothing, and it cannot go on with an id. */
static bool
continues(const struct index *ix, uint32_t id, ww_str line)
{
	const struct ww_hl7 *m = ix->m;
	const struct ww_hl7_segment *last;
	ww_str more = ww_str_sub(line, WW_HL7_ID_N + 1, line.n);

	if (id != ww_hl7_pack("ADD") || m->segments < 2)
		return false;
	last = &m->segment[m->segments - 1];
	if (last->id == 0)
		return false;
	return (ix->joined != NULL ? ix->joined_n : last->text.n) > WW_HL7_ID_N || more.n == 0 ||
	       more.p[0] == m->delims.field;
}

static ww_status
begin_segment(struct ww_ctx *cx, struct index *ix, uint32_t id, size_t start, size_t end)
{
	struct ww_hl7 *m = ix->m;
	ww_status st = end_segment(cx, ix);

	if (st != WW_OK)
		return st;
	if (m->segments == WW_HL7_SEGMENTS_MAX)
		return ww_fail(cx, WW_E_LIMIT, NULL, "more than %d segments", WW_HL7_SEGMENTS_MAX);
	if (m->segments == ix->room) {
		struct ww_hl7_segment *p;

		ix->room = ix->room * 2 + 16;
		p = ww_arena_array(cx->arena, ix->room, sizeof(*p));
		if (p == NULL)
			return ww_fail_memory(cx);
		if (m->segments > 0)
			memcpy(p, m->segment, m->segments * sizeof(*p));
		m->segment = p;
	}
	m->segment[m->segments++] = (struct ww_hl7_segment){ .id = id,
		.start = (uint32_t)start,
		.end = (uint32_t)end,
		.text = ww_str_of(m->bytes.p + start, end - start) };
	if (id == 0)
		ww_hl7_warn(m, WW_HL7_WARN_bad_segment_id);
	return WW_OK;
}

/* A line that is no segment stays, without name and fields. */
static ww_status
split(struct ww_ctx *cx, struct index *ix)
{
	struct ww_hl7 *m = ix->m;
	struct ww_hl7_lines lines = ww_hl7_lines_from(m->bytes, m->delims.field, 0);
	ww_status st = WW_OK;
	size_t start, end;

	while (st == WW_OK && ww_hl7_lines_next(&lines, &start, &end)) {
		ww_str line = ww_str_of(m->bytes.p + start, end - start);
		uint32_t id = id_at(line, m->delims.field);

		st = continues(ix, id, line) ? continue_segment(cx, ix, line, end)
		                             : begin_segment(cx, ix, id, start, end);
	}
	m->has_cr = lines.has_cr;
	if (lines.lf_kept)
		ww_hl7_warn(m, WW_HL7_WARN_lf_in_field);
	return st == WW_OK ? end_segment(cx, ix) : st;
}

static ww_status
no_message(struct ww_ctx *cx, ww_str raw)
{
	static const char *const batch[] = { "FHS", "BHS" };
	size_t i;

	for (i = 0; i < sizeof(batch) / sizeof(batch[0]); i++)
		if (ww_str_starts(raw, ww_str_from(batch[i])))
			return ww_fail(cx, WW_E_NOT_HL7, batch[i],
			    "a batch is not taken: send its messages one by one");
	return ww_fail(cx, WW_E_NOT_HL7, "MSH", "it does not begin with MSH");
}

ww_status
ww_hl7_parse(struct ww_ctx *cx, ww_str raw, struct ww_hl7 **out)
{
	struct whole {
		struct ww_hl7 m;
		struct ww_hl7_lazy lazy;
	} * whole;
	ww_str given = raw;
	struct index ix = { 0 };
	ww_status st;

	raw = without_leading(raw);
	if (!ww_str_starts(raw, WW_STR("MSH")))
		return no_message(cx, raw);
	if (raw.n >= UINT32_MAX)
		return ww_fail(cx, WW_E_LIMIT, NULL, "larger than four gibibytes");
	whole = ww_arena_alloc(cx->arena, sizeof(*whole));
	if (whole == NULL)
		return ww_fail_memory(cx);
	ix.m = &whole->m;
	ix.m->lazy = &whole->lazy;
	ix.m->bytes = raw;
	ix.m->raw = given;
	if (raw.n < given.n)
		ww_hl7_warn(ix.m, WW_HL7_WARN_leading_bytes);
	st = read_delims(cx, raw, &ix.m->delims);
	if (st == WW_OK)
		st = split(cx, &ix);
	if (st == WW_OK)
		*out = ix.m;
	return st;
}
