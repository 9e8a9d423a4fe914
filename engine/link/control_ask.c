/* A command's end of the control socket: blocking, one line out, one line back, every wait ends at a deadline. */
#include "link/control.h"

#include "link/await.h"
#include "link/control_path.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MOST = 1 << 20 };

static const char late[] = "the engine does not answer in time";

/* A connected socket, or -1 with the failure recorded. */
static int
connect_to(struct ww_ctx *cx, const char *path)
{
	struct sockaddr_un address;
	int folder = -1, fd = -1, error;

	if (ww_control_path(cx, path, &address, &folder) != WW_OK)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		error = 0;
	else
		error = errno;
	if (folder >= 0)
		close(folder);
	if (error == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	(void)ww_fail(cx, error == ENOENT || error == ECONNREFUSED ? WW_E_CONNECT : WW_E_IO, NULL,
	    "cannot reach the engine: %s", strerror(error));
	return -1;
}

static ww_status
send_line(struct ww_ctx *cx, int fd, ww_str line, int64_t deadline)
{
	while (line.n > 0) {
		ww_status s = ww_await(cx, fd, POLLOUT, deadline, late);
		ssize_t n;

		if (s != WW_OK)
			return s;
		n = send(fd, line.p, line.n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return ww_fail(cx, WW_E_CLOSED, NULL, "the engine closed the connection");
		if (n > 0)
			line = ww_str_sub(line, (size_t)n, line.n);
	}
	return WW_OK;
}

/* Appends what comes up to a line feed. */
static ww_status
read_line(struct ww_ctx *cx, int fd, int64_t deadline, struct ww_buf *answer)
{
	char bytes[4096];

	while (answer->n < ANSWER_MOST) {
		ww_status s = ww_await(cx, fd, POLLIN, deadline, late);
		const char *end;
		ssize_t n;

		if (s != WW_OK)
			return s;
		n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return ww_fail(cx, WW_E_CLOSED, NULL,
			    "the engine closed the connection without an answer");
		end = memchr(bytes, '\n', (size_t)n);
		ww_buf_add(answer, bytes, end != NULL ? (size_t)(end - bytes) : (size_t)n);
		if (answer->error != WW_OK)
			return ww_fail_memory(cx);
		if (end != NULL)
			return WW_OK;
	}
	return ww_fail(cx, WW_E_LIMIT, NULL, "the answer has no end");
}

ww_status
ww_control_ask(
    struct ww_ctx *cx, const char *path, ww_str line, unsigned timeout_ms, struct ww_buf *answer)
{
	int64_t deadline = ww_await_until(timeout_ms);
	int fd = connect_to(cx, path);
	ww_status s;

	if (fd < 0)
		return cx->fail.status;
	s = send_line(cx, fd, line, deadline);
	if (s == WW_OK)
		s = send_line(cx, fd, WW_STR("\n"), deadline);
	if (s == WW_OK)
		s = read_line(cx, fd, deadline, answer);
	close(fd);
	return s;
}
