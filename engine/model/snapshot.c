#include "model/snapshot.h"

#include <string.h>

enum { MINUTE_MS = 60000, STEPS_MAX = 8 /* of one version */ };

/* -- what a version says ---------------------------------------------------------------------------- */

static bool
is_version(const struct ww_event *ev)
{
	return ev->source.n != 0;
}

static bool
is_planned(const struct ww_event *ev)
{
	return ev->status == WW_encounter_status_PLANNED ||
	       (ev->class_ == WW_encounter_class_PREADMIT &&
	           (ev->status == WW_encounter_status_ARRIVED ||
	               ev->status == WW_encounter_status_TRIAGED ||
	               ev->status == WW_encounter_status_IN_PROGRESS));
}

static bool
is_finished(const struct ww_event *ev)
{
	return ev->status == WW_encounter_status_FINISHED;
}

bool
ww_snapshot_is_present(const struct ww_event *ev)
{
	switch (ev->status) {
	case WW_encounter_status_ARRIVED:
	case WW_encounter_status_TRIAGED:
	case WW_encounter_status_IN_PROGRESS:
	case WW_encounter_status_ONLEAVE:
	case WW_encounter_status_FINISHED:
		return !is_planned(ev);
	default:
		return false;
	}
}

static bool
inpatient(int64_t class_)
{
	return class_ == WW_encounter_class_INPATIENT || class_ == WW_encounter_class_OB;
}

/* -- steps ------------------------------------------------------------------------------------------- */

/* What the newest version so far of one Encounter has left. */
struct state {
	ww_str source;
	const struct ww_event *last; /* the version before; NULL: none, or nothing of it holds */
	bool planned, registered, on_leave, discharged;
	enum ww_act in;  /* by which the patient became an inpatient; NONE: is none */
	bool is_dropped; /* its newest version is in error */
};

struct unfold {
	struct ww_ctx *cx;
	struct ww_step *v;
	size_t n;
	struct state *states;
	size_t states_n;
};

static ww_time
first_known(ww_time a, ww_time b)
{
	return ww_time_known(a) ? a : b;
}

/* What the version says on any matter, and nothing of classes and times; NULL: no memory. part: steps of the same part of one
 * Encounter take one another's place, as the movements of IHE PAM do. */
static struct ww_event *
add(struct unfold *u, const struct ww_event *of, enum ww_act act, const char *part)
{
	struct ww_event *ev = ww_arena_alloc(u->cx->arena, sizeof(*ev));

	if (ev == NULL)
		return NULL;
	*ev = *of;
	ev->class_ = WW_encounter_class_UNKNOWN;
	ev->admitted = ev->discharged = ev->stated = ev->expected = (ww_time){ 0 };
	ev->occurred = of->recorded;
	ev->disposition = ev->action = ev->movement = ww_str_empty();
	if (part != NULL)
		ev->movement =
		    ww_arena_printf(u->cx->arena, "%.*s %s", WW_STR_FMT(of->source), part);
	u->v[u->n] = ww_step_of(ev);
	u->v[u->n].act = act;
	u->n++;
	return ev;
}

/* What this Encounter said before holds no more; what others said does. */
static ww_status
take_back(
    struct unfold *u, const struct ww_event *of, enum ww_act act, const char *part, bool *held)
{
	struct ww_event *ev;

	if (!*held)
		return WW_OK;
	*held = false;
	ev = add(u, of, act, part);
	if (ev == NULL)
		return WW_E_MEMORY;
	ev->action = WW_STR("CANCEL");
	return WW_OK;
}

static ww_status
enter(struct unfold *u, const struct ww_event *of, enum ww_act act, const char *part,
    int64_t class_, ww_time admitted, ww_time stated)
{
	struct ww_event *ev = add(u, of, act, part);

	if (ev == NULL)
		return WW_E_MEMORY;
	ev->class_ = class_;
	ev->admitted = admitted;
	ev->stated = stated;
	ev->occurred = first_known(admitted, of->recorded);
	if (act == WW_ACT_INPATIENT || act == WW_ACT_OUTPATIENT || act == WW_ACT_UPDATE)
		ev->occurred = first_known(stated, of->recorded);
	return WW_OK;
}

