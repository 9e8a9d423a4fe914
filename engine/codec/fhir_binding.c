/* Required bindings: a code must be of its value set. Weaker bindings never refuse anything. */
#include "codec/fhir_walk.h"

#include <string.h>

static bool
coding_in(const struct ww_json *coding, uint16_t valueset)
{
	ww_str code = ww_json_str(ww_json_get(coding, "code"));

	return code.n > 0 &&
	       ww_fhir_code_in(valueset, ww_json_str(ww_json_get(coding, "system")), code);
}

/* One coding of the value set is enough; others may stand beside it. */
static bool
concept_in(const struct ww_json *concept, uint16_t valueset)
{
	const struct ww_json *c;

	for (c = ww_json_first(ww_json_get(concept, "coding")); c != NULL; c = ww_json_next(c))
		if (coding_in(c, valueset))
			return true;
	return false;
}

void
ww_fhir_check_binding(
    struct ww_fhir_walk *w, const struct ww_fhir_at *at, const struct ww_fhir_element *e)
{
	bool in = true;

	if (at->type->kind == WW_FHIR_PRIMITIVE)
		in = ww_fhir_code_in(e->valueset, ww_str_empty(), ww_json_str(at->v));
	else if (strcmp(at->type->name, "CodeableConcept") == 0)
		in = concept_in(at->v, e->valueset);
	else if (strcmp(at->type->name, "Coding") == 0)
		in = coding_in(at->v, e->valueset);
	/* An extension may say why there is no code. */
	if (!in && ww_json_get(at->v, "extension") == NULL)
		ww_fhir_say(w, at, ww_str_empty(), WW_FHIR_BAD_CODE,
		    "not a code of the required value set");
}
