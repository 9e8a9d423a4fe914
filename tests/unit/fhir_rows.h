/* Resources for test_fhir_check.c: pieces of them, and rows that break one invariant each. */
#ifndef WW_TESTS_FHIR_ROWS_H
#define WW_TESTS_FHIR_ROWS_H

/* Resources to which a row adds members. */
#define ENCOUNTER(more)                                                                            \
	"{\"resourceType\":\"Encounter\",\"status\":\"planned\",\"class\":{\"code\":\"IMP\"}" more \
	"}"
#define TASK(more) "{\"resourceType\":\"Task\",\"status\":\"draft\",\"intent\":\"order\"" more "}"
#define PATIENT(more) "{\"resourceType\":\"Patient\",\"active\":true" more "}"
#define OBSERVATION(more)                                                                          \
	"{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"}" more "}"
#define BUNDLE(type, more) "{\"resourceType\":\"Bundle\",\"type\":\"" type "\"" more "}"
#define CONTAINED(resource) PATIENT(",\"contained\":[" resource "]")
#define EXTENSION(more) PATIENT(",\"extension\":[{\"url\":\"http://x\"" more "}]")
#define VALUE(more) EXTENSION(",\"value" more)
#define DIV(inside)                                                                                \
	PATIENT(                                                                                   \
	    ",\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/" \
	    "xhtml\\\">" inside "</div>\"}")

struct row {
	const char *text;
	const char *rule;       /* NULL: good */
	const char *expression; /* of the first error */
};

#define ORG(more) "{\"resourceType\":\"Organization\",\"name\":\"x\",\"id\":\"o\"" more "}"

#define UCUM "\"system\":\"http://unitsofmeasure.org\""
#define AS(type, value) VALUE(type "\":{" value "}")
#define AT(type) "Patient.extension[0].value" type
#define REPEAT(more) AS("Timing", "\"repeat\":{" more "}")
#define ALLERGY(more)                                                                              \
	"{\"resourceType\":\"AllergyIntolerance\",\"patient\":{\"display\":\"x\"}" more "}"
#define VERIFIED(code)                                                                             \
	",\"verificationStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/"           \
	"CodeSystem/allergyintolerance-verification\",\"code\":\"" code "\"}]}"
#define ALLERGY_ACTIVE                                                                             \
	",\"clinicalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"    \
	"allergyintolerance-clinical\",\"code\":\"active\"}]}"
#define APPOINTMENT(status, participant, more)                                                     \
	"{\"resourceType\":\"Appointment\",\"status\":\"" status                                   \
	"\",\"participant\":[{\"status\":\"accepted\"" participant "}]" more "}"
#define ACTOR ",\"actor\":{\"display\":\"x\"}"
#define FROM ",\"start\":\"2026-01-01T10:00:00Z\""
#define UNTIL ",\"end\":\"2026-01-01T11:00:00Z\""
#define AUDIT(entity)                                                                              \
	"{\"resourceType\":\"AuditEvent\",\"type\":{\"code\":\"x\"},\"recorded\":\"2026-01-01T00:" \
	"00:00Z\",\"agent\":[{\"requestor\":true}],\"source\":{\"observer\":{\"display\":\"x\"}}," \
	"\"entity\":[{" entity "}]}"
#define ENTRY(more) ",\"entry\":[{" more "}]"
#define BASIC "\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"}}"
#define CAPABILITY(kind, more)                                                                     \
	"{\"resourceType\":\"CapabilityStatement\",\"status\":\"draft\",\"date\":\"2026\","        \
	"\"kind\":\"" kind "\",\"fhirVersion\":\"4.0.1\",\"format\":[\"json\"]" more "}"
#define REST ",\"rest\":[{\"mode\":\"server\"}]"
#define IMPLEMENTATION ",\"implementation\":{\"description\":\"x\"}"
#define SOFTWARE ",\"software\":{\"name\":\"x\"}"
#define DOCUMENT "{\"mode\":\"consumer\",\"profile\":\"http://x\"}"
#define CONDITION_IN(more)                                                                         \
	"{\"resourceType\":\"Condition\",\"subject\":{\"display\":\"x\"}" more "}"
