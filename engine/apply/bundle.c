/* Bundles of FHIR clients. */
#include "apply/bundle.h"

#include "apply/refer.h"
#include "apply/reply.h"
#include "apply/submission.h"
#include "model/resource_keys.h"

#include <wardwire/json.h>

#include <stdlib.h>
#include <string.h>

#define SAME "another entry is about the same resource"

struct bundle {
	struct ww_json *tree;
	struct ww_entry *v;
	size_t n;
};

/* -- reading ---------------------------------------------------------------------------------------- */

struct ww_json *
ww_bundle_of(const struct ww_request_work *rw)
{
	struct ww_json *p;

	if (!ww_str_is(ww_json_str(ww_json_get(rw->root, "resourceType")), "Parameters"))
		return rw->root;
	p = ww_json_first(ww_json_get(rw->root, "parameter"));
	while (p != NULL && ww_json_get(p, "resource") == NULL)
		p = ww_json_next(p);
	return ww_json_get(p, "resource");
}

/* Refuses the request as a whole. */
static ww_status
refuse(struct ww_request_work *rw, int http, ww_status why, const char *place, const char *text)
{
	struct ww_fhir_issues is = { .n = 0 };

	ww_fhir_issue_add(rw->cx, &is, WW_FHIR_ERROR, why, NULL, ww_str_from(place), "%s", text);
	return ww_reply_issues(rw, http, &is);
}

static ww_str
member(const struct ww_json *v, const char *name)
{
	return ww_json_str(ww_json_get(v, name));
}

/* The entries with what all kinds of Bundles have. *ok false: it was refused. types: that it may have, NULL ends them. */
static ww_status
open(struct ww_request_work *rw, struct bundle *b, const char *const *types, bool *ok)
{
	const struct ww_json *entries;
	ww_str type;
	size_t i = 0;

	*b = (struct bundle){ .tree = ww_bundle_of(rw) };
	*ok = false;
	if (!ww_str_is(member(b->tree, "resourceType"), "Bundle"))
		return refuse(rw, 400, WW_E_TYPE, "", "the body is no Bundle");
	type = member(b->tree, "type");
	while (types[i] != NULL && !ww_str_is(type, types[i]))
		i++;
	if (types[i] == NULL)
		return refuse(
		    rw, 422, WW_E_TYPE, "Bundle.type", "a Bundle of that type is not taken here");
	entries = ww_json_get(b->tree, "entry");
	b->n = ww_json_len(entries);
	if (b->n > rw->feed->fhir.entries)
		return refuse(
		    rw, 413, WW_E_LIMIT, "Bundle.entry", "more entries than are taken at once");
	b->v = ww_arena_array(rw->cx->arena, b->n + 1, sizeof(*b->v));
	rw->brought = ww_arena_array(rw->cx->arena, b->n + 1, sizeof(*rw->brought));
	if (b->v == NULL || rw->brought == NULL)
		return ww_fail_memory(rw->cx);
	i = 0;
	for (struct ww_json *e = ww_json_first(entries); e != NULL; e = ww_json_next(e), i++) {
		struct ww_json *tree = ww_json_get(e, "resource");

		b->v[i] = (struct ww_entry){ .verb = WW_ENTRY_KEEP,
			.type = member(tree, "resourceType"),
			.id = ww_str_empty(),
			.condition = ww_str_empty(),
			.match = ww_str_empty(),
			.full_url = member(e, "fullUrl"),
			.tree = tree,
			.place = ww_arena_printf(rw->cx->arena, "Bundle.entry[%zu]%c", i, 0).p,
			.came_updated = ww_str_empty(),
			.came_version = ww_str_empty() };
		ww_row_init(&ww_entity_resource, &b->v[i].row);
	}
	*ok = true;
	return ww_arena_status(rw->cx->arena) == WW_OK ? WW_OK : ww_fail_memory(rw->cx);
}

/* -- what an entry asks for ------------------------------------------------------------------------- */

static const struct method {
	const char *name;
	enum ww_entry_verb verb;
	bool has_id; /* in the URL: else it may have a condition */
} methods[] = {
	{ "DELETE", WW_ENTRY_DELETE, true },
	{ "POST", WW_ENTRY_CREATE, false },
	{ "PUT", WW_ENTRY_UPDATE, true },
	{ "GET", WW_ENTRY_READ, true },
	{ "HEAD", WW_ENTRY_READ, true },
};

