#include "base/glob.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* The byte behind the character that begins at i. */
static size_t
behind(ww_str s, size_t i)
{
	i++;
	while (i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80)
		i++;
	return i;
}

bool
ww_glob(ww_str pattern, ww_str text)
{
	size_t p = 0, t = 0;
	size_t star = SIZE_MAX, from = 0; /* the last '*', and where what it stands for may end */

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.n && pattern.p[p] == '?') {
			p++;
			t = behind(text, t);
		} else if (p < pattern.n && lower(pattern.p[p]) == lower(text.p[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = from = behind(text, from);
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}
