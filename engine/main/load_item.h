/* From a resource to what is loaded of it. */
#ifndef WW_MAIN_LOAD_ITEM_H
#define WW_MAIN_LOAD_ITEM_H

#include "main/loads.h"

struct ww_fhir_rules;

/* Checks the resource, gives it an id when it has none (of its content, so that the same is the same again), and has
 * it as text in cx's arena. What is wrong with it is recorded in cx: status, the element, the rule. */
WW_MUST ww_status ww_load_item(struct ww_ctx *cx, struct ww_json *resource,
    const struct ww_fhir_rules *rules, struct ww_load_item *out);

#endif
