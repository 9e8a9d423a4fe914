/* Cuts files of HL7 v2 messages at the lines that begin with MSH; one pass over the bytes. */
#include "codec/hl7v2_split.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <string.h>

#define VT '\x0b' /* MLLP: a frame begins */
#define FS '\x1c' /* MLLP: a frame ends */

struct splitter {
	struct ww_ctx *cx;
	struct ww_hl7_part *parts;
	size_t n, cap;
	struct ww_hl7_part open; /* text.n == 0: none */
};

static bool
is_end(char c)
{
	return c == '\r' || c == '\n';
}

static bool
is_frame_byte(char c)
{
	return c == VT || c == FS;
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The line begins with that segment id and not with a longer word. */
static bool
begins(ww_str line, const char *id)
{
	return line.n >= 3 && memcmp(line.p, id, 3) == 0 && (line.n == 3 || !is_alnum(line.p[3]));
}

static enum ww_hl7_part_kind
kind_of(ww_str line)
{
	static const char *const envelope[] = { "FHS", "BHS", "BTS", "FTS" };
	size_t i;

	if (begins(line, "MSH"))
		return WW_HL7_PART_MESSAGE;
	for (i = 0; i < sizeof(envelope) / sizeof(envelope[0]); i++)
		if (begins(line, envelope[i]))
			return WW_HL7_PART_ENVELOPE;
	return WW_HL7_PART_NOT_HL7;
}

static ww_status
grow(struct splitter *s)
{
	size_t cap = s->cap == 0 ? 16 : 2 * s->cap;
	struct ww_hl7_part *p = ww_arena_array(s->cx->arena, cap, sizeof(*p));

	if (p == NULL)
		return ww_fail_memory(s->cx);
	if (s->n > 0)
		memcpy(p, s->parts, s->n * sizeof(*p));
	s->parts = p;
	s->cap = cap;
	return WW_OK;
}

/* Ends the open part, if any. */
static ww_status
end_part(struct splitter *s)
{
	ww_status st;

	if (s->open.text.n == 0)
		return WW_OK;
	if (s->n == s->cap) {
		st = grow(s);
		if (st != WW_OK)
			return st;
	}
	s->parts[s->n++] = s->open;
	s->open.text.n = 0;
	return WW_OK;
}

/* Adds a line (without its end) to the part it belongs to. A blank one is inside a part only when a line
 * that is not follows it. */
static ww_status
add_line(struct splitter *s, ww_str line, size_t number)
{
	enum ww_hl7_part_kind kind = kind_of(line);
	ww_status st;

	if (ww_str_trim(line).n == 0)
		return WW_OK;
	if (kind == WW_HL7_PART_NOT_HL7 && s->open.text.n > 0 &&
	    s->open.kind != WW_HL7_PART_ENVELOPE) {
		s->open.text.n = (size_t)(line.p + line.n - s->open.text.p);
		return WW_OK;
	}
	st = end_part(s);
	s->open = (struct ww_hl7_part){ .kind = kind, .text = line, .line = number };
	return st;
}

/* The bytes before the next line end or frame byte, and which one it was (0: end of text). CRLF is one. */
static ww_str
take_line(ww_str *rest, char *end)
{
	ww_str line = *rest;
	size_t n = 0;

	while (n < rest->n && !is_end(rest->p[n]) && !is_frame_byte(rest->p[n]))
		n++;
	line.n = n;
	*end = n < rest->n ? rest->p[n] : '\0';
	*rest = ww_str_sub(*rest, n, rest->n);
	*rest = ww_str_sub(*rest, ww_str_starts(*rest, WW_STR("\r\n")) ? 2 : 1, rest->n);
	return line;
}

ww_status
ww_hl7_split(struct ww_ctx *cx, ww_str text, struct ww_hl7_part **parts, size_t *n)
{
	struct splitter s = { .cx = cx, .open = { .text = ww_str_empty() } };
	size_t number = 1;
	ww_status st = WW_OK;

	if (ww_str_starts(text, WW_STR("\xef\xbb\xbf")))
		text = ww_str_sub(text, 3, text.n);
	while (st == WW_OK && text.n > 0) {
		char end;

		st = add_line(&s, take_line(&text, &end), number);
		if (st == WW_OK && is_frame_byte(end))
			st = end_part(&s);
		if (is_end(end))
			number++;
	}
	if (st == WW_OK)
		st = end_part(&s);
	if (st != WW_OK)
		return st;
	*parts = s.parts;
	*n = s.n;
	return WW_OK;
}

void
ww_hl7_split_wire(ww_str message, struct ww_buf *out)
{
	size_t from = 0, i;

	for (i = 0; i <= message.n; i++) {
		if (i < message.n && !is_end(message.p[i]))
			continue;
		if (i > from) {
			ww_buf_add(out, message.p + from, i - from);
			ww_buf_byte(out, '\r');
		}
		from = i + 1;
	}
}
