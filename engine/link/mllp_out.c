/* A blocking MLLP client: one connection, one message at a time, every wait ends at a deadline. */
#include "link/mllp_out.h"

#include "codec/mllp.h"
#include "link/address.h"
#include "link/await.h"
#include "link/tls.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MOST ((size_t)1 << 20)

struct ww_mllp_out {
	int fd;
	struct ww_tls_conn *tls; /* NULL: plain */
	struct ww_address address;
	struct ww_mllp codec;
	ww_str unread; /* what of bytes is not yet fed to the codec */
	char bytes[16384];
};

static const char late[] = "no answer in time";

/* A connected socket, or -1 with *s set. Does not record: the next address may do better. */
static int
connect_to(const struct addrinfo *a, int64_t deadline, ww_status *s)
{
	struct ww_ctx scratch = { .arena = NULL };
	const int on = 1;
	int error = 0, fd = socket(a->ai_family, SOCK_STREAM, 0);
	socklen_t len = sizeof(error);

	*s = WW_E_CONNECT;
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 || fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
		goto fail;
	if (connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
		if (errno != EINPROGRESS && errno != EINTR)
			goto fail;
		*s = ww_await(&scratch, fd, POLLOUT, deadline, late);
		if (*s != WW_OK)
			goto fail;
		*s = WW_E_CONNECT;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error != 0)
			goto fail;
	}
	*s = WW_OK;
	return fd;
fail:
	close(fd);
	return -1;
}

ww_status
ww_mllp_out_open(struct ww_ctx *cx, ww_str text, unsigned timeout_ms, struct ww_mllp_out **out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
	int64_t deadline = ww_await_until(timeout_ms);
	ww_status s = WW_E_CONNECT;
	struct addrinfo *found, *a;
	struct ww_address address;
	struct ww_mllp_out *o;
	int fd = -1;

	if (!ww_address_split(text, &address))
		return ww_fail(cx, WW_E_VALUE, NULL, "'%.*s' is not host:port",
		    text.n < 80 ? (int)text.n : 80, text.p);
	if (getaddrinfo(address.host, address.port, &hints, &found) != 0)
		return ww_fail(cx, WW_E_CONNECT, NULL, "%s is not known", address.host);
	for (a = found; a != NULL && fd < 0; a = a->ai_next)
		fd = connect_to(a, deadline, &s);
	freeaddrinfo(found);
	if (fd < 0)
		return ww_fail(
		    cx, s, NULL, "no connection to %s port %s", address.host, address.port);
	o = malloc(sizeof(*o));
	if (o == NULL) {
		close(fd);
		return ww_fail_memory(cx);
	}
	o->fd = fd;
	o->tls = NULL;
	o->address = address;
	o->unread = ww_str_empty();
	ww_mllp_start(&o->codec, ANSWER_MOST);
	*out = o;
	return WW_OK;
}

void
ww_mllp_out_close(struct ww_mllp_out *o)
{
	if (o == NULL)
		return;
	ww_tls_conn_free(o->tls);
	close(o->fd);
	ww_mllp_free(&o->codec);
	free(o);
}

/* Waits for what a call on the TLS connection wants, or says why it did not end well. */
static ww_status
await_tls(struct ww_mllp_out *o, struct ww_ctx *cx, enum ww_tls_end end, int64_t deadline)
{
	switch (end) {
	case WW_TLS_DONE:
		return WW_OK;
	case WW_TLS_WANT_READ:
		return ww_await(cx, o->fd, POLLIN, deadline, late);
	case WW_TLS_WANT_WRITE:
		return ww_await(cx, o->fd, POLLOUT, deadline, late);
	case WW_TLS_EOF:
		return ww_fail(cx, WW_E_CLOSED, NULL, "closed without an answer");
	case WW_TLS_FAILED:
		break;
	}
	return ww_fail(
	    cx, WW_E_CLOSED, NULL, "TLS: %s", ww_tls_fault_name(ww_tls_conn_fault(o->tls)));
}

ww_status
ww_mllp_out_secure(struct ww_mllp_out *o, struct ww_ctx *cx, struct ww_tls *tls, const char *name,
    unsigned timeout_ms)
{
	int64_t deadline = ww_await_until(timeout_ms);
	enum ww_tls_end end;
	ww_status s;

	o->tls = ww_tls_conn_new(tls, o->fd, name != NULL ? name : o->address.host);
	if (o->tls == NULL)
		return ww_fail_memory(cx);
	do {
		end = ww_tls_handshake(o->tls);
		s = await_tls(o, cx, end, deadline);
	} while (s == WW_OK && end != WW_TLS_DONE);
	return s;
}

