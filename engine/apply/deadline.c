/* Clocks of Tasks: the rows deadline, and the timers that make them warn, run out and call the backup. */
#include "apply/deadline.h"

#include "apply/work.h"
#include "apply/worklist.h"
#include "base/crypto.h"
#include "model/task_status.h"

#include <wardwire/buf.h>
#include <wardwire/calendar.h>
#include <wardwire/program.h>

#include <string.h>

enum { MINUTE_MS = 60000, WARN_PERCENT = 75, KEY_CHARS = 26 };

/* -- when -------------------------------------------------------------------------------------------------- */

struct ww_office
ww_office_of(const struct ww_apply *a, const struct ww_program *p, const struct ww_party *party,
    enum ww_role role, const struct ww_zone *feed)
{
	const struct ww_party_role *r = party != NULL ? &party->roles[role] : NULL;
	struct ww_office o = { .zone = feed };
	ww_str calendar = p != NULL ? p->calendar : ww_str_empty();

	if (p != NULL && p->zone != NULL)
		o.zone = p->zone;
	if (r != NULL && r->zone != NULL)
		o.zone = r->zone;
	if (r != NULL && r->calendar.n > 0)
		calendar = r->calendar;
	o.calendar = ww_apply_calendar(a, calendar);
	return o;
}

int64_t
ww_deadline_due(const struct ww_program *p, enum ww_flag_kind kind, const struct ww_office *office,
    int64_t from_ms)
{
	struct ww_span span = p->flags[kind].deadline;

	return span.n == 0 ? 0 : ww_calendar_due(office->calendar, office->zone, from_ms, span);
}

/* -- the row ---------------------------------------------------------------------------------------------- */

/* The newest round; *found false: the Task has no clock. */
static ww_status
newest(struct ww_apply *a, struct ww_ctx *cx, ww_id outbox, struct ww_deadline *out, bool *found)
{
	struct ww_deadline like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_deadline, &like);
	like.outbox = outbox;
	s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_deadline, 1, &like, 0, &rows);
	*found = s == WW_OK && rows.n > 0;
	*out = *found ? *WW_ROW(&rows, deadline, rows.n - 1) : like;
	return s;
}

static bool
runs(const struct ww_deadline *d)
{
	return d->acted_ms == 0 && d->ended_ms == 0;
}

static ww_status
set_timers(struct ww_apply *a, struct ww_ctx *cx, const struct ww_deadline *d)
{
	bool to_backup = d->backup_ms != 0 && d->acknowledged_ms == 0 && d->unacknowledged_ms == 0;
	ww_status s = WW_OK;

	if (!runs(d))
		return ww_timer_clear_all(a, cx, d->outbox);
	if (d->warned_ms == 0)
		s = ww_timer_set(a, cx, WW_timer_kind_TASK_WARN, d->outbox, d->warn_ms);
	if (s == WW_OK && d->breached_ms == 0)
		s = ww_timer_set(a, cx, WW_timer_kind_TASK_BREACH, d->outbox, d->due_ms);
	if (s == WW_OK && to_backup)
		s = ww_timer_set(a, cx, WW_timer_kind_TASK_BACKUP, d->outbox, d->backup_ms);
	else if (s == WW_OK)
		s = ww_timer_clear(a, cx, WW_timer_kind_TASK_BACKUP, d->outbox);
	return s;
}

static enum ww_clock_state
clock_of(const struct ww_deadline *d)
{
	if (!runs(d))
		return WW_clock_state_STOPPED;
	if (d->breached_ms != 0)
		return WW_clock_state_BREACHED;
	return d->warned_ms != 0 ? WW_clock_state_WARNED : WW_clock_state_RUNNING;
}

static ww_status
put(struct ww_apply *a, struct ww_ctx *cx, struct ww_deadline *d)
{
	d->state = clock_of(d);
	return ww_put(a->set.ledger, cx, deadline, d);
}

static ww_status
keep(struct ww_apply *a, struct ww_ctx *cx, struct ww_deadline *d)
{
	ww_status s = put(a, cx, d);

	return s == WW_OK ? set_timers(a, cx, d) : s;
}

/* -- a round begins --------------------------------------------------------------------------------------- */

/* A flag of which no program says anything is due with its Task. */
static int64_t
due_of(const struct ww_outbox *row, const struct ww_flag *f)
{
	return f->due_ms == 0 && f->program.n == 0 ? row->due_ms : f->due_ms;
}

