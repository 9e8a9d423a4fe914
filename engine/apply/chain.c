/* Visits that go on under another number: what a change of one means for the person's others. */
#include "apply/work.h"

#include "model/fold.h"

#include <wardwire/chain.h>

static ww_status
stays_of(struct ww_work *w, ww_id person, struct ww_rows *out)
{
	struct ww_encounter like;

	ww_row_init(&ww_entity_encounter, &like);
	like.person = person;
	return ww_find(w->l, w->cx, encounter, "by_person", &like, out);
}

bool
ww_stay_unchanged(const struct ww_encounter *a, const struct ww_encounter *b)
{
	struct ww_encounter x = *a;

	x.person = b->person;
	x.origin = b->origin;
	x.name = b->name;
	x.led_to = b->led_to;
	x.closed = b->closed;
	x.last_event = b->last_event;
	x.heard_ms = b->heard_ms;
	x.location = b->location;
	x.service = b->service;
	x.admit_type = b->admit_type;
	x.expected_end = b->expected_end;
	x.sources = b->sources;
	x.attending = b->attending;
	x.attending_npi = b->attending_npi;
	x.planned = b->planned;
	x.transferred = b->transferred;
	x.transferred_from = b->transferred_from;
	x.cancelled = b->cancelled;
	x.cancelled_start = b->cancelled_start;
	x.reversed = b->reversed;
	return ww_row_equal(&ww_entity_encounter, &x, b);
}

/* The visit in hand, freshly folded, may have gone on as one of those. */
static ww_status
settle_own(struct ww_work *w, const struct ww_rows *stays)
{
	const struct ww_encounter *s;

	if (!ww_chain_may_lead(&w->after))
		return WW_OK;
	s = ww_chain_successor(&w->after, stays->p, stays->n);
	if (s == NULL)
		return WW_OK;
	ww_chain_lead(&w->after, s);
	return ww_put(w->l, w->cx, encounter, &w->after);
}

static ww_status
judge_again(struct ww_work *w)
{
	ww_status s = ww_again_feed(w, true);

	if (s == WW_OK)
		s = ww_attribute(w);
	return s == WW_OK ? ww_judge(w) : s;
}

/* From its own events again, and then what the others say. */
static ww_status
settle_again(struct ww_work *w)
{
	struct ww_rows stays;
	ww_status s = ww_again_feed(w, true);

	if (s == WW_OK)
		s = ww_refold_stay(w);
	if (s == WW_OK)
		s = stays_of(w, w->person.id, &stays);
	if (s == WW_OK)
		s = settle_own(w, &stays);
	if (s == WW_OK)
		s = ww_silence_watch(w);
	return s == WW_OK ? judge_again(w) : s;
}

static const struct ww_encounter *
by_id(const struct ww_rows *stays, ww_id id)
{
	for (size_t i = 0; i < stays->n; i++) {
		if (WW_ROW(stays, encounter, i)->id == id)
			return WW_ROW(stays, encounter, i);
	}
	return NULL;
}

/* The visit may begin or cease to be one that went on as the one in hand, or that one has another time now. */
static bool
concerns(const struct ww_work *w, const struct ww_encounter *v)
{
	return v->id != w->after.id && v->merged_into == 0 && ww_chain_may_lead(v) &&
	       (v->led_to == w->after.id || ww_chain_leads(v, &w->after));
}

/* Emergency visits and plans that the visit in hand is what they went on as. */
static ww_status
settle_before(struct ww_work *w, const struct ww_rows *stays)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < stays->n; i++) {
		if (concerns(w, WW_ROW(stays, encounter, i)))
			s = ww_again(w->a, w->cx, w->cx->arena, &w->person,
			    WW_ROW(stays, encounter, i), settle_again, w);
	}
	return s;
}

/* What the visit in hand was and is no more the beginning of, and what it is now. */
static ww_status
judge_after(struct ww_work *w, const struct ww_rows *stays)
{
	ww_id ids[] = { w->before.led_to, w->after.led_to };
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < 2; i++) {
		const struct ww_encounter *e = ids[i] != 0 ? by_id(stays, ids[i]) : NULL;

		if (e != NULL && (i == 0 || ids[1] != ids[0]))
			s = ww_again(w->a, w->cx, w->cx->arena, &w->person, e, judge_again, w);
	}
	return s;
}

/* Stays from and to which there was a transfer, seen from the one in hand; how it was counts as well. */
static bool
is_neighbour(const struct ww_work *w, const struct ww_encounter *e)
{
	return e->id != w->after.id && e->id != w->after.led_to && e->id != w->before.led_to &&
	       (ww_chain_transferred(&w->before, e) || ww_chain_transferred(&w->after, e) ||
	           ww_chain_transferred(e, &w->before) || ww_chain_transferred(e, &w->after));
}

static ww_status
judge_neighbours(struct ww_work *w, const struct ww_rows *stays)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < stays->n; i++) {
		const struct ww_encounter *e = WW_ROW(stays, encounter, i);

		if (is_neighbour(w, e))
			s = ww_again(w->a, w->cx, w->cx->arena, &w->person, e, judge_again, w);
	}
	return s;
}

/* The visit in hand is another person's now: what had gone on as it at the one it was has not. */
static ww_status
settle_left(struct ww_work *w)
{
	struct ww_rows stays = { .n = 0 };
	struct ww_person was;
	bool found = false;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_person, &was);
	was.id = w->after.origin;
	if (was.id != 0 && was.id != w->person.id)
		s = ww_get(w->l, w->cx, person, &was, &found);
	if (s == WW_OK && found)
		s = stays_of(w, was.id, &stays);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		if (WW_ROW(&stays, encounter, i)->led_to == w->after.id)
			s = ww_again(w->a, w->cx, w->cx->arena, &was, WW_ROW(&stays, encounter, i),
			    settle_again, w);
	}
	return s;
}

ww_status
ww_settle_chain(struct ww_work *w)
{
	struct ww_rows stays;
	ww_status s;

	if (!w->rehomed && (ww_made_now(w, w->person.id) ||
	                       (w->before.led_to == 0 && ww_stay_unchanged(&w->before, &w->after))))
		return WW_OK;
	s = w->rehomed ? settle_left(w) : WW_OK;
	if (s == WW_OK)
		s = stays_of(w, w->person.id, &stays);
	if (s != WW_OK || stays.n < 2)
		return s;
	s = settle_own(w, &stays);
	if (s == WW_OK)
		s = settle_before(w, &stays);
	if (s == WW_OK)
		s = judge_after(w, &stays);
	return s == WW_OK ? judge_neighbours(w, &stays) : s;
}
