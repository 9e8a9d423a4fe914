/* One pass over the bytes of a JSON text that refuses what the library behind codec/json.c would accept or
 * change in silence. It goes no deeper with the text's nesting: open objects and arrays are bits. */
#include "codec/json_strict.h"

#include "codec/utf8.h"

#include <string.h>

struct reader {
	const char *start, *p, *end;
	uint64_t objects; /* bit d: what is open at depth d is an object, else an array */
	unsigned depth;
	struct ww_json_fault *fault;
};

_Static_assert(WW_JSON_DEPTH_MAX <= 64, "one bit of objects for each level");

static bool
refuse(struct reader *r, const char *at, ww_status s, const char *rule)
{
	*r->fault = (struct ww_json_fault){ s, (size_t)(at - r->start), rule };
	return false;
}

static bool
refuse_here(struct reader *r, const char *rule)
{
	if (r->p == r->end)
		rule = "the text ends too early";
	return refuse(r, r->p, WW_E_SYNTAX, rule);
}

/* The next byte, 0 at the end: a NUL in the text is refused wherever it stands. */
static unsigned char
peek(const struct reader *r)
{
	return r->p < r->end ? (unsigned char)*r->p : 0;
}

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static void
skip_blanks(struct reader *r)
{
	while (is_blank(peek(r)))
		r->p++;
}

/* -- scalars ---------------------------------------------------------------------------------------- */

static int
hex_value(unsigned char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits after \u. */
static bool
hex4(struct reader *r, unsigned *out)
{
	unsigned v = 0;
	int i, d;

	for (i = 0; i < 4; i++) {
		d = hex_value(peek(r));
		if (d < 0)
			return refuse_here(r, "\\u takes four hexadecimal digits");
		v = v << 4 | (unsigned)d;
		r->p++;
	}
	*out = v;
	return true;
}

static const char no_control[] = "no control character but tab, line feed and carriage return";

static bool
unicode_escape(struct reader *r, const char *from)
{
	unsigned high, low;

	if (!hex4(r, &high))
		return false;
	if (high < 0x20 && high != '\t' && high != '\n' && high != '\r')
		return refuse(r, from, WW_E_SYNTAX, no_control);
	if (high < 0xd800 || high > 0xdfff)
		return true;
	if (high > 0xdbff || r->end - r->p < 2 || r->p[0] != '\\' || r->p[1] != 'u')
		return refuse(r, from, WW_E_SYNTAX, "half of a surrogate pair");
	r->p += 2;
	if (!hex4(r, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return refuse(r, from, WW_E_SYNTAX, "half of a surrogate pair");
	return true;
}

static bool
escape(struct reader *r)
{
	const char *from = r->p++;
	unsigned char c = peek(r);

	if (r->p == r->end)
		return refuse_here(r, "");
	if (c == 'b' || c == 'f')
		return refuse(r, from, WW_E_SYNTAX, no_control);
	if (c == 0 || strchr("\"\\/nrtu", c) == NULL)
		return refuse(r, from, WW_E_SYNTAX, "no such escape");
	r->p++;
	return c != 'u' || unicode_escape(r, from);
}

/* A string from its opening quote. */
static bool
string(struct reader *r)
{
	size_t n;

	for (r->p++; peek(r) != '"';) {
		unsigned char c = peek(r);

		if (r->p == r->end || c < 0x20)
			return refuse_here(r, "a control character inside a string");
		if (c == '\\') {
			if (!escape(r))
				return false;
		} else if (c < 0x80) {
			r->p++;
		} else {
			n = ww_utf8_first(ww_str_of(r->p, (size_t)(r->end - r->p)));
			if (n == 0)
				return refuse_here(r, "not UTF-8");
			r->p += n;
		}
	}
	r->p++;
	return true;
}

static bool
digits(struct reader *r, const char *rule)
{
	if (!is_digit(peek(r)))
		return refuse_here(r, rule);
	while (is_digit(peek(r)))
		r->p++;
	return true;
}

static bool
number(struct reader *r)
{
	const char *from = r->p;

	if (peek(r) == '-')
		r->p++;
	if (peek(r) == '0') {
		r->p++;
		if (is_digit(peek(r)))
			return refuse(r, from, WW_E_SYNTAX, "a number with a leading zero");
	} else if (!digits(r, "a digit must follow '-'")) {
		return false;
	}
	if (peek(r) == '.') {
		r->p++;
		if (!digits(r, "a digit must follow '.'"))
			return false;
	}
	if (peek(r) == 'e' || peek(r) == 'E') {
		r->p++;
		if (peek(r) == '+' || peek(r) == '-')
			r->p++;
		if (!digits(r, "the exponent has no digit"))
			return false;
	}
	if (r->p - from > WW_JSON_NUMBER_MAX)
		return refuse(r, from, WW_E_LIMIT, "a number of more than 63 characters");
	return true;
}

static bool
literal(struct reader *r)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t i, left = (size_t)(r->end - r->p);

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);

		if (left >= n && memcmp(r->p, words[i], n) == 0) {
			r->p += n;
			return true;
		}
	}
	return refuse_here(r, "a value must stand here");
}

