/* Goes through flags, from the newest on, and looks up the notice of each that fits. */
#include "report/flags.h"

#include "model/member.h"
#include "report/item.h"

#include <wardwire/arena.h>

enum { PAGE = 64 };

/* -- a line ------------------------------------------------------------------------------------------- */

/* to, role: who is told. */
static void
add_row(struct ww_ctx *cx, const struct ww_item *i, const struct ww_flag *f, ww_str to,
    int64_t role, int64_t now, struct ww_json *list)
{
	struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

	ww_item_id(cx, o, "id", i->has_flag ? f->id : i->notice.id);
	ww_json_set_cstr(cx, o, "state", ww_work_state_text(i->state));
	ww_json_set_cstr(cx, o, "kind", ww_flag_kind_text(f->kind));
	ww_json_set_str(cx, o, "practice", f->practice);
	ww_json_set_str(cx, o, "party", to);
	ww_item_role(cx, o, role);
	ww_item_program(cx, o, f);
	ww_json_set_str(cx, o, "rule", f->rule);
	ww_json_set_str(cx, o, "band", f->band);
	ww_item_clock(cx, o, i, now);
	ww_item_told(cx, o, i);
	ww_json_set_str(cx, o, "assignee", ww_item_assignee(i));
	ww_json_set_str(cx, o, "not-told", i->has_flag ? f->limited : ww_str_empty());
}

/* -- which --------------------------------------------------------------------------------------------- */

struct listing {
	struct ww_ledger *l;
	struct ww_ctx *cx;   /* of what is listed */
	struct ww_ctx *page; /* of what is looked at */
	const struct ww_flags_filter *f;
	struct ww_json *list;
	size_t left;
};

/* By what the flag itself says. */
static bool
may_fit(const struct ww_flags_filter *f, const struct ww_flag *flag)
{
	int ended = flag->state == WW_flag_state_DONE ? WW_WORK_DONE : WW_WORK_RETRACTED;

	if (flag->state != WW_flag_state_OPEN && (f->overdue || (f->states >> ended & 1) == 0))
		return false;
	return (!f->limited || flag->limit != WW_flag_limit_NONE) &&
	       (f->kind == WW_flag_kind_NONE || f->kind == flag->kind) &&
	       (f->program.n == 0 || ww_str_eq(f->program, flag->program));
}

static bool
is_for(const struct ww_flags_filter *f, ww_str party, int64_t role)
{
	return (f->party.n == 0 || ww_str_eq(f->party, party)) &&
	       (f->role == WW_role_NONE || f->role == role);
}

static void
take(struct listing *x, const struct ww_item *i, const struct ww_flag *f, ww_str to, int64_t role)
{
	if ((x->f->states >> i->state & 1) == 0 ||
	    (x->f->overdue && !ww_item_is_overdue(i, x->f->now)))
		return;
	x->left--;
	add_row(x->cx, i, f, to, role, x->f->now, x->list);
}

/* The same told to somebody else. */
static bool
is_copy(const struct ww_flag *f, const struct ww_outbox *n)
{
	return n->resource == WW_resource_type_COMMUNICATION &&
	       ww_str_is(n->subject, ww_flag_kind_text(f->kind)) &&
	       (n->role != f->role || !ww_str_eq(n->practice, ww_flag_party(f)));
}

static ww_status
look_at_copies(struct listing *x, const struct ww_flag *flag)
{
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &like);
	like.flag = flag->id;
	s = ww_find(x->l, x->page, outbox, "by_flag", &like, &rows);
	for (size_t k = 0; s == WW_OK && k < rows.n && x->left > 0; k++) {
		const struct ww_outbox *n = WW_ROW(&rows, outbox, k);
		struct ww_item i;

		if (!is_copy(flag, n) || !is_for(x->f, n->practice, n->role))
			continue;
		s = ww_item_of_notice(x->l, x->page, n, &i);
		if (s == WW_OK)
			take(x, &i, flag, n->practice, n->role);
	}
	return s;
}

/* Copies are listed where it is asked who is told: of a flag itself they say nothing more. */
static ww_status
look_at(struct listing *x, const struct ww_flag *flag)
{
	struct ww_item i;
	ww_status s = WW_OK;

	if (!may_fit(x->f, flag))
		return WW_OK;
	if (is_for(x->f, ww_flag_party(flag), flag->role)) {
		s = ww_item_of_flag(x->l, x->page, flag, &i);
		if (s == WW_OK)
			take(x, &i, flag, ww_flag_party(flag), flag->role);
	}
	if (s == WW_OK && x->left > 0 && !x->f->limited &&
	    (x->f->party.n > 0 || x->f->role != WW_role_NONE))
		s = look_at_copies(x, flag);
	return s;
}

