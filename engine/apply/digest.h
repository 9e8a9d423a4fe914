/* Digests: flags that a program has told once a day, together. Private to apply/. */
#ifndef WW_APPLY_DIGEST_H
#define WW_APPLY_DIGEST_H

#include "apply/timer.h"

struct ww_digest;
struct ww_zone;

/* A flag whose form is DIGEST was raised, changed or retracted: it is on the list of its receiver's next digest, or on it no
 * more. To be called when the flag has been put; does nothing with flags of other forms. feed: the zone where neither role nor
 * program has one. */
WW_MUST ww_status ww_digest_note(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_flag *f, const struct ww_zone *feed);

/* Owes that role of d->party the Communication that d is, which is about no one person. subject: what is said of it in lists. quiet: as whose
 * flag it waits for the hours of its receiver (quiet.h); NULL: it leaves at once. */
WW_MUST ww_status ww_digest_owe(struct ww_apply *a, struct ww_ctx *cx, const struct ww_digest *d,
    ww_str subject, enum ww_role role, const struct ww_flag *quiet);

/* What its timer does (timer.c): what is on the list becomes a Communication. */
ww_timer_fn ww_digest_send;

#endif
