/* Numbers that turn out to be somebody else's: merges, moves and changes of patients, accounts and visits. A person who
 * was merged keeps its numbers and leads to the one it is; a visit that moves keeps its log and says whose it was. HL7
 * v2.9 chapter 3, 3.5.2 and 3.3.17 to 3.3.50. */
#include "apply/rehome.h"

#include <wardwire/act.h>

static ww_status
do_merge_persons(struct ww_work *w)
{
	const struct ww_prior *prior = &w->facts.prior;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < prior->identifiers_n; i++) {
		struct ww_person old;

		s = ww_rehome_person_of(w, &prior->identifiers[i], &old);
		if (s == WW_OK && old.id == 0)
			s = ww_rehome_give(w, &prior->identifiers[i], w->person.id, true);
		else if (s == WW_OK && old.id != w->person.id)
			s = ww_rehome_merge_person(w, &old);
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
	for (int hops = 0; s == WW_OK && any && hops < WW_REHOME_HOPS; hops++) {
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
	s = ww_rehome_visit_of(w, system, value, 0, &old);
	if (s == WW_OK)
		s = ww_rehome_visit_of(w, to_system, to_value, 0, &new);
	if (s == WW_OK)
		s = ww_rehome_alias(w, "visit", system, value, to_system, to_value);
	if (s != WW_OK || old.id == 0)
		return s;
	w->renumbered = true;
	if (new.id != 0)
		return ww_rehome_merge_visits(w, &old, &new);
	new = old;
	new.visit_system = to_system;
	new.visit = to_value;
	return ww_rehome_put(w, &old, &new);
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
		s = ww_rehome_person_of(w, &prior->identifiers[0], &old);
	if (s == WW_OK && old.id != 0 && old.id != w->person.id)
		s = ww_rehome_stays_of(w, old.id, &stays);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		struct ww_encounter e = *WW_ROW(&stays, encounter, i);

		if (prior->account.n == 0 || !ww_str_eq(e.account, prior->account))
			continue;
		s = ww_rehome_settle(w, &e, &w->person);
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
		s = ww_rehome_person_of(w, &prior->identifiers[0], &old);
	if (s == WW_OK)
		s = ww_rehome_visit_of(w, system, value, old.id != w->person.id ? old.id : 0, &e);
	if (s == WW_OK)
		s = ww_rehome_alias(w, "owner", system, value, w->facts.identifiers[0].system,
		    w->facts.identifiers[0].value);
	if (s != WW_OK || e.id == 0 || e.person == w->person.id)
		return s;
	return ww_rehome_settle(w, &e, &w->person);
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
