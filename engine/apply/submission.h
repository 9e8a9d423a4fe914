/* What is sent on to a payer (feeds[].fhir.payer), and what the payer answers. Until there is an answer the row request_answer of the request
 * says 202, and whoever waits for it sends it on; a request that comes again then gets the payer's answer without asking again.
 * Private to apply/. */
#ifndef WW_APPLY_SUBMISSION_H
#define WW_APPLY_SUBMISSION_H

#include "apply/resource.h"

enum { WW_SUBMISSION_OPEN = 202 };

/* Of a Bundle whose first Claim that entry is. */
WW_MUST ww_status ww_submission_note(struct ww_request_work *rw, const struct ww_entry *claim);
/* Claim/$inquire: a question, of which nothing is kept. */
WW_MUST ww_status ww_submission_inquire(struct ww_request_work *rw);
/* What the payer answered: its resources are data, and it is the answer to the request from now on. */
WW_MUST ww_status ww_submission_answer(struct ww_request_work *rw);
/* Has the answer's entry refer to the Claim that was submitted where it names it by an address that means nothing here. */
void ww_submission_point(struct ww_request_work *rw, struct ww_json *response, ww_str claim);

#endif
