/* Claim and ExplanationOfBenefit, http://hl7.org/fhir/R4/claim.html and explanationofbenefit.html, with the categories of
 * supportingInfo that CARIN Blue Button and Da Vinci PAS name. Codes are kept as they came. */
#include "mappers/in/fhir_bill.h"
#include "mappers/in/common.h"
#include "mappers/in/value.h"

enum { JOINED_MAX = 16 };

static const char claim_types[] = "http://terminology.hl7.org/CodeSystem/claim-type";

void
ww_bill_init(struct ww_bill *b)
{
	*b = (struct ww_bill){ .encounter = ww_str_empty() };
	ww_row_init(&ww_entity_authorization, &b->authorization);
	ww_row_init(&ww_entity_claim, &b->claim);
	ww_row_init(&ww_entity_claim_detail, &b->detail);
}

/* -- pieces ----------------------------------------------------------------------------------------- */

const struct ww_json *
ww_bill_info(const struct ww_json *claim, const char *category)
{
	const struct ww_json *i = ww_json_first(ww_json_get(claim, "supportingInfo"));

	while (i != NULL && !ww_pick_has(ww_json_get(i, "category"), category))
		i = ww_json_next(i);
	return i;
}

/* Its code, text or number; empty: there is none. other: how Blue Button of CMS calls the same. */
static ww_str
info_value(const struct ww_json *claim, const char *category, const char *other)
{
	const struct ww_json *i = ww_bill_info(claim, category);
	ww_str v;

	if (i == NULL && other != NULL)
		i = ww_bill_info(claim, other);
	v = ww_pick_code(ww_json_get(i, "code")).code;
	if (v.n == 0)
		v = ww_pick_text(i, "valueString");
	return v.n != 0 ? v : ww_pick_at(i, "valueQuantity.value");
}

const struct ww_json *
ww_bill_encounter(const struct ww_json *claim)
{
	const struct ww_json *e = ww_pick_extension(claim, "/extension-Claim.encounter");
	const struct ww_json *item = ww_json_first(ww_json_get(claim, "item")), *r;

	if (e != NULL)
		return ww_json_get(e, "valueReference");
	r = NULL;
	for (; item != NULL && r == NULL; item = ww_json_next(item))
		r = ww_json_find(item, "encounter[0]");
	return r;
}

static ww_str
join_codes(struct ww_ctx *cx, const struct ww_json *list)
{
	ww_str all = ww_str_empty();
	size_t n = 0;

	for (const struct ww_json *m = ww_json_first(list); m != NULL && n < JOINED_MAX;
	     m = ww_json_next(m), n++)
		all = ww_pick_join(cx, all,
		    ww_json_kind(m) == WW_JSON_NUMBER ? ww_json_number(m) : ww_pick_code(m).code);
	return all;
}

/* -- the row claim ---------------------------------------------------------------------------------- */

/* A payer's own number of the claim before others. */
static void
read_number(
    struct ww_ctx *cx, const struct ww_json *r, const struct ww_feed *feed, struct ww_claim *c)
{
	const struct ww_json *list = ww_json_get(r, "identifier");
	const struct ww_json *id = ww_pick_identifier(list, "uc");
	ww_str type;
	bool known;

	if (id == NULL)
		id = ww_json_first(list);
	c->number = ww_pick_text(id, "value");
	c->system = ww_pick_text(id, "system");
	if (c->system.n == 0)
		c->system = feed->name;
	id = ww_pick_identifier(list, "VN");
	c->visit = ww_pick_text(id, "value");
	if (id != NULL)
		c->visit_system = ww_in_system(cx, id, feed, &type, &known);
	c->account = ww_pick_text(ww_pick_identifier(list, "AN"), "value");
	if (c->account.n == 0)
		c->account = info_value(r, "patientaccountnumber", NULL);
}

/* Blue Button of CMS has the digits of the type of bill in three places:
 * https://bluebutton.cms.gov/resources/variables/. */
