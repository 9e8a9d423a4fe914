/* The MLLP listener, met over loopback. Client and listener share one thread: what a client sends lies in
 * the socket until the loop is turned. */
#include "tests/unit/unit.h"

#include "link/loop.h"
#include "link/mllp_in.h"
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAMES_MOST 512

struct bench {
	struct ww_ctx cx;
	struct ww_loop *loop;
	struct ww_mllp_room *room;
	struct ww_mllp_in *in;
	struct ww_mllp_in_settings settings;
	bool answers;      /* each frame at once, by its own payload */
	bool closed;       /* done was called */
	struct ww_buf big; /* what to answer instead */
	struct ww_mllp_frame *frames[FRAMES_MOST];
	ww_str payloads[FRAMES_MOST];
	size_t n;
	unsigned too_big;
	char peer[64];
};

static void
on_frame(void *arg, struct ww_mllp_frame *f, ww_str payload, ww_str peer)
{
	struct bench *b = arg;

	ck_assert(b->n < FRAMES_MOST);
	snprintf(b->peer, sizeof(b->peer), "%.*s", WW_STR_FMT(peer));
	b->payloads[b->n] = ww_arena_str(b->cx.arena, payload);
	b->frames[b->n++] = f;
	if (b->answers)
		ww_mllp_answer(f, b->big.n > 0 ? ww_buf_view(&b->big) : payload);
}

static void
on_too_big(void *arg, struct ww_mllp_frame *f, ww_str head, ww_str peer)
{
	struct bench *b = arg;

	(void)peer;
	b->too_big++;
	ck_assert_uint_gt(head.n, 0);
	ww_mllp_answer(f, WW_STR("too big"));
}

static const struct ww_mllp_room_settings wide = {
	.frames = 1000, .bytes = 64 << 20, .open = 64 << 20, .connections = 1000
};

static void
open_bench_in(struct bench *b, const struct ww_mllp_in_settings *changes,
    const struct ww_mllp_room_settings *room)
{
	struct ww_mllp_in_settings *set = &b->settings;

	memset(b, 0, sizeof(*b));
	ww_log_set_level(WW_LOG_ERROR);
	b->cx.arena = ww_arena_new(0);
	*set = (struct ww_mllp_in_settings){ .address = WW_STR("127.0.0.1:0"),
		.max_message = 1 << 20,
		.max_connections = 300,
		.peer_connections = 300,
		.peer_rate = 1000000,
		.frame_timeout = 30,
		.frame_deadline = 300,
		.idle_timeout = 3600,
		.accept_queue = 511,
		.max_pending = 64 };
#define CHANGE(field)                                                                              \
	if (changes != NULL && changes->field != 0)                                                \
	set->field = changes->field
	CHANGE(max_message);
	CHANGE(max_connections);
	CHANGE(peer_connections);
	CHANGE(peer_rate);
	CHANGE(frame_timeout);
	CHANGE(frame_deadline);
	CHANGE(idle_timeout);
	CHANGE(max_pending);
	CHANGE(release);
#undef CHANGE
	set->on_frame = on_frame;
	set->on_too_big = on_too_big;
	set->arg = b;
	ck_assert_int_eq(ww_loop_new(&b->cx, &b->loop), WW_OK);
	ck_assert_int_eq(ww_mllp_room_new(b->loop, &b->cx, room, &b->room), WW_OK);
	set->room = b->room;
	ck_assert_int_eq(ww_mllp_in_open(b->loop, &b->cx, set, &b->in), WW_OK);
}

static void
open_bench(struct bench *b, const struct ww_mllp_in_settings *changes)
{
	open_bench_in(b, changes, &wide);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Works on everything that is ready, without waiting. */
static void
turn(struct bench *b)
{
	int i;

	for (i = 0; i < 8; i++)
		event_base_loop(ww_loop_base(b->loop), EVLOOP_NONBLOCK);
}

/* Turns the loop until cond holds. */
#define UNTIL(b, cond)                                                                             \
	do {                                                                                       \
		int64_t end_ = now_ms() + 3500;                                                    \
		while (!(cond)) {                                                                  \
			ck_assert_msg(now_ms() < end_, "never came: %s", #cond);                   \
			event_base_loop(ww_loop_base((b)->loop), EVLOOP_NONBLOCK);                 \
		}                                                                                  \
	} while (0)

static uint64_t
connections(struct bench *b)
{
	uint64_t n, frames, noise;

	ww_mllp_in_counts(b->in, &n, &frames, &noise);
	return n;
}

static uint64_t
noise(struct bench *b)
{
	uint64_t n, frames, noisy;

	ww_mllp_in_counts(b->in, &n, &frames, &noisy);
	return noisy;
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
		ww_mllp_in_close(b->in, 0, on_closed, b);
		ck_assert(!b->closed);
		UNTIL(b, b->closed);
	}
	turn(b);
	ww_mllp_room_free(b->room);
	ww_loop_free(b->loop);
	ww_buf_free(&b->big);
	ww_arena_free(b->cx.arena);
}

static struct sockaddr_in
address_of(struct bench *b)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)ww_mllp_in_port(b->in)) };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static int
dial(struct bench *b, int receive_buffer)
{
	struct sockaddr_in a = address_of(b);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	if (receive_buffer > 0)
		ck_assert_int_eq(
		    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer)),
		    0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static void
say(int fd, const char *bytes, size_t n)
{
	ck_assert_int_eq((int)send(fd, bytes, n, MSG_NOSIGNAL), (int)n);
}

#define SAY(fd, literal) say(fd, literal, sizeof(literal) - 1)

/* Turns the loop until exactly these bytes have come. */
static void
hear(struct bench *b, int fd, const char *want)
{
	char got[4096];
	size_t n = 0, need = strlen(want);

	ck_assert_uint_lt(need, sizeof(got));
	while (n < need) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t k;

		UNTIL(b, poll(&p, 1, 0) == 1);
		k = recv(fd, got + n, need - n, 0);
		ck_assert_msg(k > 0, "closed after \"%.*s\", want \"%s\"", (int)n, got, want);
		n += (size_t)k;
	}
	got[n] = '\0';
	ck_assert_str_eq(got, want);
}

