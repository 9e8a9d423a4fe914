/* One notice on its way to one endpoint. */
#include "courier/parts.h"

#include "base/failpoint.h"
#include "model/record.h"

#include <wardwire/composer.h>
#include <wardwire/log.h>

#include <assert.h>
#include <stdlib.h>

void
ww_flight_land(struct ww_flight *f)
{
	struct ww_courier *c = f->slip.c;
	struct ww_lanes *lanes = &f->turns->lanes;

	*(f->prev != NULL ? &f->prev->next : &c->flights) = f->next;
	if (f->next != NULL)
		f->next->prev = f->prev;
	c->flying--;
	f->turns->gate.flying--;
	if (f->lane->until > ww_courier_now(c))
		ww_lanes_set(lanes, f->lane, WW_LANE_RESTING);
	else if (f->done && lanes->ready.n >= WW_COURIER_READY_MAX)
		ww_lanes_drop(lanes, f->lane); /* what else there is of it comes in its turn */
	else
		ww_lanes_set(lanes, f->lane, WW_LANE_READY);
	ww_slip_free(&f->slip);
	ww_arena_free(f->cx.arena);
	free(f);
}

/* The level of its line; says when the endpoint's trouble is over. */
static enum ww_log_level
loudness(struct ww_flight *f, const struct ww_answer *a)
{
	struct ww_trouble t = ww_trouble_of(a);
	int64_t now = ww_courier_now(f->slip.c);

	if (t.well)
		ww_quiet_over(&f->turns->quiet, "endpoint", f->endpoint->name, now);
	else if (t.wait_endpoint && a->result != WW_RESULT_PAUSED)
		return ww_quiet_failed(&f->turns->quiet, a->reason, now);
	return a->result == WW_RESULT_SENT || a->result == WW_RESULT_ABSENT ? WW_LOG_INFO
	                                                                    : WW_LOG_WARN;
}

static void
log_outcome(const struct ww_flight *f, const struct ww_answer *a, enum ww_log_level level)
{
	bool good = a->result == WW_RESULT_SENT || a->result == WW_RESULT_ABSENT;

	ww_log(level,
	    "journal=%llu delivery=" WW_ID_FMT
	    " resource=%s to=%.*s verb=%s result=%s http=%ld ms=%lld%s%s%s",
	    (unsigned long long)f->slip.attempt, WW_ID_ARG(f->row.id),
	    ww_resource_type_text(f->row.resource), WW_STR_FMT(f->endpoint->name),
	    f->verb == WW_VERB_CREATE   ? "create"
	    : f->verb == WW_VERB_UPDATE ? "update"
	                                : "search",
	    ww_result_text(a->result), a->http, (long long)(ww_courier_now(f->slip.c) - f->started),
	    good ? "" : " reason=\"", good ? "" : a->reason, good ? "" : "\"");
}

/* Tells the journal how it ended. */
static void
report(struct ww_flight *f, const struct ww_answer *a, enum ww_log_level level)
{
	struct ww_rec_outcome o = {
		.outbox = f->row.id,
		.revision = f->row.wanted,
		.verb = f->verb,
		.result = a->result,
		.http = a->http,
		.remote_id = a->remote_id,
		.etag = a->etag,
		.reason = ww_str_from(a->reason),
		.key = f->row.key,
		.status = a->status,
	};

	log_outcome(f, a, level);
	ww_slip_report(&f->slip, &o);
}

/* The request has ended. */
static void
on_answer(void *arg, const struct ww_answer *a)
{
	struct ww_flight *f = arg;
	struct ww_answer told;

	WW_FAILPOINT_IF(a->result == WW_RESULT_SENT, "after-answer");
	told = ww_answer_heed(f, a);
	report(f, &told, loudness(f, &told));
}

static void
fail_flight(struct ww_flight *f, ww_status s)
{
	struct ww_answer a =
	    ww_answer_none(ww_status_class(s) == WW_TRANSIENT ? WW_RESULT_RETRY : WW_RESULT_PARKED,
	        ww_status_text(s));

	on_answer(f, &a);
}

/* Reads row and template as they were at one moment: what is sent is the revision that the OUTCOME will name. */
static ww_status
read_together(struct ww_flight *f, struct ww_outbox *row, struct ww_template *t, bool *found)
{
	struct ww_ledger *view = f->slip.c->set.view;
	ww_status s = ww_ledger_begin(view, &f->cx);

	if (s != WW_OK)
		return s;
	s = ww_get(view, &f->cx, outbox, row, found);
	if (s == WW_OK && *found && f->verb != WW_VERB_SEARCH)
		s = ww_get(view, &f->cx, template, t, found);
	ww_ledger_rollback(view);
	return s;
}

