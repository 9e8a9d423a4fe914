/* A treap of rows: a search tree by the order and a heap by priority, hence balanced on average. */
#include "store/ordered.h"

#include "model/row.h"

#include <assert.h>

static void
order_add(struct ww_order *o, size_t f)
{
	assert(o->n < WW_ORDER_MAX);
	o->f[o->n++] = f;
}

struct ww_order
ww_order_by_key(const struct ww_entity *e)
{
	struct ww_order o = { .e = e };
	size_t i;

	for (i = 0; i < e->keys; i++)
		order_add(&o, i);
	return o;
}

struct ww_order
ww_order_by_index(const struct ww_entity *e, const struct ww_index *ix)
{
	struct ww_order o = { .e = e };
	size_t i;

	for (i = 0; i < ww_index_width(ix); i++)
		order_add(&o, ix->f[i]);
	for (i = 0; i < e->keys; i++)
		order_add(&o, i);
	return o;
}

static int
int_cmp(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Any total order will do: no time is part of a key or an index. */
static int
time_cmp(ww_time a, ww_time b)
{
	int d = int_cmp(a.ms, b.ms);

	if (d == 0)
		d = int_cmp(a.offset, b.offset);
	if (d == 0)
		d = int_cmp(a.prec, b.prec);
	return d != 0 ? d : int_cmp(a.flags, b.flags);
}

static int
field_cmp(const struct ww_field *f, const void *a, const void *b)
{
	switch (f->type) {
	case WW_TYPE_STR:
		return ww_str_cmp(ww_field_str(f, a), ww_field_str(f, b));
	case WW_TYPE_TIME:
		return time_cmp(ww_field_time(f, a), ww_field_time(f, b));
	case WW_TYPE_ID:
	case WW_TYPE_ENUM:
		break;
	}
	return int_cmp(ww_field_int(f, a), ww_field_int(f, b));
}

int
ww_order_cmp(const struct ww_order *o, size_t n, const void *a, const void *b)
{
	size_t i;
	int d = 0;

	assert(n <= o->n);
	for (i = 0; i < n && d == 0; i++)
		d = field_cmp(&o->e->fields[o->f[i]], a, b);
	return d;
}

void
ww_ordered_add(struct ww_ordered *t, struct ww_node *node)
{
	const struct ww_order *o = &t->order;
	struct ww_node **link = &t->root, **less = &node->left, **more = &node->right;
	struct ww_node *at;

	while (*link != NULL && (*link)->priority >= node->priority)
		link = ww_order_cmp(o, o->n, node->row, (*link)->row) < 0 ? &(*link)->left
		                                                          : &(*link)->right;
	/* What stood here is split into the rows before and those after the new one. */
	at = *link;
	*link = node;
	while (at != NULL) {
		if (ww_order_cmp(o, o->n, at->row, node->row) < 0) {
			*less = at;
			less = &at->right;
			at = at->right;
		} else {
			*more = at;
			more = &at->left;
			at = at->left;
		}
	}
	*less = NULL;
	*more = NULL;
}

void
ww_ordered_remove(struct ww_ordered *t, const struct ww_node *node)
{
	const struct ww_order *o = &t->order;
	struct ww_node **link = &t->root;
	struct ww_node *less = node->left, *more = node->right;

	while (*link != node) {
		assert(*link != NULL);
		link = ww_order_cmp(o, o->n, node->row, (*link)->row) < 0 ? &(*link)->left
		                                                          : &(*link)->right;
	}
	while (less != NULL && more != NULL) {
		if (less->priority >= more->priority) {
			*link = less;
			link = &less->right;
			less = less->right;
		} else {
			*link = more;
			link = &more->left;
			more = more->left;
		}
	}
	*link = less != NULL ? less : more;
}

struct ww_node *
ww_ordered_find(const struct ww_ordered *t, const void *like)
{
	struct ww_node *at = t->root;

	while (at != NULL) {
		int d = ww_order_cmp(&t->order, t->order.n, like, at->row);

		if (d == 0)
			break;
		at = d < 0 ? at->left : at->right;
	}
	return at;
}

struct walk {
	const struct ww_order *order;
	size_t n;
	const void *like;
	bool after;
	bool (*visit)(void *arg, const void *row);
	void *arg;
};

static bool
each(const struct walk *w, const struct ww_node *at)
{
	int d;

	if (at == NULL)
		return true;
	d = ww_order_cmp(w->order, w->n, w->like, at->row);
	if (d == 0 && w->after && ww_order_cmp(w->order, w->order->n, w->like, at->row) >= 0)
		d = 1; /* it and all to its left stand before the first */
	if (d <= 0 && !each(w, at->left))
		return false;
	if (d == 0 && !w->visit(w->arg, at->row))
		return false;
	return d < 0 || each(w, at->right);
}

void
ww_ordered_each(const struct ww_ordered *t, size_t n, const void *like,
    bool (*visit)(void *arg, const void *row), void *arg)
{
	const struct walk w = {
		.order = &t->order, .n = n, .like = like, .visit = visit, .arg = arg
	};

	(void)each(&w, t->root);
}

void
ww_ordered_after(const struct ww_ordered *t, size_t n, const void *like,
    bool (*visit)(void *arg, const void *row), void *arg)
{
	const struct walk w = {
		.order = &t->order, .n = n, .like = like, .after = true, .visit = visit, .arg = arg
	};

	(void)each(&w, t->root);
}

struct range {
	const struct ww_order *order;
	const void *from, *to;
	bool down;
	bool (*visit)(void *arg, const void *row);
	void *arg;
};

static bool
within(const struct range *r, const struct ww_node *at)
{
	bool above, below;

	if (at == NULL)
		return true;
	above = ww_order_cmp(r->order, r->order->n, at->row, r->from) > 0;
	below = ww_order_cmp(r->order, r->order->n, at->row, r->to) < 0;
	/* Where the row is on one side of the range, so is all that lies beyond it. */
	if ((r->down ? below : above) && !within(r, r->down ? at->right : at->left))
		return false;
	if (above && below && !r->visit(r->arg, at->row))
		return false;
	return !(r->down ? above : below) || within(r, r->down ? at->left : at->right);
}

void
ww_ordered_between(const struct ww_ordered *t, const void *from, const void *to, bool down,
    bool (*visit)(void *arg, const void *row), void *arg)
{
	const struct range r = {
		.order = &t->order, .from = from, .to = to, .down = down, .visit = visit, .arg = arg
	};

	(void)within(&r, t->root);
}
