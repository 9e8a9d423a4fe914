/* Which stay an authorization or a claim is of. Worked out of what is known when it is asked, so that it is right whichever
 * came first, and after either has moved, was merged or cancelled. */
#ifndef WW_MODEL_JOIN_H
#define WW_MODEL_JOIN_H

#include <wardwire/model.h>

struct ww_joined {
	const struct ww_encounter *stay; /* NULL: none that is known */
	const char *
	    by; /* "Encounter", "authorization number", "visit number", "account number", "person and date"; "" */
};

/* How far from the day asked for an admission may be, and from that of a claim. */
enum { WW_JOIN_DAYS = 3, WW_JOIN_CLAIM_DAYS = 1 };

/* stays: all of the person; those that were cancelled or merged into others count for nothing. By a number that both
 * state, else the nearest in time; facilities that are known to be two keep them apart. */
struct ww_joined ww_join_authorization(
    const struct ww_authorization *a, const struct ww_encounter *stays, size_t n);
/* The same where none of those stays counts: the one that was cancelled, and that the authorization was of. */
struct ww_joined ww_join_cancelled(
    const struct ww_authorization *a, const struct ww_encounter *stays, size_t n);
struct ww_joined ww_join_claim(
    const struct ww_claim *c, const struct ww_encounter *stays, size_t n);

/* The calendar day as it was written (days since 1970-01-01); 0: the time is unknown, or no day. */
int64_t ww_written_day(ww_time t);

#endif
