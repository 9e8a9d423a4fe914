/* The MLLP part of the sink against a receiver in the same thread, which plays a script: each message it reads in full gets
 * the next line of it. Time is told. */
#include "tests/unit/mllp_server.h"
#include "tests/unit/sink_bench.h"

#define FRAME(text) "\x0b" text "\x1c\r"
#define HEAD "MSH|^~\\&|LAB|R|S|S|20260302||ACK|L1|P|2.5.1\r"
#define ACK(code) FRAME(HEAD "MSA|" code "|$\r")
#define ACK_OF(code, id) FRAME(HEAD "MSA|" code "|" id "\r")
#define MESSAGE_AS(id, rest)                                                                       \
	"MSH|^~\\&|ADT|MERCY|LAB|LAB|20260302080000||ADT^A01|" id "|P|2.5.1" rest "\rPID|1||17\r"
#define MESSAGE(id) MESSAGE_AS(id, "")

static void
set_up(struct bench *b, const struct line *script, size_t n)
{
	memset(b, 0, sizeof(*b));
	mllp_open(&b->server, script, n);
	bench_open(b, "mllp://127.0.0.1:%u");
}

static void
wait_for_messages(struct bench *b, size_t n)
{
	while (b->server.requests_n < n)
		turn(b);
	ck_assert_uint_eq(b->server.requests_n, n);
}

static void
wait_until_closed(struct bench *b, size_t peer)
{
	for (int i = 0; i < 5000 && !b->server.peers[peer].closed; i++)
		turn(b);
	ck_assert(b->server.peers[peer].closed);
}

/* Goes on for as long as anything moves. */
static void
settle(struct bench *b)
{
	for (int i = 0; i < 20; i++)
		turn(b);
}

/* -- messages and answers ----------------------------------------------------------------------------- */

START_TEST(sends_one_frame_and_takes_its_answer)
{
	SET_UP(b, { WHOLE, ACK("AA") });
	ends(&b, MESSAGE("C1"), WW_RESULT_SENT, "");
	ck_assert(b.last.heard && b.last.http == 0);
	ck_assert_uint_eq(b.server.requests_n, 1);
	unit_str_is(ww_buf_view(&b.server.requests[0]), FRAME(MESSAGE("C1")));
	tear_down(&b);
}
END_TEST

START_TEST(keeps_its_connection)
{
	SET_UP(b, { WHOLE, ACK("AA") });
	ends(&b, MESSAGE("C1"), WW_RESULT_SENT, "");
	ends(&b, MESSAGE("C2"), WW_RESULT_SENT, "");
	ck_assert_uint_eq(b.server.peers_n, 1);
	tear_down(&b);
}
END_TEST

START_TEST(lanes_do_not_share_a_connection)
{
	struct ww_request other;

	SET_UP(b, { WHOLE, "" });
	start(&b, request(&b, MESSAGE("C1")));
	other = request(&b, MESSAGE("C2"));
	other.lane = WW_STR("other");
	start(&b, other);
	wait_for_messages(&b, 2);
	ck_assert_uint_eq(b.server.peers_n, 2);
	tear_down(&b);
	ck_assert_uint_eq(b.calls, 2);
}
END_TEST

START_TEST(an_endpoint_gets_so_many_connections_and_no_more)
{
	static char lanes[70][8];
	struct ww_request r;

	SET_UP(b, { WHOLE, ACK("AA") });
	for (size_t i = 0; i < 70; i++) {
		(void)snprintf(lanes[i], sizeof(lanes[i]), "l%zu", i);
		r = request(&b, MESSAGE("C1"));
		r.lane = ww_str_from(lanes[i]);
		b.now++;
		b.server.requests_n = 0;
		deliver(&b, r);
		ww_buf_free(&b.server.requests[0]);
		ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	}
	b.server.requests_n = 0;
	settle(&b);
	for (size_t i = 0, open = 0; i < b.server.peers_n; i++) {
		open += b.server.peers[i].fd >= 0;
		ck_assert_uint_le(open, 64);
	}
	tear_down(&b);
}
END_TEST

