/* FHIR Bundles: transactions that are done whole or not at all, batches, messages, collections, and what is said of each entry. */
#include "tests/unit/unit.h"

#include "tests/unit/request_fixture.h"

/* Entries from what matters. */
#define ENTRY(url, method, more, resource)                                                         \
	"{\"fullUrl\":\"" url "\",\"resource\":" resource ",\"request\":{\"method\":\"" method     \
	"\"," more "}}"
#define TO(url) "\"url\":\"" url "\""
#define GONE(url) "{\"request\":{\"method\":\"DELETE\",\"url\":\"" url "\"}}"
#define BUNDLE(type, entries)                                                                      \
	"{\"resourceType\":\"Bundle\",\"type\":\"" type "\",\"entry\":[" entries "]}"
#define TRANSACTION(entries) BUNDLE("transaction", entries)
#define PATIENT(more) "{\"resourceType\":\"Patient\"" more "}"
#define STAY(more) "{\"resourceType\":\"Encounter\",\"status\":\"in-progress\"" more "}"
#define OF(reference) ",\"subject\":{\"reference\":\"" reference "\"}"
#define NUMBER(v) ",\"identifier\":[{\"system\":\"urn:x\",\"value\":\"" v "\"}]"

static struct ww_request_answer
transact(struct site *s, const char *raw)
{
	return site_answered(s, (struct asked){ .interaction = "transaction", .raw = raw });
}

/* The status of each entry of the answer: "201 200". */
static const char *
statuses(struct site *s, const struct ww_request_answer *a)
{
	struct ww_json *tree = NULL;
	const char *text = "";

	site_ok(s, ww_json_parse(&s->own, a->body, &tree));
	for (struct ww_json *e = ww_json_first(ww_json_get(tree, "entry")); e != NULL;
	     e = ww_json_next(e))
		text = ww_arena_printf(s->own.arena, "%s%s%.3s%c", text, text[0] != '\0' ? " " : "",
		    ww_json_str(ww_json_find(e, "response.status")).p, 0)
		           .p;
	return text;
}

/* What a path of the answer says. */
static ww_str
said(struct site *s, const struct ww_request_answer *a, const char *path)
{
	struct ww_json *tree = NULL;

	site_ok(s, ww_json_parse(&s->own, a->body, &tree));
	return ww_json_str(ww_json_find(tree, path));
}

/* The reference to the subject of a stored Encounter. */
static ww_str
subject_of(struct site *s, const char *id)
{
	struct ww_json *tree = NULL;

	site_ok(s, ww_json_parse(&s->own, site_stored(s, "Encounter", ww_str_from(id)), &tree));
	return ww_json_str(ww_json_find(tree, "subject.reference"));
}

static size_t
resources(struct site *s)
{
	return site_rows(s, &ww_entity_resource).n;
}

static bool
has(ww_str text, const char *part)
{
	return strstr(text.p, part) != NULL; /* texts of rows end with a NUL */
}

/* -- transactions ----------------------------------------------------------------------------------- */

