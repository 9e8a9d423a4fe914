/* The practice's FHIR logic without HTTP: what each request gets, and what is there afterwards. */
#include "unit.h"

#include "kit/practice.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/log.h>

#include <string.h>
#include <unistd.h>

#define SYSTEM "urn:example:notice"
#define TASK(value)                                                                                \
	"{\"resourceType\":\"Task\",\"status\":\"requested\",\"intent\":\"order\","                \
	"\"identifier\":[{\"system\":\"" SYSTEM "\",\"value\":\"" value "\"}]}"
#define COMMUNICATION                                                                              \
	"{\"resourceType\":\"Communication\",\"status\":\"completed\",\"note\":[{\"text\":\"x\"}]" \
	"}"

struct fixture {
	struct ww_ctx cx;
	struct ww_practice *p;
	struct ww_practice_answer a;
	struct ww_json *body;   /* of the last answer */
	const char *condition;  /* If-None-Exist of the next request */
	const char *if_match;   /* If-Match of the next request */
	const char *media_type; /* Content-Type of all requests */
};

static int64_t
fixed_now(void *self)
{
	(void)self;
	return INT64_C(1772409600000); /* 2026-03-02 */
}

static struct ww_practice_settings
settings(void)
{
	return (struct ww_practice_settings){ .base = WW_STR("http://127.0.0.1:8090/fhir"),
		.id_prefix = WW_STR("p"),
		.clock = { fixed_now, NULL } };
}

static struct fixture
open_with(const struct ww_practice_settings *s)
{
	struct fixture f = { .cx = { .arena = ww_arena_new(0) },
		.media_type = "application/fhir+json" };

	ck_assert_msg(
	    ww_practice_open(&f.cx, s, &f.p) == WW_OK, "%s %s", f.cx.fail.place, f.cx.fail.reason);
	return f;
}

static struct fixture
open_plain(void)
{
	struct ww_practice_settings s = settings();

	return open_with(&s);
}

static void
done(struct fixture *f)
{
	ww_practice_close(f->p);
	ww_arena_free(f->cx.arena);
}

/* One request; its status. The headers set in f apply once. */
static int
ask(struct fixture *f, const char *method, const char *target, const char *body)
{
	struct ww_practice_request rq = {
		.method = ww_str_from(method),
		.target = ww_str_from(target),
		.content_type = ww_str_from(f->media_type),
		.if_none_exist = ww_str_from(f->condition),
		.if_match = ww_str_from(f->if_match),
		.body = ww_str_from(body),
	};

	f->condition = f->if_match = NULL;
	ww_practice_answer(f->p, &f->cx, &rq, &f->a);
	ck_assert(ww_json_parse(&f->cx, f->a.body, &f->body) == WW_OK);
	return f->a.status;
}

static ww_str
text_at(const struct fixture *f, const char *path)
{
	return ww_json_str(ww_json_find(f->body, path));
}

/* The last answer is an OperationOutcome with that issue. */
static void
tells(const struct fixture *f, const char *code, const char *expression)
{
	unit_str_is(text_at(f, "resourceType"), "OperationOutcome");
	unit_str_is(text_at(f, "issue[0].severity"), "error");
	unit_str_is(text_at(f, "issue[0].code"), code);
	ck_assert(text_at(f, "issue[0].diagnostics").n > 0);
	unit_str_is(text_at(f, "issue[0].expression[0]"), expression);
}

static size_t
total(struct fixture *f, const char *target)
{
	ck_assert_int_eq(ask(f, "GET", target, ""), 200);
	unit_str_is(text_at(f, "type"), "searchset");
	return (size_t)ww_json_int(ww_json_get(f->body, "total"));
}

/* -- create, read, update ---------------------------------------------------------------------- */

START_TEST(creates_with_location_etag_and_the_resource)
{
	struct fixture f = open_plain();

	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 201);
	unit_str_is(f.a.location, "http://127.0.0.1:8090/fhir/Task/p1/_history/1");
	unit_str_is(f.a.etag, "W/\"1\"");
	unit_str_is(text_at(&f, "id"), "p1");
	unit_str_is(text_at(&f, "meta.versionId"), "1");
	unit_str_is(text_at(&f, "meta.lastUpdated"), "2026-03-02T00:00:00Z");
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Task/p1", ""), 200);
	unit_str_is(f.a.etag, "W/\"1\"");
	unit_str_is(text_at(&f, "identifier[0].value"), "a");
	ck_assert_str_eq(f.a.type, "Task");
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Task/p1/_history/1", ""), 200);
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Task/p1/_history/2", ""), 404);
	done(&f);
}
END_TEST

