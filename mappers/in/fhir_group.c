/* Group as an attribution list: Da Vinci ATR 2.1, http://hl7.org/fhir/us/davinci-atr/StructureDefinition/atr-group. */
#include "mappers/in/common.h"
#include "mappers/in/fhir_pick.h"

#include <wardwire/claim.h>

enum { PROVIDERS_MAX = 16 };

#define ATR "/ext-"

static const char npi_system[] = "http://hl7.org/fhir/sid/us-npi";
static const char tin_system[] = "urn:oid:2.16.840.1.113883.4.4";

/* -- numbers of providers ---------------------------------------------------------------------------- */

struct list {
	ww_str *v;
	size_t n;
};

static ww_status
start_list(struct ww_ctx *cx, struct list *l)
{
	l->n = 0;
	l->v = ww_arena_array(cx->arena, PROVIDERS_MAX, sizeof(*l->v));
	return l->v != NULL ? WW_OK : ww_fail_memory(cx);
}

/* NPI or TIN; another number means nothing outside. A TIN may be written with a hyphen. */
static void
add_number(struct ww_ctx *cx, const struct ww_json *identifier, struct list *l)
{
	ww_str system = ww_pick_text(identifier, "system");
	const struct ww_json *type = ww_json_get(identifier, "type");
	bool known = ww_pick_same_uri(system, ww_str_from(npi_system)) ||
	             ww_str_is(system, tin_system) || ww_pick_has(type, "NPI") ||
	             ww_pick_has(type, "TAX");
	ww_str digits = ww_pick_digits(cx, ww_pick_text(identifier, "value"));

	if (known && digits.n != 0 && l->n < PROVIDERS_MAX)
		l->v[l->n++] = digits;
}

static void
add_numbers(struct ww_ctx *cx, const struct ww_json *resource, struct list *l)
{
	for (const struct ww_json *i = ww_json_first(ww_json_get(resource, "identifier"));
	     i != NULL; i = ww_json_next(i))
		add_number(cx, i, l);
}

/* Of the resource, and of a role those of whom it joins. */
static ww_status
add_provider(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_json *reference, struct list *l)
{
	static const char *const others[] = { "organization", "practitioner" };
	const struct ww_json *r, *other;
	ww_status s = ww_in_reach(source, reference, &r);

	add_number(cx, ww_json_get(reference, "identifier"), l);
	add_numbers(cx, r, l);
	if (!ww_str_is(ww_pick_text(r, "resourceType"), "PractitionerRole"))
		return s;
	for (size_t i = 0; s == WW_OK && i < sizeof(others) / sizeof(others[0]); i++) {
		s = ww_in_reach(source, ww_json_get(r, others[i]), &other);
		add_number(cx, ww_json_find(ww_json_get(r, others[i]), "identifier"), l);
		add_numbers(cx, other, l);
	}
	return s;
}

/* -- the list ---------------------------------------------------------------------------------------- */