START_TEST(a_transaction_gives_ids_and_answers_in_the_order_of_the_request)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .interaction = "update", .type = "Encounter", .id = "old",
	    .raw = "{\"resourceType\":\"Encounter\",\"id\":\"old\"}");
	a = transact(&s,
	    TRANSACTION(ENTRY("urn:uuid:e", "POST", TO("Encounter"),
	        STAY(OF(
	            "urn:uuid:p") ",\"extension\":[{\"url\":\"urn:y\",\"valueReference\":"
	                          "{\"reference\":\"urn:uuid:p\"}},{\"url\":\"urn:z\",\"valueUri\":"
	                          "\"urn:uuid:p\"}]")) "," ENTRY("urn:uuid:p", "PUT",
	        TO("Patient/p1"),
	        PATIENT(
	            ",\"id\":\"p1\"")) "," GONE("Encounter/old") ","
	                                                         "{\"request\":{\"method\":\"GET\","
	                                                         "\"url\":\"Patient/nobody\"}}"));
	ck_assert_int_eq(a.http, 404); /* what is read must be there */
	ck_assert_uint_eq(resources(&s), 1);
	a = transact(&s,
	    TRANSACTION(ENTRY("urn:uuid:e", "POST", TO("Encounter"),
	        STAY(OF(
	            "urn:uuid:p") ",\"extension\":[{\"url\":\"urn:y\",\"valueReference\":"
	                          "{\"reference\":\"urn:uuid:p\"}},{\"url\":\"urn:z\",\"valueUri\":"
	                          "\"urn:uuid:p\"}]")) "," ENTRY("urn:uuid:p", "PUT",
	        TO("Patient/p1"), PATIENT(",\"id\":\"p1\"")) "," GONE("Encounter/old")));
	ck_assert_int_eq(a.http, 200);
	ck_assert_str_eq(statuses(&s, &a), "201 201 204");
	unit_str_is(said(&s, &a, "type"), "transaction-response");
	unit_str_is(said(&s, &a, "entry[0].response.location"), "Encounter/ww-6-1/_history/1");
	unit_str_is(said(&s, &a, "entry[1].response.location"), "Patient/p1/_history/1");
	unit_str_is(said(&s, &a, "entry[2].response.etag"), "W/\"2\"");
	unit_str_is(subject_of(&s, "ww-6-1"), "Patient/p1");
	unit_str_is(site_stored(&s, "Encounter", WW_STR("ww-6-1")),
	    "{\"resourceType\":\"Encounter\",\"id\":\"ww-6-1\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2025-01-01T06:00:06.000Z\"},\"status\":\"in-progress\",\"subject\":"
	    "{\"reference\":\"Patient/p1\"},\"extension\":[{\"url\":\"urn:y\",\"valueReference\":"
	    "{\"reference\":\"Patient/p1\"}},{\"url\":\"urn:z\",\"valueUri\":\"Patient/p1\"}]}");
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* Each of them ends the whole, whatever could be done of the rest. */
START_TEST(a_transaction_is_done_whole_or_not_at_all)
{
#define GOOD ENTRY("urn:uuid:1", "POST", TO("Patient"), PATIENT("")) ","
	static const struct {
		const char *what, *raw;
		int http;
	} rows[] = {
		{ "no request", TRANSACTION(GOOD "{\"resource\":" PATIENT("") "}"), 400 },
		{ "an unknown type",
		    TRANSACTION(GOOD ENTRY(
		        "urn:uuid:2", "POST", TO("Basic"), "{\"resourceType\":\"Basic\"}")),
		    422 },
		{ "a search",
		    TRANSACTION(
		        GOOD "{\"request\":{\"method\":\"GET\",\"url\":\"Patient?name=x\"}}"),
		    422 },
		{ "a method",
		    TRANSACTION(GOOD ENTRY("urn:uuid:2", "PATCH", TO("Patient/1"), PATIENT(""))),
		    422 },
		{ "another type than the URL's",
		    TRANSACTION(GOOD ENTRY("urn:uuid:2", "POST", TO("Encounter"), PATIENT(""))),
		    400 },
		{ "another id than the URL's",
		    TRANSACTION(
		        GOOD ENTRY("urn:uuid:2", "PUT", TO("Patient/a"), PATIENT(",\"id\":\"b\""))),
		    400 },
		{ "another version",
		    TRANSACTION(GOOD ENTRY("urn:uuid:2", "PUT",
		        TO("Patient/was") ",\"ifMatch\":\"W/\\\"9\\\"\"",
		        PATIENT(",\"id\":\"was\""))),
		    412 },
		{ "one that must not be there",
		    TRANSACTION(GOOD ENTRY("urn:uuid:2", "PUT",
		        TO("Patient/was") ",\"ifNoneMatch\":\"*\"", PATIENT(",\"id\":\"was\""))),
		    412 },
		{ "one thing twice",
		    TRANSACTION(GOOD ENTRY("urn:uuid:2", "PUT", TO("Patient/a"),
		        PATIENT(",\"id\":\"a\"")) "," ENTRY("urn:uuid:3", "PUT", TO("Patient/a"),
		        PATIENT(",\"id\":\"a\""))),
		    400 },
		{ "one thing deleted and put",
		    TRANSACTION(GOOD GONE("Patient/was") "," ENTRY(
		        "urn:uuid:3", "PUT", TO("Patient/was"), PATIENT(",\"id\":\"was\""))),
		    400 },
		{ "one condition twice",
		    TRANSACTION(GOOD ENTRY("urn:uuid:2", "POST",
		        TO("Patient") ",\"ifNoneExist\":\"identifier=n\"",
		        PATIENT(NUMBER("n"))) "," ENTRY("urn:uuid:3", "POST",
		        TO("Patient") ",\"ifNoneExist\":\"identifier=n\"", PATIENT(NUMBER("n")))),
		    400 },
		{ "one fullUrl twice",
		    TRANSACTION(GOOD ENTRY("urn:uuid:1", "POST", TO("Encounter"), STAY(""))), 400 },
		{ "a reference to nothing",
		    TRANSACTION(
		        GOOD ENTRY("urn:uuid:2", "POST", TO("Encounter"), STAY(OF("urn:uuid:9")))),
		    400 },
		{ "a condition that fits nothing",
		    TRANSACTION(GOOD ENTRY("urn:uuid:2", "POST", TO("Encounter"),
		        STAY(OF("Patient?identifier=urn:x%7Cnone")))),
		    412 },
		{ "a condition that fits two",
		    TRANSACTION(GOOD ENTRY(
		        "urn:uuid:2", "POST", TO("Encounter"), STAY(OF("Patient?active=true")))),
		    412 },
		{ "another kind of Bundle",
		    BUNDLE("batch", GOOD ENTRY("urn:uuid:2", "POST", TO("Patient"), PATIENT(""))),
		    422 },
		{ "no Bundle", PATIENT(""), 400 },
	};
	struct ww_request_answer a;
	struct ww_message m;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .interaction = "update", .type = "Patient", .id = "was",
	    .raw = PATIENT(",\"id\":\"was\",\"active\":true"));
	(void)site_ask(&s, .type = "Patient", .raw = PATIENT(",\"active\":true"));
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		a = transact(&s, rows[i].raw);
		ck_assert_msg(a.http == rows[i].http, "%s: %d", rows[i].what, (int)a.http);
		unit_str_is(said(&s, &a, "resourceType"), "OperationOutcome");
		ck_assert_msg(resources(&s) == 2, "%s: %zu stored", rows[i].what, resources(&s));
		m = site_request_message(&s, a.seq);
		ck_assert_int_eq(m.disposition, WW_disposition_IGNORED);
		unit_str_is(m.type, "Bundle");
	}
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 0);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_conditional_create_in_a_transaction_gives_its_references_what_was_found)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .type = "Patient", .raw = PATIENT(NUMBER("n")));
	a = transact(&s, TRANSACTION(ENTRY("urn:uuid:p", "POST",
	                     TO("Patient") ",\"ifNoneExist\":\"identifier=urn:x|n\"",
	                     PATIENT(NUMBER("n"))) "," ENTRY("urn:uuid:e", "POST", TO("Encounter"),
	                     STAY(OF("urn:uuid:p")))));
	ck_assert_str_eq(statuses(&s, &a), "200 201");
	unit_str_is(said(&s, &a, "entry[0].response.location"), "Patient/ww-4/_history/1");
	unit_str_is(subject_of(&s, "ww-5-2"), "Patient/ww-4");
	ck_assert_uint_eq(resources(&s), 2);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* What is stored, and what comes with it; what is deleted with it is not found. */
