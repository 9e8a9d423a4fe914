/* Carrying out orders: the functions behind the table in operator.c. Private to apply/. */
#ifndef WW_APPLY_ORDER_H
#define WW_APPLY_ORDER_H

#include "apply/work.h"

/* The order does not fit the present state: o keeps the code and the reason. Returns WW_OK, as the record is dealt
 * with. */
ww_status ww_order_refuse(struct ww_ctx *cx, struct ww_operator *o, ww_status why, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

/* An endpoint gets nothing from now on; it gets what is due again (queue.c). */
ww_status ww_order_pause(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_resume(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
/* A notice, or all that an endpoint waits for: is due at once; waits for another order; is not sent (queue.c). */
ww_status ww_order_retry(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_park(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_discard(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_retry_all(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_park_all(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_discard_all(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);

/* Somebody takes up what a flag or notice is about; notes something of it; has done it (note.c). */
ww_status ww_order_flag_ack(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_flag_note(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_flag_done(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);

/* A message that was set aside is applied (aside.c). */
ww_status ww_order_replay(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);

/* A record that was set aside is given up: it is no longer named, and need not be kept (aside.c). */
ww_status ww_order_dismiss(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);

/* Two persons on the list are one; are two, and stay it; were merged and are two (review.c). */
ww_status ww_order_match_accept(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_match_reject(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);
ww_status ww_order_match_undo(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);

/* Practices are told of the open stays that a roster's catch_up held back (catch_up.c). */
ww_status ww_order_roster_release(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);

/* Keeps an order that can never be carried out, with the reason. */
ww_status ww_order_set_aside(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r, const struct ww_failure *why);

/* Sending goes on after a restore (restored.c). */
ww_status ww_order_release(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o);

#endif
