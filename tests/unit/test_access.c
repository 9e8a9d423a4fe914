/* Who comes in (rest/access.c, issuer.c, token.c), how they get a token (access_token.c), and what is not let pass. */
#include "access_fixture.h"

#include "config/scope.h"
#include "rest/often.h"
#include "rest/routes.h"
#include "rest/seen.h"

/* -- tokens of ours ----------------------------------------------------------------------------------- */

static ww_str
token_of(struct ww_access *a, const char *client, const char *jti, const char *scope)
{
	struct ww_token_answer answer;
	struct ww_ctx cx;

	access_ask(&cx, a, access_assertion(client, jti), scope, NOW, &answer);
	ck_assert_msg(answer.status == 200, "%d %.*s", answer.status, WW_STR_FMT(answer.body));
	return access_said(&answer, "access_token");
}

START_TEST(gives_a_token_that_lets_in)
{
	struct ww_access *a = access_open("l", NOW);
	struct ww_token_answer answer;
	struct ww_ctx cx;
	struct ww_who who;

	access_ask(&cx, a, access_assertion("Gateway-1", "1"),
	    "system/Encounter.cruds%20system%2FClaim.s+system/Patient.r", NOW, &answer);
	ck_assert_int_eq(answer.status, 200);
	unit_str_is(access_said(&answer, "token_type"), "bearer");
	unit_str_is(access_said(&answer, "scope"), "system/Claim.s system/Encounter.cu");
	ck_assert_int_eq(
	    access_who(&cx, a, access_said(&answer, "access_token"), NOW, &who), WW_OK);
	unit_str_is(who.client, "gw");
	unit_str_is(who.feed, "a");
	unit_str_is(who.party, "");
	ck_assert(ww_who_may(&who, WW_STR("Encounter"), WW_STR("update")));
	ck_assert(!ww_who_may(&who, WW_STR("Encounter"), WW_STR("read")));
	ck_assert(!ww_who_may(&who, WW_STR("Claim"), WW_STR("create")));
	ww_access_close(a);
}
END_TEST

START_TEST(takes_assertions_of_both_algorithms)
{
	struct ww_access *a = access_open("l", NOW);
	struct ww_token_answer answer;
	struct ww_ctx cx;

	access_ask(&cx, a,
	    jwt_of(jwt_rsa, "{\"alg\":\"RS384\",\"kid\":\"r\",\"typ\":\"JWT\"}",
	        "{\"iss\":\"rcca\",\"sub\":\"rcca\",\"aud\":[\"" TOKEN_URL
	        "\"],\"exp\":1800000200,\"iat\":1800000000,\"jti\":\"1\"}"),
	    "system/*.rs", NOW, &answer);
	ck_assert_int_eq(answer.status, 200);
	unit_str_is(access_said(&answer, "scope"), "system/Communication.rs system/Task.rs");
	ww_access_close(a);
}
END_TEST

START_TEST(ends_a_token_after_five_minutes)
{
	struct ww_access *a = access_open("l", NOW);
	ww_str token = token_of(a, "Gateway-1", "1", "system/Encounter.c");
	struct ww_ctx cx;
	struct ww_who who;

	ck_assert_int_eq(access_who(&cx, a, token, NOW + 299999, &who), WW_OK);
	ck_assert_int_eq(access_who(&cx, a, token, NOW + 300000, &who), WW_E_LOGIN);
	ck_assert_str_eq(cx.fail.reason, "it has expired");
	ww_access_close(a);
}
END_TEST

/* Each listener has a key of its own, and so has each start. */
START_TEST(takes_no_token_of_another_listener_or_start)
{
	struct ww_access *l = access_open("l", NOW), *m = access_open("m", NOW);
	struct ww_access *again = access_open("l", NOW);
	ww_str token = token_of(m, "far", "1", "system/Encounter.c");
	struct ww_ctx cx;
	struct ww_who who;

	ck_assert_int_eq(access_who(&cx, m, token, NOW, &who), WW_OK);
	ck_assert_int_eq(access_who(&cx, l, token, NOW, &who), WW_E_LOGIN);
	token = token_of(l, "Gateway-1", "1", "system/Encounter.c");
	ck_assert_int_eq(access_who(&cx, again, token, NOW, &who), WW_E_LOGIN);
	ck_assert_str_eq(
	    cx.fail.reason, "not a token of this server, or one from before it started");
	ww_access_close(l);
	ww_access_close(m);
	ww_access_close(again);
}
END_TEST

START_TEST(takes_no_token_with_any_byte_changed)
{
	struct ww_access *a = access_open("l", NOW);
	ww_str token = token_of(a, "Gateway-1", "1", "system/Encounter.c");
	char *p = ww_arena_alloc(jwt_cx.arena, token.n);
	struct ww_ctx cx;
	struct ww_who who;

	for (size_t i = 0; i < token.n; i++) {
		memcpy(p, token.p, token.n);
		p[i] = (char)(p[i] ^ 1);
		ck_assert_int_ne(access_who(&cx, a, ww_str_of(p, token.n), NOW, &who), WW_OK);
		ck_assert_int_ne(access_who(&cx, a, ww_str_sub(token, 0, i), NOW, &who), WW_OK);
	}
	ww_access_close(a);
}
END_TEST

/* -- twenty-odd attacks on the token endpoint ----------------------------------------------------------- */

#define WHO "\"iss\":\"Gateway-1\",\"sub\":\"Gateway-1\""
#define AUD ",\"aud\":\"" TOKEN_URL "\""
#define LIFE ",\"exp\":1800000300,\"iat\":1800000000"
#define JTI ",\"jti\":\"x\""

