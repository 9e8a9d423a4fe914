/* Memory that runs out in the HTTP server, at each of our allocations in turn: a client gets its answer or a closed connection, its
 * call ends once, and the next client is answered. */
#define ALLOC_OURS
#include "tests/unit/alloc_fail.h"

#include "link/http_in.h"
#include "link/loop.h"
#include "link/mllp_room.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <arpa/inet.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct desk {
	struct ww_ctx cx;
	struct ww_loop *loop;
	struct ww_mllp_room *room;
	struct ww_http_server *server;
	int calls; /* taken and neither answered nor gone */
	bool closed;
};

static void
on_head(void *arg, struct ww_http_call *c)
{
	struct desk *d = arg;

	d->calls++;
	alloc_assert(ww_http_call_take(c, 1 << 20), "a call is not taken");
}

static void
on_call(void *arg, struct ww_http_call *c)
{
	static const ww_str header = WW_STR_INIT("ETag: W/\"1\"");
	struct ww_http_answer a = {
		.status = 201, .headers = &header, .headers_n = 1, .body = ww_http_call_body(c)
	};
	struct desk *d = arg;

	d->calls--;
	ww_http_call_answer(c, &a);
}

static void
on_bad(void *arg, struct ww_http_call *c, unsigned status, const char *why)
{
	(void)arg;
	(void)c;
	(void)why;
	alloc_assert(false, "bad %u", status);
}

static void
on_gone(void *arg, struct ww_http_call *c)
{
	struct desk *d = arg;

	(void)c;
	d->calls--;
}

static void
open_desk(struct desk *d)
{
	static const struct ww_mllp_room_settings wide = {
		.frames = 100, .bytes = 1 << 20, .open = 1 << 20, .connections = 10
	};
	struct ww_http_server_settings set = { .address = WW_STR("127.0.0.1:0"),
		.max_connections = 10,
		.peer_connections = 10,
		.head_deadline = 60,
		.body_deadline = 60,
		.idle_timeout = 60,
		.write_timeout = 60,
		.accept_queue = 16,
		.on_head = on_head,
		.on_call = on_call,
		.on_bad = on_bad,
		.on_gone = on_gone,
		.arg = d };

	memset(d, 0, sizeof(*d));
	d->cx.arena = ww_arena_new(0);
	ck_assert_int_eq(ww_loop_new(&d->cx, &d->loop), WW_OK);
	ck_assert_int_eq(ww_mllp_room_new(d->loop, &d->cx, &wide, &d->room), WW_OK);
	set.room = d->room;
	ck_assert_int_eq(ww_http_server_open(d->loop, &d->cx, &set, &d->server), WW_OK);
}

static void
turn(struct desk *d)
{
	event_base_loop(ww_loop_base(d->loop), EVLOOP_NONBLOCK);
}

static void
on_closed(void *arg)
{
	struct desk *d = arg;

	d->closed = true;
}

static void
close_desk(struct desk *d)
{
	ww_http_server_close(d->server, 0, on_closed, d);
	while (!d->closed)
		turn(d);
	ck_assert_int_eq(d->calls, 0);
	ww_mllp_room_free(d->room);
	ww_loop_free(d->loop);
	ww_arena_free(d->cx.arena);
}

static const char request[] = "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "5\r\nhello\r\n0\r\n\r\nPOST /y HTTP/1.1\r\nHost: h\r\n"
                              "Connection: close\r\nContent-Length: 3\r\n\r\nbye";

/* Both requests on a connection of its own, to its end. True: both were answered. */
static bool
ask(struct desk *d, long n)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)ww_http_server_port(d->server)),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	time_t end = time(NULL) + 60;
	char answer[2048];
	size_t got = 0;
	ssize_t k = 1;

	alloc_assert(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0, "no connection");
	alloc_assert(send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) > 0, "nothing is sent");
	while (k > 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		turn(d);
		alloc_assert(time(NULL) < end, "allocation %ld: no end", n);
		if (poll(&p, 1, 0) != 1)
			continue;
		k = recv(fd, answer + got, sizeof(answer) - 1 - got, 0);
		got += k > 0 ? (size_t)k : 0;
	}
	close(fd);
	answer[got] = '\0';
	return strstr(answer, "\r\n\r\nhello") != NULL && strstr(answer, "\r\n\r\nbye") != NULL;
}

static bool
serve_once(void *arg, long n)
{
	struct desk d;
	bool failed, got;

	(void)arg;
	open_desk(&d);
	alloc_arm(n);
	got = ask(&d, n);
	failed = alloc_disarm();
	ck_assert_msg(got || failed, "allocation %ld: closed for no reason", n);
	ck_assert_msg(ask(&d, 0), "allocation %ld: the next client is not answered", n);
	close_desk(&d);
	return failed;
}

START_TEST(answers_a_client_or_hangs_up)
{
	ww_log_set_level((enum ww_log_level) - 1);
	ck_assert_int_gt(alloc_sweep(serve_once, NULL, 1), 5);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { answers_a_client_or_hangs_up };

	return unit_main("alloc_http", tests, UNIT_COUNT(tests));
}
