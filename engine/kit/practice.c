/* A practice: its routes, faults and request log. What the routes lead to is in practice_*.c. */
#include "kit/practice.h"

#include "kit/practice_check.h"
#include "kit/practice_keep.h"
#include "kit/practice_query.h"
#include "kit/practice_store.h"
#include "kit/practice_transaction.h"
#include "kit/practice_write.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <stdlib.h>

#define LOG_LIMIT ((size_t)32 << 20)

struct ww_practice {
	struct ww_practice_store *store;
	struct ww_practice_keep *keep;
	struct ww_buf base, id_prefix;
	struct ww_clock clock;
	struct ww_practice_fault fail, fail_after;
	uint64_t ids;      /* given out so far */
	int64_t started;   /* UTC ms */
	struct ww_buf log; /* requests as JSON objects with commas between */
	bool log_full;
};

ww_status
ww_practice_open(struct ww_ctx *cx, const struct ww_practice_settings *s, struct ww_practice **out)
{
	struct ww_practice *p = calloc(1, sizeof(*p));
	ww_status st;

	if (p == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a practice");
	p->clock = s->clock;
	p->started = ww_clock_now(&p->clock);
	p->fail = s->fail;
	p->fail_after = s->fail_after;
	p->log.limit = LOG_LIMIT;
	ww_buf_str_add(&p->base, s->base);
	ww_buf_str_add(&p->id_prefix, s->id_prefix);
	st = p->base.error == WW_OK ? (ww_status)p->id_prefix.error : (ww_status)p->base.error;
	if (st != WW_OK)
		st = ww_fail(cx, st, NULL, "no memory for a practice");
	if (st == WW_OK)
		st = ww_practice_store_new(cx, &p->store);
	if (st == WW_OK && s->keep != NULL)
		st = ww_practice_keep_open(cx, s->keep, p->store, &p->keep);
	if (st != WW_OK) {
		ww_practice_close(p);
		return st;
	}
	*out = p;
	return WW_OK;
}

void
ww_practice_close(struct ww_practice *p)
{
	if (p == NULL)
		return;
	ww_practice_keep_close(p->keep);
	ww_practice_store_free(p->store);
	ww_buf_free(&p->base);
	ww_buf_free(&p->id_prefix);
	ww_buf_free(&p->log);
	free(p);
}

/* -- metadata ---------------------------------------------------------------------------------------- */

static void
add_codes(struct ww_ctx *cx, struct ww_json *to, const char *key, const char *const *codes)
{
	struct ww_json *list = ww_json_set(cx, to, key, ww_json_array(cx));

	for (; *codes != NULL; codes++) {
		struct ww_json *one = ww_json_add(cx, list, ww_json_object(cx));

		ww_json_set_cstr(cx, one, "code", *codes);
	}
}

static void
add_type(struct ww_ctx *cx, struct ww_json *list, const struct ww_practice_type *type)
{
	static const char *const interactions[] = { "create", "read", "update", "search-type",
		NULL };
	struct ww_json *r = ww_json_add(cx, list, ww_json_object(cx)), *params;
	const char *name;
	size_t i;

	ww_json_set_cstr(cx, r, "type", type->name);
	add_codes(cx, r, "interaction", interactions);
	ww_json_set_cstr(cx, r, "versioning", "versioned");
	ww_json_set_bool(cx, r, "readHistory", false);
	ww_json_set_bool(cx, r, "updateCreate", false);
	ww_json_set_bool(cx, r, "conditionalCreate", true);
	ww_json_set_bool(cx, r, "conditionalUpdate", false);
	params = ww_json_set(cx, r, "searchParam", ww_json_array(cx));
	for (i = 0; (name = ww_practice_query_name(type, i)) != NULL; i++) {
		struct ww_json *one = ww_json_add(cx, params, ww_json_object(cx));

		ww_json_set_cstr(cx, one, "name", name);
		ww_json_set_cstr(cx, one, "type", "token");
	}
}

static ww_status
get_metadata(struct ww_practice_call *c)
{
	static const char *const whole[] = { "transaction", NULL };
	struct ww_ctx *cx = c->cx;
	struct ww_json *cs = ww_json_object(cx), *o, *list, *rest;
	size_t i;

	ww_json_set_cstr(cx, cs, "resourceType", "CapabilityStatement");
	ww_json_set_cstr(cx, cs, "status", "active");
	ww_json_set_str(cx, cs, "date", ww_practice_call_instant(c, c->practice->started));
	ww_json_set_cstr(cx, cs, "kind", "instance");
	o = ww_json_set(cx, cs, "software", ww_json_object(cx));
	ww_json_set_cstr(cx, o, "name", "wardwire-kit practice");
	o = ww_json_set(cx, cs, "implementation", ww_json_object(cx));
	ww_json_set_cstr(cx, o, "description", "A practice for tests of wardwire");
	ww_json_set_str(cx, o, "url", c->base);
	ww_json_set_cstr(cx, cs, "fhirVersion", "4.0.1");
	list = ww_json_set(cx, cs, "format", ww_json_array(cx));
	ww_json_add(cx, list, ww_json_string(cx, WW_STR("application/fhir+json")));
	list = ww_json_set(cx, cs, "rest", ww_json_array(cx));
	rest = ww_json_add(cx, list, ww_json_object(cx));
	ww_json_set_cstr(cx, rest, "mode", "server");
	list = ww_json_set(cx, rest, "resource", ww_json_array(cx));
	for (i = 0; i < ww_practice_check_types_n; i++)
		add_type(cx, list, &ww_practice_check_types[i]);
	add_codes(cx, rest, "interaction", whole);
	return ww_practice_call_json(c, 200, cs);
}

/* -- inspection ----------------------------------------------------------------------------------- */

bool
ww_practice_is_inspection(ww_str target)
{
	return ww_str_starts(target, WW_STR("/_"));
}

/* Answers with what was gathered in b, which is given back. */
static ww_status
answer_array(struct ww_practice_call *c, struct ww_buf *b)
{
	ww_status s = (ww_status)b->error;

	c->out->status = 200;
	c->out->content_type = "application/json";
	c->out->body = ww_arena_str(c->cx->arena, ww_buf_view(b));
	ww_buf_free(b);
	if (s != WW_OK)
		return ww_fail(c->cx, s, NULL, "no memory for the answer");
	return ww_arena_status(c->cx->arena) == WW_OK ? WW_OK : ww_fail_memory(c->cx);
}

static ww_status
get_log(struct ww_practice_call *c)
{
	struct ww_buf b = { 0 };

	ww_buf_byte(&b, '[');
	ww_buf_str_add(&b, ww_buf_view(&c->practice->log));
	ww_buf_byte(&b, ']');
	return answer_array(c, &b);
}

static ww_status
get_kept(struct ww_practice_call *c)
{
	struct ww_buf b = { 0 };
	size_t n, i;
	const struct ww_practice_kept *const *all = ww_practice_store_all(c->store, &n);

	ww_buf_byte(&b, '[');
	for (i = 0; i < n; i++) {
		if (i > 0)
			ww_buf_cstr(&b, ",\n");
		ww_buf_str_add(&b, all[i]->text);
	}
	ww_buf_byte(&b, ']');
	return answer_array(c, &b);
}

/* Adds a request to the list; when that is full, or memory is short, the list ends there. */
static void
log_request(
    struct ww_practice *p, struct ww_ctx *cx, const struct ww_practice_request *rq, int status)
{
	struct ww_json *one = ww_json_object(cx);
	struct ww_buf text = { 0 };

	ww_json_set_str(cx, one, "method", rq->method);
	ww_json_set_str(cx, one, "path", rq->target);
	ww_json_set_int(cx, one, "status", status);
	if (p->log_full || ww_json_write(cx, one, false, &text) != WW_OK ||
	    ww_buf_view(&text).n + 1 > LOG_LIMIT - ww_buf_view(&p->log).n) {
		p->log_full = true;
	} else {
		if (ww_buf_view(&p->log).n > 0)
			ww_buf_byte(&p->log, ',');
		ww_buf_str_add(&p->log, ww_buf_view(&text));
	}
	ww_buf_free(&text);
}

/* -- routes -------------------------------------------------------------------------------------- */

enum shape { NOWHERE, ROOT, METADATA, TYPE, SEARCH, INSTANCE, VERSION, LOG, KEPT };

static const struct route {
	enum shape shape;
	const char *method;
	ww_status (*run)(struct ww_practice_call *c);
	bool write; /* faults apply to it */
} routes[] = {
	{ ROOT, "POST", ww_practice_transaction, true },
	{ METADATA, "GET", get_metadata, false },
	{ TYPE, "GET", ww_practice_query_get, false },
	{ TYPE, "POST", ww_practice_write_create, true },
	{ SEARCH, "POST", ww_practice_query_post, false },
	{ INSTANCE, "GET", ww_practice_write_read, false },
	{ INSTANCE, "PUT", ww_practice_write_update, true },
	{ VERSION, "GET", ww_practice_write_read_version, false },
	{ LOG, "GET", get_log, false },
	{ KEPT, "GET", get_kept, false },
};

#define ROUTES (sizeof(routes) / sizeof(routes[0]))

/* Paths of one word, which stand for themselves. */
static const struct {
	const char *path;
	enum shape shape;
} words[] = {
	{ "/fhir", ROOT },
	{ "/fhir/", ROOT },
	{ "/fhir/metadata", METADATA },
	{ "/_log", LOG },
	{ "/_kept", KEPT },
};

/* Takes [type]/[id]/... apart. */
static enum shape
read_type_path(struct ww_practice_call *c, ww_str path)
{
	ww_str rest, name = ww_str_cut(path, '/', &rest), history;

	c->type = ww_practice_check_type(name);
	if (c->type == NULL)
		return NOWHERE;
	c->out->type = c->type->name;
	if (rest.n == 0)
		return name.n == path.n ? TYPE : NOWHERE;
	if (ww_str_is(rest, "_search"))
		return SEARCH;
	c->id = ww_str_cut(rest, '/', &rest);
	if (rest.n == 0)
		return INSTANCE;
	history = ww_str_cut(rest, '/', &c->version);
	return ww_str_is(history, "_history") && c->version.n > 0 ? VERSION : NOWHERE;
}

/* Sets what the path names in c. */
static enum shape
read_path(struct ww_practice_call *c)
{
	ww_str path = ww_str_cut(c->rq->target, '?', &c->query);
	const ww_str base = WW_STR("/fhir/");
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (ww_str_is(path, words[i].path))
			return words[i].shape;
	if (!ww_str_starts(path, base))
		return NOWHERE;
	return read_type_path(c, ww_str_sub(path, base.n, path.n));
}

/* The methods a shape has, for the header Allow. */
static ww_str
allowed(struct ww_practice_call *c, enum shape shape)
{
	ww_str list = ww_str_empty();
	size_t i;

	for (i = 0; i < ROUTES; i++)
		if (routes[i].shape == shape)
			list = ww_arena_printf(c->cx->arena, "%.*s%s%s", WW_STR_FMT(list),
			    list.n > 0 ? ", " : "", routes[i].method);
	return list;
}

/* NULL when the call is refused. */
static const struct route *
find_route(struct ww_practice_call *c)
{
	enum shape shape = read_path(c);
	size_t i;

	if (shape == NOWHERE) {
		ww_practice_call_refuse(c, 404, c->type != NULL ? "not-found" : "not-supported",
		    NULL, "there is nothing at that path");
		return NULL;
	}
	for (i = 0; i < ROUTES; i++)
		if (routes[i].shape == shape && ww_str_is(c->rq->method, routes[i].method))
			return &routes[i];
	c->out->allow = allowed(c, shape);
	ww_practice_call_refuse(
	    c, 405, "not-supported", NULL, "that path does not take this method");
	return NULL;
}

/* -- answering -------------------------------------------------------------------------------------- */

/* One of the failures ordered by a tester, if there is one left. */
static ww_status
fault(struct ww_practice_call *c, struct ww_practice_fault *f)
{
	if (f->n == 0)
		return WW_OK;
	f->n--;
	return ww_practice_call_refuse(c, f->status, f->status < 500 ? "processing" : "transient",
	    NULL, "a failure ordered for a test");
}

static ww_status
run(struct ww_practice *p, struct ww_practice_call *c)
{
	const struct route *r = find_route(c);
	ww_status s = WW_OK;

	if (r == NULL)
		return WW_E_REFUSED;
	if (r->write)
		s = fault(c, &p->fail);
	if (s == WW_OK)
		s = r->run(c);
	if (s == WW_OK && r->write)
		s = fault(c, &p->fail_after);
	return s;
}

void
ww_practice_answer(struct ww_practice *p, struct ww_ctx *cx, const struct ww_practice_request *rq,
    struct ww_practice_answer *out)
{
	struct ww_practice_call c = {
		.practice = p,
		.cx = cx,
		.store = p->store,
		.keep = p->keep,
		.base = ww_buf_view(&p->base),
		.id_prefix = ww_buf_view(&p->id_prefix),
		.ids = &p->ids,
		.now = ww_clock_now(&p->clock),
		.rq = rq,
		.out = out,
		.id = ww_str_empty(),
		.version = ww_str_empty(),
		.query = ww_str_empty(),
	};
	ww_status s;

	*out = (struct ww_practice_answer){
		.content_type = WW_PRACTICE_FHIR_JSON,
		.location = ww_str_empty(),
		.etag = ww_str_empty(),
		.allow = ww_str_empty(),
		.body = ww_str_empty(),
		.type = "-",
	};
	s = run(p, &c);
	if (s != WW_OK)
		ww_practice_call_outcome(&c, s);
	if (!ww_practice_is_inspection(rq->target))
		log_request(p, cx, rq, out->status);
}
