/* One connection of an HTTP server: a request is read, worked on and answered before the next one is looked at. It dies in two
 * steps, as those of MLLP do (mllp_conn.c). */
#include "link/http_conn.h"

#include "base/failpoint.h"
#include "base/network.h"
#include "codec/http1.h"
#include "link/accept.h"
#include "link/mllp_peer.h"
#include "link/stream.h"

#include <wardwire/time.h>

#include <assert.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a connection may take before others have their turn, in bytes and requests. */
#define READ_AT_ONCE ((size_t)64 << 10)
#define CALLS_AT_ONCE 16U
/* A body up to this is read although its call was answered without it, so that the connection can be used on. */
#define SKIP_MOST ((size_t)64 << 10)
/* Answers that are not read yet: beyond it no further request is looked at. */
#define UNREAD_HIGH ((size_t)64 << 10)
/* Bytes a second that a client must send or take beside the seconds it has anyway. */
#define RATE ((uint64_t)64 << 10)
/* How long what a client still sends is read away, so that it finds the last answer and not a reset. */
#define LINGER_MS 2000

static void resume(struct ww_http_conn *c);

/* -- in and out of the list ------------------------------------------------------------------------- */

static void
unlink_conn(struct ww_http_conn *c)
{
	*(c->prev != NULL ? &c->prev->next : &c->server->open) = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
}

static void
link_first(struct ww_http_conn *c)
{
	struct ww_http_server *s = c->server;

	c->prev = NULL;
	c->next = s->open;
	if (c->next != NULL)
		c->next->prev = c;
	s->open = c;
}

static void
count_open(struct ww_http_conn *c)
{
	size_t held = c->phase == WW_HTTP_IN_GATHERS && c->call.body.cap > WW_MLLP_FREE
	                  ? c->call.body.cap
	                  : 0;

	if (held != c->counted)
		ww_mllp_room_open(c->server->room, c, c->counted, held);
	c->counted = held;
}

/* There is no room for more of its bytes, or there is again: the time it has stands still meanwhile. */
static void
hold(struct ww_http_conn *c, bool held)
{
	int64_t now;

	if (held == (c->since != 0))
		return;
	now = ww_accept_clock();
	if (held)
		ww_http_server_trouble(c->server,
		    c->server->room->full ? WW_MLLP_TROUBLE_BACKLOG : WW_MLLP_TROUBLE_OPEN,
		    c->peer);
	else
		c->due += now - c->since;
	c->since = held ? now : 0;
	c->server->room->held += held ? 1U : -1U;
}

/* The call is answered, or its client is gone. */
static void
end_call(struct ww_http_conn *c)
{
	struct ww_http_call *call = &c->call;

	if (call->cost > 0)
		ww_mllp_room_give(c->server->room, call->cost);
	call->cost = 0;
	ww_buf_free(&call->body);
	count_open(c);
	call->kept = NULL;
	call->client[0] = '\0';
	call->taken = call->headless = false;
}

void
ww_http_conn_kill(struct ww_http_conn *c)
{
	struct ww_http_server *s = c->server;

	if (c->dead)
		return;
	c->dead = true;
	ww_stream_stop(c->stream);
	if (c->call.taken)
		s->settings.on_gone(s->settings.arg, &c->call);
	hold(c, false);
	end_call(c);
	ww_mllp_peer_leave(s->peers, c->peer, ww_accept_clock());
	c->peer = NULL;
	unlink_conn(c);
	s->open_n--;
	s->room->connections--;
	c->next = s->dead;
	s->dead = c;
	event_active(s->reap, EV_TIMEOUT, 0);
}

void
ww_http_conn_reap(struct ww_http_server *s)
{
	struct ww_http_conn *c;

	while ((c = s->dead) != NULL) {
		s->dead = c->next;
		ww_stream_free(c->stream);
		ww_http1_free(c->codec);
		free(c);
	}
}

static void
give_up(struct ww_http_conn *c, enum ww_mllp_trouble t)
{
	ww_http_server_trouble(c->server, t, c->peer);
	ww_http_conn_kill(c);
}

/* -- phases ----------------------------------------------------------------------------------------- */

static void
begin(struct ww_http_conn *c, enum ww_http_phase phase, int64_t ms)
{
	c->phase = phase;
	c->due = ww_accept_clock() + ms;
	count_open(c);
}

/* Seconds of the settings, and the time that so many bytes may take. */
static int64_t
time_for(unsigned seconds, uint64_t bytes)
{
	return (int64_t)seconds * 1000 + (int64_t)(bytes / RATE) * 1000;
}

