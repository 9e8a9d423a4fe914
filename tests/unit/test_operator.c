/* Orders of operators: their form, what they do to the ledger, and what is kept of them. */
#include "tests/unit/unit.h"

#include "apply/operator.h"
#include "report/why.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#define AT(hhmm) "20260302" hhmm

/* -- form ------------------------------------------------------------------------------------------- */

START_TEST(names_what_is_wrong_with_an_order)
{
	static const struct {
		const char *order, *subject;
		ww_status want;
		const char *place;
	} cases[] = {
		{ "pause", "rcca-ehr", WW_OK, "" },
		{ "dance", "rcca-ehr", WW_E_CODE, "order" },
		{ "", "rcca-ehr", WW_E_CODE, "order" },
		{ "pause", "", WW_E_REQUIRED, "subject" },
		{ "pause", "Anne Alder", WW_E_VALUE, "subject" },
		{ "pause", "rcca\nehr", WW_E_VALUE, "subject" },
		{ "pause", "adt/lab", WW_OK, "" },
		{ "pause", "adt/", WW_E_VALUE, "subject" },
		{ "pause", "/lab", WW_E_VALUE, "subject" },
		{ "pause", "adt/lab/out", WW_E_VALUE, "subject" },
		{ "retry", "17.3", WW_OK, "" },
		{ "retry", "17", WW_E_VALUE, "subject" },
		{ "retry", "rcca-ehr", WW_E_VALUE, "subject" },
		{ "park", "17.3", WW_E_REQUIRED, "reason" },
		{ "discard", "17.3", WW_E_REQUIRED, "reason" },
		{ "park-all", "rcca-ehr", WW_E_REQUIRED, "reason" },
		{ "flag-note", "17.3", WW_E_REQUIRED, "reason" },
		{ "flag-ack", "17", WW_E_VALUE, "subject" },
		{ "flag-done", "17.3", WW_OK, "" },
		{ "discard-all", "rcca-ehr", WW_E_REQUIRED, "reason" },
	};
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct ww_rec_operator o = { .order = ww_str_from(cases[i].order),
			.subject = ww_str_from(cases[i].subject),
			.reason = ww_str_empty(),
			.who = ww_str_empty() };

		ww_ctx_clear(&cx);
		ck_assert_int_eq(ww_order_check(&cx, &o), cases[i].want);
		ck_assert_str_eq(cx.fail.place, cases[i].place);
	}
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(takes_texts_of_one_line_and_a_length)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	char text[WW_ORDER_REASON_MAX + 1];
	struct ww_rec_operator o = {
		.order = WW_STR("pause"), .subject = WW_STR("rcca-ehr"), .who = ww_str_empty()
	};

	memset(text, 'x', sizeof(text));
	o.reason = ww_str_of(text, WW_ORDER_REASON_MAX);
	ck_assert_int_eq(ww_order_check(&cx, &o), WW_OK);
	o.reason.n++;
	ck_assert_int_eq(ww_order_check(&cx, &o), WW_E_LIMIT);
	ww_ctx_clear(&cx);
	o.reason = WW_STR("two\nlines");
	ck_assert_int_eq(ww_order_check(&cx, &o), WW_E_VALUE);
	ck_assert_str_eq(cx.fail.place, "reason");
	ww_ctx_clear(&cx);
	o.reason = ww_str_empty();
	o.who = ww_str_of(text, WW_ORDER_WHO_MAX + 1);
	ck_assert_int_eq(ww_order_check(&cx, &o), WW_E_LIMIT);
	ck_assert_str_eq(cx.fail.place, "who");
	ww_arena_free(cx.arena);
}
END_TEST

/* -- what they do ----------------------------------------------------------------------------------- */

static struct ww_operator
kept(struct site *s, uint64_t seq)
{
	struct ww_operator o;
	bool found = false;

	ww_row_init(&ww_entity_operator, &o);
	o.seq = (int64_t)seq;
	site_ok(s, ww_get(&s->ledger, &s->own, operator, & o, &found));
	ck_assert(found);
	return o;
}

