/* What waits in the outbox, and for whom. */
#ifndef WW_REPORT_QUEUE_H
#define WW_REPORT_QUEUE_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

/* Calls each for the rows of that endpoint in that state, which live during the call, oldest first. */
typedef void ww_queue_row_fn(void *arg, struct ww_ctx *cx, const struct ww_outbox *row, bool *stop);
WW_MUST ww_status ww_queue_each(struct ww_ledger *l, struct ww_ctx *cx, ww_str endpoint,
    enum ww_outbox_state state, ww_queue_row_fn *each, void *arg);

/* Every endpoint and lane (route/endpoint) that ever was: [{"name": "rcca-ehr", "due": 3, "parked": 1, "discarded": 0, "oldest": "2026-...",
 * "paused": "2026-...", "paused-because": "...", "alarm": "2026-..."}]; times only where they say something. oldest: since when the one that waits
 * longest is due. */
WW_MUST ww_status ww_queue_endpoints(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json **out);

struct ww_queue_filter {
	ww_str endpoint; /* or a lane; of an endpoint also the lanes to it; empty: all */
	int64_t state;   /* enum ww_outbox_state; NONE: due, parked and discarded */
	size_t most;     /* rows */
};
/* The notices and messages that wait, by endpoint, state and age: [{"id": "17.3", "endpoint": ..., "state": ..., "since": ...}]. No
 * patient's data. */
WW_MUST ww_status ww_queue_list(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_queue_filter *f, struct ww_json **out);

#endif
