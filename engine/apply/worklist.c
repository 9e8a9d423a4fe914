/* What stands on worklists, and what is open there. */
#include "apply/worklist.h"

#include "model/task_status.h"

bool
ww_worklist_is(const struct ww_apply *a, ww_str endpoint)
{
	const struct ww_endpoint *e =
	    a->config != NULL ? ww_config_endpoint(a->config, endpoint) : NULL;

	return e != NULL && e->kind == WW_ENDPOINT_WORKLIST;
}

static ww_status
keep_todo(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row, ww_id outbox, bool open)
{
	struct ww_todo t;

	ww_row_init(&ww_entity_todo, &t);
	t.party = row->practice;
	t.outbox = outbox;
	return open ? ww_put(a->set.ledger, cx, todo, &t)
	            : ww_ledger_remove(a->set.ledger, cx, &ww_entity_todo, &t);
}

/* What is seen there is what the receiver of another endpoint would have. Nothing of it is ever under way. */
static void
settle(struct ww_outbox *row, int64_t now)
{
	row->sent = row->offered = row->wanted;
	row->state = WW_outbox_state_SETTLED;
	row->settled_ms = now;
	row->attempt = row->owed_ms = row->held = 0;
	row->reason = ww_str_empty();
	if (row->resource == WW_resource_type_COMMUNICATION)
		row->change = WW_STR("create"); /* what takes it back is another Communication */
}

static bool
is_open(const struct ww_outbox *row)
{
	/* What is there already stays there while what is new of it waits for its hour. */
	bool seen = row->state == WW_outbox_state_SETTLED ||
	            (row->state == WW_outbox_state_QUIET && row->sent != 0);

	return seen && !ww_str_is(row->change, "cancel");
}

/* A Communication that is taken back is history: its correction is what is to be looked at. Of a Task one may take back a part. */
static ww_status
close_corrected(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *correction)
{
	struct ww_outbox told;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &told);
	told.id = correction->about;
	s = ww_get(a->set.ledger, cx, outbox, &told, &found);
	if (s != WW_OK || !found || told.resource != WW_resource_type_COMMUNICATION)
		return s;
	return keep_todo(a, cx, &told, told.id, false);
}

ww_status
ww_worklist_take(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row)
{
	ww_status s;

	if (row->message != 0 || !ww_worklist_is(a, row->endpoint))
		return WW_OK;
	if (row->state == WW_outbox_state_DUE)
		settle(row, cx->now);
	s = keep_todo(a, cx, row, row->id, is_open(row));
	if (s == WW_OK && row->about != 0 && ww_str_is(row->subject, "correction"))
		s = close_corrected(a, cx, row);
	return s;
}

ww_status
ww_worklist_answered(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row)
{
	if (!ww_worklist_is(a, row->endpoint))
		return WW_OK;
	return keep_todo(a, cx, row, row->id, is_open(row) && !ww_task_is_over(row->remote_status));
}
