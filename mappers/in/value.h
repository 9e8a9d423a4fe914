/* What laboratories write as a number. Private to mappers/. */
#ifndef WW_MAPPERS_VALUE_H
#define WW_MAPPERS_VALUE_H

#include <wardwire/str.h>

/* Takes <, <=, >= or > and blanks behind it off; empty: none stands there. */
ww_str ww_value_comparator(ww_str *s);
/* Digits, with a sign and a point at most. */
bool ww_value_is_number(ww_str s);

#endif
