/* What rules look at, read from a ledger; and that what comes late is judged again. */
#include "tests/unit/unit.h"

#include "tests/unit/fhir_put.h"

#include "apply/gather.h"
#include "apply/work.h"

static const char program[] = "program: scores\n"
                              "title: Scores\n"
                              "version: 1\n"
                              "rules:\n"
                              "  - use: admission/1\n"
                              "  - use: hospital-2016/1\n"
                              "    set: {pending: true}\n"
                              "flags:\n"
                              "  admission: {to: coordinator, as: stay-task}\n"
                              "  discharge: {to: coordinator, as: stay-task}\n"
                              "  readmission-risk: {to: coordinator, as: stay-task}\n";

static const char patient[] =
    "{'resourceType':'Patient','id':'p','identifier':[{'type':{'coding':[{'system':'http://"
    "terminology.hl7.org/CodeSystem/v2-0203','code':'MB'}]},"
    "'system':'urn:acme','value':'M0001'}],'name':[{'family':'TESTFAMILY1','given':['GIVEN1']}],'"
    "gender':'female','birthDate':'1950-03-02'}";

#define RESULT(id, status, code, at, value, unit, updated)                                         \
	"{'resourceType':'Observation','id':'" id "','status':'" status                            \
	"','subject':{'reference':'Patient/p'},"                                                   \
	"'code':{'coding':[{'system':'http://loinc.org','code':'" code                             \
	"'}]},'effectiveDateTime':'" at "','valueQuantity':{'value':" value ",'unit':'" unit       \
	"','system':'http://unitsofmeasure.org','code':'" unit "'},"                               \
	"'meta':{'lastUpdated':'" updated "'}}"

static void
open_with_program(struct site *s)
{
	site_open(s);
	(void)site_file(s, "program", "scores", program);
	(void)site_config(s, SITE_CONFIG "programs:\n  - {file: scores.yaml}\n");
	s->now = site_ms("202603010800");
	site_apply(s);
	put(s, patient);
}

/* A stay of three days that began as an emergency. */
static void
stay(struct site *s)
{
	(void)site_does(
	    s, .trigger = "A01", .at = "202603021000", .in = "202603021000", .type = "E");
}

static void
leaves(struct site *s)
{
	(void)site_does(s, .trigger = "A03", .at = "202603051400", .in = "202603021000",
	    .out = "202603051400", .type = "E", .to = "01", .dx = "Z471");
}

/* The flag of the score; NULL: there is none that is open. */
static const struct ww_flag *
risk(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_flag);

	for (size_t i = rows.n; i-- > 0;) {
		const struct ww_flag *f = WW_ROW(&rows, flag, i);

		if (f->kind == WW_flag_kind_READMIT_RISK && f->state == WW_flag_state_OPEN)
			return f;
	}
	return NULL;
}

static void
risk_is(struct site *s, const char *when, int64_t low, int64_t high)
{
	const struct ww_flag *f = risk(s);

	ck_assert_msg(f != NULL, "%s: no flag", when);
	ck_assert_msg(f->low == low && f->high == high, "%s: %lld..%lld", when, (long long)f->low,
	    (long long)f->high);
	unit_str_is(f->rule, "hospital-2016/1");
}

/* -- what comes late ---------------------------------------------------------------------------------- */

START_TEST(results_that_come_late_change_the_score)
{
	struct site s;

	open_with_program(&s);
	stay(&s);
	leaves(&s);
	/* urgent; not known are both values, oncology and procedures */
	risk_is(&s, "discharged", 1, 1 + 1 + 2 + 1 + 1);
	put(&s, RESULT("hb", "final", "718-7", "2026-03-04T06:00:00-05:00", "11.0", "g/dL",
	            "2026-03-06T08:00:00Z"));
	risk_is(&s, "hemoglobin", 2, 6);
	put(&s, RESULT("na", "final", "2951-2", "2026-03-04T06:00:00-05:00", "140", "mmol/L",
	            "2026-03-06T08:00:00Z"));
	risk_is(&s, "sodium", 2, 5);
	put(&s, RESULT("hb", "corrected", "718-7", "2026-03-04T06:00:00-05:00", "130", "g/L",
	            "2026-03-06T09:00:00Z"));
	risk_is(&s, "hemoglobin corrected", 1, 4);
	put(&s, RESULT("na", "entered-in-error", "2951-2", "2026-03-04T06:00:00-05:00", "140",
	            "mmol/L", "2026-03-06T09:00:00Z"));
	risk_is(&s, "sodium taken back", 1, 5);
	put(&s, RESULT("hb2", "final", "718-7", "2026-03-05T15:00:00-05:00", "9", "g/dL",
	            "2026-03-06T09:00:00Z"));
	risk_is(&s, "of after the discharge", 1, 5);
	site_close(&s);
}
END_TEST

