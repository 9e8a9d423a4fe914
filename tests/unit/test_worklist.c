/* Worklists: what is for one is settled with its record, and shows what became of it. */
#include "tests/unit/unit.h"

#include "apply/task_status.h"
#include "tests/unit/apply_fixture.h"

#define AT(hhmm) "20260302" hhmm

/* rcca looks at a worklist, lakeside has a server. */
static const char *
desk_config(struct site *s)
{
	static const char from[] = "rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\", inflight: 4";
	const char *at = strstr(SITE_CONFIG, from);

	ck_assert_ptr_nonnull(at);
	return ww_arena_printf(s->own.arena, "%.*srcca-ehr, worklist: true%s",
	    (int)(at - SITE_CONFIG), SITE_CONFIG, at + strlen(from))
	    .p;
}

static void
open_desk(struct site *s)
{
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	(void)site_config(s, desk_config(s));
	(void)site_edition(s, site_roster(s));
	site_apply(s);
}

static void
close_same(struct site *s)
{
	site_rebuilds(s);
	site_close(s);
}

/* "17.3 18.1": notices that are open, in the order of ids. */
static const char *
open_on(struct site *s, const char *party)
{
	struct ww_rows rows = site_rows(s, &ww_entity_todo);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_todo *t = WW_ROW(&rows, todo, i);
		struct ww_outbox row;
		bool found = false;

		if (!ww_str_is(t->party, party))
			continue;
		ww_row_init(&ww_entity_outbox, &row);
		row.id = t->outbox;
		site_ok(s, ww_get(&s->ledger, &s->own, outbox, &row, &found));
		ck_assert(found);
		text = site_join(s, text, row.subject);
	}
	return text;
}

START_TEST(settles_with_the_record_that_calls_for_it)
{
	struct site s;
	struct ww_outbox row;
	uint64_t seq;

	open_desk(&s);
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_outbox_is(&s, "Task stay settled create");
	row = site_row(&s, 0);
	ck_assert_int_eq(row.sent, (int64_t)seq);
	ck_assert_int_eq(row.settled_ms, s.now);
	ck_assert_int_eq(row.owed_ms, 0);
	ck_assert_str_eq(open_on(&s, "rcca"), "stay");
	seq = site_does(&s, .trigger = "A03", .at = AT("1800"));
	site_outbox_is(&s, "Task stay settled update");
	ck_assert_int_eq(site_row(&s, 0).sent, (int64_t)seq);
	close_same(&s);
}
END_TEST

START_TEST(shows_at_once_that_something_is_withdrawn)
{
	struct site s;

	open_desk(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_does(&s, .trigger = "A11", .at = AT("1005"));
	site_outbox_is(&s, "Task stay settled cancel; Communication correction settled create");
	ck_assert_str_eq(open_on(&s, "rcca"), "correction");
	close_same(&s);
}
END_TEST

START_TEST(leaves_open_what_corrects_a_communication)
{
	struct site s;

	open_desk(&s);
	site_does(&s, .trigger = "A04", .at = AT("1000"), .class_ = "E");
	ck_assert_str_eq(open_on(&s, "rcca"), "ed-arrival");
	site_does(&s, .trigger = "A11", .at = AT("1005"), .class_ = "E");
	site_outbox_is(
	    &s, "Communication ed-arrival settled create; Communication correction settled create");
	ck_assert_str_eq(open_on(&s, "rcca"), "correction");
	close_same(&s);
}
END_TEST

START_TEST(leaves_other_endpoints_to_the_courier)
{
	struct site s;

	open_desk(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 20);
	site_outbox_is(&s, "Task stay settled create; Task stay due create lakeside");
	ck_assert_str_eq(open_on(&s, "lakeside"), "");
	close_same(&s);
}
END_TEST

START_TEST(takes_over_what_waited_for_a_server)
{
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	site_outbox_is(&s, "Task stay due create");
	(void)site_config(&s, desk_config(&s));
	site_apply(&s);
	site_outbox_is(&s, "Task stay settled create");
	ck_assert_str_eq(open_on(&s, "rcca"), "stay");
	close_same(&s);
}
END_TEST

START_TEST(cannot_be_paused)
{
	struct site s;
	struct ww_rows rows;

	open_desk(&s);
	(void)site_order(&s, "pause", "rcca-ehr", "");
	rows = site_rows(&s, &ww_entity_operator);
	unit_str_is(
	    WW_ROW(&rows, operator, 0)->refused, "WW-216 nothing is sent to it: it is a worklist");
	close_same(&s);
}
END_TEST

START_TEST(knows_what_follows_in_a_task)
{
	static const struct {
		const char *from, *to;
		bool may;
	} rows[] = {
		{ "requested", "accepted", true },
		{ "requested", "completed", true },
		{ "accepted", "received", false },
		{ "accepted", "accepted", false },
		{ "in-progress", "ready", false },
		{ "on-hold", "ready", true },
		{ "completed", "accepted", false },
		{ "rejected", "completed", false },
		{ "requested", "cancelled", false },
		{ "requested", "", false },
		{ "", "accepted", false },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_msg(ww_task_may_follow(ww_str_from(rows[i].from),
		                  ww_str_from(rows[i].to)) == rows[i].may,
		    "%s to %s", rows[i].from, rows[i].to);
	ck_assert(ww_task_is_over(WW_STR("completed")) && ww_task_is_over(WW_STR("rejected")));
	ck_assert(!ww_task_is_over(WW_STR("on-hold")) && !ww_task_is_over(ww_str_empty()));
	ck_assert(ww_task_is_taken(WW_STR("accepted")) && ww_task_is_taken(WW_STR("completed")));
	ck_assert(!ww_task_is_taken(WW_STR("received")) && !ww_task_is_taken(ww_str_empty()));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { settles_with_the_record_that_calls_for_it,
		shows_at_once_that_something_is_withdrawn,
		leaves_open_what_corrects_a_communication, leaves_other_endpoints_to_the_courier,
		takes_over_what_waited_for_a_server, cannot_be_paused,
		knows_what_follows_in_a_task };

	return unit_main("worklist", tests, UNIT_COUNT(tests));
}
