/* Public keys as JWK Sets (RFC 7517): what signs with RS384 or ES384, found by its kid. */
#ifndef WW_CODEC_JWK_H
#define WW_CODEC_JWK_H

#include "base/crypto_key.h"

struct ww_json;
struct ww_jwks;

/* Reads a set. Keys for encryption, of other algorithms or types are passed over; a set without a key that is left, with a
 * key that lacks a kid, with two of one kid, with a private or secret key in it, or with more than 100 keys is WW_E_VALUE, and
 * what is no JSON is WW_E_SYNTAX. The place is "keys[2].n"; the reason holds no key. */
WW_MUST ww_status ww_jwks_read(struct ww_ctx *cx, ww_str text, struct ww_jwks **out);
void ww_jwks_free(struct ww_jwks *s); /* NULL is allowed */
/* NULL when there is none. */
const struct ww_crypto_key *ww_jwks_find(
    const struct ww_jwks *s, ww_str kid, enum ww_crypto_alg alg);
/* That kid is in the set, with whatever algorithm. */
bool ww_jwks_has(const struct ww_jwks *s, ww_str kid);

/* The public key as a JWK, with kid, alg and use; NULL when memory is short. */
struct ww_json *ww_jwk_public(struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str kid);

#endif
