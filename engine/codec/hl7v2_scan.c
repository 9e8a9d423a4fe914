/* Looks through the bytes of a message for oddities that do not keep it from being taken. They follow from the
 * bytes alone, so they are the same when the message comes in, when it is applied, and in a rebuild. */
#include "codec/hl7v2_parts.h"

#include <string.h>

/* A line feed is the business of lf_in_field. */
static bool
has_control(ww_str s)
{
	unsigned found = 0;
	size_t i;

	for (i = 0; i < s.n; i++)
		found |= (unsigned)((unsigned char)s.p[i] < 0x20) & (unsigned)(s.p[i] != '\n');
	return found != 0;
}

static void
scan_leaf(const struct ww_hl7 *m, ww_str leaf)
{
	m->lazy->warnings |= ww_hl7_escape_faults(leaf, &m->delims);
	if (ww_hl7_cut_off(leaf, &m->delims))
		ww_hl7_warn(m, WW_HL7_WARN_truncated);
}

/* Every leaf of a segment. MSH-1 and MSH-2 hold the delimiters themselves. */
static void
scan_leaves(const struct ww_hl7 *m, const struct ww_hl7_segment *s)
{
	const struct ww_hl7_delims *d = &m->delims;
	const char ends[] = { d->field, d->repetition, d->component, d->subcomponent };
	ww_str text = s->text;
	size_t i, begin = 0;

	if (ww_hl7_opaque(s, 2)) {
		text = ww_str_sub(text, WW_HL7_ID_N + 1, text.n);
		text = ww_str_sub(text, ww_str_find(text, d->field), text.n);
	}
	for (i = 0; i <= text.n; i++) {
		if (i < text.n && memchr(ends, text.p[i], sizeof(ends)) == NULL)
			continue;
		scan_leaf(m, ww_str_of(text.p + begin, i - begin));
		begin = i + 1;
	}
}

/* Hardly a segment has an escape or something truncated: only those are cut into leaves. */
static bool
is_plain(const struct ww_hl7 *m, ww_str text)
{
	return ww_str_find(text, m->delims.escape) == text.n &&
	       (m->delims.truncation == '\0' || ww_str_find(text, m->delims.truncation) == text.n);
}

void
ww_hl7_scan(const struct ww_hl7 *m)
{
	size_t i;

	for (i = 0; i < m->segments; i++) {
		const struct ww_hl7_segment *s = &m->segment[i];

		if (has_control(s->text))
			ww_hl7_warn(m, WW_HL7_WARN_control_byte);
		if (s->id != 0 && !is_plain(m, s->text))
			scan_leaves(m, s);
	}
}
