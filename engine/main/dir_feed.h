/* A file is as many inputs of the intake as it has messages. They go in in the order of the files and of the messages in them,
 * so many at a time; when the last word of each is said the file is ended: failed when anything of it was refused. All on
 * the loop's thread. */
#ifndef WW_MAIN_DIR_FEED_H
#define WW_MAIN_DIR_FEED_H

#include <wardwire/config.h>
#include <wardwire/status.h>
#include <wardwire/str.h>
#include <wardwire/time.h>

struct ww_ctx;
struct ww_dir_feed;
struct ww_dir_file;
struct ww_intake;
struct ww_loop;
struct ww_mllp_room;

struct ww_dir_feed_settings {
	struct ww_loop *loop; /* not owned, as are the next two */
	struct ww_intake *intake;
	struct ww_mllp_room *room; /* what waits for the journal counts there */
	const char *listener;      /* for the log; copied */
	size_t max_message;        /* bytes */
	size_t max_file;           /* likewise: what a file that is not whole is beyond */
	enum ww_ack_batch batch;   /* what the response to several messages has */
	struct ww_clock clock;
	uint64_t *number; /* of the next acknowledgement; shared by all listeners of the loop */
};

WW_MUST ww_status ww_dir_feed_new(
    struct ww_ctx *cx, const struct ww_dir_feed_settings *s, struct ww_dir_feed **out);
/* Every file is ended. NULL is allowed. */
void ww_dir_feed_free(struct ww_dir_feed *d);
/* For ww_dir_in_settings: arg is the feed. */
void ww_dir_feed_file(void *arg, struct ww_dir_file *f, ww_str name, ww_str bytes, bool whole);
/* Gives nothing more to the intake, and goes on. */
void ww_dir_feed_pause(struct ww_dir_feed *d, bool paused);
/* The end has come: what is not yet with the intake is abandoned with its file. */
void ww_dir_feed_stop(struct ww_dir_feed *d);

#endif
