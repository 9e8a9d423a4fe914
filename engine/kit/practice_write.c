/* Create, update and read of single resources (FHIR R4, 3.1.0). */
#include "kit/practice_write.h"

#include "kit/practice_check.h"
#include "kit/practice_keep.h"
#include "kit/practice_query.h"
#include "kit/practice_store.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <inttypes.h>
#include <stdio.h>

/* -- bodies ----------------------------------------------------------------------------------------- */

/* The media type says FHIR's JSON, in UTF-8 where it says anything about that. */
static bool
is_json_type(ww_str header)
{
	ww_str rest, type = ww_str_trim(ww_str_cut(header, ';', &rest));

	if (!ww_str_ieq(type, WW_STR("application/fhir+json")) &&
	    !ww_str_ieq(type, WW_STR("application/json")))
		return false;
	while (rest.n > 0) {
		ww_str value, one = ww_str_trim(ww_str_cut(rest, ';', &rest));
		ww_str name = ww_str_cut(one, '=', &value);

		if (ww_str_ieq(name, WW_STR("charset")) && !ww_str_ieq(value, WW_STR("utf-8")) &&
		    !ww_str_ieq(value, WW_STR("\"utf-8\"")))
			return false;
	}
	return true;
}

ww_status
ww_practice_write_body(struct ww_practice_call *c, struct ww_json **out)
{
	if (!is_json_type(c->rq->content_type))
		return ww_practice_call_refuse(c, 415, "not-supported", NULL,
		    "Content-Type must be application/fhir+json in UTF-8");
	return ww_json_parse(c->cx, c->rq->body, out);
}

/* -- planning ------------------------------------------------------------------------------------ */

/* Looks for what a conditional create names. */
static ww_status
find_match(struct ww_practice_call *c, ww_str condition, struct ww_practice_write *w)
{
	const struct ww_practice_kept **found;
	struct ww_practice_query q;
	ww_status s;
	size_t n;

	ww_practice_query_start(&q);
	s = ww_practice_query_parse(c, w->type, condition, &q);
	if (s != WW_OK)
		return s;
	if (q.all_n == 0)
		return ww_practice_call_refuse(
		    c, 400, "invalid", NULL, "the condition of the create has no criterion");
	s = ww_practice_query_run(c, w->type, &q, &found, &n);
	if (s != WW_OK)
		return s;
	if (n > 1)
		return ww_practice_call_refuse(c, 412, "multiple-matches", NULL,
		    "the condition of the create matches %zu resources", n);
	if (n == 1) {
		w->there = found[0];
		w->id = found[0]->id;
		w->done = true;
	}
	return WW_OK;
}

ww_status
ww_practice_write_plan_create(struct ww_practice_call *c, const struct ww_practice_type *type,
    struct ww_json *resource, ww_str condition, struct ww_practice_write *out)
{
	ww_status s = WW_OK;

	*out = (struct ww_practice_write){ .type = type, .resource = resource };
	if (condition.n > 0)
		s = find_match(c, condition, out);
	if (s == WW_OK && !out->done)
		out->id = ww_arena_printf(
		    c->cx->arena, "%.*s%" PRIu64, WW_STR_FMT(c->id_prefix), ++*c->ids);
	return s;
}

ww_str
ww_practice_write_etag(struct ww_practice_call *c, const struct ww_practice_kept *k)
{
	return ww_arena_printf(c->cx->arena, "W/\"%" PRIu64 "\"", k->version);
}

/* If-Match names the version that is there; weak or not makes no difference here. */
static bool
is_version(struct ww_practice_call *c, ww_str header, const struct ww_practice_kept *k)
{
	ww_str etag = ww_practice_write_etag(c, k), strong = ww_str_sub(etag, 2, etag.n);

	header = ww_str_trim(header);
	return ww_str_eq(header, etag) || ww_str_eq(header, strong) || ww_str_is(header, "*");
}

ww_status
ww_practice_write_plan_update(struct ww_practice_call *c, const struct ww_practice_type *type,
    ww_str id, struct ww_json *resource, ww_str version, struct ww_practice_write *out)
{
	char path[48];

	*out = (struct ww_practice_write){ .type = type, .resource = resource };
	snprintf(path, sizeof(path), "%s.id", type->name);
	if (!ww_str_eq(ww_json_str(ww_json_get(resource, "id")), id))
		return ww_practice_call_refuse(c, 400, "value", path,
		    "the id of the resource is missing or not the id of the path");
	out->there = ww_practice_store_find(c->store, type, id);
	if (out->there == NULL)
		return ww_practice_call_refuse(c, 404, "not-found", NULL,
		    "there is no such resource, and an update makes none");
	if (version.n > 0 && !is_version(c, version, out->there))
		return ww_practice_call_refuse(
		    c, 412, "conflict", NULL, "If-Match is not the present version");
	out->id = out->there->id;
	return WW_OK;
}

/* -- doing --------------------------------------------------------------------------------------- */

/* Gives the resource its id, and meta the version and time; what else is in meta stays. */
static ww_status
set_meta(struct ww_practice_call *c, const struct ww_practice_write *w, uint64_t version)
{
	struct ww_json *meta = ww_json_get(w->resource, "meta");
	char path[48];

	if (meta != NULL && ww_json_kind(meta) != WW_JSON_OBJECT) {
		snprintf(path, sizeof(path), "%s.meta", w->type->name);
		return ww_practice_call_refuse(c, 422, "structure", path, "not an object");
	}
	if (meta == NULL)
		meta = ww_json_set(c->cx, w->resource, "meta", ww_json_object(c->cx));
	ww_json_set_str(c->cx, w->resource, "id", w->id);
	ww_json_set_str(
	    c->cx, meta, "versionId", ww_arena_printf(c->cx->arena, "%" PRIu64, version));
	ww_json_set_str(c->cx, meta, "lastUpdated", ww_practice_call_instant(c, c->now));
	return WW_OK;
}

