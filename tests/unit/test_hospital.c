/* The HOSPITAL rules as tables of cases: points in each version, both ends of every window, units, and bounds where something is
 * missing. */
#include "tests/unit/unit.h"

#include "tests/unit/case.h"

#include <string.h>

#define ZONE "America/New_York"
#define LOINC "http://loinc.org"

enum { DAY = 20514 }; /* 2026-03-02 */

/* A stay of 2026-03-02 of which everything is known and nothing scores. */
struct whole {
	struct made_case *m;
	struct ww_observation results[4];
	struct ww_billed billed[4];
	struct ww_done done[2];
};

static struct ww_observation
result(struct made_case *m, const char *code, const char *value, const char *unit, const char *at)
{
	struct ww_observation o;

	ww_row_init(&ww_entity_observation, &o);
	o.id = 100 + (int64_t)m->c.results_n;
	o.code = ww_str_from(code);
	o.system = WW_STR(LOINC);
	o.value = ww_str_from(value);
	o.unit = ww_str_from(unit);
	o.status = WW_STR("final");
	o.observed = case_time(m, at);
	return o;
}

static void
add_result(struct whole *w, struct ww_observation o)
{
	ck_assert_uint_lt(w->m->c.results_n, UNIT_COUNT(w->results));
	w->results[w->m->c.results_n++] = o;
}

static struct whole
whole_stay(void)
{
	struct whole w = { .m = case_new(ZONE) };
	struct made_case *m = w.m;

	ck_assert_int_eq(DAY, ww_day_of(2026, 3, 2));
	m->stay.start = m->stay.inpatient_start = case_time(m, "202603021000");
	m->stay.end = case_time(m, "202603051400");
	m->stay.admit_type = WW_STR("R");
	m->stay.service = WW_STR("MED");
	case_diagnoses(m, m->stay.id, "Z471");
	return w;
}

/* What points to the struct itself: when it has come to rest. */
static void
settle(struct whole *w)
{
	struct made_case *m = w->m;

	if (m->c.results_n == 0) {
		add_result(w, result(m, "718-7", "13.5", "g/dL", "202603050600"));
		add_result(w, result(m, "2951-2", "140", "mmol/L", "202603050600"));
	}
	m->c.results = w->results;
	w->billed[m->c.billed_n++] = (struct ww_billed){
		.claim = 90, .day = DAY, .class_ = WW_encounter_class_INPATIENT, .stay = m->stay.id
	};
	m->c.billed = w->billed;
	m->c.done = w->done;
}

static const struct ww_finding *
judged(struct whole *w, const char *rule)
{
	return case_judge(w->m, rule, WW_flag_kind_READMIT_RISK);
}

static void
check(const char *name, struct whole *w, const char *rule, int64_t low, int64_t high,
    const char *band)
{
	const struct ww_finding *f = judged(w, rule);

	ck_assert_msg(f != NULL, "%s: not found", name);
	ck_assert_msg(f->low == low && f->high == high && f->score == low &&
	                  strcmp(f->band, band) == 0 && strcmp(f->rule, rule) == 0,
	    "%s: %lld..%lld %s", name, (long long)f->low, (long long)f->high, f->band);
}

/* -- laboratory values -------------------------------------------------------------------------------- */