static ww_status
write_tls(struct ww_mllp_out *o, struct ww_ctx *cx, ww_str bytes, int64_t deadline)
{
	ww_status s = WW_OK;

	while (bytes.n > 0 && s == WW_OK) {
		size_t put = 0;
		enum ww_tls_end end = ww_tls_write(o->tls, bytes.p, bytes.n, &put);

		s = await_tls(o, cx, end, deadline);
		if (end == WW_TLS_DONE)
			bytes = ww_str_sub(bytes, put, bytes.n);
	}
	return s;
}

static ww_status
read_tls(struct ww_mllp_out *o, struct ww_ctx *cx, int64_t deadline)
{
	enum ww_tls_end end;
	size_t got = 0;
	ww_status s;

	do {
		end = ww_tls_read(o->tls, o->bytes, sizeof(o->bytes), &got);
		s = await_tls(o, cx, end, deadline);
	} while (s == WW_OK && end != WW_TLS_DONE);
	if (s == WW_OK)
		o->unread = ww_str_of(o->bytes, got);
	return s;
}

static ww_status
write_all(struct ww_mllp_out *o, struct ww_ctx *cx, ww_str bytes, int64_t deadline)
{
	while (bytes.n > 0) {
		ssize_t n = send(o->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		ww_status s;

		if (n >= 0) {
			bytes = ww_str_sub(bytes, (size_t)n, bytes.n);
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return ww_fail(
			    cx, WW_E_CLOSED, NULL, "the connection broke: %s", strerror(errno));
		s = ww_await(cx, o->fd, POLLOUT, deadline, late);
		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

/* Reads more bytes into o->unread, which must be empty. */
static ww_status
read_more(struct ww_mllp_out *o, struct ww_ctx *cx, int64_t deadline)
{
	if (o->tls != NULL)
		return read_tls(o, cx, deadline);
	for (;;) {
		ssize_t n;
		ww_status s = ww_await(cx, o->fd, POLLIN, deadline, late);

		if (s != WW_OK)
			return s;
		n = recv(o->fd, o->bytes, sizeof(o->bytes), 0);
		if (n > 0) {
			o->unread = ww_str_of(o->bytes, (size_t)n);
			return WW_OK;
		}
		if (n == 0)
			return ww_fail(cx, WW_E_CLOSED, NULL, "closed without an answer");
		if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
			return ww_fail(
			    cx, WW_E_CLOSED, NULL, "the connection broke: %s", strerror(errno));
	}
}

static ww_status
read_frame(struct ww_mllp_out *o, struct ww_ctx *cx, int64_t deadline, ww_str *frame)
{
	for (;;) {
		switch (ww_mllp_feed(&o->codec, &o->unread, frame)) {
		case WW_MLLP_FRAME:
			if (frame->n > 0 && !ww_mllp_is_commit(*frame))
				return WW_OK;
			break; /* an empty frame answers nothing, and an acknowledgement follows a commit block */
		case WW_MLLP_NOISE:
			return ww_fail(cx, WW_E_SYNTAX, NULL, "what came back is not MLLP");
		case WW_MLLP_SHORT:
			return ww_fail_memory(cx);
		case WW_MLLP_TOO_BIG:
		case WW_MLLP_ENDLESS:
			return ww_fail(cx, WW_E_LIMIT, NULL, "the answer has more than %zu bytes",
			    ANSWER_MOST);
		case WW_MLLP_MORE:
			if (o->unread.n == 0) {
				ww_status s = read_more(o, cx, deadline);

				if (s != WW_OK)
					return s;
			}
			break;
		}
	}
}

/* Appends the next frame to *answer. */
static ww_status
take_answer(struct ww_mllp_out *o, struct ww_ctx *cx, int64_t deadline, struct ww_buf *answer)
{
	ww_str frame = ww_str_empty();
	ww_status s = read_frame(o, cx, deadline, &frame);

	if (s != WW_OK)
		return s;
	ww_buf_str_add(answer, frame);
	return answer->error == WW_OK ? WW_OK : ww_fail_memory(cx);
}

ww_status
ww_mllp_out_next(
    struct ww_mllp_out *o, struct ww_ctx *cx, unsigned timeout_ms, struct ww_buf *answer)
{
	return take_answer(o, cx, ww_await_until(timeout_ms), answer);
}

ww_status
ww_mllp_out_exchange(struct ww_mllp_out *o, struct ww_ctx *cx, ww_str message, unsigned timeout_ms,
    struct ww_buf *answer)
{
	int64_t deadline = ww_await_until(timeout_ms);
	struct ww_buf framed = { .p = NULL };
	ww_status s;

	if (!ww_mllp_write(message, &framed))
		s = ww_fail(cx, WW_E_VALUE, NULL, "the message has a byte that MLLP cannot carry");
	else if (framed.error != WW_OK)
		s = ww_fail_memory(cx);
	else
		s = (o->tls != NULL ? write_tls : write_all)(o, cx, ww_buf_view(&framed), deadline);
	ww_buf_free(&framed);
	return s == WW_OK ? take_answer(o, cx, deadline, answer) : s;
}
