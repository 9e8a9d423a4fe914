/* What may leave in a notice: what the programs that call for it allow, and the restrictions of the stay. 42 CFR 482.24(d) asks for
 * the patient's name, the treating practitioner and the sending institution at least. */
#include "mappers/out/common.h"

#include <wardwire/program.h>

/* What the engine tells of itself. */
enum { USUAL = WW_CONTENT_FACILITY | WW_CONTENT_DISPOSITION | WW_CONTENT_SCORE };

/* Of several programs each tells what it may. One that is in force no more told what it told. */
static uint32_t
allowed(const struct ww_notice *n)
{
	uint32_t bits = 0;

	if (n->programs == NULL)
		return USUAL;
	for (size_t i = 0; i < n->flags_n; i++) {
		const struct ww_program *p = ww_programs_find(n->programs, n->flags[i].program);

		bits |= p != NULL ? p->content : (uint32_t)USUAL;
	}
	return bits;
}

bool
ww_out_may(const struct ww_notice *n, uint32_t content)
{
	return !n->event_only && (allowed(n) & content) == content;
}

ww_str
ww_out_patient(struct ww_ctx *cx, const struct ww_notice *n)
{
	ww_str given, family;

	if (n->person == NULL || !ww_out_may(n, WW_CONTENT_NAME))
		return ww_str_empty();
	given = ww_out_plain(cx, n->person->given);
	family = ww_out_plain(cx, n->person->family);
	if (given.n == 0 || family.n == 0)
		return given.n != 0 ? given : family;
	return ww_arena_printf(cx->arena, "%.*s %.*s", WW_STR_FMT(given), WW_STR_FMT(family));
}

struct ww_json *
ww_out_practitioner(struct ww_ctx *cx, const struct ww_notice *n)
{
	const struct ww_encounter *e = n->encounter;
	struct ww_json *ref, *id;

	if (e->attending.n + e->attending_npi.n == 0 || !ww_out_may(n, WW_CONTENT_PRACTITIONER))
		return NULL;
	ref = ww_json_object(cx);
	ww_json_set_cstr(cx, ref, "type", "Practitioner");
	if (e->attending_npi.n != 0) {
		id = ww_json_set(cx, ref, "identifier", ww_json_object(cx));
		ww_json_set_cstr(cx, id, "system", "http://hl7.org/fhir/sid/us-npi");
		ww_json_set_str(cx, id, "value", e->attending_npi);
	}
	ww_json_set_str(cx, ref, "display", ww_out_plain(cx, e->attending));
	return ref;
}

ww_str
ww_out_practitioner_text(struct ww_ctx *cx, const struct ww_notice *n)
{
	const struct ww_encounter *e = n->encounter;
	ww_str name = ww_out_plain(cx, e->attending);

	if (name.n + e->attending_npi.n == 0 || !ww_out_may(n, WW_CONTENT_PRACTITIONER))
		return ww_str_empty();
	return ww_arena_printf(cx->arena, " Treating practitioner: %.*s%s%s%.*s.", WW_STR_FMT(name),
	    name.n != 0 && e->attending_npi.n != 0 ? ", " : "",
	    e->attending_npi.n != 0 ? "NPI " : "", WW_STR_FMT(e->attending_npi));
}
