/* Judging persons: whoever something new is known of is marked, and judged at the next TICK; and everybody once a night, as
 * windows run out though nothing happens. What follows a discharge is looked at with them. Private to apply/. */
#ifndef WW_APPLY_PERSON_H
#define WW_APPLY_PERSON_H

#include "apply/timer.h"

struct ww_work;

/* Names of the jobs in the table of job.c. */
#define WW_PERSONS_MARKED "persons"
#define WW_PERSONS_NIGHTLY "persons-nightly"

/* The person of the work is judged at the next TICK; nothing where no program in force asks for it, or of a test. */
WW_MUST ww_status ww_person_mark(struct ww_work *w);
/* The same for another person than that of the work. */
WW_MUST ww_status ww_person_mark_other(struct ww_work *w, ww_id person);
/* That person is judged at the next TICK, as a roster says something else of them: whose they are, or that nobody is to be told. Nothing
 * where no program in force asks for it. */
WW_MUST ww_status ww_person_mark_attributed(struct ww_apply *a, struct ww_ctx *cx, ww_id person);
/* The same, if the stay in hand began, ended, became another or was cancelled by this record. */
WW_MUST ww_status ww_person_mark_stay(struct ww_work *w);

/* Judges who was marked, the lowest id first. */
ww_job_fn ww_person_marked_job;
/* Judges everybody. */
ww_job_fn ww_person_nightly_job;

#endif
