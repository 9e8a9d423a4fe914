/* REQUEST records: what a FHIR client asked for. */
#include "apply/request.h"

#include "apply/bundle.h"
#include "apply/learn.h"
#include "apply/practice.h"
#include "apply/reply.h"
#include "apply/seen.h"
#include "apply/submission.h"
#include "codec/xml.h"
#include "model/resource_keys.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <string.h>

ww_str
ww_request_instant(struct ww_ctx *cx, int64_t utc_ms)
{
	enum { DAY_MS = 86400000 };
	int64_t day = utc_ms / DAY_MS - (utc_ms % DAY_MS < 0);
	int of_day = (int)(utc_ms - day * DAY_MS);
	int year, month, mday;

	ww_day_civil(day, &year, &month, &mday);
	return ww_arena_printf(cx->arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month, mday,
	    of_day / 3600000, of_day / 60000 % 60, of_day / 1000 % 60, of_day % 1000);
}

/* -- one resource ----------------------------------------------------------------------------------- */

/* If-None-Match is a list, which a proxy may have made of two lines. */
static bool
has_star(ww_str list)
{
	while (list.n > 0) {
		if (ww_str_is(ww_str_trim(ww_str_cut(list, ',', &list)), "*"))
			return true;
	}
	return false;
}

static ww_status
run_single(struct ww_request_work *rw, enum ww_entry_verb verb)
{
	struct ww_entry *e = ww_arena_alloc(rw->cx->arena, sizeof(*e));
	ww_status s = WW_OK;

	rw->brought = ww_arena_array(rw->cx->arena, 1, sizeof(*rw->brought));
	if (e == NULL || rw->brought == NULL)
		return ww_fail_memory(rw->cx);
	*e = (struct ww_entry){ .verb = verb,
		.type = rw->body.type,
		.id = rw->body.id,
		.condition = rw->body.condition,
		.match = rw->body.match,
		.absent = has_star(rw->body.none_match),
		.full_url = ww_str_empty(),
		.tree = rw->root,
		.place = "",
		.came_updated = ww_str_empty(),
		.came_version = ww_str_empty() };
	ww_row_init(&ww_entity_resource, &e->row);
	if (ww_resource_type_is(e->type))
		s = ww_entry_plan(rw, e, 0);
	else
		ww_entry_refuse(rw, e, 404, WW_E_TYPE, "resources of that type are not taken in");
	if (s == WW_OK && e->http < 400)
		s = ww_entry_do(rw, e);
	return s == WW_OK ? ww_reply_entry(rw, e) : s;
}

static ww_status
run_create(struct ww_request_work *rw)
{
	return run_single(rw, WW_ENTRY_CREATE);
}

static ww_status
run_update(struct ww_request_work *rw)
{
	return run_single(rw, WW_ENTRY_UPDATE);
}

/* The status that a JSON Patch (RFC 6902) sets which does nothing else; empty: it is none such. */
static ww_str
patched_status(const struct ww_json *patch)
{
	const struct ww_json *op = ww_json_first(patch);
	ww_str verb = ww_json_str(ww_json_get(op, "op"));

	if (ww_json_kind(patch) != WW_JSON_ARRAY || ww_json_len(patch) != 1 ||
	    !ww_str_is(ww_json_str(ww_json_get(op, "path")), "/status") ||
	    !(ww_str_is(verb, "replace") || ww_str_is(verb, "add")))
		return ww_str_empty();
	return ww_json_str(ww_json_get(op, "value"));
}

/* Of a Task for the practice it is owed to: as an update, of which the status alone counts (practice.h). */
static ww_status
run_patch(struct ww_request_work *rw)
{
	ww_str status = patched_status(rw->root);

	rw->root = ww_json_object(rw->cx);
	ww_json_set_str(rw->cx, rw->root, "resourceType", rw->body.type);
	ww_json_set_str(rw->cx, rw->root, "id", rw->body.id);
	ww_json_set_str(rw->cx, rw->root, "status", status);
	return run_single(rw, WW_ENTRY_UPDATE);
}

static ww_status
run_delete(struct ww_request_work *rw)
{
	return run_single(rw, WW_ENTRY_DELETE);
}

/* -- interactions ----------------------------------------------------------------------------------- */

