/* wardwire-kit token: what a client of a FHIR listener needs: a key, the set that the engine gets of it, assertions, and access
 * tokens (SMART Backend Services). */
#include "base/crypto.h"
#include "base/crypto_key.h"
#include "base/fs.h"
#include "base/options.h"
#include "codec/base64.h"
#include "codec/jwk.h"
#include "codec/jwt.h"
#include "kit/kit.h"
#include "link/http_out.h"
#include "link/watch.h"

#include <wardwire/buf.h>
#include <wardwire/config.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/time.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COMMAND "wardwire-kit token"

enum { KEY_MOST = 65536, LIFE = 240, TIMEOUT = 30, JTI = 16 };

struct options {
	const char *key, *kid, *alg, *client, *base, *audience, *scope, *ca;
};

struct work {
	struct ww_ctx cx;
	struct options o;
	struct ww_crypto_key *key;
	ww_str kid;
};

static int
complain(const struct work *w, int code)
{
	(void)fprintf(stderr, "%s: %s%s%s\n", COMMAND, w->cx.fail.place,
	    w->cx.fail.place[0] != '\0' ? ": " : "", w->cx.fail.reason);
	return code;
}

static int
need(const char *option)
{
	(void)fprintf(stderr, "%s: --%s is needed for that\n", COMMAND, option);
	return WW_EXIT_USAGE;
}

/* -- the key ------------------------------------------------------------------------------------------ */

/* Never over one that is there: it may be in use. */
static int
write_key(struct work *w)
{
	int fd = open(w->o.key, O_WRONLY | O_CREAT | O_EXCL, 0600);
	struct ww_buf pem = { 0 };
	int bad;

	if (fd < 0) {
		(void)fprintf(stderr, "%s: %s: %s\n", COMMAND, w->o.key, strerror(errno));
		return WW_EXIT_ENVIRONMENT;
	}
	if (ww_crypto_key_write(&w->cx, w->key, &pem) != WW_OK) {
		close(fd);
		return complain(w, WW_EXIT_ENVIRONMENT);
	}
	bad = ww_fs_write_all(&ww_fs_real, fd, pem.p, pem.n, 0);
	if (close(fd) != 0 || bad != 0) {
		(void)fprintf(stderr, "%s: %s: cannot be written\n", COMMAND, w->o.key);
		bad = 1;
	}
	ww_crypto_wipe(pem.p, pem.n);
	ww_buf_free(&pem);
	return bad != 0 ? WW_EXIT_ENVIRONMENT : WW_EXIT_OK;
}

static int
read_key(struct work *w)
{
	struct ww_buf pem = { 0 };
	ww_status s = ww_fs_load(&ww_fs_real, &w->cx, w->o.key, KEY_MOST, &pem);

	if (s == WW_OK)
		s = ww_crypto_key_pem(&w->cx, ww_buf_view(&pem), &w->key);
	ww_buf_free(&pem);
	return s == WW_OK ? WW_EXIT_OK : complain(w, WW_EXIT_INPUT);
}

/* What is given, else the thumbprint of the public key (RFC 7638), so that each command finds the same. */
static int
name_key(struct work *w)
{
	static const char *const members[] = { "crv", "e", "kty", "n", "x", "y" };
	struct ww_json *jwk = ww_jwk_public(&w->cx, w->key, WW_STR("-")), *o;
	struct ww_buf text = { 0 }, name = { 0 };
	uint8_t digest[WW_SHA256];
	ww_status s;

	w->kid = ww_str_from(w->o.kid);
	if (w->kid.n > 0)
		return WW_EXIT_OK;
	o = ww_json_object(&w->cx);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		ww_json_set_str(&w->cx, o, members[i], ww_json_str(ww_json_get(jwk, members[i])));
	s = ww_json_write(&w->cx, o, false, &text);
	ww_sha256(ww_buf_view(&text), digest);
	ww_base64url_write(ww_str_of(digest, sizeof(digest)), &name);
	w->kid = ww_arena_str(w->cx.arena, ww_buf_view(&name));
	ww_buf_free(&text);
	ww_buf_free(&name);
	return s == WW_OK ? WW_EXIT_OK : complain(w, WW_EXIT_ENVIRONMENT);
}

static int
print_set(struct work *w)
{
	struct ww_json *root = ww_json_object(&w->cx),
	               *keys = ww_json_set(&w->cx, root, "keys", ww_json_array(&w->cx));
	struct ww_buf text = { 0 };

	ww_json_add(&w->cx, keys, ww_jwk_public(&w->cx, w->key, w->kid));
	if (ww_json_write(&w->cx, root, true, &text) != WW_OK)
		return complain(w, WW_EXIT_ENVIRONMENT);
	(void)printf("%.*s\n", WW_STR_FMT(ww_buf_view(&text)));
	ww_buf_free(&text);
	return WW_EXIT_OK;
}

