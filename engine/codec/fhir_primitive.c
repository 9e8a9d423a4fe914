/* The primitive types: FHIR R4, datatypes, as rules by hand, because a regular expression per value would take longer than
 * all the rest. */
#include "codec/fhir_primitive.h"

#include <wardwire/time.h>

#include <string.h>

enum {
	STRING_MAX = 1024 * 1024, /* characters */
	ID_MAX = 64,
	OFFSET_MAX = 14, /* hours */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* -- text ------------------------------------------------------------------------------------------- */

static size_t
characters(ww_str s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static const char *
string_fault(ww_str s)
{
	size_t i;

	for (i = 0; i < s.n && is_blank(s.p[i]); i++)
		;
	if (i == s.n)
		return "nothing but white space";
	if (s.n > STRING_MAX && characters(s) > STRING_MAX)
		return "longer than 1048576 characters";
	return NULL;
}

static const char *
code_fault(ww_str s)
{
	size_t i;
	bool before = true; /* a blank, or the beginning */

	for (i = 0; i < s.n; i++) {
		bool blank = is_blank(s.p[i]);

		if (blank && before)
			return "white space at the start or two in a row";
		before = blank;
	}
	return before ? "white space at the end" : NULL;
}

static const char *
id_fault(ww_str s)
{
	size_t i;

	if (s.n > ID_MAX)
		return "longer than 64 characters";
	for (i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'z') &&
		    !(s.p[i] >= 'A' && s.p[i] <= 'Z') && s.p[i] != '-' && s.p[i] != '.')
			return "characters other than letters, digits, - and .";
	return NULL;
}

static const char *
uri_fault(ww_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (is_blank(s.p[i]))
			return "white space in a URI";
	return NULL;
}

static const char *
oid_fault(ww_str s)
{
	static const char why[] = "not urn:oid: and an OID";
	ww_str arc, rest;
	size_t i, arcs = 0;

	if (!ww_str_starts(s, WW_STR("urn:oid:")))
		return why;
	rest = ww_str_sub(s, 8, s.n);
	while (rest.n > 0) {
		bool dot = ww_str_find(rest, '.') < rest.n;

		arc = ww_str_cut(rest, '.', &rest);
		if (arc.n == 0 || (arc.n > 1 && arc.p[0] == '0') || (dot && rest.n == 0))
			return why;
		for (i = 0; i < arc.n; i++)
			if (!is_digit(arc.p[i]))
				return why;
		if (arcs == 0 && (arc.n != 1 || arc.p[0] > '2'))
			return why;
		arcs++;
	}
	return arcs < 2 ? why : NULL;
}

static const char *
uuid_fault(ww_str s)
{
	static const char why[] = "not urn:uuid: and a UUID";
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i;

	if (!ww_str_starts(s, WW_STR("urn:uuid:")) || s.n != 9 + sizeof(form) - 1)
		return why;
	for (i = 0; form[i] != '\0'; i++) {
		char c = s.p[9 + i];

		if (form[i] == '-'
		        ? c != '-'
		        : !is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
			return why;
	}
	return NULL;
}

static bool
is_base64(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
	       c == '/';
}

static const char *
base64_fault(ww_str s)
{
	size_t i, n = 0, pads = 0;

	for (i = 0; i < s.n; i++) {
		if (is_blank(s.p[i]))
			continue;
		if (s.p[i] == '=')
			pads++;
		else if (pads > 0 || !is_base64(s.p[i]))
			return "not base64";
		n++;
	}
	return n == 0 || n % 4 != 0 || pads > 2 ? "not base64 in groups of four" : NULL;
}

/* -- numbers ---------------------------------------------------------------------------------------- */

static const char *
boolean_fault(ww_str s)
{
	return ww_str_is(s, "true") || ww_str_is(s, "false") ? NULL : "neither true nor false";
}

/* A whole number from low to 2^31 - 1. */
static const char *
whole_fault(ww_str s, int64_t low)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	ww_str digits = ww_str_sub(s, minus, s.n);
	uint64_t n;
	int64_t value;

	if (digits.n > 1 && digits.p[0] == '0')
		return "a leading zero";
	if (!ww_str_u64(digits, (uint64_t)INT32_MAX + 1, &n))
		return "not a whole number of 32 bits";
	value = minus ? -(int64_t)n : (int64_t)n;
	if (value > INT32_MAX)
		return "not a whole number of 32 bits";
	return value < low ? low > 0 ? "not 1 or more" : "less than 0" : NULL;
}

static const char *
integer_fault(ww_str s)
{
	return whole_fault(s, INT32_MIN);
}

static const char *
unsigned_fault(ww_str s)
{
	return whole_fault(s, 0);
}

static const char *
positive_fault(ww_str s)
{
	return whole_fault(s, 1);
}

static size_t
digits_at(ww_str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && is_digit(s.p[at + n]))
		n++;
	return n;
}

