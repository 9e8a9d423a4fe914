/* TLS by OpenSSL. Its queue of errors is per thread: it is emptied before each call whose failure is read, and after. Texts
 * that go to logs are words of ours: the library's quote files, and others' certificates. */
#include "link/tls.h"

#include <wardwire/ctx.h>

#include <arpa/inet.h>
#include <assert.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SOON INT64_C(2592000000) /* thirty days, ms */

enum { NAMES_MOST = 32, NAME_LONGEST = 255, CHAIN_MOST = 8 };

struct ww_tls {
	SSL_CTX *ctx;
	bool has_cert, key_open;
	int64_t from, until; /* of the own chain, UTC ms */
};

/* The peer's names, their texts behind them in the same piece of memory. */
struct names {
	size_t n;
	ww_str v[]; /* n */
};

struct ww_tls_conn {
	SSL *ssl;
	enum ww_tls_fault fault;
	struct names *peer; /* NULL: no certificate */
};

/* -- faults ----------------------------------------------------------------------------------------- */

static const char *const fault_names[WW_TLS_FAULTS] = {
	[WW_TLS_FINE] = "none",
	[WW_TLS_MEMORY] = "short-of-memory",
	[WW_TLS_NOT_TLS] = "not-tls",
	[WW_TLS_VERSION] = "version-too-old",
	[WW_TLS_CIPHER] = "no-common-cipher",
	[WW_TLS_NO_CERTIFICATE] = "no-certificate",
	[WW_TLS_UNTRUSTED] = "untrusted-certificate",
	[WW_TLS_OUTDATED] = "outdated-certificate",
	[WW_TLS_NAME] = "certificate-of-another",
	[WW_TLS_REFUSED] = "refused-by-peer",
	[WW_TLS_GONE] = "connection-broke",
	[WW_TLS_OTHER] = "protocol-error",
};

const char *
ww_tls_fault_name(enum ww_tls_fault f)
{
	return fault_names[f];
}

/* Reasons of the library's part that speaks TLS. Alerts of the peer that are not listed are WW_TLS_REFUSED. */
static const struct {
	int reason;
	enum ww_tls_fault fault;
} reasons[] = {
	{ SSL_R_HTTP_REQUEST, WW_TLS_NOT_TLS },
	{ SSL_R_HTTPS_PROXY_REQUEST, WW_TLS_NOT_TLS },
	{ SSL_R_WRONG_VERSION_NUMBER, WW_TLS_NOT_TLS },
	{ SSL_R_PACKET_LENGTH_TOO_LONG, WW_TLS_NOT_TLS },
	{ SSL_R_BAD_RECORD_TYPE, WW_TLS_NOT_TLS },
	{ SSL_R_UNSUPPORTED_PROTOCOL, WW_TLS_VERSION },
	{ SSL_R_VERSION_TOO_LOW, WW_TLS_VERSION },
	{ SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, WW_TLS_VERSION },
	{ SSL_R_NO_SHARED_CIPHER, WW_TLS_CIPHER },
	{ SSL_R_NO_SUITABLE_KEY_SHARE, WW_TLS_CIPHER },
	{ SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, WW_TLS_CIPHER },
	{ SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, WW_TLS_CIPHER },
	{ SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, WW_TLS_NO_CERTIFICATE },
	{ SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, WW_TLS_NO_CERTIFICATE },
	{ SSL_R_UNEXPECTED_EOF_WHILE_READING, WW_TLS_GONE },
};

/* What was found wrong with the peer's certificate; anything else is WW_TLS_UNTRUSTED. */
static const struct {
	int code;
	enum ww_tls_fault fault;
} verdicts[] = {
	{ X509_V_ERR_OUT_OF_MEM, WW_TLS_MEMORY },
	{ X509_V_ERR_CERT_HAS_EXPIRED, WW_TLS_OUTDATED },
	{ X509_V_ERR_CERT_NOT_YET_VALID, WW_TLS_OUTDATED },
	{ X509_V_ERR_HOSTNAME_MISMATCH, WW_TLS_NAME },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH, WW_TLS_NAME },
};

static enum ww_tls_fault
fault_of_certificate(const SSL *ssl)
{
	long code = SSL_get_verify_result(ssl);

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (verdicts[i].code == code)
			return verdicts[i].fault;
	return WW_TLS_UNTRUSTED;
}

