/* Flags and the notices that tell of them, as people work on them: for `wardwire flags` and the console. */
#ifndef WW_REPORT_FLAGS_H
#define WW_REPORT_FLAGS_H

#include "store/notice.h"

#include <wardwire/json.h>

/* Which flags; what is empty, 0 or NONE says nothing. */
struct ww_flags_filter {
	ww_str party;    /* that is told */
	int64_t role;    /* enum ww_role */
	unsigned states; /* bit 1 << enum ww_work_state of each that is wanted */
	int64_t kind;    /* enum ww_flag_kind */
	ww_str program;
	ww_str member; /* a payer's number that its person ever stated */
	bool limited;  /* a budget, a cool-down or a window keeps it from being told */
	bool overdue;  /* open or acknowledged, and due before now */
	int64_t now;   /* UTC ms */
	size_t most;   /* no more are listed; 1 at least */
};

/* The newest first: which flag for whom, how it stands, by when something is to be done. Nothing of a patient's values. */
WW_MUST ww_status ww_flags_list(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_flags_filter *f, struct ww_json **out);

/* All of the flag or notice with that id: about whom, evidence, rules, programs, what people said, what happened when. *out NULL:
 * there is none. */
WW_MUST ww_status ww_flags_show(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id id, int64_t now, struct ww_json **out);

/* -- what the receiver sees ------------------------------------------------------------------------------ */

/* A notice as its receiver may see it: no more than what is sent to one with a server, and how it stands. whole: with the
 * resource itself and what people said. */
WW_MUST ww_status ww_flags_notice(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_item *i,
    int64_t now, bool whole, struct ww_json **out);

#endif
