/* Invariants of Questionnaire and QuestionnaireResponse. */
#include "codec/fhir_rules.h"

#include <wardwire/ctx.h>

#include <stddef.h>

static bool
is_one_of(ww_str s, const char *const *list)
{
	for (; *list != NULL; list++)
		if (ww_str_is(s, *list))
			return true;
	return false;
}

static bool
is_display(const struct ww_fhir_subject *s)
{
	return ww_fhir_is(s->v, "type", "display");
}

/* What one walk over the items needs. */
struct links {
	ww_str *ids;
	size_t n;
};

static size_t
count_items(const struct ww_json *v)
{
	const struct ww_json *i = ww_json_first(ww_json_get(v, "item"));
	size_t n = 0;

	for (; i != NULL; i = ww_json_next(i))
		n += 1 + count_items(i);
	return n;
}

static void
collect(const struct ww_json *v, struct links *links)
{
	const struct ww_json *i = ww_json_first(ww_json_get(v, "item"));

	for (; i != NULL; i = ww_json_next(i)) {
		ww_str id = ww_fhir_text(i, "linkId");

		if (id.n > 0)
			links->ids[links->n++] = id;
		collect(i, links);
	}
}

bool
ww_fhir_rule_questionnaire_que_2(const struct ww_fhir_subject *s)
{
	struct links links = { 0 };

	links.ids = ww_arena_array(s->w->cx->arena, count_items(s->v) + 1, sizeof(links.ids[0]));
	if (links.ids == NULL)
		return true;
	collect(s->v, &links);
	return ww_fhir_are_distinct(links.ids, links.n);
}

bool
ww_fhir_rule_questionnaire_que_1(const struct ww_fhir_subject *s)
{
	bool item = ww_fhir_has(s->v, "item");

	return (!ww_fhir_is(s->v, "type", "group") || item) && (!is_display(s) || !item);
}

bool
ww_fhir_rule_questionnaire_que_3(const struct ww_fhir_subject *s)
{
	return !is_display(s) || !ww_fhir_has(s->v, "code");
}

bool
ww_fhir_rule_questionnaire_que_4(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "answerOption") || !ww_fhir_has(s->v, "answerValueSet");
}

bool
ww_fhir_rule_questionnaire_que_5(const struct ww_fhir_subject *s)
{
	static const char *const with_answers[] = { "choice", "open-choice", "decimal", "integer",
		"date", "dateTime", "time", "string", "quantity", NULL };

	return is_one_of(ww_fhir_text(s->v, "type"), with_answers) ||
	       (!ww_fhir_has(s->v, "answerValueSet") && !ww_fhir_has(s->v, "answerOption"));
}

bool
ww_fhir_rule_questionnaire_que_6(const struct ww_fhir_subject *s)
{
	return !is_display(s) || (!ww_fhir_has(s->v, "required") && !ww_fhir_has(s->v, "repeats"));
}

bool
ww_fhir_rule_questionnaire_que_7(const struct ww_fhir_subject *s)
{
	return !ww_fhir_is(s->v, "operator", "exists") || ww_fhir_has(s->v, "answerBoolean");
}

bool
ww_fhir_rule_questionnaire_que_8(const struct ww_fhir_subject *s)
{
	return (!is_display(s) && !ww_fhir_is(s->v, "type", "group")) ||
	       !ww_fhir_has(s->v, "initial");
}

bool
ww_fhir_rule_questionnaire_que_9(const struct ww_fhir_subject *s)
{
	return !is_display(s) || !ww_fhir_has(s->v, "readOnly");
}

bool
ww_fhir_rule_questionnaire_que_10(const struct ww_fhir_subject *s)
{
	static const char *const simple[] = { "boolean", "decimal", "integer", "string", "text",
		"url", "open-choice", NULL };

	return is_one_of(ww_fhir_text(s->v, "type"), simple) || !ww_fhir_has(s->v, "maxLength");
}

bool
ww_fhir_rule_questionnaire_que_11(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "answerOption") || !ww_fhir_has(s->v, "initial");
}

/* The published expression counts wrongly (> 2): as its text has it. */
bool
ww_fhir_rule_questionnaire_que_12(const struct ww_fhir_subject *s)
{
	return ww_json_len(ww_json_get(s->v, "enableWhen")) <= 1 ||
	       ww_fhir_has(s->v, "enableBehavior");
}

bool
ww_fhir_rule_questionnaire_que_13(const struct ww_fhir_subject *s)
{
	return ww_json_true(ww_json_get(s->v, "repeats")) ||
	       ww_json_len(ww_json_get(s->v, "initial")) <= 1;
}

bool
ww_fhir_rule_questionnaireresponse_qrs_1(const struct ww_fhir_subject *s)
{
	return !ww_fhir_has(s->v, "answer") || !ww_fhir_has(s->v, "item");
}
