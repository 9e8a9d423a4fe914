/* Whose turn it is: due rows of an endpoint, page by page. */
#include "courier/parts.h"

enum {
	PAGES = 8,     /* turned at one look: others want to be looked at too */
	LOOK_MS = 20,  /* until the next look then */
	LANE_ROWS = 4, /* read at once of one person */
	PAGE_MS =
	    5, /* a pass that found nobody new is not begun again before that, for each of its pages */
	RESTING_MAX = 1024, /* lanes of an endpoint; then no other is begun */
};

void
ww_turns_start(struct ww_turns *q)
{
	q->over = true;
	q->began = UINT64_MAX; /* the first pass begins at once */
}

/* The person's oldest due row for that endpoint. */
static ww_status
oldest_row(struct ww_courier *c, const struct ww_endpoint *e, ww_id person, struct ww_outbox *out,
    bool *found)
{
	struct ww_outbox like;
	struct ww_rows rows = { .n = LANE_ROWS };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_outbox, &like);
	like.person = person;
	like.state = WW_outbox_state_DUE;
	*found = false;
	while (s == WW_OK && !*found && rows.n == LANE_ROWS) {
		s = ww_ledger_after(
		    c->set.view, &c->cx, &ww_entity_outbox, "by_lane", &like, LANE_ROWS, &rows);
		for (size_t i = 0; s == WW_OK && !*found && i < rows.n; i++) {
			*out = *WW_ROW(&rows, outbox, i);
			*found = ww_str_eq(out->endpoint, e->name);
			like.id = out->id;
		}
	}
	return s;
}

/* Starts the oldest row of the lane; one that has none is forgotten. */
static ww_status
start_lane(struct ww_courier *c, struct ww_turns *q, const struct ww_endpoint *e,
    struct ww_lane *lane, bool *started)
{
	struct ww_outbox row;
	bool found;
	ww_status s = oldest_row(c, e, lane->person, &row, &found);

	*started = false;
	if (s != WW_OK || !found) {
		ww_lanes_drop(&q->lanes, lane);
		return s;
	}
	if (lane->row != row.id)
		lane->tries = lane->absents = 0, lane->row = row.id;
	lane->until = 0;
	*started = ww_flight_start(c, q, e, lane, &row);
	if (*started)
		return WW_OK;
	ww_lanes_drop(&q->lanes, lane);
	return ww_fail(&c->cx, WW_E_MEMORY, NULL, "no memory for a delivery");
}

/* Reads the next page; a pass that is over begins anew when the rows may have changed since it began. False: there is
 * no page. */
static ww_status
turn_page(struct ww_courier *c, struct ww_turns *q, const struct ww_endpoint *e, bool *more)
{
	struct ww_outbox like;
	struct ww_rows rows;
	ww_status s;

	*more = false;
	if (q->over && q->began == c->seen)
		return WW_OK;
	if (q->over && q->again > ww_courier_now(c)) {
		ww_courier_look_again(c, q->again);
		return WW_OK;
	}
	if (q->over) {
		q->over = false;
		q->at = 0;
		q->began = c->seen;
		q->length = 0;
	}
	ww_row_init(&ww_entity_outbox, &like);
	like.state = WW_outbox_state_DUE;
	like.endpoint = e->name;
	like.id = q->at;
	s = ww_ledger_after(
	    c->set.view, &c->cx, &ww_entity_outbox, "by_endpoint", &like, WW_COURIER_PAGE, &rows);
	if (s != WW_OK)
		return s;
	for (size_t i = 0; i < rows.n; i++) {
		q->page[i] = WW_ROW(&rows, outbox, i)->person;
		q->at = WW_ROW(&rows, outbox, i)->id;
	}
	q->page_at = 0;
	q->page_n = rows.n;
	q->over = rows.n < WW_COURIER_PAGE;
	q->length++;
	q->again = q->over && q->length > 1 ? ww_courier_now(c) + q->length * PAGE_MS : 0;
	*more = true;
	return WW_OK;
}

/* A lane of which nothing is known yet and which has a row; *out NULL: there is none. */
static ww_status
new_lane(
    struct ww_courier *c, struct ww_turns *q, const struct ww_endpoint *e, struct ww_lane **out)
{
	bool more = true;
	ww_status s = WW_OK;

	*out = NULL;
	while (s == WW_OK && more && *out == NULL && q->lanes.resting.n < RESTING_MAX) {
		if (q->page_at == q->page_n && q->pages == PAGES) {
			ww_courier_look_again(c, ww_courier_now(c) + LOOK_MS);
			break;
		}
		if (q->page_at == q->page_n) {
			s = turn_page(c, q, e, &more);
			q->pages++;
			continue;
		}
		if (ww_lanes_find(&q->lanes, q->page[q->page_at]) == NULL) {
			*out = ww_lanes_add(&q->lanes, q->page[q->page_at]);
			if (*out == NULL)
				return ww_fail(&c->cx, WW_E_MEMORY, NULL, "no memory for a lane");
			q->length = 0;
			q->again = 0;
		}
		q->page_at++;
	}
	return s;
}

/* By turns one that waits for its next row and a new one, so that nobody with many rows keeps the others waiting. */
static ww_status
next_lane(
    struct ww_courier *c, struct ww_turns *q, const struct ww_endpoint *e, struct ww_lane **out)
{
	struct ww_lane *ready = q->lanes.ready.first;
	ww_status s = WW_OK;

	q->turn = !q->turn;
	*out = NULL;
	if (!q->turn || ready == NULL)
		s = new_lane(c, q, e, out);
	if (s == WW_OK && *out == NULL)
		*out = ready;
	return s;
}

ww_status
ww_turns_look(struct ww_courier *c, size_t endpoint, int64_t now)
{
	const struct ww_endpoint *e = &c->set.config->endpoints[endpoint];
	struct ww_turns *q = &c->turns[endpoint];
	unsigned places = ww_gate_room(&q->gate, e->inflight, now);
	ww_status s = WW_OK;

	q->pages = 0;
	ww_lanes_wake(&q->lanes, now);
	if (q->gate.until > now)
		ww_courier_look_again(c, q->gate.until);
	while (s == WW_OK && places > 0) {
		struct ww_lane *lane;
		bool started = false;

		s = next_lane(c, q, e, &lane);
		if (s != WW_OK || lane == NULL)
			break;
		s = start_lane(c, q, e, lane, &started);
		places -= started;
	}
	if (q->lanes.resting.n > 0)
		ww_courier_look_again(c, q->lanes.wake);
	return s;
}
