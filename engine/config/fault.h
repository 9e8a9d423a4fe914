/* Gathers the faults of a configuration. */
#ifndef WW_CONFIG_FAULT_H
#define WW_CONFIG_FAULT_H

#include "config/load.h"

/* All zero but cx is the start. */
struct ww_faults {
	struct ww_ctx *cx;
	struct ww_config_fault *v; /* in the arena */
	size_t n, cap;
};

/* After a thousand faults the rest is left out, and the last one says so. */
void ww_fault_add(struct ww_faults *f, unsigned line, unsigned column, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* No more are kept: looking for more is of no use. */
bool ww_fault_full(const struct ww_faults *f);
/* Puts them into the order of the file. WW_OK when there is none, else WW_E_CONFIG with the first of them
 * as the failure of cx, or what a missing fault cost: WW_E_MEMORY, WW_E_LIMIT. */
WW_MUST ww_status ww_fault_end(struct ww_faults *f);

/* A word from the file, safe to print: other bytes than ASCII become '?', and it is cut after 40. */
struct ww_shown {
	char text[44];
};
struct ww_shown ww_fault_show(ww_str s);

#endif
