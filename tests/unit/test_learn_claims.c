/* What is known after Claims, ClaimResponses and clinical resources, in whatever order they and the messages come. */
#include "tests/unit/unit.h"

#include "tests/unit/fhir_put.h"

#include "model/join.h"
#include "report/search.h"
#include "report/why.h"
#include "store/history.h"

static const char patient[] =
    "{'resourceType':'Patient','id':'p','identifier':[{'type':{'coding':[{'system':'http://"
    "terminology.hl7.org/CodeSystem/v2-0203','code':'MB'}]},"
    "'system':'urn:acme','value':'M0001'}],'name':[{'family':'TESTFAMILY1','given':['GIVEN1']}],'"
    "gender':'female','birthDate':'1950-03-02'}";

static const char request[] =
    "{'resourceType':'Claim','id':'c','status':'active','use':'preauthorization','patient':{'"
    "reference':'Patient/p'},"
    "'identifier':[{'system':'urn:t','value':'T1'}],'meta':{'lastUpdated':'2026-03-01T12:00:00Z'},"
    "'supportingInfo':[{'category':{'coding':[{'code':'admissionDates'}]},'timingDate':'2026-03-04'"
    "}]}";

#define RESPONSE(id, when, outcome, rest)                                                          \
	"{'resourceType':'ClaimResponse','id':'" id                                                \
	"','status':'active','use':'preauthorization',"                                            \
	"'patient':{'reference':'Patient/p'},'request':{'reference':'Claim/c'},"                   \
	"'meta':{'lastUpdated':'" when "'},'outcome':'" outcome "'" rest "}"

static const char pended[] = RESPONSE("r1", "2026-03-01T13:00:00Z", "queued", "");
static const char approved[] = RESPONSE("r2", "2026-03-01T15:00:00Z", "complete",
    ",'preAuthRef':'PA7','preAuthPeriod':{'start':'2026-03-02','end':'2026-03-06'}");

/* A site whose clock is past all that its senders say. */
static void
open_late(struct site *s)
{
	site_open(s);
	s->now = site_ms("202603100800");
}

static struct ww_encounter
only_stay(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_encounter);
	struct ww_encounter none;

	ww_row_init(&ww_entity_encounter, &none);
	return rows.n == 1 ? *WW_ROW(&rows, encounter, 0) : none;
}

/* Of each authorization: number, status, number granted, and how many stays of its person it is of by what. */
static const char *
authorizations(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_authorization);
	struct ww_rows stays = site_rows(s, &ww_entity_encounter);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_authorization *a = WW_ROW(&rows, authorization, i);
		struct ww_joined j = ww_join_authorization(a, stays.p, stays.n);

		text = ww_arena_printf(s->own.arena, "%s%.*s %s %.*s %s%s\n", text,
		    WW_STR_FMT(a->number), ww_authorization_status_text(a->status),
		    WW_STR_FMT(a->granted), j.by, a->replaced_by != 0 ? " replaced" : "")
		           .p;
	}
	return text;
}

static void
say_a01(struct site *s)
{
	(void)site_does(s, .trigger = "A01", .at = "202603021000", .in = "202603021000");
}

/* Runs the step of that number. */
static void
do_step(struct site *s, int step)
{
	switch (step) {
	case 0:
		put(s, patient);
		break;
	case 1:
		put(s, request);
		break;
	case 2:
		put(s, pended);
		break;
	case 3:
		put(s, approved);
		break;
	default:
		say_a01(s);
		break;
	}
}

/* Calls each with every order of 0..n-1. */
static void
permute(int *order, int at, int n, void (*each)(const int *order, int n))
{
	if (at == n) {
		each(order, n);
		return;
	}
	for (int i = at; i < n; i++) {
		int t = order[at];

		order[at] = order[i];
		order[i] = t;
		permute(order, at + 1, n, each);
		order[i] = order[at];
		order[at] = t;
	}
}

static ww_str
evidence_of_admission(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_flag);

	for (size_t i = 0; i < rows.n; i++) {
		if (WW_ROW(&rows, flag, i)->kind == WW_flag_kind_ADMIT)
			return WW_ROW(&rows, flag, i)->evidence;
	}
	return ww_str_empty();
}

