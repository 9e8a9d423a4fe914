/* Any bytes in any set under any agreement: what is read is UTF-8, nothing that fits is changed, and what is refused is
 * refused at MSH-18. The first byte chooses the agreement, the next the declared set. */
#include "codec/ack.h"
#include "codec/charset.h"
#include "codec/utf8.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "", "ASCII", "UNICODE UTF-8", "8859/1", "8859/3", "8859/7",
	"8859/15", "ISO IR14", "~ISO IR87", "~ISO IR159", "GB 18030-2000", "BIG-5", "KS X 1001",
	"CNS 11643-1992", "UNICODE UTF-16", "KLINGON", "WINDOWS-1252" };
enum { NAMES = sizeof(names) / sizeof(names[0]) };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static struct ww_hl7_source
agreed(uint8_t how)
{
	struct ww_hl7_source s = { .strict = (how & 1) != 0,
		.windows = (how & 2) != 0,
		.more = (how & 4) != 0 ? UINT32_MAX : 0 };

	if ((how & 8) != 0)
		s.fallback = ww_charset_find(WW_STR("8859/3")); /* one with holes */
	return s;
}

/* Decoding one text for itself. */
static void
decode(
    struct ww_ctx *cx, const struct ww_charset *c, const struct ww_charset *fallback, ww_str text)
{
	bool readable = ww_charset_readable(c, fallback, text);
	ww_str out;

	check(ww_charset_decode(cx, c, fallback, text, &out) == readable);
	check(ww_utf8_valid(out));
	check(!ww_charset_fits(c, text) || readable);
	if (ww_ascii(text))
		check(ww_str_eq(out, text));
	if (ww_charset_kind(c) == WW_CHARSET_UTF8 && ww_utf8_valid(text))
		check(ww_str_eq(out, text));
}

static void
read_message(struct ww_ctx *cx, const struct ww_hl7_source *source, ww_str raw)
{
	struct ww_hl7 *m = NULL, *again = NULL;
	ww_status s = ww_hl7_read(cx, raw, source, &m);

	ww_ctx_clear(cx);
	check(ww_hl7_read(cx, raw, source, &again) == s);
	if (s == WW_OK)
		check(ww_utf8_valid(ww_hl7_at(cx, again, "PID-5")));
	else if (s == WW_E_CHARSET || s == WW_E_WIDE || s == WW_E_CODE)
		check(strcmp(cx->fail.place, "MSH-18") == 0);
	ww_ctx_clear(cx);
	(void)ww_hl7_accept(cx, raw, source, &m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new((size_t)64 << 20) };
	struct ww_buf b = { 0 };
	struct ww_hl7_source source;
	const char *name;
	const struct ww_charset *c;

	if (size < 2 || cx.arena == NULL) {
		ww_arena_free(cx.arena);
		return 0;
	}
	source = agreed(data[0]);
	name = names[data[1] % NAMES];
	c = ww_charset_find(ww_str_from(name[0] == '~' ? name + 1 : name));
	if (c != NULL)
		decode(&cx, c, source.fallback, ww_str_of(data + 2, size - 2));
	ww_ctx_clear(&cx);
	ww_buf_printf(&b, "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5||||||%s\rPID|1||1||", name);
	ww_buf_add(&b, data + 2, size - 2);
	read_message(&cx, &source, ww_buf_view(&b));
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
	return 0;
}
