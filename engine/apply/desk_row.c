/* How a row of the outbox changes when something else is to be told. */
#include "apply/desk.h"

#include "apply/deadline.h"
#include "apply/quiet.h"
#include "apply/worklist.h"

bool
ww_desk_has(const struct ww_desk *d, const struct ww_outbox *row)
{
	return row->message == 0 && row->backup == 0 && row->role == (int64_t)d->role &&
	       ww_str_eq(row->practice, d->party->name) && ww_str_eq(row->concerns, d->concerns);
}

struct ww_outbox *
ww_desk_new_row(struct ww_desk *d)
{
	return &d->rows[d->rows_n++];
}

bool
ww_desk_may_be_there(const struct ww_outbox *row)
{
	return row->sent != 0 || row->attempt != 0 || row->remote_id.n != 0;
}

void
ww_desk_start_row(
    struct ww_desk *d, struct ww_outbox *row, enum ww_resource_type type, const char *subject)
{
	ww_row_init(&ww_entity_outbox, row);
	row->id = ww_ctx_id(d->w->cx);
	row->encounter = d->w->subject.encounter;
	row->authorization = d->w->subject.authorization;
	/* a stay that moved keeps its lane, so that what is owed of it keeps its order */
	row->person = d->w->after.origin != 0 ? d->w->after.origin : d->w->person.id;
	row->practice = d->party->name;
	row->endpoint = d->party->roles[d->role].send;
	row->role = d->role;
	row->concerns = d->concerns;
	row->priority = WW_priority_ROUTINE;
	row->resource = type;
	row->subject = ww_str_from(subject);
	row->created_ms = d->w->cx->now;
	row->change = WW_STR("create");
	row->attempt = ww_apply_may_have_left(d->w->a, d->w->facts.event.recorded);
}

/* Those that a Task has in it, or a Communication tells of. */
static ww_status
flags_of(struct ww_desk *d, const struct ww_outbox *row, struct ww_flag **out, size_t *n)
{
	*n = 0;
	*out = ww_arena_array(d->w->cx->arena, d->flags_n + 1, sizeof(**out));
	if (*out == NULL)
		return ww_fail_memory(d->w->cx);
	for (size_t i = 0; i < d->flags_n; i++) {
		if (row->flag != 0 ? d->flags[i].id == row->flag
		                   : ww_desk_in_task(&d->flags[i], NULL))
			(*out)[(*n)++] = d->flags[i];
	}
	return WW_OK;
}

/* Its clock begins, goes on or ends; what the backup has of it follows. */
static ww_status
put_clock(struct ww_desk *d, struct ww_outbox *row, ww_str text)
{
	struct ww_work *w = d->w;
	struct ww_flag *flags;
	size_t n;
	ww_status s = flags_of(d, row, &flags, &n);

	if (s == WW_OK && row->withheld == 0)
		s = ww_deadline_raised(w->a, w->cx, row, flags, n, w->feed->name);
	if (s == WW_OK)
		s = ww_deadline_look(w->a, w->cx, row);
	return s == WW_OK ? ww_deadline_mirror(w->a, w->cx, row, text) : s;
}

ww_status
ww_desk_put(struct ww_desk *d, struct ww_outbox *row, ww_str text)
{
	struct ww_template t = { .outbox = row->id, .text = text };
	struct ww_work *w = d->w;
	ww_status s;

	if (w->touched_n < WW_TOUCHED_MAX)
		w->touched[w->touched_n++] = (struct ww_touched){ row, text };
	s = ww_worklist_take(w->a, w->cx, row);
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, outbox, row);
	if (s == WW_OK && text.n > 0)
		s = ww_put(w->l, w->cx, template, &t);
	return s == WW_OK && row->resource == WW_resource_type_TASK ? put_clock(d, row, text) : s;
}

bool
ww_desk_was_deleted(const struct ww_outbox *row)
{
	return row->remote_id.n != 0 && (row->http == 404 || row->http == 410);
}

/* What was withheld is not any more. An engine that was lost may have sent it since the backup. */
static void
let_out(struct ww_desk *d, struct ww_outbox *row)
{
	row->withheld = 0;
	row->reason = ww_str_empty();
	if (row->held != 0)
		row->state = WW_outbox_state_PARKED;
	if (row->sent == 0 && row->attempt == 0)
		row->attempt = ww_apply_may_have_left(d->w->a, d->w->facts.event.recorded);
}

/* What takes something back leaves at once. */
static bool
takes_back(const struct ww_outbox *row)
{
	return ww_str_is(row->change, "cancel") ||
	       (row->about != 0 && ww_str_is(row->subject, "correction"));
}

static ww_status
make_due(struct ww_desk *d, struct ww_outbox *row)
{
	int64_t was = row->state;
	struct ww_flag *flags;
	size_t n;
	ww_status s;

	ww_apply_owe(row, d->w->cx->now);
	if (takes_back(row))
		return WW_OK;
	s = flags_of(d, row, &flags, &n);
	return s == WW_OK ? ww_quiet_wait(d->w->a, d->w->cx, row, was, flags, n, d->w->feed->zone)
	                  : s;
}

ww_status
ww_desk_call_for(struct ww_desk *d, struct ww_outbox *row, ww_str text)
{
	ww_status s = WW_OK;

	row->wanted = (int64_t)d->w->cx->seq;
	if (row->withheld != 0)
		let_out(d, row);
	if (row->held == 0 && !(row->state == WW_outbox_state_PARKED && ww_desk_was_deleted(row)))
		s = make_due(d, row);
	return s == WW_OK ? ww_desk_put(d, row, text) : s;
}

ww_status
ww_desk_suppress(struct ww_desk *d, struct ww_outbox *row, ww_str reason)
{
	row->state = WW_outbox_state_SUPPRESSED;
	row->owed_ms = row->held = row->withheld = 0;
	row->reason = ww_arena_printf(
	    d->w->cx->arena, "withdrawn before it was sent: %.*s", WW_STR_FMT(reason));
	row->wanted = (int64_t)d->w->cx->seq;
	return ww_desk_put(d, row, ww_str_empty());
}

ww_status
ww_desk_let_go(struct ww_desk *d, struct ww_outbox *row, ww_str reason)
{
	row->state = WW_outbox_state_SUPPRESSED;
	row->reason = ww_arena_printf(
	    d->w->cx->arena, "deleted by the receiver, then withdrawn: %.*s", WW_STR_FMT(reason));
	row->change = WW_STR("cancel");
	row->wanted = (int64_t)d->w->cx->seq;
	return ww_desk_put(d, row, ww_str_empty());
}
