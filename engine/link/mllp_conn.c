/* One connection of an MLLP listener: frames are read as they come, their answers leave in the order of
 * the frames whatever order they are given in. A connection dies in two steps, so that a callback that
 * kills it may still be running on it: ww_mllp_conn_kill takes it out of service, the listener's reap
 * event frees it. */
#include "link/mllp_conn.h"

#include "base/failpoint.h"
#include "codec/mllp.h"
#include "link/mllp_peer.h"
#include "link/stream.h"

#include <wardwire/buf.h>

#include <assert.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a connection may take before others have their turn, in bytes and frames. */
#define READ_AT_ONCE ((size_t)16 << 10)
#define FRAMES_AT_ONCE 16U
/* -- in and out of the list ------------------------------------------------------------------------- */

static void
unlink_conn(struct ww_mllp_conn *c)
{
	struct ww_mllp_in *in = c->in;

	*(c->prev != NULL ? &c->prev->next : &in->open) = c->next;
	*(c->next != NULL ? &c->next->prev : &in->oldest) = c->prev;
}

static void
link_first(struct ww_mllp_conn *c)
{
	struct ww_mllp_in *in = c->in;

	c->prev = NULL;
	c->next = in->open;
	*(c->next != NULL ? &c->next->prev : &in->oldest) = c;
	in->open = c;
}

static void
note_frame(struct ww_mllp_conn *c, int64_t now)
{
	c->last = now;
	if (c->in->open == c)
		return;
	unlink_conn(c);
	link_first(c);
}

void
ww_mllp_conn_kill(struct ww_mllp_conn *c)
{
	struct ww_mllp_in *in = c->in;

	if (c->dead)
		return;
	c->dead = true;
	c->reading = false;
	ww_stream_stop(c->stream);
	event_del(c->deadline);
	ww_mllp_frames_drop(c);
	ww_mllp_turn_hold(c, false);
	ww_mllp_room_open(in->room, c, c->counted, 0);
	c->counted = 0;
	ww_mllp_peer_leave(in->peers, c->peer, ww_mllp_in_clock());
	c->peer = NULL;
	unlink_conn(c);
	in->open_n--;
	in->room->connections--;
	c->next = in->dead;
	in->dead = c;
	event_active(in->reap, EV_TIMEOUT, 0);
}

void
ww_mllp_conn_reap(struct ww_mllp_in *in)
{
	struct ww_mllp_conn *c;

	while ((c = in->dead) != NULL) {
		in->dead = c->next;
		ww_stream_free(c->stream);
		event_free(c->deadline);
		ww_mllp_free(&c->codec);
		free(c);
	}
}

struct ww_mllp_conn *
ww_mllp_conn_next(const struct ww_mllp_conn *c)
{
	return c->next;
}

void
ww_mllp_conn_settle(struct ww_mllp_conn *c)
{
	bool ends =
	    c->finishing || (c->eof && evbuffer_get_length(ww_stream_input(c->stream)) == 0);

	if (c->dead || !ends || c->first != NULL || ww_stream_unwritten(c->stream) > 0)
		return;
	ww_stream_discard(c->stream);
	ww_mllp_conn_kill(c);
}

/* Gives back what the codec needs no more, and tells the room what it needs. */
static void
count_open(struct ww_mllp_conn *c)
{
	size_t held;

	if (!ww_mllp_open(&c->codec))
		ww_mllp_free(&c->codec);
	held = ww_mllp_held(&c->codec);
	held = held > WW_MLLP_FREE ? held : 0;
	if (held != c->counted)
		ww_mllp_room_open(c->in->room, c, c->counted, held);
	c->counted = held;
}

void
ww_mllp_conn_finish(struct ww_mllp_conn *c)
{
	c->finishing = true;
	/* Others may have that room at once, however late its last answers are. */
	ww_mllp_free(&c->codec);
	count_open(c);
	ww_mllp_turn_refresh(c);
	ww_mllp_conn_settle(c);
}