/* What is still to be written is no rest. */
static void
rest(struct ww_http_conn *c)
{
	begin(c, WW_HTTP_IN_RESTS,
	    time_for(c->server->settings.idle_timeout, ww_stream_unwritten(c->stream)));
}

/* The last answer is with the system: what the client still sends is read away, or the reset that closing would cause could destroy the
 * answer before it is read. */
static void
linger(struct ww_http_conn *c)
{
	if (c->eof) {
		ww_http_conn_kill(c);
		return;
	}
	ww_stream_shut(c->stream);
	begin(c, WW_HTTP_IN_LINGERS, LINGER_MS);
	resume(c);
}

/* Nothing more is taken; it is closed when what was said is written. */
static void
wind_up(struct ww_http_conn *c)
{
	size_t unwritten = ww_stream_unwritten(c->stream);

	begin(c, WW_HTTP_IN_ENDS, time_for(c->server->settings.write_timeout, unwritten));
	if (unwritten == 0)
		linger(c);
}

/* -- answers ---------------------------------------------------------------------------------------- */

static bool
has_body(const struct ww_http_call *call, unsigned status)
{
	return status != 204 && status != 304 &&
	       (call->headless || !ww_str_is(ww_http1_head(call->of->codec)->method, "HEAD"));
}

static void
write_answer(struct ww_http_conn *c, const struct ww_http_answer *a, bool close)
{
	struct ww_http1_answer head = { .status = a->status,
		.headers = a->headers,
		.headers_n = a->headers_n,
		.length = a->body.n,
		.close = close };
	struct ww_clock real = ww_clock_system();
	bool body = has_body(&c->call, a->status), good;
	struct ww_buf out = { 0 };

	if (!ww_http1_write(&head, ww_clock_now(&real), &out)) {
		head = (struct ww_http1_answer){ .status = 500, .close = close };
		good = ww_http1_write(&head, ww_clock_now(&real), &out);
		assert(good);
		body = false;
	}
	good = out.error == WW_OK && ww_stream_put(c->stream, ww_buf_view(&out)) &&
	       (!body || a->body.n == 0 || ww_stream_put(c->stream, a->body));
	ww_buf_free(&out);
	if (!good) {
		give_up(c, WW_MLLP_TROUBLE_MEMORY);
		return;
	}
	ww_stream_flush(c->stream);
	if (ww_stream_unwritten(c->stream) == 0)
		WW_FAILPOINT("after-ack"); /* the answer is with the system now */
}

/* The rest of the body is short, and is on its way. */
static bool
may_skip(const struct ww_http_conn *c)
{
	const struct ww_http1_head *h = ww_http1_head(c->codec);

	return !h->chunked && h->length <= SKIP_MOST && !h->expects_continue;
}

void
ww_http_call_answer(struct ww_http_call *call, const struct ww_http_answer *a)
{
	struct ww_http_conn *c = call->of;
	enum ww_http_phase was = c->phase;
	bool close = a->close || c->last || c->broken || call->headless ||
	             !ww_http1_head(c->codec)->keep_alive ||
	             (was == WW_HTTP_IN_READS && !may_skip(c));

	assert(!c->dead && (call->taken || call->asked));
	call->taken = false; /* from here on its client cannot be gone for the callee */
	write_answer(c, a, close);
	if (c->dead)
		return;
	end_call(c);
	if (close)
		wind_up(c);
	else if (was == WW_HTTP_IN_READS)
		begin(c, WW_HTTP_IN_SKIPS, time_for(c->server->settings.body_deadline, SKIP_MOST));
	else
		rest(c);
	resume(c);
}

/* -- requests --------------------------------------------------------------------------------------- */

static void
refuse(struct ww_http_conn *c, unsigned status, const char *why, enum ww_mllp_trouble t)
{
	struct ww_http_server *s = c->server;
	struct ww_http_call *call = &c->call;

	s->bad++;
	if (t != WW_MLLP_TROUBLES)
		ww_http_server_trouble(s, t, c->peer);
	c->broken = true;
	call->asked = true;
	s->settings.on_bad(s->settings.arg, call, status, why);
	call->asked = false;
	assert(c->dead || c->phase >= WW_HTTP_IN_ENDS); /* it was answered */
}

