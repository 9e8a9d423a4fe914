/* Persons marked and judged: at the next TICK, in the night, after a merge; what follows a discharge is looked at with them; and the
 * ledger is the same when it is built again. */
#include "tests/unit/apply_fixture.h"

#include "store/notice.h"

#include <wardwire/json.h>

#define PROGRAM                                                                                    \
	"program: p\n"                                                                             \
	"title: P\n"                                                                               \
	"version: 1\n"                                                                             \
	"rules: [{use: admission/2}, {use: readmit-hwr/1}, {use: recent-stay/1}, "                 \
	"{use: frequent-ed/1}, {use: dm-elig/1}, {use: follow-up/1}]\n"                            \
	"flags:\n"                                                                                 \
	"  readmission: {to: coordinator, as: task, deadline: 24h}\n"                              \
	"  recent-stay: {as: record}\n"                                                            \
	"  frequent-ed: {to: coordinator, as: task, deadline: 5bd}\n"                              \
	"  dm-heart-failure: {to: program-desk, as: task, deadline: 5bd, cooldown: 180d}\n"        \
	"  follow-up-contact: {to: coordinator, as: task, deadline: 2bd}\n"                        \
	"  follow-up-visit: {to: coordinator, as: task, deadline: 14d}\n"

#define CONFIG                                                                                     \
	SITE_CONFIG_OF("", "", "")                                                                 \
	"programs:\n"                                                                              \
	"  - {file: p.yaml, payer: lakeside}\n"

static void
open_with(struct site *s, const char *program)
{
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	(void)site_file(s, "program", "p", program);
	(void)site_config(s, CONFIG);
	(void)site_edition(s, site_roster(s));
	site_apply(s);
}

static void
open_site(struct site *s)
{
	open_with(s, PROGRAM);
}

/* TICKs until none has anything to do. */
static void
tick(struct site *s, const char *at)
{
	int64_t time = site_ms(at);

	do {
		struct ww_buf none = { 0 };

		(void)site_record(s, WW_REC_TICK, time++, &none);
		site_apply(s);
	} while (ww_apply_due(s->apply) <= time);
}

static size_t
marks(struct site *s)
{
	return site_rows(s, &ww_entity_person_mark).n;
}

static void
visit(struct site *s, const char *number, const char *in, const char *out)
{
	site_does(s, .trigger = "A04", .class_ = "E", .at = in, .in = in, .visit = number);
	site_does(s, .trigger = "A03", .class_ = "E", .at = out, .in = in, .out = out,
	    .visit = number, .to = "01");
}

