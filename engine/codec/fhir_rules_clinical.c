/* Invariants of clinical resources. */
#include "codec/fhir_rules.h"

#include "codec/fhir_primitive.h"

#include <wardwire/ctx.h>

#include <stdlib.h>

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"

static const char *const in_error[] = { "entered-in-error", NULL };

/* -- AllergyIntolerance, Condition -------------------------------------------------------------------- */

static bool
is_allergy_in_error(const struct ww_fhir_subject *s)
{
	return ww_fhir_has_coding(ww_json_get(s->v, "verificationStatus"),
	    TERMINOLOGY "allergyintolerance-verification", in_error);
}

bool
ww_fhir_rule_allergyintolerance_ait_1(const struct ww_fhir_subject *s)
{
	return is_allergy_in_error(s) || ww_fhir_has(s->v, "clinicalStatus");
}

bool
ww_fhir_rule_allergyintolerance_ait_2(const struct ww_fhir_subject *s)
{
	return !is_allergy_in_error(s) || !ww_fhir_has(s->v, "clinicalStatus");
}

bool
ww_fhir_rule_condition_con_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "summary") || ww_fhir_has(s->v, "assessment");
}

bool
ww_fhir_rule_condition_con_2(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "code") || ww_fhir_has(s->v, "detail");
}

bool
ww_fhir_rule_condition_con_4(const struct ww_fhir_subject *s)
{
	static const char *const over[] = { "resolved", "remission", "inactive", NULL };

	return !ww_fhir_has_choice(s->v, "abatement") ||
	       ww_fhir_has_coding(
	           ww_json_get(s->v, "clinicalStatus"), TERMINOLOGY "condition-clinical", over);
}

bool
ww_fhir_rule_condition_con_5(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "clinicalStatus") ||
	       !ww_fhir_has_coding(ww_json_get(s->v, "verificationStatus"),
	           TERMINOLOGY "condition-ver-status", in_error);
}

/* -- Observation -------------------------------------------------------------------------------------- */

bool
ww_fhir_rule_observation_obs_3(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "low") || ww_fhir_has(s->v, "high") || ww_fhir_has(s->v, "text");
}

bool
ww_fhir_rule_observation_obs_6(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "dataAbsentReason") || !ww_fhir_has_choice(s->v, "value");
}

/* All that makes two codings equal, in one text. */
static ww_str
coding_text(struct ww_ctx *cx, const struct ww_json *coding)
{
	return ww_arena_printf(cx->arena, "%.*s\n%.*s\n%.*s\n%.*s",
	    WW_STR_FMT(ww_fhir_text(coding, "system")), WW_STR_FMT(ww_fhir_text(coding, "version")),
	    WW_STR_FMT(ww_fhir_text(coding, "code")), WW_STR_FMT(ww_fhir_text(coding, "display")));
}

static int
text_order(const void *a, const void *b)
{
	return ww_str_cmp(*(const ww_str *)a, *(const ww_str *)b);
}

static bool
shares_coding(struct ww_ctx *cx, const struct ww_json *codeable, const ww_str *sorted, size_t n)
{
	const struct ww_json *c = ww_json_first(ww_json_get(codeable, "coding"));

	for (; c != NULL; c = ww_json_next(c)) {
		ww_str text = coding_text(cx, c);

		if (bsearch(&text, sorted, n, sizeof(*sorted), text_order) != NULL)
			return true;
	}
	return false;
}

bool
ww_fhir_rule_observation_obs_7(const struct ww_fhir_subject *s)
{
	const struct ww_json *codings = ww_json_get(ww_json_get(s->v, "code"), "coding");
	const struct ww_json *v = ww_json_first(ww_json_get(s->v, "component"));
	struct ww_ctx *cx = s->w->cx;
	ww_str *texts;
	size_t n = 0;

	if (v == NULL || !ww_fhir_has_choice(s->v, "value"))
		return true;
	texts = ww_arena_array(cx->arena, ww_json_len(codings) + 1, sizeof(*texts));
	if (texts == NULL)
		return true;
	for (codings = ww_json_first(codings); codings != NULL; codings = ww_json_next(codings))
		texts[n++] = coding_text(cx, codings);
	qsort(texts, n, sizeof(*texts), text_order);
	for (; v != NULL; v = ww_json_next(v))
		if (shares_coding(cx, ww_json_get(v, "code"), texts, n))
			return false;
	return true;
}

/* -- medication --------------------------------------------------------------------------------------- */

bool
ww_fhir_rule_medicationadministration_mad_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "dose") || ww_fhir_has_choice(s->v, "rate");
}

bool
ww_fhir_rule_medicationdispense_mdd_1(const struct ww_fhir_subject *s)
{
	ww_str prepared = ww_fhir_text(s->v, "whenPrepared");
	ww_str handed = ww_fhir_text(s->v, "whenHandedOver");

	return prepared.n == 0 || handed.n == 0 || !ww_fhir_later(prepared, handed);
}

bool
ww_fhir_rule_immunization_imm_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "documentType") || ww_fhir_has(s->v, "reference");
}

