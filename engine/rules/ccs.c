/* CCS categories of ICD-10-CM and ICD-10-PCS codes out of the tables of profiles/codes/. */
#include "rules/ccs.h"

static const char diagnoses[] = {
#include "gen/ccs_icd10cm.inc"
};

static const char procedures[] = {
#include "gen/ccs_icd10pcs.inc"
};

static struct ww_ccs
classify(const char *text, size_t n, ww_str code)
{
	struct ww_code_table t = { text, n };
	struct ww_ccs out = { .code = ww_code_of(code) };
	struct ww_code_found found = ww_code_find(&t, &out.code);
	uint64_t category;

	out.newer = !found.exact;
	out.like = found.exact ? out.code : found.sibling;
	if (ww_str_u64(found.value, UINT16_MAX, &category))
		out.category = (int64_t)category;
	return out;
}

struct ww_ccs
ww_ccs_diagnosis(ww_str icd10cm)
{
	return classify(diagnoses, sizeof(diagnoses), icd10cm);
}

struct ww_ccs
ww_ccs_procedure(ww_str icd10pcs)
{
	struct ww_ccs none = { .newer = true };

	/* All have as many characters; a shorter one is of another system, such as that of a physician's bill. */
	if (ww_code_of(icd10pcs).n != WW_CODE_MAX)
		return none;
	return classify(procedures, sizeof(procedures), icd10pcs);
}
