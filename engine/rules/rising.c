/* Rule rising-risk/1, a decision of the engine (docs/rationale.md): points for what happened lately against points for the same time
 * before. An emergency visit is a point, an admission several, a group of comorbidities that had not been seen before one. A
 * person is told of while it is getting worse, not while it is bad: who is told of as complex or frequent is another matter.
 * Without the history to compare with nothing is found, as all that is known would look new. */
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/comorbidity.h"
#include "rules/evidence.h"
#include "rules/person.h"

static const char id[] = "rising-risk/1";

/* What is counted of days from..to; known: groups that had been seen before. */
struct period {
	int64_t visits, admissions, groups;
};

static int64_t
bits(uint32_t set)
{
	int64_t n = 0;

	for (; set != 0; set &= set - 1)
		n++;
	return n;
}

static struct period
count(const struct ww_case *c, const struct ww_disease *v, size_t n, int64_t from, int64_t to,
    int64_t first)
{
	uint32_t now = ww_comorbidity_settle(ww_diseases_groups(v, n, first, to));
	uint32_t then = ww_diseases_groups(v, n, first, from - 1);

	return (struct period){ .visits = ww_visits_count(c, ww_visit_is_emergency_alone, from, to),
		.admissions = ww_visits_count(c, ww_visit_is_admission, from, to),
		.groups = bits(now & ~then) };
}

static int64_t
points(const struct period *x, const struct ww_params *p)
{
	return x->visits + x->admissions * ww_param(p, WW_PARAM_rising_risk_admission) +
	       x->groups * ww_param(p, WW_PARAM_rising_risk_group);
}

static struct ww_json *
say(struct ww_ctx *cx, const struct period *x)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_int(cx, o, "visits", x->visits);
	ww_json_set_int(cx, o, "admissions", x->admissions);
	ww_json_set_int(cx, o, "new_groups", x->groups);
	return o;
}

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	int64_t days = ww_param(p, WW_PARAM_rising_risk_days), first = c->as_of - 365;
	int64_t from = c->as_of - days + 1, before = from - days, now, then;
	struct ww_json *o, *sources;
	struct ww_disease *v;
	struct period late, early;
	struct ww_finding *f;
	ww_status s;
	size_t n;

	if (!ww_person_known_since(c, before) || ww_person_gone(c))
		return WW_OK;
	s = ww_diseases(cx, c, &v, &n);
	if (s != WW_OK)
		return s;
	late = count(c, v, n, from, c->as_of, first);
	early = count(c, v, n, before, from - 1, first);
	now = points(&late, p);
	then = points(&early, p);
	if (now < ww_param(p, WW_PARAM_rising_risk_least) ||
	    now - then < ww_param(p, WW_PARAM_rising_risk_rise))
		return WW_OK;
	f = ww_findings_add(cx, out, WW_flag_kind_RISING_RISK);
	if (f == NULL)
		return WW_E_LIMIT;
	f->rule = id;
	f->score = f->low = f->high = now;
	f->completeness =
	    ww_person_known_since(c, first) ? WW_completeness_COMPLETE : WW_completeness_INCOMPLETE;
	o = ww_json_object(cx);
	sources = ww_json_object(cx);
	ww_json_set_int(cx, o, "days", days);
	ww_json_set(cx, o, "now", say(cx, &late));
	ww_json_set(cx, o, "before", say(cx, &early));
	ww_json_set_cstr(cx, sources, "now", "visits and diagnoses of ADT, claims and Conditions");
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, &f->evidence);
}

const struct ww_rule ww_rule_rising_risk = {
	.id = id,
	.purpose = "more visits, admissions and comorbidities than in the time before",
	.on = WW_ON_PERSON,
	.needs = WW_NEEDS_CLAIMS | WW_NEEDS_VISITS,
	.finds = WW_FINDS(RISING_RISK),
	.judge = judge,
};