START_TEST(knows_the_name_of_a_lane)
{
	static const struct {
		const char *name;
		ww_status status;
	} rows[] = {
		{ "rcca-ehr", WW_OK },
		{ "lab/out", WW_OK },
		{ "ack@mercy/back", WW_OK },
		{ "ack@/back", WW_E_VALUE },
		{ "ack@mercy", WW_E_VALUE },
		{ "ack@mercy/", WW_E_VALUE },
		{ "nak@mercy/back", WW_E_VALUE },
		{ "a/b/c", WW_E_VALUE },
		{ "/b", WW_E_VALUE },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx cx = { .arena = ww_arena_new(0) };
		struct ww_rec_operator o = { .order = WW_STR("pause"),
			.subject = ww_str_from(rows[i].name),
			.who = WW_STR("a") };

		ck_assert_msg(ww_order_check(&cx, &o) == rows[i].status, "%s", rows[i].name);
		ww_arena_free(cx.arena);
	}
}
END_TEST

START_TEST(keeps_who_ordered_what_and_why)
{
	struct ww_operator o;
	struct site s;
	uint64_t seq;

	site_open(&s);
	seq = site_order(&s, "pause", "rcca-ehr", "their server moves");
	o = kept(&s, seq);
	unit_str_is(o.order, "pause");
	unit_str_is(o.subject, "rcca-ehr");
	unit_str_is(o.reason, "their server moves");
	unit_str_is(o.who, "tester");
	unit_str_is(o.refused, "");
	ck_assert_int_eq(o.given_ms, s.now);
	ck_assert_int_eq(o.changed, 1);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

static struct ww_hand
hand(struct site *s, const char *endpoint)
{
	struct ww_hand h;
	bool found = false;

	ww_row_init(&ww_entity_hand, &h);
	h.endpoint = ww_str_from(endpoint);
	site_ok(s, ww_get(&s->ledger, &s->own, hand, &h, &found)); /* none: blank */
	return h;
}

START_TEST(pauses_and_resumes_an_endpoint)
{
	struct site s;
	uint64_t seq;

	site_open(&s);
	ck_assert_int_eq(hand(&s, "rcca-ehr").paused, 0);
	seq = site_order(&s, "pause", "rcca-ehr", "");
	ck_assert_int_eq(hand(&s, "rcca-ehr").paused, (int64_t)seq);
	ck_assert_int_eq(hand(&s, "rcca-ehr").paused_ms, s.now);
	unit_str_is(kept(&s, site_order(&s, "pause", "rcca-ehr", "")).refused,
	    "WW-216 the endpoint is paused already");
	unit_str_is(kept(&s, site_order(&s, "resume", "lakeside-ehr", "")).refused,
	    "WW-216 no endpoint of that name is paused");
	unit_str_is(kept(&s, site_order(&s, "pause", "elsewhere", "")).refused,
	    "WW-214 no endpoint of that name is configured");
	ck_assert_int_eq(hand(&s, "rcca-ehr").paused, (int64_t)seq);
	/* The configuration is read again: the pause stays. */
	(void)site_config(&s, SITE_CONFIG_WITH(", state: live"));
	site_apply(&s);
	ck_assert_int_eq(hand(&s, "rcca-ehr").paused, (int64_t)seq);
	ck_assert_int_eq(kept(&s, site_order(&s, "resume", "rcca-ehr", "")).changed, 1);
	ck_assert_int_eq(hand(&s, "rcca-ehr").paused, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* The receiver's answer pauses it as well: until an order, or a new configuration. */
START_TEST(an_answer_pauses_an_endpoint)
{
	struct site s;
	struct ww_outbox row;
	uint64_t attempt, seq;

	site_open(&s);
	(void)site_does(&s, .trigger = "A01", .at = "202603021000");
	row = site_row(&s, 0);
	for (int i = 0; i < 3; i++) {
		attempt = site_attempt(&s, &row, WW_VERB_CREATE);
		seq = site_outcome(&s, &row, attempt, WW_VERB_CREATE, WW_RESULT_PAUSED, 401);
		site_apply(&s);
		ck_assert_int_eq(site_row(&s, 0).state, WW_outbox_state_DUE);
		ck_assert_int_eq(site_row(&s, 0).attempt, 0);
		ck_assert_int_eq(hand(&s, "rcca-ehr").paused, (int64_t)seq);
		unit_str_is(hand(&s, "rcca-ehr").why, "as the test wants it (HTTP 401)");
		if (i == 0)
			ck_assert_int_eq(
			    kept(&s, site_order(&s, "resume", "rcca-ehr", "")).changed, 1);
		else if (i == 1)
			(void)site_config(&s, SITE_CONFIG_WITH(", state: live"));
		else
			break;
		site_apply(&s);
		ck_assert_int_eq(hand(&s, "rcca-ehr").paused, 0);
		unit_str_is(hand(&s, "rcca-ehr").why, "");
	}
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

START_TEST(an_answer_leaves_an_operators_pause_as_it_is)
{
	struct site s;
	struct ww_outbox row;
	uint64_t seq;

	site_open(&s);
	(void)site_does(&s, .trigger = "A01", .at = "202603021000");
	row = site_row(&s, 0);
	seq = site_order(&s, "pause", "rcca-ehr", "");
	(void)site_outcome(&s, &row, site_attempt(&s, &row, WW_VERB_CREATE), WW_VERB_CREATE,
	    WW_RESULT_PAUSED, 302);
	site_apply(&s);
	ck_assert_int_eq(hand(&s, "rcca-ehr").paused, (int64_t)seq);
	unit_str_is(hand(&s, "rcca-ehr").why, "");
	site_close(&s);
}
END_TEST

/* -- notices ---------------------------------------------------------------------------------------- */

static const char *
id_of(struct site *s, size_t n)
{
	struct ww_outbox row = site_row(s, n);

	return ww_arena_printf(s->own.arena, WW_ID_FMT, WW_ID_ARG(row.id)).p;
}

/* The notice is in one state, is ordered about, and is in another or stays. */
START_TEST(leads_a_notice_from_state_to_state)
{
	static const struct {
		const char *before[3], *order, *after, *refused;
	} rows[] = {
		{ { NULL }, "park", "parked", "" },
		{ { NULL }, "discard", "discarded", "" },
		{ { NULL }, "retry", "due", "" },
		{ { "park" }, "park", "parked", "WW-216 the notice is parked" },
		{ { "park" }, "retry", "due", "" },
		{ { "park" }, "discard", "discarded", "" },
		{ { "discard" }, "park", "discarded", "WW-216 the notice is discarded" },
		{ { "discard" }, "discard", "discarded", "WW-216 the notice is discarded" },
		{ { "discard" }, "retry", "due", "" },
		{ { "park", "discard", "retry" }, "park", "parked", "" },
		{ { "sent" }, "retry", "settled", "WW-216 the notice is settled" },
		{ { "sent" }, "park", "settled", "WW-216 the notice is settled" },
		{ { "sent" }, "discard", "settled", "WW-216 the notice is settled" },
		{ { "withdrawn" }, "retry", "suppressed", "WW-216 the notice is suppressed" },
		{ { "withdrawn" }, "discard", "suppressed", "WW-216 the notice is suppressed" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_operator o;
		struct site s;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"));
		for (size_t k = 0; k < 3 && rows[i].before[k] != NULL; k++) {
			const char *step = rows[i].before[k];
			struct ww_outbox row = site_row(&s, 0);

			if (strcmp(step, "sent") == 0) {
				uint64_t at = site_attempt(&s, &row, WW_VERB_CREATE);

				(void)site_outcome(
				    &s, &row, at, WW_VERB_CREATE, WW_RESULT_SENT, 201);
				site_apply(&s);
			} else if (strcmp(step, "withdrawn") == 0) {
				site_does(&s, .trigger = "A11", .at = AT("1100"));
			} else {
				(void)site_order(&s, step, id_of(&s, 0), "so that");
			}
		}
		o = kept(&s, site_order(&s, rows[i].order, id_of(&s, 0), "so that"));
		ck_assert_msg(ww_str_is(o.refused, rows[i].refused), "row %zu: %.*s", i,
		    WW_STR_FMT(o.refused));
		ck_assert_int_eq(o.changed, rows[i].refused[0] == '\0');
		ck_assert_msg(
		    strcmp(ww_outbox_state_text(site_row(&s, 0).state), rows[i].after) == 0,
		    "row %zu", i);
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

START_TEST(says_by_which_order_a_notice_is_as_it_is)
{
	struct ww_json *v = NULL;
	struct site s;
	uint64_t seq;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	seq = site_order(&s, "park-all", "rcca-ehr", "a new server");
	ck_assert_int_eq(site_row(&s, 0).ordered, (int64_t)seq);
	unit_str_is(site_row(&s, 0).reason, "parked by an operator: a new server");
	(void)site_order(&s, "discard", id_of(&s, 0), "not theirs");
	unit_str_is(site_row(&s, 0).reason, "discarded by an operator: not theirs");
	seq = site_order(&s, "retry-all", "rcca-ehr", "");
	ck_assert_int_eq(kept(&s, seq).changed, 0); /* what was given up stays so */
	(void)site_order(&s, "retry", id_of(&s, 0), "theirs after all");
	unit_str_is(site_row(&s, 0).reason, "");
	seq = site_order(&s, "park-all", "rcca-ehr", "again");
	site_ok(&s, ww_why_notice(&s.ledger, &s.own, site_row(&s, 0).id, &v));
	ck_assert_uint_eq(
	    ww_json_len(ww_json_get(v, "orders")), 3); /* two about it, one about all */
	unit_str_is(ww_json_str(ww_json_find(v, "orders[2].order")), "park-all");
	unit_str_is(ww_json_str(ww_json_find(v, "orders[0].reason")), "not theirs");
	site_close(&s);
}
END_TEST

START_TEST(orders_about_all_of_an_endpoint_leave_others_alone)
{
	struct site s;
	uint64_t seq;

	site_open(&s);
	for (int p = 1; p <= 3; p++)
		site_does(&s, .trigger = "A01", .at = AT("1000"), .person = p);
	site_does(&s, .trigger = "A01", .at = AT("1000"), .person = 19);
	seq = site_order(&s, "park-all", "rcca-ehr", "so that");
	ck_assert_int_eq(kept(&s, seq).changed, 3);
	site_outbox_is(&s, "Task stay parked create; Task stay parked create; "
	                   "Task stay parked create; Task stay due create lakeside");
	seq = site_order(&s, "discard-all", "lakeside-ehr", "so that");
	ck_assert_int_eq(kept(&s, seq).changed, 1);
	seq = site_order(&s, "retry-all", "rcca-ehr", "");
	ck_assert_int_eq(kept(&s, seq).changed, 3);
	ck_assert_int_eq(hand(&s, "rcca-ehr").retried, (int64_t)seq);
	ck_assert_int_eq(hand(&s, "lakeside-ehr").retried, 0);
	site_outbox_is(&s, "Task stay due create; Task stay due create; "
	                   "Task stay due create; Task stay discarded create lakeside");
	unit_str_is(kept(&s, site_order(&s, "park-all", "elsewhere", "so that")).refused,
	    "WW-214 no endpoint of that name is configured");
	unit_str_is(kept(&s, site_order(&s, "park", "999.1", "so that")).refused,
	    "WW-214 no notice has that id");
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* What the hospital says later: a parked notice is kept up to date and stays held, a discarded one is called for
 * again, and both end with the withdrawal. */
START_TEST(keeps_what_was_ordered_when_the_stay_changes)
{
	struct ww_outbox before;
	struct site s;

	site_open(&s);
	site_does(&s, .trigger = "A01", .at = AT("1000"));
	(void)site_order(&s, "park", id_of(&s, 0), "so that");
	before = site_row(&s, 0);
	site_does(&s, .trigger = "A03", .at = "202603051100");
	site_outbox_is(&s, "Task stay parked update");
	ck_assert_int_gt(site_row(&s, 0).wanted, before.wanted);
	unit_str_is(site_row(&s, 0).reason, "parked by an operator: so that");
	(void)site_order(&s, "discard", id_of(&s, 0), "so that");
	site_does(&s, .trigger = "A13", .at = "202603051200");
	site_outbox_is(&s, "Task stay due update");
	(void)site_order(&s, "park", id_of(&s, 0), "so that");
	site_does(&s, .trigger = "A11", .at = "202603051300");
	site_outbox_is(&s, "Task stay suppressed update");
	ck_assert_int_eq(site_row(&s, 0).held, 0);
	site_rebuilds(&s);
	site_close(&s);
}
END_TEST

/* Ordered while the request was under way: what arrived did, what did not stays as it was ordered. */
START_TEST(settles_what_arrived_after_it_was_parked)
{
	static const struct {
		const char *order;
		enum ww_result result;
		int http;
		const char *after;
	} rows[] = {
		{ "park", WW_RESULT_SENT, 201, "Task stay settled create" },
		{ "park", WW_RESULT_RETRY, 503, "Task stay parked create" },
		{ "park", WW_RESULT_PARKED, 400, "Task stay parked create" },
		{ "park", WW_RESULT_UNCERTAIN, 0, "Task stay parked create" },
		{ "discard", WW_RESULT_SENT, 201, "Task stay settled create" },
		{ "discard", WW_RESULT_RETRY, 503, "Task stay discarded create" },
		{ "discard", WW_RESULT_PARKED, 400, "Task stay discarded create" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_outbox row;
		struct site s;
		uint64_t at;

		site_open(&s);
		site_does(&s, .trigger = "A01", .at = AT("1000"));
		row = site_row(&s, 0);
		at = site_attempt(&s, &row, WW_VERB_CREATE);
		site_apply(&s);
		(void)site_order(&s, rows[i].order, id_of(&s, 0), "so that");
		(void)site_outcome(&s, &row, at, WW_VERB_CREATE, rows[i].result, rows[i].http);
		site_apply(&s);
		site_outbox_is(&s, rows[i].after);
		if (rows[i].result != WW_RESULT_SENT)
			ck_assert(ww_str_starts(
			    site_row(&s, 0).reason, strcmp(rows[i].order, "park") == 0
			                                ? WW_STR("parked by an operator")
			                                : WW_STR("discarded by an operator")));
		site_rebuilds(&s);
		site_close(&s);
	}
}
END_TEST

/* A journal that another build wrote may hold orders that this one does not know. */
START_TEST(keeps_an_order_it_does_not_know)
{
	struct ww_operator o;
	struct site s;

	site_open(&s);
	o = kept(&s, site_order(&s, "dance", "rcca-ehr", ""));
	unit_str_is(o.refused, "WW-207 this build knows no such order");
	site_close(&s);
}
END_TEST

START_TEST(tells_of_an_order_by_its_number)
{
	struct ww_json *v = NULL;
	struct site s;
	uint64_t seq;

	site_open(&s);
	seq = site_order(&s, "pause", "rcca-ehr", "their server moves");
	site_ok(&s, ww_why(&s.ledger, &s.own, (ww_id)(seq << 16), &v));
	ck_assert_ptr_nonnull(v);
	unit_str_is(ww_json_str(ww_json_find(v, "orders[0].order")), "pause");
	unit_str_is(ww_json_str(ww_json_find(v, "orders[0].who")), "tester");
	unit_str_is(ww_json_str(ww_json_find(v, "orders[0].reason")), "their server moves");
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { leads_a_notice_from_state_to_state,
		says_by_which_order_a_notice_is_as_it_is,
		orders_about_all_of_an_endpoint_leave_others_alone,
		keeps_what_was_ordered_when_the_stay_changes,
		settles_what_arrived_after_it_was_parked, names_what_is_wrong_with_an_order,
		takes_texts_of_one_line_and_a_length, knows_the_name_of_a_lane,
		keeps_who_ordered_what_and_why, pauses_and_resumes_an_endpoint,
		an_answer_pauses_an_endpoint, an_answer_leaves_an_operators_pause_as_it_is,
		keeps_an_order_it_does_not_know, tells_of_an_order_by_its_number };

	return unit_main("operator", tests, UNIT_COUNT(tests));
}
