/* Raw routes in apply: which messages are owed to whom, what becomes of the rows, and that a rebuild knows it all. */
#include "tests/unit/unit.h"

#include "report/queue.h"
#include "report/status.h"
#include "report/why.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>
#include <wardwire/log.h>

#define AT(hhmm) "20260302" hhmm

/* Messages go nowhere else: no roster, no party. */
#define CONFIG(feed_keys, limits, routes)                                                          \
	"data: data\n"                                                                             \
	"retry: {first: 1, most: 4, alarm_after: 10, max_age: 2}\n"                                \
	"limits: {" limits "}\n"                                                                   \
	"listeners: [{name: a, mllp: 'localhost:0'}, {name: b, mllp: 'localhost:0'}]\n"            \
	"feeds: [{name: mercy, on: a" feed_keys "}, {name: north, on: b}]\n"                       \
	"endpoints: [{name: lab, mllp: 'localhost:1'}, {name: out, dir: o}]\n"                     \
	"routes:\n" routes

#define FILTERED                                                                                   \
	"- {name: adt, from: mercy, when: {MSH-9.2: [A01, A03], PV1-2: I}, "                       \
	"not: {PV1-3.4: CLOSED}, to: [lab, out]}\n"
#define ALL "- {name: all, to: lab}\n"

static void
enter(struct site *s, const char *yaml)
{
	ww_log_set_level((enum ww_log_level) - 1);
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	(void)site_config(s, yaml);
	site_apply(s);
}

static void
leave(struct site *s)
{
	site_rebuilds(s);
	site_close(s);
}

/* "3.1 adt/lab due, 3.2 adt/out due" */
static const char *
owed(struct site *s)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);

		text = ww_arena_printf(s->own.arena, "%s%s" WW_ID_FMT " %.*s %s", text,
		    i > 0 ? ", " : "", WW_ID_ARG(r->id), WW_STR_FMT(r->endpoint),
		    ww_outbox_state_text(r->state))
		           .p;
	}
	return text;
}

#define owed_is(s, want) ck_assert_str_eq(owed(s), want)

static const char *
unrouted(struct site *s, uint64_t seq)
{
	struct ww_message m = site_message_row(s, seq);

	return ww_arena_cstr(s->own.arena, m.unrouted);
}

START_TEST(owes_a_message_to_each_endpoint_of_a_route_that_takes_it)
{
	struct ww_outbox row;
	struct site s;
	uint64_t seq;

	enter(&s, CONFIG("", "", FILTERED ALL));
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"));
	ck_assert_uint_eq(seq, 3);
	owed_is(&s, "3.1 adt/lab due, 3.2 adt/out due, 3.3 all/lab due");
	ck_assert_str_eq(unrouted(&s, seq), "");
	row = site_row(&s, 1);
	unit_str_is(row.key, "000000000003-adt@out");
	ck_assert_int_eq(row.message, 3);
	ck_assert_int_eq(row.resource, WW_resource_type_MESSAGE);
	ck_assert_int_eq(row.owed_ms, s.now);
	leave(&s);
}
END_TEST

START_TEST(says_why_a_route_did_not_take_it)
{
	static const struct {
		struct said said;
		const char *why;
	} cases[] = {
		{ { .trigger = "A08" }, "adt: MSH-9.2 does not fit" },
		{ { .trigger = "A01", .class_ = "E" }, "adt: PV1-2 does not fit" },
		{ { .trigger = "A01", .facility = "CLOSED" }, "adt: PV1-3.4 does not fit" },
		{ { .trigger = "A01", .feed = "north" }, "" }, /* it is none of that route's */
	};

	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct said said = cases[i].said;
		struct site s;
		uint64_t seq;

		enter(&s, CONFIG("", "", FILTERED));
		said.at = AT("1000");
		seq = site_tells(&s, said);
		owed_is(&s, "");
		ck_assert_str_eq(unrouted(&s, seq), cases[i].why);
		leave(&s);
	}
}
END_TEST

