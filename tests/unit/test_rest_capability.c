/* The CapabilityStatement is R4 and says what the tables say. */
#include "unit.h"

#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"
#include "model/resource_keys.h"
#include "rest/capability.h"
#include "rest/routes.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <string.h>

START_TEST(is_made_from_what_is_routed_and_stored)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_fhir_issues is = { .n = 0 };
	const struct ww_fhir_rules strict = { .lenient = false };
	struct ww_json *cs =
	    ww_rest_capability(&cx, WW_STR("https://hie.example.org/fhir"), NULL, true);
	const struct ww_json *r = ww_json_first(ww_json_find(cs, "rest[0].resource"));
	size_t n, i;
	const struct ww_rest_type *types = ww_rest_types(&n);

	ck_assert_int_eq(ww_fhir_check(&cx, cs, &strict, &is), WW_OK);
	ck_assert_uint_eq(is.errors, 0);
	for (i = 0; r != NULL; r = ww_json_next(r), i++) {
		ww_str type = ww_json_str(ww_json_get(r, "type"));

		ck_assert_uint_lt(i, n);
		unit_str_is(type, types[i].name);
		ck_assert_uint_eq(ww_json_len(ww_json_get(r, "interaction")), strlen(types[i].may));
	}
	ck_assert_uint_eq(i, n);
	ck_assert_int_eq(ww_arena_status(cx.arena), WW_OK);
	ww_arena_free(cx.arena);
}
END_TEST

/* Where nobody can be asked it is not promised. */
START_TEST(offers_questions_where_there_is_a_payer)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	for (int with = 0; with < 2; with++) {
		struct ww_json *cs = ww_rest_capability(&cx, WW_STR("http://h"), NULL, with != 0);
		struct ww_buf text = { 0 };

		ck_assert_int_eq(ww_json_write(&cx, cs, false, &text), WW_OK);
		ww_buf_byte(&text, '\0');
		ck_assert_int_eq(strstr(text.p, "Claim-inquiry") != NULL, with);
		ck_assert_ptr_nonnull(strstr(text.p, "Claim-submit"));
		ww_buf_free(&text);
	}
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(routes_the_types_that_are_stored_and_no_other)
{
	size_t n;
	const struct ww_rest_type *types = ww_rest_types(&n);

	for (size_t i = 0; i < n; i++) {
		ck_assert_ptr_nonnull(ww_resource_types[i]);
		ck_assert_str_eq(types[i].name, ww_resource_types[i]);
	}
	ck_assert_ptr_null(ww_resource_types[n]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		is_made_from_what_is_routed_and_stored,
		offers_questions_where_there_is_a_payer,
		routes_the_types_that_are_stored_and_no_other,
	};

	return unit_main("rest_capability", tests, UNIT_COUNT(tests));
}
