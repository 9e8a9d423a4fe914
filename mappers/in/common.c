#include "mappers/in/common.h"

#include "mappers/in/fhir_pick.h"

#include <string.h>

/* -- texts, times, references ------------------------------------------------------------------------- */

ww_str
ww_in_authority(struct ww_ctx *cx, const struct ww_feed *feed)
{
	return ww_arena_printf(cx->arena, "fhir:%.*s", WW_STR_FMT(feed->name));
}

ww_str
ww_in_text(const struct ww_json *object, const char *path)
{
	return ww_str_trim(ww_json_str(ww_json_find(object, path)));
}

ww_time
ww_in_time(const struct ww_json *v, const struct ww_feed *feed)
{
	ww_time t = { 0 };

	if (!ww_time_fhir(ww_str_trim(ww_json_str(v)), feed->zone, &t))
		return (ww_time){ 0 };
	return t;
}

/* The part of a path behind its last '/'; *before is what stands before that. */
static ww_str
last_part(ww_str s, ww_str *before)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != '/')
		i--;
	*before = ww_str_sub(s, 0, i > 0 ? i - 1 : 0);
	return ww_str_sub(s, i, s.n);
}

static ww_str
without_version(ww_str reference)
{
	ww_str before, rest;

	(void)last_part(reference, &before);
	return ww_str_is(last_part(before, &rest), "_history") ? rest : reference;
}

ww_str
ww_in_named(const struct ww_json *reference)
{
	ww_str text = without_version(ww_in_text(reference, "reference")), before, rest, id, type;

	id = last_part(text, &before);
	type = last_part(before, &rest);
	if (id.n == 0 || type.n == 0 || type.p[0] < 'A' || type.p[0] > 'Z')
		return text;
	return ww_str_of(type.p, type.n + 1 + id.n);
}

static const struct ww_json *
contained(const struct ww_json *resource, ww_str id)
{
	const struct ww_json *c = ww_json_first(ww_json_get(resource, "contained"));

	while (c != NULL && !ww_str_eq(ww_json_str(ww_json_get(c, "id")), id))
		c = ww_json_next(c);
	return c;
}

ww_status
ww_in_reach(
    const struct ww_fhir_source *src, const struct ww_json *reference, const struct ww_json **out)
{
	ww_str text = ww_in_text(reference, "reference");

	*out = NULL;
	if (text.n == 0)
		return WW_OK;
	if (text.p[0] == '#') {
		*out = contained(src->resource, ww_str_sub(text, 1, text.n));
		return WW_OK;
	}
	return src->resolve != NULL ? src->resolve(src->arg, text, out) : WW_OK;
}

/* -- codes -------------------------------------------------------------------------------------------- */

const struct ww_json *
ww_in_coding(const struct ww_json *concept)
{
	const struct ww_json *c = ww_json_first(ww_json_get(concept, "coding"));

	if (ww_in_text(concept, "code").n != 0)
	return concept;
	while (c != NULL && ww_in_text(c, "code").n == 0)
		c = ww_json_next(c);
	return c;
}

static const char *
look_up(const struct ww_in_code *table, ww_str code)
{
	for (; table->code != NULL; table++) {
		if (ww_str_ieq(code, ww_str_from(table->code)))
			return table->is;
	}
	return NULL;
}

ww_str
ww_in_mapped(const struct ww_json *concept, const struct ww_in_code *table)
{
	const struct ww_json *c = ww_json_first(ww_json_get(concept, "coding"));
	const char *is;

	for (; c != NULL; c = ww_json_next(c)) {
		is = look_up(table, ww_in_text(c, "code"));
		if (is != NULL)
			return ww_str_from(is);
	}
	is = look_up(table, ww_in_text(concept, "code"));
	return ww_str_from(is);
}

/* -- what any resource says ------------------------------------------------------------------------------ */

static ww_status
add_labels(struct ww_ctx *cx, const struct ww_json *list, struct ww_facts *out, ww_str *v)
{
	for (const struct ww_json *c = ww_json_first(list); c != NULL; c = ww_json_next(c)) {
		ww_str code = ww_in_text(c, "code"), system = ww_in_text(c, "system");

		if (code.n == 0)
			continue;
		v[out->labels.n++] = code;
		v[out->labels.n++] =
		    ww_arena_printf(cx->arena, "%.*s|%.*s", WW_STR_FMT(system), WW_STR_FMT(code));
		/* v3-ActReason: test health data */
		out->test = out->test || ww_str_is(code, "HTEST");
	}
	return WW_OK;
}

