/* Elixhauser comorbidity groups of ICD-10 codes and their weights. The code lists and the weights are tables in
 * profiles/codes/ (elixhauser-groups.csv, elixhauser-weights.csv), which name their sources. A set of groups is a bit each, as
 * of the Charlson index (rules/comorbidity.h). */
#ifndef WW_RULES_ELIXHAUSER_H
#define WW_RULES_ELIXHAUSER_H

#include <wardwire/str.h>

/* The groups, as the tables spell them. */
enum ww_elixhauser {
	WW_ELIXHAUSER_CHF,     /* congestive heart failure */
	WW_ELIXHAUSER_Arrhy,   /* cardiac arrhythmia */
	WW_ELIXHAUSER_VD,      /* valvular disease */
	WW_ELIXHAUSER_PCD,     /* pulmonary circulation disorder */
	WW_ELIXHAUSER_PVD,     /* peripheral vascular disorder */
	WW_ELIXHAUSER_HPTN_UC, /* hypertension without complication */
	WW_ELIXHAUSER_HPTN_C,  /* hypertension with complication */
	WW_ELIXHAUSER_Para,    /* paralysis */
	WW_ELIXHAUSER_OthND,   /* other neurological disorder */
	WW_ELIXHAUSER_COPD,    /* chronic pulmonary disease */
	WW_ELIXHAUSER_Diab_UC, /* diabetes without complication */
	WW_ELIXHAUSER_Diab_C,  /* diabetes with complication */
	WW_ELIXHAUSER_Hptothy, /* hypothyroidism */
	WW_ELIXHAUSER_RF,      /* renal failure */
	WW_ELIXHAUSER_LD,      /* liver disease */
	WW_ELIXHAUSER_PUD_NB,  /* peptic ulcer disease without bleeding */
	WW_ELIXHAUSER_HIV,
	WW_ELIXHAUSER_Lymp,    /* lymphoma */
	WW_ELIXHAUSER_METS,    /* metastatic cancer */
	WW_ELIXHAUSER_Tumor,   /* solid tumour without metastasis */
	WW_ELIXHAUSER_Rheum_A, /* rheumatoid arthritis, collagen vascular disease */
	WW_ELIXHAUSER_Coag,    /* coagulopathy */
	WW_ELIXHAUSER_Obesity,
	WW_ELIXHAUSER_WL,    /* weight loss */
	WW_ELIXHAUSER_Fluid, /* fluid or electrolyte disorder */
	WW_ELIXHAUSER_BLA,   /* blood loss anaemia */
	WW_ELIXHAUSER_DA,    /* deficiency anaemia */
	WW_ELIXHAUSER_Alcohol,
	WW_ELIXHAUSER_Drug,
	WW_ELIXHAUSER_Psycho, /* psychosis */
	WW_ELIXHAUSER_Dep,    /* depression */
	WW_ELIXHAUSER_COUNT
};

/* The groups one code belongs to, none for most. Dots, blanks and case in the code do not matter. */
uint32_t ww_elixhauser_of(ww_str code);
/* Without the milder group where the severer one of the same disease is there. */
uint32_t ww_elixhauser_settle(uint32_t groups);
/* The sum of the weights of van Walraven 2009 of the groups, settled first; from -19 on. */
int64_t ww_elixhauser_sum(uint32_t groups);
const char *ww_elixhauser_name(enum ww_elixhauser group); /* "CHF" */

#endif
