/* What the server says of itself (GET metadata), made from the tables that route and search. */
#ifndef WW_REST_CAPABILITY_H
#define WW_REST_CAPABILITY_H

#include <wardwire/ctx.h>

struct ww_json;

/* A CapabilityStatement. security: of rest[0], taken over; NULL: there is none. inquire: a payer can be asked. NULL when memory is
 * short. */
struct ww_json *ww_rest_capability(
    struct ww_ctx *cx, ww_str base, struct ww_json *security, bool inquire);

#endif
