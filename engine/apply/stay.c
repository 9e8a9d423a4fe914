/* The encounter's log and what follows from it: its state, its diagnoses. */
#include "apply/work.h"

#include "model/fold.h"

static ww_status
log_event(struct ww_work *w)
{
	w->facts.event.encounter = w->after.id;
	w->facts.event.id = ww_ctx_id(w->cx);
	return ww_put(w->l, w->cx, event, &w->facts.event);
}

static ww_status
read_events(struct ww_work *w)
{
	struct ww_event like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_event, &like);
	like.encounter = w->after.id;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_event, 1, &like, 0, &rows);
	if (s == WW_OK) {
		w->events = rows.p;
		w->events_n = rows.n;
	}
	return s;
}

/* An event of this encounter was recorded after the one in hand. */
static bool
is_late(const struct ww_work *w)
{
	for (size_t i = 0; i < w->events_n; i++) {
		if (w->events[i].recorded.ms > w->facts.event.recorded.ms)
			return true;
	}
	return false;
}

/* A list of diagnoses takes the place of the one before; a message without any leaves it. */
static ww_status
keep_diagnoses(struct ww_work *w)
{
	struct ww_diagnosis like;
	struct ww_rows old;
	ww_status s;

	if (w->facts.diagnoses_n == 0 || is_late(w))
		return WW_OK;
	ww_row_init(&ww_entity_diagnosis, &like);
	like.person = w->person.id;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_diagnosis, 1, &like, 0, &old);
	for (size_t i = 0; s == WW_OK && i < old.n; i++) {
		if (WW_ROW(&old, diagnosis, i)->encounter == w->after.id)
			s = ww_ledger_remove(
			    w->l, w->cx, &ww_entity_diagnosis, WW_ROW(&old, diagnosis, i));
	}
	for (size_t i = 0; s == WW_OK && i < w->facts.diagnoses_n; i++) {
		struct ww_diagnosis *d = &w->facts.diagnoses[i];

		d->id = ww_ctx_id(w->cx);
		d->encounter = w->after.id;
		d->person = w->person.id;
		s = ww_put(w->l, w->cx, diagnosis, d);
	}
	return s;
}

ww_status
ww_fold_stay(struct ww_work *w)
{
	ww_status s = log_event(w);

	if (s == WW_OK)
		s = read_events(w);
	if (s == WW_OK)
		s = keep_diagnoses(w);
	if (s == WW_OK)
		s = ww_fold(w->cx, w->events, w->events_n, &w->after);
	return s == WW_OK ? ww_put(w->l, w->cx, encounter, &w->after) : s;
}