/* What the queue says of the call that failed; empties it. */
static enum ww_tls_fault
fault_of(const SSL *ssl)
{
	unsigned long e = ERR_peek_error();
	int reason = ERR_GET_REASON(e);

	ERR_clear_error();
	if (e == 0 || ERR_SYSTEM_ERROR(e))
		return WW_TLS_GONE;
	if (reason == ERR_R_MALLOC_FAILURE)
		return WW_TLS_MEMORY;
	if (ERR_GET_LIB(e) != ERR_LIB_SSL)
		return WW_TLS_OTHER;
	if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
		return fault_of_certificate(ssl);
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].reason == reason)
			return reasons[i].fault;
	return reason >= SSL_AD_REASON_OFFSET ? WW_TLS_REFUSED : WW_TLS_OTHER;
}

/* -- names in a certificate ------------------------------------------------------------------------- */

/* Calls back with each name until it returns false. */
typedef bool on_name(void *arg, ww_str name);

static bool
give_name(on_name *fn, void *arg, const void *p, int n)
{
	ww_str name = ww_str_of(p, n > 0 ? (size_t)n : 0);

	if (name.n == 0 || name.n > NAME_LONGEST)
		return true;
	for (size_t i = 0; i < name.n; i++) /* a NUL may hide what follows it from others */
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f)
			return true;
	return fn(arg, name);
}

static bool
give_address(on_name *fn, void *arg, const ASN1_OCTET_STRING *a)
{
	int n = ASN1_STRING_length(a);
	char text[INET6_ADDRSTRLEN];

	if ((n != 4 && n != 16) || inet_ntop(n == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(a),
	                               text, sizeof(text)) == NULL)
		return true;
	return give_name(fn, arg, text, (int)strlen(text));
}

static bool
each_common_name(const X509 *cert, on_name *fn, void *arg)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	bool on = true;

	for (int i = -1; on && (i = X509_NAME_get_index_by_NID(subject, NID_commonName, i)) >= 0;) {
		unsigned char *text = NULL;
		int n = ASN1_STRING_to_UTF8(
		    &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)));

		if (n > 0)
			on = give_name(fn, arg, text, n);
		OPENSSL_free(text);
	}
	return on;
}

/* False: short of memory, and names may be missing. */
static bool
each_name(const X509 *cert, on_name *fn, void *arg)
{
	GENERAL_NAMES *others = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool on = each_common_name(cert, fn, arg), short_of_memory;

	for (int i = 0; on && i < sk_GENERAL_NAME_num(others); i++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(others, i);

		if (g->type == GEN_DNS || g->type == GEN_EMAIL)
			on = give_name(
			    fn, arg, ASN1_STRING_get0_data(g->d.ia5), ASN1_STRING_length(g->d.ia5));
		else if (g->type == GEN_IPADD)
			on = give_address(fn, arg, g->d.iPAddress);
	}
	GENERAL_NAMES_free(others);
	short_of_memory = ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
	ERR_clear_error(); /* what cannot be decoded is no name */
	return !short_of_memory;
}

struct gathering {
	size_t n, bytes;
	struct {
		size_t from, n;
	} v[NAMES_MOST];
	char text[NAMES_MOST * NAME_LONGEST];
};

static bool
gather(void *arg, ww_str name)
{
	struct gathering *g = arg;

	memcpy(g->text + g->bytes, name.p, name.n);
	g->v[g->n].from = g->bytes;
	g->v[g->n].n = name.n;
	g->bytes += name.n;
	return ++g->n < NAMES_MOST;
}

/* False: short of memory. */
static bool
take_names(struct ww_tls_conn *c)
{
	const X509 *cert = SSL_get0_peer_certificate(c->ssl);
	struct gathering g;
	char *text;

	if (cert == NULL)
		return true;
	g.n = g.bytes = 0;
	if (!each_name(cert, gather, &g))
		return false;
	c->peer = malloc(sizeof(*c->peer) + g.n * sizeof(c->peer->v[0]) + g.bytes);
	if (c->peer == NULL)
		return false;
	c->peer->n = g.n;
	text = (char *)&c->peer->v[g.n];
	memcpy(text, g.text, g.bytes);
	for (size_t i = 0; i < g.n; i++)
		c->peer->v[i] = (ww_str){ text + g.v[i].from, g.v[i].n };
	return true;
}

struct looking {
	const struct ww_tls_names *among;
	bool found;
};

static bool
look(void *arg, ww_str name)
{
	struct looking *l = arg;

	for (size_t i = 0; i < l->among->n && !l->found; i++)
		l->found = ww_str_ieq(l->among->v[i], name);
	return !l->found;
}

/* Called of each certificate of the peer's chain; the peer's own is the last. Its name is judged here and not after the
 * handshake, so that the peer is told. */
