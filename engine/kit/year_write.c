/* What is sent of the members of a made-up payer: HL7 v2 by the hospitals, FHIR by the payer, and the roster. */
#include "kit/segment.h"
#include "kit/year.h"

#include <wardwire/buf.h>

#include <stdio.h>
#include <time.h>

static const char *const hospitals[] = { "MERCY", "NORTH" };
static const char *const practices[] = { "", "rcca", "lakeside" };

/* The day, or day and time, as FHIR and CSV have it. New York is named by its offset in winter: dates alone are compared. */
static void
write_day(struct ww_buf *b, ww_year_time t)
{
	time_t seconds = (time_t)(t / 1000);
	struct tm tm;
	char text[16] = "";

	if (gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%d", &tm);
	ww_buf_cstr(b, text);
}

static const char *const types[] = { [WW_YEAR_PATIENT] = "Patient",
	[WW_YEAR_OFFICE] = "Claim",
	[WW_YEAR_BILL] = "Claim",
	[WW_YEAR_REQUEST] = "Claim",
	[WW_YEAR_DECISION] = "ClaimResponse",
	[WW_YEAR_FILL] = "MedicationDispense",
	[WW_YEAR_MESSAGE] = NULL };

const char *
ww_year_type(const struct ww_year_item *i)
{
	return types[i->kind];
}

void
ww_year_id(const struct ww_year *y, const struct ww_year_item *i, char id[WW_YEAR_ID])
{
	if (i->kind == WW_YEAR_PATIENT)
		snprintf(id, WW_YEAR_ID, "p%u", y->members[i->member].number);
	else
		snprintf(id, WW_YEAR_ID, "r%zu", i->order);
}

/* -- HL7 v2 ------------------------------------------------------------------------------------------ */

static void
write_visit(const struct ww_year_visit *v, const struct ww_year_item *i, struct ww_buf *b)
{
	bool planned = i->at < v->start && v->came != i->at, over = i->trigger[2] == '3';
	char class_ = v->class_ == WW_YEAR_OBSERVED                 ? 'O'
	              : v->class_ == WW_YEAR_ED || i->at < v->start ? 'E'
	                                                            : 'I';
	struct ww_segment s = ww_segment_open(b, "PV1");
	char text[64];

	ww_segment_field(&s, 1, "1");
	snprintf(text, sizeof(text), "%c", planned ? 'P' : class_);
	ww_segment_field(&s, 2, text);
	snprintf(text, sizeof(text), "1W^101^1^%s", hospitals[v->hospital]);
	ww_segment_field(&s, 3, text);
	snprintf(text, sizeof(text), "%c", v->type);
	ww_segment_field(&s, 4, text);
	ww_segment_field(&s, 18, v->class_ == WW_YEAR_OBSERVED ? "OBS" : "");
	snprintf(text, sizeof(text), "V%07u^^^%s", v->number, hospitals[v->hospital]);
	ww_segment_field(&s, 19, text);
	ww_segment_field(&s, 36, over ? v->disposition : "");
	ww_segment_time(&s, 44, planned ? 0 : i->at < v->start ? v->came : v->start);
	ww_segment_time(&s, 45, over ? v->end : 0);
	ww_segment_close(&s);
	if (!planned)
		return;
	s = ww_segment_open(b, "PV2");
	ww_segment_time(&s, 8, v->expected);
	ww_segment_close(&s);
}

/* The reason, and of a stay what the patient has besides. */
static void
write_diagnoses(const struct ww_year *y, const struct ww_year_visit *v, struct ww_buf *b)
{
	const struct ww_year_member *m = &y->members[v->member];
	unsigned set = 0;
	char text[48];

	for (unsigned c = 0; c <= WW_YEAR_CONDITIONS; c++) {
		const char *code =
		    c == 0 ? ww_year_reasons[v->reason].code : ww_year_conditions[c - 1].code;
		struct ww_segment s;

		if (c > 0 &&
		    ((m->conditions >> (c - 1) & 1) == 0 || v->class_ != WW_YEAR_INPATIENT))
			continue;
		s = ww_segment_open(b, "DG1");
		snprintf(text, sizeof(text), "%u", ++set);
		ww_segment_field(&s, 1, text);
		snprintf(text, sizeof(text), "%s^^I10", code);
		ww_segment_field(&s, 3, text);
		ww_segment_field(&s, 6, "F");
		ww_segment_close(&s);
	}
}

static void
write_message(const struct ww_year *y, const struct ww_year_item *i, struct ww_buf *b)
{
	const struct ww_year_member *m = &y->members[i->member];
	const struct ww_year_visit *v = &y->visits[i->visit];
	struct ww_segment s = ww_segment_open(b, "MSH");
	char text[96];

	ww_segment_field(&s, 1, "^~\\&"); /* MSH-2: the first field is the delimiter itself */
	ww_segment_field(&s, 2, "ADT");
	ww_segment_field(&s, 3, hospitals[v->hospital]);
	ww_segment_field(&s, 4, "WARDWIRE");
	ww_segment_field(&s, 5, "PAYER");
	ww_segment_time(&s, 6, i->at);
	snprintf(text, sizeof(text), "ADT^%s", i->trigger);
	ww_segment_field(&s, 8, text);
	snprintf(text, sizeof(text), "Y%08zu", i->order);
	ww_segment_field(&s, 9, text);
	ww_segment_field(&s, 10, "P");
	ww_segment_field(&s, 11, "2.5.1");
	ww_segment_close(&s);
	s = ww_segment_open(b, "EVN");
	ww_segment_field(&s, 1, i->trigger);
	ww_segment_time(&s, 2, i->at);
	ww_segment_close(&s);
	s = ww_segment_open(b, "PID");
	ww_segment_field(&s, 1, "1");
	snprintf(text, sizeof(text), "MR%06u^^^%s^MR", m->number, hospitals[v->hospital]);
	ww_segment_field(&s, 3, text);
	snprintf(text, sizeof(text), "TESTFAMILY%u^GIVEN%u", m->number, m->number);
	ww_segment_field(&s, 5, text);
	snprintf(text, sizeof(text), "%04d%02d%02d", m->year, m->month, m->day);
	ww_segment_field(&s, 7, text);
	snprintf(text, sizeof(text), "%c", m->sex);
	ww_segment_field(&s, 8, text);
	ww_segment_close(&s);
	write_visit(v, i, b);
	if (i->trigger[2] == '3')
		write_diagnoses(y, v, b);
	s = ww_segment_open(b, "IN1");
	ww_segment_field(&s, 1, "1");
	ww_segment_field(&s, 2, "PPO");
	ww_segment_field(&s, 3, "ACME");
	ww_segment_field(&s, 17, "SEL");
	snprintf(text, sizeof(text), "M%06u", m->number);
	ww_segment_field(&s, 49, text);
	ww_segment_close(&s);
}

/* -- FHIR -------------------------------------------------------------------------------------------- */

static void
write_patient(const struct ww_year_member *m, struct ww_buf *b)
{
	ww_buf_printf(b,
	    "{\"resourceType\":\"Patient\",\"id\":\"p%u\",\"identifier\":[{\"type\":{\"coding\":[{"
	    "\"system\":"
	    "\"http://terminology.hl7.org/CodeSystem/v2-0203\",\"code\":\"MB\"}]},\"system\":"
	    "\"https://acme.example.org/"
	    "members\",\"value\":\"M%06u\"}],\"name\":[{\"family\":\"TESTFAMILY%u\","
	    "\"given\":[\"GIVEN%u\"]}],\"gender\":\"%s\",\"birthDate\":\"%04d-%02d-%02d\"}",
	    m->number, m->number, m->number, m->number, m->sex == 'F' ? "female" : "male", m->year,
	    m->month, m->day);
}

/* What all claims begin with. */
static void
begin_claim(const struct ww_year *y, const struct ww_year_item *i, const char *use,
    const char *type, struct ww_buf *b)
{
	const struct ww_year_visit *v = &y->visits[i->visit];
	bool office = i->kind == WW_YEAR_OFFICE;

	ww_buf_printf(b,
	    "{\"resourceType\":\"Claim\",\"id\":\"r%zu\",\"identifier\":[{\"system\":"
	    "\"https://acme.example.org/"
	    "claims\",\"value\":\"N%zu\"}],\"status\":\"active\",\"use\":\"%s\","
	    "\"type\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
	    "claim-type\",\"code\":"
	    "\"%s\"}]},\"patient\":{\"reference\":\"Patient/p%u\"},\"created\":\"",
	    i->order, i->order, use, type, y->members[i->member].number);
	write_day(b, i->at);
	ww_buf_printf(b,
	    "\",\"provider\":{\"display\":\"%s\"},\"insurer\":{\"display\":\"ACME\"},\"priority\":{"
	    "\"coding\":"
	    "[{\"code\":\"normal\"}]},\"insurance\":[{\"sequence\":1,\"focal\":true,\"coverage\":{"
	    "\"display\":"
	    "\"ACME PPO\"}}]",
	    office ? "Family doctor" : hospitals[v->hospital]);
}

static void
write_period(struct ww_buf *b, const char *key, ww_year_time from, ww_year_time to)
{
	ww_buf_printf(b, ",\"%s\":{\"start\":\"", key);
	write_day(b, from);
	ww_buf_cstr(b, "\",\"end\":\"");
	write_day(b, to);
	ww_buf_cstr(b, "\"}");
}

static void
write_diagnosis(struct ww_buf *b, unsigned sequence, const char *code)
{
	ww_buf_printf(b,
	    "%s{\"sequence\":%u,\"diagnosisCodeableConcept\":{\"coding\":[{\"system\":"
	    "\"http://hl7.org/fhir/sid/"
	    "icd-10-cm\",\"code\":\"%s\"}]},\"type\":[{\"coding\":[{\"code\":\"%s\"}]}]}",
	    sequence == 1 ? "" : ",", sequence, code, sequence == 1 ? "principal" : "secondary");
}

static void
write_office(const struct ww_year *y, const struct ww_year_item *i, struct ww_buf *b)
{
	begin_claim(y, i, "claim", "professional", b);
	write_period(b, "billablePeriod", i->day, i->day);
	ww_buf_cstr(b, ",\"diagnosis\":[");
	write_diagnosis(b, 1, ww_year_conditions[i->condition].code);
	ww_buf_cstr(b,
	    "],\"item\":[{\"sequence\":1,\"productOrService\":{\"coding\":[{\"code\":\"99213\"}]},"
	    "\"locationCodeableConcept\":{\"coding\":[{\"code\":\"11\"}]}}]}");
}

static void
write_bill(const struct ww_year *y, const struct ww_year_item *i, struct ww_buf *b)
{
	const struct ww_year_visit *v = &y->visits[i->visit];
	const struct ww_year_member *m = &y->members[i->member];
	const struct ww_year_reason *r = &ww_year_reasons[v->reason];
	bool inpatient = v->class_ == WW_YEAR_INPATIENT;
	ww_year_time from = v->came != 0 ? v->came : v->start;
	unsigned n = 1;

	begin_claim(y, i, "claim", "institutional", b);
	write_period(b, "billablePeriod", from, v->end);
	ww_buf_printf(b,
	    ",\"supportingInfo\":[{\"sequence\":1,\"category\":{\"coding\":[{\"code\":"
	    "\"typeofbill\"}]},"
	    "\"code\":{\"coding\":[{\"code\":\"%s\"}]}}",
	    inpatient ? "0111" : "0131");
	if (inpatient) {
		ww_buf_cstr(b,
		    ",{\"sequence\":2,\"category\":{\"coding\":[{\"code\":\"admissionperiod\"}]}");
		write_period(b, "timingPeriod", from, v->end);
		ww_buf_printf(b,
		    "},{\"sequence\":3,\"category\":{\"coding\":[{\"code\":\"discharge-status\"}]},"
		    "\"code\":"
		    "{\"coding\":[{\"code\":\"%s\"}]}}",
		    v->disposition);
	}
	ww_buf_cstr(b, "],\"diagnosis\":[");
	write_diagnosis(b, n++, r->code);
	for (unsigned c = 0; c < WW_YEAR_CONDITIONS && inpatient; c++) {
		if ((m->conditions >> c & 1) != 0)
			write_diagnosis(b, n++, ww_year_conditions[c].code);
	}
	ww_buf_cstr(b, "]");
	if (r->procedure != NULL) {
		ww_buf_cstr(b, ",\"procedure\":[{\"sequence\":1,\"date\":\"");
		write_day(b, v->start);
		ww_buf_printf(b,
		    "\",\"procedureCodeableConcept\":{\"coding\":[{\"system\":"
		    "\"http://hl7.org/fhir/sid/icd-10-pcs\",\"code\":\"%s\"}]}}]",
		    r->procedure);
	}
	ww_buf_printf(b,
	    ",\"item\":[{\"sequence\":1,\"revenue\":{\"coding\":[{\"code\":\"%s\"}]},"
	    "\"productOrService\":{\"coding\":[{\"code\":\"%s\"}]}}]}",
	    inpatient                       ? "0120"
	    : v->class_ == WW_YEAR_OBSERVED ? "0762"
	                                    : "0450",
	    inpatient                       ? "room"
	    : v->class_ == WW_YEAR_OBSERVED ? "G0378"
	                                    : "99284");
}

static void
write_request(const struct ww_year *y, const struct ww_year_item *i, struct ww_buf *b)
{
	const struct ww_year_visit *v = &y->visits[i->visit];

	begin_claim(y, i, "preauthorization", "institutional", b);
	ww_buf_cstr(b, ",\"supportingInfo\":[{\"sequence\":1,\"category\":{\"coding\":[{\"code\":"
	               "\"admissionDates\"}]}");
	write_period(b, "timingPeriod", v->start, v->end);
	ww_buf_cstr(b, "}],\"diagnosis\":[");
	write_diagnosis(b, 1, ww_year_reasons[v->reason].code);
	ww_buf_cstr(b, "]}");
}

/* The request of the same visit is the item before. */
static size_t
request_of(const struct ww_year_item *decision)
{
	return decision->order - 1;
}

static void
write_decision(const struct ww_year *y, const struct ww_year_item *i, struct ww_buf *b)
{
	const struct ww_year_visit *v = &y->visits[i->visit];

	ww_buf_printf(b,
	    "{\"resourceType\":\"ClaimResponse\",\"id\":\"r%zu\",\"status\":\"active\",\"use\":"
	    "\"preauthorization\",\"type\":{\"coding\":[{\"system\":"
	    "\"http://terminology.hl7.org/CodeSystem/"
	    "claim-type\",\"code\":\"institutional\"}]},\"patient\":"
	    "{\"reference\":\"Patient/p%u\"},\"created\":\"",
	    i->order, y->members[i->member].number);
	write_day(b, i->at);
	ww_buf_printf(b,
	    "\",\"insurer\":{\"display\":\"ACME\"},\"request\":{\"reference\":\"Claim/"
	    "r%zu\"},\"outcome\":"
	    "\"complete\",\"item\":[{\"itemSequence\":1,\"adjudication\":[{\"extension\":[{\"url\":"
	    "\"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
	    "extension-reviewAction\",\"extension\":"
	    "[{\"url\":\"http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
	    "extension-reviewActionCode\","
	    "\"valueCodeableConcept\":{\"coding\":[{\"system\":\"https://codesystem.x12.org/005010/"
	    "306\",\"code\":"
	    "\"%s\"}]}}]}],\"category\":{\"coding\":[{\"code\":\"submitted\"}]}}]}]",
	    request_of(i), v->approved ? "A1" : "A3");
	if (v->approved)
		ww_buf_printf(b, ",\"preAuthRef\":\"A%zu\"", i->order);
	ww_buf_cstr(b, "}");
}

static void
write_fill(const struct ww_year *y, const struct ww_year_item *i, struct ww_buf *b)
{
	ww_buf_printf(b,
	    "{\"resourceType\":\"MedicationDispense\",\"id\":\"r%zu\",\"status\":\"completed\","
	    "\"medicationCodeableConcept\":{\"text\":\"drug for "
	    "%s\"},\"subject\":{\"reference\":\"Patient/p%u\"},"
	    "\"daysSupply\":{\"value\":90},\"whenHandedOver\":\"",
	    i->order, ww_year_conditions[i->condition].group, y->members[i->member].number);
	write_day(b, i->day);
	ww_buf_cstr(b, "\"}");
}

void
ww_year_write_item(const struct ww_year *y, const struct ww_year_item *i, struct ww_buf *out)
{
	switch (i->kind) {
	case WW_YEAR_PATIENT:
		write_patient(&y->members[i->member], out);
		return;
	case WW_YEAR_OFFICE:
		write_office(y, i, out);
		return;
	case WW_YEAR_BILL:
		write_bill(y, i, out);
		return;
	case WW_YEAR_REQUEST:
		write_request(y, i, out);
		return;
	case WW_YEAR_DECISION:
		write_decision(y, i, out);
		return;
	case WW_YEAR_FILL:
		write_fill(y, i, out);
		return;
	case WW_YEAR_MESSAGE:
		write_message(y, i, out);
		return;
	}
}

/* -- the roster -------------------------------------------------------------------------------------- */

void
ww_year_write_roster(const struct ww_year *y, struct ww_buf *out)
{
	ww_buf_cstr(out, "member_id,name,birth_date,sex,practice,effective,end\n");
	for (size_t i = 0; i < y->members_n; i++) {
		const struct ww_year_member *m = &y->members[i];

		if (m->practice == WW_YEAR_NOBODY)
			continue;
		ww_buf_printf(out,
		    "M%06u,\"TESTFAMILY%u, GIVEN%u\",%04d-%02d-%02d,%c,%s,2025-01-01,", m->number,
		    m->number, m->number, m->year, m->month, m->day, m->sex,
		    practices[m->practice]);
		if (m->leaves != 0)
			write_day(out, m->leaves);
		ww_buf_byte(out, '\n');
	}
}
