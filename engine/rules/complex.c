/* Rule complex-comorbidity/1: several diseases and several admissions in a year, which a case manager may help with. A person who
 * falls below stays one for a while: an event that grows too old ends nothing at once. */
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/comorbidity.h"
#include "rules/evidence.h"
#include "rules/person.h"

static const char id[] = "complex-comorbidity/1";

enum { YEAR = 365 };

struct state {
	uint32_t groups; /* settled, without those that the program leaves out */
	int64_t groups_n, admissions;
};

/* Of the year before that day and of more days before it. */
static struct state
state_on(const struct ww_case *c, const struct ww_disease *v, size_t n, const struct ww_params *p,
    int64_t day, int64_t more)
{
	int64_t from = day - YEAR - more;
	uint32_t cancer = WW_CHARLSON_BIT(WW_CHARLSON_CANCER) | WW_CHARLSON_BIT(WW_CHARLSON_METS);
	struct state s = { .groups = ww_comorbidity_settle(ww_diseases_groups(v, n, from, day)) };

	if (ww_param(p, WW_PARAM_complex_comorbidity_exclude_cancer) != 0)
		s.groups &= ~cancer;
	for (uint32_t rest = s.groups; rest != 0; rest &= rest - 1)
		s.groups_n++;
	s.admissions = ww_visits_count(c, ww_visit_is_admission, from, day);
	return s;
}

static bool
holds(const struct state *s, const struct ww_params *p)
{
	return s->groups_n >= ww_param(p, WW_PARAM_complex_comorbidity_min_groups) &&
	       s->admissions >= ww_param(p, WW_PARAM_complex_comorbidity_min_admissions);
}

static struct ww_json *
names(struct ww_ctx *cx, uint32_t groups)
{
	struct ww_json *list = ww_json_array(cx);

	for (enum ww_charlson g = 0; g < WW_CHARLSON_COUNT; g++) {
		if ((groups & WW_CHARLSON_BIT(g)) != 0)
			ww_json_add(
			    cx, list, ww_json_string(cx, ww_str_from(ww_comorbidity_name(g))));
	}
	return list;
}

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	int64_t linger = ww_param(p, WW_PARAM_complex_comorbidity_linger_days), ago = 0;
	struct ww_json *o, *sources;
	struct ww_disease *v;
	struct ww_finding *f;
	struct state state;
	ww_status s;
	size_t n;

	if (ww_person_gone(c))
		return WW_OK;
	s = ww_diseases(cx, c, &v, &n);
	if (s != WW_OK)
		return s;
	/* Most are far from it: who has not enough in all of the time has not on any day of it. */
	state = state_on(c, v, n, p, c->as_of, linger);
	if (!holds(&state, p))
		return WW_OK;
	while (ago <= linger) {
		state = state_on(c, v, n, p, c->as_of - ago, 0);
		if (holds(&state, p))
			break;
		ago++;
	}
	if (ago > linger)
		return WW_OK;
	f = ww_findings_add(cx, out, WW_flag_kind_COMPLEX);
	if (f == NULL)
		return WW_E_LIMIT;
	f->rule = id;
	f->score = f->low = f->high = state.groups_n;
	f->completeness = ww_person_known_since(c, c->as_of - YEAR) ? WW_completeness_COMPLETE
	                                                            : WW_completeness_INCOMPLETE;
	o = ww_json_object(cx);
	sources = ww_json_object(cx);
	ww_json_set(cx, o, "groups", names(cx, state.groups));
	ww_json_set_int(cx, o, "admissions", state.admissions);
	ww_json_set_cstr(cx, sources, "groups", "diagnoses of ADT, claims and Conditions");
	ww_json_set_cstr(cx, sources, "admissions", "stays of ADT and claims");
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, &f->evidence);
}

const struct ww_rule ww_rule_complex_comorbidity = {
	.id = id,
	.purpose = "several diseases and several admissions in a year",
	.on = WW_ON_PERSON,
	.needs = WW_NEEDS_CLAIMS | WW_NEEDS_VISITS,
	.finds = WW_FINDS(COMPLEX),
	.judge = judge,
};