START_TEST(takes_an_answer_in_pieces)
{
	static const char answer[] = ACK_OF("AA", "C1");
	SET_UP(b, { WHOLE, "" });
	start(&b, request(&b, MESSAGE("C1")));
	wait_for_messages(&b, 1);
	for (size_t i = 0; i + 1 < sizeof(answer); i++) {
		say(&b.server.peers[0], ww_str_of(answer + i, 1));
		turn(&b);
	}
	wait_for(&b, 1);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	tear_down(&b);
}
END_TEST

START_TEST(what_is_refused_is_parked_or_tried_again)
{
	static const struct {
		const char *code, *reason;
	} table[] = { { "AE", "refused with AE" }, { "AR", "refused with AR" },
		{ "CE", "refused with CE" }, { "CR", "refused with CR" } };
	SET_UP(b, { WHOLE, ACK("AE") }, { WHOLE, ACK("AE") }, { WHOLE, ACK("AR") },
	    { WHOLE, ACK("AR") }, { WHOLE, ACK("CE") }, { WHOLE, ACK("CE") }, { WHOLE, ACK("CR") },
	    { WHOLE, ACK("CR") });
	struct ww_request r;

	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		ends(&b, i % 2 == 0 ? MESSAGE("C1") : MESSAGE("C2"), WW_RESULT_PARKED,
		    table[i].reason);
		r = request(&b, i % 2 == 0 ? MESSAGE("D1") : MESSAGE("D2"));
		r.insist = true;
		deliver(&b, r);
		ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
		ck_assert_str_eq(b.reason, table[i].reason);
		ck_assert(b.last.heard); /* trouble with the message, not with the endpoint */
	}
	ck_assert_uint_eq(b.server.peers_n, 1);
	tear_down(&b);
}
END_TEST

START_TEST(an_answer_to_another_message_is_none)
{
	SET_UP(b, { WHOLE, ACK_OF("AE", "C0") ACK_OF("AA", "c1") ACK_OF("AA", "C1 ")
	                       ACK_OF("AA", "") ACK_OF("AA", "C11") FRAME("HELLO") FRAME("") });
	start(&b, request(&b, MESSAGE("C1")));
	wait_for_messages(&b, 1);
	settle(&b);
	ck_assert_uint_eq(b.calls, 0);
	say(&b.server.peers[0], WW_STR(ACK_OF("AA", "C1")));
	wait_for(&b, 1);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	tear_down(&b);
}
END_TEST

START_TEST(is_acknowledged_byte_for_byte)
{
	SET_UP(b, { WHOLE, ACK_OF("AA", "A&1") }, { WHOLE, "" });
	start(&b, request(&b, MESSAGE("A\\T\\1")));
	wait_for_messages(&b, 1);
	settle(&b);
	ck_assert_uint_eq(b.calls, 0);
	say(&b.server.peers[0], WW_STR(ACK_OF("AA", "A\\T\\1")));
	wait_for(&b, 1);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	tear_down(&b);
}
END_TEST

/* connect 1441: the acknowledgement of a message that was given up settles the next one. */
START_TEST(late_ack_not_credited_to_next)
{
	SET_UP(b, { WHOLE, "" });
	start(&b, request(&b, MESSAGE("C1")));
	wait_for_messages(&b, 1);
	b.now += TIMEOUT * 1000 - 1;
	settle(&b);
	ck_assert_uint_eq(b.calls, 0);
	b.now++;
	wait_for(&b, 1);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.reason, "no acknowledgement in time");
	ck_assert(!b.last.heard);
	/* The late answer meets a closed connection. */
	(void)!send(
	    b.server.peers[0].fd, ACK_OF("AA", "C1"), sizeof(ACK_OF("AA", "C1")) - 1, MSG_NOSIGNAL);
	wait_until_closed(&b, 0);
	start(&b, request(&b, MESSAGE("C2")));
	wait_for_messages(&b, 2);
	settle(&b);
	ck_assert_uint_eq(b.calls, 1);
	say(&b.server.peers[1], WW_STR(ACK_OF("AA", "C1")));
	settle(&b);
	ck_assert_uint_eq(b.calls, 1);
	say(&b.server.peers[1], WW_STR(ACK_OF("AE", "C2")));
	wait_for(&b, 2);
	ck_assert_int_eq(b.last.result, WW_RESULT_PARKED);
	tear_down(&b);
}
END_TEST

