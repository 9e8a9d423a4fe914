/* The HTTP server, met over loopback. Client and server share one thread: what a client sends lies in the socket until the loop is
 * turned. */
#include "tests/unit/unit.h"

#include "base/network.h"
#include "codec/http1.h"
#include "link/http_in.h"
#include "link/loop.h"
#include "link/mllp_room.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CALLS_MOST = 64, BODY_MOST = 1 << 20 };

/* What the server says to its callee, as a text: "head /x", "call /x [body]", "bad 400", "gone /x". */
struct bench {
	struct ww_ctx cx;
	struct ww_loop *loop;
	struct ww_mllp_room *room;
	struct ww_http_server *server;
	struct ww_buf said;
	bool waits;      /* calls are not answered at once */
	unsigned status; /* of the answer given when a head is in; 0: the call is taken */
	struct ww_http_call *call[CALLS_MOST];
	size_t n;
	bool closed;
	char peer[64], peers[64]; /* of the last call, of the one before */
};

static void
answer(struct ww_http_call *c, unsigned status, ww_str body)
{
	struct ww_http_answer a = { .status = status, .body = body };

	ww_http_call_answer(c, &a);
}

static void
on_head(void *arg, struct ww_http_call *c)
{
	struct bench *b = arg;
	ww_str peer = ww_http_call_peer(c);

	ww_buf_printf(&b->said, "head %.*s\n", WW_STR_FMT(ww_http_call_head(c)->path));
	snprintf(b->peers, sizeof(b->peers), "%s", b->peer);
	snprintf(b->peer, sizeof(b->peer), "%.*s", WW_STR_FMT(peer));
	ck_assert_ptr_null(ww_http_call_kept(c));
	if (b->status != 0)
		answer(c, b->status, WW_STR("no"));
	else if (!ww_http_call_take(c, BODY_MOST))
		answer(c, 413, WW_STR("long"));
	else
		ww_http_call_keep(c, b);
}

static void
on_call(void *arg, struct ww_http_call *c)
{
	struct bench *b = arg;
	ww_str body = ww_http_call_body(c);

	ck_assert_ptr_eq(ww_http_call_kept(c), b);
	ww_buf_printf(&b->said, "call %.*s [%.*s]\n", WW_STR_FMT(ww_http_call_head(c)->path),
	    body.n < 40 ? (int)body.n : 40, body.p);
	if (!b->waits) {
		answer(c, 201, ww_http_call_head(c)->path);
		return;
	}
	ck_assert(b->n < CALLS_MOST);
	b->call[b->n++] = c;
}

static void
on_bad(void *arg, struct ww_http_call *c, unsigned status, const char *why)
{
	struct bench *b = arg;

	ck_assert_uint_gt(strlen(why), 0);
	ww_buf_printf(&b->said, "bad %u %.*s\n", status, WW_STR_FMT(ww_http_call_head(c)->path));
	answer(c, status, WW_STR("bad"));
}

static void
on_gone(void *arg, struct ww_http_call *c)
{
	struct bench *b = arg;

	ww_buf_printf(&b->said, "gone %.*s\n", WW_STR_FMT(ww_http_call_head(c)->path));
}

static const struct ww_mllp_room_settings wide = {
	.frames = 1000, .bytes = 64 << 20, .open = 64 << 20, .connections = 1000
};

static void
open_bench_in(struct bench *b, const struct ww_http_server_settings *changes,
    const struct ww_mllp_room_settings *room)
{
	struct ww_http_server_settings set = { .address = WW_STR("127.0.0.1:0"),
		.max_connections = 100,
		.peer_connections = 100,
		.head_deadline = 60,
		.body_deadline = 60,
		.idle_timeout = 60,
		.write_timeout = 60,
		.accept_queue = 511,
		.on_head = on_head,
		.on_call = on_call,
		.on_bad = on_bad,
		.on_gone = on_gone,
		.arg = b };

	memset(b, 0, sizeof(*b));
	ww_log_set_level(WW_LOG_ERROR);
	b->cx.arena = ww_arena_new(0);
#define CHANGE(field)                                                                              \
	if (changes != NULL && changes->field != 0)                                                \
	set.field = changes->field
	CHANGE(max_connections);
	CHANGE(peer_connections);
	CHANGE(head_deadline);
	CHANGE(body_deadline);
	CHANGE(idle_timeout);
	CHANGE(write_timeout);
	CHANGE(proxies);
	CHANGE(proxies_n);
#undef CHANGE
	ck_assert_int_eq(ww_loop_new(&b->cx, &b->loop), WW_OK);
	ck_assert_int_eq(ww_mllp_room_new(b->loop, &b->cx, room, &b->room), WW_OK);
	set.room = b->room;
	ck_assert_int_eq(ww_http_server_open(b->loop, &b->cx, &set, &b->server), WW_OK);
}

