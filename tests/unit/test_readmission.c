/* The measure of readmission as tables: both ends of its windows, what is one stay, transfers, planned ones, who is no index. */
#include "tests/unit/unit.h"

#include "tests/unit/stays.h"

#include <string.h>

struct row {
	const char *stays, *want;
};

static void
check(const struct row *rows, size_t n, void (*set)(struct stays *st))
{
	for (size_t i = 0; i < n; i++) {
		struct stays *st = stays_new(ww_str_from(rows[i].stays));

		if (set != NULL)
			set(st);
		stays_judge(st);
		ck_assert_msg(strcmp(stays_text(st), rows[i].want) == 0, "%s: \"%s\", want \"%s\"",
		    rows[i].stays, st->text, rows[i].want);
		stays_free(st);
	}
}

#define A5 "A H1 2026-01-01..2026-01-05 01 J189"

START_TEST(counts_thirty_days_after_the_discharge)
{
	static const struct row rows[] = {
		{ "A H1 2026-01-01..2026-01-05 01 I509; B H1 2026-02-04..2026-02-06 01 I509",
		    "A unplanned B; B index" },
		{ "A H1 2026-01-01..2026-01-05 01 I509; B H1 2026-02-05..2026-02-06 01 I509",
		    "A index; B index" },
		/* Over the end of daylight saving time and with clocks: days count, not hours. */
		{ "A H1 2026-10-20T08:00..2026-10-25T23:59 01 I509; "
		  "B H2 2026-11-24T00:01..2026-11-26T10:00 01 J189",
		    "A unplanned B; B index" },
		{ "A H1 2026-10-20T08:00..2026-10-25T00:01 01 I509; "
		  "B H2 2026-11-24T23:59..2026-11-26T10:00 01 J189",
		    "A unplanned B; B index" },
		{ "A H1 2026-10-20T08:00..2026-10-25T23:59 01 I509; "
		  "B H2 2026-11-25T00:00..2026-11-26T10:00 01 J189",
		    "A index; B index" },
		/* Over a leap day. */
		{ "A H1 2028-01-25..2028-01-30 01 I509; B H2 2028-02-29..2028-03-02 01 J189",
		    "A unplanned B; B index" },
		{ "A H1 2028-01-25..2028-01-30 01 I509; B H2 2028-03-01..2028-03-02 01 J189",
		    "A index; B index" },
		/* Told in any order. */
		{ "B H2 2026-01-10..2026-01-12 01 J189; A H1 2026-01-01..2026-01-05 01 I509",
		    "B index; A unplanned B" },
	};

	check(rows, UNIT_COUNT(rows), NULL);
}
END_TEST

START_TEST(has_one_outcome_for_each_index)
{
	static const struct row rows[] = {
		{ A5 "; B H1 2026-01-10..2026-01-12 01 A419; C H1 2026-01-20..2026-01-22 01 N179",
		    "A unplanned B; B unplanned C; C index" },
		/* A planned one hides what comes after it. */
		{ A5 "; B H1 2026-01-15..2026-01-16 01 Z5111; C H1 2026-01-25..2026-01-27 01 A419",
		    "A planned B; B medical treatment of cancer; C index" },
		{ A5 "; B H1 2026-01-15..2026-01-16 01 M1611 0SR90J9; "
		     "C H1 2026-01-25..2026-01-27 01 A419",
		    "A planned B; B unplanned C; C index" },
		/* Not coded yet. */
		{ A5 "; B H1 2026-01-15..2026-01-16 01 -; C H1 2026-01-25..2026-01-27 01 A419",
		    "A provisional B; B not coded yet; C index" },
	};

	check(rows, UNIT_COUNT(rows), NULL);
}
END_TEST

static void
as_of_february_4(struct stays *st)
{
	st->terms.as_of = ww_day_of(2026, 2, 4);
}

START_TEST(waits_until_the_time_has_run_out)
{
	static const struct row rows[] = {
		{ "A H1 2026-01-01..2026-01-05 01 I509", "A index" },
		{ "A H1 2026-01-01..2026-01-06 01 I509", "A open" },
		{ "A H1 2026-01-01..2026-01-06 01 I509; B H1 2026-02-01.. - -",
		    "A provisional B; B not discharged, as far as is known" },
	};

	check(rows, UNIT_COUNT(rows), as_of_february_4);
}
END_TEST

