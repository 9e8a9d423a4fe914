/* What was sent with a FHIR request: unpacked, read, held to what is asked for and to R4. */
#include "main/fhir_parts.h"
#include "main/profiles.h"

#include "codec/fhir_check.h"
#include "codec/gzip.h"
#include "codec/xml.h"
#include "link/http_in.h"
#include "model/resource_keys.h"

#include <wardwire/json.h>
#include <wardwire/log.h>

#include <string.h>

/* -- refused ---------------------------------------------------------------------------------------- */

/* Kept in the refused ring with its first error, and answered with all of them. */
static void
refuse_body(struct ww_fhir_call *c, const struct ww_fhir_body *b, unsigned status)
{
	struct ww_fhir_door *d = c->door;
	struct ww_failure why = d->cx.fail;
	struct ww_rest_answer a = { .status = status, .body = ww_str_empty() };

	if (ww_refused_add(d->set.refused, &d->cx, ww_clock_now(&d->set.clock), c->feed->name,
	        ww_http_call_peer(c->http), &why, b->raw) != WW_OK)
		ww_log(WW_LOG_ERROR, "refused=lost feed=%.*s code=WW-%03d",
		    WW_STR_FMT(c->feed->name), ww_status_number(d->cx.fail.status));
	ww_log(WW_LOG_WARN,
	    "refused=kept feed=%.*s answer=%u code=WW-%03d place=\"%s\" request=%s reason=\"%s\"",
	    WW_STR_FMT(c->feed->name), status, ww_status_number(why.status), why.place,
	    c->request_id, why.reason);
	ww_rest_body(&d->cx, &a, c->ask.form, ww_fhir_outcome(&d->cx, &b->issues));
	ww_fhir_answer(c, &a);
}

/* Where the log may say that it is. A name that R4 does not have is the sender's own, and may be anybody's. */
static const char *
place_of(struct ww_ctx *cx, const struct ww_fhir_issue *row)
{
	ww_str at = row->expression;

	if (row->rule != NULL && strcmp(row->rule, "unknown-element") == 0)
		while (at.n > 0 && at.p[--at.n] != '.')
			;
	return at.n > 0 ? ww_arena_cstr(cx->arena, at) : NULL;
}

/* The first finding that is an error, as the failure of the context. */
static void
take_failure(struct ww_fhir_door *d, const struct ww_fhir_issues *is)
{
	d->cx.fail = (struct ww_failure){ .status = WW_OK };
	for (size_t i = 0; i < is->n; i++) {
		const struct ww_fhir_issue *row = &is->rows[i];

		if (row->severity > WW_FHIR_ERROR)
			continue;
		(void)ww_fail(&d->cx, row->status, place_of(&d->cx, row), "%.*s%s%s",
		    WW_STR_FMT(row->text), row->rule != NULL ? ", rule " : "",
		    row->rule != NULL ? row->rule : "");
		return;
	}
}

static void
fault(struct ww_fhir_call *c, struct ww_fhir_body *b, ww_status status, const char *expression,
    const char *text)
{
	ww_fhir_issue_add(&c->door->cx, &b->issues, WW_FHIR_ERROR, status, NULL,
	    ww_str_from(expression), "%s", text);
}

/* -- read ------------------------------------------------------------------------------------------- */

static ww_status
read_tree(struct ww_fhir_call *c, struct ww_fhir_body *b)
{
	struct ww_fhir_door *d = c->door;
	size_t most = d->set.listener->max_message;
	ww_status s = WW_OK;

	b->raw = ww_http_call_body(c->http);
	if (c->ask.gzip) {
		ww_buf_clear(&d->plain);
		s = ww_gzip_read(&d->cx, b->raw, most, &d->plain);
		if (s == WW_OK)
			b->raw = ww_buf_view(&d->plain);
	}
	if (s == WW_OK && b->raw.n == 0)
		s = ww_fail(&d->cx, WW_E_SYNTAX, NULL, "a body is needed, and there is none");
	if (s != WW_OK)
		return s;
	return c->ask.body == WW_REST_XML ? ww_xml_read(&d->cx, b->raw, most, &b->tree)
	                                  : ww_json_parse(&d->cx, b->raw, &b->tree);
}

/* -- held to what is asked for ---------------------------------------------------------------------- */

