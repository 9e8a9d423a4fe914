/* Counts members of an edition against those of the one before, each once, by their keys in the ledger. */
#include "main/roster_drop.h"

#include "config/load.h"
#include "model/member.h"

#include <stdlib.h>

bool
ww_roster_drop_is_too_much(int64_t gone, int64_t members, uint32_t max_drop)
{
	return gone > 0 && gone * 100 > (int64_t)max_drop * members;
}

static int
by_text(const void *pa, const void *pb)
{
	const ww_str *a = pa, *b = pb;

	return ww_str_cmp(*a, *b);
}

/* The roster has a row of the member that is in force. */
static ww_status
is_on(struct ww_ctx *cx, struct ww_ledger *l, ww_str roster, ww_str key, bool *on)
{
	struct ww_attribution like;
	struct ww_rows rows;
	ww_status s;

	*on = false;
	ww_row_init(&ww_entity_attribution, &like);
	like.member_key = key;
	s = ww_find(l, cx, attribution, "by_member", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_attribution *at = WW_ROW(&rows, attribution, i);

		*on = *on || (at->closed_ms == 0 && ww_str_eq(at->roster, roster));
	}
	return s;
}

/* Of the members of rows, each once, how many the roster has. keys: room for n. */
static ww_status
count_stayed(struct ww_ctx *cx, struct ww_ctx *one, struct ww_ledger *l, ww_str roster,
    const struct ww_roster_row *rows, size_t n, ww_str *keys, int64_t *stayed)
{
	ww_status s = WW_OK;

	*stayed = 0;
	for (size_t i = 0; i < n; i++)
		keys[i] = ww_member_key(cx, rows[i].member_id);
	qsort(keys, n, sizeof(*keys), by_text);
	for (size_t i = 0; s == WW_OK && i < n; i++) {
		bool on;

		if (i > 0 && ww_str_eq(keys[i], keys[i - 1]))
			continue;
		ww_ctx_clear(one);
		s = is_on(one, l, roster, keys[i], &on);
		*stayed += s == WW_OK && on;
	}
	if (s != WW_OK)
		cx->fail = one->fail;
	return s;
}

ww_status
ww_roster_drop(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_roster_source *source,
    const struct ww_roster_row *rows, size_t n, int64_t *members, int64_t *gone)
{
	struct ww_ctx keep = { .arena = ww_arena_new(0) }, one = { .arena = ww_arena_new(0) };
	struct ww_roster was;
	ww_str *keys = NULL;
	int64_t stayed = 0;
	bool found = false;
	ww_status s;

	*members = *gone = 0;
	ww_row_init(&ww_entity_roster, &was);
	was.name = source->name;
	if (keep.arena != NULL && one.arena != NULL)
		keys = ww_arena_array(keep.arena, n + 1, sizeof(*keys));
	s = keys != NULL ? ww_get(l, &keep, roster, &was, &found)
	                 : ww_fail(cx, WW_E_MEMORY, NULL, "members of a roster");
	if (s == WW_OK && !source->delta && was.members > 0)
		s = count_stayed(&keep, &one, l, source->name, rows, n, keys, &stayed);
	if (s == WW_OK && !source->delta && was.members > 0) {
		*members = was.members;
		*gone = was.members - stayed;
	}
	if (s != WW_OK && keep.fail.status != WW_OK)
		cx->fail = keep.fail;
	ww_arena_free(one.arena);
	ww_arena_free(keep.arena);
	return s;
}
