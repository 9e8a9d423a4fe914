/* Where the engine stands, counted from the ledger. */
#ifndef WW_REPORT_STATUS_H
#define WW_REPORT_STATUS_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

/* {"applied": 17, "messages": {"applied": 3, ...}, "flags": {...}, "notices": {...}, "clocks": {"running": 2, "breached": 1}, "endpoints": [...], "rosters": [...]} */
WW_MUST ww_status ww_status_report(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json **out);

#endif