static void
check_resource(struct ww_fhir_call *c, struct ww_fhir_body *b)
{
	const struct ww_rest_route *r = &c->ask.route;
	ww_str type = ww_json_str(ww_json_get(b->tree, "resourceType"));

	if (!ww_str_is(type, r->type->name))
		fault(c, b, WW_E_TYPE, "resourceType", "not the type that the URL names");
	else if (r->interaction == WW_REST_UPDATE && r->id.n > 0 &&
	         !ww_str_eq(ww_json_str(ww_json_get(b->tree, "id")), r->id))
		fault(c, b, WW_E_VALUE, "id", "not the id that the URL names");
	b->interaction = ww_rest_interaction_name(r->interaction);
}

/* What a Bundle of which type is at which place. */
static const struct bundle_row {
	enum ww_rest_interaction at;
	const char *type;
	const char *interaction;
} bundle_rows[] = {
	{ WW_REST_BUNDLE, "transaction", "transaction" },
	{ WW_REST_BUNDLE, "batch", "batch" },
	{ WW_REST_COLLECTION, "collection", "collection" },
	{ WW_REST_COLLECTION, "message", "collection" },
	{ WW_REST_COLLECTION, "history", "notification" },
	{ WW_REST_MESSAGE, "message", "message" },
	{ WW_REST_SUBMIT, "collection", "submit" },
	{ WW_REST_INQUIRE, "collection", "inquire" },
};

static const char *const wanted[WW_REST_INTERACTIONS] = {
	[WW_REST_BUNDLE] = "the base takes a transaction or a batch",
	[WW_REST_COLLECTION] = "Bundle takes a collection, a message that is kept as data, or the "
	                       "notification of a subscription",
	[WW_REST_MESSAGE] = "$process-message takes a Bundle of type message",
	[WW_REST_SUBMIT] = "Claim/$submit takes a Bundle of type collection",
	[WW_REST_INQUIRE] = "Claim/$inquire takes a Bundle of type collection",
};

/* A reference by a condition is a search: whether one fits shows in the answer, and which one it is. As deep as a tree may be. */
static ww_status
check_references(struct ww_fhir_call *c, const struct ww_json *v)
{
	ww_status s = WW_OK;

	for (const struct ww_json *m = ww_json_first(v); s == WW_OK && m != NULL;
	     m = ww_json_next(m)) {
		ww_str text = ww_json_str(m), query, type = ww_str_cut(text, '?', &query);

		if (text.n == 0)
			s = check_references(c, m);
		else if (query.n > 0 && ww_str_is(ww_json_key(m), "reference") &&
		         ww_resource_type_is(type))
			s = ww_fhir_may(c, type, "search");
	}
	return s;
}

/* Who may not do it by itself may not do it in a Bundle. */
static ww_status
check_entry(struct ww_fhir_call *c, const struct ww_json *entry)
{
	const struct ww_json *request = ww_json_get(entry, "request");
	struct ww_rest_route route;
	char allow[WW_REST_ALLOW_BYTES];
	ww_str method = ww_json_str(ww_json_get(request, "method"));
	enum ww_rest_miss miss =
	    ww_rest_route_find(method, ww_json_str(ww_json_get(request, "url")), &route, allow);
	ww_status s;

	/* But for a method that no Bundle may have, which is said of its entry. */
	if (miss == WW_REST_NO_METHOD && route.type != NULL && !ww_str_is(method, "PATCH"))
		return ww_fail(&c->door->cx, WW_E_FORBIDDEN, NULL, "that is done to it by nobody");
	/* What is only kept needs the right to send Bundles, in which it is kept, too. */
	if (route.type == NULL && (ww_str_is(method, "POST") || ww_str_is(method, "PUT")))
		return ww_fhir_may(c, WW_STR("Bundle"), "create");
	if (miss != WW_REST_FOUND || route.type == NULL)
		return WW_OK; /* no resource of ours: answered for what it is when its turn comes */
	s = ww_fhir_may(
	    c, ww_str_from(route.type->name), ww_rest_interaction_name(route.interaction));
	if (s == WW_OK && (ww_json_get(request, "ifNoneExist") != NULL || route.query.n > 0))
		s = ww_fhir_may(c, ww_str_from(route.type->name), "search");
	if (s == WW_OK)
		s = check_references(c, ww_json_get(entry, "resource"));
	return s;
}