START_TEST(conditional_references_see_what_will_be_there)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .interaction = "update", .type = "Patient", .id = "old",
	    .raw = PATIENT(",\"id\":\"old\"" NUMBER("n")));
	a = transact(&s, TRANSACTION(ENTRY("urn:uuid:e", "POST", TO("Encounter"),
	                     STAY(OF("Patient?identifier=n")))));
	ck_assert_int_eq(a.http, 200);
	unit_str_is(subject_of(&s, "ww-5-1"), "Patient/old");
	a = transact(&s, TRANSACTION(ENTRY("urn:uuid:e", "POST", TO("Encounter"),
	                     STAY(OF("Patient?identifier=n"))) "," ENTRY("urn:uuid:p", "POST",
	                     TO("Patient"), PATIENT(NUMBER("n"))) "," GONE("Patient/old")));
	ck_assert_int_eq(a.http, 200);
	unit_str_is(subject_of(&s, "ww-6-1"), "Patient/ww-6-2");
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

#define ABSENT(query) TO("Patient") ",\"ifNoneExist\":\"" query "\""
#define ONE ENTRY("urn:uuid:1", "POST", ABSENT("identifier=urn:x|n"), PATIENT(NUMBER("n")))

/* Each would find what the other makes, or two would be made of one. */
START_TEST(one_thing_is_not_made_twice_in_a_transaction_however_it_is_named)
{
	static const char *const second[] = {
		ENTRY("urn:uuid:2", "POST", ABSENT("identifier=urn:x%7Cn"), PATIENT(NUMBER("n"))),
		ENTRY("urn:uuid:2", "POST", ABSENT("identifier=n"), PATIENT(NUMBER("n"))),
		ENTRY("urn:uuid:2", "POST", TO("Patient"), PATIENT(NUMBER("n"))),
		ENTRY("urn:uuid:2", "PUT", TO("Patient?identifier=n"), PATIENT(NUMBER("n"))),
		ENTRY("urn:uuid:2", "PUT", TO("Patient/b"), PATIENT(",\"id\":\"b\"" NUMBER("n"))),
	};
	struct site s;

	site_open(&s);
	for (size_t i = 0; i < sizeof(second) / sizeof(second[0]); i++) {
		const char *text = ww_arena_printf(
		    s.own.arena, BUNDLE("transaction", ONE ",%s") "%c", second[i], 0)
		                       .p;
		struct ww_request_answer a = transact(&s, text);

		ck_assert_msg(a.http == 400, "second %zu: %lld", i, (long long)a.http);
		unit_str_is(said(&s, &a, "issue[0].code"), "duplicate");
		unit_str_is(said(&s, &a, "issue[0].expression[0]"), "Bundle.entry[1]");
	}
	ck_assert_uint_eq(resources(&s), 0);
	ck_assert_int_eq(transact(&s, TRANSACTION(ONE "," ENTRY("urn:uuid:2", "POST",
	                                  ABSENT("identifier=m"), PATIENT(NUMBER("m")))))
	                     .http,
	    200);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

enum { MANY = 2000 };

/* As many conditions as entries take neither the memory of a message nor the time of others. */
START_TEST(a_transaction_may_have_thousands_of_conditions)
{
	struct ww_request_answer a;
	struct ww_buf text = { 0 };
	struct site s;

	site_open(&s);
	ww_buf_cstr(&text, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
	for (int i = 0; i < MANY; i++) {
		ww_buf_printf(&text,
		    ENTRY("urn:uuid:p%d", "POST", ABSENT("identifier=urn:x|%d"),
		        PATIENT(NUMBER("%d"))) ",",
		    i, i, i);
		ww_buf_printf(&text,
		    ENTRY("urn:uuid:e%d", "POST", TO("Encounter"),
		        STAY(OF("Patient?identifier=urn:x|%d"))) "%s",
		    i, i, i + 1 < MANY ? "," : "]}");
	}
	ww_buf_byte(&text, '\0');
	ck_assert_int_eq(text.error, WW_OK);
	a = transact(&s, ww_buf_view(&text).p);
	ck_assert_int_eq(a.http, 200);
	unit_str_is(subject_of(&s, "ww-4-2"), "Patient/ww-4-1");
	unit_str_is(subject_of(&s, "ww-4-4000"), "Patient/ww-4-3999");
	ww_buf_free(&text);
	site_close(&s);
}
END_TEST

START_TEST(a_transaction_reads_what_it_has_written)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .interaction = "update", .type = "Patient", .id = "p",
	    .raw = PATIENT(",\"id\":\"p\""));
	a = transact(
	    &s, TRANSACTION(
	            "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/p\"}}," ENTRY("urn:uuid:p",
	                "PUT", TO("Patient/p"), PATIENT(",\"id\":\"p\",\"gender\":\"male\""))));
	ck_assert_str_eq(statuses(&s, &a), "200 200");
	unit_str_is(said(&s, &a, "entry[0].resource.gender"), "male");
	unit_str_is(said(&s, &a, "entry[0].resource.meta.versionId"), "2");
	/* Also what was not there. */
	a = transact(
	    &s, TRANSACTION(
	            "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/q\"}}," ENTRY("urn:uuid:q",
	                "PUT", TO("Patient/q"), PATIENT(",\"id\":\"q\",\"gender\":\"female\""))));
	ck_assert_str_eq(statuses(&s, &a), "200 201");
	unit_str_is(said(&s, &a, "entry[0].resource.gender"), "female");
	/* What it deletes cannot be read: all of it is refused. */
	a = transact(
	    &s, TRANSACTION(
	            GONE("Patient/q") ",{\"request\":{\"method\":\"GET\",\"url\":\"Patient/q\"}},"
	                              "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/p\"}}"));
	ck_assert_int_eq(a.http, 410);
	unit_str_is(said(&s, &a, "issue[0].expression[0]"), "Bundle.entry[1]");
	(void)site_stored(&s, "Patient", WW_STR("q"));
	a = transact(&s, TRANSACTION("{\"request\":{\"method\":\"GET\",\"url\":\"Patient/r\"}}"));
	ck_assert_int_eq(a.http, 404);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_bundle_has_at_most_so_many_entries)
{
	struct ww_buf b = { 0 };
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	ww_buf_cstr(&b, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
	for (int i = 0; i <= 5000; i++)
		ww_buf_printf(&b, "%s{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/%d\"}}",
		    i > 0 ? "," : "", i);
	ww_buf_cstr(&b, "]}");
	ww_buf_byte(&b, '\0');
	a = transact(&s, ww_buf_view(&b).p);
	ck_assert_int_eq(a.http, 413);
	ww_buf_free(&b);
	site_close(&s);
}
END_TEST

/* -- batches ---------------------------------------------------------------------------------------- */

START_TEST(each_entry_of_a_batch_is_on_its_own)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "batch",
	    .raw = BUNDLE("batch",
	        ENTRY("urn:uuid:p", "POST", TO("Patient"), PATIENT("")) "," ENTRY("urn:uuid:e",
	            "POST", TO("Encounter"), STAY(OF("urn:uuid:p"))) "," ENTRY("urn:uuid:x", "POST",
	            TO("Encounter"), PATIENT("")) "," ENTRY("urn:uuid:b", "POST", TO("Basic"),
	            "{\"resourceType\":\"Basic\"}") ","
	                                            "{\"request\":{\"method\":\"GET\",\"url\":"
	                                            "\"Patient/ww-4-1\"}},"
	                                            "{\"request\":{\"method\":\"GET\",\"url\":"
	                                            "\"Patient/7\"}}," GONE("Encounter/ww-4-2")));
	ck_assert_int_eq(a.http, 200);
	unit_str_is(said(&s, &a, "type"), "batch-response");
	ck_assert_str_eq(statuses(&s, &a), "201 201 400 201 200 404 204");
	unit_str_is(said(&s, &a, "entry[1].response.outcome.issue[0].severity"), "warning");
	unit_str_is(said(&s, &a, "entry[2].response.outcome.issue[0].severity"), "error");
	unit_str_is(said(&s, &a, "entry[3].response.outcome.issue[0].severity"), "information");
	unit_str_is(said(&s, &a, "entry[4].resource.id"), "ww-4-1");
	unit_str_is(subject_of(&s, "ww-4-2"), "urn:uuid:p");
	ck_assert_int_eq(site_request_message(&s, a.seq).disposition, WW_disposition_APPLIED);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* -- data ------------------------------------------------------------------------------------------- */

