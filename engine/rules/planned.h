/* Whether an admission was planned: the planned readmission algorithm, version 4.0, of the Centers for Medicare & Medicaid
 * Services, and the other lists of categories that their hospital-wide readmission measure goes by. Tables:
 * profiles/codes/readmission.csv, planned-icd10cm.csv and planned-icd10pcs.csv, which name their source. */
#ifndef WW_RULES_PLANNED_H
#define WW_RULES_PLANNED_H

#include <wardwire/str.h>

/* What is coded of a stay: ICD-10-CM and ICD-10-PCS. */
struct ww_coded {
	ww_str principal; /* diagnosis; empty: not coded yet */
	const ww_str *procedures;
	size_t procedures_n;
};

/* Which test of the algorithm held, the first that does. */
enum ww_planned {
	WW_PLANNED_UNCODED, /* none can be made: there is no principal diagnosis and no procedure decides */
	WW_PLANNED_NO,        /* none held */
	WW_PLANNED_PROCEDURE, /* a procedure that is always planned: a transplant */
	WW_PLANNED_DIAGNOSIS, /* a principal diagnosis that always is: maintenance chemotherapy, rehabilitation */
	WW_PLANNED_ELECTIVE, /* a procedure that may be, and a principal diagnosis that is not acute */
};

struct ww_planned_verdict {
	enum ww_planned test;
	ww_str code; /* of the coded ones the one that decided; empty: none */
	bool newer; /* a code that was looked at is newer than the tables: a sibling stood for it */
};

/* obstetric: deliveries count as always planned, too, as all-payer adaptations have it. Slices point into c. */
struct ww_planned_verdict ww_planned(const struct ww_coded *c, bool obstetric);
bool ww_planned_is(enum ww_planned test);
const char *ww_planned_text(enum ww_planned test); /* "unplanned", "planned: a transplant", ... */

/* The cohorts of the measure, by the first that holds. */
enum ww_cohort {
	WW_COHORT_NONE,
	WW_COHORT_SURGERY, /* surgery and gynecology, by a procedure; the others by the principal diagnosis */
	WW_COHORT_CARDIORESPIRATORY,
	WW_COHORT_CARDIOVASCULAR,
	WW_COHORT_NEUROLOGY,
	WW_COHORT_MEDICINE,
};
/* What the measure leaves out as index stays. */
enum ww_excluded {
	WW_EXCLUDED_NO,
	WW_EXCLUDED_CANCER, /* medical treatment of cancer: not where the cohort is surgery */
	WW_EXCLUDED_REHABILITATION,
	WW_EXCLUDED_PSYCHIATRIC,
};
struct ww_cohort_verdict {
	enum ww_cohort cohort;
	enum ww_excluded excluded;
	bool newer;
};

struct ww_cohort_verdict ww_cohort_of(const struct ww_coded *c);
/* Both principal diagnoses are of one CCS category. */
bool ww_same_condition(ww_str a, ww_str b);
const char *ww_cohort_text(enum ww_cohort cohort); /* "surgery" */

#endif
