/* FHIR R4, rule by rule: what is refused, where, and under which name; and what is not refused. */
#include "fhir_rows.h"
#include "unit.h"

#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <string.h>

static struct ww_ctx cx;
static struct ww_fhir_issues found;

static void
setup(void)
{
	cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	if (cx.arena == NULL)
		abort(); /* before Check runs */
}

static void
teardown(void)
{
	ww_arena_free(cx.arena);
}

static bool
is_good(const struct ww_fhir_rules *rules, ww_str text)
{
	struct ww_json *v = NULL;

	ww_ctx_clear(&cx);
	memset(&found, 0, sizeof(found));
	if (ww_json_parse(&cx, text, &v) != WW_OK)
		ww_fhir_check_unreadable(&cx, &found);
	else
		ck_assert_int_eq(ww_fhir_check(&cx, v, rules, &found), WW_OK);
	return found.errors == 0;
}

static const struct ww_fhir_rules plain;

static void
holds(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct ww_fhir_issue *first = NULL;
		bool good = is_good(&plain, ww_str_from(rows[i].text));
		size_t k;

		for (k = 0; k < found.n && first == NULL; k++)
			if (found.rows[k].severity <= WW_FHIR_ERROR)
				first = &found.rows[k];
		if (rows[i].rule == NULL) {
			ck_assert_msg(good, "refuses %s: %s %.*s", rows[i].text, first->rule,
			    WW_STR_FMT(first->expression));
			continue;
		}
		ck_assert_msg(!good, "takes %s", rows[i].text);
		ck_assert_msg(strcmp(first->rule, rows[i].rule) == 0 &&
		                  ww_str_is(first->expression, rows[i].expression),
		    "%s: %s at %.*s", rows[i].text, first->rule, WW_STR_FMT(first->expression));
		ck_assert_msg(found.errors == 1, "%s: %zu errors", rows[i].text, found.errors);
	}
}

START_TEST(structure)
{
	static const struct row rows[] = {
		{ ENCOUNTER(""), NULL, NULL },
		{ "[]", "json-kind", "Resource" },
		{ "{}", "min", "Resource" },
		{ "{\"id\":\"x\"}", "min", "Resource" },
		{ "{\"resourceType\":\"Ghost\"}", "resource-type", "Resource.resourceType" },
		{ "{\"resourceType\":\"patient\"}", "resource-type", "Resource.resourceType" },
		{ "{\"resourceType\":\"Period\"}", "resource-type", "Resource.resourceType" },
		{ "{\"active\":true,\"resourceType\":\"Patient\"}", NULL, NULL },
		{ "{\"resourceType\":\"VisionPrescription\",\"x\":1}", NULL, NULL },
		{ PATIENT(",\"ward\":1"), "unknown-element", "Patient.ward" },
		{ PATIENT(",\"Active\":true"), "unknown-element", "Patient.Active" },
		{ PATIENT(",\"J\\u00f6rg 123-45\":1"), "unknown-element", "Patient.?" },
		{ PATIENT(",\"fhir_comments\":[\"x\"]"), "unknown-element",
		    "Patient.fhir_comments" },
		{ PATIENT(",\"name\":[{\"resourceType\":\"HumanName\",\"text\":\"x\"}]"),
		    "unknown-element", "Patient.name[0].resourceType" },
		{ PATIENT(",\"gender\":null"), "null", "Patient.gender" },
		{ PATIENT(",\"name\":[null]"), "null", "Patient.name[0]" },
		{ PATIENT(",\"name\":[]"), "empty", "Patient.name" },
		{ PATIENT(",\"name\":[{}]"), "empty", "Patient.name[0]" },
		{ PATIENT(",\"name\":[{\"id\":\"a\"}]"), "ele-1", "Patient.name[0]" },
		{ PATIENT(",\"language\":\"\""), "empty", "Patient.language" },
		{ PATIENT(",\"name\":{\"text\":\"x\"}"), "array", "Patient.name" },
		{ PATIENT(",\"gender\":[\"male\"]"), "array", "Patient.gender" },
		{ PATIENT(",\"name\":[\"x\"]"), "json-kind", "Patient.name[0]" },
		{ PATIENT(",\"name\":[[{\"text\":\"x\"}]]"), "json-kind", "Patient.name[0]" },
		{ PATIENT(",\"maritalStatus\":\"M\""), "json-kind", "Patient.maritalStatus" },
		{ PATIENT(",\"birthDate\":{\"value\":\"2001\"}"), "json-kind",
		    "Patient.birthDate" },
		{ "{\"resourceType\":\"Encounter\",\"class\":{\"code\":\"IMP\"}}", "min",
		    "Encounter.status" },
		{ ENCOUNTER(",\"location\":[{\"status\":\"active\"}]"), "min",
		    "Encounter.location[0].location" },
		{ "{\"resourceType\":\"Encounter\",\"_status\":{\"extension\":[{\"url\":\"http://"
		  "x\","
		  "\"valueCode\":\"unknown\"}]},\"class\":{\"code\":\"IMP\"}}",
		    NULL, NULL },
		{ OBSERVATION(",\"valueString\":\"x\""), NULL, NULL },
		{ OBSERVATION(",\"valueString\":\"x\",\"valueCodeableConcept\":{\"text\":\"x\"}"),
		    "choice", "Observation.valueCodeableConcept" },
		{ OBSERVATION(",\"valueString\":\"x\",\"_valueInteger\":{\"extension\":[{\"url\":"
		              "\"http://x\",\"valueCode\":\"x\"}]}"),
		    "choice", "Observation._valueInteger" },
		{ OBSERVATION(",\"valueMoney\":{\"value\":1}"), "unknown-element",
		    "Observation.valueMoney" },
		{ OBSERVATION(",\"value\":\"x\""), "unknown-element", "Observation.value" },
		{ OBSERVATION(",\"referenceRange\":[{\"low\":{\"value\":1,\"comparator\":\"<\"}}]"),
		    "sqty-1", "Observation.referenceRange[0].low" },
	};

	holds(rows, UNIT_COUNT(rows));
}
END_TEST

