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

/* Of the rows of days from..to the fields that are asked for: most of the time goes into reading columns. */
static ww_status
part_of(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const struct ww_family *f, const struct ww_part *part, int64_t from, int64_t to,
    struct ww_rows *out)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < f->n; i++) {
		const struct ww_stretch where = { .of = f->v[i], .from = from, .to = to };
		struct ww_rows rows;

		s = ww_ledger_part(l, cx, e, part, &where, &rows);
		if (s == WW_OK)
			s = append(cx, e, out, &rows);
	}
	return s;
}

/* Whole rows of days from..to. */
static ww_status
between(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const struct ww_family *f, int64_t from, int64_t to, struct ww_rows *out)
{
	const struct ww_part whole = { .fields = UINT64_MAX };

	*out = (struct ww_rows){ .n = 0 };
	return part_of(l, cx, e, f, &whole, from, to, out);
}

ww_status
ww_history_claims(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, int64_t from,
    int64_t to, struct ww_rows *out)
{
	return between(l, cx, &ww_entity_claim, f, from, to, out);
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

ww_status
ww_history_bills(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, int64_t from,
    int64_t to, struct ww_rows *out)
{
	static const size_t fields[] = {
		offsetof(struct ww_claim, status),
		offsetof(struct ww_claim, class_),
		offsetof(struct ww_claim, start),
		offsetof(struct ww_claim, admitted),
		offsetof(struct ww_claim, facility),
		offsetof(struct ww_claim, authorization),
		offsetof(struct ww_claim, visit_system),
		offsetof(struct ww_claim, visit),
		offsetof(struct ww_claim, account),
		offsetof(struct ww_claim, stay),
	};
	const struct ww_part part = { .fields =
		                          ww_part_fields(&ww_entity_claim, fields, COUNT(fields)) };

	*out = (struct ww_rows){ .n = 0 };
	return part_of(l, cx, &ww_entity_claim, f, &part, from, to, out);
}

ww_status
ww_history_details(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, int64_t from,
    int64_t to, struct ww_rows *out)
{
	return between(l, cx, &ww_entity_claim_detail, f, from, to, out);
}

ww_status
ww_history_procedures(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f,
    int64_t from, int64_t to, struct ww_rows *out)
{
	static const size_t fields[] = {
		offsetof(struct ww_procedure, claim),
		offsetof(struct ww_procedure, code),
		offsetof(struct ww_procedure, system),
		offsetof(struct ww_procedure, status),
		offsetof(struct ww_procedure, encounter),
	};
	const struct ww_part part = { .fields = ww_part_fields(
		                          &ww_entity_procedure, fields, COUNT(fields)) };

	*out = (struct ww_rows){ .n = 0 };
	return part_of(l, cx, &ww_entity_procedure, f, &part, from, to, out);
}

ww_status
ww_history_dispenses(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f,
    int64_t from, int64_t to, struct ww_rows *out)
{
	return between(l, cx, &ww_entity_dispense, f, from, to, out);
}

ww_status
ww_history_observations(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f,
    int64_t from, int64_t to, struct ww_rows *out)
{
	return between(l, cx, &ww_entity_observation, f, from, to, out);
}

ww_status
ww_history_eligibility(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, struct ww_rows *out)
{
	struct ww_eligibility like;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_eligibility, &like);
	*out = (struct ww_rows){ .n = 0 };
	for (size_t i = 0; s == WW_OK && i < f->n; i++) {
		struct ww_rows rows;

		like.person = f->v[i];
		s = ww_ledger_scan(l, cx, &ww_entity_eligibility, 1, &like, 0, &rows);
		if (s == WW_OK)
			s = append(cx, &ww_entity_eligibility, out, &rows);
	}
	return s;
}

ww_status
ww_history_told(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, int64_t from,
    int64_t to, struct ww_rows *out)
{
	static const size_t fields[] = {
		offsetof(struct ww_problem, claim),
		offsetof(struct ww_problem, code),
		offsetof(struct ww_problem, system),
		offsetof(struct ww_problem, type),
		offsetof(struct ww_problem, clinical),
		offsetof(struct ww_problem, encounter),
	};
	const struct ww_entity *e = &ww_entity_problem;
	const size_t claim[] = { offsetof(struct ww_problem, claim) };
	const struct ww_part all = { .fields = ww_part_fields(e, fields, COUNT(fields)) };
	struct ww_part conditions = all;
	ww_status s;

	conditions.filtered = true;
	while ((ww_part_fields(e, claim, 1) >> conditions.field & 1) == 0)
		conditions.field++;
	*out = (struct ww_rows){ .n = 0 };
	s = part_of(l, cx, e, f, &conditions, INT32_MIN, from - 1, out);
	if (s == WW_OK)
		s = part_of(l, cx, e, f, &all, from, to, out);
	return s == WW_OK ? part_of(l, cx, e, f, &conditions, to + 1, INT32_MAX, out) : s;
}
