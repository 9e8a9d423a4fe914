/* HTTP/1.1 server on the event loop: calls in, answers out. What is taken for a request: codec/http1.h. The requests of one
 * connection are worked on one after the other, whatever was sent ahead, so that their answers leave in order. All on the loop's
 * thread. */
#ifndef WW_LINK_HTTP_IN_H
#define WW_LINK_HTTP_IN_H

#include "link/tls.h"

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_http1_head; /* codec/http1.h */
struct ww_http_call;  /* one request, until it is answered or its client is gone */
struct ww_http_server;
struct ww_loop;
struct ww_mllp_room; /* mllp_room.h */
struct ww_network;   /* base/network.h */

/* A call lives from on_head to the end of the ww_http_call_answer that answers it, or to the end of on_gone. */
struct ww_http_server_settings {
	ww_str
	    address; /* "127.0.0.1:8080", "[::1]:8080"; port 0: any free one. Names are not resolved. */
	unsigned max_connections;
	unsigned peer_connections; /* from one address */
	unsigned head_deadline;    /* seconds from the first byte of a head to its last */
	unsigned body_deadline;    /* seconds for a body, and one more for each 64 KiB of it */
	unsigned idle_timeout;     /* seconds without a request, between two or before the first */
	unsigned write_timeout;    /* seconds in which the client takes nothing of an answer */
	unsigned accept_queue;     /* connections that the system keeps until we accept them */
	struct ww_mllp_room
	    *room; /* what is held together with other listeners; not owned, outlives the server */
	const struct ww_network *networks; /* that clients may come from; n 0: any. Not owned */
	size_t networks_n;
	/* Of proxies in front, whose word for whose a request is is taken: the last address in X-Forwarded-For. Not owned. */
	const struct ww_network *proxies;
	size_t proxies_n;
	struct ww_tls *
	    tls; /* NULL: plain. Not owned; it lives until another takes its place (ww_http_server_renew) or all is closed */
	unsigned handshake_timeout; /* seconds */
	/* A head is in: before it returns the callee takes the body (ww_http_call_take) or answers. */
	void (*on_head)(void *arg, struct ww_http_call *call);
	/* The body of a call that was taken is in. The callee answers once, now or later. */
	void (*on_call)(void *arg, struct ww_http_call *call);
	/* What came is no request, or its body is too long or too slow: the callee answers before it returns, with that status; the connection is
	 * closed then. The head may be all empty; a call that was taken is answered by this. why has nothing of the request in it. */
	void (*on_bad)(void *arg, struct ww_http_call *call, unsigned status, const char *why);
	/* The client of a call that was taken and is not answered is gone: the call dies. */
	void (*on_gone)(void *arg, struct ww_http_call *call);
	void *arg;
};

/* Listens. The settings are copied. */
WW_MUST ww_status ww_http_server_open(struct ww_loop *l, struct ww_ctx *cx,
    const struct ww_http_server_settings *s, struct ww_http_server **out);
unsigned ww_http_server_port(const struct ww_http_server *s);
/* As ww_mllp_in_renew. */
void ww_http_server_renew(struct ww_http_server *s, struct ww_tls *tls);
/* Takes no connection and no request any more, and closes each connection once its call is answered; those not answered within grace_ms
 * are gone. done(arg) is called when all is closed; the server is freed. */
void ww_http_server_close(
    struct ww_http_server *s, unsigned grace_ms, void (*done)(void *arg), void *arg);

struct ww_http_server_counts {
	uint64_t connections; /* open now */
	uint64_t calls;       /* heads that came */
	uint64_t bad;         /* requests that were none, too long or too slow */
	uint64_t turned_away; /* connections, because there were too many */
	uint64_t outside;     /* connections of clients from no network */
	uint64_t handshakes;  /* that failed */
};
void ww_http_server_count(const struct ww_http_server *s, struct ww_http_server_counts *out);

/* -- a call ----------------------------------------------------------------------------------------- */

/* All of these are valid for as long as the call lives. */
const struct ww_http1_head *ww_http_call_head(const struct ww_http_call *c);
ww_str ww_http_call_body(const struct ww_http_call *c); /* empty before on_call */
/* The client's address: that of the connection, or what a proxy says. */
ww_str ww_http_call_peer(const struct ww_http_call *c);
struct ww_tls_names ww_http_call_names(
    const struct ww_http_call *c); /* of the client's certificate */
bool ww_http_call_is_tls(const struct ww_http_call *c);
/* What the callee likes to find again with the call; NULL at first. */
void ww_http_call_keep(struct ww_http_call *c, void *data);
void *ww_http_call_kept(const struct ww_http_call *c);

/* In on_head: takes the call, with a body of at most that many bytes; the client is told to send it where it waits for that. False: its
 * body is known to be longer, nothing is done, and the callee answers 413. A body whose length is not known goes to on_bad when it
 * passes the limit. */
WW_MUST bool ww_http_call_take(struct ww_http_call *c, size_t most);

struct ww_http_answer {
	unsigned status; /* 200..599 */
	const ww_str *
	    headers; /* "Name: value", but for Content-Length, Date and Connection, which are the server's */
	size_t headers_n;
	ww_str
	    body; /* not sent with 204 and 304, nor in answer to HEAD, which still gets its length */
	bool close; /* the connection is closed after it */
};
/* All is copied. A header with a control byte in it makes the answer a bare 500. The call is gone after this. */
void ww_http_call_answer(struct ww_http_call *c, const struct ww_http_answer *a);

#endif
