/* CONFIG and ENGINE records: what the later records are read by. */
#include "apply/work.h"

#include "config/load.h"
#include "model/record.h"

#include <wardwire/buf.h>

#include <stdio.h>
#include <string.h>

/* A copy that could not be made is empty, and an empty text is no configuration and no roster. */
ww_status
ww_apply_keep_text(struct ww_ctx *cx, const struct ww_buf *text, ww_str *out)
{
	*out = ww_arena_str(cx->arena, ww_buf_view(text));
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

/* -- configuration ---------------------------------------------------------------------------------- */

void
ww_apply_drop_config(struct ww_apply *a)
{
	ww_arena_free(a->config_arena);
	a->config_arena = NULL;
	a->config = NULL;
	a->programs = (struct ww_programs){ NULL, 0 };
	a->calendars = NULL;
	a->calendars_n = 0;
}

ww_status
ww_apply_load_config(struct ww_apply *a, struct ww_ctx *cx, ww_str hex)
{
	struct ww_ctx own = { .arena = ww_arena_new(0) };
	struct ww_config *config = NULL;
	struct ww_named_texts files = { { NULL, 0 }, NULL, 0 };
	struct ww_config_fault *faults;
	struct ww_buf text = { 0 };
	ww_str kept;
	size_t n;
	ww_status s = WW_E_MEMORY;

	if (own.arena != NULL)
		s = a->set.blob(a->set.arg, &own, hex, &text);
	if (s == WW_OK)
		s = ww_apply_keep_text(&own, &text, &kept);
	if (s == WW_OK)
		s = ww_config_parse(&own, kept, &config, &faults, &n);
	if (s == WW_OK)
		s = ww_apply_load_files(a, &own, config, &files);
	ww_buf_free(&text);
	if (s != WW_OK) {
		cx->fail = own.fail;
		ww_arena_free(own.arena);
		return s;
	}
	ww_apply_drop_config(a);
	a->config_arena = own.arena;
	a->config = config;
	a->programs = files.programs;
	a->calendars = files.calendars;
	a->calendars_n = files.calendars_n;
	return WW_OK;
}

/* The stays of its members are judged again when the rosters that may take its place have been read. */
static ww_status
close_roster(struct ww_apply *a, struct ww_ctx *cx, const struct ww_roster *roster)
{
	struct ww_numbers closed = { .n = 0 };
	struct ww_attribution like;
	struct ww_rows rows;
	ww_status s;

	ww_row_init(&ww_entity_attribution, &like);
	like.roster = roster->name;
	s = ww_find(a->set.ledger, cx, attribution, "by_roster", &like, &rows);
	closed.v = ww_arena_array(cx->arena, rows.n + 1, sizeof(*closed.v));
	if (s == WW_OK && closed.v == NULL)
		s = ww_fail_memory(cx);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_attribution *at = WW_ROW(&rows, attribution, i);

		if (at->closed_ms != 0)
			continue;
		at->closed_ms = cx->now;
		closed.v[closed.n++] = at->member_key;
		s = ww_put(a->set.ledger, cx, attribution, at);
	}
	if (s == WW_OK)
		s = ww_reattribute_later(a, cx, &closed);
	if (s == WW_OK)
		s = ww_apply_blob_left(a, cx, roster->blob, roster->name);
	return s == WW_OK ? ww_ledger_remove(a->set.ledger, cx, &ww_entity_roster, roster) : s;
}

/* A list that came as a Group is named after its feed (enrol.c). */
static bool
is_listed(const struct ww_apply *a, ww_str name)
{
	ww_str rest, feed = ww_str_cut(name, '/', &rest);

	return rest.n != 0 ? ww_config_feed(a->config, feed) != NULL
	                   : ww_config_roster(a->config, name) != NULL;
}

/* A roster that the configuration no longer names attributes nobody any more. */
static ww_status
close_rosters(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		if (!is_listed(a, WW_ROW(&rows, roster, i)->name))
			s = close_roster(a, cx, WW_ROW(&rows, roster, i));
	}
	return s == WW_OK ? ww_apply_count_rosters(a, cx) : s;
}

ww_status
ww_apply_config_record(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_arena *old_arena = a->config_arena;
	const struct ww_config *old = a->config;
	struct ww_rec_config body;
	ww_status s = ww_rec_config_read(cx, r->body, &body);

	a->config_arena = NULL; /* kept until what it left behind is settled */
	if (s == WW_OK)
		s = ww_apply_load_config(a, cx, body.blob);
	if (s == WW_OK)
		s = close_rosters(a, cx);
	if (s == WW_OK)
		s = ww_apply_drop_files(a, cx);
	if (s == WW_OK)
		s = ww_apply_reroute(a, cx, old);
	if (s == WW_OK)
		s = ww_apply_destinations(a, cx);
	if (s == WW_OK)
		s = ww_restrict_reconfigured(a, cx, old);
	if (s == WW_OK)
		s = ww_apply_let_in(a, cx);
	if (s == WW_OK)
		s = ww_apply_blob_left(a, cx, ww_str_from(a->config_blob), ww_str_empty());
	if (s == WW_OK)
		s = ww_apply_blob_named(a, cx, body.blob);
	if (s == WW_OK)
		(void)snprintf(
		    a->config_blob, sizeof(a->config_blob), "%.*s", WW_STR_FMT(body.blob));
	if (a->config == old)
		a->config_arena = old_arena; /* it could not be read: the old one stays */
	else
		ww_arena_free(old_arena);
	return s;
}

ww_status
ww_apply_engine(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_rec_engine body;
	ww_status s = ww_rec_engine_read(cx, r->body, &body);

	if (s != WW_OK)
		return s;
	(void)snprintf(a->build, sizeof(a->build), "%.*s", WW_STR_FMT(body.build));
	if (a->key[0] == '\0')
		(void)snprintf(a->key, sizeof(a->key), "%.*s", WW_STR_FMT(body.delivery_key));
	return body.restored != 0 ? ww_apply_restored(a, cx, &body) : WW_OK;
}
