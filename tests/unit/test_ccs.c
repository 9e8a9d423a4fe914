/* CCS categories of codes, codes that are newer than the tables, and the planned readmission algorithm. */
#include "tests/unit/unit.h"

#include "rules/ccs.h"
#include "rules/planned.h"

#include <string.h>

START_TEST(finds_the_category_of_a_code)
{
	static const struct {
		const char *code;
		int64_t category;
		bool procedure, newer;
		const char *like; /* of a newer one */
	} rows[] = {
		{ "A000", 135, false, false, NULL }, /* the first row of the table */
		{ "Z9989", 259, false, false, NULL },
		{ "I50.9", 108, false, false, NULL },
		{ " i50.23 ", 108, false, false, NULL },
		{ "Z51.11", 45, false, false, NULL },
		{ "Z51.89", 257, false, false, NULL },
		{ "F32.9", 657, false, false, NULL },
		{ "C18.9", 14, false, false, NULL },
		{ "S72.001A", 226, false, false, NULL },
		/* Of 2022, so not in the table: most of what shares K31 stands for it, and a polyp (K317, 47) does not. */
		{ "K31.A0", 141, false, true, "K31811" },
		{ "I50", 108, false, true, NULL },
		/* No code of that category was ever classified. */
		{ "U07.1", 0, false, true, "" },
		{ "I509X", 108, false, true, "I509" },
		/* No codes at all. */
		{ "", 0, false, true, "" },
		{ "I5", 0, false, true, "" },
		{ "I50.9-", 0, false, true, "" },
		{ "S72001AXXX", 0, false, true, "" },
		{ "0016070", 2, true, false, NULL },
		{ "30243G0", 64, true, false, NULL },
		{ "0TY00Z0", 105, true, false, NULL },
		{ "0016079", 2, true, true, "0016070" },
		{ "ZZZZZZZ", 0, true, true, "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		ww_str code = ww_str_from(rows[i].code);
		struct ww_ccs c =
		    rows[i].procedure ? ww_ccs_procedure(code) : ww_ccs_diagnosis(code);

		ck_assert_msg(c.category == rows[i].category && c.newer == rows[i].newer,
		    "%s: %lld%s", rows[i].code, (long long)c.category, c.newer ? ", newer" : "");
		if (rows[i].like != NULL)
			ck_assert_msg(strcmp(c.like.v, rows[i].like) == 0, "%s: like %s",
			    rows[i].code, c.like.v);
	}
}
END_TEST

/* Codes with blanks between them. */
static size_t
split(const char *text, ww_str out[8])
{
	ww_str rest = ww_str_from(text);
	size_t n = 0;

	while (rest.n != 0)
		out[n++] = ww_str_cut(rest, ' ', &rest);
	return n;
}

START_TEST(tests_in_the_order_of_the_algorithm)
{
	static const struct {
		const char *principal, *procedures;
		bool obstetric;
		enum ww_planned test;
		const char *code;
		bool newer;
	} rows[] = {
		{ "", "", false, WW_PLANNED_UNCODED, "", false },
		{ "A41.9", "", false, WW_PLANNED_NO, "", false },
		{ "A41.9", "0TY00Z0", false, WW_PLANNED_PROCEDURE, "0TY00Z0", false },
		{ "", "0TY00Z0", false, WW_PLANNED_PROCEDURE, "0TY00Z0", false },
		/* The procedure is asked first. */
		{ "Z51.11", "0TY00Z0", false, WW_PLANNED_PROCEDURE, "0TY00Z0", false },
		{ "Z51.11", "", false, WW_PLANNED_DIAGNOSIS, "Z51.11", false },
		{ "Z51.89", "", false, WW_PLANNED_NO, "", false },
		/* Hip replacement (CCS 153): planned for osteoarthritis, not for a fracture that is acute. */
		{ "M16.11", "0SR90J9", false, WW_PLANNED_ELECTIVE, "0SR90J9", false },
		{ "S72.001A", "0SR90J9", false, WW_PLANNED_NO, "", false },
		/* By procedure alone nothing is known: the diagnosis may be acute. */
		{ "", "0SR90J9", false, WW_PLANNED_UNCODED, "", false },
		/* A code by which alone the procedure may be planned: its category is not among them. */
		{ "I25.10", "0270046", false, WW_PLANNED_ELECTIVE, "0270046", false },
		{ "I21.4", "0270046", false, WW_PLANNED_NO, "", false },
		/* Heart failure is no acute category; acute on chronic is an acute code of it. */
		{ "I50.22", "0270046", false, WW_PLANNED_ELECTIVE, "0270046", false },
		{ "I50.23", "0270046", false, WW_PLANNED_NO, "", false },
		/* On the list of acute codes and in no table of CCS. */
		{ "T81.41XA", "0SR90J9", false, WW_PLANNED_NO, "", true },
		/* Newer than both: I50.23 stands for it. */
		{ "I50.2Z", "0270046", false, WW_PLANNED_NO, "", true },
		{ "O80", "10E0XZZ", false, WW_PLANNED_NO, "", false },
		{ "O80", "10E0XZZ", true, WW_PLANNED_DIAGNOSIS, "O80", false },
		{ "O34.211", "10D00Z1", true, WW_PLANNED_PROCEDURE, "10D00Z1", false },
		{ "nonsense", "", false, WW_PLANNED_UNCODED, "", false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		ww_str procedures[8];
		struct ww_coded c = { .principal = ww_str_from(rows[i].principal),
			.procedures = procedures,
			.procedures_n = split(rows[i].procedures, procedures) };
		struct ww_planned_verdict v = ww_planned(&c, rows[i].obstetric);

		ck_assert_msg(v.test == rows[i].test && ww_str_is(v.code, rows[i].code) &&
		                  v.newer == rows[i].newer,
		    "%s + %s: %s by \"%.*s\"%s", rows[i].principal, rows[i].procedures,
		    ww_planned_text(v.test), WW_STR_FMT(v.code), v.newer ? ", newer" : "");
		ck_assert(
		    ww_planned_is(v.test) == (strncmp(ww_planned_text(v.test), "planned", 7) == 0));
	}
}
END_TEST

START_TEST(puts_a_stay_into_the_first_cohort_that_holds)
{
	static const struct {
		const char *principal, *procedures;
		enum ww_cohort cohort;
		enum ww_excluded excluded;
	} rows[] = {
		{ "J18.9", "", WW_COHORT_CARDIORESPIRATORY, WW_EXCLUDED_NO },
		{ "J18.9", "0SR90J9", WW_COHORT_SURGERY, WW_EXCLUDED_NO },
		{ "J18.9", "0270046", WW_COHORT_SURGERY, WW_EXCLUDED_NO },
		{ "I50.9", "", WW_COHORT_CARDIORESPIRATORY, WW_EXCLUDED_NO },
		{ "I21.4", "", WW_COHORT_CARDIOVASCULAR, WW_EXCLUDED_NO },
		{ "I63.9", "", WW_COHORT_NEUROLOGY, WW_EXCLUDED_NO },
		{ "A41.9", "", WW_COHORT_MEDICINE, WW_EXCLUDED_NO },
		{ "C18.9", "", WW_COHORT_NONE, WW_EXCLUDED_CANCER },
		{ "C18.9", "0DTN0ZZ", WW_COHORT_SURGERY, WW_EXCLUDED_NO },
		{ "F32.9", "", WW_COHORT_NONE, WW_EXCLUDED_PSYCHIATRIC },
		{ "F32.9", "0SR90J9", WW_COHORT_SURGERY, WW_EXCLUDED_PSYCHIATRIC },
		{ "Z47.1", "", WW_COHORT_MEDICINE, WW_EXCLUDED_NO },
		{ "", "", WW_COHORT_NONE, WW_EXCLUDED_NO },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		ww_str procedures[8];
		struct ww_coded c = { .principal = ww_str_from(rows[i].principal),
			.procedures = procedures,
			.procedures_n = split(rows[i].procedures, procedures) };
		struct ww_cohort_verdict v = ww_cohort_of(&c);

		ck_assert_msg(v.cohort == rows[i].cohort && v.excluded == rows[i].excluded,
		    "%s + %s: %s, %d", rows[i].principal, rows[i].procedures,
		    ww_cohort_text(v.cohort), (int)v.excluded);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		finds_the_category_of_a_code,
		tests_in_the_order_of_the_algorithm,
		puts_a_stay_into_the_first_cohort_that_holds,
	};

	return unit_main("ccs", tests, UNIT_COUNT(tests));
}
