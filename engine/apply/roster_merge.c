/* An edition that is whole takes effect member by member: each record brings a chunk of them into force, all rows of a member at
 * once, and what the edition has no more is ended last. A ledger that was left in the middle goes on where it was. What was
 * dropped is removed by the same way. */
#include "apply/catch_up.h"
#include "apply/roster.h"

#include "config/roster_row.h"

#include <wardwire/log.h>

#include <string.h>

/* One chunk. */
struct merge {
	struct ww_apply *a;
	struct ww_ctx *cx;
	struct ww_roster_load *load;
	struct ww_roster roster;
	struct ww_numbers
	    changed; /* room for each row of the chunk, and each that is ended for it */
	size_t changed_cap;
};

static ww_status
note_changed(struct merge *m, ww_str key)
{
	size_t cap = 2 * m->changed_cap + WW_ROSTER_CHUNK;
	ww_str *more;

	if (m->changed.n > 0 && ww_str_eq(m->changed.v[m->changed.n - 1], key))
		return WW_OK;
	if (m->changed.n == m->changed_cap) {
		more = ww_arena_array(m->cx->arena, cap, sizeof(*more));
		if (more == NULL)
			return ww_fail_memory(m->cx);
		if (m->changed.n > 0)
			memcpy(more, m->changed.v, m->changed.n * sizeof(*more));
		m->changed.v = more;
		m->changed_cap = cap;
	}
	m->changed.v[m->changed.n++] = key;
	return WW_OK;
}

/* -- a member ---------------------------------------------------------------------------------------------- */

/* The old row that no new one has taken and that is most alike; one that is alike in nothing only where it is the only one. */
static struct ww_attribution *
old_of(const struct merge *m, struct ww_rows *old, const bool *taken,
    const struct ww_roster_row *row, ww_str key, size_t *place)
{
	struct ww_attribution *best = NULL;
	size_t n = 0;

	for (size_t i = 0; i < old->n; i++) {
		struct ww_attribution *at = WW_ROW(old, attribution, i);

		if (!ww_str_eq(at->roster, m->load->roster) || !ww_roster_same_row(at, row, key))
			continue;
		n++;
		if (taken[i] ||
		    (best != NULL && ww_roster_likeness(at, row) <= ww_roster_likeness(best, row)))
			continue;
		best = at;
		*place = i;
	}
	return best != NULL && n > 1 && ww_roster_likeness(best, row) == 0 ? NULL : best;
}

static ww_status
merge_row(struct merge *m, struct ww_rows *old, bool *taken, ww_str text)
{
	struct ww_roster_load *l = m->load;
	struct ww_roster_row row;
	struct ww_attribution at, *was;
	size_t place = 0;
	ww_status s = ww_roster_row_again(m->cx, m->a->config, text, &row);

	l->merged++;
	if (s == WW_E_VALUE) { /* its practice has left the configuration meanwhile */
		m->cx->fail = (struct ww_failure){ .status = WW_OK };
		l->rejected++;
		return WW_OK;
	}
	if (s != WW_OK)
		return s;
	ww_roster_fill(m->cx, &row, l->source, &at);
	was = old_of(m, old, taken, &row, at.member_key, &place);
	if (was != NULL)
		taken[place] = true;
	at.id = was != NULL ? was->id : ww_ctx_id(m->cx);
	at.roster = l->roster;
	at.first_edition = was != NULL ? was->first_edition : l->number;
	at.edition = l->number;
	if (was != NULL)
		at.changed_edition =
		    ww_roster_says_same(was, &at) ? was->changed_edition : l->number;
	m->roster.rows += was == NULL || was->closed_ms != 0;
	l->added += was == NULL;
	l->changed += was != NULL && !ww_roster_says_same(was, &at);
	if (was == NULL || !ww_roster_says_same(was, &at))
		s = note_changed(m, at.member_key);
	return s == WW_OK ? ww_put(m->a->set.ledger, m->cx, attribution, &at) : s;
}

static ww_status
close_row(struct merge *m, struct ww_attribution *at)
{
	ww_status s;

	at->closed_ms = m->load->taken_ms;
	m->load->ended++;
	m->roster.rows--;
	s = note_changed(m, at->member_key);
	return s == WW_OK ? ww_put(m->a->set.ledger, m->cx, attribution, at) : s;
}

