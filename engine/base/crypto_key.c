/* Keys and signatures, by OpenSSL's EVP. Its error queue belongs to the thread: it is emptied after every call.
 *
 * A signature is checked by a context that was made with the key, over a digest that needs no memory, because OpenSSL makes
 * contexts of parts and says of a missing one that the signature is wrong. A good client is not told so when memory is short. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/crypto_key.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

enum { RSA_LEAST = 2048, RSA_MOST = 8192, RSA_NEW = 3072, HALF = 48 };

struct ww_crypto_key {
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *verify;
	enum ww_crypto_alg alg;
};

const char *
ww_crypto_alg_name(enum ww_crypto_alg a)
{
	static const char *const names[] = {
		[WW_CRYPTO_RS384] = "RS384", [WW_CRYPTO_ES384] = "ES384"
	};

	return names[a];
}

/* Fails with s, or with WW_E_MEMORY when that was what OpenSSL complained of. */
static ww_status
fail(struct ww_ctx *cx, ww_status s, const char *reason)
{
	unsigned long e;
	bool memory = false;

	while ((e = ERR_get_error()) != 0)
		memory = memory || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	if (memory)
		return ww_fail(cx, WW_E_MEMORY, NULL, "OpenSSL");
	return ww_fail(cx, s, NULL, "%s", reason);
}

/* -- made and freed ----------------------------------------------------------------------------------- */

/* RSA of a length that is taken, or EC on P-384. */
static bool
find_alg(EVP_PKEY *pkey, enum ww_crypto_alg *out)
{
	char group[32] = "";
	int bits = EVP_PKEY_get_bits(pkey);

	if (EVP_PKEY_is_a(pkey, "RSA")) {
		*out = WW_CRYPTO_RS384;
		return bits >= RSA_LEAST && bits <= RSA_MOST;
	}
	*out = WW_CRYPTO_ES384;
	return EVP_PKEY_is_a(pkey, "EC") &&
	       EVP_PKEY_get_utf8_string_param(
	           pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), NULL) == 1 &&
	       strcmp(group, SN_secp384r1) == 0;
}

/* Takes the key, also when it fails. */
static ww_status
wrap(struct ww_ctx *cx, EVP_PKEY *pkey, struct ww_crypto_key **out)
{
	struct ww_crypto_key *k = calloc(1, sizeof(*k));

	if (k == NULL) {
		EVP_PKEY_free(pkey);
		return ww_fail(cx, WW_E_MEMORY, NULL, "a key");
	}
	k->pkey = pkey;
	if (!find_alg(pkey, &k->alg)) {
		ww_crypto_key_free(k);
		return fail(
		    cx, WW_E_VALUE, "the key is not RSA of 2048 to 8192 bits, nor EC on P-384");
	}
	k->verify = EVP_PKEY_CTX_new(pkey, NULL);
	if (k->verify == NULL || EVP_PKEY_verify_init(k->verify) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(k->verify, EVP_sha384()) != 1) {
		ww_crypto_key_free(k);
		return fail(cx, WW_E_MEMORY, "a key");
	}
	ERR_clear_error();
	*out = k;
	return WW_OK;
}

void
ww_crypto_key_free(struct ww_crypto_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_CTX_free(k->verify);
	EVP_PKEY_free(k->pkey);
	free(k);
}

/* A public key of that type from parameters. */
static ww_status
from_params(struct ww_ctx *cx, const char *type, OSSL_PARAM *params, struct ww_crypto_key **out)
{
	EVP_PKEY_CTX *make = EVP_PKEY_CTX_new_from_name(NULL, type, NULL), *check = NULL;
	EVP_PKEY *pkey = NULL;
	bool good;

	good = make != NULL && EVP_PKEY_fromdata_init(make) == 1 &&
	       EVP_PKEY_fromdata(make, &pkey, EVP_PKEY_PUBLIC_KEY, params) == 1;
	/* That a point is on the curve. Of a modulus it would be looked whether it is a prime, for thirty ms each. */
	if (good && EVP_PKEY_is_a(pkey, "EC")) {
		check = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
		good = check != NULL && EVP_PKEY_public_check_quick(check) == 1;
	}
	EVP_PKEY_CTX_free(check);
	EVP_PKEY_CTX_free(make);
	if (good)
		return wrap(cx, pkey, out);
	EVP_PKEY_free(pkey);
	return fail(cx, WW_E_VALUE, "the numbers are not those of a public key");
}

