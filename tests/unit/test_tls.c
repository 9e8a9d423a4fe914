/* TLS contexts and connections: what is taken, what is refused and why. */
#include "tests/unit/tls_pair.h"

#include <errno.h>
#include <sys/stat.h>

static struct certs certs;

/* -- handshakes ------------------------------------------------------------------------------------- */

/* What comes of a handshake, at the server's end: the peer asks for `name`. */
static enum ww_tls_fault
shake(const struct ww_tls_settings *server, const struct ww_tls_settings *client, const char *name,
    enum ww_tls_fault *of_client)
{
	enum ww_tls_end s, c;
	enum ww_tls_fault f;
	struct tls_pair p;
	size_t got;
	char byte;

	pair_open(&p, server, client, name);
	pair_shake(&p, &s, &c);
	if (c == WW_TLS_DONE && s == WW_TLS_FAILED) /* TLS 1.3: the client is told when it reads */
		ck_assert_int_eq(ww_tls_read(p.client, &byte, 1, &got), WW_TLS_FAILED);
	f = ww_tls_conn_fault(p.server);
	ck_assert_int_eq(s == WW_TLS_DONE, f == WW_TLS_FINE);
	*of_client = ww_tls_conn_fault(p.client);
	pair_close(&p);
	return f;
}

START_TEST(takes_a_peer_by_its_ca)
{
	struct ww_tls_settings server = certs_settings(&certs, true, "server", "ca");
	struct ww_tls_settings client = certs_settings(&certs, false, "client", "ca");
	enum ww_tls_fault theirs;

	ck_assert_int_eq(shake(&server, &client, "localhost", &theirs), WW_TLS_FINE);
	ck_assert_int_eq(theirs, WW_TLS_FINE);
	ck_assert_int_eq(shake(&server, &client, "127.0.0.1", &theirs), WW_TLS_FINE);
	ck_assert_int_eq(theirs, WW_TLS_FINE);
}
END_TEST

START_TEST(needs_no_certificate_of_a_peer_without_client_ca)
{
	struct ww_tls_settings server = certs_settings(&certs, true, "server", NULL);
	struct ww_tls_settings client = certs_settings(&certs, false, NULL, "ca");
	enum ww_tls_fault theirs;

	ck_assert_int_eq(shake(&server, &client, "localhost", &theirs), WW_TLS_FINE);
	ck_assert_int_eq(theirs, WW_TLS_FINE);
}
END_TEST

START_TEST(refuses_peers_and_says_why)
{
	static const ww_str lab[] = { WW_STR_INIT("lab") };
	static const ww_str two[] = { WW_STR_INIT("nobody"), WW_STR_INIT("ADT.svh.example") };
	static const struct ww_tls_names only_lab = { lab, 1 }, either = { two, 2 };
	static const struct {
		const char *server, *client;
		const struct ww_tls_names *names;
		const char *trusts, *expects; /* of the client */
		enum ww_tls_fault ours, theirs;
	} rows[] = {
		{ "server", NULL, NULL, "ca", "localhost", WW_TLS_NO_CERTIFICATE,
		    WW_TLS_NO_CERTIFICATE },
		{ "server", "stranger", NULL, "ca", "localhost", WW_TLS_UNTRUSTED, WW_TLS_REFUSED },
		{ "server", "old", NULL, "ca", "localhost", WW_TLS_OUTDATED, WW_TLS_REFUSED },
		{ "server", "client", &only_lab, "ca", "localhost", WW_TLS_NAME, WW_TLS_REFUSED },
		{ "server", "lab", &only_lab, "ca", "localhost", WW_TLS_FINE, WW_TLS_FINE },
		{ "server", "client", &either, "ca", "localhost", WW_TLS_FINE, WW_TLS_FINE },
		{ "server", "client", NULL, "ca", "elsewhere.example", WW_TLS_REFUSED,
		    WW_TLS_NAME },
		{ "server", "client", NULL, "ca", "127.0.0.2", WW_TLS_REFUSED, WW_TLS_NAME },
		{ "server", "client", NULL, "other", "localhost", WW_TLS_REFUSED,
		    WW_TLS_UNTRUSTED },
		{ "old", "client", NULL, "ca", "old", WW_TLS_REFUSED, WW_TLS_OUTDATED },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_tls_settings server = certs_settings(&certs, true, rows[i].server, "ca");
		struct ww_tls_settings client =
		    certs_settings(&certs, false, rows[i].client, rows[i].trusts);
		enum ww_tls_fault ours, theirs;

		server.names = rows[i].names;
		ours = shake(&server, &client, rows[i].expects, &theirs);
		ck_assert_msg(ours == rows[i].ours && theirs == rows[i].theirs,
		    "row %zu: %s and %s", i, ww_tls_fault_name(ours), ww_tls_fault_name(theirs));
	}
}
END_TEST

