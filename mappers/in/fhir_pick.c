/* Data types of FHIR R4: http://hl7.org/fhir/R4/datatypes.html. */
#include "mappers/in/fhir_pick.h"

#include "mappers/in/common.h"

#include <stdio.h>

ww_str
ww_pick_text(const struct ww_json *v, const char *key)
{
	const struct ww_json *m = ww_json_get(v, key);

	return ww_json_kind(m) == WW_JSON_NUMBER ? ww_json_number(m) : ww_str_trim(ww_json_str(m));
}

ww_str
ww_pick_at(const struct ww_json *v, const char *path)
{
	const struct ww_json *m = ww_json_find(v, path);

	return ww_json_kind(m) == WW_JSON_NUMBER ? ww_json_number(m) : ww_str_trim(ww_json_str(m));
}

ww_time
ww_pick_time(const struct ww_json *v, const char *key, const struct ww_zone *zone)
{
	ww_time t = { 0 };

	(void)ww_time_fhir(ww_pick_text(v, key), zone, &t);
	return t;
}

void
ww_pick_period(
    const struct ww_json *period, const struct ww_zone *zone, ww_time *start, ww_time *end)
{
	*start = ww_pick_time(period, "start", zone);
	*end = ww_pick_time(period, "end", zone);
}

void
ww_pick_when(const struct ww_json *v, const char *name, const struct ww_zone *zone, ww_time *start,
    ww_time *end)
{
	static const char *const points[] = { "Date", "DateTime", "Instant" };
	char key[64];

	snprintf(key, sizeof(key), "%sPeriod", name);
	ww_pick_period(ww_json_get(v, key), zone, start, end);
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]) && !ww_time_known(*start); i++) {
		snprintf(key, sizeof(key), "%s%s", name, points[i]);
		*start = ww_pick_time(v, key, zone);
		if (ww_time_known(*start))
			*end = *start;
	}
}

/* -- codes ------------------------------------------------------------------------------------------ */

static ww_str
without_scheme(ww_str uri)
{
	static const char *const schemes[] = { "https://", "http://" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		ww_str scheme = ww_str_from(schemes[i]);

		if (ww_str_starts(uri, scheme)) {
			uri = ww_str_sub(uri, scheme.n, uri.n);
			break;
		}
	}
	while (uri.n > 0 && uri.p[uri.n - 1] == '/')
		uri.n--;
	return uri;
}

bool
ww_pick_same_uri(ww_str a, ww_str b)
{
	return ww_str_eq(without_scheme(a), without_scheme(b));
}

static bool
is_extension(ww_str url, ww_str wanted)
{
	if (wanted.n == 0 || wanted.p[0] != '/')
		return ww_pick_same_uri(url, wanted);
	return url.n >= wanted.n && ww_str_eq(ww_str_sub(url, url.n - wanted.n, wanted.n), wanted);
}

const struct ww_json *
ww_pick_extension(const struct ww_json *v, const char *url)
{
	const struct ww_json *e = ww_json_first(ww_json_get(v, "extension"));

	while (e != NULL && !is_extension(ww_json_str(ww_json_get(e, "url")), ww_str_from(url)))
		e = ww_json_next(e);
	return e;
}

/* The first of its Codings; a Coding or a code is one itself. */
static const struct ww_json *
codings(const struct ww_json *concept)
{
	const struct ww_json *list = ww_json_get(concept, "coding");

	if (ww_json_kind(list) == WW_JSON_ARRAY)
		return ww_json_first(list);
	return ww_json_get(concept, "code") != NULL ? concept : NULL;
}

static const struct ww_json *
next_coding(const struct ww_json *concept, const struct ww_json *coding)
{
	return coding == concept ? NULL : ww_json_next(coding);
}

struct ww_picked
ww_pick_code(const struct ww_json *concept)
{
	struct ww_picked p = { ww_str_empty(), ww_str_empty() };

	if (ww_json_kind(concept) == WW_JSON_STRING)
		p.code = ww_str_trim(ww_json_str(concept));
	for (const struct ww_json *c = codings(concept); c != NULL && p.code.n == 0;
	     c = next_coding(concept, c)) {
		p.code = ww_pick_text(c, "code");
		p.system = ww_pick_text(c, "system");
	}
	if (p.code.n == 0)
		p = (struct ww_picked){ ww_str_empty(), ww_pick_text(concept, "text") };
	return p;
}

ww_str
ww_pick_code_of(const struct ww_json *concept, const char *system)
{
	for (const struct ww_json *c = codings(concept); c != NULL; c = next_coding(concept, c)) {
		ww_str code = ww_pick_text(c, "code");

		if (code.n != 0 && ww_pick_same_uri(ww_pick_text(c, "system"), ww_str_from(system)))
			return code;
	}
	return ww_str_empty();
}

bool
ww_pick_has(const struct ww_json *concept, const char *code)
{
	for (const struct ww_json *c = codings(concept); c != NULL; c = next_coding(concept, c)) {
		if (ww_str_is(ww_pick_text(c, "code"), code))
			return true;
	}
	return false;
}

