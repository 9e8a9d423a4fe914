/* HTTP client for many requests at a time, driven by one thread's poll. Says how far each request came, so
 * that the caller can tell "it was never sent" from "it may have arrived". */
#ifndef WW_LINK_HTTP_OUT_H
#define WW_LINK_HTTP_OUT_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_address;
struct ww_ctx;
struct ww_endpoint_tls;
struct ww_http;
struct ww_watch;

/* How far a request came. */
enum ww_http_end {
	WW_HTTP_DONE,       /* the whole answer is there */
	WW_HTTP_UNUSABLE,   /* the address cannot be used: not a URL, not http or https */
	WW_HTTP_NO_NAME,    /* the host's name was not found */
	WW_HTTP_NO_CONNECT, /* no connection, in time or at all; nothing was sent */
	WW_HTTP_NO_TLS,     /* no TLS session, or a certificate not trusted; nothing was sent */
	WW_HTTP_UNSENT,     /* our own trouble before anything was sent */
	WW_HTTP_TIMEOUT,    /* sent, perhaps in part, and no whole answer in time */
	WW_HTTP_BROKEN, /* sent, perhaps in part, then the connection broke or the answer was no HTTP */
	WW_HTTP_TOO_LARGE, /* the answer passes 1 MiB; its rest was not read */
	WW_HTTP_CLOSED,    /* ended by ww_http_close */
	WW_HTTP_ENDS
};

struct ww_http_request {
	const char *method; /* "GET", "POST", "PUT" */
	ww_str url;
	const ww_str *headers; /* "Name: value" */
	size_t headers_n;
	ww_str body;      /* sent with POST and PUT */
	uint32_t timeout; /* seconds for all of it */
	const struct ww_endpoint_tls
	    *tls; /* NULL, or empty: whom the system trusts, and no certificate of ours */
};

/* Valid inside the callback only. */
struct ww_http_reply {
	enum ww_http_end end;
	long status;                 /* 0: none came. May be there although end is not DONE */
	ww_str location, etag, type; /* the last is Content-Type */
	long retry_after;            /* seconds, 0: not said, or past */
	ww_str body;                 /* empty unless end is DONE */
};

typedef void ww_http_done(void *arg, const struct ww_http_reply *r);

WW_MUST ww_status ww_http_open(struct ww_ctx *cx, struct ww_http **out);
/* Starts a request; the slices need to live until the call returns. Accepted (WW_OK): done is called exactly
 * once, from poll or close, never from inside this call. done may start other requests. */
WW_MUST ww_status ww_http_send(struct ww_http *h, struct ww_ctx *cx,
    const struct ww_http_request *r, ww_http_done *done, void *arg);
/* done's fd is a connected TCP socket that does not block, and the callee's to close; -1: none, and end says why. */
typedef void ww_http_connected(void *arg, int fd, enum ww_http_end end);
/* A connection for who speaks another protocol: libcurl looks names up on a thread of its own and tries the addresses side
 * by side. done is called as above. */
WW_MUST ww_status ww_http_connect(struct ww_http *h, struct ww_ctx *cx, const struct ww_address *to,
    uint32_t timeout_ms, ww_http_connected *done, void *arg);
/* Works on the open requests. Waits at most that long when none of them has ended, also for what is in w, and says there what
 * came of it. */
void ww_http_poll(struct ww_http *h, struct ww_watch *w, int timeout_ms);
void ww_http_wake(struct ww_http *h); /* ends a waiting poll; any thread */
void ww_http_close(struct ww_http *h);

#endif
