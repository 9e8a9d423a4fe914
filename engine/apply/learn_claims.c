/* What the parts that learn of claims and of clinical resources share. */
#include "apply/claims.h"

#include <wardwire/json.h>

static ww_status
resolve(void *arg, ww_str reference, const struct ww_json **out)
{
	return ww_request_resolve(arg, reference, out);
}

struct ww_fhir_source
ww_learn_source(struct ww_request_work *rw, const struct ww_brought *b)
{
	return (struct ww_fhir_source){ .resource = b->tree,
		.deleted = b->deleted,
		.name = ww_arena_printf(
		    rw->cx->arena, "%.*s/%.*s", WW_STR_FMT(b->type), WW_STR_FMT(b->id)),
		.updated = ww_learn_stamp(rw, b),
		.digest = ww_str_empty(),
		.resolve = resolve,
		.arg = rw };
}

void
ww_learn_say(struct ww_request_work *rw, const char *what)
{
	if (rw->message.encounter == 0)
		rw->message.reason = ww_str_from(what);
}

/* The Encounter says it itself, as it does when it comes; one that is unknown is known by its own name then, as what it says
 * of itself when it comes has that name, too. */
ww_status
ww_learn_visit(struct ww_request_work *rw, ww_str reference, ww_str *system, ww_str *visit)
{
	const struct ww_fhir_mapper *mapper = ww_fhir_mapper_find(WW_STR("Encounter"));
	struct ww_fhir_source source = { .resolve = resolve, .arg = rw };
	struct ww_facts facts;
	ww_status s = WW_OK;

	*system = *visit = ww_str_empty();
	if (reference.n == 0 || mapper == NULL)
		return s;
	s = ww_request_resolve(rw, reference, &source.resource);
	if (s != WW_OK || source.resource == NULL)
		return s;
	source.name = ww_arena_printf(rw->cx->arena, "Encounter/%.*s",
	    WW_STR_FMT(ww_json_str(ww_json_get(source.resource, "id"))));
	source.updated = ww_time_at(rw->cx->now, rw->feed->zone);
	source.digest = ww_str_empty();
	s = mapper->map(rw->cx, &source, rw->feed, &facts);
	if (s == WW_OK) {
		*system = facts.visit_system;
		*visit = facts.visit;
	}
	return s;
}

ww_status
ww_learn_stay(struct ww_work *w, ww_str system, ww_str visit, ww_id *out)
{
	struct ww_encounter like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.visit_system = system;
	like.visit = visit;
	*out = 0;
	s = ww_find(w->l, w->cx, encounter, "by_visit", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_encounter *e = WW_ROW(&rows, encounter, i);

		if (e->person == w->person.id && e->merged_into == 0)
			*out = e->id;
	}
	return s;
}
