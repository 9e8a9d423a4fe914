/* Tokens and the keys that sign them: codec/base64.c, codec/jwk.c, codec/jwt.c, base/crypto_key.c. */
#include "jwt_fixture.h"

#define RS "{\"alg\":\"RS384\",\"kid\":\"r\",\"typ\":\"JWT\"}"
#define ES "{\"alg\":\"ES384\",\"kid\":\"e\"}"
#define CLAIMS "{\"sub\":\"a\",\"exp\":1700000000}"

static ww_status
fails_with(struct ww_ctx *cx, ww_status s, ww_status want, const char *place, const char *reason)
{
	ck_assert_msg(
	    s == want, "%s, want %s for %s", ww_status_name(s), ww_status_name(want), reason);
	ck_assert_str_eq(cx->fail.place, place);
	ck_assert_msg(strstr(cx->fail.reason, reason) != NULL, "%s: %s", reason, cx->fail.reason);
	return s;
}

/* -- base64url ---------------------------------------------------------------------------------------- */

START_TEST(reads_and_writes_base64url)
{
	static const char *const rows[][2] = { { "", "" }, { "f", "Zg" }, { "fo", "Zm8" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "-__-" } };
	ww_str back;

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		unit_str_is(jwt_base64(ww_str_from(rows[i][0])), rows[i][1]);
		ck_assert(ww_base64url_read(jwt_cx.arena, ww_str_from(rows[i][1]), &back));
		unit_str_is(back, rows[i][0]);
	}
}
END_TEST

START_TEST(refuses_every_other_text_for_the_same_bytes)
{
	static const char *const rows[] = { "Zg==", "Zg=", "Zh", "Zm9", "Zm9vYmF=", "Z", "Zm9vY",
		"Zm 9", "Zm8\n", "+//+", "Zm9v.", "Zm\xc3\xa4" };
	ww_str back;

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(
		    !ww_base64url_read(jwt_cx.arena, ww_str_from(rows[i]), &back), "%s", rows[i]);
	ck_assert(!ww_base64url_read(jwt_cx.arena, ww_str_of("Zm8\0", 4), &back));
}
END_TEST

/* -- keys --------------------------------------------------------------------------------------------- */

static ww_status
set_is(const char *text, ww_status want, const char *place, const char *reason)
{
	struct ww_ctx cx = { .arena = jwt_cx.arena };
	struct ww_jwks *set = NULL;
	ww_status s = ww_jwks_read(&cx, ww_str_from(text), &set);

	ck_assert_ptr_null(set);
	return fails_with(&cx, s, want, place, reason);
}

static const char *
printed(const char *fmt, ww_str a)
{
	struct ww_buf b = { 0 };
	const char *at = strstr(fmt, "%s");

	ww_buf_add(&b, fmt, (size_t)(at - fmt));
	ww_buf_str_add(&b, a);
	ww_buf_cstr(&b, at + 2);
	return ww_arena_cstr(jwt_cx.arena, jwt_kept(&b));
}

START_TEST(finds_keys_by_name_and_algorithm)
{
	struct ww_jwks *set = NULL;

	ck_assert_int_eq(ww_jwks_read(&jwt_cx, jwt_set(jwt_rsa, jwt_ec), &set), WW_OK);
	ck_assert_ptr_nonnull(ww_jwks_find(set, WW_STR("r"), WW_CRYPTO_RS384));
	ck_assert_ptr_nonnull(ww_jwks_find(set, WW_STR("e"), WW_CRYPTO_ES384));
	ck_assert_ptr_null(ww_jwks_find(set, WW_STR("e"), WW_CRYPTO_RS384));
	ck_assert_ptr_null(ww_jwks_find(set, WW_STR("x"), WW_CRYPTO_ES384));
	ck_assert(ww_jwks_has(set, WW_STR("e")) && !ww_jwks_has(set, WW_STR("x")));
	ww_jwks_free(set);
}
END_TEST

