/* TLS of the kit's commands: what their options --ca, --cert and --key say. */
#ifndef WW_KIT_SECURE_H
#define WW_KIT_SECURE_H

#include <wardwire/status.h>

#include <stdbool.h>

struct ww_ctx;
struct ww_option;
struct ww_tls;

/* Paths of PEM files, NULL where not given. */
struct ww_secure {
	const char *ca, *cert, *key;
};

/* The rows of these options, WW_SECURE_ROWS of them, filling in *s. */
#define WW_SECURE_ROWS 3
void ww_secure_rows(struct ww_secure *s, struct ww_option *rows);
/* Any of them was given. */
bool ww_secure_given(const struct ww_secure *s);
/* A context made of them: WW_E_CONFIG names what is wrong. */
WW_MUST ww_status ww_secure_open(
    struct ww_ctx *cx, const struct ww_secure *s, bool server, struct ww_tls **out);

#endif
