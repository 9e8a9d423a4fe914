/* The forms a cell of a roster can have. */
#ifndef WW_CONFIG_ROSTER_CELL_H
#define WW_CONFIG_ROSTER_CELL_H

#include <wardwire/str.h>
#include <wardwire/time.h>

/* No control character. */
bool ww_roster_one_line(ww_str s);
/* YYYY-MM-DD, YYYYMMDD or MM/DD/YYYY; the last with one digit, too, as spreadsheets write it. */
bool ww_roster_date(ww_str s, ww_time *out);
/* HL7 table 0001, male or female; *out is a letter of that table or empty. */
bool ww_roster_sex(ww_str s, ww_str *out);
/* Yes or no, as people write it; empty is no. */
bool ww_roster_yes(ww_str s, bool *out);

#endif