static void
open_bench(struct bench *b, const struct ww_http_server_settings *changes)
{
	open_bench_in(b, changes, &wide);
}

static void
turn(struct bench *b)
{
	for (int i = 0; i < 8; i++)
		event_base_loop(ww_loop_base(b->loop), EVLOOP_NONBLOCK);
}

/* Turns the loop until cond holds. */
#define UNTIL(b, cond)                                                                             \
	do {                                                                                       \
		time_t end_ = time(NULL) + 60;                                                     \
		while (!(cond)) {                                                                  \
			ck_assert_msg(time(NULL) < end_, "never came: %s", #cond);                 \
			event_base_loop(ww_loop_base((b)->loop), EVLOOP_NONBLOCK);                 \
		}                                                                                  \
	} while (0)

static struct ww_http_server_counts
counts(struct bench *b)
{
	struct ww_http_server_counts n;

	ww_http_server_count(b->server, &n);
	return n;
}

static void
on_closed(void *arg)
{
	struct bench *b = arg;

	b->closed = true;
}

static void
close_bench(struct bench *b)
{
	if (!b->closed) {
		ww_http_server_close(b->server, 0, on_closed, b);
		ck_assert(!b->closed);
		UNTIL(b, b->closed);
	}
	ww_mllp_room_free(b->room);
	ww_loop_free(b->loop);
	ww_buf_free(&b->said);
	ww_arena_free(b->cx.arena);
}

/* -- a client --------------------------------------------------------------------------------------- */

static int
dial(struct bench *b)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)ww_http_server_port(b->server)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static void
say(int fd, const char *text)
{
	ck_assert_int_eq((int)send(fd, text, strlen(text), MSG_NOSIGNAL), (int)strlen(text));
}

static bool
is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* One answer, as "201 /x"; "close" stands before the body of the last one; "end" is no answer but the end. The lines that all have are
 * looked for. */
static void
hear(struct bench *b, int fd, const char *want)
{
	struct ww_buf got = { 0 }, text = { 0 };
	const char *end = NULL, *length;
	size_t need = 1;
	char byte;

	for (size_t have = 0; have < need; have++) {
		UNTIL(b, is_readable(fd));
		if (recv(fd, &byte, 1, 0) <= 0)
			break;
		ww_buf_byte(&got, byte);
		ww_buf_byte(&got, '\0');
		got.n--;
		end = strstr(got.p, "\r\n\r\n");
		need = end == NULL ? got.n + 1 : (size_t)(end - got.p) + 4;
		length = end != NULL ? strstr(got.p, "Content-Length: ") : NULL;
		if (length != NULL)
			need += strtoul(length + 16, NULL, 10);
	}
	if (got.n == 0) {
		ck_assert_str_eq("end", want);
		return;
	}
	ck_assert_msg(end != NULL && strstr(got.p, "HTTP/1.1 ") == got.p, "got %s", got.p);
	ww_buf_printf(&text, "%.3s", got.p + 9);
	if (strncmp(got.p + 9, "100", 3) != 0)
		ck_assert_ptr_nonnull(strstr(got.p, "\r\nDate: "));
	if (strstr(got.p, "\r\nConnection: close\r\n") != NULL)
		ww_buf_cstr(&text, " close");
	if (strlen(end + 4) > 0)
		ww_buf_printf(&text, " %s", end + 4);
	unit_str_is(ww_buf_view(&text), want);
	ww_buf_free(&text);
	ww_buf_free(&got);
}

static void
hear_nothing(struct bench *b, int fd)
{
	turn(b);
	ck_assert(!is_readable(fd));
}

/* The server has closed, and said nothing more. */
static void
hear_end(struct bench *b, int fd)
{
	hear(b, fd, "end");
	close(fd);
}

#define H " HTTP/1.1\r\nHost: h\r\n"
#define GET(path) "GET " path H "\r\n"
#define POST(path, length) "POST " path H "Content-Length: " length "\r\n\r\n"

