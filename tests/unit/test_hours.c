/* What a program says of when: deadlines in the receiver's zone and by its calendar, quiet hours, digests, and the backup that
 * gets what nobody acknowledges. */
#include "tests/unit/unit.h"

#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

enum { MINUTE = 60000, HOUR = 60 * MINUTE };
#define DAY ((int64_t)24 * HOUR)

/* Quiet from eight in the evening to seven in the morning in New York; a digest at seven on business days. */
#define PROGRAM                                                                                    \
	"program: care\ntitle: Care\nversion: 1\nrules: [{use: admission/1}, {use: lace/1}]\n"     \
	"flags:\n"                                                                                 \
	"  admission: {to: coordinator, as: stay-task, deadline: 2bd}\n"                           \
	"  discharge: {to: coordinator, as: stay-task, deadline: 24h}\n"                           \
	"  ed-arrival: {to: coordinator, as: digest}\n"                                            \
	"  ed-discharge: {to: coordinator, as: communication, priority: urgent}\n"                 \
	"  readmission-risk: {as: record}\n"                                                       \
	"quiet: {from: \"20:00\", to: \"07:00\", urgent: pass}\n"                                  \
	"digest: {at: \"07:00\", on: business-days}\n"

/* An admission is urgent and to be acknowledged in half an hour. */
#define URGENT                                                                                     \
	"program: care\ntitle: Care\nversion: 1\nrules: [{use: admission/1}]\n"                    \
	"flags:\n"                                                                                 \
	"  admission: {to: coordinator, as: stay-task, deadline: 24h, warn: 50, priority: "        \
	"urgent, "                                                                                 \
	"acknowledge: 30m}\n"                                                                      \
	"  discharge: {to: coordinator, as: stay-task, deadline: 24h}\n"

#define TOLD URGENT "  task-unacknowledged: {to: physician, as: communication}\n"

#define LATE                                                                                       \
	"program: care\ntitle: Care\nversion: 1\nrules: [{use: admission/1}]\n"                    \
	"flags:\n"                                                                                 \
	"  admission: {to: coordinator, as: stay-task, deadline: 24h}\n"                           \
	"  task-overdue: {to: physician, as: communication}\n"

#define CONFIG                                                                                     \
	"data: data\nsystem: \"urn:example\"\nhistory_since: 2020-01-01\n"                         \
	"listeners:\n  - {name: adt, mllp: \"127.0.0.1:0\"}\n"                                     \
	"feeds:\n  - {name: mercy, on: adt, zone: " SITE_ZONE "}\n"                                \
	"endpoints:\n"                                                                             \
	"  - {name: rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\"}\n"                                \
	"  - {name: rcca-night, fhir: \"http://127.0.0.1:2/fhir\"}\n"                              \
	"parties:\n"                                                                               \
	"  - name: rcca\n"                                                                         \
	"    title: Riverside Care\n"                                                              \
	"    send: rcca-ehr\n"                                                                     \
	"    roles: {coordinator: {send: rcca-ehr, backup: rcca-night, calendar: ours.csv}}\n"     \
	"  - {name: lakeside, send: rcca-ehr}\n"                                                   \
	"rosters:\n  - {file: roster.csv}\n"                                                       \
	"programs:\n  - {file: care.yaml}\n"

static struct site s;

static void
open_site(const char *program)
{
	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	(void)site_file(&s, "program", "care", program);
	(void)site_file(&s, "calendar", "ours.csv",
	    "date,name,weekend,since\nus-federal\n2026-03-04,Founder's day,,\n");
	(void)site_config(&s, CONFIG);
	(void)site_edition(&s, site_roster(&s));
	site_apply(&s);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_quarantine).n, 0);
}

static void
tick(const char *hl7)
{
	struct ww_buf none = { 0 };

	(void)site_record(&s, WW_REC_TICK, site_ms(hl7), &none);
	site_apply(&s);
}

