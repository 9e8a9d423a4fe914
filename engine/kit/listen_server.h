/* The sockets of `wardwire-kit listen`: frames in, and whatever is to be written back, late or not at all. It has no
 * limits on connections: it is for tests. */
#ifndef WW_KIT_LISTEN_SERVER_H
#define WW_KIT_LISTEN_SERVER_H

#include <wardwire/status.h>
#include <wardwire/str.h>

#include <stdbool.h>

struct ww_address;
struct ww_ctx;
struct ww_loop;
struct ww_tls;
struct ww_listen_server;

/* What is written on the connection a frame came from, byte for byte. */
struct ww_listen_reply {
	ww_str now;    /* at once */
	ww_str later;  /* behind it, after wait milliseconds; later frames do not wait for that */
	unsigned wait; /* ms */
	bool close;    /* the connection is closed when all of that is written */
};

struct ww_listen_settings {
	const struct ww_address *where; /* host is a number; port 0 takes any free one */
	struct ww_tls *tls;             /* NULL: plain; outlives the server */
	/* A frame that is not empty, from connection number connection (from 1) of peer ("127.0.0.1:40022"). The callee
	 * fills in *reply, which is all zero but for empty slices; its slices must hold until the next call. */
	void (*on_frame)(void *arg, ww_str payload, uint64_t connection, const char *peer,
	    struct ww_listen_reply *reply);
	/* Nothing is left to be written. */
	void (*on_quiet)(void *arg);
	void *arg;
};

/* Listens. The settings are copied. */
WW_MUST ww_status ww_listen_server_open(struct ww_loop *l, struct ww_ctx *cx,
    const struct ww_listen_settings *s, struct ww_listen_server **out);
/* Closes everything, written or not. NULL is allowed. */
void ww_listen_server_close(struct ww_listen_server *sv);
unsigned ww_listen_server_port(const struct ww_listen_server *sv);

#endif