static const struct method *
method_of(ww_str name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (ww_str_is(name, methods[i].name))
			return &methods[i];
	}
	return NULL;
}

/* "Type", "Type/id", "Type?query", each also behind a '/'. */
static void
read_url(struct ww_entry *e, ww_str url)
{
	ww_str path;

	if (url.n > 0 && url.p[0] == '/')
		url = ww_str_sub(url, 1, url.n);
	path = ww_str_cut(url, '?', &e->condition);
	e->type = ww_str_cut(path, '/', &e->id);
}

static void
read_request(struct ww_request_work *rw, struct ww_entry *e, const struct ww_json *entry)
{
	const struct ww_json *request = ww_json_get(entry, "request");
	const struct method *m = method_of(member(request, "method"));

	if (request == NULL) {
		ww_entry_refuse(rw, e, 400, WW_E_REQUIRED, "the entry has no request");
		return;
	}
	if (m == NULL) {
		ww_entry_refuse(rw, e, 422, WW_E_TYPE, "that method is not taken in a Bundle");
		return;
	}
	e->verb = m->verb;
	read_url(e, member(request, "url"));
	e->match = member(request, "ifMatch");
	e->absent = ww_str_is(member(request, "ifNoneMatch"), "*");
	if (m->verb == WW_ENTRY_CREATE)
		e->condition = member(request, "ifNoneExist");
	if (e->type.n == 0 || (m->has_id && e->id.n == 0 && e->condition.n == 0))
		ww_entry_refuse(rw, e, 400, WW_E_VALUE, "the request's URL names no resource");
	else if (m->verb == WW_ENTRY_READ && e->id.n == 0)
		ww_entry_refuse(rw, e, 422, WW_E_TYPE, "a search is not taken in a Bundle");
	else if (m->verb == WW_ENTRY_CREATE && e->id.n != 0)
		ww_entry_refuse(rw, e, 400, WW_E_VALUE, "POST is to a type");
}

static void
read_requests(struct ww_request_work *rw, struct bundle *b)
{
	const struct ww_json *entry = ww_json_first(ww_json_get(b->tree, "entry"));

	for (size_t i = 0; i < b->n; i++, entry = ww_json_next(entry))
		read_request(rw, &b->v[i], entry);
}

/* -- transactions ----------------------------------------------------------------------------------- */

static const enum ww_entry_verb order[] = { WW_ENTRY_DELETE, WW_ENTRY_CREATE, WW_ENTRY_UPDATE,
	WW_ENTRY_READ };

/* Calls step for the entries in the order in which they are done, until one is refused. */
static ww_status
each_in_order(struct ww_request_work *rw, struct bundle *b,
    ww_status (*step)(struct ww_request_work *rw, struct bundle *b, size_t i),
    const struct ww_entry **refused)
{
	ww_status s = WW_OK;

	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		for (size_t i = 0; s == WW_OK && i < b->n; i++) {
			if (b->v[i].verb != order[k])
				continue;
			s = step(rw, b, i);
			if (s == WW_OK && b->v[i].http >= 400) {
				*refused = &b->v[i];
				return WW_OK;
			}
		}
	}
	return s;
}

/* What is read is read behind what the others do, which are planned: what they make will be there, what they delete will not. */
static void
look_ahead(struct ww_request_work *rw, const struct bundle *b, struct ww_entry *e)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct ww_entry *o = &b->v[i];

		if (!o->writes || !ww_str_eq(o->id, e->id) || !ww_str_eq(o->type, e->type))
			continue;
		e->issues = (struct ww_fhir_issues){ .n = 0 };
		e->http = 200;
		if (o->verb == WW_ENTRY_DELETE)
			ww_entry_refuse(rw, e, 410, WW_E_DELETED, "another entry deletes it");
		return;
	}
}

static ww_status
plan(struct ww_request_work *rw, struct bundle *b, size_t i)
{
	ww_status s;

	if (!ww_resource_type_is(b->v[i].type)) {
		ww_entry_refuse(
		    rw, &b->v[i], 422, WW_E_TYPE, "resources of that type are not taken in");
		return WW_OK;
	}
	s = ww_entry_plan(rw, &b->v[i], i + 1);
	if (s == WW_OK && b->v[i].verb == WW_ENTRY_READ)
		look_ahead(rw, b, &b->v[i]);
	return s;
}

