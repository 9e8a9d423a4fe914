/* Certificates made for one test, and the two ends of a TLS connection on a pair of sockets. */
#ifndef WW_TESTS_TLS_PAIR_H
#define WW_TESTS_TLS_PAIR_H

#include "tests/unit/unit.h"

#include "link/tls.h"

#include <wardwire/ctx.h>

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The folder with what tests/tools/certs.sh makes; removed by certs_remove. */
struct certs {
	char dir[64];
};

/* Outside the tests: each of them has the same. */
static inline void
certs_make(struct certs *c)
{
	char line[160];

	(void)snprintf(c->dir, sizeof(c->dir), "/tmp/ww-certs-XXXXXX");
	if (mkdtemp(c->dir) == NULL)
		exit(EXIT_FAILURE);
	(void)snprintf(line, sizeof(line), "sh tests/tools/certs.sh %s", c->dir);
	if (system(line) != 0)
		exit(EXIT_FAILURE);
}

static inline void
certs_remove(const struct certs *c)
{
	char line[160];

	(void)snprintf(line, sizeof(line), "rm -r %s", c->dir);
	if (system(line) != 0)
		exit(EXIT_FAILURE);
}

/* The path of a file there; good for sixteen calls. */
static inline const char *
certs_at(const struct certs *c, const char *file)
{
	static char paths[16][96];
	static unsigned turn;
	char *path = paths[turn++ % UNIT_COUNT(paths)];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", c->dir, file);
	return path;
}

/* Settings with NAME.pem and NAME.key (NULL: none) and CA.pem (NULL: none). */
static inline struct ww_tls_settings
certs_settings(const struct certs *c, bool server, const char *name, const char *ca)
{
	struct ww_tls_settings s = { .server = server };
	char file[32];

	if (name != NULL) {
		(void)snprintf(file, sizeof(file), "%s.pem", name);
		s.cert = certs_at(c, file);
		(void)snprintf(file, sizeof(file), "%s.key", name);
		s.key = certs_at(c, file);
	}
	if (ca != NULL) {
		(void)snprintf(file, sizeof(file), "%s.pem", ca);
		s.ca = certs_at(c, file);
	}
	return s;
}

struct tls_pair {
	struct ww_tls *server_context, *client_context;
	struct ww_tls_conn *server, *client;
	int fd[2]; /* server, client */
};

static inline void
pair_open(struct tls_pair *p, const struct ww_tls_settings *server,
    const struct ww_tls_settings *client, const char *name)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	memset(p, 0, sizeof(*p));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, p->fd), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(fcntl(p->fd[i], F_SETFL, O_NONBLOCK), 0);
	ck_assert_msg(ww_tls_open(&cx, server, &p->server_context) == WW_OK, "%s", cx.fail.reason);
	ck_assert_msg(ww_tls_open(&cx, client, &p->client_context) == WW_OK, "%s", cx.fail.reason);
	p->server = ww_tls_conn_new(p->server_context, p->fd[0], NULL);
	p->client = ww_tls_conn_new(p->client_context, p->fd[1], name);
	ck_assert(p->server != NULL && p->client != NULL);
	ww_arena_free(cx.arena);
}

static inline void
pair_close(struct tls_pair *p)
{
	ww_tls_conn_free(p->server);
	ww_tls_conn_free(p->client);
	ww_tls_close(p->server_context);
	ww_tls_close(p->client_context);
	close(p->fd[0]);
	close(p->fd[1]);
}

static inline bool
pair_waits(enum ww_tls_end e)
{
	return e == WW_TLS_WANT_READ || e == WW_TLS_WANT_WRITE;
}

/* Both ends by turns until neither waits, or one has failed and the other waits for it. */
static inline void
pair_shake(struct tls_pair *p, enum ww_tls_end *server, enum ww_tls_end *client)
{
	*server = *client = WW_TLS_WANT_READ;
	for (int turn = 0; turn < 20; turn++) {
		if (pair_waits(*client))
			*client = ww_tls_handshake(p->client);
		if (pair_waits(*server))
			*server = ww_tls_handshake(p->server);
	}
}

#endif
