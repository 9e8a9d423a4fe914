/* Access tokens of our own: what they say, with a keyed digest. The key is made when the listener is opened and kept nowhere,
 * so that after a restart clients get new ones; a token of another listener has another key. */
#include "rest/access_parts.h"

#include "base/crypto.h"
#include "base/crypto_key.h"
#include "codec/base64.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <string.h>

/* "17000000000 0f0f... client-id": the end in ms, the rights by type in hex. */

static void
digest_of(const struct ww_access *a, ww_str text, uint8_t out[WW_SHA256])
{
	ww_hmac(ww_str_of(a->secret, sizeof(a->secret)), &text, 1, out);
}

ww_status
ww_token_write(struct ww_ctx *cx, const struct ww_access *a, size_t client,
    const struct ww_scopes *scopes, int64_t until, ww_str *out)
{
	char hex[2 * WW_SCOPE_TYPES + 1];
	uint8_t digest[WW_SHA256];
	struct ww_buf b = { 0 };
	ww_str text;
	ww_status s = WW_OK;

	ww_hex(scopes->may, WW_SCOPE_TYPES, hex);
	text = ww_arena_printf(
	    cx->arena, "%lld %s %.*s", (long long)until, hex, WW_STR_FMT(a->clients[client]->id));
	digest_of(a, text, digest);
	ww_buf_cstr(&b, WW_TOKEN_PREFIX);
	ww_base64url_write(text, &b);
	ww_buf_byte(&b, '.');
	ww_base64url_write(ww_str_of(digest, sizeof(digest)), &b);
	*out = ww_arena_str(cx->arena, ww_buf_view(&b));
	if (b.error != WW_OK || ww_arena_status(cx->arena) != WW_OK)
		s = ww_fail(cx, WW_E_MEMORY, NULL, "a token");
	ww_buf_free(&b);
	return s;
}

/* The digest has been seen to be ours, so the text is as we wrote it. */
static void
read_scopes(ww_str hex, struct ww_scopes *out)
{
	for (size_t i = 0; i < WW_SCOPE_TYPES && 2 * i + 1 < hex.n; i++)
		for (size_t k = 0; k < 2; k++) {
			char c = hex.p[2 * i + k];

			out->may[i] =
			    (uint8_t)(out->may[i] << 4 | (c <= '9' ? c - '0' : c - 'a' + 10));
		}
}

ww_status
ww_token_read(
    struct ww_ctx *cx, const struct ww_access *a, ww_str token, int64_t now, struct ww_who *out)
{
	ww_str rest = ww_str_sub(token, sizeof(WW_TOKEN_PREFIX) - 1, token.n), given;
	ww_str text = ww_str_cut(rest, '.', &given), digest, scopes, id;
	struct ww_scopes may = { { 0 } };
	uint8_t want[WW_SHA256];
	uint64_t until = 0;
	size_t client;

	if (!ww_base64url_read(cx->arena, text, &text) ||
	    !ww_base64url_read(cx->arena, given, &digest)) {
		if (ww_arena_status(cx->arena) == WW_E_MEMORY)
			return ww_fail_memory(cx);
		return ww_fail(cx, WW_E_LOGIN, "token", "not a token of this server");
	}
	digest_of(a, text, want);
	if (!ww_crypto_same(digest, ww_str_of(want, sizeof(want))))
		return ww_fail(cx, WW_E_LOGIN, "token",
		    "not a token of this server, or one from before it started");
	text = ww_str_cut(text, ' ', &rest);
	scopes = ww_str_cut(rest, ' ', &id);
	if (!ww_str_u64(text, INT64_MAX, &until) || now >= (int64_t)until)
		return ww_fail(cx, WW_E_LOGIN, "token", "it has expired");
	client = ww_access_client(a, id);
	if (client == a->clients_n)
		return ww_fail(cx, WW_E_LOGIN, "token", "its client is not registered any more");
	read_scopes(scopes, &may);
	ww_access_is(a, client, &may, out);
	return WW_OK;
}
