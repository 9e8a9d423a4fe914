/* Rule dm-elig/1: a person whom a disease management program may help, by bills in the manner of the CCW chronic conditions
 * algorithms: one of an inpatient stay with a diagnosis of the condition, or two others on two days. Codes:
 * profiles/codes/dm-elig.csv. Diabetes of pregnancy is none. */
#include <wardwire/json.h>
#include <wardwire/params.h>
#include <wardwire/rule.h>

#include "rules/ccs.h"
#include "rules/evidence.h"
#include "rules/person.h"

#include <stdlib.h>

static const char id[] = "dm-elig/1";

static const char codes[] = {
#include "gen/dm_elig.inc"
};
static const struct ww_code_table table = { codes, sizeof(codes) };

static const struct {
	const char *name; /* as the table has it */
	enum ww_flag_kind kind;
	enum ww_param_id months;
} conditions[] = {
	{ "diabetes", WW_flag_kind_DM_DIABETES, WW_PARAM_dm_elig_diabetes_months },
	{ "heartfailure", WW_flag_kind_DM_HEART_FAILURE, WW_PARAM_dm_elig_heart_failure_months },
	{ "copd", WW_flag_kind_DM_COPD, WW_PARAM_dm_elig_copd_months },
	{ "asthma", WW_flag_kind_DM_ASTHMA, WW_PARAM_dm_elig_asthma_months },
};
enum { CONDITIONS = sizeof(conditions) / sizeof(conditions[0]) };

/* A bill with a diagnosis of a condition. */
struct bill {
	int64_t day;
	size_t condition;
	bool inpatient;
};

/* CONDITIONS: of none. A code that is newer than the tables, or cut off, is what its siblings are. */
static size_t
condition_of(ww_str code)
{
	struct ww_code own = ww_code_of(code);
	ww_str name = ww_code_exact(&table, &own);
	size_t i = 0;

	if (name.n == 0) {
		struct ww_ccs ccs = ww_ccs_diagnosis(code);

		if (ccs.newer)
			name = ww_code_exact(&table, &ccs.like);
	}
	while (i < CONDITIONS && !ww_str_is(name, conditions[i].name))
		i++;
	return i;
}

static int
by_claim(const void *pa, const void *pb)
{
	const struct ww_billed *a = pa, *b = pb;

	return (a->claim > b->claim) - (a->claim < b->claim);
}

static int
by_day(const void *pa, const void *pb)
{
	const struct bill *a = pa, *b = pb;

	return (a->day > b->day) - (a->day < b->day);
}

/* All bills with a condition, in the order of their days. */
static ww_status
gather(struct ww_ctx *cx, const struct ww_case *c, struct bill **out, size_t *n)
{
	struct bill *v = ww_arena_array(cx->arena, c->told_n + 1, sizeof(*v));

	if (v == NULL)
		return ww_fail_memory(cx);
	*out = v;
	*n = 0;
	for (size_t i = 0; i < c->told_n && c->billed_n != 0; i++) {
		const struct ww_told *t = &c->told[i];
		struct ww_billed key = { .claim = t->claim };
		const struct ww_billed *b;
		size_t condition;

		if (t->claim == 0 || t->day == 0)
			continue;
		condition = condition_of(t->code);
		b = condition == CONDITIONS
		        ? NULL
		        : bsearch(&key, c->billed, c->billed_n, sizeof(key), by_claim);
		if (b != NULL)
			v[(*n)++] = (struct bill){ .day = t->day,
				.condition = condition,
				.inpatient = b->class_ == WW_encounter_class_INPATIENT ||
				             b->class_ == WW_encounter_class_OB };
	}
	if (*n > 1)
		qsort(v, *n, sizeof(*v), by_day);
	return WW_OK;
}

/* The first bills that suffice; 0 days: none do. days[1] is 0 where one does. */
static void
suffices(
    const struct bill *v, size_t n, size_t condition, int64_t from, int64_t to, int64_t days[2])
{
	days[0] = days[1] = 0;
	for (size_t i = 0; i < n; i++) {
		if (v[i].condition != condition || v[i].day < from || v[i].day > to)
			continue;
		if (v[i].inpatient) {
			days[0] = v[i].day;
			days[1] = 0;
			return;
		}
		if (days[0] == 0)
			days[0] = v[i].day;
		else if (days[1] == 0 && v[i].day != days[0])
			days[1] = v[i].day;
	}
	if (days[1] == 0)
		days[0] = 0;
}

static ww_status
found(struct ww_ctx *cx, size_t condition, int64_t months, const int64_t days[2],
    struct ww_findings *out)
{
	struct ww_finding *f = ww_findings_add(cx, out, conditions[condition].kind);
	struct ww_json *o = ww_json_object(cx), *sources = ww_json_object(cx);
	const char *const keys[] = { "first_claim", "second_claim" };

	if (f == NULL)
		return WW_E_LIMIT;
	f->rule = id;
	ww_json_set_bool(cx, o, "inpatient", days[1] == 0);
	for (size_t i = 0; i < 2 && days[i] != 0; i++) {
		ww_status s = ww_evidence_day(cx, o, keys[i], days[i]);

		if (s != WW_OK)
			return s;
	}
	ww_json_set_int(cx, o, "months", months);
	ww_json_set_cstr(cx, sources, "first_claim", "diagnoses of claims");
	ww_json_set(cx, o, "sources", sources);
	return ww_evidence_keep(cx, o, &f->evidence);
}

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	struct bill *v = NULL;
	size_t n = 0;
	ww_status s;

	if (ww_person_gone(c))
		return WW_OK;
	s = gather(cx, c, &v, &n);
	for (size_t i = 0; s == WW_OK && i < CONDITIONS; i++) {
		int64_t months = ww_param(p, conditions[i].months), days[2];

		if (months == 0)
			continue;
		suffices(v, n, i, ww_months_before(c->as_of, months), c->as_of, days);
		if (days[0] != 0)
			s = found(cx, i, months, days, out);
	}
	return s;
}

const struct ww_rule ww_rule_dm_elig = {
	.id = id,
	.purpose = "eligibility for disease management: diabetes, heart failure, COPD, asthma",
	.on = WW_ON_PERSON,
	.needs = WW_NEEDS_CLAIMS,
	.finds = WW_FINDS(DM_DIABETES) | WW_FINDS(DM_HEART_FAILURE) | WW_FINDS(DM_COPD) |
	         WW_FINDS(DM_ASTHMA),
	.judge = judge,
};
