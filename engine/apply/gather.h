/* What rules look at (rule.h), read for them: no more than the rules in use need. Private to apply/. */
#ifndef WW_APPLY_GATHER_H
#define WW_APPLY_GATHER_H

#include <wardwire/rule.h>

struct ww_apply;
struct ww_work;

/* The case of the stay in hand, w->after. needs: enum ww_needs of all rules that will look. */
WW_MUST ww_status ww_gather_stay(struct ww_work *w, unsigned needs, struct ww_case *c);
/* The case of the person of w, or of a request for authorization of theirs. zone: in which days are counted; NULL: that of the
 * feed in hand, or of the first of the configuration. */
WW_MUST ww_status ww_gather_person(
    struct ww_work *w, unsigned needs, const struct ww_zone *zone, struct ww_case *c);
WW_MUST ww_status ww_gather_authorization(struct ww_work *w, const struct ww_authorization *au,
    unsigned needs, const struct ww_zone *zone, struct ww_case *c);

/* Some rule on stays of a program in force looks at that: when it changes, stays are judged again. */
bool ww_gather_wants(const struct ww_apply *a, enum ww_needs need);

#endif
