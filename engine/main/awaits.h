/* Answers that wait until their record is applied. The loop adds and gives up, the applying thread says what became of it; the
 * memory is that of who waits, so what waits is bounded by who may ask. */
#ifndef WW_MAIN_AWAITS_H
#define WW_MAIN_AWAITS_H

#include "link/loop.h"

#include <wardwire/ctx.h>

struct ww_awaits;
struct ww_ledger;

enum ww_await_end {
	WW_AWAIT_APPLIED, /* also ignored by design, a duplicate, a test */
	WW_AWAIT_ASIDE,   /* it is quarantined, for why */
	WW_AWAIT_UNKNOWN, /* the ledger could not be asked, or has nothing of it */
};

/* One record that is waited for. The owner keeps it until fn of its post was called or ww_awaits_drop has taken it out. */
struct ww_await {
	struct ww_await *next, *prev; /* of the list */
	bool listed;                  /* likewise */
	uint64_t seq;                 /* the owner's, as is post.fn: called on the loop's thread */
	struct ww_post post;
	enum ww_await_end end;
	struct ww_failure why;
};

/* wake(arg) is called, on the loop's thread, when somebody waits. */
WW_MUST ww_status ww_awaits_new(struct ww_ctx *cx, struct ww_loop *l, void (*wake)(void *arg),
    void *arg, struct ww_awaits **out);
/* Nobody waits any more; NULL is allowed. */
void ww_awaits_free(struct ww_awaits *w);

/* On the loop's thread. */
void ww_awaits_add(struct ww_awaits *w, struct ww_await *a);
/* Takes it out. False: its post is on its way. */
bool ww_awaits_drop(struct ww_awaits *w, struct ww_await *a);

/* On the applying thread: somebody waits for a record up to that one; and tells them. */
bool ww_awaits_due(struct ww_awaits *w, uint64_t applied);
void ww_awaits_settle(
    struct ww_awaits *w, struct ww_ctx *cx, struct ww_ledger *l, uint64_t applied);

#endif
