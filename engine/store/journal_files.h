/* What the parts of the journal in segment files share: journal_list.c finds the files, journal_scan.c
 * what is in them, journal_damage.c notes where they are damaged, journal_write.c appends, journal_read.c reads,
 * journal_prune.c removes the oldest, journal_files.c puts them together. */
#ifndef WW_STORE_JOURNAL_FILES_H
#define WW_STORE_JOURNAL_FILES_H

#include "store/journal_walk.h"
#include "store/store.h"

#include <limits.h>
#include <pthread.h>

/* -- segments --------------------------------------------------------------------------------------- */

#define WW_SEGMENT_NAME "%016llx.wwj" /* the first sequence */

/* Ids are sequence << 16 | ordinal in a signed number. */
#define WW_JOURNAL_SEQ_MAX ((uint64_t)INT64_MAX >> 16)

/* Where a search by sequence may begin: the first record at or after this offset has this number or a
 * later one. One per 256 KiB. */
struct ww_segment_mark {
	uint64_t seq, at;
};

struct ww_segment {
	uint64_t name; /* the number in the file's name */
	uint64_t
	    first; /* of the header; of the name when that is damaged. Segments are ordered by it */
	uint64_t size; /* of the file when it was listed */
	bool header;   /* the next five are known */
	uint64_t synced, previous, previous_end, salt;
	int64_t created; /* time of its first record */

	bool scanned;       /* false: what follows is taken from the end mark */
	uint64_t end;       /* readers stop here */
	uint64_t low, last; /* oldest and newest readable sequence; 0: none */
	uint64_t known;     /* the highest number that any header claims */
	uint64_t records, damaged, torn;
	uint64_t damaged_first,
	    damaged_last;    /* lowest and highest number that is damaged; 0: none */
	uint64_t damaged_at; /* where what is whole before the first damage ends; 0: none */
	uint64_t torn_first; /* lowest number that is torn; 0: none */
	uint64_t unsure;     /* nothing proves that the bytes from here on were ever synced */
	bool closed;         /* an end mark was found */
	uint64_t want;       /* the number after the last one seen */
	uint64_t resume;     /* where a later scan goes on */
	struct ww_segment_mark *marks;
	size_t mark_count, mark_cap;
};

struct ww_segments {
	struct ww_segment *v;
	size_t n, cap;
};

/* What the neighbours of a segment say about it. */
struct ww_segment_bounds {
	uint64_t limit;   /* bytes beyond this were never acknowledged */
	uint64_t claimed; /* numbers up to this were durable; 0: unknown */
	uint64_t upper;   /* its numbers are below this */
	bool growing;     /* another process may be writing: hide a batch that is not complete */
};

/* Makes room for one more, so that adding cannot fail. False: no memory. */
bool ww_segments_reserve(struct ww_segments *l);
/* The last one with first <= seq, else the first one; l is not empty. */
size_t ww_segments_find(const struct ww_segments *l, uint64_t seq);
void ww_segments_free(struct ww_segments *l);
/* Remembers that seq is found at this offset, if the last mark is far enough behind. */
void ww_segment_mark(struct ww_segment *g, uint64_t seq, uint64_t at);

/* -- journal_list.c --------------------------------------------------------------------------------- */

/* Records that the journal cannot do it; err as struct ww_fs returns it. */
ww_status ww_journal_list_fail(struct ww_ctx *cx, const char *what, int err);

/* "dir/name" of a segment. WW_E_IO when that is too long. */
WW_MUST ww_status ww_journal_list_path(
    struct ww_ctx *cx, const char *dir, uint64_t name, char out[PATH_MAX]);
/* Opens a segment for reading; *fd is -ENOENT when it is gone. */
WW_MUST ww_status ww_journal_list_open(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, uint64_t name, int *fd);
/* Reads n bytes at that offset; what the file does not have is zero. */
WW_MUST ww_status ww_journal_list_bytes(
    struct ww_ctx *cx, const struct ww_fs *fs, int fd, uint8_t *p, size_t n, uint64_t at);
/* Adds the segments of dir whose names are above a number, in order. Files that were given up before
 * anything in them was acknowledged are left out. */
