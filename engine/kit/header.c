/* Event and control id of a message, as far as it has them. */
#include "kit/header.h"

#include "codec/ack.h"

#include <wardwire/hl7v2.h>

void
ww_header_read(struct ww_ctx *cx, ww_str text, struct ww_header *out)
{
	static const struct ww_hl7_path msh_10 = { "MSH", 1, 10, 0, 0, 0 };
	struct ww_ctx apart = { .arena = cx->arena };
	ww_str type, trigger;
	struct ww_hl7 *m;

	*out = (struct ww_header){ .event = ww_str_empty(), .control_id = ww_str_empty() };
	if (ww_hl7_parse(&apart, text, &m) != WW_OK)
		return;
	out->message = m;
	out->is_acknowledgement = ww_ack_is(&apart, m);
	(void)ww_hl7_raw(m, &msh_10, &out->control_id);
	type = ww_hl7_at(&apart, m, "MSH-9.1");
	trigger = ww_hl7_at(&apart, m, "MSH-9.2");
	out->event = ww_arena_printf(cx->arena, "%.*s%s%.*s", WW_STR_FMT(type),
	    trigger.n > 0 ? "^" : "", WW_STR_FMT(trigger));
}
