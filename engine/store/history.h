/* What is known of a person beside stays, whoever they were when it was told: read for the rules and for people. */
#ifndef WW_STORE_HISTORY_H
#define WW_STORE_HISTORY_H

#include <wardwire/ledger.h>

/* The person and all who turned out to be that one, the person first: under all of these ids there may be rows. */
struct ww_family {
	ww_id *v;
	size_t n;
};
WW_MUST ww_status ww_family_of(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_family *out);

/* All authorizations, in the order in which they came. */
WW_MUST ww_status ww_history_authorizations(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, struct ww_rows *out);
/* Claims that begin on days from..to, also those that do not count; a claim whose day is not known is of day 0. */
WW_MUST ww_status ww_history_claims(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_family *f, int64_t from, int64_t to, struct ww_rows *out);
/* Likewise details of claims, procedures, drugs, and observations. */
WW_MUST ww_status ww_history_details(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_family *f, int64_t from, int64_t to, struct ww_rows *out);
WW_MUST ww_status ww_history_procedures(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_family *f, int64_t from, int64_t to, struct ww_rows *out);
WW_MUST ww_status ww_history_dispenses(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_family *f, int64_t from, int64_t to, struct ww_rows *out);
WW_MUST ww_status ww_history_observations(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_family *f, int64_t from, int64_t to, struct ww_rows *out);
/* When the person was insured. */
WW_MUST ww_status ww_history_eligibility(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f, struct ww_rows *out);
/* The same claims, but of each row only whether it counts, what it is and what joins it to a stay. */
WW_MUST ww_status ww_history_bills(struct ww_ledger *l, struct ww_ctx *cx,
    const struct ww_family *f, int64_t from, int64_t to, struct ww_rows *out);
/* Diagnoses of claims of those days, also of claims that do not count, and Conditions of any day: of each row only what the
 * rules look at. */
WW_MUST ww_status ww_history_told(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_family *f,
    int64_t from, int64_t to, struct ww_rows *out);

#endif
