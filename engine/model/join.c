/* Numbers first, then person and date: internal-model of the reference, authorization known before any ADT. */
#include "model/join.h"

static const int64_t DAY_MS = 86400000;

int64_t
ww_written_day(ww_time t)
{
	int64_t ms = t.ms + (int64_t)t.offset * 60000;

	if (t.prec < WW_PREC_DAY)
		return 0;
	return ms >= 0 ? ms / DAY_MS : -((DAY_MS - 1 - ms) / DAY_MS);
}

static int64_t
apart(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

typedef bool counts_fn(const struct ww_encounter *e);

static bool
counts(const struct ww_encounter *e)
{
	return e->merged_into == 0 && e->status != WW_encounter_status_CANCELLED &&
	       e->status != WW_encounter_status_ERROR;
}

static bool
is_cancelled(const struct ww_encounter *e)
{
	return e->merged_into == 0 && ww_time_known(e->cancelled) && !counts(e);
}

/* -- numbers ---------------------------------------------------------------------------------------- */

/* What both an authorization and a claim state. */
struct numbers {
	ww_str authorizations[2]; /* texts with blanks between numbers */
	ww_str stay, visit_system, visit, account;
};

static bool
has_word(ww_str words, ww_str word)
{
	while (words.n > 0) {
		ww_str one = ww_str_cut(words, ' ', &words);

		if (one.n > 0 && ww_str_eq(one, word))
			return true;
	}
	return false;
}

/* A resource that told of the stay is one of its sources, with a comma and a blank between. */
static bool
is_named(const struct numbers *n, const struct ww_encounter *e)
{
	ww_str rest = e->sources;

	while (n->stay.n > 0 && rest.n > 0) {
		if (ww_str_eq(ww_str_trim(ww_str_cut(rest, ',', &rest)), n->stay))
			return true;
	}
	return false;
}

static bool
is_authorized(const struct numbers *n, const struct ww_encounter *e)
{
	return e->authorization.n != 0 && (has_word(n->authorizations[0], e->authorization) ||
	                                      has_word(n->authorizations[1], e->authorization));
}

/* PV1-50 is kept as authority:number. */
static bool
has_alternate(const struct ww_encounter *e, ww_str number)
{
	ww_str rest = e->alternates;

	while (rest.n > 0) {
		ww_str one = ww_str_cut(rest, ' ', &rest);

		if (one.n > number.n && one.p[one.n - number.n - 1] == ':' &&
		    ww_str_eq(ww_str_sub(one, one.n - number.n, number.n), number))
			return true;
	}
	return false;
}

/* A number without its authority is any; who is meant is known already. */
static bool
is_visit(const struct numbers *n, const struct ww_encounter *e)
{
	if (n->visit.n == 0)
		return false;
	if (ww_str_eq(n->visit, e->visit))
		return n->visit_system.n == 0 || ww_str_eq(n->visit_system, e->visit_system);
	return has_alternate(e, n->visit);
}

static bool
is_account(const struct numbers *n, const struct ww_encounter *e)
{
	return n->account.n != 0 && ww_str_eq(n->account, e->account);
}

static struct ww_joined
by_numbers(
    const struct numbers *n, const struct ww_encounter *stays, size_t stays_n, counts_fn *may)
{
	static const struct {
		bool (*fits)(const struct numbers *n, const struct ww_encounter *e);
		const char *by;
	} ways[] = {
		{ is_named, "Encounter" },
		{ is_authorized, "authorization number" },
		{ is_visit, "visit number" },
		{ is_account, "account number" },
	};

	for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
		for (size_t i = 0; i < stays_n; i++) {
			if (may(&stays[i]) && ways[w].fits(n, &stays[i]))
				return (struct ww_joined){ &stays[i], ways[w].by };
		}
	}
	return (struct ww_joined){ NULL, "" };
}

/* -- person and date -------------------------------------------------------------------------------- */

static bool
is_npi(ww_str s)
{
	uint64_t v;

	return s.n == 10 && ww_str_u64(s, UINT64_C(9999999999), &v);
}

/* Payers and hospitals name places by numbers of their own; two that differ say something only when both are NPIs. */
static bool
are_two_places(ww_str a, ww_str b)
{
	return is_npi(a) && is_npi(b) && !ww_str_eq(a, b);
}

static ww_time
first_known(ww_time a, ww_time b)
{
	return ww_time_known(a) ? a : b;
}

/* When a stay began that a payer would have to authorize. */
static int64_t
admitted_day(const struct ww_encounter *e)
{
	return ww_written_day(first_known(e->inpatient_start, first_known(e->start, e->expected)));
}

