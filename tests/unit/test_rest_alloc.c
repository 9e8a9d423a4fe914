/* Memory that runs out while a request is read and answered, at each allocation in turn: the answer is the right one, or says that
 * it is to be tried again. And what a practice is shown, state by state. */
#include "tests/unit/alloc_fail.h"

#include "codec/http1.h"
#include "rest/capability.h"
#include "rest/search.h"
#include "rest/settle.h"
#include "store/store.h"

#include <wardwire/json.h>

#include <limits.h>
#include <string.h>

enum { RESOURCES = 3, NOW = 1000000 };

static struct ww_ledger ledger;

/* -- what there is ---------------------------------------------------------------------------------- */

static void
put_resource(struct ww_ctx *cx, const char *id)
{
	struct ww_resource r;
	struct ww_resource_key k;
	struct ww_json *tree;
	ww_str keys;

	ww_row_init(&ww_entity_resource, &r);
	r.feed = WW_STR("acme");
	r.type = WW_STR("Encounter");
	r.id = ww_str_from(id);
	r.version = 1;
	r.updated_ms = NOW;
	r.text = ww_arena_printf(cx->arena,
	    "{\"resourceType\":\"Encounter\",\"id\":\"%s\",\"status\":\"planned\",\"class\":{"
	    "\"code\":"
	    "\"IMP\"}}",
	    id);
	ck_assert_int_eq(ww_json_parse(cx, r.text, &tree), WW_OK);
	ck_assert_int_eq(ww_resource_keys(cx, tree, NOW, &r.keys), WW_OK);
	ck_assert_int_eq(ww_put(&ledger, cx, resource, &r), WW_OK);
	for (keys = r.keys; keys.n > 0;) {
		ww_row_init(&ww_entity_resource_key, &k);
		k.key = ww_resource_key_text(cx, r.feed, r.type, ww_str_cut(keys, '\n', &keys));
		k.id = r.id;
		ck_assert_int_eq(ww_put(&ledger, cx, resource_key, &k), WW_OK);
	}
}

static void
put_notice(struct ww_ctx *cx, ww_id id, int64_t state, const char *practice, int64_t withheld)
{
	struct ww_outbox row;
	struct ww_template t;

	ww_row_init(&ww_entity_outbox, &row);
	row.id = id;
	row.practice = ww_str_from(practice);
	row.endpoint = WW_STR("ehr");
	row.resource = WW_resource_type_TASK;
	row.state = state;
	row.wanted = id >> 16;
	row.withheld = withheld;
	ck_assert_int_eq(ww_put(&ledger, cx, outbox, &row), WW_OK);
	ww_row_init(&ww_entity_template, &t);
	t.outbox = id;
	t.text =
	    WW_STR("{\"resourceType\":\"Task\",\"status\":\"requested\",\"intent\":\"order\"}");
	ck_assert_int_eq(ww_put(&ledger, cx, template, &t), WW_OK);
}

static void
fill(void)
{
	static const char *const ids[RESOURCES] = { "a", "b", "c" };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_request_answer answer;

	ck_assert_int_eq(ww_ledger_memory(&cx, &ledger), WW_OK);
	ck_assert_int_eq(ww_ledger_begin(&ledger, &cx), WW_OK);
	for (size_t i = 0; i < RESOURCES; i++)
		put_resource(&cx, ids[i]);
	ww_row_init(&ww_entity_request_answer, &answer);
	answer.seq = 7;
	answer.http = 201;
	answer.type = WW_STR("Encounter");
	answer.id = WW_STR("a");
	answer.version = 1;
	answer.updated_ms = NOW;
	ck_assert_int_eq(ww_put(&ledger, &cx, request_answer, &answer), WW_OK);
	put_notice(&cx, 4 << 16 | 1, WW_outbox_state_SETTLED, "rcca", 0);
	put_notice(&cx, 5 << 16 | 1, WW_outbox_state_DUE, "rcca", 0);
	put_notice(&cx, 6 << 16 | 1, WW_outbox_state_PARKED, "rcca", 0);
	put_notice(&cx, 7 << 16 | 1, WW_outbox_state_SUPPRESSED, "rcca", 0);
	put_notice(&cx, 8 << 16 | 1, WW_outbox_state_DISCARDED, "rcca", 0);
	put_notice(&cx, 9 << 16 | 1, WW_outbox_state_DUE, "rcca", 1);
	put_notice(&cx, 10 << 16 | 1, WW_outbox_state_DUE, "oak", 0);
	ck_assert_int_eq(ww_ledger_commit(&ledger, &cx), WW_OK);
	ww_arena_free(cx.arena);
}

/* -- what is asked ---------------------------------------------------------------------------------- */

struct question {
	const char *line, *headers;
	const char *party;
	const char *want; /* in the answer */
};

