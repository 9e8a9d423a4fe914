/* The parts of which `wardwire flags` and the console make what they say of a flag or notice: each adds members to o. */
#ifndef WW_REPORT_ITEM_H
#define WW_REPORT_ITEM_H

#include "store/notice.h"

#include <wardwire/json.h>

/* "17.3"; 0 sets nothing. */
void ww_item_id(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_id id);
void ww_item_role(struct ww_ctx *cx, struct ww_json *o, int64_t role);
/* "collaborative-care/3" */
void ww_item_program(struct ww_ctx *cx, struct ww_json *o, const struct ww_flag *f);
/* Somebody is to act on it and has not, and the time is over. */
bool ww_item_is_overdue(const struct ww_item *i, int64_t now);
/* raised, due, overdue; warned and breached where the clock did. */
void ww_item_clock(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i, int64_t now);
/* notice, told (the state of its delivery) and status, where there is a notice. */
void ww_item_told(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i);

/* Who looks: an operator sees all, the receiver what it may be told. */
enum ww_item_view { WW_ITEM_ALL, WW_ITEM_TOLD, WW_ITEM_EVENT_ONLY };

/* For operators: "person", "stay", "notice", "history"; for both: "flags", "notes". */
WW_MUST ww_status ww_item_person(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_item *i, struct ww_json *o);
WW_MUST ww_status ww_item_stay(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_item *i, struct ww_json *o);
void ww_item_notice(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i);
WW_MUST ww_status ww_item_flags(
    struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i, enum ww_item_view view);
void ww_item_notes(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i);
void ww_item_history(struct ww_ctx *cx, struct ww_json *o, const struct ww_item *i);

/* For its receiver, from the resource as it would be sent: title, text, and "patient" with what it says of whom it is about; whole:
 * "content", the resource itself. */
WW_MUST ww_status ww_item_content(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_item *i, bool whole, struct ww_json *o);

#endif
