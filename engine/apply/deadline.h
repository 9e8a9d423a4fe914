/* Clocks of Tasks: from when what a Task is about was received until its receiver has acted on it. The clock warns when a part of
 * the time has passed and has run out at its end; a Task that is urgent and that nobody acknowledges goes to the backup as well. Of a
 * stay's Task acted means any answer to what is newest: it stays open for as long as the stay goes on. Of any other it means that it
 * is over. What the clock saw is in the rows deadline, one for each round: news in a Task that was acted on begin the next.
 * Private to apply/. */
#ifndef WW_APPLY_DEADLINE_H
#define WW_APPLY_DEADLINE_H

#include "apply/timer.h"

struct ww_calendar;
struct ww_party;
struct ww_program;
struct ww_zone;

/* By which clock somebody works: the zone and the calendar of that role of the party, else the program's, else the feed's zone
 * (may be NULL: UTC) and the federal holidays. party may be NULL. */
struct ww_office {
	const struct ww_zone *zone;
	const struct ww_calendar *calendar;
};
struct ww_office ww_office_of(const struct ww_apply *a, const struct ww_program *p,
    const struct ww_party *party, enum ww_role role, const struct ww_zone *feed);
/* When a flag of that kind that is raised at from_ms is to be acted on, by the program's table and that clock; 0: the program has no
 * deadline for it. This is what flag.due_ms is set to. */
int64_t ww_deadline_due(const struct ww_program *p, enum ww_flag_kind kind,
    const struct ww_office *office, int64_t from_ms);

/* Flags have made or changed a Task: row is put already, flags are those in it. A round begins with what this record has raised;
 * without a deadline none does. feed: which source told of it; may be empty. */
WW_MUST ww_status ww_deadline_raised(struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row,
    const struct ww_flag *flags, size_t n, ww_str feed);
/* The Task's state or what its receiver says has changed: to be called with every Task that was sent, answered, withdrawn or given
 * up, when row is as it will be put. Does nothing with rows that have no clock. */
WW_MUST ww_status ww_deadline_look(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row);
/* The Task says something new or is withdrawn (row->change): so does what the backup has of it. text: the template; empty: it is
 * as it was. */
WW_MUST ww_status ww_deadline_mirror(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *row, ww_str text);

/* Nobody acknowledged the Task in time, or acted on it until it ran out: its program may have that told, by the flag of that kind,
 * task-unacknowledged or task-overdue. (late.c) */
WW_MUST ww_status ww_late_raise(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *task,
    ww_str program, enum ww_flag_kind kind);
/* It is so no more: what was told of that Task is done, because of what somebody did (why, which lives as long as the record in hand); or
 * the Task was withdrawn, why is empty, and it is taken back. */
WW_MUST ww_status ww_late_end(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *task,
    enum ww_flag_kind kind, ww_str why);

/* What timers do (timer.c). */
ww_timer_fn ww_deadline_warn, ww_deadline_breach, ww_deadline_backup;

#endif