static ww_status
rewrite(struct ww_request_work *rw, struct bundle *b, size_t i)
{
	struct ww_entry *e = &b->v[i];

	return e->writes && e->verb != WW_ENTRY_DELETE
	           ? ww_refer_rewrite(rw, e, WW_REFER_STRICT, b->v, b->n)
	           : WW_OK;
}

/* What is read is read behind all that is written. */
static ww_status
execute(struct ww_request_work *rw, struct bundle *b, size_t i)
{
	struct ww_entry *e = &b->v[i];

	return e->verb == WW_ENTRY_READ ? ww_entry_plan(rw, e, 0) : ww_entry_do(rw, e);
}

/* By type and that text, then by place. */
static int
compare(const void *a, const void *b, bool conditions)
{
	const struct ww_entry *x = *(struct ww_entry *const *)a, *y = *(struct ww_entry *const *)b;
	int d = ww_str_cmp(x->type, y->type);

	if (d == 0 && conditions)
		d = ww_str_cmp(x->condition, y->condition);
	else if (d == 0)
		d = ww_str_cmp(x->id, y->id);
	return d != 0 ? d : (x > y) - (x < y);
}

static int
by_identity(const void *a, const void *b)
{
	return compare(a, b, false);
}

static int
by_condition(const void *a, const void *b)
{
	return compare(a, b, true);
}

/* Refuses the later of two entries that are about one resource: what is meant is not to be known. Of two that create on the
 * same condition the second would find what the first made. */
static ww_status
find_twice(
    struct ww_request_work *rw, struct bundle *b, bool conditions, const struct ww_entry **refused)
{
	struct ww_entry **v = ww_arena_array(rw->cx->arena, b->n + 1, sizeof(struct ww_entry *));
	int (*by)(const void *, const void *) = conditions ? by_condition : by_identity;
	size_t n = 0;

	if (v == NULL)
		return ww_fail_memory(rw->cx);
	for (size_t i = 0; i < b->n; i++) {
		bool counts = conditions
		                  ? b->v[i].verb == WW_ENTRY_CREATE && b->v[i].condition.n != 0
		                  : b->v[i].verb != WW_ENTRY_READ && b->v[i].id.n != 0;

		if (counts)
			v[n++] = &b->v[i];
	}
	qsort(v, n, sizeof(struct ww_entry *), by);
	for (size_t i = 1; i < n; i++) {
		const struct ww_entry *x = v[i - 1], *y = v[i];

		if (!ww_str_eq(x->type, y->type) || !ww_str_eq(conditions ? x->condition : x->id,
		                                        conditions ? y->condition : y->id))
			continue;
		ww_entry_refuse(rw, v[i], 400, WW_E_DUPLICATE, SAME);
		*refused = v[i];
		return WW_OK;
	}
	return WW_OK;
}

/* Looks at all of it and changes nothing. */
static ww_status
plan_all(struct ww_request_work *rw, struct bundle *b, const struct ww_entry **refused)
{
	struct ww_entry *twice = NULL;
	ww_status s;

	for (size_t i = 0; i < b->n && *refused == NULL; i++) {
		if (b->v[i].http >= 400)
			*refused = &b->v[i];
	}
	if (*refused != NULL)
		return WW_OK;
	s = find_twice(rw, b, true, refused);
	if (s == WW_OK && *refused == NULL)
		s = each_in_order(rw, b, plan, refused);
	if (s == WW_OK && *refused == NULL)
		s = find_twice(rw, b, false, refused);
	if (s == WW_OK && *refused == NULL)
		s = ww_refer_twice(rw, b->v, b->n, &twice);
	if (s == WW_OK && twice != NULL) {
		ww_entry_refuse(rw, twice, 400, WW_E_DUPLICATE, SAME);
		*refused = twice;
		return WW_OK;
	}
	if (s == WW_OK && *refused == NULL)
		s = ww_refer_index(rw, b->v, b->n, &twice);
	if (s == WW_OK && twice != NULL) {
		ww_entry_refuse(
		    rw, twice, 400, WW_E_DUPLICATE, "another entry has the same fullUrl");
		*refused = twice;
	}
	return s == WW_OK && *refused == NULL ? each_in_order(rw, b, rewrite, refused) : s;
}

