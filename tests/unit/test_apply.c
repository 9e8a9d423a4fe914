/* Messages through the whole chain into a ledger in memory: flags, what is owed, and what must change nothing. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#include <wardwire/log.h>

#include <unistd.h>

/* Times of most tests: all on 2026-03-02 in the zone of the feed. */
#define AT(hhmm) "20260302" hhmm
#define LATER(day, hhmm) "202603" day hhmm

/* -- stays ------------------------------------------------------------------------------------------ */

START_TEST(admits_once_however_often_it_is_told)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_flags_are(&s, "admission open");
	site_outbox_is(&s, "Task stay due create");
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_does(&s, .trigger = "A01", .at = AT("1030"), .in = AT("1000"));
	site_does(&s, .trigger = "A08", .at = AT("1100"));
	site_does(&s, .trigger = "A06", .at = AT("1200"), .in = AT("1000"), .evn6 = AT("1000"));
	site_flags_are(&s, "admission open");
	site_outbox_is(&s, "Task stay due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* One visit, by A06 or by A01: an arrival to know of, one admission to act on. */
START_TEST(admits_from_the_emergency_department_once)
{
	static const struct {
		const char *how;
		struct said second;
	} rows[] = {
		{ "A06", { .trigger = "A06", .at = AT("1300") } },
		{ "A06 that repeats the arrival",
		    { .trigger = "A06", .at = AT("1300"), .in = AT("0900") } },
		{ "A01", { .trigger = "A01", .at = AT("1300") } },
		{ "A01 that repeats the arrival",
		    { .trigger = "A01", .at = AT("1300"), .in = AT("0900") } },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_rows stays;
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A04", .at = AT("0900"), .in = AT("0900"), .class_ = "E");
		site_flags_are(&s, "ed-arrival open");
		site_outbox_is(&s, "Communication ed-arrival due create");
		site_tells(&s, rows[i].second);
		ck_assert_msg(strcmp(site_flags(&s), "ed-arrival open; admission open") == 0,
		    "%s: %s", rows[i].how, site_flags(&s));
		stays = site_rows(&s, &ww_entity_encounter);
		ck_assert_uint_eq(stays.n, 1);
		ck_assert_int_eq(
		    WW_ROW(&stays, encounter, 0)->inpatient_start.ms, site_ms(AT("1300")));
		ck_assert_int_eq(WW_ROW(&stays, encounter, 0)->ed_start.ms, site_ms(AT("0900")));
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* All within the minute that EVN-2 names, or the day. */
START_TEST(admits_again_what_was_cancelled_in_the_same_minute)
{
	static const char *const times[] = { AT("1000"), "20260302" };

	for (size_t i = 0; i < UNIT_COUNT(times); i++) {
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = times[i]);
		site_does(&s, .trigger = "A11", .at = times[i]);
		site_does(&s, .trigger = "A01", .at = times[i]);
		site_flags_are(&s, "admission retracted; admission open #2");
		site_does(&s, .trigger = "A11", .at = times[i]);
		site_flags_are(&s, "admission retracted; admission retracted #2");
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(scores_the_risk_at_discharge)
{
	struct ww_rows flags;
	const struct ww_flag *risk;
	struct site s;

	site_open(&s);
	/* L 4 days: 4, A type E: 3, C heart failure: 2, E none: 0 */
	site_does(&s, .trigger = "A01", .at = AT("1000"), .type = "E", .dx = "I50.9");
	site_does(&s, .trigger = "A03", .at = LATER("06", "1200"), .to = "01");
	site_flags_are(&s, "admission open; discharge open; readmission-risk open");
	site_outbox_is(&s, "Task stay due update");
	flags = site_rows(&s, &ww_entity_flag);
	risk = WW_ROW(&flags, flag, 2);
	unit_str_is(risk->rule, "lace/1");
	unit_str_is(risk->band, "moderate");
	ck_assert(risk->score == 9 && risk->low == 9 && risk->high == 9);
	/* The final codes come after the discharge: the same flag says more. */
	site_does(&s, .trigger = "A08", .at = LATER("08", "0900"), .dx = "I50.9 C78.0");
	flags = site_rows(&s, &ww_entity_flag);
	risk = WW_ROW(&flags, flag, 2);
	ck_assert_int_eq(risk->score, 4 + 3 + 5);
	unit_str_is(risk->band, "high");
	site_flags_are(&s, "admission open; discharge open; readmission-risk open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(tells_of_an_emergency_visit_and_its_end)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	site_does(&s, .trigger = "A03", .at = AT("1200"), .class_ = "E", .to = "01");
	site_flags_are(&s, "ed-arrival open; ed-discharge open");
	site_outbox_is(&s, "Communication ed-arrival due create; "
	                   "Communication ed-discharge due create");
	site_close(&s);
}
END_TEST

/* A discharge that comes first says so; the admission that comes late fills in and is no news. */
START_TEST(raises_no_admission_of_a_stay_that_is_over)
{
	struct ww_rows stays;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .in = AT("1000"));
	site_flags_are(&s, "discharge open; readmission-risk open");
	stays = site_rows(&s, &ww_entity_encounter);
	ck_assert_int_eq(WW_ROW(&stays, encounter, 0)->admit_missing, 1);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .type = "R");
	site_flags_are(&s, "discharge open; readmission-risk open");
	stays = site_rows(&s, &ww_entity_encounter);
	ck_assert_int_eq(WW_ROW(&stays, encounter, 0)->admit_missing, 0);
	ck_assert_int_eq(WW_ROW(&stays, encounter, 0)->status, WW_encounter_status_FINISHED);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(retracts_what_the_hospital_takes_back)
{
	struct ww_rows flags;
	struct site s;
	uint64_t seq;

	site_open(&s);
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	site_does(&s, .trigger = "A06", .at = AT("1300"));
	site_does(&s, .trigger = "A11", .at = AT("1400"));
	site_flags_are(&s, "ed-arrival open; admission retracted");
	site_does(&s, .trigger = "A06", .at = AT("1500"));
	site_flags_are(&s, "ed-arrival open; admission retracted; admission open #2");
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	seq = site_does(&s, .trigger = "A13", .at = LATER("05", "1130"));
	site_flags_are(&s, "ed-arrival open; admission retracted; admission open #2; "
	                   "discharge retracted; readmission-risk retracted");
	flags = site_rows(&s, &ww_entity_flag);
	unit_str_is(WW_ROW(&flags, flag, 1)->reason,
	    "the hospital cancelled the admission or registration");
	unit_str_is(WW_ROW(&flags, flag, 3)->reason, "the hospital cancelled the discharge");
	ck_assert_int_eq(WW_ROW(&flags, flag, 3)->retracted_by, (int64_t)seq);
	/* A class that was wrong is taken back by a newer version of the same message. */
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 2);
	site_does(&s, .trigger = "A01", .at = AT("1100"), .person = 2, .class_ = "O");
	flags = site_rows(&s, &ww_entity_flag);
	unit_str_is(WW_ROW(&flags, flag, flags.n - 1)->reason,
	    "a later message of the hospital changed the stay");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(gives_each_practice_its_own_task)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 20);
	site_flags_are(&s, "admission open; admission open lakeside");
	site_outbox_is(&s, "Task stay due create; Task stay due create lakeside");
	ck_assert(!ww_str_eq(site_row(&s, 0).key, site_row(&s, 1).key));
	unit_str_is(site_row(&s, 1).endpoint, "lakeside-ehr");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(sends_nothing_of_a_feed_that_is_observed)
{
	struct site s;
	uint64_t seq;

	site_open(&s);
	(void)site_config(&s, SITE_CONFIG_WITH(", state: observe"));
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_flags_are(&s, "admission open");
	site_outbox_is(&s, "");
	ck_assert_str_eq(
	    site_disposition(&s, seq), "applied: the feed is in state observe: nothing is sent");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(sends_nothing_of_a_test_message)
{
	static const struct {
		const char *id; /* MSH-11 */
		const char *became, *outbox;
	} rows[] = {
		{ "P", "applied", "Task stay due create" },
		{ "p", "applied", "Task stay due create" },
		{ "P^T", "applied", "Task stay due create" },
		{ "", "applied", "Task stay due create" },
		{ "T", "test: MSH-11 is not P: nothing of a test is sent", "" },
		{ "D", "test: MSH-11 is not P: nothing of a test is sent", "" },
		{ "t^I", "test: MSH-11 is not P: nothing of a test is sent", "" },
		{ "X", "test: MSH-11 is not P: nothing of a test is sent", "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;
		uint64_t seq;

		site_open(&s);
		seq = site_does(&s, .trigger = "A01", .at = AT("1000"), .msh11 = rows[i].id);
		ck_assert_str_eq(site_disposition(&s, seq), rows[i].became);
		site_flags_are(&s, "admission open");
		site_outbox_is(&s, rows[i].outbox);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* A test is of other people and other stays, whatever numbers it has: it neither ends a stay nor counts as history. */
START_TEST(keeps_tests_apart_from_what_is_real)
{
	struct ww_rows rows;
	struct site s;
	uint64_t seq;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	seq = site_does(&s, .trigger = "A03", .at = AT("1100"), .msh11 = "T");
	ck_assert_str_eq(
	    site_disposition(&s, seq), "test: MSH-11 is not P: nothing of a test is sent");
	site_does(&s, .trigger = "A08", .at = AT("1130"), .name = "OTHER^SOMEONE", .msh11 = "T");
	site_does(
	    &s, .trigger = "A11", .at = AT("1200"), .no_in1 = true, .visit = "", .msh11 = "T");
	site_outbox_is(&s, "Task stay due create");
	rows = site_rows(&s, &ww_entity_encounter);
	ck_assert_int_eq(WW_ROW(&rows, encounter, 0)->status, WW_encounter_status_IN_PROGRESS);
	rows = site_rows(&s, &ww_entity_person);
	unit_str_is(WW_ROW(&rows, person, 0)->family, "TESTFAMILY1");
	ck_assert_int_eq(WW_ROW(&rows, person, 0)->test, 0);
	ck_assert_int_eq(WW_ROW(&rows, person, 1)->test, 1);

	/* And what is real is none of the tests'. */
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	site_outbox_is(&s, "Task stay due update");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(replaces_diagnoses_by_newer_ones_only)
{
	struct ww_rows dx;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .dx = "I50.9 e11.9");
	site_does(&s, .trigger = "A08", .at = AT("1200"), .dx = "J44.1");
	dx = site_rows(&s, &ww_entity_diagnosis);
	ck_assert_uint_eq(dx.n, 1);
	unit_str_is(WW_ROW(&dx, diagnosis, 0)->code, "J441");
	site_does(&s, .trigger = "A08", .at = AT("1100"), .dx = "Z99"); /* late */
	site_does(&s, .trigger = "A08", .at = AT("1300"));              /* says nothing */
	dx = site_rows(&s, &ww_entity_diagnosis);
	ck_assert_uint_eq(dx.n, 1);
	unit_str_is(WW_ROW(&dx, diagnosis, 0)->code, "J441");
	site_close(&s);
}
END_TEST

/* "" deletes what stands in its place; of a list of diagnoses, all of it unless there are others. */
/* That we closed the visit ourselves is no word of the hospital's, beside which what was held up would be old. */
START_TEST(takes_diagnoses_that_were_held_up_till_we_closed_the_visit)
{
	struct ww_buf none = { 0 };
	struct ww_rows dx, stays;
	struct site s;
	struct said m = { .trigger = "A08",
		.class_ = "E",
		.at = "202603021100",
		.in = "202603021000",
		.dx = "I50.9" };

	site_open(&s);
	site_does(&s, .trigger = "A04", .class_ = "E", .at = "202603021000", .in = "202603021000");
	(void)site_record(&s, WW_REC_TICK, site_ms("202603081000"), &none);
	site_apply(&s);
	stays = site_rows(&s, &ww_entity_encounter);
	ck_assert_int_eq(WW_ROW(&stays, encounter, 0)->closed, 1);
	(void)site_message(&s, "mercy", site_bytes(&s, &m), site_ms("202603081100"));
	site_apply(&s);
	dx = site_rows(&s, &ww_entity_diagnosis);
	ck_assert_uint_eq(dx.n, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(deletes_diagnoses_when_the_hospital_does)
{
	static const struct {
		const char *dx, *left;
	} rows[] = { { "\"\"", "" }, { "\"\" J44.1", "J441" }, { "J44.1 \"\"", "J441" } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_rows dx;
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"), .dx = "I50.9 E11.9");
		site_does(&s, .trigger = "A08", .at = AT("0900"), .dx = "\"\""); /* late */
		ck_assert_uint_eq(site_rows(&s, &ww_entity_diagnosis).n, 2);
		site_does(&s, .trigger = "A08", .at = AT("1200"), .dx = rows[i].dx);
		dx = site_rows(&s, &ww_entity_diagnosis);
		ck_assert_uint_eq(dx.n, rows[i].left[0] != '\0');
		if (dx.n > 0)
			unit_str_is(WW_ROW(&dx, diagnosis, 0)->code, rows[i].left);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* -- duplicates ------------------------------------------------------------------------------------- */

/* The dump without the rows of messages and of the cursor, which say that something came in. */
static void
dump_rest(struct site *s, struct ww_buf *out)
{
	struct ww_buf all = { 0 };
	ww_str rest;

	site_dump(s, &s->ledger, &all);
	rest = ww_buf_view(&all);
	ww_buf_clear(out);
	while (rest.n > 0) {
		ww_str line = ww_str_cut(rest, '\n', &rest);

		if (ww_str_starts(line, WW_STR("{\"message\"")) ||
		    ww_str_starts(line, WW_STR("{\"cursor\"")))
			continue;
		ww_buf_str_add(out, line);
		ww_buf_byte(out, '\n');
	}
	ww_buf_free(&all);
}

START_TEST(changes_nothing_by_a_message_that_comes_again)
{
	static const struct said day[] = {
		{ .trigger = "A04", .at = AT("0900"), .class_ = "E", .control = "1" },
		{ .trigger = "A06", .at = AT("1300"), .control = "2", .dx = "I50.9" },
		{ .trigger = "A11", .at = AT("1310"), .control = "3" },
		{ .trigger = "A06", .at = AT("1330"), .control = "4" },
		{ .trigger = "A03", .at = LATER("05", "1100"), .control = "5", .to = "01" },
		{ .trigger = "A13", .at = LATER("05", "1200"), .control = "6" },
		{ .trigger = "A03", .at = LATER("06", "1100"), .control = "7", .to = "01" },
	};
	struct ww_buf before = { 0 }, after = { 0 };
	struct site s;

	site_open(&s);
	for (size_t i = 0; i < UNIT_COUNT(day); i++)
		site_tells(&s, day[i]);
	dump_rest(&s, &before);
	for (size_t i = 0; i < UNIT_COUNT(day); i++) {
		uint64_t seq = site_tells(&s, day[i]);
		const char *want = ww_arena_printf(
		    s.own.arena, "duplicate: the same message as journal %d", (int)(4 + i))
		                       .p;

		ck_assert_str_eq(site_disposition(&s, seq), want);
		ck_assert_int_eq(site_message_row(&s, seq).first, (int64_t)(4 + i));
		ck_assert_int_ne(site_message_row(&s, seq).encounter, 0);
	}
	dump_rest(&s, &after);
	site_same(ww_buf_view(&before), ww_buf_view(&after), "before and after");
	site_rebuilds(&s);
	ww_buf_free(&before);
	ww_buf_free(&after);
	site_close(&s);
}
END_TEST

START_TEST(takes_for_a_duplicate_only_what_is_one)
{
	static const struct said others[] = {
		{ .feed = "north" }, { .msh3 = "ADT2" }, { .msh4 = "MERCY2" }, { .control = "2" },
		{ .dx = "I50.9" }, /* a counter that began again */
	};
	struct said first = { .trigger = "A01", .at = AT("1000"), .control = "1" };
	struct site s;
	uint64_t seq;

	site_open(&s);
	site_tells(&s, first);
	for (size_t i = 0; i < UNIT_COUNT(others); i++) {
		struct said m = others[i];

		m.trigger = first.trigger;
		m.at = first.at;
		m.control = m.control == NULL ? first.control : m.control;
		seq = site_tells(&s, m);
		ck_assert_msg(site_message_row(&s, seq).disposition == WW_disposition_APPLIED,
		    "%zu: %s", i, site_disposition(&s, seq));
	}
	seq = site_tells(&s, first);
	ck_assert_str_eq(site_disposition(&s, seq), "duplicate: the same message as journal 4");
	site_close(&s);
}
END_TEST

/* -- what cannot be applied ------------------------------------------------------------------------- */

#define LONE_REASON "quarantined: WW-216 feed no feed of that name in the configuration in force"

START_TEST(sets_a_record_aside_and_applies_those_around_it)
{
	static const size_t places[] = { 0, 1, 2, 3 };

	ww_log_set_level(WW_LOG_ERROR);
	for (size_t i = 0; i < UNIT_COUNT(places); i++) {
		uint64_t bad = 0;
		struct site s;

		site_open(&s);
		for (size_t k = 0; k < 4; k++) {
			struct said m = {
				.trigger = "A01", .at = AT("1000"), .person = (int)k + 1
			};

			m.feed = k == places[i] ? "nobody" : NULL;
			bad = k == places[i] ? site_says(&s, m) : (site_says(&s, m), bad);
		}
		site_apply(&s);
		ck_assert_str_eq(site_disposition(&s, bad), LONE_REASON);
		site_flags_are(&s, "admission open; admission open; admission open");
		ck_assert_uint_eq(ww_apply_cursor(s.apply), 7);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(passes_several_bad_records_and_nothing_else)
{
	struct site s;

	ww_log_set_level(WW_LOG_ERROR);
	site_open(&s);
	for (int i = 0; i < 6; i++) {
		struct said m = { .trigger = "A01",
			.at = AT("1000"),
			.person = i + 1,
			.feed = i % 2 == 0 || i == 5 ? "nobody" : NULL };

		(void)site_says(&s, m);
	}
	site_apply(&s);
	site_flags_are(&s, "admission open; admission open");
	ck_assert_uint_eq(ww_apply_cursor(s.apply), 9);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The limit stands in the journal: a rebuild sets the same message aside. */
START_TEST(sets_a_message_aside_that_needs_more_memory_than_allowed)
{
	const char *const config = SITE_CONFIG "limits: {arena: 1048576}\n";
	struct ww_buf text = { 0 };
	struct site s;
	uint64_t seq;

	ww_log_set_level(WW_LOG_ERROR);
	site_open(&s);
	(void)site_config(&s, config);
	ww_buf_cstr(
	    &text, "MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|20260302080000||ADT^A01|C1|P|2.5.1\r");
	while (ww_buf_view(&text).n < 1200000)
		ww_buf_cstr(&text, "NTE|1||a note that is one of very many\r");
	seq = site_message(&s, "mercy", ww_buf_view(&text), s.now + 1000);
	ww_buf_free(&text);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	ck_assert_int_eq(site_message_row(&s, seq).disposition, WW_disposition_QUARANTINED);
	ck_assert_ptr_nonnull(strstr(site_message_row(&s, seq).reason.p, "WW-211"));
	site_flags_are(&s, "admission open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Bytes that were stored and are no message, a body in another form, a roster that is none: none stops the rest. */
START_TEST(passes_records_of_other_kinds_that_fail)
{
	struct ww_buf body = { 0 };
	struct site s;
	uint64_t seq;

	ww_log_set_level(WW_LOG_ERROR);
	site_open(&s);
	seq = site_message(&s, "mercy", WW_STR("no message at all"), s.now + 1000);
	ww_buf_cstr(&body, "\x01");
	(void)site_record(&s, WW_REC_MESSAGE, s.now + 1000, &body);
	ww_buf_cstr(&body, "\x01");
	(void)site_record(&s, WW_REC_OUTCOME, s.now + 1000, &body);
	(void)site_edition(&s, WW_STR("no roster at all"));
	(void)site_record(&s, WW_REC_TICK, s.now + 1000, &body); /* of no use to this build */
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	ck_assert_int_eq(site_message_row(&s, seq).disposition, WW_disposition_QUARANTINED);
	site_flags_are(&s, "admission open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* What is missing on this machine is no fault of the record: everything waits until it is there again. */
START_TEST(stops_where_the_machine_is_at_fault)
{
	struct ww_buf before = { 0 }, after = { 0 };
	size_t blobs, done = 0;
	struct site s;

	ww_log_set_level((enum ww_log_level) - 1);
	site_open(&s);
	(void)site_says(&s, (struct said){ .trigger = "A01", .at = AT("1000") });
	(void)site_config(&s, SITE_CONFIG_WITH(", state: observe"));
	blobs = s.blobs_n--;
	site_dump(&s, &s.ledger, &before);
	ck_assert_int_eq(
	    ww_apply_batch(s.apply, &s.cx, &s.journal, SITE_BATCH, &done), WW_E_NOT_FOUND);
	site_dump(&s, &s.ledger, &after);
	site_same(ww_buf_view(&before), ww_buf_view(&after), "half done");
	s.blobs_n = blobs;
	site_apply(&s);
	site_flags_are(&s, "admission open");
	ck_assert_str_eq(ww_apply_config_blob(s.apply), s.blobs[blobs - 1].hex);
	site_rebuilds(&s);
	ww_buf_free(&before);
	ww_buf_free(&after);
	site_close(&s);
}
END_TEST

START_TEST(tries_a_copy_of_what_was_set_aside)
{
	struct said m = { .trigger = "A01", .at = AT("1000"), .control = "1", .feed = "north" };
	struct site s;
	uint64_t seq;

	ww_log_set_level(WW_LOG_ERROR);
	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	seq = site_tells(&s, m); /* before any configuration */
	ck_assert_str_eq(site_disposition(&s, seq), LONE_REASON);
	(void)site_config(&s, SITE_CONFIG);
	(void)site_edition(&s, site_roster(&s));
	seq = site_tells(&s, m);
	ck_assert_str_eq(site_disposition(&s, seq), "applied");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(reads_the_type_of_a_message_in_small_letters_too)
{
	static const char *const rows[] = { "ADT^A01", "ADT^a01", "adt^A01",
		" Adt ^ a01 ^ADT_A01" };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_message m;
		struct site s;
		uint64_t seq;

		site_open(&s);
		seq = site_does(&s, .trigger = "A01", .at = AT("1000"), .msh9 = rows[i]);
		m = site_message_row(&s, seq);
		ck_assert_str_eq(site_disposition(&s, seq), "applied");
		unit_str_is(m.type, "ADT");
		unit_str_is(m.event, "A01");
		site_flags_are(&s, "admission open");
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(stores_and_does_not_act_upon_other_events)
{
	static const struct {
		const char *trigger, *msh9, *want;
	} rows[] = {
		{ "A20", NULL,
		    "ignored: trigger event A20 is stored and not acted upon: the status of a bed: "
		    "it "
		    "names no patient" },
		{ "A60", NULL,
		    "ignored: trigger event A60 is stored and not acted upon: allergies are not "
		    "kept" },
		{ "A19", NULL, "ignored: trigger event A19 is none of HL7 v2 chapter 3" },
		{ "", "ADT", "ignored: MSH-9.2 names no ADT trigger event" },
		{ "A01", "MDM^T02", "ignored: no mapper takes this message type" },
	};
	struct site s;

	site_open(&s);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		uint64_t seq = site_does(
		    &s, .trigger = rows[i].trigger, .at = AT("1000"), .msh9 = rows[i].msh9);

		ck_assert_str_eq(site_disposition(&s, seq), rows[i].want);
	}
	site_flags_are(&s, "");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_person).n, 0);
	site_close(&s);
}
END_TEST

/* -- a ledger in trouble ---------------------------------------------------------------------------- */

static void
say_a_day(struct site *s)
{
	struct ww_outbox none;

	ww_row_init(&ww_entity_outbox, &none);
	none.id = (ww_id)4 << 16 | 6;
	(void)site_says(s, (struct said){ .trigger = "A04", .at = AT("0900"), .class_ = "E" });
	(void)site_says(s, (struct said){ .trigger = "A06", .at = AT("1300"), .dx = "I50.9" });
	(void)site_says(s, (struct said){ .trigger = "A11", .at = AT("1310") });
	(void)site_says(
	    s, (struct said){ .trigger = "A01", .at = AT("1000"), .person = 20, .feed = "nobody" });
	(void)site_says(s, (struct said){ .trigger = "A01", .at = AT("1000"), .person = 20 });
	(void)site_says(s, (struct said){ .trigger = "A06", .at = AT("1330") });
	(void)site_says(
	    s, (struct said){ .trigger = "A03", .at = LATER("05", "1100"), .to = "01" });
	(void)site_edition(s, WW_STR(SITE_ROSTER_HEADER
	                          "M0001,\"TESTFAMILY1, GIVEN1\",1950-03-02,F,rcca,2025-01-01,\n"));
}

/* Applies all with a put that fails at the n-th; false when none failed. */
static bool
survives(struct site *s, uint64_t n, size_t batch, ww_str want)
{
	struct ww_apply_settings set = { .blob = site_blob, .arg = s };
	struct ww_buf before = { 0 }, after = { 0 };
	struct ww_ledger memory, failing;
	struct ww_apply *a = NULL;
	unsigned failures = 0;
	size_t done = 1;

	site_ok(s, ww_ledger_memory(&s->own, &memory));
	site_ok(s, ww_ledger_failing(&s->own, memory, WW_E_STORE, n, &failing));
	set.ledger = &failing;
	site_ok(s, ww_apply_open(&s->cx, &set, &a));
	while (done > 0) {
		uint64_t cursor = ww_apply_cursor(a);

		site_dump(s, &failing, &before);
		if (ww_apply_batch(a, &s->cx, &s->journal, batch, &done) == WW_OK)
			continue;
		done = 1;
		failures++;
		ck_assert_int_eq(s->cx.fail.status, WW_E_STORE);
		/* Records before a bad one are a batch of their own and may have been kept. */
		if (ww_apply_cursor(a) != cursor)
			continue;
		site_dump(s, &failing, &after);
		site_same(ww_buf_view(&before), ww_buf_view(&after), "half done");
	}
	ck_assert_uint_le(failures, 1);
	site_dump(s, &failing, &after);
	site_same(want, ww_buf_view(&after), "after the retry");
	ww_apply_close(a);
	ww_ledger_close(&failing);
	ww_buf_free(&before);
	ww_buf_free(&after);
	return failures > 0;
}

START_TEST(leaves_nothing_half_done_when_a_put_fails)
{
	static const size_t batches[] = { 1, 3, SITE_BATCH };
	struct ww_buf want = { 0 };
	struct site s;

	ww_log_set_level((enum ww_log_level) - 1);
	site_open_empty(&s);
	site_start_records(&s);
	say_a_day(&s);
	site_apply(&s);
	site_dump(&s, &s.ledger, &want);
	for (size_t i = 0; i < UNIT_COUNT(batches); i++) {
		uint64_t n = 1;

		while (survives(&s, n, batches[i], ww_buf_view(&want)))
			n += n < 16 ? 1 : 3; /* the rows of the roster are alike */
		ck_assert_uint_gt(n, 60);
	}
	ww_buf_free(&want);
	site_close(&s);
}
END_TEST

/* A put that fails for good is no fault of the record it was for, but there is no other way on. */
START_TEST(stops_at_a_failure_of_the_store)
{
	struct ww_apply_settings set = { .blob = site_blob };
	struct ww_ledger memory, failing;
	struct ww_apply *a = NULL;
	struct site s;
	size_t done = 0;

	site_open_empty(&s);
	site_start_records(&s);
	set.arg = &s;
	set.ledger = &failing;
	site_ok(&s, ww_ledger_memory(&s.own, &memory));
	site_ok(&s, ww_ledger_failing(&s.own, memory, WW_E_FULL, 1, &failing));
	site_ok(&s, ww_apply_open(&s.cx, &set, &a));
	ck_assert_int_eq(ww_apply_batch(a, &s.cx, &s.journal, 1, &done), WW_E_FULL);
	ck_assert_uint_eq(ww_apply_cursor(a), 0);
	ck_assert_ptr_null(ww_apply_config(a));
	ck_assert(!ww_apply_has_key(a));
	site_ok(&s, ww_apply_batch(a, &s.cx, &s.journal, 1, &done));
	ck_assert_uint_eq(ww_apply_cursor(a), 1);
	ck_assert(ww_apply_has_key(a));
	ww_apply_close(a);
	ww_ledger_close(&failing);
	site_close(&s);
}
END_TEST

/* -- rosters ---------------------------------------------------------------------------------------- */

#define ROW(n, practice)                                                                           \
	"M000" #n ",\"TESTFAMILY" #n ", GIVEN" #n "\",1950-03-02,F," practice ",2025-01-01,\n"

static struct ww_attribution
attribution(struct site *s, size_t n)
{
	struct ww_rows rows = site_rows(s, &ww_entity_attribution);

	ck_assert_uint_lt(n, rows.n);
	return *WW_ROW(&rows, attribution, n);
}

START_TEST(closes_rows_that_an_edition_no_longer_has)
{
	struct ww_attribution was;
	struct site s;
	uint64_t seq;

	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	(void)site_config(&s, SITE_CONFIG);
	(void)site_edition(&s, WW_STR(SITE_ROSTER_HEADER ROW(1, "rcca") ROW(2, "rcca")));
	s.now = site_ms(AT("0800"));
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 2);
	was = attribution(&s, 1);
	(void)site_edition(
	    &s, WW_STR(SITE_ROSTER_HEADER ROW(1, "rcca") ROW(3, "lakeside") "M0009,no date\n"));
	site_apply(&s);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_attribution).n, 3);
	ck_assert_int_eq(attribution(&s, 0).closed_ms, 0);
	ck_assert_int_eq(attribution(&s, 1).closed_ms, s.now);
	ck_assert_int_eq(attribution(&s, 1).id, was.id);
	unit_str_is(attribution(&s, 2).practice, "lakeside");
	{
		struct ww_rows rosters = site_rows(&s, &ww_entity_roster);

		ck_assert_uint_eq(rosters.n, 1);
		ck_assert_int_eq(WW_ROW(&rosters, roster, 0)->rows, 2);
		ck_assert_int_eq(WW_ROW(&rosters, roster, 0)->rejected, 1);
		ck_assert(ww_str_starts(WW_ROW(&rosters, roster, 0)->problem, WW_STR("line 4: ")));
	}
	/* The stay that began while the row was in force stays the practice's; a new one does not become so. */
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .person = 2);
	site_flags_are(&s, "admission open; discharge open; readmission-risk open");
	seq =
	    site_does(&s, .trigger = "A01", .at = LATER("09", "1000"), .person = 2, .visit = "V2B");
	ck_assert_str_eq(site_disposition(&s, seq),
	    "applied: no attribution: number of IN1-49.1 on roster, not in force on the day of the "
	    "visit, 0 of 2 on roster");
	/* Back on the roster: the same row, open again. */
	(void)site_edition(&s, WW_STR(SITE_ROSTER_HEADER ROW(2, "rcca")));
	site_apply(&s);
	ck_assert_int_eq(attribution(&s, 1).id, was.id);
	ck_assert_int_eq(attribution(&s, 1).closed_ms, 0);
	ck_assert_int_eq(attribution(&s, 0).closed_ms, s.now);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The count in a reason is of the rosters in force then, not of a later one that was applied and undone in a batch
 * that failed. */
START_TEST(counts_the_roster_of_the_moment_in_every_batch)
{
	struct site s;
	uint64_t seq;

	ww_log_set_level(WW_LOG_ERROR);
	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	(void)site_config(&s, SITE_CONFIG);
	seq = site_says(&s, (struct said){ .trigger = "A01", .at = AT("1000"), .person = 5 });
	(void)site_edition(&s, WW_STR(SITE_ROSTER_HEADER ROW(1, "rcca") ROW(2, "rcca")));
	(void)site_says(&s, (struct said){ .trigger = "A01", .at = AT("1000"), .feed = "nobody" });
	site_apply(&s);
	ck_assert_str_eq(site_disposition(&s, seq),
	    "applied: no attribution: number of IN1-49.1 not on roster, 0 of 0 on roster");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- whose patient ---------------------------------------------------------------------------------- */

START_TEST(says_in_one_line_why_nobody_is_told)
{
	static const struct {
		struct said m;
		const char *why;
	} rows[] = {
		{ { .person = 5, .member = "" }, "IN1-49 empty, PID-3 has no MB" },
		{ { .person = 5, .no_in1 = true }, "no IN1, PID-3 has no MB" },
		{ { .person = 5, .member = "M9999" }, "number of IN1-49.1 not on roster" },
		{ { .person = 5, .member = "", .in1_36 = "M9999" },
		    "number of IN1-36 not on roster" },
		{ { .person = 5, .member = "", .in2_61 = "M9999" },
		    "number of IN2-61.1 not on roster" },
		{ { .person = 5, .no_in1 = true, .pid3 = "MR5^^^MERCY^MR~M9999^^^ACME^MB" },
		    "number of PID-3 not on roster" },
		{ { .person = 5, .birth = "19510302" },
		    "number of IN1-49.1 on roster, birth date differs" },
		{ { .person = 5, .birth = "195003" },
		    "number of IN1-49.1 on roster, PID-7 is no full date" },
		{ { .person = 5, .birth = "" },
		    "number of IN1-49.1 on roster, PID-7 is no full date" },
		{ { .person = 5, .name = "OTHER^SOMEONE" },
		    "number of IN1-49.1 on roster, name differs" },
		{ { .person = 18 },
		    "number of IN1-49.1 on roster, not in force on the day of the visit" },
		{ { .person = 5, .in = "20241231" },
		    "number of IN1-49.1 on roster, not in force on the day of the visit" },
		{ { .person = 5, .member = "M9999", .pid3 = "MR5^^^MERCY^MR~M0006^^^ACME^SN" },
		    "number of IN1-49.1 not on roster, number of PID-3 on roster, name differs" },
		{ { .person = 5,
		      .member = "M9999",
		      .pid3 = "MR5^^^MERCY^MR~M9998^^^ACME^MB~M0006^^^ACME^MB~M9997^^^ACME^MB" },
		    "number of IN1-49.1 not on roster, 3 numbers of PID-3 on roster, name "
		    "differs" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct said m = rows[i].m;
		char want[256];
		struct site s;
		uint64_t seq;

		site_open_empty(&s);
		(void)site_engine(&s, SITE_KEY);
		(void)site_config(&s, SITE_CONFIG);
		/* Twenty rows: without the last. */
		{
			ww_str all = site_roster(&s);

			while (all.p[all.n - 2] != '\n')
				all.n--;
			all.n--;
			(void)site_edition(&s, all);
		}
		m.trigger = "A01";
		m.at = AT("1000");
		seq = site_tells(&s, m);
		snprintf(want, sizeof(want), "applied: no attribution: %s, 0 of 20 on roster",
		    rows[i].why);
		ck_assert_str_eq(site_disposition(&s, seq), want);
		site_flags_are(&s, "");
		site_outbox_is(&s, "");
		site_close(&s);
	}
}
END_TEST

/* As many numbers as a field may have: what they cost is bounded, and so is what is said of them. */
START_TEST(bounds_what_many_numbers_cost)
{
	static const char *const config = SITE_CONFIG "limits: {arena: 33554432}\n";
	struct ww_buf pid3 = { 0 };
	struct site s;
	uint64_t seq;

	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	(void)site_config(&s, config);
	(void)site_edition(&s, WW_STR(SITE_ROSTER_HEADER ROW(5, "rcca")));
	ww_buf_cstr(&pid3, "MR5^^^MERCY^MR");
	for (int i = 1; i < 9990; i++)
		ww_buf_printf(&pid3, "~N%d^^^ACME^MB", i);
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 5, .no_in1 = true,
	    .pid3 = ww_arena_cstr(s.own.arena, ww_buf_view(&pid3)));
	ck_assert_str_eq(site_disposition(&s, seq),
	    "applied: no attribution: 256 numbers of PID-3 not on roster, 9733 more not tried, "
	    "0 of 1 on roster");
	/* The same numbers again, and one of the roster before them: they stay known, and IN1 comes first. */
	(void)site_does(&s, .trigger = "A08", .at = AT("1100"), .person = 5,
	    .pid3 = ww_arena_cstr(s.own.arena, ww_buf_view(&pid3)));
	site_flags_are(&s, "admission open");
	site_rebuilds(&s);
	ww_buf_free(&pid3);
	site_close(&s);
}
END_TEST

START_TEST(knows_a_member_by_any_place_of_the_number)
{
	static const struct said rows[] = {
		{ .member = "m-0005" },
		{ .member = "", .in1_36 = "M 0005" },
		{ .member = "", .in2_61 = "M0005" },
		{ .no_in1 = true, .pid3 = "MR5^^^MERCY^MR~M0005^^^ACME^MB" },
		{ .no_in1 = true, .pid3 = "MR5^^^MERCY^MR~M0005^^^ACME^MC" },
		{ .no_in1 = true, .pid3 = "MR5^^^MERCY^MR~M0005^^^ACME^MA" },
		{ .no_in1 = true, .pid3 = "M0005^^^ACME^SN" },
		{ .name = "testfamily5^NICKNAME" },
		{ .name = "MARRIEDNAME^given5" },
		/* The day of birth where the hospital is, whatever day it is in UTC. */
		{ .birth = "195003022330" },
		{ .birth = "19500302233000-0500" },
		{ .birth = "195003020015" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct said m = rows[i];
		struct site s;
		uint64_t seq;

		site_open(&s);
		m.trigger = "A01";
		m.at = AT("1000");
		m.person = 5;
		seq = site_tells(&s, m);
		ck_assert_msg(strcmp(site_disposition(&s, seq), "applied") == 0, "row %zu: %s", i,
		    site_disposition(&s, seq));
		site_flags_are(&s, "admission open");
		site_close(&s);
	}
}
END_TEST

/* What a hospital leaves out of a later message is known from an earlier one. */
START_TEST(remembers_what_a_later_message_leaves_out)
{
	struct site s;
	uint64_t seq;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	seq = site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .no_in1 = true,
	    .birth = "", .class_ = "");
	ck_assert_str_eq(site_disposition(&s, seq), "applied");
	site_flags_are(&s, "admission open; discharge open; readmission-risk open");
	site_close(&s);
}
END_TEST

/* -- which person, which visit ---------------------------------------------------------------------- */

static size_t
count(struct site *s, const struct ww_entity *e)
{
	return site_rows(s, e).n;
}

START_TEST(joins_people_by_a_number_that_agrees_only)
{
	static const struct {
		const char *how;
		struct said second;
		size_t persons;
	} rows[] = {
		{ "the same", { .person = 1 }, 1 },
		{ "married", { .person = 1, .name = "MARRIEDNAME^GIVEN1" }, 1 },
		{ "birth date corrected", { .person = 1, .birth = "19500303" }, 1 },
		{ "neither agrees", { .person = 1, .name = "OTHER^SOMEONE", .birth = "19800101" },
		    2 },
		{ "nothing said of either", { .person = 1, .name = "", .birth = "" }, 1 },
		{ "another number", { .person = 2, .name = "TESTFAMILY1^GIVEN1" }, 2 },
		{ "the number of another hospital",
		    { .person = 1, .pid3 = "MR1^^^NORTH^MR", .no_in1 = true }, 2 },
		{ "a payer's number at another hospital",
		    { .person = 1, .pid3 = "MR77^^^NORTH^MR" }, 1 },
		{ "one of several numbers", { .person = 1, .pid3 = "X9^^^MERCY^PI~MR1^^^MERCY^MR" },
		    1 },
		{ "an account number is nobody's",
		    { .person = 2,
		        .name = "TESTFAMILY1^GIVEN1",
		        .pid3 = "MR9^^^MERCY^MR~MR1^^^MERCY^AN" },
		    2 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct said m = rows[i].second;
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"));
		m.trigger = "A01";
		m.at = AT("1200");
		m.visit = "V77";
		site_tells(&s, m);
		ck_assert_msg(count(&s, &ww_entity_person) == rows[i].persons, "%s: %zu",
		    rows[i].how, count(&s, &ww_entity_person));
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* A payer's number may be the subscriber's: the child with the parent's number and name is another person. */
START_TEST(joins_nobody_by_a_number_of_a_family)
{
	static const char *const types[] = { "MB", "MC", "MA", "SN" };

	for (size_t i = 0; i < UNIT_COUNT(types); i++) {
		char parent[64], child[64];
		struct site s;

		snprintf(parent, sizeof(parent), "MR1^^^MERCY^MR~M0001^^^ACME^%s", types[i]);
		snprintf(child, sizeof(child), "MR501^^^MERCY^MR~M0001^^^ACME^%s", types[i]);
		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"), .pid3 = parent);
		site_does(&s, .trigger = "A01", .at = AT("1200"), .pid3 = child, .visit = "V2",
		    .name = "TESTFAMILY1^CHILD", .birth = "20200101");
		ck_assert_uint_eq(count(&s, &ww_entity_person), 2);
		site_flags_are(&s, "admission open");
		/* And the same person, at another hospital, is known by it. */
		snprintf(child, sizeof(child), "X7^^^NORTH^MR~M0001^^^ACME^%s", types[i]);
		site_does(&s, .trigger = "A01", .at = AT("1300"), .pid3 = child, .visit = "V3");
		ck_assert_uint_eq(count(&s, &ww_entity_person), 2);
		site_flags_are(&s, "admission open; admission open");
		site_close(&s);
	}
}
END_TEST

START_TEST(tells_visits_apart)
{
	static const struct {
		const char *how;
		struct said first, second;
		size_t visits;
	} rows[] = {
		{ "one number", { .visit = "V1" }, { .visit = "V1" }, 1 },
		{ "two numbers", { .visit = "V1" }, { .visit = "V2" }, 2 },
		{ "two authorities", { .visit = "V1^^^MERCY" }, { .visit = "V1^^^NORTH" }, 2 },
		{ "two feeds", { .visit = "V1" }, { .visit = "V1", .feed = "north" }, 2 },
		{ "two people", { .visit = "V1" }, { .visit = "V1", .person = 2 }, 2 },
		{ "the account", { .visit = "", .account = "AC1" },
		    { .visit = "", .account = "AC1" }, 1 },
		{ "two accounts", { .visit = "", .account = "AC1" },
		    { .visit = "", .account = "AC2" }, 2 },
		{ "an account is no visit", { .visit = "V1" }, { .visit = "", .account = "V1" },
		    2 },
		{ "no number, the same start", { .visit = "", .in = AT("1000") },
		    { .visit = "", .in = AT("1000") }, 1 },
		{ "no number, another start", { .visit = "", .in = AT("1000") },
		    { .visit = "", .in = AT("1100") }, 2 },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct said first = rows[i].first, second = rows[i].second;
		struct site s;

		site_open(&s);
		first.trigger = second.trigger = "A01";
		first.at = AT("1005");
		second.at = AT("1105");
		site_tells(&s, first);
		site_tells(&s, second);
		ck_assert_msg(count(&s, &ww_entity_encounter) == rows[i].visits, "%s: %zu",
		    rows[i].how, count(&s, &ww_entity_encounter));
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(says_what_is_doubtful_about_what_it_took)
{
	static const struct {
		const char *trigger, *class_, *became;
	} rows[] = {
		{ "A04", "I",
		    "applied: A04 registers, and PV1-2 says inpatient: taken for an admission" },
		{ "A04", "B",
		    "applied: A04 registers, and PV1-2 says inpatient: taken for an admission" },
		{ "A01", "",
		    "applied: nothing new: no flag was raised, changed or retracted; A01 admits, "
		    "and PV1-2 names no class: not taken for an inpatient" },
		{ "A01", "I", "applied" },
		{ "A04", "E", "applied" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;
		uint64_t seq;

		site_open(&s);
		seq = site_does(
		    &s, .trigger = rows[i].trigger, .at = AT("1000"), .class_ = rows[i].class_);
		ck_assert_str_eq(site_disposition(&s, seq), rows[i].became);
		site_close(&s);
	}
}
END_TEST

START_TEST(finds_the_open_visit_of_a_message_without_number)
{
	struct site s;
	uint64_t seq;

	site_open(&s);
	seq = site_does(&s, .trigger = "A03", .at = AT("0900"), .visit = "");
	ck_assert_str_eq(site_disposition(&s, seq),
	    "applied: PV1-19 and PID-18 empty, and not one open visit it could mean");
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .visit = "");
	ck_assert_uint_eq(count(&s, &ww_entity_encounter), 1);
	site_flags_are(&s, "admission open; discharge open; readmission-risk open");
	site_close(&s);
}
END_TEST

START_TEST(makes_no_visit_of_what_is_none)
{
	struct site s;
	uint64_t seq;

	site_open(&s);
	seq = site_does(&s, .trigger = "A08", .at = AT("1000"));
	ck_assert_str_eq(site_disposition(&s, seq),
	    "applied: A08 of a visit of which nothing else is known: kept until it is");
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"), .class_ = "N");
	ck_assert_str_eq(
	    site_disposition(&s, seq), "applied: PV1-2 is N: no visit; person updated");
	ck_assert_uint_eq(count(&s, &ww_entity_person), 1);
	ck_assert_uint_eq(count(&s, &ww_entity_flag), 0);
	ck_assert_uint_eq(count(&s, &ww_entity_outbox), 0);
	/* A cancel that comes alone is kept, and what it cancels changes nothing when it comes. */
	site_does(&s, .trigger = "A11", .at = AT("1100"));
	ck_assert_uint_eq(count(&s, &ww_entity_encounter), 1);
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"));
	ck_assert_str_eq(site_disposition(&s, seq),
	    "applied: nothing new: no flag was raised, changed or retracted");
	site_flags_are(&s, "");
	site_does(&s, .trigger = "A01", .at = AT("1200"));
	site_flags_are(&s, "admission open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- the journal decides ---------------------------------------------------------------------------- */

static void
remove_sqlite(const char *dir)
{
	static const char *const names[] = { "ledger.db", "ledger.db-wal", "ledger.db-shm" };
	char path[300];

	for (size_t i = 0; i < UNIT_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	ck_assert_int_eq(rmdir(dir), 0);
}

START_TEST(gives_the_same_ledger_from_the_same_journal)
{
	const char *tmp = getenv("TMPDIR");
	struct ww_buf live = { 0 }, anew = { 0 };
	char dir[256], path[300];
	struct ww_outbox row;
	struct ww_ledger l;
	struct site s;
	uint64_t attempt;

	ww_log_set_level(WW_LOG_ERROR);
	snprintf(dir, sizeof(dir), "%s/ww-apply-XXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/ledger.db", dir);
	site_open(&s);
	say_a_day(&s);
	site_apply(&s);
	row = site_row(&s, 0);
	attempt = site_attempt(&s, &row, WW_VERB_CREATE);
	(void)site_outcome(&s, &row, attempt, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	(void)site_engine(&s, ""); /* a restart */
	say_a_day(&s);
	site_apply(&s);
	site_rebuilds(&s);
	site_ok(&s, ww_ledger_sqlite(&s.own, path, WW_LEDGER_WRITE, &l));
	site_replay(&s, &l, 5);
	site_dump(&s, &s.ledger, &live);
	site_dump(&s, &l, &anew);
	site_same(ww_buf_view(&live), ww_buf_view(&anew), "memory and SQLite");
	ww_ledger_close(&l);
	remove_sqlite(dir);
	ww_buf_free(&live);
	ww_buf_free(&anew);
	site_close(&s);
}
END_TEST

START_TEST(goes_on_where_the_ledger_stands)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	ww_apply_close(s.apply);
	site_apply_open(&s);
	ck_assert_uint_eq(ww_apply_cursor(s.apply), 4);
	ck_assert(ww_apply_has_key(s.apply) && ww_apply_config(s.apply) != NULL);
	ck_assert_str_eq(ww_apply_config_blob(s.apply), s.blobs[0].hex);
	site_does(&s, .trigger = "A06", .at = AT("1300"));
	site_flags_are(&s, "ed-arrival open; admission open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* A clock set back does not take the ledger's time back. */
START_TEST(never_goes_back_in_time)
{
	struct ww_rows messages;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_does(&s, .trigger = "A01", .at = AT("0900"), .person = 2);
	messages = site_rows(&s, &ww_entity_message);
	ck_assert_int_eq(
	    WW_ROW(&messages, message, 1)->received_ms, WW_ROW(&messages, message, 0)->received_ms);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- the observer ----------------------------------------------------------------------------------- */

static struct ww_buf seen;

static void
on_effect(void *arg, const struct ww_effect *e)
{
	(void)arg;
	ww_buf_printf(&seen, "%d %s %s:", (int)e->message->seq, e->trigger, e->act);
	if (e->before != NULL)
		ww_buf_printf(&seen, " was %s", ww_encounter_status_text(e->before->status));
	if (e->after != NULL)
		ww_buf_printf(&seen, " is %s", ww_encounter_status_text(e->after->status));
	for (size_t i = 0; i < e->changes_n; i++)
		ww_buf_printf(&seen, " %s %s", e->changes[i].verb,
		    ww_flag_kind_text(e->changes[i].flag->kind));
	for (size_t i = 0; i < e->rows_n; i++)
		ww_buf_printf(&seen, " %.*s %s", WW_STR_FMT(e->rows[i].row->change),
		    ww_resource_type_text(e->rows[i].row->resource));
	ww_buf_byte(&seen, '\n');
}

START_TEST(tells_its_observer_of_each_message)
{
	struct site s;

	site_open(&s);
	ww_apply_close(s.apply);
	s.observe = on_effect;
	s.arg = &s;
	site_apply_open(&s);
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E", .control = "1");
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E", .control = "1");
	site_does(&s, .trigger = "A06", .at = AT("1300"));
	site_does(&s, .trigger = "A02", .at = AT("1310"));
	site_does(&s, .trigger = "A11", .at = AT("1400"));
	ck_assert_str_eq(ww_arena_cstr(s.own.arena, ww_buf_view(&seen)),
	    "4 A04 register: is arrived raised ed-arrival create Communication\n"
	    "5 A04 register:\n"
	    "6 A06 outpatient to inpatient: was arrived is in-progress raised admission create "
	    "Task "
	    "create Communication\n"
	    "7 A02 transfer: was in-progress is in-progress\n"
	    "8 A11 cancel admit: was in-progress is arrived retracted admission create Task "
	    "create Communication\n");
	/* Once, also when a record behind it is set aside and the batch made again. */
	ww_log_set_level((enum ww_log_level) - 1);
	ww_buf_clear(&seen);
	(void)site_says(&s, (struct said){ .trigger = "A60", .at = AT("1500") });
	(void)site_says(&s, (struct said){ .trigger = "A60", .at = AT("1500"), .feed = "nobody" });
	(void)site_says(&s, (struct said){ .trigger = "A60", .at = AT("1501") });
	site_apply(&s);
	ck_assert_str_eq(
	    ww_arena_cstr(s.own.arena, ww_buf_view(&seen)), "9 A60 nothing:\n11 A60 nothing:\n");
	ww_buf_free(&seen);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { admits_once_however_often_it_is_told,
		admits_from_the_emergency_department_once,
		admits_again_what_was_cancelled_in_the_same_minute, scores_the_risk_at_discharge,
		tells_of_an_emergency_visit_and_its_end, raises_no_admission_of_a_stay_that_is_over,
		retracts_what_the_hospital_takes_back, gives_each_practice_its_own_task,
		sends_nothing_of_a_feed_that_is_observed, sends_nothing_of_a_test_message,
		keeps_tests_apart_from_what_is_real, replaces_diagnoses_by_newer_ones_only,
		takes_diagnoses_that_were_held_up_till_we_closed_the_visit,
		deletes_diagnoses_when_the_hospital_does,
		changes_nothing_by_a_message_that_comes_again,
		takes_for_a_duplicate_only_what_is_one,
		sets_a_record_aside_and_applies_those_around_it,
		passes_several_bad_records_and_nothing_else,
		sets_a_message_aside_that_needs_more_memory_than_allowed,
		passes_records_of_other_kinds_that_fail, stops_where_the_machine_is_at_fault,
		tries_a_copy_of_what_was_set_aside,
		reads_the_type_of_a_message_in_small_letters_too,
		stores_and_does_not_act_upon_other_events,
		leaves_nothing_half_done_when_a_put_fails, stops_at_a_failure_of_the_store,
		closes_rows_that_an_edition_no_longer_has,
		counts_the_roster_of_the_moment_in_every_batch, says_in_one_line_why_nobody_is_told,
		bounds_what_many_numbers_cost, knows_a_member_by_any_place_of_the_number,
		remembers_what_a_later_message_leaves_out,
		joins_people_by_a_number_that_agrees_only, joins_nobody_by_a_number_of_a_family,
		tells_visits_apart, says_what_is_doubtful_about_what_it_took,
		finds_the_open_visit_of_a_message_without_number, makes_no_visit_of_what_is_none,
		gives_the_same_ledger_from_the_same_journal, goes_on_where_the_ledger_stands,
		never_goes_back_in_time, tells_its_observer_of_each_message };

	return unit_main("apply", tests, UNIT_COUNT(tests));
}
