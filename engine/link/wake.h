/* What ends the wait of a thread that waits for descriptors: a pipe, written by any thread. */
#ifndef WW_LINK_WAKE_H
#define WW_LINK_WAKE_H

#include <stdbool.h>

struct ww_wake {
	int fd[2]; /* the first can be read when it is time to wake */
};

/* False: errno says why not. */
bool ww_wake_open(struct ww_wake *w);
void ww_wake_close(struct ww_wake *w);
void ww_wake_up(const struct ww_wake *w); /* any thread; never waits, never fails */
/* Who was woken forgets all calls so far, before it looks at what there is to do. */
void ww_wake_clear(const struct ww_wake *w);

#endif
