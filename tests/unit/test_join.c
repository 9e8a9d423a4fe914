/* Which stay an authorization or a claim is of. */
#include "tests/unit/unit.h"

#include <wardwire/time.h>

#include "model/join.h"

static ww_time
time_of(const char *fhir)
{
	ww_time t = { 0 };

	ck_assert_msg(fhir[0] == '\0' ||
	                  ww_time_fhir(ww_str_from(fhir), ww_zone_find("America/New_York"), &t),
	    "%s", fhir);
	return t;
}

/* Stays of one person. */
static const struct said {
	const char *visit, *account, *authorization, *facility, *start, *inpatient, *end;
	enum ww_encounter_class class_;
	enum ww_encounter_status status;
	int64_t merged_into;
} stays[] = {
	{ "V1", "A1", "", "SVH", "2026-03-01T22:00:00-05:00", "2026-03-02T01:00:00-05:00",
	    "2026-03-06", WW_encounter_class_INPATIENT, WW_encounter_status_FINISHED, 0 },
	{ "V2", "A2", "PA2", "1234567893", "2026-04-10", "2026-04-10", "",
	    WW_encounter_class_INPATIENT, WW_encounter_status_IN_PROGRESS, 0 },
	{ "V3", "A3", "", "SVH", "2026-05-01", "2026-05-01", "", WW_encounter_class_INPATIENT,
	    WW_encounter_status_CANCELLED, 0 },
	{ "V4", "A4", "", "SVH", "2026-06-01", "2026-06-01", "", WW_encounter_class_INPATIENT,
	    WW_encounter_status_IN_PROGRESS, 7 },
	{ "V5", "A5", "", "SVH", "2026-07-01", "", "", WW_encounter_class_OUTPATIENT,
	    WW_encounter_status_FINISHED, 0 },
	{ "V6", "A6", "", "SVH", "2026-08-01", "", "", WW_encounter_class_ED,
	    WW_encounter_status_FINISHED, 0 },
};
enum { STAYS = UNIT_COUNT(stays) };

static struct ww_encounter *
all_stays(void)
{
	static struct ww_encounter v[STAYS];

	for (size_t i = 0; i < STAYS; i++) {
		struct ww_encounter *e = &v[i];

		ww_row_init(&ww_entity_encounter, e);
		e->id = (int64_t)i + 1;
		e->visit = ww_str_from(stays[i].visit);
		e->visit_system = WW_STR("SVH");
		e->account = ww_str_from(stays[i].account);
		e->authorization = ww_str_from(stays[i].authorization);
		e->alternates = i == 0 ? WW_STR("EPIC:OLD1 EPIC:OLD2") : ww_str_empty();
		e->facility = ww_str_from(stays[i].facility);
		e->start = time_of(stays[i].start);
		e->inpatient_start = time_of(stays[i].inpatient);
		e->end = time_of(stays[i].end);
		e->ed_start = stays[i].class_ == WW_encounter_class_ED ? e->start : (ww_time){ 0 };
		e->class_ = stays[i].class_;
		e->status = stays[i].status;
		e->merged_into = stays[i].merged_into;
	}
	return v;
}

static const char *
visit_of(struct ww_joined j)
{
	return j.stay == NULL ? "" : stays[j.stay->id - 1].visit;
}

START_TEST(an_authorization_is_of_the_stay_that_its_numbers_or_its_day_name)
{
	static const struct {
		const char *granted, *visit_system, *visit, *account, *facility, *requested;
		int inpatient;
		const char *want, *by;
	} rows[] = {
		{ "PA2", "", "", "", "", "", 1, "V2", "authorization number" },
		{ "PA2", "", "", "", "", "2026-03-02", 1, "V2", "authorization number" },
		{ "PA9", "", "", "", "", "", 1, "", "" },
		{ "", "SVH", "V1", "", "", "", 0, "V1", "visit number" },
		{ "", "", "V1", "", "", "", 0, "V1", "visit number" },
		{ "", "OTHER", "V1", "", "", "", 0, "", "" },
		{ "", "EPIC", "OLD2", "", "", "", 0, "V1", "visit number" },
		{ "", "EPIC", "LD2", "", "", "", 0, "", "" },
		{ "", "", "", "A1", "", "", 0, "V1", "account number" },
		{ "", "", "V3", "", "", "", 1, "", "" }, /* cancelled */
		{ "", "", "V4", "", "", "", 1, "", "" }, /* merged into another */
		{ "", "", "", "", "", "2026-03-02", 1, "V1", "person and date" },
		{ "", "", "", "", "", "2026-03-05", 1, "V1", "person and date" },
		{ "", "", "", "", "", "2026-02-27", 1, "V1", "person and date" },
		{ "", "", "", "", "", "2026-03-06", 1, "", "" },
		{ "", "", "", "", "", "2026-02-26", 1, "", "" },
		{ "", "", "", "", "", "2026-03-02", 0, "", "" }, /* a referral is of no stay */
		{ "", "", "", "", "", "2026-03", 1, "", "" },    /* no day */
		{ "", "", "", "", "1245319599", "2026-04-10", 1, "", "" }, /* two NPIs */
		{ "", "", "", "", "1234567893", "2026-04-10", 1, "V2", "person and date" },
		{ "", "", "", "", "Mercy", "2026-04-10", 1, "V2", "person and date" },
		{ "", "", "", "", "", "2026-05-01", 1, "", "" }, /* cancelled */
		{ "", "", "", "", "", "2026-07-01", 1, "", "" }, /* an outpatient's visit */
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_authorization a;
		struct ww_joined j;

		ww_row_init(&ww_entity_authorization, &a);
		a.granted = ww_str_from(rows[i].granted);
		a.visit_system = ww_str_from(rows[i].visit_system);
		a.visit = ww_str_from(rows[i].visit);
		a.account = ww_str_from(rows[i].account);
		a.facility = ww_str_from(rows[i].facility);
		a.requested = time_of(rows[i].requested);
		a.inpatient = rows[i].inpatient;
		j = ww_join_authorization(&a, all_stays(), STAYS);
		ck_assert_msg(ww_str_is(ww_str_from(visit_of(j)), rows[i].want), "row %zu: %s", i,
		    visit_of(j));
		ck_assert_str_eq(j.by, rows[i].by);
	}
}
END_TEST

