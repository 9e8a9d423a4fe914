/* The CSV reader: one pass over the text, cells are slices of it. */
#include "base/csv.h"

#include <wardwire/ctx.h>

#include <stdio.h>
#include <string.h>

#define CELLS_MAX 256

void
ww_csv_start(struct ww_csv *c, ww_str text)
{
	if (ww_str_starts(text, WW_STR("\xef\xbb\xbf")))
		text = ww_str_sub(text, 3, text.n);
	*c = (struct ww_csv){ .rest = text, .next = 1 };
}

static ww_status
fail_line(struct ww_ctx *cx, ww_status s, unsigned line, const char *why)
{
	char place[32];

	snprintf(place, sizeof(place), "line %u", line);
	return ww_fail(cx, s, place, "%s", why);
}

/* A copy of s with every doubled quote made one. */
static ww_status
halve_quotes(struct ww_ctx *cx, ww_str s, ww_str *out)
{
	char *p = ww_arena_alloc(cx->arena, s.n);
	size_t i, n = 0;

	if (p == NULL)
		return ww_fail_memory(cx);
	for (i = 0; i < s.n; i++) {
		p[n++] = s.p[i];
		if (s.p[i] == '"')
			i++;
	}
	*out = ww_str_of(p, n);
	return WW_OK;
}

/* Length of the line break at p, 0 when there is none. A CR alone is content. */
static size_t
line_break(const char *p, const char *end)
{
	if (p < end && p[0] == '\n')
		return 1;
	return end - p >= 2 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

/* The cell that starts with the quote at *pp; *pp moves behind the closing one. */
static ww_status
quoted_cell(struct ww_csv *c, struct ww_ctx *cx, const char **pp, const char *end, ww_str *cell)
{
	const char *from = *pp + 1, *p;
	unsigned opened = c->next;
	bool doubled = false;

	for (p = from; p < end; p++) {
		if (*p == '\n')
			c->next++;
		if (*p != '"')
			continue;
		if (p + 1 == end || p[1] != '"')
			break;
		doubled = true;
		p++;
	}
	if (p == end)
		return fail_line(cx, WW_E_SYNTAX, opened, "a quote is never closed");
	*pp = p + 1;
	if (*pp < end && **pp != ',' && line_break(*pp, end) == 0)
		return fail_line(cx, WW_E_SYNTAX, c->next, "text after a closing quote");
	*cell = ww_str_of(from, (size_t)(p - from));
	return doubled ? halve_quotes(cx, *cell, cell) : WW_OK;
}

static ww_str
plain_cell(const char **pp, const char *end)
{
	const char *from = *pp, *p = from;

	while (p < end && *p != ',' && line_break(p, end) == 0)
		p++;
	*pp = p;
	return ww_str_of(from, (size_t)(p - from));
}

/* Reads one row into cells[CELLS_MAX] and takes it off c->rest, line break included. */
static ww_status
read_row(struct ww_csv *c, struct ww_ctx *cx, ww_str *cells, size_t *n)
{
	const char *p = c->rest.p, *end = p + c->rest.n;
	ww_status s;
	size_t i;

	c->line = c->next;
	for (i = 0;; p++) { /* past the comma */
		if (i == CELLS_MAX)
			return fail_line(cx, WW_E_LIMIT, c->line, "more than 256 cells");
		if (p < end && *p == '"') {
			s = quoted_cell(c, cx, &p, end, &cells[i]);
			if (s != WW_OK)
				return s;
		} else {
			cells[i] = plain_cell(&p, end);
		}
		i++;
		if (p == end || *p != ',')
			break;
	}
	*n = i;
	if (p < end) {
		p += line_break(p, end);
		c->next++;
	}
	c->rest = ww_str_of(p, (size_t)(end - p));
	return WW_OK;
}

/* Spreadsheets write rows that were once used as commas only. */
static bool
is_blank(const ww_str *cells, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (ww_str_trim(cells[i]).n > 0)
			return false;
	return true;
}

ww_status
ww_csv_row(struct ww_csv *c, struct ww_ctx *cx, bool *more)
{
	ww_str cells[CELLS_MAX];
	ww_status s;

	*more = false;
	do {
		if (c->rest.n == 0)
			return WW_OK;
		s = read_row(c, cx, cells, &c->n);
		if (s != WW_OK)
			return s;
	} while (is_blank(cells, c->n));
	c->cells = ww_arena_array(cx->arena, c->n, sizeof(*c->cells));
	if (c->cells == NULL)
		return ww_fail_memory(cx);
	memcpy(c->cells, cells, c->n * sizeof(*cells));
	*more = true;
	return WW_OK;
}
