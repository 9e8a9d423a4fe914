/* Finds the notice of a flag, the flags of a notice, and what follows from both. */
#include "store/notice.h"

#include "model/task_status.h"
#include "store/rows.h"

/* -- states ----------------------------------------------------------------------------------------- */

static const char *const states[WW_WORK_STATES] = { [WW_WORK_OPEN] = "open",
	[WW_WORK_ACKNOWLEDGED] = "acknowledged",
	[WW_WORK_DONE] = "done",
	[WW_WORK_RETRACTED] = "retracted" };

const char *
ww_work_state_text(enum ww_work_state s)
{
	return states[s];
}

bool
ww_work_state_parse(ww_str text, enum ww_work_state *out)
{
	for (int i = 0; i < WW_WORK_STATES; i++) {
		*out = (enum ww_work_state)i;
		if (ww_str_is(text, states[i]))
			return true;
	}
	return false;
}

/* By what the receiver has said, whatever it was of. */
static enum ww_work_state
state_of_status(const struct ww_outbox *n)
{
	if (ww_str_is(n->change, "cancel"))
		return WW_WORK_RETRACTED;
	if (ww_task_is_over(n->remote_status))
		return WW_WORK_DONE;
	return ww_task_is_taken(n->remote_status) ? WW_WORK_ACKNOWLEDGED : WW_WORK_OPEN;
}

/* n NULL: nobody is told. What was raised after the answer was not answered. */
static enum ww_work_state
state_of_flag(const struct ww_flag *f, const struct ww_outbox *n)
{
	if (f->state == WW_flag_state_DONE)
		return WW_WORK_DONE;
	if (f->state != WW_flag_state_OPEN)
		return WW_WORK_RETRACTED;
	if (n == NULL || (n->answered != 0 && n->answered < (f->id >> 16)))
		return WW_WORK_OPEN;
	return state_of_status(n);
}

/* The engine completed it: of what was withdrawn last nothing was wrong, all had been done. */
static bool
was_completed(const struct ww_rows *flags)
{
	const struct ww_flag *last = NULL;

	for (size_t i = 0; i < flags->n; i++) {
		const struct ww_flag *f = WW_ROW(flags, flag, i);

		if (last == NULL || f->retracted_by > last->retracted_by ||
		    (f->retracted_by == last->retracted_by && f->state < last->state))
			last = f;
	}
	return last != NULL && last->state == WW_flag_state_DONE;
}

/* Of what it tells of the one that is least settled. */
static enum ww_work_state
state_of_notice(const struct ww_outbox *n, const struct ww_rows *flags)
{
	enum ww_work_state least = WW_WORK_RETRACTED;

	if (ww_str_is(n->change, "cancel"))
		return n->resource == WW_resource_type_TASK && was_completed(flags)
		           ? WW_WORK_DONE
		           : WW_WORK_RETRACTED;
	if (n->about != 0 || flags->n == 0) /* that something was retracted is its news */
		return state_of_status(n);
	for (size_t i = 0; i < flags->n; i++) {
		enum ww_work_state s = state_of_flag(WW_ROW(flags, flag, i), n);

		if (s < least)
			least = s;
	}
	return least;
}

/* -- which belongs to which -------------------------------------------------------------------------- */

ww_str
ww_flag_party(const struct ww_flag *f)
{
	return f->receiver.n > 0 ? f->receiver : f->practice;
}

bool
ww_notice_is_shown(const struct ww_outbox *n)
{
	return n->message == 0 && n->withheld == 0 && n->state != WW_outbox_state_SUPPRESSED &&
	       n->state != WW_outbox_state_DISCARDED;
}

static bool
is_stay_task(const struct ww_outbox *n)
{
	return n->resource == WW_resource_type_TASK && n->flag == 0 && n->about == 0;
}

/* It is in the Task of its stay, or of its authorization. */
static bool
is_in_task(const struct ww_flag *f)
{
	return f->form == WW_flag_form_STAY_TASK || f->form == WW_flag_form_NONE;
}

static bool
is_for(const struct ww_outbox *n, const struct ww_flag *f)
{
	return n->role == f->role && ww_str_eq(n->practice, ww_flag_party(f));
}

/* Copies and what went to a backup tell of it, too, but are not what is waited for. */
static bool
is_notice_of(const struct ww_outbox *n, const struct ww_flag *f)
{
	if (!is_for(n, f) || n->message != 0 || n->backup != 0 || n->about != 0)
		return false;
	return n->flag == f->id ||
	       (is_stay_task(n) && is_in_task(f) && n->encounter == f->encounter &&
	           (n->encounter != 0 || n->authorization == f->authorization));
}

/* The newest that is shown, else the newest. */
static void
pick(const struct ww_rows *rows, const struct ww_flag *f, struct ww_item *out)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct ww_outbox *n = WW_ROW(rows, outbox, i);

		if (!is_notice_of(n, f))
			continue;
		if (out->has_notice && ww_notice_is_shown(&out->notice) && !ww_notice_is_shown(n))
			continue;
		out->notice = *n;
		out->has_notice = true;
	}
}

static ww_status
find_notice(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_flag *f, struct ww_item *out)
{
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = f->encounter;
	like.person = f->person;
	if (f->encounter != 0) {
		s = ww_find(l, cx, outbox, "by_encounter", &like, &rows);
		if (s == WW_OK)
			pick(&rows, f, out);
		return s;
	}
	for (int v = WW_outbox_state_NONE + 1; s == WW_OK && v < (int)ww_outbox_state_count; v++) {
		like.state = v;
		s = ww_find(l, cx, outbox, "by_lane", &like, &rows);
		if (s == WW_OK)
			pick(&rows, f, out);
	}
	return s;
}

