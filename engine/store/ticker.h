/* Journals the time: a TICK record about once a minute, by which what waits for an hour and not for a message is set
 * going in apply. A journal in which nothing else happens is not filled with them. What is due before the next one has one
 * within a second of when it is due, and while one leaves work the next comes at once. */
#ifndef WW_STORE_TICKER_H
#define WW_STORE_TICKER_H

#include <wardwire/status.h>
#include <wardwire/time.h>

struct ww_ctx;
struct ww_ticker;
struct ww_writer;

struct ww_ticker_settings {
	struct ww_writer *writer; /* not owned; to be stopped before the ticker is freed */
	struct ww_clock clock;
	int64_t every_ms; /* between two TICKs while other records come too */
	int64_t idle_ms;  /* the wait doubles up to this while none come; not below every_ms */
	/* When there is something to do for a TICK, by what is applied up to *cursor: 0 at once; INT64_MAX: no more than
	 * there always is. NULL: likewise. */
	int64_t (*due)(void *arg, uint64_t *cursor);
	void *arg;
};

/* The first TICK comes one wait from now. */
WW_MUST ww_status ww_ticker_new(
    struct ww_ctx *cx, const struct ww_ticker_settings *s, struct ww_ticker **out);
/* Hands a TICK to the writer if it is time. Called often, by one thread. last: newest number that the journal has. */
void ww_ticker_step(struct ww_ticker *t, uint64_t last);
void ww_ticker_free(struct ww_ticker *t); /* NULL is allowed */

#endif