/* The other side has closed, and said nothing more. */
static void
hear_end(struct bench *b, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char c;

	UNTIL(b, poll(&p, 1, 0) == 1);
	ck_assert_int_le((int)recv(fd, &c, 1, 0), 0);
	close(fd);
}

static void
hear_nothing(struct bench *b, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	turn(b);
	ck_assert_int_eq(poll(&p, 1, 0), 0);
}

/* -- frames and answers --------------------------------------------------------------------------- */

START_TEST(joins_a_frame_that_comes_in_pieces)
{
	static const char bytes[] = "\x0bMSH|1\x1c\r\x0bMSH|2\x1c\r";
	struct bench b;
	size_t i;
	int fd;

	open_bench(&b, NULL);
	b.answers = true;
	fd = dial(&b, 0);
	for (i = 0; i + 1 < sizeof(bytes); i++) {
		say(fd, &bytes[i], 1);
		turn(&b);
	}
	hear(&b, fd, bytes);
	ck_assert_uint_eq(b.n, 2);
	unit_str_is(b.payloads[0], "MSH|1");
	unit_str_is(b.payloads[1], "MSH|2");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(takes_frames_that_come_together)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.answers = true;
	fd = dial(&b, 0);
	SAY(fd, "\x0bone\x1c\r\x0btwo\x1c\r\x0bthr");
	hear(&b, fd, "\x0bone\x1c\r\x0btwo\x1c\r");
	SAY(fd, "ee\x1c\r");
	hear(&b, fd, "\x0bthree\x1c\r");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(answers_leave_in_the_order_of_the_frames)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b, 0);
	SAY(fd, "\x0b"
	        "1\x1c\r\x0b"
	        "2\x1c\r\x0b"
	        "3\x1c\r");
	UNTIL(&b, b.n == 3);
	ww_mllp_answer(b.frames[2], WW_STR("c"));
	hear_nothing(&b, fd);
	ww_mllp_answer(b.frames[0], WW_STR("a"));
	hear(&b, fd,
	    "\x0b"
	    "a\x1c\r");
	ww_mllp_answer(b.frames[1], WW_STR("b"));
	hear(&b, fd,
	    "\x0b"
	    "b\x1c\r\x0b"
	    "c\x1c\r");
	close(fd);
	close_bench(&b);
}
END_TEST

#define FRAME(payload) "\x0b" payload "\x1c\r"

START_TEST(what_follows_later_holds_back_no_answer)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b, 0);
	SAY(fd, FRAME("1") FRAME("2") FRAME("3"));
	UNTIL(&b, b.n == 3);
	ww_mllp_say(b.frames[1], WW_MLLP_LATER, WW_STR("L2"));
	hear_nothing(&b, fd); /* its own answer is not said */
	ww_mllp_say(b.frames[0], WW_MLLP_ANSWER, WW_STR("A1"));
	ww_mllp_say(b.frames[1], WW_MLLP_ANSWER, WW_STR("A2"));
	hear(&b, fd, FRAME("A1") FRAME("A2"));
	ww_mllp_answer(b.frames[2], WW_STR("A3"));
	hear(&b, fd, FRAME("A3"));
	hear_nothing(&b, fd); /* what follows later has an order of its own */
	ww_mllp_end(b.frames[1]);
	ww_mllp_say(b.frames[0], WW_MLLP_LATER, WW_STR("L1"));
	hear(&b, fd, FRAME("L1") FRAME("L2"));
	ww_mllp_end(b.frames[0]);
	shutdown(fd, SHUT_WR);
	hear_end(&b, fd);
	close_bench(&b);
}
END_TEST

START_TEST(an_empty_answer_is_passed_over)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b, 0);
	SAY(fd, FRAME("1") FRAME("2") FRAME("3"));
	UNTIL(&b, b.n == 3);
	ww_mllp_answer(b.frames[2], WW_STR("A3"));
	ww_mllp_say(b.frames[1], WW_MLLP_ANSWER, ww_str_empty());
	ww_mllp_end(b.frames[0]);
	hear(&b, fd, FRAME("A3"));
	ww_mllp_end(b.frames[1]);
	shutdown(fd, SHUT_WR);
	hear_end(&b, fd);
	close_bench(&b);
}
END_TEST

START_TEST(a_commit_block_stands_before_the_answer)
{
	const struct ww_mllp_in_settings two = { .release = 2 };
	struct bench b;
	int fd;

	open_bench(&b, &two);
	fd = dial(&b, 0);
	SAY(fd, FRAME("1") FRAME("2") FRAME("\x06") FRAME("\x15") FRAME("3"));
	UNTIL(&b, b.n == 3); /* blocks for what we sent are no frames to answer, and no noise */
	ck_assert_uint_eq(noise(&b), 0);
	ww_mllp_commit(b.frames[1], false);
	ww_mllp_answer(b.frames[1], WW_STR("A2"));
	hear_nothing(&b, fd);
	ww_mllp_commit(b.frames[0], true);
	ww_mllp_commit(b.frames[0], false); /* said already */
	hear(&b, fd, FRAME("\x06") FRAME("\x15"));
	ww_mllp_answer(b.frames[0], WW_STR("A1"));
	hear(&b, fd, FRAME("A1") FRAME("A2"));
	ww_mllp_commit(b.frames[2], true);
	ww_mllp_abandon(b.frames[2]);
	hear(&b, fd, FRAME("\x06"));
	hear_end(&b, fd);
	close_bench(&b);
}
END_TEST

