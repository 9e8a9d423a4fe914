/* What the mapper of ADT shares with those of other messages. Private to mappers/. */
#ifndef WW_MAPPERS_ADT_H
#define WW_MAPPERS_ADT_H

#include <wardwire/mapper.h>

/* Who the patient is (PID, IN1) and which visit is meant (PV1-19, else PID-18), as of an ADT message of that trigger; when it
 * was recorded is MSH-7, else when it was received. The rest is blank. */
WW_MUST ww_status ww_adt_patient(struct ww_ctx *cx, const struct ww_hl7 *m,
    const struct ww_feed *feed, ww_str trigger, struct ww_facts *out);

#endif
