/* An answer to a notice: the status that its receiver gives it from now on, whoever says so: the practice by FHIR, a person by an
 * order. Private to apply/. */
#ifndef WW_APPLY_ANSWERED_H
#define WW_APPLY_ANSWERED_H

#include "apply/apply.h"

#include <wardwire/model.h>

/* Puts the row with remote_status, answered and answered_ms of the record in hand, and what follows from that. note: who said it
 * and how, but for subject, seq, status and at_ms, which follow; it is put, too. */
WW_MUST ww_status ww_notice_answered(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row,
    ww_str status, struct ww_note *note);

#endif
