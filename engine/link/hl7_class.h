/* What an acknowledgement means for the message that was sent: a table, no effects. */
#ifndef WW_LINK_HL7_CLASS_H
#define WW_LINK_HL7_CLASS_H

#include <wardwire/sink.h>

struct ww_hl7_verdict {
	enum ww_result result;
	const char *reason; /* a fixed text; "" when there is nothing to say */
};

/* code: one that ww_ack_read gives. insist: see struct ww_request. */
struct ww_hl7_verdict ww_hl7_class_of(const char *code, bool insist);

#endif
