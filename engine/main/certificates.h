/* The certificates of one listener: a TLS context made from its files, and another when the files change. */
#ifndef WW_MAIN_CERTIFICATES_H
#define WW_MAIN_CERTIFICATES_H

#include <wardwire/config.h>

struct ww_certificates;
struct ww_tls;

/* What a person should know of certificates that can be used; one text at a time. */
struct ww_certificates_say {
	void (*warn)(void *arg, ww_str listener, const char *text);
	void *arg;
};

/* Reads the files of a listener that has TLS; its paths are absolute, and it outlives them. now: UTC milliseconds. WW_E_CONFIG:
 * they cannot be used, the reason names the file. */
WW_MUST ww_status ww_certificates_open(struct ww_ctx *cx, const struct ww_listener *l,
    struct ww_certificates_say say, int64_t now, struct ww_certificates **out);
void ww_certificates_close(struct ww_certificates *c); /* NULL is allowed */
/* The context in use. */
struct ww_tls *ww_certificates_tls(const struct ww_certificates *c);
/* Reads the files again when one of them is another than when they were read last, or in any case when always. *renewed: there
 * is another context, and the one before is gone but for its connections. A failure, with the reason, leaves all as it
 * was. Warns of what it has not warned of yet. */
WW_MUST ww_status ww_certificates_look(
    struct ww_certificates *c, struct ww_ctx *cx, bool always, int64_t now, bool *renewed);

#endif