static void
any_order(const int *order, int n)
{
	struct ww_family f;
	struct ww_rows found;
	struct ww_json *evidence;
	struct site s;

	open_late(&s);
	for (int i = 0; i < n; i++)
		do_step(&s, order[i]);
	ck_assert_str_eq(authorizations(&s), "T1 approved PA7 person and date\n");
	site_ok(&s, ww_family_of(&s.ledger, &s.own, only_stay(&s).person, &f));
	site_ok(&s, ww_history_authorizations(&s.ledger, &s.own, &f, &found));
	ck_assert_msg(
	    found.n == 1, "order %d %d %d %d %d", order[0], order[1], order[2], order[3], order[4]);
	site_ok(&s, ww_json_parse(&s.own, evidence_of_admission(&s), &evidence));
	unit_str_is(ww_json_str(ww_json_get(evidence, "authorization")), "PA7");
	site_rebuilds(&s);
	site_close(&s);
}

START_TEST(request_answers_and_admission_are_one_in_any_order)
{
	int order[] = { 0, 1, 2, 3, 4 };

	permute(order, 0, 5, any_order);
}
END_TEST

/* -- authorizations ----------------------------------------------------------------------------------- */

#define REQUEST(id, number, rest)                                                                  \
	"{'resourceType':'Claim','id':'" id "','status':'active','use':'preauthorization',"        \
	"'patient':{'reference':'Patient/p'},'identifier':[{'system':'urn:t','value':'" number     \
	"'}]" rest "}"

START_TEST(a_request_that_is_taken_back_is_cancelled_whatever_was_answered)
{
	struct site s;

	open_late(&s);
	put(&s, patient);
	put(&s, request);
	put(&s, approved);
	put(&s, "{'resourceType':'Claim','id':'c','status':'cancelled','use':'preauthorization','"
	        "patient':{'reference':'Patient/p'},"
	        "'identifier':[{'system':'urn:t','value':'T1'}]}");
	ck_assert_str_eq(authorizations(&s), "T1 cancelled PA7 \n");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(an_older_version_of_a_request_changes_nothing)
{
	struct site s;

	open_late(&s);
	put(&s, REQUEST("c", "T1", ",'meta':{'lastUpdated':'2026-03-02T00:00:00Z'}"));
	put(&s, REQUEST("c", "T0", ",'meta':{'lastUpdated':'2026-03-01T00:00:00Z'}"));
	ck_assert_str_eq(authorizations(&s), "T1 requested  \n");
	site_close(&s);
}
END_TEST

/* A sender that posts it again gives it another id; its number stays. */
START_TEST(a_request_sent_again_is_the_same_by_its_number)
{
	struct site s;

	open_late(&s);
	put(&s, REQUEST("c1", "T1", ""));
	put(&s, REQUEST("c2", "T1", ""));
	put(&s, "{'resourceType':'ClaimResponse','id':'r','status':'active','request':{'reference':"
	        "'Claim/c2'},'outcome':'queued'}");
	ck_assert_str_eq(authorizations(&s), "T1 pended  \n");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_response_that_knows_the_number_only_is_of_that_request)
{
	struct site s;

	open_late(&s);
	put(&s, "{'resourceType':'ClaimResponse','id':'r','status':'active','identifier':[{'value':"
	        "'T1'}],'outcome':'queued'}");
	put(&s, REQUEST("c", "T1", ""));
	put(&s, REQUEST("d", "T2", ""));
	ck_assert_str_eq(authorizations(&s), "T1 pended  \nT2 requested  \n");
	site_close(&s);
}
END_TEST

START_TEST(a_response_of_another_feed_is_of_nothing_here)
{
	struct site s;

	open_late(&s);
	put(&s, REQUEST("c", "T1", ""));
	(void)site_ask(&s, .feed = "north", .interaction = "update", .type = "ClaimResponse",
	    .id = "r",
	    .raw = json(&s, "{'resourceType':'ClaimResponse','id':'r','status':'active','"
	                    "identifier':[{'value':'T1'}],"
	                    "'request':{'reference':'Claim/c'},'outcome':'queued'}"));
	ck_assert_str_eq(authorizations(&s), "T1 requested  \n");
	site_close(&s);
}
END_TEST

START_TEST(a_response_that_was_entered_in_error_never_was)
{
	struct site s;

	open_late(&s);
	put(&s, REQUEST("c", "T1", ""));
	put(&s, approved);
	(void)site_ask(&s, .interaction = "delete", .type = "ClaimResponse", .id = "r2");
	ck_assert_str_eq(authorizations(&s), "T1 requested  \n");
	site_close(&s);
}
END_TEST

static void
any_order_of_two_requests(const int *order, int n)
{
	static const char *const steps[] = {
		REQUEST("c", "T1", ""),
		REQUEST("d", "T2",
		    ",'related':[{'claim':{'reference':'Claim/"
		    "c'},'relationship':{'coding':[{'code':'prior'}]}}]"),
		RESPONSE("r2", "2026-03-01T15:00:00Z", "complete", ",'preAuthRef':'PA7'"),
	};
	struct ww_rows rows;
	struct site s;

	open_late(&s);
	for (int i = 0; i < n; i++)
		put(&s, steps[order[i]]);
	rows = site_rows(&s, &ww_entity_authorization);
	ck_assert_uint_eq(rows.n, 2);
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_authorization *a = WW_ROW(&rows, authorization, i);
		bool first = ww_str_is(a->number, "T1");

		ck_assert_int_eq(a->replaced_by != 0, first);
		ck_assert_int_eq(a->status,
		    first ? WW_authorization_status_APPROVED : WW_authorization_status_REQUESTED);
	}
	site_rebuilds(&s);
	site_close(&s);
}

