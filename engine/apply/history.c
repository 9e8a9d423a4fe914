/* Reads of one person at a time: each table is clustered by person and day. */
#include "apply/history.h"

#include "model/join.h"

#include <stdlib.h>
#include <string.h>

enum { FAMILY_MAX = 256, YEAR = 366 };

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

static ww_status
read_problems(
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

/* -- for the rules ----------------------------------------------------------------------------------- */

static ww_status
gather_authorizations(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f,
    const struct ww_encounter *stays, size_t n, struct ww_case *c)
{
	struct ww_authorization *own;
	struct ww_rows rows;
	ww_status s = ww_history_authorizations(l, cx, f, &rows);

	if (s != WW_OK || rows.n == 0)
		return s;
	own = ww_arena_array(cx->arena, rows.n, sizeof(*own));
	if (own == NULL)
		return ww_fail_memory(cx);
	c->authorizations = own;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_authorization *a = WW_ROW(&rows, authorization, i);
		const struct ww_encounter *e = ww_join_authorization(a, stays, n).stay;

		if (e != NULL && e->id == c->encounter->id && a->replaced_by == 0)
			own[c->authorizations_n++] = *a;
	}
	return WW_OK;
}

static int
by_claim(const void *pa, const void *pb)
{
	const struct ww_billed *a = pa, *b = pb;

	return (a->claim > b->claim) - (a->claim < b->claim);
}

static ww_status
gather_billed(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f,
    const struct ww_encounter *stays, size_t n, struct ww_case *c)
{
	int64_t day = ww_written_day(c->encounter->start), end = ww_written_day(c->encounter->end);
	struct ww_billed *billed;
	struct ww_rows rows;
	ww_status s;

	if (day == 0)
		return WW_OK;
	s = ww_history_claims(l, cx, f, day - YEAR, (end > day ? end : day) + 1, &rows);
	if (s != WW_OK || rows.n == 0)
		return s;
	billed = ww_arena_array(cx->arena, rows.n, sizeof(*billed));
	if (billed == NULL)
		return ww_fail_memory(cx);
	c->billed = billed;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_claim *row = WW_ROW(&rows, claim, i);
		const struct ww_encounter *e;

		if (row->status != WW_claim_status_COUNTS)
			continue;
		e = ww_join_claim(row, stays, n).stay;
		billed[c->billed_n++] = (struct ww_billed){ .claim = row->id,
			.day = row->day,
			.class_ = row->class_,
			.stay = e != NULL ? e->id : 0 };
	}
	if (c->billed_n > 1)
		qsort(billed, c->billed_n, sizeof(*billed), by_claim);
	return WW_OK;
}

/* A condition that lasts counts whenever it began; one that is over, and what a claim says, on its day. */
static bool
lasts(const struct ww_problem *p)
{
	static const char *const over[] = { "resolved", "remission", "inactive" };

	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++) {
		if (ww_str_is(p->clinical, over[i]))
			return false;
	}
	return p->claim == 0;
}

static ww_status
gather_told(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, struct ww_case *c)
{
	struct ww_told *told;
	struct ww_rows rows;
	ww_status s = read_problems(l, cx, f, &rows);

	if (s != WW_OK || rows.n == 0)
		return s;
	told = ww_arena_array(cx->arena, rows.n, sizeof(*told));
	if (told == NULL)
		return ww_fail_memory(cx);
	c->told = told;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_problem *p = WW_ROW(&rows, problem, i);
		struct ww_billed key = { .claim = p->claim };
		const struct ww_billed *b =
		    c->billed_n == 0 ? NULL
		                     : bsearch(&key, c->billed, c->billed_n, sizeof(key), by_claim);

		if (p->claim != 0 && b == NULL)
			continue; /* it does not count, or is too old to */
		told[c->told_n++] = (struct ww_told){ .code = p->code,
			.system = p->system,
			.day = p->day,
			.stay = b != NULL ? b->stay : p->encounter,
			.lasts = lasts(p) };
	}
	return WW_OK;
}

ww_status
ww_history_gather(struct ww_ledger *l, struct ww_ctx *cx, ww_id person,
    const struct ww_encounter *stays, size_t stays_n, struct ww_case *c)
{
	struct ww_family f;
	ww_status s = ww_family_of(l, cx, person, &f);

	if (s == WW_OK)
		s = gather_authorizations(l, cx, &f, stays, stays_n, c);
	/* Only what is judged when a stay is over looks at what was billed before: others need not wait for the reading. */
	if (s != WW_OK || c->encounter->status != WW_encounter_status_FINISHED)
		return s;
	s = gather_billed(l, cx, &f, stays, stays_n, c);
	return s == WW_OK ? gather_told(l, cx, &f, c) : s;
}
