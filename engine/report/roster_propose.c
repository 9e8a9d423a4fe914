/* Members whom a practice treats and no roster has: what people may propose to a payer. It attributes nobody. */
#include "report/roster.h"

#include "model/member.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 500 };

/* A member and a practice. */
struct proposal {
	ww_id person;
	ww_str member, practice;
	int64_t visits, claims, last; /* day of the newest */
};

struct propose {
	struct ww_ledger *l;
	struct ww_ctx *cx; /* of the result */
	struct ww_ctx one; /* of a person */
	const struct ww_config *c;
	int64_t since, today; /* days */
	struct proposal *v;
	size_t n, cap;
	struct proposal *now; /* by the configuration's parties: of the person in hand */
};

/* -- numbers ----------------------------------------------------------------------------------------------- */

/* A row of a roster that is in force has it; or the first number is set. */
static ww_status
look_up(struct propose *p, ww_str number, ww_str *first, bool *attributed)
{
	struct ww_attribution like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.member_key = ww_member_key(&p->one, number);
	if (like.member_key.n == 0)
		return WW_OK;
	if (first->n == 0)
		*first = like.member_key;
	s = ww_find(p->l, &p->one, attribution, "by_member", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		*attributed = *attributed || WW_ROW(&rows, attribution, i)->closed_ms == 0;
	return s;
}

static ww_status
look_at_numbers(struct propose *p, ww_id person, ww_str *first, bool *attributed)
{
	struct ww_coverage coverage;
	struct ww_identifier identifier;
	struct ww_rows rows;
	ww_status s;

	*first = ww_str_empty();
	*attributed = false;
	ww_row_init(&ww_entity_coverage, &coverage);
	coverage.person = person;
	s = ww_ledger_scan(p->l, &p->one, &ww_entity_coverage, 1, &coverage, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		s = look_up(p, WW_ROW(&rows, coverage, i)->member_id, first, attributed);
	ww_row_init(&ww_entity_identifier, &identifier);
	identifier.person = person;
	if (s == WW_OK)
		s = ww_ledger_scan(p->l, &p->one, &ww_entity_identifier, 1, &identifier, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		if (WW_ROW(&rows, identifier, i)->payer != 0)
			s = look_up(p, WW_ROW(&rows, identifier, i)->value, first, attributed);
	return s;
}

/* -- visits and claims -------------------------------------------------------------------------------------- */

/* Something was done on that day by who has that number: the practice's place among the parties, or none. */
static struct proposal *
practice_of(struct propose *p, ww_str provider)
{
	for (size_t i = 0; i < p->c->parties_n; i++) {
		const struct ww_party *party = &p->c->parties[i];

		if (ww_same_digits(provider, party->npi) || ww_same_digits(provider, party->tin))
			return &p->now[i];
	}
	return NULL;
}

static void
note(struct proposal *at, int64_t day)
{
	at->last = day > at->last ? day : at->last;
}

static ww_status
count_claims(struct propose *p, ww_id person)
{
	struct ww_claim_detail from, to;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_claim_detail, &from);
	ww_row_init(&ww_entity_claim_detail, &to);
	from.person = to.person = person;
	from.day = p->since;
	to.day = p->today + 1;
	s = ww_ledger_between(p->l, &p->one, &ww_entity_claim_detail, &from, &to, false, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_claim_detail *d = WW_ROW(&rows, claim_detail, i);
		struct proposal *at = practice_of(p, d->provider);

		if (at == NULL)
			continue;
		at->claims++;
		note(at, d->day);
	}
	return s;
}

static ww_status
count_visits(struct propose *p, ww_id person)
{
	struct ww_encounter like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.person = person;
	s = ww_find(p->l, &p->one, encounter, "by_person", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_encounter *e = WW_ROW(&rows, encounter, i);
		int64_t day = ww_time_known(e->start) ? ww_time_day(e->start, NULL) : 0;
		struct proposal *at = practice_of(p, e->attending_npi);

		if (at == NULL || day < p->since || e->status == WW_encounter_status_CANCELLED ||
		    e->status == WW_encounter_status_ERROR || e->merged_into != 0)
			continue;
		at->visits++;
		note(at, day);
	}
	return s;
}

/* -- persons ------------------------------------------------------------------------------------------------ */

static ww_status
keep(struct propose *p, const struct proposal *at)
{
	if (p->n == p->cap) {
		size_t cap = p->cap == 0 ? 64 : 2 * p->cap;
		struct proposal *v = ww_arena_array(p->cx->arena, cap, sizeof(*v));

		if (v == NULL)
			return ww_fail_memory(p->cx);
		if (p->n > 0)
			memcpy(v, p->v, p->n * sizeof(*v));
		p->v = v;
		p->cap = cap;
	}
	p->v[p->n++] = *at;
	return WW_OK;
}

static ww_status
look_at_person(struct propose *p, ww_id person)
{
	ww_str first;
	bool attributed;
	ww_status s;

	s = look_at_numbers(p, person, &first, &attributed);
	if (s != WW_OK || attributed || first.n == 0)
		return s;
	first = ww_arena_str(p->cx->arena, first);
	for (size_t i = 0; i < p->c->parties_n; i++)
		p->now[i] = (struct proposal){
			.person = person, .member = first, .practice = p->c->parties[i].name
		};
	s = count_claims(p, person);
	if (s == WW_OK)
		s = count_visits(p, person);
	for (size_t i = 0; s == WW_OK && i < p->c->parties_n; i++)
		if (p->now[i].visits + p->now[i].claims > 0)
			s = keep(p, &p->now[i]);
	return s;
}

static ww_status
look_at_all(struct propose *p)
{
	struct ww_person from, to;
	struct ww_rows rows = { .n = PAGE };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_person, &from);
	ww_row_init(&ww_entity_person, &to);
	to.id = INT64_MAX;
	while (s == WW_OK && rows.n == PAGE) {
		ww_id ids[PAGE];
		size_t n = 0;

		ww_ctx_clear(&p->one);
		s = ww_ledger_between(
		    p->l, &p->one, &ww_entity_person, &from, &to, false, PAGE, &rows);
		for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
			const struct ww_person *person = WW_ROW(&rows, person, i);

			from.id = person->id;
			if (person->merged_into == 0 && person->test == 0)
				ids[n++] = person->id;
		}
		for (size_t i = 0; s == WW_OK && i < n; i++) {
			ww_ctx_clear(&p->one);
			s = look_at_person(p, ids[i]);
		}
	}
	return s;
}

