/* Messages that routes send on: a lane for each route and endpoint, strictly in the order of receipt and one at a time. Private
 * to courier/. */
#ifndef WW_COURIER_FORWARD_H
#define WW_COURIER_FORWARD_H

#include "courier/hands.h"
#include "courier/quiet.h"

#include <wardwire/model.h>

struct ww_courier;
struct ww_parcel;
struct ww_route_lane;

/* ATTEMPT records are written for several messages ahead, so that the next one can leave as soon as the OUTCOME of the one
 * before it is durable. All zero but lane is the start. */
struct ww_forward {
	const struct ww_route_lane *lane;
	struct ww_parcel *first, *last; /* announced, in their order */
	struct ww_parcel *next;         /* the first that was not sent; NULL: all were */
	struct ww_parcel *sent;         /* the last that was, until its OUTCOME is durable */
	size_t n, unsent;
	unsigned width; /* messages announced ahead: one in trouble, more while it goes well */
	ww_id at;       /* due rows up to that one were announced */
	bool
	    anew; /* older rows are due: when all are over, the lane begins again with the oldest */
	uint64_t over;     /* the applied sequence at which there was no further row */
	unsigned tries;    /* failures in a row; 0: all is well */
	int64_t until;     /* ms: nothing before then */
	unsigned refusals; /* answers in a row that do not let us in */
	struct ww_quiet quiet;
	struct ww_hand_seen own;      /* the hand on the lane */
	struct ww_hand_seen endpoint; /* the hand on all lanes to that endpoint */
};

/* Moves on what was announced, as far as it goes without waiting. True when a message is over. */
bool ww_forward_advance(struct ww_courier *c, struct ww_forward *f);
/* Announces what is due. */
WW_MUST ww_status ww_forward_look(struct ww_courier *c, struct ww_forward *f, int64_t now);
/* An order wants it tried at once. */
void ww_forward_retry(struct ww_forward *f);
/* Drops what is under way; the sink is closed. */
void ww_forward_free(struct ww_courier *c, struct ww_forward *f);

#endif