WW_MUST ww_status ww_journal_list_files(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    uint64_t above, struct ww_segments *l);
/* Sees how large the file is now. */
WW_MUST ww_status ww_journal_list_size(
    struct ww_ctx *cx, const struct ww_fs *fs, const char *dir, struct ww_segment *g);
/* What the later segments of l say about the one at i. */
struct ww_segment_bounds ww_journal_list_bounds(
    const struct ww_segments *l, size_t i, bool growing);

/* -- journal_scan.c --------------------------------------------------------------------------------- */

/* Reads a segment, all of it or from where the last scan ended, and fills in the second half of *g. */
WW_MUST ww_status ww_journal_scan_segment(struct ww_ctx *cx, const struct ww_fs *fs,
    const char *dir, const struct ww_segment_bounds *b, struct ww_segment *g);
/* The same for a file that is open. */
WW_MUST ww_status ww_journal_scan_file(struct ww_ctx *cx, const struct ww_fs *fs, int fd,
    const struct ww_segment_bounds *b, struct ww_segment *g);
/* Fills the second half from the end mark alone. False when there is none to be trusted. */
WW_MUST ww_status ww_journal_scan_trust(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    const struct ww_segment_bounds *b, struct ww_segment *g, bool *trusted);

/* -- the journal ------------------------------------------------------------------------------------ */

enum { WW_JOURNAL_CURSORS = 4 };

/* One reader's place. */
struct ww_journal_cursor {
	bool used;
	uint64_t segment; /* its first */
	uint64_t next;    /* the number after the one last read */
	uint64_t turn;    /* when it was last used */
	struct ww_journal_walk walk;
};

struct ww_journal_files {
	const struct ww_fs *fs;
	char *dir;
	size_t segment_bytes;
	bool read_only;
	int lock; /* descriptor */

	pthread_mutex_t
	    mutex; /* guards the next two; held for moments, never while a file is used */
	struct ww_segments list;
	uint64_t next;

	/* The appender's own. current is the last of the list once it has a record; fd -1: to be made. */
	int fd;
	struct ww_segment current;
	uint64_t reserved; /* file size asked for so far */
	uint64_t sure;     /* highest number known to be durable */
	struct ww_buf batch;

	pthread_mutex_t reading; /* guards the cursors; taken before mutex */
	struct ww_journal_cursor cursors[WW_JOURNAL_CURSORS];
	uint64_t turn;
};

/* -- journal_damage.c ------------------------------------------------------------------------------- */

/* Appends what is noted of damage; nothing when nothing is or it cannot be read. */
void ww_journal_damage_load(struct ww_journal_files *j, struct ww_ctx *cx, struct ww_buf *out);
/* The segment of that name is noted there. */
bool ww_journal_damage_has(ww_str noted, uint64_t name);
/* Notes what is known now. A failure is logged and does no harm. */
void ww_journal_damage_note(struct ww_journal_files *j, struct ww_ctx *cx);

/* -- journal_write.c -------------------------------------------------------------------------------- */

WW_MUST ww_status ww_journal_write_batch(
    struct ww_journal_files *j, struct ww_ctx *cx, struct ww_record *r, size_t n);
/* Makes the newest segment durable as a killed process left it. Before any reader, and with the lock held. */
WW_MUST ww_status ww_journal_write_settle(struct ww_journal_files *j, struct ww_ctx *cx);
/* Closes the segment being written, if there is one. */
void ww_journal_write_stop(struct ww_journal_files *j);

/* -- journal_read.c --------------------------------------------------------------------------------- */

WW_MUST ww_status ww_journal_read_record(struct ww_journal_files *j, struct ww_ctx *cx,
    uint64_t from, struct ww_record *out, bool *found);
void ww_journal_read_stop(struct ww_journal_files *j);
/* Takes the cursors out of the segment of that first number, which is gone. With `reading` held. */
void ww_journal_read_leave(struct ww_journal_files *j, uint64_t first);

/* -- journal_prune.c -------------------------------------------------------------------------------- */

WW_MUST ww_status ww_journal_prune_pieces(
    struct ww_journal_files *j, struct ww_ctx *cx, struct ww_journal_piece **out, size_t *n);
WW_MUST ww_status ww_journal_prune_below(
    struct ww_journal_files *j, struct ww_ctx *cx, uint64_t below, struct ww_journal_pruned *out);

#endif
