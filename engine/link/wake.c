/* A pipe on which only that there are bytes means something. */
#include "link/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool
ww_wake_open(struct ww_wake *w)
{
	if (pipe(w->fd) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		if (fcntl(w->fd[i], F_SETFL, O_NONBLOCK) == -1 ||
		    fcntl(w->fd[i], F_SETFD, FD_CLOEXEC) == -1) {
			ww_wake_close(w);
			return false;
		}
	}
	return true;
}

void
ww_wake_close(struct ww_wake *w)
{
	close(w->fd[0]);
	close(w->fd[1]);
}

void
ww_wake_up(const struct ww_wake *w)
{
	while (write(w->fd[1], "", 1) < 0 && errno == EINTR) /* a full pipe is awake already */
		;
}

void
ww_wake_clear(const struct ww_wake *w)
{
	char bytes[64];

	while (read(w->fd[0], bytes, sizeof(bytes)) > 0)
		;
}
