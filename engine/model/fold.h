/* An encounter's state as a fold over the set of its events: the order of arrival does not matter, and a
 * cancel, a correction or a late message needs no code of its own. HL7 v2.9 chapter 3, 3.3.1 to 3.3.53. */
#ifndef WW_MODEL_FOLD_H
#define WW_MODEL_FOLD_H

#include <wardwire/act.h>
#include <wardwire/model.h>

/* Computes e's status, class, times and facts from its events; id, person, feed, visit and name stay as they
 * are. The events may be in any order and are not changed. WW_E_MEMORY or WW_E_LIMIT only. */
WW_MUST ww_status ww_fold(
    struct ww_ctx *cx, const struct ww_event *events, size_t n, struct ww_encounter *e);

/* Sets needed[i]: the state of the encounter, now or with whatever comes later, may depend on events[i]; false for an
 * update whose every fact a newer event among them states too. What is false stays so and need not be kept. */
WW_MUST ww_status ww_fold_needed(
    struct ww_ctx *cx, const struct ww_event *events, size_t n, bool *needed);

#endif