START_TEST(takes_an_empty_text_for_a_field_that_says_nothing)
{
	struct site s;

	enter(&s, CONFIG("", "", "- {name: r, when: {PV1-36: ['', '01']}, to: lab}\n"));
	(void)site_does(&s, .trigger = "A01", .at = AT("1000"));
	(void)site_does(&s, .trigger = "A03", .at = AT("1100"), .to = "01");
	(void)site_does(&s, .trigger = "A03", .at = AT("1200"), .to = "02");
	owed_is(&s, "3.1 r/lab due, 4.1 r/lab due");
	leave(&s);
}
END_TEST

/* A raw route is no notice. */
START_TEST(sends_on_what_nobody_is_told_of)
{
	struct site s;
	uint64_t oru;

	enter(&s, CONFIG("", "", ALL));
	oru = site_does(&s, .trigger = "R01", .msh9 = "ORU^R01", .at = AT("1000"));
	(void)site_does(&s, .trigger = "A60", .at = AT("1001"));
	(void)site_does(&s, .trigger = "A01", .at = AT("1002"), .msh11 = "T");
	ck_assert_int_eq(site_message_row(&s, oru).disposition, WW_disposition_IGNORED);
	owed_is(&s, "3.1 all/lab due, 4.1 all/lab due, 5.1 all/lab due");
	leave(&s);
}
END_TEST

START_TEST(sends_no_duplicate_on)
{
	struct said same = { .trigger = "A01", .at = AT("1000"), .control = "C1" };
	struct site s;

	enter(&s, CONFIG("", "", ALL));
	(void)site_tells(&s, same);
	(void)site_tells(&s, same);
	same.control = "C2";
	(void)site_tells(&s, same);
	owed_is(&s, "3.1 all/lab due, 5.1 all/lab due");
	leave(&s);
}
END_TEST

START_TEST(sends_nothing_of_a_feed_that_is_observed)
{
	struct site s;
	uint64_t seq;

	enter(&s, CONFIG(", state: observe", "", ALL));
	seq = site_does(&s, .trigger = "A01", .at = AT("1000"));
	ck_assert_str_eq(unrouted(&s, seq), "all: the feed is only observed");
	(void)site_does(&s, .trigger = "A01", .at = AT("1000"), .feed = "north");
	owed_is(&s, "4.1 all/lab due");
	leave(&s);
}
END_TEST

/* -- what is set aside ------------------------------------------------------------------------------- */

enum { EVENTS = 16 };

/* So many changes of one stay that one more is set aside; the sequence of that. */
static uint64_t
too_much(struct site *s, const char *control)
{
	uint64_t seq = 0;

	for (int i = 0; i <= EVENTS; i++) {
		const char *at = ww_arena_printf(s->own.arena, AT("10%02d"), i).p;

		seq = site_does(s, .trigger = i == 0 ? "A01" : "A06", .at = at,
		    .control = i == EVENTS ? control : NULL);
	}
	return seq;
}

static struct ww_outbox
row_of(struct site *s, uint64_t seq, bool *found)
{
	struct ww_outbox row;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = (ww_id)(seq << 16 | 1);
	site_ok(s, ww_get(&s->ledger, &s->own, outbox, &row, found));
	return row;
}

/* The lanes of a message's rows. */
static void
has_rows(struct site *s, uint64_t seq, const char *want)
{
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);
	const char *text = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);

		if (r->message == (int64_t)seq)
			text = ww_arena_printf(s->own.arena, "%s%s%.*s", text,
			    text[0] != '\0' ? " " : "", WW_STR_FMT(r->endpoint))
			           .p;
	}
	ck_assert_str_eq(text, want);
}

START_TEST(sends_on_what_is_set_aside_and_only_once)
{
	struct site s;
	uint64_t seq, copy;
	bool found;

	enter(&s, CONFIG("", "events: 16", "- {name: r, when: {MSH-10: [LAST]}, to: lab}\n"));
	seq = too_much(&s, "LAST");
	ck_assert_int_eq(site_message_row(&s, seq).disposition, WW_disposition_QUARANTINED);
	(void)row_of(&s, seq, &found);
	ck_assert(found);
	/* A copy is tried again, and is not sent on again. */
	copy = site_does(&s, .trigger = "A06", .at = AT("1016"), .control = "LAST");
	ck_assert_int_eq(site_message_row(&s, copy).disposition, WW_disposition_QUARANTINED);
	(void)row_of(&s, copy, &found);
	ck_assert(!found);
	/* Nor is what an order runs again. */
	(void)site_config(
	    &s, CONFIG("", "events: 99", "- {name: r, when: {MSH-10: [LAST]}, to: lab}\n"));
	site_apply(&s);
	(void)site_order(&s, "replay",
	    ww_arena_printf(s.own.arena, "%llu", (unsigned long long)seq).p, "more room");
	ck_assert_int_eq(site_message_row(&s, seq).disposition, WW_disposition_APPLIED);
	ck_assert_uint_eq(site_rows(&s, &ww_entity_outbox).n, 1);
	leave(&s);
}
END_TEST

