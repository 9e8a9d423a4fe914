/* What is set aside, and how it gets another chance. */
#include "apply/aside.h"

#include "apply/order.h"
#include "apply/request.h"
#include "model/record.h"

#include <stdlib.h>

/* -- QUARANTINE records ------------------------------------------------------------------------------ */

static ww_status
note(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_rec_quarantine body;
	struct ww_aside *more;

	/* One that cannot be read names nothing: it is passed when its turn comes. */
	if (ww_rec_quarantine_read(cx, r->body, &body) != WW_OK) {
		cx->fail = (struct ww_failure){ .status = WW_OK };
		return WW_OK;
	}
	more = realloc(a->aside, (a->aside_n + 1) * sizeof(*more));
	if (more == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "records set aside");
	a->aside = more;
	a->aside[a->aside_n++] = (struct ww_aside){ .failed = (uint64_t)body.failed, .by = r->seq };
	return WW_OK;
}

ww_status
ww_aside_look(struct ww_apply *a, struct ww_ctx *cx, struct ww_journal *j)
{
	uint64_t at = ww_apply_cursor(a);
	ww_status s = WW_OK;

	if (a->looked)
		return WW_OK;
	a->aside_n = 0;
	for (;;) {
		struct ww_record r;
		bool found;

		ww_ctx_clear(cx);
		s = ww_journal_read(j, cx, at + 1, &r, &found);
		if (s != WW_OK || !found)
			break;
		if (r.kind == WW_REC_QUARANTINE)
			s = note(a, cx, &r);
		if (s != WW_OK)
			break;
		at = r.seq;
	}
	a->looked = s == WW_OK;
	return s;
}

void
ww_aside_free(struct ww_apply *a)
{
	free(a->aside);
}

const struct ww_aside *
ww_aside_find(const struct ww_apply *a, uint64_t seq)
{
	for (size_t i = 0; i < a->aside_n; i++) {
		if (a->aside[i].failed == seq && a->aside[i].by > seq)
			return &a->aside[i];
	}
	return NULL;
}

/* -- passing by -------------------------------------------------------------------------------------- */

bool
ww_aside_is_fault_of(const struct ww_record *r, ww_status s)
{
	if (ww_status_class(s) == WW_TRANSIENT || s == WW_E_DAMAGED || s == WW_E_NOT_FOUND)
		return false;
	return r->kind == WW_REC_MESSAGE || r->kind == WW_REC_REQUEST || r->kind == WW_REC_ROSTER ||
	       r->kind == WW_REC_ROSTER_LOAD || r->kind == WW_REC_OPERATOR ||
	       r->kind == WW_REC_FILE || s == WW_E_SYNTAX;
}

static ww_status
put_message(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r, bool deadly,
    const struct ww_failure *why, ww_str reason)
{
	struct ww_message m;
	ww_status s;

	ww_row_init(&ww_entity_message, &m);
	m.seq = (int64_t)r->seq;
	m.received_ms = cx->now;
	m.disposition = WW_disposition_QUARANTINED;
	m.reason = reason;
	if (r->kind == WW_REC_REQUEST)
		s = ww_request_set_aside(a, cx, r, why, &m);
	else
		s = deadly ? WW_OK : ww_message_set_aside(a, cx, r, why, &m);
	return s == WW_OK ? ww_put(a->set.ledger, cx, message, &m) : s;
}

ww_status
ww_aside_put(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r, uint64_t by,
    const struct ww_failure *why)
{
	struct ww_quarantine q;
	ww_status s;

	/* An order that cannot be carried out is refused; it is given again, not run again. */
	if (r->kind == WW_REC_OPERATOR)
		return ww_order_set_aside(a, cx, r, why);
	ww_row_init(&ww_entity_quarantine, &q);
	q.seq = (int64_t)r->seq;
	q.kind = ww_str_from(ww_record_kind_text(r->kind));
	q.by = (int64_t)by;
	q.since_ms = cx->now;
	q.reason = ww_arena_printf(cx->arena, "WW-%03d %s%s%s", ww_status_number(why->status),
	    why->place, why->place[0] != '\0' ? " " : "", why->reason);
	q.code = ww_status_number(why->status);
	q.place = ww_arena_str(cx->arena, ww_str_from(why->place));
	q.cause = ww_arena_str(cx->arena, ww_str_from(why->reason));
	s = ww_put(a->set.ledger, cx, quarantine, &q);
	if (s == WW_OK && (r->kind == WW_REC_MESSAGE || r->kind == WW_REC_REQUEST))
		s = put_message(a, cx, r, by != 0, why, q.reason);
	return s;
}

/* -- another chance ---------------------------------------------------------------------------------- */

/* Applies the message that was set aside as if it came now. What it makes has ids of the order's record. */
ww_status
ww_order_replay(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_quarantine q;
	struct ww_record r;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_quarantine, &q);
	q.seq = o->about >> 16;
	s = ww_get(a->set.ledger, cx, quarantine, &q, &found);
	if (s != WW_OK)
		return s;
	if (!found)
		return ww_order_refuse(cx, o, WW_E_NOT_FOUND, "no such record is set aside");
	s = ww_journal_read(a->journal, cx, (uint64_t)q.seq, &r, &found);
	if (s != WW_OK)
		return s;
	if (!found || r.seq != (uint64_t)q.seq)
		return ww_order_refuse(
		    cx, o, WW_E_NOT_FOUND, "the journal does not have it any more");
	if (r.kind != WW_REC_MESSAGE && r.kind != WW_REC_REQUEST)
		return ww_order_refuse(
		    cx, o, WW_E_CONFLICT, "only a message or a request can be run again");
	ww_arena_bound(cx->arena, ww_apply_arena_of(a, &r));
	s = r.kind == WW_REC_REQUEST ? ww_apply_request(a, cx, &r) : ww_apply_message(a, cx, &r);
	ww_arena_bound(cx->arena, 0);
	if (s != WW_OK)
		return s; /* the order is refused for what the message is refused for */
	o->changed = 1;
	return ww_ledger_remove(a->set.ledger, cx, &ww_entity_quarantine, &q);
}

ww_status
ww_order_dismiss(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct ww_quarantine q;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_quarantine, &q);
	q.seq = o->about >> 16;
	s = ww_get(a->set.ledger, cx, quarantine, &q, &found);
	if (s != WW_OK)
		return s;
	if (!found)
		return ww_order_refuse(cx, o, WW_E_NOT_FOUND, "no such record is set aside");
	o->changed = 1;
	return ww_ledger_remove(a->set.ledger, cx, &ww_entity_quarantine, &q);
}
