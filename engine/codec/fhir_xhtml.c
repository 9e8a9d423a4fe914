/* A scanner for the XHTML of narratives: elements, attributes, references; no tree is made. */
#include "codec/fhir_xhtml.h"

#include <stdlib.h>
#include <string.h>

enum { OPEN_MAX = 64 /* elements inside one another */ };

#define XHTML "http://www.w3.org/1999/xhtml"

/* FHIR R4, narrative: HTML 4.0 chapters 7 to 11 (without section 4 of 9) and 15, a, images, style. Sorted. */
static const char *const elements[] = { "a", "abbr", "acronym", "address", "area", "b", "bdo",
	"big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "del", "dfn",
	"div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd",
	"li", "map", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong",
	"style", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u",
	"ul", "var" };

/* Attributes that any of them may have, or HTML 4.0 gives to some. No handler of events. Sorted. */
static const char *const attributes[] = { "abbr", "accesskey", "align", "alt", "axis", "bgcolor",
	"border", "cellpadding", "cellspacing", "char", "charoff", "charset", "cite", "class",
	"clear", "color", "colspan", "compact", "coords", "datetime", "dir", "face", "frame",
	"headers", "height", "href", "hreflang", "hspace", "id", "ismap", "lang", "longdesc",
	"media", "name", "nohref", "noshade", "nowrap", "rel", "rev", "rowspan", "rules", "scope",
	"shape", "size", "span", "src", "start", "style", "summary", "tabindex", "target", "title",
	"type", "usemap", "valign", "value", "vspace", "width", "xml:lang", "xml:space", "xmlns" };

struct scan {
	ww_str s;
	size_t at;
	ww_str open[OPEN_MAX];
	size_t open_n;
	bool rooted; /* the div was there */
	struct ww_fhir_xhtml *out;
};

static int
name_order(const void *key, const void *row)
{
	const ww_str *s = key;

	return ww_str_cmp(*s, ww_str_from(*(const char *const *)row));
}

static bool
is_listed(ww_str s, const char *const *list, size_t n)
{
	return bsearch(&s, list, n, sizeof(*list), name_order) != NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == ':' || c == '.' || (unsigned char)c >= 0x80;
}

static bool
fail(struct scan *sc, const char *why)
{
	if (sc->out->fault == NULL)
		sc->out->fault = why;
	return false;
}

static char
peek(const struct scan *sc)
{
	return sc->at < sc->s.n ? sc->s.p[sc->at] : '\0';
}

static bool
passes(struct scan *sc, const char *text)
{
	ww_str want = ww_str_from(text);

	if (!ww_str_starts(ww_str_sub(sc->s, sc->at, sc->s.n), want))
		return false;
	sc->at += want.n;
	return true;
}

static void
pass_blanks(struct scan *sc)
{
	while (sc->at < sc->s.n && is_blank(sc->s.p[sc->at]))
		sc->at++;
}

static ww_str
take_name(struct scan *sc)
{
	size_t from = sc->at;

	while (sc->at < sc->s.n && is_name(sc->s.p[sc->at]))
		sc->at++;
	return ww_str_sub(sc->s, from, sc->at - from);
}

/* Up to and past that text. */
static bool
pass_until(struct scan *sc, const char *end)
{
	while (sc->at < sc->s.n)
		if (passes(sc, end))
			return true;
		else
			sc->at++;
	return fail(sc, "XHTML that ends within a comment or section");
}

/* &name; &#10; &#x0a; */
static bool
pass_entity(struct scan *sc)
{
	size_t from = ++sc->at;

	if (peek(sc) == '#')
		sc->at++;
	while (sc->at < sc->s.n && is_name(sc->s.p[sc->at]))
		sc->at++;
	if (peek(sc) != ';' || sc->at == from)
		return fail(sc, "an ampersand that begins no reference");
	sc->at++;
	return true;
}