/* -- calls and answers ------------------------------------------------------------------------------ */

START_TEST(joins_a_request_that_comes_in_pieces)
{
	static const char bytes[] = POST("/x", "5") "hello" GET("/y");
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b);
	for (size_t i = 0; i + 1 < sizeof(bytes); i++) {
		ck_assert_int_eq((int)send(fd, bytes + i, 1, MSG_NOSIGNAL), 1);
		turn(&b);
	}
	hear(&b, fd, "201 /x");
	hear(&b, fd, "201 /y");
	unit_str_is(ww_buf_view(&b.said), "head /x\ncall /x [hello]\nhead /y\ncall /y []\n");
	ck_assert_str_eq(b.peer, "127.0.0.1");
	ck_assert_uint_eq(counts(&b).calls, 2);
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(answers_requests_that_came_together_in_their_order)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.waits = true;
	fd = dial(&b);
	say(fd, POST("/a", "1") "1" GET("/b") POST("/c", "1") "3");
	for (size_t i = 0; i < 3; i++) {
		const char *const want[] = { "200 a", "200 b", "200 c" };
		const ww_str body[] = { WW_STR("a"), WW_STR("b"), WW_STR("c") };

		UNTIL(&b, b.n == i + 1);
		hear_nothing(&b, fd);
		ck_assert_uint_eq(b.n, i + 1); /* the next one is not begun */
		answer(b.call[i], 200, body[i]);
		hear(&b, fd, want[i]);
	}
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(takes_many_requests_of_one_segment)
{
	struct ww_buf many = { 0 };
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b);
	for (int i = 0; i < 100; i++)
		ww_buf_cstr(&many, POST("/x", "1") "1");
	ww_buf_byte(&many, '\0');
	say(fd, many.p);
	for (int i = 0; i < 100; i++)
		hear(&b, fd, "201 /x");
	ww_buf_free(&many);
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(decodes_a_chunked_body)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b);
	say(fd, "POST /x" H "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
	hear(&b, fd, "201 /x");
	unit_str_is(ww_buf_view(&b.said), "head /x\ncall /x [hello]\n");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(answers_head_with_the_length_and_no_body)
{
	struct bench b;
	int fd;
	char got[512];
	ssize_t n;

	open_bench(&b, NULL);
	fd = dial(&b);
	say(fd, "HEAD /long" H "\r\n");
	UNTIL(&b, is_readable(fd));
	n = recv(fd, got, sizeof(got) - 1, 0);
	ck_assert_int_gt((int)n, 0);
	got[n] = '\0';
	ck_assert_ptr_nonnull(strstr(got, "\r\nContent-Length: 5\r\n"));
	ck_assert_str_eq(strstr(got, "\r\n\r\n"), "\r\n\r\n");
	say(fd, GET("/y"));
	hear(&b, fd, "201 /y");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(closes_when_the_client_asked_for_it)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b);
	say(fd, "GET /x" H "Connection: close\r\n\r\n" GET("/y"));
	hear(&b, fd, "201 close /x");
	hear_end(&b, fd);
	unit_str_is(ww_buf_view(&b.said), "head /x\ncall /x []\n");
	close_bench(&b);
}
END_TEST

START_TEST(answers_a_client_that_has_closed_its_half)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.waits = true;
	fd = dial(&b);
	say(fd, GET("/x") GET("/y"));
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
	UNTIL(&b, b.n == 1);
	turn(&b);
	answer(b.call[0], 200, WW_STR("a"));
	hear(&b, fd, "200 a");
	UNTIL(&b, b.n == 2);
	answer(b.call[1], 200, WW_STR("b"));
	hear(&b, fd, "200 b");
	hear_end(&b, fd);
	UNTIL(&b, counts(&b).connections == 0);
	close_bench(&b);
}
END_TEST

START_TEST(tells_once_that_the_client_of_a_call_is_gone)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.waits = true;
	fd = dial(&b);
	say(fd, POST("/x", "1") "1");
	UNTIL(&b, b.n == 1);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), 0);
	close(fd);
	UNTIL(&b, counts(&b).connections == 0);
	unit_str_is(ww_buf_view(&b.said), "head /x\ncall /x [1]\ngone /x\n");
	close_bench(&b);
}
END_TEST

