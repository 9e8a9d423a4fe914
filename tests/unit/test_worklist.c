/* Worklists: what is for one is settled with its record, and shows what became of it. */
#include "tests/unit/unit.h"

#include "apply/operator.h"
#include "model/task_status.h"
#include "store/notice.h"
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

/* -- what people say of it --------------------------------------------------------------------------- */

static struct ww_item
item(struct site *s, ww_id id)
{
	struct ww_item i;
	bool found = false;

	site_ok(s, ww_item_get(&s->ledger, &s->own, id, &i, &found));
	ck_assert(found);
	return i;
}

static const char *
id_of(struct site *s, ww_id id)
{
	return ww_arena_printf(s->own.arena, WW_ID_FMT, WW_ID_ARG(id)).p;
}

/* An order by who about that version; what came of it: "1 changed", "WW-216 it is done". */
static const char *
says(struct site *s, const char *order, ww_id about, const char *text, const char *who,
    int64_t match)
{
	struct ww_rec_operator r = { .order = ww_str_from(order),
		.subject = ww_str_from(id_of(s, about)),
		.reason = ww_str_from(text),
		.who = ww_str_from(who),
		.client = ww_str_empty(),
		.match = match };
	struct ww_buf body = { 0 };
	struct ww_operator o;
	bool found = false;

	site_ok(s, ww_order_check(&s->own, &r));
	ww_rec_operator_write(&r, &body);
	ww_row_init(&ww_entity_operator, &o);
	o.seq = (int64_t)site_record(s, WW_REC_OPERATOR, s->now + 100, &body);
	site_apply(s);
	site_ok(s, ww_get(&s->ledger, &s->own, operator, & o, &found));
	ck_assert(found);
	if (o.refused.n > 0)
		return ww_arena_str(s->own.arena, o.refused).p;
	return ww_arena_printf(s->own.arena, "%d changed", (int)o.changed).p;
}

static ww_id
flag_of(struct site *s, enum ww_flag_kind kind)
{
	struct ww_rows rows = site_rows(s, &ww_entity_flag);

	for (size_t i = rows.n; i > 0; i--)
		if (WW_ROW(&rows, flag, i - 1)->kind == (int64_t)kind)
			return WW_ROW(&rows, flag, i - 1)->id;
	ck_abort_msg("no such flag");
}

static const char *
state_of(struct site *s, ww_id id)
{
	return ww_work_state_text(item(s, id).state);
}

static ww_str
assignee(struct site *s, ww_id id)
{
	struct ww_item i = item(s, id);

	return ww_item_assignee(&i);
}

static size_t
orders_about(struct site *s, ww_id id)
{
	struct ww_operator like;
	struct ww_rows rows;

	ww_row_init(&ww_entity_operator, &like);
	like.about = id;
	site_ok(s, ww_find(&s->ledger, &s->own, operator, "by_about", &like, &rows));
	return rows.n;
}

