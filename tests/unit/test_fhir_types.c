/* The tables of FHIR R4's types. */
#include "unit.h"

#include "codec/fhir_types.h"

#include <string.h>

static const struct ww_fhir_type *
type_of(const char *name)
{
	const struct ww_fhir_type *t = ww_fhir_type_find(ww_str_from(name));

	ck_assert_msg(t != NULL, "no type %s", name);
	return t;
}

START_TEST(finds_an_element_by_each_name_it_may_have)
{
	static const struct {
		const char *type, *name, *element, *of;
		bool many;
		int min;
	} rows[] = {
		{ "Encounter", "status", "status", "code", false, 1 },
		{ "Encounter", "location", "location", "Encounter.location", true, 0 },
		{ "Encounter.location", "location", "location", "Reference", false, 1 },
		{ "Encounter", "id", "id", "id", false, 0 },
		{ "Encounter.location", "id", "id", "string", false, 0 },
		{ "Encounter", "contained", "contained", "Resource", true, 0 },
		{ "Observation", "valueQuantity", "value", "Quantity", false, 0 },
		{ "Observation", "valueDateTime", "value", "dateTime", false, 0 },
		{ "Extension", "valueBase64Binary", "value", "base64Binary", false, 0 },
		{ "Extension", "url", "url", "uri", false, 1 },
		{ "Bundle.entry", "link", "link", "Bundle.link", true, 0 },
		{ "Parameters.parameter", "part", "part", "Parameters.parameter", true, 0 },
		{ "MedicationAdministration.dosage", "rateQuantity", "rate", "SimpleQuantity",
		    false, 0 },
		{ "string", "x", NULL, NULL, false, 0 },
		{ "Observation", "value", NULL, NULL, false, 0 },
		{ "Observation", "value[x]", NULL, NULL, false, 0 },
		{ "Observation", "valuequantity", NULL, NULL, false, 0 },
		{ "Observation", "valueMoney", NULL, NULL, false, 0 },
		{ "Meta", "project", NULL, NULL, false, 0 },
		{ "Encounter", "", NULL, NULL, false, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ww_fhir_type *type = NULL;
		const struct ww_fhir_element *e =
		    ww_fhir_element_find(type_of(rows[i].type), ww_str_from(rows[i].name), &type);

		ck_assert_msg(
		    (e != NULL) == (rows[i].element != NULL), "%s.%s", rows[i].type, rows[i].name);
		if (e == NULL)
			continue;
		ck_assert_str_eq(e->name, rows[i].element);
		ck_assert_str_eq(type->name, rows[i].of);
		ck_assert_int_eq(e->many, rows[i].many);
		ck_assert_int_eq(e->min, rows[i].min);
	}
}
END_TEST

START_TEST(keeps_the_order_of_the_specification)
{
	static const char *const want[] = { "id", "extension", "use", "type", "system", "value",
		"period", "assigner", NULL };
	const struct ww_fhir_type *t = type_of("Identifier");
	size_t i;

	for (i = 0; want[i] != NULL; i++)
		ck_assert_str_eq(ww_fhir_type_element(t, i)->name, want[i]);
	ck_assert_ptr_null(ww_fhir_type_element(t, i));
}
END_TEST

START_TEST(knows_resources_by_name)
{
	ck_assert_int_eq(ww_fhir_resource_find(WW_STR("Claim"))->kind, WW_FHIR_RESOURCE);
	ck_assert_int_eq(ww_fhir_resource_find(WW_STR("VisionPrescription"))->kind, WW_FHIR_OTHER);
	ck_assert_ptr_null(ww_fhir_resource_find(WW_STR("Period")));
	ck_assert_ptr_null(ww_fhir_resource_find(WW_STR("Resource")));
	ck_assert_ptr_null(ww_fhir_resource_find(WW_STR("encounter")));
	ck_assert_ptr_null(ww_fhir_resource_find(WW_STR("Bot")));
	ck_assert_int_eq(type_of("Encounter.location")->kind, WW_FHIR_NESTED);
	ck_assert_int_eq(type_of("Period")->kind, WW_FHIR_DATATYPE);
	ck_assert_int_eq(type_of("positiveInt")->primitive, WW_FHIR_POSITIVE);
}
END_TEST

START_TEST(attributes_and_modifiers_are_marked)
{
	const struct ww_fhir_type *of = NULL;

	ck_assert(ww_fhir_element_find(type_of("Period"), WW_STR("id"), &of)->attribute);
	ck_assert(!ww_fhir_element_find(type_of("Patient"), WW_STR("id"), &of)->attribute);
	ck_assert(ww_fhir_element_find(type_of("Extension"), WW_STR("url"), &of)->attribute);
	ck_assert(!ww_fhir_element_find(type_of("Attachment"), WW_STR("url"), &of)->attribute);
	ck_assert(ww_fhir_element_find(type_of("Patient"), WW_STR("active"), &of)->modifier);
	ck_assert(
	    ww_fhir_element_find(type_of("SimpleQuantity"), WW_STR("comparator"), &of)->barred);
}
END_TEST

START_TEST(codes_of_required_bindings)
{
	static const struct {
		const char *type, *element, *system, *code;
		bool in;
	} rows[] = {
		{ "Encounter", "status", "", "in-progress", true },
		{ "Encounter", "status", "", "In-progress", false },
		{ "Encounter", "status", "", "", false },
		{ "Task", "intent", "", "unknown", true },
		{ "Task", "intent", "", "order", true },
		{ "Condition", "clinicalStatus",
		    "http://terminology.hl7.org/CodeSystem/condition-clinical", "active", true },
		{ "Condition", "clinicalStatus", "http://example.org", "active", false },
		{ "Money", "currency", "", "EUR", true },
		{ "Money", "currency", "", "euro", false },
		{ "Attachment", "contentType", "", "application/fhir+json; charset=utf-8", true },
		{ "Attachment", "contentType", "", "pdf", false },
	};
	const struct ww_fhir_type *of = NULL;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ww_fhir_element *e =
		    ww_fhir_element_find(type_of(rows[i].type), ww_str_from(rows[i].element), &of);

		ck_assert_msg(ww_fhir_code_in(e->valueset, ww_str_from(rows[i].system),
		                  ww_str_from(rows[i].code)) == rows[i].in,
		    "%s.%s %s", rows[i].type, rows[i].element, rows[i].code);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		finds_an_element_by_each_name_it_may_have,
		keeps_the_order_of_the_specification,
		knows_resources_by_name,
		attributes_and_modifiers_are_marked,
		codes_of_required_bindings,
	};

	return unit_main("fhir_types", tests, UNIT_COUNT(tests));
}