/* One that ended the engine is not looked at again, not even to see where it would go, until a person wants it. */
START_TEST(sends_what_an_order_runs_again_with_the_number_it_had)
{
	struct ww_rec_quarantine deadly = { 3, WW_STR("WW-901") };
	struct ww_buf body = { 0 };
	struct ww_hand hand;
	struct site s;
	uint64_t order;
	bool found;

	enter(&s, CONFIG("", "", ALL));
	(void)site_says(&s, (struct said){ .trigger = "A01", .at = AT("1000") });
	(void)site_says(&s, (struct said){ .trigger = "A01", .at = AT("1001"), .person = 2 });
	ww_rec_quarantine_write(&deadly, &body);
	(void)site_record(&s, WW_REC_QUARANTINE, s.now + 1000, &body);
	ww_apply_close(s.apply);
	site_apply_open(&s);
	site_apply(&s);
	owed_is(&s, "4.1 all/lab due");
	order = site_order(&s, "replay", "3", "mended");
	owed_is(&s, "3.1 all/lab due, 4.1 all/lab due");
	ck_assert_int_eq(site_message_row(&s, 3).disposition, WW_disposition_APPLIED);
	/* The courier is told to look for what is older than it has seen. */
	ww_row_init(&ww_entity_hand, &hand);
	hand.endpoint = WW_STR("all/lab");
	site_ok(&s, ww_get(&s.ledger, &s.own, hand, &hand, &found));
	ck_assert(found && hand.retried == (int64_t)order);
	leave(&s);
}
END_TEST

/* What was acknowledged when it was set aside is not taken for sent on. */
START_TEST(sends_on_what_only_its_sender_heard_of)
{
	struct site s;
	uint64_t seq;

	enter(&s, CONFIG(", ack: {mode: enhanced, application: lab}", "events: 16",
	              "- {name: r, from: north, to: lab}\n"));
	seq = too_much(&s, "LAST");
	ck_assert_int_eq(site_message_row(&s, seq).disposition, WW_disposition_QUARANTINED);
	(void)site_config(&s, CONFIG(", ack: {mode: enhanced, application: lab}", "events: 99",
	                          "- {name: r, when: {MSH-10: LAST}, to: lab}\n"));
	site_apply(&s);
	(void)site_order(&s, "replay",
	    ww_arena_printf(s.own.arena, "%llu", (unsigned long long)seq).p, "more room");
	has_rows(&s, seq, "ack@mercy/lab r/lab");
	leave(&s);
}
END_TEST

/* -- how it goes on ----------------------------------------------------------------------------------- */

static void
ends(struct site *s, size_t n, enum ww_result result)
{
	struct ww_outbox row = site_row(s, n);
	uint64_t attempt = site_attempt(s, &row, WW_VERB_FORWARD);

	site_apply(s);
	ck_assert_int_eq(site_row(s, n).attempt, (int64_t)attempt);
	(void)site_outcome(s, &row, attempt, WW_VERB_FORWARD, result, 0);
	site_apply(s);
}

START_TEST(settles_a_message_that_was_taken)
{
	struct ww_outbox row;
	struct site s;

	enter(&s, CONFIG("", "", ALL));
	for (int i = 1; i <= 4; i++)
		(void)site_does(&s, .trigger = "A01", .at = AT("1000"), .person = i);
	ends(&s, 0, WW_RESULT_SENT);
	ends(&s, 1, WW_RESULT_RETRY);
	ends(&s, 2, WW_RESULT_PARKED);
	ends(&s, 3, WW_RESULT_UNCERTAIN);
	owed_is(&s, "3.1 all/lab settled, 4.1 all/lab due, 5.1 all/lab parked, 6.1 all/lab due");
	row = site_row(&s, 0);
	ck_assert(row.sent == row.wanted && row.attempts == 1 && row.owed_ms == 0);
	ends(&s, 3, WW_RESULT_SENT);
	ck_assert_int_eq(site_row(&s, 3).attempts, 2);
	leave(&s);
}
END_TEST

