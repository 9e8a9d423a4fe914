/* Puts a message that came in parts together. */
#include "codec/hl7v2_fragment.h"
#include "codec/hl7v2_parts.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

static ww_str
raw_at(const struct ww_hl7 *m, const struct ww_hl7_path *p)
{
	ww_str raw;

	return ww_hl7_raw(m, p, &raw) == WW_HL7_VALUE ? raw : ww_str_empty();
}

bool
ww_hl7_fragment_of(const struct ww_hl7 *m, struct ww_hl7_fragment *out)
{
	static const struct ww_hl7_path application = { "MSH", 1, 3, 0, 0, 0 },
	                                facility = { "MSH", 1, 4, 0, 0, 0 },
	                                continues = { "MSH", 1, 14, 0, 0, 0 },
	                                continued = { "DSC", 1, 1, 0, 0, 0 };

	*out = (struct ww_hl7_fragment){ .application = raw_at(m, &application),
		.facility = raw_at(m, &facility),
		.continues = raw_at(m, &continues),
		.continued = raw_at(m, &continued),
		.more = ww_hl7_find(m, "DSC", 1) != NULL };
	return out->more || (m->segments > 1 && m->segment[1].id == ww_hl7_pack("ADD"));
}

static bool
same_delims(const struct ww_hl7_delims *a, const struct ww_hl7_delims *b)
{
	return a->field == b->field && a->component == b->component &&
	       a->repetition == b->repetition && a->escape == b->escape &&
	       a->subcomponent == b->subcomponent && a->truncation == b->truncation;
}

/* part is the one behind before. */
static bool
follows(const struct ww_hl7 *before, const struct ww_hl7 *part)
{
	struct ww_hl7_fragment b, p;

	(void)ww_hl7_fragment_of(before, &b);
	(void)ww_hl7_fragment_of(part, &p);
	return b.continued.n > 0 && ww_str_eq(p.continues, b.continued) &&
	       ww_str_eq(p.application, b.application) && ww_str_eq(p.facility, b.facility) &&
	       same_delims(&before->delims, &part->delims);
}

static ww_status
check_part(struct ww_ctx *cx, const struct ww_hl7 *const *parts, size_t n, size_t i)
{
	const struct ww_hl7 *m = parts[i];
	bool more = ww_hl7_find(m, "DSC", 1) != NULL;

	if (i > 0 && !follows(parts[i - 1], m))
		return ww_fail(
		    cx, WW_E_NOT_FOUND, "MSH-14", "it is not the part behind the one before");
	if (more != (i + 1 < n))
		return ww_fail(cx, WW_E_NOT_FOUND, "DSC", "a part is missing");
	if (more && ww_hl7_find(m, "DSC", 1) != &m->segment[m->segments - 1])
		return ww_fail(cx, WW_E_SEGMENT, "DSC", "a segment stands behind it");
	return WW_OK;
}

ww_status
ww_hl7_fragment_join(
    struct ww_ctx *cx, const struct ww_hl7 *const *parts, size_t n, struct ww_buf *out)
{
	ww_status s = WW_OK;
	size_t i, k;

	if (n == 0 || n > WW_HL7_FRAGMENTS_MAX)
		return ww_fail(cx, WW_E_LIMIT, "DSC", "more than %d parts", WW_HL7_FRAGMENTS_MAX);
	for (i = 0; s == WW_OK && i < n; i++)
		s = check_part(cx, parts, n, i);
	for (i = 0; s == WW_OK && i < n; i++) {
		const struct ww_hl7 *m = parts[i];

		for (k = i == 0 ? 0 : 1; k < m->segments - (i + 1 < n); k++)
			ww_hl7_segment_write(m, &m->segment[k], out);
	}
	if (s == WW_OK && out->error != WW_OK)
		s = ww_fail(
		    cx, (ww_status)out->error, "DSC", "%s", ww_status_text((ww_status)out->error));
	return s;
}
