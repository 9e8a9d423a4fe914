/* Reads rows of rosters cell by cell. What is wrong with a row is named by column and rule; what it held is a patient's and
 * stays out of the text. */
#include "config/roster_row.h"

#include "config/keys.h"
#include "config/roster_cell.h"
#include "config/value.h"

#include "base/csv.h"
#include "codec/utf8.h"
#include "model/member.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>
#include <wardwire/model.h>

#include <stdio.h>
#include <string.h>

#define ABSENT SIZE_MAX

/* The header of a row's number in rows that were written here. */
#define LINE_NAME "#"

static const char *const column_names[WW_ROSTER_COLUMNS] = {
#define WW_ROSTER_COLUMN(column, text) [WW_ROSTER_##column] = #text,
#include <wardwire/roster_columns.def>
#undef WW_ROSTER_COLUMN
};

ww_str
ww_roster_column_name(const struct ww_roster_source *source, enum ww_roster_column c)
{
	return source != NULL && source->columns[c].n > 0 ? source->columns[c]
	                                                  : ww_str_from(column_names[c]);
}

/* -- header ----------------------------------------------------------------------------------------- */

static ww_status
refuse_header(struct ww_ctx *cx, unsigned line, const char *what, ww_str column)
{
	char place[32];

	snprintf(place, sizeof(place), "line %u", line > 0 ? line : 1);
	return ww_fail(cx, WW_E_CONFIG, place, "%s%.*s", what, WW_STR_FMT(column));
}

static bool
has_split_name(const struct ww_roster_head *h)
{
	return h->place[WW_ROSTER_FAMILY] != ABSENT && h->place[WW_ROSTER_GIVEN] != ABSENT;
}

static ww_status
check_head(struct ww_ctx *cx, const struct ww_roster_source *source, const struct ww_roster_head *h,
    unsigned line)
{
	static const enum ww_roster_column needed[] = { WW_ROSTER_MEMBER_ID, WW_ROSTER_BIRTH_DATE,
		WW_ROSTER_PRACTICE };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (h->place[needed[i]] == ABSENT)
			return refuse_header(cx, line,
			    "a column is missing: ", ww_roster_column_name(source, needed[i]));
	if (h->place[WW_ROSTER_NAME] == ABSENT && !has_split_name(h))
		return refuse_header(
		    cx, line, "a column is missing: ", WW_STR("name, or family and given"));
	return WW_OK;
}

ww_status
ww_roster_head_read(struct ww_ctx *cx, const struct ww_roster_source *source, const ww_str *cells,
    size_t n, unsigned line, struct ww_roster_head *out)
{
	struct ww_roster_head h = { .line = ABSENT, .width = n };
	ww_status s;

	for (size_t c = 0; c < WW_ROSTER_COLUMNS; c++)
		h.place[c] = ABSENT;
	for (size_t i = 0; i < n; i++) {
		ww_str name = ww_str_trim(cells[i]);

		if (source == NULL && ww_str_is(name, LINE_NAME))
			h.line = i;
		for (size_t c = 0; c < WW_ROSTER_COLUMNS; c++) {
			ww_str own = ww_roster_column_name(source, (enum ww_roster_column)c);

			if (!ww_str_ieq(name, own))
				continue; /* a column of another name is not ours */
			if (h.place[c] != ABSENT)
				return refuse_header(cx, line, "two columns are named ", own);
			h.place[c] = i;
		}
	}
	s = check_head(cx, source, &h, line);
	if (s == WW_OK)
		*out = h;
	return s;
}

/* -- cells ------------------------------------------------------------------------------------------ */

/* A row in hand: what it has by column, trimmed; empty where the row or the file has none. */
struct reader {
	struct ww_ctx *cx;
	const struct ww_config *config;
	const struct ww_roster_source *source;
	bool split_name;
	ww_str cells[WW_ROSTER_COLUMNS];
};

static ww_str
cell(const struct reader *r, enum ww_roster_column c)
{
	return r->cells[c];
}

/* Each reads its columns into row and returns the rule that was broken, NULL when none was. */