START_TEST(converts_units_and_compares_exactly)
{
	static const struct {
		const char *code, *value, *unit;
		int64_t low, high;
	} rows[] = {
		{ "718-7", "12.0", "g/dL", 0, 0 }, { "718-7", "12", "g/dL", 0, 0 },
		{ "718-7", "11.99", "g/dL", 1, 1 }, { "718-7", "11.9999999999", "g/dL", 1, 1 },
		{ "718-7", "12.0000000001", "g/dl", 0, 0 }, { "718-7", "120", "g/L", 0, 0 },
		{ "718-7", "119.9", "g/L", 1, 1 }, { "718-7", "119", "g/L", 1, 1 },
		{ "59260-0", "7.45", "mmol/L", 0, 0 }, { "59260-0", "7.44", "mmol/L", 1, 1 },
		{ "718-7", "11.9", "gm/dL", 1, 1 }, { "718-7", "12000", "mg/dL", 0, 0 },
		{ "718-7", "11999", "mg/dL", 1, 1 }, { "718-7", "<12.0", "g/dL", 1, 1 },
		{ "718-7", "<12.1", "g/dL", 0, 1 }, { "718-7", "<= 12.0", "g/dL", 0, 1 },
		{ "718-7", ">12.0", "g/dL", 0, 0 }, { "718-7", ">11", "g/dL", 0, 1 },
		{ "718-7", "11.9", "", 0, 1 }, { "718-7", "11.9", "mmol", 0, 1 },
		{ "718-7", "0", "g/dL", 0, 1 }, { "718-7", "999", "g/dL", 0, 1 },
		{ "718-7", "see comment", "g/dL", 0, 1 }, { "718-7", "-11", "g/dL", 0, 1 },
		{ "718-7", "11.", "g/dL", 0, 1 }, { "718-7", "", "g/dL", 0, 1 },
		{ "2951-2", "135", "mmol/L", 0, 0 }, { "2951-2", "134.9", "mmol/L", 1, 1 },
		{ "2951-2", "134.9", "mEq/L", 1, 1 }, { "2951-2", "0.134", "mol/L", 1, 1 },
		{ "2951-2", "0.135", "mol/L", 0, 0 }, { "2951-2", "134.9", "g/dL", 0, 1 },
		{ "2951-2", "13", "mmol/L", 0, 1 },
		{ "2955-3", "20", "mmol/L", 0, 1 }, /* of urine */
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		bool hb = rows[i].code[0] != '2';
		struct whole w = whole_stay();
		char name[64];

		add_result(
		    &w, result(w.m, rows[i].code, rows[i].value, rows[i].unit, "202603050600"));
		add_result(&w, hb ? result(w.m, "2951-2", "140", "mmol/L", "202603050600")
		                  : result(w.m, "718-7", "13", "g/dL", "202603050600"));
		settle(&w);
		snprintf(name, sizeof(name), "%s %s", rows[i].value, rows[i].unit);
		check(name, &w, "hospital-2016/1", rows[i].low, rows[i].high, "low");
		case_free(w.m);
	}
}
END_TEST