/* Assertions that somebody signed who may be anybody, and all else is right; each is refused for its own reason. */
static const struct attack {
	const char *name, *header, *claims;
	const char *error; /* "invalid_client: place: reason" */
} attacks[] = {
	{ "alg none", "{\"alg\":\"none\",\"kid\":\"e\"}", "{" WHO AUD LIFE JTI "}",
	    "header.alg: RS384 or ES384 is expected" },
	{ "alg None", "{\"alg\":\"None\",\"kid\":\"e\"}", "{" WHO AUD LIFE JTI "}",
	    "header.alg: RS384 or ES384 is expected" },
	{ "HS256 with the public key", "{\"alg\":\"HS256\",\"kid\":\"r\"}",
	    "{" WHO AUD LIFE JTI "}", "header.alg: RS384 or ES384 is expected" },
	{ "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{" WHO AUD LIFE JTI "}",
	    "header.alg: RS384 or ES384 is expected" },
	{ "alg in another case", "{\"alg\":\"es384\",\"kid\":\"e\"}", "{" WHO AUD LIFE JTI "}",
	    "header.alg: RS384 or ES384 is expected" },
	{ "no alg", "{\"kid\":\"e\"}", "{" WHO AUD LIFE JTI "}",
	    "header.alg: RS384 or ES384 is expected" },
	{ "an unknown kid", "{\"alg\":\"ES384\",\"kid\":\"../e\"}", "{" WHO AUD LIFE JTI "}",
	    "header.kid: the key it names is not registered" },
	{ "no kid", "{\"alg\":\"ES384\"}", "{" WHO AUD LIFE JTI "}",
	    "header.kid: the name of the key is missing" },
	{ "a key of the other algorithm", "{\"alg\":\"ES384\",\"kid\":\"r\"}",
	    "{" WHO AUD LIFE JTI "}", "header.alg: the key it names is of another algorithm" },
	{ "jku", "{\"alg\":\"ES384\",\"kid\":\"e\",\"jku\":\"https://evil.example/k\"}",
	    "{" WHO AUD LIFE JTI "}", "header.jku: keys are not looked for elsewhere" },
	{ "x5u", "{\"alg\":\"ES384\",\"kid\":\"e\",\"x5u\":\"https://evil.example/k\"}",
	    "{" WHO AUD LIFE JTI "}", "header.x5u: keys are not looked for elsewhere" },
	{ "a key of its own", "{\"alg\":\"ES384\",\"kid\":\"e\",\"jwk\":{\"kty\":\"EC\"}}",
	    "{" WHO AUD LIFE JTI "}", "header.jwk: a key in the token itself" },
	{ "crit", "{\"alg\":\"ES384\",\"kid\":\"e\",\"crit\":[\"b64\"],\"b64\":false}",
	    "{" WHO AUD LIFE JTI "}", "header.crit: an extension that must be understood is not" },
	{ "another kind of token", "{\"alg\":\"ES384\",\"kid\":\"e\",\"typ\":\"at+jwt\"}",
	    "{" WHO AUD LIFE JTI "}", "header.typ: not an assertion" },
	{ "no exp", HEADER, "{" WHO AUD ",\"iat\":1800000000" JTI "}",
	    "exp: missing, or not in whole seconds" },
	{ "an exp as text", HEADER,
	    "{" WHO AUD ",\"exp\":\"1800000300\",\"iat\":1800000000" JTI "}",
	    "exp: missing, or not in whole seconds" },
	{ "expired", HEADER, "{" WHO AUD ",\"exp\":1799999940,\"iat\":1800000000" JTI "}",
	    "exp: it has expired" },
	{ "an exp too far ahead", HEADER,
	    "{" WHO AUD ",\"exp\":1800000361,\"iat\":1800000000" JTI "}",
	    "exp: more than five minutes ahead" },
	{ "nbf ahead", HEADER, "{" WHO AUD LIFE ",\"nbf\":1800000061" JTI "}",
	    "nbf: it is not yet valid" },
	{ "issued ahead", HEADER, "{" WHO AUD ",\"exp\":1800000300,\"iat\":1800000061" JTI "}",
	    "iat: it was issued in the future" },
	{ "for somebody else", HEADER,
	    "{" WHO ",\"aud\":\"https://evil.example/token\"" LIFE JTI "}",
	    "aud: it is not for this token endpoint" },
	{ "for the base", HEADER, "{" WHO ",\"aud\":\"" BASE "\"" LIFE JTI "}",
	    "aud: it is not for this token endpoint" },
	{ "for others, too", HEADER,
	    "{" WHO ",\"aud\":[\"" TOKEN_URL "\",\"https://evil.example\"]" LIFE JTI "}",
	    "aud: it is for others, too" },
	{ "for nobody", HEADER, "{" WHO ",\"aud\":[]" LIFE JTI "}",
	    "aud: it is not for this token endpoint" },
	{ "no aud", HEADER, "{" WHO LIFE JTI "}", "aud: it is not for this token endpoint" },
	{ "iss is not sub", HEADER, "{\"iss\":\"Gateway-1\",\"sub\":\"rcca\"" AUD LIFE JTI "}",
	    "iss: iss and sub are both the client's id" },
	{ "no iss", HEADER, "{\"sub\":\"Gateway-1\"" AUD LIFE JTI "}",
	    "iss: iss and sub are both the client's id" },
	{ "the name and not the id", HEADER, "{\"iss\":\"gw\",\"sub\":\"gw\"" AUD LIFE JTI "}",
	    "sub: no such client is registered here" },
	{ "a client of another listener", HEADER,
	    "{\"iss\":\"far\",\"sub\":\"far\"" AUD LIFE JTI "}",
	    "sub: no such client is registered here" },
	{ "a client without keys", HEADER,
	    "{\"iss\":\"outside\",\"sub\":\"outside\"" AUD LIFE JTI "}",
	    "sub: the client has no keys here" },
	{ "a client of another feed, whose key it is not", HEADER,
	    "{\"iss\":\"other\",\"sub\":\"other\"" AUD LIFE JTI "}",
	    "signature: the signature is not that of the key" },
	{ "no jti", HEADER, "{" WHO AUD LIFE "}", "jti: missing, or not a text" },
	{ "a jti that is a number", HEADER, "{" WHO AUD LIFE ",\"jti\":1}",
	    "jti: missing, or not a text" },
	{ "a claim twice", HEADER, "{" WHO AUD LIFE JTI ",\"sub\":\"rcca\"}", "claims: " },
	{ "a header twice", "{\"alg\":\"ES384\",\"alg\":\"none\",\"kid\":\"e\"}",
	    "{" WHO AUD LIFE JTI "}", "header: " },
	{ "text behind the claims", HEADER, "{" WHO AUD LIFE JTI "}{}", "claims: " },
};

