/* The fold in two passes: which events count (in the order they were recorded), then what happened (those
 * that count, in the order they occurred). */
#include "model/fold.h"

#include <stdlib.h>
#include <string.h>

/* Order of things that happened at the same time: a registration comes before its admission. */
static const struct {
	const char *trigger;
	enum ww_act act;
	int rank;
	const char *text;
} acts[] = {
	{ "A04", WW_ACT_REGISTER, 1, "register" },
	{ "A01", WW_ACT_ADMIT, 2, "admit" },
	{ "A06", WW_ACT_INPATIENT, 3, "outpatient to inpatient" },
	{ "A08", WW_ACT_UPDATE, 4, "update" },
	{ "A03", WW_ACT_DISCHARGE, 5, "discharge" },
	{ "A11", WW_ACT_CANCEL_ADMIT, 6, "cancel admit" },
	{ "A13", WW_ACT_CANCEL_DISCHARGE, 7, "cancel discharge" },
};
enum { ACTS = sizeof(acts) / sizeof(acts[0]) };

/* One event while it is folded. */
struct step {
	const struct ww_event *ev;
	enum ww_act act;
	int rank;
	bool live; /* not cancelled, and no newer version of it */
};

enum ww_act
ww_act_of(ww_str trigger)
{
	for (size_t i = 0; i < ACTS; i++) {
		if (ww_str_is(trigger, acts[i].trigger))
			return acts[i].act;
	}
	return WW_ACT_NONE;
}

const char *
ww_act_text(enum ww_act a)
{
	for (size_t i = 0; i < ACTS; i++) {
		if (acts[i].act == a)
			return acts[i].text;
	}
	return "nothing";
}

static int
rank_of(enum ww_act a)
{
	for (size_t i = 0; i < ACTS; i++) {
		if (acts[i].act == a)
			return acts[i].rank;
	}
	return 0;
}

