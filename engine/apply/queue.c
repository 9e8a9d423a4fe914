/* Orders about the outbox: what an operator may do with a notice, and with all of an endpoint. */
#include "apply/order.h"
#include "apply/worklist.h"

#include "model/lane.h"

/* -- endpoints --------------------------------------------------------------------------------------- */

ww_status
ww_apply_hand(struct ww_apply *a, struct ww_ctx *cx, ww_str endpoint, struct ww_hand *out)
{
	bool found;

	ww_row_init(&ww_entity_hand, out);
	out->endpoint = endpoint;
	return ww_get(a->set.ledger, cx, hand, out, &found);
}

static bool
is_configured(const struct ww_apply *a, ww_str endpoint)
{
	return a->config != NULL && (ww_config_endpoint(a->config, endpoint) != NULL ||
	                                ww_config_lane(a->config, endpoint) != NULL);
}

static ww_status
refuse_unknown(struct ww_ctx *cx, struct ww_operator *o)
{
	return ww_order_refuse(cx, o, WW_E_NOT_FOUND, "no endpoint of that name is configured");
}

ww_status
ww_order_pause(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_hand h;
	ww_status s;

	if (!is_configured(a, o->subject))
		return refuse_unknown(cx, o);
	if (ww_worklist_is(a, o->subject))
		return ww_order_refuse(
		    cx, o, WW_E_CONFLICT, "nothing is sent to it: it is a worklist");
	s = ww_apply_hand(a, cx, o->subject, &h);
	if (s != WW_OK)
		return s;
	if (h.paused != 0)
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "the endpoint is paused already");
	h.paused = o->seq;
	h.paused_ms = cx->now;
	o->changed = 1;
	return ww_put(a->set.ledger, cx, hand, &h);
}

static void
end_pause(struct ww_hand *h, int64_t by)
{
	h->paused = 0;
	h->paused_ms = 0;
	h->why = ww_str_empty();
	h->retried = by;
}

ww_status
ww_order_resume(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_hand h;
	ww_status s = ww_apply_hand(a, cx, o->subject, &h);

	if (s != WW_OK)
		return s;
	if (h.paused == 0)
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "no endpoint of that name is paused");
	end_pause(&h, o->seq);
	o->changed = 1;
	return ww_put(a->set.ledger, cx, hand, &h);
}

/* A person may know better than the answers, but not the other way round. */
ww_status
ww_apply_shut_out(struct ww_apply *a, struct ww_ctx *cx, ww_str endpoint, ww_str why)
{
	struct ww_hand h;
	ww_status s = ww_apply_hand(a, cx, endpoint, &h);

	if (s != WW_OK || h.paused != 0)
		return s;
	h.paused = (int64_t)cx->seq;
	h.paused_ms = cx->now;
	h.why = why;
	return ww_put(a->set.ledger, cx, hand, &h);
}

ww_status
ww_apply_let_in(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_hand, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_hand *h = WW_ROW(&rows, hand, i);

		if (h->why.n == 0)
			continue;
		end_pause(h, (int64_t)cx->seq);
		s = ww_put(a->set.ledger, cx, hand, h);
	}
	return s;
}

/* The courier's waits for that endpoint end. */
static ww_status
try_at_once(struct ww_apply *a, struct ww_ctx *cx, const struct ww_operator *o, ww_str endpoint)
{
	struct ww_hand h;
	ww_status s = ww_apply_hand(a, cx, endpoint, &h);

	h.retried = o->seq;
	return s == WW_OK ? ww_put(a->set.ledger, cx, hand, &h) : s;
}

/* -- one notice -------------------------------------------------------------------------------------- */

enum deed { RETRY, PARK, DISCARD, DEEDS };

/* From which states an order leads on. */
static const bool leads_on[DEEDS][ww_outbox_state_count] = {
	[RETRY] = { [WW_outbox_state_DUE] = true,
	    [WW_outbox_state_QUIET] = true,
	    [WW_outbox_state_PARKED] = true,
	    [WW_outbox_state_DISCARDED] = true },
	[PARK] = { [WW_outbox_state_DUE] = true, [WW_outbox_state_QUIET] = true },
	[DISCARD] = { [WW_outbox_state_DUE] = true,
	    [WW_outbox_state_QUIET] = true,
	    [WW_outbox_state_PARKED] = true },
};

