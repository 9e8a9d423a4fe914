/* What is asked for by the query part of a search or of a conditional interaction, as ranges of key lines
 * (model/resource_keys.h). */
#ifndef WW_MODEL_RESOURCE_QUERY_H
#define WW_MODEL_RESOURCE_QUERY_H

#include "model/resource_keys.h"

/* Lines from low on and below high that end so, and whose last word lies between least and most; an empty text asks for
 * nothing. */
struct ww_key_range {
	ww_str low, high, ends, least, most;
};

/* Holds of a resource when one of its lines is in one of the ranges; none: when no line is. */
struct ww_criterion {
	const struct ww_param *param; /* NULL: _id, and low is an id */
	struct ww_key_range *any;     /* in the order of low */
	size_t n;
	bool none;
};

struct ww_resource_query {
	ww_str type;
	struct ww_criterion *v; /* all must hold */
	size_t n;
	ww_str
	    rest; /* what begins with '_' and is no criterion: "name=value", decoded, a line each */
	ww_str unknown; /* names that the type has no parameter of, a line each */
};

enum { WW_CRITERIA_MOST = 32, WW_CRITERION_VALUES_MOST = 200 };

/* Reads "identifier=s%7Cv&date=ge2026-01-01". Prefixes of dates: eq ne gt lt ge le sa eb ap, as overlap of spans. Modifiers: :missing, :not
 * (token), :identifier and :Type (reference). WW_E_VALUE with the parameter's name as place for a value or modifier that cannot
 * be, WW_E_LIMIT. Nothing of a value is in a text. */
WW_MUST ww_status ww_resource_query_read(
    struct ww_ctx *cx, ww_str type, ww_str query, struct ww_resource_query *out);

/* One line is in the range. */
bool ww_key_range_has(const struct ww_key_range *r, ww_str line);
/* keys: lines of the resource. */
bool ww_criterion_holds(const struct ww_criterion *c, ww_str id, ww_str keys);

#endif
