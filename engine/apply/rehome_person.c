/* Persons that turn out to be one, or to be two after all: who has a number, merging, undoing a merge. */
#include "apply/rehome.h"

#include "model/member.h"

#include <wardwire/act.h>

#include <string.h>

/* -- persons ---------------------------------------------------------------------------------------- */

ww_status
ww_person_resolve(struct ww_work *w, struct ww_person *p, bool *found)
{
	ww_status s = WW_OK;

	*found = true;
	for (int hops = 0; s == WW_OK && *found && p->merged_into != 0; hops++) {
		ww_id next = p->merged_into;

		if (hops == WW_REHOME_HOPS)
			return ww_fail(w->cx, WW_E_CONFLICT, "person",
			    "merged more than %d times, one into the other", WW_REHOME_HOPS);
		ww_row_init(&ww_entity_person, p);
		p->id = next;
		s = ww_get(w->l, w->cx, person, p, found);
	}
	return s;
}

/* Who has that number under the authority that was left out, here or before; no row when there may be several. */
static ww_status
find_weak(struct ww_work *w, const struct ww_identifier *number, struct ww_rows *out)
{
	struct ww_identifier like = *number;
	struct ww_texts others;
	ww_status s = ww_authority_others(w, WW_NUMBER_PERSON, number->system, &others);

	out->n = 0;
	for (size_t i = 0; s == WW_OK && i < others.n; i++) {
		struct ww_rows rows;

		like.system = others.v[i];
		s = ww_find(w->l, w->cx, identifier, "by_value", &like, &rows);
		if (s != WW_OK || rows.n == 0)
			continue;
		if (out->n != 0) {
			out->n = 0;
			return WW_OK;
		}
		*out = rows;
	}
	return s;
}

/* Who has that number now; id 0: nobody. Of several whom it was given to, the first. */
ww_status
ww_rehome_person_of(struct ww_work *w, const struct ww_identifier *number, struct ww_person *out)
{
	struct ww_rows rows;
	bool found = false;
	ww_status s = ww_find(w->l, w->cx, identifier, "by_value", number, &rows);

	ww_row_init(&ww_entity_person, out);
	if (s == WW_OK && rows.n == 0)
		s = find_weak(w, number, &rows);
	if (s != WW_OK || rows.n == 0)
		return s;
	out->id = WW_ROW(&rows, identifier, 0)->person;
	s = ww_get(w->l, w->cx, person, out, &found);
	if (s == WW_OK && found)
		s = ww_person_resolve(w, out, &found);
	if (!found)
		ww_row_init(&ww_entity_person, out);
	return s;
}

/* merged: it is an old number, and was another person's or nobody's. */
ww_status
ww_rehome_give(struct ww_work *w, const struct ww_identifier *number, ww_id person, bool merged)
{
	struct ww_identifier id = *number;

	id.id = ww_ctx_id(w->cx);
	id.person = person;
	id.merged = merged ? (int64_t)w->cx->seq : 0;
	return ww_put(w->l, w->cx, identifier, &id);
}

/* Which number of the message an old one became: of the same authority and type, else the first. */
static const struct ww_identifier *
successor(const struct ww_facts *f, const struct ww_identifier *old)
{
	for (size_t i = 0; i < f->identifiers_n; i++) {
		const struct ww_identifier *id = &f->identifiers[i];

		if (ww_str_eq(id->system, old->system) && ww_str_eq(id->type, old->type))
			return id;
	}
	return f->identifiers_n > 0 ? &f->identifiers[0] : NULL;
}

/* One of two numbers may not be known: then it is one more of the person who has the other, and nothing is merged;
 * unless that was nobody whom the name fits. */
ww_status
ww_rehome_numbers(struct ww_work *w)
{
	const struct ww_prior *prior = &w->facts.prior;
	enum ww_act act = ww_act_of(w->facts.event.trigger);
	ww_status s = WW_OK;

	if (act != WW_ACT_MERGE_PERSON && act != WW_ACT_MOVE_PERSON)
		return WW_OK;
	for (size_t i = 0; s == WW_OK && i < prior->identifiers_n; i++) {
		const struct ww_identifier *to = successor(&w->facts, &prior->identifiers[i]);
		struct ww_person old, new;

		s = ww_rehome_person_of(w, &prior->identifiers[i], &old);
		/* a Patient is somebody of its own, also before it has come */
		if (s != WW_OK || to == NULL || old.id == 0 || ww_names_resource(to))
			continue;
		s = ww_rehome_person_of(w, to, &new);
		if (s == WW_OK && new.id == 0 && ww_persons_agree(&old, &w->facts.person))
			s = ww_rehome_give(w, to, old.id, false);
	}
	return s;
}

/* -- a merge of patients ------------------------------------------------------------------------------ */