/* -- from one version to the next ------------------------------------------------------------------------ */

static bool
same_time(ww_time a, ww_time b)
{
	return a.ms == b.ms && a.prec == b.prec;
}

static ww_status
take_back_stay(struct unfold *u, struct state *st, const struct ww_event *c)
{
	bool in = st->in != WW_ACT_NONE;
	ww_status s = take_back(u, c, WW_ACT_DISCHARGE, "out", &st->discharged);

	if (s == WW_OK)
		s = take_back(u, c, WW_ACT_LEAVE, "leave", &st->on_leave);
	if (s == WW_OK)
		s = take_back(u, c, st->in, "in", &in);
	if (s == WW_OK)
		s = take_back(u, c, WW_ACT_REGISTER, "reg", &st->registered);
	st->in = WW_ACT_NONE;
	return s;
}

static ww_status
take_back_all(struct unfold *u, struct state *st, const struct ww_event *c)
{
	ww_status s = take_back_stay(u, st, c);

	return s == WW_OK ? take_back(u, c, WW_ACT_PREADMIT, "plan", &st->planned) : s;
}

static ww_status
cancel(struct unfold *u, struct state *st, const struct ww_event *c)
{
	if (st->last != NULL && st->last->status == WW_encounter_status_CANCELLED)
		return WW_OK;
	st->planned = st->registered = st->on_leave = st->discharged = false;
	st->in = WW_ACT_NONE;
	return add(u, c, WW_ACT_CANCEL_VISIT, NULL) != NULL ? WW_OK : WW_E_MEMORY;
}

static ww_status
plan(struct unfold *u, struct state *st, const struct ww_event *c)
{
	ww_status s = take_back_stay(u, st, c);
	struct ww_event *ev;

	if (s != WW_OK || (st->planned && same_time(st->last->expected, c->expected)))
		return s;
	ev = add(u, c, WW_ACT_PREADMIT, "plan");
	if (ev == NULL)
		return WW_E_MEMORY;
	ev->expected = c->expected;
	st->planned = true;
	return WW_OK;
}

/* The class before the inpatient stay, as the history of this version says; UNKNOWN: it says nothing. */
static int64_t
class_before(const struct ww_event *c)
{
	if (ww_time_known(c->ed_since))
		return WW_encounter_class_ED;
	if (ww_time_known(c->obs_since))
		return WW_encounter_class_OBSERVATION;
	if (ww_time_known(c->in_since) && ww_time_known(c->admitted) &&
	    c->in_since.ms > c->admitted.ms + MINUTE_MS)
		return WW_encounter_class_OUTPATIENT;
	return WW_encounter_class_UNKNOWN;
}

static ww_time
since_of(const struct ww_event *c, int64_t class_)
{
	if (class_ == WW_encounter_class_ED)
		return first_known(c->ed_since, c->admitted);
	if (class_ == WW_encounter_class_OBSERVATION)
		return first_known(c->obs_since, c->admitted);
	return c->admitted;
}

/* When it became an inpatient stay: as the history says, as the whole begins anew with it, or when the version was made. */
static ww_time
changed_at(const struct ww_event *p, const struct ww_event *c, ww_time history)
{
	if (ww_time_known(history))
		return history;
	if (p != NULL && ww_time_known(p->admitted) && ww_time_known(c->admitted) &&
	    c->admitted.ms > p->admitted.ms + MINUTE_MS)
		return c->admitted;
	return c->recorded;
}

static ww_status
become_inpatient(struct unfold *u, struct state *st, const struct ww_event *c)
{
	const struct ww_event *p = st->last;
	int64_t before = class_before(c);
	ww_status s = WW_OK;

	if (!st->registered && st->in == WW_ACT_NONE && before != WW_encounter_class_UNKNOWN) {
		s = enter(
		    u, c, WW_ACT_REGISTER, "reg", before, since_of(c, before), (ww_time){ 0 });
		st->registered = true;
	}
	if (st->in != WW_ACT_NONE && same_time(p->admitted, c->admitted) &&
	    same_time(p->in_since, c->in_since))
		return s;
	if (st->in == WW_ACT_NONE)
		st->in = st->registered ? WW_ACT_INPATIENT : WW_ACT_ADMIT;
	return s == WW_OK ? enter(u, c, st->in, "in", c->class_, c->admitted,
	                        changed_at(p, c, c->in_since))
	                  : s;
}

