/* Sends what is due: reads rows through a view of the ledger, journals an ATTEMPT before each request and
 * an OUTCOME after it, and never writes the ledger itself. Order is kept per person and endpoint; an endpoint in
 * trouble delays only itself. */
#ifndef WW_COURIER_COURIER_H
#define WW_COURIER_COURIER_H

#include <wardwire/config.h>
#include <wardwire/ledger.h>
#include <wardwire/sink.h>
#include <wardwire/time.h>

struct ww_courier;
struct ww_journal;
struct ww_writer;

struct ww_courier_settings {
	struct ww_ledger *view;     /* a reader of its own; not owned */
	struct ww_journal *journal; /* where the bytes of messages are; not owned */
	struct ww_writer
	    *writer;           /* not owned; stopped after the last round, see ww_courier_detach */
	struct ww_sink *sink;  /* not owned */
	struct ww_clock clock; /* for what is written into resources */
	struct ww_clock ticks; /* never goes back: what waits are measured by */
	const struct ww_config *config; /* endpoints and waits; not owned */
	uint64_t (*applied)(void *arg); /* last journal sequence the view can show */
	void *arg;
};

WW_MUST ww_status ww_courier_new(
    struct ww_ctx *cx, const struct ww_courier_settings *s, struct ww_courier **out);
/* Drained or detached, and its sink closed. */
void ww_courier_free(struct ww_courier *c);
/* One round: starts what is due, works on what is under way for at most that long. All rounds on one thread. */
void ww_courier_step(struct ww_courier *c, int timeout_ms);
/* Ends a waiting round early: the view may show new rows. From any thread. */
void ww_courier_wake(struct ww_courier *c);
/* Starts nothing new and finishes what is under way, at most that long. False when something is left, which the
 * next start will find uncertain. */
bool ww_courier_drain(struct ww_courier *c, int timeout_ms);
/* The writer has stopped: what still ends is left to the next start. Then the sink may be closed. */
void ww_courier_detach(struct ww_courier *c);
/* How it stands with an endpoint, as of the last look at the rows. */
struct ww_gauge {
	unsigned window; /* requests at a time */
	unsigned flying; /* under way */
	unsigned failed; /* failures in a row that are the endpoint's; 0: all is well */
	size_t resting;  /* persons whose notice failed and waits; of a lane 0 */
	int64_t wait_ms; /* until the next try; 0: none is waited for */
};
/* Of the endpoint with that number in the configuration, or behind them the lane; from any thread. */
struct ww_gauge ww_courier_gauge(struct ww_courier *c, size_t endpoint);
size_t ww_courier_flying(const struct ww_courier *c);

#endif
