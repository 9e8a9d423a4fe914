/* The fold in two passes: which events count (in the order they were recorded), then what happened (those
 * that count, in the order they occurred). */
#include "model/fold.h"

#include "model/order.h"
#include "model/snapshot.h"

#include <string.h>

/* The fold under way. */
struct fold {
	struct ww_step *s;
	size_t n;
	struct ww_step *top[WW_ACTS];    /* the newest live step of each act; under it the older */
	struct ww_step *cancel[WW_ACTS]; /* the newest cancel of each kind */
	bool undone[WW_ACTS];            /* one of that act was taken back */
	bool undone_alone;               /* an admission was taken back that is not there */
	size_t said;                     /* place of the newest update that states an inpatient */
	size_t
	    unsaid; /* what was said up to there of an inpatient was taken back with the admission */
	bool reversed;   /* an A07 was seen: an update admits no more */
	ww_str hospital; /* where the newest move so far led, as PV1-3.4 names it */
	ww_str fixed_to; /* of updates after the discharge */
	ww_time fixed_end;
};

/* -- which events count ----------------------------------------------------------------------------- */

/* What each cancel takes back: the newest of the first acts, else of the second. */
static const struct undo {
	enum ww_act cancel;
	enum ww_act first[2], second;
} undoes[] = {
	{ WW_ACT_CANCEL_ADMIT, { WW_ACT_ADMIT, WW_ACT_INPATIENT }, WW_ACT_REGISTER },
	{ WW_ACT_CANCEL_TRANSFER, { WW_ACT_TRANSFER }, WW_ACT_NONE },
	{ WW_ACT_CANCEL_DISCHARGE, { WW_ACT_DISCHARGE }, WW_ACT_NONE },
	{ WW_ACT_CANCEL_PENDING_DISCHARGE, { WW_ACT_PENDING_DISCHARGE }, WW_ACT_NONE },
	{ WW_ACT_CANCEL_PENDING_ADMIT, { WW_ACT_PENDING_ADMIT }, WW_ACT_NONE },
	{ WW_ACT_CANCEL_PREADMIT, { WW_ACT_PREADMIT }, WW_ACT_NONE },
	{ WW_ACT_CANCEL_LEAVE, { WW_ACT_LEAVE }, WW_ACT_NONE },
	{ WW_ACT_CANCEL_RETURN, { WW_ACT_RETURN }, WW_ACT_NONE },
};

/* An event of the one act after one of the other is a new event, not a new version of the last. */
static enum ww_act
counterpart(enum ww_act a)
{
	static const enum ww_act table[WW_ACTS] = {
		[WW_ACT_INPATIENT] = WW_ACT_OUTPATIENT,
		[WW_ACT_OUTPATIENT] = WW_ACT_INPATIENT,
		[WW_ACT_LEAVE] = WW_ACT_RETURN,
		[WW_ACT_RETURN] = WW_ACT_LEAVE,
	};

	return table[a];
}

/* The newest live step of that act; NULL when there is none. */
static struct ww_step *
newest(struct fold *f, enum ww_act a)
{
	while (f->top[a] != NULL && !f->top[a]->live)
		f->top[a] = f->top[a]->under;
	return f->top[a];
}

static struct ww_step *
later_of(struct ww_step *a, struct ww_step *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	return a->place > b->place ? a : b;
}

static bool
within_minute(ww_time a, ww_time b)
{
	int64_t d = a.ms - b.ms;

	return ww_time_known(a) && ww_time_known(b) && d <= 60000 && d >= -60000;
}

/* A move is told again: to the same place at the same time. Any other is one more. */
static bool
same_move(const struct ww_step *a, const struct ww_step *b)
{
	return ww_str_eq(a->ev->location, b->ev->location) &&
	       within_minute(a->ev->occurred, b->ev->occurred);
}

/* The older version of the step, whose place it takes. */
static struct ww_step *
older_version(struct fold *f, const struct ww_step *s)
{
	struct ww_step *old = newest(f, s->act), *other = newest(f, counterpart(s->act));

	if (old == NULL || later_of(old, other) != old)
		return NULL;
	return s->act == WW_ACT_TRANSFER && !same_move(old, s) ? NULL : old;
}

static void
take_back(struct fold *f, struct ww_step *s)
{
	s->live = false;
	f->undone[s->act] = true;
}

