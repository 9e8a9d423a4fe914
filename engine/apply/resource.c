/* Resources of clients: stored, changed, deleted, and the keys they are found by kept in line. */
#include "apply/resource.h"

#include "apply/practice.h"
#include "base/crypto.h"
#include "model/resource_query.h"
#include "store/resource_search.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* -- what is stored --------------------------------------------------------------------------------- */

ww_status
ww_resource_get(
    struct ww_request_work *rw, ww_str type, ww_str id, struct ww_resource *out, bool *found)
{
	ww_row_init(&ww_entity_resource, out);
	out->feed = rw->feed->name;
	out->type = type;
	out->id = id;
	return ww_get(rw->l, rw->cx, resource, out, found);
}

/* The key of an entry whose id is known. */
static ww_status
look_up(struct ww_request_work *rw, struct ww_entry *e)
{
	return ww_resource_get(rw, e->type, e->id, &e->row, &e->found);
}

/* -- refusals --------------------------------------------------------------------------------------- */

void
ww_entry_refuse(
    struct ww_request_work *rw, struct ww_entry *e, int http, ww_status why, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	e->http = http;
	e->writes = false;
	ww_fhir_issue_add(
	    rw->cx, &e->issues, WW_FHIR_ERROR, why, NULL, ww_str_from(e->place), "%s", text);
}

/* -- planning --------------------------------------------------------------------------------------- */

static bool
is_id(ww_str s)
{
	if (s.n == 0 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		        c == '-' || c == '.'))
			return false;
	}
	return true;
}

/* An id that nobody has: the record's number, behind what no server that numbers its resources begins with, since what comes
 * as data of such a server has its own ids here and must never be taken for ours, nor ours for its. What a client has put there
 * all the same is passed over. */
static ww_status
new_id(struct ww_request_work *rw, struct ww_entry *e, size_t ordinal)
{
	struct ww_arena *a = rw->cx->arena;
	ww_status s;

	e->id = ww_arena_printf(a, "ww-%" PRIu64, rw->cx->seq);
	if (ordinal != 0)
		e->id = ww_arena_printf(a, "%.*s-%zu", WW_STR_FMT(e->id), ordinal);
	s = look_up(rw, e);
	for (unsigned again = 1; s == WW_OK && e->found; again++) {
		e->id = ww_arena_printf(a, "ww-%" PRIu64 "-%zu-%u", rw->cx->seq, ordinal, again);
		s = look_up(rw, e);
	}
	return s == WW_OK && ww_arena_status(a) != WW_OK ? ww_fail_memory(rw->cx) : s;
}

/* A name as all types of FHIR have one, known or not: it goes into keys and references as it is. */
static bool
is_type(ww_str s)
{
	if (s.n == 0 || s.n > 64 || s.p[0] < 'A' || s.p[0] > 'Z')
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z')))
			return false;
	}
	return true;
}

/* The body is a resource of the type that the URL names. */
static bool
is_of_type(struct ww_request_work *rw, struct ww_entry *e)
{
	if (ww_json_kind(e->tree) != WW_JSON_OBJECT) {
		ww_entry_refuse(rw, e, 400, WW_E_REQUIRED, "there is no resource");
		return false;
	}
	if (!ww_str_eq(ww_json_str(ww_json_get(e->tree, "resourceType")), e->type)) {
		ww_entry_refuse(
		    rw, e, 400, WW_E_CONFLICT, "resourceType is not the type that the URL names");
		return false;
	}
	if (is_type(e->type))
		return true;
	ww_entry_refuse(rw, e, 400, WW_E_VALUE, "resourceType is no name of a type");
	return false;
}

/* One of the list of If-Match names that version: 3 by W/"3", "3" or 3, any by "*". */
static bool
names_version(ww_str list, int64_t version)
{
	while (list.n > 0) {
		ww_str tag = ww_str_trim(ww_str_cut(list, ',', &list));
		uint64_t v;

		if (ww_str_is(tag, "*"))
			return true;
		if (ww_str_starts(tag, WW_STR("W/")))
			tag = ww_str_sub(tag, 2, tag.n);
		if (tag.n >= 2 && tag.p[0] == '"' && tag.p[tag.n - 1] == '"')
			tag = ww_str_sub(tag, 1, tag.n - 2);
		if (ww_str_u64(tag, INT64_MAX, &v) && (int64_t)v == version)
			return true;
	}
	return false;
}