/* Bytes in the place of a handshake. */
static enum ww_tls_fault
greet(const void *bytes, size_t n, bool then_close)
{
	struct ww_tls_settings server = certs_settings(&certs, true, "server", NULL);
	struct ww_tls_settings client = certs_settings(&certs, false, NULL, "ca");
	enum ww_tls_fault f;
	struct tls_pair p;

	pair_open(&p, &server, &client, "localhost");
	ck_assert_int_eq(send(p.fd[1], bytes, n, 0), (ssize_t)n);
	if (then_close)
		ck_assert_int_eq(shutdown(p.fd[1], SHUT_WR), 0);
	ck_assert_int_eq(ww_tls_handshake(p.server), WW_TLS_FAILED);
	f = ww_tls_conn_fault(p.server);
	pair_close(&p);
	return f;
}

#define GREET(literal, then_close) greet(literal, sizeof(literal) - 1, then_close)

START_TEST(tells_what_is_no_tls)
{
	/* The beginning of a handshake by somebody who speaks TLS 1.1 at most. */
	static const unsigned char old[] = { 22, 3, 1, 0, 47, 1, 0, 0, 43, 3, 2, 1, 2, 3, 4, 5, 6,
		7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
		29, 30, 31, 32, 0, 0, 4, 0xc0, 0x13, 0, 0x2f, 1, 0 };

	ck_assert_int_eq(GREET("\x0bMSH|^~\\&|A|B|C|D|20260302||ADT^A01|1|P|2.5\r\x1c\r", false),
	    WW_TLS_NOT_TLS);
	ck_assert_int_eq(GREET("GET / HTTP/1.1\r\n\r\n", false), WW_TLS_NOT_TLS);
	ck_assert_int_eq(GREET("\x16\x03", true), WW_TLS_GONE);
	ck_assert_int_eq(greet(old, sizeof(old), false), WW_TLS_VERSION);
}
END_TEST

START_TEST(shows_the_names_of_the_peer)
{
	struct ww_tls_settings server = certs_settings(&certs, true, "server", "ca");
	struct ww_tls_settings client = certs_settings(&certs, false, "lab", "ca");
	struct ww_tls_names names;
	enum ww_tls_end s, c;
	struct tls_pair p;

	pair_open(&p, &server, &client, "localhost");
	pair_shake(&p, &s, &c);
	ck_assert_int_eq(s, WW_TLS_DONE);
	names = ww_tls_peer_names(p.server);
	ck_assert_uint_eq(names.n, 4);
	unit_str_is(names.v[0], "lab");
	unit_str_is(names.v[1], "lab.example");
	unit_str_is(names.v[2], "lab@lab.example");
	unit_str_is(names.v[3], "::1");
	names = ww_tls_peer_names(p.client);
	ck_assert_uint_eq(names.n, 3);
	unit_str_is(names.v[0], "server.example");
	ck_assert_str_eq(ww_tls_version(p.server), "TLSv1.3");
	pair_close(&p);
}
END_TEST

/* -- bytes ------------------------------------------------------------------------------------------ */

