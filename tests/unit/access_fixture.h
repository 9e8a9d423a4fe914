/* What tests of access share: a listener with clients whose keys stand in files, and calls at a given time. */
#ifndef WW_TESTS_ACCESS_FIXTURE_H
#define WW_TESTS_ACCESS_FIXTURE_H

#include "jwt_fixture.h"

#include "config/load.h"
#include "rest/access.h"

#include <unistd.h>

#define NOW 1800000000000 /* ms */
#define BASE "https://h.example/fhir"
#define TOKEN_URL BASE "/auth/token"

/* a and b are feeds of the listener l, c of m. Client gw is of a, other of b, rcca the practice of a, far of c; their keys are
 * r and e of jwt_rsa and jwt_ec, but other's, whose e is jwt_other. */
static const char access_text[] =
    "data: d\n"
    "listeners:\n"
    " - {name: l, fhir: \"127.0.0.1:0/fhir\", url: \"" BASE
    "\", issuer: {iss: \"https://i.example\", "
    "jwks: issuer.json, audience: api}}\n"
    " - {name: m, fhir: \"127.0.0.1:0/fhir\", url: \"" BASE "\"}\n"
    " - {name: n, fhir: \"127.0.0.1:0/fhir\", auth: none}\n"
    " - {name: k, fhir: \"127.0.0.1:0/fhir\", auth: certificates, tls: {cert: c, key: k, "
    "client_ca: "
    "a}}\n"
    "feeds:\n - {name: a, on: l}\n - {name: b, on: l, match: {MSH-3: [x]}}\n - {name: c, on: m}\n"
    " - {name: open, on: n}\n - {name: named, on: k}\n"
    "endpoints:\n - {name: e, fhir: \"http://127.0.0.1:1\"}\n"
    "parties:\n - {name: p, send: e}\n"
    "clients:\n"
    " - {name: gw, id: Gateway-1, feed: a, may: [system/Encounter.cu, system/Claim.cs], jwks: "
    "gw.json}\n"
    " - {name: other, feed: b, may: [system/*.cruds], jwks: other.json}\n"
    " - {name: rcca, feed: a, party: p, may: [system/*.cruds], jwks: gw.json}\n"
    " - {name: outside, feed: a, may: [system/Claim.rs]}\n"
    " - {name: far, feed: c, may: [system/*.cruds], jwks: gw.json}\n"
    " - {name: cert, feed: named, may: [system/Encounter.c], certificate: [gw.example, GW2]}\n"
    " - {name: cert2, feed: named, may: [system/Encounter.c], certificate: [two.example]}\n";

static char access_folder[] = "/tmp/ww-access-XXXXXX";
static struct ww_config *access_config;

static inline void
access_file(const char *name, ww_str text)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", access_folder, name);
	out = fopen(path, "w");
	jwt_must(out != NULL);
	fwrite(text.p, 1, text.n, out);
	fclose(out);
}

static inline struct ww_access *
access_open(const char *listener, int64_t now)
{
	struct ww_access_settings s = {
		.config = access_config,
		.listener = ww_config_listener(access_config, ww_str_from(listener)),
		.folder = access_folder,
		.base = WW_STR(BASE),
	};
	struct ww_access *a = NULL;
	struct ww_ctx cx = { .arena = jwt_cx.arena };

	ck_assert_msg(ww_access_open(&cx, &s, now, &a) == WW_OK, "%s", cx.fail.reason);
	return a;
}

static inline void
access_start(void)
{
	struct ww_config_fault *faults;
	size_t n;

	jwt_start();
	jwt_must(mkdtemp(access_folder) != NULL);
	jwt_must(ww_config_parse(&jwt_cx, ww_str_from(access_text), &access_config, &faults, &n) ==
	         WW_OK);
	access_file("gw.json", jwt_set(jwt_rsa, jwt_ec));
	access_file("other.json", jwt_set(NULL, jwt_other));
	access_file("issuer.json", jwt_set(jwt_rsa, jwt_ec));
}

static inline void
access_end(void)
{
	static const char *const names[] = { "gw.json", "other.json", "issuer.json" };
	char path[128];

	for (size_t i = 0; i < UNIT_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", access_folder, names[i]);
		unlink(path);
	}
	rmdir(access_folder);
	jwt_end();
}

/* A request as that token, at that time. */
static inline ww_status
access_who(struct ww_ctx *cx, struct ww_access *a, ww_str token, int64_t now, struct ww_who *out)
{
	struct ww_access_head head = {
		.authorization = ww_arena_printf(jwt_cx.arena, "Bearer %.*s", WW_STR_FMT(token)),
		.peer = WW_STR("192.0.2.1"),
	};

	*cx = (struct ww_ctx){ .arena = jwt_cx.arena };
	return ww_access_who(cx, a, &head, now, out);
}

#define FORM                                                                                       \
	"grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A"       \
	"client-assertion-type%3Ajwt-bearer&client_assertion="

static inline void
access_form(
    struct ww_ctx *cx, struct ww_access *a, ww_str body, int64_t now, struct ww_token_answer *out)
{
	*cx = (struct ww_ctx){ .arena = jwt_cx.arena };
	ck_assert_int_eq(
	    ww_access_token(cx, a, WW_STR("application/x-www-form-urlencoded; charset=UTF-8"), body,
	        WW_STR("192.0.2.1"), now, out),
	    WW_OK);
}

static inline void
access_ask(struct ww_ctx *cx, struct ww_access *a, ww_str assertion, const char *scope, int64_t now,
    struct ww_token_answer *out)
{
	access_form(cx, a,
	    ww_arena_printf(jwt_cx.arena, "%s%.*s&scope=%s", FORM, WW_STR_FMT(assertion), scope),
	    now, out);
}

/* A text of the answer's JSON. */
static inline ww_str
access_said(const struct ww_token_answer *answer, const char *key)
{
	struct ww_json *o = NULL;
	struct ww_ctx cx = { .arena = jwt_cx.arena };

	ck_assert_int_eq(ww_json_parse(&cx, answer->body, &o), WW_OK);
	return ww_json_str(ww_json_get(o, key));
}

#define HEADER "{\"alg\":\"ES384\",\"kid\":\"e\",\"typ\":\"JWT\"}"

/* A good assertion of that client with that jti. */
static inline ww_str
access_assertion(const char *client, const char *jti)
{
	return jwt_of(jwt_ec, HEADER,
	    ww_arena_printf(jwt_cx.arena,
	        "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"" TOKEN_URL
	        "\",\"exp\":1800000300,\"iat\":1800000000,\"jti\":\"%s\"}",
	        client, client, jti)
	        .p);
}

#endif
