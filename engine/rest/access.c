/* Access to one listener: its clients and their keys, and who a request is of. */
#include "rest/access_parts.h"

#include "base/crypto.h"
#include "base/crypto_key.h"
#include "base/fs.h"
#include "codec/jwk.h"
#include "codec/jwt.h"
#include "config/scope.h"
#include "config/value.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 1 << 20, SEEN_MOST = 100000, REASON_MOST = 160 };

/* -- clients ------------------------------------------------------------------------------------------ */

static int
by_id(const void *a, const void *b)
{
	const struct ww_client *const *x = a, *const *y = b;

	return ww_str_cmp((*x)->id, (*y)->id);
}

static ww_status
take_clients(struct ww_ctx *cx, struct ww_access *a)
{
	const struct ww_config *c = a->set.config;

	a->clients = calloc(c->clients_n + 1, sizeof(struct ww_client *));
	if (a->clients == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "clients");
	for (size_t i = 0; i < c->clients_n; i++) {
		const struct ww_client *client = &c->clients[i];
		const struct ww_feed *feed = ww_config_feed(c, client->feed);
		ww_str on = feed != NULL ? feed->on : client->on;

		if (ww_str_eq(on, a->set.listener->name))
			a->clients[a->clients_n++] = &c->clients[i];
	}
	qsort(a->clients, a->clients_n, sizeof(*a->clients), by_id);
	return WW_OK;
}

size_t
ww_access_client(const struct ww_access *a, ww_str id)
{
	size_t low = 0, high = a->clients_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ww_str_cmp(a->clients[mid]->id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < a->clients_n && ww_str_eq(a->clients[low]->id, id) ? low : a->clients_n;
}

void
ww_access_is(
    const struct ww_access *a, size_t client, const struct ww_scopes *scopes, struct ww_who *out)
{
	const struct ww_client *c = a->clients[client];

	*out = (struct ww_who){
		.client = c->name,
		.feed = c->feed,
		.party = c->party,
		.role = c->role,
		.scopes = ww_scope_common(&c->may, scopes),
	};
}

/* -- keys --------------------------------------------------------------------------------------------- */

static void
free_keys(const struct ww_access *a, struct ww_access_keys *k)
{
	for (size_t i = 0; k->clients != NULL && i < a->clients_n; i++)
		ww_jwks_free(k->clients[i]);
	free(k->clients);
	ww_jwks_free(k->issuer);
	*k = (struct ww_access_keys){ NULL, NULL };
}

/* What is wrong with a file is said with its name, as the configuration has it. */
static ww_status
read_keys(struct ww_ctx *cx, const struct ww_access *a, ww_str file, struct ww_jwks **out)
{
	struct ww_ctx own = { .arena = cx->arena };
	struct ww_buf text = { 0 };
	ww_str path = file;
	ww_status s;

	if (file.n > 0 && file.p[0] != '/')
		path = ww_arena_printf(cx->arena, "%s/%.*s", a->set.folder, WW_STR_FMT(file));
	else
		path = ww_arena_str(cx->arena, file);
	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx);
	s = ww_fs_load(&ww_fs_real, &own, path.p, FILE_MOST, &text);
	if (s == WW_OK)
		s = ww_jwks_read(&own, ww_buf_view(&text), out);
	ww_buf_free(&text);
	if (s == WW_OK)
		return WW_OK;
	if (s == WW_E_NOT_FOUND)
		return ww_fail(
		    cx, WW_E_CONFIG, NULL, "jwks %.*s: there is no such file", WW_STR_FMT(file));
	if (ww_status_class(s) == WW_TRANSIENT)
		return ww_fail(cx, s, NULL, "jwks %.*s: %s", WW_STR_FMT(file), own.fail.reason);
	return ww_fail(cx, WW_E_CONFIG, NULL, "jwks %.*s: %s%s%s", WW_STR_FMT(file), own.fail.place,
	    own.fail.place[0] != '\0' ? ": " : "", own.fail.reason);
}

