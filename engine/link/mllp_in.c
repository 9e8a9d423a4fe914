/* The MLLP listener: accepts, counts, pauses and closes; mllp_conn.c has the connections. */
#include "link/mllp_in.h"

#include "base/network.h"
#include "link/address.h"
#include "link/loop.h"
#include "link/mllp_conn.h"
#include "link/mllp_peer.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Connections accepted before others have their turn: a storm of them must not keep the loop. */
#define ACCEPT_AT_ONCE 32U

int64_t
ww_mllp_in_clock(void)
{
	struct timespec ts = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
ww_mllp_in_trouble(struct ww_mllp_in *in, enum ww_mllp_trouble t, const char *peer)
{
	ww_mllp_trouble_add(&in->troubles, t, in->address, peer, ww_mllp_in_clock());
}

/* An answer is one small segment: it must not wait for the acknowledgement of the one before. Keepalive
 * finds peers that went away without a word; the system's default would take two hours. */
static void
set_options(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
#ifdef TCP_KEEPIDLE
		{ IPPROTO_TCP, TCP_KEEPIDLE, 60 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 15 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 4 },
#endif
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].name, &options[i].value,
		    sizeof(options[i].value));
}

/* Why one more connection of that peer is not taken; WW_MLLP_TROUBLES: it is. */
static enum ww_mllp_trouble
fault_of_crowd(const struct ww_mllp_in *in, const struct ww_mllp_peer *peer)
{
	if (peer == NULL)
		return WW_MLLP_TROUBLE_MEMORY;
	if (in->open_n >= in->settings.max_connections ||
	    in->room->connections >= in->room->most.connections)
		return WW_MLLP_TROUBLE_CROWD;
	if (ww_mllp_peer_connections(peer) > in->settings.peer_connections)
		return WW_MLLP_TROUBLE_PEER_CROWD;
	return WW_MLLP_TROUBLES;
}

static bool
is_outside(const struct ww_mllp_in *in, const char *address)
{
	for (size_t i = 0; i < in->settings.networks_n; i++)
		if (ww_network_has(&in->settings.networks[i], address))
			return false;
	return in->settings.networks_n > 0;
}

