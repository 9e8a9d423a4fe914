/* The one place that decides what a failure means for a delivery. */
#ifndef WW_COURIER_TROUBLE_H
#define WW_COURIER_TROUBLE_H

#include <wardwire/sink.h>

/* What follows from how a request ended. */
struct ww_trouble {
	bool wait_row;      /* that row rests before its next try */
	bool wait_endpoint; /* everything for that endpoint rests */
	bool well;          /* the endpoint answered sensibly: its waits start anew */
};

struct ww_trouble ww_trouble_of(const struct ww_answer *a);
/* After so many answers of that kind in a row the endpoint is paused: it does not let us in, and a person must look. 0:
 * however many. */
unsigned ww_trouble_refusals(const struct ww_answer *a);
/* Milliseconds to rest before try number `tries` + 1 (tries from 1): first doubled each time up to most
 * seconds, times jitter (0..65535: nothing to whole), and at least what the receiver asked for. */
int64_t ww_trouble_rest(
    unsigned first, unsigned most, unsigned tries, uint16_t jitter, long retry_after);

#endif
