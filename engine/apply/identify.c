/* Which person and which encounter a message is about. A person is known by an identifier and an agreeing
 * birth date or family name: a number alone, mistyped or given again, must not join two people. A payer's number
 * may be a whole family's, and needs the birth date and one of the names. */
#include "apply/work.h"

#include "base/crypto.h"
#include "model/fold.h"
#include "model/member.h"

#include <stdlib.h>
#include <string.h>

/* -- person ----------------------------------------------------------------------------------------- */

/* True when birth date or family name agree; unknown on either side agrees. Birth dates that differ are two
 * people, such as mother and child under one number, unless both names and the sex say that one was corrected. */
static bool
agree(const struct ww_person *a, const struct ww_person *b)
{
	bool birth = ww_time_known(a->birth) && ww_time_known(b->birth);
	bool family = a->family.n != 0 && b->family.n != 0;

	if (birth && ww_birth_day(a->birth) == ww_birth_day(b->birth))
		return true;
	if (birth)
		return ww_same_name(a->family, b->family) && ww_same_name(a->given, b->given) &&
		       ww_str_ieq(a->sex, b->sex);
	return !family || ww_str_ieq(a->family, b->family);
}

static bool
agree_wholly(const struct ww_person *a, const struct ww_person *b)
{
	return ww_time_known(a->birth) && ww_time_known(b->birth) &&
	       ww_birth_day(a->birth) == ww_birth_day(b->birth) &&
	       (ww_same_name(a->family, b->family) || ww_same_name(a->given, b->given));
}

/* The person who has that identifier and agrees; *found false when there is none. */
static ww_status
person_by(struct ww_work *w, const struct ww_identifier *id, bool *found)
{
	struct ww_rows rows;
	ww_status s = ww_find(w->l, w->cx, identifier, "by_value", id, &rows);

	*found = false;
	for (size_t i = 0; s == WW_OK && i < rows.n && !*found; i++) {
		ww_row_init(&ww_entity_person, &w->person);
		w->person.id = WW_ROW(&rows, identifier, i)->person;
		s = ww_get(w->l, w->cx, person, &w->person, found);
		if (*found)
			*found = ww_member_type(id->type)
			             ? agree_wholly(&w->person, &w->facts.person)
			             : agree(&w->person, &w->facts.person);
	}
	return s;
}

/* The message says something else of who it is than was known. */
static bool
differs(const struct ww_person *known, const struct ww_person *said)
{
	return (said->family.n != 0 && !ww_same_name(known->family, said->family)) ||
	       (said->given.n != 0 && !ww_same_name(known->given, said->given)) ||
	       (ww_time_known(said->birth) &&
	           (!ww_time_known(known->birth) ||
	               ww_birth_day(known->birth) != ww_birth_day(said->birth)));
}

/* Takes over name, birth date and sex unless an event recorded later has set them. */
static ww_status
keep_person(struct ww_work *w)
{
	const struct ww_person *said = &w->facts.person;
	int64_t recorded = w->facts.event.recorded.ms;
	bool known = w->person.id != 0;

	if (known && recorded < w->person.demog_ms)
		return WW_OK;
	if (!known)
		w->person.id = ww_ctx_id(w->cx);
	if (known)
		w->corrected = differs(&w->person, said);
	if (said->family.n != 0)
		w->person.family = said->family;
	if (said->given.n != 0)
		w->person.given = said->given;
	if (ww_time_known(said->birth))
		w->person.birth = said->birth;
	if (said->sex.n != 0)
		w->person.sex = said->sex;
	w->person.demog_ms = recorded;
	return ww_put(w->l, w->cx, person, &w->person);
}

/* Notes that the person stated that payer's number. */
static ww_status
keep_member(struct ww_work *w, ww_str number)
{
	struct ww_member m;

	ww_row_init(&ww_entity_member, &m);
	m.number = ww_member_key(w->cx, number);
	m.person = w->person.id;
	if (ww_arena_status(w->cx->arena) != WW_OK)
		return ww_fail_memory(w->cx);
	return m.number.n != 0 ? ww_put(w->l, w->cx, member, &m) : WW_OK;
}

static int
by_number(const void *pa, const void *pb)
{
	const struct ww_identifier *a = pa, *b = pb;
	int c = ww_str_cmp(a->value, b->value);

	return c != 0 ? c : ww_str_cmp(a->system, b->system);
}

static ww_status
keep_identifiers(struct ww_work *w)
{
	struct ww_identifier like;
	struct ww_rows known = { .n = 0 };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_identifier, &like);
	like.person = w->person.id;
	if (!ww_made_now(w, w->person.id))
		s = ww_ledger_scan(w->l, w->cx, &ww_entity_identifier, 1, &like, 0, &known);
	if (s == WW_OK &&
	    known.n > 1) /* thousands are a fault, and must not cost millions of looks */
		qsort(known.p, known.n, sizeof(like), by_number);
	for (size_t i = 0; s == WW_OK && i < w->facts.identifiers_n; i++) {
		struct ww_identifier *id = &w->facts.identifiers[i];

		if (known.n > 0 && bsearch(id, known.p, known.n, sizeof(like), by_number) != NULL)
			continue;
		id->id = ww_ctx_id(w->cx);
		id->person = w->person.id;
		s = ww_put(w->l, w->cx, identifier, id);
		if (s == WW_OK && ww_member_type(id->type))
			s = keep_member(w, id->value);
	}
	return s;
}

/* At least one names a member. */
static bool
name_a_member(const struct ww_coverage *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (c[i].member_id.n != 0)
			return true;
	}
	return false;
}

static bool
has_number(const struct ww_rows *coverages, ww_str number)
{
	for (size_t i = 0; i < coverages->n; i++) {
		if (ww_str_eq(WW_ROW(coverages, coverage, i)->member_id, number))
			return true;
	}
	return false;
}