static bool
pass_attribute(struct scan *sc, bool root, bool *xhtml)
{
	ww_str name = take_name(sc), value;
	size_t from;
	char quote;

	if (name.n == 0)
		return fail(sc, "a tag that is not well formed");
	pass_blanks(sc);
	if (!passes(sc, "="))
		return fail(sc, "an attribute without a value");
	pass_blanks(sc);
	quote = peek(sc);
	if (quote != '"' && quote != '\'')
		return fail(sc, "an attribute without quotes");
	from = ++sc->at;
	while (sc->at < sc->s.n && sc->s.p[sc->at] != quote) {
		if (sc->s.p[sc->at] == '<')
			return fail(sc, "a < within an attribute");
		if (sc->s.p[sc->at] != '&')
			sc->at++;
		else if (!pass_entity(sc))
			return false;
	}
	value = ww_str_sub(sc->s, from, sc->at - from);
	if (!passes(sc, quote == '"' ? "\"" : "'"))
		return fail(sc, "an attribute that does not end");
	if (root && ww_str_is(name, "xmlns"))
		*xhtml = ww_str_is(value, XHTML);
	if (!is_listed(name, attributes, sizeof(attributes) / sizeof(attributes[0])))
		sc->out->disallowed = "an attribute that narratives may not have";
	return true;
}

static bool
pass_start(struct scan *sc)
{
	ww_str name = take_name(sc);
	bool root = sc->open_n == 0, xhtml = false;

	if (name.n == 0)
		return fail(sc, "a < that begins no tag");
	if (root && (sc->rooted || !ww_str_is(name, "div")))
		return fail(sc, "not one div");
	if (!is_listed(name, elements, sizeof(elements) / sizeof(elements[0])))
		sc->out->disallowed = "an element that narratives may not have";
	sc->out->content |= ww_str_is(name, "img");
	sc->rooted = true;
	for (pass_blanks(sc); peek(sc) != '>' && peek(sc) != '/'; pass_blanks(sc))
		if (!pass_attribute(sc, root, &xhtml))
			return false;
	if (root && !xhtml)
		return fail(sc, "a div that is not of the namespace of XHTML");
	if (passes(sc, "/>"))
		return true;
	if (!passes(sc, ">"))
		return fail(sc, "a tag that is not well formed");
	if (sc->open_n == OPEN_MAX)
		return fail(sc, "elements nested more than 64 deep");
	sc->open[sc->open_n++] = name;
	return true;
}

static bool
pass_end(struct scan *sc)
{
	ww_str name = take_name(sc);

	pass_blanks(sc);
	if (!passes(sc, ">") || sc->open_n == 0 || !ww_str_eq(sc->open[sc->open_n - 1], name))
		return fail(sc, "a tag that closes what is not open");
	sc->open_n--;
	return true;
}

static bool
pass_text(struct scan *sc)
{
	if (sc->open_n == 0 && !is_blank(peek(sc)))
		return fail(sc, "text outside the div");
	if (peek(sc) == '&') {
		sc->out->content = true;
		return pass_entity(sc);
	}
	sc->out->content |= !is_blank(peek(sc));
	sc->at++;
	return true;
}

static bool
pass_one(struct scan *sc)
{
	if (peek(sc) != '<')
		return pass_text(sc);
	if (passes(sc, "<!--"))
		return pass_until(sc, "-->");
	if (sc->open_n > 0 && passes(sc, "<![CDATA[")) {
		sc->out->content = true;
		return pass_until(sc, "]]>");
	}
	if (passes(sc, "</"))
		return pass_end(sc);
	sc->at++;
	if (peek(sc) == '!' || peek(sc) == '?')
		return fail(sc, "a declaration or processing instruction");
	return pass_start(sc);
}

void
ww_fhir_xhtml_look(ww_str div, struct ww_fhir_xhtml *out)
{
	struct scan sc = { .s = div, .out = out };

	*out = (struct ww_fhir_xhtml){ 0 };
	while (sc.at < sc.s.n && pass_one(&sc))
		;
	if (out->fault == NULL && (sc.open_n > 0 || !sc.rooted))
		(void)fail(&sc, sc.rooted ? "elements that are not closed" : "not one div");
}