bool
ww_entry_version_fits(struct ww_request_work *rw, struct ww_entry *e, int64_t version)
{
	if (e->absent && version != 0)
		ww_entry_refuse(rw, e, 412, WW_E_CONFLICT, "If-None-Match: there is one");
	else if (e->match.n != 0 && (version == 0 || !names_version(e->match, version)))
		ww_entry_refuse(
		    rw, e, 412, WW_E_CONFLICT, "If-Match names another version than there is");
	return e->http < 400;
}

/* A practice changes what its client brought, and nothing else of the feed. */
static bool
is_own(const struct ww_request_work *rw, const struct ww_resource *row)
{
	return rw->body.party.n == 0 || ww_str_eq(row->client, rw->body.client);
}

/* False, and refused: the client knows another version than there is. */
static bool
is_version(struct ww_request_work *rw, struct ww_entry *e)
{
	bool there = e->found && e->row.deleted == 0;

	if (e->found && !is_own(rw, &e->row)) {
		ww_entry_refuse(rw, e, 403, WW_E_FORBIDDEN, "that id is another client's");
		return false;
	}
	return ww_entry_version_fits(rw, e, there ? e->row.version : 0);
}

/* -- conditions ------------------------------------------------------------------------------------- */

/* The query is the client's: what is wrong with it is an answer. */
static ww_status
read_condition(struct ww_request_work *rw, struct ww_entry *e, struct ww_resource_query *q)
{
	ww_status s = ww_resource_query_read(rw->cx, e->type, e->condition, q);

	if (s == WW_E_VALUE || s == WW_E_LIMIT) {
		if (ww_arena_status(rw->cx->arena) != WW_OK)
			return s;
		ww_entry_refuse(rw, e, 400, s, "the condition's parameter %s: %s",
		    rw->cx->fail.place, rw->cx->fail.reason);
		rw->cx->fail = (struct ww_failure){ .status = WW_OK };
		return WW_OK;
	}
	if (s != WW_OK)
		return s;
	if (q->unknown.n != 0)
		ww_entry_refuse(
		    rw, e, 400, WW_E_TYPE, "the condition has a parameter that the type has not");
	else if (q->n == 0)
		ww_entry_refuse(rw, e, 412, WW_E_MULTIPLE, "the condition says nothing");
	return WW_OK;
}

/* How many resources fit the condition, counted up to two; the one is in e->row. Refused: e->http is 400 or more. */
static ww_status
find_match(struct ww_request_work *rw, struct ww_entry *e, size_t *n)
{
	struct ww_resource_place at = { ww_str_empty(), ww_str_empty() };
	struct ww_resource_query q;
	bool more = true;
	ww_status s = read_condition(rw, e, &q);

	*n = 0;
	if (e->http >= 400)
		return s;
	while (s == WW_OK && more && *n < 2) {
		struct ww_rows rows = { .n = 0 };

		s = ww_resource_search(
		    rw->l, rw->cx, rw->feed->name, &q, false, 2, &at, &rows, &more);
		for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
			if (!is_own(rw, WW_ROW(&rows, resource, i)))
				continue;
			e->row = *WW_ROW(&rows, resource, i);
			++*n;
		}
	}
	if (s == WW_OK && *n > 1)
		ww_entry_refuse(rw, e, 412, WW_E_MULTIPLE, "several resources fit the condition");
	if (s == WW_OK && *n == 1) {
		e->id = e->row.id;
		e->found = true;
	}
	return s;
}

/* -- what is to be done ----------------------------------------------------------------------------- */

static ww_status
plan_create(struct ww_request_work *rw, struct ww_entry *e, size_t ordinal)
{
	size_t n = 0;
	ww_status s = WW_OK;

	if (!is_of_type(rw, e))
		return WW_OK;
	if (e->condition.n != 0)
		s = find_match(rw, e, &n);
	if (s != WW_OK || e->http >= 400)
		return s;
	e->http = n == 1 ? 200 : 201;
	e->writes = n == 0;
	return n == 1 ? WW_OK : new_id(rw, e, ordinal);
}

