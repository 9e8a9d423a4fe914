/* What a practice may read: the Tasks and Communications that are owed to it, as they are sent. Rows of the outbox appear as
 * rows `resource`, so that reading and searching go on as with what clients brought. */
#ifndef WW_REST_OWED_H
#define WW_REST_OWED_H

#include "store/resource_search.h"

/* Whom rows are shown to. A party sees what is owed to it and what its client brought itself; else all of the feed. */
struct ww_rest_scope {
	ww_str feed;
	ww_str client;
	ww_str party;    /* empty: none */
	ww_str endpoint; /* where its notices go */
	ww_str base;     /* URL of the base as the client knows it, without a slash at its end */
	bool minimal;    /* what was brought is not given back unless it is asked for */
};

/* Whether resources of that type come from the outbox for it. */
bool ww_rest_is_owed(const struct ww_rest_scope *s, ww_str type);

/* What is withheld, withdrawn before it left or discarded is not there. */
WW_MUST ww_status ww_rest_owed_get(struct ww_ctx *cx, struct ww_ledger *l,
    const struct ww_rest_scope *s, ww_str type, ww_str id, struct ww_resource *out, bool *found);
/* As ww_resource_search. */
WW_MUST ww_status ww_rest_owed_search(struct ww_ctx *cx, struct ww_ledger *l,
    const struct ww_rest_scope *s, const struct ww_resource_query *q, size_t limit,
    struct ww_resource_place *at, struct ww_rows *out, bool *more);

#endif