#define CONDITION_CLINICAL(code)                                                                   \
	",\"clinicalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"    \
	"condition-clinical\",\"code\":\"" code "\"}]}"
#define CONDITION_VERIFIED(code)                                                                   \
	",\"verificationStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/"           \
	"CodeSystem/condition-ver-status\",\"code\":\"" code "\"}]}"
#define CONSENT(scope, more)                                                                       \
	"{\"resourceType\":\"Consent\",\"status\":\"active\",\"scope\":{\"coding\":[{\"system\":"  \
	"\"something\",\"code\":\"" scope "\"}]},\"category\":[{\"text\":\"x\"}]" more "}"
#define POLICY ",\"policyRule\":{\"text\":\"x\"}"
#define COMPOSITION(section)                                                                       \
	"{\"resourceType\":\"Composition\",\"status\":\"final\",\"type\":{\"text\":\"x\"},"        \
	"\"date\":\"2026\",\"author\":[{\"display\":\"x\"}],\"title\":\"x\",\"section\":[{"        \
	"\"title\":\"x\"" section "}]}"
#define ELIGIBILITY(item)                                                                          \
	"{\"resourceType\":\"CoverageEligibilityResponse\",\"status\":\"active\",\"purpose\":["    \
	"\"benefits\"],\"patient\":{\"display\":\"x\"},\"created\":\"2026\",\"request\":{"         \
	"\"display\":\"x\"},\"outcome\":\"complete\",\"insurer\":{\"display\":\"x\"},"             \
	"\"insurance\":[{\"coverage\":{\"display\":\"x\"},\"item\":[{" item "}]}]}"
#define FAMILY(more)                                                                               \
	"{\"resourceType\":\"FamilyMemberHistory\",\"status\":\"partial\",\"patient\":{"           \
	"\"display\":\"x\"},\"relationship\":{\"text\":\"x\"}" more "}"
#define GOAL(target)                                                                               \
	"{\"resourceType\":\"Goal\",\"lifecycleStatus\":\"active\",\"description\":{\"text\":"     \
	"\"x\"},\"subject\":{\"display\":\"x\"},\"target\":[{" target "}]}"
#define GROUP(actual, more)                                                                        \
	"{\"resourceType\":\"Group\",\"type\":\"person\",\"actual\":" actual more "}"
#define LIST(mode, more)                                                                           \
	"{\"resourceType\":\"List\",\"status\":\"current\",\"mode\":\"" mode "\"" more "}"
#define ITEM ",\"entry\":[{\"item\":{\"display\":\"x\"}"
#define MEASURE(stratifier)                                                                        \
	"{\"resourceType\":\"Measure\",\"status\":\"draft\",\"group\":[{\"stratifier\":[{"         \
	"\"id\":\"a\"" stratifier "}]}]}"
#define CRITERIA "\"criteria\":{\"language\":\"text/cql\",\"expression\":\"x\"}"
#define REPORT(type, more)                                                                         \
	"{\"resourceType\":\"MeasureReport\",\"status\":\"complete\",\"type\":\"" type             \
	"\",\"measure\":\"http://x\",\"period\":{\"start\":\"2026\"}" more "}"
#define DISPENSE(more)                                                                             \
	"{\"resourceType\":\"MedicationDispense\",\"status\":\"completed\","                       \
	"\"medicationCodeableConcept\":{\"text\":\"x\"}" more "}"
#define QUESTIONS(items)                                                                           \
	"{\"resourceType\":\"Questionnaire\",\"status\":\"draft\",\"item\":[" items "]}"
