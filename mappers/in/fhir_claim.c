/* Claim: a bill, or a request for authorization (http://hl7.org/fhir/R4/claim.html; Da Vinci PAS 2.1, profile-claim). */
#include "mappers/in/fhir_bill.h"

/* An item's extension of Da Vinci PAS; NULL: no item has it. */
static const struct ww_json *
item_extension(const struct ww_json *claim, const char *url)
{
	const struct ww_json *e = NULL;

	for (const struct ww_json *i = ww_json_first(ww_json_get(claim, "item"));
	     i != NULL && e == NULL; i = ww_json_next(i))
		e = ww_pick_extension(i, url);
	return e;
}

/* X12 data element 1525: an admission review is one of a stay. */
static const char request_types[] = "https://codesystem.x12.org/005010/1525";

static bool
asks_for_admission(const struct ww_json *r)
{
	for (const struct ww_json *i = ww_json_first(ww_json_get(r, "item")); i != NULL;
	     i = ww_json_next(i)) {
		const struct ww_json *e = ww_pick_extension(i, "/extension-serviceItemRequestType");
		ww_str place = ww_pick_code(ww_json_get(i, "locationCodeableConcept")).code;

		if (ww_str_is(
		        ww_pick_code_of(ww_json_get(e, "valueCodeableConcept"), request_types),
		        "AR") ||
		    ww_bill_class_of_place(place) == WW_encounter_class_INPATIENT)
			return true;
	}
	return false;
}

/* Any of the places in which a request says that a stay is meant. */
static bool
is_inpatient(const struct ww_json *r, ww_str bill)
{
	return asks_for_admission(r) || ww_bill_info(r, "admissionDates") != NULL ||
	       ww_pick_has(ww_json_get(r, "subType"), "inpatient") ||
	       ww_bill_class_of_type(bill) == WW_encounter_class_INPATIENT;
}

static void
read_asked(const struct ww_json *r, const struct ww_feed *feed, const struct ww_bill *b,
    struct ww_authorization *a)
{
	static const char *const infos[] = { "admissionDates", "patientEvent" };
	const struct ww_json *item = ww_json_find(r, "item[0]");
	ww_time end, until, ignored;

	for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
		const struct ww_json *info = ww_bill_info(r, infos[i]);

		ww_pick_when(info, "timing", feed->zone, &a->requested, &end);
		if (ww_json_get(info, "timingPeriod") != NULL && !ww_time_known(a->requested_end))
			a->requested_end = end;
		if (ww_time_known(a->requested))
			break;
	}
	if (!ww_time_known(a->requested))
		ww_pick_when(item, "serviced", feed->zone, &a->requested, &a->requested_end);
	if (!ww_time_known(a->requested)) {
		a->requested = b->claim.start;
		a->requested_end = b->detail.end;
	}
	ww_pick_when(ww_bill_info(r, "dischargeDates"), "timing", feed->zone, &until, &ignored);
	if (ww_time_known(until))
		a->requested_end = until;
}

static ww_str
code_of_extension(const struct ww_json *e)
{
	return ww_pick_code(ww_json_get(e, "valueCodeableConcept")).code;
}

static void
read_request(const struct ww_fhir_source *source, const struct ww_feed *feed, struct ww_bill *b)
{
	const struct ww_json *r = source->resource, *item = ww_json_find(r, "item[0]");
	const struct ww_claim *c = &b->claim;
	struct ww_authorization *a = &b->authorization;

	a->feed = feed->name;
	a->resource = c->resource;
	a->system = c->system;
	a->number = c->number;
	a->said = c->said;
	a->facility = c->facility;
	a->provider = b->detail.provider;
	a->payer = b->detail.payer;
	a->visit_system = c->visit_system;
	a->visit = c->visit;
	a->account = c->account;
	a->stated = c->stated;
	a->related = ww_str_eq(c->related, c->number) ? ww_str_empty() : c->related;
	a->inpatient = is_inpatient(r, b->detail.bill);
	a->certification = code_of_extension(item_extension(r, "/extension-certificationType"));
	a->service = ww_pick_code(ww_json_get(item, "productOrService")).code;
	if (a->service.n == 0)
		a->service = ww_pick_code(ww_json_get(item, "category")).code;
	a->level = code_of_extension(item_extension(r, "/extension-nursingHomeLevelOfCare"));
	if (a->level.n == 0)
		a->level = code_of_extension(ww_pick_extension(r, "/extension-levelOfServiceCode"));
	read_asked(r, feed, b, a);
}

ww_status
ww_fhir_claim(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_bill *out)
{
	ww_str use = ww_pick_text(source->resource, "use");
	ww_status s;

	ww_bill_init(out);
	s = ww_bill_read(cx, source, feed, out);
	if (s != WW_OK)
		return s;
	out->detail.total = ww_pick_at(source->resource, "total.value");
	out->detail.currency = ww_pick_at(source->resource, "total.currency");
	if (ww_str_is(use, "claim"))
		return WW_OK;
	for (int64_t u = WW_claim_use_PREAUTHORIZATION; u <= WW_claim_use_PREDETERMINATION; u++) {
		if (ww_str_is(use, ww_claim_use_text(u)))
			out->authorization.use = u;
	}
	if (out->authorization.use != WW_claim_use_NONE)
		read_request(source, feed, out);
	out->claim.said = ww_str_empty();
	return WW_OK;
}
