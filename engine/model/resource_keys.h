/* What resources are found by: the search parameters of each type (resource_keys.def), their values from a tree, and the keys
 * under which the ledger holds them (entity resource_key). Used by apply to index and by rest to search, so that the two cannot
 * differ. What is asked for: model/resource_query.h; finding: store/resource_search.h.
 *
 * A key is "feed Type param value", its line "param value". Values, so that a range of lines is a question that can be asked:
 *
 *   token      "value|system"; a Coding or CodeableConcept gives one for each coding, an Identifier or ContactPoint one, a
 *              code or boolean "value|". Of s|v that is one key, of v the range of all that begin with "v|", of |v the key "v|".
 *              In value a '|' and a '\' have a '\' before them
 *   reference  "Type/id", also of an absolute URL that ends so; else as it came. With an identifier beside it or instead of it
 *              also a token of the parameter "param:identifier"
 *   date       "low high", milliseconds as fifteen digits that sort, high the last one that is meant by the precision given;
 *              open ends are all 0 or all 9. A second key of the parameter "param~" is "high low"
 *   string     ASCII in lower case, white space folded; a search is the range of a prefix
 *   uri        as it came
 *
 * Characters below a blank are blanks, and a value is cut at WW_KEY_VALUE_MAX bytes. `_lastUpdated` is a date of every resource
 * with one key alone: the way through all of a type, in order. */
#ifndef WW_MODEL_RESOURCE_KEYS_H
#define WW_MODEL_RESOURCE_KEYS_H

#include <wardwire/ctx.h>
#include <wardwire/str.h>

struct ww_buf;
struct ww_json;

enum { WW_KEY_VALUE_MAX = 512 };

enum ww_search_param_kind {
	WW_PARAM_TOKEN,
	WW_PARAM_REFERENCE,
	WW_PARAM_DATE,
	WW_PARAM_STRING,
	WW_PARAM_URI
};

struct ww_param {
	const char *name; /* NULL ends a list */
	enum ww_search_param_kind kind;
	const char *
	    path; /* "participant.individual"; several with '|' between; NULL: another name for `of` */
	const char *of; /* parameters whose keys are looked at, with '|' between */
	const char *
	    with; /* of a reference: the type that a bare id means, or NULL; of a token: the only system, or NULL */
};

/* Types that are taken in, in the order of the alphabet; NULL ends them. */
extern const char *const ww_resource_types[];
bool ww_resource_type_is(ww_str type);
/* The parameters of a type, without the common ones (_id, _lastUpdated); NULL: it is not taken in. */
const struct ww_param *ww_params_of(ww_str type);
/* The parameter of that name, _lastUpdated included; NULL: the type has none. */
const struct ww_param *ww_search_param_find(ww_str type, ww_str name);

/* The lines of a resource, sorted, none twice, a line feed after each; of a type that is not taken in _lastUpdated alone. */
WW_MUST ww_status ww_resource_keys(
    struct ww_ctx *cx, const struct ww_json *resource, int64_t updated_ms, ww_str *out);

/* The key "feed Type line" in the arena; empty when memory is short (see ww_arena_status). */
ww_str ww_resource_key_text(struct ww_ctx *cx, ww_str feed, ww_str type, ww_str line);

/* -- how values are written: for those who ask (resource_query.c) ------------------------------------------ */

void ww_key_token(struct ww_buf *out, ww_str value, ww_str system);
void ww_key_string(struct ww_buf *out, ww_str text);
void ww_key_plain(struct ww_buf *out, ww_str text);
/* "Type/id" of what means one, else as it is; type: of a bare id, may be empty. */
void ww_key_reference(struct ww_buf *out, ww_str reference, ww_str type);
/* The end "Type/id" of a reference, without a version; empty: it has no such end. */
ww_str ww_reference_end(ww_str reference);
/* Fifteen digits; what is beyond the years 1 to 9999 is the nearest of them. */
void ww_key_ms(struct ww_buf *out, int64_t ms);
/* The first and the last millisecond that a FHIR date means; false: it is none. */
bool ww_key_span(ww_str date, int64_t *low, int64_t *high);
#define WW_KEY_OPEN_LOW "000000000000000"
#define WW_KEY_OPEN_HIGH "999999999999999"

#endif