/* -- an assertion ------------------------------------------------------------------------------------- */

static ww_status
make_assertion(struct work *w, ww_str audience, ww_str *out)
{
	struct ww_clock clock = ww_clock_system();
	int64_t now = ww_clock_now(&clock) / 1000;
	struct ww_json *claims = ww_json_object(&w->cx);
	char jti[2 * JTI + 1];
	uint8_t random[JTI];
	struct ww_buf token = { 0 };
	ww_status s;

	ww_random(random, sizeof(random));
	ww_hex(random, sizeof(random), jti);
	ww_json_set_cstr(&w->cx, claims, "iss", w->o.client);
	ww_json_set_cstr(&w->cx, claims, "sub", w->o.client);
	ww_json_set_str(&w->cx, claims, "aud", audience);
	ww_json_set_int(&w->cx, claims, "iat", now);
	ww_json_set_int(&w->cx, claims, "exp", now + LIFE);
	ww_json_set_cstr(&w->cx, claims, "jti", jti);
	s = ww_jwt_write(&w->cx, w->key, w->kid, claims, &token);
	*out = ww_arena_str(w->cx.arena, ww_buf_view(&token));
	ww_buf_free(&token);
	return s == WW_OK && ww_arena_status(w->cx.arena) != WW_OK ? ww_fail_memory(&w->cx) : s;
}

static ww_str
endpoint_of(struct work *w)
{
	ww_str base = ww_str_from(w->o.base);

	while (base.n > 0 && base.p[base.n - 1] == '/')
		base.n--;
	return ww_arena_printf(w->cx.arena, "%.*s/auth/token", WW_STR_FMT(base));
}

static ww_str
audience_of(struct work *w)
{
	return w->o.audience != NULL ? ww_str_from(w->o.audience) : endpoint_of(w);
}

static int
print_assertion(struct work *w)
{
	ww_str assertion;

	if (w->o.client == NULL)
		return need("client");
	if (w->o.audience == NULL && w->o.base == NULL)
		return need("base or --audience");
	if (make_assertion(w, audience_of(w), &assertion) != WW_OK)
		return complain(w, WW_EXIT_ENVIRONMENT);
	(void)printf("%.*s\n", WW_STR_FMT(assertion));
	return WW_EXIT_OK;
}

/* -- a token ------------------------------------------------------------------------------------------- */

struct answer {
	struct work *w;
	bool done;
	int code;
};

static void
on_answer(void *arg, const struct ww_http_reply *r)
{
	struct answer *a = arg;
	struct work *w = a->w;
	struct ww_json *o = NULL;
	ww_str token;

	a->done = true;
	a->code = WW_EXIT_ENVIRONMENT;
	if (r->end != WW_HTTP_DONE) {
		(void)fprintf(stderr, "%s: no answer from %s\n", COMMAND, w->o.base);
		return;
	}
	if (ww_json_parse(&w->cx, r->body, &o) != WW_OK)
		o = NULL;
	token = ww_json_str(ww_json_get(o, "access_token"));
	if (r->status == 200 && token.n > 0) {
		(void)printf("%.*s\n", WW_STR_FMT(token));
		a->code = WW_EXIT_OK;
		return;
	}
	a->code = WW_EXIT_NO;
	(void)fprintf(stderr, "%s: %ld %.*s: %.*s\n", COMMAND, r->status,
	    WW_STR_FMT(ww_json_str(ww_json_get(o, "error"))),
	    WW_STR_FMT(ww_json_str(ww_json_get(o, "error_description"))));
}

static void
add_escaped(struct ww_buf *b, ww_str text)
{
	static const char plain[] = "-._~";

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr(plain, c) != NULL))
			ww_buf_byte(b, c);
		else
			ww_buf_printf(b, "%%%02X", (unsigned)(unsigned char)c);
	}
}

