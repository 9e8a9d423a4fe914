/* Rows of claims, answers and clinical resources as JSON: what is empty is left out. */
#include "main/map_beside.h"

#include "model/model_json.h"

static void
add(struct ww_ctx *cx, struct ww_json *o, const char *name, const struct ww_entity *e,
    const void *rows, size_t n)
{
	struct ww_json *list = n != 0 ? ww_json_set(cx, o, name, ww_json_array(cx)) : NULL;

	for (size_t i = 0; i < n; i++)
		ww_json_add(cx, list, ww_row_json(cx, e, (const char *)rows + i * e->size));
}
#define ADD(cx, o, entity, rows, n) add((cx), (o), #entity, &ww_entity_##entity, (rows), (n))

static void
add_bill(struct ww_ctx *cx, struct ww_json *o, const struct ww_bill *b)
{
	bool bill = b->claim.said.n != 0;

	ADD(cx, o, authorization, &b->authorization, b->authorization.use != WW_claim_use_NONE);
	ADD(cx, o, claim, &b->claim, bill);
	ADD(cx, o, claim_detail, &b->detail, bill);
	ADD(cx, o, claim_line, b->lines, bill ? b->lines_n : 0);
	ADD(cx, o, problem, b->problems, bill ? b->problems_n : 0);
	ADD(cx, o, procedure, b->procedures, bill ? b->procedures_n : 0);
	ADD(cx, o, dispense, b->dispenses, bill ? b->dispenses_n : 0);
}

static ww_status
map_claim(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_json *o)
{
	struct ww_bill b;
	ww_status s = ww_fhir_claim(cx, source, feed, &b);

	if (s == WW_OK)
		add_bill(cx, o, &b);
	return s;
}

static ww_status
map_eob(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_json *o)
{
	struct ww_bill b;
	ww_status s = ww_fhir_eob(cx, source, feed, &b);

	if (s == WW_OK)
		add_bill(cx, o, &b);
	return s;
}

static ww_status
map_response(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_json *o)
{
	struct ww_decision d;
	ww_status s = ww_fhir_response(cx, source, feed, &d);

	if (s == WW_OK)
		ADD(cx, o, decision, &d, 1);
	return s;
}

typedef ww_status clinical_fn(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_clinical *out);

static ww_status
map_clinical(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    clinical_fn *map, struct ww_json *o)
{
	struct ww_clinical c;
	ww_status s = map(cx, source, feed, &c);

	if (s != WW_OK)
		return s;
	ADD(cx, o, problem, c.problems, c.problems_n);
	ADD(cx, o, procedure, &c.procedure, c.procedure.code.n != 0);
	ADD(cx, o, dispense, &c.dispense, c.dispense.kind != WW_dispense_kind_NONE);
	ADD(cx, o, observation, c.observations, c.observations_n);
	return s;
}

static const struct {
	const char *type;
	ww_status (*map)(struct ww_ctx *cx, const struct ww_fhir_source *source,
	    const struct ww_feed *feed, struct ww_json *o);
	clinical_fn *clinical;
} table[] = {
	{ "Claim", map_claim, NULL },
	{ "ExplanationOfBenefit", map_eob, NULL },
	{ "ClaimResponse", map_response, NULL },
	{ "Condition", NULL, ww_fhir_condition },
	{ "Procedure", NULL, ww_fhir_procedure },
	{ "MedicationRequest", NULL, ww_fhir_medication },
	{ "MedicationDispense", NULL, ww_fhir_medication },
	{ "MedicationAdministration", NULL, ww_fhir_medication },
	{ "Observation", NULL, ww_fhir_observation },
};
enum { TYPES = sizeof(table) / sizeof(table[0]) };

static size_t
place_of(ww_str type)
{
	size_t i = 0;

	while (i < TYPES && !ww_str_is(type, table[i].type))
		i++;
	return i;
}

bool
ww_map_beside_takes(ww_str type)
{
	return place_of(type) < TYPES;
}

ww_status
ww_map_beside(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_json **out)
{
	size_t i = place_of(ww_json_str(ww_json_get(source->resource, "resourceType")));

	*out = ww_json_object(cx);
	if (i == TYPES)
		return ww_fail(cx, WW_E_TYPE, "resourceType", "no mapper takes this type");
	return table[i].map != NULL ? table[i].map(cx, source, feed, *out)
	                            : map_clinical(cx, source, feed, table[i].clinical, *out);
}
