/* Character sets of HL7 v2 (MSH-18, table 0211) and the way from them to UTF-8. Only sets that keep ASCII
 * bytes to themselves are here: in others a delimiter may be half of a letter. */
#ifndef WW_CODEC_CHARSET_H
#define WW_CODEC_CHARSET_H

#include <wardwire/str.h>

struct ww_ctx;

enum ww_charset_kind {
	WW_CHARSET_UNKNOWN, /* a name we do not know, or a set this machine cannot convert */
	WW_CHARSET_ASCII,   /* blank or ASCII; bytes above 7F are taken as UTF-8 */
	WW_CHARSET_UTF8,
	WW_CHARSET_TABLE, /* one byte, one character: a part of ISO 8859 */
};

struct ww_charset {
	enum ww_charset_kind kind;
	uint16_t
	    high[128]; /* of a TABLE: the code points of the bytes 80..FF, 0 where there is none */
};

/* The set that one repetition of MSH-18 names: the names of table 0211 and the misspellings seen, in any
 * case, with blanks around. */
void ww_charset_open(ww_str name, struct ww_charset *out);
/* Every byte is a character of the set. */
bool ww_charset_fits(const struct ww_charset *c, ww_str bytes);
/* The same text in UTF-8: the slice itself when no byte differs, else in the arena. False, with *out
 * empty, when the bytes do not fit or the arena is full. */
bool ww_charset_utf8(struct ww_ctx *cx, const struct ww_charset *c, ww_str bytes, ww_str *out);

/* No byte is above 7F. */
bool ww_ascii(ww_str s);
/* Well-formed UTF-8: no overlong form, no surrogate, nothing above 10FFFF. */
bool ww_utf8_valid(ww_str s);
/* Bytes of the well-formed character at the start of s, 0 when there is none. */
size_t ww_utf8_first(ww_str s);

#endif
