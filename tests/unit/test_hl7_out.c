/* Messages by POST, against a small server in the same thread which plays a script, and what its answers mean. */
#include "tests/unit/http_server.h"
#include "tests/unit/sink_bench.h"

#include "link/hl7_class.h"
#include "link/http_url.h"

#define MESSAGE_AS(id)                                                                             \
	"MSH|^~\\&|ADT|MERCY|LAB|LAB|20260302080000||ADT^A01|" id "|P|2.5.1\rPID|1||17\r"
#define MESSAGE MESSAGE_AS("C1")
#define OK "HTTP/1.1 200 OK\nContent-Type: application/hl7-v2\n\n"
#define ACK_OF(code, id) "MSH|^~\\&|LAB|R|S|S|20260302||ACK|L1|P|2.5.1\rMSA|" code "|" id "\r"
#define ACK(code) ACK_OF(code, "C1")

/* -- the bench ----------------------------------------------------------------------------------------- */

static void
set_up(struct bench *b, const struct line *script, size_t n)
{
	memset(b, 0, sizeof(*b));
	http_open(&b->server, script, n);
	bench_open(b, "http://127.0.0.1:%u/hl7/in");
}

static void
to_https(struct bench *b)
{
	(void)snprintf(b->base, sizeof(b->base), "https://127.0.0.1:%u/hl7/in", b->server.port);
}

static void
has(ww_str text, const char *part)
{
	struct ww_buf b = { .p = NULL };

	ww_buf_str_add(&b, text);
	ww_buf_byte(&b, '\0');
	ck_assert_msg(strstr(b.p, part) != NULL, "no \"%s\" in \"%s\"", part, b.p);
	ww_buf_free(&b);
}

/* -- requests and answers -------------------------------------------------------------------------------- */

START_TEST(posts_the_message_as_it_is)
{
	SET_UP(b, { WHOLE, OK ACK("AA") });
	ww_str q;

	ends(&b, MESSAGE, WW_RESULT_SENT, "");
	ck_assert_int_eq((int)b.last.http, 200);
	q = ww_buf_view(&b.server.requests[0]);
	has(q, "POST /hl7/in HTTP/1.1\r\n");
	has(q, "\r\nContent-Type: application/hl7-v2\r\n");
	has(q, "\r\nAccept: application/hl7-v2\r\n");
	has(q, "\r\n\r\n" MESSAGE);
	tear_down(&b);
}
END_TEST

START_TEST(names_the_character_set_as_msh_18_does)
{
	static const struct {
		const char *set, *type;
	} table[] = { { "", "\r\nContent-Type: application/hl7-v2\r\n" },
		{ "ASCII", "\r\nContent-Type: application/hl7-v2; charset=US-ASCII\r\n" },
		{ "UNICODE UTF-8~8859/1",
		    "\r\nContent-Type: application/hl7-v2; charset=UTF-8\r\n" },
		{ "8859/15", "\r\nContent-Type: application/hl7-v2; charset=ISO-8859-15\r\n" },
		{ "8859/15\\X0D0A\\Evil: 1", "\r\nContent-Type: application/hl7-v2\r\n" } };
	SET_UP(b, { WHOLE, OK ACK("AA") });

	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		char text[256];

		(void)snprintf(text, sizeof(text),
		    "MSH|^~\\&|A|M|L|L|20260302||ADT^A01|C1|P|2.5.1||||||%s\rPID|1||17\r",
		    table[i].set);
		deliver(&b, request(&b, text));
		ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
		has(ww_buf_view(&b.server.requests[i]), table[i].type);
	}
	tear_down(&b);
}
END_TEST