static void
refused(struct ww_access *a, const char *name, ww_str assertion, const char *reason)
{
	struct ww_token_answer answer;
	struct ww_ctx cx;
	ww_str said;

	access_ask(&cx, a, assertion, "system/Encounter.c", NOW, &answer);
	ck_assert_msg(answer.status == 401, "%s: %d", name, answer.status);
	unit_str_is(access_said(&answer, "error"), "invalid_client");
	said = access_said(&answer, "error_description");
	ck_assert_msg(ww_str_starts(said, ww_str_from(reason)), "%s: %.*s", name, WW_STR_FMT(said));
	ck_assert_int_eq(cx.fail.status, WW_E_LOGIN);
}

START_TEST(refuses_forged_assertions_for_their_reason)
{
	for (size_t i = 0; i < UNIT_COUNT(attacks); i++) {
		struct ww_access *a = access_open("l", NOW);

		refused(a, attacks[i].name, jwt_of(jwt_ec, attacks[i].header, attacks[i].claims),
		    attacks[i].error);
		ww_access_close(a);
	}
}
END_TEST

/* An ECDSA signature as OpenSSL has it. */
static ww_str
der_of(ww_str raw)
{
	struct ww_buf b = { 0 }, inner = { 0 };

	for (size_t half = 0; half < 2; half++) {
		ww_str n = ww_str_sub(raw, half * 48, 48);

		ww_buf_byte(&inner, 2);
		ww_buf_byte(&inner, (char)(49));
		ww_buf_byte(&inner, 0);
		ww_buf_str_add(&inner, n);
	}
	ww_buf_byte(&b, 0x30);
	ww_buf_byte(&b, (char)ww_buf_view(&inner).n);
	ww_buf_str_add(&b, ww_buf_view(&inner));
	ww_buf_free(&inner);
	return jwt_kept(&b);
}

START_TEST(refuses_signatures_that_are_none)
{
	static const char claims[] = "{" WHO AUD LIFE JTI "}";
	ww_str text = jwt_join(jwt_base64(WW_STR(HEADER)), jwt_base64(ww_str_from(claims)));
	ww_str good = jwt_signature(jwt_ec, text);
	char zero[96] = { 0 }, half[96];
	struct ww_access *a = access_open("l", NOW);

	memcpy(half, good.p, sizeof(half));
	memset(half, 0, 48);
	refused(a, "none", jwt_join(text, ww_str_empty()),
	    "signature: the signature has 0 bytes and not the 96 of its key");
	refused(a, "cut", jwt_join(text, jwt_base64(ww_str_sub(good, 0, 95))),
	    "signature: the signature has 95 bytes and not the 96 of its key");
	refused(a, "DER", jwt_join(text, jwt_base64(der_of(good))),
	    "signature: the signature has 104 bytes and not the 96 of its key");
	refused(a, "zero", jwt_join(text, jwt_base64(ww_str_of(zero, sizeof(zero)))),
	    "signature: a number of the signature is zero");
	refused(a, "r is zero", jwt_join(text, jwt_base64(ww_str_of(half, sizeof(half)))),
	    "signature: a number of the signature is zero");
	memset(half, 0xff, sizeof(half));
	refused(a, "beyond the order", jwt_join(text, jwt_base64(ww_str_of(half, sizeof(half)))),
	    "signature: the signature is not that of the key");
	refused(a, "padded",
	    ww_arena_printf(jwt_cx.arena, "%.*s==", WW_STR_FMT(jwt_of(jwt_ec, HEADER, claims))),
	    "signature: not in base64url without padding");
	refused(a, "more behind it",
	    ww_arena_printf(jwt_cx.arena, "%.*s.e30", WW_STR_FMT(jwt_of(jwt_ec, HEADER, claims))),
	    "a token has three parts");
	refused(a, "another's key", jwt_of(jwt_other, HEADER, claims),
	    "signature: the signature is not that of the key");
	ww_access_close(a);
}
END_TEST

START_TEST(refuses_an_assertion_that_is_too_long)
{
	struct ww_access *a = access_open("l", NOW);
	char *jti = ww_arena_alloc(jwt_cx.arena, WW_JWT_MOST);

	memset(jti, 'x', WW_JWT_MOST - 1);
	refused(
	    a, "oversized", access_assertion("Gateway-1", jti), "a token of more than 8192 bytes");
	jti[257] = '\0';
	refused(a, "long jti", access_assertion("Gateway-1", jti), "jti: longer than 256 bytes");
	ww_access_close(a);
}
END_TEST

START_TEST(takes_an_assertion_once)
{
	struct ww_access *a = access_open("l", NOW);
	struct ww_token_answer answer;
	struct ww_ctx cx;
	ww_str one = access_assertion("Gateway-1", "1");

	access_ask(&cx, a, one, "system/Encounter.c", NOW, &answer);
	ck_assert_int_eq(answer.status, 200);
	refused(a, "replayed", one, "jti: the assertion was used before");
	/* Another client may have chosen the same. */
	access_ask(&cx, a, access_assertion("rcca", "1"), "system/Task.r", NOW, &answer);
	ck_assert_int_eq(answer.status, 200);
	/* One that brought no token is used up, too. */
	access_ask(&cx, a, access_assertion("Gateway-1", "2"), "system/Patient.r", NOW, &answer);
	ck_assert_int_eq(answer.status, 400);
	refused(a, "replayed with another scope", access_assertion("Gateway-1", "2"),
	    "jti: the assertion was used before");
	ww_access_close(a);
}
END_TEST

