/* Reads the list page by page: it may be long. */
#include "report/review.h"

#include "report/moment.h"
#include "report/why.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/time.h>

enum { PAGE = 64 };

static void
set_id(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_id id)
{
	if (id != 0)
		ww_json_set_str(cx, o, key, ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(id)));
}

static struct ww_json *
review_json(struct ww_ctx *cx, const struct ww_review *r)
{
	struct ww_json *o = ww_json_object(cx);

	set_id(cx, o, "id", r->id);
	ww_json_set_str(cx, o, "kind", r->kind);
	ww_json_set_cstr(cx, o, "state", ww_review_state_text(r->state));
	ww_report_moment(cx, o, "since", r->since_ms);
	ww_json_set_int(cx, o, "found-by-journal", r->id >> 16);
	if (r->changed_by != r->id >> 16)
		ww_json_set_int(cx, o, "changed-by-journal", r->changed_by);
	return o;
}

/* -- the list --------------------------------------------------------------------------------------- */

static ww_status
list_state(struct ww_ledger *l, struct ww_ctx *cx, enum ww_review_state state, size_t most,
    struct ww_json *out)
{
	struct ww_rows rows = { .n = PAGE };
	struct ww_review like;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_review, &like);
	like.state = state;
	while (s == WW_OK && rows.n == PAGE && ww_json_len(out) < most) {
		s = ww_ledger_after(l, cx, &ww_entity_review, "by_state", &like, PAGE, &rows);
		for (size_t i = 0; s == WW_OK && i < rows.n && ww_json_len(out) < most; i++) {
			like.id = WW_ROW(&rows, review, i)->id;
			ww_json_add(cx, out, review_json(cx, WW_ROW(&rows, review, i)));
		}
	}
	return s;
}

ww_status
ww_review_list(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_review_filter *f, struct ww_json **out)
{
	static const enum ww_review_state states[] = { WW_review_state_OPEN, WW_review_state_ONE,
		WW_review_state_TWO };
	ww_status s = WW_OK;

	*out = ww_json_array(cx);
	for (size_t i = 0; s == WW_OK && i < sizeof(states) / sizeof(states[0]); i++) {
		if (f->state == WW_review_state_NONE || f->state == (int64_t)states[i])
			s = list_state(l, cx, states[i], f->most, *out);
	}
	return s;
}

/* -- one -------------------------------------------------------------------------------------------- */

static void
set_day(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_time t)
{
	struct ww_buf b = { 0 };

	if (!ww_time_known(t))
		return;
	ww_time_write_fhir(t, &b);
	ww_json_set_str(cx, o, key, ww_arena_str(cx->arena, ww_buf_view(&b)));
	ww_buf_free(&b);
}

static ww_status
add_numbers(struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "numbers", ww_json_array(cx));
	struct ww_identifier id;
	struct ww_coverage c;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_identifier, &id);
	id.person = person;
	s = ww_ledger_scan(l, cx, &ww_entity_identifier, 1, &id, PAGE, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_identifier *r = WW_ROW(&rows, identifier, i);
		struct ww_json *v = ww_json_add(cx, list, ww_json_object(cx));

		ww_json_set_str(cx, v, "number", r->value);
		ww_json_set_str(cx, v, "of", r->system);
		ww_json_set_str(cx, v, "type", r->type);
	}
	ww_row_init(&ww_entity_coverage, &c);
	c.person = person;
	if (s == WW_OK)
		s = ww_ledger_scan(l, cx, &ww_entity_coverage, 1, &c, PAGE, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_coverage *r = WW_ROW(&rows, coverage, i);
		struct ww_json *v;

		if (r->member_id.n == 0)
			continue;
		v = ww_json_add(cx, list, ww_json_object(cx));
		ww_json_set_str(cx, v, "number", r->member_id);
		ww_json_set_str(cx, v, "of", r->payer);
		ww_json_set_str(cx, v, "type", r->place);
	}
	return s;
}

static ww_status
add_visits(struct ww_ledger *l, struct ww_ctx *cx, ww_id person, struct ww_json *o)
{
	struct ww_json *list = ww_json_set(cx, o, "stays", ww_json_array(cx));
	struct ww_encounter like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &like);
	like.person = person;
	s = ww_find(l, cx, encounter, "by_person", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n && i < PAGE; i++) {
		const struct ww_encounter *e = WW_ROW(&rows, encounter, i);
		struct ww_json *v = ww_json_add(cx, list, ww_json_object(cx));

		set_id(cx, v, "id", e->id);
		ww_json_set_cstr(cx, v, "status", ww_encounter_status_text(e->status));
		ww_json_set_cstr(cx, v, "class", ww_encounter_class_text(e->class_));
		set_day(cx, v, "start", e->start);
	}
	return s;
}

static ww_status
add_person(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json *list)
{
	struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));
	struct ww_person p;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_person, &p);
	p.id = id;
	s = ww_get(l, cx, person, &p, &found);
	set_id(cx, o, "id", id);
	ww_json_set_str(cx, o, "family", p.family);
	ww_json_set_str(cx, o, "given", p.given);
	set_day(cx, o, "birth", p.birth);
	ww_json_set_str(cx, o, "sex", p.sex);
	set_id(cx, o, "merged-into", p.merged_into);
	if (s == WW_OK)
		s = add_numbers(l, cx, id, o);
	return s == WW_OK ? add_visits(l, cx, id, o) : s;
}

ww_status
ww_review_show(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_json **out)
{
	struct ww_json *persons;
	struct ww_review r;
	bool found;
	ww_status s;

	*out = NULL;
	ww_row_init(&ww_entity_review, &r);
	r.id = id;
	s = ww_get(l, cx, review, &r, &found);
	if (s != WW_OK || !found)
		return s;
	*out = review_json(cx, &r);
	persons = ww_json_set(cx, *out, "persons", ww_json_array(cx));
	s = add_person(l, cx, r.person, persons);
	if (s == WW_OK)
		s = add_person(l, cx, r.other, persons);
	return s == WW_OK ? ww_why_orders(l, cx, id, *out) : s;
}
