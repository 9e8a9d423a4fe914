/* inotify on one folder, an event at a time. */
#include "link/dir_watch.h"

#include <wardwire/ctx.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct ww_dir_watch {
	int fd;
	size_t at, n; /* of what is read and not yet told */
	char events[16384];
};

ww_status
ww_dir_watch_open(struct ww_ctx *cx, const char *dir, struct ww_dir_watch **out)
{
	const uint32_t what = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF |
	                      IN_ONLYDIR | IN_EXCL_UNLINK;
	struct ww_dir_watch *w = calloc(1, sizeof(*w));
	ww_status s;

	if (w == NULL)
		return ww_fail_memory(cx);
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd >= 0 && inotify_add_watch(w->fd, dir, what) >= 0) {
		*out = w;
		return WW_OK;
	}
	s = ww_fail(cx, WW_E_IO, "folder", "cannot watch it: %s", strerror(errno));
	ww_dir_watch_close(w);
	return s;
}

void
ww_dir_watch_close(struct ww_dir_watch *w)
{
	if (w == NULL)
		return;
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}

int
ww_dir_watch_fd(const struct ww_dir_watch *w)
{
	return w->fd;
}

static bool
fill(struct ww_dir_watch *w)
{
	ssize_t n;

	do
		n = read(w->fd, w->events, sizeof(w->events));
	while (n < 0 && errno == EINTR);
	w->at = 0;
	w->n = n > 0 ? (size_t)n : 0;
	return w->n > 0;
}

enum ww_dir_news
ww_dir_watch_next(struct ww_dir_watch *w, const char **name)
{
	struct inotify_event e;

	for (;;) {
		if (w->at >= w->n && !fill(w))
			return WW_DIR_NOTHING;
		memcpy(&e, w->events + w->at, sizeof(e)); /* the system gives whole events */
		*name = w->events + w->at + sizeof(e);
		w->at += sizeof(e) + e.len;
		if (e.mask & IN_Q_OVERFLOW)
			return WW_DIR_LOST;
		if (e.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED))
			return WW_DIR_GONE;
		if (e.len > 0 && !(e.mask & IN_ISDIR))
			return WW_DIR_FILE;
	}
}
