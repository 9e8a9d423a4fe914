/* Search: parameters by a table, tokens with FHIR's escapes, pages as searchset Bundles (FHIR R4, 3.1.1). */
#include "kit/practice_query.h"

#include "kit/practice_check.h"
#include "kit/practice_store.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 100 /* matches in a page when _count is not given */
#define PAGE_MOST 1000

/* A search parameter: which resources it matches. */
struct ww_practice_parameter {
	const char *name;
	bool needs_status; /* only of types whose status is a search parameter */
	bool (*match)(const struct ww_practice_kept *k, const struct ww_practice_token *t);
};

static bool
match_id(const struct ww_practice_kept *k, const struct ww_practice_token *t)
{
	return !t->has_system && ww_str_eq(k->id, t->value);
}

/* The codes of a status have the element's value set for system, which nobody writes. */
static bool
match_status(const struct ww_practice_kept *k, const struct ww_practice_token *t)
{
	return ww_str_eq(k->status, t->value);
}

static bool
match_identifier(const struct ww_practice_kept *k, const struct ww_practice_token *t)
{
	size_t i;

	for (i = 0; i < k->identifiers_n; i++) {
		const struct ww_practice_identifier *id = &k->identifiers[i];

		if ((!t->has_system || ww_str_eq(id->system, t->system)) &&
		    (t->value.n == 0 || ww_str_eq(id->value, t->value)))
			return true;
	}
	return false;
}

static const struct ww_practice_parameter parameters[] = {
	{ "_id", false, match_id },
	{ "identifier", false, match_identifier },
	{ "status", true, match_status },
};

#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

static bool
applies(const struct ww_practice_parameter *p, const struct ww_practice_type *type)
{
	return !p->needs_status || type->status;
}

const char *
ww_practice_query_name(const struct ww_practice_type *type, size_t i)
{
	size_t k;

	for (k = 0; k < PARAMETERS; k++)
		if (applies(&parameters[k], type) && i-- == 0)
			return parameters[k].name;
	return NULL;
}

/* -- parameters ----------------------------------------------------------------------------------- */

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)((at - digits) % 16) : -1;
}

/* Undoes the percent encoding of a name or value. */
static ww_status
decode(struct ww_practice_call *c, ww_str text, ww_str *out)
{
	char *p = ww_arena_alloc(c->cx->arena, text.n + 1);
	size_t i, n = 0;

	if (p == NULL)
		return ww_fail_memory(c->cx);
	for (i = 0; i < text.n; i++) {
		int high, low;

		if (text.p[i] != '%') {
			p[n++] = text.p[i] == '+' ? ' ' : text.p[i];
			continue;
		}
		high = i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
		low = high >= 0 ? hex_digit(text.p[i + 2]) : -1;
		if (low < 0)
			return ww_practice_call_refuse(
			    c, 400, "invalid", NULL, "a broken percent encoding in the parameters");
		p[n++] = (char)(high * 16 + low);
		i += 2;
	}
	*out = ww_str_of(p, n);
	return WW_OK;
}

/* Takes the text up to the first of these separators that has no '\' before it, without the escapes. */
static ww_str
cut_escaped(struct ww_practice_call *c, ww_str *rest, const char *separators, char *found)
{
	char *p = ww_arena_alloc(c->cx->arena, rest->n + 1);
	size_t i, n = 0;

	*found = '\0';
	if (p == NULL)
		return ww_str_empty();
	for (i = 0; i < rest->n && *found == '\0'; i++) {
		if (rest->p[i] == '\\' && i + 1 < rest->n)
			p[n++] = rest->p[++i];
		else if (rest->p[i] != '\0' && strchr(separators, rest->p[i]) != NULL)
			*found = rest->p[i];
		else
			p[n++] = rest->p[i];
	}
	*rest = ww_str_sub(*rest, i, rest->n);
	return ww_str_of(p, n);
}

