/* JSON Web Tokens. */
#include "codec/jwt.h"

#include "codec/base64.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

/* -- reading ------------------------------------------------------------------------------------------ */

/* A part in base64url that is a JSON object. What the JSON reader says of line and column is of no use here. */
static ww_status
read_object(struct ww_ctx *cx, const char *place, ww_str text, struct ww_json **out)
{
	struct ww_ctx own = { .arena = cx->arena };
	ww_str bytes;
	ww_status s;

	if (!ww_base64url_read(cx->arena, text, &bytes)) {
		if (ww_arena_status(cx->arena) != WW_OK)
			return ww_fail_memory(cx);
		return ww_fail(cx, WW_E_SYNTAX, place, "not in base64url without padding");
	}
	s = ww_json_parse(&own, bytes, out);
	if (s != WW_OK)
		return ww_fail(cx, s, place, "%s", own.fail.reason);
	if (ww_json_kind(*out) != WW_JSON_OBJECT)
		return ww_fail(cx, WW_E_SYNTAX, place, "a JSON object is expected");
	return WW_OK;
}

static ww_status
read_alg(struct ww_ctx *cx, const struct ww_json *header, struct ww_jwt *out)
{
	ww_str alg = ww_json_str(ww_json_get(header, "alg"));

	for (int a = 0; a < WW_CRYPTO_ALGS; a++)
		if (ww_str_is(alg, ww_crypto_alg_name((enum ww_crypto_alg)a))) {
			out->alg = (enum ww_crypto_alg)a;
			return WW_OK;
		}
	return ww_fail(cx, WW_E_VALUE, "header.alg", "RS384 or ES384 is expected");
}

static ww_status
read_header(struct ww_ctx *cx, const struct ww_json *header, struct ww_jwt *out)
{
	/* By these a token would name its own judge; keys come from the files of the configuration alone. What crit names must be
	 * understood, and nothing is. */
	static const struct {
		const char *name, *place, *reason;
	} refused[] = {
		{ "crit", "header.crit", "an extension that must be understood is not" },
		{ "jku", "header.jku", "keys are not looked for elsewhere" },
		{ "x5u", "header.x5u", "keys are not looked for elsewhere" },
		{ "jwk", "header.jwk", "a key in the token itself" },
		{ "x5c", "header.x5c", "a key in the token itself" },
	};
	const struct ww_json *typ = ww_json_get(header, "typ");
	ww_status s = read_alg(cx, header, out);

	if (s != WW_OK)
		return s;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (ww_json_get(header, refused[i].name) != NULL)
			return ww_fail(cx, WW_E_VALUE, refused[i].place, "%s", refused[i].reason);
	out->kid = ww_json_str(ww_json_get(header, "kid"));
	if (out->kid.n == 0)
		return ww_fail(cx, WW_E_VALUE, "header.kid", "the name of the key is missing");
	out->typ = ww_json_str(typ);
	if (typ != NULL && out->typ.n == 0)
		return ww_fail(cx, WW_E_VALUE, "header.typ", "a text is expected");
	return WW_OK;
}

ww_status
ww_jwt_read(struct ww_ctx *cx, ww_str text, struct ww_jwt *out)
{
	struct ww_json *header, *claims;
	ww_str first, second, third, rest;
	ww_status s;

	if (text.n > WW_JWT_MOST)
		return ww_fail(cx, WW_E_LIMIT, NULL, "a token of more than %d bytes", WW_JWT_MOST);
	first = ww_str_cut(text, '.', &rest);
	second = ww_str_cut(rest, '.', &third);
	if (first.n == 0 || second.n == 0 || first.n + second.n + 2 > text.n ||
	    ww_str_find(third, '.') < third.n)
		return ww_fail(cx, WW_E_SYNTAX, NULL, "a token has three parts");
	*out = (struct ww_jwt){ .signed_text = ww_str_sub(text, 0, first.n + 1 + second.n) };
	s = read_object(cx, "header", first, &header);
	if (s == WW_OK)
		s = read_header(cx, header, out);
	if (s == WW_OK)
		s = read_object(cx, "claims", second, &claims);
	if (s != WW_OK)
		return s;
	out->claims = claims;
	if (!ww_base64url_read(cx->arena, third, &out->signature)) {
		if (ww_arena_status(cx->arena) != WW_OK)
			return ww_fail_memory(cx);
		return ww_fail(cx, WW_E_SYNTAX, "signature", "not in base64url without padding");
	}
	return WW_OK;
}

ww_status
ww_jwt_verify(struct ww_ctx *cx, const struct ww_jwt *t, const struct ww_crypto_key *k)
{
	if (ww_crypto_key_alg(k) != t->alg)
		return ww_fail(cx, WW_E_REFUSED, "header.alg", "the key is of another algorithm");
	return ww_crypto_key_verify(cx, k, t->signed_text, t->signature);
}

bool
ww_jwt_seconds(const struct ww_jwt *t, const char *claim, int64_t *out)
{
	const struct ww_json *v = ww_json_get(t->claims, claim);
	uint64_t n;

	/* Digits alone, and not so many that milliseconds would not fit. */
	if (ww_json_kind(v) != WW_JSON_NUMBER || !ww_str_u64(ww_json_number(v), 99999999999, &n))
		return false;
	*out = (int64_t)n;
	return true;
}

bool
ww_jwt_is_for(const struct ww_jwt *t, ww_str audience)
{
	const struct ww_json *aud = ww_json_get(t->claims, "aud"), *one;

	if (ww_json_kind(aud) == WW_JSON_STRING)
		return ww_str_eq(ww_json_str(aud), audience);
	if (ww_json_kind(aud) != WW_JSON_ARRAY)
		return false;
	for (one = ww_json_first(aud); one != NULL; one = ww_json_next(one))
		if (ww_json_kind(one) == WW_JSON_STRING && ww_str_eq(ww_json_str(one), audience))
			return true;
	return false;
}

/* -- writing ------------------------------------------------------------------------------------------ */

static ww_status
write_object(struct ww_ctx *cx, const struct ww_json *o, struct ww_buf *out)
{
	struct ww_buf text = { 0 };
	ww_status s = ww_json_write(cx, o, false, &text);

	if (s == WW_OK)
		ww_base64url_write(ww_buf_view(&text), out);
	ww_buf_free(&text);
	return s;
}

ww_status
ww_jwt_write(struct ww_ctx *cx, const struct ww_crypto_key *k, ww_str kid,
    const struct ww_json *claims, struct ww_buf *out)
{
	struct ww_json *header = ww_json_object(cx);
	struct ww_buf signature = { 0 }, token = { 0 };
	ww_status s;

	ww_json_set_cstr(cx, header, "alg", ww_crypto_alg_name(ww_crypto_key_alg(k)));
	ww_json_set_str(cx, header, "kid", kid);
	ww_json_set_cstr(cx, header, "typ", "JWT");
	s = write_object(cx, header, &token);
	ww_buf_byte(&token, '.');
	if (s == WW_OK)
		s = write_object(cx, claims, &token);
	if (s == WW_OK)
		s = ww_crypto_key_sign(cx, k, ww_buf_view(&token), &signature);
	if (s == WW_OK) {
		ww_buf_byte(&token, '.');
		ww_base64url_write(ww_buf_view(&signature), &token);
		ww_buf_str_add(out, ww_buf_view(&token));
		if (token.error != WW_OK || out->error != WW_OK)
			s = ww_fail(cx, WW_E_MEMORY, NULL, "a token");
	}
	ww_buf_free(&signature);
	ww_buf_free(&token);
	return s;
}