/* IHE PAM: what is told of a movement takes the place of what was told of it before, and CANCEL of all of it. True when
 * something was. */
static bool
same_movement(struct fold *f, const struct ww_step *s)
{
	bool found = false;

	for (size_t i = 0; s->ev->movement.n != 0 && i + 1 < s->place; i++) {
		if (!f->s[i].live || ww_act_cancels(f->s[i].act) ||
		    !ww_str_eq(f->s[i].ev->movement, s->ev->movement))
			continue;
		take_back(f, &f->s[i]);
		found = true;
	}
	return found;
}

/* The same cancel sent again under another control id takes away nothing more; one after an event of what it undoes does. */
static bool
repeats(struct fold *f, const struct ww_step *s, const struct ww_step *target)
{
	const struct ww_step *last = f->cancel[s->act];

	return last != NULL && last->ev->recorded.ms == s->ev->recorded.ms &&
	       (target == NULL || target->place < last->place);
}

static void
cancel(struct fold *f, struct ww_step *s)
{
	const struct undo *u = undoes;
	struct ww_step *first, *target;

	while (u->cancel != s->act)
		u++;
	first = later_of(newest(f, u->first[0]), newest(f, u->first[1]));
	target = first != NULL ? first : newest(f, u->second);
	if (same_movement(f, s) || repeats(f, s, target)) {
		f->cancel[s->act] = s;
		return;
	}
	f->cancel[s->act] = s;
	if (s->act == WW_ACT_CANCEL_ADMIT) {
		bool by_update = first == NULL && f->said > f->unsaid;

		f->unsaid = s->place;
		if (by_update)
			return; /* the visit was an inpatient's by no other word */
	}
	for (size_t i = 0; i < 2; i++)
		f->undone[u->first[i]] = true; /* also one that is not there: it came late */
	if (target != NULL)
		take_back(f, target);
}

static ww_time
start_of(const struct ww_event *ev)
{
	return ww_time_known(ev->admitted) ? ev->admitted : ev->occurred;
}

static ww_time
end_of(const struct ww_event *ev)
{
	return ww_time_known(ev->discharged) ? ev->discharged : ev->occurred;
}

/* What one says to the minute and another to the day may be the same time. */
static bool
same_moment(ww_time a, ww_time b)
{
	enum { DAY_MS = 86400000 };
	int64_t apart = a.ms - b.ms;

	if (!ww_time_known(a) || !ww_time_known(b))
		return true;
	if (a.prec > WW_PREC_DAY && b.prec > WW_PREC_DAY)
		return within_minute(a, b);
	return a.prec <= WW_PREC_DAY ? apart <= 0 && apart > -DAY_MS : apart >= 0 && apart < DAY_MS;
}

/* Something that holds so far says that the visit began then. */
static bool
starts_then(const struct fold *f, ww_time t)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct ww_step *s = &f->s[i];

		if (s->live && ww_act_admits(s->act) && same_moment(t, start_of(s->ev)))
			return true;
	}
	return false;
}

/* The visit as a whole never was, whoever told of it. */
static void
cancel_visit(struct fold *f, const struct ww_step *s)
{
	for (size_t i = 0; i + 1 < s->place; i++) {
		if (f->s[i].live && f->s[i].act != WW_ACT_UPDATE && !ww_act_cancels(f->s[i].act))
			take_back(f, &f->s[i]);
	}
	f->undone_alone = true;
	f->unsaid = s->place;
}

static bool
inpatient(int64_t class_)
{
	return class_ == WW_encounter_class_INPATIENT || class_ == WW_encounter_class_OB;
}

/* A version of an Encounter says what is known from elsewhere already. It is no news then, and what is known may be known
 * better: what is left of it is its class, and where a discharge led. */
