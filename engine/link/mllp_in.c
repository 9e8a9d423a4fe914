/* The MLLP listener: accepts, counts, pauses and closes; mllp_conn.c has the connections. */
#include "link/mllp_in.h"

#include "link/accept.h"
#include "link/loop.h"
#include "link/mllp_conn.h"
#include "link/mllp_peer.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <assert.h>
#include <event2/event.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

int64_t
ww_mllp_in_clock(void)
{
	return ww_accept_clock();
}

void
ww_mllp_in_trouble(struct ww_mllp_in *in, enum ww_mllp_trouble t, const char *peer)
{
	ww_mllp_trouble_add(
	    &in->troubles, t, ww_accept_address(in->accept), peer, ww_mllp_in_clock());
}

static void
take_socket(void *arg, int fd, const char *address)
{
	struct ww_mllp_in *in = arg;
	struct ww_mllp_peer *peer = ww_mllp_peer_enter(in->peers, address);
	enum ww_mllp_trouble t = ww_mllp_guest_fault(in->room, peer, in->open_n,
	    in->settings.max_connections, in->settings.peer_connections);

	if (t == WW_MLLP_TROUBLES) {
		ww_mllp_conn_new(in, fd, peer);
		return;
	}
	ww_mllp_in_trouble(in, t, address);
	if (peer != NULL)
		ww_mllp_peer_leave(in->peers, peer, ww_mllp_in_clock());
	close(fd);
}

static void
on_outside(void *arg, const char *peer)
{
	ww_mllp_in_trouble(arg, WW_MLLP_TROUBLE_OUTSIDE, peer);
}

static void
on_short(void *arg)
{
	ww_mllp_in_trouble(arg, WW_MLLP_TROUBLE_ACCEPT, "none");
}

static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct ww_mllp_in *in = arg;
	int64_t now = ww_mllp_in_clock();

	(void)fd;
	(void)what;
	ww_mllp_conn_sweep(in, now);
	(void)ww_mllp_peers_sweep(in->peers, now);
	ww_mllp_trouble_flush(&in->troubles, ww_accept_address(in->accept), now, false);
}

static void
free_in(struct ww_mllp_in *in)
{
	if (in->reap != NULL)
		event_free(in->reap);
	if (in->sweep != NULL)
		event_free(in->sweep);
	if (in->grace != NULL)
		event_free(in->grace);
	ww_mllp_room_leave(in->room, &in->guest);
	ww_mllp_peers_free(in->peers);
	ww_accept_free(in->accept);
	free(in);
}

static void
on_reap(evutil_socket_t fd, short what, void *arg)
{
	struct ww_mllp_in *in = arg;
	void (*done)(void *arg) = in->done;
	void *done_arg = in->done_arg;

	(void)fd;
	(void)what;
	ww_mllp_conn_reap(in);
	if (!in->closing || in->open != NULL)
		return;
	ww_mllp_trouble_flush(
	    &in->troubles, ww_accept_address(in->accept), ww_mllp_in_clock(), true);
	ww_log(WW_LOG_INFO, "event=mllp-stopped listener=%s", ww_accept_address(in->accept));
	free_in(in);
	done(done_arg);
}

static void
on_grace(evutil_socket_t fd, short what, void *arg)
{
	struct ww_mllp_in *in = arg;

	(void)fd;
	(void)what;
	while (in->open != NULL)
		ww_mllp_conn_kill(in->open);
}

static void
on_room(struct ww_mllp_guest *g)
{
	ww_mllp_turn_release((struct ww_mllp_in *)g);
}

ww_status
ww_mllp_in_open(struct ww_loop *l, struct ww_ctx *cx, const struct ww_mllp_in_settings *settings,
    struct ww_mllp_in **out)
{
	static const struct timeval second = { .tv_sec = 1 };
	struct ww_mllp_in *in = calloc(1, sizeof(*in));
	struct ww_accept_settings as;
	ww_status s;

