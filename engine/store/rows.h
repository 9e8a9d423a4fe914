/* Rows found, gathered one by one into an array whose final size is not known beforehand. */
#ifndef WW_STORE_ROWS_H
#define WW_STORE_ROWS_H

#include <wardwire/ledger.h>

/* All zero but cx, e and limit is the start. */
struct ww_gather {
	struct ww_ctx *cx;
	const struct ww_entity *e;
	size_t limit; /* there are no more; 0: nobody knows */
	char *p;      /* in the arena of cx */
	size_t n, cap;
};

/* Room for one more row, zeroed; the earlier ones may move. NULL: see ww_fail_memory. */
void *ww_gather_next(struct ww_gather *g);
/* What was gathered. */
struct ww_rows ww_gather_rows(const struct ww_gather *g);

#endif
