/* From the query part of a URL to ranges of key lines. */
#include "model/resource_query.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>

#include <stdlib.h>
#include <string.h>

struct reader {
	struct ww_ctx *cx;
	struct ww_resource_query *out;
	struct ww_buf text; /* of one range's end */
	struct ww_buf rest, unknown;
};

static ww_status
bad_value(struct reader *r, ww_str name, const char *what)
{
	return ww_fail(r->cx, WW_E_VALUE, ww_arena_cstr(r->cx->arena, name), "%s", what);
}

/* -- decoding --------------------------------------------------------------------------------------- */

static int
hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A text of the query as it is meant; what is no escape stays as it is. */
static ww_str
decode(struct reader *r, ww_str s)
{
	char *p = ww_arena_alloc(r->cx->arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; p != NULL && i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && hex_of(s.p[i + 1]) >= 0 &&
		    hex_of(s.p[i + 2]) >= 0) {
			p[n++] = (char)(hex_of(s.p[i + 1]) * 16 + hex_of(s.p[i + 2]));
			i += 2;
		} else {
			p[n++] = s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return p != NULL ? ww_str_of(p, n) : ww_str_empty();
}

/* The part before the first sep that no '\' stands before. */
static ww_str
cut_escaped(ww_str s, char sep, ww_str *rest, bool *found)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n) {
			i++;
		} else if (s.p[i] == sep) {
			*rest = ww_str_sub(s, i + 1, s.n);
			*found = true;
			return ww_str_sub(s, 0, i);
		}
	}
	*rest = ww_str_empty();
	*found = false;
	return s;
}

/* Without the '\' of escapes. */
static ww_str
plain(struct reader *r, ww_str s)
{
	char *p;
	size_t n = 0;

	if (ww_str_find(s, '\\') == s.n)
		return s;
	p = ww_arena_alloc(r->cx->arena, s.n + 1);
	for (size_t i = 0; p != NULL && i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		p[n++] = s.p[i];
	}
	return p != NULL ? ww_str_of(p, n) : ww_str_empty();
}

/* -- ranges ----------------------------------------------------------------------------------------- */

/* Behind "param " comes what r->text has. */
static ww_str
line_of(struct reader *r, ww_str param, const char *suffix, ww_str value, const char *end)
{
	return ww_arena_printf(
	    r->cx->arena, "%.*s%s %.*s%s", WW_STR_FMT(param), suffix, WW_STR_FMT(value), end);
}

static ww_str
taken(struct reader *r)
{
	ww_str s = ww_arena_str(r->cx->arena, ww_buf_view(&r->text));

	if (r->text.error == WW_OK) /* else it is found at the end */
		ww_buf_clear(&r->text);
	return s;
}

static struct ww_key_range *
new_range(struct ww_criterion *c)
{
	struct ww_key_range *k = &c->any[c->n++];

	k->low = k->high = k->ends = k->least = k->most = ww_str_empty();
	return k;
}

/* That line and no other. */
static void
exactly(struct reader *r, struct ww_criterion *c, ww_str param, const char *suffix, ww_str value)
{
	struct ww_key_range *k = new_range(c);

	k->low = line_of(r, param, suffix, value, "");
	k->high = line_of(r, param, suffix, value, "\x01");
}

static void
every(struct reader *r, struct ww_criterion *c, ww_str param, const char *suffix,
    struct ww_key_range **out)
{
	struct ww_key_range *k = new_range(c);

	k->low = line_of(r, param, suffix, ww_str_empty(), "");
	k->high = ww_arena_printf(r->cx->arena, "%.*s%s!", WW_STR_FMT(param), suffix);
	*out = k;
}

static void
read_token_of(
    struct reader *r, struct ww_criterion *c, ww_str param, const char *suffix, ww_str text)
{
	struct ww_key_range *k;
	bool bar;
	ww_str value, system = cut_escaped(text, '|', &value, &bar);
	const char *only = c->param->path == NULL ? c->param->with : NULL;

