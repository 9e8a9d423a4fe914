/* What a program sets of the rules: rule_params.def as numbers. */
#ifndef WARDWIRE_PARAMS_H
#define WARDWIRE_PARAMS_H

#include <wardwire/str.h>

enum ww_param_id {
#define WW_RULE_ID(rule, text)
#define WW_PARAM(rule, name, fallback, least, most, unit, doc) WW_PARAM_##rule##_##name,
#define WW_PARAM_FLAG(rule, name, fallback, doc) WW_PARAM_##rule##_##name,
#define WW_PARAM_CHOICE(rule, name, fallback, choices, doc) WW_PARAM_##rule##_##name,
#include <wardwire/rule_params.def>
#undef WW_RULE_ID
#undef WW_PARAM
#undef WW_PARAM_FLAG
#undef WW_PARAM_CHOICE
	WW_PARAMS
};

/* A value for each parameter of each rule. */
struct ww_params {
	int64_t v[WW_PARAMS];
};

static inline int64_t
ww_param(const struct ww_params *p, enum ww_param_id id)
{
	return p->v[id];
}

/* All of them as they are where nobody sets anything. */
extern const struct ww_params ww_params_default;

enum ww_rule_param_kind { WW_RULE_PARAM_NUMBER, WW_RULE_PARAM_FLAG, WW_RULE_PARAM_CHOICE };

/* What is known of a parameter. */
struct ww_rule_param {
	const char *rule, *name; /* "readmit_hwr", where a file has readmit-hwr; "high_cut" */
	enum ww_rule_param_kind kind;
	int64_t fallback, least, most;
	const char *unit;    /* of a number: "points" */
	const char *choices; /* of a choice: words, a blank between */
	const char *doc;
};

/* By enum ww_param_id; WW_PARAMS of them. */
extern const struct ww_rule_param ww_rule_params[];

/* Ids of rules that a program may use; NULL ends the list. */
extern const char *const ww_rule_ids[];
/* "lace" of "lace/1". */
ww_str ww_rule_stem(ww_str id);
/* The place in ww_rule_params of a rule's parameter, both as a file has them; -1: there is none. */
int ww_rule_param_find(ww_str rule, ww_str name);
/* The word of that place in choices; empty when there is none. */
ww_str ww_rule_param_word(const char *choices, int64_t place);

#endif
