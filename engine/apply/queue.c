/* Orders about the outbox: what an operator may do with an endpoint. */
#include "apply/order.h"

static ww_status
get_pause(struct ww_apply *a, struct ww_ctx *cx, ww_str endpoint, struct ww_pause *p, bool *found)
{
	ww_row_init(&ww_entity_pause, p);
	p->endpoint = endpoint;
	return ww_get(a->set.ledger, cx, pause, p, found);
}

ww_status
ww_order_pause(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_pause p;
	bool paused;
	ww_status s;

	if (a->config == NULL || ww_config_endpoint(a->config, o->subject) == NULL)
		return ww_order_refuse(
		    cx, o, WW_E_NOT_FOUND, "no endpoint of that name is configured");
	s = get_pause(a, cx, o->subject, &p, &paused);
	if (s != WW_OK)
		return s;
	if (paused)
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "the endpoint is paused already");
	p.ordered = o->seq;
	p.since_ms = cx->now;
	o->changed = 1;
	return ww_put(a->set.ledger, cx, pause, &p);
}

ww_status
ww_order_resume(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_pause p;
	bool paused;
	ww_status s = get_pause(a, cx, o->subject, &p, &paused);

	if (s != WW_OK)
		return s;
	if (!paused)
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "no endpoint of that name is paused");
	o->changed = 1;
	return ww_ledger_remove(a->set.ledger, cx, &ww_entity_pause, &p);
}