static const char *
read_member(const struct reader *r, struct ww_roster_row *row)
{
	row->member_id = cell(r, WW_ROSTER_MEMBER_ID);
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

	if (r->split_name) {
		row->family = cell(r, WW_ROSTER_FAMILY);
		row->given = cell(r, WW_ROSTER_GIVEN);
	} else {
		row->family = ww_str_trim(ww_str_cut(cell(r, WW_ROSTER_NAME), ',', &given));
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
	ww_str s = cell(r, WW_ROSTER_BIRTH_DATE);

	if (s.n == 0)
		return "must not be empty";
	return ww_roster_date(s, &row->birth) ? NULL : date_rule;
}

static const char *
read_row_sex(const struct reader *r, struct ww_roster_row *row)
{
	return ww_roster_sex(cell(r, WW_ROSTER_SEX), &row->sex)
	           ? NULL
	           : "one of M, F, O, U, A, N, male, female, or empty";
}

static const char *
read_practice(const struct reader *r, struct ww_roster_row *row)
{
	ww_str s = cell(r, WW_ROSTER_PRACTICE);
	const struct ww_party *p = ww_config_party(r->config, s);

	if (p == NULL)
		return s.n == 0 ? "must not be empty"
		                : "not the name of a party in the configuration";
	row->practice = p->name;
	return NULL;
}

static const char *
read_effective(const struct reader *r, struct ww_roster_row *row)
{
	ww_str s = cell(r, WW_ROSTER_EFFECTIVE);

	return s.n == 0 || ww_roster_date(s, &row->effective) ? NULL : date_rule;
}

static const char *
read_end(const struct reader *r, struct ww_roster_row *row)
{
	ww_str s = cell(r, WW_ROSTER_END);

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
	ww_str s = cell(r, WW_ROSTER_NOTICES);

	row->policy = WW_policy_NONE;
	if (s.n == 0)
		return NULL;
	while (row->policy < ww_policy_count &&
	       !ww_str_ieq(s, ww_str_from(ww_choices_restriction[row->policy])))
		row->policy++;
	return row->policy < ww_policy_count ? NULL
	                                     : "one of allow, event-only, suppress, or empty";
}

static const char *
read_opt_out(const struct reader *r, struct ww_roster_row *row)
{
	ww_str s = cell(r, WW_ROSTER_OPT_OUT);

	if (!ww_roster_yes(s, &row->opt_out))
		return "one of yes, no, Y, N, true, false, 1, 0, or empty";
	if (row->opt_out)
		row->policy = WW_policy_SUPPRESS;
	return NULL;
}

/* Letter by letter a name of the configuration. */
static const char *
read_program(const struct reader *r, struct ww_roster_row *row)
{
	row->program = cell(r, WW_ROSTER_PROGRAM);
	if (row->program.n == 0 && r->source != NULL)
		row->program = r->source->program;
	return row->program.n == 0 || ww_value_fits(WW_FORMAT_NAME, row->program)
	           ? NULL
	           : "not the name of a program";
}

enum { WORD_MAX = 128 };

static const char *
read_word(ww_str s, ww_str *out)
{
	*out = s;
	return s.n <= WORD_MAX && ww_roster_one_line(s) ? NULL : "one line of at most 128 bytes";
}

static const char *
read_payer(const struct reader *r, struct ww_roster_row *row)
{
	return read_word(cell(r, WW_ROSTER_PAYER), &row->payer);
}

static const char *
read_plan(const struct reader *r, struct ww_roster_row *row)
{
	return read_word(cell(r, WW_ROSTER_PLAN), &row->plan);
}

static const char *
read_product(const struct reader *r, struct ww_roster_row *row)
{
	return read_word(cell(r, WW_ROSTER_PRODUCT), &row->product);
}

static const char *
read_provider(const struct reader *r, struct ww_roster_row *row)
{
	return read_word(cell(r, WW_ROSTER_PROVIDER), &row->provider);
}

/* In the order in which a broken rule is reported; end looks at effective, opt_out has the last word on notices. */
static const struct {
	enum ww_roster_column column;
	const char *(*read)(const struct reader *r, struct ww_roster_row *row);
} parts[] = {
	{ WW_ROSTER_MEMBER_ID, read_member },
	{ WW_ROSTER_NAME, read_name },
	{ WW_ROSTER_BIRTH_DATE, read_birth },
	{ WW_ROSTER_SEX, read_row_sex },
	{ WW_ROSTER_PRACTICE, read_practice },
	{ WW_ROSTER_EFFECTIVE, read_effective },
	{ WW_ROSTER_END, read_end },
	{ WW_ROSTER_NOTICES, read_notices },
	{ WW_ROSTER_OPT_OUT, read_opt_out },
	{ WW_ROSTER_PROGRAM, read_program },
	{ WW_ROSTER_PAYER, read_payer },
	{ WW_ROSTER_PLAN, read_plan },
	{ WW_ROSTER_PRODUCT, read_product },
	{ WW_ROSTER_PROVIDER, read_provider },
};

static bool
refuse(struct ww_roster_fault *f, unsigned line, ww_str column, const char *rule)
{
	f->line = line;
	snprintf(f->text, sizeof(f->text), "%.*s%s%s", (int)(column.n < 64 ? column.n : 64),
	    column.p, column.n > 0 ? ": " : "", rule);
	return false;
}

static bool
read_parts(
    const struct reader *r, unsigned line, struct ww_roster_row *row, struct ww_roster_fault *fault)
{
	const char *rule;

	*row = (struct ww_roster_row){ .line = line };
	row->member_id = row->family = row->given = row->sex = row->practice = ww_str_empty();
	row->program = row->payer = row->plan = row->product = row->provider = ww_str_empty();
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		rule = parts[i].read(r, row);
		if (rule != NULL)
			return refuse(
			    fault, line, ww_roster_column_name(r->source, parts[i].column), rule);
	}
	return true;
}

