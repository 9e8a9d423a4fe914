/* CCS, the Clinical Classifications Software: some 280 categories of diagnoses and 230 of procedures. Tables:
 * profiles/codes/ccs-icd10cm.csv and ccs-icd10pcs.csv, which name their source. They end in 2018 and 2019. */
#ifndef WW_RULES_CCS_H
#define WW_RULES_CCS_H

#include "rules/code_table.h"

struct ww_ccs {
	int64_t category; /* 0: none is known */
	bool newer; /* the code is not in the table: category is its sibling's, if there is one */
	struct ww_code code; /* the code itself; n is 0: it is none */
	struct ww_code
	    like; /* the code of the table that was looked at: the code itself, or its sibling */
};

struct ww_ccs ww_ccs_diagnosis(ww_str icd10cm);
struct ww_ccs ww_ccs_procedure(ww_str icd10pcs);

#endif
