/* The measure in four steps over the stays of one person in the order in which they began: visits that led to a stay join it,
 * what is one stay in two rows joins, transfers are found, and what is left is judged. */
#include "rules/readmission.h"

#include <wardwire/ctx.h>

#include <stdlib.h>

enum { HOUR_MS = 3600000, LONGEST_DAYS = 365 };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A stay on its way: what joins it makes it longer. */
struct leg {
	const struct ww_readmission_stay *stay;
	size_t at;                /* its place among the stays */
	int64_t admit, leave;     /* days; leave 0: not known */
	int64_t start_ms, end_ms; /* 0: no clock */
	ww_str disposition;
	struct ww_coded coded;
	bool acute; /* it is a stay of the measure, and no mere visit */
	struct ww_readmission_result *result;
};

struct view {
	const struct ww_readmission_terms *terms;
	struct leg *legs; /* sorted */
	size_t n;
};

/* -- what is told ------------------------------------------------------------------------------------ */

static int64_t
clock_of(ww_time t)
{
	return t.prec >= WW_PREC_MIN ? t.ms : 0;
}

static int64_t
day_of(ww_time t, const struct ww_zone *zone)
{
	return t.prec >= WW_PREC_DAY ? ww_time_day(t, zone) : 0;
}

static bool
is_one_of(ww_str code, const char *const *codes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ww_str_is(code, codes[i]))
			return true;
	}
	return false;
}

/* UB-04 patient status; ADT often leaves the zero off. */
static bool
died(ww_str disposition)
{
	static const char *const codes[] = { "20", "40", "41", "42" };

	return is_one_of(disposition, codes, COUNT(codes));
}

static bool
left_against_advice(ww_str disposition)
{
	static const char *const codes[] = { "07", "7" };

	return is_one_of(disposition, codes, COUNT(codes));
}

static bool
still_a_patient(ww_str disposition)
{
	return ww_str_is(disposition, "30");
}

static bool
is_acute(const struct ww_readmission_stay *s, const struct ww_readmission_terms *terms)
{
	return s->class_ == WW_encounter_class_INPATIENT || s->class_ == WW_encounter_class_OB ||
	       (terms->pcr && s->class_ == WW_encounter_class_OBSERVATION);
}

static bool
is_visit(const struct ww_readmission_stay *s)
{
	return s->class_ == WW_encounter_class_ED || s->class_ == WW_encounter_class_OBSERVATION ||
	       s->class_ == WW_encounter_class_OUTPATIENT;
}

static bool
same_place(const struct leg *a, const struct leg *b)
{
	return a->stay->facility.n != 0 && ww_str_eq(a->stay->facility, b->stay->facility);
}

static bool
other_place(const struct leg *a, const struct leg *b)
{
	return a->stay->facility.n != 0 && b->stay->facility.n != 0 && !same_place(a, b);
}

static bool
joined(const struct leg *l)
{
	return l->result->role == WW_READMISSION_JOINED;
}