#define QUESTION(type, more) "{\"linkId\":\"1\",\"type\":\"" type "\"" more "}"
#define WHEN "{\"question\":\"2\",\"operator\":\"exists\",\"answerBoolean\":true}"
#define OPTIONS ",\"answerOption\":[{\"valueString\":\"x\"}]"
#define INITIAL "{\"valueString\":\"x\"}"
#define RISK(prediction)                                                                           \
	"{\"resourceType\":\"RiskAssessment\",\"status\":\"final\",\"subject\":{\"display\":"      \
	"\"x\"},\"prediction\":[{" prediction "}]}"
#define PERCENT(n) "{\"value\":" n ",\"code\":\"%\"," UCUM "}"
#define TRIGGER(more) AS("TriggerDefinition", "\"type\":" more)
#define DATA ",\"data\":[{\"type\":\"Encounter\"}]"
#define CODED(code) "\"code\":{\"coding\":[{\"system\":\"http://x\",\"code\":\"" code "\"}]}"

static const struct row broken[] = {
	/* datatypes */
	{ AS("Age", "\"value\":1," UCUM), "age-1", AT("Age") },
	{ AS("Age", "\"value\":0,\"code\":\"a\"," UCUM), "age-1", AT("Age") },
	{ AS("Age", "\"value\":1,\"code\":\"a\",\"system\":\"http://x\""), "age-1", AT("Age") },
	{ AS("Count", "\"value\":1.5,\"code\":\"1\"," UCUM), "cnt-3", AT("Count") },
	{ AS("Distance", "\"value\":1"), "dis-1", AT("Distance") },
	{ AS("Duration", "\"code\":\"h\"," UCUM), "drt-1", AT("Duration") },
	{ AS("Quantity", "\"value\":1,\"code\":\"mg\""), "qty-3", AT("Quantity") },
	{ AS("Dosage", "\"doseAndRate\":[{\"doseQuantity\":{\"value\":1,\"code\":\"mg\"}}]"),
	    "qty-3", AT("Dosage.doseAndRate[0].doseQuantity") },
	{ OBSERVATION(",\"referenceRange\":[{\"low\":{\"value\":1,\"comparator\":\"<\"}}]"),
	    "sqty-1", "Observation.referenceRange[0].low" },
	{ AS("Attachment", "\"data\":\"QUJD\""), "att-1", AT("Attachment") },
	{ AS("ContactPoint", "\"value\":\"x\""), "cpt-2", AT("ContactPoint") },
	{ AS("DataRequirement",
	      "\"type\":\"Encounter\",\"codeFilter\":[{\"valueSet\":\"http://x\"}]"),
	    "drq-1", AT("DataRequirement.codeFilter[0]") },
	{ AS("DataRequirement",
	      "\"type\":\"Encounter\",\"dateFilter\":[{\"path\":\"x\",\"searchParam\":\"y\"}]"),
	    "drq-2", AT("DataRequirement.dateFilter[0]") },
	{ AS("Expression", "\"language\":\"text/cql\""), "exp-1", AT("Expression") },
	{ PATIENT(",\"extension\":[{\"url\":\"race\",\"valueCode\":\"x\"}]"), "extension-url",
	    "Patient.extension[0].url" },
	{ EXTENSION(""), "ext-1", "Patient.extension[0]" },
	{ EXTENSION(",\"valueCode\":\"x\",\"extension\":[{\"url\":\"a\",\"valueCode\":\"x\"}]"),
	    "ext-1", "Patient.extension[0]" },
	{ AS("Period", "\"start\":\"2026-03-02\",\"end\":\"2026-03-01\""), "per-1", AT("Period") },
	{ AS("Period", "\"start\":\"2026-03-01T10:00:00Z\",\"end\":\"2026-03-01T10:00:00+01:00\""),
	    "per-1", AT("Period") },
	{ AS("Range", "\"low\":{\"value\":1.10},\"high\":{\"value\":1.09}"), "rng-2", AT("Range") },
	{ AS("Range", "\"low\":{\"value\":-1},\"high\":{\"value\":-1.5}"), "rng-2", AT("Range") },
	{ AS("Range", "\"low\":{\"value\":2e1},\"high\":{\"value\":19.99}"), "rng-2", AT("Range") },
	{ AS("Ratio", "\"numerator\":{\"value\":1}"), "rat-1", AT("Ratio") },
	{ AS("Reference", "\"reference\":\"#none\""), "ref-1", AT("Reference") },
	{ REPEAT("\"duration\":1"), "tim-1", AT("Timing.repeat") },
	{ REPEAT("\"period\":1"), "tim-2", AT("Timing.repeat") },
	{ REPEAT("\"duration\":-1,\"durationUnit\":\"h\""), "tim-4", AT("Timing.repeat") },
	{ REPEAT("\"period\":-0.5,\"periodUnit\":\"h\""), "tim-5", AT("Timing.repeat") },
	{ REPEAT("\"periodMax\":1"), "tim-6", AT("Timing.repeat") },
	{ REPEAT("\"durationMax\":1"), "tim-7", AT("Timing.repeat") },
	{ REPEAT("\"countMax\":1"), "tim-8", AT("Timing.repeat") },
	{ REPEAT("\"offset\":1"), "tim-9", AT("Timing.repeat") },
	{ REPEAT("\"offset\":1,\"when\":[\"CM\"]"), "tim-9", AT("Timing.repeat") },
	{ REPEAT("\"timeOfDay\":[\"10:00:00\"],\"when\":[\"ACM\"]"), "tim-10",
	    AT("Timing.repeat") },
	{ TRIGGER("\"periodic\",\"timingDate\":\"2026\"" DATA), "trd-1", AT("TriggerDefinition") },
	{ TRIGGER("\"named-event\",\"name\":\"x\",\"condition\":{\"language\":\"text/cql\","
	          "\"expression\":\"x\"}"),
	    "trd-2", AT("TriggerDefinition") },
	{ TRIGGER("\"named-event\""), "trd-3", AT("TriggerDefinition") },
	{ TRIGGER("\"periodic\""), "trd-3", AT("TriggerDefinition") },
	{ TRIGGER("\"data-added\""), "trd-3", AT("TriggerDefinition") },
	/* Bundle, Parameters */
	{ BUNDLE("collection", ",\"total\":1"), "bdl-1", "Bundle" },
	{ BUNDLE("collection", ENTRY(BASIC ",\"search\":{\"mode\":\"match\"}")), "bdl-2",
	    "Bundle" },
	{ BUNDLE("collection", ENTRY(BASIC ",\"request\":{\"method\":\"POST\",\"url\":\"Basic\"}")),
	    "bdl-3", "Bundle" },
	{ BUNDLE("transaction", ENTRY(BASIC)), "bdl-3", "Bundle" },
	{ BUNDLE("collection", ENTRY(BASIC ",\"response\":{\"status\":\"200\"}")), "bdl-4",
	    "Bundle" },
	{ BUNDLE("batch-response", ENTRY(BASIC)), "bdl-4", "Bundle" },
	{ BUNDLE("collection", ENTRY("\"fullUrl\":\"http://x/Basic/1\"")), "bdl-5",
	    "Bundle.entry[0]" },
	{ BUNDLE("collection", ",\"entry\":[{\"fullUrl\":\"http://x/Basic/1\"," BASIC
	                       "},{\"fullUrl\":\"http://x/Basic/1\"," BASIC "}]"),
	    "bdl-7", "Bundle" },
	{ BUNDLE("collection", ENTRY("\"fullUrl\":\"http://x/Basic/1/_history/1\"," BASIC)),
	    "bdl-8", "Bundle.entry[0]" },
	{ BUNDLE("document",
	      ",\"timestamp\":\"2026-01-01T00:00:00Z\",\"entry\":[{\"resource\":" COMPOSITION(
	          ",\"text\":{\"status\":\"empty\",\"div\":\"<div xmlns=\\\"ht"
	          "tp://www.w3.org/1999/xhtml\\\">x</div>\"}") "}]"),
	    "bdl-9", "Bundle" },
	{ BUNDLE("document", ",\"identifier\":{\"system\":\"urn:x\",\"value\":\"1\"},\"entry\":[{"
	                     "\"resource\":" COMPOSITION(",\"entry\":[{\"display\":\"x\"}]") "}]"),
	    "bdl-10", "Bundle" },
	{ BUNDLE("document", ",\"timestamp\":\"2026-01-01T00:00:00Z\",\"identifier\":{\"system\":"
	                     "\"urn:x\",\"value\":\"1\"}" ENTRY(BASIC)),
	    "bdl-11", "Bundle" },
	{ BUNDLE("message", ENTRY(BASIC)), "bdl-12", "Bundle" },
	{ "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"x\"}]}", "inv-1",
	    "Parameters.parameter[0]" },
	{ "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"x\",\"valueCode\":"
	  "\"x\"," BASIC "}]}",
	    "inv-1", "Parameters.parameter[0]" },
	/* CapabilityStatement */
	{ CAPABILITY("instance", IMPLEMENTATION), "cpb-1", "CapabilityStatement" },
	{ CAPABILITY("requirements", REST), "cpb-2", "CapabilityStatement" },
	{ CAPABILITY("requirements", REST
	      ",\"description\":\"x\",\"messaging\":[{\"endpoint\":[{\"protocol\":{\"code\":\"x\"},"
	      "\"address\":\"http://x\"}]}]"),
	    "cpb-3", "CapabilityStatement" },
	{ CAPABILITY("instance", REST ",\"description\":\"x\""), "cpb-14", "CapabilityStatement" },
	{ CAPABILITY("capability", REST ",\"description\":\"x\""), "cpb-15",
	    "CapabilityStatement" },
	{ CAPABILITY("requirements", REST SOFTWARE), "cpb-16", "CapabilityStatement" },
	{ CAPABILITY("instance", IMPLEMENTATION ",\"document\":[" DOCUMENT "," DOCUMENT "]"),
	    "cpb-7", "CapabilityStatement" },
	{ CAPABILITY("instance", IMPLEMENTATION ",\"rest\":[{\"mode\":\"server\",\"resource\":[{"
	                                        "\"type\":\"Task\"},{\"type\":\"Task\"}]}]"),
	    "cpb-9", "CapabilityStatement.rest[0]" },
	{ CAPABILITY("instance", IMPLEMENTATION
	      ",\"rest\":[{\"mode\":\"server\",\"resource\":[{\"type\":\"Task\",\"searchParam\":[{"
	      "\"name\":\"a\",\"type\":\"token\"},{\"name\":\"a\",\"type\":\"token\"}]}]}]"),
	    "cpb-12", "CapabilityStatement.rest[0].resource[0]" },
	/* clinical */
	{ ALLERGY(""), "ait-1", "AllergyIntolerance" },
	{ ALLERGY(VERIFIED("entered-in-error") ALLERGY_ACTIVE), "ait-2", "AllergyIntolerance" },
	{ "{\"resourceType\":\"CarePlan\",\"status\":\"active\",\"intent\":\"plan\",\"subject\":{"
	  "\"display\":\"x\"},\"activity\":[{\"reference\":{\"display\":\"x\"},\"detail\":{"
	  "\"status\":"
	  "\"scheduled\"}}]}",
	    "cpl-3", "CarePlan.activity[0]" },
	{ "{\"resourceType\":\"CareTeam\",\"participant\":[{\"member\":{\"reference\":\"Patient/"
	  "1\"},"
	  "\"onBehalfOf\":{\"display\":\"x\"}}]}",
	    "ctm-1", "CareTeam.participant[0]" },
	{ COMPOSITION(""), "cmp-1", "Composition.section[0]" },
	{ COMPOSITION(",\"emptyReason\":{\"text\":\"x\"},\"entry\":[{\"display\":\"x\"}]"), "cmp-2",
	    "Composition.section[0]" },
	{ CONDITION_IN(",\"abatementString\":\"x\"" CONDITION_CLINICAL("active")), "con-4",
	    "Condition" },
	{ CONDITION_IN(CONDITION_VERIFIED("entered-in-error") CONDITION_CLINICAL("active")),
	    "con-5", "Condition" },
	{ CONDITION_IN(",\"stage\":[{\"type\":{\"text\":\"x\"}}]"), "con-1", "Condition.stage[0]" },
	{ CONDITION_IN(
	      ",\"evidence\":[{\"extension\":[{\"url\":\"http://x\",\"valueCode\":\"x\"}]}]"),
	    "con-2", "Condition.evidence[0]" },
	{ FAMILY(",\"ageString\":\"x\",\"bornString\":\"x\""), "fhs-1", "FamilyMemberHistory" },
	{ FAMILY(",\"estimatedAge\":true"), "fhs-2", "FamilyMemberHistory" },
	{ GOAL("\"detailString\":\"x\""), "gol-1", "Goal.target[0]" },
	{ "{\"resourceType\":\"Immunization\",\"status\":\"completed\",\"vaccineCode\":{\"text\":"
	  "\"x\"},\"patient\":{\"display\":\"x\"},\"occurrenceString\":\"x\",\"education\":[{"
	  "\"publicationDate\":\"2026\"}]}",
	    "imm-1", "Immunization.education[0]" },
	{ LIST("working", ",\"emptyReason\":{\"text\":\"x\"}" ITEM "}]"), "lst-1", "List" },
	{ LIST("working", ITEM ",\"deleted\":true}]"), "lst-2", "List" },
	{ LIST("changes", ITEM ",\"date\":\"2026\"}]"), "lst-3", "List" },
	{ MEASURE(",\"description\":\"x\",\"component\":[{" CRITERIA "}]"), "mea-1", "Measure" },
	{ REPORT("data-collection", ",\"group\":[{\"code\":{\"text\":\"x\"}}]"), "mrp-1",
	    "MeasureReport" },
	{ REPORT("summary",
	      ",\"group\":[{\"stratifier\":[{\"stratum\":[{\"measureScore\":{\"value\":"
	      "1}}]}]}]"),
	    "mrp-2", "MeasureReport" },
	{ "{\"resourceType\":\"MedicationAdministration\",\"status\":\"completed\","
	  "\"medicationCodeableConcept\":{\"text\":\"x\"},\"subject\":{\"display\":\"x\"},"
	  "\"effectiveDateTime\":\"2026\",\"dosage\":{\"text\":\"x\"}}",
	    "mad-1", "MedicationAdministration.dosage" },
	{ DISPENSE(",\"whenPrepared\":\"2026-03-02\",\"whenHandedOver\":\"2026-03-01\""), "mdd-1",
	    "MedicationDispense" },
	{ OBSERVATION(",\"referenceRange\":[{\"type\":{\"text\":\"x\"}}]"), "obs-3",
	    "Observation.referenceRange[0]" },
	{ OBSERVATION(",\"valueString\":\"x\",\"dataAbsentReason\":{\"text\":\"x\"}"), "obs-6",
	    "Observation" },
	{ "{\"resourceType\":\"Observation\",\"status\":\"final\"," CODED(
	      "a") ",\"valueString\":\"x\",\"component\":[{" CODED("b") "},{" CODED("a") "}]}",
	    "obs-7", "Observation" },
	{ RISK("\"probabilityRange\":{\"low\":" PERCENT("1") ",\"high\":{\"value\":2}}"), "ras-1",
	    "RiskAssessment.prediction[0].probability" },
	{ RISK("\"probabilityDecimal\":100.01"), "ras-2", "RiskAssessment.prediction[0]" },
	{ "{\"resourceType\":\"ServiceRequest\",\"status\":\"active\",\"intent\":\"order\","
	  "\"subject\":{\"display\":\"x\"},\"orderDetail\":[{\"text\":\"x\"}]}",
	    "prr-1", "ServiceRequest" },
	/* administrative */
	{ APPOINTMENT("booked", "", FROM UNTIL), "app-1", "Appointment.participant[0]" },
	{ APPOINTMENT("proposed", ACTOR, FROM), "app-2", "Appointment" },
	{ APPOINTMENT("booked", ACTOR, ""), "app-3", "Appointment" },
	{ APPOINTMENT("booked", ACTOR, FROM UNTIL ",\"cancelationReason\":{\"text\":\"x\"}"),
	    "app-4", "Appointment" },
	{ AUDIT("\"name\":\"x\",\"query\":\"QUJD\""), "sev-1", "AuditEvent.entity[0]" },
	{ CONSENT("x", ""), "ppc-1", "Consent" },
	{ CONSENT("patient-privacy", POLICY), "ppc-2", "Consent" },
	{ CONSENT("research", POLICY), "ppc-3", "Consent" },
	{ CONSENT("adr", POLICY), "ppc-4", "Consent" },
	{ CONSENT("treatment", POLICY), "ppc-5", "Consent" },
	{ ELIGIBILITY("\"name\":\"x\""), "ces-1",
	    "CoverageEligibilityResponse.insurance[0].item[0]" },
	{ ELIGIBILITY("\"category\":{\"text\":\"x\"},\"productOrService\":{\"text\":\"x\"}"),
	    "ces-1", "CoverageEligibilityResponse.insurance[0].item[0]" },
	{ GROUP("false", ",\"member\":[{\"entity\":{\"display\":\"x\"}}]"), "grp-1", "Group" },
	{ "{\"resourceType\":\"InsurancePlan\",\"status\":\"active\"}", "ipn-1", "InsurancePlan" },
	{ "{\"resourceType\":\"Organization\",\"active\":true}", "org-1", "Organization" },
	{ ORG(",\"address\":[{\"use\":\"home\"}]"), "org-2", "Organization.address" },
	{ ORG(",\"telecom\":[{\"use\":\"home\"}]"), "org-3", "Organization.telecom" },
	{ PATIENT(",\"contact\":[{\"gender\":\"male\"}]"), "pat-1", "Patient.contact[0]" },
	{ TASK(",\"authoredOn\":\"2026-03-02\",\"lastModified\":\"2026-03-01\""), "inv-1", "Task" },
	/* questions */
	{ QUESTIONS(QUESTION("group", ",\"item\":[" QUESTION("string", "") "]")), "que-2",
	    "Questionnaire" },
	{ QUESTIONS(QUESTION("group", "")), "que-1", "Questionnaire.item[0]" },
	{ QUESTIONS(QUESTION("display", ",\"code\":[{\"code\":\"x\"}]")), "que-3",
	    "Questionnaire.item[0]" },
	{ QUESTIONS(QUESTION("choice", OPTIONS ",\"answerValueSet\":\"http://x\"")), "que-4",
	    "Questionnaire.item[0]" },
	{ QUESTIONS(QUESTION("boolean", OPTIONS)), "que-5", "Questionnaire.item[0]" },
	{ QUESTIONS(QUESTION("display", ",\"required\":true")), "que-6", "Questionnaire.item[0]" },
	{ QUESTIONS(
	      QUESTION("string", ",\"enableWhen\":[{\"question\":\"2\",\"operator\":\"exists\","
	                         "\"answerString\":\"x\"}]")),
	    "que-7", "Questionnaire.item[0].enableWhen[0]" },
	{ QUESTIONS(QUESTION("display", ",\"initial\":[" INITIAL "]")), "que-8",
	    "Questionnaire.item[0]" },
	{ QUESTIONS(QUESTION("display", ",\"readOnly\":true")), "que-9", "Questionnaire.item[0]" },
	{ QUESTIONS(QUESTION("choice", ",\"maxLength\":1")), "que-10", "Questionnaire.item[0]" },
	{ QUESTIONS(QUESTION("choice", OPTIONS ",\"initial\":[" INITIAL "]")), "que-11",
	    "Questionnaire.item[0]" },
	{ QUESTIONS(QUESTION("string", ",\"enableWhen\":[" WHEN "," WHEN "]")), "que-12",
	    "Questionnaire.item[0]" },
	{ QUESTIONS(QUESTION("string", ",\"initial\":[" INITIAL "," INITIAL "]")), "que-13",
	    "Questionnaire.item[0]" },
	{ "{\"resourceType\":\"QuestionnaireResponse\",\"status\":\"completed\",\"item\":[{"
	  "\"linkId\":"
	  "\"1\",\"answer\":[{\"valueString\":\"x\"}],\"item\":[{\"linkId\":\"2\"}]}]}",
	    "qrs-1", "QuestionnaireResponse.item[0]" },
};

