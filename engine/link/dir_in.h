/* A folder as a listener: files in, acknowledgements beside them (dir_box.h). It works on a thread of its own, because a
 * folder may lie on a file server that hangs, and tells of each file on the loop's thread. */
#ifndef WW_LINK_DIR_IN_H
#define WW_LINK_DIR_IN_H

#include <wardwire/status.h>
#include <wardwire/str.h>
#include <wardwire/time.h>

struct ww_ctx;
struct ww_dir_file; /* a file that waits for its answer */
struct ww_dir_in;
struct ww_fs;
struct ww_loop;

struct ww_dir_in_settings {
	struct ww_loop *loop; /* not owned, as are all below but the texts, which are copied */
	const struct ww_fs *fs;
	const char *listener; /* its name, for the log */
	const char *dir, *pattern;
	struct ww_clock clock, ticks;
	unsigned settle_ms, scan_ms;
	size_t max_file;                 /* bytes */
	unsigned keep_done, keep_failed; /* days; 0: for ever */
	/* Called on the loop's thread. The callee ends the file once, now or later, on the loop's thread, with
	 * ww_dir_answer or ww_dir_abandon. Name and bytes are valid until then; not whole: these are the first max_file
	 * bytes of a longer one. At most 64 files wait, and 8 MiB and one file. */
	void (*on_file)(void *arg, struct ww_dir_file *f, ww_str name, ww_str bytes, bool whole);
	void *arg;
};

/* Starts the thread. That the folder is not there, or not ours, is no failure: it is said, and tried again. */
WW_MUST ww_status ww_dir_in_open(
    struct ww_ctx *cx, const struct ww_dir_in_settings *s, struct ww_dir_in **out);
/* Takes no more files, and goes on again; those taken are ended. */
void ww_dir_in_pause(struct ww_dir_in *d, bool paused);
/* What is wrong, a sentence without a file's name; "" when nothing is. The loop's thread; valid until the next call. */
const char *ww_dir_in_trouble(struct ww_dir_in *d);
/* Takes no more files; when those taken are ended, or after grace_ms, calls done(arg) on the loop's thread. What is
 * answered later stays claimed, and is gone over by the next process. */
void ww_dir_in_close(struct ww_dir_in *d, unsigned grace_ms, void (*done)(void *arg), void *arg);
/* Closed, done was called, and every file ended; or never closed, and the loop runs no more. NULL is allowed. */
void ww_dir_in_free(struct ww_dir_in *d);

/* Moves the file to failed or done, with that acknowledgement beside it (empty: none). The file is gone after the call. */
void ww_dir_answer(struct ww_dir_file *f, bool failed, ww_str ack);
/* Leaves it claimed; it comes again after a while. */
void ww_dir_abandon(struct ww_dir_file *f);

#endif
