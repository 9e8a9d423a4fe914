/* Transactions (FHIR R4, 3.1.0.11): plan every entry, resolve references, check every resource, and only
 * then write. */
#include "kit/practice_transaction.h"

#include "kit/practice_check.h"
#include "kit/practice_query.h"
#include "kit/practice_store.h"
#include "kit/practice_write.h"

#include <wardwire/json.h>

#include <inttypes.h>
#include <stdio.h>

#define ENTRIES 1000
#define URN WW_STR("urn:uuid:")

struct entry {
	ww_str full_url;
	ww_str condition; /* ifNoneExist */
	bool create;
};

struct transaction {
	struct ww_practice_call *c;
	struct entry *entries;
	struct ww_practice_write *writes;
	size_t n;
};

/* -- planning ------------------------------------------------------------------------------------ */

/* An entry's verb: how its request is planned. id is empty for a create. */
static ww_status
plan_post(struct transaction *t, size_t i, const struct ww_practice_type *type, ww_str id,
    const struct ww_json *request, struct ww_json *resource)
{
	struct entry *e = &t->entries[i];

	if (id.n > 0)
		return ww_practice_call_refuse(t->c, 400, "invalid", "Bundle.request.url",
		    "a POST goes to the type, without an id");
	e->create = true;
	e->condition = ww_str_trim(ww_json_str(ww_json_get(request, "ifNoneExist")));
	return ww_practice_write_plan_create(t->c, type, resource, e->condition, &t->writes[i]);
}

static ww_status
plan_put(struct transaction *t, size_t i, const struct ww_practice_type *type, ww_str id,
    const struct ww_json *request, struct ww_json *resource)
{
	if (id.n == 0)
		return ww_practice_call_refuse(t->c, 400, "invalid", "Bundle.request.url",
		    "a PUT goes to the type and id; conditional updates are not supported");
	return ww_practice_write_plan_update(
	    t->c, type, id, resource, ww_json_str(ww_json_get(request, "ifMatch")), &t->writes[i]);
}

static const struct {
	const char *method;
	ww_status (*plan)(struct transaction *, size_t, const struct ww_practice_type *, ww_str,
	    const struct ww_json *, struct ww_json *);
} verbs[] = {
	{ "POST", plan_post },
	{ "PUT", plan_put },
};

/* Entries that mean the same resource make the whole fail: their order would decide. */
static ww_status
check_overlap(struct transaction *t, size_t i)
{
	const struct ww_practice_write *w = &t->writes[i], *other;
	size_t k;

	for (k = 0; k < i; k++) {
		other = &t->writes[k];
		if (other->type != w->type)
			continue;
		if (ww_str_eq(other->id, w->id) ||
		    (t->entries[i].condition.n > 0 &&
		        ww_str_eq(t->entries[i].condition, t->entries[k].condition)))
			return ww_practice_call_refuse(
			    t->c, 400, "duplicate", "Bundle", "two entries mean the same resource");
	}
	return WW_OK;
}

static ww_status
plan_entry(struct transaction *t, size_t i, const struct ww_json *entry)
{
	const struct ww_json *request = ww_json_get(entry, "request");
	ww_str id, name = ww_str_cut(ww_json_str(ww_json_get(request, "url")), '/', &id);
	struct ww_json *resource = ww_json_get(entry, "resource");
	const struct ww_practice_type *type;
	ww_status s;
	size_t k;

	t->entries[i].full_url = ww_json_str(ww_json_get(entry, "fullUrl"));
	if (request == NULL || resource == NULL)
		return ww_practice_call_refuse(
		    t->c, 400, "required", "Bundle", "the entry needs a request and a resource");
	s = ww_practice_check_known(t->c, name, "Bundle.request.url", &type);
	if (s != WW_OK)
		return s;
	for (k = 0; k < sizeof(verbs) / sizeof(verbs[0]); k++)
		if (ww_str_is(ww_json_str(ww_json_get(request, "method")), verbs[k].method))
			break;
	if (k == sizeof(verbs) / sizeof(verbs[0]))
		return ww_practice_call_refuse(t->c, 400, "not-supported", "Bundle.request.method",
		    "an entry is a POST or a PUT");
	s = verbs[k].plan(t, i, type, id, request, resource);
	return s == WW_OK ? check_overlap(t, i) : s;
}

/* -- references --------------------------------------------------------------------------------------- */

/* Sets the reference of this object to a resource's place. */
static void
set_reference(
    struct transaction *t, struct ww_json *object, const struct ww_practice_type *type, ww_str id)
{
	struct ww_ctx *cx = t->c->cx;

	ww_json_set_str(cx, object, "reference",
	    ww_arena_printf(cx->arena, "%s/%.*s", type->name, WW_STR_FMT(id)));
}

static ww_status
resolve_urn(struct transaction *t, struct ww_json *object, ww_str urn, const char *path)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (ww_str_eq(t->entries[i].full_url, urn)) {
			set_reference(t, object, t->writes[i].type, t->writes[i].id);
			return WW_OK;
		}
	return ww_practice_call_refuse(
	    t->c, 400, "not-found", path, "a reference to an entry that is not in the Bundle");
}

static ww_status
resolve_condition(struct transaction *t, struct ww_json *object, ww_str text, const char *path)
{
	ww_str query, name = ww_str_cut(text, '?', &query);
	const struct ww_practice_type *type;
	const struct ww_practice_kept **found;
	struct ww_practice_query q;
	ww_status s;
	size_t n;

	ww_practice_query_start(&q);
	s = ww_practice_check_known(t->c, name, path, &type);
	if (s == WW_OK)
		s = ww_practice_query_parse(t->c, type, query, &q);
	if (s == WW_OK)
		s = ww_practice_query_run(t->c, type, &q, &found, &n);
	if (s != WW_OK)
		return s;
	if (n != 1)
		return ww_practice_call_refuse(t->c, 412, n == 0 ? "not-found" : "multiple-matches",
		    path, "a conditional reference matches %zu resources", n);
	set_reference(t, object, type, found[0]->id);
	return WW_OK;
}

