/* Requests for authorization and what payers answer. Both are kept as they were said; what a request comes to is worked out
 * of it and of all that was answered, so that the order in which they come does not matter. */
#include "apply/authorized.h"
#include "apply/claims.h"

#include <wardwire/json.h>

/* -- from the answers to the state ------------------------------------------------------------------- */

static bool
is_newer(const struct ww_decision *a, const struct ww_decision *b)
{
	return a->stated.ms != b->stated.ms ? a->stated.ms > b->stated.ms : a->id > b->id;
}

static void
consider(const struct ww_rows *rows, const struct ww_decision **newest,
    const struct ww_decision **granting)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct ww_decision *d = WW_ROW(rows, decision, i);

		if (d->status == WW_authorization_status_NONE)
			continue;
		if (*newest == NULL || is_newer(d, *newest))
			*newest = d;
		if (d->granted.n != 0 && (*granting == NULL || is_newer(d, *granting)))
			*granting = d;
	}
}

/* X12 data element 1322: 3 takes the request back. */
static bool
is_taken_back(const struct ww_authorization *a)
{
	return ww_str_is(a->said, "cancelled") || ww_str_is(a->certification, "3");
}

static enum ww_authorization_status
status_of(const struct ww_authorization *a, const struct ww_decision *newest)
{
	if (ww_str_is(a->said, "entered-in-error"))
		return WW_authorization_status_ERROR;
	if (ww_str_is(a->said, "draft"))
		return WW_authorization_status_NONE;
	if (is_taken_back(a))
		return WW_authorization_status_CANCELLED;
	return newest == NULL ? WW_authorization_status_REQUESTED
	                      : (enum ww_authorization_status)newest->status;
}

/* Those that name the resource, and those that know its number only. */
static ww_status
settle(struct ww_ledger *l, struct ww_ctx *cx, struct ww_authorization *a)
{
	const struct ww_decision *newest = NULL, *granting = NULL;
	struct ww_rows by_request, by_number = { .n = 0 };
	struct ww_decision like;
	ww_status s;

	ww_row_init(&ww_entity_decision, &like);
	like.feed = a->feed;
	like.request = a->resource;
	like.number = a->number;
	s = ww_find(l, cx, decision, "by_request", &like, &by_request);
	if (s == WW_OK && a->number.n != 0)
		s = ww_find(l, cx, decision, "by_number", &like, &by_number);
	if (s != WW_OK)
		return s;
	consider(&by_request, &newest, &granting);
	consider(&by_number, &newest, &granting);
	a->status = status_of(a, newest);
	a->action = newest != NULL ? newest->action : ww_str_empty();
	a->decided_ms = newest != NULL ? newest->received_ms : 0;
	a->decided = newest != NULL ? newest->stated : (ww_time){ 0 };
	a->granted = granting != NULL ? granting->granted : ww_str_empty();
	a->authorized = granting != NULL ? granting->authorized : (ww_time){ 0 };
	a->authorized_end = granting != NULL ? granting->authorized_end : (ww_time){ 0 };
	return ww_put(l, cx, authorization, a);
}

/* -- requests ---------------------------------------------------------------------------------------- */

static bool
names(ww_str related, const struct ww_authorization *a)
{
	return related.n != 0 && (ww_str_eq(related, a->resource) || ww_str_eq(related, a->number));
}

/* Of two requests of a person one may go on from the other, whichever came first. */
static ww_status
relate(struct ww_work *w, struct ww_authorization *a)
{
	struct ww_authorization like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_authorization, &like);
	like.person = a->person;
	a->replaced_by = 0;
	s = ww_find(w->l, w->cx, authorization, "by_person", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_authorization *o = WW_ROW(&rows, authorization, i);

		if (o->id == a->id || !ww_str_eq(o->feed, a->feed))
			continue;
		if (names(o->related, a) && o->id != a->replaced_by)
			a->replaced_by = o->id;
		if (names(a->related, o) && o->replaced_by != a->id) {
			o->replaced_by = a->id;
			s = ww_put(w->l, w->cx, authorization, o);
		}
	}
	return s;
}

/* The row of the same request: of the resource, else of the person under the same number. */
static ww_status
find_same(
    struct ww_work *w, const struct ww_authorization *a, struct ww_authorization *out, bool *found)
{
	struct ww_rows rows;
	ww_status s = ww_find(w->l, w->cx, authorization, "by_resource", a, &rows);

	*found = s == WW_OK && rows.n > 0;
	if (*found)
		*out = *WW_ROW(&rows, authorization, 0);
	if (s != WW_OK || *found || a->number.n == 0)
		return s;
	s = ww_find(w->l, w->cx, authorization, "by_number", a, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n && !*found; i++) {
		const struct ww_authorization *o = WW_ROW(&rows, authorization, i);

		*found = ww_str_eq(o->feed, a->feed) && ww_str_eq(o->system, a->system) &&
		         o->person == w->person.id;
		*out = *o;
	}
	return s;
}

