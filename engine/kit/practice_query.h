/* FHIR search on what a practice has: the parameters of a query, and what matches them. */
#ifndef WW_KIT_PRACTICE_QUERY_H
#define WW_KIT_PRACTICE_QUERY_H

#include "kit/practice_call.h"

struct ww_practice_kept;

/* system|value, where has_system is false for a value alone; an empty value is any value. */
struct ww_practice_token {
	bool has_system;
	ww_str system, value;
};

enum { WW_PRACTICE_CRITERIA = 8 };

struct ww_practice_query {
	struct ww_practice_criterion {
		const struct ww_practice_parameter *parameter;
		struct ww_practice_token *any; /* one of them must match */
		size_t any_n;
	} all[WW_PRACTICE_CRITERIA]; /* each must */
	size_t all_n;
	uint64_t count, offset; /* the page wanted */
};

void ww_practice_query_start(struct ww_practice_query *q);
/* Adds the parameters of a query string or form ("identifier=a|b&_count=5"). Refused with 400: parameters
 * unknown for that type, or without a value. */
WW_MUST ww_status ww_practice_query_parse(struct ww_practice_call *c,
    const struct ww_practice_type *type, ww_str text, struct ww_practice_query *q);
/* All matches in the order of creation, in the arena. */
WW_MUST ww_status ww_practice_query_run(struct ww_practice_call *c,
    const struct ww_practice_type *type, const struct ww_practice_query *q,
    const struct ww_practice_kept ***out, size_t *n);

/* The names of the search parameters of a type: i from 0, NULL at the end. */
const char *ww_practice_query_name(const struct ww_practice_type *type, size_t i);

/* -- requests ---------------------------------------------------------------------------------- */

/* GET [type]?..., and POST [type]/_search with a form. */
WW_MUST ww_status ww_practice_query_get(struct ww_practice_call *c);
WW_MUST ww_status ww_practice_query_post(struct ww_practice_call *c);

#endif