/* Reads the tokens of a value, which stand apart by commas. */
static ww_status
read_tokens(struct ww_practice_call *c, ww_str value, struct ww_practice_criterion *out)
{
	size_t most = 1, i;
	char found = ',';

	for (i = 0; i < value.n; i++)
		most += value.p[i] == ',';
	out->any = ww_arena_array(c->cx->arena, most, sizeof(*out->any));
	if (out->any == NULL)
		return ww_fail_memory(c->cx);
	while (found == ',') {
		struct ww_practice_token *t = &out->any[out->any_n++];

		t->system = ww_str_empty();
		t->value = cut_escaped(c, &value, ",|", &found);
		if (found == '|') {
			t->has_system = true;
			t->system = t->value;
			t->value = cut_escaped(c, &value, ",", &found);
		}
		if (t->system.n == 0 && t->value.n == 0)
			return ww_practice_call_refuse(
			    c, 400, "invalid", NULL, "a search parameter without a value");
	}
	return WW_OK;
}

/* Parameters about the answer rather than the match; true when it was one. */
static bool
read_result_parameter(struct ww_practice_query *q, ww_str name, ww_str value, bool *good)
{
	*good = true;
	if (ww_str_is(name, "_count"))
		*good = ww_str_u64(value, UINT32_MAX, &q->count);
	else if (ww_str_is(name, "_offset"))
		*good = ww_str_u64(value, UINT32_MAX, &q->offset);
	else if (ww_str_is(name, "_format"))
		*good = ww_str_is(value, "json") || ww_str_is(value, "application/json") ||
		        ww_str_is(value, "application/fhir json") ||
		        ww_str_is(value, "application/fhir+json");
	else
		return false;
	return true;
}

static ww_status
read_parameter(struct ww_practice_call *c, const struct ww_practice_type *type, ww_str name,
    ww_str value, struct ww_practice_query *q)
{
	struct ww_practice_criterion *to;
	bool good;
	size_t i;

	if (read_result_parameter(q, name, value, &good))
		return good ? WW_OK
		            : ww_practice_call_refuse(c, 400, "value", NULL,
		                  "a parameter about the answer has no usable value");
	for (i = 0; i < PARAMETERS; i++)
		if (ww_str_is(name, parameters[i].name) && applies(&parameters[i], type))
			break;
	/* Passed over, it would match more than was meant: a search would find the wrong one. */
	if (i == PARAMETERS)
		return ww_practice_call_refuse(
		    c, 400, "not-supported", NULL, "no such search parameter for %s", type->name);
	if (q->all_n == WW_PRACTICE_CRITERIA)
		return ww_practice_call_refuse(c, 400, "too-costly", NULL,
		    "more than %d search parameters", WW_PRACTICE_CRITERIA);
	to = &q->all[q->all_n++];
	to->parameter = &parameters[i];
	return read_tokens(c, value, to);
}

void
ww_practice_query_start(struct ww_practice_query *q)
{
	*q = (struct ww_practice_query){ .count = PAGE };
}

ww_status
ww_practice_query_parse(struct ww_practice_call *c, const struct ww_practice_type *type,
    ww_str text, struct ww_practice_query *q)
{
	ww_status s = WW_OK;

	while (text.n > 0 && s == WW_OK) {
		ww_str value, pair = ww_str_cut(text, '&', &text);
		ww_str name = ww_str_cut(pair, '=', &value);

		if (pair.n == 0)
			continue;
		s = decode(c, name, &name);
		if (s == WW_OK)
			s = decode(c, value, &value);
		if (s == WW_OK)
			s = read_parameter(c, type, name, value, q);
	}
	if (s == WW_OK && ww_arena_status(c->cx->arena) != WW_OK)
		s = ww_fail_memory(c->cx);
	return s;
}

/* -- matching ------------------------------------------------------------------------------------- */

static bool
matches(const struct ww_practice_kept *k, const struct ww_practice_query *q)
{
	size_t i, j;

	for (i = 0; i < q->all_n; i++) {
		const struct ww_practice_criterion *one = &q->all[i];

		for (j = 0; j < one->any_n; j++)
			if (one->parameter->match(k, &one->any[j]))
				break;
		if (j == one->any_n)
			return false;
	}
	return true;
}

