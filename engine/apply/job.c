/* Jobs: what recurs, chunk by chunk. Where a run stands is a row of the ledger, so that it goes on from there after whatever
 * ended the engine. A run that is late by days is made up for once. */
#include "apply/budget.h"
#include "apply/timer.h"

#include "apply/person.h"
#include "apply/roster.h"
#include "apply/work.h"

#include <wardwire/calendar.h>

#include <string.h>

enum { ONLY_WOKEN = -1 };

/* In the order in which they run when they are due at once; a NULL name ends them. A new job is a row here. */
static const struct {
	const char *name;
	int minute; /* after the hour of jobs.hour; ONLY_WOKEN: when ww_job_wake says so */
	ww_job_fn *chunk;
} jobs[] = {
	{ WW_ROSTER_JOB, ONLY_WOKEN, ww_roster_job },
	{ WW_PERSONS_MARKED, ONLY_WOKEN, ww_person_marked_job },
	{ WW_PERSONS_NIGHTLY, 15, ww_person_nightly_job },
	{ "budgets", 5, ww_budget_renew },
	{ NULL, 0, NULL },
};

/* Rows of names that the table has no more are left alone. */
static ww_status
read_job(struct ww_apply *a, struct ww_ctx *cx, const char *name, struct ww_job *out, bool *found)
{
	ww_row_init(&ww_entity_job, out);
	out->name = ww_str_from(name);
	return ww_get(a->set.ledger, cx, job, out, found);
}

static int64_t
next_run(const struct ww_apply *a, int64_t after_ms, int minute)
{
	unsigned at = (a->config->jobs_at + (unsigned)minute) % (24 * 60);

	return minute == ONLY_WOKEN ? INT64_MAX
	                            : ww_calendar_next(a->config->jobs_zone, after_ms, at);
}

/* -- when -------------------------------------------------------------------------------------------------- */

/* A job that the ledger does not know yet waits for its hour. */
static ww_status
begin_waiting(struct ww_apply *a, struct ww_ctx *cx, size_t i, struct ww_job *j)
{
	j->next_ms = next_run(a, cx->now, jobs[i].minute);
	a->due_known = false;
	return ww_put(a->set.ledger, cx, job, j);
}

ww_status
ww_job_wake(struct ww_apply *a, struct ww_ctx *cx, const char *name)
{
	struct ww_job j;
	bool found;
	ww_status s = read_job(a, cx, name, &j, &found);

	if (s != WW_OK || (found && j.next_ms <= cx->now))
		return s;
	j.next_ms = cx->now;
	a->due_known = false;
	return ww_put(a->set.ledger, cx, job, &j);
}

/* -- running ----------------------------------------------------------------------------------------------- */

/* It is due again at its next hour, however many have passed. */
static void
end_run(const struct ww_apply *a, struct ww_ctx *cx, size_t i, struct ww_job *j)
{
	j->last_ms = cx->now;
	j->last_done = j->done;
	j->runs++;
	j->began_ms = j->at = j->done = 0;
	j->at_text = ww_str_empty();
	j->next_ms = next_run(a, cx->now + 1, jobs[i].minute);
}

static ww_status
run_chunk(struct ww_apply *a, struct ww_ctx *cx, struct ww_ctx *one, size_t i, struct ww_job *j)
{
	bool ended = false;
	ww_status s;

	if (j->began_ms == 0)
		j->began_ms = cx->now;
	one->ordinal = cx->ordinal;
	s = jobs[i].chunk(a, one, j, &ended);
	cx->ordinal = one->ordinal;
	if (s == WW_OK && ended)
		end_run(a, cx, i, j);
	if (s == WW_OK)
		s = ww_put(a->set.ledger, one, job, j);
	a->due_known = false;
	if (s != WW_OK)
		cx->fail = one->fail;
	return s;
}

/* One chunk of the first job that is due, so that a record stays short. */
ww_status
ww_job_run_due(struct ww_apply *a, struct ww_ctx *cx, struct ww_ctx *one)
{
	for (size_t i = 0; jobs[i].name != NULL && !ww_chunk_full(cx); i++) {
		struct ww_job j;
		bool found;
		ww_status s;

		ww_arena_reset(one->arena);
		s = read_job(a, one, jobs[i].name, &j, &found);
		if (s == WW_OK && !found)
			s = begin_waiting(a, one, i, &j);
		if (s != WW_OK) {
			cx->fail = one->fail;
			return s;
		}
		if (j.next_ms <= cx->now)
			return run_chunk(a, cx, one, i, &j);
	}
	return WW_OK;
}

ww_status
ww_job_due(struct ww_apply *a, struct ww_ctx *cx, int64_t *due_ms)
{
	ww_status s = WW_OK;

	*due_ms = INT64_MAX;
	for (size_t i = 0; s == WW_OK && jobs[i].name != NULL; i++) {
		struct ww_job j;
		bool found;

		s = read_job(a, cx, jobs[i].name, &j, &found);
		if (s == WW_OK && found && j.next_ms < *due_ms)
			*due_ms = j.next_ms;
	}
	return s;
}