START_TEST(the_acknowledgement_decides)
{
	SET_UP(b, { WHOLE, OK ACK("CA") }, { WHOLE, OK ACK("AE") },
	    { WHOLE, "HTTP/1.1 500 Oops\n\n" ACK("AE") },
	    { WHOLE, "HTTP/1.1 400 Bad\n\n" ACK("AR") },
	    { WHOLE, "HTTP/1.1 500 Oops\n\n" ACK("AA") }, { WHOLE, OK ACK_OF("AA", "C2") },
	    { WHOLE, OK "<html>Welcome</html>" }, { WHOLE, "HTTP/1.1 202 Accepted" },
	    { WHOLE, "HTTP/1.1 204 No Content" });
	struct ww_request r;

	ends(&b, MESSAGE, WW_RESULT_SENT, "");
	ends(&b, MESSAGE, WW_RESULT_PARKED, "refused with AE");
	r = request(&b, MESSAGE);
	r.insist = true;
	deliver(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ends(&b, MESSAGE, WW_RESULT_PARKED, "refused with AR");
	ends(&b, MESSAGE, WW_RESULT_RETRY, "receiver failed");
	ends(&b, MESSAGE, WW_RESULT_RETRY, "answer does not acknowledge the message");
	ends(&b, MESSAGE, WW_RESULT_RETRY, "answer does not acknowledge the message");
	ends(&b, MESSAGE, WW_RESULT_SENT, "");
	ends(&b, MESSAGE, WW_RESULT_SENT, "");
	tear_down(&b);
}
END_TEST

START_TEST(the_status_decides_where_nothing_is_acknowledged)
{
	static const struct {
		long http;
		bool acknowledged; /* with AA, which must not make it better */
		enum ww_result result;
	} table[] = { { 301, false, WW_RESULT_RETRY }, { 308, true, WW_RESULT_RETRY },
		{ 400, false, WW_RESULT_PARKED }, { 401, true, WW_RESULT_RETRY },
		{ 403, true, WW_RESULT_PARKED }, { 404, true, WW_RESULT_PARKED },
		{ 408, false, WW_RESULT_RETRY }, { 415, false, WW_RESULT_PARKED },
		{ 422, true, WW_RESULT_PARKED }, { 429, true, WW_RESULT_RETRY },
		{ 500, false, WW_RESULT_RETRY }, { 501, false, WW_RESULT_PARKED },
		{ 502, true, WW_RESULT_RETRY }, { 503, true, WW_RESULT_RETRY },
		{ 599, true, WW_RESULT_RETRY }, { 99, false, WW_RESULT_RETRY },
		{ 600, false, WW_RESULT_RETRY } };

	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		const struct ww_hl7_seen seen = { .end = WW_HTTP_DONE,
			.http = table[i].http,
			.code = table[i].acknowledged ? "AA" : NULL };
		struct ww_hl7_verdict v = ww_hl7_class_http(&seen);

		ck_assert_msg(v.result == table[i].result && v.reason[0] != '\0', "%ld: %s %s",
		    table[i].http, ww_result_text(v.result), v.reason);
	}
}
END_TEST

START_TEST(what_did_not_end_well_is_sent_again)
{
	for (int end = WW_HTTP_DONE + 1; end < WW_HTTP_ENDS; end++) {
		struct ww_hl7_seen seen = { .end = (enum ww_http_end)end, .empty = true };
		struct ww_hl7_verdict v = ww_hl7_class_http(&seen);

		ck_assert_int_eq(v.result, WW_RESULT_RETRY);
		ck_assert_str_ne(v.reason, "");
		seen.http = 200; /* its rest is missing */
		ck_assert_int_eq(ww_hl7_class_http(&seen).result, WW_RESULT_RETRY);
		seen.http = 404; /* it is a refusal whatever its rest would say */
		ck_assert_int_eq(ww_hl7_class_http(&seen).result,
		    end == WW_HTTP_CLOSED ? WW_RESULT_RETRY : WW_RESULT_PARKED);
	}
}
END_TEST

START_TEST(obeys_retry_after)
{
	SET_UP(b, { WHOLE, "HTTP/1.1 429 Slow Down\nRetry-After: 17" });
	ends(&b, MESSAGE, WW_RESULT_RETRY, "too many requests");
	ck_assert_int_eq((int)b.last.retry_after, 17);
	tear_down(&b);
}
END_TEST

START_TEST(a_connection_lost_before_the_answer)
{
	SET_UP(b, { RESET, "" }, { THEN_CUT, "HTTP/1.1 200 OK\nContent-Length: 500\n\nMSH|" });
	ends(&b, MESSAGE, WW_RESULT_RETRY, "connection broken");
	ends(&b, MESSAGE, WW_RESULT_RETRY, "connection broken");
	ck_assert_uint_eq(b.server.requests_n, 2);
	tear_down(&b);
}
END_TEST

START_TEST(refuses_what_nobody_can_acknowledge)
{
	SET_UP(b, { WHOLE, OK });
	struct ww_request r = request(&b, MESSAGE_AS(""));

	ck_assert_int_eq(b.sink.ops->send(b.sink.self, &b.cx, &r, on_answer, &b), WW_E_REQUIRED);
	ck_assert_uint_eq(b.calls, 0);
	tear_down(&b);
}
END_TEST

/* -- TLS --------------------------------------------------------------------------------------------------- */

