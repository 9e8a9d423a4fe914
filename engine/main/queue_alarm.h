/* Says in the log when more notices are due than limits.queue, and when it is well again. */
#ifndef WW_MAIN_QUEUE_ALARM_H
#define WW_MAIN_QUEUE_ALARM_H

#include <wardwire/ledger.h>

struct ww_queue_alarm {
	struct ww_ledger *view; /* not owned; read by the thread that looks */
	size_t level;
	int64_t next; /* when to look again, monotonic ms */
	bool on;
};

/* Looks once a second; cx is the caller's to clear. What cannot be read is looked at the next time. */
void ww_queue_alarm_look(struct ww_queue_alarm *a, struct ww_ctx *cx, int64_t now);

#endif