ww_status
ww_rehome_stays_of(struct ww_work *w, ww_id person, struct ww_rows *out)
{
	struct ww_encounter like;

	ww_row_init(&ww_entity_encounter, &like);
	like.person = person;
	return ww_find(w->l, w->cx, encounter, "by_person", &like, out);
}

static ww_status
coverages_of(struct ww_work *w, ww_id person, struct ww_rows *out)
{
	struct ww_coverage like;

	ww_row_init(&ww_entity_coverage, &like);
	like.person = person;
	return ww_ledger_scan(w->l, w->cx, &ww_entity_coverage, 1, &like, 0, out);
}

/* Those who are known by messages have the numbers of the newest; Coverages are each for itself. */
static bool
has_coverage(const struct ww_rows *own, const struct ww_coverage *c)
{
	for (size_t i = 0; i < own->n; i++) {
		const struct ww_coverage *o = WW_ROW(own, coverage, i);

		if (c->source.n == 0 ? o->source.n == 0 && o->member_id.n != 0
		                     : ww_str_eq(o->source, c->source))
			return true;
	}
	return false;
}

/* Payer's numbers that only the one who is no more had. */
static ww_status
move_coverages(struct ww_work *w, ww_id from, ww_id to)
{
	struct ww_rows old, own;
	ww_status s = coverages_of(w, to, &own);

	if (s == WW_OK)
		s = coverages_of(w, from, &old);
	for (size_t i = 0; s == WW_OK && i < old.n; i++) {
		struct ww_coverage c = *WW_ROW(&old, coverage, i);

		if (has_coverage(&own, &c))
			continue;
		c.id = ww_ctx_id(w->cx);
		c.person = to;
		s = ww_put(w->l, w->cx, coverage, &c);
		if (s == WW_OK && c.member_id.n != 0)
			s = ww_keep_member(w, to, c.member_id);
	}
	return s;
}

/* Both birth date and family name differ: perhaps two people were made one. */
static bool
is_overlay(const struct ww_person *a, const struct ww_person *b)
{
	return ww_time_known(a->birth) && ww_time_known(b->birth) &&
	       ww_birth_day(a->birth) != ww_birth_day(b->birth) && a->family.n != 0 &&
	       b->family.n != 0 && !ww_same_name(a->family, b->family);
}

/* by: the kind of review; "merge" is a hospital's own. */
static ww_status
merge_persons(
    struct ww_work *w, struct ww_person *from, const struct ww_person *into, const char *by)
{
	bool theirs = strcmp(by, "merge") == 0, overlay = theirs && is_overlay(from, into);
	struct ww_rows stays;
	ww_status s;

	w->renumbered = true;
	w->overlay = w->overlay || overlay;
	from->merged_into = into->id;
	from->merged_by = (int64_t)w->cx->seq;
	from->joined = !theirs;
	s = ww_review_note(w, overlay ? "overlay" : by,
	    overlay ? WW_review_state_OPEN : WW_review_state_ONE, from->id, into->id);
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, person, from);
	if (s == WW_OK)
		s = ww_family_join(w, from->id, into->id);
	if (s == WW_OK)
		s = move_coverages(w, from->id, into->id);
	if (s == WW_OK)
		s = ww_restrict_move(w, from->id, into->id);
	if (s == WW_OK)
		s = ww_rehome_stays_of(w, from->id, &stays);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		struct ww_encounter e = *WW_ROW(&stays, encounter, i);

		s = ww_rehome_settle(w, &e, into);
	}
	return s == WW_OK ? ww_rehome_diagnoses(w, from->id, into->id, 0, 0) : s;
}

/* Until the Patient comes that is meant, they are called as the other was. */
static ww_status
call_as_before(struct ww_work *w, const struct ww_person *old)
{
	struct ww_person *p = &w->person;

	if (!ww_is_nameless(p) || ww_is_nameless(old))
		return WW_OK;
	p->family = old->family;
	p->given = old->given;
	p->birth = old->birth;
	p->sex = old->sex;
	p->demog_ms = 1;
	return ww_put(w->l, w->cx, person, p);
}

/* A hospital may go on to call two one of whom an operator has said that they are not: somebody must look. */
ww_status
ww_rehome_merge_person(struct ww_work *w, struct ww_person *old)
{
	bool apart;
	ww_status s = ww_review_apart(w, old->id, w->person.id, &apart);

	if (s == WW_OK && !apart)
		s = merge_persons(w, old, &w->person, "merge");
	if (s != WW_OK || !apart)
		return s == WW_OK ? call_as_before(w, old) : s;
	w->message->reason = WW_STR("an operator has said that these are two persons: not merged, "
	                            "and on the list again (wardwire match ls)");
	return ww_review_note(w, "merge", WW_review_state_OPEN, old->id, w->person.id);
}

