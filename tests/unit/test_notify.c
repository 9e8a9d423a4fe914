/* What is owed to a practice as a stay goes on: one Task, Communications, what is taken back and how, by when; and
 * how deliveries end in it. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#define AT(hhmm) "20260302" hhmm
#define LATER(day, hhmm) "202603" day hhmm

enum { HOUR = 3600000 };

/* -- deliveries as the courier would report them ---------------------------------------------------- */

/* One whole delivery of the n-th row. */
static void
deliver(struct site *s, size_t n, enum ww_verb verb, enum ww_result result, int http)
{
	struct ww_outbox row = site_row(s, n);
	uint64_t attempt = site_attempt(s, &row, verb);

	(void)site_outcome(s, &row, attempt, verb, result, http);
	site_apply(s);
}

static void
create(struct site *s, size_t n)
{
	deliver(s, n, WW_VERB_CREATE, WW_RESULT_SENT, 201);
}

static void
update(struct site *s, size_t n)
{
	deliver(s, n, WW_VERB_UPDATE, WW_RESULT_SENT, 200);
}

/* One of which only the ATTEMPT is known; ended by the other call. */
struct flight {
	struct ww_outbox row;
	uint64_t attempt;
	enum ww_verb verb;
};

static struct flight
start(struct site *s, size_t n, enum ww_verb verb)
{
	struct flight f = { .row = site_row(s, n), .verb = verb };

	f.attempt = site_attempt(s, &f.row, verb);
	site_apply(s);
	return f;
}

static void
end(struct site *s, const struct flight *f, enum ww_result result, int http)
{
	(void)site_outcome(s, &f->row, f->attempt, f->verb, result, http);
	site_apply(s);
}

/* -- what the template of the n-th row says --------------------------------------------------------- */

static struct ww_json *template(struct site *s, size_t n)
{
	struct ww_json *v = NULL;

	site_ok(s, ww_json_parse(&s->own, site_template(s, site_row(s, n).id), &v));
	return v;
}

static const char *
says(struct site *s, size_t n, const char *path)
{
	return ww_arena_cstr(s->own.arena, ww_json_str(ww_json_find(template(s, n), path)));
}

#define site_says_at(s, n, path, want) ck_assert_str_eq(says((s), (n), (path)), (want))

static const char admit_cancelled[] = "the hospital cancelled the admission or registration";

/* -- retractions ------------------------------------------------------------------------------------ */

static void
admit(struct site *s)
{
	site_open(s);
	site_does(s, .trigger = "A01", .at = AT("1000"));
	site_outbox_is(s, "Task stay due create");
}

