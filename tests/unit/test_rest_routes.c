/* Which interaction a request asks for, and what is said where there is none. */
#include "unit.h"

#include "rest/routes.h"

static enum ww_rest_miss
find(const char *method, const char *target, struct ww_rest_route *out, char *allow)
{
	return ww_rest_route_find(ww_str_from(method), ww_str_from(target), out, allow);
}

START_TEST(finds_the_interaction_of_each_request)
{
	static const struct {
		const char *method, *target;
		enum ww_rest_interaction interaction;
		const char *type, *id, *query;
	} rows[] = {
		{ "POST", "/Encounter", WW_REST_CREATE, "Encounter", "", "" },
		{ "GET", "/Encounter/17", WW_REST_READ, "Encounter", "17", "" },
		{ "GET", "/Encounter/17/_history/3", WW_REST_READ, "Encounter", "17", "" },
		{ "HEAD", "/Encounter/17-2", WW_REST_READ, "Encounter", "17-2", "" },
		{ "PUT", "/Encounter/17", WW_REST_UPDATE, "Encounter", "17", "" },
		{ "PUT", "/Encounter?identifier=a|b", WW_REST_UPDATE, "Encounter", "",
		    "identifier=a|b" },
		{ "PATCH", "/Task/17.3", WW_REST_PATCH, "Task", "17.3", "" },
		{ "DELETE", "/Claim/x.y", WW_REST_DELETE, "Claim", "x.y", "" },
		{ "GET", "/Task?status=requested", WW_REST_SEARCH, "Task", "", "status=requested" },
		{ "POST", "/Task/_search", WW_REST_SEARCH, "Task", "", "" },
		{ "POST", "/Claim/$submit", WW_REST_SUBMIT, "Claim", "", "" },
		{ "POST", "/Claim/$inquire", WW_REST_INQUIRE, "Claim", "", "" },
		{ "POST", "/Coverage/$validate", WW_REST_VALIDATE, "Coverage", "", "" },
		{ "POST", "", WW_REST_BUNDLE, NULL, "", "" },
		{ "POST", "/", WW_REST_BUNDLE, NULL, "", "" },
		{ "POST", "/Bundle", WW_REST_COLLECTION, NULL, "", "" },
		{ "POST", "/$process-message", WW_REST_MESSAGE, NULL, "", "" },
		{ "GET", "/metadata", WW_REST_CAPABILITIES, NULL, "", "" },
		{ "GET", "/.well-known/smart-configuration", WW_REST_SMART, NULL, "", "" },
		{ "POST", "/auth/token", WW_REST_TOKEN, NULL, "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ww_rest_route r;
		char allow[WW_REST_ALLOW_BYTES];

		ck_assert_int_eq(find(rows[i].method, rows[i].target, &r, allow), WW_REST_FOUND);
		ck_assert_int_eq(r.interaction, rows[i].interaction);
		ck_assert(rows[i].type == NULL ? r.type == NULL
		                               : strcmp(r.type->name, rows[i].type) == 0);
		ck_assert(ww_str_is(r.id, rows[i].id));
		ck_assert(ww_str_is(r.query, rows[i].query));
		ck_assert(r.head == (strcmp(rows[i].method, "HEAD") == 0));
	}
}
END_TEST

START_TEST(says_why_there_is_no_route)
{
	static const struct {
		const char *method, *target;
		enum ww_rest_miss miss;
		const char *allow;
	} rows[] = {
		{ "GET", "/Flag", WW_REST_NO_TYPE, "" },
		{ "GET", "/encounter", WW_REST_NO_PLACE, "" },
		{ "GET", "/Encounter/a_b", WW_REST_BAD_ID, "" },
		{ "GET", "/Encounter/17/_history", WW_REST_NO_PLACE, "" },
		{ "GET", "/Encounter/17/_history/", WW_REST_NO_PLACE, "" },
		{ "GET", "/Encounter/17/_history/*", WW_REST_BAD_ID, "" },
		{ "GET", "/Encounter/17/_history/3/4", WW_REST_BAD_ID, "" },
		{ "PUT", "/Encounter/17/_history/3", WW_REST_NO_METHOD, "GET, HEAD" },
		{ "POST", "/Encounter/$submit", WW_REST_NO_TYPE, "" },
		{ "GET", "/Claim/$submit", WW_REST_NO_METHOD, "POST" },
		{ "PATCH", "/Encounter/17", WW_REST_NO_METHOD, "GET, HEAD, PUT, DELETE" },
		{ "POST", "/Encounter/17", WW_REST_NO_METHOD, "GET, HEAD, PUT, DELETE" },
		{ "GET", "/Encounter/_search", WW_REST_NO_METHOD, "POST" },
		{ "POST", "/metadata", WW_REST_NO_METHOD, "GET, HEAD" },
		{ "GET", "/Bundle", WW_REST_NO_METHOD, "POST" },
		{ "GET", "", WW_REST_NO_METHOD, "POST" },
		{ "get", "/Encounter/17", WW_REST_NO_METHOD, "GET, HEAD, PUT, DELETE" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ww_rest_route r;
		char allow[WW_REST_ALLOW_BYTES];

		ck_assert_int_eq(find(rows[i].method, rows[i].target, &r, allow), rows[i].miss);
		ck_assert_str_eq(allow, rows[i].allow);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		finds_the_interaction_of_each_request,
		says_why_there_is_no_route,
	};

	return unit_main("rest_routes", tests, UNIT_COUNT(tests));
}
