/* Runs the invariants of a type, and what their predicates share. */
#include "codec/fhir_rules.h"

#include <stdlib.h>
#include <string.h>

struct rule {
	bool (*holds)(const struct ww_fhir_subject *s);
	const char *key;
	const char *element; /* that it is about; "" the object itself */
	const char *text;
};

/* In the order of the types: struct ww_fhir_type has its part. */
/* clang-format off */
#define WW_FHIR_RULE(predicate, key_, element_, text_) \
	{ ww_fhir_rule_##predicate, (key_), (element_), (text_) },
static const struct rule rules[] = {
#include "gen/fhir_rules.inc"
};
#undef WW_FHIR_RULE
/* clang-format on */

void
ww_fhir_check_rules(struct ww_fhir_walk *w, const struct ww_fhir_at *at)
{
	struct ww_fhir_subject s = { at->v, w };
	size_t i;

	for (i = 0; i < at->type->rules_n; i++) {
		const struct rule *r = &rules[at->type->rules + i];

		if (!r->holds(&s))
			ww_fhir_say_rule(w, at, ww_str_from(r->element), r->key, r->text);
	}
}

bool
ww_fhir_has(const struct ww_json *v, const char *name)
{
	const struct ww_json *m;

	if (ww_json_kind(v) != WW_JSON_OBJECT)
		return false;
	for (m = ww_json_first(v); m != NULL; m = ww_json_next(m)) {
		const char *key = ww_json_key(m).p;

		if (strcmp(key + (key[0] == '_'), name) == 0)
			return true;
	}
	return false;
}

bool
ww_fhir_has_choice(const struct ww_json *v, const char *name)
{
	const struct ww_json *m;
	size_t n = strlen(name);

	if (ww_json_kind(v) != WW_JSON_OBJECT)
		return false;
	for (m = ww_json_first(v); m != NULL; m = ww_json_next(m)) {
		const char *key = ww_json_key(m).p;

		key += key[0] == '_';
		if (strncmp(key, name, n) == 0 && key[n] >= 'A' && key[n] <= 'Z')
			return true;
	}
	return false;
}

ww_str
ww_fhir_text(const struct ww_json *v, const char *name)
{
	const struct ww_json *m = ww_json_get(v, name);

	return ww_json_kind(m) == WW_JSON_NUMBER ? ww_json_number(m) : ww_json_str(m);
}

bool
ww_fhir_is(const struct ww_json *v, const char *name, const char *text)
{
	return ww_str_is(ww_json_str(ww_json_get(v, name)), text);
}

bool
ww_fhir_has_coding(const struct ww_json *codeable, const char *system, const char *const *codes)
{
	const struct ww_json *c = ww_json_first(ww_json_get(codeable, "coding"));
	size_t i;

	for (; c != NULL; c = ww_json_next(c))
		for (i = 0; codes[i] != NULL && ww_fhir_is(c, "system", system); i++)
			if (ww_fhir_is(c, "code", codes[i]))
				return true;
	return false;
}

static int
text_order(const void *a, const void *b)
{
	return ww_str_cmp(*(const ww_str *)a, *(const ww_str *)b);
}

bool
ww_fhir_are_distinct(ww_str *texts, size_t n)
{
	size_t i;

	qsort(texts, n, sizeof(texts[0]), text_order);
	for (i = 1; i < n; i++)
		if (ww_str_eq(texts[i - 1], texts[i]))
			return false;
	return true;
}
