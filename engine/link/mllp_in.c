/* The MLLP listener: accepts, counts, pauses and closes; mllp_conn.c has the connections. */
#include "link/mllp_in.h"

#include "link/address.h"
#include "link/loop.h"
#include "link/mllp_conn.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
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

#define BACKLOG 511
#define LOG_EVERY INT64_C(60000) /* ms between two lines on the same trouble */

static const char *const trouble_names[WW_MLLP_TROUBLES] = {
	[WW_MLLP_TROUBLE_NOISE] = "noise-outside-frames",
	[WW_MLLP_TROUBLE_TOO_BIG] = "frame-too-big",
	[WW_MLLP_TROUBLE_SLOW] = "frame-not-ended",
	[WW_MLLP_TROUBLE_UNREAD] = "answers-not-read",
	[WW_MLLP_TROUBLE_CROWD] = "too-many-connections",
	[WW_MLLP_TROUBLE_ACCEPT] = "no-more-sockets",
	[WW_MLLP_TROUBLE_MEMORY] = "short-of-memory",
	[WW_MLLP_TROUBLE_ANSWER] = "answer-not-framable",
};

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
	int64_t now = ww_mllp_in_clock();

	in->troubles[t].unsaid++;
	if (in->troubles[t].said != 0 && now - in->troubles[t].said < LOG_EVERY)
		return;
	ww_log(WW_LOG_WARN, "event=mllp-closed listener=%s peer=%s why=%s times=%" PRIu64,
	    in->address, peer, trouble_names[t], in->troubles[t].unsaid);
	in->troubles[t].said = now;
	in->troubles[t].unsaid = 0;
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

static void
on_accept(
    struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *sa, int len, void *arg)
{
	struct ww_mllp_in *in = arg;
	char peer[48];

	(void)listener;
	if (getnameinfo(sa, (socklen_t)len, peer, sizeof(peer), NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(peer, sizeof(peer), "unknown");
	if (in->open_n >= in->settings.max_connections) {
		ww_mllp_in_trouble(in, WW_MLLP_TROUBLE_CROWD, peer);
		close(fd);
		return;
	}
	set_options(fd);
	ww_mllp_conn_new(in, fd, peer);
}

/* Out of descriptors or memory: the connection stays in the queue and would wake us at once again. */
static void
on_accept_error(struct evconnlistener *listener, void *arg)
{
	static const struct timeval pause = { .tv_sec = 1 };
	struct ww_mllp_in *in = arg;

	ww_mllp_in_trouble(in, WW_MLLP_TROUBLE_ACCEPT, "none");
	evconnlistener_disable(listener);
	event_add(in->accept, &pause);
}

static void
on_accept_again(evutil_socket_t fd, short what, void *arg)
{
	struct ww_mllp_in *in = arg;

	(void)fd;
	(void)what;
	if (!in->paused && in->listener != NULL)
		evconnlistener_enable(in->listener);
}

static void
free_in(struct ww_mllp_in *in)
{
	if (in->listener != NULL)
		evconnlistener_free(in->listener);
	if (in->reap != NULL)
		event_free(in->reap);
	if (in->accept != NULL)
		event_free(in->accept);
	if (in->grace != NULL)
		event_free(in->grace);
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
	struct ww_mllp_in *in = calloc(1, sizeof(*in));
	ww_status s;
	int fd;

	assert(settings->max_pending > 0 && settings->frame_timeout > 0);
	if (in == NULL)
		return ww_fail_memory(cx);
	in->base = ww_loop_base(l);
	in->settings = *settings;
	in->reap = evtimer_new(in->base, on_reap, in);
	in->accept = evtimer_new(in->base, on_accept_again, in);
	in->grace = evtimer_new(in->base, on_grace, in);
	if (in->reap == NULL || in->accept == NULL || in->grace == NULL) {
		s = ww_fail_memory(cx);
		goto free_all;
	}
	s = bind_socket(in, cx, &fd);
	if (s != WW_OK)
		goto free_all;
	in->listener = evconnlistener_new(
	    in->base, on_accept, in, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG, fd);
	if (in->listener == NULL) {
		s = ww_fail(cx, errno == EADDRINUSE ? WW_E_BUSY : WW_E_IO, NULL,
		    "cannot listen on %s: %s", in->address, strerror(errno));
		close(fd);
		goto free_all;
	}
	evconnlistener_set_error_cb(in->listener, on_accept_error);
	in->settings.address = ww_str_empty();
	ww_log(WW_LOG_INFO, "event=mllp-listening listener=%s", in->address);
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
		evconnlistener_disable(in->listener);
	else
		evconnlistener_enable(in->listener);
	for (c = in->open; c != NULL; c = ww_mllp_conn_next(c))
		ww_mllp_conn_refresh(c);
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
	evconnlistener_free(in->listener);
	in->listener = NULL;
	for (c = in->open; c != NULL; c = next) {
		next = ww_mllp_conn_next(c);
		ww_mllp_conn_finish(c);
	}
	event_add(in->grace, &tv);
	event_active(in->reap, EV_TIMEOUT, 0); /* done is called from the loop, never from here */
}

void
ww_mllp_in_counts(
    const struct ww_mllp_in *in, uint64_t *connections, uint64_t *frames, uint64_t *noise)
{
	*connections = in->open_n;
	*frames = in->frames;
	*noise = in->noise;
}
