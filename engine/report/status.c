/* Counts rows of the ledger by their state. */
#include "report/status.h"

#include "model/lane.h"
#include "report/hold.h"
#include "report/moment.h"
#include "report/queue.h"
#include "report/worklist.h"

#include <string.h>

enum { STATES_MAX = 16 };

/* Counts the rows of an entity by one coded field. */
static ww_status
count_by(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_entity *e, const char *field,
    struct ww_json *into)
{
	int64_t counts[STATES_MAX];
	const struct ww_field *f = e->fields;
	ww_status s = ww_ledger_tally(l, cx, e, field, counts, STATES_MAX);

	while (strcmp(f->name, field) != 0)
		f++;
	for (int64_t v = 0; s == WW_OK && v < STATES_MAX; v++) {
		if (counts[v] > 0)
			ww_json_set_int(cx, into, f->text(v), counts[v]);
	}
	return s;
}

static ww_status
add_rosters(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *list)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_roster *r = WW_ROW(&rows, roster, i);
		struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

		ww_json_set_str(cx, o, "name", r->name);
		ww_json_set_int(cx, o, "rows", r->rows);
		ww_json_set_int(cx, o, "rejected", r->rejected);
		ww_json_set_str(cx, o, "problem", r->problem);
		if (r->expiry != WW_roster_expiry_CURRENT)
			ww_json_set_cstr(cx, o, "expiry", ww_roster_expiry_text(r->expiry));
	}
	return s;
}

/* Those of the configuration in force; none: the built-in one. */
static ww_status
add_programs(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *list)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_named_file, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_named_file *f = WW_ROW(&rows, named_file, i);
		struct ww_json *o;

		if (f->program.n == 0)
			continue;
		o = ww_json_add(cx, list, ww_json_object(cx));
		ww_json_set_str(cx, o, "name", f->program);
		ww_json_set_int(cx, o, "version", f->version);
		ww_report_moment(cx, o, "since", f->since_ms);
	}
	return s;
}

/* Which records were passed by and wait to be run again. */
static ww_status
add_aside(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *list)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_quarantine, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_quarantine *q = WW_ROW(&rows, quarantine, i);
		struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

		ww_json_set_int(cx, o, "journal", q->seq);
		ww_json_set_str(cx, o, "kind", q->kind);
		ww_json_set_str(cx, o, "reason", q->reason);
	}
	return s;
}

/* What was noticed in the messages of each feed, and in how many. */
static ww_status
add_noticed(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *list)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_noticed, 0, NULL, 0, &rows);
	struct ww_json *o = NULL, *counts = NULL;
	ww_str feed = ww_str_empty();

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_noticed *n = WW_ROW(&rows, noticed, i);

		if (o == NULL || !ww_str_eq(n->feed, feed)) {
			feed = n->feed;
			o = ww_json_add(cx, list, ww_json_object(cx));
			ww_json_set_str(cx, o, "feed", feed);
			counts = ww_json_set(cx, o, "messages", ww_json_object(cx));
		}
		ww_json_set_int(cx, counts, ww_arena_cstr(cx->arena, n->warning), n->messages);
	}
	return s;
}

/* How many of the last messages of each feed were tests, where there are any. */
static ww_status
add_tests(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *list)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_test_share, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_test_share *t = WW_ROW(&rows, test_share, i);
		int64_t tests = t->tests + t->tests_before;
		struct ww_json *o;

		if (tests == 0)
			continue;
		o = ww_json_add(cx, list, ww_json_object(cx));
		ww_json_set_str(cx, o, "feed", t->feed);
		ww_json_set_int(cx, o, "of-the-last", t->messages + t->messages_before);
		ww_json_set_int(cx, o, "are-tests", tests);
		ww_report_moment(cx, o, "alarm", t->alarm_ms);
	}
	return s;
}

