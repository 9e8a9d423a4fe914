/* Rules readmit-hwr/1 and recent-stay/1 over cases: what is told of the admission or visit that is judged. */
#include "tests/unit/unit.h"

#include "tests/unit/case.h"

#include <string.h>

#define ZONE "America/New_York"

/* Times are HL7. what: I inpatient, E emergency, O observation; lower case: still there; X cancelled, P planned, C closed because
 * nothing was heard. facility and disposition may be NULL. */
struct visit {
	char what;
	const char *facility, *start, *end, *disposition;
};

static void
fill(struct made_case *m, struct ww_encounter *e, const struct visit *v)
{
	char what = v->what;
	bool there = what >= 'a' && what <= 'z';

	if (there)
		what = (char)(what - 'a' + 'A');
	e->facility = ww_str_from(v->facility);
	e->start = case_time(m, v->start);
	e->end = case_time(m, v->end);
	e->disposition = ww_str_from(v->disposition);
	e->status = there ? WW_encounter_status_IN_PROGRESS : WW_encounter_status_FINISHED;
	e->class_ = WW_encounter_class_INPATIENT;
	if (what == 'X')
		e->status = WW_encounter_status_CANCELLED;
	if (what == 'P')
		e->status = WW_encounter_status_PLANNED;
	if (what == 'C')
		e->closed = 1;
	if (what == 'E') {
		e->class_ = WW_encounter_class_ED;
		e->ed_start = e->start;
	} else if (what == 'O') {
		e->class_ = WW_encounter_class_OBSERVATION;
		e->obs_start = e->start;
	} else if (what != 'P') {
		e->inpatient_start = e->start;
	}
}

struct row {
	const char *name;
	struct visit own, others[4];
	const char *band; /* NULL: nothing is found */
	int64_t days;
};

static struct made_case *
made_of(const struct row *r)
{
	struct made_case *m = case_new(ZONE);

	fill(m, &m->stay, &r->own);
	for (size_t i = 0; i < UNIT_COUNT(r->others) && r->others[i].what != '\0'; i++)
		fill(m, case_other(m, NULL, NULL), &r->others[i]);
	m->c.as_of = ww_time_day(m->stay.start, m->c.zone);
	return m;
}

static void
check(const struct row *rows, size_t n, const char *rule, enum ww_flag_kind kind)
{
	for (size_t i = 0; i < n; i++) {
		struct made_case *m = made_of(&rows[i]);
		const struct ww_finding *f = case_judge(m, rule, kind);

		ck_assert_msg((f != NULL) == (rows[i].band != NULL), "%s: %s", rows[i].name,
		    f != NULL ? f->band : "nothing found");
		if (f != NULL)
			ck_assert_msg(strcmp(f->band, rows[i].band) == 0 &&
			                  ww_json_int(ww_json_get(case_evidence(m, f), "days")) ==
			                      rows[i].days,
			    "%s: %s %.*s", rows[i].name, f->band, WW_STR_FMT(f->evidence));
		case_free(m);
	}
}

#define BEFORE                                                                                     \
	{                                                                                          \
		'I', "H1", "202603011000", "202603051000", "01"                                    \
	}