ww_status
ww_crypto_key_rsa(struct ww_ctx *cx, ww_str n, ww_str e, struct ww_crypto_key **out)
{
	OSSL_PARAM_BLD *build;
	OSSL_PARAM *params = NULL;
	BIGNUM *bn, *be;
	ww_status s;

	/* Its length first: no arithmetic on a number of any size. */
	if (n.n < RSA_LEAST / 8 || n.n > RSA_MOST / 8 + 1 || e.n == 0 || e.n > 8)
		return ww_fail(cx, WW_E_VALUE, NULL, "an RSA key has 2048 to 8192 bits");
	build = OSSL_PARAM_BLD_new();
	bn = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL);
	be = BN_bin2bn((const unsigned char *)e.p, (int)e.n, NULL);
	if (bn != NULL &&
	    (BN_num_bits(bn) < RSA_LEAST || BN_num_bits(bn) > RSA_MOST || !BN_is_odd(bn)))
		s = ww_fail(cx, WW_E_VALUE, NULL,
		    "an RSA key has 2048 to 8192 bits, and its modulus is odd");
	else if (be != NULL && (BN_num_bits(be) < 17 || !BN_is_odd(be)))
		s = ww_fail(
		    cx, WW_E_VALUE, NULL, "the exponent of an RSA key is 65537 or more, and odd");
	else if (bn == NULL || be == NULL || build == NULL ||
	         !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn) ||
	         !OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, be) ||
	         (params = OSSL_PARAM_BLD_to_param(build)) == NULL)
		s = ww_fail(cx, WW_E_MEMORY, NULL, "a key");
	else
		s = from_params(cx, "RSA", params, out);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(bn);
	BN_free(be);
	ERR_clear_error();
	return s;
}

ww_status
ww_crypto_key_ec(struct ww_ctx *cx, ww_str x, ww_str y, struct ww_crypto_key **out)
{
	unsigned char point[1 + 2 * HALF] = { 0x04 }; /* not compressed */
	char group[] = SN_secp384r1;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point)),
		OSSL_PARAM_construct_end(),
	};

	if (x.n != HALF || y.n != HALF)
		return ww_fail(
		    cx, WW_E_VALUE, NULL, "the coordinates of a point on P-384 have 48 bytes");
	memcpy(point + 1, x.p, HALF);
	memcpy(point + 1 + HALF, y.p, HALF);
	return from_params(cx, "EC", params, out);
}

/* A key with a passphrase is refused instead of asking for it on the terminal. */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

ww_status
ww_crypto_key_pem(struct ww_ctx *cx, ww_str pem, struct ww_crypto_key **out)
{
	BIO *in = pem.n < 65536 ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	EVP_PKEY *pkey = in != NULL ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL) : NULL;

	BIO_free(in);
	if (pkey == NULL)
		return fail(cx, WW_E_VALUE, "not a private key in PEM without a passphrase");
	return wrap(cx, pkey, out);
}

ww_status
ww_crypto_key_make(struct ww_ctx *cx, enum ww_crypto_alg alg, struct ww_crypto_key **out)
{
	EVP_PKEY *pkey = alg == WW_CRYPTO_RS384 ? EVP_RSA_gen(RSA_NEW) : EVP_EC_gen(SN_secp384r1);

	if (pkey == NULL)
		return fail(cx, WW_E_BUG, "no key could be made");
	return wrap(cx, pkey, out);
}

/* -- told --------------------------------------------------------------------------------------------- */

enum ww_crypto_alg
ww_crypto_key_alg(const struct ww_crypto_key *k)
{
	return k->alg;
}

/* A number of the key, in the arena: of size bytes, 0 as many as it needs. */
static ww_status
number_of(struct ww_ctx *cx, const struct ww_crypto_key *k, const char *name, int size, ww_str *out)
{
	BIGNUM *bn = NULL;
	unsigned char *p;
	ww_status s = WW_OK;

	if (EVP_PKEY_get_bn_param(k->pkey, name, &bn) != 1)
		return fail(cx, WW_E_BUG, "a key without its numbers");
	if (size == 0)
		size = BN_num_bytes(bn);
	p = ww_arena_alloc(cx->arena, (size_t)size);
	if (p == NULL)
		s = ww_fail_memory(cx);
	else if (BN_bn2binpad(bn, p, size) != size)
		s = fail(cx, WW_E_BUG, "a number longer than its key");
	else
		*out = ww_str_of(p, (size_t)size);
	BN_free(bn);
	return s;
}

ww_status
ww_crypto_key_numbers(
    struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str *first, ww_str *second)
{
	static const struct {
		const char *first, *second;
		int size;
	} rows[] = {
		[WW_CRYPTO_RS384] = { OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, 0 },
		[WW_CRYPTO_ES384] = { OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y, HALF },
	};
	ww_status s = number_of(cx, k, rows[k->alg].first, rows[k->alg].size, first);

	return s == WW_OK ? number_of(cx, k, rows[k->alg].second, rows[k->alg].size, second) : s;
}

