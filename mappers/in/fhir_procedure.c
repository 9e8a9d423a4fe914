/* Procedure (http://hl7.org/fhir/R4/procedure.html). */
#include "mappers/in/fhir_clinical.h"

/* What was not done, or is only planned, is no procedure. */
static bool
is_done(ww_str status)
{
	static const char *const others[] = { "preparation", "not-done", "entered-in-error" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (ww_str_is(status, others[i]))
			return false;
	}
	return true;
}

ww_status
ww_fhir_procedure(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_clinical *out)
{
	const struct ww_json *r = source->resource;
	struct ww_procedure *p = &out->procedure;
	struct ww_picked code = ww_pick_code(ww_json_get(r, "code"));

	ww_clinical_init(out, r);
	p->feed = feed->name;
	p->resource = source->name;
	p->status = ww_clinical_status(source);
	p->recorded = source->updated;
	p->line = 1;
	ww_pick_when(r, "performed", feed->zone, &p->start, &p->end);
	out->at = p->start;
	if (is_done(p->status)) {
		p->code = code.code;
		p->system = code.system;
	}
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}
