/* The insides of the courier: shared by its files, and nobody else's business. All of it belongs to the thread that makes
 * the rounds, but for the slips' phases and the gauges. */
#ifndef WW_COURIER_PARTS_H
#define WW_COURIER_PARTS_H

#include "courier/courier.h"
#include "courier/forward.h"
#include "courier/gate.h"
#include "courier/hands.h"
#include "courier/lanes.h"
#include "courier/quiet.h"
#include "courier/slip.h"
#include "courier/trouble.h"

#include <wardwire/ctx.h>
#include <wardwire/model.h>

#include <pthread.h>

enum {
	WW_COURIER_PAGE = 128,     /* rows read at once */
	WW_COURIER_READY_MAX = 64, /* lanes of an endpoint that are kept for their next row */
	WW_COURIER_PROBE_S =
	    60, /* an endpoint in trouble with more than one notice is tried at least so often */
};

/* What waits for one endpoint. The due rows are gone through page by page, from the oldest to the newest and then
 * anew; a page says only whose turn it is, and that person's oldest row is then asked for. So the work for a row does
 * not depend on how many there are, and nothing is kept of those that wait their turn. */
struct ww_turns {
	struct ww_gate gate;
	struct ww_quiet quiet;
	struct ww_lanes lanes;
	ww_id page[WW_COURIER_PAGE]; /* persons */
	size_t page_n, page_at;
	ww_id at;        /* rows up to that one were on a page of this pass */
	unsigned pages;  /* turned at this look */
	bool over;       /* there was no further page */
	uint64_t began;  /* the applied sequence when the pass began */
	unsigned length; /* pages of the pass so far; 0: somebody new was on one */
	int64_t again;   /* ms: no new pass before then */
	struct ww_hand_seen hand;
	unsigned refusals; /* answers in a row that do not let us in */
	bool turn;         /* of a lane that waits for its next row; else of a new one */
};

/* One notice on its way: ATTEMPT durable and applied, request, OUTCOME durable, OUTCOME applied; only then may the row be
 * looked at again. */
struct ww_flight {
	struct ww_flight *next, *prev;
	struct ww_slip slip;
	struct ww_ctx cx; /* its arena holds the row and the request */
	struct ww_outbox row;
	ww_str template; /* read when it is about to be sent */
	const struct ww_endpoint *endpoint;
	struct ww_turns *turns;
	struct ww_lane *lane;
	enum ww_verb verb;
	bool done;       /* the row needs nothing more for now */
	int64_t started; /* ms */
};

struct ww_courier {
	struct ww_courier_settings set;
	struct ww_ctx cx;
	struct ww_flight *flights;
	size_t flying;
	struct ww_turns *turns;      /* one an endpoint */
	struct ww_forward *forwards; /* one a lane of a route */
	uint64_t seen;               /* applied sequence of the last look at the rows */
	uint64_t hands;              /* likewise, at what operators ordered; 0: not yet */
	int64_t look_at;             /* ms of the next look in any case */
	bool draining;
	bool held; /* nothing is started */
	pthread_mutex_t lock;
	struct ww_gauge *gauges; /* under lock; one an endpoint, then one a lane of a route */
};

static inline int64_t
ww_courier_now(const struct ww_courier *c)
{
	return ww_clock_now(&c->set.ticks);
}

/* Notes that nothing will happen before then. */
static inline void
ww_courier_look_again(struct ww_courier *c, int64_t then)
{
	if (then < c->look_at)
		c->look_at = then;
}

/* -- turns.c: who is next ------------------------------------------------------------------------------ */

void ww_turns_start(struct ww_turns *q);
/* Starts what may go to that endpoint now. */
WW_MUST ww_status ww_turns_look(struct ww_courier *c, size_t endpoint, int64_t now);

/* -- flight.c: one notice ------------------------------------------------------------------------------ */

/* Announces the row; the lane is flying from now on. False: memory is short. */
bool ww_flight_start(struct ww_courier *c, struct ww_turns *q, const struct ww_endpoint *endpoint,
    struct ww_lane *lane, const struct ww_outbox *row);
/* Sends what was announced; it stays announced when the ledger cannot be read. */
void ww_flight_launch(struct ww_flight *f);
/* It is over: the lane is free, and f is gone. */
void ww_flight_land(struct ww_flight *f);

/* -- answer.c: what an answer means for those behind it ------------------------------------------------- */

/* Milliseconds of the clock until which to rest after so many failures in a row; most in seconds. */
int64_t ww_answer_rest(struct ww_courier *c, unsigned most, unsigned tries, long retry_after);
/* Takes note of how the request ended, and gives what the OUTCOME is to say; its texts are those of a. */
struct ww_answer ww_answer_heed(struct ww_flight *f, const struct ww_answer *a);
/* Counts answers in a row that do not let us in. True when it is too much: what they are for is to be paused. */
bool ww_answer_shuts_out(unsigned *refusals, const struct ww_answer *a);
/* One that came from nobody. */
struct ww_answer ww_answer_none(enum ww_result result, const char *reason);

#endif
