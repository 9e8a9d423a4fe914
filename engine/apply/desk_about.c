/* Communications about another notice: what takes it back, and news that its Task cannot bring. */
#include "apply/desk.h"

#include <wardwire/composer.h>

/* How many Communications of that subject there are about row. */
static int64_t
told_about(const struct ww_desk *d, const struct ww_outbox *row, const char *subject)
{
	int64_t n = 0;

	for (size_t i = 0; i < d->rows_n; i++)
		n += d->rows[i].about == row->id && ww_str_is(d->rows[i].subject, subject);
	return n;
}

/* A Communication about another row: "correction" or "update". */
static ww_status
tell_about(struct ww_desk *d, const struct ww_outbox *row, const char *subject, ww_str reason)
{
	struct ww_outbox *c = ww_desk_new_row(d);
	struct ww_notice n;
	ww_str text;
	ww_status s;

	ww_desk_start_row(d, c, WW_resource_type_COMMUNICATION, subject);
	c->about = row->id;
	c->priority = row->priority;
	if (row->encounter == 0 || row->resource == WW_resource_type_TASK)
		c->flag = row->flag; /* by which it is found, and says what of */
	c->key = ww_desk_key(d, subject,
	    ww_arena_printf(d->w->cx->arena, "%s %.*s", subject, WW_STR_FMT(row->key)).p,
	    told_about(d, row, subject)); /* it is among them already */
	s = ww_desk_notice(d, c, &n);
	if (s != WW_OK)
		return s;
	n.about_key = row->key;
	n.about_type = row->resource == WW_resource_type_TASK ? WW_resource_type_TASK
	                                                      : WW_resource_type_COMMUNICATION;
	n.reason = reason;
	n.due_ms = row->due_ms;
	s = ww_compose_communication(d->w->cx, &n, &text);
	return s == WW_OK ? ww_desk_call_for(d, c, text) : s;
}

ww_status
ww_desk_correct(struct ww_desk *d, const struct ww_outbox *row, ww_str reason)
{
	return tell_about(d, row, "correction", reason);
}

/* -- news that the Task cannot bring: its update was refused ------------------------------------------ */

static bool
is_update_of(const struct ww_outbox *c, const struct ww_outbox *task)
{
	return c->about == task->id && ww_str_is(c->subject, "update");
}

bool
ww_desk_was_told_instead(
    const struct ww_desk *d, const struct ww_outbox *task, const struct ww_flag *f)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		const struct ww_outbox *c = &d->rows[i];

		if (is_update_of(c, task) && ww_desk_may_be_there(c) && c->wanted >= (f->id >> 16))
			return true;
	}
	return false;
}

/* The Task's newest change took something back, and a correction says so. */
static bool
was_corrected(const struct ww_desk *d, const struct ww_outbox *task)
{
	for (size_t i = 0; i < d->rows_n; i++) {
		const struct ww_outbox *c = &d->rows[i];

		if (c->about == task->id && ww_str_is(c->subject, "correction") &&
		    c->wanted >= task->wanted)
			return true;
	}
	return false;
}

ww_status
ww_desk_tell_instead(struct ww_desk *d, const struct ww_outbox *task)
{
	return was_corrected(d, task) ? WW_OK : tell_about(d, task, "update", ww_str_empty());
}

ww_status
ww_desk_drop_updates(struct ww_desk *d, const struct ww_outbox *task)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < d->rows_n; i++) {
		struct ww_outbox *c = &d->rows[i];

		if (is_update_of(c, task) && c->state != WW_outbox_state_SUPPRESSED &&
		    !ww_desk_may_be_there(c))
			s = ww_desk_suppress(d, c, WW_STR("the stay has changed since"));
	}
	return s;
}