START_TEST(results_by_message_change_the_score)
{
	static const char oru[] =
	    "MSH|^~\\&|LAB|MERCY|WARDWIRE|PAYER|202603060800||ORU^R01|R1|P|2.5.1\r"
	    "PID|1||MR1^^^MERCY^MR||TESTFAMILY1^GIVEN1||19500302|F\r"
	    "PV1|1|I||||||||||||||||V1^^^MERCY\r"
	    "OBR|1||F1|CBC^CBC^L|||202603040600\r"
	    "OBX|1|NM|718-7^Hemoglobin^LN||110|g/L|||||F|||202603040600\r";
	struct site s;

	open_with_program(&s);
	stay(&s);
	leaves(&s);
	(void)site_message(&s, "mercy", WW_STR(oru), site_ms("202603060800"));
	site_apply(&s);
	risk_is(&s, "hemoglobin", 2, 6);
	site_close(&s);
}
END_TEST

START_TEST(procedures_that_come_late_change_the_score)
{
	struct site s;

	open_with_program(&s);
	stay(&s);
	leaves(&s);
	put(&s, "{'resourceType':'Procedure','id':'x','status':'completed','subject':{'reference':'"
	        "Patient/p'"
	        "},'code':{'coding':[{'system':'http://www.cms.gov/Medicare/Coding/"
	        "ICD10','code':'0SR9019'}]"
	        "},'performedDateTime':'2026-03-03T10:00:00-05:00'}");
	risk_is(&s, "a procedure", 2, 6);
	site_close(&s);
}
END_TEST

/* Some notice of the site has that text in it as it is to be sent now. */
static bool
is_told(struct site *s, const char *text)
{
	struct ww_rows rows = site_rows(s, &ww_entity_template);

	for (size_t i = 0; i < rows.n; i++) {
		if (strstr(ww_arena_cstr(s->own.arena, WW_ROW(&rows, template, i)->text), text) !=
		    NULL)
			return true;
	}
	return false;
}

/* -- a discharge that is announced -------------------------------------------------------------------- */

static void
announces(struct site *s, const char *trigger, const char *at, const char *planned)
{
	struct said m = {
		.trigger = trigger, .at = at, .in = "202603021000", .type = "E", .dx = "Z471"
	};
	ww_str bytes = site_bytes(s, &m), rest;
	size_t evn = 0;

	/* EVN-3 is behind EVN-2 */
	while (!ww_str_starts(ww_str_sub(bytes, evn, bytes.n), WW_STR("EVN|")))
		evn++;
	evn += ww_str_find(ww_str_sub(bytes, evn, bytes.n), '\r');
	rest = ww_str_sub(bytes, evn, bytes.n);
	bytes = ww_arena_printf(
	    s->own.arena, "%.*s|%s%.*s", (int)evn, bytes.p, planned, WW_STR_FMT(rest));
	(void)site_message(s, "mercy", bytes, site_ms(at) + 5000);
	site_apply(s);
}

START_TEST(an_announced_discharge_is_judged_until_it_comes_or_is_called_off)
{
	struct site s;
	struct ww_rows rows;

	open_with_program(&s);
	stay(&s);
	ck_assert_ptr_null(risk(&s));
	announces(&s, "A16", "202603040800", "202603081200");
	risk_is(&s, "announced", 1 + 2, 1 + 2 + 5); /* six days */
	ck_assert_int_eq(risk(&s)->completeness, WW_completeness_INCOMPLETE);
	ck_assert_ptr_nonnull(
	    strstr(ww_arena_cstr(s.own.arena, risk(&s)->evidence), "\"provisional\":true"));
	ck_assert(is_told(&s, "\"hospital-score\""));
	ck_assert(is_told(&s, "provisional readmission risk score: unknown"));
	ck_assert(is_told(&s, "\"readmission-risk-status\"},\"valueString\":\"provisional\""));
	announces(&s, "A25", "202603041000", "");
	ck_assert(!is_told(&s, "provisional"));
	ck_assert_ptr_null(risk(&s));
	announces(&s, "A16", "202603041100", "202603081200");
	risk_is(&s, "announced again", 3, 8);
	leaves(&s);
	risk_is(&s, "left earlier", 1, 6); /* three days */
	ck_assert_ptr_null(strstr(ww_arena_cstr(s.own.arena, risk(&s)->evidence), "provisional"));
	ck_assert(!is_told(&s, "provisional"));
	ck_assert(is_told(&s, "\"hospital-score\""));
	ck_assert(!is_told(&s, "lace-score"));
	/* it was one flag, told anew, and once retracted */
	rows = site_rows(&s, &ww_entity_flag);
	ck_assert_int_eq(risk(&s)->ordinal, 2);
	ck_assert_uint_gt(rows.n, 0);
	site_close(&s);
}
END_TEST

/* -- the case of a person ----------------------------------------------------------------------------- */

#define CLAIM(id, bill, from, to, rest)                                                            \
	"{'resourceType':'ExplanationOfBenefit','id':'" id                                         \
	"','status':'active','use':'claim','outcome':'complete','patient':{'reference':'Patient/"  \
	"p'},'identifier':[{'system':'urn:t','value':'" id "'}],'billablePeriod':{'start':'" from  \
	"','end':'" to "'},'type':{'coding':[{'code':'institutional'}]},"                          \
	"'insurer':{'display':'ACME'},'provider':{'display':'x'},'insurance':[{'focal':true,"      \
	"'coverage':{'display':'x'}}],'created':'2026-01-01',"                                     \
	"'supportingInfo':[{'sequence':1,'category':{'coding':[{'code':'typeofbill'}]},"           \
	"'code':{'coding':[{'code':'" bill "'}]}}" rest "]}"