ww_status
ww_crypto_key_write(struct ww_ctx *cx, const struct ww_crypto_key *k, struct ww_buf *out)
{
	BIO *mem = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	if (mem == NULL ||
	    PEM_write_bio_PKCS8PrivateKey(mem, k->pkey, NULL, NULL, 0, NULL, NULL) != 1) {
		BIO_free(mem);
		return fail(cx, WW_E_MEMORY, "a key as text");
	}
	n = BIO_get_mem_data(mem, &p);
	ww_buf_add(out, p, (size_t)n);
	BIO_free(mem);
	return out->error == WW_OK ? WW_OK : ww_fail(cx, WW_E_MEMORY, NULL, "a key as text");
}

/* -- signatures --------------------------------------------------------------------------------------- */

/* OpenSSL's form of an ECDSA signature from r and s one after the other; NULL when memory is short. *der is OPENSSL_free'd. */
static int
der_of(ww_str raw, unsigned char **der)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn((const unsigned char *)raw.p, HALF, NULL);
	BIGNUM *s = BN_bin2bn((const unsigned char *)raw.p + HALF, HALF, NULL);
	int n = -1;

	*der = NULL;
	if (sig != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL; /* the signature's now */
		n = i2d_ECDSA_SIG(sig, der);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return n;
}

static bool
raw_of(const unsigned char *der, size_t n, unsigned char raw[2 * HALF])
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)n);
	bool good = sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, HALF) == HALF &&
	            BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + HALF, HALF) == HALF;

	ECDSA_SIG_free(sig);
	return good;
}

ww_status
ww_crypto_key_sign(
    struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str data, struct ww_buf *out)
{
	unsigned char sig[WW_CRYPTO_SIGNATURE_MOST + 1], raw[2 * HALF];
	size_t n = sizeof(sig);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = md != NULL && EVP_DigestSignInit(md, NULL, EVP_sha384(), NULL, k->pkey) == 1 &&
	            EVP_DigestSign(md, sig, &n, (const unsigned char *)data.p, data.n) == 1;

	EVP_MD_CTX_free(md);
	if (good && k->alg == WW_CRYPTO_ES384)
		good = raw_of(sig, n, raw);
	if (!good)
		return fail(cx, WW_E_VALUE, "the key does not sign");
	if (k->alg == WW_CRYPTO_ES384)
		ww_buf_add(out, raw, sizeof(raw));
	else
		ww_buf_add(out, sig, n);
	return out->error == WW_OK ? WW_OK : ww_fail(cx, WW_E_MEMORY, NULL, "a signature");
}

/* Neither r nor s is zero. */
static bool
is_signature(ww_str raw)
{
	unsigned char r = 0, s = 0;

	for (size_t i = 0; i < HALF; i++) {
		r |= (unsigned char)raw.p[i];
		s |= (unsigned char)raw.p[HALF + i];
	}
	return r != 0 && s != 0;
}

ww_status
ww_crypto_key_verify(
    struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str data, ww_str signature)
{
	size_t want = k->alg == WW_CRYPTO_ES384 ? 2 * HALF : (size_t)EVP_PKEY_get_size(k->pkey);
	const unsigned char *sig = (const unsigned char *)signature.p;
	unsigned char *der = NULL;
	unsigned char digest[SHA384_DIGEST_LENGTH];
	SHA512_CTX md;
	size_t n = signature.n;
	int good; /* 1: it is; 0: it is not; less: it could not be found out */

	if (signature.n != want)
		return ww_fail(cx, WW_E_REFUSED, NULL,
		    "the signature has %zu bytes and not the %zu of its key", signature.n, want);
	if (k->alg == WW_CRYPTO_ES384) {
		int len = is_signature(signature) ? der_of(signature, &der) : 0;

		if (len == 0)
			return ww_fail(cx, WW_E_REFUSED, NULL, "a number of the signature is zero");
		if (len < 0)
			return fail(cx, WW_E_MEMORY, "a signature");
		sig = der;
		n = (size_t)len;
	}
	(void)SHA384_Init(&md);
	(void)SHA384_Update(&md, data.p, data.n);
	(void)SHA384_Final(digest, &md);
	good = EVP_PKEY_verify(k->verify, sig, n, digest, sizeof(digest));
	OPENSSL_free(der);
	if (good < 0)
		return fail(cx, WW_E_MEMORY, "a signature");
	if (good == 0)
		return fail(cx, WW_E_REFUSED, "the signature is not that of the key");
	ERR_clear_error();
	return WW_OK;
}

void
ww_crypto_wipe(void *p, size_t n)
{
	if (n > 0)
		OPENSSL_cleanse(p, n);
}

bool
ww_crypto_same(ww_str a, ww_str b)
{
	return a.n == b.n && CRYPTO_memcmp(a.p, b.p, a.n) == 0;
}
