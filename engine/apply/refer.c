/* References within a Bundle. */
#include "apply/refer.h"

#include "apply/among.h"
#include "model/resource_query.h"
#include "store/resource_search.h"

#include <wardwire/json.h>

#include <stdlib.h>
#include <string.h>

/* -- looking up ------------------------------------------------------------------------------------- */

static int
by_url(const void *a, const void *b)
{
	return ww_str_cmp(((const struct ww_refer *)a)->url, ((const struct ww_refer *)b)->url);
}

static const struct ww_refer *
find_url(const struct ww_request_work *rw, ww_str url)
{
	const struct ww_refer like = { .url = url };

	if (rw->refers_n == 0 || url.n == 0)
		return NULL;
	return bsearch(&like, rw->refers, rw->refers_n, sizeof(like), by_url);
}

static const struct ww_refer *
find(const struct ww_request_work *rw, ww_str reference)
{
	const struct ww_refer *r = find_url(rw, reference);

	return r != NULL ? r : find_url(rw, ww_reference_end(reference));
}

/* One of a url is enough: the first in the order of the Bundle. */
static void
leave_out_twice(struct ww_request_work *rw)
{
	size_t n = 0;

	for (size_t i = 0; i < rw->refers_n; i++) {
		if (n == 0 || !ww_str_eq(rw->refers[n - 1].url, rw->refers[i].url))
			rw->refers[n++] = rw->refers[i];
	}
	rw->refers_n = n;
}

static int
by_full_url(const void *a, const void *b)
{
	const struct ww_entry *x = *(struct ww_entry *const *)a, *y = *(struct ww_entry *const *)b;
	int d = ww_str_cmp(x->full_url, y->full_url);

	return d != 0 ? d : (x > y) - (x < y);
}

/* The later of two entries with one fullUrl. */
static ww_status
find_twice(struct ww_request_work *rw, struct ww_entry *entries, size_t n, struct ww_entry **twice)
{
	struct ww_entry **v = ww_arena_array(rw->cx->arena, n + 1, sizeof(struct ww_entry *));

	*twice = NULL;
	if (v == NULL)
		return ww_fail_memory(rw->cx);
	for (size_t i = 0; i < n; i++)
		v[i] = &entries[i];
	qsort(v, n, sizeof(struct ww_entry *), by_full_url);
	for (size_t i = 1; i < n && *twice == NULL; i++) {
		if (v[i]->full_url.n != 0 && ww_str_eq(v[i]->full_url, v[i - 1]->full_url))
			*twice = v[i];
	}
	return WW_OK;
}

static int
by_url_and_place(const void *a, const void *b)
{
	const struct ww_refer *x = a, *y = b;
	int d = by_url(a, b);

	return d != 0 ? d : (x->place > y->place) - (x->place < y->place);
}

static void
add(struct ww_request_work *rw, ww_str url, const struct ww_entry *e, size_t place)
{
	if (url.n == 0)
		return;
	rw->refers[rw->refers_n++] = (struct ww_refer){ .url = url,
		.type = e->type,
		.id = e->id,
		.tree = e->writes && e->verb != WW_ENTRY_DELETE ? e->tree : NULL,
		.place = place };
}

ww_status
ww_refer_index(
    struct ww_request_work *rw, struct ww_entry *entries, size_t n, struct ww_entry **twice)
{
	rw->refers_n = 0;
	rw->refers = ww_arena_array(rw->cx->arena, 3 * n + 1, sizeof(*rw->refers));
	if (rw->refers == NULL)
		return ww_fail_memory(rw->cx);
	for (size_t i = 0; i < n; i++) {
		const struct ww_entry *e = &entries[i];

		if (e->id.n == 0 || e->verb == WW_ENTRY_DELETE || e->verb == WW_ENTRY_READ)
			continue;
		add(rw, e->full_url, e, 2 * i);
		add(rw, ww_reference_end(e->full_url), e, 2 * i + 1);
		/* What it is called here counts when nothing in the Bundle is called so. */
		add(rw,
		    ww_arena_printf(
		        rw->cx->arena, "%.*s/%.*s", WW_STR_FMT(e->type), WW_STR_FMT(e->id)),
		    e, 2 * n + i);
	}
	if (ww_arena_status(rw->cx->arena) != WW_OK)
		return ww_fail_memory(rw->cx);
	qsort(rw->refers, rw->refers_n, sizeof(*rw->refers), by_url_and_place);
	leave_out_twice(rw);
	return find_twice(rw, entries, n, twice);
}

/* -- resolving -------------------------------------------------------------------------------------- */