START_TEST(drops_a_task_withdrawn_before_it_left)
{
	struct site s;

	admit(&s);
	site_does(&s, .trigger = "A11", .at = AT("1100"));
	site_outbox_is(&s, "Task stay suppressed create");
	unit_str_is(site_row(&s, 0).reason,
	    "withdrawn before it was sent: the hospital cancelled the admission or registration");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(cancels_and_corrects_a_task_that_was_sent)
{
	struct site s;

	admit(&s);
	create(&s, 0);
	site_outbox_is(&s, "Task stay settled create");
	site_does(&s, .trigger = "A11", .at = AT("1100"));
	site_outbox_is(&s, "Task stay due cancel; Communication correction due create");
	site_says_at(&s, 0, "status", "cancelled");
	site_says_at(&s, 0, "statusReason.text", admit_cancelled);
	site_says_at(&s, 1, "basedOn[0].type", "Task");
	ck_assert_str_eq(
	    says(&s, 1, "basedOn[0].identifier.value"), says(&s, 0, "identifier[0].value"));
	site_says_at(&s, 1, "payload[0].contentString",
	    "Correction of an earlier notice: the hospital cancelled the admission or "
	    "registration.");
	ck_assert_int_eq(site_row(&s, 1).about, site_row(&s, 0).id);
	update(&s, 0);
	create(&s, 1);
	site_outbox_is(&s, "Task stay settled cancel; Communication correction settled create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* In flight: nobody knows yet. Each way it can end. */
START_TEST(corrects_a_task_in_flight_only_if_it_arrived)
{
	static const struct {
		enum ww_result result;
		int http;
		const char *then;
	} rows[] = {
		{ WW_RESULT_SENT, 201,
		    "Task stay due cancel; Communication correction due create" },
		{ WW_RESULT_SENT, 200,
		    "Task stay due cancel; Communication correction due create" },
		{ WW_RESULT_UNCERTAIN, 0,
		    "Task stay due cancel; Communication correction due create" },
		{ WW_RESULT_RETRY, 503,
		    "Task stay suppressed cancel; Communication correction suppressed create" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct flight f;
		struct site s;

		admit(&s);
		f = start(&s, 0, WW_VERB_CREATE);
		site_does(&s, .trigger = "A11", .at = AT("1100"));
		site_outbox_is(&s, "Task stay due cancel; Communication correction due create");
		end(&s, &f, rows[i].result, rows[i].http);
		ck_assert_msg(strcmp(site_outbox(&s), rows[i].then) == 0, "%s %d: %s",
		    ww_result_text(rows[i].result), rows[i].http, site_outbox(&s));
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(asks_before_it_cancels_what_may_not_be_there)
{
	static const struct {
		enum ww_result found;
		const char *then;
	} rows[] = {
		{ WW_RESULT_SENT, "Task stay due cancel; Communication correction due create" },
		{ WW_RESULT_ABSENT,
		    "Task stay suppressed cancel; Communication correction suppressed create" },
		{ WW_RESULT_RETRY, "Task stay due cancel; Communication correction due create" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct flight f;
		struct site s;

		admit(&s);
		f = start(&s, 0, WW_VERB_CREATE);
		end(&s, &f, WW_RESULT_UNCERTAIN, 0);
		ck_assert_int_eq(site_row(&s, 0).attempt, (int64_t)f.attempt);
		site_does(&s, .trigger = "A11", .at = AT("1100"));
		deliver(&s, 0, WW_VERB_SEARCH, rows[i].found, 200);
		ck_assert_msg(strcmp(site_outbox(&s), rows[i].then) == 0, "%s: %s",
		    ww_result_text(rows[i].found), site_outbox(&s));
		ck_assert((site_row(&s, 0).attempt != 0) == (rows[i].found == WW_RESULT_RETRY));
		if (rows[i].found == WW_RESULT_SENT) {
			update(&s, 0);
			site_outbox_is(
			    &s, "Task stay settled cancel; Communication correction due create");
		}
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* The ATTEMPT was written when the row was due still, and stands in the journal behind what withdrew it. */
START_TEST(holds_back_an_attempt_that_came_too_late)
{
	struct ww_outbox row;
	struct site s;
	uint64_t attempt;

	admit(&s);
	row = site_row(&s, 0);
	(void)site_says(&s, (struct said){ .trigger = "A11", .at = AT("1100") });
	attempt = site_attempt(&s, &row, WW_VERB_CREATE);
	site_apply(&s);
	site_outbox_is(&s, "Task stay suppressed create");
	ck_assert_int_eq(site_row(&s, 0).attempt, 0);
	(void)site_outcome(&s, &row, attempt, WW_VERB_CREATE, WW_RESULT_RETRY, 0);
	site_apply(&s);
	site_outbox_is(&s, "Task stay suppressed create");
	ck_assert(ww_str_starts(site_row(&s, 0).reason, WW_STR("withdrawn before it was sent")));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The stay goes on: the Task is brought up to date and one line says what was wrong. */
START_TEST(corrects_a_discharge_and_keeps_the_task)
{
	struct site s;

	admit(&s);
	create(&s, 0);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	site_outbox_is(&s, "Task stay due update");
	site_says_at(&s, 0, "businessStatus.text", "discharged, awaiting the care coordinator");
	update(&s, 0);
	site_does(&s, .trigger = "A13", .at = LATER("05", "1200"));
	site_outbox_is(&s, "Task stay due update; Communication correction due create");
	site_says_at(&s, 0, "status", "requested");
	site_says_at(&s, 0, "businessStatus.text", "inpatient, awaiting the care coordinator");
	site_says_at(&s, 1, "payload[0].contentString",
	    "Correction of an earlier notice: the hospital cancelled the discharge.");
	site_close(&s);
}
END_TEST

START_TEST(corrects_no_discharge_that_was_never_told)
{
	struct flight f;
	struct site s;

	admit(&s);
	create(&s, 0);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	site_does(&s, .trigger = "A13", .at = LATER("05", "1200"));
	site_outbox_is(&s, "Task stay due update");
	site_close(&s);
	/* In flight when it was taken back, and never arrived. */
	admit(&s);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	f = start(&s, 0, WW_VERB_CREATE);
	site_does(&s, .trigger = "A13", .at = LATER("05", "1200"));
	site_outbox_is(&s, "Task stay due update; Communication correction due create");
	end(&s, &f, WW_RESULT_RETRY, 503);
	site_outbox_is(&s, "Task stay due update; Communication correction suppressed create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Found by a search and not brought up to date yet: the practice was told of something. */
START_TEST(corrects_what_was_found_by_a_search)
{
	struct flight f;
	struct site s;

	admit(&s);
	f = start(&s, 0, WW_VERB_CREATE);
	end(&s, &f, WW_RESULT_UNCERTAIN, 0);
	deliver(&s, 0, WW_VERB_SEARCH, WW_RESULT_SENT, 200);
	site_outbox_is(&s, "Task stay due create");
	ck_assert_uint_gt(site_row(&s, 0).remote_id.n, 0);
	site_does(&s, .trigger = "A11", .at = AT("1100"));
	site_outbox_is(&s, "Task stay due cancel; Communication correction due create");
	site_close(&s);
}
END_TEST

START_TEST(opens_no_task_again_that_was_cancelled)
{
	struct site s;

	admit(&s);
	create(&s, 0);
	site_does(&s, .trigger = "A11", .at = AT("1100"));
	site_does(&s, .trigger = "A01", .at = AT("1200"));
	site_outbox_is(&s, "Task stay due cancel; Communication correction due create; "
	                   "Task stay due create");
	ck_assert(!ww_str_eq(site_row(&s, 0).key, site_row(&s, 2).key));
	site_close(&s);
	/* One that was suppressed neither: its key may have been read from a log. */
	admit(&s);
	site_does(&s, .trigger = "A11", .at = AT("1100"));
	site_does(&s, .trigger = "A01", .at = AT("1200"));
	site_outbox_is(&s, "Task stay suppressed create; Task stay due create");
	ck_assert(!ww_str_eq(site_row(&s, 0).key, site_row(&s, 1).key));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- Communications --------------------------------------------------------------------------------- */

static void
arrive(struct site *s)
{
	site_open(s);
	site_does(s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	site_outbox_is(s, "Communication ed-arrival due create");
}

START_TEST(drops_an_arrival_withdrawn_before_it_left)
{
	struct site s;

	arrive(&s);
	site_does(&s, .trigger = "A11", .at = AT("0930"));
	site_outbox_is(&s, "Communication ed-arrival suppressed create");
	site_close(&s);
}
END_TEST

START_TEST(corrects_an_arrival_that_was_told)
{
	struct site s;

	arrive(&s);
	create(&s, 0);
	site_outbox_is(&s, "Communication ed-arrival settled create");
	site_does(&s, .trigger = "A11", .at = AT("0930"));
	site_outbox_is(&s, "Communication ed-arrival settled create; "
	                   "Communication correction due create");
	site_says_at(&s, 1, "inResponseTo[0].type", "Communication");
	ck_assert_str_eq(
	    says(&s, 1, "inResponseTo[0].identifier.value"), says(&s, 0, "identifier[0].value"));
	site_close(&s);
}
END_TEST

START_TEST(corrects_an_arrival_in_flight_only_if_it_arrived)
{
	static const struct {
		enum ww_result result, found;
		const char *then;
	} rows[] = {
		{ WW_RESULT_SENT, 0, "settled create; Communication correction due" },
		{ WW_RESULT_RETRY, 0, "suppressed cancel; Communication correction suppressed" },
		{ WW_RESULT_UNCERTAIN, WW_RESULT_SENT,
		    "settled create; Communication correction due" },
		{ WW_RESULT_UNCERTAIN, WW_RESULT_ABSENT,
		    "suppressed cancel; Communication correction suppressed" },
		{ WW_RESULT_UNCERTAIN, WW_RESULT_UNCERTAIN,
		    "due cancel; Communication correction due" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct flight f;
		struct site s;
		char want[160];

		arrive(&s);
		f = start(&s, 0, WW_VERB_CREATE);
		site_does(&s, .trigger = "A11", .at = AT("0930"));
		end(&s, &f, rows[i].result, rows[i].result == WW_RESULT_SENT ? 201 : 0);
		if (rows[i].found != 0)
			deliver(&s, 0, WW_VERB_SEARCH, rows[i].found, 0);
		snprintf(want, sizeof(want), "Communication ed-arrival %s create", rows[i].then);
		ck_assert_str_eq(site_outbox(&s), want);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(speaks_of_the_stay_as_it_is_when_it_leaves)
{
	struct ww_outbox was;
	ww_str text;
	struct site s;

	arrive(&s);
	was = site_row(&s, 0);
	site_says_at(&s, 0, "payload[0].contentString",
	    "Attributed member arrived in the emergency department at MERCY, "
	    "2026-03-02T09:00:00-05:00.");
	site_does(&s, .trigger = "A06", .at = AT("1300"));
	site_outbox_is(&s, "Communication ed-arrival due create; Task stay due create");
	site_says_at(&s, 0, "payload[0].contentString",
	    "Attributed member arrived in the emergency department at MERCY, "
	    "2026-03-02T09:00:00-05:00. Admitted as an inpatient since.");
	ck_assert(ww_str_eq(was.key, site_row(&s, 0).key));
	create(&s, 0);
	text = site_template(&s, was.id);
	/* One that left is not written again. */
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"));
	ck_assert(ww_str_eq(text, site_template(&s, was.id)));
	ck_assert_int_eq(site_row(&s, 0).state, WW_outbox_state_SETTLED);
	site_close(&s);
	arrive(&s);
	site_does(&s, .trigger = "A03", .at = AT("1200"), .class_ = "E", .to = "01");
	site_says_at(&s, 0, "payload[0].contentString",
	    "Attributed member arrived in the emergency department at MERCY, "
	    "2026-03-02T09:00:00-05:00. The visit has ended since.");
	site_says_at(&s, 1, "payload[0].contentString",
	    "Attributed member left the emergency department at MERCY, "
	    "2026-03-02T12:00:00-05:00, and was not admitted.");
	site_close(&s);
}
END_TEST

/* 09 is UB-04's "admitted as an inpatient to this hospital", and a nursing home or another hospital takes people in too. */
START_TEST(says_only_of_who_went_home_that_nobody_was_admitted)
{
	static const struct {
		const char *to; /* PV1-36 */
		bool home;
	} rows[] = { { "01", true }, { "06", true }, { "07", true }, { "50", true }, { "81", true },
		{ "86", true }, { "", false }, { "02", false }, { "03", false }, { "09", false },
		{ "20", false }, { "51", false }, { "65", false }, { "82", false },
		{ "HOME", false }, { "1", true } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		const char *text;
		struct site s;

		arrive(&s);
		site_does(&s, .trigger = "A03", .at = AT("1200"), .class_ = "E", .to = rows[i].to);
		text = says(&s, 1, "payload[0].contentString");
		ck_assert_msg((strstr(text, "not admitted") != NULL) == rows[i].home, "%s: %s",
		    rows[i].to, text);
		ck_assert_str_eq(text + strlen(text) - 1, ".");
		site_close(&s);
	}
}
END_TEST

/* -- by when ---------------------------------------------------------------------------------------- */

START_TEST(is_due_a_day_after_the_newest_thing_to_do)
{
	struct site s;
	int64_t first, second;

	admit(&s);
	first = site_ms(AT("1000")) + 5000 + 24 * HOUR;
	ck_assert_int_eq(site_row(&s, 0).due_ms, first);
	site_says_at(&s, 0, "restriction.period.end", "2026-03-03T10:00:05-05:00");
	/* A fact that changes calls for nothing new. */
	site_does(&s, .trigger = "A08", .at = AT("1500"), .facility = "WEST");
	ck_assert_int_eq(site_row(&s, 0).due_ms, first);
	site_says_at(&s, 0, "authoredOn", "2026-03-02T10:00:05-05:00");
	site_says_at(&s, 0, "lastModified", "2026-03-02T15:00:05-05:00");
	/* A discharge does; over the change to summer time a day has 24 hours. */
	site_does(&s, .trigger = "A03", .at = LATER("07", "2200"), .to = "01");
	second = site_ms(LATER("07", "2200")) + 5000 + 24 * HOUR;
	ck_assert_int_eq(site_row(&s, 0).due_ms, second);
	site_says_at(&s, 0, "restriction.period.end", "2026-03-08T23:00:05-04:00");
	/* More codes change the score and not the time. */
	site_does(&s, .trigger = "A08", .at = LATER("08", "1000"), .dx = "I50.9");
	ck_assert_int_eq(site_row(&s, 0).due_ms, second);
	/* Taken back, the admission is what is left to do. */
	site_does(&s, .trigger = "A13", .at = LATER("08", "1200"));
	ck_assert_int_eq(site_row(&s, 0).due_ms, first);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(is_due_after_the_hours_of_the_configuration)
{
	struct site s;

	site_open(&s);
	(void)site_config(&s, "due_hours: 48\n" SITE_CONFIG);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	ck_assert_int_eq(site_row(&s, 0).due_ms, site_ms(AT("1000")) + 5000 + 48 * HOUR);
	site_close(&s);
}
END_TEST

/* -- deliveries ------------------------------------------------------------------------------------- */

START_TEST(keeps_every_attempt_and_how_it_ended)
{
	struct ww_rows attempts;
	struct ww_outbox row;
	struct site s;

	admit(&s);
	deliver(&s, 0, WW_VERB_CREATE, WW_RESULT_RETRY, 503);
	row = site_row(&s, 0);
	ck_assert_int_eq(row.state, WW_outbox_state_DUE);
	ck_assert(row.attempt == 0 && row.attempts == 1 && row.http == 503 && row.sent == 0);
	unit_str_is(row.reason, "as the test wants it");
	create(&s, 0);
	row = site_row(&s, 0);
	ck_assert_int_eq(row.state, WW_outbox_state_SETTLED);
	ck_assert(row.attempts == 2 && row.sent == row.wanted && row.http == 201);
	ck_assert_int_eq(row.settled_ms, s.now);
	unit_str_is(row.reason, "");
	attempts = site_rows(&s, &ww_entity_attempt);
	ck_assert_uint_eq(attempts.n, 2);
	unit_str_is(WW_ROW(&attempts, attempt, 0)->result, "retry");
	unit_str_is(WW_ROW(&attempts, attempt, 1)->result, "sent");
	ck_assert_int_ne(WW_ROW(&attempts, attempt, 1)->ended_ms, 0);
	site_close(&s);
}
END_TEST

/* What changed while the request was under way is owed still. */
START_TEST(owes_what_changed_during_a_flight)
{
	struct flight f;
	struct site s;

	admit(&s);
	f = start(&s, 0, WW_VERB_CREATE);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	end(&s, &f, WW_RESULT_SENT, 201);
	site_outbox_is(&s, "Task stay due update");
	ck_assert_int_eq(site_row(&s, 0).sent, f.row.wanted);
	update(&s, 0);
	site_outbox_is(&s, "Task stay settled update");
	/* A Communication that left is not sent twice for being composed anew meanwhile. */
	site_close(&s);
	arrive(&s);
	f = start(&s, 0, WW_VERB_CREATE);
	site_does(&s, .trigger = "A06", .at = AT("1300"));
	end(&s, &f, WW_RESULT_SENT, 201);
	site_outbox_is(&s, "Communication ed-arrival settled create; Task stay due create");
	site_close(&s);
}
END_TEST

START_TEST(adopts_what_is_there_already)
{
	static const struct {
		enum ww_verb verb;
		int http;
	} rows[] = { { WW_VERB_CREATE, 200 }, { WW_VERB_SEARCH, 200 } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;

		/* A Task: nobody knows which state of it is there, so it is brought up to date. */
		admit(&s);
		deliver(&s, 0, WW_VERB_CREATE, WW_RESULT_UNCERTAIN, 0);
		deliver(&s, 0, rows[i].verb, WW_RESULT_SENT, rows[i].http);
		site_outbox_is(&s, "Task stay due create");
		ck_assert(site_row(&s, 0).attempt == 0 && site_row(&s, 0).remote_id.n > 0);
		ck_assert(site_row(&s, 0).etag.n > 0);
		update(&s, 0);
		site_outbox_is(&s, "Task stay settled create");
		site_close(&s);
		/* A Communication says the same for ever. */
		arrive(&s);
		deliver(&s, 0, WW_VERB_CREATE, WW_RESULT_UNCERTAIN, 0);
		deliver(&s, 0, rows[i].verb, WW_RESULT_SENT, rows[i].http);
		site_outbox_is(&s, "Communication ed-arrival settled create");
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(asks_again_after_a_conflict)
{
	struct site s;

	admit(&s);
	create(&s, 0);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"));
	deliver(&s, 0, WW_VERB_UPDATE, WW_RESULT_CONFLICT, 412);
	ck_assert_int_ne(site_row(&s, 0).attempt, 0);
	site_outbox_is(&s, "Task stay due update");
	deliver(&s, 0, WW_VERB_SEARCH, WW_RESULT_SENT, 200);
	ck_assert_int_eq(site_row(&s, 0).attempt, 0);
	update(&s, 0);
	site_outbox_is(&s, "Task stay settled update");
	site_close(&s);
}
END_TEST

START_TEST(does_not_make_again_what_the_receiver_deleted)
{
	struct site s;

	admit(&s);
	create(&s, 0);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"));
	deliver(&s, 0, WW_VERB_UPDATE, WW_RESULT_PARKED, 404);
	site_outbox_is(&s, "Task stay parked update; Communication update due create");
	site_does(&s, .trigger = "A13", .at = LATER("05", "1200"));
	ck_assert_int_eq(site_row(&s, 0).state, WW_outbox_state_PARKED);
	site_close(&s);
}
END_TEST

/* -- updates that a practice does not take ---------------------------------------------------------- */

/* Admitted, told, discharged, and the update is refused like that. */
static void
refuse_discharge(struct site *s, int http)
{
	admit(s);
	create(s, 0);
	site_does(s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	deliver(s, 0, WW_VERB_UPDATE, WW_RESULT_PARKED, http);
}

START_TEST(tells_by_a_communication_what_no_update_can)
{
	static const int codes[] = { 400, 403, 404, 405, 410, 422, 501 };

	for (size_t i = 0; i < UNIT_COUNT(codes); i++) {
		struct site s;

		refuse_discharge(&s, codes[i]);
		site_outbox_is(&s, "Task stay parked update; Communication update due create");
		ck_assert_int_eq(site_row(&s, 1).about, site_row(&s, 0).id);
		ck_assert_int_eq(site_row(&s, 1).person, site_row(&s, 0).person);
		site_says_at(&s, 1, "topic.text", "Change of a stay");
		site_says_at(&s, 1, "basedOn[0].type", "Task");
		ck_assert_str_eq(
		    says(&s, 1, "basedOn[0].identifier.value"), says(&s, 0, "identifier[0].value"));
		site_says_at(&s, 1, "payload[0].contentString",
		    "Attributed member discharged at MERCY; readmission risk score: unknown; "
		    "contact within 24 h. Discharged 2026-03-05T11:00:00-05:00, disposition 01. "
		    "LACE score 3 to 11.");
		create(&s, 1);
		site_outbox_is(&s, "Task stay parked update; Communication update settled create");
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(tells_so_only_what_the_receiver_lacks)
{
	struct site s;

	/* It never had the Task. */
	admit(&s);
	deliver(&s, 0, WW_VERB_CREATE, WW_RESULT_PARKED, 405);
	site_outbox_is(&s, "Task stay parked create");
	site_close(&s);
	/* It is withdrawn: the correction says so. */
	admit(&s);
	create(&s, 0);
	site_does(&s, .trigger = "A11", .at = AT("1100"));
	deliver(&s, 0, WW_VERB_UPDATE, WW_RESULT_PARKED, 405);
	site_outbox_is(&s, "Task stay parked cancel; Communication correction due create");
	site_close(&s);
	/* Parked by an operator meanwhile. */
	admit(&s);
	create(&s, 0);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"));
	{
		struct flight f = start(&s, 0, WW_VERB_UPDATE);

		(void)site_order(&s, "park-all", "rcca-ehr", "so that");
		end(&s, &f, WW_RESULT_PARKED, 405);
	}
	site_outbox_is(&s, "Task stay parked update");
	site_close(&s);
}
END_TEST

/* The Task gets each change first, and what it does not take is told anew. */
START_TEST(tells_each_change_that_is_refused_once)
{
	struct site s;

	refuse_discharge(&s, 405);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1130"), .to = "06");
	/* The first had not left: it would be old news. */
	site_outbox_is(&s, "Task stay due update; Communication update suppressed create");
	deliver(&s, 0, WW_VERB_UPDATE, WW_RESULT_PARKED, 405);
	site_outbox_is(&s, "Task stay parked update; Communication update suppressed create; "
	                   "Communication update due create");
	ck_assert(!ww_str_eq(site_row(&s, 1).key, site_row(&s, 2).key));
	create(&s, 2);
	site_rebuilds(&s);
	site_close(&s);
	/* It was deleted there: it is not tried any more. */
	refuse_discharge(&s, 404);
	create(&s, 1);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1130"), .to = "06");
	site_outbox_is(&s, "Task stay parked update; Communication update settled create; "
	                   "Communication update due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(takes_back_what_a_communication_told_instead)
{
	struct site s;

	refuse_discharge(&s, 405);
	create(&s, 1);
	site_does(&s, .trigger = "A13", .at = LATER("05", "1200"));
	site_outbox_is(&s, "Task stay due update; Communication update settled create; "
	                   "Communication correction due create");
	site_close(&s);
	/* Not told yet: nobody need hear of it. */
	refuse_discharge(&s, 405);
	site_does(&s, .trigger = "A13", .at = LATER("05", "1200"));
	site_outbox_is(&s, "Task stay due update; Communication update suppressed create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* 404 to a create says nothing of a deletion. */
START_TEST(makes_anew_what_had_no_place)
{
	struct site s;

	admit(&s);
	deliver(&s, 0, WW_VERB_CREATE, WW_RESULT_PARKED, 404);
	site_outbox_is(&s, "Task stay parked create");
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"));
	site_outbox_is(&s, "Task stay due update");
	site_close(&s);
}
END_TEST

START_TEST(gives_what_was_refused_another_chance_with_new_content)
{
	struct site s;

	admit(&s);
	deliver(&s, 0, WW_VERB_CREATE, WW_RESULT_PARKED, 400);
	site_outbox_is(&s, "Task stay parked create");
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"));
	site_outbox_is(&s, "Task stay due update");
	site_does(&s, .trigger = "A11", .at = LATER("05", "1200"));
	site_outbox_is(&s, "Task stay suppressed update");
	site_close(&s);
	/* The search was refused: the Task may be there. */
	admit(&s);
	deliver(&s, 0, WW_VERB_CREATE, WW_RESULT_UNCERTAIN, 0);
	deliver(&s, 0, WW_VERB_SEARCH, WW_RESULT_PARKED, 403);
	site_does(&s, .trigger = "A11", .at = AT("1200"));
	site_outbox_is(&s, "Task stay due cancel; Communication correction due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(passes_by_deliveries_of_rows_that_are_not_there)
{
	struct ww_outbox row;
	struct site s;
	uint64_t attempt;

	admit(&s);
	row = site_row(&s, 0);
	row.id += 99;
	attempt = site_attempt(&s, &row, WW_VERB_CREATE);
	(void)site_outcome(&s, &row, attempt, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	site_apply(&s);
	site_outbox_is(&s, "Task stay due create");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_attempt).n, 0);
	site_close(&s);
}
END_TEST

/* -- what leaves ------------------------------------------------------------------------------------ */

START_TEST(writes_a_task_that_can_be_acted_upon)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .type = "E", .dx = "I50.9");
	site_does(&s, .trigger = "A03", .at = LATER("06", "1200"), .to = "01");
	site_says_at(&s, 0, "resourceType", "Task");
	site_says_at(&s, 0, "identifier[0].system", "urn:example/task");
	ck_assert(ww_str_eq(ww_json_str(ww_json_find(template(&s, 0), "identifier[0].value")),
	    site_row(&s, 0).key));
	site_says_at(&s, 0, "status", "requested");
	site_says_at(&s, 0, "intent", "order");
	site_says_at(&s, 0, "code.coding[0].code", "fulfill");
	site_says_at(&s, 0, "description",
	    "Attributed member discharged at MERCY; readmission risk score: moderate; contact "
	    "within 24 h");
	site_says_at(&s, 0, "for.identifier.value", "M0001");
	site_says_at(&s, 0, "owner.display", "Riverside Care");
	site_says_at(&s, 0, "input[0].type.text", "admission-class");
	site_says_at(&s, 0, "input[0].valueCoding.code", "IMP");
	site_says_at(&s, 0, "input[1].valueDateTime", "2026-03-02T10:00:00-05:00");
	site_says_at(&s, 0, "input[3].type.text", "discharged");
	site_says_at(&s, 0, "input[3].valueDateTime", "2026-03-06T12:00:00-05:00");
	site_says_at(&s, 0, "input[5].type.text", "lace-score");
	ck_assert_int_eq(ww_json_int(ww_json_find(template(&s, 0), "input[5].valueInteger")), 9);
	site_says_at(&s, 0, "input[7].valueString", "admission by admission/1");
	site_close(&s);
}
END_TEST

/* A number means something together with who gave it: the payer whose roster made the stay this practice's. */
START_TEST(names_the_member_in_the_payers_own_system)
{
	static const struct {
		const char *roster, *system;
	} rows[] = {
		{ "  - {file: roster.csv}\n", "urn:example/member-id" },
		{ "  - {file: other.csv, system: \"urn:other\"}\n  - {file: roster.csv, system: "
		  "\"https://payer.example.org/members/\"}\n",
		    "https://payer.example.org/members/" },
	};
	static const char last[] = "  - {file: roster.csv}\n";

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		ww_str config = ww_str_from(SITE_CONFIG);
		struct site s;

		site_open_empty(&s);
		(void)site_engine(&s, SITE_KEY);
		config.n -= sizeof(last) - 1;
		(void)site_config(&s,
		    ww_arena_printf(s.own.arena, "%.*s%s", WW_STR_FMT(config), rows[i].roster).p);
		(void)site_edition(&s, site_roster(&s));
		site_apply(&s);
		site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
		site_does(&s, .trigger = "A06", .at = AT("1300"));
		site_says_at(&s, 0, "subject.identifier.system", rows[i].system);
		site_says_at(&s, 1, "for.identifier.system", rows[i].system);
		site_says_at(&s, 1, "for.identifier.value", "M0001");
		site_says_at(&s, 1, "identifier[0].system", "urn:example/task");
		site_close(&s);
	}
}
END_TEST

/* A correction that is looked at tomorrow comes after the call that it was to stop. */
START_TEST(is_as_urgent_in_a_communication_as_in_the_task)
{
	struct site s;

	arrive(&s);
	site_does(&s, .trigger = "A06", .at = AT("1300"));
	create(&s, 1);
	site_does(&s, .trigger = "A11", .at = AT("1400"));
	site_outbox_is(&s, "Communication ed-arrival due create; Task stay due cancel; "
	                   "Communication correction due create");
	for (size_t i = 0; i < 3; i++)
		site_says_at(&s, i, "priority", "urgent");
	site_close(&s);
}
END_TEST

START_TEST(writes_the_bounds_of_a_score_that_is_not_certain)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .dx = "I50.9"); /* type unknown */
	site_does(&s, .trigger = "A03", .at = LATER("06", "1200"), .to = "01");
	site_says_at(&s, 0, "input[5].type.text", "lace-score");
	ck_assert_int_eq(
	    ww_json_int(ww_json_find(template(&s, 0), "input[5].valueRange.low.value")), 6);
	ck_assert_int_eq(
	    ww_json_int(ww_json_find(template(&s, 0), "input[5].valueRange.high.value")), 9);
	site_close(&s);
}
END_TEST

START_TEST(scores_nobody_who_died)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_does(&s, .trigger = "A03", .at = LATER("06", "1200"), .to = "20");
	site_flags_are(&s, "admission open; discharge open");
	site_says_at(&s, 0, "description",
	    "Attributed member's inpatient stay at MERCY has ended; see the disposition");
	site_close(&s);
}
END_TEST

/* What a feed may put into a text that people read: no second line, nothing that hides or turns what stands there. */
START_TEST(writes_texts_of_a_feed_plainly_and_briefly)
{
	static const struct {
		const char *facility; /* PV1-3.4 */
		const char *shown;
	} rows[] = {
		{ "MERCY", "MERCY" },
		{ "M\xc3\x84RY \xe2\x82\xac \xf0\x9f\x8f\xa5",
		    "M\xc3\x84RY \xe2\x82\xac \xf0\x9f\x8f\xa5" },
		{ "MER\\X0D0A\\CY\\X09\\\\X07\\ EAST\\X7F\\", "MER CY EAST" },
		{ "\xc2\x85MERCY\xe2\x80\xa8\xe2\x80\xa9", "MERCY" },
		/* override, marks, isolates, zero width, byte order mark, tags */
		{ "A\xe2\x80\xaeYCREM\xe2\x80\xac\xe2\x81\xa6 \xe2\x81\xa9\xe2\x80\x8e\xd8\x9c"
		  "B\xe2\x80\x8b\xe2\x81\xa0\xef\xbb\xbf\xc2\xad"
		  "C\xf3\xa0\x81\x81",
		    "AYCREM BC" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		char want[300];
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"), .facility = rows[i].facility);
		snprintf(want, sizeof(want),
		    "Attributed member admitted as an inpatient at %s; contact within 24 h",
		    rows[i].shown);
		site_says_at(&s, 0, "description", want);
		site_says_at(&s, 0, "input[2].type.text", "facility");
		site_says_at(&s, 0, "input[2].valueString", rows[i].shown);
		site_close(&s);
	}
}
END_TEST

START_TEST(cuts_texts_of_a_feed_between_characters)
{
	struct ww_buf b = { 0 };
	const char *facility, *shown;
	struct site s;

	for (int i = 0; i < 3000; i++)
		ww_buf_cstr(&b, "\xc3\x84");
	site_open(&s);
	facility = ww_arena_cstr(s.own.arena, ww_buf_view(&b));
	site_does(&s, .trigger = "A01", .at = AT("1000"), .facility = facility, .dx = "I50.9");
	ck_assert_uint_lt(strlen(says(&s, 0, "description")), 250 + 100);
	shown = says(&s, 0, "input[2].valueString");
	ck_assert_uint_eq(strlen(shown), 2 * 97 + 3);
	ck_assert_str_eq(shown + 2 * 96, "\xc3\x84...");
	/* Of a code too: nobody has checked that it is one. */
	site_does(
	    &s, .trigger = "A03", .at = LATER("05", "1100"), .facility = facility, .to = facility);
	site_says_at(&s, 0, "input[4].type.text", "discharge-disposition");
	ck_assert_uint_eq(strlen(says(&s, 0, "input[4].valueString")), 2 * 97 + 3);
	ww_buf_free(&b);
	site_close(&s);
}
END_TEST

/* Nothing of a person leaves but the number that the practice's own roster has. */
START_TEST(lets_nothing_else_of_the_person_leave)
{
	static const char *const canaries[] = { "TESTFAMILY", "GIVEN", "1950", "MR1", "V1", "C1",
		"C2", "ACME", "PPO", "I50", "4W" };
	struct ww_rows rows;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	site_does(&s, .trigger = "A06", .at = AT("1300"), .dx = "I50.9");
	create(&s, 1);
	site_does(&s, .trigger = "A03", .at = LATER("05", "1100"), .to = "01");
	site_does(&s, .trigger = "A13", .at = LATER("05", "1200"));
	rows = site_rows(&s, &ww_entity_outbox);
	ck_assert_uint_eq(rows.n, 2);
	for (size_t i = 0; i < rows.n; i++) {
		const char *text =
		    ww_arena_cstr(s.own.arena, site_template(&s, WW_ROW(&rows, outbox, i)->id));

		ck_assert_ptr_nonnull(strstr(text, "M0001"));
		for (size_t k = 0; k < UNIT_COUNT(canaries); k++)
			ck_assert_msg(
			    strstr(text, canaries[k]) == NULL, "%s in %s", canaries[k], text);
	}
	site_close(&s);
}
END_TEST

/* Another key, other names: they say nothing to who does not have it. */
START_TEST(names_its_resources_under_the_delivery_key)
{
	struct site a, b;

	admit(&a);
	site_open_empty(&b);
	(void)site_engine(&b, "another key");
	(void)site_config(&b, SITE_CONFIG);
	(void)site_edition(&b, site_roster(&b));
	site_does(&b, .trigger = "A01", .at = AT("1000"));
	ck_assert(ww_str_starts(site_row(&a, 0).key, WW_STR("stay-")));
	ck_assert(!ww_str_eq(site_row(&a, 0).key, site_row(&b, 0).key));
	ck_assert_str_ne(
	    says(&a, 0, "focus.identifier.value"), says(&b, 0, "focus.identifier.value"));
	/* A later ENGINE record cannot change it. */
	(void)site_engine(&b, "a third key");
	site_does(&b, .trigger = "A11", .at = AT("1100"));
	site_rebuilds(&b);
	site_close(&b);
	site_close(&a);
}
END_TEST

/* An engine that lost its last hours numbers what is sent again otherwise. What it told a receiver must be found there
 * under the same key, and nothing that was told of another stay. */
START_TEST(names_a_stay_alike_whatever_its_numbers_are)
{
	struct site lost, anew;

	site_open(&lost);
	site_does(&lost, .trigger = "A01", .at = AT("1000"), .person = 1);
	site_does(&lost, .trigger = "A04", .at = AT("1010"), .person = 2, .class_ = "E");
	site_does(
	    &lost, .trigger = "A01", .at = AT("1020"), .person = 3, .visit = "", .control = "X");
	site_does(&lost, .trigger = "A01", .at = AT("1030"), .person = 4, .visit = "V1^^^MERCY");
	site_open(&anew);
	site_does(&anew, .trigger = "A01", .at = AT("0900"), .person = 5);
	site_does(&anew, .trigger = "A01", .at = AT("1030"), .person = 4, .visit = "V1^^^MERCY");
	/* Sent again with a control id and a header of its own. */
	site_does(
	    &anew, .trigger = "A04", .at = AT("1010"), .person = 2, .class_ = "E", .msh3 = "OTHER");
	site_does(
	    &anew, .trigger = "A01", .at = AT("1020"), .person = 3, .visit = "", .control = "X");
	site_does(&anew, .trigger = "A01", .at = AT("1000"), .person = 1);
	for (size_t i = 0; i < 4; i++) {
		static const size_t there[] = { 4, 2, 3, 1 };

		ck_assert_int_ne(site_row(&lost, i).id, site_row(&anew, there[i]).id);
		ck_assert_msg(
		    ww_str_eq(site_row(&lost, i).key, site_row(&anew, there[i]).key), "row %zu", i);
		for (size_t k = 0; k < 5; k++)
			ck_assert(k == there[i] ||
			          !ww_str_eq(site_row(&lost, i).key, site_row(&anew, k).key));
	}
	site_close(&lost);
	site_close(&anew);
}
END_TEST

START_TEST(names_two_stays_under_one_number_apart)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .in = AT("1000"));
	site_does(&s, .trigger = "A03", .at = AT("1200"), .in = AT("1000"), .out = AT("1200"));
	site_does(&s, .trigger = "A01", .at = AT("1500"), .in = AT("1500"));
	ck_assert_uint_eq(site_rows(&s, &ww_entity_encounter).n, 2);
	ck_assert(!ww_str_eq(site_row(&s, 0).key, site_row(&s, 1).key));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { drops_a_task_withdrawn_before_it_left,
		cancels_and_corrects_a_task_that_was_sent,
		corrects_a_task_in_flight_only_if_it_arrived,
		asks_before_it_cancels_what_may_not_be_there,
		holds_back_an_attempt_that_came_too_late, corrects_a_discharge_and_keeps_the_task,
		corrects_no_discharge_that_was_never_told, corrects_what_was_found_by_a_search,
		opens_no_task_again_that_was_cancelled, drops_an_arrival_withdrawn_before_it_left,
		corrects_an_arrival_that_was_told, corrects_an_arrival_in_flight_only_if_it_arrived,
		speaks_of_the_stay_as_it_is_when_it_leaves,
		says_only_of_who_went_home_that_nobody_was_admitted,
		is_due_a_day_after_the_newest_thing_to_do,
		is_due_after_the_hours_of_the_configuration, keeps_every_attempt_and_how_it_ended,
		owes_what_changed_during_a_flight, adopts_what_is_there_already,
		asks_again_after_a_conflict, does_not_make_again_what_the_receiver_deleted,
		tells_by_a_communication_what_no_update_can, tells_so_only_what_the_receiver_lacks,
		tells_each_change_that_is_refused_once,
		takes_back_what_a_communication_told_instead, makes_anew_what_had_no_place,
		gives_what_was_refused_another_chance_with_new_content,
		passes_by_deliveries_of_rows_that_are_not_there,
		writes_a_task_that_can_be_acted_upon, names_the_member_in_the_payers_own_system,
		is_as_urgent_in_a_communication_as_in_the_task,
		writes_the_bounds_of_a_score_that_is_not_certain, scores_nobody_who_died,
		writes_texts_of_a_feed_plainly_and_briefly, cuts_texts_of_a_feed_between_characters,
		lets_nothing_else_of_the_person_leave, names_its_resources_under_the_delivery_key,
		names_a_stay_alike_whatever_its_numbers_are,
		names_two_stays_under_one_number_apart };

	return unit_main("notify", tests, UNIT_COUNT(tests));
}
