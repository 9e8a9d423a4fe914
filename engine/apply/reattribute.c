/* A roster says something else of a member than before: the stays that go on are attributed and judged again, so that
 * who was told wrongly hears of it, and who should know gets what is open, without waiting for the next message. */
#include "apply/authorized.h"
#include "apply/catch_up.h"
#include "apply/person.h"

#include "model/attribution.h"

#include <stdlib.h>
#include <string.h>

/* Stays judged in one record, so that the next ones need not wait for a roster that moves everybody; the rest is for
 * the TICK records. A stay with a practice on every side takes fewer than ROOM ids. */
enum { STAYS_MAX = 2000, IDS_MAX = 0xffff, ROOM = 2000, REST_MAX = 2000 };

/* One go through members. */
struct round {
	struct ww_apply *a;
	struct ww_ctx *cx;
	struct ww_arena *arena; /* of the stay in hand: there may be thousands */
	ww_id *done; /* stays judged so far: what a record changed is told by its number, so one
	                         * that is judged twice in it would be told of twice */
	size_t done_n, done_cap;
};

static bool
is_full(const struct round *r)
{
	return r->done_n >= STAYS_MAX || r->cx->ordinal > IDS_MAX - ROOM;
}

/* *r is to be ended (end_round) in any case. */
static ww_status
begin_round(struct ww_apply *a, struct ww_ctx *cx, struct round *r)
{
	*r = (struct round){ .a = a, .cx = cx };
	r->arena = ww_arena_new(0);
	return r->arena != NULL ? WW_OK : ww_fail(cx, WW_E_MEMORY, NULL, "stays of a roster");
}

static void
end_round(struct round *r)
{
	ww_arena_free(r->arena);
}

static bool
is_done(const struct round *r, ww_id stay)
{
	for (size_t i = 0; i < r->done_n; i++) {
		if (r->done[i] == stay)
			return true;
	}
	return false;
}

/* A member's stays are never parted, so there may be more than STAYS_MAX. */
static ww_status
note_done(struct round *r, ww_id stay)
{
	size_t cap = 2 * r->done_cap + 64;

	if (r->done_n == r->done_cap) {
		ww_id *more = ww_arena_array(r->cx->arena, cap, sizeof(*more));

		if (more == NULL)
			return ww_fail_memory(r->cx);
		for (size_t i = 0; i < r->done_n; i++)
			more[i] = r->done[i];
		r->done = more;
		r->done_cap = cap;
	}
	r->done[r->done_n++] = stay;
	return WW_OK;
}

/* -- which stays ------------------------------------------------------------------------------------ */

/* Somebody at a practice still has it before them. */
static bool
is_live_task(const struct ww_outbox *r)
{
	static const char *const ended[] = { "completed", "cancelled", "rejected", "failed",
		"entered-in-error" };

	if (r->resource != WW_resource_type_TASK || r->state == WW_outbox_state_SUPPRESSED ||
	    r->state == WW_outbox_state_DISCARDED || ww_str_is(r->change, "cancel"))
		return false;
	for (size_t i = 0; i < sizeof(ended) / sizeof(ended[0]); i++) {
		if (ww_str_is(r->remote_status, ended[i]))
			return false;
	}
	return true;
}

/* What is owed of the stay: *any row, and whether a Task of it is live. */
static ww_status
look_at_outbox(struct ww_work *w, bool *any, bool *live)
{
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	*any = *live = false;
	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = w->after.id;
	s = ww_find(w->l, w->cx, outbox, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		*any = true;
		*live = *live || is_live_task(WW_ROW(&rows, outbox, i)) ||
		        WW_ROW(&rows, outbox, i)->withheld != 0;
	}
	return s;
}

/* -- one stay --------------------------------------------------------------------------------------- */

static ww_status
attribute_again(struct ww_work *w, bool told)
{
	ww_status s = ww_again_feed(w, told);

	if (s == WW_OK)
		s = ww_attribute(w);
	return s == WW_OK ? ww_judge(w) : s;
}

/* Whether it was told, and somebody has still to hear of what becomes of it. */
static ww_status
is_wanted(struct ww_work *w, bool *any, bool *wanted)
{
	bool live;
	ww_status s = look_at_outbox(w, any, &live);

	*wanted = w->after.status != WW_encounter_status_FINISHED || live;
	return s;
}

