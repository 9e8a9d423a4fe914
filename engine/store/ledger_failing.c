/* A ledger whose n-th put fails, for tests of what becomes of the work then. */
#include "store/store.h"

#include <wardwire/ctx.h>

#include <stdlib.h>

struct ledger {
	struct ww_ledger inner;
	ww_status status;
	uint64_t n, puts;
	bool broken; /* the put of this transaction failed: committing all the same is a bug */
};

static ww_status
failing_begin(void *self, struct ww_ctx *cx)
{
	struct ledger *l = self;

	return ww_ledger_begin(&l->inner, cx);
}

static ww_status
failing_commit(void *self, struct ww_ctx *cx)
{
	struct ledger *l = self;

	if (l->broken)
		return ww_fail(cx, WW_E_BUG, "ledger", "commit after a failed put");
	return ww_ledger_commit(&l->inner, cx);
}

static void
failing_rollback(void *self)
{
	struct ledger *l = self;

	l->broken = false;
	ww_ledger_rollback(&l->inner);
}

static ww_status
failing_put(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	struct ledger *l = self;

	if (++l->puts == l->n) {
		l->broken = true;
		return ww_fail(cx, l->status, "ledger", "%s: put fails as it was told to", e->name);
	}
	return ww_ledger_put(&l->inner, cx, e, row);
}

static ww_status
failing_remove(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *row)
{
	struct ledger *l = self;

	return ww_ledger_remove(&l->inner, cx, e, row);
}

static ww_status
failing_find(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_index *ix,
    size_t columns, const void *like, size_t limit, struct ww_rows *out)
{
	struct ledger *l = self;

	return l->inner.ops->find(l->inner.self, cx, e, ix, columns, like, limit, out);
}

static ww_status
failing_between(void *self, struct ww_ctx *cx, const struct ww_entity *e, const void *from,
    const void *to, bool down, size_t limit, struct ww_rows *out)
{
	struct ledger *l = self;

	return ww_ledger_between(&l->inner, cx, e, from, to, down, limit, out);
}

static ww_status
failing_tally(void *self, struct ww_ctx *cx, const struct ww_entity *e, const struct ww_field *f,
    int64_t only, size_t limit, int64_t *counts, size_t n)
{
	struct ledger *l = self;

	return l->inner.ops->tally(l->inner.self, cx, e, f, only, limit, counts, n);
}

static ww_status
failing_copy(void *self, struct ww_ctx *cx, const char *path, bool (*go_on)(void *arg), void *arg,
    uint64_t *seq, int64_t *time)
{
	struct ledger *l = self;

	return ww_ledger_copy(&l->inner, cx, path, go_on, arg, seq, time);
}

static void
failing_close(void *self)
{
	struct ledger *l = self;

	ww_ledger_close(&l->inner);
	free(l);
}

static const struct ww_ledger_ops failing_ops = {
	.name = "failing",
	.begin = failing_begin,
	.commit = failing_commit,
	.rollback = failing_rollback,
	.put = failing_put,
	.remove = failing_remove,
	.find = failing_find,
	.between = failing_between,
	.tally = failing_tally,
	.copy = failing_copy,
	.close = failing_close,
};

/* When this itself fails, inner is still the caller's. */
ww_status
ww_ledger_failing(
    struct ww_ctx *cx, struct ww_ledger inner, ww_status s, uint64_t n, struct ww_ledger *out)
{
	struct ledger *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return ww_fail(cx, WW_E_MEMORY, "ledger", "no memory for a ledger");
	l->inner = inner;
	l->status = s;
	l->n = n;
	*out = (struct ww_ledger){ .ops = &failing_ops, .self = l };
	return WW_OK;
}