START_TEST(a_request_that_goes_on_from_another_takes_its_place_in_any_order)
{
	int order[] = { 0, 1, 2 };

	permute(order, 0, 3, any_order_of_two_requests);
}
END_TEST

/* The admission stays when the payer says no: the evidence alone changes. */
START_TEST(what_was_denied_leaves_the_admission_told)
{
	struct ww_json *evidence;
	struct site s;

	open_late(&s);
	put(&s, patient);
	put(&s, request);
	put(&s, approved);
	say_a01(&s);
	put(&s, RESPONSE("r3", "2026-03-02T15:00:00Z", "complete",
	            ",'item':[{'itemSequence':1,'adjudication':[{'extension':[{'url':'http://"
	            "hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewAction',"
	            "'extension':[{'url':'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
	            "extension-reviewActionCode',"
	            "'valueCodeableConcept':{'coding':[{'system':'https://codesystem.x12.org/"
	            "005010/306','code':'A3'}]}}]}]}]}]"));
	ck_assert_str_eq(authorizations(&s), "T1 denied PA7 person and date\n");
	site_ok(&s, ww_json_parse(&s.own, evidence_of_admission(&s), &evidence));
	ck_assert_ptr_nonnull(ww_json_get(evidence, "start"));
	ck_assert_ptr_null(ww_json_get(evidence, "authorization"));
	site_close(&s);
}
END_TEST

/* -- persons that were two ---------------------------------------------------------------------------- */

static size_t
authorizations_of(struct site *s, ww_id person)
{
	struct ww_family f;
	struct ww_rows rows;

	site_ok(s, ww_family_of(&s->ledger, &s->own, person, &f));
	site_ok(s, ww_history_authorizations(&s->ledger, &s->own, &f, &rows));
	return rows.n;
}

