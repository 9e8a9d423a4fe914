/* CONFIG, ROSTER and ENGINE records: what the later records are read by. */
#include "apply/work.h"

#include "config/load.h"
#include "model/member.h"
#include "model/record.h"

#include <wardwire/buf.h>

#include <stdio.h>
#include <string.h>

/* The text in the arena. A copy that could not be made is empty, and an empty text is no configuration and no roster. */
static ww_status
keep_text(struct ww_ctx *cx, const struct ww_buf *text, ww_str *out)
{
	*out = ww_arena_str(cx->arena, ww_buf_view(text));
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

/* -- configuration ---------------------------------------------------------------------------------- */

void
ww_apply_drop_config(struct ww_apply *a)
{
	ww_arena_free(a->config_arena);
	a->config_arena = NULL;
	a->config = NULL;
}

ww_status
ww_apply_load_config(struct ww_apply *a, struct ww_ctx *cx, ww_str hex)
{
	struct ww_ctx own = { .arena = ww_arena_new(0) };
	struct ww_config *config = NULL;
	struct ww_config_fault *faults;
	struct ww_buf text = { 0 };
	ww_str kept;
	size_t n;
	ww_status s = WW_E_MEMORY;

	if (own.arena != NULL)
		s = a->set.blob(a->set.arg, &own, hex, &text);
	if (s == WW_OK)
		s = keep_text(&own, &text, &kept);
	if (s == WW_OK)
		s = ww_config_parse(&own, kept, &config, &faults, &n);
	ww_buf_free(&text);
	if (s != WW_OK) {
		cx->fail = own.fail;
		ww_arena_free(own.arena);
		return s;
	}
	ww_apply_drop_config(a);
	a->config_arena = own.arena;
	a->config = config;
	return WW_OK;
}

/* The stays of its members are judged again when the rosters that may take its place have been read. */
static ww_status
close_roster(struct ww_apply *a, struct ww_ctx *cx, const struct ww_roster *roster)
{
	struct ww_numbers closed = { .n = 0 };
	struct ww_attribution like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.roster = roster->name;
	s = ww_find(a->set.ledger, cx, attribution, "by_roster", &like, &rows);
	closed.v = ww_arena_array(cx->arena, rows.n + 1, sizeof(*closed.v));
	if (s == WW_OK && closed.v == NULL)
		s = ww_fail_memory(cx);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_attribution *at = WW_ROW(&rows, attribution, i);

		if (at->closed_ms != 0)
			continue;
		at->closed_ms = cx->now;
		closed.v[closed.n++] = at->member_key;
		s = ww_put(a->set.ledger, cx, attribution, at);
	}
	if (s == WW_OK)
		s = ww_reattribute_later(a, cx, &closed);
	if (s == WW_OK)
		s = ww_apply_blob_left(a, cx, roster->blob, roster->name);
	return s == WW_OK ? ww_ledger_remove(a->set.ledger, cx, &ww_entity_roster, roster) : s;
}

/* A list that came as a Group is named after its feed (enrol.c). */
static bool
is_listed(const struct ww_apply *a, ww_str name)
{
	ww_str rest, feed = ww_str_cut(name, '/', &rest);

	return rest.n != 0 ? ww_config_feed(a->config, feed) != NULL
	                   : ww_config_roster(a->config, name) != NULL;
}

/* A roster that the configuration no longer names attributes nobody any more. */
static ww_status
close_rosters(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		if (!is_listed(a, WW_ROW(&rows, roster, i)->name))
			s = close_roster(a, cx, WW_ROW(&rows, roster, i));
	}
	return s == WW_OK ? ww_apply_count_rosters(a, cx) : s;
}

