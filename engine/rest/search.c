/* Parameters to a query, and what it finds to a Bundle. Where a page ended is in the link to the next, so that no page is slower
 * than the first and nothing is skipped that stays as it is. */
#include "rest/search.h"

#include "codec/fhir_outcome.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>
#include <wardwire/ledger.h>

#include <inttypes.h>
#include <string.h>

enum {
	COUNT = 50,
	COUNT_MOST = 500,
	PAGES_COUNTED = 20, /* of COUNT_MOST each: meanwhile nobody else is answered */
};

#define PAGE_PARAM "_page"
#define BY_UPDATE "_lastUpdated"

struct search {
	struct ww_ctx *cx;
	struct ww_ledger *l;
	const struct ww_rest_find *f;
	ww_str query; /* of the URL and the form together, as it came */
	struct ww_resource_query q;
	ww_str unknown; /* names of parameters that do not count, a line each */
	size_t count;   /* of a page; 0: only how many there are */
	bool total;     /* how many there are in all is asked for */
	bool number;    /* and nothing else: _summary=count, whatever _count says */
	bool newest;
	struct ww_resource_place at; /* where the page begins, then where it ended */
	bool more;
	struct ww_buf entries;
	size_t found, all;
	bool cut; /* memory was short for a link */
};

/* -- what is asked for ------------------------------------------------------------------------------- */

static bool
hex_digit(char c, unsigned *out)
{
	const char *digits = "0123456789abcdef", *at = c != '\0' ? strchr(digits, c) : NULL;

	*out = at != NULL ? (unsigned)(at - digits) : 0;
	return at != NULL;
}

/* "line.id", the line in hexadecimal. */
static ww_status
read_page(struct search *s, ww_str text)
{
	ww_str id, hex = ww_str_cut(text, '.', &id);
	char *key = ww_arena_alloc(s->cx->arena, hex.n / 2 + 1);

	if (key == NULL)
		return ww_fail_memory(s->cx);
	for (size_t i = 0; i + 1 < hex.n; i += 2) {
		unsigned high, low;

		if (!hex_digit(hex.p[i], &high) || !hex_digit(hex.p[i + 1], &low))
			hex.n = 1;
		else
			key[i / 2] = (char)(high << 4 | low);
	}
	if (hex.n % 2 != 0 || !ww_rest_id_good(id))
		return ww_fail(s->cx, WW_E_VALUE, PAGE_PARAM, "not a page that this server gave");
	s->at = (struct ww_resource_place){ ww_str_of(key, hex.n / 2), id };
	return WW_OK;
}

static ww_status
read_count(struct search *s, ww_str v)
{
	uint64_t n;

	if (!ww_str_u64(v, UINT32_MAX, &n))
		return ww_fail(s->cx, WW_E_VALUE, "_count", "not a whole number");
	s->count = n < COUNT_MOST ? (size_t)n : COUNT_MOST;
	return WW_OK;
}

/* Without criteria the oldest change comes first anyway; with criteria that order is not had, and of what is owed none. */
static ww_status
read_sort(struct search *s, ww_str v)
{
	bool owed = ww_rest_is_owed(&s->f->scope, s->q.type);

	s->newest = !owed && ww_str_is(v, "-_lastUpdated");
	if (!s->newest && !(!owed && ww_str_is(v, "_lastUpdated") && s->q.n == 0))
		s->unknown = ww_arena_printf(s->cx->arena, "%.*s_sort\n", WW_STR_FMT(s->unknown));
	return WW_OK;
}

static ww_status
read_summary(struct search *s, ww_str v)
{
	s->number = ww_str_is(v, "count");
	if (!s->number && !ww_str_is(v, "false"))
		s->unknown =
		    ww_arena_printf(s->cx->arena, "%.*s_summary\n", WW_STR_FMT(s->unknown));
	return WW_OK;
}

