/* What one thread waits for: descriptors, and a moment after which it waits no longer. Filled anew for each wait. */
#ifndef WW_LINK_WATCH_H
#define WW_LINK_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pollfd;

/* All zero is empty. */
struct ww_watch {
	struct pollfd *fds;
	size_t n, cap;
	int64_t until; /* ms of the clock the wait goes by; INT64_MAX: no such moment */
	bool blind;    /* memory was short and some are missing: the wait must be short too */
};

#define WW_WATCH_NONE SIZE_MAX

void ww_watch_free(struct ww_watch *w);
void ww_watch_clear(struct ww_watch *w); /* keeps the memory */
/* Adds a descriptor and what it is to be able to do (POLLIN, POLLOUT). Returns its place, or WW_WATCH_NONE where there is no
 * memory for it. */
size_t ww_watch_add(struct ww_watch *w, int fd, short events);
/* No longer than until then. */
void ww_watch_until(struct ww_watch *w, int64_t then);
/* After the wait: what the descriptor at that place can do. Everything, of one that is not here: nobody has asked, so
 * only trying tells. */
short ww_watch_seen(const struct ww_watch *w, size_t place);

#endif
