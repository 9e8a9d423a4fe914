/* Who is who: by which number a person and a visit are found, whom nothing but name and birth date joins, and what operators
 * decide about it. */
#include "tests/unit/apply_fixture.h"

#define AT(time) "20260310" time

static size_t
count(struct site *s, const struct ww_entity *e)
{
	return site_rows(s, e).n;
}

static ww_str
matched(struct site *s, uint64_t seq)
{
	struct ww_message m;
	bool found;

	ww_row_init(&ww_entity_message, &m);
	m.seq = (int64_t)seq;
	site_ok(s, ww_get(&s->ledger, &s->own, message, &m, &found));
	ck_assert(found);
	return m.matched;
}

static void
matched_is(struct site *s, uint64_t seq, const char *want)
{
	unit_str_is(matched(s, seq), want);
}

/* The one review there is. */
static const struct ww_review *
the_review(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_review);

	ck_assert_uint_eq(rows.n, 1);
	return WW_ROW(&rows, review, 0);
}

/* Persons that were not merged into another. */
static size_t
people(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_person);
	size_t n = 0;

	for (size_t i = 0; i < rows.n; i++)
		n += WW_ROW(&rows, person, i)->merged_into == 0;
	return n;
}

/* Gives an order about the one review there is; why it was refused, or "". */
static const char *
order(struct site *s, const char *name)
{
	ww_str id = ww_arena_printf(s->own.arena, WW_ID_FMT, WW_ID_ARG(the_review(s)->id));
	struct ww_operator row;
	bool found;

	ww_row_init(&ww_entity_operator, &row);
	row.seq = (int64_t)site_order(s, name, ww_arena_cstr(s->own.arena, id), "seen");
	site_ok(s, ww_get(&s->ledger, &s->own, operator, & row, &found));
	ck_assert(found);
	return ww_arena_cstr(s->own.arena, row.refused);
}

/* -- by what ---------------------------------------------------------------------------------------- */

