/* Snapshots: whole copies of the ledger with the number of the last record they hold, so that a rebuild need not begin
 * at the first record and the journal may be pruned. A folder has them as NUMBER.db, with NUMBER.txt to say what must be
 * in it; the number is that record's in sixteen hex digits. Format: docs/interfaces.md. */
#ifndef WW_STORE_SNAPSHOT_H
#define WW_STORE_SNAPSHOT_H

#include "store/store.h"

struct ww_snapshot {
	uint64_t seq;     /* the last record it holds */
	int64_t time;     /* of the ledger's clock then */
	uint64_t bytes;   /* of the file */
	char sha256[65];  /* of the file, hex */
	const char *path; /* of the file */
};

/* Holds the folder alone, made when missing, until *lock is closed: whoever makes, removes or counts on snapshots or old
 * segments does so one at a time. WW_E_BUSY: another does. */
WW_MUST ww_status ww_snapshot_lock(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, int *lock);

/* Those of the folder that have a description, newest first, in the arena. No folder has none. What their files hold is
 * not looked at. */
WW_MUST ww_status ww_snapshot_list(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    struct ww_snapshot **out, size_t *n);

/* Makes one of what this handle sees now, durable on return; the ledger's writer goes on meanwhile. One of the same
 * number that is whole is left as it is. go_on(arg) as for ww_ledger_copy. The folder must be locked. */
WW_MUST ww_status ww_snapshot_make(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    struct ww_ledger *l, bool (*go_on)(void *arg), void *arg, struct ww_snapshot *out);

/* Reads all of it: WW_E_DAMAGED when it is not what its description says. */
WW_MUST ww_status ww_snapshot_verify(
    struct ww_ctx *cx, const struct ww_fs *fs, const struct ww_snapshot *s);

/* Puts the newest one that is whole and not above that record as a ledger at path, where there must be none. *seq: its
 * number; 0: there is none, and nothing is at path. Those that are damaged are named in the log and passed over. */
WW_MUST ww_status ww_snapshot_use(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    uint64_t most, const char *path, uint64_t *seq);

/* Removes all but the newest keep. *removed: how many. The folder must be locked. */
WW_MUST ww_status ww_snapshot_thin(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, size_t keep, size_t *removed);

/* The latest moment at or before now at which the clocks of that zone showed the hour (1 to 24). */
int64_t ww_snapshot_hour(int64_t now, unsigned hour, const struct ww_zone *zone);

#endif
