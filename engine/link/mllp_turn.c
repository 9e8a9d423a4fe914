/* When a connection is read, and when not: its own state, the room that all share, the rate of its peer, and how much of
 * what waits is its own. */
#include "link/mllp_conn.h"
#include "link/mllp_peer.h"
#include "link/stream.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <sys/time.h>

/* Frames of one connection that may wait for their answer once a sixteenth of the room is taken: what waits is answered
 * in order, so that a few that send without pause would make all others wait for their hundreds. */
#define FAIR_SHARE 8U
#define FAIR_PART 16U
/* A peer with more answers unread than that is not read. Its frames that wait then have answers of their own to come, so
 * that it counts as one that never reads at far more only. */
#define UNREAD_HIGH ((size_t)64 << 10)

/* Room for one frame more, and for more of the one that is open. */
static bool
has_room(const struct ww_mllp_conn *c)
{
	struct ww_mllp_room *r = c->in->room;

	return !r->full && (c->counted == 0 || ww_mllp_room_may_grow(r, c));
}

/* How many of its frames may wait. Who is above its share has answers to come, and is looked at again with each. */
static unsigned
share_of(const struct ww_mllp_conn *c)
{
	const struct ww_mllp_room *r = c->in->room;
	unsigned most = c->in->settings.max_pending;

	return r->frames < r->most.frames / FAIR_PART || most < FAIR_SHARE ? most : FAIR_SHARE;
}

/* But for want of room, or rest. */
static bool
could_take(const struct ww_mllp_conn *c)
{
	return !c->dead && !c->finishing && !c->shaking && !c->in->paused &&
	       c->pending < share_of(c) && ww_stream_unwritten(c->stream) <= UNREAD_HIGH;
}

/* But for want of room. */
static bool
would_take(const struct ww_mllp_conn *c)
{
	return !c->resting && could_take(c);
}

/* One that rests is read up to its next bytes, which then wait: else connections that their peer has given up would pile
 * up until it may send again. */
static bool
awaits_end(const struct ww_mllp_conn *c)
{
	return c->resting && could_take(c) && evbuffer_get_length(ww_stream_input(c->stream)) == 0;
}

bool
ww_mllp_turn_takes(const struct ww_mllp_conn *c)
{
	return would_take(c) && has_room(c);
}

void
ww_mllp_turn_hold(struct ww_mllp_conn *c, bool held)
{
	if (held == c->held)
		return;
	c->held = held;
	c->in->room->held += held ? 1U : -1U;
	if (held)
		ww_mllp_in_trouble(c->in,
		    c->in->room->full ? WW_MLLP_TROUBLE_BACKLOG : WW_MLLP_TROUBLE_OPEN,
		    ww_mllp_peer_address(c->peer));
}

static void
start_deadline(struct ww_mllp_conn *c, int64_t ms)
{
	struct timeval tv;

	if (ms < 1)
		ms = 1;
	tv.tv_sec = (time_t)(ms / 1000);
	tv.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	event_add(c->deadline, &tv);
	c->timed = true;
}

/* A frame's deadlines run only while we do read: a sender is not slow when it is us who do not listen. */
static void
set_deadline(struct ww_mllp_conn *c)
{
	int64_t now, left, timeout = (int64_t)c->in->settings.frame_timeout * 1000;

	if (c->resting || c->shaking) {
		c->begun = 0;
		return; /* the rest has the timer, or the handshake */
	}
	if (!c->reading || !ww_mllp_open(&c->codec)) {
		if (c->timed)
			event_del(c->deadline);
		c->timed = false;
		c->begun = 0;
		return;
	}
	now = ww_mllp_in_clock();
	if (c->begun == 0)
		c->begun = now;
	left = c->begun + (int64_t)c->in->settings.frame_deadline * 1000 - now;
	start_deadline(c, left < timeout ? left : timeout);
}

void
ww_mllp_turn_hurry(struct ww_mllp_conn *c)
{
	start_deadline(c, (int64_t)c->in->settings.handshake_timeout * 1000);
}

/* The peer sent too fast: its connection rests until its debt is paid. */
void
ww_mllp_turn_rest(struct ww_mllp_conn *c, int64_t now)
{
	int64_t ms = ww_mllp_peer_rest(c->peer, now);

	if (ms == 0)
		return;
	c->resting = true;
	start_deadline(c, ms);
	ww_mllp_in_trouble(c->in, WW_MLLP_TROUBLE_FAST, ww_mllp_peer_address(c->peer));
}

void
ww_mllp_turn_refresh(struct ww_mllp_conn *c)
{
	bool would = would_take(c), want;

	/* Who is held stays so until it is its turn, also when its own answer has just made room. */
	ww_mllp_turn_hold(c, would && (c->held || !has_room(c)));
	want = ((would && !c->held) || awaits_end(c)) && !c->eof;
	if (want != c->reading) {
		c->reading = want;
		ww_stream_read(c->stream, want);
	}
	if (!c->dead)
		set_deadline(c);
	/* What came before reading was stopped causes no event by itself. */
	if (would && !c->held && !c->taking && evbuffer_get_length(ww_stream_input(c->stream)) > 0)
		ww_stream_again(c->stream);
}

void
ww_mllp_turn_release(struct ww_mllp_in *in)
{
	struct ww_mllp_conn *c;

	for (c = in->oldest; c != NULL && in->room->held > 0; c = c->prev)
		if (c->held) {
			ww_mllp_turn_hold(c, false);
			ww_mllp_turn_refresh(c);
		}
}