START_TEST(tells_that_the_client_is_gone_before_its_body_was_whole)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b);
	say(fd, POST("/x", "5") "he");
	UNTIL(&b, b.said.n > 0);
	close(fd);
	UNTIL(&b, counts(&b).connections == 0);
	unit_str_is(ww_buf_view(&b.said), "head /x\ngone /x\n");
	close_bench(&b);
}
END_TEST

START_TEST(makes_a_header_with_a_line_end_in_it_a_500)
{
	static const ww_str header = WW_STR_INIT("Location: a\r\nX: b");
	const struct ww_http_answer a = {
		.status = 201, .headers = &header, .headers_n = 1, .body = WW_STR_INIT("x")
	};
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.waits = true;
	fd = dial(&b);
	say(fd, GET("/x"));
	UNTIL(&b, b.n == 1);
	ww_http_call_answer(b.call[0], &a);
	hear(&b, fd, "500");
	say(fd, GET("/y"));
	UNTIL(&b, b.n == 2);
	answer(b.call[1], 204, ww_str_empty());
	hear(&b, fd, "204");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(sends_small_answers_at_once)
{
	struct bench b;
	int fd, on = 0;
	socklen_t len = sizeof(on);

	open_bench(&b, NULL);
	b.waits = true;
	fd = dial(&b);
	say(fd, GET("/x"));
	UNTIL(&b, b.n == 1);
	/* The server's end is the highest descriptor of a socket that is not ours and not the listening one. */
	for (int other = 3; other < 64; other++) {
		struct sockaddr_in a;
		socklen_t n = sizeof(a);

		if (other != fd && getpeername(other, (struct sockaddr *)&a, &n) == 0)
			ck_assert_int_eq(getsockopt(other, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
	}
	ck_assert_int_ne(on, 0);
	answer(b.call[0], 204, ww_str_empty());
	hear(&b, fd, "204");
	close(fd);
	close_bench(&b);
}
END_TEST

/* Of the addresses in the header the last is the proxy's own word. */
START_TEST(believes_a_proxy_whose_request_it_is)
{
	static const struct {
		const char *header, *peer;
	} rows[] = {
		{ "X-Forwarded-For: 203.0.113.9\r\n", "203.0.113.9" },
		{ "X-Forwarded-For: 10.0.0.1, 2001:db8::9\r\n", "2001:db8::9" },
		{ "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 203.0.113.8\r\n", "203.0.113.8" },
		{ "X-Forwarded-For: somebody\r\n", "127.0.0.1" },
		{ "X-Forwarded-For: 10.0.0.0/8\r\n", "127.0.0.1" },
		{ "", "127.0.0.1" },
	};
	struct ww_network proxy, other;

	ck_assert(ww_network_parse(WW_STR("127.0.0.1"), &proxy));
	ck_assert(ww_network_parse(WW_STR("192.0.2.0/24"), &other));
	for (size_t i = 0; i < 2 * UNIT_COUNT(rows); i++) {
		bool believed = i < UNIT_COUNT(rows);
		const struct ww_http_server_settings changes = {
			.proxies = believed ? &proxy : &other, .proxies_n = 1
		};
		const char *header = rows[i % UNIT_COUNT(rows)].header;
		struct bench b;
		char text[256];
		int fd;

		open_bench(&b, &changes);
		fd = dial(&b);
		(void)snprintf(text, sizeof(text), "GET /x" H "%s\r\n" GET("/y"), header);
		say(fd, text);
		hear(&b, fd, "201 /x");
		hear(&b, fd, "201 /y");
		ck_assert_str_eq(
		    b.peers, believed && header[0] != '\0' ? rows[i].peer : "127.0.0.1");
		ck_assert_str_eq(b.peer, "127.0.0.1"); /* of the second, which says nothing */
		close(fd);
		close_bench(&b);
	}
}
END_TEST

/* -- heads that are answered without the body ------------------------------------------------------- */

START_TEST(asks_for_the_body_when_the_head_was_accepted)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b);
	say(fd, "POST /x" H "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	hear(&b, fd, "100");
	say(fd, "ab");
	hear(&b, fd, "201 /x");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(asks_for_no_body_when_the_head_was_refused)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.status = 401;
	fd = dial(&b);
	say(fd, "POST /x" H "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	hear(&b, fd, "401 close no");
	hear_end(&b, fd);
	unit_str_is(ww_buf_view(&b.said), "head /x\n");
	close_bench(&b);
}
END_TEST

START_TEST(goes_on_behind_a_short_body_that_was_refused)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.status = 401;
	fd = dial(&b);
	say(fd, POST("/x", "5") "hello" GET("/y"));
	hear(&b, fd, "401 no");
	hear(&b, fd, "401 no");
	unit_str_is(ww_buf_view(&b.said), "head /x\nhead /y\n");
	close(fd);
	close_bench(&b);
}
END_TEST

/* The body is not waited for, and what has come of it does not destroy the answer. */
START_TEST(refuses_a_long_body_before_it_is_read)
{
	static char part[100 << 10];
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b);
	memset(part, 'x', sizeof(part) - 1);
	say(fd, POST("/x", "2097152"));
	say(fd, part);
	hear(&b, fd, "413 close long");
	say(fd, part);
	hear_end(&b, fd);
	unit_str_is(ww_buf_view(&b.said), "head /x\n");
	close_bench(&b);
}
END_TEST

START_TEST(refuses_chunks_beyond_the_limit)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b);
	say(fd, "POST /x" H "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n100000\r\n");
	hear(&b, fd, "413 close bad");
	hear_end(&b, fd);
	unit_str_is(ww_buf_view(&b.said), "head /x\nbad 413 /x\n");
	close_bench(&b);
}
END_TEST

