#include "main/roster_file.h"

#include "base/csv.h"
#include "config/roster_row.h"
#include "main/load_source.h"
#include "main/roster_group.h"

#include <wardwire/json.h>

#include <stdio.h>
#include <stdlib.h>

enum { LINE_BYTES = 64 << 10 };

struct ww_roster_file {
	const struct ww_config *config;
	const struct ww_roster_source *source;
	struct ww_load_source *lines;
	struct ww_ctx cx; /* of a line */
	bool json;
	struct ww_roster_head head;    /* of CSV */
	struct ww_roster_group *group; /* NULL: it has lines; else next counts its members */
	uint64_t next, number;         /* behind the line read last */
	uint64_t consumed;
};

/* -- opening ------------------------------------------------------------------------------------------- */

/* The first line that has something on it; its text is good until the next read. */
static ww_status
first_line(struct ww_load_source *s, struct ww_ctx *cx, struct ww_load_line *l, bool *more)
{
	ww_status st;

	do
		st = ww_load_source_read(s, cx, l, more);
	while (st == WW_OK && *more && ww_str_trim(l->text).n == 0 && !l->too_long);
	return st;
}

/* *list: it may be an attribution list: its first line is a resource, or no whole object. */
static ww_status
find_form(struct ww_ctx *cx, const char *path, bool *json, bool *list)
{
	struct ww_load_source *s;
	struct ww_load_line l;
	struct ww_json *o;
	bool more = false;
	ww_status st = ww_load_source_open(cx, path, LINE_BYTES, false, &s);

	*json = *list = false;
	if (st != WW_OK)
		return st;
	st = first_line(s, cx, &l, &more);
	if (st == WW_OK && more && l.too_long) {
		*json = *list = true;
	} else if (st == WW_OK && more && ww_str_starts(ww_str_trim(l.text), WW_STR("{"))) {
		*json = true;
		*list = ww_json_parse(cx, l.text, &o) != WW_OK ||
		        ww_json_get(o, "resourceType") != NULL;
		cx->fail = (struct ww_failure){ .status = WW_OK };
	}
	ww_load_source_close(s);
	return st;
}

/* head keeps places, and nothing of the line. */
static ww_status
read_head(struct ww_roster_file *f, struct ww_ctx *cx, const char *path)
{
	struct ww_load_source *s;
	struct ww_load_line l;
	struct ww_csv csv;
	bool more = false;
	ww_status st = ww_load_source_open(cx, path, LINE_BYTES, true, &s);

	if (st != WW_OK)
		return st;
	st = first_line(s, cx, &l, &more);
	if (st == WW_OK && !more)
		st = ww_fail(cx, WW_E_CONFIG, "line 1",
		    "the file is empty: a row of column names must come first");
	if (st == WW_OK) {
		ww_csv_start(&csv, l.text);
		st = ww_csv_row(&csv, cx, &more);
	}
	if (st == WW_OK)
		st = ww_roster_head_read(
		    cx, f->source, csv.cells, csv.n, (unsigned)l.number, &f->head);
	f->next = st == WW_OK ? l.next : 0;
	f->number = st == WW_OK ? l.next_number : 1;
	ww_load_source_close(s);
	return st;
}

ww_status
ww_roster_file_open(struct ww_ctx *cx, const char *path, const struct ww_config *config,
    const struct ww_roster_source *source, struct ww_roster_file **out)
{
	struct ww_roster_file *f = calloc(1, sizeof(*f));
	bool list;
	ww_status s = f != NULL ? WW_OK : ww_fail(cx, WW_E_MEMORY, NULL, "roster");

	if (s != WW_OK)
		return s;
	f->config = config;
	f->source = source;
	f->number = 1;
	f->cx.arena = ww_arena_new(0);
	if (f->cx.arena == NULL)
		s = ww_fail(cx, WW_E_MEMORY, NULL, "roster");
	if (s == WW_OK)
		s = find_form(cx, path, &f->json, &list);
	if (s == WW_OK && list)
		s = ww_roster_group_open(cx, path, config, source, &f->group);
	if (s == WW_OK && !f->json)
		s = read_head(f, cx, path);
	if (s == WW_OK && f->group == NULL)
		s = ww_load_source_open(cx, path, LINE_BYTES, !f->json, &f->lines);
	if (s == WW_OK && f->lines != NULL && f->next > 0)
		s = ww_load_source_skip(f->lines, cx, f->next, f->number);
	if (s != WW_OK) {
		ww_roster_file_close(f);
		return s;
	}
	*out = f;
	return WW_OK;
}

