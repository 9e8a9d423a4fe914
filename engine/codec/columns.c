#include "codec/columns.h"

#include "base/csv.h"

#include <stdio.h>

/* -- names of headers ------------------------------------------------------------------------------------ */

static char
plain(char c)
{
	if (c == ' ' || c == '-')
		return '_';
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_called(ww_str header, ww_str name)
{
	size_t i;

	header = ww_str_trim(header);
	if (header.n != name.n)
		return false;
	for (i = 0; i < name.n; i++)
		if (plain(header.p[i]) != plain(name.p[i]))
			return false;
	return true;
}

static size_t
column_of(const struct ww_csv_kind *kind, ww_str name)
{
	size_t i = 0;

	while (i < kind->columns_n && !is_called(name, ww_str_from(kind->columns[i].name)))
		i++;
	return i;
}

static ww_status
fail_at_line(struct ww_ctx *cx, unsigned line, ww_status s, const char *why)
{
	char place[32];

	(void)snprintf(place, sizeof(place), "line %u", line);
	return ww_fail(cx, s, place, "%s", why);
}

static ww_status
read_renames(struct ww_ctx *cx, const struct ww_csv_kind *kind, struct ww_csv *csv, ww_str *names)
{
	bool more = true;
	ww_status s = ww_csv_row(csv, cx, &more);

	if (s == WW_OK && (!more || csv->n != 2 || !is_called(csv->cells[0], WW_STR("column")) ||
	                      !is_called(csv->cells[1], WW_STR("header"))))
		return fail_at_line(cx, 1, WW_E_SYNTAX, "the headers must be column and header");
	while (s == WW_OK) {
		size_t c;

		s = ww_csv_row(csv, cx, &more);
		if (s != WW_OK || !more)
			break;
		c = csv->n == 2 ? column_of(kind, csv->cells[0]) : kind->columns_n;
		if (c == kind->columns_n)
			return fail_at_line(
			    cx, csv->line, WW_E_CODE, "not a column of this kind and its header");
		names[c] = ww_str_trim(csv->cells[1]);
	}
	return s;
}

ww_status
ww_columns_read(
    struct ww_ctx *cx, const struct ww_csv_kind *kind, ww_str text, struct ww_columns *out)
{
	ww_str *names = ww_arena_array(cx->arena, kind->columns_n, sizeof(*names));
	struct ww_csv csv;
	ww_status s = WW_OK;
	size_t i;

	if (names == NULL)
		return ww_fail_memory(cx);
	for (i = 0; i < kind->columns_n; i++)
		names[i] = ww_str_from(kind->columns[i].name);
	if (text.n > 0) {
		ww_csv_start(&csv, text);
		s = read_renames(cx, kind, &csv, names);
	}
	*out = (struct ww_columns){ .kind = kind, .names = names };
	return s;
}

/* -- a file ----------------------------------------------------------------------------------------------- */

static bool
is_constant(ww_str name)
{
	return name.n > 0 && name.p[0] == '=';
}

ww_status
ww_columns_head_read(
    struct ww_ctx *cx, const struct ww_columns *names, ww_str line, struct ww_columns_head *out)
{
	const struct ww_csv_kind *kind = names->kind;
	size_t *at = ww_arena_array(cx->arena, kind->columns_n, sizeof(*at));
	struct ww_csv csv;
	bool more;
	ww_status s;
	size_t c, i;

	if (at == NULL)
		return ww_fail_memory(cx);
	ww_csv_start(&csv, line);
	s = ww_csv_row(&csv, cx, &more);
	if (s == WW_OK && !more)
		s = ww_fail(cx, WW_E_SYNTAX, "line 1", "no headers");
	if (s != WW_OK)
		return s;
	for (c = 0; c < kind->columns_n; c++) {
		at[c] = SIZE_MAX;
		for (i = csv.n; i-- > 0;)
			if (is_called(csv.cells[i], names->names[c]))
				at[c] = i;
		if (at[c] == SIZE_MAX && kind->columns[c].required && !is_constant(names->names[c]))
			return ww_fail(cx, WW_E_REQUIRED, kind->columns[c].name,
			    "the file has no such header");
	}
	*out = (struct ww_columns_head){ .names = names, .at = at, .n = csv.n };
	return WW_OK;
}

ww_status
ww_columns_row_read(
    struct ww_ctx *cx, const struct ww_columns_head *head, ww_str line, const ww_str **out)
{
	const struct ww_csv_kind *kind = head->names->kind;
	ww_str *cells = ww_arena_array(cx->arena, kind->columns_n, sizeof(*cells));
	struct ww_csv csv;
	bool more;
	ww_status s;
	size_t c;

	if (cells == NULL)
		return ww_fail_memory(cx);
	ww_csv_start(&csv, line);
	s = ww_csv_row(&csv, cx, &more);
	if (s != WW_OK)
		return s;
	if (!more || csv.n != head->n)
		return ww_fail(cx, WW_E_SYNTAX, NULL, "%zu cells under %zu headers",
		    more ? csv.n : 0, head->n);
	for (c = 0; c < kind->columns_n; c++) {
		ww_str name = head->names->names[c];

		cells[c] = head->at[c] != SIZE_MAX ? ww_str_trim(csv.cells[head->at[c]])
		           : is_constant(name)     ? ww_str_sub(name, 1, name.n)
		                                   : ww_str_empty();
		if (cells[c].n == 0 && kind->columns[c].required)
			return ww_fail(cx, WW_E_REQUIRED, kind->columns[c].name, "empty");
	}
	*out = cells;
	return WW_OK;
}