ww_status
ww_fhir_group(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    struct ww_group *out)
{
	const struct ww_json *r = source->resource;
	const struct ww_json *contract = ww_pick_extension(r, ATR "contractValidityPeriod");
	struct list numbers;
	ww_status s = start_list(cx, &numbers);

	*out = (struct ww_group){ .members = ww_json_get(r, "member") };
	if (s != WW_OK)
		return s;
	out->persons =
	    ww_str_is(ww_pick_text(r, "type"), "person") && ww_json_true(ww_json_get(r, "actual"));
	ww_pick_period(ww_json_get(contract, "valuePeriod"), feed->zone, &out->start, &out->end);
	add_numbers(cx, r, &numbers);
	out->providers = (struct ww_texts){ numbers.v, numbers.n };
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

/* -- a member ---------------------------------------------------------------------------------------- */

static enum ww_group_change
change_of(ww_str code, bool inactive)
{
	static const struct {
		const char *code;
		enum ww_group_change change;
	} table[] = {
		{ "new", WW_GROUP_START },
		{ "add", WW_GROUP_START }, /* the guide's own example */
		{ "changed", WW_GROUP_CHANGE },
		{ "dropped", WW_GROUP_END },
		{ "cancelled", WW_GROUP_NEVER },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (ww_str_is(code, table[i].code) &&
		    (!inactive || table[i].change == WW_GROUP_NEVER))
			return table[i].change;
	}
	return inactive ? WW_GROUP_END : WW_GROUP_KEEP;
}

static void
add_member_number(struct ww_group_member *m, ww_str number)
{
	size_t i = 0;

	if (number.n == 0)
		return;
	while (i < WW_GROUP_NUMBERS && m->numbers[i].n != 0 && !ww_str_eq(m->numbers[i], number))
		i++;
	if (i < WW_GROUP_NUMBERS)
		m->numbers[i] = number;
}

/* A number of the patient's that is the payer's, by its type or by feeds[].fhir.systems. */
static ww_str
member_number(struct ww_ctx *cx, const struct ww_json *resource, const struct ww_feed *feed)
{
	for (const struct ww_json *i = ww_json_first(ww_json_get(resource, "identifier"));
	     i != NULL; i = ww_json_next(i)) {
		ww_str type;
		bool known;

		(void)ww_in_system(cx, i, feed, &type, &known);
		if (ww_str_is(type, "MB"))
			return ww_pick_text(i, "value");
	}
	return ww_str_empty();
}

static ww_status
read_numbers(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_feed *feed,
    const struct ww_json *member, const struct ww_json *patient, struct ww_group_member *out)
{
	const struct ww_json *e = ww_pick_extension(member, ATR "coverageReference"), *coverage;
	ww_status s = ww_in_reach(source, ww_json_get(e, "valueReference"), &coverage);

	add_member_number(out, member_number(cx, patient, feed));
	add_member_number(out, member_number(cx, coverage, feed));
	add_member_number(out, ww_pick_text(coverage, "subscriberId"));
	if (patient == NULL)
		add_member_number(
		    out, ww_pick_at(ww_json_get(member, "entity"), "identifier.value"));
	return s;
}

static ww_status
read_person(struct ww_ctx *cx, const struct ww_json *patient, const struct ww_feed *feed,
    struct ww_group_member *out)
{
	struct ww_facts facts = { .no_member = ww_str_empty(), .ignored = ww_str_empty() };
	ww_status s;

	ww_row_init(&ww_entity_person, &facts.person);
	ww_row_init(&ww_entity_event, &facts.event);
	s = ww_in_patient(cx, patient, out->name, feed, &facts);
	out->row.family = facts.person.family;
	out->row.given = facts.person.given;
	out->row.birth = facts.person.birth;
	out->row.sex = facts.person.sex;
	return s;
}

static ww_status
read_provider(struct ww_ctx *cx, const struct ww_fhir_source *source, const struct ww_group *group,
    const struct ww_json *member, struct ww_group_member *out)
{
	const struct ww_json *e = ww_pick_extension(member, ATR "attributedProvider");
	const struct ww_json *reference = ww_json_get(e, "valueReference");
	struct list numbers;
	ww_status s = start_list(cx, &numbers);

	if (s == WW_OK && reference != NULL)
		s = add_provider(cx, source, reference, &numbers);
	if (s != WW_OK)
		return s;
	out->providers =
	    reference != NULL ? (struct ww_texts){ numbers.v, numbers.n } : group->providers;
	out->provider = ww_in_named(reference);
	if (out->providers.n != 0)
		out->provider = out->providers.v[0];
	return WW_OK;
}

ww_status
ww_fhir_group_member(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_feed *feed, const struct ww_group *group, const struct ww_json *member,
    struct ww_group_member *out)
{
	const struct ww_json *entity = ww_json_get(member, "entity"), *patient;
	const struct ww_json *change = ww_pick_extension(member, ATR "changeType");
	ww_status s = ww_in_reach(source, entity, &patient);

	*out = (struct ww_group_member){ .name = ww_in_named(entity), .known = patient != NULL };
	for (size_t i = 0; i < WW_GROUP_NUMBERS; i++)
		out->numbers[i] = ww_str_empty();
	ww_row_init(&ww_entity_attribution, &out->row);
	if (out->name.n == 0)
		out->name = ww_pick_at(entity, "identifier.value");
	out->code = ww_pick_text(change, "valueCode");
	out->change = change_of(out->code, ww_json_true(ww_json_get(member, "inactive")));
	ww_pick_period(
	    ww_json_get(member, "period"), feed->zone, &out->row.effective, &out->row.end);
	if (!ww_time_known(out->row.effective) && !ww_time_known(out->row.end)) {
		out->row.effective = group->start;
		out->row.end = out->change == WW_GROUP_END ? (ww_time){ 0 } : group->end;
	}
	if (s == WW_OK)
		s = read_numbers(cx, source, feed, member, patient, out);
	if (s == WW_OK && patient != NULL)
		s = read_person(cx, patient, feed, out);
	if (s == WW_OK)
		s = read_provider(cx, source, group, member, out);
	if (s == WW_OK && ww_arena_status(cx->arena) != WW_OK)
		s = ww_fail_memory(cx);
	return s;
}