static ww_str
bill_of_parts(struct ww_ctx *cx, const struct ww_json *r, ww_str frequency)
{
	const struct ww_json *kind =
	    ww_pick_extension(ww_json_get(r, "facility"), "/clm_fac_type_cd");
	const struct ww_json *care = ww_pick_extension(r, "/clm_srvc_clsfctn_type_cd");
	ww_str a = ww_pick_at(kind, "valueCoding.code"), b = ww_pick_at(care, "valueCoding.code");

	if (a.n != 1 || b.n != 1)
		return ww_str_empty();
	return ww_arena_printf(
	    cx->arena, "0%.*s%.*s%.*s", WW_STR_FMT(a), WW_STR_FMT(b), WW_STR_FMT(frequency));
}

static void
read_bill(struct ww_ctx *cx, const struct ww_json *r, struct ww_claim *c, struct ww_claim_detail *d)
{
	ww_str said = info_value(r, "typeofbill", NULL);

	if (said.n == 0)
		said = ww_pick_code_of(
		    ww_json_get(r, "subType"), "https://www.nubc.org/CodeSystem/TypeOfBill");
	c->frequency = ww_bill_frequency(said);
	d->bill = said.n > 1 ? said : bill_of_parts(cx, r, said);
}

/* Of a relation that means that this one comes in the other's stead: a prior claim. */
static void
read_related(const struct ww_json *r, struct ww_claim *c)
{
	bool changes = ww_str_is(c->frequency, "7") || ww_str_is(c->frequency, "8");

	for (const struct ww_json *m = ww_json_first(ww_json_get(r, "related"));
	     m != NULL && c->related.n == 0; m = ww_json_next(m)) {
		const struct ww_json *how = ww_json_get(m, "relationship");
		bool apart = ww_pick_has(how, "associated") || ww_pick_has(how, "replacedby");

		if (apart || !(changes || ww_pick_has(how, "prior")))
			continue;
		c->related = ww_in_named(ww_json_get(m, "claim"));
		if (c->related.n == 0)
			c->related = ww_pick_at(m, "claim.identifier.value");
		if (c->related.n == 0)
			c->related = ww_pick_at(m, "reference.value");
	}
	if (c->related.n != 0 && !changes)
		c->frequency = WW_STR("7");
	if (c->related.n == 0 && changes)
		c->related = c->number; /* a payer that goes on with the number */
}

static void
read_times(
    const struct ww_json *r, const struct ww_zone *z, struct ww_claim *c, struct ww_claim_detail *d)
{
	const struct ww_json *stay = ww_bill_info(r, "admissionperiod");
	ww_time ignored;

	if (stay == NULL)
		stay = ww_bill_info(r, "admissionDates");
	ww_pick_period(ww_json_get(r, "billablePeriod"), z, &c->start, &d->end);
	ww_pick_when(stay, "timing", z, &c->admitted, &d->discharged);
	if (ww_json_get(stay, "timingPeriod") == NULL)
		d->discharged = (ww_time){ 0 };
	if (!ww_time_known(d->discharged))
		ww_pick_when(
		    ww_bill_info(r, "dischargeDates"), "timing", z, &d->discharged, &ignored);
}

/* Where it says no facility, it is where the one who bills is. */
static ww_status
read_parties(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_claim *c, struct ww_claim_detail *d)
{
	const struct ww_json *r = source->resource, *facility = ww_json_get(r, "facility");
	ww_status s;

	if (facility == NULL)
		facility = ww_json_get(r, "provider");
	s = ww_in_facility(cx, source, facility, feed, &c->facility);
	if (s == WW_OK)
		s = ww_pick_party(source, ww_json_get(r, "provider"), &d->provider);
	return s == WW_OK ? ww_pick_party(source, ww_json_get(r, "insurer"), &d->payer) : s;
}

