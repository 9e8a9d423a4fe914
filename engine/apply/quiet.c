/* Quiet hours of programs: the state QUIET of a row, and the timer that ends it. */
#include "apply/quiet.h"

#include "apply/deadline.h"
#include "apply/work.h"
#include "apply/worklist.h"

#include <wardwire/calendar.h>
#include <wardwire/program.h>

enum { MINUTE_MS = 60000, DAY_MINUTES = 24 * 60 };

/* The minute of the day lies within hours that may go past midnight. */
static bool
is_within(const struct ww_program_quiet *q, unsigned minute)
{
	return q->from <= q->to ? minute >= q->from && minute < q->to
	                        : minute >= q->from || minute < q->to;
}

static int64_t
flag_until(const struct ww_apply *a, const struct ww_ctx *cx, const struct ww_flag *f,
    const struct ww_zone *feed)
{
	const struct ww_program *p = ww_programs_find(&a->programs, f->program);
	const struct ww_zone *zone;
	int64_t local;

	if (p == NULL || p->quiet.from == p->quiet.to ||
	    (f->priority != WW_priority_ROUTINE && !p->quiet.urgent_waits))
		return 0;
	zone =
	    ww_office_of(a, p, ww_config_party(a->config, f->receiver), (enum ww_role)f->role, feed)
	        .zone;
	if (zone == NULL)
		zone = ww_zone_utc();
	local = cx->now + (int64_t)ww_zone_offset(zone, cx->now) * MINUTE_MS;
	if (!is_within(&p->quiet, (unsigned)(local / MINUTE_MS % DAY_MINUTES)))
		return 0;
	return ww_calendar_next(zone, cx->now, p->quiet.to);
}

/* Until when it waits; 0: it leaves at once. */
static int64_t
wait_until(const struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row, int64_t was,
    const struct ww_flag *flags, size_t n, const struct ww_zone *feed)
{
	int64_t until = 0, seq = (int64_t)cx->seq;
	bool changed = false;

	for (size_t i = 0; i < n; i++) {
		int64_t at;

		if (flags[i].state != WW_flag_state_OPEN || flags[i].cause != seq)
			continue;
		changed = true;
		at = flag_until(a, cx, &flags[i], feed);
		if (at == 0)
			return 0;
		until = until == 0 || at < until ? at : until;
	}
	return !changed && was == WW_outbox_state_QUIET ? row->after_ms : until;
}

ww_status
ww_quiet_wait(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, int64_t was,
    const struct ww_flag *flags, size_t n, const struct ww_zone *feed)
{
	int64_t until;

	if (row->state != WW_outbox_state_DUE || was == WW_outbox_state_DUE ||
	    ww_worklist_is(a, row->endpoint))
		return WW_OK;
	until = wait_until(a, cx, row, was, flags, n, feed);
	if (until <= cx->now)
		return ww_timer_clear(a, cx, WW_timer_kind_QUIET_END, row->id);
	row->state = WW_outbox_state_QUIET;
	row->owed_ms = 0;
	row->after_ms = until;
	row->reason = WW_STR("quiet hours of its receiver");
	return ww_timer_set(a, cx, WW_timer_kind_QUIET_END, row->id, until);
}

ww_status
ww_quiet_end(struct ww_apply *a, struct ww_ctx *cx, const struct ww_timer *t)
{
	struct ww_outbox row;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = t->subject;
	s = ww_get(a->set.ledger, cx, outbox, &row, &found);
	if (s != WW_OK || !found || row.state != WW_outbox_state_QUIET)
		return s;
	row.reason = ww_str_empty();
	ww_apply_owe(&row, cx->now);
	s = ww_worklist_take(a, cx, &row); /* the configuration may have made it one since */
	return s == WW_OK ? ww_put(a->set.ledger, cx, outbox, &row) : s;
}