static void
take_bad(struct ww_http_conn *c)
{
	const char *why;
	unsigned status = ww_http1_fault(c->codec, &why);

	if (c->phase == WW_HTTP_IN_SKIPS) { /* it has its answer */
		wind_up(c);
		return;
	}
	c->call.headless = c->phase == WW_HTTP_IN_READS;
	refuse(
	    c, status, why, status == 413 ? WW_MLLP_TROUBLE_REQUEST_LONG : WW_MLLP_TROUBLE_REQUEST);
}

/* The last address in the header is the one that the proxy itself added; those before it are what it was told. */
static void
find_client(struct ww_http_conn *c)
{
	const struct ww_http1_head *h = ww_http1_head(c->codec);
	struct ww_network unused;
	ww_str list = ww_str_empty(), last = ww_str_empty();

	for (size_t i = 0; i < h->fields_n; i++)
		if (ww_str_ieq(h->fields[i].name, WW_STR("X-Forwarded-For")))
			list = h->fields[i].value;
	while (list.n > 0)
		last = ww_str_trim(ww_str_cut(list, ',', &list));
	if (last.n > 0 && last.n < sizeof(c->call.client) && ww_str_find(last, '/') == last.n &&
	    ww_network_parse(last, &unused))
		(void)snprintf(c->call.client, sizeof(c->call.client), "%.*s", WW_STR_FMT(last));
}

static bool
is_proxy(const struct ww_http_server *s, const char *address)
{
	for (size_t i = 0; i < s->settings.proxies_n; i++)
		if (ww_network_has(&s->settings.proxies[i], address))
			return true;
	return false;
}

static void
take_head(struct ww_http_conn *c)
{
	struct ww_http_server *s = c->server;
	struct ww_http_call *call = &c->call;

	s->calls++;
	if (c->proxied)
		find_client(c);
	call->asked = true;
	s->settings.on_head(s->settings.arg, call);
	call->asked = false;
	assert(c->dead || call->taken || c->phase >= WW_HTTP_IN_SKIPS);
	if (!c->dead && c->phase == WW_HTTP_IN_SKIPS)
		(void)ww_http1_allow(c->codec, SKIP_MOST);
}

bool
ww_http_call_take(struct ww_http_call *call, size_t most)
{
	static const ww_str go_on = WW_STR_INIT("HTTP/1.1 100 Continue\r\n\r\n");
	struct ww_http_conn *c = call->of;
	const struct ww_http1_head *h = ww_http1_head(c->codec);

	assert(call->asked && c->phase == WW_HTTP_IN_READS);
	if (!ww_http1_allow(c->codec, most))
		return false;
	call->taken = true;
	begin(c, WW_HTTP_IN_GATHERS, time_for(c->server->settings.body_deadline, h->length));
	/* Who does not wait has sent some of it by now. */
	if (h->expects_continue && evbuffer_get_length(ww_stream_input(c->stream)) == 0 &&
	    ww_stream_put(c->stream, go_on))
		ww_stream_flush(c->stream);
	return true;
}

static void
take_part(struct ww_http_conn *c, ww_str part)
{
	struct ww_buf *body = &c->call.body;
	uint64_t had = body->n;

	if (c->phase != WW_HTTP_IN_GATHERS)
		return;
	ww_buf_str_add(body, part);
	if (body->error != WW_OK) {
		give_up(c, WW_MLLP_TROUBLE_MEMORY);
		return;
	}
	if (ww_http1_head(c->codec)->chunked) /* its length was not known when the time was set */
		c->due += time_for(0, body->n) - time_for(0, had);
	count_open(c);
}

static void
take_end(struct ww_http_conn *c)
{
	struct ww_http_server *s = c->server;

	if (c->phase == WW_HTTP_IN_SKIPS) {
		if (c->last)
			wind_up(c);
		else
			rest(c);
		return;
	}
	assert(c->phase == WW_HTTP_IN_GATHERS);
	c->phase = WW_HTTP_IN_WORKS;
	count_open(c);
	c->call.cost = ww_mllp_room_take(s->room, c->call.body.n);
	s->settings.on_call(s->settings.arg, &c->call);
}

static void
take_event(struct ww_http_conn *c, enum ww_http1_event e)
{
	switch (e) {
	case WW_HTTP1_MORE:
	case WW_HTTP1_BODY: /* taken before */
		break;
	case WW_HTTP1_HEAD:
		take_head(c);
		break;
	case WW_HTTP1_END:
		take_end(c);
		break;
	case WW_HTTP1_BAD:
		take_bad(c);
		break;
	case WW_HTTP1_SHORT:
		give_up(c, WW_MLLP_TROUBLE_MEMORY);
		break;
	}
}

/* -- reading ---------------------------------------------------------------------------------------- */

