#include "rules/lab.h"

#include <wardwire/rule.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* -- codes -------------------------------------------------------------------------------------------- */

enum kind { hemoglobin = WW_LAB_HEMOGLOBIN, sodium = WW_LAB_SODIUM, service = WW_LABS };

static const struct {
	enum kind kind;
	const char *code;
} codes[] = {
#define WW_HOSPITAL_CODE(kind, code) { kind, code },
#include "gen/hospital_codes.inc"
#undef WW_HOSPITAL_CODE
};

enum ww_lab
ww_lab_of(ww_str system, ww_str code)
{
	if (!ww_str_is(system, "http://loinc.org") && !ww_str_is(system, "LN"))
		return WW_LABS;
	for (size_t i = 0; i < COUNT(codes); i++) {
		if (codes[i].kind != service && ww_str_is(code, codes[i].code))
			return (enum ww_lab)codes[i].kind;
	}
	return WW_LABS;
}

bool
ww_rule_observes(ww_str system, ww_str code)
{
	return ww_lab_of(system, code) != WW_LABS;
}

/* Letters and digits alone, in upper case. */
bool
ww_lab_is_oncology(ww_str text)
{
	char form[32];
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c < 'A' || c > 'Z') && (c < '0' || c > '9'))
			continue;
		if (n == sizeof(form))
			return false;
		form[n++] = c;
	}
	for (size_t i = 0; i < COUNT(codes); i++) {
		if (codes[i].kind == service && ww_str_is(ww_str_of(form, n), codes[i].code))
			return true;
	}
	return false;
}

/* -- numbers ------------------------------------------------------------------------------------------ */

/* What a value can be, in millionths of g/dL or mmol/L: beyond it is a mistake, or a number that stands for none. */
static const struct {
	const char *unit;
	struct ww_range possible;
} of_labs[WW_LABS] = {
	[WW_LAB_HEMOGLOBIN] = { "g/dL", { 1 * (int64_t)WW_LAB_ONE, 30 * (int64_t)WW_LAB_ONE } },
	[WW_LAB_SODIUM] = { "mmol/L", { 80 * (int64_t)WW_LAB_ONE, 220 * (int64_t)WW_LAB_ONE } },
};

/* Units as they are written; case does not matter. A value is multiplied by times and divided by by. The factor of hemoglobin
 * in mmol/L is that of the monomer, 16.114 g/mmol. */
static const struct {
	enum ww_lab what;
	const char *unit;
	int64_t times, by;
} units[] = {
	{ WW_LAB_HEMOGLOBIN, "g/dL", 1, 1 },
	{ WW_LAB_HEMOGLOBIN, "gm/dL", 1, 1 },
	{ WW_LAB_HEMOGLOBIN, "g%", 1, 1 },
	{ WW_LAB_HEMOGLOBIN, "g/100mL", 1, 1 },
	{ WW_LAB_HEMOGLOBIN, "g/L", 1, 10 },
	{ WW_LAB_HEMOGLOBIN, "mg/dL", 1, 1000 },
	{ WW_LAB_HEMOGLOBIN, "mmol/L", 1611, 1000 },
	{ WW_LAB_SODIUM, "mmol/L", 1, 1 },
	{ WW_LAB_SODIUM, "meq/L", 1, 1 },
	{ WW_LAB_SODIUM, "mol/L", 1000, 1 },
};

enum { DIGITS = 9, PLACES = 6 }; /* before the point, and behind it as far as they count */

/* All of s as a decimal number without sign; what lies below a millionth is cut off. */
static bool
read_number(ww_str s, int64_t *out)
{
	size_t point = ww_str_find(s, '.');
	ww_str whole = ww_str_sub(s, 0, point), part = ww_str_sub(s, point + 1, s.n);
	uint64_t n, millionths = 0;

	if (!ww_str_u64(whole, 999999999, &n) || whole.n > DIGITS || (point < s.n && part.n == 0))
		return false;
	for (size_t i = 0; i < part.n || i < PLACES; i++) {
		char c = i < part.n ? part.p[i] : '0';

		if (c < '0' || c > '9')
			return false;
		if (i < PLACES)
			millionths = 10 * millionths + (uint64_t)(c - '0');
	}
	*out = (int64_t)(n * WW_LAB_ONE + millionths);
	return true;
}

