/* Unplanned readmission within 30 days over the stays of one person, in the manner of the hospital-wide readmission measure of
 * the Centers for Medicare & Medicaid Services (NQF 1789), or like the plan measure of readmissions (PCR): which stays are
 * one, which are index stays and why others are none, and what followed each. A pure function of the stays, whoever told of
 * them; how risks are adjusted is no part of it. Days are calendar days of the facility. */
#ifndef WW_RULES_READMISSION_H
#define WW_RULES_READMISSION_H

#include "rules/planned.h"

#include <wardwire/model.h>

struct ww_ctx;
struct ww_zone;

/* One visit as it was told: of a claim days are enough. */
struct ww_readmission_stay {
	enum ww_encounter_class
	    class_; /* INPATIENT, OB, OBSERVATION, ED, OUTPATIENT of surgery; others count for nothing */
	ww_str facility;    /* as ADT names it; empty: not known */
	ww_time start, end; /* end unknown: still there, or nobody said when it ended */
	ww_str disposition; /* UB-04 patient status */
	struct ww_coded coded;
	bool uncovered; /* the person was not insured as it is asked for */
};

struct ww_readmission_terms {
	const struct ww_zone *zone;
	int64_t days; /* after the discharge in which an admission counts, the last one included */
	bool
	    pcr; /* like PCR: observation counts as a stay, no cohorts, discharges until December 1 */
	bool obstetric;           /* deliveries are planned */
	int64_t min_age, max_age; /* at admission, both inclusive */
	ww_time birth;            /* unknown: any age fits */
	int64_t as_of;            /* the day up to which everything is known */
};

enum ww_readmission_role {
	WW_READMISSION_OUT, /* no stay that is looked at */
	WW_READMISSION_JOINED, /* part of the stay `with`: its emergency part, or billed or registered in two */
	WW_READMISSION_TRANSFER, /* the patient went on to another hospital, the stay `with`: the last one carries the outcome */
	WW_READMISSION_NO_INDEX, /* a stay, and for the reason why no index stay */
	WW_READMISSION_INDEX,
};

enum ww_readmission_why {
	WW_READMISSION_FITS,
	WW_READMISSION_IN_HOUSE, /* not discharged, as far as is known: nobody said when, or still a patient */
	WW_READMISSION_DIED,
	WW_READMISSION_AGAINST_ADVICE,
	WW_READMISSION_AGE,
	WW_READMISSION_UNCOVERED,
	WW_READMISSION_TOO_LONG, /* more than 365 days */
	WW_READMISSION_UNCODED,  /* no principal diagnosis yet: the cohort is not known */
	WW_READMISSION_CANCER,
	WW_READMISSION_REHABILITATION,
	WW_READMISSION_PSYCHIATRIC,
	WW_READMISSION_NO_COHORT,
	WW_READMISSION_SAME_DAY, /* like PCR: discharged on the day of admission */
	WW_READMISSION_DECEMBER, /* like PCR: discharged after December 1 */
};

/* What followed an index stay: its first admission in the time decides. */
enum ww_readmission_outcome {
	WW_READMISSION_NONE,
	WW_READMISSION_OPEN, /* none yet, and the time has not run out */
	WW_READMISSION_PLANNED, /* it was planned: it does not count, and what came after it does not, either */
	WW_READMISSION_UNPLANNED, /* it counts */
	WW_READMISSION_PROVISIONAL, /* it is not coded yet: it counts until it turns out to have been planned */
};

struct ww_readmission_result {
	enum ww_readmission_role role;
	enum ww_readmission_why why;
	size_t
	    with; /* place of the stay that it is joined to or went on as; its own where there is none */
	int64_t admitted,
	    discharged; /* days, of all that is joined to it; discharged 0: not known */
	enum ww_cohort cohort;
	struct ww_planned_verdict planned; /* of it as an admission */
	enum ww_readmission_outcome outcome;
	size_t by; /* place of the admission that decided it */
	bool ed_visit,
	    observation_visit; /* such a visit, without an admission, in the time after it */
	bool newer;            /* a code was newer than the tables of CCS */
};

/* One result for each stay, in their order. Fails for want of memory only. */
WW_MUST ww_status ww_readmission_judge(struct ww_ctx *cx, const struct ww_readmission_stay *stays,
    size_t n, const struct ww_readmission_terms *terms, struct ww_readmission_result *out);
const char *ww_readmission_why_text(enum ww_readmission_why why); /* "psychiatric care" */

#endif
