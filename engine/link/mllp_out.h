/* MLLP client, blocking, one message in flight, with TLS or without: for the kit's `send`. */
#ifndef WW_LINK_MLLP_OUT_H
#define WW_LINK_MLLP_OUT_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_buf;
struct ww_mllp_out;
struct ww_tls;

/* Connects to "host:port" (names are resolved). WW_E_CONNECT, WW_E_TIMEOUT. */
WW_MUST ww_status ww_mllp_out_open(
    struct ww_ctx *cx, ww_str address, unsigned timeout_ms, struct ww_mllp_out **out);
/* Makes it a TLS connection before anything is sent; name is what the server's certificate must be for, NULL: the host of
 * the address. tls outlives the connection. After a failure it must be closed. */
WW_MUST ww_status ww_mllp_out_secure(struct ww_mllp_out *o, struct ww_ctx *cx, struct ww_tls *tls,
    const char *name, unsigned timeout_ms);
void ww_mllp_out_close(struct ww_mllp_out *o);
/* Sends one message and appends the payload of the next frame that comes back to *answer, commit blocks passed over. After any
 * failure the connection must be closed, so that a late answer is never taken for the next message's. */
WW_MUST ww_status ww_mllp_out_exchange(struct ww_mllp_out *o, struct ww_ctx *cx, ww_str message,
    unsigned timeout_ms, struct ww_buf *answer);
/* The same without sending anything: the frame behind that. */
WW_MUST ww_status ww_mllp_out_next(
    struct ww_mllp_out *o, struct ww_ctx *cx, unsigned timeout_ms, struct ww_buf *answer);

#endif
