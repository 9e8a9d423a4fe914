/* Access tokens of an external issuer: JSON Web Tokens, checked by its key set (RFC 9068, and what those have who came before). */
#include "rest/access_parts.h"

#include "base/crypto.h"
#include "codec/jwt.h"
#include "config/scope.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <string.h>

/* -- remembered --------------------------------------------------------------------------------------- */

static struct ww_access_known *
place_of(const struct ww_access *a, const uint8_t digest[WW_SHA256])
{
	size_t at;

	memcpy(&at, digest, sizeof(at));
	return &a->known[at % WW_ACCESS_CACHE];
}

/* -- claims ------------------------------------------------------------------------------------------- */

static bool
is_type(ww_str typ)
{
	static const char *const types[] = { "JWT", "at+jwt", "application/at+jwt" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (ww_str_ieq(typ, ww_str_from(types[i])))
			return true;
	return typ.n == 0;
}

static ww_status
check_for_us(struct ww_ctx *cx, const struct ww_access *a, const struct ww_jwt *t)
{
	const struct ww_issuer *issuer = &a->set.listener->issuer;
	ww_str audience = issuer->audience.n > 0 ? issuer->audience : a->set.base;

	if (!is_type(t->typ))
		return ww_fail(cx, WW_E_LOGIN, "header.typ", "not an access token");
	if (!ww_str_eq(ww_json_str(ww_json_get(t->claims, "iss")), issuer->iss))
		return ww_fail(cx, WW_E_LOGIN, "iss", "another issuer");
	if (!ww_jwt_is_for(t, audience))
		return ww_fail(cx, WW_E_LOGIN, "aud", "it is not for this server");
	/* Good only with a key or certificate that would have to be seen besides (RFC 7800). */
	if (ww_json_get(t->claims, "cnf") != NULL)
		return ww_fail(
		    cx, WW_E_LOGIN, "cnf", "it is bound to a key, which is not looked at here");
	return WW_OK;
}

/* "scope" as a text with blanks, or "scp", which some issuers have, as a list or such a text. */
static void
take_scopes(const struct ww_jwt *t, struct ww_scopes *out)
{
	static const char *const claims[] = { "scope", "scp" };

	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		const struct ww_json *v = ww_json_get(t->claims, claims[i]), *one;

		if (ww_json_kind(v) == WW_JSON_STRING)
			ww_scope_add_list(out, ww_json_str(v));
		for (one = ww_json_kind(v) == WW_JSON_ARRAY ? ww_json_first(v) : NULL; one != NULL;
		     one = ww_json_next(one))
			(void)ww_scope_add(out, ww_json_str(one));
	}
}

static ww_status
check(struct ww_ctx *cx, struct ww_access *a, ww_str token, ww_str peer, int64_t now,
    struct ww_access_known *out)
{
	struct ww_access_signer by = { .keys = a->keys.issuer, .peer = peer };
	struct ww_scopes common;
	struct ww_jwt t;
	int64_t exp;
	ww_status s = ww_jwt_read(cx, token, &t);

	if (s == WW_OK)
		s = check_for_us(cx, a, &t);
	if (s != WW_OK)
		return s;
	by.client = ww_access_client(
	    a, ww_json_str(ww_json_get(t.claims, a->set.listener->issuer.claim.p)));
	s = ww_access_times(cx, &t, now, &exp);
	if (s == WW_OK)
		s = ww_access_signed(cx, a, &t, &by, now);
	if (s != WW_OK)
		return s;
	out->client = by.client;
	if (out->client == a->clients_n)
		return ww_fail(cx, WW_E_FORBIDDEN, "client", "it is not registered here");
	take_scopes(&t, &out->scopes);
	common = ww_scope_common(&out->scopes, &a->clients[out->client]->may);
	if (!ww_scope_any(&common))
		return ww_fail(
		    cx, WW_E_FORBIDDEN, "scope", "nothing in it that this client may do");
	out->until = (exp + WW_ACCESS_SKEW) * 1000;
	return WW_OK;
}

ww_status
ww_issuer_who(struct ww_ctx *cx, struct ww_access *a, ww_str token, ww_str peer, int64_t now,
    struct ww_who *out)
{
	struct ww_access_known fresh = { .until = 0 }, *known;
	ww_status s;

	ww_sha256(token, fresh.digest);
	known = place_of(a, fresh.digest);
	if (now >= known->until || memcmp(known->digest, fresh.digest, WW_SHA256) != 0) {
		s = check(cx, a, token, peer, now, &fresh);
		if (s != WW_OK)
			return s;
		*known = fresh;
	}
	ww_access_is(a, known->client, &known->scopes, out);
	return WW_OK;
}
