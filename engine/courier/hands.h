/* What operators ordered about endpoints and lanes. Private to courier/. */
#ifndef WW_COURIER_HANDS_H
#define WW_COURIER_HANDS_H

#include <wardwire/status.h>

#include <stdbool.h>
#include <stdint.h>

struct ww_courier;

/* How a hand was when it was last looked at. */
struct ww_hand_seen {
	int64_t retried; /* newest order to try at once that was obeyed */
	bool held;       /* paused, by whomever */
	bool alarm;      /* logged */
	bool paused;     /* by an answer; logged */
};

/* Reads the hands on all endpoints and lanes, and whether sending is held. */
WW_MUST ww_status ww_hands_read(struct ww_courier *c);

#endif