START_TEST(what_was_told_of_a_person_is_the_others_while_they_are_one)
{
	struct ww_rows rows;
	struct site s;

	open_late(&s);
	put(&s, REQUEST("c", "T1", ""));
	say_a01(&s);
	ck_assert_uint_eq(authorizations_of(&s, only_stay(&s).person), 0);
	put(&s, patient);
	ck_assert_uint_eq(authorizations_of(&s, only_stay(&s).person), 1);
	rows = site_rows(&s, &ww_entity_merged);
	ck_assert_uint_eq(rows.n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- bills --------------------------------------------------------------------------------------------- */

#define BILL(type, id, number, bill, rest)                                                         \
	"{'resourceType':'" type "','id':'" id                                                     \
	"','status':'active','use':'claim','patient':{'reference':'Patient/p'},"                   \
	"'type':{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"                      \
	"claim-type','code':'institutional'}]},"                                                   \
	"'identifier':[{'system':'urn:b','value':'" number                                         \
	"'}],'billablePeriod':{'start':'2026-02-01','end':'2026-02-03'},"                          \
	"'supportingInfo':[{'category':{'coding':[{'code':'typeofbill'}]},'code':{'coding':[{'"    \
	"code':'" bill "'}]}}],"                                                                   \
	"'diagnosis':[{'sequence':1,'diagnosisCodeableConcept':{'coding':[{'system':'http://"      \
	"hl7.org/fhir/sid/icd-10-cm','code':'I50.9'}]}}],"                                         \
	"'item':[{'sequence':1,'net':{'value':10.50}}]" rest "}"

#define PRIOR(id)                                                                                  \
	",'related':[{'claim':{'reference':'" id "'},'relationship':{'coding':[{'code':'prior'}]}" \
	"}]"

/* "Claim/a counts, Claim/b void": all of them, in the order of their names. */
static const char *
bills(struct site *s)
{
	static const char *const names[] = { "Claim/a", "Claim/b", "Claim/c",
		"ExplanationOfBenefit/e" };
	struct ww_rows rows = site_rows(s, &ww_entity_claim);
	const char *text = "";

	for (size_t k = 0; k < UNIT_COUNT(names); k++) {
		for (size_t i = 0; i < rows.n; i++) {
			const struct ww_claim *c = WW_ROW(&rows, claim, i);

			if (ww_str_is(c->resource, names[k]))
				text = ww_arena_printf(s->own.arena, "%s%s%s %s", text,
				    text[0] != 0 ? ", " : "", names[k],
				    ww_claim_status_text(c->status))
				           .p;
		}
	}
	return text;
}

static const char *const *steps_in_hand;
static const char *bills_wanted;

static void
any_order_of_bills(const int *order, int n)
{
	struct site s;

	open_late(&s);
	for (int i = 0; i < n; i++)
		put(&s, steps_in_hand[order[i]]);
	ck_assert_str_eq(bills(&s), bills_wanted);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_claim_line).n, (size_t)n);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_problem).n, (size_t)n);
	site_rebuilds(&s);
	site_close(&s);
}

