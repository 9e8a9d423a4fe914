/* ROSTER records: an edition of a roster that came as one file, in one record. Longer ones come in parts (roster_load.c). */
#include "apply/roster.h"

#include "config/load.h"
#include "model/member.h"
#include "model/record.h"

#include <wardwire/buf.h>

#include <stdlib.h>

static int
by_key(const void *pa, const void *pb)
{
	const ww_str *x = pa, *y = pb;

	return ww_str_cmp(*x, *y);
}

ww_status
ww_roster_members(struct ww_apply *a, struct ww_ctx *cx, ww_str roster, int64_t *out)
{
	struct ww_attribution like;
	struct ww_rows rows;
	ww_str *keys;
	size_t n = 0;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.roster = roster;
	s = ww_find(a->set.ledger, cx, attribution, "by_roster", &like, &rows);
	keys = ww_arena_array(cx->arena, rows.n + 1, sizeof(*keys));
	if (s == WW_OK && keys == NULL)
		s = ww_fail_memory(cx);
	if (s != WW_OK)
		return s;
	for (size_t i = 0; i < rows.n; i++) {
		if (WW_ROW(&rows, attribution, i)->closed_ms == 0)
			keys[n++] = WW_ROW(&rows, attribution, i)->member_key;
	}
	if (n > 1)
		qsort(keys, n, sizeof(*keys), by_key);
	*out = n > 0;
	for (size_t i = 1; i < n; i++)
		*out += !ww_str_eq(keys[i], keys[i - 1]);
	return WW_OK;
}

/* Old rows of a roster, with a mark for those the new edition still has. */
struct edition {
	struct ww_rows old;
	bool *kept;
	struct ww_numbers changed; /* of members of whom it says something else */
	ww_str source;             /* the file, as the configuration calls it */
	int64_t number;
	bool delta;
	size_t added, altered, ended;
};

/* The place of the old row of that id that no new one has taken; old.n: there is none. */
static size_t
free_row(const struct edition *ed, ww_id id)
{
	for (size_t low = 0, high = ed->old.n; low < high;) {
		size_t mid = low + (high - low) / 2;
		ww_id there = WW_ROW(&ed->old, attribution, mid)->id;

		if (there == id)
			return ed->kept[mid] ? ed->old.n : mid;
		if (there < id)
			low = mid + 1;
		else
			high = mid;
	}
	return ed->old.n;
}

/* The old row for a new one: of several of that number the one most alike, and one that is alike in nothing only when it
 * is the only one. NULL when there is none. */
static struct ww_attribution *
find_old(struct ww_apply *a, struct ww_ctx *cx, struct edition *ed, ww_str roster,
    const struct ww_roster_row *row, ww_str key, ww_status *s)
{
	struct ww_attribution like, *best = NULL;
	struct ww_rows rows;
	size_t n = 0, best_place = 0;

	ww_row_init(&ww_entity_attribution, &like);
	like.member_key = key;
	*s = ww_find(a->set.ledger, cx, attribution, "by_member", &like, &rows);
	for (size_t i = 0; *s == WW_OK && i < rows.n; i++) {
		struct ww_attribution *at = WW_ROW(&rows, attribution, i);
		size_t place = free_row(ed, at->id);

		if (!ww_str_eq(at->roster, roster) || !ww_roster_same_row(at, row, key))
			continue;
		n++;
		if (place == ed->old.n ||
		    (best != NULL && ww_roster_likeness(at, row) <= ww_roster_likeness(best, row)))
			continue;
		best = at;
		best_place = place;
	}
	if (best == NULL || (n > 1 && ww_roster_likeness(best, row) == 0))
		return NULL;
	ed->kept[best_place] = true;
	return best;
}

static ww_status
keep_row(struct ww_apply *a, struct ww_ctx *cx, struct edition *ed, ww_str roster,
    const struct ww_roster_row *row)
{
	ww_str key = ww_member_key(cx, row->member_id);
	struct ww_attribution at;
	struct ww_attribution *old;
	ww_status s;

	old = find_old(a, cx, ed, roster, row, key, &s);
	if (s != WW_OK)
		return s;
	ww_roster_fill(cx, row, ed->source, &at);
	at.id = old != NULL ? old->id : ww_ctx_id(cx);
	at.roster = roster;
	at.first_edition = old != NULL ? old->first_edition : ed->number;
	at.edition = ed->number;
	if (old != NULL)
		at.changed_edition =
		    ww_roster_says_same(old, &at) ? old->changed_edition : ed->number;
	if (old == NULL || !ww_roster_says_same(old, &at))
		ed->changed.v[ed->changed.n++] = key;
	ed->added += old == NULL;
	ed->altered += old != NULL && !ww_roster_says_same(old, &at);
	return ww_put(a->set.ledger, cx, attribution, &at);
}

