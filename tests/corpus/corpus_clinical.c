/* Holds the comorbidity groups, the LACE and HOSPITAL rules and wardwire score against vectors computed elsewhere:
 *
 *	corpus_clinical <datadir>
 *
 * reads <datadir>/clinical/comorbidity/vectors_*.tsv, <datadir>/clinical/vectors/lace_*.tsv and hospital_score.tsv. One row is
 * one check; every column of it that we compute must agree. */
#include "tests/unit/case.h"

#include <wardwire/score.h>

#include "rules/comorbidity.h"
#include "rules/elixhauser.h"

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
	bool minus;

	if (!cell(l, head, &s))
		return false;
	minus = ww_str_starts(s, WW_STR("-"));
	if (!ww_str_u64(minus ? ww_str_sub(s, 1, s.n) : s, 1000000, &v))
		return false;
	*out = minus ? -(int64_t)v : (int64_t)v;
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

static const char *const elixhauser_names[WW_ELIXHAUSER_COUNT] = {
	[WW_ELIXHAUSER_CHF] = "chf",
	[WW_ELIXHAUSER_Arrhy] = "carit",
	[WW_ELIXHAUSER_VD] = "valv",
	[WW_ELIXHAUSER_PCD] = "pcd",
	[WW_ELIXHAUSER_PVD] = "pvd",
	[WW_ELIXHAUSER_HPTN_UC] = "hypunc",
	[WW_ELIXHAUSER_HPTN_C] = "hypc",
	[WW_ELIXHAUSER_Para] = "para",
	[WW_ELIXHAUSER_OthND] = "ond",
	[WW_ELIXHAUSER_COPD] = "cpd",
	[WW_ELIXHAUSER_Diab_UC] = "diabunc",
	[WW_ELIXHAUSER_Diab_C] = "diabc",
	[WW_ELIXHAUSER_Hptothy] = "hypothy",
	[WW_ELIXHAUSER_RF] = "rf",
	[WW_ELIXHAUSER_LD] = "ld",
	[WW_ELIXHAUSER_PUD_NB] = "pud",
	[WW_ELIXHAUSER_HIV] = "aids",
	[WW_ELIXHAUSER_Lymp] = "lymph",
	[WW_ELIXHAUSER_METS] = "metacanc",
	[WW_ELIXHAUSER_Tumor] = "solidtum",
	[WW_ELIXHAUSER_Rheum_A] = "rheumd",
	[WW_ELIXHAUSER_Coag] = "coag",
	[WW_ELIXHAUSER_Obesity] = "obes",
	[WW_ELIXHAUSER_WL] = "wloss",
	[WW_ELIXHAUSER_Fluid] = "fed",
	[WW_ELIXHAUSER_BLA] = "blane",
	[WW_ELIXHAUSER_DA] = "dane",
	[WW_ELIXHAUSER_Alcohol] = "alcohol",
	[WW_ELIXHAUSER_Drug] = "drug",
	[WW_ELIXHAUSER_Psycho] = "psycho",
	[WW_ELIXHAUSER_Dep] = "depre",
};

/* The groups of "mi|chf"; a name we do not know is a bit beyond ours, so that the row fails. */
static uint32_t
named_groups(ww_str names, const char *(*name_of)(unsigned g), unsigned n)
{
	uint32_t groups = 0;

	while (names.n != 0) {
		ww_str one = ww_str_cut(names, '|', &names);
		unsigned g = 0;

		if (ww_str_is(one, "-"))
			continue;
		while (g < n && !ww_str_is(one, name_of(g)))
			g++;
		groups |= (uint32_t)1 << g;
	}
	return groups;
}

static const char *
short_name(unsigned g)
{
	return short_names[g];
}

static const char *
elixhauser_short_name(unsigned g)
{
	return elixhauser_names[g];
}

static const char *
charlson_name(unsigned g)
{
	return ww_comorbidity_name((enum ww_charlson)g);
}

static uint32_t
groups_of(ww_str codes, uint32_t (*of)(ww_str code))
{
	uint32_t groups = 0;

	while (codes.n != 0)
		groups |= of(ww_str_cut(codes, ' ', &codes));
	return groups;
}

/* One file lists the groups before, the other after the hierarchy. */
static enum verdict
same_groups(const struct line *l, const char *head, uint32_t groups, uint32_t settled,
    const char *(*name_of)(unsigned g), unsigned n)
{
	ww_str names;
	uint32_t want;

	if (!cell(l, head, &names))
		return SKIP;
	want = named_groups(names, name_of, n);
	return groups == want || settled == want ? PASS : differs(l, head, groups, want);
}