	if (!bar) {
		value = system;
		system = ww_str_from(only);
		bar = only != NULL;
	}
	value = plain(r, value);
	system = plain(r, system);
	if (bar && value.n == 0) { /* "s|" */
		every(r, c, param, suffix, &k);
		k->ends = ww_arena_printf(r->cx->arena, "|%.*s", WW_STR_FMT(system));
		return;
	}
	ww_key_token(&r->text, value, bar ? system : ww_str_empty());
	if (bar) {
		exactly(r, c, param, suffix, taken(r));
		return;
	}
	value = taken(r); /* ends with the bar; the character behind it is '}' */
	k = new_range(c);
	k->low = line_of(r, param, suffix, value, "");
	k->high = line_of(r, param, suffix, ww_str_sub(value, 0, value.n - 1), "}");
}

static void
read_reference_of(struct reader *r, struct ww_criterion *c, ww_str param, ww_str text, ww_str type)
{
	ww_key_reference(&r->text, plain(r, text), type);
	exactly(r, c, param, "", taken(r));
}

static void
read_text_of(struct reader *r, struct ww_criterion *c, ww_str param, ww_str text)
{
	struct ww_key_range *k;
	ww_str value;

	if (c->param->kind == WW_PARAM_URI) {
		ww_key_plain(&r->text, plain(r, text));
		exactly(r, c, param, "", taken(r));
		return;
	}
	ww_key_string(&r->text, plain(r, text));
	value = taken(r);
	k = new_range(c);
	k->low = line_of(r, param, "", value, "");
	k->high = line_of(r, param, "", value, "\xff");
}

/* -- dates ------------------------------------------------------------------------------------------ */

/* How a span of the resource compares: by which of its ends it is found, from where and to where. */
enum bound {
	OPEN,
	LOW,
	HIGH,
	BEHIND
}; /* of what is asked: its first and last instant, and the next one */

static const struct prefix {
	char name[3];
	bool by_high; /* lines "param~": their first word is the high end */
	enum bound from, to;
	enum bound least, most; /* of the other end */
	bool none;
} prefixes[] = {
	{ "eq", false, LOW, BEHIND, OPEN, HIGH, false },
	{ "ne", false, LOW, BEHIND, OPEN, HIGH, true },
	{ "gt", true, BEHIND, OPEN, OPEN, OPEN, false },
	{ "ge", true, LOW, OPEN, OPEN, OPEN, false },
	{ "lt", false, OPEN, LOW, OPEN, OPEN, false },
	{ "le", false, OPEN, BEHIND, OPEN, OPEN, false },
	{ "sa", false, BEHIND, OPEN, OPEN, OPEN, false },
	{ "eb", true, OPEN, LOW, OPEN, OPEN, false },
	{ "ap", false, OPEN, BEHIND, LOW, OPEN, false },
};

static const struct prefix *
prefix_of(ww_str *text)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!ww_str_starts(*text, ww_str_from(prefixes[i].name)))
			continue;
		*text = ww_str_sub(*text, 2, text->n);
		return &prefixes[i];
	}
	return &prefixes[0];
}

static ww_str
digits_of(struct reader *r, enum bound b, int64_t low, int64_t high)
{
	if (b == OPEN)
		return ww_str_empty();
	ww_key_ms(&r->text, b == LOW ? low : b == HIGH ? high : high + 1);
	return taken(r);
}

static ww_status
read_date_of(struct reader *r, struct ww_criterion *c, ww_str param, ww_str text)
{
	const struct prefix *p = prefix_of(&text);
	struct ww_key_range *k;
	const char *suffix = p->by_high && !ww_str_is(param, "_lastUpdated") ? "~" : "";
	char *sign = ww_arena_alloc(r->cx->arena, text.n + 1);
	int64_t low, high;

	if (sign == NULL)
		return ww_fail_memory(r->cx);
	for (size_t i = 0; i < text.n; i++)
		sign[i] = text.p[i] == ' ' ? '+' : text.p[i]; /* of an offset, not escaped */
	if (!ww_key_span(ww_str_of(sign, text.n), &low, &high))
		return bad_value(r, param, "not a date");
	every(r, c, param, suffix, &k);
	if (p->from != OPEN)
		k->low = line_of(r, param, suffix, digits_of(r, p->from, low, high), "");
	if (p->to != OPEN)
		k->high = line_of(r, param, suffix, digits_of(r, p->to, low, high), "");
	k->least = digits_of(r, p->least, low, high);
	k->most = digits_of(r, p->most, low, high);
	c->none = c->none || p->none;
	return WW_OK;
}