static int
cmp_int(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_recorded(const void *pa, const void *pb)
{
	const struct step *a = pa, *b = pb;
	int c = cmp_int(a->ev->recorded.ms, b->ev->recorded.ms);

	if (c == 0)
		c = cmp_int(a->ev->sent.ms, b->ev->sent.ms);
	return c != 0 ? c : cmp_int(a->ev->id, b->ev->id);
}

/* No time tells which of them was first, only the order of receipt, which may be wrong. */
static bool
same_moment(const struct step *a, const struct step *b)
{
	return a->ev->recorded.ms == b->ev->recorded.ms && a->ev->sent.ms == b->ev->sent.ms;
}

static struct step
step_of(const struct ww_event *ev)
{
	enum ww_act act = ww_act_of(ev->trigger);

	return (struct step){ .ev = ev, .act = act, .rank = rank_of(act) };
}

/* The instant an event sorts by: a discharge on a day without an hour comes at the end of that day, an
 * admission at its start. */
static int64_t
occurred_key(const struct step *s)
{
	static const int64_t span[] = { [WW_PREC_YEAR] = 31536000000,
		[WW_PREC_MONTH] = 2419200000,
		[WW_PREC_DAY] = 86400000,
		[WW_PREC_HOUR] = 3600000,
		[WW_PREC_MIN] = 60000,
		[WW_PREC_SEC] = 1000,
		[WW_PREC_MS] = 1 };
	ww_time t = s->ev->occurred;

	return s->act == WW_ACT_DISCHARGE ? t.ms + span[t.prec] - 1 : t.ms;
}

static int
by_occurred(const void *pa, const void *pb)
{
	const struct step *a = pa, *b = pb;
	int c = cmp_int(occurred_key(a), occurred_key(b));

	if (c == 0)
		c = cmp_int(a->rank, b->rank);
	return c != 0 ? c : by_recorded(pa, pb);
}

static bool
admits(enum ww_act a)
{
	return a == WW_ACT_REGISTER || a == WW_ACT_ADMIT || a == WW_ACT_INPATIENT;
}

/* The last live step before `before` whose act is one of two; NULL when there is none. */
static struct step *
last_live(struct step *s, size_t before, enum ww_act one, enum ww_act other)
{
	for (size_t i = before; i-- > 0;) {
		if (s[i].live && (s[i].act == one || s[i].act == other))
			return &s[i];
	}
	return NULL;
}

static bool
cancels(enum ww_act cancel, enum ww_act a)
{
	return cancel == WW_ACT_CANCEL_ADMIT ? admits(a) : a == WW_ACT_DISCHARGE;
}

/* The same cancel sent again under another control id: it takes away nothing more. Not one of what came in between. */
static bool
repeats(const struct step *s, size_t i)
{
	for (size_t k = i; k-- > 0 && s[k].ev->recorded.ms == s[i].ev->recorded.ms;) {
		if (s[k].act == s[i].act)
			return true;
		if (cancels(s[i].act, s[k].act))
			return false;
	}
	return false;
}

/* What the cancels at s[i] and at the same moment before it did not find then: it was overtaken by them. */
static void
cancel_overtaken(struct step *s, size_t i, bool admission, bool discharge)
{
	struct step *old = NULL;

	if (admission)
		old = last_live(s, i + 1, WW_ACT_ADMIT, WW_ACT_INPATIENT);
	if (admission && old == NULL)
		old = last_live(s, i + 1, WW_ACT_REGISTER, WW_ACT_REGISTER);
	if (old != NULL)
		old->live = false;
	old = discharge ? last_live(s, i + 1, WW_ACT_DISCHARGE, WW_ACT_DISCHARGE) : NULL;
	if (old != NULL)
		old->live = false;
}

/* Pass 1, in the order of recording: a newer version of an event takes the place of the older one, and a
 * cancel takes away the newest live event of its family. *admit_undone says an admission was cancelled. */
static void
settle_versions(struct step *s, size_t n, bool *admit_undone)
{
	bool admission = false, discharge = false; /* cancelled, and not found yet */

	for (size_t i = 0; i < n; i++) {
		struct step *old = NULL;

		s[i].live = true;
		switch (s[i].act) {
		case WW_ACT_REGISTER:
		case WW_ACT_ADMIT:
		case WW_ACT_INPATIENT:
		case WW_ACT_DISCHARGE:
			old = last_live(s, i, s[i].act, s[i].act);
			break;
		case WW_ACT_CANCEL_ADMIT:
			*admit_undone = true;
			if (repeats(s, i))
				break;
			old = last_live(s, i, WW_ACT_ADMIT, WW_ACT_INPATIENT);
			admission = admission || old == NULL;
			break;
		case WW_ACT_CANCEL_DISCHARGE:
			if (repeats(s, i))
				break;
			old = last_live(s, i, WW_ACT_DISCHARGE, WW_ACT_DISCHARGE);
			discharge = discharge || old == NULL;
			break;
		case WW_ACT_UPDATE:
		case WW_ACT_NONE:
			break;
		}
		if (old != NULL)
			old->live = false;
		if (i + 1 < n && same_moment(&s[i], &s[i + 1]))
			continue;
		cancel_overtaken(s, i, admission, discharge);
		admission = discharge = false;
	}
}

static bool
inpatient(int64_t class_)
{
	return class_ == WW_encounter_class_INPATIENT || class_ == WW_encounter_class_OB;
}

static bool
is_ed(int64_t class_)
{
	return class_ == WW_encounter_class_ED;
}

static bool
same_minute(ww_time a, ww_time b)
{
	int64_t d = a.ms - b.ms;

	return ww_time_known(a) && ww_time_known(b) && d <= 60000 && d >= -60000;
}

/* When an admission made the visit an inpatient stay. A sender that admits from the emergency department
 * on the same visit often repeats the arrival in PV1-44: the time of the event is then the right one. */
static ww_time
inpatient_since(const struct ww_event *ev, const struct ww_encounter *e)
{
	if (ww_time_known(e->ed_start) && same_minute(ev->admitted, e->start) &&
	    ww_time_known(ev->stated))
		return ev->stated;
	return ww_time_known(ev->admitted) ? ev->admitted : ev->occurred;
}

static void
enter(struct ww_encounter *e, const struct step *s)
{
	const struct ww_event *ev = s->ev;
	ww_time at = ww_time_known(ev->admitted) ? ev->admitted : ev->occurred;
	bool registers = s->act == WW_ACT_REGISTER;

	if (!ww_time_known(e->start) || at.ms < e->start.ms)
		e->start = at;
	if (e->status == WW_encounter_status_FINISHED)
		return;
	e->status = registers && e->status != WW_encounter_status_IN_PROGRESS
	                ? WW_encounter_status_ARRIVED
	                : WW_encounter_status_IN_PROGRESS;
	if (s->act == WW_ACT_INPATIENT)
		e->class_ =
		    ev->class_ == WW_encounter_class_OB ? ev->class_ : WW_encounter_class_INPATIENT;
	else if (ev->class_ != WW_encounter_class_UNKNOWN && !(registers && inpatient(e->class_)))
		e->class_ = ev->class_; /* registered again, an inpatient stays one */
	if (!ww_time_known(e->ed_start) && (is_ed(e->class_) || (registers && is_ed(ev->class_))))
		e->ed_start = at;
	if (!inpatient(e->class_))
		return;
	if (s->act == WW_ACT_INPATIENT)
		e->inpatient_start = ww_time_known(ev->stated) ? ev->stated : ev->occurred;
	else if (!ww_time_known(e->inpatient_start))
		e->inpatient_start = inpatient_since(ev, e);
}

/* A discharge, also one whose admission was never seen. UB-04 status 30 is "still a patient". */
static void
leave(struct ww_encounter *e, const struct step *s)
{
	const struct ww_event *ev = s->ev;

	if (ww_str_is(ev->disposition, "30"))
		return;
	if (e->status == WW_encounter_status_UNKNOWN) {
		e->admit_missing = 1;
		e->class_ = ev->class_;
		e->start = ev->admitted;
		if (inpatient(ev->class_))
			e->inpatient_start = ev->admitted;
		if (ev->class_ == WW_encounter_class_ED)
			e->ed_start = ww_time_known(ev->admitted) ? ev->admitted : ev->occurred;
	}
	e->status = WW_encounter_status_FINISHED;
	e->end = ww_time_known(ev->discharged) ? ev->discharged : ev->occurred;
	e->disposition = ev->disposition;
}

/* A cancelled discharge for a visit whose admission was never seen: the patient is there. */
static void
infer_present(struct ww_encounter *e, const struct step *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i].act != WW_ACT_CANCEL_DISCHARGE)
			continue;
		e->status = WW_encounter_status_IN_PROGRESS;
		e->class_ = s[i].ev->class_;
		e->start = s[i].ev->admitted;
		if (inpatient(e->class_))
			e->inpatient_start = e->start;
		if (e->class_ == WW_encounter_class_ED)
			e->ed_start = ww_time_known(e->start) ? e->start : s[i].ev->occurred;
	}
}

