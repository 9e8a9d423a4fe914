/* Access while memory runs out: whoever is good is told to come again, and never that it is somebody else. */
#include "tests/unit/alloc_fail.h"

#include "access_fixture.h"

/* Allocations that there are at least; under the sanitizers OpenSSL's own do not fail. */
#ifdef __SANITIZE_ADDRESS__
enum { LEAST = 0 };
#else
enum { LEAST = 100 };
#endif

static ww_str assertion, issued; /* good ones */

/* A good assertion becomes a token that lets in. */
static ww_status
log_in(struct ww_ctx *cx, struct ww_access *a)
{
	ww_str body = ww_arena_printf(
	    cx->arena, "%s%.*s&scope=system/Encounter.c", FORM, WW_STR_FMT(assertion));
	struct ww_access_head head = { .peer = WW_STR("192.0.2.1") };
	struct ww_token_answer answer;
	struct ww_json *o;
	struct ww_who who;
	ww_status s = body.n > 0 ? WW_OK : ww_fail_memory(cx);

	if (s == WW_OK)
		s = ww_access_token(cx, a, WW_STR("application/x-www-form-urlencoded"), body,
		    WW_STR("192.0.2.1"), NOW, &answer);
	if (s == WW_OK && answer.status != 200)
		return cx->fail.status;
	if (s == WW_OK)
		s = ww_json_parse(cx, answer.body, &o);
	if (s != WW_OK)
		return s;
	head.authorization = ww_arena_printf(
	    cx->arena, "Bearer %.*s", WW_STR_FMT(ww_json_str(ww_json_get(o, "access_token"))));
	return head.authorization.n > 0 ? ww_access_who(cx, a, &head, NOW, &who)
	                                : ww_fail_memory(cx);
}

static ww_status
by_issuer(struct ww_ctx *cx, struct ww_access *a)
{
	struct ww_access_head head = { .authorization = issued, .peer = WW_STR("192.0.2.1") };
	struct ww_who who;

	return ww_access_who(cx, a, &head, NOW, &who);
}

struct act {
	ww_status (*run)(struct ww_ctx *cx, struct ww_access *a);
};

static bool
once(void *arg, long n)
{
	const struct act *act = arg;
	struct ww_access_settings set = {
		.config = access_config,
		.listener = ww_config_listener(access_config, WW_STR("l")),
		.folder = access_folder,
		.base = WW_STR(BASE),
	};
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_access *a = NULL;
	ww_status s = ww_access_open(&cx, &set, NOW, &a);
	bool failed;

	alloc_arm(n);
	s = act->run(&cx, a);
	failed = alloc_disarm();
	ck_assert_msg(s == WW_OK || (s == WW_E_MEMORY && failed), "n=%ld: %s: %s", n,
	    ww_status_name(s), cx.fail.reason);
	ww_access_close(a);
	ww_arena_free(cx.arena);
	return failed;
}

START_TEST(tells_nobody_that_it_is_somebody_else)
{
	struct act act = { log_in };

	ck_assert_int_gt(alloc_sweep(once, &act, 41), LEAST);
}
END_TEST

START_TEST(forgets_nothing_of_a_token_of_the_issuer)
{
	struct act act = { by_issuer };

	ck_assert_int_gt(alloc_sweep(once, &act, 41), LEAST);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { tells_nobody_that_it_is_somebody_else,
		forgets_nothing_of_a_token_of_the_issuer };
	int failed;

	access_start();
	assertion = access_assertion("Gateway-1", "1");
	issued = ww_arena_printf(jwt_cx.arena, "Bearer %.*s",
	    WW_STR_FMT(jwt_of(jwt_ec, HEADER,
	        "{\"iss\":\"https://"
	        "i.example\",\"aud\":\"api\",\"exp\":1800003600,\"client_id\":\"outside\","
	        "\"scope\":\"system/Claim.rs\"}")));
	failed = unit_main("access_alloc", tests, UNIT_COUNT(tests));
	access_end();
	return failed;
}