#define WHY "{\"extension\":[{\"url\":\"http://x\",\"valueCode\":\"masked\"}]}"

START_TEST(halves_of_primitives)
{
	static const struct row rows[] = {
		{ PATIENT(",\"_birthDate\":" WHY), NULL, NULL },
		{ PATIENT(",\"birthDate\":\"2001\",\"_birthDate\":{\"id\":\"a\"}"), NULL, NULL },
		{ PATIENT(",\"_birthDate\":{\"id\":\"a\"}"), "ele-1", "Patient._birthDate" },
		{ PATIENT(",\"_birthDate\":{}"), "empty", "Patient._birthDate" },
		{ PATIENT(",\"_birthDate\":\"x\""), "json-kind", "Patient._birthDate" },
		{ PATIENT(",\"_birthDate\":null"), "null", "Patient._birthDate" },
		{ PATIENT(",\"_birthDate\":{\"value\":\"2001\"}"), "unknown-element",
		    "Patient._birthDate.value" },
		{ PATIENT(",\"_birthDate\":[" WHY "]"), "json-kind", "Patient._birthDate" },
		{ PATIENT(",\"_name\":[" WHY "]"), "unknown-element", "Patient._name" },
		{ PATIENT(",\"_\":" WHY), "unknown-element", "Patient._" },
		{ PATIENT(",\"name\":[{\"given\":[\"A\",null],\"_given\":[null," WHY "]}]"), NULL,
		    NULL },
		{ PATIENT(",\"name\":[{\"given\":[\"A\",null],\"_given\":[" WHY ",null]}]"), "null",
		    "Patient.name[0].given[1]" },
		{ PATIENT(",\"name\":[{\"given\":[\"A\",null]}]"), "null",
		    "Patient.name[0].given[1]" },
		{ PATIENT(",\"name\":[{\"given\":[\"A\",\"B\"],\"_given\":[" WHY "]}]"), "sibling",
		    "Patient.name[0]._given" },
		{ PATIENT(",\"name\":[{\"_given\":[" WHY "]}]"), NULL, NULL },
		{ PATIENT(",\"name\":[{\"_given\":[null," WHY "]}]"), "null",
		    "Patient.name[0]._given[0]" },
		{ PATIENT(",\"name\":[{\"_given\":[]}]"), "empty", "Patient.name[0]._given" },
		{ PATIENT(",\"name\":[{\"_given\":" WHY "}]"), "array", "Patient.name[0]._given" },
	};

	holds(rows, UNIT_COUNT(rows));
}
END_TEST