/* Matches found so far. */
struct found {
	const struct ww_practice_kept **p;
	size_t n, cap;
};

static ww_status
add_match(struct ww_ctx *cx, struct found *f, const struct ww_practice_kept *k)
{
	const struct ww_practice_kept **p;
	size_t cap;

	if (f->n == f->cap) {
		cap = f->cap == 0 ? 16 : 2 * f->cap;
		p = ww_arena_array(cx->arena, cap, sizeof(*p));
		if (p == NULL)
			return ww_fail_memory(cx);
		if (f->n > 0)
			memcpy(p, f->p, f->n * sizeof(*p));
		f->p = p;
		f->cap = cap;
	}
	f->p[f->n++] = k;
	return WW_OK;
}

/* The criterion that the index can answer: an identifier with one value. */
static const struct ww_practice_token *
indexed(const struct ww_practice_query *q)
{
	size_t i;

	for (i = 0; i < q->all_n; i++)
		if (q->all[i].parameter->match == match_identifier && q->all[i].any_n == 1 &&
		    q->all[i].any[0].value.n > 0)
			return &q->all[i].any[0];
	return NULL;
}

static ww_status
run_indexed(struct ww_practice_call *c, const struct ww_practice_type *type,
    const struct ww_practice_query *q, ww_str value, struct found *f)
{
	const struct ww_practice_kept *k;
	ww_status s = WW_OK;
	size_t from = 0;

	while (s == WW_OK && ww_practice_store_with_value(c->store, type, value, &from, &k))
		if (k->type == type && matches(k, q))
			s = add_match(c->cx, f, k);
	return s;
}

static ww_status
run_all(struct ww_practice_call *c, const struct ww_practice_type *type,
    const struct ww_practice_query *q, struct found *f)
{
	size_t n, i;
	const struct ww_practice_kept *const *all = ww_practice_store_all(c->store, &n);
	ww_status s = WW_OK;

	for (i = 0; i < n && s == WW_OK; i++)
		if (all[i]->type == type && matches(all[i], q))
			s = add_match(c->cx, f, all[i]);
	return s;
}

static int
by_slot(const void *a, const void *b)
{
	const struct ww_practice_kept *const *x = a, *const *y = b;

	return ((*x)->slot > (*y)->slot) - ((*x)->slot < (*y)->slot);
}

ww_status
ww_practice_query_run(struct ww_practice_call *c, const struct ww_practice_type *type,
    const struct ww_practice_query *q, const struct ww_practice_kept ***out, size_t *n)
{
	const struct ww_practice_token *t = indexed(q);
	struct found f = { .n = 0 };
	ww_status s = t != NULL ? run_indexed(c, type, q, t->value, &f) : run_all(c, type, q, &f);

	if (s != WW_OK)
		return s;
	if (f.n > 1)
		qsort(f.p, f.n, sizeof(*f.p), by_slot);
	*out = f.p;
	*n = f.n;
	return WW_OK;
}

/* -- searchset Bundles ------------------------------------------------------------------------------ */

/* The parameters as sent, but for the place of the page, each with a separator before it. */
static void
write_query(struct ww_buf *b, ww_str text, char *separator)
{
	while (text.n > 0) {
		ww_str pair = ww_str_cut(text, '&', &text);

		if (pair.n == 0 || ww_str_starts(pair, WW_STR("_offset=")))
			continue;
		ww_buf_byte(b, *separator);
		ww_buf_str_add(b, pair);
		*separator = '&';
	}
}

