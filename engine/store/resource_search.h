/* The resources of a feed that a query asks for, page by page, in the order of one of its keys. Needs no more memory and no more
 * time for a page than it has, but for criteria that the key it goes by does not say. */
#ifndef WW_STORE_RESOURCE_SEARCH_H
#define WW_STORE_RESOURCE_SEARCH_H

#include "model/resource_query.h"

#include <wardwire/ledger.h>

/* A place in the order; both empty: the beginning. A client may be given it to go on from: it is no secret, and what it makes of
 * it does no harm. */
struct ww_resource_place {
	ww_str line, id;
};

enum { WW_SEARCH_LOOKS_MOST = 20000 }; /* keys looked at for one page */

/* Rows `resource` behind *at, at most limit (from 1), none of them deleted. newest: in the order of lastUpdated, the newest first;
 * else by the key that finds the fewest. *at becomes the place of the last one looked at, *more says whether anything may be
 * behind it; when so many were looked at that it stopped, the page is short. Texts of *at are in cx->arena. */
WW_MUST ww_status ww_resource_search(struct ww_ledger *l, struct ww_ctx *cx, ww_str feed,
    const struct ww_resource_query *q, bool newest, size_t limit, struct ww_resource_place *at,
    struct ww_rows *out, bool *more);

#endif
