/* Orders about flags and the notices that tell of them: somebody takes one up, notes something, has done it. Of a notice they set what
 * the practice itself would set by FHIR, so that there is one thing to look at. */
#include "apply/answered.h"
#include "apply/order.h"
#include "model/task_status.h"
#include "store/notice.h"

/* -- what the order is about ------------------------------------------------------------------------- */

/* The same was ordered before, of the same version: its answer was lost. */
static bool
is_again(const struct ww_item *i, const struct ww_operator *o, const char *deed)
{
	for (size_t k = i->notes.n; o->match != 0 && k > 0; k--) {
		const struct ww_note *n = WW_ROW(&i->notes, note, k - 1);

		if (n->match == o->match && ww_str_is(n->deed, deed) && ww_str_eq(n->who, o->who) &&
		    ww_str_eq(n->client, o->client) && ww_str_eq(n->text, o->reason))
			return true;
	}
	return false;
}

/* *go: there is something to do; else it is refused, or was done before. */
static ww_status
find_item(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o, const char *deed,
    struct ww_item *i, bool *go)
{
	bool found;
	ww_status s = ww_item_get(a->set.ledger, cx, o->about, i, &found);

	*go = false;
	if (s != WW_OK)
		return s;
	if (!found)
		return ww_order_refuse(cx, o, WW_E_NOT_FOUND, "no flag or notice has that id");
	o->about = ww_item_subject(i); /* under which it is looked for */
	if (is_again(i, o, deed))
		return WW_OK;
	if (o->match != 0 && o->match != i->version)
		return ww_order_refuse(
		    cx, o, WW_E_STALE, "it has changed since version %lld", (long long)o->match);
	*go = true;
	return WW_OK;
}

static void
start_note(const struct ww_operator *o, const char *deed, struct ww_note *n)
{
	ww_row_init(&ww_entity_note, n);
	n->deed = ww_str_from(deed);
	n->text = o->reason;
	n->who = o->who;
	n->client = o->client;
	n->match = o->match;
}

/* It can be answered at all. *go: else it is refused. */
static ww_status
look_at(struct ww_ctx *cx, struct ww_operator *o, const struct ww_item *i, bool *go)
{
	*go = false;
	if (i->state == WW_WORK_RETRACTED)
		return ww_order_refuse(cx, o, WW_E_CONFLICT,
		    i->has_flag ? "the flag was retracted" : "the notice was taken back");
	if ((i->has_flag && i->flag.state == WW_flag_state_DONE) ||
	    (i->has_notice && ww_str_is(i->notice.change, "cancel")))
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "it is done"); /* as was found */
	if (!i->has_notice)
		return ww_order_refuse(
		    cx, o, WW_E_CONFLICT, "it has no notice of its own: it can be noted on only");
	if (!ww_notice_is_shown(&i->notice))
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "the notice is %s",
		    ww_outbox_state_text(i->notice.state));
	*go = true;
	return WW_OK;
}

/* The status that the answer follows: where something was raised since the last one, it begins anew. */
static ww_str
status_before(const struct ww_item *i)
{
	ww_str status = ww_task_status(&i->notice);

	return i->state == WW_WORK_OPEN && ww_task_is_over(status) ? WW_STR("requested") : status;
}

/* -- what is done ------------------------------------------------------------------------------------ */

/* What is said changes no status. */
static ww_status
put_note(struct ww_apply *a, struct ww_ctx *cx, const struct ww_item *i, struct ww_note *n)
{
	n->subject = ww_item_subject(i);
	n->seq = (int64_t)cx->seq;
	n->at_ms = cx->now;
	return ww_put(a->set.ledger, cx, note, n);
}

ww_status
ww_order_flag_ack(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_item i;
	struct ww_note n;
	ww_str status;
	bool go;
	ww_status s = find_item(a, cx, o, "ack", &i, &go);

	if (s == WW_OK && go)
		s = look_at(cx, o, &i, &go);
	if (s != WW_OK || !go)
		return s;
	if (i.state == WW_WORK_DONE)
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "it is done");
	if (i.state == WW_WORK_ACKNOWLEDGED && ww_str_eq(ww_item_assignee(&i), o->who))
		return WW_OK;
	o->changed = 1;
	start_note(o, "ack", &n);
	if (i.state == WW_WORK_ACKNOWLEDGED) /* who takes it up now takes it over */
		return put_note(a, cx, &i, &n);
	status = status_before(&i);
	if (ww_task_may_follow(status, WW_STR("accepted")))
		status = WW_STR("accepted"); /* else it is beyond that, and something came since */
	return ww_notice_answered(a, cx, &i.notice, status, &n);
}

ww_status
ww_order_flag_done(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_item i;
	struct ww_note n;
	bool go;
	ww_status s = find_item(a, cx, o, "done", &i, &go);

	if (s == WW_OK && go)
		s = look_at(cx, o, &i, &go);
	if (s != WW_OK || !go)
		return s;
	if (!ww_task_may_follow(status_before(&i), WW_STR("completed")))
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "it is %.*s already",
		    WW_STR_FMT(ww_task_status(&i.notice)));
	o->changed = 1;
	start_note(o, "done", &n);
	return ww_notice_answered(a, cx, &i.notice, WW_STR("completed"), &n);
}

ww_status
ww_order_flag_note(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_item i;
	struct ww_note n;
	bool go;
	ww_status s = find_item(a, cx, o, "note", &i, &go);

	if (s != WW_OK || !go)
		return s;
	o->changed = 1;
	start_note(o, "note", &n);
	return put_note(a, cx, &i, &n);
}
