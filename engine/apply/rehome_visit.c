/* Visits that turn out to be another person's, or another visit: what moves along with them. */
#include "apply/rehome.h"

ww_status
ww_rehome_note(struct ww_work *w, ww_id encounter)
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
ww_status
ww_rehome_diagnoses(struct ww_work *w, ww_id from, ww_id to, ww_id encounter, ww_id to_encounter)
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
ww_status
ww_rehome_put(struct ww_work *w, const struct ww_encounter *was, const struct ww_encounter *is)
{
	ww_status s = ww_ledger_remove(w->l, w->cx, &ww_entity_encounter, was);

	return s == WW_OK ? ww_put(w->l, w->cx, encounter, is) : s;
}

ww_status
ww_rehome_visit(struct ww_work *w, struct ww_encounter *e, const struct ww_person *to)
{
	struct ww_encounter was = *e;
	ww_status s;

	if (e->person == to->id)
		return WW_OK;
	e->origin = e->origin != 0 ? e->origin : e->person;
	e->person = to->id;
	s = ww_rehome_put(w, &was, e);
	if (s == WW_OK)
		s = move_flags(w, e->id, to->id);
	if (s == WW_OK)
		s = ww_rehome_diagnoses(w, was.person, to->id, e->id, 0);
	return s;
}

/* Visits under that number, whoever has them; of one patient where person is not 0. */
ww_status
ww_rehome_visit_of(
    struct ww_work *w, ww_str system, ww_str number, ww_id person, struct ww_encounter *out)
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

ww_status
ww_rehome_alias(struct ww_work *w, const char *level, ww_str system, ww_str value, ww_str to_system,
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
ww_status
ww_rehome_merge_visits(
    struct ww_work *w, struct ww_encounter *from, const struct ww_encounter *into)
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
		s = ww_rehome_diagnoses(w, from->person, into->person, from->id, into->id);
	if (s == WW_OK)
		s = ww_restrict_move(w, from->id, into->id);
	if (s == WW_OK)
		s = ww_rehome_note(w, from->id);
	return s == WW_OK ? ww_rehome_note(w, into->id) : s;
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
		s = ww_rehome_put(w, into, &to);
	}
	if (s == WW_OK && old->visit.n != 0 && to.visit.n != 0 && !same_number(old, &to))
		s = ww_rehome_alias(
		    w, "visit", old->visit_system, old->visit, to.visit_system, to.visit);
	return s == WW_OK ? ww_rehome_merge_visits(w, from, &to) : s;
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
	return s == WW_OK ? ww_rehome_note(w, from) : s;
}

/* A moved visit may be known there already, by what came before the move. */
ww_status
ww_rehome_settle(struct ww_work *w, struct ww_encounter *e, const struct ww_person *to)
{
	struct ww_encounter there;
	ww_status s = ww_rehome_visit_of(w, e->visit_system, e->visit, to->id, &there);

	if (s == WW_OK && there.id != 0 && there.id != e->id && e->visit.n != 0)
		return ww_rehome_merge_visits(w, e, &there);
	if (s == WW_OK)
		s = ww_rehome_visit(w, e, to);
	return s == WW_OK ? ww_rehome_note(w, e->id) : s;
}