enum { MUCH = 3 << 20 };

static char sent[MUCH], taken[MUCH];

/* As much as the socket takes now. */
static void
push(struct tls_pair *p, size_t *at)
{
	enum ww_tls_end e = WW_TLS_DONE;
	size_t put;

	while (*at < MUCH && e == WW_TLS_DONE) {
		e = ww_tls_write(p->server, sent + *at, MUCH - *at, &put);
		ck_assert(e == WW_TLS_DONE ? put > 0 : e == WW_TLS_WANT_WRITE && put == 0);
		*at += put;
	}
}

static void
pull(struct tls_pair *p, size_t *at)
{
	enum ww_tls_end e;
	size_t got;

	while ((e = ww_tls_read(p->client, taken + *at, MUCH - *at > 5000 ? 5000 : MUCH - *at,
	            &got)) == WW_TLS_DONE) {
		*at += got;
		if (*at == MUCH)
			return;
	}
	ck_assert_int_eq(e, WW_TLS_WANT_READ);
}

START_TEST(carries_bytes_and_half_closes)
{
	struct ww_tls_settings server = certs_settings(&certs, true, "server", "ca");
	struct ww_tls_settings client = certs_settings(&certs, false, "client", "ca");
	size_t out = 0, in = 0, got;
	enum ww_tls_end s, c;
	struct tls_pair p;
	char byte;

	for (size_t i = 0; i < MUCH; i++)
		sent[i] = (char)(i * 31 >> 3);
	pair_open(&p, &server, &client, "localhost");
	pair_shake(&p, &s, &c);
	ck_assert_int_eq(s, WW_TLS_DONE);
	ck_assert_int_eq(c, WW_TLS_DONE);
	ww_tls_finish(p.client); /* and yet reads on */
	ck_assert_int_eq(ww_tls_read(p.server, &byte, 1, &got), WW_TLS_EOF);
	while (in < MUCH) {
		push(&p, &out);
		pull(&p, &in);
	}
	ck_assert_int_eq(memcmp(sent, taken, MUCH), 0);
	ww_tls_finish(p.server);
	ck_assert_int_eq(ww_tls_read(p.client, &byte, 1, &got), WW_TLS_EOF);
	pair_close(&p);
}
END_TEST

START_TEST(takes_a_close_without_a_word_for_an_end)
{
	struct ww_tls_settings server = certs_settings(&certs, true, "server", NULL);
	struct ww_tls_settings client = certs_settings(&certs, false, NULL, "ca");
	enum ww_tls_end s, c;
	struct tls_pair p;
	size_t got;
	char byte;

	pair_open(&p, &server, &client, "localhost");
	pair_shake(&p, &s, &c);
	ck_assert_int_eq(ww_tls_read(p.server, &byte, 1, &got), WW_TLS_WANT_READ);
	ck_assert_int_eq(shutdown(p.fd[1], SHUT_WR), 0);
	ck_assert_int_eq(ww_tls_read(p.server, &byte, 1, &got), WW_TLS_EOF);
	pair_close(&p);
}
END_TEST