void
ww_mllp_conn_give_up(struct ww_mllp_conn *c, enum ww_mllp_trouble t)
{
	ww_mllp_in_trouble(c->in, t, ww_mllp_peer_address(c->peer));
	ww_mllp_conn_kill(c);
}

/* Closes after the answers to the frames before: the sender did wrong, but they are stored. */
static void
refuse(struct ww_mllp_conn *c, enum ww_mllp_trouble t)
{
	c->in->noise++;
	ww_mllp_in_trouble(c->in, t, ww_mllp_peer_address(c->peer));
	ww_mllp_conn_finish(c);
}

/* -- frames --------------------------------------------------------------------------------------- */

static void
take_frame(struct ww_mllp_conn *c, ww_str payload,
    void (*give)(void *arg, struct ww_mllp_frame *f, ww_str payload, ww_str peer))
{
	struct ww_mllp_in *in = c->in;
	int64_t now = ww_mllp_in_clock();
	struct ww_mllp_frame *f;

	note_frame(c, now);
	/* Nothing to answer to: it has no control id. A commit block is one only where we have sent something for it. */
	if (payload.n == 0 || ww_mllp_is_commit(payload)) {
		in->noise += payload.n == 0 || in->settings.release < 2;
		return;
	}
	f = ww_mllp_frame_new(c, payload.n);
	if (f == NULL) {
		ww_mllp_conn_give_up(c, WW_MLLP_TROUBLE_MEMORY);
		return;
	}
	in->frames++;
	ww_mllp_peer_charge(in->peers, c->peer, now);
	ww_mllp_turn_rest(c, now);
	give(in->settings.arg, f, payload, ww_str_from(ww_mllp_peer_address(c->peer)));
}

/* One event of the codec. */
static void
take_event(struct ww_mllp_conn *c, enum ww_mllp_event e, ww_str frame)
{
	const struct ww_mllp_in_settings *set = &c->in->settings;

	switch (e) {
	case WW_MLLP_MORE:
		break;
	case WW_MLLP_FRAME:
		c->begun = 0;
		take_frame(c, frame, set->on_frame);
		break;
	case WW_MLLP_TOO_BIG:
		c->begun = 0;
		c->in->noise++;
		ww_mllp_in_trouble(c->in, WW_MLLP_TROUBLE_TOO_BIG, ww_mllp_peer_address(c->peer));
		take_frame(c, frame, set->on_too_big);
		break;
	case WW_MLLP_NOISE:
		refuse(c, WW_MLLP_TROUBLE_NOISE);
		break;
	case WW_MLLP_ENDLESS:
		refuse(c, WW_MLLP_TROUBLE_ENDLESS);
		break;
	case WW_MLLP_SHORT:
		ww_mllp_conn_give_up(c, WW_MLLP_TROUBLE_MEMORY);
		break;
	}
}

/* Takes what came, up to a measure; the rest has its turn when the others had theirs. */
static void
on_bytes(void *arg)
{
	struct ww_mllp_conn *c = arg;
	struct evbuffer *input = ww_stream_input(c->stream);
	unsigned left = FRAMES_AT_ONCE;
	size_t n;

	c->taking = true;
	while (
	    ww_mllp_turn_takes(c) && left > 0 && (n = evbuffer_get_contiguous_space(input)) > 0) {
		ww_str frame, bytes = ww_str_of(evbuffer_pullup(input, (ev_ssize_t)n), n);
		size_t before = bytes.n;
		enum ww_mllp_event e = ww_mllp_feed(&c->codec, &bytes, &frame);

		take_event(c, e, frame);
		left -= e != WW_MLLP_MORE;
		evbuffer_drain(input, before - bytes.n); /* only now: frame may lie in it */
	}
	c->taking = false;
	c->in->noise += c->codec.restarts - c->restarts;
	c->restarts = c->codec.restarts;
	if (c->dead)
		return;
	count_open(c);
	ww_mllp_turn_refresh(c);
	ww_mllp_conn_settle(c);
}

