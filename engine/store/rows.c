/* Rows found, gathered one by one. */
#include "store/rows.h"

#include <wardwire/arena.h>

#include <string.h>

enum { FIRST_CAP = 4 };

void *
ww_gather_next(struct ww_gather *g)
{
	if (g->n == g->cap) {
		size_t first = g->first != 0 ? g->first : FIRST_CAP;
		size_t few = g->limit != 0 && g->limit < first ? g->limit : first;
		size_t cap = g->cap == 0 ? few : 2 * g->cap;
		char *p = ww_arena_array(g->cx->arena, cap, g->e->size);

		if (p == NULL)
			return NULL;
		if (g->n > 0)
			memcpy(p, g->p, g->n * g->e->size);
		g->p = p;
		g->cap = cap;
	}
	return g->p + g->n++ * g->e->size;
}

struct ww_rows
ww_gather_rows(const struct ww_gather *g)
{
	return (struct ww_rows){ .p = g->p, .n = g->n };
}