static const struct question questions[] = {
	{ "GET /Encounter/a", "", "", "\"id\":\"a\"" },
	{ "GET /Encounter/a", "Accept: application/fhir+xml\r\n", "", "<id value=\"a\"/>" },
	{ "GET /Encounter?status=planned&_count=2&colour=red", "", "", "\"relation\":\"next\"" },
	{ "GET /Encounter?_summary=count", "", "", "\"total\":3" },
	{ "GET /Task?status=requested&_total=accurate", "", "rcca", "\"total\":3" },
	{ "GET /Task/5.1", "", "rcca", "\"id\":\"5.1\"" },
	{ "GET /metadata?_format=json", "", "", "\"CapabilityStatement\"" },
	{ "POST /Encounter", "Content-Type: application/json\r\nContent-Length: 2\r\n", "",
	    "\"id\":\"a\"" },
	{ "POST /Encounter",
	    "Content-Type: application/json\r\nContent-Length: 2\r\nPrefer: "
	    "return=OperationOutcome\r\n",
	    "", "\"OperationOutcome\"" },
	{ "GET /Task/7.1", "", "rcca", NULL },  /* suppressed */
	{ "GET /Task/8.1", "", "rcca", NULL },  /* discarded */
	{ "GET /Task/9.1", "", "rcca", NULL },  /* withheld */
	{ "GET /Task/10.1", "", "rcca", NULL }, /* another practice's */
	{ "GET /Encounter/a", "", "rcca", NULL },
	{ "GET /Task/5.1", "", "", NULL },
};

static ww_status
answer(struct ww_ctx *cx, const struct question *q, const struct ww_http1_head *h,
    struct ww_rest_answer *out)
{
	struct ww_rest_ask ask;
	struct ww_rest_find f = { .ask = &ask,
		.scope = { .feed = WW_STR("acme"),
		    .client = WW_STR("c"),
		    .party = ww_str_from(q->party),
		    .endpoint = WW_STR("ehr"),
		    .base = WW_STR("http://h") },
		.form = ww_str_empty() };
	ww_status s = ww_rest_ask_read(cx, h, ww_str_empty(), &ask);
	size_t n;

	if (s != WW_OK)
		return s;
	if (ask.route.interaction == WW_REST_READ)
		return ww_rest_read(cx, &ledger, &ask, &f.scope, out);
	if (ask.route.interaction == WW_REST_SEARCH)
		return ww_rest_search(cx, &ledger, &f, &n, out);
	if (ask.route.interaction == WW_REST_CREATE)
		return ww_rest_settle(cx, &ledger, &ask, &f.scope, 7, out);
	*out = (struct ww_rest_answer){ .status = 200, .body = ww_str_empty() };
	ww_rest_body(cx, out, ask.form, ww_rest_capability(cx, WW_STR("http://h"), NULL, true));
	return WW_OK;
}

static bool
contains(ww_str text, const char *want)
{
	ww_str w = ww_str_from(want);

	for (size_t i = 0; i + w.n <= text.n; i++)
		if (memcmp(text.p + i, w.p, w.n) == 0)
			return true;
	return false;
}

static bool
ask_once(void *arg, long n)
{
	const struct question *q = arg;
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_http1 *d = ww_http1_new();
	ww_str part, text = ww_arena_printf(
	                 cx.arena, "%s HTTP/1.1\r\nHost: h\r\n%s\r\n", q->line, q->headers);
	struct ww_rest_answer a = { .body = ww_str_empty() };
	bool failed;
	ww_status s;

	ck_assert_int_eq(ww_http1_feed(d, &text, &part), WW_HTTP1_HEAD);
	alloc_arm(n);
	s = answer(&cx, q, ww_http1_head(d), &a);
	failed = alloc_disarm();
	if (failed)
		ck_assert_msg(s == WW_OK || ww_status_class(s) == WW_TRANSIENT,
		    "%s, allocation %ld: %s", q->line, n, ww_status_name(s));
	else if (q->want == NULL)
		ck_assert_msg(s == WW_E_NOT_FOUND, "%s: %s", q->line, ww_status_name(s));
	else
		ck_assert_msg(s == WW_OK && contains(a.body, q->want), "%s: %s %.*s", q->line,
		    ww_status_name(s), WW_STR_FMT(a.body));
	if (failed && s == WW_OK && q->want != NULL)
		ck_assert_msg(a.status == 503 || contains(a.body, q->want),
		    "%s, allocation %ld: %u %.*s", q->line, n, a.status, WW_STR_FMT(a.body));
	ww_http1_free(d);
	ww_arena_free(cx.arena);
	return failed;
}

START_TEST(answers_right_or_says_try_again)
{
	fill();
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct question q = questions[i];

		(void)alloc_sweep(ask_once, &q, 7);
	}
	ww_ledger_close(&ledger);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { answers_right_or_says_try_again };

	return unit_main("rest_alloc", tests, UNIT_COUNT(tests));
}
