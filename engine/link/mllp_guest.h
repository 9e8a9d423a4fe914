/* What the listeners of a room (mllp_room.h) share of it, beside its sums. Private to link/: MLLP and HTTP. */
#ifndef WW_LINK_MLLP_GUEST_H
#define WW_LINK_MLLP_GUEST_H

#include "link/mllp_room.h"
#include "link/mllp_trouble.h"

struct event;
struct ww_mllp_peer;

/* A listener of a room. */
struct ww_mllp_guest {
	struct ww_mllp_guest *next;
	/* There is room again: has those of its connections read that it held back. */
	void (*release)(struct ww_mllp_guest *g);
};

struct ww_mllp_room {
	struct ww_mllp_room_settings most;
	size_t frames, bytes, open;
	unsigned connections; /* counted by the listeners */
	bool full;            /* a limit was reached, and it is not yet down to half */
	unsigned held;        /* connections that are not read for want of room, counted likewise */
	const void *leader;   /* its open frame may grow whatever the others hold */
	struct event *wake;
	struct ww_mllp_guest *guests;
};

/* Why one more connection of that peer is not taken by a listener that has open of at most most, and peer_most of one peer, which it
 * counts already; NULL: memory was short. WW_MLLP_TROUBLES: it is taken. */
enum ww_mllp_trouble ww_mllp_guest_fault(const struct ww_mllp_room *r,
    const struct ww_mllp_peer *peer, unsigned open, unsigned most, unsigned peer_most);
void ww_mllp_room_enter(struct ww_mllp_room *r, struct ww_mllp_guest *g);
void ww_mllp_room_leave(
    struct ww_mllp_room *r, struct ww_mllp_guest *g); /* who never entered may leave */
/* What is coming in on connection c, its open frame or body, now holds that many counted bytes. */
void ww_mllp_room_open(struct ww_mllp_room *r, const void *c, size_t was, size_t is);
/* More of what is coming in on c, which is counted, may be read. */
bool ww_mllp_room_may_grow(struct ww_mllp_room *r, const void *c);

#endif