ww_status
ww_request_resolve(struct ww_request_work *rw, ww_str reference, const struct ww_json **out)
{
	const struct ww_refer *r = find(rw, reference);
	struct ww_resource row;
	struct ww_json *tree = NULL;
	ww_str end, id, type;
	bool found;
	ww_status s;

	*out = r != NULL ? r->tree : NULL;
	if (*out != NULL)
		return WW_OK;
	end = ww_reference_end(reference);
	type = r != NULL ? r->type : ww_str_cut(end, '/', &id);
	if (r != NULL)
		id = r->id;
	if (type.n == 0 || id.n == 0)
		return WW_OK;
	s = ww_resource_get(rw, type, id, &row, &found);
	if (s == WW_OK && found && row.deleted == 0)
		s = ww_json_parse(rw->cx, row.text, &tree);
	*out = tree;
	return s;
}

/* -- conditional references ------------------------------------------------------------------------- */

/* The entry takes the place of the stored resource of that id, or takes it away. */
static bool
is_touched(const struct ww_entry *all, size_t n, ww_str type, ww_str id)
{
	for (size_t i = 0; i < n; i++) {
		if (all[i].writes && ww_str_eq(all[i].id, id) && ww_str_eq(all[i].type, type))
			return true;
	}
	return false;
}

struct match {
	ww_str id;
	size_t n;
};

static ww_status
match_stored(struct ww_request_work *rw, const struct ww_resource_query *q,
    const struct ww_entry *all, size_t n, struct match *m)
{
	struct ww_resource_place at = { ww_str_empty(), ww_str_empty() };
	bool more = true;
	ww_status s = WW_OK;

	while (s == WW_OK && more && m->n < 2) {
		struct ww_rows rows = { .n = 0 };

		s = ww_resource_search(
		    rw->l, rw->cx, rw->feed->name, q, false, 2, &at, &rows, &more);
		for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
			ww_str id = WW_ROW(&rows, resource, i)->id;

			if (is_touched(all, n, q->type, id))
				continue;
			m->id = id;
			m->n++;
		}
	}
	return s;
}

/* What the transaction writes is looked up by what it had in it when that was first asked for. */
static ww_status
among(struct ww_request_work *rw, const struct ww_entry *all, size_t n)
{
	return rw->among != NULL ? WW_OK : ww_among_new(rw, all, n, &rw->among);
}

static ww_status
match_entries(struct ww_request_work *rw, const struct ww_resource_query *q,
    const struct ww_entry *all, size_t n, struct match *m)
{
	const struct ww_entry *one;
	ww_status s = among(rw, all, n);
	size_t found = s == WW_OK ? ww_among_find(rw->among, q, NULL, &one) : 0;

	if (found > 0)
		m->id = one->id;
	m->n += found;
	return s;
}

static ww_status
look_up(struct ww_request_work *rw, struct ww_entry *e, ww_str type, ww_str query,
    const struct ww_entry *all, size_t n, struct match *m)
{
	struct ww_resource_query q;
	ww_status s = ww_resource_query_read(rw->cx, type, query, &q);

	if ((s == WW_E_VALUE || s == WW_E_LIMIT) && ww_arena_status(rw->cx->arena) == WW_OK) {
		rw->cx->fail = (struct ww_failure){ .status = WW_OK };
		ww_entry_refuse(rw, e, 400, WW_E_VALUE, "a conditional reference cannot be read");
		return WW_OK;
	}
	if (s == WW_OK && (q.unknown.n != 0 || q.n == 0)) {
		ww_entry_refuse(rw, e, 400, WW_E_VALUE,
		    "a conditional reference asks for nothing that there is");
		return WW_OK;
	}
	if (s == WW_OK)
		s = match_stored(rw, &q, all, n, m);
	if (s == WW_OK)
		s = match_entries(rw, &q, all, n, m);
	if (s == WW_OK && m->n != 1)
		ww_entry_refuse(rw, e, 412, m->n == 0 ? WW_E_NOT_FOUND : WW_E_MULTIPLE,
		    "a conditional reference fits %s", m->n == 0 ? "nothing" : "several resources");
	return s;
}

/* -- one thing, twice ------------------------------------------------------------------------------- */

/* It makes something because nothing that is stored fits. */
static bool
makes_on_condition(const struct ww_entry *e)
{
	return e->condition.n != 0 && e->writes && !e->found &&
	       (e->verb == WW_ENTRY_CREATE || e->verb == WW_ENTRY_UPDATE);
}

ww_status
ww_refer_twice(
    struct ww_request_work *rw, struct ww_entry *entries, size_t n, struct ww_entry **twice)
{
	ww_status s = WW_OK;

	*twice = NULL;
	for (size_t i = 0; s == WW_OK && *twice == NULL && i < n; i++) {
		struct ww_resource_query q;
		const struct ww_entry *one;

		if (!makes_on_condition(&entries[i]))
			continue;
		s = ww_resource_query_read(rw->cx, entries[i].type, entries[i].condition, &q);
		if (s == WW_OK)
			s = among(rw, entries, n);
		if (s == WW_OK && ww_among_find(rw->among, &q, &entries[i], &one) > 0)
			*twice = one > &entries[i] ? &entries[one - entries] : &entries[i];
	}
	return s;
}

