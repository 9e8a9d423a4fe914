/* A stay that a record other than a message of its own concerns: the chain from its fold on, run again. */
#include "apply/work.h"

static const struct ww_feed *
gone_feed(struct ww_work *w, bool told)
{
	struct ww_feed *feed = ww_arena_alloc(w->cx->arena, sizeof(*feed));

	if (feed == NULL)
		return NULL;
	*feed = (struct ww_feed){ .name = w->after.feed,
		.on = ww_str_empty(),
		.zone_name = ww_str_empty(),
		.zone = ww_zone_find("UTC"),
		.state = told ? WW_FEED_LIVE : WW_FEED_OBSERVE };
	return feed;
}

ww_status
ww_again_feed(struct ww_work *w, bool told)
{
	w->feed = ww_config_feed(w->a->config, w->after.feed);
	if (w->feed == NULL)
		w->feed = gone_feed(w, told);
	return w->feed != NULL ? WW_OK : ww_fail_memory(w->cx);
}

void
ww_work_hand_over(struct ww_work *from, struct ww_work *to)
{
	for (size_t i = 0; i < from->changes_n && to->changes_n < WW_CHANGES_MAX; i++)
		to->changes[to->changes_n++] = from->changes[i];
	for (size_t i = 0; i < from->touched_n && to->touched_n < WW_TOUCHED_MAX; i++)
		to->touched[to->touched_n++] = from->touched[i];
}

ww_status
ww_again(struct ww_apply *a, struct ww_ctx *cx, struct ww_arena *arena, const struct ww_person *p,
    const struct ww_encounter *e, ww_again_fn *work, struct ww_work *in_hand)
{
	struct ww_ctx own = {
		.arena = arena, .now = cx->now, .seq = cx->seq, .ordinal = cx->ordinal
	};
	struct ww_message nobody; /* whose reason is read by nobody */
	struct ww_work *w;
	ww_status s;

	w = ww_arena_alloc(arena, sizeof(*w));
	if (w == NULL)
		return ww_fail_memory(cx);
	ww_row_init(&ww_entity_message, &nobody);
	ww_row_init(&ww_entity_event, &w->facts.event);
	w->facts.no_member = ww_str_empty();
	w->a = a;
	w->cx = &own;
	w->l = a->set.ledger;
	w->message = &nobody;
	w->person = *p;
	w->before = w->after = *e;
	s = work(w);
	cx->ordinal = own.ordinal;
	if (s != WW_OK)
		cx->fail = own.fail;
	else if (in_hand != NULL)
		ww_work_hand_over(w, in_hand);
	return s;
}
