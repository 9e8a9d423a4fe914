/* Rows found, gathered one by one into an array whose final size is not known beforehand. */
#ifndef WW_STORE_ROWS_H
#define WW_STORE_ROWS_H

#include <wardwire/ledger.h>

/* All zero but cx, e, limit and first is the start. */
struct ww_gather {
	struct ww_ctx *cx;
	const struct ww_entity *e;
	size_t limit; /* there are no more; 0: nobody knows */
	size_t
	    first; /* room for so many where there is one; 0: for few, as most searches find one row or none */
	char *p; /* in the arena of cx */
	size_t n, cap;
};

/* Room for one more row, zeroed; the earlier ones may move. NULL: see ww_fail_memory. */
void *ww_gather_next(struct ww_gather *g);
/* What was gathered. */
struct ww_rows ww_gather_rows(const struct ww_gather *g);

#endif
