/* How long what was received took to be told, taken up and done: from the rows deadline. */
#ifndef WW_REPORT_SLA_H
#define WW_REPORT_SLA_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

struct ww_sla_filter {
	int64_t since, until; /* received, UTC ms: from on and before; 0: no bound */
	ww_str feed;          /* of that feed alone; empty: all */
	size_t most;          /* open breaches that are listed */
};

/* {"hops": [{"feed": "mercy", "hop": "sent-acknowledged", "n": 12, "p50": 1800, "p95": 7200, "max": 9000, "warnings": 2,
 * "breaches": 1}], "deadlines": 12, "warnings": 2, "breaches": 1, "open": [{"notice": "17.3", "practice": "rcca", "role":
 * "coordinator", "flag": "admission", "program": "basic", "feed": "mercy", "received": moment, "due": moment, "late": 3600,
 * "waits-for": "acknowledged", "backup": "19.1"}]}; times in seconds. A warning or breach counts for the hop that was under way.
 * open: what has run out and was not acted on yet, the longest first. */
WW_MUST ww_status ww_sla_report(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_sla_filter *f, struct ww_json **out);

#endif