START_TEST(gives_its_own_id_whatever_the_sender_wrote)
{
	struct fixture f = open_plain();

	ck_assert_int_eq(ask(&f, "POST", "/fhir/Patient",
	                     "{\"resourceType\":\"Patient\",\"id\":\"mine\","
	                     "\"meta\":{\"versionId\":\"9\",\"tag\":[{\"code\":\"t\"}]}}"),
	    201);
	unit_str_is(text_at(&f, "id"), "p1");
	unit_str_is(text_at(&f, "meta.versionId"), "1");
	unit_str_is(text_at(&f, "meta.tag[0].code"), "t");
	done(&f);
}
END_TEST

START_TEST(takes_every_type_it_declares)
{
	struct fixture f = open_plain();

	ck_assert_int_eq(ask(&f, "POST", "/fhir/Communication", COMMUNICATION), 201);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Patient", "{\"resourceType\":\"Patient\"}"), 201);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Organization",
	                     "{\"resourceType\":\"Organization\",\"name\":\"Practice\"}"),
	    201);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Encounter",
	                     "{\"resourceType\":\"Encounter\",\"status\":\"finished\","
	                     "\"class\":{\"code\":\"IMP\"}}"),
	    201);
	ck_assert_int_eq(ask(&f, "GET", "/fhir/metadata", ""), 200);
	ck_assert_uint_eq(ww_json_len(ww_json_find(f.body, "rest[0].resource")), 5);
	unit_str_is(text_at(&f, "fhirVersion"), "4.0.1");
	unit_str_is(text_at(&f, "rest[0].resource[2].searchParam[1].name"), "identifier");
	ck_assert_uint_eq(ww_json_len(ww_json_find(f.body, "rest[0].resource[2].searchParam")), 2);
	done(&f);
}
END_TEST

START_TEST(updates_and_counts_versions)
{
	struct fixture f = open_plain();
	const char *next = "{\"resourceType\":\"Task\",\"id\":\"p1\",\"status\":\"cancelled\","
	                   "\"intent\":\"order\"}";

	ask(&f, "POST", "/fhir/Task", TASK("a"));
	f.if_match = "W/\"1\"";
	ck_assert_int_eq(ask(&f, "PUT", "/fhir/Task/p1", next), 200);
	unit_str_is(f.a.etag, "W/\"2\"");
	unit_str_is(text_at(&f, "status"), "cancelled");
	ck_assert_int_eq(ask(&f, "PUT", "/fhir/Task/p1", next), 200); /* no If-Match */
	unit_str_is(text_at(&f, "meta.versionId"), "3");
	ck_assert_uint_eq(total(&f, "/fhir/Task"), 1);
	ck_assert_uint_eq(total(&f, "/fhir/Task?identifier=a"), 0); /* the update dropped it */
	done(&f);
}
END_TEST

START_TEST(refuses_an_update_of_another_version_id_or_nothing)
{
	struct fixture f = open_plain();
	const char *same = "{\"resourceType\":\"Task\",\"id\":\"p1\",\"status\":\"draft\","
	                   "\"intent\":\"order\"}";
	const char *other = "{\"resourceType\":\"Task\",\"id\":\"p9\",\"status\":\"draft\","
	                    "\"intent\":\"order\"}";

	ask(&f, "POST", "/fhir/Task", TASK("a"));
	f.if_match = "W/\"2\"";
	ck_assert_int_eq(ask(&f, "PUT", "/fhir/Task/p1", same), 412);
	tells(&f, "conflict", "");
	ck_assert_int_eq(ask(&f, "PUT", "/fhir/Task/p1", other), 400);
	tells(&f, "value", "Task.id");
	ck_assert_int_eq(ask(&f, "PUT", "/fhir/Task/p1", TASK("a")), 400); /* no id at all */
	ck_assert_int_eq(ask(&f, "PUT", "/fhir/Task/p9", other), 404);
	tells(&f, "not-found", "");
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Task/p1", ""), 200);
	unit_str_is(f.a.etag, "W/\"1\"");
	done(&f);
}
END_TEST

/* -- conditional create -------------------------------------------------------------------------- */