void
ww_in_start(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_feed *feed,
    struct ww_facts *out)
{
	const struct ww_json *security = ww_json_find(src->resource, "meta.security");
	const struct ww_json *tag = ww_json_find(src->resource, "meta.tag");
	ww_str *v = ww_arena_array(
	    cx->arena, 2 * (ww_json_len(security) + ww_json_len(tag)) + 1, sizeof(*v));

	ww_facts_init(out);
	out->labels.v = v;
	if (v != NULL) {
		(void)add_labels(cx, security, out, v);
		(void)add_labels(cx, tag, out, v);
	}
	out->event.recorded = out->event.occurred = out->event.sent = src->updated;
	out->event.control = src->version;
	out->event.digest = src->digest;
	out->no_member = WW_STR("no Coverage of the patient with a number has come");
	(void)feed;
}

/* -- numbers ---------------------------------------------------------------------------------------------- */

ww_status
ww_in_add(struct ww_ctx *cx, struct ww_identifier **list, size_t *n, ww_str system, ww_str value,
    ww_str type)
{
	struct ww_identifier *v = ww_arena_array(cx->arena, *n + 1, sizeof(*v));

	if (v == NULL)
		return ww_fail_memory(cx);
	if (*n > 0)
		memcpy(v, *list, *n * sizeof(*v));
	ww_row_init(&ww_entity_identifier, &v[*n]);
	v[*n].system = system;
	v[*n].value = value;
	v[*n].type = type;
	*list = v;
	++*n;
	return WW_OK;
}

ww_str
ww_in_system(struct ww_ctx *cx, const struct ww_json *identifier, const struct ww_feed *feed,
    ww_str *type, bool *known)
{
	ww_str system = ww_in_text(identifier, "system");
	const struct ww_json *coding = ww_in_coding(ww_json_get(identifier, "type"));

	*type = ww_arena_upper(cx->arena, ww_in_text(coding, "code"));
	*known = false;
	for (size_t i = 0; i < feed->fhir.systems_n; i++) {
		const struct ww_fhir_authority_row *row = &feed->fhir.systems[i];

		if (!ww_str_eq(row->system, system))
			continue;
		*known = true;
		if (row->type.n != 0)
			*type = row->type;
		return row->authority.n != 0 ? row->authority : system;
	}
	return system.n != 0 ? system : feed->name;
}

/* Identifier types (HL7 table 0203) that name an account or a visit and not a person, and the social security number, which
 * is not used to match. */
static bool
names_person(ww_str system, ww_str type)
{
	static const char *const others[] = { "AN", "VN", "ANON", "SS", "SSN" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (ww_str_is(type, others[i]))
			return false;
	}
	return !ww_str_is(system, "http://hl7.org/fhir/sid/us-ssn");
}

static bool
is_payers(ww_str type)
{
	return ww_str_is(type, "MB") || ww_str_is(type, "MC") || ww_str_is(type, "MA") ||
	       ww_str_is(type, "SN");
}

static ww_status
add_identifier(struct ww_ctx *cx, const struct ww_json *identifier, const struct ww_feed *feed,
    struct ww_facts *out)
{
	ww_str value = ww_in_text(identifier, "value"), type, system;
	bool known;
	ww_status s;

	if (value.n == 0 || ww_str_is(ww_in_text(identifier, "use"), "old"))
		return WW_OK;
	system = ww_in_system(cx, identifier, feed, &type, &known);
	if (!names_person(system, type))
		return WW_OK;
	s = ww_in_add(cx, &out->identifiers, &out->identifiers_n, system, value,
	    type.n != 0 ? type : WW_STR("MR"));
	if (s == WW_OK)
		out->identifiers[out->identifiers_n - 1].payer = is_payers(type);
	return s;
}

/* -- persons ---------------------------------------------------------------------------------------------- */

/* The official name, else the usual one, else the first that is neither old nor a nickname. */
static const struct ww_json *
best_name(const struct ww_json *names)
{
	static const char *const uses[] = { "official", "usual", "" };
	const struct ww_json *n;

	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++) {
		for (n = ww_json_first(names); n != NULL; n = ww_json_next(n)) {
			if (ww_str_is(ww_in_text(n, "use"), uses[i]))
				return n;
		}
	}
	n = ww_json_first(names);
	while (n != NULL && (ww_str_is(ww_in_text(n, "use"), "old") ||
	                        ww_str_is(ww_in_text(n, "use"), "nickname") ||
	                        ww_str_is(ww_in_text(n, "use"), "anonymous")))
		n = ww_json_next(n);
	return n;
}

