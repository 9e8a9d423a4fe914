/* Holds what Encounters, Patients and Coverages of others say to the table below:
 *
 *	corpus_encounters <datadir>
 *
 * maps every resource of <datadir>/fhir/davinci-alerts and of the Encounters, Patients and Coverages of us-core and
 * r4-examples that stands in it; field by field what a row names must be so. */
#include "corpus.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>
#include <wardwire/mapper.h>

#include "model/model_json.h"

#include <string.h>

/* facts of the first resource of that type; ~ stands for a blank. */
static const struct row {
	const char *file, *type, *want;
} rows[] = {
	{ "davinci-alerts/admit-notification-message-bundle-01.json", "Encounter",
	    "trigger=admitted class=emergency status=in-progress "
	    "admitted=2018-10-21T21:22:15-07:00 "
	    "discharged= facility=HOLY~FAMILY~HOSPITAL "
	    "visit=Elden718Halvorson12420181021T2122150700 family=Halvorson124 "
	    "recorded=2020-04-28T21:32:21.199Z" },
	{ "davinci-alerts/admit-notification-message-bundle-02.json", "Encounter",
	    "trigger=admitted class=emergency status=in-progress family=Halvorson124" },
	{ "davinci-alerts/admit-notification-intermediate-translate-bundle.json", "Encounter",
	    "trigger=admitted class=emergency family=Halvorson124 sex=M" },
	{ "davinci-alerts/admit-notification-intermediate-transmit-bundle.json", "Coverage",
	    "trigger=patient member_id=12345 relationship=SELF family=Halvorson124" },
	{ "davinci-alerts/transfer-notification-message-bundle-01.json", "Encounter",
	    "trigger=transferred class=inpatient admit_source=7 status=in-progress" },
	{ "davinci-alerts/discharge-notification-message-bundle-01.json", "Encounter",
	    "trigger=finished class=inpatient disposition=01 status=finished "
	    "discharged=2018-10-23T22:22:15-07:00 occurred=2018-10-23T22:22:15-07:00" },
	{ "davinci-alerts/discharge-notification-message-bundle-01.json", "Patient",
	    "trigger=patient family=Halvorson124 given=Elden718 birth=2000-10-15 sex=M" },
	{ "davinci-alerts/discharge-notification-message-bundle-01.json", "Coverage",
	    "member_id=12345 place=Coverage.subscriberId" },
	{ "us-core/encounter-1036.json", "Encounter",
	    "trigger=admitted class=inpatient disposition=01 visit=Encounter/1036 admitted=" },
	{ "us-core/encounter-delivery.json", "Encounter",
	    "trigger=finished class=inpatient facility=Holy~Family~Hospital" },
	{ "us-core/encounter-example-1.json", "Encounter",
	    "trigger=finished class=outpatient admitted=2015-11-01T17:00:14-05:00" },
	{ "r4-examples/encounter-example.json", "Encounter",
	    "trigger=admitted class=inpatient visit=Encounter/example" },
	{ "us-core/patient-example.json", "Patient", "family=Baxter given=Amy birth=1987-02-20" },
	{ "us-core/patient-deceased-example.json", "Patient", "family=Shaw given=Mary" },
	{ "us-core/coverage-example.json", "Coverage",
	    "payer=Acme~Health~Plan member_id=888009335" },
};

static struct ww_ctx cx;

/* By fullUrl alone, as these Bundles refer. */
static ww_status
resolve(void *arg, ww_str reference, const struct ww_json **out)
{
	const struct ww_json *e = ww_json_first(ww_json_get(arg, "entry"));

	while (e != NULL && !ww_str_eq(ww_json_str(ww_json_get(e, "fullUrl")), reference))
		e = ww_json_next(e);
	*out = ww_json_get(e, "resource");
	return WW_OK;
}

static const struct ww_json *
first_of(const struct ww_json *tree, const char *type)
{
	const struct ww_json *e = ww_json_first(ww_json_get(tree, "entry"));

	if (ww_str_is(ww_json_str(ww_json_get(tree, "resourceType")), type))
		return tree;
	while (e != NULL && !ww_str_is(ww_json_str(ww_json_find(e, "resource.resourceType")), type))
		e = ww_json_next(e);
	return ww_json_get(e, "resource");
}

