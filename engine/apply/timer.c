/* Timers: rows in the order of when they are due, which leave the ledger when they fire. */
#include "apply/timer.h"

#include "apply/authorized.h"
#include "apply/deadline.h"
#include "apply/digest.h"
#include "apply/quiet.h"
#include "apply/work.h"

enum { FIRED_MAX = 2000, PAGE = 200, IDS_MAX = 0xffff, ROOM = 4000 };

/* What each kind does. One that has no function yet only goes. */
static ww_timer_fn *const fires[ww_timer_kind_count] = {
	[WW_timer_kind_TASK_WARN] = ww_deadline_warn,
	[WW_timer_kind_TASK_BREACH] = ww_deadline_breach,
	[WW_timer_kind_TASK_BACKUP] = ww_deadline_backup,
	[WW_timer_kind_QUIET_END] = ww_quiet_end,
	[WW_timer_kind_DIGEST] = ww_digest_send,
	[WW_timer_kind_FORWARD] = ww_authorized_forward,
};

bool
ww_chunk_full(const struct ww_ctx *cx)
{
	return cx->ordinal > IDS_MAX - ROOM;
}

/* -- setting and clearing --------------------------------------------------------------------------------- */

static struct ww_timer
timer_of(enum ww_timer_kind kind, ww_id subject, ww_str name)
{
	struct ww_timer t;

	ww_row_init(&ww_entity_timer, &t);
	t.kind = kind;
	t.subject = subject;
	t.name = name;
	return t;
}

/* The one of that kind, subject and name. *out keeps its key when there is none. */
static ww_status
find(struct ww_apply *a, struct ww_ctx *cx, struct ww_timer *out, bool *found)
{
	struct ww_rows rows;
	ww_status s = ww_find(a->set.ledger, cx, timer, "by_subject", out, &rows);

	*found = false;
	for (size_t i = 0; s == WW_OK && i < rows.n && !*found; i++) {
		const struct ww_timer *t = WW_ROW(&rows, timer, i);

		*found = ww_str_eq(t->name, out->name);
		if (*found)
			*out = *t;
	}
	return s;
}

static ww_status
clear(struct ww_apply *a, struct ww_ctx *cx, struct ww_timer like)
{
	bool found;
	ww_status s = find(a, cx, &like, &found);

	if (s != WW_OK || !found)
		return s;
	a->due_known = false;
	return ww_ledger_remove(a->set.ledger, cx, &ww_entity_timer, &like);
}

static ww_status
set(struct ww_apply *a, struct ww_ctx *cx, struct ww_timer like, int64_t due_ms)
{
	struct ww_timer now = like;
	bool found;
	ww_status s = find(a, cx, &now, &found);

	if (s != WW_OK || (found && now.due_ms == due_ms))
		return s;
	a->due_known = false;
	if (found)
		s = ww_ledger_remove(a->set.ledger, cx, &ww_entity_timer, &now);
	like.due_ms = due_ms;
	like.set = (int64_t)cx->seq;
	return s == WW_OK ? ww_put(a->set.ledger, cx, timer, &like) : s;
}

ww_status
ww_timer_set(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_id subject, int64_t due_ms)
{
	return set(a, cx, timer_of(kind, subject, ww_str_empty()), due_ms);
}

ww_status
ww_timer_clear(struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_id subject)
{
	return clear(a, cx, timer_of(kind, subject, ww_str_empty()));
}

ww_status
ww_timer_clear_all(struct ww_apply *a, struct ww_ctx *cx, ww_id subject)
{
	ww_status s = WW_OK;

	for (int64_t kind = 0; s == WW_OK && kind < (int64_t)ww_timer_kind_count; kind++)
		s = ww_timer_clear(a, cx, (enum ww_timer_kind)kind, subject);
	return s;
}

ww_status
ww_timer_set_named(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_str name, int64_t due_ms)
{
	return set(a, cx, timer_of(kind, 0, name), due_ms);
}

ww_status
ww_timer_clear_named(struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_str name)
{
	return clear(a, cx, timer_of(kind, 0, name));
}

