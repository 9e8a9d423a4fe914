/* What goes wrong with senders, over MLLP and over HTTP, counted and said: the first of a kind at once, what follows within a minute as a number
 * at its end. A storm of refusals is two lines a minute, and still nothing is left unsaid. */
#ifndef WW_LINK_MLLP_TROUBLE_H
#define WW_LINK_MLLP_TROUBLE_H

#include "base/seldom.h"
#include "link/tls.h"

#include <wardwire/str.h>

enum ww_mllp_trouble {
	WW_MLLP_TROUBLE_NOISE,      /* too many bytes outside frames */
	WW_MLLP_TROUBLE_TOO_BIG,    /* a frame passes the limit */
	WW_MLLP_TROUBLE_ENDLESS,    /* a frame is far beyond the limit and has no end */
	WW_MLLP_TROUBLE_SLOW,       /* a frame was not ended in time */
	WW_MLLP_TROUBLE_IDLE,       /* no frame for long */
	WW_MLLP_TROUBLE_UNREAD,     /* answers are not read */
	WW_MLLP_TROUBLE_CROWD,      /* more connections than allowed */
	WW_MLLP_TROUBLE_PEER_CROWD, /* more connections from one address than allowed */
	WW_MLLP_TROUBLE_FAST,       /* more messages a second from one address than allowed */
	WW_MLLP_TROUBLE_BACKLOG,    /* more frames wait for their answer than allowed */
	WW_MLLP_TROUBLE_OPEN,       /* frames that are coming in hold more than allowed */
	WW_MLLP_TROUBLE_ACCEPT,     /* the system gives no more sockets */
	WW_MLLP_TROUBLE_MEMORY,
	WW_MLLP_TROUBLE_ANSWER,         /* an answer that MLLP cannot carry */
	WW_MLLP_TROUBLE_REQUEST,        /* HTTP: what came is no request */
	WW_MLLP_TROUBLE_REQUEST_LONG,   /* HTTP: a body passes the limit */
	WW_MLLP_TROUBLE_REQUEST_SLOW,   /* HTTP: a request was not ended in time */
	WW_MLLP_TROUBLE_OUTSIDE,        /* a peer of no network that may send */
	WW_MLLP_TROUBLE_HANDSHAKE_SLOW, /* a TLS handshake was not ended in time */
	WW_MLLP_TROUBLE_HANDSHAKE,      /* from here on: it failed, by enum ww_tls_fault */
	WW_MLLP_TROUBLES = WW_MLLP_TROUBLE_HANDSHAKE + WW_TLS_FAULTS
};

struct ww_mllp_troubles {
	const char *protocol; /* "http"; NULL: "mllp" */
	struct ww_seldom of[WW_MLLP_TROUBLES];
};

/* All times are monotonic milliseconds. listener and peer are addresses. */
void ww_mllp_trouble_add(struct ww_mllp_troubles *t, enum ww_mllp_trouble what,
    const char *listener, const char *peer, int64_t now);
/* Says what is unsaid where its minute is over, or everywhere when at_end. */
void ww_mllp_trouble_flush(
    struct ww_mllp_troubles *t, const char *listener, int64_t now, bool at_end);

#endif
