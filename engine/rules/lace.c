/* Rule lace/1: the LACE index at discharge (van Walraven, CMAJ 2010;182:551) with the bounds between which
 * it lies where something is not known. */
#include "rules/lace.h"

#include <wardwire/params.h>

#include "rules/comorbidity.h"

static const char id[] = "lace/1";

/* -- the table -------------------------------------------------------------------------------------- */

enum table_item { L = WW_LACE_L, A = WW_LACE_A, C = WW_LACE_C, E = WW_LACE_E };

static const struct {
	enum table_item item;
	int64_t from, points;
} steps[] = {
#define WW_LACE_STEP(item, from, points) { item, from, points },
#define WW_LACE_TYPE(code, points)
#include "gen/lace.inc"
#undef WW_LACE_STEP
#undef WW_LACE_TYPE
};

/* What the types of admission score; 0 is among them. */
static const int64_t type_points[] = {
#define WW_LACE_STEP(item, from, points)
#define WW_LACE_TYPE(code, points) points,
#include "gen/lace.inc"
#undef WW_LACE_STEP
#undef WW_LACE_TYPE
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int64_t
points_of(enum ww_lace_item item, int64_t n)
{
	int64_t points = 0;

	for (size_t i = 0; i < COUNT(steps); i++) {
		if ((int)steps[i].item == (int)item && steps[i].from <= n)
			points = steps[i].points;
	}
	for (size_t i = 0; item == WW_LACE_A && n != 0 && i < COUNT(type_points); i++)
		points = type_points[i] > points ? type_points[i] : points;
	return points;
}

struct ww_range
ww_lace_points(enum ww_lace_item item, struct ww_range value)
{
	return (struct ww_range){ points_of(item, value.low), points_of(item, value.high) };
}

struct ww_score
ww_lace_score(const struct ww_params *p)
{
	return (struct ww_score){ .rule = id,
		.weights = ww_comorbidity_set_name(
		    (enum ww_charlson_set)ww_param(p, WW_PARAM_lace_weights)),
		.n = WW_LACE_ITEMS,
		.bands = { { "low", 0 }, { "moderate", ww_param(p, WW_PARAM_lace_moderate_cut) },
		    { "high", ww_param(p, WW_PARAM_lace_high_cut) } } };
}

/* -- the items -------------------------------------------------------------------------------------- */

/* Said of a number that may be higher. */
static const char short_history[] = ", history incomplete";

static void
length_of_stay(struct ww_ctx *cx, const struct ww_score_stay *s, const struct ww_params *p,
    struct ww_score_item *f)
{
	(void)p;
	f->points = ww_lace_points(WW_LACE_L, ww_score_days(cx, s, INT64_MAX, f));
}

static void
acuity(struct ww_ctx *cx, const struct ww_score_stay *s, const struct ww_params *p,
    struct ww_score_item *f)
{
	(void)p;
	f->points = ww_lace_points(WW_LACE_A, ww_score_urgent(cx, s, f));
}

static const char *
group_name(unsigned group)
{
	return ww_comorbidity_name((enum ww_charlson)group);
}

static void
comorbidity(struct ww_ctx *cx, const struct ww_score_stay *s, const struct ww_params *p,
    struct ww_score_item *f)
{
	int64_t days = ww_param(p, WW_PARAM_lace_diagnosis_days), sum;
	bool coded, whole;
	const char *source;

	f->group = group_name;
	f->groups = ww_score_groups(s, days, &coded, &whole, &source);
	sum =
	    ww_comorbidity_sum(f->groups, (enum ww_charlson_set)ww_param(p, WW_PARAM_lace_weights));
	f->source = ww_arena_cstr(cx->arena,
	    ww_arena_printf(cx->arena, "%s of this stay and of %sthe %lld days before", source,
	        ww_str_is(WW_STR("DG1-3"), source) ? "those in " : "", (long long)days));
	f->value = ww_arena_printf(cx->arena, "sum %lld%s%s", (long long)sum,
	    coded ? "" : ", no diagnosis of this stay yet", whole ? "" : short_history);
	f->points =
	    ww_lace_points(WW_LACE_C, (struct ww_range){ sum, coded && whole ? sum : INT64_MAX });
}

static void
emergency_visits(struct ww_ctx *cx, const struct ww_score_stay *s, const struct ww_params *p,
    struct ww_score_item *f)
{
	int64_t days = ww_param(p, WW_PARAM_lace_ed_days), n = 0;
	bool undated = false, billed = false, whole;

	for (size_t i = 0; s->dated && i < s->c->visits_n; i++) {
		const struct ww_visit *v = &s->c->visits[i];

		if (!v->ed || v->encounter == s->c->encounter->id)
			continue;
		undated = undated || v->ed_day == 0;
		if (v->ed_day == 0 || v->ed_day < s->start - days || v->ed_day >= s->start)
			continue;
		/* the bill for the night before is likely of the visit that led to this stay */
		if (v->encounter == 0 && v->ed_day >= s->start - 1)
			continue;
		billed = billed || v->encounter == 0;
		n++;
	}
	f->source = billed ? "emergency visits in the ledger, and claims for others"
	                   : "emergency visits in the ledger";
	whole = !undated && ww_score_reaches_back(s, days);
	f->value = WW_STR("unknown");
	if (s->dated)
		f->value = ww_arena_printf(cx->arena, "%lld visit%s in the %lld days before%s",
		    (long long)n, n == 1 ? "" : "s", (long long)days, whole ? "" : short_history);
	f->points = ww_lace_points(WW_LACE_E, (struct ww_range){ n, whole ? n : INT64_MAX });
}

static const struct {
	const char *name;
	void (*judge)(struct ww_ctx *cx, const struct ww_score_stay *s, const struct ww_params *p,
	    struct ww_score_item *f);
} items[WW_LACE_ITEMS] = {
	[WW_LACE_L] = { "L", length_of_stay },
	[WW_LACE_A] = { "A", acuity },
	[WW_LACE_C] = { "C", comorbidity },
	[WW_LACE_E] = { "E", emergency_visits },
};

static ww_status
judge(
    struct ww_ctx *cx, const struct ww_case *c, const struct ww_params *p, struct ww_findings *out)
{
	const struct ww_score_policy policy = { .pending = ww_param(p, WW_PARAM_lace_pending) != 0,
		.without_ama = ww_param(p, WW_PARAM_lace_without_ama) != 0,
		.without_hospice = ww_param(p, WW_PARAM_lace_without_hospice) != 0 };
	struct ww_score_item f[WW_LACE_ITEMS] = { 0 };
	struct ww_score score = ww_lace_score(p);
	struct ww_score_stay s;

	if (!ww_score_judges(c, &policy, &s))
		return WW_OK;
	for (int i = 0; i < WW_LACE_ITEMS; i++) {
		f[i].name = items[i].name;
		items[i].judge(cx, &s, p, &f[i]);
	}
	score.items = f;
	score.provisional = s.provisional;
	return ww_score_conclude(cx, &score, out);
}

const struct ww_rule ww_rule_lace = {
	.id = id,
	.purpose = "readmission risk at discharge: LACE score, its bounds and its band",
	.on = WW_ON_STAY,
	.needs = WW_NEEDS_CLAIMS | WW_NEEDS_VISITS,
	.finds = WW_FINDS(READMIT_RISK),
	.judge = judge,
};
