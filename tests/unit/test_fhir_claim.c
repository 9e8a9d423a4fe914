/* Claims, explanations of benefit, requests for authorization and what is decided about them, as facts. */
#include "tests/unit/fhir_case.h"

#include "mappers/in/fhir_bill.h"

static struct ww_bill
bill_of(const char *text)
{
	struct ww_fhir_source s = source_of(text);
	struct ww_bill b;
	bool eob =
	    ww_str_is(ww_json_str(ww_json_get(s.resource, "resourceType")), "ExplanationOfBenefit");

	ck_assert_int_eq(
	    eob ? ww_fhir_eob(&cx, &s, &feed, &b) : ww_fhir_claim(&cx, &s, &feed, &b), WW_OK);
	return b;
}

static struct ww_decision
decision_of(const char *text)
{
	struct ww_fhir_source s = source_of(text);
	struct ww_decision d;

	ck_assert_int_eq(ww_fhir_response(&cx, &s, &feed, &d), WW_OK);
	return d;
}

/* want names fields of the claim and of its detail. */
static void
expect_bill(const struct ww_bill *b, const char *want, const char *text)
{
	ww_str rest = ww_str_from(want);

	while (rest.n > 0) {
		ww_str pair = ww_str_cut(rest, ' ', &rest), value,
		       field = ww_str_cut(pair, '=', &value);
		bool detail = false;

		for (size_t i = 0; i < ww_entity_claim_detail.n; i++)
			detail = detail || ww_str_is(field, ww_entity_claim_detail.fields[i].name);
		if (detail)
			expect(claim_detail, &b->detail, ww_arena_cstr(cx.arena, pair), text);
		else
			expect(claim, &b->claim, ww_arena_cstr(cx.arena, pair), text);
	}
}

static const char *
with(const char *head, const char *rest)
{
	static char text[8192];

	ck_assert(snprintf(text, sizeof(text), "%s,%s}", head, rest) < (int)sizeof(text));
	return text;
}

/* -- bills ------------------------------------------------------------------------------------------ */

static const char claim_head[] = "{'resourceType':'Claim','id':'1','status':'active','use':'claim',"
                                 "'patient':{'reference':'Patient/p'}";