ww_status
ww_bundle_transaction(struct ww_request_work *rw)
{
	static const char *const types[] = { "transaction", NULL };
	const struct ww_entry *refused = NULL;
	struct bundle b;
	bool ok;
	ww_status s = open(rw, &b, types, &ok);

	if (s != WW_OK || !ok)
		return s;
	read_requests(rw, &b);
	s = plan_all(rw, &b, &refused);
	if (s == WW_OK && refused != NULL)
		return ww_reply_issues(rw, refused->http, &refused->issues);
	if (s == WW_OK)
		s = each_in_order(rw, &b, execute, &refused);
	return s == WW_OK ? ww_reply_bundle(rw, "transaction-response", b.v, b.n) : s;
}

/* -- batches ---------------------------------------------------------------------------------------- */

/* Types that carry others, and of which there is nothing to be said. */
static bool
is_frame(ww_str type)
{
	static const char *const types[] = { "Bundle", "MessageHeader", "Parameters",
		"SubscriptionStatus" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (ww_str_is(type, types[i]))
			return true;
	}
	return false;
}

static void
note_unknown(struct ww_request_work *rw, struct ww_fhir_issues *is, const struct ww_entry *e)
{
	if (!ww_resource_type_is(e->type) && !is_frame(e->type))
		ww_fhir_issue_add(rw->cx, is, WW_FHIR_INFORMATION, WW_E_TYPE, NULL,
		    ww_str_from(e->place),
		    "resources of that type are kept, and nothing is made of them");
}

static ww_status
run_one(struct ww_request_work *rw, struct bundle *b, size_t i)
{
	struct ww_entry *e = &b->v[i];
	ww_status s;

	if (e->http >= 400)
		return WW_OK;
	if (!ww_resource_type_is(e->type) &&
	    (e->verb == WW_ENTRY_READ || e->verb == WW_ENTRY_DELETE)) {
		/* What its own URL does not show is shown to nobody by way of a batch. */
		ww_entry_refuse(rw, e, 404, WW_E_NOT_FOUND, "no such resource type here");
		return WW_OK;
	}
	note_unknown(rw, &e->issues, e);
	s = ww_entry_plan(rw, e, i + 1);
	if (s == WW_OK && e->http < 400 && e->tree != NULL && e->writes)
		s = ww_refer_rewrite(rw, e, WW_REFER_WARN, b->v, b->n);
	return s == WW_OK && e->http < 400 ? ww_entry_do(rw, e) : s;
}

/* What the fullUrls are is known before anything else, so that a reference to one can be warned of. */
static ww_status
index_batch(struct ww_request_work *rw, struct bundle *b)
{
	struct ww_entry *twice;

	for (size_t i = 0; i < b->n; i++)
		b->v[i].id = b->v[i].verb == WW_ENTRY_CREATE ? WW_STR("new") : b->v[i].id;
	return ww_refer_index(rw, b->v, b->n, &twice);
}

/* What the door found no resource of R4, or one that breaks a profile, is answered and not done. */
static ww_status
take_refused(struct ww_request_work *rw, struct bundle *b)
{
	struct ww_json *all;
	ww_status s;

	if (rw->body.refused.n == 0)
		return WW_OK;
	s = ww_json_parse(rw->cx, rw->body.refused, &all);
	if (s != WW_OK)
		return s;
	for (const struct ww_json *r = ww_json_first(all); s == WW_OK && r != NULL;
	     r = ww_json_next(r)) {
		int64_t i = ww_json_int(ww_json_get(r, "entry"));
		int64_t http = ww_json_int(ww_json_get(r, "http"));

		if (i < 0 || (uint64_t)i >= b->n || http < 400 || http > 599)
			continue;
		b->v[i].http = (int)http;
		s = ww_json_parse(rw->cx, ww_json_str(ww_json_get(r, "outcome")), &b->v[i].outcome);
	}
	return s;
}

ww_status
ww_bundle_batch(struct ww_request_work *rw)
{
	static const char *const types[] = { "batch", NULL };
	struct bundle b;
	bool ok;
	ww_status s = open(rw, &b, types, &ok);

	if (s != WW_OK || !ok)
		return s;
	read_requests(rw, &b);
	s = take_refused(rw, &b);
	if (s == WW_OK)
		s = index_batch(rw, &b);
	for (size_t i = 0; s == WW_OK && i < b.n; i++)
		s = run_one(rw, &b, i);
	rw->refers_n = 0; /* they see what is stored, and not one another */
	return s == WW_OK ? ww_reply_bundle(rw, "batch-response", b.v, b.n) : s;
}

