/* Authorizations: what was asked for as a Claim of use preauthorization, what was decided as a ClaimResponse, with the review
 * actions of X12 306 by which Da Vinci PAS says it. */
#include "mappers/in/extract.h"

#define COLUMNS(COLUMN)                                                                            \
	COLUMN(                                                                                    \
	    authorization_number, true, "the payer's number of it, as a hospital would name it")   \
	COLUMN(request_number, false, "the sender's number of the request, where it is another")   \
	COLUMN(status, true, "requested, pended, approved, partial, denied, cancelled")            \
	COLUMN(inpatient, false, "Y: a stay in hospital is asked for; N")                          \
	COLUMN(start_date, true, "first day asked for, of a stay the admission")                   \
	COLUMN(end_date, false, "last day asked for")                                              \
	COLUMN(approved_start, false, "first day authorized")                                      \
	COLUMN(approved_end, false, "last day authorized")                                         \
	COLUMN(requested_at, false, "when it was asked for; start_date unless given")              \
	COLUMN(decided_at, false, "when it was decided; requested_at unless given")                \
	COLUMN(service_code, false, "what is asked for, as a code")                                \
	COLUMN(service, false, "what is asked for, in words")                                      \
	COLUMN(diagnosis, false, "ICD-10-CM")                                                      \
	COLUMN(facility, false, "name or number of the hospital")                                  \
	COLUMN(facility_npi, false, "its NPI")                                                     \
	COLUMN(provider, false, "name of who asks")                                                \
	COLUMN(provider_npi, false, "the NPI of who asks")                                         \
	COLUMN(visit_number, false, "the hospital's number of the visit")                          \
	COLUMN(account_number, false, "the hospital's account number")

enum { BEFORE = WW_EXTRACT_COMMON_N - 1, COLUMNS(WW_EXTRACT_ENUM) COLUMNS_N };

static const struct ww_csv_column columns[] = { WW_EXTRACT_COMMON(WW_EXTRACT_ROW)
	    COLUMNS(WW_EXTRACT_ROW) };

static const char claim_type[] = "http://terminology.hl7.org/CodeSystem/claim-type";
static const char pas_category[] = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes";
static const char review_action[] =
    "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewAction";
static const char review_code[] =
    "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewActionCode";

/* What a decision is in the terms of FHIR and X12. */
static const struct status {
	const char *word;
	const char *status;  /* of both resources */
	const char *outcome; /* NULL: nothing is decided yet */
	const char *action;
} statuses[] = {
	{ "requested", "active", NULL, NULL },
	{ "pended", "active", "queued", "A4" },
	{ "approved", "active", "complete", "A1" },
	{ "partial", "active", "partial", "A6" },
	{ "denied", "active", "complete", "A3" },
	{ "cancelled", "cancelled", "complete", "C" },
};

static const struct ww_extract_word words[] = {
	{ "requested", "requested" },
	{ "received", "requested" },
	{ "open", "requested" },
	{ "pended", "pended" },
	{ "pending", "pended" },
	{ "approved", "approved" },
	{ "certified", "approved" },
	{ "partial", "partial" },
	{ "partially approved", "partial" },
	{ "modified", "partial" },
	{ "denied", "denied" },
	{ "not certified", "denied" },
	{ "cancelled", "cancelled" },
	{ "canceled", "cancelled" },
	{ "withdrawn", "cancelled" },
	{ "void", "cancelled" },
	{ NULL, NULL },
};

static const struct ww_extract_word yes_no[] = {
	{ "", "" },
	{ "Y", "Y" },
	{ "yes", "Y" },
	{ "true", "Y" },
	{ "1", "Y" },
	{ "N", "" },
	{ "no", "" },
	{ "false", "" },
	{ "0", "" },
	{ NULL, NULL },
};

/* A row, read. */
struct row {
	struct ww_extract_in in;
	const struct status *status;
	bool inpatient;
	ww_str requested, decided;
};

static const struct status *
status_of(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (ww_str_is(ww_str_from(word), statuses[i].word))
			return &statuses[i];
	return &statuses[0];
}

static ww_status
read_row(struct row *r)
{
	const char *word, *inpatient;
	ww_status s = ww_extract_word(&r->in, COL_status, words, &word);

	if (s == WW_OK)
		s = ww_extract_word(&r->in, COL_inpatient, yes_no, &inpatient);
	if (s == WW_OK)
		s = ww_extract_when(&r->in, COL_requested_at, &r->requested);
	if (s == WW_OK && r->requested.n == 0)
		s = ww_extract_when(&r->in, COL_start_date, &r->requested);
	if (s == WW_OK)
		s = ww_extract_when(&r->in, COL_decided_at, &r->decided);
	if (s != WW_OK)
		return s;
	if (r->decided.n == 0)
		r->decided = r->requested;
	r->status = status_of(word);
	r->inpatient = inpatient[0] == 'Y';
	return WW_OK;
}