/* One primitive of each type, in an extension; bad ones say why under "primitive" unless the JSON kind is wrong. */
START_TEST(primitives)
{
	static const struct {
		const char *type, *value;
		const char *rule;
	} rows[] = {
		{ "Boolean", "true", NULL },
		{ "Boolean", "\"true\"", "json-kind" },
		{ "Boolean", "1", "json-kind" },
		{ "Integer", "0", NULL },
		{ "Integer", "-2147483648", NULL },
		{ "Integer", "2147483647", NULL },
		{ "Integer", "2147483648", "primitive" },
		{ "Integer", "-2147483649", "primitive" },
		{ "Integer", "1.0", "primitive" },
		{ "Integer", "1e2", "primitive" },
		{ "Integer", "\"1\"", "json-kind" },
		{ "UnsignedInt", "0", NULL },
		{ "UnsignedInt", "-1", "primitive" },
		{ "PositiveInt", "1", NULL },
		{ "PositiveInt", "0", "primitive" },
		{ "Decimal", "1.10", NULL },
		{ "Decimal", "-0.5e-3", NULL },
		{ "Decimal", "123456789012345678901234567890.5", NULL },
		{ "Decimal", "\"1.10\"", "json-kind" },
		{ "String", "\"a b\"", NULL },
		{ "String", "\" \\t\\n\"", "primitive" },
		{ "String", "1", "json-kind" },
		{ "Markdown", "\"*a*\\n\"", NULL },
		{ "Code", "\"a b\"", NULL },
		{ "Code", "\" a\"", "primitive" },
		{ "Code", "\"a \"", "primitive" },
		{ "Code", "\"a  b\"", "primitive" },
		{ "Id", "\"A-z.0\"", NULL },
		{ "Id", "\"a_b\"", "primitive" },
		{ "Id", "\"1234567890123456789012345678901234567890123456789012345678901234\"",
		    NULL },
		{ "Id", "\"12345678901234567890123456789012345678901234567890123456789012345\"",
		    "primitive" },
		{ "Uri", "\"urn:x\"", NULL },
		{ "Uri", "\"a b\"", "primitive" },
		{ "Url", "\"http://x/ y\"", "primitive" },
		{ "Canonical", "\"http://x|1.0\"", NULL },
		{ "Oid", "\"urn:oid:1.2.840.0\"", NULL },
		{ "Oid", "\"1.2.840\"", "primitive" },
		{ "Oid", "\"urn:oid:3.1\"", "primitive" },
		{ "Oid", "\"urn:oid:1.02\"", "primitive" },
		{ "Oid", "\"urn:oid:1.2.\"", "primitive" },
		{ "Oid", "\"urn:oid:1\"", "primitive" },
		{ "Uuid", "\"urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100\"", NULL },
		{ "Uuid", "\"urn:uuid:0F0E0D0C-0B0A-4908-8706-050403020100\"", NULL },
		{ "Uuid", "\"0f0e0d0c-0b0a-4908-8706-050403020100\"", "primitive" },
		{ "Uuid", "\"urn:uuid:0f0e0d0c0b0a-4908-8706-050403020100-\"", "primitive" },
		{ "Base64Binary", "\"QUJD\"", NULL },
		{ "Base64Binary", "\"QUI=\\nQQ==\"", "primitive" },
		{ "Base64Binary", "\"QU\\nI=\"", NULL },
		{ "Base64Binary", "\"QUJ\"", "primitive" },
		{ "Base64Binary", "\"A===\"", "primitive" },
		{ "Base64Binary", "\"QU*D\"", "primitive" },
		{ "Date", "\"2026\"", NULL },
		{ "Date", "\"2026-02\"", NULL },
		{ "Date", "\"2024-02-29\"", NULL },
		{ "Date", "\"2026-02-29\"", "primitive" },
		{ "Date", "\"2026-13\"", "primitive" },
		{ "Date", "\"2026-2-1\"", "primitive" },
		{ "Date", "\"0000\"", "primitive" },
		{ "Date", "\"2026-02-01T10:00:00Z\"", "primitive" },
		{ "Date", "\"20260201\"", "primitive" },
		{ "DateTime", "\"2026-02\"", NULL },
		{ "DateTime", "\"2026-02-01T10:00:00Z\"", NULL },
		{ "DateTime", "\"2026-02-01T10:00:00.123456789+14:00\"", NULL },
		{ "DateTime", "\"2016-12-31T23:59:60Z\"", NULL },
		{ "DateTime", "\"2026-02-01T10:00:00\"", "primitive" },
		{ "DateTime", "\"2026-02-01T10:00Z\"", "primitive" },
		{ "DateTime", "\"2026-02-01T24:00:00Z\"", "primitive" },
		{ "DateTime", "\"2026-02-01T10:60:00Z\"", "primitive" },
		{ "DateTime", "\"2026-02-01T10:00:61Z\"", "primitive" },
		{ "DateTime", "\"2026-02-01T10:00:00.Z\"", "primitive" },
		{ "DateTime", "\"2026-02-01T10:00:00+14:01\"", "primitive" },
		{ "DateTime", "\"2026-02-01T10:00:00+0500\"", "primitive" },
		{ "DateTime", "\"2026-02-01T10:00:00ZZ\"", "primitive" },
		{ "DateTime", "\"2026-02T10:00:00Z\"", "primitive" },
		{ "DateTime", "\"2026-02-01 10:00:00Z\"", "primitive" },
		{ "Instant", "\"2026-02-01T10:00:00.1Z\"", NULL },
		{ "Instant", "\"2026-02-01\"", "primitive" },
		{ "Time", "\"10:00:00.5\"", NULL },
		{ "Time", "\"10:00\"", "primitive" },
		{ "Time", "\"10:00:00Z\"", "primitive" },
	};
	char text[256], where[64];
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct row row = { text, rows[i].rule, where };

		snprintf(where, sizeof(where), "Patient.extension[0].value%s", rows[i].type);
		snprintf(text, sizeof(text), VALUE("%s\":%s"), rows[i].type, rows[i].value);
		holds(&row, 1);
	}
}
END_TEST

