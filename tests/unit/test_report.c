/* What `why` and `status` tell, from a ledger in memory. */
#include "tests/unit/unit.h"

#include "report/status.h"
#include "report/why.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#define AT(hhmm) "20260302" hhmm

/* A stay with everything: 4 arrival, 5 admission, 6 and 7 a delivery, 8 what takes it back, 9 a copy of it, 10 somebody
 * else's patient. */
static void
open_day(struct site *s)
{
	struct ww_outbox row;
	uint64_t attempt;

	site_open(s);
	site_does(s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	site_does(s, .trigger = "A06", .at = AT("1300"));
	row = site_row(s, 1);
	attempt = site_attempt(s, &row, WW_VERB_CREATE);
	(void)site_outcome(s, &row, attempt, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	site_does(s, .trigger = "A11", .at = AT("1400"), .control = "X");
	site_does(s, .trigger = "A11", .at = AT("1400"), .control = "X");
	site_does(s, .trigger = "A01", .at = AT("1500"), .person = 5, .member = "");
}

static const char *
at(struct site *s, const struct ww_json *v, const char *path)
{
	return ww_arena_cstr(s->own.arena, ww_json_str(ww_json_find(v, path)));
}

static int
number(const struct ww_json *v, const char *path)
{
	return (int)ww_json_int(ww_json_find(v, path));
}

static struct ww_json *
why(struct site *s, ww_id id)
{
	struct ww_json *v = NULL;

	site_ok(s, ww_why(&s->ledger, &s->own, id, &v));
	return v;
}

#define ID(seq, ordinal) ((ww_id)(seq) << 16 | (ordinal))

/* The whole story stands around whatever was asked for. */
static void
is_the_stay(struct site *s, const struct ww_json *v)
{
	ck_assert_str_eq(at(s, v, "stay.status"), "arrived");
	ck_assert_str_eq(at(s, v, "stay.class"), "emergency");
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stay.events")), 3);
	ck_assert_str_eq(at(s, v, "stay.events[2].trigger"), "A11");
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stay.messages")), 4);
	ck_assert_str_eq(at(s, v, "stay.messages[3].disposition"), "duplicate");
	ck_assert_str_eq(at(s, v, "stay.messages[3].reason"), "the same message as journal 8");
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stay.flags")), 2);
	ck_assert_str_eq(at(s, v, "stay.flags[1].kind"), "admission");
	ck_assert_str_eq(at(s, v, "stay.flags[1].state"), "retracted");
	ck_assert_int_eq(number(v, "stay.flags[1].raised-by-journal"), 5);
	ck_assert_int_eq(number(v, "stay.flags[1].retracted-by-journal"), 8);
	ck_assert_str_eq(at(s, v, "stay.flags[0].evidence.sources.class"), "PV1-2");
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stay.notices")), 3);
	ck_assert_str_eq(at(s, v, "stay.notices[1].resource"), "Task");
	ck_assert_str_eq(at(s, v, "stay.notices[1].attempts[0].result"), "sent");
	ck_assert_int_eq(number(v, "stay.notices[1].attempts[0].http"), 201);
	ck_assert_int_eq(number(v, "stay.notices[1].attempts[0].journal"), 6);
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stay.notices[0].attempts")), 0);
}

START_TEST(tells_the_story_around_whatever_is_asked_for)
{
	struct ww_rows flags, stays;
	struct ww_json *v;
	struct site s;

	open_day(&s);
	v = why(&s, ID(8, 0)); /* a message */
	ck_assert_int_eq(number(v, "message.journal"), 8);
	ck_assert_str_eq(at(&s, v, "message.event"), "A11");
	is_the_stay(&s, v);
	v = why(&s, ID(9, 0)); /* its copy */
	ck_assert_str_eq(at(&s, v, "message.disposition"), "duplicate");
	is_the_stay(&s, v);
	v = why(&s, ID(6, 0)); /* an ATTEMPT, by the number a log line has */
	ck_assert_str_eq(at(&s, v, "notice.resource"), "Task");
	is_the_stay(&s, v);
	flags = site_rows(&s, &ww_entity_flag);
	v = why(&s, WW_ROW(&flags, flag, 0)->id);
	ck_assert_str_eq(at(&s, v, "flag.kind"), "ed-arrival");
	is_the_stay(&s, v);
	v = why(&s, site_row(&s, 2).id);
	ck_assert_str_eq(at(&s, v, "notice.subject"), "correction");
	is_the_stay(&s, v);
	stays = site_rows(&s, &ww_entity_encounter);
	v = why(&s, WW_ROW(&stays, encounter, 0)->id);
	is_the_stay(&s, v);
	site_close(&s);
}
END_TEST

START_TEST(says_why_nobody_was_told)
{
	struct ww_json *v;
	struct site s;

	open_day(&s);
	v = why(&s, ID(10, 0));
	ck_assert_str_eq(at(&s, v, "message.reason"),
	    "no attribution: IN1-49 empty, PID-3 has no MB, 0 of 21 on roster");
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stay.flags")), 0);
	site_close(&s);
}
END_TEST

START_TEST(knows_nothing_of_other_ids)
{
	static const ww_id ids[] = { 0, ID(1, 0), ID(7, 0), ID(4, 999), ID(99, 0), -1 };
	struct site s;

	open_day(&s);
	for (size_t i = 0; i < UNIT_COUNT(ids); i++)
		ck_assert_msg(why(&s, ids[i]) == NULL, "%llx", (unsigned long long)ids[i]);
	site_close(&s);
}
END_TEST

START_TEST(finds_a_member_however_the_number_is_written)
{
	static const char *const numbers[] = { "M0001", "m-0001", " M 0001 " };
	struct ww_json *v;
	struct site s;

	open_day(&s);
	for (size_t i = 0; i < UNIT_COUNT(numbers); i++) {
		site_ok(&s, ww_why_member(&s.ledger, &s.own, ww_str_from(numbers[i]), &v));
		ck_assert_ptr_nonnull(v);
		ck_assert_uint_eq(ww_json_len(ww_json_find(v, "attributions")), 1);
		ck_assert_str_eq(at(&s, v, "attributions[0].practice"), "rcca");
		ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stays")), 1);
		is_the_stay(&s, ww_json_find(v, "stays[0]"));
	}
	/* On the roster and never seen; of two practices; nobody. */
	site_ok(&s, ww_why_member(&s.ledger, &s.own, WW_STR("M0020"), &v));
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "attributions")), 2);
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stays")), 0);
	site_ok(&s, ww_why_member(&s.ledger, &s.own, WW_STR("M9999"), &v));
	ck_assert_ptr_null(v);
	site_close(&s);
}
END_TEST

