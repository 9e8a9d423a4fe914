/* Rule admission/1: which of arrival, admission and discharge hold of an encounter now. A retraction needs
 * no code: what is cancelled no longer holds. */
#include <wardwire/rule.h>

#include "rules/admission.h"
#include "rules/stay.h"

static const char id[] = "admission/1";

static const struct {
	enum ww_flag_kind kind;
	bool (*holds)(const struct ww_encounter *e);
} assertions[] = {
	{ WW_flag_kind_ADMIT, ww_admission_inpatient },
	{ WW_flag_kind_ED, ww_admission_to_ed },
	{ WW_flag_kind_OBSERVATION, ww_admission_to_observation },
	{ WW_flag_kind_DISCHARGE, ww_stay_discharged },
	{ WW_flag_kind_ED_DISCHARGE, ww_admission_left_ed },
};

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	(void)p; /* nothing can be set */
	for (size_t i = 0; i < sizeof(assertions) / sizeof(assertions[0]); i++) {
		struct ww_finding *f;
		ww_status s;

		if (!assertions[i].holds(c->encounter))
			continue;
		f = ww_findings_add(cx, out, assertions[i].kind);
		if (f == NULL)
			return WW_E_LIMIT;
		f->rule = id;
		s = ww_admission_evidence(cx, c, assertions[i].kind, 1, &f->evidence);
		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

const struct ww_rule ww_rule_admission = {
	.id = id,
	.purpose = "emergency arrival, inpatient admission and discharge",
	.on = WW_ON_STAY,
	.finds = WW_FINDS(ADMIT) | WW_FINDS(ED) | WW_FINDS(OBSERVATION) | WW_FINDS(DISCHARGE) |
	         WW_FINDS(ED_DISCHARGE),
	.judge = judge,
};
