/* Messages that come in parts (HL7 v2.9.1 chapter 2, 2.9.2): the last segment of a part is DSC, whose pointer the next
 * part has in MSH-14. Pure: what waits for what, and for how long, is the business of who keeps them. */
#ifndef WW_CODEC_HL7V2_FRAGMENT_H
#define WW_CODEC_HL7V2_FRAGMENT_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_buf;
struct ww_ctx;
struct ww_hl7;

enum { WW_HL7_FRAGMENTS_MAX = 64 };

/* Raw values of one part; sender and pointer together say which parts belong together. */
struct ww_hl7_fragment {
	ww_str application, facility; /* MSH-3, MSH-4 */
	ww_str continues; /* MSH-14: the pointer of the part before, empty in the first */
	ww_str continued; /* DSC-1: the pointer of the next part, empty in the last */
	bool more;        /* it has DSC */
};

/* Whether m is a part of a message: it has DSC, or ADD follows its header, or both MSH-14 and a known pointer say so, which is
 * for the caller to know: MSH-14 alone means nothing, as some fill it with what they like. *out is filled in any case. */
bool ww_hl7_fragment_of(const struct ww_hl7 *m, struct ww_hl7_fragment *out);

/* Appends the logical message of its parts, in their order: the header of the first, and all segments but headers and DSC. A
 * segment that was cut apart is continued by ADD in it, as ww_hl7_parse takes it; segments end with CR. WW_E_NOT_FOUND (a
 * part is not the next of the one before, or the last is missing), WW_E_SEGMENT (something behind DSC), WW_E_LIMIT (more
 * parts than WW_HL7_FRAGMENTS_MAX, or what the limit of out lets through), WW_E_MEMORY. */
WW_MUST ww_status ww_hl7_fragment_join(
    struct ww_ctx *cx, const struct ww_hl7 *const *parts, size_t n, struct ww_buf *out);

#endif
