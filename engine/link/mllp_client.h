/* One connection to an MLLP receiver, made already: one message at a time goes out, and what comes back is matched to it. It
 * waits for nothing and has no clock: who calls it waits for what it asks for and gives up when it has waited enough.
 * Who gives up frees it, so that a late answer has no connection to come by. */
#ifndef WW_LINK_MLLP_CLIENT_H
#define WW_LINK_MLLP_CLIENT_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_buf;
struct ww_ctx;
struct ww_mllp_client;
struct ww_tls_conn;

enum ww_mllp_client_end {
	WW_MLLP_CLIENT_WAITS,    /* nothing has ended */
	WW_MLLP_CLIENT_ANSWERED, /* the acknowledgement of the message is here */
	/* The connection is of no use any more: */
	WW_MLLP_CLIENT_NO_TLS,  /* no session; nothing was sent */
	WW_MLLP_CLIENT_GONE,    /* the peer closed it, or it broke */
	WW_MLLP_CLIENT_STRANGE, /* what comes back is not MLLP, or far too much of it */
	WW_MLLP_CLIENT_NAK,   /* a commit block of release 2 says that the message was not stored */
	WW_MLLP_CLIENT_SHORT, /* of memory */
};

/* Takes over fd, a connected socket that does not block, and tls (NULL: none). NULL, with nothing taken over: short of
 * memory. */
struct ww_mllp_client *ww_mllp_client_new(int fd, struct ww_tls_conn *tls);
void ww_mllp_client_free(struct ww_mllp_client *c); /* closes; NULL is allowed */

/* Begins with a message when none is under way; the frame (ww_mllp_write) is moved out of *frame. False: short of memory,
 * and nothing was taken. */
bool ww_mllp_client_send(struct ww_mllp_client *c, struct ww_buf *frame, ww_str control_id);
/* Goes on as far as it can. Before the first byte of a message it reads what has come meanwhile, so that a connection which
 * the peer has closed is known for one before anything is lost on it. cx: for reading answers; its arena is used up. */
enum ww_mllp_client_end ww_mllp_client_step(struct ww_mllp_client *c, struct ww_ctx *cx);
/* What to wait for before the next step: POLLIN, POLLOUT. */
short ww_mllp_client_events(const struct ww_mllp_client *c);
int ww_mllp_client_fd(const struct ww_mllp_client *c);

/* -- what is known of it ----------------------------------------------------------------------------- */

/* Of the message under way, or else the last one: a first byte has left; all of them have. */
bool ww_mllp_client_began(const struct ww_mllp_client *c);
bool ww_mllp_client_sent(const struct ww_mllp_client *c);
/* A commit block of release 2 said that the message is stored; its acknowledgement is still to come. */
bool ww_mllp_client_committed(const struct ww_mllp_client *c);
/* After ANSWERED: "AA", "CE" and the like. */
const char *ww_mllp_client_code(const struct ww_mllp_client *c);
/* After NO_TLS or GONE: what TLS has against the connection, as ww_tls_fault_name has it; NULL: nothing, it broke. A receiver
 * that does not like our certificate says so only after the session seems to be there. */
const char *ww_mllp_client_fault(const struct ww_mllp_client *c);
/* That control id was the last one that was sent on it. An answer that comes twice, or the second one of enhanced mode,
 * could not be told from the answer to a message with the same. */
bool ww_mllp_client_last(const struct ww_mllp_client *c, ww_str control_id);
/* Frames so far that answered nothing: of another message, no acknowledgement, none wanted. An AA after a CA does not count:
 * in enhanced mode the application speaks later. */
uint64_t ww_mllp_client_ignored(const struct ww_mllp_client *c);

#endif
