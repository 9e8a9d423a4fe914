/* FHIR requests about one resource: created, updated, deleted, on condition, again; what is answered and what is stored. */
#include "tests/unit/unit.h"

#include "tests/unit/request_fixture.h"

#define ENCOUNTER(more)                                                                            \
	"{\"resourceType\":\"Encounter\"," more                                                    \
	"\"status\":\"in-progress\",\"class\":{\"code\":\"IMP\"}}"

#define VISIT(v) "\"identifier\":[{\"system\":\"urn:x\",\"value\":\"" v "\"}],"

/* What all of the keys say, without feed and type, a line each. */
static ww_str
key_lines(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_resource_key);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		ww_str rest, key = WW_ROW(&rows, resource_key, i)->key;

		(void)ww_str_cut(key, ' ', &rest);
		(void)ww_str_cut(rest, ' ', &rest);
		text = ww_arena_printf(s->own.arena, "%s%.*s\n", text, WW_STR_FMT(rest)).p;
	}
	return ww_str_from(text);
}

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
	    "{\"resourceType\":\"Encounter\",\"id\":\"ww-4\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2025-01-01T06:00:04.000Z\"},\"status\":\"in-progress\","
	    "\"class\":{\"code\":\"IMP\"}}");
	m = site_request_message(&s, a.seq);
	unit_str_is(m.type, "Encounter");
	unit_str_is(m.event, "create");
	ck_assert_int_eq(m.disposition, WW_disposition_APPLIED);
	site_rebuilds_everywhere(&s);
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
	    "{\"resourceType\":\"Observation\",\"id\":\"ww-4\",\"meta\":{\"versionId\":\"1\","
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
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(creates_on_condition_when_nothing_fits)
{
	struct ww_request_answer a, b;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .type = "Encounter", .condition = "identifier=urn:x%7Cv1",
	    .raw = ENCOUNTER(VISIT("v1")));
	ck_assert_int_eq(a.http, 201);
	b = site_ask(&s, .type = "Encounter", .condition = "identifier=urn:x%7Cv1",
	    .raw = ENCOUNTER(VISIT("v1") "\"language\":\"en\","));
	ck_assert_int_eq(b.http, 200);
	unit_str_is(b.id, "ww-4");
	ck_assert_int_eq(b.version, 1);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_resource).n, 1);
	b = site_ask(&s, .type = "Encounter", .condition = "identifier=urn:x%7Cv2",
	    .raw = ENCOUNTER(VISIT("v2")));
	ck_assert_int_eq(b.http, 201);
	b = site_ask(&s, .type = "Encounter", .condition = "class=IMP&status=in-progress",
	    .raw = ENCOUNTER(VISIT("v3")));
	ck_assert_int_eq(b.http, 412);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_resource).n, 2);
	/* What was deleted fits nothing. */
	(void)site_ask(&s, .interaction = "delete", .type = "Encounter", .id = "ww-4");
	b = site_ask(&s, .type = "Encounter", .condition = "identifier=urn:x%7Cv1",
	    .raw = ENCOUNTER(VISIT("v1") "\"language\":\"de\","));
	ck_assert_int_eq(b.http, 201);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(says_what_is_wrong_with_a_condition)
{
	static const struct {
		const char *condition;
		int http;
	} rows[] = {
		{ "nonsense=1", 400 },
		{ "identifier:exact=1", 400 },
		{ "date=yesterday", 400 },
		{ "identifier=", 400 },
		{ "_count=3", 412 },
	};
	struct site s;

	site_open(&s);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_request_answer a = site_ask(
		    &s, .type = "Encounter", .condition = rows[i].condition, .raw = ENCOUNTER(""));

		ck_assert_msg(a.http == rows[i].http, "%s: %d", rows[i].condition, (int)a.http);
	}
	ck_assert_uint_eq(site_rows(&s, &ww_entity_resource).n, 0);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 0);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* A condition sees what is of its feed and nothing else. */
START_TEST(a_feed_knows_nothing_of_another)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .type = "Encounter", .raw = ENCOUNTER(VISIT("v1")));
	a = site_ask(&s, .feed = "north", .type = "Encounter", .condition = "identifier=urn:x%7Cv1",
	    .raw = ENCOUNTER(VISIT("v1")));
	ck_assert_int_eq(a.http, 201);
	a = site_ask(
	    &s, .feed = "north", .interaction = "delete", .type = "Encounter", .id = "ww-4");
	ck_assert_int_eq(a.http, 204);
	ck_assert_int_eq(a.version, 0);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "ww-4",
	    .match = "W/\"1\"", .raw = ENCOUNTER("\"id\":\"ww-4\"," VISIT("v1")));
	ck_assert_int_eq(a.http, 200);
	site_close(&s);
}
END_TEST

/* -- update ----------------------------------------------------------------------------------------- */

START_TEST(updates_what_is_there_and_creates_what_is_not)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = ENCOUNTER("\"id\":\"e1\","));
	ck_assert_int_eq(a.http, 201);
	ck_assert_int_eq(a.version, 1);
	unit_str_is(a.id, "e1");
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = ENCOUNTER("\"id\":\"e1\",\"language\":\"en\","));
	ck_assert_int_eq(a.http, 200);
	ck_assert_int_eq(a.version, 2);
	ck_assert_int_eq(a.updated_ms, s.now);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* Also when the sender's own meta says otherwise, and whatever meta the client read from us. */
