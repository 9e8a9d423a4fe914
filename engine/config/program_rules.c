/* The rules of a program, and what is set of them: rule_params.def. */
#include "config/program.h"

#include "config/fault.h"
#include "config/near.h"
#include "config/value.h"
#include "config/yaml.h"

#include <wardwire/ctx.h>

#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 256 };

/* -- checks ------------------------------------------------------------------------------------------- */

/* False: there is none of that id. */
static bool
check_id(struct ww_faults *f, const struct ww_yaml *use)
{
	struct ww_near near;

	ww_near_start(&near, use->text);
	for (size_t i = 0; ww_rule_ids[i] != NULL; i++) {
		if (ww_str_is(use->text, ww_rule_ids[i]))
			return true;
		ww_near_try(&near, ww_str_from(ww_rule_ids[i]));
	}
	ww_fault_add(f, use->line, use->column, "use: there is no rule '%s'%s",
	    ww_fault_show(use->text).text, ww_near_hint(&near).text);
	return false;
}

/* Two versions of one rule would find everything twice. */
static void
check_once(struct ww_faults *f, const struct ww_yaml *rules, const struct ww_yaml *use)
{
	ww_str stem = ww_rule_stem(use->text);

	for (const struct ww_yaml *e = rules; e != NULL; e = e->next) {
		const struct ww_yaml *other = ww_yaml_scalar(e, "use");

		if (other == use)
			return;
		if (other == NULL || !ww_str_eq(ww_rule_stem(other->text), stem))
			continue;
		ww_fault_add(f, use->line, use->column,
		    "use: the rule '%s' is in the program already, on line %u",
		    ww_fault_show(stem).text, other->line);
		return;
	}
}

/* The place of a word among the choices; -1: it is none of them. */
static int64_t
place_of(const char *choices, ww_str word)
{
	for (int64_t i = 0;; i++) {
		ww_str choice = ww_rule_param_word(choices, i);

		if (choice.n == 0)
			return -1;
		if (ww_str_eq(choice, word))
			return i;
	}
}

/* The value that the text stands for; false when it stands for none that may be. */
static bool
value_of(const struct ww_rule_param *row, ww_str text, int64_t *out)
{
	uint64_t n;

	switch (row->kind) {
	case WW_RULE_PARAM_NUMBER:
		if (!ww_str_u64(text, (uint64_t)row->most, &n) || (int64_t)n < row->least)
			return false;
		*out = (int64_t)n;
		return true;
	case WW_RULE_PARAM_FLAG:
		*out = ww_str_is(text, "true");
		return *out == 1 || ww_str_is(text, "false");
	case WW_RULE_PARAM_CHOICE:
		*out = place_of(row->choices, text);
		return *out >= 0;
	}
	return false;
}

static void
describe(const struct ww_rule_param *row, char *out, size_t size)
{
	switch (row->kind) {
	case WW_RULE_PARAM_NUMBER:
		(void)snprintf(out, size, "a whole number from %lld to %lld (%s)",
		    (long long)row->least, (long long)row->most, row->unit);
		return;
	case WW_RULE_PARAM_FLAG:
		(void)snprintf(out, size, "true or false");
		return;
	case WW_RULE_PARAM_CHOICE:
		(void)snprintf(out, size, "one of: %s", row->choices);
		return;
	}
}

static void
fault_unknown(struct ww_faults *f, const struct ww_yaml *v, ww_str stem)
{
	char list[WORDS_MAX] = "";
	struct ww_near near;
	size_t at = 0;

	ww_near_start(&near, v->key);
	for (int i = 0; i < WW_PARAMS; i++) {
		const char *name = ww_rule_params[i].name;

		if (ww_rule_param_find(stem, ww_str_from(name)) != i)
			continue;
		ww_near_try(&near, ww_str_from(name));
		if (at < sizeof(list))
			at += (size_t)snprintf(
			    list + at, sizeof(list) - at, "%s%s", at > 0 ? ", " : "", name);
	}
	if (near.best.n > 0)
		ww_fault_add(f, v->key_line, v->key_column,
		    "set: %s has no parameter '%s' (did you mean '%.*s'?)",
		    ww_fault_show(stem).text, ww_fault_show(v->key).text, WW_STR_FMT(near.best));
	else
		ww_fault_add(f, v->key_line, v->key_column,
		    "set: %s has no parameter '%s'; it has: %s", ww_fault_show(stem).text,
		    ww_fault_show(v->key).text, list[0] != '\0' ? list : "none");
}