/* A person may be known to be a member by a number in PID-3 alone. */
START_TEST(finds_a_member_by_a_number_of_pid_3)
{
	struct ww_json *v;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .no_in1 = true,
	    .pid3 = "MR1^^^MERCY^MR~M0001^^^ACME^MB");
	site_flags_are(&s, "admission open");
	site_ok(&s, ww_why_member(&s.ledger, &s.own, WW_STR("M0001"), &v));
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stays")), 1);
	/* In both places it is one person still. */
	site_does(&s, .trigger = "A08", .at = AT("1100"), .pid3 = "MR1^^^MERCY^MR~M0001^^^ACME^MB");
	site_ok(&s, ww_why_member(&s.ledger, &s.own, WW_STR("M0001"), &v));
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "stays")), 1);
	site_close(&s);
}
END_TEST

/* No name, birth date or hospital number in what `why` prints: it is copied into tickets. */
START_TEST(names_nobody)
{
	static const char *const canaries[] = { "TESTFAMILY", "GIVEN", "1950", "MR1", "\"V1" };
	struct ww_buf out = { 0 };
	struct ww_json *v;
	struct site s;

	open_day(&s);
	site_ok(&s, ww_why_member(&s.ledger, &s.own, WW_STR("M0001"), &v));
	site_ok(&s, ww_json_write(&s.own, v, false, &out));
	for (size_t i = 0; i < UNIT_COUNT(canaries); i++)
		ck_assert_msg(
		    strstr(ww_arena_cstr(s.own.arena, ww_buf_view(&out)), canaries[i]) == NULL,
		    "%s", canaries[i]);
	ww_buf_free(&out);
	site_close(&s);
}
END_TEST