/* The outbox by state: messages that routes send on, and notices. */
static ww_status
add_outbox(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_json *endpoints, struct ww_json *o)
{
	int64_t all[STATES_MAX], kinds[STATES_MAX], forwarded[STATES_MAX] = { 0 }, open = 0;
	struct ww_json *notices = ww_json_set(cx, o, "notices", ww_json_object(cx)), *messages;
	bool lanes = false;
	ww_status s = ww_ledger_tally(l, cx, &ww_entity_outbox, "state", all, STATES_MAX);

	for (const struct ww_json *e = ww_json_first(endpoints); e != NULL; e = ww_json_next(e)) {
		if (ww_lane_endpoint(ww_json_str(ww_json_get(e, "name"))).n == 0)
			continue;
		lanes = true;
		for (int v = 0; v < (int)ww_outbox_state_count; v++) {
			int64_t n = ww_json_int(ww_json_get(e, ww_outbox_state_text(v)));

			forwarded[v] += n;
			open += n;
		}
	}
	if (s == WW_OK && lanes)
		s = ww_ledger_tally(l, cx, &ww_entity_outbox, "resource", kinds, STATES_MAX);
	if (s == WW_OK && lanes) /* a message that is not listed with its lane is settled */
		forwarded[WW_outbox_state_SETTLED] = kinds[WW_resource_type_MESSAGE] - open;
	messages = lanes ? ww_json_set(cx, o, "forwarded", ww_json_object(cx)) : NULL;
	for (int v = 0; s == WW_OK && v < (int)ww_outbox_state_count; v++) {
		if (all[v] > forwarded[v])
			ww_json_set_int(
			    cx, notices, ww_outbox_state_text(v), all[v] - forwarded[v]);
		if (messages != NULL && forwarded[v] > 0)
			ww_json_set_int(cx, messages, ww_outbox_state_text(v), forwarded[v]);
	}
	return s;
}

/* Persons who may be one, or were made one: not there when there are none. */
static ww_status
add_reviews(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *o)
{
	struct ww_json *match = ww_json_object(cx);
	ww_status s = count_by(l, cx, &ww_entity_review, "state", match);

	if (s == WW_OK && ww_json_first(match) != NULL)
		ww_json_set(cx, o, "match", match);
	return s;
}

/* Clocks of Tasks that go on: how many are on time, have warned, have run out. Not there when none does. */
static ww_status
add_clocks(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *o)
{
	struct ww_json *all = ww_json_object(cx), *going = NULL;
	ww_status s = count_by(l, cx, &ww_entity_deadline, "state", all);

	for (const struct ww_json *c = ww_json_first(all); s == WW_OK && c != NULL;
	     c = ww_json_next(c)) {
		const char *state = ww_arena_cstr(cx->arena, ww_json_key(c));

		if (strcmp(state, ww_clock_state_text(WW_clock_state_STOPPED)) == 0)
			continue;
		if (going == NULL)
			going = ww_json_set(cx, o, "clocks", ww_json_object(cx));
		ww_json_set_int(cx, going, state, ww_json_int(c));
	}
	return s;
}

/* What is open on worklists: not there when nothing is. */
static ww_status
add_worklist(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *o)
{
	struct ww_json *counts = ww_json_object(cx);
	ww_status s = ww_worklist_counts(l, cx, counts);

	if (s == WW_OK && ww_json_first(counts) != NULL)
		ww_json_set(cx, o, "worklist", counts);
	return s;
}

ww_status
ww_status_report(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json **out)
{
	struct ww_json *o = *out = ww_json_object(cx), *endpoints, *held = NULL;
	struct ww_cursor c;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	s = ww_get(l, cx, cursor, &c, &found);
	ww_json_set_int(cx, o, "applied", c.seq);
	if (s == WW_OK)
		s = ww_hold_report(l, cx, &held);
	if (held != NULL)
		ww_json_set(cx, o, "held", held);
	if (s == WW_OK)
		s = count_by(l, cx, &ww_entity_message, "disposition",
		    ww_json_set(cx, o, "messages", ww_json_object(cx)));
	if (s == WW_OK)
		s = add_noticed(l, cx, ww_json_set(cx, o, "warnings", ww_json_array(cx)));
	if (s == WW_OK)
		s = add_reviews(l, cx, o);
	if (s == WW_OK)
		s = add_tests(l, cx, ww_json_set(cx, o, "tests", ww_json_array(cx)));
	if (s == WW_OK)
		s = count_by(l, cx, &ww_entity_flag, "state",
		    ww_json_set(cx, o, "flags", ww_json_object(cx)));
	if (s == WW_OK)
		s = ww_queue_endpoints(l, cx, &endpoints);
	if (s == WW_OK)
		s = add_outbox(l, cx, endpoints, o);
	if (s == WW_OK)
		ww_json_set(cx, o, "endpoints", endpoints);
	if (s == WW_OK)
		s = add_clocks(l, cx, o);
	if (s == WW_OK)
		s = add_worklist(l, cx, o);
	if (s == WW_OK)
		s = add_aside(l, cx, ww_json_set(cx, o, "quarantined", ww_json_array(cx)));
	if (s == WW_OK)
		s = add_programs(l, cx, ww_json_set(cx, o, "programs", ww_json_array(cx)));
	return s == WW_OK ? add_rosters(l, cx, ww_json_set(cx, o, "rosters", ww_json_array(cx)))
	                  : s;
}
