/* Conditions, procedures, drugs and observations as facts. */
#include "tests/unit/fhir_case.h"

typedef ww_status mapper_fn(struct ww_ctx *c, const struct ww_fhir_source *source,
    const struct ww_feed *f, struct ww_clinical *out);

static struct ww_clinical
clinical_of(mapper_fn *map, const char *text)
{
	struct ww_fhir_source s = source_of(text);
	struct ww_clinical c;

	ck_assert_int_eq(map(&cx, &s, &feed, &c), WW_OK);
	return c;
}

START_TEST(a_condition_is_a_diagnosis_a_system)
{
	struct ww_clinical c = clinical_of(ww_fhir_condition,
	    "{'resourceType':'Condition','id':'c','subject':{'reference':'Patient/"
	    "p'},'encounter':{'reference':'Encounter/e'},"
	    "'category':[{'coding':[{'code':'problem-list-item'}]}],'clinicalStatus':{'coding':[{'"
	    "code':'active'}]},"
	    "'verificationStatus':{'coding':[{'code':'confirmed'}]},'onsetDateTime':'2025-11','"
	    "recordedDate':'2026-01-02',"
	    "'code':{'coding':[{'system':'http://hl7.org/fhir/sid/"
	    "icd-10-cm','code':'I50.9'},{'system':'http://hl7.org/fhir/sid/icd-10','code':'I50'},"
	    "{'system':'http://snomed.info/sct','code':'42343007'}]}}");

	ck_assert_uint_eq(c.problems_n, 2);
	expect(problem, &c.problems[0],
	    "code=I509 system=I10 clinical=active verification=confirmed type=problem-list-item "
	    "onset=2025-11 recorded=2026-01-02 "
	    "resource=Condition/c line=1",
	    "");
	expect(problem, &c.problems[1], "code=42343007 system=SCT line=2", "");
	unit_str_is(c.encounter, "Encounter/e");
	ck_assert_int_eq(c.at.prec, WW_PREC_MONTH);
}
END_TEST

START_TEST(a_condition_that_was_refuted_is_none)
{
	static const char *const statuses[] = { "refuted", "entered-in-error" };

	for (size_t i = 0; i < UNIT_COUNT(statuses); i++) {
		char text[512];

		snprintf(text, sizeof(text),
		    "{'resourceType':'Condition','id':'c','verificationStatus':{'coding':[{'code':'"
		    "%s'}]},"
		    "'code':{'coding':[{'system':'http://hl7.org/fhir/sid/"
		    "icd-10-cm','code':'I50.9'}]}}",
		    statuses[i]);
		ck_assert_uint_eq(clinical_of(ww_fhir_condition, text).problems_n, 0);
	}
}
END_TEST

START_TEST(a_procedure_counts_when_it_was_done)
{
	static const struct {
		const char *status, *want;
	} rows[] = {
		{ "completed", "code=80146002" },
		{ "in-progress", "code=80146002" },
		{ "not-done", "code=" },
		{ "preparation", "code=" },
		{ "entered-in-error", "code=" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_clinical c;
		char text[512];

		snprintf(text, sizeof(text),
		    "{'resourceType':'Procedure','id':'c','status':'%s','performedPeriod':{'start':"
		    "'2026-02-01','end':'2026-02-02'},"
		    "'code':{'coding':[{'system':'http://snomed.info/sct','code':'80146002'}]}}",
		    rows[i].status);
		c = clinical_of(ww_fhir_procedure, text);
		expect(procedure, &c.procedure, rows[i].want, rows[i].status);
		expect(procedure, &c.procedure, "start=2026-02-01 end=2026-02-02", rows[i].status);
	}
}
END_TEST

START_TEST(the_three_kinds_of_medication_are_one_row)
{
	static const struct known others[] = {
		{ "Medication/m", "{'resourceType':'Medication','code':{'coding':[{'system':'http:/"
		                  "/www.nlm.nih.gov/research/umls/rxnorm','code':'197361',"
		                  "'display':'Amlodipine'}]}}" },
		{ NULL, NULL },
	};
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "{'resourceType':'MedicationDispense','id':'d','status':'completed','contained':["
		  "{'resourceType':'Medication','id':'x',"
		  "'code':{'coding':[{'system':'http://hl7.org/fhir/sid/"
		  "ndc','code':'0069-2587-10'}]}}],'medicationReference':{'reference':'#x',"
		  "'display':'V'},'quantity':{'value':12,'unit':'Vial'},'daysSupply':{'value':3},'"
		  "whenPrepared':'2015-01-15T10:20:00Z'}",
		    "kind=given~out ndc=0069258710 text=V quantity=12 unit=Vial days=3 "
		    "filled=2015-01-15T10:20:00Z" },
		{ "{'resourceType':'MedicationRequest','id':'r','status':'active','"
		  "medicationReference':{'reference':'Medication/m'},"
		  "'authoredOn':'2026-01-05','identifier':[{'value':'RX1'}],'requester':{'display':"
		  "'Dr. Q'},"
		  "'dispenseRequest':{'numberOfRepeatsAllowed':3,'quantity':{'value':30},'"
		  "expectedSupplyDuration':{'value':30}}}",
		    "kind=asked~for rxnorm=197361 text=Amlodipine number=RX1 refill=3 quantity=30 "
		    "days=30 prescriber=Dr.~Q filled=2026-01-05" },
		{ "{'resourceType':'MedicationAdministration','id':'a','status':'completed','"
		  "medicationCodeableConcept':{'text':'Aspirin'},"
		  "'effectiveDateTime':'2026-01-05','dosage':{'dose':{'value':500,'unit':'mg'}}}",
		    "kind=given text=Aspirin quantity=500 unit=mg filled=2026-01-05" },
		{ "{'resourceType':'MedicationDispense','id':'d','status':'entered-in-error','"
		  "whenPrepared':'2015-01-15'}",
		    "kind= filled=" },
	};

	known = others;
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_clinical c = clinical_of(ww_fhir_medication, rows[i].text);

		expect(dispense, &c.dispense, rows[i].want, rows[i].text);
	}
	known = NULL;
}
END_TEST

