/* A number of a visit that was given again. Its events are shared out among its visits anew whenever one comes that may
 * matter to that, so that it is no matter in which order they come. */
#include "apply/work.h"

#include "model/episode.h"

#include <wardwire/act.h>

#include <string.h>

enum {
	NOBODY = -1,
	VISITS_MAX = 16 /* of one patient and number: what a message may cost has an end */
};

/* Everything under the number, the event in hand at its end. */
struct share {
	const struct ww_encounter *visits;
	size_t visits_n;
	struct ww_event *events;
	size_t n;
	size_t *of;    /* the episode of each */
	size_t last;   /* the newest episode */
	int *visit_of; /* of each episode: which of the visits, or NOBODY */
	bool *touched; /* of each visit: its log changed */
};

static ww_status
gather(struct ww_work *w, struct share *sh)
{
	struct ww_event like;
	ww_status s = WW_OK;

	sh->n = 0;
	for (size_t v = 0; s == WW_OK && v < sh->visits_n; v++) {
		struct ww_event *more;
		struct ww_rows rows;

		ww_row_init(&ww_entity_event, &like);
		like.encounter = sh->visits[v].id;
		s = ww_ledger_scan(w->l, w->cx, &ww_entity_event, 1, &like, 0, &rows);
		if (s != WW_OK)
			return s;
		more = ww_arena_array(w->cx->arena, sh->n + rows.n + 1, sizeof(*more));
		if (more == NULL)
			return ww_fail_memory(w->cx);
		if (sh->n > 0)
			memcpy(more, sh->events, sh->n * sizeof(*more));
		if (rows.n > 0)
			memcpy(more + sh->n, rows.p, rows.n * sizeof(*more));
		sh->events = more;
		sh->n += rows.n;
	}
	sh->events[sh->n] = w->facts.event;
	if (sh->events[sh->n].digest.n == 0)
		sh->events[sh->n].digest = w->message->dedupe;
	sh->n++;
	return s;
}

/* How many events of the episode the visit has. */
static size_t
has(const struct share *sh, size_t visit, size_t episode)
{
	size_t n = 0;

	for (size_t i = 0; i + 1 < sh->n; i++)
		n += sh->of[i] == episode && sh->events[i].encounter == sh->visits[visit].id;
	return n;
}

static bool
is_taken(const struct share *sh, size_t visit)
{
	for (size_t k = 0; k <= sh->last; k++) {
		if (sh->visit_of[k] == (int)visit)
			return true;
	}
	return false;
}

/* The visit that has most of the episode stays its visit. */
static void
claim(struct share *sh, size_t episode)
{
	size_t most = 0;

	for (size_t v = 0; v < sh->visits_n; v++) {
		size_t n = is_taken(sh, v) ? 0 : has(sh, v, episode);

		if (n <= most)
			continue;
		most = n;
		sh->visit_of[episode] = (int)v;
	}
}

/* The newest episodes first, and last that of the event in hand, as a visit can be opened for it. */
static ww_status
claim_all(struct ww_work *w, struct share *sh)
{
	size_t own = sh->of[sh->n - 1];

	sh->visit_of = ww_arena_array(w->cx->arena, sh->last + 1, sizeof(*sh->visit_of));
	sh->touched = ww_arena_array(w->cx->arena, sh->visits_n, sizeof(*sh->touched));
	if (sh->visit_of == NULL || sh->touched == NULL)
		return ww_fail_memory(w->cx);
	for (size_t k = 0; k <= sh->last; k++)
		sh->visit_of[k] = NOBODY;
	for (size_t v = 0; v < sh->visits_n; v++)
		sh->touched[v] = false;
	for (size_t k = sh->last + 1; k-- > 0;) {
		if (k != own)
			claim(sh, k);
	}
	claim(sh, own);
	return WW_OK;
}

static void
touch(struct share *sh, ww_id encounter)
{
	for (size_t v = 0; v < sh->visits_n; v++) {
		if (sh->visits[v].id == encounter)
			sh->touched[v] = true;
	}
}