/* What was used before a start is forgotten with it. */
START_TEST(takes_nothing_that_may_have_been_used_before_it_started)
{
	struct ww_access *a = access_open("l", NOW + 1000);
	struct ww_token_answer answer;
	struct ww_ctx cx;

	access_ask(
	    &cx, a, access_assertion("Gateway-1", "1"), "system/Encounter.c", NOW + 2000, &answer);
	ck_assert_int_eq(answer.status, 503);
	ck_assert_uint_eq(answer.retry_after, 1);
	access_ask(&cx, a, jwt_of(jwt_ec, HEADER, "{" WHO AUD ",\"exp\":1800000360" JTI "}"),
	    "system/Encounter.c", NOW + 2000, &answer);
	ck_assert_int_eq(answer.status, 503);
	access_ask(&cx, a, jwt_of(jwt_ec, HEADER, "{" WHO AUD ",\"exp\":1800000361" JTI "}"),
	    "system/Encounter.c", NOW + 2000, &answer);
	ck_assert_int_eq(answer.status, 200);
	ww_access_close(a);
}
END_TEST

START_TEST(answers_requests_that_are_none)
{
	static const struct {
		const char *body;
		int status;
		const char *error, *reason;
	} rows[] = {
		{ "", 400, "invalid_request", "grant_type: it is missing" },
		{ "grant_type=", 400, "invalid_request", "grant_type: it is missing" },
		{ "grant_type=password", 400, "unsupported_grant_type",
		    "grant_type: client_credentials is expected" },
		{ "grant_type=client_credentials", 400, "invalid_request",
		    "client_assertion_type: that of a JWT bearer assertion is expected" },
		{ FORM, 400, "invalid_request", "client_assertion: it is missing" },
		{ FORM "x", 401, "invalid_client", "a token has three parts" },
		{ "grant_type=client_credentials&grant_type=client_credentials", 400,
		    "invalid_request", "grant_type: it is given twice" },
		{ "grant_type=%zz", 400, "invalid_request",
		    "form: a percent sign without two digits" },
		{ "=x", 400, "invalid_request", "form: a field without a name" },
	};
	struct ww_access *a = access_open("l", NOW);
	struct ww_token_answer answer;
	struct ww_ctx cx = { .arena = jwt_cx.arena };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		access_form(&cx, a, ww_str_from(rows[i].body), NOW, &answer);
		ck_assert_msg(
		    answer.status == rows[i].status, "%s: %d", rows[i].body, answer.status);
		unit_str_is(access_said(&answer, "error"), rows[i].error);
		unit_str_is(access_said(&answer, "error_description"), rows[i].reason);
	}
	cx = (struct ww_ctx){ .arena = jwt_cx.arena };
	ck_assert_int_eq(ww_access_token(&cx, a, WW_STR("application/json"), WW_STR("{}"),
	                     WW_STR("192.0.2.1"), NOW, &answer),
	    WW_OK);
	ck_assert_int_eq(answer.status, 415);
	ww_access_close(a);
	a = access_open("n", NOW);
	access_form(&cx, a, WW_STR("grant_type=client_credentials"), NOW, &answer);
	ck_assert_int_eq(answer.status, 404);
	ww_access_close(a);
}
END_TEST

START_TEST(gives_no_scope_that_the_client_has_not)
{
	static const char *const none[] = { "", "openid", "system/Patient.r",
		"system/Encounter.rds", "user/Encounter.c", "system/Task.rus" };
	struct ww_access *a = access_open("l", NOW);
	struct ww_token_answer answer;
	struct ww_ctx cx;
	char jti[8];

	for (size_t i = 0; i < UNIT_COUNT(none); i++) {
		snprintf(jti, sizeof(jti), "%zu", i);
		access_ask(&cx, a, access_assertion("Gateway-1", jti), none[i], NOW, &answer);
		ck_assert_msg(answer.status == 400, "%s: %d", none[i], answer.status);
		unit_str_is(access_said(&answer, "error"), "invalid_scope");
	}
	access_ask(&cx, a, access_assertion("Gateway-1", "x"), "system/*.cruds", NOW, &answer);
	unit_str_is(access_said(&answer, "scope"), "system/Claim.cs system/Encounter.cu");
	ww_access_close(a);
}
END_TEST

/* -- tokens of the issuer ------------------------------------------------------------------------------- */

#define ISS "\"iss\":\"https://i.example\""
#define API ",\"aud\":[\"x\",\"api\"]"
#define EXP ",\"exp\":1800003600"
#define GOOD "{" ISS API EXP ",\"client_id\":\"outside\",\"scope\":\"openid system/Claim.rs\"}"
#define AT "{\"alg\":\"ES384\",\"kid\":\"e\",\"typ\":\"at+jwt\"}"

START_TEST(lets_in_by_a_token_of_the_issuer)
{
	static const char *const forms[] = {
		GOOD,
		"{" ISS API EXP ",\"client_id\":\"outside\",\"scp\":[\"system/Claim.rs\"]}",
		"{" ISS ",\"aud\":\"api\"" EXP
		",\"nbf\":1800000060,\"client_id\":\"outside\",\"scp\":\"system/Claim.read\"}",
	};
	struct ww_access *a = access_open("l", NOW);
	struct ww_ctx cx;
	struct ww_who who;

	for (size_t i = 0; i < UNIT_COUNT(forms); i++)
		for (int twice = 0; twice < 2; twice++) { /* the second time it is remembered */
			ck_assert_msg(
			    access_who(&cx, a, jwt_of(jwt_ec, AT, forms[i]), NOW, &who) == WW_OK,
			    "%zu: %s: %s", i, cx.fail.place, cx.fail.reason);
			unit_str_is(who.client, "outside");
			unit_str_is(who.feed, "a");
			ck_assert(ww_who_may(&who, WW_STR("Claim"), WW_STR("read")));
			ck_assert(!ww_who_may(&who, WW_STR("Claim"), WW_STR("create")));
		}
	ww_access_close(a);
}
END_TEST

