/* Answers from rows of the ledger. */
#include "rest/settle.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>
#include <wardwire/ledger.h>

#include "codec/fhir_outcome.h"
#include "rest/owed.h"

#include <inttypes.h>

static void
put_version(struct ww_ctx *cx, struct ww_rest_answer *a, int64_t version, int64_t updated_ms)
{
	ww_rest_header(cx, a, "ETag: W/\"%" PRId64 "\"", version);
	ww_rest_header_date(cx, a, "Last-Modified", updated_ms);
}

/* What is owed to a practice comes from the outbox; what is not for the client is not there. */
static ww_status
find_visible(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_rest_scope *scope, ww_str type,
    ww_str id, struct ww_resource *r, bool *found)
{
	ww_status s = WW_OK;

	*found = false;
	if (ww_rest_is_owed(scope, type))
		s = ww_rest_owed_get(cx, l, scope, type, id, r, found);
	if (s != WW_OK || *found)
		return s;
	ww_row_init(&ww_entity_resource, r);
	r->feed = scope->feed;
	r->type = type;
	r->id = id;
	s = ww_get(l, cx, resource, r, found);
	*found =
	    s == WW_OK && *found && (scope->party.n == 0 || ww_str_eq(r->client, scope->client));
	return s;
}

/* -- what was brought ------------------------------------------------------------------------------- */

static ww_status
give_resource(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_rest_ask *ask,
    const struct ww_rest_scope *scope, const struct ww_request_answer *row,
    struct ww_rest_answer *out)
{
	struct ww_resource r;
	bool found;
	ww_status s = find_visible(cx, l, scope, row->type, row->id, &r, &found);

	/* Another request may have changed it since: then it is not what this one made. */
	if (s == WW_OK && found && r.deleted == 0 && r.version == row->version)
		ww_rest_body_text(cx, out, ask->form, r.text);
	return s;
}

/* Appends the issues of an OperationOutcome to a list that has some, or none yet. */
static void
add_issues(struct ww_ctx *cx, ww_str outcome, struct ww_buf *out)
{
	struct ww_json *tree;
	const struct ww_json *i;

	if (outcome.n == 0 || ww_json_parse(cx, outcome, &tree) != WW_OK)
		return;
	for (i = ww_json_first(ww_json_get(tree, "issue")); i != NULL; i = ww_json_next(i)) {
		if (ww_buf_view(out).n > 0)
			ww_buf_byte(out, ',');
		(void)!ww_json_write(cx, i, false, out);
	}
}

/* What was noticed when it came, and what is said of it now. */
static void
give_outcome(struct ww_ctx *cx, const struct ww_rest_ask *ask, const struct ww_request_answer *row,
    struct ww_rest_answer *out)
{
	struct ww_buf issues = { 0 };

	add_issues(cx, ask->remarks, &issues);
	add_issues(cx, row->body, &issues);
	if (ww_buf_view(&issues).n == 0)
		ww_rest_body(cx, out, ask->form,
		    ww_fhir_outcome_one(
		        cx, WW_FHIR_INFORMATION, WW_OK, NULL, ww_str_empty(), "done"));
	else
		ww_rest_body_text(cx, out, ask->form,
		    ww_arena_printf(cx->arena,
		        "{\"resourceType\":\"OperationOutcome\",\"issue\":[%.*s]}",
		        WW_STR_FMT(ww_buf_view(&issues))));
	ww_buf_free(&issues);
}

static ww_status
give_body(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_rest_ask *ask,
    const struct ww_rest_scope *scope, const struct ww_request_answer *row,
    struct ww_rest_answer *out)
{
	bool bundle = row->type.n == 0;
	enum ww_rest_return give = ask->give;