static const char *
decimal_fault(ww_str s)
{
	static const char why[] = "not a decimal number";
	size_t at = s.n > 0 && s.p[0] == '-', n = digits_at(s, at);

	if (n == 0 || (n > 1 && s.p[at] == '0'))
		return why;
	at += n;
	if (at < s.n && s.p[at] == '.') {
		n = digits_at(s, at + 1);
		if (n == 0)
			return why;
		at += 1 + n;
	}
	if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
		at++;
		at += at < s.n && (s.p[at] == '+' || s.p[at] == '-');
		n = digits_at(s, at);
		if (n == 0)
			return why;
		at += n;
	}
	return at < s.n ? why : NULL;
}

/* -- times ------------------------------------------------------------------------------------------ */

/* n digits at *at; -1 when they are not there. */
static int
number_at(ww_str s, size_t *at, size_t n)
{
	int v = 0;
	size_t i;

	if (*at + n > s.n)
		return -1;
	for (i = 0; i < n; i++) {
		if (!is_digit(s.p[*at + i]))
			return -1;
		v = v * 10 + (s.p[*at + i] - '0');
	}
	*at += n;
	return v;
}

static bool
passes(ww_str s, size_t *at, char c)
{
	if (*at >= s.n || s.p[*at] != c)
		return false;
	(*at)++;
	return true;
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* YYYY[-MM[-DD]] from *at; false when it is none. *whole: it has a day. */
static bool
passes_date(ww_str s, size_t *at, bool *whole)
{
	int year = number_at(s, at, 4), month, day;

	*whole = false;
	if (year < 1)
		return false;
	if (!passes(s, at, '-'))
		return true;
	month = number_at(s, at, 2);
	if (month < 1 || month > 12)
		return false;
	if (!passes(s, at, '-'))
		return true;
	day = number_at(s, at, 2);
	*whole = day >= 1 && day <= days_in(year, month);
	return *whole;
}

/* hh:mm:ss[.f]; 60 is the second that is put in at times. */
static bool
passes_clock(ww_str s, size_t *at)
{
	int hour = number_at(s, at, 2), minute, second;
	size_t n;

	if (hour < 0 || hour > 23 || !passes(s, at, ':'))
		return false;
	minute = number_at(s, at, 2);
	if (minute < 0 || minute > 59 || !passes(s, at, ':'))
		return false;
	second = number_at(s, at, 2);
	if (second < 0 || second > 60)
		return false;
	if (!passes(s, at, '.'))
		return true;
	n = digits_at(s, *at);
	*at += n;
	return n > 0;
}

static bool
passes_zone(ww_str s, size_t *at)
{
	int hour, minute;

	if (passes(s, at, 'Z'))
		return true;
	if (!passes(s, at, '+') && !passes(s, at, '-'))
		return false;
	hour = number_at(s, at, 2);
	if (hour < 0 || hour > OFFSET_MAX || !passes(s, at, ':'))
		return false;
	minute = number_at(s, at, 2);
	return minute >= 0 && minute <= (hour == OFFSET_MAX ? 0 : 59);
}

static const char *
date_fault(ww_str s)
{
	size_t at = 0;
	bool whole;

	return passes_date(s, &at, &whole) && at == s.n ? NULL : "not YYYY, YYYY-MM or YYYY-MM-DD";
}

static const char *
instant_fault(ww_str s)
{
	size_t at = 0;
	bool whole;

	if (!passes_date(s, &at, &whole) || !whole || !passes(s, &at, 'T'))
		return "not a date and a time";
	if (!passes_clock(s, &at))
		return "not hh:mm:ss after the date";
	return passes_zone(s, &at) && at == s.n ? NULL
	                                        : "no zone, or more than one, after the time";
}

static const char *
datetime_fault(ww_str s)
{
	return ww_str_find(s, 'T') < s.n ? instant_fault(s) : date_fault(s);
}

static const char *
time_fault(ww_str s)
{
	size_t at = 0;

	return passes_clock(s, &at) && at == s.n ? NULL : "not hh:mm:ss";
}

/* ---------------------------------------------------------------------------------------------------- */

const char *
ww_fhir_primitive_fault(enum ww_fhir_primitive p, ww_str text)
{
	static const char *(*const faults[])(ww_str s) = {
		[WW_FHIR_BOOLEAN] = boolean_fault,
		[WW_FHIR_INTEGER] = integer_fault,
		[WW_FHIR_UNSIGNED] = unsigned_fault,
		[WW_FHIR_POSITIVE] = positive_fault,
		[WW_FHIR_DECIMAL] = decimal_fault,
		[WW_FHIR_STRING] = string_fault,
		[WW_FHIR_MARKDOWN] = string_fault,
		[WW_FHIR_CODE] = code_fault,
		[WW_FHIR_ID] = id_fault,
		[WW_FHIR_URI] = uri_fault,
		[WW_FHIR_URL] = uri_fault,
		[WW_FHIR_CANONICAL] = uri_fault,
		[WW_FHIR_OID] = oid_fault,
		[WW_FHIR_UUID] = uuid_fault,
		[WW_FHIR_BASE64] = base64_fault,
		[WW_FHIR_DATE] = date_fault,
		[WW_FHIR_DATETIME] = datetime_fault,
		[WW_FHIR_INSTANT] = instant_fault,
		[WW_FHIR_TIME] = time_fault,
		[WW_FHIR_XHTML] = string_fault,
	};

	return faults[p](text);
}

bool
ww_fhir_later(ww_str a, ww_str b)
{
	ww_time x, y;

	return ww_time_fhir(a, ww_zone_utc(), &x) && ww_time_fhir(b, ww_zone_utc(), &y) &&
	       ww_time_cmp(x, y) > 0;
}

/* -- decimals: sign, digits without leading zeros, and where the point stands among them --------------- */

struct decimal {
	bool minus;
	ww_str before, after; /* the digits around the point */
	int64_t exponent;
};

static bool
split(ww_str s, struct decimal *d)
{
	ww_str mantissa, power = { "", 0 };
	size_t e;
	uint64_t n;
	bool down;

	if (decimal_fault(s) != NULL)
		return false;
	e = ww_str_find(s, 'e') < s.n ? ww_str_find(s, 'e') : ww_str_find(s, 'E');
	mantissa = ww_str_sub(s, 0, e);
	power = ww_str_sub(s, e < s.n ? e + 1 : s.n, s.n);
	down = power.n > 0 && power.p[0] == '-';
	if (power.n > 0 && !is_digit(power.p[0]))
		power = ww_str_sub(power, 1, power.n);
	if (!ww_str_u64(power.n > 0 ? power : WW_STR("0"), INT32_MAX, &n))
		return false;
	d->exponent = down ? -(int64_t)n : (int64_t)n;
	d->minus = mantissa.p[0] == '-';
	d->before = ww_str_cut(ww_str_sub(mantissa, d->minus, mantissa.n), '.', &d->after);
	return true;
}

/* The digit that counts 10^place. */
static int
digit_of(const struct decimal *d, int64_t place)
{
	int64_t at = (int64_t)d->before.n - 1 - (place - d->exponent);

	if (at < 0)
		return 0;
	if (at < (int64_t)d->before.n)
		return d->before.p[at] - '0';
	at -= (int64_t)d->before.n;
	return at < (int64_t)d->after.n ? d->after.p[at] - '0' : 0;
}

/* The place of the first digit that is not 0; false: it is zero. */
static bool
highest(const struct decimal *d, int64_t *out)
{
	int64_t place, low = d->exponent - (int64_t)d->after.n;

	for (place = d->exponent + (int64_t)d->before.n - 1; place >= low; place--)
		if (digit_of(d, place) != 0) {
			*out = place;
			return true;
		}
	return false;
}

/* Both are not zero. */
static int
cmp_size(const struct decimal *a, const struct decimal *b, int64_t top_a, int64_t top_b)
{
	int64_t low_a = a->exponent - (int64_t)a->after.n,
	        low_b = b->exponent - (int64_t)b->after.n;
	int64_t place;

	if (top_a != top_b)
		return top_a > top_b ? 1 : -1;
	for (place = top_a; place >= low_a || place >= low_b; place--) {
		int d = digit_of(a, place) - digit_of(b, place);

		if (d != 0)
			return d;
	}
	return 0;
}

bool
ww_fhir_decimal_cmp(ww_str a, ww_str b, int *out)
{
	struct decimal x, y;
	int64_t top_x = 0, top_y = 0;
	bool some_x, some_y;

	if (!split(a, &x) || !split(b, &y))
		return false;
	some_x = highest(&x, &top_x);
	some_y = highest(&y, &top_y);
	if (!some_x || !some_y)
		*out = some_x ? (x.minus ? -1 : 1) : some_y ? (y.minus ? 1 : -1) : 0;
	else if (x.minus != y.minus)
		*out = x.minus ? -1 : 1;
	else
		*out = x.minus ? -cmp_size(&x, &y, top_x, top_y) : cmp_size(&x, &y, top_x, top_y);
	return true;
}
