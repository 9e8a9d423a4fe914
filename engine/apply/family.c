/* Who a person was before it was merged: claims and the like stay with the one they were told of, so that a merge that is
 * taken back leaves nothing with the wrong one. */
#include "apply/work.h"

enum { FAMILY_MAX = 256 };

ww_status
ww_family_join(struct ww_work *w, ww_id from, ww_id into)
{
	struct ww_merged m = { .into = into, .person = from };

	return ww_put(w->l, w->cx, merged, &m);
}

ww_status
ww_family_part(struct ww_work *w, ww_id from, ww_id into)
{
	struct ww_merged m = { .into = into, .person = from };

	return ww_ledger_remove(w->l, w->cx, &ww_entity_merged, &m);
}

ww_status
ww_family_of(struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_family *out)
{
	ww_status s = WW_OK;

	out->v = ww_arena_array(cx->arena, FAMILY_MAX, sizeof(*out->v));
	out->n = 0;
	if (out->v == NULL)
		return ww_fail_memory(cx);
	out->v[out->n++] = person;
	for (size_t i = 0; s == WW_OK && i < out->n; i++) {
		struct ww_merged like = { .into = out->v[i] };
		struct ww_rows rows;

		s = ww_ledger_scan(l, cx, &ww_entity_merged, 1, &like, FAMILY_MAX, &rows);
		for (size_t k = 0; s == WW_OK && k < rows.n && out->n < FAMILY_MAX; k++)
			out->v[out->n++] = WW_ROW(&rows, merged, k)->person;
	}
	return s;
}
