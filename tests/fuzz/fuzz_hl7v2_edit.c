/* Any message, and any changes of it: each is refused, or what is set is read back and nothing else has moved. The first
 * byte says how many bytes are the message behind its header; the rest are changes of seven bytes and a value. */
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2_edit.h>

#include "codec/hl7v2_parts.h"
#include "codec/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

enum change { TEXT, FORMATTED, RAW, REMOVE, ADD, CHANGES };

static ww_str
written(struct ww_ctx *cx, const struct ww_hl7_edit *e)
{
	struct ww_buf b = { 0 };
	ww_str s;

	ww_hl7_edit_write(e, &b);
	s = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

/* All segments but the one at p are the same, in the same order. */
static void
same_elsewhere(const struct ww_hl7 *before, const struct ww_hl7 *after, const struct ww_hl7_path *p)
{
	const struct ww_hl7_segment *s = ww_hl7_find(before, p->segment, p->n > 0 ? p->n : 1);
	size_t i;

	must(before->segments == after->segments);
	for (i = 0; i < before->segments; i++)
		must(&before->segment[i] == s ||
		     ww_str_eq(before->segment[i].text, after->segment[i].text));
}

static void
same_value(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_hl7_path *p, enum change how,
    ww_str value)
{
	enum ww_hl7_state state;
	ww_str got;

	if (how == RAW) {
		state = ww_hl7_raw(m, p, &got);
		must(state == ww_hl7_state_of(value) || (value.n == 0 && state <= WW_HL7_DELETE));
		must(ww_str_eq(got, value));
	} else if (how == TEXT && ww_str_find(value, '\0') == value.n && ww_ascii(value)) {
		state = ww_hl7_text(cx, m, p, &got);
		must(ww_str_eq(got, value));
		must(value.n == 0 || state == WW_HL7_VALUE);
	}
}

static ww_status
change(struct ww_hl7_edit *e, enum change how, const struct ww_hl7_path *p, ww_str value)
{
	size_t n;

	switch (how) {
	case TEXT:
		return ww_hl7_edit_text(e, p, value, WW_HL7_PLAIN);
	case FORMATTED:
		return ww_hl7_edit_text(e, p, value, WW_HL7_FORMATTED);
	case RAW:
		return ww_hl7_edit_raw(e, p, value);
	case REMOVE:
		return ww_hl7_edit_remove(e, p);
	case ADD:
	case CHANGES:
	default:
		return ww_hl7_edit_add(e, "ZZ9", p->n > 0 ? p : NULL, &n);
	}
}

/* One change, each in an edit of its own: a message that was edited and read again is any message. */
static struct ww_hl7 *
step(
    struct ww_ctx *cx, struct ww_hl7 *m, enum change how, const struct ww_hl7_path *p, ww_str value)
{
	struct ww_hl7 *after = NULL;
	struct ww_hl7_edit *e = NULL;
	ww_str text;

	if (ww_hl7_edit_of(cx, m, &e) != WW_OK)
		return NULL;
	must(ww_str_eq(written(cx, e), m->raw));
	if (change(e, how, p, value) != WW_OK) {
		must(ww_str_eq(written(cx, e), m->raw));
		return m;
	}
	text = written(cx, e);
	if (ww_hl7_parse(cx, text, &after) != WW_OK) /* raw values may pass a limit */
		return NULL;
	if (how == TEXT || how == FORMATTED || how == RAW) {
		same_elsewhere(m, after, p);
		same_value(cx, after, p, how, value);
	}
	return after;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char header[] = "MSH|^~\\&#|A|B|C|D|20260302||ADT^A01|1|P|2.5\r";
	static const char ids[][4] = { "PID", "OBX", "MSH", "ZZ9" };
	struct ww_ctx cx = { .arena = ww_arena_new((size_t)16 << 20) };
	struct ww_buf b = { 0 };
	struct ww_hl7 *m = NULL;
	size_t n, at;

	if (size < 1 || cx.arena == NULL) {
		ww_arena_free(cx.arena);
		return 0;
	}
	n = data[0] < size - 1 ? data[0] : size - 1;
	ww_buf_cstr(&b, header);
	ww_buf_add(&b, data + 1, n);
	if (ww_hl7_parse(&cx, ww_buf_view(&b), &m) != WW_OK)
		m = NULL;
	for (at = 1 + n; m != NULL && size - at >= 7;) {
		const uint8_t *c = data + at;
		struct ww_hl7_path p = { .n = c[1] / 64,
			.field = c[2] % 40,
			.repetition = c[3] % 4,
			.component = c[4] % 5 };
		size_t length = c[6] < size - at - 7 ? c[6] : size - at - 7;

		memcpy(p.segment, ids[c[1] % 4], sizeof(p.segment));
		p.field = p.field > 30 ? 0 : p.field;
		if (p.field == 0)
			p.repetition = p.component = 0;
		if (ww_hl7_path_is_opaque(&p))
			p.repetition = p.component = 0;
		p.subcomponent = p.component > 0 ? c[5] % 4 : 0;
		m = step(&cx, m, (enum change)(c[0] % CHANGES), &p, ww_str_of(c + 7, length));
		cx.fail = (struct ww_failure){ .status = WW_OK };
		at += 7 + length;
	}
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
	return 0;
}
