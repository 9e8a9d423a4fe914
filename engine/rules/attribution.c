/* Rule attribution-change/1: whom an edition of a roster has made a practice's where an older one had not (new), whose row it has altered or put
 * another in the place of (changed), and who is the practice's no more (dropped). It holds for some days, in which the practice can be told and
 * look; the first edition of a roster makes nobody new. */
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/evidence.h"
#include "rules/person.h"

#include <string.h>

static const char id[] = "attribution-change/1";

static ww_status
add(struct ww_ctx *cx, const struct ww_reattributed *r, struct ww_findings *out)
{
	struct ww_finding *f = ww_findings_add(cx, out, WW_flag_kind_ATTRIBUTION_CHANGE);
	struct ww_json *o = ww_json_object(cx), *sources = ww_json_object(cx);

	if (f == NULL)
		return WW_E_LIMIT;
	f->rule = id;
	f->band = r->change;
	f->completeness = WW_completeness_COMPLETE;
	f->practice = r->practice;
	f->former = strcmp(r->change, WW_DROPPED) == 0 ? r->row : 0;
	ww_json_set_cstr(cx, o, "change", r->change);
	ww_json_set_str(cx, o, "practice", r->practice);
	ww_json_set_cstr(cx, sources, "change",
	    f->former != 0 ? "the edition of a roster that had the row no more, or its last day"
	                   : "the edition of a roster that first had the row, or altered it");
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, &f->evidence);
}

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	ww_status s = WW_OK;

	if (ww_person_gone(c))
		return WW_OK;
	for (size_t i = 0; s == WW_OK && i < c->reattributed_n; i++) {
		const struct ww_reattributed *r = &c->reattributed[i];
		int64_t since = ww_time_day(ww_time_at(r->ms, c->zone), c->zone);

		if (c->as_of - since >= ww_param(p, WW_PARAM_attribution_change_days))
			ww_findings_end(out, WW_flag_kind_ATTRIBUTION_CHANGE,
			    "what the roster changed is no news any more", true);
		else
			s = add(cx, r, out);
	}
	return s;
}

const struct ww_rule ww_rule_attribution_change = {
	.id = id,
	.purpose = "tells a practice of whom a roster has made its patient, or its patient no more",
	.on = WW_ON_PERSON,
	.needs = WW_NEEDS_ATTRIBUTION,
	.judge = judge,
};
