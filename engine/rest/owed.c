/* Rows of the outbox as resources. */
#include "rest/owed.h"

#include "store/rows.h"

#include <wardwire/composer.h>
#include <wardwire/json.h>

enum {
	BATCH = 64,
	LOOKS_MOST =
	    1000, /* of one page: each is composed to be looked at, and meanwhile nobody else is answered */
};

/* Of these states is what a practice is told of, in the order in which a search goes through them. */
static const enum ww_outbox_state states[] = { WW_outbox_state_DUE, WW_outbox_state_PARKED,
	WW_outbox_state_SETTLED, WW_outbox_state_QUIET };

enum { STATES = sizeof(states) / sizeof(states[0]) };

static int64_t
resource_type(ww_str type)
{
	if (ww_str_is(type, "Task"))
		return WW_resource_type_TASK;
	return ww_str_is(type, "Communication") ? WW_resource_type_COMMUNICATION
	                                        : WW_resource_type_NONE;
}

bool
ww_rest_is_owed(const struct ww_rest_scope *s, ww_str type)
{
	return s->party.n > 0 && resource_type(type) != WW_resource_type_NONE;
}

static bool
is_shown(const struct ww_rest_scope *s, ww_str type, const struct ww_outbox *row)
{
	for (size_t i = 0; i < STATES; i++)
		if (row->state == states[i])
			return row->resource == resource_type(type) &&
			       ww_str_eq(row->practice, s->party) && row->withheld == 0;
	return false;
}

/* The resource as it is sent; *found is false when there is nothing to be sent. */
static ww_status
make(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_rest_scope *s, ww_str type,
    const struct ww_outbox *row, struct ww_resource *out, bool *found)
{
	int64_t sent = row->settled_ms != 0 ? row->settled_ms : row->created_ms;
	int64_t updated = row->answered_ms > sent ? row->answered_ms : sent;
	struct ww_template t;
	struct ww_json *tree;
	ww_status st;

	ww_row_init(&ww_entity_template, &t);
	t.outbox = row->id;
	st = ww_get(l, cx, template, &t, found);
	if (st != WW_OK || !*found)
		return st;
	ww_row_init(&ww_entity_resource, out);
	out->feed = s->feed;
	out->type = type;
	out->id = ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(row->id));
	out->version = row->answered > row->wanted ? row->answered : row->wanted;
	out->updated_ms = updated;
	st = ww_compose_finish(cx, t.text, out->id, row->remote_status, sent, &out->text);
	if (st == WW_OK)
		st = ww_json_parse(cx, out->text, &tree);
	return st == WW_OK ? ww_resource_keys(cx, tree, updated, &out->keys) : st;
}

ww_status
ww_rest_owed_get(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_rest_scope *s, ww_str type,
    ww_str id, struct ww_resource *out, bool *found)
{
	struct ww_outbox row;
	ww_status st;

	*found = false;
	ww_row_init(&ww_entity_outbox, &row);
	if (!ww_id_parse(id, &row.id))
		return WW_OK;
	st = ww_get(l, cx, outbox, &row, found);
	*found = st == WW_OK && *found && is_shown(s, type, &row);
	return *found ? make(cx, l, s, type, &row, out, found) : st;
}

/* -- searching -------------------------------------------------------------------------------------- */

struct search {
	struct ww_ctx *cx;
	struct ww_ledger *l;
	const struct ww_rest_scope *scope;
	const struct ww_resource_query *q;
	size_t limit, looks;
	struct ww_resource_place *at;
	struct ww_gather found;
	bool stop;
};

static bool
fits(const struct search *s, const struct ww_resource *r)
{
	for (size_t i = 0; i < s->q->n; i++)
		if (!ww_criterion_holds(&s->q->v[i], r->id, r->keys))
			return false;
	return true;
}

static ww_status
look_at(struct search *s, const struct ww_outbox *row)
{
	struct ww_resource r, *to;
	bool found = false;
	ww_status st = WW_OK;

	if (is_shown(s->scope, s->q->type, row))
		st = make(s->cx, s->l, s->scope, s->q->type, row, &r, &found);
	if (st != WW_OK)
		return st;
	if (found && fits(s, &r)) {
		s->stop = s->found.n == s->limit;
		if (s->stop)
			return WW_OK;
		to = ww_gather_next(&s->found);
		if (to == NULL)
			return ww_fail_memory(s->cx);
		*to = r;
	}
	s->at->line = ww_str_from(ww_outbox_state_text(row->state));
	s->at->id = ww_arena_printf(s->cx->arena, WW_ID_FMT, WW_ID_ARG(row->id));
	s->stop = ++s->looks >= LOOKS_MOST;
	return WW_OK;
}

static ww_status
in_state(struct search *s, enum ww_outbox_state state, ww_id after)
{
	struct ww_rows rows = { .n = BATCH };
	struct ww_outbox like;
	ww_status st = WW_OK;

	ww_row_init(&ww_entity_outbox, &like);
	like.state = state;
	like.endpoint = s->scope->endpoint;
	like.id = after;
	while (st == WW_OK && !s->stop && rows.n == BATCH) {
		st = ww_ledger_after(
		    s->l, s->cx, &ww_entity_outbox, "by_endpoint", &like, BATCH, &rows);
		for (size_t i = 0; st == WW_OK && !s->stop && i < rows.n; i++) {
			like.id = WW_ROW(&rows, outbox, i)->id;
			st = look_at(s, WW_ROW(&rows, outbox, i));
		}
	}
	return st;
}

ww_status
ww_rest_owed_search(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_rest_scope *scope,
    const struct ww_resource_query *q, size_t limit, struct ww_resource_place *at,
    struct ww_rows *out, bool *more)
{
	struct search s = { .cx = cx,
		.l = l,
		.scope = scope,
		.q = q,
		.limit = limit,
		.at = at,
		.found = { .cx = cx, .e = &ww_entity_resource } };
	ww_status st = WW_OK;
	ww_id after = 0;
	size_t i = 0;

	if (at->id.n > 0) {
		while (i < STATES && !ww_str_is(at->line, ww_outbox_state_text(states[i])))
			i++;
		if (i == STATES || !ww_id_parse(at->id, &after))
			return ww_fail(cx, WW_E_VALUE, "_page", "not a page that this server gave");
	}
	for (; st == WW_OK && !s.stop && i < STATES; i++) {
		st = in_state(&s, states[i], after);
		after = 0;
	}
	*more = s.stop;
	if (st == WW_OK)
		*out = ww_gather_rows(&s.found);
	return st;
}