START_TEST(passes_over_keys_that_are_for_something_else)
{
	struct ww_jwks *set = NULL;
	ww_str e = jwt_set(NULL, jwt_ec);
	const char *text = printed("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"x\"},{"
	                           "\"kty\":\"RSA\",\"use\":\"enc\"},"
	                           "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"kid\":\"q\"},{\"kty\":"
	                           "\"EC\",\"crv\":\"P-256\"},%s",
	    ww_str_sub(e, strlen("{\"keys\":["), e.n));

	ck_assert_int_eq(ww_jwks_read(&jwt_cx, ww_str_from(text), &set), WW_OK);
	ck_assert(ww_jwks_has(set, WW_STR("e")) && !ww_jwks_has(set, WW_STR("q")));
	ww_jwks_free(set);
}
END_TEST

START_TEST(refuses_sets_that_are_none)
{
	ww_str e = jwt_set(NULL, jwt_ec), inner = ww_str_sub(e, 9, e.n - 11);

	set_is("[]", WW_E_VALUE, "keys", "a JWK Set has a list of keys");
	set_is("{\"keys\":[]}", WW_E_VALUE, "keys", "none for RS384 or ES384");
	set_is("{\"keys\":[", WW_E_SYNTAX, "line 1 column 10", "");
	set_is(printed("{\"keys\":[%s,{\"kty\":\"oct\",\"k\":\"AA\"}]}", inner), WW_E_VALUE,
	    "keys[1].k", "a private or secret key");
	set_is("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"d\":\"AA\"}]}", WW_E_VALUE, "keys[0].d",
	    "a private or secret key");
	set_is(printed("{\"keys\":[%s,{\"kty\":\"EC\",\"kid\":\"e\",\"crv\":\"P-384\"}]}", inner),
	    WW_E_VALUE, "keys[1].kid", "a second key of that name");
	set_is("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AQAB\"}]}", WW_E_VALUE,
	    "keys[0].kid", "a text of 1 to 256 bytes");
	set_is("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AA==\",\"e\":\"AQAB\"}]}",
	    WW_E_VALUE, "keys[0].n", "base64url");
	set_is("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
	    WW_E_VALUE, "keys[0]", "2048 to 8192 bits");
	set_is("{\"keys\":[{\"kty\":\"EC\",\"kid\":\"a\",\"x\":\"AQAB\",\"y\":\"AQAB\"}]}",
	    WW_E_VALUE, "keys[0]", "48 bytes");
}
END_TEST

/* A modulus of one bit too few, and an exponent that makes forging easy. */
START_TEST(refuses_weak_keys)
{
	char n[256], x[48] = { 1 };
	struct ww_crypto_key *k = NULL;
	struct ww_ctx cx = { .arena = jwt_cx.arena };
	ww_str rn, re;

	memset(n, 0xff, sizeof(n));
	n[0] = 0x7f;
	fails_with(&cx, ww_crypto_key_rsa(&cx, ww_str_of(n, sizeof(n)), ww_str_of("\1\0\1", 3), &k),
	    WW_E_VALUE, "", "2048 to 8192 bits");
	cx = (struct ww_ctx){ .arena = jwt_cx.arena };
	ck_assert_int_eq(ww_crypto_key_numbers(&cx, jwt_rsa, &rn, &re), WW_OK);
	fails_with(&cx, ww_crypto_key_rsa(&cx, rn, ww_str_of("\3", 1), &k), WW_E_VALUE, "",
	    "the exponent of an RSA key");
	cx = (struct ww_ctx){ .arena = jwt_cx.arena };
	fails_with(&cx, ww_crypto_key_ec(&cx, ww_str_of(x, sizeof(x)), ww_str_of(x, sizeof(x)), &k),
	    WW_E_VALUE, "", "not those of a public key"); /* not on the curve */
	ck_assert_ptr_null(k);
}
END_TEST

