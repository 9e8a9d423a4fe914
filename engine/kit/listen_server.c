/* Connections of `wardwire-kit listen`, each a bufferevent; late answers are timers that a closed connection drops. */
#include "kit/listen_server.h"

#include "codec/mllp.h"
#include "kit/listening.h"
#include "link/address.h"
#include "link/loop.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct conn;

/* An answer that waits for its time. */
struct late {
	struct late *next, **link;
	struct conn *conn;
	struct event *timer;
	struct ww_buf bytes;
	bool close;
};

struct conn {
	struct conn *next, **link;
	struct ww_listen_server *sv;
	struct bufferevent *bev;
	struct ww_mllp codec;
	struct late *late;
	uint64_t number;
	bool finishing; /* is closed when all is written */
	char peer[80];
};

struct ww_listen_server {
	struct ww_listen_settings settings; /* but its address, which stays the caller's */
	struct event_base *base;
	struct evconnlistener *listener;
	struct conn *conns;
	uint64_t count; /* of connections so far */
};

/* -- the end of things ------------------------------------------------------------------------------ */

static void
free_late(struct late *l)
{
	*l->link = l->next;
	if (l->next != NULL)
		l->next->link = l->link;
	if (l->timer != NULL)
		event_free(l->timer);
	ww_buf_free(&l->bytes);
	free(l);
}

static void
free_conn(struct conn *c)
{
	while (c->late != NULL)
		free_late(c->late);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	bufferevent_free(c->bev);
	ww_mllp_free(&c->codec);
	free(c);
}

static bool
has_written(const struct conn *c)
{
	return c->late == NULL && evbuffer_get_length(bufferevent_get_output(c->bev)) == 0;
}

static void
tell_when_quiet(struct ww_listen_server *sv)
{
	const struct conn *c;

	for (c = sv->conns; c != NULL; c = c->next)
		if (!has_written(c))
			return;
	sv->settings.on_quiet(sv->settings.arg);
}

