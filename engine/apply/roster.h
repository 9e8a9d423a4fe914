/* Editions of rosters: rows that are read against rows that are there. Private to apply/. */
#ifndef WW_APPLY_ROSTER_H
#define WW_APPLY_ROSTER_H

#include "apply/roster_rows.h"
#include "apply/work.h"

struct ww_reattributed;
/* What rosters changed about whose patient the person of the work is, however long ago: the newest of each practice, 8 at most, in
 * the arena of w. After ww_attribute (roster_changes.c). */
ww_status ww_roster_changes(struct ww_work *w, const struct ww_reattributed **out, size_t *n);

/* The roster has come to be WARNED or EXPIRED; end: when it expires. Tells the navigator of each program that tells of changes of
 * attribution (roster_notice.c). */
ww_status ww_roster_tell_age(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_roster *r, int64_t end);

/* -- in parts (roster_load.c, roster_merge.c) ------------------------------------------------------------- */

enum {
	WW_ROSTER_CHUNK = 500, /* rows that one record stages, or brings into force */
};

/* The row of that roster; blank but for its name when there is none (roster_load.c). */
ww_status ww_roster_row(struct ww_apply *a, struct ww_ctx *cx, ww_str name, struct ww_roster *out);
/* The newest load of that roster that is neither done nor dropped; *found false: there is none. */
ww_status ww_roster_load_find(
    struct ww_apply *a, struct ww_ctx *cx, ww_str roster, struct ww_roster_load *out, bool *found);
/* The edition that the load is, with what it has done so far (roster_merge.c). */
ww_status ww_roster_keep_edition(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_roster_load *l);
/* Goes on with what is whole and not in force yet, and removes what was dropped: one chunk of it; *left: there is more. */
ww_status ww_roster_merge(struct ww_apply *a, struct ww_ctx *cx, bool *left);
/* The same at TICK records, as a job that is woken when there is something to do (job.c). */
#define WW_ROSTER_JOB "roster"
struct ww_job;
ww_status ww_roster_job(struct ww_apply *a, struct ww_ctx *cx, struct ww_job *job, bool *ended);

#endif