static bool
confirms(struct fold *f, struct ww_step *s)
{
	const struct ww_event *ev = s->ev;
	const struct ww_step *known;

	if (ev->source.n == 0 || ev->movement.n == 0)
		return false;
	if (s->act == WW_ACT_DISCHARGE) {
		known = newest(f, WW_ACT_DISCHARGE);
		return known != NULL && same_moment(ev->discharged, end_of(known->ev));
	}
	if (s->act == WW_ACT_REGISTER) {
		known = newest(f, WW_ACT_REGISTER);
		return known != NULL && same_moment(ev->admitted, start_of(known->ev));
	}
	if (s->act == WW_ACT_PREADMIT) {
		known = newest(f, WW_ACT_PREADMIT);
		return known != NULL && same_moment(ev->expected, known->ev->expected);
	}
	if (s->act != WW_ACT_ADMIT && s->act != WW_ACT_INPATIENT)
		return false;
	known = later_of(newest(f, WW_ACT_ADMIT), newest(f, WW_ACT_INPATIENT));
	if (known == NULL || (known->act == WW_ACT_ADMIT && !inpatient(known->ev->class_)))
		return false;
	return starts_then(f, ev->admitted);
}

/* Elsewhere the patient was admitted, and not as an inpatient: what the Encounter calls an admission is what a message would
 * call a change of class. */
static void
change_class(struct fold *f, struct ww_step *s)
{
	const struct ww_step *known = newest(f, WW_ACT_ADMIT);

	if (s->ev->source.n != 0 && s->act == WW_ACT_ADMIT && inpatient(s->ev->class_) &&
	    known != NULL && !inpatient(known->ev->class_))
		s->act = WW_ACT_INPATIENT;
}

static void
state(struct fold *f, struct ww_step *s)
{
	struct ww_step *old;

	if (ww_str_is(s->ev->action, "CANCEL")) {
		s->live = false;
		if (!same_movement(f, s) && ww_act_admits(s->act))
			f->undone_alone = true;
		return;
	}
	if (!same_movement(f, s)) {
		if (confirms(f, s)) {
			s->live = s->act == WW_ACT_REGISTER || s->act == WW_ACT_DISCHARGE;
			s->confirms = s->act == WW_ACT_DISCHARGE;
			s->act = s->live ? WW_ACT_UPDATE : WW_ACT_NONE;
			return;
		}
		change_class(f, s);
		old = older_version(f, s);
		if (old != NULL)
			old->live = false;
	}
	s->under = f->top[s->act];
	f->top[s->act] = s;
}

/* Pass 1, in the order of recording: a newer version of an event takes the place of the older one, and a
 * cancel takes away the newest live event of its kind. */
static void
settle_versions(struct fold *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct ww_step *s = &f->s[i];

		s->live = true;
		if ((s->act == WW_ACT_UPDATE || s->act == WW_ACT_TRANSFER) &&
		    inpatient(s->ev->class_))
			f->said = s->place;
		if (s->act == WW_ACT_CANCEL_VISIT)
			cancel_visit(f, s);
		else if (ww_act_cancels(s->act))
			cancel(f, s);
		else if (s->act == WW_ACT_CLOSE)
			s->live = i + 1 == f->n; /* something was heard since */
		else if (s->act != WW_ACT_UPDATE && s->act != WW_ACT_NONE)
			state(f, s);
	}
}

/* -- facts that any message may bring: the newest that says something wins ---------------------------- */

static const struct {
	size_t in_event, in_encounter;
} facts[] = {
	{ offsetof(struct ww_event, admit_type), offsetof(struct ww_encounter, admit_type) },
	{ offsetof(struct ww_event, admit_source), offsetof(struct ww_encounter, admit_source) },
	{ offsetof(struct ww_event, facility), offsetof(struct ww_encounter, facility) },
	{ offsetof(struct ww_event, service), offsetof(struct ww_encounter, service) },
	{ offsetof(struct ww_event, account), offsetof(struct ww_encounter, account) },
	{ offsetof(struct ww_event, preadmit), offsetof(struct ww_encounter, preadmit) },
	{ offsetof(struct ww_event, alternates), offsetof(struct ww_encounter, alternates) },
	{ offsetof(struct ww_event, prior_account), offsetof(struct ww_encounter, prior_account) },
	{ offsetof(struct ww_event, authorization), offsetof(struct ww_encounter, authorization) },
	{ offsetof(struct ww_event, prior_system), offsetof(struct ww_encounter, prior_system) },
	{ offsetof(struct ww_event, prior_visit), offsetof(struct ww_encounter, prior_visit) },
};

enum { ATTENDING = sizeof(facts) / sizeof(facts[0]), FACTS };

