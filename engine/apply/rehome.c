/* Numbers that turn out to be somebody else's: merges, moves and changes of patients, accounts and visits. A person who
 * was merged keeps its numbers and leads to the one it is; a visit that moves keeps its log and says whose it was. HL7
 * v2.9 chapter 3, 3.5.2 and 3.3.17 to 3.3.50. */
#include "apply/work.h"

#include "model/fold.h"
#include "model/member.h"

#include <string.h>

/* -- persons ---------------------------------------------------------------------------------------- */

enum { HOPS_MAX = 16 };

ww_status
ww_person_resolve(struct ww_work *w, struct ww_person *p, bool *found)
{
	ww_status s = WW_OK;

	*found = true;
	for (int hops = 0; s == WW_OK && *found && p->merged_into != 0; hops++) {
		ww_id next = p->merged_into;

		if (hops == HOPS_MAX)
			return ww_fail(w->cx, WW_E_CONFLICT, "person",
			    "merged more than %d times, one into the other", HOPS_MAX);
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
static ww_status
person_of(struct ww_work *w, const struct ww_identifier *number, struct ww_person *out)
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
static ww_status
give_number(struct ww_work *w, const struct ww_identifier *number, ww_id person, bool merged)
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

		s = person_of(w, &prior->identifiers[i], &old);
		/* a Patient is somebody of its own, also before it has come */
		if (s != WW_OK || to == NULL || old.id == 0 || ww_names_resource(to))
			continue;
		s = person_of(w, to, &new);
		if (s == WW_OK && new.id == 0 && ww_persons_agree(&old, &w->facts.person))
			s = give_number(w, to, old.id, false);
	}
	return s;
}

/* -- visits ----------------------------------------------------------------------------------------- */

/* The stay is judged when all has moved, and once: what a record changes is told by its number. */
static ww_status
note_moved(struct ww_work *w, ww_id encounter)
{
	ww_id *more;

	for (size_t i = 0; i < w->moved_n; i++) {
		if (w->moved[i] == encounter)
			return WW_OK;
	}
	more = ww_arena_array(w->cx->arena, w->moved_n + 1, sizeof(*more));
	if (more == NULL)
		return ww_fail_memory(w->cx);
	for (size_t i = 0; i < w->moved_n; i++)
		more[i] = w->moved[i];
	more[w->moved_n++] = encounter;
	w->moved = more;
	return WW_OK;
}

static ww_status
judge_moved(struct ww_work *w)
{
	ww_status s = ww_again_feed(w, true);

	w->rehomed = true;
	if (s == WW_OK)
		s = ww_refold_stay(w);
	if (s == WW_OK)
		s = ww_settle_twin(w);
	if (s == WW_OK)
		s = ww_settle_chain(w);
	if (s == WW_OK)
		s = ww_attribute(w);
	if (s == WW_OK)
		s = ww_judge(w);
	return s == WW_OK && w->moved_n != 0 ? ww_rehome_moved(w) : s;
}

ww_status
ww_rehome_moved(struct ww_work *w)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < w->moved_n; i++) {
		struct ww_encounter e;
		struct ww_person p;
		bool found;

		if (w->moved[i] == w->after.id)
			continue;
		ww_row_init(&ww_entity_encounter, &e);
		e.id = w->moved[i];
		s = ww_get(w->l, w->cx, encounter, &e, &found);
		ww_row_init(&ww_entity_person, &p);
		p.id = e.person;
		if (s == WW_OK && found)
			s = ww_get(w->l, w->cx, person, &p, &found);
		if (s == WW_OK && found)
			s = ww_again(w->a, w->cx, w->cx->arena, &p, &e, judge_moved, w);
	}
	return s;
}

static ww_status
move_flags(struct ww_work *w, ww_id encounter, ww_id person)
{
	struct ww_flag like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.encounter = encounter;
	s = ww_find(w->l, w->cx, flag, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_flag f = *WW_ROW(&rows, flag, i);

		f.person = person;
		s = ww_put(w->l, w->cx, flag, &f);
	}
	return s;
}

/* Diagnoses of the visit, or of all visits where it is 0. */
static ww_status
move_diagnoses(struct ww_work *w, ww_id from, ww_id to, ww_id encounter, ww_id to_encounter)
{
	struct ww_diagnosis like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_diagnosis, &like);
	like.person = from;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_diagnosis, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_diagnosis d = *WW_ROW(&rows, diagnosis, i);

		if (encounter != 0 && d.encounter != encounter)
			continue;
		s = ww_ledger_remove(w->l, w->cx, &ww_entity_diagnosis, &d);
		d.person = to;
		if (to_encounter != 0)
			d.encounter = to_encounter;
		if (s == WW_OK)
			s = ww_put(w->l, w->cx, diagnosis, &d);
	}
	return s;
}