START_TEST(writes_a_private_key_that_it_reads_again)
{
	struct ww_crypto_key *again = NULL;
	struct ww_buf pem = { 0 };
	ww_str sig;

	ck_assert_int_eq(ww_crypto_key_write(&jwt_cx, jwt_ec, &pem), WW_OK);
	ck_assert_int_eq(ww_crypto_key_pem(&jwt_cx, ww_buf_view(&pem), &again), WW_OK);
	sig = jwt_signature(again, WW_STR("x"));
	ck_assert_int_eq(ww_crypto_key_verify(&jwt_cx, jwt_ec, WW_STR("x"), sig), WW_OK);
	ww_crypto_key_free(again);
	ww_buf_free(&pem);
}
END_TEST

/* -- tokens ------------------------------------------------------------------------------------------- */

static void
round_trip(const struct ww_crypto_key *k, const char *header, const char *kid)
{
	struct ww_jwt t;
	int64_t exp = 0;

	ck_assert_int_eq(ww_jwt_read(&jwt_cx, jwt_of(k, header, CLAIMS), &t), WW_OK);
	unit_str_is(t.kid, kid);
	ck_assert(ww_jwt_seconds(&t, "exp", &exp));
	ck_assert_int_eq(exp, 1700000000);
	ck_assert_int_eq(ww_jwt_verify(&jwt_cx, &t, k), WW_OK);
}

START_TEST(takes_what_it_signed)
{
	struct ww_json *claims = ww_json_object(&jwt_cx);
	struct ww_buf b = { 0 };
	struct ww_jwt t;

	round_trip(jwt_rsa, RS, "r");
	round_trip(jwt_ec, ES, "e");
	ww_json_set_cstr(&jwt_cx, claims, "sub", "a");
	ck_assert_int_eq(ww_jwt_write(&jwt_cx, jwt_ec, WW_STR("e"), claims, &b), WW_OK);
	ck_assert_int_eq(ww_jwt_read(&jwt_cx, ww_buf_view(&b), &t), WW_OK);
	ck_assert_int_eq(ww_jwt_verify(&jwt_cx, &t, jwt_ec), WW_OK);
	unit_str_is(t.typ, "JWT");
	ww_buf_free(&b);
}
END_TEST

START_TEST(refuses_a_token_with_any_byte_changed)
{
	ww_str good = jwt_of(jwt_ec, ES, CLAIMS);
	char *p = ww_arena_alloc(jwt_cx.arena, good.n);

	for (size_t i = 0; i < good.n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct ww_ctx cx = { .arena = ww_arena_new(0) };
			struct ww_jwt t;

			memcpy(p, good.p, good.n);
			p[i] = (char)(p[i] ^ (1 << bit));
			ck_assert(ww_jwt_read(&cx, ww_str_of(p, good.n), &t) != WW_OK ||
			          ww_jwt_verify(&cx, &t, jwt_ec) != WW_OK);
			ww_arena_free(cx.arena);
		}
}
END_TEST

static void
read_is(ww_str token, ww_status want, const char *place, const char *reason)
{
	struct ww_ctx cx = { .arena = jwt_cx.arena };
	struct ww_jwt t;

	fails_with(&cx, ww_jwt_read(&cx, token, &t), want, place, reason);
}

START_TEST(refuses_what_is_no_token)
{
	static const char *const rows[] = { "", ".", "..", "a", "a.b", "a..c", ".b.c", "a.b.c.d",
		"a.b.c." };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		read_is(ww_str_from(rows[i]), WW_E_SYNTAX, "", "a token has three parts");
	read_is(WW_STR("e30=.e30.AA"), WW_E_SYNTAX, "header", "base64url");
	read_is(WW_STR("W10.e30.AA"), WW_E_SYNTAX, "header", "a JSON object");
	read_is(jwt_of(jwt_ec, ES, "[1]"), WW_E_SYNTAX, "claims", "a JSON object");
	read_is(jwt_of(jwt_ec, ES, "{\"a\":1,\"a\":2}"), WW_E_SYNTAX, "claims", "");
	read_is(jwt_of(jwt_ec, ES, "{}x"), WW_E_SYNTAX, "claims", "");
	read_is(jwt_of(jwt_ec, "{\"alg\":\"RS384\",\"alg\":\"none\",\"kid\":\"e\"}", CLAIMS),
	    WW_E_SYNTAX, "header", "");
}
END_TEST

