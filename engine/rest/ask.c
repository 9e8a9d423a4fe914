/* Reads the head of a request: its route, its formats, and what it wishes for. */
#include "rest/ask.h"

#include "codec/http1.h"

#include <string.h>

/* -- formats ---------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum ww_rest_form form;
	bool wide; /* only of what is accepted: any of them */
} forms[] = {
	{ "application/fhir+json", WW_REST_JSON, false },
	{ "application/json", WW_REST_JSON, false },
	{ "text/json", WW_REST_JSON, false },
	{ "application/json+fhir", WW_REST_JSON, false },
	{ "json", WW_REST_JSON, false },
	{ "application/fhir+xml", WW_REST_XML, false },
	{ "application/xml", WW_REST_XML, false },
	{ "text/xml", WW_REST_XML, false },
	{ "application/xml+fhir", WW_REST_XML, false },
	{ "xml", WW_REST_XML, false },
	{ "*/*", WW_REST_JSON, true },
	{ "application/*", WW_REST_JSON, true },
	{ "text/*", WW_REST_JSON, true },
};

static ww_str
unquoted(ww_str s)
{
	return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? ww_str_sub(s, 1, s.n - 2) : s;
}

/* What stands behind a media type: q in thousandths, and whether all else is what we have. */
struct parameters {
	unsigned q;
	bool fit; /* fhirVersion is 4.0, charset UTF-8 */
};

/* "0.8" is 800. What is no such number is 1. */
static unsigned
quality(ww_str v)
{
	unsigned q = 0, scale = 1000;

	if (v.n == 0 || (v.p[0] != '0' && v.p[0] != '1'))
		return 1000;
	for (size_t i = 0; i < v.n && scale > 0; i++) {
		if (v.p[i] == '.')
			continue;
		if (v.p[i] < '0' || v.p[i] > '9')
			return 1000;
		q += (unsigned)(v.p[i] - '0') * scale;
		scale /= 10;
	}
	return q < 1000 ? q : 1000;
}

static struct parameters
read_parameters(ww_str rest)
{
	struct parameters p = { .q = 1000, .fit = true };

	while (rest.n > 0) {
		ww_str value,
		    name = ww_str_cut(ww_str_trim(ww_str_cut(rest, ';', &rest)), '=', &value);

		name = ww_str_trim(name);
		value = unquoted(ww_str_trim(value));
		if (ww_str_ieq(name, WW_STR("q")))
			p.q = quality(value);
		else if (ww_str_ieq(name, WW_STR("fhirVersion")))
			p.fit = p.fit && (ww_str_is(value, "4.0") || ww_str_is(value, "4.0.1"));
		else if (ww_str_ieq(name, WW_STR("charset")))
			p.fit = p.fit && (ww_str_ieq(value, WW_STR("utf-8")) ||
			                     ww_str_ieq(value, WW_STR("utf8")));
	}
	return p;
}

/* Index of a media type in forms; their number: it is none of them. */
static size_t
form_of(ww_str type)
{
	size_t i = 0;

	while (
	    i < sizeof(forms) / sizeof(forms[0]) && !ww_str_ieq(type, ww_str_from(forms[i].name)))
		i++;
	return i;
}

enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

/* The best of what a client accepts; any: what it gets where it has no wish. False: there is nothing for it. */
static bool
choose_form(ww_str accept, enum ww_rest_form any, enum ww_rest_form *out)
{
	unsigned best = 0;

	if (accept.n == 0)
		return true;
	while (accept.n > 0) {
		ww_str rest, one = ww_str_trim(ww_str_cut(accept, ',', &accept));
		size_t i = form_of(ww_str_trim(ww_str_cut(one, ';', &rest)));
		struct parameters p = read_parameters(rest);

		if (i == FORMS || !p.fit || p.q <= best)
			continue;
		best = p.q;
		*out = forms[i].wide ? any : forms[i].form;
	}
	return best > 0;
}

/* -- the query -------------------------------------------------------------------------------------- */

