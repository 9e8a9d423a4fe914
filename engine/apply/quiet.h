/* Quiet hours: what is not urgent waits for the morning of whoever receives it. Private to apply/. */
#ifndef WW_APPLY_QUIET_H
#define WW_APPLY_QUIET_H

#include "apply/timer.h"

struct ww_zone;

/* Until when a notice waits that says these flags: 0, it leaves at once, as one of those that this record raised or changed is urgent, or of
 * a program that has no quiet hours now; or none of them was. feed: the zone where neither role nor program has one. */
int64_t ww_quiet_until(const struct ww_apply *a, struct ww_ctx *cx, const struct ww_flag *flags,
    size_t n, const struct ww_zone *feed);
/* The row, which is due, waits until then. It is the caller's to put. Worklists have no quiet hours: nobody is woken by them. */
WW_MUST ww_status ww_quiet_wait(
    struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, int64_t until_ms);

/* What its timer does (timer.c): the row is due. */
ww_timer_fn ww_quiet_end;

#endif
