/* What is answered to a request: the row request_answer, and what the message's row says of it. Private to apply/. */
#ifndef WW_APPLY_REPLY_H
#define WW_APPLY_REPLY_H

#include "apply/resource.h"

/* About one resource. A refusal is the message's reason, too. */
WW_MUST ww_status ww_reply_entry(struct ww_request_work *rw, const struct ww_entry *e);
/* About the request as a whole, with an OperationOutcome. */
WW_MUST ww_status ww_reply_issues(
    struct ww_request_work *rw, int http, const struct ww_fhir_issues *is);
/* A Bundle of that type with one entry for each, in their order. */
WW_MUST ww_status ww_reply_bundle(
    struct ww_request_work *rw, const char *type, const struct ww_entry *entries, size_t n);
/* The request is one that was answered before: the same answer again. */
WW_MUST ww_status ww_reply_again(
    struct ww_request_work *rw, const struct ww_request_answer *first, const struct ww_message *m);
/* Of a record that was set aside, whose rest is in message: why, so that whoever waits is told. */
WW_MUST ww_status ww_reply_failure(struct ww_apply *a, struct ww_ctx *cx,
    const struct ww_message *message, const struct ww_failure *why);

#endif