START_TEST(refuses_a_token_that_is_too_long)
{
	char claims[WW_JWT_MOST] = "{\"a\":\"";
	size_t at = strlen(claims);

	memset(claims + at, 'x', sizeof(claims) - at - 3);
	memcpy(claims + sizeof(claims) - 3, "\"}", 3);
	read_is(jwt_of(jwt_ec, ES, claims), WW_E_LIMIT, "", "more than 8192 bytes");
}
END_TEST

START_TEST(reads_numbers_of_seconds_and_nothing_like_them)
{
	static const struct {
		const char *claims;
		bool good;
	} rows[] = { { "{\"exp\":0}", true }, { "{\"exp\":99999999999}", true },
		{ "{\"exp\":100000000000}", false }, { "{\"exp\":-1}", false },
		{ "{\"exp\":1.5}", false }, { "{\"exp\":1e9}", false },
		{ "{\"exp\":\"1\"}", false }, { "{\"exp\":null}", false }, { "{}", false } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_jwt t;
		int64_t v;

		ck_assert_int_eq(
		    ww_jwt_read(&jwt_cx, jwt_of(jwt_ec, ES, rows[i].claims), &t), WW_OK);
		ck_assert_msg(ww_jwt_seconds(&t, "exp", &v) == rows[i].good, "%s", rows[i].claims);
	}
}
END_TEST

START_TEST(finds_its_audience)
{
	static const struct {
		const char *claims;
		bool good;
	} rows[] = { { "{\"aud\":\"u\"}", true }, { "{\"aud\":[\"v\",\"u\"]}", true },
		{ "{\"aud\":[]}", false }, { "{\"aud\":[[\"u\"]]}", false },
		{ "{\"aud\":\"u/\"}", false }, { "{\"aud\":\"U\"}", false },
		{ "{\"aud\":{\"u\":\"u\"}}", false }, { "{}", false },
		{ "{\"aud\":\"\"}", false } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_jwt t;

		ck_assert_int_eq(
		    ww_jwt_read(&jwt_cx, jwt_of(jwt_ec, ES, rows[i].claims), &t), WW_OK);
		ck_assert_msg(ww_jwt_is_for(&t, WW_STR("u")) == rows[i].good, "%s", rows[i].claims);
	}
}
END_TEST

START_TEST(compares_texts)
{
	ck_assert(ww_crypto_same(WW_STR("ab"), WW_STR("ab")));
	ck_assert(!ww_crypto_same(WW_STR("ab"), WW_STR("ac")));
	ck_assert(!ww_crypto_same(WW_STR("ab"), WW_STR("abc")));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_and_writes_base64url,
		refuses_every_other_text_for_the_same_bytes,
		finds_keys_by_name_and_algorithm,
		passes_over_keys_that_are_for_something_else,
		refuses_sets_that_are_none,
		refuses_weak_keys,
		writes_a_private_key_that_it_reads_again,
		takes_what_it_signed,
		refuses_a_token_with_any_byte_changed,
		refuses_what_is_no_token,
		refuses_a_token_that_is_too_long,
		reads_numbers_of_seconds_and_nothing_like_them,
		finds_its_audience,
		compares_texts,
	};
	int failed;

	jwt_start();
	failed = unit_main("jwt", tests, UNIT_COUNT(tests));
	jwt_end();
	return failed;
}
