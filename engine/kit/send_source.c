/* Reads the files and cuts them into messages. */
#include "kit/send_source.h"

#include "base/fs.h"
#include "codec/hl7v2_batch.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <stdio.h>
#include <stdlib.h>

struct ww_send_source {
	struct ww_buf *text; /* one a file */
	size_t texts;
	struct ww_send_item *item;
	size_t n, cap;
};

static ww_status
add(struct ww_ctx *cx, struct ww_send_source *s, const struct ww_send_item *one)
{
	if (s->n == s->cap) {
		size_t cap = s->cap > 0 ? 2 * s->cap : 64;
		struct ww_send_item *p = realloc(s->item, cap * sizeof(*p));

		if (p == NULL)
			return ww_fail_memory(cx);
		s->item = p;
		s->cap = cap;
	}
	s->item[s->n++] = *one;
	return WW_OK;
}

/* What is not sent as a message of its own. */
static void
note(const char *file, const struct ww_hl7_item *item)
{
	const char *fault = ww_hl7_batch_fault_name(item->faults);

	fprintf(stderr, "wardwire-kit send: %s:%zu: not sent: %s%s%s%s\n", file, item->line,
	    item->kind == WW_HL7_ITEM_NOT_HL7 ? "text outside of any message"
	                                      : "a line of the batch protocol",
	    fault != NULL ? " (" : "", fault != NULL ? fault : "", fault != NULL ? ")" : "");
}

static ww_status
add_messages(struct ww_ctx *cx, struct ww_send_source *s, const char *file, ww_str text)
{
	struct ww_hl7_batch b;
	struct ww_hl7_item item;
	ww_status st = WW_OK;

	ww_hl7_batch_begin(&b, text, true);
	while (st == WW_OK && ww_hl7_batch_next(&b, &item)) {
		const struct ww_send_item one = {
			.file = file, .line = item.line, .text = item.text
		};

		if (item.kind == WW_HL7_ITEM_MESSAGE)
			st = add(cx, s, &one);
		else
			note(file, &item);
	}
	return st;
}

static ww_status
add_file(struct ww_ctx *cx, struct ww_send_source *s, const char *file, bool whole)
{
	struct ww_buf *b = &s->text[s->texts++];
	ww_status st = ww_fs_get(cx, file, 0, b);
	const struct ww_send_item one = { .file = file, .line = 1, .text = ww_buf_view(b) };

	if (st != WW_OK)
		return st;
	if (!whole)
		return add_messages(cx, s, file, one.text);
	return one.text.n > 0 ? add(cx, s, &one) : WW_OK;
}

ww_status
ww_send_source_open(
    struct ww_ctx *cx, char *const *files, size_t n, bool whole, struct ww_send_source **out)
{
	struct ww_send_source *s = calloc(1, sizeof(*s));
	ww_status st = WW_OK;
	size_t i;

	if (s == NULL)
		return ww_fail_memory(cx);
	s->text = calloc(n, sizeof(*s->text));
	if (s->text == NULL && n > 0)
		st = ww_fail_memory(cx);
	for (i = 0; i < n && st == WW_OK; i++)
		st = add_file(cx, s, files[i], whole);
	if (st == WW_OK && s->n == 0)
		st = ww_fail(cx, WW_E_NOT_HL7, NULL, "there is no HL7 v2 message in it");
	if (st != WW_OK) {
		ww_send_source_close(s);
		return st;
	}
	*out = s;
	return WW_OK;
}

void
ww_send_source_close(struct ww_send_source *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->texts; i++)
		ww_buf_free(&s->text[i]);
	free(s->text);
	free(s->item);
	free(s);
}

size_t
ww_send_source_count(const struct ww_send_source *s)
{
	return s->n;
}

const struct ww_send_item *
ww_send_source_item(const struct ww_send_source *s, size_t i)
{
	return &s->item[i];
}