static enum verdict
comorbidity_row(const struct line *l)
{
	ww_str codes;
	uint32_t charlson, elixhauser;
	enum verdict v[5];

	if (!cell(l, "codes", &codes))
		return SKIP;
	charlson = groups_of(codes, ww_comorbidity_of);
	elixhauser = groups_of(codes, ww_elixhauser_of);
	v[0] = same_groups(l, "charlson_groups", charlson, ww_comorbidity_settle(charlson),
	    short_name, WW_CHARLSON_COUNT);
	v[1] = same_number(l, "charlson_orig_h", ww_comorbidity_sum(charlson, WW_CHARLSON_1987));
	v[2] = same_number(
	    l, "charlson_quan2011_h", ww_comorbidity_sum(charlson, WW_CHARLSON_QUAN_2011));
	v[3] = same_groups(l, "elix_groups", elixhauser, ww_elixhauser_settle(elixhauser),
	    elixhauser_short_name, WW_ELIXHAUSER_COUNT);
	v[4] = same_number(l, "elix_vw_h", ww_elixhauser_sum(elixhauser));
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

/* The rule's score with those weights, and its band. */
static enum verdict
same_score(const struct line *l, struct made_case *m, enum ww_charlson_set weights,
    const char *score, const char *band)
{
	const struct ww_finding *f;
	enum verdict v[2];

	m->params.v[WW_PARAM_lace_weights] = weights;
	f = case_judge(m, "lace/1", WW_flag_kind_READMIT_RISK);
	assert(f != NULL);
	v[0] = same_number(l, score, f->score);
	v[1] = same_text(l, band, ww_str_from(f->band));
	return worst(v, COUNT(v));
}

static enum verdict
end_to_end_row(const struct line *l)
{
	ww_str codes, names;
	int64_t days, acute, visits;
	struct made_case *m;
	enum verdict v[7];
	uint32_t groups, want;

	if (!cell(l, "dx", &codes) || !cell(l, "groups", &names) || !number(l, "los", &days) ||
	    !number(l, "acute", &acute) || !number(l, "ed6m", &visits))
		return SKIP;
	groups = groups_of(codes, ww_comorbidity_of);
	want = named_groups(names, charlson_name, WW_CHARLSON_COUNT);
	m = made_stay(days, acute, visits);
	case_diagnoses(m, m->stay.id, ww_arena_cstr(m->cx.arena, codes));
	v[0] = ww_comorbidity_settle(groups) == want
	           ? PASS
	           : differs(l, "groups", ww_comorbidity_settle(groups), want);
	v[1] = same_number(l, "cci1987", ww_comorbidity_sum(groups, WW_CHARLSON_1987));
	v[2] = same_number(l, "cci_quan2011", ww_comorbidity_sum(groups, WW_CHARLSON_QUAN_2011));
	v[3] =
	    same_number(l, "cci_lacevariant", ww_comorbidity_sum(groups, WW_CHARLSON_LACE_VARIANT));
	v[4] = same_score(l, m, WW_CHARLSON_1987, "LACE(cci1987)", "band(cci1987)");
	v[5] = same_score(l, m, WW_CHARLSON_QUAN_2011, "LACE(quan2011)", "band(quan2011)");
	v[6] = same_score(l, m, WW_CHARLSON_LACE_VARIANT, "LACE(lacevariant)", "band(lacevariant)");
	case_free(m);
	return worst(v, COUNT(v));
}

/* -- hospital --------------------------------------------------------------------------------------- */

/* The versions with their columns; the derivation's band is not among these. */
static const struct {
	const char *cuts, *rule, *score, *band;
} versions[] = {
	{ "2016", "hospital-2016/1", "HOSPITAL_2016(0-1/2-5/>5)", "risk_0-4/5-6/>=7" },
	{ "2013", "hospital-2013/1", "HOSPITAL_2013(0/1-5/>5)", "" },
	{ "simplified", "hospital-simplified/1", "simplified_2017(no P; cancer dx)",
	    "simplified_class_cut5" },
};

static struct ww_observation
result_of(struct made_case *m, const char *code, ww_str value, const char *unit)
{
	struct ww_observation o;

	ww_row_init(&ww_entity_observation, &o);
	o.system = WW_STR("http://loinc.org");
	o.code = ww_str_from(code);
	o.value = value;
	o.unit = ww_str_from(unit);
	o.observed = m->stay.start;
	return o;
}

/* Through the rules: a stay with all of it. */
static enum verdict
hospital_by_rule(const struct line *l, ww_str hb, ww_str na, const int64_t n[5], size_t version)
{
	struct made_case *m = made_stay(n[4], n[2], 0);
	struct ww_observation results[] = { result_of(m, "718-7", hb, "g/dL"),
		result_of(m, "2951-2", na, "mmol/L") };
	struct ww_done done = { .code = WW_STR("0SR9019"),
		.system = WW_STR("http://www.cms.gov/Medicare/Coding/ICD10"),
		.stay = m->stay.id };
	struct ww_billed bill = { .claim = 1,
		.day = ww_day_of(2026, 3, 2),
		.class_ = WW_encounter_class_INPATIENT,
		.stay = m->stay.id };
	const struct ww_finding *f;
	enum verdict v[3];

	m->stay.service = n[0] != 0 ? WW_STR("ONC") : WW_STR("MED");
	case_diagnoses(m, m->stay.id, "Z471");
	m->c.results = results;
	m->c.results_n = COUNT(results);
	m->c.done = &done;
	m->c.done_n = n[1] != 0;
	m->c.billed = &bill;
	m->c.billed_n = 1;
	for (int64_t i = 1; i <= n[3]; i++) {
		char text[16];

		day_text(-20 * i, text);
		case_other(m, text, NULL)->inpatient_start = case_time(m, text);
	}
	f = case_judge(m, versions[version].rule, WW_flag_kind_READMIT_RISK);
	assert(f != NULL);
	v[0] = same_number(l, versions[version].score, f->score);
	v[1] = same_text(l, versions[version].band, ww_str_from(f->band));
	v[2] = f->low == f->high ? PASS : differs(l, "bounds", f->high, f->low);
	case_free(m);
	return worst(v, COUNT(v));
}

/* Through what wardwire score does. */
static enum verdict
hospital_by_hand(const struct line *l, ww_str hb, ww_str na, const int64_t n[5], size_t version)
{
	static const char *const keys[] = { "oncology", "procedure", "urgent", "admissions",
		"los" };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	ww_str words[4 + COUNT(keys)];
	struct ww_json *answer = NULL;
	enum verdict v[3];
	size_t k = 0;
	ww_status s;

	assert(cx.arena != NULL);
	words[k++] = WW_STR("hospital");
	words[k++] = ww_arena_printf(cx.arena, "cuts=%s", versions[version].cuts);
	words[k++] = ww_arena_printf(cx.arena, "hb=%.*s", WW_STR_FMT(hb));
	words[k++] = ww_arena_printf(cx.arena, "na=%.*s", WW_STR_FMT(na));
	for (size_t i = 0; i < COUNT(keys); i++)
		words[k++] = ww_arena_printf(cx.arena, "%s=%lld", keys[i], (long long)n[i]);
	s = ww_score_ask(&cx, words, k, &answer);
	assert(s == WW_OK);
	v[0] = same_number(l, versions[version].score, ww_json_int(ww_json_get(answer, "score")));
	v[1] = same_text(l, versions[version].band, ww_json_str(ww_json_get(answer, "band")));
	v[2] = ww_json_true(ww_json_get(answer, "complete")) ? PASS : differs(l, "complete", 0, 1);
	ww_arena_free(cx.arena);
	return worst(v, COUNT(v));
}

static enum verdict
hospital_row(const struct line *l)
{
	static const char *const heads[] = { "oncology_or_cancer", "procedure", "urgent",
		"admissions_prev12m", "los_days" };
	int64_t n[COUNT(heads)];
	enum verdict v[2 * COUNT(versions)];
	ww_str hb, na;

	if (!cell(l, "hb_g_dl", &hb) || !cell(l, "na_mmol_l", &na))
		return SKIP;
	for (size_t i = 0; i < COUNT(heads); i++) {
		if (!number(l, heads[i], &n[i]))
			return SKIP;
	}
	for (size_t i = 0; i < COUNT(versions); i++) {
		v[2 * i] = hospital_by_rule(l, hb, na, n, i);
		v[2 * i + 1] = hospital_by_hand(l, hb, na, n, i);
	}
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
	{ "clinical/vectors/hospital_score.tsv", hospital_row },
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
