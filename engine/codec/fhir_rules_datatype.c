/* Invariants of datatypes. */
#include "codec/fhir_rules.h"

#include "codec/fhir_primitive.h"

#define UCUM "http://unitsofmeasure.org"

/* value > 0, by its digits. */
static int
sign_of(ww_str decimal)
{
	int d;

	return ww_fhir_decimal_cmp(decimal, WW_STR("0"), &d) ? d : 0;
}

static bool
is_ucum_or_none(const struct ww_json *v)
{
	return !ww_fhir_has(v, "system") || ww_fhir_is(v, "system", UCUM);
}

static bool
code_with_value(const struct ww_json *v)
{
	return ww_fhir_has(v, "code") || !ww_fhir_has(v, "value");
}

bool
ww_fhir_rule_age_age_1(const struct ww_fhir_subject *s)
{
	ww_str value = ww_fhir_text(s->v, "value");

	return code_with_value(s->v) && is_ucum_or_none(s->v) &&
	       (value.n == 0 || sign_of(value) > 0);
}

bool
ww_fhir_rule_count_cnt_3(const struct ww_fhir_subject *s)
{
	ww_str value = ww_fhir_text(s->v, "value");

	return code_with_value(s->v) && is_ucum_or_none(s->v) &&
	       (!ww_fhir_has(s->v, "code") || ww_fhir_is(s->v, "code", "1")) &&
	       ww_str_find(value, '.') == value.n;
}

bool
ww_fhir_rule_distance_dis_1(const struct ww_fhir_subject *s)
{
	return code_with_value(s->v) && is_ucum_or_none(s->v);
}

bool
ww_fhir_rule_duration_drt_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "code") ||
	       (ww_fhir_is(s->v, "system", UCUM) && ww_fhir_has(s->v, "value"));
}

bool
ww_fhir_rule_quantity_qty_3(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "code") || ww_fhir_has(s->v, "system");
}

bool
ww_fhir_rule_simplequantity_sqty_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "comparator");
}

bool
ww_fhir_rule_attachment_att_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "data") || ww_fhir_has(s->v, "contentType");
}

bool
ww_fhir_rule_contactpoint_cpt_2(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "value") || ww_fhir_has(s->v, "system");
}

static bool
path_or_search(const struct ww_json *v)
{
	return ww_fhir_has(v, "path") != ww_fhir_has(v, "searchParam");
}

bool
ww_fhir_rule_datarequirement_drq_1(const struct ww_fhir_subject *s)
{
	return path_or_search(s->v);
}

bool
ww_fhir_rule_datarequirement_drq_2(const struct ww_fhir_subject *s)
{
	return path_or_search(s->v);
}

bool
ww_fhir_rule_expression_exp_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "expression") || ww_fhir_has(s->v, "reference");
}

bool
ww_fhir_rule_extension_ext_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "extension") != ww_fhir_has_choice(s->v, "value");
}

bool
ww_fhir_rule_period_per_1(const struct ww_fhir_subject *s)
{
	ww_str start = ww_fhir_text(s->v, "start"), end = ww_fhir_text(s->v, "end");

	return start.n == 0 || end.n == 0 || !ww_fhir_later(start, end);
}

/* Comparable only in one unit. */
static bool
one_unit(const struct ww_json *a, const struct ww_json *b)
{
	static const char *const parts[] = { "unit", "system", "code" };
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!ww_str_eq(ww_fhir_text(a, parts[i]), ww_fhir_text(b, parts[i])))
			return false;
	return true;
}

bool
ww_fhir_rule_range_rng_2(const struct ww_fhir_subject *s)
{
	const struct ww_json *low = ww_json_get(s->v, "low"), *high = ww_json_get(s->v, "high");
	int d;

	return !one_unit(low, high) ||
	       !ww_fhir_decimal_cmp(ww_fhir_text(low, "value"), ww_fhir_text(high, "value"), &d) ||
	       d <= 0;
}

