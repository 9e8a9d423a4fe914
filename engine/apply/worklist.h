/* Notices for endpoints that are worklists: nothing is sent, so that they are settled with the record that calls for them.
 * Private to apply/. */
#ifndef WW_APPLY_WORKLIST_H
#define WW_APPLY_WORKLIST_H

#include "apply/work.h"

/* The configuration in force has an endpoint of that name, and it is a worklist. */
bool ww_worklist_is(const struct ww_apply *a, ww_str endpoint);

/* To be called with every notice that may have become due or ended being so, before it is put. One that is due to a
 * worklist is settled: whoever looks there sees it from now on as it is. Keeps the row todo of it, which is what is open there.
 * Does nothing with rows of other endpoints. */
WW_MUST ww_status ww_worklist_take(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row);

/* The same when an answer to it has changed remote_status. */
WW_MUST ww_status ww_worklist_answered(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row);

#endif
