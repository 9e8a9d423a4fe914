/* JWK Sets. */
#include "codec/jwk.h"

#include "codec/base64.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MOST = 100, KID_MOST = 256 };

struct jwk {
	char kid[KID_MOST + 1];
	size_t kid_n;
	struct ww_crypto_key *key;
};

struct ww_jwks {
	struct jwk *v;
	size_t n;
};

static ww_str
kid_of(const struct jwk *k)
{
	return (ww_str){ k->kid, k->kid_n };
}

/* -- kinds of keys ------------------------------------------------------------------------------------ */

static const struct kind {
	const char *kty;
	enum ww_crypto_alg alg;
	const char *first, *second; /* members with its two numbers */
	ww_status (*make)(
	    struct ww_ctx *cx, ww_str first, ww_str second, struct ww_crypto_key **out);
} kinds[] = {
	{ "RSA", WW_CRYPTO_RS384, "n", "e", ww_crypto_key_rsa },
	{ "EC", WW_CRYPTO_ES384, "x", "y", ww_crypto_key_ec },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static ww_str
text_at(const struct ww_json *object, const char *key)
{
	return ww_json_str(ww_json_get(object, key));
}

/* NULL: not a key that is of use here. */
static const struct kind *
kind_of(const struct ww_json *jwk)
{
	ww_str use = text_at(jwk, "use"), alg = text_at(jwk, "alg"), crv = text_at(jwk, "crv");

	if (use.n > 0 && !ww_str_is(use, "sig"))
		return NULL;
	for (size_t i = 0; i < KINDS; i++) {
		const struct kind *k = &kinds[i];

		if (!ww_str_is(text_at(jwk, "kty"), k->kty))
			continue;
		if (alg.n > 0 && !ww_str_is(alg, ww_crypto_alg_name(k->alg)))
			return NULL;
		return crv.n == 0 || ww_str_is(crv, "P-384") ? k : NULL;
	}
	return NULL;
}

/* -- reading ------------------------------------------------------------------------------------------ */

static ww_status
fail_at(struct ww_ctx *cx, size_t i, const char *member, const char *reason)
{
	char place[64];

	snprintf(place, sizeof(place), "keys[%zu]%s%s", i, member[0] != '\0' ? "." : "", member);
	return ww_fail(cx, WW_E_VALUE, place, "%s", reason);
}

/* A set that everybody may read must not hold what signs. */
static ww_status
check_public(struct ww_ctx *cx, const struct ww_json *jwk, size_t i)
{
	static const char *const secrets[] = { "d", "k" };

	for (size_t m = 0; m < sizeof(secrets) / sizeof(secrets[0]); m++)
		if (ww_json_get(jwk, secrets[m]) != NULL)
			return fail_at(cx, i, secrets[m],
			    "a private or secret key; give public keys alone, and make a new key");
	return WW_OK;
}

static ww_status
take_numbers(struct ww_ctx *cx, const struct ww_json *jwk, size_t i, const struct kind *kind,
    struct ww_crypto_key **out)
{
	const char *const members[] = { kind->first, kind->second };
	struct ww_ctx own = { .arena = cx->arena };
	ww_str numbers[2];
	ww_status s;

	for (size_t m = 0; m < 2; m++)
		if (!ww_base64url_read(cx->arena, text_at(jwk, members[m]), &numbers[m]) ||
		    numbers[m].n == 0) {
			if (ww_arena_status(cx->arena) != WW_OK)
				return ww_fail_memory(cx);
			return fail_at(cx, i, members[m], "a number in base64url is expected");
		}
	s = kind->make(&own, numbers[0], numbers[1], out);
	return s == WW_E_VALUE ? fail_at(cx, i, "", own.fail.reason)
	       : s == WW_OK    ? WW_OK
	                       : ww_fail(cx, s, NULL, "%s", own.fail.reason);
}

static ww_status
take_key(struct ww_ctx *cx, const struct ww_json *jwk, size_t i, struct ww_jwks *set)
{
	ww_str kid = text_at(jwk, "kid");
	const struct kind *kind = kind_of(jwk);
	struct jwk *k = &set->v[set->n];
	ww_status s = check_public(cx, jwk, i);

	if (s != WW_OK || kind == NULL)
		return s;
	if (kid.n == 0 || kid.n > KID_MOST)
		return fail_at(cx, i, "kid", "a text of 1 to 256 bytes is expected");
	if (ww_jwks_find(set, kid, kind->alg) != NULL)
		return fail_at(cx, i, "kid", "a second key of that name");
	s = take_numbers(cx, jwk, i, kind, &k->key);
	if (s != WW_OK)
		return s;
	memcpy(k->kid, kid.p, kid.n);
	k->kid_n = kid.n;
	set->n++;
	return WW_OK;
}

ww_status
ww_jwks_read(struct ww_ctx *cx, ww_str text, struct ww_jwks **out)
{
	struct ww_json *root, *keys, *jwk;
	struct ww_jwks *set;
	ww_status s = ww_json_parse(cx, text, &root);
	size_t i = 0;

	if (s != WW_OK)
		return s;
	keys = ww_json_get(root, "keys");
	if (ww_json_kind(keys) != WW_JSON_ARRAY)
		return ww_fail(cx, WW_E_VALUE, "keys", "a JWK Set has a list of keys");
	if (ww_json_len(keys) > KEYS_MOST)
		return ww_fail(cx, WW_E_VALUE, "keys", "more than %d keys", KEYS_MOST);
	set = calloc(1, sizeof(*set));
	if (set != NULL)
		set->v = calloc(ww_json_len(keys) + 1, sizeof(*set->v));
	if (set == NULL || set->v == NULL) {
		free(set);
		return ww_fail(cx, WW_E_MEMORY, NULL, "keys");
	}
	for (jwk = ww_json_first(keys); jwk != NULL && s == WW_OK; jwk = ww_json_next(jwk))
		s = take_key(cx, jwk, i++, set);
	if (s == WW_OK && set->n == 0)
		s = ww_fail(cx, WW_E_VALUE, "keys", "none for RS384 or ES384");
	if (s != WW_OK) {
		ww_jwks_free(set);
		return s;
	}
	*out = set;
	return WW_OK;
}

void
ww_jwks_free(struct ww_jwks *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		ww_crypto_key_free(s->v[i].key);
	free(s->v);
	free(s);
}

const struct ww_crypto_key *
ww_jwks_find(const struct ww_jwks *s, ww_str kid, enum ww_crypto_alg alg)
{
	for (size_t i = 0; i < s->n; i++)
		if (ww_crypto_key_alg(s->v[i].key) == alg && ww_str_eq(kid_of(&s->v[i]), kid))
			return s->v[i].key;
	return NULL;
}

bool
ww_jwks_has(const struct ww_jwks *s, ww_str kid)
{
	for (size_t i = 0; i < s->n; i++)
		if (ww_str_eq(kid_of(&s->v[i]), kid))
			return true;
	return false;
}

/* -- writing ------------------------------------------------------------------------------------------ */

static void
set_number(struct ww_ctx *cx, struct ww_json *o, const char *member, ww_str number)
{
	struct ww_buf b = { 0 };

	ww_base64url_write(number, &b);
	ww_json_set_str(cx, o, member, ww_buf_view(&b));
	ww_buf_free(&b);
}

struct ww_json *
ww_jwk_public(struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str kid)
{
	enum ww_crypto_alg alg = ww_crypto_key_alg(k);
	struct ww_json *o = ww_json_object(cx);
	const struct kind *kind = kinds;
	ww_str first, second;

	while (kind->alg != alg)
		kind++;
	if (ww_crypto_key_numbers(cx, k, &first, &second) != WW_OK)
		return NULL;
	ww_json_set_cstr(cx, o, "kty", kind->kty);
	if (alg == WW_CRYPTO_ES384)
		ww_json_set_cstr(cx, o, "crv", "P-384");
	ww_json_set_str(cx, o, "kid", kid);
	ww_json_set_cstr(cx, o, "alg", ww_crypto_alg_name(alg));
	ww_json_set_cstr(cx, o, "use", "sig");
	set_number(cx, o, kind->first, first);
	set_number(cx, o, kind->second, second);
	return o;
}
