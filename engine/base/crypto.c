/* SHA-256, HMAC, hex, base32 and random bytes; the only user of OpenSSL's digests.
 *
 * By the plain SHA256 functions and not by EVP: those need no memory, so that a digest cannot fail where memory runs out,
 * in the middle of a record. OpenSSL 3 calls them deprecated; it still has them. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/crypto.h"

#include <wardwire/log.h>

#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SHA256_BLOCK 64

/* No honest way on is left: a guessed number would let a delivery key or a salt be guessed. */
static _Noreturn void
die(const char *what)
{
	ww_log(WW_LOG_ERROR, "event=fatal what=%s", what);
	abort();
}

/* Neither of these two fails when its arguments are as here. */
static void
add(SHA256_CTX *md, const void *p, size_t n)
{
	(void)SHA256_Update(md, p, n);
}

void
ww_sha256(ww_str data, uint8_t out[WW_SHA256])
{
	SHA256_CTX md;

	(void)SHA256_Init(&md);
	add(&md, data.p, data.n);
	(void)SHA256_Final(out, &md);
}

/* The name under which others know OpenSSL's. */
struct ww_hash {
	SHA256_CTX md;
};

struct ww_hash *
ww_hash_new(void)
{
	struct ww_hash *h = malloc(sizeof(*h));

	if (h != NULL)
		(void)SHA256_Init(&h->md);
	return h;
}

void
ww_hash_add(struct ww_hash *h, ww_str piece)
{
	add(&h->md, piece.p, piece.n);
}

void
ww_hash_end(struct ww_hash *h, uint8_t out[WW_SHA256])
{
	(void)SHA256_Final(out, &h->md);
	free(h);
}

void
ww_hmac(ww_str key, const ww_str *parts, size_t n, uint8_t out[WW_SHA256])
{
	uint8_t pad[SHA256_BLOCK] = { 0 };
	SHA256_CTX md;
	size_t i;

	if (key.n > sizeof(pad))
		ww_sha256(key, pad);
	else
		memcpy(pad, key.p, key.n);
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36;
	(void)SHA256_Init(&md);
	add(&md, pad, sizeof(pad));
	for (i = 0; i < n; i++) { /* the zero byte keeps ("ab", "c") and ("a", "bc") apart */
		add(&md, parts[i].p, parts[i].n);
		add(&md, "", 1);
	}
	(void)SHA256_Final(out, &md);
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	(void)SHA256_Init(&md);
	add(&md, pad, sizeof(pad));
	add(&md, out, WW_SHA256);
	(void)SHA256_Final(out, &md);
	OPENSSL_cleanse(pad, sizeof(pad));
	OPENSSL_cleanse(&md, sizeof(md));
}

void
ww_hex(const uint8_t *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

void
ww_base32(const uint8_t *p, size_t n, char *out, size_t len)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
	unsigned bits = 0, held = 0;
	size_t i, at = 0;

	assert(len <= n / 5 * 8 + n % 5 * 8 / 5);
	for (i = 0; i < len; i++) {
		if (held < 5) {
			bits = (bits & 31) << 8 | p[at++];
			held += 8;
		}
		held -= 5;
		out[i] = digits[bits >> held & 31];
	}
	out[len] = '\0';
}

void
ww_random(uint8_t *p, size_t n)
{
	while (n > 0) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			die("random");
		p += got;
		n -= (size_t)got;
	}
}