START_TEST(counts_what_the_ledger_has)
{
	struct ww_json *v;
	struct site s;

	open_day(&s);
	site_ok(&s, ww_status_report(&s.ledger, &s.own, &v));
	ck_assert_int_eq(number(v, "applied"), 10);
	ck_assert_int_eq(number(v, "messages.applied"), 4);
	ck_assert_int_eq(number(v, "messages.duplicate"), 1);
	ck_assert_int_eq(number(v, "flags.open"), 1);
	ck_assert_int_eq(number(v, "flags.retracted"), 1);
	ck_assert_int_eq(number(v, "notices.due"), 3);
	ck_assert_str_eq(at(&s, v, "rosters[0].name"), "roster");
	ck_assert_int_eq(number(v, "rosters[0].rows"), 21);
	ck_assert_int_eq(number(v, "rosters[0].rejected"), 0);
	site_close(&s);
	site_open_empty(&s);
	site_ok(&s, ww_status_report(&s.ledger, &s.own, &v));
	ck_assert_int_eq(number(v, "applied"), 0);
	ck_assert_uint_eq(ww_json_len(ww_json_get(v, "rosters")), 0);
	site_close(&s);
}
END_TEST

/* Message 4 is sound, 5 has a time that is none, 6 is a copy of it, 7 has one in New York's gap; 8 comes in on another
 * feed. */
START_TEST(tells_what_was_noticed_in_a_message_and_counts_it_for_each_feed)
{
	struct ww_json *v;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("0900"));
	site_does(&s, .trigger = "A08", .at = AT("0930"), .in = "soon", .control = "X");
	site_does(&s, .trigger = "A08", .at = AT("0930"), .in = "soon", .control = "X");
	site_does(&s, .trigger = "A08", .at = AT("0940"), .in = "202603080230");
	site_does(
	    &s, .trigger = "A01", .at = AT("0950"), .in = "202613", .feed = "north", .person = 2);
	ck_assert_ptr_null(ww_json_find(why(&s, ID(4, 0)), "message.warnings"));
	ck_assert_str_eq(at(&s, why(&s, ID(5, 0)), "message.warnings"), "time_invalid");
	ck_assert_ptr_null(ww_json_find(why(&s, ID(6, 0)), "message.warnings"));
	ck_assert_str_eq(at(&s, why(&s, ID(7, 0)), "message.warnings"), "time_in_gap");
	ck_assert_str_eq(at(&s, why(&s, ID(7, 0)), "stay.messages[1].warnings"), "time_invalid");
	site_ok(&s, ww_status_report(&s.ledger, &s.own, &v));
	ck_assert_uint_eq(ww_json_len(ww_json_get(v, "warnings")), 2);
	ck_assert_str_eq(at(&s, v, "warnings[0].feed"), "mercy");
	ck_assert_int_eq(number(v, "warnings[0].messages.time_invalid"), 1);
	ck_assert_int_eq(number(v, "warnings[0].messages.time_in_gap"), 1);
	ck_assert_str_eq(at(&s, v, "warnings[1].feed"), "north");
	ck_assert_int_eq(number(v, "warnings[1].messages.time_invalid"), 1);
	ck_assert_uint_eq(ww_json_len(ww_json_find(v, "warnings[1].messages")), 1);
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { tells_the_story_around_whatever_is_asked_for,
		tells_what_was_noticed_in_a_message_and_counts_it_for_each_feed,
		says_why_nobody_was_told, knows_nothing_of_other_ids,
		finds_a_member_however_the_number_is_written, finds_a_member_by_a_number_of_pid_3,
		names_nobody, counts_what_the_ledger_has };

	return unit_main("report", tests, UNIT_COUNT(tests));
}
