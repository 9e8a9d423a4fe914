/* FHIR R4 Patient to facts: who it is, what numbers they have, and with which other Patient they are one. */
#include "mappers/in/common.h"

static bool
is_link(const struct ww_json *link, const char *type)
{
	return ww_str_is(ww_in_text(link, "type"), type) &&
	       ww_in_text(link, "other.reference").n != 0;
}

static ww_status
add_prior(struct ww_ctx *cx, const struct ww_feed *feed, struct ww_facts *out, ww_str name)
{
	return ww_in_add(cx, &out->prior.identifiers, &out->prior.identifiers_n,
	    ww_in_authority(cx, feed), name, WW_STR(WW_FHIR_NAME));
}

/* It is another Patient's record now: its numbers are that one's, of whom it says nothing else. */
static ww_status
be_replaced(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_json *by,
    const struct ww_feed *feed, struct ww_facts *out)
{
	bool any;

	out->prior.identifiers = out->identifiers;
	out->prior.identifiers_n = out->identifiers_n;
	out->identifiers = NULL;
	out->identifiers_n = 0;
	ww_row_init(&ww_entity_person, &out->person);
	return ww_in_person(cx, src, by, feed, out, &any);
}

static ww_status
read_links(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_feed *feed,
    struct ww_facts *out)
{
	const struct ww_json *links = ww_json_get(src->resource, "link"), *l;
	ww_status s = WW_OK;

	for (l = ww_json_first(links); s == WW_OK && l != NULL; l = ww_json_next(l)) {
		if (is_link(l, "replaced-by")) {
			out->event.trigger = WW_STR("merged");
			return be_replaced(cx, src, ww_json_get(l, "other"), feed, out);
		}
		if (!is_link(l, "replaces"))
			continue;
		out->event.trigger = WW_STR("merged");
		s = add_prior(cx, feed, out, ww_in_named(ww_json_get(l, "other")));
	}
	return s;
}

static ww_status
map_patient(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_feed *feed,
    struct ww_facts *out)
{
	ww_status s;

	ww_in_start(cx, src, feed, out);
	out->event.trigger = WW_STR("patient");
	if (src->deleted) {
		out->ignored = WW_STR("a Patient that is deleted is known all the same");
		return WW_OK;
	}
	s = ww_in_patient(cx, src->resource, src->name, feed, out);
	if (s == WW_OK)
		s = read_links(cx, src, feed, out);
	if (s == WW_OK && out->identifiers_n == 0)
		out->ignored = WW_STR("the Patient has no number to be known by");
	if (s != WW_OK)
		return s;
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

ww_status
ww_fhir_map_subject(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_json *reference, const struct ww_feed *feed, struct ww_facts *out, bool *any)
{
	ww_in_start(cx, source, feed, out);
	out->labels = (struct ww_texts){ .n = 0 }; /* the resource's, and not the patient's */
	out->event.trigger = WW_STR("patient");
	return ww_in_person(cx, source, reference, feed, out, any);
}

const struct ww_fhir_mapper ww_fhir_mapper_patient = {
	.name = "fhir_patient", .type = "Patient", .map = map_patient
};
