/* What why says of authorizations and claims. */
#ifndef WW_REPORT_BESIDE_H
#define WW_REPORT_BESIDE_H

#include <wardwire/json.h>
#include <wardwire/ledger.h>

/* Adds to the stay the "authorizations" and "claims" that are of it, each with by what it was joined. */
WW_MUST ww_status ww_why_beside(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_encounter *stay, struct ww_json *o);
/* Adds all of the person's to the story, and their number to *n. */
WW_MUST ww_status ww_why_person(
    struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_json *story, size_t *n);
/* Adds the "authorization" of that id, and sets *encounter to the stay that it is of, or 0. */
WW_MUST ww_status ww_why_authorization(struct ww_ledger *l, struct ww_ctx *cx, ww_id id,
    struct ww_json *story, ww_id *encounter, bool *found);
/* Of a message that brought a request for authorization, or an answer to one: adds that "authorization", and sets *encounter as
 * above. Of any other: nothing. */
WW_MUST ww_status ww_why_brought(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_message *m,
    struct ww_json *story, ww_id *encounter);

#endif
