/* What is known of a person beside stays, whoever they were when it was told: read for the rules and for people. */
#ifndef WW_APPLY_HISTORY_H
#define WW_APPLY_HISTORY_H

#include <wardwire/ledger.h>
#include <wardwire/rule.h>

/* The person and all who turned out to be that one, the person first: under all of these ids there may be rows. */
struct ww_family {
	ww_id *v;
	size_t n;
};
WW_MUST ww_status ww_family_of(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_family *out);

/* All of them, in the order in which they came. */
WW_MUST ww_status ww_history_authorizations(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, struct ww_rows *out);
/* Claims that begin on days from..to, also those that do not count; a claim whose day is not known is of day 0. */
WW_MUST ww_status ww_history_claims(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_family *f, int64_t from, int64_t to, struct ww_rows *out);

/* Fills in of the case what authorizations, claims and Conditions say: stays are all of the person, the one of the case among
 * them. */
WW_MUST ww_status ww_history_gather(struct ww_ledger *l, struct ww_ctx *cx, ww_id person,
    const struct ww_encounter *stays, size_t stays_n, struct ww_case *c);

#endif
