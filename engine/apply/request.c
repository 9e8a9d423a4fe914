/* REQUEST records: what a FHIR client asked for. */
#include "apply/request.h"

#include "apply/learn.h"
#include "apply/resource.h"
#include "base/crypto.h"
#include "codec/xml.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <string.h>

void
ww_request_instant(int64_t utc_ms, struct ww_buf *out)
{
	ww_time_write_fhir((ww_time){ .ms = utc_ms, .prec = WW_PREC_MS }, out);
}

/* -- what is answered ------------------------------------------------------------------------------- */

static ww_status
outcome_text(struct ww_request_work *rw, const struct ww_fhir_issues *is, ww_str *out)
{
	struct ww_buf b = { 0 };
	ww_status s = ww_json_write(rw->cx, ww_fhir_outcome(rw->cx, is), false, &b);

	if (s == WW_OK)
		*out = ww_arena_str(rw->cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s == WW_OK && ww_arena_status(rw->cx->arena) != WW_OK ? ww_fail_memory(rw->cx) : s;
}

static ww_status
put_answer(struct ww_request_work *rw, const struct ww_request_answer *a)
{
	return ww_put(rw->l, rw->cx, request_answer, a);
}

static void
start_answer(struct ww_request_work *rw, struct ww_request_answer *a)
{
	ww_row_init(&ww_entity_request_answer, a);
	a->seq = rw->message.seq;
}

/* A refusal is the end of the request: its reason is the message's, too. */
static ww_status
answer_entry(struct ww_request_work *rw, const struct ww_entry *e)
{
	struct ww_request_answer a;
	ww_status s = WW_OK;

	start_answer(rw, &a);
	a.http = e->http;
	a.type = e->type;
	a.id = e->row.id;
	a.version = e->row.version;
	a.updated_ms = e->row.updated_ms;
	if (e->issues.n != 0)
		s = outcome_text(rw, &e->issues, &a.body);
	if (e->http >= 400) {
		rw->message.disposition = WW_disposition_IGNORED;
		rw->message.reason = ww_arena_printf(rw->cx->arena, "answered %d: %.*s", e->http,
		    WW_STR_FMT(e->issues.rows[0].text));
	}
	return s == WW_OK ? put_answer(rw, &a) : s;
}

/* -- interactions ----------------------------------------------------------------------------------- */

static ww_status
room_for(struct ww_request_work *rw, size_t n)
{
	rw->brought = ww_arena_array(rw->cx->arena, n, sizeof(*rw->brought));
	return rw->brought != NULL ? WW_OK : ww_fail_memory(rw->cx);
}

static ww_status
run_single(struct ww_request_work *rw, enum ww_entry_verb verb)
{
	struct ww_entry *e = ww_arena_alloc(rw->cx->arena, sizeof(*e));
	ww_status s = e != NULL ? room_for(rw, 1) : ww_fail_memory(rw->cx);

	if (s != WW_OK)
		return s;
	*e = (struct ww_entry){ .verb = verb,
		.type = rw->body.type,
		.id = rw->body.id,
		.condition = rw->body.condition,
		.match = rw->body.match,
		.full_url = ww_str_empty(),
		.tree = rw->root,
		.place = "" };
	ww_row_init(&ww_entity_resource, &e->row);
	s = ww_entry_plan(rw, e, 0);
	if (s == WW_OK && e->http < 400)
		s = ww_entry_do(rw, e);
	return s == WW_OK ? answer_entry(rw, e) : s;
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

static ww_status
run_delete(struct ww_request_work *rw)
{
	return run_single(rw, WW_ENTRY_DELETE);
}

static const struct {
	const char *name;
	ww_status (*run)(struct ww_request_work *rw);
} interactions[] = {
	{ "create", run_create },
	{ "update", run_update },
	{ "delete", run_delete },
	{ "load", run_update },
};

static ww_status
run(struct ww_request_work *rw)
{
	for (size_t i = 0; i < sizeof(interactions) / sizeof(interactions[0]); i++) {
		if (ww_str_is(rw->body.interaction, interactions[i].name))
			return interactions[i].run(rw);
	}
	return ww_fail(rw->cx, WW_E_SYNTAX, "interaction", "this build has no such interaction");
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

static void
name_message(const struct ww_rec_request *body, struct ww_message *m)
{
	m->feed = body->feed;
	m->type = body->type.n != 0 ? body->type : WW_STR("Bundle");
	m->event = body->interaction;
	m->version = WW_STR("4.0.1");
}

ww_status
ww_request_set_aside(struct ww_ctx *cx, const struct ww_record *r, struct ww_message *m)
{
	struct ww_ctx apart = { .arena = cx->arena };
	struct ww_rec_request body;

	if (ww_rec_request_read(&apart, r->body, &body) == WW_OK)
		name_message(&body, m);
	return WW_OK;
}

static ww_status
start(struct ww_request_work *rw, const struct ww_record *r)
{
	ww_status s;

	ww_row_init(&ww_entity_message, &rw->message);
	s = ww_rec_request_read(rw->cx, r->body, &rw->body);
	if (s != WW_OK)
		return s;
	rw->message.seq = (int64_t)r->seq;
	rw->message.received_ms = rw->cx->now;
	name_message(&rw->body, &rw->message);
	rw->message.disposition = WW_disposition_APPLIED;
	rw->feed = rw->a->config == NULL ? NULL : ww_config_feed(rw->a->config, rw->body.feed);
	if (rw->feed == NULL)
		return ww_fail(rw->cx, WW_E_CONFLICT, "feed",
		    "no feed of that name in the configuration in force");
	return read_body(rw);
}

ww_status
ww_apply_request(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r)
{
	struct ww_request_work *rw = ww_arena_alloc(cx->arena, sizeof(*rw));
	ww_status s;

	if (rw == NULL)
		return ww_fail_memory(cx);
	rw->a = a;
	rw->cx = cx;
	rw->l = a->set.ledger;
	s = start(rw, r);
	if (s == WW_OK)
		s = run(rw);
	if (s == WW_OK && rw->n != 0)
		s = ww_learn(rw);
	return s == WW_OK ? ww_put(rw->l, cx, message, &rw->message) : s;
}
