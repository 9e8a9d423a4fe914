/* Reads an answer: the id and the version from wherever the receiver puts them, the code of the first error
 * of an OperationOutcome, what a search found. Everything here was written by someone else. */
#include "link/fhir_answer.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <string.h>

#define NAME_MOST 128 /* bytes of an id or a version that we keep */

/* Ids and versions come from the receiver and go into our next URL and header. */
static bool
is_plain(ww_str s, const char *also)
{
	size_t i;

	if (s.n == 0 || s.n > NAME_MOST)
		return false;
	for (i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

		if (!letter && !(c >= '0' && c <= '9') && (c == '\0' || strchr(also, c) == NULL))
			return false;
	}
	return true;
}

/* Also of a version; not a step of a path. */
static bool
is_id(ww_str s)
{
	return is_plain(s, "-._") && !ww_str_is(s, ".") && !ww_str_is(s, "..");
}

bool
ww_fhir_answer_is_etag(ww_str s)
{
	return is_plain(s, "!#$%&'*+-./:;<=>?@[]^_`{|}~()\"\\,");
}

/* Id and version of ".../Task/17/_history/3": relative or absolute, with or without version. */
static void
read_location(ww_str location, ww_str type, ww_str *id, ww_str *version)
{
	ww_str part[4] = { { "", 0 }, { "", 0 }, { "", 0 }, { "", 0 } }; /* the last is part[0] */
	ww_str rest, path = ww_str_cut(location, '?', &rest);
	size_t i, at;

	path = ww_str_cut(path, '#', &rest);
	while (path.n > 0 && path.p[path.n - 1] == '/')
		path.n--;
	for (i = 0; i < 4 && path.n > 0; i++) {
		at = path.n;
		while (at > 0 && path.p[at - 1] != '/')
			at--;
		part[i] = ww_str_sub(path, at, path.n);
		path.n = at > 0 ? at - 1 : 0;
	}
	at = ww_str_is(part[1], "_history") ? 2 : 0;
	if (!ww_str_eq(part[at + 1], type) || !is_id(part[at]))
		return;
	*id = part[at];
	if (at == 2 && is_id(part[0]))
		*version = part[0];
}

static ww_str
weak_etag(struct ww_ctx *cx, ww_str version)
{
	ww_str etag;

	if (!is_id(version))
		return ww_str_empty();
	etag = ww_arena_printf(cx->arena, "W/\"%.*s\"", WW_STR_FMT(version));
	return ww_fhir_answer_is_etag(etag) ? etag : ww_str_empty();
}

static bool
is_resource(const struct ww_json *v, ww_str type)
{
	return ww_str_eq(ww_json_str(ww_json_get(v, "resourceType")), type);
}

/* Task.status, when it is one. */
static ww_str
task_status(const struct ww_json *resource)
{
	static const char *const codes[] = { "draft", "requested", "received", "accepted",
		"rejected", "ready", "cancelled", "in-progress", "on-hold", "failed", "completed",
		"entered-in-error" };
	ww_str status = ww_json_str(ww_json_get(resource, "status"));

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (ww_str_is(status, codes[i]) && is_resource(resource, WW_STR("Task")))
			return status;
	}
	return ww_str_empty();
}

/* Fills in what is not known yet. */
static void
read_resource(struct ww_ctx *cx, const struct ww_json *resource, ww_str *id, ww_str *etag)
{
	ww_str own = ww_json_str(ww_json_get(resource, "id"));

	if (id->n == 0 && is_id(own))
		*id = own;
	if (etag->n == 0)
		*etag = weak_etag(cx, ww_json_str(ww_json_find(resource, "meta.versionId")));
}

static bool
has_identifier(const struct ww_json *resource, ww_str key)
{
	const struct ww_json *all = ww_json_get(resource, "identifier");
	const struct ww_json *one = ww_json_kind(all) == WW_JSON_ARRAY ? ww_json_first(all) : all;
	ww_str value, system = ww_str_cut(key, '|', &value);

	for (; one != NULL; one = ww_json_kind(all) == WW_JSON_ARRAY ? ww_json_next(one) : NULL)
		if (ww_str_eq(ww_json_str(ww_json_get(one, "system")), system) &&
		    ww_str_eq(ww_json_str(ww_json_get(one, "value")), value))
			return true;
	return false;
}

