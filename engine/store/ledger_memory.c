/* A ledger in memory, for tests and for trying a journal out: each entity's rows in one order by primary
 * key and one by each index, and an undo list for the transaction. For one thread. */
#include "store/store.h"

#include <wardwire/arena.h>

#include "model/row.h"
#include "store/ordered.h"
#include "store/rows.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS = 1 + WW_INDEX_MAX };

/* A stored row: its nodes in the orders, then the struct, then the texts it points to. */
struct item {
	struct ww_node node[ORDERS]; /* by key, then by each index */
	alignas(max_align_t) char row[];
};

struct table {
	const struct ww_entity *e;
	struct ww_ordered order[ORDERS];
	size_t n; /* orders in use */
};

struct undo {
	struct table *t;
	struct item *item;
	bool added; /* else removed; the item then lives until the transaction ends */
};

struct ledger {
	struct table *tables; /* in the order of ww_entities */
	size_t n;
	struct undo *undo;
	size_t undos, undo_cap;
	uint32_t random; /* for priorities */
	bool open;       /* inside begin and commit */
	bool broken;     /* a put or remove of this transaction failed */
};

static struct table *
table_of(struct ledger *l, const struct ww_entity *e)
{
	size_t i = 0;

	while (i < l->n && l->tables[i].e != e)
		i++;
	assert(i < l->n);
	return &l->tables[i];
}

/* -- items ----------------------------------------------------------------------------------------- */

static size_t
texts_size(const struct ww_entity *e, const void *row)
{
	size_t i, n = 0;

	for (i = 0; i < e->n; i++)
		if (e->fields[i].type == WW_TYPE_STR)
			n += ww_field_str(&e->fields[i], row).n;
	return n;
}

/* One allocation holds the row and its texts. NULL when the machine is short of memory. */
static struct item *
item_new(const struct ww_entity *e, const void *row)
{
	struct item *it = calloc(1, sizeof(*it) + e->size + texts_size(e, row));
	char *at;
	size_t i;

	if (it == NULL)
		return NULL;
	memcpy(it->row, row, e->size);
	at = it->row + e->size;
	for (i = 0; i < e->n; i++) {
		const struct ww_field *f = &e->fields[i];
		ww_str s;

		if (f->type != WW_TYPE_STR)
			continue;
		s = ww_field_str(f, row);
		if (s.n > 0)
			memcpy(at, s.p, s.n);
		ww_field_set_str(f, it->row, s.n > 0 ? ww_str_of(at, s.n) : s);
		at += s.n;
	}
	return it;
}

/* Mixed enough for a treap, and the same in every run (xorshift). */
static uint32_t
next_random(struct ledger *l)
{
	l->random ^= l->random << 13;
	l->random ^= l->random >> 17;
	l->random ^= l->random << 5;
	return l->random;
}

static void
link_item(struct ledger *l, struct table *t, struct item *it)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		it->node[i].row = it->row;
		it->node[i].priority = next_random(l);
		ww_ordered_add(&t->order[i], &it->node[i]);
	}
}

static void
unlink_item(struct table *t, struct item *it)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		ww_ordered_remove(&t->order[i], &it->node[i]);
}

/* The item is found by its first node, which is its first member. */
static struct item *
find_item(struct table *t, const void *like)
{
	return (struct item *)ww_ordered_find(&t->order[0], like);
}

static void
free_items(struct ww_node *first)
{
	if (first == NULL)
		return;
	free_items(first->left);
	free_items(first->right);
	free(first);
}

/* -- transactions ---------------------------------------------------------------------------------- */

/* Makes room for two more undos, so that a change cannot fail half way. */
static bool
reserve_undo(struct ledger *l)
{
	size_t cap = l->undo_cap == 0 ? 64 : 2 * l->undo_cap;
	struct undo *u;

	if (l->undo_cap - l->undos >= 2)
		return true;
	u = realloc(l->undo, cap * sizeof(*u));
	if (u == NULL)
		return false;
	l->undo = u;
	l->undo_cap = cap;
	return true;
}

static void
take_out(struct ledger *l, struct table *t, struct item *it)
{
	unlink_item(t, it);
	if (l->open)
		l->undo[l->undos++] = (struct undo){ .t = t, .item = it, .added = false };
	else
		free(it);
}

static void
take_in(struct ledger *l, struct table *t, struct item *it)
{
	link_item(l, t, it);
	if (l->open)
		l->undo[l->undos++] = (struct undo){ .t = t, .item = it, .added = true };
}

static ww_status
memory_begin(void *self, struct ww_ctx *cx)
{
	struct ledger *l = self;

	if (l->open)
		return ww_fail(cx, WW_E_BUG, "ledger", "begin inside a transaction");
	l->open = true;
	return WW_OK;
}

static ww_status
memory_commit(void *self, struct ww_ctx *cx)
{
	struct ledger *l = self;
	size_t i;

	if (!l->open || l->broken)
		return ww_fail(cx, WW_E_BUG, "ledger", "commit %s",
		    l->open ? "after a failed change" : "outside a transaction");
	for (i = 0; i < l->undos; i++)
		if (!l->undo[i].added)
			free(l->undo[i].item);
	l->undos = 0;
	l->open = false;
	return WW_OK;
}

static void
memory_rollback(void *self)
{
	struct ledger *l = self;

	while (l->undos > 0) {
		struct undo *u = &l->undo[--l->undos];

		if (u->added) {
			unlink_item(u->t, u->item);
			free(u->item);
		} else {
			link_item(l, u->t, u->item);
		}
	}
	l->open = false;
	l->broken = false;
}

/* -- rows ------------------------------------------------------------------------------------------ */

static ww_status
out_of_memory(struct ledger *l, struct ww_ctx *cx)
{
	l->broken = l->open;
	return ww_fail(cx, WW_E_MEMORY, "ledger", "no memory for a row");
}

