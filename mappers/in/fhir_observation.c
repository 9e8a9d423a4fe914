/* Observation (http://hl7.org/fhir/R4/observation.html). Components that have a value of their own, as the two of a blood
 * pressure, are observations of their own. */
#include "mappers/in/fhir_clinical.h"

static void
read_quantity(const struct ww_json *q, struct ww_observation *o)
{
	o->value = ww_pick_text(q, "value");
	o->comparator = ww_pick_text(q, "comparator");
	o->unit = ww_pick_text(q, "code");
	if (o->unit.n == 0)
		o->unit = ww_pick_text(q, "unit");
}

static void
read_value(const struct ww_json *v, struct ww_observation *o)
{
	static const char *const plain[] = { "valueString", "valueInteger", "valueDateTime",
		"valueTime" };
	const struct ww_json *concept = ww_json_get(v, "valueCodeableConcept");
	const struct ww_json *truth = ww_json_get(v, "valueBoolean");

	read_quantity(ww_json_get(v, "valueQuantity"), o);
	if (concept != NULL) {
		struct ww_picked p = ww_pick_code(concept);

		o->value = p.code;
		o->value_system = p.system;
	}
	if (truth != NULL)
		o->value = ww_json_true(truth) ? WW_STR("true") : WW_STR("false");
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]) && o->value.n == 0; i++)
		o->value = ww_pick_text(v, plain[i]);
}

/* What is said of the whole and of each component alike. */
static void
read_one(const struct ww_json *v, struct ww_observation *o)
{
	struct ww_picked code = ww_pick_code(ww_json_get(v, "code"));

	o->code = code.code;
	o->system = code.system;
	read_value(v, o);
	o->low = ww_pick_at(v, "referenceRange[0].low.value");
	o->high = ww_pick_at(v, "referenceRange[0].high.value");
	o->range = ww_pick_at(v, "referenceRange[0].text");
	o->abnormal = ww_pick_code(ww_json_find(v, "interpretation[0]")).code;
}

ww_status
ww_fhir_observation(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_clinical *out)
{
	const struct ww_json *r = source->resource, *parts = ww_json_get(r, "component");
	size_t n = ww_json_len(parts);
	struct ww_observation all;
	ww_time end, issued = ww_pick_time(r, "issued", feed->zone);

	ww_clinical_init(out, r);
	out->observations = ww_arena_array(cx->arena, n + 1, sizeof(*out->observations));
	if (out->observations == NULL)
		return ww_fail_memory(cx);
	ww_row_init(&ww_entity_observation, &all);
	all.feed = feed->name;
	all.resource = source->name;
	all.status = ww_clinical_status(source);
	all.recorded = ww_clinical_first(source->updated, issued);
	ww_pick_when(r, "effective", feed->zone, &all.observed, &end);
	out->at = all.observed;
	if (ww_str_is(all.status, "entered-in-error") || ww_str_is(all.status, "cancelled"))
		return WW_OK;
	out->observations[0] = all;
	read_one(r, &out->observations[0]);
	out->observations_n = 1;
	for (const struct ww_json *c = ww_json_first(parts); c != NULL; c = ww_json_next(c)) {
		struct ww_observation *o = &out->observations[out->observations_n];

		*o = all;
		read_one(c, o);
		out->observations_n += o->value.n != 0;
	}
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}