/* -- there or not ----------------------------------------------------------------------------------- */

/* Any line of the parameter says that it is there. */
static ww_status
read_missing(struct reader *r, struct ww_criterion *c, ww_str name, ww_str value)
{
	ww_str of = ww_str_from(c->param->of);
	struct ww_key_range *k;

	if (!ww_str_is(value, "true") && !ww_str_is(value, "false"))
		return bad_value(r, name, "neither true nor false");
	while (of.n > 0) {
		ww_str param = ww_str_cut(of, '|', &of);

		every(r, c, param, "", &k);
		if (c->param->kind == WW_PARAM_REFERENCE)
			every(r, c, param, ":identifier", &k);
	}
	c->none = ww_str_is(value, "true");
	return WW_OK;
}

/* -- parameters ------------------------------------------------------------------------------------- */

static ww_status
read_one(struct reader *r, struct ww_criterion *c, ww_str param, ww_str modifier, ww_str text)
{
	if (ww_str_is(modifier, "identifier")) {
		read_token_of(r, c, param, ":identifier", text);
		return WW_OK;
	}
	switch (c->param->kind) {
	case WW_PARAM_TOKEN:
		read_token_of(r, c, param, "", text);
		return WW_OK;
	case WW_PARAM_REFERENCE:
		read_reference_of(
		    r, c, param, text, modifier.n != 0 ? modifier : ww_str_from(c->param->with));
		return WW_OK;
	case WW_PARAM_DATE:
		return read_date_of(r, c, param, text);
	case WW_PARAM_STRING:
	case WW_PARAM_URI:
		read_text_of(r, c, param, text);
		return WW_OK;
	}
	return WW_OK;
}

static int
range_order(const void *a, const void *b)
{
	const struct ww_key_range *x = a, *y = b;

	return ww_str_cmp(x->low, y->low);
}

static bool
modifier_fits(const struct ww_param *p, ww_str modifier)
{
	if (modifier.n == 0 || ww_str_is(modifier, "missing"))
		return true;
	if (p->kind == WW_PARAM_TOKEN)
		return ww_str_is(modifier, "not");
	return p->kind == WW_PARAM_REFERENCE && (ww_str_is(modifier, "identifier") ||
	                                            (modifier.p[0] >= 'A' && modifier.p[0] <= 'Z'));
}

/* At most: the values, escaped commas too, in each of the places that the parameter has. */
static size_t
ranges_most(ww_str values, ww_str of)
{
	size_t n = 1, places = 1;

	for (size_t i = 0; i < values.n; i++)
		n += values.p[i] == ',';
	for (size_t i = 0; i < of.n; i++)
		places += of.p[i] == '|';
	n *= 2 * places; /* two are of a reference that is missing */
	return n < WW_CRITERION_VALUES_MOST ? n : WW_CRITERION_VALUES_MOST;
}

static ww_status
read_values(struct reader *r, struct ww_criterion *c, ww_str name, ww_str modifier, ww_str values)
{
	bool more = true;
	ww_status s = WW_OK;

	c->any = ww_arena_array(r->cx->arena,
	    ranges_most(values, ww_str_from(c->param != NULL ? c->param->of : NULL)),
	    sizeof(*c->any));
	if (c->any == NULL)
		return ww_fail_memory(r->cx);
	if (ww_str_is(modifier, "missing")) {
		s = read_missing(r, c, name, values);
		more = false;
	}
	while (s == WW_OK && more) {
		ww_str text = cut_escaped(values, ',', &values, &more);
		ww_str of = ww_str_from(c->param != NULL ? c->param->of : NULL);

		if (text.n == 0)
			return bad_value(r, name, "an empty value");
		if (c->param == NULL)
			new_range(c)->low = text;
		while (s == WW_OK && of.n > 0 && c->n < WW_CRITERION_VALUES_MOST)
			s = read_one(r, c, ww_str_cut(of, '|', &of), modifier, text);
		if (s == WW_OK && (more || of.n > 0) && c->n >= WW_CRITERION_VALUES_MOST)
			s = ww_fail(r->cx, WW_E_LIMIT, ww_arena_cstr(r->cx->arena, name),
			    "more than %d values", WW_CRITERION_VALUES_MOST);
	}
	qsort(c->any, c->n, sizeof(*c->any), range_order);
	return s;
}

