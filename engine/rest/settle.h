/* What a client is told of a request that was applied, and of a resource that it reads. */
#ifndef WW_REST_SETTLE_H
#define WW_REST_SETTLE_H

#include "rest/ask.h"

struct ww_ledger;
struct ww_rest_scope; /* owed.h */

/* Of the request with that sequence: its status, where the resource is, and as much of it as was asked for. Fails when the ledger
 * cannot be read or has no answer of it. */
WW_MUST ww_status ww_rest_settle(struct ww_ctx *cx, struct ww_ledger *l,
    const struct ww_rest_ask *ask, const struct ww_rest_scope *scope, uint64_t seq,
    struct ww_rest_answer *out);

/* A resource that the client may see: 200, 304 when it has it already. WW_E_NOT_FOUND, WW_E_DELETED. */
WW_MUST ww_status ww_rest_read(struct ww_ctx *cx, struct ww_ledger *l,
    const struct ww_rest_ask *ask, const struct ww_rest_scope *scope, struct ww_rest_answer *out);

/* Whether an ETag in a header like If-None-Match (W/"3", "3", 3, a list, *) is that version. */
bool ww_rest_version_is(ww_str header, int64_t version);

#endif