static const char *const done_by[DEEDS] = { [PARK] = "parked", [DISCARD] = "discarded" };

static ww_status
change_row(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, enum deed deed,
    const struct ww_operator *o)
{
	ww_status s;

	row->ordered = o->seq;
	row->held = deed == PARK ? o->seq : 0;
	switch (deed) {
	case RETRY:
		ww_apply_owe(row, cx->now);
		row->reason = ww_str_empty();
		break;
	case PARK:
	case DISCARD:
		row->state = deed == PARK ? WW_outbox_state_PARKED : WW_outbox_state_DISCARDED;
		row->owed_ms = 0;
		row->reason = ww_arena_printf(
		    cx->arena, "%s by an operator: %.*s", done_by[deed], WW_STR_FMT(o->reason));
		break;
	case DEEDS:
		break;
	}
	s = ww_worklist_take(a, cx, row);
	return s == WW_OK ? ww_put(a->set.ledger, cx, outbox, row) : s;
}

static ww_status
do_one(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o, enum deed deed)
{
	struct ww_outbox row;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = o->about;
	s = ww_get(a->set.ledger, cx, outbox, &row, &found);
	if (s != WW_OK)
		return s;
	if (!found)
		return ww_order_refuse(cx, o, WW_E_NOT_FOUND, "no notice has that id");
	if (!leads_on[deed][row.state])
		return ww_order_refuse(
		    cx, o, WW_E_CONFLICT, "the notice is %s", ww_outbox_state_text(row.state));
	o->changed = 1;
	s = change_row(a, cx, &row, deed, o);
	return s == WW_OK && deed == RETRY ? try_at_once(a, cx, o, row.endpoint) : s;
}

ww_status
ww_order_retry(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	return do_one(a, cx, o, RETRY);
}

ww_status
ww_order_park(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	return do_one(a, cx, o, PARK);
}

ww_status
ww_order_discard(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	return do_one(a, cx, o, DISCARD);
}

/* -- all of an endpoint ------------------------------------------------------------------------------ */

struct all {
	enum deed deed;
	struct ww_operator *o;
};

static ww_status
change_each(void *arg, struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, bool *stop)
{
	const struct all *all = arg;

	(void)stop;
	all->o->changed++;
	return change_row(a, cx, row, all->deed, all->o);
}

/* The rows of one destination. What was discarded stays so: `all` means what waits. */
static ww_status
do_all_of(struct ww_apply *a, struct ww_ctx *cx, const struct all *all, ww_str destination)
{
	struct all copy = *all;
	ww_status s = WW_OK;

	if (all->deed != RETRY) /* what is due already goes with the endpoint */
		s = ww_apply_each_row(a, cx, destination, WW_outbox_state_DUE, change_each, &copy);
	if (s == WW_OK && leads_on[all->deed][WW_outbox_state_PARKED])
		s = ww_apply_each_row(
		    a, cx, destination, WW_outbox_state_PARKED, change_each, &copy);
	return s;
}

static ww_status
do_all(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o, enum deed deed)
{
	struct all all = { deed, o };
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_destination, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		if (ww_lane_leads_to(WW_ROW(&rows, destination, i)->name, o->subject))
			s = do_all_of(a, cx, &all, WW_ROW(&rows, destination, i)->name);
	}
	if (s == WW_OK && o->changed == 0 && !is_configured(a, o->subject))
		return refuse_unknown(cx, o);
	return s == WW_OK && deed == RETRY ? try_at_once(a, cx, o, o->subject) : s;
}

ww_status
ww_order_retry_all(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	return do_all(a, cx, o, RETRY);
}

ww_status
ww_order_park_all(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	return do_all(a, cx, o, PARK);
}

ww_status
ww_order_discard_all(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	return do_all(a, cx, o, DISCARD);
}
