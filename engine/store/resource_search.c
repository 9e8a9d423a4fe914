/* Goes along one key, the one that finds the fewest, and looks at each resource whether the other criteria hold. */
#include "store/resource_search.h"

#include "store/rows.h"

#include <wardwire/arena.h>

#include <string.h>

enum { PAGE = 64 };

struct search {
	struct ww_ledger *l;
	struct ww_ctx *cx;
	ww_str feed;
	const struct ww_resource_query *q;
	const struct ww_criterion *by; /* the one whose keys are gone along */
	bool down;
	size_t limit, looks;
	struct ww_resource_place *at;
	struct ww_gather found;
	bool more; /* it stopped before the end */
};

/* How few resources one key of that kind finds, the fewest first. */
static int
rank(const struct ww_criterion *c)
{
	static const int ranks[] = { [WW_PARAM_TOKEN] = 3,
		[WW_PARAM_REFERENCE] = 1,
		[WW_PARAM_DATE] = 4,
		[WW_PARAM_STRING] = 2,
		[WW_PARAM_URI] = 2 };

	if (c->none)
		return 9;
	return c->param == NULL || strcmp(c->param->name, "identifier") == 0
	           ? 0
	           : ranks[c->param->kind];
}

static const struct ww_criterion *
best(const struct ww_resource_query *q)
{
	const struct ww_criterion *by = NULL;

	for (size_t i = 0; i < q->n; i++) {
		if (rank(&q->v[i]) < 9 && (by == NULL || rank(&q->v[i]) < rank(by)))
			by = &q->v[i];
	}
	return by;
}

static bool
all_hold(const struct search *s, const struct ww_resource *r)
{
	if (r->deleted != 0)
		return false;
	for (size_t i = 0; i < s->q->n; i++) {
		if (!ww_criterion_holds(&s->q->v[i], r->id, r->keys))
			return false;
	}
	return true;
}

static bool
any_has(const struct ww_criterion *c, ww_str line)
{
	for (size_t i = 0; i < c->n; i++) {
		if (ww_key_range_has(&c->any[i], line))
			return true;
	}
	return false;
}

/* Several keys of a resource may be in the ranges: it is found at the first that is met on the way. */
static bool
is_first(const struct search *s, const struct ww_resource *r, ww_str line)
{
	ww_str first = ww_str_empty(), keys = r->keys;

	while (keys.n > 0 && (s->down || first.n == 0)) {
		ww_str k = ww_str_cut(keys, '\n', &keys);

		if (any_has(s->by, k))
			first = k;
	}
	return ww_str_eq(first, line);
}

static ww_status
take(struct search *s, const struct ww_resource *r)
{
	struct ww_resource *to = ww_gather_next(&s->found);

	if (to == NULL)
		return ww_fail_memory(s->cx);
	*to = *r;
	return WW_OK;
}

static ww_status
get(struct search *s, ww_str id, struct ww_resource *r, bool *found)
{
	ww_row_init(&ww_entity_resource, r);
	r->feed = s->feed;
	r->type = s->q->type;
	r->id = id;
	return ww_get(s->l, s->cx, resource, r, found);
}

/* -- by _id ----------------------------------------------------------------------------------------- */

static ww_status
by_ids(struct search *s)
{
	ww_status st = WW_OK;

	for (size_t i = 0; st == WW_OK && i < s->by->n; i++) {
		ww_str id = s->by->any[i].low;
		struct ww_resource r;
		bool found;

		if (ww_str_cmp(id, s->at->id) <= 0)
			continue; /* in order, and each once */
		if (s->found.n == s->limit) {
			s->more = true;
			return WW_OK;
		}
		st = get(s, id, &r, &found);
		if (st == WW_OK && found && all_hold(s, &r))
			st = take(s, &r);
		s->at->id = id;
	}
	return st;
}

/* -- along keys ------------------------------------------------------------------------------------- */

/* *stop: the page is full, or enough was looked at. */
static ww_status
look_at(struct search *s, ww_str line, ww_str id, bool *stop)
{
	struct ww_resource r;
	bool found;
	ww_status st = get(s, id, &r, &found);

	if (st == WW_OK && found && is_first(s, &r, line) && all_hold(s, &r)) {
		*stop = s->found.n == s->limit;
		st = *stop ? WW_OK : take(s, &r);
	}
	if (st == WW_OK && !*stop) {
		*s->at = (struct ww_resource_place){ line, id };
		*stop = ++s->looks >= WW_SEARCH_LOOKS_MOST;
	}
	s->more = *stop;
	return st;
}

static ww_status
along(struct search *s, const struct ww_key_range *range, bool *stop)
{
	size_t head = s->feed.n + s->q->type.n + 2;
	struct ww_rows rows = { .n = PAGE };
	ww_status st = WW_OK;

	while (st == WW_OK && !*stop && rows.n == PAGE) {
		struct ww_resource_key from, to;
		const struct ww_resource_place *at = s->at;
		bool begun = at->line.n != 0;

		ww_row_init(&ww_entity_resource_key, &from);
		ww_row_init(&ww_entity_resource_key, &to);
		from.key = range->low;
		to.key = range->high;
		if (begun && !s->down && ww_str_cmp(at->line, range->low) >= 0)
			from = (struct ww_resource_key){ .key = at->line, .id = at->id };
		if (begun && s->down && ww_str_cmp(at->line, range->high) < 0)
			to = (struct ww_resource_key){ .key = at->line, .id = at->id };
		from.key = ww_resource_key_text(s->cx, s->feed, s->q->type, from.key);
		to.key = ww_resource_key_text(s->cx, s->feed, s->q->type, to.key);
		if (ww_arena_status(s->cx->arena) != WW_OK)
			return ww_fail_memory(s->cx);
		st = ww_ledger_between(
		    s->l, s->cx, &ww_entity_resource_key, &from, &to, s->down, PAGE, &rows);
		for (size_t i = 0; st == WW_OK && !*stop && i < rows.n; i++) {
			const struct ww_resource_key *k = WW_ROW(&rows, resource_key, i);

			st = look_at(s, ww_str_sub(k->key, head, k->key.n), k->id, stop);
		}
	}
	return st;
}

static ww_status
by_keys(struct search *s)
{
	bool stop = false;
	ww_status st = WW_OK;

	for (size_t i = 0; st == WW_OK && !stop && i < s->by->n; i++)
		st = along(s, &s->by->any[s->down ? s->by->n - 1 - i : i], &stop);
	return st;
}

ww_status
ww_resource_search(struct ww_ledger *l, struct ww_ctx *cx, ww_str feed,
    const struct ww_resource_query *q, bool newest, size_t limit, struct ww_resource_place *at,
    struct ww_rows *out, bool *more)
{
	struct ww_key_range all = { WW_STR_INIT("_lastUpdated "), WW_STR_INIT("_lastUpdated!"),
		WW_STR_INIT(""), WW_STR_INIT(""), WW_STR_INIT("") };
	const struct ww_criterion every = {
		.param = ww_search_param_find(q->type, WW_STR("_lastUpdated")), .any = &all, .n = 1
	};
	struct search s = { .l = l,
		.cx = cx,
		.feed = feed,
		.q = q,
		.by = newest ? NULL : best(q),
		.down = newest,
		.limit = limit,
		.at = at,
		.found = { .cx = cx, .e = &ww_entity_resource } };
	ww_status st;

	if (s.by == NULL)
		s.by = &every;
	st = s.by->param == NULL ? by_ids(&s) : by_keys(&s);
	*more = s.more;
	if (st == WW_OK)
		*out = ww_gather_rows(&s.found);
	return st;
}