START_TEST(tells_of_an_admission_within_thirty_days)
{
	static const struct row rows[] = {
		{ "day 30", { 'i', "H2", "202604042359", NULL, NULL }, { BEFORE }, "provisional",
		    30 },
		{ "day 31", { 'i', "H2", "202604050000", NULL, NULL }, { BEFORE }, NULL, 0 },
		{ "the same hospital on the same day", { 'i', "H1", "202603051200", NULL, NULL },
		    { BEFORE }, "provisional", 0 },
		{ "the same minute goes on", { 'i', "H1", "202603051000", NULL, NULL }, { BEFORE },
		    NULL, 0 },
		{ "a transfer", { 'i', "H2", "202603061000", NULL, NULL }, { BEFORE }, NULL, 0 },
		{ "two days later it is none", { 'i', "H2", "202603071000", NULL, NULL },
		    { BEFORE }, "provisional", 2 },
		{ "an emergency visit is no admission", { 'e', "H1", "202603101000", NULL, NULL },
		    { BEFORE }, NULL, 0 },
		{ "nor observation", { 'o', "H1", "202603101000", NULL, NULL }, { BEFORE }, NULL,
		    0 },
		{ "nor a plan", { 'P', "H1", "202603101000", NULL, NULL }, { BEFORE }, NULL, 0 },
		{ "nor what was cancelled", { 'X', "H1", "202603101000", NULL, NULL }, { BEFORE },
		    NULL, 0 },
		{ "the first was cancelled", { 'i', "H1", "202603101000", NULL, NULL },
		    { { 'X', "H1", "202603011000", "202603051000", "01" } }, NULL, 0 },
		{ "the first is not over", { 'i', "H1", "202603101000", NULL, NULL },
		    { { 'i', "H2", "202603011000", NULL, NULL } }, NULL, 0 },
		{ "nobody said when it ended", { 'i', "H1", "202603101000", NULL, NULL },
		    { { 'C', "H1", "202603011000", "202603051000", NULL } }, NULL, 0 },
		{ "a month is no day", { 'i', "H1", "202603101000", NULL, NULL },
		    { { 'I', "H1", "202603011000", "202603", "01" } }, NULL, 0 },
		{ "against advice", { 'i', "H1", "202603101000", NULL, NULL },
		    { { 'I', "H1", "202603011000", "202603051000", "07" } }, "provisional", 5 },
		{ "who died is another", { 'i', "H1", "202603101000", NULL, NULL },
		    { { 'I', "H1", "202603011000", "202603051000", "20" } }, NULL, 0 },
		{ "the later of two", { 'i', "H1", "202603201000", NULL, NULL },
		    { BEFORE, { 'I', "H1", "202603101000", "202603151000", "01" } }, "provisional",
		    5 },
		{ "what comes after is not before",
		    { 'I', "H1", "202603011000", "202603051000", "01" },
		    { { 'I', "H1", "202603101000", "202603151000", "01" } }, NULL, 0 },
		/* The second leg was told of by the first. */
		{ "taken over", { 'i', "H2", "202603151000", NULL, NULL },
		    { BEFORE, { 'I', "H1", "202603101000", "202603151000", "02" } }, NULL, 0 },
		{ "after a transfer the last hospital counts",
		    { 'i', "H1", "202604101000", NULL, NULL },
		    { BEFORE, { 'I', "H2", "202603061000", "202603111000", "01" } }, "provisional",
		    30 },
		{ "observation that became a stay", { 'i', "H1", "202603101000", NULL, NULL },
		    { { 'O', "H1", "202603011000", "202603020900", NULL },
		        { 'I', "H1", "202603021000", "202603051000", "01" } },
		    "provisional", 5 },
		{ "observation is no stay", { 'i', "H1", "202603101000", NULL, NULL },
		    { { 'O', "H1", "202603011000", "202603020900", NULL } }, NULL, 0 },
	};

	check(rows, UNIT_COUNT(rows), "readmit-hwr/1", WW_flag_kind_READMISSION);
}
END_TEST

START_TEST(tells_of_a_visit_within_thirty_days)
{
	static const struct row rows[] = {
		{ "day 30", { 'e', "H2", "202604042359", NULL, NULL }, { BEFORE }, "", 30 },
		{ "day 31", { 'e', "H2", "202604050000", NULL, NULL }, { BEFORE }, NULL, 0 },
		{ "the same day", { 'e', "H2", "202603051200", NULL, NULL }, { BEFORE }, "", 0 },
		{ "observation", { 'o', "H1", "202603101000", NULL, NULL }, { BEFORE }, "", 5 },
		{ "it is over", { 'E', "H1", "202603101000", "202603101200", NULL }, { BEFORE }, "",
		    5 },
		{ "an admission is told of otherwise", { 'i', "H1", "202603101000", NULL, NULL },
		    { BEFORE }, NULL, 0 },
		{ "it came first", { 'E', "H1", "202603010800", "202603011000", NULL }, { BEFORE },
		    NULL, 0 },
		{ "after another visit", { 'e', "H1", "202603101000", NULL, NULL },
		    { { 'E', "H1", "202603051000", "202603051200", NULL } }, NULL, 0 },
	};

	check(rows, UNIT_COUNT(rows), "recent-stay/1", WW_flag_kind_RECENT_STAY);
}
END_TEST

