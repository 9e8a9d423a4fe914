/* ExplanationOfBenefit: a bill as it was paid (http://hl7.org/fhir/R4/explanationofbenefit.html). */
#include "mappers/in/common.h"
#include "mappers/in/fhir_bill.h"

/* What the payer paid, of a list of total or adjudication; CARIN Blue Button says to whom. */
static ww_str
paid_of(const struct ww_json *list)
{
	static const char *const categories[] = { "paidtoprovider", "benefit", "paidtopatient" };

	for (size_t k = 0; k < sizeof(categories) / sizeof(categories[0]); k++) {
		for (const struct ww_json *t = ww_json_first(list); t != NULL;
		     t = ww_json_next(t)) {
			ww_str amount = ww_pick_at(t, "amount.value");

			if (amount.n != 0 && ww_pick_has(ww_json_get(t, "category"), categories[k]))
				return amount;
		}
	}
	return ww_str_empty();
}

static const struct ww_json *
submitted(const struct ww_json *totals)
{
	const struct ww_json *t = ww_json_first(totals);

	while (t != NULL && !ww_pick_has(ww_json_get(t, "category"), "submitted"))
		t = ww_json_next(t);
	return t;
}

ww_status
ww_fhir_eob(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_bill *out)
{
	const struct ww_json *r = source->resource, *item = ww_json_first(ww_json_get(r, "item"));
	const struct ww_json *total = submitted(ww_json_get(r, "total"));
	struct ww_claim *c = &out->claim;
	struct ww_claim_detail *d = &out->detail;
	ww_str use = ww_pick_text(r, "use");
	ww_status s;

	ww_bill_init(out);
	s = ww_bill_read(cx, source, feed, out);
	d->outcome = ww_pick_text(r, "outcome");
	c->request = ww_in_named(ww_json_get(r, "claim"));
	if (c->request.n == 0)
		c->request = ww_pick_at(r, "claim.identifier.value");
	d->total = ww_pick_at(total, "amount.value");
	d->currency = ww_pick_at(total, "amount.currency");
	d->paid = ww_pick_at(r, "payment.amount.value");
	if (d->paid.n == 0)
		d->paid = paid_of(ww_json_get(r, "total"));
	if (d->currency.n == 0)
		d->currency = ww_pick_at(r, "payment.amount.currency");
	for (size_t i = 0; s == WW_OK && i < out->lines_n; i++, item = ww_json_next(item))
		out->lines[i].paid = paid_of(ww_json_get(item, "adjudication"));
	if (use.n != 0 && !ww_str_is(use, "claim"))
		c->said = ww_str_empty(); /* of an authorization a ClaimResponse tells more */
	return s;
}