static ww_status
judge_again(struct ww_work *w)
{
	bool any, wanted;
	ww_status s = is_wanted(w, &any, &wanted);

	if (s != WW_OK || !wanted)
		return s;
	s = ww_again_feed(w, any);
	if (s == WW_OK)
		s = ww_attribute(w);
	if (s == WW_OK)
		s = ww_catch_up_limit(w);
	if (s == WW_OK)
		s = ww_judge(w);
	return s == WW_OK ? ww_catch_up_count(w) : s;
}

/* Whatever catch_up says. */
static ww_status
judge_released(struct ww_work *w)
{
	bool any, wanted;
	ww_status s = is_wanted(w, &any, &wanted);

	return s == WW_OK && wanted ? attribute_again(w, any) : s;
}

static ww_status
open_stay(struct round *r, const struct ww_person *p, const struct ww_encounter *e)
{
	ww_status s = note_done(r, e->id);

	ww_arena_reset(r->arena);
	return s == WW_OK ? ww_again(r->a, r->cx, r->arena, p, e, judge_again, NULL) : s;
}

/* -- members ---------------------------------------------------------------------------------------- */

/* What is authorized of the person, whose they are now. */
static ww_status
judge_authorized(struct ww_work *w)
{
	ww_status s = ww_authorized_settle(w);

	return s == WW_OK ? ww_authorized_judge(w) : s;
}

static ww_status
open_authorized(struct round *r, const struct ww_person *p)
{
	struct ww_encounter none;

	ww_row_init(&ww_entity_encounter, &none);
	ww_arena_reset(r->arena);
	return ww_again(r->a, r->cx, r->arena, p, &none, judge_authorized, NULL);
}

static ww_status
go_through_person(struct round *r, ww_id id)
{
	struct ww_encounter like;
	struct ww_person person;
	struct ww_rows stays;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_person, &person);
	person.id = id;
	s = ww_get(r->a->set.ledger, r->cx, person, &person, &found);
	if (s == WW_OK && found && person.merged_into == 0)
		s = ww_person_mark_attributed(r->a, r->cx, id);
	if (s != WW_OK || !found)
		return s;
	ww_row_init(&ww_entity_encounter, &like);
	like.person = id;
	s = ww_find(r->a->set.ledger, r->cx, encounter, "by_person", &like, &stays);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		const struct ww_encounter *e = WW_ROW(&stays, encounter, i);

		if (ww_stay_is_recent(e, r->cx->now) && !is_done(r, e->id))
			s = open_stay(r, &person, e);
	}
	return s == WW_OK ? open_authorized(r, &person) : s;
}

/* Who ever stated that number. */
static ww_status
stated_by(struct ww_apply *a, struct ww_ctx *cx, ww_str key, size_t most, struct ww_rows *out)
{
	struct ww_member like;

	ww_row_init(&ww_entity_member, &like);
	like.number = key;
	return ww_ledger_scan(a->set.ledger, cx, &ww_entity_member, 1, &like, most, out);
}

static ww_status
go_through_member(struct round *r, ww_str key)
{
	struct ww_rows rows;
	ww_status s = stated_by(r->a, r->cx, key, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		s = go_through_person(r, WW_ROW(&rows, member, i)->person);
	return s;
}

/* For a later record, if there is anybody. */
static ww_status
put_off(struct ww_apply *a, struct ww_ctx *cx, ww_str key)
{
	struct ww_recheck row;
	struct ww_rows rows;
	ww_status s = stated_by(a, cx, key, 1, &rows);

	if (s != WW_OK || rows.n == 0)
		return s;
	ww_row_init(&ww_entity_recheck, &row);
	row.number = key;
	return ww_put(a->set.ledger, cx, recheck, &row);
}

ww_status
ww_reattribute_later(struct ww_apply *a, struct ww_ctx *cx, const struct ww_numbers *changed)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < changed->n; i++)
		s = put_off(a, cx, changed->v[i]);
	return s;
}

static int
by_text(const void *pa, const void *pb)
{
	const ww_str *a = pa, *b = pb;

	return ww_str_cmp(*a, *b);
}