#define MESSAGE(id, focus, entries)                                                                \
	"{\"resourceType\":\"Bundle\",\"id\":\"" id "\",\"type\":\"message\",\"entry\":["          \
	"{\"fullUrl\":\"urn:uuid:h\",\"resource\":{\"resourceType\":\"MessageHeader\",\"id\":"     \
	"\"h\","                                                                                   \
	"\"source\":{\"endpoint\":\"http://a.example\"},\"focus\":[{\"reference\":\"" focus        \
	"\"}]}}" entries "]}"
#define DATA(url, resource) ",{\"fullUrl\":\"" url "\",\"resource\":" resource "}"

START_TEST(a_message_brings_data_once)
{
	static const char text[] = MESSAGE("m1", "Encounter/e1",
	    DATA("http://a.example/fhir/Encounter/e1", STAY(",\"id\":\"e1\"" OF("urn:uuid:p")))
	        DATA("urn:uuid:p", PATIENT("")) DATA("urn:uuid:b", "{\"resourceType\":\"Basic\"}"));
	struct ww_request_answer a;
	struct ww_message m;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "message", .raw = text);
	ck_assert_int_eq(a.http, 200);
	unit_str_is(said(&s, &a, "resourceType"), "OperationOutcome");
	unit_str_is(said(&s, &a, "issue[0].severity"), "information");
	unit_str_is(subject_of(&s, "e1"), "Patient/ww-4-3");
	ck_assert_uint_eq(resources(&s), 4);
	/* However long ago it was, and whatever else it says now. */
	a = site_ask(&s, .interaction = "message", .after = INT64_C(400) * 86400000,
	    .raw = MESSAGE("m1", "Encounter/e1",
	        DATA("http://a.example/fhir/Encounter/e1",
	            STAY(",\"id\":\"e1\",\"language\":\"en\""))));
	ck_assert_int_eq(a.http, 200);
	m = site_request_message(&s, a.seq);
	ck_assert_int_eq(m.disposition, WW_disposition_DUPLICATE);
	ck_assert_int_eq(m.first, 4);
	unit_str_is(subject_of(&s, "e1"), "Patient/ww-4-3");
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_message_has_in_it_what_it_is_about)
{
	static const char *const rows[] = {
		MESSAGE("m1", "Encounter/e2",
		    DATA("http://a.example/Encounter/e1", STAY(",\"id\":\"e1\""))),
		MESSAGE("m1", "1", DATA("http://a.example/Encounter/e1", STAY(",\"id\":\"e1\""))),
		BUNDLE("message", "{\"resource\":" PATIENT("") "}"),
		"{\"resourceType\":\"Bundle\",\"type\":\"message\"}",
	};
	struct site s;

	site_open(&s);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_request_answer a = site_ask(&s, .interaction = "message", .raw = rows[i]);

		ck_assert_msg(a.http == 422, "%zu: %d", i, (int)a.http);
		ck_assert_uint_eq(resources(&s), 0);
	}
	site_close(&s);
}
END_TEST

