/* What was given on a command line becomes ranges, and the same tables that rules use make points of them. */
#include <wardwire/score.h>

#include <wardwire/json.h>
#include <wardwire/params.h>

#include "rules/comorbidity.h"
#include "rules/elixhauser.h"
#include "rules/groups.h"
#include "rules/hospital.h"
#include "rules/lab.h"
#include "rules/lace.h"

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* -- values ------------------------------------------------------------------------------------------- */

enum kind { WHOLE, YES_NO, LAB };

/* One value that a score takes. */
struct input {
	const char *key;
	enum kind kind;
	int64_t most;     /* of a whole number */
	enum ww_lab what; /* of a laboratory value */
	const char *rule; /* what it must be */
};

/* What was given for it; text is empty where nothing was. */
struct given {
	ww_str text;
	struct ww_range value; /* of a laboratory value in millionths */
};

static ww_status
read_whole(struct ww_ctx *cx, const struct input *in, ww_str text, struct given *out)
{
	uint64_t n;

	if (!ww_str_u64(text, (uint64_t)in->most, &n))
		return ww_fail(cx, WW_E_VALUE, in->key, "%s", in->rule);
	out->value = (struct ww_range){ (int64_t)n, (int64_t)n };
	return WW_OK;
}

static ww_status
read_yes_no(struct ww_ctx *cx, const struct input *in, ww_str text, struct given *out)
{
	static const char *const words[] = { "0", "1", "no", "yes" };

	for (size_t i = 0; i < COUNT(words); i++) {
		if (!ww_str_is(text, words[i]))
			continue;
		out->value = (struct ww_range){ (int64_t)(i % 2), (int64_t)(i % 2) };
		return WW_OK;
	}
	return ww_fail(cx, WW_E_VALUE, in->key, "%s", in->rule);
}

/* The unit follows the number; none is the one that the score is made for. */
static ww_status
read_lab(struct ww_ctx *cx, const struct input *in, ww_str text, struct given *out)
{
	static const char *const faults[] = {
		[WW_LAB_NO_NUMBER] = "is no decimal number, such as 11.9",
		[WW_LAB_UNIT] = "has a unit that is not known",
		[WW_LAB_RANGE] = "is no value that a person can have",
	};
	enum ww_lab_fault fault;
	ww_str number, unit;
	size_t n = 0;

	while (n < text.n && ww_str_find(WW_STR("0123456789.<>="), text.p[n]) < 14)
		n++;
	number = ww_str_sub(text, 0, n);
	unit = ww_str_trim(ww_str_sub(text, n, text.n));
	if (unit.n == 0)
		unit = ww_str_from(ww_lab_unit(in->what));
	fault = ww_lab_read(in->what, ww_str_empty(), number, unit, &out->value);
	if (fault == WW_LAB_GOOD)
		return WW_OK;
	return ww_fail(cx, WW_E_VALUE, in->key, "%s: %s", faults[fault], in->rule);
}

static ww_status
read_value(struct ww_ctx *cx, const struct input *in, ww_str text, struct given *out)
{
	if (out->text.n != 0)
		return ww_fail(cx, WW_E_VALUE, in->key, "is given twice");
	if (text.n == 0)
		return ww_fail(cx, WW_E_REQUIRED, in->key, "%s", in->rule);
	out->text = text;
	if (in->kind == WHOLE)
		return read_whole(cx, in, text, out);
	return in->kind == YES_NO ? read_yes_no(cx, in, text, out) : read_lab(cx, in, text, out);
}

/* "los, acute, charlson, ed" */
static ww_str
keys_of(struct ww_ctx *cx, const struct input *in, size_t n, const char *more)
{
	ww_str list = ww_str_empty();

	for (size_t i = 0; i < n; i++)
		list = ww_arena_printf(
		    cx->arena, "%.*s%s%s", WW_STR_FMT(list), i > 0 ? ", " : "", in[i].key);
	return ww_arena_printf(cx->arena, "%.*s%s", WW_STR_FMT(list), more);
}

/* A word of a command line may hold anything; its name is told only as far as it is one. */
static const char *
place_of(struct ww_ctx *cx, ww_str key)
{
	enum { SHOWN = 32 };

	for (size_t i = 0; i < key.n; i++) {
		bool plain = (key.p[i] >= 'a' && key.p[i] <= 'z') || key.p[i] == '_';

		if (!plain || i >= SHOWN)
			return "values";
	}
	return key.n == 0 ? "values" : ww_arena_cstr(cx->arena, key);
}