/* The value of a parameter of our own; formats and flags have nothing in them that is escaped but a slash and a plus. */
static ww_str
query_value(struct ww_ctx *cx, ww_str query, const char *name)
{
	while (query.n > 0) {
		ww_str value, key = ww_str_cut(ww_str_cut(query, '&', &query), '=', &value);
		char *p;
		size_t n = 0;

		if (!ww_str_is(key, name))
			continue;
		p = ww_arena_alloc(cx->arena, value.n + 1);
		for (size_t i = 0; p != NULL && i < value.n; i++) {
			if (i + 2 < value.n && ww_str_ieq(ww_str_sub(value, i, 3), WW_STR("%2f"))) {
				p[n++] = '/';
				i += 2;
			} else if (i + 2 < value.n &&
			           ww_str_ieq(ww_str_sub(value, i, 3), WW_STR("%2b"))) {
				p[n++] = '+';
				i += 2;
			} else {
				p[n++] = value.p[i];
			}
		}
		return p != NULL ? ww_str_of(p, n) : ww_str_empty();
	}
	return ww_str_empty();
}

/* -- what is wished for ----------------------------------------------------------------------------- */

static void
read_prefer(ww_str prefer, struct ww_rest_ask *out)
{
	static const struct {
		const char *text;
		enum ww_rest_return give;
	} gives[] = {
		{ "return=minimal", WW_REST_RETURN_MINIMAL },
		{ "return=representation", WW_REST_RETURN_RESOURCE },
		{ "return=OperationOutcome", WW_REST_RETURN_OUTCOME },
	};

	while (prefer.n > 0) {
		ww_str rest, one = ww_str_trim(ww_str_cut(prefer, ',', &prefer));

		for (; one.n > 0; one = ww_str_trim(rest)) {
			one = ww_str_trim(ww_str_cut(one, ';', &rest));
			for (size_t i = 0; i < sizeof(gives) / sizeof(gives[0]); i++)
				if (ww_str_ieq(one, ww_str_from(gives[i].text)))
					out->give = gives[i].give;
			if (ww_str_ieq(one, WW_STR("handling=strict")))
				out->strict = true;
		}
	}
}

/* It is given back and logged, so it is held to what cannot do harm there. */
ww_str
ww_rest_request_id(ww_str v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		        c == '-' || c == '_' || c == '.' || c == ':'))
			return ww_str_empty();
	}
	return v.n <= 64 ? v : ww_str_empty();
}

/* -- all of it -------------------------------------------------------------------------------------- */

static ww_status
read_content(struct ww_ctx *cx, const struct ww_http1_head *h, struct ww_rest_ask *out)
{
	ww_str rest, type = ww_str_trim(ww_str_cut(ww_http1_value(h, "Content-Type"), ';', &rest));
	ww_str encoding = ww_http1_value(h, "Content-Encoding");
	struct parameters p = read_parameters(rest);
	size_t i = form_of(type);

	out->gzip = ww_str_ieq(encoding, WW_STR("gzip"));
	if (encoding.n > 0 && !out->gzip && !ww_str_ieq(encoding, WW_STR("identity")))
		return ww_fail(cx, WW_E_MEDIA, NULL,
		    "Content-Encoding: gzip and identity are read, nothing else");
	if (out->route.interaction == WW_REST_TOKEN)
		return WW_OK; /* its own matter: access.h */
	if (out->route.interaction == WW_REST_PATCH) {
		if (ww_str_ieq(type, WW_STR("application/json-patch+json")))
			return WW_OK;
		return ww_fail(
		    cx, WW_E_MEDIA, NULL, "Content-Type: a patch is application/json-patch+json");
	}
	if (out->route.form) {
		if (ww_str_ieq(type, WW_STR("application/x-www-form-urlencoded")))
			return WW_OK;
		return ww_fail(cx, WW_E_MEDIA, NULL,
		    "Content-Type: a search by POST is application/x-www-form-urlencoded");
	}
	if (i == FORMS || forms[i].wide || !p.fit)
		return ww_fail(cx, WW_E_MEDIA, NULL,
		    "Content-Type: application/fhir+json or application/fhir+xml, in UTF-8, of "
		    "version "
		    "4.0");
	out->body = forms[i].form;
	return WW_OK;
}

static bool
has_body(const struct ww_http1_head *h)
{
	return h->chunked || h->length > 0;
}

