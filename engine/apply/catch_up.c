#include "apply/catch_up.h"

#include "apply/order.h"
#include "apply/roster.h"
#include "apply/timer.h"

/* Stays judged in one record: each may take as many ids as a stay with a practice on every side does. */
enum { STAYS = 30 };

static ww_status
held_of(struct ww_ledger *l, struct ww_ctx *cx, ww_id stay, struct ww_rows *out)
{
	struct ww_catch_up like;

	ww_row_init(&ww_entity_catch_up, &like);
	like.encounter = stay;
	return ww_find(l, cx, catch_up, "by_encounter", &like, out);
}

/* -- what is held ----------------------------------------------------------------------------------------- */

static void
drop_owner(struct ww_work *w, const struct ww_catch_up *held)
{
	size_t n = 0;

	for (size_t i = 0; i < w->owners_n; i++) {
		const struct ww_attribution *at = w->owners[i];

		if (!ww_str_eq(at->practice, held->practice) ||
		    !ww_str_eq(at->roster, held->roster))
			w->owners[n++] = at;
		else
			w->held[w->held_n++] = at;
	}
	w->owners_n = n;
}

ww_status
ww_catch_up_held(struct ww_work *w)
{
	struct ww_rows rows;
	ww_status s;

	if (w->after.id == 0 || ww_made_now(w, w->after.id))
		return WW_OK;
	s = held_of(w->l, w->cx, w->after.id, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_catch_up *held = WW_ROW(&rows, catch_up, i);

		if (w->message->seq != 0)
			s = ww_ledger_remove(w->l, w->cx, &ww_entity_catch_up, held);
		else
			drop_owner(w, held);
	}
	return s;
}

/* -- the limit -------------------------------------------------------------------------------------------- */

/* The practice was told of the stay before, by whatever roster. */
static ww_status
is_known(struct ww_work *w, ww_str practice, bool *known)
{
	struct ww_flag like;
	struct ww_rows rows;
	ww_status s;

	*known = false;
	ww_row_init(&ww_entity_flag, &like);
	like.encounter = w->after.id;
	s = ww_find(w->l, w->cx, flag, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		*known = *known || ww_str_eq(WW_ROW(&rows, flag, i)->practice, practice);
	return s;
}

static ww_status
has_room(struct ww_work *w, ww_str name, struct ww_roster *r, bool *room)
{
	const struct ww_roster_source *source = ww_config_roster(w->a->config, name);
	bool found = false;
	ww_status s;

	ww_row_init(&ww_entity_roster, r);
	r->name = name;
	s = ww_get(w->l, w->cx, roster, r, &found);
	*room = source == NULL || !found || r->caught < (int64_t)source->catch_up;
	return s;
}

static ww_status
hold(struct ww_work *w, const struct ww_attribution *at, const struct ww_roster *r)
{
	struct ww_catch_up row;

	ww_row_init(&ww_entity_catch_up, &row);
	row.id = ww_ctx_id(w->cx);
	row.encounter = w->after.id;
	row.practice = at->practice;
	row.roster = at->roster;
	row.person = w->person.id;
	row.attribution = at->id;
	row.edition = r->edition;
	row.since_ms = w->cx->now;
	row.reason = WW_STR("the edition has more open stays than catch_up tells of at once");
	return ww_put(w->l, w->cx, catch_up, &row);
}

ww_status
ww_catch_up_limit(struct ww_work *w)
{
	ww_status s = WW_OK;
	size_t n = 0;

	if (w->feed->state != WW_FEED_LIVE)
		return WW_OK; /* nobody is told of it anyway */
	for (size_t i = 0; s == WW_OK && i < w->owners_n; i++) {
		const struct ww_attribution *at = w->owners[i];
		struct ww_roster r;
		bool known, room = true;

		s = is_known(w, at->practice, &known);
		if (s == WW_OK && !known)
			s = has_room(w, at->roster, &r, &room);
		if (s == WW_OK && !room)
			s = hold(w, at, &r);
		if (room)
			w->owners[n++] = at;
		else
			w->held[w->held_n++] = at;
	}
	if (s == WW_OK)
		w->owners_n = n;
	return s;
}

/* Something was raised for that owner in this record, and nothing is older. */
static bool
is_new_to(const struct ww_work *w, const struct ww_attribution *at)
{
	for (size_t i = 0; i < w->changes_n; i++) {
		const struct ww_flag *f = w->changes[i].flag;

		if (ww_str_is(ww_str_from(w->changes[i].verb), "raised") && f->ordinal == 1 &&
		    f->attribution == at->id)
			return true;
	}
	return false;
}

ww_status
ww_catch_up_count(struct ww_work *w)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < w->owners_n; i++) {
		struct ww_roster r;
		bool room;

		if (!is_new_to(w, w->owners[i]))
			continue;
		s = has_room(w, w->owners[i]->roster, &r, &room);
		if (s != WW_OK || ww_config_roster(w->a->config, r.name) == NULL)
			continue;
		r.caught++;
		s = ww_put(w->l, w->cx, roster, &r);
	}
	return s;
}

/* -- released --------------------------------------------------------------------------------------------- */

static ww_status
any_held(struct ww_apply *a, struct ww_ctx *cx, ww_str roster, size_t most, struct ww_rows *out)
{
	struct ww_catch_up like;

	ww_row_init(&ww_entity_catch_up, &like);
	like.roster = roster;
	return ww_ledger_after(
	    a->set.ledger, cx, &ww_entity_catch_up, "by_roster", &like, most, out);
}

ww_status
ww_order_roster_release(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_catch_up like;
	struct ww_rows rows;
	struct ww_roster r;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_roster, &r);
	r.name = o->subject;
	s = ww_get(a->set.ledger, cx, roster, &r, &found);
	if (s != WW_OK)
		return s;
	if (!found)
		return ww_order_refuse(cx, o, WW_E_NOT_FOUND, "there is no roster of that name");
	ww_row_init(&ww_entity_catch_up, &like);
	like.roster = r.name;
	s = ww_find(a->set.ledger, cx, catch_up, "by_roster", &like, &rows);
	if (s != WW_OK)
		return s;
	if (rows.n == 0)
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "no stay is held");
	o->changed = (int64_t)rows.n;
	r.released = (int64_t)cx->seq;
	s = ww_put(a->set.ledger, cx, roster, &r);
	return s == WW_OK ? ww_job_wake(a, cx, WW_ROSTER_JOB) : s;
}

static ww_status
release_chunk(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster *r)
{
	struct ww_rows rows;
	ww_status s = any_held(a, cx, r->name, STAYS, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_catch_up *held = WW_ROW(&rows, catch_up, i);

		s = ww_ledger_remove(a->set.ledger, cx, &ww_entity_catch_up, held);
		if (s == WW_OK)
			s = ww_reattribute_stay(a, cx, held->encounter);
	}
	if (s != WW_OK || rows.n == STAYS)
		return s;
	/* The judging may have changed the row meanwhile. */
	s = ww_roster_row(a, cx, r->name, r);
	r->released = 0;
	return s == WW_OK ? ww_put(a->set.ledger, cx, roster, r) : s;
}

ww_status
ww_catch_up_go_on(struct ww_apply *a, struct ww_ctx *cx, bool *left)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	*left = false;
	for (size_t i = 0; s == WW_OK && !*left && i < rows.n; i++) {
		if (WW_ROW(&rows, roster, i)->released == 0)
			continue;
		*left = true;
		s = release_chunk(a, cx, WW_ROW(&rows, roster, i));
	}
	return s;
}
