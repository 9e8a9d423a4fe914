/* Why a message, a stay, a flag or a notice is as it is, told from the ledger alone. */
#ifndef WW_REPORT_WHY_H
#define WW_REPORT_WHY_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

/* The whole story around an id: a JSON object with what was asked for ("message", "flag", "notice" or "stay"), the
 * stay it belongs to, its events, flags with evidence, and notices with every attempt. *out is NULL when nothing has
 * that id. */
WW_MUST ww_status ww_why(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json **out);
/* One notice alone: {"id": ..., "orders": [...], "attempts": [...]}; *out is NULL when none has that id. */
WW_MUST ww_status ww_why_notice(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json **out);
/* Adds "orders" to o: what operators ordered about that id. */
WW_MUST ww_status ww_why_orders(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id about, struct ww_json *o);
/* What became of one message: {"journal": 17, "feed": ..., "disposition": ...}. */
struct ww_json *ww_why_message(struct ww_ctx *cx, const struct ww_message *m);
/* Ids of the outbox rows of a message, in the arena: where it was sent on to, then the notices of its stay. None when
 * there is no such message. */
struct ww_why_ids {
	ww_id *id;
	size_t n;
};
WW_MUST ww_status ww_why_sent(
    struct ww_ledger *l, struct ww_ctx *cx, int64_t message, struct ww_why_ids *out);
/* The story of a member by the number of a roster: attributions, and the stays of the persons whose
 * insurance or PID-3 ever stated that number. */
WW_MUST ww_status ww_why_member(
    struct ww_ledger *l, struct ww_ctx *cx, ww_str member_id, struct ww_json **out);

#endif
