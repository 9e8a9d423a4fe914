/* The encounter's log and what follows from it: its state, its diagnoses. */
#include "apply/work.h"

#include "model/fold.h"

#include <string.h>

/* Updates do not count: of these the log keeps only what still matters. */
static ww_status
check_room(struct ww_work *w)
{
	uint32_t most = w->a->config->limits.events;
	size_t n = 0;

	if (ww_act_of(w->facts.event.trigger) == WW_ACT_UPDATE)
		return WW_OK;
	for (size_t i = 0; i + 1 < w->events_n; i++)
		n += ww_act_of(w->events[i].trigger) != WW_ACT_UPDATE;
	if (n < most)
		return WW_OK;
	return ww_fail(w->cx, WW_E_LIMIT, "stay",
	    "it has had as many events that change it as limits.events allows, %u", (unsigned)most);
}

/* The log of the encounter with the event in hand at its end. */
static ww_status
gather_events(struct ww_work *w)
{
	struct ww_event *ev = &w->facts.event, like;
	struct ww_rows rows = { .n = 0 };
	ww_status s = WW_OK;

	ev->encounter = w->after.id;
	ev->id = ww_ctx_id(w->cx);
	if (ev->digest.n == 0)
		ev->digest = w->message->dedupe;
	ww_row_init(&ww_entity_event, &like);
	like.encounter = w->after.id;
	if (!w->is_new || w->leaves != 0)
		s = ww_ledger_scan(w->l, w->cx, &ww_entity_event, 1, &like, 0, &rows);
	if (s != WW_OK)
		return s;
	w->events = ww_arena_array(w->cx->arena, rows.n + 1, sizeof(*w->events));
	if (w->events == NULL)
		return ww_fail_memory(w->cx);
	if (rows.n > 0)
		memcpy(w->events, rows.p, rows.n * sizeof(*w->events));
	w->events[rows.n] = *ev;
	w->events_n = rows.n + 1;
	return check_room(w);
}

/* Keeps what the state may still depend on: ten thousand updates of a visit leave a handful. */
static ww_status
keep_events(struct ww_work *w)
{
	bool *needed = ww_arena_array(w->cx->arena, w->events_n, sizeof(*needed));
	ww_status s;

	if (needed == NULL)
		return ww_fail_memory(w->cx);
	s = ww_fold_needed(w->cx, w->events, w->events_n, needed);
	for (size_t i = 0; s == WW_OK && i < w->events_n; i++) {
		bool in_hand = i + 1 == w->events_n;

		if (needed[i] && in_hand)
			s = ww_put(w->l, w->cx, event, &w->events[i]);
		else if (!needed[i] && !in_hand)
			s = ww_ledger_remove(w->l, w->cx, &ww_entity_event, &w->events[i]);
	}
	return s;
}

/* An event of this encounter was recorded after the one in hand, by somebody else than us. */
static bool
is_late(const struct ww_work *w)
{
	for (size_t i = 0; i < w->events_n; i++) {
		if (w->events[i].recorded.ms > w->facts.event.recorded.ms &&
		    ww_act_of(w->events[i].trigger) != WW_ACT_CLOSE)
			return true;
	}
	return false;
}

/* A list of diagnoses takes the place of the one before; a message without any leaves it, unless it says that they
 * are deleted. */
static ww_status
keep_diagnoses(struct ww_work *w)
{
	struct ww_diagnosis like;
	struct ww_rows old;
	ww_status s;

	if ((w->facts.diagnoses_n == 0 && !w->facts.undiagnosed) || is_late(w))
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

/* -- who told of it ---------------------------------------------------------------------------------- */

enum { SOURCES_LONGEST = 2048 }; /* nobody reads more */

static ww_str
next_source(ww_str *list)
{
	return ww_str_trim(ww_str_cut(*list, ',', list));
}

bool
ww_source_is_in(ww_str list, ww_str one)
{
	while (list.n != 0) {
		if (ww_str_eq(next_source(&list), one))
			return true;
	}
	return false;
}

ww_str
ww_sources_join(struct ww_ctx *cx, ww_str a, ww_str b)
{
	ww_str out = ww_str_empty(), x = next_source(&a), y = next_source(&b);

	while (x.n != 0 || y.n != 0) {
		int c = x.n == 0 ? 1 : y.n == 0 ? -1 : ww_str_cmp(x, y);
		ww_str one = c <= 0 ? x : y;

		if (out.n + one.n > SOURCES_LONGEST)
			break;
		out = ww_arena_printf(cx->arena, "%.*s%s%.*s", WW_STR_FMT(out),
		    out.n != 0 ? ", " : "", WW_STR_FMT(one));
		if (c <= 0)
			x = next_source(&a);
		if (c >= 0)
			y = next_source(&b);
	}
	return out;
}

/* A message of the feed, by its type; or a resource of it, by name. */
static void
note_source(struct ww_work *w)
{
	ww_str one = w->facts.event.source;

	if (one.n == 0 && w->message->type.n == 0)
		return; /* an event of our own */
	if (one.n == 0)
		one = ww_arena_printf(w->cx->arena, "%.*s %.*s", WW_STR_FMT(w->feed->name),
		    WW_STR_FMT(w->message->type));
	if (!ww_source_is_in(w->after.sources, one))
		w->after.sources = ww_sources_join(w->cx, w->after.sources, one);
}

ww_status
ww_refold_stay(struct ww_work *w)
{
	struct ww_event like;
	struct ww_rows rows;
	int64_t heard_ms = w->after.heard_ms;
	ww_status s;

	ww_row_init(&ww_entity_event, &like);
	like.encounter = w->after.id;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_event, 1, &like, 0, &rows);
	if (s == WW_OK)
		s = ww_fold(w->cx, rows.p, rows.n, &w->after);
	w->after.heard_ms = heard_ms;
	return s == WW_OK ? ww_put(w->l, w->cx, encounter, &w->after) : s;
}

ww_status
ww_fold_stay(struct ww_work *w)
{
	ww_status s = gather_events(w);

	if (s == WW_OK)
		s = keep_diagnoses(w);
	if (s == WW_OK)
		s = ww_fold(w->cx, w->events, w->events_n, &w->after);
	w->after.heard_ms = w->cx->now;
	note_source(w);
	if (s == WW_OK)
		s = keep_events(w);
	if (s == WW_OK)
		s = ww_silence_watch(w);
	return s == WW_OK ? ww_put(w->l, w->cx, encounter, &w->after) : s;
}
