/* MedicationRequest, MedicationDispense and MedicationAdministration to drugs asked for, given out and given
 * (http://hl7.org/fhir/R4/medicationdispense.html and its neighbours). */
#include "mappers/in/common.h"
#include "mappers/in/fhir_clinical.h"

/* Where the three types have what the row needs. */
static const struct type {
	const char *name;
	enum ww_dispense_kind kind;
	const char *quantity, *days, *refill, *prescriber, *pharmacy, *number;
} types[] = {
	{ "MedicationRequest", WW_dispense_kind_ASKED, "dispenseRequest.quantity",
	    "dispenseRequest.expectedSupplyDuration.value",
	    "dispenseRequest.numberOfRepeatsAllowed", "requester", "dispenseRequest.performer",
	    "identifier[0].value" },
	{ "MedicationDispense", WW_dispense_kind_FILLED, "quantity", "daysSupply.value", NULL, NULL,
	    "performer[0].actor", "identifier[0].value" },
	{ "MedicationAdministration", WW_dispense_kind_GIVEN, "dosage.dose", NULL, NULL, NULL, NULL,
	    "identifier[0].value" },
};

static const struct type *
type_of(const struct ww_json *r)
{
	ww_str name = ww_pick_text(r, "resourceType");

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (ww_str_is(name, types[i].name))
			return &types[i];
	}
	return NULL;
}

static ww_str
at_or_empty(const struct ww_json *r, const char *path)
{
	return path != NULL ? ww_pick_at(r, path) : ww_str_empty();
}

static ww_status
party_at(const struct ww_fhir_source *source, const char *path, ww_str *out)
{
	*out = ww_str_empty();
	if (path == NULL)
		return WW_OK;
	return ww_pick_party(source, ww_json_find(source->resource, path), out);
}

/* medication[x]: a code, or a Medication that has one. */
static ww_status
read_drug(struct ww_ctx *cx, const struct ww_fhir_source *source, struct ww_dispense *d)
{
	const struct ww_json *r = source->resource, *m;
	const struct ww_json *concept = ww_json_get(r, "medicationCodeableConcept");
	ww_status s = WW_OK;

	if (concept == NULL) {
		s = ww_in_reach(source, ww_json_get(r, "medicationReference"), &m);
		concept = ww_json_get(m, "code");
	}
	ww_pick_drug(cx, concept, d);
	if (d->text.n == 0)
		d->text = ww_pick_at(r, "medicationReference.display");
	return s;
}

static ww_time
filled_at(const struct ww_json *r, const struct ww_zone *z)
{
	static const char *const points[] = { "whenHandedOver", "whenPrepared", "authoredOn" };
	ww_time t = { 0 }, end;

	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]) && !ww_time_known(t); i++)
		t = ww_pick_time(r, points[i], z);
	if (!ww_time_known(t))
		ww_pick_when(r, "effective", z, &t, &end);
	return t;
}

static bool
is_void(ww_str status)
{
	static const char *const voids[] = { "entered-in-error", "not-done", "declined",
		"cancelled" };

	for (size_t i = 0; i < sizeof(voids) / sizeof(voids[0]); i++) {
		if (ww_str_is(status, voids[i]))
			return true;
	}
	return false;
}

ww_status
ww_fhir_medication(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, struct ww_clinical *out)
{
	const struct ww_json *r = source->resource;
	const struct type *t = type_of(r);
	struct ww_dispense *d = &out->dispense;
	ww_status s;

	ww_clinical_init(out, r);
	d->feed = feed->name;
	d->resource = source->name;
	d->status = ww_clinical_status(source);
	if (t == NULL || is_void(d->status))
		return WW_OK;
	d->kind = t->kind;
	d->line = 1;
	d->recorded = source->updated;
	d->filled = filled_at(r, feed->zone);
	out->at = d->filled;
	d->quantity = ww_pick_text(ww_json_find(r, t->quantity), "value");
	d->unit = ww_pick_text(ww_json_find(r, t->quantity), "unit");
	d->days = at_or_empty(r, t->days);
	d->refill = at_or_empty(r, t->refill);
	d->number = at_or_empty(r, t->number);
	s = read_drug(cx, source, d);
	if (s == WW_OK)
		s = party_at(source, t->prescriber, &d->prescriber);
	if (s == WW_OK)
		s = party_at(source, t->pharmacy, &d->pharmacy);
	if (s == WW_OK && ww_arena_status(cx->arena) != WW_OK)
		s = ww_fail_memory(cx);
	return s;
}
