/* What a restored engine has forgotten, and from when on each feed is to be sent again. */
#ifndef WW_REPORT_HOLD_H
#define WW_REPORT_HOLD_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

/* By how much more is asked for again: the hospital's clock is not ours, and what comes twice does no harm. */
#define WW_HOLD_OVERLAP_MS ((int64_t)10 * 60 * 1000)

/* {"since-journal": 17, "since": "...", "last-journal": 16, "last": "...", "feeds": [{"feed": "mercy", "last": "...",
 * "resend-from": "..."}]}; *out is NULL when sending is not held. Without "resend-from": everything. */
WW_MUST ww_status ww_hold_report(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json **out);

#endif