static ww_status
read_values(struct ww_ctx *cx, const struct input *in, size_t inputs, const char *more,
    const ww_str *words, size_t n, struct given *out)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = ww_str_find(words[i], '='), k = 0;
		ww_str key = ww_str_sub(words[i], 0, at);
		ww_status s;

		if (at == words[i].n)
			return ww_fail(cx, WW_E_VALUE, place_of(cx, key), "is not name=value");
		while (k < inputs && !ww_str_is(key, in[k].key))
			k++;
		if (k == inputs)
			return ww_fail(cx, WW_E_VALUE, place_of(cx, key),
			    "is none of the values: %.*s",
			    WW_STR_FMT(keys_of(cx, in, inputs, more)));
		s = read_value(cx, &in[k], ww_str_sub(words[i], at + 1, words[i].n), &out[k]);
		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

/* Takes the word that begins so out of the words; empty: there is none. */
static ww_status
take_choice(struct ww_ctx *cx, const char *key, ww_str *words, size_t *n, ww_str *out)
{
	size_t kept = 0;

	*out = ww_str_empty();
	for (size_t i = 0; i < *n; i++) {
		ww_str rest, name = ww_str_cut(words[i], '=', &rest);

		if (!ww_str_is(name, key) || ww_str_find(words[i], '=') == words[i].n) {
			words[kept++] = words[i];
			continue;
		}
		if (out->n != 0)
			return ww_fail(cx, WW_E_VALUE, key, "is given twice");
		if (rest.n == 0)
			return ww_fail(cx, WW_E_REQUIRED, key, "is empty");
		*out = rest;
	}
	*n = kept;
	return WW_OK;
}

static void
describe(struct ww_ctx *cx, const struct given *g, struct ww_score_item *item)
{
	(void)cx;
	item->value = g->text.n != 0 ? g->text : WW_STR("unknown");
	item->source = g->text.n != 0 ? "given" : "not given";
}

