/* What is open is found by the rows todo; what is about a member by its stays; the rest among all that is settled for
 * worklists. */
#include "report/worklist.h"

#include "model/member.h"
#include "report/flags.h"
#include "report/item.h"
#include "store/rows.h"

#include <wardwire/arena.h>

#include <stdlib.h>

enum {
	BATCH = 32,
	COUNTED = 1000,
	LOOKS_MOST = 400, /* of one page: meanwhile nobody else is answered */
};

/* -- who sees what ------------------------------------------------------------------------------------- */

static bool
is_worklist(const struct ww_config *c, ww_str endpoint)
{
	const struct ww_endpoint *e = ww_config_endpoint(c, endpoint);

	return e != NULL && e->kind == WW_ENDPOINT_WORKLIST;
}

static bool
sees(const struct ww_worklist_eye *eye, const struct ww_outbox *n)
{
	return n->sent != 0 && ww_notice_is_shown(n) && is_worklist(eye->config, n->endpoint) &&
	       (eye->party.n == 0 || ww_str_eq(eye->party, n->practice)) &&
	       (eye->role == WW_role_NONE || n->role == WW_role_NONE || eye->role == n->role);
}

ww_status
ww_worklist_item(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_worklist_eye *eye,
    ww_id id, struct ww_item *out, bool *found)
{
	struct ww_outbox n;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &n);
	n.id = id;
	s = ww_get(l, cx, outbox, &n, found);
	*found = s == WW_OK && *found && sees(eye, &n);
	return *found ? ww_item_of_notice(l, cx, &n, out) : s;
}

/* -- a page -------------------------------------------------------------------------------------------- */

struct page {
	struct ww_ledger *l;
	struct ww_ctx *cx, *look; /* of what is listed, of what is looked at */
	const struct ww_worklist_eye *eye;
	const struct ww_worklist_filter *f;
	ww_str member; /* as numbers are compared */
	struct ww_json *list;
	size_t n, looks;
	ww_str at; /* "name/id": what was looked at last */
	bool full;
};

static bool
has_flag(const struct page *p, const struct ww_item *i)
{
	if (p->f->kind == WW_flag_kind_NONE && p->f->program.n == 0)
		return true;
	for (size_t k = 0; k < i->flags.n; k++) {
		const struct ww_flag *f = WW_ROW(&i->flags, flag, k);

		if ((p->f->kind == WW_flag_kind_NONE || f->kind == p->f->kind) &&
		    (p->f->program.n == 0 || ww_str_eq(f->program, p->f->program)))
			return true;
	}
	return false;
}

static bool
fits(const struct page *p, const struct ww_item *i)
{
	const struct ww_worklist_filter *f = p->f;

	return (f->states >> i->state & 1) != 0 &&
	       (f->party.n == 0 || ww_str_eq(f->party, i->notice.practice)) &&
	       (f->role == WW_role_NONE || f->role == i->notice.role) && has_flag(p, i) &&
	       (!f->overdue || ww_item_is_overdue(i, f->now));
}

/* The member's number is in what is sent, and only there is it this receiver's. */
static bool
is_of_member(const struct page *p, const struct ww_json *item)
{
	ww_str member = ww_json_str(ww_json_find(item, "patient.member"));

	return p->member.n == 0 || ww_str_eq(p->member, ww_member_key(p->look, member));
}

static ww_status
look_at(struct page *p, ww_str name, const struct ww_outbox *n)
{
	struct ww_item i;
	struct ww_json *item;
	ww_status s;

	p->full = p->n == p->f->limit || p->looks == LOOKS_MOST;
	if (p->full)
		return WW_OK;
	p->looks++;
	p->at =
	    ww_arena_printf(p->cx->arena, "%.*s/" WW_ID_FMT, WW_STR_FMT(name), WW_ID_ARG(n->id));
	if (!sees(p->eye, n))
		return WW_OK;
	s = ww_item_of_notice(p->l, p->look, n, &i);
	if (s != WW_OK || !fits(p, &i))
		return s;
	s = ww_flags_notice(p->l, p->cx, &i, p->f->now, false, &item);
	if (s != WW_OK || !is_of_member(p, item))
		return s;
	ww_json_add(p->cx, p->list, item);
	p->n++;
	return WW_OK;
}

