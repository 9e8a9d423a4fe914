/* Rows as JSON, for dumps, `why` and the pages: made from the descriptions, so that a new field shows. */
#ifndef WW_MODEL_MODEL_JSON_H
#define WW_MODEL_MODEL_JSON_H

struct ww_ctx;
struct ww_entity;
struct ww_json;

/* An object with a member for each field that says something, in the order of model.def: ids and
 * counts as whole numbers, coded values as their text, times as FHIR writes them. What is empty, zero
 * or unknown is left out. The names are those of model.def without a closing underscore. NULL with the
 * failure recorded when memory is short, as in <wardwire/json.h>. */
struct ww_json *ww_row_json(struct ww_ctx *cx, const struct ww_entity *e, const void *row);

#endif