START_TEST(trusts_whom_it_is_told_and_nobody_else)
{
	static const struct {
		const char *server, *ca, *name;
		bool good;
	} table[] = {
		{ "server", "ca", NULL, true },
		{ "server", "other", NULL, false }, /* by another authority */
		{ "server", NULL, NULL, false },    /* nobody the system knows */
		{ "client", "ca", NULL, false },    /* of another name */
		{ "client", "ca", "adt.svh.example", true }, { "server", "ca", "localhost", true },
		{ "server", "ca", "adt.svh.example", false },
		{ "old", "ca", "old", false }, /* expired */
	};
	static const struct line script[] = { { WHOLE, OK ACK("AA") } };

	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		const struct ww_endpoint_tls tls = trusts(table[i].ca, NULL, table[i].name);
		struct ww_request r;
		struct bench b;

		set_up(&b, script, 1);
		secure(&b, table[i].server, NULL);
		to_https(&b);
		r = request(&b, MESSAGE);
		r.tls = &tls;
		deliver(&b, r);
		ck_assert_msg(b.last.result == (table[i].good ? WW_RESULT_SENT : WW_RESULT_RETRY),
		    "row %zu: %s", i, b.reason);
		ck_assert_str_eq(b.reason, table[i].good ? "" : "no TLS session");
		ck_assert_uint_eq(b.server.requests_n, table[i].good ? 1 : 0);
		tear_down(&b);
	}
}
END_TEST

START_TEST(shows_its_own_certificate)
{
	const struct ww_endpoint_tls tls = trusts("ca", "lab", NULL),
	                             without = trusts("ca", NULL, NULL);
	SET_UP(b, { WHOLE, OK ACK("AA") });
	struct ww_request r;

	secure(&b, "server", "ca");
	to_https(&b);
	r = request(&b, MESSAGE);
	r.tls = &without;
	deliver(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_uint_eq(b.server.requests_n, 0);
	r.tls = &tls;
	deliver(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	r.tls = &without; /* the connection with the certificate is not this one's */
	deliver(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	tear_down(&b);
}
END_TEST

START_TEST(notices_are_sent_under_the_same_rules)
{
	const struct ww_endpoint_tls tls = trusts("ca", "lab", NULL),
	                             other = trusts("other", "lab", NULL);
	SET_UP(b, { WHOLE, "HTTP/1.1 201 Created\nLocation: /hl7/in/Task/1" });
	struct ww_request r;

	secure(&b, "server", "ca");
	to_https(&b);
	r = request(&b, "{\"resourceType\":\"Task\"}");
	r.verb = WW_VERB_CREATE;
	r.type = WW_STR("Task");
	r.tls = &other;
	deliver(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.reason, "no TLS session");
	r.tls = &tls;
	deliver(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	tear_down(&b);
}
END_TEST

START_TEST(asks_for_the_real_host_by_the_name_of_the_certificate)
{
	const struct ww_endpoint_tls tls = trusts("ca", NULL, "adt.svh.example");
	SET_UP(b, { WHOLE, OK ACK("AA") });
	struct ww_request r;
	char host[64];

	secure(&b, "client", NULL);
	to_https(&b);
	r = request(&b, MESSAGE);
	r.tls = &tls;
	deliver(&b, r);
	(void)snprintf(host, sizeof(host), "\r\nHost: 127.0.0.1:%u\r\n", b.server.port);
	has(ww_buf_view(&b.server.requests[0]), host);
	has(ww_buf_view(&b.server.requests[0]), "POST /hl7/in HTTP/1.1\r\n");
	tear_down(&b);
}
END_TEST

START_TEST(renames_a_url)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_http_place p;

	ck_assert(
	    ww_http_url_rename(&cx, WW_STR("https://[::1]/a%20b"), WW_STR("lab.example.org"), &p));
	ck_assert_str_eq(p.url, "https://lab.example.org:443/a%20b");
	ck_assert_str_eq(p.host, "Host: [::1]:443");
	ck_assert_str_eq(p.route, "lab.example.org:443:[::1]:443");
	ck_assert(!ww_http_url_rename(&cx, WW_STR("https://h/"), WW_STR("a b"), &p));
	ck_assert(!ww_http_url_rename(&cx, WW_STR("ht tp"), WW_STR("a"), &p));
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		posts_the_message_as_it_is,
		names_the_character_set_as_msh_18_does,
		the_acknowledgement_decides,
		the_status_decides_where_nothing_is_acknowledged,
		what_did_not_end_well_is_sent_again,
		obeys_retry_after,
		a_connection_lost_before_the_answer,
		refuses_what_nobody_can_acknowledge,
		trusts_whom_it_is_told_and_nobody_else,
		shows_its_own_certificate,
		notices_are_sent_under_the_same_rules,
		asks_for_the_real_host_by_the_name_of_the_certificate,
		renames_a_url,
	};
	int code;

	certs_make(&certs);
	code = unit_main("hl7_out", tests, UNIT_COUNT(tests));
	certs_remove(&certs);
	return code;
}
