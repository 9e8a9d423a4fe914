/* The HTTP server: accepts, counts, watches the time and closes; http_conn.c has the connections. */
#include "link/http_in.h"

#include "link/accept.h"
#include "link/http_conn.h"
#include "link/loop.h"
#include "link/mllp_peer.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static void
note(struct ww_http_server *s, enum ww_mllp_trouble t, const char *peer)
{
	ww_mllp_trouble_add(&s->troubles, t, ww_accept_address(s->accept), peer, ww_accept_clock());
}

void
ww_http_server_trouble(
    struct ww_http_server *s, enum ww_mllp_trouble t, const struct ww_mllp_peer *peer)
{
	note(s, t, ww_mllp_peer_address(peer));
}

static void
on_socket(void *arg, int fd, const char *address)
{
	struct ww_http_server *s = arg;
	struct ww_mllp_peer *peer = ww_mllp_peer_enter(s->peers, address);
	enum ww_mllp_trouble t = ww_mllp_guest_fault(
	    s->room, peer, s->open_n, s->settings.max_connections, s->settings.peer_connections);

	if (t == WW_MLLP_TROUBLES) {
		ww_http_conn_new(s, fd, peer);
		return;
	}
	note(s, t, address);
	if (peer != NULL)
		ww_mllp_peer_leave(s->peers, peer, ww_accept_clock());
	close(fd);
}

static void
on_outside(void *arg, const char *peer)
{
	note(arg, WW_MLLP_TROUBLE_OUTSIDE, peer);
}

static void
on_short(void *arg)
{
	note(arg, WW_MLLP_TROUBLE_ACCEPT, "none");
}

/* Times are looked at once a second: no request costs a timer. */
static void
on_sweep(evutil_socket_t fd, short what, void *arg)
{
	struct ww_http_server *s = arg;
	int64_t now = ww_accept_clock();
	struct ww_http_conn *c, *next;

	(void)fd;
	(void)what;
	for (c = s->open; c != NULL; c = next) {
		next = c->next;
		if (c->phase != WW_HTTP_IN_WORKS && c->since == 0 && c->due <= now)
			ww_http_conn_overdue(c);
	}
	(void)ww_mllp_peers_sweep(s->peers, now);
	ww_mllp_trouble_flush(&s->troubles, ww_accept_address(s->accept), now, false);
}

static void
on_room(struct ww_mllp_guest *g)
{
	struct ww_http_server *s = (struct ww_http_server *)g;
	struct ww_http_conn *c, *next;

	for (c = s->open; c != NULL && s->room->held > 0; c = next) {
		next = c->next;
		ww_http_conn_release(c);
	}
}

static void
free_server(struct ww_http_server *s)
{
	if (s->reap != NULL)
		event_free(s->reap);
	if (s->sweep != NULL)
		event_free(s->sweep);
	if (s->grace != NULL)
		event_free(s->grace);
	ww_mllp_room_leave(s->room, &s->guest);
	ww_mllp_peers_free(s->peers);
	ww_accept_free(s->accept);
	free(s);
}

static void
on_reap(evutil_socket_t fd, short what, void *arg)
{
	struct ww_http_server *s = arg;
	void (*done)(void *arg) = s->done;
	void *done_arg = s->done_arg;

	(void)fd;
	(void)what;
	ww_http_conn_reap(s);
	if (!s->closing || s->open != NULL)
		return;
	ww_mllp_trouble_flush(&s->troubles, ww_accept_address(s->accept), ww_accept_clock(), true);
	ww_log(WW_LOG_INFO, "event=http-stopped listener=%s", ww_accept_address(s->accept));
	free_server(s);
	done(done_arg);
}

static void
on_grace(evutil_socket_t fd, short what, void *arg)
{
	struct ww_http_server *s = arg;

	(void)fd;
	(void)what;
	while (s->open != NULL)
		ww_http_conn_kill(s->open);
}

