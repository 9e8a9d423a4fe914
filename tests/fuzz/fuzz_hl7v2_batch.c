/* Any bytes as a frame or a file: items come in order and apart, hold every byte that is no blank, end of line
 * or frame byte, and the counts are those of the items. An odd first byte means a capture of MLLP. */
#include "codec/hl7v2_batch.h"

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
		messages += it.kind == WW_HL7_ITEM_MESSAGE;
		line = it.line;
		at = it.text.p + it.text.n;
	}
	passed_over(at, bytes.p + bytes.n);
	must(messages == b.messages);
	(void)ww_hl7_batch_is(bytes);
	return 0;
}
