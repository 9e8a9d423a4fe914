/* Invariants of Bundle, Parameters and CapabilityStatement. */
#include "codec/fhir_rules.h"

#include <wardwire/ctx.h>

/* -- Bundle ------------------------------------------------------------------------------------------ */

static bool
is_type(const struct ww_fhir_subject *s, const char *const *types)
{
	ww_str type = ww_fhir_text(s->v, "type");

	for (; *types != NULL; types++)
		if (ww_str_is(type, *types))
			return true;
	return false;
}

/* Every entry has the element, or none has. */
static bool
all_entries(const struct ww_fhir_subject *s, const char *name, bool has)
{
	const struct ww_json *e = ww_json_first(ww_json_get(s->v, "entry"));

	for (; e != NULL; e = ww_json_next(e))
		if (ww_fhir_has(e, name) != has)
			return false;
	return true;
}

static bool
first_is(const struct ww_fhir_subject *s, const char *type)
{
	const struct ww_json *entry = ww_json_first(ww_json_get(s->v, "entry"));

	return ww_fhir_is(ww_json_get(entry, "resource"), "resourceType", type);
}

static bool
is_document(const struct ww_fhir_subject *s)
{
	return ww_fhir_is(s->v, "type", "document");
}

bool
ww_fhir_rule_bundle_bdl_1(const struct ww_fhir_subject *s)
{
	static const char *const counted[] = { "searchset", "history", NULL };

	return !ww_fhir_has(s->v, "total") || is_type(s, counted);
}

bool
ww_fhir_rule_bundle_bdl_2(const struct ww_fhir_subject *s)
{
	static const char *const found[] = { "searchset", NULL };

	return is_type(s, found) || all_entries(s, "search", false);
}

bool
ww_fhir_rule_bundle_bdl_3(const struct ww_fhir_subject *s)
{
	static const char *const asking[] = { "batch", "transaction", "history", NULL };

	return all_entries(s, "request", is_type(s, asking));
}

bool
ww_fhir_rule_bundle_bdl_4(const struct ww_fhir_subject *s)
{
	static const char *const answering[] = { "batch-response", "transaction-response",
		"history", NULL };

	return all_entries(s, "response", is_type(s, answering));
}

bool
ww_fhir_rule_bundle_bdl_5(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "resource") || ww_fhir_has(s->v, "request") ||
	       ww_fhir_has(s->v, "response");
}

bool
ww_fhir_rule_bundle_bdl_7(const struct ww_fhir_subject *s)
{
	return ww_fhir_is(s->v, "type", "history") || s->w->bundle == NULL || !s->w->bundle->twice;
}

bool
ww_fhir_rule_bundle_bdl_8(const struct ww_fhir_subject *s)
{
	static const char history[] = "/_history/";
	ww_str url = ww_fhir_text(s->v, "fullUrl");

	for (; url.n > 0; url = ww_str_sub(url, 1, url.n))
		if (ww_str_starts(url, ww_str_from(history)))
			return false;
	return true;
}

bool
ww_fhir_rule_bundle_bdl_9(const struct ww_fhir_subject *s)
{
	const struct ww_json *id = ww_json_get(s->v, "identifier");

	return !is_document(s) || (ww_fhir_has(id, "system") && ww_fhir_has(id, "value"));
}

bool
ww_fhir_rule_bundle_bdl_10(const struct ww_fhir_subject *s)
{
	return !is_document(s) || ww_fhir_text(s->v, "timestamp").n > 0;
}

bool
ww_fhir_rule_bundle_bdl_11(const struct ww_fhir_subject *s)
{
	return !is_document(s) || first_is(s, "Composition");
}

bool
ww_fhir_rule_bundle_bdl_12(const struct ww_fhir_subject *s)
{
	return !ww_fhir_is(s->v, "type", "message") || first_is(s, "MessageHeader");
}

/* -- Parameters -------------------------------------------------------------------------------------- */

bool
ww_fhir_rule_parameters_inv_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "part") + ww_fhir_has_choice(s->v, "value") +
	           ww_fhir_has(s->v, "resource") ==
	       1;
}

/* -- CapabilityStatement ----------------------------------------------------------------------------- */

bool
ww_fhir_rule_capabilitystatement_cpb_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "rest") || ww_fhir_has(s->v, "messaging") ||
	       ww_fhir_has(s->v, "document");
}

bool
ww_fhir_rule_capabilitystatement_cpb_2(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "description") || ww_fhir_has(s->v, "software") ||
	       ww_fhir_has(s->v, "implementation");
}

bool
ww_fhir_rule_capabilitystatement_cpb_3(const struct ww_fhir_subject *s)
{
	const struct ww_json *m = ww_json_first(ww_json_get(s->v, "messaging"));

	for (; m != NULL; m = ww_json_next(m))
		if (ww_fhir_has(m, "endpoint") && !ww_fhir_is(s->v, "kind", "instance"))
			return false;
	return true;
}

bool
ww_fhir_rule_capabilitystatement_cpb_14(const struct ww_fhir_subject *s)
{
	return !ww_fhir_is(s->v, "kind", "instance") || ww_fhir_has(s->v, "implementation");
}

bool
ww_fhir_rule_capabilitystatement_cpb_15(const struct ww_fhir_subject *s)
{
	return !ww_fhir_is(s->v, "kind", "capability") ||
	       (!ww_fhir_has(s->v, "implementation") && ww_fhir_has(s->v, "software"));
}

bool
ww_fhir_rule_capabilitystatement_cpb_16(const struct ww_fhir_subject *s)
{
	return !ww_fhir_is(s->v, "kind", "requirements") ||
	       (!ww_fhir_has(s->v, "implementation") && !ww_fhir_has(s->v, "software"));
}

/* No two elements of the array have the same text in a (and in b, where there is one). */
static bool
distinct_by(const struct ww_fhir_subject *s, const char *array, const char *a, const char *b)
{
	const struct ww_json *v = ww_json_get(s->v, array);
	struct ww_arena *arena = s->w->cx->arena;
	size_t n = 0;
	ww_str *texts;

	texts = ww_arena_array(arena, ww_json_len(v) + 1, sizeof(*texts));
	if (texts == NULL || ww_json_kind(v) != WW_JSON_ARRAY)
		return true;
	for (v = ww_json_first(v); v != NULL; v = ww_json_next(v)) {
		ww_str text = ww_fhir_text(v, a);

		if (b != NULL)
			text = ww_arena_printf(
			    arena, "%.*s %.*s", WW_STR_FMT(text), WW_STR_FMT(ww_fhir_text(v, b)));
		if (text.n > 0)
			texts[n++] = text;
	}
	return ww_fhir_are_distinct(texts, n);
}

bool
ww_fhir_rule_capabilitystatement_cpb_7(const struct ww_fhir_subject *s)
{
	return distinct_by(s, "document", "profile", "mode");
}

bool
ww_fhir_rule_capabilitystatement_cpb_9(const struct ww_fhir_subject *s)
{
	return distinct_by(s, "resource", "type", NULL);
}

bool
ww_fhir_rule_capabilitystatement_cpb_12(const struct ww_fhir_subject *s)
{
	return distinct_by(s, "searchParam", "name", NULL);
}