static void
read_authorizations(struct ww_ctx *cx, const struct ww_json *r, struct ww_claim *c)
{
	size_t n = 0;

	for (const struct ww_json *i = ww_json_first(ww_json_get(r, "insurance"));
	     i != NULL && n < JOINED_MAX; i = ww_json_next(i), n++)
		c->authorization = ww_pick_join(
		    cx, c->authorization, join_codes(cx, ww_json_get(i, "preAuthRef")));
	c->authorization =
	    ww_pick_join(cx, c->authorization, join_codes(cx, ww_json_get(r, "preAuthRef")));
}

static ww_status
read_claim(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_claim *c, struct ww_claim_detail *d)
{
	const struct ww_json *r = source->resource;

	c->feed = feed->name;
	c->resource = source->name;
	c->said = source->deleted ? WW_STR("entered-in-error") : ww_pick_text(r, "status");
	d->type = ww_pick_code_of(ww_json_get(r, "type"), claim_types);
	if (d->type.n == 0)
		d->type = ww_pick_code(ww_json_get(r, "type")).code;
	c->stated = source->updated;
	read_number(cx, r, feed, c);
	read_bill(cx, r, c, d);
	read_related(r, c);
	read_times(r, feed->zone, c, d);
	read_authorizations(cx, r, c);
	d->admit_type = info_value(r, "admtype", NULL);
	d->admit_source = info_value(r, "pointoforigin",
	    "https://bluebutton.cms.gov/resources/variables/clm_src_ip_admsn_cd");
	d->disposition = ww_value_patient_status(cx, info_value(r, "discharge-status", NULL));
	d->drg = info_value(r, "drg", "https://bluebutton.cms.gov/resources/variables/clm_drg_cd");
	return read_parties(cx, source, feed, c, d);
}

/* -- lines ------------------------------------------------------------------------------------------ */

static void
read_line(
    struct ww_ctx *cx, const struct ww_json *item, const struct ww_zone *z, struct ww_claim_line *l)
{
	struct ww_picked what = ww_pick_code(ww_json_get(item, "productOrService"));
	struct ww_picked where = ww_pick_code(ww_json_get(item, "locationCodeableConcept"));

	ww_row_init(&ww_entity_claim_line, l);
	l->revenue = ww_pick_code(ww_json_get(item, "revenue")).code;
	l->code = what.code;
	l->system = what.system;
	l->modifiers = join_codes(cx, ww_json_get(item, "modifier"));
	l->place = where.code;
	ww_pick_when(item, "serviced", z, &l->start, &l->end);
	l->quantity = ww_pick_at(item, "quantity.value");
	l->net = ww_pick_at(item, "net.value");
	l->diagnoses = join_codes(cx, ww_json_get(item, "diagnosisSequence"));
}

static ww_status
read_lines(
    struct ww_ctx *cx, const struct ww_json *r, const struct ww_feed *feed, struct ww_bill *out)
{
	const struct ww_json *items = ww_json_get(r, "item");
	size_t n = ww_json_len(items);

	out->lines = ww_arena_array(cx->arena, n + 1, sizeof(*out->lines));
	if (out->lines == NULL)
		return ww_fail_memory(cx);
	for (const struct ww_json *i = ww_json_first(items); i != NULL; i = ww_json_next(i)) {
		struct ww_claim_line *l = &out->lines[out->lines_n];

		read_line(cx, i, feed->zone, l);
		l->line = (int64_t)++out->lines_n;
	}
	return WW_OK;
}

/* -- diagnoses and procedures ------------------------------------------------------------------------ */

static void
read_diagnosis_code(struct ww_ctx *cx, const struct ww_json *concept, struct ww_problem *d)
{
	const struct ww_json *list = ww_json_get(concept, "coding");
	int best = 99;

	for (const struct ww_json *c = ww_json_first(list); c != NULL; c = ww_json_next(c)) {
		ww_str code = ww_pick_text(c, "code"), system;
		int rank;

		system = ww_pick_diagnosis_system(ww_pick_text(c, "system"), &rank);
		if (code.n == 0 || rank >= best)
			continue;
		best = rank;
		d->system = system;
		d->code = code;
	}
	d->code = ww_pick_bare(cx, d->code);
}

