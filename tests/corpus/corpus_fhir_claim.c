/* Maps what others published of claims, answers and attribution lists, and holds what comes of it against facts that were read
 * off the files by hand:
 *
 *	corpus_fhir_claim <datadir>
 *
 * reads files of <datadir>/fhir and <datadir>/clinical/synthetic. One file is one check. Resources of a Bundle are found by
 * Type/id. */
#include "tests/corpus/corpus.h"

#include "model/model_json.h"

#include <wardwire/arena.h>
#include <wardwire/claim.h>
#include <wardwire/json.h>

#include <stdlib.h>
#include <string.h>

static struct ww_ctx cx;
static struct ww_feed feed = { .name = WW_STR_INIT("payer") };

/* path: of the resource in the file; "" is the whole. want: "field=value field=value" of that row. */
static const struct expected {
	const char *file, *path, *row, *want;
} table[] = {
	{ "fhir/davinci-pas/pas_claim.json", "", "authorization",
	    "use=preauthorization number=111099 service=3 level=2 certification=I" },
	{ "fhir/davinci-pas/conformant_pas_bundle_v110.json", "entry[0].resource", "authorization",
	    "use=preauthorization number=111099 provider=8189991234 certification=I" },
	{ "fhir/davinci-pas/conformant_pas_bundle_v110_multiple_items.json", "entry[0].resource",
	    "authorization", "use=preauthorization" },
	{ "fhir/davinci-pas/valid_pa_response_bundle.json", "entry[0].resource", "decision",
	    "status=approved action=A1 granted=AUTH0001 authorized=2005-05-02 "
	    "authorized_end=2005-06-02 number=111099" },
	{ "fhir/davinci-pas/valid_pa_response_bundle_denial.json", "entry[0].resource", "decision",
	    "status=denied action=A3 number=111099" },
	{ "clinical/synthetic/bfd_v2_eobReadInpatient.json", "", "claim",
	    "number=333333222222 frequency=1 class=inpatient start=2016-01-15 "
	    "admitted=2016-01-15" },
	{ "clinical/synthetic/bfd_v2_eobReadInpatient.json", "", "detail",
	    "type=institutional end=2016-01-27 disposition=51 drg=695 total=84999.37 "
	    "paid=7699.48" },
	{ "clinical/synthetic/bfd_v2_eobReadCarrier.json", "", "claim",
	    "number=9991831999 start=1999-10-27" },
	{ "clinical/synthetic/bfd_v2_eobReadCarrier.json", "", "detail",
	    "type=professional provider=1234567890 paid=199.99" },
	{ "clinical/synthetic/bfd_v2_eobReadPde.json", "", "dispense",
	    "kind=given~out ndc=000000000 days=30 refill=3 quantity=60.0 filled=2015-05-12 "
	    "pharmacy=1023011079" },
	{ "clinical/synthetic/bfd_v2_eobReadOutpatient.json", "", "detail", "type=institutional" },
	{ "fhir/r4-examples/medicationdispense0301.json", "", "clinical-dispense",
	    "kind=given~out ndc=0069258710 quantity=12 days=3" },
	{ "fhir/r4-examples/medicationrequest0301.json", "", "clinical-dispense",
	    "kind=asked~for code=430127000 number=12345689 filled=2015-01-15" },
	{ "fhir/r4-examples/medicationadministration0301.json", "", "clinical-dispense",
	    "kind=given ndc=0069258710" },
	{ "fhir/r4-examples/observation-example.json", "", "observation",
	    "code=29463-7 value=185 unit=[lb_av] observed=2016-03-28" },
	{ "fhir/r4-examples/condition-example.json", "", "problem", "code=39065001 system=SCT" },
	{ "fhir/davinci-atr/coverage-1.json", "", "eligibility", "member_id=123456 status=active" },
};

static struct ww_json *root;

static ww_status
resolve(void *arg, ww_str reference, const struct ww_json **out)
{
	ww_str id, type = ww_str_cut(reference, '/', &id);

	(void)arg;
	*out = NULL;
	for (const struct ww_json *e = ww_json_first(ww_json_get(root, "entry")); e != NULL;
	     e = ww_json_next(e)) {
		const struct ww_json *r = ww_json_get(e, "resource");

		if (ww_str_eq(ww_json_str(ww_json_get(r, "resourceType")), type) &&
		    ww_str_eq(ww_json_str(ww_json_get(r, "id")), id))
			*out = r;
	}
	return WW_OK;
}

static struct ww_fhir_source
source_of(const struct ww_json *resource)
{
	struct ww_fhir_source s = {
		.resource = resource, .digest = WW_STR("0"), .resolve = resolve
	};

	s.name = ww_arena_printf(cx.arena, "%.*s/%.*s",
	    WW_STR_FMT(ww_json_str(ww_json_get(resource, "resourceType"))),
	    WW_STR_FMT(ww_json_str(ww_json_get(resource, "id"))));
	s.updated = ww_time_at(0, feed.zone);
	return s;
}