static const char *
local(int64_t ms)
{
	struct ww_buf b = { 0 };
	const char *text;

	ww_time_write_fhir(ww_time_at(ms, ww_zone_find(SITE_ZONE)), &b);
	text = ww_arena_cstr(s.own.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

START_TEST(deadlines_go_by_the_receivers_calendar)
{
	open_site(PROGRAM);
	site_does(&s, .trigger = "A01",
	    .at = "202603021000"); /* a Monday; Wednesday is a holiday there */
	ck_assert_str_eq(local(site_row(&s, 0).due_ms), "2026-03-05T23:59:59-05:00");
	site_does(&s, .trigger = "A01", .at = "202607011000", .person = 2);
	ck_assert_str_eq(local(site_row(&s, 1).due_ms), "2026-07-06T23:59:59-04:00");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- quiet hours ---------------------------------------------------------------------------------------- */

START_TEST(what_is_not_urgent_waits_for_the_morning)
{
	static const struct {
		const char *at, *until;
	} rows[] = {
		{ "202603021959", NULL }, { "202603022000", "2026-03-03T07:00:00-05:00" },
		{ "202603022359", "2026-03-03T07:00:00-05:00" },
		{ "202603030000", "2026-03-03T07:00:00-05:00" },
		{ "202603030659", "2026-03-03T07:00:00-05:00" }, { "202603030700", NULL },
		{ "202603072200", "2026-03-08T07:00:00-04:00" }, /* the night of summer time */
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_outbox row;

		open_site(PROGRAM);
		site_does(&s, .trigger = "A01", .at = rows[i].at);
		row = site_row(&s, 0);
		ck_assert_msg(row.state == (rows[i].until == NULL ? WW_outbox_state_DUE
		                                                  : WW_outbox_state_QUIET),
		    "%s", rows[i].at);
		if (rows[i].until != NULL)
			ck_assert_str_eq(local(row.after_ms), rows[i].until);
		site_close(&s);
	}
}
END_TEST

START_TEST(the_morning_makes_it_due)
{
	open_site(PROGRAM);
	site_does(&s, .trigger = "A01", .at = "202603022200");
	site_outbox_is(&s, "Task stay quiet create");
	tick("202603030659");
	site_outbox_is(&s, "Task stay quiet create");
	tick("202603030700");
	site_outbox_is(&s, "Task stay due create");
	ck_assert_int_eq(site_row(&s, 0).owed_ms, site_ms("202603030700"));
	ck_assert_uint_eq(site_row(&s, 0).reason.n, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_is_urgent_passes)
{
	open_site(PROGRAM);
	site_does(&s, .trigger = "A04", .at = "202603022200", .class_ = "E");
	site_does(&s, .trigger = "A03", .at = "202603022300", .class_ = "E", .out = "202603022300",
	    .to = "01");
	site_outbox_is(&s, "Communication ed-discharge due create");
	site_close(&s);
}
END_TEST

START_TEST(what_is_withdrawn_at_night_is_never_sent)
{
	open_site(PROGRAM);
	site_does(&s, .trigger = "A01", .at = "202603022200");
	site_does(&s, .trigger = "A11", .at = "202603022300");
	site_outbox_is(&s, "Task stay suppressed create");
	tick("202603030700");
	site_outbox_is(&s, "Task stay suppressed create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_takes_back_leaves_at_once)
{
	struct ww_outbox row;
	uint64_t seq;

	open_site(PROGRAM);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	row = site_row(&s, 0);
	seq = site_attempt(&s, &row, WW_VERB_CREATE);
	(void)site_outcome(&s, &row, seq, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	site_does(&s, .trigger = "A11", .at = "202603022300");
	site_outbox_is(&s, "Task stay due cancel; Communication correction due create");
	site_close(&s);
}
END_TEST

/* What was to leave anyway is not held back by news that could wait. */
START_TEST(what_was_due_stays_due)
{
	open_site(PROGRAM);
	site_does(&s, .trigger = "A01", .at = "202603021958");
	site_outbox_is(&s, "Task stay due create");
	site_does(&s, .trigger = "A03", .at = "202603022100", .out = "202603022100");
	ck_assert_int_eq(site_row(&s, 0).state, WW_outbox_state_DUE);
	site_close(&s);
}
END_TEST

START_TEST(an_operator_sends_it_at_once)
{
	open_site(PROGRAM);
	site_does(&s, .trigger = "A01", .at = "202603022200");
	(void)site_order(&s, "retry",
	    ww_arena_printf(s.own.arena, WW_ID_FMT, WW_ID_ARG(site_row(&s, 0).id)).p, "test");
	site_outbox_is(&s, "Task stay due create");
	tick("202603030700");
	site_outbox_is(&s, "Task stay due create");
	site_close(&s);
}
END_TEST

/* -- digests --------------------------------------------------------------------------------------------- */

static const struct ww_outbox *
digest_row(size_t n)
{
	struct ww_rows rows = site_rows(&s, &ww_entity_outbox);

	for (size_t i = 0; i < rows.n; i++) {
		if (ww_str_is(WW_ROW(&rows, outbox, i)->subject, "digest") && n-- == 0)
			return WW_ROW(&rows, outbox, i);
	}
	return NULL;
}

static const char *
line_of(const struct ww_outbox *row, size_t n)
{
	struct ww_json *c = NULL;
	char path[40];

	site_ok(&s, ww_json_parse(&s.own, site_template(&s, row->id), &c));
	snprintf(path, sizeof(path), "payload[%zu].contentString", n);
	return ww_arena_cstr(s.own.arena, ww_json_str(ww_json_find(c, path)));
}

static void
arrive(int person, const char *at)
{
	site_does(&s, .trigger = "A04", .at = at, .class_ = "E", .person = person);
}

START_TEST(a_digest_tells_of_a_day_at_once)
{
	open_site(PROGRAM);
	arrive(1, "202603020900");
	arrive(2, "202603021000");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_digest_entry).n, 2);
	ck_assert_ptr_null(digest_row(0));
	tick("202603030659");
	ck_assert_ptr_null(digest_row(0));
	tick("202603030701");
	ck_assert_ptr_nonnull(digest_row(0));
	ck_assert_str_eq(
	    line_of(digest_row(0), 0), "Emergency department arrival: member M0001, 2026-03-02");
	ck_assert_str_eq(
	    line_of(digest_row(0), 1), "Emergency department arrival: member M0002, 2026-03-02");
	ck_assert_str_eq(line_of(digest_row(0), 2), "");
	ck_assert_int_eq(digest_row(0)->state, WW_outbox_state_DUE);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_digest_entry).n, 0);
	tick("202603050800"); /* nothing new: no digest */
	ck_assert_ptr_null(digest_row(1));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* On Tuesday evening, when Wednesday is a holiday of the practice; and what holds no more by then is not told. */
START_TEST(a_digest_waits_for_a_business_day)
{
	open_site(PROGRAM);
	arrive(1, "202603031000");
	arrive(2, "202603031100");
	site_does(&s, .trigger = "A11", .at = "202603031200", .class_ = "E", .person = 2);
	tick("202603040800");
	ck_assert_ptr_null(digest_row(0));
	tick("202603050659");
	ck_assert_ptr_null(digest_row(0));
	tick("202603050700");
	ck_assert_ptr_nonnull(digest_row(0));
	ck_assert_str_eq(
	    line_of(digest_row(0), 0), "Emergency department arrival: member M0001, 2026-03-03");
	ck_assert_str_eq(line_of(digest_row(0), 1), "");
	site_close(&s);
}
END_TEST

START_TEST(an_empty_digest_is_not_sent)
{
	open_site(PROGRAM);
	arrive(1, "202603021000");
	site_does(&s, .trigger = "A11", .at = "202603021200", .class_ = "E");
	tick("202603030800");
	ck_assert_ptr_null(digest_row(0));
	site_close(&s);
}
END_TEST

/* A week without the engine: one digest, not five. */
START_TEST(a_digest_is_made_up_for_once)
{
	open_site(PROGRAM);
	arrive(1, "202603021000");
	tick("202603101200");
	tick("202603101300");
	ck_assert_ptr_nonnull(digest_row(0));
	ck_assert_ptr_null(digest_row(1));
	site_close(&s);
}
END_TEST

/* -- the backup ------------------------------------------------------------------------------------------- */

static void
send(size_t n)
{
	struct ww_outbox row = site_row(&s, n);
	enum ww_verb verb = row.sent == 0 ? WW_VERB_CREATE : WW_VERB_UPDATE;
	uint64_t seq = site_attempt(&s, &row, verb);

	(void)site_outcome(&s, &row, seq, verb, WW_RESULT_SENT, row.sent == 0 ? 201 : 200);
	site_apply(&s);
}

static void
acknowledge(size_t n)
{
	(void)site_order(&s, "flag-ack",
	    ww_arena_printf(s.own.arena, WW_ID_FMT, WW_ID_ARG(site_row(&s, n).id)).p, "test");
}

static bool
has(ww_str text, ww_str part)
{
	for (size_t i = 0; i + part.n <= text.n; i++) {
		if (ww_str_eq(ww_str_sub(text, i, part.n), part))
			return true;
	}
	return false;
}

START_TEST(what_nobody_acknowledges_goes_to_the_backup)
{
	struct ww_outbox first, second;

	open_site(URGENT);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	tick("202603021030"); /* it was received five seconds past the hour */
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 1);
	tick("202603021031");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 2);
	first = site_row(&s, 0);
	second = site_row(&s, 1);
	ck_assert_int_eq(second.backup, 1);
	ck_assert_int_eq(second.about, first.id);
	ck_assert(ww_str_is(second.endpoint, "rcca-night"));
	ck_assert(!ww_str_eq(first.key, second.key));
	ck_assert_int_eq(second.state, WW_outbox_state_DUE);
	ck_assert(!has(site_template(&s, second.id), first.key));
	ck_assert(has(site_template(&s, second.id), second.key));
	tick("202603031200");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 2); /* once */
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

#define SLEEPS URGENT "quiet: {from: \"20:00\", to: \"07:00\", urgent: wait}\n"

/* Who is not woken has the half hour from the morning on. */
START_TEST(nobody_is_asked_before_the_morning)
{
	open_site(SLEEPS);
	site_does(&s, .trigger = "A01", .at = "202603022200");
	tick("202603030700");
	site_outbox_is(&s, "Task stay due create");
	tick("202603030729");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 1);
	tick("202603030730");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 2);
	site_close(&s);
}
END_TEST

