#include <wardwire/chain.h>

#include <wardwire/model.h>

enum { MINUTE_MS = 60000, HOUR_MS = 3600000, DAY_MS = 86400000 };

/* How near in time two visits must be, where no number says that they belong together. */
enum {
	ADMITTED_WITHIN_MS = HOUR_MS, /* of the end of the emergency visit */
	LEFT_OPEN_MS = DAY_MS,        /* of its beginning, when its end is not known */
	PLANNED_WITHIN_MS = 3 * DAY_MS,
	TRANSFER_MS = DAY_MS,
};

/* -- what a visit is -------------------------------------------------------------------------------- */

static bool
is_void(const struct ww_encounter *e)
{
	return e->merged_into != 0 || e->status == WW_encounter_status_CANCELLED ||
	       e->status == WW_encounter_status_ERROR || e->status == WW_encounter_status_UNKNOWN;
}

static bool
led_on(const struct ww_encounter *e)
{
	return e->closed == 2;
}

static bool
is_plan(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_PLANNED ||
	       (led_on(e) && e->class_ == WW_encounter_class_PREADMIT);
}

static bool
is_emergency(const struct ww_encounter *e)
{
	return !is_void(e) && !is_plan(e) && ww_time_known(e->ed_start) &&
	       !ww_time_known(e->inpatient_start);
}

/* The patient is or was there. */
static bool
took_place(const struct ww_encounter *e)
{
	return !is_void(e) && !is_plan(e) && ww_time_known(e->start);
}

static bool
is_stay(const struct ww_encounter *e)
{
	return took_place(e) && ww_time_known(e->inpatient_start);
}

bool
ww_chain_may_lead(const struct ww_encounter *v)
{
	return is_emergency(v) || (!is_void(v) && is_plan(v));
}

/* The end that its own events say. */
static ww_time
own_end(const struct ww_encounter *v)
{
	return led_on(v) ? (ww_time){ 0 } : v->end;
}

static bool
has_clock(ww_time t)
{
	return t.prec >= WW_PREC_MIN;
}

static bool
same(ww_str a, ww_str b)
{
	return a.n != 0 && ww_str_eq(a, b);
}

static bool
same_place(const struct ww_encounter *a, const struct ww_encounter *b)
{
	return same(a->facility, b->facility);
}

static bool
same_account(const struct ww_encounter *a, ww_str a_account, const struct ww_encounter *b)
{
	return ww_str_eq(a->feed, b->feed) && same(a_account, b->account);
}

/* -- from the emergency department -------------------------------------------------------------------- */

/* MRG-5 or MRG-3 of the stay name the emergency visit. An account may be older than the visit. */
static bool
ed_by_number(const struct ww_encounter *v, const struct ww_encounter *s)
{
	int64_t over = own_end(v).ms;

	if (s->inpatient_start.ms < v->ed_start.ms - MINUTE_MS)
		return false;
	if (same(s->prior_visit, v->visit) && ww_str_eq(s->prior_system, v->visit_system))
		return true;
	return same_account(s, s->prior_account, v) &&
	       s->inpatient_start.ms - (over != 0 ? over : v->ed_start.ms) <= DAY_MS;
}

/* The patient was taken in while there, or within the hour, and was not sent elsewhere: patient status 09 is "admitted
 * as an inpatient to this hospital". A stay with an emergency arrival of its own did not begin here. */
static bool
ed_by_time(const struct ww_encounter *v, const struct ww_encounter *s)
{
	ww_time end = own_end(v), in = s->inpatient_start;

	if (!same_place(v, s) || ww_time_known(s->ed_start) || !has_clock(in) ||
	    !has_clock(v->ed_start) || in.ms < v->ed_start.ms - MINUTE_MS)
		return false;
	if (!ww_time_known(end))
		return in.ms - v->ed_start.ms <= LEFT_OPEN_MS;
	return has_clock(end) && (v->disposition.n == 0 || ww_str_is(v->disposition, "09")) &&
	       in.ms - end.ms <= ADMITTED_WITHIN_MS;
}

/* -- from a plan -------------------------------------------------------------------------------------- */

static bool
in_time(const struct ww_encounter *v, const struct ww_encounter *s)
{
	return !ww_time_known(v->expected) || s->start.ms >= v->expected.ms - PLANNED_WITHIN_MS;
}

static bool
plan_by_number(const struct ww_encounter *v, const struct ww_encounter *s)
{
	return ww_str_eq(v->feed, s->feed) &&
	       (same(s->preadmit, v->preadmit) || same(s->preadmit, v->visit));
}

static bool
plan_by_account(const struct ww_encounter *v, const struct ww_encounter *s)
{
	return same_account(s, s->account, v) && !is_emergency(s) && in_time(v, s);
}

