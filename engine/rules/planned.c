/* The planned readmission algorithm 4.0 and the cohorts of the measure as look-ups of CCS categories and of single codes. */
#include "rules/planned.h"

#include "rules/ccs.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* -- tables ------------------------------------------------------------------------------------------ */

enum list {
	always_procedure,
	always_diagnosis,
	planned_procedure,
	acute_diagnosis,
	exclude_cancer,
	exclude_rehabilitation,
	exclude_psychiatric,
	cohort_surgery,
	cohort_cardiorespiratory,
	cohort_cardiovascular,
	cohort_neurology,
	cohort_medicine,
	obstetric_procedure, /* of the adaptations, not of the measure */
	obstetric_diagnosis,
};

static const struct {
	enum list list;
	int64_t first, last;
} categories[] = {
#define WW_READMISSION(list, first, last) { list, first, last },
#include "gen/readmission.inc"
#undef WW_READMISSION
	{ obstetric_procedure, 134, 135 },
	{ obstetric_diagnosis, 194, 194 },
	{ obstetric_diagnosis, 196, 196 },
};

static const char acute_text[] = {
#include "gen/planned_icd10cm.inc"
};
static const struct ww_code_table acute_codes = { acute_text, sizeof(acute_text) };

static const char procedure_text[] = {
#include "gen/planned_icd10pcs.inc"
};
static const struct ww_code_table procedure_codes = { procedure_text, sizeof(procedure_text) };

static bool
is_in(enum list list, int64_t category)
{
	for (size_t i = 0; i < COUNT(categories); i++) {
		if (categories[i].list == list && categories[i].first <= category &&
		    category <= categories[i].last)
			return true;
	}
	return false;
}

/* What a list of single codes says of this one; of a code that is newer than CCS, what it says of its sibling. */
static ww_str
listed(const struct ww_code_table *t, const struct ww_ccs *code)
{
	ww_str list = ww_code_exact(t, &code->code);

	return list.n != 0 || !code->newer ? list : ww_code_exact(t, &code->like);
}

static bool
is_acute(const struct ww_ccs *principal)
{
	return is_in(acute_diagnosis, principal->category) ||
	       listed(&acute_codes, principal).n != 0;
}

static bool
may_be_planned(const struct ww_ccs *procedure)
{
	ww_str list = listed(&procedure_codes, procedure);

	return is_in(planned_procedure, procedure->category) || ww_str_is(list, "planned") ||
	       ww_str_is(list, "both");
}

static bool
is_surgery(const struct ww_ccs *procedure)
{
	ww_str list = listed(&procedure_codes, procedure);

	return is_in(cohort_surgery, procedure->category) || ww_str_is(list, "surgery") ||
	       ww_str_is(list, "both");
}

/* -- the algorithm ------------------------------------------------------------------------------------ */

static bool
always(const struct ww_ccs *code, enum list list, enum list more, bool obstetric)
{
	return is_in(list, code->category) || (obstetric && is_in(more, code->category));
}

struct ww_planned_verdict
ww_planned(const struct ww_coded *c, bool obstetric)
{
	struct ww_planned_verdict v = { .test = WW_PLANNED_UNCODED, .code = ww_str_empty() };
	struct ww_ccs principal = ww_ccs_diagnosis(c->principal);
	ww_str elective = ww_str_empty();

	v.newer = principal.code.n != 0 && principal.newer;
	for (size_t i = 0; i < c->procedures_n; i++) {
		struct ww_ccs procedure = ww_ccs_procedure(c->procedures[i]);

		if (procedure.code.n == 0)
			continue;
		v.newer = v.newer || procedure.newer;
		if (always(&procedure, always_procedure, obstetric_procedure, obstetric)) {
			v.test = WW_PLANNED_PROCEDURE;
			v.code = c->procedures[i];
			return v;
		}
		if (elective.n == 0 && may_be_planned(&procedure))
			elective = c->procedures[i];
	}
	if (principal.code.n == 0)
		return v;
	v.test = WW_PLANNED_NO;
	if (always(&principal, always_diagnosis, obstetric_diagnosis, obstetric)) {
		v.test = WW_PLANNED_DIAGNOSIS;
		v.code = c->principal;
	} else if (elective.n != 0 && !is_acute(&principal)) {
		v.test = WW_PLANNED_ELECTIVE;
		v.code = elective;
	}
	return v;
}