/* http://hl7.org/fhir/R4/terminologies-systems.html; OIDs of the HL7 registry. */
ww_str
ww_pick_diagnosis_system(ww_str system, int *rank)
{
	static const struct {
		const char *uri, *name;
		int rank;
	} table[] = {
		{ "http://hl7.org/fhir/sid/icd-10-cm", "I10", 0 },
		{ "urn:oid:2.16.840.1.113883.6.90", "I10", 0 },
		{ "http://hl7.org/fhir/sid/icd-10", "I10", 1 },
		{ "urn:oid:2.16.840.1.113883.6.3", "I10", 1 },
		{ "http://hl7.org/fhir/sid/icd-9-cm", "I9", 2 },
		{ "http://hl7.org/fhir/sid/icd-9-cm/diagnosis", "I9", 2 },
		{ "urn:oid:2.16.840.1.113883.6.103", "I9", 2 },
		{ "http://snomed.info/sct", "SCT", 3 },
	};

	*rank = 4;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!ww_pick_same_uri(system, ww_str_from(table[i].uri)))
			continue;
		*rank = table[i].rank;
		return ww_str_from(table[i].name);
	}
	return system;
}

ww_str
ww_pick_bare(struct ww_ctx *cx, ww_str code)
{
	char *p = ww_arena_alloc(cx->arena, code.n + 1);
	size_t n = 0;

	if (p == NULL)
		return ww_str_empty();
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i];

		if (c != '.' && c != ' ' && c != '\t')
			p[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return ww_str_of(p, n);
}

ww_str
ww_pick_digits(struct ww_ctx *cx, ww_str code)
{
	char *p = ww_arena_alloc(cx->arena, code.n + 1);
	size_t n = 0;

	if (p == NULL)
		return ww_str_empty();
	for (size_t i = 0; i < code.n; i++) {
		if (code.p[i] >= '0' && code.p[i] <= '9')
			p[n++] = code.p[i];
	}
	return ww_str_of(p, n);
}

void
ww_pick_drug(struct ww_ctx *cx, const struct ww_json *concept, struct ww_dispense *out)
{
	const struct ww_json *first = ww_json_first(ww_json_get(concept, "coding"));

	out->ndc = ww_pick_digits(cx, ww_pick_code_of(concept, "http://hl7.org/fhir/sid/ndc"));
	out->rxnorm = ww_pick_code_of(concept, "http://www.nlm.nih.gov/research/umls/rxnorm");
	out->text = ww_pick_text(concept, "text");
	if (out->text.n == 0)
		out->text = ww_pick_text(first, "display");
	if (out->ndc.n != 0 || out->rxnorm.n != 0)
		return;
	out->code = ww_pick_text(first, "code");
	out->system = ww_pick_text(first, "system");
}

/* -- references ------------------------------------------------------------------------------------- */

const struct ww_json *
ww_pick_identifier(const struct ww_json *list, const char *type)
{
	const struct ww_json *i = ww_json_first(list);

	while (i != NULL &&
	       !(ww_pick_has(ww_json_get(i, "type"), type) && ww_pick_text(i, "value").n != 0))
		i = ww_json_next(i);
	return i;
}

static const char npi_system[] = "http://hl7.org/fhir/sid/us-npi";

static ww_str
npi_of(const struct ww_json *identifiers)
{
	for (const struct ww_json *i = ww_json_first(identifiers); i != NULL; i = ww_json_next(i)) {
		if (ww_pick_same_uri(ww_pick_text(i, "system"), ww_str_from(npi_system)))
			return ww_pick_text(i, "value");
	}
	return ww_str_empty();
}

ww_str
ww_pick_npi(const struct ww_json *resource, const struct ww_json *reference)
{
	const struct ww_json *own = ww_json_get(reference, "identifier");
	ww_str npi = npi_of(ww_json_get(resource, "identifier"));

	if (npi.n == 0 && ww_pick_same_uri(ww_pick_text(own, "system"), ww_str_from(npi_system)))
		npi = ww_pick_text(own, "value");
	return npi;
}

/* The name of an Organization, Location or Practitioner. */
static ww_str
name_of(const struct ww_json *r)
{
	ww_str name = ww_pick_text(r, "name");

	if (name.n == 0)
		name = ww_pick_at(r, "name[0].text");
	return name.n != 0 ? name : ww_pick_at(r, "name[0].family");
}

ww_status
ww_pick_party(const struct ww_fhir_source *source, const struct ww_json *reference, ww_str *out)
{
	const struct ww_json *r;
	ww_status s = ww_in_reach(source, reference, &r);
	ww_str found[6];

	*out = ww_str_empty();
	if (s != WW_OK)
		return s;
	found[0] = npi_of(ww_json_get(r, "identifier"));
	found[1] = ww_pick_at(reference, "identifier.value");
	found[2] = ww_pick_at(r, "identifier[0].value");
	found[3] = name_of(r);
	found[4] = ww_pick_text(reference, "display");
	found[5] = ww_in_named(reference);
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]) && out->n == 0; i++)
		*out = found[i];
	return WW_OK;
}

ww_str
ww_pick_join(struct ww_ctx *cx, ww_str a, ww_str b)
{
	if (a.n == 0 || b.n == 0)
		return a.n == 0 ? b : a;
	return ww_arena_printf(cx->arena, "%.*s %.*s", WW_STR_FMT(a), WW_STR_FMT(b));
}
