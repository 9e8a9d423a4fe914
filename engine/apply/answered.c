/* What follows when the receiver of a notice has said something of it. */
#include "apply/answered.h"

#include "apply/authorized.h"
#include "apply/deadline.h"
#include "apply/worklist.h"

ww_status
ww_notice_answered(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, ww_str status,
    struct ww_note *note)
{
	ww_status s;

	row->remote_status = note->status = status;
	row->answered = note->seq = (int64_t)cx->seq;
	row->answered_ms = note->at_ms = cx->now;
	note->subject = row->id;
	s = ww_put(a->set.ledger, cx, note, note);
	if (s == WW_OK)
		s = ww_worklist_answered(a, cx, row);
	if (s == WW_OK)
		s = ww_deadline_look(a, cx, row);
	if (s == WW_OK)
		s = ww_put(a->set.ledger, cx, outbox, row);
	return s == WW_OK ? ww_authorized_answered(a, cx, row) : s;
}
