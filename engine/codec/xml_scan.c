/* Reads XML as a row of pieces: text, tags, comments, CDATA. */
#include "codec/xml_scan.h"

#include "codec/json_strict.h"
#include "codec/utf8.h"
#include "codec/xml.h"

#include <string.h>

struct scan {
	ww_str text;
	size_t at;
	struct ww_json_fault *fault;
};

static bool
refuse(struct scan *s, ww_status status, size_t at, const char *rule)
{
	*s->fault = (struct ww_json_fault){ status, at, rule };
	return false;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static ww_str
rest_of(const struct scan *s)
{
	return ww_str_sub(s->text, s->at, s->text.n);
}

static void
skip_blanks(struct scan *s)
{
	while (s->at < s->text.n && is_blank(s->text.p[s->at]))
		s->at++;
}

/* Past the next text end; false when there is none. */
static bool
skip_past(struct scan *s, ww_str end)
{
	ww_str rest = rest_of(s);

	while (rest.n >= end.n) {
		size_t i = ww_str_find(rest, end.p[0]);

		rest = ww_str_sub(rest, i, rest.n);
		if (ww_str_starts(rest, end)) {
			s->at = s->text.n - rest.n + end.n;
			return true;
		}
		rest = ww_str_sub(rest, 1, rest.n);
	}
	return false;
}

/* -- tags --------------------------------------------------------------------------------------------- */

static bool
ends_name(char c)
{
	return is_blank(c) || strchr("=/<>\"'&", c) != NULL;
}

static bool
skip_name(struct scan *s)
{
	size_t from = s->at;

	while (s->at < s->text.n && !ends_name(s->text.p[s->at]))
		s->at++;
	return s->at > from;
}

/* = and a quoted value without '<'. */
static bool
skip_value(struct scan *s)
{
	char quote;

	skip_blanks(s);
	if (s->at >= s->text.n || s->text.p[s->at] != '=')
		return false;
	s->at++;
	skip_blanks(s);
	quote = s->at < s->text.n ? s->text.p[s->at] : '\0';
	if (quote != '"' && quote != '\'')
		return false;
	for (s->at++; s->at < s->text.n && s->text.p[s->at] != quote; s->at++)
		if (s->text.p[s->at] == '<')
			return false;
	if (s->at >= s->text.n)
		return false;
	s->at++;
	return true;
}

/* From behind '<' to behind '>'. */
static bool
skip_tag(struct scan *s)
{
	size_t attributes = 0;
	bool end = s->at < s->text.n && s->text.p[s->at] == '/';

	s->at += end;
	if (!skip_name(s))
		return refuse(s, WW_E_SYNTAX, s->at, "a '<' that begins no tag");
	for (;;) {
		size_t from = s->at;

		skip_blanks(s);
		if (s->at < s->text.n && s->text.p[s->at] == '/' && !end)
			s->at++;
		else if (s->at > from && skip_name(s)) {
			if (end || !skip_value(s))
				return refuse(s, WW_E_SYNTAX, s->at,
				    "an attribute that is not name=\"value\"");
			if (++attributes > WW_XML_ATTRIBUTES_MAX)
				return refuse(
				    s, WW_E_LIMIT, s->at, "too many attributes of one element");
			continue;
		}
		if (s->at >= s->text.n || s->text.p[s->at] != '>')
			return refuse(s, WW_E_SYNTAX, s->at, "a tag without its end");
		s->at++;
		return true;
	}
}

/* -- the rest ----------------------------------------------------------------------------------------- */

/* At "<!" or "<?". */
static bool
skip_special(struct scan *s)
{
	size_t from = s->at;

	if (ww_str_starts(rest_of(s), WW_STR("<!--"))) {
		s->at += 4;
		return skip_past(s, WW_STR("-->")) ||
		       refuse(s, WW_E_SYNTAX, from, "a comment without its end");
	}
	if (ww_str_starts(rest_of(s), WW_STR("<![CDATA["))) {
		s->at += 9;
		return skip_past(s, WW_STR("]]>")) ||
		       refuse(s, WW_E_SYNTAX, from, "a CDATA section without its end");
	}
	return refuse(s, WW_E_SYNTAX, from,
	    s->text.p[from + 1] == '?' ? "a processing instruction"
	                               : "a document type or entity declaration");
}

/* The value of that pseudo-attribute of an XML declaration; empty: not there. */
static ww_str
declared(ww_str declaration, ww_str name)
{
	struct scan s = { .text = declaration };
	size_t from;

	if (!skip_past(&s, name))
		return ww_str_empty();
	from = s.at;
	if (!skip_value(&s))
		return ww_str_empty();
	return ww_str_sub(declaration, from, s.at - from);
}

/* Within =, blanks and quotes. */
static bool
value_is(ww_str value, const char *want)
{
	size_t n = strlen(want);

	return value.n >= n + 3 &&
	       ww_str_ieq(ww_str_sub(value, value.n - n - 1, n), ww_str_from(want)) &&
	       strchr("\"'", value.p[value.n - n - 2]) != NULL;
}

static bool
skip_declaration(struct scan *s)
{
	size_t from = s->at;
	ww_str declaration, encoding;

	if (!ww_str_starts(rest_of(s), WW_STR("<?xml")) || s->at + 5 >= s->text.n ||
	    !is_blank(s->text.p[s->at + 5]))
		return true;
	if (!skip_past(s, WW_STR("?>")))
		return refuse(s, WW_E_SYNTAX, from, "an XML declaration without its end");
	declaration = ww_str_sub(s->text, from, s->at - from);
	if (!value_is(declared(declaration, WW_STR(" version")), "1.0"))
		return refuse(s, WW_E_SYNTAX, from, "an XML version other than 1.0");
	encoding = declared(declaration, WW_STR(" encoding"));
	if (encoding.n > 0 && !value_is(encoding, "UTF-8"))
		return refuse(s, WW_E_SYNTAX, from, "an encoding other than UTF-8");
	return true;
}

static bool
is_text(struct scan *s)
{
	size_t at, n;

	if (ww_utf8_valid(s->text) && ww_str_find(s->text, '\0') == s->text.n)
		return true;
	for (at = 0; at < s->text.n && s->text.p[at] != '\0'; at += n) {
		n = ww_utf8_first(ww_str_sub(s->text, at, s->text.n));
		if (n == 0)
			break;
	}
	return refuse(s, WW_E_SYNTAX, at, "a byte that is not UTF-8, or NUL");
}

ww_str
ww_xml_unmarked(ww_str text)
{
	return ww_str_starts(text, WW_STR("\xef\xbb\xbf")) ? ww_str_sub(text, 3, text.n) : text;
}

bool
ww_xml_scan(ww_str text, struct ww_json_fault *out)
{
	struct scan s = { .text = text, .fault = out };

	if (!is_text(&s) || !skip_declaration(&s))
		return false;
	for (;;) {
		char next;
		bool good;

		s.at += ww_str_find(rest_of(&s), '<');
		if (s.at >= text.n)
			return true;
		next = s.at + 1 < text.n ? text.p[s.at + 1] : '\0';
		if (next == '!' || next == '?') {
			good = skip_special(&s);
		} else {
			s.at++;
			good = skip_tag(&s);
		}
		if (!good)
			return false;
	}
}