/* -- data ------------------------------------------------------------------------------------------- */

/* Of two with one id the second gets another: they come from two servers. */
static ww_status
keep_apart(struct ww_request_work *rw, struct bundle *b)
{
	struct ww_entry **v = ww_arena_array(rw->cx->arena, b->n + 1, sizeof(struct ww_entry *));
	size_t n = 0;
	ww_status s = WW_OK;

	if (v == NULL)
		return ww_fail_memory(rw->cx);
	for (size_t i = 0; i < b->n; i++) {
		if (b->v[i].writes && b->v[i].verb == WW_ENTRY_KEEP)
			v[n++] = &b->v[i];
	}
	qsort(v, n, sizeof(struct ww_entry *), by_identity);
	for (size_t i = 1; s == WW_OK && i < n; i++) {
		if (!ww_str_eq(v[i]->type, v[i - 1]->type) || !ww_str_eq(v[i]->id, v[i - 1]->id))
			continue;
		v[i]->anew = true;
		s = ww_entry_plan(rw, v[i], (size_t)(v[i] - b->v) + 1);
	}
	return s;
}

/* An entry of a notification may say that something is gone. */
static void
read_deletes(struct bundle *b)
{
	const struct ww_json *entry = ww_json_first(ww_json_get(b->tree, "entry"));

	for (size_t i = 0; i < b->n; i++, entry = ww_json_next(entry)) {
		if (b->v[i].tree != NULL ||
		    !ww_str_is(ww_json_str(ww_json_find(entry, "request.method")), "DELETE"))
			continue;
		b->v[i].verb = WW_ENTRY_DELETE;
		read_url(&b->v[i], ww_json_str(ww_json_find(entry, "request.url")));
		b->v[i].condition = ww_str_empty();
	}
}

/* Keeps the entries under ids of their own. Their order is that of the Bundle. */
static ww_status
keep(struct ww_request_work *rw, struct bundle *b, struct ww_fhir_issues *is)
{
	struct ww_entry *twice;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < b->n; i++) {
		struct ww_entry *e = &b->v[i];

		note_unknown(rw, is, e);
		if (e->tree != NULL ? e->type.n != 0 : e->id.n != 0)
			s = ww_entry_plan(rw, e, i + 1);
		if (e->http >= 400)
			ww_fhir_issue_add(rw->cx, is, WW_FHIR_WARNING, WW_E_VALUE, NULL,
			    ww_str_from(e->place), "not kept: it is no resource");
	}
	if (s == WW_OK)
		s = keep_apart(rw, b);
	if (s == WW_OK)
		s = ww_refer_index(rw, b->v, b->n, &twice);
	for (size_t i = 0; s == WW_OK && i < b->n; i++) {
		if (b->v[i].writes && b->v[i].tree != NULL)
			s = ww_refer_rewrite(rw, &b->v[i], WW_REFER_DATA, b->v, b->n);
		if (s == WW_OK)
			s = ww_entry_do(rw, &b->v[i]);
	}
	return s;
}

/* -- messages --------------------------------------------------------------------------------------- */

static bool
is_in_bundle(const struct bundle *b, ww_str url)
{
	for (size_t i = 0; i < b->n; i++) {
		ww_str full = b->v[i].full_url;

		if (ww_str_eq(full, url) ||
		    (full.n > url.n && full.p[full.n - url.n - 1] == '/' &&
		        ww_str_eq(ww_str_sub(full, full.n - url.n, url.n), url)))
			return true;
	}
	return false;
}

/* NULL: what it is about is in it. */
static const char *
fault_of_message(const struct bundle *b)
{
	const struct ww_json *focus;

	if (b->n == 0 || !ww_str_is(b->v[0].type, "MessageHeader"))
		return "the first entry of a message is its MessageHeader";
	focus = ww_json_first(ww_json_get(b->v[0].tree, "focus"));
	for (; focus != NULL; focus = ww_json_next(focus)) {
		if (!is_in_bundle(b, member(focus, "reference")))
			return "MessageHeader.focus leads to no entry";
	}
	return NULL;
}

