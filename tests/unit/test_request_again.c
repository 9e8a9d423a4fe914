/* FHIR requests that come again, that fail, and those of a practice about what it was told. */
#include "tests/unit/unit.h"

#include "tests/unit/request_fixture.h"

#define ENCOUNTER(more)                                                                            \
	"{\"resourceType\":\"Encounter\"" more ",\"status\":\"in-progress\",\"class\":"            \
	"{\"code\":\"AMB\"}}"
#define TASK(id, status)                                                                           \
	"{\"resourceType\":\"Task\",\"id\":\"" id "\",\"status\":\"" status                        \
	"\",\"intent\":\"order\"}"

static size_t
resources(struct site *s)
{
	return site_rows(s, &ww_entity_resource).n;
}

/* -- again ------------------------------------------------------------------------------------------ */

START_TEST(a_create_that_comes_again_gets_the_first_answer)
{
	struct ww_request_answer a, b;
	struct ww_message m;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .client = "c", .type = "Encounter", .raw = ENCOUNTER(""));
	b = site_ask(&s, .client = "c", .type = "Encounter", .raw = ENCOUNTER(""));
	ck_assert_int_eq(b.http, 201);
	unit_str_is(b.id, a.id.p);
	m = site_request_message(&s, b.seq);
	ck_assert_int_eq(m.disposition, WW_disposition_DUPLICATE);
	ck_assert_int_eq(m.first, a.seq);
	ck_assert_uint_eq(resources(&s), 1);
	/* Each of these is another request. */
	(void)site_ask(&s, .client = "d", .type = "Encounter", .raw = ENCOUNTER(""));
	(void)site_ask(
	    &s, .feed = "north", .client = "c", .type = "Encounter", .raw = ENCOUNTER(""));
	(void)site_ask(
	    &s, .client = "c", .type = "Encounter", .raw = ENCOUNTER(",\"language\":\"en\""));
	ck_assert_uint_eq(resources(&s), 4);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(after_the_time_that_is_set_it_is_another_request)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .type = "Encounter", .raw = ENCOUNTER(""));
	a = site_ask(&s, .type = "Encounter", .raw = ENCOUNTER(""), .after = 86400000);
	ck_assert_int_eq(site_request_message(&s, a.seq).disposition, WW_disposition_DUPLICATE);
	a = site_ask(&s, .type = "Encounter", .raw = ENCOUNTER(""), .after = 1);
	ck_assert_int_eq(site_request_message(&s, a.seq).disposition, WW_disposition_APPLIED);
	ck_assert_uint_eq(resources(&s), 2);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_was_deleted_is_created_anew)
{
	struct ww_request_answer a, b;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .type = "Encounter", .raw = ENCOUNTER(""));
	(void)site_answered(&s, (struct asked){ .interaction = "delete",
	                            .type = "Encounter",
	                            .id = ww_arena_cstr(s.own.arena, a.id) });
	b = site_ask(&s, .type = "Encounter", .raw = ENCOUNTER(""));
	ck_assert_int_eq(b.http, 201);
	ck_assert(!ww_str_eq(a.id, b.id));
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* The retry of what succeeded is no stale version; a new change of that version is. */
START_TEST(an_update_on_condition_is_known_again_while_it_holds)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e",
	    .raw = ENCOUNTER(",\"id\":\"e\""));
	for (int i = 0; i < 2; i++) {
		a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e",
		    .match = "W/\"1\"", .raw = ENCOUNTER(",\"id\":\"e\",\"language\":\"en\""));
		ck_assert_int_eq(a.http, 200);
		ck_assert_int_eq(a.version, 2);
	}
	(void)site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e",
	    .raw = ENCOUNTER(",\"id\":\"e\",\"language\":\"de\""));
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e",
	    .match = "W/\"1\"", .raw = ENCOUNTER(",\"id\":\"e\",\"language\":\"en\""));
	ck_assert_int_eq(a.http, 412);
	/* Without a condition it goes back to what it was. */
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e",
	    .raw = ENCOUNTER(",\"id\":\"e\""));
	ck_assert_int_eq(a.version, 4);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(an_update_of_what_is_not_there_is_known_again)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	for (int i = 0; i < 2; i++) {
		a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e",
		    .none_match = "*", .raw = ENCOUNTER(",\"id\":\"e\""));
		ck_assert_int_eq(a.http, 201);
		ck_assert_int_eq(a.version, 1);
	}
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e", .none_match = "*",
	    .raw = ENCOUNTER(",\"id\":\"e\",\"language\":\"en\""));
	ck_assert_int_eq(a.http, 412);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_was_refused_is_looked_at_anew)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e",
	    .match = "W/\"1\"", .raw = ENCOUNTER(",\"id\":\"e\",\"language\":\"en\""));
	ck_assert_int_eq(a.http, 412);
	(void)site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e",
	    .raw = ENCOUNTER(",\"id\":\"e\""));
	a = site_ask(&s, .interaction = "update", .type = "Encounter", .id = "e",
	    .match = "W/\"1\"", .raw = ENCOUNTER(",\"id\":\"e\",\"language\":\"en\""));
	ck_assert_int_eq(a.http, 200);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* -- failing ---------------------------------------------------------------------------------------- */