static int
on_certificate(int good, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct looking l = { .among = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) };

	if (!good || X509_STORE_CTX_get_error_depth(store) > 0 || l.among == NULL)
		return good;
	if (!each_name(X509_STORE_CTX_get_current_cert(store), look, &l))
		X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
	else if (!l.found)
		X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
	return l.found;
}

/* -- contexts --------------------------------------------------------------------------------------- */

/* No passphrase is ever asked for: there may be nobody at the terminal, and no terminal. */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

/* What a person can do about a file; the library's words where it is none of these. */
static const struct {
	int lib, reason;
	const char *text;
} troubles[] = {
	{ ERR_LIB_PEM, PEM_R_NO_START_LINE, "has no such PEM block" },
	{ ERR_LIB_PEM, PEM_R_BAD_PASSWORD_READ, "needs a passphrase; the engine takes none" },
	{ ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH, "does not fit the certificate" },
	{ ERR_LIB_X509, X509_R_KEY_TYPE_MISMATCH, "does not fit the certificate" },
	{ ERR_LIB_X509, X509_R_NO_CERTIFICATE_OR_CRL_FOUND, "has no such PEM block" },
	{ ERR_LIB_SSL, SSL_R_EE_KEY_TOO_SMALL, "has a key that is too short" },
	{ ERR_LIB_SSL, SSL_R_CA_KEY_TOO_SMALL, "has a CA with a key that is too short" },
	{ ERR_LIB_SSL, SSL_R_CA_MD_TOO_WEAK, "is signed with a digest that is too weak" },
};

/* The failure of a call that read a file. The oldest entry of the queue is the cause, but where a decoder tried several
 * forms: then a row above that is anywhere in it says more. */
static ww_status
fail_file(struct ww_ctx *cx, const char *what, const char *path)
{
	unsigned long e, first = ERR_peek_error();
	const char *why = NULL;
	bool memory = false;

	while ((e = ERR_get_error()) != 0) {
		memory = memory || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
		if (why == NULL && ERR_SYSTEM_ERROR(e))
			why = strerror(ERR_GET_REASON(e));
		for (size_t i = 0; why == NULL && i < sizeof(troubles) / sizeof(troubles[0]); i++)
			if (troubles[i].lib == ERR_GET_LIB(e) &&
			    troubles[i].reason == ERR_GET_REASON(e))
				why = troubles[i].text;
	}
	if (memory || first == 0)
		return ww_fail_memory(cx);
	if (why == NULL)
		why = ERR_reason_error_string(first);
	return ww_fail(cx, WW_E_CONFIG, what, "%s: %s", path, why != NULL ? why : "cannot be used");
}

/* Days and seconds since 1970 of a certificate's time; false when it cannot be told. */
static bool
time_of(const ASN1_TIME *t, int64_t *ms)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days, seconds;
	bool good = epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, t) == 1;

	ASN1_TIME_free(epoch);
	if (good)
		*ms = ((int64_t)days * 86400 + seconds) * 1000;
	return good;
}

static bool
narrow(struct ww_tls *t, const X509 *cert)
{
	int64_t from, until;

	if (!time_of(X509_get0_notBefore(cert), &from) ||
	    !time_of(X509_get0_notAfter(cert), &until))
		return false;
	t->from = from > t->from ? from : t->from;
	t->until = until < t->until ? until : t->until;
	return true;
}

/* When the whole of the own chain is valid. */
static ww_status
read_times(struct ww_tls *t, struct ww_ctx *cx, const char *path)
{
	STACK_OF(X509) *chain = NULL;
	bool good;

	t->from = INT64_MIN;
	t->until = INT64_MAX;
	good = narrow(t, SSL_CTX_get0_certificate(t->ctx));
	(void)SSL_CTX_get0_chain_certs(t->ctx, &chain);
	for (int i = 0; good && i < sk_X509_num(chain); i++)
		good = narrow(t, sk_X509_value(chain, i));
	ERR_clear_error();
	if (!good)
		return ww_fail(cx, WW_E_CONFIG, "cert", "%s: has a date that cannot be read", path);
	return WW_OK;
}

static ww_status
take_own(struct ww_tls *t, struct ww_ctx *cx, const struct ww_tls_settings *set)
{
	struct stat st;

	if (set->cert == NULL)
		return WW_OK;
	if (SSL_CTX_use_certificate_chain_file(t->ctx, set->cert) != 1)
		return fail_file(cx, "cert", set->cert);
	if (SSL_CTX_use_PrivateKey_file(t->ctx, set->key, SSL_FILETYPE_PEM) != 1)
		return fail_file(cx, "key", set->key);
	t->has_cert = true;
	t->key_open = stat(set->key, &st) == 0 && (st.st_mode & S_IROTH) != 0;
	return read_times(t, cx, set->cert);
}

