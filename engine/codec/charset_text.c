/* Texts in the character sets of MSH-18: one-byte sets by their tables, whole messages by iconv. */
#include "codec/charset_row.h"
#include "codec/utf8.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <errno.h>
#include <iconv.h>
#include <string.h>

/* -- characters one by one --------------------------------------------------------------------------- */

/* Writes a code point of the first plane; p has room for three bytes. */
static size_t
put(unsigned cp, char *p)
{
	if (cp < 0x80) {
		p[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		p[0] = (char)(unsigned char)(0xc0 | cp >> 6);
		p[1] = (char)(unsigned char)(0x80 | (cp & 0x3f));
		return 2;
	}
	p[0] = (char)(unsigned char)(0xe0 | cp >> 12);
	p[1] = (char)(unsigned char)(0x80 | (cp >> 6 & 0x3f));
	p[2] = (char)(unsigned char)(0x80 | (cp & 0x3f));
	return 3;
}

/* A byte of a one-byte set, NULL for none, as UTF-8 at p; 0 when it is no character there. */
static size_t
put_byte(const struct ww_charset *table, unsigned char b, char *p)
{
	if (b < 0x80)
		return put(b, p);
	if (table == NULL || table->kind != WW_CHARSET_TABLE || table->high[b - 0x80] == 0)
		return 0;
	return put(table->high[b - 0x80], p);
}

/* The character at the start of s, which is not empty, as UTF-8 at p, which has room for four bytes. Returns how many bytes
 * of s it has; 0 when neither set has it. */
static size_t
take(const struct ww_charset *c, const struct ww_charset *fallback, ww_str s, char *p, size_t *made)
{
	unsigned char b = (unsigned char)s.p[0];
	size_t n = c->kind == WW_CHARSET_UTF8 ? ww_utf8_first(s) : 0;

	if (n > 0) {
		memcpy(p, s.p, n);
		*made = n;
		return n;
	}
	*made = put_byte(c, b, p);
	if (*made == 0)
		*made = put_byte(fallback, b, p);
	return *made > 0 ? 1 : 0;
}

bool
ww_charset_fits(const struct ww_charset *c, ww_str bytes)
{
	size_t i;

	switch (c->kind) {
	case WW_CHARSET_ASCII:
		return ww_ascii(bytes);
	case WW_CHARSET_UTF8:
		return ww_utf8_valid(bytes);
	case WW_CHARSET_TABLE:
		for (i = 0; i < bytes.n; i++) {
			unsigned char b = (unsigned char)bytes.p[i];

			if (b > 0x7f && c->high[b - 0x80] == 0)
				return false;
		}
		return true;
	case WW_CHARSET_FRAME:
	case WW_CHARSET_WIDE:
	default:
		return false;
	}
}

bool
ww_charset_readable(const struct ww_charset *c, const struct ww_charset *fallback, ww_str bytes)
{
	char p[4];
	size_t n, made;

	for (; bytes.n > 0; bytes = ww_str_sub(bytes, n, bytes.n)) {
		n = take(c, fallback, bytes, p, &made);
		if (n == 0)
			return false;
	}
	return true;
}

bool
ww_charset_decode(struct ww_ctx *cx, const struct ww_charset *c, const struct ww_charset *fallback,
    ww_str bytes, ww_str *out)
{
	size_t i, step, made, n = 0;
	char *p;

	*out = ww_str_empty();
	if (ww_ascii(bytes) || (c->kind == WW_CHARSET_UTF8 && ww_utf8_valid(bytes))) {
		*out = bytes;
		return true;
	}
	p = ww_arena_array(cx->arena, bytes.n + 1, 3); /* a byte becomes three at most */
	if (p == NULL) {
		(void)ww_fail_memory(cx);
		return false;
	}
	for (i = 0; i < bytes.n; i += step) {
		step = take(c, fallback, ww_str_sub(bytes, i, bytes.n), p + n, &made);
		if (step == 0)
			return false;
		n += made;
	}
	*out = ww_str_of(p, n);
	return true;
}

/* -- the way back ------------------------------------------------------------------------------------- */

/* The code point of a well-formed character of n bytes. */
static uint32_t
code_point(const char *c, size_t n)
{
	static const unsigned char first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t v = (unsigned char)c[0] & first[n];
	size_t i;

	for (i = 1; i < n; i++)
		v = v << 6 | ((unsigned char)c[i] & 0x3f);
	return v;
}

/* The byte of a table for that code point; 0 when there is none. */
static unsigned char
byte_for(const struct ww_charset *c, uint32_t point)
{
	size_t i;

	if (point < 0x80)
		return (unsigned char)point;
	for (i = 0; i < sizeof(c->high) / sizeof(c->high[0]); i++)
		if (c->high[i] == point)
			return (unsigned char)(0x80 + i);
	return 0;
}

bool
ww_charset_encode(struct ww_ctx *cx, const struct ww_charset *c, ww_str utf8, ww_str *out)
{
	size_t i, n, made = 0;
	char *p;

	*out = utf8;
	if (ww_ascii(utf8) || c->kind != WW_CHARSET_TABLE)
		return ww_charset_fits(c, utf8);
	p = ww_arena_alloc(cx->arena, utf8.n);
	if (p == NULL)
		return false;
	for (i = 0; i < utf8.n; i += n, made++) {
		n = ww_utf8_first(ww_str_sub(utf8, i, utf8.n));
		if (n == 0)
			return false;
		p[made] = (char)byte_for(c, code_point(utf8.p + i, n));
		if (p[made] == '\0' && utf8.p[i] != '\0')
			return false;
	}
	*out = ww_str_of(p, made);
	return true;
}

/* -- whole messages ---------------------------------------------------------------------------------- */

/* Converts what cd takes; at a byte it does not take, the fallback has its say. */
static ww_status
convert(struct ww_ctx *cx, iconv_t cd, const struct ww_charset *fallback, ww_str bytes, char *p,
    size_t room, size_t *n, bool *fell)
{
	char *to = p;
	size_t left = room;

	for (;;) {
		/* iconv does not write to its input; its type is older than const. */
		union {
			const char *in;
			char *arg;
		} from = { bytes.p };
		size_t made, rc = iconv(cd, &from.arg, &bytes.n, &to, &left);

		bytes.p = from.in;
		*n = (size_t)(to - p);
		if (rc != (size_t)-1)
			return WW_OK;
		if (errno == E2BIG || left < 4)
			return ww_fail(
			    cx, WW_E_BUG, NULL, "a character set makes more text than thought");
		made = fallback != NULL ? put_byte(fallback, (unsigned char)bytes.p[0], to) : 0;
		if (made == 0)
			return ww_fail(
			    cx, WW_E_CHARSET, "MSH-18", "bytes do not fit the declared set");
		*fell = true;
		to += made;
		left -= made;
		bytes = ww_str_sub(bytes, 1, bytes.n);
	}
}

ww_status
ww_charset_transcode(struct ww_ctx *cx, const struct ww_charset *c,
    const struct ww_charset *fallback, ww_str bytes, ww_str *out, bool *fell)
{
	enum { GROWTH = 4 }; /* no byte of any of the sets makes more */
	size_t n = 0;
	iconv_t cd;
	ww_status s;
	char *p = ww_arena_array(cx->arena, bytes.n + 1, GROWTH);

	*fell = false;
	if (p == NULL)
		return ww_fail_memory(cx);
	cd = iconv_open("UTF-8", c->iconv);
	if (cd == (iconv_t)-1)
		return errno == EINVAL
		           ? ww_fail(cx, WW_E_CODE, "MSH-18", "this machine cannot convert the set")
		           : ww_fail_memory(cx);
	s = convert(cx, cd, fallback, bytes, p, (bytes.n + 1) * GROWTH, &n, fell);
	iconv_close(cd);
	if (s == WW_OK)
		*out = ww_str_of(p, n);
	return s;
}
