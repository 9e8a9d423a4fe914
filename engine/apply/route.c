/* Raw routes: which messages are sent on as they came. A row of the outbox says that one is to go to one endpoint; the bytes
 * stay in the journal. */
#include "apply/work.h"

#include "model/lane.h"

#include <wardwire/hl7v2.h>

#include <assert.h>

/* -- filters ----------------------------------------------------------------------------------------- */

static bool
is_one_of(const struct ww_texts *texts, ww_str text)
{
	for (size_t i = 0; i < texts->n; i++) {
		if (ww_str_eq(texts->v[i], text))
			return true;
	}
	return false;
}

static bool
holds(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_condition *c)
{
	ww_str text;

	(void)ww_hl7_text(cx, m, &c->path, &text); /* empty unless there is a value */
	return is_one_of(&c->any, text);
}

/* The condition that keeps the message from the route, NULL: it is taken. */
static const struct ww_condition *
first_against(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_route *r)
{
	for (size_t i = 0; i < r->when.n; i++) {
		if (!holds(cx, m, &r->when.v[i]))
			return &r->when.v[i];
	}
	for (size_t i = 0; i < r->except.n; i++) {
		if (holds(cx, m, &r->except.v[i]))
			return &r->except.v[i];
	}
	return NULL;
}

/* Why the route does not take it; empty: it does. m is NULL for a message that cannot be read. */
static ww_str
why_not(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_route *r)
{
	const struct ww_condition *c;

	if (r->when.n + r->except.n == 0)
		return ww_str_empty();
	if (m == NULL)
		return WW_STR("the message cannot be read");
	c = first_against(cx, m, r);
	return c == NULL ? ww_str_empty()
	                 : ww_arena_printf(cx->arena, "%.*s does not fit", WW_STR_FMT(c->text));
}

/* -- rows --------------------------------------------------------------------------------------------- */

/* The lane has older rows than those that were looked at. */
static ww_status
look_back(struct ww_apply *a, struct ww_ctx *cx, ww_str lane)
{
	struct ww_hand h;
	ww_status s = ww_apply_hand(a, cx, lane, &h);

	h.retried = (int64_t)cx->seq;
	return s == WW_OK ? ww_put(a->set.ledger, cx, hand, &h) : s;
}

void
ww_route_row(
    struct ww_ctx *cx, const struct ww_route_lane *lane, int64_t message, struct ww_outbox *row)
{
	row->key = ww_arena_printf(cx->arena, "%012lld-%.*s@%.*s", (long long)message,
	    WW_STR_FMT(lane->route->name), WW_STR_FMT(lane->endpoint->name));
	row->endpoint = lane->name;
	row->resource = WW_resource_type_MESSAGE;
	row->subject = lane->route->name;
	row->wanted = (int64_t)cx->seq;
	row->change = WW_STR("create");
	row->created_ms = cx->now;
	row->message = message;
	ww_apply_owe(row, cx->now);
}

/* Also when an order runs the message again, the row has an id of the message's own record: so it stands in the lane where it
 * would have stood, and pruning knows what it needs. */
static ww_status
put_row(struct ww_apply *a, struct ww_ctx *cx, const struct ww_message *message, unsigned nth,
    const struct ww_route_lane *lane)
{
	bool again = (uint64_t)message->seq != cx->seq;
	struct ww_outbox row;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = again ? ww_lane_row(message->seq, nth) : ww_ctx_id(cx);
	assert(row.id == 0 || row.id == ww_lane_row(message->seq, nth));
	if (row.id == 0)
		return cx->fail.status;
	ww_route_row(cx, lane, message->seq, &row);
	s = ww_put(a->set.ledger, cx, outbox, &row);
	return s == WW_OK && again ? look_back(a, cx, lane->name) : s;
}

static void
note_why_not(struct ww_ctx *cx, struct ww_message *message, ww_str route, ww_str why)
{
	message->unrouted =
	    ww_arena_printf(cx->arena, "%.*s%s%.*s: %.*s", WW_STR_FMT(message->unrouted),
	        message->unrouted.n > 0 ? "; " : "", WW_STR_FMT(route), WW_STR_FMT(why));
}

/* How many rows the message's own record made, and whether one is of a route: an application acknowledgement is not. */
static ww_status
count_rows(struct ww_apply *a, struct ww_ctx *cx, int64_t message, unsigned *n, bool *routed)
{
	struct ww_outbox row;
	bool found = true;
	ww_status s = WW_OK;

	*routed = false;
	for (*n = 0; s == WW_OK && found; *n += found) {
		ww_row_init(&ww_entity_outbox, &row);
		row.id = ww_lane_row(message, *n + 1);
		s = ww_get(a->set.ledger, cx, outbox, &row, &found);
		found = s == WW_OK && found && row.message == message;
		*routed = *routed || (found && !ww_str_starts(row.subject, WW_STR(WW_ACK_LANE)));
	}
	return s;
}

ww_status
ww_route_is_decided(struct ww_apply *a, struct ww_ctx *cx, int64_t message, bool *decided)
{
	unsigned n;

	return count_rows(a, cx, message, &n, decided);
}

ww_status
ww_route(struct ww_apply *a, struct ww_ctx *cx, const struct ww_feed *feed, const struct ww_hl7 *m,
    struct ww_message *message)
{
	const struct ww_config *c = a->config;
	unsigned nth = 0;
	bool routed;
	ww_status s = WW_OK;

	if ((uint64_t)message->seq != cx->seq) /* an order runs it again */
		s = count_rows(a, cx, message->seq, &nth, &routed);
	for (size_t i = 0, lane = 0; s == WW_OK && i < c->routes_n; lane += c->routes[i++].to.n) {
		const struct ww_route *r = &c->routes[i];
		ww_str why;

		if (r->from.n > 0 && !is_one_of(&r->from, feed->name))
			continue;
		why = feed->state == WW_FEED_OBSERVE ? WW_STR("the feed is only observed")
		                                     : why_not(cx, m, r);
		if (why.n > 0)
			note_why_not(cx, message, r->name, why);
		for (size_t k = 0; s == WW_OK && why.n == 0 && k < r->to.n; k++)
			s = put_row(a, cx, message, ++nth, &c->lanes[lane + k]);
	}
	return s;
}
