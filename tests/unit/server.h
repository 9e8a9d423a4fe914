/* A server in the thread of the test, which plays a script: a listener on loopback, its connections plain or TLS, and each
 * request that it has read as a whole gets the next line of the script. How requests and answers look is for who includes
 * it to say. */
#ifndef WW_TESTS_SERVER_H
#define WW_TESTS_SERVER_H

#include "tests/unit/unit.h"

#include "link/tls.h"

#include <wardwire/buf.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PEERS_MOST = 80, REQUESTS_MOST = 80 };

enum manner {
	WHOLE,    /* the reply as it is */
	THEN_CUT, /* the reply, and the connection is closed */
	HANG,     /* nothing */
	RESET,    /* the connection is reset */
};

struct line {
	enum manner manner;
	const char *reply;
};

struct peer {
	int fd; /* -1: closed */
	struct ww_tls_conn *tls;
	bool shaken; /* there is a TLS session, or none is wanted */
	bool closed; /* by the client */
	struct ww_buf in;
};

struct server {
	int listener;
	unsigned port;
	struct ww_tls *tls; /* NULL: plain */
	bool deaf;          /* reads nothing */
	struct peer peers[PEERS_MOST];
	size_t peers_n;
	const struct line *script; /* its last line for ever */
	size_t script_n, at;
	struct ww_buf requests[REQUESTS_MOST];
	size_t requests_n;
	size_t (*length)(ww_str bytes); /* of the first whole request, 0: there is none */
	void (*write)(const char *reply, ww_str request, struct ww_buf *out);
};

static inline void
server_open(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(s->listener, (struct sockaddr *)&a, n), 0);
	ck_assert_int_eq(listen(s->listener, 128), 0);
	ck_assert_int_eq(fcntl(s->listener, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(getsockname(s->listener, (struct sockaddr *)&a, &n), 0);
	s->port = ntohs(a.sin_port);
}

static inline void
hang_up(struct peer *p, bool reset)
{
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (reset)
		(void)setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	else if (p->tls != NULL && p->shaken)
		ww_tls_finish(p->tls);
	ww_tls_conn_free(p->tls);
	p->tls = NULL;
	close(p->fd);
	p->fd = -1;
}

static inline void
server_close(struct server *s)
{
	for (size_t i = 0; i < s->peers_n; i++) {
		if (s->peers[i].fd >= 0)
			hang_up(&s->peers[i], false);
		ww_buf_free(&s->peers[i].in);
	}
	for (size_t i = 0; i < s->requests_n; i++)
		ww_buf_free(&s->requests[i]);
	if (s->listener >= 0)
		close(s->listener);
	ww_tls_close(s->tls);
}

/* What a client does not take is cut off. */
static inline void
say(struct peer *p, ww_str bytes)
{
	size_t put;

	if (p->tls != NULL)
		(void)!ww_tls_write(p->tls, bytes.p, bytes.n, &put);
	else
		(void)!send(p->fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static inline void
server_reply(struct server *s, struct peer *p, ww_str request)
{
	const struct line *l = &s->script[s->at];
	struct ww_buf out = { .p = NULL };

	if (s->at + 1 < s->script_n)
		s->at++;
	if (l->manner == WHOLE || l->manner == THEN_CUT) {
		s->write(l->reply, request, &out);
		if (out.n > 0)
			say(p, ww_buf_view(&out));
		ww_buf_free(&out);
	}
	if (l->manner == THEN_CUT || l->manner == RESET)
		hang_up(p, l->manner == RESET);
}

/* Bytes that came; 0: none now; -1: the client is gone. */
static inline ssize_t
peer_read(struct peer *p, char *bytes, size_t n)
{
	enum ww_tls_end end = WW_TLS_DONE;
	size_t got = 0;
	ssize_t k;

	if (p->tls == NULL) {
		k = recv(p->fd, bytes, n, MSG_DONTWAIT);
		return k > 0 ? k : k < 0 && errno == EAGAIN ? 0 : -1;
	}
	if (!p->shaken)
		end = ww_tls_handshake(p->tls);
	p->shaken = p->shaken || end == WW_TLS_DONE;
	if (end == WW_TLS_DONE)
		end = ww_tls_read(p->tls, bytes, n, &got);
	return end == WW_TLS_EOF || end == WW_TLS_FAILED ? -1 : (ssize_t)got;
}

static inline void
serve_peer(struct server *s, struct peer *p)
{
	char bytes[65536];
	size_t length;
	ssize_t n = 1;

	while (p->fd >= 0 && (n = peer_read(p, bytes, sizeof(bytes))) > 0) {
		ww_buf_add(&p->in, bytes, (size_t)n);
		while (p->fd >= 0 && (length = s->length(ww_buf_view(&p->in))) > 0) {
			struct ww_buf *r = &s->requests[s->requests_n++];

			ck_assert_uint_lt(s->requests_n, REQUESTS_MOST);
			ww_buf_add(r, p->in.p, length);
			ww_buf_consume(&p->in, length);
			server_reply(s, p, ww_buf_view(r));
		}
	}
	if (p->fd >= 0 && n < 0) {
		p->closed = true;
		hang_up(p, false);
	}
}

static inline void
serve(struct server *s)
{
	int fd;

	while (s->listener >= 0 && (fd = accept(s->listener, NULL, NULL)) >= 0) {
		struct peer *p = &s->peers[s->peers_n++];

		ck_assert_uint_lt(s->peers_n, PEERS_MOST);
		ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
		*p = (struct peer){ .fd = fd, .shaken = s->tls == NULL };
		if (s->tls != NULL)
			ck_assert_ptr_nonnull(p->tls = ww_tls_conn_new(s->tls, fd, NULL));
	}
	for (size_t i = 0; i < s->peers_n && !s->deaf; i++) {
		if (s->peers[i].fd >= 0)
			serve_peer(s, &s->peers[i]);
	}
}

#endif