static void
check_entries(struct ww_fhir_call *c, struct ww_fhir_body *b)
{
	const struct ww_json *e = ww_json_first(ww_json_get(b->tree, "entry"));

	for (size_t i = 0; e != NULL; e = ww_json_next(e), i++)
		if (check_entry(c, e) != WW_OK) {
			ww_str place = ww_arena_printf(c->door->cx.arena, "Bundle.entry[%zu]", i);

			ww_fhir_issue_add(&c->door->cx, &b->issues, WW_FHIR_ERROR, WW_E_FORBIDDEN,
			    NULL, place, "not allowed to this client");
			return;
		}
}

/* The resource bare, or as a parameter of an operation. */
static const struct ww_json *
bare(const struct ww_json *tree)
{
	const struct ww_json *p;

	if (!ww_str_is(ww_json_str(ww_json_get(tree, "resourceType")), "Parameters"))
		return tree;
	p = ww_json_first(ww_json_get(tree, "parameter"));
	while (p != NULL && ww_json_get(p, "resource") == NULL)
		p = ww_json_next(p);
	return p != NULL ? ww_json_get(p, "resource") : tree;
}

static void
check_bundle(struct ww_fhir_call *c, struct ww_fhir_body *b)
{
	const struct ww_json *bundle =
	    c->ask.route.interaction == WW_REST_MESSAGE ? bare(b->tree) : b->tree;
	ww_str type = ww_json_str(ww_json_get(bundle, "type"));

	if (!ww_str_is(ww_json_str(ww_json_get(bundle, "resourceType")), "Bundle")) {
		fault(c, b, WW_E_TYPE, "resourceType", wanted[c->ask.route.interaction]);
		return;
	}
	for (size_t i = 0; i < sizeof(bundle_rows) / sizeof(bundle_rows[0]); i++)
		if (bundle_rows[i].at == c->ask.route.interaction &&
		    ww_str_is(type, bundle_rows[i].type))
			b->interaction = bundle_rows[i].interaction;
	if (b->interaction == NULL)
		fault(c, b, WW_E_RULE, "Bundle.type", wanted[c->ask.route.interaction]);
	else if (c->ask.route.interaction == WW_REST_BUNDLE)
		check_entries(c, b);
}

/* -- all of it -------------------------------------------------------------------------------------- */

static ww_status
check_tree(struct ww_fhir_call *c, const struct ww_json *resource, struct ww_fhir_issues *found)
{
	struct ww_fhir_rules rules = ww_profiles_rules(c->feed, c->door->set.profiles);

	return ww_fhir_check(&c->door->cx, resource, &rules, found);
}

static unsigned
status_of(const struct ww_fhir_issues *is)
{
	for (size_t i = 0; i < is->n; i++)
		if (is->rows[i].severity <= WW_FHIR_ERROR &&
		    (is->rows[i].status == WW_E_FORBIDDEN || is->rows[i].status == WW_E_LIMIT))
			return ww_rest_http(is->rows[i].status);
	return (unsigned)ww_fhir_issues_http(is);
}

/* What is taken in spite of what is wrong with it is counted in the log. */
static void
tell_warnings(const struct ww_fhir_call *c, const struct ww_fhir_issues *is)
{
	size_t n = is->more;

	for (size_t i = 0; i < is->n; i++)
		n += is->rows[i].severity == WW_FHIR_WARNING;
	if (n > 0)
		ww_log(WW_LOG_WARN, "fhir=warned feed=%.*s warnings=%zu request=%s",
		    WW_STR_FMT(c->feed->name), n, c->request_id);
}

/* -- batches ---------------------------------------------------------------------------------------- */

/* The findings of the entry's resource with their places in the Bundle. */
static void
move_issues(struct ww_ctx *cx, struct ww_fhir_issues *is, size_t entry)
{
	for (size_t i = 0; i < is->n; i++) {
		ww_str below;

		(void)ww_str_cut(is->rows[i].expression, '.', &below);
		is->rows[i].expression =
		    ww_arena_printf(cx->arena, "Bundle.entry[%zu].resource%s%.*s", entry,
		        below.n > 0 ? "." : "", WW_STR_FMT(below));
	}
}

static void
add_refused(struct ww_ctx *cx, struct ww_json *all, size_t entry, struct ww_fhir_issues *is)
{
	struct ww_json *o = ww_json_add(cx, all, ww_json_object(cx));
	struct ww_buf text = { 0 };

	move_issues(cx, is, entry);
	ww_json_set_int(cx, o, "entry", (int64_t)entry);
	ww_json_set_int(cx, o, "http", ww_fhir_issues_http(is));
	if (ww_json_write(cx, ww_fhir_outcome(cx, is), false, &text) == WW_OK)
		ww_json_set_str(cx, o, "outcome", ww_buf_view(&text));
	ww_buf_free(&text);
}

