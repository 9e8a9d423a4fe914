/* The ledger: rows of the internal model in a store with one writer, apply. The seam has a dozen calls in
 * terms of entities, so that SQLite, memory and a failing store are alike (store/ledger_*.c). */
#ifndef WARDWIRE_LEDGER_H
#define WARDWIRE_LEDGER_H

#include <wardwire/model.h>
#include <wardwire/status.h>

/* Rows found: an array of structs of that entity, in the arena. */
struct ww_rows {
	void *p;
	size_t n;
};
#define WW_ROW(rows, type, i) (&((struct ww_##type *)(rows)->p)[i])

enum { WW_FIND_AFTER = 1 };

/* A part of what there is: of each row the key and those fields alone, the others as ww_row_init leaves them; and, where filtered,
 * only rows in which that field, a number, has that value. */
struct ww_part {
	uint64_t fields; /* a bit for each, by its place in the entity */
	bool filtered;
	size_t field; /* place of the field that is looked at */
	int64_t value;
};

/* Where it is read: rows with the value `of` in the first key column and from..to in the second, numbers both, as in tables that are
 * clustered by person and day. */
struct ww_stretch {
	int64_t of, from, to;
};

/* What a store provides. Rows that come back live in cx->arena. A failed call leaves the transaction to
 * be rolled back; put and remove are the writer's only. Between a reader's begin and rollback it sees one moment. */
struct ww_ledger_ops {
	const char *name; /* "sqlite", "memory", "failing" */
	ww_status (*begin)(void *self, struct ww_ctx *cx);
	ww_status (*commit)(void *self, struct ww_ctx *cx);
	void (*rollback)(void *self);
	/* Inserts the row or replaces the one with its primary key. */
	ww_status (*put)(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *row);
	/* Removes the row with the primary key of row, if there is one. */
	ww_status (*remove)(
	    void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *row);
	/* Rows whose leading key columns (ix NULL, first `columns` of them; 0 gives all rows) or index columns
	 * equal those of like; in primary key order, at most limit (0: all). With ix, columns is 0, or WW_FIND_AFTER
	 * for only those whose primary key, a single id, is above that of like. */
	ww_status (*find)(void *self, struct ww_ctx *cx, const struct ww_entity *e,
	    const struct ww_index *ix, size_t columns, const void *like, size_t limit,
	    struct ww_rows *out);
	/* See ww_ledger_between. */
	ww_status (*between)(void *self, struct ww_ctx *cx, const struct ww_entity *e,
	    const void *from, const void *to, bool down, size_t limit, struct ww_rows *out);
	/* See ww_ledger_part. NULL: whole rows are read, and what is too much is left out. */
	ww_status (*part)(void *self, struct ww_ctx *cx, const struct ww_entity *e,
	    const struct ww_part *part, const struct ww_stretch *where, struct ww_rows *out);
	/* How many rows have each value of the coded field f: counts[v], for values below n, is set to it. only >= 0: of
	 * that value alone, and no more than limit are counted. */
	ww_status (*tally)(void *self, struct ww_ctx *cx, const struct ww_entity *e,
	    const struct ww_field *f, int64_t only, size_t limit, int64_t *counts, size_t n);
	/* See ww_ledger_copy. NULL: a store that keeps no file. */
	ww_status (*copy)(void *self, struct ww_ctx *cx, const char *path, bool (*go_on)(void *arg),
	    void *arg, uint64_t *seq, int64_t *time);
	void (*close)(void *self);
};

struct ww_ledger {
	const struct ww_ledger_ops *ops;
	void *self;
};

WW_MUST ww_status ww_ledger_begin(struct ww_ledger *l, struct ww_ctx *cx);
WW_MUST ww_status ww_ledger_commit(struct ww_ledger *l, struct ww_ctx *cx);
void ww_ledger_rollback(struct ww_ledger *l);
void ww_ledger_close(struct ww_ledger *l); /* a ledger of all zero is allowed */

WW_MUST ww_status ww_ledger_put(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, const void *row);
WW_MUST ww_status ww_ledger_remove(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, const void *row);
/* Fills row, whose key fields are set, from the store; *found says whether it was there. */
WW_MUST ww_status ww_ledger_get(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, void *row, bool *found);
/* Rows equal to like in the columns of the index of that name. */
WW_MUST ww_status ww_ledger_find(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const char *index, const void *like, struct ww_rows *out);
/* The same, but at most limit rows: those first in primary key order whose key, a single id, is above that of like:
 * how a long list is read page by page. */
WW_MUST ww_status ww_ledger_after(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const char *index, const void *like, size_t limit, struct ww_rows *out);
/* Rows equal to like in the first `columns` key columns; 0 gives every row. */
WW_MUST ww_status ww_ledger_scan(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    size_t columns, const void *like, size_t limit, struct ww_rows *out);

/* Rows whose primary key is above that of from and below that of to, in key order, or against it when down; at most limit (0:
 * all). Texts are compared bytewise. An empty text stands before every other. */
WW_MUST ww_status ww_ledger_between(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_entity *e, const void *from, const void *to, bool down, size_t limit,
    struct ww_rows *out);

/* How many rows have each value of that coded field: counts[v] for values below n. No row is read into memory. */
WW_MUST ww_status ww_ledger_tally(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const char *field, int64_t *counts, size_t n);
/* All rows of a stretch in key order, but of them only a part: where rows are wide, and many are read for little of each. The ends of
 * the stretch are not the ends of what an int64_t holds. */
WW_MUST ww_status ww_ledger_part(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const struct ww_part *part, const struct ww_stretch *where, struct ww_rows *out);
/* The bits of struct ww_part for fields, which are named by their offsets in the struct of the entity. */
uint64_t ww_part_fields(const struct ww_entity *e, const size_t *offsets, size_t n);

/* How many rows have that value in a coded field, which is the first column of an index; counted up to most. */
WW_MUST ww_status ww_ledger_count(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e,
    const char *field, int64_t value, size_t most, size_t *out);

/* Writes what the handle sees at one moment into a new file at path: checked as a ledger, not synced. Not inside a
 * transaction; a writer elsewhere goes on meanwhile. seq, time: its cursor's. go_on(arg) is asked now and then and may
 * end it (WW_E_CLOSED); NULL: nobody is asked. A failure may leave a part of the file. */
WW_MUST ww_status ww_ledger_copy(struct ww_ledger *l, struct ww_ctx *cx, const char *path,
    bool (*go_on)(void *arg), void *arg, uint64_t *seq, int64_t *time);

/* Short forms that name the entity once: ww_put(l, cx, person, &p). */
#define ww_put(l, cx, entity, row) ww_ledger_put((l), (cx), &ww_entity_##entity, (row))
#define ww_get(l, cx, entity, row, found)                                                          \
	ww_ledger_get((l), (cx), &ww_entity_##entity, (row), (found))
#define ww_find(l, cx, entity, index, like, out)                                                   \
	ww_ledger_find((l), (cx), &ww_entity_##entity, (index), (like), (out))

#endif