/* Takes a comparator off the front. */
static ww_str
take_comparator(ww_str *value)
{
	static const char *const comparators[] = { "<=", ">=", "<", ">" };

	for (size_t i = 0; i < COUNT(comparators); i++) {
		ww_str c = ww_str_from(comparators[i]);

		if (!ww_str_starts(*value, c))
			continue;
		*value = ww_str_trim(ww_str_sub(*value, c.n, value->n));
		return c;
	}
	return ww_str_empty();
}

static enum ww_lab_fault
convert(enum ww_lab what, ww_str unit, int64_t *n)
{
	for (size_t i = 0; i < COUNT(units); i++) {
		if (units[i].what != what || !ww_str_ieq(unit, ww_str_from(units[i].unit)))
			continue;
		*n = *n * units[i].times / units[i].by;
		return WW_LAB_GOOD;
	}
	return WW_LAB_UNIT;
}

enum ww_lab_fault
ww_lab_read(enum ww_lab what, ww_str comparator, ww_str value, ww_str unit, struct ww_range *out)
{
	struct ww_range possible = of_labs[what].possible;
	ww_str text = ww_str_trim(value), said = ww_str_trim(comparator);
	enum ww_lab_fault fault;
	int64_t n;

	if (said.n == 0)
		said = take_comparator(&text);
	if (!read_number(text, &n))
		return WW_LAB_NO_NUMBER;
	fault = convert(what, ww_str_trim(unit), &n);
	if (fault != WW_LAB_GOOD)
		return fault;
	if (n < possible.low || n > possible.high)
		return WW_LAB_RANGE;
	*out = (struct ww_range){ n, n };
	if (ww_str_starts(said, WW_STR("<")))
		*out = (struct ww_range){ possible.low, ww_str_is(said, "<") ? n - 1 : n };
	else if (ww_str_starts(said, WW_STR(">")))
		*out = (struct ww_range){ ww_str_is(said, ">") ? n + 1 : n, possible.high };
	return WW_LAB_GOOD;
}

const char *
ww_lab_unit(enum ww_lab what)
{
	return of_labs[what].unit;
}

/* -- results of the stay ------------------------------------------------------------------------------ */

static bool
is_of_stay(const struct ww_score_stay *s, const struct ww_observation *o)
{
	const struct ww_zone *z = s->c->zone;
	ww_time end = s->c->encounter->end;
	int64_t day;

	if (!s->dated || !ww_score_has_day(o->observed))
		return false;
	day = ww_time_day(o->observed, z);
	if (day < s->start)
		return false;
	if (s->provisional || !ww_score_has_day(end))
		return true;
	if (o->observed.prec >= WW_PREC_MIN && end.prec >= WW_PREC_MIN)
		return o->observed.ms <= end.ms;
	return day <= ww_time_day(end, z);
}

static bool
is_taken_back(const struct ww_observation *o)
{
	return ww_str_is(o->status, "cancelled") || ww_str_is(o->status, "entered-in-error");
}

/* Of two at the same time the one that was told later. */
static bool
is_later(const struct ww_observation *a, const struct ww_observation *b)
{
	int order = ww_time_cmp(a->observed, b->observed);

	return order != 0 ? order > 0 : a->id > b->id;
}

struct ww_range
ww_lab_last(const struct ww_score_stay *s, enum ww_lab what, const struct ww_observation **of)
{
	struct ww_range last = of_labs[what].possible, value;

	*of = NULL;
	for (size_t i = 0; i < s->c->results_n; i++) {
		const struct ww_observation *o = &s->c->results[i];

		if (ww_lab_of(o->system, o->code) != what || is_taken_back(o) ||
		    !is_of_stay(s, o) || (*of != NULL && !is_later(o, *of)) ||
		    ww_lab_read(what, o->comparator, o->value, o->unit, &value) != WW_LAB_GOOD)
			continue;
		*of = o;
		last = value;
	}
	return last;
}
