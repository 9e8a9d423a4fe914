/* Reads single cells of a roster. */
#include "config/roster_cell.h"

#include <stdio.h>

bool
ww_roster_one_line(ww_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

/* Three numbers with that byte between them; the widths of the outer ones say which way round they are. */
static bool
split_date(ww_str s, char sep, ww_str part[3])
{
	ww_str rest;

	part[0] = ww_str_cut(s, sep, &rest);
	part[1] = ww_str_cut(rest, sep, &rest);
	part[2] = rest;
	return part[0].n > 0 && part[1].n > 0 && part[1].n <= 2 && part[2].n > 0;
}

bool
ww_roster_date(ww_str s, ww_time *out)
{
	ww_str part[3];
	uint64_t y, m, d;
	char text[16];

	if (split_date(s, '-', part) && part[0].n == 4 && part[1].n == 2 && part[2].n == 2)
		return ww_time_fhir(s, ww_zone_utc(), out) && out->prec == WW_PREC_DAY;
	if (s.n == 8 && ww_str_u64(s, UINT32_MAX, &y))
		return ww_time_hl7(s, ww_zone_utc(), out);
	if (!split_date(s, '/', part) || part[0].n > 2 || part[2].n != 4)
		return false;
	if (!ww_str_u64(part[0], 12, &m) || !ww_str_u64(part[1], 31, &d) ||
	    !ww_str_u64(part[2], 9999, &y))
		return false;
	snprintf(text, sizeof(text), "%04u-%02u-%02u", (unsigned)y, (unsigned)m, (unsigned)d);
	return ww_time_fhir(ww_str_from(text), ww_zone_utc(), out);
}

bool
ww_roster_sex(ww_str s, ww_str *out)
{
	static const struct {
		const char *text, *code;
	} rows[] = {
		{ "", "" },
		{ "M", "M" },
		{ "F", "F" },
		{ "O", "O" },
		{ "U", "U" },
		{ "A", "A" },
		{ "N", "N" },
		{ "male", "M" },
		{ "female", "F" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (ww_str_ieq(s, ww_str_from(rows[i].text))) {
			*out = ww_str_from(rows[i].code);
			return true;
		}
	}
	return false;
}

bool
ww_roster_yes(ww_str s, bool *out)
{
	static const struct {
		const char *text;
		bool yes;
	} rows[] = {
		{ "", false },
		{ "yes", true },
		{ "y", true },
		{ "true", true },
		{ "1", true },
		{ "no", false },
		{ "n", false },
		{ "false", false },
		{ "0", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (ww_str_ieq(s, ww_str_from(rows[i].text))) {
			*out = rows[i].yes;
			return true;
		}
	}
	return false;
}
