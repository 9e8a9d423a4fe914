/* Tasks: the one of the stay, in which all is that its flags say, and those of a flag of its own. Each is kept up to date. */
#include "apply/desk.h"

#include "apply/budget.h"

#include <wardwire/composer.h>

/* When the receiver should have acted on the newest thing to do, and how urgent the most urgent is. */
static void
set_clock(const struct ww_desk *d, const struct ww_flag *own, struct ww_outbox *row)
{
	row->due_ms = 0;
	row->priority = WW_priority_ROUTINE;
	for (size_t i = 0; i < d->flags_n; i++) {
		const struct ww_flag *f = &d->flags[i];

		if (!ww_desk_in_task(f, own) || f->state != WW_flag_state_OPEN)
			continue;
		if (f->due_ms > row->due_ms)
			row->due_ms = f->due_ms;
		if (f->priority > row->priority)
			row->priority = f->priority;
	}
}

static bool
is_task_of(const struct ww_outbox *row, const struct ww_flag *own)
{
	return row->resource == WW_resource_type_TASK &&
	       (own != NULL ? row->flag == own->id : ww_str_is(row->subject, "stay"));
}

struct ww_outbox *
ww_desk_live_task(struct ww_desk *d, const struct ww_flag *own)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		struct ww_outbox *r = &d->rows[i];

		if (is_task_of(r, own) &&
		    (r->state != WW_outbox_state_SUPPRESSED || r->withheld != 0) &&
		    !ww_str_is(r->change, "cancel"))
			return r;
	}
	return NULL;
}

struct ww_outbox *
ww_desk_new_task(struct ww_desk *d, const struct ww_flag *own)
{
	const char *kind = own != NULL ? ww_flag_kind_text(own->kind) : "stay";
	int64_t ordinal = own != NULL ? own->ordinal : 1;
	struct ww_outbox *row;

	for (size_t i = 0; own == NULL && i < d->rows_n; i++)
		ordinal += is_task_of(&d->rows[i], NULL);
	row = ww_desk_new_row(d);
	ww_desk_start_row(d, row, WW_resource_type_TASK, kind);
	if (own != NULL)
		row->flag = own->id;
	row->key = own != NULL ? ww_desk_key(d, "task", kind, ordinal)
	                       : ww_desk_key(d, "stay", "Task", ordinal);
	return row;
}

/* withdrawn: why it is taken back; NULL: it is not. */
static ww_status
compose_task(struct ww_desk *d, const struct ww_flag *own, struct ww_outbox *row,
    const struct ww_flag *withdrawn, ww_str *text)
{
	struct ww_notice n;
	ww_status s;

	if (withdrawn == NULL)
		set_clock(d, own, row);
	s = ww_desk_notice(d, row, &n);
	n.cancelled = withdrawn != NULL;
	n.done = withdrawn != NULL && withdrawn->state == WW_flag_state_DONE;
	if (withdrawn != NULL)
		n.reason = withdrawn->reason;
	return s == WW_OK ? ww_compose_task(d->w->cx, &n, text) : s;
}

/* The flag that a new Task is about first of all: the most urgent, the newest of these. */
static struct ww_flag *
leading(struct ww_desk *d, const struct ww_flag *own)
{
	struct ww_flag *first = NULL;

	for (size_t i = 0; i < d->flags_n; i++) {
		struct ww_flag *f = &d->flags[i];

		if (f->state == WW_flag_state_OPEN && ww_desk_in_task(f, own) &&
		    (first == NULL || f->priority > first->priority ||
		        (f->priority == first->priority && f->id > first->id)))
			first = f;
	}
	return first;
}

/* All that holds is in it now. */
static void
note_told(struct ww_desk *d, const struct ww_flag *own)
{
	for (size_t i = 0; i < d->flags_n; i++) {
		struct ww_flag *f = &d->flags[i];

		if (f->state == WW_flag_state_OPEN && ww_desk_in_task(f, own))
			ww_desk_told(d, f);
	}
}

static void
note_limit(struct ww_desk *d, const struct ww_flag *own, enum ww_flag_limit limit, ww_str why)
{
	for (size_t i = 0; i < d->flags_n; i++) {
		struct ww_flag *f = &d->flags[i];

		if (f->state == WW_flag_state_OPEN && ww_desk_in_task(f, own))
			ww_desk_limit(f, limit, why);
	}
}

