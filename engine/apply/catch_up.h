/* Stays that went on already when an edition of a roster made a member a practice's: how many of these are told of at once, and
 * what is held back. Private to apply/. */
#ifndef WW_APPLY_CATCH_UP_H
#define WW_APPLY_CATCH_UP_H

#include "apply/work.h"

/* Of the stay in hand, attributed: takes out the owners whose practice is not told of it for as long as it is held. A message about
 * the stay itself is news, and ends that. */
ww_status ww_catch_up_held(struct ww_work *w);
/* Of the stay in hand, attributed because a roster changed: what a practice would be told of it for the first time, and catch_up has
 * no room for, is held from now on. */
ww_status ww_catch_up_limit(struct ww_work *w);
/* Counts what practices are told of the stay in hand for the first time. After it is judged. */
ww_status ww_catch_up_count(struct ww_work *w);

/* Judges stays that were held and are released: one chunk; *left: there may be more. */
ww_status ww_catch_up_go_on(struct ww_apply *a, struct ww_ctx *cx, bool *left);

#endif
