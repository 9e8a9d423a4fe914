/* Reads jobs and timers as they stand. */
#include "report/schedule.h"

#include "report/moment.h"

static ww_status
add_now(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *o)
{
	struct ww_cursor c;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	s = ww_get(l, cx, cursor, &c, &found);
	ww_report_moment(cx, o, "now", c.now_ms);
	return s;
}

static ww_status
add_jobs(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *list)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_job, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_job *j = WW_ROW(&rows, job, i);
		struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

		ww_json_set_str(cx, o, "job", j->name);
		if (j->next_ms != INT64_MAX)
			ww_report_moment(cx, o, "next", j->next_ms);
		ww_report_moment(cx, o, "under-way-since", j->began_ms);
		if (j->began_ms != 0)
			ww_json_set_int(cx, o, "done", j->done);
		ww_report_moment(cx, o, "last", j->last_ms);
		if (j->last_ms != 0)
			ww_json_set_int(cx, o, "last-done", j->last_done);
		ww_json_set_int(cx, o, "runs", j->runs);
	}
	return s;
}

static ww_status
add_kinds(struct ww_ledger *l, struct ww_ctx *cx, struct ww_json *list)
{
	int64_t counts[ww_timer_kind_count] = { 0 };
	ww_status s = ww_ledger_tally(l, cx, &ww_entity_timer, "kind", counts, ww_timer_kind_count);

	for (int64_t kind = 0; s == WW_OK && kind < (int64_t)ww_timer_kind_count; kind++) {
		struct ww_json *o;

		if (counts[kind] == 0)
			continue;
		o = ww_json_add(cx, list, ww_json_object(cx));
		ww_json_set_cstr(cx, o, "timer", ww_timer_kind_text(kind));
		ww_json_set_int(cx, o, "waiting", counts[kind]);
	}
	return s;
}

static ww_status
add_next(struct ww_ledger *l, struct ww_ctx *cx, size_t most, struct ww_json *list)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_timer, 0, NULL, most, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_timer *t = WW_ROW(&rows, timer, i);
		struct ww_json *o = ww_json_add(cx, list, ww_json_object(cx));

		ww_report_moment(cx, o, "due", t->due_ms);
		ww_json_set_cstr(cx, o, "timer", ww_timer_kind_text(t->kind));
		if (t->subject != 0)
			ww_json_set_str(cx, o, "subject",
			    ww_arena_printf(cx->arena, WW_ID_FMT, WW_ID_ARG(t->subject)));
		ww_json_set_str(cx, o, "name", t->name);
	}
	return s;
}

ww_status
ww_schedule_report(struct ww_ledger *l, struct ww_ctx *cx, size_t most, struct ww_json **out)
{
	struct ww_json *o = ww_json_object(cx);
	ww_status s = add_now(l, cx, o);

	*out = o;
	if (s == WW_OK)
		s = add_jobs(l, cx, ww_json_set(cx, o, "jobs", ww_json_array(cx)));
	if (s == WW_OK)
		s = add_kinds(l, cx, ww_json_set(cx, o, "timers", ww_json_array(cx)));
	if (s == WW_OK)
		s = add_next(l, cx, most, ww_json_set(cx, o, "next", ww_json_array(cx)));
	return s;
}
