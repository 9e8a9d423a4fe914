/* Walks over the lines of a frame or a file and tells where messages and the lines of the batch protocol
 * begin. */
#include "codec/hl7v2_batch.h"
#include "codec/hl7v2_parts.h"

#include <string.h>

#define BYTE_ORDER_MARK WW_STR("\xef\xbb\xbf")

/* What ends a line; the last two only in a capture of MLLP. */
static const char enders[] = { '\r', '\n', '\x0b', '\x1c' };
enum { CR, LF, LINE_ENDERS, ENDERS = sizeof(enders) };

static bool
is_frame_byte(const struct ww_hl7_batch *b, char c)
{
	return b->mllp && (c == enders[2] || c == enders[3]);
}

static bool
is_blank(ww_str line)
{
	return ww_str_trim(line).n == 0;
}

/* -- lines ------------------------------------------------------------------------------------------- */

struct line {
	ww_str text;     /* without its end */
	size_t begin;    /* offset of text */
	size_t behind;   /* offset of the next line */
	bool frame;      /* an MLLP byte ended it */
	bool line_break; /* a line end ended it */
	bool loose;      /* it begins behind an LF without CR */
};

/* The line that begins at at. A kind of end is searched for anew only when the one found is passed, so the
 * whole is linear. */
static struct line
line_at(struct ww_hl7_batch *b, size_t at)
{
	size_t i, end = b->bytes.n;
	struct line l = { .begin = at };
	const char *p = b->bytes.p;

	for (i = 0; i < (b->mllp ? (size_t)ENDERS : (size_t)LINE_ENDERS); i++) {
		if (b->ends[i] < at)
			b->ends[i] =
			    at + ww_str_find(ww_str_sub(b->bytes, at, b->bytes.n), enders[i]);
		if (b->ends[i] < end)
			end = b->ends[i];
	}
	l.text = ww_str_of(p + at, end - at);
	l.behind = end < b->bytes.n ? end + 1 : end;
	l.frame = end < b->bytes.n && is_frame_byte(b, p[end]);
	l.line_break = end < b->bytes.n && !l.frame;
	if (l.line_break && p[end] == '\r' && l.behind < b->bytes.n && p[l.behind] == '\n')
		l.behind++;
	l.loose = at > 0 && p[at - 1] == '\n' && (at == 1 || p[at - 2] != '\r');
	return l;
}

/* -- what a line is ---------------------------------------------------------------------------------- */

static const struct {
	const char *id;
	enum ww_hl7_item_kind kind;
	bool header; /* declares delimiters */
} rows[] = {
	{ "MSH", WW_HL7_ITEM_MESSAGE, true },
	{ "FHS", WW_HL7_ITEM_FHS, true },
	{ "BHS", WW_HL7_ITEM_BHS, true },
	{ "BTS", WW_HL7_ITEM_BTS, false },
	{ "FTS", WW_HL7_ITEM_FTS, false },
};

/* A trailer has the separator of what it ends. Where nothing was open any will do. */
static bool
ends_what_is_open(const struct ww_hl7_batch *b, char separator)
{
	if (b->message == '\0' && b->batch == '\0' && b->file == '\0')
		return ww_hl7_may_delimit(separator);
	return separator != '\0' &&
	       (separator == b->message || separator == b->batch || separator == b->file);
}

/* Inside a message with CR, an LF may be data: there a header must be a good one, or be like the one
 * before. */
static bool
begins_item(const struct ww_hl7_batch *b, ww_str line, bool header, bool strict)
{
	struct ww_hl7_delims d;
	char separator;
	size_t field;

	if (line.n == WW_HL7_ID_N)
		return !strict;
	separator = line.p[WW_HL7_ID_N];
	if (!header)
		return ends_what_is_open(b, separator);
	return ww_hl7_may_delimit(separator) &&
	       (!strict || separator == b->message || ww_hl7_delims_read(line, &d, &field) == NULL);
}

