/* Heads of requests: formats, wishes and conditions; each row a head. And what is answered: dates and statuses. */
#include "unit.h"

#include "codec/http1.h"
#include "rest/ask.h"
#include "rest/settle.h"

#include <string.h>

static struct ww_ctx cx;
static struct ww_http1 *parser;

static void
begin(void)
{
	cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	ck_assert_ptr_nonnull(cx.arena);
}

static void
end(void)
{
	ww_http1_free(parser);
	parser = NULL;
	ww_arena_free(cx.arena);
}

/* Reads "METHOD target" with those header lines. */
static ww_status
ask(const char *line, const char *headers, struct ww_rest_ask *out)
{
	ww_str part,
	    text = ww_arena_printf(cx.arena, "%s HTTP/1.1\r\nHost: h\r\n%s\r\n", line, headers);

	ww_http1_free(parser);
	parser = ww_http1_new();
	cx.fail = (struct ww_failure){ .status = WW_OK };
	ck_assert_int_eq(ww_http1_feed(parser, &text, &part), WW_HTTP1_HEAD);
	return ww_rest_ask_read(&cx, ww_http1_head(parser), WW_STR("/fhir"), out);
}

START_TEST(answers_in_the_format_that_is_asked_for)
{
	static const struct {
		const char *line, *headers;
		ww_status status;
		enum ww_rest_form form;
	} rows[] = {
		{ "GET /fhir/Encounter", "", WW_OK, WW_REST_JSON },
		{ "GET /fhir/Encounter", "Accept: */*\r\n", WW_OK, WW_REST_JSON },
		{ "GET /fhir/Encounter", "Accept: application/fhir+xml\r\n", WW_OK, WW_REST_XML },
		{ "GET /fhir/Encounter",
		    "Accept: application/fhir+xml;q=0.8, application/json;q=0.9\r\n", WW_OK,
		    WW_REST_JSON },
		{ "GET /fhir/Encounter", "Accept: text/html, */*;q=0.1\r\n", WW_OK, WW_REST_JSON },
		{ "GET /fhir/Encounter", "Accept: application/json;q=0\r\n", WW_E_ACCEPT,
		    WW_REST_JSON },
		{ "GET /fhir/Encounter", "Accept: text/turtle\r\n", WW_E_ACCEPT, WW_REST_JSON },
		{ "GET /fhir/Encounter", "Accept: application/fhir+json; fhirVersion=4.0\r\n",
		    WW_OK, WW_REST_JSON },
		{ "GET /fhir/Encounter", "Accept: application/fhir+json; fhirVersion=3.0\r\n",
		    WW_E_ACCEPT, WW_REST_JSON },
		{ "GET /fhir/Encounter?_format=xml", "Accept: application/json\r\n", WW_OK,
		    WW_REST_XML },
		{ "GET /fhir/Encounter?_format=application/fhir%2Bxml", "", WW_OK, WW_REST_XML },
		{ "GET /fhir/Encounter?a=b&_format=application%2Ffhir+json", "", WW_OK,
		    WW_REST_JSON },
		{ "GET /fhir/Encounter?_format=ttl", "", WW_E_ACCEPT, WW_REST_JSON },
		{ "POST /fhir/Encounter",
		    "Content-Length: 2\r\nContent-Type: application/fhir+xml\r\n", WW_OK,
		    WW_REST_XML },
		{ "POST /fhir/Encounter",
		    "Content-Length: 2\r\nContent-Type: application/fhir+xml\r\nAccept: */*\r\n",
		    WW_OK, WW_REST_XML },
		{ "POST /fhir/Encounter",
		    "Content-Length: 2\r\nContent-Type: text/xml\r\nAccept: application/json\r\n",
		    WW_OK, WW_REST_JSON },
		{ "POST /fhir/Encounter", "Content-Length: 2\r\n", WW_E_MEDIA, WW_REST_JSON },
		{ "POST /fhir/Encounter", "Content-Length: 2\r\nContent-Type: */*\r\n", WW_E_MEDIA,
		    WW_REST_JSON },
		{ "POST /fhir/Encounter",
		    "Content-Length: 2\r\nContent-Type: application/json; charset=\"UTF-8\"\r\n",
		    WW_OK, WW_REST_JSON },
		{ "POST /fhir/Encounter",
		    "Content-Length: 2\r\nContent-Type: application/json; charset=utf-16\r\n",
		    WW_E_MEDIA, WW_REST_JSON },
		{ "POST /fhir/Encounter/_search",
		    "Content-Length: 2\r\nContent-Type: application/x-www-form-urlencoded\r\n",
		    WW_OK, WW_REST_JSON },
		{ "POST /fhir/Encounter/_search",
		    "Content-Length: 2\r\nContent-Type: application/json\r\n", WW_E_MEDIA,
		    WW_REST_JSON },
		{ "GET /other/Encounter", "", WW_E_NOT_FOUND, WW_REST_JSON },
		{ "GET /fhirs/Encounter", "Accept: application/xml\r\n", WW_E_NOT_FOUND,
		    WW_REST_XML },
		{ "PATCH /fhir/Encounter/1", "", WW_E_METHOD, WW_REST_JSON },
	};

	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ww_rest_ask a;
		ww_status s = ask(rows[i].line, rows[i].headers, &a);

		ck_assert_msg(s == rows[i].status, "row %zu: %s", i, ww_status_name(s));
		ck_assert_msg(a.form == rows[i].form, "row %zu: format", i);
	}
	end();
}
END_TEST

