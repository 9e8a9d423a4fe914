/* The lines that entries are found by, sorted: thousands of conditions in one transaction are as many looks into them, and not
 * as many walks over all of its entries. */
#include "apply/among.h"

#include "model/resource_query.h"

#include <wardwire/arena.h>

#include <stdlib.h>

struct line {
	ww_str type, text;
	const struct ww_entry *entry;
	ww_str keys; /* all lines of the entry */
};

struct ww_among {
	struct line *v; /* by type, then text */
	size_t n;
	const struct ww_entry *all;
	size_t all_n;
};

static int
by_type(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int d = ww_str_cmp(x->type, y->type);

	if (d == 0)
		d = ww_str_cmp(x->text, y->text);
	return d != 0 ? d : (x->entry > y->entry) - (x->entry < y->entry);
}

static bool
counts(const struct ww_entry *e)
{
	return e->writes && e->verb != WW_ENTRY_DELETE;
}

static size_t
lines_of(ww_str keys)
{
	size_t n = 0;

	for (; keys.n > 0; n++)
		(void)ww_str_cut(keys, '\n', &keys);
	return n;
}

ww_status
ww_among_new(
    struct ww_request_work *rw, const struct ww_entry *all, size_t n, const struct ww_among **out)
{
	struct ww_arena *arena = rw->cx->arena;
	struct ww_among *a = ww_arena_alloc(arena, sizeof(*a));
	ww_str *keys = ww_arena_array(arena, n + 1, sizeof(*keys));
	size_t lines = 0;
	ww_status s = a != NULL && keys != NULL ? WW_OK : ww_fail_memory(rw->cx);

	for (size_t i = 0; s == WW_OK && i < n; i++) {
		if (!counts(&all[i]))
			continue;
		s = ww_resource_keys(rw->cx, all[i].tree, rw->cx->now, &keys[i]);
		lines += s == WW_OK ? lines_of(keys[i]) : 0;
	}
	if (s != WW_OK)
		return s;
	*a = (struct ww_among){
		.all = all, .all_n = n, .v = ww_arena_array(arena, lines + 1, sizeof(*a->v))
	};
	if (a->v == NULL)
		return ww_fail_memory(rw->cx);
	for (size_t i = 0; i < n; i++) {
		ww_str rest = counts(&all[i]) ? keys[i] : ww_str_empty();

		while (rest.n > 0) {
			ww_str text = ww_str_cut(rest, '\n', &rest);

			a->v[a->n++] = (struct line){ all[i].type, text, &all[i], keys[i] };
		}
	}
	qsort(a->v, a->n, sizeof(*a->v), by_type);
	*out = a;
	return WW_OK;
}

/* -- finding ---------------------------------------------------------------------------------------- */

/* The first line of the type that is not below text. */
static size_t
place_of(const struct ww_among *a, ww_str type, ww_str text)
{
	size_t low = 0, high = a->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int d = ww_str_cmp(a->v[mid].type, type);

		if (d < 0 || (d == 0 && ww_str_cmp(a->v[mid].text, text) < 0))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* How many lines a criterion leads to. */
static size_t
width(const struct ww_among *a, ww_str type, const struct ww_criterion *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		size_t from = place_of(a, type, c->any[i].low),
		       to = place_of(a, type, c->any[i].high);

		n += to > from ? to - from : 0;
	}
	return n;
}

/* The criterion that leads to the fewest; NULL: none of them leads anywhere. */
static const struct ww_criterion *
best(const struct ww_among *a, const struct ww_resource_query *q)
{
	const struct ww_criterion *by = NULL;
	size_t least = 0;

	for (size_t i = 0; i < q->n; i++) {
		const struct ww_criterion *c = &q->v[i];
		size_t n = c->param != NULL && !c->none ? width(a, q->type, c) : 0;

		if (c->param == NULL || c->none || (by != NULL && n >= least))
			continue;
		by = c;
		least = n;
	}
	return by;
}

static bool
fits(const struct ww_resource_query *q, const struct ww_entry *e, ww_str keys)
{
	for (size_t k = 0; k < q->n; k++) {
		if (!ww_criterion_holds(&q->v[k], e->id, keys))
			return false;
	}
	return true;
}

struct count {
	const struct ww_resource_query *q;
	const struct ww_entry *self, *one;
	size_t n;
};

/* An entry with several lines on the way is met as often, and is one. */
static void
meet(struct count *c, const struct line *l)
{
	if (l->entry == c->self || l->entry == c->one || !fits(c->q, l->entry, l->keys))
		return;
	if (c->n++ == 0)
		c->one = l->entry;
}

/* One line of each: when it is stored. */
static void
meet_all(struct count *c, const struct ww_among *a)
{
	size_t at = place_of(a, c->q->type, WW_STR("_lastUpdated ")),
	       end = place_of(a, c->q->type, WW_STR("_lastUpdated!"));

	for (; c->n < 2 && at < end; at++)
		meet(c, &a->v[at]);
}

size_t
ww_among_find(const struct ww_among *a, const struct ww_resource_query *q,
    const struct ww_entry *self, const struct ww_entry **one)
{
	const struct ww_criterion *by = best(a, q);
	struct count c = { .q = q, .self = self };

	if (by == NULL)
		meet_all(&c, a);
	for (size_t i = 0; by != NULL && c.n < 2 && i < by->n; i++) {
		size_t at = place_of(a, q->type, by->any[i].low),
		       end = place_of(a, q->type, by->any[i].high);

		for (; c.n < 2 && at < end; at++) {
			if (ww_key_range_has(&by->any[i], a->v[at].text))
				meet(&c, &a->v[at]);
		}
	}
	*one = c.one;
	return c.n;
}