static int
by_begin(const void *pa, const void *pb)
{
	const struct leg *a = pa, *b = pb;

	if (a->admit != b->admit)
		return a->admit < b->admit ? -1 : 1;
	if (a->start_ms != 0 && b->start_ms != 0 && a->start_ms != b->start_ms)
		return a->start_ms < b->start_ms ? -1 : 1;
	/* Of two of one day without clocks the one that ended first came first. */
	if (a->leave != b->leave && a->leave != 0 && b->leave != 0)
		return a->leave < b->leave ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* -- joining ----------------------------------------------------------------------------------------- */

static ww_status
join_codes(struct ww_ctx *cx, struct ww_coded *to, const struct ww_coded *from)
{
	ww_str *all;

	if (to->principal.n == 0)
		to->principal = from->principal;
	if (from->procedures_n == 0)
		return WW_OK;
	all = ww_arena_array(cx->arena, to->procedures_n + from->procedures_n, sizeof(*all));
	if (all == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < to->procedures_n; i++)
		all[i] = to->procedures[i];
	for (size_t i = 0; i < from->procedures_n; i++)
		all[to->procedures_n + i] = from->procedures[i];
	to->procedures = all;
	to->procedures_n += from->procedures_n;
	return WW_OK;
}

static ww_status
join(struct ww_ctx *cx, struct leg *head, struct leg *part)
{
	part->result->role = WW_READMISSION_JOINED;
	part->result->with = head->at;
	if (part->admit < head->admit || (part->start_ms != 0 && part->start_ms < head->start_ms)) {
		head->admit = part->admit;
		head->start_ms = part->start_ms;
	}
	if (part->acute) {
		if (part->leave == 0 || part->leave >= head->leave) {
			head->leave = part->leave;
			head->end_ms = part->end_ms;
			head->disposition = part->disposition;
		}
		return join_codes(cx, &head->coded, &part->coded);
	}
	return WW_OK;
}

/* An emergency visit, an observation or a surgery from which the patient was taken in: it ended at most an hour before, or had
 * not ended; without clocks, on that day and at that hospital. */
static bool
leads(const struct leg *visit, const struct leg *stay)
{
	if (visit->acute || joined(visit) || !is_visit(visit->stay) || visit->leave == 0)
		return false;
	if (visit->start_ms != 0 && visit->end_ms != 0 && stay->start_ms != 0)
		return visit->start_ms <= stay->start_ms && !other_place(visit, stay) &&
		       stay->start_ms - visit->end_ms <= HOUR_MS;
	return same_place(visit, stay) && visit->admit <= stay->admit &&
	       visit->leave >= stay->admit;
}

static ww_status
join_visits(struct ww_ctx *cx, struct view *v, struct leg *stay)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < v->n; i++) {
			ww_status s;

			if (!leads(&v->legs[i], stay))
				continue;
			s = join(cx, stay, &v->legs[i]);
			if (s != WW_OK)
				return s;
			more = true;
		}
	}
	return WW_OK;
}

/* Both are one stay at one hospital: one lies in the other, the first was billed while the patient was still there, or the
 * patient was back on the same day for the same condition. Where that is not coded, an hour tells. */
static bool
is_one_stay(const struct leg *a, const struct leg *b)
{
	bool clocks = a->end_ms != 0 && b->start_ms != 0;
	bool coded = a->coded.principal.n != 0 && b->coded.principal.n != 0;

	if (!same_place(a, b) || a->leave == 0)
		return false;
	if (b->admit < a->leave || (clocks && b->start_ms < a->end_ms))
		return true;
	if (still_a_patient(a->disposition))
		return b->admit - a->leave <= 1;
	if (b->admit != a->leave)
		return false;
	return coded ? ww_same_condition(a->coded.principal, b->coded.principal)
	             : clocks && b->start_ms - a->end_ms <= HOUR_MS;
}

static ww_status
join_all(struct ww_ctx *cx, struct view *v)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < v->n; i++) {
		if (v->legs[i].acute)
			s = join_visits(cx, v, &v->legs[i]);
	}
	for (size_t i = 0; s == WW_OK && i < v->n; i++) {
		struct leg *head = &v->legs[i];

		for (size_t k = i + 1; s == WW_OK && head->acute && !joined(head) && k < v->n;
		     k++) {
			struct leg *next = &v->legs[k];

			if (next->acute && !joined(next) && is_one_stay(head, next))
				s = join(cx, head, next);
		}
	}
	return s;
}

/* -- transfers --------------------------------------------------------------------------------------- */

/* Taken in at another hospital on the same or the next day, whatever the disposition says. */
static bool
transferred(const struct leg *from, const struct leg *to)
{
	return other_place(from, to) && from->leave != 0 && to->admit - from->leave <= 1;
}

static void
find_transfers(struct view *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct leg *from = &v->legs[i];

		for (size_t k = i + 1; from->acute && !joined(from) && k < v->n; k++) {
			const struct leg *to = &v->legs[k];

			if (!to->acute || joined(to))
				continue;
			if (transferred(from, to)) {
				from->result->role = WW_READMISSION_TRANSFER;
				from->result->with = to->at;
			}
			break; /* what comes later followed the stay in between */
		}
	}
}