START_TEST(reads_what_is_wished_for)
{
	struct ww_rest_ask a;

	begin();
	ck_assert_int_eq(
	    ask("GET /fhir/Encounter",
	        "Prefer: respond-async, return=minimal; x=y\r\nX-Request-Id: a-1.b\r\n", &a),
	    WW_OK);
	ck_assert_int_eq(a.give, WW_REST_RETURN_MINIMAL);
	ck_assert(!a.strict);
	unit_str_is(a.request_id, "a-1.b");
	ck_assert_int_eq(ask("GET /fhir/Encounter",
	                     "Prefer: handling=strict, return=OperationOutcome\r\n"
	                     "X-Request-Id: <script>\r\nIf-None-Match: W/\"3\"\r\n",
	                     &a),
	    WW_OK);
	ck_assert_int_eq(a.give, WW_REST_RETURN_OUTCOME);
	ck_assert(a.strict);
	unit_str_is(a.request_id, "");
	unit_str_is(a.if_none_match, "W/\"3\"");
	/* Said on several lines it is one list. */
	ck_assert_int_eq(ask("GET /fhir/Encounter",
	                     "Prefer: return=minimal\r\nPrefer: handling=strict\r\n"
	                     "Accept: application/json;q=0.1\r\nAccept: application/xml\r\n"
	                     "If-None-Match: W/\"3\"\r\nIf-None-Match: W/\"4\"\r\n",
	                     &a),
	    WW_OK);
	ck_assert_int_eq(a.give, WW_REST_RETURN_MINIMAL);
	ck_assert(a.strict);
	ck_assert_int_eq(a.form, WW_REST_XML);
	unit_str_is(a.if_none_match, "W/\"3\", W/\"4\"");
	ck_assert_int_eq(ask("GET /fhir/Encounter", "Prefer: return=everything\r\n", &a), WW_OK);
	ck_assert_int_eq(a.give, WW_REST_RETURN_ANY);
	ck_assert_int_eq(ask("POST /fhir/Encounter",
	                     "Content-Encoding: gzip\r\nContent-Length: 1\r\n"
	                     "Content-Type: application/json\r\n",
	                     &a),
	    WW_OK);
	ck_assert(a.gzip);
	end();
}
END_TEST

/* As a proxy is asked, and as every server must understand it (RFC 9112). */
START_TEST(finds_what_a_whole_url_names)
{
	struct ww_rest_ask a;

	begin();
	ck_assert_int_eq(ask("GET http://h:1/fhir/Encounter/e-1?_format=xml", "", &a), WW_OK);
	unit_str_is(a.route.id, "e-1");
	ck_assert_int_eq(a.form, WW_REST_XML);
	ck_assert_int_eq(ask("GET https://h:1/fhir/Encounter?status=planned", "", &a), WW_OK);
	unit_str_is(a.route.query, "status=planned");
	ck_assert_int_eq(ask("GET http://h:1/other/fhir/Encounter", "", &a), WW_E_NOT_FOUND);
	end();
}
END_TEST