static const char *
refused(struct site *s, uint64_t order)
{
	struct ww_operator o;
	bool found;

	ww_row_init(&ww_entity_operator, &o);
	o.seq = (int64_t)order;
	site_ok(s, ww_get(&s->ledger, &s->own, operator, & o, &found));
	ck_assert(found);
	return ww_arena_cstr(s->own.arena, o.refused);
}

START_TEST(obeys_orders_about_a_lane)
{
	struct ww_hand hand;
	struct site s;
	bool found;

	enter(&s, CONFIG("", "", FILTERED ALL));
	(void)site_does(&s, .trigger = "A01", .at = AT("1000"));
	(void)site_does(&s, .trigger = "A08", .at = AT("1001"));
	ck_assert_str_eq(refused(&s, site_order(&s, "pause", "all/lab", "")), "");
	ck_assert_str_eq(refused(&s, site_order(&s, "pause", "all/out", "")),
	    "WW-214 no endpoint of that name is configured");
	ww_row_init(&ww_entity_hand, &hand);
	hand.endpoint = WW_STR("all/lab");
	site_ok(&s, ww_get(&s.ledger, &s.own, hand, &hand, &found));
	ck_assert(found && hand.paused != 0);
	ck_assert_str_eq(refused(&s, site_order(&s, "resume", "all/lab", "")), "");
	(void)site_order(&s, "park", "3.3", "not now");
	(void)site_order(&s, "discard", "4.1", "no use");
	owed_is(&s, "3.1 adt/lab due, 3.2 adt/out due, 3.3 all/lab parked, 4.1 all/lab discarded");
	(void)site_order(&s, "retry", "3.3", "");
	/* An endpoint's name means all lanes to it. */
	(void)site_order(&s, "park-all", "lab", "their server moves");
	owed_is(
	    &s, "3.1 adt/lab parked, 3.2 adt/out due, 3.3 all/lab parked, 4.1 all/lab discarded");
	(void)site_order(&s, "retry-all", "adt/lab", "");
	(void)site_order(&s, "discard-all", "all/lab", "old");
	owed_is(
	    &s, "3.1 adt/lab due, 3.2 adt/out due, 3.3 all/lab discarded, 4.1 all/lab discarded");
	leave(&s);
}
END_TEST

START_TEST(parks_what_waits_too_long_and_alarms_before)
{
	struct ww_buf none = { 0 };
	struct ww_hand hand;
	struct site s;
	bool found;

	enter(&s, CONFIG("", "", ALL));
	(void)site_does(&s, .trigger = "A01", .at = AT("1000"));
	(void)site_record(&s, WW_REC_TICK, s.now + 11 * 60000, &none);
	site_apply(&s);
	ww_row_init(&ww_entity_hand, &hand);
	hand.endpoint = WW_STR("all/lab");
	site_ok(&s, ww_get(&s.ledger, &s.own, hand, &hand, &found));
	ck_assert(found && hand.alarm_ms == s.now);
	owed_is(&s, "3.1 all/lab due");
	(void)site_does(&s, .trigger = "A03", .at = AT("1130"));
	none = (struct ww_buf){ 0 };
	(void)site_record(&s, WW_REC_TICK, site_ms(AT("1201")), &none);
	site_apply(&s);
	owed_is(&s, "3.1 all/lab parked, 5.1 all/lab due");
	leave(&s);
}
END_TEST

START_TEST(parks_what_no_route_sends_any_more)
{
	struct site s;

	enter(&s, CONFIG("", "", FILTERED ALL));
	(void)site_does(&s, .trigger = "A01", .at = AT("1000"));
	ends(&s, 1, WW_RESULT_SENT);
	(void)site_config(&s, CONFIG("", "", ALL));
	site_apply(&s);
	owed_is(&s, "3.1 adt/lab parked, 3.2 adt/out settled, 3.3 all/lab due");
	/* Back again: a person sends it. */
	(void)site_config(&s, CONFIG("", "", FILTERED ALL));
	site_apply(&s);
	(void)site_order(&s, "retry-all", "adt/lab", "");
	owed_is(&s, "3.1 adt/lab due, 3.2 adt/out settled, 3.3 all/lab due");
	leave(&s);
}
END_TEST

