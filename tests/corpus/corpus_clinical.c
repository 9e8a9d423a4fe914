/* Holds the comorbidity groups and the rule lace/1 against vectors computed elsewhere:
 *
 *	corpus_clinical <datadir>
 *
 * reads <datadir>/clinical/comorbidity/vectors_*.tsv and <datadir>/clinical/vectors/lace_*.tsv. One row is
 * one check; every column of it that we compute must agree. Totals by the weight sets that lace/1 does not
 * use are not compared: their sums are. */
#include "tests/unit/case.h"

#include "rules/comorbidity.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS = 32, FILE_MAX = 1 << 20 };

static unsigned passed, failed, skipped;

/* One row of a table with the names of its columns. */
struct line {
	const char *file;
	unsigned number;
	ww_str heads[COLUMNS], cells[COLUMNS];
	size_t heads_n, cells_n;
};

/* The first column of that name; false when the table has none. */
static bool
cell(const struct line *l, const char *head, ww_str *out)
{
	for (size_t i = 0; i < l->heads_n && i < l->cells_n; i++) {
		if (ww_str_is(l->heads[i], head)) {
			*out = l->cells[i];
			return true;
		}
	}
	return false;
}

static bool
number(const struct line *l, const char *head, int64_t *out)
{
	ww_str s;
	uint64_t v;

	if (!cell(l, head, &s) || !ww_str_u64(s, 1000000, &v))
		return false;
	*out = (int64_t)v;
	return true;
}

/* -- what is compared ------------------------------------------------------------------------------- */

enum verdict { PASS, FAIL, SKIP };

static enum verdict
differs(const struct line *l, const char *what, int64_t got, int64_t want)
{
	printf("%s:%u: %s: got %lld, want %lld\n", l->file, l->number, what, (long long)got,
	    (long long)want);
	return FAIL;
}

/* Compares with a column that need not be there. */
static enum verdict
same_number(const struct line *l, const char *head, int64_t got)
{
	int64_t want;

	if (!number(l, head, &want))
		return SKIP;
	return got == want ? PASS : differs(l, head, got, want);
}

static enum verdict
same_text(const struct line *l, const char *head, ww_str got)
{
	ww_str want;

	if (!cell(l, head, &want))
		return SKIP;
	if (ww_str_eq(got, want))
		return PASS;
	printf("%s:%u: %s: got \"%.*s\", want \"%.*s\"\n", l->file, l->number, head,
	    WW_STR_FMT(got), WW_STR_FMT(want));
	return FAIL;
}

