/* One connection of `wardwire-kit send`: a frame out, its answer back, again after a failure when that is wanted. */
#ifndef WW_KIT_SEND_CONN_H
#define WW_KIT_SEND_CONN_H

#include "kit/send_report.h"

#include <wardwire/ctx.h>

#include <signal.h>

struct ww_buf;
struct ww_mllp_out;
struct ww_tls;

struct ww_send_conn {
	ww_str address;                           /* "host:port" */
	unsigned timeout;                         /* ms */
	const volatile sig_atomic_t *interrupted; /* once it is true nothing is tried again */
	struct ww_tls *tls;                       /* NULL: plain */
	const char *name;        /* what the receiver's certificate must be for; NULL: its host */
	struct ww_mllp_out *out; /* NULL: not connected */
	bool
	    accepts; /* the receiver speaks enhanced mode: it gave an accept acknowledgement on this connection */
};

/* Sends the bytes of the message with that MSH-10 (raw) as one frame and appends the answer, to an empty buffer; application
 * acknowledgements for messages that were accepted before are passed over. After a failure it is told on standard error and, while retries
 * are left, tried again a second later on a new connection. *sent: some of it may have left. *us: how long the
 * exchange took that was answered. */
WW_MUST ww_status ww_send_conn_exchange(struct ww_send_conn *c, struct ww_ctx *cx, ww_str wire,
    ww_str control_id, uint64_t retries, struct ww_buf *answer, bool *sent, uint64_t *us);
/* Disconnects; the next exchange connects anew. */
void ww_send_conn_close(struct ww_send_conn *c);

/* What the answer, one acknowledgement or a batch of them, makes of the message with that MSH-10 (raw). code gets the
 * acknowledgement's, or "". */
enum ww_send_end ww_send_conn_judge(
    struct ww_ctx *cx, ww_str answer, ww_str control_id, char code[3], ww_str *acknowledgement);

/* Monotonic microseconds. */
uint64_t ww_send_conn_clock(void);

#endif