START_TEST(the_second_answer_of_enhanced_mode_is_not_the_next_ones)
{
	SET_UP(b, { WHOLE, ACK("CA") }, { WHOLE, ACK_OF("AE", "C1") });
	ends(&b, MESSAGE("C1"), WW_RESULT_SENT, "");
	start(&b, request(&b, MESSAGE("C2")));
	wait_for_messages(&b, 2);
	settle(&b);
	ck_assert_uint_eq(b.calls, 1);
	say(&b.server.peers[0], WW_STR(ACK_OF("CA", "C2")));
	wait_for(&b, 2);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	tear_down(&b);
}
END_TEST

/* Some senders number all their messages 1. */
START_TEST(messages_with_one_control_id_do_not_follow_each_other_on_a_connection)
{
	SET_UP(b, { WHOLE, ACK("CA") }, { WHOLE, ACK("CA") });
	ends(&b, MESSAGE("1"), WW_RESULT_SENT, "");
	say(&b.server.peers[0], WW_STR(ACK_OF("AE", "1")));
	ends(&b, MESSAGE("1"), WW_RESULT_SENT, "");
	ck_assert_uint_eq(b.server.peers_n, 2);
	tear_down(&b);
}
END_TEST

START_TEST(what_comes_before_the_message_is_sent_is_no_answer)
{
	SET_UP(b, { WHOLE, ACK("AA") }, { WHOLE, "" });
	ends(&b, MESSAGE("C1"), WW_RESULT_SENT, "");
	say(&b.server.peers[0], WW_STR(ACK_OF("AA", "C2")));
	start(&b, request(&b, MESSAGE("C2")));
	wait_for_messages(&b, 2);
	settle(&b);
	ck_assert_uint_eq(b.calls, 1);
	tear_down(&b);
}
END_TEST

/* -- commit blocks, and messages that want no answer --------------------------------------------------- */

START_TEST(a_commit_block_is_not_the_acknowledgement)
{
	SET_UP(b, { WHOLE, FRAME("\x06") }, { WHOLE, FRAME("\x06") ACK("AE") },
	    { WHOLE, FRAME("\x15") });
	start(&b, request(&b, MESSAGE("C1")));
	wait_for_messages(&b, 1);
	settle(&b);
	ck_assert_uint_eq(b.calls, 0);
	say(&b.server.peers[0], WW_STR(ACK_OF("AA", "C1")));
	wait_for(&b, 1);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ends(&b, MESSAGE("C2"), WW_RESULT_PARKED, "refused with AE");
	ends(&b, MESSAGE("C3"), WW_RESULT_RETRY, "the receiver could not store it");
	wait_until_closed(&b, 0);
	tear_down(&b);
}
END_TEST

static void
time_out(struct bench *b, const char *body)
{
	unsigned calls = b->calls;

	start(b, request(b, body));
	wait_for_messages(b, b->server.requests_n + 1);
	settle(b);
	ck_assert_uint_eq(b->calls, calls);
	b->now += TIMEOUT * 1000;
	wait_for(b, calls + 1);
}

START_TEST(a_message_that_wants_no_answer_is_neither_repeated_nor_taken_for_sent)
{
	static const char *const silent[] = { MESSAGE_AS("C1", "|||NE|AL"),
		MESSAGE_AS("C2", "|||ER|NE"), MESSAGE_AS("C3", "||||NE") };
	static const char *const others[] = { MESSAGE_AS("C4", "|||AL|NE"),
		MESSAGE_AS("C5", "|||SU|AL"), MESSAGE("C6") };
	SET_UP(b, { WHOLE, "" }, { WHOLE, "" }, { WHOLE, "" }, { WHOLE, "" }, { WHOLE, "" },
	    { WHOLE, "" }, { WHOLE, FRAME("\x06") }, { WHOLE, ACK("AA") });

	for (size_t i = 0; i < UNIT_COUNT(silent); i++) {
		time_out(&b, silent[i]);
		ck_assert_int_eq(b.last.result, WW_RESULT_PARKED);
		ck_assert_str_eq(
		    b.reason, "no acknowledgement came, and the message asks for none");
	}
	for (size_t i = 0; i < UNIT_COUNT(others); i++) {
		time_out(&b, others[i]);
		ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	}
	time_out(&b, MESSAGE_AS("C7", "|||NE|NE"));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT); /* its transport said so */
	ends(&b, MESSAGE_AS("C8", "|||NE|NE"), WW_RESULT_SENT, "");
	ck_assert_uint_eq(b.server.peers_n, 8);
	tear_down(&b);
}
END_TEST