/* Facts that any message may bring: the newest that says something wins. */
static const struct {
	size_t in_event, in_encounter;
} facts[] = {
	{ offsetof(struct ww_event, admit_type), offsetof(struct ww_encounter, admit_type) },
	{ offsetof(struct ww_event, admit_source), offsetof(struct ww_encounter, admit_source) },
	{ offsetof(struct ww_event, facility), offsetof(struct ww_encounter, facility) },
	{ offsetof(struct ww_event, service), offsetof(struct ww_encounter, service) },
};
enum { FACTS = sizeof(facts) / sizeof(facts[0]) };

static ww_str
fact_of(const struct ww_event *ev, size_t k)
{
	ww_str fact;

	memcpy(&fact, (const char *)ev + facts[k].in_event, sizeof(fact));
	return fact;
}

static void
fill(struct ww_encounter *e, const struct step *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < FACTS; k++) {
			ww_str fact = fact_of(s[i].ev, k);

			if (fact.n != 0)
				memcpy((char *)e + facts[k].in_encounter, &fact, sizeof(fact));
		}
		if (s[i].ev->id > e->last_event)
			e->last_event = s[i].ev->id;
	}
}

/* The newest event of all is needed too: it says what is late. */
bool
ww_fold_needs(const struct ww_event *events, size_t n, size_t i)
{
	const struct step own = step_of(&events[i]);
	bool newest = true, stated[FACTS] = { false };

	if (own.act != WW_ACT_UPDATE)
		return true;
	for (size_t j = 0; j < n; j++) {
		const struct step other = step_of(&events[j]);

		if (by_recorded(&other, &own) <= 0)
			continue;
		newest = false;
		for (size_t k = 0; k < FACTS; k++)
			stated[k] = stated[k] || fact_of(other.ev, k).n != 0;
	}
	for (size_t k = 0; k < FACTS; k++) {
		if (!stated[k] && fact_of(own.ev, k).n != 0)
			return true;
	}
	return newest;
}

static void
reset(struct ww_encounter *e)
{
	struct ww_encounter blank;

	ww_row_init(&ww_entity_encounter, &blank);
	blank.id = e->id;
	blank.person = e->person;
	blank.feed = e->feed;
	blank.visit_system = e->visit_system;
	blank.visit = e->visit;
	blank.name = e->name;
	*e = blank;
}

ww_status
ww_fold(struct ww_ctx *cx, const struct ww_event *events, size_t n, struct ww_encounter *e)
{
	struct step *s = ww_arena_array(cx->arena, n + 1, sizeof(*s));
	bool admit_undone = false, admitted = false;

	if (s == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < n; i++)
		s[i] = step_of(&events[i]);
	reset(e);
	qsort(s, n, sizeof(*s), by_recorded);
	settle_versions(s, n, &admit_undone);
	fill(e, s, n);
	qsort(s, n, sizeof(*s), by_occurred);
	for (size_t i = 0; i < n; i++)
		admitted = admitted || (s[i].live && admits(s[i].act));
	if (admit_undone && !admitted) {
		e->status = WW_encounter_status_CANCELLED;
		return WW_OK;
	}
	for (size_t i = 0; i < n; i++) {
		if (s[i].live && admits(s[i].act))
			enter(e, &s[i]);
		else if (s[i].live && s[i].act == WW_ACT_DISCHARGE)
			leave(e, &s[i]);
	}
	if (e->status == WW_encounter_status_UNKNOWN)
		infer_present(e, s, n);
	return WW_OK;
}
