/* The token endpoint: an assertion that a client signed becomes an access token (SMART App Launch 2, backend services; RFC 6749
 * section 4.4, RFC 7523). */
#include "rest/access_parts.h"
#include "rest/answer.h"

#include "codec/form.h"
#include "codec/jwt.h"
#include "config/scope.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { JTI_MOST = 256 };

/* -- the form ----------------------------------------------------------------------------------------- */

enum field { GRANT_TYPE, ASSERTION_TYPE, ASSERTION, SCOPE, CLIENT_ID, FIELDS };

static const char *const names[FIELDS] = {
	[GRANT_TYPE] = "grant_type",
	[ASSERTION_TYPE] = "client_assertion_type",
	[ASSERTION] = "client_assertion",
	[SCOPE] = "scope",
	[CLIENT_ID] = "client_id",
};

struct form {
	ww_str v[FIELDS];
	bool given[FIELDS];
};

/* What is asked, and what became of it. */
struct request {
	struct ww_access *a;
	struct form form;
	size_t client; /* who it claims to be; clients_n: nobody that is known */
	struct ww_scopes scopes;
	const char *error; /* of OAuth */
};

/* Parameters without a value count as left out, and none may come twice (RFC 6749, 3.2). */
static ww_status
read_form(struct ww_ctx *cx, ww_str body, struct form *out)
{
	struct ww_form_field f;
	ww_status s = WW_OK;

	*out = (struct form){ .given = { false } };
	for (size_t i = 0; i < FIELDS; i++)
		out->v[i] = ww_str_empty();
	while (s == WW_OK && body.n > 0) {
		s = ww_form_next(cx, &body, &f);
		for (size_t i = 0; s == WW_OK && i < FIELDS; i++) {
			if (!ww_str_is(f.name, names[i]) || f.value.n == 0)
				continue;
			if (out->given[i])
				s = ww_fail(cx, WW_E_VALUE, names[i], "it is given twice");
			out->given[i] = true;
			out->v[i] = f.value;
		}
	}
	return s;
}

static bool
is_form(ww_str type)
{
	ww_str rest;

	return ww_str_ieq(
	    ww_str_trim(ww_str_cut(type, ';', &rest)), WW_STR("application/x-www-form-urlencoded"));
}

/* -- the assertion ------------------------------------------------------------------------------------ */

static ww_status
find_client(struct ww_ctx *cx, struct request *r, const struct ww_jwt *t)
{
	ww_str iss = ww_json_str(ww_json_get(t->claims, "iss")),
	       sub = ww_json_str(ww_json_get(t->claims, "sub"));

	if (t->typ.n > 0 && !ww_str_ieq(t->typ, WW_STR("JWT")))
		return ww_fail(cx, WW_E_LOGIN, "header.typ", "not an assertion");
	if (iss.n == 0 || !ww_str_eq(iss, sub))
		return ww_fail(cx, WW_E_LOGIN, "iss", "iss and sub are both the client's id");
	if (r->form.given[CLIENT_ID] && !ww_str_eq(r->form.v[CLIENT_ID], sub))
		return ww_fail(cx, WW_E_LOGIN, "client_id", "it is not that of the assertion");
	r->client = ww_access_client(r->a, sub);
	if (r->client == r->a->clients_n)
		return ww_fail(cx, WW_E_LOGIN, "sub", "no such client is registered here");
	if (r->a->keys.clients[r->client] == NULL)
		return ww_fail(cx, WW_E_LOGIN, "sub", "the client has no keys here");
	return WW_OK;
}

/* For the token endpoint and nothing else: who else it is for could use it here. */
static ww_status
check_audience(struct ww_ctx *cx, const struct ww_access *a, const struct ww_jwt *t)
{
	const struct ww_json *aud = ww_json_get(t->claims, "aud");

	if (!ww_jwt_is_for(t, a->token_url))
		return ww_fail(cx, WW_E_LOGIN, "aud", "it is not for this token endpoint");
	if (ww_json_kind(aud) == WW_JSON_ARRAY && ww_json_len(aud) != 1)
		return ww_fail(cx, WW_E_LOGIN, "aud", "it is for others, too");
	return WW_OK;
}

/* What was used before we started is not known any more: what may have been is refused. Whoever makes a new one with iat is
 * let in at once. */
static ww_status
check_newer(struct ww_ctx *cx, const struct ww_access *a, const struct ww_jwt *t, int64_t exp)
{
	int64_t opened = a->opened / 1000, iat;

	if (ww_jwt_seconds(t, "iat", &iat)
	        ? iat >= opened
	        : exp >= opened + WW_ACCESS_ASSERTION_LIFE + WW_ACCESS_SKEW)
		return WW_OK;
	return ww_fail(cx, WW_E_BUSY, "iat",
	    "it may have been used before the server started: make a new one, with iat");
}

static ww_status
find_jti(struct ww_ctx *cx, const struct ww_jwt *t, ww_str *out)
{
	*out = ww_json_str(ww_json_get(t->claims, "jti"));
	if (out->n == 0)
		return ww_fail(cx, WW_E_LOGIN, "jti", "missing, or not a text");
	if (out->n > JTI_MOST)
		return ww_fail(cx, WW_E_LOGIN, "jti", "longer than %d bytes", JTI_MOST);
	return WW_OK;
}

