#include "apply/gather.h"

#include "apply/roster.h"
#include "apply/work.h"

#include <wardwire/chain.h>
#include <wardwire/program.h>

#include "model/join.h"
#include "store/history.h"

#include <stdlib.h>
#include <string.h>

enum { YEAR = 366, BEFORE = 92 };

/* What is being gathered, and of which days. */
struct gather {
	struct ww_work *w;
	struct ww_case *c;
	unsigned needs;
	struct ww_family family;
	struct ww_encounter *stays; /* all of the person */
	size_t stays_n;
	int64_t from, day,
	    to; /* first day that is read, that of the admission or of the judging, last day */
};

/* -- authorizations ----------------------------------------------------------------------------------- */

static ww_status
gather_authorizations(struct gather *g)
{
	struct ww_case *c = g->c;
	struct ww_authorization *own;
	struct ww_rows rows;
	ww_status s = ww_history_authorizations(g->w->l, g->w->cx, &g->family, &rows);

	if (s != WW_OK || rows.n == 0)
		return s;
	own = ww_arena_array(g->w->cx->arena, rows.n, sizeof(*own));
	if (own == NULL)
		return ww_fail_memory(g->w->cx);
	c->authorizations = own;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_authorization *a = WW_ROW(&rows, authorization, i);
		const struct ww_encounter *e = ww_join_authorization(a, g->stays, g->stays_n).stay;

		if (e != NULL && e->id == c->encounter->id && a->replaced_by == 0)
			own[c->authorizations_n++] = *a;
	}
	return WW_OK;
}

/* -- claims and what is told beside stays ------------------------------------------------------------- */

static int
by_claim(const void *pa, const void *pb)
{
	const struct ww_billed *a = pa, *b = pb;

	return (a->claim > b->claim) - (a->claim < b->claim);
}

/* NULL: it does not count, or is too old to. */
static const struct ww_billed *
billed_of(const struct ww_case *c, int64_t claim)
{
	struct ww_billed key = { .claim = claim };

	return c->billed_n == 0 ? NULL
	                        : bsearch(&key, c->billed, c->billed_n, sizeof(key), by_claim);
}

/* Only an inpatient's: there are few. */
static ww_status
add_detail(struct gather *g, const struct ww_claim *row, struct ww_billed *b)
{
	struct ww_claim_detail d;
	bool found;
	ww_status s;

	b->disposition = b->admit_type = ww_str_empty();
	b->facility = row->facility;
	if (row->class_ != WW_encounter_class_INPATIENT)
		return WW_OK;
	ww_row_init(&ww_entity_claim_detail, &d);
	d.person = row->person;
	d.day = row->day;
	d.claim = row->id;
	s = ww_get(g->w->l, g->w->cx, claim_detail, &d, &found);
	if (s != WW_OK || !found)
		return s;
	b->end = ww_written_day(ww_time_known(d.discharged) ? d.discharged : d.end);
	b->disposition = d.disposition;
	b->admit_type = d.admit_type;
	return WW_OK;
}

static ww_status
gather_billed(struct gather *g)
{
	struct ww_case *c = g->c;
	struct ww_billed *billed;
	struct ww_rows rows;
	ww_status s = ww_history_bills(g->w->l, g->w->cx, &g->family, g->from, g->to, &rows);

	if (s != WW_OK || rows.n == 0)
		return s;
	billed = ww_arena_array(g->w->cx->arena, rows.n, sizeof(*billed));
	if (billed == NULL)
		return ww_fail_memory(g->w->cx);
	c->billed = billed;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_claim *row = WW_ROW(&rows, claim, i);
		const struct ww_encounter *e;
		struct ww_billed *b = &billed[c->billed_n];

		if (row->status != WW_claim_status_COUNTS)
			continue;
		e = ww_join_claim(row, g->stays, g->stays_n).stay;
		*b = (struct ww_billed){ .claim = row->id,
			.day = row->day,
			.class_ = row->class_,
			.stay = e != NULL ? e->id : 0 };
		s = add_detail(g, row, b);
		c->billed_n++;
	}
	if (c->billed_n > 1)
		qsort(billed, c->billed_n, sizeof(*billed), by_claim);
	return s;
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
gather_told(struct gather *g)
{
	struct ww_case *c = g->c;
	struct ww_told *told;
	struct ww_rows rows;
	ww_status s = ww_history_told(g->w->l, g->w->cx, &g->family, g->from, g->to, &rows);

	if (s != WW_OK || rows.n == 0)
		return s;
	told = ww_arena_array(g->w->cx->arena, rows.n, sizeof(*told));
	if (told == NULL)
		return ww_fail_memory(g->w->cx);
	c->told = told;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_problem *p = WW_ROW(&rows, problem, i);
		const struct ww_billed *b = p->claim != 0 ? billed_of(c, p->claim) : NULL;

		if (p->claim != 0 && b == NULL)
			continue;
		told[c->told_n++] = (struct ww_told){ .code = p->code,
			.system = p->system,
			.day = p->day,
			.stay = b != NULL ? b->stay : p->encounter,
			.lasts = lasts(p),
			.claim = p->claim,
			.type = p->type };
	}
	return WW_OK;
}