START_TEST(a_commit_block_in_release_1_is_noise)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b, 0);
	SAY(fd, FRAME("\x06") FRAME("\x15") FRAME("\x06\x06"));
	UNTIL(&b, b.n == 1);
	ck_assert_uint_eq(noise(&b), 2);
	ww_mllp_commit(b.frames[0], true);
	ww_mllp_answer(b.frames[0], WW_STR("A"));
	hear(&b, fd, FRAME("A"));
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(gives_an_empty_frame_no_answer_and_stays)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.answers = true;
	fd = dial(&b, 0);
	SAY(fd, "\x0b\x1c\r");
	UNTIL(&b, noise(&b) == 1);
	hear_nothing(&b, fd);
	SAY(fd, "\x0bx\x1c\r");
	hear(&b, fd, "\x0bx\x1c\r");
	ck_assert_uint_eq(b.n, 1);
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(tells_the_address_of_the_peer)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.answers = true;
	fd = dial(&b, 0);
	SAY(fd, "\x0bx\x1c\r");
	UNTIL(&b, b.n == 1);
	ck_assert_str_eq(b.peer, "127.0.0.1");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(counts_frames_begun_anew)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	b.answers = true;
	fd = dial(&b, 0);
	SAY(fd, "\x0blost\x0bkept\x1c\r");
	hear(&b, fd, "\x0bkept\x1c\r");
	ck_assert_uint_eq(noise(&b), 1);
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(answers_a_client_that_closed_its_sending_side)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b, 0);
	SAY(fd, "\x0b"
	        "1\x1c\r\x0b"
	        "2\x1c\r");
	shutdown(fd, SHUT_WR);
	UNTIL(&b, b.n == 2);
	turn(&b);
	ww_mllp_answer(b.frames[1], WW_STR("b"));
	ww_mllp_answer(b.frames[0], WW_STR("a"));
	hear(&b, fd,
	    "\x0b"
	    "a\x1c\r\x0b"
	    "b\x1c\r");
	hear_end(&b, fd);
	close_bench(&b);
}
END_TEST