static ww_status
fail_used(struct ww_ctx *cx)
{
	return ww_fail(cx, WW_E_LOGIN, "jti", "the assertion was used before");
}

/* It is signed, and used up from now on. */
static ww_status
use_up(struct ww_ctx *cx, const struct request *r, ww_str jti, int64_t exp, int64_t now)
{
	struct ww_ctx own = { .arena = cx->arena };
	ww_str id = r->a->clients[r->client]->id;
	ww_status s;

	/* So that one client cannot fill the table for all. */
	if (ww_often_over(r->a->given, id, ww_str_empty(), now))
		return ww_fail(cx, WW_E_THROTTLED, NULL,
		    "%d tokens within a minute: use one until it ends", WW_ACCESS_GIVEN);
	ww_often_add(r->a->given, id, ww_str_empty(), now);
	s = ww_seen_add(&own, r->a->seen, id, jti, (exp + WW_ACCESS_SKEW) * 1000, now);
	if (s == WW_E_CONFLICT)
		return fail_used(cx);
	return s == WW_OK ? WW_OK : ww_fail(cx, s, "jti", "too many tokens at a time");
}

/* All that costs nothing. */
static ww_status
check_claims(struct ww_ctx *cx, const struct request *r, const struct ww_jwt *t, int64_t now,
    int64_t *exp, ww_str *jti)
{
	ww_status s = check_audience(cx, r->a, t);

	if (s == WW_OK)
		s = ww_access_times(cx, t, now, exp);
	if (s != WW_OK)
		return s;
	if ((*exp - WW_ACCESS_ASSERTION_LIFE - WW_ACCESS_SKEW) * 1000 > now)
		return ww_fail(cx, WW_E_LOGIN, "exp", "more than five minutes ahead");
	s = check_newer(cx, r->a, t, *exp);
	if (s == WW_OK)
		s = find_jti(cx, t, jti);
	if (s == WW_OK && ww_seen_has(r->a->seen, r->a->clients[r->client]->id, *jti, now))
		return fail_used(cx);
	return s;
}

static ww_status
check_assertion(struct ww_ctx *cx, struct request *r, ww_str peer, int64_t now)
{
	struct ww_access_signer by = { .peer = peer };
	struct ww_jwt t;
	int64_t exp;
	ww_str jti;
	ww_status s = ww_jwt_read(cx, r->form.v[ASSERTION], &t);

	if (s == WW_OK)
		s = find_client(cx, r, &t);
	if (s == WW_OK)
		s = check_claims(cx, r, &t, now, &exp, &jti);
	if (s != WW_OK)
		return s;
	by.client = r->client;
	by.keys = r->a->keys.clients[r->client];
	s = ww_access_signed(cx, r->a, &t, &by, now);
	return s == WW_OK ? use_up(cx, r, jti, exp, now) : s;
}

/* -- the request -------------------------------------------------------------------------------------- */

static ww_status
refuse(struct ww_ctx *cx, struct request *r, const char *error, ww_status s, enum field f,
    const char *reason)
{
	r->error = error;
	return ww_fail(cx, s, names[f], "%s", reason);
}

static ww_status
grant(struct ww_ctx *cx, struct request *r)
{
	struct ww_scopes asked = { { 0 } };

	ww_scope_add_list(&asked, r->form.v[SCOPE]);
	if (!ww_scope_any(&asked))
		return refuse(cx, r, "invalid_scope", WW_E_FORBIDDEN, SCOPE,
		    "scopes such as system/Encounter.cu are needed");
	r->scopes = ww_scope_common(&asked, &r->a->clients[r->client]->may);
	if (!ww_scope_any(&r->scopes))
		return refuse(cx, r, "invalid_scope", WW_E_FORBIDDEN, SCOPE,
		    "nothing in it that this client may do");
	return WW_OK;
}

