/* Times of a message: read in the offset that holds for it, and what is doubtful about them noticed. */
#include "codec/hl7v2_parts.h"

/* MSH-7 may state the offset of all times of the message that state none (chapter 2, 2.14.9.7). Where it is the one
 * that the zone has at that time the sender tells us its wall clock: the zone knows what that was half a year ago. */
static bool
default_offset(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_zone *z, int *offset)
{
	ww_time t;

	if (m->lazy->msh7 == WW_HL7_MSH7_UNREAD) {
		m->lazy->msh7 = WW_HL7_MSH7_BARE;
		if (ww_time_hl7(ww_str_trim(ww_hl7_at(cx, m, "MSH-7")), NULL, &t) &&
		    (t.flags & WW_TIME_ASSUMED) == 0 && ww_zone_offset(z, t.ms) != t.offset) {
			m->lazy->msh7 = WW_HL7_MSH7_OFFSET;
			m->lazy->msh7_offset = t.offset;
		}
	}
	*offset = m->lazy->msh7_offset;
	return m->lazy->msh7 == WW_HL7_MSH7_OFFSET;
}

static const struct {
	uint8_t flag; /* of ww_time */
	enum ww_hl7_warning warning;
} doubts[] = {
	{ WW_TIME_SHIFTED, WW_HL7_WARN_time_in_gap },
	{ WW_TIME_TWICE, WW_HL7_WARN_time_twice },
	{ WW_TIME_CUT, WW_HL7_WARN_time_cut },
};

bool
ww_hl7_time(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, const struct ww_zone *z,
    ww_time *out)
{
	ww_str text = ww_str_trim(ww_hl7_at(cx, m, path));
	int offset;
	bool good;
	size_t i;

	if (text.n == 0)
		return false;
	good = ww_time_hl7(text, z, out);
	/* A date is that date, whatever offset it is given. */
	if (good && out->prec > WW_PREC_DAY && (out->flags & WW_TIME_ASSUMED) != 0 &&
	    default_offset(cx, m, z, &offset))
		good = ww_time_hl7_at(text, offset, out);
	if (!good)
		ww_hl7_warn(m, WW_HL7_WARN_time_invalid);
	for (i = 0; good && i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if ((out->flags & doubts[i].flag) != 0)
			ww_hl7_warn(m, doubts[i].warning);
	return good;
}