/* The nearest to that day; of two as near the one at that place, then the one that began first. */
static struct ww_joined
by_date(ww_str facility, int64_t day, int64_t most, const struct ww_encounter *stays, size_t n,
    counts_fn *may, int64_t (*day_of)(const struct ww_encounter *e))
{
	struct ww_joined best = { NULL, "" };
	int64_t best_at = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		const struct ww_encounter *e = &stays[i];
		int64_t on = may(e) ? day_of(e) : 0, at;

		if (on == 0 || apart(on, day) > most || are_two_places(facility, e->facility))
			continue;
		at = 2 * apart(on, day) + !ww_str_ieq(facility, e->facility);
		if (at >= best_at)
			continue;
		best_at = at;
		best = (struct ww_joined){ e, "person and date" };
	}
	return best;
}

/* A visit that is none of the inpatients' is not what an admission was authorized for; one that is planned may be. */
static int64_t
authorized_day(const struct ww_encounter *e)
{
	bool may = ww_time_known(e->inpatient_start) || ww_time_known(e->expected) ||
	           e->status == WW_encounter_status_PLANNED ||
	           e->class_ == WW_encounter_class_INPATIENT ||
	           e->class_ == WW_encounter_class_PREADMIT;

	return may ? admitted_day(e) : 0;
}

static int64_t
cancelled_day(const struct ww_encounter *e)
{
	return ww_written_day(e->cancelled_start);
}

static struct ww_joined
join_authorization(const struct ww_authorization *a, const struct ww_encounter *stays, size_t n,
    counts_fn *may, int64_t (*day_of)(const struct ww_encounter *e))
{
	struct numbers numbers = { .authorizations = { a->granted, a->number },
		.stay = a->stay,
		.visit_system = a->visit_system,
		.visit = a->visit,
		.account = a->account };
	struct ww_joined j = by_numbers(&numbers, stays, n, may);
	int64_t day = ww_written_day(first_known(a->requested, a->authorized));

	if (j.stay != NULL || a->inpatient == 0 || day == 0)
		return j;
	return by_date(a->facility, day, WW_JOIN_DAYS, stays, n, may, day_of);
}

struct ww_joined
ww_join_authorization(const struct ww_authorization *a, const struct ww_encounter *stays, size_t n)
{
	return join_authorization(a, stays, n, counts, authorized_day);
}

struct ww_joined
ww_join_cancelled(const struct ww_authorization *a, const struct ww_encounter *stays, size_t n)
{
	struct ww_joined j = join_authorization(a, stays, n, counts, authorized_day);

	return j.stay == NULL ? join_authorization(a, stays, n, is_cancelled, cancelled_day)
	                      : (struct ww_joined){ NULL, "" };
}

/* -- claims ----------------------------------------------------------------------------------------- */

/* Of a visit that may have been at a hospital's emergency department or on a ward. */
static int64_t
start_day(const struct ww_encounter *e)
{
	bool other = e->class_ == WW_encounter_class_OUTPATIENT ||
	             e->class_ == WW_encounter_class_RECURRING ||
	             e->class_ == WW_encounter_class_NONPATIENT;

	if (other && !ww_time_known(e->ed_start) && !ww_time_known(e->inpatient_start) &&
	    !ww_time_known(e->obs_start))
		return 0;
	return ww_written_day(e->start);
}

/* A bill for work at a hospital during a stay, by somebody who bills for themselves. */
static struct ww_joined
during(const struct ww_claim *c, int64_t day, const struct ww_encounter *stays, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ww_encounter *e = &stays[i];
		int64_t from = start_day(e), to = ww_written_day(e->end);

		if (counts(e) && from != 0 && to != 0 && day >= from - WW_JOIN_CLAIM_DAYS &&
		    day <= to + WW_JOIN_CLAIM_DAYS && !are_two_places(c->facility, e->facility))
			return (struct ww_joined){ e, "person and date" };
	}
	return (struct ww_joined){ NULL, "" };
}

struct ww_joined
ww_join_claim(const struct ww_claim *c, const struct ww_encounter *stays, size_t n)
{
	struct numbers numbers = { .authorizations = { c->authorization, ww_str_empty() },
		.stay = c->stay,
		.visit_system = c->visit_system,
		.visit = c->visit,
		.account = c->account };
	struct ww_joined j = by_numbers(&numbers, stays, n, counts);
	int64_t day = ww_written_day(first_known(c->admitted, c->start));
	bool at_hospital = c->class_ == WW_encounter_class_INPATIENT ||
	                   c->class_ == WW_encounter_class_ED ||
	                   c->class_ == WW_encounter_class_OBSERVATION;

	if (j.stay != NULL || day == 0 || !at_hospital)
		return j;
	j = by_date(c->facility, day, WW_JOIN_CLAIM_DAYS, stays, n, counts, start_day);
	return j.stay == NULL ? during(c, day, stays, n) : j;
}