/* Entries of a batch stand on their own: where all that is wrong is within resources, those entries are not done and the others
 * are. What is wrong with the Bundle itself, or between its entries, refuses all of it. */
static ww_status
set_apart(struct ww_fhir_call *c, struct ww_fhir_body *b)
{
	struct ww_ctx *cx = &c->door->cx;
	const struct ww_json *e = ww_json_first(ww_json_get(b->tree, "entry"));
	struct ww_json *all = ww_json_array(cx);
	struct ww_buf text = { 0 };
	size_t errors = 0;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && e != NULL; e = ww_json_next(e), i++) {
		struct ww_fhir_issues is = { .n = 0 };

		if (ww_json_kind(ww_json_get(e, "resource")) != WW_JSON_OBJECT)
			continue;
		s = check_tree(c, ww_json_get(e, "resource"), &is);
		errors += is.errors;
		if (s == WW_OK && is.errors > 0)
			add_refused(cx, all, i, &is);
	}
	if (s != WW_OK || errors != b->issues.errors)
		return s;
	s = ww_json_write(cx, all, false, &text);
	if (s == WW_OK) {
		b->refused = ww_arena_str(cx->arena, ww_buf_view(&text));
		b->issues = (struct ww_fhir_issues){ .n = 0 };
		ww_log(WW_LOG_WARN, "fhir=refused feed=%.*s entries=%zu request=%s",
		    WW_STR_FMT(c->feed->name), ww_json_len(all), c->request_id);
	}
	ww_buf_free(&text);
	return s == WW_OK && ww_arena_status(cx->arena) != WW_OK ? ww_fail_memory(cx) : s;
}

bool
ww_fhir_body_read(struct ww_fhir_call *c, struct ww_fhir_body *b)
{
	struct ww_fhir_door *d = c->door;
	ww_status s;

	*b = (struct ww_fhir_body){ .raw = ww_str_empty(), .refused = ww_str_empty() };
	s = read_tree(c, b);
	if (s != WW_OK && ww_status_class(s) != WW_PERMANENT) {
		ww_fhir_refuse(c);
		return false;
	}
	if (s != WW_OK)
		ww_fhir_check_unreadable(&d->cx, &b->issues);
	else if (c->ask.route.interaction == WW_REST_PATCH)
		b->interaction =
		    "patch"; /* no resource; what it says is looked at when it is applied */
	else if (c->ask.route.interaction == WW_REST_VALIDATE)
		b->interaction = "validate";
	else if (c->ask.route.type != NULL && c->ask.route.interaction != WW_REST_SUBMIT &&
	         c->ask.route.interaction != WW_REST_INQUIRE)
		check_resource(c, b);
	else
		check_bundle(c, b);
	if (b->issues.errors == 0 && c->ask.route.interaction != WW_REST_VALIDATE &&
	    c->ask.route.interaction != WW_REST_PATCH &&
	    (check_tree(c, b->tree, &b->issues) != WW_OK ||
	        (b->issues.errors > 0 && ww_str_is(ww_str_from(b->interaction), "batch") &&
	            set_apart(c, b) != WW_OK))) {
		ww_fhir_refuse(c);
		return false;
	}
	if (b->issues.errors == 0) {
		tell_warnings(c, &b->issues);
		return true;
	}
	take_failure(d, &b->issues);
	refuse_body(c, b, status_of(&b->issues));
	return false;
}

/* -- $validate -------------------------------------------------------------------------------------- */

void
ww_fhir_validate(struct ww_fhir_call *c)
{
	struct ww_fhir_door *d = c->door;
	struct ww_rest_answer a = { .status = 200, .body = ww_str_empty() };
	struct ww_fhir_body b;
	const struct ww_json *resource;

	if (!ww_fhir_body_read(c, &b))
		return;
	resource = bare(b.tree);
	if (check_tree(c, resource, &b.issues) != WW_OK) {
		ww_fhir_refuse(c);
		return;
	}
	if (!ww_str_is(ww_json_str(ww_json_get(resource, "resourceType")),
	        c->ask.route.type != NULL ? c->ask.route.type->name : "Bundle"))
		fault(c, &b, WW_E_TYPE, "resourceType", "not the type that the URL names");
	ww_rest_body(&d->cx, &a, c->ask.form, ww_fhir_outcome(&d->cx, &b.issues));
	ww_fhir_answer(c, &a);
}