static ww_status
answer(struct ww_ctx *cx, const struct ww_score *score, struct ww_json **out)
{
	struct ww_json *o = ww_score_json(cx, score);

	ww_json_set_first(cx, o, "rule", ww_json_string(cx, ww_str_from(score->rule)));
	*out = o;
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

/* -- LACE --------------------------------------------------------------------------------------------- */

static const struct input lace_inputs[WW_LACE_ITEMS] = {
	[WW_LACE_L] = { "los", WHOLE, 36525, WW_LABS, "days in hospital, a whole number" },
	[WW_LACE_A] = { "acute", YES_NO, 1, WW_LABS, "1 for an acute admission, 0 for another" },
	[WW_LACE_C] = { "charlson", WHOLE, 99, WW_LABS,
	    "the sum of the Charlson weights, 0 to 99; wardwire score charlson makes it of codes" },
	[WW_LACE_E] = { "ed", WHOLE, 9999, WW_LABS,
	    "emergency visits in the 180 days before, a whole number" },
};

static ww_status
ask_lace(struct ww_ctx *cx, ww_str *words, size_t n, struct ww_json **out)
{
	static const char *const names[WW_LACE_ITEMS] = { "L", "A", "C", "E" };
	struct given given[WW_LACE_ITEMS] = { 0 };
	struct ww_score_item items[WW_LACE_ITEMS] = { 0 };
	struct ww_score score = ww_lace_score(&ww_params_default);
	ww_status s = read_values(cx, lace_inputs, WW_LACE_ITEMS, "", words, n, given);

	if (s != WW_OK)
		return s;
	for (int i = 0; i < WW_LACE_ITEMS; i++) {
		if (given[i].text.n == 0)
			given[i].value = (struct ww_range){ 0, lace_inputs[i].most };
		items[i].name = names[i];
		items[i].points = ww_lace_points((enum ww_lace_item)i, given[i].value);
		describe(cx, &given[i], &items[i]);
	}
	score.items = items;
	score.weights = NULL; /* the sum is made already */
	return answer(cx, &score, out);
}

/* -- HOSPITAL ----------------------------------------------------------------------------------------- */

static const struct input hospital_inputs[WW_HOSPITAL_ITEMS] = {
	[WW_HOSPITAL_HEMOGLOBIN] = { "hb", LAB, 0, WW_LAB_HEMOGLOBIN,
	    "hemoglobin from 1 to 30 g/dL, or with its unit: 119g/L, 7.4mmol/L" },
	[WW_HOSPITAL_ONCOLOGY] = { "oncology", YES_NO, 1, WW_LABS,
	    "1 for a discharge by an oncology service, 0 for another" },
	[WW_HOSPITAL_SODIUM] = { "na", LAB, 0, WW_LAB_SODIUM,
	    "sodium from 80 to 220 mmol/L, or with its unit: 140mEq/L" },
	[WW_HOSPITAL_PROCEDURE] = { "procedure", YES_NO, 1, WW_LABS,
	    "1 for a procedure coded in ICD, 0 for none" },
	[WW_HOSPITAL_URGENT] = { "urgent", YES_NO, 1, WW_LABS,
	    "1 for an urgent or emergency admission, 0 for another" },
	[WW_HOSPITAL_ADMISSIONS] = { "admissions", WHOLE, 9999, WW_LABS,
	    "admissions in the 12 months before, a whole number" },
	[WW_HOSPITAL_LOS] = { "los", WHOLE, 36525, WW_LABS, "days in hospital, a whole number" },
};

static ww_status
hospital_version(struct ww_ctx *cx, ww_str cuts, enum ww_hospital_version *out)
{
	static const char *const names[WW_HOSPITAL_VERSIONS] = { "2013", "2016", "simplified" };

	*out = WW_HOSPITAL_2016;
	for (int v = 0; v < WW_HOSPITAL_VERSIONS; v++) {
		if (ww_str_is(cuts, names[v]))
			*out = (enum ww_hospital_version)v;
	}
	if (cuts.n != 0 && !ww_str_is(cuts, names[*out]))
		return ww_fail(cx, WW_E_VALUE, "cuts", "is none of 2013, 2016, simplified");
	return WW_OK;
}

/* In millionths; all that a value can be where none is given. */
static struct ww_range
hospital_value(const struct input *in, const struct given *g)
{
	struct ww_range r = g->value;

	if (in->kind == LAB)
		return g->text.n != 0 ? r : (struct ww_range){ 0, INT64_MAX };
	if (g->text.n == 0)
		r = (struct ww_range){ 0, in->most };
	return (struct ww_range){ r.low * WW_LAB_ONE, r.high * WW_LAB_ONE };
}

static ww_status
ask_hospital(struct ww_ctx *cx, ww_str *words, size_t n, struct ww_json **out)
{
	struct given given[WW_HOSPITAL_ITEMS] = { 0 };
	struct ww_score_item items[WW_HOSPITAL_ITEMS] = { 0 };
	enum ww_hospital_version v = WW_HOSPITAL_2016;
	struct ww_score score;
	ww_str cuts;
	ww_status s = take_choice(cx, "cuts", words, &n, &cuts);

	if (s == WW_OK)
		s = hospital_version(cx, cuts, &v);
	if (s == WW_OK)
		s = read_values(cx, hospital_inputs, WW_HOSPITAL_ITEMS, ", cuts", words, n, given);
	if (s != WW_OK)
		return s;
	score = ww_hospital_score(v, &ww_params_default);
	for (int i = 0; i < WW_HOSPITAL_ITEMS; i++) {
		enum ww_hospital_item item = (enum ww_hospital_item)i;
		struct ww_score_item *at = &items[score.n];

		if (!ww_hospital_has(v, item))
			continue;
		at->name = ww_hospital_name(item);
		at->points =
		    ww_hospital_points(v, item, hospital_value(&hospital_inputs[i], &given[i]));
		describe(cx, &given[i], at);
		score.n++;
	}
	score.items = items;
	return answer(cx, &score, out);
}

/* -- comorbidity indexes ------------------------------------------------------------------------------ */

/* An index, whichever it is. */
struct index {
	const char *rule;
	unsigned groups;
	uint32_t (*of)(ww_str code);
	uint32_t (*settle)(uint32_t groups);
	int64_t (*sum)(uint32_t groups, unsigned set);
	const char *(*name)(unsigned group);
	const char *const
	    *words; /* by which the sets of weights are chosen, the first unless said */
	const char *const *sets; /* and what they are called */
	size_t sets_n;
	const char *which; /* must be chosen */
};

static int64_t
charlson_sum(uint32_t groups, unsigned set)
{
	return ww_comorbidity_sum(groups, (enum ww_charlson_set)set);
}

static const char *
charlson_name(unsigned group)
{
	return ww_comorbidity_name((enum ww_charlson)group);
}

static int64_t
elixhauser_sum(uint32_t groups, unsigned set)
{
	(void)set; /* there is one */
	return ww_elixhauser_sum(groups);
}

static const char *
elixhauser_name(unsigned group)
{
	return ww_elixhauser_name((enum ww_elixhauser)group);
}

static const char *const charlson_words[] = { "1987", "quan2011", "lace" };
static const char *const charlson_sets[] = { "charlson-1987", "quan-2011", "lace-variant" };
static const char *const elixhauser_words[] = { "vanwalraven" };
static const char *const elixhauser_sets[] = { "van-walraven-2009" };

static const struct index charlson = { "charlson/1", WW_CHARLSON_COUNT, ww_comorbidity_of,
	ww_comorbidity_settle, charlson_sum, charlson_name, charlson_words, charlson_sets,
	COUNT(charlson_words), "is none of 1987, quan2011, lace" };
static const struct index elixhauser = { "elixhauser/1", WW_ELIXHAUSER_COUNT, ww_elixhauser_of,
	ww_elixhauser_settle, elixhauser_sum, elixhauser_name, elixhauser_words, elixhauser_sets,
	COUNT(elixhauser_words), "is not vanwalraven" };

/* Letters, digits and a dot: as people write it, and as JSON may hold it. */
static bool
is_code(ww_str s)
{
	enum { MOST = 8 };

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') &&
		    c != '.')
			return false;
	}
	return s.n <= MOST && ww_groups_readable(s, ww_str_empty());
}