bool
ww_fhir_rule_ratio_rat_1(const struct ww_fhir_subject *s)
{
	bool numerator = ww_fhir_has(s->v, "numerator");

	return numerator == ww_fhir_has(s->v, "denominator") &&
	       (numerator || ww_fhir_has(s->v, "extension"));
}

bool
ww_fhir_rule_reference_ref_1(const struct ww_fhir_subject *s)
{
	ww_str r = ww_fhir_text(s->v, "reference");

	/* "#" is the resource around, from within what it contains. */
	return !ww_str_starts(r, WW_STR("#")) || r.n == 1 || s->w->scope == NULL ||
	       ww_fhir_scope_find(s->w->scope, ww_str_sub(r, 1, r.n)) != NULL;
}

/* -- Timing.repeat ----------------------------------------------------------------------------------- */

static bool
has_with(const struct ww_json *v, const char *name, const char *other)
{
	return !ww_fhir_has(v, name) || ww_fhir_has(v, other);
}

bool
ww_fhir_rule_timing_tim_1(const struct ww_fhir_subject *s)
{
	return has_with(s->v, "duration", "durationUnit");
}

bool
ww_fhir_rule_timing_tim_2(const struct ww_fhir_subject *s)
{
	return has_with(s->v, "period", "periodUnit");
}

bool
ww_fhir_rule_timing_tim_4(const struct ww_fhir_subject *s)
{
	return sign_of(ww_fhir_text(s->v, "duration")) >= 0;
}

bool
ww_fhir_rule_timing_tim_5(const struct ww_fhir_subject *s)
{
	return sign_of(ww_fhir_text(s->v, "period")) >= 0;
}

bool
ww_fhir_rule_timing_tim_6(const struct ww_fhir_subject *s)
{
	return has_with(s->v, "periodMax", "period");
}

bool
ww_fhir_rule_timing_tim_7(const struct ww_fhir_subject *s)
{
	return has_with(s->v, "durationMax", "duration");
}

bool
ww_fhir_rule_timing_tim_8(const struct ww_fhir_subject *s)
{
	return has_with(s->v, "countMax", "count");
}

static bool
is_meal(ww_str code)
{
	static const char *const meals[] = { "C", "CM", "CD", "CV" };
	size_t i;

	for (i = 0; i < sizeof(meals) / sizeof(meals[0]); i++)
		if (ww_str_is(code, meals[i]))
			return true;
	return false;
}

bool
ww_fhir_rule_timing_tim_9(const struct ww_fhir_subject *s)
{
	const struct ww_json *when = ww_json_first(ww_json_get(s->v, "when"));

	if (!ww_fhir_has(s->v, "offset"))
		return true;
	if (!ww_fhir_has(s->v, "when"))
		return false;
	for (; when != NULL; when = ww_json_next(when))
		if (is_meal(ww_json_str(when)))
			return false;
	return true;
}

bool
ww_fhir_rule_timing_tim_10(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "timeOfDay") || !ww_fhir_has(s->v, "when");
}

/* -- TriggerDefinition ------------------------------------------------------------------------------- */

bool
ww_fhir_rule_triggerdefinition_trd_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "data") || !ww_fhir_has_choice(s->v, "timing");
}

bool
ww_fhir_rule_triggerdefinition_trd_2(const struct ww_fhir_subject *s)
{
	return has_with(s->v, "condition", "data");
}

bool
ww_fhir_rule_triggerdefinition_trd_3(const struct ww_fhir_subject *s)
{
	ww_str type = ww_fhir_text(s->v, "type");

	if (ww_str_is(type, "named-event"))
		return ww_fhir_has(s->v, "name");
	if (ww_str_is(type, "periodic"))
		return ww_fhir_has_choice(s->v, "timing");
	return !ww_str_starts(type, WW_STR("data-")) || ww_fhir_has(s->v, "data");
}
