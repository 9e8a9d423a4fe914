/* Claims as billed: the rows of one claim number, a row a line of the bill, as a Claim of use claim. */
#include "mappers/in/extract.h"

#define COLUMNS(COLUMN)                                                                            \
	COLUMN(claim_number, true, "the payer's number; rows of one number follow one another")    \
	COLUMN(type, false,                                                                        \
	    "institutional (where there is a bill_type), professional, pharmacy, oral, vision")    \
	COLUMN(bill_type, false, "type of bill, three or four digits")                             \
	COLUMN(                                                                                    \
	    frequency, false, "1 original, 7 replaces, 8 voids; where bill_type does not say it")  \
	COLUMN(original_claim_number, false, "of the claim that this one replaces or voids")       \
	COLUMN(status, false, "active, cancelled")                                                 \
	COLUMN(start_date, true, "first day of service")                                           \
	COLUMN(end_date, false, "last day of service")                                             \
	COLUMN(admitted, false, "date of admission")                                               \
	COLUMN(discharged, false, "date of discharge")                                             \
	COLUMN(admit_type, false, "code of the type of admission")                                 \
	COLUMN(admit_source, false, "code of the point of origin")                                 \
	COLUMN(discharge_status, false, "code of the patient's discharge status")                  \
	COLUMN(drg, false, "diagnosis related group")                                              \
	COLUMN(facility, false, "name or number of the hospital")                                  \
	COLUMN(facility_npi, false, "its NPI")                                                     \
	COLUMN(provider, false, "name of who bills")                                               \
	COLUMN(provider_npi, false, "the NPI of who bills")                                        \
	COLUMN(total, false, "amount of the whole bill")                                           \
	COLUMN(currency, false, "of all amounts; USD unless given")                                \
	COLUMN(authorization_number, false, "the payer's number of the authorization")             \
	COLUMN(visit_number, false, "the hospital's number of the visit")                          \
	COLUMN(account_number, false, "the hospital's account number")                             \
	COLUMN(diagnoses, false, "ICD-10-CM codes, blanks or ; between, the principal one first")  \
	COLUMN(procedures, false, "ICD-10-PCS codes likewise")                                     \
	COLUMN(revenue_code, false, "of the line")                                                 \
	COLUMN(procedure_code, false, "of the line: CPT or HCPCS")                                 \
	COLUMN(modifiers, false, "of the line, blanks or ; between")                               \
	COLUMN(ndc, false, "of the line: National Drug Code")                                      \
	COLUMN(place_of_service, false, "of the line, two digits")                                 \
	COLUMN(line_start, false, "of the line")                                                   \
	COLUMN(line_end, false, "of the line")                                                     \
	COLUMN(units, false, "of the line")                                                        \
	COLUMN(amount, false, "of the line")

enum { BEFORE = WW_EXTRACT_COMMON_N - 1, COLUMNS(WW_EXTRACT_ENUM) COLUMNS_N };

static const struct ww_csv_column columns[] = { WW_EXTRACT_COMMON(WW_EXTRACT_ROW)
	    COLUMNS(WW_EXTRACT_ROW) };

static const char info_category[] =
    "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBSupportingInfoType";

static const struct ww_extract_word types[] = {
	{ "", "" },
	{ "institutional", "institutional" },
	{ "I", "institutional" },
	{ "professional", "professional" },
	{ "P", "professional" },
	{ "pharmacy", "pharmacy" },
	{ "rx", "pharmacy" },
	{ "oral", "oral" },
	{ "dental", "oral" },
	{ "vision", "vision" },
	{ NULL, NULL },
};

static const struct ww_extract_word statuses[] = {
	{ "", "active" },
	{ "active", "active" },
	{ "paid", "active" },
	{ "denied", "active" },
	{ "cancelled", "cancelled" },
	{ "canceled", "cancelled" },
	{ "void", "cancelled" },
	{ "voided", "cancelled" },
	{ "reversed", "cancelled" },
	{ NULL, NULL },
};

/* The array of that name, made when the first comes. */
static struct ww_json *
list_of(struct ww_ctx *cx, struct ww_json *v, const char *name)
{
	struct ww_json *list = ww_json_get(v, name);

	return list != NULL ? list : ww_json_set(cx, v, name, ww_json_array(cx));
}