/* By a condition: which one it is. *known false: none that the client names, so it gets an id. */
static ww_status
find_updated(struct ww_request_work *rw, struct ww_entry *e, bool *known)
{
	ww_str own = ww_json_str(ww_json_get(e->tree, "id"));
	size_t n;
	ww_status s = find_match(rw, e, &n);

	*known = n == 1 || own.n != 0;
	if (s != WW_OK || e->http >= 400)
		return s;
	if (n == 1 && own.n != 0 && !ww_str_eq(own, e->id))
		ww_entry_refuse(rw, e, 400, WW_E_CONFLICT,
		    "the resource's id is not that of the one that fits the condition");
	if (n == 0 && own.n != 0 && !is_id(own))
		ww_entry_refuse(rw, e, 400, WW_E_VALUE, "the resource's id is none");
	if (n == 0)
		e->id = own;
	return WW_OK;
}

static ww_status
plan_update(struct ww_request_work *rw, struct ww_entry *e, size_t ordinal)
{
	bool known = true;
	ww_status s = WW_OK;

	if (!is_of_type(rw, e))
		return WW_OK;
	if (e->id.n == 0 && e->condition.n != 0)
		s = find_updated(rw, e, &known);
	else if (!is_id(e->id))
		ww_entry_refuse(rw, e, 400, WW_E_VALUE, "the URL has no id that could be one");
	else if (!ww_str_eq(ww_json_str(ww_json_get(e->tree, "id")), e->id))
		ww_entry_refuse(
		    rw, e, 400, WW_E_CONFLICT, "the resource's id is not the one of the URL");
	if (s == WW_OK && e->http < 400)
		s = known ? look_up(rw, e) : new_id(rw, e, ordinal);
	if (s != WW_OK || e->http >= 400 || !is_version(rw, e))
		return s;
	e->http = e->found && e->row.deleted == 0 ? 200 : 201;
	e->writes = true;
	return WW_OK;
}

static ww_status
plan_delete(struct ww_request_work *rw, struct ww_entry *e, size_t ordinal)
{
	size_t n;
	ww_status s;

	(void)ordinal;
	s = e->id.n == 0 && e->condition.n != 0 ? find_match(rw, e, &n) : look_up(rw, e);
	if (s != WW_OK || e->http >= 400 || !is_version(rw, e))
		return s;
	e->http = 204;
	e->writes = e->found && e->row.deleted == 0;
	return WW_OK;
}

static ww_status
plan_read(struct ww_request_work *rw, struct ww_entry *e, size_t ordinal)
{
	ww_status s = look_up(rw, e);

	(void)ordinal;
	if (s != WW_OK)
		return s;
	e->http = 200;
	if (!e->found || !is_own(rw, &e->row))
		ww_entry_refuse(rw, e, 404, WW_E_NOT_FOUND, "there is no such resource");
	else if (e->row.deleted != 0)
		ww_entry_refuse(rw, e, 410, WW_E_DELETED, "it was deleted");
	return WW_OK;
}

/* Data of somebody else's: it has the id that they gave it, or a new one. */
static ww_status
plan_keep(struct ww_request_work *rw, struct ww_entry *e, size_t ordinal)
{
	if (!is_of_type(rw, e))
		return WW_OK;
	e->id = ww_json_str(ww_json_get(e->tree, "id"));
	e->http = 200;
	e->writes = true;
	return is_id(e->id) && !e->anew ? look_up(rw, e) : new_id(rw, e, ordinal);
}

ww_status
ww_entry_plan(struct ww_request_work *rw, struct ww_entry *e, size_t ordinal)
{
	static ww_status (*const plans[])(struct ww_request_work *, struct ww_entry *, size_t) = {
		[WW_ENTRY_CREATE] = plan_create,
		[WW_ENTRY_UPDATE] = plan_update,
		[WW_ENTRY_DELETE] = plan_delete,
		[WW_ENTRY_READ] = plan_read,
		[WW_ENTRY_KEEP] = plan_keep,
	};

	return ww_practice_is_task(rw, e) ? ww_practice_plan(rw, e)
	                                  : plans[e->verb](rw, e, ordinal);
}