static ww_status
one_flag(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_rows *out)
{
	struct ww_flag *f = ww_arena_alloc(cx->arena, sizeof(*f));
	bool found;
	ww_status s;

	*out = (struct ww_rows){ .p = f, .n = 0 };
	if (f == NULL)
		return ww_fail_memory(cx);
	ww_row_init(&ww_entity_flag, f);
	f->id = id;
	s = ww_get(l, cx, flag, f, &found);
	out->n = s == WW_OK && found;
	return s;
}

static ww_status
task_flags(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_outbox *n, struct ww_rows *out)
{
	struct ww_gather g = { .cx = cx, .e = &ww_entity_flag };
	struct ww_flag like, *to;
	struct ww_rows all;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.encounter = n->encounter;
	if (n->encounter == 0)
		return one_flag(l, cx, 0, out); /* whose flags it has is not written anywhere */
	s = ww_find(l, cx, flag, "by_encounter", &like, &all);
	for (size_t i = 0; s == WW_OK && i < all.n; i++) {
		const struct ww_flag *f = WW_ROW(&all, flag, i);

		if (!is_in_task(f) || !is_for(n, f))
			continue;
		to = ww_gather_next(&g);
		if (to == NULL)
			return ww_fail_memory(cx);
		*to = *f;
	}
	*out = ww_gather_rows(&g);
	return s;
}

/* What a correction, an update or what went to the backup is about tells of the same. */
static ww_status
find_flags(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_outbox *n, struct ww_rows *out)
{
	struct ww_outbox about;
	bool found;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_outbox, &about);
	about.id = n->about;
	if (n->flag == 0 && n->about != 0) {
		s = ww_get(l, cx, outbox, &about, &found);
		if (s == WW_OK && found)
			n = &about;
	}
	if (s != WW_OK)
		return s;
	return n->flag != 0 ? one_flag(l, cx, n->flag, out) : task_flags(l, cx, n, out);
}

/* -- items ------------------------------------------------------------------------------------------- */

ww_id
ww_item_subject(const struct ww_item *i)
{
	return i->has_notice ? i->notice.id : i->flag.id;
}

static int64_t
latest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The rest of it, once notice and flags are known. */
static ww_status
complete(struct ww_ledger *l, struct ww_ctx *cx, struct ww_item *i)
{
	struct ww_note like;
	ww_status s;

	ww_row_init(&ww_entity_note, &like);
	like.subject = ww_item_subject(i);
	s = ww_ledger_scan(l, cx, &ww_entity_note, 1, &like, 0, &i->notes);
	if (s != WW_OK)
		return s;
	i->version = i->has_notice ? latest(i->notice.wanted, i->notice.answered)
	                           : latest(i->flag.cause, i->flag.retracted_by);
	if (i->notes.n > 0)
		i->version = latest(i->version, WW_ROW(&i->notes, note, i->notes.n - 1)->seq);
	i->state = i->has_flag ? state_of_flag(&i->flag, i->has_notice ? &i->notice : NULL)
	                       : state_of_notice(&i->notice, &i->flags);
	return WW_OK;
}

static void
start(struct ww_item *i)
{
	*i = (struct ww_item){ .has_notice = false };
	ww_row_init(&ww_entity_outbox, &i->notice);
	ww_row_init(&ww_entity_flag, &i->flag);
}

ww_status
ww_item_of_notice(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_outbox *notice, struct ww_item *out)
{
	ww_status s;

	start(out);
	out->notice = *notice;
	out->has_notice = true;
	s = find_flags(l, cx, notice, &out->flags);
	return s == WW_OK ? complete(l, cx, out) : s;
}

ww_status
ww_item_of_flag(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_flag *flag, struct ww_item *out)
{
	ww_status s;

	start(out);
	out->flag = *flag;
	out->has_flag = true;
	s = find_notice(l, cx, flag, out);
	if (s == WW_OK && out->has_notice)
		s = find_flags(l, cx, &out->notice, &out->flags);
	else if (s == WW_OK)
		s = one_flag(l, cx, flag->id, &out->flags);
	return s == WW_OK ? complete(l, cx, out) : s;
}

ww_status
ww_item_get(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, struct ww_item *out, bool *found)
{
	struct ww_outbox notice;
	struct ww_flag flag;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &notice);
	notice.id = id;
	s = ww_get(l, cx, outbox, &notice, found);
	*found = *found && notice.message == 0;
	if (s != WW_OK || *found)
		return s == WW_OK ? ww_item_of_notice(l, cx, &notice, out) : s;
	ww_row_init(&ww_entity_flag, &flag);
	flag.id = id;
	s = ww_get(l, cx, flag, &flag, found);
	return s == WW_OK && *found ? ww_item_of_flag(l, cx, &flag, out) : s;
}

/* The newest note of that deed. */
static const struct ww_note *
newest(const struct ww_item *i, const char *deed)
{
	for (size_t k = i->notes.n; k > 0; k--)
		if (ww_str_is(WW_ROW(&i->notes, note, k - 1)->deed, deed))
			return WW_ROW(&i->notes, note, k - 1);
	return NULL;
}

ww_str
ww_item_assignee(const struct ww_item *i)
{
	const struct ww_note *n = newest(i, "ack");

	return n != NULL ? n->who : ww_str_empty();
}

ww_str
ww_item_outcome(const struct ww_item *i)
{
	const struct ww_note *n = newest(i, "done");

	return n != NULL ? n->text : ww_str_empty();
}