/* The links point to a GET, also when the search was a POST. */
static ww_status
add_link(struct ww_practice_call *c, struct ww_json *links, const char *relation, uint64_t offset,
    const ww_str *texts)
{
	struct ww_json *link = ww_json_add(c->cx, links, ww_json_object(c->cx));
	struct ww_buf b = { 0 };
	char separator = '?';
	ww_status s;

	ww_buf_printf(&b, "%.*s/%s", WW_STR_FMT(c->base), c->type->name);
	write_query(&b, texts[0], &separator);
	write_query(&b, texts[1], &separator);
	if (offset > 0)
		ww_buf_printf(&b, "%c_offset=%" PRIu64, separator, offset);
	ww_json_set_cstr(c->cx, link, "relation", relation);
	ww_json_set_str(c->cx, link, "url", ww_buf_view(&b));
	s = (ww_status)b.error;
	ww_buf_free(&b);
	return s == WW_OK ? WW_OK : ww_fail(c->cx, s, NULL, "no memory for a link");
}

static ww_status
add_entry(struct ww_practice_call *c, struct ww_json *entries, const struct ww_practice_kept *k)
{
	struct ww_json *entry = ww_json_add(c->cx, entries, ww_json_object(c->cx));
	struct ww_json *resource, *search;
	ww_status s;

	s = ww_json_parse(c->cx, k->text, &resource);
	if (s != WW_OK)
		return s;
	ww_json_set_str(c->cx, entry, "fullUrl",
	    ww_arena_printf(c->cx->arena, "%.*s/%s/%.*s", WW_STR_FMT(c->base), k->type->name,
	        WW_STR_FMT(k->id)));
	ww_json_set(c->cx, entry, "resource", resource);
	search = ww_json_set(c->cx, entry, "search", ww_json_object(c->cx));
	ww_json_set_cstr(c->cx, search, "mode", "match");
	return WW_OK;
}

/* Answers the search with the parameters of both texts: those of the URL and those of the form. */
static ww_status
answer(struct ww_practice_call *c, const ww_str texts[2])
{
	struct ww_practice_query q;
	const struct ww_practice_kept **found;
	struct ww_json *bundle, *links, *entries = NULL;
	size_t n, i, end;
	ww_status s;

	ww_practice_query_start(&q);
	s = ww_practice_query_parse(c, c->type, texts[0], &q);
	if (s == WW_OK)
		s = ww_practice_query_parse(c, c->type, texts[1], &q);
	if (s == WW_OK)
		s = ww_practice_query_run(c, c->type, &q, &found, &n);
	if (s != WW_OK)
		return s;
	if (q.count > PAGE_MOST)
		q.count = PAGE_MOST;
	i = q.offset < n ? (size_t)q.offset : n;
	end = q.count < n - i ? i + (size_t)q.count : n;
	bundle = ww_json_object(c->cx);
	ww_json_set_cstr(c->cx, bundle, "resourceType", "Bundle");
	ww_json_set_cstr(c->cx, bundle, "type", "searchset");
	ww_json_set_int(c->cx, bundle, "total", (int64_t)n);
	links = ww_json_set(c->cx, bundle, "link", ww_json_array(c->cx));
	s = add_link(c, links, "self", q.offset, texts);
	if (s == WW_OK && end < n && q.count > 0)
		s = add_link(c, links, "next", end, texts);
	if (i < end)
		entries = ww_json_set(c->cx, bundle, "entry", ww_json_array(c->cx));
	for (; i < end && s == WW_OK; i++)
		s = add_entry(c, entries, found[i]);
	return s == WW_OK ? ww_practice_call_json(c, 200, bundle) : s;
}

ww_status
ww_practice_query_get(struct ww_practice_call *c)
{
	const ww_str texts[2] = { c->query, ww_str_empty() };

	return answer(c, texts);
}

ww_status
ww_practice_query_post(struct ww_practice_call *c)
{
	const ww_str texts[2] = { c->query, c->rq->body };
	ww_str rest, type = ww_str_trim(ww_str_cut(c->rq->content_type, ';', &rest));

	if (c->rq->body.n > 0 && !ww_str_ieq(type, WW_STR("application/x-www-form-urlencoded")))
		return ww_practice_call_refuse(c, 415, "not-supported", NULL,
		    "Content-Type must be application/x-www-form-urlencoded");
	return answer(c, texts);
}
