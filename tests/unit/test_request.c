/* FHIR requests about one resource: created, updated, deleted, on condition, again; what is answered and what is stored. */
#include "tests/unit/unit.h"

#include "tests/unit/request_fixture.h"

#define ENCOUNTER(more)                                                                            \
	"{\"resourceType\":\"Encounter\"," more                                                    \
	"\"status\":\"in-progress\",\"class\":{\"code\":\"IMP\"}}"

/* -- create ----------------------------------------------------------------------------------------- */

START_TEST(stores_what_is_created_under_an_id_of_its_own)
{
	struct ww_request_answer a;
	struct ww_message m;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .type = "Encounter", .raw = ENCOUNTER("\"id\":\"mine\","));
	ck_assert_int_eq(a.http, 201);
	unit_str_is(a.type, "Encounter");
	ck_assert_int_eq(a.version, 1);
	ck_assert_int_eq(a.updated_ms, s.now);
	ck_assert(!ww_str_is(a.id, "mine"));
	unit_str_is(site_stored(&s, "Encounter", a.id),
	    "{\"resourceType\":\"Encounter\",\"id\":\"4\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2025-01-01T06:00:04.000Z\"},\"status\":\"in-progress\","
	    "\"class\":{\"code\":\"IMP\"}}");
	m = site_request_message(&s, a.seq);
	unit_str_is(m.type, "Encounter");
	unit_str_is(m.event, "create");
	ck_assert_int_eq(m.disposition, WW_disposition_APPLIED);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(keeps_digits_and_what_else_meta_says)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .type = "Observation",
	    .raw = "{\"meta\":{\"lastUpdated\":\"2020-01-01T00:00:00Z\",\"profile\":[\"http://p\"],"
	           "\"versionId\":\"77\"},\"valueQuantity\":{\"value\":1.10},"
	           "\"resourceType\":\"Observation\"}");
	unit_str_is(site_stored(&s, "Observation", a.id),
	    "{\"resourceType\":\"Observation\",\"id\":\"4\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2025-01-01T06:00:04.000Z\",\"profile\":[\"http://p\"]},"
	    "\"valueQuantity\":{\"value\":1.10}}");
	site_close(&s);
}
END_TEST

START_TEST(refuses_a_resource_of_another_type_than_the_url)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .type = "Patient", .raw = ENCOUNTER(""));
	ck_assert_int_eq(a.http, 400);
	ck_assert(ww_str_starts(a.body, WW_STR("{\"resourceType\":\"OperationOutcome\"")));
	ck_assert_int_eq(site_request_message(&s, a.seq).disposition, WW_disposition_IGNORED);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_resource).n, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		stores_what_is_created_under_an_id_of_its_own,
		keeps_digits_and_what_else_meta_says,
		refuses_a_resource_of_another_type_than_the_url,
	};

	return unit_main("request", tests, UNIT_COUNT(tests));
}
