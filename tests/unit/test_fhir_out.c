/* The FHIR sink against a small server in the same thread, which plays a script: each request it reads in
 * full gets the next line of it. */
#include "tests/unit/http_server.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/sink.h>

#include <pthread.h>
#include <time.h>

struct bench {
	struct ww_ctx cx;
	struct server server;
	char base[64];
	struct ww_sink sink;
	unsigned calls;
	struct ww_answer last;
	char id[128], etag[128];
};

/* -- the bench ------------------------------------------------------------------------------------- */

static void
set_up(struct bench *b, const struct line *script, size_t n)
{
	const struct ww_sink_settings set = { .ticks = ww_clock_ticks() };

	memset(b, 0, sizeof(*b));
	b->cx.arena = ww_arena_new(0);
	http_open(&b->server, script, n);
	(void)snprintf(b->base, sizeof(b->base), "http://127.0.0.1:%u/fhir", b->server.port);
	ck_assert_int_eq(ww_sink_open(&b->cx, &set, &b->sink), WW_OK);
}

static void
tear_down(struct bench *b)
{
	b->sink.ops->close(b->sink.self);
	server_close(&b->server);
	ww_arena_free(b->cx.arena);
}

static void
on_answer(void *arg, const struct ww_answer *a)
{
	struct bench *b = arg;

	b->calls++;
	b->last = *a;
	snprintf(b->id, sizeof(b->id), "%.*s", WW_STR_FMT(a->remote_id));
	snprintf(b->etag, sizeof(b->etag), "%.*s", WW_STR_FMT(a->etag));
}

static struct ww_request
request(struct bench *b, enum ww_verb verb)
{
	struct ww_request r = { .verb = verb,
		.base = ww_str_from(b->base),
		.type = WW_STR("Task"),
		.key = WW_STR("urn:example:task|k 1"),
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.body = WW_STR("{\"resourceType\":\"Task\"}"),
		.timeout = 1 };

	if (verb == WW_VERB_UPDATE) {
		r.remote_id = WW_STR("17");
		r.etag = WW_STR("W/\"3\"");
	}
	return r;
}

static void
start(struct bench *b, struct ww_request r)
{
	ck_assert_int_eq(b->sink.ops->send(b->sink.self, &b->cx, &r, on_answer, b), WW_OK);
}

static void
wait_for(struct bench *b, unsigned calls)
{
	while (b->calls < calls) {
		b->sink.ops->poll(b->sink.self, 2);
		serve(&b->server);
	}
}

static void
send_one(struct bench *b, struct ww_request r)
{
	unsigned calls = b->calls;

	start(b, r);
	ck_assert_uint_eq(b->calls, calls);
	wait_for(b, calls + 1);
	ck_assert_uint_eq(b->calls, calls + 1);
}

static const char *
asked(struct bench *b, size_t i)
{
	ck_assert_uint_lt(i, b->server.requests_n);
	return ww_arena_cstr(b->cx.arena, ww_buf_view(&b->server.requests[i]));
}

static void
has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in \"%s\"", part, text);
}

#define CREATED "HTTP/1.1 201 Created\nLocation: http://h/fhir/Task/17/_history/3\nETag: W/\"3\""
#define TASK(id, version, key)                                                                     \
	"{\"resourceType\":\"Task\",\"id\":\"" id "\",\"meta\":{\"versionId\":\"" version          \
	"\"},\"identifier\":[{\"system\":\"urn:other\",\"value\":\"k 1\"},"                        \
	"{\"system\":\"urn:example:task\",\"value\":\"" key "\"}]}"
#define OUTCOME(severity, code)                                                                    \
	"{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"warning\","             \
	"\"code\":\"value\"},{\"severity\":\"" severity "\",\"code\":\"" code "\","                \
	"\"diagnostics\":\"SECRET\"}]}"
#define OK "HTTP/1.1 200 OK\nContent-Type: application/fhir+json\n\n"
#define BUNDLE(entries)                                                                            \
	OK "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[" entries "]}"
#define MATCH(resource) "{\"search\":{\"mode\":\"match\"},\"resource\":" resource "}"

/* -- what is asked --------------------------------------------------------------------------------- */

