/* Which visit of the person a message is about whose number of the visit, if it has one, is not known: step by step, the
 * first that finds one. Two different numbers are two visits, whatever else agrees; what several numbers mean for one
 * patient is the chain's matter (chain.c). */
#include "apply/work.h"

#include <wardwire/act.h>

enum { MINUTE_MS = 60000 };

/* -- what is compared ------------------------------------------------------------------------------- */

static bool
is_open(const struct ww_encounter *e)
{
	return e->status != WW_encounter_status_UNKNOWN &&
	       e->status != WW_encounter_status_FINISHED &&
	       e->status != WW_encounter_status_CANCELLED && e->status != WW_encounter_status_ERROR;
}

bool
ww_visit_is_account(ww_str system)
{
	return ww_str_starts(system, WW_STR("account:")) ||
	       ww_str_starts(system, WW_STR("test:account:"));
}

static bool
is_resource(ww_str system)
{
	return ww_str_starts(system, WW_STR("fhir:")) ||
	       ww_str_starts(system, WW_STR("test:fhir:"));
}

/* A number of a visit, and not none, or an account's or a resource's name in its stead. */
static bool
has_number(ww_str system, ww_str visit)
{
	return visit.n != 0 && !ww_visit_is_account(system) && !is_resource(system);
}

int
ww_visit_worth(const struct ww_encounter *e)
{
	if (!has_number(e->visit_system, e->visit))
		return 0;
	return ww_str_find(e->visit_system, ':') < e->visit_system.n ? 1 : 2;
}

/* The one is a version of an Encounter, and the other is another Encounter of the same feed. */
static bool
is_other_resource(const struct ww_work *w, const struct ww_encounter *e)
{
	ww_str one = w->facts.event.source, id,
	       kind = ww_str_sub(one, 0, ww_str_cut(one, '/', &id).n + 1);

	for (ww_str list = e->sources; one.n != 0 && list.n != 0;) {
		ww_str its = ww_str_trim(ww_str_cut(list, ',', &list));

		if (ww_str_starts(its, kind) && !ww_str_eq(its, one))
			return true;
	}
	return false;
}

static bool
told_apart(const struct ww_work *w, const struct ww_encounter *e)
{
	if (is_other_resource(w, e))
		return true;
	return has_number(w->facts.visit_system, w->facts.visit) &&
	       has_number(e->visit_system, e->visit);
}

static bool
same_account(const struct ww_work *w, const struct ww_encounter *e)
{
	ww_str account = w->facts.account;

	return account.n != 0 && ww_str_eq(e->feed, w->feed->name) && !told_apart(w, e) &&
	       (ww_str_eq(account, e->account) ||
	           (ww_visit_is_account(e->visit_system) && ww_str_eq(account, e->visit)));
}

/* When the message says that the visit began. */
static ww_time
began(const struct ww_work *w)
{
	const struct ww_event *ev = &w->facts.event;

	if (ww_time_known(ev->admitted) || !ww_act_admits(ww_act_of(ev->trigger)))
		return ev->admitted;
	return ev->occurred;
}

static bool
same_start(const struct ww_work *w, const struct ww_encounter *e)
{
	ww_time t = began(w);
	int64_t apart = t.ms - e->start.ms;

	return ww_time_known(t) && ww_time_known(e->start) && apart <= MINUTE_MS &&
	       apart >= -MINUTE_MS && e->status != WW_encounter_status_CANCELLED &&
	       e->status != WW_encounter_status_ERROR;
}

static bool
same_facility(const struct ww_work *w, const struct ww_encounter *e)
{
	return ww_str_eq(e->feed, w->feed->name) && e->facility.n != 0 &&
	       ww_str_eq(e->facility, w->facts.event.facility);
}

enum { INPATIENT = 1, EMERGENCY = 2, OUTPATIENT = 4, PLAN = 8, ANY = 15 };

/* Classes that one visit may have in the eyes of two messages. */
static unsigned
kin(int64_t class_)
{
	static const unsigned table[ww_encounter_class_count] = {
		[WW_encounter_class_UNKNOWN] = ANY,
		[WW_encounter_class_ED] = EMERGENCY,
		[WW_encounter_class_INPATIENT] = INPATIENT,
		[WW_encounter_class_OB] = INPATIENT,
		[WW_encounter_class_OBSERVATION] = OUTPATIENT,
		[WW_encounter_class_OUTPATIENT] = OUTPATIENT,
		[WW_encounter_class_RECURRING] = OUTPATIENT,
		[WW_encounter_class_PREADMIT] = PLAN,
	};

	return table[class_];
}

/* Classes that the visit may have in the eyes of a message. */
static unsigned
kin_of(const struct ww_encounter *e)
{
	unsigned of = kin(e->class_);

	if (ww_time_known(e->ed_start))
		of |= EMERGENCY;
	if (ww_time_known(e->obs_start))
		of |= OUTPATIENT;
	return of;
}

static bool
compatible(const struct ww_work *w, const struct ww_encounter *e)
{
	return (kin(w->facts.event.class_) & kin_of(e)) != 0;
}

bool
ww_visits_akin(const struct ww_encounter *a, const struct ww_encounter *b)
{
	return (kin_of(a) & kin_of(b)) != 0;
}

/* -- the steps -------------------------------------------------------------------------------------- */

static ww_str
alternate_text(struct ww_work *w, ww_str system, ww_str value)
{
	return ww_arena_printf(w->cx->arena, "%.*s:%.*s", WW_STR_FMT(system), WW_STR_FMT(value));
}