/* -- content ---------------------------------------------------------------------------------------- */

/* What stands before the content that is a version's own. */
static ww_str
head_of(struct ww_request_work *rw, const struct ww_resource *row, ww_str updated)
{
	return ww_arena_printf(rw->cx->arena,
	    "{\"resourceType\":\"%.*s\",\"id\":\"%.*s\",\"meta\":{\"versionId\":\"%" PRId64
	    "\",\"lastUpdated\":\"%.*s\"",
	    WW_STR_FMT(row->type), WW_STR_FMT(row->id), row->version, WW_STR_FMT(updated));
}

/* Puts id and meta where they belong: in front, in the order of head_of. */
static void
set_head(
    struct ww_request_work *rw, struct ww_json *tree, const struct ww_resource *row, ww_str updated)
{
	struct ww_json *meta = ww_json_get(tree, "meta");

	if (ww_json_kind(meta) == WW_JSON_OBJECT)
		ww_json_remove(tree, "meta");
	else
		meta = ww_json_object(rw->cx);
	ww_json_set_first(rw->cx, meta, "lastUpdated", ww_json_string(rw->cx, updated));
	ww_json_set_first(rw->cx, meta, "versionId",
	    ww_json_string(rw->cx, ww_arena_printf(rw->cx->arena, "%" PRId64, row->version)));
	ww_json_set_first(rw->cx, tree, "meta", meta);
	ww_json_set_first(rw->cx, tree, "id", ww_json_string(rw->cx, row->id));
	ww_json_set_first(rw->cx, tree, "resourceType", ww_json_string(rw->cx, row->type));
}

/* Text and digest of what the row says and the tree has. The digest is of all that does not change with each version. */
static ww_status
compose(struct ww_request_work *rw, struct ww_json *tree, struct ww_resource *row)
{
	ww_str updated = ww_request_instant(rw->cx, row->updated_ms);
	ww_str head = head_of(rw, row, updated);
	struct ww_buf text = { 0 };
	uint8_t digest[WW_SHA256];
	char hex[WW_SHA256 + 1];
	ww_status s;

	set_head(rw, tree, row, updated);
	s = ww_json_write(rw->cx, tree, false, &text);
	if (s == WW_OK) {
		assert(ww_str_starts(ww_buf_view(&text), head));
		ww_sha256(ww_str_sub(ww_buf_view(&text), head.n, text.n), digest);
		ww_hex(digest, WW_SHA256 / 2, hex);
		row->digest = ww_arena_str(rw->cx->arena, ww_str_from(hex));
		row->text = ww_arena_str(rw->cx->arena, ww_buf_view(&text));
	}
	ww_buf_free(&text);
	return s == WW_OK && ww_arena_status(rw->cx->arena) != WW_OK ? ww_fail_memory(rw->cx) : s;
}

/* -- search keys ------------------------------------------------------------------------------------ */

static ww_status
change_key(struct ww_request_work *rw, const struct ww_resource *row, ww_str line, bool add)
{
	struct ww_resource_key k;

	ww_row_init(&ww_entity_resource_key, &k);
	k.key = ww_resource_key_text(rw->cx, row->feed, row->type, line);
	k.id = row->id;
	if (ww_arena_status(rw->cx->arena) != WW_OK)
		return ww_fail_memory(rw->cx);
	return add ? ww_put(rw->l, rw->cx, resource_key, &k)
	           : ww_ledger_remove(rw->l, rw->cx, &ww_entity_resource_key, &k);
}

/* Both are sorted: what only one of them has is removed or added. */
static ww_status
change_keys(struct ww_request_work *rw, const struct ww_resource *row, ww_str old, ww_str now)
{
	ww_str a = ww_str_cut(old, '\n', &old), b = ww_str_cut(now, '\n', &now);
	ww_status s = WW_OK;

	while (s == WW_OK && (a.n > 0 || b.n > 0)) {
		int d = a.n == 0 ? 1 : b.n == 0 ? -1 : ww_str_cmp(a, b);

		if (d < 0)
			s = change_key(rw, row, a, false);
		else if (d > 0)
			s = change_key(rw, row, b, true);
		if (d <= 0)
			a = ww_str_cut(old, '\n', &old);
		if (d >= 0)
			b = ww_str_cut(now, '\n', &now);
	}
	return s;
}