/* What the event says of the fact; of a practitioner who has no name the number. */
static ww_str
fact_of(const struct ww_event *ev, size_t k)
{
	ww_str fact;

	if (k == ATTENDING)
		return ev->attending.n != 0 ? ev->attending : ev->attending_npi;
	memcpy(&fact, (const char *)ev + facts[k].in_event, sizeof(fact));
	return fact;
}

/* Name and number are of one practitioner: what one message says of either takes the place of both. */
static void
set_fact(struct ww_encounter *e, const struct ww_event *ev, size_t k)
{
	ww_str fact = fact_of(ev, k);

	if (fact.n == 0)
		return;
	if (k == ATTENDING) {
		e->attending = ev->attending;
		e->attending_npi = ev->attending_npi;
		return;
	}
	memcpy((char *)e + facts[k].in_encounter, &fact, sizeof(fact));
}

/* UB-04 discharge status 30: still a patient, on an interim bill. */
static bool
is_interim(ww_str disposition)
{
	return ww_str_is(disposition, "30");
}

/* What is coded or corrected after the discharge comes as an update. */
static void
fix_discharge(struct fold *f, const struct ww_step *s)
{
	if (s->act != WW_ACT_UPDATE || f->top[WW_ACT_DISCHARGE] == NULL ||
	    s->place < f->top[WW_ACT_DISCHARGE]->place)
		return;
	if (s->ev->disposition.n != 0 && !is_interim(s->ev->disposition))
		f->fixed_to = s->ev->disposition;
	if (ww_time_known(s->ev->discharged) && !s->confirms)
		f->fixed_end = s->ev->discharged;
}

static void
fill(struct fold *f, struct ww_encounter *e)
{
	(void)newest(f, WW_ACT_DISCHARGE);
	for (size_t i = 0; i < f->n; i++) {
		const struct ww_event *ev = f->s[i].ev;

		for (size_t k = 0; k < FACTS; k++)
			set_fact(e, ev, k);
		fix_discharge(f, &f->s[i]);
		if (ev->id > e->last_event)
			e->last_event = ev->id;
	}
}

/* The earliest beginning that PV1-44 of an A01 or A04 says; unknown when none does. A06 may say when the class changed. */
static ww_time
first_admitted(const struct fold *f)
{
	ww_time first = { 0 };

	for (size_t i = 0; i < f->n; i++) {
		const struct ww_step *s = &f->s[i];

		if (s->live && (s->act == WW_ACT_ADMIT || s->act == WW_ACT_REGISTER) &&
		    ww_time_known(s->ev->admitted) &&
		    (!ww_time_known(first) || s->ev->admitted.ms < first.ms))
			first = s->ev->admitted;
	}
	return first;
}

/* A discharge that says a time before the patient came took place when it was recorded. Taken as it stands it would be
 * the end of a visit that had none, and the next message of this one would seem to be of another. */
static ww_status
mend_discharges(struct ww_ctx *cx, struct fold *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct ww_step *s = &f->s[i];
		struct ww_event *ev;
		ww_time first;

		if (!s->live || s->act != WW_ACT_DISCHARGE || !ww_time_known(s->ev->discharged))
			continue;
		first = first_admitted(f);
		if (!ww_time_known(first) || ww_time_cmp(s->ev->discharged, first) >= 0)
			continue;
		ev = ww_arena_alloc(cx->arena, sizeof(*ev));
		if (ev == NULL)
			return ww_fail_memory(cx);
		*ev = *s->ev;
		ev->discharged = (ww_time){ 0 };
		ev->occurred = ww_time_known(ev->stated) ? ev->stated : ev->recorded;
		s->ev = ev;
	}
	return WW_OK;
}

/* -- what happened ---------------------------------------------------------------------------------- */

/* When it began: what the message states of it, else when it took place. */
static ww_time
stated_or_occurred(const struct ww_event *ev)
{
	return ww_time_known(ev->stated) ? ev->stated : ev->occurred;
}

static ww_time
admitted_or_occurred(const struct ww_event *ev)
{
	return ww_time_known(ev->admitted) ? ev->admitted : ev->occurred;
}

static bool
present(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_ARRIVED ||
	       e->status == WW_encounter_status_IN_PROGRESS ||
	       e->status == WW_encounter_status_ONLEAVE;
}

static bool
is_over(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_FINISHED || e->status == WW_encounter_status_ERROR;
}

