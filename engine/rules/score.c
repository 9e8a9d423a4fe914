/* From points to a finding. */
#include "rules/score.h"

#include <wardwire/json.h>

#include "rules/evidence.h"

struct ww_range
ww_score_points(const struct ww_score *s)
{
	struct ww_range sum = { 0, 0 };

	for (size_t i = 0; i < s->n; i++) {
		sum.low += s->items[i].points.low;
		sum.high += s->items[i].points.high;
	}
	return sum;
}

static const char *
band_of(const struct ww_score *s, int64_t points)
{
	const char *name = s->bands[0].name;

	for (size_t i = 1; i < WW_SCORE_BANDS; i++) {
		if (s->bands[i].name != NULL && s->bands[i].from <= points)
			name = s->bands[i].name;
	}
	return name;
}

const char *
ww_score_band(const struct ww_score *s, struct ww_range points)
{
	const char *low = band_of(s, points.low);

	return low == band_of(s, points.high) ? low : "unknown";
}

static struct ww_json *
group_names(struct ww_ctx *cx, const struct ww_score_item *item)
{
	struct ww_json *names = ww_json_array(cx);

	for (unsigned g = 0; g < 32; g++) {
		if ((item->groups & (uint32_t)1 << g) != 0)
			ww_json_add(cx, names, ww_json_string(cx, ww_str_from(item->group(g))));
	}
	return names;
}

static struct ww_json *
item_json(struct ww_ctx *cx, const struct ww_score_item *item)
{
	struct ww_json *o = ww_json_object(cx);

	ww_json_set_cstr(cx, o, "name", item->name);
	ww_json_set_str(cx, o, "value", item->value);
	ww_json_set_int(cx, o, "points", item->points.low);
	ww_json_set_int(cx, o, "low", item->points.low);
	ww_json_set_int(cx, o, "high", item->points.high);
	ww_json_set_cstr(cx, o, "source", item->source);
	if (item->group != NULL)
		ww_json_set(cx, o, "groups", group_names(cx, item));
	return o;
}

struct ww_json *
ww_score_json(struct ww_ctx *cx, const struct ww_score *s)
{
	struct ww_json *o = ww_json_object(cx), *factors = ww_json_array(cx);
	struct ww_range points = ww_score_points(s);

	ww_json_set_int(cx, o, "score", points.low);
	ww_json_set_int(cx, o, "low", points.low);
	ww_json_set_int(cx, o, "high", points.high);
	ww_json_set_cstr(cx, o, "band", ww_score_band(s, points));
	if (s->weights != NULL)
		ww_json_set_cstr(cx, o, "weights", s->weights);
	for (size_t i = 0; i < s->n; i++)
		ww_json_add(cx, factors, item_json(cx, &s->items[i]));
	ww_json_set(cx, o, "factors", factors);
	ww_json_set_bool(cx, o, "complete", points.low == points.high && !s->provisional);
	if (s->provisional)
		ww_json_set_bool(cx, o, "provisional", true);
	return o;
}

ww_status
ww_score_conclude(struct ww_ctx *cx, const struct ww_score *s, struct ww_findings *out)
{
	struct ww_finding *found = ww_findings_add(cx, out, WW_flag_kind_READMIT_RISK);
	struct ww_range points = ww_score_points(s);

	if (found == NULL)
		return WW_E_LIMIT;
	found->rule = s->rule;
	found->score = found->low = points.low;
	found->high = points.high;
	found->band = ww_score_band(s, points);
	found->completeness = WW_completeness_COMPLETE;
	if (s->provisional)
		found->completeness = WW_completeness_UNVERIFIED;
	if (points.low != points.high)
		found->completeness = WW_completeness_INCOMPLETE;
	return ww_evidence_keep(cx, ww_score_json(cx, s), &found->evidence);
}
