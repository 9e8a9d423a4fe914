/* What operators ordered about endpoints, and what the clock says of them. */
#include "courier/parts.h"

#include <wardwire/log.h>

static void
log_pause(ww_str name, const struct ww_hand *h)
{
	if (h->why.n > 0)
		ww_log(WW_LOG_ERROR, "endpoint=%.*s paused=\"%.*s\"", WW_STR_FMT(name),
		    WW_STR_FMT(h->why));
	else
		ww_log(WW_LOG_WARN, "endpoint=%.*s paused=over", WW_STR_FMT(name));
}

static void
log_alarm(ww_str name, bool message, const struct ww_hand *h)
{
	if (h->alarm_ms != 0)
		ww_log(WW_LOG_ERROR, "endpoint=%.*s alarm=\"a %s is due for too long\"",
		    WW_STR_FMT(name), message ? "message" : "notice");
	else
		ww_log(WW_LOG_WARN, "endpoint=%.*s alarm=over", WW_STR_FMT(name));
}

/* True when there is a new order to try at once. rows: all hands there are. */
static bool
take_hand(const struct ww_rows *rows, ww_str name, bool message, struct ww_hand_seen *seen)
{
	struct ww_hand blank;
	const struct ww_hand *h = &blank;
	bool retry;

	ww_row_init(&ww_entity_hand, &blank);
	for (size_t i = 0; i < rows->n; i++) {
		if (ww_str_eq(WW_ROW(rows, hand, i)->endpoint, name))
			h = WW_ROW(rows, hand, i);
	}
	retry = h->retried != seen->retried;
	seen->retried = h->retried;
	seen->held = h->paused != 0;
	if ((h->why.n > 0) != seen->paused)
		log_pause(name, h);
	seen->paused = h->why.n > 0;
	if ((h->alarm_ms != 0) != seen->alarm)
		log_alarm(name, message, h);
	seen->alarm = h->alarm_ms != 0;
	return retry;
}

static void
look_at_endpoint(struct ww_courier *c, const struct ww_rows *rows, size_t i)
{
	struct ww_turns *q = &c->turns[i];
	bool retry = take_hand(rows, c->set.config->endpoints[i].name, false, &q->hand);

	q->gate.paused = q->hand.held;
	if (!retry)
		return;
	q->refusals = 0;
	q->gate.until = 0;
	ww_lanes_end_rests(&q->lanes);
}

/* An endpoint's hand is on all lanes to it. */
static void
look_at_lane(const struct ww_rows *rows, struct ww_forward *f)
{
	bool retry = take_hand(rows, f->lane->name, true, &f->own);

	retry = take_hand(rows, f->lane->endpoint->name, true, &f->endpoint) || retry;
	if (retry)
		ww_forward_retry(f);
}

/* After a restore nothing leaves before an operator's release. */
static ww_status
read_hold(struct ww_courier *c)
{
	struct ww_cursor cursor;
	bool found;
	ww_status s;

	ww_ctx_clear(&c->cx);
	ww_row_init(&ww_entity_cursor, &cursor);
	cursor.id = 1;
	s = ww_get(c->set.view, &c->cx, cursor, &cursor, &found);
	if (s != WW_OK)
		return s;
	if ((cursor.held != 0) != c->held)
		ww_log(WW_LOG_WARN, "sending=%s journal=%lld",
		    cursor.held != 0 ? "held" : "released",
		    (long long)(cursor.held != 0 ? cursor.held : cursor.seq));
	c->held = cursor.held != 0;
	return WW_OK;
}

/* One search: there is a row of what an order or an alarm was about, and of nothing else. */
ww_status
ww_hands_read(struct ww_courier *c)
{
	const struct ww_config *config = c->set.config;
	struct ww_rows rows;
	ww_status s;

	ww_ctx_clear(&c->cx);
	s = ww_ledger_scan(c->set.view, &c->cx, &ww_entity_hand, 0, NULL, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < config->endpoints_n; i++)
		look_at_endpoint(c, &rows, i);
	for (size_t i = 0; s == WW_OK && i < config->lanes_n; i++)
		look_at_lane(&rows, &c->forwards[i]);
	if (s == WW_OK)
		s = read_hold(c);
	c->hands = s == WW_OK ? c->seen : 0;
	return s;
}
