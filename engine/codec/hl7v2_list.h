/* Paths that name several places: PID-3(*).1, OBX(*)-5, DG1(*)-3(*).2. */
#ifndef WW_CODEC_HL7V2_LIST_H
#define WW_CODEC_HL7V2_LIST_H

#include <wardwire/hl7v2.h>

struct ww_hl7_list {
	struct ww_hl7_path path; /* where a number is a *, 0 */
	bool segments;           /* every such segment */
	bool repetitions;        /* every repetition */
};

/* Compiles such a path, or a plain one; a bad one is WW_E_SYNTAX, as of ww_hl7_path. */
WW_MUST ww_status ww_hl7_list_read(struct ww_ctx *cx, ww_str text, struct ww_hl7_list *out);
/* How many places it names in the message: 1 of a plain path, whether there is something or not. */
size_t ww_hl7_list_count(const struct ww_hl7 *m, const struct ww_hl7_list *l);
/* The i-th of them (from 0) in wire order, as a plain path; one that is nowhere when i is too high. */
struct ww_hl7_path ww_hl7_list_at(const struct ww_hl7 *m, const struct ww_hl7_list *l, size_t i);

#endif