static ww_status
take_keys(struct ww_ctx *cx, const struct ww_access *a, struct ww_access_keys *out)
{
	struct ww_access_keys k = { .clients = calloc(a->clients_n + 1, sizeof(*k.clients)) };
	const struct ww_listener *l = a->set.listener;
	ww_status s = k.clients != NULL ? WW_OK : ww_fail(cx, WW_E_MEMORY, NULL, "keys");

	if (l->auth == WW_AUTH_TOKENS) {
		for (size_t i = 0; s == WW_OK && i < a->clients_n; i++)
			if (a->clients[i]->jwks.n > 0)
				s = read_keys(cx, a, a->clients[i]->jwks, &k.clients[i]);
		if (s == WW_OK && l->issuer.iss.n > 0)
			s = read_keys(cx, a, l->issuer.jwks, &k.issuer);
	}
	if (s != WW_OK) {
		free_keys(a, &k);
		return s;
	}
	*out = k;
	return WW_OK;
}

ww_status
ww_access_reload(struct ww_ctx *cx, struct ww_access *a)
{
	struct ww_access_keys k;
	ww_status s = take_keys(cx, a, &k);

	if (s != WW_OK)
		return s;
	free_keys(a, &a->keys);
	a->keys = k;
	memset(a->known, 0, WW_ACCESS_CACHE * sizeof(*a->known)); /* a key may be gone */
	return WW_OK;
}

/* -- opened and closed -------------------------------------------------------------------------------- */

/* What is kept besides, for tokens. */
static ww_status
make_tables(struct ww_ctx *cx, struct ww_access *a)
{
	struct ww_buf url = { 0 };

	a->known = calloc(WW_ACCESS_CACHE, sizeof(*a->known));
	a->seen = ww_seen_new(SEEN_MOST);
	a->wrong = ww_often_new(WW_ACCESS_WRONG, WW_ACCESS_MINUTE);
	a->given = ww_often_new(WW_ACCESS_GIVEN, WW_ACCESS_MINUTE);
	ww_random(a->secret, sizeof(a->secret));
	ww_buf_str_add(&url, a->set.base);
	ww_buf_cstr(&url, WW_ACCESS_TOKEN_PATH);
	a->token_url = ww_buf_view(&url);
	a->token_url_text = url.p;
	return a->known != NULL && a->seen != NULL && a->wrong != NULL && a->given != NULL &&
	               url.error == WW_OK
	           ? WW_OK
	           : ww_fail(cx, WW_E_MEMORY, NULL, "access");
}

ww_status
ww_access_open(struct ww_ctx *cx, const struct ww_access_settings *settings, int64_t now,
    struct ww_access **out)
{
	struct ww_access *a = calloc(1, sizeof(*a));
	ww_status s;

	if (a == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "access");
	a->set = *settings;
	a->opened = now;
	s = take_clients(cx, a);
	if (s == WW_OK)
		s = make_tables(cx, a);
	if (s == WW_OK)
		s = take_keys(cx, a, &a->keys);
	if (s != WW_OK) {
		ww_access_close(a);
		return s;
	}
	*out = a;
	return WW_OK;
}

void
ww_access_close(struct ww_access *a)
{
	if (a == NULL)
		return;
	free_keys(a, &a->keys);
	ww_seen_free(a->seen);
	ww_often_free(a->wrong);
	ww_often_free(a->given);
	free(a->known);
	free(a->token_url_text);
	free(a->clients);
	ww_crypto_wipe(a->secret, sizeof(a->secret));
	free(a);
}

/* -- what all tokens have ------------------------------------------------------------------------------ */

