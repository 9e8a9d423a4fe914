/* Says in the log when a live feed carries too many tests, and when it is well again (apply/tests.c counts them). */
#ifndef WW_MAIN_TEST_ALARM_H
#define WW_MAIN_TEST_ALARM_H

#include <wardwire/config.h>
#include <wardwire/ledger.h>

struct ww_test_alarm_look {
	struct ww_ledger *view; /* not owned; read by the thread that looks */
	const struct ww_config *config;
	bool *on;     /* of each feed of config, all false at first; not owned */
	int64_t next; /* when to look again, monotonic ms */
};

/* Looks once a second; cx is the caller's to clear. What cannot be read is looked at the next time. */
void ww_test_alarm_look(struct ww_test_alarm_look *a, struct ww_ctx *cx, int64_t now);

#endif