/* What is in the file is trusted, be it a root or not: a peer's own certificate may stand there too. */
static ww_status
take_ca(struct ww_tls *t, struct ww_ctx *cx, const struct ww_tls_settings *set)
{
	STACK_OF(X509_NAME) * asked;

	if (set->ca == NULL) {
		if (!set->server && SSL_CTX_set_default_verify_paths(t->ctx) != 1)
			return fail_file(cx, "ca", "the system's");
		return WW_OK;
	}
	if (SSL_CTX_load_verify_file(t->ctx, set->ca) != 1)
		return fail_file(cx, set->server ? "client_ca" : "ca", set->ca);
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(t->ctx), X509_V_FLAG_PARTIAL_CHAIN);
	if (!set->server)
		return WW_OK;
	asked = SSL_load_client_CA_file(set->ca);
	if (asked == NULL)
		return fail_file(cx, "client_ca", set->ca);
	SSL_CTX_set_client_CA_list(t->ctx, asked); /* takes it over */
	return WW_OK;
}

static ww_status
set_rules(struct ww_tls *t, struct ww_ctx *cx, const struct ww_tls_settings *set)
{
	int verify = set->ca != NULL || !set->server
	                 ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
	                 : SSL_VERIFY_NONE;

	/* Said here and not left to the system's openssl.cnf, so that every installation has the same. */
	if (SSL_CTX_set_min_proto_version(t->ctx, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_max_proto_version(t->ctx, TLS1_3_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(t->ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1 ||
	    SSL_CTX_set_ciphersuites(t->ctx,
	        "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256") != 1)
		return fail_file(cx, NULL, "TLS");
	SSL_CTX_set_security_level(t->ctx, 2);
	/* Each connection of a sender lasts for days, so sessions to resume are worth nothing, and a resumed one would
	 * not see that its certificate is trusted no more. A peer that closes without a word is taken as one that
	 * closes: where a message ends is told by its frame. */
	(void)SSL_CTX_set_options(t->ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
	                                      SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF |
	                                      SSL_OP_CIPHER_SERVER_PREFERENCE);
	(void)SSL_CTX_set_num_tickets(t->ctx, 0);
	(void)SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_OFF);
	(void)SSL_CTX_set_mode(t->ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
	                                   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(t->ctx, 1); /* a record in one call of the system and not in two */
	SSL_CTX_set_default_passwd_cb(t->ctx, no_passphrase);
	SSL_CTX_set_verify(t->ctx, verify, on_certificate);
	SSL_CTX_set_verify_depth(t->ctx, CHAIN_MOST);
	if (set->server && set->names != NULL && SSL_CTX_set_app_data(t->ctx, set->names) != 1)
		return fail_file(cx, NULL, "TLS");
	return WW_OK;
}

ww_status
ww_tls_open(struct ww_ctx *cx, const struct ww_tls_settings *set, struct ww_tls **out)
{
	struct ww_tls *t = calloc(1, sizeof(*t));
	ww_status s;

	assert(set->cert != NULL ? set->key != NULL : !set->server);
	if (t == NULL)
		return ww_fail_memory(cx);
	ERR_clear_error();
	t->ctx = SSL_CTX_new(set->server ? TLS_server_method() : TLS_client_method());
	if (t->ctx == NULL) {
		ERR_clear_error();
		free(t);
		return ww_fail_memory(cx);
	}
	s = set_rules(t, cx, set);
	if (s == WW_OK)
		s = take_own(t, cx, set);
	if (s == WW_OK)
		s = take_ca(t, cx, set);
	if (s != WW_OK) {
		ww_tls_close(t);
		return s;
	}
	*out = t;
	return WW_OK;
}

void
ww_tls_close(struct ww_tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

unsigned
ww_tls_warnings(const struct ww_tls *t, int64_t now)
{
	unsigned bits = t->key_open ? WW_TLS_KEY_OPEN : 0;

	if (!t->has_cert)
		return bits;
	if (now < t->from)
		bits |= WW_TLS_NOT_YET;
	if (now >= t->until)
		bits |= WW_TLS_EXPIRED;
	else if (t->until - now < SOON)
		bits |= WW_TLS_EXPIRES;
	return bits;
}

int64_t
ww_tls_until(const struct ww_tls *t)
{
	return t->has_cert ? t->until : 0;
}

const char *
ww_tls_warning_text(enum ww_tls_warning w)
{
	switch (w) {
	case WW_TLS_EXPIRED:
		return "the certificate has expired: peers will refuse it";
	case WW_TLS_NOT_YET:
		return "the certificate is not valid yet: peers will refuse it";
	case WW_TLS_EXPIRES:
		return "the certificate expires within thirty days";
	case WW_TLS_KEY_OPEN:
		return "everybody on this machine can read the key";
	}
	return "";
}

/* -- connections ------------------------------------------------------------------------------------ */

/* The name or address that a server's certificate must have, and asks for by SNI where it is a name. */
static bool
expect(SSL *ssl, const char *name)
{
	X509_VERIFY_PARAM *rules = SSL_get0_param(ssl);

	if (name[0] == '\0') /* OpenSSL would take any name */
		return false;
	if (X509_VERIFY_PARAM_set1_ip_asc(rules, name) == 1)
		return true;
	ERR_clear_error(); /* it is no address */
	X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(rules, name, 0) == 1 &&
	       SSL_set_tlsext_host_name(ssl, name) == 1;
}

struct ww_tls_conn *
ww_tls_conn_new(struct ww_tls *t, int fd, const char *name)
{
	struct ww_tls_conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->ssl = SSL_new(t->ctx);
	if (c->ssl == NULL || SSL_set_fd(c->ssl, fd) != 1 ||
	    (name != NULL && !expect(c->ssl, name))) {
		ERR_clear_error();
		ww_tls_conn_free(c);
		return NULL;
	}
	if (SSL_is_server(c->ssl))
		SSL_set_accept_state(c->ssl);
	else
		SSL_set_connect_state(c->ssl);
	return c;
}

void
ww_tls_conn_free(struct ww_tls_conn *c)
{
	if (c == NULL)
		return;
	SSL_free(c->ssl);
	free(c->peer);
	free(c);
}

static enum ww_tls_end
fail_as(struct ww_tls_conn *c, enum ww_tls_fault f)
{
	c->fault = f;
	return WW_TLS_FAILED;
}

/* How a call ended that did not do what it should. */
static enum ww_tls_end
end_of(struct ww_tls_conn *c, int result)
{
	switch (SSL_get_error(c->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return WW_TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return WW_TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return WW_TLS_EOF;
	default:
		return fail_as(c, fault_of(c->ssl));
	}
}

enum ww_tls_end
ww_tls_handshake(struct ww_tls_conn *c)
{
	enum ww_tls_end end;
	int result;

	if (c->fault != WW_TLS_FINE)
		return WW_TLS_FAILED;
	ERR_clear_error();
	result = SSL_do_handshake(c->ssl);
	if (result == 1)
		return take_names(c) ? WW_TLS_DONE : fail_as(c, WW_TLS_MEMORY);
	end = end_of(c, result);
	return end == WW_TLS_EOF ? fail_as(c, WW_TLS_GONE) : end;
}

enum ww_tls_end
ww_tls_read(struct ww_tls_conn *c, void *p, size_t n, size_t *got)
{
	int result;

	*got = 0;
	if (c->fault != WW_TLS_FINE)
		return WW_TLS_FAILED;
	ERR_clear_error();
	result = SSL_read_ex(c->ssl, p, n, got);
	return result == 1 ? WW_TLS_DONE : end_of(c, result);
}

bool
ww_tls_pending(const struct ww_tls_conn *c)
{
	return SSL_has_pending(c->ssl) == 1;
}

enum ww_tls_end
ww_tls_write(struct ww_tls_conn *c, const void *p, size_t n, size_t *put)
{
	int result;

	*put = 0;
	if (c->fault != WW_TLS_FINE)
		return WW_TLS_FAILED;
	ERR_clear_error();
	result = SSL_write_ex(c->ssl, p, n, put);
	return result == 1 ? WW_TLS_DONE : end_of(c, result);
}

void
ww_tls_finish(struct ww_tls_conn *c)
{
	if (c->fault != WW_TLS_FINE || !SSL_is_init_finished(c->ssl))
		return;
	(void)SSL_shutdown(c->ssl);
	ERR_clear_error();
}

enum ww_tls_fault
ww_tls_conn_fault(const struct ww_tls_conn *c)
{
	return c->fault;
}

struct ww_tls_names
ww_tls_peer_names(const struct ww_tls_conn *c)
{
	if (c->peer == NULL)
		return (struct ww_tls_names){ .n = 0 };
	return (struct ww_tls_names){ c->peer->v, c->peer->n };
}

const char *
ww_tls_version(const struct ww_tls_conn *c)
{
	return SSL_get_version(c->ssl);
}
