/* rule_params.def as tables. */
#include <wardwire/params.h>

const struct ww_params ww_params_default = { {
#define WW_RULE_ID(rule, text)
#define WW_PARAM(rule, name, fallback, least, most, unit, doc) fallback,
#define WW_PARAM_FLAG(rule, name, fallback, doc) fallback,
#define WW_PARAM_CHOICE(rule, name, fallback, choices, doc) fallback,
#include <wardwire/rule_params.def>
#undef WW_RULE_ID
#undef WW_PARAM
#undef WW_PARAM_FLAG
#undef WW_PARAM_CHOICE
} };

/* Defaults that a file could not set would be a trap. */
#define WW_RULE_ID(rule, text)
#define WW_PARAM(rule, name, fallback, least, most, unit, doc)                                     \
	_Static_assert((fallback) >= (least) && (fallback) <= (most), #rule " " #name);
#define WW_PARAM_FLAG(rule, name, fallback, doc)                                                   \
	_Static_assert((fallback) == 0 || (fallback) == 1, #rule " " #name);
#define WW_PARAM_CHOICE(rule, name, fallback, choices, doc)                                        \
	_Static_assert((fallback) >= 0, #rule " " #name);
#include <wardwire/rule_params.def>
#undef WW_RULE_ID
#undef WW_PARAM
#undef WW_PARAM_FLAG
#undef WW_PARAM_CHOICE

const struct ww_rule_param ww_rule_params[] = {
#define WW_RULE_ID(rule, text)
#define WW_PARAM(rule_, name_, fallback_, least_, most_, unit_, doc_)                              \
	{ .rule = #rule_,                                                                          \
		.name = #name_,                                                                    \
		.kind = WW_RULE_PARAM_NUMBER,                                                      \
		.fallback = (fallback_),                                                           \
		.least = (least_),                                                                 \
		.most = (most_),                                                                   \
		.unit = (unit_),                                                                   \
		.choices = "",                                                                     \
		.doc = (doc_) },
#define WW_PARAM_FLAG(rule_, name_, fallback_, doc_)                                               \
	{ .rule = #rule_,                                                                          \
		.name = #name_,                                                                    \
		.kind = WW_RULE_PARAM_FLAG,                                                        \
		.fallback = (fallback_),                                                           \
		.most = 1,                                                                         \
		.unit = "",                                                                        \
		.choices = "",                                                                     \
		.doc = (doc_) },
#define WW_PARAM_CHOICE(rule_, name_, fallback_, choices_, doc_)                                   \
	{ .rule = #rule_,                                                                          \
		.name = #name_,                                                                    \
		.kind = WW_RULE_PARAM_CHOICE,                                                      \
		.fallback = (fallback_),                                                           \
		.unit = "",                                                                        \
		.choices = (choices_),                                                             \
		.doc = (doc_) },
#include <wardwire/rule_params.def>
#undef WW_RULE_ID
#undef WW_PARAM
#undef WW_PARAM_FLAG
#undef WW_PARAM_CHOICE
};

const char *const ww_rule_ids[] = {
#define WW_RULE_ID(rule, text) text,
#define WW_PARAM(rule, name, fallback, least, most, unit, doc)
#define WW_PARAM_FLAG(rule, name, fallback, doc)
#define WW_PARAM_CHOICE(rule, name, fallback, choices, doc)
#include <wardwire/rule_params.def>
	NULL,
};

ww_str
ww_rule_stem(ww_str id)
{
	ww_str rest;

	return ww_str_cut(id, '/', &rest);
}

ww_str
ww_rule_param_word(const char *choices, int64_t place)
{
	ww_str rest = ww_str_from(choices), word = ww_str_cut(rest, ' ', &rest);

	while (place-- > 0 && word.n > 0)
		word = ww_str_cut(rest, ' ', &rest);
	return word;
}

/* As a file has it: with a hyphen for an underscore. */
static bool
is_name(const char *row, ww_str text)
{
	size_t i;

	for (i = 0; i < text.n && row[i] != '\0'; i++)
		if ((row[i] == '_' ? '-' : row[i]) != text.p[i])
			return false;
	return i == text.n && row[i] == '\0';
}

int
ww_rule_param_find(ww_str rule, ww_str name)
{
	for (int i = 0; i < WW_PARAMS; i++)
		if (is_name(ww_rule_params[i].rule, rule) &&
		    ww_str_is(name, ww_rule_params[i].name))
			return i;
	return -1;
}