/* What both resources say alike. */
static ww_status
start(const struct row *r, const char *type, ww_str created, struct ww_json **member,
    struct ww_json **out)
{
	struct ww_ctx *cx = r->in.cx;
	struct ww_json *v;
	ww_str id;
	ww_status s = ww_extract_id(&r->in, "authorization", COL_authorization_number, &id);

	if (s == WW_OK)
		s = ww_extract_start(&r->in, type, id, out);
	if (s != WW_OK)
		return s;
	v = *out;
	ww_json_set_cstr(cx, v, "status", r->status->status);
	(void)ww_json_set(cx, v, "type",
	    ww_extract_concept(cx, claim_type,
	        r->inpatient ? WW_STR("institutional") : WW_STR("professional"), ww_str_empty()));
	ww_json_set_cstr(cx, v, "use", "preauthorization");
	ww_json_set_str(cx, v, "created", created);
	return ww_extract_member(&r->in, v, "patient", member);
}

/* -- the request ------------------------------------------------------------------------------------------ */

static void
add_number(struct ww_ctx *cx, struct ww_json *list, const char *type, ww_str value)
{
	(void)ww_json_add(cx, list, ww_extract_identifier(cx, type, ww_str_empty(), value));
}

static void
add_numbers(const struct row *r, struct ww_json *v)
{
	const ww_str *c = r->in.cells;
	struct ww_ctx *cx = r->in.cx;
	struct ww_json *list = ww_json_set(cx, v, "identifier", ww_json_array(cx));

	add_number(cx, list, "",
	    c[COL_request_number].n > 0 ? c[COL_request_number] : c[COL_authorization_number]);
	add_number(cx, list, "VN", c[COL_visit_number]);
	add_number(cx, list, "AN", c[COL_account_number]);
}

static ww_status
add_admission(const struct row *r, struct ww_json *claim)
{
	struct ww_ctx *cx = r->in.cx;
	struct ww_json *period, *info;
	ww_status s = ww_extract_period(&r->in, COL_start_date, COL_end_date, &period);

	if (s != WW_OK || !r->inpatient)
		return s;
	info = ww_json_add(
	    cx, ww_json_set(cx, claim, "supportingInfo", ww_json_array(cx)), ww_json_object(cx));
	ww_json_set_int(cx, info, "sequence", 1);
	(void)ww_json_set(cx, info, "category",
	    ww_extract_concept(cx, pas_category, WW_STR("admissionDates"), ww_str_empty()));
	(void)ww_json_set(cx, info, "timingPeriod", period);
	return WW_OK;
}

static ww_status
add_item(const struct row *r, struct ww_json *claim)
{
	const ww_str *c = r->in.cells;
	struct ww_ctx *cx = r->in.cx;
	struct ww_json *item =
	    ww_json_add(cx, ww_json_set(cx, claim, "item", ww_json_array(cx)), ww_json_object(cx));
	struct ww_json *period;
	ww_status s = ww_extract_period(&r->in, COL_start_date, COL_end_date, &period);

	ww_json_set_int(cx, item, "sequence", 1);
	ww_extract_need(cx, item, "productOrService",
	    ww_extract_concept(cx, "", c[COL_service_code], c[COL_service]));
	(void)ww_json_set(cx, item, "servicedPeriod", period);
	return s;
}

static void
add_diagnosis(const struct row *r, struct ww_json *claim)
{
	struct ww_ctx *cx = r->in.cx;
	ww_str code = r->in.cells[COL_diagnosis];
	struct ww_json *d;

	if (code.n == 0)
		return;
	d = ww_json_add(
	    cx, ww_json_set(cx, claim, "diagnosis", ww_json_array(cx)), ww_json_object(cx));
	ww_json_set_int(cx, d, "sequence", 1);
	(void)ww_json_set(cx, d, "diagnosisCodeableConcept",
	    ww_extract_concept(cx, "http://hl7.org/fhir/sid/icd-10-cm", code, ww_str_empty()));
}