ww_status
ww_authorization_keep(struct ww_work *w, const struct ww_authorization *a)
{
	struct ww_authorization row = *a, old;
	bool found;
	ww_status s = find_same(w, a, &old, &found);

	if (s != WW_OK || (found && old.stated.ms > a->stated.ms))
		return s;
	row.id = found ? old.id : ww_ctx_id(w->cx);
	row.person = w->person.id;
	row.received_ms = found ? old.received_ms : w->cx->now;
	if (found) { /* how far it has come, apply/authorized.c says */
		row.encounter = old.encounter;
		row.arrived = old.arrived;
		row.lapse = old.lapse;
		row.forwarded_ms = old.forwarded_ms;
		row.forwarded_by = old.forwarded_by;
	}
	if (found && !ww_str_eq(old.resource, row.resource))
		s = ww_ledger_remove(w->l, w->cx, &ww_entity_authorization, &old);
	if (s == WW_OK)
		s = relate(w, &row);
	return s == WW_OK ? settle(w->l, w->cx, &row) : s;
}

ww_status
ww_authorization_drop(struct ww_work *w, ww_str resource)
{
	struct ww_authorization like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_authorization, &like);
	like.feed = w->feed->name;
	like.resource = resource;
	s = ww_find(w->l, w->cx, authorization, "by_resource", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		s = ww_authorized_gone(w, WW_ROW(&rows, authorization, i));
		if (s == WW_OK)
			s = ww_ledger_remove(
			    w->l, w->cx, &ww_entity_authorization, WW_ROW(&rows, authorization, i));
	}
	return s;
}

/* -- answers ------------------------------------------------------------------------------------------ */

/* Judges what goes on of the person whose authorization it is, unless that is done already. */
static ww_status
judge_person(struct ww_work *w, ww_id person)
{
	struct ww_person p;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_person, &p);
	p.id = person;
	s = ww_get(w->l, w->cx, person, &p, &found);
	if (s == WW_OK && found)
		s = ww_person_resolve(w, &p, &found);
	if (s != WW_OK || !found)
		return s;
	w->person = p;
	return ww_reattribute_person(w);
}

/* The requests that it answers. */
static ww_status
settle_answered(struct ww_work *w, const struct ww_decision *d)
{
	struct ww_authorization like;
	struct ww_rows rows[2] = { { .n = 0 }, { .n = 0 } };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_authorization, &like);
	like.feed = d->feed;
	like.resource = d->request;
	like.number = d->number;
	if (d->request.n != 0)
		s = ww_find(w->l, w->cx, authorization, "by_resource", &like, &rows[0]);
	if (s == WW_OK && d->number.n != 0)
		s = ww_find(w->l, w->cx, authorization, "by_number", &like, &rows[1]);
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; s == WW_OK && i < rows[k].n; i++) {
			struct ww_authorization *a = WW_ROW(&rows[k], authorization, i);

			if (!ww_str_eq(a->feed, d->feed))
				continue;
			s = settle(w->l, w->cx, a);
			if (s == WW_OK)
				s = judge_person(w, a->person);
		}
	}
	return s;
}

static ww_status
find_decision(struct ww_work *w, const struct ww_decision *d, struct ww_decision *out, bool *found)
{
	struct ww_rows rows;
	ww_status s = ww_find(w->l, w->cx, decision, "by_resource", d, &rows);

	*found = s == WW_OK && rows.n > 0;
	if (*found)
		*out = *WW_ROW(&rows, decision, 0);
	return s;
}

ww_status
ww_learn_response(struct ww_request_work *rw, const struct ww_brought *b)
{
	struct ww_fhir_source source = ww_learn_source(rw, b);
	struct ww_decision d, old;
	struct ww_work *w;
	bool found;
	ww_status s = ww_fhir_response(rw->cx, &source, rw->feed, &d);

	if (s == WW_OK)
		s = ww_learn_patient(rw, b, ww_json_get(b->tree, "patient"), &w);
	if (s != WW_OK)
		return s;
	if (w == NULL)
		w = ww_learn_work(rw);
	if (w == NULL)
		return ww_fail_memory(rw->cx);
	ww_learn_say(rw, d.status != WW_authorization_status_NONE
	                     ? "an answer to a request for authorization: kept for that"
	                     : "an answer that decides nothing");
	s = find_decision(w, &d, &old, &found);
	if (s != WW_OK || (found && old.stated.ms > d.stated.ms))
		return s;
	d.id = found ? old.id : ww_ctx_id(w->cx);
	d.received_ms = found ? old.received_ms : w->cx->now;
	s = ww_put(w->l, w->cx, decision, &d);
	if (s == WW_OK && found &&
	    (!ww_str_eq(old.request, d.request) || !ww_str_eq(old.number, d.number)))
		s = settle_answered(w, &old);
	return s == WW_OK ? settle_answered(w, &d) : s;
}
