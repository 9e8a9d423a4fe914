/* What a parsed message holds: segments, fields, repetitions. */
#include "codec/hl7v2_parts.h"

#include <assert.h>

const struct ww_hl7_delims *
ww_hl7_delims(const struct ww_hl7 *m)
{
	return &m->delims;
}

ww_str
ww_hl7_bytes(const struct ww_hl7 *m)
{
	return m->bytes;
}

size_t
ww_hl7_segments(const struct ww_hl7 *m)
{
	return m->segments;
}

ww_str
ww_hl7_segment_bytes(const struct ww_hl7 *m, const struct ww_hl7_segment *s)
{
	return ww_str_of(m->bytes.p + s->start, s->end - s->start);
}

ww_str
ww_hl7_segment_id(const struct ww_hl7 *m, size_t i)
{
	assert(i < m->segments);
	if (m->segment[i].id == 0)
		return ww_str_empty();
	return ww_str_of(m->bytes.p + m->segment[i].start, WW_HL7_ID_N);
}

static bool
is_header(const struct ww_hl7_segment *s)
{
	return s->id == ww_hl7_pack("MSH") || s->id == ww_hl7_pack("FHS") ||
	       s->id == ww_hl7_pack("BHS");
}

size_t
ww_hl7_segment_fields(const struct ww_hl7 *m, size_t i)
{
	const struct ww_hl7_segment *s;

	assert(i < m->segments);
	s = &m->segment[i];
	return is_header(s) && s->fields > 0 ? s->fields + 1 : s->fields;
}

static uint32_t
pack_id(const char *id)
{
	assert(id[0] != '\0' && id[1] != '\0' && id[2] != '\0' && id[3] == '\0');
	return ww_hl7_pack(id);
}

size_t
ww_hl7_count(const struct ww_hl7 *m, const char *segment)
{
	uint32_t id = pack_id(segment);
	size_t i, n = 0;

	for (i = 0; i < m->segments; i++)
		n += m->segment[i].id == id;
	return n;
}

const struct ww_hl7_segment *
ww_hl7_find(const struct ww_hl7 *m, const char *id, size_t n)
{
	uint32_t want = pack_id(id);
	size_t i;

	for (i = 0; i < m->segments; i++)
		if (m->segment[i].id == want && --n == 0)
			return &m->segment[i];
	return NULL;
}

bool
ww_hl7_opaque(const struct ww_hl7_segment *s, size_t f)
{
	return f <= 2 && is_header(s);
}

bool
ww_hl7_field(const struct ww_hl7 *m, const struct ww_hl7_segment *s, size_t f, ww_str *out)
{
	const uint32_t *at = m->field + s->first;
	size_t end;

	*out = ww_str_empty();
	if (is_header(s)) { /* the separator itself counts as field 1 */
		if (f == 1 && s->fields > 0)
			*out = ww_str_of(m->bytes.p + s->start + WW_HL7_ID_N, 1);
		if (f == 1)
			return s->fields > 0;
		f--;
	}
	if (f == 0 || f > s->fields)
		return false;
	end = f < s->fields ? at[f] - 1 : s->end;
	*out = ww_str_of(m->bytes.p + at[f - 1], end - at[f - 1]);
	return true;
}

size_t
ww_hl7_repetitions(const struct ww_hl7 *m, const char *segment, size_t n, size_t field)
{
	const struct ww_hl7_segment *s = ww_hl7_find(m, segment, n);
	size_t i, count = 1;
	ww_str f;

	if (s == NULL || !ww_hl7_field(m, s, field, &f) || f.n == 0)
		return 0;
	if (ww_hl7_opaque(s, field))
		return 1;
	for (i = 0; i < f.n; i++)
		count += f.p[i] == m->delims.repetition;
	return count;
}

enum ww_hl7_state
ww_hl7_state_of(ww_str raw)
{
	if (raw.n == 0)
		return WW_HL7_EMPTY;
	return raw.n == 2 && raw.p[0] == '"' && raw.p[1] == '"' ? WW_HL7_DELETE : WW_HL7_VALUE;
}
