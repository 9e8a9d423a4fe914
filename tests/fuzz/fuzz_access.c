/* Any bytes as what strangers send to come in: as a form for the token endpoint, and as an Authorization header. Nobody comes in
 * by chance, and every refusal is one of those that there are. */
#include "config/scope.h"
#include "rest/access.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW 1800000000000

/* One listener with a client that has no keys, so that no file is needed and no signature is ever right. */
static struct ww_access *
open_access(void)
{
	static struct ww_listener listener = { .name = WW_STR_INIT("l"), .auth = WW_AUTH_TOKENS };
	static struct ww_feed feed = { .name = WW_STR_INIT("a"), .on = WW_STR_INIT("l") };
	static struct ww_client client = {
		.name = WW_STR_INIT("c"), .id = WW_STR_INIT("c"), .feed = WW_STR_INIT("a")
	};
	static struct ww_config config = { .listeners = &listener,
		.listeners_n = 1,
		.feeds = &feed,
		.feeds_n = 1,
		.clients = &client,
		.clients_n = 1 };
	static const struct ww_access_settings set = { .config = &config,
		.listener = &listener,
		.folder = "/nowhere",
		.base = WW_STR_INIT("https://h.example/fhir") };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_access *a = NULL;

	client.may = ww_scope_role(false);
	if (ww_access_open(&cx, &set, NOW, &a) != WW_OK)
		abort();
	ww_arena_free(cx.arena);
	return a;
}

static void
ask(struct ww_access *a, ww_str text, int64_t now)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_token_answer answer;
	struct ww_json *o;
	ww_status s = ww_access_token(&cx, a, WW_STR("application/x-www-form-urlencoded"), text,
	    WW_STR("192.0.2.1"), now, &answer);

	assert(s == WW_OK && answer.status != 200 && answer.status >= 400);
	assert(answer.status != 503); /* nothing is ever used up */
	cx.fail.status = WW_OK;
	s = ww_json_parse(&cx, answer.body, &o);
	assert(s == WW_OK && ww_json_str(ww_json_get(o, "error")).n > 0);
	ww_arena_free(cx.arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ww_access *a;
	static int64_t now = NOW;
	ww_str text = ww_str_of(data, size);
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_access_head head = { .authorization = text, .peer = WW_STR("192.0.2.1") };
	struct ww_who who;
	ww_status s;

	if (a == NULL)
		a = open_access();
	now += 60000; /* none of them too often */
	ask(a, text, now);
	s = ww_access_who(&cx, a, &head, now, &who);
	assert(s == WW_E_LOGIN && cx.fail.status == s);
	ww_arena_free(cx.arena);
	return 0;
}
