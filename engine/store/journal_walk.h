/* Goes through the bytes of one segment from valid header to valid header, stepping over what is damaged. */
#ifndef WW_STORE_JOURNAL_WALK_H
#define WW_STORE_JOURNAL_WALK_H

#include "base/fs.h"
#include "store/journal_format.h"

/* at and end may be moved by the owner between calls; bytes below end must not change any more. */
struct ww_journal_walk {
	const struct ww_fs *fs;
	int fd;
	bool keyed; /* the salt is known; without it only batch headers are found */
	uint64_t salt;
	struct ww_journal_key key;
	uint64_t at, end;
	/* The bytes [from, from + n) of the file. */
	uint8_t *bytes;
	size_t cap, n;
	uint64_t from;
};

enum ww_walk_kind {
	WW_WALK_END,
	WW_WALK_BATCH,
	WW_WALK_RECORD,
};
struct ww_walk_item {
	enum ww_walk_kind kind;
	uint64_t at; /* where it begins; the walk's own at is behind it */
	uint64_t
	    garbage; /* offset of the first byte other than zero that was stepped over; 0: none */
	struct ww_batch_header batch;
	struct ww_record record; /* body valid until the next call */
};

void ww_journal_walk_start(
    struct ww_journal_walk *w, const struct ww_fs *fs, int fd, uint64_t at, uint64_t end);
void ww_journal_walk_salt(struct ww_journal_walk *w, uint64_t salt);
/* The next batch header or record that is wholly there and fits its checksum. */
WW_MUST ww_status ww_journal_walk_next(
    struct ww_journal_walk *w, struct ww_ctx *cx, struct ww_walk_item *out);
/* Frees the memory; the descriptor stays the owner's. */
void ww_journal_walk_stop(struct ww_journal_walk *w);

#endif
