/* What nothing may be told of. */
#include "apply/desk.h"

/* What has not left stays here. Of what may be under way a search says whether it did; then apply/delivery.c sees to it. */
static ww_status
withhold(struct ww_desk *d, struct ww_outbox *row)
{
	row->withheld = 1;
	row->wanted = (int64_t)d->w->cx->seq;
	if (row->attempt != 0 && row->state == WW_outbox_state_DUE)
		return ww_desk_put(d, row, ww_str_empty());
	row->state = WW_outbox_state_SUPPRESSED;
	row->owed_ms = 0;
	row->reason = ww_arena_printf(
	    d->w->cx->arena, "restricted: %.*s", WW_STR_FMT(d->w->after.restricted));
	return ww_desk_put(d, row, ww_str_empty());
}

static bool
is_waiting(const struct ww_outbox *row)
{
	return row->state == WW_outbox_state_DUE || row->state == WW_outbox_state_PARKED ||
	       row->state == WW_outbox_state_QUIET || row->withheld != 0;
}

/* Nothing new is told. What was told and does not hold any more is taken back as ever: that says less than leaving it. */
static ww_status
withhold_task(struct ww_desk *d, const struct ww_flag *own)
{
	struct ww_outbox *row = ww_desk_live_task(d, own);
	const struct ww_flag *withdrawn;
	bool changed, open;
	ww_status s = WW_OK;

	ww_desk_sum_up(d, own, &changed, &open, &withdrawn);
	if (!open)
		return ww_desk_settle_task(d, own);
	if (row == NULL)
		return withhold(d, ww_desk_new_task(d, own));
	if (withdrawn != NULL && withdrawn->state == WW_flag_state_RETRACTED &&
	    row->offered >= (withdrawn->id >> 16))
		s = ww_desk_correct(d, row, withdrawn->reason);
	if (s == WW_OK)
		s = ww_desk_drop_updates(d, row);
	return s == WW_OK && (changed || is_waiting(row)) ? withhold(d, row) : s;
}

static ww_status
withhold_communication(struct ww_desk *d, const struct ww_flag *f)
{
	struct ww_outbox *row = ww_desk_row_of_flag(d, f->id);

	if (f->retracted_by == (int64_t)d->w->cx->seq)
		return ww_desk_take_back(d, f);
	if (row == NULL && f->state == WW_flag_state_OPEN)
		return withhold(d, ww_desk_new_communication(d, f));
	return row != NULL && row->sent == 0 && is_waiting(row) ? withhold(d, row) : WW_OK;
}

ww_status
ww_desk_withhold(struct ww_desk *d)
{
	ww_status s = withhold_task(d, NULL);

	for (size_t i = 0; s == WW_OK && i < d->flags_n; i++) {
		if (d->flags[i].limit == WW_flag_limit_COOLDOWN)
			continue;
		if (d->flags[i].form == WW_flag_form_TASK)
			s = withhold_task(d, &d->flags[i]);
		else if (d->flags[i].form == WW_flag_form_COMMUNICATION)
			s = withhold_communication(d, &d->flags[i]);
	}
	if (s == WW_OK && d->w->message->reason.n == 0)
		d->w->message->reason = ww_arena_printf(d->w->cx->arena,
		    "restricted, nothing is sent: %.*s", WW_STR_FMT(d->w->after.restricted));
	return s;
}