START_TEST(refuses_tokens_of_the_issuer_for_their_reason)
{
	static const struct {
		const char *name, *header, *claims;
		ww_status status;
		const char *place, *reason;
	} rows[] = {
		{ "an assertion, not a token", HEADER, "{" WHO AUD LIFE JTI "}", WW_E_LOGIN, "iss",
		    "another issuer" },
		{ "another kind", "{\"alg\":\"ES384\",\"kid\":\"e\",\"typ\":\"dpop+jwt\"}", GOOD,
		    WW_E_LOGIN, "header.typ", "not an access token" },
		{ "another issuer", AT,
		    "{\"iss\":\"https://i.example/\"" API EXP ",\"client_id\":\"outside\"}",
		    WW_E_LOGIN, "iss", "another issuer" },
		{ "for somebody else", AT,
		    "{" ISS ",\"aud\":\"" BASE "\"" EXP ",\"client_id\":\"outside\"}", WW_E_LOGIN,
		    "aud", "it is not for this server" },
		{ "bound to a key", AT, "{" ISS API EXP ",\"cnf\":{},\"client_id\":\"outside\"}",
		    WW_E_LOGIN, "cnf", "it is bound to a key, which is not looked at here" },
		{ "an unknown key", "{\"alg\":\"ES384\",\"kid\":\"z\"}", GOOD, WW_E_LOGIN,
		    "header.kid", "the key it names is not registered" },
		{ "HS256", "{\"alg\":\"HS256\",\"kid\":\"e\"}", GOOD, WW_E_LOGIN, "header.alg",
		    "RS384 or ES384 is expected" },
		{ "no end", AT, "{" ISS API ",\"client_id\":\"outside\"}", WW_E_LOGIN, "exp",
		    "missing, or not in whole seconds" },
		{ "ended", AT, "{" ISS API ",\"exp\":1799999940,\"client_id\":\"outside\"}",
		    WW_E_LOGIN, "exp", "it has expired" },
		{ "not yet", AT, "{" ISS API EXP ",\"nbf\":1800000061,\"client_id\":\"outside\"}",
		    WW_E_LOGIN, "nbf", "it is not yet valid" },
		{ "no client", AT, "{" ISS API EXP ",\"sub\":\"outside\"}", WW_E_FORBIDDEN,
		    "client", "it is not registered here" },
		{ "a client of another listener", AT, "{" ISS API EXP ",\"client_id\":\"far\"}",
		    WW_E_FORBIDDEN, "client", "it is not registered here" },
		{ "no scope", AT, "{" ISS API EXP ",\"client_id\":\"outside\"}", WW_E_FORBIDDEN,
		    "scope", "nothing in it that this client may do" },
		{ "a scope that the client has not", AT,
		    "{" ISS API EXP ",\"client_id\":\"outside\",\"scope\":\"system/Claim.c "
		    "system/Task.r\"}",
		    WW_E_FORBIDDEN, "scope", "nothing in it that this client may do" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_access *a = access_open("l", NOW);
		struct ww_ctx cx;
		struct ww_who who;
		ww_status s =
		    access_who(&cx, a, jwt_of(jwt_ec, rows[i].header, rows[i].claims), NOW, &who);

		ck_assert_msg(s == rows[i].status && cx.fail.status == s, "%s: %s", rows[i].name,
		    ww_status_name(s));
		ck_assert_str_eq(cx.fail.place, rows[i].place);
		ck_assert_msg(strcmp(cx.fail.reason, rows[i].reason) == 0, "%s: %s", rows[i].name,
		    cx.fail.reason);
		ww_access_close(a);
	}
}
END_TEST

START_TEST(remembers_a_token_no_longer_than_it_lives)
{
	struct ww_access *a = access_open("l", NOW);
	ww_str token = jwt_of(jwt_ec, AT, GOOD);
	struct ww_ctx cx;
	struct ww_who who;

	ck_assert_int_eq(access_who(&cx, a, token, NOW, &who), WW_OK);
	ck_assert_int_eq(access_who(&cx, a, token, 1800003659999, &who), WW_OK);
	ck_assert_int_eq(access_who(&cx, a, token, 1800003660000, &who), WW_E_LOGIN);
	/* Nor longer than its key. */
	ck_assert_int_eq(access_who(&cx, a, token, NOW, &who), WW_OK);
	access_file("issuer.json", jwt_set(NULL, jwt_other));
	ck_assert_int_eq(ww_access_reload(&cx, a), WW_OK);
	ck_assert_int_eq(access_who(&cx, a, token, NOW, &who), WW_E_LOGIN);
	access_file("issuer.json", jwt_set(jwt_rsa, jwt_ec));
	ww_access_close(a);
}
END_TEST

/* -- keys and files ----------------------------------------------------------------------------------- */

START_TEST(reads_keys_again_and_keeps_the_old_when_they_are_bad)
{
	struct ww_access *a = access_open("l", NOW);
	struct ww_token_answer answer;
	struct ww_ctx cx = { .arena = jwt_cx.arena };

	access_file("other.json", WW_STR("{\"keys\":["));
	ck_assert_int_eq(ww_access_reload(&cx, a), WW_E_CONFIG);
	ck_assert_msg(
	    strstr(cx.fail.reason, "jwks other.json: ") == cx.fail.reason, "%s", cx.fail.reason);
	refused(a, "the old key", access_assertion("other", "1"),
	    "signature: the signature is not that of the key");
	cx = (struct ww_ctx){ .arena = jwt_cx.arena };
	access_file("other.json", jwt_set(NULL, jwt_ec));
	ck_assert_int_eq(ww_access_reload(&cx, a), WW_OK);
	access_ask(&cx, a, access_assertion("other", "1"), "system/*.c", NOW, &answer);
	ck_assert_int_eq(answer.status, 200);
	access_file("other.json", jwt_set(NULL, jwt_other));
	ww_access_close(a);
}
END_TEST

START_TEST(does_not_open_without_its_keys)
{
	struct ww_access_settings s = {
		.config = access_config,
		.listener = ww_config_listener(access_config, WW_STR("l")),
		.folder = "/nowhere",
		.base = WW_STR(BASE),
	};
	struct ww_ctx cx = { .arena = jwt_cx.arena };
	struct ww_access *a = NULL;

	ck_assert_int_eq(ww_access_open(&cx, &s, NOW, &a), WW_E_CONFIG);
	ck_assert_ptr_null(a);
	ck_assert_str_eq(cx.fail.reason, "jwks gw.json: there is no such file");
}
END_TEST

/* -- the other ways ----------------------------------------------------------------------------------- */

START_TEST(knows_clients_by_their_certificates)
{
	static const ww_str good[] = { WW_STR_INIT("x.example"), WW_STR_INIT("GW.Example") };
	static const ww_str none[] = { WW_STR_INIT("gw.example.org") };
	static const ww_str both[] = { WW_STR_INIT("two.example"), WW_STR_INIT("gw2") };
	static const struct {
		struct ww_texts names;
		ww_status status;
		const char *reason;
	} rows[] = {
		{ { good, 2 }, WW_OK, "" },
		{ { none, 1 }, WW_E_FORBIDDEN, "no client has one of its names" },
		{ { both, 2 }, WW_E_FORBIDDEN, "it has names of two clients" },
		{ { NULL, 0 }, WW_E_FORBIDDEN, "no client has one of its names" },
	};
	struct ww_access *a = access_open("k", NOW);

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_access_head head = { .authorization = WW_STR("Bearer x"),
			.names = rows[i].names,
			.peer = WW_STR("192.0.2.1") };
		struct ww_ctx cx = { .arena = jwt_cx.arena };
		struct ww_who who;

		ck_assert_int_eq(ww_access_who(&cx, a, &head, NOW, &who), rows[i].status);
		ck_assert_str_eq(cx.fail.reason, rows[i].reason);
		if (rows[i].status == WW_OK)
			unit_str_is(who.client, "cert");
	}
	ww_access_close(a);
}
END_TEST

