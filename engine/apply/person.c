/* Marks persons and judges them in chunks. A mark is a row, so that nobody is forgotten whatever ends the engine; the judging is
 * what ww_judge_person does at any record. */
#include "apply/person.h"

#include "apply/work.h"

#include "model/attribution.h"

#include <string.h>

enum {
	PAGE = 100,    /* persons read at a time */
	PERSONS = 500, /* judged in one record: what comes in meanwhile waits for so many */
};
/* For how long somebody may wait for a patient at most: period_days of follow-up/1. */
static const int64_t FOLLOWED_MS = INT64_C(90) * 86400000;

/* -- who asks for it --------------------------------------------------------------------------------- */

/* Judged when the person is: what ends it may be a claim or another stay. */
static const enum ww_flag_kind beside[] = { WW_flag_kind_FOLLOW_UP_CONTACT,
	WW_flag_kind_FOLLOW_UP_VISIT };
/* Of a stay, and found by others of the person. */
static const enum ww_flag_kind by_others[] = { WW_flag_kind_FOLLOW_UP_CONTACT,
	WW_flag_kind_FOLLOW_UP_VISIT, WW_flag_kind_READMISSION, WW_flag_kind_RECENT_STAY };

static bool
asks_of_others(const struct ww_program *p)
{
	for (size_t i = 0; i < sizeof(by_others) / sizeof(by_others[0]); i++) {
		if (p->flags[by_others[i]].as != WW_flag_form_NONE)
			return true;
	}
	return false;
}

static bool
asks(const struct ww_program *p)
{
	for (size_t i = 0; i < p->rules_n; i++) {
		const struct ww_rule *rule = ww_rule_find(p->rules[i]);

		if (rule != NULL && rule->on == WW_ON_PERSON)
			return true;
	}
	return asks_of_others(p);
}

static bool
any_program(const struct ww_apply *a, bool (*wants)(const struct ww_program *p))
{
	for (size_t i = 0; i < a->programs.n; i++) {
		if (wants(&a->programs.v[i]))
			return true;
	}
	return false;
}

static bool
is_asked_for(const struct ww_apply *a)
{
	return any_program(a, asks);
}

/* -- marking ----------------------------------------------------------------------------------------- */

static ww_status
mark(struct ww_apply *a, struct ww_ctx *cx, ww_id person)
{
	struct ww_person_mark row;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_person_mark, &row);
	row.person = person;
	s = ww_get(a->set.ledger, cx, person_mark, &row, &found);
	if (s != WW_OK || found)
		return s;
	row.marked_ms = cx->now;
	s = ww_put(a->set.ledger, cx, person_mark, &row);
	return s == WW_OK ? ww_job_wake(a, cx, WW_PERSONS_MARKED) : s;
}

ww_status
ww_person_mark(struct ww_work *w)
{
	if (w->person.id == 0 || w->test || w->person.test != 0 || !is_asked_for(w->a))
		return WW_OK;
	return mark(w->a, w->cx, w->person.id);
}

ww_status
ww_person_mark_other(struct ww_work *w, ww_id person)
{
	return w->test || !is_asked_for(w->a) ? WW_OK : mark(w->a, w->cx, person);
}

ww_status
ww_person_mark_attributed(struct ww_apply *a, struct ww_ctx *cx, ww_id person)
{
	return is_asked_for(a) ? mark(a, cx, person) : WW_OK;
}

static bool
same_time(ww_time a, ww_time b)
{
	return a.ms == b.ms && a.prec == b.prec;
}

ww_status
ww_person_mark_stay(struct ww_work *w)
{
	const struct ww_encounter *b = &w->before, *e = &w->after;

	if (e->id == 0 ||
	    (!w->is_new && b->status == e->status && b->class_ == e->class_ &&
	        same_time(b->start, e->start) && same_time(b->end, e->end) &&
	        same_time(b->ed_start, e->ed_start) &&
	        same_time(b->inpatient_start, e->inpatient_start) &&
	        b->merged_into == e->merged_into && ww_str_eq(b->disposition, e->disposition)))
		return WW_OK;
	return ww_person_mark(w);
}

