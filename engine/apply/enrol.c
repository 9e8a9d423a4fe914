/* Who is insured since when (Coverage), and whose patient a member is by an attribution list that comes as a Group. Such a
 * list is a roster of its own, "feed/Group/id", beside those that come as files: its rows are searched, and the stays of its
 * members judged again, as theirs are. */
#include "apply/claims.h"

#include "model/member.h"

#include <wardwire/json.h>

#include <stdlib.h>
#include <string.h>

/* -- periods of insurance ------------------------------------------------------------------------------- */

ww_status
ww_learn_eligibility(struct ww_request_work *rw, const struct ww_brought *b)
{
	struct ww_fhir_source source = ww_learn_source(rw, b);
	const struct ww_json *patient;
	struct ww_eligibility e;
	struct ww_work *w = NULL;
	struct ww_rows old;
	ww_status s = ww_fhir_eligibility(rw->cx, &source, rw->feed, &e, &patient);

	if (s == WW_OK)
		s = ww_learn_patient(rw, b, patient, &w);
	if (s != WW_OK || w == NULL)
		return s;
	s = ww_find(w->l, w->cx, eligibility, "by_resource", &e, &old);
	if (s != WW_OK)
		return s;
	if (old.n != 0 && WW_ROW(&old, eligibility, 0)->recorded.ms > e.recorded.ms)
		return WW_OK;
	e.id = old.n != 0 ? WW_ROW(&old, eligibility, 0)->id : ww_ctx_id(w->cx);
	e.person = w->person.id;
	for (size_t i = 0; s == WW_OK && i < old.n; i++)
		s = ww_ledger_remove(
		    w->l, w->cx, &ww_entity_eligibility, WW_ROW(&old, eligibility, i));
	return s == WW_OK ? ww_put(w->l, w->cx, eligibility, &e) : s;
}

/* -- a list in hand ------------------------------------------------------------------------------------- */

struct ids {
	ww_id *v;
	size_t n, cap;
};

struct round {
	struct ww_request_work *rw; /* whose arena is the record's */
	struct ww_request_work own; /* the same, in an arena of one member: there may be 100,000 */
	struct ww_ctx cx;
	struct ww_group group;
	struct ww_fhir_source source;
	ww_str roster;
	ww_str only; /* the member that is gone through; empty: all */
	struct ids touched;
	struct ww_numbers changed;
	size_t changed_cap;
	size_t rows, unknown; /* members that were attributed, and not */
};

/* Room for one more in the record's arena. */
static ww_status
grow(struct ww_ctx *cx, void **v, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap == 0 ? 64 : 2 * *cap;
	void *p;

	if (n < *cap)
		return WW_OK;
	p = ww_arena_array(cx->arena, more, size);
	if (p == NULL)
		return ww_fail_memory(cx);
	if (n > 0)
		memcpy(p, *v, n * size);
	*v = p;
	*cap = more;
	return WW_OK;
}

static ww_status
note_touched(struct round *r, ww_id id)
{
	void *v = r->touched.v;
	ww_status s = grow(r->rw->cx, &v, r->touched.n, &r->touched.cap, sizeof(ww_id));

	r->touched.v = v;
	if (s == WW_OK)
		r->touched.v[r->touched.n++] = id;
	return s;
}

static ww_status
note_changed(struct round *r, ww_str key)
{
	void *v = r->changed.v;
	ww_status s = grow(r->rw->cx, &v, r->changed.n, &r->changed_cap, sizeof(ww_str));

	r->changed.v = v;
	if (s == WW_OK)
		r->changed.v[r->changed.n++] = ww_arena_str(r->rw->cx->arena, key);
	return s;
}

/* -- whose patient ---------------------------------------------------------------------------------------- */

static ww_str
digits(struct ww_ctx *cx, ww_str s)
{
	char *p = ww_arena_alloc(cx->arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; p != NULL && i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			p[n++] = s.p[i];
	}
	return p != NULL ? ww_str_of(p, n) : ww_str_empty();
}

/* The party with the nearest of those numbers; NULL: there is none. */
static const struct ww_party *
party_of(struct round *r, const struct ww_group_member *m)
{
	const struct ww_config *c = r->rw->a->config;

	for (size_t i = 0; i < m->providers.n; i++) {
		for (size_t k = 0; k < c->parties_n; k++) {
			const struct ww_party *p = &c->parties[k];
			ww_str tin = digits(&r->cx, p->tin);

			if (ww_str_eq(m->providers.v[i], p->npi) ||
			    (tin.n != 0 && ww_str_eq(m->providers.v[i], tin)))
				return p;
		}
	}
	return NULL;
}