START_TEST(which_bills_count_does_not_depend_on_the_order)
{
	static const struct {
		const char *steps[4];
		const char *want;
	} rows[] = {
		{ { BILL("Claim", "a", "N1", "0111", "") }, "Claim/a counts" },
		{ { BILL("Claim", "a", "N1", "0111", ""),
		      BILL("Claim", "b", "N2", "0117", PRIOR("Claim/a")) },
		    "Claim/a replaced, Claim/b counts" },
		{ { BILL("Claim", "a", "N1", "0111", ""),
		      BILL("Claim", "b", "N2", "0118", PRIOR("Claim/a")) },
		    "Claim/a voided, Claim/b void" },
		{ { BILL("Claim", "a", "N1", "0111", ""), BILL("Claim", "b", "N1", "0117", "") },
		    "Claim/a replaced, Claim/b counts" },
		{ { BILL("Claim", "a", "N1", "0111", ""),
		      BILL("Claim", "b", "N2", "0117", PRIOR("Claim/a")),
		      BILL("Claim", "c", "N3", "0118", PRIOR("Claim/b")) },
		    "Claim/a replaced, Claim/b voided, Claim/c void" },
		{ { BILL("Claim", "a", "N1", "0111", ""),
		      BILL("ExplanationOfBenefit", "e", "N9", "0111",
		          ",'claim':{'reference':'Claim/a'}") },
		    "Claim/a paid, ExplanationOfBenefit/e counts" },
		{ { BILL("Claim", "a", "N1", "0111", ""),
		      BILL("ExplanationOfBenefit", "e", "N1", "0111", "") },
		    "Claim/a paid, ExplanationOfBenefit/e counts" },
		{ { BILL("Claim", "a", "N1", "0111", ""), BILL("Claim", "b", "N1", "0118", ""),
		      BILL("ExplanationOfBenefit", "e", "N1", "0111", "") },
		    "Claim/a voided, Claim/b void, ExplanationOfBenefit/e voided" },
		{ { BILL("Claim", "a", "N1", "0111", ""), BILL("Claim", "b", "N2", "0111", "") },
		    "Claim/a counts, Claim/b counts" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		int order[] = { 0, 1, 2, 3 }, n = 0;

		while (n < 4 && rows[i].steps[n] != NULL)
			n++;
		steps_in_hand = rows[i].steps;
		bills_wanted = rows[i].want;
		permute(order, 0, n, any_order_of_bills);
	}
}
END_TEST

START_TEST(a_new_version_of_a_bill_takes_all_of_the_old_away)
{
	struct ww_rows rows;
	struct site s;

	open_late(&s);
	put(&s, BILL("Claim", "a", "N1", "0111", ""));
	put(&s, "{'resourceType':'Claim','id':'a','status':'active','use':'claim','patient':{'"
	        "reference':'Patient/p'},"
	        "'identifier':[{'value':'N1'}],'billablePeriod':{'start':'2026-02-09'}}");
	rows = site_rows(&s, &ww_entity_claim);
	ck_assert_uint_eq(rows.n, 1);
	ck_assert_int_eq(WW_ROW(&rows, claim, 0)->day, ww_day_of(2026, 2, 9));
	ck_assert_uint_eq(site_rows(&s, &ww_entity_claim_line).n, 0);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_problem).n, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(a_bill_that_is_deleted_counts_no_more)
{
	struct site s;

	open_late(&s);
	put(&s, BILL("Claim", "a", "N1", "0111", ""));
	(void)site_ask(&s, .interaction = "delete", .type = "Claim", .id = "a");
	ck_assert_str_eq(bills(&s), "Claim/a entered-in-error");
	site_close(&s);
}
END_TEST

START_TEST(a_bill_that_becomes_a_request_is_a_bill_no_more)
{
	struct site s;

	open_late(&s);
	put(&s, BILL("Claim", "c", "N1", "0111", ""));
	put(&s, request);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_claim).n, 0);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_authorization).n, 1);
	put(&s, BILL("Claim", "c", "N1", "0111", ""));
	ck_assert_uint_eq(site_rows(&s, &ww_entity_claim).n, 1);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_authorization).n, 0);
	site_close(&s);
}
END_TEST

/* A stay that is over is judged again by what a claim says of its diagnoses; ADT's are not doubled. */
START_TEST(a_claim_tells_the_diagnoses_of_the_stay)
{
	struct ww_rows rows;
	struct site s;
	bool seen = false;

	open_late(&s);
	s.now = site_ms("202602010800");
	put(&s, patient);
	(void)site_does(
	    &s, .trigger = "A01", .at = "202602011000", .in = "202602011000", .type = "E");
	(void)site_does(&s, .trigger = "A03", .at = "202602031000", .in = "202602011000",
	    .out = "202602031000", .type = "E");
	put(&s, BILL("Claim", "a", "N1", "0111", ""));
	rows = site_rows(&s, &ww_entity_flag);
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		if (f->kind != WW_flag_kind_READMIT_RISK)
			continue;
		seen = true;
		ck_assert_int_eq(f->low, 2 + 3 + 2); /* two days, acute, heart failure */
	}
	ck_assert(seen);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The practice has the only Task, and says so of it. */
static void
take_up(struct site *s, const char *status)
{
	struct ww_outbox row = site_row(s, 0);
	struct ww_rec_outcome r = { .outbox = row.id,
		.revision = row.wanted,
		.verb = WW_VERB_CREATE,
		.result = WW_RESULT_SENT,
		.http = 201,
		.remote_id = WW_STR("r"),
		.etag = ww_str_empty(),
		.reason = ww_str_empty(),
		.key = row.key,
		.status = ww_str_from(status) };
	struct ww_buf body = { 0 };

	r.attempt = (int64_t)site_attempt(s, &row, WW_VERB_CREATE);
	ww_rec_outcome_write(&r, &body);
	(void)site_record(s, WW_REC_OUTCOME, s->now + 100, &body);
	site_apply(s);
}

