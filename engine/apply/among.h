/* What a transaction writes, looked up by what it will be found by once it is stored. Private to apply/. */
#ifndef WW_APPLY_AMONG_H
#define WW_APPLY_AMONG_H

#include "apply/resource.h"

struct ww_among;
struct ww_resource_query;

/* Of the entries that are planned and will be stored. It lives in the request's arena, with the entries. */
WW_MUST ww_status ww_among_new(
    struct ww_request_work *rw, const struct ww_entry *all, size_t n, const struct ww_among **out);

/* How many of them fit the query, counted up to two; self is none of them, and may be NULL. *one: the first that does. */
size_t ww_among_find(const struct ww_among *a, const struct ww_resource_query *q,
    const struct ww_entry *self, const struct ww_entry **one);

#endif
