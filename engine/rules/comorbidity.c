/* The tables of the Charlson index. */
#include "rules/comorbidity.h"

#include "rules/groups.h"

#include <assert.h>

static const struct ww_group_prefix prefixes[] = {
#define WW_CHARLSON_PREFIX(group, text) { text, WW_CHARLSON_##group },
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

/* Quan 2005. */
static const struct ww_group_order order[] = {
	{ WW_CHARLSON_MSLD, WW_CHARLSON_MILDLD },
	{ WW_CHARLSON_DIAB_C, WW_CHARLSON_DIAB_UC },
	{ WW_CHARLSON_METS, WW_CHARLSON_CANCER },
};

static const char *const set_names[WW_CHARLSON_SETS] = {
	[WW_CHARLSON_1987] = "charlson-1987",
	[WW_CHARLSON_QUAN_2011] = "quan-2011",
	[WW_CHARLSON_LACE_VARIANT] = "lace-variant",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

uint32_t
ww_comorbidity_of(ww_str code)
{
	return ww_groups_of(prefixes, COUNT(prefixes), code);
}

bool
ww_comorbidity_readable(ww_str code, ww_str system)
{
	return ww_groups_readable(code, system);
}

uint32_t
ww_comorbidity_settle(uint32_t groups)
{
	return ww_groups_settle(order, COUNT(order), groups);
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
