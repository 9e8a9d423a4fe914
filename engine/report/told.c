/* Reads flags that were wrong and notices that are withheld, page by page. */
#include "report/told.h"

#include "model/member.h"
#include "report/moment.h"
#include "report/queue.h"

#include <wardwire/arena.h>

enum { PAGE = 64 };

static ww_str
id_text(struct ww_ctx *cx, ww_id id)
{
	return ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(id));
}

/* The number on the roster that made the stay the practice's. */
static ww_status
member_of(struct ww_ledger *l, struct ww_ctx *cx, ww_id attribution, struct ww_attribution *at)
{
	bool found;

	ww_row_init(&ww_entity_attribution, at);
	at->id = attribution;
	return ww_get(l, cx, attribution, at, &found);
}

static bool
is_wanted(struct ww_ctx *cx, const struct ww_attribution *at, ww_str member)
{
	return member.n == 0 || ww_str_eq(at->member_key, ww_member_key(cx, member));
}

/* -- told wrongly --------------------------------------------------------------------------------------- */

struct search {
	struct ww_ledger *l;
	struct ww_ctx *cx;
	ww_str member;
	struct ww_json *list;
	size_t left;
};

/* A part of what was told: not what takes it back. */
static bool
may_have_told(const struct ww_outbox *r)
{
	return !ww_str_is(r->subject, "correction") &&
	       (r->sent != 0 || r->attempt != 0 || r->offered != 0);
}

/* When the practice first took it. */
static ww_status
first_sent(struct search *x, const struct ww_outbox *r, int64_t *ms)
{
	struct ww_attempt like;
	struct ww_rows rows;
	ww_status s;

	*ms = r->sent != 0 ? r->settled_ms : 0;
	ww_row_init(&ww_entity_attempt, &like);
	like.outbox = r->id;
	s = ww_ledger_scan(x->l, x->cx, &ww_entity_attempt, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_attempt *a = WW_ROW(&rows, attempt, i);

		if (!ww_str_is(a->result, "sent") || a->ended_ms >= *ms)
			continue;
		*ms = a->ended_ms;
	}
	return s;
}

/* What became of taking it back: the correction that names it, and of a Task its cancellation; the better of both. */
static void
add_recall(
    struct search *x, struct ww_json *o, const struct ww_rows *rows, const struct ww_outbox *told)
{
	const struct ww_outbox *by = ww_str_is(told->change, "cancel") ? told : NULL;

	for (size_t i = 0; i < rows->n; i++) {
		const struct ww_outbox *c = WW_ROW(rows, outbox, i);

		if (c->about != told->id || !ww_str_is(c->subject, "correction"))
			continue;
		if (by == NULL || by->state != WW_outbox_state_SETTLED)
			by = c;
	}
	if (by == NULL) {
		ww_json_set_cstr(x->cx, o, "recall", "none");
	} else if (by->state == WW_outbox_state_SETTLED) {
		ww_json_set_cstr(x->cx, o, "recall", "delivered");
		ww_report_moment(x->cx, o, "delivered", by->settled_ms);
	} else {
		ww_json_set_cstr(x->cx, o, "recall", ww_outbox_state_text(by->state));
	}
}

static ww_status
add_told(struct search *x, const struct ww_flag *f, const struct ww_attribution *at,
    const struct ww_rows *rows, const struct ww_outbox *r)
{
	struct ww_json *o = ww_json_add(x->cx, x->list, ww_json_object(x->cx));
	int64_t sent;
	ww_status s = first_sent(x, r, &sent);

	x->left--;
	ww_json_set_str(x->cx, o, "member", at->member_id);
	ww_json_set_str(x->cx, o, "practice", f->practice);
	ww_json_set_str(x->cx, o, "stay", id_text(x->cx, f->encounter));
	ww_json_set_str(x->cx, o, "notice", id_text(x->cx, r->id));
	ww_json_set_cstr(x->cx, o, "resource", ww_resource_type_text(r->resource));
	ww_json_set_str(x->cx, o, "subject", r->subject);
	ww_json_set_str(x->cx, o, "key", r->key);
	ww_report_moment(x->cx, o, "sent", sent);
	if (r->sent == 0)
		ww_json_set_bool(x->cx, o, "uncertain", true);
	ww_json_set_str(x->cx, o, "wrong", f->reason);
	ww_json_set_int(x->cx, o, "recalled-by", f->retracted_by);
	add_recall(x, o, rows, r);
	return s;
}

