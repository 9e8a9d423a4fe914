/* Which visit a message is about. */
#include "apply/work.h"

#include "base/crypto.h"
#include "model/fold.h"
#include "model/member.h"
#include "model/order.h"

enum { DAY_MS = 86400000 };

static ww_time
first_known(ww_time a, ww_time b)
{
	return ww_time_known(a) ? a : b;
}

/* The number was given again: the visit that has it ended before this admission began. */
static bool
is_reused(const struct ww_encounter *e, const struct ww_event *ev, bool admits)
{
	enum ww_act act = ww_act_of(ev->trigger);

	if (!admits || e->status != WW_encounter_status_FINISHED || !ww_time_known(e->end))
		return false;
	/* an end that no discharge stated is only about right */
	if (e->closed != 0)
		return first_known(ev->admitted, ev->occurred).ms > e->end.ms + DAY_MS;
	if (ww_time_known(ev->admitted))
		return ww_time_cmp(ev->admitted, e->end) > 0;
	/* A06 goes on with a visit; what opens one without saying when it began is of the time it was sent */
	return act != WW_ACT_INPATIENT && ww_time_cmp(ev->occurred, e->end) > 0;
}

/* Of several visits under one number the last that began before the event, else the first. */
static void
choose(struct ww_work *w, const struct ww_encounter *visits, size_t n, bool admits, bool *found)
{
	for (size_t i = 0; i < n; i++) {
		if (*found && visits[i].start.ms > w->facts.event.occurred.ms)
			continue;
		w->before = visits[i];
		*found = true;
	}
	*found = *found && !is_reused(&w->before, &w->facts.event, admits);
}

/* By visit number, and of this person: a number that two people share is two visits. */
static ww_status
by_visit(struct ww_work *w, ww_str visit_system, bool admits, bool *found)
{
	struct ww_encounter like, *visits;
	struct ww_rows rows;
	size_t n = 0;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.visit_system = visit_system;
	like.visit = w->facts.visit;
	s = ww_find(w->l, w->cx, encounter, "by_visit", &like, &rows);
	if (s != WW_OK || rows.n == 0)
		return s;
	visits = ww_arena_array(w->cx->arena, rows.n, sizeof(*visits));
	if (visits == NULL)
		return ww_fail_memory(w->cx);
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_encounter *e = WW_ROW(&rows, encounter, i);

		if (e->merged_into == 0 && (e->person == w->person.id || e->origin == w->person.id))
			visits[n++] = *e;
	}
	if (ww_reuse_matters(w, visits, n)) {
		*found = true;
		return ww_reuse(w, visits, n);
	}
	choose(w, visits, n, admits, found);
	return WW_OK;
}

/* A stay that was known by the feed's name alone has its authority from now on. */
static ww_status
name_authority(struct ww_work *w)
{
	ww_status s = WW_OK;

	if (ww_str_eq(w->facts.visit_system, w->feed->name))
		return WW_OK;
	s = ww_ledger_remove(w->l, w->cx, &ww_entity_encounter, &w->before);
	w->before.visit_system = w->facts.visit_system;
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, encounter, &w->before);
	return s == WW_OK ? ww_authority_keep(w, WW_NUMBER_VISIT, w->before.visit_system) : s;
}

/* The same number, where its authority was left out in this message or before. */
static ww_status
by_weak(struct ww_work *w, bool admits, bool *found)
{
	struct ww_texts others;
	ww_status s = ww_authority_others(w, WW_NUMBER_VISIT, w->facts.visit_system, &others);

	for (size_t i = 0; s == WW_OK && i < others.n && !*found; i++)
		s = by_visit(w, others.v[i], admits, found);
	if (s != WW_OK || !*found)
		return s;
	ww_matched(
	    w, "visit by %s, authority left out", ww_said_in(w, "PV1-19", "Encounter.identifier"));
	return name_authority(w);
}

static ww_status
load_person(struct ww_work *w, ww_id id)
{
	bool found;

	ww_row_init(&ww_entity_person, &w->person);
	w->person.id = id;
	return ww_get(w->l, w->cx, person, &w->person, &found);
}

/* Late traffic under an old number of the visit, or under the patient whose it is no more. */
static ww_status
by_alias(struct ww_work *w, bool admits, bool *found)
{
	struct ww_facts *f = &w->facts;
	bool other;
	ww_status s = ww_rehome_visit_number(w, "visit", &f->visit_system, &f->visit, &other);

	return s == WW_OK && other ? by_visit(w, f->visit_system, admits, found) : s;
}