START_TEST(what_comes_from_two_servers_under_one_id_is_kept_apart)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "message",
	    .raw = MESSAGE("m1", "http://a.example/Encounter/1",
	        DATA("http://a.example/Encounter/1", STAY(",\"id\":\"1\"" OF("Patient/1")))
	            DATA("http://a.example/Patient/1", PATIENT(",\"id\":\"1\",\"gender\":\"male\""))
	                DATA("http://b.example/Patient/1", PATIENT(",\"id\":\"1\""))));
	ck_assert_int_eq(a.http, 200);
	unit_str_is(subject_of(&s, "1"), "Patient/1");
	ck_assert(has(site_stored(&s, "Patient", WW_STR("1")), "male"));
	ck_assert(!has(site_stored(&s, "Patient", WW_STR("ww-4-4")), "male"));
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_collection_is_kept_and_so_is_what_is_in_it)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "collection", .type = "Bundle",
	    .raw =
	        BUNDLE("collection", "{\"fullUrl\":\"urn:uuid:p\",\"resource\":" PATIENT("") "}"));
	ck_assert_int_eq(a.http, 201);
	unit_str_is(a.type, "Bundle");
	(void)site_stored(&s, "Bundle", a.id);
	(void)site_stored(&s, "Patient", WW_STR("ww-4-1"));
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