/* All staged rows of one member. */
static ww_status
merge_member(struct merge *m, const struct ww_roster_staged *staged, size_t n)
{
	struct ww_attribution like;
	struct ww_rows old;
	bool *taken, was_open = false;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.member_key = staged[0].member_key;
	s = ww_find(m->a->set.ledger, m->cx, attribution, "by_member", &like, &old);
	taken = ww_arena_array(m->cx->arena, old.n + 1, sizeof(*taken));
	if (s == WW_OK && taken == NULL)
		s = ww_fail_memory(m->cx);
	for (size_t i = 0; s == WW_OK && i < old.n; i++)
		was_open = was_open ||
		           (WW_ROW(&old, attribution, i)->closed_ms == 0 &&
		               ww_str_eq(WW_ROW(&old, attribution, i)->roster, m->load->roster));
	for (size_t i = 0; s == WW_OK && i < n; i++) {
		s = merge_row(m, &old, taken, staged[i].text);
		if (s == WW_OK)
			s = ww_ledger_remove(
			    m->a->set.ledger, m->cx, &ww_entity_roster_staged, &staged[i]);
	}
	m->roster.members += !was_open;
	for (size_t i = 0; s == WW_OK && m->load->delta == 0 && i < old.n; i++) {
		struct ww_attribution *at = WW_ROW(&old, attribution, i);

		if (!taken[i] && at->closed_ms == 0 && ww_str_eq(at->roster, m->load->roster))
			s = close_row(m, at);
	}
	return s;
}

/* -- chunks ------------------------------------------------------------------------------------------------ */

static ww_status
staged_chunk(struct merge *m, size_t columns, const struct ww_roster_staged *like, size_t most,
    struct ww_rows *out)
{
	return ww_ledger_scan(
	    m->a->set.ledger, m->cx, &ww_entity_roster_staged, columns, like, most, out);
}

/* How many of the rows from i on are of the same member. */
static size_t
of_member(struct ww_rows *rows, size_t i)
{
	ww_str key = WW_ROW(rows, roster_staged, i)->member_key;
	size_t n = 1;

	while (i + n < rows->n && ww_str_eq(WW_ROW(rows, roster_staged, i + n)->member_key, key))
		n++;
	return n;
}

static ww_status
merge_chunk(struct merge *m)
{
	struct ww_roster_staged like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_roster_staged, &like);
	like.load = m->load->id;
	s = staged_chunk(m, 1, &like, WW_ROSTER_CHUNK, &rows);
	if (s != WW_OK)
		return s;
	if (rows.n == 0) {
		m->load->state = WW_load_state_CLOSING;
		return WW_OK;
	}
	for (size_t i = 0; s == WW_OK && i < rows.n;) {
		size_t n = of_member(&rows, i);

		if (i + n == rows.n && rows.n == WW_ROSTER_CHUNK) {
			/* There may be more of this one: with the next chunk, or all of them if it is alone. */
			if (i > 0)
				break;
			like.member_key = WW_ROW(&rows, roster_staged, 0)->member_key;
			s = staged_chunk(m, 2, &like, 0, &rows);
			n = rows.n;
		}
		if (s == WW_OK)
			s = merge_member(m, WW_ROW(&rows, roster_staged, i), n);
		i += n;
	}
	return s;
}

/* What it has of the members that did not come into force. */
static ww_status
count_members(struct merge *m, ww_str key, bool *gone)
{
	struct ww_attribution like;
	struct ww_rows rows;
	ww_status s;

	*gone = true;
	ww_row_init(&ww_entity_attribution, &like);
	like.member_key = key;
	s = ww_find(m->a->set.ledger, m->cx, attribution, "by_member", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_attribution *at = WW_ROW(&rows, attribution, i);

		if (at->closed_ms == 0 && ww_str_eq(at->roster, m->load->roster))
			*gone = false;
	}
	return s;
}

ww_status
ww_roster_keep_edition(struct ww_apply *a, struct ww_ctx *cx, const struct ww_roster_load *l)
{
	struct ww_roster_edition e;

	ww_row_init(&ww_entity_roster_edition, &e);
	e.roster = l->roster;
	e.number = l->number;
	e.seq = l->id >> 16;
	e.taken_ms = l->taken_ms;
	e.dated_ms = l->dated_ms;
	e.source = l->source;
	e.delta = l->delta;
	e.rows = l->rows;
	e.rejected = l->rejected;
	e.added = l->added;
	e.changed = l->changed;
	e.ended = l->ended;
	e.reason = l->reason;
	e.who = l->who;
	return ww_put(a->set.ledger, cx, roster_edition, &e);
}