/* Present on admission: R4 has onAdmission; Blue Button of CMS an extension. */
static ww_str
present_of(const struct ww_json *d)
{
	ww_str said = ww_pick_code(ww_json_get(d, "onAdmission")).code;

	for (const struct ww_json *e = ww_json_first(ww_json_get(d, "extension"));
	     e != NULL && said.n == 0; e = ww_json_next(e)) {
		ww_str url = ww_pick_text(e, "url");
		size_t at = url.n;

		while (at > 0 && url.p[at - 1] != '/')
			at--;
		if (ww_str_starts(ww_str_sub(url, at, url.n), WW_STR("clm_poa_ind_sw")))
			said = ww_pick_at(e, "valueCoding.code");
	}
	return said;
}

/* A diagnosis or procedure as a concept, or as a reference to a resource that has one as its code. */
static ww_status
concept_of(const struct ww_fhir_source *source, const struct ww_json *v, const char *concept,
    const char *reference, const struct ww_json **out)
{
	const struct ww_json *r;
	ww_status s;

	*out = ww_json_get(v, concept);
	if (*out != NULL)
		return WW_OK;
	s = ww_in_reach(source, ww_json_get(v, reference), &r);
	*out = ww_json_get(r, "code");
	return s;
}

static ww_status
read_diagnoses(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_bill *out)
{
	const struct ww_json *list = ww_json_get(source->resource, "diagnosis"), *concept;
	ww_status s = WW_OK;

	out->problems = ww_arena_array(cx->arena, ww_json_len(list) + 1, sizeof(*out->problems));
	if (out->problems == NULL)
		return ww_fail_memory(cx);
	for (const struct ww_json *d = ww_json_first(list); s == WW_OK && d != NULL;
	     d = ww_json_next(d)) {
		struct ww_problem *p = &out->problems[out->problems_n];

		ww_row_init(&ww_entity_problem, p);
		s = concept_of(
		    source, d, "diagnosisCodeableConcept", "diagnosisReference", &concept);
		read_diagnosis_code(cx, concept, p);
		p->type = ww_pick_code(ww_json_find(d, "type[0]")).code;
		p->present = present_of(d);
		p->feed = feed->name;
		p->recorded = source->updated;
		p->line = (int64_t)out->problems_n + 1;
		out->problems_n += p->code.n != 0;
	}
	return s;
}

static ww_status
read_procedures(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_bill *out)
{
	const struct ww_json *list = ww_json_get(source->resource, "procedure"), *concept;
	ww_status s = WW_OK;

	out->procedures =
	    ww_arena_array(cx->arena, ww_json_len(list) + 1, sizeof(*out->procedures));
	if (out->procedures == NULL)
		return ww_fail_memory(cx);
	for (const struct ww_json *d = ww_json_first(list); s == WW_OK && d != NULL;
	     d = ww_json_next(d)) {
		struct ww_procedure *p = &out->procedures[out->procedures_n];
		struct ww_picked code;

		ww_row_init(&ww_entity_procedure, p);
		s = concept_of(
		    source, d, "procedureCodeableConcept", "procedureReference", &concept);
		code = ww_pick_code(concept);
		p->code = code.code;
		p->system = code.system;
		p->type = ww_pick_code(ww_json_find(d, "type[0]")).code;
		p->start = p->end = ww_pick_time(d, "date", feed->zone);
		p->feed = feed->name;
		p->recorded = source->updated;
		p->line = (int64_t)out->procedures_n + 1;
		out->procedures_n += p->code.n != 0;
	}
	return s;
}

/* -- drugs ------------------------------------------------------------------------------------------ */