/* -- rows ------------------------------------------------------------------------------------------- */

bool
ww_roster_row_read(struct ww_ctx *cx, const struct ww_config *config,
    const struct ww_roster_source *source, const struct ww_roster_head *head, const ww_str *cells,
    size_t n, unsigned line, struct ww_roster_row *out, struct ww_roster_fault *fault)
{
	struct reader r = {
		.cx = cx, .config = config, .source = source, .split_name = has_split_name(head)
	};
	uint64_t written;

	if (head->line < n && ww_str_u64(cells[head->line], UINT32_MAX, &written))
		line = (unsigned)written;
	if (n > head->width)
		return refuse(fault, line, ww_str_empty(),
		    "more cells than the header has columns: a cell with a comma needs double "
		    "quotes");
	for (size_t i = 0; i < n; i++)
		if (!ww_utf8_valid(cells[i]))
			return refuse(
			    fault, line, ww_str_empty(), "not UTF-8: save the file as CSV UTF-8");
	for (size_t c = 0; c < WW_ROSTER_COLUMNS; c++)
		r.cells[c] =
		    head->place[c] < n ? ww_str_trim(cells[head->place[c]]) : ww_str_empty();
	return read_parts(&r, line, out, fault);
}

bool
ww_roster_object_read(struct ww_ctx *cx, const struct ww_config *config,
    const struct ww_roster_source *source, const struct ww_json *object, unsigned line,
    struct ww_roster_row *out, struct ww_roster_fault *fault)
{
	struct reader r = { .cx = cx, .config = config, .source = source };

	for (size_t c = 0; c < WW_ROSTER_COLUMNS; c++) {
		ww_str name = ww_roster_column_name(source, (enum ww_roster_column)c);
		const struct ww_json *v = ww_json_get(object, ww_arena_cstr(cx->arena, name));

		r.cells[c] = ww_str_empty();
		if (v == NULL)
			continue;
		switch (ww_json_kind(v)) {
		case WW_JSON_STRING:
			r.cells[c] = ww_str_trim(ww_json_str(v));
			break;
		case WW_JSON_NUMBER:
			r.cells[c] = ww_json_number(v);
			break;
		case WW_JSON_BOOL:
			r.cells[c] = ww_json_true(v) ? WW_STR("true") : WW_STR("false");
			break;
		case WW_JSON_NULL:
		case WW_JSON_NONE:
			break;
		case WW_JSON_OBJECT:
		case WW_JSON_ARRAY:
			return refuse(fault, line, name, "must be a text");
		}
	}
	r.split_name = r.cells[WW_ROSTER_FAMILY].n + r.cells[WW_ROSTER_GIVEN].n > 0;
	return read_parts(&r, line, out, fault);
}

