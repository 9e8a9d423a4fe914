/* TICK records: the clock has moved, and what waited for that is done. A new sweep is a row here; it depends on the
 * ledger, the configuration in force and cx->now alone, as everything in apply does. */
#include "apply/seen.h"
#include "apply/timer.h"

typedef ww_status (*sweep_fn)(struct ww_apply *a, struct ww_ctx *cx);

/* In the order in which they run; NULL ends them. */
static const sweep_fn sweeps[] = {
	ww_apply_age,
	ww_roster_age,
	ww_reattribute_rest,
	ww_silence_close,
	ww_seen_sweep,
	ww_timer_sweep,
	NULL,
};

ww_status
ww_apply_tick(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	ww_status s = WW_OK;

	(void)r; /* its time is cx->now already */
	for (size_t i = 0; s == WW_OK && sweeps[i] != NULL; i++)
		s = sweeps[i](a, cx);
	return s;
}
