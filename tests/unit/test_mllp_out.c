/* The blocking MLLP client, against a socket that has said beforehand what it will say. */
#include "tests/unit/unit.h"

#include "link/mllp_out.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct bench {
	struct ww_ctx cx;
	int listener, server; /* server: its end of the connection */
	char address[32];
	struct ww_mllp_out *out;
	struct ww_buf answer;
};

static void
listen_on(struct bench *b)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);

	memset(b, 0, sizeof(*b));
	b->cx.arena = ww_arena_new(0);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	b->listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(b->listener, (struct sockaddr *)&a, n), 0);
	ck_assert_int_eq(listen(b->listener, 5), 0);
	ck_assert_int_eq(getsockname(b->listener, (struct sockaddr *)&a, &n), 0);
	snprintf(b->address, sizeof(b->address), "127.0.0.1:%u", ntohs(a.sin_port));
}

/* Connected; the other side has said what it has to say already. */
static void
set_up(struct bench *b, const char *said, size_t n)
{
	listen_on(b);
	ck_assert_int_eq(ww_mllp_out_open(&b->cx, ww_str_from(b->address), 3000, &b->out), WW_OK);
	b->server = accept(b->listener, NULL, NULL);
	ck_assert_int_ge(b->server, 0);
	if (n > 0)
		ck_assert_int_eq((int)send(b->server, said, n, MSG_NOSIGNAL), (int)n);
}

#define SET_UP(b, literal) set_up(b, literal, sizeof(literal) - 1)

static void
tear_down(struct bench *b)
{
	ww_mllp_out_close(b->out);
	if (b->server > 0)
		close(b->server);
	close(b->listener);
	ww_buf_free(&b->answer);
	ww_arena_free(b->cx.arena);
}

static ww_status
exchange(struct bench *b, const char *message, unsigned timeout_ms)
{
	ww_ctx_clear(&b->cx);
	return ww_mllp_out_exchange(b->out, &b->cx, ww_str_from(message), timeout_ms, &b->answer);
}

START_TEST(sends_a_frame_and_takes_the_next_one_as_its_answer)
{
	struct bench b;
	char got[64] = "";

	SET_UP(&b, "\r\n\x0bMSA|AA|1\x1c\r\x0b\x1c\r\x0bMSA|AA|2\x1c\r");
	ck_assert_int_eq(exchange(&b, "MSH|1", 3000), WW_OK);
	unit_str_is(ww_buf_view(&b.answer), "MSA|AA|1");
	ck_assert_int_eq((int)recv(b.server, got, sizeof(got) - 1, 0), 8);
	ck_assert_str_eq(got, "\x0bMSH|1\x1c\r");
	ww_buf_clear(&b.answer);
	ck_assert_int_eq(exchange(&b, "MSH|2", 3000), WW_OK); /* the empty frame is no answer */
	unit_str_is(ww_buf_view(&b.answer), "MSA|AA|2");
	tear_down(&b);
}
END_TEST

START_TEST(waits_no_longer_than_told)
{
	struct bench b;

	SET_UP(&b, "\x0bhalf an ans");
	ck_assert_int_eq(exchange(&b, "MSH|1", 20), WW_E_TIMEOUT);
	ck_assert_int_eq(b.cx.fail.status, WW_E_TIMEOUT);
	tear_down(&b);
}
END_TEST

START_TEST(a_receiver_that_does_not_read_is_a_timeout)
{
	struct bench b;
	char *big = malloc((32u << 20) + 1);

	ck_assert_ptr_nonnull(big);
	memset(big, 'x', 32u << 20);
	big[32u << 20] = '\0';
	SET_UP(&b, "");
	ck_assert_int_eq(exchange(&b, big, 100), WW_E_TIMEOUT);
	tear_down(&b);
	free(big);
}
END_TEST

START_TEST(tells_that_the_receiver_closed)
{
	struct bench b;

	SET_UP(&b, "\x0bhalf");
	shutdown(b.server, SHUT_WR);
	ck_assert_int_eq(exchange(&b, "MSH|1", 3000), WW_E_CLOSED);
	tear_down(&b);
}
END_TEST

START_TEST(outlives_a_receiver_that_vanished)
{
	const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	struct bench b;

	SET_UP(&b, "");
	setsockopt(b.server, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(b.server);
	b.server = 0;
	ck_assert_int_eq(exchange(&b, "MSH|1", 3000), WW_E_CLOSED);
	ck_assert_int_eq(exchange(&b, "MSH|1", 3000), WW_E_CLOSED);
	tear_down(&b);
}
END_TEST

START_TEST(tells_that_the_receiver_does_not_speak_mllp)
{
	char noise[5000];
	struct bench b;

	memset(noise, 'H', sizeof(noise));
	set_up(&b, noise, sizeof(noise));
	ck_assert_int_eq(exchange(&b, "MSH|1", 3000), WW_E_SYNTAX);
	tear_down(&b);
}
END_TEST

START_TEST(refuses_to_send_what_mllp_cannot_carry)
{
	struct bench b;

	SET_UP(&b, "");
	ck_assert_int_eq(exchange(&b, "MSH|\x1c", 3000), WW_E_VALUE);
	ck_assert_int_eq(exchange(&b, "MSH|\x0b", 3000), WW_E_VALUE);
	tear_down(&b);
}
END_TEST

START_TEST(tells_that_nobody_listens)
{
	struct ww_mllp_out *out = NULL;
	struct bench b;

	listen_on(&b);
	close(b.listener);
	ck_assert_int_eq(ww_mllp_out_open(&b.cx, ww_str_from(b.address), 3000, &out), WW_E_CONNECT);
	ww_ctx_clear(&b.cx);
	ck_assert_int_eq(ww_mllp_out_open(&b.cx, WW_STR("127.0.0.1"), 3000, &out), WW_E_VALUE);
	ck_assert_ptr_null(out);
	ww_arena_free(b.cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { sends_a_frame_and_takes_the_next_one_as_its_answer,
		waits_no_longer_than_told, a_receiver_that_does_not_read_is_a_timeout,
		tells_that_the_receiver_closed, outlives_a_receiver_that_vanished,
		tells_that_the_receiver_does_not_speak_mllp, refuses_to_send_what_mllp_cannot_carry,
		tells_that_nobody_listens };

	return unit_main("mllp_out", tests, UNIT_COUNT(tests));
}
