/* What the resources of a request say of persons, stays and what is owed: the same event log and fold as of messages.
 * Private to apply/.
 *
 * A function a type, in the order of a table in learn.c: what others refer to comes first (Patient, Coverage, Encounter,
 * Claim, ClaimResponse). What is to be learned of another type is one row there and a file of its own.
 *
 * A patient is known by an identifier of the feed, "Patient/id" under the authority "fhir:FEED", beside those that the
 * resource names. So a resource whose Patient has not come yet is learned of a patient of whom nothing is known but that;
 * nobody is told of them; and when the Patient comes, in this request or years later, what was learned is theirs, whatever
 * came first. Nothing is put off. */
#ifndef WW_APPLY_LEARN_H
#define WW_APPLY_LEARN_H

#include "apply/request.h"

/* Called once a request, when all its resources are stored. What a resource says that nothing can be learned from is never
 * a failure: it is stored. */
WW_MUST ww_status ww_learn(struct ww_request_work *rw);

/* Learns from one of rw->brought. rw->message is the request's one row: reason, person and encounter are those of the first
 * resource that has any. */
typedef ww_status ww_learn_fn(struct ww_request_work *rw, const struct ww_brought *b);

/* A work in rw->cx->arena on one resource of the request, for the chain of a message (work.h): its facts are what the
 * mapper says, its message is rw->message. */
struct ww_work *ww_learn_work(struct ww_request_work *rw);

/* Finds or makes the patient that a Reference in the resource means (subject, patient, beneficiary), and has it in
 * (*out)->person: by the Patient it leads to, by "Patient/id", by its identifier. *out is NULL when it names nobody. Flags of
 * stays that are somebody else's now are judged. */
WW_MUST ww_status ww_learn_patient(struct ww_request_work *rw, const struct ww_brought *b,
    const struct ww_json *reference, struct ww_work **out);

/* When the resource says it was last changed, by its sender's clock, else when the message or notification says that it was made;
 * where neither says anything, or the future, when the record was received: what is newer counts, whatever came first. */
ww_time ww_learn_stamp(struct ww_request_work *rw, const struct ww_brought *b);

#endif
