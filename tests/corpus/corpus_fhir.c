/* Holds the FHIR check against resources of others:
 *
 *	corpus_fhir <datadir>
 *
 * fhir/minimal: every verdict of its index; fhir/recommended: all valid; fhir/test-cases: the rows that need no terminology, no
 * package and no profile, against the reference validator's errors; examples of guides: none that is marked valid is refused.
 * Where we differ the file is in the table below with the reason: any other difference fails, and so does one that is none any
 * more. Missed (we take what they refuse) and over-refused are counted apart. */
#include "codec/fhir_check.h"
#include "codec/fhir_outcome.h"
#include "codec/xml.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include "corpus.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 16 };

#define CASES "test-cases/files/"

static const struct {
	const char *file, *why;
} differences[] = {
	{ CASES "allergy.json", "an extension stands where the code would be" },
	{ CASES "bundle-document-versioned-references-bad.json",
	    "what a reference matches in a document is not looked for" },
	{ CASES "dr-example-org.json", "whether a URL is one of examples is no matter of R4" },
	{ CASES "mr-covid-bnd1.json", "R4 does not forbid a relative system" },
	{ CASES "pat-security-bad-string.json",
	    "text that looks like HTML is allowed in a string" },
	{ CASES "mni-patientOverview-bundle-example1.json",
	    "needs terminology: display of a LOINC code" },
	{ CASES "bundle-duplicate-ids-not.json", "needs terminology: display of a LOINC code" },
	{ CASES "qr-bad-ref2.json", "what a canonical URL points to is not looked for" },
	{ CASES "target-ref-profile-empty.json", "an unknown extension is allowed" },
	{ CASES "bundle-id-search-4.json", "needs terminology: display of a CVX code" },
	{ CASES "bundle-id-collection.json", "needs terminology: display of a CVX code" },
	{ CASES "pat-example-ext.json", "an unknown extension is allowed" },
	{ CASES "nested-questionnaire-nested-valueset.json", "an unknown extension is allowed" },
	{ CASES "encounter-period.json",
	    "a date and a time of that day are in no order: undecided, so it holds" },
	{ CASES "bad-markdown.json", "HTML in markdown is allowed" },
	{ CASES "json-comments-1.json",
	    "comments are no JSON; the reference has an option for them" },
	{ CASES "json-comments-2.json",
	    "comments are no JSON; the reference has an option for them" },
	{ CASES "patient-with-turvakielto.json", "an unknown extension is allowed" },
	{ CASES "obs-vs-1.json", "an unknown extension is allowed" },
	{ CASES "obs-temp-code2.json", "needs terminology: a SNOMED CT code" },
	{ CASES "signatures__example-2.json", "signatures are not verified" },
	{ CASES "questionnaire-enableWhen-test-invalid.xml",
	    "which question enableWhen names is not looked for" },
	{ CASES "q-bp.xml", "an unknown extension is allowed" },
	{ CASES "message.xml", "where a link of a narrative leads is no matter of R4" },
	{ CASES "patient-extension-complex-bad1.xml", "needs the profile of the extension" },
	{ CASES "patient-extension-complex-bad2.xml", "needs the profile of the extension" },
	{ CASES "pat-security-bad-string1.xml",
	    "text that looks like HTML is allowed in a string" },
	{ CASES "list-bad-reference.xml",
	    "a reference in no form that R4 has: the reference warns" },
	{ CASES "relative_reference_to_fullUrl.no_ids.PROBLEM.xml",
	    "what a reference matches in a document is not looked for" },
	{ "davinci-alerts/notification-200-oo.json", "its div is not of the namespace of XHTML" },
	{ "davinci-pas/"
	  "lib__davinci_pas_test_kit__server__v2.2.1__error_tests__nonconformant_pas_bundle.json",
	    "an empty array" },
	{ "davinci-pas/nonconformant_pas_bundle.json", "an empty array" },
	{ "davinci-pas/nonconformant_pas_bundle_v110.json", "an empty array" },
	{ "r4-examples/medicationrequest0301.json",
	    "a performer that is a Practitioner, where R4 has Organization" },
	{ "r4-examples/patient-container-example.json",
	    "an Organization without name and identifier" },
	{ "r4-examples/patient-name-extensions.json", "fewer elements in _given than in given" },
};
static bool used[COUNT(differences)];
static unsigned missed, over;

static const char *datadir;
static struct ww_ctx cx;

/* -- one file ---------------------------------------------------------------------------------------- */

static bool
is_valid(ww_str text, struct ww_fhir_issues *found)
{
	static const struct ww_fhir_rules rules = { .lenient = false };
	struct ww_json *v;
	ww_status s;

	if (ww_str_starts(text, WW_STR("\xef\xbb\xbf")))
		text = ww_str_sub(text, 3, text.n);
	s = ww_str_starts(text, WW_STR("<")) ? ww_xml_read(&cx, text, 0, &v)
	                                     : ww_json_parse(&cx, text, &v);

	if (s == WW_OK)
		s = ww_fhir_check(&cx, v, &rules, found);
	if (s != WW_OK)
		ww_fhir_check_unreadable(&cx, found);
	return found->errors == 0;
}