/* -- rows --------------------------------------------------------------------------------------------------- */

static bool
same_time(ww_time a, ww_time b)
{
	return a.prec == b.prec && a.ms == b.ms;
}

static bool
is_same_person(const struct ww_attribution *a, const struct ww_attribution *b)
{
	return ww_birth_day(a->birth) == ww_birth_day(b->birth) && ww_same_name(a->given, b->given);
}

static ww_status
put_row(struct round *r, const struct ww_attribution *at, const struct ww_attribution *old)
{
	bool same = old != NULL && old->closed_ms == at->closed_ms &&
	            same_time(old->effective, at->effective) && same_time(old->end, at->end) &&
	            ww_str_eq(old->practice, at->practice) && ww_str_eq(old->family, at->family) &&
	            ww_str_eq(old->given, at->given) && same_time(old->birth, at->birth);
	ww_status s = note_touched(r, at->id);

	if (s == WW_OK && !same)
		s = note_changed(r, at->member_key);
	return s == WW_OK ? ww_put(r->rw->l, r->rw->cx, attribution, at) : s;
}

/* Until the day that it names, else until the record's. */
static void
end_row(struct round *r, const struct ww_group_member *m, struct ww_attribution *at)
{
	at->end =
	    ww_time_known(m->row.end) ? m->row.end : ww_time_at(r->rw->cx->now, r->rw->feed->zone);
}

/* What the change makes of a row that is there; another: it is of another practice than the member's is now. */
static ww_status
change_row(struct round *r, const struct ww_group_member *m, const struct ww_attribution *old,
    bool another, bool unknown)
{
	struct ww_attribution at = *old;

	if (m->change == WW_GROUP_CHANGE && another)
		at.closed_ms = r->rw->cx->now;
	else if (m->change == WW_GROUP_END && (!another || unknown))
		end_row(r, m, &at);
	else if (m->change == WW_GROUP_NEVER && (!another || unknown))
		at.closed_ms = 1; /* it was in force on no day */
	else if (another)
		return WW_OK;
	return put_row(r, &at, old);
}

/* The rows of the member under that number. party NULL: whose patient it is, is not known. */
static ww_status
keep_number(
    struct round *r, const struct ww_group_member *m, ww_str number, const struct ww_party *party)
{
	struct ww_attribution at = m->row, *own = NULL;
	struct ww_rows rows;
	bool starts = m->change != WW_GROUP_END && m->change != WW_GROUP_NEVER;
	ww_status s;

	at.roster = r->roster;
	at.member_id = number;
	at.member_key = ww_member_key(&r->cx, number);
	s = ww_find(r->rw->l, &r->cx, attribution, "by_member", &at, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_attribution *old = WW_ROW(&rows, attribution, i);
		bool another = party == NULL || !ww_str_eq(old->practice, party->name);

		if (!ww_str_eq(old->roster, r->roster) || !is_same_person(old, &at))
			continue;
		if (!another)
			own = old;
		if (another || !starts)
			s = change_row(r, m, old, another, party == NULL);
	}
	if (s != WW_OK || !starts || party == NULL)
		return s;
	at.id = own != NULL ? own->id : ww_ctx_id(r->rw->cx);
	at.practice = party->name;
	return put_row(r, &at, own);
}

/* -- members ------------------------------------------------------------------------------------------------- */

/* Kept until the Patient comes, or the list comes again. */
static ww_status
keep_unattributed(struct round *r, const struct ww_group_member *m, const char *reason)
{
	struct ww_unattributed u;

	ww_row_init(&ww_entity_unattributed, &u);
	u.roster = r->roster;
	u.member = m->name;
	u.provider = m->provider;
	u.reason = ww_str_from(reason);
	u.change = m->code;
	u.effective = m->row.effective;
	u.end = m->row.end;
	u.seq = (int64_t)r->rw->cx->seq;
	return ww_put(r->rw->l, r->rw->cx, unattributed, &u);
}

/* What was said of the member before and could not be acted on. */
static ww_status
forget_unattributed(struct round *r, ww_str member)
{
	struct ww_unattributed like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_unattributed, &like);
	like.roster = r->roster;
	like.member = member;
	s = ww_ledger_scan(r->rw->l, &r->cx, &ww_entity_unattributed, 2, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		s = ww_ledger_remove(
		    r->rw->l, r->rw->cx, &ww_entity_unattributed, WW_ROW(&rows, unattributed, i));
	return s;
}