/* It holds, and this record raised it. */
static bool
is_new(const struct ww_ctx *cx, const struct ww_flag *f)
{
	return f->state == WW_flag_state_OPEN && (uint64_t)(f->id >> 16) == cx->seq;
}

/* Of those that this record raised the one that is to be acted on first. */
static const struct ww_flag *
first_due(
    const struct ww_ctx *cx, const struct ww_outbox *row, const struct ww_flag *flags, size_t n)
{
	const struct ww_flag *first = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct ww_flag *f = &flags[i];

		if (!is_new(cx, f) || due_of(row, f) == 0)
			continue;
		if (first == NULL || due_of(row, f) < due_of(row, first))
			first = f;
	}
	return first;
}

/* By the program that called for it; the engine's own where that is configured no more. */
static uint32_t
warn_of(const struct ww_apply *a, const struct ww_flag *f)
{
	const struct ww_program *p = ww_programs_find(&a->programs, f->program);

	return p != NULL && p->flags[f->kind].warn != 0 ? p->flags[f->kind].warn : WARN_PERCENT;
}

/* When the backup is to have it, by the most hurried of those that this record raised; 0: none of them is to be acknowledged. */
static int64_t
backup_at(const struct ww_apply *a, const struct ww_ctx *cx, const struct ww_outbox *row,
    const struct ww_flag *flags, size_t n)
{
	uint32_t least = 0;

	for (size_t i = 0; i < n; i++) {
		const struct ww_program *p = ww_programs_find(&a->programs, flags[i].program);
		uint32_t minutes = p != NULL ? p->flags[flags[i].kind].acknowledge : 0;

		if (is_new(cx, &flags[i]) && minutes != 0 && (least == 0 || minutes < least))
			least = minutes;
	}
	if (least == 0)
		return 0;
	/* nobody is asked before the morning */
	return (row->state == WW_outbox_state_QUIET ? row->after_ms : cx->now) +
	       (int64_t)least * MINUTE_MS;
}

/* When what it is about was received: of an authorization the 24 hours begin with its request. */
static ww_status
received(struct ww_apply *a, struct ww_ctx *cx, const struct ww_flag *f, int64_t *out)
{
	struct ww_authorization au;
	bool found = false;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_authorization, &au);
	au.id = f->authorization;
	if (au.id != 0)
		s = ww_get(a->set.ledger, cx, authorization, &au, &found);
	*out = found && au.decided_ms != 0 ? au.decided_ms : f->raised_ms;
	return s;
}

/* A round that runs has the day that its flag has now, as long as it has not run out; what is urgent beside it is asked for. */
static ww_status
go_on(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row,
    const struct ww_flag *flags, size_t n, int64_t backup_ms, struct ww_deadline *d)
{
	struct ww_deadline was = *d;

	for (size_t i = 0; i < n && d->breached_ms == 0; i++) {
		const struct ww_flag *f = &flags[i];

		if (f->state != WW_flag_state_OPEN || f->kind != d->kind ||
		    f->raised_ms != d->raised_ms || !ww_str_eq(f->program, d->program) ||
		    due_of(row, f) == d->due_ms)
			continue;
		d->due_ms = due_of(row, f);
		d->warn_ms = ww_calendar_part(d->received_ms, d->due_ms, warn_of(a, f));
	}
	if (d->backup_ms == 0)
		d->backup_ms = backup_ms;
	return ww_row_equal(&ww_entity_deadline, d, &was) ? WW_OK : keep(a, cx, d);
}

/* What the backup has said of its Task so far. */
static ww_status
read_backup_status(struct ww_apply *a, struct ww_ctx *cx, ww_id backup, ww_str *out)
{
	struct ww_outbox copy;
	bool found;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_outbox, &copy);
	copy.id = backup;
	if (backup != 0)
		s = ww_get(a->set.ledger, cx, outbox, &copy, &found);
	*out = copy.remote_status;
	return s;
}

