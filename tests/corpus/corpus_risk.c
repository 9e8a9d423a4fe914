/* Holds the tables of codes and the rules of readmission against what was published:
 *
 *	corpus_risk <datadir>
 *
 * reads <datadir>/clinical/codes, tuva, vectors and ecqm_tests. Of a table of codes every code that was published is one check, and that the
 * tables spell no other code is one each. */
#include "tests/corpus/corpus.h"

#include "tests/unit/person_case.h"
#include "tests/unit/stays.h"

#include "rules/ccs.h"
#include "rules/planned.h"

#include <wardwire/json.h>

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

/* -- readmission ------------------------------------------------------------------------------------- */

/* "A readmit30=1": what is said of the stay of that letter, or of a visit after the only index stay. */
static enum verdict
said_of(const struct stays *st, ww_str word, char stay)
{
	const struct ww_readmission_result *r = NULL;
	ww_str value, key = ww_str_cut(word, '=', &value);
	bool got;

	for (size_t i = 0; i < st->n; i++) {
		if (st->names[i] == stay)
			r = &st->r[i];
	}
	if (r == NULL || value.n == 0)
		return SKIP;
	if (ww_str_is(key, "readmit30"))
		got = r->outcome == WW_READMISSION_UNPLANNED ||
		      r->outcome == WW_READMISSION_PROVISIONAL;
	else if (ww_str_is(key, "ed_visit_30"))
		got = r->ed_visit;
	else
		return SKIP;
	return got == (value.p[0] == '1') ? PASS : FAIL;
}

static enum verdict
index_of(const struct stays *st, char stay, bool index)
{
	for (size_t i = 0; i < st->n; i++) {
		if (st->names[i] == stay)
			return (st->r[i].role == WW_READMISSION_INDEX) == index ? PASS : FAIL;
	}
	return SKIP;
}

/* Reads the claims out of a sentence: "A not index (psychiatric CCS 657); B index". */
static void
compare(const char *id, const struct stays *st, ww_str sentence)
{
	char stay = 'A';
	bool negated = false;

	while (sentence.n != 0) {
		ww_str word = ww_str_cut(sentence, ' ', &sentence);
		enum verdict v;

		while (word.n != 0 && (word.p[word.n - 1] == ';' || word.p[word.n - 1] == ','))
			word.n--;
		if (word.n == 1 && word.p[0] >= 'A' && word.p[0] <= 'C')
			stay = word.p[0];
		v = ww_str_is(word, "index") ? index_of(st, stay, !negated)
		                             : said_of(st, word, stay);
		negated = ww_str_is(word, "not");
		if (v == FAIL)
			printf("%s: %c %.*s is not so\n", id, stay, WW_STR_FMT(word));
		if (v != SKIP)
			count(v);
	}
}

static void
scenario_row(const ww_str *cells, size_t n, void *arg)
{
	struct stays *st;
	ww_str pcr = ww_str_empty(), hwr;
	char id[16];

	(void)arg;
	if (n < 3) {
		count(FAIL);
		return;
	}
	(void)snprintf(id, sizeof(id), "%.*s", WW_STR_FMT(cells[0]));
	hwr = cells[2];
	for (size_t i = 0; i + 4 < hwr.n && pcr.n == 0; i++) {
		if (memcmp(hwr.p + i, "PCR (", 5) == 0) {
			pcr = ww_str_sub(hwr, i, hwr.n);
			hwr = ww_str_sub(hwr, 0, i);
		}
	}
	st = stays_new(cells[1]);
	stays_judge(st);
	compare(id, st, hwr);
	st->terms.pcr = true;
	if (pcr.n != 0)
		stays_judge(st);
	compare(id, st, pcr);
	stays_free(st);
}

/* -- CMS529: who is in the measure -------------------------------------------------------------------- */

/* What sort of visit a code of the published value sets is. */
static struct {
	ww_str code;
	enum ww_encounter_class class_;
} visit_codes[256];
static size_t visit_codes_n;