ww_status
ww_timer_find_named(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_str name, int64_t *due_ms)
{
	struct ww_timer t = timer_of(kind, 0, name);
	bool found;
	ww_status s = find(a, cx, &t, &found);

	*due_ms = s == WW_OK && found ? t.due_ms : 0;
	return s;
}

ww_status
ww_timer_find(
    struct ww_apply *a, struct ww_ctx *cx, enum ww_timer_kind kind, ww_id subject, int64_t *due_ms)
{
	struct ww_timer t = timer_of(kind, subject, ww_str_empty());
	bool found;
	ww_status s = find(a, cx, &t, &found);

	*due_ms = s == WW_OK && found ? t.due_ms : 0;
	return s;
}

/* -- firing ------------------------------------------------------------------------------------------------ */

/* Those due first, in the context of the record. */
static ww_status
due_page(struct ww_apply *a, struct ww_ctx *cx, struct ww_rows *out)
{
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_timer, 0, NULL, PAGE, out);

	for (size_t i = 0; s == WW_OK && i < out->n; i++) {
		if (WW_ROW(out, timer, i)->due_ms > cx->now)
			out->n = i;
	}
	return s;
}

/* One that fired before it may have cleared it. */
static ww_status
fire(struct ww_apply *a, struct ww_ctx *one, const struct ww_timer *t)
{
	struct ww_timer now = *t;
	bool found;
	ww_status s = ww_get(a->set.ledger, one, timer, &now, &found);

	if (s != WW_OK || !found)
		return s;
	s = ww_ledger_remove(a->set.ledger, one, &ww_entity_timer, t);
	if (s == WW_OK && fires[t->kind] != NULL)
		s = fires[t->kind](a, one, t);
	return s;
}

/* *left says how many more may fire in this record. */
static ww_status
fire_page(struct ww_apply *a, struct ww_ctx *cx, struct ww_ctx *one, const struct ww_rows *rows,
    size_t *left)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i<rows->n && * left> 0; i++) {
		ww_arena_reset(one->arena);
		one->ordinal = cx->ordinal;
		s = fire(a, one, WW_ROW(rows, timer, i));
		cx->ordinal = one->ordinal;
		*left = ww_chunk_full(cx) ? 0 : *left - 1;
	}
	if (s != WW_OK)
		cx->fail = one->fail;
	return s;
}

ww_status
ww_timer_fire_due(struct ww_apply *a, struct ww_ctx *cx, struct ww_ctx *one)
{
	struct ww_rows rows = { .n = PAGE };
	size_t left = FIRED_MAX;
	ww_status s = WW_OK;

	while (s == WW_OK && left > 0 && rows.n == PAGE) {
		ww_arena_reset(one->arena);
		s = due_page(a, cx, &rows);
		if (s == WW_OK && rows.n > 0)
			a->due_known = false;
		if (s == WW_OK)
			s = fire_page(a, cx, one, &rows, &left);
	}
	return s;
}

/* -- the sweep --------------------------------------------------------------------------------------------- */

ww_status
ww_timer_sweep(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_ctx one = { .now = cx->now, .seq = cx->seq };
	ww_status s;

	if (a->config == NULL)
		return WW_OK;
	one.arena = ww_arena_new(0);
	if (one.arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "timers");
	s = ww_timer_fire_due(a, cx, &one);
	if (s == WW_OK)
		s = ww_job_run_due(a, cx, &one);
	ww_arena_free(one.arena);
	return s;
}

ww_status
ww_timer_due(struct ww_apply *a, struct ww_ctx *cx, int64_t *due_ms)
{
	struct ww_rows rows;
	ww_status s = ww_job_due(a, cx, due_ms);

	if (s == WW_OK)
		s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_timer, 0, NULL, 1, &rows);
	if (s == WW_OK && rows.n > 0 && WW_ROW(&rows, timer, 0)->due_ms < *due_ms)
		*due_ms = WW_ROW(&rows, timer, 0)->due_ms;
	return s;
}
