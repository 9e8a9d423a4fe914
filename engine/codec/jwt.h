/* Signed JSON Web Tokens in the compact form (RFC 7515, RFC 7519), read strictly (RFC 8725): what is not exactly such a token, or
 * is signed by anything but RS384 or ES384, is refused before a key is looked for. */
#ifndef WW_CODEC_JWT_H
#define WW_CODEC_JWT_H

#include "base/crypto_key.h"

struct ww_buf;
struct ww_json;

enum { WW_JWT_MOST = 8192 }; /* bytes of a token */

/* All of it is in the arena or a slice of the text. */
struct ww_jwt {
	enum ww_crypto_alg alg;
	ww_str kid; /* not empty */
	ww_str typ; /* empty: not said */
	const struct ww_json *claims;
	ww_str signed_text; /* what the signature is of */
	ww_str signature;
};

/* Takes a token apart; its signature is not looked at. WW_E_SYNTAX, WW_E_VALUE or WW_E_LIMIT with a reason that holds nothing of
 * the token; the place is "header", "header.alg", "claims", "signature". Headers that say where a key is to be had (jku, x5u, jwk,
 * x5c) and crit are refused. */
WW_MUST ww_status ww_jwt_read(struct ww_ctx *cx, ww_str text, struct ww_jwt *out);
/* Its signature is of that key, which is of its algorithm: as ww_crypto_key_verify. */
WW_MUST ww_status ww_jwt_verify(
    struct ww_ctx *cx, const struct ww_jwt *t, const struct ww_crypto_key *k);

/* Whole seconds since 1970 in a claim; false when it is not there or is no such number. */
bool ww_jwt_seconds(const struct ww_jwt *t, const char *claim, int64_t *out);
/* The audience is that text, or a list with it. */
bool ww_jwt_is_for(const struct ww_jwt *t, ww_str audience);

/* Appends a token with these claims, signed by a private key; typ "JWT". */
WW_MUST ww_status ww_jwt_write(struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str kid,
    const struct ww_json *claims, struct ww_buf *out);

#endif
