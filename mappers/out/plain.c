/* Texts that come from a feed, as they may stand in a notice: one line, brief, and without characters that hide or
 * turn what stands beside them. */
#include "mappers/out/common.h"

#include <string.h>

enum { CHARS_MAX = 100 }; /* the longest sentence around one stays below 250 */

/* Characters that show nothing of themselves; Unicode 15, general categories Cf, Zl and Zp. */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{ 0x00ad, 0x00ad },   /* soft hyphen */
	{ 0x061c, 0x061c },   /* Arabic letter mark */
	{ 0x180e, 0x180e },   /* Mongolian vowel separator */
	{ 0x200b, 0x200f },   /* zero width, direction marks */
	{ 0x2028, 0x202e },   /* line and paragraph, embedding and override */
	{ 0x2060, 0x206f },   /* word joiner, isolates */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xfff9, 0xfffb },   /* annotations */
	{ 0xe0000, 0xe007f }, /* tags */
};

static bool
is_unseen(uint32_t c)
{
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++) {
		if (c >= unseen[i].first && c <= unseen[i].last)
			return true;
	}
	return false;
}

static bool
is_blank(uint32_t c)
{
	return c <= ' ' || (c >= 0x7f && c <= 0x9f);
}

/* The character that begins at s.p[0]; *n is its length. Bytes that are no UTF-8 are left to the writer of JSON. */
static uint32_t
first_of(ww_str s, size_t *n)
{
	unsigned char b = (unsigned char)s.p[0];
	size_t len = b < 0xc0 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
	uint32_t c = len == 1 ? b : b & (0x7fu >> len);

	*n = 1;
	if (len > s.n)
		return b;
	for (size_t i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)s.p[i] & 0x3fu);
	*n = len;
	return c;
}

ww_str
ww_out_plain(struct ww_ctx *cx, ww_str text)
{
	static const char dots[] = "...";
	char *p = ww_arena_alloc(cx->arena, text.n + sizeof(dots));
	size_t n = 0, chars = 0, cut = 0, len;
	bool blank = false; /* one is owed before the next character */

	if (p == NULL)
		return ww_str_empty();
	for (size_t i = 0; i < text.n; i += len) {
		ww_str rest = ww_str_sub(text, i, text.n);
		uint32_t c = first_of(rest, &len);

		if (is_unseen(c))
			continue;
		if (is_blank(c)) {
			blank = n > 0;
			continue;
		}
		if (chars + blank >= CHARS_MAX) {
			memcpy(p + cut, dots, sizeof(dots) - 1);
			return ww_str_of(p, cut + sizeof(dots) - 1);
		}
		if (blank)
			p[n++] = ' ';
		memcpy(p + n, rest.p, len);
		n += len;
		chars += 1 + blank;
		blank = false;
		if (chars <= CHARS_MAX - (sizeof(dots) - 1))
			cut = n;
	}
	return ww_str_of(p, n);
}