ww_status
ww_access_times(struct ww_ctx *cx, const struct ww_jwt *t, int64_t now, int64_t *exp)
{
	/* Instants before which a token is none yet. */
	static const struct {
		const char *claim, *reason;
	} rows[] = { { "nbf", "it is not yet valid" }, { "iat", "it was issued in the future" } };
	int64_t at;

	if (!ww_jwt_seconds(t, "exp", exp))
		return ww_fail(cx, WW_E_LOGIN, "exp", "missing, or not in whole seconds");
	if (now >= (*exp + WW_ACCESS_SKEW) * 1000)
		return ww_fail(cx, WW_E_LOGIN, "exp", "it has expired");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (ww_json_get(t->claims, rows[i].claim) == NULL)
			continue;
		if (!ww_jwt_seconds(t, rows[i].claim, &at))
			return ww_fail(cx, WW_E_LOGIN, rows[i].claim, "not in whole seconds");
		if ((at - WW_ACCESS_SKEW) * 1000 > now)
			return ww_fail(cx, WW_E_LOGIN, rows[i].claim, "%s", rows[i].reason);
	}
	return WW_OK;
}

/* -- failures ----------------------------------------------------------------------------------------- */

ww_status
ww_access_login(struct ww_ctx *cx, const struct ww_ctx *own, ww_status s)
{
	if (s == WW_OK)
		return WW_OK;
	if (ww_status_class(s) == WW_PERMANENT && s != WW_E_FORBIDDEN)
		s = WW_E_LOGIN;
	return ww_fail(cx, s, own->fail.place, "%s", own->fail.reason);
}

static ww_str
id_of(const struct ww_access *a, size_t client)
{
	return client < a->clients_n ? a->clients[client]->id : ww_str_empty();
}

ww_status
ww_access_signed(struct ww_ctx *cx, struct ww_access *a, const struct ww_jwt *t,
    const struct ww_access_signer *by, int64_t now)
{
	const struct ww_crypto_key *k = ww_jwks_find(by->keys, t->kid, t->alg);
	struct ww_ctx own = { .arena = cx->arena };
	ww_status s;

	if (k == NULL && ww_jwks_has(by->keys, t->kid))
		return ww_fail(
		    cx, WW_E_LOGIN, "header.alg", "the key it names is of another algorithm");
	if (k == NULL)
		return ww_fail(cx, WW_E_LOGIN, "header.kid", "the key it names is not registered");
	if (ww_often_over(a->wrong, by->peer, id_of(a, by->client), now))
		return ww_fail(cx, WW_E_THROTTLED, NULL,
		    "%d wrong signatures within a minute: wait a minute", WW_ACCESS_WRONG);
	s = ww_jwt_verify(&own, t, k);
	if (s == WW_E_REFUSED) {
		ww_often_add(a->wrong, by->peer, id_of(a, by->client), now);
		return ww_fail(cx, WW_E_LOGIN, "signature", "%s", own.fail.reason);
	}
	return s == WW_OK ? WW_OK : ww_fail(cx, s, NULL, "%s", own.fail.reason);
}

/* -- who it is ---------------------------------------------------------------------------------------- */

/* "localhost:8080", "[::1]" */
static bool
is_this_machine(ww_str host)
{
	ww_str rest;

	if (host.n > 0 && host.p[0] == '[')
		return ww_value_loopback(ww_str_cut(ww_str_sub(host, 1, host.n), ']', &rest));
	return ww_value_loopback(ww_str_cut(host, ':', &rest));
}

/* By another name somebody else's page asks, in a browser on this machine that was told that the name is here. */
static ww_status
nobody(struct ww_ctx *cx, const struct ww_access *a, ww_str host, struct ww_who *out)
{
	const struct ww_feed *feed = ww_config_feed_on(a->set.config, a->set.listener->name);
	bool console = a->set.listener->console.n > 0;

	if (!is_this_machine(host))
		return ww_fail(cx, WW_E_FORBIDDEN, "Host", "not a name of this machine alone");
	*out = (struct ww_who){
		.client = ww_str_empty(),
		/* The check of the configuration saw to it that a FHIR listener has one. */
		.feed = console ? ww_str_empty() : feed->name,
		.party = ww_str_empty(),
		.scopes = console ? ww_scope_console() : ww_scope_role(false),
	};
	return WW_OK;
}

