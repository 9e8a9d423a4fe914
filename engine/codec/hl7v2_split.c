/* Files of HL7 v2 messages as an array of parts. */
#include "codec/hl7v2_split.h"
#include "codec/hl7v2_batch.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <string.h>

static bool
is_end(char c)
{
	return c == '\r' || c == '\n';
}

static enum ww_hl7_part_kind
kind_of(enum ww_hl7_item_kind kind)
{
	switch (kind) {
	case WW_HL7_ITEM_MESSAGE:
		return WW_HL7_PART_MESSAGE;
	case WW_HL7_ITEM_NOT_HL7:
		return WW_HL7_PART_NOT_HL7;
	case WW_HL7_ITEM_FHS:
	case WW_HL7_ITEM_BHS:
	case WW_HL7_ITEM_BTS:
	case WW_HL7_ITEM_FTS:
	default:
		return WW_HL7_PART_ENVELOPE;
	}
}

static struct ww_hl7_part
part_of(const struct ww_hl7_item *it)
{
	struct ww_hl7_part p = { .kind = kind_of(it->kind), .text = it->text, .line = it->line };

	while (is_end(p.text.p[p.text.n - 1])) /* no item is blank */
		p.text.n--;
	return p;
}

ww_status
ww_hl7_split(struct ww_ctx *cx, ww_str text, struct ww_hl7_part **parts, size_t *n)
{
	struct ww_hl7_part *all = NULL;
	struct ww_hl7_batch b;
	struct ww_hl7_item it;
	size_t made = 0, room = 0;

	ww_hl7_batch_begin(&b, text, true);
	while (ww_hl7_batch_next(&b, &it)) {
		if (made == room) {
			struct ww_hl7_part *p;

			room = 2 * room + 16;
			p = ww_arena_array(cx->arena, room, sizeof(*p));
			if (p == NULL)
				return ww_fail_memory(cx);
			if (made > 0)
				memcpy(p, all, made * sizeof(*p));
			all = p;
		}
		all[made++] = part_of(&it);
	}
	*parts = all;
	*n = made;
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