#define SUBMIT(number, more)                                                                       \
	"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"identifier\":{\"value\":\"" number \
	"\"},\"entry\":[{\"fullUrl\":\"urn:uuid:c\",\"resource\":{\"resourceType\":\"Claim\"" more \
	"}}]}"

START_TEST(what_was_submitted_before_is_answered_as_before)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "submit", .type = "Claim", .raw = SUBMIT("b1", ""));
	ck_assert_int_eq(a.http, 200);
	a = site_ask(&s, .interaction = "submit", .type = "Claim", .raw = SUBMIT("b1", ""));
	ck_assert_int_eq(a.http, 200);
	ck_assert_int_eq(site_request_message(&s, a.seq).disposition, WW_disposition_DUPLICATE);
	a = site_ask(&s, .interaction = "submit", .type = "Claim",
	    .raw = SUBMIT("b1", ",\"use\":\"claim\""));
	ck_assert_int_eq(a.http, 422);
	unit_str_is(said(&s, &a, "issue[0].code"), "duplicate");
	/* Another client's numbers are its own. */
	a = site_ask(&s, .interaction = "submit", .type = "Claim", .client = "other",
	    .raw = SUBMIT("b1", ",\"use\":\"claim\""));
	ck_assert_int_eq(a.http, 200);
	a = site_ask(&s, .interaction = "submit", .type = "Claim",
	    .raw = BUNDLE("collection", "{\"resource\":" PATIENT("") "}"));
	ck_assert_int_eq(a.http, 422);
	ck_assert_uint_eq(resources(&s), 2);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_notification_changes_and_deletes)
{
	struct ww_request_answer a;
	bool found;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e1",
	    .raw = STAY(",\"id\":\"e1\""));
	a = site_ask(&s, .interaction = "notification",
	    .raw = BUNDLE("history",
	        "{\"fullUrl\":\"urn:uuid:s\",\"resource\":{\"resourceType\":\"Parameters\"}},"
	        "{\"fullUrl\":\"http://a.example/Encounter/e2\",\"resource\":" STAY(
	            ",\"id\":\"e2\"") ","
	                              "\"request\":{\"method\":\"PUT\",\"url\":\"Encounter/"
	                              "e2\"}}," GONE("Encounter/e1")));
	ck_assert_int_eq(a.http, 200);
	ck_assert_int_eq(site_resource(&s, "Encounter", WW_STR("e1"), &found).deleted, 1);
	ck_assert_int_eq(site_resource(&s, "Encounter", WW_STR("e2"), &found).version, 1);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* -- again ------------------------------------------------------------------------------------------ */