START_TEST(a_request_that_cannot_be_applied_is_answered_and_can_be_run_again)
{
	struct ww_rec_operator order = { .order = WW_STR("replay"),
		.subject = WW_STR("4"),
		.reason = ww_str_empty(),
		.who = WW_STR("tester") };
	struct ww_buf body = { 0 };
	struct ww_request_answer a;
	struct ww_message m;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .feed = "nobody", .type = "Encounter", .raw = ENCOUNTER(""));
	ck_assert_int_eq(a.http, 500);
	ck_assert(ww_str_starts(a.body, WW_STR("{\"resourceType\":\"OperationOutcome\"")));
	m = site_request_message(&s, 4);
	ck_assert_int_eq(m.disposition, WW_disposition_QUARANTINED);
	unit_str_is(m.feed, "nobody");
	unit_str_is(m.type, "Encounter");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 1);
	(void)site_config(
	    &s, SITE_CONFIG_WITH("}\n  - {name: nobody, on: adt, match: {MSH-3: [X]}"));
	ww_rec_operator_write(&order, &body);
	(void)site_record(&s, WW_REC_OPERATOR, s.now + 1000, &body);
	site_apply(&s);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 0);
	ck_assert_int_eq(site_request_message(&s, 4).disposition, WW_disposition_APPLIED);
	ck_assert_int_eq(site_answer_of(&s, 4).http, 201);
	ck_assert_uint_eq(resources(&s), 1);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_body_that_cannot_be_read_is_the_senders)
{
	static const struct {
		const char *format, *raw;
	} rows[] = { { "json", "{" }, { "xml", "<Encounter" } };
	struct site s;

	site_open(&s);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_request_answer a =
		    site_ask(&s, .type = "Encounter", .format = rows[i].format, .raw = rows[i].raw);

		ck_assert_int_eq(a.http, 400);
	}
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(xml_is_stored_as_json)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	a = site_ask(&s, .type = "Observation", .format = "xml",
	    .raw = "<Observation xmlns=\"http://hl7.org/fhir\"><status value=\"final\"/>"
	           "<valueQuantity><value value=\"1.10\"/></valueQuantity></Observation>");
	ck_assert_int_eq(a.http, 201);
	unit_str_is(site_stored(&s, "Observation", a.id),
	    "{\"resourceType\":\"Observation\",\"id\":\"ww-4\",\"meta\":{\"versionId\":\"1\","
	    "\"lastUpdated\":\"2025-01-01T06:00:04.000Z\"},\"status\":\"final\",\"valueQuantity\":"
	    "{\"value\":1.10}}");
	site_close(&s);
}
END_TEST

/* -- practices -------------------------------------------------------------------------------------- */

/* A Task of rcca: its row. */
static struct ww_outbox
notice(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);

	ck_assert_uint_eq(rows.n, 1);
	return *WW_ROW(&rows, outbox, 0);
}

static struct ww_request_answer
answers(struct site *s, const char *party, const char *id, const char *status, const char *match)
{
	return site_answered(s, (struct asked){ .client = "ehr",
	                            .party = party,
	                            .interaction = "update",
	                            .type = "Task",
	                            .id = id,
	                            .match = match,
	                            .raw = ww_arena_printf(s->own.arena,
	                                "{\"resourceType\":\"Task\",\"id\":\"%s\",\"status\":\"%"
	                                "s\",\"intent\":\"order\"}%c",
	                                id, status, 0)
	                                       .p });
}

