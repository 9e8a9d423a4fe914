/* Charlson groups by prefix: a code is brought to one form and compared with every prefix of the table. */
#include "rules/comorbidity.h"

#include <assert.h>

static const struct {
	enum ww_charlson group;
	ww_str text;
} prefixes[] = {
#define WW_CHARLSON_PREFIX(group, text) { WW_CHARLSON_##group, WW_STR_INIT(text) },
#include "gen/charlson_groups.inc"
#undef WW_CHARLSON_PREFIX
};

static const struct {
	const char *name;
	uint8_t weight[WW_CHARLSON_SETS];
} groups_of_table[WW_CHARLSON_COUNT] = {
#define WW_CHARLSON_WEIGHTS(group, w1987, w2011, lace)                                             \
	[WW_CHARLSON_##group] = { #group, { w1987, w2011, lace } },
#include "gen/charlson_weights.inc"
#undef WW_CHARLSON_WEIGHTS
};

/* A group without a row of weights would have neither name nor weight. */
enum {
	WEIGHT_ROWS = 0
#define WW_CHARLSON_WEIGHTS(group, w1987, w2011, lace) +1
#include "gen/charlson_weights.inc"
#undef WW_CHARLSON_WEIGHTS
};
_Static_assert((int)WEIGHT_ROWS == (int)WW_CHARLSON_COUNT, "every group has its row of weights");

/* Quan 2005: of two degrees of one disease only the severer counts. */
static const struct {
	enum ww_charlson severe, mild;
} hierarchy[] = {
	{ WW_CHARLSON_MSLD, WW_CHARLSON_MILDLD },
	{ WW_CHARLSON_DIAB_C, WW_CHARLSON_DIAB_UC },
	{ WW_CHARLSON_METS, WW_CHARLSON_CANCER },
};

static const char *const set_names[WW_CHARLSON_SETS] = {
	[WW_CHARLSON_1987] = "charlson-1987",
	[WW_CHARLSON_QUAN_2011] = "quan-2011",
	[WW_CHARLSON_LACE_VARIANT] = "lace-variant",
};

/* Systems whose codes may look like ICD-10 and are not: ICD-9 has V and E codes, procedure codes begin with
 * a letter too. */
static const ww_str other_systems[] = {
	WW_STR_INIT("I9"),
	WW_STR_INIT("I9C"),
	WW_STR_INIT("I9CDX"),
	WW_STR_INIT("I9CP"),
	WW_STR_INIT("ICD9"),
	WW_STR_INIT("ICD-9"),
	WW_STR_INIT("ICD9CM"),
	WW_STR_INIT("ICD-9-CM"),
	WW_STR_INIT("I10P"),
	WW_STR_INIT("SCT"),
	WW_STR_INIT("SNM"),
	WW_STR_INIT("SNM3"),
};

enum { PREFIX_MAX = 5 }; /* characters of the longest prefix */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The first characters of the code in upper case, without dots and blanks: all that a prefix can see. */
static ww_str
normal(ww_str code, char out[PREFIX_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < code.n && n < PREFIX_MAX; i++) {
		char c = code.p[i];

		if (c == '.' || c == ' ' || c == '\t')
			continue;
		out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return ww_str_of(out, n);
}

uint32_t
ww_comorbidity_of(ww_str code)
{
	char form[PREFIX_MAX];
	ww_str s = normal(code, form);
	uint32_t groups = 0;

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		if (ww_str_starts(s, prefixes[i].text))
			groups |= WW_CHARLSON_BIT(prefixes[i].group);
	}
	return groups;
}

bool
ww_comorbidity_readable(ww_str code, ww_str system)
{
	char form[PREFIX_MAX];
	ww_str s = normal(code, form);

	for (size_t i = 0; i < COUNT(other_systems); i++) {
		if (ww_str_ieq(ww_str_trim(system), other_systems[i]))
			return false;
	}
	return s.n >= 3 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= '0' && s.p[1] <= '9';
}

uint32_t
ww_comorbidity_settle(uint32_t groups)
{
	for (size_t i = 0; i < COUNT(hierarchy); i++) {
		if ((groups & WW_CHARLSON_BIT(hierarchy[i].severe)) != 0)
			groups &= ~WW_CHARLSON_BIT(hierarchy[i].mild);
	}
	return groups;
}

int64_t
ww_comorbidity_sum(uint32_t groups, enum ww_charlson_set set)
{
	uint32_t settled = ww_comorbidity_settle(groups);
	int64_t sum = 0;

	assert(set < WW_CHARLSON_SETS);
	for (unsigned g = 0; g < WW_CHARLSON_COUNT; g++) {
		if ((settled & WW_CHARLSON_BIT(g)) != 0)
			sum += groups_of_table[g].weight[set];
	}
	return sum;
}

const char *
ww_comorbidity_name(enum ww_charlson group)
{
	assert(group < WW_CHARLSON_COUNT);
	return groups_of_table[group].name;
}

const char *
ww_comorbidity_set_name(enum ww_charlson_set set)
{
	assert(set < WW_CHARLSON_SETS);
	return set_names[set];
}
