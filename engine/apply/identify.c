/* Which person a message is about. A person is known by an identifier and an agreeing
 * birth date or family name: a number alone, mistyped or given again, must not join two people. A payer's number
 * may be a whole family's, and needs the birth date and one of the names. */
#include "apply/work.h"

#include "model/member.h"

#include <stdlib.h>
#include <string.h>

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

/* The message may mean the person in hand, who has that number. Of an old number the hospital has said whose it is. */
static bool
fits(const struct ww_work *w, const struct ww_identifier *number)
{
	if (number->merged != 0)
		return true;
	return ww_member_type(number->type) ? agree_wholly(&w->person, &w->facts.person)
	                                    : agree(&w->person, &w->facts.person);
}

/* The person who has that identifier and agrees; *found false when there is none. */
static ww_status
person_by(struct ww_work *w, const struct ww_identifier *id, bool *found)
{
	struct ww_rows rows;
	ww_status s = ww_find(w->l, w->cx, identifier, "by_value", id, &rows);

	*found = false;
	for (size_t i = 0; s == WW_OK && i < rows.n && !*found; i++) {
		const struct ww_identifier *row = WW_ROW(&rows, identifier, i);

		ww_row_init(&ww_entity_person, &w->person);
		w->person.id = row->person;
		s = ww_get(w->l, w->cx, person, &w->person, found);
		if (*found)
			*found = fits(w, row);
		w->late = *found && (row->merged != 0 || w->person.merged_into != 0);
	}
	return s == WW_OK && *found ? ww_person_resolve(w, &w->person, found) : s;
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

	/* what comes under a number that was merged away may be of before that */
	if (known && (w->late || recorded < w->person.demog_ms))
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

ww_status
ww_keep_member(struct ww_work *w, ww_id person, ww_str number)
{
	struct ww_member m;

	ww_row_init(&ww_entity_member, &m);
	m.number = ww_member_key(w->cx, number);
	m.person = person;
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
			s = ww_keep_member(w, w->person.id, id->value);
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

	if (w->late || w->facts.coverages_n == 0 || w->facts.event.recorded.ms < w->person.demog_ms)
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
			s = ww_keep_member(w, w->person.id, c->member_id);
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