START_TEST(lets_everybody_in_as_a_sender_where_nobody_is_asked)
{
	static const char *const hosts[] = { "127.0.0.1:8080", "127.8.9.1", "localhost:1",
		"LOCALHOST", "[::1]:8080", "[::1]" };
	struct ww_access *a = access_open("n", NOW);
	struct ww_who who;

	for (size_t i = 0; i < UNIT_COUNT(hosts); i++) {
		struct ww_access_head head = { .authorization = ww_str_empty(),
			.peer = WW_STR("127.0.0.1"),
			.host = ww_str_from(hosts[i]) };
		struct ww_ctx cx = { .arena = jwt_cx.arena };

		ck_assert_int_eq(ww_access_who(&cx, a, &head, NOW, &who), WW_OK);
		unit_str_is(who.client, "");
		unit_str_is(who.feed, "open");
		ck_assert(ww_who_may(&who, WW_STR("Encounter"), WW_STR("create")));
		ck_assert(!ww_who_may(&who, WW_STR("Task"), WW_STR("read")));
	}
	ww_access_close(a);
}
END_TEST

/* A page of a stranger, in a browser on this machine, whose name was made to mean 127.0.0.1. */
START_TEST(lets_nobody_in_who_asks_by_another_name)
{
	static const char *const hosts[] = { "evil.example:8080", "10.1.0.5",
		"localhost.evil.example", "127.0.0.1.evil.example", "[::2]:80", "" };
	struct ww_access *a = access_open("n", NOW);
	struct ww_who who;

	for (size_t i = 0; i < UNIT_COUNT(hosts); i++) {
		struct ww_access_head head = { .authorization = ww_str_empty(),
			.peer = WW_STR("127.0.0.1"),
			.host = ww_str_from(hosts[i]) };
		struct ww_ctx cx = { .arena = jwt_cx.arena };

		ck_assert_msg(
		    ww_access_who(&cx, a, &head, NOW, &who) == WW_E_FORBIDDEN, "%s", hosts[i]);
	}
	ww_access_close(a);
}
END_TEST

static void
challenge_is(struct ww_access *a, const char *authorization, const char *want)
{
	struct ww_access_head head = { .authorization = ww_str_from(authorization),
		.peer = WW_STR("192.0.2.1") };
	struct ww_ctx cx = { .arena = jwt_cx.arena };
	struct ww_buf b = { 0 };
	struct ww_who who;

	ck_assert_int_eq(ww_access_who(&cx, a, &head, NOW, &who), WW_E_LOGIN);
	ww_access_challenge(a, &cx, &b);
	unit_str_is(ww_buf_view(&b), want);
	ww_buf_free(&b);
}

START_TEST(says_what_is_missing)
{
	struct ww_access *a = access_open("l", NOW);

	challenge_is(a, "", "Bearer realm=\"fhir\"");
	challenge_is(a, "Basic eDp5",
	    "Bearer realm=\"fhir\", error=\"invalid_token\", error_description=\"token: an access "
	    "token is sent as Bearer\"");
	challenge_is(a, "Bearer ",
	    "Bearer realm=\"fhir\", error=\"invalid_token\", error_description=\"token: an access "
	    "token is sent as Bearer\"");
	challenge_is(a, "Bearer ww1.e30.e30",
	    "Bearer realm=\"fhir\", error=\"invalid_token\", error_description=\"token: not a "
	    "token "
	    "of this server, or one from before it started\"");
	ww_access_close(a);
}
END_TEST

/* -- too often ---------------------------------------------------------------------------------------- */

