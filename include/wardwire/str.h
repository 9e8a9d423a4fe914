/* A borrowed slice of bytes. It owns nothing and is not NUL-terminated; absent and empty are both
 * n = 0, and p is never NULL, so a slice can always be read, compared and printed. */
#ifndef WARDWIRE_STR_H
#define WARDWIRE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ww_str {
	const char *p;
	size_t n;
} ww_str;

/* printf("%.*s", WW_STR_FMT(s)) */
#define WW_STR_FMT(s) (int)(s).n, (s).p
/* A slice of a string literal, also in a static initialiser. */
#define WW_STR_INIT(lit)                                                                           \
	{                                                                                          \
		(lit), sizeof(lit) - 1                                                             \
	}
#define WW_STR(lit) ((ww_str)WW_STR_INIT(lit))

ww_str ww_str_from(const char *c); /* NULL gives the empty slice */
ww_str ww_str_of(const void *p, size_t n);
static inline ww_str
ww_str_empty(void)
{
	return (ww_str){ "", 0 };
}
bool ww_str_eq(ww_str a, ww_str b);
bool ww_str_is(ww_str a, const char *c); /* equal to the C string c */
bool ww_str_ieq(ww_str a, ww_str b);     /* equal but for ASCII case */
int ww_str_cmp(ww_str a, ww_str b);      /* bytewise order: < 0, 0, > 0 */
bool ww_str_starts(ww_str s, ww_str prefix);
ww_str ww_str_trim(ww_str s);                       /* without blanks and tabs at both ends */
ww_str ww_str_sub(ww_str s, size_t from, size_t n); /* clipped to s */

/* The part of s before the first byte sep; *rest is what follows it, empty when there was none. */
ww_str ww_str_cut(ww_str s, char sep, ww_str *rest);
/* Index of byte c in s, or s.n. */
size_t ww_str_find(ww_str s, char c);
/* Reads all of s as a decimal number without sign. False when empty, not all digits, or above max. */
bool ww_str_u64(ww_str s, uint64_t max, uint64_t *out);

#endif
