#include "mappers/in/attending.h"

#include "mappers/in/common.h"
#include "mappers/in/fhir_pick.h"

/* Ten digits: what has another form is a number of the hospital's own, whatever it is called. */
static bool
is_npi(ww_str s)
{
	uint64_t n;

	return s.n == 10 && ww_str_u64(s, UINT64_C(9999999999), &n);
}

static ww_str
full_name(struct ww_ctx *cx, ww_str given, ww_str family)
{
	if (given.n == 0 || family.n == 0)
		return given.n != 0 ? given : family;
	return ww_arena_printf(cx->arena, "%.*s %.*s", WW_STR_FMT(given), WW_STR_FMT(family));
}

/* -- HL7 v2: XCN, chapter 2A ------------------------------------------------------------------------- */

/* Where the parts of one practitioner stand. Who gave the number is its authority, by name or by universal id; its type
 * says the same, and so does the table that versions before 2.3 name. */
struct xcn {
	size_t field;
	const char *id, *family, *given;
	const char *gives[4];
};

static const struct xcn places[] = {
	{ 7, "PV1-7.1", "PV1-7.2.1", "PV1-7.3",
	    { "PV1-7.13", "PV1-7.9.1", "PV1-7.9.2", "PV1-7.8" } },
	{ 17, "PV1-17.1", "PV1-17.2.1", "PV1-17.3",
	    { "PV1-17.13", "PV1-17.9.1", "PV1-17.9.2", "PV1-17.8" } },
};

/* The OID is that of the National Provider Identifier. */
static bool
gives_npi(ww_str who)
{
	static const char *const names[] = { "NPI", "2.16.840.1.113883.4.6" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (ww_str_ieq(who, ww_str_from(names[i])))
			return true;
	}
	return false;
}

static ww_str
part(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, size_t repetition)
{
	ww_str s = ww_str_empty();

	(void)ww_hl7_nth(cx, m, path, 1, repetition, &s);
	return ww_str_trim(s);
}

static ww_str
npi_at(struct ww_ctx *cx, const struct ww_hl7 *m, const struct xcn *at, size_t repetition)
{
	ww_str id = part(cx, m, at->id, repetition);

	if (!is_npi(id))
		return ww_str_empty();
	for (size_t i = 0; i < sizeof(at->gives) / sizeof(at->gives[0]); i++) {
		if (gives_npi(part(cx, m, at->gives[i], repetition)))
			return id;
	}
	return ww_str_empty();
}

/* One who has several numbers is repeated with each: of those that follow only one of the same name, or of none, can say
 * the number of the first. */
static void
read_xcn(struct ww_ctx *cx, const struct ww_hl7 *m, const struct xcn *at, struct ww_event *e)
{
	size_t n = ww_hl7_repetitions(m, "PV1", 1, at->field);

	for (size_t r = 1; r <= n; r++) {
		ww_str name = full_name(cx, part(cx, m, at->given, r), part(cx, m, at->family, r));

		if (e->attending.n == 0)
			e->attending = name;
		else if (name.n != 0 && !ww_str_ieq(name, e->attending))
			continue;
		if (e->attending_npi.n == 0)
			e->attending_npi = npi_at(cx, m, at, r);
	}
}

void
ww_attending_of_message(struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_event *e)
{
	e->attending = e->attending_npi = ww_str_empty();
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (e->attending.n + e->attending_npi.n == 0)
			read_xcn(cx, m, &places[i], e);
	}
}

/* -- FHIR R4 ------------------------------------------------------------------------------------------ */

static bool
has_type(const struct ww_json *participant, const char *code)
{
	const struct ww_json *t = ww_json_first(ww_json_get(participant, "type"));

	while (t != NULL && !ww_pick_has(t, code))
		t = ww_json_next(t);
	return t != NULL;
}

/* Of several the one that is there now: one that has not ended, and of these the last. */
static const struct ww_json *
participant_of(const struct ww_json *encounter, const char *code)
{
	const struct ww_json *p = ww_json_first(ww_json_get(encounter, "participant"));
	const struct ww_json *best = NULL;
	bool best_ended = false;

	for (; p != NULL; p = ww_json_next(p)) {
		bool ended = ww_json_find(p, "period.end") != NULL;

		if (!has_type(p, code) || (best != NULL && ended && !best_ended))
			continue;
		best = p;
		best_ended = ended;
	}
	return best;
}

static ww_str
human_name(struct ww_ctx *cx, const struct ww_json *practitioner)
{
	ww_str text = ww_pick_at(practitioner, "name[0].text");

	return text.n != 0 ? text
	                   : full_name(cx, ww_pick_at(practitioner, "name[0].given[0]"),
	                         ww_pick_at(practitioner, "name[0].family"));
}

/* The reference may lead to nothing that is known: then what it says itself counts. */
static ww_status
read_practitioner(struct ww_ctx *cx, const struct ww_fhir_source *src,
    const struct ww_json *reference, struct ww_event *e)
{
	const struct ww_json *r, *role = NULL;
	ww_str npi;
	ww_status s = ww_in_reach(src, reference, &r);

	if (s == WW_OK &&
	    ww_str_is(ww_json_str(ww_json_get(r, "resourceType")), "PractitionerRole")) {
		role = ww_json_get(r, "practitioner");
		s = ww_in_reach(src, role, &r);
	}
	if (s != WW_OK)
		return s;
	e->attending = human_name(cx, r);
	if (e->attending.n == 0)
		e->attending = ww_in_text(role, "display");
	if (e->attending.n == 0)
		e->attending = ww_in_text(reference, "display");
	npi = ww_pick_npi(r, role);
	if (npi.n == 0)
		npi = ww_pick_npi(NULL, reference);
	if (is_npi(npi))
		e->attending_npi = npi;
	return WW_OK;
}

ww_status
ww_attending_of_encounter(struct ww_ctx *cx, const struct ww_fhir_source *src, struct ww_event *e)
{
	static const char *const types[] = { "ATND", "ADM" };
	ww_status s = WW_OK;

	e->attending = e->attending_npi = ww_str_empty();
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct ww_json *p = participant_of(src->resource, types[i]);

		if (s == WW_OK && p != NULL && e->attending.n + e->attending_npi.n == 0)
			s = read_practitioner(cx, src, ww_json_get(p, "individual"), e);
	}
	return s;
}
