/* Application acknowledgements that go to an endpoint: owed as what a route sends on is, composed from the record alone. */
#include "apply/work.h"

#include "codec/ack.h"
#include "codec/ack_plan.h"

#include <wardwire/buf.h>

/* What leaves is bytes, what the ledger keeps is text: each byte stands as the character of that number. */
static ww_str
as_text(struct ww_ctx *cx, ww_str bytes)
{
	struct ww_buf b = { 0 };
	ww_str text = ww_str_empty();

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (c >= 0x80)
			ww_buf_byte(&b, (char)(0xc0 | c >> 6));
		ww_buf_byte(&b, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
	}
	if (b.error == WW_OK)
		text = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

/* Empty: memory is short. The number is the record's, so that it is the same whenever the record is applied. */
static ww_str
compose(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_failure *why)
{
	const struct ww_ack ack = { .code = why != NULL ? "AE" : "AA",
		.failures = why,
		.failures_n = why != NULL,
		.now = cx->now,
		.series = 'A',
		.number = cx->seq,
		.accept = "AL" };
	struct ww_buf b = { 0 };
	ww_str text = ww_str_empty();

	ww_ack_write(cx, m, &ack, &b);
	if (b.error == WW_OK)
		text = as_text(cx, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

static ww_status
put_rows(struct ww_apply *a, struct ww_ctx *cx, const struct ww_route_lane *lane, ww_str text)
{
	struct ww_template t;
	struct ww_outbox row;
	ww_status s;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = ww_ctx_id(cx);
	if (row.id == 0)
		return cx->fail.status;
	ww_route_row(cx, lane, (int64_t)cx->seq, &row);
	ww_row_init(&ww_entity_template, &t);
	t.outbox = row.id;
	t.text = text;
	s = ww_put(a->set.ledger, cx, outbox, &row);
	return s == WW_OK ? ww_put(a->set.ledger, cx, template, &t) : s;
}

ww_status
ww_acknowledge(struct ww_apply *a, struct ww_ctx *cx, const struct ww_feed *feed,
    const struct ww_hl7 *m, int64_t message, const struct ww_failure *why)
{
	const struct ww_feed_ack *how = &feed->ack;
	const struct ww_route_lane *lane;
	struct ww_ack_plan plan;
	ww_str text;

	/* Run again by an order it was acknowledged the first time. */
	if (how->to.n == 0 || how->when == WW_ACK_NOT || (uint64_t)message != cx->seq)
		return WW_OK;
	plan = ww_ack_plan_of(cx, m, how->mode);
	if (!ww_ack_is_due(plan.application, why == NULL))
		return WW_OK;
	lane = ww_config_lane(a->config, ww_arena_printf(cx->arena, WW_ACK_LANE "%.*s/%.*s",
	                                     WW_STR_FMT(feed->name), WW_STR_FMT(how->to)));
	if (lane == NULL)
		return ww_arena_status(cx->arena) != WW_OK
		           ? ww_fail_memory(cx)
		           : ww_fail(cx, WW_E_BUG, "ack", "a feed's lane is not there");
	text = compose(cx, m, why);
	return text.n > 0 ? put_rows(a, cx, lane, text) : ww_fail_memory(cx);
}
