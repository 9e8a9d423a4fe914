/* Any bytes as a message: parsing ends, everything in it can be read, and the answer to it is a message. With
 * an odd first byte the rest stands behind a valid header, which blind bytes hardly ever make. */
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>
#include <wardwire/json.h>

#include "codec/ack.h"
#include "codec/ack_plan.h"
#include "codec/hl7v2_json.h"
#include "codec/hl7v2_list.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* What is written is read back; that a text came from an escape changes nothing. */
static void
write_back(struct ww_ctx *cx, const struct ww_hl7 *m, ww_str text)
{
	struct ww_buf b = { 0 };

	ww_hl7_escape(text, ww_hl7_delims(m), &b);
	if (ww_str_find(text, '\0') == text.n)
		must(ww_str_eq(ww_hl7_unescape(cx, ww_buf_view(&b), ww_hl7_delims(m)), text));
	ww_buf_free(&b);
}

/* Field number of the text of a segment, found the plain way. */
static ww_str
plain_field(ww_str segment, char separator, size_t number)
{
	ww_str field = ww_str_cut(segment, separator, &segment);

	while (number-- > 0)
		field = ww_str_cut(segment, separator, &segment);
	return field;
}

/* Fields are the same in whatever order they are asked for. */
static void
fields_of(const struct ww_hl7 *m, struct ww_hl7_path p)
{
	char separator = ww_hl7_delims(m)->field;
	ww_str segment, field;
	size_t k;

	(void)ww_hl7_raw(m, &p, &segment);
	if (memcmp(p.segment + 1, "HS", 2) == 0 || memcmp(p.segment, "MSH", 3) == 0)
		return;
	for (k = 0; k < 40; k++) {
		p.field = (uint16_t)(1 + k * 17 % 40);
		(void)ww_hl7_raw(m, &p, &field);
		must(ww_str_eq(field, plain_field(segment, separator, p.field)));
	}
}

/* What '*' lists is there. */
static void
places_of(struct ww_ctx *cx, const struct ww_hl7 *m, const char *id)
{
	struct ww_hl7_list l;
	size_t i, n;
	ww_str raw;

	if (ww_hl7_list_read(cx, ww_arena_printf(cx->arena, "%s(*)-3(*)", id), &l) != WW_OK)
		return;
	n = ww_hl7_list_count(m, &l);
	for (i = 0; i < n && i < 50; i++) {
		struct ww_hl7_path p = ww_hl7_list_at(m, &l, i);

		must(ww_hl7_raw(m, &p, &raw) != WW_HL7_ABSENT);
		(void)ww_hl7_truncated(m, &p);
	}
}

static void
read_all(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	struct ww_hl7_path p = { .segment = "" };
	struct ww_json *tree;
	size_t i, f, r;
	ww_str text;

	for (i = 0; i < ww_hl7_segments(m) && i < 50; i++) {
		ww_str id = ww_hl7_segment_id(m, i);

		if (id.n != 3)
			continue;
		for (f = 0; f < 3; f++)
			p.segment[f] = id.p[f];
		p.field = p.repetition = p.component = p.subcomponent = 0;
		fields_of(m, p);
		places_of(cx, m, p.segment);
		for (f = 1; f <= ww_hl7_segment_fields(m, i) && f <= 100; f++)
			for (r = 1; r <= 4; r++) {
				p.field = (uint16_t)f;
				p.repetition = (uint16_t)(r / 2);
				p.component = (uint16_t)(r % 3);
				p.subcomponent = (uint16_t)(p.component > 0 ? r / 2 : 0);
				(void)ww_hl7_raw(m, &p, &text);
				if (ww_hl7_text(cx, m, &p, &text) == WW_HL7_VALUE)
					write_back(cx, m, text);
				else
					must(text.n == 0);
			}
	}
	(void)ww_hl7_warnings(m);
	ww_hl7_json(cx, m, &tree);
}

static void
answer(struct ww_ctx *cx, ww_str raw)
{
	struct ww_hl7 *m;
	ww_status s = ww_hl7_accept(cx, raw, NULL, &m);
	struct ww_failure faults[4] = { cx->fail };
	size_t n = s != WW_OK && m != NULL ? ww_hl7_faults(cx, m, faults, 4) : 0;
	struct ww_ack_plan plan = ww_ack_plan_of(cx, m, WW_ACK_BY_MESSAGE);
	struct ww_ack a = { .code = s == WW_OK ? "AA" : ww_ack_code(&cx->fail),
		.failures = n > 0 ? faults : &cx->fail,
		.failures_n = n > 0 ? n : s != WW_OK,
		.number = 1,
		.accept = plan.asked ? "AL" : NULL };
	struct ww_hl7_path control_id = { .segment = "MSH", .field = 10 };
	struct ww_buf out = { 0 };
	ww_str id = ww_str_empty();
	char code[3];
	bool ours;

	ww_ack_write(cx, m, &a, &out);
	if (m != NULL && ww_hl7_raw(m, &control_id, &id) != WW_HL7_VALUE)
		id = ww_str_empty();
	if (ww_arena_status(cx->arena) == WW_OK) {
		must(ww_ack_read(cx, ww_buf_view(&out), id, code, &ours));
		must(ww_str_is(ww_str_from(code), a.code));
		must(ours == (id.n > 0));
	}
	ww_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 24) };
	struct ww_hl7 *m = NULL;
	struct ww_buf b = { 0 };

	if (cx.arena == NULL)
		return 0;
	if (size > 0 && data[0] % 2 == 1)
		ww_buf_cstr(&b, "MSH|^~\\&#|A|B|C|D|||ADT^A01|1|P|2.5\rPID|1||");
	if (size > 0)
		ww_buf_add(&b, data + 1, size - 1);
	if (ww_hl7_parse(&cx, ww_buf_view(&b), &m) == WW_OK)
		read_all(&cx, m);
	ww_ctx_clear(&cx);
	answer(&cx, ww_buf_view(&b));
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
	return 0;
}
