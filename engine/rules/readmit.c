/* Rules readmit-hwr/1 and recent-stay/1: an admission, or a visit without one, soon after a discharge from hospital. The first is
 * told at once, as provisional; when the admission is coded, the planned readmission algorithm says what it was. What turns out
 * to have been planned is said to be and not hidden: the algorithm is made for measuring hospitals, and half of what it calls
 * planned is not (Horwitz et al., 2015). */
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/evidence.h"
#include "rules/person_stays.h"

static struct ww_readmission_terms
terms_of(const struct ww_case *c, int64_t days)
{
	return (struct ww_readmission_terms){ .zone = c->zone,
		.days = days,
		.max_age = INT64_MAX,
		.birth = c->birth,
		.as_of = c->as_of };
}

/* What both say: from where and when the person had gone. */
static ww_status
say_before(struct ww_ctx *cx, const struct ww_person_stays *stays,
    const struct ww_readmission_result *before, int64_t begin, struct ww_json *o,
    struct ww_json *sources)
{
	const struct ww_readmission_stay *s = &stays->v[before - stays->r];
	ww_status st = ww_evidence_day(cx, o, "discharged", before->discharged);

	ww_json_set_int(cx, o, "days", begin - before->discharged);
	ww_json_set_cstr(cx, sources, "discharged", "PV1-45, EVN-6 or EVN-2, or a claim");
	if (s->facility.n != 0) {
		ww_json_set_str(cx, o, "from", s->facility);
		ww_json_set_cstr(cx, sources, "from", "PV1-3.4 or MSH-4, or a claim");
	}
	return st;
}

/* -- readmit-hwr/1 ----------------------------------------------------------------------------------- */

static const char readmit_id[] = "readmit-hwr/1";

static const char *
band_of(const struct ww_planned_verdict *planned)
{
	if (planned->test == WW_PLANNED_UNCODED)
		return "provisional";
	return ww_planned_is(planned->test) ? "planned" : "unplanned";
}

/* Whether the measure counts it: the stay before is an index stay, and this the first admission after it. */
static void
say_measure(struct ww_ctx *cx, const struct ww_person_stays *stays,
    const struct ww_readmission_result *before, const struct ww_readmission_result *own,
    struct ww_json *o)
{
	bool index = before->role == WW_READMISSION_INDEX;

	ww_json_set_bool(cx, o, "index", index);
	if (!index)
		ww_json_set_cstr(cx, o, "no_index", ww_readmission_why_text(before->why));
	else
		ww_json_set_cstr(cx, o, "cohort", ww_cohort_text(before->cohort));
	if (index && before->by != (size_t)(own - stays->r))
		ww_json_set_bool(cx, o, "later", true);
	ww_json_set_cstr(cx, o, "test", ww_planned_text(own->planned.test));
	if (own->newer || before->newer)
		ww_json_set_bool(cx, o, "newer_codes", true);
}

static ww_status
judge_readmission(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	struct ww_readmission_terms terms = terms_of(c, ww_param(p, WW_PARAM_readmit_hwr_days));
	struct ww_json *o, *sources;
	const struct ww_readmission_result *own, *before;
	struct ww_person_stays stays;
	struct ww_finding *f;
	ww_status s;

	if (c->encounter == NULL || c->others_n + c->visits_n == 0)
		return WW_OK; /* most have no other: nothing is gathered for them */
	terms.pcr = ww_param(p, WW_PARAM_readmit_hwr_variant) == 1;
	terms.min_age = ww_param(p, WW_PARAM_readmit_hwr_min_age);
	terms.max_age = ww_param(p, WW_PARAM_readmit_hwr_max_age);
	terms.obstetric = ww_param(p, WW_PARAM_readmit_hwr_obstetric) != 0;
	s = ww_person_stays(cx, c, &terms, &stays);
	if (s != WW_OK || stays.own == stays.n)
		return s;
	own = &stays.r[stays.own];
	if (own->role == WW_READMISSION_OUT)
		return WW_OK;
	before = ww_person_stays_before(&stays, stays.own, &terms);
	if (before == NULL)
		return WW_OK;
	f = ww_findings_add(cx, out, WW_flag_kind_READMISSION);
	if (f == NULL)
		return WW_E_LIMIT;
	f->rule = readmit_id;
	f->band = band_of(&own->planned);
	o = ww_json_object(cx);
	sources = ww_json_object(cx);
	s = say_before(cx, &stays, before, own->admitted, o, sources);
	if (s != WW_OK)
		return s;
	say_measure(cx, &stays, before, own, o);
	ww_json_set_cstr(
	    cx, sources, "test", "principal diagnosis and procedures of claims, or DG1-3");
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, &f->evidence);
}

const struct ww_rule ww_rule_readmit = {
	.id = readmit_id,
	.purpose =
	    "an admission within 30 days of a discharge from hospital, and whether it was planned",
	.on = WW_ON_STAY,
	.needs = WW_NEEDS_CLAIMS | WW_NEEDS_PROCEDURES | WW_NEEDS_VISITS | WW_NEEDS_RECENT,
	.finds = WW_FINDS(READMISSION),
	.judge = judge_readmission,
};

/* -- recent-stay/1 ----------------------------------------------------------------------------------- */

static const char recent_id[] = "recent-stay/1";

static ww_status
judge_recent(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	struct ww_readmission_terms terms = terms_of(c, ww_param(p, WW_PARAM_recent_stay_days));
	const struct ww_readmission_result *before;
	struct ww_json *o, *sources;
	struct ww_person_stays stays;
	struct ww_finding *f;
	ww_status s;

	if (c->encounter == NULL || c->others_n + c->visits_n == 0)
		return WW_OK;
	s = ww_person_stays(cx, c, &terms, &stays);
	if (s != WW_OK || stays.own == stays.n)
		return s;
	if (stays.v[stays.own].class_ != WW_encounter_class_ED &&
	    stays.v[stays.own].class_ != WW_encounter_class_OBSERVATION)
		return WW_OK;
	before = ww_person_stays_before(&stays, stays.own, &terms);
	if (before == NULL)
		return WW_OK;
	f = ww_findings_add(cx, out, WW_flag_kind_RECENT_STAY);
	if (f == NULL)
		return WW_E_LIMIT;
	f->rule = recent_id;
	o = ww_json_object(cx);
	sources = ww_json_object(cx);
	s = say_before(
	    cx, &stays, before, ww_time_day(stays.v[stays.own].start, c->zone), o, sources);
	if (s != WW_OK)
		return s;
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, &f->evidence);
}

const struct ww_rule ww_rule_recent_stay = {
	.id = recent_id,
	.purpose = "an emergency visit or an observation soon after a discharge from hospital",
	.on = WW_ON_STAY,
	.needs = WW_NEEDS_CLAIMS | WW_NEEDS_VISITS,
	.finds = WW_FINDS(RECENT_STAY),
	.judge = judge_recent,
};
