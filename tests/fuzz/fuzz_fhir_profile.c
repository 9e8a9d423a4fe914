/* Any bytes as a profile, and behind the first line end as a resource that is held to it: both end, and a finding is a good
 * resource itself. */
#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"
#include "codec/fhir_profile.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const ww_str held = WW_STR_INIT("http://p/a");
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_fhir_profiles *set = ww_fhir_profiles_new(0);
	struct ww_fhir_issues found = { .n = 0 }, own = { .n = 0 };
	struct ww_fhir_rules rules = {
		.mode = WW_FHIR_ENFORCE, .profiles = set, .held_to = &held, .held_to_n = 1
	};
	ww_str text, profile = ww_str_cut(ww_str_of(data, size), '\n', &text);
	struct ww_json *v;
	ww_status s;

	if (cx.arena == NULL || set == NULL)
		abort();
	s = ww_fhir_profiles_add(set, &cx, profile);
	if (s == WW_OK && ww_fhir_profiles_link(set, &cx) == WW_OK &&
	    ww_json_parse(&cx, text, &v) == WW_OK) {
		s = ww_fhir_check(&cx, v, &rules, &found);
		assert(s == WW_OK);
		s = ww_fhir_check(&cx, ww_fhir_outcome(&cx, &found), &rules, &own);
		assert(s == WW_OK);
	}
	ww_fhir_profiles_free(set);
	ww_arena_free(cx.arena);
	return 0;
}
