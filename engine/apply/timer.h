/* What waits for an hour: timers, which fire once, and jobs, which recur. Both are rows of the ledger, and both go on at TICK
 * records only, so that a rebuild does the same at the same records. What is due is done in the order of when it was due, in
 * chunks that a record can hold; while any is left the ticker writes the next TICK at once, and what comes in meanwhile is
 * applied between. */
#ifndef WW_APPLY_TIMER_H
#define WW_APPLY_TIMER_H

#include <wardwire/model.h>
#include <wardwire/status.h>

struct ww_apply;

/* -- timers (timer.c) ----------------------------------------------------------------------------------- */

/* The timer of that kind and subject is due at that instant (UTC ms), whether there was one or not: it takes the place of one
 * of the same kind and subject. An instant that has passed is due at the next TICK. subject: the id of a row, not 0. */
WW_MUST ww_status ww_timer_set(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_id subject, int64_t due_ms);
/* There is none of that kind and subject any more; nothing happens when there was none. */
WW_MUST ww_status ww_timer_clear(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_id subject);
/* The same for all kinds. */
WW_MUST ww_status ww_timer_clear_all(struct ww_apply *a, struct ww_ctx *cx, ww_id subject);
/* The same for what has a name and no id: "practice/program". */
WW_MUST ww_status ww_timer_set_named(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_str name, int64_t due_ms);
WW_MUST ww_status ww_timer_clear_named(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_str name);
WW_MUST ww_status ww_timer_find_named(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_str name, int64_t *due_ms);
/* When it is due; 0: there is none. */
WW_MUST ww_status ww_timer_find(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_id subject, int64_t *due_ms);

/* What a kind does. t has left the ledger; the function may set it anew. What has become of the subject since is the function's to
 * look at. cx->arena is emptied before each. The functions stand in the table of timer.c: a new kind is a value of
 * timer_kind in enums.def and a row there. */
typedef ww_status ww_timer_fn(struct ww_apply *a, struct ww_ctx *cx, const struct ww_timer *t);

/* -- jobs (job.c) --------------------------------------------------------------------------------------- */

/* One chunk of a job: goes on from job->at and job->at_text (0 and empty when it begins), which it moves forward, counts what
 * it has looked at in job->done, and sets *ended when it is through. It ends early by itself: after WW_JOB_CHUNK rows, or when
 * ww_chunk_full says so. cx->arena is emptied before each chunk. */
typedef ww_status ww_job_fn(struct ww_apply *a, struct ww_ctx *cx, struct ww_job *job, bool *ended);

enum {
	WW_JOB_CHUNK = 5000, /* rows looked at in one record */
};

/* The record has given out nearly all of its ids, or holds much: what is left is for the next one. */
bool ww_chunk_full(const struct ww_ctx *cx);
/* A job that does something only now and then is due now (what is told of by name: the table of job.c). */
WW_MUST ww_status ww_job_wake(struct ww_apply *a, struct ww_ctx *cx, const char *name);

/* -- for timer.c and job.c ------------------------------------------------------------------------------------ */

/* What is due in a record, in that context of its own (another arena) for one thing after the other. */
WW_MUST ww_status ww_timer_fire_due(struct ww_apply *a, struct ww_ctx *cx, struct ww_ctx *one);
WW_MUST ww_status ww_job_run_due(struct ww_apply *a, struct ww_ctx *cx, struct ww_ctx *one);
/* When the first of them is due; INT64_MAX: nothing waits. */
WW_MUST ww_status ww_timer_due(struct ww_apply *a, struct ww_ctx *cx, int64_t *due_ms);
WW_MUST ww_status ww_job_due(struct ww_apply *a, struct ww_ctx *cx, int64_t *due_ms);

/* -- for the engine -------------------------------------------------------------------------------------- */

/* The sweep of TICK records (tick.c): jobs and timers that are due. */
WW_MUST ww_status ww_timer_sweep(struct ww_apply *a, struct ww_ctx *cx);

#endif
