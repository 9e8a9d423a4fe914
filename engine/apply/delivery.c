/* ATTEMPT and OUTCOME records: what was sent, and how it ended. The courier acts, and only here does the
 * ledger learn of it, so a rebuild knows it too. */
#include "apply/authorized.h"
#include "apply/deadline.h"
#include "apply/work.h"

#include "model/record.h"
#include "model/task_status.h"

#include <wardwire/sink.h>

static const char *
verb_text(int64_t verb)
{
	static const char *const texts[] = { "create", "update", "search", "forward" };

	return verb >= 0 && verb < 4 ? texts[verb] : "?";
}

/* The row of that id, if it has that key; else the row of that key: another build may number rows anew, and an
 * outcome must never be taken for another party's. Records of the first build have no key. */
static ww_status
get_row(
    struct ww_apply *a, struct ww_ctx *cx, ww_id id, ww_str key, struct ww_outbox *row, bool *found)
{
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_outbox, row);
	row->id = id;
	s = ww_get(a->set.ledger, cx, outbox, row, found);
	if (s != WW_OK || key.n == 0 || (*found && ww_str_eq(row->key, key)))
		return s;
	ww_row_init(&ww_entity_outbox, row);
	row->key = key;
	s = ww_find(a->set.ledger, cx, outbox, "by_key", row, &rows);
	*found = s == WW_OK && rows.n > 0;
	if (*found)
		*row = *WW_ROW(&rows, outbox, 0);
	return s;
}

ww_status
ww_apply_attempt(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_rec_attempt body;
	struct ww_attempt at;
	struct ww_outbox row;
	bool found;
	ww_status s = ww_rec_attempt_read(cx, r->body, &body);

	if (s == WW_OK)
		s = get_row(a, cx, body.outbox, body.key, &row, &found);
	if (s != WW_OK || !found)
		return s;
	ww_row_init(&ww_entity_attempt, &at);
	at.outbox = row.id;
	at.seq = (int64_t)r->seq;
	at.revision = body.revision;
	at.verb = ww_str_from(verb_text(body.verb));
	at.started_ms = cx->now;
	s = ww_put(a->set.ledger, cx, attempt, &at);
	if (s != WW_OK || body.verb == WW_VERB_SEARCH)
		return s; /* a search changes nothing at the receiver */
	if (row.state == WW_outbox_state_SUPPRESSED)
		return WW_OK; /* withdrawn before this was written: the courier sees it and does not send */
	row.attempt = (int64_t)r->seq;
	row.attempts++;
	if (body.revision > row.offered)
		row.offered = body.revision;
	return ww_put(a->set.ledger, cx, outbox, &row);
}

/* The receiver has revision; is that all it should have? A Communication is sent once whatever follows. */
static void
settle(struct ww_outbox *row, int64_t revision, int64_t now)
{
	if (revision > row->sent)
		row->sent = revision;
	if (row->offered < row->sent)
		row->offered = row->sent;
	row->settled_ms = now;
	row->reason = ww_str_empty();
	if (row->resource == WW_resource_type_COMMUNICATION)
		row->change = WW_STR("create"); /* what takes it back is another Communication */
	if (row->resource == WW_resource_type_COMMUNICATION || row->sent >= row->wanted) {
		row->state = WW_outbox_state_SETTLED;
		row->owed_ms = row->held = 0;
	} else if (row->state == WW_outbox_state_DUE) {
		row->owed_ms = now; /* it takes things: what it lacks is newer */
	}
}

/* Certain that the receiver has nothing of the row. */
static bool
nothing_there(const struct ww_outbox *row)
{
	return row->sent == 0 && row->attempt == 0 && row->remote_id.n == 0;
}

/* That request had no effect: what was withdrawn meanwhile need not be sent at all. */
static void
never_left(struct ww_outbox *row)
{
	row->attempt = 0;
	row->offered = row->sent;
	if (nothing_there(row) && ww_str_is(row->change, "cancel")) {
		row->state = WW_outbox_state_SUPPRESSED;
		row->owed_ms = row->held = 0;
		row->reason = WW_STR("withdrawn before it was sent");
	}
}

/* Found at the receiver, but not which revision: a Communication is there, a Task is brought up to date. */
static void
adopt(struct ww_outbox *row, int64_t revision, int64_t now)
{
	row->attempt = 0;
	if (row->resource == WW_resource_type_COMMUNICATION)
		settle(row, revision, now);
}

