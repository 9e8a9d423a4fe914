/* Versions of FHIR Encounters among the events of a stay. A version is a snapshot of the whole stay and no event: what
 * happened is what it says that the version before it did not. So each version becomes the steps that lead there from the one
 * before, in the order in which they were made and not in which they came; the steps are folded with those of messages. */
#ifndef WW_MODEL_SNAPSHOT_H
#define WW_MODEL_SNAPSHOT_H

#include "model/order.h"

/* Replaces the versions in *s, which is sorted as recorded, by their steps; what is no version stays as it is. Places are set
 * anew. An Encounter whose newest version was entered in error, or deleted, is left out as if it had never come; *erased says
 * that there was one. */
WW_MUST ww_status ww_snapshots_unfold(
    struct ww_ctx *cx, struct ww_step **s, size_t *n, bool *erased);

/* Sets needed[i] to false for versions that say what both the version before and the one after them say. */
WW_MUST ww_status ww_snapshots_needed(
    struct ww_ctx *cx, const struct ww_event *events, size_t n, bool *needed);

/* The patient is or was there by that version. */
bool ww_snapshot_is_present(const struct ww_event *ev);

#endif