static void
set_class(struct ww_encounter *e, int64_t class_, ww_time since)
{
	e->class_ = class_;
	if (class_ == WW_encounter_class_OBSERVATION && !ww_time_known(e->obs_start))
		e->obs_start = since;
	if (class_ == WW_encounter_class_ED && !ww_time_known(e->ed_start))
		e->ed_start = since;
}

/* The patient is there, as a message says that cannot be the first of the visit. */
static void
infer_present(struct ww_encounter *e, const struct ww_event *ev)
{
	e->status = WW_encounter_status_IN_PROGRESS;
	e->inferred = 1;
	e->start = ev->admitted;
	set_class(e, ev->class_, admitted_or_occurred(ev));
	if (inpatient(e->class_))
		e->inpatient_start = e->start;
}

static void
plan(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	(void)f;
	e->planned = 1;
	if (ww_time_known(s->ev->expected))
		e->expected = s->ev->expected;
	if (e->status != WW_encounter_status_UNKNOWN && e->status != WW_encounter_status_PLANNED)
		return;
	e->status = WW_encounter_status_PLANNED;
	e->class_ = WW_encounter_class_PREADMIT;
}

/* When an admission made the visit an inpatient stay. A sender that admits from the emergency department or from
 * observation on the same visit often repeats the arrival in PV1-44: the time of the event is then the right one. */
static ww_time
inpatient_since(const struct ww_event *ev, const struct ww_encounter *e, bool was_there)
{
	if (was_there && within_minute(ev->admitted, e->start) && ww_time_known(ev->stated))
		return ev->stated;
	return admitted_or_occurred(ev);
}

/* A06 says that it is one now, whatever class it states; registered again, an inpatient stay stays one. */
static int64_t
class_after(const struct ww_encounter *e, const struct ww_step *s)
{
	int64_t was =
	    e->class_ == WW_encounter_class_PREADMIT ? WW_encounter_class_UNKNOWN : e->class_;

	if (s->act == WW_ACT_INPATIENT)
		return inpatient(s->ev->class_) ? s->ev->class_ : WW_encounter_class_INPATIENT;
	if (s->ev->class_ == WW_encounter_class_UNKNOWN ||
	    (s->act == WW_ACT_REGISTER && inpatient(was)))
		return was;
	return s->ev->class_;
}

static void
enter(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	const struct ww_event *ev = s->ev;
	ww_time at = admitted_or_occurred(ev);
	bool registers = s->act == WW_ACT_REGISTER;
	bool was_there = present(e) || ww_time_known(e->ed_start);

	(void)f;
	if (e->status == WW_encounter_status_ERROR)
		return;
	if (!ww_time_known(e->start) || at.ms < e->start.ms)
		e->start = at;
	if (e->status == WW_encounter_status_FINISHED)
		return;
	set_class(e, class_after(e, s), at);
	if (inpatient(e->class_))
		e->anomaly = 0;
	if (registers && ev->class_ == WW_encounter_class_ED && !ww_time_known(e->ed_start))
		e->ed_start = at;
	e->status =
	    registers && e->status != WW_encounter_status_IN_PROGRESS && !inpatient(e->class_)
	        ? WW_encounter_status_ARRIVED
	        : WW_encounter_status_IN_PROGRESS;
	e->inferred = 0;
	if (!inpatient(e->class_))
		return;
	if (s->act == WW_ACT_INPATIENT)
		e->inpatient_start = stated_or_occurred(ev);
	else if (!ww_time_known(e->inpatient_start))
		e->inpatient_start = inpatient_since(ev, e, was_there);
}

/* The inpatient stay is taken back (condition code 44): the patient is there, and never was an inpatient. */
static void
leave_inpatient(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	int64_t to = s->ev->class_;

	if (is_over(e))
		return;
	if (!present(e))
		infer_present(e, s->ev);
	if (to == WW_encounter_class_UNKNOWN || to == WW_encounter_class_PREADMIT || inpatient(to))
		to = WW_encounter_class_OUTPATIENT;
	set_class(e, to, stated_or_occurred(s->ev));
	e->inpatient_start = (ww_time){ 0 };
	e->reversed = 1;
	f->reversed = true;
}

/* A class that an update or a transfer states: one that is not an inpatient's may become any other; an inpatient's stay
 * goes on until an A07. */