ww_status
ww_deadline_raised(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row,
    const struct ww_flag *flags, size_t n, ww_str feed)
{
	const struct ww_flag *f = first_due(cx, row, flags, n);
	int64_t backup_ms = backup_at(a, cx, row, flags, n);
	struct ww_deadline d, last;
	bool found;
	ww_status s;

	if (row->backup != 0)
		return WW_OK;
	s = newest(a, cx, row->id, &last, &found);
	if (s != WW_OK)
		return s;
	if (found && runs(&last)) /* what is owed longest goes on */
		return go_on(a, cx, row, flags, n, backup_ms, &last);
	if (f == NULL)
		return WW_OK;
	ww_row_init(&ww_entity_deadline, &d);
	d.outbox = row->id;
	d.round = last.round + 1;
	d.rerouted = last.rerouted;
	d.cause = (int64_t)cx->seq;
	d.status = row->remote_status;
	d.kind = f->kind;
	d.program = f->program;
	d.feed = feed;
	d.practice = row->practice;
	d.role = row->role;
	d.authorization = row->authorization;
	d.raised_ms = f->raised_ms;
	d.due_ms = due_of(row, f);
	s = received(a, cx, f, &d.received_ms);
	if (s == WW_OK)
		s = read_backup_status(a, cx, d.rerouted, &d.backup_status);
	if (s != WW_OK)
		return s;
	d.warn_ms = ww_calendar_part(d.received_ms, d.due_ms, warn_of(a, f));
	d.backup_ms = backup_ms;
	return keep(a, cx, &d);
}

/* -- what becomes of the Task ------------------------------------------------------------------------------- */

static bool
is_withdrawn(const struct ww_outbox *row)
{
	return row->state == WW_outbox_state_SUPPRESSED ||
	       row->state == WW_outbox_state_DISCARDED || ww_str_is(row->change, "cancel");
}

static bool
is_of_stay(const struct ww_outbox *row)
{
	return ww_str_is(row->subject, "stay");
}

/* Its receiver has said something since the round began. */
static void
hear(struct ww_deadline *d, const struct ww_outbox *row, int64_t now)
{
	bool over = ww_task_is_over(row->remote_status);
	ww_str was = row->backup != 0 ? d->backup_status : d->status;
	bool news = !ww_str_eq(row->remote_status, was) || row->answered > d->cause;

	if (!news || !ww_task_is_taken(row->remote_status))
		return;
	if (d->acknowledged_ms == 0)
		d->acknowledged_ms = now;
	if (over && d->done_ms == 0)
		d->done_ms = now;
	if (d->acted_ms == 0 && (over || is_of_stay(row)))
		d->acted_ms = now;
}

/* Nobody is waited for to do so any more. */
static bool
is_taken_up(const struct ww_deadline *d)
{
	return d->acknowledged_ms != 0 || d->ended_ms != 0;
}

/* The backup's answer is the Task's: what it says counts for the row it is about. */
static ww_status
look_at(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row, ww_id of)
{
	struct ww_deadline d, was;
	bool found;
	ww_status s = newest(a, cx, of, &d, &found);

	if (s != WW_OK || !found || d.ended_ms != 0)
		return s;
	was = d;
	if (of == row->id && d.sent_ms == 0 && row->sent >= d.cause)
		d.sent_ms = cx->now;
	hear(&d, row, cx->now);
	if (of == row->id && runs(&d) && is_withdrawn(row))
		d.ended_ms = cx->now;
	if (ww_row_equal(&ww_entity_deadline, &d, &was))
		return WW_OK;
	s = keep(a, cx, &d);
	/* What was told of that ends with the next TICK: the row in hand is not put yet. */
	if (s == WW_OK && d.unacknowledged_ms != 0 && is_taken_up(&d) && !is_taken_up(&was))
		s = ww_timer_set(a, cx, WW_timer_kind_TASK_BACKUP, d.outbox, cx->now);
	if (s == WW_OK && d.breached_ms != 0 && !runs(&d) && runs(&was))
		s = ww_timer_set(a, cx, WW_timer_kind_TASK_BREACH, d.outbox, cx->now);
	return s;
}

ww_status
ww_deadline_look(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row)
{
	if (row->resource != WW_resource_type_TASK)
		return WW_OK;
	return look_at(a, cx, row, row->backup != 0 ? row->about : row->id);
}

/* -- timers ------------------------------------------------------------------------------------------------- */

/* The Task and its clock, if that still runs. */
static ww_status
read_running(struct ww_apply *a, struct ww_ctx *cx, const struct ww_timer *t, struct ww_outbox *row,
    struct ww_deadline *d, bool *found)
{
	ww_status s;

	ww_row_init(&ww_entity_outbox, row);
	row->id = t->subject;
	s = ww_get(a->set.ledger, cx, outbox, row, found);
	if (s == WW_OK && *found)
		s = newest(a, cx, row->id, d, found);
	*found = s == WW_OK && *found && runs(d) && !is_withdrawn(row);
	return s;
}

