/* From the flags of a stay and practice to what is owed to that practice: one Task a stay, kept up to date, and a
 * Communication for what is only to be known. Keys are fixed when a row is made. */
#include "apply/desk.h"

static ww_status
read_rows(struct ww_desk *d)
{
	struct ww_outbox like;
	struct ww_rows all = { .n = 0 };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_outbox, &like);
	like.encounter = d->w->after.id;
	if (!d->w->is_new)
		s = ww_find(d->w->l, d->w->cx, outbox, "by_encounter", &like, &all);
	if (s != WW_OK)
		return s;
	/* At most a new row and a correction for each flag, and the Task's two. */
	d->rows = ww_arena_array(d->w->cx->arena, all.n + 2 * d->flags_n + 4, sizeof(*d->rows));
	if (d->rows == NULL)
		return ww_fail_memory(d->w->cx);
	for (size_t i = 0; i < all.n; i++) {
		if (WW_ROW(&all, outbox, i)->backup == 0 &&
		    ww_str_eq(WW_ROW(&all, outbox, i)->practice, d->party->name))
			d->rows[d->rows_n++] = *WW_ROW(&all, outbox, i);
	}
	return WW_OK;
}

ww_status
ww_notify(struct ww_work *w, ww_str practice, struct ww_flag *flags, size_t flags_n)
{
	struct ww_desk d = { .w = w, .flags = flags, .flags_n = flags_n };
	ww_status s;

	if (w->person.test != 0) {
		w->message->reason = w->test && !w->patient_test
		                         ? WW_STR("MSH-11 is not P: nothing of a test is sent")
		                         : WW_STR("a test patient: nothing of a test is sent");
		return WW_OK;
	}
	d.party = ww_config_party(w->a->config, practice);
	if (d.party == NULL) {
		w->message->reason =
		    WW_STR("the practice is no party of the configuration any more");
		return WW_OK;
	}
	if (w->feed->state != WW_FEED_LIVE) {
		w->message->reason = WW_STR("the feed is in state observe: nothing is sent");
		return WW_OK;
	}
	s = read_rows(&d);
	if (s == WW_OK && w->after.policy == WW_policy_SUPPRESS)
		return ww_desk_withhold(&d);
	if (s == WW_OK)
		s = ww_desk_settle_task(&d);
	if (s == WW_OK)
		s = ww_desk_settle_communications(&d);
	return s;
}

/* All flags of the stay and practice. */
static ww_status
read_flags(struct ww_desk *d)
{
	struct ww_flag like;
	struct ww_rows all;
	ww_status s;

	ww_row_init(&ww_entity_flag, &like);
	like.encounter = d->w->after.id;
	s = ww_find(d->w->l, d->w->cx, flag, "by_encounter", &like, &all);
	if (s != WW_OK)
		return s;
	d->flags = ww_arena_array(d->w->cx->arena, all.n + 1, sizeof(*d->flags));
	if (d->flags == NULL)
		return ww_fail_memory(d->w->cx);
	for (size_t i = 0; i < all.n; i++) {
		if (ww_str_eq(WW_ROW(&all, flag, i)->practice, d->party->name))
			d->flags[d->flags_n++] = *WW_ROW(&all, flag, i);
	}
	return WW_OK;
}

/* The stay and person of a row, as ww_notify has them from a message. */
static ww_status
read_work(struct ww_work *w, const struct ww_outbox *row, struct ww_feed *gone, bool *found)
{
	ww_status s;

	ww_row_init(&ww_entity_encounter, &w->after);
	w->after.id = row->encounter;
	s = ww_get(w->l, w->cx, encounter, &w->after, found);
	ww_row_init(&ww_entity_person, &w->person);
	w->person.id = w->after.person;
	if (s == WW_OK && *found)
		s = ww_get(w->l, w->cx, person, &w->person, found);
	w->feed = ww_config_feed(w->a->config, w->after.feed);
	if (w->feed == NULL) { /* configured no more; times are written in some zone */
		gone->zone = ww_zone_find("UTC");
		w->feed = gone;
	}
	return s;
}

ww_status
ww_notify_instead(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *task)
{
	struct ww_work *w = ww_arena_alloc(cx->arena, sizeof(*w));
	struct ww_feed gone = { .state = WW_FEED_LIVE };
	struct ww_desk d = { .w = w };
	bool found;
	ww_status s;

	if (w == NULL)
		return ww_fail_memory(cx);
	w->a = a;
	w->cx = cx;
	w->l = a->set.ledger;
	d.party = a->config != NULL ? ww_config_party(a->config, task->practice) : NULL;
	if (d.party == NULL)
		return WW_OK;
	s = read_work(w, task, &gone, &found);
	if (s != WW_OK || !found || w->after.policy == WW_policy_SUPPRESS)
		return s;
	s = read_flags(&d);
	if (s == WW_OK)
		s = read_rows(&d);
	if (s != WW_OK || d.flags_n == 0)
		return s;
	return ww_desk_tell_instead(&d, task);
}
