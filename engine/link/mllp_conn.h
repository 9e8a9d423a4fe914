/* The connections of an MLLP listener: private to mllp_in.c, which listens, and mllp_conn.c, which
 * reads frames and writes answers. */
#ifndef WW_LINK_MLLP_CONN_H
#define WW_LINK_MLLP_CONN_H

#include "link/mllp_in.h"

struct event;
struct event_base;
struct evconnlistener;
struct ww_mllp_conn;

/* What goes wrong with senders; logged at most once a minute each, with a count. */
enum ww_mllp_trouble {
	WW_MLLP_TROUBLE_NOISE,   /* too many bytes outside frames */
	WW_MLLP_TROUBLE_TOO_BIG, /* a frame passes the limit */
	WW_MLLP_TROUBLE_SLOW,    /* a frame was not ended in time */
	WW_MLLP_TROUBLE_UNREAD,  /* answers are not read */
	WW_MLLP_TROUBLE_CROWD,   /* more connections than allowed */
	WW_MLLP_TROUBLE_ACCEPT,  /* the system gives no more sockets */
	WW_MLLP_TROUBLE_MEMORY,
	WW_MLLP_TROUBLE_ANSWER, /* an answer that MLLP cannot carry */
	WW_MLLP_TROUBLES
};

struct ww_mllp_in {
	struct event_base *base;
	struct ww_mllp_in_settings settings; /* but its address, which stays the caller's */
	struct evconnlistener *listener;
	char address[64]; /* for the log */
	unsigned port;
	bool paused, closing;
	struct event *reap;   /* frees dead connections, where no callback of theirs is under way */
	struct event *accept; /* goes on accepting after the system was short of sockets */
	struct event *grace;
	struct ww_mllp_conn *open, *dead;
	unsigned open_n;
	uint64_t frames, noise;
	struct {
		int64_t said; /* when it was last logged, monotonic ms; 0: never */
		uint64_t unsaid;
	} troubles[WW_MLLP_TROUBLES];
	void (*done)(void *arg);
	void *done_arg;
};

/* Takes over an accepted socket; closes it when memory is short. peer is an address. */
void ww_mllp_conn_new(struct ww_mllp_in *in, int fd, const char *peer);
/* Starts or stops reading, as in->paused and the connection's own state demand. */
void ww_mllp_conn_refresh(struct ww_mllp_conn *c);
/* Reads no more, and closes once what is pending is answered and written. */
void ww_mllp_conn_finish(struct ww_mllp_conn *c);
/* Closes at once: in->open loses it, in->dead gets it, and in->reap is made to run. */
void ww_mllp_conn_kill(struct ww_mllp_conn *c);
struct ww_mllp_conn *ww_mllp_conn_next(const struct ww_mllp_conn *c);
/* Frees what is in in->dead. */
void ww_mllp_conn_reap(struct ww_mllp_in *in);

/* mllp_in.c: counts and perhaps logs. */
void ww_mllp_in_trouble(struct ww_mllp_in *in, enum ww_mllp_trouble t, const char *peer);
int64_t ww_mllp_in_clock(void); /* monotonic ms */

#endif
