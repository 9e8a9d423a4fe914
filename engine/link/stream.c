/* A socket with buffers: two events of the loop, and one for what is to be looked at again. */
#include "link/stream.h"

#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* What TLS carries in one record. */
#define RECORD ((size_t)16 << 10)

struct ww_stream {
	struct ww_stream_settings set;
	int fd;
	struct ww_tls_conn *tls; /* NULL: plain */
	struct event read, write, again;
	struct evbuffer *input, *output;
	bool shaking;    /* the handshake is under way */
	bool reading;    /* the callee wants to read */
	bool read_armed; /* the event is pending */
	bool read_waits; /* TLS must write before it can read on */
	bool write_armed;
	bool eof, stopped;
};

/* -- events ----------------------------------------------------------------------------------------- */

static void
arm_read(struct ww_stream *s, bool on)
{
	if (on == s->read_armed)
		return;
	s->read_armed = on;
	if (on)
		event_add(&s->read, NULL);
	else
		event_del(&s->read);
}

static void
arm_write(struct ww_stream *s, bool on)
{
	const struct timeval unread = { .tv_sec = (time_t)s->set.write_timeout };

	if (on == s->write_armed)
		return;
	s->write_armed = on;
	if (!on)
		event_del(&s->write);
	else /* a handshake has a deadline of its own */
		event_add(&s->write, s->shaking ? NULL : &unread);
}

/* Reads, or not, as the callee wants and as there is room. TLS may hold bytes of which the socket shows nothing. */
static void
settle(struct ww_stream *s)
{
	bool want = s->reading && !s->eof && evbuffer_get_length(s->input) < s->set.read_most;

	if (s->shaking || s->stopped)
		return;
	arm_read(s, want);
	if (want && s->tls != NULL && ww_tls_pending(s->tls))
		event_active(&s->read, EV_READ, 0);
}

static void
end(struct ww_stream *s, enum ww_stream_end how)
{
	arm_read(s, false);
	if (how != WW_STREAM_EOF)
		arm_write(s, false);
	s->eof = true;
	s->set.on_end(s->set.arg, how);
}

/* -- reading ---------------------------------------------------------------------------------------- */

enum got { NOTHING, BYTES, CLOSED, LOST };

static enum got
read_plain(struct ww_stream *s, size_t most)
{
	int n = evbuffer_read(s->input, s->fd, (int)most);

	if (n > 0)
		return BYTES;
	if (n == 0)
		return CLOSED;
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? NOTHING : LOST;
}

static enum got
read_tls(struct ww_stream *s, size_t most)
{
	char bytes[RECORD];
	size_t n = 0;

	switch (ww_tls_read(s->tls, bytes, most < sizeof(bytes) ? most : sizeof(bytes), &n)) {
	case WW_TLS_DONE:
		return evbuffer_add(s->input, bytes, n) == 0 ? BYTES : LOST;
	case WW_TLS_WANT_READ:
		return NOTHING;
	case WW_TLS_WANT_WRITE:
		s->read_waits = true;
		arm_write(s, true);
		return NOTHING;
	case WW_TLS_EOF:
		return CLOSED;
	case WW_TLS_FAILED:
		break;
	}
	return LOST;
}

static void
take(struct ww_stream *s)
{
	size_t held = evbuffer_get_length(s->input);
	enum got got;

	if (!s->reading || s->eof || held >= s->set.read_most) {
		settle(s);
		return;
	}
	got = s->tls != NULL ? read_tls(s, s->set.read_most - held)
	                     : read_plain(s, s->set.read_most - held);
	if (got == BYTES) {
		s->set.on_bytes(s->set.arg);
		settle(s);
	} else if (got != NOTHING) {
		end(s, got == CLOSED ? WW_STREAM_EOF : WW_STREAM_BROKEN);
	}
}

/* -- the handshake ---------------------------------------------------------------------------------- */

static void
shake(struct ww_stream *s)
{
	enum ww_tls_end e = ww_tls_handshake(s->tls);

	if (e == WW_TLS_FAILED) {
		end(s, WW_STREAM_UNSAFE);
		return;
	}
	arm_read(s, e == WW_TLS_WANT_READ);
	arm_write(s, e == WW_TLS_WANT_WRITE);
	if (e != WW_TLS_DONE)
		return;
	s->shaking = false;
	s->set.on_open(s->set.arg);
	settle(s);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct ww_stream *s = arg;

	(void)fd;
	(void)what;
	if (s->shaking)
		shake(s);
	else
		take(s);
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct ww_stream *s = arg;

	(void)fd;
	(void)what;
	s->set.on_bytes(s->set.arg);
	settle(s);
}

/* -- writing ---------------------------------------------------------------------------------------- */

