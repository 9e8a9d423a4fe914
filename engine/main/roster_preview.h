/* What an edition of a roster would do, from a look at the ledger: nothing is changed, and an engine may run meanwhile. */
#ifndef WW_MAIN_ROSTER_PREVIEW_H
#define WW_MAIN_ROSTER_PREVIEW_H

#include <wardwire/json.h>
#include <wardwire/status.h>

struct ww_roster_job;

/* {"roster","accepted","rejected","duplicates","members","new","changed","ended","catch-up":[{"practice","stays"}],"held",
 * "refused"}: rows and members; open stays that practices would be told of, and how many of these catch_up would hold; why the edition
 * would be refused. */
WW_MUST ww_status ww_roster_preview(
    struct ww_ctx *cx, const struct ww_roster_job *job, struct ww_json **out);

#endif