#define FILL(id, at, status, rxnorm)                                                               \
	"{'resourceType':'MedicationDispense','id':'" id "','status':'" status                     \
	"','subject':{'reference':'Patient/p'},'whenHandedOver':'" at                              \
	"','medicationCodeableConcept':{'coding':[{'system':'http://www.nlm.nih.gov/research/"     \
	"umls/rxnorm','code':'" rxnorm "'}]}}"

#define COVERAGE(id, status, start, end)                                                           \
	"{'resourceType':'Coverage','id':'" id "','status':'" status                               \
	"','beneficiary':{'reference':'Patient/p'},'payor':[{'display':'ACME'}],"                  \
	"'subscriberId':'M0001','period':{'start':'" start "'" end "}}"

static struct ww_case
person_case(struct site *s, unsigned needs)
{
	struct ww_ctx cx = { .arena = s->own.arena, .now = site_ms("202604010800") };
	struct ww_rows people = site_rows(s, &ww_entity_person);
	struct ww_work *w = ww_work_new(s->apply, &cx, NULL);
	struct ww_case c;

	ck_assert_ptr_nonnull(w);
	ck_assert_uint_eq(people.n, 1);
	w->person = *WW_ROW(&people, person, 0);
	site_ok(s, ww_ledger_begin(&s->ledger, &cx));
	site_ok(s, ww_gather_person(w, needs, NULL, &c));
	ww_ledger_rollback(&s->ledger);
	return c;
}

START_TEST(reads_what_a_persons_rules_need_and_no_more)
{
	struct ww_case c;
	struct site s;

	open_with_program(&s);
	put(&s, CLAIM("stay", "0111", "2025-11-03", "2025-11-07", ""));
	put(&s, CLAIM("ed", "0131", "2025-12-01", "2025-12-01", ""));
	put(&s, FILL("f1", "2026-01-05", "completed", "111"));
	put(&s, FILL("f2", "2026-02-05", "completed", "111"));
	put(&s, FILL("f3", "2026-02-05", "completed", "222"));
	put(&s, FILL("f4", "2026-02-05", "cancelled", "333"));
	put(&s, FILL("f5", "2025-03-01", "completed", "444"));
	put(&s, COVERAGE("c1", "active", "2024-01-01", ",'end':'2024-12-31'"));
	put(&s, COVERAGE("c2", "active", "2025-01-01", ""));
	put(&s, COVERAGE("c3", "cancelled", "2020-01-01", ",'end':'2023-12-31'"));
	c = person_case(&s, 0);
	ck_assert_uint_eq(c.billed_n + c.visits_n + c.results_n + c.done_n, 0);
	ck_assert_int_eq(c.drugs, 0);
	ck_assert_int_eq(c.insured_since, 0);
	ck_assert_int_eq(c.as_of, ww_day_of(2026, 4, 1));
	unit_str_is(c.sex, "F");
	c = person_case(
	    &s, WW_NEEDS_CLAIMS | WW_NEEDS_VISITS | WW_NEEDS_DRUGS | WW_NEEDS_ELIGIBILITY);
	ck_assert_uint_eq(c.billed_n, 2);
	ck_assert_int_eq(c.drugs, 2);
	ck_assert_int_eq(c.insured_since, ww_day_of(2024, 1, 1));
	ck_assert_uint_ge(c.visits_n, 1);
	ck_assert_int_eq(c.visits[0].class_, WW_encounter_class_INPATIENT);
	ck_assert_int_eq(c.visits[0].day, ww_day_of(2025, 11, 3));
	ck_assert_int_eq(c.visits[0].end, ww_day_of(2025, 11, 7));
	site_close(&s);
}
END_TEST

START_TEST(insurance_ends_at_a_break)
{
	struct ww_case c;
	struct site s;

	open_with_program(&s);
	put(&s, COVERAGE("c1", "active", "2024-01-01", ",'end':'2024-12-30'"));
	put(&s, COVERAGE("c2", "active", "2025-01-01", ""));
	c = person_case(&s, WW_NEEDS_ELIGIBILITY);
	ck_assert_int_eq(c.insured_since, ww_day_of(2025, 1, 1));
	put(&s, COVERAGE("c2", "active", "2025-01-01", ",'end':'2026-03-31'"));
	c = person_case(&s, WW_NEEDS_ELIGIBILITY);
	ck_assert_int_eq(c.insured_since, 0);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		results_that_come_late_change_the_score,
		results_by_message_change_the_score,
		procedures_that_come_late_change_the_score,
		an_announced_discharge_is_judged_until_it_comes_or_is_called_off,
		reads_what_a_persons_rules_need_and_no_more,
		insurance_ends_at_a_break,
	};

	return unit_main("gather", tests, UNIT_COUNT(tests));
}
