/* Rule follow-up/1: by when, for whom, and what ends it; business days around holidays. */
#include "tests/unit/unit.h"

#include "tests/unit/person_case.h"

#include <string.h>

/* A stay that ended on that day; it is judged on as_of. */
static struct made_case *
discharged(const char *end, const char *disposition, const char *as_of)
{
	struct made_case *m = case_new("America/New_York");

	m->stay.start = m->stay.inpatient_start = case_time(m, "202601011000");
	m->stay.end = case_time(m, end);
	m->stay.disposition = ww_str_from(disposition);
	m->c.as_of = person_day(as_of);
	return m;
}

static void
check_by(struct made_case *m, enum ww_flag_kind kind, const char *by, const char *name)
{
	const struct ww_finding *f = case_judge(m, "follow-up/1", kind);
	ww_str got;

	ck_assert_msg(f != NULL, "%s: not found", name);
	got = ww_json_str(ww_json_get(case_evidence(m, f), "by"));
	ck_assert_msg(ww_str_is(got, by) && f->due_day == person_day(by), "%s: by %.*s, want %s",
	    name, WW_STR_FMT(got), by);
}

START_TEST(counts_business_days_for_the_call_and_days_for_the_visit)
{
	static const struct {
		const char *end, *as_of, *contact, *visit;
	} rows[] = {
		{ "202611201000", "2026-11-20", "2026-11-24", "2026-12-04" },
		{ "202611211000", "2026-11-21", "2026-11-24", "2026-12-05" },
		{ "202611251000", "2026-11-25", "2026-11-30", "2026-12-09" },
		{ "202612231000", "2026-12-23", "2026-12-28", "2027-01-06" },
		{ "202612241000", "2026-12-24", "2026-12-29", "2027-01-07" },
		{ "202612311000", "2026-12-31", "2027-01-05", "2027-01-14" },
		{ "202607011000", "2026-07-01", "2026-07-06", "2026-07-15" },
		/* The day is the facility's: in UTC it is the next one already. */
		{ "202611202359", "2026-11-20", "2026-11-24", "2026-12-04" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = discharged(rows[i].end, "01", rows[i].as_of);

		check_by(m, WW_flag_kind_FOLLOW_UP_CONTACT, rows[i].contact, rows[i].end);
		check_by(m, WW_flag_kind_FOLLOW_UP_VISIT, rows[i].visit, rows[i].end);
		case_free(m);
	}
}
END_TEST

START_TEST(wants_a_visit_earlier_where_the_risk_is_high)
{
	struct made_case *m = discharged("202611201000", "01", "2026-11-20");
	const struct ww_rule *rule = ww_rule_find(WW_STR("follow-up/1"));
	struct ww_finding *risk;

	m->found.n = m->found.ended_n = 0;
	risk = ww_findings_add(&m->cx, &m->found, WW_flag_kind_READMIT_RISK);
	risk->band = "high";
	ck_assert_int_eq(rule->judge(&m->cx, &m->c, &m->params, &m->found), WW_OK);
	ck_assert_uint_eq(m->found.n, 3);
	ck_assert_int_eq(m->found.v[2].due_day, person_day("2026-11-27"));
	unit_str_is(ww_json_str(ww_json_get(case_evidence(m, &m->found.v[2]), "risk")), "high");
	m->found.n = 1;
	risk->band = "moderate";
	ck_assert_int_eq(rule->judge(&m->cx, &m->c, &m->params, &m->found), WW_OK);
	ck_assert_int_eq(m->found.v[2].due_day, person_day("2026-12-04"));
	case_free(m);
}
END_TEST

START_TEST(asks_for_who_goes_home)
{
	static const struct {
		const char *disposition;
		bool found;
	} rows[] = {
		{ "01", true },
		{ "1", true },
		{ "06", true },
		{ "07", true },
		{ "81", true },
		{ "86", true },
		{ "", true },
		{ "HOME", true },
		{ "02", false },
		{ "2", false },
		{ "03", false },
		{ "62", false },
		{ "20", false },
		{ "41", false },
		{ "50", false },
		{ "51", false },
		{ "30", false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = discharged("202611201000", rows[i].disposition, "2026-11-20");

		ck_assert_msg((case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_CONTACT) !=
		                  NULL) == rows[i].found,
		    "\"%s\"", rows[i].disposition);
		ck_assert((case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_VISIT) != NULL) ==
		          rows[i].found);
		case_free(m);
	}
}
END_TEST

