/* Coverage as a time in which somebody is insured (http://hl7.org/fhir/R4/coverage.html); its number as the patient's is
 * fhir_coverage.c's. */
#include "mappers/in/common.h"
#include "mappers/in/fhir_pick.h"

#include <wardwire/claim.h>

static ww_str
plan_of(const struct ww_json *r)
{
	const struct ww_json *c = ww_json_first(ww_json_get(r, "class"));

	while (c != NULL && !ww_pick_has(ww_json_get(c, "type"), "plan"))
		c = ww_json_next(c);
	return ww_pick_text(c, "value");
}

ww_status
ww_fhir_eligibility(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_eligibility *out, const struct ww_json **patient)
{
	const struct ww_json *r = source->resource;
	const struct ww_json *number = ww_pick_identifier(ww_json_get(r, "identifier"), "MB");

	ww_row_init(&ww_entity_eligibility, out);
	*patient = ww_json_get(r, "beneficiary");
	out->feed = feed->name;
	out->resource = source->name;
	out->status = source->deleted ? WW_STR("entered-in-error") : ww_pick_text(r, "status");
	out->plan = plan_of(r);
	out->member_id = ww_pick_text(number, "value");
	if (out->member_id.n == 0)
		out->member_id = ww_pick_text(r, "subscriberId");
	out->relationship = ww_pick_code(ww_json_get(r, "relationship")).code;
	ww_pick_period(ww_json_get(r, "period"), feed->zone, &out->start, &out->end);
	out->recorded = source->updated;
	return ww_in_facility(cx, source, ww_json_find(r, "payor[0]"), feed, &out->payer);
}
