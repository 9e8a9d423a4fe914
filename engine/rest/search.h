/* Searches: criteria to resources that the client may see, page by page. */
#ifndef WW_REST_SEARCH_H
#define WW_REST_SEARCH_H

#include "rest/ask.h"
#include "rest/owed.h"

struct ww_ledger;

struct ww_rest_find {
	const struct ww_rest_ask *ask;
	struct ww_rest_scope scope;
	ww_str form; /* parameters in the body of a POST */
};

/* 200 and a Bundle of type searchset; *n: resources in it. WW_E_VALUE: a parameter that cannot be. */
WW_MUST ww_status ww_rest_search(struct ww_ctx *cx, struct ww_ledger *l,
    const struct ww_rest_find *f, size_t *n, struct ww_rest_answer *out);

#endif