/* Reads the row once more, now that the ledger has all that stands before the ATTEMPT in the journal. Without this
 * a notice withdrawn between our look at the rows and the ATTEMPT would leave, and nobody would take it back. */
static bool
read_again(struct ww_flight *f, bool *wanted)
{
	struct ww_outbox row;
	struct ww_template t;
	bool found = false;

	ww_row_init(&ww_entity_outbox, &row);
	ww_row_init(&ww_entity_template, &t);
	row.id = t.outbox = f->row.id;
	if (read_together(f, &row, &t, &found) != WW_OK)
		return false;
	/* One that is to be cancelled and is not there yet need not be made. */
	*wanted = found && row.state == WW_outbox_state_DUE &&
	          (f->verb != WW_VERB_CREATE || !ww_str_is(row.change, "cancel"));
	if (!*wanted)
		return true;
	f->row = row;
	f->template = t.text;
	return true;
}

static void
request(struct ww_flight *f)
{
	struct ww_courier *c = f->slip.c;
	const struct ww_outbox *row = &f->row;
	bool task = row->resource == WW_resource_type_TASK;
	struct ww_request rq = {
		.verb = f->verb,
		.base = f->endpoint->url,
		.type = ww_str_from(ww_resource_type_text(row->resource)),
		.remote_id = row->remote_id,
		.etag = row->etag,
		.body = ww_str_empty(),
		.timeout = f->endpoint->timeout,
		.lane = ww_str_empty(),
		.tls = &f->endpoint->tls,
	};
	ww_status s = WW_OK;

	rq.key = ww_arena_printf(f->cx.arena, "%.*s/%s|%.*s", WW_STR_FMT(c->set.config->system),
	    task ? "task" : "communication", WW_STR_FMT(row->key));
	if (f->verb != WW_VERB_SEARCH)
		s = ww_compose_finish(&f->cx, f->template,
		    f->verb == WW_VERB_UPDATE ? row->remote_id : ww_str_empty(), row->remote_status,
		    ww_clock_now(&c->set.clock), &rq.body);
	if (s == WW_OK)
		s = c->set.sink->ops->send(c->set.sink->self, &f->cx, &rq, on_answer, f);
	if (s != WW_OK)
		fail_flight(f, s);
}

void
ww_flight_launch(struct ww_flight *f)
{
	struct ww_answer withdrawn =
	    ww_answer_none(WW_RESULT_RETRY, "withdrawn before it was sent");
	bool wanted;

	assert(ww_slip_phase(&f->slip) == WW_SLIP_ANNOUNCED);
	if (!read_again(f, &wanted)) {
		ww_log(WW_LOG_WARN, "courier=waiting code=WW-%03d reason=\"%s\"",
		    ww_status_number(f->cx.fail.status), f->cx.fail.reason);
		f->cx.fail = (struct ww_failure){ .status = WW_OK };
		return; /* still ready at the next round */
	}
	WW_FAILPOINT("after-attempt");
	atomic_store(&f->slip.phase, WW_SLIP_FLYING);
	f->started = ww_courier_now(f->slip.c);
	if (wanted)
		request(f);
	else
		report(f, &withdrawn, WW_LOG_INFO);
}

/* What to do about a row: one whose last effect is unknown is looked for first. */
static enum ww_verb
verb_of(const struct ww_outbox *row)
{
	if (row->attempt != 0)
		return WW_VERB_SEARCH;
	return row->remote_id.n != 0 ? WW_VERB_UPDATE : WW_VERB_CREATE;
}

bool
ww_flight_start(struct ww_courier *c, struct ww_turns *q, const struct ww_endpoint *endpoint,
    struct ww_lane *lane, const struct ww_outbox *row)
{
	struct ww_flight *f = calloc(1, sizeof(*f));
	struct ww_rec_attempt a;

	if (f == NULL)
		return false;
	f->cx.arena = ww_arena_new(0);
	f->row = *row;
	if (f->cx.arena == NULL || !ww_row_keep(&ww_entity_outbox, &f->row, f->cx.arena)) {
		ww_arena_free(f->cx.arena);
		free(f);
		return false;
	}
	f->slip.c = c;
	f->turns = q;
	f->lane = lane;
	f->endpoint = endpoint;
	f->verb = verb_of(row);
	f->next = c->flights;
	if (f->next != NULL)
		f->next->prev = f;
	c->flights = f;
	c->flying++;
	q->gate.flying++;
	a = (struct ww_rec_attempt){
		.outbox = row->id, .revision = row->wanted, .verb = f->verb, .key = row->key
	};
	ww_lanes_set(&q->lanes, lane, WW_LANE_FLYING);
	ww_slip_announce(&f->slip, &a);
	return true;
}