/* -- doing ------------------------------------------------------------------------------------------ */

/* The tree of the version before; NULL: there is none. */
static ww_status
read_before(struct ww_request_work *rw, const struct ww_entry *e, struct ww_json **out)
{
	*out = NULL;
	if (!e->found || e->row.deleted != 0)
		return WW_OK;
	return ww_json_parse(rw->cx, e->row.text, out);
}

static void
note_brought(struct ww_request_work *rw, const struct ww_entry *e, const struct ww_json *before,
    bool changed)
{
	struct ww_brought *b = &rw->brought[rw->n++];

	*b = (struct ww_brought){ .type = e->row.type,
		.id = e->row.id,
		.version = e->row.version,
		.tree = e->row.deleted != 0 ? before : e->tree,
		.before = before,
		.full_url = e->full_url,
		.came_updated = e->came_updated,
		.came_version = e->came_version,
		.created = before == NULL,
		.deleted = e->row.deleted != 0,
		.changed = changed,
		.data = e->verb == WW_ENTRY_KEEP };
}

static ww_status
do_delete(struct ww_request_work *rw, struct ww_entry *e)
{
	ww_str keys = e->row.keys;
	struct ww_json *before;
	ww_status s = read_before(rw, e, &before);

	if (s == WW_OK)
		s = change_keys(rw, &e->row, keys, ww_str_empty());
	if (s != WW_OK)
		return s;
	e->came_updated = e->came_version = ww_str_empty();
	e->row.version++;
	e->row.seq = (int64_t)rw->cx->seq;
	e->row.updated_ms = rw->cx->now;
	e->row.client = rw->body.client;
	e->row.deleted = 1;
	e->row.keys = ww_str_empty();
	note_brought(rw, e, before, true);
	return ww_put(rw->l, rw->cx, resource, &e->row);
}

/* What is stored already stays as it is, version and all. */
static ww_status
do_nothing_new(struct ww_request_work *rw, struct ww_entry *e, const struct ww_resource *was,
    const struct ww_json *before)
{
	e->row = *was;
	set_head(rw, e->tree, was, ww_request_instant(rw->cx, was->updated_ms));
	note_brought(rw, e, before, false);
	return WW_OK;
}

static ww_status
do_store(struct ww_request_work *rw, struct ww_entry *e)
{
	struct ww_resource was = e->row;
	struct ww_json *before;
	ww_status s = read_before(rw, e, &before);

	e->came_updated = ww_json_str(ww_json_find(e->tree, "meta.lastUpdated"));
	e->came_version = ww_json_str(ww_json_find(e->tree, "meta.versionId"));
	e->row.version++;
	e->row.seq = (int64_t)rw->cx->seq;
	e->row.updated_ms = rw->cx->now;
	e->row.client = rw->body.client;
	e->row.deleted = 0;
	if (s == WW_OK)
		s = compose(rw, e->tree, &e->row);
	if (s == WW_OK && before != NULL && ww_str_eq(was.digest, e->row.digest))
		return do_nothing_new(rw, e, &was, before);
	if (s == WW_OK)
		s = ww_resource_keys(rw->cx, e->tree, e->row.updated_ms, &e->row.keys);
	if (s == WW_OK)
		s = change_keys(rw, &e->row, was.keys, e->row.keys);
	if (s != WW_OK)
		return s;
	note_brought(rw, e, before, true);
	return ww_put(rw->l, rw->cx, resource, &e->row);
}

ww_status
ww_entry_do(struct ww_request_work *rw, struct ww_entry *e)
{
	if (!e->writes)
		return WW_OK;
	if (ww_practice_is_task(rw, e))
		return ww_practice_do(rw, e);
	return e->verb == WW_ENTRY_DELETE ? do_delete(rw, e) : do_store(rw, e);
}