START_TEST(a_bill_says_what_its_row_has)
{
	static const struct {
		const char *rest, *want;
	} rows[] = {
		{ "'identifier':[{'system':'urn:p','value':'C1'}]",
		    "number=C1 system=urn:p said=active status=" },
		{ "'identifier':[{'value':'x'},{'type':{'coding':[{'code':'uc'}]},'value':'C2'}]",
		    "number=C2 system=payer" },
		{ "'identifier':[{'value':'x'},{'type':{'coding':[{'code':'AN'}]},'value':'A9'}]",
		    "account=A9" },
		{ "'supportingInfo':[{'category':{'coding':[{'code':'patientaccountnumber'}]},'"
		  "valueString':'A7'}]",
		    "account=A7" },
		{ "'type':{'coding':[{'system':'x','code':'60'},{'system':'http://"
		  "terminology.hl7.org/CodeSystem/claim-type','code':'institutional'}]}",
		    "type=institutional" },
		{ "'billablePeriod':{'start':'2026-02-01','end':'2026-02-04'}",
		    "start=2026-02-01 end=2026-02-04" },
		{ "'item':[{'servicedDate':'2026-02-03'},{'servicedPeriod':{'start':'2026-02-01','"
		  "end':'2026-02-02'}}]",
		    "start=2026-02-01 end=2026-02-03" },
		{ "'supportingInfo':[{'category':{'coding':[{'code':'admissionperiod'}]},'"
		  "timingPeriod':{'start':'2026-01-15','end':'2026-01-27'}}]",
		    "admitted=2026-01-15 discharged=2026-01-27 start=2026-01-15" },
		{ "'supportingInfo':[{'category':{'coding':[{'code':'typeofbill'}]},'code':{'"
		  "coding':[{'code':'0117'}]}}],"
		  "'related':[{'claim':{'reference':'Claim/"
		  "0'},'relationship':{'coding':[{'code':'prior'}]}}]",
		    "bill=0117 frequency=7 related=Claim/0 class=inpatient" },
		{ "'supportingInfo':[{'category':{'coding':[{'code':'typeofbill'}]},'code':{'"
		  "coding':[{'code':'138'}]}}],'identifier':[{'value':'C3'}]",
		    "frequency=8 related=C3 class=outpatient" },
		{ "'related':[{'claim':{'reference':'http://h/fhir/Claim/5/_history/"
		  "2'},'relationship':{'coding':[{'code':'prior'}]}}]",
		    "frequency=7 related=Claim/5" },
		{ "'related':[{'claim':{'reference':'Claim/"
		  "5'},'relationship':{'coding':[{'code':'associated'}]}}]",
		    "frequency= related=" },
		{ "'insurance':[{'preAuthRef':['A1','A2']},{'preAuthRef':['A3']}]",
		    "authorization=A1~A2~A3" },
		{ "'total':{'value':1234.50,'currency':'USD'}", "total=1234.50 currency=USD" },
		{ "'supportingInfo':[{'category':{'coding':[{'code':'discharge-status'}]},'code':{'"
		  "coding':[{'code':'01'}]}},"
		  "{'category':{'coding':[{'code':'admtype'}]},'code':{'coding':[{'code':'1'}]}},"
		  "{'category':{'coding':[{'code':'pointoforigin'}]},'code':{'coding':[{'code':'4'}"
		  "]}},"
		  "{'category':{'coding':[{'code':'drg'}]},'code':{'coding':[{'code':'291'}]}}]",
		    "disposition=01 admit_type=1 admit_source=4 drg=291" },
		{ "'supportingInfo':[{'category':{'coding':[{'code':'discharge-status'}]},'code':{'"
		  "coding':[{'code':'3'}]}}]",
		    "disposition=03" },
		{ "'facility':{'identifier':{'value':'F1'}},'provider':{'display':'Dr. "
		  "Q'},'insurer':{'reference':'Organization/9'}",
		    "facility=F1 provider=Dr.~Q payer=Organization/9" },
		{ "'provider':{'display':'Clinic'}", "facility=Clinic" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_bill b = bill_of(with(claim_head, rows[i].rest));

		ck_assert_int_eq(b.authorization.use, WW_claim_use_NONE);
		expect_bill(&b, rows[i].want, rows[i].rest);
	}
}
END_TEST

START_TEST(an_explanation_of_benefit_says_what_was_paid)
{
	struct ww_bill b = bill_of(
	    "{'resourceType':'ExplanationOfBenefit','id':'e','status':'active','use':'claim','"
	    "outcome':'complete',"
	    "'claim':{'reference':'Claim/1'},'payment':{'amount':{'value':77.10,'currency':'USD'}},"
	    "'total':[{'category':{'coding':[{'code':'submitted'}]},'amount':{'value':100.00,'"
	    "currency':'USD'}}],"
	    "'item':[{'net':{'value':100.00},'adjudication':[{'category':{'coding':[{'code':'"
	    "benefit'}]},'amount':{'value':77.1}}]}]}");

	expect_bill(
	    &b, "request=Claim/1 paid=77.10 total=100.00 currency=USD outcome=complete", "");
	ck_assert_uint_eq(b.lines_n, 1);
	expect(claim_line, &b.lines[0], "net=100.00 paid=77.1 line=1", "");
}
END_TEST

START_TEST(lines_diagnoses_and_procedures_keep_their_codes)
{
	struct ww_bill b = bill_of(with(claim_head,
	    "'diagnosis':[{'sequence':1,'diagnosisCodeableConcept':{'coding':[{'system':'http://"
	    "snomed.info/sct','code':'42343007'},"
	    "{'system':'http://hl7.org/fhir/sid/"
	    "icd-10-cm','code':'i50.9'}]},'type':[{'coding':[{'code':'principal'}]}],"
	    "'onAdmission':{'coding':[{'code':'y'}]}},{'sequence':2,'diagnosisCodeableConcept':{'"
	    "text':'cough'}},"
	    "{'sequence':3,'diagnosisReference':{'reference':'Condition/3'}}],"
	    "'procedure':[{'sequence':1,'date':'2026-02-02','procedureCodeableConcept':{'coding':[{"
	    "'system':'urn:pcs','code':'0DTJ4ZZ'}]}}],"
	    "'item':[{'sequence':1,'revenue':{'coding':[{'code':'0450'}]},'productOrService':{'"
	    "coding':[{'system':'urn:h','code':'99284'}]},"
	    "'modifier':[{'coding':[{'code':'25'}]},{'coding':[{'code':'GC'}]}],'"
	    "locationCodeableConcept':{'coding':[{'code':'23'}]},"
	    "'quantity':{'value':1.0},'net':{'value':640.00},'diagnosisSequence':[1,3]}]"));

	ck_assert_uint_eq(b.problems_n, 1);
	expect(problem, &b.problems[0], "code=I509 system=I10 type=principal present=y line=1", "");
	ck_assert_uint_eq(b.procedures_n, 1);
	expect(procedure, &b.procedures[0], "code=0DTJ4ZZ system=urn:pcs start=2026-02-02", "");
	ck_assert_uint_eq(b.lines_n, 1);
	expect(claim_line, &b.lines[0],
	    "revenue=0450 code=99284 modifiers=25~GC place=23 quantity=1.0 net=640.00 "
	    "diagnoses=1~3",
	    "");
	expect_bill(&b, "class=emergency", "");
}
END_TEST

START_TEST(a_diagnosis_by_reference_is_that_conditions_code)
{
	static const struct known others[] = {
		{ "Condition/3", "{'resourceType':'Condition','code':{'coding':[{'system':'http://"
		                 "hl7.org/fhir/sid/icd-10-cm','code':'E11.9'}]}}" },
		{ NULL, NULL },
	};
	struct ww_bill b;

	known = others;
	b = bill_of(
	    with(claim_head, "'diagnosis':[{'diagnosisReference':{'reference':'Condition/3'}}]"));
	known = NULL;
	ck_assert_uint_eq(b.problems_n, 1);
	expect(problem, &b.problems[0], "code=E119 system=I10", "");
}
END_TEST

START_TEST(a_line_of_a_pharmacy_claim_is_a_drug_given_out)
{
	struct ww_bill b = bill_of(with(claim_head,
	    "'type':{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
	    "claim-type','code':'pharmacy'}]},"
	    "'supportingInfo':[{'category':{'coding':[{'code':'dayssupply'}]},'valueQuantity':{'"
	    "value':30}},"
	    "{'category':{'coding':[{'code':'refillnum'}]},'valueQuantity':{'value':2}}],"
	    "'careTeam':[{'provider':{'identifier':{'value':'1234567893'}},'role':{'coding':[{'"
	    "code':'prescribing'}]}}],"
	    "'item':[{'productOrService':{'coding':[{'system':'http://hl7.org/fhir/sid/"
	    "ndc','code':'0069-2587-10','display':'Vanco'}]},"
	    "'servicedDate':'2026-02-03','quantity':{'value':60.0}}]"));

	ck_assert_uint_eq(b.dispenses_n, 1);
	expect(dispense, &b.dispenses[0],
	    "kind=given~out ndc=0069258710 days=30 refill=2 quantity=60.0 prescriber=1234567893 "
	    "text=Vanco filled=2026-02-03",
	    "");
}
END_TEST

START_TEST(the_class_follows_from_type_of_bill_revenue_and_place)
{
	static const struct {
		const char *type, *bill, *revenue, *place;
		enum ww_encounter_class want;
	} rows[] = {
		{ "institutional", "0111", "", "", WW_encounter_class_INPATIENT },
		{ "institutional", "111", "0450", "", WW_encounter_class_INPATIENT },
		{ "institutional", "0131", "", "", WW_encounter_class_OUTPATIENT },
		{ "institutional", "0131", "0450", "", WW_encounter_class_ED },
		{ "institutional", "0131", "0459", "", WW_encounter_class_ED },
		{ "institutional", "0131", "0460", "", WW_encounter_class_OUTPATIENT },
		{ "institutional", "0131", "0981", "", WW_encounter_class_ED },
		{ "institutional", "0131", "762", "", WW_encounter_class_OBSERVATION },
		{ "institutional", "0851", "0450", "", WW_encounter_class_ED },
		{ "institutional", "0131", "0120", "", WW_encounter_class_OUTPATIENT },
		{ "institutional", "", "0120", "", WW_encounter_class_INPATIENT },
		{ "institutional", "0211", "0120", "", WW_encounter_class_UNKNOWN },
		{ "institutional", "0321", "", "", WW_encounter_class_UNKNOWN },
		{ "professional", "", "", "21", WW_encounter_class_INPATIENT },
		{ "professional", "", "", "23", WW_encounter_class_ED },
		{ "professional", "", "", "11", WW_encounter_class_OUTPATIENT },
		{ "professional", "", "", "99", WW_encounter_class_UNKNOWN },
		{ "institutional", "0131", "04500", "", WW_encounter_class_OUTPATIENT },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_claim_detail c;
		struct ww_claim_line l;

		ww_row_init(&ww_entity_claim_detail, &c);
		ww_row_init(&ww_entity_claim_line, &l);
		c.type = ww_str_from(rows[i].type);
		c.bill = ww_str_from(rows[i].bill);
		l.revenue = ww_str_from(rows[i].revenue);
		l.place = ww_str_from(rows[i].place);
		ck_assert_msg(ww_bill_class(&c, &l, 1) == rows[i].want, "row %zu", i);
	}
}
END_TEST

/* -- requests --------------------------------------------------------------------------------------- */

static const char request_head[] = "{'resourceType':'Claim','id':'9','status':'active','use':'"
                                   "preauthorization','patient':{'reference':'Patient/p'},"
                                   "'identifier':[{'system':'urn:t','value':'T1'}]";

START_TEST(a_request_says_what_is_asked_for)
{
	static const struct {
		const char *rest, *want;
	} rows[] = {
		{ "'supportingInfo':[{'category':{'coding':[{'code':'admissionDates'}]},'"
		  "timingDate':'2026-03-05'},"
		  "{'category':{'coding':[{'code':'dischargeDates'}]},'timingDate':'2026-03-08'}]",
		    "use=preauthorization number=T1 inpatient=1 requested=2026-03-05 "
		    "requested_end=2026-03-08" },
		{ "'supportingInfo':[{'category':{'coding':[{'code':'patientEvent'}]},'"
		  "timingPeriod':{'start':'2026-03-05','end':'2026-03-09'}}]",
		    "inpatient= requested=2026-03-05 requested_end=2026-03-09" },
		{ "'item':[{'servicedDate':'2026-04-01','productOrService':{'coding':[{'code':'"
		  "99221'}]},'extension':["
		  "{'url':'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
		  "extension-serviceItemRequestType','valueCodeableConcept':"
		  "{'coding':[{'system':'http://codesystem.x12.org/005010/1525','code':'AR'}]}},"
		  "{'url':'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
		  "extension-certificationType','valueCodeableConcept':"
		  "{'coding':[{'system':'https://codesystem.x12.org/005010/1322','code':'I'}]}}]}]",
		    "inpatient=1 requested=2026-04-01 service=99221 certification=I" },
		{ "'item':[{'locationCodeableConcept':{'coding':[{'code':'21'}]}}]",
		    "inpatient=1" },
		{ "'item':[{'locationCodeableConcept':{'coding':[{'code':'11'}]}}]", "inpatient=" },
		{ "'subType':{'coding':[{'code':'inpatient'}]}", "inpatient=1" },
		{ "'billablePeriod':{'start':'2026-05-01','end':'2026-05-02'}",
		    "requested=2026-05-01 requested_end=2026-05-02" },
		{ "'related':[{'claim':{'reference':'Claim/"
		  "8'},'relationship':{'coding':[{'code':'prior'}]}}]",
		    "related=Claim/8" },
		{ "'extension':[{'url':'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
		  "extension-levelOfServiceCode','valueCodeableConcept':"
		  "{'coding':[{'code':'U'}]}}]",
		    "level=U related=" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_bill b = bill_of(with(request_head, rows[i].rest));

		ck_assert_uint_eq(b.claim.said.n, 0);
		expect(authorization, &b.authorization, rows[i].want, rows[i].rest);
	}
}
END_TEST

START_TEST(a_request_or_bill_names_its_encounter)
{
	ck_assert(ww_str_is(
	    bill_of(
	        with(request_head,
	            "'extension':[{'url':'http://hl7.org/fhir/5.0/StructureDefinition/"
	            "extension-Claim.encounter','valueReference':{'reference':'Encounter/1'}}]"))
	        .encounter,
	    "Encounter/1"));
	ck_assert(ww_str_is(
	    bill_of(with(claim_head, "'item':[{},{'encounter':[{'reference':'Encounter/2'}]}]"))
	        .encounter,
	    "Encounter/2"));
}
END_TEST

/* -- decisions -------------------------------------------------------------------------------------- */

#define REVIEW(system, code, more)                                                                 \
	"{'adjudication':[{'extension':[{'url':'http://hl7.org/fhir/us/davinci-pas/"               \
	"StructureDefinition/extension-reviewAction',"                                             \
	"'extension':[" more "{'url':'http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"     \
	"extension-reviewActionCode',"                                                             \
	"'valueCodeableConcept':{'coding':[{'system':'" system "','code':'" code "'}]}}]}]}]}"
#define X12 "https://codesystem.x12.org/005010/306"

START_TEST(a_response_comes_to_a_decision)
{
	static const struct {
		const char *rest, *want;
	} rows[] = {
		{ "'outcome':'complete','item':[" REVIEW(
		      X12, "A1", "{'url':'number','valueString':'AUTH1'},") "]",
		    "status=approved action=A1 granted=AUTH1" },
		{ "'outcome':'complete','item':[" REVIEW(
		      "http://codesystem.x12.org/005010/306/", "A3", "") "]",
		    "status=denied action=A3" },
		{ "'outcome':'complete','item':[" REVIEW(X12, "A4", "") "]", "status=pended" },
		{ "'outcome':'complete','item':[" REVIEW(X12, "A6", "") "]", "status=partial" },
		{ "'outcome':'complete','item':[" REVIEW(X12, "A1", "") "," REVIEW(
		      X12, "A1", "") "]",
		    "status=approved" },
		{ "'outcome':'complete','item':[" REVIEW(X12, "A1", "") "," REVIEW(
		      X12, "A3", "") "]",
		    "status=partial" },
		{ "'outcome':'complete','item':[" REVIEW(X12, "A1", "") "," REVIEW(
		      X12, "A4", "") "]",
		    "status=pended" },
		{ "'outcome':'complete','item':[" REVIEW("urn:other", "A1", "") "]", "status=" },
		{ "'outcome':'complete','item':[" REVIEW(X12, "ZZ", "") "]", "status= action=ZZ" },
		{ "'outcome':'queued'", "status=pended" },
		{ "'outcome':'error'", "status=error" },
		{ "'outcome':'partial'", "status=partial" },
		{ "'outcome':'complete','preAuthRef':'P7','preAuthPeriod':{'start':'2026-03-05','"
		  "end':'2026-03-09'}",
		    "status=approved granted=P7 authorized=2026-03-05 authorized_end=2026-03-09" },
		{ "'outcome':'complete'", "status=" },
		{ "'outcome':'complete','use':'claim','preAuthRef':'P7'", "status=" },
		{ "'outcome':'complete','item':[{'extension':[{'url':'http://hl7.org/fhir/us/"
		  "davinci-pas/StructureDefinition/extension-itemPreAuthPeriod',"
		  "'valuePeriod':{'start':'2005-05-02','end':'2005-06-02'}}]}]",
		    "authorized=2005-05-02 authorized_end=2005-06-02" },
		{ "'request':{'reference':'Claim/9'},'outcome':'queued'", "request=Claim/9" },
		{ "'identifier':[{'value':'T1'}],'outcome':'queued'", "request= number=T1" },
		{ "'identifier':[{'value':'X'}],'request':{'identifier':{'value':'T1'}},'outcome':'"
		  "queued'",
		    "number=T1" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_decision d = decision_of(with(
		    "{'resourceType':'ClaimResponse','id':'r','status':'active'", rows[i].rest));

		expect(decision, &d, rows[i].want, rows[i].rest);
	}
}
END_TEST

START_TEST(a_response_that_was_taken_back_decides_accordingly)
{
	struct ww_decision d = decision_of("{'resourceType':'ClaimResponse','id':'r','status':'"
	                                   "cancelled','outcome':'complete','preAuthRef':'P'}");

	expect(decision, &d, "status=cancelled", "cancelled");
	d = decision_of("{'resourceType':'ClaimResponse','id':'r','status':'entered-in-error','"
	                "outcome':'complete','preAuthRef':'P'}");
	expect(decision, &d, "status=", "entered-in-error");
}
END_TEST

/* What a sender writes instead of what is expected there must not be followed. */
START_TEST(what_is_of_another_kind_says_nothing)
{
	static const char *const rows[] = {
		"'identifier':'x','type':[],'item':{},'diagnosis':'x','supportingInfo':{'category':"
		"1}",
		"'item':[1,null,'x'],'diagnosis':[1,null],'procedure':[[]],'related':[7],'"
		"insurance':[{'preAuthRef':'x'}]",
		"'supportingInfo':[{'category':'typeofbill'},{'category':{'coding':{}}},7],'"
		"subType':'x','extension':[{'url':7}]",
		"'identifier':[{'type':{'coding':[{'code':7}]},'value':{}}],'total':[],'"
		"billablePeriod':'2026','facility':[]",
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		(void)bill_of(with(claim_head, rows[i]));
		(void)bill_of(with("{'resourceType':'Claim','use':'preauthorization'", rows[i]));
		(void)decision_of(with("{'resourceType':'ClaimResponse','id':'r'", rows[i]));
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_bill_says_what_its_row_has,
		an_explanation_of_benefit_says_what_was_paid,
		lines_diagnoses_and_procedures_keep_their_codes,
		a_diagnosis_by_reference_is_that_conditions_code,
		a_line_of_a_pharmacy_claim_is_a_drug_given_out,
		the_class_follows_from_type_of_bill_revenue_and_place,
		a_request_says_what_is_asked_for,
		a_request_or_bill_names_its_encounter,
		a_response_comes_to_a_decision,
		a_response_that_was_taken_back_decides_accordingly,
		what_is_of_another_kind_says_nothing,
	};

	return unit_main("fhir_claim", tests, UNIT_COUNT(tests));
}
