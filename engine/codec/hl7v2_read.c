/* What a parsed message holds: segments, fields, repetitions. */
#include "codec/hl7v2_parts.h"

#include <assert.h>
#include <string.h>

/* -- bytes, eight at once ---------------------------------------------------------------------------- */

/* A message has a separator every five bytes or so: comparing eight bytes at once is three times as fast as a
 * loop over bytes or memchr. */
#define LOW7 UINT64_C(0x7f7f7f7f7f7f7f7f)
#define ONES UINT64_C(0x0101010101010101)

/* Eight bytes, the first one lowest on any machine; compilers make one load of it. */
static uint64_t
eight(const char *c)
{
	const unsigned char *p = (const unsigned char *)c;

	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	       (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

/* The top bit of each byte at c that is equal to that of pattern; the other bits are 0. */
static uint64_t
hits(const char *c, uint64_t pattern)
{
	uint64_t x = eight(c) ^ pattern;

	return ~(((x & LOW7) + LOW7) | x | LOW7); /* x has 00 there */
}

static size_t
ones(uint64_t hit)
{
	return (size_t)(((hit >> 7) * ONES) >> 56);
}

/* Number of the lowest byte of hit that is not 0; there is one. The bytes below it become FF, itself 7F, all
 * above 00; then their lowest bits are counted. */
static size_t
lowest(uint64_t hit)
{
	return (size_t)(((((hit - 1) & ~hit) & ONES) * ONES) >> 56) - 1;
}

size_t
ww_hl7_tally(ww_str s, char c)
{
	uint64_t pattern = ONES * (unsigned char)c;
	size_t i = 0, n = 0;

	for (; s.n - i >= 8; i += 8)
		n += ones(hits(s.p + i, pattern));
	for (; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

/* Offset behind the k-th (from 1) byte c at or after from; false when there are fewer. */
static bool
behind(ww_str s, size_t from, char c, size_t k, size_t *out)
{
	uint64_t pattern = ONES * (unsigned char)c;
	size_t i = from;

	for (; s.n - i >= 8; i += 8) {
		uint64_t hit = hits(s.p + i, pattern);
		size_t n = ones(hit);

		if (n < k) {
			k -= n;
			continue;
		}
		for (; k > 1; k--)
			hit &= hit - 1;
		*out = i + lowest(hit) + 1;
		return true;
	}
	for (; i < s.n; i++)
		if (s.p[i] == c && --k == 0) {
			*out = i + 1;
			return true;
		}
	return false;
}

/* -- the message ------------------------------------------------------------------------------------- */

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
	(void)m;
	return s->text;
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
	size_t n;

	assert(i < m->segments);
	s = &m->segment[i];
	n = s->id != 0 ? ww_hl7_tally(s->text, m->delims.field) : 0;
	return is_header(s) && n > 0 ? n + 1 : n;
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

/* From where the last one was found, when this is another of the same id: a loop over them is linear. */
const struct ww_hl7_segment *
ww_hl7_find(const struct ww_hl7 *m, const char *id, size_t n)
{
	struct ww_hl7_lazy *z = m->lazy;
	uint32_t want = pack_id(id);
	size_t i = 0, left = n;

	if (n > 1 && z->id == want && z->nth <= n) {
		i = z->index;
		left = n - z->nth + 1;
	}
	for (; i < m->segments; i++)
		if (m->segment[i].id == want && --left == 0) {
			z->id = want;
			z->nth = n;
			z->index = i;
			return &m->segment[i];
		}
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
	struct ww_hl7_lazy *z = m->lazy;
	char separator = m->delims.field;
	size_t from = 0, passed = 0, begin;

	*out = ww_str_empty();
	if (is_header(s)) { /* the separator itself counts as field 1 */
		if (f == 1) {
			*out = ww_str_sub(s->text, WW_HL7_ID_N, 1);
			return out->n > 0;
		}
		f--;
	}
	if (f == 0 || s->id == 0)
		return false;
	if (z->segment == s->text.p && z->number == f) {
		*out = ww_str_of(s->text.p + z->begin, z->n);
		return true;
	}
	if (z->segment == s->text.p && z->number < f) {
		from = z->begin + z->n;
		passed = z->number;
	}
	if (!behind(s->text, from, separator, f - passed, &begin))
		return false;
	*out = ww_str_sub(s->text, begin, s->text.n);
	out->n = ww_str_find(*out, separator);
	z->segment = s->text.p;
	z->number = f;
	z->begin = begin;
	z->n = out->n;
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
