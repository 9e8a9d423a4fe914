/* What wardwire map prints of resources beside Patient, Coverage and Encounter. */
#ifndef WW_MAIN_MAP_BESIDE_H
#define WW_MAIN_MAP_BESIDE_H

#include <wardwire/claim.h>
#include <wardwire/json.h>

/* There is a mapper for that type. */
bool ww_map_beside_takes(ww_str type);
/* The rows that the resource becomes, under the names of their tables. */
WW_MUST ww_status ww_map_beside(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_json **out);

#endif
