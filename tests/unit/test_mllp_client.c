/* One connection of the MLLP client, on a pair of sockets. What the sink makes of it: test_mllp_sink.c. */
#include "tests/unit/unit.h"

#include "codec/mllp.h"
#include "link/mllp_client.h"

#include <wardwire/ctx.h>

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME(text) "\x0b" text "\x1c\r"
#define ACK(code, id) FRAME("MSH|^~\\&|LAB|R|S|S|20260302||ACK|L1|P|2.5.1\rMSA|" code "|" id "\r")

struct bench {
	struct ww_ctx cx;
	struct ww_mllp_client *client;
	int peer;
};

static void
set_up(struct bench *b)
{
	int fd[2];

	b->cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	ck_assert_int_eq(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
	b->peer = fd[1];
	b->client = ww_mllp_client_new(fd[0], NULL);
	ck_assert_ptr_nonnull(b->client);
}

static void
tear_down(struct bench *b)
{
	ww_mllp_client_free(b->client);
	if (b->peer >= 0)
		close(b->peer);
	ww_arena_free(b->cx.arena);
}

static void
begin(struct bench *b, const char *id)
{
	struct ww_buf frame = { .p = NULL };

	ck_assert(ww_mllp_write(WW_STR("MSH|^~\\&|"), &frame));
	ck_assert(ww_mllp_client_send(b->client, &frame, ww_str_from(id)));
	ck_assert_ptr_null(frame.p); /* moved */
}

static void
say(struct bench *b, const char *text)
{
	ck_assert_int_eq((int)send(b->peer, text, strlen(text), MSG_NOSIGNAL), (int)strlen(text));
}

static enum ww_mllp_client_end
step(struct bench *b)
{
	return ww_mllp_client_step(b->client, &b->cx);
}

START_TEST(says_how_far_a_message_is)
{
	struct bench b;

	set_up(&b);
	ck_assert_int_eq(ww_mllp_client_events(b.client), POLLIN);
	begin(&b, "C1");
	ck_assert(!ww_mllp_client_began(b.client) && !ww_mllp_client_sent(b.client));
	ck_assert_int_eq(ww_mllp_client_events(b.client), POLLIN | POLLOUT);
	ck_assert_int_eq(step(&b), WW_MLLP_CLIENT_WAITS);
	ck_assert(ww_mllp_client_began(b.client) && ww_mllp_client_sent(b.client));
	ck_assert_int_eq(ww_mllp_client_events(b.client), POLLIN);
	ck_assert(ww_mllp_client_last(b.client, WW_STR("C1")));
	ck_assert(!ww_mllp_client_last(b.client, WW_STR("C")));
	tear_down(&b);
}
END_TEST

START_TEST(the_answer_stands_whatever_follows_it)
{
	struct bench b;

	set_up(&b);
	begin(&b, "C1");
	(void)step(&b);
	say(&b, ACK("CA", "C1") ACK("AE", "C1") ACK("AA", "C0"));
	ck_assert_int_eq(step(&b), WW_MLLP_CLIENT_ANSWERED);
	ck_assert_str_eq(ww_mllp_client_code(b.client), "CA");
	ck_assert_int_eq(step(&b), WW_MLLP_CLIENT_WAITS);
	tear_down(&b);
}
END_TEST

/* What a person should hear of, and what enhanced mode brings along. */
START_TEST(counts_what_answers_nothing)
{
	static const struct {
		const char *said;
		uint64_t ignored; /* in all */
	} table[] = {
		{ FRAME(""), 0 },
		{ ACK("AA", "C0"), 1 },
		{ FRAME("HELLO"), 2 },
		{ ACK("CA", "C1"), 2 }, /* the answer */
		{ ACK("AA", "C1"), 2 }, /* the application agrees */
		{ ACK("AA", "C0"), 2 },
		{ ACK("AE", "C1"), 3 }, /* it does not */
		{ FRAME("HELLO"), 4 },
	};
	struct bench b;

	set_up(&b);
	begin(&b, "C1");
	(void)step(&b);
	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		say(&b, table[i].said);
		ck_assert_int_eq(step(&b), i == 3 ? WW_MLLP_CLIENT_ANSWERED : WW_MLLP_CLIENT_WAITS);
		ck_assert_uint_eq(ww_mllp_client_ignored(b.client), table[i].ignored);
	}
	tear_down(&b);
}
END_TEST

START_TEST(knows_that_the_peer_is_gone)
{
	struct bench b;

	set_up(&b);
	ck_assert_int_eq(step(&b), WW_MLLP_CLIENT_WAITS);
	close(b.peer);
	b.peer = -1;
	begin(&b, "C1");
	ck_assert_int_eq(step(&b), WW_MLLP_CLIENT_GONE);
	ck_assert(!ww_mllp_client_began(b.client)); /* nothing was lost by it */
	tear_down(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { says_how_far_a_message_is,
		the_answer_stands_whatever_follows_it, counts_what_answers_nothing,
		knows_that_the_peer_is_gone };

	return unit_main("mllp_client", tests, UNIT_COUNT(tests));
}