START_TEST(text_that_is_no_json)
{
	static const struct {
		const char *text;
		size_t n;
		ww_status status;
		const char *where;
	} rows[] = {
#define TEXT(s) (s), sizeof(s) - 1
		{ TEXT(PATIENT(",\"active\":true")), WW_E_SYNTAX, "line 1 column 41" },
		{ TEXT(PATIENT(",\"name\":[{\"text\":\"a\0b\"}]")), WW_E_SYNTAX, "line 1 column" },
		{ TEXT(PATIENT(",\"name\":[{\"text\":\"a\\u0000b\"}]")), WW_E_SYNTAX,
		    "line 1 column" },
		{ TEXT(PATIENT(",\"name\":[{\"text\":\"a\xff\"}]")), WW_E_SYNTAX, "line 1 column" },
		{ TEXT(PATIENT(",\"name\":[{\"text\":\"\\ud800\"}]")), WW_E_SYNTAX,
		    "line 1 column" },
		{ TEXT(PATIENT("") "x"), WW_E_SYNTAX, "line 1 column" },
		{ TEXT(PATIENT("") PATIENT("")), WW_E_SYNTAX, "line 1 column" },
		{ TEXT(PATIENT(",\n\"multipleBirthInteger\":01")), WW_E_SYNTAX, "line 2 column" },
		{ TEXT(""), WW_E_SYNTAX, "line 1 column 1" },
#undef TEXT
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		ck_assert_msg(
		    !is_good(&plain, ww_str_of(rows[i].text, rows[i].n)), "takes row %zu", i);
		ck_assert_int_eq(found.rows[0].severity, WW_FHIR_FATAL);
		ck_assert_int_eq(found.rows[0].status, rows[i].status);
		ck_assert_msg(ww_str_starts(found.rows[0].text, ww_str_from(rows[i].where)), "%.*s",
		    WW_STR_FMT(found.rows[0].text));
		ck_assert_int_eq(ww_fhir_issues_http(&found), 400);
	}
}
END_TEST

START_TEST(references)
{
	static const struct row rows[] = {
#define SUBJECT(text) ENCOUNTER(",\"subject\":{\"reference\":\"" text "\"}")
		{ SUBJECT("Patient/1"), NULL, NULL },
		{ SUBJECT("Group/a-1/_history/2"), NULL, NULL },
		{ SUBJECT("https://x.example.org/fhir/Patient/1"), NULL, NULL },
		{ SUBJECT("https://x.example.org/anything"), NULL, NULL },
		{ SUBJECT("urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100"), NULL, NULL },
		{ SUBJECT("urn:oid:1.2.3"), NULL, NULL },
		{ SUBJECT("Practitioner/1"), "reference-target", "Encounter.subject" },
		{ SUBJECT("https://x.example.org/fhir/Practitioner/1"), "reference-target",
		    "Encounter.subject" },
		{ SUBJECT("https://x/Practitioner/1/_history/3"), "reference-target",
		    "Encounter.subject" },
		{ SUBJECT("Ward/1"), "reference", "Encounter.subject.reference" },
		{ SUBJECT("1"), "reference", "Encounter.subject.reference" },
		{ SUBJECT("Patient/a_b"), "reference", "Encounter.subject.reference" },
		{ SUBJECT("Patient/1 2"), "reference", "Encounter.subject.reference" },
		{ SUBJECT("Patient?identifier=s|v"), "reference", "Encounter.subject.reference" },
		{ ENCOUNTER(",\"subject\":{\"type\":\"Device\"}"), "reference-target",
		    "Encounter.subject" },
		{ ENCOUNTER(",\"subject\":{\"type\":\"Group\",\"reference\":\"Patient/1\"}"),
		    "reference-target", "Encounter.subject.type" },
		{ ENCOUNTER(",\"subject\":{\"display\":\"x\"}"), NULL, NULL },
#undef SUBJECT
		{ TASK(",\"owner\":{\"reference\":\"Encounter/1\"}"), "reference-target",
		    "Task.owner" },
		{ TASK(",\"focus\":{\"reference\":\"Encounter/1\"}"), NULL, NULL },
		{ BUNDLE("transaction",
		      ",\"entry\":[{\"request\":{\"method\":\"POST\",\"url\":\"Encounter\"},"
		      "\"resource\":" ENCOUNTER(
		          ",\"subject\":{\"reference\":\"Patient?identifier=s|v\"}") "}]"),
		    NULL, NULL },
		{ BUNDLE("collection",
		      ",\"entry\":[{\"fullUrl\":\"urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100\","
		      "\"resource\":{\"resourceType\":\"Location\",\"name\":\"x\"}},"
		      "{\"fullUrl\":\"urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020101\","
		      "\"resource\":" ENCOUNTER(
		          ",\"subject\":{\"reference\":\"urn:uuid:0f0e0d0c-0b0a-"
		          "4908-8706-050403020100\"}") "}]"),
		    "reference-target", "Bundle.entry[1].resource.subject" },
	};

	holds(rows, UNIT_COUNT(rows));
}
END_TEST

