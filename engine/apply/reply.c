/* What is answered to a request. */
#include "apply/reply.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <inttypes.h>

static ww_status
text_of(struct ww_ctx *cx, const struct ww_json *tree, ww_str *out)
{
	struct ww_buf b = { 0 };
	ww_status s = ww_json_write(cx, tree, false, &b);

	if (s == WW_OK)
		*out = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s == WW_OK && ww_arena_status(cx->arena) != WW_OK ? ww_fail_memory(cx) : s;
}

static void
start(struct ww_request_work *rw, struct ww_request_answer *a, int http)
{
	ww_row_init(&ww_entity_request_answer, a);
	a->seq = rw->message.seq;
	a->http = http;
}

/* What refuses it stands before what is merely noticed. */
static ww_str
first_error(const struct ww_fhir_issues *is)
{
	for (size_t i = 0; i < is->n; i++) {
		if (is->rows[i].severity <= WW_FHIR_ERROR)
			return is->rows[i].text;
	}
	return WW_STR("refused");
}

static void
note_refusal(struct ww_request_work *rw, int http, const struct ww_fhir_issues *is)
{
	if (http < 400)
		return;
	rw->refused = true;
	rw->message.disposition = WW_disposition_IGNORED;
	rw->message.reason =
	    ww_arena_printf(rw->cx->arena, "answered %d: %.*s", http, WW_STR_FMT(first_error(is)));
}

static ww_status
put(struct ww_request_work *rw, const struct ww_request_answer *a)
{
	return ww_put(rw->l, rw->cx, request_answer, a);
}

ww_status
ww_reply_issues(struct ww_request_work *rw, int http, const struct ww_fhir_issues *is)
{
	struct ww_request_answer a;
	ww_status s;

	start(rw, &a, http);
	note_refusal(rw, http, is);
	s = text_of(rw->cx, ww_fhir_outcome(rw->cx, is), &a.body);
	return s == WW_OK ? put(rw, &a) : s;
}

ww_status
ww_reply_entry(struct ww_request_work *rw, const struct ww_entry *e)
{
	struct ww_request_answer a;
	ww_status s = WW_OK;

	start(rw, &a, e->http);
	note_refusal(rw, e->http, &e->issues);
	a.type = e->type;
	a.id = e->id;
	a.version = e->row.version;
	a.updated_ms = e->row.updated_ms;
	if (e->issues.n != 0)
		s = text_of(rw->cx, ww_fhir_outcome(rw->cx, &e->issues), &a.body);
	return s == WW_OK ? put(rw, &a) : s;
}

/* -- Bundles ---------------------------------------------------------------------------------------- */

static const char *
status_text(int http)
{
	static const struct {
		int http;
		const char *text;
	} rows[] = {
		{ 200, "200 OK" },
		{ 201, "201 Created" },
		{ 204, "204 No Content" },
		{ 400, "400 Bad Request" },
		{ 404, "404 Not Found" },
		{ 405, "405 Method Not Allowed" },
		{ 409, "409 Conflict" },
		{ 410, "410 Gone" },
		{ 412, "412 Precondition Failed" },
		{ 422, "422 Unprocessable Entity" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].http == http)
			return rows[i].text;
	}
	return "500 Internal Server Error";
}

/* Where it is, and which version: of what is there now. */
static void
say_where(struct ww_request_work *rw, struct ww_json *response, const struct ww_entry *e)
{
	struct ww_arena *a = rw->cx->arena;

	if (e->row.version == 0)
		return;
	if (e->verb != WW_ENTRY_DELETE)
		ww_json_set_str(rw->cx, response, "location",
		    ww_arena_printf(a, "%.*s/%.*s/_history/%" PRId64, WW_STR_FMT(e->type),
		        WW_STR_FMT(e->row.id), e->row.version));
	ww_json_set_str(
	    rw->cx, response, "etag", ww_arena_printf(a, "W/\"%" PRId64 "\"", e->row.version));
	ww_json_set_str(
	    rw->cx, response, "lastModified", ww_request_instant(rw->cx, e->row.updated_ms));
}

