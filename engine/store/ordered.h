/* Rows in an order, for the memory ledger: a treap whose nodes lie in the rows themselves, so that
 * linking a row in or out needs no memory and cannot fail. */
#ifndef WW_STORE_ORDERED_H
#define WW_STORE_ORDERED_H

#include <wardwire/model.h>

enum { WW_ORDER_MAX = 8 };

/* Which fields rows are ordered by, as positions in e->fields. */
struct ww_order {
	const struct ww_entity *e;
	size_t f[WW_ORDER_MAX];
	size_t n;
};

struct ww_node {
	const void *row;   /* the caller sets these two before it adds the node; */
	uint32_t priority; /* any well mixed number */
	struct ww_node *left, *right;
};

struct ww_ordered {
	struct ww_order order;
	struct ww_node *root;
};

/* The order by primary key, and the order by an index and then by primary key. */
struct ww_order ww_order_by_key(const struct ww_entity *e);
struct ww_order ww_order_by_index(const struct ww_entity *e, const struct ww_index *ix);
/* Compares two rows by the first n fields of the order: < 0, 0, > 0. Texts go bytewise, as SQLite's
 * BINARY collation does. */
int ww_order_cmp(const struct ww_order *o, size_t n, const void *a, const void *b);

/* No row equal in all fields of the order may be there yet. */
void ww_ordered_add(struct ww_ordered *t, struct ww_node *node);
/* node must be there. */
void ww_ordered_remove(struct ww_ordered *t, const struct ww_node *node);
/* The node of a row equal to like in all fields of the order, or NULL. */
struct ww_node *ww_ordered_find(const struct ww_ordered *t, const void *like);
/* Calls visit for every row equal to like in the first n fields of the order (0: all rows), in order,
 * until it returns false. */
void ww_ordered_each(const struct ww_ordered *t, size_t n, const void *like,
    bool (*visit)(void *arg, const void *row), void *arg);
/* The same, but only rows that stand behind like in the whole order. */
void ww_ordered_after(const struct ww_ordered *t, size_t n, const void *like,
    bool (*visit)(void *arg, const void *row), void *arg);
/* Calls visit for every row above from and below to in the whole order, upwards or downwards, until it returns false. */
void ww_ordered_between(const struct ww_ordered *t, const void *from, const void *to, bool down,
    bool (*visit)(void *arg, const void *row), void *arg);

#endif