/* The row under which a visit is found is made anew: whose it is and its number never change in place. */
static ww_status
put_moved(struct ww_work *w, const struct ww_encounter *was, const struct ww_encounter *is)
{
	ww_status s = ww_ledger_remove(w->l, w->cx, &ww_entity_encounter, was);

	return s == WW_OK ? ww_put(w->l, w->cx, encounter, is) : s;
}

static ww_status
move_visit(struct ww_work *w, struct ww_encounter *e, const struct ww_person *to)
{
	struct ww_encounter was = *e;
	ww_status s;

	if (e->person == to->id)
		return WW_OK;
	e->origin = e->origin != 0 ? e->origin : e->person;
	e->person = to->id;
	s = put_moved(w, &was, e);
	if (s == WW_OK)
		s = move_flags(w, e->id, to->id);
	if (s == WW_OK)
		s = move_diagnoses(w, was.person, to->id, e->id, 0);
	return s;
}

/* Visits under that number, whoever has them; of one patient where person is not 0. */
static ww_status
visit_of(struct ww_work *w, ww_str system, ww_str number, ww_id person, struct ww_encounter *out)
{
	struct ww_encounter like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	ww_row_init(&ww_entity_encounter, out);
	like.visit_system = system;
	like.visit = number;
	s = ww_find(w->l, w->cx, encounter, "by_visit", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_encounter *e = WW_ROW(&rows, encounter, i);

		if (e->merged_into == 0 && (person == 0 || e->person == person))
			*out = *e; /* the newest of them */
	}
	return s;
}

static ww_status
keep_alias(struct ww_work *w, const char *level, ww_str system, ww_str value, ww_str to_system,
    ww_str to_value)
{
	struct ww_alias a;

	ww_row_init(&ww_entity_alias, &a);
	a.level = ww_str_from(level);
	a.system = system;
	a.value = value;
	a.to_system = to_system;
	a.to_value = to_value;
	a.seq = (int64_t)w->cx->seq;
	return ww_put(w->l, w->cx, alias, &a);
}

static ww_status
move_events(struct ww_work *w, ww_id from, ww_id to)
{
	struct ww_event like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_event, &like);
	like.encounter = from;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_event, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_event ev = *WW_ROW(&rows, event, i);

		s = ww_ledger_remove(w->l, w->cx, &ww_entity_event, &ev);
		ev.encounter = to;
		if (s == WW_OK)
			s = ww_put(w->l, w->cx, event, &ev);
	}
	return s;
}

/* Two logs become one: the one of `from` is empty from now on, and what was told of it is taken back. */
static ww_status
merge_visits(struct ww_work *w, struct ww_encounter *from, const struct ww_encounter *into)
{
	struct ww_encounter to = *into;
	ww_status s;

	from->merged_into = into->id;
	to.sources = ww_sources_join(w->cx, into->sources, from->sources);
	s = ww_put(w->l, w->cx, encounter, from);
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, encounter, &to);
	if (s == WW_OK)
		s = move_events(w, from->id, into->id);
	if (s == WW_OK)
		s = move_diagnoses(w, from->person, into->person, from->id, into->id);
	if (s == WW_OK)
		s = ww_restrict_move(w, from->id, into->id);
	if (s == WW_OK)
		s = note_moved(w, from->id);
	return s == WW_OK ? note_moved(w, into->id) : s;
}

static bool
same_number(const struct ww_encounter *a, const struct ww_encounter *b)
{
	return ww_str_eq(a->visit, b->visit) && ww_str_eq(a->visit_system, b->visit_system);
}

ww_status
ww_rehome_merge(struct ww_work *w, struct ww_encounter *from, const struct ww_encounter *into)
{
	struct ww_encounter to = *into;
	const struct ww_encounter *old = from;
	ww_status s = WW_OK;

	if (ww_visit_worth(from) > ww_visit_worth(into)) {
		to.visit_system = from->visit_system;
		to.visit = from->visit;
		old = into;
		s = put_moved(w, into, &to);
	}
	if (s == WW_OK && old->visit.n != 0 && to.visit.n != 0 && !same_number(old, &to))
		s = keep_alias(
		    w, "visit", old->visit_system, old->visit, to.visit_system, to.visit);
	return s == WW_OK ? merge_visits(w, from, &to) : s;
}

static ww_str
without_source(struct ww_ctx *cx, ww_str list, ww_str one)
{
	ww_str out = ww_str_empty();

	while (list.n != 0) {
		ww_str its = ww_str_trim(ww_str_cut(list, ',', &list));

		if (!ww_str_eq(its, one))
			out = ww_sources_join(cx, out, its);
	}
	return out;
}

