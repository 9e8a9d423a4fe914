/* Rosters: CSV files of members, their practices and since when. A row with a fault is left out and named by
 * its line; what it held is a patient's and stays out of the text. */
#include "config/load.h"

#include "config/keys.h"
#include "config/roster_cell.h"

#include "base/csv.h"
#include "codec/utf8.h"
#include "model/member.h"

#include <wardwire/model.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum column {
	MEMBER_ID,
	NAME,
	FAMILY,
	GIVEN,
	BIRTH_DATE,
	SEX,
	PRACTICE,
	EFFECTIVE,
	END,
	NOTICES,
	COLUMNS
};

static const char *const column_names[COLUMNS] = {
	[MEMBER_ID] = "member_id",
	[NAME] = "name",
	[FAMILY] = "family",
	[GIVEN] = "given",
	[BIRTH_DATE] = "birth_date",
	[SEX] = "sex",
	[PRACTICE] = "practice",
	[EFFECTIVE] = "effective",
	[END] = "end",
	[NOTICES] = "notices",
};

#define ABSENT SIZE_MAX

struct reader {
	struct ww_ctx *cx;
	const struct ww_config *config;
	struct ww_csv csv;
	size_t place[COLUMNS]; /* which cell of a row; ABSENT: the file has no such column */
	size_t width;          /* cells of the header */
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
keep_fault(struct reader *r, unsigned line, const char *column, const char *rule)
{
	void *v = grow(r->cx, r->faults, r->faults_n, &r->faults_cap, sizeof(*r->faults));
	struct ww_roster_fault *f;

	if (v == NULL)
		return ww_fail_memory(r->cx);
	r->faults = v;
	f = &r->faults[r->faults_n++];
	f->line = line;
	snprintf(f->text, sizeof(f->text), "%s%s%s", column, column[0] != '\0' ? ": " : "", rule);
	return WW_OK;
}

/* -- header ----------------------------------------------------------------------------------------- */

static ww_status
refuse_header(struct reader *r, const char *what, const char *column)
{
	char place[32];

	snprintf(place, sizeof(place), "line %u", r->csv.line > 0 ? r->csv.line : 1);
	return ww_fail(r->cx, WW_E_CONFIG, place, "%s%s", what, column);
}

static ww_status
place_column(struct reader *r, size_t cell)
{
	ww_str name = ww_str_trim(r->csv.cells[cell]);
	size_t c;

	for (c = 0; c < COLUMNS; c++) {
		if (!ww_str_ieq(name, ww_str_from(column_names[c])))
			continue;
		if (r->place[c] != ABSENT)
			return refuse_header(r, "two columns are named ", column_names[c]);
		r->place[c] = cell;
	}
	return WW_OK; /* a column of another name is not ours */
}

static ww_status
need_column(struct reader *r, enum column c)
{
	if (r->place[c] != ABSENT)
		return WW_OK;
	return refuse_header(r, "a column is missing: ", column_names[c]);
}

static bool
has_split_name(const struct reader *r)
{
	return r->place[FAMILY] != ABSENT && r->place[GIVEN] != ABSENT;
}

static ww_status
read_header(struct reader *r)
{
	static const enum column needed[] = { MEMBER_ID, BIRTH_DATE, PRACTICE };
	ww_status s;
	bool more;
	size_t i;

	for (i = 0; i < COLUMNS; i++)
		r->place[i] = ABSENT;
	s = ww_csv_row(&r->csv, r->cx, &more);
	if (s != WW_OK)
		return s;
	if (!more)
		return refuse_header(
		    r, "the file is empty: a row of column names must come first", "");
	r->width = r->csv.n;
	for (i = 0; i < r->csv.n && s == WW_OK; i++)
		s = place_column(r, i);
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]) && s == WW_OK; i++)
		s = need_column(r, needed[i]);
	if (s == WW_OK && r->place[NAME] == ABSENT && !has_split_name(r))
		s = refuse_header(r, "a column is missing: ", "name, or family and given");
	return s;
}

/* -- cells ------------------------------------------------------------------------------------------ */

/* The cell of a column, empty where the row or the file has none. */
static ww_str
cell(const struct reader *r, enum column c)
{
	if (r->place[c] == ABSENT || r->place[c] >= r->csv.n)
		return ww_str_empty();
	return ww_str_trim(r->csv.cells[r->place[c]]);
}

/* -- rows ------------------------------------------------------------------------------------------- */

/* Each reads its columns into row and returns the rule that was broken, NULL when none was. */

static const char *
read_member(const struct reader *r, struct ww_roster_row *row)
{
	row->member_id = cell(r, MEMBER_ID);
	if (ww_member_key(r->cx, row->member_id).n == 0)
		return "must not be empty";
	return row->member_id.n <= 64 && ww_roster_one_line(row->member_id)
	           ? NULL
	           : "one line of 1 to 64 bytes";
}