/* -- what is no request ----------------------------------------------------------------------------- */

/* test_http1.c has all of them; here it is that none of them is followed by another request. */
START_TEST(closes_after_what_is_no_request)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "GET /x HTTP/1.1\r\n\r\n", "400 close bad" },
		{ "POST /x" H "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "400 close bad" },
		{ "POST /x" H "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
		    "400 close bad" },
		{ "POST /x" H "Transfer-Encoding: gzip\r\n\r\n", "501 close bad" },
		{ "GET /x HTTP/1.0\r\nHost: h\r\n\r\n", "505 close bad" },
		{ "GET /x HTTP/1.1\nHost: h\n\n", "400 close bad" },
		{ "POST /x" H "Expect: x\r\n\r\n", "417 close bad" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct bench b;
		int fd;

		open_bench(&b, NULL);
		fd = dial(&b);
		say(fd, rows[i].text);
		say(fd, GET("/hidden"));
		hear(&b, fd, rows[i].want);
		hear_end(&b, fd);
		ck_assert(ww_str_starts(ww_buf_view(&b.said), WW_STR("bad ")));
		ck_assert_uint_eq(b.said.n, strlen("bad 400 \n")); /* and nothing of /hidden */
		ck_assert_uint_eq(counts(&b).bad, 1);
		close_bench(&b);
	}
}
END_TEST

START_TEST(answers_the_requests_before_one_that_is_none)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.waits = true;
	fd = dial(&b);
	say(fd, GET("/x") "nonsense\r\n\r\n");
	UNTIL(&b, b.n == 1);
	hear_nothing(&b, fd);
	answer(b.call[0], 200, WW_STR("a"));
	hear(&b, fd, "200 a");
	hear(&b, fd, "400 close bad");
	hear_end(&b, fd);
	close_bench(&b);
}
END_TEST

/* -- time ------------------------------------------------------------------------------------------- */

/* One byte more on each, and a moment. */
static void
drip(struct bench *b, const int *fd, size_t n, time_t end)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	ck_assert_msg(time(NULL) < end, "not cut off");
	for (size_t i = 0; i < n; i++)
		(void)send(fd[i], "b", 1, MSG_NOSIGNAL);
	turn(b);
	nanosleep(&pause, NULL);
}

/* A byte now and then does not help. */
START_TEST(cuts_off_heads_that_come_slowly)
{
	static const char begun[] = "GET /x HTTP/1.1\r\nHost: h\r\nA: ";
	time_t end = time(NULL) + 40;
	const struct ww_http_server_settings changes = { .head_deadline = 1 };
	struct bench b;
	int fd[20];

	open_bench(&b, &changes);
	for (size_t i = 0; i < UNIT_COUNT(fd); i++) {
		fd[i] = dial(&b);
		say(fd[i], begun);
	}
	UNTIL(&b, counts(&b).connections == UNIT_COUNT(fd));
	for (size_t i = 0; i < UNIT_COUNT(fd); i++) {
		while (!is_readable(fd[i]))
			drip(&b, fd + i, UNIT_COUNT(fd) - i, end);
		hear(&b, fd[i], "408 close bad");
	}
	for (size_t i = 0; i < UNIT_COUNT(fd); i++)
		hear_end(&b, fd[i]);
	ck_assert_uint_eq(counts(&b).bad, UNIT_COUNT(fd));
	close_bench(&b);
}
END_TEST