ww_status
ww_bundle_message(struct ww_request_work *rw)
{
	static const char *const types[] = { "message", NULL };
	struct ww_fhir_issues is = { .n = 0 };
	const char *fault;
	struct bundle b;
	bool ok;
	ww_status s = open(rw, &b, types, &ok);

	if (s != WW_OK || !ok)
		return s;
	fault = fault_of_message(&b);
	if (fault != NULL)
		return refuse(rw, 422, WW_E_RULE, "Bundle.entry", fault);
	s = keep(rw, &b, &is);
	return s == WW_OK ? ww_reply_issues(rw, 200, &is) : s;
}

ww_status
ww_bundle_submit(struct ww_request_work *rw)
{
	static const char *const types[] = { "collection", NULL };
	struct ww_fhir_issues is = { .n = 0 };
	struct bundle b;
	bool ok;
	ww_status s = open(rw, &b, types, &ok);

	if (s != WW_OK || !ok)
		return s;
	if (b.n == 0 || !ww_str_is(b.v[0].type, "Claim"))
		return refuse(rw, 422, WW_E_RULE, "Bundle.entry",
		    "the first entry of what is submitted is a Claim");
	s = keep(rw, &b, &is);
	if (s == WW_OK && rw->feed->fhir.payer.n == 0)
		return ww_reply_issues(rw, 200, &is);
	if (s == WW_OK)
		s = ww_submission_note(rw, &b.v[0]);
	return s == WW_OK ? ww_reply_issues(rw, WW_SUBMISSION_OPEN, &is) : s;
}

ww_status
ww_bundle_answer(struct ww_request_work *rw, ww_str claim)
{
	static const char *const types[] = { "collection", "searchset", NULL };
	struct ww_fhir_issues is = { .n = 0 };
	struct ww_json *bundle = ww_bundle_of(rw);
	struct bundle b;
	bool ok = ww_str_is(member(bundle, "resourceType"), "Bundle") &&
	          (ww_str_is(member(bundle, "type"), types[0]) ||
	              ww_str_is(member(bundle, "type"), types[1]));
	ww_status s = ok ? open(rw, &b, types, &ok) : WW_OK;

	if (s != WW_OK || !ok)
		return s;
	for (size_t i = 0; i < b.n; i++) {
		struct ww_json *request = ww_json_get(b.v[i].tree, "request");

		if (ww_str_is(b.v[i].type, "ClaimResponse") &&
		    !is_in_bundle(&b, member(request, "reference")))
			ww_submission_point(rw, b.v[i].tree, claim);
	}
	return keep(rw, &b, &is);
}

ww_status
ww_bundle_notification(struct ww_request_work *rw)
{
	static const char *const types[] = { "history", "subscription-notification", NULL };
	struct ww_fhir_issues is = { .n = 0 };
	struct bundle b;
	bool ok;
	ww_status s = open(rw, &b, types, &ok);

	if (s != WW_OK || !ok)
		return s;
	read_deletes(&b);
	s = keep(rw, &b, &is);
	return s == WW_OK ? ww_reply_issues(rw, 200, &is) : s;
}

ww_status
ww_bundle_collection(struct ww_request_work *rw)
{
	static const char *const types[] = { "collection", "message", NULL };
	struct ww_fhir_issues is = { .n = 0 };
	struct ww_entry *whole = ww_arena_alloc(rw->cx->arena, sizeof(*whole));
	struct bundle b;
	bool ok;
	ww_status s = whole != NULL ? open(rw, &b, types, &ok) : ww_fail_memory(rw->cx);

	if (s != WW_OK || !ok)
		return s;
	*whole = (struct ww_entry){ .verb = WW_ENTRY_CREATE,
		.type = WW_STR("Bundle"),
		.id = ww_str_empty(),
		.condition = ww_str_empty(),
		.match = ww_str_empty(),
		.full_url = ww_str_empty(),
		.tree = b.tree,
		.place = "",
		.came_updated = ww_str_empty(),
		.came_version = ww_str_empty() };
	ww_row_init(&ww_entity_resource, &whole->row);
	s = ww_entry_plan(rw, whole, 0);
	if (s == WW_OK)
		s = ww_entry_do(rw, whole); /* as it came; the entries are rewritten behind it */
	rw->n = 0;                          /* nothing is learned of the frame */
	if (s == WW_OK)
		s = keep(rw, &b, &is);
	whole->issues = is;
	return s == WW_OK ? ww_reply_entry(rw, whole) : s;
}
