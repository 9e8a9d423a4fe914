/* Communications: what is only to be known. */
#include "apply/desk.h"

#include <wardwire/composer.h>

struct ww_outbox *
ww_desk_row_of_flag(struct ww_desk *d, ww_id flag)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		if (d->rows[i].flag == flag)
			return &d->rows[i];
	}
	return NULL;
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

static ww_status
tell(struct ww_desk *d, const struct ww_flag *f)
{
	const char *subject = ww_desk_subject_of(f->kind);
	struct ww_outbox *row = ww_desk_new_row(d);

	ww_desk_start_row(d, row, WW_resource_type_COMMUNICATION, subject);
	row->flag = f->id;
	row->key = ww_desk_key(d, subject, subject, f->ordinal);
	return owe_communication(d, row);
}

ww_status
ww_desk_take_back(struct ww_desk *d, const struct ww_flag *f)
{
	struct ww_outbox *row = ww_desk_row_of_flag(d, f->id);

	ww_status s = WW_OK;

	if (row == NULL || (row->state == WW_outbox_state_SUPPRESSED && row->withheld == 0))
		return WW_OK;
	if (!ww_desk_may_be_there(row))
		return ww_desk_suppress(d, row, f->reason);
	if (row->sent ==
	    0) { /* under way: if it turns out that it never left, it need not be sent */
		row->change = WW_STR("cancel");
		if (row->held == 0)
			ww_apply_owe(row, d->w->cx->now); /* a search settles it */
		s = ww_desk_put(d, row, ww_str_empty());
	}
	return s == WW_OK ? ww_desk_correct(d, row, f->reason) : s;
}

/* It has not left, and what it says may not be what is to be said now. */
static bool
is_to_be_told(const struct ww_desk *d, const struct ww_flag *f, const struct ww_outbox *row)
{
	if (row->withheld != 0)
		return f->state == WW_flag_state_OPEN;
	if (ww_desk_may_be_there(row))
		return false;
	return row->state == WW_outbox_state_DUE ||
	       (row->state == WW_outbox_state_PARKED && f->state == WW_flag_state_OPEN &&
	           (int64_t)d->w->policy_was != d->w->after.policy);
}

ww_status
ww_desk_settle_communications(struct ww_desk *d)
{
	int64_t seq = (int64_t)d->w->cx->seq;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < d->flags_n; i++) {
		const struct ww_flag *f = &d->flags[i];
		struct ww_outbox *row;

		if (ww_desk_in_task(f))
			continue;
		row = ww_desk_row_of_flag(d, f->id);
		if (f->retracted_by == seq)
			s = ww_desk_take_back(d, f);
		else if (row == NULL && f->state == WW_flag_state_OPEN)
			s = tell(d, f);
		else if (row != NULL && is_to_be_told(d, f, row))
			s = owe_communication(d, row); /* of the stay as it is now */
	}
	return s;
}
