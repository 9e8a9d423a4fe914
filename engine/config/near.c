/* Distance of words: how many letters to put in, leave out, change or swap with their neighbour, capitals
 * counting as small letters. */
#include "config/near.h"

#include <stdio.h>

enum { WORD_MAX = 63 };

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Rows of the usual table: the one being filled and the two above it. */
static size_t
distance(ww_str a, ww_str b)
{
	size_t rows[3][WORD_MAX + 1], i, j;
	size_t *above = rows[0], *row = rows[1], *twice = rows[2], *spare;

	for (j = 0; j <= b.n; j++)
		above[j] = twice[j] = j;
	for (i = 1; i <= a.n; i++) {
		char c = lower(a.p[i - 1]);

		row[0] = i;
		for (j = 1; j <= b.n; j++) {
			char d = lower(b.p[j - 1]);

			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (c != d));
			if (i > 1 && j > 1 && c == lower(b.p[j - 2]) && d == lower(a.p[i - 2]))
				row[j] = least(row[j], twice[j - 2] + 1);
		}
		spare = twice;
		twice = above;
		above = row;
		row = spare;
	}
	return above[b.n];
}

void
ww_near_start(struct ww_near *n, ww_str word)
{
	/* A third of the letters may be wrong, and one in any case; beyond that it is another word. */
	*n = (struct ww_near){ ww_str_empty(), word, (word.n < 3 ? 1 : word.n / 3) + 1 };
}

void
ww_near_try(struct ww_near *n, ww_str candidate)
{
	size_t d;

	if (n->word.n > WORD_MAX || candidate.n > WORD_MAX || n->word.n == 0)
		return;
	if (n->word.n >= candidate.n + n->distance || candidate.n >= n->word.n + n->distance)
		return; /* the lengths alone are too far apart */
	d = distance(n->word, candidate);
	if (d >= n->distance || d >= candidate.n)
		return;
	n->best = candidate;
	n->distance = d;
}

struct ww_near_hint
ww_near_hint(const struct ww_near *n)
{
	struct ww_near_hint h = { "" };

	if (n->best.n > 0)
		(void)snprintf(
		    h.text, sizeof(h.text), " (did you mean '%.*s'?)", WW_STR_FMT(n->best));
	return h;
}
