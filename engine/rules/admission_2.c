/* Rule admission/2: beside what admission/1 says, plans and transfers, and who treats the patient. What goes on from the
 * emergency department under observation is no news of its own: 42 CFR 482.24(d). */
#include <wardwire/chain.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/admission.h"
#include "rules/stay.h"

static const char id[] = "admission/2";

/* A plan that came true was right: it holds as long as nobody takes it back, and is news as long as the patient is awaited. */
static bool
planned(const struct ww_case *c)
{
	const struct ww_encounter *e = c->encounter;

	return e->planned != 0 && e->status != WW_encounter_status_UNKNOWN &&
	       e->status != WW_encounter_status_CANCELLED && e->status != WW_encounter_status_ERROR;
}

static bool
admitted(const struct ww_case *c)
{
	return ww_admission_inpatient(c->encounter);
}

static bool
came_to_ed(const struct ww_case *c)
{
	return ww_admission_to_ed(c->encounter);
}

static bool
came_under_observation(const struct ww_case *c)
{
	return ww_admission_to_observation(c->encounter);
}

static bool
discharged(const struct ww_case *c)
{
	return ww_stay_discharged(c->encounter);
}

static bool
left_ed(const struct ww_case *c)
{
	return ww_admission_left_ed(c->encounter);
}

/* To another hospital: under the same number; by the discharge; or as a stay there says that followed. */
static bool
transferred(const struct ww_case *c)
{
	const struct ww_encounter *e = c->encounter;

	if (ww_time_known(e->transferred) && ww_admission_inpatient(e))
		return true;
	return ww_stay_discharged(e) &&
	       (ww_chain_left_by_transfer(e) || ww_chain_goes_on(e, c->others, c->others_n));
}

/* -- what is no news ----------------------------------------------------------------------------------- */

static bool
is_no_plan_now(const struct ww_encounter *e, const struct ww_params *p)
{
	(void)p;
	return e->status != WW_encounter_status_PLANNED;
}

static bool
came_by_ed(const struct ww_encounter *e, const struct ww_params *p)
{
	return ww_param(p, WW_PARAM_admission_observation_after_ed) == 0 &&
	       ww_time_known(e->ed_start) && ww_time_cmp(e->ed_start, e->obs_start) <= 0;
}

static const struct {
	enum ww_flag_kind kind;
	bool (*holds)(const struct ww_case *c);
	bool (*past)(
	    const struct ww_encounter *e, const struct ww_params *p); /* NULL: it is news */
} assertions[] = {
	{ WW_flag_kind_PLANNED_ADMIT, planned, is_no_plan_now },
	{ WW_flag_kind_ADMIT, admitted, NULL },
	{ WW_flag_kind_ED, came_to_ed, NULL },
	{ WW_flag_kind_OBSERVATION, came_under_observation, came_by_ed },
	{ WW_flag_kind_TRANSFER, transferred, NULL },
	{ WW_flag_kind_DISCHARGE, discharged, NULL },
	{ WW_flag_kind_ED_DISCHARGE, left_ed, NULL },
};

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	for (size_t i = 0; i < sizeof(assertions) / sizeof(assertions[0]); i++) {
		struct ww_finding *f;
		ww_status s;

		if (!assertions[i].holds(c))
			continue;
		f = ww_findings_add(cx, out, assertions[i].kind);
		if (f == NULL)
			return WW_E_LIMIT;
		f->rule = id;
		f->past = assertions[i].past != NULL && assertions[i].past(c->encounter, p);
		s = ww_admission_evidence(cx, c, assertions[i].kind, 2, &f->evidence);
		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

const struct ww_rule ww_rule_admission_2 = {
	.id = id,
	.on = WW_ON_STAY,
	.purpose = "plan, emergency arrival, observation, inpatient admission, transfer, discharge",
	.finds = WW_FINDS(PLANNED_ADMIT) | WW_FINDS(ADMIT) | WW_FINDS(ED) | WW_FINDS(OBSERVATION) |
	         WW_FINDS(TRANSFER) | WW_FINDS(DISCHARGE) | WW_FINDS(ED_DISCHARGE),
	.judge = judge,
};