ww_status
ww_reattribute(struct ww_apply *a, struct ww_ctx *cx, struct ww_numbers *changed)
{
	struct round r;
	ww_status s = begin_round(a, cx, &r);

	if (changed->n > 1)
		qsort(changed->v, changed->n, sizeof(*changed->v), by_text);
	for (size_t i = 0; s == WW_OK && i < changed->n; i++) {
		if (i > 0 && ww_str_eq(changed->v[i], changed->v[i - 1]))
			continue;
		s = is_full(&r) ? put_off(a, cx, changed->v[i])
		                : go_through_member(&r, changed->v[i]);
	}
	end_round(&r);
	return s;
}

ww_status
ww_reattribute_rest(struct ww_apply *a, struct ww_ctx *cx)
{
	struct round r;
	struct ww_rows rows;
	ww_status s =
	    ww_ledger_scan(a->set.ledger, cx, &ww_entity_recheck, 0, NULL, REST_MAX, &rows);

	if (s != WW_OK || rows.n == 0 || a->config == NULL)
		return s;
	s = begin_round(a, cx, &r);
	for (size_t i = 0; s == WW_OK && i < rows.n && !is_full(&r); i++) {
		const struct ww_recheck *row = WW_ROW(&rows, recheck, i);

		s = go_through_member(&r, row->number);
		if (s == WW_OK)
			s = ww_ledger_remove(a->set.ledger, cx, &ww_entity_recheck, row);
	}
	end_round(&r);
	return s;
}

ww_status
ww_reattribute_stay(struct ww_apply *a, struct ww_ctx *cx, ww_id stay)
{
	struct ww_encounter e;
	struct ww_person p;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &e);
	e.id = stay;
	s = ww_get(a->set.ledger, cx, encounter, &e, &found);
	if (s != WW_OK || !found || !ww_stay_is_recent(&e, cx->now))
		return s;
	ww_row_init(&ww_entity_person, &p);
	p.id = e.person;
	s = ww_get(a->set.ledger, cx, person, &p, &found);
	return s == WW_OK && found ? ww_again(a, cx, cx->arena, &p, &e, judge_released, NULL) : s;
}

/* Whose it is was not known, perhaps, and nobody was told: then it is news also when it is over. */
static ww_status
judge_known(struct ww_work *w)
{
	bool any, live;
	ww_status s = look_at_outbox(w, &any, &live);

	if (s != WW_OK || (w->after.status == WW_encounter_status_FINISHED && any && !live))
		return s;
	return attribute_again(w, any);
}

static ww_status
judge_corrected(struct ww_work *w)
{
	w->corrected = true;
	return judge_known(w);
}

/* Bills come weeks after a discharge. For as long as the score speaks of, what they bring is told to who has the Task of the
 * stay before them. Nobody hears of such a stay for the first time. */
static bool
is_scored_yet(const struct ww_encounter *e, int64_t now)
{
	static const int64_t SCORED_MS = INT64_C(30) * 86400000;

	return e->status == WW_encounter_status_FINISHED && ww_time_known(e->end) &&
	       e->end.ms > now - SCORED_MS;
}

static ww_status
judge_late(struct ww_work *w)
{
	bool any, live;
	ww_status s = look_at_outbox(w, &any, &live);

	return s == WW_OK && live ? attribute_again(w, any) : s;
}

static bool
is_moved(const struct ww_work *w, ww_id stay)
{
	for (size_t i = 0; i < w->moved_n; i++) {
		if (w->moved[i] == stay)
			return true;
	}
	return false;
}

ww_status
ww_reattribute_person(struct ww_work *w)
{
	struct ww_encounter like;
	struct ww_rows stays;
	ww_status s = ww_person_mark(w);

	if (s != WW_OK)
		return s;
	ww_row_init(&ww_entity_encounter, &like);
	like.person = w->person.id;
	s = ww_authorized_settle(w);
	if (s == WW_OK)
		s = ww_find(w->l, w->cx, encounter, "by_person", &like, &stays);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		const struct ww_encounter *e = WW_ROW(&stays, encounter, i);

		if (e->id == w->after.id || is_moved(w, e->id))
			continue;
		if (ww_stay_is_recent(e, w->cx->now))
			s = ww_again(w->a, w->cx, w->cx->arena, &w->person, e,
			    w->corrected ? judge_corrected : judge_known, w);
		else if (is_scored_yet(e, w->cx->now) && !w->corrected)
			s = ww_again(w->a, w->cx, w->cx->arena, &w->person, e, judge_late, w);
	}
	return s == WW_OK ? ww_authorized_judge(w) : s;
}
