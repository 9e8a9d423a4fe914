/* What holds, and is not told for now: a program's budgets, its cool-downs and its windows in which the same is not said again.
 * Nothing of it is lost: the flag says what keeps it (flag.limit, flag.limited), it goes along as soon as its desk is told of the
 * subject anyhow, and a nightly job tells it when the budget or the window allows. What is urgent has no budget. Private to
 * apply/. */
#ifndef WW_APPLY_BUDGET_H
#define WW_APPLY_BUDGET_H

#include "apply/timer.h"

struct ww_desk;
struct ww_program;
struct ww_work;

/* A flag that is new, or has a new result: whether the same was told of the person so lately that the program has it kept. An
 * earlier one about the same stay does not count, as it was taken back; nor does one of a lower band. p: NULL: nothing is. */
WW_MUST ww_status ww_cooldown_set(
    struct ww_work *w, const struct ww_program *p, struct ww_flag *flag);
/* A flag of which something was told before the result it has now; band: that of the result before. */
void ww_window_set(
    const struct ww_work *w, const struct ww_program *p, struct ww_flag *flag, ww_str band);

/* *limit: what keeps a new notice of that flag from the desk, with *why in words; NONE: nothing does. */
WW_MUST ww_status ww_budget_ask(
    struct ww_desk *d, const struct ww_flag *f, enum ww_flag_limit *limit, ww_str *why);
/* A new notice of that flag goes to the desk. */
WW_MUST ww_status ww_budget_spend(struct ww_desk *d, const struct ww_flag *f);

/* What yesterday's budget or a window kept is told today (job.c). */
ww_job_fn ww_budget_renew;

#endif
