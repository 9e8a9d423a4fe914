/* Which status of a Task may follow which, whoever sets it: the practice by FHIR, or a person by an order. */
#ifndef WW_MODEL_TASK_STATUS_H
#define WW_MODEL_TASK_STATUS_H

#include <wardwire/model.h>

/* The status that the receiver has given it: "requested" when it has said nothing. */
ww_str ww_task_status(const struct ww_outbox *row);
/* After the state machine of FHIR R4 Task. What is over stays over; cancelled and entered-in-error are the engine's to say. */
bool ww_task_may_follow(ww_str from, ww_str to);
/* Nothing follows it. */
bool ww_task_is_over(ww_str status);
/* The receiver has taken it up or answered it: it is beyond requested and received. */
bool ww_task_is_taken(ww_str status);

#endif