static ww_status
finish(struct merge *m)
{
	struct ww_roster_load *l = m->load;

	l->state = WW_load_state_DONE;
	ww_log(WW_LOG_INFO,
	    "roster=%.*s edition=%lld rows=%lld added=%lld changed=%lld ended=%lld rejected=%lld",
	    WW_STR_FMT(l->roster), (long long)l->number, (long long)l->rows, (long long)l->added,
	    (long long)l->changed, (long long)l->ended, (long long)l->rejected);
	return ww_roster_keep_edition(m->a, m->cx, l);
}

/* A row that the edition does not have is of an older one. */
static ww_status
close_chunk(struct merge *m)
{
	struct ww_roster_load *l = m->load;
	struct ww_attribution like;
	struct ww_rows rows = { .n = 0 };
	bool gone;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_attribution, &like);
	like.roster = l->roster;
	like.id = l->at;
	if (l->delta == 0)
		s = ww_ledger_after(m->a->set.ledger, m->cx, &ww_entity_attribution, "by_roster",
		    &like, WW_ROSTER_CHUNK, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_attribution *at = WW_ROW(&rows, attribution, i);

		l->at = at->id;
		if (at->edition == l->number || at->closed_ms != 0)
			continue;
		s = close_row(m, at);
		if (s == WW_OK)
			s = count_members(m, at->member_key, &gone);
		m->roster.members -= s == WW_OK && gone;
	}
	return s == WW_OK && rows.n < WW_ROSTER_CHUNK ? finish(m) : s;
}

static ww_status
bring_into_force(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l)
{
	struct merge m = { .a = a, .cx = cx, .load = l };
	ww_status s = ww_roster_row(a, cx, l->roster, &m.roster);

	if (s == WW_OK && l->state == WW_load_state_MERGING)
		s = merge_chunk(&m);
	else if (s == WW_OK)
		s = close_chunk(&m);
	if (s == WW_OK)
		s = ww_put(a->set.ledger, cx, roster, &m.roster);
	if (s == WW_OK)
		s = ww_put(a->set.ledger, cx, roster_load, l);
	if (s == WW_OK)
		s = ww_apply_count_rosters(a, cx);
	return s == WW_OK && m.changed.n > 0 ? ww_reattribute(a, cx, &m.changed) : s;
}

static ww_status
remove_chunk(struct ww_apply *a, struct ww_ctx *cx, struct ww_roster_load *l)
{
	struct ww_roster_staged like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_roster_staged, &like);
	like.load = l->id;
	s = ww_ledger_scan(
	    a->set.ledger, cx, &ww_entity_roster_staged, 1, &like, WW_ROSTER_CHUNK, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		s = ww_ledger_remove(
		    a->set.ledger, cx, &ww_entity_roster_staged, WW_ROW(&rows, roster_staged, i));
	if (s != WW_OK || rows.n == WW_ROSTER_CHUNK)
		return s;
	return ww_ledger_remove(a->set.ledger, cx, &ww_entity_roster_load, l);
}

ww_status
ww_roster_merge(struct ww_apply *a, struct ww_ctx *cx, bool *left)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_roster_load, 0, NULL, 0, &rows);

	*left = false;
	if (a->config == NULL)
		return s;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_roster_load *l = WW_ROW(&rows, roster_load, i);

		if (l->state == WW_load_state_MERGING || l->state == WW_load_state_CLOSING) {
			*left = true;
			return bring_into_force(a, cx, l);
		}
	}
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_roster_load *l = WW_ROW(&rows, roster_load, i);

		if (l->state == WW_load_state_DROPPED) {
			*left = true;
			return remove_chunk(a, cx, l);
		}
	}
	return s == WW_OK ? ww_catch_up_go_on(a, cx, left) : s;
}

ww_status
ww_roster_job(struct ww_apply *a, struct ww_ctx *cx, struct ww_job *job, bool *ended)
{
	bool left;
	ww_status s = ww_roster_merge(a, cx, &left);

	job->done += left;
	*ended = !left;
	return s;
}