static bool
is_known_difference(const char *file)
{
	for (size_t i = 0; i < COUNT(differences); i++)
		if (strcmp(differences[i].file, file) == 0)
			return used[i] = true;
	return false;
}

static void
print_first(const struct ww_fhir_issues *found)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct ww_fhir_issue *is = &found->rows[i];

		if (is->severity > WW_FHIR_ERROR)
			continue;
		printf("\t%s %s %.*s: %.*s\n", ww_status_fhir(is->status),
		    is->rule != NULL ? is->rule : "", WW_STR_FMT(is->expression),
		    WW_STR_FMT(is->text));
		return;
	}
}

/* file is below <datadir>/fhir. */
static void
judge(const char *file, bool want, const char *why)
{
	struct ww_fhir_issues found = { .n = 0 };
	struct ww_buf text = { 0 };
	char path[512];
	bool have;

	ww_ctx_clear(&cx);
	snprintf(path, sizeof(path), "%s/fhir/%s", datadir, file);
	if (!read_file(path, &text)) {
		printf("%s: cannot be read\n", file);
		count(FAIL);
		ww_buf_free(&text);
		return;
	}
	have = is_valid(ww_buf_view(&text), &found);
	ww_buf_free(&text);
	missed += have && !want;
	over += !have && want;
	if (have == want || is_known_difference(file)) {
		count(PASS);
		return;
	}
	printf("%s: %s, %s (%s)\n", file, have ? "missed" : "refused", want ? "valid" : "invalid",
	    why);
	print_first(&found);
	count(FAIL);
}

/* -- the indexes ------------------------------------------------------------------------------------- */

struct row {
	ww_str cell[COLUMNS_MAX];
};

/* Calls for each row of the table but its head. */
static void
each_row(const char *table, void (*call)(const struct row *r))
{
	struct ww_buf text = { 0 };
	char path[512];
	ww_str rest, line;
	bool head = true;

	snprintf(path, sizeof(path), "%s/fhir/%s", datadir, table);
	if (!read_file(path, &text)) {
		printf("%s: cannot be read\n", table);
		count(FAIL);
	}
	rest = ww_buf_view(&text);
	while (rest.n > 0) {
		struct row r = { 0 };

		line = ww_str_cut(rest, '\n', &rest);
		for (size_t i = 0; i < COLUMNS_MAX; i++)
			r.cell[i] = ww_str_cut(line, '\t', &line);
		if (!head)
			call(&r);
		head = false;
	}
	ww_buf_free(&text);
}

static bool
ends_with(ww_str s, const char *end)
{
	size_t n = strlen(end);

	return s.n >= n && ww_str_is(ww_str_sub(s, s.n - n, n), end);
}

static bool
contains(ww_str s, const char *text)
{
	for (; s.n > 0; s = ww_str_sub(s, 1, s.n))
		if (ww_str_starts(s, ww_str_from(text)))
			return true;
	return false;
}

static void
judge_in(const char *folder, ww_str name, bool want, ww_str why)
{
	char file[256], reason[200];

	snprintf(file, sizeof(file), "%s%.*s", folder, WW_STR_FMT(name));
	snprintf(reason, sizeof(reason), "%.*s", WW_STR_FMT(why));
	judge(file, want, reason);
}

static void
minimal(const struct row *r)
{
	judge_in("minimal/", r->cell[0], ww_str_is(r->cell[2], "valid"), r->cell[3]);
}

static void
test_case(const struct row *r)
{
	if (!ww_str_is(r->cell[5], "yes") || ww_str_is(r->cell[6], "?"))
		return;
	judge_in("test-cases/files/", r->cell[1], ww_str_is(r->cell[6], "0"), r->cell[8]);
}

static void
example(const struct row *r)
{
	static const char *const folders[] = { "r4-examples/", "us-core/", "davinci-",
		"subscriptions-backport/", "recommended/" };
	bool wanted = false;

	for (size_t i = 0; i < COUNT(folders); i++)
		wanted |= ww_str_starts(r->cell[0], ww_str_from(folders[i]));
	if (wanted && ends_with(r->cell[0], ".json") &&
	    (contains(r->cell[4], "check: valid") || ww_str_starts(r->cell[0], WW_STR("recom"))))
		judge_in("", r->cell[0], true, r->cell[4]);
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "corpus_fhir <datadir>\n");
		return 2;
	}
	datadir = argv[1];
	cx.arena = ww_arena_new(0);
	if (cx.arena == NULL)
		return EXIT_FAILURE;
	each_row("minimal/INDEX.tsv", minimal);
	printf("fhir minimal: missed %u, refused for no reason %u\n", missed, over);
	missed = over = 0;
	each_row("test-cases/MANIFEST-R4-our-types.tsv", test_case);
	printf("fhir test cases: missed %u, refused for no reason %u\n", missed, over);
	missed = over = 0;
	each_row("INDEX.tsv", example);
	printf("fhir examples of guides: refused for no reason %u\n", over);
	for (size_t i = 0; i < COUNT(differences); i++)
		if (!used[i]) {
			printf("%s: no difference any more\n", differences[i].file);
			count(FAIL);
		}
	ww_arena_free(cx.arena);
	printf("corpus_fhir: %u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