START_TEST(says_by_what_person_and_visit_were_found)
{
	struct site s;
	uint64_t seq;

	site_open(&s);
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"));
	matched_is(&s, seq, "new person; new visit");
	seq = site_does(&s, .trigger = "A08", .at = AT("1100"));
	matched_is(&s, seq, "person by PID-3 MR; visit by PV1-19");
	seq = site_does(&s, .trigger = "A08", .at = AT("1110"), .visit = "");
	matched_is(&s, seq, "person by PID-3 MR; visit by the person, who has one open, weak");
	seq = site_does(&s, .trigger = "A04", .at = AT("1200"), .pid3 = "MR77^^^NORTH^MR",
	    .visit = "", .account = "AC1", .class_ = "E");
	matched_is(&s, seq, "person by member id IN1-49; new visit");
	seq = site_does(&s, .trigger = "A08", .at = AT("1210"), .pid3 = "MR77^^^NORTH^MR",
	    .visit = "", .account = "AC1", .class_ = "E");
	matched_is(&s, seq, "person by PID-3 MR; visit by account");
	seq = site_does(&s, .trigger = "A01", .at = AT("1300"), .no_in1 = true,
	    .pid3 = "M0001^^^ACME^MB", .visit = "V78");
	matched_is(&s, seq, "person by member id PID-3.MB; new visit");
	ck_assert_uint_eq(count(&s, &ww_entity_person), 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* A family's number does not say who of it. */
START_TEST(tells_the_members_of_a_family_apart)
{
	static const struct {
		const char *how, *name, *birth;
		size_t persons;
	} rows[] = {
		{ "the same", "TESTFAMILY1^GIVEN1", "19500302", 1 },
		{ "a twin", "TESTFAMILY1^OTHER", "19500302", 2 },
		{ "a child of the same name", "TESTFAMILY1^GIVEN1", "19800302", 2 },
		{ "married", "MARRIEDNAME^GIVEN1", "19500302", 1 },
		{ "no birth date", "TESTFAMILY1^GIVEN1", "", 2 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"));
		site_does(&s, .trigger = "A01", .at = AT("1200"), .pid3 = "MR77^^^NORTH^MR",
		    .visit = "V77", .name = rows[i].name, .birth = rows[i].birth);
		ck_assert_msg(count(&s, &ww_entity_person) == rows[i].persons, "%s: %zu",
		    rows[i].how, count(&s, &ww_entity_person));
		site_close(&s);
	}
}
END_TEST

/* Where the number is the patient's own, the family name does as well as the given one. */
START_TEST(knows_by_whose_number_it_is_what_must_agree)
{
	static const struct {
		const char *how, *relationship, *pid3;
		size_t persons;
	} rows[] = {
		{ "the insured person", "SEL", NULL, 1 },
		{ "by X12", "18", NULL, 1 },
		{ "a child", "CHD", NULL, 2 },
		{ "Medicare", NULL, "MR77^^^NORTH^MR~M0001^^^CMS^MC", 1 },
		{ "a member's number", NULL, "MR77^^^NORTH^MR~M0001^^^ACME^MB", 2 },
		{ "a subscriber's", NULL, "MR77^^^NORTH^MR~M0001^^^ACME^SN", 2 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"));
		site_does(&s, .trigger = "A01", .at = AT("1200"),
		    .pid3 = rows[i].pid3 != NULL ? rows[i].pid3 : "MR77^^^NORTH^MR", .visit = "V77",
		    .name = "TESTFAMILY1^NICKNAME", .in1_17 = rows[i].relationship,
		    .no_in1 = rows[i].pid3 != NULL);
		ck_assert_msg(count(&s, &ww_entity_person) == rows[i].persons, "%s: %zu",
		    rows[i].how, count(&s, &ww_entity_person));
		site_close(&s);
	}
}
END_TEST

/* Under the number of her mother a twin has the row of her own, and never her sister's or her mother's. */
START_TEST(a_dependant_has_the_row_of_her_own)
{
	static const struct {
		const char *how, *name, *birth, *relationship, *flags;
	} rows[] = {
		{ "the mother", "LEE^ANN", "19800101", "SEL", "admission open" },
		{ "a twin", "LEE^BEA", "20100101", "CHD", "admission open" },
		{ "the other", "LEE^CYD", "20100101", "CHD", "admission open lakeside" },
		{ "a third one", "LEE^DEB", "20100101", "CHD", "" },
		{ "the mother as a dependant", "LEE^EVE", "19800101", "SPO", "" },
		{ "nothing said of whose it is", "LEE^BEA", "20100101", NULL, "admission open" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;
		uint64_t seq;

		site_open(&s);
		(void)site_edition(&s, WW_STR(SITE_ROSTER_HEADER
		                           "F1,\"LEE, ANN\",1980-01-01,F,rcca,2025-01-01,\n"
		                           "F1,\"LEE, BEA\",2010-01-01,F,rcca,2025-01-01,\n"
		                           "F1,\"LEE, CYD\",2010-01-01,F,lakeside,2025-01-01,\n"));
		seq = site_does(&s, .trigger = "A01", .at = AT("1000"), .name = rows[i].name,
		    .birth = rows[i].birth, .member = "F1", .in1_17 = rows[i].relationship);
		ck_assert_msg(strcmp(site_flags(&s), rows[i].flags) == 0, "%s: %s: %s", rows[i].how,
		    site_flags(&s), site_disposition(&s, seq));
		site_close(&s);
	}
}
END_TEST

/* A new edition of a family's rows is each one's own: who moved is no longer the practice's, her sister still is. */
START_TEST(an_edition_tells_the_members_of_a_family_apart)
{
	struct site s;

	site_open(&s);
	(void)site_edition(
	    &s, WW_STR(SITE_ROSTER_HEADER "F1,\"LEE, BEA\",2010-01-01,F,rcca,2025-01-01,\n"
	                                  "F1,\"LEE, CYD\",2010-01-01,F,rcca,2025-01-01,\n"));
	site_does(&s, .trigger = "A01", .at = AT("1000"), .name = "LEE^BEA", .birth = "20100101",
	    .member = "F1", .in1_17 = "CHD");
	site_does(&s, .trigger = "A01", .at = AT("1100"), .person = 2, .name = "LEE^CYD",
	    .birth = "20100101", .member = "F1", .in1_17 = "CHD");
	site_flags_are(&s, "admission open; admission open");
	(void)site_edition(
	    &s, WW_STR(SITE_ROSTER_HEADER "F1,\"LEE, CYD\",2010-01-01,F,rcca,2025-01-01,\n"
	                                  "F1,\"LEE, BEA\",2010-01-01,F,lakeside,2025-01-01,\n"));
	site_apply(&s);
	site_flags_are(&s, "admission retracted; admission open; admission open lakeside");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The order in which a hospital tells of its numbers does not matter. */
START_TEST(joins_two_who_turn_out_to_have_a_number_in_common)
{
	struct site s;
	uint64_t seq;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_does(&s, .trigger = "A01", .at = AT("1100"), .pid3 = "MR77^^^NORTH^MR",
	    .visit = "V77^^^NORTH", .name = "MARRIEDNAME^GIVEN1", .no_in1 = true);
	ck_assert_uint_eq(people(&s), 2);
	site_does(&s, .trigger = "A08", .at = AT("1200"), .pid3 = "MR77^^^NORTH^MR",
	    .visit = "V77^^^NORTH", .name = "MARRIEDNAME^GIVEN1");
	ck_assert_uint_eq(people(&s), 1);
	ck_assert_str_eq(ww_review_state_text(the_review(&s)->state), "one");
	unit_str_is(the_review(&s)->kind, "number");
	/* Both numbers are good as before. */
	seq = site_does(&s, .trigger = "A08", .at = AT("1300"), .name = "THIRDNAME^GIVEN1");
	matched_is(&s, seq, "person by PID-3 MR; visit by PV1-19");
	ck_assert_uint_eq(people(&s), 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- the list --------------------------------------------------------------------------------------- */

/* Two records of somebody who has no number in common with herself; the second one's practice is unknown. */
static void
two_alike(struct site *s)
{
	site_open(s);
	site_does(s, .trigger = "A01", .at = AT("1000"));
	site_does(s, .trigger = "A01", .at = AT("1200"), .pid3 = "MR77^^^NORTH^MR",
	    .visit = "V77^^^NORTH", .no_in1 = true);
}

START_TEST(joins_nobody_by_name_and_birth_date_alone)
{
	struct site s;

	two_alike(&s);
	ck_assert_uint_eq(people(&s), 2);
	ck_assert_str_eq(ww_review_state_text(the_review(&s)->state), "open");
	unit_str_is(the_review(&s)->kind, "demographics");
	site_flags_are(&s, "admission open"); /* of the first alone */
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(an_operator_makes_them_one_and_two_again)
{
	struct site s;

	two_alike(&s);
	ck_assert_str_eq(
	    order(&s, "match-undo"), "WW-216 neither of the two is merged into the other");
	ck_assert_str_eq(order(&s, "match-accept"), "");
	ck_assert_uint_eq(people(&s), 1);
	site_flags_are(&s, "admission open; admission open");
	ck_assert_str_eq(order(&s, "match-accept"), "WW-216 they are one person already");
	ck_assert_str_eq(order(&s, "match-undo"), "");
	ck_assert_uint_eq(people(&s), 2);
	site_flags_are(&s, "admission open; admission retracted");
	ck_assert_str_eq(ww_review_state_text(the_review(&s)->state), "two");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(remembers_that_they_are_two)
{
	struct site s;

	two_alike(&s);
	ck_assert_str_eq(order(&s, "match-reject"), "");
	ck_assert_str_eq(order(&s, "match-reject"), "WW-216 they are two already");
	/* a number in common joins them no more, */
	site_does(&s, .trigger = "A08", .at = AT("1300"), .pid3 = "MR77^^^NORTH^MR",
	    .visit = "V77^^^NORTH");
	ck_assert_uint_eq(people(&s), 2);
	/* and a merge by the hospital brings them on the list again. */
	site_does(&s, .trigger = "A40", .at = AT("1400"), .visit = "", .mrg1 = "MR77^^^NORTH^MR");
	ck_assert_uint_eq(people(&s), 2);
	ck_assert_str_eq(ww_review_state_text(the_review(&s)->state), "open");
	ck_assert_str_eq(order(&s, "match-accept"), "");
	ck_assert_uint_eq(people(&s), 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

static ww_str
family_of(struct site *s, const char *visit)
{
	struct ww_rows rows = site_rows(s, &ww_entity_encounter);
	struct ww_person p;
	bool found = false;

	ww_row_init(&ww_entity_person, &p);
	for (size_t i = 0; i < rows.n; i++) {
		if (ww_str_is(WW_ROW(&rows, encounter, i)->visit, visit))
			p.id = WW_ROW(&rows, encounter, i)->person;
	}
	site_ok(s, ww_get(&s->ledger, &s->own, person, &p, &found));
	ck_assert(found);
	return p.family;
}

/* A hospital merges two who hardly are one; it is done, an operator hears of it and takes it back, and what came
 * meanwhile goes back with the one it was of. */
START_TEST(a_merge_that_looks_wrong_is_listed_and_undone)
{
	struct site s;
	uint64_t seq;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_does(&s, .trigger = "A01", .at = AT("1100"), .person = 2, .name = "OTHER^SOMEONE",
	    .birth = "19610101", .member = "M0099");
	site_flags_are(&s, "admission open");
	site_does(&s, .trigger = "A40", .at = AT("1200"), .visit = "", .mrg1 = "MR2^^^MERCY^MR");
	site_flags_are(&s, "admission open; admission open");
	unit_str_is(the_review(&s)->kind, "overlay");
	ck_assert_str_eq(ww_review_state_text(the_review(&s)->state), "open");
	seq = site_does(&s, .trigger = "A01", .at = AT("1300"), .person = 2,
	    .name = "OTHER^SOMEONE", .birth = "19610101", .member = "M0099", .visit = "V3");
	matched_is(&s, seq, "person by PID-3 MR that was merged; new visit");
	unit_str_is(family_of(&s, "V3"), "TESTFAMILY1");
	ck_assert_str_eq(order(&s, "match-reject"), "");
	unit_str_is(family_of(&s, "V1"), "TESTFAMILY1");
	unit_str_is(family_of(&s, "V2"), "OTHER");
	unit_str_is(family_of(&s, "V3"), "OTHER");
	site_flags_are(&s, "admission open; admission retracted; admission retracted");
	seq = site_does(&s, .trigger = "A03", .at = AT("1400"), .person = 2,
	    .name = "OTHER^SOMEONE", .birth = "19610101", .member = "M0099");
	matched_is(&s, seq, "person by PID-3 MR; visit by PV1-19");
	unit_str_is(family_of(&s, "V2"), "OTHER");
	ck_assert_uint_eq(people(&s), 2);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* A merge that an operator says was right stays on no list, and may be undone later. */
START_TEST(a_merge_that_was_right_can_be_undone_later)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_does(&s, .trigger = "A01", .at = AT("1100"), .person = 2);
	site_does(&s, .trigger = "A40", .at = AT("1200"), .visit = "", .mrg1 = "MR2^^^MERCY^MR");
	unit_str_is(the_review(&s)->kind, "merge");
	ck_assert_str_eq(ww_review_state_text(the_review(&s)->state), "one");
	ck_assert_uint_eq(people(&s), 1);
	ck_assert_str_eq(order(&s, "match-reject"), "WW-216 they are one person already: undo it");
	ck_assert_str_eq(order(&s, "match-undo"), "");
	ck_assert_uint_eq(people(&s), 2);
	unit_str_is(family_of(&s, "V2"), "TESTFAMILY2");
	site_flags_are(&s, "admission open; admission open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The same day with and without authorities ends in one person and one stay, whichever comes first. */
START_TEST(an_authority_that_comes_and_goes_splits_nobody)
{
	static const char *const ids[] = { "MR1^^^MERCY^MR", "MR1" };
	static const char *const visits[] = { "V1^^^MERCY", "V1" };

	for (size_t first = 0; first < 2; first++) {
		struct site s;
		struct ww_rows stays;
		uint64_t seq;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"), .pid3 = ids[first],
		    .visit = visits[first], .no_in1 = true);
		seq = site_does(&s, .trigger = "A08", .at = AT("1100"), .pid3 = ids[1 - first],
		    .visit = visits[1 - first], .no_in1 = true);
		matched_is(&s, seq,
		    "person by PID-3 MR, authority left out; visit by PV1-19, authority left out");
		site_does(&s, .trigger = "A03", .at = AT("1200"), .pid3 = ids[first],
		    .visit = visits[first], .no_in1 = true);
		ck_assert_uint_eq(people(&s), 1);
		ck_assert_uint_eq(count(&s, &ww_entity_encounter), 1);
		stays = site_rows(&s, &ww_entity_encounter);
		unit_str_is(WW_ROW(&stays, encounter, 0)->visit_system, "MERCY");
		/* Somebody else under that number is somebody else. */
		site_does(&s, .trigger = "A01", .at = AT("1300"), .pid3 = "MR1^^^NORTH^MR",
		    .visit = "V9", .name = "OTHER^SOMEONE", .birth = "19800101", .no_in1 = true);
		ck_assert_uint_eq(people(&s), 2);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { says_by_what_person_and_visit_were_found,
		tells_the_members_of_a_family_apart, knows_by_whose_number_it_is_what_must_agree,
		a_dependant_has_the_row_of_her_own, an_edition_tells_the_members_of_a_family_apart,
		joins_two_who_turn_out_to_have_a_number_in_common,
		joins_nobody_by_name_and_birth_date_alone, an_operator_makes_them_one_and_two_again,
		remembers_that_they_are_two, a_merge_that_looks_wrong_is_listed_and_undone,
		a_merge_that_was_right_can_be_undone_later,
		an_authority_that_comes_and_goes_splits_nobody };

	return unit_main("match", tests, UNIT_COUNT(tests));
}
