/* Rounds: what is under way goes on, and what is due is started. */
#include "courier/parts.h"

#include <wardwire/log.h>

#include <stdlib.h>

static void
show_gauges(struct ww_courier *c, int64_t now)
{
	pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < c->set.config->endpoints_n; i++) {
		const struct ww_turns *q = &c->turns[i];

		c->gauges[i] = (struct ww_gauge){
			.window = ww_gate_width(&q->gate, c->set.config->endpoints[i].inflight),
			.flying = q->gate.flying,
			.failed = q->gate.tries,
			.resting = q->lanes.resting.n,
			.wait_ms = q->gate.until > now ? q->gate.until - now : 0,
		};
	}
	for (size_t i = 0; i < c->set.config->lanes_n; i++) {
		const struct ww_forward *f = &c->forwards[i];

		c->gauges[c->set.config->endpoints_n + i] = (struct ww_gauge){
			.window = 1,
			.flying = f->sent != NULL,
			.failed = f->tries,
			.wait_ms = f->until > now ? f->until - now : 0,
		};
	}
	pthread_mutex_unlock(&c->lock);
}

static void
start_due(struct ww_courier *c)
{
	int64_t now = ww_courier_now(c);
	ww_status s;

	c->look_at = now + 1000;
	c->seen = c->set.applied(c->set.arg);
	s = c->hands == c->seen ? WW_OK : ww_hands_read(c);
	for (size_t i = 0; s == WW_OK && !c->held && i < c->set.config->endpoints_n; i++) {
		if (c->set.config->endpoints[i].kind == WW_ENDPOINT_WORKLIST)
			continue; /* what is for it is settled when it is applied */
		ww_ctx_clear(&c->cx);
		s = ww_turns_look(c, i, now);
	}
	for (size_t i = 0; s == WW_OK && !c->held && i < c->set.config->lanes_n; i++) {
		ww_ctx_clear(&c->cx);
		s = ww_forward_look(c, &c->forwards[i], now);
	}
	show_gauges(c, now);
	if (s != WW_OK)
		ww_log(WW_LOG_WARN, "courier=waiting code=WW-%03d reason=\"%s\"",
		    ww_status_number(s), c->cx.fail.reason);
}

/* Moves each flight on as far as it can go without waiting. True when a row may be looked at again. */
static bool
advance(struct ww_courier *c)
{
	uint64_t applied = c->set.applied(c->set.arg);
	bool landed = false;
	struct ww_flight *next;

	for (struct ww_flight *f = c->flights; f != NULL; f = next) {
		enum ww_slip_phase phase = ww_slip_phase(&f->slip);

		next = f->next;
		if (phase == WW_SLIP_ANNOUNCED && applied >= f->slip.attempt) {
			ww_flight_launch(f);
		} else if (phase == WW_SLIP_LOST ||
		           (phase == WW_SLIP_REPORTED && applied >= f->slip.outcome)) {
			ww_flight_land(f);
			landed = true;
		}
	}
	for (size_t i = 0; i < c->set.config->lanes_n; i++)
		landed = ww_forward_advance(c, &c->forwards[i]) || landed;
	return landed;
}

struct ww_gauge
ww_courier_gauge(struct ww_courier *c, size_t endpoint)
{
	struct ww_gauge g;

	pthread_mutex_lock(&c->lock);
	g = c->gauges[endpoint];
	pthread_mutex_unlock(&c->lock);
	return g;
}

void
ww_courier_step(struct ww_courier *c, int timeout_ms)
{
	bool landed = advance(c);
	int64_t now = ww_courier_now(c);

	if (!c->draining && (landed || c->set.applied(c->set.arg) != c->seen || now >= c->look_at))
		start_due(c);
	now = ww_courier_now(c);
	if (!c->draining && c->look_at - now < timeout_ms)
		timeout_ms = c->look_at > now ? (int)(c->look_at - now) : 0;
	c->set.sink->ops->poll(c->set.sink->self, timeout_ms);
}

void
ww_courier_wake(struct ww_courier *c)
{
	c->set.sink->ops->wake(c->set.sink->self);
}

bool
ww_courier_drain(struct ww_courier *c, int timeout_ms)
{
	int64_t end = ww_courier_now(c) + timeout_ms;

	c->draining = true;
	while (c->flying > 0 && ww_courier_now(c) < end)
		ww_courier_step(c, 50);
	return c->flying == 0;
}

void
ww_courier_detach(struct ww_courier *c)
{
	c->set.writer = NULL;
}

size_t
ww_courier_flying(const struct ww_courier *c)
{
	return c->flying;
}

ww_status
ww_courier_new(struct ww_ctx *cx, const struct ww_courier_settings *set, struct ww_courier **out)
{
	struct ww_courier *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "courier");
	c->set = *set;
	c->cx.arena = ww_arena_new(0);
	pthread_mutex_init(&c->lock, NULL);
	c->turns = calloc(set->config->endpoints_n + 1, sizeof(*c->turns));
	c->forwards = calloc(set->config->lanes_n + 1, sizeof(*c->forwards));
	c->gauges = calloc(set->config->endpoints_n + set->config->lanes_n + 1, sizeof(*c->gauges));
	if (c->cx.arena == NULL || c->turns == NULL || c->forwards == NULL || c->gauges == NULL) {
		ww_courier_free(c);
		return ww_fail(cx, WW_E_MEMORY, NULL, "courier");
	}
	for (size_t i = 0; i < set->config->endpoints_n; i++)
		ww_turns_start(&c->turns[i]);
	for (size_t i = 0; i < set->config->lanes_n; i++)
		c->forwards[i].lane = &set->config->lanes[i];
	*out = c;
	return WW_OK;
}

void
ww_courier_free(struct ww_courier *c)
{
	if (c == NULL)
		return;
	while (c->flights != NULL)
		ww_flight_land(c->flights);
	for (size_t i = 0; c->turns != NULL && i < c->set.config->endpoints_n; i++)
		ww_lanes_free(&c->turns[i].lanes);
	for (size_t i = 0; c->forwards != NULL && i < c->set.config->lanes_n; i++)
		ww_forward_free(c, &c->forwards[i]);
	free(c->turns);
	free(c->forwards);
	free(c->gauges);
	pthread_mutex_destroy(&c->lock);
	ww_arena_free(c->cx.arena);
	free(c);
}
