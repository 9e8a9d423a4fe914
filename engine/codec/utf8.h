/* UTF-8 and ASCII: whether bytes are that. */
#ifndef WW_CODEC_UTF8_H
#define WW_CODEC_UTF8_H

#include <wardwire/str.h>

/* No byte is above 7F. */
bool ww_ascii(ww_str s);
/* Well-formed UTF-8: no overlong form, no surrogate, nothing above 10FFFF. */
bool ww_utf8_valid(ww_str s);
/* Bytes of the well-formed character at the start of s, 0 when there is none. */
size_t ww_utf8_first(ww_str s);

#endif