ww_status
ww_apply_config_record(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_arena *old_arena = a->config_arena;
	const struct ww_config *old = a->config;
	struct ww_rec_config body;
	ww_status s = ww_rec_config_read(cx, r->body, &body);

	a->config_arena = NULL; /* kept until what it left behind is settled */
	if (s == WW_OK)
		s = ww_apply_load_config(a, cx, body.blob);
	if (s == WW_OK)
		s = close_rosters(a, cx);
	if (s == WW_OK)
		s = ww_apply_reroute(a, cx, old);
	if (s == WW_OK)
		s = ww_apply_destinations(a, cx);
	if (s == WW_OK)
		s = ww_restrict_reconfigured(a, cx, old);
	if (s == WW_OK)
		s = ww_apply_let_in(a, cx);
	if (s == WW_OK)
		s = ww_apply_blob_left(a, cx, ww_str_from(a->config_blob), ww_str_empty());
	if (s == WW_OK)
		s = ww_apply_blob_named(a, cx, body.blob);
	if (s == WW_OK)
		(void)snprintf(
		    a->config_blob, sizeof(a->config_blob), "%.*s", WW_STR_FMT(body.blob));
	if (a->config == old)
		a->config_arena = old_arena; /* it could not be read: the old one stays */
	else
		ww_arena_free(old_arena);
	return s;
}

ww_status
ww_apply_engine(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_rec_engine body;
	ww_status s = ww_rec_engine_read(cx, r->body, &body);

	if (s != WW_OK)
		return s;
	(void)snprintf(a->build, sizeof(a->build), "%.*s", WW_STR_FMT(body.build));
	if (a->key[0] == '\0')
		(void)snprintf(a->key, sizeof(a->key), "%.*s", WW_STR_FMT(body.delivery_key));
	return body.restored != 0 ? ww_apply_restored(a, cx, &body) : WW_OK;
}

/* -- rosters ---------------------------------------------------------------------------------------- */

ww_status
ww_apply_count_rosters(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	if (s != WW_OK)
		return s;
	a->roster_rows = 0;
	for (size_t i = 0; i < rows.n; i++)
		a->roster_rows += (size_t)WW_ROW(&rows, roster, i)->rows;
	return WW_OK;
}

static bool
same_time(ww_time a, ww_time b)
{
	return a.prec == b.prec && a.ms == b.ms;
}

static bool
same_member(const struct ww_attribution *at, const struct ww_roster_row *row, ww_str key)
{
	return ww_str_eq(at->member_key, key) && ww_str_eq(at->practice, row->practice) &&
	       same_time(at->effective, row->effective);
}

/* Old rows of a roster, with a mark for those the new edition still has. */
struct edition {
	struct ww_rows old;
	bool *kept;
	struct ww_numbers changed; /* of members of whom it says something else */
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

/* How much of a member two rows have in common; a family may have one number. */
static int
likeness(const struct ww_attribution *at, const struct ww_roster_row *row)
{
	return 2 * same_time(at->birth, row->birth) + ww_same_name(at->given, row->given);
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

		if (!ww_str_eq(at->roster, roster) || !same_member(at, row, key))
			continue;
		n++;
		if (place == ed->old.n ||
		    (best != NULL && likeness(at, row) <= likeness(best, row)))
			continue;
		best = at;
		best_place = place;
	}
	if (best == NULL || (n > 1 && likeness(best, row) == 0))
		return NULL;
	ed->kept[best_place] = true;
	return best;
}

