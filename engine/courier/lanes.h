/* The lanes of one endpoint that something is known of: a lane is one person's notices, of which one is under way at a
 * time, the oldest first. Lanes of which nothing is known need no memory: the ledger has their rows. */
#ifndef WW_COURIER_LANES_H
#define WW_COURIER_LANES_H

#include <wardwire/ctx.h>

enum ww_lane_state {
	WW_LANE_FLYING,  /* a row is under way */
	WW_LANE_READY,   /* its oldest row may go, if there is one */
	WW_LANE_RESTING, /* nothing before `until` */
};

struct ww_lane {
	ww_id person;
	enum ww_lane_state state; /* set by ww_lanes_set alone */
	/* Of the row that last failed: */
	ww_id row;        /* 0: none */
	unsigned tries;   /* failures in a row */
	unsigned absents; /* searches in a row that found nothing */
	int64_t until;    /* ms */
	bool endpoint;    /* the trouble was the endpoint's: it may end before that */
	struct ww_lane *chain, *next, *prev; /* lanes.c's: of a bucket; of a list */
};

struct ww_lane_list {
	struct ww_lane *first, *last;
	size_t n;
};

/* All zero is none. */
struct ww_lanes {
	struct ww_lane **buckets;
	size_t buckets_n, n;
	struct ww_lane_list ready, resting; /* in the order in which they became so */
	int64_t wake;                       /* no rest ends before then */
};

/* The lane of that person, or NULL. */
struct ww_lane *ww_lanes_find(const struct ww_lanes *l, ww_id person);
/* A new lane, flying; NULL when memory is short. There must be none of that person. */
struct ww_lane *ww_lanes_add(struct ww_lanes *l, ww_id person);
void ww_lanes_set(struct ww_lanes *l, struct ww_lane *lane, enum ww_lane_state state);
void ww_lanes_drop(struct ww_lanes *l, struct ww_lane *lane);
/* Rests that ended by now make ready lanes. */
void ww_lanes_wake(struct ww_lanes *l, int64_t now);
/* All rests end. */
void ww_lanes_end_rests(struct ww_lanes *l);
/* The endpoint is well again: rests that were its fault last no longer than from now on `most` ms for each try. */
void ww_lanes_relieve(struct ww_lanes *l, int64_t now, int64_t most);
void ww_lanes_free(struct ww_lanes *l);

#endif