static void
conclude(struct ww_outbox *row, const struct ww_rec_outcome *o, int64_t now)
{
	if (o->remote_id.n != 0)
		row->remote_id = o->remote_id;
	if (o->result == WW_RESULT_SENT || o->result == WW_RESULT_CONFLICT)
		row->etag = o->etag; /* also when there is none: an old one would only fail again */
	row->http = o->http;
	if (row->state == WW_outbox_state_DUE)
		row->reason = o->reason; /* what was parked or discarded meanwhile keeps its own */
	/* What was said here may not have reached that server yet. */
	if (o->status.n != 0 &&
	    (row->answered == 0 || ww_task_may_follow(row->remote_status, o->status)))
		row->remote_status = o->status;
	switch ((enum ww_result)o->result) {
	case WW_RESULT_SENT:
		/* 200 to a conditional create: it was there already. */
		if (o->verb == WW_VERB_SEARCH || (o->verb == WW_VERB_CREATE && o->http == 200)) {
			adopt(row, o->revision, now);
		} else {
			row->attempt = 0;
			settle(row, o->revision, now);
		}
		break;
	case WW_RESULT_RETRY:
	case WW_RESULT_PAUSED:
		if (o->verb != WW_VERB_SEARCH)
			never_left(row);
		break;
	case WW_RESULT_ABSENT:
		never_left(row);
		break;
	case WW_RESULT_UNCERTAIN:
		break; /* attempt stays: search before sending again */
	case WW_RESULT_CONFLICT:
		row->attempt = o->attempt;
		row->offered = row->sent;
		break;
	case WW_RESULT_PARKED:
		if (row->state == WW_outbox_state_DUE)
			row->state = WW_outbox_state_PARKED;
		row->owed_ms = 0;
		if (o->verb != WW_VERB_SEARCH)
			never_left(row); /* refused as a search, it may be there still */
		break;
	}
}

/* Nobody knew whether it was there when it came to be withheld; now we do, and what it lacks is not sent. */
static void
withhold(struct ww_outbox *row)
{
	if (row->state == WW_outbox_state_SETTLED)
		row->withheld = 0;
	if (row->withheld == 0 || row->attempt != 0)
		return;
	row->state = WW_outbox_state_SUPPRESSED;
	row->owed_ms = 0;
	row->reason = WW_STR("restricted while it was under way");
}

static ww_status
end_attempt(struct ww_apply *a, struct ww_ctx *cx, ww_id outbox, const struct ww_rec_outcome *o)
{
	struct ww_attempt at;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_attempt, &at);
	at.outbox = outbox;
	at.seq = o->attempt;
	s = ww_get(a->set.ledger, cx, attempt, &at, &found);
	if (s != WW_OK || !found)
		return s;
	at.revision = o->revision; /* what changed after the ATTEMPT may have gone with it */
	at.ended_ms = cx->now;
	at.result = ww_str_from(ww_result_text(o->result));
	at.http = o->http;
	at.reason = o->reason;
	return ww_put(a->set.ledger, cx, attempt, &at);
}

/* A request was made of which nothing is known. That the engine lost before a restore may have made one is no such doubt
 * here: it sent no correction of what it did not send. */
static bool
is_in_doubt(const struct ww_apply *a, const struct ww_outbox *row)
{
	return row->attempt != 0 && row->attempt != a->restored;
}

/* The receiver has the Task and will not have what became of it. One that is withdrawn has its correction. */
static bool
is_news_refused(const struct ww_outbox *row, const struct ww_rec_outcome *o)
{
	return o->result == WW_RESULT_PARKED && o->verb == WW_VERB_UPDATE &&
	       row->resource == WW_resource_type_TASK && row->state == WW_outbox_state_PARKED &&
	       row->held == 0 && row->sent != 0 && ww_str_is(row->change, "update");
}

/* A correction of what never left has nothing to correct. The backup's is none: it matters the more. */
static ww_status
drop_corrections(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row)
{
	struct ww_rows rows = { .n = 0 };
	ww_status s = WW_OK;

	if (row->encounter != 0)
		s = ww_find(a->set.ledger, cx, outbox, "by_encounter", row, &rows);
	else if (row->flag != 0) /* of no stay there are many */
		s = ww_find(a->set.ledger, cx, outbox, "by_flag", row, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_outbox *c = WW_ROW(&rows, outbox, i);

		if (c->about != row->id || c->backup != 0 || c->sent != 0 || is_in_doubt(a, c) ||
		    c->remote_id.n != 0)
			continue;
		c->state = WW_outbox_state_SUPPRESSED;
		c->owed_ms = c->held = 0;
		c->reason = WW_STR("what it corrects was never sent");
		s = ww_put(a->set.ledger, cx, outbox, c);
	}
	return s;
}

ww_status
ww_apply_outcome(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_rec_outcome body;
	struct ww_outbox row;
	bool found;
	ww_status s = ww_rec_outcome_read(cx, r->body, &body);

	if (s == WW_OK)
		s = get_row(a, cx, body.outbox, body.key, &row, &found);
	if (s != WW_OK || !found)
		return s;
	s = end_attempt(a, cx, row.id, &body);
	if (s == WW_OK && body.result == WW_RESULT_PAUSED)
		s = ww_apply_shut_out(a, cx, row.endpoint,
		    ww_arena_printf(cx->arena, "%.*s (HTTP %lld)", WW_STR_FMT(body.reason),
		        (long long)body.http));
	if (s != WW_OK || row.state == WW_outbox_state_SUPPRESSED)
		return s; /* was not sent, see ww_apply_attempt */
	conclude(&row, &body, cx->now);
	withhold(&row);
	s = ww_deadline_look(a, cx, &row);
	if (s == WW_OK)
		s = ww_put(a->set.ledger, cx, outbox, &row);
	if (s == WW_OK && body.status.n != 0)
		s = ww_authorized_answered(a, cx, &row);
	if (s == WW_OK && row.message == 0 && nothing_there(&row))
		s = drop_corrections(a, cx, &row);
	if (s == WW_OK && is_news_refused(&row, &body))
		s = ww_notify_instead(a, cx, &row);
	return s;
}