/* It warns, or has run out: Task and round keep when. */
static ww_status
note_time(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, struct ww_deadline *d,
    int64_t *row_ms, int64_t *round_ms)
{
	ww_status s;

	*row_ms = *round_ms = cx->now;
	s = ww_put(a->set.ledger, cx, outbox, row);
	return s == WW_OK ? put(a, cx, d) : s;
}

ww_status
ww_deadline_warn(struct ww_apply *a, struct ww_ctx *cx, const struct ww_timer *t)
{
	struct ww_deadline d;
	struct ww_outbox row;
	bool running;
	ww_status s = read_running(a, cx, t, &row, &d, &running);

	return s == WW_OK && running ? note_time(a, cx, &row, &d, &row.warned_ms, &d.warned_ms) : s;
}

/* It goes no more: what was told of that ends. */
static ww_status
end_overdue(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row)
{
	struct ww_deadline d;
	bool found;
	ww_status s = newest(a, cx, row->id, &d, &found);

	if (s != WW_OK || !found || d.breached_ms == 0)
		return s;
	return ww_late_end(a, cx, row, WW_flag_kind_OVERDUE,
	    d.acted_ms != 0 ? WW_STR("somebody acted on it") : ww_str_empty());
}

/* It has run out; or it goes no more, when that had been told already. */
ww_status
ww_deadline_breach(struct ww_apply *a, struct ww_ctx *cx, const struct ww_timer *t)
{
	struct ww_deadline d;
	struct ww_outbox row;
	bool running;
	ww_status s = read_running(a, cx, t, &row, &d, &running);

	if (s == WW_OK && !running)
		return end_overdue(a, cx, &row);
	if (s == WW_OK)
		s = note_time(a, cx, &row, &d, &row.breached_ms, &d.breached_ms);
	return s == WW_OK && row.withheld == 0
	           ? ww_late_raise(a, cx, &row, d.program, WW_flag_kind_OVERDUE)
	           : s;
}

/* -- the backup --------------------------------------------------------------------------------------------- */

/* Text with every `from` in it as `to`: keys are random, so that nothing else in a template looks like one. */
static ww_str
replace(struct ww_arena *arena, ww_str text, ww_str from, ww_str to)
{
	struct ww_buf b = { 0 };
	ww_str out;

	for (size_t i = 0; i < text.n;) {
		if (text.n - i >= from.n && memcmp(text.p + i, from.p, from.n) == 0) {
			ww_buf_str_add(&b, to);
			i += from.n;
		} else {
			ww_buf_byte(&b, text.p[i++]);
		}
	}
	out = b.error == WW_OK ? ww_arena_str(arena, ww_buf_view(&b)) : ww_str_empty();
	ww_buf_free(&b);
	return out;
}

static ww_str
backup_key(const struct ww_apply *a, struct ww_arena *arena, const struct ww_outbox *row)
{
	ww_str parts[2] = { row->key, WW_STR("backup") };
	uint8_t mac[WW_SHA256];
	char text[KEY_CHARS + 1];

	ww_hmac(ww_str_from(a->key), parts, 2, mac);
	ww_base32(mac, sizeof(mac), text, KEY_CHARS);
	return ww_arena_printf(arena, "backup-%s", text);
}

static ww_status
put_copy(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row, struct ww_outbox *copy,
    ww_str text)
{
	struct ww_template t = { .outbox = copy->id,
		.text = replace(cx->arena, text, row->key, copy->key) };
	ww_status s;

	if (t.text.n == 0)
		return ww_fail_memory(cx);
	copy->wanted = (int64_t)cx->seq;
	ww_apply_owe(copy, cx->now);
	s = ww_worklist_take(a, cx, copy);
	if (s == WW_OK)
		s = ww_put(a->set.ledger, cx, outbox, copy);
	return s == WW_OK ? ww_put(a->set.ledger, cx, template, &t) : s;
}

static ww_status
read_template(struct ww_apply *a, struct ww_ctx *cx, ww_id outbox, ww_str *text)
{
	struct ww_template t;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_template, &t);
	t.outbox = outbox;
	s = ww_get(a->set.ledger, cx, template, &t, &found);
	*text = t.text;
	return s;
}