/* -- connections that fail ------------------------------------------------------------------------------ */

START_TEST(a_connection_lost_before_the_answer_is_tried_again_by_the_courier_alone)
{
	static const char half[] = "\x0bMSH|^~\\&|LAB|R|S|S|2026";
	SET_UP(b, { THEN_CUT, "" }, { RESET, "" }, { THEN_CUT, half }, { WHOLE, ACK("AA") });
	ends(&b, MESSAGE("C1"), WW_RESULT_RETRY, "connection closed before the acknowledgement");
	ck_assert(!b.last.heard);
	ends(&b, MESSAGE("C1"), WW_RESULT_RETRY, "connection closed before the acknowledgement");
	ends(&b, MESSAGE("C1"), WW_RESULT_RETRY, "connection closed before the acknowledgement");
	settle(&b);
	ck_assert_uint_eq(b.server.requests_n, 3);
	ends(&b, MESSAGE("C1"), WW_RESULT_SENT, "");
	tear_down(&b);
}
END_TEST

START_TEST(an_answer_before_the_close_counts)
{
	SET_UP(b, { THEN_CUT, ACK("AA") });
	ends(&b, MESSAGE("C1"), WW_RESULT_SENT, "");
	ends(&b, MESSAGE("C2"), WW_RESULT_SENT, "");
	ck_assert_uint_eq(b.server.requests_n, 2);
	tear_down(&b);
}
END_TEST

START_TEST(a_connection_that_the_peer_closed_at_rest_is_replaced)
{
	SET_UP(b, { WHOLE, ACK("AA") });
	ends(&b, MESSAGE("C1"), WW_RESULT_SENT, "");
	hang_up(&b.server.peers[0], false);
	ends(&b, MESSAGE("C2"), WW_RESULT_SENT, ""); /* unseen until it is used */
	hang_up(&b.server.peers[1], true);
	settle(&b); /* seen at once */
	ends(&b, MESSAGE("C3"), WW_RESULT_SENT, "");
	/* Half closed: what is sent there would be read, and never answered. */
	ck_assert_int_eq(shutdown(b.server.peers[2].fd, SHUT_WR), 0);
	ends(&b, MESSAGE("C4"), WW_RESULT_SENT, "");
	ck_assert_uint_eq(b.server.requests_n, 4);
	ck_assert_uint_eq(b.server.peers_n, 4);
	tear_down(&b);
}
END_TEST

START_TEST(a_peer_that_closes_each_connection_at_once_does_not_keep_us_dialling)
{
	SET_UP(b, { WHOLE, "" });
	start(&b, request(&b, MESSAGE("C1")));
	while (b.calls == 0) {
		int fd;

		b.sink.ops->poll(b.sink.self, 2);
		fd = accept(b.server.listener, NULL, NULL);
		if (fd >= 0)
			close(fd);
	}
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.reason, "connection closed before the acknowledgement");
	tear_down(&b);
}
END_TEST

START_TEST(nobody_listens)
{
	SET_UP(b, { WHOLE, ACK("AA") });
	close(b.server.listener);
	b.server.listener = -1;
	ends(&b, MESSAGE("C1"), WW_RESULT_RETRY, "no connection");
	ck_assert(!b.last.heard);
	tear_down(&b);
}
END_TEST

START_TEST(what_comes_back_is_not_mllp)
{
	char noise[5001];
	struct line script = { WHOLE, noise };
	struct bench b;

	memset(noise, 'H', sizeof(noise) - 1);
	noise[sizeof(noise) - 1] = '\0';
	set_up(&b, &script, 1);
	ends(&b, MESSAGE("C1"), WW_RESULT_RETRY, "what comes back is not MLLP");
	wait_until_closed(&b, 0);
	tear_down(&b);
}
END_TEST

