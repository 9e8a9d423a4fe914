/* Rule attribution-change/1: a person whom an edition of a roster has made a practice's, where an older edition had not. It holds for some
 * days, in which the practice can be told and look at who came; the first edition of a roster makes nobody new. */
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/evidence.h"
#include "rules/person.h"

static const char id[] = "attribution-change/1";

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	struct ww_json *o, *sources;
	struct ww_finding *f;
	int64_t since;

	if (c->attributed_ms == 0 || ww_person_gone(c))
		return WW_OK;
	since = ww_time_day(ww_time_at(c->attributed_ms, c->zone), c->zone);
	if (c->as_of - since >= ww_param(p, WW_PARAM_attribution_change_days)) {
		ww_findings_end(
		    out, WW_flag_kind_ATTRIBUTION_CHANGE, "the member is new no more", true);
		return WW_OK;
	}
	f = ww_findings_add(cx, out, WW_flag_kind_ATTRIBUTION_CHANGE);
	if (f == NULL)
		return WW_E_LIMIT;
	f->rule = id;
	f->completeness = WW_completeness_COMPLETE;
	o = ww_json_object(cx);
	sources = ww_json_object(cx);
	ww_json_set_cstr(cx, o, "change", "new");
	ww_json_set_str(cx, o, "practice", c->attributed_to);
	ww_json_set_cstr(cx, sources, "change", "the edition of a roster that first had the row");
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, &f->evidence);
}

const struct ww_rule ww_rule_attribution_change = {
	.id = id,
	.purpose = "tells a practice of whom a roster has made its patient",
	.on = WW_ON_PERSON,
	.needs = WW_NEEDS_ATTRIBUTION,
	.finds = WW_FINDS(ATTRIBUTION_CHANGE),
	.judge = judge,
};
