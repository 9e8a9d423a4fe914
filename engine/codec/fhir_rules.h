/* The invariants of FHIR R4 as predicates: one function a row of profiles/fhir/invariants.tsv, true when it holds. A predicate
 * gets the object of its type; what is not of the right kind there is said elsewhere, so that it holds when in doubt. For
 * codec/fhir_*.c alone. */
#ifndef WW_CODEC_FHIR_RULES_H
#define WW_CODEC_FHIR_RULES_H

#include "codec/fhir_walk.h"

struct ww_fhir_subject {
	const struct ww_json *v;
	const struct ww_fhir_walk *w;
};

/* clang-format off */
#define WW_FHIR_RULE(predicate, key, element, text) \
	bool ww_fhir_rule_##predicate(const struct ww_fhir_subject *s);
#include "gen/fhir_rules.inc"
#undef WW_FHIR_RULE
/* clang-format on */

/* There is a member of that name, or its half with the extensions ("_name"). */
bool ww_fhir_has(const struct ww_json *v, const char *name);
/* There is a member of that choice: "value" for value[x]. */
bool ww_fhir_has_choice(const struct ww_json *v, const char *name);
/* The text of a string or the digits of a number. */
ww_str ww_fhir_text(const struct ww_json *v, const char *name);
/* The member has that text. */
bool ww_fhir_is(const struct ww_json *v, const char *name, const char *text);
/* The CodeableConcept has a coding of that system with one of the codes, which NULL ends. */
bool ww_fhir_has_coding(
    const struct ww_json *codeable, const char *system, const char *const *codes);
/* No two of the texts are the same; it sorts them. */
bool ww_fhir_are_distinct(ww_str *texts, size_t n);

#endif
