/* The room shared by the listeners of a loop: sums, two limits, and who goes on when there is room again. */
#include "link/mllp_room.h"

#include "link/loop.h"
#include "link/mllp_guest.h"
#include "link/mllp_peer.h"

#include <wardwire/ctx.h>

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>

/* What a frame costs beside its bytes: our structs, the answer, what the allocator adds. */
#define FRAME_COST ((size_t)1024)

/* There is room again: those held back are read, in each listener the one first whose last frame is longest ago, so
 * that none is passed over. The listener that was first is last the next time. */
static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct ww_mllp_room *r = arg;
	struct ww_mllp_guest *g;

	(void)fd;
	(void)what;
	for (g = r->guests; g != NULL && r->held > 0; g = g->next)
		g->release(g);
	if ((g = r->guests) == NULL || g->next == NULL)
		return;
	ww_mllp_room_leave(r, g);
	for (struct ww_mllp_guest **last = &r->guests;; last = &(*last)->next)
		if (*last == NULL) {
			*last = g;
			break;
		}
}

enum ww_mllp_trouble
ww_mllp_guest_fault(const struct ww_mllp_room *r, const struct ww_mllp_peer *peer, unsigned open,
    unsigned most, unsigned peer_most)
{
	if (peer == NULL)
		return WW_MLLP_TROUBLE_MEMORY;
	if (open >= most || r->connections >= r->most.connections)
		return WW_MLLP_TROUBLE_CROWD;
	if (ww_mllp_peer_connections(peer) > peer_most)
		return WW_MLLP_TROUBLE_PEER_CROWD;
	return WW_MLLP_TROUBLES;
}

void
ww_mllp_room_enter(struct ww_mllp_room *r, struct ww_mllp_guest *g)
{
	g->next = r->guests;
	r->guests = g;
}

void
ww_mllp_room_leave(struct ww_mllp_room *r, struct ww_mllp_guest *g)
{
	struct ww_mllp_guest **at = &r->guests;

	while (*at != NULL && *at != g)
		at = &(*at)->next;
	if (*at == g)
		*at = g->next;
	g->next = NULL;
}

ww_status
ww_mllp_room_new(struct ww_loop *l, struct ww_ctx *cx, const struct ww_mllp_room_settings *s,
    struct ww_mllp_room **out)
{
	struct ww_mllp_room *r = calloc(1, sizeof(*r));

	assert(s->frames > 0 && s->bytes > 0 && s->open > 0 && s->connections > 0);
	if (r == NULL)
		return ww_fail_memory(cx);
	r->most = *s;
	r->wake = evtimer_new(ww_loop_base(l), on_wake, r);
	if (r->wake == NULL) {
		free(r);
		return ww_fail_memory(cx);
	}
	*out = r;
	return WW_OK;
}

void
ww_mllp_room_free(struct ww_mllp_room *r)
{
	if (r == NULL)
		return;
	assert(r->guests == NULL);
	event_free(r->wake);
	free(r);
}

void
ww_mllp_room_held(const struct ww_mllp_room *r, size_t *frames, size_t *bytes, size_t *open)
{
	*frames = r->frames;
	*bytes = r->bytes;
	*open = r->open;
}

static void
wake(struct ww_mllp_room *r)
{
	if (r->held > 0)
		event_active(r->wake, EV_TIMEOUT, 0);
}

/* -- frames that wait ------------------------------------------------------------------------------- */

size_t
ww_mllp_room_take(struct ww_mllp_room *r, size_t payload)
{
	size_t cost = 2 * payload + FRAME_COST; /* buffers grow by doubling */

	r->frames++;
	r->bytes += cost;
	r->full = r->full || r->frames >= r->most.frames || r->bytes >= r->most.bytes;
	return cost;
}

void
ww_mllp_room_give(struct ww_mllp_room *r, size_t cost)
{
	assert(r->frames > 0 && r->bytes >= cost);
	r->frames--;
	r->bytes -= cost;
	if (!r->full || r->frames > r->most.frames / 2 || r->bytes > r->most.bytes / 2)
		return;
	r->full = false;
	wake(r);
}

bool
ww_mllp_room_is_full(const struct ww_mllp_room *r)
{
	return r->full;
}

/* -- frames that come in ---------------------------------------------------------------------------- */

void
ww_mllp_room_open(struct ww_mllp_room *r, const void *c, size_t was, size_t is)
{
	bool ends = r->leader == c && is == 0;

	assert(r->open >= was);
	r->open = r->open - was + is;
	if (ends)
		r->leader = NULL;
	if (ends || (is < was && r->open <= r->most.open))
		wake(r);
}

bool
ww_mllp_room_may_grow(struct ww_mllp_room *r, const void *c)
{
	if (r->open <= r->most.open || r->leader == c)
		return true;
	if (r->leader != NULL)
		return false;
	r->leader = c;
	return true;
}