static ww_status
move_events(struct ww_work *w, struct share *sh, ww_id opened)
{
	size_t own = sh->of[sh->n - 1];
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i + 1 < sh->n; i++) {
		struct ww_event *ev = &sh->events[i];
		int v = sh->visit_of[sh->of[i]];
		ww_id to = v != NOBODY ? sh->visits[v].id : sh->of[i] == own ? opened : 0;

		if (to == 0 || to == ev->encounter)
			continue;
		touch(sh, ev->encounter);
		touch(sh, to);
		s = ww_ledger_remove(w->l, w->cx, &ww_entity_event, ev);
		ev->encounter = to;
		if (s == WW_OK)
			s = ww_put(w->l, w->cx, event, ev);
	}
	return s;
}

static ww_status
fold_again(struct ww_work *w)
{
	ww_status s = ww_again_feed(w, true);

	if (s == WW_OK)
		s = ww_refold_stay(w);
	if (s == WW_OK)
		s = ww_settle_chain(w);
	if (s == WW_OK)
		s = ww_silence_watch(w);
	if (s == WW_OK)
		s = ww_attribute(w);
	return s == WW_OK ? ww_judge(w) : s;
}

static ww_status
fold_others(struct ww_work *w, const struct share *sh, ww_id own)
{
	ww_status s = WW_OK;

	for (size_t v = 0; s == WW_OK && v < sh->visits_n; v++) {
		struct ww_encounter e = sh->visits[v];

		if (!sh->touched[v] || e.id == own)
			continue;
		if (!is_taken(sh, v)) /* nothing is left of it */
			e.merged_into = own;
		s = ww_again(w->a, w->cx, w->cx->arena, &w->person, &e, fold_again, w);
	}
	return s;
}

static bool
begins_after(ww_time t, const struct ww_event *discharge)
{
	ww_time end =
	    ww_time_known(discharge->discharged) ? discharge->discharged : discharge->occurred;

	return ww_time_known(t) && ww_time_cmp(t, end) > 0;
}

/* The visit that has the number has ended, or begun, at a time at which the event in hand cannot be of it. */
static bool
may_be_another(const struct ww_work *w, const struct ww_encounter *e)
{
	const struct ww_event *ev = &w->facts.event;
	enum ww_act act = ww_act_of(ev->trigger);

	if (act == WW_ACT_ADMIT || act == WW_ACT_REGISTER)
		return e->status == WW_encounter_status_FINISHED && ww_time_known(e->end);
	return act == WW_ACT_DISCHARGE &&
	       (begins_after(e->start, ev) || begins_after(e->inpatient_start, ev) ||
	           begins_after(e->obs_start, ev));
}

bool
ww_reuse_matters(const struct ww_work *w, const struct ww_encounter *visits, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* one was moved to another patient, or ended without an event of its own that says so */
		if (visits[i].person != w->person.id || visits[i].closed == 2)
			return false;
	}
	return n > 1 ? n <= VISITS_MAX : n == 1 && may_be_another(w, &visits[0]);
}

ww_status
ww_reuse(struct ww_work *w, const struct ww_encounter *visits, size_t n)
{
	struct share sh = { .visits = visits, .visits_n = n };
	int own;
	ww_status s = gather(w, &sh);

	if (s != WW_OK)
		return s;
	sh.of = ww_arena_array(w->cx->arena, sh.n, sizeof(*sh.of));
	if (sh.of == NULL)
		return ww_fail_memory(w->cx);
	s = ww_episodes(w->cx, sh.events, sh.n, sh.of, &sh.last);
	if (s == WW_OK)
		s = claim_all(w, &sh);
	if (s != WW_OK)
		return s;
	own = sh.visit_of[sh.of[sh.n - 1]];
	if (own != NOBODY) {
		w->before = visits[own];
	} else {
		w->reused = true;
		s = ww_open_visit(w, w->said);
	}
	if (s == WW_OK)
		s = move_events(w, &sh, w->before.id);
	return s == WW_OK ? fold_others(w, &sh, w->before.id) : s;
}
