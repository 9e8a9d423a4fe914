/* The connections of an MLLP listener: private to mllp_in.c, which listens, mllp_conn.c, which reads frames,
 * mllp_answer.c, which writes answers, mllp_turn.c, which says when one is read, and mllp_room.c, which sees to it that they do not hold too much. */
#ifndef WW_LINK_MLLP_CONN_H
#define WW_LINK_MLLP_CONN_H

#include "codec/mllp.h"
#include "link/mllp_guest.h"
#include "link/mllp_in.h"
#include "link/mllp_trouble.h"

struct event;
struct event_base;
struct ww_accept;
struct ww_mllp_conn;
struct ww_mllp_peer;
struct ww_mllp_peers;
struct ww_stream;

struct ww_mllp_in {
	struct ww_mllp_guest guest; /* of the room; first, so that it is the listener, too */
	struct event_base *base;
	struct ww_mllp_in_settings settings; /* but its address, which stays the caller's */
	struct ww_mllp_room *room;
	struct ww_mllp_peers *peers;
	struct ww_accept *accept;
	bool paused, closing;
	struct event *reap;  /* frees dead connections, where no callback of theirs is under way */
	struct event *sweep; /* once a second: idle connections, peers, what is to be said */
	struct event *grace;
	/* By the time of their last frame, the newest first. */
	struct ww_mllp_conn *open, *oldest, *dead;
	unsigned open_n;
	uint64_t frames, noise;
	struct ww_mllp_troubles troubles;
	void (*done)(void *arg);
	void *done_arg;
};

struct ww_mllp_conn {
	struct ww_mllp_conn *next, *prev; /* in->open, or in->dead */
	struct ww_mllp_in *in;
	struct ww_mllp_peer *peer; /* until it is dead */
	struct ww_stream *stream;
	struct event
	    *deadline; /* of the handshake, of the open frame while we read, or the end of a rest */
	struct ww_mllp codec;
	uint64_t restarts; /* of the codec, as far as they are counted */
	int64_t begun;     /* when the open frame began, monotonic ms; 0: none is open */
	int64_t last;      /* when the last frame came, or when it began to be read */
	size_t counted;    /* bytes of the open frame that the room counts */
	struct ww_mllp_frame *first, **last_frame;
	unsigned pending; /* frames in that list */
	bool shaking;     /* the TLS handshake is under way */
	bool timed;       /* the deadline is pending */
	bool resting;     /* its peer sent too fast */
	bool held;        /* there is no room */
	bool reading;     /* EV_READ is on */
	bool eof;         /* the peer sends no more; what came is still worked on */
	bool finishing;   /* nothing more is taken, not even what came */
	bool taking;      /* on_read is under way */
	bool dead;
};

/* Takes over an accepted socket; closes it when memory is short. */
void ww_mllp_conn_new(struct ww_mllp_in *in, int fd, struct ww_mllp_peer *peer);
/* Reads no more, and closes once what is pending is answered and written. */
void ww_mllp_conn_finish(struct ww_mllp_conn *c);
/* Closes at once: in->open loses it, in->dead gets it, and in->reap is made to run. */
void ww_mllp_conn_kill(struct ww_mllp_conn *c);
/* Closes it if it has come to its end: nothing more to take, to answer or to write. */
void ww_mllp_conn_settle(struct ww_mllp_conn *c);
/* Closes at once, losing the answers not written: where they cannot be. */
void ww_mllp_conn_give_up(struct ww_mllp_conn *c, enum ww_mllp_trouble t);
struct ww_mllp_conn *ww_mllp_conn_next(const struct ww_mllp_conn *c);
/* Closes those that have been read in vain for long. */
void ww_mllp_conn_sweep(struct ww_mllp_in *in, int64_t now);
/* Frees what is in in->dead. */
void ww_mllp_conn_reap(struct ww_mllp_in *in);

/* mllp_in.c: counts and perhaps logs. */
void ww_mllp_in_trouble(struct ww_mllp_in *in, enum ww_mllp_trouble t, const char *peer);
int64_t ww_mllp_in_clock(void); /* monotonic ms */

/* mllp_answer.c: a frame of that many bytes waits for its answer; NULL: memory is short. */
struct ww_mllp_frame *ww_mllp_frame_new(struct ww_mllp_conn *c, size_t payload);
/* Frees the frames that the callee has let go; the others it still ends, without effect. */
void ww_mllp_frames_drop(struct ww_mllp_conn *c);

/* mllp_turn.c: whether a frame, or more of one, is taken now. */
bool ww_mllp_turn_takes(const struct ww_mllp_conn *c);
/* Starts or stops reading, as in->paused, the room and the connection's own state demand. */
void ww_mllp_turn_refresh(struct ww_mllp_conn *c);
/* Refreshes those that the room held back. */
void ww_mllp_turn_release(struct ww_mllp_in *in);
/* There is no room for it, or it waits for room no more. */
void ww_mllp_turn_hold(struct ww_mllp_conn *c, bool held);
/* Its handshake must be done in time. */
void ww_mllp_turn_hurry(struct ww_mllp_conn *c);
/* Its peer may be in debt: then it rests until that is paid. */
void ww_mllp_turn_rest(struct ww_mllp_conn *c, int64_t now);

#endif
