/* How much one endpoint may get at a time: a window that grows while it answers and shrinks when it does not, and in
 * trouble a wait between single tries. Times are milliseconds of a clock that never goes back. */
#ifndef WW_COURIER_GATE_H
#define WW_COURIER_GATE_H

#include <stdbool.h>
#include <stdint.h>

/* All zero is an endpoint of which nothing is known yet. */
struct ww_gate {
	unsigned flying; /* requests under way; the caller counts */
	bool paused;     /* an operator wants nothing sent */
	unsigned tries;  /* failures in a row that are the endpoint's; 0: all is well */
	int64_t until;   /* in trouble: nothing before then */
	double window;   /* requests at a time; 0: the first, which is 2 */
	double
	    safe; /* up to here the window opens fast: half of where trouble last began; 0: no limit known */
};

/* How many more requests may start now, of at most `most` at a time: one in trouble. */
unsigned ww_gate_room(const struct ww_gate *g, unsigned most, int64_t now);
/* How many at a time, if nothing were under way and nothing waited for. */
unsigned ww_gate_width(const struct ww_gate *g, unsigned most);
/* It took a request: the trouble is over, the window opens by one, or beyond `safe` by one a window. */
void ww_gate_good(struct ww_gate *g, unsigned most);
/* It answered sensibly, though it did not take the request. */
void ww_gate_well(struct ww_gate *g);
/* It failed on one request and answers: the window closes by one. */
void ww_gate_slow(struct ww_gate *g);
/* It failed as such: half the window, and nothing before `until`. Of those that were under way together only the
 * first counts. */
void ww_gate_bad(struct ww_gate *g, int64_t now, int64_t until);

#endif
