/* Escape sequences of HL7 v2 (chapter 2, 2.6), decoded in one pass without nesting. What is no
 * sequence we know stays as it stands, so that no text is ever lost: docs/rationale.md. */
#include "codec/hl7v2_parts.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <string.h>

/* What decoding does with the body between two escape bytes. */
enum verdict {
	KEEP, /* known, but it stays as written: highlighting, layout, a switch of character set */
	REPLACE, /* known, and replaced by bytes */
	LOCAL,   /* agreed on by others: stays as written */
	BAD_HEX, /* hex that stands for nothing usable: stays as written */
	UNKNOWN, /* no sequence: the escape byte is text, and the next one may begin a sequence */
	UNTERMINATED, /* no sequence, and none follows */
};

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool
all_hex(ww_str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (hex_digit(s.p[i]) < 0)
			return false;
	return true;
}

/* \Xhh..\ : pairs of digits become bytes. A zero byte is never made, as no C string could hold it; only in
 * 000D and 000A, which some senders write for CR and LF, the 00 is left out. */
static enum verdict
decode_hex(ww_str digits, bool ascii_only, char *out, size_t *n)
{
	size_t i, made = 0;

	if (digits.n == 4 &&
	    (ww_str_ieq(digits, WW_STR("000d")) || ww_str_ieq(digits, WW_STR("000a"))))
		digits = ww_str_sub(digits, 2, 2);
	if (digits.n == 0 || digits.n % 2 != 0 || !all_hex(digits))
		return BAD_HEX;
	for (i = 0; i < digits.n; i += 2) {
		int b = hex_digit(digits.p[i]) << 4 | hex_digit(digits.p[i + 1]);

		if (b == 0 || (ascii_only && b > 0x7f))
			return BAD_HEX;
		if (out != NULL)
			out[made] = (char)(unsigned char)b;
		made++;
	}
	*n = made;
	return REPLACE;
}

/* \.br\ is a line end; the other layout commands, with a number or not, are kept. */
static enum verdict
decode_layout(ww_str body, char *out, size_t *n)
{
	static const char *const kept[] = { ".sp", ".fi", ".nf", ".in", ".ti", ".sk", ".ce" };
	size_t i;

	if (ww_str_is(body, ".br")) {
		if (out != NULL)
			out[0] = '\n';
		*n = 1;
		return REPLACE;
	}
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (ww_str_starts(body, ww_str_from(kept[i])))
			break;
	if (i == sizeof(kept) / sizeof(kept[0]))
		return UNKNOWN;
	for (i = 3; i < body.n; i++)
		if (memchr("+- 0123456789", body.p[i], 13) == NULL)
			return UNKNOWN;
	return KEEP;
}

/* The byte that a one-letter sequence stands for, 0 when the letter is none of them. */
static char
named(char letter, const struct ww_hl7_delims *d)
{
	switch (letter) {
	case 'F':
		return d->field;
	case 'S':
		return d->component;
	case 'T':
		return d->subcomponent;
	case 'R':
		return d->repetition;
	case 'E':
		return d->escape;
	case 'P':
		return d->truncation != '\0' ? d->truncation : '#';
	default:
		return '\0';
	}
}

/* Writes at out, unless it is NULL, what body stands for: never more bytes than body has. */
static enum verdict
decode_one(ww_str body, const struct ww_hl7_delims *d, bool ascii_only, char *out, size_t *n)
{
	if (body.n == 0)
		return UNKNOWN;
	if (body.n == 1 && named(body.p[0], d) != '\0') {
		if (out != NULL)
			out[0] = named(body.p[0], d);
		*n = 1;
		return REPLACE;
	}
	switch (body.p[0]) {
	case 'H':
	case 'N':
		return body.n == 1 ? KEEP : UNKNOWN;
	case 'X':
		return decode_hex(ww_str_sub(body, 1, body.n), ascii_only, out, n);
	case '.':
		return decode_layout(body, out, n);
	case 'C':
		return body.n == 5 && all_hex(ww_str_sub(body, 1, 4)) ? KEEP : UNKNOWN;
	case 'M':
		return (body.n == 5 || body.n == 7) && all_hex(ww_str_sub(body, 1, 6)) ? KEEP
		                                                                       : UNKNOWN;
	case 'Z':
		return LOCAL;
	default:
		return UNKNOWN;
	}
}