START_TEST(does_not_read_past_the_frames_allowed_to_wait)
{
	const struct ww_mllp_in_settings two = { .max_pending = 2 };
	struct bench b;
	int fd;

	open_bench(&b, &two);
	fd = dial(&b, 0);
	SAY(fd, "\x0b"
	        "1\x1c\r\x0b"
	        "2\x1c\r\x0b"
	        "3\x1c\r\x0b"
	        "4\x1c\r");
	UNTIL(&b, b.n == 2);
	turn(&b);
	ck_assert_uint_eq(b.n, 2);
	ww_mllp_answer(b.frames[1], WW_STR("b"));
	turn(&b);
	ck_assert_uint_eq(b.n, 2); /* the first still holds it back */
	ww_mllp_answer(b.frames[0], WW_STR("a"));
	ck_assert_uint_eq(b.n, 2); /* never from inside the call */
	UNTIL(&b, b.n == 4);
	ww_mllp_answer(b.frames[2], WW_STR("c"));
	ww_mllp_answer(b.frames[3], WW_STR("d"));
	hear(&b, fd,
	    "\x0b"
	    "a\x1c\r\x0b"
	    "b\x1c\r\x0b"
	    "c\x1c\r\x0b"
	    "d\x1c\r");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(takes_what_a_gone_sender_left_behind)
{
	const struct ww_mllp_in_settings one = { .max_pending = 1 };
	struct bench b;
	int fd;

	open_bench(&b, &one);
	fd = dial(&b, 0);
	SAY(fd, "\x0b"
	        "1\x1c\r\x0b"
	        "2\x1c\r");
	shutdown(fd, SHUT_WR);
	UNTIL(&b, b.n == 1);
	turn(&b);
	ww_mllp_answer(b.frames[0], WW_STR("a"));
	UNTIL(&b, b.n == 2);
	ww_mllp_answer(b.frames[1], WW_STR("b"));
	hear(&b, fd,
	    "\x0b"
	    "a\x1c\r\x0b"
	    "b\x1c\r");
	hear_end(&b, fd);
	close_bench(&b);
}
END_TEST

/* -- bad peers -------------------------------------------------------------------------------------- */

static void
vanish(int fd)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

START_TEST(lives_on_when_clients_vanish_before_their_answers)
{
	struct bench b;
	int fd[50], other;
	size_t i;

	open_bench(&b, NULL);
	for (i = 0; i < UNIT_COUNT(fd); i++) {
		fd[i] = dial(&b, 0);
		SAY(fd[i], "\x0bx\x1c\r");
	}
	UNTIL(&b, b.n == UNIT_COUNT(fd));
	for (i = 0; i < UNIT_COUNT(fd); i++)
		vanish(fd[i]);
	for (i = 0; i < 25; i++) /* before the loop knows */
		ww_mllp_answer(b.frames[i], WW_STR("a"));
	UNTIL(&b, connections(&b) == 0);
	for (; i < UNIT_COUNT(fd); i++) /* and after */
		ww_mllp_answer(b.frames[i], WW_STR("a"));
	other = dial(&b, 0);
	b.answers = true;
	SAY(other, "\x0by\x1c\r");
	hear(&b, other, "\x0by\x1c\r");
	close(other);
	close_bench(&b);
}
END_TEST

START_TEST(answers_a_frame_too_big_when_it_has_ended)
{
	const struct ww_mllp_in_settings small = { .max_message = 10 };
	struct bench b;
	int fd;

	open_bench(&b, &small);
	b.answers = true;
	fd = dial(&b, 0);
	SAY(fd, "\x0b"
	        "0123456789\x1c\r\x0b"
	        "0123456789x");
	hear(&b, fd,
	    "\x0b"
	    "0123456789\x1c\r");
	hear_nothing(&b, fd);
	SAY(fd, "yz\x1c\r\x0b"
	        "next\x1c\r");
	hear(&b, fd,
	    "\x0b"
	    "too big\x1c\r\x0b"
	    "next\x1c\r");
	ck_assert_uint_eq(b.n, 2);
	ck_assert_uint_eq(b.too_big, 1);
	ck_assert_uint_eq(noise(&b), 1);
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(closes_on_a_frame_without_end)
{
	const struct ww_mllp_in_settings small = { .max_message = 10 };
	char many[2000];
	struct bench b;
	int fd;

	open_bench(&b, &small);
	memset(many, 'x', sizeof(many));
	fd = dial(&b, 0);
	SAY(fd, "\x0b");
	say(fd, many, sizeof(many));
	hear_end(&b, fd);
	ck_assert_uint_eq(b.n + b.too_big, 0);
	close_bench(&b);
}
END_TEST

START_TEST(closes_on_noise)
{
	char many[5000];
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	memset(many, 'x', sizeof(many));
	fd = dial(&b, 0);
	say(fd, many, sizeof(many));
	hear_end(&b, fd);
	ck_assert_uint_eq(connections(&b), 0);
	close_bench(&b);
}
END_TEST

START_TEST(closes_a_frame_that_is_never_ended)
{
	const struct ww_mllp_in_settings one_second = { .frame_timeout = 1 };
	struct bench b;
	int64_t begun;
	int slow, idle;

	open_bench(&b, &one_second);
	b.answers = true;
	idle = dial(&b, 0);
	slow = dial(&b, 0);
	SAY(idle, "\x0bx\x1c\r");
	hear(&b, idle, "\x0bx\x1c\r");
	begun = now_ms();
	SAY(slow, "\x0bMSH|");
	hear_end(&b, slow);
	ck_assert_int_ge(now_ms() - begun, 950);
	ck_assert_uint_eq(connections(&b), 1); /* idle between frames is no fault */
	SAY(idle, "\x0bx\x1c\r");
	hear(&b, idle, "\x0bx\x1c\r");
	close(idle);
	close_bench(&b);
}
END_TEST

START_TEST(each_byte_gives_an_open_frame_more_time)
{
	const struct ww_mllp_in_settings one_second = { .frame_timeout = 1 };
	struct bench b;
	int64_t begun;
	int fd, i;

	open_bench(&b, &one_second);
	b.answers = true;
	fd = dial(&b, 0);
	SAY(fd, "\x0b");
	for (i = 0; i < 3; i++) {
		begun = now_ms();
		UNTIL(&b, now_ms() - begun > 500);
		SAY(fd, "x");
	}
	SAY(fd, "\x1c\r");
	hear(&b, fd, "\x0bxxx\x1c\r");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(closes_a_peer_that_does_not_read_its_answers)
{
	const struct ww_mllp_in_settings one_second = { .frame_timeout = 1 };
	struct bench b;
	char block[1024];
	int fd, i;

	open_bench(&b, &one_second);
	memset(block, 'a', sizeof(block));
	for (i = 0; i < 256; i++)
		ww_buf_add(&b.big, block, sizeof(block));
	b.answers = true;
	fd = dial(&b, 4096);
	for (i = 0; i < 200; i++)
		SAY(fd, "\x0bx\x1c\r");
	UNTIL(&b, b.n > 0);
	UNTIL(&b, connections(&b) == 0);
	ck_assert_uint_lt(b.n, 64); /* what it sends is not taken meanwhile */
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(refuses_more_connections_than_allowed)
{
	const struct ww_mllp_in_settings two = { .max_connections = 2 };
	struct bench b;
	int fd[3];

	open_bench(&b, &two);
	b.answers = true;
	fd[0] = dial(&b, 0);
	fd[1] = dial(&b, 0);
	UNTIL(&b, connections(&b) == 2);
	fd[2] = dial(&b, 0);
	hear_end(&b, fd[2]);
	close(fd[0]);
	UNTIL(&b, connections(&b) == 1);
	fd[2] = dial(&b, 0);
	SAY(fd[2], "\x0bx\x1c\r");
	hear(&b, fd[2], "\x0bx\x1c\r");
	close(fd[1]);
	close(fd[2]);
	close_bench(&b);
}
END_TEST

START_TEST(holds_two_hundred_idle_connections)
{
	struct bench b;
	int fd[200];
	size_t i;

	open_bench(&b, NULL);
	b.answers = true;
	for (i = 0; i < UNIT_COUNT(fd); i++) {
		fd[i] = dial(&b, 0);
		turn(&b);
	}
	UNTIL(&b, connections(&b) == UNIT_COUNT(fd));
	for (i = 0; i < UNIT_COUNT(fd); i++)
		SAY(fd[i], "\x0bx\x1c\r");
	for (i = 0; i < UNIT_COUNT(fd); i++)
		hear(&b, fd[i], "\x0bx\x1c\r");
	for (i = 0; i < UNIT_COUNT(fd); i++)
		close(fd[i]);
	close_bench(&b);
}
END_TEST

/* -- limits ----------------------------------------------------------------------------------------- */

/* From that address of this machine's own network. */
static int
dial_from(struct bench *b, const char *address)
{
	struct sockaddr_in from = { .sin_family = AF_INET }, to = address_of(b);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(inet_pton(AF_INET, address, &from.sin_addr), 1);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&from, sizeof(from)), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

START_TEST(refuses_more_connections_of_one_peer_than_allowed)
{
	const struct ww_mllp_in_settings two = { .peer_connections = 2 };
	struct bench b;
	int fd[3], other;

	open_bench(&b, &two);
	b.answers = true;
	fd[0] = dial_from(&b, "127.0.0.2");
	fd[1] = dial_from(&b, "127.0.0.2");
	fd[2] = dial_from(&b, "127.0.0.2");
	hear_end(&b, fd[2]);
	other = dial_from(&b, "127.0.0.3");
	SAY(other, "\x0bx\x1c\r");
	hear(&b, other, "\x0bx\x1c\r");
	ck_assert_str_eq(b.peer, "127.0.0.3");
	close(fd[0]);
	UNTIL(&b, connections(&b) == 2);
	fd[2] = dial_from(&b, "127.0.0.2");
	SAY(fd[2], "\x0by\x1c\r");
	hear(&b, fd[2], "\x0by\x1c\r");
	close(fd[1]);
	close(fd[2]);
	close(other);
	close_bench(&b);
}
END_TEST

START_TEST(slows_a_peer_that_sends_too_fast_and_loses_nothing)
{
	const struct ww_mllp_in_settings ten = { .peer_rate = 10 };
	struct bench b;
	int64_t begun = now_ms();
	int fd, other, i;

	open_bench(&b, &ten);
	b.answers = true;
	fd = dial(&b, 0);
	for (i = 0; i < 20; i++)
		SAY(fd, "\x0bx\x1c\r");
	UNTIL(&b, b.n >= 10);
	turn(&b);
	ck_assert_uint_lt(b.n, 20);
	other = dial_from(&b, "127.0.0.2"); /* its own account */
	SAY(other, "\x0by\x1c\r");
	hear(&b, other, "\x0by\x1c\r");
	shutdown(fd, SHUT_WR);
	UNTIL(&b, b.n == 21);
	ck_assert_int_ge(
	    now_ms() - begun, 850); /* nine of the twenty had to wait for their tenth of a second */
	for (i = 0; i < 20; i++)
		hear(&b, fd, "\x0bx\x1c\r");
	hear_end(&b, fd);
	close(other);
	close_bench(&b);
}
END_TEST

START_TEST(a_new_connection_does_not_pay_the_debt_of_its_peer)
{
	const struct ww_mllp_in_settings one = { .peer_rate = 1 };
	struct bench b;
	int fd;

	open_bench(&b, &one);
	b.answers = true;
	fd = dial(&b, 0);
	SAY(fd, "\x0b"
	        "1\x1c\r\x0b"
	        "2\x1c\r");
	UNTIL(&b, b.n == 2);
	vanish(fd);
	fd = dial(&b, 0);
	SAY(fd, "\x0b"
	        "3\x1c\r");
	UNTIL(&b, connections(&b) == 2); /* the first is noticed when its rest is over */
	hear_nothing(&b, fd);
	hear(&b, fd,
	    "\x0b"
	    "3\x1c\r");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(connections_given_up_do_not_pile_up_while_their_peer_may_not_send)
{
	const struct ww_mllp_in_settings one = { .peer_rate = 1 };
	struct bench b;
	int fd, i;

	open_bench(&b, &one);
	b.answers = true;
	for (i = 0; i < 6; i++) { /* five seconds of debt */
		fd = dial(&b, 0);
		SAY(fd, "\x0bx\x1c\r");
	}
	UNTIL(&b, b.n == 6);
	for (i = 0; i < 20; i++)
		close(dial(&b, 0));
	turn(&b);
	UNTIL(&b, connections(&b) == 6);
	close_bench(&b);
}
END_TEST

START_TEST(closes_a_connection_without_frames)
{
	const struct ww_mllp_in_settings one_second = { .idle_timeout = 1 };
	struct bench b;
	int64_t begun;
	int idle, waits;

	open_bench(&b, &one_second);
	idle = dial(&b, 0);
	waits = dial(&b, 0);
	SAY(waits, "\x0bx\x1c\r");
	UNTIL(&b, b.n == 1);
	begun = now_ms();
	hear_end(&b, idle);
	ck_assert_int_ge(now_ms() - begun, 900);
	ck_assert_uint_eq(connections(&b), 1); /* the other waits for us */
	UNTIL(&b, now_ms() - begun > 2100);
	ck_assert_uint_eq(connections(&b), 1);
	ww_mllp_answer(b.frames[0], WW_STR("a"));
	hear(&b, waits,
	    "\x0b"
	    "a\x1c\r");
	hear_end(&b, waits);
	close_bench(&b);
}
END_TEST

START_TEST(closes_a_frame_that_takes_too_long_as_a_whole)
{
	const struct ww_mllp_in_settings one_second = { .frame_deadline = 1 };
	struct bench b;
	int64_t begun = now_ms(), next = begun;
	int fd;

	open_bench(&b, &one_second);
	fd = dial(&b, 0);
	SAY(fd, "\x0b");
	UNTIL(&b, connections(&b) == 1);
	while (connections(&b) == 1) {
		ck_assert_int_lt(now_ms() - begun, 3500);
		if (now_ms() >= next) {
			SAY(fd, "x");
			next += 100;
		}
		turn(&b);
	}
	ck_assert_int_ge(now_ms() - begun, 950);
	close(fd);
	close_bench(&b);
}
END_TEST

static size_t
held_frames(struct bench *b)
{
	size_t frames, bytes, open;

	ww_mllp_room_held(b->room, &frames, &bytes, &open);
	return frames;
}

static size_t
held_open(struct bench *b)
{
	size_t frames, bytes, open;

	ww_mllp_room_held(b->room, &frames, &bytes, &open);
	return open;
}

/* Four connections, room for four frames: each frame is taken in the end, and who waited longest is first. */
START_TEST(takes_no_more_frames_than_there_is_room_for)
{
	const struct ww_mllp_room_settings four = {
		.frames = 4, .bytes = 1 << 20, .open = 1 << 20, .connections = 10
	};
	struct bench b;
	int fd[4], i;

	open_bench_in(&b, NULL, &four);
	for (i = 0; i < 4; i++)
		fd[i] = dial(&b, 0);
	UNTIL(&b, connections(&b) == 4);
	SAY(fd[0], "\x0b"
	           "a1\x1c\r\x0b"
	           "a2\x1c\r\x0b"
	           "a3\x1c\r\x0b"
	           "a4\x1c\r\x0b"
	           "a5\x1c\r");
	UNTIL(&b, b.n == 4);
	for (i = 1; i < 4; i++)
		SAY(fd[i], "\x0b"
		           "b\x1c\r");
	turn(&b);
	ck_assert_uint_eq(b.n, 4);
	ck_assert_uint_eq(held_frames(&b), 4);
	ww_mllp_answer(b.frames[0], WW_STR("ok"));
	turn(&b);
	ck_assert_uint_eq(b.n, 4); /* not one by one: half must be free */
	ww_mllp_answer(b.frames[1], WW_STR("ok"));
	UNTIL(&b, b.n == 6);
	unit_str_is(b.payloads[4], "b");
	unit_str_is(b.payloads[5], "b");
	for (i = 2; i < 6; i++)
		ww_mllp_answer(b.frames[i], WW_STR("ok"));
	UNTIL(&b, b.n == 8);
	ww_mllp_answer(b.frames[6], WW_STR("ok"));
	ww_mllp_answer(b.frames[7], WW_STR("ok"));
	ck_assert_uint_eq(held_frames(&b), 0);
	for (i = 0; i < 4; i++)
		close(fd[i]);
	close_bench(&b);
}
END_TEST

START_TEST(counts_the_bytes_of_frames_that_wait)
{
	const struct ww_mllp_room_settings small = {
		.frames = 100, .bytes = 8192, .open = 1 << 20, .connections = 10
	};
	char frame[2000];
	struct bench b;
	int fd, i;

	open_bench_in(&b, NULL, &small);
	memset(frame, 'x', sizeof(frame));
	frame[0] = '\x0b';
	frame[sizeof(frame) - 1] = '\x1c';
	fd = dial(&b, 0);
	for (i = 0; i < 5; i++)
		say(fd, frame, sizeof(frame));
	UNTIL(&b, b.n == 2); /* 5,000 bytes of memory each, with what else they cost */
	turn(&b);
	ck_assert_uint_eq(b.n, 2);
	b.answers = true;
	ww_mllp_answer(b.frames[0], WW_STR("ok"));
	ww_mllp_answer(b.frames[1], WW_STR("ok"));
	UNTIL(&b, b.n == 5);
	close(fd);
	close_bench(&b);
}
END_TEST

/* Long frames together beyond what is allowed: one goes on, the others wait, small ones notice nothing. */
START_TEST(lets_long_frames_in_one_by_one)
{
	const struct ww_mllp_room_settings small = {
		.frames = 100, .bytes = 64 << 20, .open = 300 << 10, .connections = 10
	};
	static char half[200 << 10];
	struct bench b;
	int fd[4], other, i;

	open_bench_in(&b, NULL, &small);
	b.answers = true;
	memset(half, 'x', sizeof(half));
	ww_buf_cstr(&b.big, "ok");
	for (i = 0; i < 4; i++) {
		fd[i] = dial(&b, 0);
		SAY(fd[i], "\x0b");
		say(fd[i], half, sizeof(half));
		turn(&b);
	}
	UNTIL(&b, held_open(&b) > small.open);
	ck_assert_uint_le(held_open(&b), small.open + (512 << 10) + 4 * (64 << 10));
	other = dial(&b, 0);
	SAY(other, "\x0bx\x1c\r");
	hear(&b, other, "\x0bok\x1c\r");
	for (i = 3; i >= 0; i--) /* ended in the order in which they do not come first */
		SAY(fd[i], "\x1c\r");
	for (i = 0; i < 4; i++)
		hear(&b, fd[i], "\x0bok\x1c\r");
	ck_assert_uint_eq(b.n, 5);
	ck_assert_uint_eq(held_open(&b), 0);
	for (i = 0; i < 4; i++)
		close(fd[i]);
	close(other);
	close_bench(&b);
}
END_TEST

START_TEST(goes_on_with_long_frames_when_the_one_that_was_first_is_gone)
{
	const struct ww_mllp_room_settings small = {
		.frames = 100, .bytes = 64 << 20, .open = 300 << 10, .connections = 10
	};
	static char half[200 << 10];
	struct bench b;
	int fd[4], i;

	open_bench_in(&b, NULL, &small);
	b.answers = true;
	memset(half, 'x', sizeof(half));
	ww_buf_cstr(&b.big, "ok");
	for (i = 0; i < 4; i++) {
		fd[i] = dial(&b, 0);
		SAY(fd[i], "\x0b");
		say(fd[i], half, sizeof(half));
		turn(&b);
	}
	for (i = 0; i < 3; i++)
		vanish(fd[i]);
	SAY(fd[3], "\x1c\r");
	hear(&b, fd[3], "\x0bok\x1c\r");
	UNTIL(&b, connections(&b) == 1);
	ck_assert_uint_eq(held_open(&b), 0);
	close(fd[3]);
	close_bench(&b);
}
END_TEST

START_TEST(one_with_many_frames_leaves_room_for_others)
{
	const struct ww_mllp_room_settings room = {
		.frames = 160, .bytes = 64 << 20, .open = 64 << 20, .connections = 10
	};
	struct bench b;
	int fast, other;
	size_t i;

	open_bench_in(&b, NULL, &room);
	fast = dial(&b, 0);
	for (i = 0; i < 100; i++)
		SAY(fast, "\x0bx\x1c\r");
	UNTIL(&b, b.n == 10); /* a sixteenth */
	turn(&b);
	ck_assert_uint_eq(b.n, 10);
	other = dial_from(&b, "127.0.0.2");
	for (i = 0; i < 20; i++)
		SAY(other, "\x0by\x1c\r");
	UNTIL(&b, b.n == 18); /* its share */
	turn(&b);
	ck_assert_uint_eq(b.n, 18);
	for (i = 0; i < 120; i++) { /* all of them in the end */
		UNTIL(&b, i < b.n);
		ww_mllp_answer(b.frames[i], WW_STR("ok"));
	}
	close(fast);
	close(other);
	close_bench(&b);
}
END_TEST

/* The long frame that may go on stops, and its connection has answers to come: the others do not wait for those. */
START_TEST(a_long_frame_that_stops_makes_room_at_once)
{
	const struct ww_mllp_in_settings one_second = { .frame_timeout = 1 };
	const struct ww_mllp_room_settings small = {
		.frames = 100, .bytes = 64 << 20, .open = 600 << 10, .connections = 10
	};
	static char half[200 << 10];
	struct bench b;
	int fd[3], i;

	open_bench_in(&b, &one_second, &small);
	memset(half, 'x', sizeof(half));
	for (i = 0; i < 3; i++) {
		fd[i] = dial(&b, 0);
		SAY(fd[i], "\x0bx\x1c\r\x0b");
		say(fd[i], half, sizeof(half));
		turn(&b);
	}
	UNTIL(&b, held_open(&b) > small.open);
	UNTIL(&b, held_open(&b) == 0);
	ck_assert_uint_eq(b.n, 3);
	ck_assert_uint_eq(connections(&b), 3);
	for (i = 0; i < 3; i++) {
		ww_mllp_answer(b.frames[i], WW_STR("ok"));
		hear(&b, fd[i], "\x0bok\x1c\r");
		hear_end(&b, fd[i]);
	}
	close_bench(&b);
}
END_TEST

/* A peer with hundreds of frames at once, and one with a single frame that comes after them. */
START_TEST(one_with_many_frames_does_not_keep_the_others_waiting)
{
	const struct ww_mllp_in_settings many = { .max_pending = 400 };
	struct bench b;
	int fast, other;
	size_t i;

	open_bench(&b, &many);
	b.answers = true;
	fast = dial(&b, 0);
	other = dial_from(&b, "127.0.0.2");
	UNTIL(&b, connections(&b) == 2);
	for (i = 0; i < 300; i++)
		SAY(fast, "\x0bx\x1c\r");
	SAY(other, "\x0by\x1c\r");
	UNTIL(&b, b.n == 301);
	for (i = 0; b.payloads[i].p[0] != 'y'; i++)
		;
	ck_assert_uint_le(i, 32);
	close(fast);
	close(other);
	close_bench(&b);
}
END_TEST

START_TEST(accepts_a_storm_in_measures)
{
	struct bench b;
	int fd[100];
	size_t i;

	open_bench(&b, NULL);
	for (i = 0; i < UNIT_COUNT(fd); i++)
		fd[i] = dial(&b, 0);
	event_base_loop(ww_loop_base(b.loop), EVLOOP_ONCE);
	ck_assert_uint_le(connections(&b), 32);
	UNTIL(&b, connections(&b) == UNIT_COUNT(fd));
	for (i = 0; i < UNIT_COUNT(fd); i++)
		vanish(fd[i]);
	UNTIL(&b, connections(&b) == 0);
	close_bench(&b);
}
END_TEST

/* The number of the next descriptor. */
static rlim_t
next_descriptor(void)
{
	int next = dup(STDERR_FILENO);

	ck_assert_int_ge(next, 0);
	close(next);
	return (rlim_t)next;
}

static void
allow_descriptors(rlim_t n)
{
	struct rlimit r;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &r), 0);
	r.rlim_cur = n;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &r), 0);
}

static double
processor_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

START_TEST(accepts_again_when_there_are_descriptors_again)
{
	struct bench b;
	rlim_t next;
	double used;
	int fd[3], i;

	open_bench(&b, NULL);
	b.answers = true;
	for (i = 0; i < 3; i++)
		fd[i] = socket(AF_INET, SOCK_STREAM, 0);
	next = next_descriptor();
	allow_descriptors(next + 1);
	for (i = 0; i < 3; i++) {
		struct sockaddr_in to = address_of(&b);

		ck_assert_int_eq(connect(fd[i], (struct sockaddr *)&to, sizeof(to)), 0);
	}
	UNTIL(&b, connections(&b) == 1);
	used = processor_seconds();
	for (i = 0; i < 5; i++) { /* it sleeps, with connections still in the queue */
		struct timeval tv = { .tv_usec = 50000 };

		event_base_loopexit(ww_loop_base(b.loop), &tv);
		event_base_dispatch(ww_loop_base(b.loop));
	}
	ck_assert_double_lt(processor_seconds() - used, 0.1);
	ck_assert_uint_eq(connections(&b), 1);
	allow_descriptors(next + 3);
	SAY(fd[2], "\x0bx\x1c\r");
	hear(&b, fd[2], "\x0bx\x1c\r");
	for (i = 0; i < 3; i++)
		close(fd[i]);
	close_bench(&b);
}
END_TEST

/* -- pausing and closing ---------------------------------------------------------------------------- */

START_TEST(reads_nothing_while_paused_and_goes_on_after)
{
	const struct ww_mllp_in_settings one_second = { .frame_timeout = 1 };
	struct bench b;
	int64_t begun;
	int open_one, new_one;

	open_bench(&b, &one_second);
	open_one = dial(&b, 0);
	SAY(open_one, "\x0b"
	              "1\x1c\r\x0b"
	              "2");
	UNTIL(&b, b.n == 1);
	ww_mllp_in_pause(b.in, true);
	ww_mllp_in_pause(b.in, true);
	SAY(open_one, "\x1c\r");
	new_one = dial(&b, 0);
	SAY(new_one, "\x0b"
	             "3\x1c\r");
	begun = now_ms(); /* the open frame is not slow: it is us */
	UNTIL(&b, now_ms() - begun > 1200);
	ck_assert_uint_eq(b.n, 1);
	ww_mllp_answer(b.frames[0], WW_STR("a")); /* answers are written all the same */
	hear(&b, open_one,
	    "\x0b"
	    "a\x1c\r");
	ck_assert_uint_eq(connections(&b), 1);
	b.answers = true;
	ww_mllp_in_pause(b.in, false);
	hear(&b, open_one,
	    "\x0b"
	    "2\x1c\r");
	hear(&b, new_one,
	    "\x0b"
	    "3\x1c\r");
	close(open_one);
	close(new_one);
	close_bench(&b);
}
END_TEST

static void
pause_at_first(void *arg, struct ww_mllp_frame *f, ww_str payload, ww_str peer)
{
	struct bench *b = arg;

	ww_mllp_in_pause(b->in, true);
	on_frame(b, f, payload, peer);
}

START_TEST(pausing_from_inside_a_frame_holds_the_next_one_back)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	ww_mllp_in_close(b.in, 0, on_closed, &b);
	UNTIL(&b, b.closed);
	b.closed = false;
	b.settings.on_frame = pause_at_first;
	ck_assert_int_eq(ww_mllp_in_open(b.loop, &b.cx, &b.settings, &b.in), WW_OK);
	b.answers = true;
	fd = dial(&b, 0);
	SAY(fd, "\x0b"
	        "1\x1c\r\x0b"
	        "2\x1c\r");
	UNTIL(&b, b.n == 1);
	turn(&b);
	ck_assert_uint_eq(b.n, 1);
	ww_mllp_in_pause(b.in, false);
	hear(&b, fd,
	    "\x0b"
	    "1\x1c\r\x0b"
	    "2\x1c\r");
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(closing_waits_for_pending_answers)
{
	struct bench b;
	int busy, idle;

	open_bench(&b, NULL);
	busy = dial(&b, 0);
	idle = dial(&b, 0);
	SAY(busy, "\x0b"
	          "1\x1c\r\x0b"
	          "2\x1c\r");
	UNTIL(&b, b.n == 2 && connections(&b) == 2);
	ww_mllp_in_close(b.in, 60000, on_closed, &b);
	hear_end(&b, idle);
	SAY(busy, "\x0b"
	          "3\x1c\r"); /* too late: not taken, not answered */
	turn(&b);
	ck_assert(!b.closed);
	ww_mllp_answer(b.frames[1], WW_STR("b"));
	turn(&b);
	ck_assert(!b.closed);
	ww_mllp_answer(b.frames[0], WW_STR("a"));
	hear(&b, busy,
	    "\x0b"
	    "a\x1c\r\x0b"
	    "b\x1c\r");
	hear_end(&b, busy);
	UNTIL(&b, b.closed);
	ck_assert_uint_eq(b.n, 2);
	close_bench(&b);
}
END_TEST

START_TEST(closing_abandons_what_is_not_answered_in_time)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b, 0);
	SAY(fd, "\x0bx\x1c\r\x0by\x1c\r");
	UNTIL(&b, b.n == 2);
	ww_mllp_in_close(b.in, 10, on_closed, &b);
	UNTIL(&b, b.closed);
	hear_end(&b, fd);
	ww_mllp_answer(b.frames[0], WW_STR("late"));
	ww_mllp_abandon(b.frames[1]);
	close_bench(&b);
}
END_TEST