/* -- RiskAssessment ----------------------------------------------------------------------------------- */

static bool
is_percent(const struct ww_json *v)
{
	return v == NULL ||
	       (ww_fhir_is(v, "code", "%") && ww_fhir_is(v, "system", "http://unitsofmeasure.org"));
}

bool
ww_fhir_rule_riskassessment_ras_1(const struct ww_fhir_subject *s)
{
	const struct ww_json *range = ww_json_get(s->v, "probabilityRange");

	return is_percent(ww_json_get(range, "low")) && is_percent(ww_json_get(range, "high"));
}

bool
ww_fhir_rule_riskassessment_ras_2(const struct ww_fhir_subject *s)
{
	int d;

	return !ww_fhir_decimal_cmp(ww_fhir_text(s->v, "probabilityDecimal"), WW_STR("100"), &d) ||
	       d <= 0;
}

/* -- plans, requests, families ------------------------------------------------------------------------ */

bool
ww_fhir_rule_careplan_cpl_3(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "detail") || !ww_fhir_has(s->v, "reference");
}

bool
ww_fhir_rule_careteam_ctm_1(const struct ww_fhir_subject *s)
{
	const struct ww_fhir_type *t;

	if (!ww_fhir_has(s->v, "onBehalfOf"))
		return true;
	t = ww_fhir_reference_type(s->w, ww_json_get(s->v, "member"));
	return t == NULL || t == ww_fhir_resource_find(WW_STR("Practitioner"));
}

bool
ww_fhir_rule_goal_gol_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has_choice(s->v, "detail") || ww_fhir_has(s->v, "measure");
}

bool
ww_fhir_rule_servicerequest_prr_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "orderDetail") || ww_fhir_has(s->v, "code");
}

bool
ww_fhir_rule_familymemberhistory_fhs_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has_choice(s->v, "age") || !ww_fhir_has_choice(s->v, "born");
}

bool
ww_fhir_rule_familymemberhistory_fhs_2(const struct ww_fhir_subject *s)
{
	return ww_fhir_has_choice(s->v, "age") || !ww_fhir_has(s->v, "estimatedAge");
}

/* -- Composition, List, MeasureReport, Measure --------------------------------------------------------- */

bool
ww_fhir_rule_composition_cmp_1(const struct ww_fhir_subject *s)
{
	return ww_fhir_has(s->v, "text") || ww_fhir_has(s->v, "entry") ||
	       ww_fhir_has(s->v, "section");
}

bool
ww_fhir_rule_composition_cmp_2(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "emptyReason") || !ww_fhir_has(s->v, "entry");
}

bool
ww_fhir_rule_list_lst_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "emptyReason") || !ww_fhir_has(s->v, "entry");
}

/* No entry of the list has the element. */
static bool
no_entry_has(const struct ww_fhir_subject *s, const char *name)
{
	const struct ww_json *e = ww_json_first(ww_json_get(s->v, "entry"));

	for (; e != NULL; e = ww_json_next(e))
		if (ww_fhir_has(e, name))
			return false;
	return true;
}

bool
ww_fhir_rule_list_lst_2(const struct ww_fhir_subject *s)
{
	return ww_fhir_is(s->v, "mode", "changes") || no_entry_has(s, "deleted");
}

bool
ww_fhir_rule_list_lst_3(const struct ww_fhir_subject *s)
{
	return ww_fhir_is(s->v, "mode", "working") || no_entry_has(s, "date");
}

bool
ww_fhir_rule_measurereport_mrp_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_is(s->v, "type", "data-collection") || !ww_fhir_has(s->v, "group");
}

/* Calls for the stratifiers of every group until one is not good. */
static bool
all_stratifiers(const struct ww_fhir_subject *s, bool (*good)(const struct ww_json *stratifier))
{
	const struct ww_json *g = ww_json_first(ww_json_get(s->v, "group")), *i;

	for (; g != NULL; g = ww_json_next(g))
		for (i = ww_json_first(ww_json_get(g, "stratifier")); i != NULL;
		     i = ww_json_next(i))
			if (!good(i))
				return false;
	return true;
}

static bool
has_value_or_component(const struct ww_json *stratifier)
{
	const struct ww_json *i = ww_json_first(ww_json_get(stratifier, "stratum"));

	for (; i != NULL; i = ww_json_next(i))
		if (ww_fhir_has(i, "value") == ww_fhir_has(i, "component"))
			return false;
	return true;
}

bool
ww_fhir_rule_measurereport_mrp_2(const struct ww_fhir_subject *s)
{
	return all_stratifiers(s, has_value_or_component);
}

static bool
has_criterion_or_component(const struct ww_json *v)
{
	return (ww_fhir_has(v, "code") || ww_fhir_has(v, "description") ||
	           ww_fhir_has(v, "criteria")) != ww_fhir_has(v, "component");
}

bool
ww_fhir_rule_measure_mea_1(const struct ww_fhir_subject *s)
{
	return all_stratifiers(s, has_criterion_or_component);
}
