/* What is read from the tree of restrictions and of what marks a test: their conditions. */
#ifndef WW_CONFIG_RESTRICTION_H
#define WW_CONFIG_RESTRICTION_H

#include <wardwire/config.h>

struct ww_yaml;

/* Fills in the conditions of restrictions and feeds of c from a tree without faults. */
WW_MUST ww_status ww_restriction_take(
    struct ww_ctx *cx, const struct ww_yaml *root, struct ww_config *c);

#endif
