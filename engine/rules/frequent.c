/* Rule frequent-ed/1: a person who comes to emergency departments often. Three tests, of which any one is enough: some in a short
 * time, more in a year, and so many in a year that it is high. Visits from which the patient was admitted count, too, unless
 * the program says otherwise; of one day they are one. */
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/evidence.h"
#include "rules/person.h"

static const char id[] = "frequent-ed/1";

struct test {
	int64_t least, from; /* so many visits since that day */
	ww_str text;         /* "3 in 60 days" */
	const char *band;
};

static ww_str
say(struct ww_ctx *cx, int64_t n, int64_t in, const char *unit)
{
	return ww_arena_printf(cx->arena, "%lld in %lld %s", (long long)n, (long long)in, unit);
}

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	int64_t short_n = ww_param(p, WW_PARAM_frequent_ed_short_visits);
	int64_t short_in = ww_param(p, WW_PARAM_frequent_ed_short_days);
	int64_t long_n = ww_param(p, WW_PARAM_frequent_ed_long_visits);
	int64_t long_in = ww_param(p, WW_PARAM_frequent_ed_long_days);
	int64_t high_n = ww_param(p, WW_PARAM_frequent_ed_more_than) + 1;
	int64_t high_in = ww_param(p, WW_PARAM_frequent_ed_months);
	const struct test tests[] = {
		{ short_n, c->as_of - short_in, say(cx, short_n, short_in, "days"), "moderate" },
		{ long_n, c->as_of - long_in, say(cx, long_n, long_in, "days"), "moderate" },
		{ high_n, ww_months_before(c->as_of, high_in), say(cx, high_n, high_in, "months"),
		    "high" },
	};
	bool (*is)(const struct ww_visit *v) = ww_param(p, WW_PARAM_frequent_ed_with_admitted) != 0
	                                           ? ww_visit_is_emergency
	                                           : ww_visit_is_emergency_alone;
	struct ww_json *reached = ww_json_array(cx), *o, *sources;
	const char *band = NULL;
	struct ww_finding *f;
	int64_t year;

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (ww_visits_count(c, is, tests[i].from, c->as_of) < tests[i].least)
			continue;
		ww_json_add(cx, reached, ww_json_string(cx, tests[i].text));
		band = tests[i].band;
	}
	if (band == NULL || ww_person_gone(c))
		return WW_OK;
	f = ww_findings_add(cx, out, WW_flag_kind_FREQUENT_ED);
	if (f == NULL)
		return WW_E_LIMIT;
	year = ww_months_before(c->as_of, high_in);
	f->rule = id;
	f->band = band;
	f->score = f->low = f->high = ww_visits_count(c, is, year, c->as_of);
	f->completeness =
	    ww_person_known_since(c, year) ? WW_completeness_COMPLETE : WW_completeness_INCOMPLETE;
	o = ww_json_object(cx);
	sources = ww_json_object(cx);
	ww_json_set(cx, o, "reached", reached);
	ww_json_set_int(cx, o, "visits", f->score);
	ww_json_set_cstr(cx, sources, "visits", "emergency visits of ADT and claims");
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, &f->evidence);
}

const struct ww_rule ww_rule_frequent_ed = {
	.id = id,
	.purpose = "frequent use of emergency departments",
	.on = WW_ON_PERSON,
	.needs = WW_NEEDS_CLAIMS | WW_NEEDS_VISITS,
	.finds = WW_FINDS(FREQUENT_ED),
	.judge = judge,
};