START_TEST(a_peer_that_talks_without_end_is_not_listened_to)
{
	static char frame[60000];
	SET_UP(b, { WHOLE, "" });
	start(&b, request(&b, MESSAGE("C1")));
	wait_for_messages(&b, 1);
	memset(frame, 'x', sizeof(frame));
	frame[0] = '\x0b';
	frame[sizeof(frame) - 2] = '\x1c';
	frame[sizeof(frame) - 1] = '\r';
	while (b.calls == 0) {
		(void)!send(
		    b.server.peers[0].fd, frame, sizeof(frame), MSG_NOSIGNAL | MSG_DONTWAIT);
		b.sink.ops->poll(b.sink.self, 2);
	}
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.reason, "what comes back is not MLLP");
	tear_down(&b);
}
END_TEST

START_TEST(a_receiver_that_does_not_read_is_given_up)
{
	size_t n = 16u << 20;
	char *big = malloc(n + 1);
	SET_UP(b, { WHOLE, ACK("AA") });

	ck_assert_ptr_nonnull(big);
	memset(big, 'x', n);
	big[n] = '\0';
	memcpy(big, MESSAGE("C1"), sizeof(MESSAGE("C1")) - 1);
	b.server.deaf = true;
	start(&b, request(&b, big));
	settle(&b);
	b.now += TIMEOUT * 1000;
	wait_for(&b, 1);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.reason, "not read in time");
	b.server.deaf = false;
	deliver(&b, request(&b, big));
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_uint_eq(b.server.requests_n, 1); /* the first one ended in the middle */
	ck_assert_uint_eq(b.server.requests[0].n, n + 3);
	tear_down(&b);
	free(big);
}
END_TEST

/* -- what is not sent ----------------------------------------------------------------------------------- */

START_TEST(refuses_what_mllp_cannot_carry_or_nobody_can_acknowledge)
{
	static const struct {
		const char *body;
		ww_status status;
	} table[] = {
		{ MESSAGE("C1") "OBX|\x0b\r", WW_E_VALUE },
		{ MESSAGE("C1") "OBX|\x1c\r", WW_E_VALUE },
		{ MESSAGE(""), WW_E_REQUIRED },
		{ "HELLO", WW_E_REQUIRED },
		{ "", WW_E_REQUIRED },
	};
	SET_UP(b, { WHOLE, ACK("AA") });

	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		struct ww_request r = request(&b, table[i].body);

		ww_ctx_clear(&b.cx);
		ck_assert_int_eq(
		    b.sink.ops->send(b.sink.self, &b.cx, &r, on_answer, &b), (int)table[i].status);
	}
	settle(&b);
	ck_assert_uint_eq(b.server.peers_n, 0);
	ck_assert_uint_eq(b.calls, 0);
	tear_down(&b);
}
END_TEST

START_TEST(refuses_addresses_that_are_none)
{
	static const char *const bases[] = { "mllp://127.0.0.1", "mllp:127.0.0.1:1",
		"mllp://h:99999", "mllps://127.0.0.1:1", "ftp://127.0.0.1:1", "" };
	SET_UP(b, { WHOLE, ACK("AA") });

	for (size_t i = 0; i < UNIT_COUNT(bases); i++) {
		struct ww_request r = request(&b, MESSAGE("C1"));

		r.base = ww_str_from(bases[i]);
		ww_ctx_clear(&b.cx);
		ck_assert_int_eq(
		    b.sink.ops->send(b.sink.self, &b.cx, &r, on_answer, &b), WW_E_CONFIG);
	}
	tear_down(&b);
}
END_TEST

/* -- TLS ------------------------------------------------------------------------------------------------ */

static void
to_mllps(struct bench *b)
{
	(void)snprintf(b->base, sizeof(b->base), "mllps://127.0.0.1:%u", b->server.port);
}