START_TEST(creates_once_under_a_condition)
{
	struct fixture f = open_plain();

	f.condition = "identifier=" SYSTEM "|a";
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 201);
	f.condition = "identifier=" SYSTEM "|a";
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 200);
	unit_str_is(f.a.location, "http://127.0.0.1:8090/fhir/Task/p1/_history/1");
	unit_str_is(f.a.etag, "W/\"1\"");
	f.condition = "identifier=urn%3Aexample%3Anotice%7Ca";
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 200);
	f.condition = "identifier=urn:example:another|a";
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 201);
	ck_assert_uint_eq(total(&f, "/fhir/Task"), 2);
	done(&f);
}
END_TEST

START_TEST(refuses_a_condition_that_matches_two)
{
	struct fixture f = open_plain();

	ask(&f, "POST", "/fhir/Task", TASK("a"));
	ask(&f, "POST", "/fhir/Task", TASK("a"));
	f.condition = "identifier=" SYSTEM "|a";
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 412);
	tells(&f, "multiple-matches", "");
	ck_assert_uint_eq(total(&f, "/fhir/Task"), 2);
	done(&f);
}
END_TEST

START_TEST(refuses_a_condition_it_cannot_read)
{
	static const char *const bad[] = { "owner=x", "identifier=", "_count=1", "identifier=%4",
		"identifier=%zz" };
	struct fixture f = open_plain();
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++) {
		f.condition = bad[i];
		ck_assert_msg(ask(&f, "POST", "/fhir/Task", TASK("a")) == 400, "%s", bad[i]);
	}
	ck_assert_uint_eq(total(&f, "/fhir/Task"), 0);
	done(&f);
}
END_TEST

/* -- search -------------------------------------------------------------------------------------- */

START_TEST(finds_by_identifier_id_and_status)
{
	struct fixture f = open_plain();

	ask(&f, "POST", "/fhir/Task", TASK("a"));
	ask(&f, "POST", "/fhir/Task", TASK("b"));
	ask(&f, "POST", "/fhir/Task",
	    "{\"resourceType\":\"Task\",\"status\":\"draft\",\"intent\":\"plan\","
	    "\"identifier\":[{\"value\":\"a\"},{\"system\":\"urn:x\",\"value\":\"c,d|e\"}]}");
	ask(&f, "POST", "/fhir/Communication", COMMUNICATION);
	ck_assert_uint_eq(total(&f, "/fhir/Task?identifier=" SYSTEM "|a"), 1);
	unit_str_is(text_at(&f, "entry[0].resource.id"), "p1");
	unit_str_is(text_at(&f, "entry[0].fullUrl"), "http://127.0.0.1:8090/fhir/Task/p1");
	unit_str_is(text_at(&f, "entry[0].search.mode"), "match");
	unit_str_is(text_at(&f, "link[0].relation"), "self");
	ck_assert_uint_eq(total(&f, "/fhir/Task?identifier=a"), 2);
	unit_str_is(text_at(&f, "entry[0].resource.id"), "p1");
	unit_str_is(text_at(&f, "entry[1].resource.id"), "p3");
	ck_assert_uint_eq(total(&f, "/fhir/Task?identifier=%7Ca"), 1); /* no system */
	unit_str_is(text_at(&f, "entry[0].resource.id"), "p3");
	ck_assert_uint_eq(total(&f, "/fhir/Task?identifier=" SYSTEM "|"), 2); /* any value */
	ck_assert_uint_eq(total(&f, "/fhir/Task?identifier=b,urn:x|c\\,d\\|e"), 2);
	ck_assert_uint_eq(total(&f, "/fhir/Task?_id=p2"), 1);
	ck_assert_uint_eq(total(&f, "/fhir/Task?status=requested"), 2);
	ck_assert_uint_eq(total(&f, "/fhir/Task?identifier=a&status=draft"), 1);
	ck_assert_uint_eq(total(&f, "/fhir/Communication?status=completed"), 1);
	ck_assert_uint_eq(total(&f, "/fhir/Patient?identifier=a"), 0);
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Task?owner=x", ""), 400);
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Patient?status=x", ""), 400);
	done(&f);
}
END_TEST

START_TEST(searches_by_form)
{
	struct fixture f = open_plain();

	ask(&f, "POST", "/fhir/Task", TASK("a"));
	f.media_type = "application/x-www-form-urlencoded";
	ck_assert_int_eq(
	    ask(&f, "POST", "/fhir/Task/_search", "identifier=urn%3Aexample%3Anotice%7Ca"), 200);
	ck_assert_int_eq(ww_json_int(ww_json_get(f.body, "total")), 1);
	f.media_type = "application/fhir+json";
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task/_search", "{}"), 415);
	done(&f);
}
END_TEST

