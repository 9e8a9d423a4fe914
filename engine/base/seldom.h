/* A line of the log for what may happen a thousand times a second: the first at once, what follows within a minute as a number. */
#ifndef WW_BASE_SELDOM_H
#define WW_BASE_SELDOM_H

#include <stdbool.h>
#include <stdint.h>

struct ww_seldom {
	int64_t said; /* monotonic ms of the last line; 0: none is due */
	uint64_t unsaid, times;
};

/* It happened again: true when a line is to be written now. */
bool ww_seldom_note(struct ww_seldom *s, int64_t now);
/* How many more there were, when their minute is over or at the end of it all; 0: nothing is to be said. */
uint64_t ww_seldom_rest(struct ww_seldom *s, int64_t now, bool at_end);

#endif