START_TEST(cuts_off_a_body_that_comes_slowly)
{
	const struct ww_http_server_settings changes = { .body_deadline = 1 };
	time_t end = time(NULL) + 40;
	struct bench b;
	int fd;

	open_bench(&b, &changes);
	fd = dial(&b);
	say(fd, POST("/x", "60000"));
	while (!is_readable(fd))
		drip(&b, &fd, 1, end);
	hear(&b, fd, "408 close bad");
	hear_end(&b, fd);
	unit_str_is(ww_buf_view(&b.said), "head /x\nbad 408 /x\n");
	close_bench(&b);
}
END_TEST

START_TEST(closes_a_connection_without_requests)
{
	const struct ww_http_server_settings changes = { .idle_timeout = 1 };
	struct bench b;
	int fd, silent;

	open_bench(&b, &changes);
	silent = dial(&b);
	fd = dial(&b);
	say(fd, GET("/x"));
	hear(&b, fd, "201 /x");
	hear_end(&b, fd);
	hear_end(&b, silent);
	close_bench(&b);
}
END_TEST

START_TEST(closes_when_an_answer_is_not_read)
{
	static char large[8 << 20];
	const struct ww_http_server_settings changes = { .write_timeout = 1 };
	struct bench b;
	int fd;

	open_bench(&b, &changes);
	b.waits = true;
	fd = dial(&b);
	say(fd, GET("/x") GET("/y"));
	UNTIL(&b, b.n == 1);
	memset(large, 'x', sizeof(large));
	answer(b.call[0], 200, ww_str_of(large, sizeof(large)));
	UNTIL(&b, counts(&b).connections == 0);
	ck_assert_uint_eq(b.n, 1); /* nor is its next request looked at */
	close(fd);
	close_bench(&b);
}
END_TEST

/* Slowly, and for longer than a connection may rest: it does not. */
START_TEST(lets_a_long_answer_be_read)
{
	static char large[6 << 20], part[64 << 10];
	const struct ww_http_server_settings changes = { .idle_timeout = 1 };
	const struct timespec pause = { .tv_nsec = 50000000 };
	time_t end = time(NULL) + 4;
	struct bench b;
	size_t got = 0;
	ssize_t k = 1;
	int fd;

	open_bench(&b, &changes);
	b.waits = true;
	fd = dial(&b);
	say(fd, GET("/x"));
	UNTIL(&b, b.n == 1);
	memset(large, 'x', sizeof(large));
	answer(b.call[0], 200, ww_str_of(large, sizeof(large)));
	while (k > 0 && got < sizeof(large)) {
		UNTIL(&b, is_readable(fd));
		k = recv(fd, part, time(NULL) < end ? 1000 : sizeof(part), 0);
		got += k > 0 ? (size_t)k : 0;
		turn(&b);
		if (time(NULL) < end)
			nanosleep(&pause, NULL);
	}
	ck_assert_uint_ge(got, sizeof(large));
	close(fd);
	close_bench(&b);
}
END_TEST

/* -- how many --------------------------------------------------------------------------------------- */

START_TEST(turns_away_what_is_too_much)
{
	static const struct ww_http_server_settings rows[] = { { .max_connections = 2 },
		{ .peer_connections = 2 } };

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct bench b;
		int one, two, three;

		open_bench(&b, &rows[i]);
		one = dial(&b);
		two = dial(&b);
		three = dial(&b);
		hear_end(&b, three);
		ck_assert_uint_eq(counts(&b).turned_away, 1);
		ck_assert_uint_eq(counts(&b).connections, 2);
		close(one);
		UNTIL(&b, counts(&b).connections == 1);
		one = dial(&b);
		say(one, GET("/x"));
		hear(&b, one, "201 /x");
		close(one);
		close(two);
		close_bench(&b);
	}
}
END_TEST