bool
ww_planned_is(enum ww_planned test)
{
	return test == WW_PLANNED_PROCEDURE || test == WW_PLANNED_DIAGNOSIS ||
	       test == WW_PLANNED_ELECTIVE;
}

const char *
ww_planned_text(enum ww_planned test)
{
	static const char *const texts[] = {
		[WW_PLANNED_UNCODED] = "not coded yet",
		[WW_PLANNED_NO] = "unplanned",
		[WW_PLANNED_PROCEDURE] = "planned: a procedure that always is",
		[WW_PLANNED_DIAGNOSIS] = "planned: a principal diagnosis that always is",
		[WW_PLANNED_ELECTIVE] =
		    "planned: a procedure that may be, and no acute principal diagnosis",
	};

	return texts[test];
}

/* -- cohorts ------------------------------------------------------------------------------------------ */

struct ww_cohort_verdict
ww_cohort_of(const struct ww_coded *c)
{
	static const struct {
		enum list list;
		enum ww_cohort cohort;
	} cohorts[] = {
		{ cohort_cardiorespiratory, WW_COHORT_CARDIORESPIRATORY },
		{ cohort_cardiovascular, WW_COHORT_CARDIOVASCULAR },
		{ cohort_neurology, WW_COHORT_NEUROLOGY },
		{ cohort_medicine, WW_COHORT_MEDICINE },
	};
	static const struct {
		enum list list;
		enum ww_excluded excluded;
	} exclusions[] = {
		{ exclude_cancer, WW_EXCLUDED_CANCER },
		{ exclude_rehabilitation, WW_EXCLUDED_REHABILITATION },
		{ exclude_psychiatric, WW_EXCLUDED_PSYCHIATRIC },
	};
	struct ww_ccs principal = ww_ccs_diagnosis(c->principal);
	struct ww_cohort_verdict v = { .newer = principal.code.n != 0 && principal.newer };

	for (size_t i = 0; i < c->procedures_n; i++) {
		struct ww_ccs procedure = ww_ccs_procedure(c->procedures[i]);

		if (procedure.code.n != 0 && is_surgery(&procedure)) {
			v.cohort = WW_COHORT_SURGERY;
			v.newer = v.newer || procedure.newer;
		}
	}
	for (size_t i = 0; v.cohort == WW_COHORT_NONE && i < COUNT(cohorts); i++) {
		if (is_in(cohorts[i].list, principal.category))
			v.cohort = cohorts[i].cohort;
	}
	for (size_t i = 0; i < COUNT(exclusions); i++) {
		bool kept = exclusions[i].list == exclude_cancer && v.cohort == WW_COHORT_SURGERY;

		if (is_in(exclusions[i].list, principal.category) && !kept)
			v.excluded = exclusions[i].excluded;
	}
	return v;
}

bool
ww_same_condition(ww_str a, ww_str b)
{
	int64_t category = ww_ccs_diagnosis(a).category;

	return category != 0 && category == ww_ccs_diagnosis(b).category;
}

const char *
ww_cohort_text(enum ww_cohort cohort)
{
	static const char *const texts[] = {
		[WW_COHORT_NONE] = "none",
		[WW_COHORT_SURGERY] = "surgery",
		[WW_COHORT_CARDIORESPIRATORY] = "cardiorespiratory",
		[WW_COHORT_CARDIOVASCULAR] = "cardiovascular",
		[WW_COHORT_NEUROLOGY] = "neurology",
		[WW_COHORT_MEDICINE] = "medicine",
	};

	return texts[cohort];
}