static bool
scalar(struct reader *r)
{
	unsigned char c = peek(r);

	if (c == '"')
		return string(r);
	return c == '-' || is_digit(c) ? number(r) : literal(r);
}

/* -- structure -------------------------------------------------------------------------------------- */

static bool
in_object(const struct reader *r)
{
	return (r->objects >> (r->depth - 1) & 1) != 0;
}

static bool
open_container(struct reader *r)
{
	uint64_t bit;

	if (r->depth == WW_JSON_DEPTH_MAX)
		return refuse(r, r->p, WW_E_LIMIT, "more than 64 levels");
	bit = (uint64_t)1 << r->depth++;
	r->objects = *r->p == '{' ? r->objects | bit : r->objects & ~bit;
	r->p++;
	skip_blanks(r);
	return true;
}

/* "key": */
static bool
member(struct reader *r)
{
	skip_blanks(r);
	if (peek(r) != '"')
		return refuse_here(r, "a key in double quotes must stand here");
	if (!string(r))
		return false;
	skip_blanks(r);
	if (peek(r) != ':')
		return refuse_here(r, "a ':' must follow the key");
	r->p++;
	return true;
}

/* Behind a value: closes what ends here and stands before the next value, or leaves depth 0. */
static bool
after_value(struct reader *r)
{
	for (;;) {
		skip_blanks(r);
		if (r->depth == 0)
			return true;
		if (peek(r) == ',') {
			r->p++;
			return !in_object(r) || member(r);
		}
		if (peek(r) != (in_object(r) ? '}' : ']'))
			return refuse_here(r, in_object(r) ? "a ',' or '}' must stand here"
			                                   : "a ',' or ']' must stand here");
		r->p++;
		r->depth--;
	}
}

/* From the first byte of a value to the place of the next one. */
static bool
value(struct reader *r)
{
	skip_blanks(r);
	if (peek(r) != '{' && peek(r) != '[')
		return scalar(r) && after_value(r);
	if (!open_container(r))
		return false;
	if (peek(r) == (in_object(r) ? '}' : ']'))
		return after_value(r);
	return !in_object(r) || member(r);
}

bool
ww_json_strict(ww_str text, struct ww_json_fault *out)
{
	struct reader r = { text.p, text.p, text.p + text.n, 0, 0, out };

	do {
		if (!value(&r))
			return false;
	} while (r.depth > 0);
	if (r.p < r.end)
		return refuse_here(&r, "something follows the value");
	return true;
}

/* -- afterwards ------------------------------------------------------------------------------------- */

static bool
is_between(char c)
{
	return is_blank((unsigned char)c) || c == ',' || c == ':' || c == '[' || c == ']' ||
	       c == '{' || c == '}';
}

ww_str
ww_json_token(ww_str *rest)
{
	ww_str s = *rest;
	size_t from = 0, to;

	while (from < s.n && is_between(s.p[from]))
		from++;
	to = from;
	if (to < s.n && s.p[to] == '"') {
		for (to++; to < s.n && s.p[to] != '"'; to++)
			if (s.p[to] == '\\')
				to++;
		to++;
	} else {
		while (to < s.n && !is_between(s.p[to]))
			to++;
	}
	*rest = ww_str_sub(s, to, s.n);
	return ww_str_sub(s, from, to - from);
}

void
ww_json_where(ww_str text, size_t at, size_t *line, size_t *column)
{
	size_t i;

	*line = *column = 1;
	for (i = 0; i < at && i < text.n; i++) {
		if (text.p[i] == '\n') {
			++*line;
			*column = 1;
		} else if (((unsigned char)text.p[i] & 0xc0) != 0x80) {
			++*column; /* not a byte that goes on with a character */
		}
	}
}