static void
update_class(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	int64_t to = s->ev->class_;

	if (!present(e) || to == WW_encounter_class_UNKNOWN || to == e->class_ ||
	    inpatient(e->class_) || to == WW_encounter_class_PREADMIT)
		return;
	if (!inpatient(to)) {
		set_class(
		    e, to, to == WW_encounter_class_ED ? e->start : stated_or_occurred(s->ev));
		return;
	}
	if (f->reversed || s->place <= f->unsaid)
		return;
	if (s->ev->weak != 0) {
		e->anomaly = 1;
		return;
	}
	e->anomaly = 0;
	e->class_ = to;
	e->status = WW_encounter_status_IN_PROGRESS;
	e->inpatient_start = stated_or_occurred(s->ev);
}

static void
move(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	if (is_over(e))
		return;
	if (!present(e))
		infer_present(e, s->ev);
	update_class(f, e, s);
}

static void
go_on_leave(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	move(f, e, s);
	if (present(e))
		e->status = WW_encounter_status_ONLEAVE;
}

static void
come_back(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	move(f, e, s);
	if (e->status == WW_encounter_status_ONLEAVE)
		e->status = WW_encounter_status_IN_PROGRESS;
}

static void
expect_discharge(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	move(f, e, s);
	e->expected_end = s->ev->expected;
}

/* A discharge, also one whose admission was never seen. */
static void
leave(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	const struct ww_event *ev = s->ev;

	if (is_interim(ev->disposition) || e->status == WW_encounter_status_ERROR)
		return;
	if (e->status == WW_encounter_status_UNKNOWN || e->status == WW_encounter_status_PLANNED) {
		e->admit_missing = 1;
		e->start = ev->admitted;
		set_class(e, ev->class_, admitted_or_occurred(ev));
		if (inpatient(ev->class_))
			e->inpatient_start = ev->admitted;
	}
	e->status = WW_encounter_status_FINISHED;
	e->closed = 0;
	e->end = ww_time_known(ev->discharged) ? ev->discharged : ev->occurred;
	e->disposition = ev->disposition;
	if (f->fixed_to.n != 0)
		e->disposition = f->fixed_to;
	if (ww_time_known(f->fixed_end))
		e->end = f->fixed_end;
}

/* A record that is deleted while the visit goes on was never right; a visit that is over is only put away. */
static void
delete_visit(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	(void)f;
	(void)s;
	if (e->status != WW_encounter_status_FINISHED)
		e->status = WW_encounter_status_ERROR;
}

/* A guess from silence, about emergency visits only: an admission that was held up is dated before it and counts for more. */
static void
close_visit(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	(void)f;
	(void)s;
	if (!present(e) || e->class_ != WW_encounter_class_ED)
		return;
	e->status = WW_encounter_status_FINISHED;
	e->closed = 1;
}

static void (*const enact[WW_ACTS])(
    struct fold *, struct ww_encounter *, const struct ww_step *) = {
	[WW_ACT_PREADMIT] = plan,
	[WW_ACT_PENDING_ADMIT] = plan,
	[WW_ACT_REGISTER] = enter,
	[WW_ACT_ADMIT] = enter,
	[WW_ACT_INPATIENT] = enter,
	[WW_ACT_OUTPATIENT] = leave_inpatient,
	[WW_ACT_TRANSFER] = move,
	[WW_ACT_LEAVE] = go_on_leave,
	[WW_ACT_RETURN] = come_back,
	[WW_ACT_PENDING_DISCHARGE] = expect_discharge,
	[WW_ACT_UPDATE] = update_class,
	[WW_ACT_DISCHARGE] = leave,
	[WW_ACT_DELETE] = delete_visit,
	[WW_ACT_CLOSE] = close_visit,
};

/* PV1-3.4, the last part of the place; what the message has it from elsewhere (MSH-4) says nothing of a move. A version of
 * an Encounter states it. */
static ww_str
hospital_of(const struct ww_event *ev)
{
	ww_str rest = ev->location;

	if (ev->source.n != 0)
		return ev->facility;
	for (unsigned part = 1; part < 4; part++)
		(void)ww_str_cut(rest, '^', &rest);
	return rest;
}

