/* Searches a table of codes: lines "A01[0-9...]Z,value", sorted by their first three characters. Those are
 * found by halving; the few lines that share them are then read one by one. */
#include "rules/code_table.h"

#include <string.h>

enum { HEAD = 3 };

struct ww_code
ww_code_of(ww_str code)
{
	struct ww_code out = { .n = 0 };

	for (size_t i = 0; i < code.n; i++) {
		char ch = code.p[i];

		if (ch == '.' || ch == ' ' || ch == '\t')
			continue;
		if (ch >= 'a' && ch <= 'z')
			ch = (char)(ch - 'a' + 'A');
		if (out.n == WW_CODE_MAX || !((ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9')))
			return (struct ww_code){ .n = 0 };
		out.v[out.n++] = ch;
	}
	return out;
}

/* -- lines ------------------------------------------------------------------------------------------ */

/* Where the line begins that the byte at is in. */
static size_t
line_start(const struct ww_code_table *t, size_t at)
{
	while (at > 0 && t->text[at - 1] != '\n')
		at--;
	return at;
}

static size_t
line_end(const struct ww_code_table *t, size_t at)
{
	return at + ww_str_find((ww_str){ t->text + at, t->n - at }, '\n');
}

/* The first line whose first three characters are not before those of the code. */
static size_t
first_line(const struct ww_code_table *t, const char *head)
{
	size_t from = 0, to = t->n;

	while (from < to) {
		size_t start = line_start(t, from + (to - from) / 2);

		if (memcmp(t->text + start, head, HEAD) < 0)
			from = line_end(t, start) + 1;
		else
			to = start;
	}
	return from;
}

/* One position of a row: the characters it stands for. */
static ww_str
next_place(ww_str *codes)
{
	ww_str place;

	if (codes->p[0] != '[') {
		place = ww_str_sub(*codes, 0, 1);
		*codes = ww_str_sub(*codes, 1, codes->n);
		return place;
	}
	*codes = ww_str_sub(*codes, 1, codes->n);
	return ww_str_cut(*codes, ']', codes);
}

/* How many of the code's first characters the row can spell; *whole: all of it and nothing more. */
static size_t
spells(ww_str codes, const struct ww_code *code, bool *whole)
{
	size_t n = 0;

	while (codes.n != 0 && n < code->n) {
		ww_str place = next_place(&codes);

		if (ww_str_find(place, code->v[n]) == place.n)
			break;
		n++;
	}
	*whole = n == code->n && codes.n == 0;
	return n;
}

/* The code of the row that begins as the one looked for, as far as it can. */
static struct ww_code
nearest(ww_str codes, const struct ww_code *code)
{
	struct ww_code out = { .n = 0 };

	while (codes.n != 0 && out.n < WW_CODE_MAX) {
		ww_str place = next_place(&codes);
		bool same = out.n < code->n && ww_str_find(place, code->v[out.n]) < place.n &&
		            memcmp(out.v, code->v, out.n) == 0;

		out.v[out.n] = same ? code->v[out.n] : place.p[0];
		out.n++;
	}
	return out;
}

/* How many codes the row spells. */
static uint64_t
spelled(ww_str codes)
{
	uint64_t n = 1;

	while (codes.n != 0)
		n *= next_place(&codes).n;
	return n;
}

/* -- siblings --------------------------------------------------------------------------------------- */

/* One row among those that share the first three characters. */
struct row {
	ww_str codes, value;
	size_t same; /* first characters of the code that it can spell */
};

/* Moves at to the next row; false: no more shares the first three characters. */
static bool
next_row(const struct ww_code_table *t, const struct ww_code *code, size_t *at, struct row *r,
    bool *whole)
{
	size_t end;

	if (*at >= t->n || memcmp(t->text + *at, code->v, HEAD) != 0)
		return false;
	end = line_end(t, *at);
	r->codes = ww_str_cut((ww_str){ t->text + *at, end - *at }, ',', &r->value);
	r->same = spells(r->codes, code, whole);
	*at = end + 1;
	return true;
}

/* How many codes that share as much have that value. */
static uint64_t
support(const struct ww_code_table *t, const struct ww_code *code, size_t at, const struct row *of)
{
	uint64_t n = 0;
	struct row r;
	bool whole;

	while (next_row(t, code, &at, &r, &whole))
		n += r.same == of->same && ww_str_eq(r.value, of->value) ? spelled(r.codes) : 0;
	return n;
}

struct ww_code_found
ww_code_find(const struct ww_code_table *t, const struct ww_code *code)
{
	struct ww_code_found found = { .value = ww_str_empty() };
	struct row r, best = { .same = 0 };
	uint64_t most = 0;
	size_t first, at;
	bool whole;

	if (code->n < HEAD)
		return found;
	first = at = first_line(t, code->v);
	while (next_row(t, code, &at, &r, &whole)) {
		if (whole)
			return (struct ww_code_found){ .value = r.value, .exact = true };
		if (r.same > best.same)
			best.same = r.same;
	}
	at = first;
	while (next_row(t, code, &at, &r, &whole)) {
		uint64_t n = r.same == best.same ? support(t, code, first, &r) : 0;

		if (n <= most)
			continue;
		most = n;
		found.value = r.value;
		found.sibling = nearest(r.codes, code);
	}
	return found;
}

ww_str
ww_code_exact(const struct ww_code_table *t, const struct ww_code *code)
{
	struct ww_code_found found = ww_code_find(t, code);

	return found.exact ? found.value : ww_str_empty();
}
