#include "model/episode.h"

#include "model/order.h"

#include <wardwire/model.h>

enum { MINUTE_MS = 60000 };

/* The walk through the events in the order in which they were recorded. */
struct walk {
	ww_time *began; /* of each visit so far */
	size_t n;
	ww_time end; /* of the newest visit; unknown: it goes on */
};

static ww_time
first_known(ww_time a, ww_time b)
{
	return ww_time_known(a) ? a : b;
}

/* The newest visit that had begun by then, else the first. */
static size_t
at_time(const struct walk *w, ww_time t)
{
	size_t k = w->n - 1;

	while (k > 0 && w->began[k].ms > t.ms + MINUTE_MS)
		k--;
	return k;
}

/* What says when its visit began, or a discharge when it ended, may be recorded long after. */
static size_t
visit_of(const struct walk *w, const struct ww_step *s, ww_time at)
{
	if (ww_time_known(s->ev->admitted))
		return at_time(w, s->ev->admitted);
	if (s->act == WW_ACT_DISCHARGE || ww_act_opens(s->act))
		return at_time(w, at);
	return w->n - 1;
}

static ww_time
time_of(const struct ww_step *s)
{
	if (s->act == WW_ACT_DISCHARGE)
		return first_known(s->ev->discharged, s->ev->occurred);
	return first_known(s->ev->admitted, s->ev->occurred);
}

static size_t
take(struct walk *w, const struct ww_step *s)
{
	bool admits = s->act == WW_ACT_ADMIT || s->act == WW_ACT_REGISTER;
	ww_time at = time_of(s);
	size_t k;

	if (admits && ww_time_known(w->end) && ww_time_cmp(at, w->end) > 0) {
		w->began[w->n++] = at;
		w->end = (ww_time){ 0 };
		return w->n - 1;
	}
	k = visit_of(w, s, at);
	if (k + 1 < w->n)
		return k;
	if (s->ev->source.n != 0 && ww_act_opens(s->act))
		w->end = (ww_time){ 0 }; /* by this version of the Encounter it goes on */
	if (admits && (!ww_time_known(w->began[k]) || at.ms < w->began[k].ms))
		w->began[k] = at;
	if (s->act == WW_ACT_DISCHARGE && !ww_str_is(s->ev->disposition, "30"))
		/* one before the beginning is no time of an end */
		w->end = ww_time_cmp(at, w->began[k]) < 0 ? s->ev->recorded : at;
	else if (s->act == WW_ACT_CANCEL_DISCHARGE || s->act == WW_ACT_CANCEL_ADMIT)
		w->end = (ww_time){ 0 };
	return k;
}

ww_status
ww_episodes(struct ww_ctx *cx, const struct ww_event *events, size_t n, size_t *of, size_t *last)
{
	struct ww_step *s = ww_arena_array(cx->arena, n + 1, sizeof(*s));
	struct walk w = { .began = ww_arena_array(cx->arena, n + 1, sizeof(*w.began)), .n = 1 };

	if (s == NULL || w.began == NULL)
		return ww_fail_memory(cx);
	w.began[0] = (ww_time){ 0 };
	for (size_t i = 0; i < n; i++)
		s[i] = ww_step_of(&events[i]);
	ww_steps_sort_recorded(s, n);
	for (size_t i = 0; i < n; i++)
		of[s[i].ev - events] = take(&w, &s[i]);
	*last = w.n - 1;
	return WW_OK;
}
