/* Reads what stands against pruning out of the ledger and the folder of snapshots. */
#include "store/prune.h"

#include "store/snapshot.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* Numbers from this one on stay, and why. */
struct bound {
	uint64_t seq;
	char why[160];
};

static void __attribute__((format(printf, 3, 4)))
lower(struct bound *b, uint64_t seq, const char *fmt, ...)
{
	va_list ap;

	if (seq >= b->seq)
		return;
	b->seq = seq;
	va_start(ap, fmt);
	(void)vsnprintf(b->why, sizeof(b->why), fmt, ap);
	va_end(ap);
}

/* -- snapshots -------------------------------------------------------------------------------------- */

/* Every snapshot that is kept must find its continuation in the journal, and one of them must be good. */
static ww_status
bound_by_snapshots(
    struct ww_ctx *cx, const struct ww_prune_settings *set, struct bound *b, uint64_t *oldest)
{
	struct ww_snapshot *v;
	bool good = false;
	size_t n;
	ww_status s = ww_snapshot_list(cx, set->fs, set->snapshots, &v, &n);

	for (size_t i = 0; s == WW_OK && i < n && !good; i++) {
		struct ww_ctx one = { .arena = cx->arena };

		good = ww_snapshot_verify(&one, set->fs, &v[i]) == WW_OK;
	}
	if (s != WW_OK)
		return s;
	*oldest = n > 0 ? v[n - 1].seq : 0;
	if (!good)
		lower(b, 0, n == 0 ? "there is no snapshot" : "no snapshot is whole");
	else
		lower(b, v[n - 1].seq + 1, "the snapshot of record %" PRIu64 " needs it",
		    v[n - 1].seq);
	return WW_OK;
}

/* -- what is not settled ---------------------------------------------------------------------------- */

/* The oldest notice of that endpoint in that state. */
static ww_status
bound_by_notices(struct ww_ctx *cx, const struct ww_prune_settings *set, ww_str endpoint,
    int64_t state, struct bound *b)
{
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &like);
	like.state = state;
	like.endpoint = endpoint;
	s = ww_ledger_after(set->view, cx, &ww_entity_outbox, "by_endpoint", &like, 1, &rows);
	if (s == WW_OK && rows.n > 0) {
		ww_id id = WW_ROW(&rows, outbox, 0)->id;

		lower(b, (uint64_t)id >> 16, "notice " WW_ID_FMT " is %s", WW_ID_ARG(id),
		    ww_outbox_state_text(state));
	}
	return s;
}

/* Nothing more will happen of itself, and whatever a person orders needs the row alone. */
static bool
is_final(int64_t state)
{
	return state == WW_outbox_state_SETTLED || state == WW_outbox_state_SUPPRESSED ||
	       state == WW_outbox_state_DISCARDED;
}

/* Every endpoint there ever was, in every state that is not final. */
static ww_status
bound_by_outbox(struct ww_ctx *cx, const struct ww_prune_settings *set, struct bound *b)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(set->view, cx, &ww_entity_destination, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		ww_str endpoint = WW_ROW(&rows, destination, i)->name;

		for (int64_t state = 0; s == WW_OK && state < ww_outbox_state_count; state++) {
			if (!is_final(state))
				s = bound_by_notices(cx, set, endpoint, state, b);
		}
	}
	return s;
}

/* The oldest record that is set aside, which may be run again. */
static ww_status
bound_by_quarantine(struct ww_ctx *cx, const struct ww_prune_settings *set, struct bound *b)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(set->view, cx, &ww_entity_quarantine, 0, NULL, 1, &rows);

	if (s == WW_OK && rows.n > 0)
		lower(b, (uint64_t)WW_ROW(&rows, quarantine, 0)->seq,
		    "record %" PRId64 " is set aside", WW_ROW(&rows, quarantine, 0)->seq);
	return s;
}

/* What an order ran again is read once more when a ledger is made from a snapshot that is older than the order. */
static ww_status
bound_by_orders(
    struct ww_ctx *cx, const struct ww_prune_settings *set, uint64_t snapshot, struct bound *b)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(set->view, cx, &ww_entity_operator, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_operator *o = WW_ROW(&rows, operator, i);

		if ((uint64_t)o->seq > snapshot && ww_str_is(o->order, "replay"))
			lower(b, (uint64_t)o->about >> 16,
			    "the order in record %" PRId64 " ran it again", o->seq);
	}
	return s;
}

/* -- the plan --------------------------------------------------------------------------------------- */

static ww_status
get_cursor(struct ww_ctx *cx, const struct ww_prune_settings *set, struct ww_cursor *c)
{
	bool found;

	ww_row_init(&ww_entity_cursor, c);
	c->id = 1;
	return ww_get(set->view, cx, cursor, c, &found);
}

