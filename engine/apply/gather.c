/* What the rules are told of claims, Conditions and authorizations beside the stays. */
#include "apply/work.h"

#include "model/join.h"
#include "store/history.h"

#include <stdlib.h>

enum { YEAR = 366 };

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
	ww_status s = ww_history_problems(l, cx, f, &rows);

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
ww_gather_told(struct ww_ledger *l, struct ww_ctx *cx, ww_id person,
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