/* -- judging one ------------------------------------------------------------------------------------- */

static ww_status
judge_person(struct ww_work *w)
{
	return ww_judge_person(w);
}

static ww_status
judge_stay(struct ww_work *w)
{
	ww_status s = ww_again_feed(w, true);

	if (s == WW_OK)
		s = ww_attribute(w);
	return s == WW_OK ? ww_judge(w) : s;
}

/* Open, or ended so shortly after it was raised that what ended it may be taken back: an admission that never was. */
static bool
is_beside(const struct ww_flag *f, int64_t now)
{
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		if (f->kind == (int64_t)beside[i])
			return f->encounter != 0 &&
			       (f->state == WW_flag_state_OPEN || now - f->raised_ms < FOLLOWED_MS);
	}
	return false;
}

/* The stays of such flags, each once. */
static ww_status
judge_stays(
    struct ww_apply *a, struct ww_ctx *cx, struct ww_arena *arena, const struct ww_person *p)
{
	struct ww_flag like;
	struct ww_rows flags;
	ww_id last = 0;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.person = p->id;
	s = ww_find(a->set.ledger, cx, flag, "by_person", &like, &flags);
	for (size_t i = 0; s == WW_OK && i < flags.n; i++) {
		const struct ww_flag *f = WW_ROW(&flags, flag, i);
		struct ww_encounter e;
		bool found;

		if (!is_beside(f, cx->now) || f->encounter == last)
			continue;
		ww_row_init(&ww_entity_encounter, &e);
		e.id = last = f->encounter;
		s = ww_get(a->set.ledger, cx, encounter, &e, &found);
		ww_arena_reset(arena);
		if (s == WW_OK && found && e.merged_into == 0)
			s = ww_again(a, cx, arena, p, &e, judge_stay, NULL);
	}
	return s;
}

/* Judged with them already. */
static bool
has_beside(const struct ww_rows *flags, ww_id stay, int64_t now)
{
	for (size_t i = 0; i < flags->n; i++) {
		if (WW_ROW(flags, flag, i)->encounter == stay &&
		    is_beside(WW_ROW(flags, flag, i), now))
			return true;
	}
	return false;
}

/* Somebody was told of it, or is to be; what is over and was told to nobody is history. */
static bool
is_of_interest(const struct ww_encounter *e, const struct ww_rows *flags, int64_t now)
{
	bool told = e->status != WW_encounter_status_FINISHED;

	for (size_t i = 0; i < flags->n && !told; i++)
		told = WW_ROW(flags, flag, i)->encounter == e->id;
	return told && e->merged_into == 0 && ww_stay_is_recent(e, now) &&
	       !has_beside(flags, e->id, now);
}

/* The one of which something was heard last was judged then, when all others were known. */
static ww_id
newest_heard(const struct ww_rows *stays)
{
	const struct ww_encounter *last = NULL;

	for (size_t i = 0; i < stays->n; i++) {
		const struct ww_encounter *e = WW_ROW(stays, encounter, i);

		if (last == NULL || e->last_event > last->last_event)
			last = e;
	}
	return last != NULL ? last->id : 0;
}

/* What is said of the person's other stays follows from it as well: a discharge that was held up makes the next admission a
 * return, and one that never was does not. */
static ww_status
judge_others(
    struct ww_apply *a, struct ww_ctx *cx, struct ww_arena *arena, const struct ww_person *p)
{
	struct ww_encounter of_person;
	struct ww_rows stays, flags;
	struct ww_flag like;
	ww_id newest;
	ww_status s;

	if (!any_program(a, asks_of_others))
		return WW_OK;
	ww_row_init(&ww_entity_encounter, &of_person);
	of_person.person = p->id;
	s = ww_find(a->set.ledger, cx, encounter, "by_person", &of_person, &stays);
	if (s != WW_OK || stays.n < 2)
		return s;
	newest = newest_heard(&stays);
	ww_row_init(&ww_entity_flag, &like);
	like.person = p->id;
	s = ww_find(a->set.ledger, cx, flag, "by_person", &like, &flags);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		const struct ww_encounter *e = WW_ROW(&stays, encounter, i);

