/* Texts on their way out: what would be taken for a delimiter, a control byte or the delete marker is escaped
 * (chapter 2, 2.6), and what is too long is cut off (2.4.5.2). */
#include "codec/hl7v2_parts.h"
#include "codec/utf8.h"

#include <wardwire/buf.h>

#include <assert.h>
#include <string.h>

/* The letter that stands for c, 0 when c needs none. */
static char
letter_for(char c, bool last, const struct ww_hl7_delims *d)
{
	const struct {
		char byte, letter;
	} table[] = {
		{ d->escape, 'E' },
		{ d->field, 'F' },
		{ d->component, 'S' },
		{ d->repetition, 'R' },
		{ d->subcomponent, 'T' },
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (c == table[i].byte)
			return table[i].letter;
	/* Elsewhere it means nothing. */
	return last && d->truncation != '\0' && c == d->truncation ? 'P' : '\0';
}

static void
add_sequence(struct ww_buf *out, char escape, const char *body)
{
	ww_buf_byte(out, escape);
	ww_buf_cstr(out, body);
	ww_buf_byte(out, escape);
}

static void
add_byte(
    char c, bool last, const struct ww_hl7_delims *d, enum ww_hl7_form form, struct ww_buf *out)
{
	static const char br[] = ".br";
	char letter[2] = { letter_for(c, last, d), '\0' };

	if (letter[0] != '\0')
		add_sequence(out, d->escape, letter);
	else if (c == '\n' && form == WW_HL7_FORMATTED && letter_for(br[0], false, d) == '\0')
		add_sequence(out, d->escape, br);
	else if ((unsigned char)c < 0x20)
		ww_buf_printf(out, "%cX%02X%c", d->escape, (unsigned)(unsigned char)c, d->escape);
	else
		ww_buf_byte(out, c);
}

/* open: more follows, so its last byte is not the end of the value. */
static void
add_text(ww_str text, const struct ww_hl7_delims *d, enum ww_hl7_form form, bool open,
    struct ww_buf *out)
{
	size_t i = 0;

	while (i < text.n) {
		ww_str rest = ww_str_sub(text, i, text.n);
		size_t n = form == WW_HL7_FORMATTED ? ww_hl7_formatting(rest, d) : 0;

		if (n > 0)
			ww_buf_add(out, rest.p, n);
		else
			add_byte(rest.p[0], !open && rest.n == 1, d, form, out);
		i += n > 0 ? n : 1;
	}
}

void
ww_hl7_encode(ww_str text, const struct ww_hl7_delims *d, enum ww_hl7_form form, struct ww_buf *out)
{
	if (ww_hl7_state_of(text) == WW_HL7_DELETE)
		add_sequence(out, d->escape, "X2222"); /* the two quotes themselves */
	else
		add_text(text, d, form, false, out);
}

void
ww_hl7_escape(ww_str text, const struct ww_hl7_delims *d, struct ww_buf *out)
{
	ww_hl7_encode(text, d, WW_HL7_PLAIN, out);
}

/* Bytes of the first n characters of s, or all; a byte that belongs to no character counts as one. */
static size_t
characters(ww_str s, size_t n)
{
	size_t i = 0;

	for (; n > 0 && i < s.n; n--) {
		size_t one = ww_utf8_first(ww_str_sub(s, i, s.n));

		i += one > 0 ? one : 1;
	}
	return i;
}

bool
ww_hl7_encode_within(ww_str text, size_t limit, const struct ww_hl7_delims *d, struct ww_buf *out)
{
	assert(limit > 0);
	if (d->truncation == '\0' || characters(text, limit) == text.n) {
		ww_hl7_encode(text, d, WW_HL7_PLAIN, out);
		return false;
	}
	add_text(ww_str_sub(text, 0, characters(text, limit - 1)), d, WW_HL7_PLAIN, true, out);
	ww_buf_byte(out, d->truncation);
	return true;
}

void
ww_hl7_segment_write(const struct ww_hl7 *m, const struct ww_hl7_segment *s, struct ww_buf *out)
{
	struct ww_hl7_lines lines;
	size_t start, end;

	if (!s->continued) {
		ww_buf_str_add(out, s->text);
		ww_buf_byte(out, '\r');
		return;
	}
	lines = ww_hl7_lines_from(m->bytes, m->delims.field, s->start);
	lines.has_cr = m->has_cr;
	while (ww_hl7_lines_next(&lines, &start, &end) && start < s->end) {
		ww_buf_add(out, m->bytes.p + start, end - start);
		ww_buf_byte(out, '\r');
	}
}
