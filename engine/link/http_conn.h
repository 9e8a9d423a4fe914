/* The connections of an HTTP server: private to http_in.c, which listens, and http_conn.c. */
#ifndef WW_LINK_HTTP_CONN_H
#define WW_LINK_HTTP_CONN_H

#include "link/http_in.h"
#include "link/mllp_guest.h"
#include "link/mllp_trouble.h"

#include <wardwire/buf.h>

struct event;
struct event_base;
struct ww_accept;
struct ww_http1;
struct ww_http_conn;
struct ww_mllp_peer;
struct ww_mllp_peers;
struct ww_stream;

struct ww_http_server {
	struct ww_mllp_guest guest; /* of the room; first, so that it is the server, too */
	struct event_base *base;
	struct ww_http_server_settings settings; /* but its address, which stays the caller's */
	struct ww_mllp_room *room;
	struct ww_mllp_peers *peers;
	struct ww_accept *accept;
	bool closing;
	struct event *reap;  /* frees dead connections, where no callback of theirs is under way */
	struct event *sweep; /* once a second: what is overdue, and what is to be said */
	struct event *grace;
	struct ww_http_conn *open, *dead;
	unsigned open_n;
	uint64_t calls, bad;
	struct ww_mllp_troubles troubles;
	void (*done)(void *arg);
	void *done_arg;
};

/* What a connection is at. Each but WORKS has a time at which it is over. */
enum ww_http_phase {
	WW_HTTP_IN_SHAKES,  /* the TLS handshake is under way */
	WW_HTTP_IN_RESTS,   /* between two requests */
	WW_HTTP_IN_READS,   /* a head is coming in */
	WW_HTTP_IN_GATHERS, /* the body of a call that was taken */
	WW_HTTP_IN_SKIPS,   /* a short body of one that was answered without it */
	WW_HTTP_IN_WORKS,   /* the answer is awaited */
	WW_HTTP_IN_ENDS,    /* the last answer is being written */
	WW_HTTP_IN_LINGERS, /* it is written; what still comes is not looked at */
};

struct ww_http_call {
	struct ww_http_conn *of;
	void *kept;
	struct ww_buf body;
	size_t cost;     /* what the room was told of it */
	bool headless;   /* what came was no head */
	char client[48]; /* what a proxy said of whose it is; "": nothing */
	bool taken;
	bool asked; /* a callback that must answer is under way */
};

struct ww_http_conn {
	struct ww_http_conn *next, *prev; /* server->open, or server->dead */
	struct ww_http_server *server;
	struct ww_mllp_peer *peer; /* until it is dead */
	struct ww_stream *stream;
	struct ww_http1 *codec;
	struct ww_http_call call; /* one at a time */
	enum ww_http_phase phase;
	int64_t due;    /* when the phase is over, monotonic ms */
	int64_t since;  /* when we stopped reading for want of room; 0: we read */
	size_t counted; /* bytes of the open body that the room counts */
	bool proxied;   /* the peer is a proxy in front */
	bool eof;       /* the peer sends no more */
	bool last;      /* the answer that is due is the last one */
	bool broken;    /* not to be read on: what follows cannot be told apart */
	bool unsaid;    /* the codec may have more to say without more bytes */
	bool working;   /* its input is being worked on */
	bool dead;
};

/* Takes over an accepted socket; closes it when memory is short. */
void ww_http_conn_new(struct ww_http_server *s, int fd, struct ww_mllp_peer *peer);
/* Closes it once the call that is under way is answered, at once where there is none. */
void ww_http_conn_finish(struct ww_http_conn *c);
/* Closes at once; a call that was taken is gone. */
void ww_http_conn_kill(struct ww_http_conn *c);
/* Its phase is over. */
void ww_http_conn_overdue(struct ww_http_conn *c);
/* There may be room for it again. */
void ww_http_conn_release(struct ww_http_conn *c);
/* Frees what is in server->dead. */
void ww_http_conn_reap(struct ww_http_server *s);

/* http_in.c: counts and perhaps logs. */
void ww_http_server_trouble(
    struct ww_http_server *s, enum ww_mllp_trouble t, const struct ww_mllp_peer *peer);

#endif