/* Of a header that is a list its lines are one, as RFC 9110 has it. */
static ww_str
whole_list(struct ww_ctx *cx, const struct ww_http1_head *h, const char *name)
{
	ww_str want = ww_str_from(name), all = ww_http1_value(h, name);
	bool first = true;

	for (size_t i = 0; i < h->fields_n; i++) {
		if (!ww_str_ieq(h->fields[i].name, want))
			continue;
		if (!first)
			all = ww_arena_printf(cx->arena, "%.*s, %.*s", WW_STR_FMT(all),
			    WW_STR_FMT(h->fields[i].value));
		first = false;
	}
	return all;
}

static ww_status
read_formats(struct ww_ctx *cx, const struct ww_http1_head *h, struct ww_rest_ask *out)
{
	ww_str format = query_value(cx, out->route.query, "_format");
	ww_status s = has_body(h) ? read_content(cx, h, out) : WW_OK;

	out->form = out->body; /* unless something else is said */
	if (!choose_form(
	        format.n > 0 ? format : whole_list(cx, h, "Accept"), out->body, &out->form) &&
	    s == WW_OK)
		return ww_fail(cx, WW_E_ACCEPT, NULL,
		    "Accept, _format: application/fhir+json or application/fhir+xml, of version "
		    "4.0");
	return s;
}

static ww_status
find_route(struct ww_ctx *cx, const struct ww_http1_head *h, ww_str base, struct ww_rest_ask *out)
{
	static const struct {
		ww_status status;
		const char *text;
	} misses[] = {
		[WW_REST_NO_TYPE] = { WW_E_NOT_FOUND, "no such resource type or operation here" },
		[WW_REST_NO_PLACE] = { WW_E_NOT_FOUND, "nothing is there" },
		[WW_REST_BAD_ID] = { WW_E_NOT_FOUND,
		    "an id has 1 to 64 letters, digits, '-' and '.'" },
		[WW_REST_NO_METHOD] = { WW_E_METHOD, "Allow says what is done there" },
	};
	size_t mark =
	    ww_str_find(h->target, '?'); /* of a whole URL the host stands before the path */
	ww_str target = ww_str_sub(h->target, mark - h->path.n, h->target.n);
	enum ww_rest_miss miss = WW_REST_NO_PLACE;

	if (ww_str_starts(h->path, base) && (h->path.n == base.n || h->path.p[base.n] == '/'))
		miss = ww_rest_route_find(
		    h->method, ww_str_sub(target, base.n, target.n), &out->route, out->allow);
	if (miss == WW_REST_FOUND)
		return WW_OK;
	return ww_fail(cx, misses[miss].status, NULL, "%s", misses[miss].text);
}

/* The header has the criteria alone; HAPI's client puts the URL of a search there, of which they are the end. */
static ww_str
criteria_of(ww_str header)
{
	size_t mark = ww_str_find(header, '?');

	return mark < ww_str_find(header, '=') ? ww_str_sub(header, mark + 1, header.n) : header;
}

ww_status
ww_rest_ask_read(
    struct ww_ctx *cx, const struct ww_http1_head *h, ww_str base, struct ww_rest_ask *out)
{
	ww_status routed, s;

	*out = (struct ww_rest_ask){
		.form = WW_REST_JSON, .request_id = ww_str_empty(), .remarks = ww_str_empty()
	};
	out->route.query = h->query;
	routed = find_route(cx, h, base, out);
	s = routed == WW_OK ? read_formats(cx, h, out) : routed;
	if (routed != WW_OK) /* what is said of it can still be in the right format */
		(void)choose_form(whole_list(cx, h, "Accept"), WW_REST_JSON, &out->form);
	read_prefer(whole_list(cx, h, "Prefer"), out);
	out->if_match = ww_http1_value(h, "If-Match");
	out->if_none_match = whole_list(cx, h, "If-None-Match");
	out->if_modified_since = ww_http1_value(h, "If-Modified-Since");
	out->if_none_exist = criteria_of(ww_http1_value(h, "If-None-Exist"));
	out->request_id = ww_rest_request_id(ww_http1_value(h, "X-Request-Id"));
	return s;
}