START_TEST(the_same_content_is_no_new_version)
{
	struct ww_request_answer a;
	int64_t first;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = ENCOUNTER("\"id\":\"e1\","));
	first = a.updated_ms;
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = ENCOUNTER("\"meta\":{\"versionId\":\"9\"},\"id\":\"e1\","));
	ck_assert_int_eq(a.http, 200);
	ck_assert_int_eq(a.version, 1);
	ck_assert_int_eq(a.updated_ms, first);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(refuses_to_change_another_version_than_the_client_knows)
{
	static const struct {
		const char *match;
		int http;
	} rows[] = { { "W/\"2\"", 412 }, { "\"0\"", 412 }, { "x", 412 }, { "W/\"1\"", 200 },
		{ "\"1\"", 200 }, { "1", 200 }, { "*", 200 }, { "W/\"7\", W/\"1\"", 200 },
		{ "7,8", 412 } };
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = ENCOUNTER("\"id\":\"e1\","));
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
		    .match = rows[i].match, .raw = ENCOUNTER("\"id\":\"e1\","));
		ck_assert_msg(a.http == rows[i].http, "%s: %d", rows[i].match, (int)a.http);
	}
	/* One that is there is not written over by who thinks that it is new. */
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .none_match = "*", .raw = ENCOUNTER("\"id\":\"e1\",\"language\":\"de\","));
	ck_assert_int_eq(a.http, 412);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .none_match = "*, *", .raw = ENCOUNTER("\"id\":\"e1\",\"language\":\"de\","));
	ck_assert_int_eq(a.http, 412);
	/* There is none that could have that version. */
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e2",
	    .match = "W/\"1\"", .raw = ENCOUNTER("\"id\":\"e2\","));
	ck_assert_int_eq(a.http, 412);
	site_close(&s);
}
END_TEST

START_TEST(the_body_has_the_id_of_the_url)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = ENCOUNTER("\"id\":\"e2\","));
	ck_assert_int_eq(a.http, 400);
	a = site_ask(
	    &s, .interaction = "update", .type = "Encounter", .id = "e1", .raw = ENCOUNTER(""));
	ck_assert_int_eq(a.http, 400);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e_1",
	    .raw = ENCOUNTER("\"id\":\"e_1\","));
	ck_assert_int_eq(a.http, 400);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_resource).n, 0);
	site_close(&s);
}
END_TEST

START_TEST(updates_on_condition)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .condition = "identifier=v1",
	    .raw = ENCOUNTER(VISIT("v1")));
	ck_assert_int_eq(a.http, 201);
	unit_str_is(a.id, "ww-4");
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .condition = "identifier=v1",
	    .raw = ENCOUNTER(VISIT("v1") "\"language\":\"en\","));
	ck_assert_int_eq(a.http, 200);
	ck_assert_int_eq(a.version, 2);
	unit_str_is(a.id, "ww-4");
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .condition = "identifier=v1",
	    .raw = ENCOUNTER("\"id\":\"other\"," VISIT("v1")));
	ck_assert_int_eq(a.http, 400);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .condition = "identifier=v2",
	    .raw = ENCOUNTER("\"id\":\"own\"," VISIT("v2")));
	ck_assert_int_eq(a.http, 201);
	unit_str_is(a.id, "own");
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* -- delete ----------------------------------------------------------------------------------------- */

START_TEST(what_is_deleted_has_no_keys_and_can_come_again)
{
	struct ww_request_answer a;
	struct ww_resource r;
	bool found;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = ENCOUNTER("\"id\":\"e1\","));
	ck_assert_uint_gt(site_rows(&s, &ww_entity_resource_key).n, 1);
	a = site_ask(
	    &s, .interaction = "delete", .type = "Encounter", .id = "e1", .match = "W/\"7\"");
	ck_assert_int_eq(a.http, 412);
	a = site_ask(&s, .interaction = "delete", .type = "Encounter", .id = "e1");
	ck_assert_int_eq(a.http, 204);
	ck_assert_int_eq(a.version, 2);
	r = site_resource(&s, "Encounter", WW_STR("e1"), &found);
	ck_assert(found && r.deleted == 1);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_resource_key).n, 0);
	a = site_ask(&s, .interaction = "delete", .type = "Encounter", .id = "e1");
	ck_assert_int_eq(a.http, 204);
	ck_assert_int_eq(a.version, 2);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = ENCOUNTER("\"id\":\"e1\","));
	ck_assert_int_eq(a.http, 201);
	ck_assert_int_eq(a.version, 3);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* -- search keys ------------------------------------------------------------------------------------ */

START_TEST(keys_follow_what_the_resource_says_now)
{
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = ENCOUNTER("\"id\":\"e1\"," VISIT("v1")));
	unit_str_is(key_lines(&s),
	    "_lastUpdated 063871308004000 063871308004000\nclass IMP|\nidentifier v1|urn:x\n"
	    "status in-progress|\n");
	(void)site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"finished\","
	           "\"subject\":{\"reference\":\"Patient/p1\"}}");
	unit_str_is(key_lines(&s),
	    "_lastUpdated 063871308005000 063871308005000\nstatus finished|\nsubject Patient/p1\n");
	site_rebuilds_everywhere(&s);
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
		creates_on_condition_when_nothing_fits,
		says_what_is_wrong_with_a_condition,
		a_feed_knows_nothing_of_another,
		updates_what_is_there_and_creates_what_is_not,
		the_same_content_is_no_new_version,
		refuses_to_change_another_version_than_the_client_knows,
		the_body_has_the_id_of_the_url,
		updates_on_condition,
		what_is_deleted_has_no_keys_and_can_come_again,
		keys_follow_what_the_resource_says_now,
	};

	return unit_main("request", tests, UNIT_COUNT(tests));
}