/* The score and the Task of a stay whose bill comes so many days after the discharge; the practice has said that of the Task. */
static void
bill_after(int days, const char *status, int64_t low, const char *outbox)
{
	struct ww_rows rows;
	struct site s;

	open_late(&s);
	s.now = site_ms("202602010800");
	put(&s, patient);
	(void)site_does(
	    &s, .trigger = "A01", .at = "202602011000", .in = "202602011000", .type = "E");
	(void)site_does(&s, .trigger = "A03", .at = "202602031000", .in = "202602011000",
	    .out = "202602031000", .type = "E");
	take_up(&s, status);
	s.now = site_ms("202602031000") + days * INT64_C(86400000);
	put(&s, BILL("Claim", "a", "N1", "0111", ""));
	rows = site_rows(&s, &ww_entity_flag);
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		if (f->kind == WW_flag_kind_READMIT_RISK)
			ck_assert_msg(f->low == low, "day %d: %d", days, (int)f->low);
	}
	site_outbox_is(&s, outbox);
	site_rebuilds(&s);
	site_close(&s);
}

/* Most bills come later than two weeks after the discharge. */
START_TEST(a_late_bill_is_scored_while_somebody_has_the_task)
{
	enum { WITHOUT = 2 + 3, WITH = WITHOUT + 2 }; /* two days, acute; heart failure */

	bill_after(13, "accepted", WITH, "Task stay due update");
	bill_after(20, "accepted", WITH, "Task stay due update");
	bill_after(29, "accepted", WITH, "Task stay due update");
	bill_after(31, "accepted", WITHOUT, "Task stay settled update");
	bill_after(20, "completed", WITHOUT, "Task stay settled update");
}
END_TEST

/* -- clinical resources --------------------------------------------------------------------------------- */

