/* HTTP/1.1 requests: each probe a named row, fed in pieces of many sizes. */
#include "unit.h"

#include "codec/http1.h"

#include <string.h>

enum { MOST = 64 };

#define H "Host: h\r\n"
#define POST "POST /x HTTP/1.1\r\n" H

static void
add_event(struct ww_http1 *d, enum ww_http1_event e, ww_str part, struct ww_buf *out)
{
	const struct ww_http1_head *h;
	const char *why = "";

	switch (e) {
	case WW_HTTP1_HEAD:
		h = ww_http1_head(d);
		ww_buf_printf(out, "%.*s %.*s", WW_STR_FMT(h->method), WW_STR_FMT(h->path));
		if (h->query.n > 0)
			ww_buf_printf(out, " ?%.*s", WW_STR_FMT(h->query));
		ww_buf_printf(out, "%s%s{", h->keep_alive ? "" : " close",
		    h->expects_continue ? " expects" : "");
		(void)ww_http1_allow(d, MOST);
		break;
	case WW_HTTP1_BODY:
		ww_buf_str_add(out, part);
		break;
	case WW_HTTP1_END:
		ww_buf_cstr(out, "}");
		break;
	case WW_HTTP1_BAD:
		ww_buf_printf(out, "bad %u", ww_http1_fault(d, &why));
		ck_assert_uint_gt(strlen(why), 0);
		break;
	case WW_HTTP1_MORE:
	case WW_HTTP1_SHORT:
		break;
	}
}

/* What comes of the bytes given in pieces of that size. */
static struct ww_buf
fed(ww_str text, size_t piece)
{
	struct ww_http1 *d = ww_http1_new();
	struct ww_buf out = { 0 };
	bool on = true;

	ck_assert_ptr_nonnull(d);
	for (size_t at = 0; on && at < text.n; at += piece) {
		ww_str part, in = ww_str_sub(text, at, piece);
		enum ww_http1_event e;

		do {
			e = ww_http1_feed(d, &in, &part);
			add_event(d, e, part, &out);
			on = e != WW_HTTP1_BAD && e != WW_HTTP1_SHORT;
		} while (on && e != WW_HTTP1_MORE);
	}
	if (on && ww_http1_open(d))
		ww_buf_cstr(&out, "open");
	ww_http1_free(d);
	return out;
}

static void
check(const char *name, ww_str text, const char *want)
{
	for (size_t piece = 1; piece <= text.n + 1; piece += 1 + piece / 3 + text.n / 64) {
		struct ww_buf got = fed(text, piece);

		ck_assert_msg(ww_str_is(ww_buf_view(&got), want),
		    "%s, in pieces of %zu: %.*s and not %s", name, piece,
		    WW_STR_FMT(ww_buf_view(&got)), want);
		ww_buf_free(&got);
	}
}