void
ww_keep_alternates(struct ww_work *w)
{
	ww_str *text = &w->facts.event.alternates;

	for (size_t i = 0; i < w->facts.alternates_n; i++) {
		const struct ww_identifier *id = &w->facts.alternates[i];
		ww_str one = alternate_text(w, id->system, id->value);

		*text = ww_arena_printf(w->cx->arena, "%.*s%s%.*s", WW_STR_FMT(*text),
		    i != 0 ? " " : "", WW_STR_FMT(one));
	}
}

static bool
is_in(ww_str list, ww_str one)
{
	while (list.n != 0) {
		if (ww_str_eq(ww_str_cut(list, ' ', &list), one))
			return true;
	}
	return false;
}

static bool
by_alternate(struct ww_work *w, const struct ww_encounter *e)
{
	const struct ww_facts *f = &w->facts;

	if (has_number(f->visit_system, f->visit) &&
	    is_in(e->alternates, alternate_text(w, f->visit_system, f->visit)))
		return true;
	return e->visit.n != 0 &&
	       is_in(f->event.alternates, alternate_text(w, e->visit_system, e->visit));
}

/* Another version of the same Encounter. */
static bool
by_source(struct ww_work *w, const struct ww_encounter *e)
{
	return w->facts.event.source.n != 0 && ww_source_is_in(e->sources, w->facts.event.source);
}

/* Of updates without a number alone nothing is known but the account. */
static bool
by_open_account(struct ww_work *w, const struct ww_encounter *e)
{
	return same_account(w, e) && (is_open(e) || (e->status == WW_encounter_status_UNKNOWN &&
	                                                ww_visit_is_account(e->visit_system)));
}

static bool
by_account_and_start(struct ww_work *w, const struct ww_encounter *e)
{
	return same_account(w, e) && same_start(w, e);
}

/* What opens nothing is about a visit that there is, also when it is over; but a discharge of one that is may be that of
 * the next. */
static bool
by_only_of_account(struct ww_work *w, const struct ww_encounter *e)
{
	enum ww_act act = ww_act_of(w->facts.event.trigger);

	return !ww_act_opens(act) && act != WW_ACT_DISCHARGE && same_account(w, e) &&
	       e->status != WW_encounter_status_UNKNOWN &&
	       e->status != WW_encounter_status_CANCELLED && e->status != WW_encounter_status_ERROR;
}

static bool
by_preadmit(struct ww_work *w, const struct ww_encounter *e)
{
	ww_str number = w->facts.event.preadmit;

	return number.n != 0 && e->status == WW_encounter_status_PLANNED && !told_apart(w, e) &&
	       ww_str_eq(e->feed, w->feed->name) &&
	       (ww_str_eq(number, e->preadmit) || ww_str_eq(number, e->visit));
}

static bool
by_start(struct ww_work *w, const struct ww_encounter *e)
{
	return same_facility(w, e) && same_start(w, e) && !told_apart(w, e);
}

static bool
by_being_open(struct ww_work *w, const struct ww_encounter *e)
{
	return !ww_act_opens(ww_act_of(w->facts.event.trigger)) && same_facility(w, e) &&
	       is_open(e) && compatible(w, e) && !told_apart(w, e);
}

static const struct step {
	bool (*fits)(struct ww_work *w, const struct ww_encounter *e);
	bool only; /* if no other visit fits as well */
	bool weak;
	const char *by;
} steps[] = {
	{ by_source, false, false, "Encounter" },
	{ by_alternate, false, false, "PV1-50" },
	{ by_open_account, true, false, "account, which has one open" },
	{ by_account_and_start, false, false, "account and PV1-44" },
	{ by_only_of_account, true, false, "account, which has no other" },
	{ by_preadmit, false, false, "PV1-5" },
	{ by_start, true, false, "facility and PV1-44" },
	{ by_being_open, true, true, "the person, who has one open" },
};
enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

/* A visit that was known by no number of its own is known by the message's from now on. Its row is made anew, as a number
 * never changes in place. */
static ww_status
take_number(struct ww_work *w, struct ww_encounter *e)
{
	ww_status s;

	if (!has_number(w->facts.visit_system, w->facts.visit) ||
	    has_number(e->visit_system, e->visit))
		return WW_OK;
	s = ww_ledger_remove(w->l, w->cx, &ww_entity_encounter, e);
	e->visit_system = w->facts.visit_system;
	e->visit = w->facts.visit;
	return s == WW_OK ? ww_put(w->l, w->cx, encounter, e) : s;
}

ww_status
ww_match_visit(struct ww_work *w, bool *found)
{
	struct ww_encounter like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.person = w->person.id;
	s = ww_find(w->l, w->cx, encounter, "by_person", &like, &rows);
	for (size_t k = 0; s == WW_OK && k < STEPS; k++) {
		size_t hits = 0;

		for (size_t i = 0; i < rows.n; i++) {
			const struct ww_encounter *e = WW_ROW(&rows, encounter, i);

			if (e->merged_into != 0 || !steps[k].fits(w, e))
				continue;
			w->before = *e;
			hits++;
		}
		if (hits == 0 || (hits > 1 && steps[k].only))
			continue;
		*found = true;
		w->weak = steps[k].weak;
		ww_matched(w, "visit by %s%s", steps[k].by, steps[k].weak ? ", weak" : "");
		return take_number(w, &w->before);
	}
	return s;
}
