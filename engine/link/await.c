/* Waiting for one socket, up to a moment. */
#include "link/await.h"

#include <wardwire/ctx.h>
#include <wardwire/time.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

int64_t
ww_await_until(unsigned timeout_ms)
{
	struct ww_clock ticks = ww_clock_ticks();

	return ww_clock_now(&ticks) + timeout_ms;
}

ww_status
ww_await(struct ww_ctx *cx, int fd, short what, int64_t deadline, const char *late)
{
	struct pollfd p = { .fd = fd, .events = what };

	for (;;) {
		int64_t left = deadline - ww_await_until(0);
		int n;

		if (left <= 0)
			return ww_fail(cx, WW_E_TIMEOUT, NULL, "%s", late);
		n = poll(&p, 1, left < 60000 ? (int)left : 60000);
		if (n > 0)
			return WW_OK;
		if (n < 0 && errno != EINTR)
			return ww_fail(cx, WW_E_IO, NULL, "cannot wait: %s", strerror(errno));
	}
}
