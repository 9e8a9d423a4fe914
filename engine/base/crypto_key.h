/* Keys that sign and check signatures: RSASSA-PKCS1-v1_5 and ECDSA on P-384, both with SHA-384 (RFC 7518: RS384 and ES384). The
 * only user of OpenSSL's keys but for TLS. */
#ifndef WW_BASE_CRYPTO_KEY_H
#define WW_BASE_CRYPTO_KEY_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_buf;
struct ww_crypto_key; /* used by one thread at a time */
struct ww_ctx;

enum ww_crypto_alg { WW_CRYPTO_RS384, WW_CRYPTO_ES384, WW_CRYPTO_ALGS };
const char *ww_crypto_alg_name(enum ww_crypto_alg a); /* "RS384" */

/* Public keys from their numbers, most significant byte first: modulus (2048 to 8192 bits) and exponent (from 65537), or
 * the coordinates of a point, 48 bytes each. WW_E_VALUE: not such a key. */
WW_MUST ww_status ww_crypto_key_rsa(
    struct ww_ctx *cx, ww_str n, ww_str e, struct ww_crypto_key **out);
WW_MUST ww_status ww_crypto_key_ec(
    struct ww_ctx *cx, ww_str x, ww_str y, struct ww_crypto_key **out);
/* A private key from PEM text without a passphrase; a new one, RSA of 3072 bits. */
WW_MUST ww_status ww_crypto_key_pem(struct ww_ctx *cx, ww_str pem, struct ww_crypto_key **out);
WW_MUST ww_status ww_crypto_key_make(
    struct ww_ctx *cx, enum ww_crypto_alg alg, struct ww_crypto_key **out);
void ww_crypto_key_free(struct ww_crypto_key *k); /* NULL is allowed */

enum ww_crypto_alg ww_crypto_key_alg(const struct ww_crypto_key *k);
/* The two numbers of the public key, in the arena of cx: modulus and exponent, or x and y. */
WW_MUST ww_status ww_crypto_key_numbers(
    struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str *first, ww_str *second);
/* Appends the private key as PEM (PKCS #8). */
WW_MUST ww_status ww_crypto_key_write(
    struct ww_ctx *cx, const struct ww_crypto_key *k, struct ww_buf *out);

enum { WW_CRYPTO_SIGNATURE_MOST = 1024 };
/* Appends the signature of data: as long as the modulus, or r and s of 48 bytes each. k is a private key. */
WW_MUST ww_status ww_crypto_key_sign(
    struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str data, struct ww_buf *out);
/* WW_OK when it is; WW_E_REFUSED with a reason when it is not, WW_E_MEMORY. */
WW_MUST ww_status ww_crypto_key_verify(
    struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str data, ww_str signature);

/* Overwrites what nobody is to find in memory. */
void ww_crypto_wipe(void *p, size_t n);
/* Compares in a time that does not tell where they differ. */
bool ww_crypto_same(ww_str a, ww_str b);

#endif
