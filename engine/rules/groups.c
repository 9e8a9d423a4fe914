/* A code is brought to one form; every prefix of it is found by the first three characters. */
#include "rules/groups.h"

#include <string.h>

enum { STEM = 3 }; /* characters of the shortest prefix */

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Systems whose codes may look like ICD-10 and are not: ICD-9 has V and E codes, procedure codes begin with
 * a letter too. */
static const char *const other_systems[] = {
	"I9",
	"I9C",
	"I9CDX",
	"I9CP",
	"ICD9",
	"ICD-9",
	"ICD9CM",
	"ICD-9-CM",
	"I10P",
	"SCT",
	"SNM",
	"SNM3",
};

/* The first characters of the code in upper case, without dots and blanks, NUL behind: all that a prefix can see. */
static size_t
normal(ww_str code, char out[WW_GROUP_PREFIX_MAX + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < code.n && n < WW_GROUP_PREFIX_MAX; i++) {
		char c = code.p[i];

		if (c == '.' || c == ' ' || c == '\t')
			continue;
		out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	memset(out + n, 0, WW_GROUP_PREFIX_MAX + 1 - n);
	return n;
}

/* The first row whose stem is not below that of the code. */
static size_t
first_of(const struct ww_group_prefix *table, size_t n, const char *code)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strncmp(table[mid].text, code, STEM) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint32_t
ww_groups_of(const struct ww_group_prefix *table, size_t n, ww_str code)
{
	char form[WW_GROUP_PREFIX_MAX + 1];
	uint32_t groups = 0;

	if (normal(code, form) < STEM)
		return 0;
	for (size_t i = first_of(table, n, form); i < n && strncmp(table[i].text, form, STEM) == 0;
	     i++) {
		if (strncmp(table[i].text, form, strlen(table[i].text)) == 0)
			groups |= (uint32_t)1 << table[i].group;
	}
	return groups;
}

uint32_t
ww_groups_settle(const struct ww_group_order *order, size_t n, uint32_t groups)
{
	for (size_t i = 0; i < n; i++) {
		if ((groups & (uint32_t)1 << order[i].severe) != 0)
			groups &= ~((uint32_t)1 << order[i].mild);
	}
	return groups;
}

bool
ww_groups_readable(ww_str code, ww_str system)
{
	char form[WW_GROUP_PREFIX_MAX + 1];
	size_t n = normal(code, form);
	ww_str said = ww_str_trim(system);

	for (size_t i = 0; i < COUNT(other_systems); i++) {
		if (ww_str_ieq(said, ww_str_from(other_systems[i])))
			return false;
	}
	return n >= STEM && form[0] >= 'A' && form[0] <= 'Z' && form[1] >= '0' && form[1] <= '9';
}
