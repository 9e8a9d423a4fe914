/* ClaimResponse to a request for authorization: what was decided (http://hl7.org/fhir/R4/claimresponse.html; Da Vinci PAS,
 * profile-claimresponse). */
#include "mappers/in/common.h"
#include "mappers/in/fhir_pick.h"

#include <wardwire/claim.h>

/* X12 data element 306, the codes that the examples and notes of Da Vinci PAS explain. Others decide nothing. */
static const char action_codes[] = "https://codesystem.x12.org/005010/306";

static const struct {
	const char *code;
	enum ww_authorization_status status;
} actions[] = {
	{ "A1", WW_authorization_status_APPROVED },
	{ "A2", WW_authorization_status_PARTIAL },
	{ "A3", WW_authorization_status_DENIED },
	{ "A4", WW_authorization_status_PENDED },
	{ "A6", WW_authorization_status_PARTIAL },
	{ "C", WW_authorization_status_CANCELLED },
};

static enum ww_authorization_status
status_of(ww_str action)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (ww_str_is(action, actions[i].code))
			return actions[i].status;
	}
	return WW_authorization_status_NONE;
}

/* What all items together come to. Something undecided leaves the whole open. */
static enum ww_authorization_status
together(enum ww_authorization_status a, enum ww_authorization_status b)
{
	if (a == WW_authorization_status_NONE || a == b)
		return b;
	if (b == WW_authorization_status_NONE)
		return a;
	if (a == WW_authorization_status_PENDED || b == WW_authorization_status_PENDED)
		return WW_authorization_status_PENDED;
	return WW_authorization_status_PARTIAL;
}

static void
read_review(const struct ww_json *adjudication, struct ww_decision *out)
{
	const struct ww_json *e = ww_pick_extension(adjudication, "/extension-reviewAction");
	const struct ww_json *code = ww_json_get(
	    ww_pick_extension(e, "/extension-reviewActionCode"), "valueCodeableConcept");
	ww_str action = ww_pick_code_of(code, action_codes);

	if (action.n == 0)
		return;
	out->status = together((enum ww_authorization_status)out->status, status_of(action));
	if (out->action.n == 0)
		out->action = action;
	if (out->granted.n == 0)
		out->granted = ww_pick_text(ww_pick_extension(e, "number"), "valueString");
}

static void
read_reviews(const struct ww_json *owner, struct ww_decision *out)
{
	for (const struct ww_json *j = ww_json_first(ww_json_get(owner, "adjudication")); j != NULL;
	     j = ww_json_next(j))
		read_review(j, out);
}

static void
read_items(const struct ww_json *r, const struct ww_feed *feed, struct ww_decision *out)
{
	static const char *const lists[] = { "item", "addItem" };

	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
		for (const struct ww_json *i = ww_json_first(ww_json_get(r, lists[k])); i != NULL;
		     i = ww_json_next(i)) {
			const struct ww_json *p =
			    ww_pick_extension(i, "/extension-itemPreAuthPeriod");

			read_reviews(i, out);
			if (!ww_time_known(out->authorized))
				ww_pick_period(ww_json_get(p, "valuePeriod"), feed->zone,
				    &out->authorized, &out->authorized_end);
		}
	}
}

/* Where no review action says it. */
static void
conclude(struct ww_decision *d)
{
	if (ww_str_is(d->outcome, "queued"))
		d->status = WW_authorization_status_PENDED;
	else if (ww_str_is(d->outcome, "error"))
		d->status = WW_authorization_status_ERROR;
	else if (d->status == WW_authorization_status_NONE && ww_str_is(d->outcome, "partial"))
		d->status = WW_authorization_status_PARTIAL;
	else if (d->status == WW_authorization_status_NONE && d->granted.n != 0)
		d->status = WW_authorization_status_APPROVED;
	if (ww_str_is(d->said, "cancelled"))
		d->status = WW_authorization_status_CANCELLED;
	if (ww_str_is(d->said, "entered-in-error") || ww_str_is(d->said, "draft"))
		d->status = WW_authorization_status_NONE;
}

ww_status
ww_fhir_response(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_decision *out)
{
	const struct ww_json *r = source->resource;
	const struct ww_json *request = ww_json_get(r, "request");

	ww_row_init(&ww_entity_decision, out);
	out->feed = feed->name;
	out->resource = source->name;
	out->said = source->deleted ? WW_STR("entered-in-error") : ww_pick_text(r, "status");
	out->stated = source->updated;
	if (ww_str_is(ww_pick_text(r, "use"), "claim"))
		return WW_OK;
	out->outcome = ww_pick_text(r, "outcome");
	out->request = ww_in_named(request);
	out->number = ww_pick_at(request, "identifier.value");
	if (out->number.n == 0)
		out->number = ww_pick_at(r, "identifier[0].value");
	out->granted = ww_pick_text(r, "preAuthRef");
	ww_pick_period(
	    ww_json_get(r, "preAuthPeriod"), feed->zone, &out->authorized, &out->authorized_end);
	read_reviews(r, out);
	read_items(r, feed, out);
	conclude(out);
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}