/* What line begins. strict: it stands behind a lone LF in a message with CR. */
static enum ww_hl7_item_kind
kind_of(const struct ww_hl7_batch *b, ww_str line, bool strict)
{
	size_t i;

	if (line.n < WW_HL7_ID_N)
		return WW_HL7_ITEM_NOT_HL7;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (memcmp(line.p, rows[i].id, WW_HL7_ID_N) == 0)
			return begins_item(b, line, rows[i].header, strict) ? rows[i].kind
			                                                    : WW_HL7_ITEM_NOT_HL7;
	return WW_HL7_ITEM_NOT_HL7;
}

/* Without a byte order mark, and where no message is running without blanks. */
static ww_str
without_leading(ww_str line, bool running)
{
	if (ww_str_starts(line, BYTE_ORDER_MARK))
		line = ww_str_sub(line, BYTE_ORDER_MARK.n, line.n);
	while (!running && line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
		line = ww_str_sub(line, 1, line.n);
	return line;
}

/* -- the envelope ------------------------------------------------------------------------------------ */

static void
check_count(struct ww_hl7_item *it, size_t counted, enum ww_hl7_batch_fault differs)
{
	ww_str claim = ww_str_trim(ww_hl7_batch_field(it, 1));

	it->counted = counted;
	it->claimed = counted;
	if (claim.n == 0)
		return;
	if (!ww_str_u64(claim, UINT64_MAX, &it->claimed)) {
		it->claimed = counted;
		it->faults |= WW_HL7_BATCH_NUMBER;
	} else if (it->claimed != counted) {
		it->faults |= (unsigned)differs;
	}
}

static void
open_batch(struct ww_hl7_batch *b)
{
	b->open = true;
	b->batches++;
	b->in_batch = 0;
	b->id = ww_str_empty();
}

static char
separator_of(ww_str text)
{
	return text.n > WW_HL7_ID_N ? text.p[WW_HL7_ID_N] : '\0';
}

/* Counts the item, and holds trailers against what was counted. A message or a trailer where no batch is
 * open makes one without header. */
static void
note(struct ww_hl7_batch *b, struct ww_hl7_item *it)
{
	struct ww_hl7_delims d;
	bool header = it->kind == WW_HL7_ITEM_FHS || it->kind == WW_HL7_ITEM_BHS;
	size_t field;

	b->enveloped =
	    b->enveloped || (it->kind != WW_HL7_ITEM_MESSAGE && it->kind != WW_HL7_ITEM_NOT_HL7);
	if (header && ww_hl7_delims_read(it->text, &d, &field) != NULL)
		it->faults |= WW_HL7_BATCH_HEADER;
	if (!b->open && (it->kind == WW_HL7_ITEM_MESSAGE || it->kind == WW_HL7_ITEM_BTS))
		open_batch(b);
	switch (it->kind) {
	case WW_HL7_ITEM_MESSAGE:
		b->messages++;
		b->in_batch++;
		b->message = separator_of(it->text);
		break;
	case WW_HL7_ITEM_FHS:
		b->open = false;
		b->batches = 0;
		b->id = ww_str_empty();
		b->file_id = ww_hl7_batch_field(it, 11);
		b->file = separator_of(it->text);
		break;
	case WW_HL7_ITEM_BHS:
		open_batch(b);
		b->id = ww_hl7_batch_field(it, 11);
		b->batch = separator_of(it->text);
		break;
	case WW_HL7_ITEM_BTS:
		check_count(it, b->in_batch, WW_HL7_BATCH_MESSAGES);
		b->open = false;
		break;
	case WW_HL7_ITEM_FTS:
		check_count(it, b->batches, WW_HL7_BATCH_BATCHES);
		b->open = false;
		b->batches = 0;
		break;
	case WW_HL7_ITEM_NOT_HL7:
	default:
		it->faults |= WW_HL7_BATCH_TEXT;
		break;
	}
	b->faults |= it->faults;
}

/* -- the iterator ------------------------------------------------------------------------------------ */

void
ww_hl7_batch_begin(struct ww_hl7_batch *b, ww_str bytes, bool mllp)
{
	size_t i;

	*b = (struct ww_hl7_batch){ .bytes = bytes,
		.mllp = mllp,
		.line = 1,
		.file_id = ww_str_empty(),
		.id = ww_str_empty() };
	for (i = 0; i < ENDERS; i++)
		b->ends[i] = ww_str_find(bytes, enders[i]);
}

static void
pass(struct ww_hl7_batch *b, const struct line *l)
{
	b->at = l->behind;
	b->line += l->line_break;
}

/* Adds the lines that follow l to it, up to one that begins another item. */
static void
take_lines(struct ww_hl7_batch *b, struct line l, struct ww_hl7_item *it)
{
	bool cr = l.line_break && b->bytes.p[l.begin + l.text.n] == '\r';

	while (!l.frame && b->at < b->bytes.n) {
		ww_str line;

		l = line_at(b, b->at);
		line = without_leading(l.text, it->kind == WW_HL7_ITEM_MESSAGE);
		if (kind_of(b, line, l.loose && cr) != WW_HL7_ITEM_NOT_HL7)
			return;
		cr = cr || (l.line_break && b->bytes.p[l.begin + l.text.n] == '\r');
		pass(b, &l);
		if (!is_blank(line))
			it->text.n = (size_t)(b->bytes.p + l.behind - l.frame - it->text.p);
	}
}

bool
ww_hl7_batch_next(struct ww_hl7_batch *b, struct ww_hl7_item *out)
{
	while (b->at < b->bytes.n) {
		struct line l = line_at(b, b->at);
		ww_str line = without_leading(l.text, false);
		size_t number = b->line;

		pass(b, &l);
		if (is_blank(line))
			continue;
		*out = (struct ww_hl7_item){ .kind = kind_of(b, line, false), .line = number };
		out->text = ww_str_of(line.p, (size_t)(b->bytes.p + l.behind - l.frame - line.p));
		if (out->kind == WW_HL7_ITEM_MESSAGE)
			b->message = separator_of(out->text);
		if (out->kind == WW_HL7_ITEM_MESSAGE || out->kind == WW_HL7_ITEM_NOT_HL7)
			take_lines(b, l, out);
		note(b, out);
		return true;
	}
	return false;
}

bool
ww_hl7_batch_is(ww_str bytes)
{
	struct ww_hl7_batch b;
	struct ww_hl7_item it;

	ww_hl7_batch_begin(&b, bytes, false);
	while (ww_hl7_batch_next(&b, &it))
		if (b.enveloped || b.messages > 1)
			return true;
	return false;
}

ww_str
ww_hl7_batch_field(const struct ww_hl7_item *item, size_t f)
{
	ww_str rest = item->text, field = ww_str_empty();
	char separator = separator_of(rest);
	bool header = item->kind == WW_HL7_ITEM_FHS || item->kind == WW_HL7_ITEM_BHS;
	size_t i, end = 0;

	while (end < rest.n && rest.p[end] != '\r' && rest.p[end] != '\n')
		end++;
	rest.n = end;
	if (end <= WW_HL7_ID_N || f == 0)
		return ww_str_empty();
	if (header && f == 1)
		return ww_str_sub(rest, WW_HL7_ID_N, 1);
	(void)ww_str_cut(rest, separator, &rest);
	for (i = header ? 2 : 1; i <= f; i++)
		field = ww_str_cut(rest, separator, &rest);
	return field;
}

const char *
ww_hl7_batch_fault_name(unsigned faults)
{
	static const struct {
		enum ww_hl7_batch_fault fault;
		const char *name;
	} names[] = {
		{ WW_HL7_BATCH_MESSAGES, "batch_count" },
		{ WW_HL7_BATCH_BATCHES, "file_count" },
		{ WW_HL7_BATCH_NUMBER, "batch_bad_count" },
		{ WW_HL7_BATCH_HEADER, "batch_bad_header" },
		{ WW_HL7_BATCH_TEXT, "batch_text" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((faults & (unsigned)names[i].fault) != 0)
			return names[i].name;
	return NULL;
}