START_TEST(gives_pages_with_a_link_to_the_next)
{
	struct fixture f = open_plain();

	ask(&f, "POST", "/fhir/Task", TASK("a"));
	ask(&f, "POST", "/fhir/Task", TASK("a"));
	ask(&f, "POST", "/fhir/Task", TASK("a"));
	ck_assert_uint_eq(total(&f, "/fhir/Task?_count=2&identifier=a"), 3);
	ck_assert_uint_eq(ww_json_len(ww_json_get(f.body, "entry")), 2);
	unit_str_is(text_at(&f, "link[1].relation"), "next");
	unit_str_is(text_at(&f, "link[1].url"),
	    "http://127.0.0.1:8090/fhir/Task?_count=2&identifier=a&_offset=2");
	ck_assert_uint_eq(total(&f, "/fhir/Task?_count=2&identifier=a&_offset=2"), 3);
	ck_assert_uint_eq(ww_json_len(ww_json_get(f.body, "entry")), 1);
	unit_str_is(text_at(&f, "entry[0].resource.id"), "p3");
	ck_assert_uint_eq(total(&f, "/fhir/Task?_count=0"), 3);
	ck_assert_ptr_null(ww_json_get(f.body, "entry"));
	done(&f);
}
END_TEST

START_TEST(finds_one_among_many)
{
	struct fixture f = open_plain();
	char body[256], target[64];
	unsigned i;

	for (i = 0; i < 500; i++) {
		snprintf(body, sizeof(body),
		    "{\"resourceType\":\"Patient\",\"identifier\":[{\"value\":\"v%u\"}]}", i);
		ww_ctx_clear(&f.cx);
		ck_assert_int_eq(ask(&f, "POST", "/fhir/Patient", body), 201);
	}
	for (i = 0; i < 500; i++) {
		snprintf(target, sizeof(target), "/fhir/Patient?identifier=v%u", i);
		ww_ctx_clear(&f.cx);
		ck_assert_uint_eq(total(&f, target), 1);
	}
	done(&f);
}
END_TEST

/* -- refusals ---------------------------------------------------------------------------------- */

START_TEST(refuses_what_is_not_json_with_the_place)
{
	struct fixture f = open_plain();

	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", "{\"resourceType\":\"Task\",}"), 400);
	tells(&f, "structure", "");
	ck_assert(ww_str_starts(text_at(&f, "issue[0].diagnostics"), WW_STR("line 1 column ")));
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", ""), 400);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", "[]"), 400);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", "{\"status\":\"draft\"}"), 400);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Patient", TASK("a")), 400);
	tells(&f, "structure", "Patient");
	done(&f);
}
END_TEST

START_TEST(refuses_other_media_types)
{
	static const char *const bad[] = { "", "text/plain", "application/fhir+xml",
		"application/json; charset=iso-8859-1", "application/jsonx" };
	static const char *const good[] = { "application/json",
		"Application/FHIR+JSON;charset=UTF-8", "application/fhir+json; fhirVersion=4.0",
		"application/json; charset=\"utf-8\"" };
	struct fixture f = open_plain();
	size_t i;

	for (i = 0; i < UNIT_COUNT(bad); i++) {
		f.media_type = bad[i];
		ck_assert_msg(ask(&f, "POST", "/fhir/Task", TASK("a")) == 415, "%s", bad[i]);
	}
	tells(&f, "not-supported", "");
	for (i = 0; i < UNIT_COUNT(good); i++) {
		f.media_type = good[i];
		ck_assert_msg(ask(&f, "POST", "/fhir/Task", TASK("a")) == 201, "%s", good[i]);
	}
	done(&f);
}
END_TEST