	assert(settings->max_pending > 0 && settings->frame_timeout > 0 &&
	       settings->frame_deadline > 0 && settings->idle_timeout > 0 &&
	       (settings->tls == NULL || settings->handshake_timeout > 0));
	if (in == NULL)
		return ww_fail_memory(cx);
	in->guest.release = on_room;
	in->base = ww_loop_base(l);
	in->settings = *settings;
	in->room = settings->room;
	in->peers = ww_mllp_peers_new(settings->peer_rate);
	in->reap = evtimer_new(in->base, on_reap, in);
	in->sweep = event_new(in->base, -1, EV_PERSIST, on_sweep, in);
	in->grace = evtimer_new(in->base, on_grace, in);
	if (in->peers == NULL || in->reap == NULL || in->sweep == NULL || in->grace == NULL ||
	    event_add(in->sweep, &second) != 0) {
		s = ww_fail_memory(cx);
		goto free_all;
	}
	as = (struct ww_accept_settings){ .base = in->base,
		.address = settings->address,
		.queue = settings->accept_queue,
		.networks = settings->networks,
		.networks_n = settings->networks_n,
		.on_socket = take_socket,
		.on_outside = on_outside,
		.on_short = on_short,
		.arg = in };
	s = ww_accept_open(cx, &as, &in->accept);
	if (s != WW_OK)
		goto free_all;
	in->settings.address = ww_str_empty();
	ww_mllp_room_enter(in->room, &in->guest);
	ww_log(WW_LOG_INFO, "event=mllp-listening listener=%s tls=%s",
	    ww_accept_address(in->accept), in->settings.tls != NULL ? "yes" : "no");
	*out = in;
	return WW_OK;
free_all:
	free_in(in);
	return s;
}

unsigned
ww_mllp_in_port(const struct ww_mllp_in *in)
{
	return ww_accept_port(in->accept);
}

void
ww_mllp_in_pause(struct ww_mllp_in *in, bool paused)
{
	struct ww_mllp_conn *c;

	if (in->paused == paused || in->closing)
		return;
	in->paused = paused;
	ww_log(WW_LOG_WARN, "event=mllp-%s listener=%s", paused ? "paused" : "resumed",
	    ww_accept_address(in->accept));
	ww_accept_pause(in->accept, paused);
	for (c = in->open; c != NULL; c = ww_mllp_conn_next(c))
		ww_mllp_turn_refresh(c);
}

void
ww_mllp_in_close(struct ww_mllp_in *in, unsigned grace_ms, void (*done)(void *arg), void *arg)
{
	const struct timeval tv = { .tv_sec = (time_t)(grace_ms / 1000),
		.tv_usec = (suseconds_t)(grace_ms % 1000 * 1000) };
	struct ww_mllp_conn *c, *next;

	assert(!in->closing);
	in->closing = true;
	in->done = done;
	in->done_arg = arg;
	ww_accept_stop(in->accept);
	for (c = in->open; c != NULL; c = next) {
		next = ww_mllp_conn_next(c);
		ww_mllp_conn_finish(c);
	}
	event_add(in->grace, &tv);
	event_active(in->reap, EV_TIMEOUT, 0); /* done is called from the loop, never from here */
}

uint64_t
ww_mllp_in_turned_away(const struct ww_mllp_in *in)
{
	return in->troubles.of[WW_MLLP_TROUBLE_CROWD].times +
	       in->troubles.of[WW_MLLP_TROUBLE_PEER_CROWD].times;
}

void
ww_mllp_in_counts(
    const struct ww_mllp_in *in, uint64_t *connections, uint64_t *frames, uint64_t *noise)
{
	*connections = in->open_n;
	*frames = in->frames;
	*noise = in->noise;
}

void
ww_mllp_in_renew(struct ww_mllp_in *in, struct ww_tls *tls)
{
	assert(in->settings.tls != NULL && tls != NULL);
	in->settings.tls = tls;
}

void
ww_mllp_in_refused(const struct ww_mllp_in *in, uint64_t *outside, uint64_t *handshakes)
{
	*outside = in->troubles.of[WW_MLLP_TROUBLE_OUTSIDE].times;
	*handshakes = 0;
	for (size_t i = WW_MLLP_TROUBLE_HANDSHAKE_SLOW; i < WW_MLLP_TROUBLES; i++)
		*handshakes += in->troubles.of[i].times;
}
