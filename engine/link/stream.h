/* A connected socket on the event loop, plain or under TLS, with buffers for what came and what is to go. Private to link/.
 * libevent's own would do for plain sockets only: under TLS it writes no more once the peer has half-closed. */
#ifndef WW_LINK_STREAM_H
#define WW_LINK_STREAM_H

#include "link/tls.h"

struct event_base;
struct evbuffer;
struct ww_stream;

enum ww_stream_end {
	WW_STREAM_EOF,    /* the peer sends no more; it can still be written to */
	WW_STREAM_UNSAFE, /* the handshake failed; ww_stream_tls knows why */
	WW_STREAM_STUCK,  /* the peer takes nothing for long */
	WW_STREAM_BROKEN,
};

/* Callbacks run from the loop, never inside a call made here. After ww_stream_stop there are none. */
struct ww_stream_settings {
	struct event_base *base;
	struct ww_tls *tls;          /* NULL: plain */
	size_t read_most;            /* bytes that came and are not taken; then it is not read */
	unsigned write_timeout;      /* seconds in which the peer takes nothing of what is to go */
	void (*on_open)(void *arg);  /* the handshake is done; not without TLS */
	void (*on_bytes)(void *arg); /* something came, or ww_stream_again was called */
	void (*on_written)(void *arg); /* all that was written is with the system */
	void (*on_end)(void *arg, enum ww_stream_end end);
	void *arg;
};

/* Takes over a socket that does not block, as the server's end. Nothing is read before ww_stream_read. NULL: short of memory,
 * and the socket stays the caller's. */
struct ww_stream *ww_stream_new(const struct ww_stream_settings *s, int fd);
/* No callback any more; a peer under TLS is told. */
void ww_stream_stop(struct ww_stream *s);
/* Closes the socket. Not inside a callback of its own; NULL is allowed. */
void ww_stream_free(struct ww_stream *s);

void ww_stream_read(struct ww_stream *s, bool on);
/* Has on_bytes called once more. */
void ww_stream_again(struct ww_stream *s);
struct evbuffer *ww_stream_input(
    struct ww_stream *s); /* the callee takes from it in on_bytes or on_end */
size_t ww_stream_unwritten(const struct ww_stream *s);
/* False: short of memory; nothing is written. */
WW_MUST bool ww_stream_write(struct ww_stream *s, ww_str bytes);
/* The same, but what was put goes with the next flush, which hands to the system what it takes at once and leaves the rest, and trouble,
 * to the loop: two calls of the system less where it takes all, and then on_written is not called. */
WW_MUST bool ww_stream_put(struct ww_stream *s, ww_str bytes);
void ww_stream_flush(struct ww_stream *s);
/* Tells the peer that nothing more comes; reading goes on. After all is written. */
void ww_stream_shut(struct ww_stream *s);
/* Takes what the socket holds and forgets it, up to a measure: closing it with bytes unread makes the system send a reset, which can overtake
 * what was written and destroy it at the peer. */
void ww_stream_discard(struct ww_stream *s);
int ww_stream_fd(const struct ww_stream *s);
const struct ww_tls_conn *ww_stream_tls(const struct ww_stream *s); /* NULL: plain */

#endif