static const char *
why_not(const struct ww_group_member *m, const struct ww_party *party)
{
	if (!m->known)
		return "its Patient is not known";
	if (m->numbers[0].n == 0)
		return "neither the Patient nor the Coverage has a payer's number";
	if (party == NULL && m->change != WW_GROUP_END && m->change != WW_GROUP_NEVER)
		return m->providers.n == 0 ? "its provider has no NPI and no TIN"
		                           : "no party has the NPI or TIN of its provider";
	return NULL;
}

static ww_status
go_through_member(struct round *r, const struct ww_json *member)
{
	struct ww_group_member m;
	const struct ww_party *party;
	const char *why;
	ww_status s;

	ww_arena_reset(r->cx.arena);
	s = ww_fhir_group_member(&r->cx, &r->source, r->rw->feed, &r->group, member, &m);
	if (s != WW_OK || m.name.n == 0 || (r->only.n != 0 && !ww_str_eq(r->only, m.name)))
		return s;
	s = forget_unattributed(r, m.name);
	party = party_of(r, &m);
	why = why_not(&m, party);
	r->rows += why == NULL;
	r->unknown += why != NULL;
	if (s == WW_OK && why != NULL)
		return keep_unattributed(r, &m, why);
	for (size_t i = 0; s == WW_OK && i < WW_GROUP_NUMBERS && m.numbers[i].n != 0; i++)
		s = keep_number(r, &m, m.numbers[i], party);
	return s;
}

static ww_status
go_through(struct round *r)
{
	ww_status s = WW_OK;

	for (const struct ww_json *m = ww_json_first(r->group.members); s == WW_OK && m != NULL;
	     m = ww_json_next(m))
		s = go_through_member(r, m);
	return s;
}

/* -- a list that is the whole ---------------------------------------------------------------------------------- */

static int
by_id(const void *pa, const void *pb)
{
	const ww_id *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

/* Ends what the list has no more, unless that is too much to be meant; *held: how many would have ended. One that was deleted
 * has nobody. */
static ww_status
close_rest(struct round *r, bool deleted, size_t *held)
{
	struct ww_request_work *rw = r->rw;
	struct ww_attribution like;
	struct ww_rows rows;
	size_t open = 0, gone = 0;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.roster = r->roster;
	ww_arena_reset(r->cx.arena);
	s = ww_find(rw->l, &r->cx, attribution, "by_roster", &like, &rows);
	if (s != WW_OK || rows.n == 0)
		return s;
	if (r->touched.n > 1)
		qsort(r->touched.v, r->touched.n, sizeof(ww_id), by_id);
	for (size_t i = 0; i < rows.n; i++) {
		struct ww_attribution *at = WW_ROW(&rows, attribution, i);

		open += at->closed_ms == 0;
		if (at->closed_ms == 0 &&
		    (r->touched.n == 0 ||
		        bsearch(&at->id, r->touched.v, r->touched.n, sizeof(ww_id), by_id) == NULL))
			gone++;
		else
			at->closed_ms = -1; /* stays as it is */
	}
	if (!deleted && gone * 100 > (size_t)rw->feed->fhir.group_drop * open) {
		*held = gone;
		return WW_OK;
	}
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_attribution *at = WW_ROW(&rows, attribution, i);

		if (at->closed_ms != 0)
			continue;
		at->closed_ms = rw->cx->now;
		s = note_changed(r, at->member_key);
		if (s == WW_OK)
			s = ww_put(rw->l, rw->cx, attribution, at);
	}
	return s;
}

/* -- the list ---------------------------------------------------------------------------------------------------- */

static ww_status
count_open(struct round *r, int64_t *out)
{
	struct ww_attribution like;
	struct ww_rows rows;
	ww_status s;

	*out = 0;
	ww_row_init(&ww_entity_attribution, &like);
	like.roster = r->roster;
	ww_arena_reset(r->cx.arena);
	s = ww_find(r->rw->l, &r->cx, attribution, "by_roster", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		*out += WW_ROW(&rows, attribution, i)->closed_ms == 0;
	return s;
}

static ww_status
count_unattributed(struct round *r, int64_t *out)
{
	struct ww_unattributed like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_unattributed, &like);
	like.roster = r->roster;
	ww_arena_reset(r->cx.arena);
	s = ww_ledger_scan(r->rw->l, &r->cx, &ww_entity_unattributed, 1, &like, 0, &rows);
	*out = (int64_t)rows.n;
	return s;
}

