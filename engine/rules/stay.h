/* What several rules ask about an encounter. */
#ifndef WW_RULES_STAY_H
#define WW_RULES_STAY_H

#include <stdbool.h>

struct ww_encounter;

/* The class is an inpatient one now: inpatient or obstetrics. */
bool ww_stay_inpatient(const struct ww_encounter *e);
/* The patient is or was there: it is no plan, was not cancelled, and is no other visit. */
bool ww_stay_took_place(const struct ww_encounter *e);
/* An inpatient stay has ended. DISCHARGE holds, and what is judged at discharge is judged. */
bool ww_stay_discharged(const struct ww_encounter *e);

#endif