START_TEST(reads_criteria_in_the_ways_they_are_sent)
{
	static const struct {
		const char *header, *want;
	} rows[] = {
		{ "identifier=urn:a|1", "identifier=urn:a|1" },
		{ "?identifier=urn:a|1", "identifier=urn:a|1" },
		{ "Encounter?identifier=urn:a|1", "identifier=urn:a|1" },
		{ "http://h/fhir/Encounter?identifier=urn:a|1&status=a?b",
		    "identifier=urn:a|1&status=a?b" },
		{ "identifier=a?b", "identifier=a?b" },
		{ "", "" },
	};
	struct ww_rest_ask a;

	begin();
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		const char *line = ww_arena_cstr(
		    cx.arena, ww_arena_printf(cx.arena, "If-None-Exist: %s\r\n", rows[i].header));

		ck_assert_int_eq(ask("POST /fhir/Encounter", line, &a), WW_OK);
		unit_str_is(a.if_none_exist, rows[i].want);
	}
	end();
}
END_TEST

START_TEST(tells_the_version_that_an_etag_names)
{
	ck_assert(ww_rest_version_is(WW_STR("W/\"3\""), 3));
	ck_assert(ww_rest_version_is(WW_STR("\"3\""), 3));
	ck_assert(ww_rest_version_is(WW_STR("3"), 3));
	ck_assert(ww_rest_version_is(WW_STR("*"), 3));
	ck_assert(ww_rest_version_is(WW_STR("W/\"2\", W/\"3\""), 3));
	ck_assert(!ww_rest_version_is(WW_STR("W/\"33\""), 3));
	ck_assert(!ww_rest_version_is(WW_STR(""), 3));
}
END_TEST

START_TEST(writes_and_reads_the_dates_of_http)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
		{ 784111777000, "Sun, 06 Nov 1994 08:49:37 GMT" },
		{ 1709164799000, "Wed, 28 Feb 2024 23:59:59 GMT" },
		{ 1709251200000, "Fri, 01 Mar 2024 00:00:00 GMT" },
	};
	static const char *const bad[] = { "", "Thu, 01 Jan 1970", "Thu, 00 Jan 1970 00:00:00 GMT",
		"Thu, 01 Foo 1970 00:00:00 GMT", "Thu, 01 Jan 1970 24:00:00 GMT",
		"Thu, 01 Jan 1970 00:00:00 CET" };

	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ww_rest_answer a = { .status = 200 };
		int64_t ms;

		ww_rest_header_date(&cx, &a, "Last-Modified", rows[i].ms);
		ck_assert_uint_eq(a.headers_n, 1);
		unit_str_is(
		    a.headers[0], ww_arena_printf(cx.arena, "Last-Modified: %s", rows[i].text).p);
		ck_assert(ww_rest_date_read(ww_str_from(rows[i].text), &ms));
		ck_assert_int_eq(ms, rows[i].ms);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t ms;

		ck_assert(!ww_rest_date_read(ww_str_from(bad[i]), &ms));
	}
	end();
}
END_TEST

/* What is no refusal by name is one by its class. */
START_TEST(has_an_http_status_for_every_failure)
{
	for (int s = 1; s < WW_STATUS_COUNT; s++) {
		unsigned http = ww_rest_http((ww_status)s);
		enum ww_class class = ww_status_class((ww_status)s);

		ck_assert_msg(http >= 400 && http < 600, "%s", ww_status_name((ww_status)s));
		if (class == WW_TRANSIENT)
			ck_assert_msg(
			    http == 503 || http == 429, "%s", ww_status_name((ww_status)s));
	}
	ck_assert_uint_eq(ww_rest_http(WW_OK), 200);
	ck_assert_uint_eq(ww_rest_http(WW_E_LOGIN), 401);
	ck_assert_uint_eq(ww_rest_http(WW_E_DELETED), 410);
	ck_assert_uint_eq(ww_rest_http(WW_E_CONFLICT), 412);
	ck_assert_uint_eq(ww_rest_http(WW_E_BUG), 500);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		answers_in_the_format_that_is_asked_for,
		reads_what_is_wished_for,
		finds_what_a_whole_url_names,
		reads_criteria_in_the_ways_they_are_sent,
		tells_the_version_that_an_etag_names,
		writes_and_reads_the_dates_of_http,
		has_an_http_status_for_every_failure,
	};

	return unit_main("rest_ask", tests, UNIT_COUNT(tests));
}