static bool
has_name(const struct ww_client *c, struct ww_texts names)
{
	for (size_t i = 0; i < c->certificate.n; i++)
		for (size_t k = 0; k < names.n; k++)
			if (ww_str_ieq(c->certificate.v[i], names.v[k]))
				return true;
	return false;
}

static ww_status
by_certificate(
    struct ww_ctx *cx, const struct ww_access *a, struct ww_texts names, struct ww_who *out)
{
	size_t found = a->clients_n;

	for (size_t i = 0; i < a->clients_n; i++) {
		if (!has_name(a->clients[i], names))
			continue;
		if (found < a->clients_n) /* no check of the configuration can know */
			return ww_fail(
			    cx, WW_E_FORBIDDEN, "certificate", "it has names of two clients");
		found = i;
	}
	if (found == a->clients_n)
		return ww_fail(cx, WW_E_FORBIDDEN, "certificate", "no client has one of its names");
	ww_access_is(a, found, &a->clients[found]->may, out);
	return WW_OK;
}

static ww_status
by_token(struct ww_ctx *cx, struct ww_access *a, const struct ww_access_head *head, int64_t now,
    struct ww_who *out)
{
	ww_str token, scheme = ww_str_cut(head->authorization, ' ', &token);
	struct ww_ctx own = { .arena = cx->arena };
	ww_status s;

	if (head->authorization.n == 0)
		return ww_fail(cx, WW_E_LOGIN, "Authorization", "an access token is needed");
	if (!ww_str_ieq(scheme, WW_STR("Bearer")) || token.n == 0)
		s = ww_fail(&own, WW_E_LOGIN, "token", "an access token is sent as Bearer");
	else if (ww_str_starts(token, WW_STR(WW_TOKEN_PREFIX)))
		s = ww_token_read(&own, a, token, now, out);
	else if (a->keys.issuer != NULL)
		s = ww_issuer_who(&own, a, token, head->peer, now, out);
	else
		s = ww_fail(&own, WW_E_LOGIN, "token", "not a token of this server");
	return ww_access_login(cx, &own, s);
}

ww_status
ww_access_who(struct ww_ctx *cx, struct ww_access *a, const struct ww_access_head *head,
    int64_t now, struct ww_who *out)
{
	switch (a->set.listener->auth) {
	case WW_AUTH_CERTIFICATES:
		return by_certificate(cx, a, head->names, out);
	case WW_AUTH_TOKENS:
		return by_token(cx, a, head, now, out);
	case WW_AUTH_NONE:
		break;
	}
	return nobody(cx, a, head->host, out);
}

/* RFC 6750: without a token no error is named; a description has no quotes or back slashes. */
void
ww_access_challenge(const struct ww_access *a, const struct ww_ctx *cx, struct ww_buf *out)
{
	bool given = strcmp(cx->fail.place, "Authorization") != 0;
	char text[REASON_MOST];
	int n;

	(void)a;
	ww_buf_cstr(out, "Bearer realm=\"fhir\"");
	if (!given)
		return;
	ww_buf_printf(out, ", error=\"%s\"",
	    cx->fail.status == WW_E_FORBIDDEN ? "insufficient_scope" : "invalid_token");
	n = snprintf(text, sizeof(text), "%s%s%s", cx->fail.place,
	    cx->fail.place[0] != '\0' ? ": " : "", cx->fail.reason);
	ww_buf_cstr(out, ", error_description=\"");
	for (int i = 0; i < n && i < (int)sizeof(text) - 1; i++)
		ww_buf_byte(out, text[i] == '"' || text[i] == '\\' || text[i] < ' ' || text[i] > '~'
		                     ? '\''
		                     : text[i]);
	ww_buf_byte(out, '"');
}
