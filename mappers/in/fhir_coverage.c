/* FHIR R4 Coverage to facts: the number by which a payer knows the patient. */
#include "mappers/in/common.h"

/* subscriberId, else an identifier that is a member's number, else the only identifier. */
static void
read_number(struct ww_ctx *cx, const struct ww_json *coverage, const struct ww_feed *feed,
    struct ww_coverage *c)
{
	const struct ww_json *list = ww_json_get(coverage, "identifier");

	c->member_id = ww_in_text(coverage, "subscriberId");
	c->place = WW_STR("Coverage.subscriberId");
	if (c->member_id.n != 0)
		return;
	c->place = WW_STR("Coverage.identifier");
	for (const struct ww_json *i = ww_json_first(list); i != NULL; i = ww_json_next(i)) {
		ww_str type;
		bool known;

		(void)ww_in_system(cx, i, feed, &type, &known);
		if (ww_json_len(list) == 1 || ww_str_is(type, "MB") || ww_str_is(type, "SN") ||
		    ww_str_is(type, "MC") || ww_str_is(type, "MA"))
			c->member_id = ww_in_text(i, "value");
		if (c->member_id.n != 0)
			return;
	}
}

static ww_status
read_payer(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_feed *feed,
    struct ww_coverage *c)
{
	const struct ww_json *payor = ww_json_first(ww_json_get(src->resource, "payor"));

	for (const struct ww_json *k = ww_json_first(ww_json_get(src->resource, "class"));
	     k != NULL; k = ww_json_next(k)) {
		if (ww_str_is(ww_in_text(ww_in_coding(ww_json_get(k, "type")), "code"), "plan"))
			c->plan = ww_in_text(k, "value");
	}
	return ww_in_facility(cx, src, payor, feed, &c->payer);
}

static ww_status
map_coverage(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_feed *feed,
    struct ww_facts *out)
{
	struct ww_coverage *c = ww_arena_alloc(cx->arena, sizeof(*c));
	ww_str status = ww_in_text(src->resource, "status");
	bool any = false;
	ww_status s;

	ww_in_start(cx, src, feed, out);
	if (c == NULL)
		return ww_fail_memory(cx);
	ww_row_init(&ww_entity_coverage, c);
	out->labels = (struct ww_texts){ .n = 0 }; /* the insurance's, and not the patient's */
	out->event.trigger = WW_STR("patient");
	s = ww_in_person(cx, src, ww_json_get(src->resource, "beneficiary"), feed, out, &any);
	if (s == WW_OK)
		s = read_payer(cx, src, feed, c);
	if (s != WW_OK)
		return s;
	if (!any)
		out->ignored = WW_STR("Coverage.beneficiary names nobody");
	c->source =
	    ww_arena_printf(cx->arena, "%.*s %.*s", WW_STR_FMT(feed->name), WW_STR_FMT(src->name));
	c->recorded_ms = src->updated.ms;
	c->relationship = ww_arena_upper(cx->arena,
	    ww_in_text(ww_in_coding(ww_json_get(src->resource, "relationship")), "code"));
	/* one that holds no more is kept without its number, so that an older version does not bring it back */
	if (!src->deleted && !ww_str_is(status, "cancelled") &&
	    !ww_str_is(status, "entered-in-error"))
		read_number(cx, src->resource, feed, c);
	out->coverages = c;
	out->coverages_n = 1;
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

const struct ww_fhir_mapper ww_fhir_mapper_coverage = {
	.name = "fhir_coverage", .type = "Coverage", .map = map_coverage
};