/* Nobody can come to be or cease to be the practice's patient by it, nor may more or less be told of anybody. */
static bool
says_the_same(const struct ww_attribution *a, const struct ww_attribution *b)
{
	return a->closed_ms == b->closed_ms && ww_str_eq(a->family, b->family) &&
	       ww_str_eq(a->given, b->given) && same_time(a->birth, b->birth) &&
	       same_time(a->end, b->end) && a->policy == b->policy;
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
	ww_row_init(&ww_entity_attribution, &at);
	at.id = old != NULL ? old->id : ww_ctx_id(cx);
	at.roster = roster;
	at.member_id = row->member_id;
	at.member_key = key;
	at.family = row->family;
	at.given = row->given;
	at.birth = row->birth;
	at.sex = row->sex;
	at.practice = row->practice;
	at.effective = row->effective;
	at.end = row->end;
	at.policy = row->policy;
	if (old == NULL || !says_the_same(old, &at))
		ed->changed.v[ed->changed.n++] = key;
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
		ed->changed.v[ed->changed.n++] = at->member_key;
		s = ww_put(a->set.ledger, cx, attribution, at);
		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

static ww_status
read_roster(struct ww_apply *a, struct ww_ctx *cx, ww_str hex, struct ww_roster_row **rows,
    size_t *n, struct ww_roster_fault **faults, size_t *faults_n)
{
	struct ww_buf text = { 0 };
	ww_str kept;
	ww_status s;

	if (a->config == NULL)
		return ww_fail(
		    cx, WW_E_CONFLICT, "roster", "a ROSTER record before the first CONFIG record");
	s = a->set.blob(a->set.arg, cx, hex, &text);
	if (s == WW_OK)
		s = keep_text(cx, &text, &kept);
	if (s == WW_OK)
		s = ww_roster_parse(cx, kept, a->config, rows, n, faults, faults_n);
	ww_buf_free(&text);
	return s;
}

ww_status
ww_apply_roster(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_rec_roster body;
	struct ww_roster_row *rows;
	struct ww_roster_fault *faults;
	struct ww_attribution like;
	struct ww_roster row;
	struct edition ed = { 0 };
	size_t n = 0, faults_n = 0;
	bool found;
	ww_status s = ww_rec_roster_read(cx, r->body, &body);

	if (s == WW_OK)
		s = read_roster(a, cx, body.blob, &rows, &n, &faults, &faults_n);
	if (s == WW_OK && n > WW_ROSTER_ROWS_MAX)
		s = ww_fail(cx, WW_E_LIMIT, "roster", "%zu rows; at most %d in one file", n,
		    WW_ROSTER_ROWS_MAX);
	if (s != WW_OK)
		return s;
	ww_row_init(&ww_entity_attribution, &like);
	like.roster = body.name;
	s = ww_find(a->set.ledger, cx, attribution, "by_roster", &like, &ed.old);
	ed.kept = ww_arena_array(cx->arena, ed.old.n + 1, sizeof(*ed.kept));
	ed.changed.v = ww_arena_array(cx->arena, ed.old.n + n + 1, sizeof(*ed.changed.v));
	if (s == WW_OK && (ed.kept == NULL || ed.changed.v == NULL))
		s = ww_fail_memory(cx);
	for (size_t i = 0; i < n && s == WW_OK; i++)
		s = keep_row(a, cx, &ed, body.name, &rows[i]);
	if (s == WW_OK)
		s = close_rest(a, cx, &ed);
	if (s != WW_OK)
		return s;
	ww_row_init(&ww_entity_roster, &row);
	row.name = body.name;
	s = ww_get(a->set.ledger, cx, roster, &row, &found);
	if (s == WW_OK && found)
		s = ww_apply_blob_left(a, cx, row.blob, body.name);
	if (s == WW_OK)
		s = ww_apply_blob_named(a, cx, body.blob);
	if (s != WW_OK)
		return s;
	ww_row_init(&ww_entity_roster, &row);
	row.name = body.name;
	row.blob = body.blob;
	row.config = ww_str_from(a->config_blob);
	row.loaded_ms = cx->now;
	row.rows = (int64_t)n;
	row.rejected = (int64_t)faults_n;
	if (faults_n > 0)
		row.problem =
		    ww_arena_printf(cx->arena, "line %u: %s", faults[0].line, faults[0].text);
	s = ww_put(a->set.ledger, cx, roster, &row);
	if (s == WW_OK)
		s = ww_apply_count_rosters(a, cx);
	return s == WW_OK ? ww_reattribute(a, cx, &ed.changed) : s;
}
