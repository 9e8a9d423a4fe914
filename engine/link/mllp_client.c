/* One connection of the MLLP client: bytes out, frames in, and which of them answers the message. */
#include "link/mllp_client.h"

#include "codec/ack.h"
#include "codec/mllp.h"
#include "link/tls.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MOST ((size_t)1 << 20)
/* Bytes that come in while one message is under way, or none. An answer is smaller; a peer that sends more would keep us
 * reading for ever. */
#define UNASKED_MOST ((size_t)4 << 20)

enum flow {
	FLOWS,   /* some bytes went through */
	STOPS,   /* not now */
	ENDS,    /* nothing more comes, ever */
	NO_FLOW, /* no TLS session */
};

struct ww_mllp_client {
	int fd;
	struct ww_tls_conn *tls;
	bool shaken;         /* there is a TLS session, or none is wanted */
	short reads, writes; /* what to wait for to go on with that */
	struct ww_mllp codec;
	size_t unasked;           /* bytes that came in since the last message ended */
	struct ww_buf out;        /* the frame under way, until it is answered */
	size_t left;              /* bytes of it that have */
	struct ww_buf control_id; /* of it, or of the last one */
	bool busy;                /* it is not answered */
	bool committed;
	bool accepts; /* it has answered in enhanced mode */
	char code[3];
	uint64_t ignored;
	char bytes[16384];
};

struct ww_mllp_client *
ww_mllp_client_new(int fd, struct ww_tls_conn *tls)
{
	struct ww_mllp_client *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->fd = fd;
	c->tls = tls;
	c->shaken = tls == NULL;
	c->reads = POLLIN;
	c->writes = POLLOUT;
	ww_mllp_start(&c->codec, ANSWER_MOST);
	return c;
}

void
ww_mllp_client_free(struct ww_mllp_client *c)
{
	if (c == NULL)
		return;
	if (c->tls != NULL && c->shaken)
		ww_tls_finish(c->tls);
	ww_tls_conn_free(c->tls);
	close(c->fd);
	ww_mllp_free(&c->codec);
	ww_buf_free(&c->out);
	ww_buf_free(&c->control_id);
	free(c);
}

bool
ww_mllp_client_send(struct ww_mllp_client *c, struct ww_buf *frame, ww_str control_id)
{
	ww_buf_clear(&c->control_id);
	ww_buf_str_add(&c->control_id, control_id);
	if (c->control_id.error != WW_OK)
		return false;
	ww_buf_free(&c->out);
	c->out = *frame;
	*frame = (struct ww_buf){ .p = NULL };
	c->left = 0;
	c->unasked = 0;
	c->busy = true;
	c->committed = false;
	return true;
}

/* -- bytes ------------------------------------------------------------------------------------------- */

/* What a TLS call ended with; *wants is what to wait for before it is made again. */
static enum flow
of_tls(enum ww_tls_end end, short *wants)
{
	*wants = end == WW_TLS_WANT_WRITE ? POLLOUT : POLLIN;
	switch (end) {
	case WW_TLS_DONE:
		return FLOWS;
	case WW_TLS_WANT_READ:
	case WW_TLS_WANT_WRITE:
		return STOPS;
	case WW_TLS_EOF:
	case WW_TLS_FAILED:
		break;
	}
	return ENDS;
}

static enum flow
of_errno(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? STOPS : ENDS;
}

static enum flow
shake(struct ww_mllp_client *c)
{
	enum flow f;

	if (c->shaken)
		return FLOWS;
	f = of_tls(ww_tls_handshake(c->tls), &c->reads);
	c->shaken = f == FLOWS;
	if (c->shaken)
		c->reads = POLLIN;
	return f == ENDS ? NO_FLOW : f;
}

static enum flow
read_some(struct ww_mllp_client *c, ww_str *in)
{
	size_t got = 0;
	ssize_t n;

	if (c->tls != NULL) {
		enum flow f =
		    of_tls(ww_tls_read(c->tls, c->bytes, sizeof(c->bytes), &got), &c->reads);

		*in = ww_str_of(c->bytes, got);
		return f;
	}
	n = recv(c->fd, c->bytes, sizeof(c->bytes), MSG_DONTWAIT);
	*in = ww_str_of(c->bytes, n > 0 ? (size_t)n : 0);
	return n > 0 ? FLOWS : n < 0 ? of_errno() : ENDS;
}

static enum flow
write_some(struct ww_mllp_client *c)
{
	ww_str rest = ww_str_sub(ww_buf_view(&c->out), c->left, c->out.n);
	size_t put = 0;
	enum flow f;
	ssize_t n;

	if (c->tls != NULL) {
		f = of_tls(ww_tls_write(c->tls, rest.p, rest.n, &put), &c->writes);
		if (f == FLOWS)
			c->left += put;
		return f;
	}
	n = send(c->fd, rest.p, rest.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n > 0)
		c->left += (size_t)n;
	return n > 0 ? FLOWS : of_errno();
}

/* -- answers ----------------------------------------------------------------------------------------- */