/* -- index stays ------------------------------------------------------------------------------------- */

/* Whole years between two days; -1: the birth is not known. */
static int64_t
age_on(ww_time birth, int64_t day, const struct ww_zone *zone)
{
	int by, bm, bd, y, m, d;

	if (birth.prec < WW_PREC_DAY)
		return -1;
	ww_day_civil(ww_time_day(birth, zone), &by, &bm, &bd);
	ww_day_civil(day, &y, &m, &d);
	return y - by - (m < bm || (m == bm && d < bd));
}

static enum ww_readmission_why
why_not_hwr(const struct leg *l)
{
	static const enum ww_readmission_why excluded[] = {
		[WW_EXCLUDED_CANCER] = WW_READMISSION_CANCER,
		[WW_EXCLUDED_REHABILITATION] = WW_READMISSION_REHABILITATION,
		[WW_EXCLUDED_PSYCHIATRIC] = WW_READMISSION_PSYCHIATRIC,
	};
	struct ww_cohort_verdict v = ww_cohort_of(&l->coded);

	l->result->cohort = v.cohort;
	l->result->newer = l->result->newer || v.newer;
	if (l->coded.principal.n == 0)
		return WW_READMISSION_UNCODED;
	if (v.excluded != WW_EXCLUDED_NO)
		return excluded[v.excluded];
	return v.cohort == WW_COHORT_NONE ? WW_READMISSION_NO_COHORT : WW_READMISSION_FITS;
}

static enum ww_readmission_why
why_not_pcr(const struct leg *l)
{
	int year, month, day;

	ww_day_civil(l->leave, &year, &month, &day);
	if (l->leave == l->admit)
		return WW_READMISSION_SAME_DAY;
	return month == 12 && day > 1 ? WW_READMISSION_DECEMBER : WW_READMISSION_FITS;
}

static enum ww_readmission_why
why_not(const struct leg *l, const struct ww_readmission_terms *terms)
{
	int64_t age = age_on(terms->birth, l->admit, terms->zone);

	if (l->leave == 0 || still_a_patient(l->disposition))
		return WW_READMISSION_IN_HOUSE;
	if (died(l->disposition))
		return WW_READMISSION_DIED;
	if (left_against_advice(l->disposition))
		return WW_READMISSION_AGAINST_ADVICE;
	if (age >= 0 && (age < terms->min_age || age > terms->max_age))
		return WW_READMISSION_AGE;
	if (l->stay->uncovered)
		return WW_READMISSION_UNCOVERED;
	if (l->leave - l->admit > LONGEST_DAYS)
		return WW_READMISSION_TOO_LONG;
	return terms->pcr ? why_not_pcr(l) : why_not_hwr(l);
}

/* -- outcomes ---------------------------------------------------------------------------------------- */

static enum ww_readmission_outcome
outcome_by(const struct leg *admission)
{
	enum ww_planned test = admission->result->planned.test;

	if (test == WW_PLANNED_UNCODED)
		return WW_READMISSION_PROVISIONAL;
	return ww_planned_is(test) ? WW_READMISSION_PLANNED : WW_READMISSION_UNPLANNED;
}

static bool
in_time(const struct view *v, const struct leg *index, const struct leg *later)
{
	int64_t days = later->admit - index->leave;

	if (days == 0 && later->start_ms != 0 && index->end_ms != 0 &&
	    later->start_ms < index->end_ms)
		return false;
	return days >= 0 && days <= v->terms->days;
}

/* What came after the stay of that place; what joined another stay came with that one. */
static void
follow(const struct view *v, size_t i)
{
	const struct leg *index = &v->legs[i];
	struct ww_readmission_result *r = index->result;

	r->outcome = index->leave + v->terms->days > v->terms->as_of ? WW_READMISSION_OPEN
	                                                             : WW_READMISSION_NONE;
	for (size_t k = 0; k < v->n; k++) {
		const struct leg *later = &v->legs[k];

		if (k == i || joined(later) || !in_time(v, index, later))
			continue;
		if (!later->acute) {
			r->ed_visit = r->ed_visit || later->stay->class_ == WW_encounter_class_ED;
			r->observation_visit =
			    r->observation_visit ||
			    later->stay->class_ == WW_encounter_class_OBSERVATION;
		} else if (k > i && r->by == index->at) {
			r->by = later->at;
			r->outcome = outcome_by(later);
		}
	}
}