static ww_status
entry_of(struct ww_request_work *rw, const struct ww_entry *e, struct ww_json **out)
{
	struct ww_json *entry = ww_json_object(rw->cx), *response = ww_json_object(rw->cx);
	struct ww_json *tree = NULL;
	ww_status s = WW_OK;

	if (e->verb == WW_ENTRY_READ && e->http == 200)
		s = ww_json_parse(rw->cx, e->row.text, &tree);
	if (tree != NULL)
		(void)ww_json_set(rw->cx, entry, "resource", tree);
	ww_json_set_cstr(rw->cx, response, "status", status_text(e->http));
	if (e->http < 400)
		say_where(rw, response, e);
	if (e->outcome != NULL)
		(void)ww_json_set(rw->cx, response, "outcome", e->outcome);
	else if (e->issues.n != 0)
		(void)ww_json_set(rw->cx, response, "outcome", ww_fhir_outcome(rw->cx, &e->issues));
	(void)ww_json_set(rw->cx, entry, "response", response);
	*out = entry;
	return s;
}

static ww_status
put_long(struct ww_request_work *rw, const struct ww_request_answer *a)
{
	struct ww_long_answer l;
	ww_status s = put(rw, a);

	ww_row_init(&ww_entity_long_answer, &l);
	l.seq = a->seq;
	l.received_ms = rw->message.received_ms;
	return s == WW_OK ? ww_put(rw->l, rw->cx, long_answer, &l) : s;
}

ww_status
ww_reply_bundle(
    struct ww_request_work *rw, const char *type, const struct ww_entry *entries, size_t n)
{
	struct ww_json *bundle = ww_json_object(rw->cx), *list = ww_json_array(rw->cx);
	struct ww_request_answer a;
	ww_status s = WW_OK;

	start(rw, &a, 200);
	ww_json_set_cstr(rw->cx, bundle, "resourceType", "Bundle");
	ww_json_set_cstr(rw->cx, bundle, "type", type);
	for (size_t i = 0; s == WW_OK && i < n; i++) {
		struct ww_json *entry;

		s = entry_of(rw, &entries[i], &entry);
		if (s == WW_OK)
			(void)ww_json_add(rw->cx, list, entry);
	}
	if (n != 0) /* FHIR has no empty arrays */
		(void)ww_json_set(rw->cx, bundle, "entry", list);
	if (s == WW_OK)
		s = text_of(rw->cx, bundle, &a.body);
	return s == WW_OK ? put_long(rw, &a) : s;
}

/* -- again, and never ------------------------------------------------------------------------------- */

ww_status
ww_reply_again(
    struct ww_request_work *rw, const struct ww_request_answer *first, const struct ww_message *m)
{
	struct ww_request_answer a = *first;

	a.seq = rw->message.seq;
	rw->message.disposition = WW_disposition_DUPLICATE;
	rw->message.first = first->seq;
	rw->message.person = m->person;
	rw->message.encounter = m->encounter;
	rw->message.reason =
	    ww_arena_printf(rw->cx->arena, "the same request as journal %" PRId64, first->seq);
	return a.type.n == 0 ? put_long(rw, &a) : put(rw, &a);
}

static int
http_of(ww_status why)
{
	if (why == WW_E_SYNTAX)
		return 400;
	return why == WW_E_LIMIT ? 413 : 500;
}

ww_status
ww_reply_failure(struct ww_apply *a, struct ww_ctx *cx, const struct ww_message *message,
    const struct ww_failure *why)
{
	struct ww_request_answer row;
	ww_status s;

	ww_row_init(&ww_entity_request_answer, &row);
	row.seq = message->seq;
	row.http = http_of(why->status);
	s = text_of(cx, ww_fhir_outcome_failure(cx, why), &row.body);
	return s == WW_OK ? ww_put(a->set.ledger, cx, request_answer, &row) : s;
}