/* A piece is past its retention when the one after it, which is younger than all that is in it, was begun long enough
 * ago by the ledger's clock. */
static void
choose(const struct ww_journal_piece *v, size_t n, int64_t before, const struct bound *b,
    struct ww_prune_plan *out)
{
	size_t i = 0;

	while (i + 1 < n && v[i].next <= b->seq && v[i + 1].created != 0 &&
	       v[i + 1].created < before) {
		out->below = v[i].next;
		out->pieces++;
		out->bytes += v[i].bytes;
		i++;
	}
	if (i + 1 >= n)
		(void)snprintf(out->why, sizeof(out->why), "it is the newest");
	else if (v[i].next > b->seq)
		(void)snprintf(out->why, sizeof(out->why), "%s", b->why);
	else
		(void)snprintf(out->why, sizeof(out->why), "it is not past its retention");
}

static int64_t
earlier(int64_t ledger, int64_t machine)
{
	return machine != 0 && machine < ledger ? machine : ledger;
}

ww_status
ww_prune_plan(struct ww_ctx *cx, const struct ww_prune_settings *set, struct ww_prune_plan *out)
{
	struct bound b = { .seq = UINT64_MAX };
	struct ww_journal_piece *v;
	struct ww_cursor c;
	uint64_t oldest = 0;
	size_t n;
	ww_status s = get_cursor(cx, set, &c);

	*out = (struct ww_prune_plan){ .below = 0 };
	if (s == WW_OK && set->for_ever) {
		(void)snprintf(out->why, sizeof(out->why), "messages are kept for ever");
		return WW_OK;
	}
	if (s == WW_OK)
		s = bound_by_snapshots(cx, set, &b, &oldest);
	if (s == WW_OK)
		s = bound_by_outbox(cx, set, &b);
	if (s == WW_OK)
		s = bound_by_quarantine(cx, set, &b);
	if (s == WW_OK)
		s = bound_by_orders(cx, set, oldest, &b);
	if (s == WW_OK)
		s = ww_journal_pieces(set->journal, cx, &v, &n);
	if (s == WW_OK)
		choose(v, n, earlier(c.now_ms, set->now) - (int64_t)set->days * DAY_MS, &b, out);
	return s;
}

/* -- carrying it out --------------------------------------------------------------------------------- */

struct sweep {
	struct ww_ctx *cx;
	const struct ww_prune_settings *set;
	uint64_t oldest; /* record that is left */
	uint64_t removed;
	ww_status status;
};

/* Needed by no record that is left, nor by a snapshot, which all end at or above the oldest of these. */
static ww_status
is_unneeded(struct sweep *w, const char *name, bool *out)
{
	struct ww_blob row;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_blob, &row);
	row.hex = ww_str_from(name);
	s = ww_get(w->set->view, w->cx, blob, &row, &found);
	*out = s == WW_OK && found && row.until != 0 && (uint64_t)row.until < w->oldest;
	return s;
}

static int
on_blob(void *arg, const char *name)
{
	struct sweep *w = arg;
	bool unneeded;

	w->status = is_unneeded(w, name, &unneeded);
	if (w->status == WW_OK && unneeded) {
		w->status = ww_fs_remove(w->set->fs, w->cx,
		    ww_arena_printf(w->cx->arena, "%s/%s", w->set->blobs, name).p);
		w->removed += w->status == WW_OK;
	}
	return w->status == WW_OK ? 0 : -1;
}

static ww_status
sweep_blobs(
    struct ww_ctx *cx, const struct ww_prune_settings *set, uint64_t oldest, uint64_t *removed)
{
	struct sweep w = { .cx = cx, .set = set, .oldest = oldest };
	int err = set->fs->list(set->fs->self, set->blobs, on_blob, &w);

	*removed = w.removed;
	if (w.status != WW_OK)
		return w.status;
	if (err < 0)
		return ww_fs_fail(cx, "blobs", "read the folder", err);
	if (w.removed == 0)
		return WW_OK;
	err = set->fs->sync_dir(set->fs->self, set->blobs);
	return err == 0 ? WW_OK : ww_fs_fail(cx, "blobs", "sync the folder", err);
}

ww_status
ww_prune_carry_out(struct ww_ctx *cx, const struct ww_prune_settings *set,
    const struct ww_prune_plan *plan, struct ww_journal_pruned *out, uint64_t *blobs)
{
	struct ww_journal_state st;
	ww_status s;

	*blobs = 0;
	*out = (struct ww_journal_pruned){ 0, 0 };
	if (plan->below == 0)
		return WW_OK;
	s = ww_journal_prune(set->journal, cx, plan->below, out);
	if (s != WW_OK)
		return s;
	ww_journal_state(set->journal, &st);
	return sweep_blobs(cx, set, st.pruned + 1, blobs);
}