static ww_status
read_codes(struct ww_ctx *cx, const ww_str *words, size_t n)
{
	if (n == 0)
		return ww_fail(cx, WW_E_REQUIRED, "code", "at least one ICD-10 code is needed");
	for (size_t i = 0; i < n; i++) {
		char place[32];

		if (is_code(words[i]))
			continue;
		(void)snprintf(place, sizeof(place), "code %zu", i + 1);
		return ww_fail(cx, WW_E_VALUE, place,
		    "is neither an ICD-10 code, which begins with a letter and a digit, nor "
		    "weights=");
	}
	return WW_OK;
}

/* The groups, each with its weight and the codes that are of it. */
static struct ww_json *
groups_json(struct ww_ctx *cx, const struct index *x, unsigned set, uint32_t groups,
    const ww_str *codes, size_t n)
{
	struct ww_json *list = ww_json_array(cx);

	for (unsigned g = 0; g < x->groups; g++) {
		struct ww_json *o, *of;

		if ((groups & (uint32_t)1 << g) == 0)
			continue;
		o = ww_json_add(cx, list, ww_json_object(cx));
		ww_json_set_cstr(cx, o, "name", x->name(g));
		ww_json_set_int(cx, o, "weight", x->sum((uint32_t)1 << g, set));
		of = ww_json_set(cx, o, "codes", ww_json_array(cx));
		for (size_t i = 0; i < n; i++) {
			if ((x->of(codes[i]) & (uint32_t)1 << g) != 0)
				ww_json_add(cx, of, ww_json_string(cx, codes[i]));
		}
	}
	return list;
}

static ww_status
ask_index(struct ww_ctx *cx, const struct index *x, ww_str *words, size_t n, struct ww_json **out)
{
	struct ww_json *o, *none;
	uint32_t all = 0, counted;
	unsigned set = 0;
	ww_str weights;
	ww_status s = take_choice(cx, "weights", words, &n, &weights);

	if (s == WW_OK && weights.n != 0) {
		while (set < x->sets_n && !ww_str_is(weights, x->words[set]))
			set++;
		if (set == x->sets_n)
			return ww_fail(cx, WW_E_VALUE, "weights", "%s", x->which);
	}
	if (s == WW_OK)
		s = read_codes(cx, words, n);
	if (s != WW_OK)
		return s;
	for (size_t i = 0; i < n; i++)
		all |= x->of(words[i]);
	counted = x->settle(all);
	o = ww_json_object(cx);
	ww_json_set_cstr(cx, o, "rule", x->rule);
	ww_json_set_int(cx, o, "score", x->sum(counted, set));
	ww_json_set_cstr(cx, o, "weights", x->sets[set]);
	ww_json_set(cx, o, "groups", groups_json(cx, x, set, counted, words, n));
	ww_json_set(cx, o, "yielded", groups_json(cx, x, set, all & ~counted, words, n));
	none = ww_json_set(cx, o, "in_no_group", ww_json_array(cx));
	for (size_t i = 0; i < n; i++) {
		if (x->of(words[i]) == 0)
			ww_json_add(cx, none, ww_json_string(cx, words[i]));
	}
	*out = o;
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

static ww_status
ask_charlson(struct ww_ctx *cx, ww_str *words, size_t n, struct ww_json **out)
{
	return ask_index(cx, &charlson, words, n, out);
}

static ww_status
ask_elixhauser(struct ww_ctx *cx, ww_str *words, size_t n, struct ww_json **out)
{
	return ask_index(cx, &elixhauser, words, n, out);
}

/* -- which -------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	/* May change the order of the words. */
	ww_status (*ask)(struct ww_ctx *cx, ww_str *words, size_t n, struct ww_json **out);
} scores[] = {
	{ "lace", ask_lace },
	{ "hospital", ask_hospital },
	{ "charlson", ask_charlson },
	{ "elixhauser", ask_elixhauser },
};

ww_status
ww_score_ask(struct ww_ctx *cx, const ww_str *words, size_t n, struct ww_json **out)
{
	ww_str *own = ww_arena_array(cx->arena, n + 1, sizeof(*own));

	if (own == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 1; i < n; i++)
		own[i - 1] = words[i];
	for (size_t i = 0; n > 0 && i < COUNT(scores); i++) {
		if (ww_str_is(words[0], scores[i].name))
			return scores[i].ask(cx, own, n - 1, out);
	}
	return ww_fail(cx, WW_E_VALUE, "score", "is none of lace, hospital, charlson, elixhauser");
}
