/* A journal whose appends fail on request, for tests of those who use one. */
#include "store/store.h"

#include <assert.h>
#include <stdlib.h>

struct failing {
	struct ww_journal inner;
	ww_status status;
	uint64_t from, to, turn;
};

static ww_status
failing_append(void *self, struct ww_ctx *cx, struct ww_record *r, size_t n)
{
	struct failing *f = self;

	f->turn++;
	if (f->turn >= f->from && f->turn <= f->to)
		return ww_fail(cx, f->status, "journal", "append %llu fails on request",
		    (unsigned long long)f->turn);
	return ww_journal_append(&f->inner, cx, r, n);
}

static ww_status
failing_read(void *self, struct ww_ctx *cx, uint64_t from, struct ww_record *out, bool *found)
{
	struct failing *f = self;

	return ww_journal_read(&f->inner, cx, from, out, found);
}

static ww_status
failing_pieces(void *self, struct ww_ctx *cx, struct ww_journal_piece **out, size_t *n)
{
	struct failing *f = self;

	return ww_journal_pieces(&f->inner, cx, out, n);
}

static ww_status
failing_prune(void *self, struct ww_ctx *cx, uint64_t below, struct ww_journal_pruned *out)
{
	struct failing *f = self;

	return ww_journal_prune(&f->inner, cx, below, out);
}

static void
failing_state(void *self, struct ww_journal_state *out)
{
	struct failing *f = self;

	ww_journal_state(&f->inner, out);
}

static void
failing_close(void *self)
{
	struct failing *f = self;

	ww_journal_close(&f->inner);
	free(f);
}

static const struct ww_journal_ops failing_ops = {
	.name = "failing",
	.append = failing_append,
	.read = failing_read,
	.pieces = failing_pieces,
	.prune = failing_prune,
	.state = failing_state,
	.close = failing_close,
};

ww_status
ww_journal_failing(struct ww_ctx *cx, struct ww_journal inner, ww_status s, uint64_t from,
    uint64_t to, struct ww_journal *out)
{
	struct failing *f = calloc(1, sizeof(*f));

	assert(s != WW_OK);
	if (f == NULL)
		return ww_fail_memory(cx);
	f->inner = inner;
	f->status = s;
	f->from = from;
	f->to = to;
	*out = (struct ww_journal){ .ops = &failing_ops, .self = f };
	return WW_OK;
}
