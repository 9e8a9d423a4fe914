/* Waiting for one socket, up to a moment: for clients that block. */
#ifndef WW_LINK_AWAIT_H
#define WW_LINK_AWAIT_H

#include <wardwire/status.h>

#include <stdint.h>

struct ww_ctx;

/* The moment that many milliseconds from now. */
int64_t ww_await_until(unsigned timeout_ms);
/* Waits until fd can do what (POLLIN, POLLOUT), or has failed, which the next call on it tells. WW_E_TIMEOUT, with late as
 * its reason: it could not before the deadline. */
WW_MUST ww_status ww_await(
    struct ww_ctx *cx, int fd, short what, int64_t deadline, const char *late);

#endif
