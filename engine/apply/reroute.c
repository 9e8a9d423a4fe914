/* A new configuration and what is still owed under the old one: notices of parties and endpoints that changed. */
#include "apply/work.h"

/* The receiver may have something of the row. */
static bool
may_be_there(const struct ww_outbox *row)
{
	return row->sent != 0 || row->attempt != 0 || row->remote_id.n != 0;
}

static void
stop(struct ww_outbox *row, const char *reason)
{
	row->state = may_be_there(row) ? WW_outbox_state_PARKED : WW_outbox_state_SUPPRESSED;
	row->owed_ms = 0;
	row->reason = ww_str_from(reason);
}

/* Another server under an old name knows nothing of the ids the old one gave: look for it first. */
static void
forget_receiver(struct ww_outbox *row, uint64_t seq)
{
	row->remote_id = ww_str_empty();
	row->etag = ww_str_empty();
	row->remote_status = ww_str_empty();
	row->attempt = (int64_t)seq;
}

static bool
moved(const struct ww_config *old, const struct ww_endpoint *now)
{
	const struct ww_endpoint *before = old == NULL ? NULL : ww_config_endpoint(old, now->name);

	return before != NULL && !ww_str_eq(before->fhir, now->fhir);
}

/* True when the row was changed. */
static bool
reroute_row(
    struct ww_outbox *row, const struct ww_config *old, const struct ww_config *c, uint64_t seq)
{
	const struct ww_party *party = ww_config_party(c, row->practice);
	const struct ww_endpoint *e = ww_config_endpoint(c, row->endpoint);
	bool due = row->state == WW_outbox_state_DUE;

	if (party == NULL) {
		if (due)
			stop(row, "the practice is no party of the configuration any more");
		return due;
	}
	if (!may_be_there(row) && !ww_str_eq(row->endpoint, party->send)) {
		row->endpoint = party->send;
		return true;
	}
	if (e == NULL) {
		if (due)
			stop(row, "its endpoint is no longer in the configuration");
		return due;
	}
	if (!may_be_there(row) || !moved(old, e) ||
	    (row->resource == WW_resource_type_COMMUNICATION && !due))
		return false;
	forget_receiver(row, seq);
	return true;
}

ww_status
ww_apply_reroute(struct ww_apply *a, struct ww_ctx *cx, const struct ww_config *old)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_outbox, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		struct ww_outbox *row = WW_ROW(&rows, outbox, i);

		if (reroute_row(row, old, a->config, cx->seq))
			s = ww_put(a->set.ledger, cx, outbox, row);
	}
	return s;
}
