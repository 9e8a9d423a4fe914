/* TLS 1.2 and 1.3 for the connections of link/: a context made from files, and one end of a connection on a socket that
 * does not block. The only user of OpenSSL's TLS. It waits for nothing and knows no event loop: who calls it waits for
 * what it asks for. Writes to the socket may raise SIGPIPE, which every program here ignores. */
#ifndef WW_LINK_TLS_H
#define WW_LINK_TLS_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_tls; /* what connections have in common; never changed, so that threads may share it */
struct ww_tls_conn; /* one end of a connection; used by one thread at a time */

/* -- contexts --------------------------------------------------------------------------------------- */

/* Names that a certificate may have. */
struct ww_tls_names {
	const ww_str *v;
	size_t n;
};

/* Paths of PEM files. Nothing is kept of the settings but names. */
struct ww_tls_settings {
	bool server;
	const char *
	    cert; /* own certificate and what leads up to its CA; a client's may be NULL: it has none */
	const char *key; /* that fits it, without a passphrase; NULL when cert is */
	/* Certificates that vouch for the peer's. NULL: a server asks for no certificate, a client trusts whom the system
	 * trusts. */
	const char *ca;
	/* Of a server with ca: a peer must have one of these names besides (NULL: any). Not owned; they outlive the
	 * context and its connections. */
	const struct ww_tls_names *names;
};

/* WW_E_CONFIG: a file is missing, is not what it should be, or the key does not fit; the reason names it. */
WW_MUST ww_status ww_tls_open(
    struct ww_ctx *cx, const struct ww_tls_settings *s, struct ww_tls **out);
/* Connections made from it live on. NULL is allowed. */
void ww_tls_close(struct ww_tls *t);

/* What a person should know of a context that can be used, bits. */
enum ww_tls_warning {
	WW_TLS_EXPIRED = 1,  /* a certificate of its own chain */
	WW_TLS_NOT_YET = 2,  /* likewise: valid later */
	WW_TLS_EXPIRES = 4,  /* within thirty days */
	WW_TLS_KEY_OPEN = 8, /* the file of the key can be read by everybody on this machine */
};
/* now: UTC milliseconds, as is the next. 0 without certificate. */
unsigned ww_tls_warnings(const struct ww_tls *t, int64_t now);
int64_t ww_tls_until(
    const struct ww_tls *t); /* when the first certificate of its own chain expires */
const char *ww_tls_warning_text(enum ww_tls_warning w);

/* -- connections ------------------------------------------------------------------------------------ */

enum ww_tls_end {
	WW_TLS_DONE,
	WW_TLS_WANT_READ,  /* call again when the socket can be read */
	WW_TLS_WANT_WRITE, /* call again when it can be written */
	WW_TLS_EOF,        /* the peer sends no more; it may still be written to */
	WW_TLS_FAILED,     /* the connection is of no use any more; ww_tls_conn_fault says why */
};

/* Why it failed. */
enum ww_tls_fault {
	WW_TLS_FINE,
	WW_TLS_MEMORY,
	WW_TLS_NOT_TLS,        /* what came is no TLS */
	WW_TLS_VERSION,        /* older than TLS 1.2 */
	WW_TLS_CIPHER,         /* nothing in common */
	WW_TLS_NO_CERTIFICATE, /* of the peer, or none of ours where the peer wants one */
	WW_TLS_UNTRUSTED, /* the peer's certificate: by nobody whom we trust, or for another purpose */
	WW_TLS_OUTDATED, /* the peer's certificate: expired, or not yet valid */
	WW_TLS_NAME,     /* the peer's certificate: for another name */
	WW_TLS_REFUSED,  /* the peer would not have it */
	WW_TLS_GONE,     /* the connection broke */
	WW_TLS_OTHER,
	WW_TLS_FAULTS
};
const char *ww_tls_fault_name(
    enum ww_tls_fault f); /* "untrusted-certificate": one word, for logs */

/* For a connected socket that does not block; it stays the caller's, and is closed after the connection. name: of a
 * client, the DNS name or address that the server's certificate must have; NULL for a server. NULL: short of
 * memory, or the name is empty, which would be any. */
struct ww_tls_conn *ww_tls_conn_new(struct ww_tls *t, int fd, const char *name);
void ww_tls_conn_free(struct ww_tls_conn *c); /* says nothing to the peer; NULL is allowed */

/* Until WW_TLS_DONE, before anything else. Never WW_TLS_EOF. */
WW_MUST enum ww_tls_end ww_tls_handshake(struct ww_tls_conn *c);
/* DONE: *got bytes, at least one, are at p. */
WW_MUST enum ww_tls_end ww_tls_read(struct ww_tls_conn *c, void *p, size_t n, size_t *got);
/* Bytes were taken from the socket that no read has given yet: the next may give some although the socket has none, or
 * say WANT_READ, which is the end of them for now. */
bool ww_tls_pending(const struct ww_tls_conn *c);
/* DONE: the first *put bytes, at least one, are with the system. n > 0. After WANT_* it is called again with the same
 * bytes and perhaps more behind them, wherever they lie now. */
WW_MUST enum ww_tls_end ww_tls_write(struct ww_tls_conn *c, const void *p, size_t n, size_t *put);
/* Tells the peer that nothing more comes; reading goes on. A peer that cannot take it now is not told. */
void ww_tls_finish(struct ww_tls_conn *c);

enum ww_tls_fault ww_tls_conn_fault(const struct ww_tls_conn *c);
/* Names in the peer's certificate, after the handshake: the common names of its subject, then its alternative names that
 * are DNS names, addresses or mail addresses; at most 32, and none that has control characters. None without
 * certificate. They live as long as the connection. */
struct ww_tls_names ww_tls_peer_names(const struct ww_tls_conn *c);
const char *ww_tls_version(const struct ww_tls_conn *c); /* "TLSv1.3" */

#endif
