/* Rule admission/1 as a table: which assertions hold of an encounter in which state. */
#include "tests/unit/unit.h"

#include "tests/unit/case.h"

#include <stdio.h>
#include <string.h>

/* Letters for what holds: A admission, E emergency arrival, D discharge, d emergency discharge. */
static const struct {
	enum ww_flag_kind kind;
	char letter;
} letters[] = {
	{ WW_flag_kind_ADMIT, 'A' },
	{ WW_flag_kind_ED, 'E' },
	{ WW_flag_kind_DISCHARGE, 'D' },
	{ WW_flag_kind_ED_DISCHARGE, 'd' },
};

static void
write_found(const struct ww_findings *f, char out[WW_FINDINGS_MAX + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < UNIT_COUNT(letters); i++) {
		for (size_t k = 0; k < f->n; k++) {
			if (f->v[k].kind == letters[i].kind)
				out[n++] = letters[i].letter;
		}
	}
	out[n] = '\0';
}

#define STATUS(s) WW_encounter_status_##s
#define CLASS(c) WW_encounter_class_##c
#define T1 "20260302101500-0500"
#define T2 "20260302180000-0500"
#define T3 "20260307120000-0500"

START_TEST(says_what_holds_in_each_state)
{
	static const struct {
		const char *name;
		int64_t status, class_;
		const char *ed_start, *inpatient_start, *end;
		int64_t admit_missing;
		const char *holds;
	} rows[] = {
		{ "nothing is known", STATUS(UNKNOWN), CLASS(UNKNOWN), "", "", "", 0, "" },
		{ "admitted", STATUS(IN_PROGRESS), CLASS(INPATIENT), "", T1, "", 0, "A" },
		{ "obstetrics", STATUS(IN_PROGRESS), CLASS(OB), "", T1, "", 0, "A" },
		{ "on leave", STATUS(ONLEAVE), CLASS(INPATIENT), "", T1, "", 0, "A" },
		{ "outpatient", STATUS(IN_PROGRESS), CLASS(OUTPATIENT), "", "", "", 0, "" },
		{ "observation", STATUS(IN_PROGRESS), CLASS(OBSERVATION), "", "", "", 0, "" },
		{ "inpatient status reversed", STATUS(IN_PROGRESS), CLASS(OBSERVATION), "", T1, "",
		    0, "" },
		{ "inpatient since unknown", STATUS(IN_PROGRESS), CLASS(INPATIENT), "", "", "", 0,
		    "" },
		{ "only arrived", STATUS(ARRIVED), CLASS(INPATIENT), "", T1, "", 0, "" },
		{ "planned", STATUS(PLANNED), CLASS(INPATIENT), "", T1, "", 0, "" },
		{ "planned emergency", STATUS(PLANNED), CLASS(ED), T1, "", "", 0, "" },
		{ "emergency arrival", STATUS(ARRIVED), CLASS(ED), T1, "", "", 0, "E" },
		{ "emergency triaged", STATUS(TRIAGED), CLASS(ED), T1, "", "", 0, "E" },
		{ "emergency to inpatient", STATUS(IN_PROGRESS), CLASS(INPATIENT), T1, T2, "", 0,
		    "AE" },
		{ "discharged", STATUS(FINISHED), CLASS(INPATIENT), "", T1, T3, 0, "AD" },
		{ "discharged, came by emergency", STATUS(FINISHED), CLASS(INPATIENT), T1, T2, T3,
		    0, "AED" },
		{ "discharge alone", STATUS(FINISHED), CLASS(INPATIENT), "", "", T3, 1, "D" },
		{ "discharge alone with admit time", STATUS(FINISHED), CLASS(INPATIENT), "", T1, T3,
		    1, "D" },
		{ "discharge without end", STATUS(FINISHED), CLASS(INPATIENT), "", T1, "", 0, "A" },
		{ "discharge of unknown class", STATUS(FINISHED), CLASS(UNKNOWN), "", "", T3, 1,
		    "" },
		{ "outpatient discharge", STATUS(FINISHED), CLASS(OUTPATIENT), "", "", T3, 0, "" },
		{ "emergency discharge", STATUS(FINISHED), CLASS(ED), T1, "", T3, 0, "Ed" },
		{ "emergency stay of inpatient class", STATUS(FINISHED), CLASS(INPATIENT), T1, "",
		    T3, 1, "ED" },
		{ "cancelled admission", STATUS(CANCELLED), CLASS(INPATIENT), T1, T2, "", 0, "" },
		{ "cancelled emergency", STATUS(CANCELLED), CLASS(ED), T1, "", "", 0, "" },
		{ "entered in error", STATUS(ERROR), CLASS(INPATIENT), T1, T2, T3, 0, "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = case_new("America/New_York");
		char found[WW_FINDINGS_MAX + 1];

		m->stay.status = rows[i].status;
		m->stay.class_ = rows[i].class_;
		m->stay.ed_start = case_time(m, rows[i].ed_start);
		m->stay.inpatient_start = case_time(m, rows[i].inpatient_start);
		m->stay.end = case_time(m, rows[i].end);
		m->stay.admit_missing = rows[i].admit_missing;
		(void)case_judge(m, "admission/1", WW_flag_kind_NONE);
		write_found(&m->found, found);
		ck_assert_msg(strcmp(found, rows[i].holds) == 0, "%s: \"%s\" holds, not \"%s\"",
		    rows[i].name, found, rows[i].holds);
		case_free(m);
	}
}
END_TEST

/* Letters of version 2: also P a plan, O observation, T a transfer; in brackets what is no news. */
static void
write_found_2(const struct ww_findings *f, char out[3 * WW_FINDINGS_MAX + 1])
{
	static const struct {
		enum ww_flag_kind kind;
		char letter;
	} all[] = {
		{ WW_flag_kind_PLANNED_ADMIT, 'P' },
		{ WW_flag_kind_ED, 'E' },
		{ WW_flag_kind_OBSERVATION, 'O' },
		{ WW_flag_kind_ADMIT, 'A' },
		{ WW_flag_kind_TRANSFER, 'T' },
		{ WW_flag_kind_DISCHARGE, 'D' },
		{ WW_flag_kind_ED_DISCHARGE, 'd' },
	};
	size_t n = 0;

	for (size_t i = 0; i < UNIT_COUNT(all); i++) {
		for (size_t k = 0; k < f->n; k++) {
			if (f->v[k].kind == all[i].kind)
				n += (size_t)sprintf(
				    out + n, f->v[k].past ? "(%c)" : "%c", all[i].letter);
		}
	}
	out[n] = '\0';
}

START_TEST(version_2_says_what_is_news)
{
	static const struct {
		const char *name;
		int64_t status, class_, planned;
		const char *ed, *obs, *inpatient, *moved, *end, *disposition;
		const char *holds, *with_observation;
	} rows[] = {
		{ "planned", STATUS(PLANNED), CLASS(PREADMIT), 1, "", "", "", "", "", "", "P",
		    "P" },
		{ "the plan is taken back", STATUS(CANCELLED), CLASS(PREADMIT), 0, "", "", "", "",
		    "", "", "", "" },
		{ "planned and cancelled as a whole", STATUS(CANCELLED), CLASS(PREADMIT), 1, "", "",
		    "", "", "", "", "", "" },
		{ "admitted as planned", STATUS(IN_PROGRESS), CLASS(INPATIENT), 1, "", "", T2, "",
		    "", "", "(P)A", "(P)A" },
		{ "under observation", STATUS(IN_PROGRESS), CLASS(OBSERVATION), 0, "", T2, "", "",
		    "", "", "O", "O" },
		{ "from the emergency department under observation", STATUS(IN_PROGRESS),
		    CLASS(OBSERVATION), 0, T1, T2, "", "", "", "", "E(O)", "EO" },
		{ "and into the house", STATUS(IN_PROGRESS), CLASS(INPATIENT), 0, T1, T2, T2, "",
		    "", "", "E(O)A", "EOA" },
		{ "observed, and then in the emergency department", STATUS(IN_PROGRESS), CLASS(ED),
		    0, T2, T1, "", "", "", "", "EO", "EO" },
		{ "moved to another hospital", STATUS(IN_PROGRESS), CLASS(INPATIENT), 0, "", "", T1,
		    T2, "", "", "AT", "AT" },
		{ "an outpatient moved to another hospital", STATUS(IN_PROGRESS), CLASS(OUTPATIENT),
		    0, "", "", "", T2, "", "", "", "" },
		{ "discharged home", STATUS(FINISHED), CLASS(INPATIENT), 0, "", "", T1, "", T3,
		    "01", "AD", "AD" },
		{ "discharged to another hospital", STATUS(FINISHED), CLASS(INPATIENT), 0, "", "",
		    T1, "", T3, "02", "ATD", "ATD" },
		{ "from the emergency department to another hospital", STATUS(FINISHED), CLASS(ED),
		    0, T1, "", "", "", T3, "02", "Ed", "Ed" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = case_new("America/New_York");
		char found[3 * WW_FINDINGS_MAX + 1];

		m->stay.status = rows[i].status;
		m->stay.class_ = rows[i].class_;
		m->stay.planned = rows[i].planned;
		m->stay.ed_start = case_time(m, rows[i].ed);
		m->stay.obs_start = case_time(m, rows[i].obs);
		m->stay.inpatient_start = case_time(m, rows[i].inpatient);
		m->stay.transferred = case_time(m, rows[i].moved);
		m->stay.end = case_time(m, rows[i].end);
		m->stay.disposition = ww_str_from(rows[i].disposition);
		(void)case_judge(m, "admission/2", WW_flag_kind_NONE);
		write_found_2(&m->found, found);
		ck_assert_msg(strcmp(found, rows[i].holds) == 0, "%s: \"%s\" holds, not \"%s\"",
		    rows[i].name, found, rows[i].holds);
		m->params.v[WW_PARAM_admission_observation_after_ed] = 1;
		(void)case_judge(m, "admission/2", WW_flag_kind_NONE);
		write_found_2(&m->found, found);
		ck_assert_msg(strcmp(found, rows[i].with_observation) == 0,
		    "%s, observation told: \"%s\" holds, not \"%s\"", rows[i].name, found,
		    rows[i].with_observation);
		case_free(m);
	}
}
END_TEST

static struct made_case *
whole_stay(void)
{
	struct made_case *m = case_new("America/New_York");

	m->stay.start = case_time(m, T1);
	m->stay.ed_start = case_time(m, T1);
	m->stay.inpatient_start = case_time(m, T2);
	m->stay.end = case_time(m, T3);
	m->stay.visit = WW_STR("SYNTHETIC-VISIT");
	m->stay.visit_system = WW_STR("SYNTHETIC-SYSTEM");
	m->stay.admit_type = WW_STR("E");
	m->stay.disposition = WW_STR("01");
	m->stay.facility = WW_STR("NORTH");
	return m;
}

START_TEST(a_transfer_says_from_where_to_where)
{
	struct made_case *m = whole_stay();
	struct ww_encounter *next = case_other(m, "20260307130000-0500", NULL);
	const struct ww_finding *f;

	m->stay.disposition = WW_STR("02");
	m->stay.attending = WW_STR("ANN DOCTOR");
	m->stay.attending_npi = WW_STR("1234567893");
	next->inpatient_start = next->start;
	next->class_ = WW_encounter_class_INPATIENT;
	next->facility = WW_STR("SOUTH");
	f = case_judge(m, "admission/2", WW_flag_kind_TRANSFER);
	ck_assert_ptr_nonnull(f);
	unit_str_is(f->evidence,
	    "{\"facility\":\"NORTH\",\"start\":\"2026-03-02T18:00:00-05:00\","
	    "\"end\":\"2026-03-07T12:00:00-05:00\",\"disposition\":\"02\","
	    "\"attending\":\"ANN DOCTOR\",\"attending_npi\":\"1234567893\",\"to\":\"SOUTH\","
	    "\"sources\":{\"facility\":\"PV1-3.4 or MSH-4\",\"start\":\"PV1-44, EVN-6 or EVN-2\","
	    "\"end\":\"PV1-45, EVN-6 or EVN-2\",\"disposition\":\"PV1-36\","
	    "\"attending\":\"PV1-7, PV1-17 or Encounter.participant\","
	    "\"attending_npi\":\"PV1-7, PV1-17 or Encounter.participant\","
	    "\"to\":\"the stay that followed\"}}");
	ck_assert_ptr_null(case_judge(m, "admission/1", WW_flag_kind_TRANSFER));
	f = case_judge(m, "admission/1", WW_flag_kind_ADMIT);
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_null(ww_json_get(case_evidence(m, f), "attending"));
	case_free(m);
}
END_TEST

START_TEST(keeps_the_facts_and_their_places_as_evidence)
{
	static const struct {
		enum ww_flag_kind kind;
		const char *evidence;
	} rows[] = {
		{ WW_flag_kind_ADMIT,
		    "{\"class\":\"inpatient\",\"start\":\"2026-03-02T18:00:00-05:00\","
		    "\"ed_start\":\"2026-03-02T10:15:00-05:00\",\"facility\":\"NORTH\",\"admit_"
		    "type\":\"E\","
		    "\"sources\":{\"class\":\"PV1-2\",\"start\":\"PV1-44, EVN-6 or EVN-2\","
		    "\"ed_start\":\"PV1-44, EVN-6 or EVN-2\",\"facility\":\"PV1-3.4 or MSH-4\","
		    "\"admit_type\":\"PV1-4\"}}" },
		{ WW_flag_kind_ED,
		    "{\"class\":\"emergency\",\"start\":\"2026-03-02T10:15:00-05:00\",\"facility\":"
		    "\"NORTH\","
		    "\"sources\":{\"class\":\"PV1-2\",\"start\":\"PV1-44, EVN-6 or EVN-2\","
		    "\"facility\":\"PV1-3.4 or MSH-4\"}}" },
		{ WW_flag_kind_DISCHARGE,
		    "{\"class\":\"inpatient\",\"start\":\"2026-03-02T10:15:00-05:00\","
		    "\"end\":\"2026-03-07T12:00:00-05:00\",\"disposition\":\"01\",\"facility\":"
		    "\"NORTH\","
		    "\"sources\":{\"class\":\"PV1-2\",\"start\":\"PV1-44, EVN-6 or EVN-2\","
		    "\"end\":\"PV1-45, EVN-6 or EVN-2\",\"disposition\":\"PV1-36\","
		    "\"facility\":\"PV1-3.4 or MSH-4\"}}" },
	};
	struct made_case *m = whole_stay();

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		const struct ww_finding *f = case_judge(m, "admission/1", rows[i].kind);

		ck_assert_ptr_nonnull(f);
		unit_str_is(f->evidence, rows[i].evidence);
		ck_assert_str_eq(f->rule, "admission/1");
		ck_assert_str_eq(f->band, "");
	}
	case_free(m);
}
END_TEST

/* Nothing changes between two judgements of one state, so nothing is told twice. */
START_TEST(says_the_same_however_often_it_is_asked)
{
	struct made_case *m = whole_stay();
	struct ww_findings first;

	(void)case_judge(m, "admission/1", WW_flag_kind_NONE);
	first = m->found;
	(void)case_judge(m, "admission/1", WW_flag_kind_NONE);
	ck_assert_uint_eq(m->found.n, first.n);
	for (size_t i = 0; i < first.n; i++)
		ck_assert(ww_str_eq(first.v[i].evidence, m->found.v[i].evidence));
	case_free(m);
}
END_TEST

START_TEST(keeps_the_evidence_of_an_arrival_when_it_becomes_a_stay)
{
	struct made_case *m = whole_stay();
	const struct ww_finding *f;
	ww_str before;

	m->stay.status = WW_encounter_status_ARRIVED;
	m->stay.class_ = WW_encounter_class_ED;
	m->stay.inpatient_start = case_time(m, "");
	f = case_judge(m, "admission/1", WW_flag_kind_ED);
	ck_assert_ptr_nonnull(f);
	before = f->evidence;
	m->stay.status = WW_encounter_status_IN_PROGRESS;
	m->stay.class_ = WW_encounter_class_INPATIENT;
	m->stay.inpatient_start = case_time(m, T2);
	f = case_judge(m, "admission/1", WW_flag_kind_ED);
	ck_assert_ptr_nonnull(f);
	ck_assert(ww_str_eq(before, f->evidence));
	case_free(m);
}
END_TEST

START_TEST(tells_a_discharge_whose_admission_was_never_seen)
{
	struct made_case *m = whole_stay();
	const struct ww_finding *f;

	m->stay.admit_missing = 1;
	f = case_judge(m, "admission/1", WW_flag_kind_DISCHARGE);
	ck_assert_ptr_nonnull(f);
	ck_assert(ww_json_true(ww_json_get(case_evidence(m, f), "admit_missing")));
	case_free(m);
}
END_TEST

START_TEST(refuses_more_findings_than_there_is_room_for)
{
	struct made_case *m = case_new("UTC");

	for (int i = 0; i < WW_FINDINGS_MAX; i++)
		ck_assert_ptr_nonnull(ww_findings_add(&m->cx, &m->found, WW_flag_kind_ED));
	ck_assert_ptr_null(ww_findings_add(&m->cx, &m->found, WW_flag_kind_ED));
	ck_assert_int_eq(m->cx.fail.status, WW_E_LIMIT);
	case_free(m);
}
END_TEST

/* Each limit of the arena up to the one that suffices: no crash, and no evidence cut short. */
START_TEST(fails_whole_when_the_arena_is_full)
{
	struct made_case *m = whole_stay();
	bool failed = false, held = false;

	for (size_t limit = 64; limit < 1 << 16 && !held; limit += 64) {
		struct ww_ctx cx = { .arena = ww_arena_new(limit) };
		ww_status s = WW_OK;

		m->found.n = 0;
		for (size_t i = 0; ww_rules[i] != NULL && s == WW_OK; i++)
			s = ww_rules[i]->judge(&cx, &m->c, &m->params, &m->found);
		ck_assert(s == WW_OK || s == WW_E_LIMIT);
		failed = failed || s == WW_E_LIMIT;
		held = s == WW_OK;
		ww_arena_free(cx.arena);
	}
	ck_assert(failed && held);
	case_free(m);
}
END_TEST

/* Only what was granted: the reader is asked for that number, and hears of nothing else that a payer does. */
START_TEST(names_the_number_of_what_was_authorized)
{
	static const struct {
		enum ww_authorization_status status;
		const char *granted, *want;
	} rows[] = {
		{ WW_authorization_status_APPROVED, "PA1", "PA1" },
		{ WW_authorization_status_PARTIAL, "PA1", "PA1" },
		{ WW_authorization_status_APPROVED, "", "" },
		{ WW_authorization_status_REQUESTED, "", "" },
		{ WW_authorization_status_DENIED, "PA1", "" },
		{ WW_authorization_status_CANCELLED, "PA1", "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = whole_stay();
		struct ww_authorization a;
		const struct ww_finding *admit, *discharge;

		ww_row_init(&ww_entity_authorization, &a);
		a.status = rows[i].status;
		a.granted = ww_str_from(rows[i].granted);
		m->c.authorizations = &a;
		m->c.authorizations_n = 1;
		admit = case_judge(m, "admission/1", WW_flag_kind_ADMIT);
		ck_assert_ptr_nonnull(admit);
		unit_str_is(ww_json_str(ww_json_get(case_evidence(m, admit), "authorization")),
		    rows[i].want);
		discharge = case_judge(m, "admission/1", WW_flag_kind_DISCHARGE);
		ck_assert_ptr_nonnull(discharge);
		ck_assert_ptr_null(ww_json_get(case_evidence(m, discharge), "authorization"));
		case_free(m);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		says_what_holds_in_each_state,
		version_2_says_what_is_news,
		a_transfer_says_from_where_to_where,
		keeps_the_facts_and_their_places_as_evidence,
		says_the_same_however_often_it_is_asked,
		keeps_the_evidence_of_an_arrival_when_it_becomes_a_stay,
		tells_a_discharge_whose_admission_was_never_seen,
		refuses_more_findings_than_there_is_room_for,
		fails_whole_when_the_arena_is_full,
		names_the_number_of_what_was_authorized,
	};

	return unit_main("admission", tests, UNIT_COUNT(tests));
}