/* -- rewriting -------------------------------------------------------------------------------------- */

struct rewrite {
	struct ww_request_work *rw;
	struct ww_entry *e;
	enum ww_refer_how how;
	const struct ww_entry *all;
	size_t n;
	bool warned;
};

static bool
is_urn(ww_str s)
{
	return ww_str_starts(s, WW_STR("urn:uuid:")) || ww_str_starts(s, WW_STR("urn:oid:"));
}

static void
put_reference(struct rewrite *w, struct ww_json *object, ww_str key, ww_str type, ww_str id)
{
	struct ww_ctx *cx = w->rw->cx;

	ww_json_set_str(cx, object, ww_arena_cstr(cx->arena, key),
	    ww_arena_printf(cx->arena, "%.*s/%.*s", WW_STR_FMT(type), WW_STR_FMT(id)));
}

static void
warn(struct rewrite *w)
{
	if (!w->warned)
		ww_fhir_issue_add(w->rw->cx, &w->e->issues, WW_FHIR_WARNING, WW_E_RULE, NULL,
		    ww_str_from(w->e->place),
		    "entries of a batch do not see one another: the reference stays as it is");
	w->warned = true;
}

static ww_status
rewrite_reference(struct rewrite *w, struct ww_json *object, const struct ww_json *m)
{
	ww_str reference = ww_json_str(m), query, type;
	const struct ww_refer *r = find(w->rw, reference);
	struct match found = { ww_str_empty(), 0 };
	ww_status s;

	if (w->how == WW_REFER_WARN) {
		if (is_urn(reference) && r != NULL)
			warn(w);
		return WW_OK;
	}
	if (r != NULL) {
		put_reference(w, object, ww_json_key(m), r->type, r->id);
		return WW_OK;
	}
	if (w->how != WW_REFER_STRICT)
		return WW_OK;
	if (is_urn(reference)) {
		ww_entry_refuse(w->rw, w->e, 400, WW_E_NOT_FOUND, "a reference leads to no entry");
		return WW_OK;
	}
	type = ww_str_cut(reference, '?', &query);
	if (query.n == 0 || ww_str_find(type, '/') != type.n || !ww_resource_type_is(type))
		return WW_OK;
	s = look_up(w->rw, w->e, type, query, w->all, w->n, &found);
	if (s == WW_OK && w->e->http < 400)
		put_reference(w, object, ww_json_key(m), type, found.id);
	return s;
}

/* valueUri, valueCanonical and their like may name an entry by its urn. */
static bool
is_uri_value(ww_str key)
{
	static const char *const types[] = { "Uri", "Url", "Oid", "Uuid", "Canonical" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		ww_str t = ww_str_from(types[i]);

		if (ww_str_starts(key, WW_STR("value")) && ww_str_eq(ww_str_sub(key, 5, key.n), t))
			return true;
	}
	return false;
}

static void
rewrite_uri(struct rewrite *w, struct ww_json *object, const struct ww_json *m)
{
	const struct ww_refer *r = is_urn(ww_json_str(m)) ? find_url(w->rw, ww_json_str(m)) : NULL;

	if (r != NULL && w->how != WW_REFER_WARN)
		put_reference(w, object, ww_json_key(m), r->type, r->id);
}

/* As deep as a tree may be. */
static ww_status
walk(struct rewrite *w, struct ww_json *v)
{
	bool object = ww_json_kind(v) == WW_JSON_OBJECT;
	struct ww_json *next;
	ww_status s = WW_OK;

	for (struct ww_json *c = ww_json_first(v); s == WW_OK && w->e->http < 400 && c != NULL;
	     c = next) {
		next = ww_json_next(c); /* c may get another in its place */
		switch (ww_json_kind(c)) {
		case WW_JSON_OBJECT:
		case WW_JSON_ARRAY:
			s = walk(w, c);
			break;
		case WW_JSON_STRING:
			if (object && ww_str_is(ww_json_key(c), "reference"))
				s = rewrite_reference(w, v, c);
			else if (object && is_uri_value(ww_json_key(c)))
				rewrite_uri(w, v, c);
			break;
		case WW_JSON_NONE:
		case WW_JSON_NULL:
		case WW_JSON_BOOL:
		case WW_JSON_NUMBER:
			break;
		}
	}
	return s;
}

ww_status
ww_refer_rewrite(struct ww_request_work *rw, struct ww_entry *e, enum ww_refer_how how,
    struct ww_entry *all, size_t n)
{
	struct rewrite w = { .rw = rw, .e = e, .how = how, .all = all, .n = n };
	ww_status s = walk(&w, e->tree);

	return s == WW_OK && ww_arena_status(rw->cx->arena) != WW_OK ? ww_fail_memory(rw->cx) : s;
}