/* Another visit of the person and what it makes of the follow-up of a stay that ended on 2026-11-20 at 10:00. */
START_TEST(ends_when_the_patient_is_seen_or_in_hospital_again)
{
	static const struct {
		enum ww_encounter_class class_;
		enum ww_encounter_status status;
		const char *start;
		const char *why; /* NULL: it goes on */
		bool done;
	} rows[] = {
		{ WW_encounter_class_OUTPATIENT, WW_encounter_status_FINISHED, "202611211000",
		    "the patient was seen as an outpatient", true },
		{ WW_encounter_class_OUTPATIENT, WW_encounter_status_PLANNED, "202611211000", NULL,
		    false },
		{ WW_encounter_class_OUTPATIENT, WW_encounter_status_CANCELLED, "202611211000",
		    NULL, false },
		{ WW_encounter_class_OUTPATIENT, WW_encounter_status_FINISHED, "202611201400", NULL,
		    false },
		{ WW_encounter_class_OUTPATIENT, WW_encounter_status_FINISHED, "202611011400", NULL,
		    false },
		{ WW_encounter_class_ED, WW_encounter_status_IN_PROGRESS, "202611211000", NULL,
		    false },
		{ WW_encounter_class_INPATIENT, WW_encounter_status_IN_PROGRESS, "202611221000",
		    "the patient is in hospital again", false },
		{ WW_encounter_class_INPATIENT, WW_encounter_status_CANCELLED, "202611221000", NULL,
		    false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = discharged("202611201000", "01", "2026-11-23");
		struct ww_encounter *e = case_other(m, rows[i].start, NULL);
		const struct ww_ended *ended;

		e->class_ = rows[i].class_;
		e->status = rows[i].status;
		ck_assert_msg((case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_VISIT) !=
		                  NULL) == (rows[i].why == NULL),
		    "row %zu", i);
		ended = ww_findings_ended(&m->found, WW_flag_kind_FOLLOW_UP_VISIT);
		ck_assert((ended != NULL) == (rows[i].why != NULL));
		if (ended != NULL) {
			ck_assert_str_eq(ended->why, rows[i].why);
			ck_assert(ended->done == rows[i].done);
		}
		case_free(m);
	}
}
END_TEST

START_TEST(ends_by_a_claim)
{
	static const struct {
		const char *day;
		char what;
		bool found;
	} rows[] = {
		{ "2026-11-20", 'O', true }, /* on the day of the discharge */
		{ "2026-11-21", 'O', false },
		{ "2026-12-19", 'O', false },
		{ "2026-12-20", 'O', true },
		{ "2026-11-21", 'E', true },
		{ "2026-11-21", 'I', false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = discharged("202611201000", "01", "2026-11-23");
		struct made_person p = { .m = m };

		m->c.billed = p.billed;
		m->c.told = p.told;
		person_claim(&p, rows[i].what, rows[i].day, NULL, NULL);
		ck_assert_msg((case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_CONTACT) !=
		                  NULL) == rows[i].found,
		    "row %zu", i);
		case_free(m);
	}
}
END_TEST

START_TEST(is_no_news_after_its_day_and_over_after_thirty)
{
	static const struct {
		const char *as_of;
		bool found, contact_past, visit_past;
	} rows[] = {
		{ "2026-11-24", true, false, false },
		{ "2026-11-25", true, true, false },
		{ "2026-12-04", true, true, false },
		{ "2026-12-05", true, true, true },
		{ "2026-12-19", true, true, true },
		{ "2026-12-20", false, false, false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = discharged("202611201000", "01", rows[i].as_of);
		const struct ww_finding *f =
		    case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_CONTACT);

		ck_assert_msg((f != NULL) == rows[i].found, "%s", rows[i].as_of);
		ck_assert(f == NULL || f->past == rows[i].contact_past);
		f = case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_VISIT);
		ck_assert(f == NULL || f->past == rows[i].visit_past);
		case_free(m);
	}
}
END_TEST

START_TEST(waits_for_a_discharge_that_somebody_has_said)
{
	struct made_case *m = discharged("202611201000", "01", "2026-11-20");

	m->stay.status = WW_encounter_status_IN_PROGRESS;
	ck_assert_ptr_null(case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_CONTACT));
	m->stay.status = WW_encounter_status_FINISHED;
	m->stay.closed = 1; /* nothing was heard of it */
	ck_assert_ptr_null(case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_CONTACT));
	m->stay.closed = 0;
	m->stay.end = case_time(m, "202611");
	ck_assert_ptr_null(case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_CONTACT));
	m->stay.end = case_time(m, "202611201000");
	m->stay.class_ = WW_encounter_class_OBSERVATION;
	m->stay.obs_start = m->stay.start;
	m->stay.inpatient_start = (ww_time){ 0 };
	ck_assert_ptr_null(case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_CONTACT));
	m->params.v[WW_PARAM_follow_up_observation] = 1;
	ck_assert_ptr_nonnull(case_judge(m, "follow-up/1", WW_flag_kind_FOLLOW_UP_CONTACT));
	case_free(m);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		counts_business_days_for_the_call_and_days_for_the_visit,
		wants_a_visit_earlier_where_the_risk_is_high,
		asks_for_who_goes_home,
		ends_when_the_patient_is_seen_or_in_hospital_again,
		ends_by_a_claim,
		is_no_news_after_its_day_and_over_after_thirty,
		waits_for_a_discharge_that_somebody_has_said,
	};

	return unit_main("follow_up", tests, UNIT_COUNT(tests));
}