ww_status
ww_rehome_source(struct ww_work *w, ww_id from)
{
	struct ww_encounter e;
	struct ww_event like;
	struct ww_rows rows;
	size_t left = 0;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &e);
	e.id = from;
	s = ww_get(w->l, w->cx, encounter, &e, &found);
	ww_row_init(&ww_entity_event, &like);
	like.encounter = from;
	if (s == WW_OK)
		s = ww_ledger_scan(w->l, w->cx, &ww_entity_event, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_event ev = *WW_ROW(&rows, event, i);

		if (!ww_str_eq(ev.source, w->facts.event.source)) {
			left++;
			continue;
		}
		s = ww_ledger_remove(w->l, w->cx, &ww_entity_event, &ev);
		ev.encounter = w->after.id;
		if (s == WW_OK)
			s = ww_put(w->l, w->cx, event, &ev);
	}
	e.sources = without_source(w->cx, e.sources, w->facts.event.source);
	if (left == 0)
		e.merged_into = w->after.id; /* nothing is left of it */
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, encounter, &e);
	return s == WW_OK ? note_moved(w, from) : s;
}

/* A moved visit may be known there already, by what came before the move. */
static ww_status
settle_visit(struct ww_work *w, struct ww_encounter *e, const struct ww_person *to)
{
	struct ww_encounter there;
	ww_status s = visit_of(w, e->visit_system, e->visit, to->id, &there);

	if (s == WW_OK && there.id != 0 && there.id != e->id && e->visit.n != 0)
		return merge_visits(w, e, &there);
	if (s == WW_OK)
		s = move_visit(w, e, to);
	return s == WW_OK ? note_moved(w, e->id) : s;
}

/* -- a merge of patients ------------------------------------------------------------------------------ */

static ww_status
stays_of(struct ww_work *w, ww_id person, struct ww_rows *out)
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
		s = stays_of(w, from->id, &stays);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		struct ww_encounter e = *WW_ROW(&stays, encounter, i);

		s = settle_visit(w, &e, into);
	}
	return s == WW_OK ? move_diagnoses(w, from->id, into->id, 0, 0) : s;
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
static ww_status
merge_unless_apart(struct ww_work *w, struct ww_person *old)
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
	ww_status s = move_visit(w, e, loser);

	if (s == WW_OK && e->origin == loser->id) {
		e->origin = 0;
		s = ww_put(w->l, w->cx, encounter, e);
	}
	return s == WW_OK ? note_moved(w, e->id) : s;
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
		s = stays_of(w, w->person.id, &stays);
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

/* -- what each event does ----------------------------------------------------------------------------- */

static ww_status
do_merge_persons(struct ww_work *w)
{
	const struct ww_prior *prior = &w->facts.prior;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < prior->identifiers_n; i++) {
		struct ww_person old;

		s = person_of(w, &prior->identifiers[i], &old);
		if (s == WW_OK && old.id == 0)
			s = give_number(w, &prior->identifiers[i], w->person.id, true);
		else if (s == WW_OK && old.id != w->person.id)
			s = merge_unless_apart(w, &old);
	}
	if (s == WW_OK && prior->identifiers_n == 0)
		w->message->reason = WW_STR("no number in MRG: person updated, nothing merged");
	return s;
}

/* The number that is meant, where the visit's is another one. */
ww_status
ww_rehome_visit_number(
    struct ww_work *w, const char *level, ww_str *system, ww_str *value, bool *found)
{
	bool any = true;
	ww_status s = WW_OK;

	*found = false;
	for (int hops = 0; s == WW_OK && any && hops < HOPS_MAX; hops++) {
		struct ww_alias a;

		ww_row_init(&ww_entity_alias, &a);
		a.level = ww_str_from(level);
		a.system = *system;
		a.value = *value;
		s = ww_get(w->l, w->cx, alias, &a, &any);
		if (s != WW_OK || !any)
			break;
		*system = a.to_system;
		*value = a.to_value;
		*found = true;
		if (ww_str_is(a.level, "owner"))
			break;
	}
	return s;
}

/* The old number is the new one's from now on. */
static ww_status
renumber(struct ww_work *w, ww_str system, ww_str value, ww_str to_system, ww_str to_value)
{
	struct ww_encounter old, new;
	ww_status s;

	if (value.n == 0 || to_value.n == 0) {
		w->message->reason =
		    WW_STR("no old or no new number: person updated, nothing changed");
		return WW_OK;
	}
	if (ww_str_eq(system, to_system) && ww_str_eq(value, to_value))
		return WW_OK;
	s = visit_of(w, system, value, 0, &old);
	if (s == WW_OK)
		s = visit_of(w, to_system, to_value, 0, &new);
	if (s == WW_OK)
		s = keep_alias(w, "visit", system, value, to_system, to_value);
	if (s != WW_OK || old.id == 0)
		return s;
	w->renumbered = true;
	if (new.id != 0)
		return merge_visits(w, &old, &new);
	new = old;
	new.visit_system = to_system;
	new.visit = to_value;
	return put_moved(w, &old, &new);
}

