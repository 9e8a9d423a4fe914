/* The thread that applies what the journal has to the ledger, and how far both are. */
#ifndef WW_MAIN_APPLIER_H
#define WW_MAIN_APPLIER_H

#include "apply/apply.h"

struct ww_applier;
struct ww_awaits;
struct ww_orders;

struct ww_applier_settings {
	struct ww_apply *apply; /* none of these is owned */
	struct ww_journal *journal;
	struct ww_ledger *ledger;
};

/* What the thread tells others; set when it starts. */
struct ww_applier_hooks {
	struct ww_awaits *awaits;   /* told when their records are applied; not owned */
	struct ww_orders *orders;   /* answered when what they ordered is applied; not owned */
	void (*applied)(void *arg); /* records were applied; on its thread */
	void *arg;
};

/* The thread is not running yet; all but ww_applier_note may be called from any thread. */
WW_MUST ww_status ww_applier_new(
    struct ww_ctx *cx, const struct ww_applier_settings *s, struct ww_applier **out);
WW_MUST ww_status ww_applier_start(
    struct ww_applier *a, struct ww_ctx *cx, const struct ww_applier_hooks *h);
/* The journal has all up to that sequence. */
void ww_applier_durable(struct ww_applier *a, uint64_t seq);
/* Somebody new waits for what is applied. */
void ww_applier_poke(struct ww_applier *a);
/* How far the journal is, and how many of its records are not applied yet. */
uint64_t ww_applier_known(struct ww_applier *a);
uint64_t ww_applier_behind(struct ww_applier *a);
/* For ww_apply_settings, on the applying thread: keeps the message's line of the log until its batch holds. */
void ww_applier_note(struct ww_applier *a, const struct ww_effect *x);
/* Applies what is left, unless that fails, and ends the thread. Then ww_applier_free; NULL is allowed in both. */
void ww_applier_stop(struct ww_applier *a);
void ww_applier_free(struct ww_applier *a);

#endif
