/* MLLP listener: frames in, answers out in the order of the frames. */
#ifndef WW_LINK_MLLP_IN_H
#define WW_LINK_MLLP_IN_H

#include "link/tls.h"

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_loop;
struct ww_mllp_in;    /* a listener */
struct ww_mllp_frame; /* one frame that waits for its answer */

struct ww_mllp_room; /* mllp_room.h */
struct ww_network;   /* base/network.h */

struct ww_mllp_in_settings {
	ww_str
	    address; /* "127.0.0.1:2575", "[::1]:2575"; port 0: any free one. Names are not resolved. */
	size_t max_message;
	unsigned max_connections;
	unsigned peer_connections; /* from one address */
	unsigned
	    peer_rate; /* messages a second from one address; beyond it is not read for a while */
	unsigned frame_timeout;  /* seconds without a byte inside a frame */
	unsigned frame_deadline; /* seconds for a frame as a whole */
	unsigned idle_timeout;   /* seconds without a frame */
	unsigned accept_queue;   /* connections that the system keeps until we accept them */
	unsigned
	    max_pending; /* frames of one connection that wait for an answer; then it is not read */
	unsigned release;          /* of MLLP, 1 or 2; 0 is 1 */
	struct ww_mllp_room *room; /* not owned; outlives the listener */
	/* Networks that peers may come from, 0: any. Not owned; they outlive the listener. */
	const struct ww_network *networks;
	size_t networks_n;
	/* With it every connection begins with a handshake. Not owned; it lives until another takes its place
	 * (ww_mllp_in_renew) or the listener is closed. */
	struct ww_tls *tls;
	unsigned handshake_timeout; /* seconds from the connection to the end of its handshake */
	/* Called on the loop's thread with each frame that is not empty. The callee ends it once, now or
	 * later, on the loop's thread, with ww_mllp_answer, ww_mllp_end or ww_mllp_abandon. payload and peer (an address)
	 * are valid during the call only. */
	void (*on_frame)(void *arg, struct ww_mllp_frame *f, ww_str payload, ww_str peer);
	/* The same with the beginning of a frame that is longer than max_message; the rest was not kept. */
	void (*on_too_big)(void *arg, struct ww_mllp_frame *f, ww_str head, ww_str peer);
	void *arg;
};

/* Listens (TCP_NODELAY, keepalive). The settings are copied. */
WW_MUST ww_status ww_mllp_in_open(struct ww_loop *l, struct ww_ctx *cx,
    const struct ww_mllp_in_settings *s, struct ww_mllp_in **out);
unsigned ww_mllp_in_port(const struct ww_mllp_in *in);
/* Stops reading and accepting (the disk is in trouble, or a queue is full), and goes on again. */
void ww_mllp_in_pause(struct ww_mllp_in *in, bool paused);
/* New connections use that context; those that are open live on with theirs. Only for a listener that has one. */
void ww_mllp_in_renew(struct ww_mllp_in *in, struct ww_tls *tls);
/* Closes the listening socket and every connection once its pending answers are written; frames not
 * answered within grace_ms are abandoned. done(arg) is called when all is closed; the listener is freed. */
void ww_mllp_in_close(struct ww_mllp_in *in, unsigned grace_ms, void (*done)(void *arg), void *arg);
/* Connections open now; frames given to on_frame; what was thrown away: empty frames, frames begun anew,
 * connections closed for noise, size or time. */
void ww_mllp_in_counts(
    const struct ww_mllp_in *in, uint64_t *connections, uint64_t *frames, uint64_t *noise);
/* Connections that were refused: by their address, and by their handshake. */
void ww_mllp_in_refused(const struct ww_mllp_in *in, uint64_t *outside, uint64_t *handshakes);

/* The names in the certificate of a frame's peer; they are valid while on_frame is called. */
struct ww_tls_names ww_mllp_frame_names(const struct ww_mllp_frame *f);

/* Connections that were closed at once because there were too many, of this listener, of all or of one address. */
uint64_t ww_mllp_in_turned_away(const struct ww_mllp_in *in);

/* What is said of a frame leaves in these parts. Each waits for the same part of all frames before it on that connection, and
 * for the parts before it of its own frame. A connection closed meanwhile is no error. */
enum ww_mllp_part {
	WW_MLLP_COMMIT, /* commit block of release 2 */
	WW_MLLP_ANSWER,
	WW_MLLP_LATER, /* what follows at its own time: it does not hold back the answers to frames behind it */
	WW_MLLP_PARTS
};
/* Says one part, once, as a frame; an empty payload: there is none of it. */
void ww_mllp_say(struct ww_mllp_frame *f, enum ww_mllp_part part, ww_str payload);
/* The commit block, positive or negative. Nothing with release 1, or when it was said before. */
void ww_mllp_commit(struct ww_mllp_frame *f, bool taken);
/* Nothing more will be said. The frame is gone after the call. */
void ww_mllp_end(struct ww_mllp_frame *f);
/* Says the answer and ends the frame. */
void ww_mllp_answer(struct ww_mllp_frame *f, ww_str answer);
/* Ends a frame without answer and closes its connection, so that the sender keeps the message. */
void ww_mllp_abandon(struct ww_mllp_frame *f);

#endif
