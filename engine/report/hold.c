/* Reads the newest restore that was not released. */
#include "report/hold.h"

#include "report/moment.h"

static ww_status
add_feeds(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *list)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_gap, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_gap *g = WW_ROW(&rows, gap, i);
		struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

		ww_json_set_str(cx, o, "feed", g->feed);
		if (g->last_ms == 0)
			continue;
		ww_report_moment(cx, o, "last", g->last_ms);
		ww_report_moment(cx, o, "resend-from", g->last_ms - WW_HOLD_OVERLAP_MS);
	}
	return s;
}

ww_status
ww_hold_report(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json **out)
{
	struct ww_restore r;
	struct ww_cursor c;
	bool found;
	ww_status s;

	*out = NULL;
	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	s = ww_get(l, cx, cursor, &c, &found);
	if (s != WW_OK || c.held == 0)
		return s;
	ww_row_init(&ww_entity_restore, &r);
	r.seq = c.held;
	s = ww_get(l, cx, restore, &r, &found);
	if (s != WW_OK)
		return s;
	*out = ww_json_object(cx);
	ww_json_set_int(cx, *out, "since-journal", r.seq);
	ww_report_moment(cx, *out, "since", r.since_ms);
	ww_json_set_int(cx, *out, "last-journal", r.last);
	ww_report_moment(cx, *out, "last", r.last_ms);
	return add_feeds(l, cx, ww_json_set(cx, *out, "feeds", ww_json_array(cx)));
}
