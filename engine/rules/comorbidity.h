/* Charlson comorbidity groups of ICD-10 codes and their weights. The code lists and the weights are tables
 * in profiles/codes/ (charlson-groups.csv, charlson-weights.csv), which name their sources. */
#ifndef WW_RULES_COMORBIDITY_H
#define WW_RULES_COMORBIDITY_H

#include <wardwire/str.h>

/* The groups, as the tables spell them. */
enum ww_charlson {
	WW_CHARLSON_MI,      /* myocardial infarction */
	WW_CHARLSON_CHF,     /* congestive heart failure */
	WW_CHARLSON_PVD,     /* peripheral vascular disease */
	WW_CHARLSON_CEVD,    /* cerebrovascular disease */
	WW_CHARLSON_DEM,     /* dementia */
	WW_CHARLSON_COPD,    /* chronic pulmonary disease */
	WW_CHARLSON_Rheum,   /* rheumatic disease */
	WW_CHARLSON_PUD,     /* peptic ulcer disease */
	WW_CHARLSON_MILDLD,  /* mild liver disease */
	WW_CHARLSON_DIAB_UC, /* diabetes without chronic complication */
	WW_CHARLSON_DIAB_C,  /* diabetes with chronic complication */
	WW_CHARLSON_PARA,    /* hemiplegia or paraplegia */
	WW_CHARLSON_RD,      /* renal disease */
	WW_CHARLSON_CANCER,  /* any malignancy but of the skin */
	WW_CHARLSON_MSLD,    /* moderate or severe liver disease */
	WW_CHARLSON_METS,    /* metastatic solid tumour */
	WW_CHARLSON_HIV,
	WW_CHARLSON_COUNT
};

/* The weight sets. */
enum ww_charlson_set {
	WW_CHARLSON_1987,         /* "charlson-1987" */
	WW_CHARLSON_QUAN_2011,    /* "quan-2011" */
	WW_CHARLSON_LACE_VARIANT, /* "lace-variant" */
	WW_CHARLSON_SETS
};

/* A set of groups is the sum of these bits. */
#define WW_CHARLSON_BIT(group) ((uint32_t)1 << (group))

/* The groups one code belongs to, none for most. Dots, blanks and case in the code do not matter. */
uint32_t ww_comorbidity_of(ww_str code);
/* True when the code can be an ICD-10 diagnosis: a letter, a digit and more, in a system (DG1-3.3, HL7
 * table 0396) that is not known to be another one. A missing system says nothing against it. */
bool ww_comorbidity_readable(ww_str code, ww_str system);
/* Without the milder group where the severer one of the same disease is there. */
uint32_t ww_comorbidity_settle(uint32_t groups);
/* The sum of the weights of the groups, settled first. */
int64_t ww_comorbidity_sum(uint32_t groups, enum ww_charlson_set set);
const char *ww_comorbidity_name(enum ww_charlson group);       /* "CHF" */
const char *ww_comorbidity_set_name(enum ww_charlson_set set); /* "lace-variant" */

#endif
