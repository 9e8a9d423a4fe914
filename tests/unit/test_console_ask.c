/* Calls of a console: what is asked for, each row a head, and bodies of orders. */
#include "unit.h"

#include "codec/http1.h"
#include "rest/console_ask.h"
#include "store/notice.h"

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
ask(const char *line, const char *headers, struct ww_console_ask *out)
{
	ww_str part,
	    text = ww_arena_printf(cx.arena, "%s HTTP/1.1\r\nHost: h\r\n%s\r\n", line, headers);

	ww_http1_free(parser);
	parser = ww_http1_new();
	cx.fail = (struct ww_failure){ .status = WW_OK };
	ck_assert_int_eq(ww_http1_feed(parser, &text, &part), WW_HTTP1_HEAD);
	return ww_console_ask_head(&cx, ww_http1_head(parser), out);
}

#define MATCH "If-Match: \"7\"\r\n"
#define BODY MATCH "Content-Length: 2\r\nContent-Type: application/json"

START_TEST(finds_out_what_is_asked_for)
{
	static const struct {
		const char *line, *headers;
		ww_status status;
		enum ww_console_what what;
		const char *place;
	} rows[] = {
		{ "GET /api/worklist", "", WW_OK, WW_CONSOLE_LIST, "" },
		{ "GET /api/worklist/17.3", "", WW_OK, WW_CONSOLE_SHOW, "" },
		{ "POST /api/worklist/17.3/ack", MATCH, WW_OK, WW_CONSOLE_ACK, "" },
		{ "POST /api/worklist/17.3/note", BODY "\r\n", WW_OK, WW_CONSOLE_NOTE, "" },
		{ "POST /api/worklist/17.3/done", BODY "; charset=utf-8\r\n", WW_OK,
		    WW_CONSOLE_DONE, "" },
		{ "POST /auth/token", "", WW_OK, WW_CONSOLE_TOKEN, "" },
		{ "GET /", "", WW_E_NOT_FOUND, WW_CONSOLE_NOTHING, "" },
		{ "GET /api/worklist/", "", WW_E_NOT_FOUND, WW_CONSOLE_NOTHING, "" },
		{ "GET /api/worklist2", "", WW_E_NOT_FOUND, WW_CONSOLE_NOTHING, "" },
		{ "GET /api/worklist/17", "", WW_E_NOT_FOUND, WW_CONSOLE_NOTHING, "" },
		{ "GET /api/worklist/17.3/", "", WW_E_NOT_FOUND, WW_CONSOLE_NOTHING, "" },
		{ "POST /api/worklist/17.3/ack/", MATCH, WW_E_NOT_FOUND, WW_CONSOLE_NOTHING, "" },
		{ "POST /api/worklist", "", WW_E_METHOD, WW_CONSOLE_NOTHING, "" },
		{ "PUT /api/worklist/17.3", "", WW_E_METHOD, WW_CONSOLE_NOTHING, "" },
		{ "GET /auth/token", "", WW_E_METHOD, WW_CONSOLE_NOTHING, "" },
		{ "POST /api/worklist/17.3/ack", "", WW_E_REQUIRED, WW_CONSOLE_ACK, "If-Match" },
		{ "POST /api/worklist/17.3/ack", "If-Match: 7\r\n", WW_E_VALUE, WW_CONSOLE_ACK,
		    "If-Match" },
		{ "POST /api/worklist/17.3/ack", "If-Match: \"x\"\r\n", WW_E_VALUE, WW_CONSOLE_ACK,
		    "If-Match" },
		{ "POST /api/worklist/17.3/ack", MATCH "Content-Length: 2\r\n", WW_E_MEDIA,
		    WW_CONSOLE_ACK, "Content-Type" },
		{ "POST /api/worklist/17.3/ack",
		    MATCH "Content-Length: 2\r\nContent-Type: text/plain\r\n", WW_E_MEDIA,
		    WW_CONSOLE_ACK, "Content-Type" },
		{ "GET /api/worklist/17.3?limit=2", "", WW_E_VALUE, WW_CONSOLE_SHOW, "query" },
		{ "GET /api/worklist?colour=blue", "", WW_E_VALUE, WW_CONSOLE_LIST, "query" },
		{ "GET /api/worklist?limit=2&limit=2", "", WW_E_VALUE, WW_CONSOLE_LIST, "limit" },
		{ "GET /api/worklist?state=open,gone", "", WW_E_VALUE, WW_CONSOLE_LIST, "state" },
		{ "GET /api/worklist?role=none", "", WW_E_VALUE, WW_CONSOLE_LIST, "role" },
		{ "GET /api/worklist?overdue=yes", "", WW_E_VALUE, WW_CONSOLE_LIST, "overdue" },
		{ "GET /api/worklist?after=17.3", "", WW_E_VALUE, WW_CONSOLE_LIST, "after" },
		{ "GET /api/worklist?member=%4", "", WW_E_SYNTAX, WW_CONSOLE_LIST, "form" },
	};
	struct ww_console_ask out;

	begin();
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		ck_assert_msg(ask(rows[i].line, rows[i].headers, &out) == rows[i].status,
		    "%s: %s %s", rows[i].line, cx.fail.place, cx.fail.reason);
		ck_assert_msg(out.what == rows[i].what, "%s", rows[i].line);
		ck_assert_str_eq(cx.fail.place, rows[i].place);
	}
	end();
}
END_TEST

