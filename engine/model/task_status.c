/* The state machine of FHIR R4 Task, as far as it is the receiver's. */
#include "model/task_status.h"

static const struct {
	const char *from;
	const char *to; /* a blank before and behind each */
} moves[] = {
	{ "requested", " received accepted rejected ready in-progress on-hold completed failed " },
	{ "received", " accepted rejected ready in-progress on-hold completed failed " },
	{ "accepted", " rejected ready in-progress on-hold completed failed " },
	{ "ready", " rejected in-progress on-hold completed failed " },
	{ "in-progress", " on-hold completed failed " },
	{ "on-hold", " ready in-progress completed failed " },
};

enum { MOVES = sizeof(moves) / sizeof(moves[0]) };

ww_str
ww_task_status(const struct ww_outbox *row)
{
	return row->remote_status.n != 0 ? row->remote_status : WW_STR("requested");
}

static size_t
move_from(ww_str status)
{
	size_t i = 0;

	while (i < MOVES && !ww_str_is(status, moves[i].from))
		i++;
	return i;
}

bool
ww_task_may_follow(ww_str from, ww_str to)
{
	size_t i = move_from(from);
	ww_str all = ww_str_from(i < MOVES ? moves[i].to : "");

	while (all.n > 0) {
		ww_str one = ww_str_cut(all, ' ', &all);

		if (to.n > 0 && ww_str_eq(one, to))
			return true;
	}
	return false;
}

bool
ww_task_is_over(ww_str status)
{
	return status.n > 0 && move_from(status) == MOVES;
}

bool
ww_task_is_taken(ww_str status)
{
	return status.n > 0 && !ww_str_is(status, "requested") && !ww_str_is(status, "received");
}