/* False: nothing more can be written, ever. */
static bool
write_plain(struct ww_stream *s)
{
	int n = evbuffer_write(s->output, s->fd);

	return n > 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static bool
write_tls(struct ww_stream *s)
{
	size_t n, put;

	while ((n = evbuffer_get_length(s->output)) > 0) {
		size_t piece = n < RECORD ? n : RECORD;
		const unsigned char *p = evbuffer_pullup(s->output, (ev_ssize_t)piece);
		enum ww_tls_end e =
		    p != NULL ? ww_tls_write(s->tls, p, piece, &put) : WW_TLS_FAILED;

		if (e != WW_TLS_DONE) /* without renegotiation a write never waits for a read */
			return e == WW_TLS_WANT_WRITE;
		evbuffer_drain(s->output, put);
	}
	return true;
}

static void
give(struct ww_stream *s)
{
	if (!(s->tls != NULL ? write_tls(s) : write_plain(s))) {
		end(s, WW_STREAM_BROKEN);
		return;
	}
	if (evbuffer_get_length(s->output) > 0)
		return;
	arm_write(s, s->read_waits);
	s->set.on_written(s->set.arg);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct ww_stream *s = arg;

	(void)fd;
	if (s->shaking) {
		shake(s);
		return;
	}
	if ((what & EV_TIMEOUT) != 0) {
		end(s, WW_STREAM_STUCK);
		return;
	}
	if (s->read_waits) {
		s->read_waits = false;
		arm_write(s, evbuffer_get_length(s->output) > 0);
		take(s);
	}
	if (!s->stopped && evbuffer_get_length(s->output) > 0)
		give(s);
}

/* -- the interface ---------------------------------------------------------------------------------- */

struct ww_stream *
ww_stream_new(const struct ww_stream_settings *set, int fd)
{
	struct ww_stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->set = *set;
	s->fd = fd;
	s->input = evbuffer_new();
	s->output = evbuffer_new();
	if (set->tls != NULL)
		s->tls = ww_tls_conn_new(set->tls, fd, NULL);
	if (s->input == NULL || s->output == NULL || (set->tls != NULL && s->tls == NULL) ||
	    event_assign(&s->read, set->base, fd, EV_READ | EV_PERSIST, on_readable, s) != 0 ||
	    event_assign(&s->write, set->base, fd, EV_WRITE | EV_PERSIST, on_writable, s) != 0 ||
	    event_assign(&s->again, set->base, -1, 0, on_again, s) != 0) {
		s->fd = -1;
		s->stopped = true;
		ww_stream_free(s);
		return NULL;
	}
	if (s->tls != NULL) {
		s->shaking = true;
		arm_read(s, true);
	}
	return s;
}

void
ww_stream_stop(struct ww_stream *s)
{
	if (s->stopped)
		return;
	s->stopped = true;
	arm_read(s, false);
	event_del(&s->read); /* it may have been made active without being armed */
	arm_write(s, false);
	event_del(&s->again);
	if (s->tls != NULL && !s->shaking)
		ww_tls_finish(s->tls);
}

void
ww_stream_free(struct ww_stream *s)
{
	if (s == NULL)
		return;
	assert(s->stopped);
	ww_tls_conn_free(s->tls);
	if (s->input != NULL)
		evbuffer_free(s->input);
	if (s->output != NULL)
		evbuffer_free(s->output);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

void
ww_stream_read(struct ww_stream *s, bool on)
{
	s->reading = on;
	settle(s);
}

void
ww_stream_again(struct ww_stream *s)
{
	event_active(&s->again, EV_TIMEOUT, 0);
}

struct evbuffer *
ww_stream_input(struct ww_stream *s)
{
	return s->input;
}

size_t
ww_stream_unwritten(const struct ww_stream *s)
{
	return evbuffer_get_length(s->output);
}

bool
ww_stream_write(struct ww_stream *s, ww_str bytes)
{
	if (!ww_stream_put(s, bytes))
		return false;
	arm_write(s, true);
	return true;
}

bool
ww_stream_put(struct ww_stream *s, ww_str bytes)
{
	return evbuffer_add(s->output, bytes.p, bytes.n) == 0;
}

void
ww_stream_flush(struct ww_stream *s)
{
	if (s->write_armed || evbuffer_get_length(s->output) == 0)
		return; /* what went before is still on its way, or there is nothing */
	if (s->tls != NULL ? !write_tls(s) : !write_plain(s)) {
		arm_write(s, true);
		return;
	}
	if (evbuffer_get_length(s->output) > 0)
		arm_write(s, true);
}

void
ww_stream_shut(struct ww_stream *s)
{
	if (s->tls != NULL)
		ww_tls_finish(s->tls);
	(void)shutdown(s->fd, SHUT_WR);
}

void
ww_stream_discard(struct ww_stream *s)
{
	char bytes[4096];
	size_t left = RECORD;
	ssize_t n;

	while (left > 0 && (n = recv(s->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		left -= (size_t)n < left ? (size_t)n : left;
}

int
ww_stream_fd(const struct ww_stream *s)
{
	return s->fd;
}

const struct ww_tls_conn *
ww_stream_tls(const struct ww_stream *s)
{
	return s->tls;
}