START_TEST(a_transaction_that_comes_again_does_nothing)
{
	static const char text[] =
	    TRANSACTION(ENTRY("urn:uuid:p", "POST", TO("Patient"), PATIENT("")));
	struct ww_request_answer a, b;
	struct site s;

	site_open(&s);
	a = transact(&s, text);
	b = transact(&s, text);
	unit_str_is(b.body, a.body.p);
	ck_assert_int_eq(site_request_message(&s, b.seq).first, a.seq);
	ck_assert_uint_eq(resources(&s), 1);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_transaction_that_goes_back_to_what_was_is_no_retry)
{
#define SAYS(gender)                                                                               \
	TRANSACTION(ENTRY("urn:uuid:p", "PUT", TO("Patient/p"),                                    \
	    PATIENT(",\"id\":\"p\",\"gender\":\"" gender "\"")))
	struct ww_request_answer a;
	bool found;
	struct site s;

	site_open(&s);
	(void)transact(&s, SAYS("male"));
	(void)transact(&s, SAYS("female"));
	a = transact(&s, SAYS("male"));
	ck_assert_int_eq(site_request_message(&s, a.seq).disposition, WW_disposition_APPLIED);
	ck_assert_int_eq(site_resource(&s, "Patient", WW_STR("p"), &found).version, 3);
	a = transact(&s, SAYS("male"));
	ck_assert_int_eq(site_request_message(&s, a.seq).disposition, WW_disposition_DUPLICATE);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* Resources of types that nobody knows are kept; what cannot be the name of a type is none. */
START_TEST(what_is_no_name_of_a_type_is_not_kept)
{
	static const char *const names[] = { "Ba\\\"sic", "basic", "Ba sic", "Ba/sic", "" };
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	for (size_t i = 0; i < UNIT_COUNT(names); i++) {
		a = site_answered(&s, (struct asked){ .interaction = "batch",
		                          .raw = ww_arena_printf(s.own.arena,
		                              "{\"resourceType\":\"Bundle\",\"type\":\"batch\","
		                              "\"entry\":[{\"resource\":"
		                              "{\"resourceType\":\"%s\"},\"request\":{\"method\":"
		                              "\"POST\",\"url\":\"%s\"}}]}%c",
		                              names[i], names[i], 0)
		                                     .p });
		ck_assert_int_eq(a.http, 200);
		ck_assert_str_eq(statuses(&s, &a), "400");
		(void)site_answered(&s, (struct asked){ .interaction = "collection",
		                            .type = "Bundle",
		                            .raw = ww_arena_printf(s.own.arena,
		                                "{\"resourceType\":\"Bundle\",\"type\":"
		                                "\"collection\",\"entry\":[{\"resource\":"
		                                "{\"resourceType\":\"%s\"}}]}%c",
		                                names[i], 0)
		                                       .p });
		ck_assert_uint_eq(resources(&s), i + 1); /* the collection itself */
	}
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

static void
tick(struct site *s, int64_t after)
{
	struct ww_buf none = { 0 };

	(void)site_record(s, WW_REC_TICK, s->now + after, &none);
	site_apply(s);
}

START_TEST(a_response_is_forgotten_when_no_retry_can_ask_for_it)
{
	static const char text[] =
	    TRANSACTION(ENTRY("urn:uuid:p", "POST", TO("Patient"), PATIENT("")));
	struct ww_request_answer a, b;
	struct site s;

	site_open(&s);
	a = transact(&s, text);
	b = site_ask(&s, .interaction = "message",
	    .raw = MESSAGE("m1", "Encounter/e1",
	        DATA("http://a.example/fhir/Encounter/e1", STAY(",\"id\":\"e1\""))));
	tick(&s, 86000000);
	ck_assert(site_answer_of(&s, (uint64_t)a.seq).body.n > 0);
	tick(&s, 500000);
	ck_assert_uint_eq(site_answer_of(&s, (uint64_t)a.seq).body.n, 0);
	ck_assert_int_eq(site_answer_of(&s, (uint64_t)a.seq).http, 200);
	ck_assert(site_answer_of(&s, (uint64_t)b.seq).body.n > 0);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_long_answer).n, 0);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_transaction_gives_ids_and_answers_in_the_order_of_the_request,
		a_transaction_is_done_whole_or_not_at_all,
		a_conditional_create_in_a_transaction_gives_its_references_what_was_found,
		conditional_references_see_what_will_be_there,
		one_thing_is_not_made_twice_in_a_transaction_however_it_is_named,
		a_transaction_may_have_thousands_of_conditions,
		a_transaction_reads_what_it_has_written,
		a_bundle_has_at_most_so_many_entries,
		each_entry_of_a_batch_is_on_its_own,
		a_message_brings_data_once,
		a_message_has_in_it_what_it_is_about,
		what_comes_from_two_servers_under_one_id_is_kept_apart,
		a_collection_is_kept_and_so_is_what_is_in_it,
		what_was_submitted_before_is_answered_as_before,
		a_notification_changes_and_deletes,
		a_transaction_that_comes_again_does_nothing,
		a_transaction_that_goes_back_to_what_was_is_no_retry,
		what_is_no_name_of_a_type_is_not_kept,
		a_response_is_forgotten_when_no_retry_can_ask_for_it,
	};

	return unit_main("bundle", tests, UNIT_COUNT(tests));
}