static ww_status
read_parameter(struct reader *r, ww_str pair)
{
	struct ww_criterion *c = &r->out->v[r->out->n];
	ww_str value, modifier, name = decode(r, ww_str_cut(pair, '=', &value));
	ww_str whole = name;
	ww_status s;

	value = decode(r, value);
	name = ww_str_cut(name, ':', &modifier);
	*c = (struct ww_criterion){ .param = ww_search_param_find(r->out->type, name) };
	if (c->param == NULL && !ww_str_is(name, "_id")) {
		struct ww_buf *to = ww_str_starts(name, WW_STR("_")) ? &r->rest : &r->unknown;

		ww_key_plain(to, whole);
		if (to == &r->rest) {
			ww_buf_byte(to, '=');
			ww_key_plain(to, value);
		}
		ww_buf_byte(to, '\n');
		return WW_OK;
	}
	if (c->param == NULL ? modifier.n != 0 : !modifier_fits(c->param, modifier))
		return bad_value(r, name, "a modifier that is not supported");
	if (r->out->n >= WW_CRITERIA_MOST)
		return ww_fail(
		    r->cx, WW_E_LIMIT, "query", "more than %d parameters", WW_CRITERIA_MOST);
	s = read_values(r, c, name, modifier, value);
	c->none = c->none || ww_str_is(modifier, "not");
	r->out->n++;
	return s;
}

ww_status
ww_resource_query_read(struct ww_ctx *cx, ww_str type, ww_str query, struct ww_resource_query *out)
{
	struct reader r = { .cx = cx, .out = out };
	ww_status s = WW_OK;

	*out = (struct ww_resource_query){ .type = type };
	out->v = ww_arena_array(cx->arena, WW_CRITERIA_MOST + 1, sizeof(*out->v));
	if (out->v == NULL)
		return ww_fail_memory(cx);
	if (query.n > 0 && query.p[0] == '?')
		query = ww_str_sub(query, 1, query.n);
	while (s == WW_OK && query.n > 0) {
		ww_str pair = ww_str_cut(query, '&', &query);

		if (pair.n > 0)
			s = read_parameter(&r, pair);
	}
	out->rest = ww_arena_str(cx->arena, ww_buf_view(&r.rest));
	out->unknown = ww_arena_str(cx->arena, ww_buf_view(&r.unknown));
	if (s == WW_OK &&
	    (r.text.error != WW_OK || r.rest.error != WW_OK || r.unknown.error != WW_OK))
		s = ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a query");
	ww_buf_free(&r.text);
	ww_buf_free(&r.rest);
	ww_buf_free(&r.unknown);
	return s == WW_OK && ww_arena_status(cx->arena) != WW_OK ? ww_fail_memory(cx) : s;
}

/* -- holding ---------------------------------------------------------------------------------------- */

static ww_str
last_word(ww_str line)
{
	for (size_t i = line.n; i > 0; i--) {
		if (line.p[i - 1] == ' ')
			return ww_str_sub(line, i, line.n);
	}
	return line;
}

bool
ww_key_range_has(const struct ww_key_range *r, ww_str line)
{
	if (ww_str_cmp(line, r->low) < 0 || ww_str_cmp(line, r->high) >= 0)
		return false;
	if (r->ends.n > line.n ||
	    !ww_str_eq(ww_str_sub(line, line.n - r->ends.n, r->ends.n), r->ends))
		return false;
	return (r->least.n == 0 || ww_str_cmp(last_word(line), r->least) >= 0) &&
	       (r->most.n == 0 || ww_str_cmp(last_word(line), r->most) <= 0);
}

static bool
has_id(const struct ww_criterion *c, ww_str id)
{
	for (size_t i = 0; i < c->n; i++) {
		if (ww_str_eq(c->any[i].low, id))
			return true;
	}
	return false;
}

bool
ww_criterion_holds(const struct ww_criterion *c, ww_str id, ww_str keys)
{
	bool has = c->param == NULL && has_id(c, id);

	while (c->param != NULL && !has && keys.n > 0) {
		ww_str line = ww_str_cut(keys, '\n', &keys);

		for (size_t i = 0; i < c->n && !has; i++)
			has = ww_key_range_has(&c->any[i], line);
	}
	return has != c->none;
}