/* "Patient?identifier=...", and not a URL that has a query. */
static bool
is_condition(ww_str text)
{
	size_t at = ww_str_find(text, '?');

	return at < text.n && ww_str_find(text, ':') > at && ww_str_find(text, '/') > at;
}

/* Resolves the references in an object or array and all below it. */
static ww_status
resolve(struct transaction *t, struct ww_json *v, const char *path)
{
	ww_str text = ww_json_str(ww_json_get(v, "reference"));
	struct ww_json *child, *next;
	ww_status s = WW_OK;

	if (ww_str_starts(text, URN))
		s = resolve_urn(t, v, text, path);
	else if (is_condition(text))
		s = resolve_condition(t, v, text, path);
	for (child = ww_json_first(v); child != NULL && s == WW_OK; child = next) {
		next = ww_json_next(child);
		if (ww_json_kind(child) == WW_JSON_OBJECT || ww_json_kind(child) == WW_JSON_ARRAY)
			s = resolve(t, child, path);
	}
	return s;
}

/* -- the answer ------------------------------------------------------------------------------------- */

static ww_status
answer(struct transaction *t)
{
	struct ww_ctx *cx = t->c->cx;
	struct ww_json *bundle = ww_json_object(cx), *entries;
	size_t i;

	ww_json_set_cstr(cx, bundle, "resourceType", "Bundle");
	ww_json_set_cstr(cx, bundle, "type", "transaction-response");
	entries = ww_json_set(cx, bundle, "entry", ww_json_array(cx));
	for (i = 0; i < t->n; i++) {
		const struct ww_practice_write *w = &t->writes[i];
		const struct ww_practice_kept *k = w->done ? w->there : w->made;
		struct ww_json *entry = ww_json_add(cx, entries, ww_json_object(cx));
		struct ww_json *response = ww_json_set(cx, entry, "response", ww_json_object(cx));

		ww_json_set_cstr(cx, response, "status",
		    t->entries[i].create && !w->done ? "201 Created" : "200 OK");
		ww_json_set_str(cx, response, "location",
		    ww_arena_printf(cx->arena, "%s/%.*s/_history/%" PRIu64, k->type->name,
		        WW_STR_FMT(k->id), k->version));
		ww_json_set_str(cx, response, "etag", ww_practice_write_etag(t->c, k));
		ww_json_set_str(
		    cx, response, "lastModified", ww_practice_call_instant(t->c, k->updated));
	}
	return ww_practice_call_json(t->c, 200, bundle);
}

/* -- the request ------------------------------------------------------------------------------------ */

/* Plans all entries: afterwards the ids of all are known. */
static ww_status
plan_all(struct transaction *t, const struct ww_json *list)
{
	const struct ww_json *entry = ww_json_first(list);
	char place[48];
	ww_status s = WW_OK;
	size_t i;

	for (i = 0; i < t->n && s == WW_OK; i++, entry = ww_json_next(entry)) {
		s = plan_entry(t, i, entry);
		snprintf(place, sizeof(place), "Bundle.entry[%zu]", i);
		ww_practice_call_within(t->c, place);
	}
	return s;
}

/* Resolves, checks and makes all new versions. */
static ww_status
stage_all(struct transaction *t)
{
	char place[48];
	ww_status s = WW_OK;
	size_t i;

	for (i = 0; i < t->n && s == WW_OK; i++) {
		struct ww_practice_write *w = &t->writes[i];

		if (!w->done)
			s = resolve(t, w->resource, w->type->name);
		if (s == WW_OK)
			s = ww_practice_write_stage(t->c, w);
		snprintf(place, sizeof(place), "Bundle.entry[%zu].resource", i);
		ww_practice_call_within(t->c, place);
	}
	return s;
}

ww_status
ww_practice_transaction(struct ww_practice_call *c)
{
	struct transaction t = { .c = c };
	struct ww_json *bundle;
	const struct ww_json *list;
	ww_status s;

	s = ww_practice_write_body(c, &bundle);
	if (s != WW_OK)
		return s;
	if (!ww_str_is(ww_json_str(ww_json_get(bundle, "resourceType")), "Bundle") ||
	    !ww_str_is(ww_json_str(ww_json_get(bundle, "type")), "transaction"))
		return ww_practice_call_refuse(
		    c, 400, "not-supported", "Bundle.type", "not a Bundle of type transaction");
	list = ww_json_get(bundle, "entry");
	t.n = ww_json_kind(list) == WW_JSON_ARRAY ? ww_json_len(list) : 0;
	if (t.n == 0 || t.n > ENTRIES)
		return ww_practice_call_refuse(c, 400, "invalid", "Bundle.entry",
		    "a transaction has 1 to %d entries", ENTRIES);
	t.entries = ww_arena_array(c->cx->arena, t.n, sizeof(*t.entries));
	t.writes = ww_arena_array(c->cx->arena, t.n, sizeof(*t.writes));
	if (t.entries == NULL || t.writes == NULL)
		return ww_fail_memory(c->cx);
	s = plan_all(&t, list);
	if (s == WW_OK)
		s = stage_all(&t);
	if (s != WW_OK) {
		ww_practice_write_drop(t.writes, t.n);
		return s;
	}
	s = ww_practice_write_commit(c, t.writes, t.n);
	return s == WW_OK ? answer(&t) : s;
}
