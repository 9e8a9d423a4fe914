/* Bodies of type application/x-www-form-urlencoded, and queries, which are written the same. */
#ifndef WW_CODEC_FORM_H
#define WW_CODEC_FORM_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;

/* Takes the next field off *rest, decoded into the arena; out->name is empty and *rest is when there is none left. WW_E_SYNTAX: a
 * percent sign without two digits behind it, or a field without name. */
struct ww_form_field {
	ww_str name, value;
};
WW_MUST ww_status ww_form_next(struct ww_ctx *cx, ww_str *rest, struct ww_form_field *out);

#endif
