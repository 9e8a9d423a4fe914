/* An engine that begins with a backup has forgotten what came in and what was sent since. Nothing leaves until an operator
 * says so, and then everything that may be at a receiver already is looked for before it is sent. */
#include "apply/order.h"

#include "model/record.h"

/* -- what the backup ends with ------------------------------------------------------------------------ */

/* "mercy 1772452800000" a line: the newest message there is of each feed. */
static ww_status
put_gaps(struct ww_apply *a, struct ww_ctx *cx, ww_str feeds)
{
	ww_status s = WW_OK;

	while (s == WW_OK && feeds.n > 0) {
		ww_str line = ww_str_cut(feeds, '\n', &feeds), time;
		struct ww_gap row;
		uint64_t ms;

		ww_row_init(&ww_entity_gap, &row);
		row.feed = ww_str_cut(line, ' ', &time);
		if (!ww_str_u64(time, INT64_MAX, &ms))
			return ww_fail(cx, WW_E_SYNTAX, "engine", "record body: field feeds");
		row.last_ms = (int64_t)ms;
		row.restored = (int64_t)cx->seq;
		s = ww_put(a->set.ledger, cx, gap, &row);
	}
	return s;
}

/* Calls each for the rows in that state of every endpoint there ever was. */
static ww_status
each_endpoint(struct ww_apply *a, struct ww_ctx *cx, enum ww_outbox_state state,
    ww_apply_row_fn *each, void *arg)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_destination, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		s = ww_apply_each_row(a, cx, WW_ROW(&rows, destination, i)->name, state, each, arg);
	return s;
}

/* What was on its way may have arrived since. */
static ww_status
doubt(void *arg, struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, bool *stop)
{
	(void)arg;
	(void)stop;
	if (row->attempt == 0)
		row->attempt = (int64_t)cx->seq;
	return ww_put(a->set.ledger, cx, outbox, row);
}

ww_status
ww_apply_restored(struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_engine *body)
{
	struct ww_restore row;
	ww_status s;

	ww_row_init(&ww_entity_restore, &row);
	row.seq = (int64_t)cx->seq;
	row.last = body->restored;
	row.last_ms = body->restored_ms;
	row.since_ms = cx->now;
	s = ww_put(a->set.ledger, cx, restore, &row);
	if (s == WW_OK)
		s = put_gaps(a, cx, body->feeds);
	if (s == WW_OK)
		s = each_endpoint(a, cx, WW_outbox_state_DUE, doubt, NULL);
	if (s == WW_OK)
		s = each_endpoint(a, cx, WW_outbox_state_PARKED, doubt, NULL);
	if (s == WW_OK)
		s = each_endpoint(a, cx, WW_outbox_state_QUIET, doubt, NULL);
	a->held = a->restored = row.seq;
	a->restored_ms = cx->now;
	return s;
}

int64_t
ww_apply_may_have_left(const struct ww_apply *a, ww_time told)
{
	return ww_time_known(told) && told.ms <= a->restored_ms ? a->restored : 0;
}

/* -- the order ----------------------------------------------------------------------------------------- */

/* The time it was held does not count against it. */
static ww_status
let_go(void *arg, struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, bool *stop)
{
	struct ww_operator *o = arg;

	(void)stop;
	row->owed_ms = cx->now;
	o->changed++;
	return ww_put(a->set.ledger, cx, outbox, row);
}

ww_status
ww_order_release(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_restore row;
	bool found;
	ww_status s;

	if (a->held == 0)
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "sending is not held");
	ww_row_init(&ww_entity_restore, &row);
	row.seq = a->held;
	s = ww_get(a->set.ledger, cx, restore, &row, &found);
	row.released = o->seq;
	if (s == WW_OK)
		s = ww_put(a->set.ledger, cx, restore, &row);
	if (s == WW_OK)
		s = each_endpoint(a, cx, WW_outbox_state_DUE, let_go, o);
	a->held = 0;
	return s;
}
