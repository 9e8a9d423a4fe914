/* The engine's housekeeping, on a thread of its own: the nightly snapshot, and what it lets go of. */
#ifndef WW_MAIN_KEEPER_H
#define WW_MAIN_KEEPER_H

#include "main/site.h"

#include <wardwire/journal.h>
#include <wardwire/json.h>
#include <wardwire/time.h>

struct ww_control_call;
struct ww_keeper;
struct ww_loop;

/* What is ordered of it by the control socket. It changes no row of the ledger, and so is not journaled. */
#define WW_KEEPER_PRUNE "prune"

struct ww_keeper_settings {
	struct ww_site *site;       /* not owned */
	struct ww_journal *journal; /* not owned */
	struct ww_loop *loop;       /* not owned; to which answers go */
	struct ww_clock clock;      /* the engine's */
};

WW_MUST ww_status ww_keeper_start(
    struct ww_ctx *cx, const struct ww_keeper_settings *s, struct ww_keeper **out);
/* Records were applied: looks whether something is due. From any thread; never waits. */
void ww_keeper_wake(struct ww_keeper *k);
/* Prunes when it comes to it, and answers the call. On the loop's thread. */
void ww_keeper_order(struct ww_keeper *k, struct ww_control_call *call);
/* Ends what is under way, unfinished, and the thread. NULL is allowed. */
void ww_keeper_stop(struct ww_keeper *k);

/* Makes a snapshot of the ledger and removes the oldest beyond those that are kept. For the keeper and `wardwire
 * snapshot`; WW_E_BUSY when the other is at it. */
struct ww_snapshot;
WW_MUST ww_status ww_keeper_snapshot(struct ww_site *site, struct ww_ctx *cx,
    bool (*go_on)(void *arg), void *arg, struct ww_snapshot *out);

/* Removes what may go of the journal (store/prune.h has now), or says so when dry: {"order":"prune","pieces":3,"bytes":1048576,
 * "blobs":1,"why":"..."}. */
WW_MUST ww_status ww_keeper_prune(struct ww_site *site, struct ww_ctx *cx, struct ww_journal *j,
    int64_t now, bool dry, struct ww_json **out);

#endif