static const char *
read_name(const struct reader *r, struct ww_roster_row *row)
{
	ww_str given;

	if (has_split_name(r)) {
		row->family = cell(r, FAMILY);
		row->given = cell(r, GIVEN);
	} else {
		row->family = ww_str_trim(ww_str_cut(cell(r, NAME), ',', &given));
		row->given = ww_str_trim(given);
	}
	if (row->family.n + row->given.n == 0)
		return "must not be empty: a member is matched by birth date and name";
	return ww_roster_one_line(row->family) && ww_roster_one_line(row->given)
	           ? NULL
	           : "must be one line";
}

static const char date_rule[] = "not a date: YYYY-MM-DD, YYYYMMDD or MM/DD/YYYY";

static const char *
read_birth(const struct reader *r, struct ww_roster_row *row)
{
	ww_str s = cell(r, BIRTH_DATE);

	if (s.n == 0)
		return "must not be empty";
	return ww_roster_date(s, &row->birth) ? NULL : date_rule;
}

static const char *
read_row_sex(const struct reader *r, struct ww_roster_row *row)
{
	return ww_roster_sex(cell(r, SEX), &row->sex)
	           ? NULL
	           : "one of M, F, O, U, A, N, male, female, or empty";
}

static const char *
read_practice(const struct reader *r, struct ww_roster_row *row)
{
	const struct ww_party *p = ww_config_party(r->config, cell(r, PRACTICE));

	if (p == NULL)
		return cell(r, PRACTICE).n == 0 ? "must not be empty"
		                                : "not the name of a party in the configuration";
	row->practice = p->name;
	return NULL;
}

static const char *
read_effective(const struct reader *r, struct ww_roster_row *row)
{
	ww_str s = cell(r, EFFECTIVE);

	return s.n == 0 || ww_roster_date(s, &row->effective) ? NULL : date_rule;
}

static const char *
read_end(const struct reader *r, struct ww_roster_row *row)
{
	ww_str s = cell(r, END);

	if (s.n == 0)
		return NULL;
	if (!ww_roster_date(s, &row->end))
		return date_rule;
	if (ww_time_known(row->effective) && ww_time_cmp(row->end, row->effective) < 0)
		return "before effective";
	return NULL;
}

static const char *
read_notices(const struct reader *r, struct ww_roster_row *row)
{
	ww_str s = cell(r, NOTICES);

	row->policy = WW_policy_NONE;
	if (s.n == 0)
		return NULL;
	while (row->policy < ww_policy_count &&
	       !ww_str_ieq(s, ww_str_from(ww_choices_restriction[row->policy])))
		row->policy++;
	return row->policy < ww_policy_count ? NULL
	                                     : "one of allow, event-only, suppress, or empty";
}

/* In the order in which a broken rule is reported; end looks at effective. */
static const struct {
	enum column column;
	const char *(*read)(const struct reader *r, struct ww_roster_row *row);
} parts[] = {
	{ MEMBER_ID, read_member },
	{ NAME, read_name },
	{ BIRTH_DATE, read_birth },
	{ SEX, read_row_sex },
	{ PRACTICE, read_practice },
	{ EFFECTIVE, read_effective },
	{ END, read_end },
	{ NOTICES, read_notices },
};

static ww_status
read_row(struct reader *r)
{
	struct ww_roster_row row = { .line = r->csv.line };
	size_t i;

	row.member_id = row.family = row.given = row.sex = row.practice = ww_str_empty();
	if (r->csv.n > r->width)
		return keep_fault(r, row.line, "",
		    "more cells than the header has columns: a cell with a comma needs double "
		    "quotes");
	for (i = 0; i < r->csv.n; i++)
		if (!ww_utf8_valid(r->csv.cells[i]))
			return keep_fault(r, row.line, "", "not UTF-8: save the file as CSV UTF-8");
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *rule = parts[i].read(r, &row);

		if (rule != NULL)
			return keep_fault(r, row.line, column_names[parts[i].column], rule);
	}
	return keep_row(r, &row);
}

/* -- rows given twice ------------------------------------------------------------------------------- */

/* What tells rows apart: the member's number as it is searched by, the practice, the first day; and, as a family may have one
 * number, birth date and given name. */
struct identity {
	ww_str member, practice, given;
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
		s = keep_fault(r, v[i].line, "member_id",
		    "given twice for the same practice and effective date");
	}
	drop_rows(r, drop);
	return s;
}

ww_status
ww_roster_parse(struct ww_ctx *cx, ww_str csv, const struct ww_config *config,
    struct ww_roster_row **rows, size_t *rows_n, struct ww_roster_fault **faults, size_t *faults_n)
{
	struct reader r = { .cx = cx, .config = config };
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
