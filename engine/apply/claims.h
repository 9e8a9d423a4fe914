/* What is learned of the FHIR resources beside Patient and Encounter: rows of the table in learn.c. Private to apply/. */
#ifndef WW_APPLY_CLAIMS_H
#define WW_APPLY_CLAIMS_H

#include "apply/learn.h"

#include <wardwire/claim.h>

/* Claim and ExplanationOfBenefit: an authorization, or a bill (claim.c). */
ww_learn_fn ww_learn_claim;
/* ClaimResponse (authorization.c). */
ww_learn_fn ww_learn_response;
/* Condition, Procedure, MedicationRequest, MedicationDispense, MedicationAdministration, Observation (clinical.c). */
ww_learn_fn ww_learn_clinical;
/* Coverage: when a person is insured (enrol.c). */
ww_learn_fn ww_learn_eligibility;
/* Group: an attribution list (enrol.c). */
ww_learn_fn ww_learn_group;

/* Patient: lists that named it before it came (enrol.c). */
ww_learn_fn ww_learn_listed;

/* The resource as a mapper wants it. rw must live as long. */
struct ww_fhir_source ww_learn_source(struct ww_request_work *rw, const struct ww_brought *b);
/* What the row of the request says became of it, unless it told of a stay. */
void ww_learn_say(struct ww_request_work *rw, const char *what);
/* The number of the visit that an Encounter has, by its reference; empty texts where it is not known. */
ww_status ww_learn_visit(
    struct ww_request_work *rw, ww_str reference, ww_str *system, ww_str *visit);
/* The stay of that person under that number; 0: there is none. */
ww_status ww_learn_stay(struct ww_work *w, ww_str system, ww_str visit, ww_id *out);

/* Removes the rows of an entity that equal like in the first three columns of their key (clinical.c). */
ww_status ww_remove_keyed(struct ww_work *w, const struct ww_entity *e, const void *like);
/* Keeps what that resource says of the person of w, in the place of what it said before; unless that is newer (clinical.c).
 * *kept: it was not. */
ww_status ww_clinical_file(struct ww_work *w, ww_str resource, ww_time stamp, struct ww_clinical *c,
    ww_id stay, bool *kept);

/* Keeps the request or its new version, and works out what came of it (authorization.c). The person of w is whose it is. */
ww_status ww_authorization_keep(struct ww_work *w, const struct ww_authorization *a);
/* There is none of that resource any more. */
ww_status ww_authorization_drop(struct ww_work *w, ww_str resource);

#endif
