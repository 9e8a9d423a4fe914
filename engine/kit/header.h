/* What the tools of the kit read of a message's header. */
#ifndef WW_KIT_HEADER_H
#define WW_KIT_HEADER_H

#include <wardwire/ctx.h>

struct ww_hl7;

struct ww_header {
	const struct ww_hl7 *message; /* NULL: it could not be parsed; the rest is empty then */
	ww_str event;                 /* "ADT^A01" */
	ww_str control_id;            /* MSH-10 as its bytes stand */
	bool is_acknowledgement;
};

/* Reads it; what cannot be parsed is no failure. In the arena, with slices of text. */
void ww_header_read(struct ww_ctx *cx, ww_str text, struct ww_header *out);

#endif
