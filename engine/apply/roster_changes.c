/* What rosters lately changed about whose patient a person is, practice by practice: for rules that tell of it. */
#include "apply/roster.h"

#include <wardwire/rule.h>

/* A person has a practice or two; more are a fault of the payer's, and a rule finds only so much. */
enum { CHANGES_MAX = 8 };

static const int64_t DAY_MS = INT64_C(86400000);

struct changes {
	struct ww_work *w;
	struct ww_reattributed *v;
	size_t n;
};

/* When that edition took effect; 0: it was the first, which makes nobody new, or nothing is known of it. */
static ww_status
edition_ms(struct ww_work *w, ww_str roster, int64_t number, int64_t *ms)
{
	struct ww_roster_edition e;
	bool found = false;
	ww_status s;

	*ms = 0;
	if (number <= 1)
		return WW_OK;
	ww_row_init(&ww_entity_roster_edition, &e);
	e.roster = roster;
	e.number = number;
	s = ww_get(w->l, w->cx, roster_edition, &e, &found);
	*ms = s == WW_OK && found ? e.taken_ms : 0;
	return s;
}

/* The row was in force, and is no more since then; 0: that is not so. */
static int64_t
gone_ms(const struct ww_attribution *at, int64_t now)
{
	int64_t ms = at->closed_ms;

	if (ww_time_known(at->end)) {
		int64_t over = (ww_time_day(at->end, NULL) + 1) * DAY_MS;

		ms = over <= now && (ms == 0 || over < ms) ? over : ms;
	}
	if (ms != 0 && ww_time_known(at->effective) &&
	    ww_time_day(at->effective, NULL) * DAY_MS >= ms)
		return 0;
	return ms;
}

/* Of a practice the newest counts. */
static void
note(struct changes *c, const struct ww_attribution *at, const char *change, int64_t ms)
{
	struct ww_reattributed is = {
		.practice = at->practice, .change = change, .ms = ms, .row = at->id
	};

	for (size_t i = 0; i < c->n; i++) {
		if (!ww_str_eq(c->v[i].practice, at->practice))
			continue;
		if (c->v[i].ms < ms)
			c->v[i] = is;
		return;
	}
	if (c->n < CHANGES_MAX)
		c->v[c->n++] = is;
}

static bool
is_owner(const struct ww_work *w, ww_str practice)
{
	for (size_t i = 0; i < w->owners_n; i++) {
		if (ww_str_eq(w->owners[i]->practice, practice))
			return true;
	}
	return false;
}

/* Another row had made the person that practice's before, up to then or longer. */
static ww_status
was_there(struct ww_work *w, const struct ww_attribution *at, int64_t ms, bool *was)
{
	ww_status s = WW_OK;

	*was = false;
	for (size_t i = 0; s == WW_OK && i < w->owners_n && !*was; i++) {
		const struct ww_attribution *o = w->owners[i];
		int64_t since = 0;

		if (o == at || !ww_str_eq(o->practice, at->practice))
			continue;
		s = edition_ms(w, o->roster, o->first_edition, &since);
		*was = since < ms;
	}
	for (size_t i = 0; i < w->former_n && !*was; i++)
		*was = ww_str_eq(w->former[i]->practice, at->practice) &&
		       gone_ms(w->former[i], w->cx->now) >= ms;
	return s;
}

static ww_status
look_at_owner(struct changes *c, const struct ww_attribution *at)
{
	int64_t first, changed;
	bool was = false;
	ww_status s = edition_ms(c->w, at->roster, at->first_edition, &first);

	if (s == WW_OK)
		s = edition_ms(c->w, at->roster, at->changed_edition, &changed);
	if (s == WW_OK && first != 0)
		s = was_there(c->w, at, first, &was);
	if (s != WW_OK)
		return s;
	if (changed > first)
		note(c, at, "changed", changed);
	else if (first != 0)
		note(c, at, was ? "changed" : "new", first);
	return WW_OK;
}

ww_status
ww_roster_changes(struct ww_work *w, const struct ww_reattributed **out, size_t *n)
{
	struct changes c = { .w = w };
	ww_status s = WW_OK;

	*out = NULL;
	*n = 0;
	c.v = ww_arena_array(w->cx->arena, CHANGES_MAX, sizeof(*c.v));
	if (c.v == NULL)
		return ww_fail_memory(w->cx);
	for (size_t i = 0; s == WW_OK && i < w->owners_n; i++) {
		if (w->owners[i]->closed_ms == 0)
			s = look_at_owner(&c, w->owners[i]);
	}
	for (size_t i = 0; s == WW_OK && i < w->former_n; i++) {
		int64_t ms = gone_ms(w->former[i], w->cx->now);

		if (ms != 0 && !is_owner(w, w->former[i]->practice))
			note(&c, w->former[i], WW_DROPPED, ms);
	}
	*out = c.v;
	*n = c.n;
	return s;
}
