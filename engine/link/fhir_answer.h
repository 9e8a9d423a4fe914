/* What the answer of a FHIR endpoint says, taken out of its head and body: pure. */
#ifndef WW_LINK_FHIR_ANSWER_H
#define WW_LINK_FHIR_ANSWER_H

#include "link/fhir_class.h"

struct ww_ctx;

/* The request it answers. */
struct ww_fhir_asked {
	enum ww_verb verb;
	ww_str type, key, remote_id;
};

struct ww_fhir_reading {
	struct ww_fhir_seen seen;
	ww_str id, etag; /* of the resource; only such as can be sent back in a URL and a header */
	ww_str status;   /* of a Task: a code of FHIR R4 value set task-status, else empty */
};

/* The slices point into asked, reply and cx's arena. */
void ww_fhir_answer_read(struct ww_ctx *cx, const struct ww_fhir_asked *asked,
    const struct ww_http_reply *reply, struct ww_fhir_reading *out);
/* Can be sent in an If-Match header. */
bool ww_fhir_answer_is_etag(ww_str s);

#endif