START_TEST(a_create_is_conditional_on_its_key)
{
	static const struct line script[] = { { WHOLE, CREATED } };
	struct bench b;
	const char *q;

	set_up(&b, script, 1);
	send_one(&b, request(&b, WW_VERB_CREATE));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_int_eq((int)b.last.http, 201);
	ck_assert_str_eq(b.id, "17");
	ck_assert_str_eq(b.etag, "W/\"3\"");
	q = asked(&b, 0);
	has(q, "POST /fhir/Task HTTP/1.1\r\n");
	has(q, "\r\nIf-None-Exist: identifier=urn%3Aexample%3Atask%7Ck%201\r\n");
	has(q, "\r\nContent-Type: application/fhir+json\r\n");
	has(q, "\r\nAccept: application/fhir+json\r\n");
	has(q, "\r\nPrefer: return=representation\r\n");
	has(q, "\r\n\r\n{\"resourceType\":\"Task\"}");
	ck_assert_ptr_null(strstr(q, "Expect"));
	ck_assert_ptr_null(strstr(q, "Transfer-Encoding"));
	tear_down(&b);
}
END_TEST

START_TEST(an_update_names_the_version_it_knows)
{
	static const struct line script[] = { { WHOLE, "HTTP/1.1 200 OK\nETag: W/\"4\"" } };
	struct ww_request r;
	struct bench b;
	const char *q;

	set_up(&b, script, 1);
	send_one(&b, request(&b, WW_VERB_UPDATE));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_str_eq(b.id, "17");
	ck_assert_str_eq(b.etag, "W/\"4\"");
	q = asked(&b, 0);
	has(q, "PUT /fhir/Task/17 HTTP/1.1\r\n");
	has(q, "\r\nIf-Match: W/\"3\"\r\n");
	ck_assert_ptr_null(strstr(q, "If-None-Exist"));
	has(q, "\r\n\r\n{\"resourceType\":\"Task\"}");
	r = request(&b, WW_VERB_UPDATE);
	r.etag = ww_str_empty();
	send_one(&b, r);
	ck_assert_ptr_null(strstr(asked(&b, 1), "If-Match"));
	tear_down(&b);
}
END_TEST

START_TEST(a_search_asks_for_the_key)
{
	static const struct line script[] = { { WHOLE, BUNDLE(MATCH(TASK("17", "3", "k 1"))) } };
	struct bench b;
	const char *q;

	set_up(&b, script, 1);
	send_one(&b, request(&b, WW_VERB_CREATE)); /* the handle is used again after a POST */
	send_one(&b, request(&b, WW_VERB_SEARCH));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_str_eq(b.id, "17");
	ck_assert_str_eq(b.etag, "W/\"3\"");
	q = asked(&b, 1);
	has(q, "GET /fhir/Task?identifier=urn%3Aexample%3Atask%7Ck%201 HTTP/1.1\r\n");
	has(q, "\r\nPrefer: handling=strict\r\n");
	ck_assert_ptr_null(strstr(q, "Content-"));
	ck_assert_ptr_null(strstr(q, "resourceType"));
	tear_down(&b);
}
END_TEST

START_TEST(refuses_to_send_what_would_break_the_request)
{
	static const struct line script[] = { { WHOLE, CREATED } };
	struct ww_request r;
	struct bench b;

	set_up(&b, script, 1);
	r = request(&b, WW_VERB_UPDATE);
	r.remote_id = ww_str_empty();
	ck_assert_int_eq(b.sink.ops->send(b.sink.self, &b.cx, &r, on_answer, &b), WW_E_VALUE);
	r = request(&b, WW_VERB_UPDATE);
	r.etag = WW_STR("W/\"3\"\r\nX: y");
	ck_assert_int_eq(b.sink.ops->send(b.sink.self, &b.cx, &r, on_answer, &b), WW_E_VALUE);
	r = request(&b, WW_VERB_UPDATE);
	r.remote_id = WW_STR("../x?y\r\nX: y");
	send_one(&b, r);
	has(asked(&b, 0), "PUT /fhir/Task/..%2Fx%3Fy%0D%0AX%3A%20y HTTP/1.1\r\n");
	ck_assert_uint_eq(b.calls, 1);
	tear_down(&b);
}
END_TEST

/* -- what is read from the answer ------------------------------------------------------------------ */

struct row {
	enum ww_verb verb;
	enum manner manner;
	const char *reply;
	enum ww_result result;
	long http;
	const char *id, *etag, *reason;
};

