/* An encounter's state as a fold over the set of its events: the order of arrival does not matter, and a
 * cancel, a correction or a late message needs no code of its own. HL7 v2.9 chapter 3, 3.3.1 to 3.3.13. */
#ifndef WW_MODEL_FOLD_H
#define WW_MODEL_FOLD_H

#include <wardwire/model.h>

/* What a trigger event does to an encounter (fold.c holds the table). */
enum ww_act {
	WW_ACT_NONE,             /* nothing we act on */
	WW_ACT_REGISTER,         /* A04 */
	WW_ACT_ADMIT,            /* A01 */
	WW_ACT_INPATIENT,        /* A06: an outpatient becomes an inpatient */
	WW_ACT_DISCHARGE,        /* A03 */
	WW_ACT_UPDATE,           /* A08 */
	WW_ACT_CANCEL_ADMIT,     /* A11: undoes the last A01 or A06, else the A04 */
	WW_ACT_CANCEL_DISCHARGE, /* A13: undoes the last A03 */
};
enum ww_act ww_act_of(ww_str trigger);
/* "admit", "cancel discharge": for people. */
const char *ww_act_text(enum ww_act a);

/* Computes e's status, class, times and facts from its events; id, person, feed and visit stay as they
 * are. The events may be in any order and are not changed. WW_E_MEMORY or WW_E_LIMIT only. */
WW_MUST ww_status ww_fold(
    struct ww_ctx *cx, const struct ww_event *events, size_t n, struct ww_encounter *e);

/* True when the state of the encounter, now or with whatever comes later, may depend on events[i]; false for an update
 * whose every fact a newer event among them states too. What is false stays so and need not be kept. */
bool ww_fold_needs(const struct ww_event *events, size_t n, size_t i);

#endif
