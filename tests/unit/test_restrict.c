/* Of whom what may be told: what is withheld, what is let out again, and what a notice says less. */
#include "tests/unit/unit.h"

#include "base/glob.h"
#include "report/told.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#define AT(hhmm) "20260302" hhmm
#define LATER(day, hhmm) "202603" day hhmm

#define RESTRICTIONS                                                                               \
	"restrictions:\n"                                                                          \
	"  - {name: secret, when: {PV1-3.4: [SECRET]}}\n"                                          \
	"  - {name: account, when: {PID-18.1: [SECRET]}}\n"                                        \
	"  - {name: quiet, when: {PV1-3.4: [QUIET]}, then: event-only}\n"

static void
open_with(struct site *s, const char *feed, const char *restrictions)
{
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	(void)site_config(s, ww_arena_printf(s->own.arena, "%s%s", feed, restrictions).p);
	(void)site_edition(s, site_roster(s));
	site_apply(s);
}

static void
open_restricted(struct site *s)
{
	open_with(s, SITE_CONFIG, RESTRICTIONS);
}

START_TEST(withholds_and_lets_out)
{
	struct site s;
	uint64_t seq;

	open_restricted(&s);
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"), .facility = "SECRET");
	site_outbox_is(&s, "Task stay suppressed create");
	unit_str_is(site_row(&s, 0).reason, "restricted: secret");
	ck_assert_str_eq(site_disposition(&s, seq), "applied: restricted, nothing is sent: secret");
	site_does(&s, .trigger = "A08", .at = AT("1100"));
	site_outbox_is(&s, "Task stay due update");
	unit_str_is(site_row(&s, 0).reason, "");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- what is said less ---------------------------------------------------------------------------------- */

static const char *
text_of(struct site *s, size_t n)
{
	return ww_arena_cstr(s->own.arena, site_template(s, site_row(s, n).id));
}

/* None of these is in the template of the n-th row; all of them are in that of somebody who is not restricted. */
static void
lacks_details(struct site *s, size_t n, bool lacks)
{
	static const char *const details[] = { "QUIET", "lace-score", "readmission-risk",
		"discharge-disposition", "facility" };

	for (size_t i = 0; i < UNIT_COUNT(details); i++) {
		if (!lacks && i == 0)
			continue;
		ck_assert_msg((strstr(text_of(s, n), details[i]) == NULL) == lacks, "%s: %s",
		    details[i], text_of(s, n));
	}
}

START_TEST(tells_the_event_alone)
{
	struct site s;

	open_restricted(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .facility = "QUIET", .dx = "I50.9");
	site_does(&s, .trigger = "A03", .at = LATER("06", "1000"), .facility = "QUIET", .to = "03",
	    .type = "E");
	site_outbox_is(&s, "Task stay due update");
	lacks_details(&s, 0, true);
	ck_assert_ptr_nonnull(strstr(text_of(&s, 0), "Attributed member discharged; contact"));
	ck_assert_ptr_nonnull(strstr(text_of(&s, 0), "discharged\"}"));
	site_does(&s, .trigger = "A08", .at = LATER("06", "1100"), .to = "03"); /* not there */
	lacks_details(&s, 0, false);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(tells_of_an_emergency_without_the_place)
{
	struct site s;

	open_restricted(&s);
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E", .facility = "QUIET");
	site_does(
	    &s, .trigger = "A03", .at = AT("1200"), .class_ = "E", .facility = "QUIET", .to = "01");
	site_outbox_is(&s, "Communication ed-arrival due create; "
	                   "Communication ed-discharge due create");
	for (size_t i = 0; i < 2; i++) {
		ck_assert_ptr_null(strstr(text_of(&s, i), "QUIET"));
		ck_assert_ptr_null(strstr(text_of(&s, i), "not admitted"));
	}
	site_close(&s);
}
END_TEST

/* -- what was told already ------------------------------------------------------------------------------ */

static struct ww_outbox
deliver(struct site *s, size_t n, enum ww_verb verb, enum ww_result result, int http)
{
	struct ww_outbox row = site_row(s, n);
	uint64_t attempt = site_attempt(s, &row, verb);

	(void)site_outcome(s, &row, attempt, verb, result, http);
	site_apply(s);
	return site_row(s, n);
}

START_TEST(calls_back_nothing_and_updates_nothing)
{
	struct site s;

	open_restricted(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	deliver(&s, 0, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	site_does(&s, .trigger = "A08", .at = AT("1100"), .account = "SECRET");
	site_outbox_is(&s, "Task stay settled create");
	site_does(&s, .trigger = "A03", .at = LATER("04", "1100"), .account = "SECRET");
	site_outbox_is(&s, "Task stay suppressed create");
	site_does(
	    &s, .trigger = "A08", .at = LATER("04", "1200"), .account = "A1"); /* not any more */
	site_outbox_is(&s, "Task stay due update");
	ck_assert_ptr_nonnull(strstr(text_of(&s, 0), "discharged"));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(takes_back_what_does_not_hold)
{
	struct site s;

	open_restricted(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	deliver(&s, 0, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	site_does(&s, .trigger = "A11", .at = AT("1100"), .facility = "SECRET");
	site_outbox_is(&s, "Task stay due cancel; Communication correction due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The request was under way when the restriction came: what it did is found out, and nothing more is sent. */
static void
in_doubt(enum ww_result found, const char *want, const char *later)
{
	struct site s;
	struct ww_outbox row;
	uint64_t attempt;

	open_restricted(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	row = site_row(&s, 0);
	attempt = site_attempt(&s, &row, WW_VERB_CREATE);
	site_does(&s, .trigger = "A08", .at = AT("1001"), .facility = "SECRET");
	site_outbox_is(&s, "Task stay due create");
	(void)site_outcome(&s, &row, attempt, WW_VERB_CREATE, WW_RESULT_UNCERTAIN, 0);
	site_apply(&s);
	deliver(&s, 0, WW_VERB_SEARCH, found, 200);
	site_outbox_is(&s, want);
	site_does(&s, .trigger = "A08", .at = AT("1200"));
	site_outbox_is(&s, later);
	site_rebuilds(&s);
	site_close(&s);
}

START_TEST(finds_out_what_was_under_way)
{
	in_doubt(WW_RESULT_ABSENT, "Task stay suppressed create", "Task stay due update");
	in_doubt(WW_RESULT_SENT, "Task stay suppressed create", "Task stay due update");
}
END_TEST

START_TEST(follows_another_configuration)
{
	static const char off[] = SITE_CONFIG, less[] = SITE_CONFIG
	                                       "restrictions:\n"
	                                       "  - {name: quiet, when: {PV1-3.4: [QUIET]}}\n";
	struct site s;

	open_restricted(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .facility = "SECRET");
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 2, .facility = "QUIET");
	site_outbox_is(&s, "Task stay suppressed create; Task stay due create");
	(void)site_config(&s, less);
	site_apply(&s);
	site_outbox_is(&s, "Task stay due update; Task stay suppressed create");
	(void)site_config(&s, off);
	site_apply(&s);
	site_outbox_is(&s, "Task stay due update; Task stay due update");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- what the member wants ------------------------------------------------------------------------------ */

static ww_str
roster_with(struct site *s, const char *notices)
{
	return ww_arena_printf(s->own.arena,
	    "member_id,name,birth_date,practice,notices\n"
	    "M0001,\"TESTFAMILY1, GIVEN1\",1950-03-02,rcca,%s\n",
	    notices);
}

START_TEST(does_as_the_member_asks)
{
	struct site s;

	open_with(&s, SITE_CONFIG,
	    "restrictions:\n  - {name: all, when: {PV1-3.4: [MERCY]}, then: allow}\n");
	(void)site_edition(&s, roster_with(&s, "Suppress"));
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_outbox_is(&s, "Task stay suppressed create");
	unit_str_is(site_row(&s, 0).reason, "restricted: the member's wish");
	(void)site_edition(&s, roster_with(&s, ""));
	site_apply(&s);
	site_outbox_is(&s, "Task stay due update");
	(void)site_edition(&s, roster_with(&s, "suppress"));
	site_apply(&s);
	site_outbox_is(&s, "Task stay suppressed update");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(lets_out_what_an_ended_visit_told)
{
	struct site s;

	open_restricted(&s);
	(void)site_edition(&s, roster_with(&s, "suppress"));
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	site_does(&s, .trigger = "A03", .at = AT("1200"), .class_ = "E");
	site_outbox_is(&s, "Communication ed-arrival suppressed create; "
	                   "Communication ed-discharge suppressed create");
	(void)site_edition(&s, roster_with(&s, "allow"));
	site_apply(&s);
	site_outbox_is(&s, "Communication ed-arrival due create; "
	                   "Communication ed-discharge due create");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* -- tests ---------------------------------------------------------------------------------------------- */

#define TESTS                                                                                      \
	SITE_CONFIG_WITH(", adt: {test: {PID-5: [\"ZZTEST*\"], PID-3: [\"T?-*\"]}, "               \
	                 "test_alarm: {percent: 50, least: 2, over: 8}}")

START_TEST(knows_test_patients_by_patterns)
{
	static const struct {
		const char *name, *pid3, *want;
	} rows[] = {
		{ "zzTestings^A", NULL, "test" },
		{ "TESTFAMILY1^ZZTEST", NULL, "applied" },
		{ NULL, "MR1^^^MERCY^MR~tx-1^^^MERCY^MR", "test" },
		{ NULL, "T-1^^^MERCY^MR", "applied" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct site s;
		uint64_t seq;

		open_with(&s, TESTS, "");
		seq = site_does(&s, .trigger = "A01", .at = AT("1000"), .name = rows[i].name,
		    .pid3 = rows[i].pid3);
		ck_assert_str_eq(
		    ww_disposition_text(site_message_row(&s, seq).disposition), rows[i].want);
		if (strcmp(rows[i].want, "applied") != 0)
			site_outbox_is(&s, "");
		site_close(&s);
	}
}
END_TEST

static bool
alarms(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_test_share);

	ck_assert_uint_eq(rows.n, 1);
	return WW_ROW(&rows, test_share, 0)->alarm_ms != 0;
}

/* n messages, tests or not; true when it is an alarm behind them. */
static bool
after(struct site *s, int n, bool test)
{
	for (int i = 0; i < n; i++)
		site_does(s, .trigger = "A08", .at = AT("1000"), .person = test ? 2 : 1,
		    .name = test ? "ZZTEST^A" : NULL);
	return alarms(s);
}

START_TEST(sounds_the_alarm_when_a_feed_is_full_of_tests)
{
	struct site s;

	open_with(&s, TESTS, "");
	ck_assert(!after(&s, 1, true)); /* too few to say */
	ck_assert(after(&s, 1, true));
	ck_assert(after(&s, 4, false)); /* 2 of 6: not below half of it */
	ck_assert(!after(&s, 6, false));
	ck_assert(!after(&s, 2, true));
	ck_assert(after(&s, 3, true));
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(sounds_no_alarm_for_a_feed_that_is_observed)
{
	struct site s;

	open_with(&s,
	    SITE_CONFIG_WITH(", state: observe, adt: {test: {PID-5: [\"ZZTEST*\"]}, "
	                     "test_alarm: {percent: 50, least: 2, over: 8}}"),
	    "");
	ck_assert(!after(&s, 6, true));
	site_close(&s);
}
END_TEST

START_TEST(reads_patterns)
{
	static const struct {
		const char *pattern, *text;
		bool fits;
	} rows[] = { { "*", "", true }, { "?", "", false }, { "a*c", "aBc", true },
		{ "a*c", "abcd", false }, { "*a*b*", "xxaxxbxx", true },
		{ "?x", "\303\244X", true }, { "[a]", "a", false }, { "[a]", "[A]", true },
		{ "a**", "a", true }, { "*aab", "aaaab", true } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(ww_glob(ww_str_from(rows[i].pattern), ww_str_from(rows[i].text)) ==
		                  rows[i].fits,
		    "%s %s", rows[i].pattern, rows[i].text);
}
END_TEST

/* -- lists ---------------------------------------------------------------------------------------------- */

static const char *
listed(struct site *s,
    ww_status (*list)(
        struct ww_ledger *l, struct ww_ctx *cx, ww_str member, size_t most, struct ww_json **out),
    const char *member, const char *const *keys)
{
	struct ww_json *v = NULL;
	const char *text = "";

	site_ok(s, list(&s->ledger, &s->own, ww_str_from(member), 10, &v));
	for (const struct ww_json *o = ww_json_first(v); o != NULL; o = ww_json_next(o)) {
		ww_str line = ww_str_empty();

		for (size_t i = 0; keys[i] != NULL; i++)
			line = ww_arena_printf(s->own.arena, "%.*s%s%.*s", WW_STR_FMT(line),
			    i > 0 ? " " : "", WW_STR_FMT(ww_json_str(ww_json_get(o, keys[i]))));
		text = site_join(s, text, line);
	}
	return text;
}

START_TEST(lists_what_is_withheld)
{
	static const char *const keys[] = { "member", "practice", "resource", "subject", "reason",
		NULL };
	struct site s;

	open_restricted(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .facility = "SECRET");
	site_does(&s, .trigger = "A04", .at = AT("1000"), .person = 2, .class_ = "E",
	    .facility = "SECRET");
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 3);
	ck_assert_str_eq(listed(&s, ww_told_not, "", keys),
	    "M0001 rcca Task stay restricted: secret; "
	    "M0002 rcca Communication ed-arrival restricted: secret");
	ck_assert_str_eq(listed(&s, ww_told_not, "m-0002", keys),
	    "M0002 rcca Communication ed-arrival restricted: secret");
	ck_assert_str_eq(listed(&s, ww_told_not, "M0003", keys), "");
	site_close(&s);
}
END_TEST

START_TEST(lists_what_was_told_wrongly)
{
	static const char *const keys[] = { "member", "practice", "resource", "subject", "recall",
		"wrong", NULL };
	const char *wrong =
	    "the patient is not that member: birth date or name on the payer's roster differ";
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A04", .at = AT("0900"), .class_ = "E");
	site_does(&s, .trigger = "A06", .at = AT("1000"));
	deliver(&s, 1, WW_VERB_CREATE, WW_RESULT_SENT, 201); /* of the arrival nothing left */
	ck_assert_str_eq(listed(&s, ww_told_wrongly, "", keys), "");
	(void)site_edition(&s, WW_STR("member_id,name,birth_date,practice,effective\n"
	                              "M0001,\"SOMEBODY, ELSE\",1951-01-01,rcca,2025-01-01\n"));
	site_apply(&s);
	ck_assert_str_eq(listed(&s, ww_told_wrongly, "", keys),
	    ww_arena_printf(s.own.arena, "M0001 rcca Task stay due %s", wrong).p);
	deliver(&s, 2, WW_VERB_CREATE, WW_RESULT_SENT, 201); /* the correction */
	ck_assert_str_eq(listed(&s, ww_told_wrongly, "M0001", keys),
	    ww_arena_printf(s.own.arena, "M0001 rcca Task stay delivered %s", wrong).p);
	ck_assert_str_eq(listed(&s, ww_told_wrongly, "M0002", keys), "");
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { withholds_and_lets_out, tells_the_event_alone,
		tells_of_an_emergency_without_the_place, calls_back_nothing_and_updates_nothing,
		takes_back_what_does_not_hold, finds_out_what_was_under_way,
		follows_another_configuration, does_as_the_member_asks,
		lets_out_what_an_ended_visit_told, knows_test_patients_by_patterns,
		sounds_the_alarm_when_a_feed_is_full_of_tests,
		sounds_no_alarm_for_a_feed_that_is_observed, reads_patterns, lists_what_is_withheld,
		lists_what_was_told_wrongly };

	return unit_main("restrict", tests, UNIT_COUNT(tests));
}
