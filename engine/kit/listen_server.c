/* Connections of `wardwire-kit listen`, plain or TLS: sockets that do not block, read and written whenever they can be;
 * late answers are timers that a closed connection drops. */
#include "kit/listen_server.h"

#include "codec/mllp.h"
#include "kit/listening.h"
#include "link/address.h"
#include "link/loop.h"
#include "link/tls.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Pieces that one connection may read before others have their turn. */
enum { READS_AT_ONCE = 64 };

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
	int fd;
	struct ww_tls_conn *tls; /* NULL: plain */
	struct event *readable, *writable;
	struct ww_mllp codec;
	struct ww_buf out; /* not written yet */
	struct late *late;
	uint64_t number;
	bool shaken;    /* the TLS session is there, or none is needed */
	bool finishing; /* is closed when all is written */
	bool broken;    /* is closed as soon as nothing of it is on the stack */
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
	if (c->readable != NULL)
		event_free(c->readable);
	if (c->writable != NULL)
		event_free(c->writable);
	ww_tls_conn_free(c->tls);
	(void)close(c->fd);
	ww_mllp_free(&c->codec);
	ww_buf_free(&c->out);
	free(c);
}

static bool
has_written(const struct conn *c)
{
	return c->late == NULL && c->out.n == 0;
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
discard_unread(const struct conn *c)
{
	char bytes[4096];

	while (recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
}

/* -- bytes in and out ----------------------------------------------------------------------------------- */

/* What a call on a plain socket came to, in the words of TLS. */
static enum ww_tls_end
end_of(ssize_t n, enum ww_tls_end want)
{
	if (n > 0)
		return WW_TLS_DONE;
	if (n == 0)
		return WW_TLS_EOF;
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? want : WW_TLS_FAILED;
}

static enum ww_tls_end
get_bytes(struct conn *c, char *p, size_t n, size_t *got)
{
	ssize_t k;

	if (c->tls != NULL)
		return ww_tls_read(c->tls, p, n, got);
	k = recv(c->fd, p, n, 0);
	*got = k > 0 ? (size_t)k : 0;
	return end_of(k, WW_TLS_WANT_READ);
}

static enum ww_tls_end
put_bytes(struct conn *c, ww_str bytes, size_t *put)
{
	ssize_t k;

	if (c->tls != NULL)
		return ww_tls_write(c->tls, bytes.p, bytes.n, put);
	k = send(c->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
	*put = k > 0 ? (size_t)k : 0;
	return end_of(k, WW_TLS_WANT_WRITE);
}

static void
note_end(struct conn *c, enum ww_tls_end end)
{
	if (end == WW_TLS_WANT_WRITE)
		(void)event_add(c->writable, NULL);
	if (end == WW_TLS_EOF || end == WW_TLS_FAILED)
		c->broken = true;
}

static void
write_out(struct conn *c)
{
	enum ww_tls_end end = WW_TLS_DONE;

	while (c->shaken && !c->broken && c->out.n > 0 && end == WW_TLS_DONE) {
		size_t put = 0;

		end = put_bytes(c, ww_buf_view(&c->out), &put);
		if (end == WW_TLS_DONE)
			ww_buf_consume(&c->out, put);
		note_end(c, end);
	}
}

/* -- answers ---------------------------------------------------------------------------------------- */

/* Short of memory an answer is lost; a test that waits for it says so. */
static void
add_bytes(struct conn *c, ww_str bytes, bool close)
{
	ww_buf_str_add(&c->out, bytes);
	c->broken = c->broken || c->out.error != WW_OK;
	c->finishing = c->finishing || close;
}

/* Writes what can be written, and closes the connection if it has come to its end. */
static void
settle(struct conn *c)
{
	struct ww_listen_server *sv = c->sv;

	write_out(c);
	if (c->broken || (c->finishing && c->out.n == 0)) {
		if (c->tls != NULL && !c->broken)
			ww_tls_finish(c->tls);
		discard_unread(c);
		free_conn(c);
	}
	tell_when_quiet(sv);
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct late *l = arg;
	struct conn *c = l->conn;

	(void)fd, (void)what;
	add_bytes(c, ww_buf_view(&l->bytes), l->close);
	free_late(l);
	settle(c);
}

static void
add_later(struct conn *c, const struct ww_listen_reply *r)
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
	add_bytes(c, r.now, false);
	if (r.wait == 0)
		add_bytes(c, r.later, r.close);
	else
		add_later(c, &r);
}

/* -- what comes in ---------------------------------------------------------------------------------- */

static void
take_bytes(struct conn *c, ww_str in)
{
	enum ww_mllp_event e = WW_MLLP_FRAME;
	ww_str frame;

	while (!c->finishing && e == WW_MLLP_FRAME) {
		e = ww_mllp_feed(&c->codec, &in, &frame);
		if (e == WW_MLLP_FRAME && frame.n > 0)
			take_frame(c, frame);
	}
	if (e != WW_MLLP_FRAME && e != WW_MLLP_MORE)
		c->finishing = true; /* noise, or short of memory */
}

static void
read_in(struct conn *c)
{
	enum ww_tls_end end = WW_TLS_DONE;
	char bytes[16384];
	unsigned reads;

	for (reads = 0; reads < READS_AT_ONCE && !c->finishing && end == WW_TLS_DONE; reads++) {
		size_t got = 0;

		end = get_bytes(c, bytes, sizeof(bytes), &got);
		if (end == WW_TLS_DONE)
			take_bytes(c, ww_str_of(bytes, got));
		note_end(c, end);
	}
	if (end == WW_TLS_DONE)
		event_active(c->readable, EV_READ, 0); /* TLS may hold more than the socket shows */
}

/* The TLS session before anything else. */
static void
shake(struct conn *c)
{
	enum ww_tls_end end = WW_TLS_DONE;

	if (c->tls != NULL)
		end = ww_tls_handshake(c->tls);
	c->shaken = end == WW_TLS_DONE;
	note_end(c, end);
	if (end == WW_TLS_FAILED)
		ww_log(WW_LOG_WARN, "connection=%llu tls=%s", (unsigned long long)c->number,
		    ww_tls_fault_name(ww_tls_conn_fault(c->tls)));
}

static void
on_ready(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd, (void)what;
	if (!c->shaken)
		shake(c);
	if (c->shaken && !c->finishing)
		read_in(c);
	settle(c);
}

static void
name_peer(struct conn *c, const struct sockaddr *from, int len)
{
	char host[64] = "?", port[8] = "?";

	(void)getnameinfo(from, (socklen_t)len, host, sizeof(host), port, sizeof(port),
	    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(c->peer, sizeof(c->peer), from->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
	    port);
}

/* Accepted sockets do not block: evconnlistener sees to that. */
static void
on_accept(
    struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int len, void *arg)
{
	struct ww_listen_server *sv = arg;
	struct conn *c = calloc(1, sizeof(*c));
	const int on = 1;

	(void)listener;
	if (c == NULL) {
		(void)close(fd);
		return;
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	name_peer(c, from, len);
	c->sv = sv;
	c->fd = fd;
	c->number = ++sv->count;
	c->next = sv->conns;
	c->link = &sv->conns;
	if (c->next != NULL)
		c->next->link = &c->next;
	sv->conns = c;
	ww_mllp_start(&c->codec, 0);
	if (sv->settings.tls != NULL)
		c->tls = ww_tls_conn_new(sv->settings.tls, fd, NULL);
	c->readable = event_new(sv->base, fd, EV_READ | EV_PERSIST, on_ready, c);
	c->writable = event_new(sv->base, fd, EV_WRITE, on_ready, c);
	if ((sv->settings.tls != NULL && c->tls == NULL) || c->readable == NULL ||
	    c->writable == NULL || event_add(c->readable, NULL) != 0)
		free_conn(c);
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