START_TEST(does_not_listen_for_a_minute_to_who_fails_too_often)
{
	struct ww_access *a = access_open("l", NOW);
	struct ww_access_head gone = { .authorization = WW_STR("Bearer ww1.e30.e30"),
		.peer = WW_STR("192.0.2.1") };
	ww_str good = token_of(a, "Gateway-1", "good", "system/Encounter.c");
	ww_str bad = jwt_of(jwt_other, HEADER, "{" WHO AUD LIFE JTI "}");
	struct ww_token_answer answer;
	struct ww_ctx cx;
	struct ww_who who;

	for (int i = 0; i < 20; i++) {
		access_ask(&cx, a, bad, "system/Encounter.c", NOW, &answer);
		ck_assert_int_eq(answer.status, 401);
	}
	access_ask(&cx, a, bad, "system/Encounter.c", NOW, &answer);
	ck_assert_int_eq(answer.status, 429);
	ck_assert_uint_eq(answer.retry_after, 60);
	/* Nor with a good one; but others are not shut out, nor is a token that it has. */
	access_ask(&cx, a, access_assertion("Gateway-1", "1"), "system/Encounter.c", NOW, &answer);
	ck_assert_int_eq(answer.status, 429);
	access_ask(&cx, a, access_assertion("rcca", "1"), "system/Task.r", NOW, &answer);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_int_eq(access_who(&cx, a, good, NOW, &who), WW_OK);
	/* What costs nothing is not counted: a hundred requests with a token that has just ended are each told so. */
	for (int i = 0; i < 100; i++) {
		cx = (struct ww_ctx){ .arena = jwt_cx.arena };
		ck_assert_int_eq(ww_access_who(&cx, a, &gone, NOW, &who), WW_E_LOGIN);
	}
	access_ask(
	    &cx, a, access_assertion("Gateway-1", "2"), "system/Encounter.c", NOW + 60000, &answer);
	ck_assert_int_eq(answer.status, 200);
	ww_access_close(a);
}
END_TEST

START_TEST(gives_one_client_no_more_tokens_than_it_can_need)
{
	struct ww_access *a = access_open("l", NOW);
	struct ww_token_answer answer;
	struct ww_ctx cx;
	char jti[16];

	for (int i = 0; i <= 120; i++) {
		snprintf(jti, sizeof(jti), "%d", i);
		access_ask(
		    &cx, a, access_assertion("Gateway-1", jti), "system/Encounter.c", NOW, &answer);
		ck_assert_int_eq(answer.status, i < 120 ? 200 : 429);
	}
	ck_assert_uint_eq(answer.retry_after, 60);
	access_ask(&cx, a, access_assertion("rcca", "1"), "system/Task.r", NOW, &answer);
	ck_assert_int_eq(answer.status, 200);
	/* It was not used up. */
	access_ask(&cx, a, access_assertion("Gateway-1", "120"), "system/Encounter.c", NOW + 60000,
	    &answer);
	ck_assert_int_eq(answer.status, 200);
	ww_access_close(a);
}
END_TEST

START_TEST(keeps_count_by_address_and_name)
{
	struct ww_often *o = ww_often_new(3, 60000);

	ww_often_add(o, WW_STR("1"), WW_STR("a"), NOW);
	ww_often_add(o, WW_STR("1"), WW_STR("a"), NOW);
	ck_assert(!ww_often_over(o, WW_STR("1"), WW_STR("a"), NOW + 100));
	ww_often_add(o, WW_STR("1"), WW_STR("a"), NOW + 100);
	ck_assert(ww_often_over(o, WW_STR("1"), WW_STR("a"), NOW + 59999));
	ck_assert(!ww_often_over(o, WW_STR("1"), WW_STR("a"), NOW + 60000));
	ck_assert(!ww_often_over(o, WW_STR("1"), WW_STR("a"), NOW - 1)); /* set back */
	ck_assert(!ww_often_over(o, WW_STR("2"), WW_STR("a"), NOW + 100));
	ck_assert(!ww_often_over(o, WW_STR("1"), WW_STR("b"), NOW + 100));
	ww_often_free(o);
}
END_TEST

START_TEST(notes_no_more_than_there_is_room_for)
{
	struct ww_seen *seen = ww_seen_new(100);
	struct ww_ctx cx = { .arena = jwt_cx.arena };
	char text[16];

	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "%d", i);
		ck_assert_int_eq(
		    ww_seen_add(&cx, seen, WW_STR("c"), ww_str_from(text), NOW + 1 + i, NOW),
		    WW_OK);
	}
	ck_assert_int_eq(ww_seen_add(&cx, seen, WW_STR("c"), WW_STR("x"), NOW + 9, NOW), WW_E_BUSY);
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "%d", i);
		ck_assert_int_eq(
		    ww_seen_add(&cx, seen, WW_STR("c"), ww_str_from(text), NOW + 1 + i, NOW),
		    WW_E_CONFLICT);
	}
	/* Half of them are over, and their places are used again. */
	for (int i = 0; i < 50; i++) {
		snprintf(text, sizeof(text), "new-%d", i);
		ck_assert_int_eq(
		    ww_seen_add(&cx, seen, WW_STR("c"), ww_str_from(text), NOW + 1000, NOW + 50),
		    WW_OK);
	}
	ck_assert_int_eq(
	    ww_seen_add(&cx, seen, WW_STR("c"), WW_STR("x"), NOW + 1000, NOW + 50), WW_E_BUSY);
	ck_assert_int_eq(
	    ww_seen_add(&cx, seen, WW_STR("c"), WW_STR("99"), NOW + 1000, NOW + 50), WW_E_CONFLICT);
	/* One that is over may come again: its token is refused by its exp before that. */
	ck_assert_int_eq(
	    ww_seen_add(&cx, seen, WW_STR("c"), WW_STR("x"), NOW + 1000, NOW + 900), WW_OK);
	ww_seen_free(seen);
}
END_TEST

/* -- what is told ------------------------------------------------------------------------------------- */

