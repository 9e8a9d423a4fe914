/* Quiet hours: what is not urgent waits for the morning of whoever receives it. Private to apply/. */
#ifndef WW_APPLY_QUIET_H
#define WW_APPLY_QUIET_H

#include "apply/timer.h"

struct ww_zone;

/* The row has come to be due; was is the state it had. It waits (QUIET, after_ms) when all of these flags that this record raised or
 * changed are of programs that have quiet hours now, and none is urgent; of one that waited already, when this record changed none. What
 * was due before goes on being due. Worklists have no quiet hours: nobody is woken by them. The row is the caller's to put.
 * feed: the zone where neither role nor program has one. */
WW_MUST ww_status ww_quiet_wait(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row,
    int64_t was, const struct ww_flag *flags, size_t n, const struct ww_zone *feed);

/* What its timer does (timer.c): the row is due. */
ww_timer_fn ww_quiet_end;

#endif
