/* What several rules ask about an encounter, in one place so that their answers cannot differ. */
#include "rules/stay.h"

#include <wardwire/model.h>

bool
ww_stay_inpatient(const struct ww_encounter *e)
{
	return e->class_ == WW_encounter_class_INPATIENT || e->class_ == WW_encounter_class_OB;
}

bool
ww_stay_took_place(const struct ww_encounter *e)
{
	return e->merged_into == 0 && (e->status == WW_encounter_status_ARRIVED ||
	                                  e->status == WW_encounter_status_TRIAGED ||
	                                  e->status == WW_encounter_status_IN_PROGRESS ||
	                                  e->status == WW_encounter_status_ONLEAVE ||
	                                  e->status == WW_encounter_status_FINISHED);
}

bool
ww_stay_discharged(const struct ww_encounter *e)
{
	return e->status == WW_encounter_status_FINISHED && ww_time_known(e->end) &&
	       (ww_time_known(e->inpatient_start) || ww_stay_inpatient(e));
}
