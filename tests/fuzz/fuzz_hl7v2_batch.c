/* Any bytes as a frame or a file: items come in order and apart, hold every byte that is no blank, end of line
 * or frame byte, and the counts are those of the items. An odd first byte means a capture of MLLP. */
#include "codec/ack_batch.h"
#include "codec/hl7v2_batch.h"

#include <wardwire/buf.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Nothing but what may stand between items. */
static void
passed_over(const char *from, const char *to)
{
	for (; from < to; from++)
		must(memchr("\r\n \t\x0b\x1c\xef\xbb\xbf", *from, 9) != NULL);
}

/* What answers a header is an empty batch in good form, which names the batch it answers. */
static void
answered(const struct ww_hl7_item *header)
{
	struct ww_buf out = { 0 };
	struct ww_hl7_batch b;
	struct ww_hl7_item it;
	bool file = header->kind == WW_HL7_ITEM_FHS;

	ww_ack_batch_begin(header, 0, 1, &out);
	ww_ack_batch_end(header, 0, &out);
	ww_hl7_batch_begin(&b, ww_buf_view(&out), false);
	must(ww_hl7_batch_next(&b, &it) && it.kind == header->kind);
	must((header->faults & WW_HL7_BATCH_HEADER) != 0 ||
	     ww_str_eq(ww_hl7_batch_field(&it, 12), ww_hl7_batch_field(header, 11)));
	must(ww_hl7_batch_next(&b, &it));
	must(it.kind == (file ? WW_HL7_ITEM_FTS : WW_HL7_ITEM_BTS));
	must(!ww_hl7_batch_next(&b, &it) && b.faults == 0);
	ww_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool mllp = size > 0 && (data[0] & 1) != 0;
	ww_str bytes = ww_str_of(data, size);
	const char *at = bytes.p;
	struct ww_hl7_batch b;
	struct ww_hl7_item it;
	size_t messages = 0, line = 0, f;

	ww_hl7_batch_begin(&b, bytes, mllp);
	while (ww_hl7_batch_next(&b, &it)) {
		must(it.text.n > 0 && it.text.p >= at);
		must(it.text.p + it.text.n <= bytes.p + bytes.n);
		must(it.line >= line && it.line >= 1);
		must(!mllp || (ww_str_find(it.text, '\x0b') == it.text.n &&
		                  ww_str_find(it.text, '\x1c') == it.text.n));
		passed_over(at, it.text.p);
		for (f = 0; f <= 13; f++)
			must(ww_hl7_batch_field(&it, f).n <= it.text.n);
		must((it.faults == 0) == (ww_hl7_batch_fault_name(it.faults) == NULL));
		if (it.kind == WW_HL7_ITEM_FHS || it.kind == WW_HL7_ITEM_BHS)
			answered(&it);
		messages += it.kind == WW_HL7_ITEM_MESSAGE;
		line = it.line;
		at = it.text.p + it.text.n;
	}
	passed_over(at, bytes.p + bytes.n);
	must(messages == b.messages);
	(void)ww_hl7_batch_is(bytes);
	return 0;
}