/* Of all there are. */
static ww_status
go_through(struct listing *x)
{
	struct ww_rows rows = { .n = PAGE };
	struct ww_flag from, to;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_flag, &from);
	ww_row_init(&ww_entity_flag, &to);
	to.id = INT64_MAX;
	while (s == WW_OK && rows.n == PAGE && x->left > 0) {
		ww_ctx_clear(x->page);
		s = ww_ledger_between(
		    x->l, x->page, &ww_entity_flag, &from, &to, true, PAGE, &rows);
		for (size_t i = 0; s == WW_OK && i < rows.n && x->left > 0; i++) {
			to.id = WW_ROW(&rows, flag, i)->id;
			s = look_at(x, WW_ROW(&rows, flag, i));
		}
	}
	return s;
}

static ww_status
of_person(struct listing *x, ww_id person)
{
	struct ww_flag like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.person = person;
	s = ww_find(x->l, x->page, flag, "by_person", &like, &rows);
	for (size_t i = rows.n; s == WW_OK && i > 0 && x->left > 0; i--)
		s = look_at(x, WW_ROW(&rows, flag, i - 1));
	return s;
}

static ww_status
of_member(struct listing *x)
{
	struct ww_member like;
	struct ww_rows rows = { .n = 0 };
	ww_status s;

	ww_row_init(&ww_entity_member, &like);
	like.number = ww_member_key(x->page, x->f->member);
	s = ww_ledger_scan(x->l, x->page, &ww_entity_member, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n && x->left > 0; i++)
		s = of_person(x, WW_ROW(&rows, member, i)->person);
	return s;
}

ww_status
ww_flags_list(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_flags_filter *f, struct ww_json **out)
{
	struct ww_ctx page = { .arena = ww_arena_new(0) };
	struct listing x = { l, cx, &page, f, ww_json_array(cx), f->most };
	ww_status s;

	*out = x.list;
	if (page.arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory to go through flags");
	s = f->member.n > 0 ? of_member(&x) : go_through(&x);
	if (s != WW_OK)
		cx->fail = page.fail;
	ww_arena_free(page.arena);
	return s;
}

/* -- one ----------------------------------------------------------------------------------------------- */

ww_status
ww_flags_show(struct ww_ledger *l, struct ww_ctx *cx, ww_id id, int64_t now, struct ww_json **out)
{
	struct ww_item i;
	struct ww_json *o;
	bool found;
	ww_status s = ww_item_get(l, cx, id, &i, &found);

	*out = NULL;
	if (s != WW_OK || !found)
		return s;
	o = *out = ww_json_object(cx);
	ww_item_id(cx, o, "id", id);
	ww_json_set_cstr(cx, o, "state", ww_work_state_text(i.state));
	ww_item_clock(cx, o, &i, now);
	ww_json_set_str(cx, o, "assignee", ww_item_assignee(&i));
	ww_json_set_str(cx, o, "outcome", ww_item_outcome(&i));
	s = ww_item_person(l, cx, &i, o);
	if (s == WW_OK)
		s = ww_item_stay(l, cx, &i, o);
	ww_item_notice(cx, o, &i);
	if (s == WW_OK)
		s = ww_item_flags(cx, o, &i, WW_ITEM_ALL);
	ww_item_notes(cx, o, &i);
	ww_item_history(cx, o, &i);
	return s;
}

/* -- for its receiver ---------------------------------------------------------------------------------- */

static ww_status
look_at_policy(struct ww_ledger *l, struct ww_ctx *cx, ww_id encounter, enum ww_item_view *out)
{
	struct ww_encounter e;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_encounter, &e);
	e.id = encounter;
	s = ww_get(l, cx, encounter, &e, &found);
	*out = e.policy == WW_policy_NONE ? WW_ITEM_TOLD : WW_ITEM_EVENT_ONLY;
	return s;
}

ww_status
ww_flags_notice(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_item *i, int64_t now,
    bool whole, struct ww_json **out)
{
	const struct ww_outbox *n = &i->notice;
	struct ww_json *o = *out = ww_json_object(cx);
	enum ww_item_view view;
	ww_status s;

	ww_item_id(cx, o, "id", n->id);
	ww_json_set_int(cx, o, "version", i->version);
	ww_json_set_cstr(cx, o, "state", ww_work_state_text(i->state));
	ww_json_set_str(cx, o, "party", n->practice);
	ww_item_role(cx, o, n->role);
	ww_json_set_str(cx, o, "practice", n->concerns);
	ww_json_set_cstr(cx, o, "resource", ww_resource_type_text(n->resource));
	ww_json_set_str(cx, o, "subject", n->subject);
	ww_json_set_cstr(cx, o, "priority", ww_priority_text(n->priority));
	ww_item_clock(cx, o, i, now);
	ww_json_set_str(cx, o, "assignee", ww_item_assignee(i));
	ww_json_set_str(cx, o, "outcome", ww_item_outcome(i));
	s = ww_item_content(l, cx, i, whole, o);
	if (s == WW_OK)
		s = look_at_policy(l, cx, n->encounter, &view);
	if (s == WW_OK)
		s = ww_item_flags(cx, o, i, view);
	if (s == WW_OK && whole)
		ww_item_notes(cx, o, i);
	return s;
}