static ww_status
create_task(struct ww_desk *d, const struct ww_flag *own)
{
	const struct ww_flag *first = leading(d, own);
	struct ww_outbox *row;
	enum ww_flag_limit limit;
	ww_str text, why;
	ww_status s = ww_budget_ask(d, first, &limit, &why);

	if (s != WW_OK || limit != WW_flag_limit_NONE) {
		note_limit(d, own, limit, why);
		return s;
	}
	s = ww_budget_spend(d, first);
	if (s != WW_OK)
		return s;
	row = ww_desk_new_task(d, own);
	s = compose_task(d, own, row, NULL, &text);
	note_told(d, own);
	return s == WW_OK ? ww_desk_call_for(d, row, text) : s;
}

static ww_status
update_task(struct ww_desk *d, const struct ww_flag *own, struct ww_outbox *row)
{
	ww_str text;
	ww_status s = compose_task(d, own, row, NULL, &text);

	row->change = WW_STR("update");
	note_told(d, own);
	return s == WW_OK ? ww_desk_call_for(d, row, text) : s;
}

/* What was asked for and has been done is completed: the receiver did nothing that has to be undone. */
static ww_status
cancel_task(struct ww_desk *d, const struct ww_flag *own, struct ww_outbox *row,
    const struct ww_flag *withdrawn)
{
	ww_str text;
	ww_status s;

	if (!ww_desk_may_be_there(row))
		return ww_desk_suppress(d, row, withdrawn->reason);
	if (row->state == WW_outbox_state_PARKED && ww_desk_was_deleted(row))
		return ww_desk_let_go(d, row, withdrawn->reason);
	s = compose_task(d, own, row, withdrawn, &text);
	row->change = WW_STR("cancel");
	return s == WW_OK ? ww_desk_call_for(d, row, text) : s;
}

/* It has something new that is to be told now. */
static bool
has_news(const struct ww_desk *d, const struct ww_flag *f)
{
	int64_t seq = (int64_t)d->w->cx->seq;

	if (f->limit == WW_flag_limit_WINDOW && f->state == WW_flag_state_OPEN)
		return d->w->renew;
	return f->cause == seq || f->retracted_by == seq;
}

void
ww_desk_sum_up(const struct ww_desk *d, const struct ww_flag *own, bool *changed, bool *open,
    const struct ww_flag **withdrawn)
{
	int64_t seq = (int64_t)d->w->cx->seq;

	*changed = *open = false;
	*withdrawn = NULL;
	for (size_t i = 0; i < d->flags_n; i++) {
		const struct ww_flag *f = &d->flags[i];

		if (!ww_desk_in_task(f, own))
			continue;
		*open = *open || f->state == WW_flag_state_OPEN;
		*changed = *changed || has_news(d, f);
		if (f->retracted_by == seq &&
		    (*withdrawn == NULL || f->state < (*withdrawn)->state ||
		        (f->state == (*withdrawn)->state && f->id < (*withdrawn)->id)))
			*withdrawn = f;
	}
}

/* Some of it waits for a budget. */
static bool
waits(const struct ww_desk *d, const struct ww_flag *own)
{
	for (size_t i = 0; i < d->flags_n; i++) {
		if (ww_desk_in_task(&d->flags[i], own) && ww_desk_is_limited(&d->flags[i]))
			return true;
	}
	return false;
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
ww_desk_settle_task(struct ww_desk *d, const struct ww_flag *own)
{
	struct ww_outbox *row = ww_desk_live_task(d, own);
	const struct ww_flag *withdrawn;
	bool changed, open, told;
	ww_status s;

	ww_desk_sum_up(d, own, &changed, &open, &withdrawn);
	changed = changed || (row != NULL ? says_otherwise(d, row) : waits(d, own));
	if (!changed || (!open && row == NULL))
		return WW_OK;
	if (row == NULL)
		return create_task(d, own);
	/* They were told of it if a template at least as new as the flag left us; or may have been, as long as
	 * we do not know what they have. */
	told = withdrawn != NULL && ww_desk_may_be_there(row) &&
	       (row->attempt != 0 || row->sent == 0 || row->offered >= (withdrawn->id >> 16) ||
	           ww_desk_was_told_instead(d, row, withdrawn));
	s = ww_desk_drop_updates(d, row);
	if (s == WW_OK)
		s = open ? update_task(d, own, row) : cancel_task(d, own, row, withdrawn);
	if (s == WW_OK && told && withdrawn->state == WW_flag_state_RETRACTED)
		s = ww_desk_correct(d, row, withdrawn->reason);
	if (s == WW_OK && open && row->state == WW_outbox_state_PARKED && row->held == 0)
		s = ww_desk_tell_instead(d, row); /* it is not even tried */
	return s;
}
