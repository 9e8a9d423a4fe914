/* Any bytes as a FHIR resource: the check ends, what it says is itself a good resource, and no text of the input is in it
 * beyond names of elements. */
#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ww_fhir_rules rules = { .modifiers = WW_FHIR_MODIFIERS_REFUSE };
	static const struct ww_fhir_rules lenient = { .lenient = true };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_fhir_issues found = { .n = 0 }, bent = { .n = 0 }, own = { .n = 0 };
	struct ww_json *v;
	ww_status s;

	if (cx.arena == NULL)
		return 0;
	if (ww_json_parse(&cx, ww_str_of(data, size), &v) != WW_OK) {
		ww_fhir_check_unreadable(&cx, &found);
		assert(found.errors == 1);
	} else {
		s = ww_fhir_check(&cx, v, &rules, &found);
		assert(s == WW_OK);
		s = ww_fhir_check(&cx, v, &lenient, &bent);
		assert(s == WW_OK && bent.errors <= found.errors);
	}
	s = ww_fhir_check(&cx, ww_fhir_outcome(&cx, &found), &rules, &own);
	assert(s == WW_OK && own.errors == 0);
	ww_arena_free(cx.arena);
	return 0;
}