#define ENTRY_OF(url, id)                                                                          \
	BUNDLE("collection", ",\"entry\":[{\"fullUrl\":\"" url                                     \
	                     "\",\"resource\":" PATIENT(",\"id\":\"" id "\"") "}]")

START_TEST(urls_of_entries)
{
	static const struct row rows[] = {
		{ ENTRY_OF("http://x/fhir/Patient/a", "a"), NULL, NULL },
		{ ENTRY_OF("http://x/anything/a", "b"), NULL, NULL },
		{ ENTRY_OF("urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100", "a"), NULL, NULL },
		{ ENTRY_OF("http://x/fhir/Patient/b", "a"), "full-url", "Bundle.entry[0].fullUrl" },
		{ ENTRY_OF("http://x/fhir/Group/a", "a"), "full-url", "Bundle.entry[0].fullUrl" },
	};

	holds(rows, UNIT_COUNT(rows));
}
END_TEST

#define CLAIM(diagnosis)                                                                           \
	"{\"resourceType\":\"Claim\",\"status\":\"active\",\"type\":{\"text\":\"x\"},\"use\":"     \
	"\"claim\",\"patient\":{\"display\":\"x\"},\"created\":\"2026\",\"provider\":{"            \
	"\"display\":"                                                                             \
	"\"x\"},\"priority\":{\"text\":\"x\"},\"insurance\":[{\"sequence\":1,\"focal\":true,"      \
	"\"coverage\":{\"display\":\"x\"}}],\"diagnosis\":[" diagnosis "]}"
#define DIAGNOSIS(n) "{\"sequence\":" n ",\"diagnosisCodeableConcept\":{\"text\":\"x\"}}"

START_TEST(warns_of_two_lines_with_one_number)
{
	ck_assert(
	    is_good(&plain, WW_STR(CLAIM(DIAGNOSIS("1") "," DIAGNOSIS("3") "," DIAGNOSIS("2")))));
	ck_assert_uint_eq(found.n, 0);
	ck_assert(
	    is_good(&plain, WW_STR(CLAIM(DIAGNOSIS("2") "," DIAGNOSIS("1") "," DIAGNOSIS("2")))));
	ck_assert_uint_eq(found.n, 1);
	ck_assert_int_eq(found.rows[0].severity, WW_FHIR_WARNING);
	unit_str_is(found.rows[0].expression, "Claim.diagnosis[2].sequence");
}
END_TEST

