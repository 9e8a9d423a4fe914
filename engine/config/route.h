/* Routes of the configuration, which are read from the tree. */
#ifndef WW_CONFIG_ROUTE_H
#define WW_CONFIG_ROUTE_H

#include <wardwire/config.h>

struct ww_faults;
struct ww_yaml;

/* Values of WW_KEY_NAMES and WW_KEY_CONDITIONS, each for itself. */
void ww_route_check_names(struct ww_faults *f, const struct ww_yaml *v, const char *key);
void ww_route_check_conditions(struct ww_faults *f, const struct ww_yaml *m, const char *key);
/* A mapping without faults, as WW_KEY_CONDITIONS has it; m may be NULL: none. */
WW_MUST ww_status ww_route_take_conditions(
    struct ww_ctx *cx, const struct ww_yaml *m, struct ww_conditions *out);
/* Fills in routes and lanes of c from a tree without faults; its endpoints are there. */
WW_MUST ww_status ww_route_take(struct ww_ctx *cx, const struct ww_yaml *root, struct ww_config *c);

#endif
