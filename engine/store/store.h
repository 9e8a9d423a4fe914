/* The stores behind the journal and ledger seams: files and SQLite, memory, and failing ones. */
#ifndef WW_STORE_STORE_H
#define WW_STORE_STORE_H

#include "base/fs.h"

#include <wardwire/journal.h>
#include <wardwire/ledger.h>

/* -- journals ------------------------------------------------------------------------------------- */

struct ww_journal_settings {
	const char *dir;        /* made when missing */
	size_t segment_bytes;   /* a segment is closed when it passes this */
	const struct ww_fs *fs; /* &ww_fs_real, or a test's */
	bool read_only;         /* no lock taken, nothing written; append then fails */
	uint64_t at_least; /* next is above this even if records were lost: the ledger's cursor */
	uint64_t next;     /* the first record appended gets this number or a later one */
	/* A segment closed in order is checked when it is first read, not now, unless damage was found in it before. */
	bool quick;
};

/* Opens the segment files of a folder, locks it (WW_E_BUSY when another process has it), finds the end,
 * tells a torn tail from damage, and starts a new segment at the first append. WW_E_DAMAGED when nothing in
 * the folder knows of at_least: the ledger is ahead of the journal. One that is read only follows what
 * another process writes, batch by batch. */
WW_MUST ww_status ww_journal_files(
    struct ww_ctx *cx, const struct ww_journal_settings *s, struct ww_journal *out);
/* Numbers what it is given and forgets it. */
WW_MUST ww_status ww_journal_null(struct ww_ctx *cx, struct ww_journal *out);
WW_MUST ww_status ww_journal_memory(struct ww_ctx *cx, struct ww_journal *out);
/* Passes calls on to inner, but every append whose turn (from 1) is in [from, to] fails with s. Owns inner. */
WW_MUST ww_status ww_journal_failing(struct ww_ctx *cx, struct ww_journal inner, ww_status s,
    uint64_t from, uint64_t to, struct ww_journal *out);

/* -- ledgers -------------------------------------------------------------------------------------- */

enum ww_ledger_mode {
	WW_LEDGER_WRITE, /* made or migrated when needed; the one writer */
	WW_LEDGER_READ,  /* must exist with this version; never writes or checkpoints */
};

struct ww_ledger_settings {
	const char *path;
	enum ww_ledger_mode mode;
	const struct ww_fs *fs;  /* NULL: &ww_fs_real */
	const char *vfs;         /* what SQLite reaches the same disk by; NULL: its own */
	size_t checkpoint_bytes; /* of the WAL, after which it goes into the file; 0: 8 MiB */
};

/* SQLite, WAL, synchronous NORMAL: its content can be rebuilt from the journal. */
WW_MUST ww_status ww_ledger_sqlite(
    struct ww_ctx *cx, const char *path, enum ww_ledger_mode mode, struct ww_ledger *out);
/* The same on any disk. */
WW_MUST ww_status ww_ledger_sqlite_on(
    struct ww_ctx *cx, const struct ww_ledger_settings *s, struct ww_ledger *out);
/* Removes the file of a ledger that nobody has open, with what SQLite keeps beside it. */
WW_MUST ww_status ww_ledger_files_remove(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *path);
/* Puts the ledger at from in the place of the one at to; neither is open. Both are in the same folder. Durable
 * on return; at any moment there is the old one, the new one or none. WW_E_STORE when the new one was not closed
 * in order, so that a part of it is still in its WAL. */
WW_MUST ww_status ww_ledger_files_replace(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *from, const char *to);
/* Takes everything and finds nothing. */
void ww_ledger_null(struct ww_ledger *out);
WW_MUST ww_status ww_ledger_memory(struct ww_ctx *cx, struct ww_ledger *out);
/* Passes calls on to inner, but the n-th put (from 1) fails with s, once. Owns inner. */
WW_MUST ww_status ww_ledger_failing(
    struct ww_ctx *cx, struct ww_ledger inner, ww_status s, uint64_t n, struct ww_ledger *out);

/* Every row of every entity in primary key order, one JSON object a line with its entity's name: the same
 * ledger gives the same text. */
WW_MUST ww_status ww_ledger_dump(struct ww_ledger *l, struct ww_ctx *cx, struct ww_buf *out);

/* -- blobs: content-addressed files, synced before the record that names them ---------------------- */

/* Stores text under dir by its SHA-256, written to hex (65 bytes with NUL). */
WW_MUST ww_status ww_blob_put(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, ww_str text, char hex[65]);
/* Reads it back and checks the digest (WW_E_DAMAGED, WW_E_NOT_FOUND). */
WW_MUST ww_status ww_blob_get(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, ww_str hex, struct ww_buf *out);

/* -- refused input: a capped ring, so that garbage cannot fill the disk ----------------------------- */

struct ww_refused; /* dir/refused.ring, at most cap bytes; the oldest entries give way */
WW_MUST ww_status ww_refused_open(struct ww_ctx *cx, const struct ww_fs *fs, const char *path,
    size_t cap, struct ww_refused **out);
void ww_refused_close(struct ww_refused *r);
/* Keeps one refused input with time, feed, peer, public code and place; raw longer than a quarter of the cap is cut.
 * Not synced. */
WW_MUST ww_status ww_refused_add(struct ww_refused *r, struct ww_ctx *cx, int64_t now, ww_str feed,
    ww_str peer, const struct ww_failure *why, ww_str raw);
struct ww_refused_entry {
	uint64_t number; /* from 1, counts on for ever */
	int64_t time;
	ww_str feed, peer, code, place, reason, raw;
	uint64_t size; /* of the input as it came; raw is shorter when it was cut */
};
/* All entries still there, oldest first, in the arena. Also without the engine's lock, while it runs. */
WW_MUST ww_status ww_refused_list(struct ww_ctx *cx, const struct ww_fs *fs, const char *path,
    struct ww_refused_entry **out, size_t *n);

#endif