/* -- rows on their way ------------------------------------------------------------------------------ */

void
ww_roster_head_write(struct ww_buf *out)
{
	ww_buf_str_add(out, WW_STR(LINE_NAME));
	for (size_t c = 0; c < WW_ROSTER_COLUMNS; c++)
		ww_buf_printf(out, ",%s", column_names[c]);
	ww_buf_byte(out, '\n');
}

static void
write_text(struct ww_buf *out, ww_str s)
{
	bool quote = false;

	if (s.n == 0)
		return;
	for (size_t i = 0; i < s.n; i++)
		quote = quote || s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\r' || s.p[i] == '\n';
	if (!quote) {
		ww_buf_str_add(out, s);
		return;
	}
	ww_buf_byte(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			ww_buf_byte(out, '"');
		ww_buf_byte(out, s.p[i]);
	}
	ww_buf_byte(out, '"');
}

static void
write_date(struct ww_buf *out, ww_time t)
{
	if (ww_time_known(t))
		ww_time_write_fhir(t, out);
}

void
ww_roster_row_write(const struct ww_roster_row *row, struct ww_buf *out)
{
	const ww_str texts[WW_ROSTER_COLUMNS] = {
		[WW_ROSTER_MEMBER_ID] = row->member_id,
		[WW_ROSTER_FAMILY] = row->family,
		[WW_ROSTER_GIVEN] = row->given,
		[WW_ROSTER_SEX] = row->sex,
		[WW_ROSTER_PRACTICE] = row->practice,
		[WW_ROSTER_NOTICES] = ww_str_from(
		    row->policy != WW_policy_NONE ? ww_choices_restriction[row->policy] : ""),
		[WW_ROSTER_OPT_OUT] = row->opt_out ? WW_STR("yes") : ww_str_empty(),
		[WW_ROSTER_PROGRAM] = row->program,
		[WW_ROSTER_PAYER] = row->payer,
		[WW_ROSTER_PLAN] = row->plan,
		[WW_ROSTER_PRODUCT] = row->product,
		[WW_ROSTER_PROVIDER] = row->provider,
	};
	const ww_time dates[WW_ROSTER_COLUMNS] = {
		[WW_ROSTER_BIRTH_DATE] = row->birth,
		[WW_ROSTER_EFFECTIVE] = row->effective,
		[WW_ROSTER_END] = row->end,
	};

	ww_buf_printf(out, "%u", row->line);
	for (size_t c = 0; c < WW_ROSTER_COLUMNS; c++) {
		ww_buf_byte(out, ',');
		write_date(out, dates[c]);
		write_text(out, texts[c]);
	}
	ww_buf_byte(out, '\n');
}

ww_status
ww_roster_row_again(
    struct ww_ctx *cx, const struct ww_config *config, ww_str text, struct ww_roster_row *out)
{
	struct ww_roster_head head = { .line = 0, .width = WW_ROSTER_COLUMNS + 1 };
	struct ww_roster_fault fault;
	struct ww_csv csv;
	bool more;
	ww_status s;

	for (size_t c = 0; c < WW_ROSTER_COLUMNS; c++)
		head.place[c] = c + 1;
	ww_csv_start(&csv, text);
	s = ww_csv_row(&csv, cx, &more);
	if (s != WW_OK)
		return s;
	if (!more || !ww_roster_row_read(cx, config, NULL, &head, csv.cells, csv.n, 0, out, &fault))
		return ww_fail(cx, WW_E_VALUE, "row", "it does not fit the configuration");
	return WW_OK;
}
