/* What the demonstration shows: the ledger's view of a message, and what a practice got. */
#ifndef WW_KIT_DEMO_VIEW_H
#define WW_KIT_DEMO_VIEW_H

#include <wardwire/ctx.h>
#include <wardwire/ledger.h>

/* The sequence of the newest message and of the newest record applied. */
WW_MUST ww_status ww_view_newest(
    struct ww_ledger *l, struct ww_ctx *cx, uint64_t *message, uint64_t *applied);
/* The time of the newest record applied, and whether something waits for an hour that has come by then. */
WW_MUST ww_status ww_view_time(struct ww_ledger *l, struct ww_ctx *cx, int64_t *ms, bool *waits);
/* How many notices are owed, and how many requests have no known end. */
WW_MUST ww_status ww_view_owed(struct ww_ledger *l, struct ww_ctx *cx, size_t *due, size_t *open);
/* What is on the worklist of that endpoint: items, those that are done, and the oldest Task that is not (0: none). */
struct ww_view_desk {
	size_t items, done;
	ww_id open;
};
WW_MUST ww_status ww_view_desk(
    struct ww_ledger *l, struct ww_ctx *cx, const char *endpoint, struct ww_view_desk *out);
/* Prints what the message of that sequence changed. */
WW_MUST ww_status ww_view_message(struct ww_ledger *l, struct ww_ctx *cx, uint64_t seq);
/* Prints the writes a practice kept beyond byte *at of its file, and moves *at on. */
void ww_view_practice(struct ww_ctx *cx, const char *name, const char *file, size_t *at);
/* Counts in a practice's file: Tasks, cancellations of them, Communications, and writes of any kind. */
struct ww_view_kept {
	size_t tasks, cancelled, communications, writes;
};
void ww_view_count(struct ww_ctx *cx, const char *file, struct ww_view_kept *out);
/* Appends a line for each visit with its state and whose it is, and for each Task that stands; in an order that does not
 * depend on that of the messages. */
WW_MUST ww_status ww_view_state(struct ww_ledger *l, struct ww_ctx *cx, struct ww_buf *out);
/* The first message with that reason beginning, or 0; the first open flag of that kind and band, or 0. */
WW_MUST ww_status ww_view_find_message(
    struct ww_ledger *l, struct ww_ctx *cx, const char *reason, uint64_t *seq);
WW_MUST ww_status ww_view_find_flag(
    struct ww_ledger *l, struct ww_ctx *cx, enum ww_flag_kind kind, const char *band, ww_id *id);

#endif
