/* Character sets of HL7 v2 (MSH-18, table 0211) and the way from them to UTF-8, by iconv. */
#ifndef WW_CODEC_CHARSET_H
#define WW_CODEC_CHARSET_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_charset; /* one of a fixed table: never freed, the same for all threads */

enum ww_charset_kind {
	WW_CHARSET_ASCII, /* also what is declared by nothing */
	WW_CHARSET_UTF8,
	WW_CHARSET_TABLE, /* one byte, one character, and ASCII bytes are ASCII: a part of ISO 8859 */
	WW_CHARSET_FRAME, /* a byte that looks like a delimiter may be half of a letter */
	WW_CHARSET_WIDE,  /* 16 or 32 bits a character: has bytes that MLLP cannot carry */
};

/* The set of that name, as one repetition of MSH-18 or the configuration has it: the names of table 0211 and the
 * misspellings seen. Letters and digits count, capitals do not; nothing is ASCII. NULL for any other. */
const struct ww_charset *ww_charset_find(ww_str name);
const struct ww_charset *ww_charset_utf8(void);
const struct ww_charset *ww_charset_windows(
    void); /* windows-1252, in which every byte is a character */
enum ww_charset_kind ww_charset_kind(const struct ww_charset *c);
/* Its name in a Content-Type ("ISO-8859-1"); NULL: IANA has none. */
const char *ww_charset_mime(const struct ww_charset *c);
/* Its bit in a set of those that are read only where the configuration says so; 0 for all others. */
uint32_t ww_charset_bit(const struct ww_charset *c);
/* Its characters are switched to by the escape sequences of ISO 2022. */
bool ww_charset_switched(const struct ww_charset *c);
/* This machine's iconv knows it. */
bool ww_charset_usable(const struct ww_charset *c);

/* Every byte is part of a character of the set; of a FRAME or WIDE set never. */
bool ww_charset_fits(const struct ww_charset *c, ww_str bytes);
/* The same, where bytes that are not in c may be characters of fallback: a TABLE, or NULL for none. */
bool ww_charset_readable(
    const struct ww_charset *c, const struct ww_charset *fallback, ww_str bytes);
/* The same text in UTF-8: the slice itself when no byte differs, else in the arena. False, with *out empty, when the bytes
 * are not readable or the arena is full. */
bool ww_charset_decode(struct ww_ctx *cx, const struct ww_charset *c,
    const struct ww_charset *fallback, ww_str bytes, ww_str *out);
/* A whole message in a FRAME set, in UTF-8, in the arena; *fell: some bytes were read by the fallback. WW_E_CHARSET at MSH-18
 * when they do not fit either, WW_E_CODE when this machine cannot convert the set, and those of memory. */
WW_MUST ww_status ww_charset_transcode(struct ww_ctx *cx, const struct ww_charset *c,
    const struct ww_charset *fallback, ww_str bytes, ww_str *out, bool *fell);
/* The way back, in a TABLE, UTF-8 or ASCII: the slice itself when no byte differs, else in the arena. False when the text
 * has a character that the set has not, or the arena is full. */
bool ww_charset_encode(struct ww_ctx *cx, const struct ww_charset *c, ww_str utf8, ww_str *out);

#endif
