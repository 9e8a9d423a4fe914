/* What waits for an hour: jobs, and timers by kind and the next of them. */
#ifndef WW_REPORT_SCHEDULE_H
#define WW_REPORT_SCHEDULE_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

/* {"now": moment, "jobs": [{"job": "roster-ends", "next": moment, "under-way-since": moment, "done": 5000, "last": moment,
 * "last-done": 12, "runs": 3}], "timers": [{"timer": "task-warning", "waiting": 2}], "next": [{"due": moment, "timer":
 * "task-warning", "subject": "17.3"}]}; at most `most` of the next ones. now: time of the last record that was applied. */
WW_MUST ww_status ww_schedule_report(
    struct ww_ledger *l, struct ww_ctx *cx, size_t most, struct ww_json **out);

#endif