/* Not an inpatient: taken back, registered, or of another class than before. */
static ww_status
be_present(struct unfold *u, struct state *st, const struct ww_event *c)
{
	const struct ww_event *p = st->last;
	bool admits = ww_act_of(c->trigger) == WW_ACT_ADMIT;
	int64_t first = ww_time_known(c->ed_since) ? WW_encounter_class_ED : c->class_;
	ww_status s = WW_OK;

	if (st->in != WW_ACT_NONE) {
		st->in = WW_ACT_NONE;
		st->registered = true;
		return enter(u, c, WW_ACT_OUTPATIENT, NULL, c->class_, c->admitted,
		    changed_at(NULL, c, since_of(c, c->class_)));
	}
	if (!st->registered || (p != NULL && !same_time(p->admitted, c->admitted)))
		s = enter(u, c, admits ? WW_ACT_ADMIT : WW_ACT_REGISTER, "reg", first,
		    since_of(c, first), c->recorded);
	if (s == WW_OK && (st->registered ? p->class_ != c->class_ : first != c->class_))
		s = enter(u, c, WW_ACT_UPDATE, NULL, c->class_, c->admitted,
		    changed_at(p, c, c->obs_since));
	st->registered = true;
	return s;
}

static ww_status
leave(struct unfold *u, struct state *st, const struct ww_event *c)
{
	const struct ww_event *p = st->last;
	struct ww_event *ev;

	if (!is_finished(c))
		return take_back(u, c, WW_ACT_DISCHARGE, "out", &st->discharged);
	if (st->discharged && same_time(p->discharged, c->discharged) &&
	    ww_str_eq(p->disposition, c->disposition))
		return WW_OK;
	ev = add(u, c, WW_ACT_DISCHARGE, "out");
	if (ev == NULL)
		return WW_E_MEMORY;
	st->discharged = true;
	ev->class_ = c->class_;
	ev->admitted = c->admitted;
	ev->discharged = c->discharged;
	ev->disposition = c->disposition;
	ev->occurred = first_known(c->discharged, c->recorded);
	return WW_OK;
}

static ww_status
go_and_come(struct unfold *u, struct state *st, const struct ww_event *c)
{
	bool on_leave = c->status == WW_encounter_status_ONLEAVE, was = st->on_leave;

	st->on_leave = on_leave;
	if (on_leave == was || (was && is_finished(c)))
		return WW_OK;
	return add(u, c, on_leave ? WW_ACT_LEAVE : WW_ACT_RETURN, NULL) != NULL ? WW_OK
	                                                                        : WW_E_MEMORY;
}

static bool
moved(const struct state *st, const struct ww_event *c)
{
	const struct ww_event *p = st->last;

	return (st->registered || st->in != WW_ACT_NONE) && p != NULL && !is_finished(c) &&
	       c->location.n != 0 && !ww_str_eq(p->location, c->location);
}

static ww_status
present(struct unfold *u, struct state *st, const struct ww_event *c)
{
	bool moves = moved(st, c) || ww_act_of(c->trigger) == WW_ACT_TRANSFER;
	ww_status s = inpatient(c->class_) ? become_inpatient(u, st, c) : be_present(u, st, c);

	if (s == WW_OK && moves && add(u, c, WW_ACT_TRANSFER, NULL) == NULL)
		s = WW_E_MEMORY;
	if (s == WW_OK)
		s = go_and_come(u, st, c);
	return s == WW_OK ? leave(u, st, c) : s;
}

