#include "main/roster_line.h"

#include <wardwire/model.h>

enum { ROWS_BYTES = 1 << 20, TEXT_BYTES = 512 };

/* -- the line ------------------------------------------------------------------------------------------ */

static void
set_text(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_str s)
{
	if (s.n > 0)
		ww_json_set_str(cx, o, key, s);
}

static void
set_int(struct ww_ctx *cx, struct ww_json *o, const char *key, int64_t v)
{
	if (v != 0)
		ww_json_set_int(cx, o, key, v);
}

struct ww_json *
ww_roster_line(struct ww_ctx *cx, const struct ww_rec_roster_load *r)
{
	struct ww_json *o = ww_json_object(cx);

	set_text(cx, o, "roster", r->roster);
	set_text(cx, o, "verb", r->verb);
	set_text(cx, o, "digest", r->digest);
	set_text(cx, o, "source", r->source);
	set_int(cx, o, "delta", r->delta);
	set_int(cx, o, "dated", r->dated_ms);
	set_int(cx, o, "part", r->part);
	set_int(cx, o, "lines", r->lines);
	set_int(cx, o, "bytes", r->bytes);
	set_int(cx, o, "rejected", r->rejected);
	set_text(cx, o, "problem", r->problem);
	set_text(cx, o, "rows", r->rows);
	set_int(cx, o, "max-drop", r->max_drop);
	set_text(cx, o, "reason", r->reason);
	set_text(cx, o, "who", r->who);
	return o;
}

static bool
is_verb(ww_str s)
{
	static const char *const verbs[] = { "begin", "rows", "end", "step", "drop" };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (ww_str_is(s, verbs[i]))
			return true;
	return false;
}

ww_status
ww_roster_line_read(struct ww_ctx *cx, const struct ww_json *line, const struct ww_config *config,
    struct ww_rec_roster_load *out)
{
	struct ww_rec_roster_load r = {
		.verb = ww_json_str(ww_json_get(line, "verb")),
		.roster = ww_json_str(ww_json_get(line, "roster")),
		.digest = ww_json_str(ww_json_get(line, "digest")),
		.source = ww_json_str(ww_json_get(line, "source")),
		.delta = ww_json_int(ww_json_get(line, "delta")),
		.dated_ms = ww_json_int(ww_json_get(line, "dated")),
		.part = ww_json_int(ww_json_get(line, "part")),
		.lines = ww_json_int(ww_json_get(line, "lines")),
		.bytes = ww_json_int(ww_json_get(line, "bytes")),
		.rejected = ww_json_int(ww_json_get(line, "rejected")),
		.problem = ww_json_str(ww_json_get(line, "problem")),
		.rows = ww_json_str(ww_json_get(line, "rows")),
		.max_drop = ww_json_int(ww_json_get(line, "max-drop")),
		.reason = ww_json_str(ww_json_get(line, "reason")),
		.who = ww_json_str(ww_json_get(line, "who")),
	};

	if (ww_config_roster(config, r.roster) == NULL)
		return ww_fail(
		    cx, WW_E_NOT_FOUND, "roster", "the running engine has no roster of that name");
	if (!is_verb(r.verb))
		return ww_fail(cx, WW_E_CODE, "verb", "begin, rows, end, step or drop");
	if (r.rows.n > ROWS_BYTES)
		return ww_fail(cx, WW_E_LIMIT, "rows", "at most %d bytes", ROWS_BYTES);
	if (r.digest.n > TEXT_BYTES || r.source.n > TEXT_BYTES || r.problem.n > TEXT_BYTES ||
	    r.reason.n > TEXT_BYTES || r.who.n > TEXT_BYTES)
		return ww_fail(cx, WW_E_LIMIT, NULL, "a text of more than %d bytes", TEXT_BYTES);
	*out = r;
	return WW_OK;
}

/* -- what came of it ----------------------------------------------------------------------------------- */

static void
set_counts(struct ww_ctx *cx, struct ww_json *o, const struct ww_roster_load *l)
{
	ww_json_set_str(cx, o, "digest", l->digest);
	ww_json_set_int(cx, o, "parts", l->parts);
	ww_json_set_int(cx, o, "lines", l->lines);
	ww_json_set_int(cx, o, "bytes", l->bytes);
	ww_json_set_int(cx, o, "rows", l->rows);
	ww_json_set_int(cx, o, "rejected", l->rejected);
	ww_json_set_int(cx, o, "twice", l->twice);
	ww_json_set_str(cx, o, "problem", l->problem);
	ww_json_set_int(cx, o, "members", l->members);
	ww_json_set_int(cx, o, "stayed", l->stayed);
	ww_json_set_int(cx, o, "added", l->added);
	ww_json_set_int(cx, o, "changed", l->changed);
	ww_json_set_int(cx, o, "ended", l->ended);
	ww_json_set_int(cx, o, "merged", l->merged);
	ww_json_set_int(cx, o, "edition", l->number);
}

ww_status
ww_roster_outcome(
    struct ww_ctx *cx, struct ww_ledger *l, ww_str roster, uint64_t seq, struct ww_json **out)
{
	struct ww_json *o = *out = ww_json_object(cx);
	struct ww_roster_load like;
	struct ww_rows rows;
	ww_str reason;
	ww_status s;

	ww_row_init(&ww_entity_roster_load, &like);
	like.roster = roster;
	s = ww_find(l, cx, roster_load, "by_roster", &like, &rows);
	if (s != WW_OK)
		return s;
	ww_json_set_int(cx, o, "journal", (int64_t)seq);
	if (rows.n == 0) {
		ww_json_set_cstr(cx, o, "state", ww_load_state_text(WW_load_state_NONE));
		return WW_OK;
	}
	like = *WW_ROW(&rows, roster_load, rows.n - 1);
	for (size_t i = 0; i < rows.n; i++)
		if (WW_ROW(&rows, roster_load, i)->seq == (int64_t)seq)
			like = *WW_ROW(&rows, roster_load, i);
	ww_json_set_cstr(cx, o, "state", ww_load_state_text(like.state));
	set_counts(cx, o, &like);
	if (like.seq == (int64_t)seq && like.refused.n > 0) {
		ww_json_set_str(cx, o, "code", ww_str_cut(like.refused, ' ', &reason));
		ww_json_set_str(cx, o, "reason", reason);
	}
	return WW_OK;
}
