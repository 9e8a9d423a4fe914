/* SHA-256, HMAC, hex, base32 and random bytes; the only user of OpenSSL's EVP. */
#include "base/crypto.h"

#include <wardwire/log.h>

#include <assert.h>
#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SHA256_BLOCK 64

/* A digest that cannot be computed leaves no honest way on: a wrong one would let a pseudonym or a
 * signature pass. Seen only when the machine is out of memory. */
static _Noreturn void
die(const char *what)
{
	ww_log(WW_LOG_ERROR, "event=fatal what=%s", what);
	abort();
}

/* Fetched once: EVP_sha256() alone makes OpenSSL look the algorithm up at every digest. Never freed. */
static EVP_MD *sha256;

static void
fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (sha256 == NULL)
		die("sha256");
}

static EVP_MD_CTX *
start(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	(void)pthread_once(&once, fetch);
	if (md == NULL || EVP_DigestInit_ex(md, sha256, NULL) != 1)
		die("sha256");
	return md;
}

static void
add(EVP_MD_CTX *md, const void *p, size_t n)
{
	if (EVP_DigestUpdate(md, p, n) != 1)
		die("sha256");
}

/* Ends md and frees it. */
static void
finish(EVP_MD_CTX *md, uint8_t out[WW_SHA256])
{
	if (EVP_DigestFinal_ex(md, out, NULL) != 1)
		die("sha256");
	EVP_MD_CTX_free(md);
}

void
ww_sha256(ww_str data, uint8_t out[WW_SHA256])
{
	EVP_MD_CTX *md = start();

	add(md, data.p, data.n);
	finish(md, out);
}

/* The name under which others know OpenSSL's. */
struct ww_hash {
	EVP_MD_CTX *md;
};

struct ww_hash *
ww_hash_new(void)
{
	struct ww_hash *h = malloc(sizeof(*h));

	if (h == NULL)
		die("sha256");
	h->md = start();
	return h;
}

void
ww_hash_add(struct ww_hash *h, ww_str piece)
{
	add(h->md, piece.p, piece.n);
}

void
ww_hash_end(struct ww_hash *h, uint8_t out[WW_SHA256])
{
	finish(h->md, out);
	free(h);
}

void
ww_hmac(ww_str key, const ww_str *parts, size_t n, uint8_t out[WW_SHA256])
{
	uint8_t pad[SHA256_BLOCK] = { 0 };
	EVP_MD_CTX *md;
	size_t i;

	if (key.n > sizeof(pad))
		ww_sha256(key, pad);
	else
		memcpy(pad, key.p, key.n);
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36;
	md = start();
	add(md, pad, sizeof(pad));
	for (i = 0; i < n; i++) { /* the zero byte keeps ("ab", "c") and ("a", "bc") apart */
		add(md, parts[i].p, parts[i].n);
		add(md, "", 1);
	}
	finish(md, out);
	for (i = 0; i < sizeof(pad); i++)
		pad[i] ^= 0x36 ^ 0x5c;
	md = start();
	add(md, pad, sizeof(pad));
	add(md, out, WW_SHA256);
	finish(md, out);
	OPENSSL_cleanse(pad, sizeof(pad));
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
