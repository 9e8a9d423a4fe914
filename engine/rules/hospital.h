/* The points of the HOSPITAL score in its versions (profiles/codes/hospital.csv): of what a stay says, or of values given by
 * hand. */
#ifndef WW_RULES_HOSPITAL_H
#define WW_RULES_HOSPITAL_H

#include "rules/score.h"

enum ww_hospital_version {
	WW_HOSPITAL_2013,       /* the derivation */
	WW_HOSPITAL_2016,       /* the validation: other cuts of the admissions before */
	WW_HOSPITAL_SIMPLIFIED, /* no procedures; cancer counts as oncology */
	WW_HOSPITAL_VERSIONS
};

enum ww_hospital_item {
	WW_HOSPITAL_HEMOGLOBIN, /* g/dL */
	WW_HOSPITAL_ONCOLOGY,   /* 1 yes, 0 no */
	WW_HOSPITAL_SODIUM,     /* mmol/L */
	WW_HOSPITAL_PROCEDURE,  /* 1 yes, 0 no */
	WW_HOSPITAL_URGENT,     /* 1 yes, 0 no */
	WW_HOSPITAL_ADMISSIONS, /* in the year before */
	WW_HOSPITAL_LOS,        /* days */
	WW_HOSPITAL_ITEMS
};

/* The version has that item. */
bool ww_hospital_has(enum ww_hospital_version v, enum ww_hospital_item item);
/* Values are in millionths. */
struct ww_range ww_hospital_points(
    enum ww_hospital_version v, enum ww_hospital_item item, struct ww_range value);
const char *ww_hospital_name(enum ww_hospital_item item); /* "hemoglobin" */
/* Everything but items, their number and provisional. */
struct ww_score ww_hospital_score(enum ww_hospital_version v, const struct ww_params *p);

#endif
