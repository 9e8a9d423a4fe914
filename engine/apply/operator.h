/* Orders of operators, as a table: what can be ordered, about what, and whether a reason must be given. */
#ifndef WW_APPLY_OPERATOR_H
#define WW_APPLY_OPERATOR_H

#include <wardwire/ctx.h>

struct ww_rec_operator;

enum { WW_ORDER_SUBJECT_MAX = 128, WW_ORDER_REASON_MAX = 512, WW_ORDER_WHO_MAX = 64 };

/* Checks the form of an order before it is journaled: there is such an order, its subject is of the right kind, a
 * reason is given where one is needed, all in one line each. Place: "order", "subject", "reason", "who", "client" or "match". Whether
 * it fits the present state shows when it is applied: ww_operator.refused. */
WW_MUST ww_status ww_order_check(struct ww_ctx *cx, const struct ww_rec_operator *o);

#endif