/* The visit was moved before it was known. */
static ww_status
owner_of(struct ww_work *w, ww_id *owner)
{
	struct ww_identifier like;
	struct ww_rows rows = { .n = 0 };
	struct ww_person p;
	bool found;
	ww_status s;

	*owner = 0;
	ww_row_init(&ww_entity_identifier, &like);
	like.system = w->facts.visit_system;
	like.value = w->facts.visit;
	s = ww_rehome_visit_number(w, "owner", &like.system, &like.value, &found);
	if (s != WW_OK || !found)
		return s;
	s = ww_find(w->l, w->cx, identifier, "by_value", &like, &rows);
	if (s != WW_OK || rows.n == 0)
		return s;
	ww_row_init(&ww_entity_person, &p);
	p.id = WW_ROW(&rows, identifier, 0)->person;
	s = ww_get(w->l, w->cx, person, &p, &found);
	if (s == WW_OK && found)
		s = ww_person_resolve(w, &p, &found);
	if (s == WW_OK && found)
		*owner = p.id;
	return s;
}

/* The newest version of that Encounter in the log of the stay was made after the one in hand. */
static ww_status
is_older_version(struct ww_work *w, const struct ww_encounter *e, bool *older)
{
	struct ww_event like;
	struct ww_rows rows;
	ww_status s;

	*older = false;
	ww_row_init(&ww_entity_event, &like);
	like.encounter = e->id;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_event, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_event *ev = WW_ROW(&rows, event, i);
		struct ww_step a = ww_step_of(ev), b = ww_step_of(&w->facts.event);

		*older = *older || (ww_str_eq(ev->source, w->facts.event.source) &&
		                       ww_step_recorded(&a, &b) > 0);
	}
	return s;
}

/* The Encounter is of one patient by this version and of another by others: the newest is right, and has them all. */
static ww_status
by_version(struct ww_work *w, bool *found)
{
	struct ww_encounter like;
	struct ww_rows rows;
	bool other, older = false;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.visit_system = w->facts.visit_system;
	like.visit = w->facts.visit;
	s = ww_rehome_visit_number(w, "visit", &like.visit_system, &like.visit, &other);
	if (s == WW_OK)
		s = ww_find(w->l, w->cx, encounter, "by_visit", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_encounter *e = WW_ROW(&rows, encounter, i);

		if (e->merged_into != 0 || e->person == w->person.id ||
		    !ww_source_is_in(e->sources, w->facts.event.source))
			continue;
		s = is_older_version(w, e, &older);
		if (s != WW_OK)
			return s;
		if (!older) {
			w->leaves = e->id;
			return WW_OK;
		}
		w->before = *e;
		*found = true;
		ww_matched(w, "visit by Encounter, which is another patient's by now");
		return WW_OK;
	}
	return s;
}

enum { NAME_HEX = 32 };

/* How many stays have that name already, each under an ordinal of its own: a number that was given again. */
static ww_status
count_named(struct ww_work *w, ww_str name, int *n)
{
	struct ww_encounter like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.visit_system = w->facts.visit_system;
	like.visit = w->facts.visit;
	s = ww_find(w->l, w->cx, encounter, "by_visit", &like, &rows);
	*n = 0;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		*n += ww_str_starts(WW_ROW(&rows, encounter, i)->name, name);
	return s;
}

/* The name does not depend on sequence numbers: an engine that has lost its last hours and gets them sent again must
 * find at a receiver what it told there, and must not find there what it told of another stay. So it follows from the
 * visit's number and whose it is; where there is none, from the message that opened the stay. */
static ww_status
name_stay(struct ww_work *w, ww_str *out)
{
	const struct ww_facts *f = &w->facts;
	uint8_t mac[WW_SHA256];
	char hex[2 * WW_SHA256 + 1];
	ww_str parts[6] = { f->visit_system, f->visit };
	int n = 0;
	ww_status s = WW_OK;

	if (f->visit.n != 0 && f->identifiers_n > 0) {
		parts[2] = f->identifiers[0].system;
		parts[3] = f->identifiers[0].value;
		parts[4] = ww_arena_printf(w->cx->arena, "%lld/%u",
		    (long long)ww_birth_day(f->person.birth), f->person.birth.prec);
		parts[5] = f->person.family;
		ww_hmac(WW_STR("stay"), parts, 6, mac);
	} else {
		ww_hmac(WW_STR("stay"), &w->message->dedupe, 1, mac);
	}
	ww_hex(mac, sizeof(mac), hex);
	hex[NAME_HEX] = '\0';
	if (f->visit.n != 0)
		s = count_named(w, ww_str_from(hex), &n);
	*out = ww_arena_printf(w->cx->arena, "%s.%d", hex, n + 1);
	return s;
}

