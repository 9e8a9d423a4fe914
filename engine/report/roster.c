#include "report/roster.h"

#include "model/attribution.h"
#include "report/moment.h"

static struct ww_json *
edition_json(struct ww_ctx *cx, const struct ww_roster_edition *e)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_int(cx, o, "edition", e->number);
	ww_report_moment(cx, o, "in-force-since", e->taken_ms);
	ww_report_moment(cx, o, "dated", e->dated_ms);
	ww_json_set_str(cx, o, "source", e->source);
	ww_json_set_cstr(cx, o, "mode", e->delta != 0 ? "delta" : "snapshot");
	ww_json_set_int(cx, o, "rows", e->rows);
	ww_json_set_int(cx, o, "rejected", e->rejected);
	ww_json_set_int(cx, o, "new", e->added);
	ww_json_set_int(cx, o, "changed", e->changed);
	ww_json_set_int(cx, o, "ended", e->ended);
	ww_json_set_str(cx, o, "who", e->who);
	ww_json_set_str(cx, o, "reason", e->reason);
	return o;
}

/* Newest first. */
static ww_status
add_editions(struct ww_ledger *l, struct ww_ctx *cx, ww_str roster, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "editions", ww_json_array(cx));
	struct ww_roster_edition like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_roster_edition, &like);
	like.roster = roster;
	s = ww_ledger_scan(l, cx, &ww_entity_roster_edition, 1, &like, 0, &rows);
	for (size_t i = rows.n; s == WW_OK && i > 0; i--)
		ww_json_add(cx, list, edition_json(cx, WW_ROW(&rows, roster_edition, i - 1)));
	return s;
}

/* What is on its way and not in force. */
static ww_status
add_load(struct ww_ledger *l, struct ww_ctx *cx, ww_str roster, struct ww_json *o)
{
	struct ww_roster_load like;
	struct ww_rows rows;
	struct ww_json *one;
	ww_status s;

	ww_row_init(&ww_entity_roster_load, &like);
	like.roster = roster;
	s = ww_find(l, cx, roster_load, "by_roster", &like, &rows);
	if (s != WW_OK || rows.n == 0 ||
	    WW_ROW(&rows, roster_load, rows.n - 1)->state == WW_load_state_DONE)
		return s;
	like = *WW_ROW(&rows, roster_load, rows.n - 1);
	one = ww_json_set(cx, o, "load", ww_json_object(cx));
	ww_json_set_cstr(cx, one, "state", ww_load_state_text(like.state));
	ww_json_set_str(cx, one, "source", like.source);
	ww_json_set_int(cx, one, "lines", like.lines);
	ww_json_set_int(cx, one, "rows", like.rows);
	ww_json_set_int(cx, one, "in-force", like.merged);
	ww_json_set_str(cx, one, "refused", like.refused);
	return WW_OK;
}

static struct ww_json *
held_json(struct ww_ctx *cx, const struct ww_catch_up *h)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_str(
	    cx, o, "stay", ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(h->encounter)));
	ww_json_set_cstr(cx, o, "state", "held");
	ww_json_set_str(cx, o, "practice", h->practice);
	ww_json_set_str(cx, o, "roster", h->roster);
	ww_json_set_int(cx, o, "edition", h->edition);
	ww_report_moment(cx, o, "since", h->since_ms);
	ww_json_set_str(cx, o, "reason", h->reason);
	return o;
}

