/* A listening socket on the event loop: takes connections as they come, in turns with everything else. Private to link/. */
#ifndef WW_LINK_ACCEPT_H
#define WW_LINK_ACCEPT_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct event_base;
struct ww_accept;
struct ww_ctx;
struct ww_network; /* base/network.h */

struct ww_accept_settings {
	struct event_base *base;
	ww_str
	    address; /* "127.0.0.1:2575", "[::1]:2575"; port 0: any free one. Names are not resolved. */
	unsigned queue; /* connections that the system keeps until we accept them */
	/* Networks that peers may come from, 0: any. Not owned; they outlive the socket. */
	const struct ww_network *networks;
	size_t networks_n;
	/* A connection, whose socket is the callee's: it does not block, and has TCP_NODELAY and keepalive. peer is an address. */
	void (*on_socket)(void *arg, int fd, const char *peer);
	void (*on_outside)(void *arg, const char *peer); /* of no network, and closed */
	void (*on_short)(
	    void *arg); /* the system gives no more sockets: it is tried again in a second */
	void *arg;
};

/* Binds and listens. The settings are copied, but for the address. */
WW_MUST ww_status ww_accept_open(
    struct ww_ctx *cx, const struct ww_accept_settings *s, struct ww_accept **out);
const char *ww_accept_address(const struct ww_accept *a); /* what was bound, for the log */
unsigned ww_accept_port(const struct ww_accept *a);
/* Leaves connections in the queue, or goes on. */
void ww_accept_pause(struct ww_accept *a, bool paused);
/* Closes the socket; the rest stays, its address too. */
void ww_accept_stop(struct ww_accept *a);
void ww_accept_free(struct ww_accept *a); /* NULL is allowed */
int64_t ww_accept_clock(void);            /* monotonic ms */

#endif