START_TEST(a_practice_says_how_far_it_is_with_a_task)
{
	static const struct {
		const char *status;
		int http;
	} rows[] = {
		{ "nonsense", 422 },
		{ "cancelled", 422 },
		{ "requested", 200 },
		{ "received", 200 },
		{ "in-progress", 200 },
		{ "accepted", 422 },
		{ "in-progress", 200 },
		{ "completed", 200 },
		{ "in-progress", 422 },
		{ "rejected", 422 },
	};
	struct ww_request_answer a;
	struct ww_message m;
	const char *id;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	id = ww_arena_printf(s.own.arena, WW_ID_FMT "%c", WW_ID_ARG(notice(&s).id), 0).p;
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		a = answers(&s, "rcca", id, rows[i].status, NULL);
		ck_assert_msg(a.http == rows[i].http, "%zu %s: %d", i, rows[i].status, (int)a.http);
		m = site_request_message(&s, a.seq);
		ck_assert_int_eq(m.encounter, notice(&s).encounter);
	}
	unit_str_is(notice(&s).remote_status, "completed");
	ck_assert_int_eq(notice(&s).answered, 12);
	ck_assert_uint_eq(resources(&s), 0);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_practice_answers_what_it_was_given_and_nothing_else)
{
	struct ww_request_answer a;
	const char *id;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	id = ww_arena_printf(s.own.arena, WW_ID_FMT "%c", WW_ID_ARG(notice(&s).id), 0).p;
	ck_assert_int_eq(answers(&s, "lakeside", id, "accepted", NULL).http, 404);
	ck_assert_int_eq(answers(&s, "rcca", "9.9", "accepted", NULL).http, 404);
	ck_assert_int_eq(answers(&s, "rcca", "x", "accepted", NULL).http, 404);
	a = site_ask(&s, .party = "rcca", .interaction = "delete", .type = "Task", .id = id);
	ck_assert_int_eq(a.http, 403);
	a = site_ask(&s, .party = "rcca", .type = "Task", .raw = TASK("1", "requested"));
	ck_assert_int_eq(a.http, 403);
	/* The version it has read: that of the notice, then that of its own answer. */
	a = answers(&s, "rcca", id, "accepted",
	    ww_arena_printf(s.own.arena, "W/\"%lld\"%c", (long long)notice(&s).wanted + 1, 0).p);
	ck_assert_int_eq(a.http, 412);
	a = answers(&s, "rcca", id, "accepted",
	    ww_arena_printf(s.own.arena, "W/\"%lld\"%c", (long long)notice(&s).wanted, 0).p);
	ck_assert_int_eq(a.http, 200);
	ck_assert_int_eq(a.version, a.seq);
	unit_str_is(notice(&s).remote_status, "accepted");
	/* The hospital takes it back. */
	site_does(&s, .trigger = "A11", .at = "202603021100");
	ck_assert(ww_str_is(notice(&s).change, "cancel") ||
	          notice(&s).state == WW_outbox_state_SUPPRESSED);
	a = answers(&s, "rcca", id, "completed", NULL);
	ck_assert(a.http == 404 || a.http == 409);
	unit_str_is(notice(&s).remote_status, "accepted");
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_a_practice_writes_about_a_notice_is_about_its_stay)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	a = site_answered(
	    &s, (struct asked){ .client = "ehr",
	            .party = "rcca",
	            .type = "Communication",
	            .raw = ww_arena_printf(s.own.arena,
	                "{\"resourceType\":\"Communication\",\"status\":\"completed\",\"basedOn\":"
	                "[{\"reference\":\"Task/" WW_ID_FMT "\"}]}%c",
	                WW_ID_ARG(notice(&s).id), 0)
	                       .p });
	ck_assert_int_eq(a.http, 201);
	ck_assert_int_eq(site_request_message(&s, a.seq).encounter, notice(&s).encounter);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

/* Of what clients brought a practice changes what is its own. */
START_TEST(a_practice_changes_nothing_of_others)
{
	struct ww_request_answer a;
	struct site s;

	site_open(&s);
	(void)site_ask(&s, .client = "hospital", .interaction = "update", .type = "Encounter",
	    .id = "e", .raw = ENCOUNTER(",\"id\":\"e\",\"identifier\":[{\"value\":\"v\"}]"));
	a = site_ask(&s, .client = "ehr", .party = "rcca", .interaction = "update",
	    .type = "Encounter", .id = "e", .raw = ENCOUNTER(",\"id\":\"e\""));
	ck_assert_int_eq(a.http, 403);
	a = site_ask(&s, .client = "ehr", .party = "rcca", .interaction = "delete",
	    .type = "Encounter", .id = "e");
	ck_assert_int_eq(a.http, 403);
	a = site_ask(&s, .client = "ehr", .party = "rcca", .type = "Encounter",
	    .condition = "identifier=v", .raw = ENCOUNTER(",\"identifier\":[{\"value\":\"v\"}]"));
	ck_assert_int_eq(a.http, 201);
	ck_assert_uint_eq(resources(&s), 2);
	site_rebuilds_everywhere(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_create_that_comes_again_gets_the_first_answer,
		after_the_time_that_is_set_it_is_another_request,
		what_was_deleted_is_created_anew,
		an_update_on_condition_is_known_again_while_it_holds,
		an_update_of_what_is_not_there_is_known_again,
		what_was_refused_is_looked_at_anew,
		a_request_that_cannot_be_applied_is_answered_and_can_be_run_again,
		a_body_that_cannot_be_read_is_the_senders,
		xml_is_stored_as_json,
		a_practice_says_how_far_it_is_with_a_task,
		a_practice_answers_what_it_was_given_and_nothing_else,
		what_a_practice_writes_about_a_notice_is_about_its_stay,
		a_practice_changes_nothing_of_others,
	};

	return unit_main("request_again", tests, UNIT_COUNT(tests));
}
