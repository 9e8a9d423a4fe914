/* Requests that come again because their answer was lost: they get the first one's and do nothing. Private to apply/. */
#ifndef WW_APPLY_SEEN_H
#define WW_APPLY_SEEN_H

#include "apply/request.h"

/* When a request is taken for one that was carried out. */
enum ww_seen_how {
	WW_SEEN_NEVER,  /* to do it twice is to do it once */
	WW_SEEN_CREATE, /* the same, without a condition */
	WW_SEEN_SAME, /* it is the same, byte for byte, within feeds[].fhir.idempotency, and what it made is not deleted */
	WW_SEEN_UNCHANGED, /* the same, on condition of a version or a search, and what it changed is as it left it: else a
	                       client may mean to go back to what was before */
	WW_SEEN_BUNDLE, /* the same; where nothing in it makes something new each time, on condition that what it changed is as
	                       it left it */
	WW_SEEN_MESSAGE, /* ids of Bundle and MessageHeader, and the sender's endpoint, however long ago */
	WW_SEEN_SUBMIT, /* Bundle.identifier, however long ago; with other content it is refused */
};

struct ww_seen {
	bool answered; /* it is again, or is refused: there is nothing more to do */
	ww_str fingerprint, digest;
};

WW_MUST ww_status ww_seen_find(
    struct ww_request_work *rw, enum ww_seen_how how, struct ww_seen *out);
/* Remembers a request that was carried out. One that was refused is looked at anew when it comes again. */
WW_MUST ww_status ww_seen_keep(struct ww_request_work *rw, const struct ww_seen *seen);
/* Forgets response Bundles that no retry can ask for any more. A sweep (tick.c). */
WW_MUST ww_status ww_seen_sweep(struct ww_apply *a, struct ww_ctx *cx);

#endif
