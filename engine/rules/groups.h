/* Comorbidity groups by prefix: which groups of an index an ICD-10 code belongs to. */
#ifndef WW_RULES_GROUPS_H
#define WW_RULES_GROUPS_H

#include <wardwire/str.h>

enum { WW_GROUP_PREFIX_MAX = 5 }; /* characters of the longest prefix */

/* One row of an index; a table of them is sorted by prefix. Groups are numbered from 0 to 31. */
struct ww_group_prefix {
	char text[WW_GROUP_PREFIX_MAX + 1];
	uint8_t group;
};

/* The set of groups that one code belongs to, a bit each; 0 for most. Dots, blanks and case in the code do not matter. */
uint32_t ww_groups_of(const struct ww_group_prefix *table, size_t n, ww_str code);

/* Of two degrees of one disease only the severer counts. */
struct ww_group_order {
	uint8_t severe, mild;
};
/* The set without the milder ones. */
uint32_t ww_groups_settle(const struct ww_group_order *order, size_t n, uint32_t groups);

/* True when the code can be an ICD-10 diagnosis: a letter, a digit and more, in a system (DG1-3.3, HL7
 * table 0396) that is not known to be another one. A missing system says nothing against it. */
bool ww_groups_readable(ww_str code, ww_str system);

#endif
