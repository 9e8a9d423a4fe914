/* Two persons who may be one: a list for operators, and their orders about it. What name, birth date and sex alone say joins
 * nobody; what made two persons one can be undone, and that they are two is remembered. */
#include "apply/order.h"

#include <string.h>

/* -- the list --------------------------------------------------------------------------------------- */

ww_status
ww_review_find(struct ww_work *w, ww_id a, ww_id b, struct ww_review *out, bool *found)
{
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_review, out);
	out->person = a < b ? a : b;
	out->other = a < b ? b : a;
	s = ww_find(w->l, w->cx, review, "by_pair", out, &rows);
	*found = s == WW_OK && rows.n > 0;
	if (*found)
		*out = *WW_ROW(&rows, review, 0);
	return s;
}

ww_status
ww_review_apart(struct ww_work *w, ww_id a, ww_id b, bool *apart)
{
	struct ww_review r;
	ww_status s = ww_review_find(w, a, b, &r, apart);

	*apart = *apart && r.state == WW_review_state_TWO;
	return s;
}

ww_status
ww_review_note(struct ww_work *w, const char *kind, enum ww_review_state state, ww_id a, ww_id b)
{
	struct ww_review r;
	bool found;
	ww_status s = ww_review_find(w, a, b, &r, &found);

	if (s != WW_OK)
		return s;
	if (!found) {
		r.id = ww_ctx_id(w->cx);
		r.since_ms = w->cx->now;
	}
	r.kind = ww_str_from(kind);
	r.state = state;
	r.changed_by = (int64_t)w->cx->seq;
	return ww_put(w->l, w->cx, review, &r);
}

/* More people of one name, birth date and sex than these are a placeholder, and say nothing. */
enum { ALIKE_MAX = 4 };

ww_status
ww_review_alike(struct ww_work *w)
{
	struct ww_person like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_person, &like);
	like.alike = w->person.alike;
	s = ww_ledger_after(
	    w->l, w->cx, &ww_entity_person, "by_alike", &like, ALIKE_MAX + 2, &rows);
	if (s != WW_OK || rows.n > ALIKE_MAX + 1)
		return s;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_person *p = WW_ROW(&rows, person, i);
		struct ww_review r;
		bool found;

		if (p->id == w->person.id || p->merged_into != 0)
			continue;
		s = ww_review_find(w, p->id, w->person.id, &r, &found);
		if (s != WW_OK || found)
			continue;
		s = ww_review_note(w, "demographics", WW_review_state_OPEN, p->id, w->person.id);
		ww_matched(w, "may be somebody known (wardwire match ls)");
	}
	return s;
}

/* -- orders ----------------------------------------------------------------------------------------- */

/* The review an order is about, and its two persons. */
struct subject {
	struct ww_review r;
	struct ww_person a, b; /* r.person, r.other */
};

static ww_status
get_person(struct ww_apply *a, struct ww_ctx *cx, ww_id id, struct ww_person *out)
{
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_person, out);
	out->id = id;
	s = ww_get(a->set.ledger, cx, person, out, &found);
	return s == WW_OK && !found ? ww_fail(cx, WW_E_DAMAGED, "person", "is gone") : s;
}

/* *found false: the order is refused. */
static ww_status
read_subject(
    struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o, struct subject *out, bool *found)
{
	ww_status s;

	ww_row_init(&ww_entity_review, &out->r);
	out->r.id = o->about;
	s = ww_get(a->set.ledger, cx, review, &out->r, found);
	if (s == WW_OK && !*found)
		return ww_order_refuse(cx, o, WW_E_NOT_FOUND, "no review has that id");
	if (s == WW_OK)
		s = get_person(a, cx, out->r.person, &out->a);
	return s == WW_OK ? get_person(a, cx, out->r.other, &out->b) : s;
}

/* The one of the two who was merged into the other; NULL: neither. */
static struct ww_person *
loser_of(struct subject *x)
{
	if (x->a.merged_into == x->b.id)
		return &x->a;
	return x->b.merged_into == x->a.id ? &x->b : NULL;
}