ww_status
ww_rehome_join(struct ww_work *w, struct ww_person *other, const char *by)
{
	struct ww_person *p = &w->person;
	ww_status s = merge_persons(w, other, p, by);

	if (s != WW_OK)
		return s;
	if (p->insured_ms == 0)
		p->insured_ms = other->insured_ms;
	if (other->demog_ms <= p->demog_ms)
		return ww_put(w->l, w->cx, person, p);
	p->family = other->family;
	p->given = other->given;
	p->birth = other->birth;
	p->sex = other->sex;
	p->alike = other->alike;
	p->demog_ms = other->demog_ms;
	return ww_put(w->l, w->cx, person, p);
}

/* -- undoing a merge ---------------------------------------------------------------------------------- */

/* It came under a number of that one's, and no message has moved it since. */
static ww_status
came_with(struct ww_work *w, const struct ww_encounter *e, ww_id loser, bool *out)
{
	struct ww_person p;
	struct ww_alias a;
	bool found, moved;
	ww_status s;

	*out = false;
	if (e->origin == 0 || e->merged_into != 0)
		return WW_OK;
	ww_row_init(&ww_entity_alias, &a);
	a.level = WW_STR("owner");
	a.system = e->visit_system;
	a.value = e->visit;
	s = ww_get(w->l, w->cx, alias, &a, &moved);
	ww_row_init(&ww_entity_person, &p);
	p.id = e->origin;
	if (s == WW_OK)
		s = ww_get(w->l, w->cx, person, &p, &found);
	if (s == WW_OK && found)
		s = ww_person_resolve(w, &p, &found);
	*out = s == WW_OK && found && !moved && p.id == loser;
	return s;
}

static ww_status
move_back(struct ww_work *w, struct ww_encounter *e, const struct ww_person *loser)
{
	ww_status s = ww_rehome_visit(w, e, loser);

	if (s == WW_OK && e->origin == loser->id) {
		e->origin = 0;
		s = ww_put(w->l, w->cx, encounter, e);
	}
	return s == WW_OK ? ww_rehome_note(w, e->id) : s;
}

/* The numbers that the other was given since because they came with traffic of the one it was taken for. */
static ww_status
take_numbers_back(struct ww_work *w, const struct ww_person *loser, int64_t since)
{
	struct ww_identifier like;
	struct ww_rows theirs, ours;
	ww_status s;

	ww_row_init(&ww_entity_identifier, &like);
	like.person = loser->id;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_identifier, 1, &like, 0, &theirs);
	like.person = w->person.id;
	if (s == WW_OK)
		s = ww_ledger_scan(w->l, w->cx, &ww_entity_identifier, 1, &like, 0, &ours);
	for (size_t i = 0; s == WW_OK && i < ours.n; i++) {
		const struct ww_identifier *o = WW_ROW(&ours, identifier, i);

		for (size_t k = 0; s == WW_OK && o->id >> 16 >= since && k < theirs.n; k++) {
			const struct ww_identifier *t = WW_ROW(&theirs, identifier, k);

			if (ww_str_eq(o->system, t->system) && ww_str_eq(o->value, t->value))
				s = ww_ledger_remove(w->l, w->cx, &ww_entity_identifier, o);
		}
	}
	return s;
}

/* Coverages that the merge gave to the other. */
static ww_status
take_coverages_back(struct ww_work *w, int64_t merged_by)
{
	struct ww_coverage like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_coverage, &like);
	like.person = w->person.id;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_coverage, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_coverage *c = WW_ROW(&rows, coverage, i);
		struct ww_member m;

		if (c->id >> 16 != merged_by)
			continue;
		ww_row_init(&ww_entity_member, &m);
		m.number = ww_member_key(w->cx, c->member_id);
		m.person = w->person.id;
		s = ww_ledger_remove(w->l, w->cx, &ww_entity_coverage, c);
		if (s == WW_OK)
			s = ww_ledger_remove(w->l, w->cx, &ww_entity_member, &m);
	}
	return s;
}

ww_status
ww_rehome_part(struct ww_work *w, struct ww_person *loser)
{
	int64_t merged_by = loser->merged_by;
	struct ww_rows stays = { .n = 0 };
	ww_status s;

	s = ww_family_part(w, loser->id, loser->merged_into);
	loser->merged_into = loser->merged_by = loser->joined = 0;
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, person, loser);
	if (s == WW_OK)
		s = ww_rehome_stays_of(w, w->person.id, &stays);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		struct ww_encounter e = *WW_ROW(&stays, encounter, i);
		bool back;

		s = came_with(w, &e, loser->id, &back);
		if (s == WW_OK && back)
			s = move_back(w, &e, loser);
	}
	if (s == WW_OK)
		s = take_numbers_back(w, loser, merged_by);
	return s == WW_OK ? take_coverages_back(w, merged_by) : s;
}
