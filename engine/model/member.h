/* How a payer's member numbers are compared. */
#ifndef WW_MODEL_MEMBER_H
#define WW_MODEL_MEMBER_H

#include <wardwire/ctx.h>

/* The number in upper case without blanks and hyphens, in the arena; empty when memory is short. */
ww_str ww_member_key(struct ww_ctx *cx, ww_str id);

#endif