START_TEST(refuses_resources_that_break_a_rule_and_names_the_element)
{
	static const struct {
		const char *type, *body, *code, *expression;
	} rows[] = {
		{ "Task", "\"intent\":\"order\"", "required", "Task.status" },
		{ "Task", "\"status\":\"draft\"", "required", "Task.intent" },
		{ "Task", "\"status\":\"done\",\"intent\":\"order\"", "code-invalid",
		    "Task.status" },
		{ "Task", "\"status\":1,\"intent\":\"order\"", "code-invalid", "Task.status" },
		{ "Task", "\"status\":\"draft\",\"intent\":\"order\",\"priority\":\"high\"",
		    "code-invalid", "Task.priority" },
		{ "Task",
		    "\"status\":\"draft\",\"intent\":\"order\",\"authoredOn\":\"2026-03-02\","
		    "\"lastModified\":\"2026-03-01\"",
		    "invariant", "Task.lastModified" },
		{ "Task", "\"status\":\"draft\",\"intent\":\"order\",\"authoredOn\":\"02.03.2026\"",
		    "value", "Task.authoredOn" },
		{ "Task",
		    "\"status\":\"draft\",\"intent\":\"order\",\"identifier\":{\"value\":\"a\"}",
		    "structure", "Task.identifier" },
		{ "Task",
		    "\"status\":\"draft\",\"intent\":\"order\",\"identifier\":[{\"value\":1}]",
		    "structure", "Task.identifier[0]" },
		{ "Task", "\"status\":\"draft\",\"intent\":\"order\",\"note\":[{\"text\":\"\"}]",
		    "structure", "Task.note[0].text" },
		{ "Task", "\"status\":\"draft\",\"intent\":\"order\",\"input\":[]", "structure",
		    "Task.input" },
		{ "Task", "\"status\":\"draft\",\"intent\":\"order\",\"focus\":null", "structure",
		    "Task.focus" },
		{ "Communication", "\"sent\":\"2026\"", "required", "Communication.status" },
		{ "Communication", "\"status\":\"requested\"", "code-invalid",
		    "Communication.status" },
		{ "Encounter", "\"status\":\"finished\"", "required", "Encounter.class" },
		{ "Patient", "\"gender\":\"f\"", "code-invalid", "Patient.gender" },
		{ "Organization", "\"active\":true", "invariant", "Organization" },
	};
	struct fixture f = open_plain();
	char body[512], target[64];
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		snprintf(
		    body, sizeof(body), "{\"resourceType\":\"%s\",%s}", rows[i].type, rows[i].body);
		snprintf(target, sizeof(target), "/fhir/%s", rows[i].type);
		ck_assert_msg(ask(&f, "POST", target, body) == 422, "%s", body);
		tells(&f, rows[i].code, rows[i].expression);
		ck_assert_uint_eq(total(&f, target), 0);
	}
	done(&f);
}
END_TEST

START_TEST(takes_times_that_agree)
{
	struct fixture f = open_plain();

	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task",
	                     "{\"resourceType\":\"Task\",\"status\":\"draft\",\"intent\":\"order\","
	                     "\"authoredOn\":\"2026-03-02T10:00:00Z\","
	                     "\"lastModified\":\"2026-03-02T05:00:00-05:00\"}"),
	    201);
	done(&f);
}
END_TEST

START_TEST(never_repeats_a_value_in_an_outcome)
{
	struct fixture f = open_plain();

	ask(&f, "POST", "/fhir/Task",
	    "{\"resourceType\":\"Task\",\"status\":\"CANARY\",\"intent\":\"order\"}");
	ck_assert_ptr_null(strstr(f.a.body.p, "CANARY"));
	ask(&f, "POST", "/fhir/Task", "{\"resourceType\":\"Task\",\"CANARY X\":\"\"}");
	ck_assert_ptr_null(strstr(f.a.body.p, "CANARY"));
	ask(&f, "GET", "/fhir/Task?CANARY=1", "");
	ck_assert_ptr_null(strstr(f.a.body.p, "CANARY"));
	ask(&f, "GET", "/fhir/Task/CANARY", "");
	ck_assert_ptr_null(strstr(f.a.body.p, "CANARY"));
	done(&f);
}
END_TEST

START_TEST(tells_unknown_paths_from_wrong_methods)
{
	struct fixture f = open_plain();

	ck_assert_int_eq(ask(&f, "GET", "/fhir/Claim", ""), 404);
	tells(&f, "not-supported", "");
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Task/p1", ""), 404);
	tells(&f, "not-found", "");
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Task/p1/x/y", ""), 404);
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Task/", ""), 404);
	ck_assert_int_eq(ask(&f, "GET", "/", ""), 404);
	ck_assert_int_eq(ask(&f, "DELETE", "/fhir/Task/p1", ""), 405);
	unit_str_is(f.a.allow, "GET, PUT");
	tells(&f, "not-supported", "");
	ck_assert_int_eq(ask(&f, "PUT", "/fhir/Task", TASK("a")), 405);
	unit_str_is(f.a.allow, "GET, POST");
	ck_assert_int_eq(ask(&f, "GET", "/fhir", ""), 405);
	done(&f);
}
END_TEST

/* -- transactions ---------------------------------------------------------------------------------- */

#define BUNDLE(entries)                                                                            \
	"{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[" entries "]}"
