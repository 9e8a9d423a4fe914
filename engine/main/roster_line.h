/* An edition of a roster on its way to the engine, part by part: a line on the control socket, the ROSTER_LOAD record that it
 * becomes, and what came of it. Used by the engine, and by the command where none runs. */
#ifndef WW_MAIN_ROSTER_LINE_H
#define WW_MAIN_ROSTER_LINE_H

#include "model/record.h"

#include <wardwire/config.h>
#include <wardwire/json.h>
#include <wardwire/ledger.h>

/* {"roster":"acme","verb":"rows",...}: the fields of the record by their names, but for those that are empty. */
struct ww_json *ww_roster_line(struct ww_ctx *cx, const struct ww_rec_roster_load *r);
/* The record that such a line brings, sliced from it: WW_E_VALUE, WW_E_LIMIT, or WW_E_NOT_FOUND for a roster that the
 * configuration does not have. */
WW_MUST ww_status ww_roster_line_read(struct ww_ctx *cx, const struct ww_json *line,
    const struct ww_config *config, struct ww_rec_roster_load *out);

/* What the record with that sequence came to: {"journal":17,"state":"coming in","rows":500,...}, with "code" and "reason" when
 * it was refused. */
WW_MUST ww_status ww_roster_outcome(
    struct ww_ctx *cx, struct ww_ledger *l, ww_str roster, uint64_t seq, struct ww_json **out);

#endif