START_TEST(trusts_whom_it_is_told_and_nobody_else)
{
	static const struct {
		const char *server, *ca, *name, *reason;
	} table[] = {
		{ "server", "ca", NULL, "" },
		{ "server", "other", NULL, "no TLS session: untrusted-certificate" },
		{ "client", "ca", NULL, "no TLS session: certificate-of-another" },
		{ "client", "ca", "adt.svh.example", "" },
		{ "server", "ca", "localhost", "" },
		{ "server", "ca", "lab.example", "no TLS session: certificate-of-another" },
		{ "old", "ca", "old", "no TLS session: outdated-certificate" },
		{ "server", "none", NULL, "the files for TLS cannot be used" },
	};
	static const struct line script[] = { { WHOLE, ACK("AA") } };

	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		const struct ww_endpoint_tls tls = trusts(table[i].ca, NULL, table[i].name);
		struct ww_request r;
		struct bench b;

		set_up(&b, script, 1);
		ww_log_set_level((enum ww_log_level) - 1);
		secure(&b, table[i].server, NULL);
		to_mllps(&b);
		r = request(&b, MESSAGE("C1"));
		r.tls = &tls;
		deliver(&b, r);
		ck_assert_msg(strcmp(b.reason, table[i].reason) == 0, "row %zu: %s", i, b.reason);
		ck_assert_int_eq(
		    b.last.result, table[i].reason[0] == '\0' ? WW_RESULT_SENT : WW_RESULT_RETRY);
		ck_assert_uint_eq(b.server.requests_n, table[i].reason[0] == '\0' ? 1 : 0);
		tear_down(&b);
	}
}
END_TEST

