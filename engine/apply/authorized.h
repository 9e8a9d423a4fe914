/* Authorizations as what is told of: to the payer's navigator, and from there to the practice. Of which stay each is, whether it is
 * in force and how far it has gone is kept in its row, for the rule authorized; the flags follow from that. Private to apply/. */
#ifndef WW_APPLY_AUTHORIZED_H
#define WW_APPLY_AUTHORIZED_H

#include "apply/timer.h"
#include "apply/work.h"

/* Works out anew of which stays the authorizations of the person in hand are, and whether they are in force. What practices
 * were told of one whose stay is known now is told by the Task of that stay from here on. Before stays of the person are
 * judged, the one in hand among them. */
WW_MUST ww_status ww_authorized_settle(struct ww_work *w);
/* Has what is told of the authorizations of the person in hand brought in line with their rows. After stays are judged. */
WW_MUST ww_status ww_authorized_judge(struct ww_work *w);
/* The request is taken out of the ledger: nothing of it holds any more. */
WW_MUST ww_status ww_authorized_gone(struct ww_work *w, struct ww_authorization *au);
/* A receiver has given that Task another status: when it is over for the navigator, the practice is told. The row is put. */
WW_MUST ww_status ww_authorized_answered(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row);
/* The day that decides whose the person is: that asked for, else that granted, else when it came. */
ww_time ww_authorized_day(const struct ww_work *w, const struct ww_authorization *au);
/* The one in force of the stay in hand that the payer decided about last; NULL: none. It lives in the arena. */
WW_MUST ww_status ww_authorized_of_stay(struct ww_work *w, const struct ww_authorization **out);
/* Why nothing of it holds, in words a receiver may read. */
const char *ww_authorized_why(const struct ww_authorization *au);
/* The time in which the navigator could act is over: the same. Timer FORWARD, by the id of the authorization. */
ww_timer_fn ww_authorized_forward;

#endif