#define POST_TASK(value)                                                                           \
	"{\"fullUrl\":\"urn:uuid:t-" value                                                         \
	"\",\"resource\":" TASK(value) ",\"request\":{\"method\":\"POST\",\"url\":\"Task\","       \
	                               "\"ifNoneExist\":\"identifier="                             \
	                               "" SYSTEM "|" value "\"}}"

START_TEST(does_a_transaction_and_answers_in_order)
{
	struct fixture f = open_plain();
	const char *body =
	    BUNDLE("{\"resource\":{\"resourceType\":\"Communication\",\"status\":\"completed\","
	           "\"basedOn\":[{\"reference\":\"urn:uuid:t-a\"}],"
	           "\"subject\":{\"reference\":\"Patient?identifier=m1\"},"
	           "\"note\":[{\"text\":\"http://example.com/?x=1\"}]},"
	           "\"request\":{\"method\":\"POST\",\"url\":\"Communication\"}}," POST_TASK("a"));

	ask(&f, "POST", "/fhir/Patient",
	    "{\"resourceType\":\"Patient\",\"identifier\":[{\"value\":\"m1\"}]}");
	ck_assert_int_eq(ask(&f, "POST", "/fhir", body), 200);
	unit_str_is(text_at(&f, "type"), "transaction-response");
	unit_str_is(text_at(&f, "entry[0].response.status"), "201 Created");
	unit_str_is(text_at(&f, "entry[0].response.location"), "Communication/p2/_history/1");
	unit_str_is(text_at(&f, "entry[1].response.location"), "Task/p3/_history/1");
	unit_str_is(text_at(&f, "entry[1].response.etag"), "W/\"1\"");
	ask(&f, "GET", "/fhir/Communication/p2", "");
	unit_str_is(text_at(&f, "basedOn[0].reference"), "Task/p3");
	unit_str_is(text_at(&f, "subject.reference"), "Patient/p1");
	/* Once more: the task is there, and the communication is a second one about it. */
	ck_assert_int_eq(ask(&f, "POST", "/fhir", body), 200);
	unit_str_is(text_at(&f, "entry[1].response.status"), "200 OK");
	unit_str_is(text_at(&f, "entry[1].response.location"), "Task/p3/_history/1");
	ck_assert_uint_eq(total(&f, "/fhir/Task"), 1);
	ck_assert_uint_eq(total(&f, "/fhir/Communication"), 2);
	done(&f);
}
END_TEST

START_TEST(updates_within_a_transaction)
{
	struct fixture f = open_plain();
	const char *body = BUNDLE(
	    "{\"resource\":{\"resourceType\":\"Task\",\"id\":\"p1\",\"status\":\"cancelled\","
	    "\"intent\":\"order\"},\"request\":{\"method\":\"PUT\",\"url\":\"Task/p1\","
	    "\"ifMatch\":\"W/\\\"1\\\"\"}}");

	ask(&f, "POST", "/fhir/Task", TASK("a"));
	ck_assert_int_eq(ask(&f, "POST", "/fhir", body), 200);
	unit_str_is(text_at(&f, "entry[0].response.status"), "200 OK");
	unit_str_is(text_at(&f, "entry[0].response.etag"), "W/\"2\"");
	ck_assert_int_eq(ask(&f, "POST", "/fhir", body), 412);
	tells(&f, "conflict", "Bundle.entry[0]");
	done(&f);
}
END_TEST

