/* The tables of the Elixhauser index. */
#include "rules/elixhauser.h"

#include "rules/groups.h"

#include <assert.h>

static const struct ww_group_prefix prefixes[] = {
#define WW_ELIXHAUSER_PREFIX(group, text) { text, WW_ELIXHAUSER_##group },
#include "gen/elixhauser_groups.inc"
#undef WW_ELIXHAUSER_PREFIX
};

static const struct {
	const char *name;
	int8_t weight;
} groups_of_table[WW_ELIXHAUSER_COUNT] = {
#define WW_ELIXHAUSER_WEIGHTS(group, points) [WW_ELIXHAUSER_##group] = { #group, points },
#include "gen/elixhauser_weights.inc"
#undef WW_ELIXHAUSER_WEIGHTS
};

/* A group without a row of weights would have neither name nor weight. */
enum {
	WEIGHT_ROWS = 0
#define WW_ELIXHAUSER_WEIGHTS(group, points) +1
#include "gen/elixhauser_weights.inc"
#undef WW_ELIXHAUSER_WEIGHTS
};
_Static_assert((int)WEIGHT_ROWS == (int)WW_ELIXHAUSER_COUNT, "every group has its row of weights");

/* Quan 2005. */
static const struct ww_group_order order[] = {
	{ WW_ELIXHAUSER_HPTN_C, WW_ELIXHAUSER_HPTN_UC },
	{ WW_ELIXHAUSER_Diab_C, WW_ELIXHAUSER_Diab_UC },
	{ WW_ELIXHAUSER_METS, WW_ELIXHAUSER_Tumor },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

uint32_t
ww_elixhauser_of(ww_str code)
{
	return ww_groups_of(prefixes, COUNT(prefixes), code);
}

uint32_t
ww_elixhauser_settle(uint32_t groups)
{
	return ww_groups_settle(order, COUNT(order), groups);
}

int64_t
ww_elixhauser_sum(uint32_t groups)
{
	uint32_t settled = ww_elixhauser_settle(groups);
	int64_t sum = 0;

	for (unsigned g = 0; g < WW_ELIXHAUSER_COUNT; g++) {
		if ((settled & (uint32_t)1 << g) != 0)
			sum += groups_of_table[g].weight;
	}
	return sum;
}

const char *
ww_elixhauser_name(enum ww_elixhauser group)
{
	assert(group < WW_ELIXHAUSER_COUNT);
	return groups_of_table[group].name;
}