START_TEST(a_claim_is_of_the_stay_that_began_that_day_or_went_on)
{
	static const struct {
		const char *account, *start;
		enum ww_encounter_class class_;
		const char *want;
	} rows[] = {
		{ "A2", "2020-01-01", WW_encounter_class_UNKNOWN, "V2" },
		{ "", "2026-03-01", WW_encounter_class_INPATIENT, "V1" },
		{ "", "2026-02-28", WW_encounter_class_INPATIENT, "V1" },
		{ "", "2026-02-27", WW_encounter_class_INPATIENT, "" },
		{ "", "2026-03-04", WW_encounter_class_INPATIENT,
		    "V1" }, /* a doctor's bill for a day of it */
		{ "", "2026-03-08", WW_encounter_class_INPATIENT, "" },
		{ "", "2026-03-02", WW_encounter_class_OUTPATIENT, "" },
		{ "", "2026-08-01", WW_encounter_class_ED, "V6" },
		{ "", "2026-07-01", WW_encounter_class_ED,
		    "" }, /* the visit to the office is none */
		{ "", "", WW_encounter_class_ED, "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_claim c;
		const char *got;

		ww_row_init(&ww_entity_claim, &c);
		c.account = ww_str_from(rows[i].account);
		c.start = time_of(rows[i].start);
		c.class_ = rows[i].class_;
		got = visit_of(ww_join_claim(&c, all_stays(), STAYS));
		ck_assert_msg(ww_str_is(ww_str_from(got), rows[i].want), "row %zu: %s", i, got);
	}
}
END_TEST

START_TEST(of_two_stays_as_near_the_one_at_that_place_is_it)
{
	struct ww_encounter v[2];
	struct ww_authorization a;

	for (int i = 0; i < 2; i++) {
		ww_row_init(&ww_entity_encounter, &v[i]);
		v[i].id = i + 1;
		v[i].facility = i == 0 ? WW_STR("NORTH") : WW_STR("SOUTH");
		v[i].status = WW_encounter_status_IN_PROGRESS;
		v[i].start = v[i].inpatient_start = time_of("2026-03-02");
	}
	ww_row_init(&ww_entity_authorization, &a);
	a.inpatient = 1;
	a.requested = time_of("2026-03-02");
	a.facility = WW_STR("south");
	ck_assert_int_eq(ww_join_authorization(&a, v, 2).stay->id, 2);
	a.facility = WW_STR("north");
	ck_assert_int_eq(ww_join_authorization(&a, v, 2).stay->id, 1);
	a.requested = time_of("2026-03-03");
	v[1].start = v[1].inpatient_start = time_of("2026-03-03");
	ck_assert_int_eq(ww_join_authorization(&a, v, 2).stay->id, 2); /* nearer */
}
END_TEST

START_TEST(a_day_is_the_one_that_was_written)
{
	ck_assert_int_eq(
	    ww_written_day(time_of("2026-03-01T22:00:00-05:00")), ww_day_of(2026, 3, 1));
	ck_assert_int_eq(ww_written_day(time_of("2026-03-01T22:00:00Z")), ww_day_of(2026, 3, 1));
	ck_assert_int_eq(ww_written_day(time_of("2026-03-01")), ww_day_of(2026, 3, 1));
	ck_assert_int_eq(ww_written_day(time_of("1969-12-31")), -1);
	ck_assert_int_eq(ww_written_day(time_of("1969-12-31T23:59:59Z")), -1);
	ck_assert_int_eq(ww_written_day(time_of("2026-03")), 0);
	ck_assert_int_eq(ww_written_day(time_of("")), 0);
}
END_TEST

START_TEST(what_no_stay_is_of_may_be_of_one_that_was_cancelled)
{
	static const struct {
		const char *visit, *requested, *want;
	} rows[] = {
		{ "V3", "", "V3" },
		{ "", "2026-05-02", "V3" },
		{ "", "2026-05-20", "" },
		{ "V2", "2026-05-02", "" }, /* of one that stands */
		{ "", "2026-04-11", "" },
	};
	struct ww_encounter *v = all_stays();

	v[2].cancelled = time_of("2026-05-01T10:00:00-04:00");
	v[2].cancelled_start = time_of("2026-05-01");
	v[2].start = v[2].inpatient_start = (ww_time){ 0 }; /* as the fold leaves it */
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_authorization a;

		ww_row_init(&ww_entity_authorization, &a);
		a.inpatient = 1;
		a.visit = ww_str_from(rows[i].visit);
		a.requested = time_of(rows[i].requested);
		ck_assert_str_eq(visit_of(ww_join_cancelled(&a, v, STAYS)), rows[i].want);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_authorization_is_of_the_stay_that_its_numbers_or_its_day_name,
		a_claim_is_of_the_stay_that_began_that_day_or_went_on,
		of_two_stays_as_near_the_one_at_that_place_is_it,
		a_day_is_the_one_that_was_written,
		what_no_stay_is_of_may_be_of_one_that_was_cancelled,
	};

	return unit_main("join", tests, UNIT_COUNT(tests));
}
