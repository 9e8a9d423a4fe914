/* Borrowed slices of bytes: comparing, cutting, reading numbers. */
#include <wardwire/str.h>

#include <string.h>

ww_str
ww_str_from(const char *c)
{
	if (c == NULL)
		return ww_str_empty();
	return (ww_str){ c, strlen(c) };
}

ww_str
ww_str_of(const void *p, size_t n)
{
	if (p == NULL)
		return ww_str_empty();
	return (ww_str){ p, n };
}

bool
ww_str_eq(ww_str a, ww_str b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

bool
ww_str_is(ww_str a, const char *c)
{
	return ww_str_eq(a, ww_str_from(c));
}

/* Not tolower(3), which depends on the locale. */
static unsigned char
lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

bool
ww_str_ieq(ww_str a, ww_str b)
{
	size_t i;

	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int
ww_str_cmp(ww_str a, ww_str b)
{
	int d = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	if (d != 0)
		return d;
	return (a.n > b.n) - (a.n < b.n);
}

bool
ww_str_starts(ww_str s, ww_str prefix)
{
	return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

ww_str
ww_str_trim(ww_str s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

ww_str
ww_str_sub(ww_str s, size_t from, size_t n)
{
	if (from > s.n)
		from = s.n;
	if (n > s.n - from)
		n = s.n - from;
	return (ww_str){ s.p + from, n };
}

size_t
ww_str_find(ww_str s, char c)
{
	const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : s.n;
}

ww_str
ww_str_cut(ww_str s, char sep, ww_str *rest)
{
	size_t at = ww_str_find(s, sep);

	*rest =
	    ww_str_sub(s, at + 1, s.n); /* clipped: empty at the end of s when there was no sep */
	return (ww_str){ s.p, at };
}

bool
ww_str_u64(ww_str s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	if (s.n == 0)
		return false;
	for (i = 0; i < s.n; i++) {
		unsigned d = (unsigned)(unsigned char)s.p[i] - '0';

		if (d > 9 || v > max / 10 || d > max - v * 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}
