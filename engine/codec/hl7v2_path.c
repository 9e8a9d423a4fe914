/* Paths such as PID-3(2).4.1: compiled once, then followed down to the bytes or the text. */
#include "codec/hl7v2_parts.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* -- compiling --------------------------------------------------------------------------------------- */

struct reader {
	ww_str text;
	size_t at;
	const char *wrong; /* what is wrong at at */
};

static char
peek(const struct reader *r)
{
	return r->at < r->text.n ? r->text.p[r->at] : '\0';
}

/* Takes c when it is next. */
static bool
skip(struct reader *r, char c)
{
	if (r->wrong != NULL || r->at == r->text.n || r->text.p[r->at] != c)
		return false;
	r->at++;
	return true;
}

static void
read_id(struct reader *r, char id[4])
{
	size_t i;

	for (i = 0; i < 3; i++) {
		char c = peek(r);

		if (!(c >= 'A' && c <= 'Z') && (i == 0 || !(c >= '0' && c <= '9'))) {
			r->wrong = "a segment id of three capital letters or digits is expected";
			return;
		}
		id[i] = c;
		r->at++;
	}
}

static uint16_t
read_number(struct reader *r)
{
	size_t begin = r->at;
	uint32_t v = 0;

	if (r->wrong != NULL)
		return 0;
	while (peek(r) >= '0' && peek(r) <= '9' && v <= UINT16_MAX) {
		v = v * 10 + (uint32_t)(peek(r) - '0');
		r->at++;
	}
	if (r->at > begin && v <= UINT16_MAX && r->text.p[begin] != '0')
		return (uint16_t)v;
	r->at = begin;
	r->wrong = "a number from 1 to 65535 is expected";
	return 0;
}

static uint16_t
read_in_parentheses(struct reader *r)
{
	uint16_t v = 0;

	if (!skip(r, '('))
		return 0;
	v = read_number(r);
	if (r->wrong == NULL && !skip(r, ')'))
		r->wrong = "a closing parenthesis is expected";
	return v;
}

bool
ww_hl7_path_is_opaque(const struct ww_hl7_path *p)
{
	static const char *const headers[] = { "MSH", "FHS", "BHS" };
	size_t i;

	if (p->field == 0 || p->field > 2)
		return false;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (strcmp(p->segment, headers[i]) == 0)
			return true;
	return false;
}

const char *
ww_hl7_path_compile(ww_str text, struct ww_hl7_path *out, size_t *fault)
{
	struct reader r = { .text = text };

	*out = (struct ww_hl7_path){ .n = 0 };
	read_id(&r, out->segment);
	out->n = read_in_parentheses(&r);
	if (skip(&r, '-') || skip(&r, '.')) {
		out->field = read_number(&r);
		out->repetition = read_in_parentheses(&r);
		if (skip(&r, '.')) {
			out->component = read_number(&r);
			if (skip(&r, '.'))
				out->subcomponent = read_number(&r);
		}
	}
	if (r.wrong == NULL && r.at < text.n)
		r.wrong = "the path should end here";
	if (r.wrong == NULL && (out->repetition > 0 || out->component > 0) &&
	    ww_hl7_path_is_opaque(out))
		r.wrong = "this field holds the delimiters and has no parts";
	*fault = r.at;
	return r.wrong;
}

ww_status
ww_hl7_path(struct ww_ctx *cx, ww_str text, struct ww_hl7_path *out)
{
	struct ww_hl7_path p;
	size_t at;
	const char *wrong = ww_hl7_path_compile(text, &p, &at);

	if (wrong == NULL) {
		*out = p;
		return WW_OK;
	}
	return ww_fail(
	    cx, WW_E_SYNTAX, ww_arena_cstr(cx->arena, text), "position %zu: %s", at + 1, wrong);
}

