/* What senders write as a number, or as a code that is one. Private to mappers/. */
#ifndef WW_MAPPERS_VALUE_H
#define WW_MAPPERS_VALUE_H

#include <wardwire/str.h>

struct ww_ctx;

/* Takes <, <=, >= or > and blanks behind it off; empty: none stands there. */
ww_str ww_value_comparator(ww_str *s);
/* Digits, with a sign and a point at most. */
bool ww_value_is_number(ww_str s);
/* UB-04 patient status has two digits: the zero that many senders leave off is put before one. Any other code is as it is. In
 * cx->arena, or the code's own bytes. */
ww_str ww_value_patient_status(struct ww_ctx *cx, ww_str code);

#endif
