/* Holds the tables of codes and the rules of readmission against what was published:
 *
 *	corpus_risk <datadir>
 *
 * reads <datadir>/clinical/codes, tuva and vectors. Of a table of codes every code that was published is one check, and that the
 * tables spell no other code is one each. */
#include "tests/corpus/corpus.h"

#include "rules/ccs.h"
#include "rules/planned.h"

#include <stdlib.h>
#include <string.h>

/* -- files ------------------------------------------------------------------------------------------ */

static const char *folder;

/* Calls row for each line after the first with its cells, of which quotes are taken off. */
enum { CELLS = 8 };
static void
each_row(
    const char *name, char sep, void (*row)(const ww_str *cells, size_t n, void *arg), void *arg)
{
	struct ww_buf text = { 0 };
	char path[4096];
	ww_str rest;

	(void)snprintf(path, sizeof(path), "%s/clinical/%s", folder, name);
	if (!read_file(path, &text)) {
		printf("%s: cannot be read\n", name);
		count(FAIL);
		return;
	}
	rest = (ww_str){ text.p, text.n };
	(void)ww_str_cut(rest, '\n', &rest);
	while (rest.n != 0) {
		ww_str line = ww_str_cut(rest, '\n', &rest), cells[CELLS];
		size_t n = 0;

		while (line.n != 0 && n < CELLS) {
			if (line.p[0] == '"') {
				cells[n++] = ww_str_cut(ww_str_sub(line, 1, line.n), '"', &line);
				(void)ww_str_cut(line, sep, &line);
			} else {
				cells[n++] = ww_str_cut(line, sep, &line);
			}
		}
		if (n != 0 && cells[n - 1].n != 0 && cells[n - 1].p[cells[n - 1].n - 1] == '\r')
			cells[n - 1].n--;
		row(cells, n, arg);
	}
	ww_buf_free(&text);
}

/* -- tables of codes -------------------------------------------------------------------------------- */

/* How many codes a table of the project spells: its text is read again here, so that the count owes nothing to the search. */
static unsigned long
spelled(const char *path)
{
	struct ww_buf text = { 0 };
	unsigned long all = 0;
	bool headed = false;
	ww_str rest;

	if (!read_file(path, &text))
		return 0;
	rest = (ww_str){ text.p, text.n };
	while (rest.n != 0) {
		ww_str line = ww_str_cut(rest, '\n', &rest);
		unsigned long one = 1, in = 0;
		bool open = false;

		if (line.n == 0 || line.p[0] == '#' || !headed) {
			headed = headed || (line.n != 0 && line.p[0] != '#');
			continue;
		}
		for (size_t i = 0; i < line.n && line.p[i] != ','; i++) {
			if (line.p[i] == '[' || line.p[i] == ']') {
				one *= open ? in : 1;
				open = !open;
				in = 0;
			} else {
				in++;
			}
		}
		all += one;
	}
	ww_buf_free(&text);
	return all;
}

struct table {
	const char *published, *ours;
	char sep;
	struct ww_ccs (*ask)(ww_str code);
	unsigned long codes;
	ww_str last; /* the file is sorted */
};

static void
ccs_row(const ww_str *cells, size_t n, void *arg)
{
	struct table *t = arg;
	struct ww_ccs c;
	uint64_t want = 0;

	if (n < 2 || !ww_str_u64(cells[1], 9999, &want)) {
		count(FAIL);
		return;
	}
	/* K9041 was published twice, of two categories: the first is ours, that of its siblings. */
	if (ww_str_eq(cells[0], t->last)) {
		count(SKIP);
		return;
	}
	t->last = cells[0];
	t->codes++;
	c = t->ask(cells[0]);
	if (c.newer || c.category != (int64_t)want)
		printf("%s: %.*s: got %lld%s, want %llu\n", t->published, WW_STR_FMT(cells[0]),
		    (long long)c.category, c.newer ? " of a sibling" : "",
		    (unsigned long long)want);
	count(!c.newer && c.category == (int64_t)want ? PASS : FAIL);
}

static void
same_count(const char *ours, unsigned long want)
{
	unsigned long got = spelled(ours);

	if (got != want)
		printf("%s: spells %lu codes, %lu were published\n", ours, got, want);
	count(got == want ? PASS : FAIL);
}

static void
ccs_tables(void)
{
	struct table tables[] = {
		{ "codes/icd10cm_to_ccs_single_2018.tsv", "profiles/codes/ccs-icd10cm.csv", '\t',
		    ww_ccs_diagnosis, 0, WW_STR_INIT("") },
		{ "codes/icd10pcs_to_ccs.tsv", "profiles/codes/ccs-icd10pcs.csv", '\t',
		    ww_ccs_procedure, 0, WW_STR_INIT("") },
	};

	for (size_t i = 0; i < COUNT(tables); i++) {
		each_row(tables[i].published, tables[i].sep, ccs_row, &tables[i]);
		same_count(tables[i].ours, tables[i].codes);
	}
}

/* Every published code has the effect that its list says, by itself; and the table has no more of them. */
struct listed {
	unsigned long codes;
	const char *principal,
	    *procedure; /* what the code is put together with; NULL: the code itself */
	enum ww_planned planned;
	bool surgery; /* the cohort is asked for */
};

static void
listed_row(const ww_str *cells, size_t n, void *arg)
{
	struct listed *l = arg;
	ww_str procedure;
	struct ww_coded c = { .procedures = &procedure, .procedures_n = 1 };
	bool good;

	if (n == 0) {
		count(FAIL);
		return;
	}
	l->codes++;
	c.principal = l->principal != NULL ? ww_str_from(l->principal) : cells[0];
	procedure = l->procedure != NULL ? ww_str_from(l->procedure) : cells[0];
	good = l->surgery ? ww_cohort_of(&c).cohort == WW_COHORT_SURGERY
	                  : ww_planned(&c, false).test == l->planned;
	if (!good)
		printf("%.*s: not as its list says\n", WW_STR_FMT(cells[0]));
	count(good ? PASS : FAIL);
}

static void
planned_lists(void)
{
	/* A hip replacement may be planned; osteoarthritis is not acute. */
	struct listed acute = { 0, NULL, "0SR90J9", WW_PLANNED_NO, false };
	struct listed planned = { 0, "M1611", NULL, WW_PLANNED_ELECTIVE, false };
	struct listed surgery = { 0, "M1611", NULL, WW_PLANNED_NO, true };

	each_row("tuva/readmissions__acute_diagnosis_icd_10_cm.csv", ',', listed_row, &acute);
	same_count("profiles/codes/planned-icd10cm.csv", acute.codes);
	each_row(
	    "tuva/readmissions__potentially_planned_icd_10_pcs.csv", ',', listed_row, &planned);
	same_count("profiles/codes/planned-icd10pcs.csv", planned.codes);
	each_row("tuva/readmissions__surgery_gynecology_cohort.csv", ',', listed_row, &surgery);
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		(void)fprintf(stderr, "usage: corpus_risk <datadir>\n");
		return 2;
	}
	folder = argv[1];
	ccs_tables();
	planned_lists();
	printf("corpus risk: %u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed != 0 ? 1 : 0;
}
