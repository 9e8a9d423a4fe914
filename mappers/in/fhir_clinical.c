/* Whose a clinical resource is, and of which stay. */
#include "mappers/in/fhir_clinical.h"

void
ww_clinical_init(struct ww_clinical *c, const struct ww_json *resource)
{
	const struct ww_json *encounter = ww_json_get(resource, "encounter");

	*c = (struct ww_clinical){ .encounter = ww_str_empty() };
	ww_row_init(&ww_entity_procedure, &c->procedure);
	ww_row_init(&ww_entity_dispense, &c->dispense);
	c->patient = ww_json_get(resource, "subject");
	if (encounter == NULL)
		encounter = ww_json_get(resource, "context");
	c->encounter = ww_pick_text(encounter, "reference");
}

ww_str
ww_clinical_status(const struct ww_fhir_source *source)
{
	return source->deleted ? WW_STR("entered-in-error")
	                       : ww_pick_text(source->resource, "status");
}

ww_time
ww_clinical_first(ww_time a, ww_time b)
{
	return ww_time_known(a) ? a : b;
}