/* From bed to bed is no transfer; from one hospital to another is, also where both are of one number. */
static void
change_hospital(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	ww_str to = hospital_of(s->ev);

	if (to.n == 0)
		return;
	if (s->act == WW_ACT_TRANSFER && present(e) && f->hospital.n != 0 &&
	    !ww_str_ieq(f->hospital, to)) {
		e->transferred = stated_or_occurred(s->ev);
		e->transferred_from = f->hospital;
	}
	f->hospital = to;
}

/* Where the patient is: PV1-3 of the newest move. An update may name the place of another time. */
static void
place(struct fold *f, struct ww_encounter *e, const struct ww_step *s)
{
	if (!ww_act_admits(s->act) && s->act != WW_ACT_OUTPATIENT && s->act != WW_ACT_TRANSFER &&
	    s->act != WW_ACT_RETURN)
		return;
	if (s->ev->location.n != 0)
		e->location = s->ev->location;
	change_hospital(f, e, s);
}

/* Nothing says that the patient was there: a plan, or what was taken back. */
static void
settle_absent(const struct fold *f, struct ww_encounter *e)
{
	static const enum ww_act openings[] = { WW_ACT_PREADMIT, WW_ACT_PENDING_ADMIT,
		WW_ACT_REGISTER, WW_ACT_ADMIT, WW_ACT_INPATIENT };
	bool undone = f->undone_alone;

	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
		undone = undone || f->undone[openings[i]];
	if (!undone || e->status == WW_encounter_status_PLANNED)
		return;
	e->status = WW_encounter_status_CANCELLED;
	if (f->undone[WW_ACT_PREADMIT] || f->undone[WW_ACT_PENDING_ADMIT])
		e->class_ = WW_encounter_class_PREADMIT;
}

static bool
cancels_coming(enum ww_act a)
{
	return a == WW_ACT_CANCEL_ADMIT || a == WW_ACT_CANCEL_PREADMIT ||
	       a == WW_ACT_CANCEL_PENDING_ADMIT || a == WW_ACT_CANCEL_VISIT || a == WW_ACT_DELETE;
}

/* When an inpatient stay began or was to, as that event says, whether or not it counts. */
static ww_time
coming_of(const struct ww_step *s)
{
	const struct ww_event *ev = s->ev;

	if (s->act == WW_ACT_PREADMIT || s->act == WW_ACT_PENDING_ADMIT)
		return ww_time_known(ev->expected) ? ev->expected : ev->admitted;
	if (ww_act_admits(s->act) && (inpatient(ev->class_) || s->act == WW_ACT_INPATIENT))
		return admitted_or_occurred(ev);
	return cancels_coming(s->act) && inpatient(ev->class_) ? ev->admitted : (ww_time){ 0 };
}

/* A cancel of what brings or would bring the patient, whether or not there is anything that it takes back: it may have come
 * first. */
static void
note_cancelled(const struct fold *f, struct ww_encounter *e)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct ww_step *s = &f->s[i];
		ww_time coming = coming_of(s);

		if (cancels_coming(s->act) && ww_time_cmp(s->ev->recorded, e->cancelled) > 0)
			e->cancelled = s->ev->recorded;
		if (ww_time_known(coming))
			e->cancelled_start = coming;
	}
	if (!ww_time_known(e->cancelled))
		e->cancelled_start = (ww_time){ 0 };
}

static bool
any_admits(const struct fold *f)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->s[i].live && ww_act_admits(f->s[i].act))
			return true;
	}
	return false;
}

/* Pass 2, in the order of what happened. */
static void
play(struct fold *f, struct ww_encounter *e)
{
	bool admitted = any_admits(f);
	bool cancelled =
	    !admitted && (f->undone[WW_ACT_ADMIT] || f->undone[WW_ACT_REGISTER] || f->undone_alone);

	for (size_t i = 0; i < f->n; i++) {
		const struct ww_step *s = &f->s[i];

		/* of a visit whose admission was taken back nothing is left but its plan */
		if (!s->live || enact[s->act] == NULL || (cancelled && enact[s->act] != plan))
			continue;
		enact[s->act](f, e, s);
		place(f, e, s);
	}
	if (!admitted && !present(e) && !is_over(e))
		settle_absent(f, e);
}

/* A cancelled discharge of a visit whose admission was never seen: the patient is there. */
static void
infer_from_cancels(const struct fold *f, struct ww_encounter *e)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->s[i].act == WW_ACT_CANCEL_DISCHARGE)
			infer_present(e, f->s[i].ev);
	}
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
	blank.origin = e->origin;
	blank.merged_into = e->merged_into;
	blank.sources = e->sources;
	blank.policy = e->policy;
	blank.restricted = e->restricted;
	*e = blank;
}

