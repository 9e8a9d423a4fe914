/* How long things took, as a histogram of fixed size: percentiles of millions of times, 3 % too high at most. */
#ifndef WW_KIT_LATENCY_H
#define WW_KIT_LATENCY_H

#include <stdint.h>

/* 32 steps for each doubling of microseconds, up to 2^42 (a month and a half). */
#define WW_LATENCY_STEPS 32
#define WW_LATENCY_BUCKETS (38 * WW_LATENCY_STEPS)

/* All zero is an empty one. */
struct ww_latency {
	uint64_t n, most; /* how many, and the longest, in microseconds */
	uint64_t bucket[WW_LATENCY_BUCKETS];
};

void ww_latency_add(struct ww_latency *l, uint64_t us);
/* The time, in microseconds, within which that many of a hundred ended (1 to 100); 0 when there are none. */
uint64_t ww_latency_percentile(const struct ww_latency *l, unsigned percent);

#endif