/* Where the page before ended: the name, and the id behind which this one begins. */
static ww_str
begin_of(const struct ww_worklist_filter *f, ww_id *id)
{
	ww_str text, name = ww_str_cut(f->after, '/', &text);

	*id = 0;
	(void)ww_id_parse(text, id);
	return name;
}

static ww_status
open_items(struct page *p)
{
	bool one = p->eye->party.n > 0;
	struct ww_rows rows = { .n = BATCH };
	struct ww_todo from, to;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_todo, &from);
	ww_row_init(&ww_entity_todo, &to);
	from.party = begin_of(p->f, &from.outbox);
	if (one) /* whatever the page says: nobody gets at another's */
		from.party = p->eye->party;
	to.party = one ? p->eye->party : WW_STR("\xff");
	to.outbox = INT64_MAX;
	while (s == WW_OK && !p->full && rows.n == BATCH) {
		ww_ctx_clear(p->look);
		s = ww_ledger_between(
		    p->l, p->look, &ww_entity_todo, &from, &to, false, BATCH, &rows);
		for (size_t i = 0; s == WW_OK && !p->full && i < rows.n; i++) {
			const struct ww_todo *t = WW_ROW(&rows, todo, i);
			struct ww_outbox n;
			bool found;

			ww_row_init(&ww_entity_outbox, &n);
			n.id = t->outbox;
			s = ww_get(p->l, p->look, outbox, &n, &found);
			if (s == WW_OK && found)
				s = look_at(p, t->party, &n);
			from.outbox = t->outbox;
			from.party = one ? p->eye->party : ww_arena_str(p->cx->arena, t->party);
		}
	}
	return s;
}

static ww_status
of_endpoint(struct page *p, const struct ww_endpoint *e, ww_id after)
{
	struct ww_rows rows = { .n = BATCH };
	struct ww_outbox like;
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_outbox, &like);
	like.state = WW_outbox_state_SETTLED;
	like.endpoint = e->name;
	like.id = after;
	while (s == WW_OK && !p->full && rows.n == BATCH) {
		ww_ctx_clear(p->look);
		s = ww_ledger_after(
		    p->l, p->look, &ww_entity_outbox, "by_endpoint", &like, BATCH, &rows);
		for (size_t i = 0; s == WW_OK && !p->full && i < rows.n; i++) {
			like.id = WW_ROW(&rows, outbox, i)->id;
			s = look_at(p, e->name, WW_ROW(&rows, outbox, i));
		}
	}
	return s;
}

static ww_status
all_items(struct page *p)
{
	const struct ww_config *c = p->eye->config;
	ww_id after;
	ww_str name = begin_of(p->f, &after);
	bool begun = name.n == 0;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && !p->full && i < c->endpoints_n; i++) {
		const struct ww_endpoint *e = &c->endpoints[i];
		bool here = ww_str_eq(name, e->name);

		begun = begun || here;
		if (begun && e->kind == WW_ENDPOINT_WORKLIST)
			s = of_endpoint(p, e, here ? after : 0);
	}
	return s;
}

/* -- of one member -------------------------------------------------------------------------------------- */

static ww_status
add_settled(struct page *p, const char *index, const struct ww_outbox *like, struct ww_gather *g)
{
	struct ww_rows rows;
	ww_status s = ww_find(p->l, p->look, outbox, index, like, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_outbox *n = WW_ROW(&rows, outbox, i);
		struct ww_outbox *to;

		if (n->state != WW_outbox_state_SETTLED || n->encounter != like->encounter)
			continue;
		to = ww_gather_next(g);
		if (to == NULL)
			return ww_fail_memory(p->look);
		*to = *n;
	}
	return s;
}

/* By their stays, as these may have been another person's once; and what is about no stay. */
static ww_status
add_person(struct page *p, ww_id person, struct ww_gather *g)
{
	struct ww_encounter stay;
	struct ww_outbox like;
	struct ww_rows stays;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &like);
	like.person = person;
	like.state = WW_outbox_state_SETTLED;
	s = add_settled(p, "by_lane", &like, g);
	ww_row_init(&ww_entity_encounter, &stay);
	stay.person = person;
	if (s == WW_OK)
		s = ww_find(p->l, p->look, encounter, "by_person", &stay, &stays);
	for (size_t i = 0; s == WW_OK && i < stays.n; i++) {
		like.encounter = WW_ROW(&stays, encounter, i)->id;
		s = add_settled(p, "by_encounter", &like, g);
	}
	return s;
}