void
ww_hl7_path_text(const struct ww_hl7_path *p, char out[WW_HL7_PATH_TEXT])
{
	const struct {
		const char *before;
		unsigned value;
		const char *after;
	} rows[] = {
		{ "(", p->n, ")" },
		{ "-", p->field, "" },
		{ "(", p->repetition, ")" },
		{ ".", p->component, "" },
		{ ".", p->subcomponent, "" },
	};
	size_t i, n = 3;

	memcpy(out, p->segment, n);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].value > 0)
			n += (size_t)snprintf(out + n, WW_HL7_PATH_TEXT - n, "%s%u%s",
			    rows[i].before, rows[i].value, rows[i].after);
	out[n] = '\0';
}

/* -- following --------------------------------------------------------------------------------------- */

/* The i-th part of s, from 1, between bytes sep; false when there are fewer. */
static bool
part(ww_str s, char sep, size_t i, ww_str *out)
{
	for (; i > 1; i--) {
		size_t at = ww_str_find(s, sep);

		if (at == s.n)
			return false;
		s = ww_str_sub(s, at + 1, s.n);
	}
	*out = ww_str_sub(s, 0, ww_str_find(s, sep));
	return true;
}

/* The field from its r-th repetition on. Where the last look-up in the same field ended is kept, so that a
 * loop over all of them costs one pass and not one for each. */
static bool
from_repetition(const struct ww_hl7 *m, ww_str field, size_t r, ww_str *out)
{
	struct ww_hl7_lazy *z = m->lazy;
	size_t at = 0, i = 1;

	*out = field;
	if (r <= 1)
		return true;
	if (z->field == field.p && z->repetition <= r) {
		at = z->offset;
		i = z->repetition;
	}
	for (; i < r; i++) {
		at += ww_str_find(ww_str_sub(field, at, field.n), m->delims.repetition);
		if (at == field.n)
			return false;
		at++;
	}
	z->field = field.p;
	z->repetition = r;
	z->offset = at;
	*out = ww_str_sub(field, at, field.n);
	return true;
}

/* One level down, from whole to its part i. What is deleted as a whole is deleted in all its parts. */
static enum ww_hl7_state
into(ww_str whole, char sep, size_t i, ww_str *out)
{
	if (part(whole, sep, i, out))
		return ww_hl7_state_of(*out);
	*out = ww_str_empty();
	return ww_hl7_state_of(whole) == WW_HL7_DELETE ? WW_HL7_DELETE : WW_HL7_ABSENT;
}

/* The bytes at p, in the n-th segment and the r-th repetition instead of p's own, as a loop may count further
 * than a path can say. r is 0 where the path gives none. */
static enum ww_hl7_state
follow(const struct ww_hl7 *m, const struct ww_hl7_path *p, size_t n, size_t r, ww_str *out)
{
	const struct ww_hl7_segment *s = ww_hl7_find(m, p->segment, n > 0 ? n : 1);
	enum ww_hl7_state state;
	ww_str whole;

	*out = ww_str_empty();
	if (s == NULL)
		return WW_HL7_ABSENT;
	if (p->field == 0) {
		*out = ww_hl7_segment_bytes(m, s);
		return WW_HL7_VALUE;
	}
	if (!ww_hl7_field(m, s, p->field, out))
		return WW_HL7_ABSENT;
	if (ww_hl7_opaque(s, p->field) || (r == 0 && p->component == 0))
		return ww_hl7_state_of(*out);
	whole = *out;
	if (!from_repetition(m, whole, r, out)) {
		*out = ww_str_empty();
		return WW_HL7_ABSENT;
	}
	*out = ww_str_sub(*out, 0, ww_str_find(*out, m->delims.repetition));
	if (p->component == 0)
		return ww_hl7_state_of(*out);
	whole = *out;
	state = into(whole, m->delims.component, p->component, out);
	if (p->subcomponent == 0 || state == WW_HL7_ABSENT || state == WW_HL7_DELETE)
		return state;
	whole = *out;
	return into(whole, m->delims.subcomponent, p->subcomponent, out);
}

enum ww_hl7_state
ww_hl7_raw(const struct ww_hl7 *m, const struct ww_hl7_path *p, ww_str *out)
{
	return follow(m, p, p->n, p->repetition, out);
}

