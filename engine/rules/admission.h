/* What the versions of the rule admission have in common. */
#ifndef WW_RULES_ADMISSION_H
#define WW_RULES_ADMISSION_H

#include <wardwire/rule.h>

/* The patient was admitted as an inpatient, arrived in the emergency department, came under observation, left the emergency
 * department: what the encounter was and is, whether or not it is news. */
bool ww_admission_inpatient(const struct ww_encounter *e);
bool ww_admission_to_ed(const struct ww_encounter *e);
bool ww_admission_to_observation(const struct ww_encounter *e);
bool ww_admission_left_ed(const struct ww_encounter *e);

/* The facts that a finding of that kind rests on, as that version of the rule gives them: a version says the same for ever. */
WW_MUST ww_status ww_admission_evidence(struct ww_ctx *cx, const struct ww_case *c,
    enum ww_flag_kind kind, unsigned version, ww_str *out);

#endif
