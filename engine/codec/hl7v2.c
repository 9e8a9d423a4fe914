/* Parsing of HL7 v2 messages: one pass over the bytes notes where fields and lines begin; everything below
 * the field is split when asked for. */
#include "codec/hl7v2_parts.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <string.h>

/* Bytes that are looked through between two looks at the room left. */
#define BLOCK ((size_t)256)

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

/* -- index ------------------------------------------------------------------------------------------- */

#define LOW7 UINT64_C(0x7f7f7f7f7f7f7f7f)
#define ONES UINT64_C(0x0101010101010101)

/* What is being built; both arrays grow as segments come. */
struct index {
	struct ww_hl7 *m;
	size_t fields, fields_room, segments_room;
};

/* A larger place in the arena for the n rows of size bytes at old. */
static void *
grown(struct ww_arena *a, const void *old, size_t n, size_t size, size_t room)
{
	void *p = ww_arena_array(a, room, size);

	if (p != NULL && n > 0)
		memcpy(p, old, n * size);
	return p;
}

/* Eight bytes, the first one lowest on any machine; compilers make one load of it. */
static uint64_t
eight(const char *c)
{
	const unsigned char *p = (const unsigned char *)c;

	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	       (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

/* Number of the lowest byte of w with its top bit set; w has no other bits, and one at least. The bytes below
 * it become FF, itself 7F, all above 00; then their lowest bits are counted. */
static unsigned
lowest(uint64_t w)
{
	return (unsigned)(((((w - 1) & ~w) & ONES) * ONES) >> 56) - 1;
}

/* Notes where the fields of the line from start to end begin. A message has a separator every five bytes or
 * so: comparing eight bytes at once is three times as fast as a loop over bytes or memchr. */
static ww_status
mark_fields(struct ww_ctx *cx, struct index *ix, size_t start, size_t end)
{
	const char *p = ix->m->bytes.p;
	char separator = ix->m->delims.field;
	uint64_t pattern = ONES * (unsigned char)separator;
	size_t i = start, first = ix->fields, n = first;

	while (i < end && n - first <= WW_HL7_FIELDS_MAX) {
		size_t stop = end - i > BLOCK ? i + BLOCK : end;
		uint32_t *at;

		if (ix->fields_room - n <= BLOCK) {
			ix->fields_room = ix->fields_room * 2 + ix->m->bytes.n / 8 + BLOCK;
			ix->m->field =
			    grown(cx->arena, ix->m->field, n, sizeof(*at), ix->fields_room);
			if (ix->m->field == NULL)
				return ww_fail_memory(cx);
		}
		at = ix->m->field;
		for (; stop - i >= 8; i += 8) {
			uint64_t x = eight(p + i) ^ pattern;
			uint64_t hit = ~(((x & LOW7) + LOW7) | x | LOW7); /* x has 00 there */

			for (; hit != 0; hit &= hit - 1)
				at[n++] = (uint32_t)(i + lowest(hit) + 1);
		}
		for (; i < stop; i++) {
			at[n] = (uint32_t)(i + 1);
			n += p[i] == separator;
		}
	}
	ix->fields = n;
	return WW_OK;
}

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

/* In a message that also has CR, a lone LF ends a segment only where a new one begins; elsewhere it is data
 * of the running field. */
static bool
lf_ends(const struct ww_hl7 *m, size_t lf)
{
	ww_str next = ww_str_sub(m->bytes, lf + 1, WW_HL7_ID_N + 1);

	if (lf > 0 && m->bytes.p[lf - 1] == '\r')
		return true;
	if (next.n == WW_HL7_ID_N + 1 &&
	    (next.p[WW_HL7_ID_N] == '\r' || next.p[WW_HL7_ID_N] == '\n'))
		next.n = WW_HL7_ID_N;
	return next.n == 0 || id_at(next, m->delims.field) != 0;
}

/* Only a long field can pass these limits, so few are looked at. */
static bool
within_limits(const struct ww_hl7_delims *d, ww_str field)
{
	size_t i, repetitions = 1, components = 1, subcomponents = 1;

	if (field.n < WW_HL7_COMPONENTS_MAX)
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
check_fields(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_hl7_segment *s)
{
	char place[WW_HL7_ID_N + 1];
	ww_str field;
	size_t f;

	memcpy(place, m->bytes.p + s->start, WW_HL7_ID_N);
	place[WW_HL7_ID_N] = '\0';
	if (s->fields > WW_HL7_FIELDS_MAX)
		return ww_fail(
		    cx, WW_E_LIMIT, place, "more than %d fields in one segment", WW_HL7_FIELDS_MAX);
	if (s->end - s->start < WW_HL7_COMPONENTS_MAX)
		return WW_OK;
	for (f = 1; f <= s->fields + 1; f++)
		if (ww_hl7_field(m, s, f, &field) && !within_limits(&m->delims, field))
			return ww_fail(cx, WW_E_LIMIT, place,
			    "a field has more than %d repetitions or %d components",
			    WW_HL7_REPETITIONS_MAX, WW_HL7_COMPONENTS_MAX);
	return WW_OK;
}

/* Adds the line from start to end. Empty lines are left out; a line that is no segment stays, without name
 * and fields. */
static ww_status
add_line(struct ww_ctx *cx, struct index *ix, size_t start, size_t end)
{
	struct ww_hl7 *m = ix->m;
	struct ww_hl7_segment *s;
	ww_status st;

	if (start == end)
		return WW_OK;
	if (m->segments == WW_HL7_SEGMENTS_MAX)
		return ww_fail(cx, WW_E_LIMIT, NULL, "more than %d segments", WW_HL7_SEGMENTS_MAX);
	if (m->segments == ix->segments_room) {
		ix->segments_room = ix->segments_room * 2 + 16;
		m->segment = grown(
		    cx->arena, m->segment, m->segments, sizeof(*m->segment), ix->segments_room);
		if (m->segment == NULL)
			return ww_fail_memory(cx);
	}
	s = &m->segment[m->segments++];
	s->start = (uint32_t)start;
	s->end = (uint32_t)end;
	s->first = (uint32_t)ix->fields;
	s->id = id_at(ww_hl7_segment_bytes(m, s), m->delims.field);
	if (s->id == 0)
		return WW_OK;
	st = mark_fields(cx, ix, start, end);
	if (st != WW_OK)
		return st;
	s->fields = (uint32_t)ix->fields - s->first;
	return check_fields(cx, m, s);
}

/* Offset of the next byte c at or after from, or the end. */
static size_t
next(ww_str b, size_t from, char c)
{
	return from + ww_str_find(ww_str_sub(b, from, b.n), c);
}

/* Each kind of line end is looked for once more only when the one found is passed: a message full of the one
 * kind costs no search for the other at each line. */
static ww_status
split(struct ww_ctx *cx, struct index *ix)
{
	ww_str b = ix->m->bytes;
	size_t start = 0, cr = next(b, 0, '\r'), lf = next(b, 0, '\n');
	bool has_cr = cr < b.n;

	for (;;) {
		size_t end = cr < lf ? cr : lf;
		ww_status st;

		if (lf < cr && has_cr && !lf_ends(ix->m, lf)) {
			lf = next(b, lf + 1, '\n');
			continue;
		}
		st = add_line(cx, ix, start, end);
		if (st != WW_OK || end == b.n)
			return st;
		start = end + 1;
		if (cr < start)
			cr = next(b, start, '\r');
		if (lf < start)
			lf = next(b, start, '\n');
	}
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
	st = read_delims(cx, raw, &ix.m->delims);
	if (st == WW_OK)
		st = split(cx, &ix);
	if (st == WW_OK)
		*out = ix.m;
	return st;
}
