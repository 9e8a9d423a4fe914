/* The character sets of MSH-18: their names, and one-byte sets as tables filled by iconv. */
#include "codec/charset.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <assert.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name;
	enum ww_charset_kind kind;
} names[] = {
	{ "", WW_CHARSET_ASCII },
	{ "ASCII", WW_CHARSET_ASCII },
	{ "ISO IR6", WW_CHARSET_ASCII },
	{ "UNICODE UTF-8", WW_CHARSET_UTF8 },
	{ "UTF-8", WW_CHARSET_UTF8 },
	{ "UTF8", WW_CHARSET_UTF8 },
	{ "UNICODE", WW_CHARSET_UTF8 },
};

/* What stands before the number of an ISO 8859 part; the first is the one of table 0211. */
static const char *const iso_8859[] = { "8859/", "ISO-8859-", "ISO8859-" };
static const char *const parts[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "15" };

/* The part's number as text, or NULL when name is no part of ISO 8859. */
static const char *
part_of(ww_str name)
{
	size_t i, k;

	for (i = 0; i < COUNT(iso_8859); i++) {
		size_t n = strlen(iso_8859[i]);

		if (!ww_str_ieq(ww_str_sub(name, 0, n), ww_str_from(iso_8859[i])))
			continue;
		for (k = 0; k < COUNT(parts); k++)
			if (ww_str_is(ww_str_sub(name, n, name.n), parts[k]))
				return parts[k];
	}
	return NULL;
}

/* All parts of ISO 8859 lie in the first plane: one UTF-16 unit a byte. */
static bool
fill(const char *part, uint16_t high[128])
{
	char name[24];
	iconv_t cd;
	unsigned i;

	if (strcmp(part, "1") == 0) { /* the first 256 code points, and the set seen most */
		for (i = 0; i < 128; i++)
			high[i] = (uint16_t)(0x80 + i);
		return true;
	}
	snprintf(name, sizeof(name), "ISO-8859-%s", part);
	cd = iconv_open("UTF-16BE", name);
	if (cd == (iconv_t)-1)
		return false;
	for (i = 0; i < 128; i++) {
		char in = (char)(unsigned char)(0x80 + i), *from = &in;
		unsigned char unit[2];
		char out[2], *to = out;
		size_t in_n = 1, out_n = sizeof(out);

		high[i] = 0;
		if (iconv(cd, &from, &in_n, &to, &out_n) != 0 || out_n != 0)
			continue; /* a hole in the part */
		memcpy(unit, out, sizeof(unit));
		high[i] = (uint16_t)(unit[0] << 8 | unit[1]);
	}
	iconv_close(cd);
	return true;
}

void
ww_charset_open(ww_str name, struct ww_charset *out)
{
	const char *part;
	size_t i;

	memset(out, 0, sizeof(*out));
	name = ww_str_trim(name);
	for (i = 0; i < COUNT(names); i++)
		if (ww_str_ieq(name, ww_str_from(names[i].name))) {
			out->kind = names[i].kind;
			return;
		}
	part = part_of(name);
	if (part != NULL && fill(part, out->high))
		out->kind = WW_CHARSET_TABLE;
}

bool
ww_ascii(ww_str s)
{
	size_t i = 0;

	for (; s.n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t w;

		memcpy(&w, s.p + i, sizeof(w));
		if ((w & UINT64_C(0x8080808080808080)) != 0)
			return false;
	}
	for (; i < s.n; i++)
		if ((unsigned char)s.p[i] > 0x7f)
			return false;
	return true;
}

/* RFC 3629, table of well-formed byte sequences: what the second byte may be is what keeps overlong
 * forms, surrogates and too high code points out. */
static const struct {
	unsigned char first, last; /* range of the leading byte */
	unsigned char low, high;   /* range of the second byte */
	unsigned char n;
} shapes[] = {
	{ 0x00, 0x7f, 0x00, 0x00, 1 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

size_t
ww_utf8_first(ww_str s)
{
	unsigned char b[4] = { 0 };
	size_t i, k;

	if (s.n == 0)
		return 0;
	memcpy(b, s.p, s.n < sizeof(b) ? s.n : sizeof(b));
	for (i = 0; i < COUNT(shapes); i++)
		if (b[0] >= shapes[i].first && b[0] <= shapes[i].last)
			break;
	if (i == COUNT(shapes) || s.n < shapes[i].n)
		return 0;
	if (shapes[i].n > 1 && (b[1] < shapes[i].low || b[1] > shapes[i].high))
		return 0;
	for (k = 2; k < shapes[i].n; k++)
		if (b[k] < 0x80 || b[k] > 0xbf)
			return 0;
	return shapes[i].n;
}

bool
ww_utf8_valid(ww_str s)
{
	size_t i = 0;

	if (ww_ascii(s))
		return true;
	while (i < s.n) {
		size_t n = ww_utf8_first(ww_str_sub(s, i, s.n));

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

bool
ww_charset_fits(const struct ww_charset *c, ww_str bytes)
{
	size_t i;

	if (c->kind != WW_CHARSET_TABLE)
		return ww_utf8_valid(bytes);
	for (i = 0; i < bytes.n; i++) {
		unsigned char b = (unsigned char)bytes.p[i];

		if (b > 0x7f && c->high[b - 0x80] == 0)
			return false;
	}
	return true;
}

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

bool
ww_charset_utf8(struct ww_ctx *cx, const struct ww_charset *c, ww_str bytes, ww_str *out)
{
	size_t i, n = 0;
	char *p;

	*out = ww_str_empty();
	if (!ww_charset_fits(c, bytes))
		return false;
	if (c->kind != WW_CHARSET_TABLE || ww_ascii(bytes)) {
		*out = bytes;
		return true;
	}
	p = ww_arena_array(cx->arena, bytes.n, 3);
	if (p == NULL) {
		(void)ww_fail_memory(cx);
		return false;
	}
	for (i = 0; i < bytes.n; i++) {
		unsigned char b = (unsigned char)bytes.p[i];

		n += put(b > 0x7f ? c->high[b - 0x80] : b, p + n);
	}
	*out = ww_str_of(p, n);
	return true;
}