static int
by_id(const void *a, const void *b)
{
	const struct ww_outbox *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static ww_status
of_member(struct page *p)
{
	struct ww_gather g = { .cx = p->look, .e = &ww_entity_outbox };
	struct ww_member like;
	struct ww_rows rows;
	ww_id after;
	ww_status s;

	(void)begin_of(p->f, &after);
	ww_row_init(&ww_entity_member, &like);
	like.number = p->member;
	s = ww_ledger_scan(p->l, p->look, &ww_entity_member, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		s = add_person(p, WW_ROW(&rows, member, i)->person, &g);
	rows = ww_gather_rows(&g);
	if (s == WW_OK && rows.n > 0)
		qsort(rows.p, rows.n, sizeof(struct ww_outbox), by_id);
	for (size_t i = 0; s == WW_OK && !p->full && i < rows.n; i++)
		if (WW_ROW(&rows, outbox, i)->id > after)
			s = look_at(p, WW_STR("member"), WW_ROW(&rows, outbox, i));
	return s;
}

/* -- all of it ------------------------------------------------------------------------------------------- */

ww_status
ww_worklist_page(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_worklist_eye *eye,
    const struct ww_worklist_filter *f, struct ww_json **out)
{
	const unsigned open = 1u << WW_WORK_OPEN | 1u << WW_WORK_ACKNOWLEDGED;
	struct ww_ctx look = { .arena = ww_arena_new(0), .now = cx->now };
	struct page p = { .l = l,
		.cx = cx,
		.look = &look,
		.eye = eye,
		.f = f,
		.member = ww_member_key(cx, f->member),
		.list = ww_json_array(cx),
		.at = ww_str_empty() };
	ww_status s;

	if (look.arena == NULL)
		return ww_fail_memory(cx);
	if (f->member.n > 0)
		s = of_member(&p);
	else
		s = (f->states & ~open) == 0 ? open_items(&p) : all_items(&p);
	if (s != WW_OK && cx->fail.status == WW_OK)
		cx->fail = look.fail;
	ww_arena_free(look.arena);
	if (s != WW_OK)
		return s;
	*out = ww_json_object(cx);
	ww_json_set(cx, *out, "items", p.list);
	if (p.full)
		ww_json_set_str(cx, *out, "next", p.at);
	return WW_OK;
}

/* -- counts -------------------------------------------------------------------------------------------- */

static void
put_count(struct ww_ctx *cx, struct ww_json *counts, ww_str party, int64_t n)
{
	if (n > 0)
		ww_json_set_int(cx, counts, ww_arena_cstr(cx->arena, party), n);
}

ww_status
ww_worklist_counts(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *counts)
{
	struct ww_ctx look = { .arena = ww_arena_new(0) };
	struct ww_rows rows = { .n = COUNTED };
	struct ww_todo from, to;
	int64_t n = 0;
	ww_status s = WW_OK;

	if (look.arena == NULL)
		return ww_fail_memory(cx);
	ww_row_init(&ww_entity_todo, &from);
	ww_row_init(&ww_entity_todo, &to);
	to.party = WW_STR("\xff");
	while (s == WW_OK && rows.n == COUNTED) {
		ww_ctx_clear(&look);
		s = ww_ledger_between(l, &look, &ww_entity_todo, &from, &to, false, COUNTED, &rows);
		for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
			const struct ww_todo *t = WW_ROW(&rows, todo, i);

			if (!ww_str_eq(from.party, t->party)) {
				put_count(cx, counts, from.party, n);
				from.party = ww_arena_str(cx->arena, t->party);
				n = 0;
			}
			from.outbox = t->outbox;
			n++;
		}
	}
	put_count(cx, counts, from.party, n);
	if (s != WW_OK)
		cx->fail = look.fail;
	ww_arena_free(look.arena);
	return s;
}
