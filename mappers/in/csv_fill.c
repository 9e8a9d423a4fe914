/* Pharmacy fills, each a MedicationDispense. */
#include "mappers/in/extract.h"

#define COLUMNS(COLUMN)                                                                            \
	COLUMN(fill_number, true, "the payer's number of the fill")                                \
	COLUMN(filled, true, "when it was given out")                                              \
	COLUMN(ndc, false, "National Drug Code")                                                   \
	COLUMN(rxnorm, false, "RxNorm code")                                                       \
	COLUMN(drug, false, "what the drug is called; this, ndc or rxnorm is needed")              \
	COLUMN(quantity, false, "how much, a number")                                              \
	COLUMN(unit, false, "of the quantity")                                                     \
	COLUMN(days_supply, false, "how many days it is for")                                      \
	COLUMN(prescription_number, false, "the pharmacy's")                                       \
	COLUMN(pharmacy, false, "its name")                                                        \
	COLUMN(pharmacy_npi, false, "its NPI")                                                     \
	COLUMN(status, false, "paid; reversed or cancelled takes it back")

enum { BEFORE = WW_EXTRACT_COMMON_N - 1, COLUMNS(WW_EXTRACT_ENUM) COLUMNS_N };

static const struct ww_csv_column columns[] = { WW_EXTRACT_COMMON(WW_EXTRACT_ROW)
	    COLUMNS(WW_EXTRACT_ROW) };

static const struct ww_extract_word statuses[] = {
	{ "", "completed" },
	{ "completed", "completed" },
	{ "paid", "completed" },
	{ "filled", "completed" },
	{ "cancelled", "cancelled" },
	{ "canceled", "cancelled" },
	{ "reversed", "cancelled" },
	{ "void", "cancelled" },
	{ NULL, NULL },
};

static void
add_coding(struct ww_ctx *cx, struct ww_json *concept, const char *system, ww_str code)
{
	struct ww_json *list = ww_json_get(concept, "coding"), *c;

	if (code.n == 0)
		return;
	if (list == NULL)
		list = ww_json_set(cx, concept, "coding", ww_json_array(cx));
	c = ww_json_add(cx, list, ww_json_object(cx));
	ww_json_set_cstr(cx, c, "system", system);
	ww_json_set_str(cx, c, "code", code);
}

static ww_status
set_drug(const struct ww_extract_in *in, struct ww_json *v)
{
	const ww_str *c = in->cells;
	struct ww_json *concept =
	    ww_json_set(in->cx, v, "medicationCodeableConcept", ww_json_object(in->cx));

	if (c[COL_ndc].n + c[COL_rxnorm].n + c[COL_drug].n == 0)
		return ww_fail(
		    in->cx, WW_E_REQUIRED, "ndc", "no drug: ndc, rxnorm or drug is needed");
	add_coding(in->cx, concept, "http://hl7.org/fhir/sid/ndc", c[COL_ndc]);
	add_coding(in->cx, concept, "http://www.nlm.nih.gov/research/umls/rxnorm", c[COL_rxnorm]);
	ww_json_set_str(in->cx, concept, "text", c[COL_drug]);
	return WW_OK;
}

static ww_status
set_quantity(
    const struct ww_extract_in *in, struct ww_json *v, const char *name, size_t column, ww_str unit)
{
	struct ww_json *value, *q;
	ww_status s = ww_extract_decimal(in, column, &value);

	if (s != WW_OK || value == NULL)
		return s;
	q = ww_json_set(in->cx, v, name, ww_json_object(in->cx));
	(void)ww_json_set(in->cx, q, "value", value);
	ww_json_set_str(in->cx, q, "unit", unit);
	return WW_OK;
}

static void
set_numbers(const struct ww_extract_in *in, struct ww_json *v)
{
	ww_str number = in->cells[COL_prescription_number];

	if (number.n == 0)
		number = in->cells[COL_fill_number];
	(void)ww_json_add(in->cx, ww_json_set(in->cx, v, "identifier", ww_json_array(in->cx)),
	    ww_extract_identifier(in->cx, "", ww_str_empty(), number));
}

static void
set_pharmacy(const struct ww_extract_in *in, struct ww_json *v)
{
	struct ww_json *actor =
	    ww_extract_party(in->cx, in->cells[COL_pharmacy_npi], in->cells[COL_pharmacy]);

	if (actor != NULL)
		(void)ww_json_set(in->cx,
		    ww_json_add(in->cx, ww_json_set(in->cx, v, "performer", ww_json_array(in->cx)),
		        ww_json_object(in->cx)),
		    "actor", actor);
}

static ww_status
map(struct ww_ctx *cx, const struct ww_feed *feed, const ww_str *const *rows, size_t n,
    struct ww_json *out[WW_CSV_RESOURCES], size_t *out_n)
{
	const struct ww_extract_in in = { cx, feed, columns, rows[n - 1] };
	struct ww_json *v = NULL, *member = NULL;
	const char *status;
	ww_str id, filled;
	ww_status s = ww_extract_id(&in, "fill", COL_fill_number, &id);

	*out_n = 0;
	if (s == WW_OK)
		s = ww_extract_word(&in, COL_status, statuses, &status);
	if (s == WW_OK)
		s = ww_extract_when(&in, COL_filled, &filled);
	if (s == WW_OK)
		s = ww_extract_start(&in, "MedicationDispense", id, &v);
	if (s != WW_OK)
		return s;
	set_numbers(&in, v);
	ww_json_set_cstr(cx, v, "status", status);
	s = set_drug(&in, v);
	if (s == WW_OK)
		s = ww_extract_member(&in, v, "subject", &member);
	set_pharmacy(&in, v);
	if (s == WW_OK)
		s = set_quantity(&in, v, "quantity", COL_quantity, in.cells[COL_unit]);
	if (s == WW_OK)
		s = set_quantity(&in, v, "daysSupply", COL_days_supply, WW_STR("d"));
	ww_json_set_str(cx, v, "whenHandedOver", filled);
	return ww_extract_end(cx, s, member, v, out, out_n);
}

const struct ww_csv_kind ww_csv_fills = {
	.name = "fills", .columns = columns, .columns_n = COLUMNS_N, .map = map
};
