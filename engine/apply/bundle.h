/* Bundles: what their entries ask for, together or each on its own, and what they bring as data. Private to apply/. */
#ifndef WW_APPLY_BUNDLE_H
#define WW_APPLY_BUNDLE_H

#include "apply/request.h"

/* All or nothing: DELETE, POST, PUT, GET, and references between them. */
WW_MUST ww_status ww_bundle_transaction(struct ww_request_work *rw);
/* Each entry on its own, in their order. */
WW_MUST ww_status ww_bundle_batch(struct ww_request_work *rw);
/* $process-message, Claim/$submit, a notification of a Subscription: resources as data. */
WW_MUST ww_status ww_bundle_message(struct ww_request_work *rw);
WW_MUST ww_status ww_bundle_submit(struct ww_request_work *rw);
WW_MUST ww_status ww_bundle_notification(struct ww_request_work *rw);
/* A collection: a resource of its own, and its entries as data. */
WW_MUST ww_status ww_bundle_collection(struct ww_request_work *rw);

/* What a payer answered, as data; nothing where it is no Bundle of data. claim: id of the one it is about; may be empty. */
WW_MUST ww_status ww_bundle_answer(struct ww_request_work *rw, ww_str claim);

/* The Bundle of the request: the body, or what a Parameters has in it. NULL: there is none. */
struct ww_json *ww_bundle_of(const struct ww_request_work *rw);

#endif