START_TEST(is_taken_up_and_done)
{
	struct site s;
	ww_id task, flag;

	open_desk(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	task = site_row(&s, 0).id;
	flag = flag_of(&s, WW_flag_kind_ADMIT);
	ck_assert_str_eq(state_of(&s, task), "open");
	ck_assert_str_eq(says(&s, "flag-ack", task, "", "nell", 0), "1 changed");
	ck_assert_str_eq(state_of(&s, task), "acknowledged");
	ck_assert_str_eq(state_of(&s, flag), "acknowledged");
	unit_str_is(site_row(&s, 0).remote_status, "accepted");
	ck_assert_int_eq(site_row(&s, 0).answered_ms, s.now);
	unit_str_is(assignee(&s, task), "nell");
	ck_assert_str_eq(says(&s, "flag-note", flag, "left word", "nell", 0), "1 changed");
	ck_assert_str_eq(open_on(&s, "rcca"), "stay");
	ck_assert_str_eq(says(&s, "flag-done", flag, "seen at home", "nell", 0), "1 changed");
	ck_assert_str_eq(state_of(&s, task), "done");
	unit_str_is(site_row(&s, 0).remote_status, "completed");
	ck_assert_str_eq(open_on(&s, "rcca"), "");
	ck_assert_uint_eq(item(&s, task).notes.n, 3);
	ck_assert_uint_eq(orders_about(&s, task), 3);
	close_same(&s);
}
END_TEST

START_TEST(is_refused_with_the_reason)
{
	struct site s;
	ww_id task;

	open_desk(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	task = site_row(&s, 0).id;
	ck_assert_str_eq(
	    says(&s, "flag-ack", task + 7, "", "nell", 0), "WW-214 no flag or notice has that id");
	ck_assert_str_eq(says(&s, "flag-done", task, "", "nell", 0), "1 changed");
	ck_assert_str_eq(says(&s, "flag-ack", task, "", "nell", 0), "WW-216 it is done");
	ck_assert_str_eq(
	    says(&s, "flag-done", task, "", "nell", 0), "WW-216 it is completed already");
	site_does(&s, .trigger = "A11", .at = AT("1005"));
	ck_assert_str_eq(
	    says(&s, "flag-ack", task, "", "nell", 0), "WW-216 the notice was taken back");
	ck_assert_str_eq(says(&s, "flag-ack", flag_of(&s, WW_flag_kind_ADMIT), "", "nell", 0),
	    "WW-216 the flag was retracted");
	ck_assert_str_eq(says(&s, "flag-note", task, "why", "nell", 0), "1 changed");
	close_same(&s);
}
END_TEST

/* What a rule found to be done nobody has to say is done. */
START_TEST(is_done_when_it_was_found_to_be)
{
	static const char program[] =
	    "program: p\ntitle: P\nversion: 1\nrules: [{use: admission/2}, {use: follow-up/1}]\n"
	    "flags:\n  follow-up-visit: {to: coordinator, as: task, deadline: 14d}\n";
	struct ww_buf none = { 0 };
	struct site s;
	ww_id task, flag;

	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	(void)site_file(&s, "program", "p", program);
	(void)site_config(
	    &s, ww_arena_printf(s.own.arena, "%sprograms: [{file: p.yaml}]\n", desk_config(&s)).p);
	(void)site_edition(&s, site_roster(&s));
	site_does(&s, .trigger = "A01", .at = AT("1000"), .visit = "S1^^^MERCY");
	site_does(&s, .trigger = "A03", .at = AT("1800"), .out = AT("1800"), .visit = "S1^^^MERCY",
	    .to = "01");
	task = site_row(&s, 0).id;
	flag = flag_of(&s, WW_flag_kind_FOLLOW_UP_VISIT);
	ck_assert_str_eq(open_on(&s, "rcca"), "follow-up-visit");
	site_does(&s, .trigger = "A04", .class_ = "O", .at = "202603041000", .in = "202603041000",
	    .visit = "O1^^^MERCY");
	(void)site_record(&s, WW_REC_TICK, s.now + 1000, &none);
	site_apply(&s);
	ck_assert_str_eq(open_on(&s, "rcca"), "");
	ck_assert_str_eq(state_of(&s, task), "done");
	ck_assert_str_eq(state_of(&s, flag), "done");
	ck_assert_str_eq(says(&s, "flag-done", task, "", "nell", 0), "WW-216 it is done");
	ck_assert_str_eq(says(&s, "flag-ack", flag, "", "nell", 0), "WW-216 it is done");
	ck_assert_str_eq(says(&s, "flag-note", flag, "seen", "nell", 0), "1 changed");
	close_same(&s);
}
END_TEST

START_TEST(loses_no_update)
{
	struct site s;
	ww_id task;
	int64_t first;

	open_desk(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	task = site_row(&s, 0).id;
	first = item(&s, task).version;
	ck_assert_str_eq(says(&s, "flag-ack", task, "", "nell", first), "1 changed");
	ck_assert_int_ne(item(&s, task).version, first);
	/* again: its answer was lost */
	ck_assert_str_eq(says(&s, "flag-ack", task, "", "nell", first), "0 changed");
	/* another one has looked at the same */
	ck_assert_str_eq(says(&s, "flag-ack", task, "", "nora", first),
	    ww_arena_printf(
	        s.own.arena, "WW-233 it has changed since version %lld", (long long)first)
	        .p);
	ck_assert_str_eq(
	    says(&s, "flag-ack", task, "", "nora", item(&s, task).version), "1 changed");
	unit_str_is(assignee(&s, task), "nora");
	first = item(&s, task).version;
	ck_assert_str_eq(says(&s, "flag-note", task, "left word", "nora", first), "1 changed");
	ck_assert_str_eq(says(&s, "flag-note", task, "left word", "nora", first), "0 changed");
	ck_assert_uint_eq(item(&s, task).notes.n, 3);
	close_same(&s);
}
END_TEST

START_TEST(is_open_again_when_something_is_raised)
{
	struct site s;
	ww_id task;

	open_desk(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	task = site_row(&s, 0).id;
	ck_assert_str_eq(says(&s, "flag-done", task, "called", "nell", 0), "1 changed");
	site_does(&s, .trigger = "A08", .at = AT("1100"), .facility = "NORTH");
	ck_assert_str_eq(state_of(&s, task), "done");
	site_does(&s, .trigger = "A03", .at = AT("1800"), .to = "01");
	ck_assert_str_eq(state_of(&s, task), "open");
	ck_assert_str_eq(state_of(&s, flag_of(&s, WW_flag_kind_ADMIT)), "done");
	ck_assert_str_eq(state_of(&s, flag_of(&s, WW_flag_kind_DISCHARGE)), "open");
	ck_assert_str_eq(open_on(&s, "rcca"), "stay");
	ck_assert_str_eq(says(&s, "flag-ack", task, "", "nell", 0), "1 changed");
	ck_assert_str_eq(state_of(&s, task), "acknowledged");
	ck_assert_str_eq(says(&s, "flag-done", task, "called again", "nell", 0), "1 changed");
	ck_assert_str_eq(state_of(&s, task), "done");
	close_same(&s);
}
END_TEST

START_TEST(is_said_of_what_goes_to_a_server_too)
{
	struct site s;
	struct ww_outbox row;
	uint64_t at;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	row = site_row(&s, 0);
	ck_assert_str_eq(says(&s, "flag-ack", row.id, "phoned", "nell", 0), "1 changed");
	at = site_attempt(&s, &row, WW_VERB_CREATE);
	(void)site_outcome(&s, &row, at, WW_VERB_CREATE, WW_RESULT_SENT, 201);
	site_apply(&s);
	site_outbox_is(&s, "Task stay settled create");
	ck_assert_str_eq(state_of(&s, row.id), "acknowledged");
	ck_assert_str_eq(open_on(&s, "rcca"), "");
	ck_assert_str_eq(says(&s, "flag-done", row.id, "", "nell", 0), "1 changed");
	ck_assert_str_eq(state_of(&s, row.id), "done");
	(void)site_order(&s, "discard", id_of(&s, row.id), "x");
	close_same(&s);
}
END_TEST

/* The server has not heard of what was said by phone. */
START_TEST(stands_whatever_the_server_has)
{
	struct site s;
	struct ww_outbox row;
	struct ww_rec_outcome o;
	struct ww_buf body = { 0 };

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	row = site_row(&s, 0);
	ck_assert_str_eq(says(&s, "flag-ack", row.id, "phoned", "nell", 0), "1 changed");
	o = (struct ww_rec_outcome){ .outbox = row.id,
		.attempt = (int64_t)site_attempt(&s, &row, WW_VERB_CREATE),
		.revision = row.wanted,
		.verb = WW_VERB_CREATE,
		.result = WW_RESULT_SENT,
		.http = 201,
		.status = WW_STR("requested") };
	ww_rec_outcome_write(&o, &body);
	(void)site_record(&s, WW_REC_OUTCOME, s.now + 100, &body);
	site_apply(&s);
	unit_str_is(site_row(&s, 0).remote_status, "accepted");
	o.status = WW_STR("in-progress");
	ww_rec_outcome_write(&o, &body);
	(void)site_record(&s, WW_REC_OUTCOME, s.now + 100, &body);
	site_apply(&s);
	unit_str_is(site_row(&s, 0).remote_status, "in-progress");
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
		takes_over_what_waited_for_a_server, cannot_be_paused, is_taken_up_and_done,
		is_done_when_it_was_found_to_be, is_refused_with_the_reason, loses_no_update,
		is_open_again_when_something_is_raised, is_said_of_what_goes_to_a_server_too,
		stands_whatever_the_server_has, knows_what_follows_in_a_task };

	return unit_main("worklist", tests, UNIT_COUNT(tests));
}
