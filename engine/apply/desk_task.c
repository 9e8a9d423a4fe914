/* The Task of the stay: one a desk, kept up to date. */
#include "apply/desk.h"

#include <wardwire/composer.h>

enum { HOUR_MS = 3600000 };

/* When the practice should have acted: that long after the newest thing to do was received. */
static int64_t
due_at(const struct ww_desk *d)
{
	int64_t latest = 0;

	for (size_t i = 0; i < d->flags_n; i++) {
		const struct ww_flag *f = &d->flags[i];

		if (ww_desk_in_task(f) && f->state == WW_flag_state_OPEN && f->raised_ms > latest)
			latest = f->raised_ms;
	}
	return latest + (int64_t)d->w->a->config->due_hours * HOUR_MS;
}

struct ww_outbox *
ww_desk_live_task(struct ww_desk *d)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		struct ww_outbox *r = &d->rows[i];

		if (r->resource == WW_resource_type_TASK &&
		    (r->state != WW_outbox_state_SUPPRESSED || r->withheld != 0) &&
		    !ww_str_is(r->change, "cancel"))
			return r;
	}
	return NULL;
}

int64_t
ww_desk_tasks(const struct ww_desk *d)
{
	int64_t n = 0;

	for (size_t i = 0; i < d->rows_n; i++)
		n += d->rows[i].resource == WW_resource_type_TASK;
	return n;
}

static ww_status
compose_task(struct ww_desk *d, struct ww_outbox *row, bool cancelled, ww_str reason, ww_str *text)
{
	struct ww_notice n;
	ww_status s;

	if (!cancelled)
		row->due_ms = due_at(d);
	s = ww_desk_notice(d, row, &n);
	n.cancelled = cancelled;
	n.reason = reason;
	return s == WW_OK ? ww_compose_task(d->w->cx, &n, text) : s;
}

static ww_status
create_task(struct ww_desk *d)
{
	int64_t ordinal = ww_desk_tasks(d) + 1;
	struct ww_outbox *row = ww_desk_new_row(d);
	ww_str text;
	ww_status s;

	ww_desk_start_row(d, row, WW_resource_type_TASK, "stay");
	row->key = ww_desk_key(d, "stay", "Task", ordinal);
	s = compose_task(d, row, false, ww_str_empty(), &text);
	return s == WW_OK ? ww_desk_call_for(d, row, text) : s;
}

static ww_status
update_task(struct ww_desk *d, struct ww_outbox *row)
{
	ww_str text;
	ww_status s = compose_task(d, row, false, ww_str_empty(), &text);

	row->change = WW_STR("update");
	return s == WW_OK ? ww_desk_call_for(d, row, text) : s;
}

static ww_status
cancel_task(struct ww_desk *d, struct ww_outbox *row, ww_str reason)
{
	ww_str text;
	ww_status s;

	if (!ww_desk_may_be_there(row))
		return ww_desk_suppress(d, row, reason);
	if (row->state == WW_outbox_state_PARKED && ww_desk_was_deleted(row))
		return ww_desk_let_go(d, row, reason);
	s = compose_task(d, row, true, reason, &text);
	row->change = WW_STR("cancel");
	return s == WW_OK ? ww_desk_call_for(d, row, text) : s;
}

void
ww_desk_sum_up(const struct ww_desk *d, bool *changed, bool *open, const struct ww_flag **withdrawn)
{
	int64_t seq = (int64_t)d->w->cx->seq;

	*changed = *open = false;
	*withdrawn = NULL;
	for (size_t i = 0; i < d->flags_n; i++) {
		const struct ww_flag *f = &d->flags[i];

		if (!ww_desk_in_task(f))
			continue;
		*open = *open || f->state == WW_flag_state_OPEN;
		*changed = *changed || f->cause == seq || f->retracted_by == seq;
		if (f->retracted_by == seq && (*withdrawn == NULL || f->id < (*withdrawn)->id))
			*withdrawn = f;
	}
}

/* The restrictions of the stay are others, so that the Task says more or less. One that is there is not made to say less:
 * what was told is not called back. */
static bool
says_otherwise(const struct ww_desk *d, const struct ww_outbox *row)
{
	int64_t was = d->w->policy_was, is = d->w->after.policy;

	if (row->withheld != 0)
		return true;
	if (row->state == WW_outbox_state_SETTLED)
		return was == WW_policy_EVENT_ONLY && is == WW_policy_NONE;
	return was != is && !ww_desk_may_be_there(row);
}

ww_status
ww_desk_settle_task(struct ww_desk *d)
{
	struct ww_outbox *row = ww_desk_live_task(d);
	const struct ww_flag *withdrawn;
	bool changed, open, told;
	ww_status s;

	ww_desk_sum_up(d, &changed, &open, &withdrawn);
	changed = changed || (row != NULL && says_otherwise(d, row));
	if (!changed || (!open && row == NULL))
		return WW_OK;
	if (row == NULL)
		return create_task(d);
	/* They were told of it if a template at least as new as the flag left us; or may have been, as long as
	 * we do not know what they have. */
	told = withdrawn != NULL && ww_desk_may_be_there(row) &&
	       (row->attempt != 0 || row->sent == 0 || row->offered >= (withdrawn->id >> 16) ||
	           ww_desk_was_told_instead(d, row, withdrawn));
	s = ww_desk_drop_updates(d, row);
	if (s == WW_OK)
		s = open ? update_task(d, row) : cancel_task(d, row, withdrawn->reason);
	if (s == WW_OK && told)
		s = ww_desk_correct(d, row, withdrawn->reason);
	if (s == WW_OK && open && row->state == WW_outbox_state_PARKED && row->held == 0)
		s = ww_desk_tell_instead(d, row); /* it is not even tried */
	return s;
}
