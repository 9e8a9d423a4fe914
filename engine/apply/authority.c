/* Who gave a number, where a feed says so in one message and not in the next: its name stands in for the authority then
 * (mappers/in/adt.c), and the number may be that of an authority it names elsewhere. */
#include "apply/work.h"

#include <string.h>

/* A feed that names more of them is not one hospital, and what it leaves out may be anybody's. */
enum { AUTHORITIES_MAX = 16 };

static const char *const kinds[] = { [WW_NUMBER_PERSON] = "person", [WW_NUMBER_VISIT] = "visit" };

ww_status
ww_authority_keep(struct ww_work *w, enum ww_number kind, ww_str system)
{
	struct ww_authority a;
	bool found;
	ww_status s;

	if (w->test || ww_str_eq(system, w->feed->name) ||
	    ww_str_starts(system, WW_STR("account:")))
		return WW_OK;
	ww_row_init(&ww_entity_authority, &a);
	a.feed = w->feed->name;
	a.kind = ww_str_from(kinds[kind]);
	a.system = system;
	s = ww_get(w->l, w->cx, authority, &a, &found);
	return s == WW_OK && !found ? ww_put(w->l, w->cx, authority, &a) : s;
}

ww_status
ww_authority_others(struct ww_work *w, enum ww_number kind, ww_str system, struct ww_texts *out)
{
	struct ww_authority like;
	struct ww_rows rows;
	ww_str *v;
	ww_status s;

	*out = (struct ww_texts){ .n = 0 };
	if (w->test || ww_str_starts(system, WW_STR("account:")))
		return WW_OK;
	v = ww_arena_array(w->cx->arena, AUTHORITIES_MAX, sizeof(*v));
	if (v == NULL)
		return ww_fail_memory(w->cx);
	out->v = v;
	if (!ww_str_eq(system, w->feed->name)) {
		v[out->n++] = w->feed->name;
		return WW_OK;
	}
	ww_row_init(&ww_entity_authority, &like);
	like.feed = w->feed->name;
	like.kind = ww_str_from(kinds[kind]);
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_authority, 2, &like, AUTHORITIES_MAX + 1, &rows);
	if (s != WW_OK || rows.n > AUTHORITIES_MAX)
		return s;
	for (size_t i = 0; i < rows.n; i++)
		v[out->n++] = WW_ROW(&rows, authority, i)->system;
	return WW_OK;
}