/* Closing a socket with bytes unread makes the system send a reset, which can overtake what was written. */
static void
discard_unread(struct conn *c)
{
	char bytes[4096];

	while (recv(bufferevent_getfd(c->bev), bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

/* Closes the connection if it has come to its end. */
static void
settle(struct conn *c)
{
	struct ww_listen_server *sv = c->sv;

	if (c->finishing && evbuffer_get_length(bufferevent_get_output(c->bev)) == 0) {
		discard_unread(c);
		free_conn(c);
	}
	tell_when_quiet(sv);
}

/* -- answers ---------------------------------------------------------------------------------------- */

static void
write_bytes(struct conn *c, ww_str bytes, bool close)
{
	if (bytes.n > 0)
		(void)bufferevent_write(c->bev, bytes.p, bytes.n);
	if (!close)
		return;
	c->finishing = true;
	(void)bufferevent_disable(c->bev, EV_READ);
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct late *l = arg;
	struct conn *c = l->conn;

	(void)fd, (void)what;
	write_bytes(c, ww_buf_view(&l->bytes), l->close);
	free_late(l);
	settle(c);
}

/* Short of memory the answer is lost; a test that waits for it says so. */
static void
write_later(struct conn *c, const struct ww_listen_reply *r)
{
	const struct timeval wait = { (time_t)(r->wait / 1000),
		(suseconds_t)(r->wait % 1000 * 1000) };
	struct late *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return;
	l->conn = c;
	l->close = r->close;
	l->next = c->late;
	l->link = &c->late;
	if (l->next != NULL)
		l->next->link = &l->next;
	c->late = l;
	ww_buf_str_add(&l->bytes, r->later);
	l->timer = evtimer_new(c->sv->base, on_time, l);
	if (l->bytes.error != WW_OK || l->timer == NULL || evtimer_add(l->timer, &wait) != 0)
		free_late(l);
}

static void
take_frame(struct conn *c, ww_str frame)
{
	struct ww_listen_reply r = { .now = ww_str_empty(), .later = ww_str_empty() };

	c->sv->settings.on_frame(c->sv->settings.arg, frame, c->number, c->peer, &r);
	write_bytes(c, r.now, false);
	if (r.wait == 0)
		write_bytes(c, r.later, r.close);
	else
		write_later(c, &r);
}

/* -- what comes in ---------------------------------------------------------------------------------- */

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;
	struct evbuffer *input = bufferevent_get_input(bev);
	enum ww_mllp_event e = WW_MLLP_FRAME;
	ww_str frame, in = ww_str_of(evbuffer_pullup(input, -1), evbuffer_get_length(input));
	size_t n = in.n;

	while (!c->finishing && e == WW_MLLP_FRAME) {
		e = ww_mllp_feed(&c->codec, &in, &frame);
		if (e == WW_MLLP_FRAME && frame.n > 0)
			take_frame(c, frame);
	}
	(void)evbuffer_drain(input, n);
	if (e != WW_MLLP_FRAME && e != WW_MLLP_MORE)
		write_bytes(c, ww_str_empty(), true); /* noise, or short of memory */
	settle(c);
}

static void
on_written(struct bufferevent *bev, void *arg)
{
	(void)bev;
	settle(arg);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;
	struct ww_listen_server *sv = c->sv;

	(void)bev;
	if ((what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) == 0)
		return;
	free_conn(c);
	tell_when_quiet(sv);
}

static void
on_accept(
    struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int len, void *arg)
{
	struct ww_listen_server *sv = arg;
	struct conn *c = calloc(1, sizeof(*c));
	char host[64] = "?", port[8] = "?";
	const int on = 1;

	(void)listener;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (c != NULL)
		c->bev = bufferevent_socket_new(sv->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c == NULL || c->bev == NULL) {
		evutil_closesocket(fd);
		free(c);
		return;
	}
	(void)getnameinfo(from, (socklen_t)len, host, sizeof(host), port, sizeof(port),
	    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(c->peer, sizeof(c->peer), from->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
	    port);
	c->sv = sv;
	c->number = ++sv->count;
	c->next = sv->conns;
	c->link = &sv->conns;
	if (c->next != NULL)
		c->next->link = &c->next;
	sv->conns = c;
	ww_mllp_start(&c->codec, 0);
	bufferevent_setcb(c->bev, on_read, on_written, on_event, c);
	(void)bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

/* -- start and end ---------------------------------------------------------------------------------- */

ww_status
ww_listen_server_open(struct ww_loop *l, struct ww_ctx *cx, const struct ww_listen_settings *s,
    struct ww_listen_server **out)
{
	struct ww_listen_server *sv = calloc(1, sizeof(*sv));
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *a;

	if (sv == NULL)
		return ww_fail_memory(cx);
	sv->settings = *s;
	sv->base = ww_loop_base(l);
	if (getaddrinfo(s->where->host, s->where->port, &hints, &a) == 0) {
		sv->listener = evconnlistener_new_bind(sv->base, on_accept, sv,
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, -1,
		    a->ai_addr, (int)a->ai_addrlen);
		freeaddrinfo(a);
	}
	if (sv->listener == NULL) {
		free(sv);
		return ww_fail(cx, WW_E_CONNECT, NULL, "cannot listen on %s port %s: %s",
		    s->where->host, s->where->port, strerror(errno));
	}
	*out = sv;
	return WW_OK;
}

void
ww_listen_server_close(struct ww_listen_server *sv)
{
	if (sv == NULL)
		return;
	evconnlistener_free(sv->listener);
	while (sv->conns != NULL)
		free_conn(sv->conns);
	free(sv);
}

unsigned
ww_listen_server_port(const struct ww_listen_server *sv)
{
	return ww_listening_port(evconnlistener_get_fd(sv->listener));
}