/* Of a stay what was done in it and in those it may have followed: nobody looks further back. */
static ww_status
gather_done(struct gather *g)
{
	int64_t from = g->c->encounter != NULL ? g->day - BEFORE : g->from;
	struct ww_case *c = g->c;
	struct ww_done *done;
	struct ww_rows rows;
	ww_status s = ww_history_procedures(g->w->l, g->w->cx, &g->family, from, g->to, &rows);

	if (s != WW_OK || rows.n == 0)
		return s;
	done = ww_arena_array(g->w->cx->arena, rows.n, sizeof(*done));
	if (done == NULL)
		return ww_fail_memory(g->w->cx);
	c->done = done;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_procedure *p = WW_ROW(&rows, procedure, i);
		const struct ww_billed *b = p->claim != 0 ? billed_of(c, p->claim) : NULL;

		if (p->claim != 0 && b == NULL)
			continue;
		done[c->done_n++] = (struct ww_done){ .code = p->code,
			.system = p->system,
			.day = p->day,
			.stay = b != NULL ? b->stay : p->encounter,
			.claim = p->claim };
	}
	return WW_OK;
}

/* -- results ------------------------------------------------------------------------------------------ */

/* From the admission on, a day early as the clocks of two systems differ. */
static ww_status
gather_results(struct gather *g)
{
	struct ww_case *c = g->c;
	struct ww_observation *kept;
	struct ww_rows rows;
	ww_status s = ww_history_observations(g->w->l, g->w->cx, &g->family,
	    c->encounter != NULL ? g->day - 1 : g->from, g->to, &rows);

	if (s != WW_OK || rows.n == 0)
		return s;
	kept = ww_arena_array(g->w->cx->arena, rows.n, sizeof(*kept));
	if (kept == NULL)
		return ww_fail_memory(g->w->cx);
	c->results = kept;
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_observation *o = WW_ROW(&rows, observation, i);

		if (ww_rule_observes(o->system, o->code))
			kept[c->results_n++] = *o;
	}
	return WW_OK;
}

/* -- drugs -------------------------------------------------------------------------------------------- */

/* The same ingredient in another package has another NDC: what is called alike is one drug. */
static ww_str
drug_of(const struct ww_dispense *d)
{
	const ww_str *const names[] = { &d->rxnorm, &d->text, &d->ndc, &d->code };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i]->n != 0)
			return *names[i];
	}
	return ww_str_empty();
}

static bool
was_given_out(const struct ww_case *c, const struct ww_dispense *d)
{
	static const char *const never[] = { "cancelled", "declined", "entered-in-error",
		"stopped" };

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		if (ww_str_is(d->status, never[i]))
			return false;
	}
	return d->kind == WW_dispense_kind_FILLED && drug_of(d).n != 0 &&
	       (d->claim == 0 || billed_of(c, d->claim) != NULL);
}

static int
by_text(const void *pa, const void *pb)
{
	return ww_str_cmp(*(const ww_str *)pa, *(const ww_str *)pb);
}

static ww_status
gather_drugs(struct gather *g)
{
	struct ww_rows rows;
	ww_str *names;
	size_t n = 0;
	ww_status s =
	    ww_history_dispenses(g->w->l, g->w->cx, &g->family, g->day - (YEAR - 1), g->day, &rows);

	if (s != WW_OK || rows.n == 0)
		return s;
	names = ww_arena_array(g->w->cx->arena, rows.n, sizeof(*names));
	if (names == NULL)
		return ww_fail_memory(g->w->cx);
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_dispense *d = WW_ROW(&rows, dispense, i);

		if (was_given_out(g->c, d))
			names[n++] = drug_of(d);
	}
	qsort(names, n, sizeof(*names), by_text);
	for (size_t i = 0; i < n; i++)
		g->c->drugs += i == 0 || !ww_str_eq(names[i], names[i - 1]);
	return WW_OK;
}