/* A visit of another patient's than the message says, who may have it already. *origin is whose the message says it is. */
static ww_status
by_owner(struct ww_work *w, bool admits, bool *found, ww_id *origin)
{
	ww_id owner, said = w->person.id;
	ww_status s = owner_of(w, &owner);

	if (s != WW_OK || owner == 0 || owner == said)
		return s;
	*origin = said;
	s = load_person(w, owner);
	return s == WW_OK ? by_visit(w, w->facts.visit_system, admits, found) : s;
}

static ww_status
by_number(struct ww_work *w, bool admits, bool *found, ww_id *origin)
{
	ww_status s = WW_OK;

	const char *number = ww_visit_is_account(w->facts.visit_system)
	                         ? "account"
	                         : ww_said_in(w, "PV1-19", "Encounter.identifier");

	if (!ww_made_now(w, w->person.id))
		s = by_visit(w, w->facts.visit_system, admits, found);
	if (s == WW_OK && *found)
		ww_matched(w, "visit by %s%s", number, w->reused ? ", which was given again" : "");
	if (s == WW_OK && !*found && !ww_made_now(w, w->person.id))
		s = by_weak(w, admits, found);
	if (s != WW_OK || *found)
		return s;
	s = by_alias(w, admits, found);
	if (s == WW_OK && *found)
		ww_matched(w, "visit by alias of %s", number);
	if (s != WW_OK || *found)
		return s;
	s = by_owner(w, admits, found, origin);
	if (s == WW_OK && *found)
		ww_matched(w, "visit by %s of another patient, to whom it was moved", number);
	return s;
}

ww_status
ww_open_visit(struct ww_work *w, ww_id origin)
{
	ww_status s;

	ww_row_init(&ww_entity_encounter, &w->before);
	w->before.id = ww_ctx_id(w->cx);
	w->before.person = w->person.id;
	w->before.origin = origin;
	w->before.feed = w->feed->name;
	w->before.visit_system = w->facts.visit_system;
	w->before.visit = w->facts.visit;
	s = name_stay(w, &w->before.name);
	return s == WW_OK && w->facts.visit.n != 0
	           ? ww_authority_keep(w, WW_NUMBER_VISIT, w->facts.visit_system)
	           : s;
}

ww_status
ww_identify_encounter(struct ww_work *w)
{
	enum ww_act act = ww_act_of(w->facts.event.trigger);
	bool admits = ww_act_admits(act), found = false;
	ww_id origin = 0;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_encounter, &w->before);
	ww_row_init(&ww_entity_encounter, &w->after);
	if (act == WW_ACT_PERSON || w->facts.event.class_ == WW_encounter_class_NONPATIENT) {
		w->message->reason =
		    act == WW_ACT_PERSON
		        ? WW_STR("a message about the person alone: person updated, no visit")
		        : WW_STR("PV1-2 is N: no visit; person updated");
		return WW_OK;
	}
	ww_keep_alternates(w);
	w->leaves = 0;
	if (w->facts.event.source.n != 0)
		s = by_version(w, &found);
	if (s == WW_OK && !found && w->facts.visit.n != 0)
		s = by_number(w, admits, &found, &origin);
	if (s == WW_OK && !found && !ww_made_now(w, w->person.id))
		s = ww_match_visit(w, &found);
	if (s == WW_OK && found && w->before.person != w->person.id)
		s = load_person(w, w->before.person);
	if (s != WW_OK)
		return s;
	if (!found && w->facts.visit.n == 0 && !ww_act_opens(act)) {
		w->message->reason =
		    WW_STR("PV1-19 and PID-18 empty, and not one open visit it could mean");
		return WW_OK;
	}
	w->is_new = !found;
	if (!found)
		ww_matched(w, "new visit");
	if (!found)
		s = ww_open_visit(w, origin != 0 ? origin : w->said);
	w->after = w->before;
	w->message->person = w->person.id;
	w->message->encounter = w->after.id;
	return s == WW_OK && w->leaves != 0 ? ww_rehome_source(w, w->leaves) : s;
}