static const struct interaction {
	const char *name;
	ww_status (*run)(struct ww_request_work *rw);
	enum ww_seen_how again;
} interactions[] = {
	{ "create", run_create, WW_SEEN_CREATE },
	{ "update", run_update, WW_SEEN_UNCHANGED },
	{ "delete", run_delete, WW_SEEN_UNCHANGED },
	{ "load", run_update, WW_SEEN_NEVER },
	{ "patch", run_patch, WW_SEEN_NEVER },
	{ "transaction", ww_bundle_transaction, WW_SEEN_BUNDLE },
	{ "batch", ww_bundle_batch, WW_SEEN_BUNDLE },
	{ "message", ww_bundle_message, WW_SEEN_MESSAGE },
	{ "collection", ww_bundle_collection, WW_SEEN_SAME },
	{ "submit", ww_bundle_submit, WW_SEEN_SUBMIT },
	{ "inquire", ww_submission_inquire, WW_SEEN_NEVER },
	{ "answer", ww_submission_answer, WW_SEEN_NEVER },
	{ "notification", ww_bundle_notification, WW_SEEN_SAME },
};

static const struct interaction *
interaction_of(ww_str name)
{
	for (size_t i = 0; i < sizeof(interactions) / sizeof(interactions[0]); i++) {
		if (ww_str_is(name, interactions[i].name))
			return &interactions[i];
	}
	return NULL;
}

static ww_status
run(struct ww_request_work *rw)
{
	const struct interaction *in = interaction_of(rw->body.interaction);
	struct ww_seen seen;
	ww_status s;

	if (in == NULL)
		return ww_fail(
		    rw->cx, WW_E_SYNTAX, "interaction", "this build has no such interaction");
	s = ww_seen_find(rw, in->again, &seen);
	if (s != WW_OK || seen.answered)
		return s;
	s = in->run(rw);
	if (s == WW_OK && rw->n != 0)
		s = ww_learn(rw);
	if (s == WW_OK)
		s = ww_practice_note(rw);
	return s == WW_OK ? ww_seen_keep(rw, &seen) : s;
}

/* -- the record ------------------------------------------------------------------------------------- */

static ww_status
read_body(struct ww_request_work *rw)
{
	if (rw->body.raw.n == 0)
		return WW_OK;
	if (ww_str_is(rw->body.format, "xml"))
		return ww_xml_read(rw->cx, rw->body.raw, rw->body.raw.n, &rw->root);
	return ww_json_parse(rw->cx, rw->body.raw, &rw->root);
}

/* What the record says of itself. *feed false: its feed is not in the configuration. */
static ww_status
start(struct ww_request_work *rw, const struct ww_record *r)
{
	ww_status s = ww_rec_request_read(rw->cx, r->body, &rw->body);

	rw->message.seq = (int64_t)r->seq;
	rw->message.received_ms = rw->cx->now;
	if (s != WW_OK)
		return s;
	rw->message.feed = rw->body.feed;
	rw->message.type = rw->body.type.n != 0 ? rw->body.type : WW_STR("Bundle");
	rw->message.event = rw->body.interaction;
	rw->message.version = WW_STR("4.0.1");
	rw->message.disposition = WW_disposition_APPLIED;
	rw->feed = rw->a->config == NULL ? NULL : ww_config_feed(rw->a->config, rw->body.feed);
	if (rw->feed == NULL)
		return ww_fail(rw->cx, WW_E_CONFLICT, "feed",
		    "no feed of that name in the configuration in force");
	return WW_OK;
}

static struct ww_request_work *
new_work(struct ww_apply *a, struct ww_ctx *cx)
{
	struct ww_request_work *rw = ww_arena_alloc(cx->arena, sizeof(*rw));

	if (rw == NULL)
		return NULL;
	rw->a = a;
	rw->cx = cx;
	rw->l = a->set.ledger;
	ww_row_init(&ww_entity_message, &rw->message);
	return rw;
}

ww_status
ww_apply_request(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_request_work *rw = new_work(a, cx);
	ww_status s;

	if (rw == NULL)
		return ww_fail_memory(cx);
	s = start(rw, r);
	if (s == WW_OK)
		s = read_body(rw);
	if (s == WW_OK)
		s = run(rw);
	return s == WW_OK ? ww_put(rw->l, cx, message, &rw->message) : s;
}

ww_status
ww_request_set_aside(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r,
    const struct ww_failure *why, struct ww_message *message)
{
	struct ww_request_work *rw = new_work(a, cx);
	ww_status s;

	if (rw == NULL)
		return ww_fail_memory(cx);
	s = start(rw, r);
	if (ww_status_class(s) == WW_TRANSIENT)
		return s;
	rw->message.disposition = message->disposition;
	rw->message.reason = message->reason;
	*message = rw->message;
	return ww_reply_failure(a, cx, message, why);
}