ww_status
ww_practice_write_stage(struct ww_practice_call *c, struct ww_practice_write *w)
{
	struct ww_practice_kept head = {
		.type = w->type,
		.id = w->id,
		.version = w->there != NULL ? w->there->version + 1 : 1,
		.updated = c->now,
		.status = ww_str_empty(),
	};
	ww_status s;

	if (w->done)
		return WW_OK;
	s = ww_practice_check(c, w->type, w->resource);
	if (s == WW_OK)
		s = set_meta(c, w, head.version);
	if (s == WW_OK)
		s = ww_practice_call_text(c, w->resource, &head.text);
	if (s == WW_OK)
		s = ww_practice_store_make(c->cx, &head, w->resource, &w->made);
	return s;
}

void
ww_practice_write_drop(struct ww_practice_write *writes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		ww_practice_store_drop(writes[i].made);
		writes[i].made = NULL;
	}
}

/* Writes the lines of all that was made to the file, if there is one. */
static ww_status
keep(struct ww_practice_call *c, struct ww_practice_kept *const *made, size_t n)
{
	struct ww_buf lines = { 0 };
	ww_status s;
	size_t i;

	if (c->keep == NULL)
		return WW_OK;
	for (i = 0; i < n; i++)
		ww_practice_keep_line(made[i], &lines);
	s = (ww_status)lines.error;
	if (s == WW_OK)
		s = ww_practice_keep_append(c->keep, c->cx, ww_buf_view(&lines));
	else
		s = ww_fail(c->cx, s, NULL, "no memory for the lines to keep");
	ww_buf_free(&lines);
	return s;
}

ww_status
ww_practice_write_commit(struct ww_practice_call *c, struct ww_practice_write *writes, size_t n)
{
	struct ww_practice_kept **made =
	    ww_arena_array(c->cx->arena, n, sizeof(struct ww_practice_kept *));
	size_t made_n = 0, i;
	ww_status s;

	s = made != NULL ? WW_OK : ww_fail_memory(c->cx);
	for (i = 0; i < n && s == WW_OK; i++)
		if (writes[i].made != NULL)
			made[made_n++] = writes[i].made;
	if (s == WW_OK)
		s = ww_practice_store_reserve(c->store, c->cx, made, made_n);
	if (s == WW_OK)
		s = keep(c, made, made_n);
	if (s != WW_OK) {
		ww_practice_write_drop(writes, n);
		return s;
	}
	for (i = 0; i < made_n; i++)
		ww_practice_store_put(c->store, made[i]);
	return WW_OK;
}

/* -- requests --------------------------------------------------------------------------------------- */

/* Answers with a version: its text, ETag, and where it is when that is news. */
static ww_status
answer(struct ww_practice_call *c, int http, const struct ww_practice_kept *k, bool location)
{
	struct ww_practice_answer *out = c->out;
	struct ww_arena *a = c->cx->arena;

	out->status = http;
	out->content_type = WW_PRACTICE_FHIR_JSON;
	out->body = ww_arena_str(a, k->text);
	out->etag = ww_practice_write_etag(c, k);
	if (location)
		out->location = ww_arena_printf(a, "%.*s/%s/%.*s/_history/%" PRIu64,
		    WW_STR_FMT(c->base), k->type->name, WW_STR_FMT(k->id), k->version);
	return ww_arena_status(a) == WW_OK ? WW_OK : ww_fail_memory(c->cx);
}

/* Does a planned write and answers with what is there afterwards. */
static ww_status
do_one(struct ww_practice_call *c, struct ww_practice_write *w, int http_new, bool location)
{
	const struct ww_practice_kept *k = w->there;
	ww_status s;

	if (w->done)
		return answer(c, 200, k, location);
	s = ww_practice_write_stage(c, w);
	if (s != WW_OK)
		return s;
	k = w->made;
	s = ww_practice_write_commit(c, w, 1);
	return s == WW_OK ? answer(c, http_new, k, location) : s;
}

ww_status
ww_practice_write_create(struct ww_practice_call *c)
{
	struct ww_practice_write w;
	struct ww_json *resource;
	ww_status s;

	s = ww_practice_write_body(c, &resource);
	if (s == WW_OK)
		s = ww_practice_write_plan_create(
		    c, c->type, resource, ww_str_trim(c->rq->if_none_exist), &w);
	return s == WW_OK ? do_one(c, &w, 201, true) : s;
}

ww_status
ww_practice_write_update(struct ww_practice_call *c)
{
	struct ww_practice_write w;
	struct ww_json *resource;
	ww_status s;

	s = ww_practice_write_body(c, &resource);
	if (s == WW_OK)
		s = ww_practice_write_plan_update(
		    c, c->type, c->id, resource, ww_str_trim(c->rq->if_match), &w);
	return s == WW_OK ? do_one(c, &w, 200, false) : s;
}

ww_status
ww_practice_write_read(struct ww_practice_call *c)
{
	const struct ww_practice_kept *k = ww_practice_store_find(c->store, c->type, c->id);

	if (k != NULL)
		return answer(c, 200, k, false);
	return ww_practice_call_refuse(c, 404, "not-found", NULL, "there is no such resource");
}

ww_status
ww_practice_write_read_version(struct ww_practice_call *c)
{
	const struct ww_practice_kept *k = ww_practice_store_find(c->store, c->type, c->id);
	uint64_t version;

	if (k != NULL && ww_str_u64(c->version, UINT64_MAX, &version) && version == k->version)
		return answer(c, 200, k, false);
	return ww_practice_call_refuse(
	    c, 404, "not-found", NULL, "there is no such version, or no longer");
}