static void
value_set_row(const ww_str *cells, size_t n, void *arg)
{
	static const struct {
		const char *name;
		enum ww_encounter_class class_;
	} sets[] = {
		{ "Encounter Inpatient", WW_encounter_class_INPATIENT },
		{ "Emergency Department Visit", WW_encounter_class_ED },
		{ "Observation Services", WW_encounter_class_OBSERVATION },
	};

	(void)arg;
	for (size_t i = 0; n == 4 && i < COUNT(sets); i++) {
		if (ww_str_is(cells[1], sets[i].name) && visit_codes_n < COUNT(visit_codes)) {
			visit_codes[visit_codes_n].code =
			    ww_str_from(strndup(cells[3].p, cells[3].n));
			visit_codes[visit_codes_n++].class_ = sets[i].class_;
		}
	}
}

static void
take_encounter(struct stays *st, const struct ww_json *e)
{
	ww_str code = ww_json_str(ww_json_find(e, "type[0].coding[0].code"));
	struct ww_readmission_stay *s = &st->v[st->n];

	for (size_t i = 0; i < visit_codes_n; i++) {
		if (ww_str_eq(code, visit_codes[i].code))
			s->class_ = visit_codes[i].class_;
	}
	s->facility = ww_str_empty();
	s->disposition = s->coded.principal = ww_str_empty();
	(void)ww_time_fhir(ww_json_str(ww_json_find(e, "period.start")), st->terms.zone, &s->start);
	(void)ww_time_fhir(ww_json_str(ww_json_find(e, "period.end")), st->terms.zone, &s->end);
	st->names[st->n++] = 'A';
}

/* How many of its stays are of the measure's population: of the age, insured, and ended in the period. */
static int64_t
population(struct stays *st, const struct ww_json *one)
{
	ww_time from = { 0 }, to = { 0 };
	bool insured = false;
	int64_t in = 0;

	st->terms.zone = ww_zone_find("UTC");
	st->terms.min_age = 65;
	(void)ww_time_fhir(ww_json_str(ww_json_find(one, "period.start")), st->terms.zone, &from);
	(void)ww_time_fhir(ww_json_str(ww_json_find(one, "period.end")), st->terms.zone, &to);
	for (const struct ww_json *r = ww_json_first(ww_json_get(one, "resources")); r != NULL;
	     r = ww_json_next(r)) {
		ww_str type = ww_json_str(ww_json_get(r, "resourceType"));

		if (ww_str_is(type, "Encounter"))
			take_encounter(st, r);
		else if (ww_str_is(type, "Patient"))
			(void)ww_time_fhir(ww_json_str(ww_json_get(r, "birthDate")), st->terms.zone,
			    &st->terms.birth);
		else if (ww_str_is(type, "Coverage"))
			insured = true;
	}
	for (size_t i = 0; i < st->n; i++)
		st->v[i].uncovered = !insured;
	stays_judge(st);
	for (size_t i = 0; i < st->n; i++) {
		const struct ww_readmission_result *r = &st->r[i];

		/* The cases have no diagnoses: what fits so far is not coded yet. */
		in += r->role != WW_READMISSION_OUT && r->role != WW_READMISSION_JOINED &&
		      r->why == WW_READMISSION_UNCODED &&
		      r->discharged >= ww_time_day(from, NULL) &&
		      r->discharged <= ww_time_day(to, NULL);
	}
	return in;
}

static void
cms529(void)
{
	struct ww_buf text = { 0 };
	char path[4096];
	unsigned cases = 0;
	ww_str rest;

	each_row("valuesets/vsac_bare_codes_ecqm2025.tsv", '\t', value_set_row, NULL);
	(void)snprintf(path, sizeof(path),
	    "%s/clinical/ecqm_tests/CMSFHIR529HybridHospitalWideReadmission.ndjson", folder);
	if (!read_file(path, &text)) {
		printf("CMS529: cannot be read\n");
		count(FAIL);
		return;
	}
	rest = (ww_str){ text.p, text.n };
	while (rest.n != 0) {
		struct stays *st = stays_new(ww_str_empty());
		ww_str line = ww_str_cut(rest, '\n', &rest);
		struct ww_json *one = NULL;
		int64_t got = -1, want;

		cases++;
		if (ww_json_parse(&st->cx, line, &one) == WW_OK)
			got = population(st, one);
		want = ww_json_int(ww_json_find(one, "expected[0].initial-population"));
		if (got != want)
			printf("CMS529 case %u: %lld in the population, want %lld\n", cases,
			    (long long)got, (long long)want);
		count(got == want ? PASS : FAIL);
		stays_free(st);
	}
	ww_buf_free(&text);
	for (size_t i = 0; i < visit_codes_n; i++)
		free((void *)(uintptr_t)visit_codes[i].code.p);
}

