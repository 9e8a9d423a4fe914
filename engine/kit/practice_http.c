/* HTTP on the loopback around the practice's logic. */
#include "kit/practice_http.h"

#include "kit/listening.h"
#include "kit/practice.h"
#include "link/address.h"
#include "link/loop.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BODY_MOST (16 << 20)
#define HEADERS_MOST (64 << 10)
#define IDLE_SECONDS 60

struct ww_practice_http {
	struct ww_loop *loop;
	struct evhttp *http;
	struct ww_practice *practice;
	struct ww_ctx cx; /* of the request at hand */
	struct delayed *delayed;
	unsigned delay; /* ms */
	unsigned port;
	char base[320];
};

/* An answer that is held back. */
struct delayed {
	struct delayed *next, **link; /* list of the server */
	struct evhttp_request *rq;    /* NULL: the connection was closed meanwhile */
	struct event *timer;
	int status;
};

/* -- answers ---------------------------------------------------------------------------------------- */

static void
drop_delayed(struct delayed *d)
{
	*d->link = d->next;
	if (d->next != NULL)
		d->next->link = d->link;
	event_free(d->timer);
	free(d);
}

/* libevent frees the request with its connection; answering it then would be a use after free. */
static void
on_closed(struct evhttp_connection *connection, void *arg)
{
	struct delayed *d = arg;

	(void)connection;
	d->rq = NULL;
}

static void
on_time(evutil_socket_t fd, short what, void *arg)
{
	struct delayed *d = arg;

	(void)fd, (void)what;
	if (d->rq != NULL) {
		evhttp_connection_set_closecb(evhttp_request_get_connection(d->rq), NULL, NULL);
		evhttp_send_reply(d->rq, d->status, NULL, NULL);
	}
	drop_delayed(d);
}

/* Sends the reply later; at once when there is no memory to wait with. */
static void
send_later(struct ww_practice_http *sv, struct evhttp_request *rq, int status)
{
	const struct timeval wait = { (time_t)(sv->delay / 1000),
		(suseconds_t)(sv->delay % 1000 * 1000) };
	struct delayed *d = calloc(1, sizeof(*d));

	if (d != NULL)
		d->timer = evtimer_new(ww_loop_base(sv->loop), on_time, d);
	if (d == NULL || d->timer == NULL || evtimer_add(d->timer, &wait) != 0) {
		if (d != NULL && d->timer != NULL)
			event_free(d->timer);
		free(d);
		evhttp_send_reply(rq, status, NULL, NULL);
		return;
	}
	d->rq = rq;
	d->status = status;
	d->next = sv->delayed;
	d->link = &sv->delayed;
	if (d->next != NULL)
		d->next->link = &d->next;
	sv->delayed = d;
	evhttp_connection_set_closecb(evhttp_request_get_connection(rq), on_closed, d);
}

static void
add_header(struct ww_ctx *cx, struct evhttp_request *rq, const char *name, ww_str value)
{
	if (value.n > 0)
		evhttp_add_header(
		    evhttp_request_get_output_headers(rq), name, ww_arena_cstr(cx->arena, value));
}

static void
send_answer(struct ww_practice_http *sv, struct evhttp_request *rq,
    const struct ww_practice_answer *a, bool later)
{
	evhttp_add_header(evhttp_request_get_output_headers(rq), "Content-Type", a->content_type);
	add_header(&sv->cx, rq, "Location", a->location);
	add_header(&sv->cx, rq, "ETag", a->etag);
	add_header(&sv->cx, rq, "Allow", a->allow);
	evbuffer_add(evhttp_request_get_output_buffer(rq), a->body.p, a->body.n);
	if (later)
		send_later(sv, rq, a->status);
	else
		evhttp_send_reply(rq, a->status, NULL, NULL);
}

/* -- requests ----------------------------------------------------------------------------------- */

static const struct {
	enum evhttp_cmd_type type;
	const char *name;
} methods[] = {
	{ EVHTTP_REQ_GET, "GET" },
	{ EVHTTP_REQ_POST, "POST" },
	{ EVHTTP_REQ_PUT, "PUT" },
	{ EVHTTP_REQ_DELETE, "DELETE" },
	{ EVHTTP_REQ_PATCH, "PATCH" },
	{ EVHTTP_REQ_OPTIONS, "OPTIONS" },
	{ EVHTTP_REQ_HEAD, "HEAD" },
};

#define METHODS (sizeof(methods) / sizeof(methods[0]))

static const char *
method_name(const struct evhttp_request *rq)
{
	size_t i;

	for (i = 0; i < METHODS; i++)
		if (methods[i].type == evhttp_request_get_command(rq))
			return methods[i].name;
	return "OTHER";
}

static ww_str
header(struct evhttp_request *rq, const char *name)
{
	return ww_str_from(evhttp_find_header(evhttp_request_get_input_headers(rq), name));
}