/* One more in the list, with the next sequence. */
static struct ww_json *
add_in_sequence(struct ww_ctx *cx, struct ww_json *v, const char *name)
{
	struct ww_json *list = list_of(cx, v, name);
	struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

	ww_json_set_int(cx, o, "sequence", (int64_t)ww_json_len(list));
	return o;
}

/* The next code of a list of codes; empty at its end. */
static ww_str
next_code(ww_str *rest)
{
	size_t from = 0, to;
	ww_str code;

	while (from < rest->n && (rest->p[from] == ' ' || rest->p[from] == ';'))
		from++;
	to = from;
	while (to < rest->n && rest->p[to] != ' ' && rest->p[to] != ';')
		to++;
	code = ww_str_sub(*rest, from, to - from);
	*rest = ww_str_sub(*rest, to, rest->n);
	return code;
}

/* -- what is said once -------------------------------------------------------------------------------------- */

static void
add_info(const struct ww_extract_in *in, struct ww_json *claim, const char *category,
    const char *system, ww_str code)
{
	struct ww_json *info;

	if (code.n == 0)
		return;
	info = add_in_sequence(in->cx, claim, "supportingInfo");
	(void)ww_json_set(in->cx, info, "category",
	    ww_extract_concept(in->cx, info_category, ww_str_from(category), ww_str_empty()));
	(void)ww_json_set(
	    in->cx, info, "code", ww_extract_concept(in->cx, system, code, ww_str_empty()));
}

static ww_status
add_stay(const struct ww_extract_in *in, struct ww_json *claim)
{
	struct ww_json *period, *info;
	ww_status s = ww_extract_period(in, COL_admitted, COL_discharged, &period);

	if (s != WW_OK || period == NULL)
		return s;
	info = add_in_sequence(in->cx, claim, "supportingInfo");
	(void)ww_json_set(in->cx, info, "category",
	    ww_extract_concept(in->cx, info_category, WW_STR("admissionperiod"), ww_str_empty()));
	(void)ww_json_set(in->cx, info, "timingPeriod", period);
	return WW_OK;
}

static ww_status
add_infos(const struct ww_extract_in *in, struct ww_json *claim)
{
	const ww_str *c = in->cells;
	ww_str bill = c[COL_bill_type].n > 0 ? c[COL_bill_type] : c[COL_frequency];

	add_info(in, claim, "typeofbill", "https://www.nubc.org/CodeSystem/TypeOfBill", bill);
	add_info(in, claim, "admtype", "https://www.nubc.org/CodeSystem/PriorityTypeOfAdmitOrVisit",
	    c[COL_admit_type]);
	add_info(in, claim, "pointoforigin", "https://www.nubc.org/CodeSystem/PointOfOrigin",
	    c[COL_admit_source]);
	add_info(in, claim, "discharge-status",
	    "https://www.nubc.org/CodeSystem/PatDischargeStatus", c[COL_discharge_status]);
	add_info(in, claim, "drg",
	    "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/"
	    "MS-DRG-Classifications-and-Software",
	    c[COL_drg]);
	return add_stay(in, claim);
}

static void
add_codes(const struct ww_extract_in *in, struct ww_json *claim, const char *list,
    const char *member, const char *system, ww_str codes)
{
	ww_str code;

	for (code = next_code(&codes); code.n > 0; code = next_code(&codes))
		(void)ww_json_set(in->cx, add_in_sequence(in->cx, claim, list), member,
		    ww_extract_concept(in->cx, system, code, ww_str_empty()));
}

static ww_status
add_related(const struct ww_extract_in *in, struct ww_json *claim)
{
	struct ww_ctx *cx = in->cx;
	struct ww_json *r, *other;
	ww_str id;
	ww_status s;

	if (in->cells[COL_original_claim_number].n == 0)
		return WW_OK;
	s = ww_extract_id(in, "claim", COL_original_claim_number, &id);
	if (s != WW_OK)
		return s;
	r = ww_json_add(
	    cx, ww_json_set(cx, claim, "related", ww_json_array(cx)), ww_json_object(cx));
	other = ww_json_set(cx, r, "claim", ww_json_object(cx));
	ww_json_set_str(
	    cx, other, "reference", ww_arena_printf(cx->arena, "Claim/%.*s", WW_STR_FMT(id)));
	(void)ww_json_set(cx, r, "relationship",
	    ww_extract_concept(cx,
	        "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship",
	        WW_STR("prior"), ww_str_empty()));
	return WW_OK;
}