/* Of a row: one failure fails it, one comparison made is enough to pass. */
static enum verdict
worst(const enum verdict *v, size_t n)
{
	enum verdict all = SKIP;

	for (size_t i = 0; i < n; i++) {
		if (v[i] == FAIL)
			return FAIL;
		if (v[i] == PASS)
			all = PASS;
	}
	return all;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* -- comorbidity ------------------------------------------------------------------------------------ */

/* The names the vectors use, in the order of our groups. */
static const char *const short_names[WW_CHARLSON_COUNT] = {
	[WW_CHARLSON_MI] = "mi",
	[WW_CHARLSON_CHF] = "chf",
	[WW_CHARLSON_PVD] = "pvd",
	[WW_CHARLSON_CEVD] = "cevd",
	[WW_CHARLSON_DEM] = "dementia",
	[WW_CHARLSON_COPD] = "cpd",
	[WW_CHARLSON_Rheum] = "rheumd",
	[WW_CHARLSON_PUD] = "pud",
	[WW_CHARLSON_MILDLD] = "mld",
	[WW_CHARLSON_DIAB_UC] = "diab",
	[WW_CHARLSON_DIAB_C] = "diabwc",
	[WW_CHARLSON_PARA] = "hp",
	[WW_CHARLSON_RD] = "rend",
	[WW_CHARLSON_CANCER] = "canc",
	[WW_CHARLSON_MSLD] = "msld",
	[WW_CHARLSON_METS] = "metacanc",
	[WW_CHARLSON_HIV] = "aids",
};

/* The groups of "mi|chf"; a name we do not know is a bit beyond ours, so that the row fails. */
static uint32_t
named_groups(ww_str names, const char *(*name_of)(enum ww_charlson g))
{
	uint32_t groups = 0;

	while (names.n != 0) {
		ww_str one = ww_str_cut(names, '|', &names);
		unsigned g = 0;

		if (ww_str_is(one, "-"))
			continue;
		while (g < WW_CHARLSON_COUNT && !ww_str_is(one, name_of(g)))
			g++;
		groups |= WW_CHARLSON_BIT(g);
	}
	return groups;
}

static const char *
short_name(enum ww_charlson g)
{
	return short_names[g];
}

static uint32_t
groups_of(ww_str codes)
{
	uint32_t groups = 0;

	while (codes.n != 0)
		groups |= ww_comorbidity_of(ww_str_cut(codes, ' ', &codes));
	return groups;
}

static enum verdict
comorbidity_row(const struct line *l)
{
	ww_str codes, names;
	uint32_t groups;
	enum verdict v[3] = { SKIP, SKIP, SKIP };

	if (!cell(l, "codes", &codes))
		return SKIP;
	groups = groups_of(codes);
	if (cell(l, "charlson_groups", &names)) {
		uint32_t want = named_groups(names, short_name);

		/* One file lists the groups before, the other after the hierarchy. */
		v[0] = groups == want || ww_comorbidity_settle(groups) == want
		           ? PASS
		           : differs(l, "charlson_groups", groups, want);
	}
	v[1] = same_number(l, "charlson_orig_h", ww_comorbidity_sum(groups, WW_CHARLSON_1987));
	v[2] = same_number(
	    l, "charlson_quan2011_h", ww_comorbidity_sum(groups, WW_CHARLSON_QUAN_2011));
	return worst(v, COUNT(v));
}

/* -- lace ------------------------------------------------------------------------------------------- */

/* The day that many days after 2026-03-02, as HL7 writes it. */
static void
day_text(int64_t after, char out[16])
{
	int year, month, day;

	ww_day_civil(ww_day_of(2026, 3, 2) + after, &year, &month, &day);
	(void)snprintf(out, 16, "%04d%02d%02d", year, month, day);
}

/* A stay of that length with those visits before it; zone with daylight saving in between. */
static struct made_case *
made_stay(int64_t days, int64_t acute, int64_t visits)
{
	struct made_case *m = case_new("America/New_York");
	char text[16];

	day_text(0, text);
	m->stay.start = m->stay.inpatient_start = case_time(m, text);
	day_text(days, text);
	m->stay.end = case_time(m, text);
	m->stay.admit_type = acute != 0 ? WW_STR("E") : WW_STR("R");
	for (int64_t i = 1; i <= visits; i++) {
		day_text(-20 * i, text);
		(void)case_other(m, text, text);
	}
	return m;
}

/* Codes whose weights make up a given sum. */
static const struct {
	int64_t sum;
	const char *codes;
} sums[] = {
	{ 0, "Z471" },
	{ 1, "I214" },
	{ 2, "I509" },
	{ 3, "F0390" },
	{ 4, "K766" },
	{ 9, "C787 M069" },
};

static enum verdict
grid_row(const struct line *l)
{
	static const char *const heads[] = { "L", "A", "C", "E" };
	enum verdict v[COUNT(heads) + 2];
	int64_t days, acute, sum, visits;
	const struct ww_finding *f;
	struct made_case *m;
	struct ww_json *e;
	size_t i = 0;

	if (!number(l, "los_days", &days) || !number(l, "acute", &acute) ||
	    !number(l, "charlson_schneeweiss", &sum) || !number(l, "ed_visits_6m", &visits))
		return SKIP;
	while (i < COUNT(sums) && sums[i].sum != sum)
		i++;
	if (i == COUNT(sums))
		return SKIP;
	m = made_stay(days, acute, visits);
	case_diagnoses(m, m->stay.id, sums[i].codes);
	f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
	assert(f != NULL);
	e = ww_json_get(case_evidence(m, f), "factors");
	for (i = 0; i < COUNT(heads); i++)
		v[i] =
		    same_number(l, heads[i], ww_json_int(ww_json_get(ww_json_at(e, i), "points")));
	v[i++] = f->low == f->high ? same_number(l, "lace", f->score)
	                           : differs(l, "bounds", f->high, f->low);
	v[i++] = same_text(l, "band_0-4_5-9_10+", ww_str_from(f->band));
	case_free(m);
	return worst(v, i);
}

static enum verdict
end_to_end_row(const struct line *l)
{
	ww_str codes, names;
	int64_t days, acute, visits;
	const struct ww_finding *f;
	struct made_case *m;
	enum verdict v[6];
	uint32_t groups, want;

	if (!cell(l, "dx", &codes) || !cell(l, "groups", &names) || !number(l, "los", &days) ||
	    !number(l, "acute", &acute) || !number(l, "ed6m", &visits))
		return SKIP;
	groups = groups_of(codes);
	want = named_groups(names, ww_comorbidity_name);
	m = made_stay(days, acute, visits);
	case_diagnoses(m, m->stay.id, ww_arena_cstr(m->cx.arena, codes));
	f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
	assert(f != NULL);
	v[0] = ww_comorbidity_settle(groups) == want
	           ? PASS
	           : differs(l, "groups", ww_comorbidity_settle(groups), want);
	v[1] = same_number(l, "cci1987", ww_comorbidity_sum(groups, WW_CHARLSON_1987));
	v[2] = same_number(l, "cci_quan2011", ww_comorbidity_sum(groups, WW_CHARLSON_QUAN_2011));
	v[3] =
	    same_number(l, "cci_lacevariant", ww_comorbidity_sum(groups, WW_CHARLSON_LACE_VARIANT));
	v[4] = same_number(l, "LACE(lacevariant)", f->score);
	v[5] = same_text(l, "band(lacevariant)", ww_str_from(f->band));
	case_free(m);
	return worst(v, COUNT(v));
}

/* -- files ------------------------------------------------------------------------------------------ */

static const struct {
	const char *file;
	enum verdict (*row)(const struct line *l);
} tables[] = {
	{ "clinical/comorbidity/vectors_handpicked.tsv", comorbidity_row },
	{ "clinical/comorbidity/vectors_random500.tsv", comorbidity_row },
	{ "clinical/vectors/lace_grid.tsv", grid_row },
	{ "clinical/vectors/lace_end_to_end.tsv", end_to_end_row },
};

static size_t
split(ww_str text, ww_str out[COLUMNS])
{
	size_t n = 0;

	if (text.n != 0 && text.p[text.n - 1] == '\r')
		text.n--;
	/* Up to the last tab, whose following cell may be empty. */
	for (bool more = true; more && n < COLUMNS; n++) {
		more = ww_str_find(text, '\t') < text.n;
		out[n] = ww_str_cut(text, '\t', &text);
	}
	return n;
}

static void
run_table(size_t table, ww_str text)
{
	struct line l = { .file = tables[table].file };

	l.number = 1;
	l.heads_n = split(ww_str_cut(text, '\n', &text), l.heads);
	while (text.n != 0) {
		ww_str row = ww_str_cut(text, '\n', &text);

		l.number++;
		if (row.n == 0)
			continue;
		l.cells_n = split(row, l.cells);
		switch (tables[table].row(&l)) {
		case PASS:
			passed++;
			break;
		case FAIL:
			failed++;
			break;
		case SKIP:
			printf("%s:%u: skipped\n", l.file, l.number);
			skipped++;
			break;
		}
	}
}

/* A table that cannot be read is a failure: nothing is left out unsaid. */
static void
run_file(size_t table, const char *dir, char *buffer)
{
	char path[4096];
	FILE *f;
	size_t n;

	if (snprintf(path, sizeof(path), "%s/%s", dir, tables[table].file) >= (int)sizeof(path) ||
	    (f = fopen(path, "rb")) == NULL) {
		printf("%s: %s\n", tables[table].file, strerror(errno));
		failed++;
		return;
	}
	n = fread(buffer, 1, FILE_MAX, f);
	if (ferror(f) || n == FILE_MAX || n == 0) {
		printf("%s: cannot be read whole\n", tables[table].file);
		failed++;
	} else {
		run_table(table, ww_str_of(buffer, n));
	}
	(void)fclose(f);
}

int
main(int argc, char **argv)
{
	char *buffer;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: corpus_clinical <datadir>\n");
		return 2;
	}
	buffer = malloc(FILE_MAX);
	assert(buffer != NULL);
	for (size_t i = 0; i < COUNT(tables); i++)
		run_file(i, argv[1], buffer);
	free(buffer);
	printf("corpus clinical: %u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed != 0 ? 1 : 0;
}
