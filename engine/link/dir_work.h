/* The work on one folder of files, in rounds: takes what may be taken, hands each file out, ends it when its answer has come,
 * goes over what an earlier process left, removes what is old. Whatever fails is said, and tried again. It knows no
 * thread, no loop and no inotify: those are dir_in.c's. */
#ifndef WW_LINK_DIR_WORK_H
#define WW_LINK_DIR_WORK_H

#include "link/dir_box.h"
#include "link/loop.h"

#include <wardwire/buf.h>
#include <wardwire/time.h>

struct ww_dir_in;
struct ww_dir_work;

/* A claimed file between its being handed out and its end. */
struct ww_dir_file {
	struct ww_dir_file *next; /* dir_work.c's, as long as it is out */
	char name[WW_DIR_NAME];   /* in .claimed */
	struct ww_buf bytes;
	bool whole; /* else these are its first bytes, and it is longer than may be */
	bool again; /* another process may have ended it before */
	/* What becomes of it, said by whoever ends it. */
	bool kept; /* it stays claimed and is taken anew after a while */
	bool failed;
	struct ww_buf ack;
	/* dir_in.c's */
	struct ww_dir_in *in;
	struct ww_dir_file *next_ended;
	struct ww_post post;
};

struct ww_dir_work_settings {
	const struct ww_fs *fs; /* none of these is owned */
	const char *listener;   /* for the log */
	const char *dir, *pattern;
	struct ww_clock clock, ticks;
	unsigned settle_ms, scan_ms;
	size_t max_file;                 /* bytes */
	unsigned keep_done, keep_failed; /* days; 0: for ever */
	/* Hands a file out; it comes back by ww_dir_work_end, later. */
	void (*give)(void *arg, struct ww_dir_file *f);
	void *arg;
};

WW_MUST ww_status ww_dir_work_new(
    struct ww_ctx *cx, const struct ww_dir_work_settings *s, struct ww_dir_work **out);
/* Every file that was handed out is back. NULL is allowed. */
void ww_dir_work_free(struct ww_dir_work *w);
/* One round. takes: new files may be taken; else those in hand are only ended. */
void ww_dir_work_step(struct ww_dir_work *w, bool takes);
/* A file that is complete, as its writer has closed it or moved it in: taken at once. Only while ww_dir_work_has_room. */
void ww_dir_work_offer(struct ww_dir_work *w, const char *name);
bool ww_dir_work_has_room(const struct ww_dir_work *w);
/* The folder is looked through in the next round: there may be more than was offered. */
void ww_dir_work_look(struct ww_dir_work *w);
/* Gives the folder up and opens it anew: the name may stand for another one now. */
void ww_dir_work_reopen(struct ww_dir_work *w);
/* The file's fate is known; what it has to say is in it. */
void ww_dir_work_end(struct ww_dir_work *w, struct ww_dir_file *f);
/* ms until the next round has something to do; 0: at once. */
unsigned ww_dir_work_wait(const struct ww_dir_work *w, bool takes);
/* The folder can be worked on. */
bool ww_dir_work_is_open(const struct ww_dir_work *w);
size_t ww_dir_work_out(const struct ww_dir_work *w);     /* files handed out and not back */
size_t ww_dir_work_in_hand(const struct ww_dir_work *w); /* these, and those back and not ended */
/* What is wrong now, a sentence without a file's name; "" when nothing is. */
const char *ww_dir_work_trouble(const struct ww_dir_work *w);

void ww_dir_file_free(struct ww_dir_file *f);

#endif
