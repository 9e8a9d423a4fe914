/* What of a journal may go: whole pieces from its old end that a snapshot covers, that nobody waits for, and that are
 * past their retention. And the blobs that only those named. */
#ifndef WW_STORE_PRUNE_H
#define WW_STORE_PRUNE_H

#include "store/store.h"

struct ww_prune_settings {
	const struct ww_fs *fs;
	struct ww_ledger *view;     /* a reader's */
	struct ww_journal *journal; /* one that is read only will do for a plan */
	const char *snapshots, *blobs;
	uint32_t days; /* retention; WW_FOR_EVER of config.h: nothing goes */
	bool for_ever;
	/* By the machine's clock; the earlier of it and the ledger's counts, which may have been ahead once. 0: the
	 * ledger's alone. */
	int64_t now;
};

struct ww_prune_plan {
	uint64_t below;         /* pieces whose numbers are all below this go; 0: none */
	uint64_t pieces, bytes; /* that go */
	char why[160];          /* why the next piece stays */
};

/* The snapshots must be locked until the plan is carried out. */
WW_MUST ww_status ww_prune_plan(
    struct ww_ctx *cx, const struct ww_prune_settings *set, struct ww_prune_plan *out);
/* Removes what the plan says, then the blobs that were put aside before the oldest record left. Blobs that no record
 * named yet stay. *blobs: how many went. */
WW_MUST ww_status ww_prune_carry_out(struct ww_ctx *cx, const struct ww_prune_settings *set,
    const struct ww_prune_plan *plan, struct ww_journal_pruned *out, uint64_t *blobs);

#endif