static void
add_numbers(const struct ww_extract_in *in, struct ww_json *claim)
{
	static const struct {
		const char *type;
		size_t column;
	} numbers[] = { { "", COL_claim_number }, { "VN", COL_visit_number },
		{ "AN", COL_account_number } };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)ww_json_add(in->cx, list_of(in->cx, claim, "identifier"),
		    ww_extract_identifier(
		        in->cx, numbers[i].type, ww_str_empty(), in->cells[numbers[i].column]));
}

static ww_status
set_money(const struct ww_extract_in *in, struct ww_json *owner, const char *name, size_t column)
{
	struct ww_json *value, *m;
	ww_str currency = in->cells[COL_currency];
	ww_status s = ww_extract_decimal(in, column, &value);

	if (s != WW_OK || value == NULL)
		return s;
	m = ww_json_set(in->cx, owner, name, ww_json_object(in->cx));
	(void)ww_json_set(in->cx, m, "value", value);
	ww_json_set_str(in->cx, m, "currency", currency.n > 0 ? currency : WW_STR("USD"));
	return WW_OK;
}

/* -- lines ---------------------------------------------------------------------------------------------------- */

static struct ww_json *
product_of(const struct ww_extract_in *in)
{
	const ww_str *c = in->cells;
	ww_str code = c[COL_procedure_code];
	bool cpt = code.n > 0 && code.p[0] >= '0' && code.p[0] <= '9';

	if (c[COL_ndc].n > 0)
		return ww_extract_concept(
		    in->cx, "http://hl7.org/fhir/sid/ndc", c[COL_ndc], ww_str_empty());
	if (code.n > 0)
		return ww_extract_concept(in->cx,
		    cpt ? "http://www.ama-assn.org/go/cpt"
		        : "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
		    code, ww_str_empty());
	return NULL;
}

/* A row has a line when it says anything of one. */
static bool
has_line(const ww_str *cells)
{
	size_t i;

	for (i = COL_revenue_code; i < COLUMNS_N; i++)
		if (cells[i].n > 0)
			return true;
	return false;
}

static void
add_modifiers(const struct ww_extract_in *in, struct ww_json *item)
{
	ww_str codes = in->cells[COL_modifiers], code;

	for (code = next_code(&codes); code.n > 0; code = next_code(&codes))
		(void)ww_json_add(in->cx, list_of(in->cx, item, "modifier"),
		    ww_extract_concept(in->cx,
		        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", code,
		        ww_str_empty()));
}

static ww_status
add_line(const struct ww_extract_in *in, struct ww_json *claim)
{
	const ww_str *c = in->cells;
	struct ww_ctx *cx = in->cx;
	struct ww_json *item, *period, *units;
	ww_status s = ww_extract_period(in, COL_line_start, COL_line_end, &period);

	if (s == WW_OK)
		s = ww_extract_decimal(in, COL_units, &units);
	if (s != WW_OK)
		return s;
	item = add_in_sequence(cx, claim, "item");
	(void)ww_json_set(cx, item, "revenue",
	    ww_extract_concept(cx, "https://www.nubc.org/CodeSystem/RevenueCodes",
	        c[COL_revenue_code], ww_str_empty()));
	ww_extract_need(cx, item, "productOrService", product_of(in));
	add_modifiers(in, item);
	(void)ww_json_set(cx, item, "servicedPeriod", period);
	(void)ww_json_set(cx, item, "locationCodeableConcept",
	    ww_extract_concept(cx,
	        "https://www.cms.gov/Medicare/Coding/place-of-service-codes/"
	        "Place_of_Service_Code_Set",
	        c[COL_place_of_service], ww_str_empty()));
	if (units != NULL)
		(void)ww_json_set(
		    cx, ww_json_set(cx, item, "quantity", ww_json_object(cx)), "value", units);
	return set_money(in, item, "net", COL_amount);
}

/* -- the claim ------------------------------------------------------------------------------------------------ */

/* A bill that replaces or voids goes under a name of its own, also when the payer goes on with the number. */
static const char *
prefix_of(const ww_str *c)
{
	ww_str bill = c[COL_bill_type].n > 0 ? c[COL_bill_type] : c[COL_frequency];
	char last = bill.n > 0 ? bill.p[bill.n - 1] : '1';

	return last == '7' ? "claim7" : last == '8' ? "claim8" : "claim";
}