static ww_status
keep_roster(struct round *r, size_t held)
{
	struct ww_ctx *cx = r->rw->cx;
	struct ww_roster row;
	ww_status s;

	ww_row_init(&ww_entity_roster, &row);
	row.name = r->roster;
	row.loaded_ms = cx->now;
	s = count_open(r, &row.rows);
	if (s == WW_OK)
		s = count_unattributed(r, &row.rejected);
	if (held != 0)
		row.problem = ww_arena_printf(cx->arena,
		    "%zu members are gone, more than feeds[].fhir.group_drop allows: nobody was "
		    "ended",
		    held);
	else if (row.rejected != 0)
		row.problem = ww_arena_printf(
		    cx->arena, "%lld members could not be attributed", (long long)row.rejected);
	if (s == WW_OK && row.problem.n != 0)
		r->rw->message.reason = row.problem;
	if (s == WW_OK)
		s = ww_put(r->rw->l, cx, roster, &row);
	return s == WW_OK ? ww_apply_count_rosters(r->rw->a, cx) : s;
}

static ww_status
learn_list(struct round *r, bool whole, bool deleted)
{
	size_t held = 0;
	ww_status s = deleted ? WW_OK : go_through(r);

	if (s == WW_OK && (whole || deleted))
		s = close_rest(r, deleted, &held);
	if (s == WW_OK)
		s = keep_roster(r, held);
	if (s != WW_OK && r->cx.fail.status != WW_OK)
		r->rw->cx->fail = r->cx.fail;
	return s == WW_OK ? ww_reattribute(r->rw->a, r->rw->cx, &r->changed) : s;
}

static ww_status
start(struct round *r, struct ww_request_work *rw, const struct ww_brought *b)
{
	*r = (struct round){ .rw = rw, .own = *rw, .only = ww_str_empty() };
	r->cx = *rw->cx;
	r->cx.arena = ww_arena_new(0);
	if (r->cx.arena == NULL)
		return ww_fail(rw->cx, WW_E_MEMORY, NULL, "a list of members");
	r->own.cx = &r->cx;
	r->source = ww_learn_source(rw, b);
	r->source.arg = &r->own;
	r->roster = ww_arena_printf(
	    rw->cx->arena, "%.*s/%.*s", WW_STR_FMT(rw->feed->name), WW_STR_FMT(r->source.name));
	return ww_fhir_group(rw->cx, &r->source, rw->feed, &r->group);
}

ww_status
ww_learn_group(struct ww_request_work *rw, const struct ww_brought *b)
{
	struct round r;
	ww_status s = start(&r, rw, b);

	if (s == WW_OK && !r.group.persons)
		rw->message.reason =
		    WW_STR("no list of members: type person and actual are wanted");
	if (s == WW_OK && r.group.persons)
		s = learn_list(&r, rw->feed->fhir.group_whole, b->deleted);
	ww_arena_free(r.cx.arena);
	return s;
}

/* -- a Patient that a list named before it came ------------------------------------------------------------------- */

static ww_status
learn_from_list(struct ww_request_work *rw, ww_str roster, ww_str member)
{
	struct ww_brought b = { .type = WW_STR("Group") };
	struct round r;
	ww_str name;
	ww_status s;

	(void)ww_str_cut(roster, '/', &name);
	(void)ww_str_cut(name, '/', &b.id);
	s = ww_request_resolve(rw, name, &b.tree);
	if (s != WW_OK || b.tree == NULL)
		return s;
	s = start(&r, rw, &b);
	r.only = member;
	if (s == WW_OK && r.group.persons)
		s = learn_list(&r, false, false);
	ww_arena_free(r.cx.arena);
	return s;
}

ww_status
ww_learn_listed(struct ww_request_work *rw, const struct ww_brought *b)
{
	ww_str feed = ww_arena_printf(rw->cx->arena, "%.*s/", WW_STR_FMT(rw->feed->name));
	struct ww_unattributed like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_unattributed, &like);
	like.member = ww_learn_source(rw, b).name;
	s = ww_find(rw->l, rw->cx, unattributed, "by_member", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_unattributed *u = WW_ROW(&rows, unattributed, i);

		if (ww_str_starts(u->roster, feed))
			s = learn_from_list(rw, u->roster, u->member);
	}
	return s;
}
