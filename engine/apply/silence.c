/* Emergency visits whose discharge never comes: many departments send none. One of which nothing was heard for as long as
 * feeds[].adt.silence says is closed, by an event of our own in its log, so that a later word of the hospital counts for
 * more than our guess. */
#include "apply/work.h"

enum { HOUR_MS = 3600000, CLOSED_MAX = 1000 }; /* visits a TICK looks at */

static bool
is_open_ed(const struct ww_encounter *e)
{
	return e->class_ == WW_encounter_class_ED &&
	       (e->status == WW_encounter_status_ARRIVED ||
	           e->status == WW_encounter_status_IN_PROGRESS);
}

static int64_t
silence_ms(const struct ww_feed *feed)
{
	return (int64_t)feed->adt.silence * HOUR_MS;
}

static ww_status
watch(struct ww_apply *a, struct ww_ctx *cx, ww_id encounter, int64_t due_ms)
{
	struct ww_watch row;

	ww_row_init(&ww_entity_watch, &row);
	row.due_ms = due_ms;
	row.encounter = encounter;
	return ww_put(a->set.ledger, cx, watch, &row);
}

ww_status
ww_silence_watch(struct ww_work *w)
{
	if (!is_open_ed(&w->after) || (!w->is_new && is_open_ed(&w->before)))
		return WW_OK;
	return watch(w->a, w->cx, w->after.id, w->cx->now + silence_ms(w->feed));
}

/* The event is ours, and nobody's message. */
static ww_status
close_visit(struct ww_work *w)
{
	struct ww_event *ev = &w->facts.event;
	int64_t heard_ms = w->after.heard_ms;
	ww_status s = ww_again_feed(w, true);

	if (s != WW_OK)
		return s;
	ev->trigger = WW_STR("close");
	ev->recorded = ev->occurred = ww_time_at(w->cx->now, w->feed->zone);
	s = ww_fold_stay(w);
	w->after.heard_ms = heard_ms;
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, encounter, &w->after);
	if (s == WW_OK)
		s = ww_settle_chain(w);
	if (s == WW_OK)
		s = ww_attribute(w);
	return s == WW_OK ? ww_judge(w) : s;
}

/* The visit that was to be looked at now. */
static ww_status
look_at(struct ww_apply *a, struct ww_ctx *cx, struct ww_arena *arena, ww_id id)
{
	const struct ww_feed *feed;
	struct ww_encounter e;
	struct ww_person p;
	int64_t due_ms;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &e);
	e.id = id;
	s = ww_get(a->set.ledger, cx, encounter, &e, &found);
	if (s != WW_OK || !found || !is_open_ed(&e))
		return s;
	feed = ww_config_feed(a->config, e.feed);
	due_ms = feed == NULL ? cx->now : e.heard_ms + silence_ms(feed);
	if (due_ms > cx->now)
		return watch(a, cx, id, due_ms);
	ww_row_init(&ww_entity_person, &p);
	p.id = e.person;
	s = ww_get(a->set.ledger, cx, person, &p, &found);
	ww_arena_reset(arena);
	return s == WW_OK && found ? ww_again(a, cx, arena, &p, &e, close_visit, NULL) : s;
}

ww_status
ww_silence_close(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_arena *arena;
	struct ww_rows rows;
	ww_status s =
	    ww_ledger_scan(a->set.ledger, cx, &ww_entity_watch, 0, NULL, CLOSED_MAX, &rows);

	if (s != WW_OK || rows.n == 0 || a->config == NULL ||
	    WW_ROW(&rows, watch, 0)->due_ms > cx->now)
		return s;
	arena = ww_arena_new(0);
	if (arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "silent visits");
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_watch *row = WW_ROW(&rows, watch, i);

		if (row->due_ms > cx->now)
			break;
		s = ww_ledger_remove(a->set.ledger, cx, &ww_entity_watch, row);
		if (s == WW_OK)
			s = look_at(a, cx, arena, row->encounter);
	}
	ww_arena_free(arena);
	return s;
}