static void
check_set(struct ww_faults *f, ww_str stem, const struct ww_yaml *set)
{
	char rule[WORDS_MAX];
	int64_t value;

	if (set->kind != WW_YAML_MAP) {
		ww_fault_add(
		    f, set->line, set->column, "set must be a mapping, such as {high_cut: 10}");
		return;
	}
	for (const struct ww_yaml *v = set->first; v != NULL && !ww_fault_full(f); v = v->next) {
		const struct ww_yaml *first = set->first;
		int at = ww_rule_param_find(stem, v->key);

		if (at < 0) {
			fault_unknown(f, v, stem);
			continue;
		}
		while (!ww_str_eq(first->key, v->key))
			first = first->next;
		if (first != v)
			ww_fault_add(f, v->key_line, v->key_column,
			    "set: '%s' is given twice; first on line %u", ww_rule_params[at].name,
			    first->key_line);
		describe(&ww_rule_params[at], rule, sizeof(rule));
		if (v->kind != WW_YAML_BAD &&
		    (v->kind != WW_YAML_SCALAR || !value_of(&ww_rule_params[at], v->text, &value)))
			ww_fault_add(f, v->line, v->column, "%s: '%s' is not %s",
			    ww_rule_params[at].name, ww_fault_show(v->text).text, rule);
	}
}

/* Parameters of which one is more than another, or as much where that makes sense. */
static const struct {
	enum ww_param_id less, more;
	bool may_equal;
} ordered[] = {
	{ WW_PARAM_lace_moderate_cut, WW_PARAM_lace_high_cut, false },
	{ WW_PARAM_hospital_2013_intermediate_cut, WW_PARAM_hospital_2013_high_cut, false },
	{ WW_PARAM_hospital_2016_intermediate_cut, WW_PARAM_hospital_2016_high_cut, false },
	{ WW_PARAM_readmit_hwr_min_age, WW_PARAM_readmit_hwr_max_age, true },
};

/* Where it is set, if it is and well; its value in any case. */
static const struct ww_yaml *
setting_of(const struct ww_yaml *set, enum ww_param_id id, int64_t *value)
{
	const struct ww_yaml *v = ww_yaml_scalar(set, ww_rule_params[id].name);

	*value = ww_rule_params[id].fallback;
	return v != NULL && value_of(&ww_rule_params[id], v->text, value) ? v : NULL;
}

static void
check_order(struct ww_faults *f, ww_str stem, const struct ww_yaml *set)
{
	for (size_t i = 0; i < sizeof(ordered) / sizeof(ordered[0]); i++) {
		enum ww_param_id of[2] = { ordered[i].less, ordered[i].more };
		const struct ww_yaml *at[2];
		int64_t value[2];
		int wrong;

		for (int k = 0; k < 2; k++)
			at[k] = setting_of(set, of[k], &value[k]);
		wrong = at[1] != NULL;
		if (ww_rule_param_find(stem, ww_str_from(ww_rule_params[of[0]].name)) !=
		        (int)of[0] ||
		    at[wrong] == NULL || value[0] < value[1] + ordered[i].may_equal)
			continue;
		ww_fault_add(f, at[wrong]->line, at[wrong]->column,
		    "%s: must %s%s %s, which is %lld", ww_rule_params[of[wrong]].name,
		    ordered[i].may_equal ? "not be " : "be ",
		    (wrong == 1) != ordered[i].may_equal ? "above" : "below",
		    ww_rule_params[of[!wrong]].name, (long long)value[!wrong]);
	}
}

void
ww_program_check_rules(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *rules = ww_yaml_entries(root, "rules");

	for (const struct ww_yaml *e = rules; e != NULL && !ww_fault_full(f); e = e->next) {
		const struct ww_yaml *use = ww_yaml_scalar(e, "use"), *set = ww_yaml_get(e, "set");

		if (use == NULL || !ww_value_fits(WW_FORMAT_RULE, use->text))
			continue;
		check_once(f, rules, use);
		if (!check_id(f, use) || set == NULL || set->kind == WW_YAML_BAD)
			continue;
		check_set(f, ww_rule_stem(use->text), set);
		check_order(f, ww_rule_stem(use->text), set);
	}
}

/* -- the struct --------------------------------------------------------------------------------------- */

void
ww_program_take_rules(struct ww_ctx *cx, const struct ww_yaml *root, struct ww_program *out)
{
	const struct ww_yaml *rules = ww_yaml_entries(root, "rules");
	size_t n = 0;
	ww_str *ids;

	out->params = ww_params_default;
	for (const struct ww_yaml *e = rules; e != NULL; e = e->next)
		n++;
	ids = ww_arena_array(cx->arena, n + 1, sizeof(*ids));
	out->rules = ids;
	for (const struct ww_yaml *e = rules; ids != NULL && e != NULL; e = e->next) {
		ww_str id = ww_yaml_get(e, "use")->text, stem = ww_rule_stem(id);
		const struct ww_yaml *set = ww_yaml_get(e, "set");

		ids[out->rules_n++] = id;
		for (const struct ww_yaml *v = set != NULL ? set->first : NULL; v != NULL;
		     v = v->next) {
			int at = ww_rule_param_find(stem, v->key);

			(void)value_of(&ww_rule_params[at], v->text, &out->params.v[at]);
		}
	}
}