/* A stay that was planned under its own number is what became of that plan and of no other. */
static bool
plan_by_time(const struct ww_encounter *v, const struct ww_encounter *s)
{
	int64_t apart = s->start.ms - v->expected.ms;

	return is_stay(s) && same_place(v, s) && ww_time_known(v->expected) &&
	       !ww_time_known(s->expected) && apart <= PLANNED_WITHIN_MS &&
	       apart >= -PLANNED_WITHIN_MS;
}

/* -- which ------------------------------------------------------------------------------------------ */

/* Numbers say more than times. */
static const struct way {
	bool (*of)(const struct ww_encounter *v);
	bool (*to)(const struct ww_encounter *s);
	bool (*holds)(const struct ww_encounter *v, const struct ww_encounter *s);
} ways[] = {
	{ is_emergency, is_stay, ed_by_number },
	{ is_emergency, is_stay, ed_by_time },
	{ is_plan, took_place, plan_by_number },
	{ is_plan, took_place, plan_by_account },
	{ is_plan, took_place, plan_by_time },
};
enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

/* By which way; WAYS: none. */
static size_t
way_of(const struct ww_encounter *v, const struct ww_encounter *s)
{
	size_t i = 0;

	if (v->id == s->id || !ww_chain_may_lead(v))
		return WAYS;
	while (i < WAYS && !(ways[i].of(v) && ways[i].to(s) && ways[i].holds(v, s)))
		i++;
	return i;
}

bool
ww_chain_leads(const struct ww_encounter *v, const struct ww_encounter *s)
{
	return way_of(v, s) < WAYS;
}

/* Of two by the same way the earlier; what is left to tell them apart came with the messages, too. */
static bool
is_before(const struct ww_encounter *a, const struct ww_encounter *b)
{
	if (a->start.ms != b->start.ms)
		return a->start.ms < b->start.ms;
	return ww_str_cmp(a->visit, b->visit) < 0;
}

const struct ww_encounter *
ww_chain_successor(const struct ww_encounter *v, const struct ww_encounter *of_person, size_t n)
{
	const struct ww_encounter *best = NULL;
	size_t by = WAYS;

	for (size_t i = 0; i < n; i++) {
		size_t way = way_of(v, &of_person[i]);

		if (way < by || (way < WAYS && way == by && is_before(&of_person[i], best))) {
			best = &of_person[i];
			by = way;
		}
	}
	return best;
}

void
ww_chain_lead(struct ww_encounter *v, const struct ww_encounter *s)
{
	v->led_to = s->id;
	if (v->status == WW_encounter_status_FINISHED && v->closed == 0)
		return;
	if (!is_plan(v))
		v->end = s->inpatient_start;
	v->status = WW_encounter_status_FINISHED;
	v->closed = 2;
}

/* -- transfers -------------------------------------------------------------------------------------- */

static bool
is_one_of(ww_str code, const char *const *codes)
{
	while (*codes != NULL && !ww_str_is(code, *codes))
		codes++;
	return *codes != NULL;
}

/* UB-04 patient status: to a hospital for acute care, a cancer centre or children's hospital, a federal hospital, a
 * critical access hospital; the second row are the same with a readmission planned. */
bool
ww_chain_left_by_transfer(const struct ww_encounter *e)
{
	static const char *const codes[] = { "02", "05", "43", "66", "82", "85", "88", "94", NULL };

	return is_one_of(e->disposition, codes);
}

/* Table 0023, as UB-04 point of origin has it: from a hospital. */
static bool
came_by_transfer(const struct ww_encounter *e)
{
	return ww_str_is(e->admit_source, "4");
}

bool
ww_chain_transferred(const struct ww_encounter *from, const struct ww_encounter *to)
{
	int64_t gap = to->start.ms - from->end.ms;

	return from->id != to->id && is_stay(from) && is_stay(to) && ww_time_known(from->end) &&
	       from->start.ms < to->start.ms && gap <= TRANSFER_MS && gap >= -TRANSFER_MS &&
	       (ww_chain_left_by_transfer(from) || came_by_transfer(to));
}

/* The visit from which the patient came; NULL: from none. */
static const struct ww_encounter *
before(const struct ww_encounter *e, const struct ww_encounter *others, size_t n)
{
	const struct ww_encounter *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct ww_encounter *o = &others[i];
		bool leads = is_emergency(o) && o->led_to == e->id;

		if (o->start.ms < e->start.ms && (leads || ww_chain_transferred(o, e)) &&
		    (best == NULL || is_before(o, best)))
			best = o;
	}
	return best;
}

const struct ww_encounter *
ww_chain_first(const struct ww_encounter *stay, const struct ww_encounter *others, size_t n)
{
	const struct ww_encounter *first = stay, *next = stay;

	/* each begins before the last */
	while (next != NULL) {
		first = next;
		next = before(first, others, n);
	}
	return first;
}

bool
ww_chain_goes_on(const struct ww_encounter *stay, const struct ww_encounter *others, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ww_chain_transferred(stay, &others[i]))
			return true;
	}
	return false;
}
