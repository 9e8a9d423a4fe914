/* What a FHIR listener says of how to come in (SMART App Launch 2, conformance). */
#include "rest/access_parts.h"

#include "config/scope.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

static void
set_list(struct ww_ctx *cx, struct ww_json *o, const char *key, const char *const *v, size_t n)
{
	struct ww_json *list = ww_json_set(cx, o, key, ww_json_array(cx));

	for (size_t i = 0; i < n; i++)
		ww_json_add(cx, list, ww_json_string(cx, ww_str_from(v[i])));
}

#define SET_LIST(cx, o, key, v) set_list(cx, o, key, v, sizeof(v) / sizeof((v)[0]))

/* Each type with all that anybody can be allowed; names no client and no feed. */
static void
set_scopes(struct ww_ctx *cx, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "scopes_supported", ww_json_array(cx));
	struct ww_scopes sender = ww_scope_role(false), practice = ww_scope_role(true);

	for (size_t i = 0; i < WW_SCOPE_TYPES; i++) {
		struct ww_scopes one = { { 0 } };
		struct ww_buf text = { 0 };

		one.may[i] = sender.may[i] | practice.may[i];
		ww_scope_write(&one, &text);
		ww_json_add(cx, list, ww_json_string(cx, ww_buf_view(&text)));
		ww_buf_free(&text);
	}
}

struct ww_json *
ww_access_smart(struct ww_ctx *cx, const struct ww_access *a)
{
	static const char *const grants[] = { "client_credentials" };
	static const char *const methods[] = { "private_key_jwt" };
	static const char *const algs[] = { "RS384", "ES384" };
	static const char *const can[] = { "client-confidential-asymmetric", "permission-v1",
		"permission-v2" };
	struct ww_json *o = ww_json_object(cx);

	if (a->set.listener->auth != WW_AUTH_TOKENS) {
		set_list(cx, o, "capabilities", NULL, 0);
		return o;
	}
	ww_json_set_str(cx, o, "token_endpoint", a->token_url);
	SET_LIST(cx, o, "grant_types_supported", grants);
	SET_LIST(cx, o, "token_endpoint_auth_methods_supported", methods);
	SET_LIST(cx, o, "token_endpoint_auth_signing_alg_values_supported", algs);
	set_scopes(cx, o);
	SET_LIST(cx, o, "capabilities", can);
	return o;
}

/* One CodeableConcept of value set restful-security-service. */
static struct ww_json *
service(struct ww_ctx *cx, const char *code)
{
	struct ww_json *concept = ww_json_object(cx),
	               *list = ww_json_set(cx, concept, "coding", ww_json_array(cx)),
	               *coding = ww_json_add(cx, list, ww_json_object(cx));

	ww_json_set_cstr(
	    cx, coding, "system", "http://terminology.hl7.org/CodeSystem/restful-security-service");
	ww_json_set_cstr(cx, coding, "code", code);
	return concept;
}

/* Where clients of SMART App Launch 1 look for the token endpoint. */
static void
set_uris(struct ww_ctx *cx, struct ww_json *o, ww_str token_url)
{
	struct ww_json *list = ww_json_set(cx, o, "extension", ww_json_array(cx)),
	               *uris = ww_json_add(cx, list, ww_json_object(cx)), *token;

	ww_json_set_cstr(cx, uris, "url",
	    "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris");
	list = ww_json_set(cx, uris, "extension", ww_json_array(cx));
	token = ww_json_add(cx, list, ww_json_object(cx));
	ww_json_set_cstr(cx, token, "url", "token");
	ww_json_set_str(cx, token, "valueUri", token_url);
}

struct ww_json *
ww_access_security(struct ww_ctx *cx, const struct ww_access *a)
{
	static const struct {
		const char *code, *text;
	} rows[] = {
		[WW_AUTH_TOKENS] = { "SMART-on-FHIR", "Access tokens: SMART Backend Services" },
		[WW_AUTH_CERTIFICATES] = { "Certificates", "Client certificates over TLS" },
		[WW_AUTH_NONE] = { NULL, "None: for programs on the same machine" },
	};
	enum ww_auth auth = a->set.listener->auth;
	struct ww_json *o = ww_json_object(cx), *list;

	if (auth == WW_AUTH_TOKENS)
		set_uris(cx, o, a->token_url);
	ww_json_set_bool(cx, o, "cors", false);
	if (rows[auth].code != NULL) {
		list = ww_json_set(cx, o, "service", ww_json_array(cx));
		ww_json_add(cx, list, service(cx, rows[auth].code));
	}
	ww_json_set_cstr(cx, o, "description", rows[auth].text);
	return o;
}