		ww_arena_reset(arena);
		if (e->id != newest && is_of_interest(e, &flags, cx->now))
			s = ww_again(a, cx, arena, p, e, judge_stay, NULL);
	}
	return s;
}

static ww_status
judge_one(struct ww_apply *a, struct ww_ctx *cx, struct ww_arena *arena, const struct ww_person *p)
{
	struct ww_encounter none;
	ww_status s;

	if (p->merged_into != 0 || p->test != 0)
		return WW_OK;
	ww_row_init(&ww_entity_encounter, &none);
	ww_arena_reset(arena);
	s = ww_again(a, cx, arena, p, &none, judge_person, NULL);
	return s == WW_OK ? judge_stays(a, cx, arena, p) : s;
}

/* -- jobs -------------------------------------------------------------------------------------------- */

/* Whoever it turned out to be since is judged instead. */
static ww_status
judge_marked(
    struct ww_apply *a, struct ww_ctx *cx, struct ww_arena *arena, const struct ww_person_mark *row)
{
	struct ww_person p;
	bool found = true;
	ww_status s = ww_ledger_remove(a->set.ledger, cx, &ww_entity_person_mark, row);

	ww_row_init(&ww_entity_person, &p);
	p.merged_into = row->person;
	while (s == WW_OK && found && p.merged_into != 0) {
		p.id = p.merged_into;
		s = ww_get(a->set.ledger, cx, person, &p, &found);
	}
	if (s != WW_OK || !found)
		return s;
	s = judge_one(a, cx, arena, &p);
	return s == WW_OK && p.test == 0 ? judge_others(a, cx, arena, &p) : s;
}

ww_status
ww_person_marked_job(struct ww_apply *a, struct ww_ctx *cx, struct ww_job *job, bool *ended)
{
	struct ww_arena *arena = ww_arena_new(0);
	ww_status s = WW_OK;
	size_t n = 0;

	if (arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "persons");
	while (s == WW_OK && !*ended && n < PERSONS && !ww_chunk_full(cx)) {
		struct ww_rows rows;

		s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_person_mark, 0, NULL, PAGE, &rows);
		*ended = s == WW_OK && rows.n == 0;
		for (size_t i = 0; s == WW_OK && i < rows.n && !ww_chunk_full(cx); i++, n++) {
			s = judge_marked(a, cx, arena, WW_ROW(&rows, person_mark, i));
			job->done++;
		}
	}
	ww_arena_free(arena);
	return s;
}

ww_status
ww_person_nightly_job(struct ww_apply *a, struct ww_ctx *cx, struct ww_job *job, bool *ended)
{
	struct ww_arena *arena;
	ww_status s = WW_OK;
	size_t n = 0;

	*ended = !is_asked_for(a);
	if (*ended)
		return s;
	arena = ww_arena_new(0);
	if (arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "persons");
	while (s == WW_OK && !*ended && n < PERSONS && !ww_chunk_full(cx)) {
		struct ww_person from, to;
		struct ww_rows rows;

		ww_row_init(&ww_entity_person, &from);
		ww_row_init(&ww_entity_person, &to);
		from.id = job->at;
		to.id = INT64_MAX;
		s = ww_ledger_between(
		    a->set.ledger, cx, &ww_entity_person, &from, &to, false, PAGE, &rows);
		*ended = s == WW_OK && rows.n == 0;
		for (size_t i = 0; s == WW_OK && i < rows.n && !ww_chunk_full(cx); i++, n++) {
			s = judge_one(a, cx, arena, WW_ROW(&rows, person, i));
			job->at = WW_ROW(&rows, person, i)->id;
			job->done++;
		}
	}
	ww_arena_free(arena);
	return s;
}