ww_status
ww_http_server_open(struct ww_loop *l, struct ww_ctx *cx,
    const struct ww_http_server_settings *settings, struct ww_http_server **out)
{
	static const struct timeval second = { .tv_sec = 1 };
	struct ww_http_server *s = calloc(1, sizeof(*s));
	struct ww_accept_settings as;
	ww_status st;

	assert(settings->head_deadline > 0 && settings->body_deadline > 0 &&
	       settings->idle_timeout > 0 && settings->write_timeout > 0 &&
	       (settings->tls == NULL || settings->handshake_timeout > 0));
	if (s == NULL)
		return ww_fail_memory(cx);
	s->guest.release = on_room;
	s->base = ww_loop_base(l);
	s->settings = *settings;
	s->room = settings->room;
	s->troubles.protocol = "http";
	s->peers = ww_mllp_peers_new(1);
	s->reap = evtimer_new(s->base, on_reap, s);
	s->sweep = event_new(s->base, -1, EV_PERSIST, on_sweep, s);
	s->grace = evtimer_new(s->base, on_grace, s);
	if (s->peers == NULL || s->reap == NULL || s->sweep == NULL || s->grace == NULL ||
	    event_add(s->sweep, &second) != 0) {
		st = ww_fail_memory(cx);
		goto free_all;
	}
	as = (struct ww_accept_settings){ .base = s->base,
		.address = settings->address,
		.queue = settings->accept_queue,
		.networks = settings->networks,
		.networks_n = settings->networks_n,
		.on_socket = on_socket,
		.on_outside = on_outside,
		.on_short = on_short,
		.arg = s };
	st = ww_accept_open(cx, &as, &s->accept);
	if (st != WW_OK)
		goto free_all;
	s->settings.address = ww_str_empty();
	ww_mllp_room_enter(s->room, &s->guest);
	ww_log(WW_LOG_INFO, "event=http-listening listener=%s tls=%s", ww_accept_address(s->accept),
	    s->settings.tls != NULL ? "yes" : "no");
	*out = s;
	return WW_OK;
free_all:
	free_server(s);
	return st;
}

unsigned
ww_http_server_port(const struct ww_http_server *s)
{
	return ww_accept_port(s->accept);
}

void
ww_http_server_renew(struct ww_http_server *s, struct ww_tls *tls)
{
	assert(s->settings.tls != NULL && tls != NULL);
	s->settings.tls = tls;
}

void
ww_http_server_close(
    struct ww_http_server *s, unsigned grace_ms, void (*done)(void *arg), void *arg)
{
	const struct timeval tv = { .tv_sec = (time_t)(grace_ms / 1000),
		.tv_usec = (suseconds_t)(grace_ms % 1000 * 1000) };
	struct ww_http_conn *c, *next;

	assert(!s->closing);
	s->closing = true;
	s->done = done;
	s->done_arg = arg;
	ww_accept_stop(s->accept);
	for (c = s->open; c != NULL; c = next) {
		next = c->next;
		ww_http_conn_finish(c);
	}
	event_add(s->grace, &tv);
	event_active(s->reap, EV_TIMEOUT, 0); /* done is called from the loop, never from here */
}

void
ww_http_server_count(const struct ww_http_server *s, struct ww_http_server_counts *out)
{
	*out = (struct ww_http_server_counts){ .connections = s->open_n,
		.calls = s->calls,
		.bad = s->bad,
		.turned_away = s->troubles.of[WW_MLLP_TROUBLE_CROWD].times +
		               s->troubles.of[WW_MLLP_TROUBLE_PEER_CROWD].times,
		.outside = s->troubles.of[WW_MLLP_TROUBLE_OUTSIDE].times };
	for (size_t i = WW_MLLP_TROUBLE_HANDSHAKE_SLOW; i < WW_MLLP_TROUBLES; i++)
		out->handshakes += s->troubles.of[i].times;
}
