/* What happens in a folder, as the system tells it (inotify): files that a writer has closed, and files moved in. It is told
 * of what this machine does only, and not for certain; whoever must not miss a file looks for himself from time to time. */
#ifndef WW_LINK_DIR_WATCH_H
#define WW_LINK_DIR_WATCH_H

#include <wardwire/status.h>

struct ww_ctx;
struct ww_dir_watch;

enum ww_dir_news {
	WW_DIR_NOTHING, /* for now */
	WW_DIR_FILE,    /* a file is complete, or so its writer thinks */
	WW_DIR_LOST,    /* more happened than was kept: look */
	WW_DIR_GONE,    /* the folder was moved, removed or unmounted: nothing more will come */
};

WW_MUST ww_status ww_dir_watch_open(struct ww_ctx *cx, const char *dir, struct ww_dir_watch **out);
void ww_dir_watch_close(struct ww_dir_watch *w);   /* NULL is allowed */
int ww_dir_watch_fd(const struct ww_dir_watch *w); /* can be read when there is news */
/* Never waits. name is valid until the next call. */
enum ww_dir_news ww_dir_watch_next(struct ww_dir_watch *w, const char **name);

#endif
