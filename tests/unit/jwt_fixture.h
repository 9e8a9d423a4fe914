/* What tests of tokens share: keys that are made once, and tokens of any header and claims, signed or not. */
#ifndef WW_TESTS_JWT_FIXTURE_H
#define WW_TESTS_JWT_FIXTURE_H

#include "unit.h"

#include "base/crypto_key.h"
#include "codec/base64.h"
#include "codec/jwk.h"
#include "codec/jwt.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <string.h>

static struct ww_ctx jwt_cx;
static struct ww_crypto_key *jwt_rsa, *jwt_ec, *jwt_other;

/* Before the tests: making an RSA key takes a while. */
static inline void
jwt_start(void)
{
	jwt_cx.arena = ww_arena_new(0);
	if (jwt_cx.arena == NULL ||
	    ww_crypto_key_make(&jwt_cx, WW_CRYPTO_RS384, &jwt_rsa) != WW_OK ||
	    ww_crypto_key_make(&jwt_cx, WW_CRYPTO_ES384, &jwt_ec) != WW_OK ||
	    ww_crypto_key_make(&jwt_cx, WW_CRYPTO_ES384, &jwt_other) != WW_OK)
		abort();
}

static inline void
jwt_end(void)
{
	ww_crypto_key_free(jwt_rsa);
	ww_crypto_key_free(jwt_ec);
	ww_crypto_key_free(jwt_other);
	ww_arena_free(jwt_cx.arena);
}

/* Also before there is a test to fail. */
static inline void
jwt_must(bool held)
{
	if (!held)
		abort();
}

static inline ww_str
jwt_kept(struct ww_buf *b)
{
	ww_str s = ww_arena_str(jwt_cx.arena, ww_buf_view(b));

	ww_buf_free(b);
	return s;
}

static inline ww_str
jwt_base64(ww_str bytes)
{
	struct ww_buf b = { 0 };

	ww_base64url_write(bytes, &b);
	return jwt_kept(&b);
}

static inline ww_str
jwt_signature(const struct ww_crypto_key *k, ww_str text)
{
	struct ww_buf b = { 0 };

	jwt_must(ww_crypto_key_sign(&jwt_cx, k, text, &b) == WW_OK);
	return jwt_kept(&b);
}

static inline ww_str
jwt_join(ww_str a, ww_str b)
{
	return ww_arena_printf(jwt_cx.arena, "%.*s.%.*s", WW_STR_FMT(a), WW_STR_FMT(b));
}

/* A token of these two texts, signed by k. */
static inline ww_str
jwt_of(const struct ww_crypto_key *k, const char *header, const char *claims)
{
	ww_str text = jwt_join(jwt_base64(ww_str_from(header)), jwt_base64(ww_str_from(claims)));

	return jwt_join(text, jwt_base64(jwt_signature(k, text)));
}

/* A set with the public keys of both under the names "r" and "e". */
static inline ww_str
jwt_set(const struct ww_crypto_key *rsa, const struct ww_crypto_key *ec)
{
	struct ww_json *root = ww_json_object(&jwt_cx),
	               *keys = ww_json_set(&jwt_cx, root, "keys", ww_json_array(&jwt_cx));
	struct ww_buf b = { 0 };

	if (rsa != NULL)
		ww_json_add(&jwt_cx, keys, ww_jwk_public(&jwt_cx, rsa, WW_STR("r")));
	if (ec != NULL)
		ww_json_add(&jwt_cx, keys, ww_jwk_public(&jwt_cx, ec, WW_STR("e")));
	jwt_must(ww_json_write(&jwt_cx, root, false, &b) == WW_OK);
	return jwt_kept(&b);
}

#endif