START_TEST(keeps_a_connection_with_tls)
{
	const struct ww_endpoint_tls tls = trusts("ca", "lab", NULL);
	SET_UP(b, { WHOLE, ACK("AA") });
	struct ww_request r;

	secure(&b, "server", "ca");
	to_mllps(&b);
	for (int i = 0; i < 6; i++) {
		r = request(&b, i % 2 == 0 ? MESSAGE("C1") : MESSAGE("C2"));
		r.tls = &tls;
		deliver(&b, r);
		ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	}
	ck_assert_uint_eq(b.server.peers_n, 1);
	hang_up(&b.server.peers[0], false);
	deliver(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	tear_down(&b);
}
END_TEST

START_TEST(a_receiver_that_wants_a_certificate_and_gets_none)
{
	const struct ww_endpoint_tls tls = trusts("ca", NULL, NULL);
	SET_UP(b, { WHOLE, ACK("AA") });
	struct ww_request r;

	secure(&b, "server", "ca");
	to_mllps(&b);
	r = request(&b, MESSAGE("C1"));
	r.tls = &tls;
	deliver(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.reason, "no TLS session: no-certificate");
	ck_assert_uint_eq(b.server.requests_n, 0);
	tear_down(&b);
}
END_TEST

START_TEST(a_large_message_goes_through_tls)
{
	const struct ww_endpoint_tls tls = trusts("ca", NULL, NULL);
	size_t n = 5u << 20;
	char *big = malloc(n + 1);
	SET_UP(b, { WHOLE, ACK("AA") });
	struct ww_request r;

	ck_assert_ptr_nonnull(big);
	memset(big, 'x', n);
	big[n] = '\0';
	memcpy(big, MESSAGE("C1"), sizeof(MESSAGE("C1")) - 1);
	secure(&b, "server", NULL);
	to_mllps(&b);
	r = request(&b, big);
	r.tls = &tls;
	deliver(&b, r);
	ck_assert_int_eq(b.last.result, WW_RESULT_SENT);
	ck_assert_uint_eq(b.server.requests[0].n, n + 3);
	tear_down(&b);
	free(big);
}
END_TEST

START_TEST(a_receiver_that_is_plain_is_not_sent_to)
{
	const struct ww_endpoint_tls tls = trusts("ca", NULL, NULL);
	SET_UP(b, { WHOLE, ACK("AA") });
	struct ww_request r;

	to_mllps(&b);
	r = request(&b, MESSAGE("C1"));
	r.tls = &tls;
	b.server.deaf = true; /* says nothing, so there is never a session */
	start(&b, r);
	while (b.server.peers_n == 0)
		turn(&b);
	settle(&b);
	b.now += TIMEOUT * 1000;
	wait_for(&b, 1);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
	ck_assert_str_eq(b.reason, "not sent in time");
	tear_down(&b);
}
END_TEST

/* -- waiting -------------------------------------------------------------------------------------------- */

static int64_t
real_ms(void)
{
	struct ww_clock ticks = ww_clock_ticks();

	return ww_clock_now(&ticks);
}

/* How long a wait of 200 ms takes in which nothing is to happen. The first may be cut short by what is left to do. */
static int64_t
longest_wait(struct bench *b)
{
	int64_t longest = 0;

	for (int i = 0; i < 3; i++) {
		int64_t began = real_ms();

		b->sink.ops->poll(b->sink.self, 200);
		if (real_ms() - began > longest)
			longest = real_ms() - began;
	}
	return longest;
}

START_TEST(waits_without_turning)
{
	SET_UP(b, { WHOLE, ACK("AA") }, { WHOLE, "" });
	ck_assert_int_ge(longest_wait(&b), 190);
	ends(&b, MESSAGE("C1"), WW_RESULT_SENT, "");
	ck_assert_int_ge(longest_wait(&b), 190); /* a connection at rest */
	start(&b, request(&b, MESSAGE("C2")));
	wait_for_messages(&b, 2);
	ck_assert_int_ge(longest_wait(&b), 190); /* one that waits for an answer */
	hang_up(&b.server.peers[0], true);
	wait_for(&b, 2);
	ck_assert_int_ge(longest_wait(&b), 190); /* none */
	tear_down(&b);
}
END_TEST

START_TEST(a_deadline_ends_a_wait)
{
	SET_UP(b, { WHOLE, "" });
	start(&b, request(&b, MESSAGE("C1")));
	wait_for_messages(&b, 1);
	b.now += TIMEOUT * 1000 - 5; /* five more milliseconds, as the clock stands */
	for (int i = 0; i < 3; i++)
		b.sink.ops->poll(b.sink.self, 1000000);
	ck_assert_uint_eq(b.calls, 0);
	b.now += 5;
	b.sink.ops->poll(b.sink.self, 0);
	ck_assert_uint_eq(b.calls, 1);
	tear_down(&b);
}
END_TEST

START_TEST(closing_ends_what_is_under_way)
{
	SET_UP(b, { WHOLE, "" });
	start(&b, request(&b, MESSAGE("C1")));
	wait_for_messages(&b, 1);
	tear_down(&b);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
}
END_TEST

START_TEST(closing_ends_what_is_not_begun)
{
	SET_UP(b, { WHOLE, "" });
	start(&b, request(&b, MESSAGE("C1")));
	tear_down(&b);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(b.last.result, WW_RESULT_RETRY);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		sends_one_frame_and_takes_its_answer,
		keeps_its_connection,
		lanes_do_not_share_a_connection,
		an_endpoint_gets_so_many_connections_and_no_more,
		takes_an_answer_in_pieces,
		what_is_refused_is_parked_or_tried_again,
		an_answer_to_another_message_is_none,
		is_acknowledged_byte_for_byte,
		late_ack_not_credited_to_next,
		the_second_answer_of_enhanced_mode_is_not_the_next_ones,
		messages_with_one_control_id_do_not_follow_each_other_on_a_connection,
		what_comes_before_the_message_is_sent_is_no_answer,
		a_commit_block_is_not_the_acknowledgement,
		a_message_that_wants_no_answer_is_neither_repeated_nor_taken_for_sent,
		a_connection_lost_before_the_answer_is_tried_again_by_the_courier_alone,
		an_answer_before_the_close_counts,
		a_connection_that_the_peer_closed_at_rest_is_replaced,
		a_peer_that_closes_each_connection_at_once_does_not_keep_us_dialling,
		nobody_listens,
		what_comes_back_is_not_mllp,
		a_peer_that_talks_without_end_is_not_listened_to,
		a_receiver_that_does_not_read_is_given_up,
		refuses_what_mllp_cannot_carry_or_nobody_can_acknowledge,
		refuses_addresses_that_are_none,
		trusts_whom_it_is_told_and_nobody_else,
		keeps_a_connection_with_tls,
		a_receiver_that_wants_a_certificate_and_gets_none,
		a_large_message_goes_through_tls,
		a_receiver_that_is_plain_is_not_sent_to,
		waits_without_turning,
		a_deadline_ends_a_wait,
		closing_ends_what_is_under_way,
		closing_ends_what_is_not_begun,
	};
	int code;

	certs_make(&certs);
	code = unit_main("mllp_sink", tests, UNIT_COUNT(tests));
	certs_remove(&certs);
	return code;
}
