/* From codes of a bill to the class of the encounter. No list of such codes is here: the few that tell an admission, an
 * emergency visit and an observation apart are named in publications of the Centers for Medicare & Medicaid Services, which
 * are in the public domain:
 *   type of bill        Medicare Claims Processing Manual (100-04), chapter 1, section 60 and chapter 3: hospital inpatient 11x,
 *                       religious institution 41x; hospital outpatient 13x, critical access hospital 85x, other 14x
 *   emergency room      100-04 chapter 4, section 160: revenue codes 045x and 0981
 *   observation         100-04 chapter 4, section 290.2.1: revenue code 0762
 *   accommodation       100-04 chapter 25, section 75.4: revenue codes 010x to 021x
 *   place of service    CMS Place of Service Code Set: 21 inpatient hospital, 23 emergency room of a hospital, 11, 19, 20, 22
 *                       office, outpatient departments, urgent care */
#include "mappers/in/fhir_bill.h"

static ww_str
without_zeros(ww_str s)
{
	while (s.n > 0 && s.p[0] == '0')
		s = ww_str_sub(s, 1, s.n);
	return s;
}

static bool
is_number(ww_str s)
{
	uint64_t v;

	return ww_str_u64(s, 99999, &v);
}

enum ww_encounter_class
ww_bill_class_of_type(ww_str bill)
{
	static const struct {
		const char *begins;
		enum ww_encounter_class class_;
	} table[] = {
		{ "11", WW_encounter_class_INPATIENT },
		{ "41", WW_encounter_class_INPATIENT },
		{ "13", WW_encounter_class_OUTPATIENT },
		{ "14", WW_encounter_class_OUTPATIENT },
		{ "85", WW_encounter_class_OUTPATIENT },
	};
	ww_str s = without_zeros(bill);

	for (size_t i = 0; s.n >= 2 && i < sizeof(table) / sizeof(table[0]); i++) {
		if (ww_str_starts(s, ww_str_from(table[i].begins)))
			return table[i].class_;
	}
	return WW_encounter_class_UNKNOWN;
}

enum ww_encounter_class
ww_bill_class_of_revenue(ww_str revenue)
{
	static const struct {
		uint64_t from, to;
		enum ww_encounter_class class_;
	} table[] = {
		{ 100, 219, WW_encounter_class_INPATIENT },
		{ 450, 459, WW_encounter_class_ED },
		{ 981, 981, WW_encounter_class_ED },
		{ 762, 762, WW_encounter_class_OBSERVATION },
	};
	uint64_t v;

	if (revenue.n > 4 || !ww_str_u64(revenue, 9999, &v))
		return WW_encounter_class_UNKNOWN;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (v >= table[i].from && v <= table[i].to)
			return table[i].class_;
	}
	return WW_encounter_class_UNKNOWN;
}

enum ww_encounter_class
ww_bill_class_of_place(ww_str place)
{
	static const struct {
		const char *code;
		enum ww_encounter_class class_;
	} table[] = {
		{ "21", WW_encounter_class_INPATIENT },
		{ "23", WW_encounter_class_ED },
		{ "11", WW_encounter_class_OUTPATIENT },
		{ "19", WW_encounter_class_OUTPATIENT },
		{ "20", WW_encounter_class_OUTPATIENT },
		{ "22", WW_encounter_class_OUTPATIENT },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (ww_str_is(place, table[i].code))
			return table[i].class_;
	}
	return WW_encounter_class_UNKNOWN;
}

/* Which of two says more of a visit that had both. */
static int
weight(enum ww_encounter_class c)
{
	switch (c) {
	case WW_encounter_class_INPATIENT:
		return 4;
	case WW_encounter_class_OBSERVATION:
		return 3;
	case WW_encounter_class_ED:
		return 2;
	case WW_encounter_class_OUTPATIENT:
		return 1;
	case WW_encounter_class_UNKNOWN:
	case WW_encounter_class_PREADMIT:
	case WW_encounter_class_RECURRING:
	case WW_encounter_class_OB:
	case WW_encounter_class_NONPATIENT:
	case ww_encounter_class_count:
		break;
	}
	return 0;
}

/* Accommodation is charged by nursing homes, too: where the type of bill says what it is, it is that. */
enum ww_encounter_class
ww_bill_class(const struct ww_claim_detail *detail, const struct ww_claim_line *lines, size_t n)
{
	bool institutional = ww_str_is(detail->type, "institutional");
	bool typed = without_zeros(detail->bill).n >= 2 && is_number(detail->bill);
	enum ww_encounter_class best = ww_bill_class_of_type(detail->bill);

	if (typed && best != WW_encounter_class_OUTPATIENT)
		return best;
	for (size_t i = 0; i < n; i++) {
		enum ww_encounter_class c = institutional || lines[i].revenue.n != 0
		                                ? ww_bill_class_of_revenue(lines[i].revenue)
		                                : ww_bill_class_of_place(lines[i].place);

		if (typed && c == WW_encounter_class_INPATIENT)
			continue;
		if (weight(c) > weight(best))
			best = c;
	}
	return best;
}

ww_str
ww_bill_frequency(ww_str bill)
{
	return bill.n == 0 ? bill : ww_str_sub(bill, bill.n - 1, 1);
}