/* -- insurance ---------------------------------------------------------------------------------------- */

static bool
insures(const struct ww_eligibility *e)
{
	return !ww_str_is(e->status, "cancelled") && !ww_str_is(e->status, "entered-in-error") &&
	       !ww_str_is(e->status, "draft") && ww_written_day(e->start) != 0;
}

/* Whoever insures: one that takes over on the day after the other ends leaves no break. */
static ww_status
gather_insured(struct gather *g)
{
	struct ww_rows rows;
	int64_t since = g->day + 1;
	bool longer = true;
	ww_status s = ww_history_eligibility(g->w->l, g->w->cx, &g->family, &rows);

	while (s == WW_OK && longer) {
		longer = false;
		for (size_t i = 0; i < rows.n; i++) {
			const struct ww_eligibility *e = WW_ROW(&rows, eligibility, i);
			int64_t start = ww_written_day(e->start), end = ww_written_day(e->end);

			if (!insures(e) || start >= since || (end != 0 && end < since - 1) ||
			    (since > g->day && end != 0 && end < g->day))
				continue;
			since = start;
			longer = true;
		}
	}
	g->c->insured_since = since <= g->day ? since : 0;
	return s;
}

/* -- the case ----------------------------------------------------------------------------------------- */

static const struct {
	unsigned need;
	bool dated; /* without the day of the admission there is nothing to read */
	ww_status (*gather)(struct gather *g);
} parts[] = {
	/* procedures and drugs ask which claims count */
	{ WW_NEEDS_CLAIMS | WW_NEEDS_PROCEDURES | WW_NEEDS_DRUGS, true, gather_billed },
	{ WW_NEEDS_CLAIMS, false, gather_told },
	{ WW_NEEDS_PROCEDURES, true, gather_done },
	{ WW_NEEDS_RESULTS, true, gather_results },
	{ WW_NEEDS_DRUGS, true, gather_drugs },
	{ WW_NEEDS_ELIGIBILITY, true, gather_insured },
};

static ww_status
gather_parts(struct gather *g)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		if ((g->needs & parts[i].need) != 0 && (g->day != 0 || !parts[i].dated))
			s = parts[i].gather(g);
	}
	return s;
}

static void
init(struct ww_work *w, const struct ww_zone *zone, struct ww_case *c)
{
	memset(c, 0, sizeof(*c));
	c->since_ms = w->a->since;
	if (ww_time_known(w->a->config->history_since) &&
	    w->a->config->history_since.ms < c->since_ms)
		c->since_ms = w->a->config->history_since.ms;
	if (zone == NULL && w->feed != NULL)
		zone = w->feed->zone;
	if (zone == NULL && w->a->config->feeds_n > 0)
		zone = w->a->config->feeds[0].zone;
	c->zone = zone != NULL ? zone : ww_zone_utc();
	c->as_of = ww_time_day(ww_time_at(w->cx->now, c->zone), c->zone);
	c->birth = w->person.birth;
	c->sex = w->person.sex;
}

/* The person's stays and diagnoses; those of the stay apart, if there is one. g->stays has room for one more. */
static ww_status
gather_stays(struct gather *g, bool made_now)
{
	struct ww_work *w = g->w;
	struct ww_case *c = g->c;
	ww_id stay = c->encounter != NULL ? c->encounter->id : 0;
	struct ww_diagnosis like, *own, *history;
	struct ww_encounter of_person;
	struct ww_rows stays = { .n = 0 };
	struct ww_rows dx = { .p = w->facts.diagnoses, .n = made_now ? w->facts.diagnoses_n : 0 };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_encounter, &of_person);
	of_person.person = w->person.id;
	if (!made_now)
		s = ww_find(w->l, w->cx, encounter, "by_person", &of_person, &stays);
	ww_row_init(&ww_entity_diagnosis, &like);
	like.person = w->person.id;
	if (s == WW_OK && !made_now)
		s = ww_ledger_scan(w->l, w->cx, &ww_entity_diagnosis, 1, &like, 0, &dx);
	if (s != WW_OK)
		return s;
	g->stays = ww_arena_array(w->cx->arena, stays.n + 1, sizeof(*g->stays));
	own = ww_arena_array(w->cx->arena, dx.n + 1, sizeof(*own));
	history = ww_arena_array(w->cx->arena, dx.n + 1, sizeof(*history));
	if (g->stays == NULL || own == NULL || history == NULL)
		return ww_fail_memory(w->cx);
	c->others = g->stays;
	c->diagnoses = own;
	c->history = history;
	for (size_t i = 0; i < stays.n; i++) {
		if (WW_ROW(&stays, encounter, i)->id != stay)
			g->stays[c->others_n++] = *WW_ROW(&stays, encounter, i);
	}
	for (size_t i = 0; i < dx.n; i++) {
		const struct ww_diagnosis *d = WW_ROW(&dx, diagnosis, i);

		if (stay != 0 && d->encounter == stay)
			own[c->diagnoses_n++] = *d;
		else
			history[c->history_n++] = *d;
	}
	return WW_OK;
}