START_TEST(judges_who_was_marked_at_the_next_tick)
{
	struct site s;

	open_site(&s);
	visit(&s, "E1^^^MERCY", "202603011000", "202603011200");
	visit(&s, "E2^^^MERCY", "202603101000", "202603101200");
	ck_assert_uint_eq(marks(&s), 1);
	ck_assert_int_eq(ww_apply_due(s.apply), 0);
	tick(&s, "202603101300");
	ck_assert_uint_eq(marks(&s), 0);
	site_flags_are(&s, "");
	visit(&s, "E3^^^MERCY", "202604011000", "202604011200");
	site_flags_are(&s, "");
	tick(&s, "202604011300");
	site_flags_are(&s, "frequent-ed open");
	site_outbox_is(&s, "Task frequent-ed due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(judges_everybody_in_the_night_as_windows_run_out)
{
	struct site s;

	open_site(&s);
	visit(&s, "E1^^^MERCY", "202603011000", "202603011200");
	visit(&s, "E2^^^MERCY", "202603101000", "202603101200");
	visit(&s, "E3^^^MERCY", "202604011000", "202604011200");
	tick(&s, "202604011300");
	site_flags_are(&s, "frequent-ed open");
	tick(&s, "202604301200"); /* the first visit was 60 days ago */
	site_flags_are(&s, "frequent-ed open");
	tick(&s, "202605021200");
	site_flags_are(&s, "frequent-ed retracted");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

static void
stay(struct site *s, const char *number, const char *in, const char *out)
{
	site_does(s, .trigger = "A01", .at = in, .in = in, .visit = number);
	if (out != NULL)
		site_does(s, .trigger = "A03", .at = out, .in = in, .out = out, .visit = number,
		    .to = "01");
}

START_TEST(ends_the_follow_up_when_the_patient_is_back)
{
	struct ww_rows rows;
	struct site s;

	open_site(&s);
	stay(&s, "S1^^^MERCY", "202603021000", "202603051000");
	site_flags_are(&s, "follow-up-contact open; follow-up-visit open");
	tick(&s, "202603051100");
	site_flags_are(&s, "follow-up-contact open; follow-up-visit open");
	stay(&s, "S2^^^MERCY", "202603101000", NULL);
	site_flags_are(&s, "follow-up-contact open; follow-up-visit open; readmission open");
	tick(&s, "202603101100");
	site_flags_are(
	    &s, "follow-up-contact retracted; follow-up-visit retracted; readmission open");
	rows = site_rows(&s, &ww_entity_flag);
	unit_str_is(WW_ROW(&rows, flag, 0)->reason, "the patient is in hospital again");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Notice n is at the practice. */
static void
send(struct site *s, size_t n)
{
	struct ww_outbox row = site_row(s, n);
	enum ww_verb verb = row.sent == 0 ? WW_VERB_CREATE : WW_VERB_UPDATE;
	uint64_t seq = site_attempt(s, &row, verb);

	(void)site_outcome(s, &row, seq, verb, WW_RESULT_SENT, row.sent == 0 ? 201 : 200);
	site_apply(s);
}

/* What the template of the n-th row has there. */
static const char *
says(struct site *s, size_t n, const char *path)
{
	struct ww_json *v = NULL;

	site_ok(s, ww_json_parse(&s->own, site_template(s, site_row(s, n).id), &v));
	return ww_arena_cstr(s->own.arena, ww_json_str(ww_json_find(v, path)));
}

/* What was asked for was done: nothing was wrong, and nothing is taken back. */
START_TEST(completes_the_task_of_a_follow_up_that_was_done)
{
	struct ww_item of_flag, of_notice;
	struct ww_rows rows;
	struct site s;

	open_site(&s);
	stay(&s, "S1^^^MERCY", "202603021000", "202603051000");
	site_outbox_is(&s, "Task follow-up-contact due create; Task follow-up-visit due create");
	send(&s, 0);
	send(&s, 1);
	site_does(&s, .trigger = "A04", .class_ = "O", .at = "202603091000", .in = "202603091000",
	    .visit = "O1^^^MERCY");
	tick(&s, "202603091100");
	site_flags_are(&s, "follow-up-contact done; follow-up-visit done");
	site_outbox_is(&s, "Task follow-up-contact due cancel; Task follow-up-visit due cancel");
	for (size_t n = 0; n < 2; n++) {
		ck_assert_str_eq(says(&s, n, "status"), "completed");
		ck_assert_str_eq(
		    says(&s, n, "statusReason.text"), "the patient was seen as an outpatient");
		ck_assert_str_eq(says(&s, n, "businessStatus.text"), "done");
	}
	rows = site_rows(&s, &ww_entity_flag);
	site_ok(&s, ww_item_of_flag(&s.ledger, &s.own, WW_ROW(&rows, flag, 0), &of_flag));
	ck_assert_str_eq(ww_work_state_text(of_flag.state), "done");
	site_ok(&s, ww_item_of_notice(&s.ledger, &s.own, &of_flag.notice, &of_notice));
	ck_assert_str_eq(ww_work_state_text(of_notice.state), "done");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The discharge was held up: the admission after it is a return. Then the admission turns out to have been another patient's: there is
 * a call and a visit to ask for. */
START_TEST(says_of_other_stays_what_follows_from_one)
{
	struct site s;

	open_with(&s, PROGRAM "  discharge: {as: record}\n");
	stay(&s, "S1^^^MERCY", "202603021000", NULL);
	stay(&s, "S2^^^MERCY", "202603061000", NULL);
	site_does(&s, .trigger = "A03", .at = "202603061100", .in = "202603021000",
	    .out = "202603051000", .visit = "S1^^^MERCY", .to = "01");
	site_flags_are(&s, "discharge open");
	tick(&s, "202603061110");
	site_flags_are(&s, "discharge open; readmission open");
	site_does(&s, .trigger = "A11", .at = "202603061200", .in = "202603061000",
	    .visit = "S2^^^MERCY");
	tick(&s, "202603061210");
	site_flags_are(&s, "discharge open; readmission retracted; follow-up-contact open; "
	                   "follow-up-visit open");
	site_rebuilds(&s);
	site_close(&s);

	open_site(&s); /* or the discharge never was */
	stay(&s, "S1^^^MERCY", "202603021000", "202603051000");
	stay(&s, "S2^^^MERCY", "202603061000", NULL);
	site_does(&s, .trigger = "A13", .at = "202603061200", .in = "202603021000",
	    .visit = "S1^^^MERCY");
	tick(&s, "202603061210");
	site_flags_are(
	    &s, "follow-up-contact retracted; follow-up-visit retracted; readmission retracted");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(ends_the_follow_up_in_the_night_after_its_time)
{
	struct site s;

	open_site(&s);
	stay(&s, "S1^^^MERCY", "202603021000", "202603051000");
	tick(&s, "202603051100");
	tick(&s, "202604031200"); /* day 29 */
	site_flags_are(&s, "follow-up-contact open; follow-up-visit open");
	tick(&s, "202604041200");
	site_flags_are(&s, "follow-up-contact retracted; follow-up-visit retracted");
	site_close(&s);
}
END_TEST

START_TEST(has_the_day_of_the_rule_for_a_deadline)
{
	struct ww_rows rows;
	struct site s;

	open_site(&s);
	/* Friday; told on Monday. The visit is due 14 days after the discharge, the call two business days after it. */
	stay(&s, "S1^^^MERCY", "202603021000", NULL);
	(void)site_message(&s, "mercy",
	    site_bytes(&s, &(struct said){ .trigger = "A03",
	                       .at = "202603091000",
	                       .in = "202603021000",
	                       .out = "202603061000",
	                       .visit = "S1^^^MERCY",
	                       .to = "01" }),
	    site_ms("202603091000"));
	site_apply(&s);
	rows = site_rows(&s, &ww_entity_flag);
	ck_assert_uint_eq(rows.n, 2);
	ck_assert_int_eq(WW_ROW(&rows, flag, 0)->due_ms, site_ms("20260310235959"));
	ck_assert_int_eq(WW_ROW(&rows, flag, 1)->due_ms, site_ms("20260320235959"));
	site_close(&s);
}
END_TEST

static int64_t
clock_of(struct site *s, size_t n)
{
	struct ww_rows rows = site_rows(s, &ww_entity_deadline);

	ck_assert_uint_lt(n, rows.n);
	return WW_ROW(&rows, deadline, n)->due_ms;
}

/* The hospital corrects the day of the discharge, or the risk turns out to be high: the Task and its clock have the day that it says. */
START_TEST(has_another_day_when_the_rule_says_another)
{
	static const struct {
		const char *at, *out, *due;
	} rows[] = {
		{ "202603061000", "202603061000", "20260320235959" },
		{ "202603101000", "202603081000", "20260322235959" },
		/* That day is over: nobody is given more time. */
		{ "202603211000", "202603051000", "20260321235959" },
		{ "202603221000", "202603061000", "20260321235959" },
	};
	struct site s;

	open_site(&s);
	stay(&s, "S1^^^MERCY", "202603021000", "202603051000");
	ck_assert_int_eq(site_row(&s, 1).due_ms, site_ms("20260319235959"));
	ck_assert_int_eq(clock_of(&s, 1), site_ms("20260319235959"));
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		site_does(&s, .trigger = "A08", .at = rows[i].at, .in = "202603021000",
		    .out = rows[i].out, .visit = "S1^^^MERCY", .to = "01");
		ck_assert_msg(site_row(&s, 1).due_ms == site_ms(rows[i].due), "%s", rows[i].at);
		ck_assert_msg(clock_of(&s, 1) == site_ms(rows[i].due), "%s", rows[i].at);
	}
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(marks_nobody_where_no_program_asks)
{
	struct site s;

	site_open(&s);
	visit(&s, "E1^^^MERCY", "202603011000", "202603011200");
	ck_assert_uint_eq(marks(&s), 0);
	site_close(&s);
}
END_TEST

START_TEST(marks_nobody_for_a_test)
{
	struct site s;

	open_site(&s);
	site_does(&s, .trigger = "A01", .at = "202603011000", .msh11 = "T");
	ck_assert_uint_eq(marks(&s), 0);
	site_close(&s);
}
END_TEST

START_TEST(judges_whoever_it_turned_out_to_be)
{
	struct site s;

	open_site(&s);
	visit(&s, "E1^^^MERCY", "202603011000", "202603011200");
	visit(&s, "E2^^^MERCY", "202603101000", "202603101200");
	/* Known by another number at first. */
	site_does(&s, .trigger = "A04", .class_ = "E", .at = "202603201000", .in = "202603201000",
	    .pid3 = "MR77^^^MERCY^MR", .visit = "E3^^^MERCY", .no_in1 = true);
	ck_assert_uint_eq(marks(&s), 2);
	site_does(&s, .trigger = "A40", .at = "202603201100", .mrg1 = "MR77^^^MERCY^MR");
	tick(&s, "202603201200");
	ck_assert_uint_eq(marks(&s), 0);
	site_flags_are(&s, "frequent-ed open");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Person 1 alone, of that practice; opt_out: "yes" or nothing. */
static void
roster_says(struct site *s, const char *practice, const char *opt_out)
{
	ww_str csv = ww_arena_printf(s->own.arena,
	    "member_id,name,birth_date,sex,practice,effective,opt_out\n"
	    "M0001,\"TESTFAMILY1, GIVEN1\",1950-03-02,F,%s,2025-01-01,%s\n",
	    practice, opt_out);

	(void)site_edition(s, csv);
	site_apply(s);
}

/* Not in the night, nor with the next message: whoever has the Task may act on it until they are told. */
START_TEST(hears_of_what_a_roster_changes_at_the_next_tick)
{
	struct site s;

	open_site(&s);
	visit(&s, "E1^^^MERCY", "202604011000", "202604011200");
	visit(&s, "E2^^^MERCY", "202604101000", "202604101200");
	visit(&s, "E3^^^MERCY", "202604201000", "202604201200");
	tick(&s, "202604201300");
	site_outbox_is(&s, "Task frequent-ed due create");
	roster_says(&s, "rcca", "yes");
	ck_assert_uint_eq(marks(&s), 1);
	tick(&s, "202604201400");
	site_outbox_is(&s, "Task frequent-ed suppressed create");
	roster_says(&s, "rcca", "");
	tick(&s, "202604201500");
	site_outbox_is(&s, "Task frequent-ed due update");
	roster_says(&s, "lakeside", "");
	tick(&s, "202604201600");
	site_flags_are(&s, "frequent-ed retracted; frequent-ed open lakeside");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* What is about a stay stays with whose it was. What is about a person is whose they are: it was right to be told, so it is no
 * disclosure, and who comes back is told of again whatever the cool-down. */
START_TEST(takes_back_from_a_practice_whose_patient_it_is_no_more)
{
	struct ww_rows rows;
	struct site s;

	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	(void)site_file(&s, "program", "p",
	    "program: p\ntitle: P\nversion: 1\n"
	    "rules: [{use: admission/2}, {use: frequent-ed/1}]\n"
	    "flags:\n"
	    "  ed-arrival: {to: coordinator, as: stay-task}\n"
	    "  frequent-ed: {to: coordinator, as: task, deadline: 5bd, cooldown: 180d}\n");
	(void)site_config(&s, CONFIG);
	(void)site_edition(&s, site_roster(&s));
	site_apply(&s);
	visit(&s, "E1^^^MERCY", "202604011000", "202604011200");
	visit(&s, "E2^^^MERCY", "202604101000", "202604101200");
	site_does(&s, .trigger = "A04", .class_ = "E", .at = "202604201000", .in = "202604201000",
	    .visit = "E3^^^MERCY");
	tick(&s, "202604201300");
	site_flags_are(&s, "ed-arrival open; ed-arrival open; ed-arrival open; frequent-ed open");
	/* The practice is on the roster with another patient. */
	(void)site_edition(
	    &s, WW_STR("member_id,name,birth_date,sex,practice,effective\n"
	               "M0002,\"TESTFAMILY2, GIVEN2\",1950-03-02,F,rcca,2025-01-01\n"));
	site_apply(&s);
	tick(&s, "202604201400");
	site_flags_are(
	    &s, "ed-arrival open; ed-arrival open; ed-arrival open; frequent-ed retracted");
	rows = site_rows(&s, &ww_entity_flag);
	unit_str_is(
	    WW_ROW(&rows, flag, 3)->reason, "the payer's roster no longer names this practice");
	ck_assert_int_eq(WW_ROW(&rows, flag, 3)->wrong, 2);
	roster_says(&s, "rcca", "");
	tick(&s, "202604201500");
	rows = site_rows(&s, &ww_entity_flag);
	ck_assert_uint_eq(rows.n, 5);
	ck_assert_int_eq(WW_ROW(&rows, flag, 4)->state, WW_flag_state_OPEN);
	ck_assert_int_eq(WW_ROW(&rows, flag, 4)->limit, WW_flag_limit_NONE);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(two_who_turn_out_to_be_one_are_told_of_once)
{
	struct site s;

	open_site(&s);
	for (int p = 1; p <= 2; p++) {
		static const char *const days[] = { "20260301", "20260310", "20260320" };

		for (int i = 0; i < 3; i++) {
			char at[16], number[32];

			(void)snprintf(at, sizeof(at), "%s1%d00", days[i], p);
			(void)snprintf(number, sizeof(number), "E%d%d^^^MERCY", p, i);
			site_does(&s, .person = p, .trigger = "A04", .class_ = "E", .at = at,
			    .in = at, .visit = number);
		}
	}
	tick(&s, "202603201400");
	site_flags_are(&s, "frequent-ed open; frequent-ed open");
	site_does(&s, .trigger = "A40", .at = "202603211100", .mrg1 = "MR2^^^MERCY^MR");
	ck_assert_uint_eq(marks(&s), 1);
	tick(&s, "202603211200");
	site_flags_are(&s, "frequent-ed open; frequent-ed retracted");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		judges_who_was_marked_at_the_next_tick,
		judges_everybody_in_the_night_as_windows_run_out,
		ends_the_follow_up_when_the_patient_is_back,
		completes_the_task_of_a_follow_up_that_was_done,
		says_of_other_stays_what_follows_from_one,
		ends_the_follow_up_in_the_night_after_its_time,
		has_the_day_of_the_rule_for_a_deadline,
		has_another_day_when_the_rule_says_another,
		marks_nobody_where_no_program_asks,
		marks_nobody_for_a_test,
		judges_whoever_it_turned_out_to_be,
		hears_of_what_a_roster_changes_at_the_next_tick,
		takes_back_from_a_practice_whose_patient_it_is_no_more,
		two_who_turn_out_to_be_one_are_told_of_once,
	};

	return unit_main("person", tests, UNIT_COUNT(tests));
}
