/* The window of an endpoint: slow start and additive growth, as TCP has it. */
#include "courier/gate.h"

enum { FIRST = 2 }; /* one that hangs must not keep all others waiting */

static double
window_of(const struct ww_gate *g)
{
	return g->window > 0 ? g->window : FIRST;
}

unsigned
ww_gate_width(const struct ww_gate *g, unsigned most)
{
	double w = window_of(g);

	if (g->tries > 0 || w < 2)
		return 1;
	return w < most ? (unsigned)w : most;
}

unsigned
ww_gate_room(const struct ww_gate *g, unsigned most, int64_t now)
{
	unsigned n = ww_gate_width(g, most);

	if (g->paused || g->until > now)
		return 0;
	return g->flying < n ? n - g->flying : 0;
}

void
ww_gate_well(struct ww_gate *g)
{
	g->tries = 0;
	g->until = 0;
}

void
ww_gate_good(struct ww_gate *g, unsigned most)
{
	ww_gate_well(g);
	g->window = window_of(g);
	g->window += g->safe == 0 || g->window < g->safe ? 1 : 1 / g->window;
	if (g->window > most)
		g->window = most;
}

void
ww_gate_slow(struct ww_gate *g)
{
	g->window = window_of(g) > 2 ? window_of(g) - 1 : 1;
}

void
ww_gate_bad(struct ww_gate *g, int64_t now, int64_t until)
{
	if (g->tries > 0 && g->until > now) { /* sent before the trouble was known */
		if (until > g->until)
			g->until = until;
		return;
	}
	g->tries++;
	g->until = until;
	if (window_of(g) >= 2)
		g->safe = window_of(g) / 2;
	g->window = 1;
}