/* Where it goes; empty: nowhere. */
static ww_str
backup_of(const struct ww_apply *a, const struct ww_outbox *row)
{
	const struct ww_party *p = ww_config_party(a->config, row->practice);

	return p != NULL ? p->roles[row->role].backup : ww_str_empty();
}

/* The same for the backup, once, whatever round it is. */
static ww_status
reroute(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row, struct ww_deadline *d)
{
	ww_str text, endpoint = backup_of(a, row);
	struct ww_outbox copy;
	ww_status s;

	if (endpoint.n == 0 || d->rerouted != 0)
		return WW_OK;
	s = read_template(a, cx, row->id, &text);
	if (s != WW_OK || text.n == 0)
		return s;
	ww_row_init(&ww_entity_outbox, &copy);
	copy.id = ww_ctx_id(cx);
	copy.key = backup_key(a, cx->arena, row);
	copy.encounter = row->encounter;
	copy.person = row->person;
	copy.about = row->id;
	copy.practice = row->practice;
	copy.endpoint = endpoint;
	copy.resource = row->resource;
	copy.subject = row->subject;
	copy.change = WW_STR("create");
	copy.due_ms = row->due_ms;
	copy.created_ms = cx->now;
	copy.role = row->role;
	copy.concerns = row->concerns;
	copy.priority = row->priority;
	copy.backup = 1;
	copy.authorization = row->authorization;
	d->rerouted_ms = cx->now;
	d->rerouted = copy.id;
	return put_copy(a, cx, row, &copy, text);
}

/* Nobody has acknowledged it in time; or somebody has, when that had been told already. */
ww_status
ww_deadline_backup(struct ww_apply *a, struct ww_ctx *cx, const struct ww_timer *t)
{
	struct ww_outbox row;
	struct ww_deadline d;
	bool running, found;
	ww_status s = read_running(a, cx, t, &row, &d, &running);

	if (s != WW_OK)
		return s;
	s = newest(a, cx, t->subject, &d, &found);
	if (s == WW_OK && found && d.unacknowledged_ms != 0 && is_taken_up(&d))
		return ww_late_end(a, cx, &row, WW_flag_kind_UNACKNOWLEDGED,
		    d.acknowledged_ms != 0 ? WW_STR("somebody acknowledged it") : ww_str_empty());
	if (s != WW_OK || !running || d.acknowledged_ms != 0 || row.withheld != 0)
		return s;
	d.unacknowledged_ms = cx->now;
	s = reroute(a, cx, &row, &d);
	if (s == WW_OK)
		s = put(a, cx, &d);
	return s == WW_OK ? ww_late_raise(a, cx, &row, d.program, WW_flag_kind_UNACKNOWLEDGED) : s;
}

static bool
may_be_there(const struct ww_outbox *row)
{
	return row->sent != 0 || row->attempt != 0 || row->remote_id.n != 0;
}

/* Nothing of it has left: nobody hears of it. */
static ww_status
drop_copy(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *copy)
{
	copy->state = WW_outbox_state_SUPPRESSED;
	copy->owed_ms = copy->held = 0;
	copy->reason = WW_STR("withdrawn before it was sent");
	copy->wanted = (int64_t)cx->seq;
	return ww_put(a->set.ledger, cx, outbox, copy);
}

ww_status
ww_deadline_mirror(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row, ww_str text)
{
	struct ww_outbox copy;
	struct ww_deadline d;
	bool found, withdrawn = is_withdrawn(row);
	ww_status s;

	if (row->resource != WW_resource_type_TASK || row->backup != 0)
		return WW_OK;
	s = newest(a, cx, row->id, &d, &found);
	if (s != WW_OK || !found || d.rerouted == 0)
		return s;
	ww_row_init(&ww_entity_outbox, &copy);
	copy.id = d.rerouted;
	s = ww_get(a->set.ledger, cx, outbox, &copy, &found);
	if (s != WW_OK || !found || copy.state == WW_outbox_state_SUPPRESSED ||
	    copy.state == WW_outbox_state_DISCARDED || copy.held != 0)
		return s;
	if (withdrawn && !may_be_there(&copy))
		return drop_copy(a, cx, &copy);
	if (text.n == 0)
		return WW_OK;
	copy.due_ms = row->due_ms;
	copy.change = withdrawn             ? WW_STR("cancel")
	              : may_be_there(&copy) ? WW_STR("update")
	                                    : WW_STR("create");
	return put_copy(a, cx, row, &copy, text);
}
