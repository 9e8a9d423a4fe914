/* What the mappers of clinical resources have in common. Private to mappers/. */
#ifndef WW_MAPPERS_FHIR_CLINICAL_H
#define WW_MAPPERS_FHIR_CLINICAL_H

#include "mappers/in/fhir_pick.h"

#include <wardwire/claim.h>

/* All empty, but for patient and encounter. */
void ww_clinical_init(struct ww_clinical *c, const struct ww_json *resource);
/* Status as the resource says it; of one that was deleted entered-in-error. */
ww_str ww_clinical_status(const struct ww_fhir_source *source);
/* The first of the two that is known. */
ww_time ww_clinical_first(ww_time a, ww_time b);

#endif