START_TEST(required_bindings)
{
	static const struct row rows[] = {
		{ PATIENT(",\"gender\":\"female\""), NULL, NULL },
		{ PATIENT(",\"gender\":\"F\""), "binding", "Patient.gender" },
		{ PATIENT(",\"gender\":\"Female\""), "binding", "Patient.gender" },
		{ "{\"resourceType\":\"Encounter\",\"status\":\"bogus\",\"class\":{\"code\":"
		  "\"IMP\"}}",
		    "binding", "Encounter.status" },
		{ TASK(",\"priority\":\"high\""), "binding", "Task.priority" },
		{ PATIENT(",\"maritalStatus\":{\"coding\":[{\"code\":\"bogus\"}]}"), NULL, NULL },
#define CONDITION(more)                                                                            \
	"{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Patient/1\"}" more "}"
#define CLINICAL "http://terminology.hl7.org/CodeSystem/condition-clinical"
		{ CONDITION(",\"clinicalStatus\":{\"coding\":[{\"system\":\"" CLINICAL
		            "\",\"code\":\"active\"}]}"),
		    NULL, NULL },
		{ CONDITION(",\"clinicalStatus\":{\"coding\":[{\"system\":\"http://x\",\"code\":"
		            "\"active\"},{\"system\":\"" CLINICAL "\",\"code\":\"active\"}]}"),
		    NULL, NULL },
		{ CONDITION(",\"clinicalStatus\":{\"coding\":[{\"system\":\"http://x\",\"code\":"
		            "\"active\"}]}"),
		    "binding", "Condition.clinicalStatus" },
		{ CONDITION(",\"clinicalStatus\":{\"text\":\"active\"}"), "binding",
		    "Condition.clinicalStatus" },
		{ VALUE("Money\":{\"value\":1,\"currency\":\"dollar\"}"), "binding",
		    "Patient.extension[0].valueMoney.currency" },
	};

	holds(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(narratives)
{
	static const struct row rows[] = {
		{ DIV("<p class=\\\"a\\\">x &amp; &#233; <br/><img src=\\\"#a\\\" alt='x'/></p>"),
		    NULL, NULL },
		{ DIV("<!-- a --> <b>x</b> <![CDATA[<]]>"), NULL, NULL },
		{ DIV("<img src=\\\"#a\\\"/>"), NULL, NULL },
		{ DIV(" <p> </p>"), "txt-2", "Patient.text.div" },
		{ DIV("x<script>y</script>"), "txt-1", "Patient.text.div" },
		{ DIV("x<form>y</form>"), "txt-1", "Patient.text.div" },
		{ DIV("<p onclick=\\\"x()\\\">y</p>"), "txt-1", "Patient.text.div" },
		{ DIV("<p>x"), "primitive", "Patient.text.div" },
		{ DIV("<p>x</b>"), "primitive", "Patient.text.div" },
		{ DIV("<p a>x</p>"), "primitive", "Patient.text.div" },
		{ DIV("<p class=a>x</p>"), "primitive", "Patient.text.div" },
		{ DIV("x & y"), "primitive", "Patient.text.div" },
		{ DIV("x <?php?>"), "primitive", "Patient.text.div" },
		{ DIV("x</div><div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">y"), "primitive",
		    "Patient.text.div" },
		{ PATIENT(",\"text\":{\"status\":\"generated\",\"div\":\"<div>x</div>\"}"),
		    "primitive", "Patient.text.div" },
		{ PATIENT(",\"text\":{\"status\":\"generated\",\"div\":\"x\"}"), "primitive",
		    "Patient.text.div" },
		{ PATIENT(",\"text\":{\"status\":\"generated\",\"div\":\"<!DOCTYPE a><div "
		          "xmlns=\\\"http:/"
		          "/www.w3.org/1999/xhtml\\\">x</div>\"}"),
		    "primitive", "Patient.text.div" },
		{ PATIENT(",\"text\":{\"status\":\"generated\"}"), "min", "Patient.text.div" },
	};

	holds(rows, UNIT_COUNT(rows));
}
END_TEST

#define USED ",\"managingOrganization\":{\"reference\":\"#o\"}"

START_TEST(contained_resources)
{
	static const struct row rows[] = {
		{ PATIENT(USED ",\"contained\":[" ORG("") "]"), NULL, NULL },
		{ PATIENT(",\"contained\":[" ORG(",\"partOf\":{\"reference\":\"#o\"}") "]"), NULL,
		    NULL },
		{ PATIENT(
		      ",\"contained\":[{\"resourceType\":\"Provenance\",\"id\":\"p\",\"target\":[{"
		      "\"reference\":\"#\"}],\"recorded\":\"2026-01-01T00:00:00Z\",\"agent\":[{"
		      "\"who\":{\"display\":\"x\"}}]}]"),
		    NULL, NULL },
		{ PATIENT(",\"contained\":[" ORG("") "]"), "dom-3", "Patient.contained[0]" },
		{ PATIENT(USED), "ref-1", "Patient.managingOrganization" },
		{ PATIENT(USED ",\"contained\":[" ORG(",\"contained\":[{\"resourceType\":\"Basic\","
		                                      "\"code\":{\"text\":\"x\"}}]") "]"),
		    "dom-2", "Patient.contained[0]" },
		{ PATIENT(USED ",\"contained\":[" ORG(",\"meta\":{\"versionId\":\"1\"}") "]"),
		    "dom-4", "Patient.contained[0]" },
		{ PATIENT(USED
		      ",\"contained\":[" ORG(",\"meta\":{\"lastUpdated\":\"2026-01-01T00:00:00Z"
		                             "\"}") "]"),
		    "dom-4", "Patient.contained[0]" },
		{ PATIENT(USED
		      ",\"contained\":[" ORG(",\"meta\":{\"security\":[{\"code\":\"R\"}]}") "]"),
		    "dom-5", "Patient.contained[0]" },
		{ PATIENT(USED ",\"contained\":[" ORG(",\"ward\":1") "]"), "unknown-element",
		    "Patient.contained[0].ward" },
		{ PATIENT(USED ",\"contained\":[" ORG("") ",{\"active\":true}]"), "min",
		    "Patient.contained[1]" },
		{ PATIENT(",\"generalPractitioner\":[{\"reference\":\"#o\"}],\"contained\":[{"
		          "\"resourceType\":\"Device\",\"id\":\"o\"}]"),
		    "reference-target", "Patient.generalPractitioner[0]" },
	};

	holds(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(invariants)
{
	size_t i;

	holds(broken, UNIT_COUNT(broken));
	for (i = 0; i < UNIT_COUNT(kept); i++) {
		struct row row = { kept[i], NULL, NULL };

		holds(&row, 1);
	}
}
END_TEST

/* Every row of profiles/fhir/invariants.tsv, by key; those of narratives and contained resources are above. */
START_TEST(every_invariant_has_a_row)
{
	static const char *const keys[] = {
#define WW_FHIR_RULE(predicate, key, element, text) key,
#include "gen/fhir_rules.inc"
#undef WW_FHIR_RULE
	};
	size_t i, k;

	for (i = 0; i < UNIT_COUNT(keys); i++) {
		for (k = 0; k < UNIT_COUNT(broken) && strcmp(broken[k].rule, keys[i]) != 0; k++)
			;
		ck_assert_msg(k < UNIT_COUNT(broken), "no row breaks %s", keys[i]);
	}
}
END_TEST

START_TEST(lenient_bends_what_senders_do)
{
	static const struct ww_fhir_rules lenient = { .lenient = true };
	static const char *const bends[] = {
		"{\"resourceType\":\"Encounter\",\"status\":\"bogus\",\"class\":{\"code\":\"IMP\"}"
		"}",
		TASK(",\"priority\":\"high\""),
		PATIENT(",\"name\":[]"),
		PATIENT(",\"language\":\"\""),
		OBSERVATION(",\"valueString\":\"x\",\"valueInteger\":1"),
		TASK(",\"owner\":{\"reference\":\"Encounter/1\"}"),
		PATIENT(",\"ward\":1"),
		PATIENT(",\"gender\":null"),
	};
	static const char *const stays[] = {
		"{\"resourceType\":\"Encounter\",\"status\":null,\"class\":{\"code\":\"IMP\"}}",
		"{\"resourceType\":\"Encounter\",\"status\":\"\",\"class\":{\"code\":\"IMP\"}}",
		"{\"resourceType\":\"Encounter\",\"status\":\"planned\",\"class\":{}}",
		"{\"resourceType\":\"Encounter\",\"class\":{\"code\":\"IMP\"}}",
		PATIENT(",\"name\":\"x\""),
		PATIENT(",\"birthDate\":\"1/2/2003\""),
		"{\"resourceType\":\"Ghost\"}",
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(bends); i++) {
		ck_assert_msg(!is_good(&plain, ww_str_from(bends[i])), "%s", bends[i]);
		ck_assert_msg(is_good(&lenient, ww_str_from(bends[i])), "%s", bends[i]);
		ck_assert_int_eq(found.rows[0].severity, WW_FHIR_WARNING);
		ck_assert_int_eq(ww_fhir_issues_http(&found), 0);
	}
	for (i = 0; i < UNIT_COUNT(stays); i++)
		ck_assert_msg(!is_good(&lenient, ww_str_from(stays[i])), "%s", stays[i]);
}
END_TEST

START_TEST(modifiers_are_refused_or_parked_where_they_count)
{
	static const struct ww_fhir_rules refuse = { .modifiers = WW_FHIR_MODIFIERS_REFUSE };
	static const struct ww_fhir_rules park = { .modifiers = WW_FHIR_MODIFIERS_PARK };
	static const char *const texts[] = {
		PATIENT(",\"implicitRules\":\"http://x\""),
		PATIENT(",\"modifierExtension\":[{\"url\":\"http://x\",\"valueCode\":\"x\"}]"),
		ENCOUNTER(
		    ",\"location\":[{\"location\":{\"display\":\"x\"},\"modifierExtension\":[{"
		    "\"url\":\"http://x\",\"valueCode\":\"x\"}]}]"),
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(texts); i++) {
		ck_assert(is_good(&plain, ww_str_from(texts[i])));
		ck_assert(is_good(&park, ww_str_from(texts[i])));
		ck_assert_int_eq(found.rows[0].status, WW_E_MODIFIER);
		ck_assert_int_eq(found.rows[0].severity, WW_FHIR_WARNING);
		ck_assert(!is_good(&refuse, ww_str_from(texts[i])));
		ck_assert_int_eq(ww_fhir_issues_http(&found), 422);
	}
	/* Status and the like are modifiers that are understood. */
	ck_assert(is_good(&refuse, WW_STR(ENCOUNTER(""))));
}
END_TEST

/* Any beginning of a good resource is refused: none is taken for the whole. */
START_TEST(refuses_every_truncation)
{
	static const char text[] = BUNDLE("collection",
	    ",\"entry\":[{\"fullUrl\":\"http://x/Encounter/1\",\"resource\":" ENCOUNTER(
	        ",\"period\":{\"start\":\"2026-01-01\"},\"length\":{\"value\":1.50}") "}]");
	size_t n;

	ck_assert(is_good(&plain, WW_STR(text)));
	for (n = 0; n < sizeof(text) - 1; n++)
		ck_assert_msg(!is_good(&plain, ww_str_of(text, n)), "takes %zu bytes", n);
}
END_TEST

START_TEST(lists_twenty_issues_and_counts_the_rest)
{
	struct ww_buf b = { 0 }, out = { 0 };
	struct ww_json *o;
	int i;

	ww_buf_cstr(&b, "{\"resourceType\":\"Patient\",\"name\":[");
	for (i = 0; i < 30; i++)
		ww_buf_printf(&b, "%s{\"use\":\"Ms Secret\"}", i > 0 ? "," : "");
	ww_buf_cstr(&b, "]}");
	ck_assert(!is_good(&plain, ww_buf_view(&b)));
	ck_assert_uint_eq(found.n, WW_FHIR_ISSUES_MAX);
	ck_assert_uint_eq(found.errors, 30);
	ck_assert_uint_eq(found.more, 10);
	o = ww_fhir_outcome(&cx, &found);
	ck_assert_int_eq(ww_json_write(&cx, o, false, &out), WW_OK);
	unit_str_is(ww_json_str(ww_json_find(o, "issue[20].details.text")),
	    "more: 10 issues are not listed");
	unit_str_is(
	    ww_json_str(ww_json_find(o, "issue[19].expression[0]")), "Patient.name[19].use");
	unit_str_is(ww_json_str(ww_json_find(o, "issue[0].code")), "code-invalid");
	unit_str_is(ww_json_str(ww_json_find(o, "issue[0].details.coding[0].code")), "WW-207");
	ck_assert_ptr_null(strstr(out.p, "Secret"));
	/* And it is itself a resource as R4 wants it. */
	ck_assert(is_good(&plain, ww_buf_view(&out)));
	ww_buf_free(&b);
	ww_buf_free(&out);
}
END_TEST

START_TEST(an_error_takes_the_place_of_a_remark)
{
	struct ww_fhir_issues is = { .n = 0 };
	int i;

	for (i = 0; i < WW_FHIR_ISSUES_MAX; i++)
		ww_fhir_issue_add(
		    &cx, &is, WW_FHIR_WARNING, WW_E_CODE, "binding", ww_str_empty(), "%d", i);
	ww_fhir_issue_add(&cx, &is, WW_FHIR_ERROR, WW_E_VALUE, "primitive", ww_str_empty(), "bad");
	ww_fhir_issue_add(&cx, &is, WW_FHIR_WARNING, WW_E_CODE, "binding", ww_str_empty(), "late");
	ck_assert_uint_eq(is.n, WW_FHIR_ISSUES_MAX);
	ck_assert_uint_eq(is.more, 2);
	ck_assert_uint_eq(is.errors, 1);
	unit_str_is(is.rows[WW_FHIR_ISSUES_MAX - 1].text, "bad");
	unit_str_is(is.rows[WW_FHIR_ISSUES_MAX - 2].text, "18");
	ck_assert_int_eq(ww_fhir_issues_http(&is), 400);
}
END_TEST

START_TEST(outcomes_of_failures)
{
	static const struct {
		struct ww_failure f;
		const char *severity, *text, *expression;
	} rows[] = {
		{ { WW_E_SYNTAX, "line 3 column 7", "a value must stand here" }, "fatal",
		    "line 3 column 7: a value must stand here", "" },
		{ { WW_E_REQUIRED, "Encounter.status", "missing" }, "error", "missing",
		    "Encounter.status" },
		{ { WW_E_BUSY, "", "later" }, "error", "later", "" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_json *o = ww_fhir_outcome_failure(&cx, &rows[i].f);

		unit_str_is(ww_json_str(ww_json_find(o, "issue[0].severity")), rows[i].severity);
		unit_str_is(ww_json_str(ww_json_find(o, "issue[0].details.text")), rows[i].text);
		unit_str_is(
		    ww_json_str(ww_json_find(o, "issue[0].expression[0]")), rows[i].expression);
	}
}
END_TEST

/* Without memory: a failure, never a verdict. */
START_TEST(fails_with_the_limit_wherever_the_arena_ends)
{
	static const char text[] = PATIENT(USED ",\"name\":[],\"contained\":[" ORG("") "]");
	struct ww_fhir_issues is;
	struct ww_json *v;
	size_t limit, used;

	ww_ctx_clear(&cx);
	ck_assert_int_eq(ww_json_parse(&cx, WW_STR(text), &v), WW_OK);
	used = ww_arena_used(cx.arena);
	for (limit = used; limit < used + (1 << 16); limit += 8) {
		memset(&is, 0, sizeof(is));
		ww_ctx_clear(&cx);
		ww_arena_bound(cx.arena, 0);
		ck_assert_int_eq(ww_json_parse(&cx, WW_STR(text), &v), WW_OK);
		ww_arena_bound(cx.arena, limit);
		if (ww_fhir_check(&cx, v, &plain, &is) == WW_OK)
			break;
		ck_assert_int_eq(cx.fail.status, WW_E_LIMIT);
	}
	ck_assert_uint_eq(is.errors, 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		structure,
		halves_of_primitives,
		primitives,
		text_that_is_no_json,
		references,
		urls_of_entries,
		warns_of_two_lines_with_one_number,
		required_bindings,
		narratives,
		contained_resources,
		invariants,
		every_invariant_has_a_row,
		lenient_bends_what_senders_do,
		modifiers_are_refused_or_parked_where_they_count,
		refuses_every_truncation,
		lists_twenty_issues_and_counts_the_rest,
		an_error_takes_the_place_of_a_remark,
		outcomes_of_failures,
		fails_with_the_limit_wherever_the_arena_ends,
	};

	int code;

	setup();
	code = unit_main("fhir_check", tests, UNIT_COUNT(tests));
	teardown();
	return code;
}
