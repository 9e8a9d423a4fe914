/* How people are compared: by a payer's member numbers and by the day of birth. */
#ifndef WW_MODEL_MEMBER_H
#define WW_MODEL_MEMBER_H

#include <wardwire/ctx.h>
#include <wardwire/time.h>

/* The number in upper case without blanks, hyphens and leading zeros, in the arena; empty when memory is short. */
ww_str ww_member_key(struct ww_ctx *cx, ww_str id);

/* The identifier type (PID-3.5, HL7 table 0203) is of a number that a payer gave: a whole family may have it. */
bool ww_member_type(ww_str type);

/* Both are known and equal but for ASCII case. */
bool ww_same_name(ww_str a, ww_str b);

/* The digits of both are the same, and there are some: how numbers of providers are compared, as a TIN may be written with a
 * hyphen. */
bool ww_same_digits(ww_str a, ww_str b);

/* Number of the calendar day of birth where it was written: a birth late in the evening is on the next day in
 * UTC and still on that day. t must be known. */
int64_t ww_birth_day(ww_time t);

/* The insured person and the patient are one by what IN1-17 says; empty says nothing. */
bool ww_is_self(ww_str relationship);

#endif
