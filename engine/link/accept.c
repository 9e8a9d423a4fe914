/* Accepts connections for whoever speaks a protocol on them. */
#include "link/accept.h"

#include "base/network.h"
#include "link/address.h"

#include <wardwire/ctx.h>

#include <errno.h>
#include <event2/event.h>
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

struct ww_accept {
	struct ww_accept_settings set;
	int fd;                 /* -1: stopped */
	struct event *listener; /* pending while we accept; NULL: stopped */
	struct event *again;    /* goes on after the system was short of sockets */
	bool paused;
	char address[64];
	unsigned port;
};

int64_t
ww_accept_clock(void)
{
	struct timespec ts = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
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

static bool
is_outside(const struct ww_accept *a, const char *address)
{
	for (size_t i = 0; i < a->set.networks_n; i++)
		if (ww_network_has(&a->set.networks[i], address))
			return false;
	return a->set.networks_n > 0;
}

static void
take_socket(struct ww_accept *a, int fd, const struct sockaddr *sa, socklen_t len)
{
	char address[48];

	if (getnameinfo(sa, len, address, sizeof(address), NULL, 0, NI_NUMERICHOST) != 0)
		snprintf(address, sizeof(address), "unknown");
	if (is_outside(a, address)) {
		close(fd);
		a->set.on_outside(a->set.arg, address);
		return;
	}
	(void)evutil_make_socket_nonblocking(fd);
	(void)evutil_make_socket_closeonexec(fd);
	set_options(fd);
	a->set.on_socket(a->set.arg, fd, address);
}

/* Out of descriptors or memory: the connection stays in the queue and would wake us at once again. */
static void
accept_later(struct ww_accept *a)
{
	static const struct timeval pause = { .tv_sec = 1 };

	a->set.on_short(a->set.arg);
	event_del(a->listener);
	event_add(a->again, &pause);
}

static void
on_accept(evutil_socket_t listening, short what, void *arg)
{
	struct ww_accept *a = arg;
	unsigned n;

	(void)what;
	for (n = 0; n < ACCEPT_AT_ONCE; n++) {
		struct sockaddr_storage sa;
		socklen_t len = sizeof(sa);
		int fd = accept(listening, (struct sockaddr *)&sa, &len);

		if (fd >= 0)
			take_socket(a, fd, (const struct sockaddr *)&sa, len);
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return;
		else if (errno != EINTR && errno != ECONNABORTED) {
			accept_later(a);
			return;
		}
	}
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct ww_accept *a = arg;

	(void)fd;
	(void)what;
	if (!a->paused && a->listener != NULL)
		event_add(a->listener, NULL);
}

/* Binds and names what was bound. */
static ww_status
bind_socket(struct ww_accept *a, struct ww_ctx *cx)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	const int on = 1;
	ww_str text = a->set.address;
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);
	struct ww_address address;
	struct addrinfo *found;
	char host[48], port[8];
	ww_status s = WW_OK;

	if (!ww_address_split(text, &address) ||
	    getaddrinfo(address.host, address.port, &hints, &found) != 0)
		return ww_fail(cx, WW_E_CONFIG, NULL, "'%.*s' is not a numeric address and port",
		    text.n < 80 ? (int)text.n : 80, text.p);
	a->fd = socket(found->ai_family, SOCK_STREAM, 0);
	if (a->fd < 0) {
		s = ww_fail(cx, WW_E_IO, NULL, "cannot make a socket: %s", strerror(errno));
		goto free_found;
	}
	/* A restart must not wait for the connections of the process before. */
	(void)setsockopt(a->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	set_options(a->fd); /* inherited by what is accepted */
	if (evutil_make_socket_nonblocking(a->fd) != 0 ||
	    evutil_make_socket_closeonexec(a->fd) != 0 ||
	    bind(a->fd, found->ai_addr, found->ai_addrlen) != 0 ||
	    getsockname(a->fd, (struct sockaddr *)&bound, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&bound, len, host, sizeof(host), port, sizeof(port),
	        NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		s = ww_fail(cx, errno == EADDRINUSE ? WW_E_BUSY : WW_E_IO, NULL,
		    "cannot listen on %s port %s: %s", address.host, address.port, strerror(errno));
		goto free_found;
	}
	snprintf(a->address, sizeof(a->address), found->ai_family == AF_INET6 ? "[%s]:%s" : "%s:%s",
	    host, port);
	a->port = (unsigned)strtoul(port, NULL, 10);
free_found:
	freeaddrinfo(found);
	return s;
}

ww_status
ww_accept_open(struct ww_ctx *cx, const struct ww_accept_settings *s, struct ww_accept **out)
{
	struct ww_accept *a = calloc(1, sizeof(*a));
	ww_status st;

	if (a == NULL)
		return ww_fail_memory(cx);
	a->set = *s;
	a->fd = -1;
	a->again = evtimer_new(s->base, on_again, a);
	st = a->again != NULL ? bind_socket(a, cx) : ww_fail_memory(cx);
	if (st != WW_OK)
		goto free_all;
	if (listen(a->fd, (int)s->queue) != 0) {
		st = ww_fail(cx, errno == EADDRINUSE ? WW_E_BUSY : WW_E_IO, NULL,
		    "cannot listen on %s: %s", a->address, strerror(errno));
		goto free_all;
	}
	a->listener = event_new(s->base, a->fd, EV_READ | EV_PERSIST, on_accept, a);
	if (a->listener == NULL || event_add(a->listener, NULL) != 0) {
		st = ww_fail_memory(cx);
		goto free_all;
	}
	a->set.address = ww_str_empty();
	*out = a;
	return WW_OK;
free_all:
	ww_accept_free(a);
	return st;
}

const char *
ww_accept_address(const struct ww_accept *a)
{
	return a->address;
}

unsigned
ww_accept_port(const struct ww_accept *a)
{
	return a->port;
}

void
ww_accept_pause(struct ww_accept *a, bool paused)
{
	a->paused = paused;
	if (a->listener == NULL)
		return;
	if (paused)
		event_del(a->listener);
	else
		event_add(a->listener, NULL);
}

void
ww_accept_stop(struct ww_accept *a)
{
	if (a->listener != NULL)
		event_free(a->listener);
	a->listener = NULL;
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

void
ww_accept_free(struct ww_accept *a)
{
	if (a == NULL)
		return;
	ww_accept_stop(a);
	if (a->again != NULL)
		event_free(a->again);
	free(a);
}
