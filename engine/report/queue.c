/* Walks through the outbox page by page: it may be long. */
#include "report/queue.h"

#include "model/lane.h"
#include "report/moment.h"

#include <wardwire/arena.h>

enum { PAGE = 64 };

static const enum ww_outbox_state waiting[] = { WW_outbox_state_DUE, WW_outbox_state_PARKED,
	WW_outbox_state_DISCARDED, WW_outbox_state_QUIET };

enum { WAITING = sizeof(waiting) / sizeof(waiting[0]) };

ww_status
ww_queue_each(struct ww_ledger *l, struct ww_ctx *cx, ww_str endpoint, enum ww_outbox_state state,
    ww_queue_row_fn *each, void *arg)
{
	struct ww_ctx page = { .arena = ww_arena_new(0) };
	struct ww_rows rows = { .n = PAGE };
	struct ww_outbox like;
	bool stop = false;
	ww_status s = WW_OK;

	if (page.arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory to go through the outbox");
	ww_row_init(&ww_entity_outbox, &like);
	like.state = state;
	like.endpoint = endpoint;
	while (s == WW_OK && !stop && rows.n == PAGE) {
		ww_ctx_clear(&page);
		s = ww_ledger_after(l, &page, &ww_entity_outbox, "by_endpoint", &like, PAGE, &rows);
		for (size_t i = 0; s == WW_OK && !stop && i < rows.n; i++) {
			like.id = WW_ROW(&rows, outbox, i)->id;
			each(arg, cx, WW_ROW(&rows, outbox, i), &stop);
		}
	}
	if (s != WW_OK)
		cx->fail = page.fail;
	ww_arena_free(page.arena);
	return s;
}

/* -- endpoints --------------------------------------------------------------------------------------- */

struct tally {
	int64_t n, oldest;
};

static void
count(void *arg, struct ww_ctx *cx, const struct ww_outbox *row, bool *stop)
{
	struct tally *t = arg;

	(void)cx;
	(void)stop;
	t->n++;
	if (row->owed_ms != 0 && (t->oldest == 0 || row->owed_ms < t->oldest))
		t->oldest = row->owed_ms;
}

static ww_status
endpoint_json(struct ww_ledger *l, struct ww_ctx *cx, ww_str endpoint, struct ww_json *list)
{
	struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));
	struct tally due = { 0, 0 };
	struct ww_hand h;
	bool found;
	ww_status s;

	ww_json_set_str(cx, o, "name", endpoint);
	ww_row_init(&ww_entity_hand, &h);
	h.endpoint = endpoint;
	s = ww_get(l, cx, hand, &h, &found);
	for (size_t i = 0; s == WW_OK && i < WAITING; i++) {
		struct tally t = { 0, 0 };

		s = ww_queue_each(l, cx, endpoint, waiting[i], count, &t);
		ww_json_set_int(cx, o, ww_outbox_state_text(waiting[i]), t.n);
		if (waiting[i] == WW_outbox_state_DUE)
			due = t;
	}
	ww_report_moment(cx, o, "oldest", due.oldest);
	ww_report_moment(cx, o, "paused", h.paused_ms);
	if (h.why.n > 0)
		ww_json_set_str(cx, o, "paused-because", h.why);
	ww_report_moment(cx, o, "alarm", h.alarm_ms);
	return s;
}

ww_status
ww_queue_endpoints(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json **out)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_destination, 0, NULL, 0, &rows);

	*out = ww_json_array(cx);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		s = endpoint_json(l, cx, WW_ROW(&rows, destination, i)->name, *out);
	return s;
}

/* -- notices ----------------------------------------------------------------------------------------- */

struct listing {
	struct ww_json *list;
	size_t left;
};

static void
add_row(void *arg, struct ww_ctx *cx, const struct ww_outbox *r, bool *stop)
{
	struct listing *x = arg;
	struct ww_json *o;

	if (x->left == 0) {
		*stop = true;
		return;
	}
	x->left--;
	o = ww_json_add(cx, x->list, ww_json_object(cx));
	ww_json_set_str(cx, o, "id", ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(r->id)));
	ww_json_set_str(cx, o, "endpoint", r->endpoint);
	if (r->message != 0)
		ww_json_set_int(cx, o, "message", r->message);
	ww_json_set_str(cx, o, "practice", r->practice);
	ww_json_set_cstr(cx, o, "resource", ww_resource_type_text(r->resource));
	ww_json_set_str(cx, o, "subject", r->subject);
	ww_json_set_cstr(cx, o, "state", ww_outbox_state_text(r->state));
	ww_json_set_str(cx, o, "change", r->change);
	ww_report_moment(cx, o, "created", r->created_ms);
	ww_report_moment(cx, o, "since", r->owed_ms);
	ww_json_set_int(cx, o, "attempts", r->attempts);
	if (r->http != 0)
		ww_json_set_int(cx, o, "http", r->http);
	ww_json_set_str(cx, o, "reason", r->reason);
}

static ww_status
list_endpoint(struct ww_ledger *l, struct ww_ctx *cx, const struct ww_queue_filter *f,
    ww_str endpoint, struct listing *x)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < WAITING; i++) {
		if (f->state == WW_outbox_state_NONE || f->state == (int64_t)waiting[i])
			s = ww_queue_each(l, cx, endpoint, waiting[i], add_row, x);
	}
	return s;
}

ww_status
ww_queue_list(
    struct ww_ledger *l, struct ww_ctx *cx, const struct ww_queue_filter *f, struct ww_json **out)
{
	struct listing x = { ww_json_array(cx), f->most };
	struct ww_rows rows;
	ww_status s = WW_OK;

	*out = x.list;
	s = ww_ledger_scan(l, cx, &ww_entity_destination, 0, NULL, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		ww_str name = WW_ROW(&rows, destination, i)->name;

		if (f->endpoint.n == 0 || ww_lane_leads_to(name, f->endpoint))
			s = list_endpoint(l, cx, f, name, &x);
	}
	return s;
}