ww_status
ww_roster_held(struct ww_ledger *l, struct ww_ctx *cx, ww_str roster, struct ww_json **out)
{
	struct ww_catch_up like;
	struct ww_rows rows;
	ww_status s;

	*out = ww_json_array(cx);
	ww_row_init(&ww_entity_catch_up, &like);
	like.roster = roster;
	s = roster.n != 0 ? ww_find(l, cx, catch_up, "by_roster", &like, &rows)
	                  : ww_ledger_scan(l, cx, &ww_entity_catch_up, 0, NULL, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		ww_json_add(cx, *out, held_json(cx, WW_ROW(&rows, catch_up, i)));
	return s;
}

ww_status
ww_roster_held_stay(struct ww_ledger *l, struct ww_ctx *cx, ww_id stay, struct ww_json *o)
{
	struct ww_catch_up like;
	struct ww_rows rows;
	struct ww_json *list;
	ww_status s;

	ww_row_init(&ww_entity_catch_up, &like);
	like.encounter = stay;
	s = ww_find(l, cx, catch_up, "by_encounter", &like, &rows);
	if (s != WW_OK || rows.n == 0)
		return s;
	list = ww_json_set(cx, o, "held", ww_json_array(cx));
	for (size_t i = 0; i < rows.n; i++)
		ww_json_add(cx, list, held_json(cx, WW_ROW(&rows, catch_up, i)));
	return WW_OK;
}

static ww_status
add_held(struct ww_ledger *l, struct ww_ctx *cx, ww_str roster, struct ww_json *o)
{
	struct ww_catch_up like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_catch_up, &like);
	like.roster = roster;
	s = ww_find(l, cx, catch_up, "by_roster", &like, &rows);
	if (s == WW_OK && rows.n > 0)
		ww_json_set_int(cx, o, "held", (int64_t)rows.n);
	return s;
}

static ww_status
roster_json(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_config *c,
    const struct ww_roster *r, int64_t now, struct ww_json *o)
{
	const struct ww_roster_source *source = ww_config_roster(c, r->name);
	int64_t end = source != NULL ? ww_roster_expires(r->dated_ms, source->expires_days) : 0;
	int64_t warn = source != NULL ? ww_roster_expires(r->dated_ms, source->warn_days) : 0;
	enum ww_roster_expiry age = WW_roster_expiry_CURRENT;
	ww_status s;

	if (end != 0 && now >= end)
		age = WW_roster_expiry_EXPIRED;
	else if (end != 0 && warn != 0 && now >= warn)
		age = WW_roster_expiry_WARNED;
	ww_json_set_str(cx, o, "roster", r->name);
	ww_json_set_int(cx, o, "edition", r->edition);
	ww_report_moment(cx, o, "dated", r->dated_ms);
	ww_report_moment(cx, o, "expires", end);
	ww_json_set_cstr(cx, o, "state", ww_roster_expiry_text(age));
	ww_json_set_int(cx, o, "rows", r->rows);
	ww_json_set_int(cx, o, "members", r->members);
	ww_json_set_int(cx, o, "rejected", r->rejected);
	ww_json_set_str(cx, o, "problem", r->problem);
	s = add_held(l, cx, r->name, o);
	return s == WW_OK ? add_load(l, cx, r->name, o) : s;
}

/* Of the configuration, and not loaded yet. */
static ww_status
add_empty(struct ww_ledger *l, struct ww_ctx *cx, ww_str name, struct ww_json *list)
{
	struct ww_roster r;
	bool found;
	ww_status s;
	struct ww_json *o;

	ww_row_init(&ww_entity_roster, &r);
	r.name = name;
	s = ww_get(l, cx, roster, &r, &found);
	if (s != WW_OK || found)
		return s;
	o = ww_json_add(cx, list, ww_json_object(cx));
	ww_json_set_str(cx, o, "roster", name);
	ww_json_set_cstr(cx, o, "state", "not loaded");
	return add_load(l, cx, name, o);
}

ww_status
ww_roster_list(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_config *c, ww_str name,
    int64_t now, struct ww_json **out)
{
	struct ww_json *list = *out = ww_json_array(cx), *o;
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_roster *r = WW_ROW(&rows, roster, i);

		if (name.n != 0 && !ww_str_eq(r->name, name))
			continue;
		o = ww_json_add(cx, list, ww_json_object(cx));
		s = roster_json(l, cx, c, r, now, o);
		if (s == WW_OK && name.n != 0)
			s = add_editions(l, cx, name, o);
	}
	for (size_t i = 0; s == WW_OK && i < c->rosters_n; i++)
		if (name.n == 0 || ww_str_eq(c->rosters[i].name, name))
			s = add_empty(l, cx, c->rosters[i].name, list);
	return s;
}