/* OpenSSL takes an empty name for "any". */
START_TEST(a_client_without_a_name_to_check_is_none)
{
	const struct ww_tls_settings set = certs_settings(&certs, false, NULL, "ca");
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_tls *tls;

	ck_assert_int_eq(ww_tls_open(&cx, &set, &tls), WW_OK);
	ck_assert_ptr_null(ww_tls_conn_new(tls, 0, ""));
	ww_tls_close(tls);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(outlives_its_context)
{
	struct ww_tls_settings server = certs_settings(&certs, true, "server", NULL);
	struct ww_tls_settings client = certs_settings(&certs, false, NULL, "ca");
	enum ww_tls_end s, c;
	struct tls_pair p;

	pair_open(&p, &server, &client, "localhost");
	ww_tls_close(p.server_context);
	ww_tls_close(p.client_context);
	p.server_context = p.client_context = NULL;
	pair_shake(&p, &s, &c);
	ck_assert_int_eq(s, WW_TLS_DONE);
	ck_assert_int_eq(c, WW_TLS_DONE);
	pair_close(&p);
}
END_TEST

/* -- files ------------------------------------------------------------------------------------------ */

START_TEST(names_the_file_that_cannot_be_used)
{
	static const struct {
		const char *cert, *key, *ca, *place, *reason;
	} rows[] = {
		{ "none.pem", "server.key", NULL, "cert", "No such file" },
		{ "server.pem", "none.key", NULL, "key", "No such file" },
		{ "server.pem", "server.key", "none.pem", "client_ca", "No such file" },
		{ "server.key", "server.key", NULL, "cert", "no such PEM block" },
		{ "server.pem", "server.pem", NULL, "key", "server.pem: " },
		{ "server.pem", "server.key", "server.key", "client_ca", "no such PEM block" },
		{ "server.pem", "renewed.key", NULL, "key", "does not fit the certificate" },
		{ "server.pem", "locked.key", NULL, "key", "passphrase" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = { .arena = ww_arena_new(0) };
		struct ww_tls_settings set = { .server = true,
			.cert = certs_at(&certs, rows[i].cert),
			.key = certs_at(&certs, rows[i].key) };
		struct ww_tls *t = NULL;

		if (rows[i].ca != NULL)
			set.ca = certs_at(&certs, rows[i].ca);
		ck_assert_int_eq(ww_tls_open(&cx, &set, &t), WW_E_CONFIG);
		ck_assert_ptr_null(t);
		ck_assert_str_eq(cx.fail.place, rows[i].place);
		ck_assert_msg(strstr(cx.fail.reason, rows[i].reason) != NULL, "row %zu: %s", i,
		    cx.fail.reason);
		ww_arena_free(cx.arena);
	}
}
END_TEST

static unsigned
warnings_of(const char *name, int64_t later)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_tls_settings set = certs_settings(&certs, true, name, NULL);
	struct ww_tls *t;
	unsigned w;

	ck_assert_int_eq(ww_tls_open(&cx, &set, &t), WW_OK);
	w = ww_tls_warnings(t, ww_tls_until(t) + later);
	ww_tls_close(t);
	ww_arena_free(cx.arena);
	return w;
}

START_TEST(warns_of_dates_and_of_an_open_key)
{
	const int64_t day = 86400000;

	ck_assert_uint_eq(warnings_of("server", -31 * day), 0);
	ck_assert_uint_eq(warnings_of("server", -29 * day), WW_TLS_EXPIRES);
	ck_assert_uint_eq(warnings_of("server", 0), WW_TLS_EXPIRED);
	ck_assert_uint_eq(warnings_of("server", -61 * day), WW_TLS_NOT_YET);
	ck_assert_int_eq(chmod(certs_at(&certs, "server.key"), 0644), 0);
	ck_assert_uint_eq(warnings_of("server", -31 * day), WW_TLS_KEY_OPEN);
	ck_assert_int_eq(chmod(certs_at(&certs, "server.key"), 0640), 0);
	ck_assert_uint_eq(warnings_of("server", -31 * day), 0);
	ck_assert_uint_gt(strlen(ww_tls_warning_text(WW_TLS_KEY_OPEN)), 10);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		takes_a_peer_by_its_ca,
		needs_no_certificate_of_a_peer_without_client_ca,
		refuses_peers_and_says_why,
		tells_what_is_no_tls,
		shows_the_names_of_the_peer,
		carries_bytes_and_half_closes,
		takes_a_close_without_a_word_for_an_end,
		a_client_without_a_name_to_check_is_none,
		outlives_its_context,
		names_the_file_that_cannot_be_used,
		warns_of_dates_and_of_an_open_key,
	};
	int status;

	certs_make(&certs);
	status = unit_main("tls", tests, UNIT_COUNT(tests));
	certs_remove(&certs);
	return status;
}
