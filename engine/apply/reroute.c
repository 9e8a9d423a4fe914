/* A new configuration and what is still owed under the old one: notices of parties and endpoints that changed. */
#include "apply/worklist.h"

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
	if (row->answered == 0) /* else it was said here, and stands whatever the server has */
		row->remote_status = ww_str_empty();
	row->attempt = (int64_t)seq;
}

static bool
moved(const struct ww_config *old, const struct ww_endpoint *now)
{
	const struct ww_endpoint *before = old == NULL ? NULL : ww_config_endpoint(old, now->name);

	return before != NULL && !ww_str_eq(before->url, now->url);
}

/* A message waits for a person when there is no such lane any more: the bytes are in the journal. */
static bool
park_message(struct ww_outbox *row, const struct ww_config *c)
{
	if (row->state != WW_outbox_state_DUE || ww_config_lane(c, row->endpoint) != NULL)
		return false;
	row->state = WW_outbox_state_PARKED;
	row->owed_ms = 0;
	row->reason = WW_STR("its route does not send to that endpoint any more");
	return true;
}

/* True when the row was changed. */
static bool
reroute_row(
    struct ww_outbox *row, const struct ww_config *old, const struct ww_config *c, uint64_t seq)
{
	const struct ww_party *party = ww_config_party(c, row->practice);
	const struct ww_endpoint *e = ww_config_endpoint(c, row->endpoint);
	bool due = row->state == WW_outbox_state_DUE || row->state == WW_outbox_state_QUIET;
	ww_str send;

	if (row->message != 0)
		return park_message(row, c);
	if (party == NULL) {
		if (due)
			stop(row, "the practice is no party of the configuration any more");
		return due;
	}
	send = row->backup != 0 ? party->roles[row->role].backup : party->roles[row->role].send;
	if (!may_be_there(row) && send.n > 0 && !ww_str_eq(row->endpoint, send)) {
		row->endpoint = send;
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

/* -- all rows ----------------------------------------------------------------------------------------- */

static bool
same_roles(const struct ww_party *a, const struct ww_party *b)
{
	for (size_t i = 0; i < ww_role_count; i++) {
		if (!ww_str_eq(a->roles[i].send, b->roles[i].send) ||
		    !ww_str_eq(a->roles[i].backup, b->roles[i].backup))
			return false;
	}
	return true;
}

static bool
same_parties(const struct ww_config *a, const struct ww_config *b)
{
	for (size_t i = 0; i < a->parties_n; i++) {
		const struct ww_party *other = ww_config_party(b, a->parties[i].name);

		if (other == NULL || !same_roles(&a->parties[i], other))
			return false;
	}
	return a->parties_n == b->parties_n;
}

static bool
same_endpoints(const struct ww_config *a, const struct ww_config *b)
{
	for (size_t i = 0; i < a->endpoints_n; i++) {
		const struct ww_endpoint *other = ww_config_endpoint(b, a->endpoints[i].name);

		if (other == NULL || !ww_str_eq(other->url, a->endpoints[i].url))
			return false;
	}
	return a->endpoints_n == b->endpoints_n;
}

static bool
same_lanes(const struct ww_config *a, const struct ww_config *b)
{
	for (size_t i = 0; i < a->lanes_n; i++) {
		if (ww_config_lane(b, a->lanes[i].name) == NULL)
			return false;
	}
	return true; /* nothing is owed yet to those that are new */
}

struct change {
	const struct ww_config *old;
};

static ww_status
reroute_each(void *arg, struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, bool *stop)
{
	const struct change *c = arg;
	bool changed = reroute_row(row, c->old, a->config, cx->seq);
	/* What waited for a server that was is seen on the worklist that took its place. */
	bool seen = row->state == WW_outbox_state_DUE && ww_worklist_is(a, row->endpoint);
	ww_status s = WW_OK;

	(void)stop;
	if (seen)
		s = ww_worklist_take(a, cx, row);
	return s == WW_OK && (changed || seen) ? ww_put(a->set.ledger, cx, outbox, row) : s;
}

/* Every row is of an endpoint that a configuration had. One that goes to another endpoint may be met again there, and is
 * then as it should be. */
ww_status
ww_apply_reroute(struct ww_apply *a, struct ww_ctx *cx, const struct ww_config *old)
{
	struct change change = { old };
	struct ww_rows rows;
	ww_status s;

	if (old != NULL && same_parties(old, a->config) && same_endpoints(old, a->config) &&
	    same_lanes(old, a->config))
		return WW_OK;
	s = ww_ledger_scan(a->set.ledger, cx, &ww_entity_destination, 0, NULL, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		for (int state = WW_outbox_state_NONE + 1;
		     s == WW_OK && state < (int)ww_outbox_state_count; state++)
			s = ww_apply_each_row(a, cx, WW_ROW(&rows, destination, i)->name,
			    (enum ww_outbox_state)state, reroute_each, &change);
	}
	return s;
}