/* The same for what begins at the escape byte that rest begins with; *take: how many bytes of rest it is. */
static enum verdict
decode_first(
    ww_str rest, const struct ww_hl7_delims *d, bool ascii_only, char *out, size_t *n, size_t *take)
{
	ww_str tail = ww_str_sub(rest, 1, rest.n);
	size_t end = ww_str_find(tail, d->escape);
	enum verdict v;

	*take = rest.n;
	if (end == tail.n)
		return UNTERMINATED;
	v = decode_one(ww_str_sub(tail, 0, end), d, ascii_only, out, n);
	*take = v == UNKNOWN ? 1 : end + 2;
	return v;
}

/* With ascii_only, hex that stands for bytes above 7F stays as written. Linear: every search ends at the
 * next escape byte, and each of them ends at most two searches. */
static ww_str
unescape(struct ww_ctx *cx, ww_str leaf, const struct ww_hl7_delims *d, bool ascii_only)
{
	size_t i = ww_str_find(leaf, d->escape), n = i;
	char *out;

	if (i == leaf.n)
		return leaf;
	out = ww_arena_alloc(cx->arena, leaf.n);
	if (out == NULL) {
		(void)ww_fail_memory(cx);
		return ww_str_empty();
	}
	memcpy(out, leaf.p, n);
	while (i < leaf.n) {
		ww_str rest = ww_str_sub(leaf, i, leaf.n);
		size_t take = ww_str_find(rest, d->escape), made = 0;
		enum verdict v = KEEP;

		if (take == 0)
			v = decode_first(rest, d, ascii_only, out + n, &made, &take);
		if (v != REPLACE) {
			memcpy(out + n, rest.p, take);
			made = take;
		}
		n += made;
		i += take;
	}
	return ww_str_of(out, n);
}

size_t
ww_hl7_formatting(ww_str rest, const struct ww_hl7_delims *d)
{
	const char delims[] = { d->field, d->component, d->repetition, d->subcomponent };
	enum verdict v;
	size_t n, i, take;

	if (rest.n == 0 || rest.p[0] != d->escape)
		return 0;
	v = decode_first(rest, d, false, NULL, &n, &take);
	if (v != KEEP && v != LOCAL && (v != REPLACE || rest.p[1] != '.'))
		return 0;
	for (i = 0; i < take;
	     i++) /* a dot or a sign may delimit here, and no command may hold a CR */
		if (memchr(delims, rest.p[i], sizeof(delims)) != NULL ||
		    (unsigned char)rest.p[i] < 0x20)
			return 0;
	return take;
}

uint32_t
ww_hl7_escape_faults(ww_str leaf, const struct ww_hl7_delims *d)
{
	static const uint32_t sets[] = {
		[LOCAL] = UINT32_C(1) << WW_HL7_WARN_escape_unknown,
		[BAD_HEX] = UINT32_C(1) << WW_HL7_WARN_escape_bad_hex,
		[UNKNOWN] = UINT32_C(1) << WW_HL7_WARN_escape_unknown,
		[UNTERMINATED] = UINT32_C(1) << WW_HL7_WARN_escape_unterminated,
	};
	uint32_t found = 0;

	while (leaf.n > 0) {
		size_t take = ww_str_find(leaf, d->escape), n;

		if (take == 0)
			found |= sets[decode_first(leaf, d, false, NULL, &n, &take)];
		leaf = ww_str_sub(leaf, take, leaf.n);
	}
	return found;
}

ww_str
ww_hl7_unescape(struct ww_ctx *cx, ww_str leaf, const struct ww_hl7_delims *d)
{
	return unescape(cx, leaf, d, false);
}

/* Most leaves are short and plain, and this is asked of each that is read. */
static bool
is_plain(ww_str leaf, char escape)
{
	size_t i;

	for (i = 0; i < leaf.n; i++)
		if (leaf.p[i] == escape || (unsigned char)leaf.p[i] > 0x7f)
			return false;
	return true;
}

ww_str
ww_hl7_decode(struct ww_ctx *cx, const struct ww_hl7 *m, ww_str leaf)
{
	ww_str text, utf8;

	if (is_plain(leaf, m->delims.escape))
		return leaf;
	text = unescape(cx, leaf, &m->delims, false);
	if (!ww_hl7_utf8(cx, m, text, text.p != leaf.p, &utf8))
		(void)ww_hl7_utf8(cx, m, unescape(cx, leaf, &m->delims, true), false, &utf8);
	return utf8;
}

bool
ww_hl7_cut_off(ww_str raw, const struct ww_hl7_delims *d)
{
	return d->truncation != '\0' && raw.n > 0 && raw.p[raw.n - 1] == d->truncation;
}