/* A store that keeps rows in files does not write the fields again that never change: nobody may change them. */
static bool
keeps_fixed(const struct ww_entity *e, const void *old, const void *row)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct ww_field *f = &e->fields[i];

		if (!f->fixed)
			continue;
		if (f->type == WW_TYPE_STR ? !ww_str_eq(ww_field_str(f, old), ww_field_str(f, row))
		                           : ww_field_int(f, old) != ww_field_int(f, row))
			return false;
	}
	return true;
}

static ww_status
memory_put(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	struct ledger *l = self;
	struct table *t = table_of(l, e);
	struct item *old, *it;

	if (l->open && !reserve_undo(l))
		return out_of_memory(l, cx);
	it = item_new(e, row);
	if (it == NULL)
		return out_of_memory(l, cx);
	old = find_item(t, row);
	if (old != NULL) {
		assert(keeps_fixed(e, old->row, row));
		take_out(l, t, old);
	}
	take_in(l, t, it);
	return WW_OK;
}

static ww_status
memory_remove(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	struct ledger *l = self;
	struct table *t = table_of(l, e);
	struct item *old;

	if (l->open && !reserve_undo(l))
		return out_of_memory(l, cx);
	old = find_item(t, row);
	if (old != NULL)
		take_out(l, t, old);
	return WW_OK;
}

struct search {
	struct ww_gather found;
	size_t limit; /* 0: none */
	bool failed;
};

static bool
on_found(void *arg, const void *row)
{
	struct search *s = arg;
	void *copy = ww_gather_next(&s->found);

	if (copy == NULL) {
		s->failed = true;
		return false;
	}
	memcpy(copy, row, s->found.e->size);
	s->failed = !ww_row_keep(s->found.e, copy, s->found.cx->arena);
	return !s->failed && s->found.n != s->limit;
}

static ww_status
memory_find(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_index *ix,
    size_t columns, const void *like, size_t limit, struct ww_rows *out)
{
	struct ledger *l = self;
	struct table *t = table_of(l, e);
	struct search s = { .found = { .cx = cx, .e = e, .limit = limit }, .limit = limit };

	if (ix != NULL)
		(columns == WW_FIND_AFTER ? ww_ordered_after : ww_ordered_each)(
		    &t->order[1 + (ix - e->index)], ww_index_width(ix), like, on_found, &s);
	else
		ww_ordered_each(&t->order[0], columns, like, on_found, &s);
	if (s.failed)
		return ww_fail_memory(cx);
	*out = ww_gather_rows(&s.found);
	return WW_OK;
}

static ww_status
memory_between(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *from,
    const void *to, bool down, size_t limit, struct ww_rows *out)
{
	struct table *t = table_of(self, e);
	struct search s = { .found = { .cx = cx, .e = e, .limit = limit }, .limit = limit };

	ww_ordered_between(&t->order[0], from, to, down, on_found, &s);
	if (s.failed)
		return ww_fail_memory(cx);
	*out = ww_gather_rows(&s.found);
	return WW_OK;
}

struct tally {
	const struct ww_field *f;
	int64_t only;
	size_t limit;
	int64_t *counts;
	size_t n;
};

static bool
on_counted(void *arg, const void *row)
{
	struct tally *t = arg;
	int64_t v = ww_field_int(t->f, row);

	if (v < 0 || (uint64_t)v >= t->n || (t->only >= 0 && v != t->only))
		return true;
	t->counts[v]++;
	return t->only < 0 || (uint64_t)t->counts[v] < t->limit;
}

static ww_status
memory_tally(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_field *f,
    int64_t only, size_t limit, int64_t *counts, size_t n)
{
	struct table *t = table_of(self, e);
	struct tally tally = { f, only, limit, counts, n };

	(void)cx;
	ww_ordered_each(&t->order[0], 0, NULL, on_counted, &tally);
	return WW_OK;
}

static void
memory_close(void *self)
{
	struct ledger *l = self;
	size_t i;

	memory_rollback(l);
	for (i = 0; i < l->n; i++)
		free_items(l->tables[i].order[0].root);
	free(l->undo);
	free(l->tables);
	free(l);
}

static const struct ww_ledger_ops memory_ops = {
	.name = "memory",
	.begin = memory_begin,
	.commit = memory_commit,
	.rollback = memory_rollback,
	.put = memory_put,
	.remove = memory_remove,
	.find = memory_find,
	.between = memory_between,
	.tally = memory_tally,
	.close = memory_close,
};

static void
table_init(struct table *t, const struct ww_entity *e)
{
	const struct ww_index *ix;

	t->e = e;
	t->order[t->n++].order = ww_order_by_key(e);
	for (ix = e->index; ix->name != NULL; ix++) {
		assert(t->n < ORDERS);
		t->order[t->n++].order = ww_order_by_index(e, ix);
	}
}

ww_status
ww_ledger_memory(struct ww_ctx *cx, struct ww_ledger *out)
{
	struct ledger *l = calloc(1, sizeof(*l));
	size_t i, n = 0;

	if (l == NULL)
		goto no_memory;
	while (ww_entities[n] != NULL)
		n++;
	l->tables = calloc(n, sizeof(*l->tables));
	if (l->tables == NULL)
		goto free_ledger;
	l->n = n;
	l->random = 2463534242u; /* any start but 0 */
	for (i = 0; i < n; i++)
		table_init(&l->tables[i], ww_entities[i]);
	*out = (struct ww_ledger){ .ops = &memory_ops, .self = l };
	return WW_OK;
free_ledger:
	free(l);
no_memory:
	return ww_fail(cx, WW_E_MEMORY, "ledger", "no memory for a ledger");
}
