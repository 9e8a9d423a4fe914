/* Digests and keyed digests; the only user of OpenSSL's. None of them needs memory or can fail. */
#ifndef WW_BASE_CRYPTO_H
#define WW_BASE_CRYPTO_H

#include <wardwire/str.h>

#include <stdint.h>

enum { WW_SHA256 = 32 };

void ww_sha256(ww_str data, uint8_t out[WW_SHA256]);
/* SHA-256 of what comes in pieces; NULL when memory is short. */
struct ww_hash;
struct ww_hash *ww_hash_new(void);
void ww_hash_add(struct ww_hash *h, ww_str piece);
void ww_hash_end(struct ww_hash *h, uint8_t out[WW_SHA256]); /* and frees it */
/* HMAC-SHA-256 (RFC 2104) of the parts one after the other, each followed by a zero byte. */
void ww_hmac(ww_str key, const ww_str *parts, size_t n, uint8_t out[WW_SHA256]);
/* Lower-case hex of n bytes and a NUL into out[2n + 1]. */
void ww_hex(const uint8_t *p, size_t n, char *out);
/* Lower-case base32 (RFC 4648 alphabet, no padding): the first len characters and a NUL. len must not
 * exceed n * 8 / 5. */
void ww_base32(const uint8_t *p, size_t n, char *out, size_t len);
/* n bytes from the system's generator; ends the process when there is none. */
void ww_random(uint8_t *p, size_t n);

/* CRC32C (Castagnoli, RFC 3720 appendix B.4), continued from crc; start with 0. */
uint32_t ww_crc32c(uint32_t crc, const void *p, size_t n);

#endif