static const struct probe {
	const char *name, *text, *want;
} probes[] = {
	/* What is taken. */
	{ "no body", "GET /x HTTP/1.1\r\n" H "\r\n", "GET /x{}" },
	{ "a query", "GET /x?a=b&c=d|e?f HTTP/1.1\r\n" H "\r\n", "GET /x ?a=b&c=d|e?f{}" },
	{ "a body of known length", POST "Content-Length: 5\r\n\r\nhello", "POST /x{hello}" },
	{ "Content-Length 0", POST "Content-Length: 0\r\n\r\n", "POST /x{}" },
	{ "a chunked body",
	    POST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0a\r\n0123456789\r\n0\r\n\r\n",
	    "POST /x{hello0123456789}" },
	{ "chunk extensions and trailers",
	    POST "Transfer-Encoding: Chunked\r\n\r\n1;a=\"b\"\r\nx\r\n0;c\r\nT: u\r\nV:\r\n\r\n",
	    "POST /x{x}" },
	{ "a body of the length allowed",
	    POST "Content-Length: "
	         "64\r\n\r\n0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	    "POST /x{0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}" },
	{ "requests one after the other",
	    POST "Content-Length: 2\r\n\r\nabGET /y HTTP/1.1\r\n" H "\r\n" POST
	         "Transfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\nGET /z HTTP/1.1\r\n" H
	         "\r\n",
	    "POST /x{ab}GET /y{}POST /x{c}GET /z{}" },
	{ "an empty line before a request", POST "Content-Length: 1\r\n\r\na\r\n" POST "\r\n",
	    "POST /x{a}POST /x{}" },
	{ "Expect: 100-continue", POST "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\na",
	    "POST /x expects{a}" },
	{ "Expect without a body", POST "Expect: 100-continue\r\n\r\n", "POST /x{}" },
	{ "Connection: close", "GET /x HTTP/1.1\r\n" H "Connection: x, Close\r\n\r\n",
	    "GET /x close{}" },
	{ "Connection: keep-alive", "GET /x HTTP/1.1\r\n" H "Connection: keep-alive\r\n\r\n",
	    "GET /x{}" },
	{ "an absolute target", "GET http://h:1/x?y HTTP/1.1\r\n" H "\r\n", "GET /x ?y{}" },
	{ "OPTIONS *", "OPTIONS * HTTP/1.1\r\n" H "\r\n", "OPTIONS *{}" },
	{ "a name in other capitals, a value with blanks",
	    "GET /x HTTP/1.1\r\nhOST: \t h\t \r\n\r\n", "GET /x{}" },
	{ "bytes beyond ASCII in a value", "GET /x HTTP/1.1\r\n" H "A: \xc3\xa4\r\n\r\n",
	    "GET /x{}" },
	{ "Host with a port, and an IPv6 address", "GET /x HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
	    "GET /x{}" },

	/* Lengths. */
	{ "Content-Length and Transfer-Encoding",
	    POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "bad 400" },
	{ "Transfer-Encoding and Content-Length",
	    POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "bad 400" },
	{ "two different Content-Length lines",
	    POST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "bad 400" },
	{ "two equal Content-Length lines", POST "Content-Length: 5\r\ncontent-length: 5\r\n\r\n",
	    "bad 400" },
	{ "Content-Length: 5, 5", POST "Content-Length: 5, 5\r\n\r\n", "bad 400" },
	{ "Content-Length: +5", POST "Content-Length: +5\r\n\r\n", "bad 400" },
	{ "Content-Length: -5", POST "Content-Length: -5\r\n\r\n", "bad 400" },
	{ "Content-Length: 0x5", POST "Content-Length: 0x5\r\n\r\n", "bad 400" },
	{ "Content-Length: 5 5", POST "Content-Length: 5 5\r\n\r\n", "bad 400" },
	{ "Content-Length without a value", POST "Content-Length:\r\n\r\n", "bad 400" },
	{ "Content-Length beyond 63 bits", POST "Content-Length: 9223372036854775808\r\n\r\n",
	    "bad 400" },
	{ "Content-Length that wraps around", POST "Content-Length: 18446744073709551621\r\n\r\n",
	    "bad 400" },
	{ "a body beyond the limit", POST "Content-Length: 65\r\n\r\n", "POST /x{bad 413" },
	{ "a chunk beyond the limit", POST "Transfer-Encoding: chunked\r\n\r\n41\r\n",
	    "POST /x{bad 413" },
	{ "chunks beyond the limit", POST "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n40\r\n",
	    "POST /x{abad 413" },

	/* Transfer codings. */
	{ "an unknown transfer coding", POST "Transfer-Encoding: gzip\r\n\r\n", "bad 501" },
	{ "two transfer codings", POST "Transfer-Encoding: gzip, chunked\r\n\r\n", "bad 501" },
	{ "Transfer-Encoding: identity", POST "Transfer-Encoding: identity\r\n\r\n", "bad 501" },
	{ "Transfer-Encoding without a value", POST "Transfer-Encoding:\r\n\r\n", "bad 501" },
	{ "Transfer-Encoding: xchunked", POST "Transfer-Encoding: xchunked\r\n\r\n", "bad 501" },
	{ "two Transfer-Encoding lines",
	    POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "bad 400" },
	{ "a chunk without a size", POST "Transfer-Encoding: chunked\r\n\r\n\r\n",
	    "POST /x{bad 400" },
	{ "a chunk's size with a sign", POST "Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n",
	    "POST /x{bad 400" },
	{ "a chunk's size with 0x", POST "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n",
	    "POST /x{bad 400" },
	{ "a chunk's size with a blank", POST "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n",
	    "POST /x{bad 400" },
	{ "a chunk's size of 16 digits",
	    POST "Transfer-Encoding: chunked\r\n\r\n0000000000000001\r\na\r\n", "POST /x{bad 400" },
	{ "a chunk's size that ends with LF", POST "Transfer-Encoding: chunked\r\n\r\n1\na\r\n",
	    "POST /x{bad 400" },
	{ "a chunk longer than its size", POST "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
	    "POST /x{abad 400" },
	{ "a chunk that ends with LF", POST "Transfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n",
	    "POST /x{abad 400" },
	{ "CR and no LF behind a chunk", POST "Transfer-Encoding: chunked\r\n\r\n1\r\na\rb",
	    "POST /x{abad 400" },
	{ "a control byte in an extension", POST "Transfer-Encoding: chunked\r\n\r\n1;\x01\r\na",
	    "POST /x{bad 400" },
	{ "a trailer without a name", POST "Transfer-Encoding: chunked\r\n\r\n0\r\n: x\r\n\r\n",
	    "POST /x{bad 400" },

	/* Host. */
	{ "no Host", "GET /x HTTP/1.1\r\n\r\n", "bad 400" },
	{ "two Host lines", "GET /x HTTP/1.1\r\n" H H "\r\n", "bad 400" },
	{ "Host without a value", "GET /x HTTP/1.1\r\nHost:\r\n\r\n", "bad 400" },
	{ "Host with a path", "GET /x HTTP/1.1\r\nHost: h/x\r\n\r\n", "bad 400" },
	{ "Host with a user", "GET /x HTTP/1.1\r\nHost: u@h\r\n\r\n", "bad 400" },
	{ "two hosts in one line", "GET /x HTTP/1.1\r\nHost: h, i\r\n\r\n", "bad 400" },

	/* Lines. */
	{ "LF behind the request line", "GET /x HTTP/1.1\n" H "\r\n", "bad 400" },
	{ "LF behind a header line", "GET /x HTTP/1.1\r\nHost: h\n\r\n", "bad 400" },
	{ "LF for the empty line", "GET /x HTTP/1.1\r\n" H "\n", "bad 400" },
	{ "CR alone in a value", "GET /x HTTP/1.1\r\nHost: h\rA: b\r\n\r\n", "bad 400" },
	{ "a folded line", "GET /x HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n", "bad 400" },
	{ "a line folded by a tab", "GET /x HTTP/1.1\r\n" H "A: b\r\n\tc: d\r\n\r\n", "bad 400" },
	{ "a first header line that is folded", "GET /x HTTP/1.1\r\n " H "\r\n", "bad 400" },
	{ "a blank before the colon", "GET /x HTTP/1.1\r\nHost : h\r\n\r\n", "bad 400" },
	{ "a tab before the colon", "GET /x HTTP/1.1\r\n" H "A\t: b\r\n\r\n", "bad 400" },
	{ "a header line without a name", "GET /x HTTP/1.1\r\n" H ": b\r\n\r\n", "bad 400" },
	{ "a header line without a colon", "GET /x HTTP/1.1\r\n" H "A\r\n\r\n", "bad 400" },
	{ "a byte in a name that no name has", "GET /x HTTP/1.1\r\n" H "A(: b\r\n\r\n", "bad 400" },
	{ "a control byte in a value", "GET /x HTTP/1.1\r\n" H "A: \x01\r\n\r\n", "bad 400" },
	{ "DEL in a value", "GET /x HTTP/1.1\r\n" H "A: \x7f\r\n\r\n", "bad 400" },
	{ "two Authorization lines", POST "Authorization: a\r\nAuthorization: b\r\n\r\n",
	    "bad 400" },
	{ "two Content-Type lines", POST "Content-Type: a/b\r\nContent-type: c/d\r\n\r\n",
	    "bad 400" },
	{ "two If-None-Exist lines", POST "If-None-Exist: a\r\nIf-None-Exist: b\r\n\r\n",
	    "bad 400" },
	{ "two empty lines before a request", "\r\n\r\n" POST "\r\n", "bad 400" },

	/* The request line. */
	{ "HTTP/1.0", "GET /x HTTP/1.0\r\n" H "\r\n", "bad 505" },
	{ "HTTP/1.2", "GET /x HTTP/1.2\r\n" H "\r\n", "bad 505" },
	{ "HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "bad 505" },
	{ "HTTP/0.9", "GET /x\r\n", "bad 400" },
	{ "http/1.1", "GET /x http/1.1\r\n" H "\r\n", "bad 400" },
	{ "HTTP/1.1 and a blank", "GET /x HTTP/1.1 \r\n" H "\r\n", "bad 400" },
	{ "HTTP/1.10", "GET /x HTTP/1.10\r\n" H "\r\n", "bad 400" },
	{ "two blanks before the target", "GET  /x HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "two blanks behind the target", "GET /x  HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "a tab between the parts", "GET\t/x HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "a blank before the method", " GET /x HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "a method with a byte that none has", "GE(T /x HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "a control byte in the target", "GET /\x01 HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "a byte beyond ASCII in the target", "GET /\xc3\xa4 HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "a fragment in the target", "GET /x#y HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "a target that is no path", "GET x HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "GET *", "GET * HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "CONNECT", "CONNECT h:443 HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "an absolute target without a path", "GET http://h HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "an absolute target with a user", "GET http://u@h/ HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "an absolute target of another scheme", "GET ftp://h/ HTTP/1.1\r\n" H "\r\n", "bad 400" },
	{ "a TLS handshake", "\x16\x03\x01\x02", "bad 400" },

	/* Expectations. */
	{ "another expectation", POST "Expect: 200-ok\r\nContent-Length: 1\r\n\r\n", "bad 417" },
	{ "two Expect lines", POST "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n",
	    "bad 400" },

	/* What is not ended is open. */
	{ "half a request line", "GET /x", "open" },
	{ "half a head", "GET /x HTTP/1.1\r\n" H, "open" },
	{ "half a body", POST "Content-Length: 5\r\n\r\nhel", "POST /x{helopen" },
	{ "half a chunked body", POST "Transfer-Encoding: chunked\r\n\r\n0\r\n", "POST /x{open" },
};

START_TEST(treats_each_probe_as_its_row_says)
{
	for (size_t i = 0; i < UNIT_COUNT(probes); i++)
		check(probes[i].name, ww_str_from(probes[i].text), probes[i].want);
}
END_TEST

/* A byte 0 ends the texts of the table. */
START_TEST(refuses_a_zero_byte_anywhere_in_a_head)
{
	static const char text[] = "GET /x HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";

	for (size_t at = 0; at + 3 < sizeof(text); at++) {
		char with[sizeof(text)];
		struct ww_buf got;

		memcpy(with, text, sizeof(text));
		with[at] = '\0';
		got = fed(ww_str_of(with, sizeof(text) - 1), 7);
		/* Behind the version's place it is a version that is none; else no head comes of it either. */
		ck_assert_msg(ww_str_starts(ww_buf_view(&got), WW_STR("bad 400")), "at %zu: %.*s",
		    at, WW_STR_FMT(ww_buf_view(&got)));
		ww_buf_free(&got);
	}
}
END_TEST

static void
repeat(struct ww_buf *b, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		ww_buf_cstr(b, text);
}

START_TEST(limits_the_request_line)
{
	static const size_t around = sizeof("GET / HTTP/1.1") - 1;

	for (size_t beyond = 0; beyond < 2; beyond++) {
		struct ww_buf b = { 0 }, got;

		ww_buf_cstr(&b, "GET /");
		repeat(&b, "a", WW_HTTP1_LINE_MAX - around + beyond);
		ww_buf_cstr(&b, " HTTP/1.1\r\n" H "\r\n");
		got = fed(ww_buf_view(&b), 1000);
		ck_assert(ww_str_starts(
		    ww_buf_view(&got), beyond > 0 ? WW_STR("bad 414") : WW_STR("GET /a")));
		ww_buf_free(&got);
		ww_buf_free(&b);
	}
}
END_TEST

START_TEST(limits_the_number_of_header_lines)
{
	for (size_t beyond = 0; beyond < 2; beyond++) {
		struct ww_buf b = { 0 };

		ww_buf_cstr(&b, "GET / HTTP/1.1\r\n" H);
		repeat(&b, "A: b\r\n", WW_HTTP1_FIELDS_MAX - 1 + beyond);
		ww_buf_cstr(&b, "\r\n");
		check("many lines", ww_buf_view(&b), beyond > 0 ? "bad 431" : "GET /{}");
		ww_buf_free(&b);
	}
}
END_TEST

START_TEST(limits_the_bytes_of_header_lines)
{
	static const size_t around = sizeof(H "A: \r\n") - 1;

	for (size_t beyond = 0; beyond < 2; beyond++) {
		struct ww_buf b = { 0 };

		ww_buf_cstr(&b, "GET / HTTP/1.1\r\n" H "A: ");
		repeat(&b, "b", WW_HTTP1_HEAD_MAX - around + beyond);
		ww_buf_cstr(&b, "\r\n\r\n");
		check("a long line", ww_buf_view(&b), beyond > 0 ? "bad 431" : "GET /{}");
		ww_buf_free(&b);
	}
}
END_TEST

START_TEST(limits_what_is_no_data_in_a_chunked_body)
{
	struct ww_buf b = { 0 }, got;

	ww_buf_cstr(&b, POST "Transfer-Encoding: chunked\r\n\r\n0\r\n");
	repeat(&b, "A: bcdefgh\r\n", WW_HTTP1_HEAD_MAX / 10 + 1);
	got = fed(ww_buf_view(&b), 100);
	unit_str_is(ww_buf_view(&got), "POST /x{bad 431");
	ww_buf_free(&got);
	ww_buf_clear(&b);
	ww_buf_cstr(&b, POST "Transfer-Encoding: chunked\r\n\r\n1;");
	repeat(&b, "a", 2000);
	got = fed(ww_buf_view(&b), 100);
	unit_str_is(ww_buf_view(&got), "POST /x{bad 400");
	ww_buf_free(&got);
	ww_buf_free(&b);
}
END_TEST

START_TEST(finds_fields_by_name)
{
	ww_str part,
	    in = WW_STR("GET /x HTTP/1.1\r\nHost: h\r\nA: one\r\na: two\r\nEmpty:\r\n\r\n");
	struct ww_http1 *d = ww_http1_new();
	const struct ww_http1_head *h;

	ck_assert_int_eq(ww_http1_feed(d, &in, &part), WW_HTTP1_HEAD);
	h = ww_http1_head(d);
	unit_str_is(ww_http1_value(h, "a"), "one");
	ck_assert_uint_eq(ww_http1_count(h, "A"), 2);
	unit_str_is(ww_http1_value(h, "empty"), "");
	ck_assert_uint_eq(ww_http1_count(h, "empty"), 1);
	ck_assert_uint_eq(ww_http1_count(h, "B"), 0);
	ww_http1_free(d);
}
END_TEST

START_TEST(says_before_the_body_whether_it_is_too_long)
{
	ww_str part, in = WW_STR(POST "Content-Length: 10\r\n\r\n");
	struct ww_http1 *d = ww_http1_new();

	ck_assert_int_eq(ww_http1_feed(d, &in, &part), WW_HTTP1_HEAD);
	ck_assert(!ww_http1_allow(d, 9));
	ck_assert(ww_http1_allow(d, 10));
	ck_assert_int_eq(ww_http1_feed(d, &in, &part), WW_HTTP1_MORE);
	ww_http1_free(d);
}
END_TEST

START_TEST(writes_answers)
{
	static const ww_str headers[] = { WW_STR_INIT("ETag: W/\"1\""), WW_STR_INIT("X: y") };
	static const struct {
		struct ww_http1_answer answer;
		const char *want;
	} rows[] = {
		{ { .status = 201, .headers = headers, .headers_n = 2, .length = 12 },
		    "HTTP/1.1 201 Created\r\nETag: W/\"1\"\r\nX: y\r\n"
		    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 12\r\n\r\n" },
		{ { .status = 400, .close = true },
		    "HTTP/1.1 400 Bad Request\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		    "Content-Length: 0\r\nConnection: close\r\n\r\n" },
		{ { .status = 204 },
		    "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n" },
		{ { .status = 100 }, "HTTP/1.1 100 Continue\r\n\r\n" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_buf b = { 0 };

		ck_assert(ww_http1_write(&rows[i].answer, INT64_C(784111777999), &b));
		unit_str_is(ww_buf_view(&b), rows[i].want);
		ww_buf_free(&b);
	}
}
END_TEST

/* Else who has a say in a header's value could write the answer to somebody else's request. */
START_TEST(writes_no_header_with_a_line_end_in_it)
{
	static const ww_str header = WW_STR_INIT("Location: a\r\nX: y");
	const struct ww_http1_answer a = { .status = 201, .headers = &header, .headers_n = 1 };
	struct ww_buf b = { 0 };

	ck_assert(!ww_http1_write(&a, 0, &b));
	ck_assert_uint_eq(b.n, 0);
	ww_buf_free(&b);
}
END_TEST

START_TEST(knows_the_reason_of_each_status_it_gives)
{
	static const unsigned given[] = { 400, 408, 413, 414, 417, 431, 500, 501, 503, 505 };

	for (size_t i = 0; i < UNIT_COUNT(given); i++)
		ck_assert_uint_gt(strlen(ww_http1_reason(given[i])), 0);
	ck_assert_str_eq(ww_http1_reason(299), "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		treats_each_probe_as_its_row_says,
		refuses_a_zero_byte_anywhere_in_a_head,
		limits_the_request_line,
		limits_the_number_of_header_lines,
		limits_the_bytes_of_header_lines,
		limits_what_is_no_data_in_a_chunked_body,
		finds_fields_by_name,
		says_before_the_body_whether_it_is_too_long,
		writes_answers,
		writes_no_header_with_a_line_end_in_it,
		knows_the_reason_of_each_status_it_gives,
	};

	return unit_main("http1", tests, UNIT_COUNT(tests));
}