START_TEST(joins_what_is_one_stay)
{
	static const struct row rows[] = {
		/* The same day, hospital and condition; another condition is a readmission, another hospital a transfer. */
		{ A5 "; B H1 2026-01-05..2026-01-08 01 J13", "A index; B joins A" },
		{ A5 "; B H1 2026-01-05..2026-01-08 01 S72001A", "A unplanned B; B index" },
		{ A5 "; B H2 2026-01-05..2026-01-08 01 J189", "A to B; B index" },
		{ A5 "; B H1 2026-01-06..2026-01-08 01 J189", "A unplanned B; B index" },
		/* What joins makes the stay longer: day 30 is that of the whole. */
		{ A5 "; B H1 2026-01-05..2026-01-08 01 J13; C H1 2026-02-07..2026-02-08 01 A419",
		    "A unplanned C; B joins A; C index" },
		{ A5 "; B H1 2026-01-05..2026-01-08 20 J13", "A died; B joins A" },
		/* The same minute: by the condition, and where that is not coded, by the clock. */
		{ "A H1 2026-01-01T08:00..2026-01-05T10:00 01 J189; "
		  "B H1 2026-01-05T10:00..2026-01-08T10:00 01 S72001A",
		    "A unplanned B; B index" },
		{ "A H1 2026-01-01T08:00..2026-01-05T10:00 01 -; "
		  "B H1 2026-01-05T10:00..2026-01-08T10:00 01 J189",
		    "A index; B joins A" },
		{ "A H1 2026-01-01T08:00..2026-01-05T10:00 01 J189; "
		  "B H1 2026-01-05T11:00.. - -",
		    "A not discharged, as far as is known; B joins A" },
		{ "A H1 2026-01-01T08:00..2026-01-05T10:00 01 J189; "
		  "B H1 2026-01-05T11:01.. - -",
		    "A provisional B; B not discharged, as far as is known" },
		/* Without clocks and codes nothing says that it is one. */
		{ A5 "; B H1 2026-01-05.. - -",
		    "A provisional B; B not discharged, as far as is known" },
		/* A leave of absence: it was billed while the patient was still there. */
		{ "A H1 2026-01-01..2026-01-05 30 J189; B H1 2026-01-06..2026-01-12 01 A419",
		    "A index; B joins A" },
		{ "A H1 2026-01-01..2026-01-05 30 J189; B H1 2026-01-07..2026-01-12 01 A419",
		    "A not discharged, as far as is known; B index" },
		/* One lies within the other. */
		{ "A H1 2026-01-01..2026-01-09 01 J189; B H1 2026-01-03..2026-01-05 01 A419",
		    "A index; B joins A" },
		/* Hospitals that are not known are neither the same nor two. */
		{ "A - 2026-01-01..2026-01-05 01 J189; B - 2026-01-05..2026-01-08 01 J189",
		    "A unplanned B; B index" },
	};

	check(rows, UNIT_COUNT(rows), NULL);
}
END_TEST

START_TEST(joins_the_visit_from_which_the_patient_was_taken_in)
{
	static const struct row rows[] = {
		{ "A(ED only) H1 2026-01-01T08:00..2026-01-01T12:00; "
		  "B H1 2026-01-01T13:00..2026-01-05T12:00 01 J189",
		    "A joins B; B index" },
		{ "A(ED only) H1 2026-01-01T08:00..2026-01-01T12:00; "
		  "B H1 2026-01-01T13:01..2026-01-05T12:00 01 J189",
		    "A out; B index" },
		/* Emergency, observation, stay: one after the other. */
		{ "A(ED only) H1 2026-01-01T08:00..2026-01-01T12:00; "
		  "B(observation only) H1 2026-01-01T12:30..2026-01-02T09:00; "
		  "C H1 2026-01-02T09:00..2026-01-05T12:00 01 J189",
		    "A joins C; B joins C; C index" },
		{ "A(surgery) H1 2026-01-01T08:00..2026-01-01T12:00; "
		  "B H1 2026-01-01T12:00..2026-01-05T12:00 01 J189",
		    "A joins B; B index" },
		/* Boarded: the visit ends after the patient was taken in. */
		{ "A(ED only) H1 2026-01-01T08:00..2026-01-02T03:00; "
		  "B H1 2026-01-01T22:00..2026-01-05T12:00 01 J189",
		    "A joins B; B index" },
		/* Of days alone. */
		{ "A(ED only) H1 2026-01-01; B H1 2026-01-01..2026-01-05 01 J189",
		    "A joins B; B index" },
		{ "A(ED only) H2 2026-01-01; B H1 2026-01-01..2026-01-05 01 J189",
		    "A out; B index" },
		/* The admission counts from its visit on: day 30, though the patient was taken in on day 31. */
		{ "A H1 2026-01-01..2026-01-05 01 I509; "
		  "B(ED only) H1 2026-02-04T22:00..2026-02-05T02:00; "
		  "C H1 2026-02-05T02:00..2026-02-07T10:00 01 J189",
		    "A unplanned C; B joins C; C index" },
		{ A5 "; B(ED only) H1 2026-01-07", "A index +ed; B out" },
		{ A5 "; B(observation only) H1 2026-01-10..2026-01-11", "A index +obs; B out" },
		{ A5 "; B(observation only) H1 2026-02-05..2026-02-06", "A index; B out" },
		{ "A H1 2026-01-01T08:00..2026-01-05T10:00 01 J189; "
		  "B(ED only) H1 2026-01-05T09:00..2026-01-05T09:30",
		    "A index; B out" },
	};

	check(rows, UNIT_COUNT(rows), NULL);
}
END_TEST