START_TEST(tells_where_tokens_are_to_be_had)
{
	static const char *const paths[][2] = { { "token_endpoint", TOKEN_URL },
		{ "token_endpoint_auth_methods_supported[0]", "private_key_jwt" },
		{ "token_endpoint_auth_signing_alg_values_supported[1]", "ES384" },
		{ "grant_types_supported[0]", "client_credentials" },
		{ "capabilities[0]", "client-confidential-asymmetric" },
		{ "scopes_supported[0]", "system/Bundle.c" } };
	struct ww_access *a = access_open("l", NOW), *none = access_open("n", NOW);
	struct ww_json *o = ww_access_smart(&jwt_cx, a);

	for (size_t i = 0; i < UNIT_COUNT(paths); i++)
		unit_str_is(ww_json_str(ww_json_find(o, paths[i][0])), paths[i][1]);
	o = ww_access_security(&jwt_cx, a);
	unit_str_is(ww_json_str(ww_json_find(o, "service[0].coding[0].code")), "SMART-on-FHIR");
	unit_str_is(ww_json_str(ww_json_find(o, "extension[0].extension[0].valueUri")), TOKEN_URL);
	o = ww_access_security(&jwt_cx, none);
	ck_assert_ptr_null(ww_json_get(o, "service"));
	ck_assert_ptr_null(ww_json_get(ww_access_smart(&jwt_cx, none), "token_endpoint"));
	ww_access_close(a);
	ww_access_close(none);
}
END_TEST

/* -- who may do what ------------------------------------------------------------------------------------ */

static const struct {
	const char *interaction;
	char letter; /* of routes.def */
	unsigned right;
} interactions[] = { { "create", 'C', WW_MAY_CREATE }, { "read", 'R', WW_MAY_READ },
	{ "update", 'U', WW_MAY_UPDATE }, { "patch", 'U', WW_MAY_UPDATE },
	{ "delete", 'D', WW_MAY_DELETE }, { "search", 'S', WW_MAY_SEARCH } };

/* A type that the door answers and no scope names, or a right that leads nowhere, would be noticed by a client first. */
START_TEST(has_a_scope_for_each_route_and_no_other)
{
	struct ww_who who[2] = { { .scopes = ww_scope_role(false) },
		{ .scopes = ww_scope_role(true) } };
	size_t types_n, n = 0;
	const struct ww_rest_type *types = ww_rest_types(&types_n);

	for (size_t t = 0; t < types_n; t++, n++)
		for (size_t i = 0; i < UNIT_COUNT(interactions); i++) {
			ww_str type = ww_str_from(types[t].name),
			       interaction = ww_str_from(interactions[i].interaction);
			bool may = ww_who_may(&who[0], type, interaction) ||
			           ww_who_may(&who[1], type, interaction);

			ck_assert_msg(may == ww_rest_type_may(&types[t], interactions[i].letter),
			    "%s %s", types[t].name, interactions[i].interaction);
		}
	ck_assert_uint_eq(n + 1, WW_SCOPE_TYPES); /* and Bundle */
}
END_TEST

/* Each right alone lets do that to that type and nothing else, for a sender and for a practice. */
START_TEST(lets_do_what_one_right_says_and_nothing_else)
{
	size_t types_n, allowed = 0;
	const struct ww_rest_type *types = ww_rest_types(&types_n);
	struct ww_who who = { .scopes = { { 0 } } };
	struct ww_scopes one;

	for (size_t of = 0; of < WW_SCOPE_TYPES; of++)
		for (unsigned right = WW_MAY_CREATE; right <= WW_MAY_SEARCH; right *= 2) {
			one = (struct ww_scopes){ { 0 } };
			one.may[of] = (uint8_t)right;
			who.scopes = one;
			for (size_t t = 0; t < types_n; t++)
				for (size_t i = 0; i < UNIT_COUNT(interactions); i++) {
					bool want =
					    ww_scope_type(ww_str_from(types[t].name)) == of &&
					    interactions[i].right == right;

					ck_assert(
					    ww_who_may(&who, ww_str_from(types[t].name),
					        ww_str_from(interactions[i].interaction)) == want);
					allowed += want;
				}
		}
	ck_assert_uint_eq(allowed, types_n * UNIT_COUNT(interactions));
	who.scopes = (struct ww_scopes){ { 0 } };
	ck_assert(!ww_who_may(&who, WW_STR("Claim"), WW_STR("submit")));
	ck_assert(!ww_who_may(&who, WW_STR("Device"), WW_STR("read")));
	ck_assert(!ww_who_may(&who, WW_STR("Claim"), WW_STR("history")));
	who.scopes.may[WW_SCOPE_Claim] = WW_MAY_CREATE;
	ck_assert(ww_who_may(&who, WW_STR(""), WW_STR("submit")));
	ck_assert(!ww_who_may(&who, WW_STR(""), WW_STR("message")));
	who.scopes.may[WW_SCOPE_Bundle] = WW_MAY_CREATE;
	ck_assert(ww_who_may(&who, WW_STR(""), WW_STR("message")));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		gives_a_token_that_lets_in,
		takes_assertions_of_both_algorithms,
		ends_a_token_after_five_minutes,
		takes_no_token_of_another_listener_or_start,
		takes_no_token_with_any_byte_changed,
		refuses_forged_assertions_for_their_reason,
		refuses_signatures_that_are_none,
		refuses_an_assertion_that_is_too_long,
		takes_an_assertion_once,
		takes_nothing_that_may_have_been_used_before_it_started,
		answers_requests_that_are_none,
		gives_no_scope_that_the_client_has_not,
		lets_in_by_a_token_of_the_issuer,
		refuses_tokens_of_the_issuer_for_their_reason,
		remembers_a_token_no_longer_than_it_lives,
		reads_keys_again_and_keeps_the_old_when_they_are_bad,
		does_not_open_without_its_keys,
		knows_clients_by_their_certificates,
		lets_everybody_in_as_a_sender_where_nobody_is_asked,
		lets_nobody_in_who_asks_by_another_name,
		says_what_is_missing,
		does_not_listen_for_a_minute_to_who_fails_too_often,
		gives_one_client_no_more_tokens_than_it_can_need,
		keeps_count_by_address_and_name,
		notes_no_more_than_there_is_room_for,
		tells_where_tokens_are_to_be_had,
		has_a_scope_for_each_route_and_no_other,
		lets_do_what_one_right_says_and_nothing_else,
	};
	int failed;

	access_start();
	failed = unit_main("access", tests, UNIT_COUNT(tests));
	access_end();
	return failed;
}
