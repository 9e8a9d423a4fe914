/* The histogram: below 32 us one bucket a microsecond, then 32 buckets for each doubling. */
#include "kit/latency.h"

static unsigned
bucket_of(uint64_t us)
{
	unsigned shift = 0;

	while ((us >> shift) >= 2 * WW_LATENCY_STEPS)
		shift++;
	/* us >> shift is below 32 only while shift is 0. */
	us = (us >> shift) + (uint64_t)shift * WW_LATENCY_STEPS;
	return us < WW_LATENCY_BUCKETS ? (unsigned)us : WW_LATENCY_BUCKETS - 1;
}

/* The highest time in it. */
static uint64_t
end_of(unsigned bucket)
{
	unsigned shift = bucket < 2 * WW_LATENCY_STEPS ? 0 : bucket / WW_LATENCY_STEPS - 1;

	return ((uint64_t)(bucket - shift * WW_LATENCY_STEPS + 1) << shift) - 1;
}

void
ww_latency_add(struct ww_latency *l, uint64_t us)
{
	l->n++;
	l->bucket[bucket_of(us)]++;
	if (us > l->most)
		l->most = us;
}

uint64_t
ww_latency_percentile(const struct ww_latency *l, unsigned percent)
{
	/* How many ended within it: rounded up, so that of one time every percentile is that. */
	uint64_t wanted = (l->n * percent + 99) / 100, seen = 0;
	unsigned i;

	for (i = 0; i < WW_LATENCY_BUCKETS; i++) {
		seen += l->bucket[i];
		if (seen >= wanted && seen > 0)
			return end_of(i) < l->most ? end_of(i) : l->most;
	}
	return l->most;
}