START_TEST(waits_for_room_before_it_takes_more)
{
	const struct ww_mllp_room_settings two = {
		.frames = 2, .bytes = 64 << 20, .open = 64 << 20, .connections = 1000
	};
	struct bench b;
	int fd[3];

	open_bench_in(&b, NULL, &two);
	b.waits = true;
	for (size_t i = 0; i < UNIT_COUNT(fd); i++)
		fd[i] = dial(&b);
	for (size_t i = 0; i < 2; i++) {
		say(fd[i], POST("/x", "1") "1");
		UNTIL(&b, b.n == i + 1);
	}
	say(fd[2], POST("/x", "1") "1");
	hear_nothing(&b, fd[2]);
	ck_assert_uint_eq(b.n, 2);
	answer(b.call[0], 200, WW_STR("a"));
	UNTIL(&b, b.n == 3);
	answer(b.call[2], 200, WW_STR("c"));
	hear(&b, fd[2], "200 c");
	answer(b.call[1], 200, WW_STR("b"));
	for (size_t i = 0; i < UNIT_COUNT(fd); i++)
		close(fd[i]);
	close_bench(&b);
}
END_TEST

/* Of long bodies that together are beyond the limit one after the other comes to its end. */
START_TEST(takes_long_bodies_in_turn)
{
	static char part[200001];
	const struct ww_mllp_room_settings small = {
		.frames = 100, .bytes = 64 << 20, .open = 64 << 10, .connections = 1000
	};
	struct bench b;
	int fd[4];

	memset(part, 'x', sizeof(part) - 1);
	open_bench_in(&b, NULL, &small);
	for (size_t i = 0; i < UNIT_COUNT(fd); i++) {
		fd[i] = dial(&b);
		say(fd[i], POST("/x", "200000"));
		say(fd[i], part);
	}
	for (size_t i = 0; i < UNIT_COUNT(fd); i++) {
		hear(&b, fd[i], "201 /x");
		close(fd[i]);
	}
	close_bench(&b);
}
END_TEST

/* -- stopping --------------------------------------------------------------------------------------- */

START_TEST(answers_what_it_took_before_it_closes)
{
	struct bench b;
	int fd, idle;

	open_bench(&b, NULL);
	b.waits = true;
	fd = dial(&b);
	idle = dial(&b);
	say(fd, GET("/x") GET("/y"));
	UNTIL(&b, b.n == 1 && counts(&b).connections == 2);
	ww_http_server_close(b.server, 60000, on_closed, &b);
	hear_end(&b, idle);
	hear_nothing(&b, fd);
	ck_assert(!b.closed);
	answer(b.call[0], 200, WW_STR("a"));
	hear(&b, fd, "200 close a");
	hear_end(&b, fd);
	UNTIL(&b, b.closed);
	ck_assert_uint_eq(b.n, 1);
	close_bench(&b);
}
END_TEST

START_TEST(gives_up_what_is_not_answered_in_its_grace)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.waits = true;
	fd = dial(&b);
	say(fd, GET("/x"));
	UNTIL(&b, b.n == 1);
	ww_http_server_close(b.server, 0, on_closed, &b);
	UNTIL(&b, b.closed);
	unit_str_is(ww_buf_view(&b.said), "head /x\ncall /x []\ngone /x\n");
	hear_end(&b, fd);
	close_bench(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		joins_a_request_that_comes_in_pieces,
		answers_requests_that_came_together_in_their_order,
		takes_many_requests_of_one_segment,
		decodes_a_chunked_body,
		answers_head_with_the_length_and_no_body,
		closes_when_the_client_asked_for_it,
		answers_a_client_that_has_closed_its_half,
		tells_once_that_the_client_of_a_call_is_gone,
		tells_that_the_client_is_gone_before_its_body_was_whole,
		makes_a_header_with_a_line_end_in_it_a_500,
		sends_small_answers_at_once,
		believes_a_proxy_whose_request_it_is,
		asks_for_the_body_when_the_head_was_accepted,
		asks_for_no_body_when_the_head_was_refused,
		goes_on_behind_a_short_body_that_was_refused,
		refuses_a_long_body_before_it_is_read,
		refuses_chunks_beyond_the_limit,
		closes_after_what_is_no_request,
		answers_the_requests_before_one_that_is_none,
		cuts_off_heads_that_come_slowly,
		cuts_off_a_body_that_comes_slowly,
		closes_a_connection_without_requests,
		closes_when_an_answer_is_not_read,
		lets_a_long_answer_be_read,
		turns_away_what_is_too_much,
		waits_for_room_before_it_takes_more,
		takes_long_bodies_in_turn,
		answers_what_it_took_before_it_closes,
		gives_up_what_is_not_answered_in_its_grace,
	};

	return unit_main("http_in", tests, UNIT_COUNT(tests));
}
