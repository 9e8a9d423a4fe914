/* Conditions, procedures, drugs and observations: kept by person and day. A newer version takes the place of the one before,
 * wherever that was kept. */
#include "apply/claims.h"
#include "apply/gather.h"

#include "model/join.h"

static const struct {
	const char *type;
	ww_status (*map)(struct ww_ctx *cx, const struct ww_fhir_source *source,
	    const struct ww_feed *feed, struct ww_clinical *out);
} mappers[] = {
	{ "Condition", ww_fhir_condition },
	{ "Procedure", ww_fhir_procedure },
	{ "MedicationRequest", ww_fhir_medication },
	{ "MedicationDispense", ww_fhir_medication },
	{ "MedicationAdministration", ww_fhir_medication },
	{ "Observation", ww_fhir_observation },
};

static ww_status
map(struct ww_request_work *rw, const struct ww_brought *b, struct ww_clinical *out)
{
	struct ww_fhir_source source = ww_learn_source(rw, b);
	size_t i = 0;

	while (!ww_str_is(b->type, mappers[i].type))
		i++; /* learn.c sends these types only */
	return mappers[i].map(rw->cx, &source, rw->feed, out);
}

/* -- what was kept before ----------------------------------------------------------------------------- */

ww_status
ww_remove_keyed(struct ww_work *w, const struct ww_entity *e, const void *like)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(w->l, w->cx, e, 3, like, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		s = ww_ledger_remove(w->l, w->cx, e, (const char *)rows.p + i * e->size);
	return s;
}

/* Those of one resource have ids of their own, and that resource's name. */
static ww_status
remove_observations(struct ww_work *w, const struct ww_filed *f)
{
	struct ww_observation like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_observation, &like);
	like.person = f->person;
	like.day = f->day;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_observation, 2, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_observation *o = WW_ROW(&rows, observation, i);

		if (ww_str_eq(o->feed, f->feed) && ww_str_eq(o->resource, f->resource))
			s = ww_ledger_remove(w->l, w->cx, &ww_entity_observation, o);
	}
	return s;
}

static ww_status
take_away(struct ww_work *w, const struct ww_filed *f)
{
	struct ww_problem problem;
	struct ww_procedure procedure;
	struct ww_dispense dispense;
	ww_status s;

	ww_row_init(&ww_entity_problem, &problem);
	ww_row_init(&ww_entity_procedure, &procedure);
	ww_row_init(&ww_entity_dispense, &dispense);
	problem.person = procedure.person = dispense.person = f->person;
	problem.day = procedure.day = dispense.day = f->day;
	problem.source = procedure.source = dispense.source = f->source;
	s = ww_remove_keyed(w, &ww_entity_problem, &problem);
	if (s == WW_OK)
		s = ww_remove_keyed(w, &ww_entity_procedure, &procedure);
	if (s == WW_OK)
		s = ww_remove_keyed(w, &ww_entity_dispense, &dispense);
	return s == WW_OK ? remove_observations(w, f) : s;
}

/* -- what is kept now --------------------------------------------------------------------------------- */

static ww_status
put_problems(struct ww_work *w, const struct ww_filed *f, const struct ww_clinical *c, ww_id stay)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < c->problems_n; i++) {
		struct ww_problem p = c->problems[i];

		p.person = f->person;
		p.day = f->day;
		p.source = f->source;
		p.encounter = stay;
		s = ww_put(w->l, w->cx, problem, &p);
	}
	return s;
}

static ww_status
put_observations(
    struct ww_work *w, const struct ww_filed *f, const struct ww_clinical *c, ww_id stay)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < c->observations_n; i++) {
		struct ww_observation o = c->observations[i];

		o.person = f->person;
		o.day = f->day;
		o.id = i == 0 ? f->source : ww_ctx_id(w->cx);
		o.encounter = stay;
		s = ww_put(w->l, w->cx, observation, &o);
	}
	return s;
}

static ww_status
put_rows(struct ww_work *w, const struct ww_filed *f, struct ww_clinical *c, ww_id stay)
{
	struct ww_procedure *p = &c->procedure;
	struct ww_dispense *d = &c->dispense;
	ww_status s = put_problems(w, f, c, stay);

	p->person = d->person = f->person;
	p->day = d->day = f->day;
	p->source = d->source = f->source;
	p->encounter = d->encounter = stay;
	if (s == WW_OK && p->code.n != 0)
		s = ww_put(w->l, w->cx, procedure, p);
	if (s == WW_OK && d->kind != WW_dispense_kind_NONE)
		s = ww_put(w->l, w->cx, dispense, d);
	return s == WW_OK ? put_observations(w, f, c, stay) : s;
}

static ww_status
stay_of(struct ww_request_work *rw, struct ww_work *w, ww_str reference, ww_id *out)
{
	ww_str system, visit;
	ww_status s = ww_learn_visit(rw, reference, &system, &visit);

	*out = 0;
	return s == WW_OK && visit.n != 0 ? ww_learn_stay(w, system, visit, out) : s;
}

ww_status
ww_clinical_file(struct ww_work *w, ww_str resource, ww_time stamp, struct ww_clinical *c,
    ww_id stay, bool *kept)
{
	struct ww_filed f;
	bool found;
	ww_status s;

	*kept = false;
	ww_row_init(&ww_entity_filed, &f);
	f.feed = w->feed->name;
	f.resource = resource;
	s = ww_get(w->l, w->cx, filed, &f, &found);
	if (s != WW_OK || (found && f.recorded.ms > stamp.ms))
		return s;
	if (found)
		s = take_away(w, &f);
	f.source = found ? f.source : ww_ctx_id(w->cx);
	f.person = w->person.id;
	f.day = ww_written_day(c->at);
	f.recorded = stamp;
	*kept = true;
	if (s == WW_OK)
		s = ww_put(w->l, w->cx, filed, &f);
	return s == WW_OK ? put_rows(w, &f, c, stay) : s;
}

/* Stays are judged again by it. Of what was taken back nobody knows any more what it was. */
static bool
matters(const struct ww_work *w, const struct ww_clinical *c)
{
	bool gone = c->problems_n == 0 && c->observations_n == 0 && c->procedure.code.n == 0 &&
	            c->dispense.kind == WW_dispense_kind_NONE;

	if (c->problems_n != 0)
		return true;
	for (size_t i = 0; i < c->observations_n; i++) {
		if (ww_rule_observes(c->observations[i].system, c->observations[i].code))
			return ww_gather_wants(w->a, WW_NEEDS_RESULTS);
	}
	return gone || (c->procedure.code.n != 0 && ww_gather_wants(w->a, WW_NEEDS_PROCEDURES));
}

ww_status
ww_learn_clinical(struct ww_request_work *rw, const struct ww_brought *b)
{
	struct ww_clinical c;
	struct ww_work *w = NULL;
	ww_id stay = 0;
	bool kept = false;
	ww_status s = map(rw, b, &c);

	if (s == WW_OK)
		s = ww_learn_patient(rw, b, c.patient, &w);
	if (s != WW_OK || w == NULL)
		return s;
	ww_learn_say(rw, "kept as history");
	s = stay_of(rw, w, c.encounter, &stay);
	if (s == WW_OK)
		s = ww_clinical_file(
		    w, ww_learn_source(rw, b).name, ww_learn_stamp(rw, b), &c, stay, &kept);
	return s == WW_OK && kept && matters(w, &c) ? ww_reattribute_person(w) : s;
}
