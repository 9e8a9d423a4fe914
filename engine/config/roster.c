/* Rosters: CSV files of members, their practices and since when. A row with a fault is left out and named by
 * its line. */
#include "config/roster_row.h"

#include "base/csv.h"
#include "model/member.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	struct ww_ctx *cx;
	const struct ww_config *config;
	const struct ww_roster_source *source;
	struct ww_csv csv;
	struct ww_roster_head head;
	struct ww_roster_row *rows;
	size_t rows_n, rows_cap;
	struct ww_roster_fault *faults;
	size_t faults_n, faults_cap;
};

/* -- arrays that grow ------------------------------------------------------------------------------- */

/* The array with room for one more; NULL when memory is short. Doubling in an arena costs as much again. */
static void *
grow(struct ww_ctx *cx, void *v, size_t n, size_t *cap, size_t size)
{
	void *bigger;

	if (n < *cap)
		return v;
	bigger = ww_arena_array(cx->arena, *cap > 0 ? 2 * *cap : 64, size);
	if (bigger == NULL)
		return NULL;
	if (n > 0)
		memcpy(bigger, v, n * size);
	*cap = *cap > 0 ? 2 * *cap : 64;
	return bigger;
}

static ww_status
keep_row(struct reader *r, const struct ww_roster_row *row)
{
	void *v = grow(r->cx, r->rows, r->rows_n, &r->rows_cap, sizeof(*r->rows));

	if (v == NULL)
		return ww_fail_memory(r->cx);
	r->rows = v;
	r->rows[r->rows_n++] = *row;
	return WW_OK;
}

static ww_status
keep_fault(struct reader *r, const struct ww_roster_fault *f)
{
	void *v = grow(r->cx, r->faults, r->faults_n, &r->faults_cap, sizeof(*r->faults));

	if (v == NULL)
		return ww_fail_memory(r->cx);
	r->faults = v;
	r->faults[r->faults_n++] = *f;
	return WW_OK;
}

static ww_status
read_header(struct reader *r)
{
	bool more;
	ww_status s = ww_csv_row(&r->csv, r->cx, &more);

	if (s != WW_OK)
		return s;
	if (!more)
		return ww_fail(r->cx, WW_E_CONFIG, "line 1",
		    "the file is empty: a row of column names must come first");
	return ww_roster_head_read(r->cx, r->source, r->csv.cells, r->csv.n, r->csv.line, &r->head);
}

static ww_status
read_row(struct reader *r)
{
	struct ww_roster_row row;
	struct ww_roster_fault fault;

	if (ww_roster_row_read(r->cx, r->config, r->source, &r->head, r->csv.cells, r->csv.n,
	        r->csv.line, &row, &fault))
		return keep_row(r, &row);
	return keep_fault(r, &fault);
}

/* -- rows given twice ------------------------------------------------------------------------------- */

/* What tells rows apart: the member's number as it is searched by, the practice, the program, the first day; and, as a family
 * may have one number, birth date and given name. */
struct identity {
	ww_str member, practice, program, given;
	int64_t effective, birth;
	unsigned line;
	size_t row;
};

static int
identity_order(const struct identity *x, const struct identity *y)
{
	int d = ww_str_cmp(x->member, y->member);

	if (d == 0)
		d = ww_str_cmp(x->practice, y->practice);
	if (d == 0)
		d = ww_str_cmp(x->program, y->program);
	if (d == 0)
		d = (x->effective > y->effective) - (x->effective < y->effective);
	if (d == 0)
		d = (x->birth > y->birth) - (x->birth < y->birth);
	return d != 0 ? d : ww_str_cmp(x->given, y->given);
}

static int
by_identity(const void *a, const void *b)
{
	const struct identity *x = a, *y = b;
	int d = identity_order(x, y);

	return d != 0 ? d : (x->line > y->line) - (x->line < y->line);
}

static int
by_line(const void *a, const void *b)
{
	const struct ww_roster_fault *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

/* Takes the marked rows out and keeps the order of the rest. */
static void
drop_rows(struct reader *r, const bool *drop)
{
	size_t i, kept = 0;

	for (i = 0; i < r->rows_n; i++)
		if (!drop[i])
			r->rows[kept++] = r->rows[i];
	r->rows_n = kept;
}

static ww_status
drop_twins(struct reader *r)
{
	struct identity *v = ww_arena_array(r->cx->arena, r->rows_n + 1, sizeof(*v));
	bool *drop = ww_arena_array(r->cx->arena, r->rows_n + 1, sizeof(*drop));
	ww_status s = WW_OK;
	size_t i;

	if (v == NULL || drop == NULL)
		return ww_fail_memory(r->cx);
	for (i = 0; i < r->rows_n; i++) {
		const struct ww_roster_row *row = &r->rows[i];

		v[i] = (struct identity){ .member = ww_member_key(r->cx, row->member_id),
			.practice = row->practice,
			.program = row->program,
			.given = ww_arena_upper(r->cx->arena, row->given),
			.effective = ww_time_known(row->effective) ? row->effective.ms : INT64_MIN,
			.birth = ww_birth_day(row->birth),
			.line = row->line,
			.row = i };
	}
	qsort(v, r->rows_n, sizeof(*v), by_identity);
	for (i = 1; i < r->rows_n && s == WW_OK; i++) {
		if (identity_order(&v[i - 1], &v[i]) != 0)
			continue;
		drop[v[i].row] = true;
		s = keep_fault(
		    r, &(struct ww_roster_fault){ .line = v[i].line, .text = WW_ROSTER_TWICE });
	}
	drop_rows(r, drop);
	return s;
}

ww_status
ww_roster_parse(struct ww_ctx *cx, ww_str csv, const struct ww_config *config,
    const struct ww_roster_source *source, struct ww_roster_row **rows, size_t *rows_n,
    struct ww_roster_fault **faults, size_t *faults_n)
{
	struct reader r = { .cx = cx, .config = config, .source = source };
	bool more = true;
	ww_status s;

	*rows_n = *faults_n = 0;
	*rows = NULL;
	*faults = NULL;
	ww_csv_start(&r.csv, csv);
	s = read_header(&r);
	while (s == WW_OK && more) {
		s = ww_csv_row(&r.csv, cx, &more);
		if (s == WW_OK && more)
			s = read_row(&r);
	}
	if (s == WW_OK)
		s = drop_twins(&r);
	if (s == WW_OK && ww_arena_status(cx->arena) != WW_OK)
		s = ww_fail_memory(cx);
	if (s != WW_OK)
		return s;
	if (r.faults_n > 0)
		qsort(r.faults, r.faults_n, sizeof(*r.faults), by_line);
	*rows = r.rows;
	*rows_n = r.rows_n;
	*faults = r.faults;
	*faults_n = r.faults_n;
	return WW_OK;
}
