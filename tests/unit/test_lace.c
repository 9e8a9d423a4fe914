/* Rule lace/1 as tables of cases: points, both ends of every window, bounds where something is missing. */
#include "tests/unit/unit.h"

#include "tests/unit/case.h"

#include <wardwire/chain.h>

#include <string.h>

#define ZONE "America/New_York"

struct other {
	const char *start, *ed_start; /* HL7; NULL: unknown */
	const char *codes;
};

struct row {
	const char *name;
	const char *start, *end;
	const char *type;  /* PV1-4 */
	const char *codes; /* of this stay */
	struct other others[5];
	const char *since; /* NULL: 1970 */
	int64_t low, high;
	const char *band;
};

static struct made_case *
made_of(const struct row *r)
{
	struct made_case *m = case_new(ZONE);

	m->stay.start = case_time(m, r->start);
	m->stay.end = case_time(m, r->end);
	m->stay.inpatient_start = m->stay.start;
	m->stay.admit_type = ww_str_from(r->type);
	case_diagnoses(m, m->stay.id, r->codes == NULL ? "" : r->codes);
	if (r->since != NULL)
		m->c.since_ms = case_time(m, r->since).ms;
	for (size_t i = 0; i < UNIT_COUNT(r->others); i++) {
		const struct other *o = &r->others[i];
		struct ww_encounter *e;

		if (o->start == NULL && o->ed_start == NULL)
			break;
		e = case_other(m, o->start, o->ed_start);
		case_diagnoses(m, e->id, o->codes == NULL ? "" : o->codes);
	}
	return m;
}

static void
check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct made_case *m = made_of(&rows[i]);
		const struct ww_finding *f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);

		ck_assert_msg(f != NULL, "%s: not found", rows[i].name);
		ck_assert_msg(f->low == rows[i].low && f->high == rows[i].high &&
		                  strcmp(f->band, rows[i].band) == 0 && f->score == f->low,
		    "%s: %lld..%lld %s", rows[i].name, (long long)f->low, (long long)f->high,
		    f->band);
		case_free(m);
	}
}

#define PLAIN(name, start, end, low, high, band)                                                   \
	{                                                                                          \
		name, start, end, "R", "Z471", { { 0 } }, NULL, low, high, band                    \
	}

