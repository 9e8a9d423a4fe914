/* What records name that lies outside the journal: which blobs are still needed, and which endpoints there ever were. */
#include "apply/work.h"

/* A program or a calendar in force is read from the blob. */
static ww_status
find_file(struct ww_apply *a, struct ww_ctx *cx, ww_str hex, bool *other)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_named_file, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++)
		*other = *other || ww_str_eq(WW_ROW(&rows, named_file, i)->blob, hex);
	return s;
}

/* A roster in force, but that one, or a program or a calendar is read from the blob. */
static ww_status
find_other(struct ww_apply *a, struct ww_ctx *cx, ww_str hex, ww_str roster, bool *other)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	*other = false;
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_roster *r = WW_ROW(&rows, roster, i);

		*other = *other || (ww_str_eq(r->blob, hex) && !ww_str_eq(r->name, roster));
	}
	return s == WW_OK ? find_file(a, cx, hex, other) : s;
}

ww_status
ww_apply_blob_named(struct ww_apply *a, struct ww_ctx *cx, ww_str hex)
{
	struct ww_blob row;

	ww_row_init(&ww_entity_blob, &row);
	row.hex = hex;
	row.named = (int64_t)cx->seq;
	return ww_put(a->set.ledger, cx, blob, &row);
}

ww_status
ww_apply_blob_left(struct ww_apply *a, struct ww_ctx *cx, ww_str hex, ww_str roster)
{
	struct ww_blob row;
	bool found, other = false;
	ww_status s;

	ww_row_init(&ww_entity_blob, &row);
	row.hex = hex;
	s = ww_get(a->set.ledger, cx, blob, &row, &found);
	if (s == WW_OK)
		s = find_other(a, cx, hex, roster, &other);
	if (s != WW_OK || !found || other)
		return s;
	row.until = (int64_t)cx->seq;
	return ww_put(a->set.ledger, cx, blob, &row);
}

static ww_status
put_destination(struct ww_apply *a, struct ww_ctx *cx, ww_str name)
{
	struct ww_destination row;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_destination, &row);
	row.name = name;
	s = ww_get(a->set.ledger, cx, destination, &row, &found);
	if (s != WW_OK || found)
		return s;
	row.since = (int64_t)cx->seq;
	return ww_put(a->set.ledger, cx, destination, &row);
}

ww_status
ww_apply_destinations(struct ww_apply *a, struct ww_ctx *cx)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < a->config->endpoints_n; i++)
		s = put_destination(a, cx, a->config->endpoints[i].name);
	for (size_t i = 0; s == WW_OK && i < a->config->lanes_n; i++)
		s = put_destination(a, cx, a->config->lanes[i].name);
	return s;
}