/* A frame that has come: ANSWERED when it is the acknowledgement of the message under way. */
static enum ww_mllp_client_end
take_frame(struct ww_mllp_client *c, struct ww_ctx *cx, ww_str frame)
{
	bool acknowledges, ours = false;
	char code[3];

	if (frame.n == 0) /* says nothing, harms nobody */
		return WW_MLLP_CLIENT_WAITS;
	if (c->busy && c->left > 0 && ww_mllp_is_commit(frame)) {
		c->committed = ww_str_eq(frame, ww_mllp_commit_block(true));
		return c->committed ? WW_MLLP_CLIENT_WAITS : WW_MLLP_CLIENT_NAK;
	}
	ww_ctx_clear(cx);
	acknowledges = ww_ack_read(cx, frame, ww_buf_view(&c->control_id), code, &ours);
	/* What comes before the message has left as a whole cannot be its answer, whatever it says. */
	if (acknowledges && ours && c->busy && ww_mllp_client_sent(c)) {
		memcpy(c->code, code, sizeof(code));
		c->accepts = c->accepts || code[0] == 'C';
		c->busy = false;
		c->unasked = 0;
		return WW_MLLP_CLIENT_ANSWERED;
	}
	/* Of enhanced mode: what the receiver's application says of a message that was accepted before is expected. */
	if (!acknowledges || !c->accepts || strcmp(code, "AA") != 0)
		c->ignored++;
	return WW_MLLP_CLIENT_WAITS;
}

/* Takes bytes up to the next event. */
static enum ww_mllp_client_end
take_one(struct ww_mllp_client *c, struct ww_ctx *cx, ww_str *in)
{
	ww_str frame;

	switch (ww_mllp_feed(&c->codec, in, &frame)) {
	case WW_MLLP_MORE:
		return WW_MLLP_CLIENT_WAITS;
	case WW_MLLP_FRAME:
		return take_frame(c, cx, frame);
	case WW_MLLP_SHORT:
		return WW_MLLP_CLIENT_SHORT;
	case WW_MLLP_TOO_BIG:
	case WW_MLLP_NOISE:
	case WW_MLLP_ENDLESS:
		break;
	}
	return WW_MLLP_CLIENT_STRANGE;
}

/* What stands behind the answer is taken too, and is of no use to anybody: an answer is not undone by it. */
static enum ww_mllp_client_end
take_bytes(struct ww_mllp_client *c, struct ww_ctx *cx, ww_str in)
{
	enum ww_mllp_client_end end = WW_MLLP_CLIENT_WAITS;

	c->unasked += in.n;
	if (c->unasked > UNASKED_MOST)
		return WW_MLLP_CLIENT_STRANGE;
	while (in.n > 0) {
		enum ww_mllp_client_end what = take_one(c, cx, &in);

		if (end == WW_MLLP_CLIENT_ANSWERED)
			continue;
		end = what;
		if (end != WW_MLLP_CLIENT_WAITS && end != WW_MLLP_CLIENT_ANSWERED)
			break;
	}
	return end;
}

static enum ww_mllp_client_end
read_all(struct ww_mllp_client *c, struct ww_ctx *cx)
{
	enum ww_mllp_client_end end = WW_MLLP_CLIENT_WAITS;
	ww_str in;

	while (end == WW_MLLP_CLIENT_WAITS) {
		enum flow f = read_some(c, &in);

		if (f == STOPS)
			return WW_MLLP_CLIENT_WAITS;
		if (f != FLOWS)
			return WW_MLLP_CLIENT_GONE;
		end = take_bytes(c, cx, in);
	}
	return end;
}

static enum ww_mllp_client_end
write_all(struct ww_mllp_client *c)
{
	while (c->busy && !ww_mllp_client_sent(c)) {
		enum flow f = write_some(c);

		if (f == STOPS)
			return WW_MLLP_CLIENT_WAITS;
		if (f != FLOWS)
			return WW_MLLP_CLIENT_GONE;
	}
	return WW_MLLP_CLIENT_WAITS;
}

enum ww_mllp_client_end
ww_mllp_client_step(struct ww_mllp_client *c, struct ww_ctx *cx)
{
	enum ww_mllp_client_end end;

	switch (shake(c)) {
	case FLOWS:
		break;
	case STOPS:
		return WW_MLLP_CLIENT_WAITS;
	case ENDS:
	case NO_FLOW:
		return WW_MLLP_CLIENT_NO_TLS;
	}
	end = read_all(c, cx);
	if (end != WW_MLLP_CLIENT_WAITS || !c->busy || ww_mllp_client_sent(c))
		return end;
	return write_all(c);
}

short
ww_mllp_client_events(const struct ww_mllp_client *c)
{
	if (!c->shaken || !c->busy || ww_mllp_client_sent(c))
		return c->reads;
	return (short)(c->reads | c->writes);
}

/* -- what is known ----------------------------------------------------------------------------------- */

int
ww_mllp_client_fd(const struct ww_mllp_client *c)
{
	return c->fd;
}

bool
ww_mllp_client_began(const struct ww_mllp_client *c)
{
	return c->left > 0;
}

bool
ww_mllp_client_sent(const struct ww_mllp_client *c)
{
	return c->left == c->out.n;
}

bool
ww_mllp_client_committed(const struct ww_mllp_client *c)
{
	return c->committed;
}

const char *
ww_mllp_client_code(const struct ww_mllp_client *c)
{
	return c->code;
}

const char *
ww_mllp_client_fault(const struct ww_mllp_client *c)
{
	enum ww_tls_fault fault = c->tls != NULL ? ww_tls_conn_fault(c->tls) : WW_TLS_FINE;

	return fault == WW_TLS_FINE || fault == WW_TLS_GONE ? NULL : ww_tls_fault_name(fault);
}

bool
ww_mllp_client_last(const struct ww_mllp_client *c, ww_str control_id)
{
	return ww_str_eq(ww_buf_view(&c->control_id), control_id);
}

uint64_t
ww_mllp_client_ignored(const struct ww_mllp_client *c)
{
	return c->ignored;
}
