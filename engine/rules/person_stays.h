/* The stays of the person of a case, whoever told of them, as the measure of readmission judges them. */
#ifndef WW_RULES_PERSON_STAYS_H
#define WW_RULES_PERSON_STAYS_H

#include "rules/readmission.h"

struct ww_case;

struct ww_person_stays {
	struct ww_readmission_stay *v;
	struct ww_readmission_result *r; /* one for each */
	size_t n;
	size_t own; /* place of the encounter of the case; n: it is none that is looked at */
};

/* Emergency visits, observation and inpatient stays of ADT that took place, and those that claims alone tell of. The principal
 * diagnosis is that of a claim, else a final one of ADT; procedures are those of claims and Procedure resources. Stays that
 * nobody has said to have ended have not. */
WW_MUST ww_status ww_person_stays(struct ww_ctx *cx, const struct ww_case *c,
    const struct ww_readmission_terms *terms, struct ww_person_stays *out);
/* The stay from which the person was discharged last at most terms->days before the one of that place began: no transfer to it,
 * and the person was alive. NULL: there is none. */
const struct ww_readmission_result *ww_person_stays_before(
    const struct ww_person_stays *s, size_t place, const struct ww_readmission_terms *terms);

#endif
