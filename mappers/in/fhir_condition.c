/* Condition to diagnoses (http://hl7.org/fhir/R4/condition.html). */
#include "mappers/in/fhir_clinical.h"

/* One that was refuted, or entered in error, is none. */
static bool
is_said(const struct ww_fhir_source *source, const struct ww_problem *p)
{
	return !source->deleted && !ww_str_is(p->verification, "refuted") &&
	       !ww_str_is(p->verification, "entered-in-error");
}

static bool
has_system(const struct ww_clinical *c, ww_str system)
{
	for (size_t i = 0; i < c->problems_n; i++) {
		if (ww_str_eq(c->problems[i].system, system))
			return true;
	}
	return false;
}

ww_status
ww_fhir_condition(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_clinical *out)
{
	enum { SYSTEMS_MAX = 8 };
	const struct ww_json *r = source->resource, *code = ww_json_get(r, "code");
	struct ww_problem all;
	ww_time end, recorded = ww_pick_time(r, "recordedDate", feed->zone);

	ww_clinical_init(out, r);
	out->problems = ww_arena_array(cx->arena, SYSTEMS_MAX, sizeof(*out->problems));
	if (out->problems == NULL)
		return ww_fail_memory(cx);
	ww_row_init(&ww_entity_problem, &all);
	all.feed = feed->name;
	all.resource = source->name;
	all.type = ww_pick_code(ww_json_find(r, "category[0]")).code;
	all.clinical = ww_pick_code(ww_json_get(r, "clinicalStatus")).code;
	all.verification = ww_pick_code(ww_json_get(r, "verificationStatus")).code;
	ww_pick_when(r, "onset", feed->zone, &all.onset, &end);
	all.recorded = ww_clinical_first(recorded, source->updated);
	out->at = ww_clinical_first(all.onset, all.recorded);
	if (!is_said(source, &all))
		return WW_OK;
	for (const struct ww_json *c = ww_json_first(ww_json_get(code, "coding"));
	     c != NULL && out->problems_n < SYSTEMS_MAX; c = ww_json_next(c)) {
		struct ww_problem *p = &out->problems[out->problems_n];
		int rank;

		*p = all;
		p->system = ww_pick_diagnosis_system(ww_pick_text(c, "system"), &rank);
		p->code = ww_pick_bare(cx, ww_pick_text(c, "code"));
		p->line = (int64_t)out->problems_n + 1;
		out->problems_n += p->code.n != 0 && !has_system(out, p->system);
	}
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}
