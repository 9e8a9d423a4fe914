/* Records that are set aside: those that fail when they are applied, and those that ended the engine, which a QUARANTINE
 * record names that stands behind them in the journal. Private to apply/. */
#ifndef WW_APPLY_ASIDE_H
#define WW_APPLY_ASIDE_H

#include "apply/work.h"

/* Notes the QUARANTINE records behind the cursor, once for each opening: an engine appends them before it applies
 * anything, so those that come later are none of ours. */
WW_MUST ww_status ww_aside_look(struct ww_apply *a, struct ww_ctx *cx, struct ww_journal *j);
void ww_aside_free(struct ww_apply *a);
/* The QUARANTINE record that names that record; NULL: none does. */
const struct ww_aside *ww_aside_find(const struct ww_apply *a, uint64_t seq);

/* Only what a record says can make it one that is passed by: a message that no rule can take, a roster that is none.
 * Damage of the ledger, a missing blob, an unreadable configuration are the machine's, and stop everything until a
 * person has mended them: passing records by would make another ledger than a rebuild makes. */
bool ww_aside_is_fault_of(const struct ww_record *r, ww_status s);
/* Puts into the open transaction what remains of a record that is passed by. by: the QUARANTINE record; 0: it failed. */
WW_MUST ww_status ww_aside_put(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r,
    uint64_t by, const struct ww_failure *why);

#endif
