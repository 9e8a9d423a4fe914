/* base64url without padding (RFC 4648 section 5, RFC 7515 appendix C): one text for each sequence of bytes, and no other. */
#ifndef WW_CODEC_BASE64_H
#define WW_CODEC_BASE64_H

#include <wardwire/str.h>

struct ww_arena;
struct ww_buf;

/* The bytes, in the arena. False for padding, white space, another alphabet, a length that cannot be, bits set that stand for
 * nothing, and when memory is short, which the arena remembers. */
bool ww_base64url_read(struct ww_arena *a, ww_str text, ww_str *out);
void ww_base64url_write(ww_str bytes, struct ww_buf *out);

#endif