/* It is at something that takes bytes, but for want of room. */
static bool
would_take(const struct ww_http_conn *c)
{
	return !c->dead && c->phase >= WW_HTTP_IN_RESTS && c->phase <= WW_HTTP_IN_SKIPS &&
	       ww_stream_unwritten(c->stream) <= UNREAD_HIGH;
}

static bool
has_room(const struct ww_http_conn *c)
{
	struct ww_mllp_room *r = c->server->room;

	return !r->full && (c->counted == 0 || ww_mllp_room_may_grow(r, c));
}

/* The client sends no more, and all that it sent is looked at. */
static void
settle(struct ww_http_conn *c)
{
	if (c->dead || !c->eof || evbuffer_get_length(ww_stream_input(c->stream)) > 0)
		return;
	if (c->phase != WW_HTTP_IN_WORKS && c->phase != WW_HTTP_IN_ENDS &&
	    ww_stream_unwritten(c->stream) == 0)
		ww_http_conn_kill(c);
}

/* Bytes to look at, or, in the middle of a body, something that the codec has seen and not said. */
static bool
has_more(const struct ww_http_conn *c)
{
	return evbuffer_get_length(ww_stream_input(c->stream)) > 0 ||
	       (c->unsaid && (c->phase == WW_HTTP_IN_GATHERS || c->phase == WW_HTTP_IN_SKIPS));
}

/* Goes on with what has come. */
static void
resume(struct ww_http_conn *c)
{
	if (c->dead || c->working)
		return;
	hold(c, would_take(c) && (c->since != 0 || !has_room(c)));
	/* Who waits for an answer is read, too, up to a measure: so we hear when it goes away. */
	ww_stream_read(c->stream, !c->eof && c->since == 0);
	if (c->since == 0 && has_more(c) && (would_take(c) || c->phase == WW_HTTP_IN_LINGERS))
		ww_stream_again(c->stream);
	else if (c->phase == WW_HTTP_IN_RESTS)
		ww_http1_forget(c->codec);
	settle(c);
}

/* One event of the codec. False: it has seen all that came. */
static bool
take_next(struct ww_http_conn *c)
{
	struct evbuffer *input = ww_stream_input(c->stream);
	size_t n = evbuffer_get_contiguous_space(input);
	ww_str part, bytes = ww_str_empty();
	enum ww_http1_event e;

	if (n > 0)
		bytes = ww_str_of(evbuffer_pullup(input, (ev_ssize_t)n), n);
	if (c->phase == WW_HTTP_IN_RESTS && n > 0)
		begin(c, WW_HTTP_IN_READS, time_for(c->server->settings.head_deadline, 0));
	e = ww_http1_feed(c->codec, &bytes, &part);
	c->unsaid = e != WW_HTTP1_MORE;
	if (e == WW_HTTP1_BODY) /* which lies in the input */
		take_part(c, part);
	evbuffer_drain(input, n - bytes.n);
	take_event(c, e);
	return c->unsaid || evbuffer_get_length(input) > 0;
}

/* Takes what came, up to a measure: the rest has its turn when the others had theirs. */
static void
on_bytes(void *arg)
{
	struct ww_http_conn *c = arg;
	uint64_t most = c->server->calls + CALLS_AT_ONCE;

	if (c->phase == WW_HTTP_IN_LINGERS)
		evbuffer_drain(ww_stream_input(c->stream), SIZE_MAX);
	c->working = true;
	while (would_take(c) && has_room(c) && c->server->calls < most)
		if (!take_next(c))
			break;
	c->working = false;
	resume(c);
}

static void
on_written(void *arg)
{
	struct ww_http_conn *c = arg;

	WW_FAILPOINT("after-ack"); /* the answer is with the system now */
	if (c->phase == WW_HTTP_IN_ENDS)
		linger(c);
	else
		resume(c);
}

static void
on_end(void *arg, enum ww_stream_end end)
{
	struct ww_http_conn *c = arg;

	switch (end) {
	case WW_STREAM_EOF:
		c->eof = true;
		on_bytes(c);
		break;
	case WW_STREAM_UNSAFE:
		ww_stream_discard(c->stream); /* else the peer may not hear why */
		give_up(c, WW_MLLP_TROUBLE_HANDSHAKE + ww_tls_conn_fault(ww_stream_tls(c->stream)));
		break;
	case WW_STREAM_STUCK:
		give_up(c, WW_MLLP_TROUBLE_UNREAD);
		break;
	case WW_STREAM_BROKEN:
		ww_http_conn_kill(c);
		break;
	}
}