START_TEST(an_abandoned_frame_closes_after_the_answers_before_it)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b, 0);
	SAY(fd, "\x0b"
	        "1\x1c\r\x0b"
	        "2\x1c\r\x0b"
	        "3\x1c\r\x0b"
	        "4\x1c\r");
	UNTIL(&b, b.n == 4);
	ww_mllp_answer(b.frames[2], WW_STR("c"));
	ww_mllp_abandon(b.frames[1]);
	hear_nothing(&b, fd);
	ww_mllp_answer(b.frames[0], WW_STR("a"));
	hear(&b, fd,
	    "\x0b"
	    "a\x1c\r");
	hear_end(&b, fd);
	ww_mllp_answer(b.frames[3], WW_STR("d"));
	close_bench(&b);
}
END_TEST

START_TEST(an_answer_that_cannot_be_framed_closes)
{
	struct bench b;
	int fd;

	open_bench(&b, NULL);
	fd = dial(&b, 0);
	SAY(fd, "\x0bx\x1c\r");
	UNTIL(&b, b.n == 1);
	ww_mllp_answer(b.frames[0], WW_STR("a\x1c"
	                                   "b"));
	hear_end(&b, fd);
	close_bench(&b);
}
END_TEST

/* -- the socket ------------------------------------------------------------------------------------- */

