/* A folder into which others put files, and the ways of a file in it:
 *
 *	NAME  --claim-->  .claimed/NAME  --settle-->  done/NAME or failed/NAME, each with NAME.ack
 *
 * Every step is a rename on one file system, so that a file is in one place whenever the process ends. A name that is
 * taken in one of the three folders gets the time behind it: nothing is ever overwritten. Whoever works on the folder
 * holds the lock .claimed/.lock; a second one waits. Calls block, for long perhaps when the folder is far away: not on
 * an event loop. One thread. No failure tells a file's name, which may be a patient's. */
#ifndef WW_LINK_DIR_BOX_H
#define WW_LINK_DIR_BOX_H

#include <wardwire/status.h>
#include <wardwire/str.h>
#include <wardwire/time.h>

struct ww_buf;
struct ww_ctx;
struct ww_dir_box;
struct ww_fs;

enum { WW_DIR_NAME = 256 }; /* bytes of a file's name, with its NUL */

/* Makes nothing and opens nothing. fs and dir are not owned. */
WW_MUST ww_status ww_dir_box_new(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    struct ww_clock clock, struct ww_dir_box **out);
void ww_dir_box_free(struct ww_dir_box *b); /* gives the lock back; NULL is allowed */
/* Makes the three folders and takes the lock. WW_E_BUSY: another one has it. Not the folder itself: that one is there, or
 * its address is wrong. When it is open, does nothing. */
WW_MUST ww_status ww_dir_box_open(struct ww_dir_box *b, struct ww_ctx *cx);
bool ww_dir_box_is_open(const struct ww_dir_box *b);
/* Gives the lock back: the folder is another one, perhaps. */
void ww_dir_box_shut(struct ww_dir_box *b);

/* Takes a file that waits and may be read: claimed is its name from now on, empty when it is gone, is no regular file or has
 * no bytes. Durable after ww_dir_box_sync. */
WW_MUST ww_status ww_dir_box_claim(
    struct ww_dir_box *b, struct ww_ctx *cx, const char *name, char claimed[WW_DIR_NAME]);
WW_MUST ww_status ww_dir_box_sync(struct ww_dir_box *b, struct ww_ctx *cx);
/* fn for each claimed file, in no order; anything but 0 ends the listing. */
WW_MUST ww_status ww_dir_box_claimed(
    struct ww_dir_box *b, struct ww_ctx *cx, int (*fn)(void *arg, const char *name), void *arg);
/* Appends the bytes of a claimed file, at most that many; *whole: they are all. WW_E_NOT_FOUND: it is gone.
 * WW_E_VALUE: it is no regular file. */
WW_MUST ww_status ww_dir_box_read(struct ww_dir_box *b, struct ww_ctx *cx, const char *name,
    size_t most, struct ww_buf *out, bool *whole);

/* How a claimed file ends. */
struct ww_dir_end {
	const char *name;
	bool failed; /* to failed, else to done */
	bool again;  /* it may have been ended before, by a process that was killed */
	ww_str ack;  /* empty: none is written */
	ww_status
	    status; /* given back: whether it has ended. If not, the same again later does no harm */
	char to[WW_DIR_NAME]; /* the box's own */
};
/* Writes the acknowledgements, durable under their names before a file is moved, then moves the files. The status is that
 * of the first that did not end; cx says why. */
WW_MUST ww_status ww_dir_box_settle(
    struct ww_dir_box *b, struct ww_ctx *cx, struct ww_dir_end *v, size_t n);

/* Removes what has lain in done (or failed) for that many days; *gone: how many files. */
WW_MUST ww_status ww_dir_box_sweep(
    struct ww_dir_box *b, struct ww_ctx *cx, bool failed, unsigned days, size_t *gone);

/* How many files there are, acknowledgements not counted. Works without the lock. */
struct ww_dir_counts {
	size_t waiting, claimed, done, failed;
};
WW_MUST ww_status ww_dir_box_count(struct ww_ctx *cx, const struct ww_fs *fs, const char *dir,
    const char *pattern, struct ww_dir_counts *out);

#endif
