#include "main/load_item.h"

#include "base/crypto.h"
#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"
#include "codec/fhir_types.h"

#include <wardwire/buf.h>

enum { ID_DIGITS = 40 };

static ww_status
check(struct ww_ctx *cx, const struct ww_json *resource, const struct ww_fhir_rules *rules)
{
	struct ww_fhir_issues *is = ww_arena_alloc(cx->arena, sizeof(*is));
	ww_status s = is != NULL ? ww_fhir_check(cx, resource, rules, is) : ww_fail_memory(cx);
	size_t i;

	if (s != WW_OK)
		return s;
	for (i = 0; i < is->n; i++) {
		const struct ww_fhir_issue *x = &is->rows[i];

		if (x->severity > WW_FHIR_ERROR)
			continue;
		return ww_fail(cx, x->status, ww_arena_cstr(cx->arena, x->expression), "%.*s (%s)",
		    WW_STR_FMT(x->text), x->rule != NULL ? x->rule : ww_status_fhir(x->status));
	}
	return is->errors == 0 ? WW_OK : ww_fail(cx, WW_E_SYNTAX, NULL, "not valid");
}

static ww_status
write(struct ww_ctx *cx, const struct ww_json *resource, ww_str *out)
{
	struct ww_buf b = { 0 };
	ww_status s = ww_json_write(cx, resource, false, &b);

	if (s == WW_OK)
		*out = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s == WW_OK && ww_arena_status(cx->arena) != WW_OK ? ww_fail_memory(cx) : s;
}

/* The same content has the same id, and other content another. */
static ww_status
give_id(struct ww_ctx *cx, struct ww_json *resource)
{
	uint8_t digest[WW_SHA256];
	char hex[2 * WW_SHA256 + 1];
	ww_str text;
	ww_status s = write(cx, resource, &text);

	if (s != WW_OK)
		return s;
	ww_sha256(text, digest);
	ww_hex(digest, sizeof(digest), hex);
	ww_json_set_str(
	    cx, resource, "id", ww_arena_printf(cx->arena, "load-%.*s", ID_DIGITS, hex));
	return WW_OK;
}

ww_status
ww_load_item(struct ww_ctx *cx, struct ww_json *resource, const struct ww_fhir_rules *rules,
    struct ww_load_item *out)
{
	const struct ww_fhir_type *type =
	    ww_fhir_resource_find(ww_json_str(ww_json_get(resource, "resourceType")));
	ww_status s;

	if (ww_json_kind(resource) != WW_JSON_OBJECT)
		return ww_fail(cx, WW_E_SYNTAX, NULL, "no resource");
	if (type == NULL || type->kind != WW_FHIR_RESOURCE)
		return ww_fail(
		    cx, WW_E_TYPE, "resourceType", "not a type of resource that is loaded");
	if (ww_str_is(ww_str_from(type->name), "Bundle"))
		return ww_fail(cx, WW_E_TYPE, "resourceType",
		    "a Bundle: its resources go singly, a line each");
	s = check(cx, resource, rules);
	if (s == WW_OK && ww_json_get(resource, "id") == NULL)
		s = give_id(cx, resource);
	if (s != WW_OK)
		return s;
	out->type = ww_str_from(type->name);
	out->id = ww_json_str(ww_json_get(resource, "id"));
	s = write(cx, resource, &out->text);
	if (s == WW_OK && out->text.n > WW_LOAD_BYTES) /* with the id that it was given */
		return ww_fail(
		    cx, WW_E_LIMIT, NULL, "a resource of more than %d bytes", WW_LOAD_BYTES);
	return s;
}