static ww_status
work(struct ww_ctx *cx, struct request *r, ww_str body, ww_str peer, int64_t now)
{
	static const char bearer[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
	struct ww_ctx own = { .arena = cx->arena };
	ww_status s = read_form(cx, body, &r->form);

	r->error = "invalid_request";
	if (s != WW_OK)
		return s;
	if (!r->form.given[GRANT_TYPE])
		return refuse(cx, r, r->error, WW_E_REQUIRED, GRANT_TYPE, "it is missing");
	if (!ww_str_is(r->form.v[GRANT_TYPE], "client_credentials"))
		return refuse(cx, r, "unsupported_grant_type", WW_E_VALUE, GRANT_TYPE,
		    "client_credentials is expected");
	if (!ww_str_is(r->form.v[ASSERTION_TYPE], bearer))
		return refuse(cx, r, r->error, WW_E_VALUE, ASSERTION_TYPE,
		    "that of a JWT bearer assertion is expected");
	if (!r->form.given[ASSERTION])
		return refuse(cx, r, r->error, WW_E_REQUIRED, ASSERTION, "it is missing");
	r->error = "invalid_client";
	s = check_assertion(&own, r, peer, now);
	s = ww_access_login(cx, &own, s);
	return s == WW_OK ? grant(cx, r) : s;
}

/* -- the answer --------------------------------------------------------------------------------------- */

static ww_status
write(struct ww_ctx *cx, const struct ww_json *o, struct ww_token_answer *out)
{
	struct ww_buf b = { 0 };
	ww_status s = ww_json_write(cx, o, false, &b);

	if (s == WW_OK)
		out->body = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s == WW_OK && ww_arena_status(cx->arena) != WW_OK ? ww_fail_memory(cx) : s;
}

static ww_status
give(struct ww_ctx *cx, const struct request *r, int64_t now, struct ww_token_answer *out)
{
	struct ww_json *o = ww_json_object(cx);
	struct ww_buf scopes = { 0 };
	ww_str token;
	ww_status s = ww_token_write(
	    cx, r->a, r->client, &r->scopes, now + WW_ACCESS_TOKEN_LIFE * 1000, &token);

	if (s != WW_OK)
		return s;
	ww_scope_write(&r->scopes, &scopes);
	ww_json_set_str(cx, o, "access_token", token);
	ww_json_set_cstr(cx, o, "token_type", "bearer");
	ww_json_set_int(cx, o, "expires_in", WW_ACCESS_TOKEN_LIFE);
	ww_json_set_str(cx, o, "scope", ww_buf_view(&scopes));
	ww_buf_free(&scopes);
	out->status = 200;
	return write(cx, o, out);
}

/* An error of OAuth; what is no fault of the client has no word there, and is said by the HTTP status. */
static ww_status
tell(struct ww_ctx *cx, const char *error, struct ww_token_answer *out)
{
	static const struct {
		ww_status status;
		int http;
		const char *error;
		uint32_t retry_after;
	} rows[] = {
		{ WW_E_THROTTLED, 429, "temporarily_unavailable", WW_ACCESS_RETRY },
		{ WW_E_BUSY, 503, "temporarily_unavailable", 1 },
		{ WW_E_LOGIN, 401, NULL, 0 },
		{ WW_E_NOT_FOUND, 404, NULL, 0 },
		{ WW_E_LIMIT, 413, NULL, 0 },
		{ WW_E_MEDIA, 415, NULL, 0 },
	};
	struct ww_json *o = ww_json_object(cx);
	char text[300];

	out->status = 400;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (cx->fail.status == rows[i].status) {
			out->status = rows[i].http;
			out->retry_after = rows[i].retry_after;
			error = rows[i].error != NULL ? rows[i].error : error;
		}
	snprintf(text, sizeof(text), "%s%s%s", cx->fail.place,
	    cx->fail.place[0] != '\0' ? ": " : "", cx->fail.reason);
	ww_json_set_cstr(cx, o, "error", error);
	ww_json_set_cstr(cx, o, "error_description", text);
	return write(cx, o, out);
}

ww_status
ww_access_token(struct ww_ctx *cx, struct ww_access *a, ww_str type, ww_str body, ww_str peer,
    int64_t now, struct ww_token_answer *out)
{
	struct request r = { .a = a, .client = a->clients_n, .error = "invalid_request" };
	ww_status s;

	*out = (struct ww_token_answer){ .client = ww_str_empty(), .body = ww_str_empty() };
	if (a->set.listener->auth != WW_AUTH_TOKENS)
		s = ww_fail(cx, WW_E_NOT_FOUND, NULL, "this listener gives out no tokens");
	else if (!is_form(type))
		s = ww_fail(cx, WW_E_MEDIA, "Content-Type", "a form is expected");
	else if (body.n > WW_ACCESS_FORM_MOST)
		s = ww_fail(
		    cx, WW_E_LIMIT, NULL, "a form of more than %d bytes", WW_ACCESS_FORM_MOST);
	else
		s = work(cx, &r, body, peer, now);
	if (r.client < a->clients_n)
		out->client = a->clients[r.client]->name;
	if (s == WW_OK)
		return give(cx, &r, now, out);
	return s == WW_E_MEMORY ? s : tell(cx, r.error, out);
}

void
ww_access_challenge_answer(struct ww_ctx *cx, const struct ww_access *a, struct ww_rest_answer *out)
{
	struct ww_buf challenge = { 0 };

	ww_access_challenge(a, cx, &challenge);
	ww_rest_header(cx, out, "WWW-Authenticate: %.*s", WW_STR_FMT(ww_buf_view(&challenge)));
	ww_buf_free(&challenge);
}

void
ww_access_token_answer(struct ww_ctx *cx, const struct ww_access *a,
    const struct ww_token_answer *t, struct ww_rest_answer *out)
{
	*out = (struct ww_rest_answer){ .status = (unsigned)t->status, .body = t->body };
	ww_rest_header(cx, out, "Content-Type: application/json");
	ww_rest_header(cx, out, "Pragma: no-cache");
	if (t->retry_after > 0)
		ww_rest_header(cx, out, "Retry-After: %" PRIu32, t->retry_after);
	if (t->status == 401)
		ww_access_challenge_answer(cx, a, out);
}
