/* UTF-8 (RFC 3629) and ASCII. */
#include "codec/utf8.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

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