static ww_status
advance(struct unfold *u, struct state *st, const struct ww_event *c)
{
	ww_status s = WW_OK;

	/* the facts of every version count, whatever it changes */
	if (add(u, c, WW_ACT_UPDATE, NULL) == NULL)
		return WW_E_MEMORY;
	if (c->status == WW_encounter_status_UNKNOWN)
		return WW_OK;
	if (c->status == WW_encounter_status_CANCELLED)
		s = cancel(u, st, c);
	else if (c->status == WW_encounter_status_ERROR)
		s = take_back_all(u, st, c);
	else if (is_planned(c))
		s = plan(u, st, c);
	else
		s = present(u, st, c);
	st->last = c->status == WW_encounter_status_ERROR ? NULL : c;
	return s;
}

/* -- all versions --------------------------------------------------------------------------------------- */

static struct state *
state_of(struct unfold *u, ww_str source)
{
	struct state *st;

	for (size_t i = 0; i < u->states_n; i++) {
		if (ww_str_eq(u->states[i].source, source))
			return &u->states[i];
	}
	st = &u->states[u->states_n++];
	*st = (struct state){ .source = source, .in = WW_ACT_NONE };
	return st;
}

ww_status
ww_snapshots_unfold(struct ww_ctx *cx, struct ww_step **s, size_t *n, bool *erased)
{
	struct unfold u = { .cx = cx };
	size_t versions = 0;
	ww_status r = WW_OK;

	*erased = false;
	for (size_t i = 0; i < *n; i++)
		versions += is_version((*s)[i].ev);
	if (versions == 0)
		return WW_OK;
	u.v = ww_arena_array(cx->arena, *n + versions * STEPS_MAX, sizeof(*u.v));
	u.states = ww_arena_array(cx->arena, versions, sizeof(*u.states));
	if (u.v == NULL || u.states == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < *n; i++) {
		const struct ww_event *ev = (*s)[i].ev;

		if (is_version(ev))
			state_of(&u, ev->source)->is_dropped =
			    ev->status == WW_encounter_status_ERROR;
	}
	for (size_t i = 0; r == WW_OK && i < *n; i++) {
		const struct ww_event *ev = (*s)[i].ev;
		struct state *st = is_version(ev) ? state_of(&u, ev->source) : NULL;

		if (st == NULL)
			u.v[u.n++] = (*s)[i];
		else if (!st->is_dropped)
			r = advance(&u, st, ev);
		*erased = *erased || (st != NULL && st->is_dropped);
	}
	if (r != WW_OK || ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < u.n; i++)
		u.v[i].place = i + 1;
	*s = u.v;
	*n = u.n;
	return WW_OK;
}

/* -- what may be forgotten -------------------------------------------------------------------------- */

/* All but when it was made and how it came. */
static bool
says_the_same(const struct ww_event *a, const struct ww_event *b)
{
	struct ww_event x = *a;

	x.id = b->id;
	x.encounter = b->encounter;
	x.recorded = b->recorded;
	x.sent = b->sent;
	x.occurred = b->occurred;
	x.control = b->control;
	x.digest = b->digest;
	return ww_row_equal(&ww_entity_event, &x, b);
}

/* The nearest version of the same Encounter in that direction; NULL: none. */
static const struct ww_event *
neighbour(const struct ww_step *s, size_t n, size_t i, bool before)
{
	for (size_t k = i; before ? k-- > 0 : ++k < n;) {
		if (ww_str_eq(s[k].ev->source, s[i].ev->source))
			return s[k].ev;
	}
	return NULL;
}

ww_status
ww_snapshots_needed(struct ww_ctx *cx, const struct ww_event *events, size_t n, bool *needed)
{
	struct ww_step *s = ww_arena_array(cx->arena, n + 1, sizeof(*s));

	if (s == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < n; i++)
		s[i] = ww_step_of(&events[i]);
	ww_steps_sort_recorded(s, n);
	for (size_t i = 0; i < n; i++) {
		const struct ww_event *p, *c = s[i].ev, *q;

		if (!is_version(c))
			continue;
		p = neighbour(s, n, i, true);
		q = neighbour(s, n, i, false);
		needed[c - events] =
		    p == NULL || q == NULL || !says_the_same(p, c) || !says_the_same(c, q);
	}
	return WW_OK;
}