START_TEST(a_newer_version_of_a_condition_takes_the_older_ones_place)
{
	struct ww_rows rows;
	struct site s;

	open_late(&s);
	put(&s,
	    "{'resourceType':'Condition','id':'k','subject':{'reference':'Patient/"
	    "p'},'onsetDateTime':'2025-05-05',"
	    "'code':{'coding':[{'system':'http://hl7.org/fhir/sid/icd-10-cm','code':'I50.9'}]}}");
	put(&s,
	    "{'resourceType':'Condition','id':'k','subject':{'reference':'Patient/"
	    "q'},'onsetDateTime':'2025-06-06',"
	    "'code':{'coding':[{'system':'http://hl7.org/fhir/sid/icd-10-cm','code':'E11.9'}]}}");
	rows = site_rows(&s, &ww_entity_problem);
	ck_assert_uint_eq(rows.n, 1);
	unit_str_is(WW_ROW(&rows, problem, 0)->code, "E119");
	(void)site_ask(&s, .interaction = "delete", .type = "Condition", .id = "k");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_problem).n, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(clinical_resources_are_kept_with_their_stay)
{
	struct ww_rows rows;
	struct site s;

	open_late(&s);
	put(&s, patient);
	put(&s, "{'resourceType':'Encounter','id':'e','status':'in-progress','class':{'code':'IMP'}"
	        ",'subject':{'reference':'Patient/p'},"
	        "'identifier':[{'system':'urn:v','value':'V77'}],'period':{'start':'2026-03-02T10:"
	        "00:00-05:00'}}");
	put(&s, "{'resourceType':'Observation','id':'o','status':'final','subject':{'reference':'"
	        "Patient/p'},'encounter':{'reference':'Encounter/e'},"
	        "'effectiveDateTime':'2026-03-03','code':{'coding':[{'code':'718-7'}]},'"
	        "valueQuantity':{'value':7.10}}");
	put(&s, "{'resourceType':'Procedure','id':'x','status':'completed','subject':{'reference':'"
	        "Patient/p'},'performedDateTime':'2026-03-03',"
	        "'encounter':{'reference':'Encounter/e'},'code':{'coding':[{'code':'80146002'}]}}");
	put(&s, "{'resourceType':'MedicationDispense','id':'d','status':'completed','subject':{'"
	        "reference':'Patient/p'},'whenHandedOver':'2026-03-05',"
	        "'context':{'reference':'Encounter/"
	        "e'},'medicationCodeableConcept':{'text':'Aspirin'}}");
	rows = site_rows(&s, &ww_entity_observation);
	ck_assert_uint_eq(rows.n, 1);
	unit_str_is(WW_ROW(&rows, observation, 0)->value, "7.10");
	ck_assert_int_eq(WW_ROW(&rows, observation, 0)->encounter, only_stay(&s).id);
	rows = site_rows(&s, &ww_entity_procedure);
	ck_assert_uint_eq(rows.n, 1);
	ck_assert_int_eq(WW_ROW(&rows, procedure, 0)->encounter, only_stay(&s).id);
	rows = site_rows(&s, &ww_entity_dispense);
	ck_assert_uint_eq(rows.n, 1);
	ck_assert_int_eq(WW_ROW(&rows, dispense, 0)->encounter, only_stay(&s).id);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* However far its day is, and whichever came first. */
static void
any_order_of_named(const int *order, int n)
{
	static const char *const steps[] = {
		patient,
		"{'resourceType':'Encounter','id':'e','status':'in-progress','class':{'code':'IMP'}"
		",'subject':{'reference':'Patient/p'},"
		"'identifier':[{'system':'urn:v','value':'V77'}],'period':{'start':'2026-03-02T10:"
		"00:00-05:00'}}",
		REQUEST("c", "T1",
		    ",'item':[{'sequence':1,'servicedDate':'2027-01-01','encounter':[{'reference':'"
		    "Encounter/e'}]}]"),
	};
	struct site s;

	open_late(&s);
	for (int i = 0; i < n; i++)
		put(&s, steps[order[i]]);
	ck_assert_str_eq(authorizations(&s), "T1 requested  Encounter\n");
	site_close(&s);
}

START_TEST(a_request_that_names_its_encounter_is_of_that_stay)
{
	int order[] = { 0, 1, 2 };

	permute(order, 0, 3, any_order_of_named);
}
END_TEST

/* A stay that is cancelled is not the one; the next is. */
START_TEST(an_authorization_follows_when_the_stay_is_cancelled)
{
	struct ww_json *story;
	struct ww_rows rows;
	struct site s;

	open_late(&s);
	put(&s, patient);
	put(&s, request);
	put(&s, approved);
	say_a01(&s);
	ck_assert_str_eq(authorizations(&s), "T1 approved PA7 person and date\n");
	(void)site_does(&s, .trigger = "A11", .at = "202603021200", .in = "202603021000");
	ck_assert_str_eq(authorizations(&s), "T1 approved PA7 \n");
	(void)site_does(&s, .trigger = "A01", .at = "202603031000", .in = "202603031000",
	    .visit = "V9^^^MERCY");
	ck_assert_str_eq(authorizations(&s), "T1 approved PA7 person and date\n");
	rows = site_rows(&s, &ww_entity_authorization);
	site_ok(&s, ww_why(&s.ledger, &s.own, WW_ROW(&rows, authorization, 0)->id, &story));
	unit_str_is(ww_json_str(ww_json_find(story, "stay.status")), "in-progress");
	(void)site_does(&s, .trigger = "A11", .at = "202603031100", .in = "202603031000",
	    .visit = "V9^^^MERCY");
	ck_assert_str_eq(authorizations(&s), "T1 approved PA7 \n");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- as people see it ------------------------------------------------------------------------------------ */

START_TEST(why_shows_authorizations_and_claims_of_the_stay)
{
	struct ww_json *story, *one;
	struct ww_rows rows;
	struct site s;

	open_late(&s);
	s.now = site_ms("202602010800");
	put(&s, patient);
	(void)site_does(&s, .trigger = "A01", .at = "202602011000", .in = "202602011000");
	put(&s, REQUEST("c", "T1",
	            ",'supportingInfo':[{'category':{'coding':[{'code':'admissionDates'}]},'"
	            "timingDate':'2026-02-01'}]"));
	put(&s, BILL("Claim", "a", "N1", "0111", ""));
	put(&s, REQUEST("d", "T2", ""));
	site_ok(&s, ww_why(&s.ledger, &s.own, only_stay(&s).id, &story));
	ck_assert_ptr_nonnull(story);
	ck_assert_uint_eq(ww_json_len(ww_json_find(story, "stay.authorizations")), 1);
	one = ww_json_find(story, "stay.authorizations[0]");
	unit_str_is(ww_json_str(ww_json_get(one, "number")), "T1");
	unit_str_is(ww_json_str(ww_json_get(one, "joined-by")), "person and date");
	unit_str_is(ww_json_str(ww_json_find(story, "stay.claims[0].status")), "counts");
	rows = site_rows(&s, &ww_entity_authorization);
	site_ok(&s, ww_why(&s.ledger, &s.own, WW_ROW(&rows, authorization, 0)->id, &story));
	unit_str_is(ww_json_str(ww_json_find(story, "authorization.number")), "T1");
	ck_assert_ptr_nonnull(ww_json_find(story, "stay.events[0]"));
	site_ok(&s, ww_why_member(&s.ledger, &s.own, WW_STR("m-0001"), &story));
	ck_assert_uint_eq(ww_json_len(ww_json_get(story, "authorizations")), 2);
	ck_assert_uint_eq(ww_json_len(ww_json_get(story, "claims")), 1);
	site_close(&s);
}
END_TEST

START_TEST(find_knows_the_numbers_of_authorizations)
{
	static const char *const numbers[] = { "T1", "PA7" };
	struct ww_search_result found;
	struct site s;

	open_late(&s);
	put(&s, patient);
	put(&s, request);
	put(&s, approved);
	(void)site_does(&s, .trigger = "A01", .at = "202603110900", .person = 2);
	for (size_t i = 0; i < UNIT_COUNT(numbers); i++) {
		struct ww_search q = { .authorization = ww_str_from(numbers[i]),
			.disposition = -1,
			.limit = 9,
			.control = ww_str_empty(),
			.patient = ww_str_empty(),
			.patient_system = ww_str_empty(),
			.member = ww_str_empty(),
			.visit = ww_str_empty(),
			.visit_system = ww_str_empty(),
			.type = ww_str_empty(),
			.event = ww_str_empty(),
			.feed = ww_str_empty() };

		site_ok(&s, ww_search_messages(&s.ledger, NULL, &s.own, &q, &found));
		ck_assert_uint_eq(found.n, 3);
		q.authorization = WW_STR("T");
		site_ok(&s, ww_search_messages(&s.ledger, NULL, &s.own, &q, &found));
		ck_assert_uint_eq(found.n, 0);
	}
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		request_answers_and_admission_are_one_in_any_order,
		a_request_that_is_taken_back_is_cancelled_whatever_was_answered,
		an_older_version_of_a_request_changes_nothing,
		a_request_sent_again_is_the_same_by_its_number,
		a_response_that_knows_the_number_only_is_of_that_request,
		a_response_of_another_feed_is_of_nothing_here,
		a_response_that_was_entered_in_error_never_was,
		a_request_that_goes_on_from_another_takes_its_place_in_any_order,
		what_was_denied_leaves_the_admission_told,
		what_was_told_of_a_person_is_the_others_while_they_are_one,
		which_bills_count_does_not_depend_on_the_order,
		a_new_version_of_a_bill_takes_all_of_the_old_away,
		a_bill_that_is_deleted_counts_no_more,
		a_bill_that_becomes_a_request_is_a_bill_no_more,
		a_claim_tells_the_diagnoses_of_the_stay,
		a_late_bill_is_scored_while_somebody_has_the_task,
		a_newer_version_of_a_condition_takes_the_older_ones_place,
		clinical_resources_are_kept_with_their_stay,
		a_request_that_names_its_encounter_is_of_that_stay,
		an_authorization_follows_when_the_stay_is_cancelled,
		why_shows_authorizations_and_claims_of_the_stay,
		find_knows_the_numbers_of_authorizations,
	};

	return unit_main("learn_claims", tests, UNIT_COUNT(tests));
}