static void
take_socket(struct ww_mllp_in *in, int fd, const struct sockaddr *sa, socklen_t len)
{
	struct ww_mllp_peer *peer;
	enum ww_mllp_trouble t;
	char address[48];

	if (getnameinfo(sa, len, address, sizeof(address), NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(address, sizeof(address), "unknown");
	if (is_outside(in, address)) {
		ww_mllp_in_trouble(in, WW_MLLP_TROUBLE_OUTSIDE, address);
		close(fd);
		return;
	}
	peer = ww_mllp_peer_enter(in->peers, address);
	t = fault_of_crowd(in, peer);
	if (t == WW_MLLP_TROUBLES) {
		(void)evutil_make_socket_nonblocking(fd);
		(void)evutil_make_socket_closeonexec(fd);
		set_options(fd);
		ww_mllp_conn_new(in, fd, peer);
		return;
	}
	ww_mllp_in_trouble(in, t, address);
	if (peer != NULL)
		ww_mllp_peer_leave(in->peers, peer, ww_mllp_in_clock());
	close(fd);
}

/* Out of descriptors or memory: the connection stays in the queue and would wake us at once again. */
static void
accept_later(struct ww_mllp_in *in)
{
	static const struct timeval pause = { .tv_sec = 1 };

	ww_mllp_in_trouble(in, WW_MLLP_TROUBLE_ACCEPT, "none");
	event_del(in->listener);
	event_add(in->accept, &pause);
}

static void
on_accept(evutil_socket_t listening, short what, void *arg)
{
	struct ww_mllp_in *in = arg;
	unsigned n;

	(void)what;
	for (n = 0; n < ACCEPT_AT_ONCE; n++) {
		struct sockaddr_storage sa;
		socklen_t len = sizeof(sa);
		int fd = accept(listening, (struct sockaddr *)&sa, &len);

		if (fd >= 0)
			take_socket(in, fd, (const struct sockaddr *)&sa, len);
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return;
		else if (errno != EINTR && errno != ECONNABORTED) {
			accept_later(in);
			return;
		}
	}
}

static void
on_accept_again(evutil_socket_t fd, short what, void *arg)
{
	struct ww_mllp_in *in = arg;

	(void)fd;
	(void)what;
	if (!in->paused && in->listener != NULL)
		event_add(in->listener, NULL);
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
	ww_mllp_trouble_flush(&in->troubles, in->address, now, false);
}

static void
leave_room(struct ww_mllp_in *in)
{
	struct ww_mllp_in **at = &in->room->listeners;

	while (*at != NULL && *at != in)
		at = &(*at)->room_next;
	if (*at == in)
		*at = in->room_next;
}

static void
stop_listening(struct ww_mllp_in *in)
{
	if (in->listener != NULL)
		event_free(in->listener);
	in->listener = NULL;
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
}

static void
free_in(struct ww_mllp_in *in)
{
	stop_listening(in);
	if (in->reap != NULL)
		event_free(in->reap);
	if (in->accept != NULL)
		event_free(in->accept);
	if (in->sweep != NULL)
		event_free(in->sweep);
	if (in->grace != NULL)
		event_free(in->grace);
	leave_room(in);
	ww_mllp_peers_free(in->peers);
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
	ww_mllp_trouble_flush(&in->troubles, in->address, ww_mllp_in_clock(), true);
	ww_log(WW_LOG_INFO, "event=mllp-stopped listener=%s", in->address);
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

/* Binds and names what was bound; the socket is the caller's to close. */
static ww_status
bind_socket(struct ww_mllp_in *in, struct ww_ctx *cx, int *out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	const int on = 1;
	ww_str text = in->settings.address;
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);
	struct ww_address address;
	struct addrinfo *found;
	char host[48], port[8];
	ww_status s;
	int fd;

	if (!ww_address_split(text, &address) ||
	    getaddrinfo(address.host, address.port, &hints, &found) != 0)
		return ww_fail(cx, WW_E_CONFIG, NULL, "'%.*s' is not a numeric address and port",
		    text.n < 80 ? (int)text.n : 80, text.p);
	fd = socket(found->ai_family, SOCK_STREAM, 0);
	if (fd < 0) {
		s = ww_fail(cx, WW_E_IO, NULL, "cannot make a socket: %s", strerror(errno));
		goto free_found;
	}
	/* A restart must not wait for the connections of the process before. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	set_options(fd); /* inherited by what is accepted */
	if (evutil_make_socket_nonblocking(fd) != 0 || evutil_make_socket_closeonexec(fd) != 0 ||
	    bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
	    getsockname(fd, (struct sockaddr *)&bound, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&bound, len, host, sizeof(host), port, sizeof(port),
	        NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		s = ww_fail(cx, errno == EADDRINUSE ? WW_E_BUSY : WW_E_IO, NULL,
		    "cannot listen on %s port %s: %s", address.host, address.port, strerror(errno));
		goto close_fd;
	}
	snprintf(in->address, sizeof(in->address),
	    found->ai_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	in->port = (unsigned)strtoul(port, NULL, 10);
	freeaddrinfo(found);
	*out = fd;
	return WW_OK;
close_fd:
	close(fd);
free_found:
	freeaddrinfo(found);
	return s;
}

ww_status
ww_mllp_in_open(struct ww_loop *l, struct ww_ctx *cx, const struct ww_mllp_in_settings *settings,
    struct ww_mllp_in **out)
{
	static const struct timeval second = { .tv_sec = 1 };
	struct ww_mllp_in *in = calloc(1, sizeof(*in));
	ww_status s;

	assert(settings->max_pending > 0 && settings->frame_timeout > 0 &&
	       settings->frame_deadline > 0 && settings->idle_timeout > 0 &&
	       (settings->tls == NULL || settings->handshake_timeout > 0));
	if (in == NULL)
		return ww_fail_memory(cx);
	in->fd = -1;
	in->base = ww_loop_base(l);
	in->settings = *settings;
	in->room = settings->room;
	in->peers = ww_mllp_peers_new(settings->peer_rate);
	in->reap = evtimer_new(in->base, on_reap, in);
	in->accept = evtimer_new(in->base, on_accept_again, in);
	in->sweep = event_new(in->base, -1, EV_PERSIST, on_sweep, in);
	in->grace = evtimer_new(in->base, on_grace, in);
	if (in->peers == NULL || in->reap == NULL || in->accept == NULL || in->sweep == NULL ||
	    in->grace == NULL || event_add(in->sweep, &second) != 0) {
		s = ww_fail_memory(cx);
		goto free_all;
	}
	s = bind_socket(in, cx, &in->fd);
	if (s != WW_OK)
		goto free_all;
	if (listen(in->fd, (int)settings->accept_queue) != 0) {
		s = ww_fail(cx, errno == EADDRINUSE ? WW_E_BUSY : WW_E_IO, NULL,
		    "cannot listen on %s: %s", in->address, strerror(errno));
		goto free_all;
	}
	in->listener = event_new(in->base, in->fd, EV_READ | EV_PERSIST, on_accept, in);
	if (in->listener == NULL || event_add(in->listener, NULL) != 0) {
		s = ww_fail_memory(cx);
		goto free_all;
	}
	in->settings.address = ww_str_empty();
	in->room_next = in->room->listeners;
	in->room->listeners = in;
	ww_log(WW_LOG_INFO, "event=mllp-listening listener=%s tls=%s", in->address,
	    in->settings.tls != NULL ? "yes" : "no");
	*out = in;
	return WW_OK;
free_all:
	free_in(in);
	return s;
}

unsigned
ww_mllp_in_port(const struct ww_mllp_in *in)
{
	return in->port;
}

void
ww_mllp_in_pause(struct ww_mllp_in *in, bool paused)
{
	struct ww_mllp_conn *c;

	if (in->paused == paused || in->closing)
		return;
	in->paused = paused;
	ww_log(
	    WW_LOG_WARN, "event=mllp-%s listener=%s", paused ? "paused" : "resumed", in->address);
	if (paused)
		event_del(in->listener);
	else
		event_add(in->listener, NULL);
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
	stop_listening(in);
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
