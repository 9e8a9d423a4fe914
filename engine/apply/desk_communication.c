/* Communications: what is only to be known. */
#include "apply/desk.h"

#include "apply/budget.h"

#include <wardwire/composer.h>

struct ww_outbox *
ww_desk_row_of_flag(struct ww_desk *d, ww_id flag)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		if (d->rows[i].flag == flag && d->rows[i].about == 0 &&
		    d->rows[i].resource == WW_resource_type_COMMUNICATION)
			return &d->rows[i];
	}
	return NULL;
}

/* Of several programs that want the same told one Communication tells it: the flag by which that was done; NULL: none was. */
static const struct ww_flag *
told_for(struct ww_desk *d, const struct ww_flag *f)
{
	for (size_t i = 0; i < d->flags_n; i++) {
		const struct ww_flag *other = &d->flags[i];

		if (other->id != f->id && other->kind == f->kind &&
		    other->form == WW_flag_form_COMMUNICATION &&
		    other->state == WW_flag_state_OPEN && ww_desk_row_of_flag(d, other->id) != NULL)
			return other;
	}
	return NULL;
}

/* Another program's flag that says the same still holds: the notice is that one's from now on. */
static bool
hand_on(struct ww_desk *d, const struct ww_flag *f, struct ww_outbox *row)
{
	for (size_t i = 0; i < d->flags_n; i++) {
		const struct ww_flag *other = &d->flags[i];

		if (other->id != f->id && other->kind == f->kind &&
		    other->form == WW_flag_form_COMMUNICATION &&
		    other->state == WW_flag_state_OPEN &&
		    ww_desk_row_of_flag(d, other->id) == NULL) {
			row->flag = other->id;
			return true;
		}
	}
	return false;
}

static ww_status
owe_communication(struct ww_desk *d, struct ww_outbox *row)
{
	struct ww_notice n;
	ww_str text;
	ww_status s = ww_desk_notice(d, row, &n);

	if (s == WW_OK)
		s = ww_compose_communication(d->w->cx, &n, &text);
	return s == WW_OK ? ww_desk_call_for(d, row, text) : s;
}

struct ww_outbox *
ww_desk_new_communication(struct ww_desk *d, const struct ww_flag *f)
{
	const char *subject = ww_flag_kind_text(f->kind);
	struct ww_outbox *row = ww_desk_new_row(d);

	ww_desk_start_row(d, row, WW_resource_type_COMMUNICATION, subject);
	row->flag = f->id;
	row->priority = f->priority;
	row->key = ww_desk_key(d, subject, subject, f->ordinal);
	return row;
}

/* What is copied to the desk is not held back: who reads the flag sees one limit, that of its own desk. */
static ww_status
tell(struct ww_desk *d, struct ww_flag *f)
{
	bool copy = d->of[f - d->flags] == NULL;
	enum ww_flag_limit limit;
	ww_str why;
	ww_status s = ww_budget_ask(d, f, &limit, &why);

	if (s != WW_OK)
		return s;
	if (limit != WW_flag_limit_NONE && !copy) {
		ww_desk_limit(f, limit, why);
		return WW_OK;
	}
	s = ww_budget_spend(d, f);
	ww_desk_told(d, f);
	return s == WW_OK ? owe_communication(d, ww_desk_new_communication(d, f)) : s;
}

ww_status
ww_desk_take_back(struct ww_desk *d, const struct ww_flag *f)
{
	struct ww_outbox *row = ww_desk_row_of_flag(d, f->id);

	ww_status s = WW_OK;

	if (row == NULL || (row->state == WW_outbox_state_SUPPRESSED && row->withheld == 0))
		return WW_OK;
	if (hand_on(d, f, row))
		return ww_desk_put(d, row, ww_str_empty());
	if (!ww_desk_may_be_there(row))
		return ww_desk_suppress(d, row, f->reason);
	if (row->sent ==
	    0) { /* under way: if it turns out that it never left, it need not be sent */
		row->change = WW_STR("cancel");
		if (row->held == 0)
			ww_apply_owe(row, d->w->cx->now); /* a search settles it */
		s = ww_desk_put(d, row, ww_str_empty());
	}
	return s == WW_OK && f->state == WW_flag_state_RETRACTED
	           ? ww_desk_correct(d, row, f->reason)
	           : s;
}

/* It has not left, and what it says may not be what is to be said now. */
static bool
is_to_be_told(const struct ww_desk *d, const struct ww_flag *f, const struct ww_outbox *row)
{
	if (row->withheld != 0)
		return f->state == WW_flag_state_OPEN;
	if (ww_desk_may_be_there(row))
		return false;
	return row->state == WW_outbox_state_DUE || row->state == WW_outbox_state_QUIET ||
	       (row->state == WW_outbox_state_PARKED && f->state == WW_flag_state_OPEN &&
	           (int64_t)d->w->policy_was != d->w->after.policy);
}

ww_status
ww_desk_settle_communication(struct ww_desk *d, struct ww_flag *f)
{
	struct ww_outbox *row = ww_desk_row_of_flag(d, f->id);

	if (f->retracted_by == (int64_t)d->w->cx->seq)
		return ww_desk_take_back(d, f);
	if (row == NULL && f->state == WW_flag_state_OPEN)
		return told_for(d, f) == NULL ? tell(d, f) : WW_OK; /* once for all programs */
	if (row != NULL && is_to_be_told(d, f, row))
		return owe_communication(d, row); /* of the subject as it is now */
	return WW_OK;
}