START_TEST(says_what_it_was_when_it_is_coded)
{
	static const struct {
		const char *codes, *type, *principal, *procedure, *band, *test;
	} rows[] = {
		{ "J189", "A", NULL, NULL, "provisional", "not coded yet" },
		{ "J189", "F", NULL, NULL, "unplanned", "unplanned" },
		{ "Z5111", "F", NULL, NULL, "planned",
		    "planned: a principal diagnosis that always is" },
		/* The bill says more than the hospital's messages. */
		{ "Z5111", "F", "J189", NULL, "unplanned", "unplanned" },
		{ "J189", "F", "M1611", "0SR90J9", "planned",
		    "planned: a procedure that may be, and no acute principal diagnosis" },
		{ "J189", "F", "M1611", "27130", "unplanned", "unplanned" },
	};
	static const struct row row = { "", { 'I', "H1", "202603201000", "202603221000", "01" },
		{ BEFORE }, "", 15 };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = made_of(&row);
		struct ww_told told = { .code = ww_str_from(rows[i].principal),
			.system = WW_STR("I10"),
			.stay = 1,
			.claim = 77,
			.type = WW_STR("principal") };
		struct ww_done done = { .code = ww_str_from(rows[i].procedure),
			.system = ww_str_empty(),
			.stay = 1,
			.claim = 77 };
		const struct ww_finding *f;

		case_diagnoses(m, 1, rows[i].codes);
		m->now[0].type = ww_str_from(rows[i].type);
		case_diagnoses(m, 2, "I509");
		m->before[0].type = WW_STR("F");
		m->c.told = &told;
		m->c.told_n = rows[i].principal != NULL;
		m->c.done = &done;
		m->c.done_n = rows[i].procedure != NULL;
		f = case_judge(m, "readmit-hwr/1", WW_flag_kind_READMISSION);
		ck_assert_msg(f != NULL && strcmp(f->band, rows[i].band) == 0, "%zu: %s", i,
		    f != NULL ? f->band : "nothing found");
		unit_str_is(ww_json_str(ww_json_get(case_evidence(m, f), "test")), rows[i].test);
		ck_assert(ww_json_true(ww_json_get(case_evidence(m, f), "index")));
		unit_str_is(
		    ww_json_str(ww_json_get(case_evidence(m, f), "cohort")), "cardiorespiratory");
		unit_str_is(ww_json_str(ww_json_get(case_evidence(m, f), "from")), "H1");
		case_free(m);
	}
}
END_TEST

START_TEST(counts_a_discharge_that_a_claim_alone_tells_of)
{
	static const struct row row = { "", { 'i', "H2", "202603201000", NULL, NULL }, { { 0 } },
		"", 15 };
	struct made_case *m = made_of(&row);
	int64_t day = ww_day_of(2026, 3, 5);
	struct ww_billed billed = { .claim = 77,
		.day = day - 4,
		.class_ = WW_encounter_class_INPATIENT,
		.end = day,
		.disposition = WW_STR("01"),
		.admit_type = ww_str_empty(),
		.facility = WW_STR("H1") };
	struct ww_visit visits[] = {
		{ .class_ = WW_encounter_class_INPATIENT, .day = day - 4, .end = day, .claim = 77 },
		{ .class_ = WW_encounter_class_INPATIENT, .day = day + 15, .encounter = 1 },
	};
	const struct ww_finding *f;

	m->c.billed = &billed;
	m->c.billed_n = 1;
	m->c.visits = visits;
	m->c.visits_n = UNIT_COUNT(visits);
	f = case_judge(m, "readmit-hwr/1", WW_flag_kind_READMISSION);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(ww_json_int(ww_json_get(case_evidence(m, f), "days")), 15);
	unit_str_is(ww_json_str(ww_json_get(case_evidence(m, f), "discharged")), "2026-03-05");
	unit_str_is(ww_json_str(ww_json_get(case_evidence(m, f), "no_index")), "not coded yet");
	billed.disposition = WW_STR("20");
	ck_assert_ptr_null(case_judge(m, "readmit-hwr/1", WW_flag_kind_READMISSION));
	case_free(m);
}
END_TEST

START_TEST(takes_the_days_and_the_variant_from_the_program)
{
	static const struct row row = { "", { 'o', "H2", "202604151000", NULL, NULL }, { BEFORE },
		"", 41 };
	struct made_case *m = made_of(&row);

	m->params.v[WW_PARAM_readmit_hwr_days] = 60;
	m->params.v[WW_PARAM_recent_stay_days] = 40;
	ck_assert_ptr_null(case_judge(m, "readmit-hwr/1", WW_flag_kind_READMISSION));
	ck_assert_ptr_null(case_judge(m, "recent-stay/1", WW_flag_kind_RECENT_STAY));
	m->params.v[WW_PARAM_readmit_hwr_variant] = 1;
	m->params.v[WW_PARAM_recent_stay_days] = 41;
	ck_assert_ptr_nonnull(case_judge(m, "readmit-hwr/1", WW_flag_kind_READMISSION));
	ck_assert_ptr_nonnull(case_judge(m, "recent-stay/1", WW_flag_kind_RECENT_STAY));
	case_free(m);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tells_of_an_admission_within_thirty_days,
		tells_of_a_visit_within_thirty_days,
		says_what_it_was_when_it_is_coded,
		counts_a_discharge_that_a_claim_alone_tells_of,
		takes_the_days_and_the_variant_from_the_program,
	};

	return unit_main("readmit", tests, UNIT_COUNT(tests));
}
