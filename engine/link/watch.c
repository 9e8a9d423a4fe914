/* Descriptors and a moment to wait for. */
#include "link/watch.h"

#include <poll.h>
#include <stdlib.h>

void
ww_watch_free(struct ww_watch *w)
{
	free(w->fds);
	*w = (struct ww_watch){ .n = 0 };
}

void
ww_watch_clear(struct ww_watch *w)
{
	w->n = 0;
	w->until = INT64_MAX;
	w->blind = false;
}

size_t
ww_watch_add(struct ww_watch *w, int fd, short events)
{
	if (w->n == w->cap) {
		size_t cap = w->cap > 0 ? w->cap * 2 : 16;
		struct pollfd *fds = realloc(w->fds, cap * sizeof(*fds));

		if (fds == NULL) {
			w->blind = true;
			return WW_WATCH_NONE;
		}
		w->fds = fds;
		w->cap = cap;
	}
	w->fds[w->n] = (struct pollfd){ .fd = fd, .events = events };
	return w->n++;
}

void
ww_watch_until(struct ww_watch *w, int64_t then)
{
	if (then < w->until)
		w->until = then;
}

short
ww_watch_seen(const struct ww_watch *w, size_t place)
{
	return place < w->n ? w->fds[place].revents : POLLIN | POLLOUT;
}