/* Numbers by their value, others by their bytes: a fixed order is all that matters. */
static bool
is_lower(ww_str a, ww_str b)
{
	uint64_t m, n;

	if (ww_str_u64(a, UINT64_MAX, &m) && ww_str_u64(b, UINT64_MAX, &n) && m != n)
		return m < n;
	return ww_str_cmp(a, b) < 0;
}

static void
read_bundle(struct ww_ctx *cx, const struct ww_fhir_asked *asked, const struct ww_json *bundle,
    struct ww_fhir_reading *out)
{
	const struct ww_json *entry = ww_json_first(ww_json_get(bundle, "entry"));

	out->seen.bundle = true;
	for (; entry != NULL; entry = ww_json_next(entry)) {
		const struct ww_json *resource = ww_json_get(entry, "resource");
		ww_str id = ww_str_empty(), etag = ww_str_empty();
		ww_str mode = ww_json_str(ww_json_find(entry, "search.mode"));

		if (mode.n > 0 && !ww_str_is(mode, "match"))
			continue;
		read_resource(cx, resource, &id, &etag);
		if (!is_resource(resource, asked->type) || id.n == 0 ||
		    !has_identifier(resource, asked->key)) {
			out->seen.others++;
			continue;
		}
		out->seen.found++;
		if (out->id.n == 0 || is_lower(id, out->id)) {
			out->id = id;
			out->etag = etag;
			out->status = task_status(resource);
		}
	}
}

static ww_str
first_error(const struct ww_json *outcome)
{
	const struct ww_json *issue = ww_json_first(ww_json_get(outcome, "issue"));

	for (; issue != NULL; issue = ww_json_next(issue)) {
		ww_str severity = ww_json_str(ww_json_get(issue, "severity"));
		ww_str code = ww_json_str(ww_json_get(issue, "code"));

		if (ww_str_is(severity, "error") || ww_str_is(severity, "fatal"))
			return code.n > 0 ? code : WW_STR("unknown");
	}
	return ww_str_empty();
}

static void
read_body(
    struct ww_ctx *cx, const struct ww_fhir_asked *asked, ww_str body, struct ww_fhir_reading *out)
{
	struct ww_json *root = NULL;

	if (body.n == 0)
		return;
	if (ww_json_parse(cx, body, &root) != WW_OK ||
	    ww_json_str(ww_json_get(root, "resourceType")).n == 0)
		out->seen.strange = true;
	else if (is_resource(root, WW_STR("OperationOutcome")))
		out->seen.issue = first_error(root);
	else if (asked->verb == WW_VERB_SEARCH && is_resource(root, WW_STR("Bundle")))
		read_bundle(cx, asked, root, out);
	else if (asked->verb != WW_VERB_SEARCH && is_resource(root, asked->type)) {
		read_resource(cx, root, &out->id, &out->etag);
		out->status = task_status(root);
	}
}

void
ww_fhir_answer_read(struct ww_ctx *cx, const struct ww_fhir_asked *asked,
    const struct ww_http_reply *reply, struct ww_fhir_reading *out)
{
	ww_str version = ww_str_empty();

	*out = (struct ww_fhir_reading){ .seen = { .verb = asked->verb,
		                             .end = reply->end,
		                             .http = reply->status,
		                             .issue = ww_str_empty() },
		.id = ww_str_empty(),
		.etag = ww_str_empty(),
		.status = ww_str_empty() };
	if (asked->verb == WW_VERB_UPDATE)
		out->id = asked->remote_id;
	if (asked->verb == WW_VERB_CREATE)
		read_location(reply->location, asked->type, &out->id, &version);
	if (asked->verb != WW_VERB_SEARCH &&
	    ww_fhir_answer_is_etag(reply->etag)) /* of a search it is the Bundle's */
		out->etag = reply->etag;
	if (out->etag.n == 0 && version.n > 0)
		out->etag = weak_etag(cx, version);
	read_body(cx, asked, reply->body, out);
	out->seen.named = asked->verb == WW_VERB_CREATE ? out->id.n > 0 : out->etag.n > 0;
}
