/* The points of the LACE index (profiles/codes/lace.csv): of what a stay says, or of values given by hand. */
#ifndef WW_RULES_LACE_H
#define WW_RULES_LACE_H

#include "rules/score.h"

enum ww_lace_item { WW_LACE_L, WW_LACE_A, WW_LACE_C, WW_LACE_E, WW_LACE_ITEMS };

/* L: days; A: 1 acute, 0 not; C: the sum of the weights; E: emergency visits. More never scores less. high: INT64_MAX where
 * there is no bound. */
struct ww_range ww_lace_points(enum ww_lace_item item, struct ww_range value);
/* Everything but items and provisional. */
struct ww_score ww_lace_score(const struct ww_params *p);

#endif