static bool
map(struct ww_json *tree, const char *type, struct ww_facts *out)
{
	static struct ww_feed feed = { .name = WW_STR_INIT("feed") };
	const struct ww_json *r = first_of(tree, type), *header = first_of(tree, "MessageHeader");
	const struct ww_fhir_mapper *m = ww_fhir_mapper_find(ww_str_from(type));
	ww_str id = ww_json_str(ww_json_get(r, "id"));
	struct ww_fhir_source src = { .resource = r,
		.name = ww_arena_printf(cx.arena, "%s/%.*s", type, WW_STR_FMT(id)),
		.version = ww_str_empty(),
		.digest = ww_str_empty(),
		.header = header,
		.resolve = resolve,
		.arg = tree };

	feed.zone = ww_zone_utc();
	if (!ww_time_fhir(
	        ww_json_str(ww_json_find(r, "meta.lastUpdated")), feed.zone, &src.updated))
		src.updated = (ww_time){ .prec = WW_PREC_MS };
	return r != NULL && m != NULL && m->map(&cx, &src, &feed, out) == WW_OK;
}

/* The field of any row that has it. */
static ww_str
fact(const struct ww_facts *f, const char *field)
{
	const struct ww_json *v = ww_json_get(ww_row_json(&cx, &ww_entity_event, &f->event), field);

	if (strcmp(field, "visit") == 0)
		return f->visit;
	if (v == NULL)
		v = ww_json_get(ww_row_json(&cx, &ww_entity_person, &f->person), field);
	if (v == NULL && f->coverages_n > 0)
		v = ww_json_get(ww_row_json(&cx, &ww_entity_coverage, f->coverages), field);
	return ww_json_str(v);
}

static bool
is_as_wanted(const struct ww_facts *f, const struct row *r)
{
	ww_str rest = ww_str_from(r->want);
	bool good = true;

	while (rest.n > 0) {
		ww_str pair = ww_str_cut(rest, ' ', &rest), value;
		ww_str field = ww_str_cut(pair, '=', &value), have;
		char *want = ww_arena_alloc(cx.arena, value.n + 1);

		for (size_t i = 0; want != NULL && i < value.n; i++)
			want[i] = value.p[i] == '~' ? ' ' : value.p[i];
		have = fact(f, ww_arena_cstr(cx.arena, field));
		if (want != NULL && ww_str_eq(have, ww_str_of(want, value.n)))
			continue;
		printf("%s: %s.%.*s is \"%.*s\", want \"%.*s\"\n", r->file, r->type,
		    WW_STR_FMT(field), WW_STR_FMT(have), WW_STR_FMT(value));
		good = false;
	}
	return good;
}

static enum verdict
check(const char *dir, const struct row *r)
{
	struct ww_json *tree = NULL;
	struct ww_facts facts;
	struct ww_buf text = { 0 };
	char path[512];
	bool good;

	ww_ctx_clear(&cx);
	snprintf(path, sizeof(path), "%s/fhir/%s", dir, r->file);
	good = read_file(path, &text) && ww_json_parse(&cx, ww_buf_view(&text), &tree) == WW_OK &&
	       map(tree, r->type, &facts);
	if (!good)
		printf("%s: cannot be read or mapped\n", r->file);
	good = good && is_as_wanted(&facts, r);
	ww_buf_free(&text);
	return good ? PASS : FAIL;
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		(void)fprintf(stderr, "corpus_encounters <datadir>\n");
		return 2;
	}
	cx.arena = ww_arena_new(0);
	for (size_t i = 0; i < COUNT(rows); i++)
		count(check(argv[1], &rows[i]));
	ww_arena_free(cx.arena);
	printf("encounters: %u as wanted, %u otherwise, %u skipped\n", passed, failed, skipped);
	return failed > 0 || passed < COUNT(rows);
}