ww_status
ww_fold(struct ww_ctx *cx, const struct ww_event *events, size_t n, struct ww_encounter *e)
{
	struct fold f = { .s = ww_arena_array(cx->arena, n + 1, sizeof(*f.s)),
		.n = n,
		.hospital = ww_str_empty(),
		.fixed_to = ww_str_empty() };
	bool erased;
	ww_status r;

	if (f.s == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < n; i++)
		f.s[i] = ww_step_of(&events[i]);
	reset(e);
	ww_steps_sort_recorded(f.s, n);
	r = ww_snapshots_unfold(cx, &f.s, &f.n, &erased);
	if (r != WW_OK)
		return r;
	settle_versions(&f);
	note_cancelled(&f, e);
	fill(&f, e);
	r = mend_discharges(cx, &f);
	if (r != WW_OK)
		return r;
	ww_steps_sort_occurred(f.s, f.n);
	play(&f, e);
	if (e->status == WW_encounter_status_UNKNOWN)
		infer_from_cancels(&f, e);
	if (e->status == WW_encounter_status_UNKNOWN && erased)
		e->status = WW_encounter_status_ERROR;
	return WW_OK;
}

/* -- what may be forgotten -------------------------------------------------------------------------- */

/* What events recorded later than the one in hand say, of what updates say alone. */
struct later {
	bool any;
	bool stated[FACTS], to, end;
	int64_t class_; /* of the next update that states one */
};

/* The older update that states a class agrees with it; UNKNOWN: there is none. */
static bool
is_between(int64_t older, int64_t own, int64_t newer)
{
	return own == WW_encounter_class_UNKNOWN || (older == own && newer == own);
}

/* An update between two of the same class says nothing of it that they do not. The newest event of all is needed too: it
 * says what is late. */
static bool
is_needed(const struct ww_step *s, int64_t older, const struct later *l)
{
	const struct ww_event *ev = s->ev;

	if (s->act != WW_ACT_UPDATE || !l->any)
		return true;
	for (size_t k = 0; k < FACTS; k++) {
		if (!l->stated[k] && fact_of(ev, k).n != 0)
			return true;
	}
	if ((ev->disposition.n != 0 && !l->to) || (ww_time_known(ev->discharged) && !l->end))
		return true;
	return !is_between(older, ev->class_, l->class_);
}

static void
add_later(struct later *l, const struct ww_step *s)
{
	bool updates = s->act == WW_ACT_UPDATE;

	l->any = true;
	for (size_t k = 0; k < FACTS; k++)
		l->stated[k] = l->stated[k] || fact_of(s->ev, k).n != 0;
	l->to = l->to || (updates && s->ev->disposition.n != 0);
	l->end = l->end || (updates && ww_time_known(s->ev->discharged));
	if (updates && s->ev->class_ != WW_encounter_class_UNKNOWN)
		l->class_ = s->ev->class_;
}

ww_status
ww_fold_needed(struct ww_ctx *cx, const struct ww_event *events, size_t n, bool *needed)
{
	struct ww_step *s = ww_arena_array(cx->arena, n + 1, sizeof(*s));
	int64_t *older = ww_arena_array(cx->arena, n + 1, sizeof(*older));
	int64_t class_ = WW_encounter_class_UNKNOWN;
	struct later later = { .any = false, .class_ = WW_encounter_class_UNKNOWN };

	if (s == NULL || older == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < n; i++)
		s[i] = ww_step_of(&events[i]);
	ww_steps_sort_recorded(s, n);
	for (size_t i = 0; i < n; i++) {
		older[i] = class_;
		if (s[i].act == WW_ACT_UPDATE && s[i].ev->class_ != WW_encounter_class_UNKNOWN)
			class_ = s[i].ev->class_;
	}
	for (size_t i = n; i-- > 0;) {
		if (s[i].ev->source.n != 0)
			continue; /* it may turn out to be in error, and then says nothing */
		needed[s[i].ev - events] = is_needed(&s[i], older[i], &later);
		add_later(&later, &s[i]);
	}
	return ww_snapshots_needed(cx, events, n, needed);
}
