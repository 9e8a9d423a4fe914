/* Any bytes from a client: heads, bodies and faults are the same however the bytes are cut into reads. The first byte is the size
 * of a read. */
#include "codec/http1.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 256 };

static void
add_head(const struct ww_http1_head *h, struct ww_buf *out)
{
	if (h->path.n == 0 || h->method.n == 0 || h->host.n == 0 ||
	    h->fields_n > WW_HTTP1_FIELDS_MAX || (h->chunked && h->length > 0))
		abort();
	ww_buf_printf(out, "[%.*s|%.*s|%.*s|%.*s|%d%d%d|%llu", WW_STR_FMT(h->method),
	    WW_STR_FMT(h->path), WW_STR_FMT(h->query), WW_STR_FMT(h->host), h->chunked,
	    h->keep_alive, h->expects_continue, (unsigned long long)h->length);
	for (size_t i = 0; i < h->fields_n; i++)
		ww_buf_printf(out, "|%.*s=%.*s", WW_STR_FMT(h->fields[i].name),
		    WW_STR_FMT(h->fields[i].value));
	ww_buf_cstr(out, "]");
}

/* Appends one event; false: it was the last. */
static bool
add_event(struct ww_http1 *d, enum ww_http1_event e, ww_str part, struct ww_buf *out)
{
	const char *why = NULL;

	switch (e) {
	case WW_HTTP1_MORE:
		break;
	case WW_HTTP1_HEAD:
		add_head(ww_http1_head(d), out);
		(void)ww_http1_allow(d, MOST);
		break;
	case WW_HTTP1_BODY:
		if (part.n == 0)
			abort();
		ww_buf_str_add(out, part);
		break;
	case WW_HTTP1_END:
		ww_buf_byte(out, '.');
		break;
	case WW_HTTP1_BAD:
		ww_buf_printf(out, "bad %u", ww_http1_fault(d, &why));
		ww_buf_cstr(out, why);
		return false;
	case WW_HTTP1_SHORT:
		return false;
	}
	return true;
}

static void
feed(ww_str bytes, size_t piece, struct ww_buf *out)
{
	struct ww_http1 *d = ww_http1_new();
	bool on = d != NULL;

	for (size_t at = 0; on && at < bytes.n; at += piece) {
		ww_str part, in = ww_str_sub(bytes, at, piece);
		enum ww_http1_event e;

		do {
			e = ww_http1_feed(d, &in, &part);
			on = add_event(d, e, part, out);
		} while (on && e != WW_HTTP1_MORE);
	}
	if (d != NULL)
		ww_buf_byte(out, on && ww_http1_open(d) ? 'o' : 'c');
	ww_http1_free(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_buf whole = { 0 }, pieces = { 0 };
	ww_str bytes = size > 1 ? ww_str_of(data + 1, size - 1) : ww_str_empty();

	feed(bytes, bytes.n + 1, &whole);
	feed(bytes, size > 0 && data[0] > 0 ? data[0] : 1, &pieces);
	if (!ww_str_eq(ww_buf_view(&whole), ww_buf_view(&pieces)))
		abort();
	ww_buf_free(&whole);
	ww_buf_free(&pieces);
	return 0;
}