static bool
is_listed(const struct search *x, ww_str notice)
{
	for (const struct ww_json *o = ww_json_first(x->list); o != NULL; o = ww_json_next(o)) {
		if (ww_str_eq(ww_json_str(ww_json_get(o, "notice")), notice))
			return true;
	}
	return false;
}

/* The notice told of that flag: the Task of the stay, where it was there to be told of, or the flag's Communication. */
static bool
is_about(const struct ww_outbox *r, const struct ww_flag *f)
{
	if (!ww_str_eq(r->practice, f->practice))
		return false;
	return r->flag != 0 ? r->flag == f->id : r->id >> 16 <= f->retracted_by;
}

static ww_status
look_at(struct search *x, const struct ww_flag *f)
{
	struct ww_attribution at;
	struct ww_outbox like;
	struct ww_rows rows = { .n = 0 };
	ww_status s = member_of(x->l, x->cx, f->attribution, &at);

	if (s != WW_OK || !is_wanted(x->cx, &at, x->member))
		return s;
	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = f->encounter;
	s = ww_find(x->l, x->cx, outbox, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);

		if (is_about(r, f) && may_have_told(r) && x->left > 0 &&
		    !is_listed(x, id_text(x->cx, r->id)))
			s = add_told(x, f, &at, &rows, r);
	}
	return s;
}

ww_status
ww_told_wrongly(
    struct ww_ledger *l, struct ww_ctx *cx, ww_str member, size_t most, struct ww_json **out)
{
	struct search x = { l, cx, member, ww_json_array(cx), most };
	struct ww_rows rows = { .n = PAGE };
	struct ww_flag like;
	ww_status s = WW_OK;

	*out = x.list;
	ww_row_init(&ww_entity_flag, &like);
	like.wrong = 1;
	while (s == WW_OK && rows.n == PAGE && x.left > 0) {
		s = ww_ledger_after(l, cx, &ww_entity_flag, "by_wrong", &like, PAGE, &rows);
		for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
			like.id = WW_ROW(&rows, flag, i)->id;
			s = look_at(&x, WW_ROW(&rows, flag, i));
		}
	}
	return s;
}

/* -- not told ------------------------------------------------------------------------------------------- */

struct listing {
	struct ww_ledger *l;
	ww_str member;
	struct ww_json *list;
	size_t left;
	ww_status status;
};

/* A flag of the stay and practice says whose it is. */
static ww_status
member_of_row(
    struct listing *x, struct ww_ctx *cx, const struct ww_outbox *r, struct ww_attribution *at)
{
	struct ww_flag like;
	struct ww_rows rows = { .n = 0 };
	ww_id from = 0;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.encounter = r->encounter;
	s = ww_find(x->l, cx, flag, "by_encounter", &like, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		if (ww_str_eq(WW_ROW(&rows, flag, i)->practice, r->practice))
			from = WW_ROW(&rows, flag, i)->attribution;
	}
	return s == WW_OK ? member_of(x->l, cx, from, at) : s;
}

static void
add_withheld(void *arg, struct ww_ctx *cx, const struct ww_outbox *r, bool *stop)
{
	struct listing *x = arg;
	struct ww_attribution at;
	struct ww_json *o;

	if (r->withheld == 0)
		return;
	x->status = member_of_row(x, cx, r, &at);
	*stop = x->status != WW_OK || x->left == 0;
	if (*stop || !is_wanted(cx, &at, x->member))
		return;
	x->left--;
	o = ww_json_add(cx, x->list, ww_json_object(cx));
	ww_json_set_str(cx, o, "notice", id_text(cx, r->id));
	ww_json_set_str(cx, o, "stay", id_text(cx, r->encounter));
	ww_json_set_str(cx, o, "member", at.member_id);
	ww_json_set_str(cx, o, "practice", r->practice);
	ww_json_set_cstr(cx, o, "resource", ww_resource_type_text(r->resource));
	ww_json_set_str(cx, o, "subject", r->subject);
	ww_report_moment(cx, o, "since", r->created_ms);
	if (r->sent != 0)
		ww_json_set_bool(cx, o, "told-before", true);
	ww_json_set_str(cx, o, "reason", r->reason);
}

ww_status
ww_told_not(
    struct ww_ledger *l, struct ww_ctx *cx, ww_str member, size_t most, struct ww_json **out)
{
	struct listing x = { l, member, ww_json_array(cx), most, WW_OK };
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_destination, 0, NULL, 0, &rows);

	*out = x.list;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		s = ww_queue_each(l, cx, WW_ROW(&rows, destination, i)->name,
		    WW_outbox_state_SUPPRESSED, add_withheld, &x);
		if (s == WW_OK)
			s = x.status;
	}
	return s;
}
