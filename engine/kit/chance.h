/* Chance that is the same for the same seed. */
#ifndef WW_KIT_CHANCE_H
#define WW_KIT_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

/* Begins with the seed. SplitMix64 (Steele, Lea and Flood 2014): any seed is a good one. */
struct ww_chance {
	uint64_t state;
};

uint64_t ww_chance_next(struct ww_chance *c);
/* 0 to n - 1; n > 0. */
unsigned ww_chance_below(struct ww_chance *c, unsigned n);
bool ww_chance_percent(struct ww_chance *c, unsigned percent);

#endif