/* -- the list ------------------------------------------------------------------------------------------------- */

static int
by_weight(const void *pa, const void *pb)
{
	const struct proposal *a = pa, *b = pb;
	int64_t x = a->visits + a->claims, y = b->visits + b->claims;

	if (x != y)
		return x > y ? -1 : 1;
	if (a->last != b->last)
		return a->last > b->last ? -1 : 1;
	return (a->person > b->person) - (a->person < b->person);
}

static void
write_list(struct propose *p, size_t most, struct ww_json *list)
{
	struct ww_ctx *cx = p->cx;

	for (size_t i = 0; i < p->n && i < most; i++) {
		const struct proposal *at = &p->v[i];
		struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));
		int y, m, d;

		ww_day_civil(at->last, &y, &m, &d);
		ww_json_set_str(cx, o, "practice", at->practice);
		ww_json_set_str(cx, o, "member", at->member);
		ww_json_set_str(
		    cx, o, "person", ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(at->person)));
		ww_json_set_int(cx, o, "visits", at->visits);
		ww_json_set_int(cx, o, "claims", at->claims);
		ww_json_set_str(
		    cx, o, "last", ww_arena_printf(cx->arena, "%04d-%02d-%02d", y, m, d));
	}
}

ww_status
ww_roster_propose(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_config *c,
    int64_t since_day, int64_t now, size_t most, struct ww_json **out)
{
	struct propose p = { .l = l,
		.cx = cx,
		.one = { .arena = ww_arena_new(0) },
		.c = c,
		.since = since_day,
		.today = ww_time_day(ww_time_at(now, NULL), NULL) };
	ww_status s = WW_OK;

	p.now = ww_arena_array(cx->arena, c->parties_n + 1, sizeof(*p.now));
	if (p.now == NULL || p.one.arena == NULL)
		s = ww_fail(cx, WW_E_MEMORY, NULL, "proposals");
	if (s == WW_OK)
		s = look_at_all(&p);
	if (s != WW_OK && cx->fail.status == WW_OK)
		cx->fail = p.one.fail;
	if (s == WW_OK && p.n > 1)
		qsort(p.v, p.n, sizeof(*p.v), by_weight);
	*out = ww_json_array(cx);
	if (s == WW_OK)
		write_list(&p, most, *out);
	ww_arena_free(p.one.arena);
	return s;
}