/* The row that is asked for as JSON; NULL: there is none. */
static struct ww_json *
row_of(const struct ww_json *resource, const char *row)
{
	struct ww_fhir_source s = source_of(resource);
	ww_str type = ww_json_str(ww_json_get(resource, "resourceType"));
	static struct ww_bill b;
	static struct ww_decision d;
	static struct ww_clinical c;
	static struct ww_eligibility e;
	const struct ww_json *patient;
	ww_status (*clinical)(struct ww_ctx *, const struct ww_fhir_source *,
	    const struct ww_feed *, struct ww_clinical *) =
	    ww_str_is(type, "Observation") ? ww_fhir_observation
	    : ww_str_is(type, "Condition") ? ww_fhir_condition
	                                   : ww_fhir_medication;
	ww_status st = strcmp(row, "decision") == 0 ? ww_fhir_response(&cx, &s, &feed, &d)
	               : strcmp(row, "eligibility") == 0
	                   ? ww_fhir_eligibility(&cx, &s, &feed, &e, &patient)
	               : ww_str_is(type, "Claim")                ? ww_fhir_claim(&cx, &s, &feed, &b)
	               : ww_str_is(type, "ExplanationOfBenefit") ? ww_fhir_eob(&cx, &s, &feed, &b)
	                                                         : clinical(&cx, &s, &feed, &c);

	if (st != WW_OK)
		return NULL;
	if (strcmp(row, "authorization") == 0)
		return ww_row_json(&cx, &ww_entity_authorization, &b.authorization);
	if (strcmp(row, "claim") == 0)
		return ww_row_json(&cx, &ww_entity_claim, &b.claim);
	if (strcmp(row, "detail") == 0)
		return ww_row_json(&cx, &ww_entity_claim_detail, &b.detail);
	if (strcmp(row, "dispense") == 0)
		return b.dispenses_n == 0 ? NULL
		                          : ww_row_json(&cx, &ww_entity_dispense, b.dispenses);
	if (strcmp(row, "decision") == 0)
		return ww_row_json(&cx, &ww_entity_decision, &d);
	if (strcmp(row, "eligibility") == 0)
		return ww_row_json(&cx, &ww_entity_eligibility, &e);
	if (strcmp(row, "observation") == 0)
		return c.observations_n == 0
		           ? NULL
		           : ww_row_json(&cx, &ww_entity_observation, c.observations);
	if (strcmp(row, "problem") == 0)
		return c.problems_n == 0 ? NULL : ww_row_json(&cx, &ww_entity_problem, c.problems);
	return ww_row_json(&cx, &ww_entity_dispense, &c.dispense);
}

static enum verdict
compare(const struct expected *x, const struct ww_json *row)
{
	ww_str rest = ww_str_from(x->want);
	enum verdict v = row != NULL ? PASS : FAIL;

	if (row == NULL)
		printf("%s: no row of %s\n", x->file, x->row);
	while (row != NULL && rest.n > 0) {
		ww_str value, field = ww_str_cut(ww_str_cut(rest, ' ', &rest), '=', &value), got;
		const struct ww_json *m = ww_json_get(row, ww_arena_cstr(cx.arena, field));
		bool same;

		got = ww_json_kind(m) == WW_JSON_NUMBER ? ww_json_number(m) : ww_json_str(m);
		same = got.n == value.n;
		for (size_t i = 0; same && i < got.n; i++)
			same = got.p[i] == value.p[i] || (got.p[i] == ' ' && value.p[i] == '~');
		if (same)
			continue;
		printf("%s: %s.%.*s is \"%.*s\", want \"%.*s\"\n", x->file, x->row,
		    WW_STR_FMT(field), WW_STR_FMT(got), WW_STR_FMT(value));
		v = FAIL;
	}
	return v;
}

static enum verdict
check(const char *folder, const struct expected *x)
{
	struct ww_buf text = { 0 };
	enum verdict v = SKIP;
	char path[1024];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, x->file);
	ww_ctx_clear(&cx);
	if (!read_file(path, &text)) {
		printf("%s: cannot be read\n", x->file);
	} else if (ww_json_parse(&cx, ww_buf_view(&text), &root) != WW_OK) {
		printf("%s: %s %s\n", x->file, cx.fail.place, cx.fail.reason);
		v = FAIL;
	} else {
		v = compare(
		    x, row_of(x->path[0] == '\0' ? root : ww_json_find(root, x->path), x->row));
	}
	ww_buf_free(&text);
	return v;
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		(void)fprintf(stderr, "corpus_fhir_claim <datadir>\n");
		return EXIT_FAILURE;
	}
	cx.arena = ww_arena_new(0);
	feed.zone = ww_zone_find("America/New_York");
	if (cx.arena == NULL || feed.zone == NULL)
		return EXIT_FAILURE;
	for (size_t i = 0; i < COUNT(table); i++)
		count(check(argv[1], &table[i]));
	printf("fhir claims: %u as expected, %u not, %u skipped\n", passed, failed, skipped);
	ww_arena_free(cx.arena);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