static ww_status
decide(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o, struct ww_review *r,
    enum ww_review_state state)
{
	r->state = state;
	r->changed_by = o->seq;
	o->changed = 1;
	return ww_put(a->set.ledger, cx, review, r);
}

/* What is left to do when persons have changed: the stays that moved, and the others of the person in hand. */
static ww_status
judge_all(struct ww_work *w)
{
	ww_status s = ww_rehome_moved(w);

	return s == WW_OK ? ww_reattribute_person(w) : s;
}

/* before.person is the other of the two. */
static ww_status
make_one(struct ww_work *w)
{
	struct ww_person other;
	ww_status s = get_person(w->a, w->cx, w->before.person, &other);

	if (s == WW_OK)
		s = ww_rehome_join(w, &other, "order");
	return s == WW_OK ? judge_all(w) : s;
}

static ww_status
make_two(struct ww_work *w)
{
	struct ww_person loser;
	ww_status s = get_person(w->a, w->cx, w->before.person, &loser);

	if (s == WW_OK)
		s = ww_rehome_part(w, &loser);
	if (s == WW_OK)
		s = judge_all(w);
	w->person = loser;
	return s == WW_OK ? ww_reattribute_person(w) : s;
}

/* With that person in hand, and the other in before.person. */
static ww_status
run(struct ww_apply *a, struct ww_ctx *cx, const struct ww_person *p, ww_id other,
    ww_again_fn *work)
{
	struct ww_encounter none;

	ww_row_init(&ww_entity_encounter, &none);
	none.person = other;
	return ww_again(a, cx, cx->arena, p, &none, work, NULL);
}

/* Where a person ended, of whom there may be later merges. */
static ww_status
resolve(struct ww_apply *a, struct ww_ctx *cx, struct ww_person *p)
{
	struct ww_work w = { .cx = cx, .l = a->set.ledger };
	bool found = true;
	ww_status s = p->merged_into != 0 ? ww_person_resolve(&w, p, &found) : WW_OK;

	return s == WW_OK && !found ? ww_fail(cx, WW_E_DAMAGED, "person", "is gone") : s;
}

static ww_status
undo(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o, struct subject *x)
{
	struct ww_person *loser = loser_of(x), survivor = loser == &x->a ? x->b : x->a;
	ww_status s = resolve(a, cx, &survivor);

	if (s == WW_OK)
		s = run(a, cx, &survivor, loser->id, make_two);
	return s == WW_OK ? decide(a, cx, o, &x->r, WW_review_state_TWO) : s;
}

ww_status
ww_order_match_accept(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct subject x;
	bool found;
	ww_status s = read_subject(a, cx, o, &x, &found);

	if (s != WW_OK || !found)
		return s;
	if (x.r.state == WW_review_state_ONE)
		return ww_order_refuse(cx, o, WW_E_CONFLICT, "they are one person already");
	s = resolve(a, cx, &x.a);
	if (s == WW_OK)
		s = resolve(a, cx, &x.b);
	if (s == WW_OK && x.a.id != x.b.id)
		s = run(a, cx, &x.a, x.b.id, make_one);
	return s == WW_OK ? decide(a, cx, o, &x.r, WW_review_state_ONE) : s;
}

ww_status
ww_order_match_reject(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct subject x;
	bool found;
	ww_status s = read_subject(a, cx, o, &x, &found);

	if (s != WW_OK || !found)
		return s;
	if (x.r.state != WW_review_state_OPEN)
		return ww_order_refuse(cx, o, WW_E_CONFLICT,
		    x.r.state == WW_review_state_ONE ? "they are one person already: undo it"
		                                     : "they are two already");
	if (loser_of(&x) != NULL)
		return undo(a, cx, o, &x);
	return decide(a, cx, o, &x.r, WW_review_state_TWO);
}

ww_status
ww_order_match_undo(struct ww_apply *a, struct ww_ctx *cx, struct ww_operator *o)
{
	struct subject x;
	bool found;
	ww_status s = read_subject(a, cx, o, &x, &found);

	if (s != WW_OK || !found)
		return s;
	if (loser_of(&x) == NULL)
		return ww_order_refuse(
		    cx, o, WW_E_CONFLICT, "neither of the two is merged into the other");
	return undo(a, cx, o, &x);
}
