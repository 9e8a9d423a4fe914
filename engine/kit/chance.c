#include "kit/chance.h"

uint64_t
ww_chance_next(struct ww_chance *c)
{
	uint64_t z = c->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned
ww_chance_below(struct ww_chance *c, unsigned n)
{
	return (unsigned)(ww_chance_next(c) % n);
}

bool
ww_chance_percent(struct ww_chance *c, unsigned percent)
{
	return ww_chance_below(c, 100) < percent;
}