START_TEST(does_nothing_of_a_transaction_with_one_bad_entry)
{
	static const struct {
		const char *body, *expression;
		int status;
	} rows[] = {
		{ BUNDLE(POST_TASK(
		      "a") ",{\"resource\":{\"resourceType\":\"Communication\"},"
		           "\"request\":{\"method\":\"POST\",\"url\":\"Communication\"}}"),
		    "Bundle.entry[1].resource.status", 422 },
		{ BUNDLE(POST_TASK("a") ",{\"resource\":" TASK(
		      "b") ",\"request\":{\"method\":\"DELETE\",\"url\":\"Task/p1\"}}"),
		    "Bundle.entry[1].request.method", 400 },
		{ BUNDLE(POST_TASK("a") ",{\"resource\":" TASK(
		      "b") ",\"request\":{\"method\":\"POST\",\"url\":\"Claim\"}}"),
		    "Bundle.entry[1].request.url", 404 },
		{ BUNDLE(POST_TASK("a") ",{\"resource\":" TASK("b") "}"), "Bundle.entry[1]", 400 },
		{ BUNDLE(POST_TASK("a") "," POST_TASK("a")), "Bundle.entry[1]", 400 },
		{ BUNDLE(POST_TASK("a") ",{\"resource\":{\"resourceType\":\"Task\",\"status\":"
		                        "\"draft\",\"intent\":\"order\",\"for\":{\"reference\":"
		                        "\"urn:uuid:none\"}},\"request\":{\"method\":\"POST\","
		                        "\"url\":\"Task\"}}"),
		    "Bundle.entry[1].resource", 400 },
		{ BUNDLE(POST_TASK("a") ",{\"resource\":{\"resourceType\":\"Task\",\"status\":"
		                        "\"draft\",\"intent\":\"order\",\"for\":{\"reference\":"
		                        "\"Patient?identifier=none\"}},\"request\":{\"method\":"
		                        "\"POST\",\"url\":\"Task\"}}"),
		    "Bundle.entry[1].resource", 412 },
		{ BUNDLE(""), "Bundle.entry", 400 },
		{ "{\"resourceType\":\"Bundle\",\"type\":\"batch\"}", "Bundle.type", 400 },
	};
	struct fixture f = open_plain();
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		ck_assert_msg(
		    ask(&f, "POST", "/fhir", rows[i].body) == rows[i].status, "%s", rows[i].body);
		unit_str_is(text_at(&f, "issue[0].expression[0]"), rows[i].expression);
		ck_assert_uint_eq(total(&f, "/fhir/Task"), 0);
	}
	done(&f);
}
END_TEST

/* -- faults and inspection ------------------------------------------------------------------------ */

START_TEST(fails_as_ordered_before_and_after_storing)
{
	struct ww_practice_settings s = settings();
	struct fixture f;

	s.fail = (struct ww_practice_fault){ 2, 503 };
	s.fail_after = (struct ww_practice_fault){ 1, 500 };
	f = open_with(&s);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 503);
	tells(&f, "transient", "");
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 503);
	ck_assert_uint_eq(total(&f, "/fhir/Task"), 0);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", "{}"), 400); /* no write, no fault */
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 500);
	ck_assert(f.a.location.n == 0 && f.a.etag.n == 0);
	ck_assert_uint_eq(total(&f, "/fhir/Task"), 1);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 201);
	done(&f);
}
END_TEST

START_TEST(lists_requests_and_resources)
{
	struct fixture f = open_plain();

	ask(&f, "POST", "/fhir/Task", TASK("a"));
	ask(&f, "GET", "/fhir/Task?identifier=\"a\"", "");
	ck_assert_int_eq(ask(&f, "GET", "/_log", ""), 200);
	ck_assert_int_eq(ask(&f, "GET", "/_log", ""), 200); /* is not in the list itself */
	ck_assert_uint_eq(ww_json_len(f.body), 2);
	unit_str_is(ww_json_str(ww_json_get(ww_json_at(f.body, 0), "method")), "POST");
	unit_str_is(
	    ww_json_str(ww_json_get(ww_json_at(f.body, 1), "path")), "/fhir/Task?identifier=\"a\"");
	ck_assert_int_eq(ww_json_int(ww_json_get(ww_json_at(f.body, 0), "status")), 201);
	ask(&f, "POST", "/fhir/Task", TASK("b"));
	ck_assert_int_eq(ask(&f, "GET", "/_kept", ""), 200);
	ck_assert_uint_eq(ww_json_len(f.body), 2);
	unit_str_is(ww_json_str(ww_json_find(ww_json_at(f.body, 1), "identifier[0].value")), "b");
	done(&f);
}
END_TEST

/* Every allocation of a request fails once: the answer says so, and nothing is stored. */
START_TEST(stores_all_or_nothing_when_memory_is_short)
{
	const char *body = BUNDLE(POST_TASK("a") "," POST_TASK("b"));
	struct ww_practice_request rq = {
		.method = WW_STR("POST"),
		.target = WW_STR("/fhir"),
		.content_type = WW_STR("application/json"),
		.if_none_exist = ww_str_empty(),
		.if_match = ww_str_empty(),
		.body = ww_str_from(body),
	};
	struct fixture f = open_plain();
	size_t limit, n;

	for (limit = 16; f.a.status != 200; limit += 16) {
		struct ww_ctx cx = { .arena = ww_arena_new(limit) };

		ck_assert(limit < 1000000);
		ww_practice_answer(f.p, &cx, &rq, &f.a);
		ck_assert(f.a.status == 413 || f.a.status == 503 || f.a.status == 200);
		ck_assert(f.a.body.n > 0);
		ww_arena_free(cx.arena);
		n = total(&f, "/fhir/Task");
		/* The answer itself may have been what there was no memory for. */
		ck_assert(n == 0 || n == 2);
		f.a.status = n == 2 ? 200 : 0;
	}
	done(&f);
}
END_TEST