/* A snapshot closes the rows it no longer has. */
static ww_status
close_rest(struct ww_apply *a, struct ww_ctx *cx, struct edition *ed)
{
	for (size_t i = 0; i < ed->old.n; i++) {
		struct ww_attribution *at = WW_ROW(&ed->old, attribution, i);
		ww_status s;

		if (ed->kept[i] || at->closed_ms != 0)
			continue;
		at->closed_ms = cx->now;
		ed->ended++;
		ed->changed.v[ed->changed.n++] = at->member_key;
		s = ww_put(a->set.ledger, cx, attribution, at);
		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

/* -- one record ------------------------------------------------------------------------------------------ */

/* What the file says. */
struct content {
	struct ww_roster_row *rows;
	struct ww_roster_fault *faults;
	size_t n, faults_n;
};

static ww_status
read_content(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_roster *body,
    const struct ww_roster_source *source, struct content *out)
{
	struct ww_buf text = { 0 };
	ww_str kept;
	ww_status s;

	if (a->config == NULL)
		return ww_fail(
		    cx, WW_E_CONFLICT, "roster", "a ROSTER record before the first CONFIG record");
	s = a->set.blob(a->set.arg, cx, body->blob, &text);
	if (s == WW_OK)
		s = ww_apply_keep_text(cx, &text, &kept);
	if (s == WW_OK)
		s = ww_roster_parse(
		    cx, kept, a->config, source, &out->rows, &out->n, &out->faults, &out->faults_n);
	ww_buf_free(&text);
	if (s == WW_OK && out->n > WW_ROSTER_ROWS_MAX)
		s = ww_fail(cx, WW_E_LIMIT, "roster", "%zu rows; at most %d in one file", out->n,
		    WW_ROSTER_ROWS_MAX);
	return s;
}

static ww_status
begin_edition(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_roster *body, size_t n,
    struct edition *ed)
{
	struct ww_attribution like;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.roster = body->name;
	s = ww_find(a->set.ledger, cx, attribution, "by_roster", &like, &ed->old);
	ed->kept = ww_arena_array(cx->arena, ed->old.n + 1, sizeof(*ed->kept));
	ed->changed.v = ww_arena_array(cx->arena, ed->old.n + n + 1, sizeof(*ed->changed.v));
	if (s == WW_OK && (ed->kept == NULL || ed->changed.v == NULL))
		s = ww_fail_memory(cx);
	return s;
}

/* The roster's row, and the blob that it is read from from now on. */
static ww_status
keep_roster(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_roster *body,
    const struct content *c, const struct edition *ed, const struct ww_roster *was)
{
	struct ww_roster row;
	ww_status s = WW_OK;

	if (was->blob.n != 0)
		s = ww_apply_blob_left(a, cx, was->blob, body->name);
	if (s == WW_OK)
		s = ww_apply_blob_named(a, cx, body->blob);
	ww_row_init(&ww_entity_roster, &row);
	row.name = body->name;
	row.blob = body->blob;
	row.config = ww_str_from(a->config_blob);
	row.loaded_ms = row.dated_ms = cx->now;
	row.rows = (int64_t)c->n;
	row.rejected = (int64_t)c->faults_n;
	row.edition = ed->number;
	row.released = was->released;
	if (c->faults_n > 0)
		row.problem =
		    ww_arena_printf(cx->arena, "line %u: %s", c->faults[0].line, c->faults[0].text);
	if (s == WW_OK)
		s = ww_roster_members(a, cx, body->name, &row.members);
	if (s == WW_OK)
		s = ww_put(a->set.ledger, cx, roster, &row);
	return s == WW_OK ? ww_apply_count_rosters(a, cx) : s;
}

static ww_status
keep_edition(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_roster *body,
    const struct content *c, const struct edition *ed)
{
	struct ww_roster_edition row;

	ww_row_init(&ww_entity_roster_edition, &row);
	row.roster = body->name;
	row.number = ed->number;
	row.seq = (int64_t)cx->seq;
	row.taken_ms = row.dated_ms = cx->now;
	row.source = ed->source;
	row.delta = ed->delta;
	row.rows = (int64_t)c->n;
	row.rejected = (int64_t)c->faults_n;
	row.added = (int64_t)ed->added;
	row.changed = (int64_t)ed->altered;
	row.ended = (int64_t)ed->ended;
	return ww_put(a->set.ledger, cx, roster_edition, &row);
}

ww_status
ww_apply_roster(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	const struct ww_roster_source *source;
	struct ww_rec_roster body;
	struct content c = { .n = 0 };
	struct edition ed = { .source = ww_str_empty() };
	struct ww_roster was;
	bool found = false;
	ww_status s = ww_rec_roster_read(cx, r->body, &body);

	if (s != WW_OK)
		return s;
	source = a->config != NULL ? ww_config_roster(a->config, body.name) : NULL;
	ww_row_init(&ww_entity_roster, &was);
	was.name = body.name;
	s = read_content(a, cx, &body, source, &c);
	if (s == WW_OK)
		s = ww_get(a->set.ledger, cx, roster, &was, &found);
	ed.number = was.edition + 1;
	ed.delta = source != NULL && source->delta;
	if (source != NULL)
		ed.source = source->file;
	if (s == WW_OK)
		s = begin_edition(a, cx, &body, c.n, &ed);
	for (size_t i = 0; i < c.n && s == WW_OK; i++)
		s = keep_row(a, cx, &ed, body.name, &c.rows[i]);
	if (s == WW_OK && !ed.delta)
		s = close_rest(a, cx, &ed);
	if (s == WW_OK)
		s = keep_roster(a, cx, &body, &c, &ed, &was);
	if (s == WW_OK)
		s = keep_edition(a, cx, &body, &c, &ed);
	return s == WW_OK ? ww_reattribute(a, cx, &ed.changed) : s;
}