START_TEST(reads_filters)
{
	struct ww_console_ask out;

	begin();
	ck_assert_int_eq(ask("GET /api/worklist", "X-Request-Id: a b\r\n", &out), WW_OK);
	ck_assert_uint_eq(out.states, 1u << WW_WORK_OPEN | 1u << WW_WORK_ACKNOWLEDGED);
	ck_assert_uint_eq(out.limit, WW_CONSOLE_PAGE);
	ck_assert(out.request_id.n == 0 && !out.overdue && out.role == WW_role_NONE);
	ck_assert_int_eq(
	    ask("GET /api/worklist?state=done,retracted&role=case-manager&kind=discharge&overdue="
	        "true&limit=200&member=m%2d1+2&program=p&party=q&after=acme%2F17.3",
	        "X-Request-Id: a-1\r\n", &out),
	    WW_OK);
	ck_assert_uint_eq(out.states, 1u << WW_WORK_DONE | 1u << WW_WORK_RETRACTED);
	ck_assert_int_eq(out.role, WW_role_CASE_MANAGER);
	ck_assert_int_eq(out.kind, WW_flag_kind_DISCHARGE);
	ck_assert(out.overdue && out.limit == 200);
	unit_str_is(out.member, "m-1 2");
	unit_str_is(out.program, "p");
	unit_str_is(out.party, "q");
	unit_str_is(out.after, "acme/17.3");
	unit_str_is(out.request_id, "a-1");
	ck_assert_int_eq(ask("GET /api/worklist?state=all", "", &out), WW_OK);
	ck_assert_uint_eq(out.states, (1u << WW_WORK_STATES) - 1);
	end();
}
END_TEST

START_TEST(reads_the_version_that_was_looked_at)
{
	struct ww_console_ask out;

	begin();
	ck_assert_int_eq(ask("POST /api/worklist/17.3/ack", "If-Match: W/\"12\"\r\n", &out), WW_OK);
	ck_assert_int_eq(out.match, 12);
	ck_assert_int_eq(out.id, (17 << 16) + 3);
	ck_assert_int_eq(ask("POST /api/worklist/17.3/ack", "If-Match: *\r\n", &out), WW_OK);
	ck_assert_int_eq(out.match, 0);
	end();
}
END_TEST

START_TEST(reads_bodies_of_orders)
{
	static const struct {
		enum ww_console_what what;
		const char *body;
		ww_status status;
		const char *place, *text, *who;
	} rows[] = {
		{ WW_CONSOLE_ACK, "", WW_OK, "", "", "" },
		{ WW_CONSOLE_ACK, "{}", WW_OK, "", "", "" },
		{ WW_CONSOLE_NOTE, "{\"text\":\"a \\u00e9\",\"who\":\"nell\"}", WW_OK, "",
		    "a \xc3\xa9", "nell" },
		{ WW_CONSOLE_DONE, "{\"outcome\":\"b\"}", WW_OK, "", "b", "" },
		{ WW_CONSOLE_DONE, "{\"text\":\"b\"}", WW_E_VALUE, "body", "", "" },
		{ WW_CONSOLE_NOTE, "{\"outcome\":\"b\"}", WW_E_VALUE, "body", "", "" },
		{ WW_CONSOLE_NOTE, "{\"text\":7}", WW_E_VALUE, "text", "", "" },
		{ WW_CONSOLE_ACK, "{\"who\":null}", WW_E_VALUE, "who", "", "" },
		{ WW_CONSOLE_ACK, "\"nell\"", WW_E_SYNTAX, "body", "", "" },
		{ WW_CONSOLE_ACK, "{\"who\":\"a\",\"who\":\"b\"}", WW_E_SYNTAX, NULL, "", "" },
		{ WW_CONSOLE_ACK, "{\"who\":", WW_E_SYNTAX, NULL, "", "" },
	};

	begin();
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_console_ask out = {
			.what = rows[i].what, .text = ww_str_empty(), .who = ww_str_empty()
		};

		cx.fail = (struct ww_failure){ .status = WW_OK };
		ck_assert_msg(
		    ww_console_ask_body(&cx, ww_str_from(rows[i].body), &out) == rows[i].status,
		    "%s: %s", rows[i].body, cx.fail.reason);
		if (rows[i].place != NULL)
			ck_assert_str_eq(cx.fail.place, rows[i].place);
		if (rows[i].status != WW_OK)
			continue;
		unit_str_is(out.text, rows[i].text);
		unit_str_is(out.who, rows[i].who);
	}
	end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { finds_out_what_is_asked_for, reads_filters,
		reads_the_version_that_was_looked_at, reads_bodies_of_orders };

	return unit_main("console_ask", tests, UNIT_COUNT(tests));
}