static ww_status
read_prescriber(const struct ww_fhir_source *source, ww_str *out)
{
	const struct ww_json *m = ww_json_first(ww_json_get(source->resource, "careTeam"));

	*out = ww_str_empty();
	while (m != NULL && !ww_pick_has(ww_json_get(m, "role"), "prescribing"))
		m = ww_json_next(m);
	return ww_pick_party(source, ww_json_get(m, "provider"), out);
}

static ww_status
read_drugs(struct ww_ctx *cx, const struct ww_fhir_source *source, struct ww_bill *out)
{
	const struct ww_json *r = source->resource, *item = ww_json_first(ww_json_get(r, "item"));
	ww_str prescriber, days = info_value(r, "dayssupply", NULL);
	ww_str refill = info_value(r, "refillnum", NULL);
	ww_status s = read_prescriber(source, &prescriber);

	out->dispenses = ww_arena_array(cx->arena, out->lines_n + 1, sizeof(*out->dispenses));
	if (out->dispenses == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; s == WW_OK && i < out->lines_n; i++, item = ww_json_next(item)) {
		const struct ww_claim_line *l = &out->lines[i];
		struct ww_dispense *d = &out->dispenses[out->dispenses_n];

		ww_row_init(&ww_entity_dispense, d);
		ww_pick_drug(cx, ww_json_get(item, "productOrService"), d);
		d->line = l->line;
		d->feed = out->claim.feed;
		d->kind = WW_dispense_kind_FILLED;
		d->status = out->claim.said;
		d->quantity = l->quantity;
		d->unit = ww_pick_at(item, "quantity.unit");
		d->days = days;
		d->refill = refill;
		d->filled = ww_time_known(l->start) ? l->start : out->claim.start;
		d->prescriber = prescriber;
		d->pharmacy =
		    out->detail.provider.n != 0 ? out->detail.provider : out->claim.facility;
		d->number =
		    ww_pick_text(ww_pick_identifier(ww_json_get(r, "identifier"), "rx"), "value");
		d->recorded = source->updated;
		out->dispenses_n += d->ndc.n + d->rxnorm.n + d->code.n + d->text.n != 0;
	}
	return s;
}

/* -- the whole -------------------------------------------------------------------------------------- */

/* Where the bill itself says no days, its lines do. */
static void
complete_times(struct ww_bill *b)
{
	struct ww_claim *c = &b->claim;
	struct ww_claim_detail *d = &b->detail;
	bool start = !ww_time_known(c->start), end = !ww_time_known(d->end);

	for (size_t i = 0; i < b->lines_n; i++) {
		const struct ww_claim_line *l = &b->lines[i];

		if (start && ww_time_known(l->start) &&
		    (!ww_time_known(c->start) || l->start.ms < c->start.ms))
			c->start = l->start;
		if (end && ww_time_known(l->end) &&
		    (!ww_time_known(d->end) || l->end.ms > d->end.ms))
			d->end = l->end;
	}
	if (!ww_time_known(c->start))
		c->start = c->admitted;
	if (!ww_time_known(d->end))
		d->end = d->discharged;
}

ww_status
ww_bill_read(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_bill *out)
{
	const struct ww_json *r = source->resource;
	ww_status s = read_claim(cx, source, feed, &out->claim, &out->detail);

	out->patient = ww_json_get(r, "patient");
	out->encounter = ww_in_named(ww_bill_encounter(r));
	if (s == WW_OK)
		s = read_lines(cx, r, feed, out);
	complete_times(out);
	if (s == WW_OK)
		s = read_diagnoses(cx, source, feed, out);
	if (s == WW_OK)
		s = read_procedures(cx, source, feed, out);
	if (s == WW_OK && ww_str_is(out->detail.type, "pharmacy"))
		s = read_drugs(cx, source, out);
	out->claim.class_ = ww_bill_class(&out->detail, out->lines, out->lines_n);
	if (s == WW_OK && ww_arena_status(cx->arena) != WW_OK)
		s = ww_fail_memory(cx);
	return s;
}