	if (give == WW_REST_RETURN_ANY)
		give = scope->minimal ? WW_REST_RETURN_MINIMAL : WW_REST_RETURN_RESOURCE;
	if (row->body.n > 0 && (row->http >= 400 || bundle)) {
		ww_rest_body_text(cx, out, ask->form, row->body);
		return WW_OK;
	}
	if (row->http >= 400 || give == WW_REST_RETURN_OUTCOME) {
		give_outcome(cx, ask, row, out);
		return WW_OK;
	}
	if (give != WW_REST_RETURN_RESOURCE || bundle || ask->route.interaction == WW_REST_DELETE)
		return WW_OK;
	return give_resource(cx, l, ask, scope, row, out);
}

ww_status
ww_rest_settle(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_rest_ask *ask,
    const struct ww_rest_scope *scope, uint64_t seq, struct ww_rest_answer *out)
{
	struct ww_request_answer row;
	bool found;
	ww_status s;

	*out = (struct ww_rest_answer){ .body = ww_str_empty() };
	ww_row_init(&ww_entity_request_answer, &row);
	row.seq = (int64_t)seq;
	s = ww_get(l, cx, request_answer, &row, &found);
	if (s != WW_OK)
		return s;
	if (!found || row.http < 200 || row.http > 599)
		return ww_fail(cx, WW_E_BUG, NULL, "it was applied and has no answer");
	out->status = (unsigned)row.http;
	if (row.http < 400 && row.type.n > 0 && row.id.n > 0) {
		/* Of what was there the version, too, is told so: HAPI's client looks for it nowhere else. */
		if (ask->route.interaction != WW_REST_DELETE)
			ww_rest_header(cx, out, "%s: %.*s/%.*s/%.*s/_history/%" PRId64,
			    row.http == 201 ? "Location" : "Content-Location",
			    WW_STR_FMT(scope->base), WW_STR_FMT(row.type), WW_STR_FMT(row.id),
			    row.version);
		put_version(cx, out, row.version, row.updated_ms);
	}
	return give_body(cx, l, ask, scope, &row, out);
}

/* -- what is read ----------------------------------------------------------------------------------- */

bool
ww_rest_version_is(ww_str header, int64_t version)
{
	while (header.n > 0) {
		ww_str one = ww_str_trim(ww_str_cut(header, ',', &header));
		uint64_t v;

		if (ww_str_is(one, "*"))
			return true;
		if (ww_str_starts(one, WW_STR("W/")))
			one = ww_str_sub(one, 2, one.n);
		if (one.n >= 2 && one.p[0] == '"' && one.p[one.n - 1] == '"')
			one = ww_str_sub(one, 1, one.n - 2);
		if (ww_str_u64(one, INT64_MAX, &v) && (int64_t)v == version)
			return true;
	}
	return false;
}

/* RFC 9110: where there is If-None-Match, the date does not count. */
static bool
is_known(const struct ww_rest_ask *ask, const struct ww_resource *r)
{
	int64_t since;

	if (ask->if_none_match.n > 0)
		return ww_rest_version_is(ask->if_none_match, r->version);
	return ww_rest_date_read(ask->if_modified_since, &since) &&
	       r->updated_ms / 1000 <= since / 1000;
}

ww_status
ww_rest_read(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_rest_ask *ask,
    const struct ww_rest_scope *scope, struct ww_rest_answer *out)
{
	struct ww_resource r;
	bool found;
	ww_status s = find_visible(
	    cx, l, scope, ww_str_from(ask->route.type->name), ask->route.id, &r, &found);

	*out = (struct ww_rest_answer){ .status = 200, .body = ww_str_empty() };
	if (s != WW_OK)
		return s;
	if (!found)
		return ww_fail(cx, WW_E_NOT_FOUND, NULL, "no resource of that type has that id");
	if (ask->route.version.n > 0 && !ww_rest_version_is(ask->route.version, r.version))
		return ww_fail(
		    cx, WW_E_NOT_FOUND, NULL, "only the version that there is can be read");
	if (r.deleted != 0)
		return ww_fail(cx, WW_E_DELETED, NULL, "the resource was deleted");
	put_version(cx, out, r.version, r.updated_ms);
	if (is_known(ask, &r))
		out->status = 304;
	else
		ww_rest_body_text(cx, out, ask->form, r.text);
	return WW_OK;
}
