/* How much of the disk the data folder takes, how fast that grows, and how long the rest will last. */
#ifndef WW_STORE_DISK_H
#define WW_STORE_DISK_H

#include "store/store.h"

struct ww_disk_places {
	const char *data, *journal, *ledger, *blobs, *snapshots; /* paths */
};

struct ww_disk {
	uint64_t journal, ledger, blobs, snapshots; /* bytes on the disk */
	uint64_t total, free;                       /* of the file system */
	unsigned used_percent;                      /* of the file system, rounded up */
	bool growth_known;
	uint64_t growth; /* bytes a day */
	bool days_known; /* it grows at all */
	uint64_t days;   /* until free comes down to the reserve; 0: it has */
};

/* What is there now. Folders that are not there count nothing. */
WW_MUST ww_status ww_disk_measure(struct ww_ctx *cx, const struct ww_fs *fs,
    const struct ww_disk_places *places, struct ww_disk *out);

/* Fills in growth and days from what the last week shows: pieces of the journal by when they were begun, and
 * snapshots by when they were made; before there are two of those, the ledger by its age. Nothing is known of less than
 * an hour. now, since: the ledger's clock, and when its history began. */
WW_MUST ww_status ww_disk_forecast(struct ww_ctx *cx, const struct ww_fs *fs,
    const struct ww_disk_places *places, struct ww_journal *j, int64_t now, int64_t since,
    uint64_t reserve, struct ww_disk *d);

/* Less is free than is to be kept in reserve. since: it was so at the last look; then a little more must be free, so that
 * reading does not stop and go with each message. */
bool ww_disk_short(uint64_t free, uint64_t reserve, bool since);

#endif
