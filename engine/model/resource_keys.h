/* What resources are found by: the search parameters of each type, their values from a tree, and the keys under which the
 * ledger holds them (entity resource_key). Used by apply to index and by rest to search, so that the two cannot differ.
 *
 * A key is "feed Type param value". Values, so that a range of keys is a question that can be asked:
 *
 *   token      "value|system"; a Coding or CodeableConcept gives one for each coding, an Identifier one, a code or
 *              boolean "value|". s|v is one key, v is the range "v|", |v is the key "v|"
 *   reference  "Type/id", or as it came where it is no such reference; with an identifier beside it also a token of the
 *              parameter "param:identifier"
 *   date       "low high", milliseconds as fifteen digits that sort, by the precision given; open ends are all 0 or all 9.
 *              A second key of the parameter "param~" is "high low"
 *   string     lower case, white space folded, accents as they are; a search is the range of a prefix
 *   uri        as it came
 *
 * `_lastUpdated` is a date that every resource has: the way through all of a type in order. */
#ifndef WW_MODEL_RESOURCE_KEYS_H
#define WW_MODEL_RESOURCE_KEYS_H

#include <wardwire/ctx.h>
#include <wardwire/str.h>

struct ww_json;

enum ww_param_kind {
	WW_PARAM_TOKEN,
	WW_PARAM_REFERENCE,
	WW_PARAM_DATE,
	WW_PARAM_STRING,
	WW_PARAM_URI
};

struct ww_param {
	const char *name;
	enum ww_param_kind kind;
	const char
	    *path; /* from the resource on: "participant.individual"; several with '|' between */
	const char
	    *target; /* of a reference: the type that a bare id means; NULL: it must be said */
};

/* What can be stored and searched of a type; the rows end with a NULL name. NULL: the type is not taken in. The common
 * parameters (_id, _lastUpdated) are not among them. */
const struct ww_param *ww_params_of(ww_str type);
/* The parameter of that name, common ones included; NULL: the type has none. */
const struct ww_param *ww_param_find(ww_str type, ww_str name);
/* Types that are taken in, in the order of the alphabet; NULL ends them. */
extern const char *const ww_resource_types[];

/* The keys of a resource, "param value" a line each, sorted, none twice. updated_ms is for _lastUpdated. */
WW_MUST ww_status ww_resource_keys(
    struct ww_ctx *cx, const struct ww_json *resource, int64_t updated_ms, ww_str *out);

/* "feed Type param value" in the arena; empty when memory is short (see ww_arena_status). */
ww_str ww_resource_key_text(struct ww_ctx *cx, ww_str feed, ww_str type, ww_str param_value);

/* -- what is asked for ---------------------------------------------------------------------------------- */

/* One criterion: it holds of a resource when one of its key lines is from `low` on and below `high` of one of the ranges, or
 * begins so; none: when no line is. */
struct ww_criterion {
	const struct ww_param *param;
	struct ww_key_range {
		ww_str low, high; /* of lines "param value": low <= line < high */
	} * any;                  /* values with a comma between: one of them is enough */
	size_t n;
	bool none;     /* :not */
	bool scan;     /* false: no range of keys says it (token "s|", :not); look at each line */
	ww_str system; /* of a token "s|" */
};

/* Reads the query part of a search, a conditional create, update or delete: percent-decoded, joined by &. Result
 * parameters (_count, _sort, ...) are given back in *rest as "name=value", decoded, a line each. WW_E_VALUE with the
 * parameter's place for a value that cannot be; unknown parameters are named in *unknown, one a line. */
WW_MUST ww_status ww_criteria_read(struct ww_ctx *cx, ww_str type, ww_str query,
    struct ww_criterion **out, size_t *n, ww_str *rest, ww_str *unknown);

/* Whether a resource with those key lines (ww_resource.keys) meets it. */
bool ww_criterion_holds(const struct ww_criterion *c, ww_str keys);

#endif