/* Path and query; a request line with a whole URL is allowed by HTTP. */
static ww_str
target(const struct evhttp_request *rq)
{
	ww_str uri = ww_str_from(evhttp_request_get_uri(rq)), rest = uri;
	size_t i;

	if (uri.n == 0 || uri.p[0] == '/')
		return uri;
	for (i = 0; i < 3; i++) /* scheme: / / host and port, / */
		(void)ww_str_cut(rest, '/', &rest);
	return rest.n > 0 ? ww_str_sub(uri, (size_t)(rest.p - uri.p) - 1, uri.n) : WW_STR("/");
}

static void
on_request(struct evhttp_request *rq, void *arg)
{
	struct ww_practice_http *sv = arg;
	struct evbuffer *in = evhttp_request_get_input_buffer(rq);
	struct ww_practice_request request = {
		.method = ww_str_from(method_name(rq)),
		.target = target(rq),
		.content_type = header(rq, "Content-Type"),
		.if_none_exist = header(rq, "If-None-Exist"),
		.if_match = header(rq, "If-Match"),
	};
	struct ww_practice_answer a;
	bool inspection = ww_practice_is_inspection(request.target);

	ww_ctx_clear(&sv->cx);
	request.body = ww_str_of(evbuffer_pullup(in, -1), evbuffer_get_length(in));
	ww_practice_answer(sv->practice, &sv->cx, &request, &a);
	if (!inspection)
		ww_log(
		    WW_LOG_INFO, "method=%s type=%s status=%d", request.method.p, a.type, a.status);
	send_answer(sv, rq, &a, sv->delay > 0 && !inspection);
}

/* -- start and end ---------------------------------------------------------------------------------- */

static ww_status
start_listening(struct ww_practice_http *sv, struct ww_ctx *cx, const struct ww_address *where)
{
	struct evhttp_bound_socket *bound;
	const int on = 1;
	int allowed = 0;
	size_t i;

	for (i = 0; i < METHODS; i++)
		allowed |= (int)methods[i].type; /* 405 is for the practice to say */
	evhttp_set_allowed_methods(sv->http, (ev_uint16_t)allowed);
	evhttp_set_max_body_size(sv->http, BODY_MOST);
	evhttp_set_max_headers_size(sv->http, HEADERS_MOST);
	evhttp_set_timeout(sv->http, IDLE_SECONDS);
	evhttp_set_gencb(sv->http, on_request, sv);
	bound = evhttp_bind_socket_with_handle(
	    sv->http, where->host, (ev_uint16_t)strtoul(where->port, NULL, 10));
	if (bound == NULL)
		return ww_fail(cx, WW_E_CONNECT, NULL, "cannot listen on %s port %s: %s",
		    where->host, where->port, strerror(errno));
	/* Inherited by each connection; without it small answers wait for the client's delayed ACK. */
	(void)setsockopt(
	    evhttp_bound_socket_get_fd(bound), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	sv->port = ww_listening_port(evhttp_bound_socket_get_fd(bound));
	snprintf(sv->base, sizeof(sv->base),
	    strchr(where->host, ':') != NULL ? "http://[%s]:%u/fhir" : "http://%s:%u/fhir",
	    where->host, sv->port);
	return WW_OK;
}

ww_status
ww_practice_http_open(struct ww_loop *l, struct ww_ctx *cx, const struct ww_address *where,
    unsigned delay_ms, struct ww_practice_http **out)
{
	struct ww_practice_http *sv = calloc(1, sizeof(*sv));
	ww_status s;

	if (sv == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a server");
	sv->loop = l;
	sv->delay = delay_ms;
	sv->cx.arena = ww_arena_new(0);
	sv->http = evhttp_new(ww_loop_base(l));
	if (sv->cx.arena == NULL || sv->http == NULL)
		s = ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a server");
	else
		s = start_listening(sv, cx, where);
	if (s != WW_OK) {
		ww_practice_http_close(sv);
		return s;
	}
	*out = sv;
	return WW_OK;
}

void
ww_practice_http_close(struct ww_practice_http *sv)
{
	if (sv == NULL)
		return;
	if (sv->http != NULL)
		evhttp_free(sv->http); /* closes connections, so that no delayed answer has one */
	while (sv->delayed != NULL)
		drop_delayed(sv->delayed);
	ww_arena_free(sv->cx.arena);
	free(sv);
}

void
ww_practice_http_serve(struct ww_practice_http *sv, struct ww_practice *p)
{
	sv->practice = p;
}

unsigned
ww_practice_http_port(const struct ww_practice_http *sv)
{
	return sv->port;
}

ww_str
ww_practice_http_base(const struct ww_practice_http *sv)
{
	return ww_str_from(sv->base);
}