static ww_status
start_claim(const struct ww_extract_in *in, struct ww_json **member, struct ww_json **out)
{
	const ww_str *c = in->cells;
	struct ww_ctx *cx = in->cx;
	const char *type, *status;
	struct ww_json *v;
	ww_str id, created;
	ww_status s = ww_extract_id(in, prefix_of(c), COL_claim_number, &id);

	if (s == WW_OK)
		s = ww_extract_word(in, COL_type, types, &type);
	if (s == WW_OK)
		s = ww_extract_word(in, COL_status, statuses, &status);
	if (s == WW_OK)
		s = ww_extract_when(
		    in, c[COL_end_date].n > 0 ? COL_end_date : COL_start_date, &created);
	if (s == WW_OK)
		s = ww_extract_start(in, "Claim", id, out);
	if (s != WW_OK)
		return s;
	if (type[0] == '\0')
		type = c[COL_bill_type].n > 0 ? "institutional" : "professional";
	v = *out;
	add_numbers(in, v);
	ww_json_set_cstr(cx, v, "status", status);
	(void)ww_json_set(cx, v, "type",
	    ww_extract_concept(cx, "http://terminology.hl7.org/CodeSystem/claim-type",
	        ww_str_from(type), ww_str_empty()));
	ww_json_set_cstr(cx, v, "use", "claim");
	ww_json_set_str(cx, v, "created", created);
	return ww_extract_member(in, v, "patient", member);
}

static void
add_parties(const struct ww_extract_in *in, struct ww_json *v)
{
	const ww_str *c = in->cells;
	struct ww_ctx *cx = in->cx;
	struct ww_json *party = ww_extract_party(cx, c[COL_provider_npi], c[COL_provider]);

	if (party == NULL)
		party = ww_extract_party(cx, c[COL_facility_npi], c[COL_facility]);
	(void)ww_json_set(cx, v, "insurer", ww_extract_party(cx, ww_str_empty(), c[COL_payer]));
	ww_extract_need(cx, v, "provider", party);
	(void)ww_json_set(cx, v, "priority",
	    ww_extract_concept(cx, "http://terminology.hl7.org/CodeSystem/processpriority",
	        WW_STR("normal"), ww_str_empty()));
	(void)ww_json_set(
	    cx, v, "facility", ww_extract_party(cx, c[COL_facility_npi], c[COL_facility]));
	ww_extract_insurance(in, v, c[COL_authorization_number]);
}

static ww_status
map(struct ww_ctx *cx, const struct ww_feed *feed, const ww_str *const *rows, size_t n,
    struct ww_json *out[WW_CSV_RESOURCES], size_t *out_n)
{
	struct ww_extract_in in = { cx, feed, columns, rows[0] };
	const ww_str *c = in.cells;
	struct ww_json *period, *member = NULL, *claim = NULL;
	ww_status s = start_claim(&in, &member, &claim);

	*out_n = 0;
	if (s == WW_OK)
		s = ww_extract_period(&in, COL_start_date, COL_end_date, &period);
	if (s != WW_OK)
		return s;
	(void)ww_json_set(cx, claim, "billablePeriod", period);
	add_parties(&in, claim);
	s = add_related(&in, claim);
	if (s == WW_OK)
		s = add_infos(&in, claim);
	add_codes(&in, claim, "diagnosis", "diagnosisCodeableConcept",
	    "http://hl7.org/fhir/sid/icd-10-cm", c[COL_diagnoses]);
	add_codes(&in, claim, "procedure", "procedureCodeableConcept",
	    "http://www.cms.gov/Medicare/Coding/ICD10", c[COL_procedures]);
	for (size_t i = 0; s == WW_OK && i < n; i++) {
		in.cells = rows[i];
		if (has_line(rows[i]))
			s = add_line(&in, claim);
	}
	in.cells = rows[0];
	if (s == WW_OK)
		s = set_money(&in, claim, "total", COL_total);
	return ww_extract_end(cx, s, member, claim, out, out_n);
}

/* A bill that replaces another may go on with its number. */
static bool
is_same(const ww_str *a, const ww_str *b)
{
	return ww_str_eq(a[COL_claim_number], b[COL_claim_number]) &&
	       ww_str_eq(a[COL_bill_type], b[COL_bill_type]) &&
	       ww_str_eq(a[COL_frequency], b[COL_frequency]);
}

const struct ww_csv_kind ww_csv_claims = {
	.name = "claims", .columns = columns, .columns_n = COLUMNS_N, .same = is_same, .map = map
};