/* Only what is judged when a stay is over, or about to be, looks at what was billed before: others need not wait for the
 * reading. */
static bool
is_ending(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_FINISHED || ww_time_known(e->expected_end);
}

ww_status
ww_gather_stay(struct ww_work *w, unsigned needs, struct ww_case *c)
{
	struct gather g = { .w = w, .c = c, .needs = needs };
	bool made_now = ww_made_now(w, w->person.id);
	ww_status s;

	init(w, NULL, c);
	c->encounter = &w->after;
	s = gather_stays(&g, made_now);
	if (s == WW_OK && !made_now) {
		int64_t end = ww_written_day(w->after.end);

		g.stays[c->others_n] = w->after;
		g.stays_n = c->others_n + 1;
		g.day = ww_written_day(ww_chain_first(&w->after, c->others, c->others_n)->start);
		g.from = g.day - YEAR;
		g.to = (end > c->as_of ? end : c->as_of) + 1;
		s = ww_family_of(w->l, w->cx, w->person.id, &g.family);
		if (s == WW_OK)
			s = gather_authorizations(&g);
		if (s == WW_OK && is_ending(&w->after)) {
			s = gather_parts(&g);
		} else if (s == WW_OK && (needs & WW_NEEDS_RECENT) != 0 && g.day != 0) {
			g.from = g.day - BEFORE;
			s = gather_billed(&g);
		}
	}
	if (s == WW_OK && (needs & WW_NEEDS_VISITS) != 0)
		s = ww_case_visits(w->cx, c);
	return s;
}

static ww_status
gather_beside(struct ww_work *w, unsigned needs, struct ww_case *c)
{
	struct gather g = { .w = w, .c = c, .needs = needs };
	ww_status s = gather_stays(&g, false);

	g.stays_n = c->others_n;
	g.day = c->as_of;
	g.from = g.day - 2 * YEAR;
	g.to = g.day + 1;
	if (s == WW_OK)
		s = ww_family_of(w->l, w->cx, w->person.id, &g.family);
	if (s == WW_OK)
		s = gather_parts(&g);
	if (s == WW_OK && (needs & WW_NEEDS_VISITS) != 0)
		s = ww_case_visits(w->cx, c);
	return s;
}

ww_status
ww_gather_person(struct ww_work *w, unsigned needs, const struct ww_zone *zone, struct ww_case *c)
{
	ww_status s;

	init(w, zone, c);
	s = (needs & WW_NEEDS_ATTRIBUTION) != 0
	        ? ww_roster_changes(w, &c->reattributed, &c->reattributed_n)
	        : WW_OK;
	return s == WW_OK ? gather_beside(w, needs, c) : s;
}

ww_status
ww_gather_authorization(struct ww_work *w, const struct ww_authorization *au, unsigned needs,
    const struct ww_zone *zone, struct ww_case *c)
{
	init(w, zone, c);
	c->authorization = c->authorizations = au;
	c->authorizations_n = 1;
	return gather_beside(w, needs, c);
}

bool
ww_gather_wants(const struct ww_apply *a, enum ww_needs need)
{
	for (size_t i = 0; i < a->programs.n; i++) {
		const struct ww_program *p = &a->programs.v[i];

		for (size_t k = 0; k < p->rules_n; k++) {
			const struct ww_rule *rule = ww_rule_find(p->rules[k]);

			if (rule != NULL && rule->on == WW_ON_STAY && (rule->needs & need) != 0)
				return true;
		}
	}
	return false;
}
