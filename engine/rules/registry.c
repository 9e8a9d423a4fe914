/* The rules, in the order they are asked. A new rule is one file, one declaration and one row. */
#include <wardwire/rule.h>

extern const struct ww_rule ww_rule_admission;           /* admission.c */
extern const struct ww_rule ww_rule_admission_2;         /* admission_2.c */
extern const struct ww_rule ww_rule_authorized;          /* authorized.c */
extern const struct ww_rule ww_rule_lace;                /* lace.c */
extern const struct ww_rule ww_rule_readmit;             /* readmit.c */
extern const struct ww_rule ww_rule_recent_stay;         /* readmit.c */
extern const struct ww_rule ww_rule_frequent_ed;         /* frequent.c */
extern const struct ww_rule ww_rule_rising_risk;         /* rising.c */
extern const struct ww_rule ww_rule_complex_comorbidity; /* complex.c */
extern const struct ww_rule ww_rule_dm_elig;             /* dm.c */
extern const struct ww_rule ww_rule_hospital_2013;       /* hospital.c */
extern const struct ww_rule ww_rule_hospital_2016;       /* hospital.c */
extern const struct ww_rule ww_rule_hospital_simplified; /* hospital.c */
extern const struct ww_rule ww_rule_follow_up;           /* follow_up.c */
extern const struct ww_rule ww_rule_attribution_change;  /* attribution.c */

const struct ww_rule *const ww_rules[] = {
	&ww_rule_admission,
	&ww_rule_admission_2,
	&ww_rule_authorized,
	&ww_rule_lace,
	&ww_rule_hospital_2013,
	&ww_rule_hospital_2016,
	&ww_rule_hospital_simplified,
	&ww_rule_readmit,
	&ww_rule_recent_stay,
	&ww_rule_frequent_ed,
	&ww_rule_rising_risk,
	&ww_rule_complex_comorbidity,
	&ww_rule_dm_elig,
	&ww_rule_follow_up,
	&ww_rule_attribution_change,
	NULL,
};

const struct ww_rule *
ww_rule_find(ww_str id)
{
	for (size_t i = 0; ww_rules[i] != NULL; i++) {
		if (ww_str_is(id, ww_rules[i]->id))
			return ww_rules[i];
	}
	return NULL;
}

struct ww_finding *
ww_findings_add(struct ww_ctx *cx, struct ww_findings *f, enum ww_flag_kind kind)
{
	struct ww_finding *added;

	if (f->n == WW_FINDINGS_MAX) {
		(void)ww_fail(
		    cx, WW_E_LIMIT, "rules", "more than %d findings at once", (int)WW_FINDINGS_MAX);
		return NULL;
	}
	added = &f->v[f->n++];
	/* Zeroed, but for texts: those are never NULL. */
	*added = (struct ww_finding){ .kind = kind,
		.rule = "",
		.band = "",
		.evidence = ww_str_empty(),
		.practice = ww_str_empty() };
	return added;
}

void
ww_findings_end(struct ww_findings *f, enum ww_flag_kind kind, const char *why, bool done)
{
	if (f->ended_n < WW_FINDINGS_MAX)
		f->ended[f->ended_n++] = (struct ww_ended){ kind, why, done };
}

const struct ww_ended *
ww_findings_ended(const struct ww_findings *f, enum ww_flag_kind kind)
{
	for (size_t i = 0; i < f->ended_n; i++) {
		if (f->ended[i].kind == kind)
			return &f->ended[i];
	}
	return NULL;
}
