/* The engine's housekeeping, on a thread of its own: the nightly snapshot, and what it lets go of. */
#ifndef WW_MAIN_KEEPER_H
#define WW_MAIN_KEEPER_H

#include "main/site.h"

#include <wardwire/journal.h>

struct ww_keeper;

struct ww_keeper_settings {
	struct ww_site *site;       /* not owned */
	struct ww_journal *journal; /* not owned */
	/* The ledger's clock; from any thread. */
	int64_t (*now)(void *arg);
	void *arg;
};

WW_MUST ww_status ww_keeper_start(
    struct ww_ctx *cx, const struct ww_keeper_settings *s, struct ww_keeper **out);
/* The ledger's clock has moved on: looks whether something is due. From any thread; never waits. */
void ww_keeper_wake(struct ww_keeper *k);
/* Ends what is under way, unfinished, and the thread. NULL is allowed. */
void ww_keeper_stop(struct ww_keeper *k);

/* Makes a snapshot of the ledger and removes the oldest beyond those that are kept. For the keeper and `wardwire
 * snapshot`; WW_E_BUSY when the other is at it. */
struct ww_snapshot;
WW_MUST ww_status ww_keeper_snapshot(struct ww_site *site, struct ww_ctx *cx,
    bool (*go_on)(void *arg), void *arg, struct ww_snapshot *out);

#endif