START_TEST(an_observation_keeps_its_value_as_written)
{
	static const struct {
		const char *rest, *want;
	} rows[] = {
		{ "'valueQuantity':{'value':7.10,'comparator':'<','unit':'gram','system':'http://"
		  "unitsofmeasure.org','code':'g/dL'},"
		  "'referenceRange':[{'low':{'value':12.0},'high':{'value':16},'text':'12 to "
		  "16'}],'interpretation':[{'coding':[{'code':'LL'}]}]",
		    "value=7.10 comparator=< unit=g/dL low=12.0 high=16 range=12~to~16 "
		    "abnormal=LL" },
		{ "'valueString':'never smoked'", "value=never~smoked unit=" },
		{ "'valueCodeableConcept':{'coding':[{'system':'http://snomed.info/"
		  "sct','code':'266919005'}]}",
		    "value=266919005 value_system=http://snomed.info/sct" },
		{ "'valueBoolean':false", "value=false" },
		{ "'valueInteger':21", "value=21" },
		{ "'dataAbsentReason':{'coding':[{'code':'unknown'}]}", "value=" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_clinical c;
		char text[1024];

		snprintf(text, sizeof(text),
		    "{'resourceType':'Observation','id':'o','status':'final','effectiveDateTime':'"
		    "2026-03-02T08:00:00-05:00',"
		    "'code':{'coding':[{'system':'http://loinc.org','code':'718-7'}]},%s}",
		    rows[i].rest);
		c = clinical_of(ww_fhir_observation, text);
		ck_assert_uint_eq(c.observations_n, 1);
		expect(observation, &c.observations[0], rows[i].want, rows[i].rest);
		expect(observation, &c.observations[0],
		    "code=718-7 system=http://loinc.org status=final "
		    "observed=2026-03-02T08:00:00-05:00 resource=Observation/o",
		    rows[i].rest);
	}
}
END_TEST

START_TEST(components_are_observations_of_their_own)
{
	struct ww_clinical c = clinical_of(ww_fhir_observation,
	    "{'resourceType':'Observation','id':'o','status':'final','code':{'coding':[{'code':'"
	    "85354-9'}]},'component':["
	    "{'code':{'coding':[{'code':'8480-6'}]},'valueQuantity':{'value':142}},"
	    "{'code':{'coding':[{'code':'8462-4'}]},'valueQuantity':{'value':91}},{'code':{'coding'"
	    ":[{'code':'x'}]}}]}");

	ck_assert_uint_eq(c.observations_n, 3);
	expect(observation, &c.observations[0], "code=85354-9 value=", "");
	expect(observation, &c.observations[2], "code=8462-4 value=91", "");
}
END_TEST

START_TEST(what_was_cancelled_or_entered_in_error_is_none)
{
	ck_assert_uint_eq(clinical_of(ww_fhir_observation,
	                      "{'resourceType':'Observation','id':'o','status':'cancelled'}")
	                      .observations_n,
	    0);
	ck_assert_uint_eq(clinical_of(ww_fhir_observation,
	                      "{'resourceType':'Observation','id':'o','status':'entered-in-error'}")
	                      .observations_n,
	    0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_condition_is_a_diagnosis_a_system,
		a_condition_that_was_refuted_is_none,
		a_procedure_counts_when_it_was_done,
		the_three_kinds_of_medication_are_one_row,
		an_observation_keeps_its_value_as_written,
		components_are_observations_of_their_own,
		what_was_cancelled_or_entered_in_error_is_none,
	};

	return unit_main("fhir_clinical", tests, UNIT_COUNT(tests));
}