/* -- keeping --------------------------------------------------------------------------------------- */

/* A folder with a file for the practice to keep. */
struct place {
	char dir[64], file[96];
};

static struct place
make_place(void)
{
	const char *tmp = getenv("TMPDIR");
	struct place pl;

	snprintf(pl.dir, sizeof(pl.dir), "%.40s/practice.XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(pl.dir));
	snprintf(pl.file, sizeof(pl.file), "%s/kept.ndjson", pl.dir);
	return pl;
}

static void
remove_place(const struct place *pl)
{
	unlink(pl->file);
	ck_assert_int_eq(rmdir(pl->dir), 0);
}

static void
append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	ck_assert_ptr_nonnull(f);
	ck_assert(fputs(text, f) >= 0);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(has_its_resources_again_after_a_restart)
{
	struct ww_practice_settings s = settings();
	struct place pl = make_place();
	struct fixture f;

	s.keep = pl.file;
	f = open_with(&s);
	ask(&f, "POST", "/fhir/Task", TASK("a"));
	ask(&f, "POST", "/fhir/Task", TASK("b"));
	ask(&f, "PUT", "/fhir/Task/p2",
	    "{\"resourceType\":\"Task\",\"id\":\"p2\",\"status\":\"cancelled\","
	    "\"intent\":\"order\"}");
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", "{}"), 400);
	done(&f);
	append(pl.file, "{\"time\":\"2026-"); /* killed while it wrote */
	ww_log_set_level(WW_LOG_ERROR);       /* it warns of that */
	s.id_prefix = WW_STR("q");
	f = open_with(&s);
	ck_assert_uint_eq(total(&f, "/fhir/Task"), 2);
	ck_assert_int_eq(ask(&f, "GET", "/fhir/Task/p2", ""), 200);
	unit_str_is(f.a.etag, "W/\"2\"");
	unit_str_is(text_at(&f, "status"), "cancelled");
	f.condition = "identifier=a";
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("a")), 200);
	ck_assert_int_eq(ask(&f, "POST", "/fhir/Task", TASK("c")), 201);
	done(&f);
	f = open_with(&s);
	ck_assert_uint_eq(total(&f, "/fhir/Task"), 3);
	done(&f);
	remove_place(&pl);
}
END_TEST

START_TEST(names_the_line_that_cannot_be_read_back)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_practice_settings s = settings();
	struct place pl = make_place();
	struct ww_practice *p;
	struct fixture f;

	s.keep = pl.file;
	f = open_with(&s);
	ask(&f, "POST", "/fhir/Task", TASK("a"));
	done(&f);
	append(pl.file, "{}\n");
	ck_assert(ww_practice_open(&cx, &s, &p) == WW_E_DAMAGED);
	ck_assert_str_eq(cx.fail.place, "line 2");
	ww_arena_free(cx.arena);
	remove_place(&pl);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		creates_with_location_etag_and_the_resource,
		gives_its_own_id_whatever_the_sender_wrote,
		takes_every_type_it_declares,
		updates_and_counts_versions,
		refuses_an_update_of_another_version_id_or_nothing,
		creates_once_under_a_condition,
		refuses_a_condition_that_matches_two,
		refuses_a_condition_it_cannot_read,
		finds_by_identifier_id_and_status,
		searches_by_form,
		gives_pages_with_a_link_to_the_next,
		finds_one_among_many,
		refuses_what_is_not_json_with_the_place,
		refuses_other_media_types,
		refuses_resources_that_break_a_rule_and_names_the_element,
		takes_times_that_agree,
		never_repeats_a_value_in_an_outcome,
		tells_unknown_paths_from_wrong_methods,
		does_a_transaction_and_answers_in_order,
		updates_within_a_transaction,
		does_nothing_of_a_transaction_with_one_bad_entry,
		fails_as_ordered_before_and_after_storing,
		lists_requests_and_resources,
		stores_all_or_nothing_when_memory_is_short,
		has_its_resources_again_after_a_restart,
		names_the_line_that_cannot_be_read_back,
	};

	return unit_main("practice", tests, UNIT_COUNT(tests));
}