/* The listener's end of that connection. */
static int
other_end(int fd)
{
	struct sockaddr_in ours, theirs;
	socklen_t n = sizeof(ours);
	int i;

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&ours, &n), 0);
	for (i = 3; i < 1024; i++) {
		n = sizeof(theirs);
		if (getpeername(i, (struct sockaddr *)&theirs, &n) == 0 &&
		    theirs.sin_port == ours.sin_port)
			return i;
	}
	return -1;
}

START_TEST(connections_have_no_delay_and_are_kept_alive)
{
	struct bench b;
	int fd, end, on = 0;
	socklen_t n = sizeof(on);

	open_bench(&b, NULL);
	fd = dial(&b, 0);
	UNTIL(&b, connections(&b) == 1);
	end = other_end(fd);
	ck_assert_int_ge(end, 0);
	ck_assert_int_eq(getsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, &n), 0);
	ck_assert_int_ne(on, 0);
	on = 0;
	ck_assert_int_eq(getsockopt(end, SOL_SOCKET, SO_KEEPALIVE, &on, &n), 0);
	ck_assert_int_ne(on, 0);
	close(fd);
	close_bench(&b);
}
END_TEST

START_TEST(refuses_addresses_it_cannot_listen_on)
{
	static const char *const rows[] = { "", "127.0.0.1", "localhost:0", "127.0.0.1:70000",
		"::1:0", "adt.example:2575" };
	struct ww_mllp_in_settings set;
	struct ww_mllp_in *in = NULL;
	struct bench b;
	char taken[32];
	size_t i;

	open_bench(&b, NULL);
	set = b.settings;
	for (i = 0; i < UNIT_COUNT(rows); i++) {
		ww_ctx_clear(&b.cx);
		set.address = ww_str_from(rows[i]);
		ck_assert_int_eq(ww_mllp_in_open(b.loop, &b.cx, &set, &in), WW_E_CONFIG);
		ck_assert_int_eq(b.cx.fail.status, WW_E_CONFIG);
	}
	snprintf(taken, sizeof(taken), "127.0.0.1:%u", ww_mllp_in_port(b.in));
	set.address = ww_str_from(taken);
	ww_ctx_clear(&b.cx);
	ck_assert_int_eq(ww_mllp_in_open(b.loop, &b.cx, &set, &in), WW_E_BUSY);
	ck_assert_ptr_null(in);
	close_bench(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { joins_a_frame_that_comes_in_pieces,
		takes_frames_that_come_together, answers_leave_in_the_order_of_the_frames,
		what_follows_later_holds_back_no_answer, an_empty_answer_is_passed_over,
		a_commit_block_stands_before_the_answer, a_commit_block_in_release_1_is_noise,
		gives_an_empty_frame_no_answer_and_stays, tells_the_address_of_the_peer,
		counts_frames_begun_anew, answers_a_client_that_closed_its_sending_side,
		does_not_read_past_the_frames_allowed_to_wait, takes_what_a_gone_sender_left_behind,
		lives_on_when_clients_vanish_before_their_answers,
		answers_a_frame_too_big_when_it_has_ended, closes_on_a_frame_without_end,
		closes_on_noise, closes_a_frame_that_is_never_ended,
		each_byte_gives_an_open_frame_more_time,
		closes_a_peer_that_does_not_read_its_answers, refuses_more_connections_than_allowed,
		holds_two_hundred_idle_connections, reads_nothing_while_paused_and_goes_on_after,
		pausing_from_inside_a_frame_holds_the_next_one_back,
		closing_waits_for_pending_answers, closing_abandons_what_is_not_answered_in_time,
		an_abandoned_frame_closes_after_the_answers_before_it,
		an_answer_that_cannot_be_framed_closes,
		refuses_more_connections_of_one_peer_than_allowed,
		slows_a_peer_that_sends_too_fast_and_loses_nothing,
		a_new_connection_does_not_pay_the_debt_of_its_peer,
		connections_given_up_do_not_pile_up_while_their_peer_may_not_send,
		closes_a_connection_without_frames, closes_a_frame_that_takes_too_long_as_a_whole,
		takes_no_more_frames_than_there_is_room_for, counts_the_bytes_of_frames_that_wait,
		lets_long_frames_in_one_by_one,
		goes_on_with_long_frames_when_the_one_that_was_first_is_gone,
		a_long_frame_that_stops_makes_room_at_once,
		one_with_many_frames_does_not_keep_the_others_waiting,
		one_with_many_frames_leaves_room_for_others, accepts_a_storm_in_measures,
		accepts_again_when_there_are_descriptors_again,
		connections_have_no_delay_and_are_kept_alive,
		refuses_addresses_it_cannot_listen_on };

	return unit_main("mllp_in", tests, UNIT_COUNT(tests));
}