/* The insurance of a message takes the place of what was known: a snapshot, as IN1 is sent. Not that of a late
 * message, and not numbers by a message that has none: what is left out is not cleared. */
static ww_status
keep_coverages(struct ww_work *w)
{
	struct ww_coverage like;
	struct ww_rows old = { .n = 0 };
	ww_status s = WW_OK;

	if (w->facts.coverages_n == 0 || w->facts.event.recorded.ms < w->person.demog_ms)
		return WW_OK;
	ww_row_init(&ww_entity_coverage, &like);
	like.person = w->person.id;
	if (!ww_made_now(w, w->person.id))
		s = ww_ledger_scan(w->l, w->cx, &ww_entity_coverage, 1, &like, 0, &old);
	if (s == WW_OK && name_a_member(old.p, old.n) &&
	    !name_a_member(w->facts.coverages, w->facts.coverages_n))
		return WW_OK;
	for (size_t i = 0; s == WW_OK && i < old.n; i++)
		s = ww_ledger_remove(w->l, w->cx, &ww_entity_coverage, WW_ROW(&old, coverage, i));
	for (size_t i = 0; s == WW_OK && i < w->facts.coverages_n; i++) {
		struct ww_coverage *c = &w->facts.coverages[i];

		c->id = ww_ctx_id(w->cx);
		c->person = w->person.id;
		s = ww_put(w->l, w->cx, coverage, c);
		if (s == WW_OK && c->member_id.n != 0 && !has_number(&old, c->member_id))
			s = keep_member(w, c->member_id);
	}
	return s;
}

ww_status
ww_identify_person(struct ww_work *w)
{
	bool found = false;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < w->facts.identifiers_n && !found; i++)
		s = person_by(w, &w->facts.identifiers[i], &found);
	if (s != WW_OK)
		return s;
	if (!found) {
		ww_row_init(&ww_entity_person, &w->person);
		w->person.test = w->test;
	}
	s = keep_person(w);
	if (s == WW_OK)
		s = keep_identifiers(w);
	if (s == WW_OK)
		s = keep_coverages(w);
	w->message->person = w->person.id;
	return s;
}

/* -- encounter -------------------------------------------------------------------------------------- */

static bool
open_stay(const struct ww_encounter *e)
{
	return e->status != WW_encounter_status_UNKNOWN &&
	       e->status != WW_encounter_status_FINISHED &&
	       e->status != WW_encounter_status_CANCELLED && e->status != WW_encounter_status_ERROR;
}

/* The number was given again: the visit that has it ended before this admission began. */
static bool
is_reused(const struct ww_encounter *e, const struct ww_event *ev, bool admits)
{
	enum ww_act act = ww_act_of(ev->trigger);

	if (!admits || e->status != WW_encounter_status_FINISHED || !ww_time_known(e->end))
		return false;
	if (ww_time_known(ev->admitted))
		return ww_time_cmp(ev->admitted, e->end) > 0;
	/* A06 goes on with a visit; what opens one without saying when it began is of the time it was sent */
	return act != WW_ACT_INPATIENT && ww_time_cmp(ev->occurred, e->end) > 0;
}

/* By visit number, and of this person: a number that two people share is two visits. Of several visits under
 * one number it is the last that began before the event, else the first. */
static ww_status
by_visit(struct ww_work *w, bool admits, bool *found)
{
	struct ww_encounter like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.visit_system = w->facts.visit_system;
	like.visit = w->facts.visit;
	s = ww_find(w->l, w->cx, encounter, "by_visit", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_encounter *e = WW_ROW(&rows, encounter, i);

		if (e->person != w->person.id ||
		    (*found && e->start.ms > w->facts.event.occurred.ms))
			continue;
		w->before = *e;
		*found = true;
	}
	*found = *found && !is_reused(&w->before, &w->facts.event, admits);
	return s;
}

/* Without any number: the person's one open stay of this feed; for an admission only when it starts at the same
 * minute. */
static ww_status
by_person(struct ww_work *w, bool admits, bool *found)
{
	struct ww_encounter like;
	struct ww_rows rows;
	size_t hits = 0;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.person = w->person.id;
	s = ww_find(w->l, w->cx, encounter, "by_person", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_encounter *e = WW_ROW(&rows, encounter, i);
		int64_t apart = e->start.ms - w->facts.event.occurred.ms;

		if (!ww_str_eq(e->feed, w->feed->name) || !open_stay(e) ||
		    (admits && (apart > 60000 || apart < -60000)))
			continue;
		w->before = *e;
		hits++;
	}
	*found = hits == 1;
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

ww_status
ww_identify_encounter(struct ww_work *w)
{
	enum ww_act act = ww_act_of(w->facts.event.trigger);
	bool admits = ww_act_admits(act), found = false;
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
	if (!ww_made_now(w, w->person.id))
		s = w->facts.visit.n != 0 ? by_visit(w, admits, &found)
		                          : by_person(w, admits, &found);
	if (s != WW_OK)
		return s;
	if (!found && w->facts.visit.n == 0 && !ww_act_opens(act)) {
		w->message->reason =
		    WW_STR("PV1-19 and PID-18 empty, and not one open visit it could mean");
		return WW_OK;
	}
	w->is_new = !found;
	if (!found) {
		ww_row_init(&ww_entity_encounter, &w->before);
		w->before.id = ww_ctx_id(w->cx);
		w->before.person = w->person.id;
		w->before.feed = w->feed->name;
		w->before.visit_system = w->facts.visit_system;
		w->before.visit = w->facts.visit;
		s = name_stay(w, &w->before.name);
	}
	w->after = w->before;
	w->message->encounter = w->after.id;
	return s;
}