START_TEST(knows_a_transfer_by_the_two_hospitals_alone)
{
	static const struct row rows[] = {
		{ "A H1 2026-01-01..2026-01-05 01 I214; B H2 2026-01-06..2026-01-09 01 I214",
		    "A to B; B index" },
		{ "A H1 2026-01-01..2026-01-05 02 I214; B H2 2026-01-07..2026-01-09 01 I214",
		    "A unplanned B; B index" },
		{ "A H1 2026-01-01..2026-01-05 02 I214; B H2 2026-01-05..2026-01-09 01 I214; "
		  "C H3 2026-01-10..2026-01-20 01 I214; D H1 2026-02-19..2026-02-20 01 A419",
		    "A to B; B to C; C unplanned D; D index" },
		/* The first leg of a readmission is the readmission. */
		{ A5 "; B H2 2026-01-20..2026-01-21 02 I214; C H3 2026-01-21..2026-01-30 01 I214",
		    "A unplanned B; B to C; C index" },
		/* Back at the same hospital the next day, and on from there: the first stay was followed by the second. */
		{ A5 "; B H1 2026-01-06T08:00..2026-01-06T18:00 02 A419; C H2 "
		     "2026-01-06T21:00..2026-01-09 01 A419",
		    "A unplanned B; B to C; C index" },
	};

	check(rows, UNIT_COUNT(rows), NULL);
}
END_TEST

static void
born_in_1961(struct stays *st)
{
	bool ok = ww_time_fhir(WW_STR("1961-07-01"), st->terms.zone, &st->terms.birth);

	ck_assert(ok);
	st->terms.min_age = 65;
}

START_TEST(says_why_a_stay_is_no_index)
{
	static const struct row rows[] = {
		{ "A H1 2026-01-01..2026-01-05 20 I509", "A died" },
		{ "A H1 2026-01-01..2026-01-05 41 I509", "A died" },
		{ "A H1 2026-01-01..2026-01-05 07 I509", "A left against medical advice" },
		{ "A H1 2026-01-01..2026-01-05 7 I509", "A left against medical advice" },
		{ "A H1 2026-01-01..2026-01-05 30 I509", "A not discharged, as far as is known" },
		{ "A H1 2026-01-01..2026-01 01 I509", "A not discharged, as far as is known" },
		{ "A H1 2026-01-05..2026-01-01 01 I509", "A not discharged, as far as is known" },
		{ "A H1 2026..2026-01-05 01 I509", "A out" },
		{ "A(planned) H1 2026-01-01..2026-01-05 01 I509", "A out" },
		{ "A H1 2026-01-01..2026-01-05 01 F329; B H1 2026-01-10..2026-01-12 01 J189",
		    "A psychiatric care; B index" },
		{ "A H1 2026-01-01..2026-01-05 01 C189; B H1 2026-01-10..2026-01-12 01 A419",
		    "A medical treatment of cancer; B index" },
		{ "A H1 2026-01-01..2026-01-05 01 C189 0DTN0ZZ; B H1 2026-01-10..2026-01-12 01 "
		  "A419",
		    "A unplanned B; B index" },
		{ "A H1 2026-01-01..2026-01-05 01 O80", "A in none of the cohorts" },
		{ "A H1 2026-01-01..2027-01-01 01 I509", "A index" },
		{ "A H1 2026-01-01..2027-01-02 01 I509", "A longer than a year" },
	};
	static const struct row ages[] = {
		{ "A H1 2026-06-30..2026-07-05 01 I509; B H1 2026-07-10..2026-07-12 01 A419",
		    "A not of the age; B index" },
		{ "A H1 2026-07-01..2026-07-05 01 I509", "A index" },
	};

	check(rows, UNIT_COUNT(rows), NULL);
	check(ages, UNIT_COUNT(ages), born_in_1961);
}
END_TEST

static void
like_pcr(struct stays *st)
{
	st->terms.pcr = true;
}

START_TEST(counts_observation_where_it_is_like_pcr)
{
	static const struct row rows[] = {
		{ A5 "; B(observation only) H1 2026-01-10..2026-01-11",
		    "A provisional B; B index" },
		{ "A(observation only) H1 2026-01-10..2026-01-11; B H1 2026-01-15..2026-01-17 01 "
		  "J189",
		    "A unplanned B; B index" },
		{ "A H1 2026-01-10..2026-01-10 01 J189; B H1 2026-01-15..2026-01-17 01 F329",
		    "A discharged on the day of admission; B index" },
		{ "A H1 2026-11-20..2026-12-01 01 J189", "A index" },
		{ "A H1 2026-11-20..2026-12-02 01 J189", "A discharged after December 1" },
		{ A5 "; B(ED only) H1 2026-01-10", "A index +ed; B out" },
	};

	check(rows, UNIT_COUNT(rows), like_pcr);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		counts_thirty_days_after_the_discharge,
		has_one_outcome_for_each_index,
		waits_until_the_time_has_run_out,
		joins_what_is_one_stay,
		joins_the_visit_from_which_the_patient_was_taken_in,
		knows_a_transfer_by_the_two_hospitals_alone,
		says_why_a_stay_is_no_index,
		counts_observation_where_it_is_like_pcr,
	};

	return unit_main("readmission", tests, UNIT_COUNT(tests));
}
