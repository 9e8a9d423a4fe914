/* What operators ordered about endpoints, and what the clock says of them. */
#include "courier/parts.h"

#include <wardwire/log.h>

static void
log_pause(const struct ww_endpoint *e, const struct ww_hand *h)
{
	if (h->why.n > 0)
		ww_log(WW_LOG_ERROR, "endpoint=%.*s paused=\"%.*s\"", WW_STR_FMT(e->name),
		    WW_STR_FMT(h->why));
	else
		ww_log(WW_LOG_WARN, "endpoint=%.*s paused=over", WW_STR_FMT(e->name));
}

static void
log_alarm(const struct ww_endpoint *e, const struct ww_hand *h)
{
	if (h->alarm_ms != 0)
		ww_log(WW_LOG_ERROR, "endpoint=%.*s alarm=\"a notice is due for too long\"",
		    WW_STR_FMT(e->name));
	else
		ww_log(WW_LOG_WARN, "endpoint=%.*s alarm=over", WW_STR_FMT(e->name));
}

/* What an operator ordered about the endpoint, and what the clock says of it. */
static void
take_hand(struct ww_courier *c, size_t i, const struct ww_hand *h)
{
	struct ww_turns *q = &c->turns[i];

	q->gate.paused = h->paused != 0;
	if (h->retried != q->retried) {
		q->retried = h->retried;
		q->refusals = 0;
		q->gate.until = 0;
		ww_lanes_end_rests(&q->lanes);
	}
	if ((h->why.n > 0) != q->paused)
		log_pause(&c->set.config->endpoints[i], h);
	q->paused = h->why.n > 0;
	if ((h->alarm_ms != 0) != q->alarm)
		log_alarm(&c->set.config->endpoints[i], h);
	q->alarm = h->alarm_ms != 0;
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

ww_status
ww_hands_read(struct ww_courier *c)
{
	const struct ww_config *config = c->set.config;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < config->endpoints_n; i++) {
		struct ww_hand h;
		bool found;

		ww_ctx_clear(&c->cx);
		ww_row_init(&ww_entity_hand, &h);
		h.endpoint = config->endpoints[i].name;
		s = ww_get(c->set.view, &c->cx, hand, &h, &found);
		if (s == WW_OK)
			take_hand(c, i, &h);
	}
	if (s == WW_OK)
		s = read_hold(c);
	c->hands = s == WW_OK ? c->seen : 0;
	return s;
}