START_TEST(counts_calendar_days_at_the_facility)
{
	static const struct row rows[] = {
		PLAIN("same day", "202603020010", "202603022350", 0, 0, "low"),
		PLAIN("one minute over midnight", "202603022359", "202603030000", 1, 1, "low"),
		PLAIN("three days", "20260302", "20260305", 3, 3, "low"),
		PLAIN("four days", "20260302", "20260306", 4, 4, "low"),
		PLAIN("six days", "20260302", "20260308", 4, 4, "low"),
		PLAIN("seven days", "20260302", "20260309", 5, 5, "moderate"),
		PLAIN("thirteen days", "20260302", "20260315", 5, 5, "moderate"),
		PLAIN("fourteen days", "20260302", "20260316", 7, 7, "moderate"),
		PLAIN("a year", "20250302", "20260302", 7, 7, "moderate"),
		PLAIN("the day of 23 hours", "202603072330", "202603082330", 1, 1, "low"),
		PLAIN("both midnights around it", "202603080000", "202603090000", 1, 1, "low"),
		PLAIN("the day of 25 hours", "202611010000", "202611012359", 0, 0, "low"),
		PLAIN("over the day of 25 hours", "202610312359", "202611020001", 2, 2, "low"),
		PLAIN("an offset of another zone", "202603020400+0000", "202603020600+0000", 1, 1,
		    "low"),
		PLAIN("over a leap day", "20280228", "20280301", 2, 2, "low"),
		PLAIN("over no leap day", "20260228", "20260301", 1, 1, "low"),
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(bounds_a_length_that_is_not_known)
{
	static const struct row rows[] = {
		/* Without the day of the start the windows of C and E are unknown, too. */
		PLAIN("no start", NULL, "20260306", 0, 7 + 5 + 4, "unknown"),
		PLAIN("a month is no day", "202603", "20260306", 0, 7 + 5 + 4, "unknown"),
		PLAIN("the end is a month", "20260302", "202603", 0, 7, "unknown"),
		PLAIN("the end lies before the start", "20260306", "20260302", 0, 7, "unknown"),
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(knows_the_acute_types_of_admission)
{
	static const struct {
		const char *type, *ed_start;
		int64_t low, high;
	} rows[] = {
		{ "A", "", 3, 3 },
		{ "E", "", 3, 3 },
		{ "U", "", 3, 3 },
		{ "1", "", 3, 3 },
		{ "2", "", 3, 3 },
		{ "5", "", 3, 3 },
		{ " E ", "", 3, 3 },
		{ "R", "", 0, 0 },
		{ "C", "", 0, 0 },
		{ "N", "", 0, 0 },
		{ "L", "", 0, 0 },
		{ "3", "", 0, 0 },
		{ "4", "", 0, 0 },
		{ "C", "202603020900", 0, 0 },
		{ "", "", 0, 3 },
		{ "9", "", 0, 3 },
		{ "EE", "", 0, 3 },
		{ "", "202603020900", 3, 3 },
		{ "9", "202603020900", 3, 3 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct row r = PLAIN("", "202603021200", "202603021300", 0, 0, "");
		const struct ww_finding *f;
		struct made_case *m;

		r.type = rows[i].type;
		m = made_of(&r);
		m->stay.ed_start = case_time(m, rows[i].ed_start);
		f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
		ck_assert_ptr_nonnull(f);
		ck_assert_msg(f->low == rows[i].low && f->high == rows[i].high,
		    "\"%s\": %lld..%lld", rows[i].type, (long long)f->low, (long long)f->high);
		case_free(m);
	}
}
END_TEST

/* An elective stay of no days: what is left is E. */
#define VISITS(name, start, since, low, high, band, ...)                                           \
	{                                                                                          \
		name, start, start, "R", "Z471", { __VA_ARGS__ }, since, low, high, band           \
	}
#define ED(at)                                                                                     \
	{                                                                                          \
		at, at, NULL                                                                       \
	}

START_TEST(counts_emergency_visits_of_180_days)
{
	static const struct row rows[] = {
		VISITS("the first day", "20260701", NULL, 1, 1, "low", ED("202601020000")),
		VISITS("the day before it", "20260701", NULL, 0, 0, "low", ED("202601012359")),
		VISITS("the last day", "20260701", NULL, 1, 1, "low", ED("202606302359")),
		VISITS(
		    "the day of the stay", "202607012300", NULL, 0, 0, "low", ED("202607010030")),
		VISITS("after the stay", "20260701", NULL, 0, 0, "low", ED("20260702")),
		VISITS("first day over a leap day", "20280301", NULL, 1, 1, "low", ED("20270903")),
		VISITS("before it over a leap day", "20280301", NULL, 0, 0, "low", ED("20270902")),
		VISITS("first day over no leap day", "20270301", NULL, 1, 1, "low", ED("20260902")),
		VISITS("not an emergency visit", "20260701", NULL, 0, 0, "low",
		    { "20260601", NULL, NULL }),
		VISITS("three", "20260701", NULL, 3, 3, "low", ED("20260601"), ED("20260602"),
		    ED("20260603")),
		VISITS("four", "20260701", NULL, 4, 4, "low", ED("20260601"), ED("20260602"),
		    ED("20260603"), ED("20260604")),
		VISITS("five", "20260701", NULL, 4, 4, "low", ED("20260601"), ED("20260602"),
		    ED("20260603"), ED("20260604"), ED("20260605")),
		VISITS("in a month without day", "20260701", NULL, 1, 4, "low", ED("202605"),
		    ED("20260601")),
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(leaves_out_visits_that_were_cancelled_or_led_here)
{
	static const struct {
		const char *name;
		int64_t status;
		const char *end, *facility;
		int visits;
	} rows[] = {
		{ "an earlier visit", WW_encounter_status_FINISHED, "202606302100", "NORTH", 1 },
		{ "cancelled", WW_encounter_status_CANCELLED, "202606302100", "NORTH", 0 },
		{ "in error", WW_encounter_status_ERROR, "202606302100", "NORTH", 0 },
		{ "led here", WW_encounter_status_FINISHED, "202606302330", "NORTH", 0 },
		{ "ended when the stay had begun", WW_encounter_status_FINISHED, "202607010115",
		    "NORTH", 0 },
		{ "an hour before", WW_encounter_status_FINISHED, "202606302320", "NORTH", 0 },
		{ "more than an hour before", WW_encounter_status_FINISHED, "202606302319", "NORTH",
		    1 },
		{ "ended on a day without a clock", WW_encounter_status_FINISHED, "20260701",
		    "NORTH", 1 },
		{ "elsewhere", WW_encounter_status_FINISHED, "202606302330", "SOUTH", 1 },
		{ "nobody knows where", WW_encounter_status_FINISHED, "202606302330", "", 1 },
		{ "no end", WW_encounter_status_IN_PROGRESS, "", "NORTH", 0 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct row r = VISITS(
		    "", "202607010020", NULL, 0, 0, "", { "202606302000", "202606302000", "" });
		struct made_case *m = made_of(&r);
		const struct ww_finding *f;
		char want[64];

		m->stay.facility = WW_STR("NORTH");
		m->stay.inpatient_start = m->stay.start;
		m->others[0].status = rows[i].status;
		m->others[0].end = case_time(m, rows[i].end);
		m->others[0].facility = ww_str_from(rows[i].facility);
		if (ww_chain_leads(&m->others[0], &m->stay))
			m->others[0].led_to = m->stay.id;
		f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
		ck_assert_ptr_nonnull(f);
		snprintf(want, sizeof(want), "\"%d visit%s in the 180 days before\"",
		    rows[i].visits, rows[i].visits == 1 ? "" : "s");
		ck_assert_msg(strstr(ww_arena_cstr(m->cx.arena, f->evidence), want) != NULL,
		    "%s: %.*s", rows[i].name, WW_STR_FMT(f->evidence));
		/* a day more, from the evening in the emergency department */
		ck_assert_int_eq(f->low, 1 - (i == 1 || i == 2));
		case_free(m);
	}
}
END_TEST

/* A stay before that of row r, from which the patient was sent on to that place. */
static struct ww_encounter *
stay_before(struct made_case *m, const char *start, const char *end, const char *to)
{
	struct ww_encounter *e = case_other(m, start, NULL);

	e->end = case_time(m, end);
	e->inpatient_start = e->start;
	e->class_ = WW_encounter_class_INPATIENT;
	e->disposition = ww_str_from(to);
	return e;
}

START_TEST(counts_the_days_of_all_stays_between_transfers)
{
	static const struct {
		const char *name, *to, *end, *source, *days;
	} rows[] = {
		{ "transferred", "02", "202607051400", "", "\"7 days\"" },
		{ "to a critical access hospital", "66", "202607051400", "", "\"7 days\"" },
		{ "by the word of the next", "01", "202607051400", "4", "\"7 days\"" },
		{ "sent home", "01", "202607051400", "", "\"3 days\"" },
		{ "to a nursing home", "03", "202607051400", "1", "\"3 days\"" },
		{ "more than a day before", "02", "202607041459", "", "\"3 days\"" },
		{ "a day before", "02", "202607041500", "", "\"7 days\"" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct row r = PLAIN("", "202607051500", "202607081100", 0, 0, "");
		struct made_case *m = made_of(&r);
		const struct ww_finding *f;

		m->stay.admit_source = ww_str_from(rows[i].source);
		(void)stay_before(m, "202607011000", "202607031100", "02");
		(void)stay_before(m, "202607031200", rows[i].end, rows[i].to);
		f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
		ck_assert_ptr_nonnull(f);
		ck_assert_msg(strstr(ww_arena_cstr(m->cx.arena, f->evidence), rows[i].days) != NULL,
		    "%s: %.*s", rows[i].name, WW_STR_FMT(f->evidence));
		case_free(m);
	}
}
END_TEST

START_TEST(scores_nobody_who_is_still_in_acute_care_or_gave_birth)
{
	struct row r = PLAIN("", "202607051500", "202607081100", 0, 0, "");

	for (int i = 0; i < 4; i++) {
		struct made_case *m = made_of(&r);

		if (i == 1)
			m->stay.class_ = WW_encounter_class_OB;
		if (i == 2)
			m->stay.disposition = WW_STR("05");
		if (i == 3)
			stay_before(m, "202607081300", "202607101100", "01")->admit_source =
			    WW_STR("4");
		ck_assert_int_eq(
		    case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK) != NULL, i == 0);
		case_free(m);
	}
}
END_TEST

/* One stay of 2026-07-01 whose points are all C. */
#define CODES(name, codes, since, low, high, band, ...)                                            \
	{                                                                                          \
		name, "202607011200", "202607011300", "R", codes, { __VA_ARGS__ }, since, low,     \
		    high, band                                                                     \
	}
#define BEFORE(at, codes)                                                                          \
	{                                                                                          \
		at, NULL, codes                                                                    \
	}
#define NO_OTHERS                                                                                  \
	{                                                                                          \
		NULL, NULL, NULL                                                                   \
	}

START_TEST(weighs_diagnoses_of_this_stay_and_the_year_before)
{
	static const struct row rows[] = {
		CODES("none that counts", "Z471", NULL, 0, 0, "low", NO_OTHERS),
		CODES("one", "I214", NULL, 1, 1, "low", NO_OTHERS),
		CODES("sum of three", "I509 E119", NULL, 3, 3, "low", NO_OTHERS),
		CODES("sum of four is five points", "I509 J449", NULL, 5, 5, "moderate", NO_OTHERS),
		CODES("the severer alone", "E119 E1122", NULL, 2, 2, "low", NO_OTHERS),
		CODES("history", "Z471", NULL, 2, 2, "low", BEFORE("20260501", "I509")),
		CODES("the same in both", "I509", NULL, 2, 2, "low", BEFORE("20260501", "I501")),
		CODES("severer in history", "E119", NULL, 2, 2, "low", BEFORE("20260501", "E1122")),
		CODES("the first day", "Z471", NULL, 2, 2, "low", BEFORE("202507010000", "I509")),
		CODES(
		    "the day before it", "Z471", NULL, 0, 0, "low", BEFORE("202506302359", "I509")),
		CODES(
		    "earlier that day", "Z471", NULL, 2, 2, "low", BEFORE("202607010300", "I509")),
		CODES("some time that day", "Z471", NULL, 2, 2, "low", BEFORE("20260701", "I509")),
		CODES("later that day", "Z471", NULL, 0, 0, "low", BEFORE("202607012000", "I509")),
		CODES("a later stay", "Z471", NULL, 0, 0, "low", BEFORE("20260801", "I509")),
		CODES(
		    "a stay without day", "Z471", NULL, 0, 5, "unknown", BEFORE("202605", "I509")),
		CODES("no diagnosis yet", "", NULL, 0, 5, "unknown", NO_OTHERS),
		CODES("no diagnosis yet, but history", "", NULL, 2, 5, "unknown",
		    BEFORE("20260501", "I509")),
		CODES("no diagnosis yet, history of five", "", NULL, 5, 5, "moderate",
		    BEFORE("20260501", "C787")),
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(ignores_codes_of_other_systems_and_cancelled_stays)
{
	struct row r = CODES("", "I509", NULL, 0, 0, "", BEFORE("20260501", "C787"));
	struct made_case *m = made_of(&r);
	const struct ww_finding *f;

	m->others[0].status = WW_encounter_status_CANCELLED;
	f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->high, 2);
	m->now[0].system = WW_STR("I9C");
	f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->low, 0);
	ck_assert_int_eq(f->high, 5);
	case_free(m);
}
END_TEST

START_TEST(bounds_what_lies_before_the_history)
{
	static const struct row rows[] = {
		VISITS("a year is there", "20260701", "202507010000", 0, 0, "low", NO_OTHERS),
		VISITS("a second less", "20260701", "20250701000001", 0, 5, "unknown", NO_OTHERS),
		VISITS(
		    "180 days are there", "20260701", "202601020000", 0, 5, "unknown", NO_OTHERS),
		VISITS("a second less", "20260701", "20260102000001", 0, 9, "unknown", NO_OTHERS),
		VISITS("begun after the stay", "20260701", "20260801", 0, 9, "unknown", NO_OTHERS),
		VISITS("four visits known", "20260701", "20260102000001", 4, 9, "unknown",
		    ED("20260601"), ED("20260602"), ED("20260603"), ED("20260604")),
		CODES("already five", "C787", "20260101", 5, 5, "moderate", NO_OTHERS),
		CODES("already five, visits unknown", "C787", "20260601", 5, 9, "moderate",
		    NO_OTHERS),
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(names_a_band_only_when_both_bounds_are_in_it)
{
	static const struct row rows[] = {
		{ "both low", "20260701", "20260701", "R", "Z471", { { 0 } }, NULL, 0, 0, "low" },
		{ "over the first cut", "20260701", "20260704", "", "Z471", { { 0 } }, NULL, 3, 6,
		    "unknown" },
		{ "both moderate", "20260701", "20260708", "", "Z471", { { 0 } }, NULL, 5, 8,
		    "moderate" },
		{ "over the second cut", "20260701", "20260715", "", "Z471", { { 0 } }, NULL, 7, 10,
		    "unknown" },
		{ "both high", "20260701", "20260708", "E", "I509", { { 0 } }, "20260101", 10, 13,
		    "high" },
		{ "over both cuts", "20260701", "20260701", "", "Z471", { { 0 } }, "20260701", 0,
		    12, "unknown" },
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(holds_for_discharged_inpatients_who_live)
{
	static const struct {
		const char *disposition;
		bool holds;
	} rows[] = {
		{ "01", true },
		{ "", true },
		{ "07", true },
		{ "21", true },
		{ "20", false },
		{ "40", false },
		{ "41", false },
		{ "42", false },
	};
	struct row r = PLAIN("", "20260302", "20260305", 0, 0, "");
	struct made_case *m = made_of(&r);

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		m->stay.disposition = ww_str_from(rows[i].disposition);
		ck_assert_msg(
		    (case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK) != NULL) == rows[i].holds,
		    "disposition \"%s\"", rows[i].disposition);
	}
	m->stay.disposition = WW_STR("01");
	m->stay.status = WW_encounter_status_IN_PROGRESS;
	ck_assert_ptr_null(case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK));
	m->stay.status = WW_encounter_status_FINISHED;
	m->stay.class_ = WW_encounter_class_ED;
	m->stay.inpatient_start = case_time(m, "");
	m->stay.ed_start = m->stay.start;
	ck_assert_ptr_null(case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK));
	case_free(m);
}
END_TEST

START_TEST(shows_each_factor_with_its_source)
{
	static const struct row r = { "", "20260302", "20260310", "E", "I5023 E1122 N184 J449",
		{ ED("20260201"), ED("20260101") }, NULL, 0, 0, "" };
	struct made_case *m = made_of(&r);
	const struct ww_finding *f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);

	ck_assert_ptr_nonnull(f);
	ck_assert_str_eq(f->rule, "lace/1");
	unit_str_is(f->evidence,
	    "{\"score\":15,\"low\":15,\"high\":15,\"band\":\"high\",\"weights\":\"lace-variant\","
	    "\"factors\":["
	    "{\"name\":\"L\",\"value\":\"8 days\",\"points\":5,\"low\":5,\"high\":5,"
	    "\"source\":\"PV1-44, PV1-45\"},"
	    "{\"name\":\"A\",\"value\":\"acute, type E\",\"points\":3,\"low\":3,\"high\":3,"
	    "\"source\":\"PV1-4\"},"
	    "{\"name\":\"C\",\"value\":\"sum 8\",\"points\":5,\"low\":5,\"high\":5,"
	    "\"source\":\"DG1-3 of this stay and of those in the 365 days before\","
	    "\"groups\":[\"CHF\",\"COPD\",\"DIAB_C\",\"RD\"]},"
	    "{\"name\":\"E\",\"value\":\"2 visits in the 180 days "
	    "before\",\"points\":2,\"low\":2,\"high\":2,"
	    "\"source\":\"emergency visits in the ledger\"}],\"complete\":true}");
	case_free(m);
}
END_TEST

START_TEST(says_what_is_missing)
{
	static const struct row r = { "", NULL, "20260310", "9", "", { { 0 } }, "20260301", 0, 0,
		"" };
	struct made_case *m = made_of(&r);
	const struct ww_finding *f;
	struct ww_json *v;

	m->stay.inpatient_start = case_time(m, "20260302");
	f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
	ck_assert_ptr_nonnull(f);
	v = case_evidence(m, f);
	ck_assert(!ww_json_true(ww_json_get(v, "complete")));
	unit_str_is(ww_json_str(ww_json_get(v, "band")), "unknown");
	unit_str_is(ww_json_str(ww_json_find(v, "factors[0].value")), "unknown");
	unit_str_is(ww_json_str(ww_json_find(v, "factors[1].value")), "unknown");
	unit_str_is(ww_json_str(ww_json_find(v, "factors[2].value")),
	    "sum 0, no diagnosis of this stay yet, history incomplete");
	unit_str_is(ww_json_str(ww_json_find(v, "factors[3].value")), "unknown");
	ck_assert_int_eq(ww_json_int(ww_json_find(v, "factors[0].high")), 7);
	ck_assert_int_eq(ww_json_int(ww_json_find(v, "factors[1].high")), 3);
	ck_assert_int_eq(ww_json_int(ww_json_find(v, "factors[2].high")), 5);
	ck_assert_int_eq(ww_json_int(ww_json_find(v, "factors[3].high")), 4);
	case_free(m);
}
END_TEST

/* -- what claims and Conditions tell ------------------------------------------------------------------ */

static int64_t
factor_low(struct made_case *m, const char *name, const char **source)
{
	const struct ww_finding *f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
	const struct ww_json *factors;

	ck_assert_ptr_nonnull(f);
	factors = ww_json_get(case_evidence(m, f), "factors");
	for (const struct ww_json *v = ww_json_first(factors); v != NULL; v = ww_json_next(v)) {
		if (!ww_str_is(ww_json_str(ww_json_get(v, "name")), name))
			continue;
		*source = ww_arena_cstr(m->cx.arena, ww_json_str(ww_json_get(v, "source")));
		return ww_json_int(ww_json_get(v, "low"));
	}
	return -1;
}

static struct made_case *
plain_stay(void)
{
	static const struct row plain = PLAIN("", "20260302", "20260305", 0, 0, "");

	return made_of(&plain);
}

START_TEST(weighs_what_claims_and_conditions_tell)
{
	enum { DAY = 20514 }; /* 2026-03-02 */
	static const struct {
		const char *name, *code, *system;
		int64_t day, stay;
		bool lasts;
		int64_t low;
	} rows[] = {
		{ "a claim of the year before", "I509", "I10", DAY - 365, 0, false, 2 },
		{ "one that is older", "I509", "I10", DAY - 366, 0, false, 0 },
		{ "a condition that lasts", "I509", "I10", DAY - 3000, 0, true, 2 },
		{ "one that began later", "I509", "I10", DAY + 1, 0, true, 0 },
		{ "a claim of this stay", "I509", "I10", DAY + 1, 1, false, 2 },
		{ "a claim of another after it", "I509", "I10", DAY + 1, 9, false, 0 },
		{ "of no known day", "I509", "I10", 0, 0, true, 0 },
		{ "a code of another system", "I509", "SCT", DAY - 1, 0, false, 0 },
		{ "a code that weighs nothing", "Z000", "I10", DAY - 1, 0, false, 0 },
	};

	ck_assert_int_eq(DAY, ww_day_of(2026, 3, 2));
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = plain_stay();
		struct ww_told told = { .code = ww_str_from(rows[i].code),
			.system = ww_str_from(rows[i].system),
			.day = rows[i].day,
			.stay = rows[i].stay,
			.lasts = rows[i].lasts };
		const char *source;

		m->c.told = &told;
		m->c.told_n = 1;
		ck_assert_msg(factor_low(m, "C", &source) == rows[i].low, "%s: %lld", rows[i].name,
		    (long long)factor_low(m, "C", &source));
		ck_assert_msg((strstr(source, "claims") != NULL) == (rows[i].low != 0), "%s: %s",
		    rows[i].name, source);
		case_free(m);
	}
}
END_TEST

/* What ADT told already is neither weighed twice nor said to come from a claim. */
START_TEST(a_claim_for_what_is_known_adds_nothing)
{
	struct made_case *m = plain_stay();
	struct ww_told told = { .code = WW_STR("I5022"), .system = WW_STR("I10"), .stay = 1 };
	const char *source;

	case_diagnoses(m, m->stay.id, "I509");
	m->c.told = &told;
	m->c.told_n = 1;
	ck_assert_int_eq(factor_low(m, "C", &source), 2);
	ck_assert_ptr_null(strstr(source, "claims"));
	case_free(m);
}
END_TEST

START_TEST(counts_emergency_visits_that_claims_alone_tell_of)
{
#define BILL(id, on, as, of)                                                                       \
	{                                                                                          \
		.claim = (id), .day = (on), .class_ = (as), .stay = (of)                           \
	}
	enum { DAY = 20514, ED = WW_encounter_class_ED, IN = WW_encounter_class_INPATIENT };
	static const struct {
		const char *name;
		struct ww_billed billed[3];
		const char *known; /* an emergency visit in the ledger */
		int64_t low;
	} rows[] = {
		{ "one", { BILL(1, DAY - 30, ED, 0) }, NULL, 1 },
		{ "the oldest that counts", { BILL(1, DAY - 180, ED, 0) }, NULL, 1 },
		{ "one that is older", { BILL(1, DAY - 181, ED, 0) }, NULL, 0 },
		{ "the night before the stay", { BILL(1, DAY - 1, ED, 0) }, NULL, 0 },
		{ "two", { BILL(1, DAY - 30, ED, 0), BILL(2, DAY - 20, ED, 0) }, NULL, 2 },
		{ "hospital and doctor bill one",
		    { BILL(1, DAY - 30, ED, 0), BILL(2, DAY - 29, ED, 0) }, NULL, 1 },
		{ "one of a stay", { BILL(1, DAY - 30, ED, 9) }, NULL, 0 },
		{ "one that led to an admission",
		    { BILL(1, DAY - 30, ED, 0), BILL(2, DAY - 30, IN, 0) }, NULL, 0 },
		{ "another class", { BILL(1, DAY - 30, WW_encounter_class_OUTPATIENT, 0) }, NULL,
		    0 },
		{ "one that ADT told", { BILL(1, DAY - 30, ED, 0) }, "202601311000", 1 },
		{ "one that ADT told and another",
		    { BILL(1, DAY - 30, ED, 0), BILL(2, DAY - 20, ED, 0) }, "202601311000", 2 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = plain_stay();
		const char *source;

		if (rows[i].known != NULL)
			case_other(m, rows[i].known, rows[i].known);
		m->c.billed = rows[i].billed;
		while (m->c.billed_n < 3 && rows[i].billed[m->c.billed_n].claim != 0)
			m->c.billed_n++;
		ck_assert_msg(factor_low(m, "E", &source) == rows[i].low, "%s: %lld", rows[i].name,
		    (long long)factor_low(m, "E", &source));
		ck_assert_msg(
		    (strstr(source, "claims") != NULL) == (rows[i].low > (rows[i].known != NULL)),
		    "%s: %s", rows[i].name, source);
		case_free(m);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		counts_calendar_days_at_the_facility,
		bounds_a_length_that_is_not_known,
		knows_the_acute_types_of_admission,
		counts_emergency_visits_of_180_days,
		leaves_out_visits_that_were_cancelled_or_led_here,
		counts_the_days_of_all_stays_between_transfers,
		scores_nobody_who_is_still_in_acute_care_or_gave_birth,
		weighs_diagnoses_of_this_stay_and_the_year_before,
		ignores_codes_of_other_systems_and_cancelled_stays,
		bounds_what_lies_before_the_history,
		names_a_band_only_when_both_bounds_are_in_it,
		holds_for_discharged_inpatients_who_live,
		shows_each_factor_with_its_source,
		says_what_is_missing,
		weighs_what_claims_and_conditions_tell,
		a_claim_for_what_is_known_adds_nothing,
		counts_emergency_visits_that_claims_alone_tell_of,
	};

	return unit_main("lace", tests, UNIT_COUNT(tests));
}