#define POST WW_VERB_CREATE
#define PUT WW_VERB_UPDATE
#define GET WW_VERB_SEARCH

static void
check_rows(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct line line = { rows[i].manner, rows[i].reply };
		struct bench b;

		set_up(&b, &line, 1);
		send_one(&b, request(&b, rows[i].verb));
		ck_assert_msg(b.last.result == rows[i].result && b.last.http == rows[i].http &&
		                  strcmp(b.id, rows[i].id) == 0 &&
		                  strcmp(b.etag, rows[i].etag) == 0 &&
		                  strcmp(b.last.reason, rows[i].reason) == 0,
		    "row %zu: %s http=%ld id=%s etag=%s reason=%s", i,
		    ww_result_text(b.last.result), b.last.http, b.id, b.etag, b.last.reason);
		ck_assert_uint_eq(b.server.requests_n, 1);
		tear_down(&b);
	}
}

START_TEST(reads_id_and_version_where_the_receiver_puts_them)
{
	static const struct row rows[] = {
		{ POST, WHOLE, "HTTP/1.1 201 C\nLocation: Task/9", WW_RESULT_SENT, 201, "9", "",
		    "" },
		{ POST, WHOLE, "HTTP/1.1 201 C\nLocation: /x/Task/9/_history/4/", WW_RESULT_SENT,
		    201, "9", "W/\"4\"", "" },
		{ POST, WHOLE,
		    "HTTP/1.1 201 C\nlocation: https://h/Task/9/_history/4\netag: W/\"5\"",
		    WW_RESULT_SENT, 201, "9", "W/\"5\"", "" },
		{ POST, WHOLE, "HTTP/1.1 201 C\n\n" TASK("9", "6", "k"), WW_RESULT_SENT, 201, "9",
		    "W/\"6\"", "" },
		{ POST, WHOLE, "HTTP/1.1 201 C\nLocation: Task/9\n\n" TASK("9", "6", "k"),
		    WW_RESULT_SENT, 201, "9", "W/\"6\"", "" },
		{ POST, WHOLE, "HTTP/1.1 201 C\nLocation: Patient/9", WW_RESULT_SENT, 201, "", "",
		    "" },
		{ POST, WHOLE, "HTTP/1.1 201 C\nLocation: Task/a%20b", WW_RESULT_SENT, 201, "", "",
		    "" },
		{ POST, WHOLE, "HTTP/1.1 201 C\nLocation: Task/..", WW_RESULT_SENT, 201, "", "",
		    "" },
		{ POST, WHOLE, "HTTP/1.1 201 C\n\n{\"resourceType\":\"Patient\",\"id\":\"9\"}",
		    WW_RESULT_SENT, 201, "", "", "" },
		{ POST, WHOLE, OK TASK("8", "2", "k"), WW_RESULT_SENT, 200, "8", "W/\"2\"", "" },
		{ POST, WHOLE, "HTTP/1.1 204 N\nLocation: Task/9", WW_RESULT_SENT, 204, "9", "",
		    "" },
		{ PUT, WHOLE, OK TASK("17", "7", "k"), WW_RESULT_SENT, 200, "17", "W/\"7\"", "" },
		{ PUT, WHOLE, "HTTP/1.1 200 OK", WW_RESULT_SENT, 200, "17", "", "" },
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(tells_refusals_from_troubles)
{
	static const struct row rows[] = {
		{ POST, WHOLE, "HTTP/1.1 503 S", WW_RESULT_UNCERTAIN, 503, "", "",
		    "receiver not available" },
		{ PUT, WHOLE, "HTTP/1.1 503 S", WW_RESULT_UNCERTAIN, 503, "", "",
		    "receiver not available" },
		{ POST, WHOLE, "HTTP/1.1 412 P", WW_RESULT_CONFLICT, 412, "", "",
		    "precondition failed" },
		{ PUT, WHOLE, "HTTP/1.1 412 P", WW_RESULT_CONFLICT, 412, "", "",
		    "precondition failed" },
		{ PUT, WHOLE, "HTTP/1.1 410 G", WW_RESULT_PARKED, 410, "", "",
		    "deleted by the receiver" },
		{ POST, WHOLE, "HTTP/1.1 422 U\n\n" OUTCOME("error", "required"), WW_RESULT_PARKED,
		    422, "", "", "required" },
		{ POST, WHOLE, "HTTP/1.1 400 B\n\n" OUTCOME("fatal", "throttled"), WW_RESULT_RETRY,
		    400, "", "", "throttled" },
		{ POST, WHOLE, OK OUTCOME("error", "business-rule"), WW_RESULT_PARKED, 200, "", "",
		    "business-rule" },
		{ POST, WHOLE, OK OUTCOME("error", "transient"), WW_RESULT_RETRY, 200, "", "",
		    "transient" },
		{ POST, WHOLE, OK OUTCOME("error", "SECRET"), WW_RESULT_PARKED, 200, "", "",
		    "unknown issue code" },
		{ POST, WHOLE, CREATED "\n\n" OUTCOME("information", "informational"),
		    WW_RESULT_SENT, 201, "17", "W/\"3\"", "" },
		{ POST, WHOLE, OK "<html>", WW_RESULT_UNCERTAIN, 200, "", "",
		    "answer is not FHIR" },
		{ POST, WHOLE, "HTTP/1.1 200 OK", WW_RESULT_UNCERTAIN, 200, "", "",
		    "answer names no resource" },
		{ POST, WHOLE, "HTTP/1.1 302 F\nLocation: http://127.0.0.1:1/Task/5",
		    WW_RESULT_RETRY, 302, "", "", "redirected" },
		{ POST, WHOLE, "hello", WW_RESULT_UNCERTAIN, 0, "", "", "connection broken" },
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(tells_sent_from_perhaps_sent)
{
	static const struct row rows[] = {
		{ POST, RESET, NULL, WW_RESULT_UNCERTAIN, 0, "", "", "connection broken" },
		{ PUT, RESET, NULL, WW_RESULT_UNCERTAIN, 0, "", "", "connection broken" },
		{ GET, RESET, NULL, WW_RESULT_RETRY, 0, "", "", "connection broken" },
		{ POST, THEN_CUT, CREATED "\nContent-Length: 500\n\n{", WW_RESULT_UNCERTAIN, 201,
		    "", "", "connection broken" },
		{ PUT, THEN_CUT, CREATED "\nContent-Length: 500\n\n{", WW_RESULT_UNCERTAIN, 201, "",
		    "", "connection broken" },
		{ POST, THEN_CUT, "HTTP/1.1 400 B\nContent-Length: 500\n\n{", WW_RESULT_PARKED, 400,
		    "", "", "refused" },
		{ POST, WHOLE, CREATED "\nContent-Length: 2000000\n\n{", WW_RESULT_UNCERTAIN, 201,
		    "", "", "answer too large" },
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(reads_what_a_search_found)
{
	static const struct row rows[] = {
		{ GET, WHOLE, OK "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":0}",
		    WW_RESULT_ABSENT, 200, "", "", "" },
		{ GET, WHOLE, BUNDLE(""), WW_RESULT_ABSENT, 200, "", "", "" },
		{ GET, WHOLE,
		    BUNDLE(MATCH(TASK("12", "2", "k 1")) "," MATCH(TASK("9", "5", "k 1"))),
		    WW_RESULT_SENT, 200, "9", "W/\"5\"", "duplicates at the receiver" },
		{ GET, WHOLE, BUNDLE(MATCH(TASK("b", "2", "k 1")) "," MATCH(TASK("a", "5", "k 1"))),
		    WW_RESULT_SENT, 200, "a", "W/\"5\"", "duplicates at the receiver" },
		{ GET, WHOLE,
		    BUNDLE(MATCH(TASK("1", "2", "strange")) "," MATCH(TASK("9", "5", "k 1"))),
		    WW_RESULT_SENT, 200, "9", "W/\"5\"", "" },
		{ GET, WHOLE, BUNDLE(MATCH(TASK("1", "2", "strange"))), WW_RESULT_PARKED, 200, "",
		    "", "search result holds other resources only" },
		{ GET, WHOLE,
		    BUNDLE("{\"search\":{\"mode\":\"outcome\"},\"resource\":" OUTCOME(
		        "warning", "value") "}"),
		    WW_RESULT_ABSENT, 200, "", "", "" },
		{ GET, WHOLE, OK OUTCOME("error", "timeout"), WW_RESULT_RETRY, 200, "", "",
		    "timeout" },
		{ GET, WHOLE, OK "<html>", WW_RESULT_RETRY, 200, "", "",
		    "answer is no search result" },
		{ GET, WHOLE, "HTTP/1.1 400 B", WW_RESULT_PARKED, 400, "", "", "refused" },
	};

	check_rows(rows, UNIT_COUNT(rows));
}
END_TEST

START_TEST(reads_when_to_come_again)
{
	static const struct {
		const char *reply;
		long want;
	} rows[] = {
		{ "HTTP/1.1 429 T\nRetry-After: 7", 7 },
		{ "HTTP/1.1 429 T\nRetry-After: 99999999", 86400 },
		{ "HTTP/1.1 429 T\nRetry-After: Fri, 31 Dec 2060 23:59:59 GMT", 86400 },
		{ "HTTP/1.1 429 T\nRetry-After: Fri, 31 Dec 1999 23:59:59 GMT", 0 },
		{ "HTTP/1.1 429 T\nRetry-After: soon", 0 },
		{ "HTTP/1.1 429 T", 0 },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(rows); i++) {
		const struct line line = { WHOLE, rows[i].reply };
		struct bench b;

		set_up(&b, &line, 1);
		send_one(&b, request(&b, WW_VERB_CREATE));
		ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
		ck_assert_msg(b.last.retry_after == rows[i].want, "%s: %ld", rows[i].reply,
		    b.last.retry_after);
		tear_down(&b);
	}
}
END_TEST

/* -- connections ----------------------------------------------------------------------------------- */

START_TEST(a_receiver_that_hangs_is_uncertain)
{
	static const struct line script[] = { { HANG, NULL } };
	struct bench b;

	set_up(&b, script, 1);
	send_one(&b, request(&b, WW_VERB_CREATE));
	ck_assert_int_eq(b.last.result, WW_RESULT_UNCERTAIN);
	ck_assert_str_eq(b.last.reason, "no answer in time");
	tear_down(&b);
}
END_TEST

START_TEST(a_port_where_nobody_listens_is_retried)
{
	static const struct line script[] = { { HANG, NULL } };
	struct bench b;

	set_up(&b, script, 1);
	close(b.server.listener);
	b.server.listener = -1;
	send_one(&b, request(&b, WW_VERB_CREATE));
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.last.reason, "no connection");
	tear_down(&b);
}
END_TEST

START_TEST(a_receiver_without_tls_is_retried)
{
	static const struct line script[] = { { HANG, NULL } };
	struct ww_request r;
	struct bench b;
	int fd;

	set_up(&b, script, 1);
	r = request(&b, WW_VERB_CREATE);
	r.base = ww_arena_printf(b.cx.arena, "https%s", b.base + strlen("http"));
	start(&b, r);
	while ((fd = accept(b.server.listener, NULL, NULL)) < 0)
		b.sink.ops->poll(b.sink.self, 2);
	ck_assert_int_eq((int)send(fd, "HTTP/1.1 400 Bad\r\n\r\n", 20, MSG_NOSIGNAL), 20);
	while (b.calls == 0)
		b.sink.ops->poll(b.sink.self, 2);
	close(fd);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.last.reason, "no TLS session");
	tear_down(&b);
}
END_TEST

START_TEST(a_handshake_that_hangs_is_retried)
{
	static const struct line script[] = { { HANG, NULL } };
	struct ww_request r;
	struct bench b;

	set_up(&b, script, 1);
	r = request(&b, WW_VERB_CREATE);
	r.base = ww_arena_printf(b.cx.arena, "https%s", b.base + strlen("http"));
	start(&b, r);
	while (b.calls == 0) /* the connection lies in the listener's queue */
		b.sink.ops->poll(b.sink.self, 50);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.last.reason, "no connection");
	tear_down(&b);
}
END_TEST

START_TEST(an_address_of_another_kind_is_parked)
{
	static const char *const bases[] = { "ftp://127.0.0.1/fhir", "file:///tmp", "://" };
	static const struct line script[] = { { HANG, NULL } };
	struct ww_request r;
	struct bench b;
	size_t i;

	set_up(&b, script, 1);
	for (i = 0; i < UNIT_COUNT(bases); i++) {
		r = request(&b, WW_VERB_CREATE);
		r.base = ww_str_from(bases[i]);
		send_one(&b, r);
		ck_assert_msg(b.last.result == WW_RESULT_PARKED, "%s: %s", bases[i], b.last.reason);
		ck_assert_str_eq(b.last.reason, "the address cannot be used");
	}
	tear_down(&b);
}
END_TEST

START_TEST(connections_are_used_again)
{
	static const struct line script[] = { { WHOLE, CREATED } };
	struct bench b;
	int i;

	set_up(&b, script, 1);
	for (i = 0; i < 5; i++)
		send_one(&b, request(&b, WW_VERB_CREATE));
	ck_assert_uint_eq(b.server.requests_n, 5);
	ck_assert_uint_eq(b.server.peers_n, 1);
	tear_down(&b);
}
END_TEST

START_TEST(a_create_is_never_sent_twice_by_itself)
{
	/* The HTTP library likes to repeat a request whose kept connection broke before the answer. */
	static const struct line script[] = { { WHOLE, CREATED }, { RESET, NULL },
		{ WHOLE, CREATED } };
	struct bench b;

	set_up(&b, script, 3);
	send_one(&b, request(&b, WW_VERB_CREATE));
	send_one(&b, request(&b, WW_VERB_CREATE));
	ck_assert_int_eq(b.last.result, WW_RESULT_UNCERTAIN);
	ck_assert_uint_eq(b.server.requests_n, 2);
	tear_down(&b);
}
END_TEST

/* A reply that redirects to path at the server itself, spelled with its port. */
static const char *
redirect(struct bench *b, int status, const char *path)
{
	return ww_arena_printf(b->cx.arena, "HTTP/1.1 %d R\nLocation: %.*s%s", status,
	    (int)(strlen(b->base) - strlen("/fhir")), b->base, path)
	    .p;
}

START_TEST(follows_a_redirect_within_the_origin)
{
	struct line script[] = { { WHOLE, "HTTP/1.1 307 R\nLocation: /other/Task?a=b" },
		{ WHOLE, NULL }, { WHOLE, CREATED }, { WHOLE, "HTTP/1.1 308 R\nLocation: 18" },
		{ WHOLE, "HTTP/1.1 200 OK\nETag: W/\"4\"" } };
	struct bench b;

	set_up(&b, script, UNIT_COUNT(script));
	script[1].reply = redirect(&b, 308, "/third");
	send_one(&b, request(&b, WW_VERB_CREATE));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_str_eq(b.id, "17");
	ck_assert_uint_eq(b.server.requests_n, 3);
	has(asked(&b, 1), "POST /other/Task?a=b HTTP/1.1\r\n");
	has(asked(&b, 2), "POST /third HTTP/1.1\r\n");
	has(asked(&b, 2), "\r\nIf-None-Exist: identifier=urn%3Aexample%3Atask%7Ck%201\r\n");
	has(asked(&b, 2), "\r\nContent-Type: application/fhir+json\r\n");
	has(asked(&b, 2), "\r\n\r\n{\"resourceType\":\"Task\"}");
	send_one(&b, request(&b, WW_VERB_UPDATE));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_str_eq(b.id, "17"); /* what was asked for, whatever the place is called */
	has(asked(&b, 4), "PUT /fhir/Task/18 HTTP/1.1\r\n");
	has(asked(&b, 4), "\r\nIf-Match: W/\"3\"\r\n");
	tear_down(&b);
}
END_TEST

/* Nothing is repeated at another server, nor with another method. */
START_TEST(follows_no_redirect_elsewhere)
{
	static const char *const replies[] = {
		"HTTP/1.1 307 R\nLocation: http://127.0.0.1:1/fhir/Task",
		"HTTP/1.1 308 R\nLocation: //127.0.0.1:1/fhir/Task",
		"HTTP/1.1 307 R",
		"HTTP/1.1 307 R\nLocation: http://[",
		"HTTP/1.1 307 R\nLocation: file:///etc/hostname",
		"HTTP/1.1 301 R\nLocation: /other/Task",
		"HTTP/1.1 302 R\nLocation: /other/Task",
		"HTTP/1.1 303 R\nLocation: /other/Task",
	};
	static const char *const elsewhere[] = { "https://127.0.0.1:%s/fhir",
		"http://localhost:%s/", "http://127.0.0.1:%s0/", "http://x@127.0.0.1:%s/",
		"http://127.0.0.1:%s@x/" };
	struct line script[] = { { WHOLE, NULL } };
	struct bench b;

	for (size_t i = 0; i < UNIT_COUNT(replies) + UNIT_COUNT(elsewhere); i++) {
		struct ww_buf to = { 0 };

		set_up(&b, script, 1);
		if (i < UNIT_COUNT(replies)) {
			ww_buf_cstr(&to, replies[i]);
		} else { /* %s is the port */
			const char *form = elsewhere[i - UNIT_COUNT(replies)];
			const char *port = strstr(form, "%s");

			ww_buf_cstr(&to, "HTTP/1.1 307 R\nLocation: ");
			ww_buf_add(&to, form, (size_t)(port - form));
			ww_buf_add(
			    &to, strrchr(b.base, ':') + 1, strcspn(strrchr(b.base, ':') + 1, "/"));
			ww_buf_cstr(&to, port + 2);
		}
		ww_buf_byte(&to, '\0');
		script[0].reply = ww_buf_view(&to).p;
		send_one(&b, request(&b, WW_VERB_CREATE));
		ck_assert_str_eq(b.last.reason, "redirected");
		ck_assert_uint_eq(b.server.requests_n, 1);
		ww_buf_free(&to);
		tear_down(&b);
	}
}
END_TEST

START_TEST(leaves_a_circle_of_redirects)
{
	static const struct line script[] = { { WHOLE, "HTTP/1.1 307 R\nLocation: /fhir/Task" } };
	struct bench b;

	set_up(&b, script, 1);
	send_one(&b, request(&b, WW_VERB_CREATE));
	ck_assert_str_eq(b.last.reason, "redirected");
	ck_assert_uint_eq(b.server.requests_n, 4);
	tear_down(&b);
}
END_TEST

START_TEST(many_requests_run_at_the_same_time)
{
	static const struct line script[] = { { WHOLE, CREATED } };
	struct bench b;
	int i;

	set_up(&b, script, 1);
	for (i = 0; i < 20; i++)
		start(&b, request(&b, WW_VERB_CREATE));
	wait_for(&b, 20);
	ck_assert_uint_eq(b.calls, 20);
	ck_assert_uint_eq(b.server.requests_n, 20);
	ck_assert_uint_gt(b.server.peers_n, 1);
	tear_down(&b);
}
END_TEST

START_TEST(closing_ends_open_requests_as_uncertain)
{
	static const struct line script[] = { { HANG, NULL } };
	struct bench b;

	set_up(&b, script, 1);
	start(&b, request(&b, WW_VERB_CREATE));
	start(&b, request(&b, WW_VERB_SEARCH));
	b.sink.ops->poll(b.sink.self, 1);
	tear_down(&b);
	ck_assert_uint_eq(b.calls, 2);
	ck_assert_int_eq(b.last.result, WW_RESULT_UNCERTAIN);
}
END_TEST

static void *
wake(void *arg)
{
	struct bench *b = arg;

	b->sink.ops->wake(b->sink.self);
	return NULL;
}

START_TEST(waking_ends_a_waiting_poll)
{
	static const struct line script[] = { { HANG, NULL } };
	struct bench b;
	pthread_t thread;

	set_up(&b, script, 1);
	ck_assert_int_eq(pthread_create(&thread, NULL, wake, &b), 0);
	b.sink.ops->poll(b.sink.self, 60000);
	pthread_join(thread, NULL);
	tear_down(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_create_is_conditional_on_its_key,
		an_update_names_the_version_it_knows, a_search_asks_for_the_key,
		refuses_to_send_what_would_break_the_request,
		reads_id_and_version_where_the_receiver_puts_them, tells_refusals_from_troubles,
		tells_sent_from_perhaps_sent, reads_what_a_search_found, reads_when_to_come_again,
		a_receiver_that_hangs_is_uncertain, a_port_where_nobody_listens_is_retried,
		a_receiver_without_tls_is_retried, a_handshake_that_hangs_is_retried,
		an_address_of_another_kind_is_parked, connections_are_used_again,
		a_create_is_never_sent_twice_by_itself, follows_a_redirect_within_the_origin,
		follows_no_redirect_elsewhere, leaves_a_circle_of_redirects,
		many_requests_run_at_the_same_time, closing_ends_open_requests_as_uncertain,
		waking_ends_a_waiting_poll };

	return unit_main("fhir_out", tests, UNIT_COUNT(tests));
}