START_TEST(takes_the_last_result_before_the_discharge)
{
	static const struct {
		const char *name;
		struct {
			const char *value, *at, *status;
		} results[2];
		int64_t low, high;
	} rows[] = {
		{ "the later of two",
		    { { "11", "202603020700", "final" }, { "13", "202603050700", "final" } }, 0,
		    0 },
		{ "in whatever order",
		    { { "13", "202603050700", "final" }, { "11", "202603020700", "final" } }, 0,
		    0 },
		{ "of the moment of the discharge",
		    { { "13", "202603030700", "final" }, { "11", "202603051400", "final" } }, 1,
		    1 },
		{ "not of after it",
		    { { "13", "202603030700", "final" }, { "11", "202603051401", "final" } }, 0,
		    0 },
		{ "of a day without a clock",
		    { { "13", "202603030700", "final" }, { "11", "20260305", "final" } }, 1, 1 },
		{ "not of the day after it",
		    { { "13", "202603030700", "final" }, { "11", "20260306", "final" } }, 0, 0 },
		{ "not of before the stay", { { "11", "202603012359", "final" } }, 0, 1 },
		{ "of the day of the admission", { { "11", "202603020001", "final" } }, 1, 1 },
		{ "not one taken back",
		    { { "13", "202603030700", "final" },
		        { "11", "202603040700", "entered-in-error" } },
		    0, 0 },
		{ "not one cancelled",
		    { { "13", "202603030700", "final" }, { "11", "202603040700", "cancelled" } }, 0,
		    0 },
		{ "a corrected one",
		    { { "13", "202603040700", "final" }, { "11", "202603040700", "corrected" } }, 1,
		    1 },
		{ "the last that is a number",
		    { { "11", "202603030700", "final" }, { "clotted", "202603040700", "final" } },
		    1, 1 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct whole w = whole_stay();

		add_result(&w, result(w.m, "2951-2", "140", "mmol/L", "202603050600"));
		for (size_t k = 0; k < 2 && rows[i].results[k].value != NULL; k++) {
			struct ww_observation o = result(
			    w.m, "718-7", rows[i].results[k].value, "g/dL", rows[i].results[k].at);

			o.status = ww_str_from(rows[i].results[k].status);
			add_result(&w, o);
		}
		settle(&w);
		check(rows[i].name, &w, "hospital-2016/1", rows[i].low, rows[i].high, "low");
		case_free(w.m);
	}
}
END_TEST

/* -- the other items ---------------------------------------------------------------------------------- */

static const char *const all_versions[] = { "hospital-2013/1", "hospital-2016/1",
	"hospital-simplified/1" };

START_TEST(counts_admissions_of_the_year_before_in_each_version)
{
	static const struct {
		int admissions;
		int64_t points[3];
	} rows[] = { { 0, { 0, 0, 0 } }, { 1, { 2, 0, 0 } }, { 2, { 2, 2, 2 } }, { 5, { 2, 2, 2 } },
		{ 6, { 5, 5, 5 } } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		for (size_t v = 0; v < 3; v++) {
			struct whole w = whole_stay();
			const struct ww_finding *f;

			for (int k = 0; k < rows[i].admissions; k++) {
				char at[32];

				snprintf(at, sizeof(at), "202512%02d", 2 + 4 * k);
				case_other(w.m, at, NULL)->inpatient_start = case_time(w.m, at);
			}
			settle(&w);
			f = judged(&w, all_versions[v]);
			ck_assert_ptr_nonnull(f);
			ck_assert_msg(f->low == rows[i].points[v] && f->high == f->low,
			    "%s, %d admissions: %lld..%lld", all_versions[v], rows[i].admissions,
			    (long long)f->low, (long long)f->high);
			case_free(w.m);
		}
	}
}
END_TEST

START_TEST(counts_an_admission_once_and_only_in_its_window)
{
	static const struct {
		const char *name, *starts[3], *to; /* disposition of the first */
		int64_t billed[2];                 /* days of inpatient bills of no known stay */
		const char *since;
		int64_t low, high; /* of 2013: 2 points from the first on */
	} rows[] = {
		{ "none", { NULL }, "", { 0 }, NULL, 0, 0 },
		{ "the first day", { "202503020001" }, "", { 0 }, NULL, 2, 2 },
		{ "the day before it", { "202503012359" }, "", { 0 }, NULL, 0, 0 },
		{ "the last day", { "202603010600" }, "", { 0 }, NULL, 2, 2 },
		{ "the day of the stay", { "202603020100" }, "", { 0 }, NULL, 0, 0 },
		{ "a bill", { NULL }, "", { DAY - 100 }, NULL, 2, 2 },
		{ "a bill for the day before", { NULL }, "", { DAY - 1 }, NULL, 0, 0 },
		{ "a short history", { NULL }, "", { 0 }, "20250303", 0, 5 },
		{ "a month without day", { "202512" }, "", { 0 }, NULL, 0, 5 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct whole w = whole_stay();
		const struct ww_finding *f;

		for (size_t k = 0; k < 3 && rows[i].starts[k] != NULL; k++)
			case_other(w.m, rows[i].starts[k], NULL)->inpatient_start =
			    case_time(w.m, rows[i].starts[k]);
		for (size_t k = 0; k < 2 && rows[i].billed[k] != 0; k++)
			w.billed[w.m->c.billed_n++] = (struct ww_billed){ .claim = 10 + (int64_t)k,
				.day = rows[i].billed[k],
				.class_ = WW_encounter_class_INPATIENT };
		if (rows[i].since != NULL)
			w.m->c.since_ms = case_time(w.m, rows[i].since).ms;
		settle(&w);
		f = judged(&w, "hospital-2013/1");
		ck_assert_ptr_nonnull(f);
		ck_assert_msg(f->low == rows[i].low && f->high == rows[i].high, "%s: %lld..%lld",
		    rows[i].name, (long long)f->low, (long long)f->high);
		case_free(w.m);
	}
}
END_TEST

/* Two stays between which the patient was transferred are one admission. */
START_TEST(counts_a_chain_of_transfers_as_one_admission)
{
	for (int transferred = 0; transferred < 2; transferred++) {
		struct whole w = whole_stay();
		static const char *const at[][2] = { { "202512010900", "202512031000" },
			{ "202512031100", "202512081000" } };

		for (size_t k = 0; k < 2; k++) {
			struct ww_encounter *e = case_other(w.m, at[k][0], NULL);

			e->inpatient_start = e->start;
			e->class_ = WW_encounter_class_INPATIENT;
			e->end = case_time(w.m, at[k][1]);
			e->disposition = transferred && k == 0 ? WW_STR("02") : WW_STR("01");
		}
		settle(&w);
		check("chain", &w, "hospital-2016/1", transferred ? 0 : 2, transferred ? 0 : 2,
		    "low");
		case_free(w.m);
	}
}
END_TEST

START_TEST(knows_oncology_and_cancer)
{
	static const struct {
		const char *service, *codes;
		int64_t v2016[2], simplified[2];
	} rows[] = {
		{ "ONC", "Z471", { 2, 2 }, { 2, 2 } },
		{ "Hem/Onc", "Z471", { 2, 2 }, { 2, 2 } },
		{ "medical oncology", "Z471", { 2, 2 }, { 2, 2 } },
		{ "MED", "C509", { 0, 0 }, { 2, 2 } },
		{ "MED", "C7951", { 0, 0 }, { 2, 2 } },
		{ "MED", "C449", { 0, 0 }, { 0, 0 } },
		{ "", "Z471", { 0, 2 }, { 0, 2 } },
		{ "", "C509", { 0, 2 }, { 2, 2 } },
		{ "MED", "", { 0, 0 }, { 0, 2 } },
		{ "CONCIERGE", "Z471", { 0, 0 }, { 0, 0 } },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct whole w = whole_stay();

		w.m->c.diagnoses_n = 0;
		case_diagnoses(w.m, w.m->stay.id, rows[i].codes);
		w.m->stay.service = ww_str_from(rows[i].service);
		settle(&w);
		check(rows[i].service, &w, "hospital-2016/1", rows[i].v2016[0], rows[i].v2016[1],
		    "low");
		check(rows[i].codes, &w, "hospital-simplified/1", rows[i].simplified[0],
		    rows[i].simplified[1], "unlikely");
		case_free(w.m);
	}
}
END_TEST

START_TEST(knows_procedures_coded_in_icd)
{
	static const struct {
		const char *name, *code, *system;
		int64_t day, stay, claim;
		bool billed;
		int64_t low, high;
	} rows[] = {
		{ "of the bill", "0SR9019", "http://www.cms.gov/Medicare/Coding/ICD10", DAY, 1, 90,
		    true, 1, 1 },
		{ "of another stay", "0SR9019", "http://www.cms.gov/Medicare/Coding/ICD10", DAY, 9,
		    91, true, 0, 0 },
		{ "of none, in its days", "0SR9019", "http://hl7.org/fhir/sid/icd-10-pcs", DAY + 3,
		    0, 0, true, 1, 1 },
		{ "of none, after them", "0SR9019", "http://hl7.org/fhir/sid/icd-10-pcs", DAY + 4,
		    0, 0, true, 0, 0 },
		{ "of SNOMED", "1234", "http://snomed.info/sct", DAY, 1, 0, true, 0, 0 },
		{ "nothing billed yet", "1234", "http://snomed.info/sct", DAY, 1, 0, false, 0, 1 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct whole w = whole_stay();

		w.done[w.m->c.done_n++] = (struct ww_done){ .code = ww_str_from(rows[i].code),
			.system = ww_str_from(rows[i].system),
			.day = rows[i].day,
			.stay = rows[i].stay,
			.claim = rows[i].claim };
		settle(&w);
		w.m->c.billed_n = rows[i].billed ? w.m->c.billed_n : 0;
		check(rows[i].name, &w, "hospital-2016/1", rows[i].low, rows[i].high, "low");
		check(rows[i].name, &w, "hospital-simplified/1", 0, 0, "unlikely");
		case_free(w.m);
	}
}
END_TEST

START_TEST(scores_the_length_from_five_days_on)
{
	static const struct {
		const char *end;
		int64_t low, high;
	} rows[] = { { "202603062359", 0, 0 }, { "202603070000", 2, 2 }, { "202603", 0, 2 } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct whole w = whole_stay();

		w.m->stay.end = case_time(w.m, rows[i].end);
		settle(&w);
		check(rows[i].end, &w, "hospital-2016/1", rows[i].low, rows[i].high, "low");
		case_free(w.m);
	}
}
END_TEST

/* -- the finding -------------------------------------------------------------------------------------- */

/* Nothing is known but the days: that is no low risk. */
START_TEST(is_never_low_for_want_of_values)
{
	struct whole w = whole_stay();
	const struct ww_finding *f;

	w.m->stay.service = WW_STR("");
	w.m->stay.admit_type = WW_STR("");
	w.m->c.diagnoses_n = 0;
	w.m->c.since_ms = case_time(w.m, "20260301").ms;
	f = judged(&w, "hospital-2016/1");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->low, 0);
	ck_assert_int_eq(f->high, 11);
	ck_assert_str_eq(f->band, "unknown");
	ck_assert_int_eq(f->completeness, WW_completeness_INCOMPLETE);
	f = judged(&w, "hospital-simplified/1");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->high, 10);
	ck_assert_str_eq(f->band, "unknown");
	case_free(w.m);
}
END_TEST

START_TEST(takes_the_cuts_that_a_program_sets)
{
	struct whole w = whole_stay();

	w.m->stay.admit_type = WW_STR("E");
	w.m->stay.service = WW_STR("ONC");
	w.m->stay.end = case_time(w.m, "202603071400");
	settle(&w);
	check("urgent, oncology, five days", &w, "hospital-2016/1", 5, 5, "intermediate");
	check("likewise", &w, "hospital-simplified/1", 5, 5, "likely");
	w.m->params.v[WW_PARAM_hospital_2016_high_cut] = 5;
	w.m->params.v[WW_PARAM_hospital_simplified_likely_cut] = 6;
	check("a lower cut", &w, "hospital-2016/1", 5, 5, "high");
	check("a higher cut", &w, "hospital-simplified/1", 5, 5, "unlikely");
	case_free(w.m);
}
END_TEST

START_TEST(leaves_out_whom_a_program_leaves_out)
{
	static const struct {
		const char *disposition;
		bool ama, hospice, holds;
	} rows[] = {
		{ "01", true, true, true },
		{ "07", false, true, true },
		{ "07", true, false, false },
		{ "50", true, false, true },
		{ "50", false, true, false },
		{ "51", false, true, false },
		{ "20", false, false, false },
		{ "02", false, false, false },
	};
	static const struct {
		const char *rule;
		enum ww_param_id ama, hospice;
	} rules[] = {
		{ "lace/1", WW_PARAM_lace_without_ama, WW_PARAM_lace_without_hospice },
		{ "hospital-2016/1", WW_PARAM_hospital_2016_without_ama,
		    WW_PARAM_hospital_2016_without_hospice },
		{ "hospital-2013/1", WW_PARAM_hospital_2013_without_ama,
		    WW_PARAM_hospital_2013_without_hospice },
		{ "hospital-simplified/1", WW_PARAM_hospital_simplified_without_ama,
		    WW_PARAM_hospital_simplified_without_hospice },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		for (size_t k = 0; k < UNIT_COUNT(rules); k++) {
			struct whole w = whole_stay();

			w.m->stay.disposition = ww_str_from(rows[i].disposition);
			w.m->params.v[rules[k].ama] = rows[i].ama;
			w.m->params.v[rules[k].hospice] = rows[i].hospice;
			settle(&w);
			ck_assert_msg((judged(&w, rules[k].rule) != NULL) == rows[i].holds,
			    "%s, disposition %s", rules[k].rule, rows[i].disposition);
			case_free(w.m);
		}
	}
}
END_TEST

/* A discharge that is announced is judged as of the day that is expected, where the program wants it, and says so. */
START_TEST(judges_an_announced_discharge_as_provisional)
{
	static const struct {
		const char *rule;
		enum ww_param_id pending;
		int64_t points;
	} rules[] = {
		{ "lace/1", WW_PARAM_lace_pending, 4 },
		{ "hospital-2016/1", WW_PARAM_hospital_2016_pending, 2 },
		{ "hospital-2013/1", WW_PARAM_hospital_2013_pending, 2 },
		{ "hospital-simplified/1", WW_PARAM_hospital_simplified_pending, 2 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rules); i++) {
		struct whole w = whole_stay();
		const struct ww_finding *f;

		w.m->stay.status = WW_encounter_status_IN_PROGRESS;
		w.m->stay.end = case_time(w.m, "");
		w.m->c.as_of = DAY + 3;
		settle(&w);
		w.m->params.v[rules[i].pending] = 1;
		ck_assert_ptr_null(judged(&w, rules[i].rule)); /* nothing is announced */
		w.m->stay.expected_end = case_time(w.m, "20260307");
		w.m->params.v[rules[i].pending] = 0;
		ck_assert_ptr_null(judged(&w, rules[i].rule));
		w.m->params.v[rules[i].pending] = 1;
		f = judged(&w, rules[i].rule);
		ck_assert_ptr_nonnull(f);
		ck_assert_int_eq(f->low, rules[i].points);
		ck_assert_int_eq(f->completeness, WW_completeness_UNVERIFIED);
		ck_assert(ww_json_true(ww_json_get(case_evidence(w.m, f), "provisional")));
		ck_assert(!ww_json_true(ww_json_get(case_evidence(w.m, f), "complete")));
		/* who is still there long after that day has been there until today */
		w.m->c.as_of = DAY + 14;
		f = judged(&w, rules[i].rule);
		ck_assert_ptr_nonnull(f);
		ck_assert_int_eq(f->low, i == 0 ? 7 : 2);
		case_free(w.m);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		converts_units_and_compares_exactly,
		takes_the_last_result_before_the_discharge,
		counts_admissions_of_the_year_before_in_each_version,
		counts_an_admission_once_and_only_in_its_window,
		counts_a_chain_of_transfers_as_one_admission,
		knows_oncology_and_cancer,
		knows_procedures_coded_in_icd,
		scores_the_length_from_five_days_on,
		is_never_low_for_want_of_values,
		takes_the_cuts_that_a_program_sets,
		leaves_out_whom_a_program_leaves_out,
		judges_an_announced_discharge_as_provisional,
	};

	return unit_main("hospital", tests, UNIT_COUNT(tests));
}
