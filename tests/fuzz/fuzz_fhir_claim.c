/* Any JSON as the resources that the mappers of claims, answers, lists and clinical resources read: whatever it says they fill
 * rows whose texts can be read. What it refers to is what is contained in it, or itself. */
#include <wardwire/claim.h>

#include "tests/fuzz/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ww_status
resolve(void *arg, ww_str reference, const struct ww_json **out)
{
	const struct ww_json *root = arg;

	*out = reference.n % 2 == 0 ? root : NULL;
	return WW_OK;
}

static void
read_bill(struct ww_ctx *cx, const struct ww_bill *b)
{
	read_row(cx, &ww_entity_claim, &b->claim);
	read_row(cx, &ww_entity_claim_detail, &b->detail);
	read_row(cx, &ww_entity_authorization, &b->authorization);
	for (size_t i = 0; i < b->lines_n; i++)
		read_row(cx, &ww_entity_claim_line, &b->lines[i]);
	for (size_t i = 0; i < b->problems_n; i++)
		read_row(cx, &ww_entity_problem, &b->problems[i]);
	for (size_t i = 0; i < b->procedures_n; i++)
		read_row(cx, &ww_entity_procedure, &b->procedures[i]);
	for (size_t i = 0; i < b->dispenses_n; i++)
		read_row(cx, &ww_entity_dispense, &b->dispenses[i]);
}

static void
read_clinical(struct ww_ctx *cx, const struct ww_clinical *c)
{
	for (size_t i = 0; i < c->problems_n; i++)
		read_row(cx, &ww_entity_problem, &c->problems[i]);
	read_row(cx, &ww_entity_procedure, &c->procedure);
	read_row(cx, &ww_entity_dispense, &c->dispense);
	for (size_t i = 0; i < c->observations_n; i++)
		read_row(cx, &ww_entity_observation, &c->observations[i]);
}

static void
map_bills(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed)
{
	struct ww_bill b;
	struct ww_decision d;

	if (ww_fhir_claim(cx, source, feed, &b) == WW_OK)
		read_bill(cx, &b);
	if (ww_fhir_eob(cx, source, feed, &b) == WW_OK)
		read_bill(cx, &b);
	if (ww_fhir_response(cx, source, feed, &d) == WW_OK)
		read_row(cx, &ww_entity_decision, &d);
}

static void
map_clinical(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed)
{
	static ww_status (*const maps[])(struct ww_ctx *, const struct ww_fhir_source *,
	    const struct ww_feed *, struct ww_clinical *) = { ww_fhir_condition, ww_fhir_procedure,
		ww_fhir_medication, ww_fhir_observation };
	const struct ww_json *patient;
	struct ww_eligibility e;

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		struct ww_clinical c;

		if (maps[i](cx, source, feed, &c) == WW_OK)
			read_clinical(cx, &c);
	}
	if (ww_fhir_eligibility(cx, source, feed, &e, &patient) == WW_OK)
		read_row(cx, &ww_entity_eligibility, &e);
}

static void
map_list(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed)
{
	struct ww_group g;

	if (ww_fhir_group(cx, source, feed, &g) != WW_OK)
		return;
	for (const struct ww_json *m = ww_json_first(g.members); m != NULL; m = ww_json_next(m)) {
		struct ww_group_member member;

		if (ww_fhir_group_member(cx, source, feed, &g, m, &member) == WW_OK)
			read_row(cx, &ww_entity_attribution, &member.row);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new((size_t)16 << 20) };
	struct ww_feed feed = { .name = WW_STR("feed"), .zone = ww_zone_utc() };
	struct ww_fhir_source source = { .name = WW_STR("Claim/1"), .digest = WW_STR("0") };
	struct ww_json *root;

	must(cx.arena != NULL);
	if (ww_json_parse(&cx, ww_str_of(data, size), &root) == WW_OK) {
		source.resource = root;
		source.resolve = resolve;
		source.arg = root;
		source.updated = ww_time_at(0, feed.zone);
		map_bills(&cx, &source, &feed);
		map_clinical(&cx, &source, &feed);
		map_list(&cx, &source, &feed);
	}
	ww_arena_free(cx.arena);
	return 0;
}