static void
on_open(void *arg)
{
	struct ww_http_conn *c = arg;

	rest(c);
	resume(c);
}

/* -- from the server -------------------------------------------------------------------------------- */

void
ww_http_conn_overdue(struct ww_http_conn *c)
{
	switch (c->phase) {
	case WW_HTTP_IN_SHAKES:
		give_up(c, WW_MLLP_TROUBLE_HANDSHAKE_SLOW);
		break;
	case WW_HTTP_IN_READS:
		c->call.headless = true;
		refuse(c, 408, "the head was not ended in time", WW_MLLP_TROUBLE_REQUEST_SLOW);
		break;
	case WW_HTTP_IN_GATHERS:
		refuse(c, 408, "the body was not ended in time", WW_MLLP_TROUBLE_REQUEST_SLOW);
		break;
	case WW_HTTP_IN_ENDS:
		give_up(c, WW_MLLP_TROUBLE_UNREAD);
		break;
	case WW_HTTP_IN_RESTS:
	case WW_HTTP_IN_SKIPS:
	case WW_HTTP_IN_LINGERS:
		ww_http_conn_kill(c);
		break;
	case WW_HTTP_IN_WORKS:
		break;
	}
}

void
ww_http_conn_release(struct ww_http_conn *c)
{
	if (c->since == 0)
		return;
	hold(c, false);
	resume(c);
}

void
ww_http_conn_finish(struct ww_http_conn *c)
{
	c->last = true;
	if (c->phase == WW_HTTP_IN_SHAKES || c->phase == WW_HTTP_IN_RESTS)
		ww_http_conn_kill(c);
}

void
ww_http_conn_new(struct ww_http_server *s, int fd, struct ww_mllp_peer *peer)
{
	struct ww_stream_settings set = { .base = s->base,
		.tls = s->settings.tls,
		.read_most = READ_AT_ONCE,
		.write_timeout = s->settings.write_timeout,
		.on_open = on_open,
		.on_bytes = on_bytes,
		.on_written = on_written,
		.on_end = on_end };
	struct ww_http_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		goto close_fd;
	c->codec = ww_http1_new();
	if (c->codec == NULL)
		goto free_conn;
	set.arg = c;
	c->stream = ww_stream_new(&set, fd);
	if (c->stream == NULL)
		goto free_codec;
	c->server = s;
	c->peer = peer;
	c->call.of = c;
	c->proxied = is_proxy(s, ww_mllp_peer_address(peer));
	link_first(c);
	s->open_n++;
	s->room->connections++;
	if (set.tls != NULL)
		begin(c, WW_HTTP_IN_SHAKES, time_for(s->settings.handshake_timeout, 0));
	else
		on_open(c);
	return;
free_codec:
	ww_http1_free(c->codec);
free_conn:
	free(c);
close_fd:
	close(fd);
	ww_http_server_trouble(s, WW_MLLP_TROUBLE_MEMORY, peer);
	ww_mllp_peer_leave(s->peers, peer, ww_accept_clock());
}

/* -- what a callee may ask of a call ---------------------------------------------------------------- */

const struct ww_http1_head *
ww_http_call_head(const struct ww_http_call *call)
{
	static const struct ww_http1_head none = {
		.method = WW_STR_INIT(""),
		.target = WW_STR_INIT(""),
		.path = WW_STR_INIT(""),
		.query = WW_STR_INIT(""),
		.host = WW_STR_INIT(""),
	};

	return call->headless ? &none : ww_http1_head(call->of->codec);
}

ww_str
ww_http_call_body(const struct ww_http_call *call)
{
	return ww_buf_view(&call->body);
}

ww_str
ww_http_call_peer(const struct ww_http_call *call)
{
	return ww_str_from(
	    call->client[0] != '\0' ? call->client : ww_mllp_peer_address(call->of->peer));
}

struct ww_tls_names
ww_http_call_names(const struct ww_http_call *call)
{
	const struct ww_tls_conn *tls = ww_stream_tls(call->of->stream);

	return tls != NULL ? ww_tls_peer_names(tls) : (struct ww_tls_names){ NULL, 0 };
}

bool
ww_http_call_is_tls(const struct ww_http_call *call)
{
	return ww_stream_tls(call->of->stream) != NULL;
}

void
ww_http_call_keep(struct ww_http_call *call, void *data)
{
	call->kept = data;
}

void *
ww_http_call_kept(const struct ww_http_call *call)
{
	return call->kept;
}