static ww_status
write_form(struct work *w, struct ww_buf *form)
{
	ww_str assertion;
	ww_status s = make_assertion(w, audience_of(w), &assertion);

	if (s != WW_OK)
		return s;
	ww_buf_cstr(form, "grant_type=client_credentials&client_assertion_type=");
	add_escaped(form, WW_STR("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
	ww_buf_cstr(form, "&client_assertion=");
	add_escaped(form, assertion);
	ww_buf_cstr(form, "&scope=");
	add_escaped(form, ww_str_from(w->o.scope));
	return form->error == WW_OK ? WW_OK : ww_fail(&w->cx, WW_E_MEMORY, NULL, "a form");
}

static int
fetch(struct work *w)
{
	static const ww_str headers[] = {
		WW_STR_INIT("Content-Type: application/x-www-form-urlencoded"),
		WW_STR_INIT("Accept: application/json"),
	};
	const struct ww_endpoint_tls tls = { .ca = ww_str_from(w->o.ca),
		.cert = ww_str_empty(),
		.key = ww_str_empty(),
		.name = ww_str_empty() };
	struct answer a = { .w = w };
	struct ww_buf form = { 0 };
	struct ww_watch watch = { .until = INT64_MAX };
	struct ww_http *http = NULL;
	struct ww_http_request r = { .method = "POST",
		.headers = headers,
		.headers_n = sizeof(headers) / sizeof(headers[0]),
		.timeout = TIMEOUT,
		.tls = &tls };
	ww_status s;

	if (w->o.client == NULL || w->o.base == NULL)
		return need(w->o.client == NULL ? "client" : "base");
	s = write_form(w, &form);
	if (s == WW_OK)
		s = ww_http_open(&w->cx, &http);
	r.url = endpoint_of(w);
	r.body = ww_buf_view(&form);
	if (s == WW_OK)
		s = ww_http_send(http, &w->cx, &r, on_answer, &a);
	while (s == WW_OK && !a.done)
		ww_http_poll(http, &watch, 1000);
	if (http != NULL)
		ww_http_close(http);
	ww_watch_free(&watch);
	ww_buf_free(&form);
	return s == WW_OK ? a.code : complain(w, WW_EXIT_ENVIRONMENT);
}

/* -- the command -------------------------------------------------------------------------------------- */

static const struct action {
	const char *name;
	bool makes; /* the key, which else is read */
	int (*run)(struct work *w);
} actions[] = {
	{ "make", true, print_set },
	{ "keys", false, print_set },
	{ "assert", false, print_assertion },
	{ "fetch", false, fetch },
};

static int
make_key(struct work *w)
{
	enum ww_crypto_alg alg = 0;

	while (alg < WW_CRYPTO_ALGS && strcmp(w->o.alg, ww_crypto_alg_name(alg)) != 0)
		alg++;
	if (alg == WW_CRYPTO_ALGS) {
		(void)fprintf(stderr, "%s: --alg is RS384 or ES384\n", COMMAND);
		return WW_EXIT_USAGE;
	}
	if (ww_crypto_key_make(&w->cx, alg, &w->key) != WW_OK)
		return complain(w, WW_EXIT_ENVIRONMENT);
	return write_key(w);
}

static int
act(const struct action *a, const struct options *o)
{
	struct work w = { .cx = { .arena = ww_arena_new(0) }, .o = *o };
	int code;

	if (w.cx.arena == NULL)
		return WW_EXIT_ENVIRONMENT;
	code = a->makes ? make_key(&w) : read_key(&w);
	if (code == WW_EXIT_OK)
		code = name_key(&w);
	if (code == WW_EXIT_OK)
		code = a->run(&w);
	ww_crypto_key_free(w.key);
	ww_arena_free(w.cx.arena);
	return code;
}

int
ww_kit_token(int argc, char **argv)
{
	struct options o = { .alg = "ES384", .scope = "system/*.cruds" };
	const struct ww_usage usage = { COMMAND, "make|keys|assert|fetch",
		"Makes a client's key, and fetches access tokens of a FHIR listener with it.",
		"make    makes the key, and prints the set that is the client's jwks in the "
		"engine\n"
		"keys    prints the set of a key that is there\n"
		"assert  prints an assertion of four minutes, for one request\n"
		"fetch   asks for a token and prints it; exit status 1 when it is refused\n",
		1, 1 };
	const struct ww_option rows[] = {
		{ .name = "key",
		    .brief = 'k',
		    .argument = "FILE",
		    .required = true,
		    .help = "the private key (PEM); make never writes over one",
		    .text = &o.key },
		{ .name = "alg",
		    .argument = "ALG",
		    .help = "of a key that is made: RS384 or ES384 (ES384)",
		    .text = &o.alg },
		{ .name = "kid",
		    .argument = "NAME",
		    .help = "what the set calls the key (its thumbprint)",
		    .text = &o.kid },
		{ .name = "client",
		    .argument = "ID",
		    .help = "who it is: clients[].id, or name",
		    .text = &o.client },
		{ .name = "base",
		    .argument = "URL",
		    .help = "base of the FHIR listener",
		    .text = &o.base },
		{ .name = "audience",
		    .argument = "URL",
		    .help = "whom the assertion is for (the token endpoint below --base)",
		    .text = &o.audience },
		{ .name = "scope",
		    .argument = "SCOPES",
		    .help = "what is asked for (system/*.cruds)",
		    .text = &o.scope },
		{ .name = "ca",
		    .argument = "FILE",
		    .help = "TLS: certificates (PEM) that vouch for the listener's",
		    .text = &o.ca },
	};
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			return act(&actions[i], &o);
	(void)fprintf(stderr, "%s: %s: make, keys, assert or fetch\n", COMMAND, argv[1]);
	return WW_EXIT_USAGE;
}