static ww_status
do_merge_visits(struct ww_work *w)
{
	const struct ww_facts *f = &w->facts;

	return renumber(w, f->prior.visit_system, f->prior.visit, f->visit_system, f->visit);
}

/* Only visits without a number of their own are known by their account. */
static ww_status
do_merge_accounts(struct ww_work *w)
{
	ww_str system = ww_arena_printf(w->cx->arena, "account:%.*s", WW_STR_FMT(w->feed->name));

	return renumber(w, system, w->facts.prior.account, system, w->facts.account);
}

/* With one number a patient moves as a whole. Which visits belong to one of several is not known. */
static ww_status
do_move_person(struct ww_work *w)
{
	return do_merge_persons(w);
}

static ww_status
do_move_account(struct ww_work *w)
{
	const struct ww_prior *prior = &w->facts.prior;
	struct ww_person old;
	struct ww_rows stays = { .n = 0 };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_person, &old);
	if (prior->identifiers_n > 0)
		s = person_of(w, &prior->identifiers[0], &old);
	if (s == WW_OK && old.id != 0 && old.id != w->person.id)
		s = stays_of(w, old.id, &stays);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		struct ww_encounter e = *WW_ROW(&stays, encounter, i);

		if (prior->account.n == 0 || !ww_str_eq(e.account, prior->account))
			continue;
		s = settle_visit(w, &e, &w->person);
	}
	if (s == WW_OK && w->moved_n == 0)
		w->message->reason = WW_STR("no visit of that account is known: nothing moved");
	return s;
}

static ww_status
do_move_visit(struct ww_work *w)
{
	const struct ww_prior *prior = &w->facts.prior;
	ww_str system = prior->visit.n != 0 ? prior->visit_system : w->facts.visit_system;
	ww_str value = prior->visit.n != 0 ? prior->visit : w->facts.visit;
	struct ww_encounter e;
	struct ww_person old;
	ww_status s = WW_OK;

	if (value.n == 0 || w->facts.identifiers_n == 0) {
		w->message->reason = WW_STR("no number in MRG-5 or PV1-19: nothing moved");
		return WW_OK;
	}
	ww_row_init(&ww_entity_person, &old);
	if (prior->identifiers_n > 0)
		s = person_of(w, &prior->identifiers[0], &old);
	if (s == WW_OK)
		s = visit_of(w, system, value, old.id != w->person.id ? old.id : 0, &e);
	if (s == WW_OK)
		s = keep_alias(w, "owner", system, value, w->facts.identifiers[0].system,
		    w->facts.identifiers[0].value);
	if (s != WW_OK || e.id == 0 || e.person == w->person.id)
		return s;
	return settle_visit(w, &e, &w->person);
}

/* The two patients of an A24 come one after the other. */
static ww_status
do_link(struct ww_work *w)
{
	struct ww_link l;

	if (w->linked == 0 || w->linked == w->person.id) {
		w->linked = w->person.id;
		return WW_OK;
	}
	ww_row_init(&ww_entity_link, &l);
	l.person = w->linked < w->person.id ? w->linked : w->person.id;
	l.other = w->linked < w->person.id ? w->person.id : w->linked;
	l.seq = (int64_t)w->cx->seq;
	w->renumbered = true;
	return ww_act_of(w->facts.event.trigger) == WW_ACT_LINK
	           ? ww_put(w->l, w->cx, link, &l)
	           : ww_ledger_remove(w->l, w->cx, &ww_entity_link, &l);
}

ww_status
ww_rehome(struct ww_work *w)
{
	static ww_status (*const table[WW_ACTS])(struct ww_work *) = {
		[WW_ACT_MERGE_PERSON] = do_merge_persons,
		[WW_ACT_MERGE_ACCOUNT] = do_merge_accounts,
		[WW_ACT_MERGE_VISIT] = do_merge_visits,
		[WW_ACT_MOVE_PERSON] = do_move_person,
		[WW_ACT_MOVE_ACCOUNT] = do_move_account,
		[WW_ACT_MOVE_VISIT] = do_move_visit,
		[WW_ACT_LINK] = do_link,
		[WW_ACT_UNLINK] = do_link,
	};
	ww_status s = table[ww_act_of(w->facts.event.trigger)](w);

	/* an A36 merges the accounts of the two as well */
	if (s == WW_OK && ww_str_is(w->facts.event.trigger, "A36") && w->facts.prior.account.n != 0)
		s = do_merge_accounts(w);
	if (s == WW_OK)
		s = ww_rehome_moved(w);
	return s == WW_OK ? ww_reattribute_person(w) : s;
}
