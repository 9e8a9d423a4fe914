/* Rules on persons as tables: frequent-ed/1, rising-risk/1, complex-comorbidity/1, dm-elig/1, both ends of their windows. */
#include "tests/unit/unit.h"

#include "tests/unit/person_case.h"

#include "rules/person.h"

#include <string.h>

START_TEST(goes_back_by_calendar_months)
{
	static const struct {
		const char *day, *want;
		int64_t months;
	} rows[] = {
		{ "2026-03-02", "2025-03-02", 12 },
		{ "2026-03-31", "2026-02-28", 1 },
		{ "2028-02-29", "2027-02-28", 12 },
		{ "2026-01-15", "2025-12-15", 1 },
		{ "2026-12-31", "2024-12-31", 24 },
		{ "2026-12-31", "2026-12-31", 0 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_int_eq(ww_months_before(person_day(rows[i].day), rows[i].months),
		    person_day(rows[i].want));
}
END_TEST

/* Claims with blanks between: E2026-01-05, of a stay I2026-01-05. */
static void
claims(struct made_person *p, const char *text)
{
	ww_str rest = ww_str_from(text);

	while (rest.n != 0) {
		ww_str one = ww_str_cut(rest, ' ', &rest), codes,
		       day = ww_str_cut(one, '=', &codes);

		person_claim(p, day.p[0], ww_arena_cstr(p->m->cx.arena, ww_str_sub(day, 1, 10)),
		    NULL, ww_arena_cstr(p->m->cx.arena, codes));
	}
}

START_TEST(counts_emergency_visits_in_three_windows)
{
	static const struct {
		const char *claims, *band; /* NULL: nothing is found */
		int64_t visits;
	} rows[] = {
		/* Three in 60 days: the first is 60 days before the day that is judged. */
		{ "E2026-05-02 E2026-06-10 E2026-06-30", "moderate", 3 },
		{ "E2026-05-01 E2026-06-10 E2026-06-30", NULL, 0 },
		{ "E2026-06-10 E2026-06-30", NULL, 0 },
		/* Of one day they are one. */
		{ "E2026-06-10 E2026-06-10 E2026-06-30", NULL, 0 },
		/* Four in 365. */
		{ "E2025-07-01 E2025-10-01 E2026-01-10 E2026-04-01", "moderate", 4 },
		{ "E2025-06-30 E2025-10-01 E2026-01-10 E2026-04-01", NULL, 0 },
		/* More than five in 12 months. */
		{ "E2025-07-01 E2025-08-01 E2025-10-01 E2025-12-01 E2026-01-10 E2026-04-01", "high",
		    6 },
		{ "E2025-08-01 E2025-10-01 E2025-12-01 E2026-01-10 E2026-04-01", "moderate", 5 },
		/* What lies ahead does not count. */
		{ "E2026-06-10 E2026-06-30 E2026-07-02", NULL, 0 },
		{ "O2026-06-10 O2026-06-20 O2026-06-30", NULL, 0 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_person *p = person_new("2026-07-01");
		const struct ww_finding *f;

		claims(p, rows[i].claims);
		f = case_judge(p->m, "frequent-ed/1", WW_flag_kind_FREQUENT_ED);
		ck_assert_msg((f != NULL) == (rows[i].band != NULL), "%s", rows[i].claims);
		if (f != NULL) {
			ck_assert_str_eq(f->band, rows[i].band);
			ck_assert_int_eq(f->score, rows[i].visits);
			ck_assert(f->completeness == WW_completeness_COMPLETE);
		}
		person_free(p);
	}
}
END_TEST

START_TEST(says_when_the_history_is_short)
{
	struct made_person *p = person_new("2026-07-01");
	const struct ww_finding *f;

	claims(p, "E2026-05-02 E2026-06-10 E2026-06-30");
	p->m->c.since_ms = case_time(p->m, "20250701").ms;
	f = case_judge(p->m, "frequent-ed/1", WW_flag_kind_FREQUENT_ED);
	ck_assert(f != NULL && f->completeness == WW_completeness_COMPLETE);
	p->m->c.since_ms = case_time(p->m, "202507010001").ms;
	f = case_judge(p->m, "frequent-ed/1", WW_flag_kind_FREQUENT_ED);
	ck_assert(f != NULL && f->completeness == WW_completeness_INCOMPLETE);
	unit_str_is(
	    ww_json_str(ww_json_find(case_evidence(p->m, f), "reached[0]")), "3 in 60 days");
	person_free(p);
}
END_TEST

START_TEST(finds_a_rise_and_no_high_level)
{
	static const struct {
		const char *claims;
		bool found;
	} rows[] = {
		/* 90 days up to 2026-07-01 begin on 2026-04-03. An admission is 2 points, a new disease 1. */
		{ "I2026-04-03=I509 I2026-06-01=I509", true },
		{ "I2026-04-02=I509 I2026-06-01=I509", false },
		/* Known before, so no disease is new. */
		{ "O2025-09-01=I509 I2026-04-03=I509 I2026-06-01=I509", true },
		{ "O2025-09-01=I509 I2026-06-01=I509 E2026-06-20=Z471", false },
		/* As much as before. */
		{ "I2026-01-10=I509 I2026-03-01=I509 I2026-04-03=I509 I2026-06-01=I509", false },
		{ "E2026-05-01 E2026-05-11 E2026-06-01 E2026-06-20", true },
		{ "E2026-01-05 E2026-02-01 E2026-05-01 E2026-05-11 E2026-06-01 E2026-06-20",
		    false },
		{ "O2026-05-01=I509 O2026-05-02=N184 O2026-05-03=J449 O2026-05-04=E119", true },
		{ "O2026-05-01=I509 O2026-05-02=N184 O2026-05-03=J449", false },
		{ "", false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_person *p = person_new("2026-07-01");

		claims(p, rows[i].claims);
		ck_assert_msg((case_judge(p->m, "rising-risk/1", WW_flag_kind_RISING_RISK) !=
		                  NULL) == rows[i].found,
		    "%s", rows[i].claims);
		/* Without the time before there is nothing to compare with. */
		p->m->c.since_ms = case_time(p->m, "20260401").ms;
		ck_assert_ptr_null(case_judge(p->m, "rising-risk/1", WW_flag_kind_RISING_RISK));
		person_free(p);
	}
}
END_TEST

START_TEST(finds_several_diseases_and_admissions)
{
	static const struct {
		const char *claims;
		bool found;
		int64_t groups;
	} rows[] = {
		{ "I2025-08-01=I509,J449 I2026-06-01=N184", true, 3 },
		{ "I2025-08-01=I509,J449 O2026-06-01=N184", false, 0 }, /* one admission */
		{ "I2025-08-01=I509,J449 I2026-06-01=Z471", false, 0 }, /* two diseases */
		/* The milder of two of one disease does not count, nor cancer. */
		{ "I2025-08-01=I509,E119 I2026-06-01=E112", false, 0 },
		{ "I2025-08-01=I509,J449 I2026-06-01=C509,C7951", false, 0 },
		{ "I2025-08-01=I509,J449,N184 I2026-06-01=C509", true, 3 },
		/* A year before, and a month more for who was complex then. */
		{ "I2025-07-01=I509,J449 I2026-05-01=N184", true, 3 },
		{ "I2025-05-31=I509,J449 I2026-05-01=N184", true, 3 },
		{ "I2025-05-30=I509,J449 I2026-05-01=N184", false, 0 },
		/* They were never together in one year. */
		{ "I2025-06-15=I509,J449 I2026-06-20=N184", false, 0 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_person *p = person_new("2026-07-01");
		char text[128];
		const struct ww_finding *f;

		(void)snprintf(text, sizeof(text), "%s", rows[i].claims);
		claims(p, text);
		/* Codes of one claim have commas between them. */
		for (size_t k = 0, n = p->m->c.told_n; k < n; k++) {
			ww_str rest = p->told[k].code;

			p->told[k].code = ww_str_cut(rest, ',', &rest);
			while (rest.n != 0) {
				struct ww_told *t = &p->told[p->m->c.told_n++];

				*t = p->told[k];
				t->code = ww_str_cut(rest, ',', &rest);
			}
		}
		f = case_judge(p->m, "complex-comorbidity/1", WW_flag_kind_COMPLEX);
		ck_assert_msg((f != NULL) == rows[i].found, "%s", rows[i].claims);
		ck_assert(f == NULL || f->score == rows[i].groups);
		person_free(p);
	}
}
END_TEST

START_TEST(counts_cancer_where_the_program_says_so)
{
	struct made_person *p = person_new("2026-07-01");

	claims(p, "I2025-08-01=C509 I2026-06-01=I509");
	person_told(p, "J449", person_day("2020-01-01"), 0, true); /* a problem that lasts */
	ck_assert_ptr_null(case_judge(p->m, "complex-comorbidity/1", WW_flag_kind_COMPLEX));
	p->m->params.v[WW_PARAM_complex_comorbidity_exclude_cancer] = 0;
	ck_assert_ptr_nonnull(case_judge(p->m, "complex-comorbidity/1", WW_flag_kind_COMPLEX));
	p->m->params.v[WW_PARAM_complex_comorbidity_min_admissions] = 3;
	ck_assert_ptr_null(case_judge(p->m, "complex-comorbidity/1", WW_flag_kind_COMPLEX));
	person_free(p);
}
END_TEST

START_TEST(finds_who_may_join_a_program)
{
	static const struct {
		const char *claims;
		bool diabetes, heart, copd, asthma;
	} rows[] = {
		{ "I2026-06-01=E119", true, false, false, false },
		{ "O2026-06-01=E119", false, false, false, false },
		{ "O2026-06-01=E119 O2026-06-01=E119", false, false, false, false },
		{ "O2026-06-01=E119 O2026-06-02=E1165", true, false, false, false },
		{ "O2026-06-01=O24410 O2026-06-02=O24410", false, false, false, false },
		/* Two years back, and a day more. */
		{ "O2024-07-01=I509 O2026-06-02=I5022", false, true, false, false },
		{ "O2024-06-30=I509 O2026-06-02=I5022", false, false, false, false },
		{ "I2024-07-01=I509", false, true, false, false },
		{ "I2024-06-30=I509", false, false, false, false },
		/* One year. */
		{ "I2025-07-01=J449 I2025-07-01=J4541", false, false, true, true },
		{ "I2025-06-30=J449 I2025-06-30=J4541", false, false, false, false },
		/* Cut off it is still asthma; J44.81 is newer than the tables. */
		{ "I2026-06-01=J459 I2026-06-01=J4481", false, false, true, true },
		{ "E2026-06-01=J449 O2026-06-09=J449", false, false, true, false },
		{ "I2026-07-02=E119", false, false, false, false },
		{ "I2026-06-01=Z471", false, false, false, false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_person *p = person_new("2026-07-01");
		const enum ww_flag_kind kinds[] = { WW_flag_kind_DM_DIABETES,
			WW_flag_kind_DM_HEART_FAILURE, WW_flag_kind_DM_COPD,
			WW_flag_kind_DM_ASTHMA };
		const bool want[] = { rows[i].diabetes, rows[i].heart, rows[i].copd,
			rows[i].asthma };

		claims(p, rows[i].claims);
		for (size_t k = 0; k < UNIT_COUNT(kinds); k++)
			ck_assert_msg((case_judge(p->m, "dm-elig/1", kinds[k]) != NULL) == want[k],
			    "%s: %zu", rows[i].claims, k);
		person_free(p);
	}
}
END_TEST

START_TEST(takes_the_years_from_the_program)
{
	struct made_person *p = person_new("2026-07-01");

	claims(p, "I2025-06-01=J449 I2026-06-01=E119");
	ck_assert_ptr_null(case_judge(p->m, "dm-elig/1", WW_flag_kind_DM_COPD));
	p->m->params.v[WW_PARAM_dm_elig_copd_months] = 24;
	p->m->params.v[WW_PARAM_dm_elig_diabetes_months] = 0;
	ck_assert_ptr_nonnull(case_judge(p->m, "dm-elig/1", WW_flag_kind_DM_COPD));
	ck_assert_ptr_null(case_judge(p->m, "dm-elig/1", WW_flag_kind_DM_DIABETES));
	person_free(p);
}
END_TEST

START_TEST(proposes_nothing_for_who_is_gone)
{
	static const struct {
		const char *disposition;
		bool found;
	} rows[] = { { "01", true }, { "20", false }, { "50", false } };
	static const struct {
		const char *rule;
		enum ww_flag_kind kind;
	} rules[] = {
		{ "frequent-ed/1", WW_flag_kind_FREQUENT_ED },
		{ "rising-risk/1", WW_flag_kind_RISING_RISK },
		{ "complex-comorbidity/1", WW_flag_kind_COMPLEX },
		{ "dm-elig/1", WW_flag_kind_DM_HEART_FAILURE },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_person *p = person_new("2026-07-01");

		claims(p, "I2026-05-01=I509 I2026-05-20=J449 I2026-06-15=N184 "
		          "E2026-06-01 E2026-06-05 E2026-06-30");
		p->billed[2].disposition = ww_str_from(rows[i].disposition);
		for (size_t k = 0; k < UNIT_COUNT(rules); k++)
			ck_assert_msg((case_judge(p->m, rules[k].rule, rules[k].kind) != NULL) ==
			                  rows[i].found,
			    "%s after %s", rules[k].rule, rows[i].disposition);
		person_free(p);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		goes_back_by_calendar_months,
		counts_emergency_visits_in_three_windows,
		says_when_the_history_is_short,
		finds_a_rise_and_no_high_level,
		finds_several_diseases_and_admissions,
		counts_cancer_where_the_program_says_so,
		finds_who_may_join_a_program,
		takes_the_years_from_the_program,
		proposes_nothing_for_who_is_gone,
	};

	return unit_main("person_rules", tests, UNIT_COUNT(tests));
}