/* The leaf u of component c of the repetition that begins at s; s may go on behind it. One walk over the
 * bytes instead of a search at each level: texts are read far more often than raw bytes. False when it is
 * not there. */
static bool
leaf(const struct ww_hl7_delims *d, ww_str s, size_t c, size_t u, ww_str *out)
{
	size_t i = 0, begin;

	for (; c > 1; c--, i++) {
		while (i < s.n && s.p[i] != d->component && s.p[i] != d->repetition)
			i++;
		if (i == s.n || s.p[i] == d->repetition)
			return false;
	}
	for (; u > 1; u--, i++) {
		while (i < s.n && s.p[i] != d->subcomponent && s.p[i] != d->component &&
		       s.p[i] != d->repetition)
			i++;
		if (i == s.n || s.p[i] != d->subcomponent)
			return false;
	}
	begin = i;
	while (i < s.n && s.p[i] != d->subcomponent && s.p[i] != d->component &&
	       s.p[i] != d->repetition)
		i++;
	*out = ww_str_of(s.p + begin, i - begin);
	return true;
}

/* The raw bytes of the first leaf of what p names, which has a field; in the n-th segment and the r-th
 * repetition instead of p's own. */
static enum ww_hl7_state
leaf_at(const struct ww_hl7 *m, const struct ww_hl7_path *p, size_t n, size_t r, ww_str *out)
{
	const struct ww_hl7_segment *s = ww_hl7_find(m, p->segment, n > 0 ? n : 1);
	ww_str field, from;

	*out = ww_str_empty();
	if (s == NULL || !ww_hl7_field(m, s, p->field, &field))
		return WW_HL7_ABSENT;
	if (ww_hl7_opaque(s, p->field)) {
		*out = field;
		return ww_hl7_state_of(field);
	}
	if (!from_repetition(m, field, r, &from))
		return WW_HL7_ABSENT;
	if (leaf(&m->delims, from, p->component, p->subcomponent, out))
		return ww_hl7_state_of(*out);
	/* Absent, or within what is deleted as a whole. */
	return follow(m, p, n, r > 0 ? r : 1, out);
}

static enum ww_hl7_state
text_at(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_hl7_path *p, size_t n, size_t r,
    ww_str *out)
{
	enum ww_hl7_state state;

	if (p->field == 0) {
		state = follow(m, p, n, r, out);
		(void)ww_hl7_utf8(cx, m, *out, false, out);
		return state;
	}
	state = leaf_at(m, p, n, r, out);
	if (state != WW_HL7_VALUE)
		*out = ww_str_empty();
	else if (!ww_hl7_path_is_opaque(p))
		*out = ww_hl7_decode(cx, m, *out);
	return state;
}

enum ww_hl7_state
ww_hl7_text(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_hl7_path *p, ww_str *out)
{
	return text_at(cx, m, p, p->n, p->repetition, out);
}

bool
ww_hl7_truncated(const struct ww_hl7 *m, const struct ww_hl7_path *p)
{
	ww_str raw;

	return p->field > 0 && !ww_hl7_path_is_opaque(p) &&
	       leaf_at(m, p, p->n, p->repetition, &raw) == WW_HL7_VALUE &&
	       ww_hl7_cut_off(raw, &m->delims);
}

/* A path out of our own tables. */
static void
compile_known(const char *path, struct ww_hl7_path *p)
{
	size_t at;
	const char *wrong = ww_hl7_path_compile(ww_str_from(path), p, &at);

	assert(wrong == NULL);
	(void)wrong;
}

ww_str
ww_hl7_at(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path)
{
	struct ww_hl7_path p;
	ww_str out;

	compile_known(path, &p);
	(void)ww_hl7_text(cx, m, &p, &out);
	return out;
}

enum ww_hl7_state
ww_hl7_nth(
    struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, size_t n, size_t r, ww_str *out)
{
	struct ww_hl7_path p;

	compile_known(path, &p);
	return text_at(cx, m, &p, n, r, out);
}
