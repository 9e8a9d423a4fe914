/* A number of a visit that was given again: which events are of which visit. */
#ifndef WW_MODEL_EPISODE_H
#define WW_MODEL_EPISODE_H

#include <wardwire/ctx.h>

#include <stddef.h>

struct ww_event;

/* Sets of[i], from 0, to the visit of events[i]: another begins with an admission or registration that was recorded
 * after a discharge and is of a later time. Depends on the events alone and not on their order; *last is the newest visit. */
WW_MUST ww_status ww_episodes(
    struct ww_ctx *cx, const struct ww_event *events, size_t n, size_t *of, size_t *last);

#endif
