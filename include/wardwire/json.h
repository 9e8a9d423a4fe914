/* JSON trees in an arena, strict in reading: RFC 8259 with FHIR's demands (UTF-8, no duplicate keys, no
 * NUL, decimals keep their digits). The only door to the JSON library (codec/json.c). */
#ifndef WARDWIRE_JSON_H
#define WARDWIRE_JSON_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_buf;
struct ww_json; /* a node; lives as long as the arena it was made in */

/* -- reading -------------------------------------------------------------------------------------- */

/* Parses one JSON text, nothing after it but white space. Refusals are WW_E_SYNTAX with place
 * "line L column C" and the rule; above 64 levels, for a number of more than 63 characters,
 * or short of memory WW_E_LIMIT or WW_E_MEMORY. No text of the input is repeated. */
WW_MUST ww_status ww_json_parse(struct ww_ctx *cx, ww_str text, struct ww_json **out);

enum ww_json_kind {
	WW_JSON_NONE,
	WW_JSON_NULL,
	WW_JSON_BOOL,
	WW_JSON_NUMBER,
	WW_JSON_STRING,
	WW_JSON_ARRAY,
	WW_JSON_OBJECT
};

/* All take NULL for "not there" and then answer with NONE, NULL, 0, empty or false. */
enum ww_json_kind ww_json_kind(const struct ww_json *v);
struct ww_json *ww_json_get(const struct ww_json *object, const char *key); /* case-sensitive */
struct ww_json *ww_json_at(const struct ww_json *array, size_t i);
size_t ww_json_len(const struct ww_json *v); /* members or elements */
/* First child, then its siblings; key of a member. */
struct ww_json *ww_json_first(const struct ww_json *v);
struct ww_json *ww_json_next(const struct ww_json *v);
ww_str ww_json_key(const struct ww_json *member);
ww_str ww_json_str(const struct ww_json *v);    /* of a string */
ww_str ww_json_number(const struct ww_json *v); /* digits as written */
int64_t ww_json_int(const struct ww_json *v);   /* of a whole number that fits, else 0 */
bool ww_json_true(const struct ww_json *v);
/* Follows "identifier[0].value". */
struct ww_json *ww_json_find(const struct ww_json *v, const char *path);

/* -- building: a failed allocation makes a NULL node, which every call accepts, and the arena remembers
 * it; ww_json_write then fails. Text is copied. --------------------------------------------------------- */

struct ww_json *ww_json_object(struct ww_ctx *cx);
struct ww_json *ww_json_array(struct ww_ctx *cx);
struct ww_json *ww_json_null(struct ww_ctx *cx);
/* Bytes that no JSON string may hold (control characters, broken UTF-8) become U+FFFD, so that what is
 * written can be read back. */
struct ww_json *ww_json_string(struct ww_ctx *cx, ww_str s);
struct ww_json *ww_json_bool(struct ww_ctx *cx, bool b);
/* A number with its digits as written ("1.10"); what JSON could not read as a number becomes a string. */
struct ww_json *ww_json_digits(struct ww_ctx *cx, ww_str digits);
/* Puts a node into an object under key (replacing one already there), or at the end of an array; the
 * node belongs to it then. Returns the node. */
struct ww_json *ww_json_set(
    struct ww_ctx *cx, struct ww_json *object, const char *key, struct ww_json *v);
/* The same, but the first member of the object from then on. */
struct ww_json *ww_json_set_first(
    struct ww_ctx *cx, struct ww_json *object, const char *key, struct ww_json *v);
struct ww_json *ww_json_add(struct ww_ctx *cx, struct ww_json *array, struct ww_json *v);
/* Short forms; an empty text is not set at all, as FHIR has no empty strings. */
void ww_json_set_str(struct ww_ctx *cx, struct ww_json *object, const char *key, ww_str s);
void ww_json_set_cstr(struct ww_ctx *cx, struct ww_json *object, const char *key, const char *s);
void ww_json_set_int(struct ww_ctx *cx, struct ww_json *object, const char *key, int64_t n);
void ww_json_set_bool(struct ww_ctx *cx, struct ww_json *object, const char *key, bool b);
void ww_json_remove(struct ww_json *object, const char *key);

/* -- writing --------------------------------------------------------------------------------------- */

/* Appends v to *out: compact, or indented by two blanks. */
WW_MUST ww_status ww_json_write(
    struct ww_ctx *cx, const struct ww_json *v, bool indented, struct ww_buf *out);

#endif
