/* The outbox as a whole: what makes a row due, walking through many of them, and what too long a wait does. */
#include "apply/work.h"

enum { PAGE = 64, MINUTE_MS = 60000, HOUR_MS = 3600000 };

void
ww_apply_owe(struct ww_outbox *row, int64_t now)
{
	if (row->state != WW_outbox_state_DUE || row->owed_ms == 0)
		row->owed_ms = now;
	row->state = WW_outbox_state_DUE;
}

/* With an arena of its own, emptied for each page: there may be more rows than the work of one record may hold. */
ww_status
ww_apply_each_row(struct ww_apply *a, struct ww_ctx *cx, ww_str endpoint,
    enum ww_outbox_state state, ww_apply_row_fn *each, void *arg)
{
	struct ww_ctx page = { .arena = ww_arena_new(0), .now = cx->now, .seq = cx->seq };
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
		s = ww_ledger_after(
		    a->set.ledger, &page, &ww_entity_outbox, "by_endpoint", &like, PAGE, &rows);
		for (size_t i = 0; s == WW_OK && !stop && i < rows.n; i++) {
			like.id = WW_ROW(&rows, outbox, i)->id;
			s = each(arg, a, &page, WW_ROW(&rows, outbox, i), &stop);
		}
	}
	if (s != WW_OK)
		cx->fail = page.fail;
	ww_arena_free(page.arena);
	return s;
}

/* -- age --------------------------------------------------------------------------------------------- */

struct age {
	int64_t park, alarm; /* due since before that */
	bool alarming;
};

/* A row is never due since before it was made, so the first that is young enough ends the walk. */
static ww_status
look_at_age(void *arg, struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, bool *stop)
{
	struct age *age = arg;

	*stop = row->created_ms > age->alarm;
	if (row->owed_ms <= age->park) {
		row->state = WW_outbox_state_PARKED;
		row->owed_ms = 0;
		row->reason = ww_arena_printf(
		    cx->arena, "not delivered within %u hours", a->config->retry_max_age);
		return ww_put(a->set.ledger, cx, outbox, row);
	}
	if (row->owed_ms > age->alarm)
		return WW_OK;
	age->alarming = true;
	*stop = row->created_ms > age->park; /* it can only be older ones that are to be parked */
	return WW_OK;
}

static ww_status
note_alarm(struct ww_apply *a, struct ww_ctx *cx, ww_str endpoint, bool alarming)
{
	struct ww_hand h;
	ww_status s = ww_apply_hand(a, cx, endpoint, &h);

	if (s != WW_OK || alarming == (h.alarm_ms != 0))
		return s;
	h.alarm_ms = alarming ? cx->now : 0;
	return ww_put(a->set.ledger, cx, hand, &h);
}

static ww_status
age_of(struct ww_apply *a, struct ww_ctx *cx, ww_str destination)
{
	const struct ww_config *c = a->config;
	struct age age = { .park = cx->now - (int64_t)c->retry_max_age * HOUR_MS,
		.alarm = cx->now - (int64_t)c->retry_alarm_after * MINUTE_MS };
	ww_status s = ww_apply_each_row(a, cx, destination, WW_outbox_state_DUE, look_at_age, &age);

	return s == WW_OK ? note_alarm(a, cx, destination, age.alarming) : s;
}

ww_status
ww_apply_age(struct ww_apply *a, struct ww_ctx *cx)
{
	const struct ww_config *c = a->config;
	ww_status s = WW_OK;

	if (a->held != 0)
		return WW_OK; /* after a restore nothing is sent, and that is nobody's delay */
	for (size_t i = 0; s == WW_OK && c != NULL && i < c->endpoints_n; i++)
		s = age_of(a, cx, c->endpoints[i].name);
	for (size_t i = 0; s == WW_OK && c != NULL && i < c->lanes_n; i++)
		s = age_of(a, cx, c->lanes[i].name);
	return s;
}