/* -- status ------------------------------------------------------------------------------------------ */

START_TEST(counts_messages_apart_from_notices)
{
	struct ww_json *o = NULL, *forwarded;
	struct site s;

	enter(&s, CONFIG("", "", FILTERED ALL));
	for (int i = 1; i <= 3; i++)
		(void)site_does(&s, .trigger = "A08", .at = AT("1000"), .person = i);
	ends(&s, 0, WW_RESULT_SENT);
	ends(&s, 1, WW_RESULT_PARKED);
	site_ok(&s, ww_status_report(&s.ledger, &s.own, &o));
	forwarded = ww_json_get(o, "forwarded");
	ck_assert_int_eq(ww_json_int(ww_json_get(forwarded, "settled")), 1);
	ck_assert_int_eq(ww_json_int(ww_json_get(forwarded, "parked")), 1);
	ck_assert_int_eq(ww_json_int(ww_json_get(forwarded, "due")), 1);
	ck_assert_uint_eq(ww_json_len(ww_json_get(o, "notices")), 0);
	leave(&s);
}
END_TEST

/* An endpoint's name means what waits on any lane to it. */
START_TEST(lists_what_waits_on_a_lane_or_for_an_endpoint)
{
	static const struct {
		const char *endpoint;
		size_t rows;
	} cases[] = { { "", 3 }, { "lab", 2 }, { "all/lab", 1 }, { "out", 1 }, { "all", 0 } };
	struct site s;

	enter(&s, CONFIG("", "", FILTERED ALL));
	(void)site_does(&s, .trigger = "A01", .at = AT("1000"));
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct ww_queue_filter f = { .endpoint = ww_str_from(cases[i].endpoint),
			.most = 9 };
		struct ww_json *list = NULL;

		site_ok(&s, ww_queue_list(&s.ledger, &s.own, &f, &list));
		ck_assert_uint_eq(ww_json_len(list), cases[i].rows);
	}
	leave(&s);
}
END_TEST

/* -- why --------------------------------------------------------------------------------------------- */

START_TEST(tells_where_a_message_went_and_why_not_elsewhere)
{
	struct ww_json *story = NULL, *message, *one;
	struct site s;

	enter(&s, CONFIG("", "", FILTERED ALL));
	(void)site_does(&s, .trigger = "A08", .at = AT("1000"));
	ends(&s, 0, WW_RESULT_SENT);
	site_ok(&s, ww_why(&s.ledger, &s.own, (ww_id)3 << 16, &story));
	message = ww_json_get(story, "message");
	unit_str_is(ww_json_str(ww_json_get(message, "not-routed")), "adt: MSH-9.2 does not fit");
	one = ww_json_first(ww_json_get(message, "routes"));
	unit_str_is(ww_json_str(ww_json_get(one, "endpoint")), "all/lab");
	unit_str_is(ww_json_str(ww_json_get(one, "state")), "settled");
	unit_str_is(ww_json_str(ww_json_get(ww_json_first(ww_json_get(one, "attempts")), "verb")),
	    "forward");
	ck_assert_ptr_null(ww_json_next(one));
	leave(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { owes_a_message_to_each_endpoint_of_a_route_that_takes_it,
		says_why_a_route_did_not_take_it, takes_an_empty_text_for_a_field_that_says_nothing,
		sends_on_what_nobody_is_told_of, sends_no_duplicate_on,
		sends_nothing_of_a_feed_that_is_observed, sends_on_what_is_set_aside_and_only_once,
		sends_on_what_only_its_sender_heard_of,
		sends_what_an_order_runs_again_with_the_number_it_had,
		settles_a_message_that_was_taken, obeys_orders_about_a_lane,
		parks_what_waits_too_long_and_alarms_before, parks_what_no_route_sends_any_more,
		counts_messages_apart_from_notices, lists_what_waits_on_a_lane_or_for_an_endpoint,
		tells_where_a_message_went_and_why_not_elsewhere };

	return unit_main("forward", tests, UNIT_COUNT(tests));
}