static struct ww_deadline
only_round(void)
{
	struct ww_rows rounds = site_rows(&s, &ww_entity_deadline);

	ck_assert_uint_eq(rounds.n, 1);
	return *WW_ROW(&rounds, deadline, 0);
}

#define ARRIVES URGENT "  ed-arrival: {to: coordinator, as: stay-task, deadline: 12h}\n"

/* What nobody has looked at yet becomes urgent: the clock goes on, and the backup is called all the same. */
START_TEST(what_becomes_urgent_goes_to_the_backup)
{
	int64_t due;

	open_site(ARRIVES);
	site_does(&s, .trigger = "A04", .at = "202603021000", .class_ = "E");
	send(0);
	due = only_round().due_ms;
	tick("202603021159");
	site_does(&s, .trigger = "A06", .at = "202603021200");
	tick("202603021230");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 1);
	tick("202603021231");
	site_outbox_is(&s, "Task stay due update; Task stay due create");
	ck_assert_int_eq(site_row(&s, 1).backup, 1);
	ck_assert_int_eq(only_round().due_ms, due);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_is_acknowledged_does_not)
{
	open_site(URGENT);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	acknowledge(0);
	tick("202603021100");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 1);
	site_close(&s);
}
END_TEST

START_TEST(the_backups_answer_is_the_tasks)
{
	struct ww_rows rounds;

	open_site(URGENT);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	tick("202603021031");
	send(1);
	acknowledge(1);
	tick("202603031200");
	rounds = site_rows(&s, &ww_entity_deadline);
	ck_assert_uint_eq(rounds.n, 1);
	ck_assert_int_ne(WW_ROW(&rounds, deadline, 0)->acknowledged_ms, 0);
	ck_assert_int_eq(WW_ROW(&rounds, deadline, 0)->breached_ms, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* What the backup said of the admission is no answer to the discharge. */
START_TEST(the_backups_old_answer_is_none_to_news)
{
	struct ww_rows rounds;

	open_site(URGENT);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	tick("202603021031");
	send(1);
	acknowledge(1);
	site_does(&s, .trigger = "A03", .at = "202603051000", .out = "202603051000");
	send(0);
	send(1);
	rounds = site_rows(&s, &ww_entity_deadline);
	ck_assert_uint_eq(rounds.n, 2);
	ck_assert_int_eq(WW_ROW(&rounds, deadline, 1)->acted_ms, 0);
	tick("202603061100");
	rounds = site_rows(&s, &ww_entity_deadline);
	ck_assert_int_ne(WW_ROW(&rounds, deadline, 1)->breached_ms, 0);
	(void)site_order(&s, "flag-done",
	    ww_arena_printf(s.own.arena, WW_ID_FMT, WW_ID_ARG(site_row(&s, 1).id)).p, "test");
	rounds = site_rows(&s, &ww_entity_deadline);
	ck_assert_int_ne(WW_ROW(&rounds, deadline, 1)->acted_ms, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The practice's server is down: that is when there has to be a backup. */
START_TEST(the_backup_gets_what_never_reached_the_first)
{
	struct ww_outbox first;

	open_site(URGENT);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	tick("202603021031");
	site_outbox_is(&s, "Task stay due create; Task stay due create");
	first = site_row(&s, 0);
	(void)site_outcome(&s, &first, site_attempt(&s, &first, WW_VERB_CREATE), WW_VERB_CREATE,
	    WW_RESULT_RETRY, 503);
	site_apply(&s);
	site_outbox_is(&s, "Task stay due create; Task stay due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(the_backup_hears_what_becomes_of_it)
{
	open_site(URGENT);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	tick("202603021031");
	send(1);
	site_does(&s, .trigger = "A11", .at = "202603021100");
	ck_assert(ww_str_is(site_row(&s, 1).change, "cancel"));
	ck_assert_int_eq(site_row(&s, 1).state, WW_outbox_state_DUE);
	site_close(&s);

	open_site(URGENT); /* and nothing when it never got it */
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	tick("202603021031");
	site_does(&s, .trigger = "A11", .at = "202603021100");
	ck_assert_int_eq(site_row(&s, 1).state, WW_outbox_state_SUPPRESSED);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Another one is told that nobody did, once, and nothing more when somebody does. */
/* Who was told that nobody took it up hears that nobody need. */
START_TEST(what_is_withdrawn_needs_nobody_to_take_it_up)
{
	struct ww_rows flags;

	open_site(TOLD);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	tick("202603021031");
	send(1);
	send(2);
	site_does(&s, .trigger = "A11", .at = "202603021100");
	tick("202603021101");
	site_flags_are(&s, "admission retracted; task-unacknowledged retracted");
	flags = site_rows(&s, &ww_entity_flag);
	unit_str_is(
	    WW_ROW(&flags, flag, 1)->reason, "the Task was withdrawn: nobody need take it up");
	site_outbox_is(&s, "Task stay due cancel; Task stay due cancel; "
	                   "Communication task-unacknowledged settled create; "
	                   "Communication correction due create; "
	                   "Communication correction due create");
	tick("202603031200");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 5);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(what_nobody_acknowledges_is_told_where_the_program_says)
{
	open_site(TOLD);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	tick("202603021031");
	site_flags_are(&s, "admission open; task-unacknowledged open");
	site_outbox_is(&s, "Task stay settled create; Task stay due create; "
	                   "Communication task-unacknowledged due create");
	tick("202603021100");
	send(1);
	send(2);
	acknowledge(0);
	site_flags_are(&s, "admission open; task-unacknowledged open");
	tick("202603021101");
	site_flags_are(&s, "admission open; task-unacknowledged done");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 3);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Likewise that nobody acted on it until it ran out. */
START_TEST(what_ran_out_is_told_where_the_program_says)
{
	struct ww_rows flags;

	open_site(LATE);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	tick("202603031000");
	site_flags_are(&s, "admission open");
	tick("202603031001");
	site_flags_are(&s, "admission open; task-overdue open");
	site_outbox_is(&s, "Task stay settled create; Communication task-overdue due create");
	send(1);
	acknowledge(0);
	tick("202603031002");
	site_flags_are(&s, "admission open; task-overdue done");
	flags = site_rows(&s, &ww_entity_flag);
	unit_str_is(WW_ROW(&flags, flag, 1)->reason, "somebody acted on it");
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 2);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Who was told of it hears that nobody need act when the Task is withdrawn. */
START_TEST(what_was_late_is_taken_back_when_the_task_is_withdrawn)
{
	struct ww_rows flags;

	open_site(TOLD "  task-overdue: {to: pcp, as: communication}\n");
	site_does(&s, .trigger = "A01", .at = "202603021000");
	send(0);
	tick("202603031001");
	site_flags_are(&s, "admission open; task-unacknowledged open; task-overdue open");
	site_does(&s, .trigger = "A11", .at = "202603031100");
	tick("202603031101");
	site_flags_are(
	    &s, "admission retracted; task-unacknowledged retracted; task-overdue retracted");
	flags = site_rows(&s, &ww_entity_flag);
	for (size_t i = 1; i < flags.n; i++)
		unit_str_is(WW_ROW(&flags, flag, i)->reason,
		    "the Task was withdrawn: nobody need take it up");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(warns_when_the_program_says_so)
{
	open_site(URGENT);
	site_does(&s, .trigger = "A01", .at = "202603021000");
	tick("202603022200");
	ck_assert_int_eq(site_row(&s, 0).warned_ms, 0);
	tick("202603022201");
	ck_assert_int_ne(site_row(&s, 0).warned_ms, 0);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { deadlines_go_by_the_receivers_calendar,
		what_is_not_urgent_waits_for_the_morning, the_morning_makes_it_due,
		what_is_urgent_passes, what_is_withdrawn_at_night_is_never_sent,
		what_takes_back_leaves_at_once, what_was_due_stays_due,
		an_operator_sends_it_at_once, a_digest_tells_of_a_day_at_once,
		a_digest_waits_for_a_business_day, an_empty_digest_is_not_sent,
		a_digest_is_made_up_for_once, what_nobody_acknowledges_goes_to_the_backup,
		nobody_is_asked_before_the_morning, what_becomes_urgent_goes_to_the_backup,
		what_is_acknowledged_does_not, the_backups_answer_is_the_tasks,
		the_backups_old_answer_is_none_to_news,
		the_backup_gets_what_never_reached_the_first, the_backup_hears_what_becomes_of_it,
		what_is_withdrawn_needs_nobody_to_take_it_up,
		what_nobody_acknowledges_is_told_where_the_program_says,
		what_ran_out_is_told_where_the_program_says,
		what_was_late_is_taken_back_when_the_task_is_withdrawn,
		warns_when_the_program_says_so };

	return unit_main("hours", tests, UNIT_COUNT(tests));
}
