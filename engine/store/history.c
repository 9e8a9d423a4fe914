/* Reads of one person at a time: each table is clustered by person and day. */
#include "store/history.h"

#include <string.h>

enum { FAMILY_MAX = 256 };

ww_status
ww_family_of(struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_family *out)
{
	struct ww_merged like = { .into = person };
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_merged, 1, &like, FAMILY_MAX, &rows);
	size_t cap = rows.n == 0 ? 1 : FAMILY_MAX;

	if (s != WW_OK)
		return s;
	out->v = ww_arena_array(cx->arena, cap, sizeof(*out->v));
	if (out->v == NULL)
		return ww_fail_memory(cx);
	out->v[0] = person;
	out->n = 1;
	for (size_t i = 0; s == WW_OK && i < out->n; i++) {
		if (i > 0) {
			like.into = out->v[i];
			s = ww_ledger_scan(l, cx, &ww_entity_merged, 1, &like, FAMILY_MAX, &rows);
		}
		for (size_t k = 0; s == WW_OK && k < rows.n && out->n < cap; k++)
			out->v[out->n++] = WW_ROW(&rows, merged, k)->person;
	}
	return s;
}

/* Puts the rows of several reads behind one another. */
static ww_status
append(
    struct ww_ctx *cx, const struct ww_entity *e, struct ww_rows *all, const struct ww_rows *more)
{
	char *p;

	if (all->n == 0 || more->n == 0) {
		*all = all->n == 0 ? *more : *all;
		return WW_OK;
	}
	p = ww_arena_array(cx->arena, all->n + more->n, e->size);
	if (p == NULL)
		return ww_fail_memory(cx);
	memcpy(p, all->p, all->n * e->size);
	memcpy(p + all->n * e->size, more->p, more->n * e->size);
	*all = (struct ww_rows){ p, all->n + more->n };
	return WW_OK;
}

ww_status
ww_history_authorizations(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, struct ww_rows *out)
{
	struct ww_authorization like;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_authorization, &like);
	*out = (struct ww_rows){ .n = 0 };
	for (size_t i = 0; s == WW_OK && i < f->n; i++) {
		struct ww_rows rows;

		like.person = f->v[i];
		s = ww_find(l, cx, authorization, "by_person", &like, &rows);
		if (s == WW_OK)
			s = append(cx, &ww_entity_authorization, out, &rows);
	}
	return s;
}

ww_status
ww_history_claims(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, int64_t from,
    int64_t to, struct ww_rows *out)
{
	struct ww_claim low, high;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_claim, &low);
	ww_row_init(&ww_entity_claim, &high);
	low.day = from - 1;
	high.day = to + 1;
	low.id = INT64_MAX;
	*out = (struct ww_rows){ .n = 0 };
	for (size_t i = 0; s == WW_OK && i < f->n; i++) {
		struct ww_rows rows;

		low.person = high.person = f->v[i];
		s = ww_ledger_between(l, cx, &ww_entity_claim, &low, &high, false, 0, &rows);
		if (s == WW_OK)
			s = append(cx, &ww_entity_claim, out, &rows);
	}
	return s;
}

ww_status
ww_history_problems(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, struct ww_rows *out)
{
	struct ww_problem like;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_problem, &like);
	*out = (struct ww_rows){ .n = 0 };
	for (size_t i = 0; s == WW_OK && i < f->n; i++) {
		struct ww_rows rows;

		like.person = f->v[i];
		s = ww_ledger_scan(l, cx, &ww_entity_problem, 1, &like, 0, &rows);
		if (s == WW_OK)
			s = append(cx, &ww_entity_problem, out, &rows);
	}
	return s;
}