void
ww_roster_file_close(struct ww_roster_file *f)
{
	if (f == NULL)
		return;
	ww_roster_group_close(f->group);
	ww_load_source_close(f->lines);
	ww_arena_free(f->cx.arena);
	free(f);
}

ww_status
ww_roster_file_skip(struct ww_roster_file *f, struct ww_ctx *cx, uint64_t next, uint64_t number)
{
	f->next = next;
	f->number = number;
	return f->group != NULL ? WW_OK : ww_load_source_skip(f->lines, cx, next, number);
}

/* -- rows ---------------------------------------------------------------------------------------------- */

static enum ww_roster_item
refuse(struct ww_roster_fault *fault, uint64_t line, const char *why)
{
	fault->line = (unsigned)line;
	snprintf(fault->text, sizeof(fault->text), "%.159s", why);
	return WW_ROSTER_REFUSED;
}

static enum ww_roster_item
read_object(struct ww_roster_file *f, const struct ww_load_line *l, struct ww_roster_row *row,
    struct ww_roster_fault *fault)
{
	struct ww_json *o;

	if (ww_json_parse(&f->cx, l->text, &o) != WW_OK || ww_json_kind(o) != WW_JSON_OBJECT)
		return refuse(fault, l->number, "not a JSON object on one line");
	return ww_roster_object_read(
	           &f->cx, f->config, f->source, o, (unsigned)l->number, row, fault)
	           ? WW_ROSTER_ROW
	           : WW_ROSTER_REFUSED;
}

/* *blank: it has nothing but commas. */
static enum ww_roster_item
read_cells(struct ww_roster_file *f, const struct ww_load_line *l, struct ww_roster_row *row,
    struct ww_roster_fault *fault, bool *blank)
{
	struct ww_csv csv;
	bool more = false;

	ww_csv_start(&csv, l->text);
	if (ww_csv_row(&csv, &f->cx, &more) != WW_OK)
		return refuse(fault, l->number, f->cx.fail.reason);
	*blank = !more;
	if (!more)
		return WW_ROSTER_ROW;
	return ww_roster_row_read(&f->cx, f->config, f->source, &f->head, csv.cells, csv.n,
	           (unsigned)l->number, row, fault)
	           ? WW_ROSTER_ROW
	           : WW_ROSTER_REFUSED;
}

static ww_status
read_member(struct ww_roster_file *f, struct ww_ctx *cx, struct ww_roster_row *row,
    struct ww_roster_fault *fault, enum ww_roster_item *what)
{
	bool taken;
	ww_status s;

	ww_ctx_clear(&f->cx);
	*what = WW_ROSTER_FILE_END;
	if (f->next >= ww_roster_group_members(f->group))
		return WW_OK;
	s = ww_roster_group_read(f->group, &f->cx, (size_t)f->next, row, fault, &taken);
	if (s != WW_OK)
		cx->fail = f->cx.fail;
	*what = taken ? WW_ROSTER_ROW : WW_ROSTER_REFUSED;
	f->next++;
	f->number = f->next + 1;
	return s;
}

ww_status
ww_roster_file_read(struct ww_roster_file *f, struct ww_ctx *cx, struct ww_roster_row *row,
    struct ww_roster_fault *fault, enum ww_roster_item *what)
{
	struct ww_load_line l;
	bool more, blank;
	ww_status s;

	if (f->group != NULL)
		return read_member(f, cx, row, fault, what);
	for (;;) {
		ww_ctx_clear(&f->cx);
		s = ww_load_source_read(f->lines, cx, &l, &more);
		*what = WW_ROSTER_FILE_END;
		if (s != WW_OK || !more)
			return s;
		f->next = l.next;
		f->number = l.next_number;
		f->consumed = l.consumed;
		if (l.too_long) {
			*what = refuse(fault, l.number, "a row of more than 65536 bytes");
			return WW_OK;
		}
		if (ww_str_trim(l.text).n == 0)
			continue;
		blank = false;
		*what = f->json ? read_object(f, &l, row, fault)
		                : read_cells(f, &l, row, fault, &blank);
		if (!blank)
			break;
	}
	return ww_arena_status(f->cx.arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

void
ww_roster_file_at(const struct ww_roster_file *f, uint64_t *next, uint64_t *number)
{
	*next = f->next;
	*number = f->number;
}

void
ww_roster_file_progress(const struct ww_roster_file *f, uint64_t *consumed, uint64_t *size)
{
	*consumed = f->group != NULL ? f->next : f->consumed;
	*size =
	    f->group != NULL ? ww_roster_group_members(f->group) : ww_load_source_size(f->lines);
}