/* As HL7 table 0001 has it. */
static ww_str
sex_of(ww_str gender)
{
	static const struct ww_in_code table[] = { { "male", "M" }, { "female", "F" },
		{ "other", "O" }, { "unknown", "U" }, { NULL, NULL } };

	return ww_str_from(look_up(table, gender));
}

/* As the reference has it: whom it names is not looked up, because it is a hint for people. */
static ww_str
general_practitioner(const struct ww_json *reference)
{
	ww_str s = ww_pick_npi(NULL, reference);

	if (s.n == 0)
		s = ww_pick_at(reference, "identifier.value");
	return s.n != 0 ? s : ww_in_text(reference, "reference");
}

ww_status
ww_in_patient(struct ww_ctx *cx, const struct ww_json *patient, ww_str name,
    const struct ww_feed *feed, struct ww_facts *out)
{
	const struct ww_json *called = best_name(ww_json_get(patient, "name"));
	const struct ww_json *i = ww_json_first(ww_json_get(patient, "identifier"));
	ww_status s = WW_OK;

	out->person.family = ww_in_text(called, "family");
	out->person.given = ww_str_trim(ww_json_str(ww_json_first(ww_json_get(called, "given"))));
	out->person.birth = ww_in_time(ww_json_get(patient, "birthDate"), feed);
	out->person.sex = sex_of(ww_in_text(patient, "gender"));
	out->person.pcp =
	    general_practitioner(ww_json_first(ww_json_get(patient, "generalPractitioner")));
	for (; s == WW_OK && i != NULL; i = ww_json_next(i))
		s = add_identifier(cx, i, feed, out);
	if (s == WW_OK && name.n != 0)
		s = ww_in_add(cx, &out->identifiers, &out->identifiers_n, ww_in_authority(cx, feed),
		    name, WW_STR(WW_FHIR_NAME));
	return s;
}

ww_status
ww_in_person(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_json *reference,
    const struct ww_feed *feed, struct ww_facts *out, bool *any)
{
	ww_str text = ww_in_text(reference, "reference"), name;
	const struct ww_json *patient, *identifier = ww_json_get(reference, "identifier");
	ww_status s = ww_in_reach(src, reference, &patient);

	/* what is contained has no name that another resource could use */
	name = text.n != 0 && text.p[0] == '#' ? ww_str_empty() : ww_in_named(reference);
	if (name.n != 0 && ww_in_text(patient, "id").n != 0) /* it may be called by its fullUrl */
		name = ww_arena_printf(
		    cx->arena, "Patient/%.*s", WW_STR_FMT(ww_in_text(patient, "id")));
	if (s == WW_OK)
		s = ww_in_patient(cx, patient, name, feed, out);
	if (s == WW_OK && identifier != NULL)
		s = add_identifier(cx, identifier, feed, out);
	/* good to find them by; what they are called is the Patient's to say */
	out->person_recorded = (ww_time){ .ms = 1, .prec = WW_PREC_MS };
	*any = out->identifiers_n != 0;
	return s;
}

/* -- places ----------------------------------------------------------------------------------------------- */

static const ww_str *
row_for(const struct ww_feed *feed, ww_str said)
{
	for (size_t i = 0; said.n != 0 && i < feed->fhir.facilities_n; i++) {
		const struct ww_fhir_facility_row *row = &feed->fhir.facilities[i];

		if (ww_str_eq(row->is, said))
			return &row->facility;
	}
	return NULL;
}

enum { NAMES_MAX = 16 };

ww_status
ww_in_facility(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_json *reference,
    const struct ww_feed *feed, ww_str *out)
{
	const struct ww_json *place, *i;
	ww_str names[NAMES_MAX + 1];
	size_t n = 0;
	ww_status s = ww_in_reach(src, reference, &place);

	*out = ww_str_empty();
	if (s != WW_OK || reference == NULL)
		return s;
	names[n++] = ww_in_text(place, "name");
	names[n++] = ww_in_text(reference, "display");
	names[n++] = ww_in_text(reference, "identifier.value");
	i = ww_json_first(ww_json_get(place, "identifier"));
	for (; i != NULL && n < NAMES_MAX; i = ww_json_next(i))
		names[n++] = ww_in_text(i, "value");
	names[n++] = ww_in_named(reference);
	for (size_t k = 0; k < n; k++) {
		const ww_str *row = row_for(feed, names[k]);

		if (row != NULL) {
			*out = *row;
			return WW_OK;
		}
	}
	for (size_t k = 0; k < n && out->n == 0; k++)
		*out = names[k];
	(void)cx;
	return WW_OK;
}
