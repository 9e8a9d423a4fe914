/* Requests of the demonstration to the engine's FHIR listener, one at a time. A file of its own, as the watch of links and the
 * watch of the model have one name. */
#ifndef WW_KIT_DEMO_HTTP_H
#define WW_KIT_DEMO_HTTP_H

#include <wardwire/ctx.h>

struct ww_http;

/* Sends a resource and waits for the answer: its status, or 0 when there was none. *http is opened when it is NULL, and the
 * caller's to close. */
long ww_demo_http(
    struct ww_ctx *cx, struct ww_http **http, const char *method, ww_str url, ww_str body);

#endif