/* -- disease management ------------------------------------------------------------------------------- */

/* What the sentences of the vectors say, as claims. */
static const struct {
	const char *id;
	struct {
		char what;
		const char *day, *codes;
	} claims[2];
	enum ww_flag_kind kind;
	bool found;
} eligibility[] = {
	{ "K03", { { 'O', "2026-05-01", "E119" } }, WW_flag_kind_DM_DIABETES, false },
	{ "K04", { { 'O', "2026-05-01", "O24419" }, { 'I', "2026-06-01", "O24414" } },
	    WW_flag_kind_DM_DIABETES, false },
	{ "K06", { { 'O', "2024-05-01", "I509" }, { 'O', "2026-06-01", "I509" } },
	    WW_flag_kind_DM_HEART_FAILURE, false },
};

static void
eligibility_row(const ww_str *cells, size_t n, void *arg)
{
	(void)arg;
	for (size_t i = 0; n > 0 && i < COUNT(eligibility); i++) {
		struct made_person *p;
		bool found;

		if (!ww_str_is(cells[0], eligibility[i].id))
			continue;
		p = person_new("2026-07-01");
		for (size_t k = 0; k < 2 && eligibility[i].claims[k].day != NULL; k++)
			person_claim(p, eligibility[i].claims[k].what, eligibility[i].claims[k].day,
			    NULL, eligibility[i].claims[k].codes);
		found = case_judge(p->m, "dm-elig/1", eligibility[i].kind) != NULL;
		if (found != eligibility[i].found)
			printf("%s: %sfound\n", eligibility[i].id, found ? "" : "not ");
		count(found == eligibility[i].found ? PASS : FAIL);
		person_free(p);
		return;
	}
	if (n > 0)
		printf("%.*s: nobody has read that sentence\n", WW_STR_FMT(cells[0]));
	count(SKIP);
}

/* Every code of the published lists has its condition: one inpatient claim is enough. */
static void
condition_row(const ww_str *cells, size_t n, void *arg)
{
	static const struct {
		const char *name;
		enum ww_flag_kind kind;
	} names[] = {
		{ "Diabetes", WW_flag_kind_DM_DIABETES },
		{ "Heart Failure and Non-Ischemic Heart Disease", WW_flag_kind_DM_HEART_FAILURE },
		{ "Chronic Obstructive Pulmonary Disease", WW_flag_kind_DM_COPD },
		{ "Asthma", WW_flag_kind_DM_ASTHMA },
	};
	unsigned long *codes = arg;

	for (size_t i = 0; n >= 2 && i < COUNT(names); i++) {
		struct made_person *p;
		bool found;

		if (!ww_str_is(cells[0], names[i].name))
			continue;
		p = person_new("2026-07-01");
		person_claim(p, 'I', "2026-06-01", NULL, ww_arena_cstr(p->m->cx.arena, cells[1]));
		found = case_judge(p->m, "dm-elig/1", names[i].kind) != NULL && p->m->found.n == 1;
		if (!found)
			printf("%.*s: not found as its list says\n", WW_STR_FMT(cells[1]));
		count(found ? PASS : FAIL);
		*codes += 1;
		person_free(p);
	}
}

static void
disease_management(void)
{
	unsigned long codes = 0;

	each_row("vectors/dm_program_eligibility.tsv", '\t', eligibility_row, NULL);
	each_row("codes/ccw_program_conditions.tsv", '\t', condition_row, &codes);
	same_count("profiles/codes/dm-elig.csv", codes);
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
	each_row("vectors/readmission_scenarios.tsv", '\t', scenario_row, NULL);
	cms529();
	disease_management();
	printf("corpus risk: %u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed != 0 ? 1 : 0;
}
