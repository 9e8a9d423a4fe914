/* Any request that passed for HTTP: a console finds out what it asks for or refuses it, and of the body takes texts alone. */
#include "codec/http1.h"
#include "rest/answer.h"
#include "rest/console_ask.h"
#include "store/notice.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_list(const struct ww_console_ask *ask)
{
	if (ask->limit == 0 || ask->limit > WW_CONSOLE_PAGE_MOST || ask->states == 0 ||
	    ask->states >> WW_WORK_STATES != 0 || ask->role < 0 || ask->role >= ww_role_count ||
	    ask->kind < 0 || ask->kind >= ww_flag_kind_count)
		abort();
}

static void
check(struct ww_ctx *cx, const struct ww_http1_head *h, ww_str body)
{
	struct ww_console_ask ask;
	ww_status s = ww_console_ask_head(cx, h, &ask);

	if (s != WW_OK && ww_rest_http(s) < 400)
		abort();
	if (s == WW_E_METHOD && (ask.allow == NULL || ask.allow[0] == '\0'))
		abort();
	if (ask.request_id.n > 64 || (s == WW_OK) != (s == WW_OK && ask.what != WW_CONSOLE_NOTHING))
		abort();
	if (s != WW_OK || ask.what == WW_CONSOLE_TOKEN)
		return;
	if (ask.what == WW_CONSOLE_LIST) {
		check_list(&ask);
		return;
	}
	if (ask.id <= 0 || ask.match < 0)
		abort();
	s = ww_console_ask_body(cx, body, &ask);
	if (s == WW_OK && (ask.text.n > body.n || ask.who.n > body.n))
		abort();
}

/* A head, and behind it what is read as the body. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 20) };
	struct ww_http1 *d = ww_http1_new();
	ww_str part, in = ww_str_of(data, size);

	if (cx.arena != NULL && d != NULL && ww_http1_feed(d, &in, &part) == WW_HTTP1_HEAD)
		check(&cx, ww_http1_head(d), in);
	ww_http1_free(d);
	ww_arena_free(cx.arena);
	return 0;
}