static ww_status
make_request(const struct row *r, struct ww_json **member, struct ww_json **out)
{
	const ww_str *c = r->in.cells;
	struct ww_ctx *cx = r->in.cx;
	struct ww_json *party = ww_extract_party(cx, c[COL_provider_npi], c[COL_provider]);
	ww_status s = start(r, "Claim", r->requested, member, out);
	struct ww_json *v = *out;

	if (s != WW_OK)
		return s;
	if (party == NULL)
		party = ww_extract_party(cx, c[COL_facility_npi], c[COL_facility]);
	add_numbers(r, v);
	if (c[COL_payer].n > 0)
		(void)ww_json_set(
		    cx, v, "insurer", ww_extract_party(cx, ww_str_empty(), c[COL_payer]));
	ww_extract_need(cx, v, "provider", party);
	(void)ww_json_set(cx, v, "priority",
	    ww_extract_concept(cx, "http://terminology.hl7.org/CodeSystem/processpriority",
	        WW_STR("normal"), ww_str_empty()));
	(void)ww_json_set(
	    cx, v, "facility", ww_extract_party(cx, c[COL_facility_npi], c[COL_facility]));
	ww_extract_insurance(&r->in, v, ww_str_empty());
	add_diagnosis(r, v);
	s = add_admission(r, v);
	return s == WW_OK ? add_item(r, v) : s;
}

/* -- the decision ----------------------------------------------------------------------------------------- */

static struct ww_json *
extension(struct ww_ctx *cx, struct ww_json *owner, const char *url)
{
	struct ww_json *e = ww_json_add(
	    cx, ww_json_set(cx, owner, "extension", ww_json_array(cx)), ww_json_object(cx));

	ww_json_set_cstr(cx, e, "url", url);
	return e;
}

static void
add_review(const struct row *r, struct ww_json *response)
{
	struct ww_ctx *cx = r->in.cx;
	struct ww_json *item = ww_json_add(
	    cx, ww_json_set(cx, response, "item", ww_json_array(cx)), ww_json_object(cx));
	struct ww_json *a;

	ww_json_set_int(cx, item, "itemSequence", 1);
	a = ww_json_add(
	    cx, ww_json_set(cx, item, "adjudication", ww_json_array(cx)), ww_json_object(cx));
	(void)ww_json_set(cx, a, "category",
	    ww_extract_concept(cx, "http://terminology.hl7.org/CodeSystem/adjudication",
	        WW_STR("submitted"), ww_str_empty()));
	a = extension(cx, extension(cx, a, review_action), review_code);
	(void)ww_json_set(cx, a, "valueCodeableConcept",
	    ww_extract_concept(cx, "https://codesystem.x12.org/005010/306",
	        ww_str_from(r->status->action), ww_str_empty()));
}

static ww_status
make_response(const struct row *r, ww_str claim, struct ww_json **out)
{
	const ww_str *c = r->in.cells;
	struct ww_ctx *cx = r->in.cx;
	struct ww_json *period, *request, *v, *member;
	ww_status s = start(r, "ClaimResponse", r->decided, &member, out);

	if (s == WW_OK)
		s = ww_extract_period(&r->in, COL_approved_start, COL_approved_end, &period);
	if (s != WW_OK)
		return s;
	v = *out;
	ww_extract_need(cx, v, "insurer", ww_extract_party(cx, ww_str_empty(), c[COL_payer]));
	request = ww_json_set(cx, v, "request", ww_json_object(cx));
	ww_json_set_str(
	    cx, request, "reference", ww_arena_printf(cx->arena, "Claim/%.*s", WW_STR_FMT(claim)));
	ww_json_set_cstr(cx, v, "outcome", r->status->outcome);
	ww_json_set_str(cx, v, "preAuthRef", c[COL_authorization_number]);
	(void)ww_json_set(cx, v, "preAuthPeriod", period);
	add_review(r, v);
	return WW_OK;
}

static ww_status
map(struct ww_ctx *cx, const struct ww_feed *feed, const ww_str *const *rows, size_t n,
    struct ww_json *out[WW_CSV_RESOURCES], size_t *out_n)
{
	struct row r = { .in = { cx, feed, columns, rows[n - 1] } };
	struct ww_json *member = NULL, *claim = NULL;
	ww_status s = read_row(&r);

	*out_n = 0;
	if (s == WW_OK)
		s = make_request(&r, &member, &claim);
	if (s != WW_OK)
		return s;
	s = ww_extract_end(cx, s, member, claim, out, out_n);
	if (s != WW_OK)
		return s;
	if (r.status->outcome != NULL)
		s = make_response(&r, ww_json_str(ww_json_get(claim, "id")), &out[(*out_n)++]);
	return s == WW_OK && ww_arena_status(cx->arena) != WW_OK ? ww_fail_memory(cx) : s;
}

const struct ww_csv_kind ww_csv_authorizations = {
	.name = "authorizations", .columns = columns, .columns_n = COLUMNS_N, .map = map
};