static void
on_written(void *arg)
{
	struct ww_mllp_conn *c = arg;

	WW_FAILPOINT("after-ack"); /* the answers are with the system now */
	ww_mllp_turn_refresh(c);   /* answers unread may have been what stopped it */
	ww_mllp_conn_settle(c);
}

static void
on_end(void *arg, enum ww_stream_end end)
{
	struct ww_mllp_conn *c = arg;

	switch (end) {
	case WW_STREAM_EOF:
		c->eof = true;
		on_bytes(c);
		break;
	case WW_STREAM_UNSAFE:
		ww_stream_discard(c->stream); /* else the peer may not hear why */
		ww_mllp_conn_give_up(
		    c, WW_MLLP_TROUBLE_HANDSHAKE + ww_tls_conn_fault(ww_stream_tls(c->stream)));
		break;
	case WW_STREAM_STUCK:
		ww_mllp_conn_give_up(c, WW_MLLP_TROUBLE_UNREAD);
		break;
	case WW_STREAM_BROKEN:
		ww_mllp_conn_kill(c);
		break;
	}
}

/* From now on it is read: at once, or when its handshake is done. */
static void
on_open(void *arg)
{
	struct ww_mllp_conn *c = arg;

	if (c->timed)
		event_del(c->deadline);
	c->timed = false;
	c->shaking = false;
	ww_mllp_turn_rest(c, ww_mllp_in_clock()); /* a new connection does not pay a peer's debt */
	ww_mllp_turn_refresh(c);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct ww_mllp_conn *c = arg;

	(void)fd;
	(void)what;
	c->timed = false;
	if (c->shaking) {
		ww_mllp_conn_give_up(c, WW_MLLP_TROUBLE_HANDSHAKE_SLOW);
		return;
	}
	if (!c->resting) {
		refuse(c, WW_MLLP_TROUBLE_SLOW);
		return;
	}
	c->resting = false;
	ww_mllp_turn_refresh(c);
}

/* A sender is not idle when it is us who do not read, or when its frame is coming in, which has its own deadline. */
void
ww_mllp_conn_sweep(struct ww_mllp_in *in, int64_t now)
{
	int64_t since = now - (int64_t)in->settings.idle_timeout * 1000;
	struct ww_mllp_conn *c, *newer;

	for (c = in->oldest; c != NULL && c->last <= since; c = newer) {
		newer = c->prev;
		if (c->reading && !c->resting && !ww_mllp_open(&c->codec) && c->first == NULL)
			refuse(c, WW_MLLP_TROUBLE_IDLE);
		else
			note_frame(c, now);
	}
}

void
ww_mllp_conn_new(struct ww_mllp_in *in, int fd, struct ww_mllp_peer *peer)
{
	struct ww_stream_settings set = { .base = in->base,
		.tls = in->settings.tls,
		.read_most = READ_AT_ONCE,
		.write_timeout = in->settings.frame_timeout,
		.on_open = on_open,
		.on_bytes = on_bytes,
		.on_written = on_written,
		.on_end = on_end };
	struct ww_mllp_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		goto close_fd;
	c->deadline = evtimer_new(in->base, on_deadline, c);
	if (c->deadline == NULL)
		goto free_conn;
	set.arg = c;
	c->stream = ww_stream_new(&set, fd);
	if (c->stream == NULL)
		goto free_deadline;
	c->in = in;
	c->peer = peer;
	c->last = ww_mllp_in_clock();
	c->last_frame = &c->first;
	c->shaking = set.tls != NULL;
	ww_mllp_start(&c->codec, in->settings.max_message);
	link_first(c);
	in->open_n++;
	in->room->connections++;
	if (c->shaking)
		ww_mllp_turn_hurry(c);
	else
		on_open(c);
	return;
free_deadline:
	event_free(c->deadline);
free_conn:
	free(c);
close_fd:
	close(fd);
	ww_mllp_in_trouble(in, WW_MLLP_TROUBLE_MEMORY, ww_mllp_peer_address(peer));
	ww_mllp_peer_leave(in->peers, peer, ww_mllp_in_clock());
}
