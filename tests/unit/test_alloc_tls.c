/* Memory that runs out in TLS, at each allocation in turn, the library's among them: nothing crashes or is lost, a connection
 * fails alone, and the same is done once there is memory again. */
#include "tests/unit/alloc_fail.h"

#include "main/certificates.h"
#include "tests/unit/tls_pair.h"

static struct certs certs;

/* As alloc_sweep, but without its count of what is left: the library's own tables grow and shrink. Under the sanitizers, where
 * our own calls alone fail, a leak is found all the same. */
static long
sweep(bool (*once)(void *arg, long n), void *arg, long step)
{
	const char *every = getenv("WW_EVERY");
	long n = 1;

	(void)once(
	    arg, LONG_MAX); /* the library makes some things once, and may never if that fails */
	while (once(arg, n))
		n += n < ALLOC_EACH || (every != NULL && every[0] == '1') ? 1 : step;
	return n;
}

/* Contexts, a handshake with certificates on both sides, a few bytes. True: all of it was done. */
static bool
talk(struct ww_ctx *cx, const struct ww_tls_settings *server, const struct ww_tls_settings *client)
{
	struct tls_pair p = { .fd = { -1, -1 } };
	enum ww_tls_end s = WW_TLS_FAILED, c = WW_TLS_FAILED;
	size_t put = 0, got = 0;
	char byte = 0;
	bool open = socketpair(AF_UNIX, SOCK_STREAM, 0, p.fd) == 0 &&
	            fcntl(p.fd[0], F_SETFL, O_NONBLOCK) == 0 &&
	            fcntl(p.fd[1], F_SETFL, O_NONBLOCK) == 0 &&
	            ww_tls_open(cx, server, &p.server_context) == WW_OK &&
	            ww_tls_open(cx, client, &p.client_context) == WW_OK;

	if (open) {
		p.server = ww_tls_conn_new(p.server_context, p.fd[0], NULL);
		p.client = ww_tls_conn_new(p.client_context, p.fd[1], "localhost");
	}
	if (p.server != NULL && p.client != NULL)
		pair_shake(&p, &s, &c);
	open = s == WW_TLS_DONE && c == WW_TLS_DONE && ww_tls_peer_names(p.server).n == 2 &&
	       ww_tls_write(p.client, "x", 1, &put) == WW_TLS_DONE &&
	       ww_tls_read(p.server, &byte, 1, &got) == WW_TLS_DONE && byte == 'x';
	if (p.server != NULL)
		ww_tls_finish(p.server);
	pair_close(&p);
	return open;
}

static bool
talk_once(void *arg, long n)
{
	const struct ww_tls_settings *sides = arg;
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	bool failed, done;

	alloc_arm(n);
	done = talk(&cx, &sides[0], &sides[1]);
	failed = alloc_disarm();
	ck_assert_msg(done || failed, "allocation %ld: %s", n, cx.fail.reason);
	if (!done) {
		ww_ctx_clear(&cx);
		ck_assert_msg(talk(&cx, &sides[0], &sides[1]), "allocation %ld: not again", n);
	}
	ww_arena_free(cx.arena);
	return failed;
}

START_TEST(shakes_hands)
{
	struct ww_tls_settings sides[2] = { certs_settings(&certs, true, "server", "ca"),
		certs_settings(&certs, false, "client", "ca") };

	ck_assert_int_gt(sweep(talk_once, sides, 499), 5);
}
END_TEST

static void
ignore(void *arg, ww_str listener, const char *text)
{
	(void)arg;
	(void)listener;
	(void)text;
}

/* What is in use stays in use. */
static bool
renew_once(void *arg, long n)
{
	const struct ww_listener *l = arg;
	const struct ww_certificates_say say = { .warn = ignore };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_certificates *c = NULL;
	bool failed, renewed = false;
	struct ww_tls *was = NULL;
	ww_status s;

	alloc_arm(n);
	s = ww_certificates_open(&cx, l, say, 0, &c);
	if (s == WW_OK) {
		was = ww_certificates_tls(c);
		s = ww_certificates_look(c, &cx, true, 0, &renewed);
	}
	failed = alloc_disarm();
	ck_assert_msg(s == WW_OK || failed, "allocation %ld: %s", n, cx.fail.reason);
	ck_assert(was == NULL || renewed == (s == WW_OK));
	if (was != NULL && s != WW_OK) {
		ck_assert_ptr_eq(ww_certificates_tls(c), was);
		ww_ctx_clear(&cx);
		ck_assert_int_eq(ww_certificates_look(c, &cx, true, 0, &renewed), WW_OK);
		ck_assert(renewed);
	}
	ww_certificates_close(c);
	ww_arena_free(cx.arena);
	return failed;
}

START_TEST(reads_certificates_again)
{
	struct ww_listener l = { .name = WW_STR("adt") };

	l.tls.cert = ww_str_from(certs_at(&certs, "server.pem"));
	l.tls.key = ww_str_from(certs_at(&certs, "server.key"));
	l.tls.client_ca = ww_str_from(certs_at(&certs, "ca.pem"));
	ck_assert_int_gt(sweep(renew_once, &l, 211), 3);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { shakes_hands, reads_certificates_again };
	int status;

	certs_make(&certs);
	status = unit_main("alloc_tls", tests, UNIT_COUNT(tests));
	certs_remove(&certs);
	return status;
}
