/* Any bytes as a leaf and as a text, with any delimiters (the first six bytes choose them): decoding makes nothing longer,
 * encoding gives no delimiter away and is undone by decoding, and cutting off keeps within its limit. */
#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>

#include "codec/hl7v2_parts.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Six different bytes that may delimit. */
static struct ww_hl7_delims
delims_of(const uint8_t *choice)
{
	static const char all[] = "|^~\\&#!$%'()*+,-./:;<=>?@[]_`{}";
	char pick[6];
	size_t i, k;

	for (i = 0; i < sizeof(pick); i++) {
		k = choice[i] % (sizeof(all) - 1);
		while (memchr(pick, all[k], i) != NULL)
			k = (k + 1) % (sizeof(all) - 1);
		pick[i] = all[k];
	}
	return (struct ww_hl7_delims){ pick[0], pick[1], pick[2], pick[3], pick[4],
		choice[0] > 127 ? pick[5] : '\0' };
}

static bool
is_one_leaf(ww_str raw, const struct ww_hl7_delims *d)
{
	const char ends[] = { d->field, d->component, d->repetition, d->subcomponent };
	size_t i;

	for (i = 0; i < raw.n; i++)
		if (memchr(ends, raw.p[i], sizeof(ends)) != NULL || (unsigned char)raw.p[i] < 0x20)
			return false;
	return ww_hl7_state_of(raw) != WW_HL7_DELETE;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_hl7_delims d;
	struct ww_buf b = { 0 };
	ww_str text;
	bool cut;

	if (size < 6 || cx.arena == NULL) {
		ww_arena_free(cx.arena);
		return 0;
	}
	d = delims_of(data);
	text = ww_str_of(data + 6, size - 6);
	must(ww_hl7_unescape(&cx, text, &d).n <= text.n);
	(void)ww_hl7_escape_faults(text, &d);

	ww_hl7_encode(text, &d, WW_HL7_PLAIN, &b);
	must(is_one_leaf(ww_buf_view(&b), &d));
	must(!ww_hl7_cut_off(ww_buf_view(&b), &d));
	if (ww_str_find(text, '\0') == text.n) {
		must(ww_str_eq(ww_hl7_unescape(&cx, ww_buf_view(&b), &d), text));
		must(ww_hl7_escape_faults(ww_buf_view(&b), &d) == 0);
	}
	ww_buf_clear(&b);
	ww_hl7_encode(text, &d, WW_HL7_FORMATTED, &b);
	must(is_one_leaf(ww_buf_view(&b), &d));
	ww_buf_clear(&b);
	cut = ww_hl7_encode_within(text, 1 + data[1], &d, &b);
	must(is_one_leaf(ww_buf_view(&b), &d));
	must(cut == ww_hl7_cut_off(ww_buf_view(&b), &d));
	must(!cut || d.truncation != '\0');
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
	return 0;
}