static void
judge(struct view *v)
{
	for (size_t i = 0; i < v->n; i++) {
		struct leg *l = &v->legs[i];

		if (!l->acute || joined(l))
			continue;
		l->result->admitted = l->admit;
		l->result->discharged = l->leave;
		l->result->planned = ww_planned(&l->coded, v->terms->obstetric);
		l->result->newer = l->result->planned.newer;
		l->result->why = why_not(l, v->terms);
		if (l->result->role != WW_READMISSION_TRANSFER)
			l->result->role = l->result->why == WW_READMISSION_FITS
			                      ? WW_READMISSION_INDEX
			                      : WW_READMISSION_NO_INDEX;
	}
	for (size_t i = 0; i < v->n; i++) {
		if (v->legs[i].result->role == WW_READMISSION_INDEX)
			follow(v, i);
	}
}

/* -- all of it --------------------------------------------------------------------------------------- */

ww_status
ww_readmission_judge(struct ww_ctx *cx, const struct ww_readmission_stay *stays, size_t n,
    const struct ww_readmission_terms *terms, struct ww_readmission_result *out)
{
	struct view v = { .terms = terms };
	ww_status s;

	v.legs = ww_arena_array(cx->arena, n + 1, sizeof(*v.legs));
	if (v.legs == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < n; i++) {
		const struct ww_readmission_stay *st = &stays[i];
		struct leg *l = &v.legs[v.n];

		out[i] = (struct ww_readmission_result){
			.with = i, .by = i, .planned = { .code = ww_str_empty() }
		};
		if (day_of(st->start, terms->zone) == 0 || !(is_acute(st, terms) || is_visit(st)))
			continue;
		*l = (struct leg){ .stay = st,
			.at = i,
			.admit = day_of(st->start, terms->zone),
			.leave = day_of(st->end, terms->zone),
			.start_ms = clock_of(st->start),
			.end_ms = clock_of(st->end),
			.disposition = ww_str_trim(st->disposition),
			.coded = st->coded,
			.acute = is_acute(st, terms),
			.result = &out[i] };
		if (l->leave != 0 && l->leave < l->admit) /* nobody leaves before */
			l->leave = l->end_ms = 0;
		v.n++;
	}
	if (v.n > 1)
		qsort(v.legs, v.n, sizeof(*v.legs), by_begin);
	s = join_all(cx, &v);
	if (s != WW_OK)
		return s;
	find_transfers(&v);
	judge(&v);
	return WW_OK;
}

const char *
ww_readmission_why_text(enum ww_readmission_why why)
{
	static const char *const texts[] = {
		[WW_READMISSION_FITS] = "",
		[WW_READMISSION_IN_HOUSE] = "not discharged, as far as is known",
		[WW_READMISSION_DIED] = "died",
		[WW_READMISSION_AGAINST_ADVICE] = "left against medical advice",
		[WW_READMISSION_AGE] = "not of the age",
		[WW_READMISSION_UNCOVERED] = "not insured",
		[WW_READMISSION_TOO_LONG] = "longer than a year",
		[WW_READMISSION_UNCODED] = "not coded yet",
		[WW_READMISSION_CANCER] = "medical treatment of cancer",
		[WW_READMISSION_REHABILITATION] = "rehabilitation",
		[WW_READMISSION_PSYCHIATRIC] = "psychiatric care",
		[WW_READMISSION_NO_COHORT] = "in none of the cohorts",
		[WW_READMISSION_SAME_DAY] = "discharged on the day of admission",
		[WW_READMISSION_DECEMBER] = "discharged after December 1",
	};

	return texts[why];
}
