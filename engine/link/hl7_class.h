/* What the answer to a message means: tables, no effects. */
#ifndef WW_LINK_HL7_CLASS_H
#define WW_LINK_HL7_CLASS_H

#include "link/http_out.h"

#include <wardwire/hl7v2.h>
#include <wardwire/sink.h>

/* Looks at a message that is to be sent. *control_id, its MSH-10 as it stands, is a slice of raw. WW_E_REQUIRED at MSH-10:
 * it has none, and could not be told from others when it is acknowledged. */
WW_MUST ww_status ww_hl7_class_open(
    struct ww_ctx *cx, ww_str raw, const struct ww_hl7 **m, ww_str *control_id);

struct ww_hl7_verdict {
	enum ww_result result;
	const char *reason; /* a fixed text; "" when there is nothing to say */
};

/* code: one that ww_ack_read gives. insist: see struct ww_request. */
struct ww_hl7_verdict ww_hl7_class_of(const char *code, bool insist);

/* What was seen of one POST. */
struct ww_hl7_seen {
	enum ww_http_end end;
	long http;
	bool empty;       /* the answer has no body */
	const char *code; /* its body acknowledges the message: with that; NULL: it does not */
	bool insist;
};

struct ww_hl7_verdict ww_hl7_class_http(const struct ww_hl7_seen *seen);

#endif
