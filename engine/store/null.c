/* Stores that take everything and keep nothing: the shortest manual for writing another one, and what a test uses
 * that does not look at them. */
#include "store/store.h"

#include <stdlib.h>

/* -- journal ---------------------------------------------------------------------------------------- */

/* The null journal only counts. One static state would be shared by all, so it is on the heap. */
struct null_journal {
	uint64_t next;
};

static ww_status
journal_append(void *self, struct ww_ctx *cx, struct ww_record *r, size_t n)
{
	struct null_journal *j = self;

	(void)cx;
	for (size_t i = 0; i < n; i++)
		r[i].seq = j->next++;
	return WW_OK;
}

static ww_status
journal_read(void *self, struct ww_ctx *cx, uint64_t from, struct ww_record *out, bool *found)
{
	(void)self;
	(void)cx;
	(void)from;
	(void)out;
	*found = false;
	return WW_OK;
}

static ww_status
journal_pieces(void *self, struct ww_ctx *cx, struct ww_journal_piece **out, size_t *n)
{
	(void)self;
	(void)cx;
	*out = NULL;
	*n = 0;
	return WW_OK;
}

static ww_status
journal_prune(void *self, struct ww_ctx *cx, uint64_t below, struct ww_journal_pruned *out)
{
	(void)self;
	(void)cx;
	(void)below;
	*out = (struct ww_journal_pruned){ 0, 0 };
	return WW_OK;
}

static void
journal_state(void *self, struct ww_journal_state *out)
{
	const struct null_journal *j = self;

	*out = (struct ww_journal_state){ .next = j->next };
}

static void
journal_close(void *self)
{
	free(self);
}

ww_status
ww_journal_null(struct ww_ctx *cx, struct ww_journal *out)
{
	static const struct ww_journal_ops ops = { .name = "null",
		.append = journal_append,
		.read = journal_read,
		.pieces = journal_pieces,
		.prune = journal_prune,
		.state = journal_state,
		.close = journal_close };
	struct null_journal *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "null journal");
	j->next = 1;
	*out = (struct ww_journal){ &ops, j };
	return WW_OK;
}

/* -- ledger ----------------------------------------------------------------------------------------- */

static ww_status
ledger_done(void *self, struct ww_ctx *cx)
{
	(void)self;
	(void)cx;
	return WW_OK;
}

static void
ledger_nothing(void *self)
{
	(void)self;
}

static ww_status
ledger_take(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	(void)self;
	(void)cx;
	(void)e;
	(void)row;
	return WW_OK;
}

static ww_status
ledger_find(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_index *ix,
    size_t columns, const void *like, size_t limit, struct ww_rows *out)
{
	(void)self;
	(void)cx;
	(void)e;
	(void)ix;
	(void)columns;
	(void)like;
	(void)limit;
	*out = (struct ww_rows){ NULL, 0 };
	return WW_OK;
}

static ww_status
ledger_between(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *from,
    const void *to, bool down, size_t limit, struct ww_rows *out)
{
	(void)self;
	(void)cx;
	(void)e;
	(void)from;
	(void)to;
	(void)down;
	(void)limit;
	*out = (struct ww_rows){ NULL, 0 };
	return WW_OK;
}

static ww_status
ledger_tally(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_field *f,
    int64_t only, size_t limit, int64_t *counts, size_t n)
{
	(void)self;
	(void)cx;
	(void)e;
	(void)f;
	(void)only;
	(void)limit;
	(void)counts;
	(void)n;
	return WW_OK;
}

void
ww_ledger_null(struct ww_ledger *out)
{
	static const struct ww_ledger_ops ops = { .name = "null",
		.begin = ledger_done,
		.commit = ledger_done,
		.rollback = ledger_nothing,
		.put = ledger_take,
		.remove = ledger_take,
		.find = ledger_find,
		.between = ledger_between,
		.tally = ledger_tally,
		.close = ledger_nothing };

	*out = (struct ww_ledger){ &ops, NULL };
}
