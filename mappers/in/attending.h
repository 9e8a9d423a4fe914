/* Who treats the patient: what 42 CFR 482.24(d) has a notice name. Private to mappers/. */
#ifndef WW_MAPPERS_ATTENDING_H
#define WW_MAPPERS_ATTENDING_H

#include <wardwire/mapper.h>

/* Sets name and NPI of the event from PV1-7 (attending), and where that names nobody from PV1-17 (admitting). */
void ww_attending_of_message(struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_event *e);
/* The same from Encounter.participant: of type ATND, else ADM. */
WW_MUST ww_status ww_attending_of_encounter(
    struct ww_ctx *cx, const struct ww_fhir_source *src, struct ww_event *e);

#endif
