/* Any head that passed for HTTP: what it asks for is found or refused, and what it wishes for is within its texts. */
#include "codec/http1.h"
#include "rest/ask.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct ww_ctx *cx, const struct ww_http1_head *h, const char *base)
{
	struct ww_rest_ask ask;
	ww_status s = ww_rest_ask_read(cx, h, ww_str_from(base), &ask);

	if (s != WW_OK && ww_rest_http(s) < 400)
		abort();
	if (s == WW_E_METHOD && ask.allow[0] == '\0')
		abort();
	if (ask.request_id.n > 64 || (ask.route.id.n > 0 && !ww_rest_id_good(ask.route.id)))
		abort();
	if (s == WW_OK && ww_rest_interaction_name(ask.route.interaction) == NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 20) };
	struct ww_http1 *d = ww_http1_new();
	ww_str part, in = ww_str_of(data, size);

	if (cx.arena != NULL && d != NULL && ww_http1_feed(d, &in, &part) == WW_HTTP1_HEAD) {
		check(&cx, ww_http1_head(d), "");
		check(&cx, ww_http1_head(d), "/fhir");
	}
	ww_http1_free(d);
	ww_arena_free(cx.arena);
	return 0;
}