/* Close by, and good. */
static const char *const kept[] = {
	AS("Age", "\"value\":0.5,\"code\":\"a\"," UCUM),
	AS("Count", "\"value\":2,\"code\":\"1\"," UCUM),
	AS("Duration", "\"value\":2,\"code\":\"h\"," UCUM),
	AS("Period", "\"start\":\"2026-03-02\",\"end\":\"2026-03-02\""),
	AS("Period", "\"start\":\"2026-03-05\",\"end\":\"2026-03\""),
	AS("Period", "\"start\":\"2026-03-05\",\"end\":\"2026-03-05T01:00:00Z\""),
	AS("Period", "\"start\":\"2026-03-01T10:00:00+02:00\",\"end\":\"2026-03-01T09:00:00Z\""),
	AS("Period", "\"end\":\"2026\""),
	AS("Range", "\"low\":{\"value\":1.0},\"high\":{\"value\":1.00}"),
	AS("Range", "\"low\":{\"value\":-2},\"high\":{\"value\":0.0}"),
	AS("Range", "\"low\":{\"value\":9,\"unit\":\"mg\"},\"high\":{\"value\":1,\"unit\":\"g\"}"),
	AS("Ratio", "\"numerator\":{\"value\":1},\"denominator\":{\"value\":2}"),
	REPEAT("\"offset\":1,\"when\":[\"ACM\"]"),
	BUNDLE("searchset", ",\"total\":1" ENTRY(BASIC ",\"search\":{\"mode\":\"match\"}")),
	BUNDLE("collection",
	    ",\"entry\":[{\"fullUrl\":\"http://x/Basic/"
	    "1\",\"resource\":{\"resourceType\":\"Basic\","
	    "\"code\":{\"text\":\"x\"},\"meta\":{\"versionId\":\"1\"}}},{\"fullUrl\":\"http://x/"
	    "Basic/1"
	    "\",\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"},\"meta\":{"
	    "\"versionId\":\"2\"}}}]"),
	CAPABILITY("instance", REST IMPLEMENTATION),
	CAPABILITY("capability", REST SOFTWARE),
	ALLERGY(VERIFIED("entered-in-error")),
	CONDITION_IN(",\"abatementString\":\"x\"" CONDITION_CLINICAL("resolved")),
	RISK("\"probabilityDecimal\":100.00"),
	RISK("\"probabilityRange\":{\"low\":" PERCENT("1") ",\"high\":" PERCENT("2") "}"),
	GROUP("true", ",\"member\":[{\"entity\":{\"display\":\"x\"}}]"),
	APPOINTMENT("waitlist", ACTOR, ""),
	TASK(",\"authoredOn\":\"2026-03\",\"lastModified\":\"2026-03-01\""),
	QUESTIONS(QUESTION("string", ",\"enableWhen\":[" WHEN "]")),
	CONSENT("treatment", POLICY ",\"patient\":{\"display\":\"x\"}"),
	"{\"resourceType\":\"CareTeam\",\"participant\":[{\"member\":{\"reference\":\"Practitioner/"
	"1\"},"
	"\"onBehalfOf\":{\"display\":\"x\"}}]}",
	"{\"resourceType\":\"Observation\",\"status\":\"final\"," CODED(
	    "a") ",\"component\":[{" CODED("a") "}]}",
};

#endif
