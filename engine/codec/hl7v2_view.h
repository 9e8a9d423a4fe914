/* A message as text for people: a tree of its values with their paths and names, and its bytes with the delimiters
 * marked. Not formats of exchange. */
#ifndef WW_CODEC_HL7V2_VIEW_H
#define WW_CODEC_HL7V2_VIEW_H

#include <wardwire/str.h>

struct ww_buf;
struct ww_ctx;
struct ww_hl7;

/* Each segment with its name and below it a line a value: the path that `wardwire get` takes, the name, the text.
 *
 *	PID  Patient identification
 *	  PID-3(2).1    Patient identifier list: Id number    M1001
 *
 * Numbers are left out where there is only one. "" deletes; control characters are shown as HL7 escapes them. */
void ww_hl7_view_tree(struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_buf *out);
/* Sixteen bytes a line, segment by segment: offset, hex and text, and below them a line that marks
 * f field, r repetition, c component, s subcomponent, e escape, d where delimiters are declared, . the end of the segment,
 * ! another control byte, + a byte above 7F. */
/* raw is what m was parsed from; where it could not be parsed (m NULL) only bytes of the last three kinds are marked. */
void ww_hl7_view_hex(const struct ww_hl7 *m, ww_str raw, struct ww_buf *out);

#endif