static ww_status
read_total(struct search *s, ww_str v)
{
	s->total = ww_str_is(v, "accurate") || ww_str_is(v, "estimate");
	return WW_OK;
}

static ww_status
pass(struct search *s, ww_str v)
{
	(void)s;
	(void)v;
	return WW_OK;
}

static const struct {
	const char *name;
	ww_status (*read)(struct search *s, ww_str v);
} results[] = {
	{ "_count", read_count },
	{ "_sort", read_sort },
	{ "_summary", read_summary },
	{ "_total", read_total },
	{ PAGE_PARAM, read_page },
	{ "_format", pass },
	{ "_pretty", pass },
};

static ww_status
read_result(struct search *s, ww_str line)
{
	ww_str value, name = ww_str_cut(line, '=', &value);

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		if (ww_str_is(name, results[i].name))
			return results[i].read(s, value);
	s->unknown =
	    ww_arena_printf(s->cx->arena, "%.*s%.*s\n", WW_STR_FMT(s->unknown), WW_STR_FMT(name));
	return WW_OK;
}

/* What is none may be anything, and is not said again. */
static bool
is_name(ww_str text)
{
	static const char bytes[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:";

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\0' || strchr(bytes, text.p[i]) == NULL)
			return false;
	return text.n > 0;
}

/* handling=strict: the first that does not count is named. */
static ww_status
refuse_unknown(struct search *s)
{
	ww_str rest, name = ww_str_cut(s->unknown, '\n', &rest);

	return ww_fail(s->cx, WW_E_VALUE, is_name(name) ? ww_arena_cstr(s->cx->arena, name) : NULL,
	    "a search parameter that this server does not have, and handling=strict");
}

static ww_status
read_query(struct search *s)
{
	ww_str rest, type = ww_str_from(s->f->ask->route.type->name);
	ww_status st = ww_resource_query_read(s->cx, type, s->query, &s->q);

	if (st != WW_OK)
		return st;
	s->unknown = s->q.unknown;
	if (s->unknown.n > 0 && s->unknown.p[s->unknown.n - 1] != '\n')
		s->unknown = ww_arena_printf(s->cx->arena, "%.*s\n", WW_STR_FMT(s->unknown));
	for (rest = s->q.rest; st == WW_OK && rest.n > 0;)
		st = read_result(s, ww_str_cut(rest, '\n', &rest));
	if (s->number)
		s->count = 0;
	if (st == WW_OK && s->unknown.n > 0 && s->f->ask->strict)
		return refuse_unknown(s);
	return st;
}

/* -- what is found ----------------------------------------------------------------------------------- */

static void
add_entry(struct search *s, const struct ww_resource *r)
{
	struct ww_buf *b = &s->entries;

	ww_buf_printf(b, "%s{\"fullUrl\":\"%.*s/%.*s/%.*s\",\"resource\":", s->found > 0 ? "," : "",
	    WW_STR_FMT(s->f->scope.base), WW_STR_FMT(r->type), WW_STR_FMT(r->id));
	ww_buf_str_add(b, r->text);
	ww_buf_cstr(b, ",\"search\":{\"mode\":\"match\"}}");
	s->found++;
}

static ww_status
look_for(struct search *s, struct ww_ctx *cx, size_t limit, struct ww_resource_place *at,
    struct ww_rows *rows, bool *more)
{
	const struct ww_rest_scope *scope = &s->f->scope;

	if (ww_rest_is_owed(scope, s->q.type))
		return ww_rest_owed_search(cx, s->l, scope, &s->q, limit, at, rows, more);
	return ww_resource_search(s->l, cx, scope->feed, &s->q, s->newest, limit, at, rows, more);
}

static ww_status
find_page(struct search *s)
{
	struct ww_rows rows = { .n = 0 };
	ww_status st = look_for(s, s->cx, s->count, &s->at, &rows, &s->more);

	for (size_t i = 0; st == WW_OK && i < rows.n; i++)
		add_entry(s, WW_ROW(&rows, resource, i));
	return st;
}

/* From the beginning, whatever page it is; apart, as what is read for it is not needed any more. */
static ww_status
count_pages(struct search *s, struct ww_ctx *apart)
{
	struct ww_resource_place at = { ww_str_empty(), ww_str_empty() };
	bool more = true;

	for (int page = 0; more; page++) {
		struct ww_rows rows = { .n = 0 };
		ww_status st;

		if (page == PAGES_COUNTED)
			return ww_fail(
			    apart, WW_E_LIMIT, "_total", "too many resources to be counted");
		st = look_for(s, apart, COUNT_MOST, &at, &rows, &more);
		if (st != WW_OK)
			return st;
		s->all += rows.n;
		at.line = ww_arena_str(s->cx->arena, at.line);
		at.id = ww_arena_str(s->cx->arena, at.id);
		ww_ctx_clear(apart);
	}
	return ww_arena_status(s->cx->arena) == WW_OK ? WW_OK : ww_fail_memory(s->cx);
}

static ww_status
count_all(struct search *s)
{
	struct ww_ctx apart = { .arena = ww_arena_new(0), .now = s->cx->now };
	ww_status st;

	if (apart.arena == NULL)
		return ww_fail(s->cx, WW_E_MEMORY, NULL, "a search");
	st = count_pages(s, &apart);
	if (st != WW_OK && s->cx->fail.status == WW_OK)
		s->cx->fail = apart.fail;
	ww_arena_free(apart.arena);
	return st;
}

static ww_status
find(struct search *s)
{
	ww_status st = ww_ledger_begin(s->l, s->cx); /* one moment for all of the page */

	if (st != WW_OK)
		return st;
	if (s->count > 0)
		st = find_page(s);
	if (st == WW_OK && (s->total || s->count == 0))
		st = count_all(s);
	ww_ledger_rollback(s->l);
	return st;
}

/* -- the Bundle ------------------------------------------------------------------------------------- */

static bool
has_line(ww_str lines, ww_str one)
{
	while (lines.n > 0)
		if (ww_str_eq(ww_str_cut(lines, '\n', &lines), one))
			return true;
	return false;
}

/* The parameters that counted, as they came. */
static void
add_query(const struct search *s, struct ww_buf *b)
{
	ww_str rest = s->query;

	while (rest.n > 0) {
		ww_str value, one = ww_str_cut(rest, '&', &rest),
		              name = ww_str_cut(one, '=', &value);

		if (one.n == 0 || ww_str_is(name, PAGE_PARAM) || has_line(s->unknown, name))
			continue;
		ww_buf_printf(b, "%.*s&", WW_STR_FMT(one));
	}
}

static void
add_link(struct search *s, struct ww_json *list, const char *relation, bool next)
{
	struct ww_json *o = ww_json_add(s->cx, list, ww_json_object(s->cx));
	struct ww_buf url = { 0 };

	ww_buf_printf(&url, "%.*s/%.*s?", WW_STR_FMT(s->f->scope.base), WW_STR_FMT(s->q.type));
	add_query(s, &url);
	if (next) {
		ww_buf_cstr(&url, PAGE_PARAM "=");
		for (size_t k = 0; k < s->at.line.n; k++)
			ww_buf_printf(&url, "%02x", (unsigned char)s->at.line.p[k]);
		ww_buf_printf(&url, ".%.*s&", WW_STR_FMT(s->at.id));
	}
	s->cut = s->cut || url.error != WW_OK;
	ww_json_set_cstr(s->cx, o, "relation", relation);
	ww_json_set_str(s->cx, o, "url", ww_str_sub(ww_buf_view(&url), 0, ww_buf_view(&url).n - 1));
	ww_buf_free(&url);
}

/* "http.colour", as FHIR names a parameter of a request; empty where it is no name at all. */
static ww_str
place_of(struct search *s, ww_str name)
{
	return is_name(name) ? ww_arena_printf(s->cx->arena, "http.%.*s", WW_STR_FMT(name))
	                     : ww_str_empty();
}

/* Parameters that do not count are named in an outcome beside what was found. */
static ww_status
add_remark(struct search *s, struct ww_buf *b)
{
	struct ww_fhir_issues is = { .n = 0 };
	struct ww_json *o;
	ww_str rest = s->unknown;

	if (rest.n == 0)
		return WW_OK;
	while (rest.n > 0)
		ww_fhir_issue_add(s->cx, &is, WW_FHIR_INFORMATION, WW_E_METHOD, NULL,
		    place_of(s, ww_str_cut(rest, '\n', &rest)),
		    "a search parameter that this server does not have was passed over");
	o = ww_json_object(s->cx);
	(void)ww_json_set(s->cx, o, "resource", ww_fhir_outcome(s->cx, &is));
	ww_json_set_cstr(
	    s->cx, ww_json_set(s->cx, o, "search", ww_json_object(s->cx)), "mode", "outcome");
	if (s->found > 0)
		ww_buf_byte(b, ',');
	return ww_json_write(s->cx, o, false, b);
}

/* Resources are texts in the ledger, so the Bundle is put together as text. */
static ww_status
write_bundle(struct search *s, struct ww_buf *out)
{
	struct ww_json *head = ww_json_object(s->cx), *links;
	struct ww_buf begin = { 0 };
	ww_str entries;
	ww_status st;

	ww_json_set_cstr(s->cx, head, "resourceType", "Bundle");
	ww_json_set_cstr(s->cx, head, "type", "searchset");
	if (s->count == 0 || s->total)
		ww_json_set_int(s->cx, head, "total", (int64_t)s->all);
	links = ww_json_set(s->cx, head, "link", ww_json_array(s->cx));
	add_link(s, links, "self", false);
	if (s->more && s->count > 0)
		add_link(s, links, "next", true);
	st = s->count > 0 ? add_remark(s, &s->entries) : WW_OK;
	if (st == WW_OK)
		st = ww_json_write(s->cx, head, false, &begin);
	entries = ww_buf_view(&s->entries);
	if (st == WW_OK) { /* without the brace that closes it */
		ww_buf_str_add(out, ww_str_sub(ww_buf_view(&begin), 0, ww_buf_view(&begin).n - 1));
		if (entries.n > 0)
			ww_buf_cstr(out, ",\"entry\":[");
		ww_buf_str_add(out, entries);
		ww_buf_cstr(out, entries.n > 0 ? "]}" : "}");
	}
	ww_buf_free(&begin);
	if (st == WW_OK && (out->error != WW_OK || s->entries.error != WW_OK || s->cut))
		st = ww_fail_memory(s->cx);
	return st;
}

ww_status
ww_rest_search(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_rest_find *f, size_t *n,
    struct ww_rest_answer *out)
{
	struct search s = { .cx = cx,
		.l = l,
		.f = f,
		.query = f->ask->route.query,
		.count = COUNT,
		.at = { ww_str_empty(), ww_str_empty() } };
	struct ww_buf text = { 0 };
	ww_status st;

	*out = (struct ww_rest_answer){ .status = 200, .body = ww_str_empty() };
	if (f->form.n > 0)
		s.query = ww_arena_printf(
		    cx->arena, "%.*s&%.*s", WW_STR_FMT(s.query), WW_STR_FMT(f->form));
	st = read_query(&s);
	if (st == WW_OK)
		st = find(&s);
	if (st == WW_OK)
		st = write_bundle(&s, &text);
	if (st == WW_OK)
		ww_rest_body_text(cx, out, f->ask->form, ww_buf_view(&text));
	*n = s.found;
	ww_buf_free(&text);
	ww_buf_free(&s.entries);
	return st;
}
